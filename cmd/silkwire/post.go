package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"silkwire/config"
	"silkwire/digest"
	"silkwire/monitor"
	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
	"silkwire/story"
	"silkwire/text"
	"silkwire/trust"
)

// post issues digests and brings them to their readers.
type post struct {
	app     *app
	courier *digest.Courier
	wake    chan struct{}

	mu       sync.Mutex
	dirs     map[string]string // by profile
	channels map[string]config.Channel
	desk     *digest.Desk
}

// newPost wires desk and courier to an archive.
func newPost(a *app) (*post, error) {
	p := &post{app: a, wake: make(chan struct{}, 1)}
	if err := p.configure(a.cfg.Load()); err != nil {
		return nil, err
	}
	senders := map[string]digest.Sender{
		digest.FileChannel:     files{p},
		digest.WebhookChannel:  digest.Webhooks{Client: a.client, Hook: p.hook, Now: time.Now},
		digest.TelegramChannel: digest.Telegram{Client: a.client, Bot: p.bot},
	}
	if s := a.cfg.Load().SMTP; s.Host != "" {
		senders[digest.MailChannel] = mailServer(s)
	}
	p.courier = &digest.Courier{Editions: a.store, Senders: senders, Now: time.Now, Log: a.log}
	return p, nil
}

func mailServer(s config.SMTP) *digest.SMTP {
	return &digest.SMTP{Host: s.Host, Port: s.Port, Username: s.Username, Password: s.Password.Reveal(), TLS: digest.TLS(s.TLS)}
}

func (p *post) channel(name, kind string) (config.Channel, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, known := p.channels[name]
	return c, known && c.Kind == kind
}

func (p *post) hook(name string) (digest.Hook, bool) {
	c, known := p.channel(name, config.Webhook)
	return digest.Hook{URL: c.URL, Secret: c.Secret.Reveal()}, known
}

func (p *post) bot(name string) (digest.Bot, bool) {
	c, known := p.channel(name, config.Telegram)
	return digest.Bot{Server: c.URL, Token: c.Secret.Reveal(), Chat: c.Chat}, known
}

// postOffice is the daemon's, or one of this command's own.
func (a *app) postOffice() (*post, error) {
	if a.post != nil {
		return a.post, nil
	}
	return newPost(a)
}

