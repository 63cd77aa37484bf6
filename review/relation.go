package review

import "silkwire/news"

// Held is what is held of a pair: the last word that was said of it, and
// whether the last words of two analysts differ. Said is its history, in order.
type Held struct {
	news.Relation
	Differ bool
	Said   []news.Relation
}

// Related is what is held of every pair of which anything was said.
func Related(all []news.Relation) map[news.Pair]Held {
	held := map[news.Pair]Held{}
	for _, r := range all {
		h := held[r.Pair]
		h.Relation, h.Said = r, append(h.Said, r)
		held[r.Pair] = h
	}
	for pair, h := range held {
		last := map[string]news.RelationKind{}
		for _, r := range h.Said {
			last[r.By] = r.Kind
		}
		for _, kind := range last {
			h.Differ = h.Differ || h.Kind != news.Unjudged && kind != news.Unjudged && kind != h.Kind
		}
		held[pair] = h
	}
	return held
}
