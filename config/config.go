// Package config is the grammar of Silkwire's configuration file: strict YAML
// whose every key has a meaning and a default. A file with mistakes is refused
// with all of them at once, each with its line and column and, where a name is
// wrong, the nearest right one.
//
// What the file does not say, the default says: it names the outlets of Central
// Asia and those that report on it (default.yaml). What the environment says
// goes before the file: SILKWIRE_LISTEN is listen, SILKWIRE_SMTP_HOST is
// smtp.host, and so on for every key with one plain value; lists of networks
// are written with commas. The password of smtp may also be a file, by
// SILKWIRE_SMTP_PASSWORD_FILE or smtp.password_file, and so may the client's
// secret of oidc. Nothing else in the file
// is expanded: only password_file may contain ${NAME}, as systemd's
// ${CREDENTIALS_DIRECTORY} needs it.
//
// What a schedule, a query or a selector is, others know: they are passed in as
// [Validators].
package config

import (
	_ "embed"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"silkwire/news"
)

// Config is a valid configuration.
type Config struct {
	Archive   string // URL of the archive; empty: in the user's state directory
	Listen    string // host:port
	BaseURL   string // for links in mails, without a slash at its end; empty: no links
	DigestDir string // where editions without recipients go; empty: beside the archive
	Taxonomy  string // directory laid over the embedded taxonomy; empty: none
	Review    Review
	Log       Log
	Fetch     Fetch
	Robots    Robots
	Outlets   []Outlet
	SMTP      SMTP
	TLS       TLS
	Auth      Auth
	OIDC      OIDC
	Metrics   Metrics
	Operator  string // a mail address that is told, at most once a day, what is broken; empty: nobody
	Channels  []Channel
	Digests   []Digest
	Clusters  []Cluster // of keywords, for counting; nil: those that are built in

	TrustedProxies []netip.Prefix // whose X-Forwarded headers count
	StatusPublic   bool           // the status page is for everybody

	Warnings []string // what is valid, but probably not meant
}

// TLS names the files with which the pages are served over https.
type TLS struct{ Cert, Key string }

// Auth says who else signs people in.
type Auth struct {
	ProxyHeader string // in which a trusted proxy names the user; empty: none does
}

// OIDC is a service that people sign in with, beside their passwords.
type OIDC struct {
	Issuer           string
	ClientID         string
	ClientSecret     Secret
	ClientSecretFile string // where ClientSecret was read
	Claim            string // that names the user: email (verified), preferred_username or sub
	Name             string // of the service, for the sign-in page
}

// Metrics says where else they can be read.
type Metrics struct {
	Listen string // host:port on loopback, without sign-in; empty: nowhere else
}

// Reachable reports whether other machines can ask: directly, or through a proxy.
func (c *Config) Reachable() bool {
	host, _, err := net.SplitHostPort(c.Listen)
	return err != nil || !IsLoopback(host) || len(c.TrustedProxies) > 0 || c.SignsInElsewhere()
}

// SignsInElsewhere reports whether somebody else than the archive vouches for people.
func (c *Config) SignsInElsewhere() bool { return c.Auth.ProxyHeader != "" || c.OIDC.Issuer != "" }

// Review says how analysts work together.
type Review struct {
	Double float64 // the share of items that two read without seeing each other's verdicts
}

// Log says how much is logged, and in which form.
type Log struct {
	Level  string // debug, info, warn, error
	Format string // text, json
}

// Fetch says how sources are visited.
type Fetch struct {
	Contact      string         // mail address or page of the operator, told to every server
	MinInterval  time.Duration  // between two visits of a source, as configured (see PublicInterval)
	HostSpacing  *time.Duration // between two requests to a host; nil: see Spacing
	Workers      int            // visits at a time
	Deltas       bool           // offer servers to send only what changed in a feed (A-IM: feed)
	AllowPrivate []netip.Prefix // networks that are open although they are not public
	AllowHosts   []string       // hosts that are open wherever their names lead
}

