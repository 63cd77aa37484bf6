package tally

import (
	"cmp"
	"slices"

	"silkwire/news"
)

// Unit is what is counted.
type Unit string

// The units.
const (
	Items   Unit = "items"   // that name both
	Stories Unit = "stories" // what those items tell, each once
	Events  Unit = "events"  // deals that are stated, each once however often reported
)

// Units are all units.
var Units = []Unit{Items, Stories, Events}

// Cell is how often something was found.
type Cell struct {
	Items   int `json:"items"`
	Stories int `json:"stories"`
	Events  int `json:"events"`
}

// In returns the count in a unit.
func (c Cell) In(u Unit) int {
	switch u {
	case Stories:
		return c.Stories
	case Events:
		return c.Events
	}
	return c.Items
}

// Table is a matrix of counts. What is in several cells of a row is once in
// the row's total, so that totals are not sums of cells.
type Table struct {
	Rows      []Key    `json:"rows"`
	Cols      []Key    `json:"cols"`
	Cells     [][]Cell `json:"cells"`
	RowTotals []Cell   `json:"row_totals"`
	ColTotals []Cell   `json:"col_totals"`
	All       Cell     `json:"all"` // in any cell
}

// Matrix counts along two axes. Rows and columns with the most in the unit
// come first; times come in their order, with the empty ones between.
func (c *Corpus) Matrix(rows, cols Axis, unit Unit) Table {
	m := matrix{rows: c.axis(rows), cols: c.axis(cols), cells: map[[2]string]*tallied{}}
	for i := range c.Entries {
		e := &c.Entries[i]
		m.add(m.rows.ofEntry(e), m.cols.ofEntry(e), func(t *tallied) { t.item(e) })
	}
	for i := range c.Deals {
		d := &c.Deals[i]
		m.add(m.rows.ofDeal(d, c), m.cols.ofDeal(d, c), func(t *tallied) { t.Events++ })
	}
	return m.table(unit)
}

// tallied is a cell that is being counted.
type tallied struct {
	Cell
	last    news.ItemID
	stories map[news.StoryID]bool
}

// item counts the item of an entry, once: entries of one item stand together.
func (t *tallied) item(e *Entry) {
	if e.ID == t.last && t.Items > 0 {
		return
	}
	t.last = e.ID
	t.Items++
	if t.stories == nil {
		t.stories = map[news.StoryID]bool{}
	}
	t.stories[e.Story] = true
	t.Stories = len(t.stories)
}

// matrix is a Table being counted; a total is a cell whose other key is "".
type matrix struct {
	rows, cols *axis
	cells      map[[2]string]*tallied
}

func (m *matrix) add(rows, cols []string, count func(*tallied)) {
	if len(rows) == 0 || len(cols) == 0 {
		return
	}
	for _, r := range rows {
		for _, c := range cols {
			count(m.at(r, c))
		}
		count(m.at(r, ""))
	}
	for _, c := range cols {
		count(m.at("", c))
	}
	count(m.at("", ""))
}

func (m *matrix) at(row, col string) *tallied {
	t, ok := m.cells[[2]string{row, col}]
	if !ok {
		t = &tallied{}
		m.cells[[2]string{row, col}] = t
	}
	return t
}

func (m *matrix) table(unit Unit) Table {
	rows, cols := m.keys(0, m.rows, unit), m.keys(1, m.cols, unit)
	t := Table{Rows: []Key{}, Cols: []Key{}, Cells: [][]Cell{}, RowTotals: []Cell{}, ColTotals: []Cell{}, All: m.at("", "").Cell}
	for _, c := range cols {
		t.Cols = append(t.Cols, m.cols.key(c))
		t.ColTotals = append(t.ColTotals, m.cell("", c))
	}
	for _, r := range rows {
		line := make([]Cell, len(cols))
		for i, c := range cols {
			line[i] = m.cell(r, c)
		}
		t.Rows, t.Cells = append(t.Rows, m.rows.key(r)), append(t.Cells, line)
		t.RowTotals = append(t.RowTotals, m.cell(r, ""))
	}
	return t
}

func (m *matrix) cell(row, col string) Cell {
	if t, ok := m.cells[[2]string{row, col}]; ok {
		return t.Cell
	}
	return Cell{}
}

// keys are the keys on one side, in the order of the table.
func (m *matrix) keys(side int, x *axis, unit Unit) []string {
	var list []string
	for at := range m.cells {
		if at[side] != "" && at[1-side] == "" {
			list = append(list, at[side])
		}
	}
	if slices.Contains(Steps(), x.Name) {
		return between(x, list)
	}
	total := func(key string) Cell {
		at := [2]string{}
		at[side] = key
		return m.cell(at[0], at[1])
	}
	slices.SortFunc(list, func(a, b string) int {
		ta, tb := total(a), total(b)
		return cmp.Or(cmp.Compare(tb.In(unit), ta.In(unit)), cmp.Compare(tb.Items, ta.Items), cmp.Compare(a, b))
	})
	return list
}

// between sorts periods and puts in those in which nothing happened.
func between(x *axis, names []string) []string {
	if len(names) == 0 {
		return nil
	}
	from, _ := Bounds(x.Name, slices.Min(names), x.zone)
	_, to := Bounds(x.Name, slices.Max(names), x.zone)
	return Periods(x.Name, from, to)
}

// Top returns the table with at most so many rows and columns, the first ones.
func (t Table) Top(rows, cols int) Table {
	rows, cols = min(rows, len(t.Rows)), min(cols, len(t.Cols))
	t.Rows, t.RowTotals, t.Cells = t.Rows[:rows], t.RowTotals[:rows], slices.Clone(t.Cells[:rows])
	t.Cols, t.ColTotals = t.Cols[:cols], t.ColTotals[:cols]
	for i := range t.Cells {
		t.Cells[i] = t.Cells[i][:cols]
	}
	return t
}

// Row returns the cells and the total of a row by its key.
func (t *Table) Row(id string) ([]Cell, Cell, bool) {
	i := slices.IndexFunc(t.Rows, func(k Key) bool { return k.ID == id })
	if i < 0 {
		return make([]Cell, len(t.Cols)), Cell{}, false
	}
	return t.Cells[i], t.RowTotals[i], true
}
