package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"silkwire/export"
	"silkwire/news"
	"silkwire/store"
	"silkwire/tally"
)

// views are addresses of all views that count.
func views() []string {
	var list []string
	for _, g := range countGroups() {
		for _, v := range g.Views {
			list = append(list, v.Href)
		}
	}
	return append(list, "/countries/uzbekistan", "/institutions/confucius-institute")
}

// busy is an archive in which every view has something to count.
func busy() *archive {
	a := full()
	for i := range 30 {
		it := a.items[0]
		it.ID = news.ItemID(fmt.Sprintf("busy%012d", i))
		it.URL = fmt.Sprintf("https://daryo.example/busy/%d", i)
		it.Published = noon.Add(-time.Duration(i) * 40 * time.Hour)
		it.Tagging.Tags = slices.Clone(it.Tagging.Tags)
		it.Tagging.Events = slices.Clone(it.Tagging.Events)
		if i%3 == 0 {
			it.Tagging.Tags[1].Concept, it.Tagging.Tags[0].Concept = "russia", "russian-house"
			it.Tagging.Events[0].State, it.Tagging.Events[0].Actor = "russia", "rossotrudnichestvo"
		}
		if i%4 == 0 {
			it.Outlet, it.Tagging.Lang, it.Tagging.Placed = "asia", "ru", nil
		}
		if i%5 == 0 {
			it.Tagging.Tags = append(it.Tagging.Tags, news.Tag{Concept: "connectivity", Facet: "narrative", Score: .5, Evidence: []news.Evidence{}}, heardInTitle("debt-trap", "reception"), heardInTitle([]news.ConceptID{"youth", "students"}[i%2], "target"))
			if i%2 == 0 {
				it.Tagging.Tags = append(it.Tagging.Tags, heardInTitle("improved-image", "reception"))
			}
		}
		a.items = append(a.items, it)
	}
	return a
}

// heardInTitle is a tag that the title of the first item says.
func heardInTitle(id news.ConceptID, facet string) news.Tag {
	return news.Tag{Concept: id, Facet: facet, Score: .5, Evidence: []news.Evidence{{Field: "title", Start: 0, End: 5, Text: "Xitoy", Sentence: news.Span{End: len(firstTitle)}}}}
}

func TestEveryNumberOpensAsManyItemsAsItSays(t *testing.T) {
	s := serve(t, busy())
	tried := 0
	for _, path := range append(views(), "/counts/matrix?rows=instrument:education-instrument&cols=lang&all=1", "/counts/matrix?rows=month&cols=target&q=scholarship OR grant", "/counts/series?by=week&split=lang&from=2026-10-12&to=2026-11-08") {
		page := pageAt(t, s, strings.ReplaceAll(path, " ", "+"))
		for _, a := range page.all("table.tallied td.num a") {
			href := a.attr("href")
			if !strings.HasPrefix(href, "/?") {
				continue
			}
			want, err := strconv.Atoi(strings.ReplaceAll(a.text(), "\u202f", ""))
			if err != nil {
				continue // a share
			}
			if got := foundAt(t, s, href); got != want {
				t.Errorf("%s: a cell says %d and opens %d items: %s", path, want, got, href)
			}
			tried++
		}
	}
	if tried < 50 {
		t.Errorf("only %d numbers were opened", tried)
	}
}

var foundItems = regexp.MustCompile(`^(\d+) items?`)

