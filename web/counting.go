package web

import (
	"cmp"
	"context"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"silkwire/export"
	"silkwire/news"
	"silkwire/review"
	"silkwire/search"
	"silkwire/store"
	"silkwire/tally"
	"silkwire/words"
)

// Limits of counting.
const (
	countPatience = 30 * time.Second
	mostCounted   = 100_000 // items of one count, the newest
	mostRead      = 10_000  // items whose words are looked at
)

// countPage is templates/count.html: one view of what the archive holds, as
// pictures with their tables.
type countPage struct {
	frame
	Path      string
	Crumb     string // the page above this one
	CrumbHref string
	Intro     string // one sentence: what is to be seen here
	IntroIn   string // its language; "": that of the page
	Fields    []formField
	Query     string
	From, To  string // days, both included
	All       bool   // not only the relevant items
	Self      string // the address of this count, for paper
	Switch    string // address with relevant and all items exchanged
	Mistake   string
	Facts     []string // what was counted, in words
	Limits    []string // what the numbers cannot say
	Notice    string
	ItemsURL  string // the items that were counted
	CSV       string
	XLSX      string
	JSON      string
	Take      takeaway // of the items that were counted
	Sections  []section
}

// section is one picture with its table.
type section struct {
	ID, Title string
	Notes     []string
	Chart     template.HTML
	Sheet     *sheet
	Empty     string // what to do where there is nothing to show
	Cites     []day
	CiteURL   string // all of them
	Relate    *relateForm
}

// formField is one more field of the form.
type formField struct {
	Name, Label, Kind string // Kind: "select", "text", "area", "hidden"
	Value, Hint       string
	Choices           []choice
}

// view is a countPage being made.
type view struct {
	countPage
	s     *Server
	ctx   context.Context
	form  url.Values
	id    string       // of the address
	asked search.Query // as it was written
	query search.Query // with period and relevance
	from  time.Time
	to    time.Time // excluded
	seq   uint64

	counted int  // items
	can     bool // whoever looks is an analyst
}

// errMistake ends a view whose form has a mistake, which is on the page.
var errMistake = errors.New("the form has a mistake")

// counting makes a handler of a function that fills a view. Every view is also
// there as CSV, as a workbook and as JSON, with format=csv, xlsx or json.
func (s *Server) counting(fill func(*view) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, stop := context.WithTimeout(r.Context(), countPatience)
		defer stop()
		v, err := s.newView(r.WithContext(ctx))
		if err == nil {
			err = fill(v)
		}
		if err != nil && !errors.Is(err, errMistake) {
			s.fail(w, r, err)
			return
		}
		s.writeView(w, r, v)
	}
}

func (s *Server) writeView(w http.ResponseWriter, r *http.Request, v *view) {
	switch format := v.form.Get("format"); {
	case format == "":
		if v.Mistake == "" {
			var err error
			if v.Take, err = s.takeaway(r.Context(), v.query, v.counted); err != nil {
				s.fail(w, r, err)
				return
			}
		}
		s.writePage(w, r, "count", &v.countPage)
	case v.Mistake != "":
		s.refuse(w, r, failure{Code: http.StatusBadRequest, Kind: "bad_query", Detail: "%s", Args: []any{v.Mistake}})
	case format == "csv" || format == "xlsx":
		if err := v.writeFile(w, export.Format(format)); err != nil {
			s.fail(w, r, err)
		}
	case format == "json":
		v.writeJSON(w)
	default:
		s.refuse(w, r, failure{Code: http.StatusBadRequest, Kind: "bad_format", Detail: "format takes csv, xlsx or json; without it the page is shown."})
	}
}

