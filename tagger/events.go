package tagger

import (
	"cmp"
	"slices"

	"silkwire/news"
	"silkwire/taxonomy"
)

// reach is how many sentences away from an instrument its actor or recipient
// may stand.
const reach = 1

// triple is an event before it is written out.
type triple struct {
	actor, instrument, recipient int32
	at                           *found // the instrument's mention
	from, to                     int32  // sentences
}

// events finds who uses which instrument toward whom. An instrument looks for
// its actor and its recipient in its own sentence, then in the neighbouring
// one, then in the title, then in what the item is mostly about.
func (t *Tagger) events(w *work) []news.Event {
	s := t.stage(w)
	var triples []triple
	for _, inst := range s.instruments {
		triples = append(triples, t.eventsOf(w, s, inst)...)
	}
	triples = t.distinct(triples)
	out := make([]news.Event, 0, len(triples))
	for i := range triples {
		out = append(out, t.event(w, &triples[i]))
	}
	return out
}

// stage is who and what an item has to offer for events.
type stage struct {
	actors, instruments, recipients []*found
	mainActor, mainRecipient        int32 // class of the most frequent; -1: none
}

func (t *Tagger) stage(w *work) *stage {
	s := &stage{mainActor: -1, mainRecipient: -1}
	actors, recipients := map[int32]int{}, map[int32]int{}
	for i := range w.mentions {
		f := &w.mentions[i]
		c := &t.concepts[f.class]
		weight := 1
		if f.field == 0 {
			weight = 3
		}
		switch {
		case c.actor:
			s.actors = append(s.actors, f)
			actors[f.class] += weight
		case c.facet == taxonomy.Instrument && !f.domestic:
			s.instruments = append(s.instruments, f)
		case c.recipient >= 0:
			s.recipients = append(s.recipients, f)
			recipients[c.recipient] += weight
		}
	}
	s.mainActor, s.mainRecipient = most(actors), most(recipients)
	return s
}

func most(counts map[int32]int) int32 {
	best, n := int32(-1), 0
	for class, count := range counts {
		if count > n || count == n && class < best {
			best, n = class, count
		}
	}
	return best
}

// eventsOf makes the events of one mention of an instrument.
func (t *Tagger) eventsOf(w *work, s *stage, inst *found) []triple {
	actors, aFrom, aTo := nearby(s.actors, inst)
	recipients, rFrom, rTo := nearby(s.recipients, inst)
	if len(actors) == 0 && s.mainActor >= 0 {
		actors = []int32{s.mainActor}
	}
	to := t.recipientsOf(recipients)
	if len(to) == 0 && s.mainRecipient >= 0 {
		to = []int32{s.mainRecipient}
	}
	var out []triple
	for _, a := range t.actingFor(actors) {
		for _, r := range to {
			if t.concepts[a].root == r {
				continue
			}
			out = append(out, triple{actor: a, instrument: inst.class, recipient: r, at: inst, from: min(aFrom, rFrom), to: max(aTo, rTo)})
		}
	}
	return out
}

// nearby returns the classes of the mentions in the sentence of at; if there
// are none, of those in the nearest sentence within reach; and which sentences
// that makes.
func nearby(mentions []*found, at *found) (classes []int32, from, to int32) {
	best := int32(reach + 1)
	for _, f := range mentions {
		if f.field == at.field && !f.overlaps(at) {
			best = min(best, distance(f, at))
		}
	}
	from, to = at.sentence, at.sentence
	if best > reach {
		return nil, from, to
	}
	for _, f := range mentions {
		if f.field == at.field && !f.overlaps(at) && distance(f, at) == best && !slices.Contains(classes, f.class) {
			classes = append(classes, f.class)
			from, to = min(from, f.sentence), max(to, f.sentence)
		}
	}
	return classes, from, to
}

func distance(a, b *found) int32 { return max(a.sentence-b.sentence, b.sentence-a.sentence) }

// actingFor keeps, of actors behind whom stands the same state or body, the
// most telling one: an institution before its state.
func (t *Tagger) actingFor(actors []int32) []int32 {
	best := map[int32]int32{}
	var roots []int32
	for _, a := range actors {
		c := &t.concepts[a]
		if c.home {
			continue
		}
		old, ok := best[c.root]
		if !ok {
			roots = append(roots, c.root)
		}
		if !ok || t.concepts[old].facet == taxonomy.ActorState && c.facet != taxonomy.ActorState {
			best[c.root] = a
		}
	}
	out := make([]int32, len(roots))
	for i, r := range roots {
		out[i] = best[r]
	}
	return out
}

// recipientsOf returns the states (or the region) that the targets belong to;
// the region only when no state is named.
func (t *Tagger) recipientsOf(targets []int32) []int32 {
	var states, region []int32
	for _, x := range targets {
		r := t.concepts[x].recipient
		to := &states
		if t.concepts[r].id == "central-asia" {
			to = &region
		}
		if !slices.Contains(*to, r) {
			*to = append(*to, r)
		}
	}
	if len(states) > 0 {
		return states
	}
	return region
}

// distinct keeps one event of each (state, family, recipient): the one whose
// evidence is shortest and earliest.
func (t *Tagger) distinct(triples []triple) []triple {
	type key struct{ root, family, recipient int32 }
	seen := map[key]bool{}
	slices.SortStableFunc(triples, func(a, b triple) int {
		return cmp.Or(cmp.Compare(a.to-a.from, b.to-b.from), cmp.Compare(b.at.field, a.at.field), cmp.Compare(a.from, b.from))
	})
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
		Recipient: t.concepts[x.recipient].id, Status: f.status(x),
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

func (f *field) status(x *triple) news.Status {
	for _, kind := range statusRank {
		for s := x.from; s <= x.to; s++ {
			if slices.ContainsFunc(f.cuesIn(s), func(c cue) bool { return c.kind == kind }) {
				return statusOf[kind]
			}
		}
	}
	return news.NoStatus
}
