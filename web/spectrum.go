package web

import (
	"fmt"
	"html/template"

	"silkwire/chart"
	"silkwire/tally"
)

// actorsDrawn is how many actors a picture of bars has.
const actorsDrawn = 10

// spectrumView puts deals on the spectrum from hard to soft power.
func spectrumView(v *view) error {
	v.Title = "Hard and soft"
	v.Intro = "By which kind of power each actor works: coercion, inducement, setting the agenda, attraction. A deal may work by more than one."
	c, err := v.corpus()
	if err != nil {
		return err
	}
	v.limits(c)
	kinds := []string{"coercion", "inducement", "agenda-setting", "attraction"}
	sec := section{ID: "spectrum", Title: "Shares of each actor's deals", Notes: []string{
		"Each instrument of the taxonomy says by which kinds of power it works; its page shows them. A deal counts for all kinds of its instrument, so the shares of an actor add up to more than 100 %. Deals are counted, each once.",
	}}
	t := c.Matrix(tally.Axis{Name: "actor"}, tally.Axis{Name: "behaviour"}, tally.Events)
	if t.All.Events == 0 {
		sec.Empty = "No deal is stated. " + v.nothing()
		v.Sections = append(v.Sections, sec)
		return nil
	}
	sec.Sheet, sec.Chart = v.partsOf("spectrum", t, kinds, kinds, "behaviour", false)
	over := c.Matrix(tally.Axis{Name: "month"}, tally.Axis{Name: "behaviour"}, tally.Events)
	v.Sections = append(v.Sections, sec, section{
		ID: "months", Title: "Month by month", Sheet: v.matrixSheet("months", tally.Axis{Name: "month"}, tally.Axis{Name: "behaviour"}, tally.Events, over),
		Chart: v.heat("sp2", "Kinds of power by month", tally.Axis{Name: "month"}, tally.Axis{Name: "behaviour"}, tally.Events, over),
	})
	return nil
}

// horizonView tells short-term means from long-term ones.
func horizonView(v *view) error {
	v.Title = "Horizon"
	v.Intro = "For how long each actor's means are made: a broadcast works for days, a university for decades."
	c, err := v.corpus()
	if err != nil {
		return err
	}
	v.limits(c)
	sec := section{ID: "horizon", Title: "Balance of horizons by actor", Notes: []string{
		"Each instrument of the taxonomy has a horizon, which its page shows. Deals are counted, each once; an instrument without a horizon is left out.",
	}}
	t := c.Matrix(tally.Axis{Name: "actor"}, tally.Axis{Name: "horizon"}, tally.Events)
	if t.All.Events == 0 {
		sec.Empty = "No deal is stated. " + v.nothing()
		v.Sections = append(v.Sections, sec)
		return nil
	}
	sec.Sheet, sec.Chart = v.partsOf("horizon", t, []string{"short", "medium", "long"}, []string{"short term", "medium term", "long term"}, "horizon", true)
	v.Sections = append(v.Sections, sec)
	return nil
}

// partsOf draws the parts of each actor's deals, stacked where the parts are of
// one whole.
func (v *view) partsOf(id string, t tally.Table, keys, names []string, axis string, stacked bool) (*sheet, template.HTML) {
	sh := &sheet{Name: id, Caption: "Deals by actor and " + axis, Shown: rowsShown, Cols: []column{{ID: "actor", Name: "Actor"}, {ID: "deals", Name: "Deals", Num: true}}}
	for i, k := range keys {
		sh.Cols = append(sh.Cols, column{ID: k, Name: names[i], Num: true}, column{ID: k + "_share", Name: "Share", Num: true})
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
		row := []cell{{Value: r.ID, Text: r.Name, Head: true, Href: conceptHref(newsID(r.ID))}, number(total, v.other("/ledger", "in", "actor="+r.ID))}
		bar := chart.Bar{Name: r.Name, Note: count(total, "deal")}
		for _, k := range keys {
			n := 0
			if j, ok := at[k]; ok {
				n = t.Cells[i][j].Events
			}
			part := float64(n) / float64(total)
			row = append(row, number(n, v.other("/ledger", "in", "actor="+r.ID, "in", axis+"="+k)), share(part))
			bar.Values = append(bar.Values, part)
		}
		sh.Rows = append(sh.Rows, row)
		if len(bars) < actorsDrawn {
			bars = append(bars, bar)
		}
	}
	head := chart.Head{ID: id + "1", Title: "Deals by actor and " + axis, Desc: fmt.Sprintf("%s, by number of deals. The table below has the numbers.", count(len(bars), "actor"))}
	if stacked {
		return sh, drawn(chart.Stacked(head, names, bars))
	}
	return sh, drawn(chart.Grouped(head, names, bars, true))
}
