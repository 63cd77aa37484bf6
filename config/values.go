package config

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/mail"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// setting is a key with a plain value, that the file and the environment can
// set alike. A list is set once for each of its elements.
type setting struct {
	key  string // "smtp.host"
	list bool
	flag bool // true or false
	set  func(c *Config, value string) error
}

// split returns the section and the name in it.
func (s setting) split() (section, name string) {
	if dot := strings.LastIndexByte(s.key, '.'); dot >= 0 {
		return s.key[:dot], s.key[dot+1:]
	}
	return "", s.key
}

// variable is the name of the setting in the environment.
func (s setting) variable() string {
	return prefix + strings.ToUpper(strings.ReplaceAll(s.key, ".", "_"))
}

// settings are all of them.
var settings = []setting{
	{key: "archive", set: func(c *Config, v string) error { return archiveURL(&c.Archive, v) }},
	{key: "listen", set: func(c *Config, v string) error { return address(&c.Listen, v) }},
	{key: "tls.cert", set: func(c *Config, v string) error { return notEmpty(&c.TLS.Cert, v) }},
	{key: "tls.key", set: func(c *Config, v string) error { return notEmpty(&c.TLS.Key, v) }},
	{key: "trusted_proxies", list: true, set: func(c *Config, v string) error { return network(&c.TrustedProxies, v) }},
	{key: "status_public", flag: true, set: func(c *Config, v string) error { return truth(&c.StatusPublic, v) }},
	{key: "auth.proxy_header", set: func(c *Config, v string) error { return headerName(&c.Auth.ProxyHeader, v) }},
	{key: "oidc.issuer", set: func(c *Config, v string) error { return issuer(&c.OIDC.Issuer, v) }},
	{key: "oidc.client_id", set: func(c *Config, v string) error { return notEmpty(&c.OIDC.ClientID, v) }},
	{key: "oidc.client_secret", set: func(c *Config, v string) error { return notEmpty((*string)(&c.OIDC.ClientSecret), v) }},
	{key: "oidc.client_secret_file", set: func(c *Config, v string) error { return notEmpty(&c.OIDC.ClientSecretFile, v) }},
	{key: "oidc.claim", set: func(c *Config, v string) error {
		return choose(&c.OIDC.Claim, "claim", v, []string{"email", "preferred_username", "sub"})
	}},
	{key: "oidc.name", set: func(c *Config, v string) error { return notEmpty(&c.OIDC.Name, v) }},
	{key: "metrics.listen", set: func(c *Config, v string) error { return loopback(&c.Metrics.Listen, v) }},
	{key: "base_url", set: func(c *Config, v string) error { return baseURL(&c.BaseURL, v) }},
	{key: "digest_dir", set: func(c *Config, v string) error { return notEmpty(&c.DigestDir, v) }},
	{key: "taxonomy", set: func(c *Config, v string) error { return notEmpty(&c.Taxonomy, v) }},
	{key: "review.double", set: func(c *Config, v string) error { return shareOf(&c.Review.Double, v) }},
	{key: "log.level", set: func(c *Config, v string) error {
		return choose(&c.Log.Level, "level", v, []string{"debug", "info", "warn", "error"})
	}},
	{key: "log.format", set: func(c *Config, v string) error {
		return choose(&c.Log.Format, "format", v, []string{"text", "json"})
	}},
	{key: "fetch.contact", set: func(c *Config, v string) error { return contact(&c.Fetch.Contact, v) }},
	{key: "fetch.min_interval", set: func(c *Config, v string) error {
		return duration(&c.Fetch.MinInterval, v, time.Second)
	}},
	{key: "fetch.host_spacing", set: func(c *Config, v string) error {
		c.Fetch.HostSpacing = new(time.Duration)
		return duration(c.Fetch.HostSpacing, v, 0)
	}},
	{key: "fetch.deltas", flag: true, set: func(c *Config, v string) error { return truth(&c.Fetch.Deltas, v) }},
	{key: "fetch.workers", set: func(c *Config, v string) error { return whole(&c.Fetch.Workers, v, 1, 256) }},
	{key: "fetch.allow_private", list: true, set: func(c *Config, v string) error { return c.Fetch.open(v) }},
	{key: "robots.feeds", set: func(c *Config, v string) error {
		return choose(&c.Robots.Feeds, "feeds", v, []string{"note", "respect"})
	}},
	{key: "robots.noarchive", set: func(c *Config, v string) error {
		return choose(&c.Robots.NoArchive, "noarchive", v, []string{"note", "respect"})
	}},
	{key: "smtp.host", set: func(c *Config, v string) error { return hostName(&c.SMTP.Host, v) }},
	{key: "smtp.port", set: func(c *Config, v string) error { return whole(&c.SMTP.Port, v, 1, 65535) }},
	{key: "smtp.username", set: func(c *Config, v string) error { return notEmpty(&c.SMTP.Username, v) }},
	{key: "smtp.password", set: func(c *Config, v string) error { return notEmpty((*string)(&c.SMTP.Password), v) }},
	{key: "smtp.password_file", set: func(c *Config, v string) error { return notEmpty(&c.SMTP.PasswordFile, v) }},
	{key: "smtp.tls", set: func(c *Config, v string) error {
		return choose(&c.SMTP.TLS, "tls", v, []string{"mandatory", "implicit", "none"})
	}},
	{key: "smtp.from", set: func(c *Config, v string) error { return sender(&c.SMTP.From, v) }},
	{key: "smtp.dkim.domain", set: func(c *Config, v string) error { return hostName(&c.SMTP.DKIM.Domain, v) }},
	{key: "smtp.dkim.selector", set: func(c *Config, v string) error { return hostName(&c.SMTP.DKIM.Selector, v) }},
	{key: "smtp.dkim.key_file", set: func(c *Config, v string) error { return notEmpty(&c.SMTP.DKIM.KeyFile, v) }},
	{key: "operator", set: func(c *Config, v string) error { return sender(&c.Operator, v) }},
}

