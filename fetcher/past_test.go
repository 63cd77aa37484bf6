package fetcher

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"silkwire/news"
)

// archive is a site whose listing has n pages of two articles each, the older
// ones behind a link; article k was published k days before the visit.
func archive(t *testing.T, n int) *site {
	s := newSite(t)
	for page := range n {
		body := "<html><body>"
		for i := range 2 {
			k := 2*page + i
			day := visitTime.AddDate(0, 0, -k)
			body += fmt.Sprintf(`<div class="card"><a href="/xabar/%d">Xabar raqami %d</a><time datetime="%s"></time></div>`, k, k, day.Format("2006-01-02T15:04:05Z"))
			s.text(fmt.Sprintf("/xabar/%d", k), "text/html", article(fmt.Sprintf("Xabar raqami %d", k)))
		}
		if page+1 < n {
			body += fmt.Sprintf(`<a class="more" href="/news/%d">Oldingi</a>`, page+1)
		}
		s.text(fmt.Sprintf("/news/%d", page), "text/html", body+"</body></html>")
	}
	return s
}

func (s *site) listing() news.Source {
	src := s.source(news.Page, "/news/0")
	src.Item, src.Date, src.Next = "div.card", "time", "a.more"
	return src
}

// memory is an archive of items.
type memory map[news.ItemID]news.Item

func (m memory) known(_ context.Context, items []news.Item) (map[news.ItemID]news.ItemID, error) {
	out := map[news.ItemID]news.ItemID{}
	for _, it := range items {
		if _, ok := m[it.ID]; ok {
			out[it.ID] = it.ID
		}
	}
	return out, nil
}

func (m memory) keep(items []news.Item) error {
	for _, it := range items {
		m[it.ID] = it
	}
	return nil
}

func TestAListingIsReadOnWhileEverythingIsNew(t *testing.T) {
	s := archive(t, 6)
	f, have := testFetcher(Options{}), memory{}
	first := mustVisit(t, f, s.listing(), news.Checkpoint{}, have.known)
	if len(first.Items) != 2 {
		t.Fatalf("the first visit brought %d items: what is older is for backfill", len(first.Items))
	}
	again := mustVisit(t, f, s.listing(), news.Checkpoint{VisitCount: 1}, have.known)
	if len(again.Items) != 8 {
		t.Errorf("%d items; all was new, so three more pages are due", len(again.Items))
	}
	_ = have.keep(again.Items[:3]) // the second page is known in part
	if third := mustVisit(t, f, s.listing(), news.Checkpoint{VisitCount: 2}, have.known); s.count("/news/1") != 1 || len(third.Items) != 0 {
		t.Errorf("page 1 was asked %d times, %d items: what follows known items is known", s.count("/news/1"), len(third.Items))
	}
}

// back reads a source's whole past as the monitor does.
func back(t *testing.T, f *Fetcher, src news.Source, since time.Time, have memory) (pages []string) {
	t.Helper()
	next := f.Beginnings(tashkent, src, since)
	for len(next) > 0 && len(pages) < 100 {
		page := next[0]
		past, err := f.Back(context.Background(), tashkent, src, page, since, have.known, have.keep)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, page)
		next = append(past.Older, next[1:]...)
	}
	return pages
}

func TestThePastOfAListingIsReadToItsDate(t *testing.T) {
	s := archive(t, 10)
	have := memory{}
	pages := back(t, testFetcher(Options{}), s.listing(), visitTime.AddDate(0, 0, -7), have)
	if len(have) != 8 || len(pages) != 5 {
		t.Errorf("%d items on %d pages; days 0 to 7 are on four pages, and the fifth says that it is enough", len(have), len(pages))
	}
	for _, it := range have {
		if !strings.HasPrefix(it.Text, "Vazirlik") {
			t.Errorf("%s has no text", it.URL)
		}
	}
	before := len(s.asked)
	if back(t, testFetcher(Options{}), s.listing(), visitTime.AddDate(0, 0, -7), have); len(s.asked)-before != 6 {
		t.Errorf("%d requests to read it again: known articles are not fetched twice", len(s.asked)-before)
	}
}

func TestThePastStopsWhereRobotsForbids(t *testing.T) {
	s := archive(t, 3)
	s.text("/robots.txt", "text/plain", "User-agent: *\nDisallow: /news/1\n")
	f := testFetcher(Options{})
	_, err := f.Back(context.Background(), tashkent, s.listing(), s.URL+"/news/1", time.Time{}, nothingKnown, memory{}.keep)
	var failed *VisitError
	if !errors.As(err, &failed) || failed.Outcome != news.Robots || s.count("/news/1") != 0 {
		t.Errorf("%v; asked %d times", err, s.count("/news/1"))
	}
}

