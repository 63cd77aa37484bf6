package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"silkwire/account"
	"silkwire/export"
	"silkwire/news"
	"silkwire/store"
)

var errDeadline = context.DeadlineExceeded

// everyAddress has one address for each route of the table that is read.
func everyAddress(t *testing.T, s *Server) map[string]string {
	t.Helper()
	addresses := map[string]string{}
	for _, r := range s.table() {
		if method, path := addressFor(t, r); method == "GET" {
			addresses[r.pattern] = path
		}
	}
	return addresses
}

// addressFor is a method and an address that lead to a route.
func addressFor(t *testing.T, r route) (method, path string) {
	t.Helper()
	fill := strings.NewReplacer("/countries/{id}", "/countries/uzbekistan", "/institutions/{id}", "/institutions/confucius-institute", "/sources/{id}/{act}", "/sources/daryo-uz/pause", "{$}", "", "/items/{id}", "/items/aaaaaaaaaaaaaaaa", "/editions/{id}", "/editions/ed1", "/concepts/{id}", "/concepts/china", "/feed/{file}", "/feed/daily.atom", "/mails/{id}", "/mails/ed1", "/profiles/{id}", "/profiles/mine", "{file}", "silkwire.css", "{token}", "good", "{snapshot}", export.Snapshot{Taken: noon}.ID())
	method, path, found := strings.Cut(r.pattern, " ")
	path = fill.Replace(path)
	if !found || strings.ContainsAny(path, "{ ") {
		t.Fatalf("no address is known for the route %q", r.pattern)
	}
	return method, path
}

func TestEveryRouteAnswersGetWithEveryHeaderOfSafety(t *testing.T) {
	s := as(serve(t, full()), visitor{Name: "amina", Role: account.Admin})
	for pattern, path := range everyAddress(t, s) {
		w := get(s, path)
		if w.Code != http.StatusOK {
			t.Errorf("%s: status %d", pattern, w.Code)
		}
		if pattern != mailRoute {
			mustHaveHeaders(t, pattern, w)
		}
	}
}

// mailRoute shows what strangers may not style, under a policy of its own.
const mailRoute = "GET /mails/{id}"

func mustHaveHeaders(t *testing.T, name string, w *httptest.ResponseRecorder) {
	t.Helper()
	for header, want := range map[string]string{
		"Content-Security-Policy":      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'", // X26
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Strict-Transport-Security":    "max-age=31536000",
	} {
		if got := w.Header().Get(header); got != want {
			t.Errorf("%s: %s is %q", name, header, got)
		}
	}
	if w.Header().Get("Content-Type") == "" || w.Header().Get("X-Request-Id") == "" {
		t.Errorf("%s: no content type or request id", name)
	}
}

func TestOnlyTheMethodsOfTheTableAreTaken(t *testing.T) { // X5
	s := as(serve(t, full()), visitor{Name: "amina", Role: account.Admin})
	taken := map[string]bool{}
	for _, r := range s.table() {
		method, path := addressFor(t, r)
		taken[method+" "+path] = true
	}
	for pattern, path := range everyAddress(t, s) {
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
			if taken[method+" "+path] {
				continue
			}
			w := get(s, path, func(r *http.Request) { r.Method = method })
			if w.Code != http.StatusMethodNotAllowed || !strings.Contains(w.Header().Get("Allow"), "GET") {
				t.Errorf("%s of %s: status %d, Allow %q", method, pattern, w.Code, w.Header().Get("Allow"))
			}
			mustHaveHeaders(t, method+" "+pattern, w)
		}
		if w := get(s, path, func(r *http.Request) { r.Method = "HEAD" }); w.Code != http.StatusOK {
			t.Errorf("HEAD of %s: status %d", pattern, w.Code)
		}
	}
}

func TestAPageOfAnotherSiteCannotSendAnything(t *testing.T) { // X4
	s := serve(t, full())
	for name, header := range map[string][2]string{
		"cross-site": {"Sec-Fetch-Site", "cross-site"}, "foreign origin": {"Origin", "https://evil.example"}, "null origin": {"Origin", "null"},
	} {
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
			w := get(s, "/api/v1/items", func(r *http.Request) {
				r.Method = method
				r.Header.Set(header[0], header[1])
			})
			if w.Code != http.StatusForbidden {
				t.Errorf("%s, %s: status %d", name, method, w.Code)
			}
			mustHaveHeaders(t, name, w)
		}
	}
	if w := get(s, "/metrics"); !strings.Contains(w.Body.String(), `silkwire_web_refused_total{reason="cross_origin"} 12`) {
		t.Error("the refusals are not counted")
	}
}

