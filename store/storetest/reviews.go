package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"silkwire/news"
	"silkwire/review"
	"silkwire/search"
	"silkwire/store"
)

func reviewStories() map[string]story {
	return map[string]story{
		"a review comes back as it was said, with id and time":                        reviewComesBack,
		"reviews of a thing that is not there are refused":                            reviewUnknown,
		"a review that says nothing clear is refused, and what came with it too":      reviewInvalid,
		"the same key by the same analyst is the same review":                         reviewKey,
		"an undo withdraws a review of one's own, once, and takes nothing out":        reviewUndo,
		"retagging and revising change no review":                                     reviewsStay,
		"what was reviewed is found, until it is withdrawn":                           reviewedIsFound,
		"what is disputed or flagged is found, until it is settled or taken back":     statesAreFound,
		"recent reviews are the newest first, of one analyst or of all":               recentReviews,
		"a sample is kept with its frame and drawn once":                              drawOnce,
		"every item of a population is drawn as often as any other":                   drawFair,
		"what an event works by is read for all items at once, until it is withdrawn": weighed,
		"relations are kept in order, and none is changed":                            relations,
		"a history tells what came and went, and when":                                history,
		"whatever happens in whatever order, every review stays and means the same":   reviewsAtRandom,
	}
}

func say(t *testing.T, s store.Store, id news.ItemID, said ...news.Review) []news.Review {
	t.Helper()
	kept, err := s.Review(context.Background(), id, said...)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func reviewsOf(t *testing.T, s store.Store, id news.ItemID) []news.Review {
	t.Helper()
	list, err := s.ReviewsOf(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// taggedArticle is an item with tags and an event.
func taggedArticle(i int) news.Item {
	it := article("uz-one", fmt.Sprintf("https://one.example/%d", i), fmt.Sprintf("Title %d", i), "Grants for students.")
	it.Tagging = tagging()
	return it
}

func reviewComesBack(t *testing.T, s store.Store) {
	it := taggedArticle(1)
	save(t, s, it)
	key := it.Tagging.Events[0].Key()
	said := []news.Review{
		{By: "dilnoza", Verdict: news.Accept, Concept: "scholarship", Seen: news.SeenTag(&it, "scholarship"), At: noon()},
		{By: "dilnoza", Verdict: news.Replace, Event: &key, WithEvent: &news.EventKey{Actor: "russia", Instrument: "loan", Recipient: "uzbekistan"}, At: noon()},
		{By: "dilnoza", Verdict: news.Add, Concept: "loan", Quote: "students", Note: "see the last line", Sample: "s1"},
		{By: "dilnoza", Verdict: news.Finished},
	}
	kept := say(t, s, it.ID, said...)
	for i := range said {
		want := said[i]
		want.ID, want.Item, want.At = kept[i].ID, it.ID, kept[i].At
		same(t, want, kept[i])
		if kept[i].ID == "" || kept[i].At.IsZero() || i > 0 && kept[i].ID <= kept[i-1].ID {
			t.Errorf("review %d: id %q at %v", i, kept[i].ID, kept[i].At)
		}
	}
	same(t, noon(), kept[0].At)
	same(t, kept, reviewsOf(t, s, it.ID))
	same(t, 0, len(reviewsOf(t, s, "nosuchitem")))
	stats, err := s.Stats(context.Background())
	if err != nil || stats.Reviews != 4 {
		t.Errorf("%d reviews are counted, %v", stats.Reviews, err)
	}
	check(t, s)
}

func reviewUnknown(t *testing.T, s store.Store) {
	save(t, s, taggedArticle(1))
	if _, err := s.Review(context.Background(), "nosuchitem", news.Review{By: "a", Verdict: news.Flag}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%v, want ErrNotFound", err)
	}
	if _, err := s.Review(context.Background(), taggedArticle(1).ID, news.Review{By: "a", Verdict: news.Undo, Undoes: "x"}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%v, want ErrNotFound", err)
	}
}

func reviewInvalid(t *testing.T, s store.Store) {
	it := taggedArticle(1)
	save(t, s, it)
	key := it.Tagging.Events[0].Key()
	good := news.Review{By: "a", Verdict: news.Flag}
	for _, bad := range []news.Review{
		{Verdict: news.Flag}, {By: "a"}, {By: "a", Verdict: "perhaps"}, {By: "a", Verdict: news.Accept}, {By: "a", Verdict: news.Accept, Concept: "china", Event: &key},
		{By: "a", Verdict: news.IsRelevant, Concept: "china"}, {By: "a", Verdict: news.Replace, Concept: "china"}, {By: "a", Verdict: news.Replace, Concept: "china", With: "china"},
		{By: "a", Verdict: news.Replace, Concept: "china", WithEvent: &key}, {By: "a", Verdict: news.Accept, Concept: "china", With: "russia"}, {By: "a", Verdict: news.Undo},
		{By: "a", Verdict: news.Remark, Note: " "}, {By: "a", Verdict: news.Add, Event: &news.EventKey{Actor: "china"}}, {By: "a", Verdict: news.Flag, Settles: true}, {By: "a", Verdict: news.Main, Event: &key}, {By: "a", Verdict: news.Weigh, Event: &key},
		{By: "a", Verdict: news.Weigh, Concept: "china", Means: &news.Means{Horizon: "long"}}, {By: "a", Verdict: news.Accept, Event: &key, Means: &news.Means{Horizon: "long"}}, {By: "a\x00b", Verdict: news.Flag},
	} {
		if _, err := s.Review(context.Background(), it.ID, good, bad); err == nil {
			t.Errorf("%+v was kept", bad)
		}
	}
	same(t, 0, len(reviewsOf(t, s, it.ID)))
}

func reviewKey(t *testing.T, s store.Store) {
	it, other := taggedArticle(1), taggedArticle(2)
	save(t, s, it, other)
	first := say(t, s, it.ID, news.Review{By: "a", Verdict: news.Accept, Concept: "china", Key: "k"})
	again := say(t, s, it.ID, news.Review{By: "a", Verdict: news.Reject, Concept: "china", Key: "k"})
	same(t, first, again)
	say(t, s, it.ID, news.Review{By: "b", Verdict: news.Accept, Concept: "china", Key: "k"})
	same(t, 2, len(reviewsOf(t, s, it.ID)))
	if _, err := s.Review(context.Background(), other.ID, news.Review{By: "a", Verdict: news.Flag, Key: "k"}); !errors.Is(err, store.ErrExists) {
		t.Errorf("%v, want ErrExists", err)
	}
	check(t, s)
}

func reviewUndo(t *testing.T, s store.Store) {
	it := taggedArticle(1)
	save(t, s, it)
	kept := say(t, s, it.ID, news.Review{By: "a", Verdict: news.Accept, Concept: "china"})
	undo := func(by, id string) error {
		_, err := s.Review(context.Background(), it.ID, news.Review{By: by, Verdict: news.Undo, Undoes: id})
		return err
	}
	if err := undo("b", kept[0].ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a colleague withdrew it: %v", err)
	}
	if err := undo("a", kept[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := undo("a", kept[0].ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("it was withdrawn twice: %v", err)
	}
	list := reviewsOf(t, s, it.ID)
	same(t, 2, len(list))
	same(t, kept[0], list[0])
	if err := undo("a", list[1].ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a withdrawal was withdrawn: %v", err)
	}
}

func reviewsStay(t *testing.T, s store.Store) {
	it := taggedArticle(1)
	save(t, s, it)
	kept := say(t, s, it.ID,
		news.Review{By: "a", Verdict: news.Reject, Concept: "scholarship", Seen: news.SeenTag(&it, "scholarship")},
		news.Review{By: "a", Verdict: news.Add, Concept: "loan", Quote: "Grants"})
	machine := read(t, s, it.ID).Tagging
	other := tagging()
	other.Tags, other.Events, other.Taxonomy = other.Tags[:1], nil, "v2"
	if err := s.Retag(context.Background(), map[news.ItemID]news.Tagging{it.ID: other}); err != nil {
		t.Fatal(err)
	}
	same(t, other, read(t, s, it.ID).Tagging) // neither is the machine's word touched by the analyst's
	same(t, kept, reviewsOf(t, s, it.ID))
	edited := it
	edited.Title, edited.Fetched, edited.Tagging = "Another title", noon().Add(time.Hour), machine
	save(t, s, edited)
	same(t, 1, read(t, s, it.ID).Revision)
	same(t, kept, reviewsOf(t, s, it.ID))
	same(t, 1, len(find(t, s, search.Query{Root: search.Is("reviewed")})))
	check(t, s)
}

func find(t *testing.T, s store.Store, q search.Query) (ids []news.ItemID) {
	t.Helper()
	page, err := s.Find(context.Background(), store.Query{Search: q, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range page.Items {
		ids = append(ids, it.ID)
	}
	return ids
}

func reviewedIsFound(t *testing.T, s store.Store) {
	one, two := taggedArticle(1), taggedArticle(2)
	save(t, s, one, two)
	reviewed := search.Query{Root: search.Is("reviewed")}
	same(t, 0, len(find(t, s, reviewed)))
	say(t, s, one.ID, news.Review{By: "a", Verdict: news.Remark, Note: "look at the date"})
	same(t, 0, len(find(t, s, reviewed))) // a note judges nothing
	kept := say(t, s, one.ID, news.Review{By: "a", Verdict: news.IsRelevant})
	same(t, []news.ItemID{one.ID}, find(t, s, reviewed))
	same(t, []news.ItemID{two.ID}, find(t, s, search.Query{Root: search.Not{Expr: search.Is("reviewed")}}))
	check(t, s)
	say(t, s, one.ID, news.Review{By: "a", Verdict: news.Undo, Undoes: kept[0].ID})
	same(t, 0, len(find(t, s, reviewed)))
	check(t, s)
}

func statesAreFound(t *testing.T, s store.Store) {
	one, two := taggedArticle(1), taggedArticle(2)
	save(t, s, one, two)
	disputed, flagged := search.Query{Root: search.Is("disputed")}, search.Query{Root: search.Is("flagged")}
	states := func(want map[string]int) {
		t.Helper()
		page, err := s.Find(context.Background(), store.Query{Facets: true})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for _, f := range page.Facets["review"] {
			got[f.ID] = f.Count
		}
		same(t, want, got)
		same(t, want["disputed"], len(find(t, s, disputed)))
		same(t, want["flagged"], len(find(t, s, flagged)))
	}
	states(map[string]int{"open": 2})
	flag := say(t, s, two.ID, news.Review{By: "a", Verdict: news.Flag})
	say(t, s, one.ID, news.Review{By: "a", Verdict: news.Accept, Concept: "china"})
	states(map[string]int{"reviewed": 1, "open": 1, "flagged": 1})
	say(t, s, one.ID, news.Review{By: "b", Verdict: news.Reject, Concept: "china"})
	states(map[string]int{"reviewed": 1, "open": 1, "flagged": 1, "disputed": 1})
	check(t, s)
	edited := one // with a new number in the index
	edited.Title, edited.Fetched = "Another title", noon().Add(time.Hour)
	save(t, s, edited)
	states(map[string]int{"reviewed": 1, "open": 1, "flagged": 1, "disputed": 1})
	say(t, s, one.ID, news.Review{By: "c", Verdict: news.Reject, Concept: "china", Settles: true})
	say(t, s, two.ID, news.Review{By: "a", Verdict: news.Undo, Undoes: flag[0].ID})
	states(map[string]int{"reviewed": 1, "open": 1})
	dark := news.Review{By: "b", Verdict: news.Irrelevant, Seen: news.Seen{Blind: true}}
	say(t, s, two.ID, news.Review{By: "a", Verdict: news.IsRelevant, Seen: news.Seen{Blind: true}}, news.Review{By: "a", Verdict: news.Finished, Seen: news.Seen{Blind: true}}, dark)
	states(map[string]int{"reviewed": 2}) // b reads without a sight of what a said, and would learn it
	say(t, s, two.ID, news.Review{By: "b", Verdict: news.Finished, Seen: news.Seen{Blind: true}})
	states(map[string]int{"reviewed": 2, "disputed": 1})
	check(t, s)
}

func recentReviews(t *testing.T, s store.Store) {
	one, two := taggedArticle(1), taggedArticle(2)
	save(t, s, one, two)
	for i := range 6 {
		it, by := []news.Item{one, two}[i%2], []string{"a", "b", "b"}[i%3]
		say(t, s, it.ID, news.Review{By: by, Verdict: news.Remark, Note: fmt.Sprint(i), At: noon().Add(time.Duration(i) * time.Minute)})
	}
	for _, c := range []struct {
		by   string
		n    int
		want []string
	}{{"", 0, []string{"5", "4", "3", "2", "1", "0"}}, {"", 2, []string{"5", "4"}}, {"a", 0, []string{"3", "0"}}, {"b", 3, []string{"5", "4", "2"}}, {"c", 0, nil}} {
		list, err := s.RecentReviews(context.Background(), c.by, c.n)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range list {
			got = append(got, r.Note)
		}
		same(t, c.want, got)
	}
}

func weighed(t *testing.T, s store.Store) {
	one, two := taggedArticle(1), taggedArticle(2)
	save(t, s, one, two)
	key := one.Tagging.Events[0].Key()
	read := func() map[news.ItemID][]news.Review {
		t.Helper()
		found, err := s.Weighed(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	same(t, 0, len(read()))
	first := say(t, s, one.ID, news.Review{By: "a", Verdict: news.Accept, Event: &key}, news.Review{By: "a", Verdict: news.Weigh, Event: &key, Means: &news.Means{Behaviour: []string{"coercion"}}})
	second := say(t, s, one.ID, news.Review{By: "b", Verdict: news.Weigh, Event: &key, Means: &news.Means{Horizon: "long"}})
	third := say(t, s, two.ID, news.Review{By: "b", Verdict: news.Weigh, Event: &key, Means: &news.Means{Horizon: "short"}})
	same(t, map[news.ItemID][]news.Review{one.ID: {first[1], second[0]}, two.ID: third}, read())
	if err := s.Retag(context.Background(), map[news.ItemID]news.Tagging{one.ID: {Lang: "en", Taxonomy: "v2"}}); err != nil {
		t.Fatal(err)
	}
	same(t, []news.Review{first[1], second[0]}, read()[one.ID])
	say(t, s, two.ID, news.Review{By: "b", Verdict: news.Undo, Undoes: third[0].ID})
	same(t, 1, len(read()))
	check(t, s)
}

func relations(t *testing.T, s store.Store) {
	ctx := context.Background()
	r := news.Relation{Pair: news.Pair{A: "russia", B: "china", Instrument: "loan", Country: "kyrgyzstan"}, Kind: news.Competitive, By: "a", Note: "the same bridge", At: noon(), Seen: news.RelationSeen{Taxonomy: "v1", Sequence: 9, DealsA: 2, DealsB: 1}}
	first, err := s.Relate(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	r.ID, r.Pair = first.ID, news.Pair{A: "china", B: "russia", Instrument: "loan", Country: "kyrgyzstan"}
	same(t, r, first)
	second, err := s.Relate(ctx, news.Relation{Pair: r.Pair, Kind: news.Unjudged, By: "b"})
	if err != nil || second.At.IsZero() || second.ID <= first.ID {
		t.Errorf("%+v, %v", second, err)
	}
	for _, bad := range []news.Relation{{Pair: r.Pair, Kind: news.Competitive}, {Pair: r.Pair, Kind: "friendly", By: "a"}, {Pair: news.Pair{A: "china", B: "china", Instrument: "loan", Country: "kyrgyzstan"}, Kind: news.Competitive, By: "a"}} {
		if _, err := s.Relate(ctx, bad); err == nil {
			t.Errorf("%+v was kept", bad)
		}
	}
	list, err := s.Relations(ctx)
	if err != nil {
		t.Fatal(err)
	}
	same(t, []news.Relation{first, second}, list)
	check(t, s)
}

func population(t *testing.T, s store.Store, n int) {
	t.Helper()
	var list []news.Item
	for i := range n {
		it := taggedArticle(i)
		it.Tagging.Relevant = i%2 == 0
		list = append(list, it)
	}
	save(t, s, list...)
}

func drawn(t *testing.T, s store.Store, sample store.Sample, frame search.Query) store.Sample {
	t.Helper()
	got, err := s.Draw(context.Background(), sample, frame)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func drawOnce(t *testing.T, s store.Store) {
	population(t, s, 60)
	frame := search.Query{Root: search.Is("relevant")}
	asked := store.Sample{Name: "tagged", Query: "is:relevant", Seed: "7", Size: 10, By: "a", Taxonomy: "v1", Concept: "china"}
	first := drawn(t, s, asked, frame)
	same(t, 30, first.Population)
	same(t, 10, len(first.Items))
	want := asked
	want.ID, want.Drawn, want.Sequence, want.Population, want.Items = first.ID, first.Drawn, first.Sequence, 30, first.Items
	same(t, want, first)
	for i, id := range first.Items {
		if !read(t, s, id).Tagging.Relevant || slices.Contains(first.Items[:i], id) {
			t.Errorf("%s is not of the population, or drawn twice", id)
		}
	}
	population(t, s, 90)
	same(t, first, drawn(t, s, asked, frame))
	asked.Seed, asked.Drawn = "8", first.Drawn.Add(time.Hour)
	second := drawn(t, s, asked, frame)
	same(t, 45, second.Population)
	if slices.Equal(first.Items, second.Items) || first.ID == second.ID {
		t.Error("another seed drew the same")
	}
	all := drawn(t, s, store.Sample{Name: "all", Seed: "1", Size: 1000, Drawn: first.Drawn.Add(-time.Hour)}, search.Query{})
	same(t, 90, len(all.Items))
	list, err := s.Samples(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	same(t, []store.Sample{second, first, all}, list)
	check(t, s)
}

func drawFair(t *testing.T, s store.Store) {
	population(t, s, 20)
	times, first := map[news.ItemID]int{}, map[news.ItemID]int{}
	const draws = 400
	for seed := range draws {
		got := drawn(t, s, store.Sample{Name: "fair", Seed: fmt.Sprint(seed), Size: 5}, search.Query{})
		first[got.Items[0]]++
		for _, id := range got.Items {
			times[id]++
		}
	}
	for i := range 20 { // 100 times each, give or take four standard deviations
		if n := times[taggedArticle(i).ID]; n < 65 || n > 135 {
			t.Errorf("item %d was drawn %d times of %d", i, n, draws)
		}
		if n := first[taggedArticle(i).ID]; n < 3 || n > 38 {
			t.Errorf("item %d was drawn first %d times of %d", i, n, draws)
		}
	}
}

func history(t *testing.T, s store.Store) {
	it := taggedArticle(1)
	save(t, s, it)
	lines := func() []news.Retagging {
		t.Helper()
		list, err := s.History(context.Background(), it.ID)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	same(t, 0, len(lines()))
	retag := func(change func(*news.Tagging)) {
		t.Helper()
		next := read(t, s, it.ID).Tagging
		change(&next)
		if err := s.Retag(context.Background(), map[news.ItemID]news.Tagging{it.ID: next}); err != nil {
			t.Fatal(err)
		}
	}
	retag(func(n *news.Tagging) { n.Taxonomy = "v2"; n.Tags[1].Score = 0.1 })
	same(t, 0, len(lines())) // nothing came and nothing went
	retag(func(n *news.Tagging) {
		n.Taxonomy, n.Relevant, n.Events = "v3", false, nil
		n.Tags = append(n.Tags[:1], news.Tag{Concept: "loan"})
	})
	edited := it
	edited.Title, edited.Fetched, edited.Tagging.Tags = "Another", noon().Add(time.Hour), nil
	save(t, s, edited)
	got := lines()
	same(t, 2, len(got))
	want := news.Retagging{
		At: got[1].At, From: "v2", To: "v3", Came: []news.ConceptID{"loan"}, Went: []news.ConceptID{"scholarship"},
		EventsWent: []news.EventKey{it.Tagging.Events[0].Key()}, Was: true,
	}
	same(t, want, got[1])
	same(t, []news.ConceptID{"china", "loan"}, got[0].Went)
	same(t, 1, got[0].Revision)
	same(t, noon().Add(time.Hour), got[0].At)
	check(t, s)
}

// reviewsAtRandom lets analysts, the tagger and an editor act in any order and
// holds the store against the simplest model: a list that only grows.
func reviewsAtRandom(t *testing.T, s store.Store) {
	random := rand.New(rand.NewPCG(6, 3))
	it := taggedArticle(1)
	save(t, s, it)
	var model []news.Review
	verdicts := map[string]map[review.Target]review.Says{"a": {}, "b": {}, "c": {}}
	for step := range 300 {
		switch random.IntN(10) {
		case 0:
			next := read(t, s, it.ID).Tagging
			next.Taxonomy = fmt.Sprint("v", step)
			next.Tags = []news.Tag{{Concept: pick(random, concepts()...)}}
			next.Events = nil
			if err := s.Retag(context.Background(), map[news.ItemID]news.Tagging{it.ID: next}); err != nil {
				t.Fatal(err)
			}
		case 1:
			edited := it
			edited.Title, edited.Fetched = fmt.Sprint("Title at ", step), noon().Add(time.Duration(step)*time.Minute)
			save(t, s, edited)
		case 2:
			if mine := standing(model, "b"); len(mine) > 0 {
				undone := pick(random, mine...)
				model = append(model, say(t, s, it.ID, news.Review{By: "b", Verdict: news.Undo, Undoes: undone.ID})...)
			}
		default:
			model = append(model, say(t, s, it.ID, randomReview(random))...)
		}
	}
	same(t, model, reviewsOf(t, s, it.ID))
	for by := range verdicts {
		for _, r := range standing(model, by) {
			switch r.Verdict {
			case news.Accept, news.Add:
				verdicts[by][review.Target{Concept: r.Concept}] = review.Yes
			case news.Reject:
				verdicts[by][review.Target{Concept: r.Concept}] = review.No
			case news.Replace:
				verdicts[by][review.Target{Concept: r.Concept}] = review.No
				verdicts[by][review.Target{Concept: r.With}] = review.Yes
			case news.IsRelevant:
				verdicts[by][review.Target{}] = review.Yes
			case news.Irrelevant:
				verdicts[by][review.Target{}] = review.No
			default:
			}
		}
		whole := review.Read(reviewsOf(t, s, it.ID))
		same(t, verdicts[by], whole.By(by).Said)
	}
	check(t, s)
}

// standing are the reviews of an analyst that he did not withdraw.
func standing(all []news.Review, by string) []news.Review {
	list := slices.Clone(all)
	for _, undo := range all {
		if undo.Verdict == news.Undo {
			list = slices.DeleteFunc(list, func(r news.Review) bool { return r.ID == undo.Undoes || r.ID == undo.ID })
		}
	}
	return slices.DeleteFunc(list, func(r news.Review) bool { return r.By != by })
}

func randomReview(random *rand.Rand) news.Review {
	r := news.Review{By: pick(random, "a", "b", "c"), Verdict: pick(random, news.Accept, news.Reject, news.Add, news.Replace, news.IsRelevant, news.Irrelevant, news.Flag)}
	switch r.Verdict {
	case news.Accept, news.Reject, news.Add:
		r.Concept = pick(random, concepts()...)
	case news.Replace:
		r.Concept, r.With = pick[news.ConceptID](random, "china", "loan"), pick[news.ConceptID](random, "russia", "railway")
	default:
	}
	return r
}
