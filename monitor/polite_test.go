package monitor_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"silkwire/client"
	"silkwire/fetcher"
	"silkwire/monitor"
	"silkwire/news"
	"silkwire/store"
	"silkwire/store/bolt"
)

// dawn is when the stories of this file begin: a Saturday.
var dawn = time.Date(2026, 11, 21, 6, 0, 0, 0, time.UTC)

// process is one run of the program on an archive that outlives it.
type process struct {
	t     *testing.T
	world *town
	path  string
	plan  monitor.Plan

	store  *mortal
	client *client.Client
	m      *monitor.Monitor
	stop   func()
	ended  chan struct{}
}

// mortal is an archive whose process may be killed: then nothing is written.
type mortal struct {
	store.Store
	dead atomic.Bool
}

var errKilled = errors.New("the process was killed")

func (m *mortal) Save(ctx context.Context, items []news.Item, state news.SourceState) (store.Saved, error) {
	if m.dead.Load() {
		return store.Saved{}, errKilled
	}
	return m.Store.Save(ctx, items, state)
}

func (m *mortal) PutSource(ctx context.Context, state news.SourceState) error {
	if m.dead.Load() {
		return errKilled
	}
	return m.Store.PutSource(ctx, state)
}

func (m *mortal) Done(ctx context.Context, run store.Run) error {
	if m.dead.Load() {
		return errKilled
	}
	return m.Store.Done(ctx, run)
}

type plainTagger struct{}

func (plainTagger) Tag(*news.Item) news.Tagging { return news.Tagging{Lang: "en"} }

// start starts the program anew.
func (p *process) start() {
	p.t.Helper()
	st, err := bolt.Open(p.path, bolt.Options{NoSync: true})
	if err != nil {
		p.t.Fatal(err)
	}
	p.store = &mortal{Store: st}
	p.client = client.New(client.Options{Version: "1.0", Contact: "ops@example.org", DialContext: p.world.dial})
	p.world.mu.Lock()
	p.world.agent, p.world.born = p.client.UserAgent(), time.Now()
	p.world.mu.Unlock()
	log := slog.New(slog.DiscardHandler)
	p.m = monitor.New(p.store, fetcher.New(p.client, fetcher.Options{}), plainTagger{}, p.plan, log)
	ctx, stop := context.WithCancel(context.Background())
	p.stop, p.ended = stop, make(chan struct{})
	go func() {
		defer close(p.ended)
		if err := p.m.Run(ctx); err != nil {
			p.t.Errorf("the monitor ended with %v", err)
		}
	}()
}

// end ends the program as it should.
func (p *process) end() {
	p.t.Helper()
	p.stop()
	<-p.ended
	p.client.CloseIdle()
	if err := p.store.Close(); err != nil {
		p.t.Error(err)
	}
}

// restart is a new version, or a crash: then nothing of the visits under way is
// kept. A service manager waits some seconds before it starts again.
func (p *process) restart(crash bool) {
	if crash {
		p.store.dead.Store(true)
	}
	p.end()
	time.Sleep(10 * time.Second)
	p.start()
}

// addresses are those of all items in the archive, sorted.
func (p *process) addresses() (out []string) {
	p.t.Helper()
	q := store.Query{Limit: 500}
	for {
		page, err := p.store.Find(context.Background(), q)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, it := range page.Items {
			out = append(out, news.CanonicalURL(it.URL))
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			slices.Sort(out)
			return out
		}
	}
}

func (p *process) state(id string) news.SourceState {
	p.t.Helper()
	st, err := p.store.Source(context.Background(), news.SourceID(id))
	if err != nil {
		p.t.Fatal(err)
	}
	return st
}

func visitable(id string, kind news.Kind, address string) monitor.Visitable {
	return monitor.Visitable{
		Outlet: news.Outlet{ID: news.OutletID(id), Name: id, Country: "UZ", Languages: []string{"en"}},
		Source: news.Source{ID: news.SourceID(id), Outlet: news.OutletID(id), Kind: kind, URL: address},
	}
}

// days since dawn.
func day(now time.Time) float64 { return now.Sub(dawn).Hours() / 24 }

func during(now time.Time, from, to float64) bool { return day(now) >= from && day(now) < to }

