package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"silkwire/news"
)

func apiAt(t *testing.T, s *Server, path string) map[string]any {
	t.Helper()
	w := get(s, path)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" {
		t.Fatalf("%s: status %d, %s: %s", path, w.Code, w.Header().Get("Content-Type"), w.Body)
	}
	var v map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func has(t *testing.T, where string, v map[string]any, keys string) {
	t.Helper()
	for key := range strings.FieldsSeq(keys) {
		if _, ok := v[key]; !ok {
			t.Errorf("%s has no %q", where, key)
		}
	}
}

func TestTheAPIAnswersInItsShapes(t *testing.T) {
	s := serve(t, full())
	list := apiAt(t, s, "/api/v1/items?q=actor:china&facets=1&limit=10")
	has(t, "the list", list, "items total next facets")
	item := list["items"].([]any)[0].(map[string]any)
	has(t, "an item", item, "id title url outlet country lang published relevance relevant taxonomy tags events")
	has(t, "a tag", item["tags"].([]any)[0].(map[string]any), "concept facet score implied evidence")
	has(t, "an event", item["events"].([]any)[0].(map[string]any), "actor state instrument family recipient status amount places evidence")
	facets := list["facets"].(map[string]any)
	has(t, "the facets", facets, "actor instrument recipient narrative reception outlet country language month")
	if diff := cmp.Diff([]any{map[string]any{"id": "daryo", "count": 1.0}}, facets["outlet"]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]any{map[string]any{"id": "uzbekistan", "count": 1.0}}, facets["recipient"]); diff != "" {
		t.Error(diff)
	}
	if facets["reception"] == nil {
		t.Error("a facet without values is null, not []")
	}
	one := apiAt(t, s, "/api/v1/items/aaaaaaaaaaaaaaaa")
	has(t, "one item", one, "id title body authors sources revision features revisions tags events")
	if one["body"] != firstBody || len(one["revisions"].([]any)) != 1 {
		t.Errorf("body %q, revisions %v", one["body"], one["revisions"])
	}
	status := apiAt(t, s, "/api/v1/status")
	has(t, "the status", status, "version taxonomy time ready headline warnings conditions sources archive digest outbox")
	has(t, "a source", status["sources"].([]any)[0].(map[string]any), "id outlet outlet_name country languages kind url enabled condition says last_success next_visit new_24h failures")
	if status["headline"] != "1 source needs attention" {
		t.Errorf("headline %q", status["headline"])
	}
	has(t, "a concept", apiAt(t, s, "/api/v1/concepts")["concepts"].([]any)[0].(map[string]any), "id name facet labels sources")
	has(t, "a source", apiAt(t, s, "/api/v1/sources")["sources"].([]any)[0].(map[string]any), "id condition")
	has(t, "an edition", apiAt(t, s, "/api/v1/editions")["editions"].([]any)[0].(map[string]any), "id profile from to subject stories messages")
}

func TestAnItemWithoutADateIsPublishedNullAndHasNoNullLists(t *testing.T) {
	a := full()
	a.items = []news.Item{{ID: "aaaaaaaaaaaaaaaa", Outlet: "gone", Title: "x", Fetched: noon}}
	item := apiAt(t, serve(t, a), "/api/v1/items/aaaaaaaaaaaaaaaa")
	if v, ok := item["published"]; !ok || v != nil {
		t.Errorf("published is %v", v)
	}
	for key, v := range item {
		if v == nil && key != "published" {
			t.Errorf("%s is null", key)
		}
	}
}

func TestTheAPIPagesWithACursor(t *testing.T) {
	a := full()
	for i := range 25 {
		it := a.items[0]
		it.ID, it.Published = news.ItemID(fmt.Sprintf("dddddddddddddd%02d", i)), noon.Add(-time.Duration(i+3)*time.Hour)
		a.items = append(a.items, it)
	}
	s := serve(t, a)
	seen, cursor := map[any]bool{}, ""
	for range 10 {
		page := apiAt(t, s, "/api/v1/items?limit=10&cursor="+cursor)
		for _, it := range page["items"].([]any) {
			seen[it.(map[string]any)["id"]] = true
		}
		if cursor = page["next"].(string); cursor == "" {
			break
		}
	}
	if len(seen) != 27 {
		t.Errorf("%d items over all pages, want 27", len(seen))
	}
}

