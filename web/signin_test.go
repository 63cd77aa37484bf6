package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"silkwire/account"
	"silkwire/people"
	"silkwire/store/bolt"
)

const (
	goodPassword  = "caravan saddle melon wind"
	otherPassword = "twelve copper kettles sing"
)

// desk is a server over an archive with accounts, and a browser before it.
type desk struct {
	*Server
	t       *testing.T
	archive *bolt.Store
	now     time.Time
	log     bytes.Buffer
	jar     map[string]*http.Cookie
	host    string
	from    string
	header  http.Header
}

func newDesk(t *testing.T, change ...func(*Options)) *desk {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "silkwire.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	d := &desk{t: t, archive: s, now: noon, jar: map[string]*http.Cookie{}, host: "127.0.0.1:8080", from: "127.0.0.1:5555", header: http.Header{}}
	d.Server = serve(t, full(), append([]func(*Options){func(o *Options) {
		o.Store, o.Now, o.Log = s, func() time.Time { return d.now }, slog.New(slog.NewTextHandler(&d.log, nil))
	}}, change...)...)
	return d
}

func (d *desk) user(name string, role account.Role) *desk {
	d.t.Helper()
	if _, err := d.People.Add(context.Background(), people.By{Name: "root"}, name, role, goodPassword); err != nil {
		d.t.Fatal(err)
	}
	return d
}

// token makes a token of a user.
func (d *desk) token(name string, scope account.Scope) string {
	d.t.Helper()
	secret, _, err := d.People.NewToken(context.Background(), people.By{Name: "root"}, name, "test", scope, time.Hour)
	if err != nil {
		d.t.Fatal(err)
	}
	return secret
}

// ask sends a request as the browser does, and keeps the cookies of the answer.
func (d *desk) ask(method, path string, form url.Values) *httptest.ResponseRecorder {
	d.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, "http://"+d.host+path, body)
	r.Host, r.RemoteAddr = d.host, d.from
	for name := range d.header {
		r.Header[name] = d.header[name]
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for _, c := range d.jar {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	d.Handler().ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if d.jar[c.Name] = c; c.MaxAge < 0 {
			delete(d.jar, c.Name)
		}
	}
	return w
}

func (d *desk) get(path string) *httptest.ResponseRecorder { return d.ask("GET", path, nil) }

func (d *desk) post(path string, fields ...string) *httptest.ResponseRecorder {
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return d.ask("POST", path, form)
}

func (d *desk) signIn(name, password string) *httptest.ResponseRecorder {
	return d.post("/sign-in", "name", name, "password", password, "next", "/concepts")
}

func (d *desk) wants(w *httptest.ResponseRecorder, code int, words ...string) {
	d.t.Helper()
	if w.Code != code {
		d.t.Errorf("status %d, want %d: %s", w.Code, code, parsed(d.t, w).text())
		return
	}
	if len(words) > 0 {
		parsed(d.t, w).says(d.t, words...)
	}
}

// session is the only cookie of the browser.
func (d *desk) session() *http.Cookie {
	d.t.Helper()
	for _, c := range d.jar {
		return c
	}
	d.t.Fatal("there is no cookie")
	return nil
}

