package bolt

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	bbolt "go.etcd.io/bbolt"

	"silkwire/store"
)

// claim is a job that somebody does.
type claim struct {
	Due   time.Time `json:"due"`
	Owner string    `json:"owner"` // the opening of the archive that took it
	Until time.Time `json:"until"`
}

// keptRuns is how many runs of a name are kept.
const keptRuns = 200

// Claim keeps the promise of [store.Jobs]. One claim of a name is held at a
// time, whatever it was due for: work that lasts longer than its interval is
// not stacked. A claim taken before the archive was last opened is void: the
// file's lock proves its owner dead.
func (s *Store) Claim(ctx context.Context, job store.Job, now time.Time, lease time.Duration) error {
	doing := "claim " + job.Name
	return s.update(ctx, doing, func(w *writer) error {
		var held claim
		found, err := getJSON(w.Tx, bucketClaims, []byte(job.Name), &held)
		if err != nil {
			return err
		}
		if found && held.Owner == s.owner && now.Before(held.Until) {
			return fmt.Errorf("%s: %w until %s", doing, store.ErrTaken, held.Until.UTC().Format(time.RFC3339))
		}
		last, found, err := lastRun(w.Tx, job.Name)
		if err != nil {
			return err
		}
		if found && !last.Due.Before(job.Due) {
			return fmt.Errorf("%s: %w: done for %s", doing, store.ErrTaken, last.Due.UTC().Format(time.RFC3339))
		}
		return w.putJSON(bucketClaims, []byte(job.Name), claim{Due: job.Due.UTC(), Owner: s.owner, Until: now.Add(lease).UTC()})
	})
}

// Done keeps the promise of [store.Jobs]. A claim of the same name for another
// due time stays.
func (s *Store) Done(ctx context.Context, run store.Run) error {
	return s.update(ctx, "record run of "+run.Job, func(w *writer) error {
		var held claim
		found, err := getJSON(w.Tx, bucketClaims, []byte(run.Job), &held)
		if err != nil {
			return err
		}
		if found && held.Due.Equal(run.Due) {
			if err := w.Bucket(bucketClaims).Delete([]byte(run.Job)); err != nil {
				return err
			}
		}
		if err := w.putRun(run); err != nil {
			return err
		}
		return w.pruneRuns(run.Job)
	})
}

func runKey(name string, due time.Time) []byte { return append(joined(name, ""), timeKey(due)...) }

func startKey(run store.Run) []byte {
	return append(timeKey(run.Started), runKey(run.Job, run.Due)...)
}

func (w *writer) putRun(run store.Run) error {
	run.Due, run.Started = run.Due.UTC(), run.Started.UTC()
	key := runKey(run.Job, run.Due)
	if v := w.Bucket(bucketRuns).Get(key); v != nil { // recorded again
		if err := w.deleteRun(key, v); err != nil {
			return err
		}
	}
	if err := w.put(bucketRunsByStart, startKey(run), []byte{}); err != nil {
		return err
	}
	return w.putJSON(bucketRuns, key, run)
}

func (w *writer) deleteRun(key, record []byte) error {
	var run store.Run
	if err := unsealJSON(record, &run); err != nil {
		return bad(bucketRuns, key, err)
	}
	if err := w.Bucket(bucketRunsByStart).Delete(startKey(run)); err != nil {
		return err
	}
	return w.Bucket(bucketRuns).Delete(key)
}

// pruneRuns deletes the oldest runs of a name beyond those that are kept.
func (w *writer) pruneRuns(name string) error {
	prefix := joined(name, "")
	var keys [][]byte
	c := w.Bucket(bucketRuns).Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	for _, key := range keys[:max(0, len(keys)-keptRuns)] {
		if err := w.deleteRun(key, bytes.Clone(w.Bucket(bucketRuns).Get(key))); err != nil {
			return err
		}
	}
	return nil
}

// lastRun reads the latest run of a name by due time.
func lastRun(tx *bbolt.Tx, name string) (run store.Run, found bool, err error) {
	prefix := joined(name, "")
	key := lastOf(tx.Bucket(bucketRuns), prefix)
	if key == nil {
		return run, false, nil
	}
	found, err = getJSON(tx, bucketRuns, key, &run)
	return run, found, err
}

// LastRun keeps the promise of [store.Jobs].
func (s *Store) LastRun(ctx context.Context, name string) (store.Run, error) {
	var run store.Run
	err := s.view(ctx, "read the last run of "+name, func(tx *bbolt.Tx) error {
		var found bool
		var err error
		run, found, err = lastRun(tx, name)
		if err == nil && !found {
			return fmt.Errorf("run of %s: %w", name, store.ErrNotFound)
		}
		return err
	})
	return run, err
}

// Runs keeps the promise of [store.Jobs].
func (s *Store) Runs(ctx context.Context, prefix string, n int) ([]store.Run, error) {
	var list []store.Run
	err := s.view(ctx, "read runs", func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketRunsByStart).Cursor()
		for k, _ := c.Last(); k != nil && len(list) < n; k, _ = c.Prev() {
			key := afterTime(k)
			if !strings.HasPrefix(string(key), prefix) {
				continue
			}
			var run store.Run
			if found, err := getJSON(tx, bucketRuns, key, &run); err != nil || !found {
				return orMissing(bucketRunsByStart, k, err)
			}
			list = append(list, run)
		}
		return nil
	})
	return list, err
}

// orMissing is err, or the error of a reference to a record that is not there.
func orMissing(bucket, key []byte, err error) error {
	if err != nil {
		return err
	}
	return bad(bucket, key, errMissing)
}
