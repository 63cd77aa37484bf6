// Package tagger says what an item is about: a pure, deterministic function
// from an item and a taxonomy to tags, events and a relevance, each with the
// place in the text that it rests on. There are no model weights and no
// network: the same input gives the same output for ever.
//
// The way from text to tags: the text is folded and cut into words (package
// text); the matcher finds the taxonomy's terms in all their word forms; rules
// and context drop what only looks like a concept; the longest match of a
// facet wins. From the mentions that are left come tags, events (actor →
// instrument → recipient) and the relevance, with its reasons.
package tagger

import (
	"cmp"
	"math"
	"runtime"
	"slices"

	"silkwire/news"
	"silkwire/taxonomy"
	"silkwire/text"
)

// Tagger tags items under one taxonomy. It may be used by many goroutines.
type Tagger struct {
	tax      *taxonomy.Taxonomy
	m        *matcher
	rules    []rules
	concepts []conceptInfo
	cues     cues
	agencies *classSet // whose credits mark placed content
	region   int32     // the class of Central Asia
	classes  int       // how many there are: concepts and words of rules
	idle     chan *work
}

// conceptInfo is what the tagger asks of a concept, worked out once.
type conceptInfo struct {
	id         news.ConceptID
	facet      taxonomy.Facet
	actor      bool
	implies    []int32   // ancestors that a mention implies, nearest first
	root       int32     // the state or body behind an actor
	family     int32     // an instrument's
	instrument int32     // what an institution stands for; -1: nothing
	recipient  int32     // the state (or the region) that a target belongs to; -1: none
	home       bool      // a Central Asian state's own actor
	projects   bool      // a Central Asian state that acts abroad
	own        int32     // the state that projects; -1: none, or any
	format     bool      // a format of meetings with all five states
	spokenOf   bool      // an instrument of which more is said than done
	noHands    bool      // an instrument that moves neither money nor people
	noBody     bool      // an actor that is a kind of body, or past
	audience   bool      // a target that is a group of people
	money      bool      // an instrument that moves money
	moves      bool      // an instrument that moves people and no money
	yields     *classSet // what takes its place in a sentence
}

// New compiles a taxonomy.
func New(tax *taxonomy.Taxonomy) (*Tagger, error) {
	c := compile(tax)
	t := &Tagger{tax: tax, m: c.m, cues: c.cues()}
	if err := c.finish(); err != nil {
		return nil, err
	}
	c.m.close()
	t.classes = int(c.next)
	t.agencies = agencySet(t.cues.classOf)
	t.rules = c.rules
	t.concepts = describe(tax)
	t.region = t.class(region)
	t.idle = make(chan *work, runtime.GOMAXPROCS(0))
	return t, nil
}

// Taxonomy returns the taxonomy that the tagger was made from.
func (t *Tagger) Taxonomy() *taxonomy.Taxonomy { return t.tax }

// work is the memory of one tagging, used again for the next.
type work struct {
	scratch  *scratch
	fields   [2]field
	mentions []found
	raw      []found
	kept     []found
	company  []found  // what rules that ask for concepts see
	beside   []found  // adjectives of states that are no tags, but show that an actor is about
	often    []int32  // how often each class occurs
	seen     []int32  // the classes that occur
	here     []uint64 // a bit for each class of the sentence under judgement
	links    links
}

// field is the title or the body of an item, cut into words.
type field struct {
	name  string
	doc   text.Doc
	langs []text.LangSet // per sentence: the languages it may be in
	lang  text.Lang
	cues  []cue
}

// found is a mention that knows where it is.
type found struct {
	class      int32
	term       int32
	field      uint8
	asks       bool // its rules ask for concepts
	holds      bool // its rules hold
	domestic   bool // an instrument that the country uses for its own people
	dateline   bool // a place in front of the text
	stoodFor   bool // an instrument that nobody names: an institution stands for it
	start, end int32
	sentence   int32
}

