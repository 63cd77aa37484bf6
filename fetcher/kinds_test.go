package fetcher

import (
	"encoding/base64"
	"fmt"
	"html"
	"strings"
	"testing"
	"time"

	"silkwire/news"
)

// shape says what is compared of an item, in one line.
func shape(it news.Item) string {
	parts := []string{"title=" + it.Title, "url=" + it.URL, "guid=" + it.GUID, "summary=" + it.Summary, "text=" + it.Text,
		"authors=" + strings.Join(it.Authors, "|"), "categories=" + strings.Join(it.Categories, "|"), "lang=" + it.Lang}
	if !it.Published.IsZero() {
		parts = append(parts, "published="+it.Published.UTC().Format("2006-01-02T15:04:05"))
	}
	var out []string
	for _, p := range parts {
		if !strings.HasSuffix(p, "=") {
			out = append(out, p)
		}
	}
	return strings.Join(out, "; ")
}

// Envelopes of the kinds of feed.
const (
	atom03 = `<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry>%s</entry></feed>`
	atom10 = `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"><entry>%s</entry></feed>`
	rss20  = `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"
 xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:media="http://search.yahoo.com/mrss/" xmlns:xhtml="http://www.w3.org/1999/xhtml" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"><channel><item>%s</item></channel></rss>`
	rdf = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="http://e.example/"><title>C</title></channel><item rdf:about="http://e.example/1">%s</item></rdf:RDF>`
)

// F14, F23: every field, wherever the kinds of feed keep it.
func TestEveryKindOfFeedKeepsItsFields(t *testing.T) {
	for name, test := range map[string]struct{ in, document, want string }{
		"RSS: description and content":       {rss20, `<content:encoded><![CDATA[<p>C</p>]]></content:encoded><description>D</description>`, "summary=D; text=C"},
		"RSS: a body of XHTML":               {rss20, `<body xmlns="http://www.w3.org/1999/xhtml"><p>C</p></body>`, "text=C"},
		"RSS: a prefixed body":               {rss20, `<xhtml:body><p>C</p></xhtml:body>`, "text=C"},
		"RSS: fullitem":                      {rss20, `<fullitem>&lt;p&gt;C&lt;/p&gt;</fullitem>`, "text=C"},
		"RSS: dc:description":                {rss20, `<dc:description>D</dc:description>`, "summary=D"},
		"RSS: itunes:summary":                {rss20, `<itunes:summary>S</itunes:summary><itunes:subtitle>T</itunes:subtitle>`, "summary=S"},
		"RSS: itunes:subtitle":               {rss20, `<itunes:subtitle>T</itunes:subtitle>`, "summary=T"},
		"RSS: media:description":             {rss20, `<media:description>M</media:description>`, "summary=M"},
		"RSS: a group of media":              {rss20, `<media:group><media:title>T</media:title><media:description>D</media:description></media:group>`, "title=T; summary=D"},
		"RSS: a title with markup":           {rss20, `<title><![CDATA[Q & A <b>x</b>]]></title>`, "title=Q & A x"},
		"RSS: a title escaped twice":         {rss20, `<title>&amp;#8220;Hi&amp;#8221; &#8212; &amp;nbsp;x</title>`, "title=“Hi” — x"},
		"RSS: less than":                     {rss20, `<title>1 &lt; 2</title>`, "title=1 < 2"},
		"RSS: categories":                    {rss20, `<category>a</category><category domain="http://x.example">b</category><dc:subject>c</dc:subject>`, "categories=a|b|c"},
		"RSS: categories of media":           {rss20, `<media:category scheme="http://s.example" label="L">music</media:category>`, "categories=music"},
		"RSS: categories of podcasts":        {rss20, `<itunes:category text="Technology"/>`, "categories=Technology"},
		"RSS: a guid that is an address":     {rss20, `<guid>http://e.example/1</guid>`, "url=http://e.example/1; guid=http://e.example/1"},
		"RSS: a guid that is none":           {rss20, `<guid isPermaLink="false">http://e.example/1</guid>`, "guid=http://e.example/1"},
		"RSS: link before guid":              {rss20, `<link>http://e.example/l</link><guid isPermaLink="true">http://e.example/g</guid>`, "url=http://e.example/l; guid=http://e.example/g"},
		"RSS: an address escaped twice":      {rss20, `<link>http://e.example/?a=1&amp;amp;b=2</link>`, "url=http://e.example/?a=1&b=2"},
		"RSS: an address in CDATA":           {rss20, "<link><![CDATA[ http://e.example/?a=1&b=2 ]]>\n</link>", "url=http://e.example/?a=1&b=2"},
		"RSS: dcterms":                       {rss20, `<dcterms:issued>2003-12-31T10:14:55Z</dcterms:issued>`, "published=2003-12-31T10:14:55"},
		"RSS: prism":                         {rss20, `<prism:publicationDate>2003-12-31T10:14:55Z</prism:publicationDate>`, "published=2003-12-31T10:14:55"},
		"RDF":                                {rdf, `<title>T</title><link>http://e.example/1</link><description>D</description><dc:date>2004-01-01T19:48:21+05:00</dc:date><dc:creator>N</dc:creator><dc:subject>S</dc:subject>`, "title=T; url=http://e.example/1; guid=http://e.example/1; summary=D; authors=N; categories=S; published=2004-01-01T14:48:21"},
		"RDF: named by its address":          {rdf, `<title>T</title>`, "title=T; url=http://e.example/1; guid=http://e.example/1"},
		"Atom: another feed inside":          {atom10, `<source><title>S</title><id>other</id></source><id>own</id><title>T</title>`, "title=T; guid=own"},
		"Atom: links of all kinds":           {atom10, `<link rel="self" href="http://e.example/s"/><link rel="enclosure" href="http://e.example/e.mp3"/><link rel="related" href="http://e.example/r"/><link href="http://e.example/1"/>`, "url=http://e.example/1"},
		"Atom: authors":                      {atom10, `<author><name>One</name><email>one@e.example</email></author><author><email>two@e.example</email></author>`, "authors=One|two@e.example"},
		"Atom: term and label":               {atom10, `<category term="t" label="L"/>`, "categories=t|L"},
		"Atom: the title is not a picture's": {atom10, `<title>T</title><media:title>M</media:title>`, "title=T"},
		"Atom: a language inside":            {`<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ru"><entry xml:lang="uz">%s</entry></feed>`, `<title>T</title>`, "title=T; lang=uz"},
		"Atom: a language of the words":      {`<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ru"><entry>%s</entry></feed>`, `<title xml:lang="kk">T</title>`, "title=T; lang=kk"},
		"Atom: a language unsaid":            {`<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ru"><entry xml:lang="">%s</entry></feed>`, `<title>T</title>`, "title=T"},
		"Atom: bases inside each other":      {`<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://e.example/b/"><entry xml:base="c/">%s</entry></feed>`, `<link href="d"/>`, "url=http://e.example/b/c/d"},
		"Atom 0.3: created":                  {atom03, `<created>2003-12-31T10:14:55Z</created>`, "published=2003-12-31T10:14:55"},
		"Atom 0.3: issued before modified":   {atom03, `<modified>2004-12-31T10:14:55Z</modified><issued>2003-12-31T10:14:55Z</issued>`, "published=2003-12-31T10:14:55"},
		"Atom: prefixed":                     {`<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry>%s</a:entry></a:feed>`, `<a:title>T</a:title><a:id>i</a:id><a:link href="http://e.example/1"/><a:summary>S</a:summary>`, "title=T; url=http://e.example/1; guid=i; summary=S"},
		"CDF":                                {`<CHANNEL HREF="http://e.example/">%s</CHANNEL>`, `<ITEM HREF="http://e.example/1" LASTMOD="2002-09-11T02:56"><TITLE>T</TITLE><ABSTRACT>A</ABSTRACT></ITEM>`, "title=T; url=http://e.example/1; summary=A; published=2002-09-11T02:56:00"},
		"CDF: a base":                        {`<CHANNEL BASE="http://e.example/b/">%s</CHANNEL>`, `<ITEM HREF="one"><TITLE>T</TITLE></ITEM>`, "title=T; url=http://e.example/b/one"},
		"RSS: languages":                     {`<rss version="2.0" xml:lang="kk"><channel>%s</channel></rss>`, `<item><title>T</title></item>`, "title=T; lang=kk"},
		"RSS: items outside":                 {`<rss version="0.91"><channel><title>C</title></channel>%s</rss>`, `<item><title>T</title></item>`, "title=T"},
	} {
		doc, err := ParseFile(name, fmt.Appendf(nil, test.in, test.document), "", "", visitTime)
		if err != nil || len(doc.Items) != 1 {
			t.Errorf("%s: %d items, %v", name, len(doc.Items), err)
			continue
		}
		if got := shape(doc.Items[0]); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", name, got, test.want)
		}
	}
}

