package fetcher

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"silkwire/client"
	"silkwire/fetcher/extract"
	"silkwire/news"
)

// Document is one parsed resource.
type Document struct {
	Kind    string // feed, sitemap, sitemap index, telegram, article, listing
	Format  string // "rss 2.0"
	Title   string
	Lang    string // as declared; items have theirs in Lang
	Home    string
	Charset string // the encoding it was in
	Items   []news.Item
	Total   int      // items in the document, kept or not
	Partial bool     // cut off or broken; what was complete is in Items
	Notes   []string // what was noticed, in words
	Older   string   // the page of a channel with older posts
	Maps    []Map    // of a sitemap index

	hints hints
	index bool              // Items are those of the parts of an index that changed
	parts []news.Validators // of an index
}

// Map is one sitemap of an index.
type Map struct {
	URL      string
	Modified time.Time
}

// ParseFile reads one document on its own: its kind is told from its content
// (feed, sitemap, Telegram preview, HTML article or listing), nothing is
// fetched for it, and items come in the order of the document. base is its
// address, for relative links; contentType is what HTTP would have said; both
// may be empty. It is pure: at is the time that dates are measured by.
func ParseFile(name string, data []byte, base, contentType string, at time.Time) (Document, error) {
	ctx := parseContext{Base: base, At: at, Zone: time.UTC}
	doc, err := parseAny(data, contentType, ctx)
	if err != nil {
		return doc, fmt.Errorf("parse %s: %w", name, err)
	}
	finish(&doc, ctx)
	return doc, nil
}

func parseAny(data []byte, contentType string, ctx parseContext) (Document, error) {
	data, err := unzipped(data, client.FeedLimit)
	if err != nil {
		return Document{}, err
	}
	if reason := notText(data, contentType); reason != "" {
		return Document{}, errors.New(reason)
	}
	text := decode(data, contentType)
	doc, err := parseText(text.Text, ctx)
	doc.Charset = text.Charset
	if text.Note != "" {
		doc.Notes = append(doc.Notes, text.Note)
	}
	return doc, err
}

// parseText tells the kind of a document and reads it.
func parseText(text []byte, ctx parseContext) (Document, error) {
	trimmed := bytes.TrimSpace(text)
	if len(trimmed) == 0 {
		return Document{}, errors.New("the document is empty")
	}
	if trimmed[0] == '{' || trimmed[0] == '[' {
		return parseFeed(trimmed, ctx)
	}
	switch root := rootName(trimmed); root {
	case "urlset", "sitemapindex":
		return parseSitemap(trimmed, ctx)
	case "rss", "rdf", "feed", "channel":
		return parseFeed(trimmed, ctx)
	case "html", "head", "body", "div", "article", "main", "meta", "p", "title", "script", "h1", "section", "span", "table", "a":
		return parseHTML(trimmed, ctx)
	case "":
		return Document{}, errors.New("neither a feed nor a sitemap nor a page")
	default:
		if len(survey(trimmed).Items) > 0 {
			return salvage(trimmed, survey(trimmed), ctx)
		}
		return parseHTML(trimmed, ctx)
	}
}

func rootName(text []byte) string {
	t, _, ok := nextTag(text, 0)
	if !ok {
		return ""
	}
	return local(t.Name)
}

// parseHTML reads a page as a channel's preview, an article or a listing.
func parseHTML(text []byte, ctx parseContext) (Document, error) {
	look := extract.Look(text, ctx.Base)
	switch {
	case look.Telegram:
		return parseTelegram(text, ctx)
	case look.Article:
		return parseArticle(text, ctx)
	}
	return parseListing(text, extract.ListingRule{}, ctx)
}

// parseArticle reads a page as a single item.
func parseArticle(text []byte, ctx parseContext) (Document, error) {
	content, err := extract.Page(context.Background(), text, ctx.Base, extract.Rule{}, extract.Options{})
	if err != nil && content.Text == "" {
		return Document{}, err
	}
	item := news.Item{URL: first(ctx.Base, content.Canonical)}
	fillArticle(&item, content, ctx)
	if item.Title == "" && item.Text == "" && item.Summary == "" {
		return Document{}, errors.New("the page holds no text")
	}
	return Document{Kind: "article", Format: "html", Title: item.Title, Lang: item.Lang, Items: []news.Item{item}, Total: 1}, nil
}

// parseListing reads a page as a list of links.
func parseListing(text []byte, rule extract.ListingRule, ctx parseContext) (Document, error) {
	entries, err := extract.Listing(text, ctx.Base, rule)
	if err != nil {
		return Document{}, err
	}
	doc := Document{Kind: "listing", Format: "html", Total: len(entries)}
	for _, e := range entries {
		item := news.Item{URL: limit(e.URL, 2<<10), Title: title(e.Title)}
		if d, ok := ParseDate(e.Date, ctx.At, ctx.Zone); ok {
			item.Published, item.DayOnly = d.Time, d.DayOnly
		} else if d, ok := dateInURL(e.URL, ctx); ok {
			item.Published, item.DayOnly = d.Time, d.DayOnly
		}
		doc.Items = append(doc.Items, item)
	}
	return capped(doc), nil
}

