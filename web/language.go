package web

import (
	"cmp"
	"html"
	"html/template"
	"net/http"
	"strings"

	"silkwire/account"
	"silkwire/news"
	"silkwire/text"
	"silkwire/words"
)

// say says a message in the language that this server speaks.
func (s *Server) say(m words.Message, args ...any) string { return s.words.Say(m, args...) }

// languageCookie keeps the language that a browser's reader has chosen.
const (
	languageCookie = "language"
	languageKept   = 365 * 24 * 60 * 60 // seconds
)

// speaking returns the server that speaks to whoever asks: in the language
// of their account, or else the one chosen in this browser, or else what the
// browser accepts best. What programs read is English.
func (s *Server) speaking(r *http.Request) *Server {
	if !forReaders(r) {
		return s.speakers[s.catalogue.English().Tag]
	}
	chosen := ""
	if c, err := r.Cookie(languageCookie); err == nil {
		chosen = c.Value
	}
	return s.speakers[s.catalogue.For(r.Header.Get("Accept-Language"), visitorOf(r).Language, chosen).Tag]
}

// forReaders reports whether people read what is asked for, and not programs.
func forReaders(r *http.Request) bool {
	for _, prefix := range []string{"/static/", "/export", "/feed.atom", "/editions/feed/", "/mails/"} {
		if strings.HasPrefix(r.URL.Path, prefix) {
			return false
		}
	}
	return isPage(r) && r.URL.Query().Get("format") == ""
}

// inTheirLanguage hands each request to the routes of the server that speaks to
// whoever asks.
func (s *Server) inTheirLanguage() http.Handler {
	routes := map[string]http.Handler{}
	for tag, speaker := range s.speakers {
		routes[tag] = speaker.known404(speaker.routes())
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		routes[s.speaking(r).words.Tag].ServeHTTP(w, r)
	})
}

// setLanguage keeps the language that somebody chose, in the browser and with
// the account, and leads back.
func (s *Server) setLanguage(w http.ResponseWriter, r *http.Request) {
	if err := readForm(r); err != nil {
		s.fail(w, r, err)
		return
	}
	l, ok := s.catalogue.In(r.PostFormValue("language"))
	if !ok {
		s.refuse(w, r, failure{Code: http.StatusBadRequest, Kind: "bad_language", Detail: "The pages cannot be read in this language."})
		return
	}
	if v := visitorOf(r); v.User() && v.Language != l.Tag {
		if err := s.People.SetLanguage(r.Context(), s.by(r), v.Name, l.Tag); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	http.SetCookie(w, &http.Cookie{
		Name: languageCookie, Value: l.Tag, Path: "/", MaxAge: languageKept, Secure: s.overTLS(r), HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	http.Redirect(w, r, ownPath(r.PostFormValue("next")), http.StatusSeeOther)
}

// languageRoute is where the footer of every page sends the chosen language.
func (s *Server) languageRoute() route {
	return route{"POST /language", account.Nobody, s.setLanguage}
}

// here is where a page can be had again; what was sent with a form leads to the
// first page.
func here(r *http.Request) string {
	if r.Method == http.MethodGet {
		return ownPath(r.URL.RequestURI())
	}
	return "/"
}

// functions are what templates can call: t says a message, h says one with
// pieces of HTML in it, which link, code and strong make.
func functions(l *words.Language) template.FuncMap {
	return template.FuncMap{
		"t": l.Say, "h": l.HTML, "link": linkTo, "time": timeOf, "ago": func(st stamp) template.HTML { return agoOf(l, st) },
		"shown":    func(c cell) string { return shown(l, c) },
		"language": func() string { return l.Tag },
		"foreign":  func(f foreign) template.HTML { return bdiOf(f) },
		"english":  func(s string) template.HTML { return englishIn(l, s) },
		"code":     func(s string) template.HTML { return element("code", "", s) },
		"strong":   func(s string) template.HTML { return element("strong", "", s) },
		"bdi":      func(s string) template.HTML { return element("bdi", "", s) },
	}
}

// timeOf, agoOf and bdiOf are the templates of their names, inside a sentence.
func timeOf(st stamp) template.HTML {
	if st.ISO == "" {
		return ""
	}
	return element("time", attributes("datetime", st.ISO), st.Text)
}

func agoOf(l *words.Language, st stamp) template.HTML {
	if st.ISO == "" {
		return element("span", attributes("class", "none"), l.Say("never"))
	}
	return element("time", attributes("datetime", st.ISO, "title", st.Text), st.Ago)
}

func bdiOf(f foreign) template.HTML {
	return element("bdi", attributes("lang", f.Lang, "dir", cmp.Or(f.Dir, "auto")), f.Text)
}

// englishIn is text that is English whatever the language of the page.
func englishIn(l *words.Language, s string) template.HTML {
	if l.Tag == "en" {
		return template.HTML(html.EscapeString(s)) //nolint:gosec // escaped
	}
	return element("span", attributes("lang", "en"), s)
}

// attributes writes those that have a value.
func attributes(pairs ...string) string {
	out := ""
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out += " " + pairs[i] + `="` + html.EscapeString(pairs[i+1]) + `"`
		}
	}
	return out
}

// linkTo is a link inside a sentence. It leads to addresses of our own only.
func linkTo(href, name string) template.HTML {
	if !strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "#") {
		href = "#"
	}
	return element("a", attributes("href", href), name)
}

func element(name, attributes, content string) template.HTML {
	return template.HTML("<" + name + attributes + ">" + html.EscapeString(content) + "</" + name + ">") //nolint:gosec // content is escaped
}

// name is what a concept is called in the language of the page: by its label,
// or else by its first term, or else in English.
func (s *Server) name(id news.ConceptID) string {
	if s.Taxonomy == nil {
		return string(id)
	}
	c, ok := s.Taxonomy.Concept(id)
	if !ok || s.words.Tag == "en" {
		return s.Taxonomy.Name(id)
	}
	return capital(c.LabelIn(text.ParseLang(s.words.Tag)))
}

// percentage writes a part of a whole in percent with one place.
func (s *Server) percentage(x float64) string { return s.words.Decimal(100*x, 1) + " %" }

// say says a message in the language of the view.
func (v *view) say(m words.Message, args ...any) string { return v.s.say(m, args...) }

// inEnglish is a failure of what programs ask, who read English.
func inEnglish(code int, kind, detail string) failure {
	return failure{Code: code, Kind: kind, Detail: "%s", Args: []any{detail}}
}
