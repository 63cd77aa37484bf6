package web

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
)

// policy forbids everything but our own files: no inline code, nobody else's
// frames, no request to anywhere else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"

const permissions = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"

// maxBody is the largest body of a request that is read.
const maxBody = 1 << 20

// guarded puts around the routes what holds for every request, outermost first:
// an id and the headers, a panic caught, the host's name, the origin, and only
// then who asks.
func (s *Server) guarded(h http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	origin.AddInsecureBypassPattern("POST " + unsubscribePath + "{token}") // mail programs come from anywhere
	origin.SetDenyHandler(http.HandlerFunc(s.refuseOrigin))
	h = s.withVisitor(h)
	h = s.onlyLed(h)
	h = origin.Handler(h)
	h = s.onlyOurHosts(h)
	h = s.recovered(h)
	h = http.MaxBytesHandler(h, maxBody)
	return s.withHeaders(h)
}

type requestID struct{}

// idOf returns the id under which a request stands in the log.
func idOf(r *http.Request) string {
	id, _ := r.Context().Value(requestID{}).(string)
	return id
}

func (s *Server) withHeaders(next http.Handler) http.Handler {
	secure := strings.HasPrefix(s.BaseURL, "https://")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()[:12]
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", permissions)
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Request-Id", id)
		if secure || r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestID{}, id)))
	})
}

// recovered turns a panic of a handler into an error page; the stack goes to
// the log only. Pages are written when they are complete, so that the header
// has not gone out by then.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			}
			s.counts.panics.Add(1)
			s.Log.Error("a request panicked", "request", idOf(r), "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
			s.refuse(w, r, failure{Code: http.StatusInternalServerError, Kind: "internal"})
		}()
		next.ServeHTTP(w, r)
	})
}

// onlyOurHosts answers only to names that are known to be ours: a page of a
// stranger whose name suddenly resolves to this machine is sent away.
func (s *Server) onlyOurHosts(next http.Handler) http.Handler {
	allowed := s.allowedHosts()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := hostName(r.Host)
		if !isLoopback(host) && !slices.Contains(allowed, host) {
			s.counts.foreignHost.Add(1)
			s.refuse(w, r, failure{Code: http.StatusMisdirectedRequest, Kind: "foreign_host",
				Detail: "This server does not answer to the name it was called by. Use its own address, or set base_url to the name it should answer to."})
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) allowedHosts() []string {
	var list []string
	add := func(host string) {
		if ip, err := netip.ParseAddr(host); host != "" && (err != nil || !ip.IsUnspecified()) {
			list = append(list, host)
		}
	}
	if u, err := url.Parse(s.BaseURL); err == nil {
		add(hostName(u.Host))
	}
	add(hostName(s.Listen))
	for _, h := range s.Hosts {
		add(hostName(h))
	}
	return list
}

// hostName returns a host without its port, brackets and letter case.
func hostName(hostport string) string {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

func (s *Server) refuseOrigin(w http.ResponseWriter, r *http.Request) {
	s.counts.crossOrigin.Add(1)
	s.Log.Warn("a request from another site was refused", "request", idOf(r), "method", r.Method, "path", r.URL.Path)
	s.refuse(w, r, failure{Code: http.StatusForbidden, Kind: "cross_origin", Detail: "The request came from a page of another site."})
}

// onlyLed lets pages of other sites lead people here, and load nothing from
// here: neither a picture or a script, nor a page in a frame. Browsers say which
// it is; programs say nothing.
func (s *Server) onlyLed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reads := r.Method == http.MethodGet || r.Method == http.MethodHead // what writes was judged before
		site, led := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
		if reads && (site == "cross-site" || site == "same-site") && !led {
			s.refuseOrigin(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// known404 answers for addresses that are not there, and for methods that an
// address does not take, in our own words.
func (s *Server) known404(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		verdict := &headerOnly{header: http.Header{}, code: http.StatusNotFound}
		h.ServeHTTP(verdict, r)
		if allow := verdict.header.Get("Allow"); allow != "" {
			w.Header().Set("Allow", allow)
			s.refuse(w, r, failure{Code: http.StatusMethodNotAllowed, Kind: "method", Detail: "This address takes %s only.", Args: []any{allow}})
			return
		}
		s.refuse(w, r, failure{Code: http.StatusNotFound, Kind: "not_found"})
	})
}

// headerOnly keeps what a handler says in its header.
type headerOnly struct {
	header http.Header
	code   int
}

func (h *headerOnly) Header() http.Header         { return h.header }
func (h *headerOnly) WriteHeader(code int)        { h.code = code }
func (h *headerOnly) Write(b []byte) (int, error) { return len(b), nil }
