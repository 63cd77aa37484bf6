package web

import (
	"context"
	"errors"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"

	"silkwire/account"
	"silkwire/people"
	"silkwire/store"
)

// visitor is who asks.
type visitor struct {
	Name string // of the user; "" for somebody whom nobody has named
	Role account.Role
	Pass account.Pass // what was shown; zero in the demo and behind a proxy that signs in

	Language string // of the account; "": none was chosen
}

// User reports whether the visitor has an account.
func (v visitor) User() bool { return v.Name != "" && v.Name != demoUser }

// demoUser is whom the demo takes everybody for who reaches it.
const demoUser = "demo"

// identify finds out who asks. A request gets this far only when it came under
// one of our own names and from no other site (see [Server.guarded]). A token
// counts alone: who shows one has no cookie.
func (s *Server) identify(r *http.Request) (visitor, error) {
	if token, shown := bearer(r); shown {
		return s.byToken(r, token)
	}
	if name := s.proxied(r); name != "" {
		return s.byProxy(r, name)
	}
	if c, err := r.Cookie(s.cookieName(r)); err == nil {
		p, u, err := s.People.Recognise(r.Context(), account.Session, c.Value, s.addressOf(r))
		if err == nil {
			return visitor{Name: u.Name, Role: p.Role(u), Pass: p, Language: u.Language}, nil
		}
		if !errors.Is(err, store.ErrNotFound) {
			return visitor{}, err
		}
	}
	return s.stranger(r)
}

// stranger is who shows nothing: in the demo its analyst; where nobody has an
// account, and the archive is reached from its own machine only, a viewer; and
// nobody otherwise.
func (s *Server) stranger(r *http.Request) (visitor, error) {
	if s.Demo {
		return visitor{Name: demoUser, Role: account.Analyst}, nil
	}
	if s.SignIn || !isLoopback(hostName(r.Host)) {
		return visitor{}, nil
	}
	somebody, err := s.People.Anybody(r.Context())
	if err != nil || somebody {
		return visitor{}, err
	}
	return visitor{Role: account.Viewer}, nil
}

// bearer returns the token of a request to what programs read.
func bearer(r *http.Request) (token string, shown bool) {
	if !forPrograms(r.URL.Path) {
		return "", false
	}
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), strings.EqualFold(kind, "Bearer")
}

func forPrograms(path string) bool {
	return strings.HasPrefix(path, "/api/") || path == "/metrics" || path == "/version"
}

func (s *Server) byToken(r *http.Request, token string) (visitor, error) {
	bad := failure{Code: http.StatusUnauthorized, Kind: "bad_token", Detail: "The token is mistyped, expired or revoked, or its user is disabled."}
	if !account.IsToken(token) {
		return visitor{}, bad
	}
	p, u, err := s.People.Recognise(r.Context(), account.Token, token, s.addressOf(r))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return visitor{}, bad
	case err != nil:
		return visitor{}, err
	}
	return visitor{Name: u.Name, Role: p.Role(u), Pass: p, Language: u.Language}, nil
}

// proxied is the user that a trusted proxy names; what anybody else says of
// that is not heard.
func (s *Server) proxied(r *http.Request) string {
	if s.ProxyHeader == "" || !s.trusts(peer(r)) {
		return ""
	}
	return r.Header.Get(s.ProxyHeader)
}

func (s *Server) byProxy(r *http.Request, name string) (visitor, error) {
	u, err := s.People.Vouched(r.Context(), name)
	var no people.Refusal
	if errors.As(err, &no) {
		return visitor{}, failure{Code: http.StatusForbidden, Kind: "no_account", Detail: "You are signed in elsewhere under a name that has no account here, or one that is disabled. An admin can add it."}
	}
	return visitor{Name: u.Name, Role: u.Role, Language: u.Language}, err
}

// visitorKey is where a request keeps the answer to who asks; it is found when
// it is needed, and once.
type visitorKey struct{}

func (s *Server) withVisitor(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := sync.OnceValues(func() (visitor, error) { return s.who(r) })
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitorKey{}, who)))
	})
}

// asker returns who asks, or why that cannot be told.
func asker(r *http.Request) (visitor, error) {
	who, ok := r.Context().Value(visitorKey{}).(func() (visitor, error))
	if !ok {
		return visitor{}, nil
	}
	return who()
}

// visitorOf returns who asks; nobody, where that cannot be told.
func visitorOf(r *http.Request) visitor {
	v, err := asker(r)
	if err != nil {
		return visitor{}
	}
	return v
}

// allowed lets through to a route who has the role for it, with a body of the
// kind it takes.
func (s *Server) allowed(rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if rt.role != account.Nobody {
			v, err := asker(r)
			if err != nil {
				s.fail(w, r, err)
				return
			}
			if !v.Role.Allows(rt.role) {
				s.deny(w, r, v, rt.role)
				return
			}
		}
		if kinds := takes(r); !bodyIs(r, kinds...) {
			s.refuse(w, r, failure{Code: http.StatusUnsupportedMediaType, Kind: "content_type", Detail: "The body must be %s.", Args: []any{strings.Join(kinds, ", ")}})
			return
		}
		rt.handler(w, r)
	}
}

// deny says to a visitor what is missing. Whoever opens a page without having
// signed in is led to where that is done, and from there back.
func (s *Server) deny(w http.ResponseWriter, r *http.Request, v visitor, least account.Role) {
	s.counts.denied.Add(1)
	switch {
	case v.Name != "":
		s.refuse(w, r, failure{Code: http.StatusForbidden, Kind: "role", Detail: "This needs the role of %s; yours is %s.", Args: []any{roleWord(least), roleWord(v.Role)}})
	case v.Role != account.Nobody:
		s.refuse(w, r, failure{Code: http.StatusUnauthorized, Kind: "no_users", Detail: "This needs a user, and there are none yet. Make one with “silkwire user add NAME --role admin”, or with the set-up token that the log shows at the start."})
	case isPage(r) && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		http.Redirect(w, r, "/sign-in?"+url.Values{"next": {r.URL.RequestURI()}}.Encode(), http.StatusSeeOther)
	default:
		s.refuse(w, r, failure{Code: http.StatusUnauthorized, Kind: "sign_in", Detail: "Sign in first, or show a token: Authorization: Bearer silkwire_…"})
	}
}

// isPage reports whether people look at what is asked for.
func isPage(r *http.Request) bool { return !forPrograms(r.URL.Path) && !isProbe(r.URL.Path) }

// takes are the content types that the body of a request may have: JSON for
// the API, a form for pages. What another site's page can send without asking
// is none of the API's.
func takes(r *http.Request) []string {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		return []string{"application/json"}
	}
	return []string{"application/x-www-form-urlencoded", "multipart/form-data"}
}

// bodyIs reports whether a request has no body, or one of the given types.
func bodyIs(r *http.Request, kinds ...string) bool {
	if r.ContentLength == 0 {
		return true
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && slices.Contains(kinds, kind)
}

// peer is the address at the other end of the connection.
func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func (s *Server) trusts(address string) bool {
	ip, err := netip.ParseAddr(address)
	return err == nil && slices.ContainsFunc(s.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(ip.Unmap().WithZone("")) })
}

// addressOf is the address that a request came from. What X-Forwarded-For says
// counts as far as trusted proxies have written it.
func (s *Server) addressOf(r *http.Request) string {
	at := peer(r)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.trusts(at); i-- {
		ip, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		at = ip.Unmap().String()
	}
	return at
}