// Robots says how far the wishes of robots.txt and its kin bind, beyond what
// always does: pages, listings and sitemaps are never fetched against it.
type Robots struct {
	Feeds     string // note: fetched as a reader would, and said; respect: not fetched where robots.txt forbids it
	NoArchive string // note: said; respect: of pages that ask not to be archived only the feed's summary is kept
}

// Bounds of politeness toward hosts that are not the operator's own.
const (
	PublicInterval = 15 * time.Minute // the shortest time between two visits of a source
	PublicSpacing  = time.Second      // and between two requests to a host
	defaultSpacing = 5 * time.Second
)

// Spacing returns the time between two requests to one host, for public hosts
// and for those inside allow_private.
func (f Fetch) Spacing() (public, private time.Duration) {
	if f.HostSpacing == nil {
		return defaultSpacing, 0
	}
	return max(*f.HostSpacing, PublicSpacing), *f.HostSpacing
}

// Opens reports whether rawURL names a host that allow_private opens: a name
// that stands there, or an address inside a network of it. Names are not
// resolved.
func (f Fetch) Opens(rawURL string) bool {
	u, err := url.Parse(rawURL)
	if err != nil {
		return false
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if slices.Contains(f.AllowHosts, host) {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && slices.ContainsFunc(f.AllowPrivate, func(p netip.Prefix) bool { return p.Contains(addr.Unmap()) })
}

// Outlet is a publisher with its sources.
type Outlet struct {
	news.Outlet
	Sources []Source
}

// Source is one thing to visit.
type Source struct {
	news.Source
	Enabled bool
	Seen    string // who saw it working, and when; "unverified …" if nobody did
	Note    string // for people
}

// SMTP says how mail is sent. Without a host, digests go to a directory.
type SMTP struct {
	Host         string
	Port         int
	Username     string
	Password     Secret
	PasswordFile string // where Password was read
	TLS          string // mandatory (STARTTLS or else no mail), implicit (from the first byte), none (loopback only)
	From         string
	DKIM         DKIM
}

// DKIM says how mail is signed. Without a domain it is not.
type DKIM struct {
	Domain, Selector string
	KeyFile          string // a private key, RSA or Ed25519, in PEM
}

// Digest is a profile: what is compiled when, and for whom.
type Digest struct {
	ID         string
	Schedule   string
	Timezone   string
	To         []string // none: into a directory
	Channels   []string // by their ids
	Query      string
	Group      string // actor, country, flat
	Labels     string // language of labels: en, ru, uz, kk
	MaxStories int
	WhenEmpty  string // skip, send
	CatchUp    string // latest, all, none
	Dir        string // for editions without recipients; empty: DigestDir
}

// Validators know what config does not. A nil one accepts everything.
type Validators struct {
	// Schedule refuses what is no schedule, is never due, or is due more
	// often than finest.
	Schedule func(spec string, finest time.Duration) error
	Query    func(query string) error
	Selector func(css string) error
}

//go:embed default.yaml
var defaultFile []byte

// Default returns the embedded configuration. It visits what is known to work
// and issues one digest a day into a directory.
func Default() *Config {
	r := newReader("default.yaml", Validators{})
	r.read(defaultFile)
	r.check()
	if len(r.mistakes) > 0 {
		panic(fmt.Sprintf("the embedded configuration is broken: %v", r.mistakes))
	}
	return r.cfg
}

// Parse reads a configuration file. Outlets and digests are the default's
// where the file has none of these keys. The error is a [Mistakes].
func Parse(name string, content []byte, v Validators) (*Config, error) {
	r := newReader(name, v)
	r.read(content)
	return r.finish()
}

// plain is the configuration of an empty file without outlets and digests.
func plain() *Config {
	return &Config{
		Listen: "127.0.0.1:8080",
		Log:    Log{Level: "info", Format: "text"},
		Review: Review{Double: 0.1},
		Robots: Robots{Feeds: "note", NoArchive: "note"},
		Fetch:  Fetch{MinInterval: time.Hour, Workers: 16},
		SMTP:   SMTP{TLS: "mandatory"},
		OIDC:   OIDC{Claim: "email", Name: "single sign-on"},
	}
}
