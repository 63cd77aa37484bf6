package signon

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc/oidctest"

	"silkwire/client"
)

var ctx = context.Background()

const back = "https://silkwire.example.org/sign-in/return"

// provider is an OpenID provider on loopback that says of everybody what claims say.
type provider struct {
	*httptest.Server
	key    crypto.PrivateKey
	claims map[string]any
	codes  map[string]url.Values // what was asked when the code was given
	forge  crypto.PrivateKey     // signs in the place of key
	asked  []string
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	p := &provider{key: newKey(t), claims: map[string]any{"sub": "s-1", "email": "amina@example.org", "email_verified": true, "preferred_username": "amina"}, codes: map[string]url.Values{}}
	inner := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: p.key.(*ecdsa.PrivateKey).Public(), KeyID: "k", Algorithm: "ES256"}}, Algorithms: []string{"ES256"}}
	mux := http.NewServeMux()
	mux.HandleFunc("/token", p.token)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		p.asked = append(p.asked, r.URL.Path)
		inner.ServeHTTP(w, r)
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	inner.SetIssuer(p.URL)
	return p
}

func newKey(t *testing.T) crypto.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// approve is what the provider's own page does: it gives a code for a request.
func (p *provider) approve(t *testing.T, to string) (answer url.Values) {
	t.Helper()
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	code := rand.Text()
	p.codes[code] = q
	return url.Values{"code": {code}, "state": {q.Get("state")}}
}

// token exchanges a code, once, against the verifier of its challenge.
func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	asked, known := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	id, secret, _ := r.BasicAuth()
	if r.FormValue("client_id") != "" {
		id, secret = r.FormValue("client_id"), r.FormValue("client_secret")
	}
	if !known || base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge") || id != "silkwire" || secret != "hush" || r.FormValue("redirect_uri") != asked.Get("redirect_uri") {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	claims := map[string]any{"iss": p.URL, "aud": "silkwire", "exp": time.Now().Add(time.Hour).Unix(), "nonce": asked.Get("nonce")}
	maps.Copy(claims, p.claims)
	b, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	key := p.key
	if p.forge != nil {
		key = p.forge
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": oidctest.SignIDToken(key, "k", "ES256", string(b))})
}

// guarded is the program's own client, with loopback open.
func guarded(open ...netip.Prefix) *http.Client {
	return client.New(client.Options{AllowPrivate: open}).Protocol()
}

var loopback = netip.MustParsePrefix("127.0.0.0/8")

func ask(p *provider, change ...func(*Options)) *Provider {
	o := Options{Issuer: p.URL, ClientID: "silkwire", Secret: "hush", Claim: "email", Return: back, HTTP: guarded(loopback)}
	for _, c := range change {
		c(&o)
	}
	return New(o)
}

// trip begins at a provider, is approved and comes back.
func trip(t *testing.T, s *Provider, p *provider) (keep string, answer url.Values) {
	t.Helper()
	to, keep, err := s.Begin(ctx, "/concepts")
	if err != nil {
		t.Fatal(err)
	}
	return keep, p.approve(t, to)
}

func TestWhomTheProviderVouchesForIsNamed(t *testing.T) { // section 5, 11
	for claim, want := range map[string]string{"email": "amina@example.org", "preferred_username": "amina", "sub": "s-1"} {
		p := newProvider(t)
		s := ask(p, func(o *Options) { o.Claim = claim })
		keep, answer := trip(t, s, p)
		name, next, err := s.End(ctx, keep, answer)
		if name != want || next != "/concepts" || err != nil {
			t.Errorf("%s: %q to %q, %v", claim, name, next, err)
		}
	}
}

func TestTheBrowserIsSentWithStateNonceChallengeAndTheExactAddress(t *testing.T) { // section 5, 11
	p := newProvider(t)
	s := ask(p)
	seen := map[string]bool{}
	for range 3 {
		to, keep, err := s.Begin(ctx, "/")
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(to)
		if err != nil || !strings.HasPrefix(to, p.URL) {
			t.Fatalf("%s, %v", to, err)
		}
		q := u.Query()
		if q.Get("redirect_uri") != back || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("client_id") != "silkwire" || !strings.Contains(q.Get("scope"), "openid") {
			t.Errorf("%v", q)
		}
		for _, once := range []string{q.Get("state"), q.Get("nonce"), q.Get("code_challenge"), keep} {
			if len(once) < 26 || seen[once] {
				t.Errorf("%q is short or was there before", once)
			}
			seen[once] = true
		}
		if strings.Contains(to, keep) {
			t.Error("what the browser keeps is told to the provider")
		}
	}
}

