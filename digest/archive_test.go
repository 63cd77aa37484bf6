package digest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
)

// archive is as much of a store.Store as a digest asks for, in memory. It can
// be made to die before or after a write, and to be full.
type archive struct {
	store.Store // what is not asked for

	mu       sync.Mutex
	items    []news.Item
	states   map[news.SourceID]news.SourceState
	editions []store.Edition
	off      []store.Subscription
	full     bool
	// died is called around every write; when it returns true the process
	// is dead: the write and everything after it fails.
	died func(moment string) bool
	dead bool
}

var errDead = errors.New("the process is dead")

func (a *archive) write(name string, do func() error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.dies("before " + name):
		return errDead
	case a.full:
		return store.ErrFull
	}
	err := do()
	if a.dies("after " + name) {
		return errDead
	}
	return err
}

func (a *archive) dies(moment string) bool {
	if !a.dead && a.died != nil {
		a.dead = a.died(moment)
	}
	return a.dead
}

func (a *archive) Find(_ context.Context, q store.Query) (store.Page, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var found []news.Item
	for _, it := range a.items {
		if it.Fetched.Before(q.FetchedFrom) || !it.Fetched.Before(q.FetchedTo) || !q.Search.Match(&it, search.Facts{}) {
			continue
		}
		if !q.WithText {
			it.Text = ""
		}
		found = append(found, it)
	}
	start := 0
	if q.Cursor != "" {
		if _, err := fmt.Sscan(q.Cursor, &start); err != nil {
			return store.Page{}, store.ErrCursor
		}
	}
	end := min(start+q.Limit, len(found))
	page := store.Page{Items: found[start:end]}
	if end < len(found) {
		page.Next = fmt.Sprint(end)
	}
	return page, nil
}

func (a *archive) Item(_ context.Context, id news.ItemID) (news.Item, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, it := range a.items {
		if it.ID == id {
			return it, nil
		}
	}
	return news.Item{}, store.ErrNotFound
}

func (a *archive) Subscription(_ context.Context, profile, recipient string) (store.Subscription, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.off {
		if s.Profile == profile && s.Recipient == recipient {
			return s, nil
		}
	}
	return store.Subscription{Profile: profile, Recipient: recipient}, nil
}

func (a *archive) SourceStates(context.Context) (map[news.SourceID]news.SourceState, error) {
	return a.states, nil
}

func (a *archive) Freeze(_ context.Context, e store.Edition) error {
	return a.write("freeze", func() error {
		if a.edition(e.ID) != nil {
			return store.ErrExists
		}
		a.editions = append(a.editions, e)
		return nil
	})
}

func (a *archive) edition(id string) *store.Edition {
	i := slices.IndexFunc(a.editions, func(e store.Edition) bool { return e.ID == id })
	if i < 0 {
		return nil
	}
	return &a.editions[i]
}

func (a *archive) Edition(_ context.Context, id string) (store.Edition, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	e := a.edition(id)
	if e == nil {
		return store.Edition{}, store.ErrNotFound
	}
	got := *e
	got.Messages = slices.Clone(e.Messages)
	return got, nil
}

func (a *archive) EditionList(_ context.Context, profile string, n int) ([]store.Edition, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var list []store.Edition
	for _, e := range slices.Backward(a.editions) {
		if e.Profile == profile && len(list) < n {
			e.Messages = slices.Clone(e.Messages)
			list = append(list, e)
		}
	}
	return list, nil
}

func (a *archive) Told(_ context.Context, profile string, ids []news.ItemID) (map[news.ItemID]store.Told, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	told := make(map[news.ItemID]store.Told)
	for _, e := range a.editions {
		for _, t := range e.Told {
			if e.Profile == profile && slices.Contains(ids, t.Item) {
				told[t.Item] = t
			}
		}
	}
	return told, nil
}

func (a *archive) Outbox(context.Context) ([]store.Message, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.dead {
		return nil, errDead
	}
	var open []store.Message
	for _, e := range a.editions {
		for _, m := range e.Messages {
			if m.State.Open() {
				open = append(open, m)
			}
		}
	}
	return open, nil
}