func TestAPageOfAnotherSiteMayLeadHereAndLoadNothing(t *testing.T) { // X4, X26
	s := serve(t, full(), func(o *Options) { o.Demo = true })
	for _, c := range []struct {
		site, mode, dest string
		want             int
	}{
		{"cross-site", "navigate", "document", 200},
		{"cross-site", "navigate", "iframe", 403},
		{"cross-site", "no-cors", "image", 403},
		{"cross-site", "no-cors", "script", 403},
		{"cross-site", "cors", "empty", 403},
		{"same-site", "cors", "empty", 403}, // a page on another port of this machine
		{"same-origin", "cors", "empty", 200},
		{"none", "navigate", "document", 200},
		{"", "", "", 200}, // no browser
	} {
		for _, path := range []string{"/", "/api/v1/items"} {
			w := get(s, path, func(r *http.Request) {
				for name, value := range map[string]string{"Sec-Fetch-Site": c.site, "Sec-Fetch-Mode": c.mode, "Sec-Fetch-Dest": c.dest} {
					if value != "" {
						r.Header.Set(name, value)
					}
				}
			})
			if w.Code != c.want {
				t.Errorf("%+v of %s: status %d", c, path, w.Code)
			}
		}
	}
}

func TestOnlyOurOwnNamesAreAnsweredTo(t *testing.T) { // X14, X13
	s := serve(t, full(), func(o *Options) { o.Hosts = []string{"desk.internal"} })
	for host, want := range map[string]int{
		"127.0.0.1:8080": 200, "localhost:9999": 200, "LOCALHOST": 200, "[::1]:8080": 200, "127.8.9.1": 200,
		"silkwire.example.org": 200, "silkwire.example.org:443": 200, "silkwire.example.org.": 200, "desk.internal": 200,
		"evil.example": 421, "localhost.evil.example": 421, "": 421, "0.0.0.0:8080": 421, "[::]": 421, "127.0.0.1.nip.io": 421, "evil.example:127.0.0.1": 421,
	} {
		for _, path := range []string{"/", "/api/v1/status", "/livez", "/static/silkwire.js"} {
			w := get(s, path, func(r *http.Request) { r.Host = host })
			if (w.Code == 421) != (want == 421) {
				t.Errorf("%s as %q: status %d, want %d", path, host, w.Code, want)
			}
			if strings.Contains(w.Body.String(), "evil.example") {
				t.Errorf("%s as %q: the stranger's name is repeated", path, host)
			}
		}
	}
	open := serve(t, full(), func(o *Options) { o.Listen = "0.0.0.0:8080" })
	if w := get(open, "/", func(r *http.Request) { r.Host = "0.0.0.0:8080" }); w.Code != 421 {
		t.Errorf("the unspecified address is taken as a name: %d", w.Code)
	}
}

func TestAPanicBecomesAnErrorPageWithARequestID(t *testing.T) { // X25
	a := full()
	a.boom = true
	s := serve(t, a)
	w := get(s, "/")
	id := w.Header().Get("X-Request-Id")
	if w.Code != 500 || !strings.Contains(w.Body.String(), id) || strings.Contains(w.Body.String(), "exploded") || strings.Contains(w.Body.String(), ".go:") {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
	if w := get(s, "/api/v1/items"); w.Code != 500 || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("the API: status %d, %s", w.Code, w.Header().Get("Content-Type"))
	}
	if w := get(s, "/livez"); w.Code != 200 {
		t.Errorf("/livez afterwards: %d", w.Code)
	}
}

func TestNoPathLeadsOutOfTheAssetsOrOfTheSite(t *testing.T) { // X20, X7
	s := serve(t, full())
	for _, path := range []string{"/static/../server.go", "/static/..%2fserver.go", "/static/", "/static/nothing.js", "//evil.example/..", "/\\evil.example", "//evil.example", "/nowhere", "/items/../../etc/passwd", "/items/%2e%2e"} {
		u, err := url.Parse("http://127.0.0.1" + path)
		if err != nil {
			t.Fatal(err)
		}
		w := get(s, "/", func(r *http.Request) { r.URL.Path, r.URL.RawPath = u.Path, u.RawPath })
		if w.Code == http.StatusOK {
			t.Errorf("%s: status 200", path)
		}
		if to := w.Header().Get("Location"); to != "" && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, "/\\")) {
			t.Errorf("%s leads to %q", path, to)
		}
	}
}

