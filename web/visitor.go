package web

import (
	"context"
	"mime"
	"net"
	"net/http"
	"strings"
	"sync"

	"silkwire/account"
)

// visitor is who asks.
type visitor struct {
	Name string // of the user; "" for somebody whom nobody has named
	Role account.Role
}

// demoUser is whom the demo takes everybody for who reaches it.
const demoUser = "demo"

// identify finds out who asks. A request gets this far only when it came under
// one of our own names and from no other site (see [Server.guarded]).
func (s *Server) identify(*http.Request) (visitor, error) {
	if s.Demo {
		return visitor{Name: demoUser, Role: account.Analyst}, nil
	}
	return visitor{Role: account.Viewer}, nil
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
			s.refuse(w, r, failure{Code: http.StatusUnsupportedMediaType, Kind: "content_type", Detail: "The body must be " + strings.Join(kinds, " or ") + "."})
			return
		}
		rt.handler(w, r)
	}
}

// deny says to a visitor what is missing.
func (s *Server) deny(w http.ResponseWriter, r *http.Request, v visitor, least account.Role) {
	if v.Name == "" {
		w.Header().Set("WWW-Authenticate", `Bearer realm="silkwire"`)
		s.refuse(w, r, failure{Code: http.StatusUnauthorized, Kind: "sign_in", Detail: "This needs somebody with the role of " + string(least) + "."})
		return
	}
	s.refuse(w, r, failure{Code: http.StatusForbidden, Kind: "role", Detail: "This needs the role of " + string(least) + "; yours is " + string(v.Role) + "."})
}

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
	if err != nil {
		return false
	}
	for _, k := range kinds {
		if k == kind {
			return true
		}
	}
	return false
}

// addressOf is the address that a request came from.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
