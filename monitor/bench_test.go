package monitor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"silkwire/news"
	"silkwire/store"
	"silkwire/store/bolt"
)

// The tests of this package run in bubbles in which time costs nothing, on a
// real archive, with servers that are functions.

// morning is when the tests begin, unless they say otherwise.
var morning = time.Date(2026, 11, 21, 6, 0, 0, 0, time.UTC)

// bench is an archive, the servers of the day and the monitors that ran on them.
type bench struct {
	*testing.T
	store  store.Store
	path   string
	press  *press
	tagger Tagger
	log    *lockedBuffer
}

// inBubble runs a story in the early morning of an ordinary day.
func inBubble(t *testing.T, story func(*bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(morning))
		story(newBench(t))
	})
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{T: t, path: filepath.Join(t.TempDir(), "silkwire.db"), press: &press{}, tagger: silent{}, log: &lockedBuffer{}}
	b.open()
	t.Cleanup(b.close)
	return b
}

func (b *bench) open() {
	b.Helper()
	st, err := bolt.Open(b.path, bolt.Options{NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	b.store = st
}

func (b *bench) close() {
	b.Helper()
	if err := b.store.Close(); err != nil {
		b.Error(err)
	}
}

// reopen does to the archive what the end of the process does.
func (b *bench) reopen() {
	b.Helper()
	b.close()
	b.open()
}

// running is a monitor at work.
type running struct {
	*Monitor
	bench *bench
	stop  func()
	ended chan struct{}
}

// start starts a monitor. It is stopped with the test, if not before.
func (b *bench) start(plan Plan) *running {
	b.Helper()
	m := New(b.store, b.press, b.tagger, plan, slog.New(slog.NewTextHandler(b.log, nil)))
	ctx, stop := context.WithCancel(context.Background())
	r := &running{Monitor: m, bench: b, stop: stop, ended: make(chan struct{})}
	go func() {
		defer close(r.ended)
		if err := m.Run(ctx); err != nil {
			b.Errorf("the monitor ended with %v", err)
		}
	}()
	b.Cleanup(r.end)
	return r
}

// end stops a monitor and waits for its end.
func (r *running) end() {
	r.stop()
	<-r.ended
}

// state is what the archive remembers of a source.
func (b *bench) state(id news.SourceID) news.SourceState {
	b.Helper()
	st, err := b.store.Source(context.Background(), id)
	if err != nil {
		b.Fatal(err)
	}
	return st
}

// said counts the lines of the log that hold a text.
func (b *bench) said(what string) int { return strings.Count(b.log.String(), what) }

// seen is one visit that a server saw.
type seen struct {
	source news.SourceID
	at     time.Time
	until  time.Time
}

// press answers visits, and remembers them.
type press struct {
	answer func(ctx context.Context, src news.Source, n int) (news.Batch, error) // nil: one item each time

	mu     sync.Mutex
	visits []seen
	under  map[string]int // by host: visits under way
	most   map[string]int
}

func (p *press) Visit(ctx context.Context, _ news.Outlet, src news.Source, _ news.Checkpoint, _ KnownFunc) (news.Batch, error) {
	i, n := p.enter(src)
	defer p.leave(src, i)
	if p.answer != nil {
		return p.answer(ctx, src, n)
	}
	return oneItem(src, n), nil
}

func (p *press) enter(src news.Source) (index, earlier int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.under == nil {
		p.under, p.most = map[string]int{}, map[string]int{}
	}
	host := hostOf(src.URL)
	p.under[host]++
	p.under["*"]++
	for _, h := range []string{host, "*"} {
		p.most[h] = max(p.most[h], p.under[h])
	}
	for _, v := range p.visits {
		if v.source == src.ID {
			earlier++
		}
	}
	p.visits = append(p.visits, seen{source: src.ID, at: time.Now()})
	return len(p.visits) - 1, earlier
}

func (p *press) leave(src news.Source, i int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.visits[i].until = time.Now()
	p.under[hostOf(src.URL)]--
	p.under["*"]--
}

// times are the beginnings of the visits of a source; of all, for "".
func (p *press) times(id news.SourceID) (out []time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, v := range p.visits {
		if id == "" || v.source == id {
			out = append(out, v.at)
		}
	}
	return out
}

// gaps are the times between the visits of a source.
func (p *press) gaps(id news.SourceID) (out []time.Duration) {
	times := p.times(id)
	for i := 1; i < len(times); i++ {
		out = append(out, times[i].Sub(times[i-1]))
	}
	return out
}

// oneItem is a visit that brought one new item and validators.
func oneItem(src news.Source, n int) news.Batch {
	address := fmt.Sprintf("%s/%d", src.URL, n)
	it := news.Item{ID: news.NewItemID(src.Outlet, address, ""), Outlet: src.Outlet, Source: src.ID, URL: address, Title: fmt.Sprintf("The %dth", n), Fetched: time.Now()}
	return news.Batch{Source: src.ID, At: time.Now(), Outcome: news.OK, Items: []news.Item{it}, Checkpoint: news.Checkpoint{ETag: `"a"`}, Requests: 1}
}

// nothing is a visit that found everything unchanged.
func nothing(src news.Source) news.Batch {
	return news.Batch{Source: src.ID, At: time.Now(), Outcome: news.Unchanged, Checkpoint: news.Checkpoint{ETag: `"a"`}, Requests: 1}
}

// failure is a visit that failed after a request.
func failure(o news.Outcome, wish time.Duration) error {
	return &news.VisitError{Outcome: o, RetryAfter: wish, Requests: 1, Err: errors.New("refused by the test")}
}

// takes is how long an answer takes; it is cut short with ctx.
func takes(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return &news.VisitError{Outcome: news.Interrupted, Requests: 1, Err: ctx.Err()}
	}
}

// silent tags nothing.
type silent struct{}

func (silent) Tag(*news.Item) news.Tagging { return news.Tagging{Lang: "en"} }

// source is a source on a host of its own.
func source(id string) Visitable { return sourceAt(id, "https://"+id+".example/feed") }

func sourceAt(id, address string) Visitable {
	return Visitable{
		Outlet: news.Outlet{ID: news.OutletID(id), Name: id},
		Source: news.Source{ID: news.SourceID(id), Outlet: news.OutletID(id), Kind: news.Feed, URL: address},
	}
}

// intranet is a source on a private host.
func intranet(id string) Visitable {
	v := sourceAt(id, "http://"+id+".internal/feed")
	v.Private = true
	return v
}

// sources are n sources on hosts of their own: s0, s1, …
func sources(n int) (out []Visitable) {
	for i := range n {
		out = append(out, source(fmt.Sprintf("s%d", i)))
	}
	return out
}

func hourly(sources ...Visitable) Plan {
	return Plan{Sources: sources, Workers: 16, MinInterval: time.Hour}
}

func scheduled(t *testing.T, spec string, finest time.Duration) *Schedule {
	t.Helper()
	s, err := ParseSchedule(spec, time.UTC, finest)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// shortest is the smallest of at least one gap.
func (b *bench) shortest(gaps []time.Duration) time.Duration {
	b.Helper()
	if len(gaps) == 0 {
		b.Fatal("there was no second visit")
	}
	return slices.Min(gaps)
}

// moody is an archive that is not always itself.
type moody struct {
	store.Store
	claim  func() error // asked before each claim
	states func()       // called before states are read
	done   func()       // called before runs are recorded
}

func (m *moody) Done(ctx context.Context, run store.Run) error {
	if m.done != nil {
		m.done()
	}
	return m.Store.Done(ctx, run)
}

func (m *moody) Claim(ctx context.Context, job store.Job, now time.Time, lease time.Duration) error {
	if m.claim != nil {
		if err := m.claim(); err != nil {
			return err
		}
	}
	return m.Store.Claim(ctx, job, now, lease)
}

func (m *moody) SourceStates(ctx context.Context) (map[news.SourceID]news.SourceState, error) {
	if m.states != nil {
		m.states()
	}
	return m.Store.SourceStates(ctx)
}

// lockedBuffer is a log that many write.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
