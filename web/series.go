package web

import (
	"html/template"
	"net/http"
	"strings"
	"time"

	"silkwire/chart"
	"silkwire/search"
	"silkwire/store"
	"silkwire/tally"
	"silkwire/words"
)

// Limits of a time line.
const (
	linesShown   = 6
	periodsDrawn = 400 // denominators that are looked up
)

// timeline is what a time line is drawn from.
type timeline struct {
	By      string
	Periods []string
	Names   []string
	Keys    []tally.Key
	Counts  [][]tally.Cell // by line, by period
	Read    []int          // all items of the period, relevant or not; nil: too many periods
	Gaps    []gap
	Since   time.Time // of the oldest record of a visit
}

// seriesView counts over time.
func seriesView(v *view) error {
	v.Title = v.say("Time line")
	v.Intro = v.say("How often something is told of, against how much was read at all, with the times drawn in at which less could be read.")
	by := v.choose("by", "Step", choice{Value: "", Name: v.say("what fits")}, choice{Value: "day", Name: v.say("day")}, choice{Value: "week", Name: v.say("week")}, choice{Value: "month", Name: v.say("month")})
	split := v.choose("split", "A line for each", append([]choice{{Value: "", Name: "one line"}}, v.s.axisChoices("actor", "instrument", "target", "narrative", "reception", "lang", "country", "outlet", "placed")...)...)
	unit := v.unit()
	as := v.choose("as", "Show", choice{Value: "", Name: v.say("numbers")}, choice{Value: "share", Name: v.say("share of all items read")})
	c, err := v.corpus()
	if err != nil {
		return err
	}
	sec := section{ID: "series", Title: v.say("Over time"), Notes: v.unitNotes(unit)}
	if len(c.Entries) == 0 {
		sec.Empty = v.nothing()
		v.Sections = append(v.Sections, sec)
		return nil
	}
	line, err := v.timeline(c, by, split, unit)
	if err != nil {
		return err
	}
	v.tellGaps(line.Gaps, line.Since, v.begin(c))
	sec.Title = v.say("By %s", stepWord(line.By))
	sec.Chart = v.drawTimeline("s1", line, unit, as == "share" && unit != tally.Events)
	sec.Sheet = v.seriesSheet(line, split, unit)
	sec.Notes = append(sec.Notes, v.say("The columns below the lines are all items that were read in the same outlets and languages, whatever they are about. Where they are missing, nothing was read, and the line is broken: nothing is known there. Red from the top is the part of the sources that could not be read; a dotted line is the day on which a source was added."))
	v.Sections = append(v.Sections, sec)
	return nil
}

// begin is where a time line begins: the period's own beginning, or the oldest entry.
func (v *view) begin(c *tally.Corpus) time.Time {
	from, _ := c.Span()
	if !v.from.IsZero() && !c.Partial {
		return v.from
	}
	return from
}

func (v *view) end(c *tally.Corpus) time.Time {
	_, to := c.Span()
	end := to.Add(time.Nanosecond)
	if now := v.s.Now(); !v.to.IsZero() && v.to.Before(now) {
		end = v.to
	} else if !v.to.IsZero() && now.After(end) {
		end = now
	}
	return end
}

// timeline counts a corpus over time. With by empty the step is what fits the
// length.
func (v *view) timeline(c *tally.Corpus, by, split string, unit tally.Unit) (timeline, error) {
	from, to := v.begin(c), v.end(c)
	if by == "" {
		by = fitting(to.Sub(from))
	}
	if split == "" {
		split = "all"
	}
	line := timeline{By: by, Periods: tally.Periods(by, from, to)}
	rows, err := tally.ParseAxis(split, v.s.Taxonomy)
	if err != nil {
		return line, err
	}
	t := c.Matrix(rows, tally.Axis{Name: by}, unit)
	at := map[string]int{}
	for j, k := range t.Cols {
		at[k.ID] = j
	}
	for i, r := range t.Rows {
		cells := make([]tally.Cell, len(line.Periods))
		for j, p := range line.Periods {
			if n, ok := at[p]; ok {
				cells[j] = t.Cells[i][n]
			}
		}
		line.Keys, line.Names, line.Counts = append(line.Keys, r), append(line.Names, v.s.axisName(rows.Name, r)), append(line.Counts, cells)
	}
	if line.Read, err = v.read(by, line.Periods); err != nil {
		return line, err
	}
	line.Gaps, line.Since, err = v.s.gaps(v.ctx, from, to)
	return line, err
}