func head(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

// oddTown has an outlet for every rule there is.
func oddTown() (*town, []monitor.Visitable) {
	w := newTown()
	var plan []monitor.Visitable
	feed := func(s *site) *site {
		s.begun = dawn
		if s.period == 0 {
			s.period = 5 * time.Hour
		}
		plan = append(plan, visitable(s.host, news.Feed, "http://"+s.host+"/feed"))
		return w.add(s)
	}
	feed(&site{host: "plain.example", period: 90 * time.Minute})
	feed(&site{host: "tags.example", offers: "etag"})
	feed(&site{host: "dates.example", offers: "date"})
	feed(&site{host: "bare.example", offers: "none"})
	feed(&site{host: "fresh.example", period: 45 * time.Minute, window: 60, slow: 12 * time.Second, header: func(time.Time) http.Header {
		return head("Cache-Control", "public, max-age=5400", "Age", "600")
	}})
	feed(&site{host: "nights.example", channel: "<ttl>180</ttl><skipHours><hour>22</hour><hour>23</hour><hour>0</hour><hour>1</hour></skipHours>",
		skip: func(now time.Time) bool { h := now.UTC().Hour(); return h >= 22 || h < 2 }})
	feed(&site{host: "weekends.example", channel: "<skipDays><day>Sunday</day></skipDays>",
		skip: func(now time.Time) bool { return now.UTC().Weekday() == time.Sunday }})
	w.add(&site{host: "new-home.example", begun: dawn, period: 5 * time.Hour})
	feed(&site{host: "mover.example", act: func(now time.Time, path string) *reply {
		if path != "/feed" || day(now) < 3 {
			return nil
		}
		return &reply{status: 301, header: head("Location", "http://new-home.example/feed"), body: "moved"}
	}})
	waverer := feed(&site{host: "waverer.example", polled: map[string]bool{"/feed": true, "/elsewhere": true}})
	waverer.render = func(now time.Time, path string) string {
		if path == "/elsewhere" {
			return waverer.feed(now)
		}
		return ""
	}
	waverer.act = func(now time.Time, path string) *reply {
		if path == "/feed" && int(day(now)*3)%4 == 3 {
			return &reply{status: 302, header: head("Location", "/elsewhere")}
		}
		return nil
	}
	angry := feed(&site{host: "angry.example", polled: map[string]bool{"/feed": true, "/second": true}})
	angry.render = func(now time.Time, path string) string {
		if path == "/second" {
			return strings.ReplaceAll(angry.feed(now), "</title>", " again</title>")
		}
		return ""
	}
	angry.act = func(now time.Time, path string) *reply {
		switch {
		case path == "/robots.txt":
			return nil
		case during(now, 4, 5):
			return &reply{status: 429, header: head("Retry-After", "20000")}
		case during(now, 15, 15.6):
			return &reply{status: 429}
		}
		return nil
	}
	second := visitable("angry-second", news.Feed, "http://angry.example/second")
	second.Outlet.ID, second.Source.Outlet = "angry.example", "angry.example"
	plan = append(plan, second)
	feed(&site{host: "shaky.example", act: func(now time.Time, path string) *reply {
		switch {
		case path != "/feed":
			return nil
		case during(now, 2, 2.5):
			return &reply{status: 500}
		case during(now, 6, 6.5): // by a clock that is an hour slow
			theirs := now.Add(-time.Hour)
			return &reply{status: 503, header: head("Date", theirs.UTC().Format(http.TimeFormat), "Retry-After", theirs.Add(3*time.Hour).UTC().Format(http.TimeFormat))}
		case during(now, 9, 9.5):
			return &reply{hang: true}
		case during(now, 14, 14.3):
			return &reply{status: 200, body: "<html><body>We will be back soon</body></html>", broken: true}
		case during(now, 20, 20.5):
			return &reply{status: 304} // whatever was asked
		}
		return nil
	}, refused: func(now time.Time) bool { return during(now, 24, 25) }})
	cutter := feed(&site{host: "cutter.example", period: 2 * time.Hour})
	cutter.act = func(now time.Time, path string) *reply {
		if path != "/feed" || now.UTC().Hour()%5 != 0 {
			return nil
		}
		body := cutter.feed(now)
		etag, modified := cutter.validators(now, path, body)
		a := &reply{status: 200, header: head("ETag", etag, "Last-Modified", modified), body: body, broken: true}
		if now.UTC().Hour()%2 == 0 {
			a.cut = true // the connection ends
		} else {
			a.body = body[:len(body)*2/3] // the program that wrote it did
		}
		return a
	}
	feed(&site{host: "gone.example", act: func(now time.Time, path string) *reply {
		if day(now) >= 10 {
			return &reply{status: 410}
		}
		return nil
	}})
	hub := &site{host: "pages.example", begun: dawn, period: 4 * time.Hour, delay: 20 * time.Second, polled: map[string]bool{"/news": true},
		robots: "User-agent: *\nDisallow: /private\nCrawl-delay: 20\n", links: map[string]bool{"/about": true}}
	hub.render = func(now time.Time, path string) string {
		if path != "/news" {
			return ""
		}
		body := `<ul><li><a href="/private/minutes">The minutes of the meeting, not public</a></li>`
		for n := hub.items(now) - 1; n >= max(0, hub.items(now)-20); n-- {
			body += fmt.Sprintf(`<li><a href="/article/%d">%s</a></li>`, n, hub.title(n))
		}
		return `<html><body>` + body + `</ul></body></html>`
	}
	pages := visitable("pages.example", news.Page, "http://pages.example/news")
	pages.Source.Item = "li"
	plan = append(plan, pages)
	w.add(hub)
	maps := &site{host: "maps.example", begun: dawn, period: 6 * time.Hour, robots: "User-agent: *\nDisallow: /private\n",
		polled: map[string]bool{"/index.xml": true, "/part-1.xml": true, "/part-2.xml": true}}
	maps.render = func(now time.Time, path string) string {
		part := func(even bool) string {
			body := `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`
			for n := range maps.items(now) {
				if (n%2 == 0) == even {
					body += fmt.Sprintf("<url><loc>%s</loc><lastmod>%s</lastmod></url>", maps.articleURL(n), maps.published(n).Format(time.RFC3339))
				}
			}
			return body + "</urlset>"
		}
		switch path {
		case "/index.xml": // does not say when its parts changed
			return `<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>http://maps.example/part-1.xml</loc></sitemap><sitemap><loc>http://maps.example/part-2.xml</loc></sitemap></sitemapindex>`
		case "/part-1.xml":
			return part(false)
		case "/part-2.xml":
			return part(true)
		}
		return ""
	}
	plan = append(plan, visitable("maps.example", news.Sitemap, "http://maps.example/index.xml"))
	w.add(maps)
	return w, plan
}

// The scoring server: thirty days of an odd town, with restarts, crashes and an
// outage of the network. Politeness 1–16, 18, 19; N25–N35, N40, N41, N43.
func TestInThirtyDaysNoServerHasAReasonToComplain(t *testing.T) {
	if testing.Short() {
		t.Skip("half a minute of work")
	}
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(dawn))
		w, sources := oddTown()
		p := &process{t: t, world: w, path: filepath.Join(t.TempDir(), "silkwire.db"), plan: monitor.Plan{Sources: sources, Workers: 16, MinInterval: time.Hour}}
		p.start()
		for d := range 30 {
			time.Sleep(time.Duration(7+d%5) * time.Hour)
			switch {
			case d%4 == 1:
				p.restart(false)
			case d%7 == 6:
				w.mu.Lock()
				w.crashed(time.Now())
				w.mu.Unlock()
				p.restart(true)
			}
			w.mu.Lock()
			w.down = d == 12
			w.mu.Unlock()
			time.Sleep(time.Until(dawn.Add(time.Duration(d+1) * 24 * time.Hour)))
			w.mu.Lock()
			w.down = false
			w.mu.Unlock()
		}
		w.mustBePolite(t)
		w.mustBeServed(t, p)
		p.end()
	})
}

