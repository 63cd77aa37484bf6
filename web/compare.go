package web

import (
	"math"
	"slices"
	"strings"

	"silkwire/chart"
	"silkwire/news"
	"silkwire/tally"
	"silkwire/words"
)

// choosable is how many actors a select box offers.
const choosable = 60

// actors lets choose one of the actors that are in a corpus.
func (v *view) actors(c *tally.Corpus, name string, label words.Message, otherwise news.ConceptID) news.ConceptID {
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
	v.Title = v.say("Compare two actors")
	v.Intro = v.say("The same instruments, targets and period for both, as shares of what names each, with what differs and what does not.")
	c, err := v.corpus()
	if err != nil {
		return err
	}
	a, b := v.actors(c, "a", "First", "china"), v.actors(c, "b", "Second", "russia")
	along, err := v.axis("along", "By", "instrument", "target", "narrative", "reception")
	if err != nil {
		return err
	}
	mix := v.choose("mix", "Source mix held equal over", choice{Value: "outlet", Name: v.say("outlets")}, choice{Value: "lang", Name: v.say("languages")}, choice{Value: "country", Name: v.say("countries of outlets")})
	unit := tally.Unit(v.choose("unit", "Count", choice{Value: "items", Name: v.say("items")}, choice{Value: "stories", Name: v.say("stories, each once")}))
	v.Title = v.say("%s and %s", v.s.name(a), v.s.name(b))
	sec := section{ID: "compare", Title: v.say("Shares by %s", v.s.axisWord(along.Name))}
	got := c.Compare(a, b, along, tally.Axis{Name: mix}, unit)
	v.limits(c)
	if got.All[0] == 0 || got.All[1] == 0 || len(got.Rows) == 0 {
		sec.Empty = v.say("There is nothing to compare. %s: %s; %s: %s.", v.s.name(a), v.say(counted(unit), got.All[0]), v.s.name(b), v.say(counted(unit), got.All[1])) + " " + v.nothing()
		v.Sections = append(v.Sections, sec)
		return nil
	}
	names := [2]string{v.s.name(a), v.s.name(b)}
	sec.Notes = v.compareNotes(&got, names, unit, mix)
	sec.Chart = drawn(chart.Pairs(v.head("c1", v.say("%s and %s", names[0], names[1]), v.compared(along, &got, names)), names, v.pairs(along, &got)))
	sec.Sheet = v.compareSheet(along, &got, names, unit)
	v.Sections = append(v.Sections, v.verdicts(along, &got, names), sec)
	return nil
}

func (v *view) compareNotes(c *tally.Comparison, names [2]string, unit tally.Unit, mix string) []string {
	return []string{
		v.say("%s: %s. %s: %s. Both are named in %d, which count on both sides.", names[0], v.say(counted(unit), c.All[0]), names[1], v.say(counted(unit), c.All[1]), c.Both),
		v.say("A share is a part of all that names the actor, so that the one who is written about more does not lead by that alone. The picture shows shares with the source mix held equal: each share is taken within each outlet, language or country, and put together with the same weights for both. Where both actors are named: %s, with %s of what names %s and %s of what names %s.",
			v.say(strata(mix), c.Strata), v.s.percentage(c.Covered[0]), names[0], v.s.percentage(c.Covered[1]), names[1]),
		v.say("A verdict needs a log odds ratio that excludes equality however many rows are looked at, and the same difference with the source mix held equal; alike means less than half as much or twice as much, with 95 %% certainty. Bars are 95 %% intervals."),
	}
}

// strata is a number of those over which the source mix is held equal.
func strata(mix string) words.Message {
	switch mix {
	case "lang":
		return "%d languages"
	case "country":
		return "%d countries"
	}
	return "%d outlets"
}

// counted is a number of what a unit counts.
func counted(u tally.Unit) words.Message {
	switch u {
	case tally.Stories:
		return "%d stories"
	case tally.Events:
		return "%d deals"
	}
	return "%d items"
}

