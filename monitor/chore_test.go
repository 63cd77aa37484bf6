package monitor

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"silkwire/news"
)

// diary is a chore that notes for when it was done.
type diary struct {
	do func(ctx context.Context, n int) error // the nth

	mu   sync.Mutex
	dues []time.Time
}

func (d *diary) note(due time.Time) (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dues = append(d.dues, due)
	return len(d.dues)
}

func (d *diary) chore(t *testing.T, spec string, policy CatchUp) Chore {
	return Chore{Name: "digest daily", Schedule: scheduled(t, spec, time.Minute), CatchUp: policy, Do: func(ctx context.Context, due time.Time) error {
		n := d.note(due)
		if d.do != nil {
			return d.do(ctx, n)
		}
		return nil
	}}
}

func (d *diary) days() (out []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, due := range d.dues {
		out = append(out, due.UTC().Format("2 15:04"))
	}
	return out
}

func (d *diary) must(b *bench, want ...string) {
	b.Helper()
	if got := d.days(); !slices.Equal(got, want) {
		b.Errorf("done for %q, want %q", got, want)
	}
}

func TestADigestIsDoneAtItsTimeEveryDay(t *testing.T) {
	inBubble(t, func(b *bench) {
		d := &diary{}
		r := b.start(Plan{Chores: []Chore{d.chore(t, "0 7 * * *", CatchUpLatest)}})
		time.Sleep(59 * time.Minute)
		d.must(b)
		time.Sleep(time.Minute)
		synctest.Wait()
		d.must(b, "21 07:00")
		r.end()
		for range 10 { // restarts do it no second time
			r := b.start(Plan{Chores: []Chore{d.chore(t, "0 7 * * *", CatchUpLatest)}})
			time.Sleep(10 * time.Second)
			r.end()
		}
		d.must(b, "21 07:00")
		b.start(Plan{Chores: []Chore{d.chore(t, "0 7 * * *", CatchUpLatest)}})
		time.Sleep(48 * time.Hour)
		d.must(b, "21 07:00", "22 07:00", "23 07:00")
	})
}

func TestTheFirstStartOfAllHasMissedNothing(t *testing.T) {
	inBubble(t, func(b *bench) {
		time.Sleep(6 * time.Hour)
		d := &diary{}
		b.start(Plan{Chores: []Chore{d.chore(t, "0 7 * * *", CatchUpAll)}})
		time.Sleep(12 * time.Hour)
		d.must(b)
	})
}

func TestThreeDaysDownAreCaughtUpAsConfigured(t *testing.T) { // T8
	for policy, want := range map[CatchUp][]string{
		CatchUpLatest: {"21 07:00", "24 07:00", "25 07:00"},
		CatchUpAll:    {"21 07:00", "22 07:00", "23 07:00", "24 07:00", "25 07:00"},
		CatchUpNone:   {"21 07:00", "25 07:00"},
	} {
		inBubble(t, func(b *bench) {
			d := &diary{}
			plan := Plan{Chores: []Chore{d.chore(t, "0 7 * * *", policy)}}
			r := b.start(plan)
			time.Sleep(2 * time.Hour)
			r.end()
			time.Sleep(3 * 24 * time.Hour)
			b.start(plan)
			time.Sleep(24 * time.Hour)
			d.must(b, want...)
		})
	}
}

func TestAShortPauseIsNoReasonToSkip(t *testing.T) { // a restart over the time of the digest
	inBubble(t, func(b *bench) {
		d := &diary{}
		plan := Plan{Chores: []Chore{d.chore(t, "0 7 * * *", CatchUpNone)}}
		r := b.start(plan)
		time.Sleep(59 * time.Minute)
		r.end()
		time.Sleep(3 * time.Minute)
		b.start(plan)
		time.Sleep(time.Minute)
		d.must(b, "21 07:00")
	})
}

