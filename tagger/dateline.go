package tagger

import (
	"strings"

	"silkwire/taxonomy"
	"silkwire/text"
)

// datelineZone is how far a dateline reaches into a body at most, in bytes.
const datelineZone = 70

// markDateline marks the places of a dateline ("ASTANA, 17 June (Agency) —"):
// they say where a text was written, and are no recipients of events.
func (t *Tagger) markDateline(w *work) {
	body := &w.fields[1].doc
	end := datelineEnd(body)
	for i := range w.mentions {
		f := &w.mentions[i]
		f.dateline = f.field == 1 && int(body.Words[f.end-1].End) <= end && t.concepts[f.class].facet == taxonomy.Target
	}
}

// datelineEnd is where the dateline of a body ends; 0 if there is none. A
// dateline begins with a place in capitals, or with a place, a comma and a
// date; a dash, a bracket or a full stop ends it.
func datelineEnd(d *text.Doc) int {
	if len(d.Words) < 4 {
		return 0
	}
	zone := sample(d.Text, datelineZone)
	first := &d.Words[0]
	capitals := first.Case == text.AllCaps && len(d.Sub(first)) > 3
	for _, mark := range []string{" — ", " – ", " - ", ") ", ". "} {
		end := strings.Index(zone, mark)
		if end < 0 {
			continue
		}
		before := zone[:end]
		if capitals && (mark != ". " || strings.ToUpper(before) == before) || dated(before) {
			return end
		}
	}
	return 0
}

// dated holds for a place, a comma and a day: "Bishkek, 5 May".
func dated(s string) bool {
	place, rest, ok := strings.Cut(s, ",")
	return ok && len(strings.Fields(place)) <= 2 && len(strings.Fields(rest)) <= 4 && strings.ContainsAny(rest, "0123456789")
}
