package fetcher

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"silkwire/client"
	"silkwire/news"
)

// site is an outlet's server, page by page, that writes down what it is asked.
type site struct {
	*httptest.Server
	mu    sync.Mutex
	pages map[string]http.HandlerFunc
	asked []*http.Request
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{pages: map[string]http.HandlerFunc{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r)
		page := s.pages[r.URL.Path]
		s.mu.Unlock()
		if page == nil {
			http.NotFound(w, r)
			return
		}
		page(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *site) handle(path string, page http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[path] = page
}

// text puts a page whose BASE is the site's own address.
func (s *site) text(path, contentType, body string) {
	s.handle(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = io.WriteString(w, strings.ReplaceAll(body, "BASE", s.URL))
	})
}

// count is how often a path was asked for.
func (s *site) count(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range s.asked {
		if r.URL.Path == path {
			n++
		}
	}
	return n
}

func (s *site) last() *http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[len(s.asked)-1]
}

var visitTime = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func testFetcher(opt Options) *Fetcher {
	if opt.Now == nil {
		opt.Now = func() time.Time { return visitTime }
	}
	c := client.New(client.Options{
		Version: "test", AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Dial: time.Second, Headers: time.Second, Total: 5 * time.Second,
	})
	return New(c, opt)
}

var tashkent = news.Outlet{ID: "tong", Name: "Tong xabarlari", Country: "UZ", Languages: []string{"uz-Latn"}}

func (s *site) source(kind news.Kind, path string) news.Source {
	return news.Source{ID: "tong-1", Outlet: "tong", Kind: kind, URL: s.URL + path}
}

func nothingKnown(context.Context, []news.Item) (map[news.ItemID]news.ItemID, error) {
	return nil, nil
}

