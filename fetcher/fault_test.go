package fetcher

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"silkwire/client"
	"silkwire/fetcher/extract"
	"silkwire/news"
)

// N27: a 304 may bring new validators and a new max-age, and leaves what it
// does not speak of: ttl, skipHours, the max-age of the whole answer.
func TestA304IsHeardAndForgetsNothing(t *testing.T) {
	s := newSite(t)
	control, tag := "max-age=7200", `"a"`
	s.handle("/feed", func(w http.ResponseWriter, r *http.Request) {
		if control != "" {
			w.Header().Set("Cache-Control", control)
		}
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = io.WriteString(w, strings.Replace(rssOf(rssItem(1)), "<channel>", "<channel><ttl>90</ttl><skipHours><hour>13</hour></skipHours>", 1))
	})
	f := testFetcher(Options{})
	src := s.source(news.Feed, "/feed")
	src.Article.Skip = true
	first := mustVisit(t, f, src, news.Checkpoint{}, nothingKnown)
	for _, step := range []struct {
		control string
		want    time.Duration
	}{{"", 2 * time.Hour}, {"max-age=10800", 3 * time.Hour}, {"", 3 * time.Hour}, {"no-cache", 90 * time.Minute}, {"max-age=15000", 5 * time.Hour}} {
		control, tag = step.control, `"b"`
		b := mustVisit(t, f, src, first.Checkpoint, nothingKnown)
		if b.Outcome != news.Unchanged || b.Wait != step.want || b.Checkpoint.ETag != `"b"` {
			t.Errorf("after %q: %s, wait %v, want %v", step.control, b.Outcome, b.Wait, step.want)
		}
		first = b
	}
}

// N25, politeness 1, 3: where a feed answers now here and now there, each place
// gets its own validators back.
func TestEachAddressGetsItsOwnValidators(t *testing.T) {
	s := newSite(t)
	away := false
	page := func(tag string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if away && r.URL.Path == "/feed" {
				http.Redirect(w, r, "/elsewhere", http.StatusFound)
				return
			}
			w.Header().Set("ETag", tag)
			if r.Header.Get("If-None-Match") == tag {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			_, _ = io.WriteString(w, rssOf(rssItem(1)))
		}
	}
	s.handle("/feed", page(`"here"`))
	s.handle("/elsewhere", page(`"there"`))
	f := testFetcher(Options{})
	src := s.source(news.Feed, "/feed")
	src.Article.Skip = true
	var cp news.Checkpoint
	unconditional := 0
	for i := range 8 {
		away = i/2%2 == 1
		b := mustVisit(t, f, src, cp, nothingKnown)
		unconditional += b.Unconditional
		cp = b.Checkpoint
	}
	if unconditional != 2 {
		t.Errorf("%d unconditional requests, want one for each address", unconditional)
	}
}

