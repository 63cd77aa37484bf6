package tagger

import (
	"cmp"
	"math"
	"slices"

	"silkwire/news"
	"silkwire/taxonomy"
)

// The weights by which an instrument chooses its actor and its recipient among
// all that the item names: nearer, named earlier, and more often is better.
const (
	sameSentence     = 3.0
	sentenceBefore   = 1.8
	sentenceAfter    = 1.0
	inTitle          = 1.6
	elsewhere        = 0.3
	perDoubling      = 0.4 // for each doubling of how often the item names it
	namedState       = 0.6 // a recipient named itself, not through one of its cities
	beforeInstrument = 0.4 // an actor that the sentence names before the instrument
	strongEnough     = 1.5 // below this nobody is meant
)

// coordinated is how many words may stand between two names of one list:
// "China, Russia and Iran".
const coordinated = 2

// triple is an event before it is written out.
type triple struct {
	actor, instrument, recipient int32
	at                           *found // the instrument's mention
	from, to                     int32  // sentences
	strength                     float64
	actorHere, recipientHere     bool // in the instrument's own sentence
	actors                       int  // chosen together
}

// events finds who uses which instrument toward whom. Every mention of an
// instrument chooses its actor and its recipient; names that stand beside the
// chosen one in a list are chosen with it.
func (t *Tagger) events(w *work) []news.Event {
	s := t.stage(w)
	var triples []triple
	for _, inst := range s.instruments {
		triples = append(triples, t.eventsOf(s, inst)...)
	}
	triples = slices.DeleteFunc(t.distinct(triples), func(x triple) bool { return !t.probable(w, s, &x) })
	out := make([]news.Event, 0, len(triples))
	for i := range triples {
		out = append(out, t.event(w, &triples[i]))
	}
	return out
}

// stage is who and what an item has to offer for events.
type stage struct {
	actors, instruments, recipients []*found
	weight                          map[int32]float64 // of an actor's root, of a recipient
}

func (t *Tagger) stage(w *work) *stage {
	s := &stage{weight: map[int32]float64{}}
	for i := range w.mentions {
		f := &w.mentions[i]
		c := &t.concepts[f.class]
		weight := 1.0
		if f.field == 0 {
			weight = 3
		}
		switch {
		case c.actor && !c.home:
			s.actors = append(s.actors, f)
			s.weight[c.root] += weight
		case c.facet == taxonomy.Instrument && !f.domestic:
			s.instruments = append(s.instruments, f)
		case c.recipient >= 0 && !f.dateline:
			s.recipients = append(s.recipients, f)
			s.weight[c.recipient] += weight
		}
	}
	return s
}

// eventsOf makes the events of one mention of an instrument.
func (t *Tagger) eventsOf(s *stage, inst *found) []triple {
	actors, actorStrength := t.choose(s, s.actors, inst, func(c *conceptInfo) int32 { return c.root })
	recipients, recipientStrength := t.choose(s, s.recipients, inst, func(c *conceptInfo) int32 { return c.recipient })
	var out []triple
	for _, a := range actors {
		for _, r := range recipients {
			x := triple{
				actor: a.class, instrument: inst.class, recipient: t.concepts[r.class].recipient, at: inst,
				from: inst.sentence, to: inst.sentence, strength: actorStrength + recipientStrength,
				actorHere: a.field == inst.field && a.sentence == inst.sentence, recipientHere: r.field == inst.field && r.sentence == inst.sentence,
				actors: len(actors),
			}
			if t.concepts[a.class].root != x.recipient {
				out = append(out, x.cover(a).cover(r))
			}
		}
	}
	return out
}

// cover widens the evidence by the neighbouring sentence in which f stands.
func (x triple) cover(f *found) triple {
	if f.field == x.at.field && abs(f.sentence-x.at.sentence) <= 1 {
		x.from, x.to = min(x.from, f.sentence), max(x.to, f.sentence)
	}
	return x
}

// choose returns the best of the mentions for an instrument, with what stands
// beside it in a list, one mention for each root; and how strong the choice is.
func (t *Tagger) choose(s *stage, mentions []*found, inst *found, root func(*conceptInfo) int32) (chosen []*found, strength float64) {
	var best *found
	for _, f := range mentions {
		if v := t.strength(s, f, inst, root); v > strength {
			best, strength = f, v
		}
	}
	if best == nil || strength < strongEnough {
		return nil, 0
	}
	chosen = []*found{best}
	for _, f := range mentions {
		if listed(chosen, f) && !slices.ContainsFunc(chosen, func(g *found) bool {
			return root(&t.concepts[g.class]) == root(&t.concepts[f.class])
		}) {
			chosen = append(chosen, f)
		}
	}
	return chosen, strength
}

// listed reports whether f stands in a list with one of the chosen.
func listed(chosen []*found, f *found) bool {
	return slices.ContainsFunc(chosen, func(g *found) bool {
		return f != g && f.field == g.field && f.sentence == g.sentence &&
			max(f.start-g.end, g.start-f.end) <= coordinated && !f.overlaps(g)
	})
}

func (t *Tagger) strength(s *stage, f, inst *found, root func(*conceptInfo) int32) float64 {
	c := &t.concepts[f.class]
	v := elsewhere
	switch d := f.sentence - inst.sentence; {
	case f.field != inst.field && f.field == 0:
		v = inTitle
	case f.field != inst.field:
	case d == 0:
		v = sameSentence
		if c.actor && f.start <= inst.start {
			v += beforeInstrument
		}
	case d == -1:
		v = sentenceBefore
	case d == 1:
		v = sentenceAfter
	}
	v += perDoubling * math.Log2(1+s.weight[root(c)])
	if root(c) == f.class {
		if c.facet == taxonomy.Target {
			v += namedState
		}
	} else if c.actor {
		v += 0.1 // an institution says more than its state
	}
	return v
}