func notEmpty(to *string, v string) error {
	if strings.TrimSpace(v) == "" {
		return errors.New("is empty; leave the key out for its default")
	}
	*to = v
	return nil
}

// duration reads 90s, 15m, 1h30m, and 7d.
func duration(to *time.Duration, v string, least time.Duration) error {
	v = strings.TrimSpace(v)
	if days, ok := strings.CutSuffix(v, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 && n <= 365 {
			v = strconv.Itoa(24*n) + "h"
		}
	}
	d, err := time.ParseDuration(v)
	switch {
	case plainNumber.MatchString(v):
		return fmt.Errorf("%s of what? a duration needs a unit: %ss, %sm or %sh", v, v, v, v)
	case err != nil:
		return fmt.Errorf("%q is not a duration; write 30s, 15m or 1h", shortened(v))
	case d < 0:
		return fmt.Errorf("%s is negative", v)
	case d < least:
		return fmt.Errorf("%s is less than %s", v, least)
	case d > 365*24*time.Hour:
		return fmt.Errorf("%s is more than a year", v)
	}
	*to = d
	return nil
}

var plainNumber = regexp.MustCompile(`^[+-]?[\d_.]+$`)

func whole(to *int, v string, low, high int) error {
	n, err := strconv.Atoi(strings.TrimSpace(v))
	switch {
	case err != nil:
		return fmt.Errorf("%q is not a whole number", shortened(v))
	case n < low || n > high:
		return fmt.Errorf("%d is not between %d and %d", n, low, high)
	}
	*to = n
	return nil
}

func shareOf(to *float64, v string) error {
	x, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
	switch {
	case err != nil || math.IsNaN(x):
		return fmt.Errorf("%q is not a number; write 0.1 for one of ten", shortened(v))
	case x < 0 || x > 1:
		return fmt.Errorf("%v is not between 0 and 1; write 0.1 for one of ten", x)
	}
	*to = x
	return nil
}

