package bolt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	bbolt "go.etcd.io/bbolt"
)

// Backup keeps the promise of [store.Store]: the copy is a file that Open opens.
func (s *Store) Backup(ctx context.Context, w io.Writer) (int64, error) {
	var n int64
	err := s.view(ctx, "back up", func(tx *bbolt.Tx) (err error) {
		n, err = tx.WriteTo(&boundWriter{ctx, w})
		return err
	})
	return n, explainWrite(err)
}

// boundWriter stops writing when its context ends.
type boundWriter struct {
	ctx context.Context
	w   io.Writer
}

func (b *boundWriter) Write(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	return b.w.Write(p)
}

// BackupFile writes a backup to a file, which appears at path whole, synced
// and looked at, or not at all. A file that is there is replaced only then.
func (s *Store) BackupFile(ctx context.Context, path string) (n int64, err error) {
	f, err := os.CreateTemp(directory(path), filepath.Base(path)+".tmp-*") // mode 0600
	if err != nil {
		return 0, fmt.Errorf("back up to %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
			err = fmt.Errorf("back up to %s: %w", path, explainWrite(err))
		}
	}()
	n, err = s.Backup(ctx, f)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, verify(f, n), f.Close()); err != nil {
		return 0, err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return 0, err
	}
	return n, syncDir(directory(path))
}

// verify looks at the length and the meta pages of a copy.
func verify(f *os.File, size int64) error {
	info, err := f.Stat()
	if err != nil || size == 0 {
		return err // a copy that failed has an error of its own
	}
	if info.Size() != size {
		return fmt.Errorf("the copy has %d bytes instead of %d", info.Size(), size)
	}
	warning, err := inspect(f)
	if err == nil && warning != "" {
		err = errors.New(warning)
	}
	return err
}
