package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Print writes a configuration as a file that says the same, with everything
// that holds by default and without secrets (C15).
func Print(c *Config) []byte {
	p := &printer{}
	p.text(0, "archive", withoutPassword(c.Archive))
	p.text(0, "listen", c.Listen)
	p.text(0, "base_url", c.BaseURL)
	p.door(c)
	p.text(0, "digest_dir", c.DigestDir)
	p.text(0, "taxonomy", c.Taxonomy)
	p.open(0, "review")
	p.line(1, "double: %v", c.Review.Double)
	p.open(0, "log")
	p.text(1, "level", c.Log.Level)
	p.text(1, "format", c.Log.Format)
	p.fetch(c.Fetch)
	p.open(0, "robots")
	p.text(1, "feeds", c.Robots.Feeds)
	p.text(1, "noarchive", c.Robots.NoArchive)
	if c.SMTP.Host != "" {
		p.smtp(c.SMTP)
	}
	p.text(0, "operator", c.Operator)
	p.channels(c.Channels)
	p.digests(c.Digests)
	p.clusters(c.Clusters)
	p.outlets(c.Outlets)
	return p.out.Bytes()
}

// printer writes block YAML. Every text that could be taken for something else
// is written in double quotes.
type printer struct{ out bytes.Buffer }

func (p *printer) line(depth int, format string, args ...any) {
	p.out.WriteString(strings.Repeat("  ", depth))
	fmt.Fprintf(&p.out, format+"\n", args...)
}

func (p *printer) open(depth int, key string) { p.line(depth, "%s:", key) }

// text writes a key with its value, or nothing for an empty one.
func (p *printer) text(depth int, key, value string) {
	if value != "" {
		p.line(depth, "%s: %s", key, scalar(value))
	}
}

func (p *printer) list(depth int, key string, values []string) {
	if len(values) == 0 {
		return
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = scalar(v)
	}
	p.line(depth, "%s: [%s]", key, strings.Join(quoted, ", "))
}

