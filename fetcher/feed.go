package fetcher

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"

	"silkwire/fetcher/extract"
	"silkwire/news"
)

// maxItems is how many items of one document are kept: the newest.
const maxItems = 1000

// errNotAFeed says that a document is no feed at all.
var errNotAFeed = errors.New("not a feed")

// parseFeed reads RSS 0.9–2.0, RDF, Atom and JSON Feed from UTF-8 text. What is
// cut off or broken costs the items it touches, not the others.
func parseFeed(text []byte, ctx parseContext) (Document, error) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return Document{}, errors.New("the document is empty")
	}
	if text[0] == '{' || text[0] == '[' {
		return parseJSONFeed(text, ctx)
	}
	o := survey(text)
	if o.Depth > maxDepth {
		return Document{}, fmt.Errorf("nested deeper than %d elements", maxDepth)
	}
	if !slices.Contains([]string{"rss", "rdf", "feed", "channel"}, o.Root) {
		return Document{}, errNotAFeed
	}
	if plain, changed := withoutOddities(text, o); changed {
		text, o = plain, survey(plain)
	}
	if m := xmlBase.FindStringSubmatch(o.Head); m != nil {
		ctx.Base = first(ctx.resolve(html.UnescapeString(m[1])), ctx.Base)
	}
	if ctx.Lang = langOf([]byte(o.Head)); len(o.Items) > maxItems {
		return parseNewest(text, o, ctx)
	}
	if !o.Open {
		if feed, err := parseXML(text); err == nil && len(feed.Items) >= len(o.Items) {
			return feedDocument(feed, rawItems(text, o), ctx), nil
		}
	}
	return salvage(text, o, ctx)
}

// withoutOddities rewrites what gofeed does not know: base64 values of Atom
// 0.3, and Atom feeds that call their entries items.
func withoutOddities(text []byte, o outline) (plain []byte, changed bool) {
	plain = text
	if modes.Match(text) {
		plain = base64Values.ReplaceAllFunc(plain, decodedValue)
		plain, changed = modeTags.ReplaceAllFunc(plain, typedTag), true
	}
	if o.Root == "feed" && len(o.Items) > 0 && bytes.HasPrefix(bytes.ToLower(text[o.Items[0].Start:]), []byte("<item")) {
		plain, changed = itemTags.ReplaceAll(plain, []byte("${1}entry")), true
	}
	return plain, changed
}

// Atom 0.3 says how a value is written beside what it is.
var (
	modes        = regexp.MustCompile(`\bmode=["'](?:base64|escaped)["']`)
	base64Values = regexp.MustCompile(`(<[\w:]+[^<>]*\bmode=["']base64["'][^<>]*>)([A-Za-z0-9+/=\s]+)<`)
	modeTags     = regexp.MustCompile(`<[\w:]+[^<>]*\bmode=["'](?:base64|escaped)["'][^<>]*>`)
	typeOf       = regexp.MustCompile(`\btype=`)
	itemTags     = regexp.MustCompile(`(?i)(</?)item\b`)
)

func decodedValue(match []byte) []byte {
	parts := base64Values.FindSubmatch(match)
	value, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(parts[2])), ""))
	if err != nil {
		return match
	}
	return slices.Concat(parts[1], []byte(html.EscapeString(string(value))), []byte("<"))
}

// typedTag is an opening tag with a type in the place of a mode that says that
// there is markup inside.
func typedTag(tag []byte) []byte {
	instead := []byte(`type="html"`)
	if typeOf.Match(tag) {
		instead = nil
	}
	return modes.ReplaceAll(tag, instead)
}

// rawItem is what gofeed does not hand on of an item.
type rawItem struct {
	about, href, modified string   // attributes: RDF's identity, CDF's link and date
	id                    string   // of Atom, byte for byte (RFC 4287 §4.2.6.1)
	created               string   // of Atom 0.3
	lang                  string   // of the item or of what is in it; "-" where that is declared to be none
	plain                 []string // elements of Atom that are declared to be text without markup
}

