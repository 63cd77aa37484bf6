package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestWhatIsReadIsPrinted looks at pages as paper shows them: what is there to
// be pressed is gone, what is there to be read is not.
func TestWhatIsReadIsPrinted(t *testing.T) {
	chromium(t)
	b := browse(t, demo(t))
	b.open("/editions")
	edition := ask(b, chromedp.Evaluate[string](`document.querySelector("main a[href^='/editions/']:not([href*='feed'])").getAttribute("href")`))
	ask(b, func(ctx context.Context, _ *chromedp.Target) (cdp.Empty, error) {
		return chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	})
	for _, page := range []string{"/", "/counts", "/counts/matrix", "/ledger", "/concepts", "/concepts/scholarship", "/trust", "/status", edition} {
		b.open(page)
		shown := ask(b, chromedp.Evaluate[int](`document.querySelector("main").innerText.length`))
		if shown < 200 {
			t.Errorf("%s: %d characters are printed", page, shown)
		}
		if b.count("#narrow") > 0 && ask(b, chromedp.Evaluate[bool](`document.querySelector("#narrow").checkVisibility()`)) {
			t.Errorf("%s: what narrows the list is printed", page)
		}
	}
}
