package extract

import (
	"errors"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// Channel is the web preview of a public Telegram channel (t.me/s/NAME).
type Channel struct {
	Name  string
	Title string
	Posts []Entry // oldest first, as on the page; Title is empty
	Older string  // address of the page with older posts; "" at the beginning
}

// ErrNoChannel says that a page is not the preview of a channel: the name does
// not exist, belongs to a person or a group, or the preview is switched off.
var ErrNoChannel = errors.New("not the preview of a public Telegram channel")

// Telegram reads a channel's preview page.
func Telegram(data []byte, pageURL string) (Channel, error) {
	root, err := html.Parse(strings.NewReader(string(data)))
	if err != nil {
		return Channel{}, ErrNoChannel
	}
	d := newDocument(root, pageURL)
	if d.Find(".tgme_channel_info, .tgme_channel_history, .tgme_widget_message").Length() == 0 {
		return Channel{}, ErrNoChannel
	}
	ch := Channel{Title: Line(d.Find(".tgme_channel_info_header_title").First().Text())}
	d.Find(".tgme_widget_message[data-post]").Each(func(_ int, s *goquery.Selection) {
		post := s.AttrOr("data-post", "")
		name, number, ok := strings.Cut(post, "/")
		if !ok || !isNumber(number) || s.HasClass("service_message") {
			return
		}
		ch.Name = name
		ch.Posts = append(ch.Posts, d.post(s, post))
	})
	ch.Older = d.olderPosts()
	return ch, nil
}

func (d *document) post(s *goquery.Selection, post string) Entry {
	e := Entry{URL: "https://t.me/" + post}
	texts := s.Find(".tgme_widget_message_text").FilterFunction(func(_ int, t *goquery.Selection) bool {
		return t.ParentsFiltered(".tgme_widget_message_reply").Length() == 0 &&
			t.ParentsFiltered(".tgme_widget_message_text").Length() == 0
	})
	if texts.Length() > 0 {
		e.Text = nodeText(texts.Nodes[0])
	}
	e.Date = s.Find(".tgme_widget_message_date time[datetime], time[datetime].time").Last().AttrOr("datetime", "")
	if style := s.Find(".tgme_widget_message_photo_wrap").First().AttrOr("style", ""); style != "" {
		if _, after, ok := strings.Cut(style, "url('"); ok {
			address, _, _ := strings.Cut(after, "'")
			e.Image = resolve(d.base, address)
		}
	}
	return e
}

// olderPosts is the address the page itself offers for paging back.
func (d *document) olderPosts() string {
	for _, selector := range []string{"a.tme_messages_more[data-before]", "link[rel=prev]"} {
		href := resolve(d.base, d.Find(selector).First().AttrOr("href", ""))
		if u, err := url.Parse(href); err == nil && isNumber(u.Query().Get("before")) {
			return href
		}
	}
	return ""
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// Preview is what a page looks like to somebody who must decide how to read it.
type Preview struct {
	Telegram bool
	Article  bool // says so itself, or holds one long text
	Links    int  // that look like articles
}

// Look tells an article page from a listing and from a channel's preview.
func Look(data []byte, pageURL string) Preview {
	root, err := html.Parse(strings.NewReader(string(data)))
	if err != nil {
		return Preview{Article: true}
	}
	d := newDocument(root, pageURL)
	p := Preview{Telegram: d.Find(".tgme_widget_message[data-post], .tgme_channel_history").Length() > 0}
	p.Links = len(d.articleLinks(nil))
	paragraphs := 0
	d.Find("p").Each(func(_ int, s *goquery.Selection) { paragraphs += len(Line(s.Text())) })
	saysArticle := d.ld.kind != "" || strings.EqualFold(d.meta("og:type"), "article")
	switch {
	case saysArticle:
		p.Article = true
	case p.Links >= 5:
		p.Article = paragraphs > 1500 && paragraphs > 60*p.Links
	default:
		p.Article = true
	}
	return p
}
