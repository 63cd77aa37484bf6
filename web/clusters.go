package web

import (
	"fmt"
	"slices"
	"strings"

	"silkwire/chart"
	"silkwire/news"
	"silkwire/tally"
	"silkwire/words"
)

// clustersMost bounds what a form may ask for.
const clustersMost = 30

// clustersView shows how large a part of what names an actor speaks in the
// words of each cluster, and when that changed.
func clustersView(v *view) error {
	v.Title = v.say("Keyword clusters")
	v.Intro = v.say("In whose company which words are spoken: how large a part of what names an actor belongs to each cluster, and when that changed.")
	if v.Mistake != "" {
		return errMistake
	}
	classes, text, err := v.clusters()
	if err != nil {
		v.Fields = append(v.Fields, v.clustersField(text))
		v.mistaken(err)
		return errMistake
	}
	c, err := v.corpus(classes...)
	if err != nil {
		return err
	}
	ids := [2]news.ConceptID{v.actors(c, "a", "First", "china"), v.actors(c, "b", "Second", "russia")}
	by := v.choose("by", "Step", choice{Value: "month", Name: v.say("month")}, choice{Value: "week", Name: v.say("week")}, choice{Value: "year", Name: v.say("year")})
	v.Fields = append(v.Fields, v.clustersField(text))
	v.limits(c)
	var parts [2]*tally.Corpus
	for k, id := range ids {
		down := v.s.Taxonomy.Descendants(id)
		parts[k] = c.Only(func(e *tally.Entry) bool { return e.Has(down) })
	}
	names := []string{v.s.name(ids[0]), v.s.name(ids[1])}
	if len(parts[0].Entries)+len(parts[1].Entries) == 0 {
		v.Sections = append(v.Sections, section{ID: "clusters", Title: v.say("Clusters"), Empty: v.say("No item names either actor.") + " " + v.nothing()})
		return nil
	}
	v.Sections = append(v.Sections, v.clusterShares(parts, names, classes), v.clusterShifts(parts, names, ids, classes, by))
	return nil
}

// clusters reads the clusters of the form, one a line: Name: query.
func (v *view) clusters() (classes []tally.Class, text string, err error) {
	text = strings.TrimSpace(v.form.Get("clusters"))
	if text == "" {
		var lines []string
		for _, c := range v.s.clusterList() {
			lines = append(lines, v.say(c.Name)+": "+c.Query)
		}
		text = strings.Join(lines, "\n")
	}
	for line := range strings.Lines(text) {
		name, query, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if strings.TrimSpace(line) == "" {
			continue
		}
		if !ok || strings.TrimSpace(name) == "" {
			return nil, text, fmt.Errorf("clusters: %q is no cluster; write Name: query, one a line", oneLine(line, 60))
		}
		parsed, err := v.s.known.Load().search.Parse(query)
		if err != nil {
			return nil, text, fmt.Errorf("the cluster %s: %w", oneLine(name, 40), err)
		}
		if len(classes) == clustersMost {
			return nil, text, fmt.Errorf("clusters: more than %d", clustersMost)
		}
		classes = append(classes, tally.Class{ID: fmt.Sprint(len(classes) + 1), Name: oneLine(name, 60), Query: parsed})
	}
	return classes, text, nil
}

// clusterList are the clusters to begin with.
func (s *Server) clusterList() []tally.Cluster {
	if list := s.known.Load().clusters; len(list) > 0 {
		return list
	}
	return tally.Clusters()
}

func (v *view) clustersField(text string) formField {
	return formField{Name: "clusters", Label: v.say("Clusters, one a line: Name: query"), Kind: "area", Value: text}
}

func (v *view) clusterShares(parts [2]*tally.Corpus, names []string, classes []tally.Class) section {
	sec := section{ID: "shares", Title: v.say("How much of what names each"), Notes: []string{
		v.say("A share is the part of the items that name the actor which belong to the cluster. An item may belong to several. Whether the actor says it or another of it is not told apart here: the concordance of each cluster shows it."),
	}}
	sh := &sheet{Name: "shares", Caption: v.say("Clusters, as shares of the items that name each actor"), Cols: []column{{ID: "cluster", Name: v.say("Cluster")}}}
	for k, name := range names {
		side := "ab"[k : k+1]
		sh.Cols = append(sh.Cols, column{ID: side + "_items", Name: name, Num: true}, column{ID: side + "_share", Name: v.say("Share"), Num: true},
			column{ID: side + "_low", Name: v.say("95 %% from"), Num: true}, column{ID: side + "_high", Name: v.say("95 %% to"), Num: true})
	}
	sh.Cols = append(sh.Cols, column{ID: "query", Name: v.say("Lines")})
	var bars []chart.Bar
	for i, class := range classes {
		row, bar := []cell{{Value: class.Name, Head: true}}, chart.Bar{Name: class.Name}
		for k := range parts {
			n := inClass(parts[k], i)
			low, high := tally.Wilson(n, len(parts[k].Entries))
			part := float64(n) / float64(max(1, len(parts[k].Entries)))
			bar.Values = append(bar.Values, part)
			row = append(row, number(n, v.items("actor:"+v.fieldValue("ab"[k:k+1]), class.Query.Text)), v.s.share(part), v.s.share(low), v.s.share(high))
		}
		bars = append(bars, bar)
		sh.Rows = append(sh.Rows, append(row, cell{Value: class.Query.Text, Text: v.say("in context"), Href: v.other("/counts/concordance", "of", class.Query.Text)}))
	}
	sec.Chart = drawn(chart.Grouped(v.head("k1", v.say("Clusters as shares of items"), v.say("The table below has the numbers with their intervals.")), names, bars, true))
	sec.Sheet = sh
	return sec
}

