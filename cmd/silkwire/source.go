package main

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"strings"
	"text/tabwriter"
	"time"

	"silkwire/config"
	"silkwire/monitor"
	"silkwire/news"
	"silkwire/store"
)

type sourceCmd struct {
	Add    sourceAddCmd    `cmd:"" help:"Visit an address from now on; it is tried first."`
	Test   sourceTestCmd   `cmd:"" help:"Visit a source or an address without keeping anything."`
	List   sourceListCmd   `cmd:"" help:"List all sources with their state."`
	Pause  sourcePauseCmd  `cmd:"" help:"Visit a source no more until it is resumed."`
	Resume sourceResumeCmd `cmd:"" help:"Take up a source again that was paused, or gone (410)."`
	Visit  sourceVisitCmd  `cmd:"" help:"Visit a source now, no sooner than politeness allows."`
	Remove sourceRemoveCmd `cmd:"" help:"Take back a source that was added; what it brought stays."`
}

type sourceAddCmd struct {
	URL       string   `arg:"" help:"A feed, a listing page, a sitemap, or @channel."`
	Kind      string   `enum:"feed,page,sitemap,telegram,auto" default:"auto" help:"How it is read; auto tries."`
	ID        string   `name:"id" help:"Its name; made of the address if not given."`
	Outlet    string   `help:"The id of its outlet; that of its host if not given."`
	Name      string   `help:"The outlet's name."`
	Country   string   `help:"The outlet's country: UZ, KZ, KG, TJ, TM, …"`
	Languages []string `help:"Its languages: ru, uz-Latn, …"`
	Item      string   `help:"Of a page: CSS selector of one entry."`
	Date      string   `help:"Of a page: CSS selector of an entry's date."`
	Next      string   `help:"Of a page: CSS selector of the link to older entries."`
	Match     string   `help:"Keep only links whose path matches this expression."`
	Untried   bool     `help:"Add it even if it does not answer as it should."`
}

func (c *sourceAddCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withApp(ctx, std, func(a *app) error {
		o, err := c.outlet(ctx, a)
		if err != nil {
			return err
		}
		if o, err = a.checked(o); err != nil {
			return err
		}
		added, left, err := a.addSources(ctx, o, operator())
		switch {
		case err != nil:
			return err
		case len(left) > 0:
			return exitError{exitUsage, errors.New(left[0])}
		}
		if err := c.firstVisit(ctx, std, a, o); err != nil {
			return errors.Join(err, a.store.DropSource(ctx, added[0]))
		}
		return a.reconsider(ctx)
	})
}

// outlet is what the command line says, with what it leaves open filled in.
func (c *sourceAddCmd) outlet(ctx context.Context, a *app) (config.Outlet, error) {
	s := news.Source{ID: news.SourceID(c.ID), Kind: news.Kind(c.Kind), URL: c.URL, Languages: c.Languages, Item: c.Item, Date: c.Date, Next: c.Next, Match: c.Match}
	if strings.HasPrefix(s.URL, "@") || hostName(s.URL) == "t.me" {
		s.Kind, s.URL = news.Telegram, "https://t.me/s/"+strings.Trim(strings.TrimPrefix(strings.TrimPrefix(s.URL, "@"), "https://t.me/"), "/")
		s.URL = strings.Replace(s.URL, "/s/s/", "/s/", 1)
	}
	o, known := outletOf(a.cfg.Load(), s.URL)
	if c.Outlet != "" && c.Outlet != string(o.ID) {
		o, known = news.Outlet{ID: news.OutletID(c.Outlet), Name: c.Outlet, Country: o.Country}, false
		for _, other := range a.cfg.Load().Outlets {
			if other.ID == o.ID {
				o, known = other.Outlet, true
			}
		}
	}
	if !known {
		o.Name, o.Country = orText(c.Name, o.Name), orText(c.Country, o.Country)
		o.Languages = c.Languages
	}
	if s.Kind == "auto" {
		if s.Kind = news.Page; !strings.Contains(s.URL, "{") {
			kind, err := c.kindOf(ctx, a, s.URL)
			if err != nil {
				return config.Outlet{}, err
			}
			s.Kind = kind
		}
	}
	return config.Outlet{Outlet: o, Sources: []config.Source{{Source: s, Enabled: true}}}, nil
}

// kindOf finds out how an address is read. What is sure from its looks is not
// asked for: the first request is for its first visit.
func (c *sourceAddCmd) kindOf(ctx context.Context, a *app, address string) (news.Kind, error) {
	path := strings.ToLower(pathIn(address))
	switch {
	case c.Item != "" || c.Next != "":
		return news.Page, nil
	case strings.Contains(path, "sitemap") || strings.HasSuffix(path, ".xml.gz"):
		return news.Sitemap, nil
	case strings.Contains(path, "rss") || strings.Contains(path, "feed") || strings.Contains(path, "atom") || strings.HasSuffix(path, ".xml"):
		return news.Feed, nil
	}
	site, err := a.fetch.Discover(ctx, address, false)
	if err != nil {
		return "", err
	}
	return site.Proposals[len(site.Proposals)-1].Source.Kind, nil
}

