package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// door is the program's address. It answers from the first moment on that the
// process lives, and everything else when there are pages.
type door struct {
	listener net.Listener
	server   *http.Server
	pages    atomic.Pointer[http.Handler]
	failed   chan error // holds why it closed by itself
}

// openDoor listens, and answers until close is called.
func openDoor(listen string) (*door, error) {
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", listen, err)
	}
	d := &door{listener: listener, failed: make(chan error, 1)}
	d.server = &http.Server{
		Handler: d, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
	}
	go func() {
		if err := d.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			d.failed <- fmt.Errorf("pages: %w", err)
		}
	}()
	return d, nil
}

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
