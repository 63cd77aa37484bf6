package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	bberrors "go.etcd.io/bbolt/errors"

	"silkwire/store"
)

// errHeld says that another process has the file's lock.
var errHeld = errors.New("locked")

// Holder says who has an archive open.
type Holder struct {
	PID     int       `json:"pid"`
	Started time.Time `json:"started"`
	Address string    `json:"address,omitempty"` // where it serves, if it does
}

// LockedError says that another process has the archive open.
type LockedError struct {
	Path   string
	Holder Holder // as far as it is known
}

// Error names the holder and says what to do.
func (e *LockedError) Error() string {
	who := "another process"
	if e.Holder.PID != 0 {
		who = fmt.Sprintf("process %d (since %s)", e.Holder.PID, e.Holder.Started.Format(time.RFC3339))
	}
	if e.Holder.Address != "" {
		who += ", which serves at " + e.Holder.Address
	}
	return fmt.Sprintf("archive %s is in use by %s; stop that process first, or ask it", e.Path, who)
}

// DamagedError says that a file cannot be used as an archive, or a part of it
// cannot be read. It is a [store.ErrCorrupt].
type DamagedError struct {
	Path string
	What string // what is wrong
	Do   string // what a person can do about it
}

// Error says what is wrong and what to do.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("archive %s: %s; %s", e.Path, e.What, e.Do)
}

// Unwrap returns [store.ErrCorrupt].
func (e *DamagedError) Unwrap() error { return store.ErrCorrupt }

const (
	restore  = "keep the file, put the newest backup in its place and start again"
	readOnly = "nothing is written to it any more; stop the program, run the archive's check, and put a backup in its place"
)

// ForeignError says that a file is not an archive that this program can open:
// of another program, or of a newer version of this one. Nothing was changed.
type ForeignError struct {
	Path string
	What string
}

// Error says what the file is.
func (e *ForeignError) Error() string { return fmt.Sprintf("archive %s: %s", e.Path, e.What) }

// explainOpen makes an error of opening say what a person needs to know.
func explainOpen(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("archive %s: not allowed to read and write it as user id %d%s: %w", path, os.Geteuid(), modes(path), err)
	case isReadOnlyDisk(err):
		return fmt.Errorf("archive %s: its disk is mounted read-only (user id %d): %w", path, os.Geteuid(), err)
	}
	return fmt.Errorf("archive %s: %w", path, explainWrite(err))
}

// modes tells the permissions of the file, or else of its directory.
func modes(path string) string {
	if info, err := os.Stat(path); err == nil {
		return fmt.Sprintf(" (the file's mode is %04o)", info.Mode().Perm())
	}
	dir := directory(path)
	if info, err := os.Stat(dir); err == nil {
		return fmt.Sprintf(" (the mode of %s is %04o)", dir, info.Mode().Perm())
	}
	return ""
}

// explainWrite marks the errors of a full disk. bbolt keeps only the words of
// some of them.
func explainWrite(err error) error {
	if err == nil {
		return nil
	}
	full := isFull(err) || errors.Is(err, bberrors.ErrMaxSizeReached) ||
		strings.Contains(err.Error(), "no space left on device") || strings.Contains(err.Error(), "disk quota exceeded")
	if full && !errors.Is(err, store.ErrFull) {
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	}
	return err
}
