package fetcher

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"

	"silkwire/client"
	"silkwire/news"
)

// Hosts lets one request at a time through to each host, with a pause from one
// start to the next. Hosts do not wait for each other (N43).
type Hosts struct {
	mu     sync.Mutex
	hosts  map[string]*gate
	closed map[string]time.Time // hosts and domains that asked to be left alone
	asked  map[string]time.Time // when hosts asked for it, by host
}

type gate struct {
	turn chan struct{} // holds one value while nobody is inside
	last time.Time     // start of the last request; guarded by turn
	used int           // those inside or waiting; guarded by Hosts.mu
}

// NewHosts makes a Hosts.
func NewHosts() *Hosts {
	return &Hosts{hosts: map[string]*gate{}, closed: map[string]time.Time{}, asked: map[string]time.Time{}}
}

// ClosedError says that a host is not asked for a while, as it wished.
type ClosedError struct {
	Host  string
	Until time.Time
}

func (e *ClosedError) Error() string {
	return fmt.Sprintf("%s asked to be left alone until %s", e.Host, e.Until.UTC().Format(time.RFC3339))
}

// together is within what time two hosts of a domain must ask for peace to
// speak for all of it.
const together = 10 * time.Minute

// Close closes a host for a while, and its whole domain if another host of it
// asked for the same just before. It returns what is closed.
func (h *Hosts) Close(host string, wait time.Duration) []news.HostWait {
	now := time.Now()
	until := now.Add(wait)
	domain := domainOf(host)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed[host] = until
	out := []news.HostWait{{Host: host, Until: until}}
	for other, at := range h.asked {
		if now.Sub(at) > together {
			delete(h.asked, other)
		} else if domain != "" && other != host && domainOf(other) == domain {
			h.closed[domain] = until
			out = append(out, news.HostWait{Host: domain, Domain: true, Until: until})
		}
	}
	h.asked[host] = now
	return out
}

// open says whether a host may be asked.
func (h *Hosts) open(host string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, name := range []string{host, domainOf(host)} {
		until, closed := h.closed[name]
		if !closed {
			continue
		}
		if time.Now().Before(until) {
			return &ClosedError{name, until}
		}
		delete(h.closed, name)
	}
	return nil
}

// domainOf is the domain that a host was registered under; "" for an address.
func domainOf(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return ""
	}
	return domain
}

// Enter waits for the host to be free and for the pause since the start of its
// last request, and returns the function that sets it free again. A host that
// asked to be left alone is a *ClosedError.
func (h *Hosts) Enter(ctx context.Context, host string, pause time.Duration) (leave func(), err error) {
	g := h.gate(host)
	select {
	case <-g.turn:
	case <-ctx.Done():
		h.done(host, g)
		return nil, ctx.Err()
	}
	if err := h.open(host); err != nil {
		g.turn <- struct{}{}
		h.done(host, g)
		return nil, err
	}
	if rest := time.Until(g.last.Add(pause)); !g.last.IsZero() && rest > 0 {
		timer := time.NewTimer(rest)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			g.turn <- struct{}{}
			h.done(host, g)
			return nil, ctx.Err()
		}
	}
	g.last = time.Now()
	return func() {
		g.turn <- struct{}{}
		h.done(host, g)
	}, nil
}

func (h *Hosts) gate(host string) *gate {
	h.mu.Lock()
	defer h.mu.Unlock()
	g := h.hosts[host]
	if g == nil {
		g = &gate{turn: make(chan struct{}, 1)}
		g.turn <- struct{}{}
		h.hosts[host] = g
	}
	g.used++
	return g
}

// done forgets gates that nobody used for an hour once there are many.
func (h *Hosts) done(host string, g *gate) {
	h.mu.Lock()
	defer h.mu.Unlock()
	g.used--
	if len(h.hosts) < 10000 {
		return
	}
	for name, other := range h.hosts {
		if other.used == 0 && time.Since(other.last) > time.Hour {
			delete(h.hosts, name)
		}
	}
}

// hostKey is the host that a pause is counted for, without "www.".
func hostKey(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return rawURL
	}
	return strings.TrimPrefix(strings.ToLower(u.Host), "www.")
}

// robotsCache keeps what hosts' robots.txt said.
type robotsCache struct {
	mu    sync.Mutex
	hosts map[string]robotsEntry
}

type robotsEntry struct {
	rules   robotsRules
	fetched time.Time // of the last answer that counted
	checked time.Time // of the last attempt
	good    time.Duration
	failure error // of the last attempt: then everything is disallowed, unless rules are known

	etag, modified, from string // validators, and the address they belong to
}

// Bounds of what a robots.txt may do to us.
const (
	robotsKeep   = 24 * time.Hour
	robotsRetry  = time.Hour
	robotsForget = 30 * 24 * time.Hour // an unreachable robots.txt counts as absent after that (§2.3.1.4)
	longestDelay = time.Minute
	product      = "Silkwire"
)

func (c *robotsCache) get(origin string) (robotsEntry, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.hosts[origin]
	return e, ok
}

// delay is how far apart requests to a host should be, as far as we know.
func (c *robotsCache) delay(rawURL string) time.Duration {
	u, err := url.Parse(rawURL)
	if err != nil {
		return 0
	}
	entry, _ := c.get(u.Scheme + "://" + strings.ToLower(u.Host))
	return entry.rules.delay
}

