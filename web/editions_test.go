package web

import (
	"encoding/xml"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"silkwire/store"
)

// aWeek is an archive with a week of two digests, newest first.
func aWeek() *archive {
	a := full()
	a.editions = nil
	for i := range 7 {
		day := noon.AddDate(0, 0, -i)
		for _, profile := range []string{"daily", "china"} {
			a.editions = append(a.editions, store.Edition{
				ID: fmt.Sprintf("%s-%d", profile, i), Profile: profile, From: day.AddDate(0, 0, -1), To: day, Rendered: day,
				Subject: fmt.Sprintf("Silkwire & %s %d", profile, i), Stories: 3,
			})
		}
	}
	return a
}

func TestAnEditionLeadsToTheOneBeforeAndTheOneAfter(t *testing.T) {
	s := serve(t, aWeek())
	for id, want := range map[string][2]string{
		"daily-3": {"/editions/daily-4", "/editions/daily-2"}, "daily-0": {"/editions/daily-1", ""}, "china-6": {"", "/editions/china-5"},
	} {
		page := pageAt(t, s, "/editions/"+id)
		var got [2]string
		for _, a := range page.all("nav.turning a") {
			got[map[string]int{"prev": 0, "next": 1}[a.attr("rel")]] = a.attr("href")
		}
		if got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	var feeds []string
	for _, a := range pageAt(t, s, "/editions").all("p.sub a") {
		if a.attr("type") == "application/atom+xml" {
			feeds = append(feeds, a.attr("href"))
		}
	}
	if !slices.Equal(feeds, []string{"/editions/feed/daily.atom", "/editions/feed/china.atom"}) {
		t.Errorf("%q", feeds)
	}
}

func TestAFeedOfAProfileIsAtomWithIDsThatStay(t *testing.T) {
	a := aWeek()
	a.editions[4].Stories = 0 // daily-2 told nothing
	fragment := func(e store.Edition) (template.HTML, error) {
		return template.HTML(`<p><a href="/items/1">` + e.ID + ` &lt; "href=&#34;/x"</a> <a href="https://o.example/">o</a></p>`), nil
	}
	read := func(base string) (*atomFeed, string) {
		s := serve(t, a, func(o *Options) { o.Edition, o.BaseURL = fragment, base })
		w := get(s, "/editions/feed/daily.atom")
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/atom+xml; charset=utf-8" {
			t.Fatalf("%d %s", w.Code, w.Header().Get("Content-Type"))
		}
		var f atomFeed
		if err := xml.Unmarshal(w.Body.Bytes(), &f); err != nil {
			t.Fatal(err)
		}
		again := get(s, "/editions/feed/daily.atom", func(r *http.Request) { r.Header.Set("If-None-Match", w.Header().Get("ETag")) })
		if again.Code != http.StatusNotModified {
			t.Errorf("unchanged, and yet %d", again.Code)
		}
		return &f, w.Body.String()
	}
	f, text := read("https://silkwire.example.org")
	elsewhere, _ := read("https://other.example.org")
	if len(f.Entries) != 6 || f.Updated != noon.Format(time.RFC3339) || f.Links[0].Href != "https://silkwire.example.org/editions/feed/daily.atom" {
		t.Fatalf("%d entries, %s\n%s", len(f.Entries), f.Updated, text)
	}
	ids := map[string]bool{f.ID: true}
	for i, e := range f.Entries {
		if ids[e.ID] || !strings.HasPrefix(e.ID, "urn:uuid:") || e.ID != elsewhere.Entries[i].ID {
			t.Errorf("%s is not an id that stays: %s elsewhere", e.ID, elsewhere.Entries[i].ID)
		}
		ids[e.ID] = true
		if !strings.HasPrefix(e.Title, "Silkwire & daily") || e.Content.Type != "html" || !strings.Contains(e.Content.HTML, `<a href="https://silkwire.example.org/items/1">`) {
			t.Errorf("%+v", e)
		}
	}
	for _, path := range []string{"/editions/feed/nobody.atom", "/editions/feed/daily.rss", "/editions/feed/.atom"} {
		if w := get(serve(t, a), path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestAMailIsShownWithoutAnyRight(t *testing.T) { // X26
	s := serve(t, aWeek())
	w := get(s, "/mails/daily-0")
	csp := w.Header().Get("Content-Security-Policy")
	for _, want := range []string{"sandbox;", "default-src 'none'", "frame-ancestors 'self'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("%q lacks %q", csp, want)
		}
	}
	if strings.Contains(csp, "allow-") || strings.Contains(csp, "script") || w.Header().Get("X-Frame-Options") != "SAMEORIGIN" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Error(w.Header())
	}
	framed := get(s, "/editions/daily-0?as=mail")
	if csp := framed.Header().Get("Content-Security-Policy"); csp != policy+"; frame-src 'self'" {
		t.Error(csp)
	}
	frame := parsed(t, framed).one(t, "iframe")
	if frame.attr("src") != "/mails/daily-0" || frame.attr("title") == "" || !slices.ContainsFunc(frame.Attr, func(a html.Attribute) bool { return a.Key == "sandbox" && a.Val == "" }) {
		t.Errorf("%+v", frame.Attr)
	}
	if csp := get(s, "/editions/daily-0").Header().Get("Content-Security-Policy"); csp != policy {
		t.Errorf("a page without the frame: %s", csp)
	}
	if w := get(serve(t, aWeek(), func(o *Options) { o.Mail = nil }), "/mails/daily-0"); w.Code != http.StatusNotFound {
		t.Errorf("without mails: %d", w.Code)
	}
}
