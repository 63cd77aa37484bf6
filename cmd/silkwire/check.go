package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"silkwire/config"
	"silkwire/monitor"
	"silkwire/news"
	"silkwire/store/bolt"
	"silkwire/tagger"
)

type checkCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
	SMTP bool `name:"smtp" help:"Connect to the mail server and log in; no mail is sent."`
}

// checked is what check found, when all is well.
type checked struct {
	Outlets  int      `json:"outlets"`
	Sources  int      `json:"sources"`
	Enabled  int      `json:"enabled"`
	Visits   []next   `json:"visits"`
	Digests  []next   `json:"digests"`
	Concepts int      `json:"concepts"`
	Taxonomy string   `json:"taxonomy"`
	Warnings []string `json:"warnings"`
}

type next struct {
	ID  string    `json:"id"`
	Due time.Time `json:"due"`
}

func (c *checkCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	cl.guarded = true
	cfg, err := cl.load(&stdio{out: std.out, err: io.Discard}) // the warnings are printed below
	if err != nil {
		return err
	}
	tax, err := loadTaxonomy(cfg)
	if err != nil {
		return exitError{exitConfig, err}
	}
	if err := cl.verify(tax); err != nil {
		return err
	}
	if _, err := tagger.New(tax); err != nil {
		return exitError{exitConfig, err}
	}
	if _, err := signatureOf(cfg.SMTP.DKIM); err != nil {
		return err
	}
	if c.SMTP {
		if err := checkMailServer(ctx, std, cfg.SMTP); err != nil {
			return err
		}
	}
	found := checked{Concepts: len(tax.Concepts), Taxonomy: tax.Version, Visits: []next{}, Digests: []next{}, Warnings: list(warnings(cfg))}
	planned, err := plannedVisits(ctx, cfg)
	if err != nil {
		found.Warnings = append(found.Warnings, fmt.Sprintf("when the next visits are is not known: %v", err))
	}
	for _, o := range cfg.Outlets {
		found.Outlets++
		for _, s := range o.Sources {
			found.Sources++
			if s.Enabled {
				found.Enabled++
				found.Visits = append(found.Visits, next{string(s.ID), later(planned[s.ID], time.Now())})
			}
		}
	}
	slices.SortStableFunc(found.Visits, func(a, b next) int { return a.Due.Compare(b.Due) })
	for _, d := range cfg.Digests {
		sched, err := digestSchedule(&d)
		if err != nil {
			return exitError{exitConfig, err}
		}
		found.Digests = append(found.Digests, next{d.ID, sched.Next(time.Now())})
	}
	if c.JSON {
		return json.NewEncoder(std.out).Encode(found)
	}
	fmt.Fprintf(std.out, "%d outlets, %d sources, %d of them enabled\n", found.Outlets, found.Sources, found.Enabled)
	fmt.Fprintf(std.out, "taxonomy %s, %d concepts\n", found.Taxonomy, found.Concepts)
	for _, v := range found.Visits[:min(shownVisits, len(found.Visits))] {
		fmt.Fprintf(std.out, "visit %s: %s\n", v.ID, v.Due.Format(time.RFC3339))
	}
	if more := len(found.Visits) - shownVisits; more > 0 {
		fmt.Fprintf(std.out, "and %d more visits; --json lists them all\n", more)
	}
	for _, d := range found.Digests {
		fmt.Fprintf(std.out, "digest %s: next %s\n", d.ID, d.Due.Format(time.RFC3339))
	}
	for _, w := range found.Warnings {
		fmt.Fprintln(std.out, "warning:", w)
	}
	_, err = fmt.Fprintln(std.out, "the configuration is valid")
	return err
}

// checkMailServer does all that a mail needs, but for the mail.
func checkMailServer(ctx context.Context, std *stdio, s config.SMTP) error {
	if s.Host == "" {
		return exitError{exitConfig, errors.New("there is no mail server; set smtp in the configuration")}
	}
	server := net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
	if err := mailServer(s).Check(ctx); err != nil {
		return fmt.Errorf("smtp %s: %w", server, err)
	}
	how := map[string]string{"mandatory": "STARTTLS", "implicit": "TLS", "none": "without TLS"}[s.TLS]
	if s.Username != "" {
		how += ", logged in as " + s.Username
	}
	_, err := fmt.Fprintf(std.err, "smtp %s: %s; it would take mail, none was sent\n", server, how)
	return err
}

