package web

import (
	"net/url"
	"strings"
	"testing"

	"silkwire/store"
)

func TestFacetsCountTheListAndNarrowIt(t *testing.T) {
	s := serve(t, full())
	page := pageAt(t, s, "/?all=1")
	seen := map[string]string{}
	for _, box := range page.all("#narrow details") {
		for _, link := range box.all("a") {
			seen[box.attr("data-facet")+" "+link.text()] = link.attr("href")
		}
	}
	for what, want := range map[string]string{
		"actor Confucius Institute": "actor:confucius-institute", "recipient Uzbekistan": "recipient:uzbekistan", "language Uzbek": "uz-Latn",
	} {
		href, ok := seen[what]
		if !ok {
			t.Errorf("no link %q in %v", what, seen)
			continue
		}
		if u, err := url.Parse(href); err != nil || !strings.Contains(u.Query().Get("q")+u.Query().Get("lang"), want) || u.Query().Get("all") != "1" {
			t.Errorf("%s leads to %s", what, href)
		}
		if n := len(pageAt(t, s, href).all("li.row")); n != 1 {
			t.Errorf("%s leads to a list of %d", what, n)
		}
	}
}

func TestAValueThatAllHaveLeadsNowhere(t *testing.T) {
	page := pageAt(t, serve(t, full()), "/") // one item
	if n := len(page.all("#narrow a")); n != 0 {
		t.Errorf("%d links that would show the same list", n)
	}
	page.one(t, "#narrow").says(t, "Confucius Institute 1", "November 2026 1", "not yet reviewed 1")
}

func TestNarrowingKeepsTheMeaningOfTheQuery(t *testing.T) {
	for query, want := range map[string]string{
		"":                "actor:china",
		"loan":            "loan actor:china",
		"loan OR grant":   "(loan OR grant) actor:china",
		"(a OR b) c":      "(a OR b) c actor:china",
		"\"loan OR not\"": "\"loan OR not\" actor:china",
	} {
		if got := narrowedText(query, facetTerm("actor", "china")); got != want {
			t.Errorf("%s narrowed is %s, want %s", query, got, want)
		}
	}
	if got := facetTerm("month", "2026-12"); got != "after:2026-12 before:2027-01" {
		t.Error(got)
	}
}

func TestTheOrderIsChosenAndStaysInTheAddress(t *testing.T) {
	s := serve(t, full())
	page := pageAt(t, s, "/?q=Xitoy&all=1&sort=best")
	page.one(t, ".day h2").says(t, "Best first")
	page.all(".from")[0].says(t, "21 November 2026")
	order := ""
	for _, field := range page.all("form.search input") {
		if field.attr("name") == "sort" {
			order = field.attr("value")
		}
	}
	if order != "best" {
		t.Errorf("the form forgets the order: %q", order)
	}
	kept := false
	for _, link := range page.all(".switch a") {
		kept = kept || link.text() == "Relevant" && strings.Contains(link.attr("href"), "sort=best")
	}
	if !kept {
		t.Error("the switch forgets the order")
	}
	if sortOf(url.Values{"sort": {"nonsense"}}) != store.Newest {
		t.Error("an unknown order is not newest first")
	}
}
