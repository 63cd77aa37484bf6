package web

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"silkwire/chart"
	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
	"silkwire/tally"
	"silkwire/taxonomy"
	"silkwire/words"
)

// sentencesShown is how many sentences the page of receptions lists; its files
// have all that were read.
const sentencesShown = 60

// heard is a question that the page of receptions asks of a sentence: a name in
// the address, its label in the form, and the answer that asks nothing.
type heard struct {
	name              string
	label, everything words.Message
}

func heardFields() []heard {
	return []heard{
		{"actor", "Who is received", "anybody"},
		{"polarity", "How", "any way"},
		{"audience", "Who receives", "anybody, or nobody named"},
		{"place", "Where", "anywhere"},
		{"reception", "What is said", "anything"},
	}
}

func heardAxis(name string) tally.Axis {
	if name == "place" {
		return tally.Axis{Name: "target", Under: tally.Region}
	}
	return tally.Axis{Name: name}
}

// receptionView counts how actors are received, by whom, and when; each by the
// sentence that says it.
func receptionView(v *view) error {
	v.Title = v.say("Reception")
	v.Intro = v.say("Who is welcomed, and who rejected, by whom and when: from sentences that name the one who is received together with what is said of them.")
	if v.Mistake != "" {
		return errMistake
	}
	c, err := v.echoes()
	if err != nil {
		return err
	}
	var asked []string
	for _, h := range heardFields() {
		if key := v.chooseHeard(c, h); key != "" {
			c, asked = c.With(heardAxis(h.name), key), append(asked, c.KeyOf(heardAxis(h.name), key).Query)
		}
	}
	v.ItemsURL = v.items(asked...) // which name all of it, in whatever sentence
	unit := tally.Unit(v.choose("unit", "Count", choice{Value: "items", Name: v.say("items")}, choice{Value: "stories", Name: v.say("stories, each once")}))
	v.Facts = append(v.Facts, v.say("%d sentences", len(c.Entries)), v.say("in %s", v.say("%d items", c.Items())), v.state())
	v.limits(c)
	if len(c.Entries) == 0 {
		v.Sections = append(v.Sections, section{ID: "sentences", Title: v.say("No sentence"), Empty: v.say("No sentence says how anybody is received.") + " " + v.nothing()})
		return nil
	}
	v.Sections = append(v.Sections,
		v.heardSection(c, "actor", "Who is received", unit, v.say("Of %s, %d name in that sentence no one who acts; they are in no row.", v.say("%d items", c.Items()), c.Items()-named(c, "actor"))),
		v.heardSection(c, "audience", "Who receives", unit, v.say("Groups that the same sentence names. In %s it names none.", v.say("%d items", c.Items()-named(c, "audience")))),
		v.heardSection(c, "place", "Where", unit, v.say("The state that the sentence names, or a place in it.")),
		v.heardPairs(c, unit), v.heardOverTime(c, unit), v.heardSaid(c, unit), v.heardSentences(c, unit))
	v.Sections = slices.DeleteFunc(v.Sections, func(sec section) bool { return sec.Sheet == nil })
	return nil
}

// echoes reads the items with a reception for the sentences that say it.
func (v *view) echoes() (*tally.Corpus, error) {
	var ids []news.ConceptID
	for _, c := range v.s.Taxonomy.Concepts {
		if string(c.Facet) == "reception" {
			ids = append(ids, c.ID)
		}
	}
	each := func(f func(*news.Item) error) error {
		return v.s.Store.Each(v.ctx, store.Query{Search: both(v.query, search.Concept{Any: ids}), WithText: true}, f)
	}
	asked := keptCorpus{key: "echoes\x00" + v.key(nil), seq: v.seq, at: v.s.Now()}
	kept, err := v.s.corpora.get(v.ctx, asked, func() (*tally.Corpus, error) {
		return tally.Echoes(each, tally.Rules{Taxonomy: v.s.Taxonomy, Country: func(id news.OutletID) string { return v.s.outlet(id).Country }, Most: mostRead})
	})
	if err != nil {
		return nil, err
	}
	c := kept.corpus
	v.seq = kept.seq
	if c.Partial {
		v.Limits = append(v.Limits, v.say("Only the newest %d items with a reception were read. Narrow the period or the query to read the others.", mostRead))
	}
	return c, nil
}

// chooseHeard lets choose one of the keys that the sentences have.
func (v *view) chooseHeard(c *tally.Corpus, h heard) string {
	axis := heardAxis(h.name)
	list := []choice{{Name: v.say(h.everything)}}
	for _, k := range c.Matrix(axis, tally.Axis{Name: "all"}, tally.Items).Rows {
		list = append(list, choice{Value: k.ID, Name: v.s.axisName(axis.Name, k)})
	}
	if given := v.form.Get(h.name); given != "" && !slices.ContainsFunc(list, func(o choice) bool { return o.Value == given }) {
		list = append(list, choice{Value: oneLine(given, 60), Name: v.s.axisName(axis.Name, c.KeyOf(axis, oneLine(given, 60)))})
	}
	return v.choose(h.name, h.label, list...)
}

