package config

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"silkwire/news"
)

// readSource is where a source and its parts stand in the file.
type readSource struct {
	outlet, index int
	at, id, url   Place
	schedule      Place
	names         map[string]Place // selectors that only listing pages have
}

type readDigest struct {
	at map[string]Place // by key; "" is the digest itself
}

func keys(m map[string]func(pair)) []string { return slices.Sorted(maps.Keys(m)) }

// read walks the whole file.
func (r *reader) read(content []byte) {
	body := r.parse(content)
	if body == nil {
		return
	}
	readers := map[string]func(pair){
		"fetch":    r.section,
		"log":      r.section,
		"review":   r.section,
		"robots":   r.section,
		"smtp":     r.section,
		"tls":      r.section,
		"auth":     r.section,
		"oidc":     r.section,
		"metrics":  r.section,
		"outlets":  r.outlets,
		"digests":  r.readDigests,
		"channels": r.readChannels,
		"clusters": r.readClusters,
	}
	r.settings("", readers)
	at := r.place(body)
	r.fields(pair{value: r.resolve(body), at: at}, readers)
}

// settings adds the readers of all settings of a section.
func (r *reader) settings(section string, readers map[string]func(pair)) {
	for _, s := range settings {
		if dir, name := s.split(); dir == section {
			readers[name] = func(p pair) { r.setting(s, p) }
		}
	}
}

// say remembers that the file has something to say under a key. One with
// nothing behind it, as when all below is commented out, says nothing.
func (r *reader) say(p pair) bool {
	if _, nothing := p.value.(*ast.NullNode); nothing {
		return false
	}
	r.at[p.name] = p.at
	return true
}

func (r *reader) section(p pair) {
	if !r.say(p) {
		return
	}
	readers := map[string]func(pair){}
	r.settings(p.name, readers)
	if p.name == "smtp" {
		readers["dkim"] = func(p pair) { p.name = "smtp.dkim"; r.section(p) }
	}
	r.fields(p, readers)
}

func (r *reader) setting(s setting, p pair) {
	r.at[s.key] = p.at
	if s.list {
		r.texts(p, func(it pair, text string) { r.apply(s, it.at, text) })
		return
	}
	if s.flag {
		var on bool
		r.bool(p, &on)
		r.apply(s, p.at, strconv.FormatBool(on))
		return
	}
	if text, ok := r.text(p); ok {
		r.apply(s, p.at, text)
	}
}

func (r *reader) apply(s setting, at Place, text string) {
	if strings.Contains(text, "${") && !isSecret(s.key) && s.key != "smtp.dkim.key_file" {
		r.warn(at, "%s: ${…} is not expanded; set %s in the environment instead", s.key, s.variable())
	}
	if err := s.set(r.cfg, text); err != nil {
		r.mistake(at, "%s: %v", s.key, err)
	}
}

func (r *reader) outlets(p pair) {
	if !r.say(p) {
		return
	}
	r.cfg.Outlets = []Outlet{}
	for _, it := range r.items(p) {
		r.outlet(it)
	}
}

func (r *reader) outlet(p pair) {
	p.name = "an outlet"
	index := len(r.cfg.Outlets)
	r.cfg.Outlets = append(r.cfg.Outlets, Outlet{})
	o := &r.cfg.Outlets[index]
	idAt, named := p.at, false
	var sources []pair
	readers := map[string]func(pair){
		"id":        func(p pair) { idAt, named = p.at, true; r.ident(p, (*string)(&o.ID)) },
		"name":      func(p pair) { r.line(p, &o.Name) },
		"country":   func(p pair) { r.country(p, &o.Country) },
		"languages": func(p pair) { o.Languages = r.languages(p) },
		"sources":   func(p pair) { sources = r.items(p) },
	}
	if !r.fields(p, readers) {
		return
	}
	if !named {
		r.mistake(p.at, "an outlet needs an id")
	}
	if o.Name == "" {
		o.Name = string(o.ID)
	}
	if first, twice := r.outletAt[o.ID]; twice && o.ID != "" {
		r.mistake(idAt, "the outlet %q stands here twice; first in line %d: write all its sources into one", o.ID, first.Line)
	} else {
		r.outletAt[o.ID] = idAt
	}
	for _, it := range sources {
		r.source(it, index)
	}
}

