// Package bolt keeps the archive in one bbolt file, for one process.
//
// The promise: what a verb acknowledged survives the death of the process at
// any moment, because every verb that writes is one transaction, synced before
// it returns. A full disk stops writing ([store.ErrFull]), not reading. Damage
// is found when the file is opened or the damaged part is read, is never
// written over, and stops all writing ([store.ErrCorrupt]).
//
// Beside silkwire.db lie silkwire.db.id, which tells that an archive belongs
// there even if the file is lost, and, while it is open, silkwire.db.holder,
// which names the process that has it. What is inside is drawn in [Layout].
package bolt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"

	bbolt "go.etcd.io/bbolt"

	"silkwire/store"
)

// Store is an open archive. All its methods may be called concurrently.
type Store struct {
	path     string
	opts     Options
	codec    codec
	db       *bbolt.DB
	instance string // the archive's id, the same for its life
	owner    string // this opening's id, in its claims
	warnings []string
	damage   atomic.Pointer[DamagedError] // what was found; nil while all is well

	reindexing sync.Mutex
	sums       pageSums

	mu     sync.Mutex
	holder Holder
}

var _ store.Store = (*Store)(nil)

// Warnings are what was noticed at opening that an operator should know.
func (s *Store) Warnings() []string { return s.warnings }

// Instance is the archive's id, which stays the same in its copies.
func (s *Store) Instance() string { return s.instance }

// Path is where the file is.
func (s *Store) Path() string { return s.path }

// SetAddress tells other processes that find the archive in use where this one serves.
func (s *Store) SetAddress(address string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holder.Address = address
	return s.writeHolder()
}

// Close waits for what is under way and lets the file go.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db == nil {
		return nil
	}
	if s.holder.PID != 0 { // while the lock is ours
		_ = os.Remove(holderFile(s.path))
		s.holder = Holder{}
	}
	return s.db.Close()
}

// view reads in one transaction. What fn keeps it must copy.
func (s *Store) view(ctx context.Context, doing string, fn func(tx *bbolt.Tx) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	defer s.guard(&err, doing)
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	tx, err := s.db.Begin(false)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	defer func() { _ = tx.Rollback() }() // the only way to end a reading transaction
	return s.noticing(doing, fn(tx))
}

// update writes in one transaction: all that fn did, or nothing.
func (s *Store) update(ctx context.Context, doing string, fn func(w *writer) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d := s.damage.Load(); d != nil {
		return d
	}
	defer s.guard(&err, doing)
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	tx, err := s.db.Begin(true)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	w := &writer{Tx: tx, codec: s.codec, counts: make(map[string]int64)}
	if err := fn(w); err != nil {
		return s.noticing(doing, explainWrite(err))
	}
	if err := w.finish(); err != nil {
		return fmt.Errorf("%s: %w", doing, explainWrite(err))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("%s: %w", doing, explainWrite(err))
	}
	return nil
}

// noticing remembers damage that a verb came upon.
func (s *Store) noticing(doing string, err error) error {
	var bad *badRecord
	if errors.As(err, &bad) {
		return s.damaged(fmt.Sprintf("%s: %v", doing, bad))
	}
	return err
}

func (s *Store) damaged(what string) error {
	d := &DamagedError{Path: s.path, What: what, Do: readOnly}
	if s.db == nil {
		d.Do = restore
	}
	s.damage.CompareAndSwap(nil, d)
	return d
}

// Damage returns the first damage that was found since the archive was
// opened, or nil. When it is not nil nothing is written any more.
func (s *Store) Damage() error {
	if d := s.damage.Load(); d != nil {
		return d
	}
	return nil
}

// guard turns the panic of bbolt over a damaged page, and the fault of reading
// a page that is not there, into an error. Other panics go on.
func (s *Store) guard(err *error, doing string) {
	r := recover()
	if r == nil {
		return
	}
	_, fault := r.(interface{ Addr() uintptr })
	if !fault && !panicOfBolt() {
		panic(r)
	}
	*err = s.damaged(fmt.Sprintf("%s: %v", doing, r))
}

// panicOfBolt reports whether the panic being recovered began inside bbolt.
func panicOfBolt() bool {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs)])
	panicking := false
	for {
		frame, more := frames.Next()
		inRuntime := strings.HasPrefix(frame.Function, "runtime.")
		switch {
		case inRuntime && strings.Contains(frame.Function, "panic"):
			panicking = true
		case panicking && !inRuntime:
			return strings.HasPrefix(frame.Function, "go.etcd.io/bbolt")
		}
		if !more {
			return false
		}
	}
}

// badRecord is a record that cannot be read.
type badRecord struct {
	bucket []byte
	key    []byte
	err    error
}

func (e *badRecord) Error() string { return fmt.Sprintf("%s/%q: %v", e.bucket, e.key, e.err) }

// bad wraps an error of reading a record; nil stays nil.
func bad(bucket, key []byte, err error) error {
	if err == nil {
		return nil
	}
	return &badRecord{bucket, append([]byte(nil), key...), err}
}

// writer is a writing transaction that keeps the counts.
type writer struct {
	*bbolt.Tx
	codec
	counts map[string]int64 // changes
	search []*indexer       // see indexes
}

func (w *writer) put(bucket, key, value []byte) error { return w.Bucket(bucket).Put(key, value) }

func (w *writer) putJSON(bucket, key []byte, v any) error {
	b, err := sealJSON(v)
	if err != nil {
		return err
	}
	return w.put(bucket, key, b)
}

func (w *writer) putPackedJSON(bucket, key []byte, v any) error {
	b, err := w.packJSON(v)
	if err != nil {
		return err
	}
	return w.put(bucket, key, b)
}

// count notes that there are n more of what.
func (w *writer) count(what, value string, n int64) { w.counts[string(joined(what, value))] += n }

// finish writes the search index, the counts and the sequence.
func (w *writer) finish() error {
	for _, ix := range w.search {
		if err := ix.flush(); err != nil {
			return err
		}
	}
	b := w.Bucket(bucketCounts)
	for key, change := range w.counts {
		if change == 0 {
			continue
		}
		if err := b.Put([]byte(key), uint64Bytes(toUint64(b.Get([]byte(key)))+uint64(change))); err != nil {
			return err
		}
	}
	meta := w.Bucket(bucketMeta)
	return meta.Put(keySequence, uint64Bytes(toUint64(meta.Get(keySequence))+1))
}

// getJSON reads a record into v and reports whether there is one.
func getJSON(tx *bbolt.Tx, bucket, key []byte, v any) (bool, error) {
	b := tx.Bucket(bucket).Get(key)
	if b == nil {
		return false, nil
	}
	return true, bad(bucket, key, unsealJSON(b, v))
}

// getPackedJSON reads a compressed record into v and reports whether there is one.
func (c codec) getPackedJSON(tx *bbolt.Tx, bucket, key []byte, v any) (bool, error) {
	b := tx.Bucket(bucket).Get(key)
	if b == nil {
		return false, nil
	}
	return true, bad(bucket, key, c.unpackJSON(b, v))
}

// getPacked reads a compressed record; nil when there is none.
func (c codec) getPacked(tx *bbolt.Tx, bucket, key []byte) ([]byte, error) {
	b := tx.Bucket(bucket).Get(key)
	if b == nil {
		return nil, nil
	}
	plain, err := c.unpack(b)
	return plain, bad(bucket, key, err)
}

// countOf reads one count.
func countOf(tx *bbolt.Tx, what, value string) uint64 {
	return toUint64(tx.Bucket(bucketCounts).Get(joined(what, value)))
}
