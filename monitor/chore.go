package monitor

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"silkwire/news"
	"silkwire/store"
)

// baseline marks the record from which a chore's missed times are counted: a
// chore that was never done has missed nothing.
const baseline news.Outcome = "baseline"

// saneClock is before any time at which a chore may run: a machine that boots
// without a clock waits for one.
var saneClock = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

// wildClock is how long after a chore was last done a clock is not believed:
// what is done in the year 2099 by mistake would be done no more until then.
const wildClock = 10 * 366 * 24 * time.Hour

// considerChore starts a chore that is due, and returns when it is due next.
func (m *Monitor) considerChore(work context.Context, c *Chore, now time.Time) time.Time {
	if now.Before(saneClock) {
		return now.Add(recheck)
	}
	m.mu.Lock()
	busy := m.busy[c.Name]
	m.mu.Unlock()
	if busy {
		return time.Time{}
	}
	last, err := m.store.LastRun(work, c.Name)
	switch {
	case errors.Is(err, store.ErrNotFound):
		m.record(work, store.Run{Job: c.Name, Due: now, Started: now, Outcome: baseline})
		return c.Schedule.Next(now)
	case err != nil:
		m.log.Error("cannot read when a job was last done", "job", c.Name, "error", err)
		return now.Add(recheck)
	}
	if now.Sub(last.Due) > wildClock {
		m.log.Error("a job waits for the clock to be set", "job", c.Name, "clock", now, "last", last.Due)
		return now.Add(recheck)
	}
	due, missed := m.dueTime(c, last.Due, now)
	if due.IsZero() {
		return c.Schedule.Next(later(now, last.Due))
	}
	if missed > 1 {
		m.log.Warn("a job missed its time", "job", c.Name, "missed", missed, "catch_up", c.CatchUp)
	}
	m.startChore(work, c, due, now)
	return time.Time{}
}

// dueTime is which of the times since the last run is to be done now.
func (m *Monitor) dueTime(c *Chore, last, now time.Time) (time.Time, int) {
	latest, n := c.Schedule.Last(last, now)
	switch {
	case n == 0:
		return time.Time{}, 0
	case c.CatchUp == CatchUpAll:
		return c.Schedule.Next(last), n
	case c.CatchUp == CatchUpNone && now.Sub(latest) > 5*time.Minute:
		m.record(context.Background(), store.Run{Job: c.Name, Due: latest, Started: now, Outcome: baseline})
		return time.Time{}, n
	}
	return latest, n
}

func (m *Monitor) record(ctx context.Context, run store.Run) {
	if err := m.store.Done(ctx, run); err != nil {
		m.log.Error("cannot record a job", "job", run.Job, "error", err)
	}
}

func (m *Monitor) startChore(work context.Context, c *Chore, due, now time.Time) {
	if err := m.store.Claim(work, store.Job{Name: c.Name, Due: due}, now, time.Hour); err != nil {
		if !errors.Is(err, store.ErrTaken) {
			m.log.Error("cannot claim a job", "job", c.Name, "error", err)
		}
		return
	}
	m.mu.Lock()
	m.busy[c.Name] = true
	m.mu.Unlock()
	m.jobs.Add(1)
	go func() {
		defer m.jobs.Done()
		run := store.Run{Job: c.Name, Due: due, Started: now, Outcome: news.OK}
		err := doSafely(work, c, due)
		if err != nil {
			run.Outcome, run.Error = news.Internal, err.Error()
			m.log.Error("a job failed", "job", c.Name, "due", due.Format(time.RFC3339), "error", err)
		}
		run.Took = time.Since(now)
		if err == nil || work.Err() == nil { // what we broke off is done at the next start
			m.record(context.WithoutCancel(work), run)
		}
		m.mu.Lock()
		delete(m.busy, c.Name)
		m.mu.Unlock()
		signal(m.done)
	}()
}

func doSafely(ctx context.Context, c *Chore, due time.Time) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: internal error: %v\n%s", c.Name, p, debug.Stack())
		}
	}()
	return c.Do(ctx, due)
}