func rawItems(text []byte, o outline) []rawItem {
	out := make([]rawItem, len(o.Items))
	for i, item := range o.Items {
		out[i] = readRaw(text[item.Start:item.End])
	}
	return out
}

var (
	rawAttributes = regexp.MustCompile(`(?i)\b(rdf:about|href|lastmod)\s*=\s*["']([^"'<>]*)["']`)
	rawID         = regexp.MustCompile(`<(?:\w+:)?id>\s*([^<]*?)\s*</(?:\w+:)?id>`)
	rawCreated    = regexp.MustCompile(`<(?:\w+:)?created>\s*([^<]*?)\s*</`)
	rawSource     = regexp.MustCompile(`(?s)<(?:\w+:)?source\b[^>]*>.*?</(?:\w+:)?source>`)
	xmlLang       = regexp.MustCompile(`\bxml:lang\s*=\s*["']([\w-]*)["']`)
	rawWords      = regexp.MustCompile(`<(?:title|summary|content|description|body|fullitem|(?:content:encoded))\b[^<>]*>`)
	plainType     = regexp.MustCompile(`^<(title|summary|content)\b[^>]*\stype\s*=\s*["']text(?:/plain)?["']`)
	anyMarkup     = regexp.MustCompile(`(?i)</\w|<(?:br|p|img|div|hr|a\s[^<>]*)\s*/?>`)
	xmlBase       = regexp.MustCompile(`(?i)\b(?:xml:)?base\s*=\s*["']([^"'<>]+)["']`)
)

func readRaw(item []byte) rawItem {
	var raw rawItem
	opening, _, _ := bytes.Cut(item, []byte(">"))
	for _, m := range rawAttributes.FindAllSubmatch(opening, -1) {
		value := html.UnescapeString(string(m[2]))
		switch strings.ToLower(string(m[1])) {
		case "rdf:about":
			raw.about = value
		case "href":
			raw.href = value
		case "lastmod":
			raw.modified = value
		}
	}
	own := rawSource.ReplaceAll(item, nil) // another feed's, where an entry is taken from one
	if m := rawID.FindSubmatch(own); m != nil {
		raw.id = html.UnescapeString(string(m[1]))
	}
	if m := rawCreated.FindSubmatch(own); m != nil {
		raw.created = string(m[1])
	}
	raw.lang = langOf(opening)
	for _, tag := range rawWords.FindAll(own, 10) {
		if m := plainType.FindSubmatch(tag); m != nil {
			raw.plain = append(raw.plain, string(m[1]))
		}
	}
	for _, tag := range rawWords.FindAll(own, 10) {
		if lang := langOf(tag); lang != "" {
			raw.lang = lang
			break
		}
	}
	return raw
}

// langOf is the language that a tag declares; "-" for none.
func langOf(tag []byte) string {
	m := xmlLang.FindSubmatch(tag)
	switch {
	case m == nil:
		return ""
	case len(m[1]) == 0:
		return "-"
	}
	return cleanLang(string(m[1]))
}

// parseXML hands a document to gofeed. CDF and bare channels, which it does not
// know, are read as RSS.
func parseXML(text []byte) (feed *gofeed.Feed, err error) {
	defer func() {
		if p := recover(); p != nil {
			feed, err = nil, fmt.Errorf("the parser panicked: %v", p)
		}
	}()
	parser := gofeed.NewParser()
	parser.KeepOriginalFeed = true
	parser.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	return parser.Parse(bytes.NewReader(fromRoot(text)))
}

// fromRoot drops what stands before the root element, so that comments and
// declarations of any length cannot hide it.
func fromRoot(text []byte) []byte {
	if t, _, ok := nextTag(text, 0); ok {
		text = text[t.Start:]
		if t.Name == "channel" {
			text = slices.Concat([]byte(`<rss version="2.0">`), repaired(text), []byte("</rss>"))
		}
	}
	return text
}

