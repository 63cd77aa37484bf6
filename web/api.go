package web

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"silkwire/news"
	"silkwire/store"
	"silkwire/taxonomy"
)

// Limits of the API.
const (
	apiLimit = 50  // items on a page, unless asked otherwise
	apiMost  = 200 // items on a page at most
)

// api makes a handler of a function that returns what is to be written as JSON.
func (s *Server) api(answer func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, stop := context.WithTimeout(r.Context(), patience)
		defer stop()
		v, err := answer(r.WithContext(ctx))
		if err != nil {
			s.fail(w, r, err)
			return
		}
		var out bytes.Buffer
		if err := json.NewEncoder(&out).Encode(v); err != nil {
			s.fail(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = out.WriteTo(w)
	}
}

// apiItemList is the answer of /api/v1/items.
type apiItemList struct {
	Items  []apiItem                     `json:"items"`
	Total  int                           `json:"total"`
	Next   string                        `json:"next"` // cursor of the next page; "" at the end
	Facets map[string][]store.FacetCount `json:"facets,omitempty"`
}

// apiItem is an item in a list. Its tags and events are those of "silkwire tag".
type apiItem struct {
	ID        news.ItemID   `json:"id"`
	Title     string        `json:"title"`
	URL       string        `json:"url"`
	Outlet    news.OutletID `json:"outlet"`
	Country   string        `json:"country"`
	Lang      string        `json:"lang"`
	Published *time.Time    `json:"published"`
	DayOnly   bool          `json:"day_only,omitempty"`
	Fetched   *time.Time    `json:"fetched"`
	Relevance float64       `json:"relevance"`
	Relevant  bool          `json:"relevant"`
	Taxonomy  string        `json:"taxonomy"`
	Tags      []news.Tag    `json:"tags"`
	Events    []news.Event  `json:"events"`
	Placed    *news.Placed  `json:"placed,omitempty"`
	Story     news.StoryID  `json:"story,omitempty"` // ask for the others with story:ID
	StoryWhy  string        `json:"story_why,omitempty"`
}

// apiWholeItem is the answer of /api/v1/items/{id}. The offsets of evidence
// count the bytes of title and of body.
type apiWholeItem struct {
	apiItem
	Body       string          `json:"body"`
	Summary    string          `json:"summary"`
	Authors    []string        `json:"authors"`
	Categories []string        `json:"categories"`
	Sources    []news.SourceID `json:"sources"`
	Revision   int             `json:"revision"`
	Features   []news.Feature  `json:"features"`
	Revisions  []news.Revision `json:"revisions"`
}

func (s *Server) apiItem(r *http.Request) (any, error) {
	id := news.ItemID(r.PathValue("id"))
	it, err := s.Store.Item(r.Context(), id)
	if err != nil {
		return nil, err
	}
	earlier, err := s.Store.Revisions(r.Context(), id)
	if err != nil {
		return nil, err
	}
	sources := it.Sources
	if len(sources) == 0 && it.Source != "" {
		sources = []news.SourceID{it.Source}
	}
	return apiWholeItem{
		apiItem: s.itemJSON(&it), Body: it.Body(), Summary: it.Summary, Authors: orEmpty(it.Authors), Categories: orEmpty(it.Categories),
		Sources: orEmpty(sources), Revision: it.Revision, Features: orEmpty(it.Tagging.Features), Revisions: orEmpty(earlier),
	}, nil
}

func (s *Server) itemJSON(it *news.Item) apiItem {
	out := apiItem{
		ID: it.ID, Title: it.Title, URL: it.URL, Outlet: it.Outlet, Country: s.outlet(it.Outlet).Country, Lang: it.Tagging.Lang,
		Published: moment(it.Published), DayOnly: it.DayOnly, Fetched: moment(it.Fetched), Relevance: it.Tagging.Relevance, Relevant: it.Tagging.Relevant,
		Taxonomy: it.Tagging.Taxonomy, Tags: slices.Clone(orEmpty(it.Tagging.Tags)), Events: orEmpty(it.Tagging.Events), Placed: it.Tagging.Placed,
		Story: it.Story, StoryWhy: it.StoryWhy,
	}
	for i := range out.Tags {
		out.Tags[i].By = orEmpty(out.Tags[i].By)
		out.Tags[i].Evidence = orEmpty(out.Tags[i].Evidence)
	}
	return out
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// orEmpty is the list that JSON writes as [] and not as null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func (s *Server) apiItems(r *http.Request) (any, error) {
	form := r.URL.Query()
	q, err := s.apiQuery(form)
	if err != nil {
		return nil, err
	}
	found, err := s.Store.Find(r.Context(), q)
	if err != nil {
		return nil, err
	}
	out := apiItemList{Items: make([]apiItem, 0, len(found.Items)), Total: found.Total, Next: found.Next, Facets: found.Facets}
	for i := range found.Items {
		out.Items = append(out.Items, s.itemJSON(&found.Items[i]))
	}
	return out, nil
}

func (s *Server) apiQuery(form url.Values) (store.Query, error) {
	parsed, err := s.known.Load().search.Parse(form.Get("q"))
	if err != nil {
		return store.Query{}, err
	}
	order, err := readSort(form.Get("sort"))
	if err != nil {
		return store.Query{}, err
	}
	limit, err := readLimit(form.Get("limit"))
	return store.Query{
		Search: parsed, Sort: order, Limit: limit, Cursor: form.Get("cursor"), Count: true, WithText: true, Facets: form.Get("facets") == "1",
	}, err
}

// readSort reads the order that is asked for.
func readSort(s string) (store.Sort, error) {
	switch s {
	case "", "newest":
		return store.Newest, nil
	case string(store.Best):
		return store.Best, nil
	}
	return "", inEnglish(http.StatusBadRequest, "bad_sort", "sort takes newest, which is also what is done without it, or best.")
}

// readLimit reads how many items are asked for. More than there may be is
// taken as the most there may be.
func readLimit(s string) (int, error) {
	if s == "" {
		return apiLimit, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, inEnglish(http.StatusBadRequest, "bad_limit", "limit is a number from 1 to "+strconv.Itoa(apiMost)+".")
	}
	return min(n, apiMost), nil
}

// apiConcept is a concept in the answer of /api/v1/concepts.
type apiConcept struct {
	ID         news.ConceptID    `json:"id"`
	Name       string            `json:"name"`
	Facet      string            `json:"facet"`
	Parent     news.ConceptID    `json:"parent,omitempty"`
	State      news.ConceptID    `json:"state,omitempty"`
	Definition string            `json:"definition,omitempty"`
	Labels     map[string]string `json:"labels"`
	Sources    []string          `json:"sources"` // document:lines
}

// apiConcepts lists the concepts, all or those that q finds by id, name, label
// or term in any language.
func (s *Server) apiConcepts(r *http.Request) (any, error) {
	out := struct {
		Version  string       `json:"version"`
		Concepts []apiConcept `json:"concepts"`
	}{s.Taxonomy.Version, make([]apiConcept, 0, len(s.Taxonomy.Concepts))}
	for _, c := range s.conceptsFor(oneLine(r.URL.Query().Get("q"), 100)) {
		one := apiConcept{ID: c.ID, Name: c.Name, Facet: string(c.Facet), Parent: c.Parent, State: c.State, Definition: c.Definition, Labels: map[string]string{}, Sources: []string{}}
		for lang, label := range c.Label {
			one.Labels[lang.String()] = label
		}
		for _, src := range c.Sources {
			one.Sources = append(one.Sources, src.Doc+":"+src.Lines)
		}
		out.Concepts = append(out.Concepts, one)
	}
	return out, nil
}

func (s *Server) conceptsFor(word string) []*taxonomy.Concept {
	if word == "" {
		return s.Taxonomy.Concepts
	}
	var list []*taxonomy.Concept
	for _, line := range s.findConcepts(word) {
		if c, ok := s.Taxonomy.Concept(news.ConceptID(line.ID)); ok {
			list = append(list, c)
		}
	}
	return list
}

func (s *Server) apiEditions(r *http.Request) (any, error) {
	list, err := s.Store.EditionList(r.Context(), r.URL.Query().Get("profile"), maxEditions)
	for i := range list {
		list[i].Messages = orEmpty(list[i].Messages)
	}
	return struct {
		Editions []store.Edition `json:"editions"`
	}{orEmpty(list)}, err
}

// apiStatusReport is the answer of /api/v1/status.
type apiStatusReport struct {
	Version  string            `json:"version"`
	Taxonomy string            `json:"taxonomy"`
	Time     time.Time         `json:"time"`
	Ready    bool              `json:"ready"`
	WhyNot   string            `json:"why_not,omitempty"`
	Headline string            `json:"headline"`
	Warnings []string          `json:"warnings"`
	Counts   map[condition]int `json:"conditions"` // sources by condition
	Sources  []apiSource       `json:"sources"`
	Archive  store.Stats       `json:"archive"`
	Digest   *store.Edition    `json:"digest"` // the last one
	Outbox   int               `json:"outbox"`
}

// apiSource is a source with its state.
type apiSource struct {
	ID          news.SourceID `json:"id"`
	Outlet      news.OutletID `json:"outlet"`
	OutletName  string        `json:"outlet_name"`
	Country     string        `json:"country"`
	Languages   []string      `json:"languages"`
	Kind        news.Kind     `json:"kind"`
	URL         string        `json:"url"`
	Enabled     bool          `json:"enabled"`
	Schedule    string        `json:"schedule,omitempty"`
	Note        string        `json:"note,omitempty"`
	Condition   condition     `json:"condition"`
	Outcome     news.Outcome  `json:"outcome,omitempty"`
	Says        string        `json:"says"`
	Advice      string        `json:"advice,omitempty"`
	Error       string        `json:"error,omitempty"`
	LastVisit   *time.Time    `json:"last_visit"`
	LastSuccess *time.Time    `json:"last_success"`
	LastNew     *time.Time    `json:"last_new"`
	NextVisit   *time.Time    `json:"next_visit"`
	NewIn24h    int           `json:"new_24h"`
	Items       int           `json:"items"`
	Failures    int           `json:"failures"`
	FailedSince *time.Time    `json:"failed_since"`
	Paused      string        `json:"paused,omitempty"`
	Notes       []string      `json:"notes"`
	Counters    news.Counters `json:"counters"`
}

func (s *Server) apiStatus(r *http.Request) (any, error) {
	rep, err := s.report(r.Context())
	if err != nil {
		return nil, err
	}
	out := apiStatusReport{
		Version: s.Version, Taxonomy: s.Taxonomy.Version, Time: s.Now().UTC(), Ready: rep.Ready, WhyNot: rep.WhyNot, Headline: rep.Headline,
		Warnings: orEmpty(rep.Problems), Counts: rep.Counts, Sources: s.sourcesJSON(&rep), Archive: rep.Stats, Digest: rep.Last, Outbox: rep.Stats.Outbox,
	}
	return out, nil
}

func (s *Server) apiSources(r *http.Request) (any, error) {
	rep, err := s.report(r.Context())
	if err != nil {
		return nil, err
	}
	return struct {
		Sources []apiSource `json:"sources"`
	}{s.sourcesJSON(&rep)}, nil
}

func (s *Server) sourcesJSON(rep *report) []apiSource {
	list := make([]apiSource, 0, len(rep.Sources))
	for i := range rep.Sources {
		list = append(list, s.sourceJSON(&rep.Sources[i]))
	}
	slices.SortFunc(list, func(a, b apiSource) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

func (s *Server) sourceJSON(src *sourceReport) apiSource {
	info, st := &src.Info, &src.State
	o := s.outlet(info.Source.Outlet)
	out := apiSource{
		ID: info.Source.ID, Outlet: info.Source.Outlet, OutletName: o.Name, Country: o.Country, Languages: orEmpty(info.Source.Languages),
		Kind: info.Source.Kind, URL: info.Source.URL, Enabled: info.Enabled, Schedule: info.Schedule, Note: info.Note, Condition: src.Condition,
		Outcome: st.Outcome, Error: st.Error, LastVisit: moment(st.LastVisit), LastSuccess: moment(st.LastSuccess), LastNew: moment(st.LastNew),
		NextVisit: moment(st.Due), NewIn24h: src.New, Items: st.Items, Failures: st.Failures, FailedSince: moment(st.FailedSince),
		Paused: st.Paused, Notes: orEmpty(st.Notes), Counters: st.Counters,
	}
	if len(out.Languages) == 0 {
		out.Languages = orEmpty(o.Languages)
	}
	if st.Paused != "" || !info.Enabled {
		out.NextVisit = nil
	}
	out.Says, out.Advice = s.sourceSays(src)
	return out
}
