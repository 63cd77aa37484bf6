package export

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
	"silkwire/taxonomy"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// archive is a store in memory, as far as exports ask it.
type archive struct {
	items   []news.Item
	reviews map[news.ItemID][]news.Review
	history map[news.ItemID][]news.Retagging
	pages   int
	most    int // items of one page
}

func (a *archive) Find(_ context.Context, q store.Query) (page store.Page, _ error) {
	a.pages++
	a.most = max(a.most, q.Limit)
	skip := 0
	_, _ = fmt.Sscan(q.Cursor, &skip)
	for _, it := range a.items {
		if !q.FetchedTo.IsZero() && !it.Fetched.Before(q.FetchedTo) || it.Fetched.Before(q.FetchedFrom) || !q.Search.Match(&it, search.Facts{}) {
			continue
		}
		page.Total++
		if page.Total > skip && len(page.Items) < q.Limit {
			page.Items = append(page.Items, it)
		}
	}
	if skip+len(page.Items) < page.Total {
		page.Next = fmt.Sprint(skip + len(page.Items))
	}
	return page, nil
}

func (a *archive) Weighed(context.Context) (map[news.ItemID][]news.Review, error) {
	said := map[news.ItemID][]news.Review{}
	for _, it := range a.items {
		list, err := a.ReviewsOf(context.Background(), it.ID)
		if err != nil {
			return nil, err
		}
		said[it.ID] = list
	}
	return said, nil
}

func (a *archive) ReviewsOf(_ context.Context, id news.ItemID) ([]news.Review, error) {
	return a.reviews[id], nil
}

func (a *archive) History(_ context.Context, id news.ItemID) ([]news.Retagging, error) {
	return a.history[id], nil
}

func (a *archive) Stats(context.Context) (store.Stats, error) {
	return store.Stats{Sequence: 42}, nil
}

var read = sync.OnceValues(taxonomy.Default)