// salvage reads what is complete of a broken document: all of it repaired, or
// else item by item.
func salvage(text []byte, o outline, ctx parseContext) (Document, error) {
	end := len(text)
	if o.Open && len(o.Items) > 0 {
		end = o.Items[len(o.Items)-1].End
	}
	whole, err := parseXML(repaired(text[:end]))
	if err == nil && len(whole.Items) >= len(o.Items) {
		doc := feedDocument(whole, rawItems(text, o), ctx)
		doc.Partial = o.Open
		return doc, nil
	}
	doc, err := itemByItem(text, o, o.Items, ctx)
	if err != nil {
		return doc, err
	}
	doc.Partial = true
	return doc, nil
}

// itemByItem reads each item in a document of its own.
func itemByItem(text []byte, o outline, items []span, ctx parseContext) (Document, error) {
	merged := &gofeed.Feed{}
	lost := 0
	for _, item := range items {
		feed, err := parseXML(repaired(slices.Concat([]byte(o.Head), text[item.Start:item.End])))
		if err != nil || len(feed.Items) == 0 {
			lost++
			continue
		}
		all := append(merged.Items, feed.Items...)
		if len(merged.Items) == 0 {
			merged = feed
		}
		merged.Items = all
	}
	if len(merged.Items) == 0 {
		return Document{}, errors.New("the feed is broken, and no item of it is complete")
	}
	doc := feedDocument(merged, nil, ctx)
	if lost > 0 {
		doc.Notes = append(doc.Notes, fmt.Sprintf("%d of %d items are broken beyond reading", lost, len(items)))
	}
	return doc, nil
}

// parseNewest reads the newest items of a document that holds too many (F4).
func parseNewest(text []byte, o outline, ctx parseContext) (Document, error) {
	type dated struct {
		span
		at time.Time
	}
	items := make([]dated, len(o.Items))
	for i, item := range o.Items {
		items[i] = dated{item, quickDate(text[item.Start:item.End], ctx)}
	}
	slices.SortStableFunc(items, func(a, b dated) int { return b.at.Compare(a.at) })
	var kept []span
	for _, item := range items[:maxItems] {
		kept = append(kept, item.span)
	}
	slices.SortFunc(kept, func(a, b span) int { return a.Start - b.Start })
	var out bytes.Buffer
	out.Write(text[:o.Items[0].Start])
	for _, item := range kept {
		out.Write(text[item.Start:item.End])
	}
	small := repaired(out.Bytes())
	feed, err := parseXML(small)
	if err != nil {
		return salvage(small, survey(small), ctx)
	}
	doc := feedDocument(feed, nil, ctx)
	doc.Total, doc.Partial = len(o.Items), o.Open
	doc.Notes = append(doc.Notes, fmt.Sprintf("the feed holds %d items; the newest %d are read", len(o.Items), maxItems))
	return doc, nil
}

// quickDate finds an item's date without parsing it.
func quickDate(item []byte, ctx parseContext) time.Time {
	lower := bytes.ToLower(item[:min(len(item), 64<<10)])
	for _, name := range []string{"pubdate>", "published>", "updated>", "dc:date>"} {
		i := bytes.Index(lower, []byte("<"+name))
		if i < 0 {
			continue
		}
		value := item[i+1+len(name):]
		if j := bytes.IndexByte(value, '<'); j >= 0 {
			value = value[:j]
		}
		if d, ok := ParseDate(string(value), ctx.At, ctx.Zone); ok {
			return d.Time
		}
	}
	return time.Time{}
}

// origin is where an item came from, for what gofeed's common form lacks.
type origin struct {
	rawItem
	rss  *rss.Item
	atom *atom.Entry
}

