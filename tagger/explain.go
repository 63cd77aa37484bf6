package tagger

import (
	"math"
	"slices"

	"silkwire/news"
	"silkwire/taxonomy"
	"silkwire/text"
)

// Explanation says of a tagging how each of its numbers came about, in terms
// that a taxonomist can look up and change.
type Explanation struct {
	Tags      []TagReason   `json:"tags"`
	Events    []EventReason `json:"events"`
	Relevance []Reason      `json:"relevance"`
}

// TagReason explains a tag.
type TagReason struct {
	Concept    news.ConceptID `json:"concept"`
	Name       string         `json:"name"`
	Definition string         `json:"definition,omitempty"`
	Sources    []string       `json:"sources,omitempty"` // the documents that the concept derives from
	Added      string         `json:"added,omitempty"`   // why it is in the taxonomy though no document names it
	Score      []Part         `json:"score"`             // in the order of reckoning
	Places     []Place        `json:"places,omitempty"`
}

// Part is one step in the reckoning of a score: what is added to the sum so
// far, or what the sum so far is multiplied by.
type Part struct {
	Name    string  `json:"name"`
	Adds    float64 `json:"adds,omitempty"`
	Times   float64 `json:"times,omitempty"` // 0: nothing is multiplied
	Because string  `json:"because"`
}

// Place is one place in the text that a tag rests on, and by which term.
type Place struct {
	Field    string `json:"field"`
	Sentence string `json:"sentence"`
	Text     string `json:"text"`
	Term     string `json:"term"`
	Lang     string `json:"lang"`
	Rule     string `json:"rule,omitempty"` // in words; empty: the term always counts
}

// EventReason explains an event by the features of [EventWeights].
type EventReason struct {
	Actor       news.ConceptID `json:"actor"`
	Instrument  news.ConceptID `json:"instrument"`
	Recipient   news.ConceptID `json:"recipient"`
	Sentence    string         `json:"sentence"`
	Probability float64        `json:"probability"`
	Features    []Reason       `json:"features"`
}

// Reason is a feature with what it adds to the log-odds.
type Reason struct {
	Feature string  `json:"feature"`
	Value   float64 `json:"value"`
	Weight  float64 `json:"weight"`
	Adds    float64 `json:"adds"`
	Meaning string  `json:"meaning"`
}

// Explain explains the tagging that [Tagger.Tag] makes of an item.
func (t *Tagger) Explain(it *news.Item, tagging *news.Tagging) Explanation {
	var out Explanation
	for i := range tagging.Tags {
		out.Tags = append(out.Tags, t.tagReason(it, tagging, &tagging.Tags[i]))
	}
	out.Events = t.eventReasons(it, tagging)
	for _, f := range tagging.Features {
		out.Relevance = append(out.Relevance, reasonOf(Weights, f.Name, f.Value))
	}
	return out
}

func (t *Tagger) tagReason(it *news.Item, tagging *news.Tagging, tag *news.Tag) TagReason {
	r := TagReason{Concept: tag.Concept, Name: t.tax.Name(tag.Concept), Score: t.ScoreParts(tagging, tag)}
	if c, ok := t.tax.Concept(tag.Concept); ok {
		r.Definition, r.Added = c.Definition, c.Added
		for _, s := range c.Sources {
			r.Sources = append(r.Sources, s.String())
		}
	}
	for i := range tag.Evidence {
		e := &tag.Evidence[i]
		field := it.Body()
		if e.Field == "title" {
			field = it.Title
		}
		r.Places = append(r.Places, Place{
			Field: e.Field, Sentence: cut(field, e.Sentence), Text: e.Text, Term: e.Term, Lang: e.Lang,
			Rule: t.tax.TermRule(tag.Concept, e.Term, text.ParseLang(e.Lang)),
		})
	}
	return r
}

func cut(s string, span news.Span) string {
	if span.Start < 0 || span.End > len(s) || span.Start > span.End {
		return ""
	}
	return s[span.Start:span.End]
}

