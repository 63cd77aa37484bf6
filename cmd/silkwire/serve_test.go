package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"silkwire/news"
)

func TestServeWithoutNetworkSaysSoOnceAndBlamesNobody(t *testing.T) { // N41
	t.Parallel()
	p := silkwire(t, "serve").with("SILKWIRE_RESOLVER=127.0.0.1:9", "SILKWIRE_LISTEN=127.0.0.1:0").begin(t)
	address := p.address(t)
	p.until(t, 2*time.Minute, "the status says that there is no network", func() bool {
		return strings.HasPrefix(statusOf(t, address).Headline, "No network")
	})
	s := statusOf(t, address)
	enabled := 0
	for _, src := range s.Sources {
		if !src.Enabled {
			continue
		}
		enabled++
		if src.Outcome != news.NoEgress || src.Failures != 0 {
			t.Errorf("%s: %+v", src.ID, src)
		}
	}
	if enabled < 60 {
		t.Errorf("%d sources are enabled", enabled)
	}
	if code, body := get(address, "/status"); code != 200 || strings.Count(body, "No network: every source waits") == 0 {
		t.Errorf("the page: %d", code)
	}
	if n := strings.Count(p.errs.String(), "no network"); n != 1 {
		t.Errorf("the log says it %d times:\n%s", n, p.errs)
	}
	if !s.Ready {
		t.Error("a daemon that waits for the network is not ready")
	}
	began := time.Now()
	p.stop(t)
	if took := time.Since(began); took > 12*time.Second {
		t.Errorf("stopping took %v", took)
	}
}

func TestTenRestartsInARowVisitNothingTwice(t *testing.T) { // T11
	t.Parallel()
	long(t)
	press := newPress(t)
	s := newSite(t, press.outlets...)
	urls := map[string]bool{}
	for _, o := range press.outlets {
		for _, src := range o.Sources {
			urls[src.URL] = true
		}
	}
	everyoneAsked := func() bool {
		asked := press.requests()
		for u := range urls {
			if asked[u] == 0 {
				return false
			}
		}
		return true
	}
	for i := range 10 {
		p, _ := s.serve(t)
		if i == 0 {
			p.until(t, time.Minute, "every source was asked", everyoneAsked)
		}
		p.stop(t)
	}
	for u := range urls {
		if n := press.requests()[u]; n != 1 {
			t.Errorf("%s was asked for %d times", u, n)
		}
	}
}

func TestASecondServeGivesWay(t *testing.T) { // D11 D12
	t.Parallel()
	s := newSite(t, oneOutlet(t, "one", answerFeed))
	p, address := s.serve(t)
	p.until(t, 30*time.Second, "the first item is there", func() bool { return statusOf(t, address).Sources[0].Items == 1 })

	began := time.Now()
	second := s.silkwire(t, "serve")
	second.must(t, exitTemporary)
	if took := time.Since(began); took > promised(2*time.Second) {
		t.Errorf("it gave way after %v", took)
	}
	if want := fmt.Sprintf("in use by process %d ", p.Process.Pid); !strings.Contains(second.errs.String(), want) || !strings.Contains(second.errs.String(), address) {
		t.Errorf("it does not name the holder: %s", second.errs)
	}
	if code, _ := get(address, "/livez"); code != 200 {
		t.Errorf("the first is affected: %d", code)
	}

	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"search", "scholarships"}, "1 of 1 items"},
		{[]string{"archive", "stats"}, "1 items"},
		{[]string{"archive", "check"}, "the archive is sound"},
		{[]string{"digest", "preview"}, "Subject: "},
		{[]string{"digest", "send"}, "  daily  "}, // of the minutes that are over, in which there may have been nothing
		{[]string{"digest", "history"}, "  daily  "},
		{[]string{"check", "--json"}, `"visits":[{"id":"one","due":"`},
	} {
		if out := s.silkwire(t, c.args...).must(t, 0); !strings.Contains(out, c.says) {
			t.Errorf("%q: %s", c.args, out)
		}
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"search", "foo:bar"}, exitUsage, "unknown key"},
		{[]string{"visit", "one"}, exitFailure, "too short a time ago"},
		{[]string{"visit", "nobody"}, exitUsage, "no configured source"},
	} {
		c2 := s.silkwire(t, c.args...)
		c2.must(t, c.code)
		if !strings.Contains(c2.errs.String(), c.says) {
			t.Errorf("%q: %s", c.args, c2.errs)
		}
	}

	elsewhere := t.TempDir() // a file is meant where the caller stands
	backup := s.silkwire(t, "archive", "backup", "copy.db")
	backup.Dir = elsewhere
	backup.must(t, 0)
	if info, err := os.Stat(filepath.Join(elsewhere, "copy.db")); err != nil || info.Size() == 0 {
		t.Errorf("the backup: %v, %v", info, err)
	}
	copied := silkwire(t, "archive", "stats").with("SILKWIRE_ARCHIVE=bolt://" + filepath.ToSlash(filepath.Join(elsewhere, "copy.db")))
	if out := copied.must(t, 0); !strings.Contains(out, "1 items") {
		t.Errorf("the copy: %s", out)
	}
	p.stop(t)
	if out := s.silkwire(t, "archive", "stats").must(t, 0); !strings.Contains(out, "1 items") {
		t.Errorf("afterwards: %s", out)
	}
}

