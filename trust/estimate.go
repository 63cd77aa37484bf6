package trust

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// z is how many standard deviations hold 95 % of a normal distribution.
const z = 1.959964

// Wilson is the score interval of a proportion k of n (Wilson 1927).
func Wilson(k, n int) Interval {
	if n == 0 {
		return Interval{0, 1}
	}
	p, m := float64(k)/float64(n), float64(n)
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return Interval{max(0, middle-half), min(1, middle+half)}
}

// Stratum is one part of the archive and what a random sample of it showed.
type Stratum struct {
	Population int // items in it
	Sampled    int // of them, looked through
	Right      int // targets that are tagged and hold
	Missed     int // targets that hold and are not tagged
}

// Recall estimates which share of what should be tagged is tagged, over all
// strata, each sample standing for its stratum. The interval draws the rates of
// every stratum from what its counts leave possible (Jeffreys' posterior of a
// Poisson rate), from a seed that the name fixes: a stratum in which nothing was
// missed so far still widens it. It is false where a stratum was not sampled,
// or nothing was found at all.
func Recall(name string, strata []Stratum) (Estimate, bool) {
	right, missed, counted := 0.0, 0.0, 0
	noneMissed, noneRight := true, true
	for _, s := range strata {
		if s.Population == 0 {
			continue
		}
		if s.Sampled == 0 {
			return Estimate{}, false
		}
		weight := float64(s.Population) / float64(s.Sampled)
		right += weight * float64(s.Right)
		missed += weight * float64(s.Missed)
		counted += s.Right + s.Missed
		noneMissed = noneMissed && s.Missed == 0
		noneRight = noneRight && s.Right == 0
	}
	if counted == 0 {
		return Estimate{}, false
	}
	e := Estimate{Value: right / (right + missed), Of: counted, Interval: recallInterval(name, strata)}
	if noneMissed {
		e.High = 1
	}
	if noneRight {
		e.Low = 0
	}
	return e, true
}

func recallInterval(name string, strata []Stratum) Interval {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails
	random := rand.New(rand.NewPCG(h.Sum64(), 2))
	draws := make([]float64, resamples)
	for i := range draws {
		right, missed := 0.0, 0.0
		for _, s := range strata {
			if s.Population > 0 {
				weight := float64(s.Population) / float64(s.Sampled)
				right += weight * gamma(random, float64(s.Right)+0.5)
				missed += weight * gamma(random, float64(s.Missed)+0.5)
			}
		}
		draws[i] = right / (right + missed)
	}
	return percentiles(draws)
}

// gamma draws from the gamma distribution of the given shape (Marsaglia and
// Tsang 2000).
func gamma(random *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gamma(random, shape+1) * math.Pow(random.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := random.NormFloat64()
		v := math.Pow(1+c*x, 3)
		if v > 0 && math.Log(1-random.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// Estimate is a share with its interval.
type Estimate struct {
	Value float64 `json:"value"`
	Interval
	Of int `json:"of"` // verdicts that it rests on
}
