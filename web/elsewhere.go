package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"silkwire/people"
)

// Elsewhere signs people in with another service.
type Elsewhere interface {
	// Begin returns where to send the browser, and what it keeps until it
	// comes back; then it goes on to next.
	Begin(ctx context.Context, next string) (to, keep string, err error)

	// End returns the name that the service vouches for.
	End(ctx context.Context, keep string, answer url.Values) (name, next string, err error)
}

// ReturnPath is where the other service sends people back to.
const ReturnPath = "/sign-in/return"

// What a browser keeps while it is elsewhere, and how long.
const (
	guardedTrip = "__Host-trip"
	plainTrip   = "trip"
	tripTime    = 10 * time.Minute
	tripAnswer  = 20 * time.Second
)

func (s *Server) tripCookie(r *http.Request, keep string, age int) *http.Cookie {
	c := &http.Cookie{Name: plainTrip, Value: keep, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if s.overTLS(r) {
		c.Name, c.Secure = guardedTrip, true
	}
	return c
}

// goElsewhere sends the browser to the other service.
func (s *Server) goElsewhere(w http.ResponseWriter, r *http.Request) {
	if err := s.refuseInClear(r); err != nil {
		s.fail(w, r, err)
		return
	}
	ctx, stop := context.WithTimeout(r.Context(), tripAnswer)
	defer stop()
	to, keep, err := s.Elsewhere.Begin(ctx, ownPath(r.FormValue("next")))
	if err != nil {
		s.notVouched(w, r, err)
		return
	}
	http.SetCookie(w, s.tripCookie(r, keep, int(tripTime.Seconds())))
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// comeBack lets those in whom the other service vouches for.
func (s *Server) comeBack(w http.ResponseWriter, r *http.Request) {
	ctx, stop := context.WithTimeout(r.Context(), tripAnswer)
	defer stop()
	keep := ""
	if c, err := r.Cookie(s.tripCookie(r, "", 0).Name); err == nil {
		keep = c.Value
	}
	http.SetCookie(w, s.tripCookie(r, "", -1))
	name, next, err := s.Elsewhere.End(ctx, keep, r.URL.Query())
	if err != nil {
		s.notVouched(w, r, err)
		return
	}
	secret, err := s.People.Admit(ctx, name, s.addressOf(r), browserName(r.UserAgent()), s.ElsewhereName)
	if err != nil {
		s.notVouched(w, r, err)
		return
	}
	s.admit(w, r, secret)
	http.Redirect(w, r, ownPath(next), http.StatusSeeOther)
}

// notVouched says why somebody is not let in through the other service.
func (s *Server) notVouched(w http.ResponseWriter, r *http.Request, err error) {
	s.counts.signInFailed.Add(1)
	s.Log.Warn("sign-in failed", "address", s.addressOf(r), slog.String("user", "unknown"), "through", s.ElsewhereName, "request", idOf(r), "error", err)
	says := s.say("Signing in with %s did not work; the log says why, under request %s.", s.ElsewhereName, idOf(r))
	var plain interface{ PlainWords() string }
	var no people.Refusal
	switch {
	case errors.As(err, &plain):
		says = s.sentence(errors.New(plain.PlainWords()))
	case errors.As(err, &no):
		says = s.say("You are signed in over there, but have no account here, or one that is disabled. An admin can add it.")
	}
	p, formErr := s.signInForm(r, "/")
	if formErr != nil {
		s.fail(w, r, formErr)
		return
	}
	p.Code, p.Mistake = http.StatusForbidden, says
	s.writePage(w, r, "sign-in", p)
}