func TestWhoDidNotBeginHereIsRefused(t *testing.T) { // section 5, 11; X8
	p := newProvider(t)
	now := time.Now()
	s := ask(p, func(o *Options) { o.Now = func() time.Time { return now } })
	keep, answer := trip(t, s, p)
	otherKeep, _ := trip(t, s, p)
	for name, c := range map[string]struct {
		keep   string
		answer url.Values
	}{
		"no cookie":       {"", answer},
		"another browser": {otherKeep, answer},
		"another state":   {keep, url.Values{"code": answer["code"], "state": {"x"}}},
	} {
		if _, _, err := s.End(ctx, c.keep, c.answer); !errors.Is(err, ErrStale) {
			t.Errorf("%s: %v", name, err)
		}
	}
	keep, answer = trip(t, s, p)
	if _, _, err := s.End(ctx, keep, answer); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.End(ctx, keep, answer); !errors.Is(err, ErrStale) {
		t.Errorf("twice: %v", err)
	}
	keep, answer = trip(t, s, p)
	now = now.Add(journeyTime)
	if _, _, err := s.End(ctx, keep, answer); !errors.Is(err, ErrStale) {
		t.Errorf("ten minutes later: %v", err)
	}
}

func TestAnAnswerThatProvesNothingIsRefused(t *testing.T) { // section 5, 11
	for name, spoil := range map[string]func(p *provider, s *Provider, answer url.Values){
		"another nonce":        func(p *provider, _ *Provider, _ url.Values) { p.claims["nonce"] = "x" },
		"no nonce":             func(p *provider, _ *Provider, _ url.Values) { p.claims["nonce"] = "" },
		"another audience":     func(p *provider, _ *Provider, _ url.Values) { p.claims["aud"] = "somebody" },
		"another issuer":       func(p *provider, _ *Provider, _ url.Values) { p.claims["iss"] = "https://evil.example" },
		"expired":              func(p *provider, _ *Provider, _ url.Values) { p.claims["exp"] = time.Now().Add(-time.Hour).Unix() },
		"a forged signature":   func(p *provider, _ *Provider, _ url.Values) { p.forge = forged() },
		"an unverified mail":   func(p *provider, _ *Provider, _ url.Values) { p.claims["email_verified"] = false },
		"a mail of no word":    func(p *provider, _ *Provider, _ url.Values) { delete(p.claims, "email_verified") },
		"no mail":              func(p *provider, _ *Provider, _ url.Values) { p.claims["email"] = "" },
		"another code":         func(_ *provider, _ *Provider, a url.Values) { a.Set("code", "x") },
		"no code":              func(_ *provider, _ *Provider, a url.Values) { a.Del("code") },
		"an error":             func(_ *provider, _ *Provider, a url.Values) { a.Set("error", "server_error") },
		"called off":           func(_ *provider, _ *Provider, a url.Values) { a.Set("error", "access_denied") },
		"from somewhere else":  func(_ *provider, _ *Provider, a url.Values) { a.Set("iss", "https://evil.example") },
		"without the verifier": func(p *provider, _ *Provider, a url.Values) { p.codes[a.Get("code")].Set("code_challenge", "x") },
		"another secret":       func(_ *provider, s *Provider, _ url.Values) { s.Secret = "x" },
	} {
		p := newProvider(t)
		s := ask(p)
		keep, answer := trip(t, s, p)
		spoil(p, s, answer)
		if name2, _, err := s.End(ctx, keep, answer); err == nil || name2 != "" {
			t.Errorf("%s: let in as %q", name, name2)
		}
	}
}

func forged() crypto.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

func TestAProviderOnAnInnerNetworkIsAskedOnlyWhereTheOperatorOpenedIt(t *testing.T) { // S11
	p := newProvider(t)
	s := ask(p, func(o *Options) { o.HTTP = guarded() })
	if _, _, err := s.Begin(ctx, "/"); err == nil {
		t.Error("loopback is asked")
	}
	if len(p.asked) > 0 {
		t.Errorf("the provider was asked for %q", p.asked)
	}
	s.HTTP = guarded(loopback)
	if _, _, err := s.Begin(ctx, "/"); err != nil {
		t.Errorf("once it is opened: %v", err)
	}
}

func TestAProviderThatRedirectsItsAnswersIsNotFollowed(t *testing.T) { // S11
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	defer inner.Close()
	outer := httptest.NewServer(http.RedirectHandler(inner.URL, http.StatusFound))
	defer outer.Close()
	s := New(Options{Issuer: outer.URL, ClientID: "a", Secret: "b", Claim: "sub", Return: back, HTTP: guarded(loopback)})
	if _, _, err := s.Begin(ctx, "/"); err == nil {
		t.Error("it is taken for a provider")
	}
}

func TestJourneysAreBounded(t *testing.T) {
	p := newProvider(t)
	s := ask(p)
	for range mostJourneys + 50 {
		if _, _, err := s.Begin(ctx, "/"); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.pending) > mostJourneys {
		t.Errorf("%d journeys are remembered", len(s.pending))
	}
}
