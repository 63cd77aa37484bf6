package main

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"silkwire/config"
	"silkwire/news"
	"silkwire/store"
	"silkwire/store/bolt"
)

// letter is a mail that the post office took.
type letter struct {
	from string
	to   []string
	body string
}

// postOffice takes mail on loopback.
type postOffice struct {
	mu      sync.Mutex
	letters []letter
}

func (o *postOffice) all() []letter {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]letter(nil), o.letters...)
}

// NewSession implements [smtp.Backend].
func (o *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return &counter{office: o}, nil }

// counter is one connection to the post office.
type counter struct {
	office *postOffice
	letter
}

func (c *counter) Mail(from string, _ *smtp.MailOptions) error { c.from = from; return nil }
func (c *counter) Rcpt(to string, _ *smtp.RcptOptions) error   { c.to = append(c.to, to); return nil }
func (c *counter) Reset()                                      { c.letter = letter{} }
func (c *counter) Logout() error                               { return nil }

func (c *counter) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	c.body = string(content)
	c.office.mu.Lock()
	defer c.office.mu.Unlock()
	c.office.letters = append(c.office.letters, c.letter)
	return nil
}

// openPostOffice opens one, and tells a configuration of it.
func openPostOffice(t *testing.T, cfg *config.Config) *postOffice {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	office := &postOffice{}
	server := smtp.NewServer(office)
	server.Domain = "localhost"
	go func() { _ = server.Serve(l) }() // ends with Close
	t.Cleanup(func() { _ = server.Close() })
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	cfg.SMTP = config.SMTP{Host: "127.0.0.1", Port: number, TLS: "none", From: "Silkwire <digest@example.org>"}
	cfg.Digests[0].To = []string{"analyst@example.org"}
	return office
}

// withItem puts an item into an archive that nobody visits for.
func (s *site) withItem(t *testing.T, seen time.Time, jobs ...store.Run) {
	t.Helper()
	st, err := bolt.Open(filepath.Join(s.dir, "silkwire.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	it := news.Item{
		ID: news.NewItemID("one", "https://one.example/1", ""), Outlet: "one", Source: "one", URL: "https://one.example/1",
		Title: "China gives Uzbekistan 200 scholarships", Text: "China will give 200 scholarships to students of Uzbekistan, the embassy said.",
		Published: seen, Fetched: seen,
	}
	it.Tagging = news.Tagging{Lang: "en", Relevance: 0.9, Relevant: true, Tags: []news.Tag{}, Events: []news.Event{}}
	if _, err := st.Save(t.Context(), []news.Item{it}, news.SourceState{ID: "one", URL: "https://one.example/feed"}); err != nil {
		t.Fatal(err)
	}
	for _, run := range jobs {
		if err := st.Done(t.Context(), run); err != nil {
			t.Fatal(err)
		}
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestSendingTwiceInAMinuteIsOneEdition(t *testing.T) { // M8
	t.Parallel()
	long(t)
	for range 3 {
		s := newSite(t)
		office := openPostOffice(t, s.cfg)
		s.write(t)
		s.withItem(t, time.Now().Add(-time.Hour))
		began := time.Now()
		first := s.silkwire(t, "digest", "send").must(t, 0)
		second := s.silkwire(t, "digest", "send").must(t, 0)
		if time.Since(began) > 50*time.Second {
			continue // too slow to tell: once more
		}
		if !strings.Contains(first, "accepted") || second != first {
			t.Errorf("the first says %sthe second %s", first, second)
		}
		letters := office.all()
		if len(letters) != 1 {
			t.Fatalf("%d letters", len(letters))
		}
		l := letters[0]
		if l.from != "digest@example.org" || len(l.to) != 1 || l.to[0] != "analyst@example.org" || !strings.Contains(l.body, "scholarships") {
			t.Errorf("the letter: from %s to %q\n%s", l.from, l.to, l.body)
		}
		if out := s.silkwire(t, "digest", "history").must(t, 0); strings.Count(out, "accepted") != 1 {
			t.Errorf("the history: %s", out)
		}
		return
	}
	t.Fatal("this machine is too slow to send twice in a minute")
}

func TestTheDaemonIssuesTheDigestThatIsDue(t *testing.T) { // T8
	t.Parallel()
	s := newSite(t)
	office := openPostOffice(t, s.cfg)
	s.cfg.Digests[0].Schedule = "* * * * *"
	s.cfg.Digests = append(s.cfg.Digests, config.Digest{
		ID: "daily-2", Schedule: "* * * * *", Timezone: "UTC", Query: "is:relevant", WhenEmpty: "skip", CatchUp: "latest",
		Group: s.cfg.Digests[0].Group, Labels: s.cfg.Digests[0].Labels, MaxStories: s.cfg.Digests[0].MaxStories, Dir: filepath.Join(s.dir, "second"),
	})
	s.write(t)
	ago := time.Now().Add(-2 * time.Hour)
	s.withItem(t, time.Now().Add(-time.Hour),
		store.Run{Job: "digest daily", Due: ago, Started: ago, Outcome: "baseline"}, store.Run{Job: "digest daily-2", Due: ago, Started: ago, Outcome: "baseline"})
	p, _ := s.serve(t)
	p.until(t, 30*time.Second, "the digest arrived", func() bool { return len(office.all()) > 0 })
	second := func() []string {
		files, _ := filepath.Glob(filepath.Join(s.dir, "second", "*-daily-2.eml"))
		return files
	}
	p.until(t, 30*time.Second, "the other one lies in its own directory", func() bool { return len(second()) > 0 })
	if body := office.all()[0].body; !strings.Contains(body, "scholarships") || !strings.Contains(body, "Auto-Submitted: auto-generated") {
		t.Errorf("the letter:\n%s", body)
	}
	p.stop(t)
	if _, err := os.Stat(filepath.Join(s.dir, "digests")); !os.IsNotExist(err) {
		t.Errorf("something lies in the directory of nobody: %v", err)
	}
}
