package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
	"silkwire/taxonomy"
	"silkwire/words"
)

// conceptsPage is templates/concepts.html: the whole taxonomy.
type conceptsPage struct {
	frame
	Query  string
	Total  string
	Facets []facetTree
	Found  []conceptLine // what a search found
	None   bool
}

// facetTree is one facet's concepts, the broader above the narrower.
type facetTree struct {
	Name  string
	Class string
	ID    string
	Count int
	Roots []branch
}

// branch is a concept and what is below it.
type branch struct {
	conceptLine
	Below []branch
}

// conceptLine is a concept in a list.
type conceptLine struct {
	Name, Href, ID string
	Class, Facet   string
	Inactive       bool
}

// conceptPage is templates/concept.html: one concept.
type conceptPage struct {
	frame
	conceptLine
	Definition     string
	Caution        string
	Added          string
	Up             []conceptLine // broader ones, the broadest first
	Below          []conceptLine
	Related        []conceptLine
	State, StandIn *conceptLine
	Properties     []property
	Languages      []conceptLanguage
	Proofs         []conceptProof
	Sources        []string
	Days           []day
	Found          string
	SearchHref     string
}

// property is a fact about an instrument.
type property struct{ Name, Value string }

// conceptLanguage is what a concept is called, and by which terms it is found.
type conceptLanguage struct {
	Name  string
	Label foreign
	Terms []conceptTerm
}

type conceptTerm struct {
	Text  foreign
	Exact bool
	Rule  string // in words; empty: it always counts
}

// conceptProof is a test sentence.
type conceptProof struct {
	Text    foreign
	Lang    string
	Matches bool
}

func conceptHref(id news.ConceptID) string { return "/concepts/" + url.PathEscape(string(id)) }

func (s *Server) lineOf(c *taxonomy.Concept) conceptLine {
	return conceptLine{
		Name: s.name(c.ID), Href: conceptHref(c.ID), ID: string(c.ID), Inactive: c.Inactive,
		Class: groupOf(string(c.Facet)).Class, Facet: s.facetName(string(c.Facet)),
	}
}

func (s *Server) conceptsPage(r *http.Request) (framed, error) {
	p := &conceptsPage{
		frame: frame{Title: s.say("Concepts"), Section: "concepts"}, Query: oneLine(r.URL.Query().Get("q"), 100),
		Total: s.say("%d concepts", len(s.Taxonomy.Concepts)),
	}
	if p.Query != "" {
		p.Found = s.findConcepts(p.Query)
		p.None = len(p.Found) == 0
		return p, nil
	}
	for _, facet := range taxonomy.Facets {
		if tree := s.facetTree(facet); tree.Count > 0 {
			p.Facets = append(p.Facets, tree)
		}
	}
	return p, nil
}

// findConcepts looks for a word in ids, names, labels and terms; names that
// begin with it come first.
func (s *Server) findConcepts(word string) []conceptLine {
	word = strings.ToLower(word)
	var begin, rest []conceptLine
	for _, c := range s.Taxonomy.Concepts {
		switch {
		case strings.HasPrefix(strings.ToLower(c.Name), word):
			begin = append(begin, s.lineOf(c))
		case mentionsWord(c, word):
			rest = append(rest, s.lineOf(c))
		}
	}
	byName := func(a, b conceptLine) int { return cmp.Compare(a.Name, b.Name) }
	slices.SortFunc(begin, byName)
	slices.SortFunc(rest, byName)
	return append(begin, rest...)
}

func mentionsWord(c *taxonomy.Concept, word string) bool {
	if strings.Contains(string(c.ID), word) || strings.Contains(strings.ToLower(c.Name), word) {
		return true
	}
	for _, label := range c.Label {
		if strings.Contains(strings.ToLower(label), word) {
			return true
		}
	}
	return slices.ContainsFunc(c.Terms, func(t taxonomy.Term) bool { return strings.Contains(strings.ToLower(t.Text), word) })
}

func (s *Server) facetTree(facet taxonomy.Facet) facetTree {
	tree := facetTree{Name: s.say(facetPlural(facet)), Class: groupOf(string(facet)).Class, ID: string(facet)}
	for _, c := range s.Taxonomy.Concepts {
		if c.Facet != facet {
			continue
		}
		tree.Count++
		if c.Parent == "" || s.Taxonomy.Facet(c.Parent) != facet {
			tree.Roots = append(tree.Roots, s.branch(c, 0))
		}
	}
	sortBranches(tree.Roots)
	return tree
}

// deepest bounds a tree, whatever the taxonomy says.
const deepest = 12

func (s *Server) branch(c *taxonomy.Concept, depth int) branch {
	b := branch{conceptLine: s.lineOf(c)}
	if depth == deepest {
		return b
	}
	for _, id := range s.Taxonomy.Children(c.ID) {
		if child, ok := s.Taxonomy.Concept(id); ok && child.Facet == c.Facet {
			b.Below = append(b.Below, s.branch(child, depth+1))
		}
	}
	sortBranches(b.Below)
	return b
}

