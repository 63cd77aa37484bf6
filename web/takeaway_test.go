package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"silkwire/export"
	"silkwire/news"
	"silkwire/store"
)

func TestWhatASearchFoundCanBeTakenAway(t *testing.T) {
	s := serve(t, full())
	links := pageAt(t, s, "/?q=actor:china").all(".takeaway tbody a")
	if len(links) != 3*len(export.Whats()) {
		t.Fatalf("%d links to files", len(links))
	}
	for _, a := range links {
		w := get(s, a.attr("href"))
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Disposition"), `attachment; filename="silkwire-`) || w.Body.Len() == 0 && !strings.Contains(a.attr("href"), "reviews") {
			t.Errorf("%s: status %d, %q, %d bytes", a.attr("href"), w.Code, w.Header().Get("Content-Disposition"), w.Body.Len())
		}
		if _, err := export.ParseSnapshot(w.Header().Get("Silkwire-Snapshot")); err != nil {
			t.Errorf("%s: snapshot %q: %v", a.attr("href"), w.Header().Get("Silkwire-Snapshot"), err)
		}
	}
	rows, err := csv.NewReader(get(s, "/api/v1/export?q=actor:china&what=events").Body).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][0] != "aaaaaaaaaaaaaaaa/confucius-institute/scholarship/uzbekistan" {
		t.Errorf("%v: %q", err, rows)
	}
	book, err := excelize.OpenReader(get(s, "/export?what=tags&format=xlsx").Body)
	if err != nil {
		t.Fatal(err)
	}
	if rows, err := book.GetRows("tags"); err != nil || len(rows) != 6 {
		t.Errorf("%v: %d rows", err, len(rows))
	}
}

func TestMistakesOfAnExportAreProblems(t *testing.T) {
	s := serve(t, full())
	for path, code := range map[string]string{
		"/api/v1/export?q=actor%3Achna": "bad_query", "/api/v1/export?what=x": "bad_table", "/api/v1/export?format=pdf": "bad_format",
		"/api/v1/snapshots/s1abc": "not_found", "/api/v1/codebook?format=x": "bad_format",
	} {
		w := get(s, path)
		var p problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Code != code || w.Header().Get("Content-Disposition") != "" {
			t.Errorf("%s: status %d, %+v, %v", path, w.Code, p, err)
		}
	}
}

// breaking fails when so many pages have been read.
type breaking struct {
	*archive
	after int
}

func (b *breaking) Find(ctx context.Context, q store.Query) (store.Page, error) {
	if q.WithText {
		if b.after--; b.after < 0 {
			return store.Page{}, errors.New("the disk is gone")
		}
	}
	return b.archive.Find(ctx, q)
}

// Half a file is never taken for a whole one: what fails before anything went
// out is a problem, what fails later breaks the connection off.
func TestAnExportThatFailsIsNoFile(t *testing.T) {
	a := full()
	for i := range 1500 {
		it := a.items[0]
		it.ID, it.Text = news.ItemID("c"+strings.Repeat("0", 11)+string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676))), strings.Repeat("x", 400)
		a.items = append(a.items, it)
	}
	early := serve(t, a, func(o *Options) { o.Store = &breaking{a, 0} })
	if w := get(early, "/api/v1/export?text=1"); w.Code != http.StatusInternalServerError || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("status %d, %s", w.Code, w.Header().Get("Content-Type"))
	}
	late := serve(t, a, func(o *Options) { o.Store = &breaking{a, 2} })
	defer func() {
		if p := recover(); p != http.ErrAbortHandler { //nolint:errorlint // what is panicked with is the value itself
			t.Errorf("it ends with %v", p)
		}
	}()
	get(late, "/api/v1/export?text=1")
	t.Error("it ends as if it were whole")
}

func TestNoMoreFilesAreWrittenAtOnceThanMayBe(t *testing.T) {
	s := serve(t, full())
	for range exportsAtOnce {
		s.exports <- struct{}{}
	}
	for _, path := range []string{"/export", "/api/v1/export", "/snapshots/" + export.Snapshot{Taken: noon}.ID()} {
		if w := get(s, path); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
	<-s.exports
	if w := get(s, "/export"); w.Code != http.StatusOK || len(s.exports) != exportsAtOnce-1 {
		t.Errorf("after one has ended: status %d, %d are under way", w.Code, len(s.exports))
	}
}

func TestAPermanentLinkTellsWhatChanged(t *testing.T) {
	a := full()
	s := serve(t, a)
	q, err := s.known.Load().search.Parse("actor:china")
	if err != nil {
		t.Fatal(err)
	}
	of, err := export.Take(t.Context(), a, q, s.Taxonomy.Version, noon)
	if err != nil {
		t.Fatal(err)
	}
	if h1 := pageAt(t, s, "/snapshots/"+of.ID()).one(t, "h1").text(); h1 != "Still the same" {
		t.Errorf("it says %q", h1)
	}
	a.items[0].Revised, a.items[0].Revision = noon.Add(time.Hour), 2
	page := pageAt(t, s, "/snapshots/"+of.ID())
	if h1 := page.one(t, "h1").text(); h1 != "Not the same any more" || len(page.all("tbody tr th a")) == 0 {
		t.Errorf("after an edit it says %q", h1)
	}
	var d export.Difference
	if err := json.Unmarshal(get(s, "/api/v1/snapshots/"+of.ID()).Body.Bytes(), &d); err != nil || d.Same || d.Revised != 1 {
		t.Errorf("%+v, %v", d, err)
	}
	var id string
	for _, a := range pageAt(t, s, "/?q=actor:china").all(".takeaway a") {
		if rest, ok := strings.CutPrefix(a.attr("href"), "/snapshots/"); ok {
			id = rest
		}
	}
	shown, err := export.ParseSnapshot(id)
	if err != nil || shown.Items != 1 || shown.Sequence != 17 || shown.Query == "" {
		t.Errorf("the search page shows %+v, %v", shown, err)
	}
}

// A figure on a page can be asked for again: every count shows its snapshot.
func TestEveryCountShowsItsSnapshot(t *testing.T) {
	s := serve(t, full())
	for _, path := range []string{"/counts/matrix?q=actor:china", "/counts/series", "/ledger"} {
		found := ""
		for _, a := range pageAt(t, s, path).all(".takeaway a") {
			if rest, ok := strings.CutPrefix(a.attr("href"), "/snapshots/"); ok {
				found = rest
			}
		}
		if of, err := export.ParseSnapshot(found); err != nil || of.Items == 0 || !strings.Contains(of.Query, "is:relevant") {
			t.Errorf("%s: %+v, %v", path, of, err)
		}
	}
}

// A feed reader sees each item once, and asks for nothing it has.
func TestAnySearchIsAFeed(t *testing.T) {
	s := serve(t, full())
	for _, path := range []string{"/feed.atom?q=actor:china", "/api/v1/items.atom?q=actor:china"} {
		w := get(s, path)
		var feed itemFeed
		if err := xml.Unmarshal(w.Body.Bytes(), &feed); err != nil {
			t.Fatal(err)
		}
		if len(feed.Entries) != 1 || feed.Updated != noon.Add(-time.Minute).UTC().Format(time.RFC3339) {
			t.Fatalf("%d entries, updated %s", len(feed.Entries), feed.Updated)
		}
		e := feed.Entries[0]
		if e.ID != urn("item aaaaaaaaaaaaaaaa") || e.Links[0].Href != "https://daryo.example/2026/11/21/konfutsiy?a=1&b=2" || len(e.Categories) != 5 || e.Categories[0].Term != "confucius-institute" || e.Published == "" {
			t.Errorf("%+v", e)
		}
		if e.Links[1].Href != "https://silkwire.example.org/items/aaaaaaaaaaaaaaaa" { // X13
			t.Errorf("our own page is %q", e.Links[1].Href)
		}
		for condition, validator := range map[string]string{"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"} {
			again := get(s, path, func(r *http.Request) { r.Header.Set(condition, w.Header().Get(validator)) })
			if w.Header().Get(validator) == "" || again.Code != http.StatusNotModified || again.Body.Len() > 0 {
				t.Errorf("%s: status %d", condition, again.Code)
			}
		}
	}
}

// X1: what outlets write is text in a feed, and no address that is none.
func TestAFeedHoldsNothingThatRuns(t *testing.T) {
	a := full()
	a.items[0].Title, a.items[0].Text, a.items[0].URL = "<script>alert(1)</script>\x00\x08", "<img src=x onerror=alert(1)>", "javascript:alert(1)"
	w := get(serve(t, a), "/feed.atom")
	var feed itemFeed
	if err := xml.Unmarshal(w.Body.Bytes(), &feed); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(w.Body.Bytes(), []byte("<script")) || bytes.Contains(w.Body.Bytes(), []byte("<img")) || bytes.Contains(w.Body.Bytes(), []byte("javascript:")) {
		t.Errorf("%s", w.Body)
	}
}

func TestTheCodebookIsThere(t *testing.T) {
	s := serve(t, full())
	if w := get(s, "/export/codebook"); w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/markdown") || !strings.Contains(w.Body.String(), "| relevance | number |") {
		t.Errorf("status %d, %s", w.Code, w.Header().Get("Content-Type"))
	}
	if w := get(s, "/export/codebook?format=xlsx"); w.Code != http.StatusOK || w.Body.Len() < 10_000 {
		t.Errorf("status %d, %d bytes", w.Code, w.Body.Len())
	}
}

// Who reads an item as the second of two finds nothing of the first one's
// verdicts in a file either.
func TestAnExportOfReviewsIsAsBlindAsThePages(t *testing.T) {
	d := sitting(t, 1, numbered(1)...)
	d.press("amina", d.page("amina", "/items/item00"), "reject tag:china")
	d.press("amina", d.page("amina", "/items/item00"), "weigh", "power", "coercion", "event", "event:confucius-institute/scholarship/uzbekistan")
	d.press("amina", d.page("amina", "/items/item00"), "done")
	d.press("bek", d.page("bek", "/items/item00"), "accept tag:china")
	by := func(who string) (names string) {
		w := get(d.Server, "/export?what=reviews&format=jsonl", sentBy(who))
		for line := range strings.Lines(w.Body.String()) {
			var row struct{ By string }
			if err := json.Unmarshal([]byte(line), &row); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(names, row.By) {
				names += row.By + " "
			}
		}
		return names
	}
	if got := by("bek"); got != "bek " {
		t.Errorf("the second reader takes away what was said by %s", got)
	}
	if w := get(d.Server, "/api/v1/export?what=events&format=jsonl", sentBy("bek")); strings.Contains(w.Body.String(), "amina") {
		t.Error("the second reader takes away how the first weighed an event")
	}
	if got := by("amina"); got != "amina bek " {
		t.Errorf("who has finished takes away what was said by %s", got)
	}
	d.press("bek", d.page("bek", "/items/item00"), "done")
	if got := by("bek"); got != "amina bek " {
		t.Errorf("when both have finished, what was said by %s is taken away", got)
	}
}

func TestAFeedOfNothingWasUpdatedToday(t *testing.T) {
	w := get(serve(t, full()), "/feed.atom?q=nothing-at-all")
	if body := w.Body.String(); !strings.Contains(body, "<updated>2026-11-21T00:00:00Z</updated>") || strings.Contains(body, "0001-") {
		t.Error(body)
	}
	again := get(serve(t, full()), "/feed.atom?q=nothing-at-all", func(r *http.Request) { r.Header.Set("If-None-Match", w.Header().Get("ETag")) })
	if again.Code != http.StatusNotModified {
		t.Errorf("who asks again is answered with status %d", again.Code)
	}
}
