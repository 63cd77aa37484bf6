package tally

import "math"

// Wilson is the 95 % interval of a share: n of so many.
func Wilson(n, of int) (low, high float64) {
	if of == 0 {
		return 0, 1
	}
	p, size := float64(n)/float64(of), float64(of)
	z2 := z95 * z95
	centre := p + z2/(2*size)
	reach := z95 * math.Sqrt(p*(1-p)/size+z2/(4*size*size))
	low, high = (centre-reach)/(1+z2/size), (centre+reach)/(1+z2/size)
	return min(max(0, low), p), max(min(1, high), p)
}

// normalQuantile is the point that a standard normal variable stays below with
// chance p.
func normalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// chiTail is the chance that a chi-squared variable of one degree of freedom
// is x or more.
func chiTail(x float64) float64 { return math.Erfc(math.Sqrt(max(0, x) / 2)) }

// Shift is a change in how large a part of something is: before a period, and
// from that period on.
type Shift struct {
	At            int // index of the first period of the new share
	Before, After float64
	P             float64 // the chance of such a change where there is none, all possible places counted
}

const (
	leastPeriods = 6
	leastFor     = 2  // periods on either side
	leastHits    = 10 // in all
)

// FindShift looks for the one place at which the share of counts in wholes
// changed most. It is strict in two ways: the chance is multiplied by the
// number of places that were tried, and counts that scatter more than chance
// would have them weigh less. Of fewer than six periods or ten counts it says
// nothing.
func FindShift(counts, wholes []int) (Shift, bool) {
	hits, size := 0, 0
	for i, n := range counts {
		hits, size = hits+n, size+wholes[i]
	}
	if len(counts) < leastPeriods || hits < leastHits || hits >= size {
		return Shift{}, false
	}
	best, gain := 0, -1.0
	left, leftSize := 0, 0
	for i := 1; i < len(counts); i++ {
		left, leftSize = left+counts[i-1], leftSize+wholes[i-1]
		if i < leastFor || len(counts)-i < leastFor || leftSize == 0 || leftSize == size {
			continue
		}
		if g := likelihood(left, leftSize) + likelihood(hits-left, size-leftSize) - likelihood(hits, size); g > gain {
			best, gain = i, g
		}
	}
	if gain < 0 {
		return Shift{}, false
	}
	s := Shift{At: best}
	s.Before, s.After = shareOf(counts[:best], wholes[:best]), shareOf(counts[best:], wholes[best:])
	scatter := scatterAround(counts[:best], wholes[:best], s.Before) + scatterAround(counts[best:], wholes[best:], s.After)
	scatter = max(1, scatter/float64(max(1, len(counts)-2)))
	tried := len(counts) - 2*leastFor + 1
	s.P = min(1, chiTail(2*gain/scatter)*float64(tried))
	return s, true
}

// likelihood is the log likelihood of n of so many at their own share.
func likelihood(n, of int) float64 {
	if n == 0 || n == of {
		return 0
	}
	p := float64(n) / float64(of)
	return float64(n)*math.Log(p) + float64(of-n)*math.Log(1-p)
}

func shareOf(counts, wholes []int) float64 {
	n, of := 0, 0
	for i := range counts {
		n, of = n+counts[i], of+wholes[i]
	}
	return ratio(n, of)
}

// scatterAround is Pearson's chi-squared of counts around a share.
func scatterAround(counts, wholes []int, p float64) float64 {
	sum := 0.0
	for i, n := range counts {
		if expected := p * float64(wholes[i]); expected > 0 && p < 1 {
			sum += (float64(n) - expected) * (float64(n) - expected) / (expected * (1 - p))
		}
	}
	return sum
}