func (f *found) overlaps(g *found) bool {
	return f.field == g.field && f.start < g.end && g.start < f.end
}

func (f *found) within(g *found) bool {
	return f.field == g.field && g.start <= f.start && f.end <= g.end
}

func newWork() *work {
	w := &work{scratch: newScratch()}
	w.fields[0].name, w.fields[1].name = "title", "body"
	for i := range w.fields {
		w.fields[i].doc.Vocabulary = w.scratch.vocabulary
	}
	return w
}

// Tag says what the item is about.
func (t *Tagger) Tag(it *news.Item) news.Tagging {
	w := t.borrow()
	defer t.giveBack(w)
	return t.tagWith(w, it)
}

// borrow returns memory that is not in use. A pool that the garbage collector
// empties would forget the words of earlier texts.
func (t *Tagger) borrow() *work {
	select {
	case w := <-t.idle:
		return w
	default:
		return newWork()
	}
}

func (t *Tagger) giveBack(w *work) {
	select {
	case t.idle <- w:
	default: // enough are idle
	}
}

// tagWith is Tag in the given memory.
func (t *Tagger) tagWith(w *work, it *news.Item) news.Tagging {
	lang := t.read(w, it)
	out := news.Tagging{Lang: lang.String(), Taxonomy: t.tax.Version}
	out.Events = t.events(w)
	t.relevance(w, &out)
	out.Tags = t.tags(w, out.Relevant)
	out.Placed = t.placed(w)
	return out
}

// read fills w.mentions with what an item speaks of, and returns the language
// that it does so in.
func (t *Tagger) read(w *work, it *news.Item) text.Lang {
	w.scratch.tidy()
	w.fields[0].doc.Scan(it.Title)
	w.fields[1].doc.Scan(it.Body())
	lang := w.languages(it)
	t.findMentions(w)
	t.applyRules(w)
	w.keepLongest(t)
	w.keepTelling(t)
	t.markDateline(w)
	t.markDomestic(w)
	return lang
}

// findMentions fills w.raw with every term found in a language that the place
// may be written in.
func (t *Tagger) findMentions(w *work) {
	w.raw = w.raw[:0]
	for fi := range w.fields {
		f := &w.fields[fi]
		for _, m := range t.m.find(w.scratch, &f.doc, f.langs) {
			w.raw = append(w.raw, found{
				class: t.m.terms[m.term].class, term: m.term, field: uint8(fi),
				start: m.start, end: m.end, sentence: f.doc.Words[m.start].Sentence,
			})
		}
	}
	for i := 0; i < len(w.raw); { // only what begins with the same word can be out of order
		same := i + 1
		for same < len(w.raw) && w.raw[same].start == w.raw[i].start && w.raw[same].field == w.raw[i].field {
			same++
		}
		slices.SortFunc(w.raw[i:same], inOrder)
		i = same
	}
}

// applyRules fills w.mentions with the concepts whose rules hold. Rules that
// ask for concepts see those that hold without such rules.
func (t *Tagger) applyRules(w *work) {
	w.count(w.raw, t.classes)
	for i := range w.raw {
		f := &w.raw[i]
		rule := t.m.terms[f.term].rule
		f.holds = rule < 0
		f.asks = rule >= 0 && t.rules[rule].onConcepts
	}
	t.hold(w, w.raw, false)
	w.company = appendHolding(w.company[:0], w.raw)
	w.count(w.company, t.classes)
	t.hold(w, w.company, true)
	w.mentions, w.beside = w.mentions[:0], w.beside[:0]
	for i := range w.raw {
		switch f := &w.raw[i]; {
		case !f.holds:
		case t.m.terms[f.term].beside:
			w.beside = append(w.beside, *f)
		default:
			w.mentions = append(w.mentions, *f)
		}
	}
}

