package demo

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"silkwire/news"
)

// What an outlet published before today is made up day by day: what happens on
// a day depends on its date alone, so that every run of the demo remembers the
// same past. Nothing of it is labelled; the labelled items are today's news.

// Days of the past that are told, and those before now that are not: the
// labelled items are of the last two days.
const (
	PastDays  = 365
	quietDays = 2
)

// happening is one thing that happens, to be told by several outlets.
type happening struct {
	kind            *kind
	actor, to, city string
	at              time.Time
	n, m, k, p      int // how many, how many millions, a few, per cent
	prev, debt      int // a year ago; owed by now, in millions
	books           int
	late            bool // in the half of the year in which other words are in use
}

func (h *happening) number(slot string) (int, bool) {
	switch slot {
	case "n":
		return h.n, true
	case "m":
		return h.m, true
	case "k":
		return h.k, true
	case "p":
		return h.p, true
	case "prev":
		return h.prev, true
	case "debt":
		return h.debt, true
	case "books":
		return h.books, true
	}
	return 0, false
}

// kind is a kind of happening.
type kind struct {
	name    string
	weight  int
	actors  string  // who does it, the likelier the more often named
	n       [2]int  // how many, from and to
	welcome float64 // how likely an aside praises it …
	doubt   float64 // … or doubts it
	season  string  // the months in which it happens more often, as digits and letters: 1 … 9, a, b, c
}

const (
	everybody = "china china russia russia turkey turkey us eu iran korea japan"
	lenders   = "china china china eu eu japan russia turkey korea"
)

// kinds are all kinds of happening; those without asides are of no interest to
// anybody who asks for influence.
var kinds = []kind{
	{"quota", 10, everybody, [2]int{20, 600}, .5, .1, "234"},
	{"open", 6, everybody, [2]int{60, 300}, .6, .1, "9ab"},
	{"close", 3, "russia us us china turkey eu", [2]int{60, 300}, 0, .4, "56"},
	{"loan", 7, lenders, [2]int{50, 200}, .3, .4, "5b"},
	{"aid", 5, everybody, [2]int{50, 900}, .6, .1, "34c"},
	{"clinic", 5, everybody, [2]int{20, 120}, .6, .1, ""},
	{"teachers", 5, "russia russia turkey china us eu korea japan", [2]int{10, 200}, .5, .2, "89"},
	{"exercise", 4, "russia russia china turkey us", [2]int{300, 3000}, .2, .3, "678"},
	{"media", 4, "china china russia russia turkey us iran eu", [2]int{10, 60}, .3, .4, ""},
	{"culture", 8, everybody, [2]int{100, 900}, .5, .1, "3569"},
	{"summit", 8, everybody, [2]int{10, 40}, .5, .2, "459a"},
	{"protest", 4, "china china china russia turkey", [2]int{50, 700}, 0, .6, "45"},
	{"survey", 4, everybody, [2]int{500, 1500}, .2, .3, "1b"},
	{"factory", 6, "china china turkey russia us eu korea japan iran", [2]int{100, 1500}, .4, .3, ""},
	{"migrants", 5, "russia russia russia russia turkey korea", [2]int{100, 2000}, 0, .5, "1279"},
	{"denial", 2, "china russia us turkey", [2]int{10, 40}, 0, .3, ""},
	{"figure", 3, "china china russia turkey us", [2]int{10, 40}, 0, .2, ""},
	{"sanctions", 3, "us eu", [2]int{10, 40}, 0, .3, "26"},
	{"branch", 4, "russia russia china turkey us eu korea iran japan", [2]int{60, 300}, .5, .2, "5678"},
	{"weather", 16, everybody, [2]int{0, 0}, 0, 0, "12c"},
	{"football", 16, everybody, [2]int{900, 9000}, 0, 0, "45678"},
	{"prices", 14, everybody, [2]int{0, 0}, 0, 0, ""},
	{"court", 12, everybody, [2]int{0, 0}, 0, 0, ""},
	{"home", 10, everybody, [2]int{0, 0}, 0, 0, ""},
}

// places are the recipients and their cities.
var recipients = []struct {
	id, country string
	cities      []string
}{
	{"kz", "KZ", []string{"almaty", "shymkent"}},
	{"kg", "KG", []string{"bishkek", "osh"}},
	{"tj", "TJ", []string{"dushanbe", "khujand"}},
	{"tm", "TM", []string{"ashgabat", "mary"}},
	{"uz", "UZ", []string{"tashkent", "samarkand"}},
}

// homes are the countries of the actors that have an outlet here.
var homes = map[string]string{"china": "CN", "turkey": "TR", "iran": "IR"}

// agencies are the state agencies whose texts are taken over.
var agencies = map[string]map[string]string{
	"china":  {"en": "Source: Xinhua", "ru": "Источник: Синьхуа", "zh": "来源：新华社", "uz-Latn": "Manba: Sinxua", "kk": "Дереккөз: Синьхуа", "ky": "Булак: Синьхуа", "tg": "Манбаъ: Синьхуа"},
	"russia": {"en": "Source: TASS", "ru": "Источник: ТАСС", "uz-Latn": "Manba: TASS", "kk": "Дереккөз: ТАСС", "ky": "Булак: ТАСС", "tg": "Манбаъ: ТАСС"},
	"turkey": {"en": "Source: Anadolu Agency", "ru": "Источник: Анадолу", "tr": "Kaynak: Anadolu Ajansı", "uz-Latn": "Manba: Anadolu agentligi"},
}

