package search

import (
	"math"

	"silkwire/news"
)

// Score is how well an item that matches answers the query: a hundred for
// every word or phrase of the query that stands in its title, and the
// relevance of the item in percent. What is behind a minus sign does not count.
func (q Query) Score(it *news.Item, f Facts) int {
	return Percent(it.Tagging.Relevance) + 100*titleHits(q.Wanted(), it, f)
}

// Percent is a probability in whole percent.
func Percent(p float64) int { return int(math.Round(100 * min(max(p, 0), 1))) }

// Wanted are the words and phrases that a query asks for.
func (q Query) Wanted() []Words { return wanted(q.Root) }

func wanted(e Expr) []Words {
	var list []Words
	switch e := e.(type) {
	case Words:
		list = append(list, e)
	case And:
		for _, x := range e {
			list = append(list, wanted(x)...)
		}
	case Or:
		for _, x := range e {
			list = append(list, wanted(x)...)
		}
	}
	return list
}

func titleHits(list []Words, it *news.Item, f Facts) int {
	if f.Contains == nil {
		return 0
	}
	title := &news.Item{ID: it.ID, Title: it.Title, Tagging: news.Tagging{Lang: it.Tagging.Lang}}
	n := 0
	for _, w := range list {
		if f.Contains(title, w) {
			n++
		}
	}
	return n
}
