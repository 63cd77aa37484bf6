package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
)

// perPage is how many items a page lists.
const perPage = 50

// itemsPage is templates/items.html: the newest items that match.
type itemsPage struct {
	frame
	Filters filters
	Mistake string // what is wrong with the query
	Days    []day
	Found   string // "312 items"
	Total   int
	Older   string // address of the next page; "" at the end
	Newest  string // address of the first page, when this is a later one
	Switch  string // address with relevant and all items exchanged
	Reset   string // address without any filter
	Empty   string // why the list is empty: "", "archive", "relevant", "search"
	Facets  []facetBox
	Sorts   []choice // their values are addresses
	Held    string   // how much the archive holds
	Sources string   // how the sources are, when the archive is empty
	Take    takeaway
}

// filters are what the form of the page asks for.
type filters struct {
	Query                     string
	Outlet, Country, Lang     string
	All                       bool // not only the relevant ones
	Sort                      store.Sort
	Cursor                    string
	Outlets, Countries, Langs []choice
	Active                    bool // anything narrower than everything relevant
}

// choice is one entry of a select box.
type choice struct {
	Value, Name string
	Selected    bool
}

// day is a run of items of one day.
type day struct {
	Name string
	Rows []row
}

// row is one item in a list.
type row struct {
	Href      string
	Title     foreign
	Outlet    string
	Country   string
	Lang      string
	Time      stamp
	Clock     string
	Events    []eventLine
	More      int // events that are not shown
	Tags      []tagGroup
	Relevance int // percent
	Relevant  bool
	Placed    string // the agency it was taken over from
	Revised   bool
}

// eventLine is an event in one line: China → scholarships → Uzbekistan, signed.
type eventLine struct {
	Actor, Instrument, Recipient string
	Status, Amount, Places       string
}

// tagGroup is the tags of one group of facets.
type tagGroup struct {
	Group facetGroup
	Tags  []chip
	More  int
}

// chip is a tag that leads to everything else with the same concept.
type chip struct {
	Name    string
	Href    string
	Implied bool
}

