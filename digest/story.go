package digest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"silkwire/news"
	"silkwire/taxonomy"
	"silkwire/text"
)

// told is a story with what is needed to put it in its place.
type told struct {
	Story
	late   bool
	weight float64
	states []news.ConceptID // acting states, the most telling first
	family news.ConceptID   // of its instrument
	place  news.ConceptID   // its recipient
}

// stories merges items that tell the same, and orders the stories by how much
// they tell.
func (c *compiler) stories(items []news.Item) []told {
	same := c.in.Same
	if same == nil {
		same = SameStory()
	}
	var clusters [][]*news.Item
	for i := range items {
		it := &items[i]
		at := slices.IndexFunc(clusters, func(members []*news.Item) bool {
			return slices.ContainsFunc(members, func(m *news.Item) bool { yes, _ := same(m, it); return yes })
		})
		if at < 0 {
			clusters = append(clusters, []*news.Item{it})
		} else {
			clusters[at] = append(clusters[at], it)
		}
	}
	list := make([]told, len(clusters))
	for i, members := range clusters {
		list[i] = c.story(members)
	}
	slices.SortStableFunc(list, func(a, b told) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), b.Time.Compare(a.Time), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// leading is the member that proves most; among equals the one that the reader
// can read, then the first.
func (c *compiler) leading(members []*news.Item) *news.Item {
	proof := func(it *news.Item) float64 { return c.telling(it) - it.Tagging.Relevance }
	return slices.MaxFunc(members, func(a, b *news.Item) int {
		return cmp.Or(cmp.Compare(proof(a), proof(b)), cmp.Compare(c.familiar(a), c.familiar(b)),
			b.Time().Compare(a.Time()), cmp.Compare(b.ID, a.ID))
	})
}

// familiar ranks an item's language by how likely the reader has it.
func (c *compiler) familiar(it *news.Item) int {
	switch language(it) {
	case c.words.lang.String():
		return 3
	case text.En.String():
		return 2
	case text.Ru.String():
		return 1
	}
	return 0
}

// story tells what the members tell.
func (c *compiler) story(members []*news.Item) told {
	lead := c.leading(members)
	s := told{Story: Story{
		ID: lead.ID, Title: cut(clean(lead.Title), 300), Lang: language(lead), Time: lead.Time().UTC(), When: c.when(lead),
		Link: webLink(news.CanonicalURL(lead.URL)), Permalink: c.permalink(lead.ID), Extract: extract(lead), Chips: c.chips(lead),
	}}
	s.late = true
	for _, m := range members {
		s.Told = append(s.Told, c.tellingOf(m))
		s.late = s.late && c.isLate(m)
		s.weight = max(s.weight, c.telling(m))
	}
	s.Tellers = c.tellers(lead, members)
	s.Events = c.eventLines(lead, members)
	s.weight += float64(len(s.Tellers)-1) / 2
	c.place(&s, lead)
	return s
}

// telling is how much an item tells: that it is relevant, and that it states
// events with figures.
func (c *compiler) telling(it *news.Item) float64 {
	weight := it.Tagging.Relevance
	if len(it.Tagging.Events) > 0 {
		weight++
	}
	for _, ev := range it.Tagging.Events {
		if ev.Amount != nil || ev.Places != nil {
			return weight + 0.5
		}
	}
	return weight
}

// isLate holds for what was published before the window and found in it.
func (c *compiler) isLate(it *news.Item) bool {
	if it.DayOnly {
		return it.Published.Add(24 * time.Hour).Before(c.in.From)
	}
	return it.Time().Before(c.in.From)
}

// when is the item's time as the reader's clock shows it, with the day where
// it is not that of the edition.
func (c *compiler) when(it *news.Item) string {
	t := it.Time().In(c.zone)
	if it.DayOnly {
		return c.words.day(it.Time())
	}
	if t.Format(time.DateOnly) == c.in.To.In(c.zone).Format(time.DateOnly) {
		return t.Format("15:04")
	}
	return c.words.moment(t)
}

func (c *compiler) permalink(id news.ItemID) string {
	if c.in.Profile.BaseURL == "" {
		return ""
	}
	return strings.TrimSuffix(c.in.Profile.BaseURL, "/") + "/items/" + string(id)
}

// tellers are the outlets of a story, its lead first, each language once.
func (c *compiler) tellers(lead *news.Item, members []*news.Item) []Teller {
	var list []Teller
	for _, m := range append([]*news.Item{lead}, members...) {
		t := c.teller(m)
		if !slices.ContainsFunc(list, func(o Teller) bool { return o.Outlet == t.Outlet && o.Lang == t.Lang }) {
			list = append(list, t)
		}
	}
	return list
}

func (c *compiler) teller(it *news.Item) Teller {
	o := c.in.Outlets[it.Outlet]
	t := Teller{Outlet: it.Outlet, Name: cmp.Or(clean(o.Name), string(it.Outlet)), Country: o.Country, Lang: language(it), Link: webLink(news.CanonicalURL(it.URL))}
	t.Language = autonym(t.Lang)
	if p := it.Tagging.Placed; p != nil {
		t.Placed = strings.Replace(c.words.placedFrom, "%s", c.label(p.Origin), 1)
	}
	return t
}

const mostChips = 8

// region is the concept above the five states.
const region news.ConceptID = "central-asia"

// chips are the concepts that the item names itself, the surest first.
func (c *compiler) chips(it *news.Item) []Chip {
	tags := slices.DeleteFunc(slices.Clone(it.Tagging.Tags), func(t news.Tag) bool { return t.Implied })
	slices.SortStableFunc(tags, func(a, b news.Tag) int { return cmp.Compare(b.Score, a.Score) })
	var chips []Chip
	for _, t := range tags[:min(len(tags), mostChips)] {
		chips = append(chips, Chip{Concept: t.Concept, Facet: t.Facet, Label: c.label(t.Concept)})
	}
	slices.SortStableFunc(chips, func(a, b Chip) int { return cmp.Compare(facetOrder(a.Facet), facetOrder(b.Facet)) })
	return chips
}

// facetOrder puts who before with what before toward whom.
func facetOrder(facet string) int {
	return slices.IndexFunc(taxonomy.Facets, func(f taxonomy.Facet) bool { return string(f) == facet })
}

// label is a concept's name in the reader's language, without what taxonomists
// add in parentheses to tell it from its neighbours.
func (c *compiler) label(id news.ConceptID) string {
	if c.in.Taxonomy == nil {
		return string(id)
	}
	name := clean(c.in.Taxonomy.LabelIn(id, c.words.lang))
	if short, _, found := strings.Cut(name, " ("); found && strings.HasSuffix(name, ")") {
		name = short
	}
	return cmp.Or(name, string(id))
}

// place finds where a story belongs: by its first event, else by its tags.
func (c *compiler) place(s *told, lead *news.Item) {
	if events := lead.Tagging.Events; len(events) > 0 {
		ev := events[c.firstEvent(events)]
		s.states, s.family, s.place = []news.ConceptID{ev.State}, ev.Family, c.country(ev.Recipient)
		return
	}
	for _, chip := range s.Chips {
		switch taxonomy.Facet(chip.Facet) {
		case taxonomy.ActorState, taxonomy.ActorInstitution:
			s.states = append(s.states, c.root(chip.Concept))
		case taxonomy.Instrument:
			s.family = cmp.Or(s.family, c.family(chip.Concept))
		case taxonomy.Target:
			if s.place == "" && c.family(chip.Concept) == region {
				s.place = c.country(chip.Concept)
			}
		}
	}
}

// firstEvent is the index of the event that says most.
func (c *compiler) firstEvent(events []news.Event) int {
	best, most := 0, -1
	for i, ev := range events {
		says := 0
		if ev.Status != news.NoStatus && ev.Status != "" {
			says++
		}
		if ev.Amount != nil || ev.Places != nil {
			says++
		}
		if says > most {
			best, most = i, says
		}
	}
	return best
}

// country is the state of the region that a place lies in, or the place itself.
func (c *compiler) country(id news.ConceptID) news.ConceptID {
	if c.in.Taxonomy == nil {
		return id
	}
	way := c.in.Taxonomy.Ancestors(id)
	if n := len(way); n >= 2 && way[n-1] == region {
		return way[n-2]
	}
	return id
}

func (c *compiler) root(id news.ConceptID) news.ConceptID {
	if c.in.Taxonomy == nil {
		return id
	}
	return c.in.Taxonomy.Root(id)
}

func (c *compiler) family(id news.ConceptID) news.ConceptID {
	if c.in.Taxonomy == nil {
		return id
	}
	return c.in.Taxonomy.Family(id)
}
