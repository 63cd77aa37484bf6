package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

var setupToken = regexp.MustCompile(`token=([A-Z2-7]{26})`)

// fill types into a field what stands for it.
func (b *tab) fill(selector, text string) {
	b.t.Helper()
	b.do(chromedp.Clear(chromedp.CSS(selector)), chromedp.SendKeys(chromedp.CSS(selector), text))
}

// looked takes a picture in light, dark and on a phone, and asks axe-core, if
// it is there.
func (b *tab) looked(name string) {
	b.t.Helper()
	for _, s := range []screen{light, dark, phone} {
		b.look(s)
		b.picture("people-" + name + "-" + s.name)
		if wide := ask(b, chromedp.Evaluate[int]("document.documentElement.scrollWidth - document.documentElement.clientWidth")); wide > 0 {
			b.t.Errorf("%s (%s): the page is %d pixels too wide", name, s.name, wide)
		}
		if file := os.Getenv("SILKWIRE_AXE"); file != "" {
			for _, f := range b.audit(axe(b.t)) {
				b.t.Errorf("%s (%s): %s: %s: %s", name, s.name, f.ID, f.Help, f.Where)
			}
		}
	}
	b.look(light)
}

// TestFromTheSetUpTokenToASecondPersonAtTheDesk sets Silkwire up as its first
// admin does, adds an analyst, and signs in as both.
func TestFromTheSetUpTokenToASecondPersonAtTheDesk(t *testing.T) {
	chromium(t)
	file := filepath.Join(t.TempDir(), "silkwire.yaml")
	if err := os.WriteFile(file, []byte("listen: 127.0.0.1:0\noutlets: []\ndigests: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, "serve", "-c", file)
	token := setupToken.FindStringSubmatch(s.out.String())
	if token == nil {
		t.Fatalf("the log shows no set-up token:\n%s", s.out)
	}
	b := browse(t, s)
	b.open("/setup")
	b.looked("setup")
	b.fill("#token", token[1])
	b.fill("#name", "amina")
	b.fill("#password", "caravan saddle melon wind")
	b.follow(chromedp.Click(chromedp.CSS("form.sheet button")))
	if b.path() != "/people" {
		t.Fatalf("the set-up leads to %s", b.path())
	}
	b.fill("#name", "bek@example.org")
	b.do(chromedp.SetValue(chromedp.CSS("form.sheet #role"), "analyst"))
	b.follow(chromedp.Click(chromedp.CSS("form.sheet button")))
	b.looked("people")
	password := b.text("code.secret")
	b.open("/audit")
	b.looked("audit")
	b.open("/account")
	b.fill("#label", "nightly export")
	b.follow(chromedp.Click(chromedp.CSS("form[action='/account/tokens'] button")))
	b.looked("account")
	if secret := b.text("code.secret"); !strings.HasPrefix(secret, "silkwire_") {
		t.Errorf("the token is %q", secret)
	}
	b.follow(chromedp.Click(chromedp.CSS(".who-am-i button")))
	if b.path() != "/sign-in" {
		t.Errorf("signing out leads to %s", b.path())
	}
	b.open("/concepts?q=grant")
	b.looked("sign-in")
	b.fill("#name", "bek@example.org")
	b.fill("#password", "not the password at all")
	b.follow(chromedp.Click(chromedp.CSS("form.sheet button")))
	b.looked("sign-in-wrong")
	b.fill("#password", password)
	b.follow(chromedp.Click(chromedp.CSS("form.sheet button")))
	if b.path() != "/concepts?q=grant" {
		t.Errorf("signing in leads to %s", b.path())
	}
	b.open("/account")
	if says := b.text("main"); !strings.Contains(says, "bek@example.org, with the role of analyst") {
		t.Errorf("the account says %q", says)
	}
	if slices.Contains(b.links(), "/people") {
		t.Error("an analyst is led to the page of people")
	}
}
