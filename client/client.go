// Package client makes the program's HTTP requests, and is the only place that
// makes HTTP clients. A request of it is bounded in time, size, redirects and
// rate; goes to public addresses only, unless the operator opened a private
// one; says who it is; and carries no cookies, no Referer and nothing else
// that was not asked for. Proxy settings of the environment are ignored,
// because a proxy would see the address that the guard must see.
package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Limits of decoded bytes.
const (
	FeedLimit   = 15 << 20
	PageLimit   = 10 << 20
	RobotsLimit = 512 << 10
)

// Options configure a Client. The zero value is right for the public internet.
type Options struct {
	Version string // of the program
	Contact string // an address or page where its operator is found

	AllowPrivate []netip.Prefix // private networks that are open, on any port
	AllowHosts   []string       // hosts that are open wherever they resolve to
	Ports        []uint16       // besides 80 and 443

	Dial, TLS, Headers, Total time.Duration // 10 s, 10 s, 15 s, 60 s

	RateWindow time.Duration // 15 s: in each window at least …
	RateBytes  int           // … 1,500 bytes must come

	Resolver *net.Resolver // nil: the system's
	// DialContext replaces the network, for worlds in memory. Literal
	// addresses still pass the guard.
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)
}

// Client sends requests. It is safe for concurrent use.
type Client struct {
	opt       Options
	agent     string
	guard     guard
	resolver  *net.Resolver
	transport *http.Transport // verifies certificates
	lax       *http.Transport // does not; for sources marked insecure
}

// New makes a Client.
func New(opt Options) *Client {
	opt = opt.withDefaults()
	c := &Client{opt: opt, agent: userAgent(opt), resolver: opt.Resolver}
	if c.resolver == nil {
		c.resolver = net.DefaultResolver
	}
	c.guard = guard{prefixes: opt.AllowPrivate, ports: opt.Ports}
	for _, host := range opt.AllowHosts {
		c.guard.hosts = append(c.guard.hosts, strings.TrimSuffix(strings.ToLower(host), "."))
	}
	c.transport = c.newTransport(false)
	c.lax = c.newTransport(true)
	return c
}

func (o Options) withDefaults() Options {
	orElse := func(d *time.Duration, value time.Duration) {
		if *d == 0 {
			*d = value
		}
	}
	orElse(&o.Dial, 10*time.Second)
	orElse(&o.TLS, 10*time.Second)
	orElse(&o.Headers, 15*time.Second)
	orElse(&o.Total, 60*time.Second)
	orElse(&o.RateWindow, 15*time.Second)
	if o.RateBytes == 0 {
		o.RateBytes = 1500
	}
	if o.Version == "" {
		o.Version = "dev"
	}
	return o
}

func userAgent(o Options) string {
	contact := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '(' || r == ')' {
			return -1
		}
		return r
	}, o.Contact)
	if contact == "" {
		return "Silkwire/" + o.Version
	}
	return fmt.Sprintf("Silkwire/%s (+%s)", o.Version, contact)
}

// UserAgent is how the client introduces itself.
func (c *Client) UserAgent() string { return c.agent }

// CloseIdle closes connections that wait for the next request.
func (c *Client) CloseIdle() {
	c.transport.CloseIdleConnections()
	c.lax.CloseIdleConnections()
}

func (c *Client) newTransport(insecure bool) *http.Transport {
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            c.dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: insecure},
		TLSHandshakeTimeout:    c.opt.TLS,
		ResponseHeaderTimeout:  c.opt.Headers,
		MaxResponseHeaderBytes: 256 << 10,
		MaxIdleConns:           64,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        30 * time.Second,
		DisableCompression:     true, // decoded here, under the limit of decoded bytes
		ForceAttemptHTTP2:      true,
	}
}

func (c *Client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, c.opt.Dial)
	defer cancel()
	if c.opt.DialContext != nil {
		if err := c.guard.checkName(address); err != nil {
			return nil, err
		}
		return c.opt.DialContext(ctx, network, address)
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Resolver: c.opt.Resolver, ControlContext: c.guard.control(host)}
	return dialer.DialContext(ctx, network, address)
}

