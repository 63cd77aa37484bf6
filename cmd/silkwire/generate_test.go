package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestAGeneratedArchiveIsSoundAndIsSearched(t *testing.T) {
	p := filepath.Join(t.TempDir(), "bulk.db")
	if code, out, errs := silkwire(t, "archive", "generate", "--items", "300", p); code != 0 || !strings.Contains(out, "300 items") {
		t.Fatalf("%d: %s%s", code, out, errs)
	}
	if code, out, _ := silkwire(t, "archive", "generate", "--items", "300", p); code != exitUsage {
		t.Errorf("a file that was there: %d: %s", code, out)
	}
}
