package tally

import (
	"fmt"
	"math"
	"testing"

	"silkwire/news"
)

// naming are n items of an outlet that name some concepts.
func naming(tag string, outlet news.OutletID, n int, ids ...news.ConceptID) []news.Item {
	var list []news.Item
	for i := range n {
		it := news.Item{ID: news.ItemID(fmt.Sprintf("%s%d", tag, i)), Outlet: outlet, Published: noon, Tagging: news.Tagging{Lang: "ru"}}
		for _, id := range ids {
			it.Tagging.Tags = append(it.Tagging.Tags, news.Tag{Concept: id})
		}
		list = append(list, it)
	}
	return list
}

func compared(t *testing.T, items ...[]news.Item) Comparison {
	t.Helper()
	var all []news.Item
	for _, list := range items {
		all = append(all, list...)
	}
	return gathered(t, all).Compare("china", "russia", Axis{Name: "instrument"}, Axis{Name: "outlet"}, Items)
}

func rowOf(t *testing.T, c Comparison, id string) Compared {
	t.Helper()
	for _, r := range c.Rows {
		if r.ID == id {
			return r
		}
	}
	t.Fatalf("%s is not compared", id)
	return Compared{}
}

func TestARealDifferenceIsFoundAndASharedHabitIsAlike(t *testing.T) {
	c := compared(t,
		naming("a", "daryo", 80, "china", "loan"), naming("b", "daryo", 120, "china", "scholarship"), naming("c", "kun", 40, "china", "loan"),
		naming("d", "daryo", 10, "russia", "loan"), naming("e", "daryo", 118, "russia", "scholarship"), naming("f", "daryo", 70, "russia", "media-cooperation"), naming("g", "kun", 40, "russia", "media-cooperation"))
	if r := rowOf(t, c, "economic-instrument"); r.Verdict != MoreA || r.LogOdds <= 0 {
		t.Errorf("loans: %+v", r)
	}
	if r := rowOf(t, c, "media-instrument"); r.Verdict != MoreB {
		t.Errorf("media: %+v", r)
	}
	if r := rowOf(t, c, "education-instrument"); r.Verdict != Alike {
		t.Errorf("education: %+v", r)
	}
	if c.Overlap < .4 || c.Overlap > .6 {
		t.Errorf("the overlap is %v", c.Overlap)
	}
}

func TestWhatOnlyTheSourceMixMakesIsNoDifference(t *testing.T) {
	// One outlet writes of loans in everything, the other in nothing; China is
	// in the one, Russia in the other.
	c := compared(t,
		naming("a", "daryo", 180, "china", "loan"), naming("b", "kun", 20, "china"),
		naming("c", "daryo", 20, "russia", "loan"), naming("d", "kun", 180, "russia"))
	r := rowOf(t, c, "economic-instrument")
	if r.Share[0] != .9 || r.Share[1] != .1 || math.Abs(r.Even[0]-r.Even[1]) > 1e-9 {
		t.Errorf("shares %v, with the mix held equal %v", r.Share, r.Even)
	}
	if r.Verdict != SourceMix {
		t.Errorf("the verdict is %q", r.Verdict)
	}
}

func TestAHandfulTellsNothing(t *testing.T) {
	c := compared(t, naming("a", "daryo", 3, "china", "loan"), naming("b", "daryo", 4, "russia", "scholarship"))
	for _, r := range c.Rows {
		if r.Verdict != TooFew {
			t.Errorf("%s: %s", r.ID, r.Verdict)
		}
	}
}

func TestExchangingTheTwoTurnsEverySignAround(t *testing.T) {
	corpus := gathered(t, made(concepts(t), 13, 600))
	ab := corpus.Compare("china", "russia", Axis{Name: "instrument"}, Axis{Name: "lang"}, Items)
	ba := corpus.Compare("russia", "china", Axis{Name: "instrument"}, Axis{Name: "lang"}, Items)
	if len(ab.Rows) == 0 || len(ab.Rows) != len(ba.Rows) || math.Abs(ab.Overlap-ba.Overlap) > 1e-9 || ab.Both != ba.Both {
		t.Fatalf("%d and %d rows, overlap %v and %v", len(ab.Rows), len(ba.Rows), ab.Overlap, ba.Overlap)
	}
	for _, r := range ab.Rows {
		o := rowOf(t, ba, r.ID)
		if math.Abs(r.LogOdds+o.LogOdds) > 1e-9 || r.Count[0] != o.Count[1] || math.Abs(r.Even[0]-o.Even[1]) > 1e-9 {
			t.Errorf("%s: %+v, %+v", r.ID, r, o)
		}
		for k := range 2 {
			if r.Low[k] > r.Share[k] || r.High[k] < r.Share[k] || r.EvenLow[k] > r.Even[k] || r.EvenHigh[k] < r.Even[k] {
				t.Errorf("%s: a share lies outside its interval: %+v", r.ID, r)
			}
		}
	}
}

func TestAStoryToldTenTimesIsComparedOnce(t *testing.T) {
	items := naming("a", "daryo", 10, "china", "loan")
	for i := range items {
		items[i].Story = "one"
	}
	c := gathered(t, append(items, naming("b", "daryo", 5, "russia", "loan")...)).Compare("china", "russia", Axis{Name: "instrument"}, Axis{Name: "outlet"}, Stories)
	if c.All != [2]int{1, 5} || rowOf(t, c, "economic-instrument").Count != [2]int{1, 5} {
		t.Errorf("%+v", c)
	}
}

func TestWilsonsIntervalIsTheKnownOne(t *testing.T) {
	for _, c := range []struct {
		n, of     int
		low, high float64
	}{{0, 10, 0, 0.2775}, {5, 10, 0.2366, 0.7634}, {10, 10, 0.7225, 1}, {81, 263, 0.2553, 0.3662}} {
		low, high := Wilson(c.n, c.of)
		if math.Abs(low-c.low) > 1e-4 || math.Abs(high-c.high) > 1e-4 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", c.n, c.of, low, high, c.low, c.high)
		}
	}
}

func TestAShiftIsFoundWhereItIs(t *testing.T) {
	wholes := []int{100, 100, 100, 100, 100, 100, 100, 100, 100, 100}
	s, ok := FindShift([]int{5, 6, 4, 5, 6, 20, 22, 19, 21, 20}, wholes)
	if !ok || s.At != 5 || s.P > 1e-6 || s.After <= s.Before {
		t.Errorf("%+v, %v", s, ok)
	}
	if s, ok := FindShift([]int{5, 6, 4, 7, 6, 5, 4, 6, 5, 6}, wholes); ok && s.P < .2 {
		t.Errorf("a shift in an even line: %+v", s)
	}
	if s, ok := FindShift([]int{0, 40, 2, 38, 1, 41, 0, 39, 3, 40}, wholes); ok && s.P < .05 {
		t.Errorf("a shift in what only scatters: %+v", s)
	}
	for _, few := range [][]int{{1, 2, 3}, {1, 0, 1, 0, 1, 0, 1, 0, 1, 0}} {
		if s, ok := FindShift(few, wholes[:len(few)]); ok {
			t.Errorf("a shift in %v: %+v", few, s)
		}
	}
}
