package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"silkwire/config"
	"silkwire/demo"
	"silkwire/news"
)

// The tests of processes run the program as a process of its own, on archives
// and ports of their own, and never beyond loopback.

// program is a run of the program.
type program struct {
	*exec.Cmd
	out, errs *output
	ended     chan struct{}
	code      int
}

// silkwire prepares a run with a state directory of its own.
func silkwire(t *testing.T, args ...string) *program {
	t.Helper()
	p := &program{Cmd: exec.Command("silkwire", args...), out: &output{}, errs: &output{}, ended: make(chan struct{})}
	home := t.TempDir()
	p.Env = append(clean(os.Environ()), "HOME="+home, "XDG_STATE_HOME="+filepath.Join(home, "state"))
	p.Dir = home
	p.Stdout, p.Stderr = p.out, p.errs
	p.WaitDelay = 10 * time.Second
	return p
}

// clean leaves out what would configure the program.
func clean(env []string) (out []string) {
	for _, v := range env {
		if !strings.HasPrefix(v, "SILKWIRE_") {
			out = append(out, v)
		}
	}
	return out
}

// with adds to the environment.
func (p *program) with(env ...string) *program {
	p.Env = append(p.Env, env...)
	return p
}

// begin starts the program. It does not outlive the test.
func (p *program) begin(t *testing.T) *program {
	t.Helper()
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		err := p.Wait()
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			p.code = failed.ExitCode()
		} else if err != nil {
			p.code = -2
		}
	}()
	t.Cleanup(func() {
		_ = p.Process.Kill()
		<-p.ended
		if t.Failed() {
			t.Logf("silkwire %q\n%s%s", p.Args[1:], p.out, p.errs)
		}
	})
	return p
}

// must runs the program to its end, which is with a code, and returns what it
// printed.
func (p *program) must(t *testing.T, code int) string {
	t.Helper()
	p.begin(t)
	p.endsWith(t, code, 90*time.Second)
	return p.out.String()
}

// endsWith waits for the program's end.
func (p *program) endsWith(t *testing.T, code int, within time.Duration) {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(within):
		t.Fatalf("it still runs after %v", within)
	}
	if p.code != code {
		t.Fatalf("it ended with %d, want %d\n%s", p.code, code, p.errs)
	}
}

// stop ends the program as an operator does.
func (p *program) stop(t *testing.T) {
	t.Helper()
	p.signal(t, syscall.SIGTERM)
	p.endsWith(t, 0, 25*time.Second)
}