// happenings are what happens on a day, in the order of the hours.
func happenings(day time.Time) []happening {
	chance := rand.New(rand.NewPCG(uint64(day.Unix()), 11))
	count := 4 + chance.IntN(3)
	if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		count = 1 + chance.IntN(2)
	}
	out := make([]happening, count)
	for i := range out {
		out[i] = happen(day, chance)
	}
	slices.SortStableFunc(out, func(a, b happening) int { return a.at.Compare(b.at) })
	return out
}

func happen(day time.Time, chance *rand.Rand) happening {
	k := kindOf(day.Month(), chance)
	to := recipients[chance.IntN(len(recipients))]
	h := happening{
		kind: k, actor: pick(chance, strings.Fields(k.actors)), to: to.id, city: pick(chance, to.cities),
		at: day.Add(time.Duration(3*60+chance.IntN(11*60)) * time.Minute),
		n:  fives(chance, k.n[0], k.n[1]), m: 10 * (1 + chance.IntN(6)), k: 5 + chance.IntN(5), p: fives(chance, 20, 75), books: 500 * (1 + chance.IntN(9)),
	}
	if k.name == "loan" || k.name == "factory" {
		h.m = 10 * (2 + chance.IntN(40))
	}
	h.debt = 100*(6+chance.IntN(20)) + h.m
	h.prev = max(5, h.n-fives(chance, 5, 60))
	if k.name == "survey" {
		h.prev = h.p + 5 - 10*chance.IntN(2)
	}
	return h
}

// kindOf draws a kind: every one by its weight, twice that in its season.
func kindOf(month time.Month, chance *rand.Rand) *kind {
	digit := strconv.FormatInt(int64(month), 16)
	weight := func(k *kind) int {
		if strings.Contains(k.season, digit) {
			return 2 * k.weight
		}
		return k.weight
	}
	all := 0
	for i := range kinds {
		all += weight(&kinds[i])
	}
	at := chance.IntN(all)
	for i := range kinds {
		if at -= weight(&kinds[i]); at < 0 {
			return &kinds[i]
		}
	}
	return &kinds[0]
}

// fives is a multiple of five between two numbers: every language here counts
// five and more things alike.
func fives(chance *rand.Rand, from, to int) int {
	return from/5*5 + 5*chance.IntN(max(1, (to-from)/5+1))
}

func pick[T any](chance *rand.Rand, of []T) T { return of[chance.IntN(len(of))] }

// past is one day's old stories of the whole press, by outlet.
func (w *World) past(day time.Time) map[news.OutletID][]story {
	told := map[news.OutletID][]story{}
	for i, h := range happenings(day) {
		for j := range w.outlets {
			o := &w.outlets[j]
			chance := rand.New(rand.NewPCG(uint64(day.Unix()), uint64(1000*i+j)))
			if w.silent(o, day) || chance.Float64() > interest(o, &h) {
				continue
			}
			h.late = w.now.Sub(day) < PastDays/2*24*time.Hour
			s := w.report(o, &h, chance)
			s.Number = numberOf(day, len(told[o.ID]))
			s.Path = o.article + strconv.Itoa(s.Number)
			told[o.ID] = append(told[o.ID], s)
		}
	}
	return told
}

// numberOf numbers an old article: by its day, so that the day can be found
// again.
func numberOf(day time.Time, i int) int {
	return day.Year()*1_000_000 + int(day.Month())*10_000 + day.Day()*100 + i
}

// dayOf is the day of an old article's number.
func dayOf(number int) (day time.Time, i int, ok bool) {
	day = time.Date(number/1_000_000, time.Month(number/10_000%100), number/100%100, 0, 0, 0, 0, time.UTC)
	return day, number % 100, number > 1_000_000 && numberOf(day, number%100) == number
}

// A Gap is a time in which nothing was read.
type Gap struct {
	Source   news.SourceID // "": of all, there was no network
	From, To time.Time     // To is zero for what goes on
	Added    bool          // it was not known before To
}

// Gaps are the gaps of the past: one outlet was found only half a year ago, one
// was down for three weeks, one has been failing for six, and for two days
// there was no network.
func (r *Running) Gaps() []Gap { return r.world.gaps() }

func (w *World) gaps() []Gap {
	ago := func(days int) time.Time { return w.now.Truncate(24*time.Hour).AddDate(0, 0, -days) }
	return []Gap{
		{Source: "karvannameh", To: ago(200), Added: true},
		{Source: "boz-ui", From: ago(233), To: ago(213)},
		{From: ago(131), To: ago(129)},
		{Source: "aral-meridian", From: ago(42)},
	}
}

