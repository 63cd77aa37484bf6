package fetcher

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"time"

	"silkwire/news"
)

// mapURL is a <url> or <sitemap> element, with the fields of Google's news
// sitemaps.
type mapURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod"`
	News    *struct {
		Title       string `xml:"title"`
		Date        string `xml:"publication_date"`
		Keywords    string `xml:"keywords"`
		Publication struct {
			Language string `xml:"language"`
		} `xml:"publication"`
	} `xml:"news"`
	Images []struct {
		Loc string `xml:"loc"`
	} `xml:"image"`
}

// parseSitemap reads a sitemap, a news sitemap or an index of sitemaps. A cut
// one gives what came before the cut.
func parseSitemap(text []byte, ctx parseContext) (Document, error) {
	root := rootName(text)
	doc := Document{Kind: "sitemap", Format: "sitemap"}
	if root == "sitemapindex" {
		doc.Kind, doc.Format = "sitemap index", "sitemap index"
	}
	decoder := xml.NewDecoder(bytes.NewReader(fromRoot(text)))
	decoder.Strict = false
	decoder.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			doc.Partial = true
			break
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "url" && start.Name.Local != "sitemap" {
			continue
		}
		var u mapURL
		if err := decoder.DecodeElement(&u, &start); err != nil {
			doc.Partial = true
			break
		}
		doc.Total++
		doc.add(u, start.Name.Local == "sitemap", ctx)
	}
	newestFirst(&doc)
	return doc, nil
}

func (doc *Document) add(u mapURL, index bool, ctx parseContext) {
	address := ctx.resolve(u.Loc)
	if address == "" {
		return
	}
	modified, dated := ParseDate(u.LastMod, ctx.At, ctx.Zone)
	if index {
		doc.Maps = append(doc.Maps, Map{address, modified.Time})
		return
	}
	item := news.Item{URL: address}
	if u.News != nil {
		doc.Format = "news sitemap"
		item.Title = title(u.News.Title)
		item.Lang = cleanLang(u.News.Publication.Language)
		if d, ok := ParseDate(u.News.Date, ctx.At, ctx.Zone); ok {
			modified, dated = d, true
		}
	} else if d, ok := dateInURL(address, ctx); ok && (!dated || d.Time.Before(modified.Time)) {
		modified, dated = d, true // lastmod is when it changed, not when it was published
	}
	if dated {
		item.Published, item.DayOnly = modified.Time, modified.DayOnly
	}
	if len(u.Images) > 0 {
		item.Image = ctx.resolve(u.Images[0].Loc)
	}
	doc.Items = append(doc.Items, item)
}

// newestFirst bounds a sitemap of more than maxItems addresses to its newest.
func newestFirst(doc *Document) {
	if len(doc.Items) <= maxItems {
		return
	}
	slices.SortStableFunc(doc.Items, func(a, b news.Item) int { return b.Published.Compare(a.Published) })
	doc.Notes = append(doc.Notes, fmt.Sprintf("the sitemap holds %d addresses; the newest %d are read", doc.Total, maxItems))
	doc.Items = slices.Clone(doc.Items[:maxItems])
}

// newestMaps are the n sitemaps of an index that changed last; among equals
// the last in the document, where most outlets put the current one.
func newestMaps(maps []Map, n int) []Map {
	sorted := slices.Clone(maps)
	slices.Reverse(sorted)
	slices.SortStableFunc(sorted, func(a, b Map) int { return b.Modified.Compare(a.Modified) })
	return sorted[:min(n, len(sorted))]
}

// dateInURL is the date in an address's path.
func dateInURL(address string, ctx parseContext) (Date, bool) {
	u, err := url.Parse(address)
	if err != nil {
		return Date{}, false
	}
	d, ok := dateInPath(u.Path, ctx.Zone)
	if !ok || d.Time.After(ctx.At.Add(24*time.Hour)) {
		return Date{}, false
	}
	if d.Time = d.Time.UTC(); d.Time.After(ctx.At) {
		d.Time = ctx.At.UTC().Truncate(time.Second)
	}
	return d, true
}

// pathMatcher compiles a source's match: a regular expression on the path.
func pathMatcher(expression string) (func(address string) bool, error) {
	match, err := regexp.Compile(expression)
	if err != nil {
		return nil, fmt.Errorf("match: %q is not a regular expression: %w", expression, err)
	}
	return func(address string) bool {
		u, err := url.Parse(address)
		return err == nil && match.MatchString(u.Path)
	}, nil
}