func TestAKilledDaemonLeavesNothingInTheWay(t *testing.T) {
	t.Parallel()
	long(t)
	s := newSite(t, oneOutlet(t, "one", answerFeed))
	p, address := s.serve(t)
	p.until(t, 30*time.Second, "the first item is there", func() bool { return statusOf(t, address).Sources[0].Items == 1 })
	p.signal(t, syscall.SIGKILL)
	<-p.ended
	if _, err := os.Stat(filepath.Join(s.dir, "silkwire.db.sock")); err != nil {
		t.Fatalf("this test wants a socket that was left behind: %v", err)
	}
	if out := s.silkwire(t, "archive", "check").must(t, 0); !strings.Contains(out, "sound") {
		t.Error(out)
	}
	again, address := s.serve(t)
	if n := statusOf(t, address).Sources[0].Items; n != 1 {
		t.Errorf("%d items are left", n)
	}
	if out := s.silkwire(t, "archive", "stats").must(t, 0); !strings.Contains(out, "1 items") {
		t.Errorf("the new daemon's socket: %s", out)
	}
	again.stop(t)
}

func TestAnArchiveInADeepDirectoryIsReached(t *testing.T) { // addresses of sockets are short
	t.Parallel()
	long(t)
	dir := filepath.Join(t.TempDir(), strings.Repeat("deep/", 30))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s := siteIn(t, dir, oneOutlet(t, "one", answerFeed))
	p, _ := s.serve(t)
	s.silkwire(t, "archive", "stats").must(t, 0)
	p.stop(t)
}

func TestAReloadTakesTheNewOrKeepsTheOld(t *testing.T) { // C10 C11
	t.Parallel()
	var second atomic.Int64
	s := newSite(t, oneOutlet(t, "one", answerFeed))
	p, address := s.serve(t)
	if code, body := get(address, "/readyz?verbose"); code != 200 {
		t.Fatalf("%d %s", code, body)
	}

	s.writeText(t, "lisen: 127.0.0.1:0\n")
	p.signal(t, syscall.SIGHUP)
	body := p.answers(t, address, "/readyz?verbose", 503)
	if !strings.Contains(body, "has mistakes") {
		t.Errorf("/readyz says %s", body)
	}
	if log := p.errs.String(); !strings.Contains(log, "silkwire.yaml:1:1") || !strings.Contains(log, `did you mean \"listen\"`) {
		t.Errorf("the log does not tell the mistake:\n%s", log)
	}
	if n := len(statusOf(t, address).Sources); n != 1 {
		t.Errorf("%d sources are left of the old configuration", n)
	}

	s.cfg.Outlets = append(s.cfg.Outlets, oneOutlet(t, "two", func(w http.ResponseWriter, r *http.Request) {
		second.Add(1)
		answerFeed(w, r)
	}))
	s.cfg.Digests[0].ID = "morning"
	s.cfg.Log.Level = "debug"
	s.write(t)
	p.signal(t, syscall.SIGHUP)
	p.answers(t, address, "/readyz", 200)
	p.until(t, 20*time.Second, "the new source is visited", func() bool { return second.Load() > 0 })
	if n := len(statusOf(t, address).Sources); n != 2 {
		t.Errorf("%d sources on the status page", n)
	}
	if out := s.silkwire(t, "digest", "preview", "morning").must(t, 0); !strings.Contains(out, "Subject: ") {
		t.Errorf("the new digest: %s", out)
	}
	if !strings.Contains(p.errs.String(), "next start only") {
		t.Errorf("it does not say what waits for the next start:\n%s", p.errs)
	}
	p.stop(t)
}

func TestStoppingInMidVisitDrains(t *testing.T) { // P2
	t.Parallel()
	asked, goOn := make(chan struct{}, 10), make(chan struct{})
	s := newSite(t, oneOutlet(t, "slow", func(w http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-goOn
		answerFeed(w, r)
	}))
	p, _ := s.serve(t)
	p.hears(t, asked)
	p.signal(t, syscall.SIGTERM)
	close(goOn)
	p.endsWith(t, 0, 20*time.Second)
	if out := s.silkwire(t, "archive", "stats").must(t, 0); !strings.Contains(out, "1 items") {
		t.Errorf("what the visit brought is not kept: %s", out)
	}
}

