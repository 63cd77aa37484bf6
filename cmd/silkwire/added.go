package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"silkwire/config"
	"silkwire/news"
)

// withAdded is a configuration with the sources and the digests that were added
// while the program ran.
func (a *app) withAdded(ctx context.Context, cfg *config.Config) (*config.Config, error) {
	whole, err := a.withSources(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return a.withProfiles(ctx, whole)
}

// withSources is a configuration with the sources that were added while the
// program ran. Where the file has a source of the same name, the file holds.
func (a *app) withSources(ctx context.Context, cfg *config.Config) (*config.Config, error) {
	added, err := a.store.AddedSources(ctx)
	if err != nil || len(added) == 0 {
		return cfg, err
	}
	whole := *cfg
	whole.Outlets = slices.Clone(cfg.Outlets)
	for _, x := range added {
		if _, there := configured(&whole, x.Source.ID); there {
			continue
		}
		source := config.Source{Source: x.Source, Enabled: true, Seen: fmt.Sprintf("added on %s by %s", x.Added.Format("2006-01-02"), x.By)}
		i := slices.IndexFunc(whole.Outlets, func(o config.Outlet) bool { return o.ID == x.Outlet.ID })
		if i < 0 {
			whole.Outlets = append(whole.Outlets, config.Outlet{Outlet: x.Outlet, Sources: []config.Source{source}})
			continue
		}
		whole.Outlets[i].Sources = append(slices.Clip(whole.Outlets[i].Sources), source)
	}
	return &whole, nil
}

func configured(cfg *config.Config, id news.SourceID) (config.Source, bool) {
	for _, o := range cfg.Outlets {
		for _, s := range o.Sources {
			if s.ID == id {
				return s, true
			}
		}
	}
	return config.Source{}, false
}

// reconsider has everybody work by the configuration and what is added now.
func (a *app) reconsider(ctx context.Context) error {
	whole, err := a.withAdded(ctx, a.file.Load())
	if err != nil {
		return err
	}
	if a.apply != nil {
		return a.apply(whole)
	}
	a.cfg.Store(whole)
	return nil
}

// outletOf is the configured outlet that an address belongs to, or one made of
// its host.
func outletOf(cfg *config.Config, address string) (o news.Outlet, known bool) {
	host := hostName(address)
	for _, c := range cfg.Outlets {
		for _, s := range c.Sources {
			if h := hostName(s.URL); h != "" && h == host && h != "t.me" {
				return c.Outlet, true
			}
		}
	}
	name := host
	if host == "t.me" { // a channel is its own outlet
		name = strings.Trim(strings.TrimPrefix(pathIn(address), "/s/"), "/")
	}
	return news.Outlet{ID: news.OutletID(plainID(name)), Name: name, Country: countryOfHost(host)}, false
}

func hostName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}

func pathIn(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Path
}

// plainID makes an id of a host's name.
func plainID(name string) string {
	id := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, strings.ToLower(name))
	if id = strings.Trim(id, "-"); id == "" {
		return "outlet"
	}
	return id[:min(len(id), 40)]
}

// countryOfHost is the country whose domain a host is in, if it is one of those
// that are read.
func countryOfHost(host string) string {
	last := strings.ToUpper(host[strings.LastIndexByte(host, '.')+1:])
	if slices.Contains([]string{"UZ", "KZ", "KG", "TJ", "TM", "RU", "CN", "TR", "AZ", "IR", "AF", "BY", "AM", "GE", "MN", "IN", "PK", "JP", "KR"}, last) {
		return last
	}
	return ""
}

// checked is an outlet with its sources as a configuration file would have it,
// with ids for those that have none, or everything that is wrong with it.
func (a *app) checked(o config.Outlet) (config.Outlet, error) {
	cfg, err := config.Parse("the source", []byte(config.YAML([]config.Outlet{o})), validators(a.tax))
	if err != nil {
		return config.Outlet{}, exitError{exitUsage, err}
	}
	return cfg.Outlets[0], nil
}

// addSources keeps sources beside the configuration. Those that are visited
// already are left out, and said.
func (a *app) addSources(ctx context.Context, o config.Outlet, who string) (added []news.SourceID, left []string, err error) {
	now := time.Now().UTC()
	for _, s := range o.Sources {
		if why := a.taken(s.Source); why != "" {
			left = append(left, fmt.Sprintf("%s: %s", s.URL, why))
			continue
		}
		s.Outlet = o.ID
		whole := news.AddedSource{Outlet: o.Outlet, Source: s.Source, Added: now, By: who}
		err := a.store.AddSource(ctx, whole)
		if err != nil {
			return added, left, err
		}
		if err := a.audit(ctx, "add", "source "+string(s.ID), nil, whole); err != nil {
			return added, left, err
		}
		added = append(added, s.ID)
	}
	return added, left, nil
}

// taken says why a source cannot be added; "" if it can.
func (a *app) taken(s news.Source) string {
	for _, o := range a.cfg.Load().Outlets {
		for _, c := range o.Sources {
			switch {
			case c.ID == s.ID:
				return fmt.Sprintf("there is a source %s already; give it another --id", s.ID)
			case news.URLKey(c.URL) == news.URLKey(s.URL):
				return fmt.Sprintf("the source %s visits this address already", c.ID)
			}
		}
	}
	return ""
}

// errNotAdded says that a source is the configuration's.
var errNotAdded = errors.New("it stands in the configuration file; take it out there, or pause it")
