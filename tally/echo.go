package tally

import (
	"slices"

	"silkwire/news"
	"silkwire/taxonomy"
)

// Echoes reads the items that each calls its argument with, newest first and
// with their texts, for the sentences that say how somebody is received. Each
// such sentence is an entry of the corpus, with what is named in it, outright,
// as its tags: who is received and who receives are asked of one sentence, never
// of an item that names the one here and the other there. Entries of an item
// stand together, and a table counts the item once.
func Echoes(each func(func(*news.Item) error) error, rules Rules) (*Corpus, error) {
	out := &Corpus{}
	whole, err := Gather(func(add func(*news.Item) error) error {
		return each(func(it *news.Item) error {
			if err := add(it); err != nil {
				return err
			}
			out.Entries = append(out.Entries, echoesOf(it)...)
			return nil
		})
	}, rules)
	if err != nil {
		return nil, err
	}
	at := 0
	for i := range out.Entries { // with what is counted of their items
		e := &out.Entries[i]
		for whole.Entries[at].ID != e.ID {
			at++
		}
		sentence := *e
		*e = whole.Entries[at]
		e.Tags, e.Sentence, e.Events = sentence.Tags, sentence.Sentence, nil
	}
	out.Partial, out.rules = whole.Partial, whole.rules
	return out, nil
}

// echoesOf are the sentences of an item that say how somebody is received.
func echoesOf(it *news.Item) []Entry {
	var list []Entry
	for _, s := range sentences(it) {
		if !slices.ContainsFunc(s.named, func(n mention) bool { return n.facet == taxonomy.Reception }) {
			continue
		}
		e := Entry{ID: it.ID, Sentence: s.text}
		for _, n := range s.named {
			if !slices.Contains(e.Tags, n.id) {
				e.Tags = append(e.Tags, n.id)
			}
		}
		list = append(list, e)
	}
	return list
}

// With is the part of a corpus that counts for a key of an axis.
func (c *Corpus) With(a Axis, key string) *Corpus {
	x := c.axis(a)
	return c.Only(func(e *Entry) bool { return slices.Contains(x.ofEntry(e), key) })
}

// Items is how many items the entries are of.
func (c *Corpus) Items() (n int) {
	for i := range c.Entries {
		if i == 0 || c.Entries[i].ID != c.Entries[i-1].ID {
			n++
		}
	}
	return n
}

// Keys tells of entries which keys of an axis they count for.
func (c *Corpus) Keys(a Axis) func(*Entry) []Key {
	x := c.axis(a)
	return func(e *Entry) []Key {
		var list []Key
		for _, id := range x.ofEntry(e) {
			list = append(list, x.key(id))
		}
		return list
	}
}