func tax(t *testing.T) *taxonomy.Taxonomy {
	t.Helper()
	x, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func full() *archive {
	places, body := 120, "China offers 120 scholarships to Uzbekistan."
	it := news.Item{
		ID: "aaaaaaaaaaaaaaaa", Outlet: "oasis", Sources: []news.SourceID{"oasis-feed"}, URL: "https://oasis.example/1", Title: "=HYPERLINK(\"http://evil.example\")",
		Text: body, Published: noon, Fetched: noon.Add(time.Minute), Authors: []string{"@desk"},
		Tagging: news.Tagging{
			Lang: "en", Relevance: .98765, Relevant: true, Taxonomy: "t1",
			Tags: []news.Tag{
				{Concept: "china", Facet: "actor_state", Score: .9, Evidence: []news.Evidence{{Field: "body", Start: 0, End: 5, Text: "China", Term: "China", Lang: "en", Sentence: news.Span{Start: 0, End: len(body)}}}},
				{Concept: "scholarship-quota", Facet: "instrument", Score: .8, Evidence: []news.Evidence{{Field: "body", Start: 13, End: 29, Text: "120 scholarships", Term: "scholarships", Lang: "en"}}},
				{Concept: "samarkand", Facet: "target", Score: .8, Evidence: []news.Evidence{{Field: "body"}}},
			},
			Events: []news.Event{
				{Actor: "china", State: "china", Instrument: "scholarship-quota", Family: "education-instrument", Recipient: "uzbekistan", Status: news.Announced, Places: &places, Evidence: news.EventEvidence{Text: body}},
				{Actor: "china", State: "china", Instrument: "concessional-loan", Family: "economic-instrument", Recipient: "central-asia", Status: news.Completed, Amount: &news.Amount{Value: 2.5e6, Currency: "USD"}},
				{Actor: "russia", State: "russia", Instrument: "sanctions", Family: "hard-power-instrument", Recipient: "kazakhstan", Status: news.Announced},
			},
		},
	}
	other := it
	other.ID, other.Title, other.Published, other.Tagging = "bbbbbbbbbbbbbbbb", "Снег", time.Time{}, news.Tagging{Lang: "ru", Taxonomy: "t1"}
	return &archive{
		items: []news.Item{it, other},
		reviews: map[news.ItemID][]news.Review{"aaaaaaaaaaaaaaaa": {
			{ID: "r1", Item: it.ID, By: "analyst-a", At: noon, Verdict: news.Accept, Concept: "china"},
			{ID: "r2", Item: it.ID, By: "analyst-b", At: noon, Verdict: news.Reject, Event: &news.EventKey{Actor: "china", Instrument: "loan", Recipient: "uzbekistan"}, Note: "+1"},
		}},
	}
}

func write(t *testing.T, a *archive, what What, f Format) (string, Snapshot) {
	t.Helper()
	x := tax(t)
	of, err := Take(t.Context(), a, search.Query{}, x.Version, noon.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	job := Job{What: what, Format: f, Of: of, Maker: Maker{Taxonomy: x, Text: true, Outlet: func(id news.OutletID) news.Outlet {
		return news.Outlet{ID: id, Name: "Oasis Herald", Country: "UZ"}
	}}}
	var out bytes.Buffer
	if _, err := job.Write(t.Context(), a, &out); err != nil {
		t.Fatal(err)
	}
	return out.String(), of
}

// table reads CSV into maps by column.
func table(t *testing.T, file string) (rows []map[string]string) {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func TestEveryTableHasTheSameContentInEveryFormat(t *testing.T) {
	for _, what := range Whats() {
		a := full()
		asCSV, _ := write(t, a, what, CSV)
		want := table(t, asCSV)
		if len(want) == 0 {
			t.Fatalf("%s: no rows", what)
		}
		asJSON, _ := write(t, a, what, JSONL)
		lines := strings.Split(strings.TrimSuffix(asJSON, "\n"), "\n")
		asXLSX, _ := write(t, a, what, XLSX)
		book, err := excelize.OpenReader(strings.NewReader(asXLSX))
		if err != nil {
			t.Fatal(err)
		}
		cells, err := book.GetRows(string(what))
		if err != nil {
			t.Fatal(err)
		}
		if len(lines) != len(want) || len(cells) != len(want)+1 {
			t.Fatalf("%s: %d rows in CSV, %d in JSONL, %d in XLSX", what, len(want), len(lines), len(cells)-1)
		}
		for i, line := range lines {
			var object map[string]any
			if err := json.Unmarshal([]byte(line), &object); err != nil {
				t.Fatal(err)
			}
			if len(object) != len(want[i]) {
				t.Errorf("%s: %d keys in JSON, %d columns in CSV", what, len(object), len(want[i]))
			}
			for name, cell := range want[i] {
				if got := asText(object[name]); got != Armed(cell) {
					t.Errorf("%s, %s: %q in JSON, %q in CSV", what, name, got, cell)
				}
			}
			for j, name := range cells[0] {
				if j < len(cells[i+1]) && object[name] != nil && !strings.Contains("published first_seen at", name) && !strings.EqualFold(cells[i+1][j], Armed(want[i][name])) {
					t.Errorf("%s, %s: %q in XLSX, %q in CSV", what, name, cells[i+1][j], want[i][name])
				}
			}
		}
	}
}

// asText is a value of JSON as CSV writes it.
func asText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = fmt.Sprint(v[i])
		}
		return strings.Join(parts, " ")
	case float64:
		return csvCell(v)
	}
	return fmt.Sprint(v)
}

// X21: what a spreadsheet would carry out is text, and nothing is lost.
func TestNoCellIsAFormula(t *testing.T) {
	asCSV, _ := write(t, full(), Items, CSV)
	row := table(t, asCSV)[0]
	if row["title"] != `'=HYPERLINK("http://evil.example")` || row["authors"] != "'@desk" {
		t.Errorf("title %q, authors %q", row["title"], row["authors"])
	}
	asXLSX, _ := write(t, full(), Items, XLSX)
	book, err := excelize.OpenReader(strings.NewReader(asXLSX))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range book.GetSheetList() {
		rows, _ := book.GetRows(name)
		for i := range rows {
			for j := range rows[i] {
				cell, _ := excelize.CoordinatesToCellName(j+1, i+1)
				if formula, _ := book.GetCellFormula(name, cell); formula != "" {
					t.Errorf("%s!%s is the formula %q", name, cell, formula)
				}
			}
		}
	}
	head := slices.Index(mustRows(t, book, "items")[0], "title")
	if got := mustRows(t, book, "items")[1][head]; got != `=HYPERLINK("http://evil.example")` {
		t.Errorf("the workbook says %q", got)
	}
}

