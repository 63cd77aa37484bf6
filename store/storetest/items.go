package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
)

type story = func(t *testing.T, s store.Store)

func itemStories() map[string]story {
	return map[string]story{
		"an item comes back as it was saved":                                    itemComesBack,
		"an item that is not there is not found":                                itemNotFound,
		"saving twice is saving once":                                           savingTwice,
		"an edit becomes a revision":                                            editBecomesRevision,
		"many edits are all kept, newest first":                                 manyEdits,
		"an edit of the summary or of the text alone is an edit":                smallEdits,
		"a known text is not replaced by an empty one":                          textStays,
		"the same article through three sources is one item with three sources": threeSources,
		"two sources that word an item differently do not edit it for ever":     noFlipFlop,
		"a changed guid does not double an item":                                guidChanges,
		"a changed address under the same guid does not double an item":         addressChanges,
		"tracking parameters, www and https do not double an item":              trackingParameters,
		"one guid on all items does not make them one":                          sameGUID,
		"two outlets may use the same guid":                                     guidOfTwoOutlets,
		"the first-seen time and the date of publication stay":                  firstSeenStays,
		"an item twice in one batch is one item":                                twiceInABatch,
		"known tells what is there and under which id":                          known,
		"the items and the state of their source are saved together":            savedTogether,
		"source states are listed":                                              sourceStates,
		"retagging replaces the tagging and nothing else":                       retagging,
		"retagging an unknown item changes nothing":                             retagUnknown,
		"an edit with a new tagging is found by the new tags only":              editRetags,
	}
}

func tagging() news.Tagging {
	places := 120
	return news.Tagging{
		Lang: "uz-Latn", Relevance: 0.93, Relevant: true, Taxonomy: "v1",
		Tags: []news.Tag{
			{Concept: "china", Facet: "actor_state", Score: 0.9, Implied: true, By: []news.ConceptID{"confucius-institute"}},
			{Concept: "scholarship", Facet: "instrument", Score: 0.8, Evidence: []news.Evidence{
				{Field: "body", Start: 0, End: 4, Text: "Grant", Term: "grant", Lang: "uz-Latn", Sentence: news.Span{Start: 0, End: 20}},
			}},
		},
		Events: []news.Event{{
			Actor: "china", State: "china", Instrument: "scholarship", Family: "education", Recipient: "uzbekistan", Status: news.Signed,
			Amount: &news.Amount{Value: 2.5e6, Currency: "USD"}, Places: &places,
			Evidence: news.EventEvidence{Field: "body", Start: 0, End: 20, Text: "Grants for students."},
		}},
		Features: []news.Feature{{Name: "title names the actor", Value: 1, Weight: 0.7}},
		Placed:   &news.Placed{Origin: "xinhua", Reason: "credit line"},
	}
}

func itemComesBack(t *testing.T, s store.Store) {
	it := article("uz-one", "https://one.example/a?id=1", "Grants signed", "Grants for students. Ariza qabul qilinadi.")
	it.GUID, it.Authors, it.Categories, it.Section = "g-1", []string{"A. Writer"}, []string{"Education"}, "news"
	it.Image, it.DayOnly, it.Extraction = "https://one.example/a.jpg", true, "article"
	it.Tagging = tagging()
	saved := save(t, s, it)
	same(t, store.Saved{New: []news.ItemID{it.ID}}, saved)
	want := it
	want.Sources = []news.SourceID{"uz-one-feed"}
	same(t, want, read(t, s, it.ID))
	page, err := s.Find(context.Background(), store.Query{WithText: true})
	if err != nil {
		t.Fatal(err)
	}
	same(t, []news.Item{want}, page.Items)
	check(t, s)
}

func itemNotFound(t *testing.T, s store.Store) {
	if _, err := s.Item(context.Background(), "nosuchitem"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("item: %v, want ErrNotFound", err)
	}
	if _, err := s.Source(context.Background(), "nosuchsource"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("source: %v, want ErrNotFound", err)
	}
}

func savingTwice(t *testing.T, s store.Store) {
	items := []news.Item{
		article("uz-one", "https://one.example/a", "First", "The first text."),
		article("uz-one", "https://one.example/b", "Second", ""),
	}
	save(t, s, items...)
	before := read(t, s, items[0].ID)
	for range 3 {
		for i := range items {
			items[i].Fetched = items[i].Fetched.Add(time.Hour)
		}
		same(t, store.Saved{Unchanged: 2}, save(t, s, items...))
	}
	same(t, before, read(t, s, items[0].ID))
	same(t, 2, count(t, s, store.Query{}))
	check(t, s)
}