// compared is the comparison in a sentence, for those who do not see it.
func (v *view) compared(along tally.Axis, c *tally.Comparison, names [2]string) string {
	by := map[tally.Verdict][]string{}
	for _, r := range c.Rows {
		by[r.Verdict] = append(by[r.Verdict], v.s.axisName(along.Name, r.Key))
	}
	var parts []string
	for _, p := range []struct {
		verdict tally.Verdict
		says    string
	}{{tally.MoreA, v.say("more of %s", names[0])}, {tally.MoreB, v.say("more of %s", names[1])}, {tally.Alike, v.say("alike")}} {
		if list := by[p.verdict]; len(list) > 0 {
			parts = append(parts, p.says+": "+strings.Join(list, ", "))
		}
	}
	if parts == nil {
		return v.say("Nothing differs, or is alike, with certainty.")
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
	sec := section{ID: "verdicts", Title: v.say("What differs, and what does not")}
	groups := []struct {
		verdict tally.Verdict
		says    string
	}{
		{tally.MoreA, v.say("More in what names %s", names[0])}, {tally.MoreB, v.say("More in what names %s", names[1])}, {tally.Alike, v.say("Alike")},
		{tally.SourceMix, v.say("Different, but the outlets may explain it")}, {tally.TooFew, v.say("Too few to tell")},
	}
	sec.Notes = append(sec.Notes, v.say("Of all that is said along with each, %s is the same.", v.s.percentage(c.Overlap)))
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
	sh := &sheet{Name: "compare", Caption: v.say("%s and %s by %s, in %s", names[0], names[1], v.s.axisWord(along.Name), v.say(unitWord(unit))), Shown: 40}
	sh.Cols = []column{{ID: along.Name, Name: v.s.axisTitle(along.Name)}}
	for k, name := range names {
		side := "ab"[k : k+1]
		sh.Cols = append(sh.Cols, column{ID: side + "_count", Name: name, Num: true}, column{ID: side + "_share", Name: v.say("Share"), Num: true},
			column{ID: side + "_low", Name: v.say("95 %% from"), Num: true, Class: "beyond"}, column{ID: side + "_high", Name: v.say("95 %% to"), Num: true, Class: "beyond"}, column{ID: side + "_even", Name: v.say("Mix held equal"), Num: true})
	}
	sh.Cols = append(sh.Cols, column{ID: "log_odds_ratio", Name: v.say("Odds, times"), Num: true}, column{ID: "low", Name: v.say("95 %% from"), Num: true}, column{ID: "high", Name: v.say("95 %% to"), Num: true}, column{ID: "verdict", Name: v.say("Verdict")})
	for _, r := range c.Rows {
		row := []cell{{Value: r.ID, Text: v.s.axisName(along.Name, r.Key), Head: true}}
		for k, id := range []news.ConceptID{c.A, c.B} {
			n := number(r.Count[k], v.items("actor:"+string(id), r.Query))
			if unit == tally.Stories {
				n.Href = ""
			}
			low, high := v.s.share(r.Low[k]), v.s.share(r.High[k])
			low.Class, high.Class = "beyond", "beyond"
			row = append(row, n, v.s.share(r.Share[k]), low, high, v.s.share(r.Even[k]))
		}
		sh.Rows = append(sh.Rows, append(row, v.s.times(r.LogOdds), v.s.times(r.OddsLow), v.s.times(r.OddsHigh), cell{Value: string(r.Verdict), Text: v.verdictWords(r.Verdict, names)}))
	}
	return sh
}

// times is a log odds ratio, for people as a factor.
func (s *Server) times(x float64) cell {
	return cell{Value: x, Text: "× " + s.trimmed(math.Exp(x))}
}

func (v *view) verdictWords(verdict tally.Verdict, names [2]string) string {
	switch verdict {
	case tally.MoreA:
		return v.say("more of %s", names[0])
	case tally.MoreB:
		return v.say("more of %s", names[1])
	case tally.Alike:
		return v.say("alike")
	case tally.SourceMix:
		return v.say("the source mix may explain it")
	case tally.TooFew:
		return v.say("too few to tell")
	}
	return string(verdict)
}