// hold judges the mentions whose rules ask for concepts, or those whose rules
// do not, by the company they are in.
func (t *Tagger) hold(w *work, company []found, onConcepts bool) {
	from, to := 0, 0 // the company in the mention's sentence
	for i := range w.raw {
		f := &w.raw[i]
		rule := t.m.terms[f.term].rule
		if rule < 0 || f.asks != onConcepts {
			continue
		}
		if to == from || company[from].before(f) {
			w.leave(company[from:to])
			for from = to; from < len(company) && company[from].before(f); {
				from++
			}
			for to = from; to < len(company) && !f.before(&company[to]); {
				to++
			}
			w.enter(company[from:to])
		}
		f.holds = t.holds(&t.rules[rule], f, company[from:to], w)
	}
	w.leave(company[from:to])
}

// enter notes the classes of a sentence, leave forgets them.
func (w *work) enter(company []found) {
	for i := range company {
		class := company[i].class
		w.here[class/64] |= 1 << (class % 64)
	}
}

func (w *work) leave(company []found) {
	for i := range company {
		w.here[company[i].class/64] = 0
	}
}

// absent reports whether none of a small set's classes is in the sentence.
func (w *work) absent(set *classSet) bool {
	return set != nil && set.bits == nil && !slices.ContainsFunc(set.ids, func(class int32) bool {
		return w.here[class/64]>>(class%64)&1 != 0
	})
}

func appendHolding(to, from []found) []found {
	for i := range from {
		if from[i].holds {
			to = append(to, from[i])
		}
	}
	return to
}

// before reports whether f's sentence lies before g's.
func (f *found) before(g *found) bool {
	return f.field < g.field || f.field == g.field && f.sentence < g.sentence
}

func inOrder(a, b found) int {
	return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end), cmp.Compare(a.class, b.class))
}

// count notes how often each of the classes occurs in an item.
func (w *work) count(company []found, classes int) {
	if len(w.often) < classes {
		w.often, w.here = make([]int32, classes), make([]uint64, classes/64+1)
	}
	for _, class := range w.seen {
		w.often[class] = 0
	}
	w.seen = w.seen[:0]
	for i := range company {
		class := company[i].class
		if w.often[class] == 0 {
			w.seen = append(w.seen, class)
		}
		w.often[class]++
	}
}

// holds reports whether a mention is in the company its rules ask for: that of
// its sentence.
func (t *Tagger) holds(r *rules, f *found, company []found, w *work) bool {
	if w.absent(r.near) || w.absent(r.alsoNear) || w.absent(r.followedBy) || w.absent(r.precededBy) || !w.meets(r, f) {
		return false
	}
	var followed, preceded, near, alsoNear bool
	wide, tight := int32(1), int32(1) // how many words may stand between
	if t.m.terms[f.term].lang == text.Zh {
		wide, tight = 4, 0
	}
	for i := range company {
		c := &company[i]
		if c.overlaps(f) {
			if f.within(c) && c.end-c.start > f.end-f.start && r.notNear.has(c.class) {
				return false
			}
			continue
		}
		after := c.start >= f.end && c.start <= f.end+wide
		before := c.end <= f.start && c.end >= f.start-wide
		switch {
		case after && c.start <= f.end+tight && r.notFollowedBy.has(c.class),
			before && c.end >= f.start-tight && r.notPrecededBy.has(c.class),
			r.notNear.has(c.class):
			return false
		}
		followed = followed || after && r.followedBy.has(c.class)
		preceded = preceded || before && r.precededBy.has(c.class)
		near = near || r.near.has(c.class)
		alsoNear = alsoNear || r.alsoNear.has(c.class)
		if near && r.nearOnly {
			return true
		}
	}
	return asked(r.followedBy, followed) && asked(r.precededBy, preceded) && asked(r.near, near) && asked(r.alsoNear, alsoNear)
}

// meets reports whether the rest of the item is as the rules ask: a mention is
// no company for itself.
func (w *work) meets(r *rules, f *found) bool {
	return (r.with == nil || w.has(r.with, f)) && (r.notWith == nil || !w.has(r.notWith, f))
}

