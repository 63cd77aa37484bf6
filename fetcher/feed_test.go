package fetcher

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"silkwire/news"
)

func parse(t *testing.T, text string) Document {
	t.Helper()
	doc, err := ParseFile("test", []byte(text), "http://example.org/dir/feed", "", visitTime)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func within(t *testing.T, limit time.Duration, work func()) {
	t.Helper()
	best := time.Hour
	for range 3 { // a busy machine is no fault of ours
		start := time.Now()
		work()
		if best = min(best, time.Since(start)); best <= limit {
			return
		}
	}
	t.Errorf("took %v, allowed were %v", best, limit)
}

// F1, F2: entities are neither multiplied nor fetched.
func TestEntitiesOfADocumentAreNotExpanded(t *testing.T) {
	bomb := `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><item><title>&c; and &x;</title><link>http://example.org/1</link></item></channel></rss>`
	within(t, 50*time.Millisecond, func() {
		doc := parse(t, bomb)
		if got := doc.Items[0].Title; strings.Contains(got, "lollol") || strings.Contains(got, "root:") || got == "" {
			t.Errorf("%q", got)
		}
	})
}

// F3.
func TestDeepNestingIsRefusedQuickly(t *testing.T) {
	within(t, time.Second, func() {
		_, err := ParseFile("deep", []byte("<rss><channel>"+strings.Repeat("<a>", 1_000_000)), "", "", visitTime)
		if err == nil || !strings.Contains(err.Error(), "nested deeper") {
			t.Errorf("%v", err)
		}
	})
}

// F4: of too many items the newest are kept, in the document's order.
func TestOfTooManyItemsTheNewestAreKept(t *testing.T) {
	var b strings.Builder
	b.WriteString("<rss version='2.0'><channel><title>x</title>")
	for i := range 5000 {
		fmt.Fprintf(&b, "<item><title>n%d</title><link>http://example.org/%d</link><pubDate>%s</pubDate></item>", i, i, visitTime.Add(-time.Duration(5000-i)*time.Hour).Format(time.RFC1123Z))
	}
	b.WriteString("</channel></rss>")
	doc := parse(t, b.String())
	if len(doc.Items) != maxItems || doc.Items[0].Title != "n4000" || doc.Items[999].Title != "n4999" || doc.Total != 5000 || len(doc.Notes) == 0 {
		t.Errorf("%d items, first %q, notes %v", len(doc.Items), doc.Items[0].Title, doc.Notes)
	}
}

// F5.
func TestFieldsAreBounded(t *testing.T) {
	doc := parse(t, rssOf("<item><title>"+strings.Repeat("ы", 5<<20)+"</title><link>http://example.org/1</link><guid>"+strings.Repeat("g", 1<<20)+"</guid></item>"))
	if n := len(doc.Items[0].Title); n > 2000 || n < 1990 || len(doc.Items[0].GUID) > 2<<10 {
		t.Errorf("title of %d bytes, guid of %d", n, len(doc.Items[0].GUID))
	}
}

// F6, F25: wherever a feed is cut or broken, the complete items are kept.
func TestBrokenFeedsGiveWhatIsComplete(t *testing.T) {
	items := []string{rssItem(1), rssItem(2), rssItem(3)}
	whole := rssOf(items...)
	for _, cut := range []string{"</channel>", "</item></channel>", "<pubDate>Mon, 23 Nov 2026 13", "Xabar 3"} {
		doc := parse(t, whole[:strings.LastIndex(whole, cut)])
		if want := 2 + strings.Count(cut, "</channel>") - strings.Count(cut, "</item>"); len(doc.Items) != want || !doc.Partial {
			t.Errorf("cut at %q: %d items, want %d, partial %v", cut, len(doc.Items), want, doc.Partial)
		}
	}
	for name, broken := range map[string]string{
		"unclosed tags":     rssOf(rssItem(1), "<item><title>Two<b>bold<link>http://example.org/2</link></item>", rssItem(3)),
		"a stray end tag":   rssOf(rssItem(1), "</div>", rssItem(2), rssItem(3)),
		"a bare ampersand":  rssOf(rssItem(1), "<item><title>A & B < C</title><link>http://example.org/?a=1&b=2</link></item>", rssItem(3)),
		"]]> in the text":   rssOf(rssItem(1), "<item><title><![CDATA[a]]]]><![CDATA[>b]]> ]]></title><link>http://example.org/2</link></item>", rssItem(3)),
		"an unclosed item":  rssOf(rssItem(1), "<item><title>Two</title><link>http://example.org/2</link>", rssItem(3)),
		"a bad tag name":    rssOf(rssItem(1), "<item><title>Two <3 hearts</title><link>http://example.org/2</link></item>", rssItem(3)),
		"a bad comment":     rssOf(rssItem(1), "<!-- a -- b --><item><title>Two</title><link>http://example.org/2</link></item>", rssItem(3)),
		"blank lines first": "\n\n  " + rssOf(rssItem(1), rssItem(2), rssItem(3)),
		"junk attributes":   rssOf(rssItem(1), `<item x y=1 z="a<b"><title>Two</title><link>http://example.org/2</link></item>`, rssItem(3)),
	} {
		if doc := parse(t, broken); len(doc.Items) != 3 {
			t.Errorf("%s: %d items", name, len(doc.Items))
		}
	}
	doc := parse(t, rssOf("<item><title>A & B < C</title><link>http://example.org/?a=1&b=2</link></item>"))
	if doc.Items[0].Title != "A & B < C" || doc.Items[0].URL != "http://example.org/?a=1&b=2" {
		t.Errorf("%+v", doc.Items[0])
	}
}

// F14.
func TestEveryFeedFormatIsRead(t *testing.T) {
	for name, text := range map[string]string{
		"RSS 0.91": `<rss version="0.91"><channel><item><title>T</title><link>http://example.org/1</link><description>S</description></item></channel></rss>`,
		"RSS 1.0": `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>c</title></channel>
<item rdf:about="http://example.org/1"><title>T</title><link>http://example.org/1</link><description>S</description><dc:date>2026-11-23T14:05:00+05:00</dc:date></item></rdf:RDF>`,
		"Atom 0.3":      `<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>T</title><link rel="alternate" href="http://example.org/1"/><summary>S</summary><issued>2026-11-23T14:05:00+05:00</issued></entry></feed>`,
		"Atom 1.0":      `<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>T</title><link href="http://example.org/1"/><id>urn:1</id><summary>S</summary><published>2026-11-23T14:05:00+05:00</published></entry></feed>`,
		"JSON Feed 1.0": `{"version":"https://jsonfeed.org/version/1","title":"c","items":[{"id":"1","url":"http://example.org/1","title":"T","summary":"S","content_html":"<p>x</p>","date_published":"2026-11-23T14:05:00+05:00"}]}`,
		"JSON Feed 1.1": `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":1,"url":"http://example.org/1","title":"T","summary":"S","content_text":"x"}]}`,
	} {
		doc := parse(t, text)
		if len(doc.Items) != 1 || doc.Items[0].Title != "T" || doc.Items[0].URL != "http://example.org/1" || doc.Items[0].Summary != "S" {
			t.Errorf("%s: %+v", name, doc)
		}
		if at := doc.Items[0].Published; strings.Contains(text, "14:05") && !at.Equal(time.Date(2026, 11, 23, 9, 5, 0, 0, time.UTC)) {
			t.Errorf("%s: published %v", name, at)
		}
	}
}

// F13.
func TestJSONThatIsNoFeedIsRefusedAndSloppyJSONIsRead(t *testing.T) {
	for _, text := range []string{"null", "[]", "{}", `{"items":7}`, `{"items":`, strings.Repeat("[", 100000)} {
		if doc, err := ParseFile("x", []byte(text), "", "", visitTime); err == nil && len(doc.Items) > 0 {
			t.Errorf("%.40s gave %+v", text, doc.Items)
		}
	}
	doc := parse(t, `{"version":"https://jsonfeed.org/version/1.1","title":7,"items":[{"id":1e400,"url":"http://example.org/1","title":"T","tags":"x"},null,4,{"url":"http://example.org/2","title":["a"]}]}`)
	if len(doc.Items) != 2 || doc.Items[0].Title != "T" {
		t.Errorf("%+v", doc.Items)
	}
}

// F15–F18: identity.
func TestItemsKeepTheirIdentity(t *testing.T) {
	item := func(link, guid, title string) string {
		return "<item><title>" + title + "</title><link>" + link + "</link><guid isPermaLink='false'>" + guid + "</guid></item>"
	}
	first := parse(t, rssOf(item("http://example.org/1?utm_source=a#x", "g1", "One")))
	second := parse(t, rssOf(item("https://www.example.org/1/?utm_medium=b", "g2", "One")))
	if first.Items[0].ID != second.Items[0].ID {
		t.Error("a changing guid or tracking parameter changed the item (F17, F18)")
	}
	same := parse(t, rssOf(item("http://example.org/1", "g", "One"), item("http://example.org/2", "g", "Two"), item("http://example.org/3", "g", "Three")))
	if same.Items[0].ID == same.Items[1].ID || same.Items[0].GUID != "" {
		t.Errorf("a guid shared by all is believed (F16): %+v", same.Items)
	}
	none := parse(t, rssOf("<item><title>One</title></item>", "<item><title>Two</title></item>"))
	if none.Items[0].ID == none.Items[1].ID || none.Items[0].ID != parse(t, rssOf("<item><title>One</title></item>")).Items[0].ID {
		t.Error("items without guid and address are not known by what they say (F15)")
	}
	front := parse(t, rssOf(item("http://example.org/", "a", "One"), item("http://example.org/", "b", "Two"), item("http://example.org/", "c", "Three")))
	if front.Items[0].ID == front.Items[1].ID {
		t.Error("items that all link to the front page are one")
	}
}

// F23, S13.
func TestLinksAreResolvedOrDropped(t *testing.T) {
	for link, want := range map[string]string{
		"/a": "http://example.org/a", "b": "http://example.org/dir/b", "//cdn.example.org/c": "http://cdn.example.org/c", "https://u:p@example.org/d": "https://example.org/d",
		"javascript:alert(1)": "", "data:text/html,x": "", "mailto:a@b": "", "http://example.org/" + strings.Repeat("x", 3000): "", "http://пример.рф/e": "http://пример.рф/e",
		"http://example.org/a b": "http://example.org/a%20b",
	} {
		doc := parse(t, rssOf("<item><title>x</title><link>"+link+"</link></item>"))
		got := doc.Items[0].URL
		if want == "http://пример.рф/e" {
			got = strings.Replace(got, "%D0%BF%D1%80%D0%B8%D0%BC%D0%B5%D1%80.%D1%80%D1%84", "пример.рф", 1)
		}
		if got != want {
			t.Errorf("%.60s: %q", link, got)
		}
	}
	based := parse(t, `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://base.example.org/x/"><entry xml:base="y/"><title>T</title><link href="z"/></entry></feed>`)
	if based.Items[0].URL != "http://base.example.org/x/y/z" {
		t.Errorf("xml:base: %q", based.Items[0].URL)
	}
}

// F22: the order of a feed is kept, and no item is from the future.
func TestNoItemIsFromTheFuture(t *testing.T) {
	doc := parse(t, rssOf("<item><title>a</title><pubDate>Thu, 01 Jan 2099 00:00:00 GMT</pubDate></item>", "<item><title>b</title><pubDate>never</pubDate></item>", "<item><title>c</title><pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate></item>"))
	if !doc.Items[0].Published.Equal(visitTime) || !doc.Items[1].Published.IsZero() || doc.Items[2].Published.Hour() != 10 || doc.Items[2].Title != "c" {
		t.Errorf("%+v", doc.Items)
	}
}

// RFC 4287, 4.2.1.
func TestAnEntryWithoutAuthorsHasThoseOfItsFeed(t *testing.T) {
	doc := parse(t, `<feed xmlns="http://www.w3.org/2005/Atom"><title>Feed</title><author><name>Desk</name></author>
<entry><title>own</title><id>a:1</id><author><name>Aigul</name></author></entry>
<entry><title>taken over</title><id>a:2</id><source><title>Other</title><author><name>Other desk</name></author></source></entry>
<entry><title>none</title><id>a:3</id></entry></feed>`)
	for i, want := range []string{"Aigul", "Other desk", "Desk"} {
		if got := strings.Join(doc.Items[i].Authors, ", "); got != want {
			t.Errorf("%s: authors %q, want %q", doc.Items[i].Title, got, want)
		}
	}
}

func TestTextThatIsDeclaredToBeTextKeepsItsBrackets(t *testing.T) {
	entry := func(kind, words string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry><id>a:1</id><title type="` + kind + `">` + words + `</title><summary type="` + kind + `">` + words + `</summary></entry></feed>`
	}
	for _, c := range []struct{ kind, words, want string }{
		{"text", "The &lt;em> element", "The <em> element"},
		{"text/plain", "if 1 &lt; 2 and 3 > 2", "if 1 < 2 and 3 > 2"},
		{"text", "a &lt;b>loud&lt;/b> claim", "a loud claim"}, // not as it is declared
		{"html", "The &lt;em> element", "The element"},
	} {
		it := parse(t, entry(c.kind, c.words)).Items[0]
		if it.Title != c.want || it.Summary != c.want {
			t.Errorf("%s %q: title %q, summary %q; want %q", c.kind, c.words, it.Title, it.Summary, c.want)
		}
	}
}

func TestAuthorsAreNames(t *testing.T) {
	for written, want := range map[string]string{
		"me@example.org (Example Editor)": "Example Editor", "Example Editor (me@example.org)": "Example Editor", "Example Editor <me@example.org>": "Example Editor",
		"me@example.org": "me@example.org", "Example Editor": "Example Editor", "": "",
	} {
		doc := parse(t, rssOf("<item><title>x</title><author>"+strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(written)+"</author></item>"))
		if got := strings.Join(doc.Items[0].Authors, ", "); got != want {
			t.Errorf("%q: %q", written, got)
		}
	}
}

// F24, politeness 6.
func TestWishesOfServersAreHeardAndBounded(t *testing.T) {
	header := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Set(pairs[i], pairs[i+1])
		}
		return h
	}
	for name, test := range map[string]struct {
		hints  hints
		header http.Header
		want   time.Duration
	}{
		"nothing":              {hints{}, header(), 0},
		"ttl":                  {hints{every: clampEvery(2 * time.Hour)}, header(), 2 * time.Hour},
		"a silly ttl":          {hints{every: clampEvery(-1)}, header(), time.Hour},
		"an endless ttl":       {hints{every: clampEvery(1e6 * time.Minute)}, header(), 24 * time.Hour},
		"max-age less age":     {hints{}, header("Cache-Control", "public, max-age=7200, s-maxage=9", "Age", "600"), 110 * time.Minute},
		"no-cache voids it":    {hints{}, header("Cache-Control", "max-age=7200, no-cache"), 0},
		"a year":               {hints{}, header("Cache-Control", "max-age=31536000"), longestWait},
		"a silly max-age":      {hints{}, header("Cache-Control", "max-age=abc"), 0},
		"an overflowing age":   {hints{}, header("Cache-Control", "max-age=99999999999999999999999"), longestWait},
		"expires":              {hints{}, header("Expires", "Tue, 24 Nov 2026 12:00:00 GMT", "Date", "Tue, 24 Nov 2026 10:00:00 GMT"), 2 * time.Hour},
		"expired":              {hints{}, header("Expires", "0"), 0},
		"max-age over expires": {hints{}, header("Expires", "Tue, 24 Nov 2030 12:00:00 GMT", "Cache-Control", "max-age=60"), time.Minute},
		"hours to skip":        {hints{skipHours: []int{10, 11}}, header(), 3 * time.Hour},
		"days to skip":         {hints{skipDays: []time.Weekday{time.Tuesday}}, header(), 15 * time.Hour},
	} {
		if got := test.hints.wait(test.header, visitTime); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

// N35.
func TestRetryAfterIsReadInAllItsForms(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"0": 0, "-5": 0, "120": 2 * time.Minute, "1e9": 0, "99999999999999999999": longestWait, "abc": 0, "": 0,
		"Tue, 24 Nov 2026 10:00:00 GMT": time.Hour, "Tuesday, 24-Nov-26 10:00:00 GMT": time.Hour, "Tue Nov 24 10:00:00 2026": time.Hour,
		"Tue, 24 Nov 2026 15:00:00 +0500": time.Hour, "tue, 24 nov 2026 10:00:00 gmt": time.Hour, "Mon, 23 Nov 2026 10:00:00 GMT": 0,
	} {
		// The server's clock is an hour slow, and so are its dates.
		h := http.Header{"Retry-After": {value}, "Date": {"Tue, 24 Nov 2026 09:00:00 GMT"}}
		if got := retryAfter(h, visitTime.Add(time.Hour)); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

func TestAFileIsReadForWhatItIs(t *testing.T) {
	for kind, text := range map[string]string{
		"feed":     rssOf(rssItem(1)),
		"sitemap":  `<?xml version="1.0"?><urlset><url><loc>http://example.org/2026/11/23/a</loc></url></urlset>`,
		"telegram": `<html><body><section class="tgme_channel_history">` + post(1) + `</section></body></html>`,
		"article":  article("Bir xabar"),
		"listing":  `<html><body>` + strings.Repeat(`<a href="/2026/11/23/x">Yangi markaz ochildi degan xabar</a>`, 1) + links(8) + `</body></html>`,
	} {
		doc := parse(t, strings.ReplaceAll(text, "BASE", "http://example.org"))
		if doc.Kind != kind || len(doc.Items) == 0 {
			t.Errorf("%s was read as %s with %d items", kind, doc.Kind, len(doc.Items))
		}
		for _, it := range doc.Items {
			if it.ID == "" {
				t.Errorf("%s: an item without identity", kind)
			}
		}
	}
	for _, text := range []string{"", "   ", "%PDF-1.4", "no markup at all", "\x1f\x8bbroken"} {
		if _, err := ParseFile("x", []byte(text), "", "", visitTime); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func links(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<p><a href="/2026/11/2%d/xabar-%d">Yangi markaz ochildi degan xabar %d</a></p>`, i%5, i, i)
	}
	return b.String()
}

func FuzzFeed(f *testing.F) {
	f.Add([]byte(rssOf(rssItem(1), rssItem(2))))
	f.Add([]byte(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">&lt;b></title></entry></feed>`))
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1","items":[{"id":"1"}]}`))
	f.Add([]byte(`<rss><channel><item><![CDATA[<item>]]></item><item`))
	f.Add([]byte(`<urlset><url><loc>http://a/</loc></url>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := ParseFile("fuzz", data, "http://example.org/", "", visitTime)
		if err != nil {
			return
		}
		if len(doc.Items) > maxItems {
			t.Errorf("%d items", len(doc.Items))
		}
		for _, it := range doc.Items {
			if it.ID == "" || it.Published.After(visitTime) || strings.ContainsAny(it.Title, "\n\r\x00") || len(it.Title) > 2000 {
				t.Errorf("%+v", it)
			}
			if it.URL != "" && news.CanonicalURL(it.URL) == "" {
				t.Errorf("address %q", it.URL)
			}
		}
	})
}
