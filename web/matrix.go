package web

import (
	"html/template"
	"net/http"
	"strings"

	"silkwire/chart"
	"silkwire/news"
	"silkwire/tally"
	"silkwire/words"
)

// How much of a matrix a page shows; CSV and JSON have all of it.
const (
	rowsShown = 24
	colsShown = 14
)

func (s *Server) axisChoices(names ...string) []choice {
	list := make([]choice, len(names))
	for i, name := range names {
		list[i] = choice{Value: name, Name: s.axisTitle(name)}
	}
	return list
}

// axis lets choose an axis. One branch of it may be given as well, as its rows
// lead to.
func (v *view) axis(name string, label words.Message, choices ...string) (tally.Axis, error) {
	list := v.s.axisChoices(choices...)
	if given := v.form.Get(name); strings.Contains(given, ":") {
		a, err := tally.ParseAxis(given, v.s.Taxonomy)
		if err != nil {
			v.mistaken(err)
			return a, errMistake
		}
		list = append(list, choice{Value: given, Name: v.s.axisTitle(a.Name) + ": " + v.s.name(a.Under)})
	}
	return tally.ParseAxis(v.choose(name, label, list...), v.s.Taxonomy)
}

// matrixView counts along two axes.
func matrixView(v *view) error {
	v.Title = v.say("Matrix")
	v.Intro = v.say("Who is named together with what: every number opens the items behind it, every name its narrower concepts.")
	rows, err := v.axis("rows", "Rows", "actor", "instrument", "target", "recipient", "narrative", "reception", "polarity", "audience", "outlet", "country", "lang", "status", "behaviour", "horizon", "placed", "month", "week")
	if err != nil {
		return err
	}
	cols, err := v.axis("cols", "Columns", "instrument", "actor", "target", "recipient", "narrative", "reception", "polarity", "audience", "outlet", "country", "lang", "status", "behaviour", "horizon", "placed", "month", "year")
	if err != nil {
		return err
	}
	unit := v.unit()
	c, err := v.corpus()
	if err != nil {
		return err
	}
	v.limits(c)
	t := c.Matrix(rows, cols, unit)
	sec := section{ID: "matrix", Title: v.s.axisTitle(rows.Name) + " × " + v.s.axisWord(cols.Name), Notes: v.unitNotes(unit)}
	if t.All.In(unit) == 0 {
		sec.Empty = v.nothing()
		v.Sections = append(v.Sections, sec)
		return nil
	}
	sec.Chart = v.heat("m1", sec.Title, rows, cols, unit, t)
	sec.Sheet = v.matrixSheet("matrix", rows, cols, unit, t)
	v.Sections = append(v.Sections, sec)
	return nil
}

// unitNotes says what a unit counts.
func (v *view) unitNotes(u tally.Unit) []string {
	switch u {
	case tally.Stories:
		return []string{v.say("Stories: items that tell the same are one, however many outlets and languages tell it.")}
	case tally.Events:
		return []string{v.say("Deals: an actor, an instrument and a recipient in one or two sentences. One deal that is reported ten times is one deal. What the query says of actors, instruments and recipients is asked of the deal itself.")}
	}
	return []string{v.say("Items that name both the row and the column, anywhere in the item. Items name several things: totals are not sums.")}
}

func (v *view) heat(id, title string, rows, cols tally.Axis, unit tally.Unit, whole tally.Table) template.HTML {
	t := whole.Top(rowsShown, colsShown)
	counts := make([][]int, len(t.Rows))
	for i, line := range t.Cells {
		for _, cell := range line {
			counts[i] = append(counts[i], cell.In(unit))
		}
	}
	desc := v.say("%s by %s. The table below has the numbers.", v.say("%d rows", len(t.Rows)), v.say("%d columns", len(t.Cols)))
	if len(t.Rows) > 0 {
		desc = v.say("Most in a row: %s, %d. %s", v.s.axisName(rows.Name, t.Rows[0]), t.RowTotals[0].In(unit), desc)
	}
	return drawn(chart.Heat(v.head(id, title+", "+v.say(unitWord(unit)), desc), v.keyNames(rows, t.Rows), v.keyNames(cols, t.Cols), counts))
}

// head names a picture.
func (v *view) head(id, title, desc string) chart.Head {
	return chart.Head{ID: id, Title: title, Desc: desc, Point: v.s.words.Point()}
}

// drawn is a picture as part of a page. Package chart escapes whatever it
// writes.
func drawn(svg string) template.HTML { return template.HTML(svg) } //nolint:gosec // made by package chart

func (v *view) keyNames(a tally.Axis, keys []tally.Key) []string {
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = v.s.axisName(a.Name, k)
	}
	return list
}

