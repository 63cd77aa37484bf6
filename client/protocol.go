package client

import (
	"io"
	"net/http"
	"time"
)

// Bounds of what [Client.Protocol] does.
const (
	protocolTime  = 20 * time.Second
	protocolLimit = 1 << 20
)

// Protocol returns a client for libraries that speak a protocol of their own,
// such as OpenID Connect. It goes where the guard lets it (S1 to S11), in
// bounded time and size, carries no cookies and follows no redirects.
func (c *Client) Protocol() *http.Client {
	return &http.Client{
		Transport:     bounded{c.transport, c.agent},
		Timeout:       protocolTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// bounded introduces itself and reads no more than protocolLimit of an answer.
type bounded struct {
	next  http.RoundTripper
	agent string
}

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", b.agent)
	resp, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, protocolLimit), resp.Body}
	return resp, nil
}