// The parts of a sitemap index are asked though the index does not change, each
// with its own validators.
func TestThePartsOfAnUnchangedIndexAreAsked(t *testing.T) {
	s := newSite(t)
	version := 1
	s.handle("/index.xml", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"index"`)
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = io.WriteString(w, `<sitemapindex><sitemap><loc>`+s.URL+`/part.xml</loc></sitemap></sitemapindex>`)
	})
	s.handle("/part.xml", func(w http.ResponseWriter, r *http.Request) {
		tag := fmt.Sprintf(`"v%d"`, version)
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		body := "<urlset>"
		for n := range version {
			body += fmt.Sprintf("<url><loc>%s/xabar/%d</loc></url>", s.URL, n)
		}
		_, _ = io.WriteString(w, body+"</urlset>")
	})
	for n := range 3 {
		s.text(fmt.Sprintf("/xabar/%d", n), "text/html", article(fmt.Sprint("Xabar ", n)))
	}
	f := testFetcher(Options{})
	archive := map[news.ItemID]news.ItemID{}
	known := func(_ context.Context, items []news.Item) (map[news.ItemID]news.ItemID, error) {
		out := map[news.ItemID]news.ItemID{}
		for _, it := range items {
			if _, ok := archive[it.ID]; ok {
				out[it.ID] = it.ID
			}
		}
		return out, nil
	}
	cp := news.Checkpoint{}
	for i, want := range []int{1, 0, 1, 0} {
		if i == 2 {
			version = 2
		}
		b := mustVisit(t, f, s.source(news.Sitemap, "/index.xml"), cp, known)
		if len(b.Items) != want {
			t.Errorf("visit %d brought %d items, want %d (%s, %v)", i, len(b.Items), want, b.Outcome, b.Notes)
		}
		for _, it := range b.Items {
			archive[it.ID] = it.ID
		}
		cp = b.Checkpoint
	}
	if s.count("/part.xml") != 4 || s.last().Header.Get("If-None-Match") != `"v2"` {
		t.Errorf("the part was asked %d times, last with %q", s.count("/part.xml"), s.last().Header.Get("If-None-Match"))
	}
}

// Politeness 7: a host that asked for peace is not asked, nor is its domain
// when two hosts of it did, until the time is over.
func TestAHostThatAskedForPeaceIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHosts()
		enter := func(host string) error {
			leave, err := h.Enter(context.Background(), host, 0)
			if err == nil {
				leave()
			}
			return err
		}
		if closed := h.Close("a.press.example", time.Hour); len(closed) != 1 || !closed[0].Covers("a.press.example") || closed[0].Covers("b.press.example") {
			t.Errorf("%+v", closed)
		}
		var shut *ClosedError
		if err := enter("a.press.example"); !errors.As(err, &shut) || shut.Host != "a.press.example" {
			t.Errorf("%v", err)
		}
		if err := enter("b.press.example"); err != nil {
			t.Errorf("a neighbour is closed: %v", err)
		}
		time.Sleep(5 * time.Minute)
		if closed := h.Close("b.press.example", 30*time.Minute); len(closed) != 2 || !closed[1].Covers("c.press.example") || closed[1].Covers("otherpress.example") {
			t.Errorf("%+v", closed)
		}
		if err := enter("c.press.example"); err == nil {
			t.Error("two hosts spoke for their domain, and a third was asked")
		}
		time.Sleep(31 * time.Minute)
		if err := enter("c.press.example"); err != nil {
			t.Errorf("the time is over: %v", err)
		}
		if enter("a.press.example") == nil {
			t.Error("the first host was asked before its time")
		}
	})
}

// RFC 9309 §2.4: a robots.txt is asked for again after a day, and then with its
// validators.
func TestRobotsIsAskedAgainWithItsValidators(t *testing.T) {
	s := newSite(t)
	s.handle("/robots.txt", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"r"`)
		if r.Header.Get("If-None-Match") == `"r"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = io.WriteString(w, "User-agent: *\nDisallow: /secret\n")
	})
	s.text("/secret", "text/html", `<ul><li><a href="/xabar/1">x</a></li></ul>`)
	now := visitTime
	f := testFetcher(Options{Now: func() time.Time { return now }})
	for range 3 {
		if e := visitFails(t, f, s.source(news.Page, "/secret"), news.Checkpoint{}); e.Outcome != news.Robots {
			t.Errorf("%v", e)
		}
		now = now.Add(13 * time.Hour)
	}
	if s.count("/robots.txt") != 2 || s.last().Header.Get("If-None-Match") != `"r"` {
		t.Errorf("asked %d times", s.count("/robots.txt"))
	}
}

// S11, politeness 15: a redirect does not lead around robots.txt.
func TestARedirectDoesNotLeadAroundRobots(t *testing.T) {
	s := newSite(t)
	s.text("/robots.txt", "text/plain", "User-agent: *\nDisallow: /secret\n")
	s.text("/feed", "application/rss+xml", rssOf(rssItem(1)))
	s.handle("/xabar/1", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/secret/1", http.StatusFound) })
	s.text("/secret/1", "text/html", article("Birinchi"))
	b := mustVisit(t, testFetcher(Options{}), s.source(news.Feed, "/feed"), news.Checkpoint{}, nothingKnown)
	if s.count("/secret/1") != 0 || len(b.Items) != 1 || b.Items[0].Text != "" {
		t.Errorf("%+v", b.Items)
	}
}

// S11: a sitemap, and the sitemaps of an index, may not lead inside.
func TestSitemapsDoNotLeadInside(t *testing.T) {
	s := newSite(t)
	s.text("/index.xml", "application/xml", `<sitemapindex><sitemap><loc>http://10.0.0.1/part.xml</loc></sitemap></sitemapindex>`)
	b := mustVisit(t, testFetcher(Options{}), s.source(news.Sitemap, "/index.xml"), news.Checkpoint{}, nothingKnown)
	if len(b.Items) != 0 || b.Outcome != news.Partial || !strings.Contains(strings.Join(b.Notes, " "), "10.0.0.1") {
		t.Errorf("%+v", b)
	}
}

// A short text of a feed stands when its page adds only the headline and a line
// like a date; one that the page continues does not.
func TestAPageThatOnlyRepeatsTheFeedAddsNothing(t *testing.T) {
	text := "Vazirlik universitetda yangi markaz ochilganini ma'lum qildi. Unda til kurslari va kutubxona ishlaydi. Markaz dushanbadan boshlab talabalarni qabul qiladi."
	for _, test := range []struct{ name, page, want string }{
		{"the headline and a date", "Markaz ochildi\n24 noyabr 2026, 09:00\n" + text, text},
		{"a byline at the end", text + "\nTong xabarlari muxbiri", text},
		{"a paragraph more", text + "\n" + strings.Repeat(paragraph, 2), text + "\n" + strings.Repeat(paragraph, 2)},
		{"another text", strings.Repeat(paragraph, 3), strings.Repeat(paragraph, 3)},
	} {
		it := news.Item{Title: "Markaz ochildi", Text: text}
		content := extract.Content{Text: test.page, Method: extract.ByTrafilatura}
		fillArticle(&it, content, parseContext{At: visitTime, Zone: time.UTC})
		if strings.TrimSpace(it.Text) != strings.TrimSpace(test.want) {
			t.Errorf("%s: %q", test.name, it.Text)
		}
		if (it.Text == text) != (it.Extraction == fromFeed) {
			t.Errorf("%s: extraction %q", test.name, it.Extraction)
		}
	}
}