// lone is a town with one outlet, and a program that visits its feed only.
func lone(t *testing.T, s *site) (*town, *process) {
	t.Helper()
	time.Sleep(time.Until(dawn))
	s.begun = dawn
	w := newTown()
	w.add(s)
	plan := monitor.Plan{Sources: []monitor.Visitable{visitable(s.host, news.Feed, "http://"+s.host+"/feed")}, Workers: 4, MinInterval: time.Hour}
	plan.Sources[0].Source.Article.Skip = true
	p := &process{t: t, world: w, path: filepath.Join(t.TempDir(), "silkwire.db"), plan: plan}
	p.start()
	t.Cleanup(p.end)
	return w, p
}

func noted(st news.SourceState, words string) bool {
	return slices.ContainsFunc(st.Notes, func(n string) bool { return strings.Contains(n, words) })
}

func TestASourceThatFallsSilentIsNoticedAgainstItsOwnHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p := lone(t, &site{host: "daily.example", period: 2 * time.Hour, until: dawn.Add(20 * 24 * time.Hour)})
		time.Sleep(20 * 24 * time.Hour)
		if st := p.state("daily.example"); noted(st, "quiet") {
			t.Errorf("it publishes, and is called quiet: %q", st.Notes)
		}
		time.Sleep(20 * time.Hour)
		if st := p.state("daily.example"); noted(st, "quiet") {
			t.Errorf("less than a day of silence is called quiet: %q", st.Notes)
		}
		time.Sleep(36 * time.Hour)
		if st := p.state("daily.example"); !noted(st, "quiet: nothing new for") || st.Outcome.Failed() {
			t.Errorf("two days of silence after twelve items a day: %q", st.Notes)
		}
	})
}

