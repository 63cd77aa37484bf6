package bolt

import (
	"context"
	"fmt"
	"os"
	"time"

	bbolt "go.etcd.io/bbolt"

	"silkwire/news"
	"silkwire/store"
)

// Stats keeps the promise of [store.Store]. It reads the counts, and of the
// index only what was first seen in the last 24 hours.
func (s *Store) Stats(ctx context.Context) (store.Stats, error) {
	st := store.Stats{Languages: make(map[string]int), NewIn24h: make(map[news.SourceID]int)}
	err := s.view(ctx, "count", func(tx *bbolt.Tx) error {
		st.Items = int(countOf(tx, total, string(bucketItems)))
		st.Revisions = int(countOf(tx, total, string(bucketRevisions)))
		st.Relevant = cardinality(tx, posting{byState, "relevant"})
		st.Editions = int(countOf(tx, total, string(bucketEditions)))
		st.Reviews = int(countOf(tx, total, string(bucketReviews)))
		st.Outbox = int(countOf(tx, total, string(bucketOutbox)))
		st.Schema = int(toUint64(tx.Bucket(bucketMeta).Get(keySchema)))
		st.Sequence = toUint64(tx.Bucket(bucketMeta).Get(keySequence))
		countLanguages(tx, st.Languages)
		countNew(tx, s.opts.Now().Add(-24*time.Hour), st.NewIn24h)
		return nil
	})
	if err != nil {
		return store.Stats{}, err
	}
	info, err := os.Stat(s.path)
	if err != nil {
		return store.Stats{}, fmt.Errorf("count: %w", err)
	}
	st.Bytes = info.Size()
	pages := s.db.Stats()
	st.FreeBytes = int64(pages.FreePageN+pages.PendingPageN) * int64(s.db.Info().PageSize)
	st.DiskFree = diskFree(s.path)
	return st, nil
}

func countLanguages(tx *bbolt.Tx, languages map[string]int) {
	e := evaluator{root: tx.Bucket(bucketSearch)}
	for _, m := range e.valuesOf(byLang, func(string) bool { return true }) {
		languages[m.value] = cardinality(tx, m)
	}
}

// cardinality is how many items have a mark; 0 where the index cannot be read,
// which a search will tell.
func cardinality(tx *bbolt.Tx, m posting) int {
	e := evaluator{root: tx.Bucket(bucketSearch)}
	return int(e.set(m).GetCardinality())
}

func countNew(tx *bbolt.Tx, since time.Time, bySource map[news.SourceID]int) {
	c := tx.Bucket(bucketIndex).Bucket([]byte(bySeen)).Cursor()
	for k, v := c.Seek(timeKey(since)); k != nil; k, v = c.Next() {
		if len(v) > timeSize {
			bySource[news.SourceID(v[timeSize:])]++
		}
	}
}