// feedDocument turns gofeed's feed into ours.
func feedDocument(feed *gofeed.Feed, raw []rawItem, ctx parseContext) Document {
	doc := Document{
		Kind:   "feed",
		Format: strings.TrimSpace(feed.FeedType + " " + feed.FeedVersion),
		Title:  title(feed.Title),
		Lang:   first(cleanLang(feed.Language), strings.TrimPrefix(ctx.Lang, "-")),
		Home:   ctx.resolve(feed.Link),
		Total:  len(feed.Items),
	}
	doc.hints = feedHints(feed)
	if ctx.Base == "" { // a file: the site's own address is the best there is
		ctx.Base = first(doc.Home, ctx.resolve(feed.FeedLink))
	}
	rssFeed, _ := feed.OriginalFeed().(*rss.Feed)
	atomFeed, _ := feed.OriginalFeed().(*atom.Feed)
	for i, it := range feed.Items {
		var from origin
		if len(raw) == len(feed.Items) {
			from.rawItem = raw[i]
		}
		if rssFeed != nil && i < len(rssFeed.Items) {
			from.rss = rssFeed.Items[i]
		}
		if atomFeed != nil && i < len(atomFeed.Entries) {
			from.atom = atomFeed.Entries[i]
			literally(it, from.plain)
		}
		item := feedItem(it, from, ctx)
		item.Lang = first(cleanLang(dcFirst(it, "language")), from.lang, doc.Lang)
		item.Lang = strings.TrimPrefix(item.Lang, "-")
		if atomFeed != nil && len(item.Authors) == 0 {
			item.Authors = inheritedAuthors(from.atom, atomFeed)
		}
		doc.Items = append(doc.Items, item)
	}
	return doc
}

// literally escapes what looks like a tag in elements that are declared to be
// text (RFC 4287, 3.1.1.1). Feeds that declare text and write markup are many:
// what has a closing tag or a usual one is not taken at its word.
func literally(it *gofeed.Item, plain []string) {
	fields := map[string]*string{"title": &it.Title, "summary": &it.Description, "content": &it.Content}
	for _, name := range plain {
		if field := fields[name]; !anyMarkup.MatchString(*field) {
			*field = strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(*field)
		}
	}
}

// feedItem turns one item.
func feedItem(it *gofeed.Item, from origin, ctx parseContext) news.Item {
	item := news.Item{
		GUID:       limit(strings.TrimSpace(first(from.id, it.GUID, from.about)), 2<<10),
		URL:        itemURL(it, from, ctx),
		Title:      title(first(it.Title, extensionText(it.Extensions, "media", "title"), grouped(it, "title"))),
		Image:      ctx.resolve(itemImage(it)),
		Authors:    authors(it, from.rss),
		Categories: categories(it, from.atom),
	}
	description, content := bodies(it)
	item.Summary, item.Text = prose(description, 64<<10), prose(content, 1<<20)
	if item.URL == "" && from.rss == nil {
		item.GUID = absoluteID(item.GUID, ctx)
	}
	if item.Text == item.Summary {
		item.Text = ""
	}
	if d, ok := itemDate(it, from, ctx); ok {
		item.Published, item.DayOnly = d.Time, d.DayOnly
	}
	return item
}

// bodies are the item's summary and its text, wherever the feed keeps them.
func bodies(it *gofeed.Item) (description, content string) {
	description = first(it.Description, it.Custom["abstract"], extensionText(it.Extensions, "media", "description"), grouped(it, "description"))
	content = first(it.Content, it.Custom["fullitem"], it.Custom["body"], deepText(it.Extensions, "xhtml", "body"), deepText(it.Extensions, "", "body"))
	if summary := it.Custom["summary"]; description == "" {
		description = summary
	} else if content == "" {
		content = summary
	}
	if it.ITunesExt != nil {
		description = first(description, it.ITunesExt.Summary, it.ITunesExt.Subtitle)
	}
	return description, content
}

// grouped is the text of an element inside media:group.
func grouped(it *gofeed.Item, name string) string {
	if groups := it.Extensions["media"]["group"]; len(groups) > 0 && len(groups[0].Children[name]) > 0 {
		return groups[0].Children[name][0].Value
	}
	return ""
}

