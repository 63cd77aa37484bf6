package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"silkwire/account"
	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
	"silkwire/taxonomy"
)

// archive is a store in memory that can only be read: whatever writes hits the
// nil Store and panics.
type archive struct {
	store.Store
	items    []news.Item
	earlier  map[news.ItemID][]news.Revision
	states   map[news.SourceID]news.SourceState
	editions []store.Edition
	stats    store.Stats
	runs     []store.Run                   // newest first
	left     map[string]store.Subscription // by profile and recipient
	audited  []string
	leaves   int   // how often a subscription was written
	err      error // of everything, when set
	boom     bool
}

func (a *archive) Find(ctx context.Context, q store.Query) (store.Page, error) {
	if a.boom {
		panic("the archive exploded")
	}
	if err := cmp.Or(a.err, ctx.Err()); err != nil {
		return store.Page{}, err
	}
	sorted := slices.Clone(a.items)
	slices.SortFunc(sorted, func(x, y news.Item) int {
		if q.Sort == store.Best {
			return q.Search.Score(&y, facts()) - q.Search.Score(&x, facts())
		}
		return y.Time().Compare(x.Time())
	})
	var page fakePage
	if q.Facets {
		page.Facets = map[string][]store.FacetCount{}
		for _, name := range search.Facets() {
			page.Facets[name] = []store.FacetCount{}
		}
	}
	started := q.Cursor == ""
	for i := range sorted {
		it := &sorted[i]
		if !q.Search.Match(it, facts()) {
			continue
		}
		page.Total++
		if q.Facets {
			search.Values(it, facts(), page.count)
		}
		switch {
		case !started:
			started = string(it.ID) == q.Cursor
		case len(page.Items) < q.Limit:
			page.Items = append(page.Items, *it)
		case page.Next == "":
			page.Next = string(page.Items[len(page.Items)-1].ID)
		}
	}
	if !started {
		return store.Page{}, store.ErrCursor
	}
	return page.Page, nil
}

func (a *archive) Each(ctx context.Context, q store.Query, fn func(*news.Item) error) error {
	q.Limit, q.Cursor = len(a.items), ""
	page, err := a.Find(ctx, q)
	for i := range page.Items {
		err = cmp.Or(err, fn(&page.Items[i]))
	}
	return err
}

func facts() search.Facts { return search.Facts{Country: "UZ", Contains: search.Contains} }

// fakePage counts facets as they come.
type fakePage struct{ store.Page }

func (p *fakePage) count(facet, id string) {
	list := p.Facets[facet]
	for i := range list {
		if list[i].ID == id {
			list[i].Count++
			return
		}
	}
	p.Facets[facet] = append(list, store.FacetCount{ID: id, Count: 1})
}

func (a *archive) Item(_ context.Context, id news.ItemID) (news.Item, error) {
	for _, it := range a.items {
		if it.ID == id {
			return it, a.err
		}
	}
	return news.Item{}, cmp.Or(a.err, store.ErrNotFound)
}

func (a *archive) Revisions(_ context.Context, id news.ItemID) ([]news.Revision, error) {
	return a.earlier[id], a.err
}

func (a *archive) ReviewsOf(context.Context, news.ItemID) ([]news.Review, error) { return nil, a.err }

func (a *archive) Weighed(context.Context) (map[news.ItemID][]news.Review, error) {
	return nil, a.err
}

func (a *archive) Relations(context.Context) ([]news.Relation, error) { return nil, a.err }

func (a *archive) RecentReviews(context.Context, string, int) ([]news.Review, error) {
	return nil, a.err
}

func (a *archive) Samples(context.Context) ([]store.Sample, error) { return nil, a.err }

func (a *archive) History(context.Context, news.ItemID) ([]news.Retagging, error) { return nil, a.err }

func (a *archive) SourceStates(context.Context) (map[news.SourceID]news.SourceState, error) {
	return a.states, a.err
}

func (a *archive) Runs(context.Context, string, int) ([]store.Run, error) { return a.runs, a.err }

func (a *archive) Stats(context.Context) (store.Stats, error) {
	st := a.stats
	st.Items = len(a.items)
	return st, a.err
}

