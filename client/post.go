package client

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"
)

// Posting is something to be handed to another server.
type Posting struct {
	URL         string
	ContentType string
	Header      map[string]string
	Body        []byte
}

// maxAnswer is how much of the answer to a posting is read.
const maxAnswer = 64 << 10

// Post hands something over: one request, through the same guard as every
// other, that follows no redirect. Every HTTP status is a Response; anything
// else is an *Error whose Requests says whether a server was reached, so that
// it may have taken what was posted.
func (c *Client) Post(ctx context.Context, p Posting) (*Response, error) {
	u, err := parseTarget(p.URL)
	if err != nil {
		return nil, &Error{Class: BadURL, URL: Bare(p.URL), Err: err, Method: http.MethodPost}
	}
	ctx, cancel := context.WithTimeout(ctx, c.opt.Total)
	defer cancel()
	resp, err := c.send(ctx, Request{URL: p.URL, Limit: maxAnswer, posting: &p}, u)
	if e, ok := err.(*Error); ok { //nolint:errorlint // send returns nothing else
		e.Method = http.MethodPost
	}
	return resp, err
}

// dress makes a request one that posts.
func (p *Posting) dress(req *http.Request) {
	req.Method = http.MethodPost
	req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(p.Body)), int64(len(p.Body))
	req.Header.Set("Content-Type", p.ContentType)
	for name, value := range p.Header {
		req.Header.Set(name, value)
	}
}

// RetryAfter is how long a server asks to be left alone; 0 when it does not say.
func (r *Response) RetryAfter(now time.Time) time.Duration {
	value := r.Header.Get("Retry-After")
	if d, err := time.ParseDuration(value + "s"); err == nil && d > 0 {
		return d
	}
	if t, err := http.ParseTime(value); err == nil && t.After(now) {
		return t.Sub(now)
	}
	return 0
}
