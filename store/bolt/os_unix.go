//go:build linux || darwin

package bolt

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// lockFile takes the exclusive lock that bbolt takes too, waiting at most
// timeout. bbolt then finds it taken by its own file and goes on.
func lockFile(f *os.File, timeout time.Duration) error {
	const pause = 25 * time.Millisecond
	for waited := time.Duration(0); ; waited += pause {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
		if waited >= timeout {
			return errHeld
		}
		time.Sleep(pause)
	}
}

// diskFree is how many bytes the program may still write to the file's disk.
func diskFree(path string) int64 {
	var st syscall.Statfs_t
	if err := syscall.Statfs(path, &st); err != nil {
		return 0
	}
	return int64(st.Bavail) * st.Bsize
}

// isFull reports whether an error of the operating system says that there is
// no more room.
func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}

func isReadOnlyDisk(err error) bool { return errors.Is(err, syscall.EROFS) }
