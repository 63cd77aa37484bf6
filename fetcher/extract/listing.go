package extract

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// ListingRule says how to read a listing page (CSS selectors; Match is a
// regular expression on the path of links). Without Item, links that look like
// articles are taken.
type ListingRule struct {
	Item, Link, Title, Date string
	Match                   string
}

// Entry is one link of a listing page, or one post of a channel.
type Entry struct {
	URL   string // absolute, http or https
	Title string
	Date  string // as written
	Text  string // of a post
	Image string
}

// Listing returns the links of a listing page in the order of the document,
// each address once. A selector that matches nothing is an error that names
// it; an invalid one too.
func Listing(data []byte, pageURL string, rule ListingRule) ([]Entry, error) {
	match, err := rule.check()
	if err != nil {
		return nil, err
	}
	root, err := html.Parse(strings.NewReader(string(data)))
	if err != nil {
		return tokenLinks(data, pageURL, match), nil // nested deeper than 512 elements
	}
	d := newDocument(root, pageURL)
	if rule.Item == "" {
		return d.articleLinks(match), nil
	}
	found := d.Find(rule.Item)
	if found.Length() == 0 {
		return nil, fmt.Errorf("the selector item: %q matches nothing on the page", rule.Item)
	}
	var entries []Entry
	found.Each(func(_ int, s *goquery.Selection) {
		if e, ok := d.entry(s, rule); ok && allowed(match, e.URL) {
			entries = append(entries, e)
		}
	})
	if len(entries) == 0 {
		return nil, fmt.Errorf("the selector item: %q matches %d elements, but none has a link that counts", rule.Item, found.Length())
	}
	return once(entries), nil
}

func (r ListingRule) check() (*regexp.Regexp, error) {
	for name, selector := range map[string]string{"item": r.Item, "link": r.Link, "title": r.Title, "date": r.Date} {
		if selector == "" {
			continue
		}
		if err := CheckSelector(selector); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if r.Match == "" {
		return nil, nil
	}
	match, err := regexp.Compile(r.Match)
	if err != nil {
		return nil, fmt.Errorf("match: %q is not a regular expression: %w", r.Match, err)
	}
	return match, nil
}

// entry reads one element of a listing.
func (d *document) entry(s *goquery.Selection, rule ListingRule) (Entry, bool) {
	link := s
	switch {
	case rule.Link != "":
		link = s.Find(rule.Link).First()
	case !s.Is("a[href]"):
		link = s.Find("a[href]").First()
	}
	e := Entry{URL: resolve(d.base, link.AttrOr("href", ""))}
	if e.URL == "" {
		return e, false
	}
	e.Title = d.bestTitle(s, link, e.URL)
	if rule.Title != "" {
		e.Title = Line(outer(s.Find(rule.Title).First()))
	}
	if rule.Date != "" {
		date := s.Find(rule.Date).First()
		e.Date = firstOf(date.AttrOr("datetime", ""), date.AttrOr("content", ""), Line(outer(date)))
	}
	return e, true
}

// bestTitle is the text of the link, or, where that is only a picture, of
// another link in the element to the same address.
func (d *document) bestTitle(s, link *goquery.Selection, address string) string {
	if text := Line(outer(link)); text != "" {
		return text
	}
	best := ""
	s.Find("a[href]").Each(func(_ int, other *goquery.Selection) {
		if text := Line(outer(other)); len(text) > len(best) && resolve(d.base, other.AttrOr("href", "")) == address {
			best = text
		}
	})
	return firstOf(best, linkTitle(link))
}

func outer(s *goquery.Selection) string {
	if s.Length() == 0 {
		return ""
	}
	return nodeText(s.Nodes[0])
}

// linkTitle is a link's text, or what it says for those who cannot see its
// picture.
func linkTitle(link *goquery.Selection) string {
	return Line(firstOf(outer(link), link.AttrOr("title", ""), link.Find("img[alt]").First().AttrOr("alt", "")))
}

// datePaths are addresses with a date in them, as most outlets write them.
var datePaths = regexp.MustCompile(`/(19|20)\d\d([/-]?)(0?[1-9]|1[0-2])([/-]?)((0?[1-9]|[12]\d|3[01])([/-]|\b|$))?`)

// articlePaths end in a number of some length or a slug of several words.
var articlePaths = regexp.MustCompile(`(\d{4,}|[^/]+(-[^/]+){3,}|[^/]*(_[^/]+){3,})(\.\w{2,5})?/?$`)

// articleLinks are the links that look like articles: those that match the
// operator's expression, or else have a date in their path, or else end like
// an article and read like a headline.
func (d *document) articleLinks(match *regexp.Regexp) []Entry {
	var dated, likely []Entry
	d.Find("a[href]").Each(func(_ int, s *goquery.Selection) {
		e := Entry{URL: resolve(d.base, s.AttrOr("href", "")), Title: linkTitle(s)}
		u, err := url.Parse(e.URL)
		if e.URL == "" || err != nil {
			return
		}
		switch {
		case match != nil:
			if allowed(match, e.URL) {
				likely = append(likely, e)
			}
		case !sameSite(d.base, u):
		case datePaths.MatchString(u.Path) && len(u.Path) > 12:
			dated = append(dated, e)
		case articlePaths.MatchString(u.Path) && utf8.RuneCountInString(e.Title) >= 20:
			likely = append(likely, e)
		}
	})
	if dated = once(dated); len(dated) >= 3 {
		return dated
	}
	return once(append(dated, likely...))
}

func allowed(match *regexp.Regexp, rawURL string) bool {
	if match == nil {
		return true
	}
	u, err := url.Parse(rawURL)
	return err == nil && match.MatchString(u.EscapedPath()) || err == nil && match.MatchString(u.Path)
}

func sameSite(base, u *url.URL) bool {
	return base == nil || strings.TrimPrefix(base.Hostname(), "www.") == strings.TrimPrefix(u.Hostname(), "www.")
}

// once keeps the first entry of each address, with the longest of its titles:
// listings link a picture and a headline to the same article.
func once(entries []Entry) []Entry {
	place := make(map[string]int, len(entries))
	var out []Entry
	for _, e := range entries {
		key, _, _ := strings.Cut(e.URL, "#")
		i, seen := place[key]
		if !seen {
			place[key] = len(out)
			e.URL = key
			out = append(out, e)
			continue
		}
		if len(e.Title) > len(out[i].Title) {
			out[i].Title = e.Title
		}
		out[i].Date = firstOf(out[i].Date, e.Date)
	}
	return out
}

// tokenLinks reads the links of a page no tree can hold.
func tokenLinks(data []byte, pageURL string, match *regexp.Regexp) []Entry {
	base, _ := url.Parse(pageURL)
	var entries []Entry
	var open *Entry
	z := html.NewTokenizer(strings.NewReader(string(data)))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return once(entries)
		case html.TextToken:
			if open != nil {
				open.Title += string(z.Text())
			}
		case html.StartTagToken:
			if t := z.Token(); t.Data == "a" {
				open = &Entry{URL: resolve(base, attribute(t, "href"))}
			}
		case html.EndTagToken:
			if t := z.Token(); t.Data == "a" && open != nil {
				open.Title = Line(open.Title)
				if open.URL != "" && wanted(match, open.URL) {
					entries = append(entries, *open)
				}
				open = nil
			}
		}
	}
}

