package main

import (
	"context"
	"html/template"
	"time"

	"silkwire/client"
	"silkwire/config"
	"silkwire/digest"
	"silkwire/news"
	"silkwire/signon"
	"silkwire/store"
	"silkwire/tagger"
	"silkwire/tally"
	"silkwire/web"
	"silkwire/words"
)

// webOptions says what the pages show.
func (d *daemon) webOptions() web.Options {
	cfg := d.app.cfg.Load()
	outlets, _ := visited(cfg)
	meaning := map[string]string{}
	for _, w := range tagger.Weights {
		meaning[w.Feature] = string(w.Meaning)
	}
	elsewhere, name := signOn(cfg, d.app.client)
	return web.Options{
		Elsewhere: elsewhere, ElsewhereName: name,
		Store: d.app.store, Taxonomy: d.app.tax, Outlets: outlets, Clusters: clusters(cfg),
		Sources:  func() []web.SourceInfo { return *d.sources.Load() },
		Edition:  func(e store.Edition) (template.HTML, error) { return digest.Fragment(e.Compiled) },
		Mail:     mailOf,
		Act:      d.actOnSource,
		Profiles: profiles{d.app}, NewProfile: config.NewProfileFields(),
		Unsubscribe: d.post.readToken,
		Meaning:     func(feature string) string { return meaning[feature] },
		Reckoning: func(t *news.Tagging, tag *news.Tag) string {
			return sum(d.app.tagger.ScoreParts(t, tag))
		},
		SignIn: cfg.Reachable() && !d.app.demo, StatusPublic: cfg.StatusPublic, InClear: d.app.inClear,
		TrustedProxies: cfg.TrustedProxies, ProxyHeader: cfg.Auth.ProxyHeader,
		Ready: d.isReady, People: d.app.people, Demo: d.app.demo, Double: cfg.Review.Double, Version: version, BaseURL: cfg.BaseURL, Listen: d.door.addr(),
		Contact: cfg.Fetch.Contact != "", Warnings: warnings(cfg), Zone: pageZone(cfg), Log: d.app.log,
	}
}

// mailOf renders a frozen edition as a mail shows it.
func mailOf(e store.Edition) (string, error) {
	compiled, err := digest.Read(e.Compiled)
	if err != nil {
		return "", err
	}
	m, err := digest.Render(compiled)
	return m.HTML, err
}

// signOn is the provider that a configuration names; nil for none.
func signOn(cfg *config.Config, c *client.Client) (web.Elsewhere, string) {
	if cfg.OIDC.Issuer == "" {
		return nil, ""
	}
	return signon.New(signon.Options{
		Issuer: cfg.OIDC.Issuer, ClientID: cfg.OIDC.ClientID, Secret: cfg.OIDC.ClientSecret.Reveal(), Claim: cfg.OIDC.Claim,
		Return: cfg.BaseURL + web.ReturnPath, HTTP: c.Protocol(),
	}), cfg.OIDC.Name
}

// clusters are the keyword clusters of a configuration.
func clusters(cfg *config.Config) []tally.Cluster {
	var list []tally.Cluster
	for _, c := range cfg.Clusters {
		list = append(list, tally.Cluster{Name: words.Message(c.Name), Query: c.Query})
	}
	return list
}

// whenever is the schedule of a source that nobody has given one.
const whenever words.Message = "as often as it has news"

// sourceInfos are the sources of a configuration as the status page lists them.
func sourceInfos(cfg *config.Config) []web.SourceInfo {
	var out []web.SourceInfo
	for _, o := range cfg.Outlets {
		for _, s := range o.Sources {
			info := web.SourceInfo{Source: s.Source, Enabled: s.Enabled, Note: s.Seen, Schedule: s.Schedule}
			if s.Schedule == "" {
				info.Schedule = string(whenever)
			}
			out = append(out, info)
		}
	}
	return out
}

// pageZone is the time zone of the pages: that of the first digest.
func pageZone(cfg *config.Config) *time.Location {
	if len(cfg.Digests) > 0 {
		if zone, err := time.LoadLocation(cfg.Digests[0].Timezone); err == nil {
			return zone
		}
	}
	return time.UTC
}

// isReady reports whether the daemon can do its work.
func (d *daemon) isReady() (bool, string) {
	switch {
	case !d.ready.Load():
		return false, "the first round is not done"
	case !d.reloadOK.Load():
		return false, "the configuration on disk has mistakes; the old one is in force"
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if _, err := d.app.store.SourceStates(ctx); err != nil {
		return false, "the archive cannot be read: " + err.Error()
	}
	return true, ""
}

// actOnSource does to a source what somebody asks for on the status page.
func (d *daemon) actOnSource(ctx context.Context, id news.SourceID, act, who string) error {
	v, err := d.app.visitable(string(id))
	if err != nil {
		return web.ErrNoSource
	}
	switch act {
	case "pause":
		return d.monitor.Pause(ctx, v, who)
	case "resume":
		return d.monitor.Resume(ctx, v)
	}
	return d.monitor.Hurry(ctx, v)
}
