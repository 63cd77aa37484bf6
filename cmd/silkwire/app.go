package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"silkwire/client"
	"silkwire/config"
	"silkwire/fetcher"
	"silkwire/fetcher/extract"
	"silkwire/monitor"
	"silkwire/news"
	"silkwire/people"
	"silkwire/search"
	"silkwire/store"
	"silkwire/store/bolt"
	"silkwire/story"
	"silkwire/tagger"
	"silkwire/taxonomy"
)

// load reads the configuration that the command line names, or the embedded one.
// Whether its queries name concepts that there are is not known before the
// taxonomy is read, which takes a second: verify does.
func (c *cli) load(std *stdio) (*config.Config, error) {
	queries := 0
	cfg, err := c.read(nil, &queries)
	if err != nil && queries > 0 {
		if tax, taxErr := taxonomy.Default(); taxErr == nil {
			_, err = c.read(tax, &queries) // mistakes are worth the second: all are told at once
		}
	}
	if err != nil {
		return nil, exitError{exitConfig, err}
	}
	for _, w := range cfg.Warnings {
		fmt.Fprintln(std.err, "silkwire: warning:", w)
	}
	return cfg, nil
}

// verify reads the configuration again, with the taxonomy.
func (c *cli) verify(tax *taxonomy.Taxonomy) error {
	if _, err := c.read(tax, new(int)); err != nil {
		return exitError{exitConfig, err}
	}
	return nil
}

// read reads the configuration, and counts the queries in it.
func (c *cli) read(tax *taxonomy.Taxonomy, queries *int) (*config.Config, error) {
	v := validators(tax)
	query := v.Query
	v.Query = func(q string) error {
		*queries++
		return query(q)
	}
	return config.Load(c.Config, config.Env{Vars: os.Environ(), Validators: v, Insecure: !c.guarded})
}

// validators lend the configuration the eyes of those who will use it. Without
// a taxonomy queries may name any concept.
func validators(tax *taxonomy.Taxonomy) config.Validators {
	grammar := search.Options{}
	if tax != nil {
		grammar.Names = searchNames{tax}
	}
	return config.Validators{
		Schedule: func(spec string, finest time.Duration) error {
			_, err := monitor.ParseSchedule(spec, time.UTC, finest)
			return err
		},
		Query: func(q string) error {
			_, err := grammar.Parse(q)
			return err
		},
		Selector: extract.CheckSelector,
	}
}

func loadTaxonomy(cfg *config.Config) (*taxonomy.Taxonomy, error) {
	if cfg.Taxonomy == "" {
		return taxonomy.Default()
	}
	tax, err := taxonomy.WithDir(os.DirFS(cfg.Taxonomy))
	if err != nil {
		return nil, exitError{exitConfig, err}
	}
	return tax, nil
}

// resolverVar names a DNS server ("127.0.0.1:5353") to ask instead of the
// system's, so that tests can take the network away.
const resolverVar = "SILKWIRE_RESOLVER"

// resolver returns nil for the system's own.
func resolver() *net.Resolver {
	server := os.Getenv(resolverVar)
	if server == "" {
		return nil
	}
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server)
	}}
}

func clientOptions(cfg *config.Config) client.Options {
	return client.Options{
		Version: version, Contact: cfg.Fetch.Contact,
		AllowPrivate: cfg.Fetch.AllowPrivate, AllowHosts: cfg.Fetch.AllowHosts,
		Resolver: resolver(),
	}
}

// stateDir is where an archive lies that no configuration places: the XDG
// state directory.
func stateDir() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "silkwire"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("no place for the archive: neither archive nor XDG_STATE_HOME nor HOME is set: %w", err)
	}
	return filepath.Join(home, ".local", "state", "silkwire"), nil
}

// archivePath is the file that an archive's URL names.
func archivePath(cfg *config.Config) (string, error) {
	if cfg.Archive == "" {
		dir, err := stateDir()
		return filepath.Join(dir, "silkwire.db"), err
	}
	u, err := url.Parse(cfg.Archive)
	switch {
	case err != nil:
		return "", exitError{exitConfig, fmt.Errorf("archive: %w", err)}
	case u.Scheme != "bolt":
		return "", exitError{exitConfig, fmt.Errorf("archive %q: only bolt:///path/to/file is known", cfg.Archive)}
	}
	return filepath.FromSlash(u.Path), nil
}

