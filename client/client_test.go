package client

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// open is a client that may reach loopback and is impatient.
func open() *Client {
	return New(Options{
		Version: "1.2", Contact: "ops@example.org", AllowPrivate: loopback,
		Dial: time.Second, TLS: 300 * time.Millisecond, Headers: 300 * time.Millisecond, Total: 2 * time.Second,
		RateWindow: 150 * time.Millisecond,
	})
}

func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// raw answers every connection with a script.
func raw(t *testing.T, script func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close() //nolint:errcheck // a test's server
				script(conn)
			}()
		}
	}()
	return "http://" + listener.Addr().String() + "/"
}

// answer reads a request's header and writes text.
func answer(text string) func(net.Conn) {
	return func(conn net.Conn) {
		r := bufio.NewReader(conn)
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			if strings.TrimSpace(line) == "" {
				break
			}
		}
		_, _ = io.WriteString(conn, text)
	}
}

func classOf(t *testing.T, err error) Class {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an *Error", err)
	}
	return e.Class
}

func get(c *Client, url string) (*Response, error) {
	return c.Get(context.Background(), Request{URL: url})
}

func TestARequestSaysWhoItIsAndNothingElse(t *testing.T) {
	var got http.Header
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		http.SetCookie(w, &http.Cookie{Name: "track", Value: "me"})
	})
	c := open()
	for range 2 {
		if _, err := c.Get(context.Background(), Request{URL: strings.Replace(url, "http://", "http://user:secret@", 1), Accept: "text/html"}); err != nil {
			t.Fatal(err)
		}
	}
	if ua := got.Get("User-Agent"); ua != "Silkwire/1.2 (+ops@example.org)" {
		t.Errorf("User-Agent %q", ua)
	}
	for _, name := range []string{"Cookie", "Referer", "Pragma", "Authorization", "Cache-Control"} {
		if got.Get(name) != "" {
			t.Errorf("%s: %q was sent", name, got.Get(name))
		}
	}
	if got.Get("Accept-Encoding") != "gzip, br" {
		t.Errorf("Accept-Encoding %q", got.Get("Accept-Encoding"))
	}
}

// S1–S6.
func TestPrivateAndSpecialAddressesAreNotPublic(t *testing.T) {
	for _, s := range strings.Fields(`127.0.0.1 ::1 0.0.0.0 :: 169.254.169.254 fd00:ec2::254 100.100.100.200 10.0.0.1 172.16.9.9
		192.168.1.1 100.64.0.1 fc00::1 fe80::1%eth0 fec0::1 ::ffff:127.0.0.1 ::ffff:a9fe:a9fe ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1
		2002:7f00:1:: 2001::1 100::1 2001:db8::1 3fff::1 5f00::1 0.1.2.3 192.0.0.1 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1
		192.88.99.1 224.0.0.1 240.0.0.1 255.255.255.255 ff02::1`) {
		if Public(netip.MustParseAddr(s)) {
			t.Errorf("%s counts as public", s)
		}
	}
	for _, s := range []string{"1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8"} {
		if !Public(netip.MustParseAddr(s)) {
			t.Errorf("%s does not count as public", s)
		}
	}
	if Public(netip.Addr{}) {
		t.Error("no address counts as public")
	}
}

// S1, S7, S12, S15: a closed client reaches nothing on loopback, however the
// address is written, and says the same as for an unreachable host (S16).
func TestAClosedClientReachesNothingOnLoopback(t *testing.T) {
	var hits atomic.Int32
	url := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	port := url[strings.LastIndex(url, ":"):]
	c := New(Options{Dial: time.Second, Total: 2 * time.Second, Ports: []uint16{portOf(t, url)}, Resolver: deadResolver()})
	for _, host := range []string{"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "①②⑦.⓪.⓪.①"} {
		_, err := get(c, "http://"+host+port+"/")
		if err == nil {
			t.Errorf("%s was reached", host)
		}
	}
	if hits.Load() != 0 {
		t.Errorf("%d requests arrived", hits.Load())
	}
	_, blocked := get(c, "http://127.0.0.1"+port+"/")
	if classOf(t, blocked) != Blocked {
		t.Errorf("class %v", classOf(t, blocked))
	}
	_, refused := get(open(), "http://127.0.0.1:1/")
	if classOf(t, refused) != Connect {
		t.Errorf("class %v", classOf(t, refused))
	}
	if a, b := tail(blocked), tail(refused); a != b {
		t.Errorf("blocked reads %q, unreachable %q", a, b)
	}
}

func tail(err error) string {
	_, after, _ := strings.Cut(err.Error(), "/: ")
	return after
}