func (r *reader) source(p pair, outlet int) {
	p.name = "a source"
	o := &r.cfg.Outlets[outlet]
	s := Source{Source: news.Source{Outlet: o.ID}, Enabled: true}
	pos := readSource{outlet: outlet, index: len(o.Sources), at: p.at, id: p.at, names: map[string]Place{}}
	kind, address := false, false
	listing := func(to *string) func(pair) {
		return func(p pair) { pos.names[p.name] = p.at; r.selector(p, to) }
	}
	readers := map[string]func(pair){
		"id":        func(p pair) { pos.id = p.at; r.ident(p, (*string)(&s.ID)) },
		"kind":      func(p pair) { kind = true; r.kind(p, &s.Kind) },
		"url":       func(p pair) { pos.url, address = p.at, true; r.line(p, &s.URL) },
		"schedule":  func(p pair) { pos.schedule = p.at; r.line(p, &s.Schedule) },
		"languages": func(p pair) { s.Languages = r.languages(p) },
		"item":      listing(&s.Item),
		"link":      listing(&s.Link),
		"title":     listing(&s.Title),
		"date":      listing(&s.Date),
		"next":      listing(&s.Next),
		"match":     func(p pair) { r.expression(p, &s.Match) },
		"article":   func(p pair) { r.article(p, &s.Article) },
		"insecure":  func(p pair) { r.bool(p, &s.Insecure) },
		"enabled":   func(p pair) { r.bool(p, &s.Enabled) },
		"seen":      func(p pair) { r.line(p, &s.Seen) },
		"note":      func(p pair) { r.line(p, &s.Note) },
	}
	if !r.fields(p, readers) {
		return
	}
	if !kind {
		r.mistake(p.at, "a source needs a kind: %s", strings.Join(kinds(), ", "))
	}
	if !address {
		r.mistake(p.at, "a source needs a url")
	} else if s.URL != "" {
		r.address(pos.url, &s)
	}
	o.Sources = append(o.Sources, s)
	r.sources = append(r.sources, pos)
}

func kinds() (out []string) {
	for _, k := range news.Kinds {
		out = append(out, string(k))
	}
	return out
}

func (r *reader) kind(p pair, to *news.Kind) {
	text, ok := r.text(p)
	if !ok {
		return
	}
	if !slices.Contains(news.Kinds, news.Kind(text)) {
		r.mistake(p.at, "%v", oneOf("kind", text, kinds()))
		return
	}
	*to = news.Kind(text)
}

// address checks a source's URL. A Telegram channel may be given by its name.
func (r *reader) address(at Place, s *Source) {
	if s.Kind == news.Telegram {
		if name := channel.FindStringSubmatch(s.URL); name != nil {
			s.URL = "https://t.me/s/" + name[1]
		}
	}
	if err := webAddress(s.URL); err != nil {
		r.mistake(at, "url: %v", err)
		s.URL = ""
	}
}

var channel = regexp.MustCompile(`^(?:@|(?:https?://)?(?:www\.)?(?:t|telegram)\.me/(?:s/)?)([A-Za-z][A-Za-z0-9_]{3,31})/?$`)

func webAddress(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Opaque != "":
		return fmt.Errorf("%q is not an address", shortened(raw))
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("%q must begin with http:// or https://", shortened(raw))
	case u.Hostname() == "":
		return fmt.Errorf("%q names no host", shortened(raw))
	case u.User != nil:
		return fmt.Errorf("an address with a user name or password in it is not visited; take it out")
	case strings.ContainsAny(raw, " \t\n") || len(raw) > 2048:
		return fmt.Errorf("%q is not an address", shortened(raw))
	}
	return nil
}

func (r *reader) article(p pair, to *news.ArticleRule) {
	r.fields(p, map[string]func(pair){
		"body":  func(p pair) { r.selector(p, &to.Body) },
		"title": func(p pair) { r.selector(p, &to.Title) },
		"date":  func(p pair) { r.selector(p, &to.Date) },
		"skip":  func(p pair) { r.bool(p, &to.Skip) },
		"remove": func(p pair) {
			r.texts(p, func(it pair, css string) {
				if r.cssOK(it, css) {
					to.Remove = append(to.Remove, css)
				}
			})
		},
	})
}

func (r *reader) selector(p pair, to *string) {
	if css, ok := r.text(p); ok && r.cssOK(p, css) {
		*to = css
	}
}

func (r *reader) cssOK(p pair, css string) bool {
	if strings.TrimSpace(css) == "" {
		r.mistake(p.at, "%s: an empty selector; leave the key out", p.name)
		return false
	}
	if r.v.Selector == nil {
		return true
	}
	if err := r.v.Selector(css); err != nil {
		r.mistake(p.at, "%s: %v", p.name, err)
		return false
	}
	return true
}

func (r *reader) expression(p pair, to *string) {
	text, ok := r.text(p)
	if !ok {
		return
	}
	if _, err := regexp.Compile(text); err != nil {
		r.mistake(p.at, "%s: %v", p.name, err)
		return
	}
	*to = text
}

// identifier is what an id may be: it stands in addresses, file names and
// command lines.
var identifier = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

func (r *reader) ident(p pair, to *string) {
	text, ok := r.text(p)
	if !ok {
		return
	}
	if !identifier.MatchString(text) {
		r.mistake(p.at, "%q is not an id; write small letters, digits, dashes and dots, like %q", shortened(text), idFrom(text))
		return
	}
	*to = text
}

// idFrom makes an id of any text.
func idFrom(text string) string {
	id := strings.Trim(notID.ReplaceAllString(strings.ToLower(text), "-"), "-._")
	if id == "" {
		return "an-id"
	}
	return strings.TrimRight(id[:min(len(id), 60)], "-._")
}

