package web

import (
	"strings"
	"testing"
)

// Whoever opens a number sees as many items as it says, by the sentences that
// say so; whichever numbers were opened before.
func TestEveryNumberOfAReceptionOpensItsSentences(t *testing.T) {
	s := serve(t, busy())
	tried := 0
	for _, path := range []string{"/counts/reception", "/counts/reception?unit=stories", "/counts/reception?audience=youth&polarity=rejected", "/counts/reception?from=2026-11-01&to=2026-11-15"} {
		for _, a := range pageAt(t, s, path).all("table.tallied td.num a") {
			href := a.attr("href")
			if !strings.HasPrefix(href, "/counts/reception?") {
				t.Fatalf("%s: a number leads to %s", path, href)
			}
			page, _, _ := strings.Cut(href, "#")
			if got := pageAt(t, s, page).one(t, "#h-sentences").text(); !strings.HasPrefix(got, a.text()+" item") && !strings.HasPrefix(got, a.text()+" stor") {
				t.Errorf("%s: a cell says %s and opens %q: %s", path, a.text(), got, href)
			}
			tried++
		}
	}
	if tried < 40 {
		t.Errorf("only %d numbers were opened", tried)
	}
}

func TestASentenceStandsWithWhoIsReceivedHowAndByWhom(t *testing.T) {
	rows := csvAt(t, serve(t, busy()), "/counts/reception?table=sentences&format=csv&actor=china&audience=youth&polarity=welcomed")
	if len(rows) < 2 {
		t.Fatal("no sentence")
	}
	for _, row := range rows[1:] {
		if row[2] != "china" || row[3] != "rejected welcomed" || row[4] != "youth" || row[5] != "debt-trap improved-image" || row[6] != firstTitle {
			t.Errorf("%q", row)
		}
	}
}

func TestASearchFindsHowSomebodyIsReceived(t *testing.T) {
	s := serve(t, busy())
	if all, got := foundAt(t, s, "/?q=polarity:rejected"), foundAt(t, s, "/?q=polarity:welcomed"); all != 6 || got != 3 {
		t.Errorf("%d items reject and %d welcome", all, got)
	}
}
