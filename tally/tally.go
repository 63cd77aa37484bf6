// Package tally counts what the archive holds, honestly: how many items name a
// thing, how many stories those are, and how many deals they tell of, each
// once; against how much was read at all; and with what the numbers cannot
// say. A count of mentions is never called influence.
//
// It is pure. [Gather] takes items through a callback and keeps of each what
// is counted; everything else is arithmetic on that [Corpus].
package tally

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"silkwire/news"
	"silkwire/search"
	"silkwire/taxonomy"
)

// Notice stands with every count that is shown or taken away.
const Notice = "Counts of mentions, not of influence."

// Rules say how items are read.
type Rules struct {
	Taxonomy *taxonomy.Taxonomy
	Country  func(news.OutletID) string // of an outlet; nil: none
	Zone     *time.Location             // in which days begin; nil: UTC
	Most     int                        // items that are looked at, the newest; 0: all
	Classes  []Class
	About    func(*news.Event) bool // the events that make deals; nil: all
	Meant    Meant
}

// Meant are the events of which analysts said by which power they work, or for
// how long; of all others the taxonomy's word on their instrument counts.
type Meant map[news.ItemID]map[news.EventKey]news.Means

// Class is a set of items by a query of its own, such as a cluster of keywords.
type Class struct {
	ID, Name string
	Note     string
	Query    search.Query
}

// Corpus is what is counted of some items, newest first.
type Corpus struct {
	Entries []Entry
	Deals   []Deal // the events of all entries, each deal once, newest first
	Partial bool   // there were more items than could be looked at; these are the newest

	rules Rules
}

// Entry is what is counted of one item.
type Entry struct {
	ID       news.ItemID
	Time     time.Time
	Title    string
	Lang     string
	Outlet   news.OutletID
	Country  string
	Placed   news.ConceptID // the agency it was taken over from
	Tags     []news.ConceptID
	Events   []news.Event
	Classes  []int // indexes into Rules.Classes
	Story    news.StoryID
	Relevant bool
	Sentence string // where an entry is one sentence of its item, see [Echoes]

	meant map[news.EventKey]news.Means
}

// Has reports whether the entry has a tag with one of the concepts.
func (e *Entry) Has(any []news.ConceptID) bool {
	return slices.ContainsFunc(e.Tags, func(id news.ConceptID) bool { return slices.Contains(any, id) })
}

// errEnough ends a walk whose rest would not be looked at.
var errEnough = errors.New("enough")

// Gather reads the items that each calls its argument with, newest first.
func Gather(each func(func(*news.Item) error) error, rules Rules) (*Corpus, error) {
	if rules.Zone == nil {
		rules.Zone = time.UTC
	}
	g := gatherer{Corpus: &Corpus{rules: rules}, names: map[news.ConceptID]news.ConceptID{}}
	if err := each(g.add); err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	g.Deals = deals(g.Corpus)
	return g.Corpus, nil
}

// gatherer is a Gather under way.
type gatherer struct {
	*Corpus
	names map[news.ConceptID]news.ConceptID // each name once in memory
}

func (g *gatherer) add(it *news.Item) error {
	if g.rules.Most > 0 && len(g.Entries) == g.rules.Most {
		g.Partial = true
		return errEnough
	}
	e := Entry{
		ID: it.ID, Time: it.Time(), Title: it.Title, Lang: it.Tagging.Lang, Outlet: it.Outlet, Country: g.country(it.Outlet),
		Relevant: it.Tagging.Relevant, Events: g.events(it.Tagging.Events), meant: g.rules.Meant[it.ID], Story: cmp.Or(it.Story, news.StoryID(it.ID)),
	}
	if e.Lang == "" {
		e.Lang = "und"
	}
	if it.Tagging.Placed != nil {
		e.Placed = g.name(it.Tagging.Placed.Origin)
	}
	e.Tags = make([]news.ConceptID, len(it.Tagging.Tags))
	for i := range it.Tagging.Tags {
		e.Tags[i] = g.name(it.Tagging.Tags[i].Concept)
	}
	facts := search.Facts{Country: e.Country, Contains: search.Contains}
	for i, class := range g.rules.Classes {
		if class.Query.Match(it, facts) {
			e.Classes = append(e.Classes, i)
		}
	}
	g.Entries = append(g.Entries, e)
	return nil
}

// events are those of an item without their evidence, which counts for nothing.
func (g *gatherer) events(list []news.Event) []news.Event {
	if len(list) == 0 {
		return nil
	}
	list = slices.Clone(list)
	for i := range list {
		e := &list[i]
		e.Actor, e.State, e.Instrument, e.Family, e.Recipient = g.name(e.Actor), g.name(e.State), g.name(e.Instrument), g.name(e.Family), g.name(e.Recipient)
		e.Evidence = news.EventEvidence{}
	}
	return list
}

func (g *gatherer) name(id news.ConceptID) news.ConceptID {
	if known, ok := g.names[id]; ok {
		return known
	}
	g.names[id] = id
	return id
}

func (g *gatherer) country(id news.OutletID) string {
	if g.rules.Country == nil {
		return ""
	}
	return g.rules.Country(id)
}

// Only returns the part of a corpus whose entries keep accepts. Its deals are
// told anew from those entries.
func (c *Corpus) Only(keep func(*Entry) bool) *Corpus {
	part := &Corpus{Partial: c.Partial, rules: c.rules}
	for i := range c.Entries {
		if keep(&c.Entries[i]) {
			part.Entries = append(part.Entries, c.Entries[i])
		}
	}
	part.Deals = deals(part)
	return part
}

// Span is the time from the oldest to the newest entry.
func (c *Corpus) Span() (from, to time.Time) {
	for i := range c.Entries {
		t := c.Entries[i].Time
		if from.IsZero() || t.Before(from) {
			from = t
		}
		if t.After(to) {
			to = t
		}
	}
	return from, to
}

// Taxonomy is what the corpus was read with.
func (c *Corpus) Taxonomy() *taxonomy.Taxonomy { return c.rules.Taxonomy }

// Zone is where the corpus's days begin.
func (c *Corpus) Zone() *time.Location { return c.rules.Zone }
