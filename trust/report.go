package trust

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"silkwire/news"
	"silkwire/review"
)

// The strata of random samples: what the machine holds relevant (or, where the
// sample is about a concept, gave it), and all the rest.
const (
	Tagged   = "tagged"
	Untagged = "untagged"
)

// Frame is a random sample with what it was drawn from.
type Frame struct {
	Stratum    string         // Tagged or Untagged
	Concept    news.ConceptID // that it is about; "" for all
	Population int
	Items      []news.ItemID
}

// Judged is an item with what analysts said of it. Of the item, text and
// evidence are not needed.
type Judged struct {
	Item    news.Item
	Reviews review.Item
}

// complete reports whether somebody looked through the item as it is now.
func (j *Judged) complete() bool {
	return slices.ContainsFunc(j.Reviews.Opinions, func(o review.Opinion) bool { return o.Done && o.Revision == j.Item.Revision })
}

// Row is what is known of the tags of one facet, concept, language or outlet.
type Row struct {
	ID        string    `json:"id"`
	Precision *Estimate `json:"precision"` // nil: not yet measured
	Recall    *Estimate `json:"recall"`
}

// Report is how far the tags can be trusted, from random samples only.
type Report struct {
	Tags      Row `json:"tags"` // of all facets
	Relevance Row `json:"relevance"`
	Events    Row `json:"events"`

	Facets    []Row `json:"facets"`
	Concepts  []Row `json:"concepts"`
	Languages []Row `json:"languages"`
	Outlets   []Row `json:"outlets"`

	Drawn    int `json:"drawn"`    // items in random samples
	Sampled  int `json:"sampled"`  // of them, looked through
	Open     int `json:"open"`     // targets over which analysts disagree still
	Unjudged int `json:"unjudged"` // tags of those items that nobody judged: they came later
	Older    int `json:"older"`    // items that were judged under another taxonomy
}

// Measure makes a report. The tags that count are those the items bear now;
// what analysts found true of the same text is held against them.
func Measure(frames []Frame, judged map[news.ItemID]*Judged, facet func(news.ConceptID) string, taxonomy string) Report {
	var r Report
	general, drawn := newMeasuring(facet), map[news.ItemID]bool{}
	about := map[news.ConceptID]*measuring{}
	for _, f := range frames {
		m := general
		if f.Concept != "" {
			if about[f.Concept] == nil {
				about[f.Concept] = newMeasuring(facet)
			}
			m = about[f.Concept]
		}
		m.frame(f, judged)
		for _, id := range f.Items {
			drawn[id] = true
		}
	}
	r.Drawn = len(drawn)
	for id := range drawn {
		if j := judged[id]; j != nil && j.complete() {
			r.Sampled++
			r.Open += len(j.Reviews.Disputed())
			r.Unjudged += unjudged(j)
			if older(j, taxonomy) {
				r.Older++
			}
		}
	}
	r.Tags, r.Relevance, r.Events = general.row("all", ""), general.row("relevance", ""), general.row("events", "")
	r.Facets, r.Languages, r.Outlets = general.kind("facet"), general.kind("language"), general.kind("outlet")
	r.Concepts = general.kind("concept")
	for id, m := range about {
		row := m.row("concept", string(id))
		if row.Precision == nil && row.Recall == nil {
			continue
		}
		r.Concepts = slices.DeleteFunc(r.Concepts, func(x Row) bool { return x.ID == row.ID })
		r.Concepts = append(r.Concepts, row)
	}
	sortRows(r.Concepts)
	return r
}

func unjudged(j *Judged) (n int) {
	for i := range j.Item.Tagging.Tags {
		t := &j.Item.Tagging.Tags[i]
		if says, disputed := j.Reviews.Truth(review.Target{Concept: t.Concept}); !t.Implied && says == review.Unsaid && !disputed {
			n++
		}
	}
	return n
}

func older(j *Judged, taxonomy string) bool {
	return taxonomy != "" && !slices.ContainsFunc(j.Reviews.Opinions, func(o review.Opinion) bool { return o.Done && o.Taxonomy == taxonomy })
}

// measuring is what one or two samples, one of each stratum, showed so far.
type measuring struct {
	facet  func(news.ConceptID) string
	strata [2]Stratum              // their sizes
	drawn  [2]bool                 // there is a sample of it
	met    [2]map[news.ItemID]bool // items that were counted
	counts map[string]*[2]Stratum  // by kind, a space, and id
	judged map[string]*[2]int      // tags of the tagged stratum: right ones, and all
}

func newMeasuring(facet func(news.ConceptID) string) *measuring {
	return &measuring{
		facet: facet, met: [2]map[news.ItemID]bool{{}, {}}, counts: map[string]*[2]Stratum{}, judged: map[string]*[2]int{},
	}
}

// at is where a stratum stands.
func at(stratum string) int {
	if stratum == Tagged {
		return 0
	}
	return 1
}

