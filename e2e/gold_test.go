package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// plain are two items of an outlet that means no harm.
func plain() []entry {
	return []entry{
		{Title: "China offers Uzbekistan 120 scholarships", Link: "https://news.example.org/1", GUID: "1", Date: time.Now().UTC().Format(time.RFC1123Z),
			Text: "<p>The Chinese embassy in Tashkent gave 120 scholarships to students from Uzbekistan on Monday.</p><p>They will study at universities in Beijing.</p>"},
		{Title: "Snow closes the mountain road", Link: "https://news.example.org/2", GUID: "2", Date: time.Now().UTC().Format(time.RFC1123Z),
			Text: "<p>Heavy snow has closed the road over the pass. Drivers are asked to wait.</p>"},
	}
}

// signIn goes to a page that asks who is there, and answers.
func (b *tab) signIn(name, page string) {
	b.t.Helper()
	b.open(page)
	if !strings.HasPrefix(b.path(), "/sign-in") {
		b.t.Fatalf("%s is open to everybody", page)
	}
	b.fill("#name", name)
	b.fill("#password", password)
	b.follow(chromedp.Click(chromedp.CSS("form.sheet button")))
	if b.path() != page {
		b.t.Fatalf("signing in for %s leads to %s", page, b.path())
	}
}

// TestWhatASignedInAnalystSaysBecomesGoldAndTheDeskIsClosedBehindThem signs
// in, rejects one tag and finishes the item, signs out, and measures the
// tagger on what was said.
func TestWhatASignedInAnalystSaysBecomesGoldAndTheDeskIsClosedBehindThem(t *testing.T) {
	chromium(t)
	s := newsroom(t, "Loopback News", plain(), map[string]string{"amina": "analyst"})
	b := browse(t, s)
	b.signIn("amina", "/review")
	b.open("/?q=scholarships")
	b.follow(chromedp.Click(chromedp.CSS(".row h3 a")))
	item := strings.TrimPrefix(b.path(), "/items/")
	wrong := strings.TrimPrefix(ask(b, chromedp.Evaluate[string](`document.querySelector('#tags .judge [data-key="r"]').value`)), "reject ")
	b.sent(chromedp.Click(chromedp.CSS(`#tags .judge [data-key="r"]`)))
	b.sent(chromedp.Click(chromedp.CSS(`#judge [data-key="v"]`)))
	b.sent(chromedp.Click(chromedp.CSS(`#judge [data-key="d"]`)))
	b.open("/items/" + item)
	if log := b.text("ol.log"); !strings.Contains(log, "amina") {
		t.Errorf("the review does not say whose it is: %s", log)
	}
	b.follow(chromedp.Click(chromedp.CSS(".who-am-i form button")))
	for _, closed := range []string{"/", "/review", "/items/" + item} {
		b.open(closed)
		if !strings.HasPrefix(b.path(), "/sign-in") {
			t.Errorf("after signing out, %s is still open", closed)
		}
	}
	mustBeGold(t, s, item, wrong)
}

// mustBeGold exports the reviews as gold: the item is in it, the rejected tag
// is not, and eval finds that the tagger said one thing too many.
func mustBeGold(t *testing.T, s *site, item, wrong string) {
	t.Helper()
	gold := run(t, s.home, "", "review", "export", "--as", "gold", "-c", s.configured())
	var labelled struct {
		ID       string
		Relevant bool
		Tags     []struct{ ID string }
	}
	if err := json.Unmarshal([]byte(gold), &labelled); err != nil {
		t.Fatalf("%v in %q", err, gold)
	}
	var tags []string
	for _, tag := range labelled.Tags {
		tags = append(tags, tag.ID)
	}
	if labelled.ID != item || !labelled.Relevant || len(tags) == 0 {
		t.Errorf("the gold is %s", gold)
	}
	if slices.ContainsFunc(tags, func(id string) bool { return strings.HasSuffix(wrong, id) }) {
		t.Errorf("%s was rejected and is in the gold %q", wrong, tags)
	}
	file := filepath.Join(s.home, "gold.jsonl")
	if err := os.WriteFile(file, []byte(gold), 0o600); err != nil {
		t.Fatal(err)
	}
	out := run(t, s.home, "", "eval", "--gold", file, "--json")
	var report struct {
		All struct {
			Tags struct{ TP, FP, FN int }
		}
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v in %q", err, out)
	}
	if got := report.All.Tags; got.TP < len(tags) || got.FP != 1 || got.FN != 0 {
		t.Errorf("where one tag was rejected, eval finds %+v", got)
	}
}