// shownVisits bounds the list of visits for people.
const shownVisits = 5

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a.UTC()
	}
	return b.UTC().Truncate(time.Second)
}

// plannedVisits says for when the archive has visits planned: none, where there
// is no archive yet. A daemon that holds it is asked.
func plannedVisits(ctx context.Context, cfg *config.Config) (map[news.SourceID]time.Time, error) {
	path, err := archivePath(cfg)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); os.IsNotExist(err) {
		return nil, nil
	}
	st, err := openArchive(cfg, func(news.OutletID) string { return "" })
	var locked *bolt.LockedError
	if errors.As(err, &locked) {
		return askPlanned(ctx, path, err)
	}
	if err != nil {
		return nil, err
	}
	states, err := st.SourceStates(ctx)
	planned := map[news.SourceID]time.Time{}
	for id, s := range states {
		planned[id] = s.Due
	}
	return planned, errors.Join(err, st.Close())
}

type configCmd struct {
	Print configPrintCmd `cmd:"" help:"Print the configuration in force, with every default and without secrets."`
}

type configPrintCmd struct{}

func (c *configPrintCmd) Run(std *stdio, cl *cli) error {
	cfg, err := cl.load(std)
	if err != nil {
		return err
	}
	_, err = std.out.Write(config.Print(cfg))
	return err
}

// warnings are what the operator should know of a valid configuration.
func warnings(cfg *config.Config) []string {
	list := slices.Clone(cfg.Warnings)
	if cfg.Fetch.Contact == "" {
		list = append(list, "no contact is set: outlets cannot reach you before they shut Silkwire out; set fetch.contact to a mail address or a page about you")
	}
	return list
}

func digestSchedule(d *config.Digest) (*monitor.Schedule, error) {
	zone, err := time.LoadLocation(d.Timezone)
	if err != nil {
		return nil, fmt.Errorf("digest %s: timezone: %w", d.ID, err)
	}
	return monitor.ParseSchedule(d.Schedule, zone, time.Minute)
}

type healthcheckCmd struct {
	URL string `arg:"" optional:"" help:"The address to ask; default: /livez of the configured one."`
}

func (c *healthcheckCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	target, cert := c.URL, ""
	if target == "" {
		cfg, err := cl.read(nil, new(int))
		if err != nil {
			return exitError{exitConfig, err}
		}
		target, cert = liveAddress(cfg), cfg.TLS.Cert
	}
	if err := askLoopback(ctx, target, cert); err != nil {
		return err
	}
	_, err := fmt.Fprintln(std.out, "ok")
	return err
}

// liveAddress is where the daemon of a configuration says that it lives, from
// this machine.
func liveAddress(cfg *config.Config) string {
	host, port, err := net.SplitHostPort(cfg.Listen)
	if ip, ipErr := netip.ParseAddr(host); err == nil && (host == "" || ipErr == nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
		if ipErr == nil && ip.Is6() {
			host = "::1"
		}
	}
	scheme := "http"
	if cfg.TLS.Cert != "" {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, port) + "/livez"
}

// askLoopback asks a daemon on this machine, and nobody else. Over TLS the
// daemon must show the certificate in the given file.
func askLoopback(ctx context.Context, target, cert string) error {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !config.IsLoopback(u.Hostname()) && !isOwnAddress(u.Hostname()) {
		return exitError{exitUsage, fmt.Errorf("%q is not the address of a daemon on this machine, such as http://127.0.0.1:8080/livez", target)}
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return exitError{exitUsage, err}
	}
	transport := &http.Transport{}
	if cert != "" {
		if transport.TLSClientConfig, err = knowing(cert); err != nil {
			return err
		}
	}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: HTTP %d", target, resp.StatusCode)
	}
	return nil
}

// isOwnAddress reports whether an address is one of this machine's.
func isOwnAddress(host string) bool {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	addrs, err := net.InterfaceAddrs()
	return err == nil && slices.ContainsFunc(addrs, func(a net.Addr) bool {
		p, err := netip.ParsePrefix(a.String())
		return err == nil && p.Addr() == ip.Unmap()
	})
}

// knowing trusts the certificate in a file and no other, under its own name.
func knowing(file string) (*tls.Config, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, fmt.Errorf("%s holds no certificate", file)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	name := ""
	if len(cert.DNSNames) > 0 {
		name = strings.Replace(cert.DNSNames[0], "*", "silkwire", 1)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool, ServerName: name}, nil
}
