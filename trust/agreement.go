// Package trust measures how far the machine's tags, and the analysts' verdicts
// on them, can be trusted: agreement of analysts, precision and estimated
// recall, each with an interval of 95 %.
//
// It is pure and repeats itself: the same reviews give the same numbers. What
// was not measured is said to be so, and is never zero.
package trust

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// Unit is one thing that was judged: the value that each analyst gave it, ""
// where one gave none.
type Unit []string

// values are how often each value was given, in the order of the values, and
// by how many.
func (u Unit) values() (counts map[string]int, n int) {
	counts = map[string]int{}
	for _, v := range u {
		if v != "" {
			counts[v]++
			n++
		}
	}
	return counts, n
}

// Alpha is Krippendorff's alpha for nominal values (Krippendorff 2011,
// "Computing Krippendorff's Alpha-Reliability"): 1 for perfect agreement, 0 for
// what chance would do. Units with fewer than two values say nothing. It is
// false where nothing can be compared, or where only one value occurs at all.
func Alpha(units []Unit) (float64, bool) {
	observed, n := 0.0, 0.0
	marginal := map[string]float64{}
	for _, u := range units {
		counts, m := u.values()
		if m < 2 {
			continue
		}
		n += float64(m)
		for v, c := range counts {
			marginal[v] += float64(c)
			observed += float64(c*(m-c)) / float64(m-1)
		}
	}
	expected := 0.0
	for _, c := range marginal {
		expected += c * (n - c)
	}
	if expected == 0 {
		return 0, false
	}
	return 1 - (n-1)*observed/expected, true
}

// AC1 is Gwet's first-order agreement coefficient (Gwet 2008, and 2014 for
// missing values) among q possible values. Unlike alpha it does not collapse
// where nearly everything has the same value.
func AC1(units []Unit, q int) (float64, bool) {
	agree, pairs, rated := 0.0, 0.0, 0.0
	share := map[string]float64{}
	for _, u := range units {
		counts, m := u.values()
		if m == 0 {
			continue
		}
		rated++
		for v, c := range counts {
			share[v] += float64(c) / float64(m)
		}
		if m < 2 {
			continue
		}
		pairs++
		for _, c := range counts {
			agree += float64(c*(c-1)) / float64(m*(m-1))
		}
	}
	if pairs == 0 || q < 2 {
		return 0, false
	}
	chance := 0.0
	for _, s := range share {
		chance += s / rated * (1 - s/rated)
	}
	chance /= float64(q - 1)
	return (agree/pairs - chance) / (1 - chance), true
}

// Interval is what 95 of 100 such intervals hold the truth in.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// resamples is how often a bootstrap draws anew.
const resamples = 1000

// Bootstrap is the interval of a measure over clusters of units that belong
// together, such as the tags of one item: clusters are drawn anew, with
// replacement, from a fixed seed. It is false where most draws have no measure.
func Bootstrap(clusters [][]Unit, measure func([]Unit) (float64, bool)) (Interval, bool) {
	random := rand.New(rand.NewPCG(1, uint64(len(clusters))))
	var got []float64
	for range resamples {
		var units []Unit
		for range clusters {
			units = append(units, clusters[random.IntN(len(clusters))]...)
		}
		if v, ok := measure(units); ok {
			got = append(got, v)
		}
	}
	if len(got) < resamples/2 {
		return Interval{}, false
	}
	return percentiles(got), true
}

func percentiles(got []float64) Interval {
	slices.SortFunc(got, cmp.Compare[float64])
	at := func(p float64) float64 { return got[int(math.Round(p*float64(len(got)-1)))] }
	return Interval{at(0.025), at(0.975)}
}
