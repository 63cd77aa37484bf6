package demo_test

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"silkwire/client"
	"silkwire/demo"
	"silkwire/fetcher"
	"silkwire/news"
	"silkwire/text"
)

var now = time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)

// start lets a world answer until the test ends.
func start(t *testing.T) *demo.Running {
	t.Helper()
	world, err := demo.New(now)
	if err != nil {
		t.Fatal(err)
	}
	world.Hurry(time.Millisecond)
	running, err := world.Start(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = running.Close() })
	return running
}

func source(t *testing.T, r *demo.Running, id news.SourceID) news.Source {
	t.Helper()
	for _, s := range r.Sources() {
		if s.ID == id {
			return s
		}
	}
	t.Fatalf("there is no source %s", id)
	return news.Source{}
}

func get(t *testing.T, url string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func visitor() *fetcher.Fetcher {
	c := client.New(client.Options{AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	return fetcher.New(c, fetcher.Options{Now: func() time.Time { return now }})
}

func outletOf(r *demo.Running, id news.OutletID) news.Outlet {
	for _, o := range r.Outlets() {
		if o.ID == id {
			return o
		}
	}
	return news.Outlet{}
}

// What the fetcher brings back of every outlet is what was written: each item
// once, with its title, its whole text and nothing else, and its time.
func TestEveryItemComesBackAsItWasWritten(t *testing.T) {
	running, fetch := start(t), visitor()
	written := map[news.OutletID]map[string]demo.Item{}
	for _, it := range items(t) {
		if written[it.Outlet] == nil {
			written[it.Outlet] = map[string]demo.Item{}
		}
		written[it.Outlet][it.Title] = it
	}
	for _, src := range running.Sources() {
		if src.ID == "aral-meridian" {
			continue
		}
		t.Run(string(src.ID), func(t *testing.T) {
			batch, err := fetch.Visit(t.Context(), outletOf(running, src.Outlet), src, news.Checkpoint{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(batch.Items) != len(written[src.Outlet]) {
				t.Errorf("%d items came, %d were written; %v", len(batch.Items), len(written[src.Outlet]), batch.Notes)
			}
			for _, got := range batch.Items {
				compare(t, got, written[src.Outlet][got.Title])
			}
		})
	}
}

func compare(t *testing.T, got news.Item, want demo.Item) {
	t.Helper()
	body := want.Body
	if got.Extraction == "telegram" {
		body = want.Title + "\n" + body // a post has no other title than its first line
	}
	if squeeze(got.Text) != squeeze(body) {
		t.Errorf("%s (%s), %q:\n got %s\nwant %s", want.ID, got.Extraction, got.Title, squeeze(got.Text), squeeze(body))
	}
	published := now.Add(-time.Duration(want.Ago * float64(time.Hour)))
	if late := got.Published.Sub(published); late.Abs() > time.Minute {
		t.Errorf("%s was published at %v, not %v", want.ID, got.Published, published)
	}
}

// What language a page is in is told by its words, in every script: a hundred
// pages, without an exception.
func TestTheLanguageOfEveryPageIsKnown(t *testing.T) {
	running, fetch := start(t), visitor()
	written := map[string]string{}
	for _, it := range items(t) {
		written[it.Title] = it.Lang
	}
	pages, languages := 0, map[string]int{}
	for _, src := range running.Sources() {
		if src.ID == "aral-meridian" {
			continue
		}
		batch, err := fetch.Visit(t.Context(), outletOf(running, src.Outlet), src, news.Checkpoint{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range batch.Items {
			likely := text.Detect(it.Title + "\n" + it.Text)
			got, _ := likely.Best()
			if pages++; got.String() != written[it.Title] {
				t.Errorf("%s is taken for %s, and is %s", it.URL, got, written[it.Title])
			}
			languages[got.String()]++
		}
	}
	if pages < 100 || len(languages) != 11 {
		t.Errorf("%d pages in %v", pages, languages)
	}
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestASecondVisitFindsNothingNew(t *testing.T) {
	running, fetch := start(t), visitor()
	for _, id := range []news.SourceID{"steppe-courier", "chorraha", "karvon", "boz-ui", "garagum-habar"} {
		src := source(t, running, id)
		first, err := fetch.Visit(t.Context(), outletOf(running, src.Outlet), src, news.Checkpoint{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		second, err := fetch.Visit(t.Context(), outletOf(running, src.Outlet), src, first.Checkpoint, nil)
		if err != nil || second.Outcome != news.Unchanged || second.Requests != 1 {
			t.Errorf("%s: the second visit ends with %q after %d requests, error %v", id, second.Outcome, second.Requests, err)
		}
	}
}

func TestWhoHasThePageAlreadyGets304(t *testing.T) {
	running := start(t)
	for _, src := range running.Sources() {
		if src.ID == "aral-meridian" {
			continue
		}
		resp, _ := get(t, src.URL)
		for condition, validator := range map[string]string{"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"} {
			value := resp.Header.Get(validator)
			if again, body := get(t, src.URL, condition, value); value == "" || again.StatusCode != http.StatusNotModified || body != "" {
				t.Errorf("%s: %s: %q is answered with %d", src.ID, condition, value, again.StatusCode)
			}
		}
	}
}

// The charset of one feed stands in the HTTP header and nowhere else (N19).
func TestOneFeedIsInWindows1251(t *testing.T) {
	src := source(t, start(t), "zarafshan-line")
	resp, body := get(t, src.URL)
	if kind := resp.Header.Get("Content-Type"); kind != "application/rss+xml; charset=windows-1251" {
		t.Errorf("the feed is declared as %q", kind)
	}
	decoded, err := charmap.Windows1251.NewDecoder().String(body)
	if err != nil || !strings.Contains(decoded, "Таджикистан") || strings.Contains(body, "encoding=") || strings.Contains(body, "Таджикистан") {
		t.Errorf("the feed is not in windows-1251, or says so itself: %.200q", decoded)
	}
}

func TestAFeedThatIsCutOffIsKeptAsFarAsItGoes(t *testing.T) {
	running := start(t)
	src := source(t, running, "jetysu-obzor")
	batch, err := visitor().Visit(t.Context(), outletOf(running, src.Outlet), src, news.Checkpoint{}, nil)
	if err != nil || batch.Outcome != news.Partial || batch.Checkpoint.ETag != "" {
		t.Errorf("the visit ends with %q and ETag %q, error %v", batch.Outcome, batch.Checkpoint.ETag, err)
	}
}

func TestTheBrokenOutletFails(t *testing.T) {
	running := start(t)
	src := source(t, running, "aral-meridian")
	if resp, _ := get(t, src.URL); resp.StatusCode != http.StatusInternalServerError {
		t.Errorf("it answers with %d", resp.StatusCode)
	}
}

func TestTheSlowOutletWaitsForNobodyWhoHasGone(t *testing.T) {
	world, err := demo.New(now)
	if err != nil {
		t.Fatal(err)
	}
	world.Hurry(time.Hour)
	running, err := world.Start(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	src := source(t, running, "bomi-jahon")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, src.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := http.DefaultClient.Do(req); err == nil {
		_ = resp.Body.Close()
		t.Error("the slow outlet answered at once")
	}
	if err := running.Close(); err != nil {
		t.Error(err)
	}
}

func TestEveryOutletHasAFrontPageRobotsAndNothingElse(t *testing.T) {
	running := start(t)
	hosts := map[string]bool{}
	for id, place := range running.Places() {
		base := "http://" + place
		hosts[place] = true
		if resp, body := get(t, base+"/robots.txt"); resp.StatusCode != 200 || !strings.Contains(body, "User-agent: *") {
			t.Errorf("%s: robots.txt is answered with %d", id, resp.StatusCode)
		}
		if resp, _ := get(t, base+"/"); resp.StatusCode != 200 {
			t.Errorf("%s: the front page is answered with %d", id, resp.StatusCode)
		}
		for _, path := range []string{"/nothing/here", "/news/1", "/khabar/x"} {
			if resp, _ := get(t, base+path); resp.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %s is answered with %d", id, path, resp.StatusCode)
			}
		}
	}
	if len(hosts) != len(running.Outlets()) || len(hosts) < 8 {
		t.Errorf("%d outlets answer at %d places", len(running.Outlets()), len(hosts))
	}
}

// Items are known by their address, so a world started again at the same
// places publishes the same items, whatever the hour.
func TestAWorldStartedAgainAtItsPlacesPublishesTheSame(t *testing.T) {
	first := start(t)
	src := source(t, first, "steppe-courier")
	before, err := visitor().Visit(t.Context(), outletOf(first, src.Outlet), src, news.Checkpoint{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	places := first.Places()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	later, err := demo.New(now.Add(3 * time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	again, err := later.Start(t.Context(), places)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	if again.Places()["steppe-courier"] != places["steppe-courier"] {
		t.Skip("another program took the place meanwhile")
	}
	after, err := visitor().Visit(t.Context(), outletOf(again, src.Outlet), src, news.Checkpoint{}, nil)
	if err != nil || len(after.Items) != len(before.Items) {
		t.Fatalf("%d items after %d, error %v", len(after.Items), len(before.Items), err)
	}
	for i := range after.Items {
		if after.Items[i].ID != before.Items[i].ID {
			t.Errorf("%q has another identity", after.Items[i].Title)
		}
	}
}

func TestAWorldEndsWithItsContext(t *testing.T) {
	world, err := demo.New(now)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	running, err := world.Start(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := running.Close(); err != nil {
		t.Error(err)
	}
	resp, err := http.Get(source(t, running, "boz-ui").URL)
	if err == nil {
		_ = resp.Body.Close()
		t.Error("an ended world still answers")
	}
}

func TestNoSourceHoldsMoreThanAVisitCanRead(t *testing.T) {
	perOutlet := map[news.OutletID]int{}
	for _, it := range items(t) {
		perOutlet[it.Outlet]++
	}
	for id, n := range perOutlet {
		if n > 25 {
			t.Errorf("%s has %d items", id, n)
		}
	}
}

// Whoever opens an outlet in a browser finds every story and can read it.
func TestEveryLinkOfAFrontPageLeadsToItsStory(t *testing.T) {
	running := start(t)
	links := regexp.MustCompile(`<li><a href="([^"]+)">([^<]+)</a>`)
	found := 0
	for id, place := range running.Places() {
		_, front := get(t, "http://"+place+"/")
		for _, link := range links.FindAllStringSubmatch(front, -1) {
			found++
			resp, article := get(t, link[1])
			if resp.StatusCode != http.StatusOK || !strings.Contains(article, link[2]) {
				t.Errorf("%s: %s is answered with %d and does not show its title", id, link[1], resp.StatusCode)
			}
		}
	}
	if want := len(items(t)); found != want {
		t.Errorf("the front pages lead to %d stories of %d", found, want)
	}
}