func TestASourceThatRestsAtWeekendsIsNotQuietOnSunday(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &site{host: "office.example", window: 200, offers: "etag"}
		s.render = func(now time.Time, path string) string {
			if path != "/feed" {
				return ""
			}
			var b strings.Builder
			n := 0
			for at := dawn; at.Before(now); at = at.Add(time.Hour) {
				if d := at.Weekday(); d != time.Saturday && d != time.Sunday && at.Hour() >= 4 && at.Hour() < 14 {
					n++
					item := fmt.Sprintf("<item><title>Order %d</title><link>http://office.example/article/%d</link><pubDate>%s</pubDate></item>", n, n, at.Format(time.RFC1123Z))
					b.WriteString(item)
				}
			}
			return `<rss version="2.0"><channel><title>Office</title>` + b.String() + `</channel></rss>`
		}
		_, p := lone(t, s)
		for range 5 * 7 * 4 {
			time.Sleep(6 * time.Hour)
			if st := p.state("office.example"); noted(st, "quiet") {
				t.Fatalf("on %s: %q", time.Now().UTC().Format("Monday 15:04"), st.Notes)
			}
		}
		st := p.state("office.example")
		if st.Rhythm.Days[time.Sunday] > 1 || st.Rhythm.Days[time.Tuesday] < 10 {
			t.Errorf("its week: %v", st.Rhythm.Days)
		}
	})
}

// Politeness 6: the rhythm of an outlet stretches the interval, within bounds.
func TestASourceIsAskedMoreOftenWhileItPublishes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := lone(t, &site{host: "busy.example", period: 20 * time.Minute, window: 60})
		time.Sleep(10 * 24 * time.Hour)
		busy := p.state("busy.example").Counters.Visits
		w.mu.Lock()
		w.sites["busy.example"].until = time.Now()
		w.mu.Unlock()
		time.Sleep(10 * 24 * time.Hour)
		quiet := p.state("busy.example").Counters.Visits - busy
		if busy < 150 || quiet > 60 || quiet < 15 {
			t.Errorf("%d visits in ten busy days, %d in ten silent ones", busy, quiet)
		}
		w.mustBePolite(t)
	})
}

// N25: what lies behind a redirect for good is gone; the old address is tried
// again, and the history is on record.
func TestAMoveIsTakenBackWhenThereIsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &site{host: "old.example", period: 3 * time.Hour, act: func(now time.Time, path string) *reply {
			if path == "/feed" && during(now, 1, 6) {
				return &reply{status: 301, header: head("Location", "http://new.example/feed")}
			}
			return nil
		}}
		w, p := lone(t, s)
		w.mu.Lock()
		w.add(&site{host: "new.example", begun: dawn, period: 3 * time.Hour, act: func(now time.Time, path string) *reply {
			if day(now) >= 8 {
				return &reply{status: 404}
			}
			return nil
		}})
		w.mu.Unlock()
		time.Sleep(7 * 24 * time.Hour)
		if st := p.state("old.example"); st.Moved.To != "http://new.example/feed" || !noted(st, "put the new address into the configuration") {
			t.Fatalf("%+v, %q", st.Moved, st.Notes)
		}
		time.Sleep(5 * 24 * time.Hour)
		st := p.state("old.example")
		if st.Moved.Undone == "" || st.Outcome.Failed() || !noted(st, "again") || st.Counters.Unconditional > 2 {
			t.Errorf("%+v, %s, %q, %+v", st.Moved, st.Outcome, st.Notes, st.Counters)
		}
		w.mustBePolite(t)
	})
}

// N29: after two weeks of failures a source is asked once a week, and the
// operator is told.
func TestADeadSourceIsAskedOnceAWeekAndSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := lone(t, &site{host: "dead.example", act: func(now time.Time, path string) *reply {
			if day(now) > 1 {
				return &reply{status: 404}
			}
			return nil
		}})
		time.Sleep(40 * 24 * time.Hour)
		before := w.sites["dead.example"].asked["/feed"].asked
		time.Sleep(28 * 24 * time.Hour)
		if n := w.sites["dead.example"].asked["/feed"].asked - before; n < 3 || n > 4 {
			t.Errorf("%d requests in four weeks", n)
		}
		if st := p.state("dead.example"); !noted(st, "once a week") || st.Paused != "" {
			t.Errorf("%q, paused %q", st.Notes, st.Paused)
		}
		w.mustBePolite(t)
	})
}

