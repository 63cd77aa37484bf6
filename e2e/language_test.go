package e2e

import (
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestAReaderSwitchesToRussianAndReadsOn presses Russian at the foot of the
// status page, which comes back in Russian, and so do a search and what it
// finds; the choice stays.
func TestAReaderSwitchesToRussianAndReadsOn(t *testing.T) {
	chromium(t)
	b := browse(t, demo(t))
	b.open("/status")
	b.says("html[lang=en] h2#h-sources", "Sources")
	b.follow(chromedp.Click(chromedp.CSS(".tongues button[value=ru]")))
	if b.path() != "/status" {
		t.Errorf("the choice led to %s", b.path())
	}
	b.says("html[lang=ru] h2#h-sources", "Источники")
	b.says("h1", "источник")
	b.says(".tiles", "Последний дайджест")
	b.picture("status-ru")

	b.open("/")
	b.follow(chromedp.SendKeys(chromedp.CSS("#q"), "instrument:scholarship to:uzbekistan\r"))
	b.says("h1", "Поиск")
	b.says(".sub", "о внешнем влиянии в Центральной Азии")
	if b.count(".row") == 0 {
		t.Error("the search finds nothing")
	}
	b.says("dl.chips", "Стипендия")
	b.says("nav.narrow", "Узбекистан")
	b.picture("search-ru")
	b.open("/?q=" + url.QueryEscape("actor:nosuchactor"))
	b.says("#mistake", "запрос, знак 7")
}

// says looks for words in an element.
func (b *tab) says(selector, words string) {
	b.t.Helper()
	if got := b.text(selector); !strings.Contains(got, words) {
		b.t.Errorf("%s says %q, not %q", selector, got, words)
	}
}

// TestEveryLanguageCanBeUsedWithoutEyes asks axe-core about the chief pages in
// each language, and whether longer words push anything out of a phone.
func TestEveryLanguageCanBeUsedWithoutEyes(t *testing.T) {
	chromium(t)
	source := axe(t)
	b := browse(t, demo(t))
	for _, tag := range []string{"ru", "uz", "kk"} {
		b.open("/")
		b.follow(chromedp.Click(chromedp.CSS(".tongues button[value=" + tag + "]")))
		for _, path := range []string{"/", "/status", "/counts", "/counts/matrix", "/review", "/trust", "/concepts/china"} {
			b.look(phone)
			b.open(path)
			if wide := ask(b, chromedp.Evaluate[int]("document.documentElement.scrollWidth - document.documentElement.clientWidth")); wide > 0 {
				t.Errorf("%s in %s is %d pixels wider than a phone", path, tag, wide)
			}
			b.look(light)
			for _, f := range b.audit(source) {
				t.Errorf("%s in %s: %s: %s: %s", path, tag, f.ID, f.Help, f.Where)
			}
		}
	}
	b.open("/")
	b.follow(chromedp.Click(chromedp.CSS(".tongues button[value=en]")))
}
