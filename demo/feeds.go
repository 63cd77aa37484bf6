package demo

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"strings"
	"time"
	"unicode/utf8"
)

// publish writes the outlet's source: its media type and its body in UTF-8.
func (w *World) publish(o *outlet, base string) (kind string, body []byte, err error) {
	switch o.format {
	case rss:
		body, err = w.rss(o, base)
		return "application/rss+xml", body, err
	case truncated:
		body, err = w.rss(o, base)
		return "application/rss+xml", cut(body), err
	case atom:
		body, err = w.atom(o, base)
		return "application/atom+xml", body, err
	case jsonFeed:
		body, err = w.jsonFeed(o, base)
		return "application/feed+json", body, err
	case sitemap:
		body, err = w.sitemap(o, base)
		return "application/xml", body, err
	default:
		body, err = w.render(string(o.ID)+".list.html", w.list(o, base))
		return "text/html", body, err
	}
}

type rssFeed struct {
	XMLName xml.Name  `xml:"rss"`
	Version string    `xml:"version,attr"`
	Content string    `xml:"xmlns:content,attr"`
	DC      string    `xml:"xmlns:dc,attr"`
	Title   string    `xml:"channel>title"`
	Link    string    `xml:"channel>link"`
	About   string    `xml:"channel>description"`
	Lang    string    `xml:"channel>language"`
	Built   string    `xml:"channel>lastBuildDate"`
	TTL     int       `xml:"channel>ttl"`
	Items   []rssItem `xml:"channel>item"`
}

type rssItem struct {
	Title     string  `xml:"title"`
	Link      string  `xml:"link"`
	GUID      rssGUID `xml:"guid"`
	Published string  `xml:"pubDate"`
	Creator   string  `xml:"dc:creator"`
	About     cdata   `xml:"description"`
	Text      *cdata  `xml:"content:encoded"`
}

type rssGUID struct {
	Permanent bool   `xml:"isPermaLink,attr"`
	Value     string `xml:",chardata"`
}

type cdata struct {
	Text string `xml:",cdata"`
}

func (w *World) rss(o *outlet, base string) ([]byte, error) {
	feed := rssFeed{
		Version: "2.0", Content: "http://purl.org/rss/1.0/modules/content/", DC: "http://purl.org/dc/elements/1.1/",
		Title: o.Name, Link: base + "/", About: o.slogan, Lang: langTag(o.Languages[0]),
		Built: w.modified(o).In(o.zone).Format(time.RFC1123Z), TTL: 15,
	}
	for _, s := range w.stories[o.ID] {
		item := rssItem{
			Title: s.Title, Link: base + s.Path + "?utm_source=rss", Published: s.Published.In(o.zone).Format(time.RFC1123Z),
			GUID: rssGUID{Value: fmt.Sprintf("%s-%d", o.ID, s.Number)}, Creator: o.Name, About: cdata{"<p>" + html.EscapeString(s.teaser()) + "</p>"},
		}
		if !o.summary {
			item.Text = &cdata{s.html()}
		}
		feed.Items = append(feed.Items, item)
	}
	if o.charset != "" {
		return indented("", feed) // the encoding is declared in HTTP alone
	}
	return indented(xml.Header, feed)
}

