package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"text/tabwriter"
	"time"

	"silkwire/config"
	"silkwire/demo"
	"silkwire/monitor"
	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
	"silkwire/taxonomy"
)

type demoCmd struct {
	Once   bool   `help:"Exit after one round."`
	Dir    string `type:"path" help:"Where archive and digests go; default: silkwire-demo under the XDG state directory."`
	Listen string `default:"127.0.0.1:8080" help:"Where the pages are served."`
}

// patience is how long the first round of the demo may take.
const patience = 30 * time.Second

// Run shows Silkwire at work on a made-up press, with the very code of serve.
func (c *demoCmd) Run(ctx context.Context, std *stdio) error {
	if err := onlyLoopback(c.Listen); err != nil {
		return exitError{exitUsage, err}
	}
	dir, err := c.place()
	if err != nil {
		return err
	}
	press, err := startPress(ctx, dir)
	if err != nil {
		return err
	}
	cfg := demoConfig(press, dir, c.Listen)
	a, err := newApp(cfg, slog.New(slog.NewTextHandler(std.err, &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		return errors.Join(err, press.Close())
	}
	a.demo = true
	if err := keepPlaces(press, dir); err != nil {
		return errors.Join(err, a.Close(), press.Close())
	}
	show := &demonstration{app: a, out: std.out, dir: dir, once: c.Once, started: time.Now(), press: press}
	return errors.Join(show.run(ctx, c.Listen), a.Close(), press.Close())
}

func (c *demoCmd) place() (string, error) {
	dir := c.Dir
	if dir == "" {
		state, err := stateDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(filepath.Dir(state), "silkwire-demo")
	}
	return dir, os.MkdirAll(dir, 0o700)
}

// startPress lets the made-up outlets answer where they answered last time, so
// that their items are known again.
func startPress(ctx context.Context, dir string) (*demo.Running, error) {
	world, err := demo.New(time.Now())
	if err != nil {
		return nil, err
	}
	file := placesFile(dir)
	places := demo.Places{}
	if content, err := os.ReadFile(file); err == nil {
		if err := json.Unmarshal(content, &places); err != nil {
			return nil, fmt.Errorf("%s: %w; delete it to begin anew", file, err)
		}
	}
	return world.Start(ctx, places)
}

// placesFile says where the outlets answered last time.
func placesFile(dir string) string { return filepath.Join(dir, "places.json") }

// keepPlaces is for whoever holds the archive: another demo in the same
// directory must not move the outlets of the one that runs.
func keepPlaces(press *demo.Running, dir string) error {
	content, err := json.Marshal(press.Places())
	if err != nil {
		return err
	}
	return os.WriteFile(placesFile(dir), content, 0o600)
}

// demoConfig is what an operator would write for the made-up press.
func demoConfig(press *demo.Running, dir, listen string) *config.Config {
	cfg := config.Default()
	cfg.Archive = "bolt://" + filepath.ToSlash(filepath.Join(dir, "silkwire.db"))
	cfg.DigestDir = filepath.Join(dir, "digests")
	cfg.Listen = listen
	if _, port, err := net.SplitHostPort(listen); err == nil && port != "0" {
		cfg.BaseURL = "http://" + listen // the digest leads to the pages
	}
	cfg.Fetch.AllowPrivate = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	cfg.Fetch.Contact = "demo@localhost"
	cfg.Fetch.MinInterval = 5 * time.Minute
	cfg.Outlets = nil
	sources := press.Sources()
	for _, o := range press.Outlets() {
		outlet := config.Outlet{Outlet: o}
		for _, s := range sources {
			if s.Outlet == o.ID {
				outlet.Sources = append(outlet.Sources, config.Source{Source: s, Enabled: true, Seen: "made up"})
			}
		}
		cfg.Outlets = append(cfg.Outlets, outlet)
	}
	return cfg
}

// demonstration is one run of the demo.
type demonstration struct {
	app     *app
	press   *demo.Running
	out     io.Writer
	dir     string
	once    bool
	started time.Time

	past    int // items of the year before
	mu      sync.Mutex
	visits  []monitor.Visited
	pending map[news.SourceID]bool
	done    chan struct{}
}

func (s *demonstration) run(ctx context.Context, listen string) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if err := errors.Join(s.rememberSources(ctx), s.forgetSchedules(ctx)); err != nil {
		return err
	}
	front, err := openDoor(listen, nil)
	if err != nil && s.once {
		front, err = openDoor("127.0.0.1:0", nil) // nobody looks at the pages of one round
	}
	if err != nil {
		return fmt.Errorf("%w; choose another address with --listen", err)
	}
	fmt.Fprintf(s.out, "A made-up press of %d outlets; pages at http://%s\n", len(s.press.Outlets()), front.addr())
	if err := errors.Join(s.app.store.SetAddress("http://"+front.addr()), s.app.learn()); err != nil {
		return errors.Join(err, front.close(ctx))
	}
	d, err := newDaemon(s.app, front)
	if err != nil {
		return errors.Join(err, front.close(ctx))
	}
	d.ready.Store(false)
	s.pending, s.done = map[news.SourceID]bool{}, make(chan struct{})
	for _, src := range s.press.Sources() {
		s.pending[src.ID] = true
	}
	d.monitor.OnVisit(s.visited)
	ended := make(chan error, 1)
	go func() { ended <- d.run(ctx) }()
	err = s.writePast(ctx)
	if err == nil {
		err = s.reviewPast(ctx)
	}
	if err == nil {
		err = s.issuePast(ctx, d)
	}
	if err == nil {
		err = s.firstRound(ctx, d)
	}
	if ctx.Err() != nil {
		err = nil // asked to end: no failure
	}
	if err != nil || s.once || ctx.Err() != nil {
		stop()
		return errors.Join(err, <-ended)
	}
	fmt.Fprintf(s.out, "\nThe pages stay at http://%s until you press Ctrl-C.\n", front.addr())
	d.ready.Store(true)
	return <-ended
}

// forgetSchedules makes every source due: a demo is one round of them all.
func (s *demonstration) forgetSchedules(ctx context.Context) error {
	states, err := s.app.store.SourceStates(ctx)
	if err != nil {
		return err
	}
	for _, st := range states {
		st.Due, st.Paused = time.Time{}, ""
		if err := s.app.store.PutSource(ctx, st); err != nil {
			return err
		}
	}
	return nil
}

// visited prints a visit's end, and notices when all sources had one.
func (s *demonstration) visited(v monitor.Visited) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.pending[v.Source] {
		return
	}
	delete(s.pending, v.Source)
	s.visits = append(s.visits, v)
	what := fmt.Sprintf("%d new", len(v.Saved.New))
	if v.Error != "" {
		what = "failed: " + v.Error
	}
	fmt.Fprintf(s.out, "  [%d/%d] %-22s %5.1f s  %s\n", len(s.visits), len(s.visits)+len(s.pending), v.Source, v.Took.Seconds(), what)
	if len(s.pending) == 0 {
		close(s.done)
	}
}