func TestAssetsAreCachedForEverUnderTheirOwnVersionOnly(t *testing.T) {
	s := serve(t, full())
	for _, name := range []string{"silkwire.css", "silkwire.js", "icon.svg"} {
		if got := get(s, s.assets.href(name)).Header().Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: %q", name, got)
		}
		if got := get(s, "/static/"+name+"?v=old").Header().Get("Cache-Control"); got != "no-cache" {
			t.Errorf("%s of another version: %q", name, got)
		}
	}
}

// hostile are strings that would run, load or break out of where they stand.
func hostile() []string {
	return []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `<svg/onload=alert(1)>`, `javascript:alert(1)`,
		"java\tscript:alert(1)", `&#106;avascript:alert(1)`, `<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
		`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `data:image/svg+xml,<svg onload=alert(1)>`, `<base href=//evil.example>`,
		`<meta http-equiv=refresh content="0;url=//evil.example">`, `<form action=//evil.example><input name=q>`, `<iframe src=//evil.example>`,
		`</title><template><script>alert(1)</script></template>`, `{{.Title}}`, `<a href="//evil.example" style="position:fixed">x</a>`, "\u202e<b>gnirts\u202c", "\x00\x1b[31m<i>",
	}
}

// poisoned is a full archive with a hostile string in every field.
func poisoned(x string) *archive {
	a := full()
	it := &a.items[0]
	body := x + " " + firstBody
	it.URL, it.Title, it.Text, it.GUID, it.Image, it.Section = x, x, body, x, x, x
	it.Authors, it.Categories, it.Sources, it.Source, it.Outlet = []string{x}, []string{x}, []news.SourceID{news.SourceID(x)}, news.SourceID(x), news.OutletID(x)
	tg := &it.Tagging
	tg.Lang, tg.Taxonomy = x, x
	tg.Placed = &news.Placed{Origin: news.ConceptID(x), Reason: x}
	tg.Features = []news.Feature{{Name: x, Value: 1, Weight: 1}}
	whole := news.Span{Start: 0, End: len(body)}
	tg.Tags = []news.Tag{{Concept: news.ConceptID(x), Facet: x, Score: 1, By: []news.ConceptID{news.ConceptID(x)}, Implied: true, Evidence: []news.Evidence{
		{Field: "body", Start: 0, End: len(x), Text: x, Term: x, Lang: x, Rule: x, Sentence: whole}, {Field: "title", Start: 0, End: len(x), Text: x, Term: x, Lang: x, Rule: x},
	}}}
	tg.Events[0].Actor, tg.Events[0].State, tg.Events[0].Status = news.ConceptID(x), news.ConceptID(x), news.Status(x)
	tg.Events[0].Amount.Currency = x
	tg.Events[0].Evidence = news.EventEvidence{Field: "body", Start: 0, End: len(x), Text: x}
	a.earlier[it.ID] = []news.Revision{{Title: x, Text: x}, {Title: x, Summary: x}}
	a.states["asia-fa"] = news.SourceState{ID: "asia-fa", URL: x, Outcome: news.Outcome(x), Error: x, Notes: []string{x}}
	a.states["daryo-uz"] = news.SourceState{ID: "daryo-uz", Outcome: news.Partial, Error: x, Paused: x}
	a.editions[0].Subject, a.editions[0].Profile = x, x
	a.editions[0].Messages = []store.Message{{Channel: x, Recipient: x, MessageID: x, State: store.DeliveryState(x), Error: x}}
	a.stats.Languages = map[string]int{x: 1}
	return a
}