// Request asks for one resource.
type Request struct {
	URL    string
	Accept string
	Limit  int64 // of decoded bytes; 0 means PageLimit

	// Validators of an earlier response, sent byte for byte, and only to
	// the address they came from (ValidFor, or else URL).
	ETag, LastModified, ValidFor string
	Elsewhere                    []Validators // of other addresses, where a redirect may lead

	// Before is asked before each request, those that redirects lead to
	// included, and may make it wait or refuse it; hop counts redirects.
	// What it returns is called when the answer is read. Its waiting does
	// not count toward the time an answer may take.
	Before func(ctx context.Context, url string, hop int) (after func(), err error)

	MaxRedirects int  // 0 means 10
	Downgrade    bool // follow a redirect from https to http
	Insecure     bool // accept bad certificates
	Delta        bool // offer to take only what changed since (RFC 3229)
	Identity     bool // ask for no content coding, where it was wrong before

	posting *Posting // what is handed over; nil: nothing is, it is fetched
}

// Validators belong to one address.
type Validators struct {
	URL, ETag, LastModified string
}

// Hop is one redirect that was followed.
type Hop struct {
	From, To  string
	Status    int
	Permanent bool // 301 or 308
}

// Response is an answer, of whatever status, read to its end and decoded.
type Response struct {
	URL       string // final
	Status    int
	Header    http.Header
	Body      []byte
	Redirects []Hop
	Date      time.Time // the server's clock; zero when it did not say
	Requests  int       // sent for this answer

	Conditional bool // the last of them told validators
}

// Get fetches. Every HTTP status is a Response; anything else is an *Error, or
// what Before returned. The body of a response that says it was not modified
// is empty.
func (c *Client) Get(ctx context.Context, r Request) (*Response, error) {
	u, err := parseTarget(r.URL)
	if err != nil {
		return nil, &Error{Class: BadURL, URL: Bare(r.URL), Err: err}
	}
	if r.MaxRedirects == 0 {
		r.MaxRedirects = 10
	}
	if r.Limit == 0 {
		r.Limit = PageLimit
	}
	return c.follow(ctx, r, u)
}

// follow sends the request and those that redirects lead to. Each hop is a new
// request: nothing of the old one is carried over (N24).
func (c *Client) follow(ctx context.Context, r Request, u *url.URL) (*Response, error) {
	var hops []Hop
	left := c.opt.Total
	for {
		resp, took, err := c.inTurn(ctx, r, u, len(hops), left)
		if err != nil {
			return nil, reached(err, len(hops))
		}
		left -= took
		resp.Redirects, resp.Requests = hops, len(hops)+1
		if !redirects(resp.Status) {
			return resp, nil
		}
		if len(hops) == r.MaxRedirects {
			return nil, &Error{Class: Redirect, URL: bare(u), Err: fmt.Errorf("more than %d redirects", r.MaxRedirects), Requests: len(hops) + 1}
		}
		next, err := target(u, resp, r.Downgrade)
		if err != nil {
			return nil, &Error{Class: Redirect, URL: bare(u), Err: err, Requests: len(hops) + 1}
		}
		hops = append(hops, Hop{bare(u), bare(next), resp.Status, resp.Status == 301 || resp.Status == 308})
		if loops(hops) {
			return nil, &Error{Class: Redirect, URL: bare(u), Err: errors.New("redirects run in a circle"), Requests: len(hops)}
		}
		u = next
	}
}

// reached adds the requests that were answered before one that was not.
func reached(err error, before int) error {
	var e *Error
	if errors.As(err, &e) {
		e.Requests += before
	}
	return err
}

