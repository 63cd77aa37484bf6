package bolt

import (
	"context"
	"strings"
	"testing"

	bbolt "go.etcd.io/bbolt"

	"silkwire/account"
)

func TestAnEntryOfTheAuditLogThatWasChangedOrTakenAwayIsFound(t *testing.T) { // section 5, 10
	for name, forge := range map[string]func(b *bbolt.Bucket) error{
		"changed": func(b *bbolt.Bucket) error {
			var e account.Entry
			if err := unsealJSON(b.Get(uint64Bytes(2)), &e); err != nil {
				return err
			}
			e.Who = "somebody else"
			v, err := sealJSON(e)
			if err != nil {
				return err
			}
			return b.Put(uint64Bytes(2), v)
		},
		"taken away": func(b *bbolt.Bucket) error { return b.Delete(uint64Bytes(2)) },
	} {
		s := open(t, path(t), Options{})
		for _, did := range []string{"one", "two", "three"} {
			if err := s.Audit(context.Background(), account.Entry{At: noon(), Who: "amina", Did: did}); err != nil {
				t.Fatal(err)
			}
		}
		checks(t, s)
		if err := s.db.Update(func(tx *bbolt.Tx) error { return forge(tx.Bucket(bucketAudit)) }); err != nil {
			t.Fatal(err)
		}
		findings, err := s.Check(context.Background())
		if err != nil || len(findings) == 0 || !strings.Contains(findings[0], "audit log") {
			t.Errorf("%s: %q, %v", name, findings, err)
		}
	}
}
