package people

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"silkwire/account"
	"silkwire/store"
	"silkwire/store/bolt"
)

const (
	good  = "caravan saddle melon wind"
	other = "twelve copper kettles sing"
)

// clock is a time that stands until it is moved.
type clock struct{ at time.Time }

func (c *clock) now() time.Time       { return c.at }
func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }

// office is an office over an archive of its own.
func office(t *testing.T) (*Office, *bolt.Store, *clock) {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "silkwire.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	c := &clock{time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}
	return New(s, c.now), s, c
}

var (
	ctx   = context.Background()
	admin = By{Name: "root", From: "192.0.2.1"}
)

func add(t *testing.T, o *Office, name string, role account.Role) {
	t.Helper()
	if _, err := o.Add(ctx, admin, name, role, good); err != nil {
		t.Fatal(err)
	}
}

func signIn(t *testing.T, o *Office, name, password string) string {
	t.Helper()
	secret, err := o.SignIn(ctx, name, password, "192.0.2.1", "Firefox")
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// in reports whether a secret still lets somebody in.
func in(t *testing.T, o *Office, kind account.Kind, secret string) bool {
	t.Helper()
	_, _, err := o.Recognise(ctx, kind, secret, "192.0.2.1")
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

func TestWhoeverKnowsThePasswordIsIn(t *testing.T) {
	o, s, _ := office(t)
	add(t, o, "amina", account.Analyst)
	secret := signIn(t, o, " Amina ", good)
	p, u, err := o.Recognise(ctx, account.Session, secret, "192.0.2.1")
	if err != nil || u.Name != "amina" || p.Role(u) != account.Analyst || p.Label != "Firefox" {
		t.Fatalf("%+v, %+v, %v", p, u, err)
	}
	if again := signIn(t, o, "amina", good); again == secret { // X8
		t.Error("two sign-ins have the same session")
	}
	if passes, _ := s.Passes(ctx, "amina"); strings.Contains(fmt.Sprint(passes), secret) {
		t.Error("the archive keeps the secret itself")
	}
	for _, wrong := range []string{"", other, good + " ", strings.ToUpper(good), strings.Repeat("x", 1<<20)} { // X10
		if _, err := o.SignIn(ctx, "amina", wrong, "192.0.2.1", ""); !errors.Is(err, ErrWrong) {
			t.Errorf("%.30q: %v", wrong, err)
		}
		o.throttle.Succeeded(o.now(), "amina", "192.0.2.1")
	}
	if in(t, o, account.Token, secret) {
		t.Error("a session counts as a token")
	}
}

func TestWhoIsUnknownHearsTheSameAsWhoMistypes(t *testing.T) { // X9
	o, _, _ := office(t)
	add(t, o, "amina", account.Analyst)
	if _, err := o.Add(ctx, admin, "elsewhere", account.Viewer, ""); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"amina", "nobody", "elsewhere", "", "Ünknown", "a\x00b"} {
		if _, err := o.SignIn(ctx, name, other, "192.0.2.1", ""); !errors.Is(err, ErrWrong) || err.Error() != ErrWrong.Error() {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := o.SignIn(ctx, "elsewhere", "", "192.0.2.1", ""); !errors.Is(err, ErrWrong) {
		t.Errorf("without a password one is let in without: %v", err)
	}
}

func TestGuessingIsMadeToWaitAndTimeHeals(t *testing.T) { // X9
	o, _, c := office(t)
	add(t, o, "amina", account.Analyst)
	var wait *WaitError
	for tries := 0; ; tries++ {
		_, err := o.SignIn(ctx, "amina", other, "192.0.2.1", "")
		if errors.As(err, &wait) {
			break
		}
		if !errors.Is(err, ErrWrong) || tries > 10 {
			t.Fatalf("try %d: %v", tries, err)
		}
	}
	if _, err := o.SignIn(ctx, "amina", good, "192.0.2.1", ""); !errors.As(err, &wait) {
		t.Errorf("the right password is tried although there is a wait: %v", err)
	}
	c.pass(wait.For)
	if _, err := o.SignIn(ctx, "amina", good, "192.0.2.1", ""); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

func TestSessionsEndByThemselves(t *testing.T) { // X8
	o, _, c := office(t)
	add(t, o, "amina", account.Analyst)
	idle := signIn(t, o, "amina", good)
	c.pass(account.SessionIdle - time.Second)
	if !in(t, o, account.Session, idle) {
		t.Fatal("it ends too early")
	}
	c.pass(account.SessionIdle)
	if in(t, o, account.Session, idle) {
		t.Error("an idle session does not end")
	}
	used := signIn(t, o, "amina", good)
	for range 7*24/6 - 1 {
		c.pass(6 * time.Hour)
		if !in(t, o, account.Session, used) {
			t.Fatal("a session in use ends too early")
		}
	}
	c.pass(6 * time.Hour)
	if in(t, o, account.Session, used) {
		t.Error("a session in use lives longer than a week")
	}
}

func TestAnotherPasswordEndsAllSessionsButTheNewOne(t *testing.T) { // section 5, 7
	o, _, _ := office(t)
	add(t, o, "amina", account.Analyst)
	here, there := signIn(t, o, "amina", good), signIn(t, o, "amina", good)
	if _, err := o.ChangePassword(ctx, "amina", other, other, "192.0.2.1", ""); !errors.Is(err, ErrWrong) {
		t.Errorf("without the old password: %v", err)
	}
	var no Refusal
	if _, err := o.ChangePassword(ctx, "amina", good, "short", "192.0.2.1", ""); !errors.As(err, &no) || errors.Is(err, ErrWrong) {
		t.Errorf("a weak one: %v", err)
	}
	if !in(t, o, account.Session, here) {
		t.Error("a change that was refused ends the session")
	}
	fresh, err := o.ChangePassword(ctx, "amina", good, other, "192.0.2.1", "")
	if err != nil {
		t.Fatal(err)
	}
	for secret, want := range map[string]bool{here: false, there: false, fresh: true} {
		if in(t, o, account.Session, secret) != want {
			t.Errorf("let in: %v", !want)
		}
	}
	if _, err := o.SignIn(ctx, "amina", good, "192.0.2.1", ""); !errors.Is(err, ErrWrong) {
		t.Errorf("the old password: %v", err)
	}
	signIn(t, o, "amina", other)
}

func TestARoleADisablingAndAResetEndAllSessions(t *testing.T) {
	for name, change := range map[string]func(*Office) error{
		"role":     func(o *Office) error { return o.SetRole(ctx, admin, "amina", account.Viewer) },
		"disabled": func(o *Office) error { return o.SetDisabled(ctx, admin, "amina", true) },
		"password": func(o *Office) error { return o.SetPassword(ctx, admin, "amina", other) },
	} {
		o, _, _ := office(t)
		add(t, o, "amina", account.Analyst)
		session := signIn(t, o, "amina", good)
		token, _, err := o.NewToken(ctx, admin, "amina", "", account.ReviewScope, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if err := change(o); err != nil {
			t.Fatal(err)
		}
		if in(t, o, account.Session, session) {
			t.Errorf("%s: the session lives on", name)
		}
		if in(t, o, account.Token, token) != (name != "disabled") {
			t.Errorf("%s: the token lives on: %v", name, name == "disabled")
		}
	}
}

func TestADisabledUserIsKeptOutUntilEnabled(t *testing.T) {
	o, _, _ := office(t)
	add(t, o, "amina", account.Analyst)
	if err := o.SetDisabled(ctx, admin, "amina", true); err != nil {
		t.Fatal(err)
	}
	if _, err := o.SignIn(ctx, "amina", good, "192.0.2.1", ""); !errors.Is(err, ErrWrong) {
		t.Errorf("by password: %v", err)
	}
	if _, err := o.Admit(ctx, "amina", "192.0.2.1", "", "somebody"); !errors.Is(err, ErrDisabled) {
		t.Errorf("by another's word: %v", err)
	}
	if _, _, err := o.NewToken(ctx, admin, "amina", "", account.ReadScope, time.Hour); !errors.Is(err, ErrDisabled) {
		t.Errorf("a token: %v", err)
	}
	if err := o.SetDisabled(ctx, admin, "amina", false); err != nil {
		t.Fatal(err)
	}
	o.throttle = account.Throttle{}
	signIn(t, o, "amina", good)
}

func TestTheLastAdminStays(t *testing.T) {
	o, _, _ := office(t)
	add(t, o, "amina", account.Admin)
	add(t, o, "bek", account.Analyst)
	for _, err := range []error{o.SetRole(ctx, admin, "amina", account.Analyst), o.SetDisabled(ctx, admin, "amina", true)} {
		if !errors.Is(err, ErrLastAdmin) {
			t.Errorf("%v", err)
		}
	}
	if err := o.SetPassword(ctx, admin, "amina", other); err != nil {
		t.Errorf("a new password for the last admin: %v", err)
	}
	if err := o.SetRole(ctx, admin, "bek", account.Admin); err != nil {
		t.Fatal(err)
	}
	if err := o.SetDisabled(ctx, admin, "amina", true); err != nil {
		t.Errorf("with another admin: %v", err)
	}
}

func TestAPasswordAtAnotherCostIsHashedAnewAtSignIn(t *testing.T) { // section 5, 8
	o, s, _ := office(t)
	add(t, o, "amina", account.Analyst)
	u, err := s.User(ctx, "amina")
	if err != nil {
		t.Fatal(err)
	}
	const weak = "$argon2id$v=19$m=64,t=1,p=1$CK30wrKXBY/gTdebaO9nOA$va+A+ftni9ADOOT89R3O0OFyZ4vGgirbcjlwHyXwi2M" // of good
	if err := s.Rehash(ctx, "amina", u.Password, weak); err != nil {
		t.Fatal(err)
	}
	secret := signIn(t, o, "amina", good)
	u, err = s.User(ctx, "amina")
	if err != nil || !strings.HasPrefix(u.Password, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("%q, %v", u.Password, err)
	}
	if !in(t, o, account.Session, secret) {
		t.Error("hashing anew signs out")
	}
}

func TestATokenIsRecognisedUntilItIsRevoked(t *testing.T) { // X11
	o, _, c := office(t)
	add(t, o, "amina", account.Analyst)
	secret, p, err := o.NewToken(ctx, admin, "amina", "export", account.ReadScope, account.TokenLife)
	if err != nil {
		t.Fatal(err)
	}
	if !in(t, o, account.Token, secret) || in(t, o, account.Session, secret) {
		t.Fatal("a token is not recognised, or it counts as a session")
	}
	if list, _ := o.Passes(ctx, "amina"); len(list) != 1 || !list[0].Seen.Equal(c.at) || list[0].From != "192.0.2.1" {
		t.Errorf("its use is not noted: %+v", list)
	}
	if err := o.End(ctx, admin, "bek", p.Handle()); err == nil {
		t.Error("somebody else ends it")
	}
	if err := o.End(ctx, admin, "amina", p.Handle()); err != nil {
		t.Fatal(err)
	}
	if in(t, o, account.Token, secret) {
		t.Error("a revoked token is recognised")
	}
	lasts, _, err := o.NewToken(ctx, admin, "amina", "", account.ReadScope, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	c.pass(time.Hour)
	if in(t, o, account.Token, lasts) {
		t.Error("an expired token is recognised")
	}
}

func TestTheSetUpTokenMakesOneAdminWithinItsTime(t *testing.T) { // section 5, 1
	o, _, c := office(t)
	try := func(token, name, password string) error {
		_, err := o.SetUp(ctx, token, name, password, "192.0.2.1", "")
		return err
	}
	if err := try("", "amina", good); !errors.Is(err, ErrBadSetup) {
		t.Errorf("without an invitation: %v", err)
	}
	stale := o.Invite()
	c.pass(SetupLife)
	if err := try(stale, "amina", good); !errors.Is(err, ErrBadSetup) {
		t.Errorf("15 minutes later: %v", err)
	}
	first, token := o.Invite(), o.Invite()
	if err := try(first, "amina", good); !errors.Is(err, ErrBadSetup) {
		t.Errorf("an earlier one: %v", err)
	}
	for _, err := range []error{try(token, "amina", "short"), try(token, "amina", ""), try(token, "Ü", good)} {
		if err == nil || errors.Is(err, ErrBadSetup) {
			t.Errorf("what is mistyped: %v", err)
		}
	}
	secret, err := o.SetUp(ctx, " "+strings.ToLower(token), "amina", good, "192.0.2.1", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, u, err := o.Recognise(ctx, account.Session, secret, "192.0.2.1"); err != nil || u.Role != account.Admin {
		t.Errorf("%+v, %v", u, err)
	}
	for _, again := range []string{token, o.Invite()} {
		if err := try(again, "bek", good); !errors.Is(err, ErrNoSetup) {
			t.Errorf("a second time: %v", err)
		}
	}
}

func TestEveryChangeStandsInTheAuditLog(t *testing.T) { // section 5, 10
	o, s, _ := office(t)
	add(t, o, "amina", account.Analyst)
	secret := signIn(t, o, "amina", good)
	_, p, err := o.NewToken(ctx, admin, "amina", "", account.ReadScope, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		o.End(ctx, By{"amina", "192.0.2.9"}, "amina", p.Handle()), o.SetRole(ctx, admin, "amina", account.Viewer),
		o.SetPassword(ctx, admin, "amina", other), o.SetDisabled(ctx, admin, "amina", true),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	log, err := s.AuditLog(ctx, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range log {
		e := log[len(log)-1-i]
		got = append(got, e.Who+": "+e.Did+" "+strings.Fields(e.What)[0])
	}
	want := "root: add user|amina: sign in session|root: make token|amina: end token|root: make viewer user|root: set password user|root: disable user"
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
	if all := fmt.Sprint(log); strings.Contains(all, secret) || strings.Contains(all, good) || strings.Contains(all, "argon2") {
		t.Error("a secret stands in the log")
	}
}