func (s *Server) itemsPage(r *http.Request) (framed, error) {
	p := &itemsPage{frame: frame{Title: s.say("Newest items"), Section: "items"}, Filters: s.filters(r.URL.Query()), Reset: "/"}
	p.Switch = p.Filters.switched()
	if p.Filters.Cursor != "" {
		p.Newest = p.Filters.href("")
	}
	query, err := s.known.Load().search.Parse(p.Filters.Query)
	var mistake *search.SyntaxError
	if errors.As(err, &mistake) {
		p.Mistake, p.Code = s.mistake(mistake), http.StatusBadRequest
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	asked := both(query, p.Filters.exprs()...)
	found, err := s.Store.Find(r.Context(), store.Query{
		Search: asked, Sort: p.Filters.Sort, Limit: perPage, Cursor: p.Filters.Cursor, Count: true, Facets: true,
	})
	if err != nil {
		return nil, err
	}
	if p.Take, err = s.takeaway(r.Context(), asked, found.Total); err != nil {
		return nil, err
	}
	p.Total, p.Found = found.Total, s.say("%d items", found.Total)
	p.Facets, p.Sorts = s.facetBoxes(p.Filters, found.Facets, found.Total), s.sorts(p.Filters)
	p.Days = s.days(found.Items)
	if p.Filters.Sort == store.Best && len(p.Days) > 0 {
		p.Days = []day{{Name: s.say("Best first"), Rows: s.rows(found.Items)}}
	}
	if found.Next != "" {
		p.Older = p.Filters.href(found.Next)
	}
	if p.Filters.Active {
		p.Title = s.say("Search")
	}
	return p, s.explainEmpty(r.Context(), p)
}

// explainEmpty says why there is nothing to show, so that the page can say
// what to do.
func (s *Server) explainEmpty(ctx context.Context, p *itemsPage) error {
	if len(p.Days) > 0 {
		return nil
	}
	rep, err := s.report(ctx)
	if err != nil {
		return err
	}
	p.Held = s.say("%d items", rep.Stats.Items)
	switch {
	case rep.Stats.Items == 0:
		p.Empty, p.Refresh, p.Sources = "archive", 5, rep.Headline
	case p.Filters.Active:
		p.Empty = "search"
	default:
		p.Empty = "relevant"
	}
	return nil
}

func (s *Server) filters(form url.Values) filters {
	f := filters{
		Query:   strings.TrimSpace(form.Get("q")),
		Outlet:  form.Get("outlet"),
		Country: strings.ToUpper(form.Get("country")),
		Lang:    form.Get("lang"),
		All:     form.Get("all") == "1",
		Sort:    sortOf(form),
		Cursor:  form.Get("cursor"),
	}
	f.Active = f.Query != "" || f.Outlet != "" || f.Country != "" || f.Lang != ""
	outlets := s.known.Load().order
	for _, o := range outlets {
		f.Outlets = append(f.Outlets, choice{string(o.ID), o.Name, string(o.ID) == f.Outlet})
	}
	slices.SortStableFunc(f.Outlets, func(a, b choice) int {
		return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	for _, code := range countries(outlets) {
		f.Countries = append(f.Countries, choice{code, s.countryName(code), code == f.Country})
	}
	for _, tag := range readable() {
		f.Langs = append(f.Langs, choice{tag, s.languageName(tag), tag == f.Lang})
	}
	return f
}

// exprs are the filters as parts of a query.
func (f filters) exprs() []search.Expr {
	var list []search.Expr
	for _, field := range []search.Field{{Name: "outlet", Value: f.Outlet}, {Name: "country", Value: f.Country}, {Name: "lang", Value: f.Lang}} {
		if field.Value != "" {
			list = append(list, field)
		}
	}
	if !f.All {
		list = append(list, search.Is("relevant"))
	}
	return list
}

// href is the address of the page with these filters.
func (f filters) href(cursor string) string {
	form := url.Values{}
	all := ""
	if f.All {
		all = "1"
	}
	for _, pair := range [][2]string{{"q", f.Query}, {"outlet", f.Outlet}, {"country", f.Country}, {"lang", f.Lang}, {"all", all}, {"sort", string(f.Sort)}, {"cursor", cursor}} {
		if pair[1] != "" {
			form.Set(pair[0], pair[1])
		}
	}
	if len(form) == 0 {
		return "/"
	}
	return "/?" + form.Encode()
}

// Href is the address of the first page with these filters.
func (f filters) Href() string { return f.href("") }

func (f filters) switched() string {
	f.All = !f.All
	return f.href("")
}

// days cuts a list of items, newest first, into days of the reader's zone.
func (s *Server) days(items []news.Item) []day {
	var days []day
	for i := range items {
		name := s.dayName(items[i].Time())
		if len(days) == 0 || days[len(days)-1].Name != name {
			days = append(days, day{Name: name})
		}
		last := &days[len(days)-1]
		last.Rows = append(last.Rows, s.row(&items[i]))
	}
	return days
}

// rows are items in the order in which they came, each with its day.
func (s *Server) rows(items []news.Item) []row {
	rows := make([]row, 0, len(items))
	for i := range items {
		r := s.row(&items[i])
		r.Clock = strings.TrimSpace(s.words.Date(items[i].Time().In(s.Zone)) + " " + r.Clock)
		rows = append(rows, r)
	}
	return rows
}

func (s *Server) dayName(t time.Time) string {
	t, now := t.In(s.Zone), s.Now().In(s.Zone)
	switch t.Format(time.DateOnly) {
	case now.Format(time.DateOnly):
		return s.say("Today, %s", s.words.DayMonth(t))
	case now.AddDate(0, 0, -1).Format(time.DateOnly):
		return s.say("Yesterday, %s", s.words.DayMonth(t))
	}
	return capital(s.words.Weekday(t, t.Year() != now.Year()))
}

// rowEvents is how many events a row shows.
const rowEvents = 3

func (s *Server) row(it *news.Item) row {
	outlet := s.outlet(it.Outlet)
	t := it.Tagging
	out := row{
		Href: itemHref(it.ID), Title: foreignText(title(it), t.Lang), Outlet: outlet.Name, Country: s.countryName(outlet.Country),
		Lang: s.languageName(t.Lang), Time: s.published(it), Tags: s.tagGroups(t.Tags), Relevance: percent(t.Relevance), Relevant: t.Relevant, Revised: it.Revision > 0,
	}
	if !it.DayOnly {
		out.Clock = it.Time().In(s.Zone).Format("15:04")
	}
	if t.Placed != nil {
		out.Placed = s.name(t.Placed.Origin)
	}
	out.Events = s.eventLines(t.Events)
	if len(out.Events) > rowEvents {
		out.More = len(out.Events) - rowEvents
		out.Events = out.Events[:rowEvents]
	}
	return out
}

func itemHref(id news.ItemID) string { return "/items/" + url.PathEscape(string(id)) }

// title is what an item is called in lists; a post without one is called by
// how it begins.
func title(it *news.Item) string {
	for _, s := range []string{it.Title, it.Body()} {
		if line := oneLine(s, 200); line != "" {
			return line
		}
	}
	return "(without a title)"
}

// eventLines writes events, each line once.
func (s *Server) eventLines(events []news.Event) []eventLine {
	var lines []eventLine
	for i := range events {
		line := s.eventLine(&events[i])
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

func (s *Server) eventLine(e *news.Event) eventLine {
	line := eventLine{
		Actor: s.name(e.Actor), Instrument: s.name(e.Instrument), Recipient: s.name(e.Recipient),
		Status: s.statusWord(e.Status), Amount: s.money(e.Amount),
	}
	if e.Places != nil {
		line.Places = s.say("%d places", *e.Places)
	}
	return line
}

// rowTags is how many tags of a group a row shows.
const rowTags = 4

// tagGroups sorts tags for a row: who, with what, to whom, what is said. What
// only describes the others is left to the item's own page.
func (s *Server) tagGroups(tags []news.Tag) []tagGroup {
	var groups []tagGroup
	for _, g := range facetGroups() {
		if g.Class == "behaviour" || g.Class == "context" {
			continue
		}
		group := tagGroup{Group: g}
		for i := range tags {
			if groupOf(tags[i].Facet) != g {
				continue
			}
			if len(group.Tags) == rowTags {
				group.More++
				continue
			}
			group.Tags = append(group.Tags, s.chip(&tags[i], g))
		}
		if len(group.Tags) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}

func (s *Server) chip(t *news.Tag, g facetGroup) chip {
	return chip{Name: s.name(t.Concept), Href: searchHref(g, t.Concept), Implied: t.Implied}
}

// searchHref leads to everything with a concept.
func searchHref(g facetGroup, id news.ConceptID) string {
	return filters{Query: g.Key + ":" + string(id)}.href("")
}
