// Package e2e drives the program as an analyst does: the binary in a process
// of its own, its pages in a real browser. The tests need Chromium and skip
// where there is none.
package e2e

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience bounds everything a test waits for.
const patience = 90 * time.Second

var (
	place  string // what the tests share is in here
	binary string // the program, built once
	shared *site  // the demo, once somebody has asked for it
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "silkwire-e2e")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	place, binary = dir, filepath.Join(dir, "silkwire")
	code := m.Run()
	if shared != nil {
		shared.stop()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

var build = sync.OnceValue(func() error {
	out, err := exec.Command("go", "build", "-o", binary, "silkwire/cmd/silkwire").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
})

// chromium is the browser's path; the test skips where there is none, unless
// CI asks for it.
func chromium(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes long")
	}
	path, err := exec.LookPath("chromium")
	switch {
	case err == nil:
		return path
	case os.Getenv("SILKWIRE_CI") != "":
		t.Fatal("CI has no Chromium")
	}
	t.Skip("there is no Chromium")
	return ""
}

// site is a running program with pages.
type site struct {
	home    string
	address string // http://127.0.0.1:port
	out     *tail
	cmd     *exec.Cmd
}

// tail keeps what a program printed.
type tail struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *tail) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func (o *tail) add(line string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.WriteString(line + "\n")
}

var addressIn = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// start runs the program with a home of its own until the test ends, and
// returns when its pages answer.
func start(t *testing.T, args ...string) *site {
	t.Helper()
	return startAt(t, t.TempDir(), args...)
}

// startAt is start with a home that holds something already.
func startAt(t *testing.T, home string, args ...string) *site {
	t.Helper()
	s, err := launch(home, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.stop()
		if t.Failed() {
			t.Logf("silkwire %q:\n%s", args, s.out)
		}
	})
	s.wait(t, "/readyz")
	return s
}

// demo is a demo whose first round is done. The tests share it, because its
// start takes long: none relies on what another did to it.
func demo(t *testing.T) *site {
	t.Helper()
	if shared == nil {
		home := filepath.Join(place, "home")
		if err := os.MkdirAll(home, 0o700); err != nil {
			t.Fatal(err)
		}
		s, err := launch(home, "demo", "--listen", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		shared = s
	}
	shared.wait(t, "/readyz")
	return shared
}

// launch starts the program and returns when it has said its address.
func launch(home string, args ...string) (*site, error) {
	if err := build(); err != nil {
		return nil, err
	}
	s := &site{home: home, out: &tail{}, cmd: command(home, args...)}
	r, w := io.Pipe()
	s.cmd.Stdout, s.cmd.Stderr = w, w
	address := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(r); lines.Scan(); {
			s.out.add(lines.Text())
			if found := addressIn.FindString(lines.Text()); found != "" {
				select {
				case address <- found:
				default:
				}
			}
		}
	}()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	select {
	case s.address = <-address:
		return s, nil
	case <-time.After(patience):
		s.stop()
		return nil, fmt.Errorf("no address after %v:\n%s", patience, s.out)
	}
}

// stop asks the program to end, and waits until it has.
func (s *site) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
}

// command is a call of the program by somebody who lives in home.
func command(home string, args ...string) *exec.Cmd {
	cmd := exec.Command(binary, args...)
	cmd.Dir = home
	cmd.Env = append(clean(os.Environ()), "HOME="+home, "XDG_STATE_HOME="+home)
	return cmd
}

// run gives a command and returns what it prints; in is what it reads.
func run(t *testing.T, home, in string, args ...string) string {
	t.Helper()
	if err := build(); err != nil {
		t.Fatal(err)
	}
	var out, complaints strings.Builder
	cmd := command(home, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(in), &out, &complaints
	if err := cmd.Run(); err != nil {
		t.Fatalf("silkwire %q: %v\n%s", args, err, &complaints)
	}
	return out.String()
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

// wait returns when an address answers 200.
func (s *site) wait(t *testing.T, path string) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		resp, err := http.Get(s.address + path)
		if err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("%s does not answer:\n%s", path, s.out)
}

// tab is a page in the browser.
type tab struct {
	t       *testing.T
	ctx     context.Context
	address string

	mu     sync.Mutex
	errors []string // exceptions and console errors of the pages
}

// browse opens a browser with a profile of its own, on one site.
func browse(t *testing.T, s *site) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
	)
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	ctx, stopBrowser := chromedp.NewExecAllocator(ctx, options...)
	b := &tab{t: t, address: s.address}
	var stopTab context.CancelFunc
	b.ctx, stopTab = chromedp.NewContext(ctx, chromedp.WithListener(b.hear))
	t.Cleanup(func() { stopTab(); stopBrowser(); cancel() })
	t.Cleanup(func() {
		if bad := b.mishaps(); len(bad) > 0 {
			t.Errorf("the pages' own code failed: %q", bad)
		}
	})
	b.look(light)
	return b
}

// hear notes what went wrong inside the pages.
func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.errors = append(b.errors, fmt.Sprintf("%+v", e.ExceptionDetails))
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" {
			b.errors = append(b.errors, fmt.Sprintf("console: %+v", e.Args))
		}
	}
}

func (b *tab) mishaps() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.errors
}

// do carries out browser actions, or ends the test.
func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// ask returns what an action gives, or ends the test.
func ask[T any](b *tab, a chromedp.Action[T]) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, a)
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// open goes to a page of the site.
func (b *tab) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.address+path), chromedp.WaitReady(chromedp.CSS("main")))
}

// text is what an element says.
func (b *tab) text(selector string) string {
	b.t.Helper()
	return ask(b, chromedp.Text(chromedp.CSS(selector)))
}

// count is how many elements match.
func (b *tab) count(selector string) int {
	b.t.Helper()
	return ask(b, chromedp.Evaluate[int](fmt.Sprintf("document.querySelectorAll(%q).length", selector)))
}

// path is where the browser is.
func (b *tab) path() string {
	b.t.Helper()
	return ask(b, chromedp.Evaluate[string]("location.pathname + location.search"))
}

// follow does something that leads to another page, and waits for that.
func (b *tab) follow(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	before := ask(b, chromedp.Evaluate[float64]("performance.timeOrigin"))
	b.do(actions...)
	for end := time.Now().Add(patience); time.Now().Before(end); {
		now, err := chromedp.Run(b.ctx, chromedp.Evaluate[float64]("document.readyState === 'complete' ? performance.timeOrigin : 0"))
		if err == nil && now != 0 && now != before {
			b.do(chromedp.WaitReady(chromedp.CSS("main")))
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.t.Fatalf("nothing led away from %s", b.path())
}

// screen is a way to look at a page.
type screen struct {
	name          string
	width, height int64
	dark          bool
}

var (
	light = screen{"light", 1280, 900, false}
	dark  = screen{"dark", 1280, 900, true}
	phone = screen{"phone", 390, 844, false}
)

// look sets the size and the colours of the browser.
func (b *tab) look(s screen) {
	b.t.Helper()
	scheme := "light"
	if s.dark {
		scheme = "dark"
	}
	b.do(chromedp.EmulateViewport(s.width, s.height))
	ask(b, func(ctx context.Context, _ *chromedp.Target) (cdp.Empty, error) {
		return chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
	})
}

// picture takes a screenshot into the directory SILKWIRE_PICTURES, if that is set.
func (b *tab) picture(name string) {
	b.t.Helper()
	dir := os.Getenv("SILKWIRE_PICTURES")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), ask(b, chromedp.CaptureScreenshot()), 0o600); err != nil {
		b.t.Fatal(err)
	}
}