// archiveURL accepts the archives there are: one file.
func archiveURL(to *string, v string) error {
	u, err := url.Parse(v)
	switch {
	case err != nil:
		return fmt.Errorf("%q is not an address; write bolt:///var/lib/silkwire/silkwire.db", shortened(v))
	case u.Scheme == "":
		return fmt.Errorf("%q has no kind before it; write bolt://%s", shortened(v), absolute(v))
	case u.Scheme != "bolt":
		return oneOf("kind of archive", u.Scheme, []string{"bolt"})
	case u.Host != "" || u.Opaque != "" || !strings.HasPrefix(u.Path, "/") || strings.HasSuffix(u.Path, "/"):
		return fmt.Errorf("%q: the path of the file must be absolute, after three slashes: bolt:///var/lib/silkwire/silkwire.db", shortened(v))
	case u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("%q: nothing may follow the path; write ? as %%3F and # as %%23", shortened(v))
	}
	*to = v
	return nil
}

func absolute(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return "/…/" + path
}

// address accepts an address to listen on. Whether others may reach it, finish
// decides.
func address(to *string, v string) error {
	host, port, err := net.SplitHostPort(v)
	if err != nil {
		return fmt.Errorf("%q is not host:port; write 127.0.0.1:8080", shortened(v))
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("%q is not a port", shortened(port))
	}
	if host != "" {
		var name string
		if err := hostName(&name, host); err != nil {
			return err
		}
	}
	*to = v
	return nil
}

// loopback accepts an address to listen on that only this machine reaches.
func loopback(to *string, v string) error {
	var a string
	if err := address(&a, v); err != nil {
		return err
	}
	if host, port, _ := net.SplitHostPort(a); !IsLoopback(host) {
		return fmt.Errorf("%q can be reached from other machines, and asks nobody who they are; write 127.0.0.1:%s", shortened(v), port)
	}
	*to = a
	return nil
}

func truth(to *bool, v string) error {
	switch strings.ToLower(strings.TrimSpace(v)) {
	case "true", "1", "yes":
		*to = true
	case "false", "0", "no":
		*to = false
	default:
		return fmt.Errorf("%q is neither true nor false", shortened(v))
	}
	return nil
}

// network accepts a network or an address.
func network(to *[]netip.Prefix, v string) error {
	if addr, err := netip.ParseAddr(v); err == nil {
		addr = addr.Unmap().WithZone("")
		*to = append(*to, netip.PrefixFrom(addr, addr.BitLen()))
		return nil
	}
	p, err := netip.ParsePrefix(v)
	switch {
	case err != nil:
		return fmt.Errorf("%q is neither a network (10.1.0.0/16) nor an address", shortened(v))
	case p != p.Masked():
		return fmt.Errorf("%s has bits behind its mask; did you mean %s?", p, p.Masked())
	case p.Bits() == 0:
		return fmt.Errorf("%s is everybody", p)
	}
	*to = append(*to, p)
	return nil
}

var headerPattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{1,63}$`)

// headerName accepts the name of a header that nobody else gives a meaning to.
func headerName(to *string, v string) error {
	if !headerPattern.MatchString(v) {
		return fmt.Errorf("%q is not the name of a header, such as X-Forwarded-User", shortened(v))
	}
	switch name := http.CanonicalHeaderKey(v); name {
	case "Host", "Cookie", "Authorization", "Origin", "Referer", "User-Agent", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host":
		return fmt.Errorf("%s has a meaning of its own, and browsers or proxies set it", name)
	default:
		*to = name
	}
	return nil
}

// issuer accepts the address of an OpenID provider.
func issuer(to *string, v string) error {
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "https" && (u.Scheme != "http" || !IsLoopback(u.Hostname())) || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return fmt.Errorf("%q is not the address of an issuer, such as https://accounts.example.org", shortened(v))
	}
	*to = v
	return nil
}

// IsLoopback reports whether host is this machine and nothing else.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

func baseURL(to *string, v string) error {
	if err := webAddress(v); err != nil {
		return err
	}
	u, err := url.Parse(v)
	if err != nil || u.RawQuery != "" || u.Fragment != "" || strings.HasSuffix(v, "?") || strings.HasSuffix(v, "#") {
		return fmt.Errorf("%q: links are made by adding to it, so it must not have a ? or a #", shortened(v))
	}
	*to = strings.TrimRight(v, "/")
	return nil
}

// contact accepts what a webmaster can use: a mail address or a page.
func contact(to *string, v string) error {
	v = strings.TrimSpace(v)
	if strings.HasPrefix(v, "http://") || strings.HasPrefix(v, "https://") {
		*to = v
		return webAddress(v)
	}
	if err := mailbox(strings.TrimPrefix(v, "mailto:")); err != nil {
		return fmt.Errorf("%q is neither a mail address nor a page (https://…)", shortened(v))
	}
	*to = v
	return nil
}

func sender(to *string, v string) error {
	if err := mailbox(v); err != nil {
		return err
	}
	*to = v
	return nil
}

// mailbox accepts one mail address, with or without a name.
func mailbox(v string) error {
	if strings.ContainsAny(v, "\r\n\x00") {
		return errors.New("a mail address is one line")
	}
	a, err := mail.ParseAddress(v)
	if err != nil || strings.ContainsAny(a.Address, " <>\"") {
		return fmt.Errorf("%q is not a mail address", shortened(v))
	}
	return nil
}

// open adds a network, an address or a host to those that are open.
func (f *Fetch) open(v string) error {
	v = strings.TrimSpace(v)
	if p, err := netip.ParsePrefix(v); err == nil {
		if p.Masked() != p {
			return fmt.Errorf("%s has bits behind its mask; did you mean %s?", v, p.Masked())
		}
		f.AllowPrivate = append(f.AllowPrivate, p)
		return nil
	}
	if addr, err := netip.ParseAddr(v); err == nil {
		addr = addr.Unmap().WithZone("")
		f.AllowPrivate = append(f.AllowPrivate, netip.PrefixFrom(addr, addr.BitLen()))
		return nil
	}
	var host string
	if err := hostName(&host, v); err != nil {
		return fmt.Errorf("%q is neither a network (10.1.0.0/16), nor an address, nor the name of a host", shortened(v))
	}
	f.AllowHosts = append(f.AllowHosts, strings.ToLower(strings.TrimSuffix(host, ".")))
	return nil
}

var (
	namePattern = regexp.MustCompile(`^([\p{L}\p{N}_]([\p{L}\p{N}_-]{0,61}[\p{L}\p{N}_])?\.)*[\p{L}\p{N}_]([\p{L}\p{N}_-]{0,61}[\p{L}\p{N}_])?\.?$`)
	numbersOnly = regexp.MustCompile(`^[\d.]+$`)
)

// hostName accepts a name or an address, without a port.
func hostName(to *string, v string) error {
	v = strings.TrimSpace(v)
	if _, err := netip.ParseAddr(v); err != nil && (!namePattern.MatchString(v) || numbersOnly.MatchString(v) || len(v) > 253) {
		return fmt.Errorf("%q is not the name or the address of a host; a port is a key of its own", shortened(v))
	}
	*to = v
	return nil
}

// languages are those that Silkwire reads.
var languages = []string{"en", "ru", "uz-Latn", "uz-Cyrl", "kk", "ky", "tg", "tk", "tr", "zh", "fa"}

// countries are the codes of ISO 3166-1 alpha-2.
var countries = strings.Fields(`
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT
MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ
UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW`)

// zones are offered when a time zone is misspelt; every zone of the IANA
// database is accepted.
var zones = []string{
	"Asia/Tashkent", "Asia/Samarkand", "Asia/Almaty", "Asia/Qyzylorda", "Asia/Aqtobe", "Asia/Bishkek", "Asia/Dushanbe", "Asia/Ashgabat",
	"Asia/Baku", "Asia/Dubai", "Asia/Tehran", "Asia/Shanghai", "Asia/Urumqi", "Asia/Tokyo", "Asia/Seoul", "Asia/Kolkata",
	"Europe/Moscow", "Europe/Istanbul", "Europe/Berlin", "Europe/Vienna", "Europe/Prague", "Europe/Paris", "Europe/Brussels", "Europe/London",
	"Europe/Warsaw", "America/New_York", "UTC",
}
