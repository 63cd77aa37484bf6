package web

import (
	"io"
	"net/http"
)

// A mail's own HTML has styles of its own, which no page of the site may have.
// It is shown inside a frame without any right, under a policy of its own.
const (
	mailPolicy    = "sandbox; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
	framingPolicy = policy + "; frame-src 'self'"
)

// mailView answers /mails/{id} with an edition as a mail shows it.
func (s *Server) mailView(w http.ResponseWriter, r *http.Request) {
	e, err := s.Store.Edition(r.Context(), r.PathValue("id"))
	if err == nil && s.Mail == nil {
		err = failure{Code: http.StatusNotFound, Kind: "not_found"}
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	html, err := s.Mail(e)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", mailPolicy)
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, html)
}

// framing lets a page hold a frame of our own.
func framing(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("as") == "mail" {
			w.Header().Set("Content-Security-Policy", framingPolicy)
		}
		next(w, r)
	}
}
