package trust

import (
	"math"
	"strings"
	"testing"
)

// table reads one line of values for each analyst; a dot is no value.
func table(lines ...string) []Unit {
	var units []Unit
	for i, line := range lines {
		for j, v := range strings.Fields(line) {
			if i == 0 {
				units = append(units, make(Unit, len(lines)))
			}
			if v != "." {
				units[j][i] = v
			}
		}
	}
	return units
}

func near(t *testing.T, what string, got, want, by float64) {
	t.Helper()
	if math.Abs(got-want) > by || math.IsNaN(got) {
		t.Errorf("%s is %.4f, want %.4f", what, got, want)
	}
}

// four is example C of Krippendorff 2011, which is also the data set of Gwet
// 2014: four observers, twelve units, some values missing.
func four() []Unit {
	return table(
		"1 2 3 3 2 1 4 1 2 . . .",
		"1 2 3 3 2 2 4 1 2 5 . 3",
		". 3 3 3 2 3 4 2 2 5 1 .",
		"1 2 3 3 2 4 4 1 2 5 1 .",
	)
}

func TestAlphaIsThatOfTheWorkedExamples(t *testing.T) { // Krippendorff 2011, A, B and C
	for want, units := range map[float64][]Unit{
		0.095: table("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"),
		0.692: table("a a b b d c c c e d d a", "b a b b b c c c e d d d"),
		0.743: four(),
	} {
		got, ok := Alpha(units)
		if !ok {
			t.Error("it was not computed")
		}
		near(t, "alpha", got, want, 0.0005)
	}
}

func TestAC1IsThatOfTheWorkedExamples(t *testing.T) {
	got, _ := AC1(four(), 5)
	near(t, "AC1 of four observers", got, 0.775, 0.0005) // Gwet 2014

	// The paradox of Gwet 2008: 118 times both say yes, 5 and 2 times one
	// does, never both no.
	var paradox []Unit
	for n, u := range map[int]Unit{118: {"+", "+"}, 5: {"+", "-"}, 2: {"-", "+"}} {
		for range n {
			paradox = append(paradox, u)
		}
	}
	got, _ = AC1(paradox, 2)
	near(t, "AC1 of the paradox", got, 0.941, 0.0005)
	alpha, _ := Alpha(paradox)
	if alpha > 0.05 {
		t.Errorf("alpha of the paradox is %.3f; the example is not the one meant", alpha)
	}
}

func TestWhatCannotBeComparedHasNoCoefficient(t *testing.T) {
	for name, units := range map[string][]Unit{
		"nothing": nil, "one analyst": table("1 2 3"), "never the same unit": table("1 .", ". 2"),
	} {
		if v, ok := Alpha(units); ok {
			t.Errorf("%s: alpha %v", name, v)
		}
		if v, ok := AC1(units, 2); ok {
			t.Errorf("%s: AC1 %v", name, v)
		}
	}
	if v, ok := Alpha(table("1 1 1", "1 1 1")); ok {
		t.Errorf("without any variation alpha is undefined, not %v", v)
	}
	if v, ok := AC1(table("1 1 1", "1 1 1"), 2); !ok || v != 1 {
		t.Errorf("AC1 of the same is %v, %v", v, ok)
	}
}

func TestABootstrapHoldsTheMeasureAndRepeatsItself(t *testing.T) {
	var clusters [][]Unit
	for _, u := range four() {
		clusters = append(clusters, []Unit{u})
	}
	first, ok := Bootstrap(clusters, Alpha)
	again, _ := Bootstrap(clusters, Alpha)
	if !ok || first != again {
		t.Errorf("%v, %v", first, again)
	}
	// Krippendorff's own interval for this example is wide: 0.46 to 1.00.
	if first.Low > 0.65 || first.Low < 0.3 || first.High < 0.9 {
		t.Errorf("interval %+v", first)
	}
	if _, ok := Bootstrap(nil, Alpha); ok {
		t.Error("an interval of nothing")
	}
}
