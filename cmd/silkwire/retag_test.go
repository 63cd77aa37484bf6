package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"silkwire/news"
	"silkwire/store"
	"silkwire/tagger"
	"silkwire/taxonomy"
)

// shelf is as much of an archive as retagging asks for.
type shelf struct {
	store.Items
	order   []news.ItemID
	items   map[news.ItemID]news.Item
	retags  int
	onRetag func(*shelf)
}

func newShelf(n int) *shelf {
	s := &shelf{items: map[news.ItemID]news.Item{}}
	for i := range n {
		id := news.ItemID(fmt.Sprintf("item-%03d", i))
		s.order = append(s.order, id)
		s.items[id] = news.Item{ID: id, Text: "A Confucius Institute opened in Tashkent.", Tagging: news.Tagging{Taxonomy: "old"}}
	}
	return s
}

func (s *shelf) Find(_ context.Context, q store.Query) (store.Page, error) {
	from := 0
	if q.Cursor != "" {
		if _, err := fmt.Sscan(q.Cursor, &from); err != nil {
			return store.Page{}, store.ErrCursor
		}
	}
	to := min(from+q.Limit, len(s.order))
	page := store.Page{Total: len(s.order)}
	for _, id := range s.order[from:to] {
		page.Items = append(page.Items, s.items[id])
	}
	if to < len(s.order) {
		page.Next = fmt.Sprint(to)
	}
	return page, nil
}

func (s *shelf) Item(_ context.Context, id news.ItemID) (news.Item, error) {
	it, ok := s.items[id]
	if !ok {
		return it, store.ErrNotFound
	}
	return it, nil
}

func (s *shelf) Retag(_ context.Context, tagged map[news.ItemID]news.Tagging) error {
	s.retags++
	for id, tagging := range tagged {
		it := s.items[id]
		it.Tagging = tagging
		s.items[id] = it
	}
	if s.onRetag != nil {
		s.onRetag(s)
	}
	return nil
}

func newRetagger(t *testing.T, st store.Items) *retagger {
	t.Helper()
	tax, err := taxonomy.Default()
	if err != nil {
		t.Fatal(err)
	}
	tg, err := tagger.New(tax)
	if err != nil {
		t.Fatal(err)
	}
	return &retagger{store: st, tagger: tg, impact: newImpact()}
}

func TestRetaggingGoesOnWhereItWasInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	s := newShelf(450)
	s.onRetag = func(*shelf) { interrupt() }
	first := newRetagger(t, s)
	if err := first.run(ctx, io.Discard); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want an interruption", err)
	}
	if first.done != archivePage || s.retags != 1 {
		t.Fatalf("%d items in %d batches before the interruption", first.done, s.retags)
	}
	s.onRetag = nil
	rest := newRetagger(t, s)
	var progress strings.Builder
	if err := rest.run(t.Context(), &progress); err != nil {
		t.Fatal(err)
	}
	if rest.done != 250 || rest.upToDate != 200 {
		t.Errorf("%d tagged, %d up to date", rest.done, rest.upToDate)
	}
	if !strings.Contains(progress.String(), "400 of 450 items") {
		t.Errorf("progress %q", progress.String())
	}
	for id, it := range s.items {
		if it.Tagging.Taxonomy == "old" {
			t.Errorf("%s is as it was", id)
		}
	}
}

func TestADryRunWritesNothing(t *testing.T) {
	s := newShelf(3)
	r := newRetagger(t, s)
	r.dry = true
	if err := r.run(t.Context(), io.Discard); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	r.print(&out)
	if s.retags != 0 || r.done != 3 || !strings.Contains(out.String(), "3 items to be tagged anew") || !strings.Contains(out.String(), "confucius-institute") {
		t.Errorf("%d writes; said %s", s.retags, out.String())
	}
}

// A visit may revise an item between its reading and its retagging: the tags
// of the old text must not stay on the new one.
func TestAnItemRevisedMeanwhileIsTaggedByItsNewText(t *testing.T) {
	s := newShelf(1)
	s.onRetag = func(s *shelf) {
		it := s.items["item-000"]
		if it.Revision == 0 {
			it.Revision, it.Text = 1, "The weather was fine."
			s.items["item-000"] = it
		}
	}
	if err := newRetagger(t, s).run(t.Context(), io.Discard); err != nil {
		t.Fatal(err)
	}
	if tags := s.items["item-000"].Tagging.Tags; len(tags) != 0 || s.retags != 2 {
		t.Errorf("%d writes, tags %+v", s.retags, tags)
	}
}

// An item that is gone by the time its turn comes is no reason to stop.
func TestAnItemThatIsGoneIsPassedOver(t *testing.T) {
	s := newShelf(2)
	s.order = append(s.order, "gone")
	r := newRetagger(t, &vanishing{s})
	if err := r.run(t.Context(), io.Discard); err != nil || r.done != 2 {
		t.Errorf("%d tagged, %v", r.done, err)
	}
}

// vanishing lists an item that cannot be read any more.
type vanishing struct{ *shelf }

func (v *vanishing) Find(ctx context.Context, q store.Query) (store.Page, error) {
	page, err := v.shelf.Find(ctx, q)
	for i := range page.Items {
		page.Items[i].ID = v.order[i]
	}
	return page, err
}

func TestWhatComesAndGoesIsCountedWithExamples(t *testing.T) {
	body := "Students met. A Confucius Institute opened."
	tag := news.Tag{Concept: "confucius-institute", Evidence: []news.Evidence{{Field: "body", Start: 16, End: 35, Text: body[16:35], Sentence: news.Span{Start: 14, End: 43}}}}
	event := news.Event{Actor: "china", Instrument: "loan", Recipient: "kyrgyzstan", Evidence: news.EventEvidence{Text: "Loans\x1b[31m\ncame."}}
	im := newImpact()
	for range 5 {
		im.add(&news.Item{Title: "Title", Text: body}, &news.Tagging{Tags: []news.Tag{tag}}, &news.Tagging{Events: []news.Event{event}, Relevant: true})
	}
	im.add(&news.Item{Title: "Same"}, &news.Tagging{}, &news.Tagging{})
	if got := im.tags["confucius-institute"]; got.went != 5 || got.came != 0 || len(got.examples) != examplesShown {
		t.Errorf("tags %+v", got)
	}
	tax := newRetagger(t, nil).tagger.Taxonomy()
	var out strings.Builder
	im.print(&out, tax, tax)
	for _, want := range []string{
		"6 items compared, 5 change", `- "Confucius Institute" in: A Confucius Institute opened.`, "+5    +0  China → ", "5 items become relevant, 0 no longer are", "+ Loans[31m came.",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
}