func portOf(t *testing.T, url string) uint16 {
	t.Helper()
	addr, err := netip.ParseAddrPort(strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	return addr.Port()
}

// deadResolver answers nothing: its server is a closed port.
func deadResolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", "127.0.0.1:1")
	}}
}

// S12: a public address is open on the web's ports only.
func TestOnlyTheWebsPortsAreOpen(t *testing.T) {
	g := guard{ports: []uint16{8443}}
	for _, port := range []uint16{22, 25, 6379, 8080} {
		if g.check("example.org", netip.AddrPortFrom(netip.MustParseAddr("93.184.216.34"), port)) == nil {
			t.Errorf("port %d is open", port)
		}
	}
	for _, port := range []uint16{80, 443, 8443} {
		if err := g.check("example.org", netip.AddrPortFrom(netip.MustParseAddr("93.184.216.34"), port)); err != nil {
			t.Errorf("port %d is closed", port)
		}
	}
}

// S15: an opened network or host is open on any port, and nothing else is.
func TestAllowPrivateOpensExactlyThat(t *testing.T) {
	g := guard{prefixes: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}, hosts: []string{"wiki.intranet"}}
	inside := netip.MustParseAddrPort("10.1.2.3:8080")
	outside := netip.MustParseAddrPort("10.2.2.3:80")
	if g.check("a", inside) != nil || g.check("a", outside) == nil {
		t.Error("the network is not what was opened")
	}
	if g.check("wiki.intranet", outside) != nil || g.check("WIKI.intranet.", outside) != nil {
		t.Error("the opened host is closed")
	}
}

// S14.
func TestProxySettingsOfTheEnvironmentAreIgnored(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("http_proxy", "http://127.0.0.1:1")
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "direct") })
	resp, err := get(open(), url)
	if err != nil || string(resp.Body) != "direct" {
		t.Fatalf("%v %v", resp, err)
	}
}

// N1, N3.
func TestUnknownNamesAndClosedPortsHaveTheirClasses(t *testing.T) {
	c := New(Options{AllowPrivate: loopback, Resolver: deadResolver(), Dial: time.Second, Total: 2 * time.Second})
	_, err := get(c, "http://nobody.invalid/")
	if classOf(t, err) != DNS {
		t.Errorf("class %v: %v", classOf(t, err), err)
	}
	_, err = get(c, "http://127.0.0.1:1/")
	if classOf(t, err) != Connect {
		t.Errorf("class %v", classOf(t, err))
	}
}

// N5, N6.
func TestTLSTroubleHasItsClass(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "secret") }))
	t.Cleanup(server.Close)
	server.Config.ErrorLog = nil
	_, err := get(open(), server.URL)
	if classOf(t, err) != TLS {
		t.Errorf("self-signed: class %v: %v", classOf(t, err), err)
	}
	resp, err := open().Get(context.Background(), Request{URL: server.URL, Insecure: true})
	if err != nil || string(resp.Body) != "secret" {
		t.Errorf("insecure: %v", err)
	}
	stalled := raw(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	_, err = get(open(), strings.Replace(stalled, "http:", "https:", 1))
	if class := classOf(t, err); class != TLS && class != Timeout {
		t.Errorf("stalled handshake: class %v", class)
	}
	plain := raw(t, answer("HTTP/1.1 400 Bad Request\r\n\r\n"))
	_, err = get(open(), strings.Replace(plain, "http:", "https:", 1))
	if classOf(t, err) != TLS {
		t.Errorf("plain HTTP behind https: class %v: %v", classOf(t, err), err)
	}
}

