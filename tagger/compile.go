package tagger

import (
	"fmt"
	"slices"
	"strings"

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
	ids  []int32  // sorted
	from int32    // of the first, the place in bits
	bits []uint64 // the same, of a large set
}

// largeSet is the size from which on looking a class up in a list takes longer
// than in a set of bits.
const largeSet = 8

func newClassSet(ids []int32) *classSet {
	slices.Sort(ids)
	s := &classSet{ids: slices.Clip(slices.Compact(ids))}
	if len(s.ids) < largeSet {
		return s
	}
	s.from = s.ids[0] / 64
	s.bits = make([]uint64, s.ids[len(s.ids)-1]/64+1-s.from)
	for _, id := range s.ids {
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
}

func compile(tax *taxonomy.Taxonomy) (*compiler, error) {
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
	for i, concept := range tax.Concepts {
		if concept.Inactive {
			continue
		}
		for _, t := range concept.Terms {
			if err := c.term(int32(i), concept, t); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", t.Pos.File, t.Pos.Line, err)
			}
		}
	}
	return c, nil
}

func (c *compiler) term(class int32, concept *taxonomy.Concept, t taxonomy.Term) error {
	at := place{t.Lang, whereOf(t)}
	rule, err := c.termRules(at, &concept.Rules, &t.Rules)
	if err != nil {
		return err
	}
	if err := c.m.add(t.Text, term{class: class, rule: rule, where: at.where, lang: t.Lang}, t.Exact, false); err != nil || !t.Adjective {
		return err
	}
	company := t.Company()
	if rule, err = c.termRules(at, &concept.Rules, &company); err != nil {
		return err
	}
	return c.m.add(t.Text, term{class: class, rule: rule, where: at.where, lang: t.Lang, beside: true}, t.Exact, false)
}

// whereOf says in texts of which languages a term is looked for: its own;
// names in English everywhere, names in Russian wherever Cyrillic is written.
func whereOf(t taxonomy.Term) text.LangSet {
	name := strings.ToLower(t.Text) != t.Text
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
func (c *compiler) termRules(at place, ofConcept, ofTerm *taxonomy.Rules) (int32, error) {
	if ofConcept.Empty() && ofTerm.Empty() {
		return -1, nil
	}
	lists, more := ofConcept.Lists(), ofTerm.Lists()
	c.key = at.append(c.key[:0])
	for i := range lists {
		c.key = append(appendRefs(appendRefs(c.key, lists[i]), more[i]), 1)
	}
	if known, ok := c.known[string(c.key)]; ok {
		return known, nil
	}
	id := int32(len(c.rules))
	c.known[string(c.key)] = id
	var r rules
	for i, to := range []**classSet{&r.followedBy, &r.precededBy, &r.near, &r.alsoNear, &r.with, &r.notFollowedBy, &r.notPrecededBy, &r.notNear, &r.notWith} {
		concepts, err := c.set(at, append(slices.Clip(lists[i]), more[i]...), to)
		if err != nil {
			return -1, err
		}
		r.onConcepts = r.onConcepts || concepts
	}
	r.nearOnly = r.followedBy == nil && r.precededBy == nil && r.alsoNear == nil && r.notFollowedBy == nil && r.notPrecededBy == nil && r.notNear == nil
	c.rules = append(c.rules, r)
	return id, nil
}

// set resolves a list of a rule to classes, and says whether concepts are
// among them. The same list is the same set.
func (c *compiler) set(at place, refs []string, to **classSet) (concepts bool, err error) {
	if len(refs) == 0 {
		return false, nil
	}
	c.key = appendRefs(at.append(c.key[:0]), refs)
	if known, ok := c.sets[string(c.key)]; ok {
		*to = known.classes
		return known.concepts, nil
	}
	key := string(c.key)
	all := make([]int32, 0, len(refs))
	for _, ref := range refs {
		classes, isConcept, err := c.ref(at, ref)
		if err != nil {
			return false, err
		}
		all = append(all, classes...)
		concepts = concepts || isConcept
	}
	*to = newClassSet(all) // never nil: a list without words is never satisfied
	c.sets[key] = resolved{*to, concepts}
	return concepts, nil
}

// resolved is a list of a rule as classes.
type resolved struct {
	classes  *classSet
	concepts bool
}

// ref resolves a member of a rule to classes, and says whether those are
// concepts. A word list counts in every language the term is looked for in.
func (c *compiler) ref(at place, ref string) ([]int32, bool, error) {
	name, named := strings.CutPrefix(ref, "@")
	if !named {
		class, err := c.words(at, ref, []string{ref})
		return []int32{class}, false, err
	}
	if list, ok := c.tax.Lists[name]; ok {
		set, err := c.list(at, name, list)
		return set, false, err
	}
	if set, ok := c.facets[name]; ok {
		return set, true, nil
	}
	var set []int32
	for _, id := range c.tax.Descendants(news.ConceptID(name)) {
		set = append(set, c.number[id])
	}
	return set, true, nil
}

// list returns the classes of a word list in the languages of a place.
func (c *compiler) list(at place, name string, list map[text.Lang][]string) (set []int32, err error) {
	for _, lang := range text.Langs {
		if len(list[lang]) == 0 || !at.where.Has(lang) {
			continue
		}
		class, err := c.words(place{lang, ownTexts(lang)}, "@"+name, list[lang])
		if err != nil {
			return nil, err
		}
		set = append(set, class)
	}
	return set, nil
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
func (c *compiler) words(at place, name string, words []string) (int32, error) {
	c.key = append(at.append(c.key[:0]), name...)
	if class, ok := c.classes[string(c.key)]; ok {
		return class, nil
	}
	class := c.next
	c.next++
	c.classes[string(c.key)] = class
	for _, w := range words {
		if err := c.m.add(w, term{class: class, rule: -1, where: at.where, lang: at.lang}, false, true); err != nil {
			return 0, err
		}
	}
	return class, nil
}