// silent reports whether nothing came of an outlet on a day.
func (w *World) silent(o *outlet, day time.Time) bool {
	return slices.ContainsFunc(w.gaps(), func(g Gap) bool {
		return (g.Source == "" || g.Source == o.source.ID) && !day.Before(g.From) && (g.To.IsZero() || day.Before(g.To))
	})
}

// interest is how likely an outlet tells of something.
func interest(o *outlet, h *happening) float64 {
	country := ""
	for _, r := range recipients {
		if r.id == h.to {
			country = r.country
		}
	}
	influence := h.kind.welcome+h.kind.doubt > 0
	switch {
	case o.Country == country && influence:
		return .8
	case o.Country == country:
		return .45
	case homes[h.actor] == o.Country && influence:
		return .6
	case influence:
		return .17
	}
	return .03
}

// report is what an outlet writes of a happening.
func (w *World) report(o *outlet, h *happening, chance *rand.Rand) story {
	lang := o.Languages[0]
	t := w.tongues[lang]
	told := *h
	if chance.Float64() < .1 { // figures differ between outlets
		told.n += 5 * (1 + chance.IntN(6))
		told.m += 10
	}
	p := t.kinds[h.kind.name]
	lines := []string{t.says(pick(chance, p.leads), &told, chance)}
	details := slices.Clone(p.details)
	chance.Shuffle(len(details), func(i, j int) { details[i], details[j] = details[j], details[i] })
	for _, d := range details[:min(len(details), 1+chance.IntN(3))] {
		lines = append(lines, t.says(d, &told, chance))
	}
	for _, aside := range asides(h.kind, chance) {
		lines = append(lines, t.says(pick(chance, t.asides[aside]), &told, chance))
	}
	if agency := agencies[h.actor][lang]; agency != "" && h.kind.welcome > 0 && chance.Float64() < .12 {
		lines = append(lines, agency)
	}
	at := h.at.Add(time.Duration(chance.IntN(9*60)) * time.Minute)
	return story{
		Item:      Item{Lang: lang, Outlet: o.ID, Title: t.says(pick(chance, p.titles), &told, chance), Body: strings.Join(lines, "\n")},
		Published: at,
	}
}

// asides are what is said beside the matter.
func asides(k *kind, chance *rand.Rand) (out []string) {
	if chance.Float64() < k.welcome {
		out = append(out, "welcome")
	}
	if chance.Float64() < k.doubt {
		out = append(out, "doubt")
	}
	if k.welcome+k.doubt > 0 && chance.Float64() < .5 {
		out = append(out, "background")
	}
	return out
}

// oldStory finds an old article of an outlet by its number.
func (w *World) oldStory(o *outlet, number int) *story {
	day, i, ok := dayOf(number)
	if !ok || w.now.Sub(day) > (PastDays+1)*24*time.Hour*2 || day.After(w.now) {
		return nil
	}
	if told := w.past(day)[o.ID]; i < len(told) {
		return &told[i]
	}
	return nil
}

// Past is what the press published on the days from one to another, both
// included, oldest first, as a visit would have brought it back soon after.
func (r *Running) Past(from, to time.Time) []news.Item {
	var out []news.Item
	for day := from.UTC().Truncate(24 * time.Hour); !day.After(to); day = day.AddDate(0, 0, 1) {
		for id, stories := range r.world.past(day) {
			o := r.world.outlet(id)
			for i := range stories {
				out = append(out, r.seen(o, &stories[i]))
			}
		}
	}
	slices.SortFunc(out, func(a, b news.Item) int {
		return cmp.Or(a.Published.Compare(b.Published), cmp.Compare(a.Outlet, b.Outlet), cmp.Compare(a.URL, b.URL))
	})
	return out
}

// Corrected are items as their outlets correct them some hours later: one in
// fifty of those that are given.
func (r *Running) Corrected(items []news.Item) (out []news.Item) {
	for _, it := range items {
		if t := r.world.tongues[it.Lang]; t != nil && it.Fetched.Unix()/60%50 == 0 {
			update := t.asides["update"][0]
			if it.Lang == "uz-Cyrl" {
				update = cyrillic(update)
			}
			it.Text += "\n" + update
			it.Fetched = it.Fetched.Add(3 * time.Hour)
			out = append(out, it)
		}
	}
	return out
}

// seen is a story as it stands in the archive, not yet tagged.
func (r *Running) seen(o *outlet, s *story) news.Item {
	url := "http://" + r.places[o.ID] + s.Path
	lag := time.Duration(4+s.Number%37) * time.Minute
	return news.Item{
		ID: news.NewItemID(o.ID, url, ""), Outlet: o.ID, Source: o.source.ID, Sources: []news.SourceID{o.source.ID},
		URL: url, GUID: fmt.Sprintf("%s-%d", o.ID, s.Number), Lang: s.Lang, Title: s.Title, Text: s.Body,
		Published: s.Published, Fetched: s.Published.Add(lag), Extraction: "demo",
	}
}

// PastRange is the first and the last day of the past that is told.
func (r *Running) PastRange() (from, to time.Time) {
	today := r.world.now.Truncate(24 * time.Hour)
	return today.AddDate(0, 0, -PastDays), today.AddDate(0, 0, -quietDays-1)
}
