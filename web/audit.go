package web

import (
	"net/http"

	"silkwire/account"
)

// audit writes down that whoever asks has changed something: "accept", "tag
// china of item 3f2a", what it was before and what it is now (nil where there
// was or is nothing). Of the two only hashes are kept.
func (s *Server) audit(r *http.Request, did, what string, before, after any) {
	e := s.entry(r, did, what)
	e.Before, e.After = account.Hash(before), account.Hash(after)
	if err := s.Store.Audit(r.Context(), e); err != nil {
		s.Log.Error("the audit log could not be written", "request", idOf(r), "who", e.Who, "did", did, "what", what, "error", err)
	}
}

// entry begins a line of the audit log.
func (s *Server) entry(r *http.Request, did, what string) account.Entry {
	return account.Entry{At: s.Now(), Who: visitorOf(r).Name, From: addressOf(r), Did: did, What: what}
}
