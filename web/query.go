package web

import (
	"slices"

	"silkwire/news"
	"silkwire/search"
	"silkwire/taxonomy"
)

// names lets queries name the concepts of a taxonomy.
type names struct{ *taxonomy.Taxonomy }

// Concept keeps the promise of [search.Names].
func (n names) Concept(id string) ([]news.ConceptID, bool) {
	if _, ok := n.Taxonomy.Concept(news.ConceptID(id)); !ok {
		return nil, false
	}
	return n.Descendants(news.ConceptID(id)), true
}

// Facet keeps the promise of [search.Names].
func (n names) Facet(id string) string { return string(n.Taxonomy.Facet(news.ConceptID(id))) }

// Nearest keeps the promise of [search.Names].
func (n names) Nearest(id string) string { return string(n.Taxonomy.Nearest(id)) }

// values are what a query may name of the configured outlets. Sources and
// outlets that were configured once may still be asked for in the archive, so
// that only countries and languages are checked.
func values(outlets []news.Outlet) map[string][]string {
	langs := append(readable(), "und")
	if len(outlets) == 0 {
		return map[string][]string{"lang": langs}
	}
	return map[string][]string{"country": countries(outlets), "lang": langs}
}

// countries are those of the outlets, the region's own first.
func countries(outlets []news.Outlet) []string {
	var list []string
	for _, o := range outlets {
		if o.Country != "" && !slices.Contains(list, o.Country) {
			list = append(list, o.Country)
		}
	}
	home := []string{"KZ", "KG", "TJ", "TM", "UZ"}
	slices.SortFunc(list, func(a, b string) int {
		ha, hb := slices.Index(home, a), slices.Index(home, b)
		switch {
		case ha >= 0 && hb >= 0:
			return ha - hb
		case ha >= 0:
			return -1
		case hb >= 0:
			return 1
		case countryWord(a) < countryWord(b):
			return -1
		}
		return 1
	})
	return list
}

// both returns a query that accepts what both accept.
func both(q search.Query, more ...search.Expr) search.Query {
	var all search.And
	if q.Root != nil {
		all = append(all, q.Root)
	}
	all = append(all, more...)
	switch len(all) {
	case 0:
		return q
	case 1:
		return search.Query{Text: q.Text, Root: all[0]}
	}
	return search.Query{Text: q.Text, Root: all}
}