// What a value is, and how it is written, is said in five ways.
func TestValuesOfAtomAreReadAsTheyAreWritten(t *testing.T) {
	const markup, plain = "A <b>bold</b> word &amp; a tag &lt;x&gt;", "A bold word & a tag <x>"
	escaped, packed := html.EscapeString(markup), base64.StdEncoding.EncodeToString([]byte(markup))
	div := `<div xmlns="http://www.w3.org/1999/xhtml">` + markup + `</div>`
	for _, field := range []string{"title", "summary", "content"} {
		for _, test := range []struct{ envelope, attributes, value string }{
			{atom10, `type="html"`, escaped}, {atom10, `type="text/html"`, escaped}, {atom10, `type="html"`, "<![CDATA[" + markup + "]]>"},
			{atom10, `type="xhtml"`, div}, {atom10, `type="application/xhtml+xml"`, div}, {atom10, `type="application/octet-stream"`, "\n" + packed + "\n"},
			{atom03, `type="text/html" mode="escaped"`, escaped}, {atom03, `mode="escaped"`, escaped}, {atom03, `mode='escaped'`, escaped},
			{atom03, `type="text/html" mode="base64"`, packed}, {atom03, `mode="base64"`, "\n  " + packed + "\n"},
			{atom03, `type="application/xhtml+xml"`, div}, {atom03, `type="application/xhtml+xml" mode="xml"`, div}, {atom03, `type="text/html" mode="escaped"`, "<![CDATA[" + markup + "]]>"},
		} {
			entry := fmt.Sprintf("<%s %s>%s</%s>", field, test.attributes, test.value, field)
			doc, err := ParseFile("x", fmt.Appendf(nil, test.envelope, entry), "", "", visitTime)
			if err != nil || len(doc.Items) != 1 {
				t.Errorf("%s: %v", entry, err)
				continue
			}
			it := doc.Items[0]
			if got := it.Title + it.Summary + it.Text; got != plain {
				t.Errorf("%s\n got %q\nwant %q", entry, got, plain)
			}
		}
	}
}

