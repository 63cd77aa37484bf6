package monitor_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The rules of the house: what a guest may not do, by the counters of a server
// that keeps them. Every one of these must stay at zero.
const (
	ruleMethod        = "method other than GET"
	ruleAgent         = "another User-Agent"
	ruleHeader        = "header that nobody asked for"
	ruleCookie        = "cookie"
	ruleReferer       = "referer"
	ruleInvented      = "address that was never published"
	ruleParallel      = "parallel requests to a host"
	ruleSpacing       = "requests too close together"
	ruleEarly         = "poll within an hour"
	ruleEarlyBare     = "poll within four hours, without validators"
	ruleUnheeded      = "request before the server's wish had passed"
	ruleSkipped       = "request in hours to skip"
	ruleUnconditional = "unconditional request beyond the first"
	ruleBogus         = "invented validator"
	ruleStale         = "stale validator"
	ruleTwice         = "article fetched again"
	ruleRobots        = "path that robots.txt forbids"
	ruleRobotsOften   = "robots.txt asked for twice a day"
)

func (w *town) fault(rule string, s *site, path string) {
	w.score[rule]++
	if w.score[rule] == 1 {
		w.faults = append(w.faults, fmt.Sprintf("%s: %s%s at %s", rule, s.host, path, time.Now().UTC().Format("2 Jan 15:04:05")))
	}
}

// enter judges a request as it comes in.
func (w *town) enter(s *site, req *http.Request) *record {
	now, path := time.Now(), req.URL.RequestURI()
	rec := s.asked[path]
	if rec == nil {
		rec = &record{path: path, issued: map[string]bool{}}
		s.asked[path] = rec
	}
	w.judgeManners(s, req, path)
	w.judgeRate(s, rec, now)
	switch {
	case path == "/robots.txt":
		if !rec.last.IsZero() && rec.last.After(w.born) && now.Sub(rec.last) < 23*time.Hour && rec.whole > 0 {
			w.fault(ruleRobotsOften, s, path)
		}
	case s.polled[path]:
		w.count["polls"]++
		w.judgePoll(s, rec, req, now)
	default:
		w.count["articles"]++
		if rec.whole > 0 || rec.asked >= 3*max(s.sources, 1) {
			w.fault(ruleTwice, s, path)
		}
	}
	s.inside++
	s.last, rec.last = now, now
	rec.asked++
	return rec
}

// judgeManners looks at what a request says of us.
func (w *town) judgeManners(s *site, req *http.Request, path string) {
	if req.Method != http.MethodGet {
		w.fault(ruleMethod, s, path)
	}
	if req.UserAgent() != w.agent {
		w.fault(ruleAgent, s, path)
	}
	for name := range req.Header {
		switch name {
		case "User-Agent", "Accept", "Accept-Encoding", "If-None-Match", "If-Modified-Since":
		case "Cookie":
			w.fault(ruleCookie, s, path)
		case "Referer":
			w.fault(ruleReferer, s, path)
		default:
			w.fault(ruleHeader+" "+name, s, path)
		}
	}
	if !s.knows(path) {
		w.fault(ruleInvented, s, path)
	}
	if s.robots != "" && strings.HasPrefix(path, "/private") {
		w.fault(ruleRobots, s, path)
	}
}

// knows reports whether anybody was told of a path.
func (s *site) knows(path string) bool {
	if path == "/robots.txt" || s.polled[path] || s.links[path] {
		return true
	}
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(path, "/article/"), "?utm_source=rss"))
	return err == nil && strings.HasPrefix(path, "/article/") && n < s.items(time.Now())
}

// judgeRate looks at how close requests to a host are.
func (w *town) judgeRate(s *site, rec *record, now time.Time) {
	if s.inside > 0 {
		w.fault(ruleParallel, s, rec.path)
	}
	least := 5 * time.Second
	if robots := s.asked["/robots.txt"]; robots != nil && robots.whole > 0 && robots.last.After(w.born) {
		least = max(least, s.delay)
	}
	if !s.last.IsZero() && now.Sub(s.last) < least {
		w.fault(ruleSpacing, s, rec.path)
	}
	if now.Before(rec.notBefore) || now.Before(w.raging[s.host]) {
		w.fault(ruleUnheeded, s, rec.path)
	}
}

