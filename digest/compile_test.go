package digest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"silkwire/news"
	"silkwire/store"
	"silkwire/text"
)

func TestOneEventToldInThreeLanguagesIsOneStory(t *testing.T) {
	e := Compile(dayInput(t, text.En, ByActor))
	s := e.Stories()[0]
	var told []string
	for _, teller := range s.Tellers {
		told = append(told, teller.Name+" "+teller.Lang)
	}
	if want := []string{"Karvon en", "丝路晚报 zh", "Karvon uz-Latn"}; !slices.Equal(told, want) || len(s.Events) != 1 || len(s.Told) != 3 {
		t.Errorf("%q, %d events, %d told", told, len(s.Events), len(s.Told))
	}
}

func TestDifferentFiguresAreDifferentStories(t *testing.T) {
	a := withEvent(item("karvon", "en", 2, "Grants for Uzbekistan", "China gives grants."), scholarships("uzbekistan", 150), "China gives grants.")
	b := withEvent(item("silu", "zh", 2, "奖学金", "中国提供奖学金。"), scholarships("uzbekistan", 90), "中国提供奖学金。")
	if same, why := SameStory()(&a, &b); same {
		t.Error(why)
	}
	b.Tagging.Events[0].Places = number(150)
	if same, _ := SameStory()(&a, &b); !same {
		t.Error("the same figures are two stories")
	}
	b.Published = b.Published.Add(-100 * time.Hour)
	if same, why := SameStory()(&a, &b); same {
		t.Errorf("four days apart: %s", why)
	}
}

func TestAReprintIsTheSameStory(t *testing.T) {
	a := item("karvon", "ru", 2, "В Оше открылся Русский дом с библиотекой", "Текст.")
	b := item("ala-too", "ru", 1, "«В Оше открылся русский дом с библиотекой»", "Другой текст.")
	if same, why := SameStory()(&a, &b); !same || why != "the same title" {
		t.Error(same, why)
	}
	b.Title = "В Бишкеке закрылся рынок"
	if same, why := SameStory()(&a, &b); same {
		t.Error(why)
	}
}

func TestTheExtractIsTheSentenceThatProvesMost(t *testing.T) {
	it := newsOfTheDay()[0]
	got := extract(&it)
	if want := "China will give 150 students from Uzbekistan scholarships for the coming year, the ministry of higher education said on Friday. … The candidates sit a language test at the Confucius Institute in Tashkent."; got != want {
		t.Errorf("%q", got)
	}
	it.Text = ""
	if got := extract(&it); got != "" {
		t.Errorf("an extract of nothing: %q", got)
	}
	long := item("karvon", "en", 1, "t", strings.Repeat("Word ", 400)+"end.")
	if got := []rune(extract(&long)); len(got) > extractLength+80 {
		t.Errorf("%d characters", len(got))
	}
}

func TestASentenceThatRepeatsTheTitleProvesNothing(t *testing.T) {
	it := item("karvon", "en", 1, "China sends twelve teachers", "China sends twelve teachers!\n\nThey will stay in Andijan for two years.", "china/actor_state/China")
	if got := extract(&it); got != "They will stay in Andijan for two years." {
		t.Errorf("%q", got)
	}
}

func TestOneLoanUnderTwoNamesIsOneStory(t *testing.T) {
	loan := news.Event{State: "china", Family: "economic-instrument", Recipient: "tajikistan", Amount: &news.Amount{Value: 230e6, Currency: "USD"}}
	a := withEvent(item("pomir", "tg", 2, "Қарз", "Қарз."), loan, "Қарз.")
	loan.Family = "development-assistance"
	b := withEvent(item("silu", "zh", 2, "贷款", "贷款。"), loan, "贷款。")
	if same, _ := SameStory()(&a, &b); !same {
		t.Error("they are two stories")
	}
	e := Compile(Input{From: closing().Add(-24 * time.Hour), To: closing(), Items: []news.Item{a, b}})
	s := e.Stories()
	if len(s) != 1 || len(s[0].Events) != 1 {
		t.Errorf("%+v", s)
	}
}

func TestEvidenceOutsideTheTextIsLeftAlone(t *testing.T) { // a text that shrank since it was tagged
	it := newsOfTheDay()[0]
	it.Text = "Short."
	if got := extract(&it); got != "Short." {
		t.Errorf("%q", got)
	}
}

