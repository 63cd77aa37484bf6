package search

import (
	"strings"
	"time"
	"unicode"
)

// String writes the query in its canonical form. Parsing that form with the
// same Options gives the same query again. Queries that Parse cannot make (an
// Or of nothing, a Date with an hour) have no such form.
func (q Query) String() string {
	if q.Root == nil {
		return ""
	}
	return write(q.Root)
}

func write(e Expr) string {
	switch e := e.(type) {
	case And:
		return writeAll(e, " ", func(x Expr) bool { return isAnd(x) || isOr(x) })
	case Or:
		return writeAll(e, " OR ", isOr)
	case Not:
		if isAnd(e.Expr) || isOr(e.Expr) {
			return "-(" + write(e.Expr) + ")"
		}
		return "-" + write(e.Expr)
	case Words:
		return writeWords(e)
	case Concept:
		return writeConcept(e)
	case Field:
		return e.Name + ":" + quoteValue(e.Value)
	case Date:
		return writeDate(e)
	case Number:
		return writeNumber(e)
	case Is:
		if e == "event" {
			return "has:event"
		}
		return "is:" + string(e)
	}
	return ""
}

func isAnd(e Expr) bool { _, ok := e.(And); return ok }
func isOr(e Expr) bool  { _, ok := e.(Or); return ok }

func writeAll(list []Expr, between string, needsParentheses func(Expr) bool) string {
	parts := make([]string, len(list))
	for i, e := range list {
		parts[i] = write(e)
		if needsParentheses(e) {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, between)
}

func writeWords(w Words) string {
	s := respell(w)
	if len(w) == 1 && plain(s) {
		return s
	}
	return `"` + s + `"`
}

// plain reports whether a word needs no quotes.
func plain(s string) bool {
	return s != "OR" && s != "AND" && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// writeConcept names the first concept: Parse puts the one that was named there.
func writeConcept(c Concept) string {
	if c.As != "" {
		return c.As
	}
	key, id := "concept:", ""
	if c.To {
		key = "recipient:"
	}
	if len(c.Any) > 0 {
		id = string(c.Any[0])
	}
	return key + quoteValue(id)
}

func quoteValue(s string) string {
	bare := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_' || r == '.'
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !bare(r) }) {
		return s
	}
	return `"` + s + `"`
}

func writeDate(d Date) string {
	var parts []string
	if !d.From.IsZero() {
		parts = append(parts, "after:"+d.From.Format(time.DateOnly))
	}
	if !d.To.IsZero() {
		parts = append(parts, "before:"+d.To.Format(time.DateOnly))
	}
	return strings.Join(parts, " ")
}