// judgePoll looks at a request for a document that is visited again and again.
func (w *town) judgePoll(s *site, rec *record, req *http.Request, now time.Time) {
	switch since := now.Sub(rec.last); {
	case rec.last.IsZero():
	case since < time.Hour:
		w.fault(ruleEarly, s, rec.path)
	case now.Sub(rec.bare) < 4*time.Hour:
		w.fault(ruleEarlyBare, s, rec.path)
	}
	if s.skip != nil && s.skip(now) && rec.whole > 0 {
		w.fault(ruleSkipped, s, rec.path)
	}
	etag, modified := req.Header.Get("If-None-Match"), req.Header.Get("If-Modified-Since")
	if etag == "" && modified == "" {
		w.count["unconditional"]++
		if rec.etag != "" || rec.modified != "" {
			w.fault(ruleUnconditional, s, rec.path)
		}
		return
	}
	if !rec.issued[etag+"\n"+modified] {
		w.fault(ruleBogus, s, rec.path)
	} else if got := [2]string{etag, modified}; got != [2]string{rec.etag, rec.modified} && got != rec.spare {
		w.fault(ruleStale, s, rec.path)
	}
}

// answer is what a site answers, and what it remembers of it.
func (w *town) answer(s *site, req *http.Request, rec *record) *reply {
	now, path := time.Now(), req.URL.RequestURI()
	var a *reply
	if s.act != nil {
		a = s.act(now, path)
	}
	if a == nil {
		a = s.usual(now, strings.TrimSuffix(path, "?utm_source=rss"), req)
	}
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set("Set-Cookie", "visitor=42; Path=/")
	if a.header.Get("Date") == "" {
		a.header.Set("Date", now.UTC().Format(http.TimeFormat))
	}
	w.remember(s, rec, a, now.Add(a.slow))
	return a
}

// usual is what a site answers when all is well.
func (s *site) usual(now time.Time, path string, req *http.Request) *reply {
	body := s.document(now, path)
	if body == "" {
		return &reply{status: http.StatusNotFound, body: "nothing here"}
	}
	a := &reply{status: http.StatusOK, header: http.Header{}, body: body, slow: s.slow}
	if s.header != nil {
		a.header = s.header(now)
	}
	etag, modified := s.validators(now, path, body)
	for name, value := range map[string]string{"ETag": etag, "Last-Modified": modified} {
		if value != "" {
			a.header.Set(name, value)
		}
	}
	if has := req.Header.Get("If-None-Match"); has != "" && has == etag || has == "" && modified != "" && req.Header.Get("If-Modified-Since") == modified {
		a.status, a.body = http.StatusNotModified, ""
	}
	return a
}

// remember keeps what the answer said, to be held against the next request.
func (w *town) remember(s *site, rec *record, a *reply, now time.Time) {
	etag, modified := a.header.Get("ETag"), a.header.Get("Last-Modified")
	if etag+modified != "" {
		rec.issued[etag+"\n"+modified] = true
	}
	if (a.status == 200 || a.status == 304 && etag+modified != "") && !a.broken && !a.cut && !a.hang {
		if a.status == 200 {
			rec.whole++
		}
		if rec.bare = (time.Time{}); etag+modified == "" {
			rec.bare = now
		} else if etag != rec.etag || modified != rec.modified {
			rec.spare = [2]string{rec.etag, rec.modified}
		}
		rec.etag, rec.modified = etag, modified
		rec.wish(now, maxAge(a.header))
	}
	wait := retryAfter(a.header)
	rec.wish(now, wait)
	if a.status == http.StatusTooManyRequests {
		w.raging[s.host] = now.Add(max(wait, time.Hour))
	}
}

// retryAfter is what a Retry-After of this town means: seconds, or a date by
// the site's own clock.
func retryAfter(h http.Header) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil {
		return time.Duration(seconds) * time.Second
	}
	until, err1 := http.ParseTime(value)
	theirs, err2 := http.ParseTime(h.Get("Date"))
	if err1 != nil || err2 != nil {
		return 0
	}
	return until.Sub(theirs)
}

func (r *record) wish(now time.Time, wait time.Duration) {
	if until := now.Add(wait); until.After(r.notBefore) {
		r.notBefore = until
	}
}

func maxAge(h http.Header) time.Duration {
	_, value, ok := strings.Cut(h.Get("Cache-Control"), "max-age=")
	n, err := strconv.Atoi(value)
	if !ok || err != nil {
		return 0
	}
	age, err := strconv.Atoi(h.Get("Age"))
	if err != nil {
		age = 0
	}
	return time.Duration(n-age) * time.Second
}

// crashed says that what was answered in the last minutes may be forgotten.
func (w *town) crashed(now time.Time) {
	for _, s := range w.sites {
		for _, rec := range s.asked {
			if now.Sub(rec.last) > 10*time.Minute {
				rec.spare = [2]string{rec.etag, rec.modified}
			}
		}
	}
}
