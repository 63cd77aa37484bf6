// Package storetest holds the promises of [store.Store] as a test suite. An
// implementation calls [Run] in its tests; what passes here may be wired in.
package storetest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"silkwire/news"
	"silkwire/store"
)

// Country is the country of an outlet in these stories: its first two letters, large.
// The stores under test must be opened with it, and must find words as
// [silkwire/search.Contains] does.
func Country(outlet news.OutletID) string {
	if len(outlet) < 2 {
		return ""
	}
	return strings.ToUpper(string(outlet[:2]))
}

// Run tells every story to a store of its own. Open returns an empty store and
// closes it when the test ends.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for _, chapter := range []map[string]func(t *testing.T, s store.Store){
		itemStories(), findStories(), jobStories(), editionStories(), sourceStories(), readerStories(), accountStories(), reviewStories(), wholeStories(),
	} {
		for name, story := range chapter {
			t.Run(name, func(t *testing.T) { story(t, open(t)) })
		}
	}
}

// noon is when these stories begin.
func noon() time.Time { return time.Date(2026, 3, 21, 12, 0, 0, 0, time.UTC) }

// article is an item as a visit brings it.
func article(outlet news.OutletID, address, title, text string) news.Item {
	return news.Item{
		ID: news.NewItemID(outlet, address, ""), Outlet: outlet, Source: news.SourceID(outlet) + "-feed",
		URL: address, Title: title, Summary: "In short: " + title, Text: text,
		Published: noon().Add(-time.Hour), Fetched: noon(),
	}
}

// through is the item as another source brings it.
func through(it news.Item, source news.SourceID) news.Item {
	it.Source = source
	return it
}

// save saves items with a state of their source and fails the test on an error.
func save(t *testing.T, s store.Store, items ...news.Item) store.Saved {
	t.Helper()
	state := news.SourceState{ID: "nobody"}
	if len(items) > 0 {
		state.ID = items[0].Source
	}
	saved, err := s.Save(context.Background(), items, state)
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

// read reads one item and fails the test if it is not there.
func read(t *testing.T, s store.Store, id news.ItemID) news.Item {
	t.Helper()
	it, err := s.Item(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return it
}

func same(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// check asks the store whether all is well.
func check(t *testing.T, s store.Store) {
	t.Helper()
	findings, err := s.Check(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		t.Error("check: " + f)
	}
}
