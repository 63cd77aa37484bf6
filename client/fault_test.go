package client

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/net/http2"
)

// zone is what a scripted DNS server knows: it is asked for a name and a kind
// of record for the nth time. No answer at all is silence.
type zone func(name string, kind dnsmessage.Type, n int) (answers []dnsmessage.Resource, code dnsmessage.RCode, silent bool)

// resolver is a resolver whose server reads from a script.
func resolver(t *testing.T, script zone) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go answerNames(conn, script)
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func answerNames(conn net.PacketConn, script zone) {
	asked := map[string]int{}
	buffer := make([]byte, 2048)
	for {
		n, from, err := conn.ReadFrom(buffer)
		if err != nil {
			return
		}
		var query dnsmessage.Message
		if query.Unpack(buffer[:n]) != nil || len(query.Questions) != 1 {
			continue
		}
		q := query.Questions[0]
		key := q.Name.String() + q.Type.String()
		answers, code, silent := script(strings.TrimSuffix(q.Name.String(), "."), q.Type, asked[key])
		asked[key]++
		if silent {
			continue
		}
		reply := dnsmessage.Message{
			Header:    dnsmessage.Header{ID: query.ID, Response: true, Authoritative: true, RCode: code},
			Questions: query.Questions, Answers: answers,
		}
		if packed, err := reply.Pack(); err == nil {
			_, _ = conn.WriteTo(packed, from)
		}
	}
}

// addresses are the records of a name for one kind of address.
func addresses(name string, kind dnsmessage.Type, addrs ...string) (out []dnsmessage.Resource) {
	for _, a := range addrs {
		addr := netip.MustParseAddr(a)
		header := dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName(name + "."), Class: dnsmessage.ClassINET, TTL: 1}
		switch {
		case addr.Is4() && kind == dnsmessage.TypeA:
			out = append(out, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: addr.As4()}})
		case addr.Is6() && kind == dnsmessage.TypeAAAA:
			out = append(out, dnsmessage.Resource{Header: header, Body: &dnsmessage.AAAAResource{AAAA: addr.As16()}})
		}
	}
	return out
}

// servers answer on the same port of several addresses, and count.
func servers(t *testing.T, addrs ...string) (port string, hits []*atomic.Int32) {
	t.Helper()
	for i, addr := range addrs {
		listener, err := net.Listen("tcp", net.JoinHostPort(addr, first(port, "0")))
		if err != nil {
			t.Skipf("this machine does not answer on %s: %v", addr, err)
		}
		if i == 0 {
			_, port, _ = net.SplitHostPort(listener.Addr().String())
		}
		count := &atomic.Int32{}
		hits = append(hits, count)
		server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { count.Add(1) })}
		go func() { _ = server.Serve(listener) }()
		t.Cleanup(func() { _ = server.Close() })
	}
	return port, hits
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// N2: a resolver that fails or is silent is a failure of the name, soon.
func TestAResolverThatFailsOrIsSilentIsBounded(t *testing.T) {
	for _, silent := range []bool{false, true} {
		r := resolver(t, func(string, dnsmessage.Type, int) ([]dnsmessage.Resource, dnsmessage.RCode, bool) {
			return nil, dnsmessage.RCodeServerFailure, silent
		})
		start := time.Now()
		_, err := get(New(Options{Resolver: r, Dial: 400 * time.Millisecond}), "http://press.example/")
		if classOf(t, err) != DNS {
			t.Errorf("silent %v: class %v: %v", silent, classOf(t, err), err)
		}
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("silent %v: it took %v", silent, took)
		}
		var e *Error
		if errors.As(err, &e) && e.Requests != 0 {
			t.Errorf("%d requests counted that nobody received", e.Requests)
		}
	}
}

// N4: a network that swallows connections.
func TestAHostThatSwallowsConnectionsIsLeft(t *testing.T) {
	c := New(Options{Dial: 50 * time.Millisecond, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	start := time.Now()
	if _, err := get(c, "http://press.example/"); classOf(t, err) != Timeout {
		t.Errorf("class %v: %v", classOf(t, err), err)
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("it took %v", took)
	}
	if New(Options{}).opt.Dial > 10*time.Second {
		t.Error("by default it would take more than ten seconds")
	}
}

// S2, S10: names that lead inside, by themselves or by an alias.
func TestNamesThatLeadInsideAreRefused(t *testing.T) {
	port, hits := servers(t, "127.0.0.1")
	r := resolver(t, func(name string, kind dnsmessage.Type, _ int) ([]dnsmessage.Resource, dnsmessage.RCode, bool) {
		switch name {
		case "metadata.google.internal":
			return addresses(name, kind, "169.254.169.254", "fd00:ec2::254"), 0, false
		case "alias.example":
			alias := dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName("alias.example."), Class: dnsmessage.ClassINET, TTL: 1},
				Body:   &dnsmessage.CNAMEResource{CNAME: dnsmessage.MustNewName("wiki.internal.")},
			}
			return append([]dnsmessage.Resource{alias}, addresses("wiki.internal", kind, "127.0.0.1")...), 0, false
		}
		return addresses(name, kind, "127.0.0.1", "::1"), 0, false
	})
	c := New(Options{Resolver: r, Dial: time.Second, Ports: []uint16{mustPort(t, port)}})
	for _, host := range []string{"metadata.google.internal", "alias.example", "inside.example"} {
		if _, err := get(c, "http://"+net.JoinHostPort(host, port)+"/"); classOf(t, err) != Blocked {
			t.Errorf("%s: class %v: %v", host, classOf(t, err), err)
		}
	}
	if hits[0].Load() != 0 {
		t.Error("a request arrived inside")
	}
}