func TestHostileStringsStayTextInEveryField(t *testing.T) { // X1, X2, H12
	for _, x := range hostile() {
		s := serve(t, poisoned(x), func(o *Options) {
			o.Outlets = append(o.Outlets, news.Outlet{ID: news.OutletID(x), Name: x, Country: x, Languages: []string{x}})
			o.Sources = func() []SourceInfo {
				list := sources()
				list[1].Source.URL, list[1].Note, list[1].Schedule, list[1].Source.Languages, list[1].Source.Kind = x, x, x, []string{x}, news.Kind(x)
				return append(list, SourceInfo{Source: news.Source{ID: news.SourceID(x), Outlet: news.OutletID(x), URL: x}, Note: x})
			}
			o.Version, o.Warnings = x, []string{x}
			o.Ready = func() (bool, string) { return false, x }
		})
		q := url.QueryEscape(x)
		paths := append(everyPage(), "/?q="+q, "/?q=actor:"+q, "/?outlet="+q+"&lang="+q+"&country="+q+"&all=1&cursor="+q, "/concepts?q="+q, "/counts/matrix?rows="+q+"&cols=outlet&q="+q, "/counts/series?split=outlet&from="+q, "/nowhere", "/items/"+x, "/editions/"+x, "/concepts/"+x)
		for _, path := range paths {
			w := get(s, path)
			if w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
				t.Errorf("%q at %s: %s", x, path, w.Header().Get("Content-Type"))
			}
			mustBeInert(t, fmt.Sprintf("%q at %s", x, path), w)
		}
		for _, path := range []string{"/api/v1/items?facets=1", "/api/v1/items/aaaaaaaaaaaaaaaa", "/api/v1/status", "/api/v1/editions", "/api/v1/items?q=" + q, "/api/v1/items/" + x} {
			w := get(s, path)
			if kind := w.Header().Get("Content-Type"); kind != "application/json" && kind != "application/problem+json" || strings.Contains(w.Body.String(), "<") {
				t.Errorf("%q at %s: %s with a raw <", x, path, kind)
			}
		}
	}
}

// mustBeInert fails when a page holds anything that our templates do not write
// themselves.
func mustBeInert(t *testing.T, name string, w *httptest.ResponseRecorder) {
	t.Helper()
	if strings.ContainsAny(w.Body.String(), "\u202e\x00\x1b") {
		t.Errorf("%s: a control character is on the page", name)
	}
	allowed := strings.Fields("html head meta title link script body a header div span nav main footer p code form label input select option button details summary dl dt dd section h1 h2 h3 ol ul li article time bdi b i mark svg rect small table caption thead tbody tfoot tr th td aside blockquote strong abbr br desc g line text path circle textarea ins del q kbd datalist")
	page := parsed(t, w)
	for n := range page.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		d := doc{n}
		if !slices.Contains(allowed, n.Data) {
			t.Errorf("%s: an element <%s>", name, n.Data)
		}
		if n.Data == "script" && !strings.HasPrefix(d.attr("src"), "/static/silkwire.js?") {
			t.Errorf("%s: a script that is not ours", name)
		}
		if n.Data == "meta" && d.attr("http-equiv") == "refresh" && !regexp.MustCompile(`^\d+$`).MatchString(d.attr("content")) {
			t.Errorf("%s: a refresh to %q", name, d.attr("content"))
		}
		for _, a := range n.Attr {
			mustBeInertAttr(t, name, n.Data, a)
		}
	}
}

func mustBeInertAttr(t *testing.T, name, element string, a html.Attribute) {
	t.Helper()
	switch {
	case strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcset" || a.Key == "srcdoc":
		t.Errorf("%s: <%s %s>", name, element, a.Key)
	case a.Key == "href" || a.Key == "src" || a.Key == "action":
		ours := strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "//") && !strings.HasPrefix(a.Val, "/\\") || strings.HasPrefix(a.Val, "#")
		if !ours && !strings.HasPrefix(a.Val, "https://asia.example/") && !strings.HasPrefix(a.Val, "https://daryo.example/") && !strings.HasPrefix(a.Val, "https://t.me/") {
			t.Errorf("%s: <%s %s=%q>", name, element, a.Key, a.Val)
		}
	}
}

func TestFollowingEveryLinkWritesNothing(t *testing.T) { // X5: the archive of this test panics on every write
	for _, demo := range []bool{false, true} { // as a viewer, and as an analyst
		followEveryLink(t, serve(t, full(), func(o *Options) { o.Demo = demo }))
	}
}

func followEveryLink(t *testing.T, s *Server) {
	t.Helper()
	seen, queue := map[string]bool{}, []string{"/"}
	for len(queue) > 0 && len(seen) < 400 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		w := get(s, path)
		if w.Code != http.StatusOK {
			t.Errorf("%s is linked and answers %d", path, w.Code)
		}
		if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			continue
		}
		for _, a := range parsed(t, w).all("a") {
			if to, _, _ := strings.Cut(a.attr("href"), "#"); strings.HasPrefix(to, "/") {
				u, err := url.Parse(to)
				if err != nil {
					t.Fatal(err)
				}
				queue = append(queue, strings.TrimSuffix(u.Path+"?"+u.RawQuery, "?"))
			}
		}
	}
	if len(seen) < 100 {
		t.Errorf("only %d pages are linked", len(seen))
	}
}