// deepText is all the text inside an extension element.
func deepText(extensions ext.Extensions, prefix, name string) string {
	var parts []string
	var gather func(ext.Extension, int)
	gather = func(e ext.Extension, depth int) {
		if text := strings.TrimSpace(e.Value); text != "" {
			parts = append(parts, text)
		}
		for _, children := range e.Children {
			for _, child := range children {
				if depth < 50 {
					gather(child, depth+1)
				}
			}
		}
	}
	for _, e := range extensions[prefix][name] {
		gather(e, 0)
	}
	return strings.Join(parts, "\n")
}

// categories are the item's, each once; of Atom's both term and label.
func categories(it *gofeed.Item, entry *atom.Entry) []string {
	var out []string
	add := func(category string) {
		category = limit(extract.Line(unmixed(category)), 200)
		if category != "" && !slices.Contains(out, category) && len(out) < 50 {
			out = append(out, category)
		}
	}
	for tag := range strings.SplitSeq(it.Custom["tags"], ",") {
		add(tag)
	}
	if entry != nil {
		for _, category := range entry.Categories {
			add(category.Term)
			add(category.Label)
		}
	}
	for _, category := range it.Categories {
		add(category)
	}
	for _, category := range it.Extensions["media"]["category"] {
		add(category.Value)
	}
	for _, category := range it.Extensions["itunes"]["category"] {
		add(category.Attrs["text"])
	}
	return out
}

// absoluteID resolves an Atom id that is only a path.
func absoluteID(id string, ctx parseContext) string {
	if strings.HasPrefix(id, "/") {
		return first(ctx.resolve(id), id)
	}
	return id
}

// itemURL is the item's link, or a guid that is one (RSS 2.0: isPermaLink).
func itemURL(it *gofeed.Item, from origin, ctx parseContext) string {
	for _, link := range append([]string{it.Link, from.href}, it.Links...) {
		if address := ctx.resolve(link); address != "" {
			return address
		}
	}
	if strings.HasPrefix(from.about, "http") { // RDF's items are named by their address
		return ctx.resolve(from.about)
	}
	if from.rss != nil && from.rss.GUID != nil && from.rss.GUID.IsPermalink == "false" {
		return ""
	}
	if guid := strings.TrimSpace(it.GUID); strings.HasPrefix(guid, "http://") || strings.HasPrefix(guid, "https://") {
		return ctx.resolve(guid)
	}
	return ""
}

func itemImage(it *gofeed.Item) string {
	if it.Image != nil && it.Image.URL != "" {
		return it.Image.URL
	}
	for _, name := range []string{"thumbnail", "content"} {
		for _, media := range it.Extensions["media"][name] {
			kind := media.Attrs["type"] + media.Attrs["medium"]
			if name == "thumbnail" || strings.Contains(kind, "image") {
				return media.Attrs["url"]
			}
		}
	}
	for _, enclosure := range it.Enclosures {
		if strings.HasPrefix(enclosure.Type, "image/") {
			return enclosure.URL
		}
	}
	return ""
}

// itemDate is when the item was published, or else last changed.
func itemDate(it *gofeed.Item, from origin, ctx parseContext) (Date, bool) {
	written := []string{it.Published, extensionText(it.Extensions, "dcterms", "issued"), extensionText(it.Extensions, "dcterms", "created"),
		extensionText(it.Extensions, "prism", "publicationDate"), from.created, it.Updated, extensionText(it.Extensions, "dcterms", "modified"), from.modified}
	for _, s := range written {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		if d, ok := ParseDate(s, ctx.At, ctx.Zone); ok {
			return d, true
		}
	}
	for _, t := range []*time.Time{it.PublishedParsed, it.UpdatedParsed} {
		if t != nil && t.Year() >= 1990 {
			d := Date{Time: t.UTC()}
			if d.Time.After(ctx.At) {
				d.Time = ctx.At.UTC().Truncate(time.Second)
			}
			return d, true
		}
	}
	return Date{}, false
}

func extensionText(extensions ext.Extensions, prefix, name string) string {
	if found := extensions[prefix][name]; len(found) > 0 {
		return found[0].Value
	}
	return ""
}