func mustVisit(t *testing.T, f *Fetcher, src news.Source, cp news.Checkpoint, known Known) news.Batch {
	t.Helper()
	batch, err := f.Visit(context.Background(), tashkent, src, cp, known)
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

func visitFails(t *testing.T, f *Fetcher, src news.Source, cp news.Checkpoint) *VisitError {
	t.Helper()
	_, err := f.Visit(context.Background(), tashkent, src, cp, nothingKnown)
	var failed *VisitError
	if !errors.As(err, &failed) {
		t.Fatalf("got %v, want a *VisitError", err)
	}
	return failed
}

const paragraph = "Vazirlik vakillari universitetda yangi markaz ochilganini ma'lum qildi, unda til kurslari va kutubxona ishlaydi. "

func article(title string) string {
	return `<html lang="uz"><head><title>` + title + `</title><meta property="article:published_time" content="2026-11-23T18:30:00+05:00">
<link rel="canonical" href="BASE/canonical"><meta property="og:image" content="/lead.jpg"></head><body><nav><a href="/">Bosh sahifa</a></nav>
<article><h1>` + title + `</h1><p>` + strings.Repeat(paragraph, 4) + `</p><p>` + strings.Repeat(paragraph, 3) + `</p></article><footer>Barcha huquqlar himoyalangan</footer></body></html>`
}

func rssOf(items ...string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Tong</title><link>BASE/</link><language>uz</language>` + strings.Join(items, "") + `</channel></rss>`
}

func rssItem(n int) string {
	return fmt.Sprintf(`<item><title>Xabar %d</title><link>BASE/xabar/%d?utm_source=rss</link><guid isPermaLink="false">x%d</guid><description>Qisqacha &lt;b&gt;matn&lt;/b&gt; %d</description><pubDate>Mon, 23 Nov 2026 1%d:00:00 +0500</pubDate></item>`, n, n, n, n, n%10)
}

func TestAFeedIsVisitedAndItsArticlesAreFetched(t *testing.T) {
	s := newSite(t)
	s.text("/feed", "application/rss+xml", rssOf(rssItem(1), rssItem(2)))
	s.text("/xabar/1", "text/html", article("Birinchi"))
	batch := mustVisit(t, testFetcher(Options{}), s.source(news.Feed, "/feed"), news.Checkpoint{}, nothingKnown)
	if batch.Outcome != news.OK || len(batch.Items) != 2 {
		t.Fatalf("%+v", batch)
	}
	it := batch.Items[0]
	if it.Title != "Xabar 1" || it.Summary != "Qisqacha matn 1" || !strings.HasPrefix(it.Text, "Vazirlik vakillari") || it.GUID != "x1" {
		t.Errorf("%+v", it)
	}
	if strings.Contains(it.Text, "huquqlar") || strings.Contains(it.Text, "Bosh sahifa") {
		t.Errorf("the page's furniture is in the text: %q", it.Text)
	}
	if it.Image != s.URL+"/lead.jpg" || !it.Published.Equal(time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)) || it.Outlet != "tong" || it.Source != "tong-1" {
		t.Errorf("%+v", it)
	}
	if it.ID != news.NewItemID("tong", s.URL+"/xabar/1", "") {
		t.Error("a tracking parameter changed the identity (F18)")
	}
	// The second page does not exist: the feed's summary stands in (H5).
	if it := batch.Items[1]; it.Text != "" || it.Extraction != "summary" || it.Summary != "Qisqacha matn 2" {
		t.Errorf("%+v", it)
	}
}

// Politeness 1, N28: validators go back byte for byte, and 304 brings nothing.
func TestTheSecondVisitIsConditional(t *testing.T) {
	s := newSite(t)
	s.handle("/feed", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `W/"odd, one"`)
		w.Header().Set("Last-Modified", "Mon, 23 Nov 2026 10:00:00 GMT")
		if r.Header.Get("If-None-Match") == `W/"odd, one"` && r.Header.Get("If-Modified-Since") == "Mon, 23 Nov 2026 10:00:00 GMT" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = io.WriteString(w, rssOf(rssItem(1)))
	})
	f := testFetcher(Options{})
	src := s.source(news.Feed, "/feed")
	src.Article.Skip = true
	first := mustVisit(t, f, src, news.Checkpoint{}, nothingKnown)
	second := mustVisit(t, f, src, first.Checkpoint, nothingKnown)
	if second.Outcome != news.Unchanged || len(second.Items) != 0 || second.Checkpoint.ETag != `W/"odd, one"` {
		t.Errorf("%+v", second)
	}
	if second.Checkpoint.VisitCount != 2 {
		t.Errorf("visits counted: %d", second.Checkpoint.VisitCount)
	}
}

func TestTheSameBodyIsNotReadTwice(t *testing.T) {
	s := newSite(t)
	s.text("/feed", "application/rss+xml", rssOf(rssItem(1)))
	f := testFetcher(Options{})
	src := s.source(news.Feed, "/feed")
	src.Article.Skip = true
	first := mustVisit(t, f, src, news.Checkpoint{}, nothingKnown)
	if second := mustVisit(t, f, src, first.Checkpoint, nothingKnown); second.Outcome != news.Unchanged {
		t.Errorf("%+v", second)
	}
}

// N26.
func TestA304NobodyAskedForIsAnError(t *testing.T) {
	s := newSite(t)
	s.handle("/feed", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) })
	if e := visitFails(t, testFetcher(Options{}), s.source(news.Feed, "/feed"), news.Checkpoint{}); e.Outcome != news.HTTPError {
		t.Errorf("%v", e)
	}
}

// F6, politeness 2: a cut feed gives its complete items, and the validators of
// the whole one before it stand.
func TestACutFeedIsPartial(t *testing.T) {
	s := newSite(t)
	whole := rssOf(rssItem(1), rssItem(2), rssItem(3))
	s.handle("/feed", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"cut"`)
		_, _ = io.WriteString(w, whole[:strings.Index(whole, "<title>Xabar 3")+5])
	})
	src := s.source(news.Feed, "/feed")
	src.Article.Skip = true
	batch := mustVisit(t, testFetcher(Options{}), src, news.Checkpoint{ETag: `"old"`, BodyHash: "x"}, nothingKnown)
	if batch.Outcome != news.Partial || len(batch.Items) != 2 || batch.Checkpoint.ETag != `"old"` || batch.Checkpoint.BodyHash != "x" {
		t.Errorf("%+v", batch)
	}
}