func (s *Server) newView(r *http.Request) (*view, error) {
	form := r.URL.Query()
	v := &view{s: s, ctx: r.Context(), form: form, id: r.PathValue("id"), can: isAnalyst(r)}
	v.Section, v.Path, v.Notice, v.Crumb, v.CrumbHref = "counts", r.URL.Path, v.say(tally.Notice), v.say("Counts"), "/counts"
	v.Query, v.From, v.To = strings.TrimSpace(form.Get("q")), form.Get("from"), form.Get("to")
	v.All = form.Get("all") == "1"
	v.Switch = v.href("all", map[bool]string{true: "", false: "1"}[v.All])
	v.Self = v.href("format", "")
	v.CSV, v.XLSX, v.JSON = v.href("format", "csv"), v.href("format", "xlsx"), v.href("format", "json")
	stats, err := s.Store.Stats(r.Context())
	if err != nil {
		return nil, err
	}
	v.seq = stats.Sequence
	v.readQuery()
	return v, nil
}

// readQuery reads query and period; what is wrong with them stands on the page.
func (v *view) readQuery() {
	parsed, err := v.s.known.Load().search.Parse(v.Query)
	if err != nil {
		v.mistaken(err)
		return
	}
	for _, bound := range []struct {
		name, text string
		at         *time.Time
		add        int
	}{{"from", v.From, &v.from, 0}, {"to", v.To, &v.to, 1}} {
		if bound.text == "" {
			continue
		}
		day, err := time.Parse(time.DateOnly, bound.text)
		if err != nil {
			v.mistaken(errors.New(v.say("“%s” is no day; write it like 2026-03-31", oneLine(bound.text, 40))))
			return
		}
		*bound.at = day.AddDate(0, 0, bound.add)
	}
	var more []search.Expr
	if !v.from.IsZero() || !v.to.IsZero() {
		more = append(more, search.Date{From: v.from, To: v.to})
	}
	if !v.All {
		more = append(more, search.Is("relevant"))
	}
	v.asked, v.query = parsed, both(parsed, more...)
	v.Facts = nil
	if v.Query != "" {
		v.Facts = append(v.Facts, v.say("restricted to %s", v.Query))
	}
	v.ItemsURL = v.items()
}

// mistaken puts a mistake of the form on the page.
func (v *view) mistaken(err error) {
	v.Mistake, v.Code = v.s.mistake(err), http.StatusBadRequest
}

// href is the address of this view with one value of the form replaced.
func (v *view) href(name, value string) string { return v.hrefWith(map[string]string{name: value}) }

// hrefWith is the address of this view with values of the form replaced.
func (v *view) hrefWith(values map[string]string) string {
	form := url.Values{}
	for k, list := range v.form {
		if k != "format" && list[0] != "" {
			form[k] = list
		}
	}
	for name, value := range values {
		form.Del(name)
		if value != "" {
			form.Set(name, value)
		}
	}
	if len(form) == 0 {
		return v.Path
	}
	return v.Path + "?" + form.Encode()
}

// items is the address of the items that match this view's query and more
// queries.
func (v *view) items(more ...string) string {
	form := url.Values{}
	if q := v.narrowed(more...); q != "" {
		form.Set("q", q)
	}
	if v.All {
		form.Set("all", "1")
	}
	if len(form) == 0 {
		return "/"
	}
	return "/?" + form.Encode()
}

// narrowed is this view's query, period included, and more queries, as one
// query in words.
func (v *view) narrowed(more ...string) string {
	parts := []string{v.Query}
	if !v.from.IsZero() {
		parts = append(parts, "after:"+v.from.Format(time.DateOnly))
	}
	if !v.to.IsZero() {
		parts = append(parts, "before:"+v.to.Format(time.DateOnly))
	}
	return joinQueries(append(parts, more...)...)
}

// joinQueries writes one query that accepts what all the given ones accept.
func joinQueries(parts ...string) string {
	parts = slices.DeleteFunc(parts, func(p string) bool { return strings.TrimSpace(p) == "" })
	for i, p := range parts {
		if len(parts) > 1 && strings.Contains(p, " OR ") {
			parts[i] = "(" + p + ")"
		}
	}
	return strings.Join(parts, " ")
}

