package search

import (
	"strings"

	"silkwire/news"
)

// Facets are what found items are counted by: actor, instrument, narrative and
// reception by their tags, recipient by their events, month as "2026-03" in
// UTC, review as "reviewed" or "open", and beside that as "disputed" and
// "flagged".
func Facets() []string {
	return []string{"actor", "instrument", "recipient", "narrative", "reception", "outlet", "country", "language", "month", "review"}
}

// The values of the facet review, and the language of an item that has none.
const (
	Reviewed  = "reviewed"
	Open      = "open"
	Disputed  = "disputed"
	Flagged   = "flagged"
	NoLang    = "und"
	monthForm = "2006-01"
)

// Values yields the values of an item in each facet, each once.
func Values(it *news.Item, f Facts, yield func(facet, id string)) {
	for i := range it.Tagging.Tags {
		t := &it.Tagging.Tags[i]
		if facet := FacetOf(t.Facet); facet != "" && !tagged(it.Tagging.Tags[:i], t.Concept, facet) {
			yield(facet, string(t.Concept))
		}
	}
	for i := range it.Tagging.Events {
		if to := it.Tagging.Events[i].Recipient; to != "" && !received(it.Tagging.Events[:i], to) {
			yield("recipient", string(to))
		}
	}
	yield("outlet", string(it.Outlet))
	if f.Country != "" {
		yield("country", f.Country)
	}
	lang := it.Tagging.Lang
	if lang == "" {
		lang = NoLang
	}
	yield("language", lang)
	yield("month", it.Time().UTC().Format(monthForm))
	if f.Reviewed {
		yield("review", Reviewed)
	} else {
		yield("review", Open)
	}
	if f.Disputed {
		yield("review", Disputed)
	}
	if f.Flagged {
		yield("review", Flagged)
	}
}

// FacetOf is the facet that a tag is counted in, "" for none: states, bodies,
// persons and organisations are all actors.
func FacetOf(tag string) string {
	switch {
	case strings.HasPrefix(tag, "actor_") || tag == "organisation":
		return "actor"
	case tag == "instrument" || tag == "narrative" || tag == "reception":
		return tag
	}
	return ""
}

func tagged(tags []news.Tag, id news.ConceptID, facet string) bool {
	for i := range tags {
		if tags[i].Concept == id && FacetOf(tags[i].Facet) == facet {
			return true
		}
	}
	return false
}

func received(events []news.Event, to news.ConceptID) bool {
	for i := range events {
		if events[i].Recipient == to {
			return true
		}
	}
	return false
}
