package account

import (
	"fmt"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// tried makes n attempts as fast as they are let, and returns how long that took.
func tried(t *testing.T, th *Throttle, n int, name, address string, from time.Time) time.Duration {
	t.Helper()
	now := from
	for range n {
		if wait := th.Try(now, name, address); wait > 0 {
			now = now.Add(wait)
			if wait := th.Try(now, name, address); wait > 0 {
				t.Fatalf("after the wait there is another of %s", wait)
			}
		}
	}
	return now.Sub(from)
}

func TestGuessingAtOneNameBecomesSlow(t *testing.T) { // X9
	var th Throttle
	if took := tried(t, &th, freeForName, "amina", "192.0.2.1", noon); took != 0 {
		t.Errorf("the first attempts take %s", took)
	}
	if took := tried(t, &th, 30, "amina", "192.0.2.1", noon); took < 4*time.Hour {
		t.Errorf("thirty more take %s only", took)
	}
	var many Throttle // from a new address each time
	now := noon
	for i := range 40 {
		if wait := many.Try(now, "amina", fmt.Sprintf("198.51.100.%d", i)); wait > 0 {
			now = now.Add(wait)
		}
	}
	if now.Sub(noon) < 15*time.Minute {
		t.Errorf("forty attempts from forty addresses take %s only", now.Sub(noon))
	}
}

func TestGuessingAtManyNamesFromOneAddressBecomesSlow(t *testing.T) { // X9
	var th Throttle
	now := noon
	for i := range 60 {
		for wait := th.Try(now, fmt.Sprint("user", i), "2001:db8:1:2::5"); wait > 0; wait = th.Try(now, fmt.Sprint("user", i), fmt.Sprintf("2001:db8:1:2::%d", i)) {
			now = now.Add(wait)
		}
	}
	if now.Sub(noon) < time.Hour {
		t.Errorf("sixty names take %s only", now.Sub(noon))
	}
	if wait := th.Try(now, "amina", "2001:db8:1:3::5"); wait > 0 {
		t.Errorf("a neighbour's network waits %s", wait)
	}
}

func TestStrangersWhoGuessDoNotHoldUpWhoSignedInBefore(t *testing.T) {
	var th Throttle
	th.Try(noon, "amina", "192.0.2.1")
	th.Succeeded(noon, "amina", "192.0.2.1")
	tried(t, &th, 30, "amina", "203.0.113.9", noon)
	if wait := th.Try(noon, "amina", "192.0.2.1"); wait > 0 {
		t.Errorf("the address she signed in from waits %s", wait)
	}
	if wait := th.Try(noon, "amina", "203.0.113.9"); wait == 0 {
		t.Error("the stranger does not wait")
	}
}

func TestASuccessTakesTheAttemptsBack(t *testing.T) {
	var th Throttle
	for range 50 {
		if wait := th.Try(noon, "amina", "192.0.2.1"); wait > 0 {
			t.Fatalf("whoever types the right password waits %s", wait)
		}
		th.Succeeded(noon, "amina", "192.0.2.1")
	}
}

func TestAnHourLaterAllIsForgotten(t *testing.T) {
	var th Throttle
	tried(t, &th, 12, "amina", "192.0.2.1", noon)
	if wait := th.Try(noon.Add(3*time.Hour), "amina", "192.0.2.1"); wait > 0 {
		t.Errorf("three hours later there is a wait of %s", wait)
	}
	if n := th.tries["name amina"].n; n != 1 {
		t.Errorf("%d attempts are remembered", n)
	}
}

func TestAttemptsAtOnceAreMany(t *testing.T) { // a check that lasts must not hide the others
	var th Throttle
	through := 0
	for range 100 {
		if th.Try(noon, "amina", "192.0.2.1") == 0 {
			through++
		}
	}
	if through != freeForName {
		t.Errorf("%d of 100 attempts at one moment are let through", through)
	}
}

func TestTheMemoryOfAttemptsIsBounded(t *testing.T) {
	var th Throttle
	tried(t, &th, 8, "amina", "192.0.2.1", noon)
	for i := range 3 * mostTries {
		th.Try(noon, fmt.Sprint("user", i), fmt.Sprintf("2001:db8:%x:%x::1", i>>16, i&0xffff))
	}
	if len(th.tries) > mostTries+1 {
		t.Errorf("%d are remembered", len(th.tries))
	}
	if th.tries["name amina"] == nil {
		t.Error("a flood of new names makes it forget the name that is guessed at")
	}
	for i := range mostKnown + 10 {
		th.Succeeded(noon, fmt.Sprint("user", i), "192.0.2.1")
	}
	if len(th.known) > mostKnown {
		t.Errorf("%d pairs are remembered", len(th.known))
	}
}