func (a *archive) Subscription(_ context.Context, profile, recipient string) (store.Subscription, error) {
	if s, ok := a.left[profile+" "+recipient]; ok {
		return s, a.err
	}
	return store.Subscription{Profile: profile, Recipient: recipient}, a.err
}

func (a *archive) Audit(_ context.Context, e account.Entry) error {
	a.audited = append(a.audited, e.Did+" "+e.What)
	return a.err
}

func (a *archive) Subscriptions(context.Context) (list []store.Subscription, err error) {
	for _, s := range a.left {
		list = append(list, s)
	}
	return list, a.err
}

func (a *archive) PutSubscription(_ context.Context, s store.Subscription) error {
	a.left = map[string]store.Subscription{s.Profile + " " + s.Recipient: s}
	a.leaves++
	return a.err
}

// unsubscribing reads the one token there is: "good".
func unsubscribing(token string) (store.Subscription, error) {
	if token == "good" {
		return store.Subscription{Profile: "daily", Recipient: "reader@desk.example"}, nil
	}
	return store.Subscription{}, errors.New("forged")
}

func (a *archive) EditionList(_ context.Context, profile string, n int) ([]store.Edition, error) {
	list := slices.DeleteFunc(slices.Clone(a.editions), func(e store.Edition) bool { return profile != "" && e.Profile != profile })
	return list[:min(n, len(list))], a.err
}

func (a *archive) Edition(_ context.Context, id string) (store.Edition, error) {
	for _, e := range a.editions {
		if e.ID == id {
			return e, a.err
		}
	}
	return store.Edition{}, store.ErrNotFound
}

// Nobody has an account, and nothing was changed.
func (a *archive) Users(context.Context) ([]account.User, error) { return nil, nil }

func (a *archive) Passes(context.Context, string) ([]account.Pass, error) { return nil, nil }

func (a *archive) AuditLog(context.Context, uint64, int) ([]account.Entry, error) { return nil, nil }

func (a *archive) Pass(context.Context, string) (account.Pass, account.User, error) {
	return account.Pass{}, account.User{}, store.ErrNotFound
}

func (a *archive) User(_ context.Context, name string) (account.User, error) {
	if name == "amina" {
		return account.User{Name: name, Role: account.Admin, Password: "hash", Version: 1}, nil
	}
	return account.User{}, store.ErrNotFound
}

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// embedded is the taxonomy that is built in, loaded once for all tests.
var embedded = sync.OnceValues(taxonomy.Default)

// tashkent is where the tests' reader sits.
var tashkent = time.FixedZone("Tashkent", 5*3600)

const (
	firstTitle = "Xitoy Toshkentda Konfutsiy instituti ochdi"
	firstBody  = "Xitoy elchixonasi 200 ta grant ajratdi.\nTalabalar mamnun."
)

