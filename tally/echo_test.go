package tally

import (
	"slices"
	"testing"

	"silkwire/news"
)

// said is an item of sentences, each a list of concepts that it names.
func said(t *testing.T, id news.ItemID, sentences ...[]news.ConceptID) news.Item {
	t.Helper()
	it := news.Item{ID: id, Published: noon, Outlet: "daryo"}
	for _, concepts := range sentences {
		start := len(it.Text)
		it.Text += "A sentence. "
		for _, concept := range concepts {
			it.Tagging.Tags = append(it.Tagging.Tags, news.Tag{Concept: concept, Facet: embeddedFacet(t, concept), Evidence: []news.Evidence{{
				Field: "body", Start: start, End: start + 1, Sentence: news.Span{Start: start, End: start + 11},
			}}})
		}
	}
	return it
}

func embeddedFacet(t *testing.T, id news.ConceptID) string {
	t.Helper()
	c, ok := concepts(t).Concept(id)
	if !ok {
		t.Fatalf("there is no concept %s", id)
	}
	return string(c.Facet)
}

func echoes(t *testing.T, items ...news.Item) *Corpus {
	t.Helper()
	c, err := Echoes(over(items), Rules{Taxonomy: concepts(t)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Who is received and who receives stand in one sentence: an item that rejects
// Russia in one and speaks of China and the young in another says nothing of
// what the young hold of Russia.
func TestAReceptionIsReadFromOneSentence(t *testing.T) {
	c := echoes(t,
		said(t, "a", []news.ConceptID{"russia", "trust-deficit"}, []news.ConceptID{"china", "youth"}),
		said(t, "b", []news.ConceptID{"china", "interest-in-study", "youth"}, []news.ConceptID{"china", "anti-chinese-protests"}, []news.ConceptID{"china", "debt-trap"}),
	)
	table := c.Matrix(Axis{Name: "actor"}, Axis{Name: "polarity"}, Items)
	for _, want := range []struct {
		actor, polarity string
		items           int
	}{{"russia", "rejected", 1}, {"russia", "welcomed", 0}, {"china", "rejected", 1}, {"china", "welcomed", 1}} {
		got := 0
		if cells, _, ok := table.Row(want.actor); ok {
			if j := slices.IndexFunc(table.Cols, func(k Key) bool { return k.ID == want.polarity }); j >= 0 {
				got = cells[j].Items
			}
		}
		if got != want.items {
			t.Errorf("%s is %s in %d items, want %d", want.actor, want.polarity, got, want.items)
		}
	}
	young := c.With(Axis{Name: "audience"}, "youth")
	if len(young.Entries) != 1 || young.Entries[0].ID != "b" || young.Entries[0].Sentence != "A sentence." {
		t.Errorf("the young say %+v", young.Entries)
	}
	if c.Items() != 2 || len(c.Entries) != 4 {
		t.Errorf("%d sentences of %d items", len(c.Entries), c.Items())
	}
}

func TestANarrowerReceptionSaysWhatTheOneAboveItSays(t *testing.T) {
	tax := concepts(t)
	if got := tax.Polarity("anti-chinese-protests"); got != "rejected" {
		t.Errorf("protests are %q", got)
	}
	for id, want := range map[news.ConceptID]string{"soviet-nostalgia": "welcomed", "geographic-distance": "hindered", "balancing": "mixed", "audience-surveys": "", "china": ""} {
		if got := tax.Polarity(id); got != want {
			t.Errorf("%s says %q, want %q", id, got, want)
		}
	}
	if list := tax.Audiences(); !slices.Contains(list, "labour-migrants") || slices.Contains(list, "tashkent") {
		t.Errorf("the audiences are %v", list)
	}
}