var (
	bare     = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_/.+-]*( [A-Za-z0-9_/.+-]+)*$`)
	keywords = regexp.MustCompile(`(?i)^(true|false|null|yes|no|on|off|y|n|nan|inf)$`)
)

func scalar(s string) string {
	if bare.MatchString(s) && !keywords.MatchString(s) {
		return s
	}
	var quoted bytes.Buffer
	enc := json.NewEncoder(&quoted)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return strconv.Quote(s)
	}
	return strings.TrimSpace(quoted.String())
}

func (p *printer) fetch(f Fetch) {
	p.open(0, "fetch")
	p.text(1, "contact", f.Contact)
	p.text(1, "min_interval", short(f.MinInterval))
	if f.HostSpacing != nil {
		p.text(1, "host_spacing", short(*f.HostSpacing))
	}
	p.line(1, "workers: %d", f.Workers)
	p.flag(1, "deltas", f.Deltas)
	var opened []string
	for _, prefix := range f.AllowPrivate {
		opened = append(opened, prefix.String())
	}
	p.list(1, "allow_private", append(opened, f.AllowHosts...))
}

// short writes 1h0m0s as 1h.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// door writes who gets in, and how.
func (p *printer) door(c *Config) {
	var proxies []string
	for _, prefix := range c.TrustedProxies {
		proxies = append(proxies, prefix.String())
	}
	p.list(0, "trusted_proxies", proxies)
	p.flag(0, "status_public", c.StatusPublic)
	if c.TLS.Cert != "" {
		p.open(0, "tls")
		p.text(1, "cert", c.TLS.Cert)
		p.text(1, "key", c.TLS.Key)
	}
	if c.Auth.ProxyHeader != "" {
		p.open(0, "auth")
		p.text(1, "proxy_header", c.Auth.ProxyHeader)
	}
	if c.OIDC.Issuer != "" {
		p.oidc(c.OIDC)
	}
	if c.Metrics.Listen != "" {
		p.open(0, "metrics")
		p.text(1, "listen", c.Metrics.Listen)
	}
}

func (p *printer) oidc(o OIDC) {
	p.open(0, "oidc")
	p.text(1, "issuer", o.Issuer)
	p.text(1, "client_id", o.ClientID)
	if o.ClientSecretFile != "" {
		p.text(1, "client_secret_file", o.ClientSecretFile)
	} else {
		p.text(1, "client_secret", o.ClientSecret.String())
	}
	p.text(1, "claim", o.Claim)
	p.text(1, "name", o.Name)
}

func (p *printer) smtp(s SMTP) {
	p.open(0, "smtp")
	p.text(1, "host", s.Host)
	p.line(1, "port: %d", s.Port)
	p.text(1, "username", s.Username)
	if s.PasswordFile != "" {
		p.text(1, "password_file", s.PasswordFile)
	} else {
		p.text(1, "password", s.Password.String())
	}
	p.text(1, "tls", s.TLS)
	p.text(1, "from", s.From)
	if s.DKIM.Domain != "" {
		p.open(1, "dkim")
		p.text(2, "domain", s.DKIM.Domain)
		p.text(2, "selector", s.DKIM.Selector)
		p.text(2, "key_file", s.DKIM.KeyFile)
	}
}

func (p *printer) digests(digests []Digest) {
	if len(digests) == 0 {
		p.line(0, "digests: []")
		return
	}
	p.open(0, "digests")
	for _, d := range digests {
		p.line(1, "- id: %s", scalar(d.ID))
		p.text(2, "schedule", d.Schedule)
		p.text(2, "timezone", d.Timezone)
		p.list(2, "to", d.To)
		p.list(2, "channels", d.Channels)
		p.line(2, "query: %s", scalar(d.Query))
		p.text(2, "group", d.Group)
		p.text(2, "labels", d.Labels)
		p.line(2, "max_stories: %d", d.MaxStories)
		p.text(2, "when_empty", d.WhenEmpty)
		p.text(2, "catch_up", d.CatchUp)
		p.text(2, "dir", d.Dir)
	}
}

// YAML writes outlets as a configuration has them.
func YAML(outlets []Outlet) string {
	var p printer
	p.outlets(outlets)
	return p.out.String()
}

func (p *printer) outlets(outlets []Outlet) {
	if len(outlets) == 0 {
		p.line(0, "outlets: []")
		return
	}
	p.open(0, "outlets")
	for _, o := range outlets {
		p.line(1, "- id: %s", scalar(string(o.ID)))
		p.text(2, "name", o.Name)
		p.text(2, "country", o.Country)
		p.list(2, "languages", o.Languages)
		if len(o.Sources) > 0 {
			p.open(2, "sources")
		}
		for _, s := range o.Sources {
			p.source(s)
		}
	}
}

func (p *printer) source(s Source) {
	if s.ID == "" { // it is named when it is read
		p.line(3, "- kind: %s", scalar(string(s.Kind)))
	} else {
		p.line(3, "- id: %s", scalar(string(s.ID)))
		p.text(4, "kind", string(s.Kind))
	}
	p.text(4, "url", s.URL)
	p.text(4, "schedule", s.Schedule)
	p.list(4, "languages", s.Languages)
	p.text(4, "item", s.Item)
	p.text(4, "link", s.Link)
	p.text(4, "title", s.Title)
	p.text(4, "date", s.Date)
	p.text(4, "next", s.Next)
	p.text(4, "match", s.Match)
	if a := s.Article; a.Body != "" || a.Title != "" || a.Date != "" || len(a.Remove) > 0 || a.Skip {
		p.open(4, "article")
		p.text(5, "body", a.Body)
		p.list(5, "remove", a.Remove)
		p.text(5, "title", a.Title)
		p.text(5, "date", a.Date)
		p.flag(5, "skip", a.Skip)
	}
	p.flag(4, "insecure", s.Insecure)
	if !s.Enabled {
		p.line(4, "enabled: false")
	}
	p.text(4, "seen", s.Seen)
	p.text(4, "note", s.Note)
}

func (p *printer) flag(depth int, key string, value bool) {
	if value {
		p.line(depth, "%s: true", key)
	}
}

// withoutPassword masks the password inside an address.
func withoutPassword(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.User == nil {
		return raw
	}
	return u.Redacted()
}