func foundAt(t *testing.T, s *Server, href string) int {
	t.Helper()
	m := foundItems.FindStringSubmatch(pageAt(t, s, href).one(t, "p.sub").text())
	if m == nil {
		t.Fatalf("%s does not say how many it found", href)
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

func TestEveryNumberOfDealsOpensThem(t *testing.T) {
	s := serve(t, busy())
	tried := 0
	for _, path := range append(views(), "/counts/matrix?rows=actor&cols=instrument&unit=events&q=actor:china", "/counts/matrix?rows=lang&cols=month&unit=events&q=to:uzbekistan") {
		for _, a := range pageAt(t, s, path).all("table.tallied td.num a") {
			href := a.attr("href")
			if !strings.HasPrefix(href, "/ledger?") {
				continue
			}
			if got := pageAt(t, s, href).one(t, "#h-deals").text(); !strings.HasPrefix(got, a.text()+" deal") {
				t.Errorf("%s: a cell says %s and opens %q: %s", path, a.text(), got, href)
			}
			tried++
		}
	}
	if tried < 20 {
		t.Errorf("only %d numbers were opened", tried)
	}
}

func TestAQueryAboutOneActorCountsItsDealsAlone(t *testing.T) {
	a := busy()
	for i := range a.items { // every item tells of a deal of Japan as well
		ev := news.Event{Actor: "japan", State: "japan", Instrument: "loan", Family: "economic-instrument", Recipient: "uzbekistan"}
		a.items[i].Tagging.Events = append(slices.Clone(a.items[i].Tagging.Events), ev)
	}
	s := serve(t, a)
	for _, row := range csvAt(t, s, "/ledger?q=actor:china&format=csv")[1:] {
		if row[2] != "china" {
			t.Errorf("a deal of %s", row[2])
		}
	}
	if rows := csvAt(t, s, "/ledger?q=actor:japan+OR+actor:china&format=csv"); !slices.ContainsFunc(rows, func(r []string) bool { return r[2] == "japan" }) {
		t.Error("no deal of Japan")
	}
}

func TestViewsMayBeAskedAtOnce(t *testing.T) {
	s := serve(t, busy())
	var all sync.WaitGroup
	for _, path := range views() {
		for range 2 {
			all.Go(func() {
				if w := get(s, path); w.Code != http.StatusOK {
					t.Errorf("%s: status %d", path, w.Code)
				}
			})
		}
	}
	all.Wait()
}

func TestEveryViewSaysThatMentionsAreNotInfluence(t *testing.T) {
	s := serve(t, busy())
	for _, path := range append(views(), "/counts") {
		pageAt(t, s, path).one(t, "p.notice").says(t, "Counts of mentions, not of influence.")
	}
}

func TestEveryViewHasItsTableAsCSVAndAsJSON(t *testing.T) {
	s := serve(t, busy())
	for _, path := range views() {
		page := pageAt(t, s, path)
		tables := page.all("table.tallied")
		if len(tables) == 0 {
			t.Errorf("%s shows no table", path)
			continue
		}
		for _, chart := range page.all("svg.chart") {
			if chart.attr("role") != "img" || len(chart.all("title")) != 1 || chart.one(t, "desc").text() == "" {
				t.Errorf("%s: a picture without title or description", path)
			}
			if html := fmt.Sprint(chart.attr("style")); html != "" {
				t.Errorf("%s: inline style %q", path, html)
			}
		}
		plus := "?"
		if strings.Contains(path, "?") {
			plus = "&"
		}
		rows := csvAt(t, s, path+plus+"format=csv")
		heads := tables[0].all("thead th")
		if len(rows[0]) != len(heads) || len(rows)-1 < len(tables[0].all("tbody tr")) {
			t.Errorf("%s: the CSV has %d columns and %d rows, the page %d and %d", path, len(rows[0]), len(rows)-1, len(heads), len(tables[0].all("tbody tr")))
		}
		answer := apiAt(t, s, path+plus+"format=json")
		has(t, path, answer, "view query taxonomy sequence notice facts limits tables")
		name := strings.TrimPrefix(tables[0].attr("id"), "t-")
		list, _ := answer["tables"].(map[string]any)[name].([]any)
		if len(list) != len(rows)-1 {
			t.Errorf("%s: %d rows as JSON, %d as CSV", path, len(list), len(rows)-1)
		}
		for i, line := range list {
			for j, head := range rows[0] {
				if want := line.(map[string]any)[head]; !sameValue(rows[i+1][j], want) {
					t.Errorf("%s, row %d, %s: %q in the CSV, %v in the JSON", path, i, head, rows[i+1][j], want)
				}
			}
		}
	}
}

// sameValue compares a cell of a CSV file with a value of JSON.
func sameValue(csv string, v any) bool {
	switch v := v.(type) {
	case nil:
		return csv == ""
	case float64:
		x, err := strconv.ParseFloat(csv, 64)
		return err == nil && (x == v || x-v < 1e-6 && v-x < 1e-6)
	}
	return csv == v || csv == export.Inert(fmt.Sprint(v))
}

func csvAt(t *testing.T, s *Server, path string) [][]string {
	t.Helper()
	w := get(s, path)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Fatalf("%s: status %d, %s", path, w.Code, w.Header().Get("Content-Type"))
	}
	rows, err := csv.NewReader(w.Body).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("%s: %v, %d rows", path, err, len(rows))
	}
	return rows
}

func TestNoCellOfACSVIsAFormula(t *testing.T) { // X21
	a := busy()
	for i := range a.items {
		a.items[i].Outlet = "=HYPERLINK(1)"
	}
	rows := csvAt(t, serve(t, a), "/counts/matrix?rows=outlet&cols=lang&all=1&format=csv")
	if len(rows) != 2 || rows[1][0] != "'=HYPERLINK(1)" {
		t.Errorf("%q", rows)
	}
}

func TestAWorkbookSaysWhatWasCounted(t *testing.T) {
	w := get(serve(t, busy()), "/counts/matrix?format=xlsx")
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "PK") || !strings.Contains(w.Header().Get("Content-Disposition"), "silkwire-matrix-matrix.xlsx") {
		t.Errorf("status %d, %v", w.Code, w.Header())
	}
}

func TestAMistakeInTheFormIsSaidOnThePageAndToMachines(t *testing.T) {
	s := serve(t, busy())
	for path, want := range map[string]string{
		"/counts/matrix?q=actor:chna":       "there is no concept",
		"/counts/series?from=yesterday":     "write it like 2026-03-31",
		"/counts/matrix?rows=actor:nowhere": "there is no concept",
	} {
		w := get(s, path)
		if w.Code != http.StatusBadRequest {
			t.Errorf("%s: status %d", path, w.Code)
		}
		parsed(t, w).one(t, "p.mistake").says(t, want)
		if w := get(s, path+"&format=csv"); w.Code != http.StatusBadRequest || strings.Contains(w.Header().Get("Content-Type"), "csv") {
			t.Errorf("%s as CSV: status %d, %s", path, w.Code, w.Header().Get("Content-Type"))
		}
	}
}