// N7, N8, N9: silence, a trickle and a stall end early and are no body.
func TestSlowServersAreLeft(t *testing.T) {
	silent := raw(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	trickle := raw(t, func(c net.Conn) {
		answer("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")(c)
		for range 1000 {
			if _, err := c.Write([]byte("x")); err != nil {
				return
			}
			<-time.After(10 * time.Millisecond)
		}
	})
	for name, url := range map[string]string{"silent": silent, "trickle": trickle} {
		start := time.Now()
		_, err := get(open(), url)
		if classOf(t, err) != Timeout {
			t.Errorf("%s: class %v: %v", name, classOf(t, err), err)
		}
		if took := time.Since(start); took > 1500*time.Millisecond {
			t.Errorf("%s took %v", name, took)
		}
	}
}

// N9–N12, N17, N37.
func TestBrokenAnswersAreErrors(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want Class
	}{
		"shorter than its Content-Length (N10)": {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", Connect},
		"broken chunking (N12)":                 {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nx", Connect},
		"chunks that end early (N9)":            {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", Connect},
		"huge headers (N17)":                    {"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("y", 1<<20) + "\r\n\r\n", TooLarge},
		"no HTTP":                               {"SSH-2.0-OpenSSH\r\n", Connect},
		"endless 1xx (N37)":                     {strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 100000), Connect},
	} {
		_, err := get(open(), raw(t, answer(test.text)))
		if class := classOf(t, err); class != test.want && !(strings.HasPrefix(name, "endless") && class == TooLarge) {
			t.Errorf("%s: class %v, want %v: %v", name, class, test.want, err)
		}
	}
}

// N11: what comes behind the promised length is not part of the answer.
func TestAnAnswerEndsAtItsContentLength(t *testing.T) {
	resp, err := get(open(), raw(t, answer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nfullSURPLUS")))
	if err != nil || string(resp.Body) != "full" {
		t.Errorf("%+v %v", resp, err)
	}
}

// N13–N15: the limit is one of decoded bytes.
func TestLimitsAreOfDecodedBytes(t *testing.T) {
	zeros := bytes.Repeat([]byte{'0'}, 4<<20)
	var zipped, brotlied, nested bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write(zeros)
	_ = z.Close()
	b := brotli.NewWriter(&brotlied)
	_, _ = b.Write(zeros)
	_ = b.Close()
	n := gzip.NewWriter(&nested)
	_, _ = n.Write(zipped.Bytes())
	_ = n.Close()
	for coding, body := range map[string][]byte{"": zeros, "gzip": zipped.Bytes(), "br": brotlied.Bytes(), "gzip, gzip": nested.Bytes()} {
		url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if coding != "" {
				w.Header().Set("Content-Encoding", coding)
			}
			_, _ = w.Write(body)
		})
		_, err := open().Get(context.Background(), Request{URL: url, Limit: 1 << 20})
		if classOf(t, err) != TooLarge {
			t.Errorf("coding %q: class %v", coding, classOf(t, err))
		}
		resp, err := open().Get(context.Background(), Request{URL: url, Limit: 5 << 20})
		if err != nil || !bytes.Equal(resp.Body, zeros) {
			t.Errorf("coding %q: %v", coding, err)
		}
	}
}

// N16.
func TestAContentCodingThatLiesIsNamed(t *testing.T) {
	for _, coding := range []string{"gzip", "br", "zstd", "gzip, gzip, gzip"} {
		url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", coding)
			_, _ = io.WriteString(w, "<rss>plain text</rss>")
		})
		_, err := get(open(), url)
		if classOf(t, err) != Encoding {
			t.Errorf("%s: class %v: %v", coding, classOf(t, err), err)
		}
	}
}

// N18–N20, N22, N23, S11.
func TestRedirectsWeDoNotFollow(t *testing.T) {
	for name, test := range map[string]struct {
		location string
		want     Class
	}{
		"a circle (N18)":         {"/", Redirect},
		"a file (N20)":           {"file:///etc/passwd", Redirect},
		"gopher (N20)":           {"gopher://127.0.0.1/", Redirect},
		"script (N20)":           {"javascript:alert(1)", Redirect},
		"ftp (N20)":              {"ftp://127.0.0.1/x", Redirect},
		"nowhere (N23)":          {"", Redirect},
		"too far (N23)":          {"/" + strings.Repeat("a", 9<<10), Redirect},
		"inside (N22)":           {"http://10.0.0.1/", Blocked},
		"metadata (S2)":          {"http://169.254.169.254/latest/", Blocked},
		"another of ours (S4)":   {"http://[::ffff:10.0.0.1]/", Blocked},
		"an unreadable address":  {"http://a b:c/%zz", Redirect},
		"an address with a zone": {"http://[fe80::1%25eth0]/", Blocked},
	} {
		url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if test.location != "" {
				w.Header().Set("Location", test.location)
			}
			w.WriteHeader(http.StatusFound)
		})
		_, err := get(open(), url)
		if classOf(t, err) != test.want {
			t.Errorf("%s: class %v, want %v: %v", name, classOf(t, err), test.want, err)
		}
	}
}

// N19.
func TestLongRedirectChainsEnd(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := 0
		_, _ = fmt.Sscanf(r.URL.Path, "/%d", &n)
		if n == 8 {
			_, _ = io.WriteString(w, "there")
			return
		}
		http.Redirect(w, r, fmt.Sprintf("/%d", n+1), http.StatusMovedPermanently)
	})
	resp, err := get(open(), url+"/0")
	if err != nil || string(resp.Body) != "there" || len(resp.Redirects) != 8 || resp.Requests != 9 || !resp.Redirects[0].Permanent {
		t.Errorf("8 hops: %+v %v", resp, err)
	}
	_, err = open().Get(context.Background(), Request{URL: url + "/0", MaxRedirects: 5})
	if classOf(t, err) != Redirect {
		t.Errorf("class %v", classOf(t, err))
	}
}

