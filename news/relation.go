package news

import (
	"fmt"
	"slices"
	"time"
)

// Pair is two actors in one field of the map of convergence: an instrument in a
// country. A stands before B.
type Pair struct {
	A          ConceptID `json:"a"`
	B          ConceptID `json:"b"`
	Instrument ConceptID `json:"instrument"`
	Country    ConceptID `json:"country"`
}

// InOrder is the pair whichever way round its actors were named.
func (p Pair) InOrder() Pair {
	if p.B < p.A {
		p.A, p.B = p.B, p.A
	}
	return p
}

// RelationKind is what two actors are to each other in a field.
type RelationKind string

// The kinds.
const (
	Complementary RelationKind = "complementary" // what the one does adds to what the other does
	Competitive   RelationKind = "competitive"   // each wants what only one can have
	Unjudged      RelationKind = "unjudged"      // takes back what was held before
)

// RelationKinds are all of them.
func RelationKinds() []RelationKind { return []RelationKind{Complementary, Competitive, Unjudged} }

// Relation is what one analyst holds of a pair. Like a review it is a fact.
type Relation struct {
	ID string `json:"id"` // given by the store; they sort as they were said
	Pair
	Kind RelationKind `json:"kind"`
	Note string       `json:"note,omitempty"`
	By   string       `json:"by"`
	At   time.Time    `json:"at"`
	Seen RelationSeen `json:"seen,omitzero"`
}

// RelationSeen is what was before the eyes of who judged a pair.
type RelationSeen struct {
	Taxonomy string `json:"taxonomy,omitempty"`
	Sequence uint64 `json:"sequence,omitempty"` // of the archive
	DealsA   int    `json:"deals_a"`
	DealsB   int    `json:"deals_b"`
}

// Valid says in words why a relation cannot be kept; nil when it can.
func (r *Relation) Valid() error {
	switch {
	case r.By == "":
		return fmt.Errorf("a relation is held by somebody: by is empty")
	case !slices.Contains(RelationKinds(), r.Kind):
		return fmt.Errorf("there is no relation %q; there are complementary, competitive and unjudged", r.Kind)
	case r.A == "" || r.B == "" || r.Instrument == "" || r.Country == "":
		return fmt.Errorf("a relation has two actors (a, b), an instrument and a country")
	case r.A == r.B:
		return fmt.Errorf("an actor has no relation with itself")
	}
	return nil
}
