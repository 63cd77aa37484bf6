package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"silkwire/account"
	"silkwire/store"
)

func accountStories() map[string]story {
	return map[string]story{
		"a user comes back as it was kept, by name":                userKept,
		"a user who was changed meanwhile is not written over":     userChanged,
		"of many who add a user at once one does":                  oneAdds,
		"a new role or password, or an end, ends all sessions":     sessionsEnded,
		"a password hashed anew signs nobody out":                  rehashed,
		"a pass leads to its user until it is taken away":          passLeads,
		"no pass for whoever is disabled or changed":               noPass,
		"passes that have ended go, and sessions beyond the limit": passesSwept,
		"when a pass was shown is kept":                            passSeen,
		"the audit log has every change in order, and only grows":  auditGrows,
		"the audit log is read backwards in pages":                 auditPages,
	}
}

var by = account.Entry{At: noon(), Who: "set-up", From: "192.0.2.1", Did: "add", What: "a user"}

// aUser keeps a user and returns it as it is kept.
func aUser(t *testing.T, s store.Store, name string, role account.Role) account.User {
	t.Helper()
	return putUser(t, s, account.User{Name: name, Role: role, Password: "hash of " + name, Created: noon()})
}

func putUser(t *testing.T, s store.Store, u account.User) account.User {
	t.Helper()
	if err := s.PutUser(context.Background(), u, by); err != nil {
		t.Fatal(err)
	}
	got, err := s.User(context.Background(), u.Name)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// session keeps a session of a user.
func session(t *testing.T, s store.Store, u account.User, at time.Time) account.Pass {
	t.Helper()
	_, p := account.NewSession(u.Name, "a browser", "192.0.2.1", at)
	if err := s.AddPass(context.Background(), p, u.Version, by); err != nil {
		t.Fatal(err)
	}
	return p
}

func token(t *testing.T, s store.Store, u account.User) account.Pass {
	t.Helper()
	_, p, err := account.NewToken(u.Name, "export", account.ReadScope, time.Hour, noon())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.AddPass(context.Background(), p, u.Version, by); err != nil {
		t.Fatal(err)
	}
	return p
}

func passesOf(t *testing.T, s store.Store, user string) []account.Pass {
	t.Helper()
	list, err := s.Passes(context.Background(), user)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func userKept(t *testing.T, s store.Store) {
	if _, err := s.User(context.Background(), "amina"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%v, want ErrNotFound", err)
	}
	b, a := aUser(t, s, "bek", account.Analyst), aUser(t, s, "amina", account.Admin)
	same(t, account.User{Name: "amina", Role: account.Admin, Password: "hash of amina", Created: noon(), Version: 1}, a)
	list, err := s.Users(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	same(t, []account.User{a, b}, list)
	check(t, s)
}

func userChanged(t *testing.T, s store.Store) {
	ctx := context.Background()
	read := aUser(t, s, "amina", account.Analyst)
	if err := s.PutUser(ctx, account.User{Name: "amina", Role: account.Admin}, by); !errors.Is(err, store.ErrExists) {
		t.Errorf("added twice: %v", err)
	}
	disabled := read
	disabled.Disabled = true
	putUser(t, s, disabled)
	read.Password = "another" // by somebody who has not seen that
	if err := s.PutUser(ctx, read, by); !errors.Is(err, store.ErrChanged) {
		t.Errorf("%v, want ErrChanged", err)
	}
	if got, err := s.User(ctx, "amina"); err != nil || !got.Disabled || got.Version != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	if err := s.PutUser(ctx, account.User{Name: "nobody", Version: 3}, by); !errors.Is(err, store.ErrChanged) {
		t.Errorf("one that is not there: %v", err)
	}
}

func oneAdds(t *testing.T, s store.Store) {
	var added atomic.Int32
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			err := s.PutUser(context.Background(), account.User{Name: "admin", Role: account.Admin, Password: fmt.Sprint(i)}, by)
			switch {
			case err == nil:
				added.Add(1)
			case !errors.Is(err, store.ErrExists):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	same(t, int32(1), added.Load())
}

func sessionsEnded(t *testing.T, s store.Store) { // X8; section 5, 7
	for name, change := range map[string]func(u *account.User){
		"password": func(u *account.User) { u.Password = "another" },
		"role":     func(u *account.User) { u.Role = account.Viewer },
		"disabled": func(u *account.User) { u.Disabled = true },
	} {
		u, other := aUser(t, s, "u-"+name, account.Analyst), aUser(t, s, "o-"+name, account.Analyst)
		session(t, s, u, noon())
		session(t, s, u, noon().Add(time.Minute))
		kept, stays := token(t, s, u), session(t, s, other, noon())
		change(&u)
		putUser(t, s, u)
		same(t, []account.Pass{kept}, passesOf(t, s, u.Name)) // a token is not a session
		same(t, []account.Pass{stays}, passesOf(t, s, other.Name))
	}
}

func rehashed(t *testing.T, s store.Store) {
	ctx := context.Background()
	u := aUser(t, s, "amina", account.Analyst)
	p := session(t, s, u, noon())
	if err := s.Rehash(ctx, "amina", "hash of amina", "dearer hash"); err != nil {
		t.Fatal(err)
	}
	got, err := s.User(ctx, "amina")
	if err != nil || got.Password != "dearer hash" || got.Version != u.Version {
		t.Errorf("%+v, %v", got, err)
	}
	same(t, []account.Pass{p}, passesOf(t, s, "amina"))
	for name, before := range map[string]string{"amina": "hash of amina", "nobody": ""} {
		if err := s.Rehash(ctx, name, before, "x"); !errors.Is(err, store.ErrChanged) {
			t.Errorf("%s: %v, want ErrChanged", name, err)
		}
	}
}

func passLeads(t *testing.T, s store.Store) {
	ctx := context.Background()
	u := aUser(t, s, "amina", account.Analyst)
	p := session(t, s, u, noon())
	got, owner, err := s.Pass(ctx, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, p, got)
	same(t, u, owner)
	if err := s.EndPass(ctx, p.ID, by); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Pass(ctx, p.ID); !errors.Is(err, store.ErrNotFound) { // X11: at once
		t.Errorf("%v, want ErrNotFound", err)
	}
	if err := s.EndPass(ctx, p.ID, by); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("taken away twice: %v", err)
	}
}

func noPass(t *testing.T, s store.Store) {
	ctx := context.Background()
	u := aUser(t, s, "amina", account.Analyst)
	_, p := account.NewSession("amina", "", "", noon())
	changed := u
	changed.Role = account.Viewer
	changed = putUser(t, s, changed)
	disabled := changed
	disabled.Disabled = true
	disabled = putUser(t, s, disabled)
	for _, version := range []uint64{0, u.Version, changed.Version, disabled.Version} {
		if err := s.AddPass(ctx, p, version, by); !errors.Is(err, store.ErrChanged) {
			t.Errorf("version %d: %v, want ErrChanged", version, err)
		}
	}
	p.User = "nobody"
	if err := s.AddPass(ctx, p, 0, by); !errors.Is(err, store.ErrChanged) {
		t.Errorf("of nobody: %v, want ErrChanged", err)
	}
	same(t, []account.Pass(nil), passesOf(t, s, ""))
}

func passesSwept(t *testing.T, s store.Store) {
	u, other := aUser(t, s, "amina", account.Analyst), aUser(t, s, "bek", account.Analyst)
	session(t, s, other, noon().Add(-account.SessionIdle)) // has ended by the time of the next one
	session(t, s, u, noon())
	same(t, 0, len(passesOf(t, s, "bek")))
	tok := token(t, s, u)
	for i := range account.MostSessions + 4 {
		session(t, s, u, noon().Add(time.Duration(i+1)*time.Minute))
	}
	list := passesOf(t, s, "amina")
	same(t, account.MostSessions+1, len(list))
	same(t, tok, list[len(list)-1]) // the oldest, and no session
	same(t, noon().Add(5*time.Minute), list[len(list)-2].Created)
}

func passSeen(t *testing.T, s store.Store) {
	ctx := context.Background()
	p := session(t, s, aUser(t, s, "amina", account.Analyst), noon())
	see := func(after time.Duration, from string) {
		t.Helper()
		if err := s.SeePass(ctx, p.ID, noon().Add(after), from); err != nil {
			t.Fatal(err)
		}
	}
	see(time.Hour, "192.0.2.7")
	see(time.Minute, "192.0.2.8") // came late
	p.Seen, p.From = noon().Add(time.Hour), "192.0.2.7"
	same(t, []account.Pass{p}, passesOf(t, s, "amina"))
	if err := s.EndPass(ctx, p.ID, by); err != nil {
		t.Fatal(err)
	}
	see(2*time.Hour, "192.0.2.7")
	same(t, 0, len(passesOf(t, s, "amina"))) // and does not come back
}

func auditGrows(t *testing.T, s store.Store) { // section 5, 10
	ctx := context.Background()
	u := aUser(t, s, "amina", account.Analyst)
	u.Role = account.Admin
	after := putUser(t, s, u)
	p := session(t, s, after, noon())
	if err := s.EndPass(ctx, p.ID, by); err != nil {
		t.Fatal(err)
	}
	_ = s.PutUser(ctx, u, by) // refused: leaves no entry
	own := account.Entry{At: noon(), Who: "amina", Did: "review", What: "item x", Before: "b", After: "a"}
	if err := s.Audit(ctx, own); err != nil {
		t.Fatal(err)
	}
	log, err := s.AuditLog(ctx, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	if len(log) != 5 {
		t.Fatalf("%d entries, want 5: %+v", len(log), log)
	}
	var before account.Entry
	for i := range log {
		e := log[len(log)-1-i]
		same(t, e, e.Link(before))
		before = e
	}
	added, promoted := log[4], log[3]
	if added.Before != "" || added.After == "" || promoted.Before != added.After || promoted.After == promoted.Before {
		t.Errorf("hashes: %+v, %+v", added, promoted)
	}
	same(t, own.Before+own.After, log[0].Before+log[0].After)
	check(t, s)
}

func auditPages(t *testing.T, s store.Store) {
	ctx := context.Background()
	for i := range 25 {
		if err := s.Audit(ctx, account.Entry{At: noon(), Who: "amina", Did: fmt.Sprint(i + 1)}); err != nil {
			t.Fatal(err)
		}
	}
	var got []uint64
	for before := uint64(0); ; {
		page, err := s.AuditLog(ctx, before, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, e := range page {
			same(t, fmt.Sprint(e.Number), e.Did)
			got = append(got, e.Number)
		}
		before = got[len(got)-1]
	}
	same(t, 25, len(got))
	same(t, uint64(25), got[0])
	same(t, uint64(1), got[24])
	if far, err := s.AuditLog(ctx, 1000, 1); err != nil || len(far) != 1 || far[0].Number != 25 {
		t.Errorf("before a number that is not reached: %+v, %v", far, err)
	}
}