// fieldValue is what is chosen in a field of the form.
func (v *view) fieldValue(name string) string {
	if i := slices.IndexFunc(v.Fields, func(f formField) bool { return f.Name == name }); i >= 0 {
		return v.Fields[i].Value
	}
	return ""
}

func inClass(c *tally.Corpus, class int) (n int) {
	for i := range c.Entries {
		if slices.Contains(c.Entries[i].Classes, class) {
			n++
		}
	}
	return n
}

// clusterShifts has a line for each actor and cluster: its share in every
// period, and whether it changed.
func (v *view) clusterShifts(parts [2]*tally.Corpus, names []string, ids [2]news.ConceptID, classes []tally.Class, by string) section {
	sec := section{ID: "shifts", Title: v.say("When it changed"), Notes: []string{
		v.say("For each line the one place at which the share changed most, if chance explains it in less than one case of a hundred, counting every place that was tried and how much the line scatters anyway. Six periods and ten items are needed."),
	}}
	var periods []string
	for k := range parts {
		if from, to := parts[k].Span(); !from.IsZero() {
			if more := tally.Periods(by, from, to.Add(1)); len(more) > len(periods) {
				periods = more
			}
		}
	}
	sh := &sheet{Name: "shifts", Caption: v.say("Share by %s, in percent", stepWord(by)), Cols: []column{{ID: "cluster", Name: v.say("Cluster")}, {ID: "actor", Name: v.say("Actor")}, {ID: "shift", Name: v.say("Shift")}, {ID: "p", Name: v.say("Chance"), Num: true}}}
	for i, p := range periods {
		class := ""
		if i < len(periods)-12 {
			class = "beyond"
		}
		sh.Cols = append(sh.Cols, column{ID: p, Name: v.s.periodName(by, p), Num: true, Class: class})
	}
	for i, class := range classes {
		for k := range parts {
			counts, wholes := overTime(parts[k], by, periods, i)
			row := []cell{{Value: class.Name, Head: true}, {Value: string(ids[k]), Text: names[k], Href: v.other("/counts/series", "q", joinQueries(v.Query, "actor:"+string(ids[k]), class.Query.Text), "by", by)}}
			row = append(row, v.s.shiftCells(by, periods, counts, wholes)...)
			for j := range periods {
				one := cell{Class: sh.Cols[j+4].Class}
				if wholes[j] > 0 {
					one.Value = float64(counts[j]) / float64(wholes[j])
					one.Text = v.s.percentage(float64(counts[j]) / float64(wholes[j]))
				}
				row = append(row, one)
			}
			sh.Rows = append(sh.Rows, row)
		}
	}
	sec.Sheet = sh
	return sec
}

func overTime(c *tally.Corpus, by string, periods []string, class int) (counts, wholes []int) {
	counts, wholes = make([]int, len(periods)), make([]int, len(periods))
	for i := range c.Entries {
		e := &c.Entries[i]
		j := slices.Index(periods, tally.Period(by, e.Time.In(c.Zone())))
		if j < 0 {
			continue
		}
		wholes[j]++
		if slices.Contains(e.Classes, class) {
			counts[j]++
		}
	}
	return counts, wholes
}

func (s *Server) shiftCells(by string, periods []string, counts, wholes []int) []cell {
	shift, ok := tally.FindShift(counts, wholes)
	switch {
	case !ok:
		return []cell{{Value: "", Text: s.say("too few to tell")}, {}}
	case shift.P >= .01:
		return []cell{{Value: "", Text: s.say("no change that chance does not explain")}, {Value: shift.P, Text: s.chance(shift.P)}}
	}
	says := words.Message("more from %s on: %s, before %s")
	if shift.After < shift.Before {
		says = "less from %s on: %s, before %s"
	}
	return []cell{{Value: s.say(says, s.periodName(by, periods[shift.At]), s.percentage(shift.After), s.percentage(shift.Before)), Class: "yes"}, {Value: shift.P, Text: s.chance(shift.P)}}
}

func (s *Server) chance(p float64) string {
	if p < .0001 {
		return "< " + s.words.Decimal(.01, 2) + " %"
	}
	return s.words.Decimal(100*p, 2) + " %"
}
