package digest

import (
	"strings"

	"silkwire/news"
	"silkwire/text"
)

// SameStory returns a judge of whether two items tell the same story, and why.
// It is sure of: the same address; nearly the same title in the same language;
// the same event (state, family, recipient) with similar titles, or with the
// same figures across languages. It is not safe for concurrent use.
func SameStory() func(a, b *news.Item) (bool, string) {
	titles := make(map[news.ItemID]titleWords)
	words := func(it *news.Item) titleWords {
		w, ok := titles[it.ID]
		if !ok {
			w = titleOf(it.Title)
			titles[it.ID] = w
		}
		return w
	}
	return func(a, b *news.Item) (bool, string) {
		if a.Outlet == b.Outlet && news.URLKey(a.URL) != "" && news.URLKey(a.URL) == news.URLKey(b.URL) {
			return true, "the same address"
		}
		shared, figures := commonEvent(a, b)
		if figures {
			return true, "the same event with the same figures"
		}
		if a.Tagging.Lang != b.Tagging.Lang {
			return false, ""
		}
		alike := words(a).likeness(words(b))
		if alike >= 0.8 && len(words(a)) >= 4 {
			return true, "the same title"
		}
		if shared && alike >= 0.4 {
			return true, "the same event in similar words"
		}
		return false, ""
	}
}

// commonEvent reports whether two items tell an event of the same actor,
// instrument family and recipient, and whether its figures agree as well. A sum
// of money toward the same recipient needs no family: one calls it a loan, the
// other assistance.
func commonEvent(a, b *news.Item) (shared, figures bool) {
	for _, x := range a.Tagging.Events {
		for _, y := range b.Tagging.Events {
			if x.State != y.State || x.Recipient != y.Recipient {
				continue
			}
			family := x.Family == y.Family
			shared = shared || family
			if (sameMoney(x, y) || family && samePlaces(x, y)) && near(a, b) {
				return true, true
			}
		}
	}
	return shared, false
}

func sameMoney(x, y news.Event) bool {
	return x.Amount != nil && y.Amount != nil && *x.Amount == *y.Amount
}

func samePlaces(x, y news.Event) bool {
	return x.Places != nil && y.Places != nil && *x.Places == *y.Places
}

// near reports whether two items are not more than two days apart.
func near(a, b *news.Item) bool {
	return a.Time().Sub(b.Time()).Abs().Hours() <= 48
}

// titleWords are the folded words of a title.
type titleWords map[string]bool

func titleOf(title string) titleWords {
	w := make(titleWords)
	for f := range strings.FieldsSeq(text.Fold(title)) {
		w[f] = true
	}
	return w
}

// likeness is the share of words that two titles have in common.
func (w titleWords) likeness(o titleWords) float64 {
	if len(w) == 0 || len(o) == 0 {
		return 0
	}
	common := 0
	for f := range w {
		if o[f] {
			common++
		}
	}
	return float64(common) / float64(len(w)+len(o)-common)
}