func TestWhatWasPublishedBeforeTheCutIsLate(t *testing.T) {
	in := dayInput(t, text.En, Flat)
	e := Compile(in)
	if len(e.Sections) != 2 || e.Sections[1].Kind != "late" || e.Counts.Late != 1 || e.Counts.Old != 1 {
		t.Fatalf("%+v", e.Counts)
	}
	day := item("karvon", "en", 26, "A day without an hour", "A day without an hour.")
	day.Published, day.DayOnly = closing().Add(-26*time.Hour).Truncate(24*time.Hour), true
	in.Items = []news.Item{late(day)}
	if e := Compile(in); e.Counts.Late != 0 || e.Stories()[0].When != "20 Nov" {
		t.Errorf("late: %d, when: %q", e.Counts.Late, e.Stories()[0].When)
	}
}

func TestWhatWasToldIsNotToldAgain(t *testing.T) {
	in := dayInput(t, text.En, ByActor)
	in.Told = map[news.ItemID]store.Told{}
	for _, it := range in.Items {
		in.Told[it.ID] = store.Told{Item: it.ID}
	}
	if e := Compile(in); e.Counts.Stories != 0 || !strings.Contains(e.Headline[0], "Nothing to tell") {
		t.Errorf("%+v", e.Counts)
	}
}

