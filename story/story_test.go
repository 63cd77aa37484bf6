package story_test

import (
	"slices"
	"testing"
	"time"

	"silkwire/demo"
	"silkwire/news"
	"silkwire/story"
	"silkwire/tagger"
	"silkwire/taxonomy"
)

// relevantItems are the demo's items, tagged.
func relevantItems(t *testing.T) []news.Item {
	t.Helper()
	tax, err := taxonomy.Default()
	if err != nil {
		t.Fatal(err)
	}
	tg, err := tagger.New(tax)
	if err != nil {
		t.Fatal(err)
	}
	labelled, err := demo.Items()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	var items []news.Item
	for _, x := range labelled {
		it := news.Item{ID: news.ItemID(x.ID), Outlet: x.Outlet, Title: x.Title, Text: x.Body, Published: now.Add(-time.Duration(x.Ago * float64(time.Hour)))}
		it.Tagging = tg.Tag(&it)
		if it.Tagging.Relevant {
			items = append(items, it)
		}
	}
	return items
}

// told are the stories that several outlets of the demo tell.
var told = [][]news.ItemID{
	{"demo-en-01", "demo-ru-01", "demo-ky-01"},
	{"demo-en-03", "demo-kk-01", "demo-zh-01"},
	{"demo-en-07", "demo-zh-03"},
	{"demo-ru-02", "demo-tg-01", "demo-zh-02"},
	{"demo-ru-04", "demo-kk-02"},
	{"demo-ru-05", "demo-ru-06"},
	{"demo-uzl-01", "demo-uzc-01", "demo-tr-01"},
}

func sameStory(a, b news.ItemID) bool {
	return slices.ContainsFunc(told, func(s []news.ItemID) bool { return slices.Contains(s, a) && slices.Contains(s, b) })
}

func TestTheSameEventIsKnownAcrossLanguages(t *testing.T) {
	items := relevantItems(t)
	judge := story.Judge()
	found := 0
	for i := range items {
		for j := i + 1; j < len(items); j++ {
			same, why := judge(&items[i], &items[j])
			if same && !sameStory(items[i].ID, items[j].ID) {
				t.Errorf("%s and %s are told apart by people: %s", items[i].ID, items[j].ID, why)
			}
			if same {
				found++
			}
			if same && why == "" {
				t.Errorf("%s and %s: no reason given", items[i].ID, items[j].ID)
			}
		}
	}
	if found < 11 { // of the 15 pairs; clusters hold together by fewer
		t.Errorf("only %d pairs of the demo's common stories were found", found)
	}
}

func TestAReprintIsKnownByItsWording(t *testing.T) {
	text := "The embassy opened a reading room in the regional library on Friday. It holds four hundred books, and lessons are free of charge for pupils of the town."
	a := news.Item{ID: "a", Title: "Reading room opens", Text: text}
	b := news.Item{ID: "b", Title: "Reading room opened", Text: "(Agency) " + text}
	c := news.Item{ID: "c", Title: "Rain expected", Text: "Heavy rain is expected in the valley on Sunday, and drivers are asked to take care on the pass, where stones may fall onto the road at any time."}
	if same, why := story.Same(story.Make(&a), story.Make(&b)); !same {
		t.Error("a reprint is not known", why)
	}
	if same, why := story.Same(story.Make(&a), story.Make(&c)); same {
		t.Error("the weather is no reprint:", why)
	}
}

func TestWhatIsFarApartInTimeIsNotTheSameEvent(t *testing.T) {
	items := relevantItems(t)
	i := slices.IndexFunc(items, func(it news.Item) bool { return it.ID == "demo-en-01" })
	j := slices.IndexFunc(items, func(it news.Item) bool { return it.ID == "demo-ky-01" })
	items[j].Published = items[j].Published.AddDate(1, 0, 0)
	if same, why := story.Same(story.Make(&items[i]), story.Make(&items[j])); same {
		t.Error("a year later is another story:", why)
	}
}
