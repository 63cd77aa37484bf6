package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"silkwire/news"
)

// finish checks what one key alone does not show, and returns the
// configuration or everything wrong with it.
func (r *reader) finish() (*Config, error) {
	if len(r.mistakes) == 0 {
		r.fillIn()
	}
	r.check()
	if len(r.mistakes) > 0 {
		return nil, r.mistakes.sorted()
	}
	return r.cfg, nil
}

// fillIn takes outlets and digests from the default where the file has no word
// of them.
func (r *reader) fillIn() {
	_, outlets := r.at["outlets"]
	_, digests := r.at["digests"]
	if outlets && digests {
		return
	}
	def := Default()
	if !outlets {
		r.cfg.Outlets = def.Outlets
	}
	if !digests {
		r.cfg.Digests = def.Digests
	}
}

func (r *reader) check() {
	r.nameSources()
	r.uniqueURLs()
	for _, pos := range r.sources {
		r.checkSource(pos)
	}
	r.checkInterval()
	r.checkDoor()
	r.checkOIDC()
	r.checkSecrets()
	r.checkSMTP()
	r.checkDKIM()
	r.checkChannels()
	r.nameDigests()
	for i := range r.digests {
		r.checkDigest(i)
	}
}

func (r *reader) sourceAt(pos readSource) *Source {
	return &r.cfg.Outlets[pos.outlet].Sources[pos.index]
}

// nameSources refuses an id that stands twice, and derives one for each source
// without: from its outlet and the path of its address, so that it stays the
// same when other sources come and go.
func (r *reader) nameSources() {
	taken := map[news.SourceID]Place{}
	for _, pos := range r.sources {
		s := r.sourceAt(pos)
		if s.ID == "" {
			continue
		}
		if first, twice := taken[s.ID]; twice {
			r.mistake(pos.id, "the source %q stands here twice; first in line %d", s.ID, first.Line)
			continue
		}
		taken[s.ID] = pos.id
	}
	for _, pos := range r.sources {
		s := r.sourceAt(pos)
		if s.ID != "" || pos.id != pos.at || s.URL == "" || s.Outlet == "" {
			continue
		}
		for _, id := range derivedIDs(s.Source) {
			if _, used := taken[id]; !used {
				s.ID, taken[id] = id, pos.at
				break
			}
		}
		if s.ID == "" {
			r.mistake(pos.at, "this source needs an id of its own")
		}
	}
}

func derivedIDs(s news.Source) []news.SourceID {
	u, err := url.Parse(s.URL)
	if err != nil {
		return nil
	}
	path := strings.Trim(u.EscapedPath()+"-"+u.RawQuery, "/-")
	if path == "" {
		path = string(s.Kind)
	}
	var out []news.SourceID
	for _, tail := range []string{path, u.Host + "-" + path, string(s.Kind) + "-" + u.Host + "-" + path} {
		id := idFrom(string(s.Outlet) + "-" + tail)
		out = append(out, news.SourceID(strings.ReplaceAll(id, ".", "-")))
	}
	return out
}

// uniqueURLs refuses the same address twice: with or without "www.", a slash at
// its end or an s after http, it is the same.
func (r *reader) uniqueURLs() {
	first := map[string]Place{}
	for _, pos := range r.sources {
		key := news.URLKey(r.sourceAt(pos).URL)
		if key == "" {
			continue
		}
		if at, twice := first[key]; twice {
			r.mistake(pos.url, "the address stands here twice; first in line %d", at.Line)
			continue
		}
		first[key] = pos.url
	}
}

func (r *reader) checkSource(pos readSource) {
	s := r.sourceAt(pos)
	opened := r.cfg.Fetch.Opens(s.URL)
	if s.Kind != "" && s.Kind != news.Page {
		for _, name := range []string{"item", "link", "title", "date", "next"} {
			if at, given := pos.names[name]; given {
				r.warn(at, "%s is for sources of kind page; a %s is read without", name, s.Kind)
			}
		}
	}
	if why := unreachable(s.URL, r.cfg.Fetch); why != "" && !opened {
		r.warn(pos.url, "%s", why)
	}
	if s.Schedule != "" {
		r.sourceSchedule(pos, s, opened)
	}
}

// unreachable says why the guard will refuse an address.
func unreachable(raw string, f Fetch) string {
	u, err := url.Parse(raw)
	if err != nil || raw == "" {
		return ""
	}
	addr, err := netip.ParseAddr(u.Hostname())
	literal := err == nil
	private := literal && (addr.IsPrivate() || addr.IsLoopback() || addr.IsLinkLocalUnicast() || addr.IsUnspecified())
	switch {
	case private || IsLoopback(u.Hostname()):
		return fmt.Sprintf("%s is not a public address; it will not be visited unless fetch.allow_private opens it", u.Hostname())
	case u.Port() != "" && u.Port() != "80" && u.Port() != "443" && (literal || len(f.AllowPrivate) == 0):
		return fmt.Sprintf("port %s will not be visited: only 80 and 443 are, unless fetch.allow_private opens the host", u.Port())
	}
	return ""
}

