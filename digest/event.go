package digest

import (
	"cmp"
	"slices"
	"strings"

	"silkwire/news"
)

const mostEvents = 4

// eventLines are the events of a story, each once: the lead's own first, then
// what only others say of other actors or recipients.
func (c *compiler) eventLines(lead *news.Item, members []*news.Item) []EventLine {
	lines := c.ownEvents(lead)
	for _, m := range members {
		for _, l := range c.ownEvents(m) {
			if !slices.ContainsFunc(lines, func(o EventLine) bool { return o.between() == l.between() }) {
				lines = append(lines, l)
			}
		}
	}
	return lines[:min(len(lines), mostEvents)]
}

// between is who acts toward whom.
func (l EventLine) between() string {
	state, rest, _ := strings.Cut(l.Key, "/")
	return state + rest[strings.LastIndexByte(rest, '/'):]
}

// ownEvents are an item's events, the most telling first, each line once.
func (c *compiler) ownEvents(it *news.Item) []EventLine {
	events := slices.Clone(it.Tagging.Events)
	if len(events) > 1 {
		i := c.firstEvent(events)
		events[0], events[i] = events[i], events[0]
	}
	var lines []EventLine
	for _, ev := range events {
		l := c.eventLine(ev)
		l.Lang = language(it)
		if !slices.ContainsFunc(lines, func(o EventLine) bool { return o.Line == l.Line }) {
			lines = append(lines, l)
		}
	}
	return lines
}

func (c *compiler) eventLine(ev news.Event) EventLine {
	actor := c.label(cmp.Or(ev.Actor, ev.State))
	if ev.Actor != ev.State && ev.Actor != "" && ev.State != "" {
		actor += " (" + c.label(ev.State) + ")"
	}
	l := EventLine{
		Key:      string(ev.State) + "/" + string(ev.Family) + "/" + string(ev.Recipient),
		Way:      actor + " → " + c.label(cmp.Or(ev.Instrument, ev.Family)),
		Sentence: cut(clean(ev.Evidence.Text), 400), Status: c.words.status[ev.Status], Figures: c.figures(ev),
	}
	if ev.Recipient != "" {
		l.Whom = c.label(ev.Recipient)
	}
	l.Line = l.line()
	return l
}

// line puts the parts together.
func (l *EventLine) line() string {
	line := l.Way
	if l.Whom != "" {
		line += " → " + l.Whom
	}
	return line + l.Tail()
}

// Tail is what follows a line: status and figures.
func (l *EventLine) Tail() string {
	tail := ""
	for _, more := range []string{l.Status, l.Figures} {
		if more != "" {
			tail += ", " + more
		}
	}
	return tail
}

// Head is a line without its tail.
func (l *EventLine) Head() string { return strings.TrimSuffix(l.Line, l.Tail()) }

// merged are lines of which those that differ only in whom they reach, by the
// same sentence, are one.
func merged(lines []EventLine) []EventLine {
	var list []EventLine
	for _, l := range lines {
		i := slices.IndexFunc(list, func(o EventLine) bool {
			return l.Whom != "" && o.Whom != "" && o.Way == l.Way && o.Sentence == l.Sentence && o.Tail() == l.Tail()
		})
		if i < 0 {
			list = append(list, l)
			continue
		}
		list[i].Whom += ", " + l.Whom
		list[i].Line = list[i].line()
	}
	return list
}

// figures are the money and the places of an event, in words.
func (c *compiler) figures(ev news.Event) string {
	var list []string
	if ev.Places != nil {
		list = append(list, c.words.count(*ev.Places, c.words.places))
	}
	if ev.Amount != nil {
		list = append(list, c.words.money(*ev.Amount))
	}
	return strings.Join(list, ", ")
}
