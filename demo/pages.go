package demo

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strconv"
	"time"
)

//go:embed pages/*.html
var layouts embed.FS

// page is what a layout is filled with.
type page struct {
	Outlet     string
	Slogan     string
	Base       string
	Source     string // path of the outlet's feed or listing
	URL        string
	Title      string
	Teaser     string
	Paragraphs []string
	Number     int
	Published  time.Time // in the outlet's zone
	Stories    []teaser  // on a listing: all; beside an article: the others, a handful
}

// teaser is a story on a listing.
type teaser struct {
	URL        string
	Title      string
	Teaser     string
	Paragraphs []string
	Number     int
	Published  time.Time
}

// Text is the article in one piece.
func (p page) Text() string {
	var out bytes.Buffer
	for i, paragraph := range p.Paragraphs {
		if i > 0 {
			out.WriteString("\n\n")
		}
		out.WriteString(paragraph)
	}
	return out.String()
}

// article answers with an article's page.
func (w *World) article(rw http.ResponseWriter, r *http.Request, o *outlet) {
	number, err := strconv.Atoi(r.PathValue("number"))
	if o.format == failing {
		fails(rw)
		return
	}
	s := w.story(o, number)
	if err != nil || s == nil {
		http.NotFound(rw, r)
		return
	}
	base := "http://" + r.Host
	p := w.list(o, base)
	p.URL, p.Title, p.Teaser, p.Paragraphs = base+s.Path, s.Title, s.teaser(), s.paragraphs()
	p.Number, p.Published = s.Number, s.Published.In(o.zone)
	p.Stories = others(p.Stories, number)
	w.page(rw, r, o, string(o.ID)+".html", p)
}

// front answers with the outlet's front page, which no source is.
func (w *World) front(rw http.ResponseWriter, r *http.Request, o *outlet) {
	w.page(rw, r, o, "front.html", w.list(o, "http://"+r.Host))
}

func (w *World) page(rw http.ResponseWriter, r *http.Request, o *outlet, layout string, p page) {
	body, err := w.render(layout, p)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	w.answer(rw, r, o, "text/html", body)
}

func (w *World) story(o *outlet, number int) *story {
	for i := range w.stories[o.ID] {
		if w.stories[o.ID][i].Number == number {
			return &w.stories[o.ID][i]
		}
	}
	return w.oldStory(o, number)
}

// list is the outlet's page with all its stories, newest first.
func (w *World) list(o *outlet, base string) page {
	p := page{Outlet: o.Name, Slogan: o.slogan, Base: base, Source: o.source.URL, URL: base + o.source.URL, Title: o.Name}
	for _, s := range w.stories[o.ID] {
		p.Stories = append(p.Stories, teaser{
			URL: base + s.Path, Title: s.Title, Teaser: s.teaser(), Paragraphs: s.paragraphs(),
			Number: s.Number, Published: s.Published.In(o.zone),
		})
	}
	return p
}

// others are a few stories beside the one that is shown.
func others(stories []teaser, number int) []teaser {
	var out []teaser
	for _, s := range stories {
		if s.Number != number && len(out) < 4 {
			out = append(out, s)
		}
	}
	return out
}

// render fills a layout.
func (w *World) render(layout string, p page) ([]byte, error) {
	t, err := template.New(layout).Funcs(template.FuncMap{"reverse": oldestFirst}).ParseFS(layouts, "pages/"+layout)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, p); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// oldestFirst turns a listing round, as channels are read.
func oldestFirst(stories []teaser) []teaser {
	out := make([]teaser, 0, len(stories))
	for i := len(stories) - 1; i >= 0; i-- {
		out = append(out, stories[i])
	}
	return out
}
