package bolt

import (
	"errors"
	"path/filepath"
	"testing"

	bbolt "go.etcd.io/bbolt"

	"silkwire/news"
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

// An archive whose index was made before disputes and flags were noted there
// knows them once it has been opened.
func TestAnOlderIndexLearnsWhatIsDisputedWhenItIsOpened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "silkwire.db")
	s := open(t, path, Options{})
	save(t, s, item(1), item(2))
	for by, verdict := range map[string]news.Verdict{"a": news.Accept, "b": news.Reject} {
		if _, err := s.Review(t.Context(), item(1).ID, news.Review{By: by, Verdict: verdict, Concept: "china"}); err != nil {
			t.Fatal(err)
		}
	}
	err := s.db.Update(func(tx *bbolt.Tx) error {
		set := posting{byState, "disputed"}
		return errors.Join(tx.Bucket(bucketMeta).Delete(keyStates), tx.Bucket(bucketSearch).Bucket(bucketSets).Delete(set.key(0)))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path, Options{})
	page, err := s.Find(t.Context(), store.Query{Search: query(t, "is:disputed")})
	if err != nil || len(page.Items) != 1 || page.Items[0].ID != item(1).ID {
		t.Errorf("%d items are disputed, %v", len(page.Items), err)
	}
}