func TestThePastOfASitemapIsItsOlderParts(t *testing.T) {
	s := newSite(t)
	s.text("/sitemap.xml", "application/xml", `<sitemapindex>
<sitemap><loc>BASE/2024.xml</loc><lastmod>2024-12-31</lastmod></sitemap>
<sitemap><loc>BASE/2025.xml</loc><lastmod>2025-12-31</lastmod></sitemap>
<sitemap><loc>BASE/2026.xml</loc><lastmod>2026-11-24</lastmod></sitemap></sitemapindex>`)
	for _, year := range []string{"2024", "2025", "2026"} {
		s.text("/"+year+".xml", "application/xml", `<urlset><url><loc>BASE/`+year+`/10/01/a/</loc></url><url><loc>BASE/about</loc><lastmod>2020-01-01</lastmod></url></urlset>`)
		s.text("/"+year+"/10/01/a/", "text/html", strings.ReplaceAll(article("Xabar "+year), "2026-11-23T18:30:00+05:00", year+"-10-01T12:00:00+05:00"))
	}
	have := memory{}
	pages := back(t, testFetcher(Options{}), s.source(news.Sitemap, "/sitemap.xml"), time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), have)
	want := []string{s.URL + "/sitemap.xml", s.URL + "/2026.xml", s.URL + "/2025.xml"}
	if !slices.Equal(pages, want) || len(have) != 2 {
		t.Errorf("pages %v, %d items", pages, len(have))
	}
}

func TestThePastOfAChannelIsPagedBackTo(t *testing.T) {
	s := newSite(t)
	s.handle("/s/tong", func(w http.ResponseWriter, r *http.Request) {
		before := 100
		_, _ = fmt.Sscan(r.URL.Query().Get("before"), &before)
		body := `<div class="tgme_channel_info"></div>`
		if before > 10 {
			body += fmt.Sprintf(`<a class="tme_messages_more" data-before="%d" href="/s/tong?before=%d"></a>`, before-10, before-10)
		}
		for n := before - 10; n < before; n++ {
			body += fmt.Sprintf(`<div class="tgme_widget_message" data-post="tong/%d"><div class="tgme_widget_message_text">Kanal xabari raqami %d</div><a class="tgme_widget_message_date"><time datetime="%s"></time></a></div>`,
				n, n, visitTime.AddDate(0, 0, n-100).Format(time.RFC3339))
		}
		_, _ = io.WriteString(w, body)
	})
	have := memory{}
	pages := back(t, testFetcher(Options{}), s.source(news.Telegram, "/s/tong"), visitTime.AddDate(0, 0, -35), have)
	if len(have) != 35 || len(pages) != 5 {
		t.Errorf("%d posts on %d pages %v", len(have), len(pages), pages)
	}
}

func TestAFeedSaysWhereItsArchiveIs(t *testing.T) { // RFC 5005
	s := newSite(t)
	s.text("/feed", "application/rss+xml", strings.Replace(rssOf(rssItem(1)), "<link>BASE/</link>", `<link>BASE/</link><atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="prev-archive" href="BASE/feed?a=1&amp;b=2"/>`, 1))
	past, err := testFetcher(Options{}).Back(context.Background(), tashkent, s.source(news.Feed, "/feed"), s.URL+"/feed", visitTime.AddDate(-1, 0, 0), nothingKnown, memory{}.keep)
	if err != nil || len(past.Older) != 1 || past.Older[0] != s.URL+"/feed?a=1&b=2" {
		t.Errorf("%+v, %v", past, err)
	}
}

func TestAFeedThatEndsSaysWhereTheSiteGoesOn(t *testing.T) {
	since := visitTime.AddDate(-5, 0, 0)
	for robots, want := range map[string]string{
		"":                                 "backfill --from URL",
		"Sitemap: https://site.test/s.xml": "backfill --from https://site.test/s.xml",
	} {
		s := newSite(t)
		s.text("/robots.txt", "text/plain", robots)
		s.text("/feed", "application/rss+xml", rssOf(rssItem(1)))
		past, err := testFetcher(Options{}).Back(context.Background(), tashkent, s.source(news.Feed, "/feed"), s.URL+"/feed", since, nothingKnown, memory{}.keep)
		if notes := strings.Join(past.Notes, "\n"); err != nil || len(past.Older) != 0 || !strings.Contains(notes, want) {
			t.Errorf("robots.txt %q: %+v, %v", robots, past, err)
		}
	}
}

