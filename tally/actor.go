package tally

import (
	"slices"

	"silkwire/news"
)

// OfActor is the part of a corpus that is about an actor: the entries that name
// it or anything that belongs to it, and the deals in which it acts.
func (c *Corpus) OfActor(id news.ConceptID) *Corpus {
	down := c.rules.Taxonomy.Descendants(id)
	part := c.Only(func(e *Entry) bool { return e.Has(down) })
	part.Deals = slices.DeleteFunc(part.Deals, func(d Deal) bool { return !slices.Contains(down, d.State) && !slices.Contains(down, d.Actor) })
	return part
}

// OfPlace is the part of a corpus that is about a country or a place in it: the
// entries that name it, and the deals toward it.
func (c *Corpus) OfPlace(id news.ConceptID) *Corpus {
	down := c.rules.Taxonomy.Descendants(id)
	part := c.Only(func(e *Entry) bool { return e.Has(down) })
	part.Deals = slices.DeleteFunc(part.Deals, func(d Deal) bool { return !slices.Contains(down, d.Recipient) })
	return part
}

// DealsWith returns the deals that count for a key of an axis.
func (c *Corpus) DealsWith(a Axis, key string, deals []Deal) []Deal {
	x := c.axis(a)
	return slices.DeleteFunc(slices.Clone(deals), func(d Deal) bool { return !slices.Contains(x.ofDeal(&d, c), key) })
}

// KeyOf describes a key of an axis.
func (c *Corpus) KeyOf(a Axis, id string) Key { return c.axis(a).key(id) }