func TestMistakesOfACallerAreProblemsWithAStableCode(t *testing.T) { // X17–X19
	s := serve(t, full())
	for path, want := range map[string]struct {
		status int
		code   string
	}{
		"/api/v1/items?q=actor%3Achna":                  {400, "bad_query"},
		"/api/v1/items?q=" + strings.Repeat("a+", 1000): {400, "bad_query"},
		"/api/v1/items?q=" + strings.Repeat("(", 200):   {400, "bad_query"},
		"/api/v1/items?q=country%3AXX":                  {400, "bad_query"},
		"/api/v1/items?limit=-1":                        {400, "bad_limit"},
		"/api/v1/items?limit=0":                         {400, "bad_limit"},
		"/api/v1/items?limit=many":                      {400, "bad_limit"},
		"/api/v1/items?limit=99999999999999999999":      {400, "bad_limit"},
		"/api/v1/items?sort=worst":                      {400, "bad_sort"},
		"/api/v1/items?cursor=nonsense":                 {400, "bad_cursor"},
		"/api/v1/items/zzzzzzzzzzzzzzzz":                {404, "not_found"},
		"/api/v1/nothing":                               {404, "not_found"},
	} {
		w := get(s, path)
		var p map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if w.Code != want.status || p["code"] != want.code || p["status"] != float64(want.status) || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%.60s: status %d, %v", path, w.Code, p)
		}
		has(t, path, p, "type title status code request")
	}
	var p map[string]any
	if err := json.Unmarshal(get(s, "/api/v1/items?q=actor%3Achna").Body.Bytes(), &p); err != nil || p["position"] != 7.0 {
		t.Errorf("the place of the mistake is %v", p["position"])
	}
	if n := len(apiAt(t, s, "/api/v1/items?limit=1000000")["items"].([]any)); n != 2 {
		t.Errorf("a huge limit: %d items", n)
	}
}

func TestProbesTellLiveFromReady(t *testing.T) {
	broken := full()
	broken.err = errBroken
	ready := true
	s := serve(t, broken, func(o *Options) { o.Ready = func() (bool, string) { return ready, "first round under way" } })
	for _, path := range []string{"/livez", "/healthz"} {
		if w := get(s, path); w.Code != 200 || w.Body.String() != "ok\n" {
			t.Errorf("%s with a broken archive: %d %q", path, w.Code, w.Body)
		}
	}
	if w := get(s, "/readyz?verbose"); w.Code != 503 || !strings.Contains(w.Body.String(), "[-] archive") || !strings.Contains(w.Body.String(), "[+] work ok") {
		t.Errorf("/readyz with a broken archive: %d %s", w.Code, w.Body)
	}
	broken.err, ready = nil, false
	if w := get(s, "/readyz?verbose"); w.Code != 503 || !strings.Contains(w.Body.String(), "[-] work: first round under way") {
		t.Errorf("/readyz before the first round: %d %s", w.Code, w.Body)
	}
	ready = true
	if w := get(s, "/readyz"); w.Code != 200 || w.Body.String() != "ready\n" {
		t.Errorf("/readyz when all is well: %d %s", w.Code, w.Body)
	}
}

func TestMetricsAreInTheTextFormat(t *testing.T) {
	s := serve(t, full(), func(o *Options) {
		o.Version = "1\"2\\3\n4"
		o.Sources = func() []SourceInfo {
			return append(sources(), SourceInfo{Source: news.Source{ID: "a\"b\nc\\d\xff"}, Enabled: true})
		}
	})
	body := get(s, "/metrics").Body.String()
	for _, want := range []string{
		`silkwire_build_info{version="1\"2\\3\n4",taxonomy="`, "silkwire_items 2\n", "silkwire_db_size_bytes 1048576\n", "silkwire_db_free_bytes 4096\n", "silkwire_outbox_pending 1\n",
		`silkwire_source_last_success_timestamp_seconds{source="daryo-uz"} 1795258800`, `silkwire_source_consecutive_errors{source="asia-fa"} 4`,
		`silkwire_digest_last_success_timestamp_seconds{digest="daily"} 1795262400`, `silkwire_sources{condition="attention"} 1`, `silkwire_source_visits_total{source="daryo-uz"} 4`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in the metrics", want)
		}
	}
	if strings.Contains(body, `last_success_timestamp_seconds{source="asia-fa"}`) {
		t.Error("a source that never succeeded has a time of success")
	}
	line := regexp.MustCompile(`^(# (HELP|TYPE) [a-z_0-9]+ .+|[a-z_0-9]+(\{[a-z]+="([^"\\\n]|\\["\\n])*"(,[a-z]+="([^"\\\n]|\\["\\n])*")*\})? -?[0-9.]+)$`)
	families := map[string]int{}
	for l := range strings.SplitSeq(strings.TrimSuffix(body, "\n"), "\n") {
		if !line.MatchString(l) {
			t.Errorf("not a line of the format: %q", l)
		}
		if strings.HasPrefix(l, "# TYPE") {
			families[strings.Fields(l)[2]]++
		}
	}
	for name, n := range families {
		if n != 1 {
			t.Errorf("%s is described %d times", name, n)
		}
	}
}
