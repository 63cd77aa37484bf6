package tagger

import (
	"math"
	"strings"
	"testing"

	"silkwire/news"
)

// What an explanation reckons is what the tagger reckoned, on all the demo's
// items in eleven languages.
func TestExplanationsAddUpToTheNumbers(t *testing.T) {
	tg := loadTagger(t)
	tags, events := 0, 0
	for _, it := range newsItems(t) {
		tagging := tg.Tag(&it)
		why := tg.Explain(&it, &tagging)
		if len(why.Tags) != len(tagging.Tags) || len(why.Events) != len(tagging.Events) || len(why.Relevance) != len(tagging.Features) {
			t.Fatalf("%s: %d of %d tags, %d of %d events, %d of %d features are explained", it.ID,
				len(why.Tags), len(tagging.Tags), len(why.Events), len(tagging.Events), len(why.Relevance), len(tagging.Features))
		}
		for i, tag := range tagging.Tags {
			if got := Score(why.Tags[i].Score); math.Abs(got-tag.Score) > 0.011 {
				t.Errorf("%s: %s scores %.2f, explained as %.2f: %+v", it.ID, tag.Concept, tag.Score, got, why.Tags[i].Score)
			}
			tags++
		}
		for _, e := range why.Events {
			if e.Probability < eventThreshold-0.005 {
				t.Errorf("%s: %s → %s → %s is explained with %.2f, below what makes an event", it.ID, e.Actor, e.Instrument, e.Recipient, e.Probability)
			}
			events++
		}
		checkOdds(t, &it, &tagging, why.Relevance)
	}
	if tags < 500 || events < 50 {
		t.Errorf("only %d tags and %d events", tags, events)
	}
}

func checkOdds(t *testing.T, it *news.Item, tagging *news.Tagging, why []Reason) {
	t.Helper()
	odds := 0.0
	for _, r := range why {
		odds += r.Value * r.Weight
		if r.Meaning == "" {
			t.Errorf("%s: the feature %q has no meaning", it.ID, r.Feature)
		}
	}
	if got := 1 / (1 + math.Exp(-odds)); math.Abs(got-tagging.Relevance) > 0.02 {
		t.Errorf("%s: relevance %.2f, explained as %.2f", it.ID, tagging.Relevance, got)
	}
}

func TestAnExplanationShowsSentenceTermRuleDefinitionAndSources(t *testing.T) {
	tg := loadTagger(t)
	it := news.Item{Title: "A new centre", Text: "The day was cold. A Confucius Institute opened in Tashkent, and China will pay for its teachers."}
	tagging := tg.Tag(&it)
	for _, r := range tg.Explain(&it, &tagging).Tags {
		if r.Concept != "confucius-institute" {
			continue
		}
		place := r.Places[0]
		if place.Sentence != "A Confucius Institute opened in Tashkent, and China will pay for its teachers." || place.Lang != "en" || place.Term != "Confucius Institute" {
			t.Errorf("place %+v", place)
		}
		if r.Definition == "" || len(r.Sources) == 0 || !strings.HasPrefix(r.Sources[0], "document 0") {
			t.Errorf("definition %q, sources %q", r.Definition, r.Sources)
		}
		return
	}
	t.Errorf("no Confucius Institute in %+v", tagging.Tags)
}

func TestAnImpliedTagNamesWhatImpliesIt(t *testing.T) {
	tg := loadTagger(t)
	it := news.Item{Text: "A Confucius Institute opened in Tashkent."}
	tagging := tg.Tag(&it)
	for i := range tagging.Tags {
		tag := &tagging.Tags[i]
		if parts := tg.ScoreParts(&tagging, tag); tag.Implied && tag.Concept == "china" {
			if Score(parts) != tag.Score || !strings.Contains(parts[0].Because, "confucius-institute") {
				t.Errorf("score %.2f, parts %+v", tag.Score, parts)
			}
			return
		}
	}
	t.Errorf("China is not implied in %+v", tagging.Tags)
}