// other is the address of another view with the query, period and relevance of
// this one, and what the pairs of names and values say.
func (v *view) other(path string, pairs ...string) string {
	form := url.Values{}
	for _, k := range []string{"q", "from", "to", "all"} {
		if value := v.form.Get(k); value != "" {
			form.Set(k, value)
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == "q" {
			form.Del("q") // there is one query only
		}
		form.Add(pairs[i], pairs[i+1])
	}
	if len(form) == 0 {
		return path
	}
	return path + "?" + form.Encode()
}

// mustParse is a query that a view makes of ids that exist.
func (v *view) mustParse(query string) search.Expr {
	parsed, err := v.s.known.Load().search.Parse(query)
	if err != nil {
		panic("a view made a query that cannot be read: " + err.Error())
	}
	return parsed.Root
}

// choose puts a select box into the form and returns what is chosen; a value
// that is not there is the first.
func (v *view) choose(name string, label words.Message, choices ...choice) string {
	value := v.form.Get(name)
	if !slices.ContainsFunc(choices, func(c choice) bool { return c.Value == value }) {
		value = choices[0].Value
	}
	for i := range choices {
		choices[i].Selected = choices[i].Value == value
	}
	v.Fields = append(v.Fields, formField{Name: name, Label: v.say(label), Kind: "select", Value: value, Choices: choices})
	return value
}

// unit lets choose what is counted.
func (v *view) unit() tally.Unit {
	return tally.Unit(v.choose("unit", "Count", choice{Value: "items", Name: v.say("items")}, choice{Value: "stories", Name: v.say("stories, each once")}, choice{Value: "events", Name: v.say("deals, each once")}))
}

// corpus gathers what the query finds, and says how much that was.
func (v *view) corpus(classes ...tally.Class) (*tally.Corpus, error) {
	if v.Mistake != "" {
		return nil, errMistake
	}
	asked := keptCorpus{key: v.key(classes), seq: v.seq, at: v.s.Now()}
	kept, err := v.s.corpora.get(v.ctx, asked, func() (*tally.Corpus, error) { return v.gather(v.query, classes) })
	if err != nil {
		return nil, err
	}
	v.seq = kept.seq
	v.tell(kept.corpus)
	return kept.corpus, nil
}

func (v *view) key(classes []tally.Class) string {
	parts := []string{v.narrowed(), strconv.FormatBool(v.All)}
	for _, c := range classes {
		parts = append(parts, c.ID, c.Name, c.Query.Text)
	}
	return strings.Join(parts, "\x00")
}

func (v *view) gather(q search.Query, classes []tally.Class) (*tally.Corpus, error) {
	words := slices.ContainsFunc(classes, func(c tally.Class) bool { return hasWords(c.Query.Root) })
	each := func(f func(*news.Item) error) error {
		return v.s.Store.Each(v.ctx, store.Query{Search: q, WithText: words}, f)
	}
	weighed, err := v.s.Store.Weighed(v.ctx)
	if err != nil {
		return nil, err
	}
	return tally.Gather(each, tally.Rules{
		Taxonomy: v.s.Taxonomy, Country: func(id news.OutletID) string { return v.s.outlet(id).Country }, Most: mostCounted, Classes: classes,
		About: export.Narrow(v.asked, v.s.Taxonomy), Meant: review.MeansOf(weighed),
	})
}

// hasWords reports whether a query asks for words, so that texts must be read.
func hasWords(e search.Expr) bool {
	switch e := e.(type) {
	case search.Words:
		return true
	case search.Not:
		return hasWords(e.Expr)
	case search.And:
		return slices.ContainsFunc(e, hasWords)
	case search.Or:
		return slices.ContainsFunc(e, hasWords)
	}
	return false
}

// tell says what was counted, and what was left out.
func (v *view) tell(c *tally.Corpus) {
	from, to := c.Span()
	v.counted = len(c.Entries)
	what := v.say("%d items", len(c.Entries))
	if !v.All {
		what = v.say("%d relevant items", len(c.Entries))
	}
	if len(c.Entries) > 0 {
		what = v.say("%s from %s to %s", what, v.s.words.Date(from), v.s.words.Date(to))
	}
	v.Facts = append(v.Facts, what, v.say("%d deals", len(c.Deals)), v.state())
	if c.Partial {
		v.Limits = append(v.Limits, v.say("Only the newest %d items that match were counted, back to %s. Narrow the period or the query to count all of it.",
			mostCounted, v.s.words.Date(from)))
	}
}

// state says which state of the archive was counted.
func (v *view) state() string {
	return v.say("archive at write %s", strconv.FormatUint(v.seq, 10))
}

// nothing says why a view is empty, and what to do.
func (v *view) nothing() string {
	switch {
	case v.Query == "" && v.From == "" && v.To == "" && v.All:
		return v.say("The archive is still empty. Sources are being visited; the status page says how far they are.")
	case !v.All:
		return v.say("Nothing relevant matches. Widen the period, leave out a word, or count all items instead of the relevant ones.")
	}
	return v.say("Nothing matches. Widen the period, or leave out a word of the query.")
}

// corpora keeps the last few corpora, so that the next view of the same
// question need not read again: as long as nothing was written, and for half a
// minute of writing. What is kept knows its state of the archive.
type corpora struct {
	mu   sync.Mutex // held while gathering: one count at a time is enough for a machine
	list []keptCorpus
}

type keptCorpus struct {
	key    string
	seq    uint64 // of the archive that was counted
	at     time.Time
	corpus *tally.Corpus
}

// Bounds of what is kept.
const (
	corpusFresh = 30 * time.Second
	corporaKept = 6
	entriesKept = 150_000
)

// forget lets the next view read anew: what analysts said of events is counted
// at once.
func (k *corpora) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.list = nil
}