func TestStoppingDoesNotWaitForASourceThatNeverEnds(t *testing.T) { // P2
	t.Parallel()
	long(t)
	asked := make(chan struct{}, 10)
	s := newSite(t, oneOutlet(t, "endless", func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	p, _ := s.serve(t)
	p.hears(t, asked)
	p.signal(t, syscall.SIGTERM)
	p.endsWith(t, 0, 20*time.Second)
	again, address := s.serve(t)
	if src := statusOf(t, address).Sources[0]; src.Failures != 0 {
		t.Errorf("that we stopped counts against the source: %+v", src)
	}
	again.stop(t)
	if len(asked) != 0 {
		t.Error("the next start asked again at once")
	}
}

func TestASecondSignalEndsAtOnce(t *testing.T) { // P3
	t.Parallel()
	long(t)
	asked := make(chan struct{}, 10)
	s := newSite(t, oneOutlet(t, "endless", func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	p, _ := s.serve(t)
	p.hears(t, asked)
	p.signal(t, syscall.SIGTERM)
	began := time.Now()
	p.until(t, 9*time.Second, "the second signal ends it", func() bool {
		_ = p.Process.Signal(syscall.SIGTERM)
		select {
		case <-p.ended:
			return true
		default:
			return false
		}
	})
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	if out := s.silkwire(t, "archive", "check").must(t, 0); !strings.Contains(out, "sound") {
		t.Error(out)
	}
}

func TestServeRefusesToStartWhereItWouldHarm(t *testing.T) { // C12 C13
	t.Parallel()
	var asked atomic.Int64
	outlet := oneOutlet(t, "one", func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		answerFeed(w, r)
	})
	taken, hold := freePort(t)
	t.Cleanup(func() { _ = hold.Close() })
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		env  string
		code int
		says string
	}{
		{"SILKWIRE_LISTEN=0.0.0.0:18080", exitConfig, "can be reached from other machines"},
		{"SILKWIRE_LISTEN=[::]:18080", exitConfig, "can be reached from other machines"},
		{"SILKWIRE_LISTEN=" + taken, exitFailure, taken},
		{"SILKWIRE_ARCHIVE=bolt://" + file + "/silkwire.db", exitFailure, file},
	} {
		p := newSite(t, outlet).silkwire(t, "serve").with(c.env)
		p.must(t, c.code)
		if !strings.Contains(p.errs.String(), c.says) {
			t.Errorf("%s: it says %s", c.env, p.errs)
		}
	}
	if os.Getuid() != 0 {
		dir := filepath.Join(t.TempDir(), "readonly")
		if err := os.Mkdir(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		p := newSite(t, outlet).silkwire(t, "serve").with("SILKWIRE_ARCHIVE=bolt://" + dir + "/silkwire.db")
		p.must(t, exitFailure)
		if want := fmt.Sprintf("user id %d", os.Getuid()); !strings.Contains(p.errs.String(), dir) || !strings.Contains(p.errs.String(), want) {
			t.Errorf("it says %s", p.errs)
		}
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("%d requests were sent all the same", n)
	}
}

func TestTheSupervisorIsToldWhatHappens(t *testing.T) { // P10
	t.Parallel()
	long(t)
	name := filepath.Join(t.TempDir(), "n")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Skipf("no such sockets here: %v", err)
	}
	t.Cleanup(func() { _ = l.Close() })
	heard := make(chan string, 100)
	go func() {
		defer close(heard)
		for buf := make([]byte, 100); ; {
			n, err := l.Read(buf)
			if err != nil {
				return
			}
			heard <- string(buf[:n])
		}
	}()
	hears := func(want string) {
		t.Helper()
		select {
		case got := <-heard:
			if got != want {
				t.Fatalf("it says %q, want %q", got, want)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("it does not say %q", want)
		}
	}
	p := newSite(t).silkwire(t, "serve").with("NOTIFY_SOCKET="+name, "WATCHDOG_USEC=400000").begin(t)
	hears("READY=1")
	hears("WATCHDOG=1")
	hears("WATCHDOG=1")
	p.signal(t, syscall.SIGTERM)
	p.until(t, 30*time.Second, "it says that it stops", func() bool {
		select {
		case got := <-heard:
			return got == "STOPPING=1"
		default:
			return false
		}
	})
	p.endsWith(t, 0, 25*time.Second)
}

func TestTheDoorAsksForPatience(t *testing.T) {
	t.Parallel()
	d, err := openDoor("127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.close(t.Context()) })
	address := "http://" + d.addr()
	for path, want := range map[string]int{"/livez": 200, "/healthz": 200, "/readyz": 503, "/": 503, "/api/v1/status": 503} {
		if code, _ := get(address, path); code != want {
			t.Errorf("%s: %d, want %d", path, code, want)
		}
	}
	d.open(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	if code, _ := get(address, "/"); code != http.StatusTeapot {
		t.Errorf("the pages are not let through: %d", code)
	}
}
