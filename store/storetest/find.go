package storetest

import (
	cmpOrder "cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
)

func findStories() map[string]story {
	return map[string]story{
		"pages by cursor are complete and stable while items are added": pagesAreStable,
		"find agrees with matching every item":                          findAgrees,
		"find keeps to the window of first-seen times":                  findWindow,
		"each walks all that find finds":                                eachWalks,
		"each ends with the error of its function":                      eachEnds,
		"a light item has no text and no evidence":                      lightItems,
		"a page has 50 items unless it is asked otherwise":              defaultLimit,
		"a cursor that no page gave is refused":                         badCursor,
		"items of one moment are in the order of their ids":             oneMoment,
		"dates before 1970 and far ahead stand in order":                strangeDates,
	}
}

func pagesAreStable(t *testing.T, s store.Store) {
	at := func(i int) news.Item {
		it := article("uz-one", fmt.Sprintf("https://one.example/%d", i), fmt.Sprintf("Title %d", i), "")
		it.Published = noon().Add(time.Duration(i/3) * time.Minute) // three share a moment
		return it
	}
	var want []news.ItemID
	var items []news.Item
	for i := range 100 {
		items = append(items, at(i))
	}
	save(t, s, items...)
	slices.SortFunc(items, newestFirst)
	for _, it := range items {
		want = append(want, it.ID)
	}

	var got []news.ItemID
	cursor, added := "", 100
	for {
		page, err := s.Find(context.Background(), store.Query{Limit: 7, Cursor: cursor, Count: true})
		if err != nil {
			t.Fatal(err)
		}
		same(t, added, page.Total)
		for _, it := range page.Items {
			got = append(got, it.ID)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
		save(t, s, at(added+300)) // newer than all
		added++
	}
	same(t, want, got)
}

func newestFirst(a, b news.Item) int {
	if c := b.Time().Compare(a.Time()); c != 0 {
		return c
	}
	return strings.Compare(string(b.ID), string(a.ID))
}

// findAgrees asks random queries of random items and compares with Match.
func findAgrees(t *testing.T, s store.Store) {
	random := rand.New(rand.NewPCG(1, 2))
	items := make([]news.Item, 400)
	for i := range items {
		items[i] = randomItem(random, i)
	}
	for chunk := range slices.Chunk(items, 50) {
		save(t, s, chunk...)
	}
	for i := range items {
		items[i] = read(t, s, items[i].ID)
	}
	slices.SortFunc(items, newestFirst)
	check(t, s)
	for range 600 {
		agree(t, s, items, store.Query{
			Search: search.Query{Root: randomExpr(random, 3)},
			Limit:  1 + random.IntN(60), Count: random.IntN(2) == 0, WithText: random.IntN(4) == 0,
			Sort: pick(random, store.Newest, store.Newest, store.Best, store.Doubtful), Facets: random.IntN(4) == 0,
		}, random)
		if t.Failed() {
			return
		}
	}
}

// agree compares all pages of a query with the items that match it.
func agree(t *testing.T, s store.Store, items []news.Item, q store.Query, random *rand.Rand) {
	t.Helper()
	if random.IntN(3) == 0 {
		q.FetchedFrom = noon().Add(-time.Duration(random.IntN(500)) * time.Hour)
		q.FetchedTo = q.FetchedFrom.Add(time.Duration(random.IntN(200)) * time.Hour)
	}
	var got []news.ItemID
	want, facets := matching(items, q)
	for {
		page, err := s.Find(context.Background(), q)
		if err != nil {
			t.Fatalf("%s: %v", q.Search, err)
		}
		if q.Count && page.Total != len(want) {
			t.Errorf("%s: total %d, want %d", q.Search, page.Total, len(want))
		}
		if diff := cmp.Diff(facets, page.Facets); q.Facets && diff != "" {
			t.Errorf("%s: facets -want +got:\n%s", q.Search, diff)
		}
		if len(page.Items) > q.Limit || page.Next != "" && len(page.Items) < q.Limit {
			t.Errorf("%s: %d items on a page of %d", q.Search, len(page.Items), q.Limit)
		}
		for _, it := range page.Items {
			got = append(got, it.ID)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	if !slices.Equal(want, got) {
		t.Errorf("%s %v–%v: %d items, want %d\n%v\n%v", q.Search, q.FetchedFrom, q.FetchedTo, len(got), len(want), got, want)
	}
}

// facts are what a query may ask beyond the item.
func facts(it *news.Item) search.Facts {
	return search.Facts{Country: Country(it.Outlet), Contains: search.Contains}
}

// matching are the items that Find must find, in its order, and their facets.
func matching(items []news.Item, q store.Query) (ids []news.ItemID, facets map[string][]store.FacetCount) {
	counts := map[[2]string]int{}
	var found []news.Item
	for i := range items {
		it := &items[i]
		inWindow := (q.FetchedFrom.IsZero() || !it.Fetched.Before(q.FetchedFrom)) && (q.FetchedTo.IsZero() || it.Fetched.Before(q.FetchedTo))
		if inWindow && q.Search.Match(it, facts(it)) {
			found = append(found, *it)
			search.Values(it, facts(it), func(facet, id string) { counts[[2]string{facet, id}]++ })
		}
	}
	if q.Sort == store.Best {
		slices.SortStableFunc(found, func(a, b news.Item) int {
			return cmpOrder.Compare(q.Search.Score(&b, facts(&b)), q.Search.Score(&a, facts(&a)))
		})
	}
	if q.Sort == store.Doubtful {
		slices.SortStableFunc(found, func(a, b news.Item) int {
			return cmpOrder.Compare(store.Doubt(b.Tagging.Relevance), store.Doubt(a.Tagging.Relevance))
		})
	}
	for _, it := range found {
		ids = append(ids, it.ID)
	}
	facets = map[string][]store.FacetCount{}
	for _, name := range search.Facets() {
		facets[name] = []store.FacetCount{}
	}
	for key, n := range counts {
		facets[key[0]] = append(facets[key[0]], store.FacetCount{ID: key[1], Count: n})
	}
	for _, list := range facets {
		slices.SortFunc(list, func(a, b store.FacetCount) int {
			return cmpOrder.Or(cmpOrder.Compare(b.Count, a.Count), cmpOrder.Compare(a.ID, b.ID))
		})
	}
	return ids, facets
}

func eachWalks(t *testing.T, s store.Store) {
	random := rand.New(rand.NewPCG(3, 4))
	for i := range 130 {
		save(t, s, randomItem(random, i))
	}
	for _, q := range []store.Query{{}, {Search: search.Query{Root: search.Is("relevant")}, WithText: true}, {Sort: store.Best, Search: search.Query{Root: search.Words(words(random)[:1])}}, {Sort: store.Doubtful}} {
		q.Limit = 7 // of no account to Each
		var got, want []news.Item
		if err := s.Each(context.Background(), q, func(it *news.Item) error { got = append(got, *it); return nil }); err != nil {
			t.Fatal(err)
		}
		for {
			page, err := s.Find(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, page.Items...)
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		same(t, want, got)
	}
}

func eachEnds(t *testing.T, s store.Store) {
	save(t, s, article("uz-one", "https://one.example/1", "One", ""), article("uz-one", "https://one.example/2", "Two", ""))
	enough := errors.New("enough")
	seen := 0
	err := s.Each(context.Background(), store.Query{}, func(*news.Item) error { seen++; return enough })
	if !errors.Is(err, enough) || seen != 1 {
		t.Errorf("%v after %d items", err, seen)
	}
}

func pick[T any](random *rand.Rand, list ...T) T { return list[random.IntN(len(list))] }

func words(random *rand.Rand) []string {
	return []string{pick(random, "loan", "railway", "grant", "заём", "o‘zbek"), pick(random, "signed", "loan", "қарз")}
}

func concepts() []news.ConceptID {
	return []news.ConceptID{"china", "russia", "loan", "railway", "uzbekistan", "kazakhstan", "c"}
}

func randomItem(random *rand.Rand, i int) news.Item {
	outlet := pick[news.OutletID](random, "uz-one", "uz-two", "kz-three", "kg-four")
	it := article(outlet, fmt.Sprintf("https://%s.example/%d", outlet, i), strings.Join(words(random), " "), "")
	it.Source = news.SourceID(outlet) + pick[news.SourceID](random, "-feed", "-page")
	it.Sources = []news.SourceID{it.Source, pick[news.SourceID](random, "shared", it.Source)}
	if random.IntN(2) == 0 {
		it.Text = strings.Join(append(words(random), words(random)...), ", ")
	}
	it.Published = noon().Add(-time.Duration(random.IntN(1000)) * time.Hour)
	if random.IntN(10) == 0 {
		it.Published = time.Time{}
	}
	it.Fetched = noon().Add(-time.Duration(random.IntN(500)) * time.Hour)
	it.Story = pick[news.StoryID](random, "story-1", "story-2", "")
	it.Tagging = news.Tagging{Lang: pick(random, "uz-Latn", "uz-Cyrl", "uz", "ru", ""), Relevant: random.IntN(2) == 0, Relevance: float64(random.IntN(101)) / 100}
	for range random.IntN(4) {
		it.Tagging.Tags = append(it.Tagging.Tags, news.Tag{Concept: pick(random, concepts()...), Facet: pick(random, "actor_state", "organisation", "instrument", "target", "narrative")})
	}
	for range random.IntN(3) {
		ev := news.Event{Actor: "china", Recipient: pick(random, concepts()...), Status: pick(random, news.Signed, news.Announced)}
		if random.IntN(2) == 0 {
			ev.Amount = &news.Amount{Value: float64(random.IntN(10)), Currency: pick(random, "USD", "KZT")}
		}
		it.Tagging.Events = append(it.Tagging.Events, ev)
	}
	if random.IntN(5) == 0 {
		it.Tagging.Placed = &news.Placed{Origin: "xinhua"}
	}
	return it
}

// randomExpr is any expression at most depth levels high.
func randomExpr(random *rand.Rand, depth int) search.Expr {
	if depth > 0 && random.IntN(2) == 0 {
		var list []search.Expr
		for range 1 + random.IntN(3) {
			list = append(list, randomExpr(random, depth-1))
		}
		return pick[search.Expr](random, search.And(list), search.And(list), search.Or(list), search.Not{Expr: list[0]})
	}
	day := noon().Add(-time.Duration(random.IntN(1000)) * time.Hour)
	return pick[search.Expr](random,
		search.Words(words(random)[:1+random.IntN(2)]),
		search.Concept{Any: []news.ConceptID{pick(random, concepts()...), pick(random, concepts()...)}},
		search.Concept{Any: []news.ConceptID{pick(random, concepts()...)}, To: true},
		search.Field{Name: "outlet", Value: pick(random, "uz-one", "kz-three", "nobody")},
		search.Field{Name: "country", Value: pick(random, "UZ", "KZ", "TM")},
		search.Field{Name: "source", Value: pick(random, "shared", "uz-one-feed", "kg-four-page")},
		search.Field{Name: "lang", Value: pick(random, "uz", "uz-Latn", "ru", "")},
		search.Field{Name: "story", Value: pick(random, "story-1", "story-2", "nothing")},
		search.Date{From: day}, search.Date{To: day}, search.Date{From: day, To: day.Add(300 * time.Hour)},
		search.Is(pick(random, "relevant", "event", "placed", "revised", "reviewed")),
		search.Field{Name: "status", Value: pick(random, "signed", "denied")},
		search.Field{Name: "currency", Value: "KZT"},
		search.Number{Name: "amount", Low: search.Bound{At: float64(random.IntN(10)), Has: true, Equal: random.IntN(2) == 0}, Currency: pick(random, "", "USD")},
		search.Number{Name: "relevance", High: search.Bound{At: float64(random.IntN(101)) / 100, Has: true, Equal: random.IntN(2) == 0}},
		search.Or{}, search.And{},
	)
}

func findWindow(t *testing.T, s store.Store) {
	var want []news.ItemID
	for i := range 20 {
		it := article("uz-one", fmt.Sprintf("https://one.example/%d", i), fmt.Sprintf("Title %d", i), "")
		it.Fetched = noon().Add(time.Duration(i) * time.Hour)
		it.Published = noon().Add(-time.Duration(i) * time.Hour)
		save(t, s, it)
		if i >= 5 && i < 10 {
			want = append(want, it.ID) // the item seen last is the oldest
		}
	}
	page, err := s.Find(context.Background(), store.Query{FetchedFrom: noon().Add(5 * time.Hour), FetchedTo: noon().Add(10 * time.Hour), Count: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []news.ItemID
	for _, it := range page.Items {
		got = append(got, it.ID)
	}
	same(t, want, got)
	same(t, 5, page.Total)
}

func lightItems(t *testing.T, s store.Store) {
	it := article("uz-one", "https://one.example/a", "Title", "Grants for students.")
	it.Tagging = tagging()
	save(t, s, it)
	page, err := s.Find(context.Background(), store.Query{Search: search.Query{Root: search.Words{"grants"}}})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Items) != 1 {
		t.Fatalf("%d items, want 1: words are found in a text that is not returned", len(page.Items))
	}
	got := page.Items[0]
	same(t, "", got.Text)
	same(t, "Title", got.Title)
	same(t, it.Summary, got.Summary)
	same(t, 2, len(got.Tagging.Tags))
	same(t, 0, len(got.Tagging.Tags[1].Evidence))
	same(t, news.EventEvidence{}, got.Tagging.Events[0].Evidence)
	same(t, it.Tagging.Events[0].Amount, got.Tagging.Events[0].Amount)
}

func defaultLimit(t *testing.T, s store.Store) {
	var items []news.Item
	for i := range 60 {
		items = append(items, article("uz-one", fmt.Sprintf("https://one.example/%d", i), "Title", ""))
	}
	save(t, s, items...)
	page, err := s.Find(context.Background(), store.Query{})
	if err != nil {
		t.Fatal(err)
	}
	same(t, 50, len(page.Items))
	same(t, 0, page.Total) // nobody asked
}

func badCursor(t *testing.T, s store.Store) {
	for _, cursor := range []string{"!", "ab", "page 2", strings.Repeat("z", 500)} { // X19
		if _, err := s.Find(context.Background(), store.Query{Cursor: cursor}); !errors.Is(err, store.ErrCursor) {
			t.Errorf("cursor %.20q: %v, want ErrCursor", cursor, err)
		}
	}
}

func oneMoment(t *testing.T, s store.Store) {
	var items []news.Item
	for i := range 9 {
		items = append(items, article("uz-one", fmt.Sprintf("https://one.example/%d", i), "Title", ""))
	}
	save(t, s, items...)
	slices.SortFunc(items, newestFirst)
	page, err := s.Find(context.Background(), store.Query{})
	if err != nil {
		t.Fatal(err)
	}
	for i, it := range page.Items {
		same(t, items[i].ID, it.ID)
	}
}

func strangeDates(t *testing.T, s store.Store) {
	years := []int{1900, 1969, 1970, 2026, 2099, 2261} // F22
	for _, y := range years {
		it := article("uz-one", fmt.Sprintf("https://one.example/%d", y), fmt.Sprint(y), "")
		it.Published = time.Date(y, 6, 1, 0, 0, 0, 1, time.UTC)
		save(t, s, it)
	}
	page, err := s.Find(context.Background(), store.Query{})
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, it := range page.Items {
		got = append(got, it.Published.Year())
	}
	slices.Reverse(got)
	same(t, years, got)

	beyond := article("uz-one", "https://one.example/beyond", "no such year", "")
	beyond.Published = time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)
	save(t, s, beyond) // one item with a senseless date does not stop the visit
	same(t, "no such year", read(t, s, beyond.ID).Title)
	check(t, s)
}
