package web

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"silkwire/account"
)

// as makes everybody who asks a server the same visitor.
func as(s *Server, v visitor) *Server {
	s.who = func(*http.Request) (visitor, error) { return v, nil }
	return s
}

// open are the routes that need nobody's name, and why. Everything else is
// closed: a route comes into this list by a decision.
var open = map[string]string{
	"GET /livez":             "a probe",
	"GET /healthz":           "a probe",
	"GET /readyz":            "a probe",
	"GET /static/{file}":     "style and script of the sign-in page",
	"GET /sign-in":           "where one signs in",
	"POST /sign-in":          "asks for a password",
	"POST /sign-out":         "takes away only what the browser shows",
	"GET /sign-in/elsewhere": "leads to the provider",
	"GET /sign-in/return":    "asks the provider who it is",
	"GET /setup":             "asks for the set-up token",
	"POST /setup":            "asks for the set-up token",
	"POST /language":         "keeps in the browser in which language its reader reads",

	"GET /unsubscribe/{token}":  "a reader of a digest need not be a user; the token proves who she is",
	"POST /unsubscribe/{token}": "mail programs have no session (RFC 8058)",
}

func TestEachRouteTakesThoseWhoHaveItsRole(t *testing.T) { // X27, section 5, 10
	s := serve(t, full())
	routes := s.table()
	if len(routes) < 15 {
		t.Fatalf("only %d routes", len(routes))
	}
	for _, rt := range routes {
		if open[rt.pattern] != "" {
			continue // and tells apart in its own way
		}
		method, path := addressFor(t, rt)
		for _, role := range append(account.Roles(), account.Nobody) {
			v := visitor{Role: role}
			if role != account.Nobody {
				v.Name = "somebody"
			}
			w := get(as(s, v), path, func(r *http.Request) { r.Method = method })
			led := strings.HasPrefix(w.Header().Get("Location"), "/sign-in?next=")
			refused := w.Code == http.StatusUnauthorized || w.Code == http.StatusForbidden || led
			if through := role.Allows(rt.role); through == refused {
				t.Errorf("%s for %q: status %d", rt.pattern, role, w.Code)
			}
			if role == account.Nobody && refused && !led && (w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") == "") {
				t.Errorf("%s for nobody: status %d, WWW-Authenticate %q", rt.pattern, w.Code, w.Header().Get("WWW-Authenticate"))
			}
		}
	}
}

func TestNothingIsOpenThatWasNotDecided(t *testing.T) { // deny by default
	for _, rt := range serve(t, full()).table() {
		method, _, _ := strings.Cut(rt.pattern, " ")
		if why := open[rt.pattern]; (rt.role == account.Nobody) != (why != "") {
			t.Errorf("%s needs the role %q, and the list of open routes says %q", rt.pattern, rt.role, why)
		}
		if method != "GET" && open[rt.pattern] == "" && !rt.role.Allows(account.Analyst) && !strings.HasPrefix(rt.pattern, "POST /account/") && rt.pattern != "POST /language" {
			t.Errorf("%s changes something, and a viewer may", rt.pattern)
		}
	}
}

func TestWhoAsksIsTheDemosAnalystOrAViewer(t *testing.T) {
	var got visitor
	ask := func(change ...func(*Options)) visitor {
		s := serve(t, full(), change...)
		mux := http.NewServeMux()
		mux.HandleFunc("GET /{$}", func(_ http.ResponseWriter, r *http.Request) { got = visitorOf(r) })
		s.handler = s.guarded(mux)
		get(s, "/")
		return got
	}
	if v := ask(func(o *Options) { o.Demo = true }); v != (visitor{Name: "demo", Role: account.Analyst}) {
		t.Errorf("in the demo %+v", v)
	}
	if v := ask(); v != (visitor{Role: account.Viewer}) {
		t.Errorf("on loopback without users %+v", v)
	}
}

func TestTheAPITakesJSONAndPagesTakeForms(t *testing.T) { // X6
	s := as(serve(t, full()), visitor{Name: "a", Role: account.Analyst})
	mux := http.NewServeMux()
	for _, path := range []string{"/api/v1/things", "/things"} {
		mux.HandleFunc("POST "+path, s.allowed(route{"POST " + path, account.Analyst, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }}))
	}
	s.handler = s.guarded(mux)
	for _, c := range []struct {
		path, kind, body string
		want             int
	}{
		{"/api/v1/things", "application/json", "{}", 204},
		{"/api/v1/things", "application/json; charset=utf-8", "{}", 204},
		{"/api/v1/things", "", "", 204},
		{"/api/v1/things", "text/plain", "{}", 415},
		{"/api/v1/things", "application/x-www-form-urlencoded", "a=b", 415},
		{"/api/v1/things", "multipart/form-data; boundary=x", "--x--", 415},
		{"/api/v1/things", "", "{}", 415},
		{"/api/v1/things", "application/json, text/plain", "{}", 415},
		{"/things", "application/x-www-form-urlencoded", "a=b", 204},
		{"/things", "multipart/form-data; boundary=x", "--x--", 204},
		{"/things", "text/plain", "a=b", 415},
		{"/things", "application/json", "{}", 415},
	} {
		w := get(s, c.path, func(r *http.Request) {
			r.Method, r.Body, r.ContentLength = "POST", io.NopCloser(strings.NewReader(c.body)), int64(len(c.body))
			r.Header.Set("Content-Type", c.kind)
		})
		if w.Code != c.want {
			t.Errorf("%q as %q to %s: status %d, want %d", c.body, c.kind, c.path, w.Code, c.want)
		}
	}
}
