package digest

import (
	"cmp"
	"fmt"
	"slices"

	"silkwire/news"
	"silkwire/text"
)

const mostCorrections = 20

// tellingOf is what a reader now knows of an item.
func (c *compiler) tellingOf(it *news.Item) Telling {
	return Telling{
		Item: it.ID, Revision: it.Revision, Title: cut(clean(it.Title), 300), Relevant: it.Tagging.Relevant,
		HadText: it.Text != "", Events: c.ownEvents(it),
	}
}

// corrections compares what was told with what holds now. The latest telling of
// an item counts, so that each change is reported once.
func (c *compiler) corrections() *Corrections {
	var list []Correction
	for _, before := range c.tellings() {
		if k, changed := c.correction(before); changed {
			list = append(list, k)
		}
	}
	if len(list) == 0 {
		return nil
	}
	all := Corrections{Title: c.words.corrections, List: list[:min(len(list), mostCorrections)]}
	if more := len(list) - mostCorrections; more > 0 {
		all.More = fmt.Sprintf(c.words.moreCorrections, more)
	}
	return &all
}

// tellings are the latest tellings of all items, in the order they were told.
func (c *compiler) tellings() []Telling {
	var list []Telling
	seen := make(map[news.ItemID]bool)
	add := func(t Telling) {
		if !seen[t.Item] {
			seen[t.Item] = true
			list = append(list, t)
		}
	}
	for _, e := range c.in.Earlier {
		for _, t := range e.tellings() {
			add(t)
		}
	}
	return list
}

// tellings are what an edition told of items, its corrections first.
func (e *Edition) tellings() []Telling {
	var list []Telling
	if e.Corrections != nil {
		for _, k := range e.Corrections.List {
			list = append(list, k.Now)
		}
	}
	for _, s := range e.Stories() {
		list = append(list, s.Told...)
	}
	return list
}

// correction says what changed in one item since it was told.
func (c *compiler) correction(before Telling) (Correction, bool) {
	it, there := c.in.Present[before.Item]
	if !there {
		if before.Title == "" {
			return Correction{}, false // its removal was told
		}
		gone := Correction{Title: before.Title, What: []string{c.words.withdrawn}, Now: Telling{Item: before.Item}}
		return gone, true
	}
	now := c.tellingOf(&it)
	what := c.changes(before, now)
	if len(what) == 0 {
		return Correction{}, false
	}
	t := c.teller(&it)
	return Correction{
		Title: now.Title, Lang: language(&it), Outlet: t.Name, Link: t.Link, Permalink: c.permalink(it.ID), What: what, Now: now,
	}, true
}

// changes are the sentences that say how now differs from before. A text that
// arrived late is none, nor is what it adds.
func (c *compiler) changes(before, now Telling) []string {
	var what []string
	w := &c.words
	if before.Title != "" && text.Fold(before.Title) != text.Fold(now.Title) {
		what = append(what, fmt.Sprintf(w.retitled, before.Title))
	}
	if before.Relevant && !now.Relevant {
		return append(what, w.irrelevant)
	}
	if !before.HadText && now.HadText {
		return what
	}
	for _, was := range before.Events {
		i := slices.IndexFunc(now.Events, func(l EventLine) bool { return l.Key == was.Key })
		switch {
		case i < 0:
			what = append(what, fmt.Sprintf(w.eventGone, was.Line))
		case differs(was, now.Events[i]) && !slices.ContainsFunc(now.Events, func(l EventLine) bool { return l.Line == was.Line }):
			what = append(what, fmt.Sprintf(w.eventNow, was.Line, now.Events[i].Line))
		}
	}
	return slices.Compact(what)
}

// differs reports whether a status or a figure became another; one that was
// not known before only adds.
func differs(was, is EventLine) bool {
	return was.Status != "" && was.Status != is.Status || was.Figures != "" && was.Figures != is.Figures
}

// items are those that an edition tells of, each once.
func (e *Edition) items() []news.ItemID {
	var ids []news.ItemID
	for _, t := range e.tellings() {
		ids = append(ids, t.Item)
	}
	slices.SortFunc(ids, func(a, b news.ItemID) int { return cmp.Compare(a, b) })
	return slices.Compact(ids)
}
