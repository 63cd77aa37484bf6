package web

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"silkwire/export"
	"silkwire/news"
	"silkwire/store"
)

func TestEveryTemplateCanBeExecutedWithNothing(t *testing.T) {
	empty := map[string]framed{
		"items": &itemsPage{}, "item": &itemPage{}, "status": &statusPage{}, "editions": &editionsPage{}, "edition": &editionPage{},
		"snapshot": &snapshotPage{}, "api": &apiPage{}, "concepts": &conceptsPage{}, "concept": &conceptPage{}, "error": &errorPage{}, "review": &deskPage{}, "trust": &trustPage{}, "unsubscribe": &unsubscribePage{}, "profiles": &profilesPage{}, "profile": &profilePage{},
		"counts": &countsPage{}, "count": &countPage{},
		"sign-in": &signInPage{}, "setup": &setupPage{}, "account": &accountPage{}, "people": &peoplePage{}, "audit": &auditPage{},
	}
	all := parsePages(english(t).words)
	if len(all) != len(empty) {
		t.Errorf("%d templates, but %d structs are tried", len(all), len(empty))
	}
	for name, data := range empty {
		if err := all[name].ExecuteTemplate(io.Discard, "layout", data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// everyPage are addresses that fill every template from a full archive.
func everyPage() []string {
	return append(views(), []string{
		"/", "/?all=1", "/?q=Konfutsiy&outlet=daryo&country=UZ&lang=uz-Latn", "/?q=nothingofthekind", "/items/aaaaaaaaaaaaaaaa", "/items/bbbbbbbbbbbbbbbb",
		"/trust", "/status", "/editions", "/editions/ed1", "/unsubscribe/good", "/profiles", "/profiles/mine", "/profiles/daily", "/concepts", "/concepts?q=confucius", "/concepts?q=zzzzzz", "/concepts/confucius-institute", "/concepts/scholarship", "/concepts/uzbekistan",
		"/api", "/snapshots/" + export.Snapshot{Taken: noon}.ID(),
		"/counts", "/counts/matrix", "/counts/matrix?rows=lang&cols=month&unit=stories", "/counts/matrix?rows=actor&cols=recipient&unit=events", "/counts/series", "/counts/series?split=actor&by=day&as=share",
	}...)
}

func TestEveryPageHasOneHeadingATitleAndLabelsForItsFields(t *testing.T) {
	s := serve(t, full())
	for _, path := range everyPage() {
		page := pageAt(t, s, path)
		page.one(t, "h1")
		page.one(t, "main#main")
		if title := page.one(t, "head title").text(); len(title) < len("x · Silkwire") {
			t.Errorf("%s: title %q", path, title)
		}
		for _, field := range append(page.all("select"), page.all("input")...) {
			if field.attr("type") != "hidden" && len(page.all("form label")) == 0 {
				t.Errorf("%s: a field %q without a label", path, field.attr("name"))
			}
		}
		for _, table := range page.all("table") {
			if len(table.all("caption")) != 1 || len(table.all("thead th")) == 0 {
				t.Errorf("%s: a table without caption or headings", path)
			}
		}
	}
}

func TestTheNewestPageListsRelevantItemsWithEventsAndTags(t *testing.T) {
	page := pageAt(t, serve(t, full()), "/")
	if n := len(page.all("li.row")); n != 1 {
		t.Fatalf("%d rows, want the one relevant item", n)
	}
	row := page.one(t, "li.row")
	row.one(t, "h3").says(t, firstTitle)
	row.one(t, ".from").says(t, "Daryo", "Uzbekistan", "Uzbek", "15:00", "revised", "taken over from Xinhua")
	row.one(t, ".deals").says(t, "Confucius Institute", "Scholarships", "Uzbekistan", "signed", "USD 1.25 million", "200 places")
	row.one(t, "dl.chips").says(t, "Actor", "China", "Instrument", "Target", "(implied)")
	row.one(t, ".rel").says(t, "98 %")
	page.one(t, ".day h2").says(t, "Today, 21 November")
	if bdi := row.one(t, "h3 bdi"); bdi.attr("lang") != "uz-Latn" || bdi.attr("dir") != "ltr" {
		t.Errorf("the title is marked lang=%q dir=%q", bdi.attr("lang"), bdi.attr("dir"))
	}
}

func TestASwitchShowsAllItemsAndARightToLeftTitleSaysSo(t *testing.T) {
	s := serve(t, full())
	href := ""
	for _, a := range pageAt(t, s, "/?q=lang:fa").all(".switch a") {
		if a.text() == "All" {
			href = a.attr("href")
		}
	}
	if href != "/?all=1&q=lang%3Afa" {
		t.Fatalf("the switch leads to %q", href)
	}
	row := pageAt(t, s, href).one(t, "li.row")
	bdi := row.one(t, "h3 bdi")
	if bdi.attr("dir") != "rtl" || bdi.attr("lang") != "fa" || !strings.Contains(bdi.text(), "می‌شود") {
		t.Errorf("the Persian title is %q, lang=%q dir=%q", bdi.text(), bdi.attr("lang"), bdi.attr("dir"))
	}
	row.one(t, ".from").says(t, "no time given")
}

func TestFiltersNarrowTheListAndStayInTheForm(t *testing.T) {
	s := serve(t, full())
	page := pageAt(t, s, "/?all=1&outlet=asia")
	page.one(t, "li.row").says(t, "Asia Post")
	if v := page.one(t, "input#q").attr("value"); v != "" {
		t.Errorf("the search box holds %q", v)
	}
	selected := 0
	for _, o := range page.all("select#outlet option") {
		for _, a := range o.Attr {
			if a.Key == "selected" && o.attr("value") == "asia" {
				selected++
			}
		}
	}
	if selected != 1 {
		t.Error("the outlet that was asked for is not selected in the form")
	}
}

func TestAMistakeInAQueryIsShownWhereItWasMade(t *testing.T) {
	w := get(serve(t, full()), "/?q=actor%3Achna")
	if w.Code != http.StatusBadRequest {
		t.Errorf("status %d", w.Code)
	}
	page := parsed(t, w)
	page.one(t, "#mistake").says(t, "character 7", "did you mean china?")
	if v := page.one(t, "input#q").attr("value"); v != "actor:chna" {
		t.Errorf("the search box lost the query: %q", v)
	}
}

func TestAnEmptyListTeachesWhatToDo(t *testing.T) {
	irrelevant := full()
	irrelevant.items = irrelevant.items[1:]
	for _, c := range []struct {
		name, path, says string
		a                *archive
	}{
		{"an empty archive", "/", "1 source needs attention. Sources are visited", &archive{states: full().states}},
		{"nothing relevant", "/", "Show all items", irrelevant},
		{"nothing found", "/?q=absent", "Nothing matches", full()},
	} {
		page := pageAt(t, serve(t, c.a), c.path)
		page.one(t, ".empty").says(t, c.says)
	}
	for _, path := range []string{"/editions", "/status"} {
		s := serve(t, &archive{}, func(o *Options) { o.Sources = nil })
		pageAt(t, s, path).one(t, ".empty")
	}
}

func TestLongListsGoOnWithACursor(t *testing.T) {
	a := full()
	for i := range 60 {
		it := a.items[0]
		it.ID, it.Published = news.ItemID(fmt.Sprintf("cccccccccccccc%02d", i)), noon.Add(-time.Duration(i+3)*time.Hour)
		a.items = append(a.items, it)
	}
	s := serve(t, a)
	first := pageAt(t, s, "/")
	if n := len(first.all("li.row")); n != perPage {
		t.Fatalf("%d rows on the first page", n)
	}
	var older string
	for _, l := range first.all(".pager a") {
		older = l.attr("href")
	}
	second := pageAt(t, s, older)
	if n := len(second.all("li.row")); n != 11 {
		t.Errorf("%d rows on the second page, want 11", n)
	}
	if w := get(s, "/?cursor=nonsense"); w.Code != http.StatusBadRequest { // X19
		t.Errorf("a cursor of nobody: status %d", w.Code)
	}
}

func TestTheItemPageProvesItsTags(t *testing.T) {
	page := pageAt(t, serve(t, full()), "/items/aaaaaaaaaaaaaaaa")
	page.one(t, "h1").says(t, firstTitle)
	for _, a := range page.all(".original a") {
		if a.attr("href") != "https://daryo.example/2026/11/21/konfutsiy?a=1&b=2" || a.attr("rel") != "noopener noreferrer nofollow ugc" {
			t.Errorf("the original is linked as %q, rel %q", a.attr("href"), a.attr("rel"))
		}
	}
	var marked []string
	for _, m := range page.all(".reading mark") {
		marked = append(marked, m.text())
	}
	if want := []string{"Xitoy", "grant"}; !slices.Equal(marked, want) {
		t.Errorf("highlighted in the text: %q, want %q", marked, want)
	}
	tip := page.all("h1 .tip")[1]
	tips := ""
	for n := range tip.Descendants() {
		tips += n.Data + " "
	}
	for _, want := range []string{"Confucius Institute", "institution", "Konfutsiy instituti", "near @schools", "Uzbek"} {
		if !strings.Contains(tips, want) {
			t.Errorf("pointing at the institute does not say %q: %s", want, tips)
		}
	}
	side := page.one(t, "aside.side")
	side.says(t, "Implied by Confucius Institute", "85 %", "75 %")
	page.one(t, ".events").says(t, "Confucius Institute", "signed", "USD 1.25 million", "200 places", "behind the actor: China", "200 ta grant ajratdi")
	page.one(t, ".note").says(t, "Xinhua", "credit line")
	page.one(t, "details.rev").says(t, "Version 1", "Konfutsiy instituti ochildi", "Avvalgi matn.")
	page.one(t, ".legend").says(t, "Actor", "Instrument", "Target")
}

func TestATagSaysWhatItMeansWhereItComesFromAndHowItScored(t *testing.T) {
	page := pageAt(t, serve(t, full(), func(o *Options) {
		o.Reckoning = func(_ *news.Tagging, tag *news.Tag) string { return "reckoned for " + string(tag.Concept) }
	}), "/items/aaaaaaaaaaaaaaaa")
	var why string
	for _, d := range page.all("details.because") {
		if strings.Contains(d.text(), "reckoned for confucius-institute") {
			why = d.text()
		}
	}
	for _, want := range []string{"Means", "near @schools", "Derived from", "document 000, line"} {
		if !strings.Contains(why, want) {
			t.Errorf("the institute's tag does not say %q: %s", want, why)
		}
	}
}

func TestEveryLinkIntoThePageHasItsAnchor(t *testing.T) {
	page := pageAt(t, serve(t, full()), "/items/aaaaaaaaaaaaaaaa")
	inner := 0
	for _, a := range page.all("a") {
		id, ok := strings.CutPrefix(a.attr("href"), "#")
		if !ok {
			continue
		}
		inner++
		page.one(t, "#"+id)
	}
	if inner < 5 {
		t.Errorf("only %d links lead into the page", inner)
	}
}

func TestRelevanceIsExplainedInWordsAndNumbers(t *testing.T) {
	s := serve(t, full(), func(o *Options) {
		o.Meaning = func(feature string) string {
			return map[string]string{"bias": "before anything is seen", "together": "all three in one sentence"}[feature]
		}
	})
	table := pageAt(t, s, "/items/aaaaaaaaaaaaaaaa").one(t, "table.why-table")
	table.says(t, "Before anything is seen", "1 × −3", "All three in one sentence", "+2.2", "Breadth", "1.58 × +0.5", "+0.79", "sum, −0.01")
	box := pageAt(t, s, "/items/bbbbbbbbbbbbbbbb").one(t, ".relbox")
	box.says(t, "not relevant", "Not found: an actor from outside; an instrument of influence; a place or a group in Central Asia.")
}

func TestMarksThatNoLongerFitTheTextAreLeftOutAndCounted(t *testing.T) {
	a := full()
	a.items[0].Text = "short"
	page := pageAt(t, serve(t, a), "/items/aaaaaaaaaaaaaaaa")
	page.one(t, ".reading").says(t, "short", "2 marks are not shown")
	if n := len(page.all(".reading mark")); n != 0 {
		t.Errorf("%d marks stand in a text they do not belong to", n)
	}
}

func TestTheStatusPageSaysWhatATiredOperatorNeeds(t *testing.T) {
	page := pageAt(t, serve(t, full()), "/status")
	page.one(t, "h1").says(t, "1 source needs attention")
	rows := page.all("table.sources tbody tr")
	if len(rows) != 2 {
		t.Fatalf("%d rows, want the two sources that are switched on", len(rows))
	}
	rows[0].says(t, "Asia Post", "Tajikistan", "Persian", "Needs attention", "not there any more", "4 visits in a row", "put it into the config", "404 Not Found", "moved once", "never", "in 3 h", "certificate is not checked")
	rows[1].says(t, "Daryo", "Uzbekistan", "Uzbek, Russian", "Fine", "1 h ago", "in 1 h", "7", "every hour")
	page.one(t, "details.off").says(t, "1 switched off", "asia-tg", "unverified")
	page.one(t, ".tiles").says(t, "2", "1 relevant", "1.0 MB", "5.0 GB free", "Silkwire 21 Nov: 34 stories", "1 accepted", "1 refused for good", "1 message")
	page.one(t, "details.counters").says(t, "4", "9")
	page.one(t, ".problems").says(t, "1 message of the last digest could not be delivered")
	page.says(t, "1.2.3")
}

func TestWarningsOfTheConfigurationAreShownUntilAReloadEndsThem(t *testing.T) {
	a := full()
	a.stats.DiskFree = 100 << 20
	s := serve(t, a, func(o *Options) {
		o.Contact, o.Warnings = false, []string{"min_interval was raised to 15m"}
		o.Ready = func() (bool, string) { return false, "the first round is under way" }
	})
	pageAt(t, s, "/status").one(t, ".problems").says(t, "fetch.contact", "min_interval was raised", "first round is under way", "104.9 MB are free")
	s.Reconfigure(outlets()[:1], nil, true, nil)
	page := pageAt(t, s, "/status")
	if text := page.text(); strings.Contains(text, "fetch.contact") || strings.Contains(text, "min_interval") || strings.Contains(text, "Asia Post") {
		t.Errorf("the old configuration is still shown: %s", text)
	}
}

func TestADigestShowsItsDeliveriesAndItsContent(t *testing.T) {
	s := serve(t, full(), func(o *Options) {
		o.Edition = func(e store.Edition) (template.HTML, error) { return "<h2>China</h2>", nil }
	})
	pageAt(t, s, "/editions").one(t, "table").says(t, "Silkwire 21 Nov: 34 stories", "1 accepted", "1 refused for good", "1 will be tried again")
	page := pageAt(t, s, "/editions/ed1")
	page.one(t, "table").says(t, "analyst@example.org", "accepted", "other@example.org", "550 no such user", "next try in 5 min")
	page.one(t, ".edition h2").says(t, "China")

	broken := serve(t, full(), func(o *Options) {
		o.Edition = func(e store.Edition) (template.HTML, error) { return "", errBroken }
	})
	page = pageAt(t, broken, "/editions/ed1")
	page.one(t, ".note").says(t, "cannot be shown")
	page.one(t, "table").says(t, "analyst@example.org")
}

func TestAConceptShowsItsNamesItsPlaceAndItsItems(t *testing.T) {
	s := serve(t, full())
	page := pageAt(t, s, "/concepts/confucius-institute")
	page.one(t, "h1").says(t, "Confucius Institute")
	page.one(t, "table.terms").says(t, "Russian", "Институт Конфуция", "Chinese", "孔子学院")
	page.one(t, "aside.side").says(t, "Broader", "China", "Derived from", "document:lines")
	page.says(t, firstTitle, "All 1 item")
	tree := pageAt(t, s, "/concepts").one(t, "#actor_state")
	tree.says(t, "States and blocs", "China")
	pageAt(t, s, "/concepts?q=孔子学院").one(t, "ul.found").says(t, "Confucius Institute")
	w := get(s, "/concepts/confucius-institut")
	if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "Did you mean confucius-institute?") {
		t.Errorf("a mistyped concept: %d", w.Code)
	}
}

func TestEveryOutcomeHasASentence(t *testing.T) {
	all := []news.Outcome{
		news.OK, news.Unchanged, news.Partial, news.Empty, news.Shrank, news.NotAFeed, news.Challenge, news.DNS, news.Connect, news.TLS,
		news.Timeout, news.TooLarge, news.Encoding, news.HTTPError, news.NotFound, news.Gone, news.Denied, news.SlowDown, news.Redirect,
		news.Blocked, news.Robots, news.Unparsable, news.NoEgress, news.Interrupted, news.Internal,
	}
	known := sentences()
	if len(known) != len(all) {
		t.Errorf("%d sentences for %d outcomes", len(known), len(all))
	}
	for _, o := range all {
		s := known[o]
		if !strings.HasSuffix(string(s.Says), ".") {
			t.Errorf("%s: %q", o, s.Says)
		}
		if o.Failed() && s.Advice == "" {
			t.Errorf("%s fails a source, and nobody says what to do", o)
		}
	}
}

func TestOneSentenceTellsHowAllSourcesAre(t *testing.T) {
	on := SourceInfo{Enabled: true}
	ok := news.SourceState{Outcome: news.Unchanged, LastSuccess: noon}
	slow := news.SourceState{Outcome: news.Timeout, Failures: 1, FailedSince: noon}
	long := news.SourceState{Outcome: news.Timeout, Failures: 2, FailedSince: noon.Add(-25 * time.Hour)}
	offline := news.SourceState{Outcome: news.NoEgress}
	for _, c := range []struct {
		want   string
		states []news.SourceState
	}{
		{"No source is configured yet", nil},
		{"The source is fine", []news.SourceState{ok}},
		{"All 3 sources are fine", []news.SourceState{ok, ok, {Outcome: news.Partial}}},
		{"The first visits are under way", []news.SourceState{{}, {}}},
		{"2 of 4 sources are fine; 1 is being tried again; 1 waits for a first visit", []news.SourceState{ok, ok, slow, {}}},
		{"1 source needs attention", []news.SourceState{ok, {Outcome: news.Empty}, slow}},
		{"3 sources need attention", []news.SourceState{long, {Outcome: news.TLS, Failures: 1}, {Paused: "gone", Outcome: news.Gone}}},
		{"No network: every source waits", []news.SourceState{offline, offline}},
		{"No network: every source waits", []news.SourceState{offline, {Paused: "gone"}}},
		{"1 of 2 sources are fine; 1 waits for the network", []news.SourceState{ok, offline}},
	} {
		n := map[condition]int{}
		for _, st := range c.states {
			n[judge(on, st, noon)]++
		}
		n[judge(SourceInfo{}, ok, noon)]++ // one is switched off, and counts for nothing
		if got := english(t).headline(n); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestAnErrorPageHidesWhatIsInside(t *testing.T) {
	a := full()
	a.err = errBroken
	s := serve(t, a)
	for _, path := range []string{"/", "/status", "/items/aaaaaaaaaaaaaaaa", "/editions", "/api/v1/items", "/api/v1/status", "/metrics", "/readyz?verbose"} {
		w := get(s, path)
		if w.Code < 500 || strings.Contains(w.Body.String(), "/var/lib") {
			t.Errorf("%s: status %d: %s", path, w.Code, w.Body)
		}
	}
}

func TestASlowSearchIsGivenUpWithAdvice(t *testing.T) {
	a := full()
	a.err = fmt.Errorf("find items: %w", errors.Join(errBroken, errDeadline))
	w := get(serve(t, a), "/?q=a")
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "Narrow it") { // X18
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}
