package extract

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"
)

// document is a parsed page with what its head says.
type document struct {
	*goquery.Document
	url  string
	base *url.URL // for relative addresses: <base>, or the page's own
	ld   linked
}

func newDocument(root *html.Node, pageURL string) *document {
	d := &document{Document: goquery.NewDocumentFromNode(root), url: pageURL}
	d.base, _ = url.Parse(pageURL)
	if href, ok := d.Find("base[href]").First().Attr("href"); ok {
		if u, err := url.Parse(resolve(d.base, href)); err == nil && u.Host != "" {
			d.base = u
		}
	}
	d.ld = d.linkedData()
	return d
}

// metadata gathers everything but the text.
func (d *document) metadata(rule Rule) Content {
	c := Content{URL: d.url}
	c.Canonical = resolve(d.base, firstOf(d.attr("link[rel=canonical]", "href"), d.meta("og:url")))
	c.Title = Line(firstOf(d.selected(rule.Title), d.ld.headline, d.meta("og:title", "twitter:title"), d.heading(), d.Find("title").First().Text()))
	c.Summary = Line(firstOf(d.meta("og:description", "description", "twitter:description"), d.ld.description))
	c.Lang = firstOf(d.ld.language, d.attr("html", "lang"), d.attr("html", "xml:lang"), d.meta("content-language", "og:locale"))
	c.Image = resolve(d.base, firstOf(d.meta("og:image", "og:image:url", "twitter:image"), d.ld.image))
	c.Section = Line(firstOf(d.meta("article:section"), d.ld.section))
	c.Kind = firstOf(d.meta("og:type"), d.ld.kind)
	c.Authors = d.authors()
	c.Date, c.DateFrom = d.date(rule)
	c.NoArchive = strings.Contains(strings.ToLower(d.meta("robots")), "noarchive")
	c.Reserved = d.meta("tdm-reservation") == "1"
	return c
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v = strings.TrimSpace(v); v != "" {
			return v
		}
	}
	return ""
}

// meta is the content of the first <meta> with one of these names.
func (d *document) meta(names ...string) string {
	for _, name := range names {
		for _, attr := range []string{"property", "name", "itemprop", "http-equiv"} {
			found := ""
			d.Find("meta[" + attr + "]").EachWithBreak(func(_ int, s *goquery.Selection) bool {
				if strings.EqualFold(s.AttrOr(attr, ""), name) {
					found = strings.TrimSpace(s.AttrOr("content", ""))
				}
				return found == ""
			})
			if found != "" {
				return found
			}
		}
	}
	return ""
}

func (d *document) attr(selector, name string) string {
	return d.Find(selector).First().AttrOr(name, "")
}

// selected is the text of what an operator's selector finds; "" for a selector
// that is empty, invalid or finds nothing.
func (d *document) selected(selector string) string {
	if selector == "" || CheckSelector(selector) != nil {
		return ""
	}
	return firstOf(d.Find(selector).First().Text())
}

// heading is the page's only <h1>.
func (d *document) heading() string {
	h1 := d.Find("h1")
	if h1.Length() != 1 {
		return ""
	}
	return h1.Text()
}

// authors are the names of JSON-LD, or of the meta elements.
func (d *document) authors() []string {
	names := d.ld.authors
	if len(names) == 0 {
		names = []string{d.meta("author", "article:author", "dc.creator", "parsely-author")}
	}
	if firstOf(names...) == "" {
		names = []string{d.Find(`[itemprop=author] [itemprop=name], [rel=author]`).First().Text()}
	}
	var out []string
	for _, name := range names {
		name = Line(name)
		if name == "" || strings.Contains(name, "://") || len(name) > 200 || slices.Contains(out, name) {
			continue
		}
		out = append(out, name)
	}
	return out
}

