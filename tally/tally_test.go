package tally

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"silkwire/news"
	"silkwire/search"
	"silkwire/taxonomy"
)

var embedded = sync.OnceValues(taxonomy.Default)

func concepts(t testing.TB) *taxonomy.Taxonomy {
	t.Helper()
	tax, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	return tax
}

// named lets the tests' queries name concepts.
type named struct{ *taxonomy.Taxonomy }

func (n named) Concept(id string) ([]news.ConceptID, bool) {
	_, ok := n.Taxonomy.Concept(news.ConceptID(id))
	return n.Descendants(news.ConceptID(id)), ok
}
func (n named) Facet(id string) string   { return string(n.Taxonomy.Facet(news.ConceptID(id))) }
func (n named) Nearest(id string) string { return string(n.Taxonomy.Nearest(id)) }

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// made are items with any tags and events, as no tagger would set them.
func made(tax *taxonomy.Taxonomy, seed uint64, n int) []news.Item {
	r := rand.New(rand.NewPCG(seed, 1))
	var items []news.Item
	for i := range n {
		it := news.Item{
			ID: news.NewItemID("daryo", "", string(rune('a'+i%26))+strings.Repeat("x", i/26)), Title: "t",
			Outlet:    []news.OutletID{"daryo", "asia", "kun"}[r.IntN(3)],
			Published: noon.Add(-time.Duration(r.IntN(200*24)) * time.Hour),
		}
		it.Tagging.Lang = []string{"ru", "uz-Latn", "en", ""}[r.IntN(4)]
		for range r.IntN(8) {
			c := tax.Concepts[r.IntN(len(tax.Concepts))]
			it.Tagging.Tags = append(it.Tagging.Tags, news.Tag{Concept: c.ID, Facet: string(c.Facet)})
		}
		if r.IntN(3) == 0 {
			instrument := []news.ConceptID{"scholarship", "loan", "railway"}[r.IntN(3)]
			it.Tagging.Events = append(it.Tagging.Events, news.Event{
				Actor: "china", State: "china", Instrument: instrument, Family: tax.Family(instrument), Recipient: []news.ConceptID{"osh", "uzbekistan", "central-asia"}[r.IntN(3)],
			})
		}
		items = append(items, it)
	}
	return items
}

func gathered(t testing.TB, items []news.Item, change ...func(*Rules)) *Corpus {
	t.Helper()
	rules := Rules{Taxonomy: concepts(t), Country: func(id news.OutletID) string { return map[news.OutletID]string{"daryo": "UZ", "asia": "TJ"}[id] }}
	for _, c := range change {
		c(&rules)
	}
	corpus, err := Gather(over(items), rules)
	if err != nil {
		t.Fatal(err)
	}
	return corpus
}

func over(items []news.Item) func(func(*news.Item) error) error {
	return func(f func(*news.Item) error) error {
		for i := range items {
			if err := f(&items[i]); err != nil {
				return err
			}
		}
		return nil
	}
}

// What a cell counts is what its query finds: whoever opens it sees as many
// items as it said.
func TestACellCountsWhatItsQueryFinds(t *testing.T) {
	tax := concepts(t)
	items := made(tax, 7, 300)
	corpus := gathered(t, items)
	for _, axes := range [][2]string{
		{"actor", "instrument"}, {"actor:china", "instrument:education-instrument"}, {"target", "narrative"}, {"reception", "lang"},
		{"recipient", "outlet"}, {"target:kazakhstan", "country"}, {"month", "actor"}, {"week", "target"},
	} {
		rows, cols := axisOf(t, axes[0]), axisOf(t, axes[1])
		table := corpus.Matrix(rows, cols, Items)
		if len(table.Rows) == 0 || len(table.Cols) == 0 {
			t.Fatalf("%v: the table is empty", axes)
		}
		for i, r := range table.Rows {
			for j, c := range table.Cols {
				if got, want := table.Cells[i][j].Items, found(t, items, r.Query+" "+c.Query); got != want {
					t.Errorf("%v: the cell %s, %s counts %d items; the query %q finds %d", axes, r.ID, c.ID, got, r.Query+" "+c.Query, want)
				}
			}
		}
	}
}

