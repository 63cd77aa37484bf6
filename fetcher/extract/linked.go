package extract

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
)

// linked is what a page's JSON-LD says of its article.
type linked struct {
	kind, headline, description, articleBody string
	published, language, image, section      string
	authors                                  []string
}

var articleTypes = []string{
	"Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle", "BackgroundNewsArticle",
	"BlogPosting", "LiveBlogPosting", "TechArticle", "ScholarlyArticle", "Report", "SocialMediaPosting",
}

// linkedData reads the first article in the page's JSON-LD blocks.
func (d *document) linkedData() linked {
	var found linked
	d.Find(`script[type="application/ld+json"]`).EachWithBreak(func(_ int, s *goquery.Selection) bool {
		var data any
		if json.Unmarshal([]byte(ldSource(s.Text())), &data) != nil {
			return true
		}
		if object := article(data, 0); object != nil {
			found = readLinked(object)
		}
		return found.kind == ""
	})
	return found
}

// ldSource drops what people wrap around JSON-LD, and raw control characters,
// which JSON forbids in strings and CMSes write nevertheless.
func ldSource(text string) string {
	text = strings.TrimSpace(text)
	text = strings.TrimPrefix(text, "<![CDATA[")
	text = strings.TrimSuffix(text, "]]>")
	text = strings.TrimSuffix(strings.TrimSpace(text), ";")
	return strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, text)
}

// article finds the first object of an article's type, looking into @graph,
// arrays and mainEntity.
func article(data any, depth int) map[string]any {
	if depth > 8 {
		return nil
	}
	switch v := data.(type) {
	case []any:
		for _, element := range v {
			if found := article(element, depth+1); found != nil {
				return found
			}
		}
	case map[string]any:
		if slices.ContainsFunc(stringsOf(v["@type"]), func(t string) bool { return slices.Contains(articleTypes, t) }) {
			return v
		}
		for _, key := range []string{"@graph", "mainEntity", "mainEntityOfPage", "itemListElement"} {
			if found := article(v[key], depth+1); found != nil {
				return found
			}
		}
	}
	return nil
}

func readLinked(o map[string]any) linked {
	return linked{
		kind:        firstOf(stringsOf(o["@type"])...),
		headline:    firstOf(firstOf(stringsOf(o["headline"])...), firstOf(stringsOf(o["name"])...)),
		description: firstOf(stringsOf(o["description"])...),
		articleBody: firstOf(stringsOf(o["articleBody"])...),
		published:   firstOf(firstOf(stringsOf(o["datePublished"])...), firstOf(stringsOf(o["dateCreated"])...)),
		language:    firstOf(named(o["inLanguage"], "alternateName", "@id", "name")...),
		image:       firstOf(named(o["image"], "url", "contentUrl", "@id")...),
		section:     firstOf(stringsOf(o["articleSection"])...),
		authors:     named(o["author"], "name"),
	}
}

// stringsOf reads a value that should be a string and may be a list of them.
func stringsOf(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, element := range v {
			if s, ok := element.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// named reads strings, objects with one of the keys, or lists of both.
func named(v any, keys ...string) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case map[string]any:
		for _, key := range keys {
			if s := stringsOf(v[key]); len(s) > 0 {
				return s
			}
		}
	case []any:
		var out []string
		for _, element := range v {
			if _, list := element.([]any); !list {
				out = append(out, named(element, keys...)...)
			}
		}
		return out
	}
	return nil
}

// body is articleBody as plain text, if it can be the whole article: long
// enough, and not cut off with an ellipsis.
func (l linked) body() string {
	raw := l.articleBody
	if strings.Contains(raw, "&lt;") {
		raw = Text(raw)
	}
	text := Text(raw)
	if utf8.RuneCountInString(text) < 250 {
		return ""
	}
	if strings.HasSuffix(text, "…") || strings.HasSuffix(text, "...") {
		return ""
	}
	return text
}