// Each day has a page of its own, but for the last.
func TestASourceWithAPageForEachDayLosesNone(t *testing.T) {
	s := newSite(t)
	s.handle("/d/2026-11-24", http.NotFound)
	for k, day := range []string{"2026-11-22", "2026-11-23"} {
		s.handle("/d/"+day, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"`+day+`"`)
			if r.Header.Get("If-None-Match") == `"`+day+`"` {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			_, _ = fmt.Fprintf(w, `<a href="/xabar/%d">Bugungi kunning eng muhim xabari</a>`, k+1)
		})
		s.text(fmt.Sprintf("/xabar/%d", k+1), "text/html", article("Xabar"))
	}
	src := s.source(news.Page, "/d/{YYYY}-{MM}-{DD}")
	src.Item = "a"
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	f := testFetcher(Options{Now: func() time.Time { return now }})
	visit := func(cp news.Checkpoint, at time.Time) news.Batch {
		now = at
		return mustVisit(t, f, src, cp, nothingKnown)
	}
	first := visit(news.Checkpoint{}, now)
	same := visit(first.Checkpoint, now.Add(time.Hour))
	if len(first.Items) != 1 || same.Outcome != news.Unchanged {
		t.Fatalf("%+v, then %+v", first, same)
	}
	// The day is over: its page is read once more, then that of the next.
	closing := visit(same.Checkpoint, now.Add(24*time.Hour))
	if closing.Outcome != news.Unchanged || closing.Checkpoint.ETag != "" {
		t.Errorf("%+v", closing)
	}
	next := visit(closing.Checkpoint, now.Add(time.Hour))
	if len(next.Items) != 1 || next.Items[0].URL != s.URL+"/xabar/2" || next.Checkpoint.ETag != `"2026-11-23"` {
		t.Errorf("%+v", next)
	}
	last := visit(visit(next.Checkpoint, now.Add(24*time.Hour)).Checkpoint, now.Add(time.Hour))
	if last.Outcome != news.Empty {
		t.Errorf("a day without a page is no failure: %+v", last)
	}
}

func TestTheDaysOfThePastAreItsPages(t *testing.T) {
	src := news.Source{Kind: news.Page, URL: "https://tong.example/{YYYY}/{M}/{DD}/"}
	got := testFetcher(Options{}).Beginnings(tashkent, src, visitTime.AddDate(0, 0, -2))
	want := []string{"https://tong.example/2026/11/24/", "https://tong.example/2026/11/23/", "https://tong.example/2026/11/22/", "https://tong.example/2026/11/21/"}
	if !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	src.URL = "https://tong.example/{YYYY}-{MM}"
	if got := testFetcher(Options{}).Beginnings(tashkent, src, visitTime.AddDate(0, -2, 0)); len(got) != 3 {
		t.Errorf("months: %v", got)
	}
}

func TestASiteIsDiscoveredByWhatItDeclares(t *testing.T) {
	s := newSite(t)
	home := `<html lang="uz"><head><title>Tong xabarlari | Bosh sahifa</title>
<link rel="alternate" type="application/rss+xml" href="/feed" title="Yangiliklar">
<link rel="alternate" type="application/rss+xml" href="/comments/feed" title="Izohlar">
<link rel="alternate" type="application/atom+xml" href="/atom"><link rel="alternate" type="application/rss+xml" href="/gone"></head><body>`
	for i := range 6 {
		home += fmt.Sprintf(`<a href="/2026/11/2%d/toshkentda-yangi-markaz-ochildi">Toshkentda yangi markaz ochildi %d</a>`, i, i)
	}
	s.text("/", "text/html", home+"</body></html>")
	s.text("/feed", "application/rss+xml", rssOf(rssItem(1), rssItem(2)))
	s.text("/atom", "application/atom+xml", `<feed xmlns="http://www.w3.org/2005/Atom"><title>Tong</title><entry><title>Xabar 1</title><link href="BASE/xabar/1"/></entry></feed>`)
	s.text("/comments/feed", "application/rss+xml", rssOf(rssItem(7)))
	s.text("/robots.txt", "text/plain", "User-agent: *\nDisallow: /secret\nSitemap: BASE/news.xml\n")
	s.text("/news.xml", "application/xml", `<urlset><url><loc>BASE/a</loc><lastmod>2026-11-23</lastmod></url></urlset>`)
	s.text("/rss.xml", "application/rss+xml", rssOf(rssItem(9)))
	site, err := testFetcher(Options{}).Discover(context.Background(), s.URL+"/", false)
	if err != nil {
		t.Fatal(err)
	}
	if site.Name != "Tong xabarlari" || site.Lang != "uz" {
		t.Errorf("%q, %q", site.Name, site.Lang)
	}
	got := ""
	for _, p := range site.Proposals {
		got += fmt.Sprintf("%s %s %s %d %q\n", p.Source.Kind, strings.TrimPrefix(p.Source.URL, s.URL), p.From, len(p.Items), strings.ReplaceAll(p.Problem, s.URL, ""))
	}
	want := `feed /feed the page 2 ""
feed /comments/feed the page 1 "it holds comments, not articles"
feed /atom the page 1 "it holds the same items as /feed"
feed /gone the page 0 "GET /gone: status 404 not found: there is nothing at this address; check it"
sitemap /news.xml robots.txt 1 ""
page / the page 6 ""
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if s.count("/rss.xml") != 0 {
		t.Error("a path was guessed that nobody asked for (politeness 13)")
	}
	if site, err = testFetcher(Options{}).Discover(context.Background(), s.URL+"/", true); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(site.Proposals, func(p Proposal) bool { return p.From == "a guess" && p.Source.URL == s.URL+"/rss.xml" }) {
		t.Errorf("the known path was not found: %+v", site.Proposals)
	}
}
