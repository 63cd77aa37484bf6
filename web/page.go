package web

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"silkwire/news"
	"silkwire/words"
)

//go:embed templates/*.html
var templateFiles embed.FS

// patience is how long a page may take before its request is given up.
const patience = 5 * time.Second

// frame is what layout.html needs of every page.
type frame struct {
	Title   string
	Code    int    // of HTTP; 0 is 200
	Section string // the entry of the navigation that is current
	Refresh int    // seconds after which the page loads itself anew; 0: never

	Who  visitor
	Role string // of Who, in words

	Version  string
	Taxonomy string
	Demo     bool
	Style    string // addresses of the assets
	Script   string
	Icon     string
	Zone     string

	Language string // of the page
	Tongues  []*words.Language
	Here     string // where the page can be had again
}

func (f *frame) base() *frame { return f }

// framed is a page's struct: it embeds a frame.
type framed interface{ base() *frame }

// pages are the templates by name: each the layout with one page in it.
type pages map[string]*template.Template

func parsePages(l *words.Language) pages {
	shared := template.Must(template.New("layout").Funcs(functions(l)).ParseFS(templateFiles, "templates/layout.html", "templates/parts.html"))
	found, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		panic(err)
	}
	all := pages{}
	for _, file := range found {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if name != "layout" && name != "parts" {
			all[name] = template.Must(template.Must(shared.Clone()).ParseFS(templateFiles, file))
		}
	}
	return all
}

// page makes a handler of a function that fills a page's struct.
func (s *Server) page(name string, fill func(*http.Request) (framed, error)) http.HandlerFunc {
	return s.anyPage(func(r *http.Request) (string, framed, error) {
		data, err := fill(r)
		return name, data, err
	})
}

// anyPage is page for a function that also names the template.
func (s *Server) anyPage(fill func(*http.Request) (string, framed, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, stop := context.WithTimeout(r.Context(), patience)
		defer stop()
		name, data, err := fill(r.WithContext(ctx))
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.writePage(w, r, name, data)
	}
}

// writePage writes a page when all of it is there, without the characters that
// [clean] takes out, wherever on the page they stand.
func (s *Server) writePage(w http.ResponseWriter, r *http.Request, name string, data framed) {
	f := data.base()
	s.dress(f)
	f.Who, f.Here = visitorOf(r), here(r)
	f.Role = s.say(roleWord(f.Who.Role))
	var out bytes.Buffer
	if err := s.pages[name].ExecuteTemplate(&out, "layout", data); err != nil {
		s.Log.Error("a page could not be written", "request", idOf(r), "page", name, "error", err)
		http.Error(w, s.say("Something went wrong on our side; the log has the details under request %s.", idOf(r)), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", f.Language)
	w.Header().Set("Vary", "Accept-Language, Cookie")
	if f.Code != 0 {
		w.WriteHeader(f.Code)
	}
	_, _ = io.WriteString(w, clean(out.String()))
}

func (s *Server) dress(f *frame) {
	f.Version, f.Demo = s.Version, s.Demo
	f.Language, f.Tongues = s.words.Tag, s.catalogue.All()
	if s.Taxonomy != nil {
		f.Taxonomy = s.Taxonomy.Version
	}
	f.Style, f.Script, f.Icon = s.assets.href("silkwire.css"), s.assets.href("silkwire.js"), s.assets.href("icon.svg")
	f.Zone = s.Zone.String()
	if f.Zone == "Local" {
		f.Zone, _ = s.Now().In(s.Zone).Zone()
	}
}

// foreign is text that came from outside, with its language and direction.
type foreign struct {
	Text, Lang, Dir string
}

func foreignText(s, lang string) foreign {
	f := foreign{Text: s, Dir: direction(lang)}
	if lang != "und" {
		f.Lang = lang
	}
	return f
}

// stamp is a moment as a page shows it.
type stamp struct {
	ISO  string // for machines
	Text string // in the reader's zone
	Ago  string // "3 h ago", "in 5 min"
}

func (s *Server) stamp(t time.Time) stamp {
	if t.IsZero() {
		return stamp{}
	}
	return stamp{
		ISO:  t.UTC().Format(time.RFC3339),
		Text: s.words.Moment(t.In(s.Zone)),
		Ago:  s.ago(t, s.Now()),
	}
}

// published is the stamp of an item. A date without a time of day is midnight
// where it was written; its noon is on the same date nearly everywhere.
func (s *Server) published(it *news.Item) stamp {
	st := s.stamp(it.Time())
	if it.DayOnly && !it.Published.IsZero() {
		day := it.Published.Add(12 * time.Hour).In(s.Zone)
		st.ISO, st.Text = day.Format(time.DateOnly), s.words.ShortDate(day)
	}
	return st
}
