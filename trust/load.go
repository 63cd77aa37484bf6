package trust

import (
	"context"
	"errors"

	"silkwire/news"
	"silkwire/review"
	"silkwire/store"
)

// Archive is what is read of a store.
type Archive interface {
	Item(ctx context.Context, id news.ItemID) (news.Item, error)
	RecentReviews(ctx context.Context, by string, n int) ([]news.Review, error)
	Samples(ctx context.Context) ([]store.Sample, error)
}

// Whole is all that is measured of an archive.
type Whole struct {
	Report
	Agreement  []Agreement `json:"agreement"`
	Rejections []Term      `json:"rejections"`
	Reviews    int         `json:"reviews"` // that stand
	Items      int         `json:"items"`   // that they are of
}

// Load measures an archive under the taxonomy of the given version.
func Load(ctx context.Context, a Archive, facet func(news.ConceptID) string, taxonomy string) (Whole, error) {
	all, judged, err := read(ctx, a)
	if err != nil {
		return Whole{}, err
	}
	samples, err := a.Samples(ctx)
	if err != nil {
		return Whole{}, err
	}
	var frames []Frame
	for _, s := range samples {
		frames = append(frames, Frame{Stratum: s.Name, Concept: s.Concept, Population: s.Population, Items: s.Items})
	}
	return Whole{
		Report: Measure(frames, judged, facet, taxonomy), Agreement: Agree(judged), Rejections: Rejections(all),
		Reviews: len(review.Standing(all)), Items: len(judged),
	}, nil
}

// read returns all reviews in the order in which they were said, and every item
// that they are of.
func read(ctx context.Context, a Archive) ([]news.Review, map[news.ItemID]*Judged, error) {
	recent, err := a.RecentReviews(ctx, "", 0)
	if err != nil {
		return nil, nil, err
	}
	all := make([]news.Review, len(recent))
	byItem := map[news.ItemID][]news.Review{}
	for i := range recent {
		r := recent[len(recent)-1-i]
		all[i] = r
		byItem[r.Item] = append(byItem[r.Item], r)
	}
	judged := make(map[news.ItemID]*Judged, len(byItem))
	for id, said := range byItem {
		it, err := a.Item(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		judged[id] = &Judged{Item: it, Reviews: review.Read(said)}
	}
	return all, judged, nil
}
