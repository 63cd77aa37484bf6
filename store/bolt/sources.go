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

// AddSource keeps the promise of [store.Sources].
func (s *Store) AddSource(ctx context.Context, added news.AddedSource) error {
	return s.update(ctx, "add source "+string(added.Source.ID), func(w *writer) error {
		return w.putJSON(bucketAdded, []byte(added.Source.ID), added)
	})
}

// AddedSources keeps the promise of [store.Sources].
func (s *Store) AddedSources(ctx context.Context) ([]news.AddedSource, error) {
	var list []news.AddedSource
	err := s.view(ctx, "read added sources", func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketAdded).ForEach(func(k, v []byte) error {
			var added news.AddedSource
			if err := unsealJSON(v, &added); err != nil {
				return bad(bucketAdded, k, err)
			}
			list = append(list, added)
			return nil
		})
	})
	return list, err
}

// DropSource keeps the promise of [store.Sources].
func (s *Store) DropSource(ctx context.Context, id news.SourceID) error {
	return s.update(ctx, "drop source "+string(id), func(w *writer) error {
		if w.Bucket(bucketAdded).Get([]byte(id)) == nil {
			return fmt.Errorf("added source %s: %w", id, store.ErrNotFound)
		}
		return w.Bucket(bucketAdded).Delete([]byte(id))
	})
}

// Backfill keeps the promise of [store.Sources].
func (s *Store) Backfill(ctx context.Context, id news.SourceID) (news.Backfill, error) {
	var b news.Backfill
	err := s.view(ctx, "read the backfill of "+string(id), func(tx *bbolt.Tx) error {
		found, err := getJSON(tx, bucketBackfills, []byte(id), &b)
		if err == nil && !found {
			return fmt.Errorf("backfill of %s: %w", id, store.ErrNotFound)
		}
		return err
	})
	return b, err
}

// PutBackfill keeps the promise of [store.Sources].
func (s *Store) PutBackfill(ctx context.Context, b news.Backfill) error {
	return s.update(ctx, "keep the backfill of "+string(b.Source), func(w *writer) error {
		return w.putJSON(bucketBackfills, []byte(b.Source), b)
	})
}