// N29–N33, N35: every status has its outcome, and Retry-After is heard.
func TestStatusesHaveOutcomes(t *testing.T) {
	for _, test := range []struct {
		status int
		header string
		want   news.Outcome
		wait   time.Duration
	}{
		{404, "", news.NotFound, 0}, {410, "", news.Gone, 0}, {401, "", news.Denied, 0}, {403, "", news.Denied, 0},
		{429, "120", news.SlowDown, 2 * time.Minute}, {429, "", news.SlowDown, 0}, {503, "Tue, 24 Nov 2026 10:00:00 GMT", news.SlowDown, time.Hour},
		{503, "", news.HTTPError, 0}, {500, "", news.HTTPError, 0}, {204, "", news.HTTPError, 0},
	} {
		s := newSite(t)
		s.handle("/feed", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", visitTime.Format(http.TimeFormat))
			if test.header != "" {
				w.Header().Set("Retry-After", test.header)
			}
			w.WriteHeader(test.status)
		})
		e := visitFails(t, testFetcher(Options{}), s.source(news.Feed, "/feed"), news.Checkpoint{})
		if e.Outcome != test.want || e.RetryAfter != test.wait {
			t.Errorf("status %d: %s, wait %v", test.status, e.Outcome, e.RetryAfter)
		}
		if e.Requests != 1 {
			t.Errorf("status %d: %d requests", test.status, e.Requests)
		}
	}
}

// N31: a challenge is a state of its own.
func TestAChallengeIsRecognised(t *testing.T) {
	s := newSite(t)
	s.handle("/feed", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("cf-mitigated", "challenge")
		w.WriteHeader(403)
	})
	if e := visitFails(t, testFetcher(Options{}), s.source(news.Feed, "/feed"), news.Checkpoint{}); e.Outcome != news.Challenge {
		t.Errorf("%v", e)
	}
}

// N39, F12: a page where a feed was expected; the feed it declares is named.
func TestAPageIsNotAFeed(t *testing.T) {
	s := newSite(t)
	s.text("/feed", "text/html", `<!DOCTYPE html><html><head><link rel="alternate" type="application/rss+xml" href="/real.xml"></head><body>Wi-Fi login</body></html>`)
	e := visitFails(t, testFetcher(Options{}), s.source(news.Feed, "/feed"), news.Checkpoint{})
	if e.Outcome != news.NotAFeed || !strings.Contains(e.Error(), s.URL+"/real.xml") {
		t.Errorf("%s %v", e.Outcome, e)
	}
}

// N40.
func TestAnEmptyFeedKeepsWhatWeHad(t *testing.T) {
	s := newSite(t)
	s.text("/feed", "application/rss+xml", rssOf())
	f := testFetcher(Options{})
	if b := mustVisit(t, f, s.source(news.Feed, "/feed"), news.Checkpoint{}, nothingKnown); b.Outcome != news.Empty || len(b.Notes) == 0 {
		t.Errorf("%+v", b)
	}
	old := news.Checkpoint{ETag: `"a"`, BodyHash: "b", Items: 50, VisitCount: 9}
	b := mustVisit(t, f, s.source(news.Feed, "/feed"), old, nothingKnown)
	if b.Outcome != news.Shrank || b.Checkpoint.ETag != `"a"` || b.Checkpoint.Items != 50 {
		t.Errorf("%+v", b)
	}
	s.text("/feed", "application/rss+xml", "")
	if e := visitFails(t, f, s.source(news.Feed, "/feed"), old); e.Outcome != news.Unparsable {
		t.Errorf("%v", e)
	}
}

