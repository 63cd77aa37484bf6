package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"silkwire/config"
)

// ask asks with a token.
func askWith(t *testing.T, address, path, token string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// TestUsersAndTokensAreMadeThroughTheDaemon tells how a desk of two comes about
// while the daemon holds the archive.
func TestUsersAndTokensAreMadeThroughTheDaemon(t *testing.T) { // X11
	t.Parallel()
	s := newSite(t)
	p := s.silkwire(t, "serve").begin(t)
	address := p.address(t)
	p.answers(t, address, "/api/v1/items", 200) // nobody has an account yet
	run := func(in string, code int, args ...string) *program {
		t.Helper()
		c := s.silkwire(t, args...)
		c.Stdin = strings.NewReader(in)
		c.must(t, code)
		return c
	}
	run("caravan saddle melon wind\n", 0, "user", "add", "amina", "--role", "admin", "--password-stdin")
	if code, _ := get(address, "/api/v1/items"); code != http.StatusUnauthorized {
		t.Errorf("with a user everybody still reads: %d", code)
	}
	if code, _ := get(address, "/livez"); code != http.StatusOK {
		t.Errorf("/livez: %d", code)
	}
	made := run("", 0, "user", "add", "bek", "--role", "analyst").out.String()
	if m := regexp.MustCompile(`password: (\S{27})\n`).FindString(made); m == "" {
		t.Errorf("no password is printed: %s", made)
	}
	run("short\n", 1, "user", "add", "dilnoza", "--role", "viewer", "--password-stdin")
	run("", 2, "user", "add", "dilnoza", "--role", "king")
	run("", 1, "user", "disable", "amina") // the last admin
	if list := run("", 0, "user", "list").out.String(); !strings.Contains(list, "amina  admin") || !strings.Contains(list, "bek    analyst") || strings.Contains(list, "dilnoza") {
		t.Errorf("the users are\n%s", list)
	}
	token := strings.TrimSpace(run("", 0, "token", "create", "--user", "bek", "--scope", "read", "--expires", "30d", "--label", "export").out.String())
	for path, want := range map[string]int{"/api/v1/items": 200, "/metrics": 200, "/version": 200} {
		if got := askWith(t, address, path, token); got != want {
			t.Errorf("%s with the token: %d", path, got)
		}
	}
	if list := run("", 0, "token", "list", "--user", "bek").out.String(); !strings.Contains(list, "export") || strings.Contains(list, token) {
		t.Errorf("the tokens are\n%s", list)
	}
	run("", 0, "token", "revoke", token)
	if got := askWith(t, address, "/api/v1/items", token); got != http.StatusUnauthorized {
		t.Errorf("revoked: %d", got)
	}
	if check := run("", 0, "check").out.String(); !strings.Contains(check, "the configuration is valid") || strings.Contains(check, "not known") {
		t.Errorf("check cannot ask a daemon that has users:\n%s", check)
	}
	p.signal(t, syscall.SIGUSR1)
	p.until(t, 20*time.Second, "it tells its state", func() bool { return strings.Contains(p.errs.String(), "state of the archive") })
	p.stop(t)
	if all := p.errs.String() + p.out.String(); strings.Contains(all, token) || strings.Contains(all, "caravan") {
		t.Error("a secret is in the log")
	}
}

// selfSigned writes a certificate for a name.
func selfSigned(t *testing.T, dir, name string) config.TLS {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	files := config.TLS{Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem")}
	for file, block := range map[string]*pem.Block{files.Cert: {Type: "CERTIFICATE", Bytes: cert}, files.Key: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// nameShown is the name in the certificate that a door shows, at a version of TLS.
func nameShown(t *testing.T, address string, version uint16) (string, error) {
	t.Helper()
	c, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: version})
	if err != nil {
		return "", err
	}
	defer func() { _ = c.Close() }()
	return c.ConnectionState().PeerCertificates[0].Subject.CommonName, nil
}

func TestTheDoorSpeaksTLSAndChangesItsCertificateWhileItIsOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := selfSigned(t, dir, "one.example")
	cert, err := loadCertificate(files)
	if err != nil {
		t.Fatal(err)
	}
	d, err := openDoor("127.0.0.1:0", cert)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.close(context.Background()) })
	if name, err := nameShown(t, d.addr(), tls.VersionTLS13); name != "one.example" || err != nil {
		t.Errorf("it shows %q, %v", name, err)
	}
	if _, err := nameShown(t, d.addr(), tls.VersionTLS11); err == nil {
		t.Error("it speaks TLS 1.1") // section 5, 2
	}
	if err := askLoopback(t.Context(), d.url()+"/livez", files.Cert); err != nil {
		t.Errorf("the health check: %v", err)
	}
	if err := askLoopback(t.Context(), d.url()+"/livez", selfSigned(t, t.TempDir(), "one.example").Cert); err == nil {
		t.Error("the health check takes another's certificate")
	}
	selfSigned(t, dir, "two.example")
	if err := cert.load(files); err != nil {
		t.Fatal(err)
	}
	if name, err := nameShown(t, d.addr(), tls.VersionTLS13); name != "two.example" || err != nil {
		t.Errorf("it shows %q, %v", name, err)
	}
	if err := os.WriteFile(files.Cert, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := cert.load(files); err == nil {
		t.Error("a broken certificate is taken")
	}
	if name, err := nameShown(t, d.addr(), tls.VersionTLS13); name != "two.example" || err != nil {
		t.Errorf("after a broken one it shows %q, %v", name, err) // C10
	}
}

