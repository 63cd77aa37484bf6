package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"silkwire/config"
	"silkwire/monitor"
	"silkwire/tagger"
)

type checkCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// checked is what check found, when all is well.
type checked struct {
	Outlets  int      `json:"outlets"`
	Sources  int      `json:"sources"`
	Enabled  int      `json:"enabled"`
	Digests  []next   `json:"digests"`
	Concepts int      `json:"concepts"`
	Taxonomy string   `json:"taxonomy"`
	Warnings []string `json:"warnings"`
}

type next struct {
	ID  string    `json:"id"`
	Due time.Time `json:"due"`
}

func (c *checkCmd) Run(_ context.Context, std *stdio, cl *cli) error {
	cfg, err := cl.load(&stdio{out: std.out, err: std.err})
	if err != nil {
		return err
	}
	tax, err := loadTaxonomy(cfg)
	if err != nil {
		return exitError{exitConfig, err}
	}
	if _, err := tagger.New(tax); err != nil {
		return exitError{exitConfig, err}
	}
	found := checked{Concepts: len(tax.Concepts), Taxonomy: tax.Version, Warnings: list(warnings(cfg))}
	for _, o := range cfg.Outlets {
		found.Outlets++
		for _, s := range o.Sources {
			found.Sources++
			if s.Enabled {
				found.Enabled++
			}
		}
	}
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
	for _, d := range found.Digests {
		fmt.Fprintf(std.out, "digest %s: next %s\n", d.ID, d.Due.Format(time.RFC3339))
	}
	for _, w := range found.Warnings {
		fmt.Fprintln(std.out, "warning:", w)
	}
	_, err = fmt.Fprintln(std.out, "the configuration is valid")
	return err
}

// warnings are what the operator should know of a valid configuration.
func warnings(cfg *config.Config) []string {
	return cfg.Warnings
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
		cfg, err := cl.load(&stdio{out: std.out, err: std.err})
		if err != nil {
			return err
		}
		target = "http://" + cfg.Listen + "/livez"
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return exitError{exitUsage, err}
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: HTTP %d", target, resp.StatusCode)
	}
	_, err = fmt.Fprintln(std.out, "ok")
	return err
}
