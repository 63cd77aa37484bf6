package tagger

import (
	"slices"

	"silkwire/news"
	"silkwire/taxonomy"
)

// Failure is a test sentence of a concept that did not come out as it says.
type Failure struct {
	Concept  news.ConceptID
	Sentence taxonomy.Sentence
	Wanted   bool // the concept was to be found, and was not; or the other way round
	Evidence *news.Evidence
}

// SelfTest runs the test sentences of every concept: what says match must be
// tagged with the concept or one below it, what says no_match must not.
func (t *Tagger) SelfTest() (failures []Failure, sentences int) {
	for _, c := range t.tax.Concepts {
		if c.Inactive {
			continue
		}
		below := t.tax.Descendants(c.ID)
		for _, s := range c.Match {
			sentences++
			if t.tagOf(s, below) == nil {
				failures = append(failures, Failure{Concept: c.ID, Sentence: s, Wanted: true})
			}
		}
		for _, s := range c.NoMatch {
			sentences++
			if tag := t.tagOf(s, []news.ConceptID{c.ID}); tag != nil {
				failures = append(failures, Failure{Concept: c.ID, Sentence: s, Evidence: &tag.Evidence[0]})
			}
		}
	}
	return failures, sentences
}

func (t *Tagger) tagOf(s taxonomy.Sentence, any []news.ConceptID) *news.Tag {
	tagging := t.Tag(&news.Item{Text: s.Text, Lang: s.Lang.String()})
	for i := range tagging.Tags {
		if tag := &tagging.Tags[i]; !tag.Implied && slices.Contains(any, tag.Concept) {
			return tag
		}
	}
	return nil
}