// TestWhereOthersCanAskThereMustBeAnAccount never listens beyond loopback: a
// proxy in front makes the address one for others.
func TestWhereOthersCanAskThereMustBeAnAccount(t *testing.T) { // section 5, 1
	t.Parallel()
	s := newSite(t)
	files := selfSigned(t, t.TempDir(), "silkwire.example.org")
	reached := []string{"SILKWIRE_TRUSTED_PROXIES=127.0.0.1", "SILKWIRE_BASE_URL=https://silkwire.example.org", "SILKWIRE_TLS_CERT=" + files.Cert, "SILKWIRE_TLS_KEY=" + files.Key, "SILKWIRE_METRICS_LISTEN=127.0.0.1:0"}
	refused := s.silkwire(t, "serve").with(reached...)
	refused.must(t, exitConfig)
	for _, words := range []string{"nobody has an account yet", "silkwire user add", "--insecure-listen"} {
		if !strings.Contains(refused.errs.String(), words) {
			t.Errorf("it does not say %q: %s", words, refused.errs)
		}
	}
	s.silkwire(t, "user", "add", "amina", "--role", "admin").with(reached...).must(t, 0)
	p := s.silkwire(t, "serve").with(reached...).begin(t)
	p.until(t, 30*time.Second, "it serves over TLS", func() bool { return strings.Contains(p.errs.String(), "address=https://127.0.0.1:") })
	address := regexp.MustCompile(`address=https://(\S+)`).FindStringSubmatch(p.errs.String())[1]
	if name, err := nameShown(t, address, tls.VersionTLS13); name != "silkwire.example.org" || err != nil {
		t.Errorf("it shows %q, %v", name, err)
	}
	p.stop(t)
}

func TestSlowAndLargeVisitorsAreBounded(t *testing.T) { // X15
	t.Parallel()
	d, err := openDoor("127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.close(context.Background()) })
	if s := d.server; s.ReadHeaderTimeout != 5*time.Second || s.ReadTimeout != 30*time.Second || s.IdleTimeout != time.Minute || s.MaxHeaderBytes > 1<<20 {
		t.Errorf("the times are %v, %v, %v", s.ReadHeaderTimeout, s.ReadTimeout, s.IdleTimeout)
	}
	var idle []net.Conn
	defer func() {
		for _, c := range idle {
			_ = c.Close()
		}
	}()
	for range idleVisitors(t) {
		c, err := net.Dial("tcp", d.addr())
		if err != nil {
			t.Fatal(err)
		}
		idle = append(idle, c)
		if len(idle)%2 == 0 { // half of them say a little
			_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHo")
		}
	}
	if code, _ := get("http://"+d.addr(), "/livez"); code != http.StatusOK {
		t.Errorf("beside %d idle connections /livez is %d", len(idle), code)
	}
	c, err := net.Dial("tcp", d.addr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	go func() {
		_, _ = fmt.Fprintf(c, "GET /livez HTTP/1.1\r\nHost: x\r\nX: %s\r\n\r\n", strings.Repeat("x", 1<<20))
	}()
	if resp, err := http.ReadResponse(bufio.NewReader(c), nil); err == nil {
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("a header of 1 MiB: %d", resp.StatusCode)
		}
	}
}

// idleVisitors are 2,000, or as many as this process may have open.
func idleVisitors(t *testing.T) int {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if limit.Cur < 4400 {
		t.Logf("only %d files may be open", limit.Cur)
		return int(limit.Cur)/2 - 100
	}
	return 2000
}

func TestAShellCanCompleteEveryCommand(t *testing.T) {
	t.Parallel()
	script := silkwire(t, "completion", "bash").must(t, 0)
	for typed, want := range map[string]string{
		"silkwire to": "token", "silkwire token cr": "create", "silkwire token create --sc": "--scope", "silkwire user add --ro": "--role", "silkwire serve --ins": "--insecure-listen",
	} {
		words := strings.Fields(typed)
		quoted := "'" + strings.Join(words, "' '") + "'"
		cmd := exec.Command("bash", "-c", fmt.Sprintf("%s\nCOMP_WORDS=(%s); COMP_CWORD=%d; _silkwire; echo \"${COMPREPLY[*]}\"", script, quoted, len(words)-1))
		out, err := cmd.CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%q is completed to %q, %v; want %q", typed, out, err, want)
		}
	}
	if out := silkwire(t, "-v").must(t, 0); !strings.Contains(out, version) {
		t.Errorf("-v says %q", out)
	}
}
