package digest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"silkwire/news"
	"silkwire/store"
)

// answers is a Sender that says what a function says.
type answers func(to string, body []byte) error

func (a answers) Send(_ context.Context, m store.Message) error { return a(m.Recipient, m.Body) }

func deliver(t *testing.T, c *Courier) time.Time {
	t.Helper()
	next, err := c.Deliver(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func TestARefusalIsTriedAgainLaterAndLater(t *testing.T) { // M1
	a, w := outboxOf(t, "a@desk.example")
	tries := 0
	c := courier(a, w, answers(func(string, []byte) error {
		tries++
		return &Failure{Kind: Temporary, Stage: "connect", Err: errors.New("refused")}
	}))
	var pauses []string
	begun := w.now()
	for {
		next := deliver(t, c)
		if next.IsZero() {
			break
		}
		pause := next.Sub(w.now())
		pauses = append(pauses, pause.String())
		w.pass(pause - time.Second)
		if deliver(t, c); tries != len(pauses) {
			t.Fatal("it was tried too early")
		}
		w.pass(time.Second)
	}
	if want := []string{"5m0s", "10m0s", "20m0s", "40m0s", "1h0m0s", "1h0m0s"}; !slices.Equal(pauses[:6], want) {
		t.Errorf("%q", pauses)
	}
	m := a.delivery()["a@desk.example"]
	if took := w.now().Sub(begun); m.State != store.Dead || took < 48*time.Hour || took > 50*time.Hour || !strings.Contains(m.Error, "refused") {
		t.Errorf("%s after %s: %s", m.State, took, m.Error)
	}
	if e, err := a.Edition(context.Background(), m.Edition); err != nil || len(e.Messages[0].Body) == 0 {
		t.Error("the letter was thrown away")
	}
}

func TestOneBadRecipientOfTenHoldsNobody(t *testing.T) { // M3, M4
	var to []string
	for i := range 10 {
		to = append(to, fmt.Sprintf("r%d@desk.example", i))
	}
	a, w := outboxOf(t, to...)
	var mu sync.Mutex
	got := map[string]int{}
	c := courier(a, w, answers(func(to string, _ []byte) error {
		mu.Lock()
		defer mu.Unlock()
		got[to]++
		if to == "r3@desk.example" {
			return &Failure{Kind: Permanent, Stage: "RCPT TO", Err: errors.New("550 no such user")}
		}
		return nil
	}))
	for range 5 {
		deliver(t, c)
		w.pass(time.Hour)
	}
	for _, r := range to {
		want := store.Accepted
		if r == "r3@desk.example" {
			want = store.PermFail
		}
		if m := a.delivery()[r]; m.State != want || got[r] != 1 {
			t.Errorf("%s: %s after %d tries", r, m.State, got[r])
		}
	}
}

func TestAFullDiskMultipliesNoMail(t *testing.T) { // D5
	a, w := outboxOf(t, "a@desk.example")
	sent := 0
	c := courier(a, w, answers(func(string, []byte) error {
		sent++
		a.mu.Lock()
		a.full = true // the disk fills while the mail is under way
		a.mu.Unlock()
		return nil
	}))
	if _, err := c.Deliver(context.Background()); !errors.Is(err, store.ErrFull) {
		t.Fatal(err)
	}
	for range 5 {
		if _, err := c.Deliver(context.Background()); !errors.Is(err, store.ErrFull) {
			t.Fatal(err)
		}
		w.pass(time.Hour)
	}
	a.full = false
	if deliver(t, c); sent != 1 || a.delivery()["a@desk.example"].State != store.Accepted {
		t.Errorf("sent %d times, %s", sent, a.delivery()["a@desk.example"].State)
	}
	a.full = true
	issueInto(t, a, w, "b@desk.example")
	if _, err := c.Deliver(context.Background()); !errors.Is(err, store.ErrFull) || sent != 1 {
		t.Errorf("with a full disk %d were sent: %v", sent, err)
	}
}

// issueInto freezes another edition, disk full or not.
func issueInto(t *testing.T, a *archive, w *watch, to string) {
	t.Helper()
	full := a.full
	a.full = false
	d := &Desk{Store: a, Taxonomy: concepts(t), Mail: true, Now: w.now}
	p := daily(to)
	p.WhenEmpty = Send
	issue(t, d, p, w.now())
	a.full = full
}

func TestASendingFoundAtStartGoesOutAtOnceWithTheSameBytes(t *testing.T) { // M6
	a, w := outboxOf(t, "a@desk.example")
	var got [][]byte
	a.died = func(moment string) bool { return moment == "before accepted" }
	sender := answers(func(_ string, body []byte) error { got = append(got, body); return nil })
	if _, err := courier(a, w, sender).Deliver(context.Background()); !errors.Is(err, errDead) {
		t.Fatal(err)
	}
	a.died, a.dead = nil, false
	if deliver(t, courier(a, w, sender)); len(got) != 2 || string(got[0]) != string(got[1]) {
		t.Errorf("%d copies", len(got))
	}
}

func TestAClockSetBackFreezesNothing(t *testing.T) { // T5
	a, w := outboxOf(t, "a@desk.example")
	broken := true
	c := courier(a, w, answers(func(string, []byte) error {
		if broken {
			return &Failure{Kind: Temporary, Stage: "connect", Err: errors.New("refused")}
		}
		return nil
	}))
	deliver(t, c)
	broken = false
	w.pass(-3 * time.Hour)
	if deliver(t, c); a.delivery()["a@desk.example"].State != store.Accepted {
		t.Error("it waits for a time that is three hours away")
	}
}

func TestAChannelWithoutASenderIsTriedAgain(t *testing.T) {
	a, w := outboxOf(t, "a@desk.example")
	c := courier(a, w, nil)
	c.Senders = nil
	deliver(t, c)
	if m := a.delivery()["a@desk.example"]; m.State != store.TempFail || !strings.Contains(m.Error, "nothing is configured") {
		t.Errorf("%+v", m)
	}
}

func TestStoppingLeavesTheRestForLater(t *testing.T) {
	a, w := outboxOf(t, "a@desk.example", "b@desk.example", "c@desk.example")
	ctx, cancel := context.WithCancel(context.Background())
	c := courier(a, w, answers(func(string, []byte) error {
		cancel()
		return &Failure{Kind: Interrupted, Stage: "DATA", Err: context.Canceled}
	}))
	c.AtOnce = 1
	if _, err := c.Deliver(ctx); err != nil {
		t.Fatal(err)
	}
	tempfails := 0
	for _, m := range a.delivery() {
		if !m.State.Open() || m.State == store.Sending || m.Attempts != 0 {
			t.Errorf("%+v", m.State)
		}
		if m.State == store.TempFail {
			tempfails++
		}
	}
	if tempfails != 1 {
		t.Errorf("%d were tried", tempfails)
	}
	c = courier(a, w, answers(func(string, []byte) error { return nil }))
	if next := deliver(t, c); !next.IsZero() {
		t.Error("something stayed")
	}
}

func TestADirectoryGetsTheThreeFiles(t *testing.T) {
	d, a, w := stage(t)
	d.Mail = false
	e := issue(t, d, daily(), closing())
	dir := filepath.Join(t.TempDir(), "digests")
	c := courier(a, w, nil)
	c.Senders = map[string]Sender{FileChannel: Dir(dir)}
	if next := deliver(t, c); !next.IsZero() {
		t.Fatal(a.delivery())
	}
	compiled, err := Read(e.Compiled)
	if err != nil {
		t.Fatal(err)
	}
	m := render(t, compiled)
	for ending, want := range map[string]string{".html": m.HTML, ".txt": m.Text} {
		got, err := os.ReadFile(filepath.Join(dir, "2026-11-21-daily"+ending))
		if err != nil || string(got) != want {
			t.Errorf("%s: %v, %d bytes", ending, err, len(got))
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 3 {
		t.Errorf("%v %v", files, err)
	}
}

func TestADirectoryRefusesToLeaveItself(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"../x", "a/b", "", ".", "..", "/etc/x"} {
		err := Dir(dir).Send(context.Background(), store.Message{Recipient: name, Body: letter(t, "a@desk.example")})
		fails(t, err, Permanent, "name")
	}
}

// storm is a month of a life full of accidents: editions are due, items arrive
// and change, the process dies at every kind of moment, and the mail server
// says everything a mail server may say.
type storm struct {
	t       *testing.T
	rand    *rand.Rand
	archive *archive
	watch   *watch
	office  *postOffice
	desk    *Desk
	courier *Courier

	mu      sync.Mutex
	calm    bool
	hooked  map[string][]string // what the webhook took, by Message-ID
	excuses map[string]int      // crashes and lost replies while a message was under way, by recipient
	refused map[string]bool     // recipients that got a 5xx
	due     time.Time
	n       int
}

var readers = []string{"a@desk.example", "b@desk.example", "c@desk.example"}

func newStorm(t *testing.T, seed uint64) *storm {
	s := &storm{t: t, rand: rand.New(rand.NewPCG(seed, 1)), archive: &archive{}, watch: &watch{t: closing()}, due: closing(),
		hooked: map[string][]string{}, excuses: map[string]int{}, refused: map[string]bool{}}
	s.office = (&postOffice{onMail: s.onMail, onRcpt: s.onRcpt, onData: s.onData}).open(t, nil)
	s.begin()
	return s
}

// begin is a start of the process.
func (s *storm) begin() {
	s.archive.mu.Lock()
	defer s.archive.mu.Unlock()
	s.archive.dead = false
	s.archive.died = func(string) bool { return s.chance(25) }
	quiet := courier(s.archive, s.watch, s.office.plain())
	quiet.Senders[WebhookChannel] = hookOf(s.onHook)
	quiet.AtOnce = 1 + int(s.rand.Uint64()%3)
	s.courier = quiet
	s.desk = &Desk{Store: s.archive, Mail: true, Now: s.watch.now, Log: quiet.Log}
}

// chance is true once in n times while the storm lasts.
func (s *storm) chance(n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.calm && s.rand.IntN(n) == 0
}

// hookOf is a Sender of webhooks that says what a function says.
type hookOf func(store.Message) error

func (h hookOf) Send(_ context.Context, m store.Message) error { return h(m) }

// onHook is a webhook's server: every class of answer that it can give.
func (s *storm) onHook(m store.Message) error {
	answer := func(kind Kind) error { return &Failure{Kind: kind, Stage: "webhook", Err: errors.New("scripted")} }
	take := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.hooked[m.MessageID] = append(s.hooked[m.MessageID], string(m.Body))
	}
	switch {
	case s.chance(8):
		return answer(Temporary)
	case s.chance(60):
		s.mu.Lock()
		s.refused[m.Recipient] = true
		s.mu.Unlock()
		return answer(Permanent)
	case s.chance(8):
		take()
		s.mu.Lock()
		s.excuses[m.Recipient]++
		s.mu.Unlock()
		return answer(Ambiguous)
	}
	take()
	return nil
}

func (s *storm) onMail(string) error {
	switch {
	case s.chance(25):
		return says(421)
	case s.chance(25):
		return says(452)
	case s.chance(30):
		return errHangUp
	}
	return nil
}

func (s *storm) onRcpt(to string) error {
	switch {
	case s.chance(12):
		return says(450)
	case s.chance(40):
		s.mu.Lock()
		s.refused[to] = true
		s.mu.Unlock()
		return says(550)
	case s.chance(15):
		return errHangUp
	}
	return nil
}

func (s *storm) onData(to string) (bool, error) {
	if s.chance(15) { // the disk fills while the mail is under way
		s.disk(true)
	}
	switch {
	case s.chance(10):
		return false, says(451)
	case s.chance(60):
		s.mu.Lock()
		s.refused[to] = true
		s.mu.Unlock()
		return false, says(554)
	case s.chance(10):
		return false, errHangUp
	case s.chance(8):
		s.mu.Lock()
		s.excuses[to]++ // the reply is lost
		s.mu.Unlock()
		return true, errHangUp
	}
	return true, nil
}

// bury counts the messages that were under way when the process died, and
// begins another life.
func (s *storm) bury() {
	s.mu.Lock()
	for _, e := range s.archive.editions {
		for _, m := range e.Messages {
			if m.State == store.Sending {
				s.excuses[m.Recipient]++
			}
		}
	}
	s.mu.Unlock()
	s.begin()
}

func (s *storm) step() {
	switch s.rand.IntN(7) {
	case 0, 1:
		s.n++
		it := withEvent(item("karvon", "en", 1, fmt.Sprint("Item ", s.n), "China gives grants."), scholarships("uzbekistan", s.n), "China gives grants.")
		it.ID, it.Published, it.Fetched = news.ItemID(fmt.Sprint("item", s.n)), s.watch.now(), s.watch.now()
		s.archive.items = append(s.archive.items, it)
	case 2:
		if s.n > 0 {
			it := &s.archive.items[s.rand.IntN(s.n)]
			it.Revision++
			it.Title += " again"
			it.Tagging.Relevant = s.rand.IntN(2) == 0
		}
		if s.n > 1 { // another taxonomy sees other places in it
			it := &s.archive.items[s.rand.IntN(s.n)]
			it.Tagging.Taxonomy = fmt.Sprint("v", s.n)
			it.Tagging.Events = slices.Clone(it.Tagging.Events)
			it.Tagging.Events[0].Places = number(1000 + s.n)
		}
	case 3:
		s.watch.pass(6 * time.Hour)
		_, _ = s.courier.Deliver(context.Background())
	case 4:
		s.tick()
	default:
		_, _ = s.courier.Deliver(context.Background())
		s.watch.pass(10 * time.Minute)
	}
	if s.chance(6) {
		s.disk(s.chance(4))
	}
	if s.archive.dead || s.chance(30) {
		s.bury()
	}
}

// disk fills the disk, or makes room.
func (s *storm) disk(full bool) {
	s.archive.mu.Lock()
	defer s.archive.mu.Unlock()
	s.archive.full = full
}

// tick issues what is due, as a schedule does that catches up with the latest.
func (s *storm) tick() {
	p := daily(readers...)
	p.Channels = []Channel{{WebhookChannel, "newsroom"}}
	p.WhenEmpty = Send
	if due := s.watch.now().Truncate(24 * time.Hour); due.After(s.due) {
		if _, err := s.desk.Issue(context.Background(), p, due); err == nil {
			s.due = due
		}
	}
}

// settle is the calm after the storm.
func (s *storm) settle() {
	s.mu.Lock()
	s.calm = true
	s.mu.Unlock()
	s.disk(false)
	s.bury()
	s.watch.pass(25 * time.Hour)
	s.tick()
	for range 100 {
		next, err := s.courier.Deliver(context.Background())
		if err != nil {
			s.t.Fatal(err)
		}
		if next.IsZero() {
			return
		}
		s.watch.pass(max(0, next.Sub(s.watch.now())))
	}
	s.t.Fatal("the outbox is never empty")
}

// judge holds the promise against what arrived.
func (s *storm) judge() {
	s.mu.Lock()
	defer s.mu.Unlock()
	copies, extras := s.copies()
	for _, e := range s.archive.editions {
		for _, m := range e.Messages {
			switch n := copies[m.MessageID]; {
			case m.State == store.PermFail && s.refused[m.Recipient]:
			case m.State == store.Dead && m.Attempts >= leastTries && m.Tried.Sub(e.Rendered) > giveUp: // on record
			case m.State != store.Accepted:
				s.t.Errorf("%s of %s is %s: %s", e.ID, m.Recipient, m.State, m.Error)
			case n == 0:
				s.t.Errorf("%s never got %s", m.Recipient, e.ID)
			}
		}
	}
	for to, n := range extras {
		if n > s.excuses[to] {
			s.t.Errorf("%s got %d extra copies after %d accidents", to, n, s.excuses[to])
		}
	}
	s.judgeTelling()
}

// copies counts what arrived by Message-ID, and how often a recipient got one
// that he had. Copies with one Message-ID must be the same to the byte.
func (s *storm) copies() (copies, extras map[string]int) {
	copies, extras = map[string]int{}, map[string]int{}
	bodies := map[string]string{}
	for _, to := range readers {
		for _, body := range s.office.got(to) {
			id := unpack(s.t, []byte(body)).Header.Get("Message-Id")
			if before, again := bodies[id]; again {
				extras[to]++
				if before != body {
					s.t.Errorf("%s came with other bytes", id)
				}
			}
			bodies[id] = body
			copies[id]++
		}
	}
	for id, taken := range s.hooked {
		copies[id] = len(taken)
		extras["newsroom"] += len(taken) - 1
		if len(slices.Compact(slices.Clone(taken))) != 1 {
			s.t.Errorf("%s came with other bytes", id)
		}
	}
	return copies, extras
}

// judgeTelling holds every item since the first window to being told in exactly
// one edition.
func (s *storm) judgeTelling() {
	told := map[news.ItemID]int{}
	for _, frozen := range s.archive.editions {
		e, err := Read(frozen.Compiled)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, story := range e.Stories() {
			for _, item := range story.Told {
				told[item.Item]++
			}
		}
	}
	for _, it := range s.archive.items {
		inWindow := !it.Fetched.Before(s.archive.editions[0].From) && it.Fetched.Before(s.due)
		if inWindow && told[it.ID] != 1 {
			s.t.Errorf("%s was told %d times", it.ID, told[it.ID])
		}
	}
}

func TestNoStormMakesARecipientMissAnEdition(t *testing.T) { // M1–M8
	storms := 40
	if testing.Short() {
		storms = 10
	}
	var crashes, mails int
	for seed := range storms {
		t.Run(fmt.Sprint("storm ", seed), func(t *testing.T) {
			s := newStorm(t, uint64(seed))
			for range 120 {
				s.step()
			}
			s.settle()
			s.judge()
			for _, n := range s.excuses {
				crashes += n
			}
			for _, to := range slices.Collect(maps.Keys(s.office.received)) {
				mails += len(s.office.got(to))
			}
		})
	}
	if crashes < storms || mails < 10*storms {
		t.Errorf("the storms were mild: %d accidents, %d mails", crashes, mails)
	}
}