func dcFirst(it *gofeed.Item, name string) string {
	if it.DublinCoreExt == nil || name != "language" || len(it.DublinCoreExt.Language) == 0 {
		return ""
	}
	return it.DublinCoreExt.Language[0]
}

// authors are names, with the mail address where there is no name.
func authors(it *gofeed.Item, from *rss.Item) []string {
	var out []string
	add := func(name string) {
		name = limit(extract.Line(unmixed(name)), 200)
		if name != "" && !slices.Contains(out, name) && len(out) < 20 {
			out = append(out, name)
		}
	}
	people := it.Authors
	if from != nil && from.Author != "" {
		add(personName(from.Author))
		people = nil // made of the same words
	}
	for _, person := range people {
		if person != nil {
			add(personName(first(strings.TrimSpace(person.Name), person.Email)))
		}
	}
	if it.DublinCoreExt != nil {
		for _, name := range slices.Concat(it.DublinCoreExt.Creator, it.DublinCoreExt.Author) {
			add(personName(name))
		}
	}
	return out
}

// inheritedAuthors are those of the feed that an entry was taken from, or else
// of the feed it stands in (RFC 4287, 4.2.1).
func inheritedAuthors(entry *atom.Entry, feed *atom.Feed) []string {
	of := func(people []*atom.Person) []string {
		var it gofeed.Item
		for _, p := range people {
			it.Authors = append(it.Authors, &gofeed.Person{Name: p.Name, Email: p.Email})
		}
		return authors(&it, nil)
	}
	if entry != nil && entry.Source != nil && len(entry.Source.Authors) > 0 {
		return of(entry.Source.Authors)
	}
	return of(feed.Authors)
}

// personName takes the name out of "mail (Name)", "Name (mail)" and "Name <mail>".
func personName(s string) string {
	s = strings.TrimPrefix(strings.TrimSpace(s), "mailto:")
	for _, marks := range []string{"()", "<>"} {
		i := strings.IndexByte(s, marks[0])
		if i < 0 || s[len(s)-1] != marks[1] {
			continue
		}
		before, inside := strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+1:len(s)-1])
		switch {
		case strings.Contains(before, "@") && inside != "":
			return inside
		case strings.Contains(inside, "@") && before != "":
			return strings.Trim(before, `"`)
		case strings.Contains(inside, "@"):
			return inside
		}
	}
	if words := strings.Fields(s); len(words) > 1 { // "Name mail" and "mail Name"
		last := len(words) - 1
		switch {
		case bareMail.MatchString(words[0]):
			return strings.Join(words[1:], " ")
		case bareMail.MatchString(words[last]):
			return strings.Join(words[:last], " ")
		}
	}
	return s
}

var bareMail = regexp.MustCompile(`^<?[\w.+-]+@[\w-]+(\.[\w-]+)+>?$`)

func title(s string) string { return limit(extract.Line(unmixed(s)), 2000) }

func prose(s string, most int) string {
	return limit(extract.Text(unmixed(limit(s, 4*most))), most)
}

// limit cuts s to at most n bytes, at a character's border (F5).
func limit(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// cleanLang makes a language tag of what feeds write: "ru_RU", "uz-Latn-UZ".
func cleanLang(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), "_", "-")
	if len(s) < 2 || len(s) > 20 || strings.ContainsAny(s, " <>/:") {
		return ""
	}
	return s
}

