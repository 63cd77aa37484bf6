package export

import (
	"slices"

	"silkwire/news"
	"silkwire/search"
	"silkwire/taxonomy"
)

// Narrow returns what keeps the events that a query is about: of an item that
// tells of China and of Japan, “actor:china” takes China's events away and
// leaves Japan's. What a query says of items (words, dates, outlets), and what
// stands behind a minus, says nothing of their events.
func Narrow(q search.Query, tax *taxonomy.Taxonomy) func(*news.Event) bool {
	return func(e *news.Event) bool { return q.Root == nil || about(q.Root, e, tax) }
}

func about(x search.Expr, e *news.Event, tax *taxonomy.Taxonomy) bool {
	switch x := x.(type) {
	case search.And:
		return !slices.ContainsFunc(x, func(y search.Expr) bool { return !about(y, e, tax) })
	case search.Or:
		return slices.ContainsFunc(x, func(y search.Expr) bool { return about(y, e, tax) })
	case search.Concept:
		return takesPart(x, e, tax)
	case search.Number:
		return x.Name != "amount" || e.Amount != nil && x.HoldsAmount(*e.Amount)
	case search.Field:
		switch x.Name {
		case "status":
			return string(e.Status) == x.Value
		case "currency":
			return e.Amount != nil && e.Amount.Currency == x.Value
		}
	}
	return true
}

// takesPart reports whether a concept has the part in an event that is its own:
// actors act, instruments are used, targets receive. Other concepts have none
// and leave every event.
func takesPart(c search.Concept, e *news.Event, tax *taxonomy.Taxonomy) bool {
	if len(c.Any) == 0 {
		return true
	}
	parts := []news.ConceptID{e.Recipient}
	switch facet := tax.Facet(c.Any[0]); {
	case c.To || facet == taxonomy.Target:
	case facet.IsActor():
		parts = []news.ConceptID{e.Actor, e.State}
	case facet == taxonomy.Instrument:
		parts = []news.ConceptID{e.Instrument, e.Family}
	default:
		return true
	}
	return slices.ContainsFunc(parts, func(id news.ConceptID) bool { return slices.Contains(c.Any, id) })
}
