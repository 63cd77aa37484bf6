package account

import (
	"net/netip"
	"sync"
	"time"
)

// Throttle makes those wait who guess: whoever asks from one address, and
// whoever asks for one name. An address from which a name has signed in is not
// held up by strangers who guess at that name. It lives in memory and is
// bounded; the zero Throttle is ready.
type Throttle struct {
	mu    sync.Mutex
	tries map[string]*tries
	known map[string]time.Time // name and address that belong together, and since when
}

// tries are attempts that have not succeeded.
type tries struct {
	n    int
	last time.Time
}

const (
	freeForName    = 5 // attempts before there is a delay
	freeForAddress = 20
	longestDelay   = 15 * time.Minute
	forgotten      = time.Hour // after the last attempt
	mostTries      = 10_000
	mostKnown      = 10_000
)

// delay doubles with every attempt beyond those that are free.
func (t *tries) delay(free int) time.Duration {
	if t.n < free {
		return 0
	}
	return min(time.Second<<min(t.n-free, 20), longestDelay)
}

// Try asks for an attempt at a name from an address. Where the answer is not 0
// it is how long to wait, and there is no attempt. An attempt counts as failed
// until [Throttle.Succeeded] is called, so that many at once are many.
func (t *Throttle) Try(now time.Time, name, address string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	byName, byAddress := t.keys(name, address)
	wait := max(t.wait(now, byName, freeForName), t.wait(now, byAddress, freeForAddress))
	if wait > 0 {
		return wait
	}
	t.count(now, byName)
	t.count(now, byAddress)
	return 0
}

// Succeeded takes the attempts at the name back.
func (t *Throttle) Succeeded(now time.Time, name, address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	byName, byAddress := t.keys(name, address)
	delete(t.tries, byName)
	if a := t.tries[byAddress]; a != nil { // others may sit at the same address
		a.n = max(0, a.n-1)
	}
	if t.known == nil || len(t.known) >= mostKnown {
		t.known = map[string]time.Time{}
	}
	t.known[pair(name, address)] = now
}

func (t *Throttle) keys(name, address string) (byName, byAddress string) {
	byName, byAddress = "name "+name, "address "+network(address)
	if _, known := t.known[pair(name, address)]; known {
		byName = "pair " + pair(name, address)
	}
	return byName, byAddress
}

func pair(name, address string) string { return name + " " + network(address) }

func (t *Throttle) wait(now time.Time, key string, free int) time.Duration {
	a := t.tries[key]
	if a == nil {
		return 0
	}
	return max(0, a.last.Add(a.delay(free)).Sub(now))
}

func (t *Throttle) count(now time.Time, key string) {
	a := t.tries[key]
	if a == nil || now.Sub(a.last) > forgotten {
		t.makeRoom(now)
		a = &tries{}
		t.tries[key] = a
	}
	a.n++
	a.last = now
}

// makeRoom forgets what is old and, when that is not enough, the attempts that
// weigh least.
func (t *Throttle) makeRoom(now time.Time) {
	if t.tries == nil {
		t.tries = map[string]*tries{}
	}
	for least := 0; len(t.tries) >= mostTries; least++ {
		for key, a := range t.tries {
			if a.n <= least || now.Sub(a.last) > forgotten {
				delete(t.tries, key)
			}
		}
	}
}

// network is the part of an address that one person has: all of IPv4, and the
// first half of IPv6.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	p, err := ip.Prefix(64)
	if err != nil {
		return ip.String()
	}
	return p.String()
}
