package digest

import "silkwire/news"

const (
	mostBrief   = 5 // lines of what matters most
	briefOfOne  = 2 // of them of one acting state
	briefAt     = 8 // stories, from which on an edition needs a brief
	mostTallied = 6 // rows of the tally
)

// Brief is what matters most, for whoever reads no further.
type Brief struct {
	Title string      `json:"title"`
	Lines []BriefLine `json:"lines"`
}

// BriefLine is the event that a story tells, with a way to the story.
type BriefLine struct {
	Text string      `json:"text"`
	Item news.ItemID `json:"item"`
	Link string      `json:"link,omitempty"`
}

// Tally counts the stories of each actor or country.
type Tally struct {
	Title string     `json:"title"`
	Rows  []TallyRow `json:"rows"`
}

// TallyRow is one actor or country. Share is its count as a percentage of the
// greatest.
type TallyRow struct {
	Label string `json:"label"`
	N     int    `json:"n"`
	Share int    `json:"share"`
}

// brief takes the events of the most telling stories, in their order, few of
// one actor. A short edition needs none.
func (c *compiler) brief(stories []told) *Brief {
	if len(stories) < briefAt {
		return nil
	}
	b := Brief{Title: c.words.inBrief}
	of := make(map[string]int)
	seen := make(map[string]bool)
	for _, s := range stories {
		if len(b.Lines) == mostBrief {
			break
		}
		actor := c.actor(s)
		if len(s.Events) == 0 || seen[s.Events[0].Line] || of[actor] == briefOfOne {
			continue
		}
		of[actor]++
		seen[s.Events[0].Line] = true
		line := BriefLine{Text: s.Events[0].Line, Item: s.ID, Link: s.Permalink}
		if line.Link == "" {
			line.Link = s.Link
		}
		b.Lines = append(b.Lines, line)
	}
	if len(b.Lines) < 2 {
		return nil
	}
	return &b
}

// tally counts stories by what the profile groups by.
func (c *compiler) tally(stories []told) *Tally {
	t, key := Tally{Title: c.words.byActor}, c.actor
	switch c.in.Profile.Group {
	case Flat:
		return nil
	case ByCountry:
		t.Title = c.words.byCountry
		key = func(s told) string { return c.labelOr(s.place, c.words.allRegion) }
	}
	rows := bunches(stories, key)
	if len(rows) < 2 || len(stories) < briefAt {
		return nil
	}
	for _, bunch := range rows[:min(len(rows), mostTallied)] {
		t.Rows = append(t.Rows, TallyRow{Label: key(bunch[0]), N: len(bunch), Share: max(2, 100*len(bunch)/len(rows[0]))})
	}
	return &t
}