func TestAnEmptyArchiveSaysWhatToDo(t *testing.T) {
	s := serve(t, &archive{})
	for _, path := range views() {
		page := pageAt(t, s, path)
		if empty := page.all("div.empty"); len(empty) == 0 || !strings.Contains(empty[0].text(), ".") {
			t.Errorf("%s is silent about having nothing", path)
		}
	}
}

func TestOutagesAndNewSourcesAreToldWithTheLine(t *testing.T) {
	a := busy()
	a.states = map[news.SourceID]news.SourceState{"daryo-uz": {ID: "daryo-uz", Rhythm: news.Rhythm{Since: noon.AddDate(0, 0, -20)}}}
	for i, outcome := range []news.Outcome{news.OK, news.Timeout, news.Timeout, news.OK, news.NoEgress, news.OK} {
		a.runs = append([]store.Run{{Job: "visit asia-fa", Started: noon.AddDate(0, 0, -12+i), Outcome: outcome}}, a.runs...)
	}
	page := pageAt(t, serve(t, a), "/counts/series?by=day")
	page.one(t, "section.limits").says(t, "1 source added on 1 November 2026: daryo-uz.", "There was no network from 13 November 2026 to 14 November 2026.",
		"1 source could not be read from 10 November 2026 to 12 November 2026 (timeout): asia-fa.", "they reach back to 9 November 2026")
	if n := len(page.all("svg rect.outage")); n != 2 {
		t.Errorf("%d outages are drawn", n)
	}
	if n := len(page.all("svg line.added")); n != 1 {
		t.Errorf("%d new sources are drawn", n)
	}
}

func TestTheSameQuestionIsNotReadTwice(t *testing.T) {
	var k corpora
	read := 0
	ask := func(key string, seq uint64, after time.Duration, entries int) keptCorpus {
		got, err := k.get(t.Context(), keptCorpus{key: key, seq: seq, at: noon.Add(after)}, func() (*tally.Corpus, error) {
			read++
			return &tally.Corpus{Entries: make([]tally.Entry, entries)}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	ask("a", 1, 0, 10)
	if got := ask("a", 1, time.Hour, 10); read != 1 || got.seq != 1 {
		t.Errorf("nothing was written, and it was read %d times", read)
	}
	if got := ask("a", 2, 20*time.Second, 10); read != 1 || got.seq != 1 {
		t.Errorf("read %d times; it says the state %d, which it is not", read, got.seq)
	}
	if got := ask("a", 3, time.Hour, 10); read != 2 || got.seq != 3 {
		t.Errorf("what was written is not counted: read %d times, state %d", read, got.seq)
	}
	for i := range 20 {
		ask(strconv.Itoa(i), 3, time.Hour, mostCounted)
	}
	sum := 0
	for _, kept := range k.list {
		sum += len(kept.corpus.Entries)
	}
	if len(k.list) > corporaKept || sum > entriesKept || len(k.list) == 0 {
		t.Errorf("%d corpora of %d entries are kept", len(k.list), sum)
	}
}

func TestTheAPICountsAsThePagesDo(t *testing.T) {
	s := serve(t, busy())
	m := apiAt(t, s, "/api/v1/matrix?rows=actor&cols=instrument&unit=items&q=lang:ru")
	has(t, "the matrix", m, "axes unit rows cols cells counts row_totals col_totals all query taxonomy sequence partial notice limits")
	counts := m["counts"].([]any)
	if len(counts) != len(m["rows"].([]any)) || len(counts[0].([]any)) != len(m["cols"].([]any)) {
		t.Error("the matrix has not as many lines and fields as it has rows and columns")
	}
	line := apiAt(t, s, "/api/v1/series?by=day&split=actor")
	has(t, "the series", line, "by unit points series notice")
	sum := 0.0
	for _, p := range line["points"].([]any) {
		has(t, "a point", p.(map[string]any), "period from to count items stories events read")
		sum += p.(map[string]any)["count"].(float64)
	}
	if all := apiAt(t, s, "/api/v1/items?limit=1")["total"].(float64); sum != all || sum == 0 {
		t.Errorf("the points add up to %v items of %v", sum, all)
	}
	for path, code := range map[string]string{
		"/api/v1/matrix?rows=actrs": "bad_axis", "/api/v1/matrix?unit=tons": "bad_unit", "/api/v1/series?by=hour": "bad_step", "/api/v1/series?split=x": "bad_axis", "/api/v1/matrix?q=(": "bad_query",
	} {
		w := get(s, path)
		var p problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != http.StatusBadRequest || p.Code != code {
			t.Errorf("%s: status %d, %+v, %v", path, w.Code, p, err)
		}
	}
}
