package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"silkwire/account"
	"silkwire/people"
)

// The cookie of a session. Browsers take the long name only over TLS, for this
// host and for all of its paths; the plain one is for this machine alone.
const (
	guardedCookie = "__Host-session"
	plainCookie   = "session"
)

func (s *Server) cookieName(r *http.Request) string {
	if s.overTLS(r) {
		return guardedCookie
	}
	return plainCookie
}

// overTLS reports whether the browser that asks speaks TLS: to us, or to a
// proxy before us.
func (s *Server) overTLS(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	if s.trusts(peer(r)) && r.Header.Get("X-Forwarded-Proto") != "" {
		return r.Header.Get("X-Forwarded-Proto") == "https"
	}
	u, err := url.Parse(s.BaseURL)
	return err == nil && u.Scheme == "https" && hostName(u.Host) == hostName(r.Host)
}

// admit gives a browser its session. One that it had before ends.
func (s *Server) admit(w http.ResponseWriter, r *http.Request, secret string) {
	s.dropSession(r)
	s.setCookie(w, r, &http.Cookie{Value: secret, MaxAge: int(account.SessionLife.Seconds())})
}

func (s *Server) setCookie(w http.ResponseWriter, r *http.Request, c *http.Cookie) {
	c.Name, c.Path, c.Secure, c.HttpOnly, c.SameSite = s.cookieName(r), "/", s.overTLS(r), true, http.SameSiteLaxMode
	http.SetCookie(w, c)
}

// dropSession ends the session that a browser shows.
func (s *Server) dropSession(r *http.Request) {
	v := visitorOf(r)
	if v.Pass.Kind != account.Session {
		return
	}
	var gone people.Refusal
	if err := s.People.End(r.Context(), s.by(r), v.Name, v.Pass.Handle()); err != nil && !errors.As(err, &gone) {
		s.Log.Error("a session could not be ended", "request", idOf(r), "error", err)
	}
}

// by is who asks, for the audit log.
func (s *Server) by(r *http.Request) people.By {
	return people.By{Name: visitorOf(r).Name, From: s.addressOf(r)}
}

// refuseInClear refuses passwords where others could read them.
func (s *Server) refuseInClear(r *http.Request) error {
	if s.overTLS(r) || isLoopback(hostName(r.Host)) || s.InClear {
		return nil
	}
	return failure{Code: http.StatusForbidden, Kind: "needs_tls", Detail: "Passwords are taken over https only, or on the machine itself."}
}

// ownPath returns where to go on to: a path of this site, "/" for anything
// that could lead elsewhere.
func ownPath(next string) string {
	low := strings.ToLower(next)
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t\x00") || strings.Contains(low, "%5c") || strings.HasPrefix(low, "/%2f") {
		return "/"
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") {
		return "/"
	}
	return u.RequestURI()
}

// browserName is what a list of sessions calls a browser: its name and system.
func browserName(agent string) string {
	name, system := "", ""
	for _, b := range [][2]string{{"Firefox/", "Firefox"}, {"Edg/", "Edge"}, {"OPR/", "Opera"}, {"YaBrowser/", "Yandex"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}} {
		if name == "" && strings.Contains(agent, b[0]) {
			name = b[1]
		}
	}
	for _, o := range [][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"Linux", "Linux"}} {
		if system == "" && strings.Contains(agent, o[0]) {
			system = o[1]
		}
	}
	switch {
	case name == "":
		return "another browser"
	case system == "":
		return name
	}
	return name + " on " + system
}