// full is an archive with one of everything that a page can show.
func full() *archive {
	places := 200
	return &archive{
		items: []news.Item{
			{
				ID: "aaaaaaaaaaaaaaaa", Outlet: "daryo", Source: "daryo-uz", Sources: []news.SourceID{"daryo-uz", "daryo-tg"},
				URL: "https://daryo.example/2026/11/21/konfutsiy?a=1&b=2", Title: firstTitle, Text: firstBody, Authors: []string{"Tahririyat"}, Categories: []string{"Dunyo"},
				Published: noon.Add(-2 * time.Hour), Fetched: noon.Add(-time.Hour), Revision: 1, Revised: noon.Add(-time.Minute),
				Tagging: news.Tagging{
					Lang: "uz-Latn", Relevance: 0.98, Relevant: true, Taxonomy: "v1",
					Tags: []news.Tag{
						{Concept: "confucius-institute", Facet: "actor_institution", Score: 0.85, Evidence: []news.Evidence{{
							Field: "title", Start: 17, End: 35, Text: "Konfutsiy institut", Term: "Konfutsiy instituti", Lang: "uz-Latn", Rule: "near @schools", Sentence: news.Span{Start: 0, End: len(firstTitle)},
						}}},
						{Concept: "china", Facet: "actor_state", Score: 0.75, Evidence: []news.Evidence{
							{Field: "body", Start: 0, End: 5, Text: "Xitoy", Term: "Xitoy", Lang: "uz-Latn", Sentence: news.Span{Start: 0, End: 39}},
							{Field: "title", Start: 0, End: 5, Text: "Xitoy", Term: "Xitoy", Lang: "uz-Latn", Sentence: news.Span{Start: 0, End: len(firstTitle)}},
						}},
						{Concept: "scholarship", Facet: "instrument", Score: 0.65, Evidence: []news.Evidence{
							{Field: "body", Start: 25, End: 30, Text: "grant", Term: "grant", Lang: "uz-Latn", Sentence: news.Span{Start: 0, End: 39}},
						}},
						{Concept: "chinese-language-promotion", Facet: "instrument", Score: 0.5, Implied: true, By: []news.ConceptID{"confucius-institute"}, Evidence: []news.Evidence{}},
						{Concept: "uzbekistan", Facet: "target", Score: 0.5, Evidence: []news.Evidence{}},
					},
					Events: []news.Event{{
						Actor: "confucius-institute", State: "china", Instrument: "scholarship", Family: "education", Recipient: "uzbekistan", Status: news.Signed,
						Amount: &news.Amount{Value: 1_250_000, Currency: "USD"}, Places: &places,
						Evidence: news.EventEvidence{Field: "body", Start: 0, End: 39, Text: firstBody[:39]},
					}},
					Features: []news.Feature{{Name: "bias", Value: 1, Weight: -3}, {Name: "together", Value: 1, Weight: 2.2}, {Name: "breadth", Value: 1.58, Weight: 0.5}},
					Placed:   &news.Placed{Origin: "xinhua", Reason: "credit line: (Xinhua)"},
				},
			},
			{
				ID: "bbbbbbbbbbbbbbbb", Outlet: "asia", Source: "asia-fa", URL: "https://asia.example/2", Title: "هوا در دوشنبه سرد می‌شود", Summary: "خلاصه.",
				Published: noon.Add(-30 * time.Hour).Truncate(24 * time.Hour), DayOnly: true, Fetched: noon.Add(-20 * time.Hour),
				Tagging: news.Tagging{Lang: "fa", Relevance: 0.04, Taxonomy: "v1", Features: []news.Feature{{Name: "bias", Value: 1, Weight: -3}}},
			},
		},
		earlier: map[news.ItemID][]news.Revision{"aaaaaaaaaaaaaaaa": {{Number: 0, Seen: noon.Add(-time.Hour), Title: "Konfutsiy instituti ochildi", Text: "Avvalgi matn."}}},
		states: map[news.SourceID]news.SourceState{
			"daryo-uz": {ID: "daryo-uz", Outcome: news.OK, LastSuccess: noon.Add(-time.Hour), Due: noon.Add(time.Hour), Items: 12, Counters: news.Counters{Visits: 4, Requests: 9, Unconditional: 1, NotModified: 2}},
			"asia-fa":  {ID: "asia-fa", Outcome: news.NotFound, Error: "GET https://asia.example/feed: 404 Not Found", Failures: 4, FailedSince: noon.Add(-48 * time.Hour), Due: noon.Add(3 * time.Hour), Notes: []string{"moved once"}},
		},
		editions: []store.Edition{{
			ID: "ed1", Profile: "daily", From: noon.Add(-24 * time.Hour), To: noon, Rendered: noon, Subject: "Silkwire 21 Nov: 34 stories", Stories: 34,
			Messages: []store.Message{
				{Edition: "ed1", Channel: "mail", Recipient: "analyst@example.org", State: store.Accepted, Attempts: 1, Tried: noon},
				{Edition: "ed1", Channel: "mail", Recipient: "other@example.org", State: store.PermFail, Attempts: 1, Tried: noon, Error: "550 no such user"},
				{Edition: "ed1", Channel: "mail", Recipient: "third@example.org", State: store.TempFail, Attempts: 2, Tried: noon, Next: noon.Add(5 * time.Minute), Error: "451 later"},
			},
		}},
		stats: store.Stats{Relevant: 1, Revisions: 1, Editions: 1, Outbox: 1, Bytes: 1 << 20, FreeBytes: 4096, DiskFree: 5e9, Schema: 1, Sequence: 17, Languages: map[string]int{"uz-Latn": 1, "fa": 1}, NewIn24h: map[news.SourceID]int{"daryo-uz": 7}},
	}
}