// has reports whether the item has one of the classes, f aside.
func (w *work) has(set *classSet, f *found) bool {
	return slices.ContainsFunc(w.seen, func(class int32) bool {
		return (class != f.class || w.often[class] > 1) && set.has(class)
	})
}

func asked(set *classSet, seen bool) bool { return set == nil || seen }

// keepLongest drops what is no concept, and mentions inside a longer one of the
// same facet; all facets that act are one in this.
func (w *work) keepLongest(t *Tagger) {
	n := int32(len(t.concepts))
	concepts := slices.DeleteFunc(w.mentions, func(f found) bool { return f.class >= n })
	kept := w.kept[:0]
	first := 0 // of the mentions that may still cover the next
	for i := range concepts {
		f := &concepts[i]
		for concepts[first].field != f.field || concepts[first].end <= f.start && first < i {
			first++
		}
		if i > 0 && f.same(&concepts[i-1]) || t.covered(concepts[first:], f) {
			continue
		}
		kept = append(kept, *f)
	}
	w.mentions, w.kept = append(w.mentions[:0], kept...), kept
}

// keepTelling drops what stands in a sentence with a concept that it yields to:
// of "a grant of ten million for a school" the grant for building tells more
// than the money.
func (w *work) keepTelling(t *Tagger) {
	w.kept = append(w.kept[:0], w.mentions...)
	w.mentions = slices.DeleteFunc(w.mentions, func(f found) bool {
		yields := t.concepts[f.class].yields
		return yields != nil && slices.ContainsFunc(w.kept, func(g found) bool {
			return g.field == f.field && g.sentence == f.sentence && yields.has(g.class)
		})
	})
}

// same reports whether two mentions are of one concept at one place.
func (f *found) same(g *found) bool {
	return f.class == g.class && f.field == g.field && f.start == g.start && f.end == g.end
}

// covered reports whether one of the mentions, in order, swallows f.
func (t *Tagger) covered(mentions []found, f *found) bool {
	for i := range mentions {
		g := &mentions[i]
		if g.field != f.field || g.start > f.start {
			return false
		}
		if t.swallows(g, f) {
			return true
		}
	}
	return false
}

func (t *Tagger) swallows(g, f *found) bool {
	if !f.within(g) || g.end-g.start <= f.end-f.start {
		return false
	}
	a, b := &t.concepts[g.class], &t.concepts[f.class]
	if a.facet == b.facet {
		return !t.m.terms[g.term].gapped // a gap is not the mention's own
	}
	return a.actor && b.actor || b.told() && a.onlyNames(b, f.class)
}

// told reports whether a concept is told by words that may stand in a name.
func (c *conceptInfo) told() bool {
	return c.facet == taxonomy.Instrument || c.facet == taxonomy.Narrative
}

// onlyNames reports whether an instrument or a narrative in the name of body c
// is a part of the name and no more: the Organization for Security and
// Co-operation is no cooperation in security, an investment bank no investment.
// A summit or a cultural centre is what it is called.
func (c *conceptInfo) onlyNames(b *conceptInfo, instrument int32) bool {
	switch {
	case c.facet != taxonomy.ActorInstitution && c.facet != taxonomy.Organisation, c.noBody, c.format, c.instrument == instrument:
		return false
	case c.facet == taxonomy.Organisation:
		return !b.moves
	}
	return c.instrument < 0 || b.money || b.facet == taxonomy.Narrative
}

