package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"silkwire/news"
	"silkwire/store"
)

func jobStories() map[string]story {
	return map[string]story{
		"a claim excludes another until its lease has passed": claimsExclude,
		"of many who claim at once one has it":                oneClaims,
		"a job that was done is not done again":               doneIsDone,
		"a missed due time is seen in the last run":           missedDue,
		"done releases its own claim only":                    doneReleases,
		"runs are listed newest first by prefix":              runsListed,
		"the newest 200 runs of a name are kept":              runsPruned,
		"a run comes back as it was recorded":                 runComesBack,
	}
}

const lease = 10 * time.Minute

func claim(s store.Store, name string, due, now time.Time) error {
	return s.Claim(context.Background(), store.Job{Name: name, Due: due}, now, lease)
}

func mustClaim(t *testing.T, s store.Store, name string, due, now time.Time) {
	t.Helper()
	if err := claim(s, name, due, now); err != nil {
		t.Fatal(err)
	}
}

func mustBeTaken(t *testing.T, s store.Store, name string, due, now time.Time) {
	t.Helper()
	if err := claim(s, name, due, now); !errors.Is(err, store.ErrTaken) {
		t.Fatalf("claim of %s for %v at %v: %v, want ErrTaken", name, due, now, err)
	}
}

func done(t *testing.T, s store.Store, run store.Run) {
	t.Helper()
	if err := s.Done(context.Background(), run); err != nil {
		t.Fatal(err)
	}
}

func claimsExclude(t *testing.T, s store.Store) {
	due := noon()
	mustClaim(t, s, "visit a", due, due)
	mustBeTaken(t, s, "visit a", due, due)
	mustBeTaken(t, s, "visit a", due, due.Add(lease-time.Nanosecond))
	mustClaim(t, s, "visit b", due, due) // another job
	mustClaim(t, s, "visit a", due, due.Add(lease))
	mustBeTaken(t, s, "visit a", due, due.Add(lease))
}

func oneClaims(t *testing.T, s store.Store) {
	var got atomic.Int32
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			switch err := claim(s, "digest daily", noon(), noon()); {
			case err == nil:
				got.Add(1)
			case !errors.Is(err, store.ErrTaken):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	same(t, int32(1), got.Load())
}

func doneIsDone(t *testing.T, s store.Store) {
	due := noon()
	mustClaim(t, s, "digest daily", due, due)
	done(t, s, store.Run{Job: "digest daily", Due: due, Started: due, Outcome: news.OK})
	later := due.Add(48 * time.Hour)
	mustBeTaken(t, s, "digest daily", due, later)
	mustBeTaken(t, s, "digest daily", due.Add(-24*time.Hour), later) // T5: a clock set back
	mustClaim(t, s, "digest daily", due.Add(24*time.Hour), later)
	mustClaim(t, s, "digest dail", due, later) // a name is not a prefix
}

func missedDue(t *testing.T, s store.Store) {
	if _, err := s.LastRun(context.Background(), "digest daily"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%v, want ErrNotFound", err)
	}
	for _, hours := range []int{0, 24, -24} { // recorded out of order
		done(t, s, store.Run{Job: "digest daily", Due: noon().Add(time.Duration(hours) * time.Hour), Started: noon()})
	}
	done(t, s, store.Run{Job: "digest daily extra", Due: noon().Add(72 * time.Hour), Started: noon()})
	last, err := s.LastRun(context.Background(), "digest daily")
	if err != nil {
		t.Fatal(err)
	}
	same(t, noon().Add(24*time.Hour), last.Due) // T8: what was due after it was missed
}

func doneReleases(t *testing.T, s store.Store) {
	first, second := noon(), noon().Add(time.Hour)
	mustClaim(t, s, "visit a", first, first)
	mustClaim(t, s, "visit a", second, second) // the first one's lease has passed
	done(t, s, store.Run{Job: "visit a", Due: first, Started: first})
	mustBeTaken(t, s, "visit a", second, second)
	done(t, s, store.Run{Job: "visit a", Due: second, Started: second})
	mustClaim(t, s, "visit a", second.Add(time.Hour), second)
}

func runsListed(t *testing.T, s store.Store) {
	var want []string
	for i := range 10 {
		name := fmt.Sprintf("visit %d", i%3)
		if i%4 == 0 {
			name = "digest daily"
		}
		started := noon().Add(time.Duration(i) * time.Minute)
		done(t, s, store.Run{Job: name, Due: noon().Add(-time.Duration(i) * time.Minute), Started: started, New: i})
		if name != "digest daily" {
			want = append([]string{fmt.Sprint(name, " ", i)}, want...)
		}
	}
	runs, err := s.Runs(context.Background(), "visit ", 5)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range runs {
		got = append(got, fmt.Sprint(r.Job, " ", r.New))
	}
	same(t, want[:5], got)
	all, err := s.Runs(context.Background(), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	same(t, 10, len(all))
}

func runsPruned(t *testing.T, s store.Store) {
	for i := range 205 {
		at := noon().Add(time.Duration(i) * time.Minute)
		done(t, s, store.Run{Job: "visit a", Due: at, Started: at})
	}
	done(t, s, store.Run{Job: "visit b", Due: noon(), Started: noon()})
	runs, err := s.Runs(context.Background(), "visit a", 1000)
	if err != nil {
		t.Fatal(err)
	}
	same(t, 200, len(runs))
	same(t, noon().Add(5*time.Minute), runs[199].Due)
	check(t, s)
}

func runComesBack(t *testing.T, s store.Store) {
	run := store.Run{
		Job: "visit a", Due: noon(), Started: noon().Add(time.Second), Took: 1234 * time.Millisecond,
		Outcome: news.Timeout, Error: "a deadline passed", New: 1, Revised: 2, Bytes: 3,
	}
	done(t, s, store.Run{Job: run.Job, Due: run.Due, Started: noon()}) // recorded again below
	done(t, s, run)
	last, err := s.LastRun(context.Background(), "visit a")
	if err != nil {
		t.Fatal(err)
	}
	same(t, run, last)
	runs, err := s.Runs(context.Background(), "", 10)
	if err != nil {
		t.Fatal(err)
	}
	same(t, []store.Run{run}, runs)
}