// fitting is the step that gives a time line a sensible number of points.
func fitting(span time.Duration) string {
	switch days := span.Hours() / 24; {
	case days <= 62:
		return "day"
	case days <= 430:
		return "week"
	}
	return "month"
}

// read counts all items of each period in the outlets and languages that the
// query asks for; nil where there are too many periods to ask for.
func (v *view) read(by string, periods []string) ([]int, error) {
	if len(periods) > periodsDrawn {
		return nil, nil
	}
	list := make([]int, len(periods))
	where := columnsOf(v.query.Root)
	for i, p := range periods {
		from, to := tally.Bounds(by, p, time.UTC)
		page, err := v.s.Store.Find(v.ctx, store.Query{Search: both(search.Query{}, append(where, search.Date{From: from, To: to})...), Limit: 1, Count: true})
		if err != nil {
			return nil, err
		}
		list[i] = page.Total
	}
	return list, nil
}

// columnsOf are the parts of a query that say where something was published,
// not what it is about.
func columnsOf(e search.Expr) []search.Expr {
	switch e := e.(type) {
	case search.Field:
		return []search.Expr{e}
	case search.And:
		var list []search.Expr
		for _, x := range e {
			list = append(list, columnsOf(x)...)
		}
		return list
	}
	return nil
}

func (v *view) drawTimeline(id string, line timeline, unit tally.Unit, asShare bool) template.HTML {
	l := chart.Lines{Whole: line.Read, Share: asShare && line.Read != nil, WholeAs: v.say("All items read, at most %s", "%s")}
	if len(columnsOf(v.query.Root)) > 0 {
		l.WholeAs = v.say("All items read in these outlets and languages, at most %s", "%s")
	}
	for _, p := range line.Periods {
		l.Periods = append(l.Periods, v.s.periodName(line.By, p))
	}
	for i, name := range line.Names[:min(len(line.Names), linesShown)] {
		if line.Keys[i].ID == "all" {
			name = v.say(unitTitle(unit))
		}
		values := make([]float64, len(line.Periods))
		for j, cell := range line.Counts[i] {
			values[j] = float64(cell.In(unit))
			if l.Share {
				values[j] /= float64(max(1, line.Read[j]))
			}
		}
		l.Series = append(l.Series, chart.Series{Name: name, Values: values})
	}
	l.Marks = v.s.marksOf(line, len(v.s.Sources()))
	l.Head = v.head(id, v.say("%s by %s", unitTitle(unit), stepWord(line.By)), v.describe(line, unit))
	return drawn(l.Draw())
}

func unitTitle(u tally.Unit) words.Message {
	return map[tally.Unit]words.Message{tally.Items: "Items", tally.Stories: "Stories", tally.Events: "Deals"}[u]
}

// describe says in words where a time line is highest.
func (v *view) describe(line timeline, unit tally.Unit) string {
	var parts []string
	for i, name := range line.Names[:min(len(line.Names), linesShown)] {
		sum, best := 0, 0
		for j, cell := range line.Counts[i] {
			sum += cell.In(unit)
			if cell.In(unit) > line.Counts[i][best].In(unit) {
				best = j
			}
		}
		if sum > 0 {
			parts = append(parts, v.say("%s: %d in all, most in %s", name, sum, v.s.periodName(line.By, line.Periods[best])))
		}
	}
	return strings.Join(parts, "; ") + "."
}

// marksOf puts the gaps onto the periods of a time line.
// An outage is as high as the part of the sources that it hit.
func (s *Server) marksOf(line timeline, sources int) []chart.Mark {
	var marks []chart.Mark
	for _, g := range line.Gaps {
		m := chart.Mark{From: -1, Name: s.gapSentence(&g), Bad: !g.Added, Part: float64(len(g.Sources)) / float64(max(1, sources))}
		if g.Network {
			m.Part = 1
		}
		for i, p := range line.Periods {
			from, to := tally.Bounds(line.By, p, time.UTC)
			if g.From.Before(to) && (g.To.IsZero() || !g.To.Before(from)) {
				if m.From < 0 {
					m.From = i
				}
				m.To = i
			}
		}
		if m.From >= 0 {
			marks = append(marks, m)
		}
	}
	return marks
}

func (v *view) seriesSheet(line timeline, split string, unit tally.Unit) *sheet {
	return v.seriesSheetOf(line, split, unit, "")
}

