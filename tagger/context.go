package tagger

import (
	"slices"

	"silkwire/taxonomy"
)

// loneItem is the number of sentences from which on an item that names no
// outside actor anywhere is taken to tell of the country's own affairs.
const loneItem = 4

// markDomestic marks instruments that the country uses for its own people: the
// sentence says so ("local", "from the republican budget") and names no outside
// actor, or a whole article names none, its sentence no adjective of a state
// ("Korean ceramics") and no place abroad, and is about one state alone.
func (t *Tagger) markDomestic(w *work) {
	t.collectCues(w)
	outside := t.outsideActors(w)
	alone := len(outside) == 0 && len(w.fields[1].doc.Sentences) >= loneItem && !t.abroad(w)
	for i := range w.mentions {
		f := &w.mentions[i]
		if t.concepts[f.class].facet != taxonomy.Instrument {
			continue
		}
		f.domestic = alone && !w.foreignSign(f) || w.domesticSign(f) && !slices.ContainsFunc(outside, func(a *found) bool {
			return a.field == f.field && a.sentence == f.sentence
		})
	}
}

// abroad reports whether an item tells of a Central Asian state's dealings with
// another: one that acts abroad is named, or two of the states are.
func (t *Tagger) abroad(w *work) bool {
	first := int32(-1)
	for i := range w.mentions {
		c := &t.concepts[w.mentions[i].class]
		switch {
		case c.projects:
			return true
		case c.recipient < 0 || c.id == "central-asia":
		case first < 0:
			first = c.recipient
		case first != c.recipient:
			return true
		}
	}
	return false
}

// foreignSign reports whether the sentence calls something by a state abroad,
// or names a place there.
func (w *work) foreignSign(f *found) bool {
	return slices.ContainsFunc(w.beside, func(a found) bool { return a.field == f.field && a.sentence == f.sentence }) ||
		slices.ContainsFunc(w.fields[f.field].cuesIn(f.sentence), func(c cue) bool { return c.kind == cueAbroad })
}

func (w *work) domesticSign(f *found) bool {
	return slices.ContainsFunc(w.fields[f.field].cuesIn(f.sentence), func(c cue) bool { return c.kind == cueDomestic })
}

// outsideActors are the mentions of actors from outside Central Asia.
func (t *Tagger) outsideActors(w *work) []*found {
	var out []*found
	for i := range w.mentions {
		f := &w.mentions[i]
		if c := &t.concepts[f.class]; c.actor && !c.home {
			out = append(out, f)
		}
	}
	return out
}
