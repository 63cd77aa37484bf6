package client

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func TestAClientForLibrariesKeepsTheGuard(t *testing.T) { // S1, S11
	asked := 0
	inner := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "/here", http.StatusFound)
			return
		}
		if r.Header.Get("User-Agent") != "Silkwire/dev" {
			t.Errorf("it says it is %q", r.Header.Get("User-Agent"))
		}
		_, _ = io.Copy(w, io.LimitReader(zeros{}, 4*protocolLimit))
	}))
	defer inner.Close()
	if _, err := New(Options{}).Protocol().Post(inner.URL, "text/plain", strings.NewReader("x")); err == nil || asked > 0 {
		t.Errorf("loopback is asked: %v", err)
	}
	open := New(Options{AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}).Protocol()
	resp, err := open.Get(inner.URL + "/away")
	if err != nil || resp.StatusCode != http.StatusFound {
		t.Fatalf("%v, %v", resp, err)
	}
	_ = resp.Body.Close()
	if resp, err = open.Get(inner.URL); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if n, err := io.Copy(io.Discard, resp.Body); n != protocolLimit || err != nil {
		t.Errorf("%d bytes were read, %v", n, err)
	}
	if asked != 2 {
		t.Errorf("asked %d times: the redirect was followed", asked)
	}
}

// zeros never end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
