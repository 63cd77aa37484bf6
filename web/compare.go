package web

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"silkwire/chart"
	"silkwire/news"
	"silkwire/tally"
)

// choosable is how many actors a select box offers.
const choosable = 60

// actors lets choose one of the actors that are in a corpus.
func (v *view) actors(c *tally.Corpus, name, label string, otherwise news.ConceptID) news.ConceptID {
	list := []choice{{Value: string(otherwise), Name: v.s.name(otherwise)}}
	add := func(id news.ConceptID) {
		if !slices.ContainsFunc(list, func(o choice) bool { return o.Value == string(id) }) {
			list = append(list, choice{Value: string(id), Name: v.s.name(id)})
		}
	}
	if given := news.ConceptID(v.form.Get(name)); v.s.Taxonomy.Facet(given).IsActor() {
		add(given)
	}
	for _, k := range c.Matrix(tally.Axis{Name: "actor"}, tally.Axis{Name: "all"}, tally.Items).Top(choosable, 1).Rows {
		add(news.ConceptID(k.ID))
	}
	return news.ConceptID(v.choose(name, label, list...))
}

// compareView sets two actors side by side.
func compareView(v *view) error {
	v.Title = "Compare two actors"
	v.Intro = "The same instruments, targets and period for both, as shares of what names each, with what differs and what does not."
	c, err := v.corpus()
	if err != nil {
		return err
	}
	a, b := v.actors(c, "a", "First", "china"), v.actors(c, "b", "Second", "russia")
	along, err := v.axis("along", "By", "instrument", "target", "narrative", "reception")
	if err != nil {
		return err
	}
	mix := v.choose("mix", "Source mix held equal over", choice{Value: "outlet", Name: "outlets"}, choice{Value: "lang", Name: "languages"}, choice{Value: "country", Name: "countries of outlets"})
	unit := tally.Unit(v.choose("unit", "Count", choice{Value: "items", Name: "items"}, choice{Value: "stories", Name: "stories, each once"}))
	v.Title = v.s.name(a) + " and " + v.s.name(b)
	sec := section{ID: "compare", Title: "Shares by " + strings.ToLower(tally.AxisTitle(along.Name))}
	got := c.Compare(a, b, along, tally.Axis{Name: mix}, unit)
	v.limits(c)
	if got.All[0] == 0 || got.All[1] == 0 || len(got.Rows) == 0 {
		sec.Empty = fmt.Sprintf("%s name %s and %s name %s: there is nothing to compare. %s",
			count(got.All[0], string(unit[:len(unit)-1])), v.s.name(a), count(got.All[1], string(unit[:len(unit)-1])), v.s.name(b), v.nothing())
		v.Sections = append(v.Sections, sec)
		return nil
	}
	names := [2]string{v.s.name(a), v.s.name(b)}
	sec.Notes = v.compareNotes(&got, names, unit, mix)
	sec.Chart = drawn(chart.Pairs(chart.Head{ID: "c1", Title: names[0] + " and " + names[1], Desc: v.compared(&got, names)}, names, v.pairs(along, &got)))
	sec.Sheet = v.compareSheet(along, &got, names, unit)
	v.Sections = append(v.Sections, v.verdicts(along, &got, names), sec)
	return nil
}

func (v *view) compareNotes(c *tally.Comparison, names [2]string, unit tally.Unit, mix string) []string {
	one := strings.TrimSuffix(string(unit), "s")
	if unit == tally.Stories {
		one = "story"
	}
	return []string{
		fmt.Sprintf("%s: %s. %s: %s. Both are named in %s, which count on both sides.", names[0], count(c.All[0], one), names[1], count(c.All[1], one), grouped(int64(c.Both))),
		fmt.Sprintf("A share is a part of all that names the actor, so that the one who is written about more does not lead by that alone. The picture shows shares with the source mix held equal: each share is taken within each %s, and put together with the same weights for both. %s have both actors; they hold %s of what names %s and %s of what names %s.",
			map[string]string{"outlet": "outlet", "lang": "language", "country": "country"}[mix], mixCount(c.Strata, mix), percentage(c.Covered[0]), names[0], percentage(c.Covered[1]), names[1]),
		"A verdict needs a log odds ratio that excludes equality however many rows are looked at, and the same difference with the source mix held equal; alike means less than half as much or twice as much, with 95 % certainty. Bars are 95 % intervals.",
	}
}

func mixCount(n int, mix string) string {
	return count(n, map[string]string{"outlet": "outlet", "lang": "language", "country": "country"}[mix])
}