func (a *archive) Deliver(_ context.Context, m store.Message) error {
	return a.write(string(m.State), func() error {
		e := a.edition(m.Edition)
		if e == nil {
			return store.ErrNotFound
		}
		for i, old := range e.Messages {
			if parcelOf(old) == parcelOf(m) {
				m.Body, m.MessageID = old.Body, old.MessageID
				e.Messages[i] = m
				return nil
			}
		}
		return store.ErrNotFound
	})
}

// states are the states of all messages, by recipient.
func (a *archive) delivery() map[string]store.Message {
	a.mu.Lock()
	defer a.mu.Unlock()
	m := make(map[string]store.Message)
	for _, e := range a.editions {
		for _, msg := range e.Messages {
			m[msg.Recipient] = msg
		}
	}
	return m
}

// watch is a clock that a test sets.
type watch struct {
	mu sync.Mutex
	t  time.Time
}

func (w *watch) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.t
}

func (w *watch) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.t = w.t.Add(d)
}

// stage is a desk over an archive that holds the day's news.
func stage(t *testing.T) (*Desk, *archive, *watch) {
	a := &archive{items: newsOfTheDay()}
	w := &watch{t: closing().Add(3 * time.Second)}
	d := &Desk{Store: a, Taxonomy: concepts(t), Outlets: outlets(), Mail: true, Now: w.now, Log: slog.New(slog.DiscardHandler)}
	return d, a, w
}

func daily(to ...string) Profile {
	return Profile{ID: "daily", To: to, From: "Silkwire <digest@silkwire.example>", Zone: tashkent()}
}

