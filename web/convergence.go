package web

import (
	"slices"
	"strings"

	"silkwire/chart"
	"silkwire/news"
	"silkwire/review"
	"silkwire/tally"
)

// newsID turns a key of an axis back into a concept.
func newsID(key string) news.ConceptID { return news.ConceptID(key) }

// convergenceView is a map: for each instrument and country, who is there.
func convergenceView(v *view) error {
	v.Title = v.say("Convergence")
	v.Intro = v.say("For each instrument and country: which actors are there at once, and where one is alone.")
	c, err := v.corpus()
	if err != nil {
		return err
	}
	ids := []news.ConceptID{v.actors(c, "a", "First", "china"), v.actors(c, "b", "Second", "russia"), v.actors(c, "c", "Third", "turkey"), v.actors(c, "d", "Fourth", "united-states")}
	slices.Sort(ids[2:]) // the same map whichever way round it is asked for
	ids = slices.Compact(ids)
	unit := tally.Unit(v.choose("unit", "Count", choice{Value: "events", Name: v.say("deals, each once")}, choice{Value: "items", Name: v.say("items")}, choice{Value: "stories", Name: v.say("stories, each once")}))
	v.limits(c)
	all, err := v.s.Store.Relations(v.ctx)
	if err != nil {
		return err
	}
	held := review.Related(all)
	rows, cols := tally.Axis{Name: "instrument"}, tally.Axis{Name: "target"}
	whole := c.Matrix(rows, cols, unit)
	sec := section{ID: "map", Title: v.say("Who is where, with what"), Notes: append(v.unitNotes(unit),
		v.say("A field with two actors or more is framed. Whether they compete (≠) or complete each other (+) the numbers do not say: analysts do, on the page of each pair, which has its evidence."))}
	if whole.All.In(unit) == 0 {
		sec.Empty = v.say("No actor, instrument and country are named together.") + " " + v.nothing()
		v.Sections = append(v.Sections, sec)
		return nil
	}
	countries := tally.States()
	parts := make([]tally.Table, len(ids))
	for i, id := range ids {
		parts[i] = c.OfActor(id).Matrix(rows, cols, unit)
	}
	sec.Sheet = v.convergenceSheet(ids, parts, whole, countries, unit, held)
	var names, places []string
	for _, id := range ids {
		names = append(names, v.s.name(id))
	}
	for _, id := range countries {
		places = append(places, v.s.name(id))
	}
	var lines []string
	var signs [][]string
	var counts [][][]int
	for _, k := range whole.Rows {
		line := fields(k.ID, parts, countries, unit)
		if len(lines) < comparedShown && slices.ContainsFunc(line, func(field []int) bool { return slices.Max(field) > 0 }) {
			lines, counts, signs = append(lines, v.s.axisName(rows.Name, k)), append(counts, line), append(signs, signsOf(ids, k.ID, line, countries, held))
		}
	}
	desc := v.say("Marks grow with the number; a frame says that several are there. The table below has the numbers.")
	sec.Chart = drawn(chart.Presence(v.head("cv1", v.say("%s by instrument and country", strings.Join(names, ", ")), desc), lines, places, names, counts, signs))
	v.Sections = append(v.Sections, sec)
	return nil
}

// fields are the counts of each party in each country for one instrument.
func fields(row string, parts []tally.Table, countries []news.ConceptID, unit tally.Unit) [][]int {
	out := make([][]int, len(countries))
	for j, country := range countries {
		for _, t := range parts {
			out[j] = append(out[j], cellAt(&t, row, string(country)).In(unit))
		}
	}
	return out
}

func cellAt(t *tally.Table, row, col string) tally.Cell {
	cells, _, ok := t.Row(row)
	j := slices.IndexFunc(t.Cols, func(k tally.Key) bool { return k.ID == col })
	if !ok || j < 0 {
		return tally.Cell{}
	}
	return cells[j]
}

// signsOf are the signs of what is held in the fields of one instrument.
func signsOf(ids []news.ConceptID, instrument string, line [][]int, countries []news.ConceptID, held map[news.Pair]review.Held) []string {
	signs := make([]string, len(countries))
	for j, country := range countries {
		var there []news.ConceptID
		for i, n := range line[j] {
			if n > 0 {
				there = append(there, ids[i])
			}
		}
		signs[j] = signOf(there, newsID(instrument), country, held)
	}
	return signs
}

func (v *view) convergenceSheet(ids []news.ConceptID, parts []tally.Table, whole tally.Table, countries []news.ConceptID, unit tally.Unit, held map[news.Pair]review.Held) *sheet {
	sh := &sheet{Name: "map", Caption: v.say("Instruments and countries by actor, in %s", v.say(unitWord(unit))), Shown: 60, Cols: []column{{ID: "instrument", Name: v.say("Instrument")}, {ID: "country", Name: v.say("Country")}}}
	for _, id := range ids {
		sh.Cols = append(sh.Cols, column{ID: string(id), Name: v.s.name(id), Num: true})
	}
	sh.Cols = append(sh.Cols, column{ID: "there", Name: v.say("Who is there")}, column{ID: "held", Name: v.say("What is held of them")})
	for _, k := range whole.Rows {
		for _, country := range countries {
			row := []cell{{Value: k.ID, Text: v.s.axisName("instrument", k), Head: true}, {Value: string(country), Text: v.s.name(country), Href: "/countries/" + string(country)}}
			var there []string
			var present []news.ConceptID
			for i, id := range ids {
				n := cellAt(&parts[i], k.ID, string(country)).In(unit)
				if n > 0 {
					there, present = append(there, v.s.name(id)), append(present, id)
				}
				href := v.items("actor:"+string(id), k.Query, "target:"+string(country))
				if unit == tally.Events {
					href = v.other("/ledger", "in", "actor="+string(id), "in", "instrument="+k.ID, "in", "recipient="+string(country))
				}
				row = append(row, number(n, href))
			}
			if len(there) == 0 {
				continue
			}
			says := cell{Value: v.say("only %s", there[0])}
			if len(there) > 1 {
				says = cell{Value: v.say("%s and %s", strings.Join(there[:len(there)-1], ", "), there[len(there)-1]), Class: "yes"}
			}
			sh.Rows = append(sh.Rows, append(row, says, v.pairCell(present, k.ID, string(country), held)))
		}
	}
	return sh
}