// openArchive opens the archive of a configuration. country knows where the
// outlets are.
func openArchive(cfg *config.Config, country func(news.OutletID) string) (*bolt.Store, error) {
	path, err := archivePath(cfg)
	if err != nil {
		return nil, err
	}
	st, err := bolt.Open(path, bolt.Options{Country: country})
	var locked *bolt.LockedError
	if errors.As(err, &locked) {
		return nil, exitError{exitTemporary, err}
	}
	return st, err
}

func countryOf(cfg *config.Config, id news.OutletID) string {
	for i := range cfg.Outlets {
		if cfg.Outlets[i].ID == id {
			return cfg.Outlets[i].Country
		}
	}
	return ""
}

// digestDir is where editions without recipients are written.
func digestDir(cfg *config.Config) (string, error) {
	if cfg.DigestDir != "" {
		return cfg.DigestDir, nil
	}
	path, err := archivePath(cfg)
	return filepath.Join(filepath.Dir(path), "digests"), err
}

// newLog makes the program's log.
func newLog(cfg *config.Config, std *stdio) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Log.Level)); err != nil {
		level = slog.LevelInfo
	}
	opt := &slog.HandlerOptions{Level: level}
	if cfg.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(std.err, opt))
	}
	return slog.New(slog.NewTextHandler(std.err, opt))
}

// app is everything that a command works with.
type app struct {
	cfg    atomic.Pointer[config.Config] // a daemon may read it anew
	file   atomic.Pointer[config.Config] // the same without the sources that were added
	post   *post                         // the daemon's own: two couriers would send twice
	store  *bolt.Store
	tax    *taxonomy.Taxonomy
	tagger *tagger.Tagger
	client *client.Client
	fetch  *fetcher.Fetcher
	shelf  *story.Shelf
	people *people.Office
	log    *slog.Logger
	demo   bool // the world is made up

	inClear bool // passwords may come over http from elsewhere

	monitor *monitor.Monitor           // the daemon's own: two would visit at a time
	apply   func(*config.Config) error // has the daemon work by a configuration
}

// newApp opens the archive.
func newApp(cfg *config.Config, log *slog.Logger) (*app, error) {
	a := &app{log: log}
	a.cfg.Store(cfg)
	a.file.Store(cfg)
	var err error
	if a.store, err = openArchive(cfg, func(id news.OutletID) string { return countryOf(a.cfg.Load(), id) }); err != nil {
		return nil, err
	}
	a.people = people.New(a.store, time.Now)
	for _, w := range a.store.Warnings() {
		log.Warn(w)
	}
	a.client = client.New(clientOptions(cfg))
	a.fetch = fetcher.New(a.client, fetchOptions(cfg, log))
	a.shelf = story.NewShelf(a.dayOf)
	whole, err := a.withAdded(context.Background(), cfg)
	if err != nil {
		return nil, errors.Join(err, a.store.Close())
	}
	a.cfg.Store(whole)
	return a, nil
}

// newMonitor makes a monitor, or returns the daemon's own, that tags and tells stories.
func (a *app) newMonitor(plan monitor.Plan) *monitor.Monitor {
	if a.monitor != nil {
		return a.monitor
	}
	m := monitor.New(a.store, a.fetch, a.tagger, plan, a.log)
	m.TellStories(a.shelf)
	return m
}