func TestAFeedThatShrankIsNoticed(t *testing.T) {
	s := newSite(t)
	s.text("/feed", "application/rss+xml", rssOf(rssItem(1), rssItem(2)))
	src := s.source(news.Feed, "/feed")
	src.Article.Skip = true
	b := mustVisit(t, testFetcher(Options{}), src, news.Checkpoint{Items: 50}, nothingKnown)
	if b.Outcome != news.Shrank || len(b.Items) != 2 {
		t.Errorf("%+v", b)
	}
}

// N25: three sightings over two days, permanent hops only.
func TestOnlyALastingPermanentRedirectMovesASource(t *testing.T) {
	s := newSite(t)
	status := http.StatusMovedPermanently
	s.handle("/old", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/new", status) })
	s.handle("/new", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"n"`)
		_, _ = io.WriteString(w, rssOf(rssItem(1)))
	})
	now := visitTime
	f := testFetcher(Options{Now: func() time.Time { return now }})
	src := s.source(news.Feed, "/old")
	src.Article.Skip = true
	cp := news.Checkpoint{}
	for i := range 3 {
		if _, moved := cp.Moved(); moved {
			t.Fatalf("moved after %d sightings", i)
		}
		cp = mustVisit(t, f, src, cp, nothingKnown).Checkpoint
		if i > 0 && s.last().Header.Get("If-None-Match") != `"n"` {
			t.Error("the validator did not go to the address it came from")
		}
		now = now.Add(25 * time.Hour)
	}
	if to, moved := cp.Moved(); !moved || to != s.URL+"/new" {
		t.Errorf("%q %v", to, moved)
	}
	status = http.StatusFound
	cp = mustVisit(t, f, src, cp, nothingKnown).Checkpoint
	if _, moved := cp.Moved(); moved {
		t.Error("a temporary redirect moved the source")
	}
}

// Politeness 19: what the archive knows is not fetched again.
func TestKnownArticlesAreNotFetched(t *testing.T) {
	s := newSite(t)
	s.text("/", "text/html", `<html><body><ul><li><a href="/xabar/1">Birinchi xabarning sarlavhasi</a></li><li><a href="/xabar/2">Ikkinchi xabarning sarlavhasi</a></li></ul></body></html>`)
	s.text("/xabar/2", "text/html", article("Ikkinchi xabarning sarlavhasi"))
	src := s.source(news.Page, "/")
	src.Item = "li"
	known := func(_ context.Context, items []news.Item) (map[news.ItemID]news.ItemID, error) {
		return map[news.ItemID]news.ItemID{items[0].ID: items[0].ID}, nil
	}
	b := mustVisit(t, testFetcher(Options{}), src, news.Checkpoint{}, known)
	if s.count("/xabar/1") != 0 || s.count("/xabar/2") != 1 || len(b.Items) != 1 || b.Checkpoint.Items != 2 {
		t.Errorf("%+v", b)
	}
	it := b.Items[0]
	if it.Title != "Ikkinchi xabarning sarlavhasi" || !it.Published.Equal(time.Date(2026, 11, 23, 13, 30, 0, 0, time.UTC)) || it.Text == "" {
		t.Errorf("%+v", it)
	}
}

// What a visit may not fetch any more waits for the next one and is not lost.
func TestArticlesLeftOverAreFetchedNextTime(t *testing.T) {
	s := newSite(t)
	var items []string
	for n := 1; n <= 3; n++ {
		items = append(items, rssItem(n))
		s.text(fmt.Sprintf("/xabar/%d", n), "text/html", article(fmt.Sprint("Xabar ", n)))
	}
	s.text("/feed", "application/rss+xml", rssOf(items...))
	f := testFetcher(Options{})
	src := s.source(news.Feed, "/feed")
	v := f.newVisit(context.Background(), tashkent, src, news.Checkpoint{}, nothingKnown)
	v.budget = 2
	first, err := v.run(context.Background())
	if err != nil || len(first.Items) != 2 || len(first.Checkpoint.Pending) != 1 {
		t.Fatalf("%+v %v", first, err)
	}
	second := mustVisit(t, f, src, first.Checkpoint, nothingKnown)
	if len(second.Items) != 1 || second.Items[0].Text == "" || len(second.Checkpoint.Pending) != 0 || s.count("/xabar/1") != 1 {
		t.Errorf("%+v", second)
	}
}

// A page that fails for the host's sake is tried three times, then kept
// without its text.
func TestAnArticleIsTriedThreeTimes(t *testing.T) {
	s := newSite(t)
	s.text("/feed", "application/rss+xml", rssOf(rssItem(1)))
	s.handle("/xabar/1", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	f, cp := testFetcher(Options{}), news.Checkpoint{}
	for i := range 3 {
		b := mustVisit(t, f, s.source(news.Feed, "/feed"), cp, nothingKnown)
		if wantNow := i == 2; (len(b.Items) == 1) != wantNow {
			t.Fatalf("visit %d brought %d items", i+1, len(b.Items))
		}
		cp = b.Checkpoint
	}
	if s.count("/xabar/1") != 3 || len(cp.Pending) != 0 {
		t.Errorf("%d requests, %d pending", s.count("/xabar/1"), len(cp.Pending))
	}
}

// Politeness 15: pages obey robots.txt, feeds are read as a reader would.
func TestRobotsBindsPagesAndNotFeeds(t *testing.T) {
	s := newSite(t)
	s.text("/robots.txt", "text/plain", "User-agent: *\nDisallow: /\n")
	s.text("/", "text/html", `<ul><li><a href="/xabar/1">x</a></li></ul>`)
	s.text("/feed", "application/rss+xml", rssOf(rssItem(1)))
	s.text("/xabar/1", "text/html", article("Birinchi"))
	f := testFetcher(Options{})
	if e := visitFails(t, f, s.source(news.Page, "/"), news.Checkpoint{}); e.Outcome != news.Robots {
		t.Errorf("%v", e)
	}
	b := mustVisit(t, f, s.source(news.Feed, "/feed"), news.Checkpoint{}, nothingKnown)
	if len(b.Items) != 1 || b.Items[0].Text != "" || s.count("/xabar/1") != 0 {
		t.Errorf("%+v", b)
	}
	if s.count("/robots.txt") != 1 {
		t.Errorf("robots.txt was asked for %d times", s.count("/robots.txt"))
	}
}

// RFC 9309 §2.3.1: what cannot be read forbids, what does not exist allows.
func TestARobotsFileThatCannotBeReadForbids(t *testing.T) {
	for status, want := range map[int]news.Outcome{500: news.HTTPError, 503: news.HTTPError, 429: news.SlowDown, 404: "", 403: ""} {
		s := newSite(t)
		s.handle("/robots.txt", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		s.text("/", "text/html", `<ul><li><a href="/xabar/1">x</a></li></ul>`)
		_, err := testFetcher(Options{}).Visit(context.Background(), tashkent, s.source(news.Page, "/"), news.Checkpoint{}, nothingKnown)
		var failed *VisitError
		if errors.As(err, &failed); (failed == nil) != (want == "") || failed != nil && failed.Outcome != want {
			t.Errorf("status %d: %v", status, err)
		}
	}
}

func TestANewsSitemapIsRead(t *testing.T) {
	s := newSite(t)
	s.text("/sitemap.xml", "application/xml", `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>BASE/old.xml</loc><lastmod>2020-01-01</lastmod></sitemap><sitemap><loc>BASE/news.xml.gz</loc><lastmod>2026-11-24</lastmod></sitemap></sitemapindex>`)
	body := strings.ReplaceAll(`<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>BASE/xabar/1</loc><news:news><news:publication><news:name>Tong</news:name><news:language>uz</news:language></news:publication>
<news:publication_date>2026-11-24T08:00:00+05:00</news:publication_date><news:title>Birinchi &amp; yangi</news:title></news:news></url></urlset>`, "BASE", s.URL)
	s.handle("/news.xml.gz", func(w http.ResponseWriter, _ *http.Request) {
		var out bytes.Buffer
		z := gzip.NewWriter(&out)
		_, _ = io.WriteString(z, body)
		_ = z.Close()
		_, _ = w.Write(out.Bytes())
	})
	s.text("/old.xml", "application/xml", `<urlset/>`)
	s.text("/xabar/1", "text/html", article("Birinchi"))
	b := mustVisit(t, testFetcher(Options{}), s.source(news.Sitemap, "/sitemap.xml"), news.Checkpoint{}, nothingKnown)
	if len(b.Items) != 1 || b.Items[0].Title != "Birinchi & yangi" || b.Items[0].Text == "" {
		t.Fatalf("%+v", b)
	}
	if got := b.Items[0].Published; !got.Equal(time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)) {
		t.Errorf("published %v", got)
	}
}

func post(n int) string {
	return fmt.Sprintf(`<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="tongkanali/%d">
<div class="tgme_widget_message_text">Universitetda <b>markaz</b> ochildi %d<br/>Batafsil matn &amp; izoh</div>
<a class="tgme_widget_message_date" href="https://t.me/tongkanali/%d"><time datetime="2026-11-24T0%d:00:00+00:00" class="time">x</time></a></div></div>`, n, n, n, n%8)
}

func TestAChannelIsReadThroughItsPreview(t *testing.T) {
	s := newSite(t)
	s.handle("/s/tongkanali", func(w http.ResponseWriter, r *http.Request) {
		page := post(3) + post(4)
		older := `<a class="tme_messages_more" data-before="3" href="/s/tongkanali?before=3">older</a>`
		if r.URL.Query().Get("before") == "3" {
			page, older = post(1)+post(2), ""
		}
		_, _ = io.WriteString(w, `<html><body><section class="tgme_channel_history">`+older+page+`</section></body></html>`)
	})
	f := testFetcher(Options{})
	src := s.source(news.Telegram, "/s/tongkanali")
	b := mustVisit(t, f, src, news.Checkpoint{}, nothingKnown)
	if len(b.Items) != 2 || b.Items[0].Title != "Universitetda markaz ochildi 3" || b.Items[0].URL != "https://t.me/tongkanali/3" {
		t.Fatalf("%+v", b.Items)
	}
	if b.Items[0].Text != "Universitetda markaz ochildi 3\nBatafsil matn & izoh" || !b.Items[0].Published.Equal(time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", b.Items[0])
	}
	// At a later visit on which everything is new, it pages back.
	b = mustVisit(t, f, src, news.Checkpoint{VisitCount: 1}, nothingKnown)
	if len(b.Items) != 4 || b.Items[0].URL != "https://t.me/tongkanali/1" {
		t.Errorf("%d items", len(b.Items))
	}
}

func TestAChannelIsFoundHoweverItIsWritten(t *testing.T) {
	for _, s := range []string{"@kanal", "kanal", "https://t.me/kanal", "t.me/s/kanal/", "http://telegram.me/kanal"} {
		if got := address(news.Source{Kind: news.Telegram, URL: s}); got != "https://t.me/s/kanal" {
			t.Errorf("%s → %s", s, got)
		}
	}
}

// H5, H7, H9: what is no article is not stored as one.
func TestWallsFilesAndFrontPagesAreNotArticles(t *testing.T) {
	s := newSite(t)
	var items []string
	for n := range 5 {
		items = append(items, rssItem(n))
	}
	s.text("/feed", "application/rss+xml", rssOf(items...))
	s.text("/", "text/html", article("Bosh sahifa"))
	s.text("/login", "text/html", article("Kirish"))
	s.text("/xabar/0", "text/html", `<html><body><article><p>We use cookies to improve your experience. Accept all cookies to continue. Read our cookie policy.</p></article></body></html>`)
	s.handle("/xabar/1", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) })
	s.handle("/xabar/2", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) })
	s.text("/xabar/3", "application/pdf", "%PDF-1.7 binary")
	s.text("/xabar/4", "text/html", article("404 Page not found"))
	b := mustVisit(t, testFetcher(Options{}), s.source(news.Feed, "/feed"), news.Checkpoint{}, nothingKnown)
	if len(b.Items) != 5 {
		t.Fatalf("%d items", len(b.Items))
	}
	for _, it := range b.Items {
		if it.Text != "" || it.Summary == "" {
			t.Errorf("%s was stored with %q (%s)", it.URL, it.Text, it.Extraction)
		}
	}
}

// N43, politeness 11: one request at a time and a pause, host by host.
func TestHostsAreAskedOneAtATimeWithAPause(t *testing.T) {
	h := NewHosts()
	ctx := context.Background()
	leave, err := h.Enter(ctx, "a", 0)
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	if _, err := h.Enter(short, "a", 0); err == nil {
		t.Error("two were inside one host")
	}
	other, err := h.Enter(ctx, "b", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	other()
	leave()
	start := time.Now()
	leave, err = h.Enter(ctx, "a", 30*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	leave()
	again, err := h.Enter(ctx, "a", 30*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	again()
	if time.Since(start) < 30*time.Millisecond {
		t.Error("there was no pause")
	}
}

// N16: after a lie about the coding, the next visit asks for none.
func TestAfterAWrongCodingNoneIsAskedFor(t *testing.T) {
	s := newSite(t)
	s.handle("/feed", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "identity" {
			w.Header().Set("Content-Encoding", "gzip")
		}
		_, _ = io.WriteString(w, rssOf(rssItem(1)))
	})
	f := testFetcher(Options{})
	src := s.source(news.Feed, "/feed")
	src.Article.Skip = true
	if e := visitFails(t, f, src, news.Checkpoint{}); e.Outcome != news.Encoding || s.count("/feed") != 1 {
		t.Errorf("%v", e)
	}
	if b := mustVisit(t, f, src, news.Checkpoint{}, nothingKnown); len(b.Items) != 1 {
		t.Errorf("%+v", b)
	}
}

// S11: addresses inside a document pass the same guard.
func TestArticlesOnPrivateAddressesAreNotFetched(t *testing.T) {
	s := newSite(t)
	s.text("/feed", "application/rss+xml", strings.ReplaceAll(rssOf(rssItem(1)), "BASE/xabar", "http://10.0.0.1/xabar"))
	b := mustVisit(t, testFetcher(Options{}), s.source(news.Feed, "/feed"), news.Checkpoint{}, nothingKnown)
	if len(b.Items) != 1 || b.Items[0].Text != "" {
		if len(b.Checkpoint.Pending) == 0 {
			t.Errorf("%+v", b)
		}
	}
}

// Politeness 7: a host that says "slow down" at an article is left at once, and
// its wish is handed on.
func TestAHostThatAsksUsToSlowDownIsLeft(t *testing.T) {
	s := newSite(t)
	s.text("/feed", "application/rss+xml", rssOf(rssItem(1), rssItem(2), rssItem(3)))
	s.handle("/xabar/1", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7200")
		w.WriteHeader(429)
	})
	b := mustVisit(t, testFetcher(Options{}), s.source(news.Feed, "/feed"), news.Checkpoint{}, nothingKnown)
	if b.Wait != 2*time.Hour || len(b.Checkpoint.Pending) != 3 || s.count("/xabar/2") != 0 {
		t.Errorf("%+v", b)
	}
}

// N1, N41: a listing whose host does not resolve fails by its name, not by its
// robots.txt, so that an outage of our own network is known as one.
func TestAnOutageIsNotBlamedOnRobots(t *testing.T) {
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", "127.0.0.1:1")
	}}
	f := New(client.New(client.Options{Resolver: resolver, Dial: time.Second}), Options{})
	if e := visitFails(t, f, news.Source{ID: "x", Kind: news.Page, URL: "https://tong.invalid/"}, news.Checkpoint{}); e.Outcome != news.DNS {
		t.Errorf("%s: %v", e.Outcome, e)
	}
}
