package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"silkwire/config"
)

// door is the program's address. It answers from the first moment on that the
// process lives, and everything else when there are pages.
type door struct {
	listener net.Listener
	server   *http.Server
	pages    atomic.Pointer[http.Handler]
	scheme   string
	failed   chan error // holds why it closed by itself
}

// openDoor listens, and answers until close is called. With a certificate it
// speaks https alone.
func openDoor(listen string, cert *certificate) (*door, error) {
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", listen, err)
	}
	d := &door{listener: listener, scheme: "http", failed: make(chan error, 1)}
	d.server = newServer(d)
	if cert != nil {
		d.scheme = "https"
		listener = tls.NewListener(listener, &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: cert.get, NextProtos: []string{"h2", "http/1.1"}})
	}
	go func() {
		if err := d.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			d.failed <- fmt.Errorf("pages: %w", err)
		}
	}()
	return d, nil
}

// newServer bounds the time and the room that a visitor who is slow can take
// (X15).
func newServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
	}
}

// certificate is what the door shows; it can be read anew while it stands open.
type certificate struct {
	current atomic.Pointer[tls.Certificate]
}

// loadCertificate reads the files that a configuration names; nil for none.
func loadCertificate(files config.TLS) (*certificate, error) {
	if files.Cert == "" {
		return nil, nil
	}
	c := &certificate{}
	return c, c.load(files)
}

func (c *certificate) load(files config.TLS) error {
	if c == nil || files.Cert == "" {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(files.Cert, files.Key)
	if err != nil {
		return exitError{exitConfig, fmt.Errorf("tls: %w", err)}
	}
	c.current.Store(&pair)
	return nil
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return c.current.Load(), nil
}

// url is the address as others write it.
func (d *door) url() string { return d.scheme + "://" + d.addr() }

func (d *door) addr() string { return d.listener.Addr().String() }

// open lets visitors through to the pages.
func (d *door) open(pages http.Handler) { d.pages.Store(&pages) }

func (d *door) close(ctx context.Context) error { return d.server.Shutdown(ctx) }

// ServeHTTP asks the pages or, as long as there are none, for patience.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if pages := d.pages.Load(); pages != nil {
		(*pages).ServeHTTP(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	if r.URL.Path == "/livez" || r.URL.Path == "/healthz" {
		_, _ = w.Write([]byte("ok\n"))
		return
	}
	h.Set("Retry-After", "2")
	h.Set("Refresh", "2")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write([]byte("Silkwire is starting; this page comes in a moment.\n"))
}