func issue(t *testing.T, d *Desk, p Profile, due time.Time) store.Edition {
	t.Helper()
	e, err := d.Issue(context.Background(), p, due)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestAnEditionIsIssuedOnce(t *testing.T) { // M8
	d, a, w := stage(t)
	first := issue(t, d, daily("a@desk.example", "b@desk.example"), closing())
	bodies := maps.Clone(a.delivery())
	w.pass(time.Hour)
	a.items = append(a.items, late(item("karvon", "en", 1, "Another", "Another.")))
	again := issue(t, d, daily("a@desk.example", "c@desk.example"), closing())
	if again.ID != first.ID || len(a.editions) != 1 || len(again.Messages) != 2 {
		t.Fatalf("%+v", again)
	}
	for to, m := range a.delivery() {
		if string(m.Body) != string(bodies[to].Body) || m.MessageID != bodies[to].MessageID {
			t.Errorf("%s got other bytes", to)
		}
	}
	if first.Messages[0].MessageID == first.Messages[1].MessageID {
		t.Error("two recipients share a Message-ID")
	}
}

func TestTwoProfilesAtTheSameMinuteAreTwoDigests(t *testing.T) { // M8
	d, a, _ := stage(t)
	weekly := daily("a@desk.example")
	weekly.ID = "weekly"
	one, two := issue(t, d, daily("a@desk.example"), closing()), issue(t, d, weekly, closing())
	if one.ID == two.ID || len(a.editions) != 2 || one.Messages[0].MessageID == two.Messages[0].MessageID {
		t.Errorf("%s %s", one.ID, two.ID)
	}
}

func TestAWindowBeginsWhereTheLastOneEnded(t *testing.T) { // T8
	d, _, w := stage(t)
	issue(t, d, daily("a@desk.example"), closing())
	w.pass(72 * time.Hour)
	e := issue(t, d, daily("a@desk.example"), closing().Add(72*time.Hour))
	if !e.From.Equal(closing()) {
		t.Errorf("the window begins at %s", e.From)
	}
}

func TestAClockSetBackTellsNothingTwice(t *testing.T) { // T5
	d, a, w := stage(t)
	first := issue(t, d, daily("a@desk.example"), closing())
	w.pass(-2 * time.Hour)
	again := issue(t, d, daily("a@desk.example"), closing().Add(-2*time.Hour))
	if again.ID != first.ID || len(a.editions) != 1 {
		t.Errorf("an edition for a time that is covered: %s", again.ID)
	}
}

func TestNothingToTellIsRememberedAndGoesOutOnlyWhenWanted(t *testing.T) { // M21
	for _, c := range []struct {
		when WhenEmpty
		want int
	}{{"", 0}, {Skip, 0}, {Send, 1}} {
		d, a, _ := stage(t)
		a.items = nil
		p := daily("a@desk.example")
		p.WhenEmpty = c.when
		e := issue(t, d, p, closing())
		if len(e.Messages) != c.want || e.Stories != 0 || len(a.editions) != 1 {
			t.Errorf("%q: %d messages", c.when, len(e.Messages))
		}
	}
}

func TestABadAddressIsOnRecordAndHoldsNobody(t *testing.T) { // M4, M18
	d, a, _ := stage(t)
	issue(t, d, daily("a@desk.example", `"a@b> SIZE=1"@c.example`, "x\x00@y.example", "A <a@desk.example>", "b@desk.example"), closing())
	open, err := a.Outbox(context.Background())
	if err != nil || len(open) != 2 {
		t.Fatalf("%d open, %v", len(open), err)
	}
	bad := a.delivery()[`"a@b> SIZE=1"@c.example`]
	if bad.State != store.PermFail || bad.Error == "" || bad.Body != nil {
		t.Errorf("%+v", bad)
	}
}

func TestAllItemsOfTheWindowCountAsTold(t *testing.T) {
	d, _, _ := stage(t)
	p := daily("a@desk.example")
	p.MaxStories = 1
	e := issue(t, d, p, closing())
	if len(e.Told) != len(newsOfTheDay()) {
		t.Errorf("%d told", len(e.Told))
	}
	compiled, err := Read(e.Compiled)
	if err != nil || len(compiled.Stories()) != 1 || compiled.More != 5 {
		t.Errorf("%d shown, %d more, %v", len(compiled.Stories()), compiled.More, err)
	}
}

func TestACorrectionIsToldOnce(t *testing.T) {
	d, a, w := stage(t)
	issue(t, d, daily("a@desk.example"), closing())
	a.items[0].Title, a.items[0].Revision = "China to give 90 Uzbek students places", 1
	for day, want := range []int{1, 0} {
		w.pass(24 * time.Hour)
		e := issue(t, d, daily("a@desk.example"), closing().Add(time.Duration(day+1)*24*time.Hour))
		compiled, err := Read(e.Compiled)
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		if compiled.Corrections != nil {
			got = len(compiled.Corrections.List)
			if e.Told[0].Revision != 1 {
				t.Errorf("the archive is to remember %+v", e.Told)
			}
		}
		if got != want {
			t.Errorf("day %d: %d corrections", day+1, got)
		}
	}
}

func TestWithoutAMailServerEditionsGoToFiles(t *testing.T) {
	d, a, w := stage(t)
	d.Mail = false
	p := daily("a@desk.example")
	p.From = ""
	first := issue(t, d, p, closing())
	if m := first.Messages[0]; len(first.Messages) != 1 || m.Channel != FileChannel || m.Recipient != "2026-11-21-daily" {
		t.Fatalf("%+v", first.Messages)
	}
	a.items = append(a.items, late(item("karvon", "en", -1, "Another", "Another.")))
	a.items[len(a.items)-1].Fetched = closing().Add(time.Hour)
	w.pass(3 * time.Hour)
	if m := issue(t, d, p, closing().Add(3*time.Hour)).Messages; m[0].Recipient != "2026-11-21-100000-daily" {
		t.Errorf("the second edition of the day is %q", m[0].Recipient)
	}
}

func TestAPreviewKeepsNothing(t *testing.T) {
	d, a, _ := stage(t)
	e, m, err := d.Preview(context.Background(), daily(), closing())
	if err != nil || len(a.editions) != 0 || e.Counts.Stories != 6 || m.HTML == "" {
		t.Errorf("%v %d %+v", err, len(a.editions), e.Counts)
	}
}
