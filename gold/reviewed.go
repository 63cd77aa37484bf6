package gold

import (
	"strings"

	"silkwire/news"
	"silkwire/review"
)

// FromReviews makes a labelled item of what analysts said of an item, or false
// where that is not complete: where nobody has looked through the text as it is
// now, or analysts disagree. Main are the tags that an analyst marked so.
func FromReviews(it *news.Item, all []news.Review) (Item, bool) {
	said := review.Read(all)
	if !finished(it, &said) || len(said.Disputed()) > 0 {
		return Item{}, false
	}
	relevant, _ := said.Truth(review.Target{})
	if relevant == review.Unsaid {
		return Item{}, false
	}
	out := Item{
		ID: string(it.ID), Lang: it.Tagging.Lang, Origin: "review", Title: it.Title, Body: it.Body(), Relevant: relevant == review.Yes,
		Tags: []Label{}, Events: []Event{},
	}
	quotes := quotesOf(all)
	for _, t := range said.Targets() {
		says, _ := said.Truth(t)
		switch {
		case says != review.Yes || t.IsRelevance():
		case t.Concept != "":
			out.Tags = append(out.Tags, Label{ID: t.Concept, Main: said.Main(t), Evidence: evidenceOf(it, t, quotes)})
		case out.Relevant:
			out.Events = append(out.Events, Event{
				Actor: t.Event.Actor, Instrument: t.Event.Instrument, Recipient: t.Event.Recipient,
				Status: statusOf(it, t.Event), Evidence: evidenceOf(it, t, quotes),
			})
		}
	}
	var notes []string
	for _, o := range said.Opinions {
		notes = append(notes, o.Notes...)
	}
	out.Note = strings.Join(notes, " ")
	return out, true
}

func finished(it *news.Item, said *review.Item) bool {
	for _, o := range said.Opinions {
		if o.Done && o.Revision == it.Revision {
			return true
		}
	}
	return false
}

// quotesOf are the words that analysts gave for what they added.
func quotesOf(all []news.Review) map[review.Target]string {
	quotes := map[review.Target]string{}
	for _, r := range review.Standing(all) {
		if r.Quote == "" {
			continue
		}
		t := review.Target{Concept: r.Concept}
		if r.Event != nil {
			t.Event = *r.Event
		}
		if r.Verdict == news.Replace {
			t = review.Target{Concept: r.With}
			if r.WithEvent != nil {
				t.Event = *r.WithEvent
			}
		}
		quotes[t] = r.Quote
	}
	return quotes
}

// evidenceOf are the words that express a tag or event: an analyst's, or else
// the machine's.
func evidenceOf(it *news.Item, t review.Target, quotes map[review.Target]string) string {
	stands := func(s string) bool {
		return s != "" && (strings.Contains(it.Title, s) || strings.Contains(it.Body(), s))
	}
	if q := quotes[t]; stands(q) {
		return q
	}
	for i := range it.Tagging.Tags {
		tag := &it.Tagging.Tags[i]
		if tag.Concept == t.Concept && len(tag.Evidence) > 0 && stands(tag.Evidence[0].Text) {
			return tag.Evidence[0].Text
		}
	}
	for i := range it.Tagging.Events {
		if e := &it.Tagging.Events[i]; e.Key() == t.Event && stands(e.Evidence.Text) {
			return e.Evidence.Text
		}
	}
	return ""
}

func statusOf(it *news.Item, key news.EventKey) news.Status {
	for i := range it.Tagging.Events {
		if e := &it.Tagging.Events[i]; e.Key() == key && e.Status != "" {
			return e.Status
		}
	}
	return news.NoStatus
}

// Sentence is a test sentence for a concept: it expresses the concept, or it
// looks as if it did.
type Sentence struct {
	Concept news.ConceptID
	Lang    string
	Text    string
	Matches bool
}

// Sentences are those on which verdicts on the tags of an item rest. Where
// analysts disagree there are none.
func Sentences(it *news.Item, all []news.Review) []Sentence {
	said := review.Read(all)
	var list []Sentence
	add := func(id news.ConceptID, text string, matches bool) {
		if text = strings.Join(strings.Fields(text), " "); text != "" {
			list = append(list, Sentence{id, it.Tagging.Lang, text, matches})
		}
	}
	for i := range it.Tagging.Tags {
		t := &it.Tagging.Tags[i]
		says, _ := said.Truth(review.Target{Concept: t.Concept})
		if says == review.Unsaid || len(t.Evidence) == 0 {
			continue
		}
		add(t.Concept, sentenceOf(it, &t.Evidence[0]), says == review.Yes)
	}
	quotes := quotesOf(all)
	for _, t := range said.Targets() {
		if says, _ := said.Truth(t); t.Concept != "" && says == review.Yes && quotes[t] != "" {
			add(t.Concept, quotes[t], true)
		}
	}
	return list
}

// sentenceOf is the sentence that holds a piece of evidence, or its words alone
// where the text has changed since.
func sentenceOf(it *news.Item, e *news.Evidence) string {
	text := it.Body()
	if e.Field == "title" {
		text = it.Title
	}
	if e.Start < 0 || e.End > len(text) || e.Start > e.End || text[e.Start:e.End] != e.Text {
		return ""
	}
	if s := e.Sentence; s.Start >= 0 && s.Start <= e.Start && s.End >= e.End && s.End <= len(text) {
		return text[s.Start:s.End]
	}
	return e.Text
}