func TestAClockFromBeforeOurTimeDoesNoChores(t *testing.T) { // T6
	synctest.Test(t, func(t *testing.T) { // it is the year 2000 here
		b := newBench(t)
		d := &diary{}
		plan := hourly(source("a"))
		plan.Chores = []Chore{d.chore(t, "0 7 * * *", CatchUpAll)}
		r := b.start(plan)
		time.Sleep(3 * 24 * time.Hour)
		d.must(b)
		if n := len(b.press.times("a")); n < 2 {
			b.Errorf("%d visits: a wrong clock stops the reading too", n)
		}
		r.end()
		time.Sleep(time.Until(morning)) // the clock is set
		b.start(plan)
		time.Sleep(2 * time.Hour)
		d.must(b, "21 07:00")
	})
}

func TestAClockThatIsSetBackDoesNoChoreTwice(t *testing.T) { // T5
	inBubble(t, func(b *bench) {
		d := &diary{}
		plan := Plan{Chores: []Chore{d.chore(t, "0 7 * * *", CatchUpLatest)}}
		r := b.start(plan)
		time.Sleep(2 * time.Hour)
		r.end()
		d.must(b, "21 07:00")
		last, err := b.store.LastRun(context.Background(), "digest daily")
		must(b, err)
		last.Due, last.Started = last.Due.Add(24*time.Hour), last.Started.Add(24*time.Hour) // now it was yesterday
		must(b, b.store.Done(context.Background(), last))
		b.start(plan)
		time.Sleep(2 * 24 * time.Hour)
		d.must(b, "21 07:00", "23 07:00")
	})
}

func TestAChoreLongerThanItsIntervalIsNotStacked(t *testing.T) { // T9
	inBubble(t, func(b *bench) {
		under, most := 0, 0
		d := &diary{}
		d.do = func(ctx context.Context, _ int) error {
			under++
			most = max(most, under)
			defer func() { under-- }()
			return takes(ctx, 25*time.Minute)
		}
		r := b.start(Plan{Chores: []Chore{d.chore(t, "*/10 * * * *", CatchUpLatest)}})
		time.Sleep(3 * time.Hour)
		r.end()
		if most != 1 {
			b.Errorf("%d at a time", most)
		}
		if n := len(d.dues); n < 6 || n > 8 {
			b.Errorf("done %d times in three hours", n)
		}
		for i := 1; i < len(d.dues); i++ {
			if !d.dues[i].After(d.dues[i-1]) {
				b.Errorf("done twice for %v", d.dues[i])
			}
		}
	})
}

func TestAChoreThatFailsOrPanicsIsDoneAgainNextTime(t *testing.T) { // T10
	inBubble(t, func(b *bench) {
		d := &diary{}
		d.do = func(_ context.Context, n int) error {
			if n == 1 {
				panic("no such template")
			}
			return errors.New("no room")
		}
		plan := hourly(source("a"))
		plan.Chores = []Chore{d.chore(t, "0 7 * * *", CatchUpLatest)}
		b.start(plan)
		time.Sleep(36 * time.Hour)
		d.must(b, "21 07:00", "22 07:00")
		run, err := b.store.LastRun(context.Background(), "digest daily")
		must(b, err)
		if run.Outcome != news.Internal || run.Error != "no room" {
			b.Errorf("the record says %+v", run)
		}
		if b.said("no such template") == 0 {
			b.Error("the log does not tell of the panic")
		}
	})
}

func TestAChoreThatWasBrokenOffIsDoneAtTheNextStart(t *testing.T) { // P4
	inBubble(t, func(b *bench) {
		d := &diary{}
		d.do = func(ctx context.Context, n int) error {
			if n == 1 {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}
		plan := Plan{Chores: []Chore{d.chore(t, "0 7 * * *", CatchUpLatest)}}
		r := b.start(plan)
		time.Sleep(time.Hour + time.Second)
		r.end()
		d.must(b, "21 07:00")
		b.reopen()
		b.start(plan)
		time.Sleep(time.Minute)
		d.must(b, "21 07:00", "21 07:00")
	})
}