func TestWithUsersNobodyReadsWithoutSigningIn(t *testing.T) { // section 5, 1
	d := newDesk(t).user("amina", account.Analyst)
	for _, rt := range d.table() {
		method, path := addressFor(t, rt)
		if rt.role == account.Nobody {
			continue
		}
		w := d.ask(method, path, nil)
		led := w.Code == http.StatusSeeOther && strings.HasPrefix(w.Header().Get("Location"), "/sign-in?next=")
		if w.Code != http.StatusUnauthorized && !led {
			t.Errorf("%s: status %d", rt.pattern, w.Code)
		}
	}
	for _, path := range []string{"/livez", "/healthz", "/readyz", "/static/silkwire.css", "/sign-in"} {
		if w := d.get(path); w.Code != http.StatusOK {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
}

func TestSigningInLeadsBackAndTheCookieIsGuarded(t *testing.T) { // section 5, 7
	for name, c := range map[string]struct {
		host, want string
		secure     bool
	}{
		"on this machine":        {"127.0.0.1:8080", "session", false},
		"over TLS, by its name":  {"silkwire.example.org", "__Host-session", true},
		"on this machine, by v6": {"[::1]:8080", "session", false},
	} {
		d := newDesk(t).user("amina", account.Analyst)
		d.host = c.host
		if to := d.get("/items/x?y=1").Header().Get("Location"); to != "/sign-in?next=%2Fitems%2Fx%3Fy%3D1" {
			t.Errorf("%s: led to %q", name, to)
		}
		w := d.signIn("amina", goodPassword)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/concepts" {
			t.Fatalf("%s: status %d to %q", name, w.Code, w.Header().Get("Location"))
		}
		got := d.session()
		if got.Name != c.want || got.Secure != c.secure || !got.HttpOnly || got.SameSite != http.SameSiteLaxMode || got.Path != "/" || got.Domain != "" {
			t.Errorf("%s: the cookie is %+v", name, got)
		}
		d.wants(d.get("/"), 200, "amina", "Sign out")
	}
}

func TestAWrongPasswordIsToldAndLoggedWithoutWhatWasTyped(t *testing.T) { // X9; section 5, 15
	d := newDesk(t).user("amina", account.Analyst)
	d.from = "192.0.2.44:1234"
	w := d.signIn("my own password!", "whatever else it is")
	d.wants(w, http.StatusUnauthorized, "The name or the password is wrong.")
	d.signIn("amina", otherPassword)
	log := d.log.String()
	if !strings.Contains(log, `msg="sign-in failed" address=192.0.2.44 user=unknown`) || !strings.Contains(log, `msg="sign-in failed" address=192.0.2.44 user=amina`) {
		t.Errorf("the log says %s", log)
	}
	for _, secret := range []string{"my own password", "whatever", otherPassword} {
		if strings.Contains(log, secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
	if len(d.jar) > 0 || strings.Contains(w.Body.String(), "whatever") {
		t.Error("a cookie, or the password on the page")
	}
}

func TestGuessingEndsIn429WithRetryAfter(t *testing.T) { // X9
	d := newDesk(t).user("amina", account.Analyst)
	var w *httptest.ResponseRecorder
	for range 8 {
		if w = d.signIn("amina", otherPassword); w.Code == http.StatusTooManyRequests {
			break
		}
	}
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "1" {
		t.Errorf("status %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	d.now = d.now.Add(time.Second)
	if w := d.signIn("amina", goodPassword); w.Code != http.StatusSeeOther {
		t.Errorf("after the wait: status %d", w.Code)
	}
}

func TestASessionThatWasPlantedIsNotTakenOver(t *testing.T) { // X8
	d := newDesk(t).user("amina", account.Analyst).user("mallory", account.Viewer)
	d.signIn("mallory", goodPassword)
	planted := d.session().Value
	d.signIn("amina", goodPassword)
	if d.session().Value == planted {
		t.Fatal("the session keeps its id")
	}
	fresh := d.session().Value
	d.session().Value = planted
	if w := d.get("/"); w.Code != http.StatusSeeOther {
		t.Errorf("the planted one: status %d", w.Code)
	}
	for _, invented := range []string{"", "x", strings.Repeat("A", 43), account.Identify(fresh)} {
		d.jar["session"] = &http.Cookie{Name: "session", Value: invented}
		if w := d.get("/"); w.Code != http.StatusSeeOther {
			t.Errorf("%q: status %d", invented, w.Code)
		}
	}
	d.jar = map[string]*http.Cookie{"__Host-session": {Name: "__Host-session", Value: fresh}} // over http a page of another port could have set it
	if w := d.get("/"); w.Code != http.StatusSeeOther {
		t.Errorf("under the other name: status %d", w.Code)
	}
}

func TestSigningOutEndsTheSessionOnTheServer(t *testing.T) { // X8
	d := newDesk(t).user("amina", account.Analyst)
	d.signIn("amina", goodPassword)
	kept := *d.session()
	if w := d.post("/sign-out"); w.Code != http.StatusSeeOther || len(d.jar) != 0 {
		t.Errorf("status %d, cookies %v", w.Code, d.jar)
	}
	d.jar["session"] = &kept
	if w := d.get("/"); w.Code != http.StatusSeeOther {
		t.Errorf("the old cookie: status %d", w.Code)
	}
}

func TestAfterSigningInOneStaysOnThisSite(t *testing.T) { // X7
	d := newDesk(t).user("amina", account.Analyst)
	for next, want := range map[string]string{
		"/concepts": "/concepts", "/?q=a+b&all=1": "/?q=a+b&all=1", "/items/a%20b": "/items/a%20b", "": "/",
		"//evil.example": "/", `/\evil.example`: "/", "/%5cevil.example": "/", "/%5Cevil.example": "/", "https:evil.example": "/", "https://evil.example/": "/",
		"/\r\nLocation: https://evil.example": "/", "javascript:alert(1)": "/", "/\t/evil.example": "/", "///evil.example": "/", "evil.example": "/", "/%2fevil.example": "/", `\\evil.example`: "/", "/x\\..\\..//evil": "/",
	} {
		w := d.post("/sign-in", "name", "amina", "password", goodPassword, "next", next)
		if got := w.Header().Get("Location"); got != want {
			t.Errorf("%q leads to %q, want %q", next, got, want)
		}
		if got, _ := d.signInForm(httptest.NewRequest("GET", "/", nil), next); got.Next != want {
			t.Errorf("%q stands in the form as %q", next, got.Next)
		}
	}
}

func FuzzOwnPath(f *testing.F) { // X7: wherever it leads, it is this site
	for _, s := range []string{"/", "//evil.example", `/\evil.example`, "/%5cevil", "/a?b=//c", "https:evil", "/\t/x", "/.//evil.example"} {
		f.Add(s)
	}
	base, err := url.Parse("http://127.0.0.1:8080/sign-in")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, next string) {
		got := ownPath(next)
		u, err := base.Parse(got)
		if err != nil || u.Host != base.Host || u.Scheme != base.Scheme {
			t.Errorf("%q becomes %q, which leads to %v, %v", next, got, u, err)
		}
		if !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\\r\n\t") || ownPath(got) != got {
			t.Errorf("%q becomes %q", next, got)
		}
	})
}

func TestPasswordsAreTakenOverTLSOrOnThisMachineOnly(t *testing.T) {
	o := func(o *Options) { o.BaseURL, o.Hosts, o.SignIn = "", []string{"desk.internal"}, true }
	d := newDesk(t, o).user("amina", account.Analyst)
	d.host = "desk.internal"
	d.wants(d.signIn("amina", goodPassword), http.StatusForbidden, "over https only")
	open := newDesk(t, o, func(o *Options) { o.InClear = true }).user("amina", account.Analyst)
	open.host = "desk.internal"
	if w := open.signIn("amina", goodPassword); w.Code != http.StatusSeeOther || open.session().Name != "session" {
		t.Errorf("where the operator said so: status %d", w.Code)
	}
}

func TestCrossSiteSignInAndSignOutAreRefused(t *testing.T) { // X4
	d := newDesk(t).user("amina", account.Analyst)
	d.signIn("amina", goodPassword)
	for _, path := range []string{"/sign-in", "/sign-out", "/account/password", "/people", "/setup"} {
		r := httptest.NewRequest("POST", "http://127.0.0.1:8080"+path, strings.NewReader("name=amina&password="+goodPassword))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		r.AddCookie(d.session())
		w := httptest.NewRecorder()
		d.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusForbidden || w.Header().Get("Set-Cookie") != "" {
			t.Errorf("%s: status %d, Set-Cookie %q", path, w.Code, w.Header().Get("Set-Cookie"))
		}
	}
	d.wants(d.get("/"), 200, "amina")
}

func TestATokenIsForProgramsAndCookiesAreNotHeardBesideIt(t *testing.T) { // X11; section 5, 7
	d := newDesk(t).user("amina", account.Analyst)
	ask := func(path, authorization string) *httptest.ResponseRecorder {
		d.header.Set("Authorization", authorization)
		defer d.header.Del("Authorization")
		return d.get(path)
	}
	read := d.token("amina", account.ReadScope)
	for _, path := range []string{"/api/v1/items", "/metrics", "/version"} {
		if w := ask(path, "Bearer "+read); w.Code != http.StatusOK {
			t.Errorf("%s with a token: status %d", path, w.Code)
		}
		if w := ask(path, "bearer  "+read); w.Code != http.StatusOK {
			t.Errorf("%s, written otherwise: status %d", path, w.Code)
		}
	}
	if w := ask("/", "Bearer "+read); w.Code != http.StatusSeeOther {
		t.Errorf("a page with a token: status %d", w.Code)
	}
	d.signIn("amina", goodPassword)
	if w := d.get("/api/v1/items"); w.Code != http.StatusOK {
		t.Errorf("the API with a cookie: status %d", w.Code)
	}
	for _, bad := range []string{"Bearer", "Bearer x", "Bearer " + read + "x", "Bearer silkwire_" + strings.Repeat("0", 49), "Bearer " + d.session().Value} {
		w := ask("/api/v1/items", bad)
		if w.Code != http.StatusUnauthorized || !strings.Contains(w.Header().Get("WWW-Authenticate"), `error="invalid_token"`) || w.Header().Get("Content-Type") != "application/problem+json" || !strings.Contains(w.Body.String(), `"code":"bad_token"`) {
			t.Errorf("%q beside a good cookie: status %d, %v", bad, w.Code, w.Header())
		}
	}
	if err := d.People.SetDisabled(context.Background(), people.By{}, "amina", true); err != nil {
		t.Fatal(err)
	}
	if w := ask("/api/v1/items", "Bearer "+read); w.Code != http.StatusUnauthorized {
		t.Errorf("of a disabled user: status %d", w.Code)
	}
}

func TestATokenMayDoWhatItsScopeAllows(t *testing.T) { // X11, X27
	d := newDesk(t).user("amina", account.Admin)
	for _, scope := range account.Scopes() {
		d.header.Set("Authorization", "Bearer "+d.token("amina", scope))
		for _, rt := range d.table() {
			method, path := addressFor(t, rt)
			if !strings.HasPrefix(path, "/api/") {
				continue
			}
			w := d.ask(method, path, nil)
			if refused := w.Code == 401 || w.Code == 403; refused == scope.Role().Allows(rt.role) {
				t.Errorf("%s with scope %s: status %d", rt.pattern, scope, w.Code)
			}
		}
	}
}

func TestWhatAnUntrustedPeerSaysOfAUserOrAnAddressIsNotHeard(t *testing.T) { // X12
	proxies := func(o *Options) {
		o.TrustedProxies, o.ProxyHeader, o.SignIn = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24")}, "X-Forwarded-User", true
	}
	d := newDesk(t, proxies).user("amina", account.Analyst)
	d.host = "silkwire.example.org"
	d.header.Set("X-Forwarded-User", "amina")
	for from, want := range map[string]int{"10.0.0.7:1": 200, "10.0.1.7:1": 303, "127.0.0.1:1": 303, "[::1]:1": 303, "[::ffff:10.0.0.7]:1": 200} {
		d.from = from
		if w := d.get("/"); w.Code != want {
			t.Errorf("from %s: status %d, want %d", from, w.Code, want)
		}
	}
	d.from = "10.0.0.7:1"
	for name, want := range map[string]int{"AMINA": 200, "nobody": 403, "": 303, "../x": 403} {
		d.header.Set("X-Forwarded-User", name)
		if w := d.get("/"); w.Code != want {
			t.Errorf("%q: status %d, want %d", name, w.Code, want)
		}
	}
	for _, c := range [][3]string{
		{"198.51.100.1:1", "192.0.2.1", "198.51.100.1"},                 // a stranger's word
		{"10.0.0.7:1", "192.0.2.1", "192.0.2.1"},                        // the proxy's
		{"10.0.0.7:1", "203.0.113.5, 192.0.2.1", "192.0.2.1"},           // the client made one up, the proxy added to it
		{"10.0.0.7:1", "203.0.113.5, 192.0.2.1, 10.0.0.8", "192.0.2.1"}, // through two
		{"10.0.0.7:1", "nonsense", "10.0.0.7"},
		{"10.0.0.7:1", "", "10.0.0.7"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c[0]
		r.Header.Set("X-Forwarded-For", c[1])
		if got := d.addressOf(r); got != c[2] {
			t.Errorf("%s saying %q: %s, want %s", c[0], c[1], got, c[2])
		}
	}
}

func TestWhereOthersCanAskNobodyReadsEvenBeforeThereAreUsers(t *testing.T) { // section 5, 1
	d := newDesk(t)
	if w := d.get("/"); w.Code != 200 {
		t.Errorf("on this machine alone: status %d", w.Code)
	}
	d.host = "silkwire.example.org" // who comes by that name came through a proxy
	if w := d.get("/"); w.Code != http.StatusSeeOther {
		t.Errorf("through a proxy: status %d", w.Code)
	}
	open := newDesk(t, func(o *Options) { o.SignIn = true })
	if w := open.get("/"); w.Code != http.StatusSeeOther {
		t.Errorf("where others can ask: status %d", w.Code)
	}
	public := newDesk(t, func(o *Options) { o.SignIn, o.StatusPublic = true, true })
	public.wants(public.get("/status"), 200, "Sign in")
	if w := public.get("/api/v1/status"); w.Code != http.StatusUnauthorized {
		t.Errorf("only the page is public: status %d", w.Code)
	}
}

func TestReviewsNeedAUserAndTheAnswerSaysHowToGetOne(t *testing.T) {
	d := newDesk(t)
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "http://127.0.0.1:8080/api/v1/items/x/reviews", nil)
	h := d.allowed(route{"POST /api/v1/items/{id}/reviews", account.Analyst, func(http.ResponseWriter, *http.Request) { t.Error("let through") }})
	d.withVisitor(h).ServeHTTP(w, r)
	if w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), "silkwire user add") {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}

func TestTheSetUpPageMakesTheFirstAdmin(t *testing.T) {
	d := newDesk(t)
	d.wants(d.get("/sign-in"), 200, "Nobody has an account yet")
	token := d.People.Invite()
	d.wants(d.post("/setup", "token", "wrong", "name", "amina", "password", goodPassword), 400, "The set-up token is wrong")
	d.wants(d.post("/setup", "token", token, "name", "amina", "password", "short"), 400, "12 characters at least")
	if w := d.post("/setup", "token", token, "name", "amina", "password", goodPassword); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/people" {
		t.Fatalf("status %d", w.Code)
	}
	d.wants(d.get("/people"), 200, "amina", "you")
	d.wants(d.get("/setup"), 404)
	d.wants(d.post("/setup", "token", token, "name", "bek", "password", goodPassword), 400, "set up already")
}

