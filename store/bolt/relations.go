package bolt

import (
	"context"
	"encoding/binary"
	"fmt"

	bbolt "go.etcd.io/bbolt"

	"silkwire/news"
)

// Relate keeps the promise of [store.Relations].
func (s *Store) Relate(ctx context.Context, r news.Relation) (news.Relation, error) {
	r.Pair = r.InOrder()
	if r.At.IsZero() {
		r.At = s.opts.Now()
	}
	r.At = r.At.UTC()
	if err := r.Valid(); err != nil {
		return r, err
	}
	err := s.update(ctx, "keep a relation", func(w *writer) error {
		number := uint64(1)
		if k, _ := w.Bucket(bucketRelations).Cursor().Last(); k != nil {
			number = toUint64(k) + 1
		}
		r.ID = fmt.Sprintf("r%06d", number)
		return w.putJSON(bucketRelations, binary.BigEndian.AppendUint64(nil, number), r)
	})
	return r, err
}

// Relations keeps the promise of [store.Relations].
func (s *Store) Relations(ctx context.Context) (list []news.Relation, err error) {
	err = s.view(ctx, "read the relations", func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketRelations).ForEach(func(k, v []byte) error {
			var r news.Relation
			if err := unsealJSON(v, &r); err != nil {
				return bad(bucketRelations, k, err)
			}
			list = append(list, r)
			return nil
		})
	})
	return list, err
}
