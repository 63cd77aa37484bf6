// Package monitor decides when things happen, and what a visit is: fetch, tag,
// save. Cron says when a job is due; the archive says who does it, and remembers
// what was missed. Nothing that matters is kept in memory: a monitor that is
// killed and started again sends nothing that is not due.
package monitor

import (
	"context"
	"hash/fnv"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"silkwire/news"
	"silkwire/store"
)

// Fetcher makes one polite visit. Its error is a *news.VisitError.
type Fetcher interface {
	Visit(ctx context.Context, outlet news.Outlet, src news.Source, cp news.Checkpoint, known KnownFunc) (news.Batch, error)
}

// KnownFunc tells which items the archive has (see store.Items.Known).
type KnownFunc = func(context.Context, []news.Item) (map[news.ItemID]news.ItemID, error)

// Tagger says what an item is about.
type Tagger interface {
	Tag(*news.Item) news.Tagging
}

// Stories gives every item a story that has none (news.Item.Story).
type Stories interface {
	Place(ctx context.Context, items []news.Item) error
}

// Visitable is a source with what planning its visits needs.
type Visitable struct {
	Outlet   news.Outlet
	Source   news.Source
	Schedule *Schedule // nil: adaptive
	Private  bool      // on an intranet host: only the configured interval limits the rate
}

// Chore is scheduled work that is no visit: a digest, a backup.
type Chore struct {
	Name     string // "digest daily"
	Schedule *Schedule
	CatchUp  CatchUp
	Do       func(ctx context.Context, due time.Time) error
}

// CatchUp says what happens to times that were missed.
type CatchUp string

// Policies for missed times.
const (
	CatchUpLatest CatchUp = "latest" // the latest is done, once
	CatchUpAll    CatchUp = "all"    // every one is done, in order
	CatchUpNone   CatchUp = "none"   // none is
)

// Plan is what a monitor does, and how eagerly.
type Plan struct {
	Sources     []Visitable
	Chores      []Chore
	Workers     int           // visits at a time
	MinInterval time.Duration // between two visits of a source
}

// Monitor carries out a plan.
type Monitor struct {
	store   store.Store
	fetcher Fetcher
	tagger  Tagger
	log     *slog.Logger
	drain   time.Duration

	mu       sync.Mutex
	plan     Plan
	busy     map[string]bool             // hosts and chores that are worked on
	under    map[news.SourceID]bool      // visits under way: their end writes the state
	putOff   map[news.SourceID]time.Time // visits that the archive would not let begin
	running  int
	public   network    // whether hosts beyond ours can be reached
	intranet network    // and those inside
	judging  sync.Mutex // see blameNetwork
	reloaded chan struct{}
	done     chan struct{} // a job ended: look again
	looked   atomic.Int64  // when Run last looked what is due
	jobs     sync.WaitGroup

	onVisit func(Visited)
	stories Stories // nil: items get none
}

// Visited tells a listener how a visit ended.
type Visited struct {
	Source  news.SourceID
	Outcome news.Outcome
	Saved   store.Saved
	Took    time.Duration
	Error   string
}

// New returns a monitor that has not started.
func New(st store.Store, f Fetcher, tg Tagger, plan Plan, log *slog.Logger) *Monitor {
	return &Monitor{
		store: st, fetcher: f, tagger: tg, plan: plan, log: log, drain: 20 * time.Second,
		busy: map[string]bool{}, under: map[news.SourceID]bool{}, putOff: map[news.SourceID]time.Time{}, reloaded: make(chan struct{}, 1), done: make(chan struct{}, 1),
	}
}

// OnVisit sets a listener for the ends of visits. Call it before Run.
func (m *Monitor) OnVisit(f func(Visited)) { m.onVisit = f }

// TellStories sets who gives items their stories. Call it before Run.
func (m *Monitor) TellStories(s Stories) { m.stories = s }

// Looked is when the monitor last looked what is due. While it runs, that is
// never much longer ago than a minute.
func (m *Monitor) Looked() time.Time { return time.Unix(0, m.looked.Load()) }