func mustPort(t *testing.T, port string) uint16 {
	t.Helper()
	return netip.MustParseAddrPort("127.0.0.1:" + port).Port()
}

// S8: of a name with a public and a private address the public one is used.
func TestOfTwoAddressesOnlyThePublicOneIsUsed(t *testing.T) {
	port, hits := servers(t, "127.0.0.1", "127.0.0.2")
	r := resolver(t, func(name string, kind dnsmessage.Type, _ int) ([]dnsmessage.Resource, dnsmessage.RCode, bool) {
		return addresses(name, kind, "127.0.0.1", "127.0.0.2"), 0, false
	})
	c := New(Options{Resolver: r, Dial: time.Second, AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}})
	if _, err := get(c, "http://both.example:"+port+"/"); err != nil {
		t.Fatal(err)
	}
	if hits[0].Load() != 0 || hits[1].Load() != 1 {
		t.Errorf("%d requests to the closed address, %d to the open one", hits[0].Load(), hits[1].Load())
	}
}

// S9: a name that is public when it is looked at and private when it is dialled.
func TestANameThatChangesItsAddressGainsNothing(t *testing.T) {
	port, hits := servers(t, "127.0.0.1", "127.0.0.2")
	r := resolver(t, func(name string, kind dnsmessage.Type, n int) ([]dnsmessage.Resource, dnsmessage.RCode, bool) {
		if n == 0 {
			return addresses(name, kind, "127.0.0.2"), 0, false
		}
		return addresses(name, kind, "127.0.0.1"), 0, false
	})
	c := New(Options{Resolver: r, Dial: time.Second, AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}})
	if _, err := get(c, "http://turncoat.example:"+port+"/"); err != nil {
		t.Fatal(err)
	}
	c.CloseIdle()
	if _, err := get(c, "http://turncoat.example:"+port+"/"); classOf(t, err) != Blocked {
		t.Errorf("class %v: %v", classOf(t, err), err)
	}
	if hits[0].Load() != 0 {
		t.Error("a request arrived inside")
	}
}

// N42: an IPv6 address that does not answer costs no more than a moment.
func TestAnIPv6AddressThatIsDeadCostsAMoment(t *testing.T) {
	port, hits := servers(t, "127.0.0.1")
	r := resolver(t, func(name string, kind dnsmessage.Type, _ int) ([]dnsmessage.Resource, dnsmessage.RCode, bool) {
		return addresses(name, kind, "2001:db8::1", "127.0.0.1"), 0, false
	})
	c := New(Options{Resolver: r, AllowPrivate: append(loopback, netip.MustParsePrefix("2001:db8::/32"))})
	start := time.Now()
	if _, err := get(c, "http://dual.example:"+port+"/"); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 5*time.Second || hits[0].Load() != 1 {
		t.Errorf("%d requests in %v", hits[0].Load(), took)
	}
}

// N36: a server of HTTP/2 that resets every stream, or says goodbye to every
// connection, is left before the deadline and not asked without end.
func TestAStormOfResetsEnds(t *testing.T) {
	for _, goodbye := range []bool{false, true} {
		streams := &atomic.Int32{}
		address := h2(t, func(f *http2.Framer, id uint32) error {
			streams.Add(1)
			if goodbye {
				return f.WriteGoAway(0, http2.ErrCodeNo, nil)
			}
			return f.WriteRSTStream(id, http2.ErrCodeInternal)
		})
		start := time.Now()
		_, err := open().Get(context.Background(), Request{URL: address, Insecure: true})
		if class := classOf(t, err); class != Connect {
			t.Errorf("class %v: %v", class, err)
		}
		if took := time.Since(start); took > 4*time.Second || streams.Load() == 0 || streams.Load() > 10 {
			t.Errorf("goodbye %v: %d streams in %v", goodbye, streams.Load(), took)
		}
	}
}

// h2 is a server that speaks HTTP/2 and does to every stream what it is told.
func h2(t *testing.T, answer func(*http2.Framer, uint32) error) string {
	t.Helper()
	certified := httptest.NewUnstartedServer(nil)
	certified.StartTLS()
	config := certified.TLS.Clone()
	certified.Close()
	config.NextProtos = []string{"h2"}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config)
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
			go speak(conn, answer)
		}
	}()
	return "https://" + listener.Addr().String() + "/"
}

func speak(conn net.Conn, answer func(*http2.Framer, uint32) error) {
	defer conn.Close() //nolint:errcheck // a test's server
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(conn, preface); err != nil {
		return
	}
	f := http2.NewFramer(conn, conn)
	if f.WriteSettings() != nil {
		return
	}
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			return
		}
		if headers, ok := frame.(*http2.HeadersFrame); ok && answer(f, headers.StreamID) != nil {
			return
		}
	}
}

// Politeness 11: whoever redirects waits as every other request does, and what
// is refused before a request is the answer.
func TestEveryHopIsAskedFor(t *testing.T) {
	var url string
	url = serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a" {
			http.Redirect(w, r, url+"/b", http.StatusFound)
		}
	})
	var asked []string
	inside := 0
	refused := errors.New("not now")
	request := Request{URL: url + "/a", Before: func(_ context.Context, address string, hop int) (func(), error) {
		if inside++; inside != 1 {
			t.Error("two hops at once")
		}
		asked = append(asked, strings.TrimPrefix(address, url))
		if hop == 2 {
			return nil, refused
		}
		return func() { inside-- }, nil
	}}
	if _, err := open().Get(context.Background(), request); err != nil || strings.Join(asked, " ") != "/a /b" {
		t.Errorf("%v %v", asked, err)
	}
	request.Before = func(context.Context, string, int) (func(), error) { return nil, refused }
	if _, err := open().Get(context.Background(), request); !errors.Is(err, refused) {
		t.Errorf("%v", err)
	}
}