// current is the desk under the configuration in force, with a fresh memory of
// which items tell the same story.
func (p *post) current(ctx context.Context) *digest.Desk {
	precision := p.precision(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	desk := *p.desk
	desk.Same, desk.Precision = story.Judge(), precision
	return &desk
}

// precision is how exact the tags have proved, from the analysts' reviews. A
// digest does not wait for a number that cannot be had.
func (p *post) precision(ctx context.Context) string {
	tax := p.app.tax
	whole, err := trust.Load(ctx, p.app.store, func(id news.ConceptID) string { return string(tax.Facet(id)) }, tax.Version)
	if err != nil {
		p.app.log.Warn("the precision of the tags could not be measured", "error", err)
		return ""
	}
	return whole.Short()
}

// configure takes over a configuration, at the start and after a reload.
func (p *post) configure(cfg *config.Config) error {
	fallback, err := digestDir(cfg)
	if err != nil {
		return err
	}
	vouched, err := signatureOf(cfg.SMTP.DKIM)
	if err != nil {
		return err
	}
	key, err := p.app.store.Secret(context.Background(), unsubscribeSecret)
	if err != nil {
		return err
	}
	dirs := map[string]string{"": fallback}
	for _, d := range cfg.Digests {
		dirs[d.ID] = cmp.Or(d.Dir, fallback)
	}
	outlets, sources := visited(cfg)
	desk := &digest.Desk{
		Store: p.app.store, Taxonomy: p.app.tax, Version: p.app.tax.Version, Outlets: outlets, Sources: sources,
		Mail: cfg.SMTP.Host != "", Signature: vouched, Now: time.Now, Log: p.app.log,
	}
	if cfg.BaseURL != "" {
		desk.Unsubscribe = func(s store.Subscription) string {
			return cfg.BaseURL + "/unsubscribe/" + digest.UnsubscribeToken(key, s)
		}
	}
	channels := map[string]config.Channel{}
	for _, c := range cfg.Channels {
		channels[c.ID] = c
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dirs, p.channels, p.desk = dirs, channels, desk
	return nil
}

// unsubscribeSecret names the archive's secret that proves links to be ours.
const unsubscribeSecret = "unsubscribe"

// readToken reads the token of a link out of a digest.
func (p *post) readToken(token string) (store.Subscription, error) {
	key, err := p.app.store.Secret(context.Background(), unsubscribeSecret)
	if err != nil {
		return store.Subscription{}, err
	}
	return digest.ReadUnsubscribeToken(key, token)
}

// signatureOf reads the key that signs mails; nil where none is configured.
func signatureOf(d config.DKIM) (*digest.Signature, error) {
	if d.Domain == "" {
		return nil, nil
	}
	content, err := os.ReadFile(d.KeyFile)
	if err != nil {
		return nil, exitError{exitConfig, fmt.Errorf("smtp.dkim.key_file: %w", err)}
	}
	key, err := digest.ParseKey(content)
	if err != nil {
		return nil, exitError{exitConfig, fmt.Errorf("smtp.dkim.key_file %s: %w", d.KeyFile, err)}
	}
	return &digest.Signature{Domain: d.Domain, Selector: d.Selector, Key: key}, nil
}

// visited are the outlets of a configuration and the sources that are enabled.
func visited(cfg *config.Config) (outlets []news.Outlet, sources []news.Source) {
	for _, o := range cfg.Outlets {
		outlets = append(outlets, o.Outlet)
		for _, s := range o.Sources {
			if s.Enabled {
				sources = append(sources, s.Source)
			}
		}
	}
	return outlets, sources
}

// files writes editions without recipients into their profile's directory. The
// recipient is the files' name: the day, a hyphen, the profile.
type files struct{ post *post }

func (f files) Send(ctx context.Context, m store.Message) error {
	return digest.Dir(f.post.dirOf(m.Recipient)).Send(ctx, m)
}

func (p *post) dirOf(name string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	longest := ""
	for id := range p.dirs {
		if len(id) > len(longest) && strings.HasSuffix(name, "-"+id) {
			longest = id
		}
	}
	return p.dirs[longest]
}

// profile turns a configured digest into a profile.
func (a *app) profile(cfg *config.Config, d *config.Digest) (digest.Profile, error) {
	zone, err := time.LoadLocation(d.Timezone)
	if err != nil {
		return digest.Profile{}, fmt.Errorf("digest %s: timezone: %w", d.ID, err)
	}
	query, err := search.Options{Names: searchNames{a.tax}}.Parse(d.Query)
	if err != nil {
		return digest.Profile{}, fmt.Errorf("digest %s: %w", d.ID, err)
	}
	var channels []digest.Channel
	for _, id := range d.Channels {
		i := slices.IndexFunc(cfg.Channels, func(c config.Channel) bool { return c.ID == id })
		if i < 0 {
			return digest.Profile{}, fmt.Errorf("digest %s: there is no channel %q", d.ID, id)
		}
		channels = append(channels, digest.Channel{Kind: cfg.Channels[i].Kind, Name: id})
	}
	return digest.Profile{
		ID: d.ID, To: d.To, Channels: channels, From: cfg.SMTP.From, Query: query, Zone: zone, Group: digest.Grouping(d.Group),
		Labels: text.ParseLang(d.Labels), MaxStories: d.MaxStories, WhenEmpty: digest.WhenEmpty(d.WhenEmpty), BaseURL: cfg.BaseURL,
	}, nil
}

// chore is the scheduled work of a digest: issue it, then see it off.
func (p *post) chore(cfg *config.Config, d *config.Digest) (monitor.Chore, error) {
	schedule, err := digestSchedule(d)
	if err != nil {
		return monitor.Chore{}, err
	}
	profile, err := p.app.profile(cfg, d)
	if err != nil {
		return monitor.Chore{}, err
	}
	return monitor.Chore{
		Name: "digest " + d.ID, Schedule: schedule, CatchUp: monitor.CatchUp(d.CatchUp),
		Do: func(ctx context.Context, due time.Time) error { return p.issue(ctx, profile, due) },
	}, nil
}

func (p *post) issue(ctx context.Context, profile digest.Profile, due time.Time) error {
	e, err := p.current(ctx).Issue(ctx, profile, due)
	if err != nil {
		return err
	}
	p.app.log.Info("digest issued", "profile", e.Profile, "subject", e.Subject, "stories", e.Stories, "messages", len(e.Messages))
	p.rouse()
	return nil
}

// rouse has the outbox worked at once.
func (p *post) rouse() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// longestSleep bounds how long the courier trusts his timer.
const longestSleep = time.Minute

// run works the outbox until ctx ends.
func (p *post) run(ctx context.Context) {
	for ctx.Err() == nil {
		next, err := p.courier.Deliver(ctx)
		if err != nil && ctx.Err() == nil {
			p.app.log.Error("the outbox could not be worked", "error", err)
		}
		sleep := longestSleep
		if !next.IsZero() {
			sleep = min(max(time.Until(next), 100*time.Millisecond), longestSleep)
		}
		timer := time.NewTimer(sleep)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-p.wake:
		}
		timer.Stop()
	}
}

// digestNamed finds a configured digest.
func digestNamed(cfg *config.Config, id string) (*config.Digest, error) {
	if id == "" && len(cfg.Digests) > 0 {
		return &cfg.Digests[0], nil
	}
	for i := range cfg.Digests {
		if cfg.Digests[i].ID == id {
			return &cfg.Digests[i], nil
		}
	}
	var names []string
	for _, d := range cfg.Digests {
		names = append(names, d.ID)
	}
	slices.Sort(names)
	return nil, exitError{exitUsage, fmt.Errorf("there is no digest %q; configured: %s", id, strings.Join(names, ", "))}
}
