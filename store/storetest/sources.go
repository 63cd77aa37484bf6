package storetest

import (
	"context"
	"errors"
	"testing"

	"silkwire/news"
	"silkwire/store"
)

func sourceStories() map[string]story {
	return map[string]story{
		"a source that was added stays until it is dropped": addedStays,
		"a backfill goes on where it was":                   backfillGoesOn,
	}
}

func addedStays(t *testing.T, s store.Store) {
	ctx := context.Background()
	one := news.AddedSource{Outlet: news.Outlet{ID: "oasis", Name: "Oasis"}, Source: news.Source{ID: "oasis-feed", URL: "https://oasis.example/a"}, Added: noon(), By: "ada"}
	two := news.AddedSource{Source: news.Source{ID: "zenith-feed"}, Added: noon()}
	for _, added := range []news.AddedSource{two, one} {
		if err := s.AddSource(ctx, added); err != nil {
			t.Fatal(err)
		}
	}
	one.Source.URL = "https://oasis.example/b"
	if err := s.AddSource(ctx, one); err != nil {
		t.Fatal(err)
	}
	wantAdded(t, s, one, two)
	if err := s.PutSource(ctx, news.SourceState{ID: "oasis-feed", Items: 7}); err != nil {
		t.Fatal(err)
	}
	if err := s.DropSource(ctx, "oasis-feed"); err != nil {
		t.Fatal(err)
	}
	wantAdded(t, s, two)
	if state, err := s.Source(ctx, "oasis-feed"); err != nil || state.Items != 7 {
		t.Errorf("the state of a dropped source: %+v, %v", state, err)
	}
	if err := s.DropSource(ctx, "oasis-feed"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("dropped twice: %v", err)
	}
	check(t, s)
}

func wantAdded(t *testing.T, s store.Store, want ...news.AddedSource) {
	t.Helper()
	got, err := s.AddedSources(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	same(t, want, got)
}

func backfillGoesOn(t *testing.T, s store.Store) {
	ctx := context.Background()
	if _, err := s.Backfill(ctx, "oasis-feed"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("before it began: %v", err)
	}
	want := news.Backfill{Source: "oasis-feed", Since: noon().AddDate(-1, 0, 0), Next: []string{"https://oasis.example/?page=3"}, Pages: 2, Items: 40, Started: noon(), Updated: noon()}
	if err := s.PutBackfill(ctx, want); err != nil {
		t.Fatal(err)
	}
	got, err := s.Backfill(ctx, "oasis-feed")
	if err != nil {
		t.Fatal(err)
	}
	same(t, want, got)
	check(t, s)
}
