package main

import (
	"context"
	"hash/fnv"
	"slices"

	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
	"silkwire/trust"
)

// What made-up analysts have said of the year before, so that trust, agreement
// and the queues of the demo have something to show. They are wrong now and then,
// and differ now and then, always at the same places; each says in a note that
// it is made up.

// The made-up analysts go by what they do, and the first one has left some of
// the samples for whoever tries the demo.
const (
	analystA    = "analyst-a"
	analystB    = "analyst-b"
	madeUp      = "made up for the demo"
	drawnTagged = 40
	readTagged  = 28
	drawnRest   = 20
	readRest    = 14
)

// reviewPast draws the two random samples and lets the analysts read them, once.
func (s *demonstration) reviewPast(ctx context.Context) error {
	had, err := s.app.store.Samples(ctx)
	if err != nil || len(had) > 0 {
		return err
	}
	relevant := search.Expr(search.Is("relevant"))
	for _, part := range []struct {
		name, query string
		frame       search.Expr
		size, read  int
	}{
		{trust.Tagged, "is:relevant", relevant, drawnTagged, readTagged},
		{trust.Untagged, "-is:relevant", search.Not{Expr: relevant}, drawnRest, readRest},
	} {
		sample, err := s.app.store.Draw(ctx, store.Sample{
			Name: part.name, Query: part.query, Seed: "1", Size: part.size, By: analystA, Taxonomy: s.app.tax.Version,
		}, search.Query{Text: part.query, Root: part.frame})
		if err != nil {
			return err
		}
		for i, id := range sample.Items[:min(part.read, len(sample.Items))] {
			if err := s.read(ctx, id, sample.ID, i%3 == 0); err != nil {
				return err
			}
		}
	}
	return s.relatePast(ctx)
}

// relatePast lets the analysts say of some pairs what they are to each other.
func (s *demonstration) relatePast(ctx context.Context) error {
	for _, r := range []news.Relation{
		{Pair: news.Pair{A: "china", B: "russia", Instrument: "education-instrument", Country: "kyrgyzstan"}, Kind: news.Competitive, By: analystA},
		{Pair: news.Pair{A: "china", B: "turkey", Instrument: "education-instrument", Country: "kazakhstan"}, Kind: news.Complementary, By: analystA},
		{Pair: news.Pair{A: "china", B: "russia", Instrument: "economic-instrument", Country: "kazakhstan"}, Kind: news.Competitive, By: analystA},
		{Pair: news.Pair{A: "china", B: "russia", Instrument: "economic-instrument", Country: "kazakhstan"}, Kind: news.Complementary, By: analystB},
	} {
		r.Note, r.Seen.Taxonomy = madeUp, s.app.tax.Version
		if _, err := s.app.store.Relate(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// read lets one analyst, or both of them, read an item to its end.
func (s *demonstration) read(ctx context.Context, id news.ItemID, sample string, both bool) error {
	it, err := s.app.store.Item(ctx, id)
	if err != nil {
		return err
	}
	readers := []string{analystA}
	if both {
		readers = append(readers, analystB)
	}
	for _, who := range readers {
		said := judgements(&it, who)
		for i := range said {
			said[i].By, said[i].Sample, said[i].Seen.Blind = who, sample, both
		}
		if _, err := s.app.store.Review(ctx, id, said...); err != nil {
			return err
		}
	}
	return nil
}

// judgements are what an analyst says of an item: its relevance, every tag that
// words of it bear, every event, what is missing, and that it was looked through.
func judgements(it *news.Item, who string) (said []news.Review) {
	verdict := news.IsRelevant
	if it.Tagging.Relevant == disagrees(it, who, "relevance", 6) {
		verdict = news.Irrelevant
	}
	said = append(said, news.Review{Verdict: verdict, Note: madeUp, Seen: news.SeenItem(it)})
	for i := range it.Tagging.Tags {
		t := &it.Tagging.Tags[i]
		if t.Implied {
			continue
		}
		verdict := accepts(!disagrees(it, who, string(t.Concept), 9))
		if verdict == news.Accept && inTitle(t) {
			verdict = news.Main
		}
		said = append(said, news.Review{Verdict: verdict, Concept: t.Concept, Seen: news.SeenTag(it, t.Concept)})
	}
	seen := map[news.EventKey]bool{}
	for i := range it.Tagging.Events {
		key := it.Tagging.Events[i].Key()
		if seen[key] {
			continue
		}
		seen[key] = true
		said = append(said, news.Review{Verdict: accepts(!disagrees(it, who, key.String(), 15)), Event: &key, Seen: news.SeenEvent(it, key)})
	}
	if id := overlooked(it); id != "" {
		said = append(said, news.Review{Verdict: news.Add, Concept: id, Note: madeUp, Seen: news.SeenTag(it, id)})
	}
	return append(said, news.Review{Verdict: news.Finished, Seen: news.SeenItem(it)})
}

// overlooked is what the made-up analysts find an item to say though the machine did
// not see it: of a hundred relevant items twenty-five times, of the others
// five times; "" for the rest.
func overlooked(it *news.Item) news.ConceptID {
	often := map[bool]uint64{true: 25, false: 5}[it.Tagging.Relevant]
	if chance(string(it.ID)+"overlooked") >= often {
		return ""
	}
	candidates := []news.ConceptID{"youth", "expert-training", "general-public", "connectivity", "improved-image", "central-asia"}
	begin := int(chance(string(it.ID) + "which"))
	for i := range candidates {
		id := candidates[(begin+i)%len(candidates)]
		if !slices.ContainsFunc(it.Tagging.Tags, func(t news.Tag) bool { return t.Concept == id }) {
			return id
		}
	}
	return ""
}

// inTitle is what made-up analysts go by when they say what an item is about;
// others look closer.
func inTitle(t *news.Tag) bool {
	return slices.ContainsFunc(t.Evidence, func(e news.Evidence) bool { return e.Field == "title" })
}

func accepts(yes bool) news.Verdict {
	if yes {
		return news.Accept
	}
	return news.Reject
}

// disagrees reports whether an analyst finds the machine wrong in a matter: of a
// hundred so many times, two thirds of them whoever reads it.
func disagrees(it *news.Item, who, matter string, percent uint64) bool {
	return chance(string(it.ID)+matter) < percent*2/3 || chance(string(it.ID)+matter+who) < percent/3+1
}

// chance is a number below a hundred that belongs to a text.
func chance(text string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text))
	return h.Sum64() % 100
}