func TestUsersLookAfterTheirOwnAccount(t *testing.T) {
	d := newDesk(t).user("amina", account.Analyst)
	d.signIn("amina", goodPassword)
	first := *d.session()
	d.jar = map[string]*http.Cookie{}
	d.header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	d.signIn("amina", goodPassword)
	page := parsed(t, d.get("/account"))
	page.says(t, "amina, with the role of analyst", "Firefox on Linux", "this one", "Sign out all others")
	if n := len(page.all("table.passes tbody tr")); n != 2 {
		t.Errorf("%d sessions are listed", n)
	}
	handle := ""
	for _, b := range page.all("button") {
		if b.attr("name") == "pass" {
			handle = b.attr("value")
		}
	}
	d.wants(d.post("/account/end", "pass", handle), 200, "worth nothing")
	here := d.session().Value
	d.jar = map[string]*http.Cookie{"session": &first}
	if w := d.get("/account"); w.Code != http.StatusSeeOther {
		t.Errorf("the browser that was signed out: status %d", w.Code)
	}
	d.jar = map[string]*http.Cookie{"session": {Name: "session", Value: here}}
	d.wants(d.post("/account/password", "old", otherPassword, "password", otherPassword), 400, "another one")
	d.wants(d.post("/account/password", "old", goodPassword, "password", otherPassword), 200, "The password is changed")
	if d.session().Value == here {
		t.Error("the session keeps its id") // section 5, 7
	}
	d.wants(d.get("/account"), 200, "amina")
}

