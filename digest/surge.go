package digest

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"silkwire/news"
	"silkwire/taxonomy"
)

// Baseline is what the four weeks before an edition's window held: one Day for
// each 24 hours, as far back as the archive goes.
type Baseline struct {
	Days    []Day
	Sources map[news.SourceID]bool // that brought any of it
}

// Day counts the items of 24 hours that match a profile.
type Day struct {
	Weekday  time.Weekday // of its middle, in the reader's zone
	Items    int
	Concepts map[news.ConceptID]int
}

const (
	leastDays   = 7     // of baseline, to compare with
	leastItems  = 5     // to speak of a surge
	byAccident  = 0.001 // the chance a surge must stay under
	mostSurges  = 5
	shrinkDays  = 4.0 // days of the overall mean that a weekday's mean is mixed with
	priorCounts = 0.5
)

// usual is how many items a window like this one usually holds.
func (c *compiler) usual() (float64, bool) {
	if len(c.in.Baseline.Days) < leastDays {
		return 0, false
	}
	return c.in.Baseline.mean() * c.exposure(), true
}

// unheard are the sources of items that the baseline does not know: a new
// source makes a day look busier than the days before it.
func (c *compiler) unheard(items []news.Item) int {
	if len(c.in.Baseline.Days) < leastDays || c.in.Baseline.Sources == nil {
		return 0
	}
	fresh := make(map[news.SourceID]bool)
	for i := range items {
		if id := items[i].Source; !c.in.Baseline.Sources[id] {
			fresh[id] = true
		}
	}
	return len(fresh)
}

func (b Baseline) mean() float64 {
	sum := 0
	for _, d := range b.Days {
		sum += d.Items
	}
	return float64(sum) / float64(max(1, len(b.Days)))
}

// exposure is how many usual days the window amounts to: its length, and how
// busy its weekday is against the others.
func (c *compiler) exposure() float64 {
	span := c.in.To.Sub(c.in.From)
	return span.Hours() / 24 * c.in.Baseline.busy(c.in.From.Add(span/2).In(c.zone).Weekday())
}

// busy is a weekday's items against the mean of all days, mixed with the mean
// because four Saturdays are few.
func (b Baseline) busy(day time.Weekday) float64 {
	mean, sum, n := b.mean(), 0.0, 0.0
	if mean == 0 {
		return 1
	}
	for _, d := range b.Days {
		if d.Weekday == day {
			sum += float64(d.Items)
			n++
		}
	}
	return (sum + shrinkDays*mean) / ((n + shrinkDays) * mean)
}

// surges are the concepts whose count four weeks do not explain: a count that a
// negative binomial distribution (a Poisson whose rate we know only from the
// baseline, at least as scattered as the baseline is) gives less than one
// chance in a thousand.
func (c *compiler) surges(items []news.Item) *Surges {
	if len(c.in.Baseline.Days) < leastDays {
		return nil
	}
	var list []Surge
	exposure := c.exposure()
	for id, n := range conceptCounts(items) {
		rate, size := c.in.Baseline.rate(id)
		expected := rate * exposure
		p := atLeast(n, expected, size)
		if n >= leastItems && float64(n) >= 2*expected && p < byAccident {
			list = append(list, c.surge(id, n, expected, p))
		}
	}
	if len(list) == 0 {
		return nil
	}
	slices.SortFunc(list, func(a, b Surge) int { return cmp.Or(cmp.Compare(a.P, b.P), cmp.Compare(a.Concept, b.Concept)) })
	return &Surges{Title: c.words.surges, List: list[:min(len(list), mostSurges)]}
}

func (c *compiler) surge(id news.ConceptID, n int, expected, p float64) Surge {
	label := c.label(id)
	line := fmt.Sprintf(c.words.surgeNew, label, c.words.count(n, c.words.items))
	if expected >= 0.1 {
		line = fmt.Sprintf(c.words.surgeLine, label, c.words.count(n, c.words.items), c.words.number(math.Round(expected*10)/10))
	}
	return Surge{Concept: id, Label: label, Items: n, Expected: expected, P: p, Line: strings.TrimSpace(line)}
}

// surging reports whether a facet is one whose surges mean something.
func surging(facet string) bool {
	switch taxonomy.Facet(facet) {
	case taxonomy.Target, taxonomy.Context, "":
		return false
	}
	return true
}

// conceptCounts counts the items that name a concept.
func conceptCounts(items []news.Item) map[news.ConceptID]int {
	counts := make(map[news.ConceptID]int)
	for i := range items {
		seen := make(map[news.ConceptID]bool)
		for _, t := range items[i].Tagging.Tags {
			if surging(t.Facet) && !t.Implied && !seen[t.Concept] {
				seen[t.Concept] = true
				counts[t.Concept]++
			}
		}
	}
	return counts
}

// rate is a concept's items per day, and the size parameter that gives the
// negative binomial the scatter of the baseline.
func (b Baseline) rate(id news.ConceptID) (rate, size float64) {
	sum, squares, n := 0.0, 0.0, float64(len(b.Days))
	for _, d := range b.Days {
		k := float64(d.Concepts[id])
		sum, squares = sum+k, squares+k*k
	}
	mean := sum / n
	size = sum + priorCounts
	if variance := (squares - n*mean*mean) / (n - 1); variance > mean && mean > 0 {
		size = min(size, mean*mean/(variance-mean))
	}
	return (sum + priorCounts) / n, size
}

// atLeast is the chance that a negative binomial count with the given mean and
// size is n or more.
func atLeast(n int, mean, size float64) float64 {
	success := size / (size + mean)
	logP := size * math.Log(success)
	below := 0.0
	for k := range n {
		below += math.Exp(logP)
		logP += math.Log((float64(k)+size)/float64(k+1)) + math.Log(1-success)
	}
	return max(0, 1-below)
}
