package story_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"silkwire/news"
	"silkwire/story"
)

// kept is an archive as a shelf sees it.
type kept struct {
	items []news.Item
	loads int
}

func (k *kept) load(_ context.Context, from, to time.Time, most int) ([]news.Item, error) {
	k.loads++
	var out []news.Item
	for _, it := range k.items {
		if t := it.Time(); !t.Before(from) && t.Before(to) && len(out) < most {
			out = append(out, it)
		}
	}
	return out, nil
}

// place gives the items stories one by one, each by the shelf that fresh
// returns, and keeps them.
func place(t *testing.T, k *kept, items []news.Item, shelf func() *story.Shelf) {
	t.Helper()
	for i := range items {
		one := []news.Item{items[i]}
		if err := shelf().Place(context.Background(), one); err != nil {
			t.Fatal(err)
		}
		k.items = append(k.items, one[0])
	}
}

func TestStoriesAreGivenAsItemsCome(t *testing.T) {
	archive := &kept{}
	shelf := story.NewShelf(archive.load)
	place(t, archive, relevantItems(t), func() *story.Shelf { return shelf })
	joined := 0
	for i, a := range archive.items {
		if a.Story == "" {
			t.Errorf("%s has no story", a.ID)
		}
		if first := a.Story == news.StoryID(a.ID); first != (a.StoryWhy == "") {
			t.Errorf("%s in the story of %s: reason %q", a.ID, a.Story, a.StoryWhy)
		}
		for _, b := range archive.items[i+1:] {
			if a.Story != b.Story {
				continue
			}
			joined++
			if !sameStory(a.ID, b.ID) {
				t.Errorf("%s and %s are told apart by people: %s; %s", a.ID, b.ID, a.StoryWhy, b.StoryWhy)
			}
		}
	}
	if joined < 11 {
		t.Errorf("only %d pairs of the demo's common stories were joined", joined)
	}
}

// A process may be killed at any moment: what a fresh shelf says, which knows
// nothing but the archive, is what the old one would have said.
func TestStoriesAreTheSameAfterARestart(t *testing.T) {
	whole, broken := &kept{}, &kept{}
	shelf := story.NewShelf(whole.load)
	items := relevantItems(t)
	place(t, whole, items, func() *story.Shelf { return shelf })
	place(t, broken, items, func() *story.Shelf { return story.NewShelf(broken.load) })
	for i := range whole.items {
		if a, b := whole.items[i], broken.items[i]; a.Story != b.Story || a.StoryWhy != b.StoryWhy {
			t.Errorf("%s: %s (%s), after a restart %s (%s)", a.ID, a.Story, a.StoryWhy, b.Story, b.StoryWhy)
		}
	}
}

// A story has the name of its first telling, also where a later one is nearer.
func TestAStoryKeepsItsNameFromTellingToTelling(t *testing.T) {
	archive := &kept{}
	first := "The embassy opened a reading room in the regional library on Friday. It holds four hundred books, and lessons are free of charge for pupils of the town. "
	more := "The mayor thanked the guests, and the pupils sang a song about spring and friendship."
	var items []news.Item
	for i, body := range []string{first, first + more, first + more} {
		items = append(items, news.Item{ID: news.ItemID(fmt.Sprint("telling-", i)), Title: "Reading room", Text: body, Published: time.Date(2026, 3, 21, 6+i, 0, 0, 0, time.UTC)})
	}
	place(t, archive, items, func() *story.Shelf { return story.NewShelf(archive.load) })
	for _, it := range archive.items {
		if it.Story != "telling-0" {
			t.Errorf("%s is in the story %s: %s", it.ID, it.Story, it.StoryWhy)
		}
	}
}

func TestAnItemThatComesAgainKeepsItsStory(t *testing.T) {
	archive := &kept{}
	shelf := story.NewShelf(archive.load)
	items := relevantItems(t)
	place(t, archive, items, func() *story.Shelf { return shelf })
	again := slices.Clone(items)
	if err := shelf.Place(context.Background(), again); err != nil {
		t.Fatal(err)
	}
	for i := range again {
		if again[i].Story != archive.items[i].Story {
			t.Errorf("%s: %s, then %s", again[i].ID, archive.items[i].Story, again[i].Story)
		}
	}
}

func TestAShelfRemembersDaysAndNotTheWholeArchive(t *testing.T) {
	archive := &kept{}
	shelf := story.NewShelf(archive.load)
	begin := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for i := range 100 {
		it := news.Item{ID: news.ItemID(fmt.Sprint("item-", i)), Title: "A day", Published: begin.AddDate(0, 0, i)}
		place(t, archive, []news.Item{it}, func() *story.Shelf { return shelf })
	}
	before := archive.loads
	if before > 110 {
		t.Errorf("the archive was asked %d times for 100 days", before)
	}
	early := []news.Item{{ID: "early", Title: "A day", Published: begin}}
	if err := shelf.Place(context.Background(), early); err != nil {
		t.Fatal(err)
	}
	if archive.loads == before {
		t.Error("the first day is still remembered after a hundred: memory has no bound")
	}
}

func TestAStoryIsNotGivenWhileTheArchiveCannotBeRead(t *testing.T) {
	broken := errors.New("disk on fire")
	shelf := story.NewShelf(func(context.Context, time.Time, time.Time, int) ([]news.Item, error) { return nil, broken })
	if err := shelf.Place(context.Background(), []news.Item{{ID: "a", Title: "A"}}); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

func BenchmarkSketch(b *testing.B) {
	text := ""
	for i := range 60 {
		text += fmt.Sprintf("Sentence number %d speaks of a loan of 300 million dollars for the railway to the pass. ", i)
	}
	it := news.Item{ID: "a", Title: "A loan", Text: text}
	for b.Loop() {
		story.Make(&it)
	}
}