func TestATokenIsShownOnceAndRevoked(t *testing.T) { // X11
	d := newDesk(t).user("amina", account.Analyst)
	d.signIn("amina", goodPassword)
	made := parsed(t, d.post("/account/tokens", "label", "nightly export", "scope", "review", "days", "30"))
	secret := made.one(t, "code.secret").text()
	if !account.IsToken(secret) {
		t.Fatalf("%q is no token", secret)
	}
	page := d.get("/account")
	if strings.Contains(page.Body.String(), secret) {
		t.Error("it is shown twice")
	}
	parsed(t, page).says(t, "nightly export", "review", "Revoke")
	for _, bad := range [][]string{{"scope", "admin", "days", "0"}, {"scope", "root", "days", "1"}, {"scope", "read", "days", "366"}} {
		if w := d.post("/account/tokens", bad...); w.Code != http.StatusBadRequest {
			t.Errorf("%v: status %d", bad, w.Code)
		}
	}
	d.header.Set("Authorization", "Bearer "+secret)
	if w := d.get("/api/v1/items"); w.Code != 200 {
		t.Errorf("status %d", w.Code)
	}
	d.post("/account/end", "pass", account.Pass{ID: account.Identify(secret)}.Handle())
	if w := d.get("/api/v1/items"); w.Code != 401 {
		t.Errorf("revoked: status %d", w.Code)
	}
}

