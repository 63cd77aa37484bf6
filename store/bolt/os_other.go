//go:build !linux && !darwin

package bolt

import (
	"os"
	"time"
)

// lockFile leaves the locking to bbolt.
func lockFile(*os.File, time.Duration) error { return nil }

func diskFree(string) int64 { return 0 }

func isFull(error) bool { return false }

func isReadOnlyDisk(error) bool { return false }
