package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"silkwire/config"
	"silkwire/monitor"
	"silkwire/web"
)

type serveCmd struct{}

// Run is the daemon, and the architecture on one screen.
func (c *serveCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	cfg, err := cl.load(std)
	if err != nil {
		return err
	}
	if err := refuseOpenDoors(cfg.Listen); err != nil {
		return exitError{exitConfig, err}
	}
	a, err := newApp(cfg, newLog(cfg, std))
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return errors.Join(fmt.Errorf("listen on %s: %w", cfg.Listen, err), a.Close())
	}
	d, err := newDaemon(a, listener)
	if err != nil {
		return errors.Join(err, listener.Close(), a.Close())
	}
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	go d.reloadOnHangup(ctx, hup, cl, std)
	return errors.Join(d.run(ctx), a.Close())
}

// refuseOpenDoors refuses addresses that others can reach: there is no sign-in
// yet that would keep them out.
func refuseOpenDoors(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("listen %q: write host:port, such as 127.0.0.1:8080", listen)
	}
	if host == "localhost" {
		return nil
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return fmt.Errorf("listen %q: only loopback addresses (127.0.0.1, ::1) until there is sign-in; put a proxy with a password in front", listen)
	}
	return nil
}

// daemon is the running program: monitor, pages, control socket.
type daemon struct {
	app      *app
	listener net.Listener
	monitor  *monitor.Monitor
	post     *post
	control  *control
	server   *http.Server
	web      *web.Server
	sources  atomic.Pointer[[]web.SourceInfo]
	reloadOK atomic.Bool
	ready    atomic.Bool // the first round is done, where that is asked for
}

func newDaemon(a *app, listener net.Listener) (*daemon, error) {
	d := &daemon{app: a, listener: listener}
	d.reloadOK.Store(true)
	d.ready.Store(true)
	var err error
	if d.post, err = newPost(a); err != nil {
		return nil, err
	}
	a.post = d.post
	infos := sourceInfos(a.cfg.Load())
	d.sources.Store(&infos)
	plan, err := d.plan(a.cfg.Load())
	if err != nil {
		return nil, err
	}
	d.monitor = monitor.New(a.store, a.fetch, a.tagger, plan, a.log)
	if d.control, err = listenControl(a); err != nil {
		return nil, err
	}
	if err := a.store.SetAddress("http://" + listener.Addr().String()); err != nil {
		return nil, err
	}
	d.web = web.New(d.webOptions())
	d.server = &http.Server{
		Handler: d.web.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: time.Minute,
		MaxHeaderBytes: 64 << 10, BaseContext: func(net.Listener) context.Context { return context.Background() },
	}
	return d, nil
}

func (d *daemon) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	failed := make(chan error, 1)
	go func() {
		if err := d.server.Serve(d.listener); !errors.Is(err, http.ErrServerClosed) {
			failed <- fmt.Errorf("pages: %w", err)
			stop()
		}
	}()
	d.app.log.Info("silkwire serves", "address", "http://"+d.listener.Addr().String(), "archive", d.app.store.Path(), "version", version)
	go d.post.run(ctx)
	err := d.monitor.Run(ctx)
	d.post.wait()
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err = errors.Join(err, d.server.Shutdown(closing), d.control.Close())
	select {
	case f := <-failed:
		err = errors.Join(err, f)
	default:
	}
	return err
}

// reloadOnHangup reads the configuration again on SIGHUP; one with mistakes
// leaves the old one in force.
func (d *daemon) reloadOnHangup(ctx context.Context, hup <-chan os.Signal, cl *cli, std *stdio) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hup:
			err := d.reload(cl, std)
			d.reloadOK.Store(err == nil)
			if err != nil {
				d.app.log.Error("the new configuration has mistakes; the old one stays in force", "error", err)
				continue
			}
			d.app.log.Info("configuration reloaded")
		}
	}
}

func (d *daemon) reload(cl *cli, std *stdio) error {
	cfg, err := cl.load(std)
	if err != nil {
		return err
	}
	if later := needRestart(d.app.cfg.Load(), cfg); len(later) > 0 {
		d.app.log.Warn("these settings change at the next start only", "settings", strings.Join(later, ", "))
	}
	plan, err := d.plan(cfg)
	if err != nil {
		return err
	}
	if err := d.post.configure(cfg); err != nil {
		return err
	}
	infos := sourceInfos(cfg)
	d.sources.Store(&infos)
	outlets, _ := visited(cfg)
	d.web.Reconfigure(outlets, warnings(cfg), cfg.Fetch.Contact != "")
	d.app.cfg.Store(cfg)
	d.monitor.Reload(plan)
	return nil
}

// needRestart names the settings that differ and that a reload leaves alone.
func needRestart(before, after *config.Config) (names []string) {
	for _, s := range []struct {
		name string
		same bool
	}{
		{"archive", before.Archive == after.Archive},
		{"listen", before.Listen == after.Listen},
		{"base_url", before.BaseURL == after.BaseURL},
		{"taxonomy", before.Taxonomy == after.Taxonomy},
		{"log", before.Log == after.Log},
		{"smtp", before.SMTP == after.SMTP},
		{"fetch.contact", before.Fetch.Contact == after.Fetch.Contact},
		{"fetch.allow_private", slices.Equal(before.Fetch.AllowPrivate, after.Fetch.AllowPrivate) && slices.Equal(before.Fetch.AllowHosts, after.Fetch.AllowHosts)},
		{"fetch.host_spacing", sameSpacing(before.Fetch, after.Fetch)},
	} {
		if !s.same {
			names = append(names, s.name)
		}
	}
	return names
}

func sameSpacing(a, b config.Fetch) bool {
	public, private := a.Spacing()
	public2, private2 := b.Spacing()
	return public == public2 && private == private2
}

// plan is what the monitor does under a configuration.
func (d *daemon) plan(cfg *config.Config) (monitor.Plan, error) {
	p, err := d.app.plan(cfg)
	if err != nil {
		return p, err
	}
	for i := range cfg.Digests {
		chore, err := d.post.chore(cfg, &cfg.Digests[i])
		if err != nil {
			return p, exitError{exitConfig, err}
		}
		p.Chores = append(p.Chores, chore)
	}
	return p, nil
}
