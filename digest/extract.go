package digest

import (
	"slices"
	"unicode/utf8"

	"silkwire/news"
	"silkwire/text"
)

// An extract has at most this many characters, unless one sentence alone is longer.
const extractLength = 320

// extract is the one or two sentences of an item that prove most: the one that
// states an event or names most concepts, and a second one if it adds
// something and both are short. A sentence that only repeats the title proves
// nothing.
func extract(it *news.Item) string {
	body := it.Body()
	var doc text.Doc
	doc.Scan(body)
	title := text.Fold(it.Title)
	sentences := slices.DeleteFunc(doc.Sentences, func(s text.Span) bool { return text.Fold(body[s.Start:s.End]) == title })
	first, second := chosen(it, sentences)
	if first < 0 {
		return ""
	}
	sentence := func(i int) string { return clean(body[sentences[i].Start:sentences[i].End]) }
	one := sentence(first)
	if second < 0 || utf8.RuneCountInString(one+sentence(second)) > extractLength {
		return cut(one, extractLength+80)
	}
	low, high := min(first, second), max(first, second)
	between := " "
	if high > low+1 {
		between = " … "
	}
	return sentence(low) + between + sentence(high)
}

// chosen are the indexes of the sentence that proves most, and of the one that
// then adds most; -1 where there is none.
func chosen(it *news.Item, sentences []text.Span) (first, second int) {
	first, second = -1, -1
	var covered map[news.ConceptID]bool
	best := 0.0
	for i, s := range sentences {
		names := namedIn(it, s)
		if worth := worthOf(it, s, i, len(names)); worth > best {
			first, best, covered = i, worth, names
		}
	}
	if first < 0 {
		return first, second
	}
	best = 0
	for i, s := range sentences {
		added := 0
		for id := range namedIn(it, s) {
			if !covered[id] {
				added++
			}
		}
		if worth := worthOf(it, s, i, added); i != first && added > 0 && worth > best {
			second, best = i, worth
		}
	}
	return first, second
}

// worthOf is what a sentence is worth as evidence: concepts named, an event
// stated, and a little for standing early and for a readable length.
func worthOf(it *news.Item, s text.Span, index, names int) float64 {
	worth := float64(names) + 0.5/float64(index+1)
	for _, ev := range it.Tagging.Events {
		if ev.Evidence.Field == "body" && ev.Evidence.Start < s.End && s.Start < ev.Evidence.End {
			worth += 2
			break
		}
	}
	if length := s.End - s.Start; length < 30 || length > 600 {
		worth /= 2
	}
	return worth
}

// namedIn are the concepts that a sentence of the body names.
func namedIn(it *news.Item, s text.Span) map[news.ConceptID]bool {
	names := make(map[news.ConceptID]bool)
	for _, t := range it.Tagging.Tags {
		if slices.ContainsFunc(t.Evidence, func(e news.Evidence) bool {
			return e.Field == "body" && s.Start <= e.Start && e.End <= s.End
		}) {
			names[t.Concept] = true
		}
	}
	return names
}
