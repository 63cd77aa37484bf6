package tally

import (
	"slices"

	"silkwire/news"
	"silkwire/taxonomy"
)

// sentence is one sentence of an item with what is named in it, outright.
type sentence struct {
	item  *news.Item
	field string
	span  news.Span
	text  string
	named []mention
}

// mention is one naming of a concept in a sentence.
type mention struct {
	id         news.ConceptID
	facet      taxonomy.Facet
	start, end int // in the field
}

// sentences are those in which anything is named, in order.
func sentences(it *news.Item) []sentence {
	var list []sentence
	for _, t := range it.Tagging.Tags {
		if t.Implied {
			continue
		}
		for _, ev := range t.Evidence {
			s := it.Title
			if ev.Field == "body" {
				s = it.Body()
			}
			if at := ev.Sentence; at.Start < 0 || at.End > len(s) || at.Start >= at.End || ev.Start < at.Start || ev.End > at.End {
				continue
			}
			i := slices.IndexFunc(list, func(o sentence) bool { return o.field == ev.Field && o.span == ev.Sentence })
			if i < 0 {
				i = len(list)
				list = append(list, sentence{item: it, field: ev.Field, span: ev.Sentence, text: s[ev.Sentence.Start:ev.Sentence.End]})
			}
			list[i].named = append(list[i].named, mention{t.Concept, taxonomy.Facet(t.Facet), ev.Start, ev.End})
		}
	}
	return list
}

// place returns where a sentence plays: the narrowest place, if no other
// country is named, and its country.
func (s *sentence) place(tax *taxonomy.Taxonomy) (place, country news.ConceptID) {
	for _, n := range s.named {
		if n.facet != taxonomy.Target {
			continue
		}
		up := append([]news.ConceptID{n.id}, tax.Ancestors(n.id)...)
		if len(up) < 2 || !slices.Contains(States(), up[len(up)-2]) {
			continue
		}
		state := up[len(up)-2]
		if country != "" && country != state {
			return "", ""
		}
		country = state
		if n.id != state && !isSchool(tax, n.id) {
			place = n.id
		}
	}
	if place == "" {
		place = country
	}
	return place, country
}

// Cite is a sentence with where it stands.
type Cite struct {
	Item     news.ItemID
	Time     string // day
	Outlet   news.OutletID
	Lang     string
	Sentence string
}

func (s *sentence) cite() Cite {
	return Cite{Item: s.item.ID, Time: s.item.Time().UTC().Format("2006-01-02"), Outlet: s.item.Outlet, Lang: s.item.Tagging.Lang, Sentence: s.text}
}