// Reload puts another plan in the place of the one in force. Visits that are
// under way go on.
func (m *Monitor) Reload(plan Plan) {
	m.mu.Lock()
	m.plan = plan
	m.mu.Unlock()
	signal(m.reloaded)
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// recheck bounds how long the monitor trusts its timers: clocks jump.
const recheck = time.Minute

// Run does what is due until ctx ends, and then returns when the work that was
// begun has ended, 20 seconds later at most.
func (m *Monitor) Run(ctx context.Context) error {
	work, abort := context.WithCancel(context.WithoutCancel(ctx))
	defer abort()
	m.spreadOverdue(ctx)
	timer := time.NewTimer(0)
	defer timer.Stop()
	last := wallClock()
	for {
		select {
		case <-ctx.Done():
			m.drainJobs(abort)
			return nil
		case <-timer.C:
		case <-m.reloaded:
		case <-m.done:
		}
		if ctx.Err() != nil {
			continue // nothing new is begun
		}
		now := wallClock()
		if now.Sub(last) > 2*recheck { // the machine slept, or its clock jumped
			m.spreadOverdue(ctx)
		}
		last = now
		m.looked.Store(now.UnixNano())
		next := m.startDue(work, ctx)
		timer.Reset(min(max(time.Until(next), 10*time.Millisecond), recheck))
	}
}

// wallClock is the time without the monotonic clock, which stands still while
// the machine sleeps.
func wallClock() time.Time { return time.Now().Round(0) }

// current is the plan in force.
func (m *Monitor) current() Plan {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.plan
}

// spreadOverdue spreads the visits that became due while nobody was running, so
// that a start is no burst. Intranet hosts are not spared.
func (m *Monitor) spreadOverdue(ctx context.Context) {
	now := time.Now()
	states, err := m.store.SourceStates(ctx)
	if err != nil {
		return // the loop will say so
	}
	for _, v := range m.current().Sources {
		st, known := states[v.Source.ID]
		if !known || v.Private || st.Paused != "" || now.Sub(st.Due) < time.Minute {
			continue
		}
		if due := spread(st, now); !due.Equal(st.Due) {
			st.Due = due
			m.put(ctx, st)
		}
	}
}

// drainJobs lets visits end by themselves for half the time, and cancels them then.
func (m *Monitor) drainJobs(abort func()) {
	ended := make(chan struct{})
	go func() {
		m.jobs.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return
	case <-time.After(m.drain / 2):
	}
	abort()
	select {
	case <-ended:
	case <-time.After(m.drain / 2):
		m.log.Warn("jobs did not end in time; what they had saved is kept")
	}
}

// startDue starts every job that is due and has room, and returns when to look
// again.
func (m *Monitor) startDue(work, ctx context.Context) time.Time {
	now := time.Now()
	next := now.Add(recheck)
	plan := m.current()
	for i := range plan.Chores {
		next = earlier(next, m.considerChore(work, &plan.Chores[i], now))
	}
	states, err := m.store.SourceStates(ctx)
	if err != nil {
		if ctx.Err() == nil {
			m.log.Error("cannot read the state of the sources; trying again in a minute", "error", err)
		}
		return next
	}
	return earlier(next, m.considerSources(work, plan, states, now))
}

func earlier(a, b time.Time) time.Time {
	if b.IsZero() || a.Before(b) {
		return a
	}
	return b
}

// dueSource is a source that is due.
type dueSource struct {
	v     *Visitable
	state news.SourceState
}

func (m *Monitor) considerSources(work context.Context, plan Plan, states map[news.SourceID]news.SourceState, now time.Time) time.Time {
	var next time.Time
	var due []dueSource
	for i := range plan.Sources {
		v := &plan.Sources[i]
		st, known := states[v.Source.ID]
		if !known || st.URL != v.Source.URL {
			st = news.SourceState{ID: v.Source.ID, URL: v.Source.URL}
		}
		if st.Paused != "" {
			continue
		}
		if rewind(&st, now) {
			m.put(work, st)
		}
		if from := later(st.Due, m.heldBack(v.Source.ID)); from.After(now) {
			next = earlier2(next, from)
			continue
		}
		due = append(due, dueSource{v, st})
	}
	slices.SortStableFunc(due, func(a, b dueSource) int { return a.state.Due.Compare(b.state.Due) })
	return earlier2(next, m.startInTurn(work, plan, due, now))
}

// startInTurn starts what is due, the longest overdue first. While the network
// is down one source at a time tries, in turn, or one whose own server is dead
// would hide that the network is back.
func (m *Monitor) startInTurn(work context.Context, plan Plan, due []dueSource, now time.Time) time.Time {
	if m.public.isDown() {
		slices.SortStableFunc(due, func(a, b dueSource) int { return a.state.LastVisit.Compare(b.state.LastVisit) })
	}
	var next time.Time
	for _, d := range due {
		if !d.v.Private {
			if wait := m.public.hold(now); !wait.IsZero() {
				next = earlier2(next, wait)
				continue
			}
		}
		m.start(work, d, plan, now)
	}
	return next
}

// rewind plans a source anew that was visited in the future: the clock was set
// back since, and the source waits for as long as it was meant to.
func rewind(st *news.SourceState, now time.Time) bool {
	ahead := st.LastVisit.Sub(now)
	if ahead <= recheck {
		return false
	}
	st.LastVisit, st.Due = now, st.Due.Add(-ahead)
	return true
}

// postpone leaves a source alone for a minute that the archive would not let be
// visited. It is kept in memory, as the archive may be what fails.
func (m *Monitor) postpone(id news.SourceID, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.putOff[id] = now.Add(recheck)
}

func (m *Monitor) heldBack(id news.SourceID) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	until := m.putOff[id]
	if !until.IsZero() && !until.After(time.Now()) {
		delete(m.putOff, id)
	}
	return until
}

// earlier2 is the earlier of two times; the zero time is none.
func earlier2(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// start begins a visit if a worker is free and nobody else is at its host.
func (m *Monitor) start(work context.Context, d dueSource, plan Plan, now time.Time) {
	host := hostOf(d.v.Source.URL)
	m.mu.Lock()
	if m.running >= max(plan.Workers, 1) || m.busy[host] || m.under[d.v.Source.ID] {
		m.mu.Unlock()
		return
	}
	m.busy[host], m.under[d.v.Source.ID] = true, true
	m.running++
	m.mu.Unlock()
	m.jobs.Add(1)
	go func() {
		defer m.jobs.Done()
		defer func() {
			m.mu.Lock()
			delete(m.busy, host)
			delete(m.under, d.v.Source.ID)
			m.running--
			m.mu.Unlock()
			signal(m.done)
		}()
		m.visit(work, d, plan, now)
	}()
}

// isUnder reports whether a source is being visited. Its state is not written
// by others then: what they read may be old when they write.
func (m *Monitor) isUnder(id news.SourceID) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.under[id]
}

func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	return strings.TrimPrefix(strings.ToLower(u.Host), "www.")
}

// jitter spreads visits upward by up to a tenth of their interval, differently
// for each source and time.
func jitter(id news.SourceID, at time.Time, interval time.Duration) time.Duration {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	_, _ = h.Write([]byte(at.Format(time.RFC3339)))
	return time.Duration(h.Sum32()%1000) * interval / 10_000
}