// date is the page's date as written, and where it stands.
func (d *document) date(rule Rule) (value, from string) {
	if text := d.ruleDate(rule.Date); text != "" {
		return text, "rule"
	}
	if d.ld.published != "" {
		return d.ld.published, "json-ld"
	}
	if text := d.meta("article:published_time", "og:article:published_time", "datepublished", "publishdate", "pubdate", "dc.date.issued",
		"dc.date", "dcterms.created", "parsely-pub-date", "sailthru.date", "mediator_published_time", "date"); text != "" {
		return text, "meta"
	}
	for _, selector := range []string{"[itemprop=datePublished]", "article time[datetime]", "time[pubdate]", "time[datetime]"} {
		s := d.Find(selector).First()
		if text := firstOf(s.AttrOr("datetime", ""), s.AttrOr("content", ""), s.Text()); text != "" {
			return text, "time"
		}
	}
	return d.visibleDate(), "text"
}

func (d *document) ruleDate(selector string) string {
	if selector == "" || CheckSelector(selector) != nil {
		return ""
	}
	s := d.Find(selector).First()
	return firstOf(s.AttrOr("datetime", ""), s.AttrOr("content", ""), s.Text())
}

// visibleDate is the text of the first short element whose class speaks of
// dates.
func (d *document) visibleDate() string {
	found := ""
	d.Find(`[class*=date], [class*=time], [class*=Date], [class*=publish], [class*=meta], time`).EachWithBreak(func(_ int, s *goquery.Selection) bool {
		text := Line(s.Text())
		if len(text) >= 5 && len(text) <= 80 && strings.ContainsAny(text, "0123456789۰۱۲۳۴۵۶۷۸۹") {
			found = text
		}
		return found == ""
	})
	return found
}

// byRule is the text the operator's rule finds.
func (d *document) byRule(rule Rule) (string, error) {
	for _, selector := range append([]string{rule.Body}, rule.Remove...) {
		if err := CheckSelector(selector); err != nil {
			return "", err
		}
	}
	var parts []string
	d.Find(rule.Body).Each(func(_ int, s *goquery.Selection) {
		if s.ParentsMatcher(goquery.Single(rule.Body)).Length() > 0 {
			return // inside one we already have
		}
		s = s.Clone()
		for _, selector := range rule.Remove {
			s.Find(selector).Remove()
		}
		for _, n := range s.Nodes {
			if text := nodeText(n); text != "" {
				parts = append(parts, text)
			}
		}
	})
	return strings.Join(parts, "\n"), nil
}

// CheckSelector says what is wrong with a CSS selector.
func CheckSelector(selector string) error {
	if _, err := cascadia.ParseGroup(selector); err != nil {
		return fmt.Errorf("%q is not a CSS selector: %w", selector, err)
	}
	return nil
}

// found is the text that go-trafilatura finds, without what belongs to the
// page. Where it finds the page instead of the text, the slower extractors it
// knows are asked too.
func (d *document) found(summary string) string {
	d.prepare()
	lines := strings.Split(d.byTrafilatura(false), "\n")
	if swallowed(lines) {
		if again := strings.Split(d.byTrafilatura(true), "\n"); !swallowed(again) {
			lines = again
		}
	}
	return strings.Join(articleLines(lines, linkTexts(d.Nodes[0]), summary), "\n")
}

// prepare makes quotations in the text look like text: posts of others that an
// article shows are part of what it says.
func (d *document) prepare() {
	d.Find("blockquote.twitter-tweet").RemoveAttr("class")
}

// byTrafilatura is the text go-trafilatura finds.
func (d *document) byTrafilatura(thorough bool) string {
	original, err := url.Parse(d.url)
	if err != nil || original.Host == "" {
		original = nil
	}
	result, err := trafilatura.ExtractDocument(d.Nodes[0], trafilatura.Options{
		OriginalURL:     original,
		ExcludeComments: true,
		EnableFallback:  thorough,
		HtmlDateMode:    trafilatura.Disabled,
	})
	if err != nil || result.ContentNode == nil {
		return ""
	}
	return spacedText(result.ContentNode)
}