func (p *program) signal(t *testing.T, s os.Signal) {
	t.Helper()
	if err := p.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

var addressIn = regexp.MustCompile(`http://(127\.0\.0\.1:\d+)`)

// address waits until the program has said where it serves.
func (p *program) address(t *testing.T) string {
	t.Helper()
	address := ""
	p.until(t, 30*time.Second, "it says where it serves", func() bool {
		for line := range strings.Lines(p.out.String() + p.errs.String()) {
			if !strings.Contains(line, "silkwire serves") && !strings.Contains(line, "pages at") {
				continue
			}
			if m := addressIn.FindString(line); m != "" {
				address = m
			}
		}
		return address != ""
	})
	return address
}

// until waits for something to become true while the program runs.
func (p *program) until(t *testing.T, within time.Duration, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(within)
	for tick := time.NewTicker(10 * time.Millisecond); ; {
		if ok() {
			tick.Stop()
			return
		}
		select {
		case <-tick.C:
		case <-p.ended:
			if ok() {
				return
			}
			t.Fatalf("it ended with %d before %s\n%s", p.code, what, p.errs)
		case <-deadline:
			t.Fatalf("not within %v: %s\n%s", within, what, p.errs)
		}
	}
}

// hears waits until a server was asked.
func (p *program) hears(t *testing.T, asked <-chan struct{}) {
	t.Helper()
	p.until(t, 30*time.Second, "it asks for the feed", func() bool {
		select {
		case <-asked:
			return true
		default:
			return false
		}
	})
}

// output is what a program prints.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// get asks a running program for a page; code 0 is no answer.
func get(address, path string) (code int, body string) {
	c := http.Client{Timeout: 10 * time.Second}
	resp, err := c.Get(address + path)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(content)
}

// answers waits until a page is answered with a code.
func (p *program) answers(t *testing.T, address, path string, code int) (body string) {
	t.Helper()
	p.until(t, promised(30*time.Second), fmt.Sprintf("%s is %d", path, code), func() bool {
		var got int
		got, body = get(address, path)
		return got == code
	})
	return body
}

// status is the part of /api/v1/status that the tests look at.
type status struct {
	Headline   string
	Ready      bool
	Warnings   []string
	Conditions map[string]int
	Sources    []struct {
		ID        string
		Enabled   bool
		Condition string
		Outcome   news.Outcome
		Failures  int
		LastVisit *time.Time `json:"last_visit"`
		Items     int
	}
}

func statusOf(t *testing.T, address string) (s status) {
	t.Helper()
	code, body := get(address, "/api/v1/status")
	if code != http.StatusOK {
		t.Fatalf("status: %d %s", code, body)
	}
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// press is the made-up press on loopback, with a count of what is asked of it.
type press struct {
	outlets []config.Outlet

	mu    sync.Mutex
	asked map[string]int // by URL
}

// newPress lets the outlets of the demo answer.
func newPress(t *testing.T) *press {
	t.Helper()
	world, err := demo.New(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	running, err := world.Start(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	sources := running.Sources()
	if err := running.Close(); err != nil {
		t.Fatal(err)
	}
	p := &press{asked: map[string]int{}}
	for _, o := range world.Outlets() {
		server := httptest.NewServer(p.counting(world.Handler(o.ID)))
		t.Cleanup(server.Close)
		outlet := config.Outlet{Outlet: o}
		for _, s := range sources {
			if s.Outlet == o.ID {
				s.URL = server.URL + pathOf(t, s.URL)
				outlet.Sources = append(outlet.Sources, config.Source{Source: s, Enabled: true})
			}
		}
		p.outlets = append(p.outlets, outlet)
	}
	return p
}

func pathOf(t *testing.T, raw string) string {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u.RequestURI()
}

func (p *press) counting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked["http://"+r.Host+r.URL.Path]++
		p.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

// requests is how often each address was asked for.
func (p *press) requests() map[string]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := map[string]int{}
	for k, v := range p.asked {
		out[k] = v
	}
	return out
}

// oneOutlet is an outlet with one feed, answered by h.
func oneOutlet(t *testing.T, id string, h http.HandlerFunc) config.Outlet {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.CloseClientConnections)
	return config.Outlet{
		Outlet:  news.Outlet{ID: news.OutletID(id), Name: id, Country: "UZ", Languages: []string{"en"}},
		Sources: []config.Source{{Enabled: true, Source: news.Source{ID: news.SourceID(id), Outlet: news.OutletID(id), Kind: news.Feed, URL: server.URL + "/feed", Article: news.ArticleRule{Skip: true}}}},
	}
}

// oneFeed is a feed with one item.
const oneFeed = `<?xml version="1.0"?><rss version="2.0"><channel><title>One</title><link>https://one.example/</link>
<item><title>China gives Uzbekistan 200 scholarships</title><link>https://one.example/1</link><description>China will give 200 scholarships to students of Uzbekistan.</description></item></channel></rss>`

func answerFeed(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/rss+xml")
	_, _ = io.WriteString(w, oneFeed)
}

// site is a configuration in a file, with an archive beside it.
type site struct {
	dir  string
	file string
	cfg  *config.Config
}

// newSite places a configuration for some outlets. It visits nothing twice in
// an hour, and issues one digest a day into a directory.
func newSite(t *testing.T, outlets ...config.Outlet) *site {
	t.Helper()
	return siteIn(t, t.TempDir(), outlets...)
}

func siteIn(t *testing.T, dir string, outlets ...config.Outlet) *site {
	t.Helper()
	s := &site{dir: dir, file: filepath.Join(dir, "silkwire.yaml"), cfg: config.Default()}
	s.cfg.Archive = "bolt://" + filepath.ToSlash(filepath.Join(dir, "silkwire.db"))
	s.cfg.Listen = "127.0.0.1:0"
	s.cfg.DigestDir = filepath.Join(dir, "digests")
	s.cfg.Fetch.Contact = "ops@example.org"
	s.cfg.Fetch.MinInterval = time.Hour
	s.cfg.Fetch.AllowPrivate = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	s.cfg.Outlets = outlets
	s.write(t)
	return s
}

// write puts the configuration into its file, whole.
func (s *site) write(t *testing.T) {
	t.Helper()
	s.writeText(t, string(config.Print(s.cfg)))
}

func (s *site) writeText(t *testing.T, content string) {
	t.Helper()
	if err := os.WriteFile(s.file+".new", []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(s.file+".new", s.file); err != nil {
		t.Fatal(err)
	}
}

// silkwire is a command under this configuration, begun beside it.
func (s *site) silkwire(t *testing.T, args ...string) *program {
	t.Helper()
	p := silkwire(t, append([]string{"-c", s.file}, args...)...)
	p.Dir = s.dir
	return p
}

// serve starts the daemon, and waits until it works.
func (s *site) serve(t *testing.T) (*program, string) {
	t.Helper()
	p := s.silkwire(t, "serve").begin(t)
	address := p.address(t)
	return p, address
}

func freePort(t *testing.T) (address string, hold net.Listener) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l.Addr().String(), l
}

// promised is how long something may take that is promised within d, when many
// processes share the machine; with -short it is the race detector that counts.
func promised(d time.Duration) time.Duration {
	if testing.Short() {
		return 10 * d
	}
	return 3 * d
}

// long marks a test that is not for -short.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("it takes many processes")
	}
}
