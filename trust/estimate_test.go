package trust

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestWilsonIsThatOfTheTextbook(t *testing.T) { // Newcombe 1998, table I, method 3
	for _, c := range []struct {
		k, n      int
		low, high float64
	}{
		{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}, {29, 29, 0.8830, 1},
	} {
		got := Wilson(c.k, c.n)
		near(t, "low", got.Low, c.low, 0.0001)
		near(t, "high", got.High, c.high, 0.0001)
	}
	if got := Wilson(0, 0); got != (Interval{0, 1}) {
		t.Errorf("of nothing anything is possible, not %v", got)
	}
}

func TestRecallWeighsEverySampleByItsStratum(t *testing.T) {
	// 100 items of 1,000 show 80 right and 10 missed; 50 of 9,000 show one missed:
	// 800 right against 100 + 180 missed.
	e, ok := Recall("x", []Stratum{{1000, 100, 80, 10}, {9000, 50, 0, 1}})
	if !ok {
		t.Fatal("not estimated")
	}
	near(t, "recall", e.Value, 800.0/1080, 1e-9)
	if e.Low > 0.65 || e.High < 0.8 || e.Of != 91 {
		t.Errorf("%+v", e)
	}
}

func TestAStratumThatNobodyLookedAtLeavesRecallUnknown(t *testing.T) {
	if e, ok := Recall("x", []Stratum{{1000, 100, 80, 10}, {Population: 9000}}); ok {
		t.Errorf("%+v", e)
	}
	if e, ok := Recall("x", []Stratum{{1000, 100, 0, 0}, {9000, 50, 0, 0}}); ok {
		t.Errorf("nothing was found or missed, and yet recall is %+v", e)
	}
	if _, ok := Recall("x", []Stratum{{1000, 100, 80, 10}, {}}); !ok {
		t.Error("an empty stratum holds nothing back")
	}
}

func TestNothingMissedInAFewIsNoProofThatNothingIsMissed(t *testing.T) {
	e, _ := Recall("x", []Stratum{{1000, 100, 90, 0}, {100_000, 30, 0, 0}})
	if e.Value != 1 || e.High != 1 || e.Low > 0.7 {
		t.Errorf("30 of 100,000 prove nearly nothing: %+v", e)
	}
}

func TestTheIntervalOfRecallHoldsTheTruthAsOftenAsItSays(t *testing.T) {
	const right, missed, rare = 0.8, 0.1, 0.02 // per item, in the strata
	truth := 1000 * right / (1000*right + 1000*missed + 9000*rare)
	random := rand.New(rand.NewPCG(3, 4))
	draw := func(n int, p float64) (k int) {
		for range n {
			if random.Float64() < p {
				k++
			}
		}
		return k
	}
	held := 0
	const trials = 300
	for i := range trials {
		e, ok := Recall(string(rune(i)), []Stratum{{1000, 100, draw(100, right), draw(100, missed)}, {9000, 100, 0, draw(100, rare)}})
		if ok && e.Low <= truth && truth <= e.High {
			held++
		}
	}
	if share := float64(held) / trials; share < 0.92 {
		t.Errorf("only %.1f %% of the intervals hold the truth", 100*share)
	}
}

func TestGammaHasItsMeanAndItsVariance(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, shape := range []float64{0.5, 1, 3.5, 40} {
		const n = 20_000
		sum, squares := 0.0, 0.0
		for range n {
			x := gamma(random, shape)
			sum, squares = sum+x, squares+x*x
		}
		mean := sum / n
		near(t, "mean", mean/shape, 1, 0.05)
		near(t, "variance", (squares/n-mean*mean)/shape, 1, 0.1)
	}
	if x := gamma(random, 1e6); math.IsNaN(x) {
		t.Error("a large shape breaks it")
	}
}
