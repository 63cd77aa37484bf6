package web

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"silkwire/news"
)

// mention is one place in a text that a tag rests on.
type mention struct {
	Start, End int
	Mark       *mark
	ID         string // an anchor, for the first mention of a concept
}

// mark says why a place is highlighted.
type mark struct {
	Concept string
	Group   facetGroup
	Facet   string
	Term    foreign
	Lang    string // of the term, in words
	Rule    string
}

// markedText is a text with its evidence, cut so that it can be written
// without nesting: paragraphs of zones of pieces.
type markedText []paragraph

type paragraph []zone

// zone is a run of text that states an event, or none.
type zone struct {
	ID     string // an anchor, where the statement of an event begins
	Event  bool
	Pieces []piece
}

// piece is a run of text that is covered by the same mentions all along.
type piece struct {
	Text  string
	IDs   []string // anchors of the mentions that begin here
	Marks []*mark  // the shortest mention first; empty: plain text
}

// Class names the colours of a piece: that of its shortest mention, and that
// of one around it when the two differ.
func (p piece) Class() string {
	if len(p.Marks) == 0 {
		return ""
	}
	inner := p.Marks[0].Group.Class
	for _, m := range p.Marks[1:] {
		if m.Group.Class != inner {
			return "m f-" + inner + " in-" + m.Group.Class
		}
	}
	return "m f-" + inner
}

// highlighted is what highlighting needs to know.
type highlighted struct {
	text     string
	mentions []mention
	events   []news.Span // disjoint, in order
	anchors  map[int]string
}

// markText cuts a text at the borders of its paragraphs, events and mentions.
// Spans may nest and overlap as they like.
func markText(h highlighted) markedText {
	var out markedText
	at := 0
	for line := range strings.SplitSeq(h.text, "\n") {
		start, end := at, at+len(line)
		at = end + 1
		if strings.TrimSpace(line) != "" {
			out = append(out, h.paragraph(start, end))
		}
	}
	return out
}

func (h highlighted) paragraph(start, end int) paragraph {
	var p paragraph
	at := start
	for _, e := range h.events {
		from, to := max(e.Start, at), min(e.End, end)
		if from >= to {
			continue
		}
		if from > at {
			p = append(p, zone{Pieces: h.pieces(at, from)})
		}
		z := zone{Event: true, Pieces: h.pieces(from, to)}
		if e.Start >= start {
			z.ID = h.anchors[e.Start]
		}
		p = append(p, z)
		at = to
	}
	if at < end {
		p = append(p, zone{Pieces: h.pieces(at, end)})
	}
	return p
}

// pieces cuts [start, end) wherever a mention begins or ends.
func (h highlighted) pieces(start, end int) []piece {
	var inside []mention
	cuts := []int{start, end}
	for _, m := range h.mentions {
		if m.Start < end && m.End > start {
			inside = append(inside, m)
			cuts = append(cuts, max(m.Start, start), min(m.End, end))
		}
	}
	slices.SortStableFunc(inside, func(a, b mention) int { return cmp.Compare(a.End-a.Start, b.End-b.Start) })
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	list := make([]piece, 0, len(cuts))
	for i := range cuts[1:] {
		p := piece{Text: h.text[cuts[i]:cuts[i+1]]}
		for _, m := range inside {
			if m.Start > cuts[i] || m.End < cuts[i+1] {
				continue
			}
			if !slices.ContainsFunc(p.Marks, func(x *mark) bool { return *x == *m.Mark }) {
				p.Marks = append(p.Marks, m.Mark)
			}
			if m.Start == cuts[i] && m.ID != "" {
				p.IDs = append(p.IDs, m.ID)
			}
		}
		list = append(list, p)
	}
	return list
}

// fits reports whether a span lies on whole characters of a text.
func fits(text string, start, end int) bool {
	if start < 0 || end > len(text) || start >= end {
		return false
	}
	return utf8.RuneStart(text[start]) && (end == len(text) || utf8.RuneStart(text[end]))
}

// evidenceFits reports whether evidence still stands where it was found.
func evidenceFits(text string, e *news.Evidence) bool {
	return fits(text, e.Start, e.End) && (e.Text == "" || text[e.Start:e.End] == e.Text)
}

// eventZones joins the sentences of events in a field into disjoint runs, and
// names the anchor of each.
func eventZones(field, text string, events []news.Event) (runs []news.Span, anchors map[int]string) {
	var spans []news.Span
	for i := range events {
		e := &events[i].Evidence
		if e.Field == field && fits(text, e.Start, e.End) {
			spans = append(spans, news.Span{Start: e.Start, End: e.End})
		}
	}
	slices.SortFunc(spans, func(a, b news.Span) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	anchors = map[int]string{}
	for _, s := range spans {
		if n := len(runs); n > 0 && s.Start < runs[n-1].End {
			runs[n-1].End = max(runs[n-1].End, s.End)
			continue
		}
		runs = append(runs, s)
		anchors[s.Start] = fmt.Sprintf("event-%s-%d", field, len(runs))
	}
	return runs, anchors
}

// zoneAnchor is the anchor of the run that holds an event's sentence.
func zoneAnchor(runs []news.Span, anchors map[int]string, start int) string {
	for _, r := range runs {
		if r.Start <= start && start < r.End {
			return anchors[r.Start]
		}
	}
	return ""
}
