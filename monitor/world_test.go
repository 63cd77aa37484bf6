package monitor_test

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"silkwire/monitor"
	"silkwire/news"
)

// chance is a number below n that a host's path has for an hour.
func chance(now time.Time, host, path string, n int) int {
	h := fnv.New32a()
	fmt.Fprintf(h, "%s %s %d", host, path, now.Unix()/3600)
	return int(h.Sum32()>>8) % n
}

// moods are what a site of the bad world may do instead of answering as it
// should, each in one hour of thirty.
func (s *site) moods(until time.Time) func(time.Time, string) *reply {
	return func(now time.Time, path string) *reply {
		if now.After(until) || path == "/robots.txt" {
			return nil
		}
		if strings.HasPrefix(path, "/article/") {
			switch chance(now, s.host, path, 12) {
			case 0:
				return &reply{status: 500}
			case 1:
				return &reply{status: 404, slow: 9 * time.Second}
			case 2:
				return &reply{status: 200, body: strings.Repeat("<p>", 600), slow: 2 * time.Second}
			}
			return nil
		}
		twin := "" // two sources are not led to one place
		if path == "/second" || path == "/elsewhere-too" {
			twin = "-too"
		}
		switch chance(now, s.host, path, 30) {
		case 0:
			return &reply{hang: true}
		case 1:
			return &reply{status: 500, slow: 14 * time.Second}
		case 2:
			return &reply{status: 200, body: s.feed(now), cut: true}
		case 3:
			return &reply{status: 200, body: s.feed(now)[:700], broken: true}
		case 4:
			return &reply{status: 200, header: head("Content-Encoding", "br"), body: "not brotli", broken: true}
		case 5:
			return &reply{status: 200, body: "<!DOCTYPE html><html><body>Pay for the network</body></html>", broken: true}
		case 6:
			return &reply{status: 302, header: head("Location", "/elsewhere"+twin)}
		case 7:
			return &reply{status: 307, header: head("Location", "http://mirror.example/"+s.host+twin)}
		case 8:
			return &reply{status: 429, header: head("Retry-After", "5000")}
		case 9:
			return &reply{status: 302, header: head("Location", path)} // a circle
		case 10:
			return &reply{status: 200, body: `<rss version="2.0"><channel><title>empty</title></channel></rss>`, broken: true}
		}
		return nil
	}
}

// badWorld has n sources: most on hosts of their own, some on a host that many
// share, some that moved, some that show the same items twice. Nothing is
// published, and everything works, after until.
func badWorld(n int, begun, until time.Time) (*town, []monitor.Visitable) {
	w := newTown()
	var plan []monitor.Visitable
	mirror := w.add(&site{host: "mirror.example", begun: begun, polled: map[string]bool{}})
	mirror.render = func(now time.Time, path string) string {
		if s := w.sites[strings.TrimSuffix(strings.TrimPrefix(path, "/"), "-too")]; s != nil {
			return s.feed(now)
		}
		return ""
	}
	for i := 0; len(plan) < n; i++ {
		s := w.add(&site{
			host: fmt.Sprintf("outlet-%d.example", i), begun: begun, until: until, period: time.Duration(70+i%5*40) * time.Minute,
			offers: []string{"both", "etag", "date", "none"}[i%4],
			polled: map[string]bool{"/feed": true, "/elsewhere": true, "/second": true, "/old": true, "/elsewhere-too": true},
		})
		s.render = func(now time.Time, path string) string {
			if path == "/elsewhere" || path == "/elsewhere-too" || path == "/second" || path == "/old" {
				return s.feed(now)
			}
			return ""
		}
		if i%10 == 8 { // more at once than one visit completes
			s.burst, s.period, s.window = 40, 8*time.Hour, 60
		}
		bad := s.moods(until)
		s.act = func(now time.Time, path string) *reply {
			if path == "/old" && i%10 == 3 {
				return &reply{status: http.StatusMovedPermanently, header: head("Location", "/feed")}
			}
			return bad(now, path)
		}
		path := "/feed"
		if i%10 == 3 {
			path = "/old"
		}
		mirror.polled["/"+s.host], mirror.polled["/"+s.host+"-too"] = true, true
		plan = append(plan, visitable(s.host, news.Feed, "http://"+s.host+path))
		if i%10 == 5 {
			s.sources = 2
			second := visitable(s.host+"-second", news.Feed, "http://"+s.host+"/second")
			second.Outlet.ID, second.Source.Outlet = news.OutletID(s.host), news.OutletID(s.host)
			plan = append(plan, second)
		}
	}
	return w, plan[:n]
}

// A world that is slow, lies and redirects: nothing is lost, nothing is there
// twice, the heap stays small and no goroutine is left. A day with fifty
// sources; with SILKWIRE_WORLD=300x7 in the environment a week with three
// hundred. N8–N12, N18, N25, N40, N43, F6, F19.
func TestInABadWorldNothingIsLostAndNothingIsTwice(t *testing.T) {
	n, days := 50, 1
	if size := os.Getenv("SILKWIRE_WORLD"); size != "" {
		if _, err := fmt.Sscanf(size, "%dx%d", &n, &days); err != nil {
			t.Fatalf("SILKWIRE_WORLD=%s: write sources x days, like 300x7", size)
		}
	} else if testing.Short() {
		n = 12
	}
	before := runtime.NumGoroutine()
	var heap uint64
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(dawn))
		until := dawn.Add(time.Duration(days) * 24 * time.Hour)
		w, sources := badWorld(n, dawn, until)
		p := &process{t: t, world: w, path: filepath.Join(t.TempDir(), "silkwire.db"), plan: monitor.Plan{Sources: sources, Workers: 16, MinInterval: time.Hour}}
		p.start()
		for hour := range 24*days + 48 { // two quiet days, for those that wait
			time.Sleep(time.Hour)
			if hour%24 == 17 {
				p.restart(false)
			}
			heap = max(heap, heapNow())
		}
		p.mustHaveEverything(until)
		w.mustBePolite(t)
		p.end()
	})
	if after := runtime.NumGoroutine(); after > before+2 {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
	if heap > 150<<20 {
		t.Errorf("the heap grew to %d MiB", heap>>20)
	}
	t.Logf("%d sources, %d days: heap %d MiB at most", n, days, heap>>20)
}

func heapNow() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// mustHaveEverything compares the archive with what was published.
func (p *process) mustHaveEverything(until time.Time) {
	p.t.Helper()
	var want []string
	visited := map[string]bool{}
	for _, v := range p.plan.Sources {
		visited[string(v.Outlet.ID)] = true
	}
	for host, s := range p.world.sites {
		if visited[host] {
			want = append(want, s.articles(until)...)
		}
	}
	slices.Sort(want)
	got := p.addresses()
	if len(got) != len(want) || !slices.Equal(got, want) {
		p.t.Errorf("%d items published, %d in the archive", len(want), len(got))
	}
	for i := range got {
		if i > 0 && got[i] == got[i-1] {
			p.t.Errorf("%s is there twice", got[i])
		}
	}
	lost := 0
	for _, address := range want {
		if _, ok := slices.BinarySearch(got, address); !ok {
			if lost++; lost < 10 {
				p.t.Errorf("%s is lost", address)
			}
		}
	}
}
