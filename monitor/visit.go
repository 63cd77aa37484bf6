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

// turn is how long a visit may wait for its host before it asks, as what is
// planned before it goes by.
const turn = 2 * time.Minute

// count counts a visit, and whether it is too early after the last.
func count(v *Visitable, before news.SourceState, state *news.SourceState, minInterval time.Duration) {
	state.Counters.Visits++
	if !before.LastVisit.IsZero() && answered(before.Outcome) && state.LastVisit.Sub(before.LastVisit) < floorOf(v, minInterval) {
		state.Counters.Early++
	}
}

// lease is how long a visit may take before another process may take it over.
const lease = 10 * time.Minute

// visit makes one visit and files what came of it. The next one is planned
// before the first request goes out, so that a crash sends nothing twice.
func (m *Monitor) visit(ctx context.Context, d dueSource, plan Plan, now time.Time) {
	if !m.stillDue(ctx, &d, now) {
		return
	}
	job, err := m.claim(ctx, "visit "+string(d.v.Source.ID), now)
	if err != nil {
		m.postpone(d.v.Source.ID, now)
		if !errors.Is(err, store.ErrTaken) {
			m.log.Error("cannot claim a visit", "source", d.v.Source.ID, "error", err)
		}
		return
	}
	before := d.state
	state := before
	state.LastVisit = now
	state.Due = next(d.v, &state, plan.MinInterval, 0, now.Add(turn))
	count(d.v, before, &state, plan.MinInterval)
	if err := m.store.PutSource(ctx, state); err != nil {
		m.postpone(d.v.Source.ID, now)
		m.log.Error("nothing is visited while the archive cannot be written", "source", d.v.Source.ID, "error", err)
		_ = m.store.Done(ctx, store.Run{Job: job.Name, Due: job.Due, Started: now, Outcome: news.Internal, Error: err.Error()})
		return
	}
	run := store.Run{Job: job.Name, Due: job.Due, Started: now}
	m.carryOut(ctx, d.v, before, &state, plan, now, &run)
	run.Took = time.Since(now)
	if err := m.store.Done(context.WithoutCancel(ctx), run); err != nil {
		m.log.Error("cannot record a visit", "source", d.v.Source.ID, "error", err)
	}
}

// stillDue reads a source's state again: the plan was made from what the archive
// said before the visit at the same host ended, and that may have been one of
// this source.
func (m *Monitor) stillDue(ctx context.Context, d *dueSource, now time.Time) bool {
	state, err := m.store.Source(ctx, d.v.Source.ID)
	if err != nil || state.URL != d.v.Source.URL {
		return true // never visited; if the archive fails, the claim will say so
	}
	d.state = state
	return state.Paused == "" && !state.Due.After(now)
}

// claim takes a visit that is due now. Where the record knows of a later one,
// the clock was set back since, and this one counts as the one after it.
func (m *Monitor) claim(ctx context.Context, name string, now time.Time) (store.Job, error) {
	job := store.Job{Name: name, Due: now}
	err := m.store.Claim(ctx, job, now, lease)
	if !errors.Is(err, store.ErrTaken) {
		return job, err
	}
	last, lastErr := m.store.LastRun(ctx, name)
	if lastErr != nil || last.Due.Before(now) {
		return job, err
	}
	job.Due = last.Due.Add(time.Second)
	return job, m.store.Claim(ctx, job, now, lease)
}

// carryOut fetches, tags and saves, and fills the run's record. What is planned
// after a visit counts from its end: its requests may have waited for their host.
func (m *Monitor) carryOut(ctx context.Context, v *Visitable, before news.SourceState, state *news.SourceState, plan Plan, now time.Time, run *store.Run) {
	batch, err := m.fetch(ctx, v, before)
	if err != nil {
		m.failed(ctx, v, before, state, plan, now, run, err)
		return
	}
	save := context.WithoutCancel(ctx)
	m.reached(ctx, v, plan, now)
	saved, err := m.settle(save, v, before, state, batch, plan.MinInterval)
	m.leaveAlone(save, plan, v.Source.ID, batch.Closed)
	if err != nil {
		run.Outcome, run.Error = news.Internal, err.Error()
		m.log.Error("a visit's items could not be saved; they will be fetched again", "source", v.Source.ID, "error", err)
		return
	}
	run.Outcome, run.New, run.Revised, run.Bytes = batch.Outcome, len(saved.New), len(saved.Revised), batch.Bytes
	m.log.Info("visited", "source", v.Source.ID, "outcome", batch.Outcome, "new", len(saved.New), "revised", len(saved.Revised), "took", time.Since(now).Round(time.Millisecond))
	m.tell(Visited{Source: v.Source.ID, Outcome: batch.Outcome, Saved: saved, Took: time.Since(now)})
}

