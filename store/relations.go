package store

import (
	"context"

	"silkwire/news"
)

// Relations keeps what analysts hold of two actors in one field of the map of
// convergence. As with reviews, nothing is ever changed or taken out: who thinks
// better of it says so anew.
type Relations interface {
	// Relate adds what an analyst holds of a pair and returns it as it is kept:
	// with ID, its actors in order and, where At was zero, the time. It is an
	// error if it is not [news.Relation.Valid].
	Relate(ctx context.Context, r news.Relation) (news.Relation, error)

	// Relations returns all that was ever said, in the order in which it was.
	Relations(ctx context.Context) ([]news.Relation, error)
}
