package tagger

import (
	"cmp"
	"slices"

	"silkwire/news"
	"silkwire/text"
)

// cueKind is what a word list of the taxonomy tells the tagger.
type cueKind uint8

// The lists that the tagger reads, by name. They live in the taxonomy's
// files, so that a taxonomist can see and change them.
const (
	noCue cueKind = iota
	cueAnnounced
	cueSigned
	cueOngoing
	cueCompleted
	cueCancelled
	cueDenied
	cueDomestic
	cueMoney
	cuePlaces
	cueHome   // about the country of the text's language
	cueAbroad // places that are no actors
	cueTrifle // sport results, weather, crime: what is never about influence
)

var cueLists = map[string]cueKind{
	"status-announced": cueAnnounced, "status-signed": cueSigned, "status-ongoing": cueOngoing,
	"status-completed": cueCompleted, "status-cancelled": cueCancelled, "status-denied": cueDenied,
	"domestic-signs": cueDomestic, "money-words": cueMoney, "places-words": cuePlaces, "trifles": cueTrifle,
	"home-signs": cueHome, "places-abroad": cueAbroad,
}

// cues is the compiled form of the lists.
type cues struct {
	kinds   map[int32]cueKind // by class
	classOf map[news.ConceptID]int32
}

// cue is a word of such a list in a text.
type cue struct {
	kind       cueKind
	start, end int32
	sentence   int32
}

func (c *compiler) cues() cues {
	c.pos = nil
	out := cues{kinds: map[int32]cueKind{}, classOf: map[news.ConceptID]int32{}}
	for i, concept := range c.tax.Concepts {
		out.classOf[concept.ID] = int32(i)
	}
	names := make([]string, 0, len(cueLists))
	for name := range cueLists {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, lang := range text.Langs {
			if len(c.tax.Lists[name][lang]) == 0 {
				continue
			}
			class := c.words(place{lang, ownTexts(lang)}, "@"+name, c.tax.Lists[name][lang])
			out.kinds[class] = cueLists[name]
		}
	}
	return out
}

// collectCues files the words of the lists under their fields.
func (t *Tagger) collectCues(w *work) {
	for fi := range w.fields {
		w.fields[fi].cues = w.fields[fi].cues[:0]
	}
	for i := range w.raw {
		f := &w.raw[i]
		if kind := t.cues.kinds[f.class]; kind != noCue {
			fl := &w.fields[f.field]
			fl.cues = append(fl.cues, cue{kind, f.start, f.end, f.sentence})
		}
	}
	for fi := range w.fields {
		slices.SortFunc(w.fields[fi].cues, func(a, b cue) int {
			return cmp.Or(cmp.Compare(a.sentence, b.sentence), cmp.Compare(a.start, b.start))
		})
	}
}

// cuesIn returns the cues of one sentence.
func (f *field) cuesIn(sentence int32) []cue {
	from, _ := slices.BinarySearchFunc(f.cues, sentence, func(c cue, s int32) int { return cmp.Compare(c.sentence, s) })
	to := from
	for to < len(f.cues) && f.cues[to].sentence == sentence {
		to++
	}
	return f.cues[from:to]
}
