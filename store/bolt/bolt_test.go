package bolt

import (
	"path/filepath"
	"testing"

	"silkwire/store"
	"silkwire/store/storetest"
)

// open opens an archive that closes when the test ends.
func open(t testing.TB, path string, opts Options) *Store {
	t.Helper()
	opts.Country = storetest.Country
	s, err := Open(path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestTheStoreKeepsItsPromises(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		return open(t, filepath.Join(t.TempDir(), "silkwire.db"), Options{NoSync: true})
	})
}