func TestWhatIsACorrectionAndWhatIsNot(t *testing.T) {
	told := withEvent(item("karvon", "en", 40, "Grants", "China gives grants."), scholarships("uzbekistan", 150), "China gives grants.")
	for _, c := range []struct {
		name   string
		change func(before, now *news.Item)
		want   []string
	}{
		{"nothing", func(_, _ *news.Item) {}, nil},
		{"only typography of the title", func(_, now *news.Item) { now.Title = "«GRANTS»" }, nil},
		{"another outlet's address", func(_, now *news.Item) { now.Sources = append(now.Sources, "karvon-page") }, nil},
		{"the text arrived late", func(before, now *news.Item) {
			before.Text = ""
			now.Tagging.Events[0].Places = number(90)
		}, nil},
		{"a figure that was not known before", func(before, _ *news.Item) { before.Tagging.Events[0].Places = nil }, nil},
		{"the title", func(_, now *news.Item) { now.Title = "Loans" }, []string{"The title was “Grants”."}},
		{"a figure", func(_, now *news.Item) { now.Tagging.Events[0].Places = number(90) },
			[]string{"Was: China → Scholarships and study grants → Uzbekistan, announced, 150 places. Now: China → Scholarships and study grants → Uzbekistan, announced, 90 places."}},
		{"the status", func(_, now *news.Item) { now.Tagging.Events[0].Status = news.Cancelled },
			[]string{"Was: China → Scholarships and study grants → Uzbekistan, announced, 150 places. Now: China → Scholarships and study grants → Uzbekistan, cancelled, 150 places."}},
		{"the actor", func(_, now *news.Item) { now.Tagging.Events[0].State = "japan" },
			[]string{"No longer said: China → Scholarships and study grants → Uzbekistan, announced, 150 places."}},
		{"relevance", func(_, now *news.Item) { now.Tagging.Relevant, now.Tagging.Events = false, nil }, []string{"It no longer counts as relevant."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, now := told, told
			before.Tagging.Events = slices.Clone(told.Tagging.Events)
			now.Tagging.Events = slices.Clone(told.Tagging.Events)
			c.change(&before, &now)
			yesterday := dayInput(t, text.En, ByActor)
			yesterday.From, yesterday.To, yesterday.Items = yesterday.From.Add(-24*time.Hour), yesterday.From, []news.Item{before}
			in := dayInput(t, text.En, ByActor)
			in.Earlier, in.Present = []Edition{Compile(yesterday)}, byID([]news.Item{now})
			var got []string
			if k := Compile(in).Corrections; k != nil {
				got = k.List[0].What
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestAWithdrawnItemIsACorrection(t *testing.T) {
	in := withMemory(dayInput(t, text.En, ByActor))
	in.Present = nil
	k := Compile(in).Corrections
	if k == nil || k.List[0].What[0] != "It is no longer in the archive." {
		t.Fatalf("%+v", k)
	}
	in.Earlier = append([]Edition{{Corrections: k}}, in.Earlier...)
	if again := Compile(in).Corrections; again != nil {
		t.Errorf("told twice: %+v", again)
	}
}

func TestASurgeIsWhatFourWeeksDoNotExplain(t *testing.T) {
	many := func(n int) []news.Item {
		var items []news.Item
		for i := range n {
			it := item("karvon", "en", 1+float64(i)/10, fmt.Sprint("Title ", i), "China.", "scholarship/instrument/", "uzbekistan/target/")
			items = append(items, it)
		}
		return items
	}
	bursty := steady(28, 10, "scholarship", 0)
	for i := 0; i < 28; i += 7 {
		bursty.Days[i].Concepts["scholarship"] = 9
	}
	for _, c := range []struct {
		name     string
		baseline Baseline
		items    int
		want     bool
	}{
		{"eight where one is usual", steady(28, 10, "scholarship", 1), 8, true},
		{"three where none is usual: too few to tell", steady(28, 10, "scholarship", 0), 3, false},
		{"five where none is usual", steady(28, 10, "scholarship", 0), 5, true},
		{"twelve where ten are usual", steady(28, 30, "scholarship", 10), 12, false},
		{"nine, as once a week", bursty, 9, false},
		{"nothing to compare with", steady(6, 10, "scholarship", 0), 9, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := dayInput(t, text.En, Flat)
			in.Baseline, in.Items = c.baseline, many(c.items)
			s := Compile(in).Surges
			if (s != nil) != c.want {
				t.Fatalf("%+v", s)
			}
			if s != nil && (len(s.List) != 1 || s.List[0].Concept != "scholarship") {
				t.Errorf("%+v", s.List)
			}
		})
	}
}

func TestAQuietWeekdayIsComparedWithItsOwn(t *testing.T) {
	b := steady(28, 20, "loan", 4)
	for i := range b.Days {
		if b.Days[i].Weekday == time.Sunday {
			b.Days[i].Items = 4
		}
	}
	if sunday, monday := b.busy(time.Sunday), b.busy(time.Monday); sunday > 0.7 || monday < 1 {
		t.Errorf("Sunday %.2f, Monday %.2f", sunday, monday)
	}
}

func TestTheChancesOfACountAddUp(t *testing.T) {
	if p := atLeast(0, 3, 5); p != 1 {
		t.Error(p)
	}
	poisson := 1 - 0.0497871*(1+3+4.5) // P(X ≥ 3) with mean 3
	if p := atLeast(3, 3, 1e9); p < poisson-1e-3 || p > poisson+1e-3 {
		t.Errorf("%f, want %f", p, poisson)
	}
	if scattered, even := atLeast(10, 3, 1), atLeast(10, 3, 1e6); scattered <= even {
		t.Errorf("%f is not above %f", scattered, even)
	}
}

func TestSourcesInTroubleAreNamed(t *testing.T) {
	now := closing()
	states := map[news.SourceID]news.SourceState{
		"fine":      {Outcome: news.OK, LastNew: now.Add(-time.Hour)},
		"hiccup":    {Outcome: news.Timeout, Failures: 1, LastSuccess: now.Add(-time.Hour), LastNew: now.Add(-time.Hour)},
		"broken":    {Outcome: news.HTTPError, Failures: 9, FailedSince: now.Add(-30 * time.Hour), Error: "the server answers 500"},
		"stillborn": {Outcome: news.HTTPError, Failures: 1, FailedSince: now.Add(-time.Hour)},
		"paused":    {Outcome: news.Gone, Paused: "the server says it is gone for good"},
		"quiet":     {Outcome: news.Unchanged, LastNew: now.Add(-9 * 24 * time.Hour)},
		"weekly":    {Outcome: news.Unchanged, LastNew: now.Add(-9 * 24 * time.Hour), Interval: 3 * 86400},
		"offline":   {Outcome: news.NoEgress},
	}
	var sources []news.Source
	for id := range states {
		sources = append(sources, news.Source{ID: id, Outlet: "karvon"})
	}
	sources = append(sources, news.Source{ID: "never visited"})
	var got []string
	for _, n := range Notes(sources, outletsByID(outlets()), states, now) {
		got = append(got, string(n.Source)+" "+string(n.Trouble))
	}
	if want := []string{"paused broken", "broken broken", "stillborn broken", "offline network", "quiet quiet"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestTheBacklogOfTheFirstDayIsNoBaseline(t *testing.T) {
	var items []news.Item
	for day := range 10 {
		for range 1 + day/9*400 {
			it := item("karvon", "en", 1, "t", "b", "loan/instrument/")
			it.Fetched = closing().Add(-time.Duration(day)*24*time.Hour - time.Hour)
			items = append(items, it)
		}
	}
	b := CountDays(items, closing(), tashkent())
	if len(b.Days) != 9 || b.mean() != 1 || b.Days[0].Concepts["loan"] != 1 {
		t.Errorf("%+v", b)
	}
}

func TestAnEditionIsArithmetic(t *testing.T) {
	first := render(t, Compile(dayInput(t, text.En, ByActor)))
	for range 10 {
		in := dayInput(t, text.En, ByActor)
		slices.Reverse(in.Items)
		if again := render(t, Compile(in)); again != first {
			t.Fatal("the same news in another order is another edition")
		}
	}
}
