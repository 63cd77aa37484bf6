package tagger

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"silkwire/news"
	"silkwire/taxonomy"
	"silkwire/text"
)

// rules are a term's rules in the matcher's numbers: sets of classes, one per
// key of taxonomy.Rules; a nil set asks for nothing.
type rules struct {
	followedBy, precededBy, near, alsoNear, with   *classSet
	notFollowedBy, notPrecededBy, notNear, notWith *classSet
	onConcepts                                     bool // some set holds concepts, not only words
	nearOnly                                       bool // in a sentence, only near is asked
}

// classSet is a set of classes. Nil is the empty set.
type classSet struct {
	ids  []int32  // of a small set
	from int32    // of the first, the place in bits
	bits []uint64 // of a large one
}

// largeSet is the size from which on looking a class up in a list takes longer
// than in a set of bits.
const largeSet = 8

func newClassSet(ids []int32) *classSet {
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) < largeSet {
		return &classSet{ids: slices.Clone(ids)}
	}
	s := &classSet{from: ids[0] / 64}
	s.bits = make([]uint64, ids[len(ids)-1]/64+1-s.from)
	for _, id := range ids {
		s.bits[id/64-s.from] |= 1 << (id % 64)
	}
	return s
}

func (s *classSet) has(class int32) bool {
	switch {
	case s == nil:
		return false
	case s.bits == nil:
		return slices.Contains(s.ids, class)
	}
	i := class/64 - s.from
	return uint32(i) < uint32(len(s.bits)) && s.bits[i]>>(class%64)&1 != 0
}

// compiler turns a taxonomy into a matcher and the rules of its terms.
type compiler struct {
	tax     *taxonomy.Taxonomy
	m       *matcher
	rules   []rules
	classes map[string]int32 // words and lists of rules
	next    int32            // class
	facets  map[string][]int32
	number  map[news.ConceptID]int32
	known   map[string]int32 // rules
	sets    map[string]resolved
	key     []byte // working memory: what classes, known and sets are asked for

	pos     *taxonomy.Pos // of the term at hand
	batch   []pattern     // to be laid next
	batches chan []pattern
	laid    chan error // by then, all patterns are laid
}

// pattern is what the matcher is to look for.
type pattern struct {
	text         string
	term         term
	exact, plain bool
	pos          *taxonomy.Pos // of the term that asks for it; nil: the tagger does
}

// asker is the place in a file that asks for a pattern, as errors name it.
func (p *pattern) asker() string {
	if p.pos == nil {
		return "a list that the tagger reads"
	}
	return fmt.Sprintf("%s:%d", p.pos.File, p.pos.Line)
}

// batchSize is how many patterns are handed over at a time.
const batchSize = 512

// lay hands a pattern to the matcher, which lays it while the next are read.
func (c *compiler) lay(text string, t term, exact, plain bool) {
	if c.batch = append(c.batch, pattern{text, t, exact, plain, c.pos}); len(c.batch) == batchSize {
		c.batches <- c.batch
		c.batch = make([]pattern, 0, batchSize)
	}
}

// finish waits until all patterns are laid, and says which could not be.
func (c *compiler) finish() error {
	c.batches <- c.batch
	close(c.batches)
	return <-c.laid
}

// layAll lays patterns as they come. The first that it cannot lay is its error.
func (m *matcher) layAll(batches <-chan []pattern) (err error) {
	for batch := range batches {
		for i := range batch {
			p := &batch[i]
			if failed := m.add(p.text, p.term, p.exact, p.plain); failed != nil && err == nil {
				err = fmt.Errorf("%s: %w", p.asker(), failed)
			}
		}
	}
	return err
}

// compile reads a taxonomy. Its matcher is complete when finish has returned.
func compile(tax *taxonomy.Taxonomy) *compiler {
	terms := 0
	for _, concept := range tax.Concepts {
		terms += len(concept.Terms)
	}
	c := &compiler{tax: tax, m: newMatcher(terms), classes: make(map[string]int32, terms/2), next: int32(len(tax.Concepts)), facets: map[string][]int32{}, number: map[news.ConceptID]int32{}, known: make(map[string]int32, terms/4), sets: make(map[string]resolved, terms/4)}
	for i, concept := range tax.Concepts {
		c.number[concept.ID] = int32(i)
		if concept.Inactive {
			continue
		}
		c.facets[string(concept.Facet)] = append(c.facets[string(concept.Facet)], int32(i))
		if concept.Facet.IsActor() {
			c.facets["actor"] = append(c.facets["actor"], int32(i))
		}
	}
	c.batches, c.laid = make(chan []pattern, 8), make(chan error, 1)
	go func() { c.laid <- c.m.layAll(c.batches) }()
	for i, concept := range tax.Concepts {
		if concept.Inactive {
			continue
		}
		for j := range concept.Terms {
			c.term(int32(i), concept, &concept.Terms[j])
		}
	}
	return c
}

func (c *compiler) term(class int32, concept *taxonomy.Concept, t *taxonomy.Term) {
	c.pos = &t.Pos
	at := place{t.Lang, whereOf(t)}
	c.lay(t.Text, term{class: class, rule: c.termRules(at, &concept.Rules, &t.Rules), where: at.where, lang: t.Lang}, t.Exact, false)
	if t.Adjective {
		company := t.Company()
		c.lay(t.Text, term{class: class, rule: c.termRules(at, &concept.Rules, &company), where: at.where, lang: t.Lang, beside: true}, t.Exact, false)
	}
}