func mustRows(t *testing.T, book *excelize.File, sheet string) [][]string {
	t.Helper()
	rows, err := book.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func FuzzInertTextsComeBack(f *testing.F) {
	for _, s := range []string{"", "=1+1", "+1", "'=1", "''", " =1", "-5", "@x", "\t=1", "＝1", "plain", "'", "é", "\xff=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		inert := Inert(s)
		if Armed(inert) != s {
			t.Errorf("%q comes back as %q", s, Armed(inert))
		}
		if first := strings.TrimLeft(inert, " "); first != "" && strings.ContainsAny(first[:1], "=+-@\t\r\n") {
			t.Errorf("%q can still be a formula", inert)
		}
	})
}

func TestEventsAreCodedAsPLOVERDoes(t *testing.T) {
	asCSV, _ := write(t, full(), Events, CSV)
	rows := table(t, asCSV)
	for i, want := range []map[string]string{
		{"event_type": "AGREE", "intended_type": "COOPERATE", "quad_class": "verbal cooperation", "context": "education", "actor_country": "CHN", "recipient_country": "UZB", "magnitude": "120", "magnitude_unit": "places", "event_date": "2026-11-21", "location": "samarkand"},
		{"event_type": "AID", "intended_type": "AID", "quad_class": "material cooperation", "recipient_country": "", "magnitude": "2500000", "magnitude_unit": "USD"},
		{"event_type": "THREATEN", "intended_type": "SANCTION", "quad_class": "verbal conflict", "recipient_country": "KAZ"},
	} {
		for name, value := range want {
			if rows[i][name] != value {
				t.Errorf("event %d: %s is %q, want %q", i, name, rows[i][name], value)
			}
		}
	}
}

// names lets queries of tests name concepts.
type names struct{ *taxonomy.Taxonomy }

func (n names) Concept(id string) ([]news.ConceptID, bool) {
	_, ok := n.Taxonomy.Concept(news.ConceptID(id))
	return n.Descendants(news.ConceptID(id)), ok
}
func (n names) Facet(id string) string   { return string(n.Taxonomy.Facet(news.ConceptID(id))) }
func (n names) Nearest(id string) string { return "" }