// cut ends a feed in the middle of one more item.
func cut(feed []byte) []byte {
	end := bytes.LastIndex(feed, []byte("</channel>"))
	if end < 0 {
		return feed
	}
	return append(feed[:end:end], "  <item>\n      <title>Срочно: редакция получ"...)
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	Title   string      `xml:"title"`
	About   string      `xml:"subtitle"`
	ID      string      `xml:"id"`
	Links   []atomLink  `xml:"link"`
	Updated string      `xml:"updated"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	Title     string    `xml:"title"`
	ID        string    `xml:"id"`
	Link      atomLink  `xml:"link"`
	Published string    `xml:"published"`
	Updated   string    `xml:"updated"`
	Author    string    `xml:"author>name"`
	About     atomText  `xml:"summary"`
	Text      *atomText `xml:"content"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

func (w *World) atom(o *outlet, base string) ([]byte, error) {
	feed := atomFeed{
		Lang: langTag(o.Languages[0]), Title: o.Name, About: o.slogan, ID: "tag:" + string(o.ID) + ".example,2026:feed",
		Links:   []atomLink{{"alternate", base + "/"}, {"self", base + o.source.URL}},
		Updated: w.modified(o).Format(time.RFC3339),
	}
	for _, s := range w.stories[o.ID] {
		at := s.Published.In(o.zone).Format(time.RFC3339)
		entry := atomEntry{
			Title: s.Title, ID: fmt.Sprintf("tag:%s.example,2026:%d", o.ID, s.Number), Link: atomLink{"alternate", base + s.Path},
			Published: at, Updated: at, Author: o.Name, About: atomText{"text", s.teaser()},
		}
		if !o.summary {
			entry.Text = &atomText{"html", s.html()}
		}
		feed.Entries = append(feed.Entries, entry)
	}
	return indented(xml.Header, feed)
}

func (w *World) jsonFeed(o *outlet, base string) ([]byte, error) {
	type item struct {
		ID        string `json:"id"`
		URL       string `json:"url"`
		Title     string `json:"title"`
		Summary   string `json:"summary"`
		Text      string `json:"content_html"`
		Published string `json:"date_published"`
	}
	feed := struct {
		Version string `json:"version"`
		Title   string `json:"title"`
		Home    string `json:"home_page_url"`
		Self    string `json:"feed_url"`
		About   string `json:"description"`
		Lang    string `json:"language"`
		Items   []item `json:"items"`
	}{
		Version: "https://jsonfeed.org/version/1.1", Title: o.Name, Home: base + "/", Self: base + o.source.URL,
		About: o.slogan, Lang: langTag(o.Languages[0]),
	}
	for _, s := range w.stories[o.ID] {
		feed.Items = append(feed.Items, item{
			ID: fmt.Sprint(s.Number), URL: base + s.Path, Title: s.Title, Summary: s.teaser(), Text: s.html(),
			Published: s.Published.In(o.zone).Format(time.RFC3339),
		})
	}
	return json.MarshalIndent(feed, "", " ")
}

type urlSet struct {
	XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	News    string   `xml:"xmlns:news,attr"`
	URLs    []mapURL `xml:"url"`
}

type mapURL struct {
	Loc  string   `xml:"loc"`
	News *mapNews `xml:"news:news"`
}

type mapNews struct {
	Outlet string `xml:"news:publication>news:name"`
	Lang   string `xml:"news:publication>news:language"`
	Date   string `xml:"news:publication_date"`
	Title  string `xml:"news:title"`
}

func (w *World) sitemap(o *outlet, base string) ([]byte, error) {
	set := urlSet{News: "http://www.google.com/schemas/sitemap-news/0.9"}
	set.URLs = append(set.URLs, mapURL{Loc: base + "/biz-barada"}) // no news
	for _, s := range w.stories[o.ID] {
		set.URLs = append(set.URLs, mapURL{Loc: base + s.Path, News: &mapNews{
			Outlet: o.Name, Lang: langTag(o.Languages[0]), Date: s.Published.In(o.zone).Format(time.RFC3339), Title: s.Title,
		}})
	}
	return indented(xml.Header, set)
}

func indented(head string, v any) ([]byte, error) {
	body, err := xml.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, err
	}
	return append([]byte(head), body...), nil
}

// langTag is a language as the web writes it (BCP 47).
func langTag(lang string) string { return strings.TrimSuffix(lang, "-Latn") }

// paragraphs are the paragraphs of the body.
func (s *story) paragraphs() []string { return strings.Split(s.Body, "\n") }

// html is the body as an editor would leave it.
func (s *story) html() string {
	var out strings.Builder
	for _, p := range s.paragraphs() {
		out.WriteString("<p>" + html.EscapeString(p) + "</p>\n")
	}
	return out.String()
}

// teaser is the beginning of the body, as short feeds carry it.
func (s *story) teaser() string {
	const length = 160
	lead := s.paragraphs()[0]
	if utf8.RuneCountInString(lead) <= length {
		return lead
	}
	short := string([]rune(lead)[:length])
	if space := strings.LastIndexByte(short, ' '); space > 0 {
		short = short[:space]
	}
	return short + "…"
}
