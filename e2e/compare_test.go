package e2e

import (
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestAnAnalystComparesTwoActors chooses the actors in the form, sees the
// picture and the same numbers as a table, and opens the items behind one.
func TestAnAnalystComparesTwoActors(t *testing.T) {
	chromium(t)
	b := browse(t, demo(t))
	b.open("/counts/compare")
	b.do(chromedp.SetValue(chromedp.CSS("#f-a"), "china"), chromedp.SetValue(chromedp.CSS("#f-b"), "turkey"))
	b.follow(chromedp.Click(chromedp.CSS("form.search button")))
	if h := b.text("h1"); h != "China and Turkey" {
		t.Fatalf("the comparison is of %q", h)
	}
	b.picture("compare")
	drawn := b.count("section.figure .plot svg rect") + b.count("section.figure .plot svg circle") + b.count("section.figure .plot svg path")
	rows := b.count("#t-compare tbody tr")
	if drawn < 4 || rows < 3 {
		t.Errorf("the picture has %d marks, its table %d rows", drawn, rows)
	}
	const cell = "#t-compare tbody tr td.num a"
	says := strings.ReplaceAll(b.text(cell), ",", "")
	n, err := strconv.Atoi(strings.TrimSpace(says))
	if err != nil || n == 0 {
		t.Fatalf("the first number is %q", says)
	}
	b.follow(chromedp.Click(chromedp.CSS(cell)))
	if q := ask(b, chromedp.Evaluate[string](`document.querySelector("#q").value`)); !strings.Contains(q, "actor:china") {
		t.Errorf("the number of China opens the search %q at %s", q, b.path())
	}
	if shown := b.count(".row"); shown == 0 || shown > n {
		t.Errorf("the number %d opens %d items", n, shown)
	}
}