// frame counts a sample; an item that two samples of a stratum drew counts
// once, and the largest population is the stratum's.
func (m *measuring) frame(f Frame, judged map[news.ItemID]*Judged) {
	at := at(f.Stratum)
	m.drawn[at] = true
	m.strata[at].Population = max(m.strata[at].Population, f.Population)
	for _, id := range f.Items {
		if j := judged[id]; j != nil && j.complete() && !m.met[at][id] {
			m.met[at][id] = true
			m.strata[at].Sampled++
			m.item(j, at)
		}
	}
}

func (m *measuring) item(j *Judged, at int) {
	it := &j.Item
	relevance, _ := j.Reviews.Truth(review.Target{})
	m.count([]string{"relevance "}, at, it.Tagging.Relevant, false, relevance)
	for i := range it.Tagging.Tags {
		t := &it.Tagging.Tags[i]
		says, _ := j.Reviews.Truth(review.Target{Concept: t.Concept})
		m.count(m.rowsOf(it, t.Concept), at, true, t.Implied, says)
	}
	for i := range it.Tagging.Events {
		key := it.Tagging.Events[i].Key()
		if slices.ContainsFunc(it.Tagging.Events[:i], func(e news.Event) bool { return e.Key() == key }) {
			continue
		}
		says, _ := j.Reviews.Truth(review.Target{Event: key})
		m.count([]string{"events "}, at, true, false, says)
	}
	for _, t := range j.Reviews.Targets() {
		says, _ := j.Reviews.Truth(t)
		switch {
		case t.IsRelevance() || says != review.Yes:
		case t.Concept != "" && !bears(it, t.Concept):
			m.count(m.rowsOf(it, t.Concept), at, false, false, says)
		case t.Concept == "" && !states(it, t.Event):
			m.count([]string{"events "}, at, false, false, says)
		}
	}
}

func bears(it *news.Item, id news.ConceptID) bool {
	return slices.ContainsFunc(it.Tagging.Tags, func(t news.Tag) bool { return t.Concept == id })
}

func states(it *news.Item, key news.EventKey) bool {
	return slices.ContainsFunc(it.Tagging.Events, func(e news.Event) bool { return e.Key() == key })
}

func (m *measuring) rowsOf(it *news.Item, id news.ConceptID) []string {
	return []string{"all ", "facet " + m.facet(id), "concept " + string(id), "language " + it.Tagging.Lang, "outlet " + string(it.Outlet)}
}

// count notes whether the machine says something, by more than implication,
// against whether it holds.
func (m *measuring) count(rows []string, at int, said, implied bool, holds review.Says) {
	if holds == review.Unsaid || implied {
		return
	}
	for _, key := range rows {
		if m.counts[key] == nil {
			m.counts[key], m.judged[key] = &[2]Stratum{}, &[2]int{}
		}
		c, p := &m.counts[key][at], m.judged[key]
		switch {
		case said && holds == review.Yes:
			c.Right++
		case holds == review.Yes:
			c.Missed++
		}
		if said && at == 0 {
			p[1]++
			if holds == review.Yes {
				p[0]++
			}
		}
	}
}

func (m *measuring) row(kind, id string) Row {
	key, row := kind+" "+id, Row{ID: id}
	if p := m.judged[key]; p != nil && p[1] > 0 {
		row.Precision = &Estimate{Value: float64(p[0]) / float64(p[1]), Interval: Wilson(p[0], p[1]), Of: p[1]}
	}
	c := m.counts[key]
	if c == nil || !m.drawn[0] || !m.drawn[1] {
		return row
	}
	strata := slices.Clone(c[:])
	for i := range strata {
		strata[i].Population, strata[i].Sampled = m.strata[i].Population, m.strata[i].Sampled
	}
	if e, ok := Recall(key, strata); ok {
		row.Recall = &e
	}
	return row
}

func (m *measuring) kind(kind string) []Row {
	var rows []Row
	for key := range m.counts {
		if id, ok := strings.CutPrefix(key, kind+" "); ok {
			rows = append(rows, m.row(kind, id))
		}
	}
	sortRows(rows)
	return rows
}

// sortRows puts first what rests on most.
func sortRows(rows []Row) {
	weight := func(r Row) (n int) {
		if r.Precision != nil {
			n = r.Precision.Of
		}
		if r.Recall != nil {
			n = max(n, r.Recall.Of)
		}
		return n
	}
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Or(cmp.Compare(weight(b), weight(a)), cmp.Compare(a.ID, b.ID)) })
}

// Line is the report in one sentence; "" before anything was measured.
func (r *Report) Line() string {
	p := r.Tags.Precision
	if p == nil {
		return ""
	}
	line := fmt.Sprintf("%s of the tags are right (%s, %d judged at random)", Share(p.Value), p.Interval.Span(), p.Of)
	if e := r.Tags.Recall; e != nil {
		line += fmt.Sprintf("; an estimated %s of what should be tagged is (%s)", Share(e.Value), e.Interval.Span())
	}
	return line + "."
}

