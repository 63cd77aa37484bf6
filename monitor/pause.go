package monitor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"silkwire/news"
	"silkwire/store"
)

// ErrBusy says that a source is being visited at this moment.
var ErrBusy = errors.New("it is being visited now; try again in a moment")

// enter keeps others from a source, whose state is then written by one alone.
func (m *Monitor) enter(id news.SourceID) (leave func(), err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.under[id] {
		return nil, fmt.Errorf("%s: %w", id, ErrBusy)
	}
	m.under[id] = true
	return func() {
		m.mu.Lock()
		delete(m.under, id)
		m.mu.Unlock()
	}, nil
}

// stateOf is what the archive remembers of a source; of one that is new, or
// that got another address, nothing.
func (m *Monitor) stateOf(ctx context.Context, v *Visitable) (news.SourceState, error) {
	st, err := m.store.Source(ctx, v.Source.ID)
	if errors.Is(err, store.ErrNotFound) || err == nil && st.URL != v.Source.URL {
		return news.SourceState{ID: v.Source.ID, URL: v.Source.URL}, nil
	}
	return st, err
}

// Pause ends the visits of a source until somebody resumes them.
func (m *Monitor) Pause(ctx context.Context, v Visitable, who string) error {
	return m.change(ctx, v, func(st *news.SourceState, now time.Time) {
		st.Paused = fmt.Sprintf("paused by %s on %s; \"silkwire source resume %s\" takes it up again", who, now.UTC().Format("2 January 2006"), v.Source.ID)
		st.PausedBy = who
	})
}

// Resume takes a source up again that was paused, by hand or because its server
// said that it is gone (410). It is due as soon as its floor allows.
func (m *Monitor) Resume(ctx context.Context, v Visitable) error {
	plan := m.current()
	err := m.change(ctx, v, func(st *news.SourceState, now time.Time) {
		st.Paused, st.PausedBy = "", ""
		st.Failures, st.FailedSince = 0, time.Time{}
		st.Due = later(now, st.LastVisit.Add(pollFloor(&v, st, plan.MinInterval)))
	})
	signal(m.reloaded)
	return err
}

// Hurry makes a source due as soon as politeness allows: not before the
// shortest interval has passed, nor while its server wants peace. It is visited
// in its turn then.
func (m *Monitor) Hurry(ctx context.Context, v Visitable) error {
	plan := m.current()
	err := m.change(ctx, v, func(st *news.SourceState, now time.Time) {
		due := later(now, st.LastVisit.Add(floorOf(&v, plan.MinInterval)))
		if st.Outcome == news.SlowDown && !v.Private {
			due = later(due, st.Due)
		}
		st.Due = due
	})
	signal(m.reloaded)
	return err
}

func (m *Monitor) change(ctx context.Context, v Visitable, f func(*news.SourceState, time.Time)) error {
	leave, err := m.enter(v.Source.ID)
	if err != nil {
		return err
	}
	defer leave()
	st, err := m.stateOf(ctx, &v)
	if err != nil {
		return err
	}
	f(&st, time.Now())
	return m.store.PutSource(ctx, st)
}