// firstRound waits until every source was visited, issues the digest, and says
// what was found.
func (s *demonstration) firstRound(ctx context.Context, d *daemon) error {
	select {
	case <-s.done:
	case <-ctx.Done():
		return nil
	case <-time.After(patience):
		return errors.New("the first round did not end in time")
	}
	cfg := s.app.cfg.Load()
	profile, err := s.app.profile(cfg, &cfg.Digests[0])
	if err != nil {
		return err
	}
	e, err := d.post.current(ctx).Issue(ctx, profile, time.Now())
	if err != nil {
		return err
	}
	if _, err := d.post.courier.Deliver(ctx); err != nil {
		return err
	}
	return s.report(ctx, e)
}

func (s *demonstration) report(ctx context.Context, e store.Edition) error {
	fresh := 0
	for _, v := range s.visits {
		fresh += len(v.Saved.New)
	}
	stats, err := s.app.store.Stats(ctx)
	if err != nil {
		return err
	}
	if fresh == 0 {
		fmt.Fprintf(s.out, "\nNothing new: the archive already holds all %d items of today's press, and %d of the year before.\n", stats.Items-s.past, s.past)
	} else {
		fmt.Fprintf(s.out, "\n%d new items in %d languages and scripts, and %d of the year before; %d of all %d are relevant.\n", fresh, len(stats.Languages), s.past, stats.Relevant, stats.Items)
	}
	if err := s.matrix(ctx); err != nil {
		return err
	}
	s.slowAndFailed()
	if len(e.Messages) > 0 {
		fmt.Fprintf(s.out, "\nDigest: %s\n  %s\n", e.Subject, filepath.Join(s.app.cfg.Load().DigestDir, e.Messages[0].Recipient+".html"))
	} else {
		fmt.Fprintln(s.out, "\nDigest: nothing to tell since the last one.")
	}
	fmt.Fprintf(s.out, "Archive: %s\n  for commands: SILKWIRE_ARCHIVE=%s\nThat took %.1f s.\n", s.app.store.Path(), s.app.cfg.Load().Archive, time.Since(s.started).Seconds())
	return nil
}

