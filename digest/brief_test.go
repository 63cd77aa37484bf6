package digest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"silkwire/news"
	"silkwire/text"
)

// busyDay is a day of many stories, most of them China's.
func busyDay(t *testing.T) Input {
	in := dayInput(t, text.En, ByActor)
	for i := range 12 {
		it := withEvent(item("karvon", "en", 1+float64(i)/10, fmt.Sprint("Grant number ", i), "China gives grants."), scholarships("kazakhstan", 10+i), "China gives grants.")
		in.Items = append(in.Items, it)
	}
	in.Same = func(a, b *news.Item) (bool, string) { return false, "" }
	return in
}

func TestABriefSaysWhatMattersMostAndNotOneActorOnly(t *testing.T) {
	e := Compile(busyDay(t))
	if e.Brief == nil || len(e.Brief.Lines) < 3 || len(e.Brief.Lines) > mostBrief {
		t.Fatalf("%+v", e.Brief)
	}
	of := map[string]int{}
	for _, l := range e.Brief.Lines {
		actor, _, _ := strings.Cut(l.Text, " →")
		of[actor]++
		if !strings.HasPrefix(l.Link, "https://silkwire.example.org/items/") {
			t.Errorf("no way to the story: %+v", l)
		}
	}
	if of["China"] != briefOfOne || of["Japan"] != 1 {
		t.Errorf("%v", of)
	}
	if quiet := Compile(dayInput(t, text.En, ByActor)); quiet.Brief != nil || quiet.Tally != nil {
		t.Error("six stories need no brief")
	}
}

func TestTheTallyCountsStoriesByWhatTheProfileGroups(t *testing.T) {
	in := busyDay(t)
	row := func() TallyRow {
		tally := Compile(in).Tally
		if tally == nil {
			t.Fatal("no tally")
		}
		if !slices.IsSortedFunc(tally.Rows, func(a, b TallyRow) int { return b.N - a.N }) {
			t.Errorf("%+v", tally.Rows)
		}
		return tally.Rows[0]
	}
	if r := row(); r != (TallyRow{"China", 16, 100}) {
		t.Errorf("by actor: %+v", r)
	}
	in.Profile.Group = ByCountry
	if r := row(); r.Label != "Kazakhstan" || r.N != 14 {
		t.Errorf("by country: %+v", r)
	}
	in.Profile.Group = Flat
	if tally := Compile(in).Tally; tally != nil {
		t.Errorf("flat: %+v", tally)
	}
}

func TestOneDeedTowardSeveralIsOneLine(t *testing.T) {
	s := Story{Title: "t", Events: []EventLine{
		{Way: "China → railway", Whom: "Kyrgyzstan", Line: "China → railway → Kyrgyzstan, signed", Status: "signed", Sentence: "Both."},
		{Way: "China → railway", Whom: "Uzbekistan", Line: "China → railway → Uzbekistan, signed", Status: "signed", Sentence: "Both."},
		{Way: "China → railway", Whom: "Tajikistan", Line: "China → railway → Tajikistan, denied", Status: "denied", Sentence: "Both."},
		{Way: "China → railway", Whom: "Kazakhstan", Line: "China → railway → Kazakhstan, signed", Status: "signed", Sentence: "Elsewhere."},
		{Line: "of an edition before the parts were kept"},
	}}
	var got []string
	for _, l := range proofs(s) {
		got = append(got, l.Line)
	}
	want := []string{"China → railway → Kyrgyzstan, Uzbekistan, signed", "China → railway → Tajikistan, denied", "China → railway → Kazakhstan, signed", "of an edition before the parts were kept"}
	if !slices.Equal(got, want) || s.Events[0].Whom != "Kyrgyzstan" {
		t.Errorf("%q", got)
	}
}

func TestSourcesThatTheBaselineDoesNotKnowAreNoted(t *testing.T) {
	in := dayInput(t, text.En, Flat)
	in.Baseline.Sources = map[news.SourceID]bool{"karvon-feed": true, "ala-too-feed": true, "steppe-post-feed": true, "silu-feed": true}
	note := "Heard here for the first time in four weeks: 2 sources, which the comparison does not know."
	if e := Compile(in); !slices.Contains(e.Headline, note) {
		t.Errorf("%q", e.Headline)
	}
	in.Baseline.Sources["pomir-feed"], in.Baseline.Sources["rah-e-abrisham-feed"] = true, true
	if e := Compile(in); slices.Contains(e.Headline, note) || len(e.Headline) != 3 {
		t.Errorf("%q", e.Headline)
	}
	week := CountDays([]news.Item{{Source: "a", Fetched: closing().Add(-10 * 24 * time.Hour)}, {Source: "b", Fetched: closing().Add(-time.Hour)}}, closing(), tashkent())
	if !week.Sources["a"] || !week.Sources["b"] || len(week.Days) != 10 {
		t.Errorf("%+v", week)
	}
}

func TestASurgeFromNothingSaysSo(t *testing.T) {
	in := dayInput(t, text.En, Flat)
	in.Baseline = steady(28, 10, "loan", 1)
	in.Items = nil
	for i := range 6 {
		in.Items = append(in.Items, item("karvon", "en", 1+float64(i)/10, fmt.Sprint("Title ", i), "China.", "scholarship/instrument/"))
	}
	s := Compile(in).Surges
	if s == nil || !strings.HasSuffix(s.List[0].Line, ": 6 items, where none would be usual") {
		t.Errorf("%+v", s)
	}
}
