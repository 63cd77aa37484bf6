package e2e

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// fire is what a hostile string runs where it can: the tab hears it.
const fire = `console.error(1)`

// corpus are strings that would run in a page that did not keep them as text.
func corpus() []string {
	return []string{
		`<script>` + fire + `</script>`,
		`"><img src=x onerror=` + fire + `>`,
		`'><svg/onload=` + fire + `>`,
		`" autofocus onfocus="` + fire + `" x="`,
		`javascript:` + fire,
		"java\tscript:" + fire,
		`&#106;avascript:` + fire,
		`data:text/html,<script>` + fire + `</script>`,
		`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=` + fire + `&gt;">`,
		`<noscript><p title="</noscript><img src=x onerror=` + fire + `>">`,
		`</title></textarea></style><template><img src=x onerror=` + fire + `></template><img srcset=x onerror=` + fire + `>`,
		`<iframe srcdoc="<script>parent.` + fire + `</script>"></iframe><object data="javascript:` + fire + `"></object>`,
		`<base href="//evil.example/"><meta http-equiv=refresh content="0;url=javascript:` + fire + `"><form action="javascript:` + fire + `"><button>x</button></form>`,
		`<a href="javascript:` + fire + `" style="position:fixed;inset:0">x</a><details open ontoggle=` + fire + `>`,
		`]]>{{.Title}}<!--><script>` + fire + `</script>-->`,
	}
}

// escaped is what a feed writes that means the very characters of a text where
// feeds may hold markup.
func escaped(x string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(x)
}

// poisoned are entries with a hostile string in every field, as markup and as
// text, beside words that bring tags and events, so that it is counted and
// quoted too.
func poisoned() (entries []entry) {
	for i, x := range corpus() {
		says := fmt.Sprintf("China gave Uzbekistan %d scholarships, the embassy said. ", 101+i)
		both := says + x + " " + escaped(x)
		entries = append(entries, entry{
			Title: both, Link: x, GUID: fmt.Sprint(x, i), Author: escaped(x), Category: []string{escaped(x), both}, Date: time.Now().UTC().Format(time.RFC1123Z),
			Summary: both, Text: "<p>" + says + x + "</p><p>" + escaped(x) + " " + says + "</p>",
		})
		if i%2 == 0 { // an address that is one, with the string in it
			entries[i].Link = "https://news.example.org/" + fmt.Sprint(i) + "?x=" + x
		}
	}
	return entries
}

// unguarded has the browser ignore the policy that forbids scripts in pages, so
// that a string that is not kept as text runs: it is the second wall, and this
// tests the first.
func (b *tab) unguarded() {
	b.t.Helper()
	ask(b, func(ctx context.Context, _ *chromedp.Target) (cdp.Empty, error) {
		return chromedp.Call(ctx, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: true})
	})
}

// foreign are the elements and attributes of the open page that are not ours:
// what could run, leads to no page, or loads something from elsewhere.
func (b *tab) foreign() []string {
	b.t.Helper()
	return ask(b, chromedp.Evaluate[[]string](`[...document.querySelectorAll("*")].flatMap(e => {
		const bad = [], name = e.localName;
		if (["iframe", "object", "embed", "base", "math", "noscript", "template", "img", "style"].includes(name)
			&& !(name === "iframe" && e.getAttribute("sandbox") !== null && e.src.startsWith(location.origin + "/mails/"))) bad.push("<" + name + ">");
		if (name === "script" && !(e.src || "").startsWith(location.origin + "/static/")) bad.push("a script that is not ours");
		for (const a of e.attributes) {
			if (a.name.startsWith("on") || ["style", "srcset", "srcdoc"].includes(a.name)) bad.push(name + " " + a.name + "=" + a.value);
			if (["href", "src", "action", "formaction", "xlink:href"].includes(a.name) && !["http:", "https:"].includes(new URL(a.value, location.href).protocol)) bad.push(name + " " + a.name + "=" + a.value);
		}
		if ((e.action || e.formAction) && !String(e.action || e.formAction).startsWith(location.origin)) bad.push(name + " sends to " + (e.action || e.formAction));
		return bad;
	})`))
}

// inert goes to a page and points at what is highlighted on it; nothing that
// came from outside may be more than text.
func (b *tab) inert(address string) {
	b.t.Helper()
	b.open(address)
	b.inertHere()
}