// Who asks for China's scholarships is not given the sanctions of Russia that
// the same item tells of.
func TestOnlyTheEventsThatAreAskedForAreTakenAway(t *testing.T) {
	it := full().items[0]
	for query, want := range map[string]string{
		"":                                "scholarship-quota concessional-loan sanctions",
		"actor:china":                     "scholarship-quota concessional-loan",
		"actor:russia OR to:uzbekistan":   "scholarship-quota sanctions",
		"instrument:education-instrument": "scholarship-quota",
		"actor:china to:uzbekistan word after:2026-01-01": "scholarship-quota",
		"-actor:china":      "scholarship-quota concessional-loan sanctions",
		"narrative:win-win": "scholarship-quota concessional-loan sanctions",
		"actor:japan":       "",
	} {
		q, err := search.Parse(query, names{tax(t)})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		keep := Narrow(q, tax(t))
		for i := range it.Tagging.Events {
			if e := &it.Tagging.Events[i]; keep(e) {
				got = append(got, string(e.Instrument))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q takes %q away, want %q", query, got, want)
		}
	}
	for _, root := range []search.Expr{search.Field{Name: "status", Value: "completed"}, search.Number{Name: "amount", Low: search.Bound{At: 1e6, Has: true}}} {
		keep := Narrow(search.Query{Root: root}, tax(t))
		if events := it.Tagging.Events; keep(&events[0]) || !keep(&events[1]) || keep(&events[2]) {
			t.Errorf("%+v keeps others than the loan", root)
		}
	}
}

// Every instrument has a coding, and every type a class.
func TestPLOVERKnowsEveryInstrument(t *testing.T) {
	m := Maker{Taxonomy: tax(t)}
	for _, c := range m.Taxonomy.Concepts {
		if c.Facet != taxonomy.Instrument {
			continue
		}
		for _, status := range []news.Status{news.Announced, news.Signed, news.Ongoing, news.Completed, news.Cancelled, news.DeniedEvt, news.NoStatus} {
			e := news.Event{Instrument: c.ID, Status: status}
			if code := m.coded(&e); quads[code.kind] == "" || m.material(&e).context == "" {
				t.Errorf("%s, %s: %+v", c.ID, status, code)
			}
		}
	}
	for id := range codings {
		if m.Taxonomy.Facet(id) != taxonomy.Instrument {
			t.Errorf("there is no instrument %s", id)
		}
	}
	for id := range iso3 {
		if _, ok := m.Taxonomy.Concept(id); !ok {
			t.Errorf("there is no concept %s", id)
		}
	}
}

func TestASnapshotIsWrittenAndReadBack(t *testing.T) {
	s := Snapshot{Query: "concept:china “цитата” OR x\ny", Taken: noon.Add(time.Millisecond), Taxonomy: "v1", Sequence: 1 << 40, Items: 7, Print: Print{1, 2, 255}}
	got, err := ParseSnapshot(" " + s.ID() + "\n")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, got); diff != "" {
		t.Error(diff)
	}
	for i := range s.ID() {
		wrong := []byte(s.ID())
		wrong[i] ^= 1
		if got, err := ParseSnapshot(string(wrong)); err == nil {
			t.Fatalf("with another letter at %d it is %+v", i, got)
		}
	}
}

func FuzzParseSnapshot(f *testing.F) {
	f.Add(Snapshot{Query: "x", Taken: noon}.ID())
	f.Add("s1")
	f.Fuzz(func(t *testing.T, id string) {
		if s, err := ParseSnapshot(id); err == nil && s.ID() != strings.TrimSpace(id) {
			t.Errorf("%q is read as %+v, which is written %q", id, s, s.ID())
		}
	})
}

