package bolt

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	bbolt "go.etcd.io/bbolt"

	"silkwire/account"
	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
)

func noon() time.Time { return time.Date(2026, 3, 21, 12, 0, 0, 0, time.UTC) }

// item is the i-th of any number of items, the same every time.
func item(i int) news.Item {
	address := fmt.Sprintf("https://one.example/%d", i)
	facts := strings.Repeat(fmt.Sprintf("Sentence %d of the story is about a scholarship. ", i), 8)
	return news.Item{
		ID: news.NewItemID("uz-one", address, ""), Outlet: "uz-one", Source: "uz-one-feed", URL: address, GUID: fmt.Sprint("post-", i),
		Title: fmt.Sprintf("Story number %d", i), Summary: "In short.", Text: facts,
		Published: noon().Add(time.Duration(i) * time.Minute), Fetched: noon().Add(time.Duration(i) * time.Minute),
		Tagging: news.Tagging{
			Lang: "en", Relevance: 0.75, Relevant: i%2 == 0, Taxonomy: "v1",
			Tags: []news.Tag{
				{Concept: "china", Facet: "actor_state", Score: 0.5, Evidence: []news.Evidence{{Field: "title", End: 5, Text: "Story", Term: "story", Lang: "en"}}},
				{Concept: news.ConceptID(fmt.Sprint("concept-", i%100)), Facet: "instrument", Score: 0.5},
			},
			Events: []news.Event{{Actor: "china", Instrument: "scholarship", Recipient: "uzbekistan", Status: news.Announced, Evidence: news.EventEvidence{Field: "body", End: 8, Text: "Sentence"}}},
		},
	}
}

func items(from, to int) []news.Item {
	var list []news.Item
	for i := from; i < to; i++ {
		list = append(list, item(i))
	}
	return list
}