func TestPeopleHaveNamesHoweverTheyAreWritten(t *testing.T) {
	for written, want := range map[string]string{
		"ada@e.example (Ada L)": "Ada L", "Ada L &lt;ada@e.example&gt;": "Ada L", "Ada L (ada@e.example)": "Ada L", "Ada L ada@e.example": "Ada L",
		"ada@e.example Ada L": "Ada L", "ada@e.example": "ada@e.example", "mailto:ada@e.example": "ada@e.example", "Ada L": "Ada L",
	} {
		for _, field := range []string{"author", "dc:creator", "dc:author", "itunes:author"} {
			doc, err := ParseFile("x", fmt.Appendf(nil, rss20, "<"+field+">"+written+"</"+field+">"), "", "", visitTime)
			if err != nil || len(doc.Items) != 1 || strings.Join(doc.Items[0].Authors, "|") != want {
				t.Errorf("%s %s: %+v, %v; want %s", field, written, doc.Items, err, want)
			}
		}
	}
}

func TestDatesOfOldFeedsAreRead(t *testing.T) {
	for written, want := range map[string]string{
		"Thu,  1 Jan 04 19:48 EST": "2004-01-02T00:48:00", "Sun Jan  4 16:29:06 PST 2004": "2004-01-05T00:29:06", "2004-01-01T19:48:21.5-08:00": "2004-01-02T03:48:21",
		"2004001": "2004-01-01T00:00:00", "Thu, 01 Jan 2004 19:48:21 +0000 (UTC)": "2004-01-01T19:48:21", "Fri, 2006/09/15 08:19:53 EDT": "2006-09-15T12:19:53",
		"2004-07-08 23:56:58.0": "2004-07-08T23:56:58", "2004-05-25 오후 11:23:17": "2004-05-25T14:23:17", "2004년 05월 28일  01:31:15": "2004-05-27T16:31:15",
		"Κυρ, 11 Ιούλ 2004 12:00:00 EST": "2004-07-11T17:00:00", "2004-július-13T9:15-05:00": "2004-07-13T14:15:00", "Mon, 26 January 2004 16:31:00 ET": "2004-01-26T21:31:00",
	} {
		d, ok := ParseDate(written, visitTime, time.UTC)
		if got := d.Time.Format("2006-01-02T15:04:05"); !ok || got != want {
			t.Errorf("%q: %s %v, want %s", written, got, ok, want)
		}
	}
}
