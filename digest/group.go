package digest

import (
	"cmp"
	"slices"

	"silkwire/news"
)

// The kinds of section.
const (
	newSection  = "new"
	lateSection = "late"
)

// sections puts the stories under what is new and what arrived late.
func (c *compiler) sections(stories []told) []Section {
	var fresh, late []told
	for _, s := range stories {
		if s.late {
			late = append(late, s)
		} else {
			fresh = append(fresh, s)
		}
	}
	var list []Section
	if len(fresh) > 0 {
		list = append(list, Section{Kind: newSection, Title: c.words.newTitle, Groups: c.groups(fresh)})
	}
	if len(late) > 0 {
		list = append(list, Section{Kind: lateSection, Title: c.words.lateTitle, Note: c.words.lateNote, Groups: c.groups(late)})
	}
	return list
}

// groups orders stories as the profile wishes.
func (c *compiler) groups(stories []told) []Group {
	switch c.in.Profile.Group {
	case Flat:
		return []Group{{Stories: len(stories), Parts: []Part{{Stories: plainly(stories)}}}}
	case ByCountry:
		country := func(s told) string { return c.labelOr(s.place, c.words.allRegion) }
		return gather(stories, country, c.actor)
	}
	family := func(s told) string { return capital(c.labelOr(s.family, c.words.other)) }
	return gather(stories, c.actor, family)
}

// actor is the state a story stands under: its first acting one.
func (c *compiler) actor(s told) string {
	if len(s.states) == 0 {
		return c.words.other
	}
	return c.labelOr(s.states[0], c.words.other)
}

func (c *compiler) labelOr(id news.ConceptID, otherwise string) string {
	if id == "" {
		return otherwise
	}
	return c.label(id)
}

// gather groups stories by one key and parts them by another. The groups and
// parts with most stories come first; within a part the order stays.
func gather(stories []told, group, part func(told) string) []Group {
	var list []Group
	for _, bunch := range bunches(stories, group) {
		g := Group{Title: group(bunch[0]), Stories: len(bunch)}
		for _, p := range bunches(bunch, part) {
			g.Parts = append(g.Parts, Part{Title: part(p[0]), Stories: plainly(p)})
		}
		list = append(list, g)
	}
	return list
}

// bunches are the stories of each key, the largest bunch first.
func bunches(stories []told, key func(told) string) [][]told {
	byKey := make(map[string][]told)
	var keys []string
	for _, s := range stories {
		k := key(s)
		if byKey[k] == nil {
			keys = append(keys, k)
		}
		byKey[k] = append(byKey[k], s)
	}
	slices.SortStableFunc(keys, func(a, b string) int { return cmp.Compare(len(byKey[b]), len(byKey[a])) })
	list := make([][]told, len(keys))
	for i, k := range keys {
		list[i] = byKey[k]
	}
	return list
}

func plainly(stories []told) []Story {
	list := make([]Story, len(stories))
	for i, s := range stories {
		list[i] = s.Story
	}
	return list
}
