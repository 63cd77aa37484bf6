package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
)

func wholeStories() map[string]story {
	return map[string]story{
		"an empty store is well":                                   emptyStore,
		"the statistics count what is there":                       statsCount,
		"the sequence grows with every write and no read":          sequenceGrows,
		"many readers and writers do not disturb each other":       manyAtOnce,
		"what was returned does not change with later writes":      valuesAreCopies,
		"a backup is taken while others write":                     backupWhileWriting,
		"a backup that cannot be written is an error":              backupFails,
		"a verb that is called with an ended context does nothing": endedContext,
	}
}

func emptyStore(t *testing.T, s store.Store) {
	check(t, s)
	page, err := s.Find(context.Background(), store.Query{Count: true})
	if err != nil {
		t.Fatal(err)
	}
	same(t, store.Page{}, page)
	same(t, 0, len(outbox(t, s)))
	st, err := s.Stats(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	same(t, 0, st.Items+st.Revisions+st.Relevant+st.Editions+st.Outbox)
}

func stats(t *testing.T, s store.Store) store.Stats {
	t.Helper()
	st, err := s.Stats(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func statsCount(t *testing.T, s store.Store) {
	now := time.Now() // the clock of the store
	for i := range 6 {
		it := article("uz-one", fmt.Sprintf("https://one.example/%d", i), fmt.Sprintf("Title %d", i), "")
		it.Source = news.SourceID([]string{"a", "b"}[i%2])
		it.Fetched = now.Add(-time.Duration(i) * 7 * time.Hour) // 0, 7, 14, 21, 28, 35 hours ago
		it.Tagging = news.Tagging{Lang: []string{"ru", "ru", "kk"}[i%3], Relevant: i == 0, Taxonomy: "v1"}
		save(t, s, it)
		if i == 1 {
			it.Title = "Edited"
			save(t, s, it)
		}
	}
	freeze(t, s, edition("e1", "daily", noon(), "a@reader.example", "b@reader.example"))
	st := stats(t, s)
	same(t, []int{6, 1, 1, 1, 2}, []int{st.Items, st.Revisions, st.Relevant, st.Editions, st.Outbox})
	same(t, map[string]int{"ru": 4, "kk": 2}, st.Languages)
	same(t, map[news.SourceID]int{"a": 2, "b": 2}, st.NewIn24h)
	if st.Bytes <= 0 || st.Schema <= 0 {
		t.Errorf("bytes %d, schema %d", st.Bytes, st.Schema)
	}
}

func sequenceGrows(t *testing.T, s store.Store) {
	last := stats(t, s).Sequence
	for i, write := range []func() error{
		func() error { save(t, s, article("uz-one", "https://one.example/a", "Title", "")); return nil },
		func() error { return s.PutSource(context.Background(), news.SourceState{ID: "a"}) },
		func() error { return claim(s, "visit a", noon(), noon()) },
		func() error { return s.Done(context.Background(), store.Run{Job: "visit a", Due: noon()}) },
		func() error { return s.Freeze(context.Background(), edition("e1", "daily", noon())) },
	} {
		if err := write(); err != nil {
			t.Fatal(err)
		}
		now := stats(t, s).Sequence
		if now <= last {
			t.Errorf("write %d: the sequence went from %d to %d", i, last, now)
		}
		last = now
		count(t, s, store.Query{})
		same(t, last, stats(t, s).Sequence)
	}
}

func manyAtOnce(t *testing.T, s store.Store) {
	const writers, batches, size = 4, 5, 10
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for b := range batches {
				var items []news.Item
				for i := range size {
					items = append(items, article("uz-one", fmt.Sprintf("https://one.example/%d/%d/%d", w, b, i), "Title", "Text"))
				}
				if _, err := s.Save(context.Background(), items, news.SourceState{ID: "uz-one-feed"}); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for range batches {
				page, err := s.Find(context.Background(), store.Query{Limit: 1000, Count: true, WithText: true})
				if err != nil {
					t.Error(err)
				}
				if page.Total%size != 0 || page.Total != len(page.Items) {
					t.Errorf("%d of %d items: a reader saw half a batch", len(page.Items), page.Total)
				}
			}
		})
	}
	wg.Wait()
	same(t, writers*batches*size, count(t, s, store.Query{}))
	check(t, s)
}

func valuesAreCopies(t *testing.T, s store.Store) {
	it := article("uz-one", "https://one.example/a", "Title", "Text that is long enough to be worth compressing, compressing, compressing.")
	it.Tagging = tagging()
	save(t, s, it)
	page, err := s.Find(context.Background(), store.Query{WithText: true})
	if err != nil {
		t.Fatal(err)
	}
	before := fmt.Sprintf("%+v", page)
	for i := range 20 { // D21: the pages that were read are written anew
		it.Title, it.Text = fmt.Sprintf("Title %d", i), fmt.Sprintf("Text %d", i)
		save(t, s, it)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	same(t, before, fmt.Sprintf("%+v", page))
}

func backupWhileWriting(t *testing.T, s store.Store) {
	save(t, s, article("uz-one", "https://one.example/first", "Title", "Text"))
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				save(t, s, article("uz-one", fmt.Sprintf("https://one.example/%d", i), "Title", "Text"))
			}
		}
	})
	for range 3 { // D17
		var copied bytes.Buffer
		n, err := s.Backup(context.Background(), &copied)
		if err != nil {
			t.Error(err)
		}
		if n == 0 || n != int64(copied.Len()) {
			t.Errorf("the backup says %d bytes and wrote %d", n, copied.Len())
		}
	}
	close(stop)
	wg.Wait()
	check(t, s)
}

type brokenWriter struct{}

var errBroken = errors.New("broken pipe")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func backupFails(t *testing.T, s store.Store) {
	if _, err := s.Backup(context.Background(), brokenWriter{}); err == nil { // D2
		t.Error("it succeeded")
	}
	save(t, s, article("uz-one", "https://one.example/first", "Title", "Text"))
	check(t, s)
}

func endedContext(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for name, verb := range map[string]func() error{
		"Save":      func() error { _, err := s.Save(ctx, nil, news.SourceState{ID: "a"}); return err },
		"Find":      func() error { _, err := s.Find(ctx, store.Query{Search: search.Query{}}); return err },
		"Item":      func() error { _, err := s.Item(ctx, "a"); return err },
		"PutSource": func() error { return s.PutSource(ctx, news.SourceState{ID: "a"}) },
		"Claim":     func() error { return s.Claim(ctx, store.Job{Name: "a"}, noon(), lease) },
		"Outbox":    func() error { _, err := s.Outbox(ctx); return err },
		"Stats":     func() error { _, err := s.Stats(ctx); return err },
		"Backup":    func() error { _, err := s.Backup(ctx, &bytes.Buffer{}); return err },
		"Check":     func() error { _, err := s.Check(ctx); return err },
	} {
		if err := verb(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want context.Canceled", name, err)
		}
	}
	states, err := s.SourceStates(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	same(t, 0, len(states))
}
