package web

import (
	"net/http"
	"net/url"
	"strconv"

	"silkwire/account"
)

// audit writes down that whoever asks has changed something: "accept", "tag
// china of item 3f2a", what it was before and what it is now (nil where there
// was or is nothing). Of the two only hashes are kept. It is written after the
// change, in a transaction of its own: killed in between, a review, a relation,
// a digest or a source has changed without a line here (accounts never do). Of
// reviews and relations that loses nothing, for each of them says who and when.
func (s *Server) audit(r *http.Request, did, what string, before, after any) {
	e := s.entry(r, did, what)
	e.Before, e.After = account.Hash(before), account.Hash(after)
	if err := s.Store.Audit(r.Context(), e); err != nil {
		s.Log.Error("the audit log could not be written", "request", idOf(r), "who", e.Who, "did", did, "what", what, "error", err)
	}
}

// entry begins a line of the audit log.
func (s *Server) entry(r *http.Request, did, what string) account.Entry {
	return account.Entry{At: s.Now(), Who: visitorOf(r).Name, From: s.addressOf(r), Did: did, What: what}
}

// entriesShown is how much of the audit log a page shows.
const entriesShown = 100

// auditPage is templates/audit.html: who changed what, newest first.
type auditPage struct {
	frame
	Entries []auditRow
	Older   string // address of the page before this one
}

// auditRow is one entry.
type auditRow struct {
	Number        uint64
	At            stamp
	Who, From     string
	Did, What     string
	Before, After string
}

func (s *Server) auditPage(r *http.Request) (framed, error) {
	before, err := strconv.ParseUint(r.FormValue("before"), 10, 64)
	if err != nil {
		before = 0
	}
	log, err := s.Store.AuditLog(r.Context(), before, entriesShown)
	p := &auditPage{frame: frame{Title: s.say("Audit log"), Section: "audit"}}
	for _, e := range log {
		p.Entries = append(p.Entries, auditRow{
			Number: e.Number, At: s.stamp(e.At), Who: oneLine(e.Who, 64), From: oneLine(e.From, 60), Did: oneLine(e.Did, 80), What: oneLine(e.What, 200),
			Before: oneLine(e.Before, 12), After: oneLine(e.After, 12),
		})
	}
	if len(log) == entriesShown && log[len(log)-1].Number > 1 {
		p.Older = "/audit?" + url.Values{"before": {strconv.FormatUint(log[len(log)-1].Number, 10)}}.Encode()
	}
	return p, err
}
