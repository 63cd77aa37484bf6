package store

import (
	"context"
	"time"

	"silkwire/news"
	"silkwire/search"
)

// Sample is a random sample of the items that matched a query at one moment,
// with its frame: what it was drawn from, and how.
type Sample struct {
	ID         string         `json:"id"` // the same for the same name, query and seed
	Name       string         `json:"name"`
	Concept    news.ConceptID `json:"concept,omitempty"` // that the sample is about
	Query      string         `json:"query"`             // that was drawn from, as a search writes it
	Seed       string         `json:"seed"`
	Size       int            `json:"size"` // how many were asked for
	By         string         `json:"by"`
	Drawn      time.Time      `json:"drawn"`
	Taxonomy   string         `json:"taxonomy,omitempty"`
	Sequence   uint64         `json:"sequence"`   // of the archive, when it was drawn
	Population int            `json:"population"` // how many matched
	Items      []news.ItemID  `json:"items"`      // in an order of which every beginning is a random sample too
}

// Reviews keeps what analysts said, beside the machine's tags. A review is a
// fact: it is never changed and never taken out, whatever becomes of the item.
type Reviews interface {
	// Review adds what one analyst says of an item, all of it or nothing,
	// and returns it as it is kept: with ID, Item and, where At was zero,
	// the time. A review whose Key the same analyst has used before is not
	// added again; the one that is there is returned; for another item it is
	// ErrExists. An Undo names a review of the same analyst and item that
	// stands. It is ErrNotFound if there is no such item or no such review,
	// and an error if a review is not [news.Review.Valid].
	Review(ctx context.Context, item news.ItemID, said ...news.Review) ([]news.Review, error)

	// ReviewsOf returns all reviews of an item in the order in which they
	// were said, withdrawn ones too; none for an item that is not there.
	ReviewsOf(ctx context.Context, item news.ItemID) ([]news.Review, error)

	// RecentReviews returns the newest n reviews of an analyst, newest
	// first; 0 for all of them, "" for those of everybody.
	RecentReviews(ctx context.Context, by string, n int) ([]news.Review, error)

	// Weighed returns the reviews that say by which power an event works or
	// for how long, of all items, in the order in which they were said of
	// each; withdrawn ones are left out.
	Weighed(ctx context.Context) (map[news.ItemID][]news.Review, error)

	// Draw draws Size of the items that match and keeps the sample with its
	// frame. What was drawn under the same name, query and seed before is
	// returned as it was.
	Draw(ctx context.Context, s Sample, frame search.Query) (Sample, error)

	// Samples returns all samples, the newest first.
	Samples(ctx context.Context) ([]Sample, error)

	// History returns what came and went whenever an item was tagged anew,
	// the newest first.
	History(ctx context.Context, item news.ItemID) ([]news.Retagging, error)
}
