//go:build linux

package bolt

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"silkwire/news"
	"silkwire/store"
)

// asNobody runs f with the rights of a user to whom nothing belongs.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		f()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		if _, _, errno := syscall.RawSyscall(syscall.SYS_SETFSUID, 65534, 0, 0); errno != 0 {
			t.Error(errno)
			return
		}
		f()
	}()
	<-done
}

// open to everybody, so that only what a test forbids is forbidden
func world(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{filepath.Dir(dir), dir} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestAFileThatMustNotBeWrittenSaysWhoMayNot(t *testing.T) { // D10
	p := filepath.Join(world(t), "silkwire.db")
	s := open(t, p, Options{})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(p, 0o400); err != nil {
		t.Fatal(err)
	}
	asNobody(t, func() {
		err := refused(t, p)
		if !errors.Is(err, os.ErrPermission) {
			t.Errorf("%v is no permission error", err)
		}
		mustSay(t, err, p, "user id", "0400")
	})
}

func TestADirectoryThatMustNotBeWrittenSaysWhoMayNot(t *testing.T) { // D10, C12
	dir := world(t)
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })
	asNobody(t, func() {
		mustSay(t, refused(t, filepath.Join(dir, "silkwire.db")), dir, "user id", "0555")
		mustSay(t, refused(t, filepath.Join(dir, "deeper", "silkwire.db")), dir, "user id")
	})
}

func TestAFullDiskStopsWritingNotReading(t *testing.T) { // D1
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("no small disk can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, 0) })
	s, err := Open(filepath.Join(dir, "silkwire.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	ctx := context.Background()
	saved, full := 0, error(nil)
	for i := 0; i < 5000 && full == nil; i += 50 {
		if _, full = s.Save(ctx, items(i, i+50), news.SourceState{ID: "a"}); full == nil {
			saved = i + 50
		}
	}
	if !errors.Is(full, store.ErrFull) || saved == 0 {
		t.Fatalf("%v after %d items, want ErrFull", full, saved)
	}
	page, err := s.Find(ctx, store.Query{Count: true, WithText: true})
	if err != nil || page.Total != saved {
		t.Errorf("%d items, %v; want %d", page.Total, err, saved)
	}
	if _, err := s.BackupFile(ctx, filepath.Join(dir, "backup.db")); !errors.Is(err, store.ErrFull) { // D2
		t.Errorf("backup: %v, want ErrFull", err)
	}
	checks(t, s)
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=8m"); err != nil {
		t.Fatal(err)
	}
	save(t, s, items(saved, saved+50)...) // it resumes by itself
	checks(t, s)
}