func query(t testing.TB, s string) search.Query {
	t.Helper()
	q, err := search.Parse(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func save(t testing.TB, s *Store, list ...news.Item) store.Saved {
	t.Helper()
	saved, err := s.Save(context.Background(), list, news.SourceState{ID: "uz-one-feed"})
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

// fill puts something into every bucket.
func fill(t testing.TB, s *Store) {
	t.Helper()
	ctx := context.Background()
	list := items(0, 50)
	list[4].Story, list[4].StoryWhy = news.StoryID(list[3].ID), "the same figures (300)"
	save(t, s, list...)
	edited := item(3)
	edited.Title = "Story number 3, corrected"
	save(t, s, edited)
	for _, step := range []func() error{
		func() error {
			return s.AddSource(ctx, news.AddedSource{Source: news.Source{ID: "added"}, Added: noon()})
		},
		func() error { return s.PutBackfill(ctx, news.Backfill{Source: "uz-one-feed", Since: noon()}) },
		func() error { return s.Claim(ctx, store.Job{Name: "visit a", Due: noon()}, noon(), time.Hour) },
		func() error { return s.Done(ctx, store.Run{Job: "visit b", Due: noon(), Started: noon()}) },
		func() error {
			return s.Freeze(ctx, store.Edition{
				ID: "edition-1", Profile: "daily", Rendered: noon(), Subject: "Daily", Compiled: []byte("{}"),
				Told:     []store.Told{{Item: item(0).ID}},
				Messages: []store.Message{{Channel: "mail", Recipient: "a@reader.example", Body: []byte("Hello")}},
			})
		},
		func() error {
			return s.PutSubscription(ctx, store.Subscription{Profile: "daily", Recipient: "b@reader.example", Off: true})
		},
		func() error { _, err := s.Secret(ctx, "unsubscribe"); return err },
		func() error {
			return s.PutUser(ctx, account.User{Name: "amina", Role: account.Admin}, account.Entry{Who: "set-up", Did: "add", What: "user amina"})
		},
		func() error {
			_, p := account.NewSession("amina", "a browser", "192.0.2.1", noon())
			return s.AddPass(ctx, p, 1, account.Entry{Who: "amina", Did: "sign in"})
		},
		func() error {
			key := item(5).Tagging.Events[0].Key()
			_, err := s.Review(ctx, item(5).ID, news.Review{By: "dilnoza", Verdict: news.Accept, Concept: "china", Key: "k1"},
				news.Review{By: "dilnoza", Verdict: news.Weigh, Event: &key, Means: &news.Means{Horizon: "long"}})
			return err
		},
		func() error {
			_, err := s.Relate(ctx, news.Relation{Pair: news.Pair{A: "russia", B: "china", Instrument: "scholarship", Country: "uzbekistan"}, Kind: news.Competitive, By: "dilnoza"})
			return err
		},
		func() error {
			_, err := s.Draw(ctx, store.Sample{Name: "tagged", Seed: "1", Size: 5}, query(t, "is:relevant"))
			return err
		},
		func() error {
			return s.Retag(ctx, map[news.ItemID]news.Tagging{item(9).ID: {Lang: "en", Taxonomy: "v2"}})
		},
		func() error { return s.PutProfile(ctx, store.Profile{ID: "weekly", Content: []byte("{}")}) },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
}

// drawn returns the paths of the buckets in Layout.
func drawn() []string {
	var paths []string
	inside := ""
	for line := range strings.Lines(Layout) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		name = strings.TrimSpace(name)
		if !strings.HasSuffix(name, "/") || strings.HasPrefix(strings.TrimLeft(line, " "), "of ") {
			continue
		}
		name = strings.TrimSuffix(name, "/")
		if strings.HasPrefix(line, "  ") {
			paths = append(paths, inside+"/"+name)
			continue
		}
		inside = name
		paths = append(paths, name)
	}
	slices.Sort(paths)
	return paths
}

// buckets returns the paths of the buckets in a file, and which hold nothing.
func buckets(t *testing.T, s *Store) (paths, empty []string) {
	var walk func(path string, b *bbolt.Bucket) error
	walk = func(path string, b *bbolt.Bucket) error {
		paths = append(paths, path)
		if k, _ := b.Cursor().First(); k == nil {
			empty = append(empty, path)
		}
		return b.ForEachBucket(func(k []byte) error { return walk(path+"/"+string(k), b.Bucket(k)) })
	}
	err := s.db.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error { return walk(string(name), b) })
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(paths)
	return paths, empty
}

func TestTheDrawingIsTheLayoutOfAFilledStore(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "silkwire.db"), Options{})
	fill(t, s)
	paths, empty := buckets(t, s)
	if diff := cmp.Diff(drawn(), paths); diff != "" {
		t.Errorf("-drawn +file:\n%s", diff)
	}
	if len(empty) > 0 {
		t.Errorf("nothing is ever written to %v, or the test forgets to", empty)
	}
}

func TestTheKeysOfMetaAreDrawn(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "silkwire.db"), Options{})
	err := s.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketMeta).ForEach(func(k, _ []byte) error {
			if !strings.Contains(Layout, string(k)) {
				t.Errorf("meta/%s is not in the drawing", k)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTimeKeysSortAsTimesDo(t *testing.T) {
	times := []time.Time{
		{}, time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(0, math.MinInt64).Add(1), time.Unix(-1, 0), time.Unix(0, 0), time.Unix(0, 1),
		noon(), noon().Add(1), time.Unix(0, math.MaxInt64), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	for i := 1; i < len(times); i++ {
		if bytes.Compare(timeKey(times[i-1]), timeKey(times[i])) > 0 {
			t.Errorf("%v sorts after %v", times[i-1], times[i])
		}
	}
}

func TestARecordWithAWrongByteIsAnError(t *testing.T) {
	c, err := newCodec()
	if err != nil {
		t.Fatal(err)
	}
	sealed := c.pack([]byte("Hello, hello, hello."))
	for i := range sealed {
		broken := bytes.Clone(sealed)
		broken[i] ^= 1
		if got, err := c.unpack(broken); err == nil {
			t.Errorf("byte %d changed: %q", i, got)
		}
	}
	if got, err := c.unpack(sealed); err != nil || string(got) != "Hello, hello, hello." {
		t.Errorf("%q, %v", got, err)
	}
}
