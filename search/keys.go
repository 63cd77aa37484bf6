package search

import (
	"slices"
	"strings"
	"time"

	"silkwire/news"
)

// Keys are all that may stand before a colon.
func Keys() []string {
	return []string{
		"actor", "instrument", "to", "target", "narrative", "reception", "concept", "polarity", "recipient",
		"outlet", "source", "country", "lang", "story", "after", "before", "is", "has",
		"status", "amount", "currency", "relevance",
	}
}

// facets are those a concept key takes, nil for all; an underscore at the end
// stands for every facet that begins so. Institutions are actors and, in the
// documents, often the instrument itself: instrument takes them too.
func facets(key string) []string {
	switch key {
	case "actor":
		return []string{"actor_", "organisation"}
	case "instrument":
		return []string{"instrument", "actor_institution", "organisation"}
	case "target", "narrative", "reception":
		return []string{key}
	}
	return nil
}

func takes(key, facet string) bool {
	list := facets(key)
	return list == nil || slices.ContainsFunc(list, func(f string) bool {
		return f == facet || strings.HasSuffix(f, "_") && strings.HasPrefix(facet, f)
	})
}

// keyOf is the key that takes concepts of a facet.
func keyOf(facet string) string {
	for _, key := range []string{"target", "narrative", "reception", "actor", "instrument"} {
		if takes(key, facet) {
			return key
		}
	}
	return "concept"
}

// value reads what stands behind key.
func (p *parser) value(key, value string, pos int) (Expr, error) {
	switch key {
	case "after", "before":
		return p.date(key, value, pos)
	case "is":
		return p.state(key, value, pos, "relevant", "placed", "revised", "reviewed", "disputed", "flagged")
	case "has":
		return p.state(key, value, pos, "event")
	case "outlet", "source", "country", "lang", "story", "currency":
		return p.field(key, value, pos)
	case "status":
		return p.status(value, pos)
	case "polarity":
		return p.polarity(value, pos)
	case "amount", "relevance":
		return p.number(key, value, pos)
	}
	return p.concept(key, value, pos)
}

func (p *parser) state(key, value string, pos int, states ...string) (Expr, error) {
	if !slices.Contains(states, value) {
		return nil, p.errorf(pos, "%s: takes %s, not %q", key, strings.Join(states, ", "), value)
	}
	return Is(value), nil
}

// status reads how far an event has got.
func (p *parser) status(value string, pos int) (Expr, error) {
	var known []string
	for _, s := range []news.Status{news.Announced, news.Signed, news.Ongoing, news.Completed, news.Cancelled, news.DeniedEvt, news.NoStatus} {
		known = append(known, string(s))
	}
	value = strings.ToLower(value)
	if !slices.Contains(known, value) {
		return nil, p.errorf(pos, "there is no status %q%s It is one of %s", value, didYouMean(Nearest(value, known)), strings.Join(known, ", "))
	}
	return Field{Name: "status", Value: value}, nil
}

// polarity reads how somebody is received: all receptions that say so.
func (p *parser) polarity(value string, pos int) (Expr, error) {
	known := []string{"welcomed", "rejected", "mixed", "hindered"}
	value = strings.ToLower(value)
	if !slices.Contains(known, value) {
		return nil, p.errorf(pos, "polarity: takes %s, not %q", strings.Join(known, ", "), value)
	}
	c := Concept{As: "polarity:" + value}
	if p.Names != nil {
		c.Any = p.Names.Polar(value)
	}
	return c, nil
}

// date reads a day, a month or a year; the beginning of it is the bound.
func (p *parser) date(key, value string, pos int) (Expr, error) {
	for _, layout := range []string{"2006", "2006-01", time.DateOnly} {
		t, err := time.Parse(layout, value)
		switch {
		case err != nil || len(value) != len(layout) || t.Year() < 1000:
		case key == "after":
			return Date{From: t}, nil
		default:
			return Date{To: t}, nil
		}
	}
	return nil, p.errorf(pos, "%q is no date; write 2026, 2026-03 or 2026-03-31", value)
}

func (p *parser) field(key, value string, pos int) (Expr, error) {
	switch key {
	case "country", "currency":
		value = strings.ToUpper(value)
	case "lang":
		value = canonicalLang(value)
	}
	valid, restricted := p.Values[key]
	if restricted && !slices.Contains(valid, value) && (key != "lang" || value != "uz") {
		return nil, p.errorf(pos, "there is no %s %q%s", key, value, didYouMean(Nearest(value, valid)))
	}
	return Field{Name: key, Value: value}, nil
}

// canonicalLang writes the language small and the script with a capital: "uz-Latn".
func canonicalLang(s string) string {
	lang, script, ok := strings.Cut(strings.ToLower(s), "-")
	if !ok || len(script) != 4 || script[0] < 'a' || script[0] > 'z' {
		return strings.ToLower(s)
	}
	return lang + "-" + strings.ToUpper(script[:1]) + script[1:]
}

func didYouMean(nearest string) string {
	if nearest == "" {
		return ""
	}
	return "; did you mean " + nearest + "?"
}

func (p *parser) concept(key, value string, pos int) (Expr, error) {
	any, facet, err := p.lookUp(value, pos)
	if err != nil {
		return nil, err
	}
	if p.Names != nil && !takes(key, facet) {
		return nil, p.errorf(pos, "%s is of the facet %s; write %s:%s", any[0], facet, keyOf(facet), any[0])
	}
	switch {
	case key == "recipient" || key == "to" && p.Names != nil && facet != "target":
		return Concept{Any: any, To: true}, nil
	case key == "to":
		return p.recipientOrTarget(any, pos)
	}
	return Concept{Any: any}, nil
}

// recipientOrTarget counts as what its canonical form is: two terms in parentheses.
func (p *parser) recipientOrTarget(any []news.ConceptID, pos int) (Expr, error) {
	if err := p.deeper(pos); err != nil {
		return nil, err
	}
	p.depth--
	if err := p.term(pos); err != nil {
		return nil, err
	}
	return Or{Concept{Any: any, To: true}, Concept{Any: any}}, nil
}

// lookUp returns the concept, first, and its descendants. Small and capital
// letters are the same, and so are a blank, an underscore and a hyphen.
func (p *parser) lookUp(id string, pos int) ([]news.ConceptID, string, error) {
	if p.Names == nil {
		return []news.ConceptID{news.ConceptID(id)}, "", nil
	}
	ids, ok := p.Names.Concept(id)
	if !ok {
		id = strings.NewReplacer(" ", "-", "_", "-").Replace(strings.ToLower(id))
		ids, ok = p.Names.Concept(id)
	}
	if !ok {
		return nil, "", p.errorf(pos, "there is no concept %q%s", id, didYouMean(p.Names.Nearest(id)))
	}
	named := news.ConceptID(id)
	list := []news.ConceptID{named}
	for _, other := range ids {
		if other != named {
			list = append(list, other)
		}
	}
	return list, p.Names.Facet(id), nil
}