// N24.
func TestNothingIsCarriedAcrossARedirect(t *testing.T) {
	var there http.Header
	target := serve(t, func(_ http.ResponseWriter, r *http.Request) { there = r.Header.Clone() })
	var here http.Header
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		here = r.Header.Clone()
		w.Header().Set("Set-Cookie", "a=b")
		http.Redirect(w, r, target, http.StatusTemporaryRedirect)
	})
	_, err := open().Get(context.Background(), Request{URL: url, ETag: `W/"x"`, LastModified: "yesterday, about noon"})
	if err != nil {
		t.Fatal(err)
	}
	if here.Get("If-None-Match") != `W/"x"` || here.Get("If-Modified-Since") != "yesterday, about noon" {
		t.Errorf("validators were not sent byte for byte: %v", here)
	}
	for _, name := range []string{"If-None-Match", "If-Modified-Since", "Referer", "Cookie", "Authorization"} {
		if there.Get(name) != "" {
			t.Errorf("%s crossed the redirect", name)
		}
	}
	_, err = open().Get(context.Background(), Request{URL: url, ETag: `"y"`, ValidFor: target})
	if err != nil || here.Get("If-None-Match") != "" || there.Get("If-None-Match") != `"y"` {
		t.Errorf("validators went to the wrong address: %v / %v, %v", here, there, err)
	}
}

// N21.
func TestADowngradeIsFollowedOnlyWhenAllowed(t *testing.T) {
	plain := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "plain") })
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, plain, http.StatusFound)
	}))
	t.Cleanup(server.Close)
	_, err := open().Get(context.Background(), Request{URL: server.URL, Insecure: true})
	if classOf(t, err) != Redirect {
		t.Errorf("class %v", classOf(t, err))
	}
	resp, err := open().Get(context.Background(), Request{URL: server.URL, Insecure: true, Downgrade: true})
	if err != nil || string(resp.Body) != "plain" {
		t.Errorf("%v", err)
	}
}

// N38: a connection the server closed between requests is opened anew.
func TestAClosedKeepAliveConnectionIsNoFailure(t *testing.T) {
	url := raw(t, answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
	c := open()
	for i := range 3 {
		if resp, err := get(c, url); err != nil || string(resp.Body) != "ok" {
			t.Fatalf("request %d: %v", i, err)
		}
	}
}

// S13: a password in an address is neither sent nor shown.
func TestUserinfoIsNeverShown(t *testing.T) {
	_, err := get(open(), "http://user:hunter2@127.0.0.1:1/x")
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v", err)
	}
	if got := Bare("https://a:b@example.org/x?y"); got != "https://example.org/x?y" {
		t.Errorf("%s", got)
	}
}

func TestAddressesThatAreNoneAreRefused(t *testing.T) {
	for _, url := range []string{"", "/x", "file:///etc/passwd", "mailto:a@b", "http://", "http://[::1", "ht tp://x/"} {
		if _, err := get(open(), url); classOf(t, err) != BadURL {
			t.Errorf("%q: %v", url, err)
		}
	}
}

func TestACancelledRequestIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
	if _, err := open().Get(ctx, Request{URL: url}); classOf(t, err) != Interrupted {
		t.Errorf("%v", err)
	}
}

func TestPrivateHostsAreKnown(t *testing.T) {
	c := New(Options{AllowPrivate: loopback, AllowHosts: []string{"wiki.intranet"}, Resolver: deadResolver()})
	for url, want := range map[string]bool{
		"http://127.0.0.1:9/": true, "http://wiki.intranet/x": true, "https://93.184.216.34/": false, "http://nobody.invalid/": false, "nonsense": false,
	} {
		if got := c.Private(context.Background(), url); got != want {
			t.Errorf("%s: %v", url, got)
		}
	}
}

func FuzzURL(f *testing.F) {
	for _, s := range []string{"http://example.org/a?b#c", "https://u:p@[::1]:80/%zz", "//x", "http://①②⑦.⓪.⓪.①/", "HTTP://EXAMPLE.ORG"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := parseTarget(s)
		if err != nil {
			return
		}
		again, err := parseTarget(u.String())
		if err != nil || again.String() != u.String() {
			t.Errorf("%q reads as %q, and that as %v (%v)", s, u, again, err)
		}
		if u.User != nil || u.Fragment != "" || u.Scheme != "http" && u.Scheme != "https" {
			t.Errorf("%q kept what must go: %q", s, u)
		}
	})
}