func editBecomesRevision(t *testing.T, s store.Store) {
	it := article("uz-one", "https://one.example/a", "Loan of 2 billion", "The loan is 2 billion.")
	save(t, s, it)
	edited := it
	edited.Title, edited.Text, edited.Fetched = "Loan of 3 billion", "The loan is 3 billion.", noon().Add(2*time.Hour)
	same(t, store.Saved{Revised: []news.ItemID{it.ID}}, save(t, s, edited)) // F20
	got := read(t, s, it.ID)
	same(t, "Loan of 3 billion", got.Title)
	same(t, "The loan is 3 billion.", got.Text)
	same(t, 1, got.Revision)
	same(t, edited.Fetched, got.Revised)
	same(t, noon(), got.Fetched)
	revisions, err := s.Revisions(context.Background(), it.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, []news.Revision{{Number: 0, Seen: noon(), Title: it.Title, Summary: it.Summary, Text: it.Text}}, revisions)
	check(t, s)
}

func manyEdits(t *testing.T, s store.Store) {
	it := article("uz-one", "https://one.example/a", "Edition 0", "Text 0")
	const edits = 300 // more than a byte counts
	for i := range edits {
		it.Title, it.Text = fmt.Sprintf("Edition %d", i), fmt.Sprintf("Text %d", i)
		it.Fetched = noon().Add(time.Duration(i) * time.Minute)
		save(t, s, it)
	}
	revisions, err := s.Revisions(context.Background(), it.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, edits-1, len(revisions))
	for i, rev := range revisions {
		n := edits - 2 - i
		want := news.Revision{Number: n, Seen: noon().Add(time.Duration(n) * time.Minute), Title: fmt.Sprintf("Edition %d", n),
			Summary: it.Summary, Text: fmt.Sprintf("Text %d", n)}
		same(t, want, rev)
	}
}

func smallEdits(t *testing.T, s store.Store) {
	it := article("uz-one", "https://one.example/a", "Title", "Text")
	save(t, s, it)
	it.Summary = "another summary"
	same(t, 1, len(save(t, s, it).Revised))
	it.Text = "another text"
	same(t, 1, len(save(t, s, it).Revised))
	it.Categories = []string{"only a category"}
	same(t, 1, save(t, s, it).Unchanged)
	got := read(t, s, it.ID)
	same(t, 2, got.Revision)
	same(t, 0, len(got.Categories)) // an unchanged item is left as it is
}

func textStays(t *testing.T, s store.Store) {
	it := article("uz-one", "https://one.example/a", "Title", "A long text.")
	save(t, s, it)
	listing := it
	listing.Text, listing.Summary = "", ""
	same(t, store.Saved{Unchanged: 1}, save(t, s, listing))
	listing.Title = "New title"
	same(t, store.Saved{Revised: []news.ItemID{it.ID}}, save(t, s, listing))
	got := read(t, s, it.ID)
	same(t, "New title", got.Title)
	same(t, "A long text.", got.Text)
	same(t, it.Summary, got.Summary)
}

func threeSources(t *testing.T, s store.Store) {
	it := article("uz-one", "https://one.example/a", "Title", "Text")
	save(t, s, through(it, "one-all"))
	same(t, store.Saved{Unchanged: 1}, save(t, s, through(it, "one-politics"))) // F19
	same(t, store.Saved{Unchanged: 1}, save(t, s, through(it, "one-sitemap")))
	same(t, store.Saved{Unchanged: 1}, save(t, s, through(it, "one-all")))
	got := read(t, s, it.ID)
	same(t, news.SourceID("one-all"), got.Source)
	same(t, []news.SourceID{"one-all", "one-politics", "one-sitemap"}, got.Sources)
	same(t, 1, count(t, s, store.Query{}))
	for _, source := range got.Sources {
		same(t, 1, count(t, s, store.Query{Search: search.Query{Root: search.Field{Name: "source", Value: string(source)}}}))
	}
	check(t, s)
}

func noFlipFlop(t *testing.T, s store.Store) {
	long := article("uz-one", "https://one.example/a", "Title", "Text")
	short := through(long, "one-short")
	short.Summary = "short"
	save(t, s, long)
	save(t, s, short)
	for range 3 {
		same(t, store.Saved{Unchanged: 1}, save(t, s, long))
		same(t, store.Saved{Unchanged: 1}, save(t, s, short))
	}
	long.Title = "A real edit"
	same(t, 1, len(save(t, s, long).Revised))
	same(t, "A real edit", read(t, s, long.ID).Title)
}

func guidChanges(t *testing.T, s store.Store) {
	it := article("uz-one", "https://one.example/a", "Title", "Text")
	for i := range 5 { // F17
		it.GUID = fmt.Sprintf("guid-%d", i)
		save(t, s, it)
	}
	same(t, 1, count(t, s, store.Query{}))
	same(t, 0, read(t, s, it.ID).Revision)
}