func axisOf(t testing.TB, s string) Axis {
	t.Helper()
	a, err := ParseAxis(s, concepts(t))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func found(t *testing.T, items []news.Item, query string) int {
	t.Helper()
	q, err := search.Parse(query, named{concepts(t)})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	n := 0
	for i := range items {
		it := items[i]
		if it.Tagging.Lang == "" {
			it.Tagging.Lang = "und"
		}
		if q.Match(&it, search.Facts{Country: map[news.OutletID]string{"daryo": "UZ", "asia": "TJ"}[it.Outlet]}) {
			n++
		}
	}
	return n
}

func TestTheCellsAddUpToWhatEachItemCountsFor(t *testing.T) {
	corpus := gathered(t, made(concepts(t), 3, 400))
	rows, cols := axisOf(t, "actor"), axisOf(t, "instrument")
	want, inAny := 0, 0
	for i := range corpus.Entries {
		e := &corpus.Entries[i]
		r, c := corpus.axis(rows).ofEntry(e), corpus.axis(cols).ofEntry(e)
		want += len(r) * len(c)
		if len(r) > 0 && len(c) > 0 {
			inAny++
		}
	}
	table := corpus.Matrix(rows, cols, Items)
	sum := 0
	for i, line := range table.Cells {
		most := 0
		for _, cell := range line {
			sum += cell.Items
			most = max(most, cell.Items)
		}
		if total := table.RowTotals[i].Items; total < most {
			t.Errorf("%s: the total %d is less than a cell, %d", table.Rows[i].ID, total, most)
		}
	}
	if sum != want || table.All.Items != inAny || sum == 0 {
		t.Errorf("cells add up to %d, want %d; %d items in any, want %d", sum, want, table.All.Items, inAny)
	}
}

func TestNarrowingNeverCountsMore(t *testing.T) {
	corpus := gathered(t, made(concepts(t), 11, 400))
	whole := corpus.Matrix(axisOf(t, "actor"), axisOf(t, "target"), Items)
	part := corpus.Only(func(e *Entry) bool { return e.Outlet == "daryo" }).Matrix(axisOf(t, "actor"), axisOf(t, "target"), Items)
	if part.All.Items == 0 || part.All.Items >= whole.All.Items {
		t.Fatalf("%d of %d items are left", part.All.Items, whole.All.Items)
	}
	for i, r := range part.Rows {
		_, total, there := whole.Row(r.ID)
		if !there || part.RowTotals[i].Items > total.Items {
			t.Errorf("%s: %d in the part, %d in the whole", r.ID, part.RowTotals[i].Items, total.Items)
		}
	}
}

func TestOnlyTheNewestAreLookedAtAndItIsSaid(t *testing.T) {
	items := made(concepts(t), 5, 30)
	if c := gathered(t, items, func(r *Rules) { r.Most = 10 }); len(c.Entries) != 10 || !c.Partial {
		t.Errorf("%d entries, partial %v", len(c.Entries), c.Partial)
	}
	if c := gathered(t, items, func(r *Rules) { r.Most = 30 }); len(c.Entries) != 30 || c.Partial {
		t.Errorf("%d entries, partial %v", len(c.Entries), c.Partial)
	}
}

func TestTimesHaveNoHoles(t *testing.T) {
	zone := time.FixedZone("Tashkent", 5*3600)
	for step, want := range map[string]int{"day": 366, "week": 53, "month": 13, "year": 2} {
		got := Periods(step, time.Date(2025, 11, 21, 0, 0, 0, 0, zone), time.Date(2026, 11, 22, 0, 0, 0, 0, zone))
		if len(got) != want {
			t.Errorf("%s: %d periods, want %d", step, len(got), want)
		}
		for i, name := range got {
			from, to := Bounds(step, name, zone)
			if Period(step, from) != name || Period(step, to.Add(-time.Nanosecond)) != name {
				t.Errorf("%s %s does not hold its own bounds", step, name)
			}
			if i > 0 {
				if _, end := Bounds(step, got[i-1], zone); !end.Equal(from) {
					t.Errorf("%s: a hole before %s", step, name)
				}
			}
		}
	}
}

func TestANightInTashkentCountsForItsOwnDay(t *testing.T) {
	late := made(concepts(t), 1, 1)
	late[0].Published = time.Date(2026, 3, 31, 20, 30, 0, 0, time.UTC) // the first of April in Tashkent
	c := gathered(t, late, func(r *Rules) { r.Zone = time.FixedZone("Tashkent", 5*3600) })
	if table := c.Matrix(Axis{Name: "month"}, Axis{Name: "all"}, Items); table.Rows[0].ID != "2026-04" {
		t.Errorf("it counts for %s", table.Rows[0].ID)
	}
}

func TestAnAxisThatIsNotThereIsNamedWithTheNearest(t *testing.T) {
	for in, want := range map[string]string{
		"actors": `there is no axis "actors"; the nearest is "actor"`, "lang:ru": "the axis lang has no branches; write lang alone",
		"actor:chna": `there is no concept "chna"; did you mean china?`,
	} {
		if _, err := ParseAxis(in, concepts(t)); err == nil || err.Error() != want {
			t.Errorf("%s: %v", in, err)
		}
	}
}
