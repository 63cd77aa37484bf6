package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"silkwire/config"
	"silkwire/monitor"
	"silkwire/web"
)

type serveCmd struct {
	InsecureListen bool `help:"Let others in without TLS and without anybody having an account. Passwords can be read on their way."`
}

// Run is the daemon, and the architecture on one screen.
func (c *serveCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	cl.guarded = !c.InsecureListen
	cfg, err := cl.load(std)
	if err != nil {
		return err
	}
	a, err := newApp(cfg, newLog(cfg, std))
	if err != nil {
		return err
	}
	a.inClear = c.InsecureListen
	if err := cl.refuseStrangers(ctx, a); err != nil {
		return errors.Join(err, a.Close())
	}
	cert, err := loadCertificate(cfg.TLS)
	if err != nil {
		return errors.Join(err, a.Close())
	}
	front, err := openDoor(cfg.Listen, cert)
	if err != nil {
		return errors.Join(err, a.Close())
	}
	d, err := startDaemon(a, front, cl)
	if err != nil {
		return errors.Join(err, front.close(ctx), a.Close())
	}
	d.certificate = cert
	go d.reloadOnHangup(ctx, hup, cl, std)
	d.invite(ctx)
	return errors.Join(d.run(ctx), a.Close())
}

// startDaemon makes the daemon ready to run, behind a door that is open.
func startDaemon(a *app, front *door, cl *cli) (*daemon, error) {
	if err := a.store.SetAddress(front.url()); err != nil {
		return nil, err
	}
	if err := a.learn(); err != nil {
		return nil, err
	}
	if err := cl.verify(a.tax); err != nil {
		return nil, err
	}
	return newDaemon(a, front)
}

// refuseStrangers refuses to open an address that others reach as long as
// nobody could sign in at it.
func (c *cli) refuseStrangers(ctx context.Context, a *app) error {
	cfg := a.cfg.Load()
	if !cfg.Reachable() || cfg.SignsInElsewhere() || !c.guarded {
		return nil
	}
	somebody, err := a.people.Anybody(ctx)
	if err != nil || somebody {
		return err
	}
	return exitError{exitConfig, fmt.Errorf("listen %s: others can reach it, and nobody has an account yet; add one first (silkwire user add NAME --role admin), "+
		"or name who signs people in (oidc, auth.proxy_header); --insecure-listen overrides this", cfg.Listen)}
}

// onlyLoopback refuses addresses that others can reach.
func onlyLoopback(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("listen %q: write host:port, such as 127.0.0.1:8080", listen)
	}
	if !config.IsLoopback(host) {
		return fmt.Errorf("listen %q: in the demo everybody is its analyst, so that only addresses of this machine will do (127.0.0.1, ::1)", listen)
	}
	return nil
}

// daemon is the running program: monitor, pages, control socket.
type daemon struct {
	app     *app
	door    *door
	monitor *monitor.Monitor
	post    *post
	control *control
	web     *web.Server
	sources atomic.Pointer[[]web.SourceInfo]

	certificate *certificate // nil without TLS
	metrics     *door        // a door of their own; nil without
	reloadOK    atomic.Bool
	ready       atomic.Bool // the first round is done, where that is asked for
}

func newDaemon(a *app, front *door) (*daemon, error) {
	d := &daemon{app: a, door: front}
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
	d.monitor = a.newMonitor(plan)
	a.monitor, a.apply = d.monitor, d.work
	if d.control, err = listenControl(a); err != nil {
		return nil, err
	}
	d.web = web.New(d.webOptions())
	if listen := a.cfg.Load().Metrics.Listen; listen != "" {
		if d.metrics, err = openDoor(listen, nil); err != nil {
			return nil, errors.Join(err, d.control.Close())
		}
		d.metrics.open(d.web.Metrics())
	}
	return d, nil
}

func (d *daemon) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	d.door.open(d.web.Handler())
	d.app.log.Info("silkwire serves", "address", d.door.url(), "archive", d.app.store.Path(), "version", version)
	notify("READY=1")
	context.AfterFunc(ctx, func() { notify("STOPPING=1") })
	var working sync.WaitGroup
	working.Go(func() { d.post.run(ctx) })
	working.Go(func() { d.watchdog(ctx) })
	working.Go(func() { d.stateOnUser1(ctx) })
	ended := make(chan error, 1)
	go func() { ended <- d.monitor.Run(ctx) }()
	var err error
	select {
	case err = <-ended:
	case err = <-d.door.failed:
		stop()
		err = errors.Join(err, <-ended)
	}
	stop()
	working.Wait()
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if d.metrics != nil {
		err = errors.Join(err, d.metrics.close(closing))
	}
	return errors.Join(err, d.door.close(closing), d.control.Close())
}

// invite tells how the first admin comes about, where there is nobody yet.
func (d *daemon) invite(ctx context.Context) {
	somebody, err := d.app.people.Anybody(ctx)
	if err != nil || somebody {
		return
	}
	d.app.log.Warn("nobody has an account yet; the first admin is made on the page of the set-up with this token, which is worth something for 15 minutes, or by: silkwire user add NAME --role admin",
		"page", d.door.url()+"/setup", "token", d.app.people.Invite())
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
	if err := cl.verify(d.app.tax); err != nil {
		return err
	}
	if later := needRestart(d.app.cfg.Load(), cfg); len(later) > 0 {
		d.app.log.Warn("these settings change at the next start only", "settings", strings.Join(later, ", "))
	}
	d.app.file.Store(cfg)
	if cfg, err = d.app.withAdded(context.Background(), cfg); err != nil {
		return err
	}
	return d.work(cfg)
}

// work has the daemon work by a configuration from now on.
func (d *daemon) work(cfg *config.Config) error {
	plan, err := d.plan(cfg)
	if err != nil {
		return err
	}
	if err := errors.Join(d.certificate.load(cfg.TLS), d.post.configure(cfg)); err != nil {
		return err
	}
	infos := sourceInfos(cfg)
	d.sources.Store(&infos)
	outlets, _ := visited(cfg)
	d.web.Reconfigure(outlets, warnings(cfg), cfg.Fetch.Contact != "", clusters(cfg))
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
		{"tls", (before.TLS.Cert == "") == (after.TLS.Cert == "")},
		{"auth", before.Auth == after.Auth},
		{"oidc", before.OIDC == after.OIDC},
		{"metrics", before.Metrics == after.Metrics},
		{"status_public", before.StatusPublic == after.StatusPublic},
		{"trusted_proxies", slices.Equal(before.TrustedProxies, after.TrustedProxies)},
		{"taxonomy", before.Taxonomy == after.Taxonomy},
		{"log", before.Log == after.Log},
		{"smtp", before.SMTP == after.SMTP},
		{"fetch.deltas", before.Fetch.Deltas == after.Fetch.Deltas},
		{"robots", before.Robots == after.Robots},
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
	if cfg.Operator != "" {
		chore, err := d.operatorChore(cfg)
		if err != nil {
			return p, err
		}
		p.Chores = append(p.Chores, chore)
	}
	return p, nil
}