// parseTelegram reads the web preview of a public channel, newest post last.
func parseTelegram(text []byte, ctx parseContext) (Document, error) {
	channel, err := extract.Telegram(text, ctx.Base)
	if err != nil {
		return Document{}, err
	}
	doc := Document{Kind: "telegram", Format: "telegram", Title: title(channel.Title), Older: channel.Older, Total: len(channel.Posts)}
	for _, post := range channel.Posts {
		if post.Text == "" {
			continue // a picture without words
		}
		item := news.Item{GUID: post.URL, URL: post.URL, Title: headline(post.Text), Text: limit(post.Text, 1<<20), Image: post.Image, Extraction: "telegram"}
		if d, ok := ParseDate(post.Date, ctx.At, ctx.Zone); ok {
			item.Published, item.DayOnly = d.Time, d.DayOnly
		}
		doc.Items = append(doc.Items, item)
	}
	return capped(doc), nil
}

// headline is the first line of a post, cut at a word when it is long.
func headline(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	runes := []rune(line)
	if len(runes) <= 140 {
		return line
	}
	cut := 140
	for cut > 80 && runes[cut] != ' ' {
		cut--
	}
	return strings.TrimSpace(string(runes[:cut])) + "…"
}

// finish gives every item its identity and bounds the document.
func finish(doc *Document, ctx parseContext) {
	distrustSharedIDs(doc)
	for i := range doc.Items {
		it := &doc.Items[i]
		it.Outlet = ctx.Outlet
		it.ID = itemID(*it)
	}
}

// itemID is the item's identity; one without address and guid is known by what
// it says (F15).
func itemID(it news.Item) news.ItemID {
	guid := it.GUID
	if it.URL == "" && guid == "" {
		sum := sha256.Sum256([]byte(it.Title + "\n" + it.Summary + "\n" + it.Text))
		guid = "text:" + hex.EncodeToString(sum[:])
	}
	return news.NewItemID(it.Outlet, it.URL, guid)
}

// distrustSharedIDs drops a guid that several addresses share (F16), and an
// address that several guids share, such as the outlet's front page: neither
// names an item.
func distrustSharedIDs(doc *Document) {
	byGUID, byURL := map[string]map[string]bool{}, map[string]map[string]bool{}
	note := func(m map[string]map[string]bool, key, value string) {
		if key == "" || value == "" {
			return
		}
		if m[key] == nil {
			m[key] = map[string]bool{}
		}
		m[key][value] = true
	}
	for _, it := range doc.Items {
		note(byGUID, it.GUID, news.URLKey(it.URL))
		note(byURL, news.URLKey(it.URL), it.GUID+"\n"+it.Title)
	}
	for i := range doc.Items {
		it := &doc.Items[i]
		switch {
		case len(byGUID[it.GUID]) > 1:
			it.GUID = ""
		case it.GUID != "" && len(byURL[news.URLKey(it.URL)]) > 2:
			it.URL = ""
		}
	}
}

// unzipped undoes gzip as a file format (sitemap.xml.gz), within a limit.
func unzipped(data []byte, limit int64) ([]byte, error) {
	if !bytes.HasPrefix(data, []byte("\x1f\x8b")) {
		return data, nil
	}
	reader, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, errors.New("the gzip file is broken")
	}
	out, err := io.ReadAll(io.LimitReader(reader, limit+1))
	if int64(len(out)) > limit {
		return nil, fmt.Errorf("the gzip file unpacks to more than %d MiB", limit>>20)
	}
	if err != nil && len(out) == 0 {
		return nil, errors.New("the gzip file is broken")
	}
	return out, nil
}

// notText says what a document is that cannot be read as text (H9); "" for text.
func notText(data []byte, contentType string) string {
	kinds := []struct{ magic, name string }{
		{"%PDF-", "a PDF file"}, {"PK\x03\x04", "a ZIP or office file"}, {"\x89PNG", "an image"}, {"\xff\xd8\xff", "an image"},
		{"GIF8", "an image"}, {"RIFF", "a media file"}, {"\x00\x00\x00\x18ftyp", "a video"}, {"\x00\x00\x00\x20ftyp", "a video"},
		{"ID3", "an audio file"}, {"OggS", "a media file"}, {"\xd0\xcf\x11\xe0", "an office file"}, {"\x7fELF", "a program"}, {"Rar!", "an archive"},
	}
	for _, k := range kinds {
		if bytes.HasPrefix(data, []byte(k.magic)) {
			return k.name + ", not a page"
		}
	}
	kind, _, _ := strings.Cut(strings.ToLower(contentType), "/")
	if kind = strings.TrimSpace(kind); kind == "image" || kind == "video" || kind == "audio" {
		if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("<")) {
			return "served as " + kind + ", not a page"
		}
	}
	return ""
}