// whereOf says in texts of which languages a term is looked for: its own;
// names in English everywhere, names in Russian wherever Cyrillic is written.
func whereOf(t *taxonomy.Term) text.LangSet {
	name := strings.ContainsFunc(t.Text, unicode.IsUpper)
	switch {
	case t.Lang == text.UzLatn:
		return text.Set(text.UzLatn, text.UzCyrl)
	case t.Lang == text.En && name:
		return text.Set(text.Langs...)
	case t.Lang == text.Ru && name:
		return text.Set(text.Ru, text.Kk, text.Ky, text.Tg, text.UzCyrl)
	}
	return text.Set(t.Lang)
}

// place is a term's language, and the languages of the texts it is looked for in.
type place struct {
	lang  text.Lang
	where text.LangSet
}

// append writes a place into the key of what is known already.
func (p place) append(b []byte) []byte {
	return append(b, byte(p.lang), byte(p.where), byte(p.where>>8))
}

// appendRefs writes a list of a rule into such a key.
func appendRefs(b []byte, refs []string) []byte {
	for _, ref := range refs {
		b = append(append(b, ref...), 0)
	}
	return b
}

// termRules joins the rules of a concept and a term; -1 if there are none.
// Terms with the same rules share them.
func (c *compiler) termRules(at place, ofConcept, ofTerm *taxonomy.Rules) int32 {
	if ofConcept.Empty() && ofTerm.Empty() {
		return -1
	}
	lists, more := ofConcept.Lists(), ofTerm.Lists()
	c.key = at.append(c.key[:0])
	for i := range lists {
		c.key = append(appendRefs(appendRefs(c.key, lists[i]), more[i]), 1)
	}
	if known, ok := c.known[string(c.key)]; ok {
		return known
	}
	id := int32(len(c.rules))
	c.known[string(c.key)] = id
	var r rules
	for i, to := range []**classSet{&r.followedBy, &r.precededBy, &r.near, &r.alsoNear, &r.with, &r.notFollowedBy, &r.notPrecededBy, &r.notNear, &r.notWith} {
		concepts := c.set(at, append(slices.Clip(lists[i]), more[i]...), to)
		r.onConcepts = r.onConcepts || concepts
	}
	r.nearOnly = r.followedBy == nil && r.precededBy == nil && r.alsoNear == nil && r.notFollowedBy == nil && r.notPrecededBy == nil && r.notNear == nil
	c.rules = append(c.rules, r)
	return id
}

// set resolves a list of a rule to classes, and says whether concepts are
// among them. The same list is the same set.
func (c *compiler) set(at place, refs []string, to **classSet) (concepts bool) {
	if len(refs) == 0 {
		return false
	}
	c.key = appendRefs(at.append(c.key[:0]), refs)
	if known, ok := c.sets[string(c.key)]; ok {
		*to = known.classes
		return known.concepts
	}
	key := string(c.key)
	all := make([]int32, 0, len(refs))
	for _, ref := range refs {
		classes, isConcept := c.ref(at, ref)
		all = append(all, classes...)
		concepts = concepts || isConcept
	}
	*to = newClassSet(all) // never nil: a list without words is never satisfied
	c.sets[key] = resolved{*to, concepts}
	return concepts
}

// resolved is a list of a rule as classes.
type resolved struct {
	classes  *classSet
	concepts bool
}

// ref resolves a member of a rule to classes, and says whether those are
// concepts. A word list counts in every language the term is looked for in.
func (c *compiler) ref(at place, ref string) (set []int32, concepts bool) {
	name, named := strings.CutPrefix(ref, "@")
	if !named {
		return []int32{c.words(at, ref, []string{ref})}, false
	}
	if list, ok := c.tax.Lists[name]; ok {
		return c.list(at, name, list), false
	}
	if set, ok := c.facets[name]; ok {
		return set, true
	}
	for _, id := range c.tax.Descendants(news.ConceptID(name)) {
		set = append(set, c.number[id])
	}
	return set, true
}

// list returns the classes of a word list in the languages of a place.
func (c *compiler) list(at place, name string, list map[text.Lang][]string) (set []int32) {
	for _, lang := range text.Langs {
		if len(list[lang]) > 0 && at.where.Has(lang) {
			set = append(set, c.words(place{lang, ownTexts(lang)}, "@"+name, list[lang]))
		}
	}
	return set
}

// ownTexts are the texts a word of a language is looked for in: its own.
func ownTexts(lang text.Lang) text.LangSet {
	if lang == text.UzLatn {
		return text.Set(text.UzLatn, text.UzCyrl)
	}
	return text.Set(lang)
}

// words returns the class of some words at a place, adding them to the matcher
// at first sight.
func (c *compiler) words(at place, name string, words []string) int32 {
	c.key = append(at.append(c.key[:0]), name...)
	if class, ok := c.classes[string(c.key)]; ok {
		return class
	}
	class := c.next
	c.next++
	c.classes[string(c.key)] = class
	for _, w := range words {
		c.lay(w, term{class: class, rule: -1, where: at.where, lang: at.lang}, false, true)
	}
	return class
}