// named is how many items have a sentence that counts for any key of an axis.
func named(c *tally.Corpus, name string) int {
	return c.Matrix(heardAxis(name), tally.Axis{Name: "all"}, tally.Items).All.Items
}

// sentencesOf leads to the sentences behind a count: this page, narrowed.
func (v *view) sentencesOf(pairs ...string) string {
	form := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form[pairs[i]] = pairs[i+1]
	}
	return v.hrefWith(form) + "#h-sentences"
}

// polarityColumns are the ways in their order, with their place in a table.
func (v *view) polarityColumns(t *tally.Table) (cols []column, at []int) {
	for _, p := range taxonomy.Polarities() {
		cols = append(cols, column{ID: p, Name: v.say(polarityWord(p)), Num: true})
		at = append(at, slices.IndexFunc(t.Cols, func(k tally.Key) bool { return k.ID == p }))
	}
	return cols, at
}

// heardSection counts a question by polarity.
func (v *view) heardSection(c *tally.Corpus, name string, heading words.Message, unit tally.Unit, note string) section {
	title := v.say(heading)
	axis := heardAxis(name)
	t, all := c.Matrix(axis, tally.Axis{Name: "polarity"}, unit), c.Matrix(axis, tally.Axis{Name: "all"}, unit)
	sec := section{ID: name, Title: title, Notes: []string{note}}
	if len(t.Rows) == 0 {
		return sec
	}
	cols, at := v.polarityColumns(&t)
	sh := &sheet{Name: name, Caption: v.say("%s, by how, in %s", title, v.say(unitWord(unit))), Shown: rowsShown,
		Cols: slices.Concat([]column{{ID: name, Name: title}, {ID: "total", Name: v.say("Of all"), Num: true}}, cols, []column{{ID: "rejected_share", Name: v.say("Rejected"), Num: true}, {ID: "low", Name: v.say("95 %% from"), Num: true}, {ID: "high", Name: v.say("95 %% to"), Num: true}})}
	var bars []chart.Bar
	for i, r := range t.Rows {
		_, in, _ := all.Row(r.ID)
		total := t.RowTotals[i].In(unit)
		row := []cell{{Value: r.ID, Text: v.s.axisName(axis.Name, r), Head: true}, number(in.In(unit), v.sentencesOf(name, r.ID))}
		bar := chart.Bar{Name: v.s.axisName(axis.Name, r), Note: v.say(counted(unit), total)}
		rejected := 0
		for j, n := range at {
			cell := 0
			if n >= 0 {
				cell = t.Cells[i][n].In(unit)
			}
			row = append(row, number(cell, v.sentencesOf(name, r.ID, "polarity", cols[j].ID)))
			bar.Values = append(bar.Values, float64(cell)/float64(max(1, total)))
			if cols[j].ID == "rejected" {
				rejected = cell
			}
		}
		low, high := tally.Wilson(rejected, total)
		sh.Rows = append(sh.Rows, append(row, v.s.share(float64(rejected)/float64(max(1, total))), v.s.share(low), v.s.share(high)))
		if len(bars) < actorsDrawn {
			bars = append(bars, bar)
		}
	}
	sec.Sheet = sh
	sec.Chart = drawn(chart.Grouped(v.head("re-"+name, sh.Caption, v.say("Shares of what is said of each, in any way. The table below has the numbers.")), v.s.polarityWords(), bars, true))
	return sec
}

// heardPairs sets who is received against who receives.
func (v *view) heardPairs(c *tally.Corpus, unit tally.Unit) section {
	t := c.Matrix(heardAxis("actor"), heardAxis("audience"), unit)
	sec := section{ID: "pairs", Title: v.say("Who by whom"), Notes: []string{v.say("Sentences that name both. Choose above how they are received to see it for one way alone.")}}
	if len(t.Rows) == 0 {
		return sec
	}
	sec.Sheet = v.heardSheet("pairs", v.say("Who is received, by who receives"), heardAxis("actor"), heardAxis("audience"), unit, t, func(r, k string) string { return v.sentencesOf("actor", r, "audience", k) })
	sec.Chart = v.heat("re-pairs", sec.Title, heardAxis("actor"), heardAxis("audience"), unit, t)
	return sec
}

// heardOverTime counts the ways by month, or by week where the time is short.
func (v *view) heardOverTime(c *tally.Corpus, unit tally.Unit) section {
	from, to := c.Span()
	by := tally.Axis{Name: "month"}
	if to.Sub(from) < 90*24*time.Hour {
		by.Name = "week"
	}
	t := c.Matrix(by, tally.Axis{Name: "polarity"}, unit)
	sec := section{ID: "time", Title: v.say("By %s", stepWord(by.Name))}
	if len(t.Rows) == 0 {
		return sec
	}
	sec.Sheet = v.heardSheet("time", v.say("How, by %s", stepWord(by.Name)), by, tally.Axis{Name: "polarity"}, unit, t, func(r, k string) string {
		first, next := tally.Bounds(by.Name, r, time.UTC)
		return v.sentencesOf("from", laterOf(first, v.from).Format(time.DateOnly), "to", earlierOf(next, v.to).AddDate(0, 0, -1).Format(time.DateOnly), "polarity", k)
	})
	sec.Chart = v.heat("re-time", sec.Title, by, tally.Axis{Name: "polarity"}, unit, t)
	return sec
}

