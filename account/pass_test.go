package account

import (
	"strings"
	"testing"
	"time"
)

func TestASessionEndsWhenItIsIdleAndInAnyCaseAfterAWeek(t *testing.T) { // X8
	_, p := NewSession("amina", "Firefox", "192.0.2.1", noon)
	for after, ended := range map[time.Duration]bool{0: false, SessionIdle - 1: false, SessionIdle: true} {
		if p.Ended(noon.Add(after)) != ended {
			t.Errorf("idle for %s: ended is %v", after, !ended)
		}
	}
	for at := noon; at.Before(noon.Add(SessionLife)); at = at.Add(time.Hour) {
		if p.Seen = at; p.Ended(at) {
			t.Fatalf("in use, it ends after %s", at.Sub(noon))
		}
	}
	if p.Seen = noon.Add(SessionLife); !p.Ended(p.Seen) {
		t.Error("in use, it never ends")
	}
}

func TestSecretsAreLongAndTheirPassKeepsOnlyAHash(t *testing.T) { // section 5, 7 and 9; X11
	seen := map[string]bool{}
	for range 100 {
		session, p := NewSession("amina", "", "", noon)
		token, q, err := NewToken("amina", "nightly export", ReadScope, TokenLife, noon)
		if err != nil {
			t.Fatal(err)
		}
		if len(session) != 43 || !strings.HasPrefix(token, "silkwire_") || len(token) != 58 || !IsToken(token) || IsToken(session) {
			t.Fatalf("%q, %q", session, token)
		}
		if p.ID != Identify(session) || q.ID != Identify(token) || len(q.ID) != 64 {
			t.Fatalf("%+v, %+v", p, q)
		}
		if seen[session] || seen[token] {
			t.Fatal("a secret came twice")
		}
		seen[session], seen[token] = true, true
	}
}

func TestAMistypedTokenIsKnownWithoutAskingTheArchive(t *testing.T) {
	token, _, err := NewToken("amina", "", ReadScope, TokenLife, noon)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(tokenPrefix); i < len(token); i++ {
		other := byte('a')
		if token[i] == other {
			other = 'b'
		}
		if IsToken(token[:i] + string(other) + token[i+1:]) {
			t.Errorf("with another character at %d it is still a token", i)
		}
	}
	for _, s := range []string{"", "silkwire_", token + "0", token[1:], strings.ToUpper(token)} {
		if IsToken(s) {
			t.Errorf("%q is a token", s)
		}
	}
}

func TestATokenMayDoWhatScopeAndRoleBothAllow(t *testing.T) { // X11
	want := map[Scope]map[Role]Role{
		ReadScope:   {Viewer: Viewer, Analyst: Viewer, Admin: Viewer},
		ReviewScope: {Viewer: Viewer, Analyst: Analyst, Admin: Analyst},
		AdminScope:  {Viewer: Viewer, Analyst: Analyst, Admin: Admin},
		"write":     {Viewer: Nobody, Analyst: Nobody, Admin: Nobody},
	}
	for scope, roles := range want {
		for role, may := range roles {
			if got := (Pass{Kind: Token, Scope: scope}).Role(User{Role: role}); got != may {
				t.Errorf("scope %q of a user with role %q: %q, want %q", scope, role, got, may)
			}
		}
	}
	if got := (Pass{Kind: Session}).Role(User{Role: Admin}); got != Admin {
		t.Errorf("an admin's session has the role %q", got)
	}
}

func TestATokenLivesForAYearAtMost(t *testing.T) {
	for _, life := range []time.Duration{0, -time.Hour, LongestToken + 1} {
		if _, _, err := NewToken("amina", "", ReadScope, life, noon); err == nil {
			t.Errorf("a token for %s is made", life)
		}
	}
}

func TestNamesOfUsers(t *testing.T) {
	for in, want := range map[string]string{"Amina": "amina", " a ": "a", "amina@example.org": "amina@example.org", "b-2_x+y.z": "b-2_x+y.z"} {
		if got, err := ParseName(in); got != want || err != nil {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", " ", "amina ", ".amina", "amina.", "a b", "амина", "a\x00b", "a/b", strings.Repeat("a", 65), "set-up", "command-line", "<b>"} {
		if got, err := ParseName(in); err == nil && in != "amina " {
			t.Errorf("%q is read as %q", in, got)
		}
	}
}

func TestTheAuditLogIsAChain(t *testing.T) {
	first := Entry{At: noon, Who: "amina", Did: "add", What: "user b"}.Link(Entry{})
	second := Entry{At: noon, Who: "amina", Did: "disable", What: "user b"}.Link(first)
	if first.Number != 1 || second.Number != 2 || first.Chain == second.Chain {
		t.Errorf("%+v, %+v", first, second)
	}
	forged := first
	forged.Who = "somebody"
	forged = forged.Link(Entry{})
	if forged.Chain == first.Chain {
		t.Error("an entry that was changed has the same chain")
	}
	if second.Link(forged).Chain == second.Chain {
		t.Error("an entry has the same chain whatever stands before it")
	}
}