func (c *robotsCache) put(origin string, e robotsEntry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.hosts) > 5000 {
		clear(c.hosts)
	}
	c.hosts[origin] = e
}

// mayCrawl asks the host's robots.txt whether we may fetch rawURL, and how far
// apart requests should be. The error is a *VisitError.
func (v *visit) mayCrawl(ctx context.Context, rawURL string) error {
	u, err := url.Parse(rawURL)
	if err != nil {
		return &VisitError{Outcome: news.Blocked, Err: err}
	}
	origin := u.Scheme + "://" + strings.ToLower(u.Host)
	entry, err := v.robotsOf(ctx, origin)
	if err != nil {
		return err
	}
	if entry.rules.delay > longestDelay && !v.delays[origin] {
		v.delays[origin] = true
		v.note("%s asks for %v between requests; %v are kept", origin, entry.rules.delay, longestDelay)
	}
	if signal := entry.rules.signal; signal != "" && !v.wishes[origin] {
		v.wishes[origin] = true
		v.note("%s/robots.txt says of its content: %s", origin, signal)
	}
	if !entry.rules.allowed(u) {
		return &VisitError{Outcome: news.Robots, Err: fmt.Errorf("%s/robots.txt does not allow %s; ask the outlet, or remove the source", origin, client.Bare(rawURL))}
	}
	return nil
}

// noteRobots says that a feed is fetched, as a reader would, though robots.txt
// does not allow it. What is not known is not asked for.
func (v *visit) noteRobots() {
	u, err := url.Parse(v.src.URL)
	if err != nil {
		return
	}
	entry, known := v.f.robots.get(u.Scheme + "://" + strings.ToLower(u.Host))
	if known && entry.failure == nil && !entry.rules.allowed(u) {
		v.note("robots.txt does not allow this feed; it is fetched as a reader would (robots.feeds: note)")
	}
}

// robotsOf returns the rules of an origin, from memory for up to a day.
func (v *visit) robotsOf(ctx context.Context, origin string) (robotsEntry, error) {
	now := v.f.now()
	entry, known := v.f.robots.get(origin)
	if known && entry.failure == nil && now.Sub(entry.fetched) < entry.good {
		return entry, nil
	}
	if known && entry.failure != nil && now.Sub(entry.checked) < patience(entry.failure) {
		return entry.verdict(now)
	}
	fresh := v.fetchRobots(ctx, origin, entry, now)
	if fresh.failure != nil {
		if ctx.Err() != nil {
			return entry, fresh.failure
		}
		entry.failure, entry.checked = fresh.failure, now
		if entry.fetched.IsZero() {
			entry.fetched = now // the thirty days begin
			entry.good = -1
		}
		v.f.robots.put(origin, entry)
		return entry.verdict(now)
	}
	v.f.robots.put(origin, fresh)
	return fresh, nil
}

// patience is how long a failed robots.txt is not asked for again: long when a
// server said no, short when the network did.
func patience(failure error) time.Duration {
	var failed *VisitError
	if errors.As(failure, &failed) && (failed.Outcome == news.HTTPError || failed.Outcome == news.SlowDown) {
		return max(failed.RetryAfter, robotsRetry)
	}
	return time.Minute
}

// verdict of an unreachable robots.txt: the rules we had, or nothing allowed.
func (e robotsEntry) verdict(now time.Time) (robotsEntry, error) {
	if e.good > 0 || now.Sub(e.fetched) > robotsForget {
		return e, nil
	}
	return e, e.failure
}

// fetchRobots asks for a robots.txt. 4xx means that there are no rules; 5xx,
// 429 and silence mean that we do not know, which is a failure.
func (v *visit) fetchRobots(ctx context.Context, origin string, old robotsEntry, now time.Time) robotsEntry {
	entry := robotsEntry{fetched: now, checked: now, good: robotsKeep}
	resp, err := v.get(ctx, client.Request{
		URL: origin + "/robots.txt", Accept: "text/plain, */*;q=0.5", Limit: client.RobotsLimit, MaxRedirects: 5,
		ETag: old.etag, LastModified: old.modified, ValidFor: old.from,
	}, false)
	if err != nil {
		if e := v.failure(err); e.Outcome != news.TooLarge && e.Outcome != news.Redirect && e.Outcome != news.Encoding {
			entry.failure = e
		}
		return entry
	}
	switch {
	case resp.Status >= 500 || resp.Status == 429:
		e := v.statusError(resp)
		e.Err = fmt.Errorf("robots.txt cannot be read, so nothing may be fetched there yet: %w", e.Err)
		entry.failure = e
	case resp.Status == 304 && resp.Conditional:
		entry.rules, entry.etag, entry.modified, entry.from = old.rules, old.etag, old.modified, old.from
		entry.keepFor(resp, now)
	case resp.Status == 200:
		entry.rules = parseRobots(resp.Body, product)
		entry.etag, entry.modified, entry.from = resp.Header.Get("ETag"), resp.Header.Get("Last-Modified"), resp.URL
		entry.keepFor(resp, now)
	}
	return entry
}

func (e *robotsEntry) keepFor(resp *client.Response, now time.Time) {
	if fresh := freshness(resp.Header, now); fresh > 0 {
		e.good = min(max(fresh, robotsRetry), robotsKeep)
	}
}
