package review

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"silkwire/news"
)

// said numbers reviews as a store does.
func said(list ...news.Review) []news.Review {
	for i := range list {
		list[i].ID = fmt.Sprint(i)
	}
	return list
}

func tag(by string, v news.Verdict, id news.ConceptID) news.Review {
	return news.Review{By: by, Verdict: v, Concept: id}
}

func done(by string) news.Review { return news.Review{By: by, Verdict: news.Finished} }

var china = Target{Concept: "china"}

func truth(t *testing.T, it Item, of Target, says Says, disputed bool) {
	t.Helper()
	if s, d := it.Truth(of); s != says || d != disputed {
		t.Errorf("%v: %d, disputed %v; want %d, %v", of, s, d, says, disputed)
	}
}

func TestTheLastWordOfAnAnalystCounts(t *testing.T) {
	it := Read(said(tag("a", news.Accept, "china"), tag("a", news.Reject, "china")))
	truth(t, it, china, No, false)
	it = Read(said(tag("a", news.Accept, "china"), tag("a", news.Reject, "china"), news.Review{By: "a", Verdict: news.Undo, Undoes: "1"}))
	truth(t, it, china, Yes, false)
}

func TestAReplacementIsARejectionAndAnAddition(t *testing.T) {
	it := Read(said(news.Review{By: "a", Verdict: news.Replace, Concept: "china", With: "taiwan"}))
	truth(t, it, china, No, false)
	truth(t, it, Target{Concept: "taiwan"}, Yes, false)
	if got := it.Targets(); !slices.Equal(got, []Target{china, {Concept: "taiwan"}}) {
		t.Errorf("targets %v", got)
	}
}

func TestTwoWhoDifferAreInDisputeUntilOneSettlesIt(t *testing.T) {
	list := said(tag("a", news.Accept, "china"), tag("b", news.Reject, "china"))
	truth(t, Read(list), china, Unsaid, true)
	settle := tag("c", news.Accept, "china")
	settle.Settles, settle.ID = true, "2"
	it := Read(append(list, settle))
	truth(t, it, china, Yes, false)
	if len(it.Disputed()) != 0 {
		t.Error("it is disputed still")
	}
	withdrawn := Read(append(list, settle, news.Review{ID: "3", By: "c", Verdict: news.Undo, Undoes: "2"}))
	truth(t, withdrawn, china, Unsaid, true)
}

func TestSilenceOfOneWhoIsDoneContradictsAnAddition(t *testing.T) {
	add := tag("a", news.Add, "china")
	truth(t, Read(said(add, done("b"))), china, Unsaid, true)
	truth(t, Read(said(add, tag("b", news.Accept, "loan"))), china, Yes, false) // he may still come to it
	truth(t, Read(said(tag("a", news.Accept, "china"), done("b"))), china, Yes, false)
	later := add
	later.Seen.Revision = 2 // b read another text
	truth(t, Read(said(later, done("b"))), china, Yes, false)
}

func TestStatesTellASearchWhatWasSaid(t *testing.T) {
	for _, c := range []struct {
		list []news.Review
		want []string
	}{
		{nil, nil},
		{said(news.Review{By: "a", Verdict: news.Remark, Note: "x"}), nil},
		{said(news.Review{By: "a", Verdict: news.Flag}), []string{"flagged"}},
		{said(done("a")), []string{"reviewed"}},
		{said(tag("a", news.Accept, "china"), tag("b", news.Reject, "china")), []string{"reviewed", "disputed"}},
	} {
		if it := Read(c.list); !slices.Equal(it.States(), c.want) {
			t.Errorf("%v, want %v", it.States(), c.want)
		}
	}
}

func TestAnAnalystDoesNotSeeTheFirstReadingBeforeTheSecondIsDone(t *testing.T) {
	first := Read(said(tag("a", news.Accept, "china"), done("a")))
	const id = news.ItemID("someitem")
	for _, c := range []struct {
		it    Item
		by    string
		share float64
		hides bool
	}{
		{first, "b", 1, true}, {first, "a", 1, false}, {first, "b", 0, false},
		{Read(said(tag("a", news.Accept, "china"))), "b", 1, true},
		{Read(said(done("a"), done("b"))), "c", 1, false}, // the third may see what the two disagree on
	} {
		if got := c.it.Hides(c.by, id, c.share); got != c.hides {
			t.Errorf("hidden from %s: %v", c.by, got)
		}
	}
}

func TestTheShareThatIsReadTwiceIsAsLargeAsConfigured(t *testing.T) {
	const n = 20_000
	for _, share := range []float64{0, 0.1, 0.5, 1} {
		twice := 0
		for i := range n {
			if Double(news.ItemID(fmt.Sprint("item", i)), share) {
				twice++
			}
		}
		if got := float64(twice) / n; math.Abs(got-share) > 0.01 {
			t.Errorf("share %v: %v", share, got)
		}
	}
}

func TestADrawDoesNotDependOnTheOrderInWhichItemsAreOffered(t *testing.T) {
	there, back := NewDraw("seed", 7), NewDraw("seed", 7)
	for i := range 100 {
		there.Offer(news.ItemID(fmt.Sprint(i)))
		back.Offer(news.ItemID(fmt.Sprint(99 - i)))
	}
	if a, b := there.Items(), back.Items(); !slices.Equal(a, b) || len(a) != 7 || there.Population() != 100 {
		t.Errorf("%v of %d, %v", a, there.Population(), b)
	}
	few := NewDraw("seed", 3)
	for i := range 100 {
		few.Offer(news.ItemID(fmt.Sprint(i)))
	}
	if !slices.Equal(few.Items(), there.Items()[:3]) {
		t.Error("a smaller sample is no beginning of a larger one")
	}
}
