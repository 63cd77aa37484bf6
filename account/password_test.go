package account

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// cheap is for tests that hash a lot.
func cheap() cost { return cost{memory: 64, time: 1, lanes: 1} }

func hash(t *testing.T, p *Passwords, password string) string {
	t.Helper()
	h, err := p.Hash(context.Background(), password)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestWhatIsKeptOfAPasswordIsAPHCStringOfTodaysCost(t *testing.T) { // section 5, 8
	p := NewPasswords()
	h := hash(t, p, "caravan saddle melon wind")
	if !strings.HasPrefix(h, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(h, "caravan") {
		t.Errorf("%q", h)
	}
	if again := hash(t, p, "caravan saddle melon wind"); again == h {
		t.Error("the same password twice gives the same hash: there is no salt")
	}
	for password, want := range map[string]bool{"caravan saddle melon wind": true, "caravan saddle melon wine": false, "": false} {
		if right, renew, err := p.Check(context.Background(), h, password); right != want || renew || err != nil {
			t.Errorf("%q: %v, renew %v, %v", password, right, renew, err)
		}
	}
}

func TestAHashOfAnotherCostIsRenewed(t *testing.T) {
	old := hash(t, newPasswords(cheap()), "caravan saddle melon wind")
	p := NewPasswords()
	if right, renew, err := p.Check(context.Background(), old, "caravan saddle melon wind"); !right || !renew || err != nil {
		t.Errorf("%v, renew %v, %v", right, renew, err)
	}
	if right, renew, _ := p.Check(context.Background(), old, "another one entirely"); right || renew {
		t.Error("a wrong password renews the hash")
	}
}

func TestWhoIsUnknownCostsAsMuchAsWhoIsKnown(t *testing.T) { // X9
	p := newPasswords(cheap())
	c, _, _, err := decode(p.dummy)
	if err != nil || c != p.cost {
		t.Fatalf("the dummy costs %+v, %v", c, err)
	}
	if right, renew, err := p.Check(context.Background(), "", "whatever"); right || renew || err != nil {
		t.Errorf("without a hash: %v, %v, %v", right, renew, err)
	}
}

func TestALongPasswordIsRefusedBeforeItIsHashed(t *testing.T) { // X10
	p := NewPasswords()
	for range atOnce {
		p.slots <- struct{}{} // hashing would wait for ever
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // nobody waits for ever
	long := strings.Repeat("x", LongestPassword+1)
	if right, _, err := p.Check(ctx, "", long); right || err != nil {
		t.Errorf("%v, %v", right, err)
	}
	if _, err := p.Hash(ctx, long); err == nil || errors.Is(err, ErrBusy) {
		t.Errorf("it waits to be hashed: %v", err)
	}
}

func TestOnlyAFewPasswordsAreHashedAtATime(t *testing.T) { // X10
	p := newPasswords(cheap())
	for range atOnce {
		p.slots <- struct{}{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if _, _, err := p.Check(ctx, "", "whatever it is"); !errors.Is(err, ErrBusy) {
		t.Errorf("%v, want ErrBusy", err)
	}
	<-p.slots
	if _, _, err := p.Check(context.Background(), "", "whatever it is"); err != nil {
		t.Errorf("with a turn free: %v", err)
	}
	if len(p.slots) != atOnce-1 {
		t.Errorf("%d turns are taken after all: one was not given back", len(p.slots))
	}
}

func TestWeakPasswordsAreRefusedWithAReason(t *testing.T) {
	for _, password := range []string{"", "short", "elevenchars", strings.Repeat("ab", 10), "amina@example.org", "AMINA@example.org ", strings.Repeat("x", 2000), "caravan\xff\xfesaddle"} {
		if err := CheckPassword("amina@example.org", password); err == nil {
			t.Errorf("%q is accepted", password)
		}
	}
	for _, password := range []string{"caravan saddle", "двенадцатьбуквы", "қовун шамол эгар"} {
		if err := CheckPassword("amina", password); err != nil {
			t.Errorf("%q: %v", password, err)
		}
	}
}

func TestAHashThatCannotBeReadIsAnErrorAndCostsNothing(t *testing.T) {
	p := newPasswords(cheap())
	good := hash(t, p, "caravan saddle melon wind")
	for _, bad := range []string{
		"x", "$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA", strings.Replace(good, "m=64", "m=4294967295", 1), strings.Replace(good, "t=1", "t=4294967295", 1),
		strings.Replace(good, "p=1", "p=0", 1), good[:len(good)-40], good + "$", strings.Replace(good, "v=19", "v=16", 1),
	} {
		if right, _, err := p.Check(context.Background(), bad, "caravan saddle melon wind"); right || err == nil {
			t.Errorf("%q: %v, %v", bad, right, err)
		}
	}
}

func FuzzReadingAHash(f *testing.F) { // whatever is read can be borne, and is written the same
	p := newPasswords(cheap())
	f.Add(p.dummy)
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA")
	f.Fuzz(func(t *testing.T, s string) {
		c, salt, hash, err := decode(s)
		if err != nil {
			return
		}
		if c.memory > 1<<20 || c.time > 64 || len(hash) > 64 {
			t.Errorf("%q costs %+v", s, c)
		}
		if again, _, _, err := decode(encode(c, salt, hash)); err != nil || again != c {
			t.Errorf("%q read again: %+v, %v", s, again, err)
		}
	})
}
