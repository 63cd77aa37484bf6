package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhoGetsInIsRefusedWhereItWouldHarm(t *testing.T) { // section 5, 1 and 11
	for name, story := range map[string]struct{ file, want string }{
		"a listener for everybody":        {"listen: ':8080'\n", `1:9: listen: ":8080" can be reached from other machines, and passwords would pass in the clear; set tls.cert`},
		"a proxy that speaks http":        {"listen: 0.0.0.0:8080\ntrusted_proxies: [10.0.0.1]\nbase_url: http://a.example\n", `1:9: listen: "0.0.0.0:8080" can be reached`},
		"https without a trusted proxy":   {"listen: 0.0.0.0:8080\nbase_url: https://a.example\n", `1:9: listen: "0.0.0.0:8080" can be reached`},
		"half a certificate":              {"tls: {cert: a.pem}\n", "1:13: tls needs cert and key; the key is missing"},
		"the other half":                  {"tls: {key: a.pem}\n", "1:12: tls needs cert and key; the cert is missing"},
		"a proxy that is everybody":       {"trusted_proxies: [0.0.0.0/0]\n", "1:19: trusted_proxies: 0.0.0.0/0 is everybody"},
		"a proxy that is a name":          {"trusted_proxies: [proxy]\n", `1:19: trusted_proxies: "proxy" is neither a network`},
		"a network with loose bits":       {"trusted_proxies: [10.1.2.3/8]\n", "1:19: trusted_proxies: 10.1.2.3/8 has bits behind its mask; did you mean 10.0.0.0/8?"},
		"X12 a header from anybody":       {"auth: {proxy_header: X-Forwarded-User}\n", "1:22: auth.proxy_header: anybody could send that header; name the proxy in trusted_proxies"},
		"a header with another meaning":   {"trusted_proxies: [127.0.0.1]\nauth: {proxy_header: authorization}\n", "2:22: auth.proxy_header: Authorization has a meaning of its own"},
		"a header that is none":           {"trusted_proxies: [127.0.0.1]\nauth: {proxy_header: 'X User'}\n", `2:22: auth.proxy_header: "X User" is not the name of a header`},
		"a status page for a word":        {"status_public: maybe\n", `1:16: status_public: true or false is wanted here`},
		"an issuer in the clear":          {"base_url: https://a.example\noidc: {issuer: 'http://id.example', client_id: a, client_secret: b}\n", `2:16: oidc.issuer: "http://id.example" is not the address of an issuer`},
		"an issuer without a client":      {"base_url: https://a.example\noidc: {issuer: 'https://id.example', client_secret: b}\n", "2:7: oidc needs client_id"},
		"a client without a secret":       {"base_url: https://a.example\noidc: {issuer: 'https://id.example', client_id: b}\n", "2:7: oidc needs client_secret_file"},
		"nowhere to come back to":         {"oidc: {issuer: 'https://id.example', client_id: b, client_secret: c}\n", "1:7: oidc needs base_url"},
		"a claim that is none":            {"base_url: https://a.example\noidc: {issuer: 'https://id.example', client_id: b, client_secret: c, claim: name}\n", `2:77: oidc.claim: unknown value of claim "name"`},
		"C8 a secret twice":               {"base_url: https://a.example\noidc: {issuer: 'https://id.example', client_id: b, client_secret: c, client_secret_file: d}\n", "2:90: a password and a file with one"},
		"numbers for everybody":           {"metrics: {listen: 0.0.0.0:9464}\n", `1:19: metrics.listen: "0.0.0.0:9464" can be reached from other machines`},
		"C3 a key that is nearly another": {"trusted_proxy: [10.0.0.1]\n", `1:1: unknown key "trusted_proxy"; did you mean "trusted_proxies"?`},
	} {
		t.Run(name, func(t *testing.T) {
			got := refused(t, story.file)
			if len(got) != 1 || !strings.HasPrefix(got[0], "silkwire.yaml:"+story.want) {
				t.Errorf("got  %s\nwant silkwire.yaml:%s", strings.Join(got, "\n     "), story.want)
			}
		})
	}
}

