package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
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
	st, err := openArchive(cfg)
	var locked *bolt.LockedError
	if errors.As(err, &locked) {
		return askPlanned(ctx, locked.Holder.Address, err)
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

// askPlanned asks the daemon at an address.
func askPlanned(ctx context.Context, address string, held error) (map[news.SourceID]time.Time, error) {
	if address == "" {
		return nil, held
	}
	body, err := askLoopback(ctx, address+"/api/v1/sources")
	if err != nil {
		return nil, err
	}
	var answer struct {
		Sources []struct {
			ID   news.SourceID `json:"id"`
			Next time.Time     `json:"next_visit"`
		} `json:"sources"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	planned := map[news.SourceID]time.Time{}
	for _, s := range answer.Sources {
		planned[s.ID] = s.Next
	}
	return planned, nil
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
	target := c.URL
	if target == "" {
		cfg, err := cl.read(nil, new(int))
		if err != nil {
			return exitError{exitConfig, err}
		}
		target = "http://" + cfg.Listen + "/livez"
	}
	if _, err := askLoopback(ctx, target); err != nil {
		return err
	}
	_, err := fmt.Fprintln(std.out, "ok")
	return err
}

// askLoopback asks a daemon on this machine, and nobody else.
func askLoopback(ctx context.Context, target string) ([]byte, error) {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "http" || refuseOpenDoors(net.JoinHostPort(u.Hostname(), u.Port())) != nil {
		return nil, exitError{exitUsage, fmt.Errorf("%q is not the address of a daemon on this machine, such as http://127.0.0.1:8080/livez", target)}
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, exitError{exitUsage, err}
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: HTTP %d", target, resp.StatusCode)
	}
	return io.ReadAll(io.LimitReader(resp.Body, 64<<20))
}
