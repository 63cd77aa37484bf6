package web

import (
	"net/http"
	"slices"
	"strings"

	"silkwire/news"
	"silkwire/store"
	"silkwire/tally"
)

// citedItems is how many items a page of a country or institution cites.
const citedItems = 12

// countriesView sets the five states side by side.
func countriesView(v *view) error {
	v.Title = v.say("Countries")
	v.Intro = v.say("The five states of the region: who is active in each, with what, and how it is received.")
	unit := v.unit()
	c, err := v.corpus()
	if err != nil {
		return err
	}
	v.limits(c)
	cols := tally.Axis{Name: "target", Under: tally.Region}
	for _, row := range []string{"actor", "instrument", "reception"} {
		t := c.Matrix(tally.Axis{Name: row}, cols, unit)
		sec := section{ID: row, Title: v.say("%s by country", v.s.axisTitle(row)), Notes: v.unitNotes(unit)}
		if t.All.In(unit) == 0 {
			sec.Empty = v.nothing()
		} else {
			sec.Sheet = v.matrixSheet(row, tally.Axis{Name: row}, cols, unit, t)
			for i := range sec.Sheet.Cols {
				if id := news.ConceptID(sec.Sheet.Cols[i].ID); slices.Contains(tally.States(), id) {
					sec.Sheet.Cols[i].Href = v.other("/countries/" + string(id))
				}
			}
			sec.Chart = v.heat("co-"+row, sec.Title, tally.Axis{Name: row}, cols, unit, t)
		}
		v.Sections = append(v.Sections, sec)
	}
	return nil
}

// countryView is all that the archive tells of one state of the region.
func countryView(v *view) error {
	id := v.country()
	if id == "" {
		return failure{Code: http.StatusNotFound, Kind: "not_found", Detail: "There is no such country in the region: it is one of kazakhstan, kyrgyzstan, tajikistan, turkmenistan and uzbekistan."}
	}
	name := v.s.name(id)
	v.Title, v.Crumb, v.CrumbHref = name, v.say("Countries"), "/countries"
	v.Intro = v.say("Who is active here, with what, since when, and how it is received; against the whole region.")
	c, err := v.corpus()
	if err != nil {
		return err
	}
	here, region := c.OfPlace(id), c.OfPlace(tally.Region)
	v.Facts = append(v.Facts, v.say("%d items name %s", len(here.Entries), name))
	v.limits(c)
	if len(here.Entries) == 0 {
		v.Sections = append(v.Sections, section{ID: "none", Title: name, Empty: v.say("No item names %s.", name) + " " + v.nothing()})
		return nil
	}
	return v.portrait(here, region, "target:"+string(id), v.say("the region"), "actor", "instrument", "reception", "narrative")
}

// country is the state that the address names, by its id or its code.
func (v *view) country() news.ConceptID {
	for _, id := range tally.States() {
		if v.id == string(id) || strings.EqualFold(string(countryWord(strings.ToUpper(v.id))), v.s.Taxonomy.Name(id)) {
			return id
		}
	}
	return ""
}

// portrait shows a part of a corpus against a whole: its time line, its parts
// along some axes, its deals and its newest items.
func (v *view) portrait(here, whole *tally.Corpus, query, wholeName string, axes ...string) error {
	line, err := v.timeline(here, "", "", tally.Items)
	if err != nil {
		return err
	}
	v.Sections = append(v.Sections, section{ID: "line", Title: v.say("Over time"), Chart: v.drawTimeline("p-line", line, tally.Items, false), Sheet: folded(v.seriesSheetOf(line, "", tally.Items, query))})
	for _, axis := range axes {
		if sec := v.against(here, whole, query, axis, wholeName); sec != nil {
			v.Sections = append(v.Sections, *sec)
		}
	}
	if len(here.Deals) > 0 {
		v.Sections = append(v.Sections, section{ID: "deals", Title: v.say("Newest deals"), Sheet: v.dealsSheet("deals", here.Deals, 10)})
	}
	page, err := v.s.Store.Find(v.ctx, store.Query{Search: both(v.query, v.mustParse(query)), Limit: citedItems})
	if err != nil {
		return err
	}
	v.Sections = append(v.Sections, section{ID: "items", Title: v.say("Newest items"), Cites: v.s.days(page.Items), CiteURL: v.items(query)})
	return nil
}

// folded is a sheet that opens when it is asked for.
func folded(s *sheet) *sheet {
	s.Folded = true
	return s
}

// against sets the shares of a part beside those of the whole.
func (v *view) against(here, whole *tally.Corpus, query, axis, wholeName string) *section {
	a := tally.Axis{Name: axis}
	part, all := here.Matrix(a, tally.Axis{Name: "all"}, tally.Items), whole.Matrix(a, tally.Axis{Name: "all"}, tally.Items)
	if len(part.Rows) == 0 {
		return nil
	}
	sh := &sheet{Name: axis, Caption: v.say("%s here, and in %s", v.s.axisTitle(axis), wholeName), Shown: 12, Cols: []column{
		{ID: axis, Name: v.s.axisTitle(axis)}, {ID: "items", Name: v.say("Items"), Num: true}, {ID: "share", Name: v.say("Share"), Num: true}, {ID: "low", Name: v.say("95 %% from"), Num: true}, {ID: "high", Name: v.say("95 %% to"), Num: true},
		{ID: "whole", Name: v.say("In %s", wholeName), Num: true}, {ID: "says", Name: v.say("Against it")},
	}}
	for i, k := range part.Rows {
		n := part.RowTotals[i].Items
		_, total, _ := all.Row(k.ID)
		low, high := tally.Wilson(n, len(here.Entries))
		here, there := float64(n)/float64(len(here.Entries)), float64(total.Items)/float64(max(1, len(whole.Entries)))
		says := cell{Value: v.say("as usual")}
		switch {
		case low > there:
			says = cell{Value: v.say("more than usual"), Class: "yes"}
		case high < there:
			says = cell{Value: v.say("less than usual"), Class: "yes"}
		}
		sh.Rows = append(sh.Rows, []cell{{Value: k.ID, Text: v.s.axisName(axis, k), Head: true, Href: conceptHref(newsID(k.ID))}, number(n, v.items(query, k.Query)), v.s.share(here), v.s.share(low), v.s.share(high), v.s.share(there), says})
	}
	return &section{ID: axis, Title: v.s.axisTitle(axis), Sheet: sh}
}