func wanted(match *regexp.Regexp, rawURL string) bool {
	if match != nil {
		return allowed(match, rawURL)
	}
	u, err := url.Parse(rawURL)
	return err == nil && datePaths.MatchString(u.Path)
}

func attribute(t html.Token, key string) string {
	for _, a := range t.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// FeedLinks are the feeds a page declares (<link rel=alternate>).
func FeedLinks(data []byte, pageURL string) []Entry {
	root, err := html.Parse(strings.NewReader(string(data)))
	if err != nil {
		return nil
	}
	d := newDocument(root, pageURL)
	var out []Entry
	d.Find("link[rel~=alternate][href]").Each(func(_ int, s *goquery.Selection) {
		kind := strings.ToLower(s.AttrOr("type", ""))
		if !strings.Contains(kind, "rss") && !strings.Contains(kind, "atom") && !strings.Contains(kind, "feed+json") {
			return
		}
		if address := resolve(d.base, s.AttrOr("href", "")); address != "" {
			out = append(out, Entry{URL: address, Title: Line(s.AttrOr("title", ""))})
		}
	})
	return once(out)
}

// NextPage is the page with older entries that a listing leads to: where the
// selector points, or else where the page itself says (rel=next). It is "" for
// a page of another host, and at the end.
func NextPage(data []byte, pageURL, selector string) string {
	root, err := html.Parse(strings.NewReader(string(data)))
	if err != nil {
		return ""
	}
	d := newDocument(root, pageURL)
	if selector == "" {
		selector = "a[rel~=next][href], link[rel~=next][href]"
	}
	if CheckSelector(selector) != nil {
		return ""
	}
	link := d.Find(selector).First()
	if !link.Is("[href]") {
		link = link.Find("a[href]").First()
	}
	address := resolve(d.base, link.AttrOr("href", ""))
	u, err := url.Parse(address)
	if address == "" || err != nil || !sameSite(d.base, u) || address == pageURL {
		return ""
	}
	return address
}

// SiteName is what a page calls its site, and the language it declares.
func SiteName(data []byte) (name, lang string) {
	root, err := html.Parse(strings.NewReader(string(data)))
	if err != nil {
		return "", ""
	}
	d := newDocument(root, "")
	title := Line(d.Find("title").First().Text())
	for _, separator := range []string{" | ", " — ", " – ", " - ", ": "} {
		title, _, _ = strings.Cut(title, separator)
	}
	return Line(firstOf(d.meta("og:site_name", "application-name"), title)), firstOf(d.attr("html", "lang"), d.meta("og:locale", "content-language"))
}