const guarded = `listen: 0.0.0.0:8443
base_url: https://silkwire.example.org
trusted_proxies: ["10.1.0.0/16", "192.0.2.7/32"]
status_public: true
tls:
  cert: /etc/silkwire/cert.pem
  key: /etc/silkwire/key.pem
auth:
  proxy_header: X-Forwarded-User
oidc:
  issuer: "https://id.example.org"
  client_id: silkwire
  client_secret: hush-hush
  claim: sub
  name: Our sign-on
metrics:
  listen: "127.0.0.1:9464"
outlets: []
digests: []
`

func TestWhoGetsInIsReadAndPrintedWithoutSecrets(t *testing.T) { // C15
	c, err := Parse("silkwire.yaml", []byte(guarded), Validators{})
	if err != nil {
		t.Fatal(err)
	}
	if !c.Reachable() || !c.SignsInElsewhere() || !c.StatusPublic || len(c.TrustedProxies) != 2 || c.OIDC.ClientSecret.Reveal() != "hush-hush" {
		t.Errorf("%+v", c)
	}
	printed := string(Print(c))
	if strings.Contains(printed, "hush") || !strings.Contains(printed, `client_secret: "***"`) {
		t.Errorf("printed:\n%s", printed)
	}
	again, err := Parse("silkwire.yaml", []byte(printed), Validators{})
	if err != nil {
		t.Fatal(err)
	}
	again.OIDC.ClientSecret = c.OIDC.ClientSecret
	if diff := cmp.Diff(c.OIDC, again.OIDC) + cmp.Diff(c.TLS, again.TLS) + cmp.Diff(c.Auth, again.Auth) + cmp.Diff(c.Metrics, again.Metrics); diff != "" || len(again.TrustedProxies) != 2 || !again.StatusPublic {
		t.Errorf("printed and read again:\n%s", diff)
	}
	for listen, reachable := range map[string]bool{"127.0.0.1:1": false, "localhost:1": false, "[::1]:1": false, "0.0.0.0:1": true, ":1": true, "192.0.2.1:1": true} {
		if got := (&Config{Listen: listen}).Reachable(); got != reachable {
			t.Errorf("%s: reachable is %v", listen, got)
		}
	}
}

func TestTheSecretOfTheClientMayBeAFileAndTheEnvironmentGoesFirst(t *testing.T) { // C7
	dir := t.TempDir()
	file := filepath.Join(dir, "secret")
	if err := os.WriteFile(file, []byte("from the file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "silkwire.yaml")
	content := "base_url: https://a.example\noidc: {issuer: 'https://id.example', client_id: b, client_secret_file: secret}\noutlets: []\ndigests: []\n"
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, env := range map[string][]string{
		"from the file":        nil,
		"from the environment": {"SILKWIRE_OIDC_CLIENT_SECRET=from the environment"},
	} {
		c, err := Load(path, Env{Vars: env})
		if err != nil {
			t.Fatal(err)
		}
		if got := c.OIDC.ClientSecret.Reveal(); got != want {
			t.Errorf("%v: %q", env, got)
		}
	}
	c, err := Load(path, Env{Vars: []string{"SILKWIRE_TRUSTED_PROXIES=10.0.0.1, 10.2.0.0/16", "SILKWIRE_STATUS_PUBLIC=true", "SILKWIRE_LISTEN=0.0.0.0:80"}})
	if err != nil || len(c.TrustedProxies) != 2 || !c.StatusPublic {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := Load(path, Env{Vars: []string{"SILKWIRE_LISTEN=0.0.0.0:80"}}); err == nil {
		t.Error("a listener for everybody is accepted")
	}
	if _, err := Load(path, Env{Vars: []string{"SILKWIRE_LISTEN=0.0.0.0:80"}, Insecure: true}); err != nil {
		t.Errorf("the operator's word is not taken: %v", err)
	}
}