// inertHere is inert of the page that is open.
func (b *tab) inertHere() {
	b.t.Helper()
	address := b.path()
	ask(b, chromedp.Evaluate[bool](`document.querySelectorAll("details").forEach(d => d.open = true); document.querySelectorAll("mark, a").forEach(m => m.focus()); true`))
	for _, bad := range b.foreign() {
		b.t.Errorf("%s: %s", address, bad)
	}
	if fired := b.mishaps(); len(fired) > 0 {
		b.t.Fatalf("on %s or just before it something fired: %q", address, fired)
	}
}

// TestNothingThatAnOutletOrAnAnalystWritesRunsInThePages reads an outlet with
// hostile strings in every field, has an analyst write more of them wherever
// there is something to write, and then looks at every item, at every kind of
// page, and at searches for them.
func TestNothingThatAnOutletOrAnAnalystWritesRunsInThePages(t *testing.T) { // X1
	chromium(t)
	s := newsroom(t, corpus()[0], poisoned(), map[string]string{"amina": "admin"})
	b := browse(t, s)
	b.unguarded()
	b.signIn("amina", "/account")
	b.inert("/?all=1")
	queue := b.links()
	for _, x := range corpus()[:2] {
		if !strings.Contains(b.text("main .results"), x) {
			t.Errorf("%q has not come as far as the front page", x)
		}
	}
	b.writeEverywhere()
	for _, x := range corpus() {
		q := url.QueryEscape(x)
		queue = append(queue, "/?q="+q, "/?q=actor:"+q)
	}
	q := url.QueryEscape(corpus()[1])
	queue = append(queue, "/?all=1&outlet="+q+"&lang="+q+"&country="+q+"&cursor="+q+"&sort="+q, "/concepts?q="+q, "/counts/matrix?rows="+q+"&cols="+q+"&q="+q,
		"/counts/compare?a="+q+"&b="+q, "/counts/concordance?word="+q, "/review?queue="+q+"&concept="+q, "/items/"+url.PathEscape(corpus()[1]), "/sign-in?next="+q)
	kinds, seen := map[string]bool{}, map[string]bool{}
	for ; len(queue) > 0; queue = queue[1:] {
		address := queue[0]
		if seen[address] || !isPage(address) {
			continue
		}
		kind := shape(address)
		mine := strings.HasPrefix(address, "/items/") || strings.Contains(address, "q=%") || strings.Contains(address, q)
		if kinds[kind] && !mine {
			continue
		}
		kinds[kind], seen[address] = true, true
		b.inert(address)
		if len(kinds) < mostPages {
			queue = append(queue, b.links()...)
		}
	}
	if len(kinds) < 20 {
		t.Errorf("only %d kinds of page were found", len(kinds))
	}
	t.Logf("%d pages of %d kinds", len(seen), len(kinds))
}

// writeEverywhere puts hostile strings into what people write: the note and
// the quote of a review, a profile, the label of a token.
func (b *tab) writeEverywhere() {
	b.t.Helper()
	b.follow(chromedp.Click(chromedp.CSS(".row h3 a")))
	set := func(selector, text string) {
		ask(b, chromedp.Evaluate[bool](fmt.Sprintf(`document.querySelector(%q).value = %q; true`, selector, text)))
	}
	item := b.path()
	set(`textarea[name="note"]`, strings.Join(corpus(), " "))
	ask(b, chromedp.Evaluate[bool](`document.querySelectorAll("details").forEach(d => d.open = true); true`))
	b.sent(chromedp.Click(chromedp.CSS(`button[value="note"]`)))
	b.open(item)
	if log := b.text("ol.log"); !strings.Contains(log, fire) {
		b.t.Errorf("the hostile note is not kept: %s", log)
	}
	b.inertHere()
	b.open("/profiles/new")
	for _, field := range []string{"id", "query", "to", "channels", "schedule", "timezone", "max_stories"} {
		set("#f-"+field, corpus()[3])
	}
	b.follow(chromedp.Click(chromedp.CSS(`button[value="save"]`)))
	b.inertHere()
	b.open("/account")
	set("#label", corpus()[1])
	b.follow(chromedp.Click(chromedp.CSS("form[action='/account/tokens'] button")))
	b.inertHere()
}