// inTurn sends a request when Before lets it, and returns how long it took
// from then on.
func (c *Client) inTurn(ctx context.Context, r Request, u *url.URL, hop int, left time.Duration) (*Response, time.Duration, error) {
	if r.Before != nil {
		after, err := r.Before(ctx, bare(u), hop)
		if err != nil {
			return nil, 0, err
		}
		defer after()
	}
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	resp, err := c.send(ctx, r, u)
	return resp, time.Since(start), err
}

// send makes one request and reads its answer.
func (c *Client) send(ctx context.Context, r Request, u *url.URL) (*Response, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	connections := 0
	req, err := c.build(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) {
			if connections++; connections > patience {
				cancel(errStorm)
			}
		},
	}), r, u)
	if err != nil {
		return nil, &Error{Class: BadURL, URL: bare(u), Err: err}
	}
	transport := c.transport
	if r.Insecure {
		transport = c.lax
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		e := &Error{Class: classify(ctx, err), URL: bare(u), Err: err}
		if connections > 0 {
			e.Requests = 1
		}
		return nil, e
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end or given up
	limit := r.Limit
	if redirects(resp.StatusCode) || resp.StatusCode >= 400 {
		limit = min(limit, 64<<10)
	}
	out := &Response{URL: bare(u), Status: resp.StatusCode, Header: resp.Header, Conditional: conditional(req)}
	out.Date, _ = http.ParseTime(resp.Header.Get("Date"))
	watched := watch(resp.Body, cancel, c.opt.RateWindow, c.opt.RateBytes)
	defer watched.stop()
	out.Body, err = readDecoded(watched, resp.Header.Get("Content-Encoding"), limit)
	if err != nil && bodyMatters(resp.StatusCode) {
		return nil, bodyError(ctx, u, err)
	}
	return out, nil
}

// patience is how many connections a request may need: the transport tries
// again, without end, when a server closes one before it answers (N36).
const patience = 3

// errStorm is the cause of a cancelled request that used up its patience.
var errStorm = errors.New("the server closes every connection")

func conditional(req *http.Request) bool {
	return req.Header.Get("If-None-Match") != "" || req.Header.Get("If-Modified-Since") != ""
}

// bodyMatters reports whether a body that cannot be read spoils the answer.
func bodyMatters(status int) bool { return status >= 200 && status < 300 }

func bodyError(ctx context.Context, u *url.URL, err error) *Error {
	e := &Error{Class: classify(ctx, err), URL: bare(u), Err: err, Requests: 1}
	var large tooLarge
	var coding badCoding
	switch {
	case errors.As(err, &large):
		e.Class = TooLarge
	case errors.As(err, &coding):
		e.Class = Encoding
	}
	return e
}

func (c *Client) build(ctx context.Context, r Request, u *url.URL) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", c.agent)
	req.Header.Set("Accept-Encoding", "gzip, br")
	if r.Identity {
		req.Header.Set("Accept-Encoding", "identity")
	}
	if r.Accept != "" {
		req.Header.Set("Accept", r.Accept)
	}
	v := validatorsFor(r, u)
	if v.ETag != "" {
		req.Header["If-None-Match"] = []string{v.ETag}
		if r.Delta {
			req.Header.Set("A-Im", "feed")
		}
	}
	if v.LastModified != "" {
		req.Header["If-Modified-Since"] = []string{v.LastModified}
	}
	if r.posting != nil {
		r.posting.dress(req)
	}
	return req, nil
}

// validatorsFor are the validators that belong to u, if any do.
func validatorsFor(r Request, u *url.URL) Validators {
	own := Validators{r.ValidFor, r.ETag, r.LastModified}
	if own.URL == "" {
		own.URL = r.URL
	}
	for _, v := range append([]Validators{own}, r.Elsewhere...) {
		if SameAddress(v.URL, u.String()) {
			return v
		}
	}
	return Validators{}
}

// SameAddress reports whether two addresses make the same request.
func SameAddress(a, b string) bool {
	if a == b {
		return true
	}
	u, err1 := parseTarget(a)
	v, err2 := parseTarget(b)
	return err1 == nil && err2 == nil && u.String() == v.String()
}