func (v *view) matrixSheet(name string, rows, cols tally.Axis, unit tally.Unit, t tally.Table) *sheet {
	sh := &sheet{Name: name, Caption: v.say("%s by %s, in %s", v.s.axisTitle(rows.Name), v.s.axisWord(cols.Name), v.say(unitWord(unit))), Shown: rowsShown}
	sh.Cols = append(sh.Cols, column{ID: rows.Name, Name: v.s.axisTitle(rows.Name)}, column{ID: "total", Name: v.say("In any"), Num: true})
	for i, k := range t.Cols {
		class := ""
		if i >= colsShown {
			class = "beyond"
		}
		sh.Cols = append(sh.Cols, column{ID: k.ID, Name: v.s.axisName(cols.Name, k), Num: true, Class: class, Href: v.narrower("cols", cols, k)})
	}
	for i, r := range t.Rows {
		row := []cell{
			{Value: r.ID, Text: v.s.axisName(rows.Name, r), Head: true, Href: v.narrower("rows", rows, r)},
			number(t.RowTotals[i].In(unit), v.opens(unit, []tally.Axis{rows}, []tally.Key{r})),
		}
		for j, k := range t.Cols {
			one := number(t.Cells[i][j].In(unit), v.opens(unit, []tally.Axis{rows, cols}, []tally.Key{r, k}))
			one.Class = sh.Cols[j+2].Class
			row = append(row, one)
		}
		sh.Rows = append(sh.Rows, row)
	}
	return sh
}

// narrower leads to the same matrix with one concept opened, where there is
// something below it.
func (v *view) narrower(side string, a tally.Axis, k tally.Key) string {
	if v.Path != "/counts/matrix" || k.ID == string(a.Under) || v.s.Taxonomy == nil || len(v.s.Taxonomy.Children(news.ConceptID(k.ID))) == 0 {
		return ""
	}
	if _, err := tally.ParseAxis(a.Name+":"+k.ID, v.s.Taxonomy); err != nil {
		return ""
	}
	return v.href(side, a.Name+":"+k.ID)
}

// opens leads to what is behind a count: the items, or the deals of the ledger.
func (v *view) opens(unit tally.Unit, axes []tally.Axis, keys []tally.Key) string {
	if unit == tally.Events {
		var pairs []string
		for i, a := range axes {
			pairs = append(pairs, "in", a.String()+"="+keys[i].ID)
		}
		return v.other("/ledger", pairs...)
	}
	var queries []string
	for _, k := range keys {
		queries = append(queries, k.Query)
	}
	return v.items(queries...)
}

// apiMatrix answers /api/v1/matrix.
func (s *Server) apiMatrix(r *http.Request) (any, error) {
	v, err := s.newView(r)
	if err != nil {
		return nil, err
	}
	unit, err := v.apiQuery()
	if err != nil {
		return nil, err
	}
	form := r.URL.Query()
	rows, cols, err := apiAxes(s, form.Get("rows"), form.Get("cols"))
	if err != nil {
		return nil, err
	}
	c, err := v.corpus()
	if err != nil {
		return nil, err
	}
	t := c.Matrix(rows, cols, unit)
	counts := make([][]int, len(t.Cells))
	for i, line := range t.Cells {
		counts[i] = make([]int, len(line))
		for j := range line {
			counts[i][j] = line[j].In(unit)
		}
	}
	return struct {
		Axes   [2]string  `json:"axes"`
		Unit   tally.Unit `json:"unit"`
		Counts [][]int    `json:"counts"` // cells in the unit
		tally.Table
		apiCounted
	}{[2]string{rows.String(), cols.String()}, unit, counts, t, v.apiCounted(c)}, nil
}

// apiCounted is what every count of the API says of itself.
type apiCounted struct {
	Query    string   `json:"query"`
	Taxonomy string   `json:"taxonomy"`
	Sequence uint64   `json:"sequence"`
	Partial  bool     `json:"partial"` // only the newest items were counted
	Counted  int      `json:"counted"` // items
	Deals    int      `json:"deals"`
	Notice   string   `json:"notice"`
	Limits   []string `json:"limits"`
}

func (v *view) apiCounted(c *tally.Corpus) apiCounted {
	v.limits(c)
	return apiCounted{
		Query: v.narrowed(), Taxonomy: v.s.Taxonomy.Version, Sequence: v.seq, Partial: c.Partial, Counted: len(c.Entries), Deals: len(c.Deals),
		Notice: v.Notice, Limits: orEmpty(v.Limits),
	}
}

// apiQuery reads the query of a count of the API as it stands, without a wish
// for relevance that nobody wrote.
func (v *view) apiQuery() (tally.Unit, error) {
	v.All = true
	if v.Mistake == "" {
		v.readQuery()
	}
	if v.Mistake != "" {
		return "", failure{Code: http.StatusBadRequest, Kind: "bad_query", Detail: "%s", Args: []any{v.Mistake}}
	}
	switch u := tally.Unit(v.form.Get("unit")); u {
	case "":
		return tally.Items, nil
	case tally.Items, tally.Stories, tally.Events:
		return u, nil
	}
	return "", inEnglish(http.StatusBadRequest, "bad_unit", "unit takes items, stories or events.")
}

func apiAxes(s *Server, first, second string) (rows, cols tally.Axis, err error) {
	if first == "" {
		first = "actor"
	}
	if second == "" {
		second = "instrument"
	}
	for _, one := range []struct {
		text string
		axis *tally.Axis
	}{{first, &rows}, {second, &cols}} {
		if *one.axis, err = tally.ParseAxis(one.text, s.Taxonomy); err != nil {
			return rows, cols, inEnglish(http.StatusBadRequest, "bad_axis", "rows and cols: "+err.Error())
		}
	}
	return rows, cols, nil
}