// An item that another source brought meanwhile is not fetched a second time.
func TestWhatAnotherSourceBroughtIsNotFetchedAgain(t *testing.T) {
	s := newSite(t)
	s.text("/feed", "application/rss+xml", rssOf(rssItem(1)))
	s.handle("/xabar/1", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	f := testFetcher(Options{})
	first := mustVisit(t, f, s.source(news.Feed, "/feed"), news.Checkpoint{}, nothingKnown)
	if len(first.Checkpoint.Pending) != 1 {
		t.Fatalf("%+v", first.Checkpoint)
	}
	all := func(_ context.Context, items []news.Item) (map[news.ItemID]news.ItemID, error) {
		out := map[news.ItemID]news.ItemID{}
		for _, it := range items {
			out[it.ID] = it.ID
		}
		return out, nil
	}
	second := mustVisit(t, f, s.source(news.Feed, "/feed"), first.Checkpoint, all)
	if s.count("/xabar/1") != 1 || len(second.Checkpoint.Pending) != 0 || len(second.Items) != 1 {
		t.Errorf("%d requests, %+v", s.count("/xabar/1"), second)
	}
}

// Requests that reached nobody are not counted as sent.
func TestRequestsThatReachedNobodyAreNotCounted(t *testing.T) {
	f := New(client.New(client.Options{}), Options{})
	e := visitFails(t, f, news.Source{ID: "x", Kind: news.Feed, URL: "http://10.0.0.1/feed"}, news.Checkpoint{})
	if e.Outcome != news.Blocked || e.Requests != 0 || e.Unconditional != 0 {
		t.Errorf("%+v", e)
	}
}

// Politeness 17, 20: wishes that nothing forbids us to overlook are said.
func TestWishesOfSitesAreOnRecord(t *testing.T) {
	s := newSite(t)
	s.text("/robots.txt", "text/plain", "Content-Signal: search=yes, ai-train=no\nUser-agent: *\nDisallow: /private\n")
	s.text("/feed", "application/rss+xml", strings.Replace(rssOf(rssItem(1), rssItem(2)), "<channel>", `<channel><atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="http://hub.example/"/>`, 1))
	for n := 1; n <= 2; n++ {
		s.handle(fmt.Sprintf("/xabar/%d", n), func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Robots-Tag", "noindex, noarchive")
			_, _ = io.WriteString(w, article("Birinchi"))
		})
	}
	b := mustVisit(t, testFetcher(Options{}), s.source(news.Feed, "/feed"), news.Checkpoint{}, nothingKnown)
	all := strings.Join(b.Notes, "\n")
	for _, words := range []string{"ai-train=no", "WebSub, http://hub.example/", "noarchive"} {
		if strings.Count(all, words) != 1 {
			t.Errorf("%q is not said once:\n%s", words, all)
		}
	}
	if len(b.Items) != 2 || b.Items[0].Text == "" {
		t.Errorf("%+v", b.Items)
	}
	if hub := hubOf(nil, http.Header{"Link": {`<http://a.example/feed>; rel="self", <http://hub.example/x>; rel="hub"`}}); hub != "http://hub.example/x" {
		t.Errorf("hub %q", hub)
	}
}

