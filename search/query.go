// Package search is Silkwire's one query language, the same on the desk, in
// digest profiles, on the command line and in the API:
//
//	actor:china instrument:scholarship to:uzbekistan lang:uz after:2026-01-01 (loan OR "soft power") -denied
//
// [Parse] turns a query into a [Query]; what a store does with it is the
// store's business, but whatever it does it must return what [Query.Match]
// accepts.
package search

import (
	"slices"
	"strings"
	"time"

	"silkwire/news"
)

// Query is a parsed query. The zero Query matches everything.
type Query struct {
	Text string // as it was written
	Root Expr   // nil matches everything
}

// Expr is a node of a query: And, Or, Not, Words, Concept, Field, Date, Number or Is.
type Expr interface {
	match(it *news.Item, f Facts) bool
}

// Facts are what a query may ask of an item beyond the item itself.
type Facts struct {
	Country  string // of the outlet
	Reviewed bool   // an analyst has judged something of it
	Disputed bool   // analysts disagree on something of it
	Flagged  bool   // an analyst asks others to look at it
	// Contains reports whether the item's words contain the phrase, found
	// across inflections and scripts.
	Contains func(it *news.Item, phrase []string) bool
}

// And, Or and Not combine expressions.
type (
	And []Expr
	Or  []Expr
	Not struct{ Expr }
)

// Words are consecutive words of title or body, folded.
type Words []string

// Concept asks for a tag with any of these concepts (the one that was named
// and its descendants), as an event's recipient when To is set. Implied tags
// count.
type Concept struct {
	Any []news.ConceptID
	To  bool
	As  string // how a query asks for them all, where it does not name the first: "polarity:rejected"
}

// Field asks for an exact value of a column: outlet, country, lang, source or story, or
// status or currency of an event. Lang "uz" stands for both scripts.
type Field struct{ Name, Value string }

// Date asks for Item.Time in [From, To); a zero bound is open.
type Date struct{ From, To time.Time }

// Is asks for a state: "relevant", "event", "placed", "revised", "reviewed",
// "disputed", "flagged".
type Is string

// Number asks for a number in a range: "relevance" for the item's relevance
// (0–1), "amount" for a sum of money in one of its events, in the currency it
// was named in, and in Currency where that is given.
type Number struct {
	Name      string
	Low, High Bound
	Currency  string // ISO 4217; "": any
}

// Bound is one end of a range; the zero Bound is open.
type Bound struct {
	At    float64
	Has   bool
	Equal bool // the bound itself is inside
}

// Holds reports whether a number is in the range.
func (e Number) Holds(x float64) bool {
	return (!e.Low.Has || x > e.Low.At || e.Low.Equal && x == e.Low.At) &&
		(!e.High.Has || x < e.High.At || e.High.Equal && x == e.High.At)
}

// HoldsAmount reports whether a sum of money is in the range.
func (e Number) HoldsAmount(a news.Amount) bool {
	return e.Holds(a.Value) && (e.Currency == "" || e.Currency == a.Currency)
}

func (e Number) match(it *news.Item, _ Facts) bool {
	if e.Name == "relevance" {
		return e.Holds(it.Tagging.Relevance)
	}
	return slices.ContainsFunc(it.Tagging.Events, func(ev news.Event) bool { return ev.Amount != nil && e.HoldsAmount(*ev.Amount) })
}

// Match reports whether the query accepts the item.
func (q Query) Match(it *news.Item, f Facts) bool {
	return q.Root == nil || q.Root.match(it, f)
}

func (e And) match(it *news.Item, f Facts) bool {
	for _, x := range e {
		if !x.match(it, f) {
			return false
		}
	}
	return true
}

func (e Or) match(it *news.Item, f Facts) bool {
	for _, x := range e {
		if x.match(it, f) {
			return true
		}
	}
	return false
}

func (e Not) match(it *news.Item, f Facts) bool { return !e.Expr.match(it, f) }

func (e Words) match(it *news.Item, f Facts) bool { return f.Contains != nil && f.Contains(it, e) }

func (e Concept) match(it *news.Item, f Facts) bool {
	if e.To {
		return slices.ContainsFunc(it.Tagging.Events, func(ev news.Event) bool { return slices.Contains(e.Any, ev.Recipient) })
	}
	return slices.ContainsFunc(it.Tagging.Tags, func(t news.Tag) bool { return slices.Contains(e.Any, t.Concept) })
}

func (e Field) match(it *news.Item, f Facts) bool {
	switch e.Name {
	case "outlet":
		return string(it.Outlet) == e.Value
	case "country":
		return f.Country == e.Value
	case "source":
		return slices.Contains(it.Sources, news.SourceID(e.Value)) || string(it.Source) == e.Value
	case "status":
		return slices.ContainsFunc(it.Tagging.Events, func(ev news.Event) bool { return string(ev.Status) == e.Value })
	case "currency":
		return slices.ContainsFunc(it.Tagging.Events, func(ev news.Event) bool { return ev.Amount != nil && ev.Amount.Currency == e.Value })
	case "story":
		return string(it.Story) == e.Value
	case "lang":
		return it.Tagging.Lang == e.Value || e.Value == "uz" && strings.HasPrefix(it.Tagging.Lang, "uz-")
	}
	return false
}

func (e Date) match(it *news.Item, _ Facts) bool {
	t := it.Time()
	return (e.From.IsZero() || !t.Before(e.From)) && (e.To.IsZero() || t.Before(e.To))
}

func (e Is) match(it *news.Item, f Facts) bool {
	switch e {
	case "reviewed":
		return f.Reviewed
	case "disputed":
		return f.Disputed
	case "flagged":
		return f.Flagged
	case "relevant":
		return it.Tagging.Relevant
	case "event":
		return len(it.Tagging.Events) > 0
	case "placed":
		return it.Tagging.Placed != nil
	case "revised":
		return it.Revision > 0
	}
	return false
}
