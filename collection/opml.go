package collection

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"silkwire/news"
)

// Bounds of a list of feeds (X22).
const (
	mostOutlines = 5000
	deepest      = 50
)

// opml reads a list of feeds. Nothing is fetched.
func (r *reader) opml(text []byte, where string) error {
	decoder := xml.NewDecoder(bytes.NewReader(text))
	decoder.Strict = false
	decoder.Entity = xml.HTMLEntity
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	var folders []string
	outlines := 0
	for {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			r.reject(where, fmt.Errorf("the list is broken from here on: %w", err))
			return nil
		}
		switch t := token.(type) {
		case xml.EndElement:
			if strings.EqualFold(t.Name.Local, "outline") && len(folders) > 0 {
				folders = folders[:len(folders)-1]
			}
		case xml.StartElement:
			if !strings.EqualFold(t.Name.Local, "outline") {
				continue
			}
			if outlines++; outlines > mostOutlines || len(folders) >= deepest {
				r.reject(where, fmt.Errorf("more than %d outlines, or more than %d inside each other: the rest is left out", mostOutlines, deepest))
				return nil
			}
			feed, why := outline(t, folders)
			if err := r.feed(feed, why, where); err != nil {
				return err
			}
			folders = append(folders, feed.Title)
		}
	}
}

func (r *reader) feed(feed Feed, why, where string) error {
	switch {
	case feed.URL == "" && why == "":
		return nil // a folder
	case why != "":
		r.reject(where, errors.New(why))
		return nil
	case r.hand.Feed == nil:
		return nil
	}
	return r.hand.Feed(feed)
}

// outline reads an outline's attributes; why says what is wrong with its
// address.
func outline(t xml.StartElement, folders []string) (f Feed, why string) {
	attributes := map[string]string{}
	for _, a := range t.Attr {
		attributes[strings.ToLower(a.Name.Local)] = strings.TrimSpace(a.Value)
	}
	f = Feed{Title: shortened(attributes["title"]), URL: attributes["xmlurl"], Site: attributes["htmlurl"], Language: attributes["language"], Kind: news.Feed}
	if f.Title == "" {
		f.Title = shortened(attributes["text"])
	}
	if len(folders) > 0 {
		f.Folder = folders[len(folders)-1]
	}
	if kind := news.Kind(attributes["kind"]); slices.Contains(news.Kinds, kind) {
		f.Kind = kind
		if f.URL == "" {
			f.URL = attributes["url"]
		}
	}
	if f.URL == "" {
		return f, ""
	}
	u, err := url.Parse(f.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || len(f.URL) > 2048 {
		return f, fmt.Sprintf("%.200q is not an address that can be visited", f.URL)
	}
	return f, ""
}

// Folder is the feeds of one outlet, for [WriteOPML].
type Folder struct {
	Title string
	Feeds []Feed
}

// The elements of OPML 2.0.
type (
	opmlDocument struct {
		XMLName xml.Name      `xml:"opml"`
		Version string        `xml:"version,attr"`
		Title   string        `xml:"head>title"`
		Outline []opmlOutline `xml:"body>outline"`
	}
	opmlOutline struct {
		Text     string        `xml:"text,attr"`
		Title    string        `xml:"title,attr,omitempty"`
		Type     string        `xml:"type,attr,omitempty"`
		XMLURL   string        `xml:"xmlUrl,attr,omitempty"`
		URL      string        `xml:"url,attr,omitempty"`
		Kind     string        `xml:"kind,attr,omitempty"`
		Language string        `xml:"language,attr,omitempty"`
		Outline  []opmlOutline `xml:"outline"`
	}
)

// WriteOPML writes sources as OPML 2.0: feeds as every reader knows them, other
// kinds as links that [Read] knows.
func WriteOPML(out io.Writer, title string, folders []Folder) error {
	doc := opmlDocument{Version: "2.0", Title: title}
	for _, folder := range folders {
		f := opmlOutline{Text: folder.Title}
		for _, feed := range folder.Feeds {
			o := opmlOutline{Text: feed.Title, Title: feed.Title, Type: "rss", XMLURL: feed.URL, Language: feed.Language}
			if feed.Kind != news.Feed {
				o.Type, o.XMLURL, o.URL, o.Kind = "link", "", feed.URL, string(feed.Kind)
			}
			f.Outline = append(f.Outline, o)
		}
		doc.Outline = append(doc.Outline, f)
	}
	if _, err := io.WriteString(out, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(out)
	encoder.Indent("", "  ")
	if err := encoder.Encode(doc); err != nil {
		return err
	}
	_, err := io.WriteString(out, "\n")
	return err
}
