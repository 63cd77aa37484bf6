package tally

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"silkwire/news"
	"silkwire/search"
)

// Line is one line of a concordance: a keyword with what stands before and
// after it.
type Line struct {
	Item               news.ItemID
	Time               time.Time
	Outlet             news.OutletID
	Lang               string
	Before, Hit, After string
}

// context is how many letters a line shows on either side.
const context = 70

// Concord returns a line for every place at which an item has what a query
// asks for by words or by concepts. The item must come with its text.
func Concord(it *news.Item, q search.Query) []Line {
	var lines []Line
	add := func(s string, spans []news.Span) {
		for _, at := range spans {
			l := Line{Item: it.ID, Time: it.Time(), Outlet: it.Outlet, Lang: it.Tagging.Lang}
			l.Before, l.Hit, l.After = around(s, at)
			lines = append(lines, l)
		}
	}
	add(it.Title, spansIn(it, "title", it.Title, q.Root))
	add(it.Body(), spansIn(it, "body", it.Body(), q.Root))
	return lines
}

// spansIn returns where a field has what e asks for, each place once, in order.
func spansIn(it *news.Item, field, s string, e search.Expr) []news.Span {
	var list []news.Span
	switch e := e.(type) {
	case search.Words:
		list = search.Spans(s, e)
	case search.Concept:
		for _, t := range it.Tagging.Tags {
			if !slices.Contains(e.Any, t.Concept) {
				continue
			}
			for _, ev := range t.Evidence {
				if ev.Field == field && ev.Start >= 0 && ev.End <= len(s) && ev.Start < ev.End {
					list = append(list, news.Span{Start: ev.Start, End: ev.End})
				}
			}
		}
	case search.And:
		for _, x := range e {
			list = append(list, spansIn(it, field, s, x)...)
		}
	case search.Or:
		for _, x := range e {
			list = append(list, spansIn(it, field, s, x)...)
		}
	}
	slices.SortFunc(list, func(a, b news.Span) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End)) })
	var out []news.Span
	for _, at := range list { // of overlapping ones the longest that comes first
		if len(out) == 0 || at.Start >= out[len(out)-1].End {
			out = append(out, at)
		}
	}
	return out
}

// around cuts a line out of a text, at the ends of words where it can.
func around(s string, at news.Span) (before, hit, after string) {
	before, hit, after = s[:at.Start], s[at.Start:at.End], s[at.End:]
	if i := strings.LastIndexAny(before, "\n"); i >= 0 {
		before = before[i+1:]
	}
	if i := strings.IndexAny(after, "\n"); i >= 0 {
		after = after[:i]
	}
	if cut := len(before); utf8.RuneCountInString(before) > context {
		for range context {
			_, size := utf8.DecodeLastRuneInString(before[:cut])
			cut -= size
		}
		if i := strings.IndexFunc(before[cut:], unicode.IsSpace); i >= 0 && i < 40 {
			cut += i + 1
		}
		before = "…" + before[cut:]
	}
	if cut := 0; utf8.RuneCountInString(after) > context {
		for range context {
			_, size := utf8.DecodeRuneInString(after[cut:])
			cut += size
		}
		if i := strings.LastIndexFunc(after[:cut], unicode.IsSpace); i >= 0 && cut-i < 40 {
			cut = i
		}
		after = after[:cut] + "…"
	}
	return strings.TrimSpace(before), hit, strings.TrimSpace(after)
}

// SortLines orders a concordance: by "before" (the nearest word first), "hit",
// "after", "lang", "outlet", or else the newest first.
func SortLines(lines []Line, by string) {
	key := func(l *Line) string {
		switch by {
		case "before":
			words := search.Fold(l.Before)
			slices.Reverse(words)
			return strings.Join(words, " ")
		case "hit":
			return strings.Join(search.Fold(l.Hit), " ")
		case "after":
			return strings.Join(search.Fold(l.After), " ")
		case "lang":
			return l.Lang
		case "outlet":
			return string(l.Outlet)
		}
		return ""
	}
	keys := make([]string, len(lines))
	order := make([]int, len(lines))
	for i := range lines {
		keys[i], order[i] = key(&lines[i]), i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(keys[a], keys[b]), lines[b].Time.Compare(lines[a].Time), cmp.Compare(lines[a].Item, lines[b].Item))
	})
	sorted := make([]Line, len(lines))
	for i, n := range order {
		sorted[i] = lines[n]
	}
	copy(lines, sorted)
}
