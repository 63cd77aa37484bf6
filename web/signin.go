package web

import (
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"silkwire/account"
	"silkwire/people"
)

// signInPage is templates/sign-in.html.
type signInPage struct {
	frame
	Next    string
	Name    string
	Mistake string
	Empty   bool   // there are no users yet
	Through string // the name of another service to sign in with
}

func (s *Server) signInPage(r *http.Request) (framed, error) {
	return s.signInForm(r, r.FormValue("next"))
}

func (s *Server) signInForm(r *http.Request, next string) (*signInPage, error) {
	somebody, err := s.People.Anybody(r.Context())
	p := &signInPage{frame: frame{Title: s.say("Sign in")}, Next: ownPath(next), Empty: !somebody}
	if s.Elsewhere != nil {
		p.Through = s.ElsewhereName
	}
	return p, err
}

// signIn takes name and password.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request) {
	if err := errors.Join(s.refuseInClear(r), readForm(r)); err != nil {
		s.fail(w, r, err)
		return
	}
	name, next := r.PostFormValue("name"), r.PostFormValue("next")
	secret, err := s.People.SignIn(r.Context(), name, r.PostFormValue("password"), s.addressOf(r), browserName(r.UserAgent()))
	if err == nil {
		s.admit(w, r, secret)
		http.Redirect(w, r, ownPath(next), http.StatusSeeOther)
		return
	}
	code, says, known := s.notAdmitted(w, r, name, err)
	if !known {
		s.fail(w, r, err)
		return
	}
	p, err := s.signInForm(r, next)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	p.Code, p.Name, p.Mistake = code, oneLine(name, 64), says
	if code == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", challenge(failure{}))
	}
	s.writePage(w, r, "sign-in", p)
}

// notAdmitted says why somebody is not let in, and writes the line that tools
// such as fail2ban look for. What was typed is not in it: it may be a password
// in the wrong field.
func (s *Server) notAdmitted(w http.ResponseWriter, r *http.Request, name string, err error) (code int, says string, known bool) {
	var wait *people.WaitError
	switch {
	case errors.As(err, &wait):
		s.counts.throttled.Add(1)
		retryAfter(w, wait.For)
		code, says = http.StatusTooManyRequests, s.say("Too many attempts. Try again in %s.", s.inTime(wait.For))
	case errors.Is(err, account.ErrBusy):
		retryAfter(w, 5*time.Second)
		return http.StatusServiceUnavailable, s.say("Too many people sign in at this moment. Try again in a few seconds."), true
	case errors.Is(err, people.ErrWrong):
		code, says = http.StatusUnauthorized, s.say("The name or the password is wrong.")
	default:
		return 0, "", false
	}
	s.counts.signInFailed.Add(1)
	who := slog.String("user", "unknown")
	if u, err := s.People.Vouched(r.Context(), name); err == nil {
		who = slog.String("user", u.Name)
	}
	s.Log.Warn("sign-in failed", "address", s.addressOf(r), who, "request", idOf(r))
	return code, says, true
}

func retryAfter(w http.ResponseWriter, d time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(d.Seconds())))))
}

func (s *Server) inTime(d time.Duration) string {
	if d > time.Minute {
		return s.say("%d minutes", int(math.Ceil(d.Minutes())))
	}
	return s.say("%d seconds", max(1, int(math.Ceil(d.Seconds()))))
}

// readForm reads the body of a form.
func readForm(r *http.Request) error {
	var large *http.MaxBytesError
	err := r.ParseForm()
	switch {
	case errors.As(err, &large):
		return failure{Code: http.StatusRequestEntityTooLarge, Kind: "too_large", Detail: "The request is larger than this address takes."}
	case err != nil:
		return failure{Code: http.StatusBadRequest, Kind: "bad_form", Detail: "The form cannot be read."}
	}
	return nil
}

// signOut ends the session.
func (s *Server) signOut(w http.ResponseWriter, r *http.Request) {
	s.dropSession(r)
	s.setCookie(w, r, &http.Cookie{MaxAge: -1})
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}

// setupPage is templates/setup.html: how the first admin comes about.
type setupPage struct {
	frame
	Token, Name string
	Mistake     string
}

func (s *Server) setupPage(r *http.Request) (framed, error) {
	somebody, err := s.People.Anybody(r.Context())
	if err == nil && somebody {
		err = failure{Code: http.StatusNotFound, Kind: "not_found", Detail: "%s", Args: []any{s.sentence(people.ErrNoSetup)}}
	}
	return &setupPage{frame: frame{Title: s.say("Set up Silkwire")}}, err
}

// setUp makes whoever has the token from the log the first admin.
func (s *Server) setUp(w http.ResponseWriter, r *http.Request) {
	if err := errors.Join(s.refuseInClear(r), readForm(r)); err != nil {
		s.fail(w, r, err)
		return
	}
	p := &setupPage{frame: frame{Title: s.say("Set up Silkwire")}, Token: oneLine(r.PostFormValue("token"), 64), Name: oneLine(r.PostFormValue("name"), 64)}
	secret, err := s.People.SetUp(r.Context(), r.PostFormValue("token"), r.PostFormValue("name"), r.PostFormValue("password"), s.addressOf(r), browserName(r.UserAgent()))
	if err == nil {
		s.admit(w, r, secret)
		http.Redirect(w, r, "/people", http.StatusSeeOther)
		return
	}
	var no people.Refusal
	if !errors.As(err, &no) {
		s.fail(w, r, err)
		return
	}
	p.Code, p.Mistake = http.StatusBadRequest, s.sentence(no)
	s.writePage(w, r, "setup", p)
}
