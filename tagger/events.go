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
	weight                          map[int32]float64 // of an actor's root, of a recipient, of a family of instruments
	acting, receiving, used         float64           // the sums of these weights
}

func (s *stage) share(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return part / whole
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
		case c.actor && (!c.home || c.projects):
			s.actors = append(s.actors, f)
			s.weight[c.root] += weight
			s.acting += weight
		case c.facet == taxonomy.Instrument && !f.domestic:
			s.instruments = append(s.instruments, f)
			s.weight[c.family] += weight
			s.used += weight
		case c.recipient >= 0 && !f.dateline:
			s.recipients = append(s.recipients, f)
			s.weight[c.recipient] += weight
			s.receiving += weight
		}
	}
	return s
}

// eventsOf makes the events of one mention of an instrument.
func (t *Tagger) eventsOf(s *stage, inst *found) []triple {
	actors, actorStrength := t.choose(s, s.actors, inst, func(c *conceptInfo) int32 { return c.root })
	if len(actors) == 0 {
		return nil
	}
	recipients, recipientStrength := t.choose(s, t.receivers(s, actors[0], inst), inst, func(c *conceptInfo) int32 { return c.recipient })
	recipients = t.region(s, inst, recipients)
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

// receivers are the places that an actor may act toward: for one of the five
// states another of them, in the very sentence.
func (t *Tagger) receivers(s *stage, actor, inst *found) []*found {
	c := &t.concepts[actor.class]
	if !c.projects {
		return s.recipients
	}
	own := c.own
	for _, r := range s.recipients {
		if own < 0 && r.overlaps(actor) {
			own = t.concepts[r.class].recipient
		}
	}
	var out []*found
	for _, r := range s.recipients {
		state := t.concepts[r.class].recipient
		if state != own && t.concepts[state].id != "central-asia" && r.field == inst.field && abs(r.sentence-inst.sentence) <= 1 {
			out = append(out, r)
		}
	}
	return out
}

// region returns the region in place of its states where all are meant: in a
// format that is for all of them, or a list of nearly all.
func (t *Tagger) region(s *stage, inst *found, recipients []*found) []*found {
	states := 0
	for _, r := range recipients {
		if t.concepts[t.concepts[r.class].recipient].id != "central-asia" {
			states++
		}
	}
	if states < mostStates && !t.concepts[inst.class].format {
		return recipients
	}
	for _, r := range s.recipients {
		if t.concepts[t.concepts[r.class].recipient].id == "central-asia" {
			return []*found{r}
		}
	}
	return recipients
}

// mostStates is how many of the five states stand for the region.
const mostStates = 4

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
	{"bias", -2.8, "before anything is seen"},
	{"family's share", 2.2, "how much of what the item says of instruments is of this kind, 0 to 1"},
	{"learning or culture", 0.95, "the instrument is education or culture: it is named where it is used"},
	{"diplomacy", -0.45, "it is diplomacy: much talk of it is no deed"},
	{"insistence", 0.15, "how often the item names the instrument, log2"},
	{"ruled", -0.55, "the instrument's term is ambiguous and needed a rule"},
	{"in a name", -0.35, "the instrument is a part of the actor's name"},
	{"actor's share", 1.35, "how much of what the item says of actors is of this one, 0 to 1"},
	{"actor's weight", 0.3, "how often the item names the state or body behind the actor, log2"},
	{"recipient's share", 0.35, "how much of what it says of recipients is of this one, 0 to 1"},
	{"recipient's weight", 0.4, "how often it names the recipient, log2"},
	{"actor here", 0.45, "the actor stands in the instrument's sentence"},
	{"all here", 0.4, "actor and recipient do"},
	{"actors", -0.7, "how many actors the sentence lists: lists are rarely deeds"},
	{"families", -0.2, "how many kinds of instruments the sentence names"},
	{"length", -0.3, "of the sentence, in 200 bytes"},
	{"position", -0.85, "how deep in the body, 0 to 1"},
}

// eventThreshold is the probability from which on a triple counts as an event.
const eventThreshold = 0.33

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
		"actor's share":      s.share(s.weight[t.concepts[x.actor].root], s.acting),
		"recipient's share":  s.share(s.weight[x.recipient], s.receiving),
		"family's share":     s.share(s.weight[t.concepts[x.instrument].family], s.used),
	}
	v.mark("in a name", slices.ContainsFunc(s.actors, func(a *found) bool { return x.at.within(a) }))
	family := t.concepts[t.concepts[x.instrument].family].id
	v.mark("learning or culture", family == "education-instrument" || family == "culture-instrument")
	v.mark("diplomacy", family == "public-diplomacy")
	v.mark("all here", x.actorHere && x.recipientHere)
	v.mark("actor here", x.actorHere)
	v.mark("ruled", t.m.terms[x.at.term].rule >= 0)
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
