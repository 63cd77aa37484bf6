package bolt

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	bbolt "go.etcd.io/bbolt"
	bberrors "go.etcd.io/bbolt/errors"

	"silkwire/news"
)

// Options say how an archive is opened. The zero Options are good.
type Options struct {
	// Country returns an outlet's country for queries; nil knows none.
	Country func(news.OutletID) string

	// Now is the clock; nil is time.Now.
	Now func() time.Time

	// LockTimeout is how long to wait for another process to let the file
	// go; 0 is half a second, and a second is the most.
	LockTimeout time.Duration

	// MaxSize is the largest the file may grow, in bytes; 0 is no limit.
	// At the limit writing stops as it does on a full disk.
	MaxSize int

	// NoSync leaves it to the operating system when writes reach the disk.
	// What was acknowledged does not survive a power loss then. It is for
	// tests and for filling an archive that can be filled again.
	NoSync bool
}

func (o Options) withDefaults() Options {
	if o.Country == nil {
		o.Country = func(news.OutletID) string { return "" }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.LockTimeout <= 0 {
		o.LockTimeout = 500 * time.Millisecond
	}
	o.LockTimeout = min(o.LockTimeout, time.Second)
	return o
}

const (
	// growth is by how much the file grows beyond what is needed.
	growth = 1 << 20
	// mapped is how much address space is set aside on 64-bit machines: a
	// file that outgrows its mapping stops all writing until the last
	// reader, such as a backup, has ended.
	mapped = int64(64 << 30)
)

// Open opens the archive at path, or makes one where nothing is. It is an
// error ([LockedError]) if another process has it open, and it refuses a file
// that is cut off, damaged, foreign or newer than the program, without
// changing it.
func Open(path string, opts Options) (*Store, error) {
	opts = opts.withDefaults()
	codec, err := newCodec()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(directory(path), 0o700); err != nil {
		return nil, explainOpen(path, err)
	}
	if err := refuseLoss(path); err != nil {
		return nil, err
	}
	s := &Store{path: path, opts: opts, codec: codec, owner: rand.Text()}
	if err := s.create(); err != nil {
		return nil, explainOpen(path, err)
	}
	if s.db, err = s.openFile(path); err != nil {
		return nil, s.explain(err)
	}
	if err := s.enter(); err != nil {
		return nil, errors.Join(err, s.db.Close())
	}
	return s, nil
}

// directory is where the file is.
func directory(path string) string { return filepath.Dir(path) }

// explain keeps the errors that speak for themselves.
func (s *Store) explain(err error) error {
	var damaged *DamagedError
	var foreign *ForeignError
	switch {
	case errors.Is(err, errHeld) || errors.Is(err, bberrors.ErrTimeout):
		return &LockedError{Path: s.path, Holder: readHolder(s.path)}
	case errors.As(err, &damaged) || errors.As(err, &foreign):
		return err
	}
	return explainOpen(s.path, err)
}

// refuseLoss refuses to begin anew where an archive was: bbolt would make an
// empty file into an empty archive.
func refuseLoss(path string) error {
	info, err := os.Stat(path)
	if err == nil && info.Size() > 0 || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil // whatever it is, opening will tell
	}
	what := "the file is empty"
	if err != nil {
		what = "the file is gone"
	}
	for _, mark := range []string{idFile(path), holderFile(path)} {
		if _, err := os.Stat(mark); err == nil {
			return &DamagedError{Path: path, What: fmt.Sprintf("%s, and %s says that an archive was there", what, filepath.Base(mark)),
				Do: fmt.Sprintf("put the newest backup in its place, or remove %s and %s to begin anew", idFile(path), holderFile(path))}
		}
	}
	return nil
}