// feedHints are the feed's own wishes for its next visit.
func feedHints(feed *gofeed.Feed) hints {
	var h hints
	if original, ok := feed.OriginalFeed().(*rss.Feed); ok {
		if minutes, err := strconv.Atoi(strings.TrimSpace(original.TTL)); err == nil {
			h.every = clampEvery(time.Duration(min(max(minutes, 0), 1e6)) * time.Minute)
		}
		h.skip(original.SkipHours, original.SkipDays)
	}
	period := strings.ToLower(strings.TrimSpace(extensionText(feed.Extensions, "sy", "updatePeriod")))
	spans := map[string]time.Duration{"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 24 * time.Hour, "monthly": 24 * time.Hour, "yearly": 24 * time.Hour}
	if every, ok := spans[period]; ok {
		frequency, err := strconv.Atoi(strings.TrimSpace(extensionText(feed.Extensions, "sy", "updateFrequency")))
		if err == nil && frequency > 1 {
			every /= time.Duration(min(frequency, 1000))
		}
		h.every = max(h.every, clampEvery(every))
	}
	return h
}

// parseJSONFeed reads a JSON Feed: by gofeed, or leniently where that refuses
// a wrong type or an impossible number (F13).
func parseJSONFeed(text []byte, ctx parseContext) (Document, error) {
	if feed, err := parseXMLorJSON(text); err == nil && (len(feed.Items) > 0 || strings.Contains(feed.FeedVersion, "jsonfeed") || feed.Title != "") {
		doc := feedDocument(feed, nil, ctx)
		return capped(doc), nil
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var root map[string]any
	if err := decoder.Decode(&root); err != nil {
		return Document{}, errNotAFeed
	}
	items, ok := root["items"].([]any)
	if !ok {
		return Document{}, errNotAFeed
	}
	feed := &gofeed.Feed{Title: text1(root["title"]), Link: text1(root["home_page_url"]), Language: text1(root["language"]), FeedType: "json"}
	for _, raw := range items {
		if o, ok := raw.(map[string]any); ok {
			feed.Items = append(feed.Items, lenientItem(o))
		}
	}
	return capped(feedDocument(feed, nil, ctx)), nil
}

func parseXMLorJSON(text []byte) (feed *gofeed.Feed, err error) {
	defer func() {
		if p := recover(); p != nil {
			feed, err = nil, fmt.Errorf("the parser panicked: %v", p)
		}
	}()
	return gofeed.NewParser().Parse(bytes.NewReader(text))
}

func lenientItem(o map[string]any) *gofeed.Item {
	item := &gofeed.Item{
		GUID: text1(o["id"]), Link: first(text1(o["url"]), text1(o["external_url"])), Title: text1(o["title"]),
		Description: text1(o["summary"]), Content: first(text1(o["content_html"]), text1(o["content_text"])),
		Published: text1(o["date_published"]), Updated: text1(o["date_modified"]),
	}
	people, _ := o["authors"].([]any)
	for _, person := range append(people, o["author"]) {
		if p, ok := person.(map[string]any); ok {
			item.Authors = append(item.Authors, &gofeed.Person{Name: text1(p["name"])})
		}
	}
	if tags, ok := o["tags"].([]any); ok {
		for _, tag := range tags {
			item.Categories = append(item.Categories, text1(tag))
		}
	}
	return item
}

// text1 is a JSON value as text, if it is one or a number.
func text1(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// capped keeps the first maxItems.
func capped(doc Document) Document {
	if len(doc.Items) > maxItems {
		doc.Notes = append(doc.Notes, fmt.Sprintf("the document holds %d items; the first %d are read", len(doc.Items), maxItems))
		doc.Items = doc.Items[:maxItems]
	}
	return doc
}

// parseContext is what a parser must know beside the document.
type parseContext struct {
	Outlet news.OutletID
	Base   string // for relative addresses
	Lang   string // that the document declares at its root
	At     time.Time
	Zone   *time.Location // of dates that name none
}

// resolve makes an address absolute; "" for what is not http or https, and for
// what is longer than 2 KiB (F23).
func (c parseContext) resolve(ref string) string {
	ref = strings.TrimSpace(ref)
	if ref == "" || len(ref) > 2<<10 {
		return ""
	}
	ref = strings.ReplaceAll(ref, "&amp;", "&") // escaped twice
	u, err := url.Parse(strings.ReplaceAll(ref, " ", "%20"))
	if err != nil {
		return ""
	}
	if base, err := url.Parse(c.Base); err == nil && c.Base != "" {
		u = base.ResolveReference(u)
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return ""
	}
	u.User = nil
	return u.String()
}