// shown bounds the table of actors and instruments.
const shown = 8

// matrix prints how many events each actor has with each family of instruments.
func (s *demonstration) matrix(ctx context.Context) error {
	counts := map[news.ConceptID]map[news.ConceptID]int{}
	rows, cols := map[news.ConceptID]int{}, map[news.ConceptID]int{}
	q, err := search.Options{Names: searchNames{s.app.tax}}.Parse("has:event")
	if err != nil {
		return err
	}
	err = s.app.store.Each(ctx, store.Query{Search: q}, func(it *news.Item) error {
		for _, e := range it.Tagging.Events {
			if counts[e.State] == nil {
				counts[e.State] = map[news.ConceptID]int{}
			}
			counts[e.State][e.Family]++
			rows[e.State]++
			cols[e.Family]++
		}
		return nil
	})
	if err != nil {
		return err
	}
	actors, families := top(rows), top(cols)
	w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "\nevents\t")
	for _, f := range families {
		fmt.Fprintf(w, "%s\t", shortName(s.app.tax, f))
	}
	fmt.Fprintln(w)
	for _, a := range actors {
		fmt.Fprintf(w, "%s\t", s.app.tax.Name(a))
		for _, f := range families {
			fmt.Fprintf(w, "%s\t", dot(counts[a][f]))
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

func dot(n int) string {
	if n == 0 {
		return "·"
	}
	return fmt.Sprint(n)
}

func top(counts map[news.ConceptID]int) []news.ConceptID {
	ids := make([]news.ConceptID, 0, len(counts))
	for id := range counts {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b news.ConceptID) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	return ids[:min(shown, len(ids))]
}

// shortName is a family's id without the word that all of them share.
func shortName(_ *taxonomy.Taxonomy, id news.ConceptID) string {
	const suffix = "-instrument"
	name := string(id)
	if len(name) > len(suffix) && name[len(name)-len(suffix):] == suffix {
		name = name[:len(name)-len(suffix)]
	}
	return name
}

func (s *demonstration) slowAndFailed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.SortFunc(s.visits, func(a, b monitor.Visited) int { return cmp.Compare(b.Took, a.Took) })
	fmt.Fprintln(s.out, "\nSlowest sources:")
	for _, v := range s.visits[:min(3, len(s.visits))] {
		fmt.Fprintf(s.out, "  %-22s %.1f s\n", v.Source, v.Took.Seconds())
	}
	for _, v := range s.visits {
		if v.Outcome.Failed() || v.Outcome == news.Partial {
			fmt.Fprintf(s.out, "In trouble: %s: %s %s\n", v.Source, v.Outcome, v.Error)
		}
	}
}