func outlets() []news.Outlet {
	return []news.Outlet{
		{ID: "daryo", Name: "Daryo", Country: "UZ", Languages: []string{"uz-Latn", "ru"}},
		{ID: "asia", Name: "Asia Post", Country: "TJ", Languages: []string{"fa"}},
	}
}

func sources() []SourceInfo {
	return []SourceInfo{
		{Source: news.Source{ID: "daryo-uz", Outlet: "daryo", Kind: news.Page, URL: "https://daryo.example/"}, Enabled: true, Schedule: "every hour"},
		{Source: news.Source{ID: "asia-fa", Outlet: "asia", Kind: news.Feed, URL: "https://asia.example/feed", Insecure: true}, Enabled: true},
		{Source: news.Source{ID: "asia-tg", Outlet: "asia", Kind: news.Telegram, URL: "https://t.me/s/asia"}, Note: "unverified"},
	}
}

// serve returns a server on an archive, with what change makes of its options.
func serve(t testing.TB, a *archive, change ...func(*Options)) *Server {
	t.Helper()
	tax, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	o := Options{
		Store: a, Taxonomy: tax, Outlets: outlets(), Sources: sources, Version: "1.2.3", Listen: "127.0.0.1:8080",
		BaseURL: "https://silkwire.example.org", Contact: true, Zone: tashkent, Unsubscribe: unsubscribing, Profiles: someProfiles(),
		Mail: func(e store.Edition) (string, error) {
			return "<!DOCTYPE html><style>p { color: red }</style><p style='color:red'>" + e.Subject, nil
		}, Now: func() time.Time { return noon },
	}
	for _, c := range change {
		c(&o)
	}
	return New(o)
}

// get asks a server as a browser on this machine does.
func get(s *Server, path string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "http://127.0.0.1:8080/", nil)
	r.URL.Path, r.URL.RawQuery, _ = strings.Cut(path, "?")
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

// doc is a page that was parsed.
type doc struct{ *html.Node }

func pageAt(t *testing.T, s *Server, path string) doc {
	t.Helper()
	w := get(s, path)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: status %d: %s", path, w.Code, w.Body)
	}
	return parsed(t, w)
}

func parsed(t *testing.T, w *httptest.ResponseRecorder) doc {
	t.Helper()
	n, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return doc{n}
}

// all finds elements by steps of "tag", ".class", "#id" or "tag.class", each
// inside the one before.
func (d doc) all(selector string) []doc {
	found := []doc{d}
	for step := range strings.FieldsSeq(selector) {
		var next []doc
		for _, f := range found {
			for n := range f.Descendants() {
				if matches(n, step) && !slices.Contains(next, doc{n}) {
					next = append(next, doc{n})
				}
			}
		}
		found = next
	}
	return found
}

func matches(n *html.Node, step string) bool {
	tag, class, _ := strings.Cut(step, ".")
	tag, id, _ := strings.Cut(tag, "#")
	d := doc{n}
	return n.Type == html.ElementNode && (tag == "" || n.Data == tag) && (id == "" || d.attr("id") == id) &&
		(class == "" || slices.Contains(strings.Fields(d.attr("class")), class))
}

func (d doc) one(t *testing.T, selector string) doc {
	t.Helper()
	found := d.all(selector)
	if len(found) != 1 {
		t.Fatalf("%q is there %d times, want once", selector, len(found))
	}
	return found[0]
}

func (d doc) attr(name string) string {
	for _, a := range d.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// text is what can be read, without what only pointing shows.
func (d doc) text() string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode && matches(n, ".tip") {
			return
		}
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(d.Node)
	return strings.Join(strings.Fields(b.String()), " ")
}

func (d doc) says(t *testing.T, words ...string) {
	t.Helper()
	text := d.text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%q is not said in: %s", w, text)
		}
	}
}

var errBroken = errors.New("the secret path /var/lib/x is broken")

// english is the server that speaks English.
func english(t testing.TB) *Server {
	t.Helper()
	return serve(t, full())
}
