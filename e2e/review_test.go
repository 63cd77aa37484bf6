package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// key hits one key and waits for the page that it leads to.
func (b *tab) key(k string) {
	b.t.Helper()
	b.sent(chromedp.KeyEvent(k))
}

// sent does something that sends a form, and ends the test where it is refused.
func (b *tab) sent(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	b.follow(actions...)
	if strings.HasSuffix(b.path(), "/reviews") {
		b.t.Fatalf("it was refused: %s", b.text("main"))
	}
}

// TestAnAnalystReviewsTwentyItemsByKeyboard draws a random sample and looks
// through it without a pointer: one key for each verdict, the next item by
// itself, and a step back where a key was hit by mistake.
func TestAnAnalystReviewsTwentyItemsByKeyboard(t *testing.T) {
	chromium(t)
	b := browse(t, demo(t))
	b.open("/review")
	b.picture("review-desk")
	const size = `form[action="/review/samples"]:has(input[value="tagged"]) input[name="size"]`
	ask(b, chromedp.Evaluate[bool](`document.querySelectorAll("details").forEach(d => d.open = true); true`))
	b.do(chromedp.Clear(chromedp.CSS(size)))
	b.follow(chromedp.SendKeys(chromedp.CSS(size), "24\r"))

	var met []string
	for i := 0; b.count("#judge") > 0 && i < 24; i++ { // some of the sample may have been read by those who were here before
		item := ask(b, chromedp.Evaluate[string](`document.querySelector("#judge").getAttribute("action")`))
		met = append(met, item)
		if i == 0 {
			b.picture("review-item")
		}
		b.key("a") // relevant
		if got := b.count(`.judge[data-target="item"] [aria-pressed="true"]`); got != 1 {
			t.Fatalf("item %d: the key a pressed %d buttons of the relevance", i, got)
		}
		if b.count(".judge.current") != 1 && b.count("#judge.current") != 1 {
			t.Fatalf("item %d: nothing is current", i)
		}
		switch i {
		case 1: // a tag is wrong
			b.do(chromedp.KeyEvent("j"))
			b.key("r")
			if b.count(`.judge[data-target="item"] [data-key="a"][aria-pressed="true"]`) != 1 || b.count(`.judge [data-key="r"][aria-pressed="true"]`) != 1 {
				t.Error("the key r rejected something else than what was current")
			}
		case 2: // a mistake, taken back
			b.key("i")
			b.key("u")
			if b.count(`.judge[data-target="item"] [data-key="a"][aria-pressed="true"]`) != 1 {
				t.Error("undo did not bring back the verdict before")
			}
		case 3: // something is missing; the name is typed as the analyst knows it
			b.do(chromedp.KeyEvent("+"))
			if field := ask(b, chromedp.Evaluate[string]("document.activeElement.name")); field != "what" {
				t.Errorf("the key + led into the field %q", field)
			}
			b.sent(chromedp.KeyEvent("孔子学院\r"))
		case 4:
			b.do(chromedp.KeyEvent("n"), chromedp.KeyEvent("Compare with last year."), chromedp.KeyEvent("\t"))
			b.sent(chromedp.KeyEvent("\r"))
		case 5: // the one that was finished too early is taken back, and finished again
			b.key("d")
			b.key("u")
			if back := ask(b, chromedp.Evaluate[string](`document.querySelector("#judge").getAttribute("action")`)); back != item {
				t.Errorf("undo led to %s instead of %s", back, item)
			}
		case 6:
			b.do(chromedp.KeyEvent("?"))
			if b.count("dialog[open]") != 1 {
				t.Error("no help sheet")
			}
			b.picture("review-keys")
			b.do(chromedp.KeyEvent("?"))
		}
		b.key("d")
	}
	if b.count(".empty") != 1 || !strings.Contains(b.text(".empty h2"), "looked through") {
		t.Errorf("after twenty items the queue is at %s: %s", b.path(), b.text("main"))
	}
	if len(met) < 20 {
		t.Errorf("only %d items were looked through", len(met))
	}
	for i, item := range met {
		for _, other := range met[:i] {
			if item == other {
				t.Errorf("%s came twice", item)
			}
		}
	}
	b.open(strings.TrimSuffix(met[3], "/reviews"))
	if log := b.text("ol.log"); !strings.Contains(log, "Confucius Institute") {
		t.Errorf("the tag that was added is not there: %s", log)
	}
	for _, s := range []screen{light, dark, phone} {
		b.look(s)
		b.picture("review-done-" + s.name)
		b.open("/trust")
		if !strings.Contains(b.text("main .sub"), "of the tags are right") {
			t.Errorf("the trust page has measured nothing: %s", b.text("main .sub"))
		}
		b.picture("trust-" + s.name)
		b.open("/review?queue=unsure")
		b.picture("review-unsure-" + s.name)
	}
}
