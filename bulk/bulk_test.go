package bulk

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"silkwire/news"
	"silkwire/taxonomy"
)

func press(t *testing.T, n int) *Press {
	t.Helper()
	tax, err := taxonomy.Default()
	if err != nil {
		t.Fatal(err)
	}
	outlets := []news.Outlet{{ID: "one", Country: "UZ", Languages: []string{"uz-Latn", "ru"}}, {ID: "two", Country: "KZ", Languages: []string{"kk", "zh", "fa", "en"}}}
	return New(Options{
		Outlets: outlets, Taxonomy: tax, Items: n, Seed: 7,
		From: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
	})
}

func TestTheSameSeedMakesTheSameItemsWhateverTheBatches(t *testing.T) {
	one, other := press(t, 300), press(t, 300)
	want := one.Next(300)
	var got []news.Item
	for len(got) < 300 {
		got = append(got, other.Next(7)...)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if more := one.Next(1); len(more) != 0 {
		t.Errorf("%d items more than were asked for", len(more))
	}
}

func TestItemsAreSoundAndVaried(t *testing.T) {
	list := press(t, 2000).Next(2000)
	langs, ids, concepts, events, size := map[string]int{}, map[news.ItemID]bool{}, map[news.ConceptID]bool{}, 0, 0
	for i := range list {
		it := &list[i]
		langs[it.Tagging.Lang]++
		ids[it.ID] = true
		events += len(it.Tagging.Events)
		size += len(it.Text)
		if it.Title == "" || it.Published.After(it.Fetched) || i > 0 && it.Fetched.Before(list[i-1].Fetched) {
			t.Fatalf("%+v", it)
		}
		for _, tag := range it.Tagging.Tags {
			concepts[tag.Concept] = true
			for _, ev := range tag.Evidence {
				if it.Text[ev.Start:ev.End] != ev.Text {
					t.Fatalf("evidence %q where %q stands", ev.Text, it.Text[ev.Start:ev.End])
				}
			}
		}
	}
	if len(langs) != 6 || len(ids) != 2000 || len(concepts) < 200 || events < 300 || size/2000 < 1200 || size/2000 > 4000 {
		t.Errorf("%d languages, %d ids, %d concepts, %d events, %d bytes an item", len(langs), len(ids), len(concepts), events, size/2000)
	}
}
