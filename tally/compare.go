package tally

import (
	"cmp"
	"math"
	"slices"

	"silkwire/news"
)

// Comparison sets two actors side by side along one axis: how large a part of
// what names the one, and of what names the other, also names each key.
type Comparison struct {
	A, B    news.ConceptID
	All     [2]int // items (or stories) that name each
	Both    int    // that name both; they count on both sides
	Rows    []Compared
	Overlap float64 // 0–1: how much of the two profiles is the same

	// Covered is the part of each side that lies in strata which both sides
	// have: only that can be compared with the source mix held equal.
	Covered [2]float64
	Strata  int
}

// Compared is one key of a comparison, its first value for A, its second for B.
type Compared struct {
	Key
	Count    [2]int
	Share    [2]float64 // of All
	Low      [2]float64 // Wilson's 95 % interval of Share
	High     [2]float64
	Even     [2]float64 // share with the source mix held equal
	EvenLow  [2]float64
	EvenHigh [2]float64
	LogOdds  float64 // how much more of A than of B names it; 0 is equal
	OddsLow  float64 // 95 % interval
	OddsHigh float64
	Verdict  Verdict
}

// Verdict says what the numbers of a key allow to say.
type Verdict string

// The verdicts.
const (
	MoreA     Verdict = "more of the first"
	MoreB     Verdict = "more of the second"
	Alike     Verdict = "alike"
	SourceMix Verdict = "the source mix may explain it"
	TooFew    Verdict = "too few to tell"
)

const (
	priorWeight = 10.0               // items that the prior weighs
	z95         = 1.959964           // of a 95 % interval
	alikeWithin = 0.6931471805599453 // log 2: half as much to twice as much is alike
)

// side is what is counted of one actor.
type side struct {
	all    int
	counts map[string]int             // by key
	strata map[string]*stratum        // by outlet or language
	seen   map[string]map[string]bool // units that are counted, by key
}

type stratum struct {
	all    int
	counts map[string]int
}

// Compare counts, for items or stories that name A and those that name B, what
// else they name along an axis. The source mix is held equal by the strata of
// an axis such as outlet or lang: each side's share is taken within each
// stratum, and the shares are put together with the same weights for both.
func (c *Corpus) Compare(a, b news.ConceptID, along, strata Axis, unit Unit) Comparison {
	x, s := c.axis(along), c.axis(strata)
	sides := [2]side{newSide(), newSide()}
	out := Comparison{A: a, B: b}
	down := [2][]news.ConceptID{c.rules.Taxonomy.Descendants(a), c.rules.Taxonomy.Descendants(b)}
	told := map[news.StoryID]bool{}
	for i := range c.Entries {
		e := &c.Entries[i]
		in := [2]bool{e.Has(down[0]), e.Has(down[1])}
		if in[0] && in[1] && !(unit == Stories && told[e.Story]) {
			out.Both++
			told[e.Story] = true
		}
		for k := range sides {
			if in[k] {
				sides[k].add(e, x.ofEntry(e), s.ofEntry(e), unit)
			}
		}
	}
	out.All = [2]int{sides[0].all, sides[1].all}
	out.compare(x, &sides)
	return out
}

func newSide() side {
	return side{counts: map[string]int{}, strata: map[string]*stratum{}, seen: map[string]map[string]bool{}}
}

// add counts an entry. A story counts once for each key, and in the stratum of
// its first telling that is met.
func (s *side) add(e *Entry, keys, strata []string, unit Unit) {
	unitID := string(e.ID)
	if unit == Stories {
		unitID = string(e.Story)
	}
	first := func(key string) bool {
		if s.seen[key] == nil {
			s.seen[key] = map[string]bool{}
		}
		known := s.seen[key][unitID]
		s.seen[key][unitID] = true
		return !known
	}
	at := &stratum{counts: map[string]int{}}
	if len(strata) > 0 {
		if s.strata[strata[0]] == nil {
			s.strata[strata[0]] = at
		}
		at = s.strata[strata[0]]
	}
	if first("") {
		s.all++
		at.all++
	}
	for _, k := range keys {
		if first(k) {
			s.counts[k]++
			at.counts[k]++
		}
	}
}