func addressChanges(t *testing.T, s store.Store) {
	it := article("uz-one", "https://one.example/old-title", "Old title", "Text")
	it.GUID = "post-7"
	save(t, s, it)
	moved := article("uz-one", "https://one.example/new-title", "New title", "Text")
	moved.GUID = "post-7"
	same(t, store.Saved{Revised: []news.ItemID{it.ID}}, save(t, s, moved))
	same(t, 1, count(t, s, store.Query{}))
	same(t, moved.URL, read(t, s, it.ID).URL)
	for _, address := range []string{it.URL, moved.URL} { // both lead there, without the guid too
		same(t, store.Saved{Unchanged: 1}, save(t, s, article("uz-one", address, "New title", "Text")))
	}
	check(t, s)
}

func trackingParameters(t *testing.T, s store.Store) {
	it := article("uz-one", "https://one.example/a", "Title", "Text")
	save(t, s, it)
	for _, address := range []string{ // F18
		"https://one.example/a?utm_source=rss&utm_medium=feed", "http://www.one.example/a/", "https://ONE.example/a#comments", "https://one.example/a?fbclid=x",
	} {
		again := article("uz-one", address, "Title", "Text")
		again.ID = news.ItemID("from-elsewhere")
		same(t, store.Saved{Unchanged: 1}, save(t, s, again))
	}
	same(t, 1, count(t, s, store.Query{}))
}

func sameGUID(t *testing.T, s store.Store) {
	batch := func(from, to int) []news.Item {
		var items []news.Item
		for i := from; i < to; i++ {
			it := article("uz-one", fmt.Sprintf("https://one.example/%d", i), fmt.Sprintf("Title %d", i), "Text")
			it.GUID = "feed" // F16
			items = append(items, it)
		}
		return items
	}
	same(t, 3, len(save(t, s, batch(0, 3)...).New))
	same(t, 1, len(save(t, s, batch(3, 4)...).New)) // one alone, after several were seen
	same(t, 1, len(save(t, s, batch(4, 5)...).New))
	same(t, 5, count(t, s, store.Query{}))
	known, err := s.Known(context.Background(), batch(3, 6))
	if err != nil {
		t.Fatal(err)
	}
	same(t, 2, len(known))
	check(t, s)
}

func guidOfTwoOutlets(t *testing.T, s store.Store) {
	one := article("uz-one", "https://one.example/1", "Title", "Text")
	two := article("kz-two", "https://two.example/1", "Title", "Text")
	one.GUID, two.GUID = "1", "1"
	save(t, s, one)
	same(t, 1, len(save(t, s, two).New))
}

func firstSeenStays(t *testing.T, s store.Store) {
	it := article("uz-one", "https://one.example/a", "Title", "Text")
	save(t, s, it)
	edited := it
	edited.Title, edited.Fetched, edited.Published = "Edited", noon().Add(24*time.Hour), noon().Add(23*time.Hour)
	save(t, s, edited)
	got := read(t, s, it.ID)
	same(t, it.Fetched, got.Fetched)
	same(t, it.Published, got.Published)
}

func twiceInABatch(t *testing.T, s store.Store) {
	it := article("uz-one", "https://one.example/a", "Title", "Text")
	other := it
	other.Title = "Another title of the same"
	for range 3 {
		save(t, s, it, other)
	}
	got := read(t, s, it.ID)
	same(t, "Title", got.Title)
	same(t, 0, got.Revision)
}

func known(t *testing.T, s store.Store) {
	it := article("uz-one", "https://one.example/a", "Title", "Text")
	it.GUID = "g-1"
	save(t, s, it)
	listing := []news.Item{
		{ID: it.ID, Outlet: "uz-one", URL: it.URL},
		{ID: "by-address", Outlet: "uz-one", URL: "http://www.one.example/a?utm_source=x"},
		{ID: "by-guid", Outlet: "uz-one", URL: "https://one.example/moved", GUID: "g-1"},
		{ID: "other-outlet", Outlet: "kz-two", URL: it.URL, GUID: "g-1"},
		{ID: "unknown", Outlet: "uz-one", URL: "https://one.example/b"},
	}
	// The same guid at two addresses would be doubtful; each is asked for by itself.
	got := make(map[news.ItemID]news.ItemID)
	for _, asked := range listing {
		known, err := s.Known(context.Background(), []news.Item{asked})
		if err != nil {
			t.Fatal(err)
		}
		for from, to := range known {
			got[from] = to
		}
	}
	same(t, map[news.ItemID]news.ItemID{it.ID: it.ID, "by-address": it.ID, "by-guid": it.ID}, got)
}

