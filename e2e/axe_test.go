package e2e

import (
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// axe is the source of axe-core, which SILKWIRE_AXE names. The test skips
// where nobody named it, unless CI asks for it.
func axe(t *testing.T) string {
	t.Helper()
	file := os.Getenv("SILKWIRE_AXE")
	switch {
	case file != "":
	case os.Getenv("SILKWIRE_CI") != "":
		t.Fatal("CI has no axe-core: SILKWIRE_AXE is not set")
	default:
		t.Skip("SILKWIRE_AXE does not name an axe.min.js")
	}
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}

// finding is what axe-core has against a page.
type finding struct {
	ID, Help, Where string
}

// audit returns what axe-core has against the page that is open.
func (b *tab) audit(source string) []finding {
	b.t.Helper()
	ask(b, chromedp.Evaluate[bool](source+"; true"))
	return ask(b, chromedp.Evaluate[[]finding](`axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.flatMap(v =>
		v.nodes.slice(0, 3).map(n => ({ID: v.id, Help: v.help, Where: n.target.join(" ") + ": " + n.html.slice(0, 160)}))))`, chromedp.EvalAwaitPromise))
}

// links are the addresses of the site that the open page leads to.
func (b *tab) links() []string {
	b.t.Helper()
	return ask(b, chromedp.Evaluate[[]string](`[...document.querySelectorAll("a[href]")].filter(a => a.origin === location.origin && !a.hasAttribute("download"))
		.map(a => a.pathname + a.search)`))
}

// shape is what kind of page an address leads to: all items are one kind, and
// so are all searches on a page.
func shape(address string) string {
	p, query, _ := strings.Cut(address, "?")
	parts := strings.Split(strings.Trim(p, "/"), "/")
	if len(parts) == 2 && parts[0] != "counts" && parts[0] != "review" {
		p = "/" + parts[0] + "/*"
	}
	if strings.Contains("&"+query, "&q=") {
		p += "?q"
	}
	return p
}

// isPage leaves out what is for machines and what is taken away as a file.
func isPage(address string) bool {
	p, query, _ := strings.Cut(address, "?")
	for _, prefix := range []string{"/api/", "/static/", "/metrics", "/export", "/healthz", "/livez", "/readyz"} {
		if strings.HasPrefix(p, prefix) {
			return false
		}
	}
	return !strings.Contains(query, "format=") && !slices.Contains([]string{".csv", ".json", ".jsonl", ".xlsx", ".atom", ".yaml", ".txt", ".svg"}, path.Ext(p))
}

// mostPages bounds the walk through the site.
const mostPages = 80

// TestEveryPageCanBeUsedWithoutEyes walks from the front page to one page of
// each kind and asks axe-core about it, in light and dark.
func TestEveryPageCanBeUsedWithoutEyes(t *testing.T) {
	chromium(t)
	source := axe(t)
	b := browse(t, demo(t))
	kinds, told := map[string]bool{shape("/"): true}, map[finding]bool{}
	for queue := []string{"/"}; len(queue) > 0 && len(kinds) <= mostPages; queue = queue[1:] {
		for _, s := range []screen{light, dark} {
			b.look(s)
			b.open(queue[0])
			for _, f := range b.audit(source) {
				if !told[f] {
					told[f] = true
					t.Errorf("%s (%s): %s: %s: %s", queue[0], s.name, f.ID, f.Help, f.Where)
				}
			}
		}
		b.picture("page" + strings.NewReplacer("/", "-", "?", "-", "*", "one").Replace(shape(queue[0])))
		for _, next := range b.links() {
			if kind := shape(next); isPage(next) && !kinds[kind] {
				kinds[kind] = true
				queue = append(queue, next)
			}
		}
	}
	if len(kinds) < 8 {
		t.Errorf("only %d kinds of page were found", len(kinds))
	}
	t.Logf("%d kinds of page", len(kinds))
}