func (c *Comparison) compare(x *axis, sides *[2]side) {
	keys := map[string]bool{}
	sums := [2]int{}
	for k := range sides {
		for key, n := range sides[k].counts {
			keys[key] = true
			sums[k] += n
		}
	}
	mix := sharedStrata(sides)
	c.Strata, c.Covered = len(mix.weights), mix.covered
	for key := range keys {
		r := Compared{Key: x.key(key)}
		for k := range sides {
			n := sides[k].counts[key]
			r.Count[k] = n
			r.Share[k] = ratio(n, sides[k].all)
			r.Low[k], r.High[k] = Wilson(n, sides[k].all)
			r.Even[k], r.EvenLow[k], r.EvenHigh[k] = mix.share(&sides[k], key)
		}
		r.odds(c.All)
		r.Verdict = r.judge(len(keys))
		c.Overlap += min(ratio(r.Count[0], sums[0]), ratio(r.Count[1], sums[1]))
		c.Rows = append(c.Rows, r)
	}
	slices.SortFunc(c.Rows, func(a, b Compared) int {
		return cmp.Or(cmp.Compare(b.Count[0]+b.Count[1], a.Count[0]+a.Count[1]), cmp.Compare(a.ID, b.ID))
	})
}

func ratio(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// odds fills the log odds ratio with an informative Dirichlet prior (Monroe,
// Colaresi and Quinn, "Fightin' Words", 2008): what both sides have in common
// pulls rare keys together, so that a key seen twice does not lead the list.
func (r *Compared) odds(all [2]int) {
	prior := priorWeight * (float64(r.Count[0]+r.Count[1]) + .5) / (float64(all[0]+all[1]) + 1)
	variance := 0.0
	var logit [2]float64
	for k := range 2 {
		yes := float64(r.Count[k]) + prior
		no := max(float64(all[k])+priorWeight-yes, .5)
		logit[k] = math.Log(yes / no)
		variance += 1/yes + 1/no
	}
	r.LogOdds = logit[0] - logit[1]
	reach := z95 * math.Sqrt(variance)
	r.OddsLow, r.OddsHigh = r.LogOdds-reach, r.LogOdds+reach
}

// judge says what can be said. A difference must hold against as many chances
// as there are rows, and with the source mix held equal.
func (r *Compared) judge(rows int) Verdict {
	strict := normalQuantile(1 - .025/float64(max(1, rows)))
	z := r.LogOdds / ((r.OddsHigh - r.OddsLow) / (2 * z95))
	even := r.Even[0] - r.Even[1]
	evenSE := math.Hypot(r.EvenHigh[0]-r.EvenLow[0], r.EvenHigh[1]-r.EvenLow[1]) / (2 * z95)
	switch {
	case math.Abs(z) >= strict && even*z > 0 && math.Abs(even) >= z95*evenSE:
		if z > 0 {
			return MoreA
		}
		return MoreB
	case math.Abs(z) >= strict:
		return SourceMix
	case r.OddsLow > -alikeWithin && r.OddsHigh < alikeWithin:
		return Alike
	}
	return TooFew
}

// mix is the source mix that both sides are given.
type mix struct {
	weights map[string]float64
	covered [2]float64
}

// sharedStrata weighs each stratum that both sides have by what both have in it.
func sharedStrata(sides *[2]side) mix {
	m := mix{weights: map[string]float64{}}
	sum := 0.0
	for name, a := range sides[0].strata {
		b := sides[1].strata[name]
		if b == nil || a.all == 0 || b.all == 0 {
			continue
		}
		m.weights[name] = float64(a.all + b.all)
		sum += m.weights[name]
		m.covered[0] += ratio(a.all, sides[0].all)
		m.covered[1] += ratio(b.all, sides[1].all)
	}
	for name := range m.weights {
		m.weights[name] /= sum
	}
	return m
}

// share is a side's share of a key under the mix, with a 95 % interval.
func (m *mix) share(s *side, key string) (p, low, high float64) {
	variance := 0.0
	for _, name := range sortedKeys(m.weights) { // sums of floats depend on their order
		w, at := m.weights[name], s.strata[name]
		p += w * ratio(at.counts[key], at.all)
		smooth := (float64(at.counts[key]) + .5) / (float64(at.all) + 1)
		variance += w * w * smooth * (1 - smooth) / float64(at.all)
	}
	reach := z95 * math.Sqrt(variance)
	return p, max(0, p-reach), min(1, p+reach)
}

func sortedKeys(m map[string]float64) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}