// create makes a new archive beside its place and moves it there whole, so
// that no death of the process leaves half of one. It does nothing where a
// file is already.
func (s *Store) create() error {
	if _, err := os.Stat(s.path); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	beside := s.path + ".new-" + rand.Text()[:8]
	defer func() { _ = os.Remove(beside) }()
	db, err := bbolt.Open(beside, 0o600, &bbolt.Options{FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error { return createLayout(tx, rand.Text(), s.opts.Now()) })
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	if err := os.Link(beside, s.path); err != nil && !errors.Is(err, fs.ErrExist) {
		if err := os.Rename(beside, s.path); err != nil { // a file system without links
			return err
		}
	}
	return syncDir(directory(s.path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// openFile opens the file through bbolt, having locked and inspected it first.
func (s *Store) openFile(path string) (db *bbolt.DB, err error) {
	var file *os.File
	defer func() {
		if err != nil && file != nil {
			_ = file.Close() // bbolt did, unless it panicked
		}
	}()
	defer s.guard(&err, "opening")
	options := &bbolt.Options{
		Timeout:      time.Second,
		FreelistType: bbolt.FreelistMapType,
		MaxSize:      s.opts.MaxSize,
		NoSync:       s.opts.NoSync,
		OpenFile: func(path string, flag int, mode os.FileMode) (_ *os.File, err error) {
			file, err = s.lockAndInspect(path, flag, mode)
			return file, err
		},
	}
	if strconv.IntSize == 64 {
		size := mapped
		options.InitialMmapSize = int(size)
	}
	db, err = bbolt.Open(path, 0o600, options)
	if err != nil {
		return nil, err
	}
	db.AllocSize = growth
	return db, nil
}

func (s *Store) lockAndInspect(path string, flag int, mode os.FileMode) (*os.File, error) {
	f, err := os.OpenFile(path, flag, mode)
	if err != nil {
		return nil, err
	}
	if err := lockFile(f, s.opts.LockTimeout); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	warning, err := inspect(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if warning != "" {
		s.warnings = append(s.warnings, warning)
	}
	return f, nil
}

// enter makes sure that the open file is an archive of ours and leaves the
// marks beside it.
func (s *Store) enter() (err error) {
	if err := s.identify(); err != nil {
		return err
	}
	if err := s.renew(); err != nil {
		return explainOpen(s.path, err)
	}
	if err := s.mark(); err != nil {
		return explainOpen(s.path, err)
	}
	s.holder = Holder{PID: os.Getpid(), Started: s.opts.Now().UTC()}
	if err := s.writeHolder(); err != nil {
		return explainOpen(s.path, err)
	}
	return nil
}

// identify reads meta/. A file that holds nothing at all becomes an archive.
func (s *Store) identify() (err error) {
	defer s.guard(&err, "reading what the file is")
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	empty, complete := false, false
	err = s.db.View(func(tx *bbolt.Tx) error {
		if k, _ := tx.Cursor().First(); k == nil {
			empty = true
			return nil
		}
		if err := s.readIdentity(tx); err != nil {
			return err
		}
		complete = isComplete(tx)
		return nil
	})
	if err != nil || complete {
		return err
	}
	if !empty {
		return s.db.Update(func(tx *bbolt.Tx) error { return explainWrite(completeLayout(tx)) })
	}
	return s.db.Update(func(tx *bbolt.Tx) error {
		if err := createLayout(tx, rand.Text(), s.opts.Now()); err != nil {
			return explainWrite(err)
		}
		return s.readIdentity(tx)
	})
}

func (s *Store) readIdentity(tx *bbolt.Tx) error {
	meta := tx.Bucket(bucketMeta)
	if meta == nil || string(meta.Get(keyFormat)) != format {
		return &ForeignError{Path: s.path, What: "it is a bbolt file of another program; it was left alone"}
	}
	if schema := toUint64(meta.Get(keySchema)); schema < 1 || schema > Schema {
		return &ForeignError{Path: s.path, What: fmt.Sprintf("it was written by a newer version of Silkwire (schema %d, this program knows %d); "+
			"update the program, or restore a backup of the older version", schema, Schema)}
	}
	for _, name := range firstBuckets() {
		if tx.Bucket(name) == nil {
			return &DamagedError{Path: s.path, What: fmt.Sprintf("its bucket %s is missing", name), Do: restore}
		}
	}
	s.instance = string(bytes.Clone(meta.Get(keyInstance)))
	return nil
}

// renew makes the search index of an archive that has none, as those of schema
// 1 do, and throws away what a reindex that died has left.
func (s *Store) renew() error {
	var schema uint64
	complete, begun, states := true, false, false
	err := s.view(context.Background(), "look at the search index", func(tx *bbolt.Tx) error {
		schema = toUint64(tx.Bucket(bucketMeta).Get(keySchema))
		begun = tx.Bucket(bucketSearchNext) != nil
		states = tx.Bucket(bucketMeta).Get(keyStates) != nil
		root := tx.Bucket(bucketSearch)
		for _, name := range searchBuckets() {
			complete = complete && root != nil && root.Bucket(name) != nil
		}
		return nil
	})
	if err == nil && schema == Schema && complete && !states {
		err = s.update(context.Background(), "note what is disputed and flagged", (*writer).noteStates)
	}
	switch {
	case err != nil || schema == Schema && complete && !begun:
		return err
	case schema == Schema && complete:
		return s.dropNext()
	}
	s.warnings = append(s.warnings, "the archive had no search index that this version can use; one was made")
	if err := s.Reindex(context.Background(), nil); err != nil || schema == Schema {
		return err
	}
	return s.update(context.Background(), "bring the archive to schema 2", func(w *writer) error {
		return errors.Join(leaveSchema1(w.Tx), w.put(bucketMeta, keyStates, uint64Bytes(1)))
	})
}

// leaveSchema1 takes away the indexes that the search index has replaced.
func leaveSchema1(tx *bbolt.Tx) error {
	index := tx.Bucket(bucketIndex)
	var names [][]byte
	err := index.ForEachBucket(func(k []byte) error {
		if string(k) != bySeen {
			names = append(names, bytes.Clone(k))
		}
		return nil
	})
	for _, name := range names {
		err = errors.Join(err, index.DeleteBucket(name))
	}
	counts := tx.Bucket(bucketCounts)
	var keys [][]byte
	err = errors.Join(err, counts.ForEach(func(k, _ []byte) error {
		if !bytes.HasPrefix(k, joined(total, "")) {
			keys = append(keys, bytes.Clone(k))
		}
		return nil
	}))
	for _, k := range keys {
		err = errors.Join(err, counts.Delete(k))
	}
	return errors.Join(err, tx.Bucket(bucketMeta).Put(keySchema, uint64Bytes(2)))
}

// The marks beside the file: its instance id for ever, and who holds it.
func idFile(path string) string     { return path + ".id" }
func holderFile(path string) string { return path + ".holder" }

// mark writes the instance id beside the file.
func (s *Store) mark() error {
	was, err := os.ReadFile(idFile(s.path))
	if err == nil && strings.TrimSpace(string(was)) == s.instance {
		return nil
	}
	if err == nil {
		s.warnings = append(s.warnings, fmt.Sprintf("%s is another archive than the one that was there before (%s, now %s)",
			s.path, strings.TrimSpace(string(was)), s.instance))
	}
	return replaceFile(idFile(s.path), []byte(s.instance+"\n"))
}

func (s *Store) writeHolder() error {
	b, err := json.Marshal(s.holder)
	if err != nil {
		return err
	}
	return replaceFile(holderFile(s.path), b)
}

// readHolder returns what is known of who holds the archive.
func readHolder(path string) Holder {
	var h Holder
	if b, err := os.ReadFile(holderFile(path)); err == nil {
		if json.Unmarshal(b, &h) != nil {
			return Holder{}
		}
	}
	return h
}

// replaceFile writes a small file so that a reader finds the old or the new
// one, never half of it.
func replaceFile(path string, content []byte) error {
	f, err := os.CreateTemp(directory(path), filepath.Base(path)+".tmp-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