// sourceSchedule refuses what is no schedule, and warns of one that is finer
// than politeness allows (C6).
func (r *reader) sourceSchedule(pos readSource, s *Source, opened bool) {
	if r.v.Schedule == nil {
		return
	}
	finest, floor := time.Minute, max(r.cfg.Fetch.MinInterval, PublicInterval)
	if opened {
		finest, floor = time.Second, r.cfg.Fetch.MinInterval
	}
	if err := r.v.Schedule(s.Schedule, finest); err != nil {
		r.mistake(pos.schedule, "%v", err)
		return
	}
	if err := r.v.Schedule(s.Schedule, floor); err != nil {
		r.warn(pos.schedule, "the schedule %q is finer than fetch.min_interval; the source is visited every %s at most", s.Schedule, floor)
	}
}

// checkInterval warns of what will be raised for hosts that are not the
// operator's own.
func (r *reader) checkInterval() {
	public := slices.ContainsFunc(r.cfg.Outlets, func(o Outlet) bool {
		return slices.ContainsFunc(o.Sources, func(s Source) bool { return s.Enabled && !r.cfg.Fetch.Opens(s.URL) })
	})
	if !public {
		return
	}
	if at, set := r.at["fetch.min_interval"]; set && r.cfg.Fetch.MinInterval < PublicInterval {
		r.warn(at, "fetch.min_interval %s is raised to %s for hosts outside fetch.allow_private", r.cfg.Fetch.MinInterval, PublicInterval)
	}
	if at, set := r.at["fetch.host_spacing"]; set && *r.cfg.Fetch.HostSpacing < PublicSpacing {
		r.warn(at, "fetch.host_spacing %s is raised to %s for hosts outside fetch.allow_private", *r.cfg.Fetch.HostSpacing, PublicSpacing)
	}
}

// said reports whether a key was set, rightly or wrongly.
func (r *reader) said(key string) bool {
	_, set := r.at[key]
	return set
}

// checkDoor refuses an address that others reach and at which passwords would
// pass in the clear, and half a certificate.
func (r *reader) checkDoor() {
	c := r.cfg
	host, port, err := net.SplitHostPort(c.Listen)
	if err == nil && !IsLoopback(host) && !r.insecure && c.TLS.Cert == "" && !c.BehindTLS() {
		r.mistake(r.at["listen"], "listen: %q can be reached from other machines, and passwords would pass in the clear; set tls.cert and tls.key, "+
			"or trusted_proxies and a base_url with https for a proxy in front, or write 127.0.0.1:%s (--insecure-listen overrides this)", c.Listen, port)
	}
	if (c.TLS.Cert == "") != (c.TLS.Key == "") {
		at, which := r.at["tls.cert"], "key"
		if c.TLS.Cert == "" {
			at, which = r.at["tls.key"], "cert"
		}
		r.mistake(at, "tls needs cert and key; the %s is missing", which)
	}
	if c.Auth.ProxyHeader != "" && len(c.TrustedProxies) == 0 {
		r.mistake(r.at["auth.proxy_header"], "auth.proxy_header: anybody could send that header; name the proxy in trusted_proxies")
	}
}

// BehindTLS reports whether a trusted proxy speaks https for us.
func (c *Config) BehindTLS() bool {
	return len(c.TrustedProxies) > 0 && strings.HasPrefix(c.BaseURL, "https://")
}

// checkOIDC asks for all that signing in elsewhere needs, or for nothing.
func (r *reader) checkOIDC() {
	o := r.cfg.OIDC
	at, said := r.at["oidc"]
	for _, s := range settings {
		if place, set := r.at[s.key]; set && !said && strings.HasPrefix(s.key, "oidc.") {
			at, said = place, true
		}
	}
	if !said {
		return
	}
	for _, need := range []struct{ key, value string }{{"issuer", o.Issuer}, {"client_id", o.ClientID}} {
		if need.value == "" && !r.said("oidc."+need.key) {
			r.mistake(at, "oidc needs %s", need.key)
		}
	}
	if !r.said("oidc.client_secret") && !r.said("oidc.client_secret_file") {
		r.mistake(at, "oidc needs client_secret_file (or client_secret)")
	}
	if r.cfg.BaseURL == "" && !r.said("base_url") {
		r.mistake(at, "oidc needs base_url: the provider sends people back to it")
	}
}

// checkSecrets refuses a secret that stands in two places.
func (r *reader) checkSecrets() {
	for _, p := range secretPairs() {
		if r.said(p.value) && r.said(p.file) {
			r.mistake(r.at[p.file], "a password and a file with one; leave out one of them")
		}
	}
}