func laterOf(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// earlierOf is the earlier of two times; the second may be open.
func earlierOf(a, b time.Time) time.Time {
	if !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func (v *view) heardSheet(name, caption string, rows, cols tally.Axis, unit tally.Unit, t tally.Table, open func(row, col string) string) *sheet {
	sh := &sheet{Name: name, Caption: v.say("%s, in %s", caption, v.say(unitWord(unit))), Shown: 60, Cols: []column{{ID: rows.Name, Name: v.s.axisTitle(rows.Name)}}}
	for _, k := range t.Cols {
		sh.Cols = append(sh.Cols, column{ID: k.ID, Name: v.s.axisName(cols.Name, k), Num: true})
	}
	for i, r := range t.Rows {
		row := []cell{{Value: r.ID, Text: v.s.axisName(rows.Name, r), Head: true}}
		for j, k := range t.Cols {
			row = append(row, number(t.Cells[i][j].In(unit), open(r.ID, k.ID)))
		}
		sh.Rows = append(sh.Rows, row)
	}
	return sh
}

// heardSaid lists the receptions themselves, with which way each counts.
func (v *view) heardSaid(c *tally.Corpus, unit tally.Unit) section {
	t := c.Matrix(heardAxis("reception"), tally.Axis{Name: "all"}, unit)
	sec := section{ID: "said", Title: v.say("What is said"), Notes: []string{v.say("Which way a reception counts is written in the taxonomy, on the page of each. Surveys and rankings say nothing either way.")}}
	sh := &sheet{Name: "said", Caption: v.say("Receptions, in %s", v.say(unitWord(unit))), Shown: rowsShown, Cols: []column{{ID: "reception", Name: v.say("Reception")}, {ID: "polarity", Name: v.say("Counts as")}, {ID: string(unit), Name: v.say(unitTitle(unit)), Num: true}}}
	for i, r := range t.Rows {
		p := v.s.Taxonomy.Polarity(newsID(r.ID))
		sh.Rows = append(sh.Rows, []cell{{Value: r.ID, Text: v.s.axisName("reception", r), Head: true, Href: conceptHref(newsID(r.ID))}, {Value: p, Text: v.say(cmp.Or(polarityWord(p), "neither"))}, number(t.RowTotals[i].In(unit), v.sentencesOf("reception", r.ID))})
	}
	if len(sh.Rows) > 0 {
		sec.Sheet = sh
	}
	return sec
}

// heardSentences lists the sentences themselves.
func (v *view) heardSentences(c *tally.Corpus, unit tally.Unit) section {
	t := c.Matrix(tally.Axis{Name: "all"}, tally.Axis{Name: "all"}, unit)
	sec := section{ID: "sentences", Title: v.say("%s, sentence by sentence", v.say(counted(unit), t.All.In(unit)))}
	sh := &sheet{Name: "sentences", Caption: v.say("Sentences that say how somebody is received, newest first"), Shown: sentencesShown, Cols: []column{
		{ID: "date", Name: v.say("Date")}, {ID: "outlet", Name: v.say("Outlet")}, {ID: "actor", Name: v.say("Who")}, {ID: "polarity", Name: v.say("How")}, {ID: "audience", Name: v.say("By whom")}, {ID: "reception", Name: v.say("What is said")}, {ID: "sentence", Name: v.say("Sentence")}, {ID: "item", Name: v.say("Item"), Class: "beyond"},
	}}
	var parts []func(*tally.Entry) cell
	for _, name := range []string{"actor", "polarity", "audience", "reception"} {
		parts = append(parts, v.keysOn(c, heardAxis(name)))
	}
	for i := range c.Entries {
		e := &c.Entries[i]
		f := foreignText("", e.Lang)
		row := []cell{{Value: e.Time.UTC().Format(time.DateOnly), Text: v.s.words.ShortDate(e.Time.In(v.s.Zone)), Class: "day"}, {Value: string(e.Outlet), Text: v.s.outlet(e.Outlet).Name}}
		for _, part := range parts {
			row = append(row, part(e))
		}
		sh.Rows = append(sh.Rows, append(row, cell{Value: e.Sentence, Text: oneLine(e.Sentence, 320), Lang: f.Lang, Dir: f.Dir, Class: "quote", Href: itemHref(e.ID)}, cell{Value: string(e.ID), Class: "beyond"}))
	}
	sec.Sheet = sh
	return sec
}

// keysOn writes the keys of an entry on an axis into one cell.
func (v *view) keysOn(c *tally.Corpus, a tally.Axis) func(*tally.Entry) cell {
	keys := c.Keys(a)
	return func(e *tally.Entry) cell {
		var ids, names []string
		for _, k := range keys(e) {
			ids, names = append(ids, k.ID), append(names, v.s.axisName(a.Name, k))
		}
		return cell{Value: strings.Join(ids, " "), Text: strings.Join(names, ", ")}
	}
}