// dayOf is what the archive has of a time, oldest first, for the telling of
// stories.
func (a *app) dayOf(ctx context.Context, from, to time.Time, most int) (items []news.Item, err error) {
	q := store.Query{Search: search.Query{Root: search.Date{From: from, To: to}}, Limit: 500, WithText: true}
	for len(items) < most {
		page, err := a.store.Find(ctx, q)
		if err != nil {
			return nil, err
		}
		items = append(items, page.Items...)
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	slices.Reverse(items)
	return items, nil
}

// learn reads the taxonomy and makes the tagger, which takes a while.
func (a *app) learn() error {
	if err := a.learnConcepts(); err != nil {
		return err
	}
	var err error
	if a.tagger, err = tagger.New(a.tax); err != nil {
		return exitError{exitConfig, err}
	}
	return nil
}

// learnConcepts reads the taxonomy alone.
func (a *app) learnConcepts() error {
	var err error
	if a.tax, err = loadTaxonomy(a.cfg.Load()); err != nil {
		return err
	}
	whole, err := a.withAdded(context.Background(), a.file.Load()) // now it is known which concepts there are
	if err != nil {
		return err
	}
	a.cfg.Store(whole)
	return nil
}

func (a *app) Close() error {
	a.client.CloseIdle()
	return a.store.Close()
}

func fetchOptions(cfg *config.Config, log *slog.Logger) fetcher.Options {
	public, private := cfg.Fetch.Spacing()
	return fetcher.Options{
		Spacing: public, PrivateSpacing: private, Log: log, Deltas: cfg.Fetch.Deltas,
		RobotsBindFeeds: cfg.Robots.Feeds == "respect", RespectNoArchive: cfg.Robots.NoArchive == "respect",
	}
}

// plan turns a configuration into what the monitor does.
func (a *app) plan(cfg *config.Config) (monitor.Plan, error) {
	p := monitor.Plan{Workers: cfg.Fetch.Workers, MinInterval: cfg.Fetch.MinInterval}
	for _, o := range cfg.Outlets {
		for _, s := range o.Sources {
			if !s.Enabled {
				continue
			}
			v := monitor.Visitable{Outlet: o.Outlet, Source: s.Source, Private: cfg.Fetch.Opens(s.URL)}
			if s.Schedule != "" {
				sched, err := monitor.ParseSchedule(s.Schedule, time.UTC, 0)
				if err != nil {
					return p, exitError{exitConfig, err}
				}
				v.Schedule = sched
			}
			p.Sources = append(p.Sources, v)
		}
	}
	return p, nil
}

// visitable finds a configured source by its id, enabled or not.
func (a *app) visitable(id string) (monitor.Visitable, error) {
	cfg := a.cfg.Load()
	for _, o := range cfg.Outlets {
		for _, s := range o.Sources {
			if string(s.ID) == id {
				return monitor.Visitable{Outlet: o.Outlet, Source: s.Source, Private: cfg.Fetch.Opens(s.URL)}, nil
			}
		}
	}
	return monitor.Visitable{}, exitError{exitUsage, fmt.Errorf("%q is no configured source, no file and no address", id)}
}

// withApp runs f on the archive and all that works on it; through the daemon if
// one holds it.
func (c *cli) withApp(ctx context.Context, std *stdio, f func(*app) error) error {
	return c.withArchive(ctx, std, func(a *app) error {
		if a.tagger == nil {
			if err := a.learn(); err != nil {
				return err
			}
			if err := c.verify(a.tax); err != nil {
				return err
			}
		}
		return f(a)
	})
}

// withConcepts runs f on the archive and the taxonomy, for what tags nothing;
// through the daemon if one holds the archive.
func (c *cli) withConcepts(ctx context.Context, std *stdio, f func(*app) error) error {
	return c.withArchive(ctx, std, func(a *app) error {
		if a.tax == nil {
			if err := a.learnConcepts(); err != nil {
				return err
			}
			if err := c.verify(a.tax); err != nil {
				return err
			}
		}
		return f(a)
	})
}

// withArchive runs f on the archive alone; through the daemon if one holds it.
func (c *cli) withArchive(ctx context.Context, std *stdio, f func(*app) error) error {
	if std.app != nil {
		return f(std.app)
	}
	cfg, err := c.load(std)
	if err != nil {
		return err
	}
	a, err := newApp(cfg, newLog(cfg, std))
	var locked *bolt.LockedError
	if errors.As(err, &locked) && std.args != nil {
		return forward(ctx, cfg, std, err)
	}
	if err != nil {
		return err
	}
	return errors.Join(f(a), a.Close())
}

// searchNames lets queries speak of concepts.
type searchNames struct{ tax *taxonomy.Taxonomy }

func (n searchNames) Concept(id string) ([]news.ConceptID, bool) {
	if _, ok := n.tax.Concept(news.ConceptID(id)); !ok {
		return nil, false
	}
	return n.tax.Descendants(news.ConceptID(id)), true
}

func (n searchNames) Facet(id string) string          { return string(n.tax.Facet(news.ConceptID(id))) }
func (n searchNames) Nearest(id string) string        { return string(n.tax.Nearest(id)) }
func (n searchNames) Polar(p string) []news.ConceptID { return n.tax.Polar(p) }