func TestAnAdminLooksAfterPeople(t *testing.T) {
	d := newDesk(t).user("root", account.Admin)
	d.signIn("root", goodPassword)
	added := parsed(t, d.post("/people", "name", "bek@example.org", "role", "viewer"))
	password := added.one(t, "code.secret").text()
	guest := &desk{Server: d.Server, t: t, jar: map[string]*http.Cookie{}, host: d.host, from: d.from, header: http.Header{}}
	if w := guest.signIn("bek@example.org", password); w.Code != http.StatusSeeOther {
		t.Fatalf("the new user: status %d", w.Code)
	}
	if w := guest.get("/people"); w.Code != http.StatusForbidden { // X27
		t.Errorf("a viewer at /people: status %d", w.Code)
	}
	if w := guest.post("/people", "name", "friend", "role", "admin"); w.Code != http.StatusForbidden {
		t.Errorf("a viewer adds an admin: status %d", w.Code)
	}
	d.wants(d.post("/people/role", "name", "bek@example.org", "role", "analyst"), 200, "has the role of analyst")
	if w := guest.get("/"); w.Code != http.StatusSeeOther { // section 5, 7: a new id on a change of role
		t.Errorf("after the change of role: status %d", w.Code)
	}
	again := parsed(t, d.post("/people/password", "name", "bek@example.org")).one(t, "code.secret").text()
	if w := guest.signIn("bek@example.org", password); w.Code != http.StatusUnauthorized {
		t.Errorf("the old password: status %d", w.Code)
	}
	if w := guest.signIn("bek@example.org", again); w.Code != http.StatusSeeOther {
		t.Errorf("the new one: status %d", w.Code)
	}
	d.wants(d.post("/people/disable", "name", "bek@example.org"), 200, "is disabled", "Let in again")
	if w := guest.get("/"); w.Code != http.StatusSeeOther {
		t.Errorf("disabled: status %d", w.Code)
	}
	d.wants(d.post("/people/enable", "name", "bek@example.org"), 200, "may sign in again")
	for _, c := range [][]string{{"/people", "name", "root", "role", "viewer"}, {"/people/disable", "name", "root"}, {"/people/role", "name", "nobody", "role", "viewer"}, {"/people/role", "name", "bek@example.org", "role", "king"}, {"/people", "name", "Ü", "role", "viewer"}} {
		if w := d.post(c[0], c[1:]...); w.Code != http.StatusBadRequest {
			t.Errorf("%v: status %d", c, w.Code)
		}
	}
	audit := parsed(t, d.get("/audit"))
	audit.says(t, "root", "disable user bek@example.org", "add user bek@example.org as viewer", "make analyst user bek@example.org")
}

