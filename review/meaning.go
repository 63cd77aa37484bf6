package review

import "silkwire/news"

// Meaning is by which power an event works, and for how long, as analysts said
// it last; each of both with who said it.
type Meaning struct {
	news.Means
	ByBehaviour, ByHorizon news.Review
}

// Meant are the meanings of events that were said in reviews of one item, given
// in the order in which they were said. What was withdrawn is not among them;
// of two analysts the last word counts, for either part.
func Meant(all []news.Review) map[news.EventKey]Meaning {
	meant := map[news.EventKey]Meaning{}
	for _, r := range Standing(all) {
		if r.Verdict != news.Weigh || r.Event == nil || r.Means == nil {
			continue
		}
		m := meant[*r.Event]
		if len(r.Means.Behaviour) > 0 {
			m.Behaviour, m.ByBehaviour = r.Means.Behaviour, r
		}
		if r.Means.Horizon != "" {
			m.Horizon, m.ByHorizon = r.Means.Horizon, r
		}
		meant[*r.Event] = m
	}
	return meant
}

// MeansOf are the meanings of the events of many items.
func MeansOf(said map[news.ItemID][]news.Review) map[news.ItemID]map[news.EventKey]news.Means {
	all := map[news.ItemID]map[news.EventKey]news.Means{}
	for id, list := range said {
		all[id] = map[news.EventKey]news.Means{}
		for key, m := range Meant(list) {
			all[id][key] = m.Means
		}
	}
	return all
}
