package gold

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"silkwire/news"
)

// Row is the score of one item.
type Row struct {
	Item    *Item
	Tagging *news.Tagging
	Counts  map[string]Count
}

// Report is a measurement over many items.
type Report struct {
	Rows []Row
}

// Languages are those of the items, sorted.
func (r *Report) Languages() (langs []string) {
	for i := range r.Rows {
		if l := r.Rows[i].Item.Lang; !slices.Contains(langs, l) {
			langs = append(langs, l)
		}
	}
	slices.Sort(langs)
	return langs
}

// Total adds up a measure over the items of a language ("" for all).
func (r *Report) Total(measure, lang string) (sum Count) {
	for i := range r.Rows {
		if lang == "" || r.Rows[i].Item.Lang == lang {
			sum.add(r.Rows[i].Counts[measure])
		}
	}
	return sum
}

// resamples is how often the items are drawn again for an interval.
const resamples = 500

// Interval is the 95 % bootstrap interval over items of a measure's F1 (of its
// recall for "main"). It is the same at every call.
func (r *Report) Interval(measure, lang string) (low, high float64) {
	var counts []Count
	for i := range r.Rows {
		if lang == "" || r.Rows[i].Item.Lang == lang {
			counts = append(counts, r.Rows[i].Counts[measure])
		}
	}
	if len(counts) == 0 {
		return 0, 0
	}
	rnd := rand.New(rand.NewPCG(7, uint64(len(counts))))
	values := make([]float64, resamples)
	for i := range values {
		var sum Count
		for range counts {
			sum.add(counts[rnd.IntN(len(counts))])
		}
		values[i] = Value(measure, sum)
	}
	slices.Sort(values)
	return values[resamples/40], values[resamples-1-resamples/40]
}

// Value is the figure by which a measure is judged.
func Value(measure string, c Count) float64 {
	if measure == "main" {
		return c.Recall()
	}
	return c.F1()
}

// Confusion is a concept (or event) that was often found wrongly or missed.
type Confusion struct {
	Name   string   `json:"name"`
	Missed int      `json:"missed"`
	Wrong  int      `json:"wrong"`
	Items  []string `json:"items"`
}

// Confusions are the costliest of a measure, at most n.
func (s *Scorer) Confusions(r *Report, measure string, n int) []Confusion {
	all := map[string]*Confusion{}
	note := func(name string, item *Item, missed bool) {
		c, ok := all[name]
		if !ok {
			c = &Confusion{Name: name}
			all[name] = c
		}
		mark := "+"
		if missed {
			c.Missed++
			mark = "-"
		} else {
			c.Wrong++
		}
		c.Items = append(c.Items, mark+item.ID)
	}
	for i := range r.Rows {
		s.confuse(&r.Rows[i], measure, note)
	}
	out := make([]Confusion, 0, len(all))
	for _, c := range all {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Confusion) int {
		return cmp.Or(cmp.Compare(b.Missed+b.Wrong, a.Missed+a.Wrong), cmp.Compare(a.Name, b.Name))
	})
	return out[:min(n, len(out))]
}

func (s *Scorer) confuse(row *Row, measure string, note func(string, *Item, bool)) {
	if measure == "events" {
		found, wanted := map[string]bool{}, map[string]bool{}
		for _, e := range row.Tagging.Events {
			if k := s.FoundKey(&e); s.counts(k.state) && s.counts(k.family) {
				found[k.String()] = true
			}
		}
		for _, e := range row.Item.Events {
			wanted[s.WantedKey(&e).String()] = true
		}
		differ(found, wanted, func(name string, missed bool) { note(name, row.Item, missed) })
		return
	}
	facets, ok := facetsOf[measure]
	if !ok {
		return
	}
	found, wanted := s.closed(s.asserted(row.Tagging), facets), s.closed(labelled(row.Item), facets)
	differ(found, wanted, func(id news.ConceptID, missed bool) { note(string(id), row.Item, missed) })
}

func differ[K cmp.Ordered](found, wanted map[K]bool, note func(K, bool)) {
	for _, m := range []struct {
		a, b   map[K]bool
		missed bool
	}{{found, wanted, false}, {wanted, found, true}} {
		for k := range m.a {
			if !m.b[k] {
				note(k, m.missed)
			}
		}
	}
}