// firstVisit makes the first visit of a source and keeps what it brings.
func (c *sourceAddCmd) firstVisit(ctx context.Context, std *stdio, a *app, o config.Outlet) error {
	s := o.Sources[0].Source
	v := monitor.Visitable{Outlet: o.Outlet, Source: s, Private: a.cfg.Load().Fetch.Opens(s.URL)}
	batch, saved, err := a.newMonitor(monitor.Plan{MinInterval: a.cfg.Load().Fetch.MinInterval}).VisitNow(ctx, v, false)
	if err != nil && !c.Untried {
		return fmt.Errorf("%w\nIt was not added; --untried adds it nevertheless", err)
	}
	fmt.Fprintf(std.out, "added: %s (%s, of %s) %s\n", s.ID, s.Kind, o.Name, s.URL)
	if err != nil {
		_, err = fmt.Fprintf(std.out, "its first visit failed: %v\n", err)
		return err
	}
	_, err = fmt.Fprintf(std.out, "first visit: %s, %d items, %d of them new\n", batch.Outcome, len(batch.Items), len(saved.New))
	return err
}

// operator is who gives commands.
func operator() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "the operator"
}

func orText(s, fallback string) string {
	if s != "" {
		return s
	}
	return fallback
}

type sourceTestCmd struct {
	What string `arg:"" name:"source|url" help:"A source's id, or an address."`
	JSON bool   `name:"json" help:"Print one JSON line per item."`
}

func (c *sourceTestCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return (&visitCmd{What: c.What, JSON: c.JSON, DryRun: true}).Run(ctx, std, cl)
}

type sourceVisitCmd struct {
	ID string `arg:"" name:"source" help:"The source's id."`
}

func (c *sourceVisitCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return (&visitCmd{What: c.ID}).visitSource(ctx, std, cl)
}

type sourcePauseCmd struct {
	ID string `arg:"" name:"source" help:"The source's id."`
}

func (c *sourcePauseCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withSource(ctx, std, c.ID, func(a *app, v monitor.Visitable, m *monitor.Monitor) error {
		if err := m.Pause(ctx, v, operator()); err != nil {
			return err
		}
		if err := a.audit(ctx, "pause", "source "+c.ID, nil, nil); err != nil {
			return err
		}
		_, err := fmt.Fprintf(std.out, "%s is paused; \"silkwire source resume %s\" takes it up again\n", c.ID, c.ID)
		return err
	})
}

type sourceResumeCmd struct {
	ID string `arg:"" name:"source" help:"The source's id."`
}

func (c *sourceResumeCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withSource(ctx, std, c.ID, func(a *app, v monitor.Visitable, m *monitor.Monitor) error {
		if err := m.Resume(ctx, v); err != nil {
			return err
		}
		if err := a.audit(ctx, "resume", "source "+c.ID, nil, nil); err != nil {
			return err
		}
		st, err := a.store.Source(ctx, v.Source.ID)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(std.out, "%s is visited again, next on %s\n", c.ID, st.Due.UTC().Format("2006-01-02 15:04Z"))
		return err
	})
}

// withSource runs f on one source.
func (cl *cli) withSource(ctx context.Context, std *stdio, id string, f func(*app, monitor.Visitable, *monitor.Monitor) error) error {
	return cl.withArchive(ctx, std, func(a *app) error {
		v, err := a.visitable(id)
		if err != nil {
			return err
		}
		plan, err := a.plan(a.cfg.Load())
		if err != nil {
			return err
		}
		return f(a, v, a.newMonitor(plan))
	})
}

type sourceRemoveCmd struct {
	ID string `arg:"" name:"source" help:"The source's id."`
}

func (c *sourceRemoveCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withArchive(ctx, std, func(a *app) error {
		if _, there := configured(a.file.Load(), news.SourceID(c.ID)); there {
			return exitError{exitUsage, fmt.Errorf("%s: %w", c.ID, errNotAdded)}
		}
		err := a.store.DropSource(ctx, news.SourceID(c.ID))
		if errors.Is(err, store.ErrNotFound) {
			return exitError{exitUsage, fmt.Errorf("no source %q was added", c.ID)}
		}
		if err != nil {
			return err
		}
		if err := a.audit(ctx, "remove", "source "+c.ID, nil, nil); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(std.out, "%s is visited no more; what it brought stays\n", c.ID); err != nil {
			return err
		}
		return a.reconsider(ctx)
	})
}

type sourceListCmd struct {
	All bool `help:"Those that are switched off, too."`
}

func (c *sourceListCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withArchive(ctx, std, func(a *app) error {
		states, err := a.store.SourceStates(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(std.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "SOURCE\tOUTLET\tKIND\tSTATE\tITEMS\tNEXT VISIT\tADDRESS")
		for _, o := range a.cfg.Load().Outlets {
			for _, s := range o.Sources {
				if s.Enabled || c.All {
					st := states[s.ID]
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", s.ID, o.Name, s.Kind, stateWord(s, st), st.Items, nextWord(s, st), s.URL)
				}
			}
		}
		return w.Flush()
	})
}

func stateWord(s config.Source, st news.SourceState) string {
	switch {
	case !s.Enabled:
		return "off"
	case st.Paused != "":
		return "paused"
	case st.Outcome == "":
		return "not visited yet"
	}
	return string(st.Outcome)
}

func nextWord(s config.Source, st news.SourceState) string {
	switch {
	case !s.Enabled || st.Paused != "":
		return "never"
	case st.Due.IsZero():
		return "soon"
	}
	return st.Due.UTC().Format(time.RFC3339)
}