// A figure can be repeated: what came later is left out, and what became
// another is named.
func TestASnapshotTellsWhatChanged(t *testing.T) {
	a := full()
	then, err := Take(t.Context(), a, search.Query{}, "t1", noon.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	compare := func(taxonomy string) Difference {
		t.Helper()
		d, err := Compare(t.Context(), a, then, search.Query{}, taxonomy, noon.Add(3*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	later := a.items[0]
	later.ID, later.Fetched = "cccccccccccccccc", noon.Add(2*time.Hour)
	a.items = append([]news.Item{later}, a.items...)
	if d := compare("t1"); !d.Same || !d.Exact || d.Later != 1 || d.Now.Items != 2 {
		t.Errorf("after one more item: %+v", d)
	}
	edited := a.items[1]
	edited.Revision, edited.Revised = 1, noon.Add(2*time.Hour)
	a.items[1] = edited
	if d := compare("t1"); d.Same || d.Revised != 1 || d.Examples[0].Item != edited.ID {
		t.Errorf("after an edit: %+v", d)
	}
	a.items[1] = full().items[0]
	a.items[2].Tagging.Tags = []news.Tag{{Concept: "russia"}}
	a.items[2].Tagging.Taxonomy = "t2"
	a.history = map[news.ItemID][]news.Retagging{a.items[2].ID: {{At: noon.Add(2 * time.Hour), From: "t1", To: "t2", Came: []news.ConceptID{"russia"}}}}
	d := compare("t2")
	if d.Same || d.Retagged != 1 || d.Revised != 0 || d.Examples[0].Came[0] != "russia" {
		t.Errorf("after another taxonomy: %+v", d)
	}
	if says := fmt.Sprint(d.Says()); !strings.Contains(says, "Tagged otherwise since: 1 item") || !strings.Contains(says, "something else") {
		t.Error(says)
	}
	a.items = a.items[:2]
	if d := compare("t1"); d.Same || d.Now.Items != 1 {
		t.Errorf("after an item went: %+v", d)
	}
}

// Under another taxonomy that says the same, nothing has changed.
func TestTheSameTagsUnderAnotherTaxonomyAreTheSame(t *testing.T) {
	a := full()
	then, err := Take(t.Context(), a, search.Query{}, "t1", noon.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for i := range a.items {
		a.items[i].Tagging.Taxonomy = "t2"
	}
	if d, err := Compare(t.Context(), a, then, search.Query{}, "t2", noon.Add(2*time.Hour)); err != nil || !d.Same {
		t.Errorf("%+v, %v", d, err)
	}
}

// However much is taken away, it is read in small transactions.
func TestAnExportReadsPageByPage(t *testing.T) {
	a := full()
	for i := range 3 * pageSize {
		it := a.items[1]
		it.ID = news.ItemID(fmt.Sprintf("d%015d", i))
		a.items = append(a.items, it)
	}
	out, of := write(t, a, Items, CSV)
	if rows := strings.Count(out, "\r\n") - 1; rows != len(a.items) || of.Items != rows {
		t.Errorf("%d rows of %d items, snapshot of %d", rows, len(a.items), of.Items)
	}
	if a.most > pageSize || a.pages < 8 {
		t.Errorf("%d pages, the biggest of %d items", a.pages, a.most)
	}
}

// The first row has the snapshot whole, so that a file can be repeated from
// itself alone; the others name it, so that rows of two files are told apart.
func TestEveryRowNamesItsSnapshot(t *testing.T) {
	for _, what := range Whats() {
		out, of := write(t, full(), what, CSV)
		for i, row := range table(t, out) {
			if want := map[bool]string{true: of.ID(), false: of.Short()}[i == 0]; row["snapshot"] != want {
				t.Errorf("%s, row %d: snapshot %q", what, i, row["snapshot"])
			}
		}
	}
	out, of := write(t, full(), Items, XLSX)
	book, err := excelize.OpenReader(strings.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	about := fmt.Sprint(mustRows(t, book, "about"))
	if !strings.Contains(about, of.ID()) || !strings.Contains(about, "2 items") {
		t.Errorf("the workbook does not say what it is of: %s", about)
	}
}

// The codebook is complete: every field is described, and every concept is there.
func TestTheCodebookDescribesEverything(t *testing.T) {
	x := tax(t)
	book := Codebook{Taxonomy: x, Program: "v1", Counts: map[news.ConceptID]int{"china": 17}}
	var out bytes.Buffer
	if err := book.Write("", &out); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	m := Maker{Taxonomy: x, Text: true}
	for _, what := range Whats() {
		for _, f := range m.Sheet(what).Fields {
			if !strings.Contains(text, "| "+f.Name+" | "+f.Type+" |") {
				t.Errorf("%s.%s is not described", what, f.Name)
			}
			if f.Type == "" || f.Source == "" || f.About == "" && f.Unit == "" || f.Type == "number" && f.Unit == "" {
				t.Errorf("%s.%s: %+v is half a description", what, f.Name, f)
			}
		}
	}
	for _, c := range x.Concepts {
		if !strings.Contains(text, "\n`"+string(c.ID)+"`") {
			t.Errorf("%s is not in it", c.ID)
		}
	}
	if !strings.Contains(text, "`china`; 17 items in this archive.") {
		t.Error("it does not count")
	}
	out.Reset()
	if err := book.Write(CSV, &out); err != nil {
		t.Fatal(err)
	}
	if rows := table(t, out.String()); len(rows) != len(x.Concepts) {
		t.Errorf("%d concepts of %d", len(rows), len(x.Concepts))
	}
}

// A text longer than a cell can hold is cut in a workbook only, and it says so.
func TestAWorkbookSaysWhatItHadToCut(t *testing.T) {
	a := full()
	a.items[0].Text = strings.Repeat("ы", longestCell+10) + "\x01\x0b"
	out, _ := write(t, a, Items, XLSX)
	book, err := excelize.OpenReader(strings.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	if about := fmt.Sprint(mustRows(t, book, "about")); !strings.Contains(about, "1 texts are longer") {
		t.Errorf("it does not say so: %s", about)
	}
}
