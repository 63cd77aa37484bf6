package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"silkwire/store"
	"silkwire/store/bolt"
)

func TestTheOperatorHearsOfADigestThatWasRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	office := openPostOffice(t, s.cfg)
	s.cfg.Operator = "ops@example.org"
	s.write(t)
	st, err := bolt.Open(filepath.Join(s.dir, "silkwire.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ago := time.Now().Add(-2 * time.Hour)
	m := store.Message{Edition: "e1", Channel: "mail", Recipient: "gone@example.org", Body: []byte("x")}
	e := store.Edition{ID: "e1", Profile: "daily", Rendered: ago, Compiled: []byte("{}"), Messages: []store.Message{m}}
	if err := st.Freeze(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	m.State, m.Tried, m.Error = store.PermFail, ago, "RCPT TO: 550 no such user"
	if err := st.Deliver(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if err := st.Done(t.Context(), store.Run{Job: "operator", Due: ago, Started: ago, Outcome: "baseline"}); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	p, _ := s.serve(t)
	p.until(t, 30*time.Second, "the operator has a mail", func() bool { return len(office.all()) > 0 })
	p.stop(t)
	letters := office.all()
	if len(letters) != 1 || letters[0].to[0] != "ops@example.org" || !strings.Contains(letters[0].body, "550 no such user") {
		t.Errorf("%d letters: %+v", len(letters), letters)
	}
}