// get returns the corpus of a question, from what is kept or gathered anew.
func (k *corpora) get(ctx context.Context, asked keptCorpus, gather func() (*tally.Corpus, error)) (keptCorpus, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, kept := range k.list {
		if kept.key == asked.key && (kept.seq == asked.seq || asked.at.Sub(kept.at) < corpusFresh) {
			return kept, nil
		}
	}
	if err := ctx.Err(); err != nil {
		return asked, err
	}
	var err error
	if asked.corpus, err = gather(); err != nil {
		return asked, err
	}
	k.list = append(slices.DeleteFunc(k.list, func(c keptCorpus) bool { return c.key == asked.key }), asked)
	sum := 0
	for i, kept := range slices.Backward(k.list) {
		if sum += len(kept.corpus.Entries); len(k.list)-i > corporaKept || sum > entriesKept && i < len(k.list)-1 {
			k.list = slices.Delete(k.list, 0, i+1)
			break
		}
	}
	return asked, nil
}

// axisName writes a key for people, as its axis has it.
func (s *Server) axisName(axis string, k tally.Key) string {
	switch axis {
	case "outlet":
		return s.outlet(news.OutletID(k.ID)).Name
	case "country":
		return s.countryName(k.ID)
	case "lang":
		return s.languageName(k.ID)
	case "status":
		return cmp.Or(s.statusWord(news.Status(k.ID)), s.say("not said"))
	case "behaviour":
		return s.say(powerWord(k.ID))
	case "horizon":
		return s.say(horizonWord(k.ID))
	case "polarity":
		return s.say(polarityWord(k.ID))
	case "all":
		return s.say("Everything")
	case "year", "month", "week", "day":
		return s.periodName(axis, k.ID)
	}
	if _, known := s.Taxonomy.Concept(news.ConceptID(k.ID)); known && k.ID != "" {
		return s.name(news.ConceptID(k.ID))
	}
	return k.Name
}