// settle keeps a good visit with the state it leaves its source in.
func (m *Monitor) settle(ctx context.Context, v *Visitable, before news.SourceState, state *news.SourceState, batch news.Batch, minInterval time.Duration) (store.Saved, error) {
	known, err := m.store.Known(ctx, batch.Items)
	if err != nil {
		return store.Saved{}, err
	}
	var fresh []news.Item
	for i := range batch.Items {
		if _, old := known[batch.Items[i].ID]; !old {
			if err := m.place(ctx, batch.Items[i:i+1]); err != nil {
				return store.Saved{}, err
			}
			fresh = append(fresh, batch.Items[i])
		}
	}
	succeeded(v, before, state, batch, fresh, minInterval, time.Now())
	return m.keep(ctx, batch, state)
}

// place gives items that are not known their stories.
func (m *Monitor) place(ctx context.Context, fresh []news.Item) error {
	if m.stories == nil {
		return nil
	}
	return m.stories.Place(ctx, fresh)
}

// reached tells that a host answered.
func (m *Monitor) reached(ctx context.Context, v *Visitable, plan Plan, now time.Time) {
	m.judging.Lock()
	defer m.judging.Unlock()
	if m.side(v).works() {
		m.networkBack(context.WithoutCancel(ctx), v.Private, plan, now)
	}
}

// keep saves a batch with its source's state, and tags again what an edit left
// with an older text.
func (m *Monitor) keep(ctx context.Context, batch news.Batch, state *news.SourceState) (store.Saved, error) {
	saved, err := m.store.Save(ctx, batch.Items, *state)
	if err != nil || len(saved.Revised) == 0 {
		return saved, err
	}
	again := map[news.ItemID]news.Tagging{}
	for _, id := range saved.Revised {
		it, err := m.store.Item(ctx, id)
		if err != nil {
			return saved, err
		}
		again[id] = m.tagger.Tag(&it)
	}
	return saved, m.store.Retag(ctx, again)
}

// ErrEarly says that a source was visited too short a time ago.
var ErrEarly = errors.New("visited too short a time ago")

// VisitNow makes one visit out of turn, as polite as any other: conditional,
// not before the shortest interval has passed, and not while the server asks us
// to wait. A dry one keeps nothing but that it took place.
func (m *Monitor) VisitNow(ctx context.Context, v Visitable, dry bool) (news.Batch, store.Saved, error) {
	leave, err := m.enter(v.Source.ID)
	if err != nil {
		return news.Batch{}, store.Saved{}, err
	}
	defer leave()
	now := time.Now()
	plan := m.current()
	before, err := m.stateOf(ctx, &v)
	if err != nil {
		return news.Batch{}, store.Saved{}, err
	}
	if err := early(&v, before, plan.MinInterval, now); err != nil {
		return news.Batch{}, store.Saved{}, err
	}
	state := before
	state.LastVisit = now
	state.Due = later(before.Due, next(&v, &state, plan.MinInterval, 0, now.Add(turn)))
	count(&v, before, &state, plan.MinInterval)
	if err := m.store.PutSource(ctx, state); err != nil {
		return news.Batch{}, store.Saved{}, err
	}
	batch, err := m.fetch(ctx, &v, before)
	switch {
	case dry:
		return batch, store.Saved{}, err
	case err != nil:
		var run store.Run
		m.failed(ctx, &v, before, &state, plan, now, &run, err)
		return batch, store.Saved{}, err
	}
	saved, err := m.settle(ctx, &v, before, &state, batch, plan.MinInterval)
	m.leaveAlone(ctx, plan, v.Source.ID, batch.Closed)
	return batch, saved, err
}

// early says why a source may not be visited yet, though somebody asks for it.
func early(v *Visitable, st news.SourceState, minInterval time.Duration, now time.Time) error {
	again := st.LastVisit.Add(floorOf(v, minInterval))
	if st.Outcome == news.SlowDown && !v.Private {
		again = later(again, st.Due)
	}
	if st.LastVisit.IsZero() || !again.After(now) {
		return nil
	}
	return fmt.Errorf("%s: %w: at %s; again after %s", v.Source.ID, ErrEarly, st.LastVisit.Format(time.RFC3339), again.Format(time.RFC3339))
}

func (m *Monitor) tell(v Visited) {
	if m.onVisit != nil {
		m.onVisit(v)
	}
}

// fetch visits and tags, and turns a panic of a parser into an error of this
// source.
func (m *Monitor) fetch(ctx context.Context, v *Visitable, st news.SourceState) (batch news.Batch, err error) {
	defer func() {
		if p := recover(); p != nil {
			m.log.Error("a visit panicked", "source", v.Source.ID, "panic", p, "stack", string(debug.Stack()))
			err = &news.VisitError{Outcome: news.Internal, Err: fmt.Errorf("visit %s: internal error: %v", v.Source.ID, p)}
		}
	}()
	batch, err = m.fetcher.Visit(ctx, v.Outlet, whereItIs(v.Source, st), st.Checkpoint, m.store.Known)
	for i := range batch.Items {
		batch.Items[i].Tagging = m.tagger.Tag(&batch.Items[i])
	}
	return batch, err
}

