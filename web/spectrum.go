package web

import (
	"html/template"

	"silkwire/chart"
	"silkwire/tally"
)

// actorsDrawn is how many actors a picture of bars has.
const actorsDrawn = 10

// spectrumView puts deals on the spectrum from hard to soft power.
func spectrumView(v *view) error {
	v.Title = v.say("Hard and soft")
	v.Intro = v.say("By which kind of power each actor works: coercion, inducement, setting the agenda, attraction. A deal may work by more than one.")
	c, err := v.corpus()
	if err != nil {
		return err
	}
	v.limits(c)
	kinds := []string{"coercion", "inducement", "agenda-setting", "attraction"}
	sec := section{ID: "spectrum", Title: v.say("Shares of each actor's deals"), Notes: []string{
		v.say("Each instrument of the taxonomy says by which kinds of power it works; its page shows them. A deal counts for all kinds of its instrument, so the shares of an actor add up to more than 100 %%. Deals are counted, each once."),
	}}
	t := c.Matrix(tally.Axis{Name: "actor"}, tally.Axis{Name: "behaviour"}, tally.Events)
	if t.All.Events == 0 {
		sec.Empty = v.say("No deal is stated.") + " " + v.nothing()
		v.Sections = append(v.Sections, sec)
		return nil
	}
	names := make([]string, len(kinds))
	for i, kind := range kinds {
		names[i] = v.say(powerWord(kind))
	}
	sec.Sheet, sec.Chart = v.partsOf("spectrum", t, kinds, names, "behaviour", false)
	over := c.Matrix(tally.Axis{Name: "month"}, tally.Axis{Name: "behaviour"}, tally.Events)
	v.Sections = append(v.Sections, sec, section{
		ID: "months", Title: v.say("Month by month"), Sheet: v.matrixSheet("months", tally.Axis{Name: "month"}, tally.Axis{Name: "behaviour"}, tally.Events, over),
		Chart: v.heat("sp2", v.say("Kinds of power by month"), tally.Axis{Name: "month"}, tally.Axis{Name: "behaviour"}, tally.Events, over),
	})
	return nil
}

// horizonView tells short-term means from long-term ones.
func horizonView(v *view) error {
	v.Title = v.say("Horizon")
	v.Intro = v.say("For how long each actor's means are made: a broadcast works for days, a university for decades.")
	c, err := v.corpus()
	if err != nil {
		return err
	}
	v.limits(c)
	sec := section{ID: "horizon", Title: v.say("Balance of horizons by actor"), Notes: []string{
		v.say("Each instrument of the taxonomy has a horizon, which its page shows. Deals are counted, each once; an instrument without a horizon is left out."),
	}}
	t := c.Matrix(tally.Axis{Name: "actor"}, tally.Axis{Name: "horizon"}, tally.Events)
	if t.All.Events == 0 {
		sec.Empty = v.say("No deal is stated.") + " " + v.nothing()
		v.Sections = append(v.Sections, sec)
		return nil
	}
	sec.Sheet, sec.Chart = v.partsOf("horizon", t, []string{"short", "medium", "long"}, []string{v.say("short term"), v.say("medium term"), v.say("long term")}, "horizon", true)
	v.Sections = append(v.Sections, sec)
	return nil
}

// partsOf draws the parts of each actor's deals, stacked where the parts are of
// one whole.
func (v *view) partsOf(id string, t tally.Table, keys, names []string, axis string, stacked bool) (*sheet, template.HTML) {
	sh := &sheet{Name: id, Caption: v.say("Deals by actor and %s", v.s.axisWord(axis)), Shown: rowsShown, Cols: []column{{ID: "actor", Name: v.say("Actor")}, {ID: "deals", Name: v.say("Deals"), Num: true}}}
	for i, k := range keys {
		sh.Cols = append(sh.Cols, column{ID: k, Name: names[i], Num: true}, column{ID: k + "_share", Name: v.say("Share"), Num: true})
	}
	at := map[string]int{}
	for j, c := range t.Cols {
		at[c.ID] = j
	}
	var bars []chart.Bar
	for i, r := range t.Rows {
		total := t.RowTotals[i].Events
		if total == 0 {
			continue
		}
		row := []cell{{Value: r.ID, Text: v.s.axisName("actor", r), Head: true, Href: conceptHref(newsID(r.ID))}, number(total, v.other("/ledger", "in", "actor="+r.ID))}
		bar := chart.Bar{Name: v.s.axisName("actor", r), Note: v.say("%d deals", total)}
		for _, k := range keys {
			n := 0
			if j, ok := at[k]; ok {
				n = t.Cells[i][j].Events
			}
			part := float64(n) / float64(total)
			row = append(row, number(n, v.other("/ledger", "in", "actor="+r.ID, "in", axis+"="+k)), v.s.share(part))
			bar.Values = append(bar.Values, part)
		}
		sh.Rows = append(sh.Rows, row)
		if len(bars) < actorsDrawn {
			bars = append(bars, bar)
		}
	}
	head := v.head(id+"1", v.say("Deals by actor and %s", v.s.axisWord(axis)), v.say("%s, by number of deals. The table below has the numbers.", v.say("%d actors", len(bars))))
	if stacked {
		return sh, drawn(chart.Stacked(head, names, bars))
	}
	return sh, drawn(chart.Grouped(head, names, bars, true))
}