func TestGetChangesNothingForAnAdminEither(t *testing.T) { // X5: every GET route, as admin, leaves the accounts and the audit log alone
	d := newDesk(t).user("root", account.Admin)
	d.signIn("root", goodPassword)
	before, err := d.archive.Stats(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, rt := range d.table() {
		if method, path := addressFor(t, rt); method == "GET" {
			d.get(path)
			d.get(path + "?name=root&pass=x&others=1&role=viewer&password=" + url.QueryEscape(otherPassword))
			n++
		}
	}
	after, err := d.archive.Stats(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if after.Sequence != before.Sequence || n < 25 {
		t.Errorf("%d GET routes made %d writes", n, after.Sequence-before.Sequence)
	}
}

func TestHostileStringsStayTextOnThePagesOfAccounts(t *testing.T) { // X1, X2
	d := newDesk(t).user("root", account.Admin)
	d.signIn("root", goodPassword)
	for i, x := range hostile() {
		d.header.Set("User-Agent", x)
		if err := d.archive.Audit(context.Background(), account.Entry{Who: x, From: x, Did: x, What: x, Before: x, After: x}); err != nil {
			t.Fatal(err)
		}
		answers := []*httptest.ResponseRecorder{
			d.post("/account/tokens", "label", x, "scope", "read", "days", "1"), d.post("/account/tokens", "label", "a", "scope", x, "days", x), d.post("/people", "name", x, "role", x),
			d.post("/people/role", "name", x, "role", "viewer"), d.post("/account/end", "pass", x), d.get("/account"), d.get("/people"), d.get("/audit?before=" + url.QueryEscape(x)), d.get("/sign-in?next=" + url.QueryEscape(x)),
			d.post("/setup", "token", x, "name", x, "password", x),
		}
		if i < 3 {
			guest := &desk{Server: d.Server, t: t, jar: map[string]*http.Cookie{}, host: d.host, from: "192.0.2.9:1", header: d.header}
			answers = append(answers, guest.post("/sign-in", "name", x, "password", x, "next", x))
		}
		for _, w := range answers {
			mustBeInert(t, x, w)
		}
	}
}

func TestALargeBodyIsRefused(t *testing.T) { // X16
	d := newDesk(t).user("amina", account.Analyst)
	w := d.post("/sign-in", "name", "amina", "password", strings.Repeat("x", maxBody+1))
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", w.Code)
	}
}

func TestTheRefusalsAreCounted(t *testing.T) { // section 5, 15
	d := newDesk(t).user("root", account.Admin)
	d.signIn("root", otherPassword)
	d.get("/api/v1/items")
	w := httptest.NewRecorder()
	d.Metrics().ServeHTTP(w, httptest.NewRequest("GET", "http://127.0.0.1:9464/metrics", nil))
	for _, line := range []string{`silkwire_web_refused_total{reason="role"} 1`, "silkwire_sign_in_failures_total 1"} {
		if !slices.Contains(strings.Split(w.Body.String(), "\n"), line) {
			t.Errorf("%q is missing", line)
		}
	}
}

// friend is another service that vouches for whoever keeps the right thing.
type friend struct{ name string }

func (f friend) Begin(_ context.Context, next string) (to, keep string, err error) {
	return "https://id.example/authorize?next=" + url.QueryEscape(next), "keep this", nil
}

func (f friend) End(_ context.Context, keep string, answer url.Values) (name, next string, err error) {
	if keep != "keep this" || answer.Get("state") != "s" {
		return "", "", errors.New("the secret cause")
	}
	return f.name, "//evil.example", nil
}

func TestWhoSignsInElsewhereNeedsAnAccountHere(t *testing.T) { // section 5, 11
	for name, want := range map[string]int{"Amina@Example.org": http.StatusSeeOther, "nobody@example.org": http.StatusForbidden, "<b>": http.StatusForbidden, "gone": http.StatusForbidden} {
		d := newDesk(t, func(o *Options) { o.Elsewhere, o.ElsewhereName = friend{name}, "Our sign-on" }).user("amina@example.org", account.Analyst).user("gone", account.Analyst)
		if err := d.People.SetDisabled(context.Background(), people.By{}, "gone", true); err != nil {
			t.Fatal(err)
		}
		d.host = "silkwire.example.org"
		d.wants(d.get("/sign-in"), 200, "Sign in with Our sign-on")
		if w := d.get("/sign-in/elsewhere?next=//evil"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "https://id.example/authorize?next=%2F" {
			t.Fatalf("status %d to %q", w.Code, w.Header().Get("Location"))
		}
		trip := d.jar["__Host-trip"]
		if trip == nil || !trip.Secure || !trip.HttpOnly || trip.SameSite != http.SameSiteLaxMode {
			t.Fatalf("the cookie is %+v", trip)
		}
		w := d.get("/sign-in/return?state=s")
		if w.Code != want {
			t.Errorf("%s: status %d", name, w.Code)
		}
		if want == http.StatusSeeOther {
			if w.Header().Get("Location") != "/" || d.jar["__Host-session"] == nil || d.jar["__Host-trip"] != nil {
				t.Errorf("led to %q with %v", w.Header().Get("Location"), d.jar)
			}
			d.wants(d.get("/"), 200, "amina@example.org")
		} else {
			d.wants(w, want, "have no account here")
		}
	}
}

func TestWhatWentWrongElsewhereIsForTheLog(t *testing.T) {
	d := newDesk(t, func(o *Options) { o.Elsewhere, o.ElsewhereName = friend{"amina"}, "Our sign-on" }).user("amina", account.Analyst)
	w := d.get("/sign-in/return?state=s") // without the cookie
	d.wants(w, http.StatusForbidden, "the log says why")
	if strings.Contains(w.Body.String(), "secret cause") || !strings.Contains(d.log.String(), "secret cause") {
		t.Errorf("the page or the log: %s", d.log.String())
	}
	if plain := newDesk(t); plain.get("/sign-in/elsewhere").Code != http.StatusNotFound || plain.get("/sign-in/return").Code != http.StatusNotFound {
		t.Error("without another service its addresses answer")
	}
}

func TestWhatAVisitorSendsStaysOneLineOfTheLog(t *testing.T) { // X23
	d := newDesk(t, func(o *Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")} }).user("amina", account.Analyst)
	const evil = "x\r\nlevel=ERROR msg=forged \x1b[31mred\x1b[0m"
	d.header.Set("User-Agent", evil)
	d.header["X-Forwarded-For"] = []string{evil}
	d.signIn(evil, evil)
	d.signIn("amina", evil)
	d.post("/sign-in", "name", "amina", "password", "x", "next", evil)
	for line := range strings.Lines(d.log.String()) {
		if !strings.HasPrefix(line, "time=") || strings.ContainsAny(strings.TrimSuffix(line, "\n"), "\r\n\x1b") {
			t.Errorf("a line of the log: %q", line)
		}
	}
	if n := strings.Count(d.log.String(), `msg="sign-in failed"`); n != 3 {
		t.Errorf("%d failures are logged", n)
	}
}