// succeeded writes a good visit into the source's state.
func succeeded(v *Visitable, before news.SourceState, state *news.SourceState, batch news.Batch, fresh []news.Item, minInterval time.Duration, now time.Time) {
	state.Outcome = batch.Outcome
	state.Error = ""
	state.Failures, state.FailedSince = 0, time.Time{}
	if before.PausedBy == "" {
		state.Paused = "" // somebody asked for this visit, and it answers again
	}
	state.Notes = batch.Notes
	state.Checkpoint = batch.Checkpoint
	state.LastSuccess = now
	state.Counters.Requests += batch.Requests
	state.Counters.Unconditional += batch.Unconditional
	if batch.Outcome == news.Unchanged {
		state.Counters.NotModified++
	}
	follow(state, now)
	observe(&state.Rhythm, before, fresh, now)
	if len(fresh) > 0 {
		state.LastNew = now
		state.Items += len(fresh)
	}
	if words := quiet(state, now); words != "" {
		state.Notes = append(state.Notes, words)
	}
	adapt(v, state, batch, len(fresh), minInterval)
	state.Due = next(v, state, minInterval, batch.Wait, now)
}

// failed writes a failed visit into the source's state, unless it is the
// network that failed.
func (m *Monitor) failed(ctx context.Context, v *Visitable, before news.SourceState, state *news.SourceState, plan Plan, now time.Time, run *store.Run, err error) {
	outcome, wait := outcomeOf(ctx, err)
	run.Outcome, run.Error = outcome, err.Error()
	save := context.WithoutCancel(ctx)
	asked := 0
	if ve := (*news.VisitError)(nil); errors.As(err, &ve) {
		asked = ve.Requests
		state.Notes = ve.Notes
		state.Counters.Requests += ve.Requests
		state.Counters.Unconditional += ve.Unconditional
		defer m.leaveAlone(save, plan, v.Source.ID, ve.Closed)
	}
	if outcome == news.Interrupted {
		m.put(save, interrupted(before, *state))
		return
	}
	fail(v, state, outcome, err, wait, plan.MinInterval, now)
	m.tell(Visited{Source: v.Source.ID, Outcome: outcome, Took: time.Since(now), Error: err.Error()})
	if isNetwork(outcome) {
		if asked > 0 && outcome != news.DNS { // the server may have been asked
			before.Due = later(before.Due, time.Now().Add(pollFloor(v, &before, plan.MinInterval)))
		}
		if m.blameNetwork(save, v, plan, before, *state) {
			run.Outcome = news.NoEgress
			return
		}
	} else {
		m.put(save, *state)
	}
	if answered(outcome) {
		m.reached(ctx, v, plan, now)
	}
	m.log.Warn("visit failed", "source", v.Source.ID, "outcome", outcome, "error", err, "failures", state.Failures, "next", state.Due.Format(time.RFC3339))
}

// fail is the state of a source after one more failure.
func fail(v *Visitable, state *news.SourceState, outcome news.Outcome, err error, wait, minInterval time.Duration, now time.Time) {
	state.Outcome, state.Error = outcome, err.Error()
	state.Failures++
	if state.FailedSince.IsZero() {
		state.FailedSince = now
	}
	since := now.Sub(state.FailedSince)
	switch {
	case turnBack(state, outcome):
	case outcome == news.Gone:
		state.PausedBy = ""
		state.Paused = fmt.Sprintf("the server says it is gone for good (410); if it is not, \"silkwire visit %s\" or \"silkwire source resume %s\" takes it up again", v.Source.ID, v.Source.ID)
	case since > deadAfter:
		state.Notes = append(state.Notes, "nothing but failures for more than two weeks: it is tried once a week; correct its address, or take it out of the configuration")
	}
	if outcome == news.SlowDown {
		state.Slowed = now
	}
	pause := backOff(outcome, state.Failures, since, wait, pollFloor(v, state, minInterval))
	ended := time.Now()
	if v.Private {
		state.Due = ended.Add(pause)
		return
	}
	due := ended.Add(max(pause, min(state.Checkpoint.Wishes.Every.Duration(), longestBackOff)))
	state.Due = open(v, state, due.Add(jitter(v.Source.ID, now, pause)))
}

// interrupted is the state of a source whose visit we broke off. One that sent
// nothing is due at the next start; what was asked is not asked again before its
// time.
func interrupted(before, after news.SourceState) news.SourceState {
	if after.Counters.Requests > before.Counters.Requests {
		before.Due = after.Due
	}
	before.LastVisit = after.LastVisit
	before.Counters = after.Counters
	return before
}

func (m *Monitor) put(ctx context.Context, st news.SourceState) {
	if err := m.store.PutSource(ctx, st); err != nil {
		m.log.Error("cannot keep the state of a source", "source", st.ID, "error", err)
	}
}

func outcomeOf(ctx context.Context, err error) (news.Outcome, time.Duration) {
	var ve *news.VisitError
	switch {
	case ctx.Err() != nil:
		return news.Interrupted, 0
	case errors.As(err, &ve):
		return ve.Outcome, ve.RetryAfter
	}
	return news.Internal, 0
}
