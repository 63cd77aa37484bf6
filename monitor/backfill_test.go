package monitor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
)

// chronicle is a past of so many pages with two items each.
type chronicle struct {
	pages int
	asked []string
	fail  map[string]error
	notes []string // on every page
}

func (c *chronicle) Beginnings(_ news.Outlet, src news.Source, _ time.Time) []string {
	return []string{src.URL + "/0"}
}

func (c *chronicle) Back(ctx context.Context, _ news.Outlet, src news.Source, page string, _ time.Time, known KnownFunc, keep func([]news.Item) error) (news.Past, error) {
	c.asked = append(c.asked, page)
	if err := c.fail[page]; err != nil {
		return news.Past{}, err
	}
	n := 0
	_, _ = fmt.Sscanf(page, src.URL+"/%d", &n)
	items := oneItem(src, 2*n).Items
	items = append(items, oneItem(src, 2*n+1).Items...)
	had, err := known(ctx, items)
	if err != nil {
		return news.Past{}, err
	}
	past := news.Past{Found: 2, New: 2 - len(had), Oldest: morning.AddDate(0, 0, -n), Notes: c.notes}
	if n+1 < c.pages {
		past.Older = []string{fmt.Sprintf("%s/%d", src.URL, n+1), page} // and back to itself
	}
	if past.New == 0 {
		return past, nil
	}
	return past, keep(items)
}

func (b *bench) items() int {
	b.Helper()
	page, err := b.store.Find(context.Background(), store.Query{Search: search.Query{}, Count: true, Limit: 1})
	if err != nil {
		b.Fatal(err)
	}
	return page.Total
}

func TestABackfillGoesOnWhereItWasInterrupted(t *testing.T) {
	inBubble(t, func(b *bench) {
		v, since := source("a"), morning.AddDate(-1, 0, 0)
		m := New(b.store, b.press, b.tagger, hourly(v), discard())
		h := &chronicle{pages: 5, fail: map[string]error{v.Source.URL + "/2": failure(news.SlowDown, time.Hour)}}
		told := 0
		tell := func(news.Backfill) { told++ }
		if _, err := m.Backfill(context.Background(), h, v, since, nil, tell); err == nil || told != 2 || b.items() != 4 {
			b.Fatalf("%v; %d pages told, %d items", err, told, b.items())
		}
		time.Sleep(time.Hour)
		b.reopen()
		h.fail, h.asked = nil, nil
		m = New(b.store, b.press, b.tagger, hourly(v), discard())
		got, err := m.Backfill(context.Background(), h, v, since, nil, tell)
		if err != nil || got.Pages != 5 || got.Items != 10 || len(got.Next) != 0 || b.items() != 10 {
			b.Errorf("%+v, %v; %d items", got, err, b.items())
		}
		if len(h.asked) != 3 || h.asked[0] != v.Source.URL+"/2" {
			b.Errorf("asked again for %v", h.asked)
		}
	})
}

func TestABackfillLeavesOutAPageThatCannotBeRead(t *testing.T) {
	inBubble(t, func(b *bench) {
		v := source("a")
		m := New(b.store, b.press, b.tagger, hourly(v), discard())
		h := &chronicle{pages: 9, fail: map[string]error{v.Source.URL + "/1": failure(news.Robots, 0)}}
		from := []string{v.Source.URL + "/0", v.Source.URL + "/4"}
		got, err := m.Backfill(context.Background(), h, v, morning.AddDate(-1, 0, 0), from, func(news.Backfill) {})
		if err != nil || len(got.Notes) != 1 || got.Items != 12 {
			b.Errorf("%+v, %v", got, err)
		}
	})
}

func TestABackfillTellsWhatItsPagesLeaveOutOnceEach(t *testing.T) {
	inBubble(t, func(b *bench) {
		v := source("a")
		m := New(b.store, b.press, b.tagger, hourly(v), discard())
		h := &chronicle{pages: 3, notes: []string{"pages ask not to be kept"}}
		got, err := m.Backfill(context.Background(), h, v, morning.AddDate(-1, 0, 0), nil, func(news.Backfill) {})
		if err != nil || !slices.Equal(got.Notes, h.notes) {
			b.Errorf("%+v, %v", got, err)
		}
	})
}

