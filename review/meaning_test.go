package review

import (
	"slices"
	"testing"

	"silkwire/news"
)

func TestMainIsWhatAnAnalystMarkedAndNobodyDenies(t *testing.T) {
	for name, c := range map[string]struct {
		said []news.Review
		main bool
	}{
		"marked":                        {[]news.Review{tag("a", news.Main, "china")}, true},
		"only right":                    {[]news.Review{tag("a", news.Accept, "china")}, false},
		"marked, then only right":       {[]news.Review{tag("a", news.Main, "china"), tag("a", news.Accept, "china")}, false},
		"right, and marked by another":  {[]news.Review{tag("a", news.Accept, "china"), tag("b", news.Main, "china")}, true},
		"denied by another":             {[]news.Review{tag("a", news.Main, "china"), tag("b", news.Reject, "china")}, false},
		"denied, and settled as main":   {[]news.Review{tag("a", news.Main, "china"), tag("b", news.Reject, "china"), {By: "c", Verdict: news.Main, Concept: "china", Settles: true}}, true},
		"marked, and taken back":        {[]news.Review{tag("a", news.Main, "china"), {By: "a", Verdict: news.Undo, Undoes: "0"}}, false},
		"marked, and a note afterwards": {[]news.Review{tag("a", news.Main, "china"), {By: "a", Verdict: news.Remark, Note: "x"}}, true},
	} {
		it := Read(said(c.said...))
		if got := it.Main(china); got != c.main {
			t.Errorf("%s: main %v", name, got)
		}
	}
}

func TestHowAnEventWorksIsTheLastWordOnEitherPart(t *testing.T) {
	key := news.EventKey{Actor: "china", Instrument: "loan", Recipient: "uzbekistan"}
	weigh := func(by string, m news.Means) news.Review {
		return news.Review{By: by, Verdict: news.Weigh, Event: &key, Means: &m}
	}
	list := said(weigh("a", news.Means{Behaviour: []string{"coercion"}, Horizon: "short"}), weigh("b", news.Means{Horizon: "long"}), weigh("a", news.Means{Behaviour: []string{"attraction"}}))
	got := Meant(list)[key]
	if !slices.Equal(got.Behaviour, []string{"attraction"}) || got.Horizon != "long" || got.ByBehaviour.By != "a" || got.ByHorizon.By != "b" {
		t.Errorf("%+v", got)
	}
	got = Meant(append(list, news.Review{ID: "3", By: "b", Verdict: news.Undo, Undoes: "1"}))[key]
	if got.Horizon != "short" {
		t.Errorf("what was taken back counts: %+v", got)
	}
	if it := Read(list); it.Reviewed() || len(it.Targets()) != 0 {
		t.Error("who weighs an event has not judged whether it is right")
	}
}

func TestOfAPairTheLastWordCountsAndADisputeIsSaid(t *testing.T) {
	pair := news.Pair{A: "china", B: "russia", Instrument: "loan", Country: "uzbekistan"}
	held := func(kinds ...string) Held {
		var all []news.Relation
		for _, k := range kinds {
			all = append(all, news.Relation{Pair: pair, By: k[:1], Kind: news.RelationKind(k[2:])})
		}
		return Related(all)[pair]
	}
	if h := held("a competitive", "a complementary"); h.Kind != news.Complementary || h.Differ || len(h.Said) != 2 {
		t.Errorf("%+v", h)
	}
	if h := held("a competitive", "b complementary"); h.Kind != news.Complementary || !h.Differ {
		t.Errorf("%+v", h)
	}
	if h := held("a competitive", "b complementary", "a unjudged", "b complementary"); h.Differ {
		t.Errorf("%+v", h)
	}
}
