package bolt

import (
	"bytes"
	"context"
	"errors"

	bbolt "go.etcd.io/bbolt"
	bberrors "go.etcd.io/bbolt/errors"

	"silkwire/news"
	"silkwire/review"
)

// What one transaction of a reindex takes at most.
const (
	reindexItems = 2000
	reindexBytes = 8 << 20
)

// Reindex makes the search index anew from the items, while others read and
// write. The old one answers until the new one is complete; a reindex that
// does not end leaves the old one as it is. progress, unless it is nil, is told
// how many of how many items are done. The room of the old index is used again.
func (s *Store) Reindex(ctx context.Context, progress func(done, of int)) error {
	s.reindexing.Lock()
	defer s.reindexing.Unlock()
	if progress == nil {
		progress = func(int, int) {}
	}
	if err := s.update(ctx, "begin a reindex", func(w *writer) error { return beginReindex(w.Tx) }); err != nil {
		return err
	}
	r := &reindexer{Store: s}
	for {
		if err := s.update(ctx, "reindex", r.some); err != nil {
			return errors.Join(err, s.dropNext())
		}
		progress(r.done, r.of)
		if r.ended {
			return s.update(ctx, "end a reindex", func(w *writer) error { return endReindex(w.Tx) })
		}
	}
}

func beginReindex(tx *bbolt.Tx) error {
	if err := dropBucket(tx, bucketSearchNext); err != nil {
		return err
	}
	return createSearch(tx, bucketSearchNext)
}

// endReindex puts the new index in the place of the old one.
func endReindex(tx *bbolt.Tx) error {
	if err := dropBucket(tx, bucketSearch); err != nil {
		return err
	}
	root, err := tx.CreateBucket(bucketSearch)
	if err != nil {
		return err
	}
	next := tx.Bucket(bucketSearchNext)
	for _, name := range searchBuckets() {
		if err := tx.MoveBucket(name, next, root); err != nil {
			return err
		}
	}
	return tx.DeleteBucket(bucketSearchNext)
}

// dropNext throws away what a reindex that did not end has made.
func (s *Store) dropNext() error {
	if s.damage.Load() != nil {
		return nil
	}
	return s.update(context.Background(), "give a reindex up", func(w *writer) error { return dropBucket(w.Tx, bucketSearchNext) })
}

func dropBucket(tx *bbolt.Tx, name []byte) error {
	if err := tx.DeleteBucket(name); err != nil && !errors.Is(err, bberrors.ErrBucketNotFound) {
		return err
	}
	return nil
}

// reindexer walks the items in the order in which they were first seen.
type reindexer struct {
	*Store
	last     []byte // key in seen
	done, of int
	ended    bool
}

// some takes the next items.
func (r *reindexer) some(w *writer) error {
	ix, err := newIndexer(w.Bucket(bucketSearchNext))
	if err != nil {
		return err
	}
	w.search = []*indexer{ix}
	r.of = int(countOf(w.Tx, total, string(bucketItems)))
	c := w.Bucket(bucketIndex).Bucket([]byte(bySeen)).Cursor()
	k, _ := c.Seek(r.last)
	if r.last != nil && bytes.Equal(k, r.last) {
		k, _ = c.Next()
	}
	size := 0
	for n := 0; k != nil && n < reindexItems && size < reindexBytes; k, _ = c.Next() {
		id := news.ItemID(afterTime(k))
		bytes, err := r.item(w.Tx, ix, id)
		if err != nil {
			return err
		}
		n, size = n+1, size+bytes
		r.done++
		r.last = append(r.last[:0], k...)
	}
	r.ended = k == nil
	return nil
}

// item adds an item unless a save was faster.
func (r *reindexer) item(tx *bbolt.Tx, ix *indexer, id news.ItemID) (size int, err error) {
	if _, there := ix.number(id); there {
		return 0, nil
	}
	it, err := r.readItem(tx, id, true, false)
	if err != nil {
		return 0, dangling([]byte(id), err)
	}
	marks := postings(&it)
	said, err := reviewsOf(tx, id)
	if err != nil {
		return 0, err
	}
	read := review.Read(said)
	marks = append(marks, reviewPostings(&read)...)
	return len(it.Title) + len(it.Body()), ix.add(&it, marks)
}