// compared is the comparison in a sentence, for those who do not see it.
func (v *view) compared(c *tally.Comparison, names [2]string) string {
	by := map[tally.Verdict][]string{}
	for _, r := range c.Rows {
		by[r.Verdict] = append(by[r.Verdict], r.Name)
	}
	var parts []string
	for _, p := range []struct {
		verdict tally.Verdict
		says    string
	}{{tally.MoreA, "more of " + names[0]}, {tally.MoreB, "more of " + names[1]}, {tally.Alike, "alike"}} {
		if list := by[p.verdict]; len(list) > 0 {
			parts = append(parts, p.says+": "+strings.Join(list, ", "))
		}
	}
	if parts == nil {
		return "Nothing differs, or is alike, with certainty."
	}
	return strings.Join(parts, "; ") + "."
}

// comparedShown is how many rows a picture of a comparison has.
const comparedShown = 16

func (v *view) pairs(along tally.Axis, c *tally.Comparison) []chart.Pair {
	var list []chart.Pair
	for _, r := range c.Rows[:min(len(c.Rows), comparedShown)] {
		list = append(list, chart.Pair{Name: v.s.axisName(along.Name, r.Key), Value: r.Even, Low: r.EvenLow, High: r.EvenHigh})
	}
	return list
}

// verdicts are the differences and the similarities, in words.
func (v *view) verdicts(along tally.Axis, c *tally.Comparison, names [2]string) section {
	sec := section{ID: "verdicts", Title: "What differs, and what does not"}
	groups := []struct {
		verdict tally.Verdict
		says    string
	}{
		{tally.MoreA, "More in what names " + names[0]}, {tally.MoreB, "More in what names " + names[1]}, {tally.Alike, "Alike"},
		{tally.SourceMix, "Different, but the outlets may explain it"}, {tally.TooFew, "Too few to tell"},
	}
	sec.Notes = append(sec.Notes, fmt.Sprintf("Of all that is said along with each, %s is the same.", percentage(c.Overlap)))
	for _, g := range groups {
		var list []string
		for _, r := range c.Rows {
			if r.Verdict == g.verdict {
				list = append(list, v.s.axisName(along.Name, r.Key))
			}
		}
		if len(list) > 0 {
			sec.Notes = append(sec.Notes, g.says+": "+strings.Join(list, ", ")+".")
		}
	}
	return sec
}

func (v *view) compareSheet(along tally.Axis, c *tally.Comparison, names [2]string, unit tally.Unit) *sheet {
	sh := &sheet{Name: "compare", Caption: fmt.Sprintf("%s and %s by %s, in %s", names[0], names[1], strings.ToLower(tally.AxisTitle(along.Name)), unit), Shown: 40}
	sh.Cols = []column{{ID: along.Name, Name: tally.AxisTitle(along.Name)}}
	for k, name := range names {
		side := "ab"[k : k+1]
		sh.Cols = append(sh.Cols, column{ID: side + "_count", Name: name, Num: true}, column{ID: side + "_share", Name: "Share", Num: true},
			column{ID: side + "_low", Name: "95 % from", Num: true, Class: "beyond"}, column{ID: side + "_high", Name: "95 % to", Num: true, Class: "beyond"}, column{ID: side + "_even", Name: "Mix held equal", Num: true})
	}
	sh.Cols = append(sh.Cols, column{ID: "log_odds_ratio", Name: "Odds, times", Num: true}, column{ID: "low", Name: "95 % from", Num: true}, column{ID: "high", Name: "95 % to", Num: true}, column{ID: "verdict", Name: "Verdict"})
	for _, r := range c.Rows {
		row := []cell{{Value: r.ID, Text: v.s.axisName(along.Name, r.Key), Head: true}}
		for k, id := range []news.ConceptID{c.A, c.B} {
			n := number(r.Count[k], v.items("actor:"+string(id), r.Query))
			if unit == tally.Stories {
				n.Href = ""
			}
			low, high := share(r.Low[k]), share(r.High[k])
			low.Class, high.Class = "beyond", "beyond"
			row = append(row, n, share(r.Share[k]), low, high, share(r.Even[k]))
		}
		sh.Rows = append(sh.Rows, append(row, times(r.LogOdds), times(r.OddsLow), times(r.OddsHigh), cell{Value: string(r.Verdict), Text: verdictWords(r.Verdict, names)}))
	}
	return sh
}

// times is a log odds ratio, for people as a factor.
func times(x float64) cell {
	return cell{Value: x, Text: "× " + trimmed(math.Exp(x))}
}

func verdictWords(verdict tally.Verdict, names [2]string) string {
	switch verdict {
	case tally.MoreA:
		return "more of " + names[0]
	case tally.MoreB:
		return "more of " + names[1]
	}
	return string(verdict)
}
