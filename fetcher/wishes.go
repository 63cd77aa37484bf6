package fetcher

import (
	"net/http"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	"silkwire/news"
)

// Bounds of what a server may ask for.
const (
	longestWait   = 31 * 24 * time.Hour
	shortestEvery = time.Hour
	longestEvery  = 24 * time.Hour
)

// hints are a feed's own wishes for its visits.
type hints struct {
	every     time.Duration // ttl, sy:updatePeriod
	skipHours []int         // GMT
	skipDays  []time.Weekday
}

// clampEvery keeps silly values within an hour and a day (F24).
func clampEvery(d time.Duration) time.Duration {
	return min(max(d, shortestEvery), longestEvery)
}

// skip reads skipHours and skipDays (RSS 2.0). A feed that skips everything
// skips nothing.
func (h *hints) skip(hours, days []string) {
	for _, s := range hours {
		if hour, err := strconv.Atoi(strings.TrimSpace(s)); err == nil && hour >= 0 && hour <= 24 {
			h.skipHours = append(h.skipHours, hour%24)
		}
	}
	for _, s := range days {
		for day := time.Sunday; day <= time.Saturday; day++ {
			if strings.EqualFold(strings.TrimSpace(s), day.String()) {
				h.skipDays = append(h.skipDays, day)
			}
		}
	}
	slices.Sort(h.skipHours)
	h.skipHours = slices.Compact(h.skipHours)
	slices.Sort(h.skipDays)
	h.skipDays = slices.Compact(h.skipDays)
	if len(h.skipHours) == 24 {
		h.skipHours = nil
	}
	if len(h.skipDays) == 7 {
		h.skipDays = nil
	}
}

// wait is how long the server and the feed ask us to stay away, counted from
// at: the longest of max-age (or Expires) and ttl, moved out of the hours and
// days to skip. 0: no wish.
func (h hints) wait(header http.Header, at time.Time) time.Duration {
	return h.after(max(h.every, freshness(header, at)), at)
}

// hintsOf are the remembered wishes of a document.
func hintsOf(w news.Wishes) hints {
	return hints{every: w.Every.Duration(), skipHours: w.SkipHours, skipDays: w.SkipDays}
}

// after moves a wait out of the hours and days to skip.
func (h hints) after(wait time.Duration, at time.Time) time.Duration {
	if len(h.skipHours)+len(h.skipDays) == 0 {
		return min(wait, longestWait)
	}
	next := news.Wishes{SkipHours: h.skipHours, SkipDays: h.skipDays}.Open(at.Add(max(wait, shortestEvery)))
	return min(next.Sub(at), longestWait)
}

// saysHowLong reports whether an answer speaks of its freshness at all: a 304
// that does not leaves what the whole answer said (RFC 9111 §4.3.4).
func saysHowLong(header http.Header) bool {
	return header.Get("Cache-Control") != "" || header.Get("Expires") != ""
}

// freshness is how long a response stays fresh (RFC 9111 §4.2): max-age less
// Age, else Expires less Date. no-cache and no-store void it; s-maxage is for
// shared caches, which we are not.
func freshness(header http.Header, at time.Time) time.Duration {
	control := strings.ToLower(strings.Join(header.Values("Cache-Control"), ","))
	maxAge := time.Duration(-1)
	for directive := range strings.SplitSeq(control, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch name {
		case "no-cache", "no-store":
			return 0
		case "max-age":
			maxAge = seconds(strings.Trim(value, `"`))
		}
	}
	if maxAge >= 0 {
		age := max(seconds(header.Get("Age")), 0)
		return min(max(maxAge-age, 0), longestWait)
	}
	expires, ok := httpTime(header.Get("Expires"))
	if !ok {
		return 0
	}
	return min(max(expires.Sub(serverNow(header, at)), 0), longestWait)
}

// seconds reads a delta of seconds (RFC 9111 §1.2.2); -1 for what is none. A
// number too large for us is the largest we keep.
func seconds(s string) time.Duration {
	s = strings.TrimSpace(s)
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return -1
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n > int64(longestWait/time.Second) {
		return longestWait
	}
	return time.Duration(n) * time.Second
}

// retryAfter reads the Retry-After of an answer (RFC 9110 §10.2.3): seconds or
// a date, a date by the server's own clock (N35). 0: none, or in the past.
func retryAfter(header http.Header, at time.Time) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if value == "" {
		return 0
	}
	if d := seconds(value); d >= 0 {
		return min(d, longestWait)
	}
	t, ok := httpTime(value)
	if !ok {
		return 0
	}
	return min(max(t.Sub(serverNow(header, at)), 0), longestWait)
}

// serverNow is the server's clock, if it told, or else ours.
func serverNow(header http.Header, at time.Time) time.Time {
	if t, ok := httpTime(header.Get("Date")); ok {
		return t
	}
	return at
}

// httpTime reads the three forms of RFC 9110 §5.6.7 and, for what servers
// write beside them, the dates of mail.
func httpTime(s string) (time.Time, bool) {
	if s = strings.TrimSpace(s); s == "" {
		return time.Time{}, false
	}
	if t, err := http.ParseTime(s); err == nil {
		return t, true
	}
	if t, err := mail.ParseDate(s); err == nil {
		return t, true
	}
	if d, ok := ParseDate(s, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), time.UTC); ok {
		return d.Time, true
	}
	return time.Time{}, false
}
