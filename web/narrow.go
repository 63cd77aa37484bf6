package web

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
	"silkwire/words"
)

// facetMost is how many values of a facet the page shows.
const facetMost = 12

// facetBox is one facet of a list: how many of its items have which value, each
// with the address of the list narrowed to it.
type facetBox struct {
	ID, Name string
	Open     bool // shown at once
	Values   []facetLink
	More     int // values that are not shown
}

// facetLink is one value. A value that all items have leads nowhere.
type facetLink struct {
	Name, Href string
	Count      string
}

// facetBoxes are the facets of a list that have more than nothing to tell.
func (s *Server) facetBoxes(f filters, counts map[string][]store.FacetCount, total int) []facetBox {
	var boxes []facetBox
	for _, name := range search.Facets() {
		box := facetBox{ID: name, Name: s.say(facetTitle(name)), Open: len(boxes) < 3}
		for _, v := range counts[name] {
			if len(box.Values) == facetMost {
				box.More++
				continue
			}
			link := facetLink{Name: s.facetValue(name, v.ID), Count: strconv.Itoa(v.Count)}
			if v.Count < total {
				link.Href = f.narrowed(name, v.ID).Href()
			}
			box.Values = append(box.Values, link)
		}
		if len(box.Values) > 0 {
			boxes = append(boxes, box)
		}
	}
	return boxes
}

func facetTitle(name string) words.Message {
	switch name {
	case "actor":
		return "Actors"
	case "instrument":
		return "Instruments"
	case "recipient":
		return "Recipients of events"
	case "narrative":
		return "Narratives"
	case "outlet":
		return "Outlets"
	case "country":
		return "Countries of the outlets"
	case "language":
		return "Languages"
	case "month":
		return "Months"
	case "reception":
		return "Reception"
	case "review":
		return "Review"
	}
	return words.Message(strings.ToUpper(name[:1]) + name[1:])
}

func (s *Server) facetValue(facet, id string) string {
	switch facet {
	case "outlet":
		return s.outlet(news.OutletID(id)).Name
	case "country":
		return s.countryName(id)
	case "language":
		return s.languageName(id)
	case "month":
		if t, err := time.Parse("2006-01", id); err == nil {
			return s.words.Month(t)
		}
		return id
	case "review":
		switch id {
		case search.Open:
			return s.say("not yet reviewed")
		case search.Reviewed:
			return s.say("reviewed")
		case search.Disputed:
			return s.say("disputed")
		case search.Flagged:
			return s.say("flagged")
		}
		return id
	}
	return s.name(news.ConceptID(id))
}

// narrowed are the filters with one more.
func (f filters) narrowed(facet, id string) filters {
	f.Cursor = ""
	switch facet {
	case "outlet":
		f.Outlet = id
	case "country":
		f.Country = id
	case "language":
		f.Lang = id
	default:
		f.Query = narrowedText(f.Query, facetTerm(facet, id))
	}
	return f
}

// facetTerm is how a query asks for a value.
func facetTerm(facet, id string) string {
	switch facet {
	case "month":
		t, err := time.Parse("2006-01", id)
		if err != nil {
			return ""
		}
		return "after:" + id + " before:" + t.AddDate(0, 1, 0).Format("2006-01")
	case "review":
		if id == search.Open {
			return "-is:reviewed"
		}
		return "is:" + id
	}
	return facet + ":" + id
}

// narrowedText is a query that asks for a term as well.
func narrowedText(query, term string) string {
	parsed, err := search.Parse(query, nil)
	if _, either := parsed.Root.(search.Or); err == nil && either {
		query = "(" + query + ")"
	}
	return strings.TrimSpace(query + " " + term)
}

// sorts are the orders that the page offers.
func (s *Server) sorts(f filters) []choice {
	var list []choice
	for _, c := range []choice{{Value: string(store.Newest), Name: s.say("Newest first")}, {Value: string(store.Best), Name: s.say("Best first")}} {
		other := f
		other.Sort, other.Cursor = store.Sort(c.Value), ""
		list = append(list, choice{Value: other.Href(), Name: c.Name, Selected: other.Sort == f.Sort})
	}
	return list
}

// sortOf reads the order of a form; what it does not know is newest first.
func sortOf(form url.Values) store.Sort {
	if form.Get("sort") == string(store.Best) {
		return store.Best
	}
	return store.Newest
}