func savedTogether(t *testing.T, s store.Store) {
	it := article("uz-one", "https://one.example/a", "Title", "Text")
	state := news.SourceState{
		ID: it.Source, URL: "https://one.example/rss", Due: noon().Add(time.Hour), LastVisit: noon(), Outcome: news.OK, Interval: 3600, Items: 1,
		Checkpoint: news.Checkpoint{ETag: `W/"a\"b"`, LastModified: "Sat, 21 Mar 2026 11:59:59 GMT", MovedSeen: []time.Time{noon()}},
		Notes:      []string{"a note"}, Counters: news.Counters{Visits: 3},
	}
	if _, err := s.Save(context.Background(), []news.Item{it}, state); err != nil {
		t.Fatal(err)
	}
	got, err := s.Source(context.Background(), it.Source)
	if err != nil {
		t.Fatal(err)
	}
	same(t, state, got)

	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	state.Items = 2
	if _, err := s.Save(cancelled, []news.Item{article("uz-one", "https://one.example/b", "B", "")}, state); err == nil {
		t.Error("a cancelled Save succeeded")
	}
	got, err = s.Source(context.Background(), it.Source)
	if err != nil {
		t.Fatal(err)
	}
	same(t, 1, got.Items)
	same(t, 1, count(t, s, store.Query{}))
}

func sourceStates(t *testing.T, s store.Store) {
	want := map[news.SourceID]news.SourceState{}
	for _, id := range []news.SourceID{"a", "b", "c"} {
		want[id] = news.SourceState{ID: id, Due: noon()}
		if err := s.PutSource(context.Background(), want[id]); err != nil {
			t.Fatal(err)
		}
	}
	want["b"] = news.SourceState{ID: "b", Paused: "gone", Failures: 2}
	if err := s.PutSource(context.Background(), want["b"]); err != nil {
		t.Fatal(err)
	}
	got, err := s.SourceStates(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	same(t, want, got)
}

func retagging(t *testing.T, s store.Store) {
	it := article("uz-one", "https://one.example/a", "Title", "Grants for students.")
	save(t, s, it)
	before := read(t, s, it.ID)
	for _, tagged := range []news.Tagging{tagging(), {Lang: "ru", Taxonomy: "v2"}, tagging()} {
		if err := s.Retag(context.Background(), map[news.ItemID]news.Tagging{it.ID: tagged}); err != nil {
			t.Fatal(err)
		}
		want := before
		want.Tagging = tagged
		same(t, want, read(t, s, it.ID))
		found := 0
		if len(tagged.Tags) > 0 {
			found = 1
		}
		same(t, found, count(t, s, store.Query{Search: search.Query{Root: concept("china")}}))
		same(t, found, count(t, s, store.Query{Search: search.Query{Root: search.Is("relevant")}}))
		check(t, s)
	}
}

func retagUnknown(t *testing.T, s store.Store) {
	it := article("uz-one", "https://one.example/a", "Title", "Text")
	save(t, s, it)
	err := s.Retag(context.Background(), map[news.ItemID]news.Tagging{it.ID: tagging(), "nosuchitem": {}})
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%v, want ErrNotFound", err)
	}
	same(t, news.Tagging{}, read(t, s, it.ID).Tagging)
}

func editRetags(t *testing.T, s store.Store) {
	it := article("uz-one", "https://one.example/a", "Title", "Text")
	it.Tagging = news.Tagging{Lang: "en", Taxonomy: "v1", Tags: []news.Tag{{Concept: "china"}}}
	save(t, s, it)
	it.Title, it.Tagging = "New title", news.Tagging{Lang: "en", Taxonomy: "v1", Tags: []news.Tag{{Concept: "turkey"}}}
	save(t, s, it)
	same(t, 0, count(t, s, store.Query{Search: search.Query{Root: concept("china")}}))
	same(t, 1, count(t, s, store.Query{Search: search.Query{Root: concept("turkey")}}))

	listing := it // its tags were found in the summary, which is not what is shown
	listing.Title, listing.Text = "Newest title", ""
	listing.Tagging = news.Tagging{Lang: "en", Taxonomy: "v1", Tags: []news.Tag{{Concept: "iran"}}}
	save(t, s, listing)
	same(t, it.Tagging, read(t, s, it.ID).Tagging)
	check(t, s)
}

func concept(id news.ConceptID) search.Expr { return search.Concept{Any: []news.ConceptID{id}} }

// count counts what a query finds, page by page.
func count(t *testing.T, s store.Store, q store.Query) int {
	t.Helper()
	n := 0
	for {
		page, err := s.Find(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		n += len(page.Items)
		if page.Next == "" {
			return n
		}
		q.Cursor = page.Next
	}
}
