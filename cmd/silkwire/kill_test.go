package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"silkwire/config"
	"silkwire/news"
	"silkwire/store"
	"silkwire/store/bolt"
)

// The moments of a digest's life at which the daemon is killed, besides those
// of the mail server.
const (
	whenPlanned   = "planned"   // it is due, and nothing is written
	whenRendered  = "rendered"  // it is frozen, and nothing is sent
	whenDelivered = "delivered" // the server has taken it, and that is being written down
)

// killing is a daemon that is killed again and again, with another digest due
// in every life.
type killing struct {
	site   *site
	office *stagedServer
	random *rand.Rand
	stages []string // of each life
}

var killed = []string{"first@example.org", "second@example.org"}

func TestSIGKILLAtAnyMomentLosesNoDigest(t *testing.T) { // M5, M6, M7, P4
	long(t)
	t.Parallel()
	kills := 1
	if s := os.Getenv("SILKWIRE_KILLS"); s != "" {
		var err error
		if kills, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	for _, stage := range []string{
		whenPlanned, whenRendered, atGreeting, atMail, atRcpt, atData, atBody, atReply, atTempfail, atPermfail, whenDelivered,
	} {
		t.Run(stage, func(t *testing.T) {
			t.Parallel()
			k := newKilling(t)
			for range kills {
				k.live(t, stage)
			}
			k.settle(t)
			k.judge(t)
		})
	}
}

func newKilling(t *testing.T) *killing {
	k := &killing{site: newSite(t), office: startPostOffice(t), random: rand.New(rand.NewPCG(uint64(os.Getpid()), 6))}
	k.site.cfg.SMTP = config.SMTP{Host: "127.0.0.1", Port: k.office.port, TLS: "none", From: "Silkwire <digest@example.org>"}
	k.site.cfg.Digests = nil
	k.site.withItem(t, time.Now().Add(-time.Hour))
	return k
}

func (k *killing) profile(i int) string { return fmt.Sprintf("d%d", i) }

// archive opens the archive between two lives.
func (k *killing) archive(t *testing.T, do func(*bolt.Store) error) {
	t.Helper()
	st, err := bolt.Open(filepath.Join(k.site.dir, "silkwire.db"), bolt.Options{LockTimeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if err := do(st); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
}

// live is one life: another digest is due, and the daemon is killed at a stage.
func (k *killing) live(t *testing.T, stage string) {
	t.Helper()
	id := k.profile(len(k.stages))
	k.stages = append(k.stages, stage)
	k.site.cfg.Digests = append(k.site.cfg.Digests, config.Digest{
		ID: id, Schedule: "* * * * *", Timezone: "UTC", To: killed, Query: "scholarships", WhenEmpty: "skip", CatchUp: "latest",
		Group: "actor", Labels: "en", MaxStories: 10,
	})
	k.site.write(t)
	ago := time.Now().Add(-2 * time.Hour)
	k.archive(t, func(st *bolt.Store) error {
		return st.Done(context.Background(), store.Run{Job: "digest " + id, Due: ago, Started: ago, Outcome: "baseline"})
	})
	ours := slices.Contains([]string{whenPlanned, whenRendered, whenDelivered}, stage)
	if !ours {
		k.office.arm(t, stage)
	}
	p := k.site.silkwire(t, "serve").begin(t)
	switch stage {
	case whenPlanned:
		p.says(t, "silkwire serves")
		time.Sleep(time.Duration(k.random.IntN(30)) * time.Millisecond)
	case whenRendered:
		p.says(t, "digest issued")
	case whenDelivered:
		p.says(t, "digest delivered")
	default:
		k.office.hears(t, "reached "+stage)
	}
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.ended
	if slices.Contains([]string{atGreeting, atMail, atRcpt, atData, atBody}, stage) {
		k.office.proceed(t)
	}
}

// says waits for a word in the log.
func (p *program) says(t *testing.T, word string) {
	t.Helper()
	p.until(t, promised(30*time.Second), "it says "+word, func() bool { return strings.Contains(p.errs.String(), word) })
}

// settle is a life in peace: what is open goes out. Time passes for what waits.
func (k *killing) settle(t *testing.T) {
	t.Helper()
	k.archive(t, func(st *bolt.Store) error {
		open, err := st.Outbox(context.Background())
		for _, m := range open {
			if m.State == store.TempFail {
				m.Next = time.Now()
				if err := st.Deliver(context.Background(), m); err != nil {
					return err
				}
			}
		}
		return err
	})
	p := k.site.silkwire(t, "serve").begin(t)
	address := p.address(t)
	p.until(t, promised(20*time.Second), "all is issued, and the outbox is empty", func() bool {
		if !k.allIssued(address) { // asked first: until then, an outbox may be empty because it was never filled
			return false
		}
		_, metrics := get(address, "/metrics")
		return strings.Contains(metrics, "silkwire_outbox_pending 0")
	})
	p.stop(t)
}

// allIssued reports whether every digest has been issued.
func (k *killing) allIssued(address string) bool {
	_, body := get(address, "/api/v1/editions")
	for i := range k.stages {
		if !strings.Contains(body, `"`+k.profile(i)+`"`) {
			return false
		}
	}
	return true
}

// judge holds the promise against what arrived.
func (k *killing) judge(t *testing.T) {
	t.Helper()
	copies := k.office.copies(t)
	k.archive(t, func(st *bolt.Store) error {
		for i := range k.stages {
			k.judgeDigest(t, st, i, copies)
		}
		return nil
	})
	extra, under := 0, 4 // messages under way at a time
	if slices.Contains([]string{atGreeting, atMail, atRcpt}, k.stages[0]) {
		under-- // the one that had not begun
	}
	for key, same := range copies {
		extra += len(same) - 1
		for _, c := range same {
			if c != same[0] {
				t.Errorf("%v came with other bytes", key)
			}
		}
	}
	if extra > under*len(k.stages) {
		t.Errorf("%d extra copies after %d kills", extra, len(k.stages))
	}
}

// judgeDigest asks that the one item was told once, to both, with one copy more
// at most for each kill since the digest was due.
func (k *killing) judgeDigest(t *testing.T, st *bolt.Store, life int, copies map[[2]string][]string) {
	t.Helper()
	profile, stage, kills := k.profile(life), k.stages[life], len(k.stages)-life
	list, err := st.EditionList(context.Background(), profile, 100)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, e := range list {
		told += e.Stories
		if e.Stories == 0 {
			continue
		}
		for _, m := range e.Messages {
			n := len(copies[[2]string{m.Recipient, m.MessageID}])
			if refused := m.State == store.PermFail && stage == atPermfail; refused && n == 0 {
				continue
			}
			if m.State != store.Accepted || n < 1 || n > 1+kills {
				t.Errorf("%s (killed at %s) to %s is %s after %d copies: %s", profile, stage, m.Recipient, m.State, n, m.Error)
			}
		}
	}
	if told != 1 {
		t.Errorf("%s (killed at %s) was told %d times", profile, stage, told)
	}
	its, err := st.Told(context.Background(), profile, []news.ItemID{news.NewItemID("one", "https://one.example/1", "")})
	if err != nil || len(its) != 1 {
		t.Errorf("%s: %d items are marked as told (%v)", profile, len(its), err)
	}
}