func sortBranches(list []branch) {
	slices.SortFunc(list, func(a, b branch) int { return cmp.Compare(a.Name, b.Name) })
}

// recentItems is how many items a concept's page lists.
const recentItems = 10

func (s *Server) conceptPage(r *http.Request) (framed, error) {
	c, ok := s.Taxonomy.Concept(news.ConceptID(r.PathValue("id")))
	if !ok {
		return nil, unknownConcept(s.Taxonomy, r.PathValue("id"))
	}
	p := &conceptPage{
		frame: frame{Title: s.name(c.ID), Section: "concepts"}, conceptLine: s.lineOf(c), Definition: c.Definition, Caution: c.Caution, Added: c.Added,
		Below: s.lines(s.Taxonomy.Children(c.ID)), Related: s.lines(c.Related), Properties: s.properties(c),
		Languages: s.conceptLanguages(c), Proofs: s.proofs(c), SearchHref: searchHref(groupOf(string(c.Facet)), c.ID),
	}
	p.Up = s.lines(s.Taxonomy.Ancestors(c.ID))
	slices.Reverse(p.Up)
	p.State, p.StandIn = s.line(c.State), s.line(c.Instrument)
	for _, src := range c.Sources {
		p.Sources = append(p.Sources, src.Doc+":"+src.Lines)
	}
	found, err := s.Store.Find(r.Context(), store.Query{
		Search: search.Query{Root: search.Concept{Any: s.Taxonomy.Descendants(c.ID)}}, Limit: recentItems, Count: true,
	})
	if err != nil {
		return nil, err
	}
	p.Days, p.Found = s.days(found.Items), s.say("%d items", found.Total)
	p.SearchHref += "&all=1"
	return p, nil
}

func unknownConcept(t *taxonomy.Taxonomy, id string) failure {
	f := failure{Code: http.StatusNotFound, Kind: "not_found", Detail: "The taxonomy has no such concept."}
	if near := t.Nearest(id); near != "" && len(id) < 100 {
		f.Detail, f.Args = "The taxonomy has no such concept. Did you mean %s?", []any{string(near)}
	}
	return f
}

func (s *Server) line(id news.ConceptID) *conceptLine {
	if c, ok := s.Taxonomy.Concept(id); ok {
		line := s.lineOf(c)
		return &line
	}
	return nil
}

func (s *Server) lines(ids []news.ConceptID) []conceptLine {
	var list []conceptLine
	for _, id := range ids {
		if line := s.line(id); line != nil {
			list = append(list, *line)
		}
	}
	return list
}

func (s *Server) properties(c *taxonomy.Concept) []property {
	var list []property
	add := func(name words.Message, value string) {
		if value != "" {
			list = append(list, property{s.say(name), value})
		}
	}
	add("Works by", s.powers(c.Behaviour))
	if c.Horizon != "" {
		add("Horizon", s.say(horizonWord(c.Horizon)))
	}
	if c.About != "none" {
		name := words.Message("Carries")
		if c.Facet == taxonomy.Target {
			name = "Is"
		}
		add(name, s.say(aboutWord(c.About)))
	}
	add("Says", s.say(polarityWord(s.Taxonomy.Polarity(c.ID))))
	return list
}

// conceptLanguages lists every language in which the concept has a name or a
// term.
func (s *Server) conceptLanguages(c *taxonomy.Concept) []conceptLanguage {
	terms := map[string][]conceptTerm{}
	labels := map[string]string{}
	var order []string
	for lang, label := range c.Label {
		labels[lang.String()] = label
		order = append(order, lang.String())
	}
	for _, t := range c.Terms {
		tag := t.Lang.String()
		if _, ok := labels[tag]; !ok {
			labels[tag] = c.LabelIn(t.Lang)
			order = append(order, tag)
		}
		terms[tag] = append(terms[tag], conceptTerm{Text: foreignText(t.Text, tag), Exact: t.Exact, Rule: s.Taxonomy.TermRule(c.ID, t.Text, t.Lang)})
	}
	slices.SortFunc(order, func(a, b string) int {
		return cmp.Or(cmp.Compare(slices.Index(readable(), a), slices.Index(readable(), b)), cmp.Compare(a, b))
	})
	list := make([]conceptLanguage, 0, len(order))
	for _, tag := range order {
		list = append(list, conceptLanguage{Name: s.languageName(tag), Label: foreignText(labels[tag], tag), Terms: terms[tag]})
	}
	return list
}

func (s *Server) proofs(c *taxonomy.Concept) []conceptProof {
	var list []conceptProof
	add := func(sentences []taxonomy.Sentence, matches bool) {
		for _, x := range sentences {
			tag := x.Lang.String()
			list = append(list, conceptProof{Text: foreignText(x.Text, tag), Lang: s.languageName(tag), Matches: matches})
		}
	}
	add(c.Match, true)
	add(c.NoMatch, false)
	return list
}