func (r *reader) checkSMTP() {
	first, said := r.firstOfSMTP()
	if !said {
		return
	}
	s := &r.cfg.SMTP
	if !r.said("smtp.host") {
		r.mistake(first, "smtp needs a host")
	}
	if !r.said("smtp.from") {
		r.mistake(first, `smtp needs a sender: from: "Silkwire <digest@example.org>"`)
	}
	if s.TLS == "none" && s.Host != "" && !IsLoopback(s.Host) {
		r.mistake(r.at["smtp.tls"], "tls: none would send mail and password in the clear; only a server on this machine (localhost) may be used so")
	}
	if s.Port == 0 {
		s.Port = map[string]int{"implicit": 465}[s.TLS]
	}
	if s.Port == 0 {
		s.Port = 587
	}
}

// checkDKIM asks for all that a signature needs, or for nothing.
func (r *reader) checkDKIM() {
	at, said := r.at["smtp.dkim"]
	for _, key := range []string{"smtp.dkim.domain", "smtp.dkim.selector", "smtp.dkim.key_file"} {
		if place, set := r.at[key]; set && !said {
			at, said = place, true
		}
	}
	d := r.cfg.SMTP.DKIM
	if said && (d.Domain == "" || d.Selector == "" || d.KeyFile == "") {
		r.mistake(at, "smtp.dkim needs domain, selector and key_file")
	}
	if operator := r.at["operator"]; r.said("operator") && r.cfg.SMTP.Host == "" && !r.said("smtp.host") {
		r.warn(operator, "there is no smtp, so that nothing is mailed to the operator; what is broken goes to a file in the directory for digests")
	}
}

// firstOfSMTP is where smtp is first spoken of.
func (r *reader) firstOfSMTP() (Place, bool) {
	if at, ok := r.at["smtp"]; ok {
		return at, true
	}
	for _, s := range settings {
		if at, ok := r.at[s.key]; ok && strings.HasPrefix(s.key, "smtp.") {
			return at, true
		}
	}
	return Place{}, false
}

// OperatorID is the name of the mail to the operator, which no digest may have.
const OperatorID = "operator"

// nameDigests refuses an id that stands twice, and names those without.
func (r *reader) nameDigests() {
	taken := map[string]Place{}
	for i, pos := range r.digests {
		id := r.cfg.Digests[i].ID
		if id == "" {
			continue
		}
		if id == OperatorID {
			r.mistake(pos.at["id"], "the id operator is that of the mail to the operator; choose another")
			continue
		}
		if first, twice := taken[id]; twice {
			r.mistake(pos.at["id"], "the digest %q stands here twice; first in line %d", id, first.Line)
			continue
		}
		taken[id] = pos.at["id"]
	}
	for i := range r.digests {
		d := &r.cfg.Digests[i]
		for n := 1; d.ID == ""; n++ {
			id := "daily"
			if n > 1 {
				id = fmt.Sprintf("daily-%d", n)
			}
			if _, used := taken[id]; !used {
				d.ID, taken[id] = id, r.digests[i].at[""]
			}
		}
	}
}

func (r *reader) checkDigest(i int) {
	d, at := &r.cfg.Digests[i], r.digests[i].at
	_, scheduled := at["schedule"]
	if scheduled && r.v.Schedule != nil {
		if err := r.v.Schedule(d.Schedule, time.Minute); err != nil {
			r.mistake(at["schedule"], "%v", err)
			return
		}
	}
	if hour, found := brokenHour(d.Schedule, d.Timezone); found {
		place := at[""]
		if scheduled {
			place = at["schedule"]
		}
		r.warn(place, "%02d:xx comes twice or not at all on the nights when clocks change in %s; the digest comes once all the same", hour, d.Timezone)
	}
	r.checkNamedChannels(d, at)
	if len(d.To) > 0 && r.cfg.SMTP.Host == "" && !r.said("smtp.host") {
		r.warn(at["to"], "there is no smtp, so that this digest goes to a directory instead")
	}
}

// brokenHour finds an hour of the schedule that a change of clocks skips or
// repeats (C6). Only hours that are written as numbers are looked at.
func brokenHour(schedule, zone string) (int, bool) {
	fields := strings.Fields(schedule)
	location, err := time.LoadLocation(zone)
	if err != nil || len(fields) != 5 {
		return 0, false
	}
	for _, text := range strings.Split(fields[1], ",") {
		var hour int
		if err := whole(&hour, text, 0, 23); err != nil {
			continue
		}
		if slices.Contains(changedHours(location), hour) {
			return hour, true
		}
	}
	return 0, false
}

// changedHours are the hours that the clocks of a zone skipped or repeated in a
// year.
func changedHours(zone *time.Location) (out []int) {
	t := time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC)
	_, before := t.In(zone).Zone()
	for range 366 * 24 {
		t = t.Add(time.Hour)
		_, after := t.In(zone).Zone()
		if after == before {
			continue
		}
		from, to := t.Add(time.Duration(before)*time.Second), t.Add(time.Duration(after)*time.Second) // clocks before and after
		for h := min(from.Unix(), to.Unix()); h < max(from.Unix(), to.Unix()); h += 3600 {
			out = append(out, time.Unix(h, 0).UTC().Hour())
		}
		before = after
	}
	return out
}
