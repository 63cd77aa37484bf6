package e2e

import (
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestAnAnalystFindsTheSameThingInFiveLanguages types words of five languages
// into the search box; each finds items whose evidence is in that language.
func TestAnAnalystFindsTheSameThingInFiveLanguages(t *testing.T) {
	chromium(t)
	b := browse(t, demo(t))
	b.open("/")
	b.picture("items")
	for _, query := range []string{"scholarships", "стипендия", "stipendiya", "университет lang:kk", "奖学金", `actor:china instrument:education-instrument to:kyrgyzstan`} {
		b.do(chromedp.Clear(chromedp.CSS("#q")))
		b.follow(chromedp.SendKeys(chromedp.CSS("#q"), query+"\r"))
		if want := "q=" + url.QueryEscape(query); !strings.Contains(b.path(), want) {
			t.Errorf("the search for %q led to %s", query, b.path())
		}
		if b.count(".row") == 0 {
			t.Errorf("%q finds nothing", query)
		}
	}
	b.open("/?q=" + url.QueryEscape("instrument:scholarship to:uzbekistan"))
	b.follow(chromedp.Click(chromedp.CSS(".row h3 a")))
	if b.count("article.story mark") == 0 {
		t.Error("the item shows no evidence")
	}
	b.picture("item")
}