// Short is the precision in numbers that every language reads; "" before it was
// measured.
func (r *Report) Short() string {
	p := r.Tags.Precision
	if p == nil {
		return ""
	}
	return fmt.Sprintf("%s (%s, n = %d)", Share(p.Value), p.Interval.Span(), p.Of)
}

// Share writes a share as a percentage. Only what is all, or nothing, is 100 %
// or 0 %.
func Share(x float64) string { return fmt.Sprintf("%.0f %%", percent(x)) }

// Span writes an interval as percentages.
func (i Interval) Span() string {
	return fmt.Sprintf("%.0f–%.0f %%", percent(i.Low), percent(i.High))
}

func percent(x float64) float64 {
	switch p := math.Round(100 * x); {
	case p == 100 && x < 1:
		return 99
	case p == 0 && x > 0:
		return 1
	default:
		return p
	}
}

// Term is by which words a concept was found, and how often that was right.
type Term struct {
	Concept news.ConceptID `json:"concept"`
	Term    string         `json:"term"` // "uz-Latn grant"
	Wrong   int            `json:"wrong"`
	Right   int            `json:"right"`
}

// Rejections are the terms whose tags were rejected, the most often first. All
// reviews count, of whatever queue: it is a list of what to mend, no estimate.
func Rejections(all []news.Review) []Term {
	type key struct {
		concept news.ConceptID
		term    string
	}
	counts := map[key]*Term{}
	for _, r := range review.Standing(all) {
		wrong := r.Verdict == news.Reject || r.Verdict == news.Replace
		if r.Concept == "" || !wrong && r.Verdict != news.Accept {
			continue
		}
		for _, term := range r.Seen.Terms {
			k := key{r.Concept, term}
			if counts[k] == nil {
				counts[k] = &Term{Concept: r.Concept, Term: term}
			}
			if wrong {
				counts[k].Wrong++
			} else {
				counts[k].Right++
			}
		}
	}
	var list []Term
	for _, t := range counts {
		if t.Wrong > 0 {
			list = append(list, *t)
		}
	}
	slices.SortFunc(list, func(a, b Term) int {
		return cmp.Or(cmp.Compare(b.Wrong, a.Wrong), cmp.Compare(a.Right, b.Right), cmp.Compare(a.Concept, b.Concept), cmp.Compare(a.Term, b.Term))
	})
	return list
}

// Agreement is how far analysts agree who read the same items without knowing
// of each other.
type Agreement struct {
	Of       string    `json:"of"` // "relevance", "tags", "events"
	Items    int       `json:"items"`
	Units    int       `json:"units"`
	Analysts int       `json:"analysts"`
	Alpha    *Estimate `json:"alpha"`
	AC1      *Estimate `json:"ac1"`
}

// Agree measures agreement over the items that two or more read blindly.
func Agree(judged map[news.ItemID]*Judged) []Agreement {
	ids := make([]news.ItemID, 0, len(judged))
	for id := range judged {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var list []Agreement
	for _, of := range []string{"relevance", "tags", "events"} {
		a := Agreement{Of: of}
		var clusters [][]Unit
		analysts := map[string]bool{}
		for _, id := range ids {
			if units := blind(&judged[id].Reviews, of, analysts); len(units) > 0 {
				clusters = append(clusters, units)
				a.Items++
				a.Units += len(units)
			}
		}
		a.Analysts = len(analysts)
		a.Alpha = coefficient(clusters, Alpha)
		a.AC1 = coefficient(clusters, func(u []Unit) (float64, bool) { return AC1(u, 2) })
		list = append(list, a)
	}
	return list
}

func coefficient(clusters [][]Unit, measure func([]Unit) (float64, bool)) *Estimate {
	units := slices.Concat(clusters...)
	v, ok := measure(units)
	if !ok {
		return nil
	}
	e := &Estimate{Value: v, Of: len(units)}
	if e.Interval, ok = Bootstrap(clusters, measure); !ok {
		return nil
	}
	return e
}

// blind are the units of an item that at least two blind readers judged.
func blind(it *review.Item, of string, analysts map[string]bool) []Unit {
	var units []Unit
	for _, t := range it.Targets() {
		kind := "tags"
		switch {
		case t.IsRelevance():
			kind = "relevance"
		case t.Concept == "":
			kind = "events"
		}
		if kind != of {
			continue
		}
		var u Unit
		var who []string
		for i, says := range it.Answers(t) {
			if o := &it.Opinions[i]; o.Done && o.Blind && says != review.Unsaid {
				u = append(u, map[review.Says]string{review.Yes: "yes", review.No: "no"}[says])
				who = append(who, o.By)
			}
		}
		if len(u) < 2 {
			continue
		}
		units = append(units, u)
		for _, name := range who {
			analysts[name] = true
		}
	}
	return units
}