var notID = regexp.MustCompile(`[^a-z0-9._]+`)

// line reads a text of one line.
func (r *reader) line(p pair, to *string) {
	text, ok := r.text(p)
	if !ok {
		return
	}
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		r.mistake(p.at, "%s is empty; leave the key out, or write something", p.name)
	case strings.ContainsAny(text, "\n\t"):
		r.mistake(p.at, "%s is more than one line", p.name)
	default:
		*to = text
	}
}

func (r *reader) country(p pair, to *string) {
	text, ok := r.text(p)
	if !ok {
		return
	}
	if !slices.Contains(countries, text) {
		r.mistake(p.at, "%v (two capital letters, ISO 3166: UZ, KZ, KG, TJ, TM, …)", oneOf("country", text, countries))
		return
	}
	*to = text
}

// languages reads a list of languages; "uz" is Uzbek in both its scripts.
func (r *reader) languages(p pair) (out []string) {
	add := func(langs ...string) {
		for _, l := range langs {
			if !slices.Contains(out, l) {
				out = append(out, l)
			}
		}
	}
	r.texts(p, func(it pair, text string) {
		switch {
		case text == "uz":
			add("uz-Latn", "uz-Cyrl")
		case slices.Contains(languages, text):
			add(text)
		default:
			r.mistake(it.at, "%v", oneOf("language", text, languages))
		}
	})
	return out
}

func (r *reader) readDigests(p pair) {
	if !r.say(p) {
		return
	}
	r.cfg.Digests = []Digest{}
	for _, it := range r.items(p) {
		r.digest(it)
	}
}

// newDigest is a digest of which nothing is said.
func newDigest() Digest {
	return Digest{
		Schedule: "0 7 * * *", Timezone: "Asia/Tashkent", Query: "is:relevant", Group: "actor", Labels: "en",
		MaxStories: 60, WhenEmpty: "skip", CatchUp: "latest",
	}
}

func (r *reader) digest(p pair) {
	p.name = "a digest"
	d := newDigest()
	pos := readDigest{map[string]Place{"": p.at, "id": p.at}}
	choice := func(to *string, valid ...string) func(pair) {
		return func(p pair) { r.choice(p, to, valid) }
	}
	readers := map[string]func(pair){
		"id":          func(p pair) { r.ident(p, &d.ID) },
		"schedule":    func(p pair) { r.line(p, &d.Schedule) },
		"timezone":    func(p pair) { r.timezone(p, &d.Timezone) },
		"to":          func(p pair) { d.To = r.recipients(p) },
		"channels":    func(p pair) { r.texts(p, func(_ pair, id string) { d.Channels = append(d.Channels, id) }) },
		"query":       func(p pair) { r.query(p, &d.Query) },
		"group":       choice(&d.Group, "actor", "country", "flat"),
		"labels":      choice(&d.Labels, "en", "ru", "uz", "kk"),
		"max_stories": func(p pair) { r.number(p, &d.MaxStories, 1, 1000) },
		"when_empty":  choice(&d.WhenEmpty, "skip", "send"),
		"catch_up":    choice(&d.CatchUp, "latest", "all", "none"),
		"dir":         func(p pair) { r.line(p, &d.Dir) },
	}
	for name, read := range readers {
		readers[name] = func(p pair) { pos.at[name] = p.at; read(p) }
	}
	if !r.fields(p, readers) {
		return
	}
	r.cfg.Digests = append(r.cfg.Digests, d)
	r.digests = append(r.digests, pos)
}

func (r *reader) choice(p pair, to *string, valid []string) {
	text, ok := r.text(p)
	if !ok {
		return
	}
	if err := choose(to, p.name, text, valid); err != nil {
		r.mistake(p.at, "%v", err)
	}
}

func choose(to *string, what, text string, valid []string) error {
	if !slices.Contains(valid, text) {
		return oneOf("value of "+what, text, valid)
	}
	*to = text
	return nil
}

func (r *reader) number(p pair, to *int, low, high int) {
	text, ok := r.text(p)
	if !ok {
		return
	}
	if err := whole(to, text, low, high); err != nil {
		r.mistake(p.at, "%s: %v", p.name, err)
	}
}

func (r *reader) recipients(p pair) (out []string) {
	r.texts(p, func(it pair, text string) {
		if err := mailbox(text); err != nil {
			r.mistake(it.at, "to: %v", err)
			return
		}
		out = append(out, text)
	})
	return out
}

func (r *reader) query(p pair, to *string) {
	text, ok := r.text(p)
	if !ok {
		return
	}
	if r.v.Query != nil {
		if err := r.v.Query(text); err != nil {
			r.mistake(p.at, "query: %v", err)
			return
		}
	}
	*to = text
}

func (r *reader) timezone(p pair, to *string) {
	text, ok := r.text(p)
	if !ok {
		return
	}
	if _, err := time.LoadLocation(text); err != nil || text == "" || text == "Local" {
		r.mistake(p.at, "%v", oneOf("time zone", text, zones))
		return
	}
	*to = text
}