// tags makes the tags of the mentions, the strongest first.
func (t *Tagger) tags(w *work, relevant bool) []news.Tag {
	byConcept := map[int32]*news.Tag{}
	var order []int32
	for i := range w.mentions {
		f := &w.mentions[i]
		if f.domestic {
			continue
		}
		tag, ok := byConcept[f.class]
		if !ok {
			c := &t.concepts[f.class]
			tag = &news.Tag{Concept: c.id, Facet: string(c.facet), By: []news.ConceptID{}}
			byConcept[f.class] = tag
			order = append(order, f.class)
		}
		tag.Evidence = append(tag.Evidence, t.evidence(w, f))
	}
	if !relevant && len(w.fields[1].doc.Sentences) >= loneItem {
		order = slices.DeleteFunc(order, func(c int32) bool {
			passing := t.concepts[c].passing(byConcept[c])
			if passing {
				delete(byConcept, c)
			}
			return passing
		})
	}
	actorSeen := slices.ContainsFunc(order, func(c int32) bool { return t.concepts[c].actor && !t.concepts[c].home })
	out := make([]news.Tag, 0, len(order)+4)
	for _, class := range order {
		tag := byConcept[class]
		tag.Score = score(tag, actorSeen)
		out = append(out, *tag)
	}
	out = append(out, t.implied(out, byConcept)...)
	slices.SortStableFunc(out, func(a, b news.Tag) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Concept, b.Concept))
	})
	return out
}

// passing reports whether a tag of an item that is about something else rests
// on one word in passing: who and where are facts, what is said of them is not,
// nor are those an audience whom nobody addresses.
func (c *conceptInfo) passing(tag *news.Tag) bool {
	switch c.facet {
	case taxonomy.Instrument, taxonomy.Narrative, taxonomy.Reception:
		return len(tag.Evidence) == 1 && tag.Evidence[0].Field == "body"
	case taxonomy.Target:
		return c.audience && len(tag.Evidence) == 1 && tag.Evidence[0].Field == "body"
	}
	return false
}

// score is how strongly an item speaks of a concept, from where and how often
// it does: 0.5 for one mention deep in the body, up to 1.
func score(tag *news.Tag, actorSeen bool) float64 {
	s := 0.5
	first := tag.Evidence[0]
	if first.Field == "title" {
		s += 0.25
	} else if first.Start < 300 {
		s += 0.15
	}
	s += 0.1 * math.Log2(float64(len(tag.Evidence)))
	if tag.Facet == string(taxonomy.Instrument) && !actorSeen {
		s *= 0.5
	}
	return math.Round(min(s, 1)*100) / 100
}

// implied makes the tags of what the asserted ones imply: the state behind an
// institution, the broader instrument of one that the documents do not name.
func (t *Tagger) implied(asserted []news.Tag, have map[int32]*news.Tag) []news.Tag {
	by := map[int32]*news.Tag{}
	var order []int32
	for _, tag := range asserted {
		for _, up := range t.concepts[t.class(tag.Concept)].implies {
			if have[up] != nil {
				continue
			}
			imp, ok := by[up]
			if !ok {
				imp = &news.Tag{Concept: t.concepts[up].id, Facet: string(t.concepts[up].facet), Implied: true, Evidence: []news.Evidence{}}
				by[up] = imp
				order = append(order, up)
			}
			imp.By = append(imp.By, tag.Concept)
			imp.Score = max(imp.Score, math.Round(tag.Score*80)/100)
		}
	}
	out := make([]news.Tag, len(order))
	for i, up := range order {
		out[i] = *by[up]
	}
	return out
}

func (t *Tagger) class(id news.ConceptID) int32 {
	return t.cues.classOf[id]
}

func (t *Tagger) evidence(w *work, f *found) news.Evidence {
	fl := &w.fields[f.field]
	start, end := fl.doc.Words[f.start].Start, fl.doc.Words[f.end-1].End
	s := fl.doc.Sentences[f.sentence]
	term := &t.m.terms[f.term]
	return news.Evidence{
		Field: fl.name, Start: int(start), End: int(end), Text: fl.doc.Text[start:end],
		Term: t.m.texts[f.term], Lang: term.lang.String(), Sentence: news.Span{Start: s.Start, End: max(s.End, int(end))},
	}
}