// ScoreParts takes the score of a tag to pieces, from the tagging alone. Put
// together by [Score] they give the tag's score.
func (t *Tagger) ScoreParts(tagging *news.Tagging, tag *news.Tag) []Part {
	if tag.Implied {
		return impliedParts(tagging, tag)
	}
	parts := []Part{{Name: "named", Adds: 0.5, Because: "the text names it"}}
	switch first := tag.Evidence[0]; {
	case first.Field == "title":
		parts = append(parts, Part{Name: "title", Adds: 0.25, Because: "the title does"})
	case first.Start < 300:
		parts = append(parts, Part{Name: "lead", Adds: 0.15, Because: "the first lines do"})
	}
	if n := len(tag.Evidence); n > 1 {
		parts = append(parts, Part{Name: "frequency", Adds: 0.1 * math.Log2(float64(n)), Because: "it does so several times: a tenth for each doubling"})
	}
	if tag.Facet == string(taxonomy.Instrument) && !t.namesOutsider(tagging) {
		parts = append(parts, Part{Name: "no actor", Times: 0.5, Because: "an instrument without an outside actor in sight"})
	}
	return parts
}

// impliedParts: an implied tag has four fifths of the score of the strongest
// that implies it.
func impliedParts(tagging *news.Tagging, tag *news.Tag) []Part {
	var by news.ConceptID
	strongest := 0.0
	for i := range tagging.Tags {
		x := &tagging.Tags[i]
		if !x.Implied && slices.Contains(tag.By, x.Concept) && x.Score > strongest {
			by, strongest = x.Concept, x.Score
		}
	}
	return []Part{
		{Name: "implied", Adds: strongest, Because: "the score of " + string(by) + ", which implies it"},
		{Name: "implication", Times: 0.8, Because: "the text does not say it itself"},
	}
}

// Score puts the parts of a score together: at most 1, to two places.
func Score(parts []Part) float64 {
	s := 0.0
	for _, p := range parts {
		s += p.Adds
		if p.Times != 0 {
			s *= p.Times
		}
	}
	return round2(min(s, 1))
}

// namesOutsider reports whether an actor from outside Central Asia is tagged.
func (t *Tagger) namesOutsider(tagging *news.Tagging) bool {
	return slices.ContainsFunc(tagging.Tags, func(x news.Tag) bool {
		c := &t.concepts[t.class(x.Concept)]
		return !x.Implied && c.actor && !c.home
	})
}

// eventReasons reads the item once more, as far as events, to get at their
// features.
func (t *Tagger) eventReasons(it *news.Item, tagging *news.Tagging) []EventReason {
	if len(tagging.Events) == 0 {
		return nil
	}
	w := t.borrow()
	defer t.giveBack(w)
	t.read(w, it)
	uses := t.uses(w)
	out := make([]EventReason, 0, len(tagging.Events))
	for i := range tagging.Events {
		e := &tagging.Events[i]
		at := slices.IndexFunc(uses, func(x use) bool { return t.states(w, &x, e) })
		if at >= 0 {
			out = append(out, uses[at].reason(e))
		}
	}
	return out
}

// states reports whether an event was made of a use.
func (t *Tagger) states(w *work, x *use, e *news.Event) bool {
	return t.concepts[x.actor.class].id == e.Actor && t.concepts[x.at.class].id == e.Instrument &&
		t.concepts[x.state].id == e.Recipient && w.fields[x.at.field].name == e.Evidence.Field
}

func (x *use) reason(e *news.Event) EventReason {
	r := EventReason{Actor: e.Actor, Instrument: e.Instrument, Recipient: e.Recipient, Sentence: e.Evidence.Text}
	for i, v := range x.marks {
		if v != 0 {
			r.Features = append(r.Features, reasonOf(EventWeights, EventWeights[i].Feature, v))
		}
	}
	r.Probability = round2(x.probability())
	return r
}

func reasonOf(weights []Weight, feature string, value float64) Reason {
	r := Reason{Feature: feature, Value: round2(value)}
	i := slices.IndexFunc(weights, func(w Weight) bool { return w.Feature == feature })
	if i >= 0 {
		r.Weight, r.Meaning, r.Adds = weights[i].Weight, string(weights[i].Meaning), round2(value*weights[i].Weight)
	}
	return r
}
