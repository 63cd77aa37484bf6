package bolt

import (
	"context"
	"fmt"

	bbolt "go.etcd.io/bbolt"

	"silkwire/news"
	"silkwire/store"
)

// Source keeps the promise of [store.Sources].
func (s *Store) Source(ctx context.Context, id news.SourceID) (news.SourceState, error) {
	var state news.SourceState
	err := s.view(ctx, "read source "+string(id), func(tx *bbolt.Tx) error {
		found, err := getJSON(tx, bucketSources, []byte(id), &state)
		if err == nil && !found {
			return fmt.Errorf("source %s: %w", id, store.ErrNotFound)
		}
		return err
	})
	return state, err
}

// SourceStates keeps the promise of [store.Sources].
func (s *Store) SourceStates(ctx context.Context) (map[news.SourceID]news.SourceState, error) {
	states := make(map[news.SourceID]news.SourceState)
	err := s.view(ctx, "read sources", func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketSources).ForEach(func(k, v []byte) error {
			var state news.SourceState
			if err := unsealJSON(v, &state); err != nil {
				return bad(bucketSources, k, err)
			}
			states[news.SourceID(k)] = state
			return nil
		})
	})
	return states, err
}

// PutSource keeps the promise of [store.Sources].
func (s *Store) PutSource(ctx context.Context, state news.SourceState) error {
	return s.update(ctx, "keep source "+string(state.ID), func(w *writer) error {
		return w.putJSON(bucketSources, []byte(state.ID), state)
	})
}