func TestABackfillLeavesTheSourceAsItIs(t *testing.T) {
	inBubble(t, func(b *bench) {
		v := source("a")
		st := news.SourceState{ID: "a", URL: v.Source.URL, Due: morning.Add(time.Hour), Outcome: news.OK, Checkpoint: news.Checkpoint{ETag: `"a"`}}
		if err := b.store.PutSource(context.Background(), st); err != nil {
			b.Fatal(err)
		}
		m := New(b.store, b.press, b.tagger, hourly(v), discard())
		if _, err := m.Backfill(context.Background(), &chronicle{pages: 2}, v, morning.AddDate(-1, 0, 0), nil, func(news.Backfill) {}); err != nil {
			b.Fatal(err)
		}
		if got := b.state("a"); !got.Due.Equal(st.Due) || got.Checkpoint.ETag != `"a"` {
			b.Errorf("%+v", got)
		}
	})
}

func TestAPausedSourceIsNotVisitedUntilItIsResumed(t *testing.T) {
	inBubble(t, func(b *bench) {
		v := source("a")
		r := b.start(hourly(v))
		time.Sleep(time.Minute)
		if err := r.Pause(context.Background(), v, "ada"); err != nil {
			b.Fatal(err)
		}
		time.Sleep(5 * 24 * time.Hour)
		if n := len(b.press.times("a")); n != 1 {
			b.Errorf("%d visits of a paused source", n-1)
		}
		if _, _, err := r.VisitNow(context.Background(), v, false); err != nil || b.state("a").Paused == "" {
			b.Errorf("%v; a visit by hand must not take up again what a person paused: %+v", err, b.state("a"))
		}
		if err := r.Resume(context.Background(), v); err != nil {
			b.Fatal(err)
		}
		time.Sleep(30 * time.Minute)
		if n := len(b.press.times("a")); n != 2 {
			b.Errorf("%d visits: resuming is no way around the floor", n)
		}
		time.Sleep(24 * time.Hour)
		if n := len(b.press.times("a")); n < 5 || b.state("a").Paused != "" {
			b.Errorf("%d visits after it was resumed", n)
		}
	})
}

func TestAResumedSourceThatWasGoneIsVisitedAgain(t *testing.T) { // N30
	inBubble(t, func(b *bench) {
		gone := true
		b.press.answer = func(_ context.Context, src news.Source, n int) (news.Batch, error) {
			if gone {
				return news.Batch{}, failure(news.Gone, 0)
			}
			return oneItem(src, n), nil
		}
		v := source("a")
		r := b.start(hourly(v))
		time.Sleep(3 * 24 * time.Hour)
		gone = false
		if err := r.Resume(context.Background(), v); err != nil {
			b.Fatal(err)
		}
		time.Sleep(time.Hour)
		if st := b.state("a"); st.Paused != "" || st.Outcome != news.OK {
			b.Errorf("%+v", st)
		}
	})
}

func TestNobodyChangesASourceWhileItIsVisited(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.press.answer = func(ctx context.Context, src news.Source, n int) (news.Batch, error) {
			return oneItem(src, n), takes(ctx, 30*time.Second)
		}
		v := source("a")
		r := b.start(hourly(v))
		time.Sleep(time.Second)
		if err := r.Pause(context.Background(), v, "ada"); !errors.Is(err, ErrBusy) {
			b.Errorf("paused during a visit, whose end would forget it: %v", err)
		}
		if _, _, err := r.VisitNow(context.Background(), v, false); !errors.Is(err, ErrBusy) {
			b.Errorf("visited twice at a time: %v", err)
		}
	})
}

func TestAHurriedSourceIsVisitedAsSoonAsItMayBe(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.press.answer = func(_ context.Context, src news.Source, n int) (news.Batch, error) {
			batch := oneItem(src, n)
			batch.Wait = 20 * time.Hour
			return batch, nil
		}
		v := source("a")
		r := b.start(hourly(v))
		time.Sleep(10 * time.Minute)
		if err := r.Hurry(context.Background(), v); err != nil {
			b.Fatal(err)
		}
		time.Sleep(49 * time.Minute)
		if n := len(b.press.times("a")); n != 1 {
			b.Errorf("%d visits: hurry is no way around the floor", n)
		}
		time.Sleep(5 * time.Minute)
		if n := len(b.press.times("a")); n != 2 {
			b.Errorf("%d visits after the floor", n)
		}
	})
}