// EventWeights say how probable it is that an actor, an instrument and a
// recipient which were found together make an event: like Weights, they are
// log-odds, and were set on labelled items.
var EventWeights = []Weight{
	{"bias", -0.2, "before anything is seen"},
	{"actor here", 0.5, "the actor stands in the instrument's sentence"},
	{"recipient here", 0.6, "the recipient does"},
	{"status", 0.2, "the sentence says that something was signed, opened, planned …"},
	{"lead", 0.1, "it is the title or the first sentence"},
	{"insistence", 0.4, "how often the item names the instrument, log2"},
	{"actor's weight", 0.4, "how often the item names the state or body behind the actor, log2"},
	{"recipient's weight", 0.45, "how often it names the recipient, log2"},
	{"actors", -0.6, "how many actors the sentence lists: lists are rarely deeds"},
	{"families", -0.6, "how many kinds of instruments the sentence names"},
	{"ruled", -0.8, "the instrument's term is ambiguous and needed a rule"},
	{"length", -0.5, "of the sentence, in 200 bytes"},
	{"position", -1.2, "how deep in the body, 0 to 1"},
}

// eventThreshold is the probability from which on a triple counts as an event.
const eventThreshold = 0.35

// probable reports whether a triple is an event.
func (t *Tagger) probable(w *work, s *stage, x *triple) bool {
	v := t.eventFeatures(w, s, x)
	odds := 0.0
	for _, wt := range EventWeights {
		odds += wt.Weight * v[wt.Feature]
	}
	return 1/(1+math.Exp(-odds)) >= eventThreshold
}

func (t *Tagger) eventFeatures(w *work, s *stage, x *triple) values {
	f := &w.fields[x.at.field]
	sentence := f.doc.Sentences[x.at.sentence]
	v := values{
		"bias":               1,
		"actor's weight":     math.Log2(1 + s.weight[t.concepts[x.actor].root]),
		"recipient's weight": math.Log2(1 + s.weight[x.recipient]),
		"actors":             float64(x.actors),
		"families":           float64(s.families(t, x.at)),
		"length":             float64(sentence.End-sentence.Start) / 200,
		"position":           float64(x.at.sentence) / float64(len(f.doc.Sentences)),
	}
	v.mark("actor here", x.actorHere)
	v.mark("recipient here", x.recipientHere)
	v.mark("lead", x.at.field == 0 || x.at.sentence == 0)
	v.mark("ruled", t.m.terms[x.at.term].rule >= 0)
	v.mark("status", f.status(x.at.sentence, x.at.sentence) != news.NoStatus)
	v.log("insistence", s.often(x.instrument))
	return v
}

// families counts the kinds of instruments that a sentence names.
func (s *stage) families(t *Tagger, at *found) int {
	var seen []int32
	for _, f := range s.instruments {
		if family := t.concepts[f.class].family; f.field == at.field && f.sentence == at.sentence && !slices.Contains(seen, family) {
			seen = append(seen, family)
		}
	}
	return len(seen)
}

// often counts the mentions of an instrument.
func (s *stage) often(instrument int32) (n int) {
	for _, f := range s.instruments {
		if f.class == instrument {
			n++
		}
	}
	return n
}

func abs(n int32) int32 { return max(n, -n) }

// distinct keeps one event of each (state, family, recipient): the strongest.
func (t *Tagger) distinct(triples []triple) []triple {
	type key struct{ root, family, recipient int32 }
	seen := map[key]bool{}
	slices.SortStableFunc(triples, func(a, b triple) int { return cmp.Compare(b.strength, a.strength) })
	return slices.DeleteFunc(triples, func(x triple) bool {
		k := key{t.concepts[x.actor].root, t.concepts[x.instrument].family, x.recipient}
		if seen[k] {
			return true
		}
		seen[k] = true
		return false
	})
}

func (t *Tagger) event(w *work, x *triple) news.Event {
	f := &w.fields[x.at.field]
	start, end := f.doc.Sentences[x.from].Start, f.doc.Sentences[x.to].End
	ev := news.Event{
		Actor: t.concepts[x.actor].id, State: t.concepts[t.concepts[x.actor].root].id,
		Instrument: t.concepts[x.instrument].id, Family: t.concepts[t.concepts[x.instrument].family].id,
		Recipient: t.concepts[x.recipient].id, Status: f.status(x.from, x.to),
		Evidence: news.EventEvidence{Field: f.name, Start: start, End: end, Text: f.doc.Text[start:end]},
	}
	ev.Amount = f.amount(x.from, x.to)
	ev.Places = f.places(x.from, x.to)
	return ev
}

// statusOf is what a cue says of an event.
var statusOf = map[cueKind]news.Status{
	cueAnnounced: news.Announced, cueSigned: news.Signed, cueOngoing: news.Ongoing,
	cueCompleted: news.Completed, cueCancelled: news.Cancelled, cueDenied: news.DeniedEvt,
}

// statusRank orders cues in one sentence: a refusal outweighs a signature,
// which outweighs a plan.
var statusRank = []cueKind{cueDenied, cueCancelled, cueSigned, cueCompleted, cueAnnounced, cueOngoing}

// status is what a range of sentences says of how far something has got.
func (f *field) status(from, to int32) news.Status {
	for _, kind := range statusRank {
		for s := from; s <= to; s++ {
			if slices.ContainsFunc(f.cuesIn(s), func(c cue) bool { return c.kind == kind }) {
				return statusOf[kind]
			}
		}
	}
	return news.NoStatus
}