// seriesSheetOf is the table of a time line; its numbers open the items that a
// further query finds.
func (v *view) seriesSheetOf(line timeline, split string, unit tally.Unit, more string) *sheet {
	sh := &sheet{Name: "series", Caption: v.say("%s by %s", unitTitle(unit), stepWord(line.By)), Shown: 120}
	sh.Cols = append(sh.Cols, column{ID: line.By, Name: v.s.axisTitle(line.By)})
	for i, k := range line.Keys {
		class := ""
		if i >= colsShown {
			class = "beyond"
		}
		name := line.Names[i]
		if k.ID == "all" {
			name = v.say(unitTitle(unit))
		}
		sh.Cols = append(sh.Cols, column{ID: k.ID, Name: name, Num: true, Class: class})
	}
	sh.Cols = append(sh.Cols, column{ID: "read", Name: v.say("All items read"), Num: true})
	axes := []tally.Axis{{Name: line.By}}
	if split != "" {
		axes = append(axes, tally.Axis{Name: split})
	}
	for j, p := range line.Periods {
		from, to := tally.Bounds(line.By, p, time.UTC)
		period := tally.Key{ID: p, Query: "after:" + from.Format(time.DateOnly) + " before:" + to.Format(time.DateOnly)}
		row := []cell{{Value: p, Text: v.s.periodName(line.By, p), Head: true}}
		for i, k := range line.Keys {
			keys := []tally.Key{period, k}[:len(axes)]
			keys[0].Query = joinQueries(more, period.Query)
			one := number(line.Counts[i][j].In(unit), v.opens(unit, axes, keys))
			one.Class = sh.Cols[i+1].Class
			row = append(row, one)
		}
		all := cell{}
		if line.Read != nil {
			all = cell{Value: line.Read[j]}
		}
		sh.Rows = append(sh.Rows, append(row, all))
	}
	return sh
}

// apiPoint is one period in the answer of /api/v1/series.
type apiPoint struct {
	Period string    `json:"period"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"` // excluded
	Count  int       `json:"count"`
	Read   *int      `json:"read"` // all items of the period; null: not counted
	tally.Cell
}

// apiLine is one line of a series that is split.
type apiLine struct {
	tally.Key
	Counts []int `json:"counts"` // by period
}

// apiSeries answers /api/v1/series.
func (s *Server) apiSeries(r *http.Request) (any, error) {
	v, err := s.newView(r)
	if err != nil {
		return nil, err
	}
	unit, err := v.apiQuery()
	if err != nil {
		return nil, err
	}
	by := v.form.Get("by")
	if by == "" {
		by = "month"
	}
	if by != "day" && by != "week" && by != "month" && by != "year" {
		return nil, inEnglish(http.StatusBadRequest, "bad_step", "by takes day, week, month or year.")
	}
	split := v.form.Get("split")
	if _, err := tally.ParseAxis(split, s.Taxonomy); split != "" && err != nil {
		return nil, inEnglish(http.StatusBadRequest, "bad_axis", "split: "+err.Error())
	}
	c, err := v.corpus()
	if err != nil {
		return nil, err
	}
	whole, err := v.timeline(c, by, "", unit)
	if err != nil {
		return nil, err
	}
	out := struct {
		By     string     `json:"by"`
		Unit   tally.Unit `json:"unit"`
		Split  string     `json:"split,omitempty"`
		Points []apiPoint `json:"points"`
		Series []apiLine  `json:"series,omitempty"`
		apiCounted
	}{By: by, Unit: unit, Split: split, Points: []apiPoint{}, apiCounted: v.apiCounted(c)}
	for j, p := range whole.Periods {
		point := apiPoint{Period: p}
		point.From, point.To = tally.Bounds(by, p, time.UTC)
		if len(whole.Counts) > 0 {
			point.Cell = whole.Counts[0][j]
		}
		point.Count = point.In(unit)
		if whole.Read != nil {
			point.Read = &whole.Read[j]
		}
		out.Points = append(out.Points, point)
	}
	if split == "" {
		return out, nil
	}
	lines, err := v.timeline(c, by, split, unit)
	if err != nil {
		return nil, err
	}
	for i, k := range lines.Keys {
		k.Name = lines.Names[i]
		one := apiLine{Key: k, Counts: make([]int, len(lines.Periods))}
		for j := range one.Counts {
			one.Counts[j] = lines.Counts[i][j].In(unit)
		}
		out.Series = append(out.Series, one)
	}
	return out, nil
}