func FuzzSitemap(f *testing.F) {
	f.Add([]byte(`<urlset><url><loc>http://a.example/2026/11/20/x</loc><lastmod>2026-11-24</lastmod></url></urlset>`))
	f.Add([]byte(`<sitemapindex><sitemap><loc>/part.xml</loc></sitemap><sitemap><loc>javascript:x</loc></sitemap></sitemapindex>`))
	f.Add([]byte(`<urlset xmlns:news="n"><url><loc>http://a/</loc><news:news><news:title>t</news:title><news:publication_date>2099-01-01</news:publication_date></news:news></url><url><loc>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := parseSitemap(data, parseContext{Base: "http://a.example/sitemap.xml", At: visitTime, Zone: time.UTC})
		if err != nil {
			return
		}
		if len(doc.Items) > maxItems || doc.Total < len(doc.Items) {
			t.Errorf("%d items of %d", len(doc.Items), doc.Total)
		}
		for _, it := range doc.Items {
			if news.CanonicalURL(it.URL) == "" || it.Published.After(visitTime) || strings.ContainsAny(it.Title, "\n\x00") {
				t.Errorf("%+v", it)
			}
		}
		for _, m := range doc.Maps {
			if news.CanonicalURL(m.URL) == "" {
				t.Errorf("a sitemap at %q", m.URL)
			}
		}
		if maps := newestMaps(doc.Maps, 3); len(maps) > 3 {
			t.Errorf("%d sitemaps", len(maps))
		}
	})
}

func FuzzTelegram(f *testing.F) {
	f.Add([]byte(`<section class="tgme_channel_history">` + post(1) + post(2) + `</section>`))
	f.Add([]byte(`<div class="tgme_channel_info"><div class="tgme_channel_info_header_title">K</div></div><a class="tme_messages_more" href="?before=0">`))
	f.Add([]byte(`<div class="tgme_widget_message" data-post="k/x"><div class="tgme_widget_message_text"><div class="tgme_widget_message_text">`))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := parseTelegram(data, parseContext{Base: "https://t.me/s/kanal", At: visitTime, Zone: time.UTC})
		if err != nil {
			return
		}
		for _, it := range doc.Items {
			if !strings.HasPrefix(it.URL, "https://t.me/") || it.Text == "" || it.Title == "" || strings.Contains(it.Title, "\n") || it.Published.After(visitTime) {
				t.Errorf("%+v", it)
			}
		}
		if doc.Older != "" && news.CanonicalURL(doc.Older) == "" {
			t.Errorf("older posts at %q", doc.Older)
		}
	})
}

// Politeness 15, 17: what the operator decides of robots.txt and of pages that
// are not to be archived.
func TestWishesBindAsFarAsTheOperatorSays(t *testing.T) {
	s := newSite(t)
	s.text("/robots.txt", "text/plain", "User-agent: *\nDisallow: /feed\n")
	s.text("/feed", "application/rss+xml", rssOf(rssItem(1)))
	s.handle("/xabar/1", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Tdm-Reservation", "1")
		_, _ = io.WriteString(w, strings.Replace(article("Birinchi"), "<head>", `<head><meta name="robots" content="noarchive">`, 1))
	})
	src := s.source(news.Feed, "/feed")
	f := testFetcher(Options{RespectNoArchive: true})
	first := mustVisit(t, f, src, news.Checkpoint{}, nothingKnown)
	if it := first.Items[0]; it.Text != "" || it.Summary == "" || it.Extraction != "noarchive" {
		t.Errorf("kept of a page that is not to be archived: %+v", it)
	}
	if !strings.Contains(strings.Join(first.Notes, "\n"), "tdm-reservation") {
		t.Errorf("%q", first.Notes)
	}
	again := mustVisit(t, f, src, news.Checkpoint{}, nothingKnown) // robots.txt is known now
	if !strings.Contains(strings.Join(again.Notes, "\n"), "robots.txt does not allow this feed") {
		t.Errorf("%q", again.Notes)
	}
	asked := s.count("/feed")
	_, err := testFetcher(Options{RobotsBindFeeds: true}).Visit(context.Background(), tashkent, src, news.Checkpoint{}, nothingKnown)
	var failed *VisitError
	if !errors.As(err, &failed) || failed.Outcome != news.Robots || s.count("/feed") != asked {
		t.Errorf("robots.feeds: respect: %v, asked %d times", err, s.count("/feed")-asked)
	}
}

// Politeness 14: a server may send only what changed (226), which is not a feed
// that shrank.
func TestOnlyWhatChangedIsTaken(t *testing.T) {
	s := newSite(t)
	s.handle("/feed", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("A-IM") == "feed" && r.Header.Get("If-None-Match") == `"1"` {
			w.Header().Set("ETag", `"2"`)
			w.Header().Set("IM", "feed")
			w.WriteHeader(226)
			_, _ = io.WriteString(w, rssOf(rssItem(99)))
			return
		}
		var items []string
		for n := range 20 {
			items = append(items, rssItem(n))
		}
		w.Header().Set("ETag", `"1"`)
		_, _ = io.WriteString(w, rssOf(items...))
	})
	src := s.source(news.Feed, "/feed")
	src.Article.Skip = true
	f := testFetcher(Options{Deltas: true})
	first := mustVisit(t, f, src, news.Checkpoint{}, nothingKnown)
	if s.last().Header.Get("A-IM") != "" {
		t.Error("the first visit, which has nothing yet, asks for what changed")
	}
	second := mustVisit(t, f, src, first.Checkpoint, nothingKnown)
	if second.Outcome != news.OK || len(second.Items) != 1 || second.Checkpoint.ETag != `"2"` || second.Checkpoint.Items != 20 {
		t.Errorf("%+v", second)
	}
}