// Politeness 7: the other sources of a host that said "slow down" wait too, and
// a restart does not forget it.
func TestAHostThatSaysSlowDownSaysItToAllItsSources(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &site{host: "angry.example", period: time.Hour, polled: map[string]bool{"/feed": true, "/second": true}}
		s.render = func(now time.Time, path string) string {
			if path == "/second" {
				return s.feed(now)
			}
			return ""
		}
		s.act = func(now time.Time, path string) *reply {
			if path == "/feed" && during(now, 2, 2.5) {
				return &reply{status: 429, header: head("Retry-After", "30000")}
			}
			return nil
		}
		w, p := lone(t, s)
		second := visitable("second", news.Feed, "http://angry.example/second")
		second.Source.Article.Skip = true
		p.plan.Sources = append(p.plan.Sources, second)
		p.restart(false)
		time.Sleep(time.Until(dawn.Add(48 * time.Hour)))
		for range 24 * 60 { // until it says so
			time.Sleep(time.Minute)
			w.mu.Lock()
			_, said := w.raging[s.host]
			w.mu.Unlock()
			if said {
				break
			}
		}
		p.restart(false)
		time.Sleep(3 * 24 * time.Hour)
		w.mustBePolite(t)
		if n := p.state("second").Counters.Visits; n < 30 {
			t.Errorf("the other source was visited %d times in five days", n)
		}
	})
}

// Politeness 9: a process that is killed while a server is thinking asks no
// sooner after its next start.
func TestAProcessKilledInMidVisitAsksNoSooner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p := lone(t, &site{host: "slow.example", period: 30 * time.Minute, window: 100, slow: 12 * time.Second})
		time.Sleep(time.Minute)
		for range 12 {
			for { // until a request is under way
				time.Sleep(10 * time.Second)
				w.mu.Lock()
				under := w.sites["slow.example"].inside > 0
				w.mu.Unlock()
				if under {
					break
				}
			}
			w.mu.Lock()
			w.crashed(time.Now())
			w.mu.Unlock()
			p.restart(true)
			time.Sleep(5 * time.Hour)
		}
		w.mustBePolite(t)
	})
}

// mustBePolite fails for every counter that is not zero.
func (w *town) mustBePolite(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for rule, n := range w.score {
		t.Errorf("%d times: %s", n, rule)
	}
	for _, first := range w.faults {
		t.Errorf("first of its kind: %s", first)
	}
	t.Logf("%v, %d connections", w.count, w.conns)
}

// mustBeServed looks at what thirty polite days brought.
func (w *town) mustBeServed(t *testing.T, p *process) {
	t.Helper()
	got := p.addresses()
	for i := 1; i < len(got); i++ {
		if got[i] == got[i-1] {
			t.Errorf("%s is there twice", got[i])
		}
	}
	lost := map[string]int{}
	for host, s := range w.sites {
		if host == "gone.example" || host == "mover.example" || host == "angry.example" {
			continue
		}
		until := time.Now().Add(-26 * time.Hour) // what is younger may not be due yet
		for _, address := range s.articles(until) {
			if _, ok := slices.BinarySearch(got, address); !ok {
				lost[host]++
			}
		}
	}
	if len(lost) > 0 {
		t.Errorf("articles lost: %v", lost)
	}
	if n := w.sites["gone.example"].asked["/feed"]; n.last.After(dawn.Add(12 * 24 * time.Hour)) {
		t.Errorf("a source that is gone was asked on %s", n.last)
	}
	if st := p.state("gone.example"); st.Paused == "" || st.Outcome != news.Gone {
		t.Errorf("a source that is gone: %+v", st)
	}
	mover := p.state("mover.example")
	if mover.Moved.To != "http://new-home.example/feed" || mover.Moved.Undone != "" || !slices.ContainsFunc(mover.Notes, func(n string) bool { return strings.Contains(n, "moved for good") }) {
		t.Errorf("a source that moved: %+v, %q", mover.Moved, mover.Notes)
	}
	if last := w.sites["mover.example"].asked["/feed"].last; day(last) > 7 {
		t.Errorf("the old address was asked on day %.1f", day(last))
	}
	if st := p.state("waverer.example"); st.Moved.To != "" {
		t.Errorf("a temporary redirect moved a source: %+v", st.Moved)
	}
	for _, v := range p.plan.Sources {
		c := p.state(string(v.Source.ID)).Counters
		if c.Early != 0 || c.Visits == 0 || c.Requests < c.Visits/2 || c.Unconditional == 0 || v.Source.ID == "plain.example" && (c.Unconditional != 1 || c.NotModified == 0) {
			t.Errorf("%s counts %+v", v.Source.ID, c)
		}
	}
}
