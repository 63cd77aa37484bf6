package client

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Class says in one word why a request brought no response.
type Class string

// The classes of failure.
const (
	DNS         Class = "dns"         // the name does not resolve
	Connect     Class = "connect"     // refused, reset, cut off, or not speaking HTTP
	TLS         Class = "tls"         // certificate or handshake
	Timeout     Class = "timeout"     // a deadline passed, or too slow to be alive
	TooLarge    Class = "too_large"   // the headers or the decoded body passed the limit
	Encoding    Class = "encoding"    // a content coding that is not what it says
	Redirect    Class = "redirect"    // a loop, a long chain, or a place we do not go
	Blocked     Class = "blocked"     // an address the guard does not open
	Interrupted Class = "interrupted" // the caller gave up
	BadURL      Class = "bad_url"     // not an address of http or https
)

// Error is a request without a response. Its text is fit for people and says
// no more of a refused address than of an unreachable one, so that nobody can
// map a network by reading error messages.
type Error struct {
	Class Class
	URL   string // where it happened, without userinfo
	Err   error  // the cause, for branching; do not show it

	Requests int    // that reached a server
	Method   string // "" is GET
}

// Error says what happened, where, and what to do.
func (e *Error) Error() string {
	return fmt.Sprintf("%s %s: %s", cmp.Or(e.Method, http.MethodGet), e.URL, e.words())
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Err }

func (e *Error) words() string {
	switch e.Class {
	case DNS:
		return "the host's name does not resolve; check its spelling and the resolver"
	case Blocked:
		return unreachable
	case Connect:
		if cutOff(e.Err) {
			return "the connection was cut off in mid-answer"
		}
		if words := protocolWords(e.Err); words != "" {
			return "the answer is not valid HTTP: " + words
		}
		return unreachable
	case TLS:
		return "no secure connection: " + tlsWords(e.Err) + "; tell the outlet, or set insecure: true for this source"
	case Timeout:
		return "the server took too long"
	case Interrupted:
		return "stopped before it was done"
	}
	return e.Err.Error()
}

const unreachable = "no connection to the host; if it is on your own network, open it with fetch.allow_private"

func cutOff(err error) bool {
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}

func protocolWords(err error) string {
	if err == nil {
		return ""
	}
	text := err.Error()
	for _, sign := range []string{"malformed", "invalid", "http2:", "stream error", "1xx"} {
		if strings.Contains(text, sign) && !strings.Contains(text, "connect:") {
			return lastPart(text)
		}
	}
	return ""
}

func tlsWords(err error) string {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &authority):
		return "the certificate is signed by nobody we know"
	case errors.As(err, &host):
		return "the certificate is for another host"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate has expired or is not valid yet"
	case errors.As(err, &invalid):
		return "the certificate is not valid"
	}
	return "the handshake failed"
}

func lastPart(s string) string {
	if i := strings.LastIndex(s, ": "); i >= 0 && i+2 < len(s) {
		return s[i+2:]
	}
	return s
}

// classify finds the class of a transport error.
func classify(ctx context.Context, err error) Class {
	var dns *net.DNSError
	var timeout net.Error
	cause := context.Cause(ctx)
	switch {
	case errors.Is(err, errRefused):
		return Blocked
	case errors.Is(cause, errStorm):
		return Connect
	case errors.As(err, &dns):
		return DNS
	case isTLS(err):
		return TLS
	case errors.Is(cause, errSlow), errors.Is(cause, context.DeadlineExceeded):
		return Timeout
	case errors.Is(err, context.Canceled):
		return Interrupted
	case errors.As(err, &timeout) && timeout.Timeout():
		return Timeout
	case strings.Contains(err.Error(), "server response headers exceeded"),
		strings.Contains(err.Error(), "header list too large"):
		return TooLarge
	}
	return Connect
}

func isTLS(err error) bool {
	var verify *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	return errors.As(err, &verify) || errors.As(err, &record) || errors.As(err, &alert) ||
		strings.Contains(err.Error(), "tls: ") || strings.Contains(err.Error(), "TLS handshake")
}

// bare is a URL without the password somebody wrote into it.
func bare(u *url.URL) string {
	clean := *u
	clean.User = nil
	return clean.String()
}

// Bare is raw without userinfo, fit for logs and pages (S13).
func Bare(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "(unreadable address)"
	}
	return bare(u)
}
