// Package bulk makes up archives of any size, to measure on: items in eleven
// languages whose words are as unequal as words are (the n-th most frequent
// comes about 1/n as often as the first), inflected, with the terms of the
// taxonomy among them, and tags, events and dates to go with them. The same
// seed makes the same items. They are noise and nobody should read them; a
// press that can be read is made by package demo.
package bulk

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"silkwire/news"
	"silkwire/taxonomy"
	"silkwire/text"
)

// Options say what is made up.
type Options struct {
	Outlets  []news.Outlet // at least one
	Taxonomy *taxonomy.Taxonomy
	From, To time.Time // the days of publication
	Items    int
	Seed     uint64
}

// Press makes items.
type Press struct {
	Options
	random      *rand.Rand
	tongues     map[string]*tongue
	actors      []*taxonomy.Concept
	instruments []*taxonomy.Concept
	others      []*taxonomy.Concept // narratives and reception
	targets     []*taxonomy.Concept
	made        int
}

// New returns a press.
func New(o Options) *Press {
	p := &Press{Options: o, random: rand.New(rand.NewPCG(o.Seed, 1)), tongues: make(map[string]*tongue)}
	for _, c := range o.Taxonomy.Concepts {
		switch {
		case c.Inactive:
		case c.Facet == taxonomy.Instrument:
			p.instruments = append(p.instruments, c)
		case c.Facet == taxonomy.Target:
			p.targets = append(p.targets, c)
		case c.Facet == "narrative" || c.Facet == "reception":
			p.others = append(p.others, c)
		case c.Facet == taxonomy.Organisation || strings.HasPrefix(string(c.Facet), "actor_"):
			p.actors = append(p.actors, c)
		}
	}
	shuffle := rand.New(rand.NewPCG(o.Seed, 2))
	for _, list := range [][]*taxonomy.Concept{p.actors, p.instruments, p.others, p.targets} {
		shuffle.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	return p
}

// Next returns the next n items in the order in which they were first seen,
// fewer at the end.
func (p *Press) Next(n int) []news.Item {
	n = min(n, p.Items-p.made)
	list := make([]news.Item, 0, n)
	for range n {
		list = append(list, p.item(p.made))
		p.made++
	}
	return list
}

func (p *Press) item(i int) news.Item {
	outlet := &p.Outlets[unequal(p.random, len(p.Outlets))]
	lang := outlet.Languages[p.random.IntN(len(outlet.Languages))]
	tongue := p.tongue(lang)
	address := fmt.Sprintf("https://%s.example/%d", outlet.ID, i)
	it := news.Item{
		ID: news.NewItemID(outlet.ID, address, ""), Outlet: outlet.ID, Source: news.SourceID(outlet.ID) + "-bulk", URL: address,
		Lang: lang, Extraction: "bulk", Tagging: news.Tagging{Lang: lang, Taxonomy: p.Taxonomy.Version},
	}
	age := float64(i) / float64(max(p.Items, 1))
	it.Fetched = p.From.Add(time.Duration(math.Sqrt(age) * float64(p.To.Sub(p.From)))).Truncate(time.Second).UTC() // more every year
	it.Published = it.Fetched.Add(-time.Duration(p.random.ExpFloat64() * float64(3*time.Hour))).Truncate(time.Minute)
	it.Title = tongue.sentence(p.random, 5+p.random.IntN(8))
	p.tag(&it, tongue)
	return it
}

// tag writes the text around what the item is about.
func (p *Press) tag(it *news.Item, tongue *tongue) {
	var body strings.Builder
	t := &it.Tagging
	t.Relevant = p.random.IntN(4) == 0
	t.Relevance = math.Round(1000*p.random.Float64()*0.5) / 1000
	if t.Relevant {
		t.Relevance += 0.5
	}
	say := func(list []*taxonomy.Concept) *taxonomy.Concept {
		c := list[unequal(p.random, len(list))]
		term := termOf(c, tongue.lang)
		body.WriteString(tongue.sentence(p.random, 4+p.random.IntN(12)))
		body.WriteByte(' ')
		start := body.Len()
		body.WriteString(term)
		t.Tags = append(t.Tags, news.Tag{
			Concept: c.ID, Facet: string(c.Facet), Score: 0.5 + float64(p.random.IntN(50))/100,
			Evidence: []news.Evidence{{Field: "body", Start: start, End: body.Len(), Text: term, Term: term, Lang: it.Lang, Sentence: news.Span{Start: start, End: body.Len()}}},
		})
		body.WriteString(" " + tongue.sentence(p.random, 2+p.random.IntN(10)) + ". ")
		return c
	}
	for n := 2 + int(7*p.random.ExpFloat64()); n > 0; n-- {
		body.WriteString(tongue.sentence(p.random, 6+p.random.IntN(14)) + ". ")
	}
	say(p.targets)
	if t.Relevant || p.random.IntN(3) == 0 {
		for range 1 + p.random.IntN(3) {
			actor, instrument, target := say(p.actors), say(p.instruments), say(p.targets)
			p.imply(t, instrument)
			if p.random.IntN(2) == 0 {
				t.Events = append(t.Events, p.event(actor, instrument, target, body.String()))
			}
		}
	}
	if p.random.IntN(4) == 0 {
		say(p.others)
	}
	t.Tags = once(t.Tags)
	it.Text = body.String()
}

// imply adds the concepts above one.
func (p *Press) imply(t *news.Tagging, c *taxonomy.Concept) {
	for _, above := range p.Taxonomy.Ancestors(c.ID) {
		t.Tags = append(t.Tags, news.Tag{Concept: above, Facet: string(c.Facet), Score: 0.5, Implied: true, By: []news.ConceptID{c.ID}})
	}
}

func once(tags []news.Tag) []news.Tag {
	seen := map[news.ConceptID]bool{}
	list := tags[:0]
	for _, t := range tags {
		if !seen[t.Concept] {
			seen[t.Concept] = true
			list = append(list, t)
		}
	}
	return list
}

func (p *Press) event(actor, instrument, target *taxonomy.Concept, body string) news.Event {
	statuses := []news.Status{news.Announced, news.Signed, news.Ongoing, news.Completed, news.Cancelled, news.DeniedEvt, news.NoStatus}
	ev := news.Event{
		Actor: actor.ID, State: p.Taxonomy.Root(actor.ID), Instrument: instrument.ID, Family: p.Taxonomy.Family(instrument.ID),
		Recipient: target.ID, Status: statuses[p.random.IntN(len(statuses))],
		Evidence: news.EventEvidence{Field: "body", End: min(len(body), 40), Text: strings.ToValidUTF8(body[:min(len(body), 40)], "")},
	}
	if p.random.IntN(5) == 0 {
		value := math.Round(math.Exp(8 + 12*p.random.Float64()))
		ev.Amount = &news.Amount{Value: value, Currency: []string{"USD", "EUR", "CNY", "RUB", "UZS"}[p.random.IntN(5)]}
	}
	return ev
}

// termOf is how a concept is called in a language, or else in English.
func termOf(c *taxonomy.Concept, lang text.Lang) string {
	for i := range c.Terms {
		if c.Terms[i].Lang == lang && c.Terms[i].Plain() {
			return c.Terms[i].Text
		}
	}
	return c.Name
}

// unequal draws one of n, the first most often.
func unequal(random *rand.Rand, n int) int {
	return int(math.Exp(random.Float64()*math.Log(float64(n)+1))) - 1
}
