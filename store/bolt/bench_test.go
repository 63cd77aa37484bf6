package bolt

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"silkwire/store"
)

func BenchmarkSave100Items(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "silkwire.db"), Options{})
	n := 0
	for b.Loop() {
		save(b, s, items(n, n+100)...)
		n += 100
	}
}

func BenchmarkSave100KnownItems(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "silkwire.db"), Options{})
	known := items(0, 100)
	save(b, s, known...)
	for b.Loop() {
		save(b, s, known...)
	}
}

// BenchmarkIn100k asks of an archive of 100,000 items.
func BenchmarkIn100k(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "silkwire.db"), Options{NoSync: true})
	for n := 0; n < 100_000; n += 2000 {
		save(b, s, items(n, n+2000)...)
	}
	for _, c := range []struct {
		name string
		q    store.Query
	}{
		{"NewestOfAConcept", store.Query{Search: query(b, "concept:concept-42")}},
		{"NewestOfAConceptCounted", store.Query{Search: query(b, "concept:concept-42"), Count: true}},
		{"NewestOfAConceptWithText", store.Query{Search: query(b, "concept:concept-42"), WithText: true}},
		{"RelevantOfAConceptInADay", store.Query{Search: query(b, "concept:china is:relevant after:2026-03-22 before:2026-03-23"), Count: true}},
		{"FirstSeenInADay", store.Query{FetchedFrom: noon().Add(240 * time.Hour), FetchedTo: noon().Add(264 * time.Hour), Count: true}},
		{"AllCounted", store.Query{Count: true}},
		{"AWord", store.Query{Search: query(b, "scholarship")}},
		{"ARareWord", store.Query{Search: query(b, "nowhere")}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Find(context.Background(), c.q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("Stats", func(b *testing.B) {
		s.opts.Now = func() time.Time { return noon().Add(100_000 * time.Minute) }
		for b.Loop() {
			if _, err := s.Stats(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
