package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"silkwire/config"
	"silkwire/export"
	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
	"silkwire/words"
)

type exportCmd struct {
	Data     exportDataCmd     `cmd:"" default:"withargs" help:"Write what matches a query as CSV, JSON lines or a workbook, or say whether a snapshot still holds."`
	Codebook exportCodebookCmd `cmd:"" help:"Write what every field and every concept means."`
	OPML     exportOPMLCmd     `cmd:"" name:"opml" help:"The sources that are visited, for any feed reader."`
}

type exportDataCmd struct {
	Query    []string `arg:"" optional:"" help:"What to take away, for example: actor:china instrument:scholarship to:uzbekistan; everything without it."`
	Format   string   `short:"f" enum:"csv,jsonl,xlsx," default:"" help:"csv, jsonl or xlsx; default: what the name of the file says, else csv."`
	What     string   `short:"w" enum:"items,tags,events,reviews" default:"items" help:"items, tags, events or reviews: what a row is."`
	Output   string   `short:"o" placeholder:"FILE" help:"Where to write it; default: standard output."`
	Text     bool     `help:"With the whole text of every item."`
	Snapshot string   `placeholder:"ID" help:"Ask again what a snapshot asked, and say what is different since; with -o, write it again too."`
	JSON     bool     `name:"json" help:"Say it as JSON."`
}

func (c *exportDataCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withConcepts(ctx, std, func(a *app) error {
		if c.Snapshot != "" {
			return c.again(ctx, std, a)
		}
		query, err := parseQuery(a, strings.Join(c.Query, " "))
		if err != nil {
			return err
		}
		of, err := export.Take(ctx, a.store, query, a.tax.Version, time.Now())
		if err != nil {
			return err
		}
		return c.write(ctx, std, a, query, of)
	})
}

func parseQuery(a *app, text string) (search.Query, error) {
	query, err := search.Options{Names: searchNames{a.tax}}.Parse(text)
	if err != nil {
		return query, exitError{exitUsage, err}
	}
	return query, nil
}

// write writes the file, and tells on standard error what it is of.
func (c *exportDataCmd) write(ctx context.Context, std *stdio, a *app, query search.Query, of export.Snapshot) error {
	job := export.Job{
		What: export.What(c.What), Format: c.format(), Query: query, Of: of,
		Maker: export.Maker{Taxonomy: a.tax, Outlet: outletNames(a.cfg.Load()), Text: c.Text},
	}
	rows := 0
	err := toFile(std, c.Output, func(w io.Writer) (err error) {
		rows, err = job.Write(ctx, a.store, w)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(std.err, "%d rows of %s, of %d items.\nSnapshot: %s\n", rows, c.What, of.Items, of.ID())
	if base := a.cfg.Load().BaseURL; base != "" {
		fmt.Fprintf(std.err, "Permanent link: %s/snapshots/%s\n", strings.TrimSuffix(base, "/"), of.ID())
	}
	return nil
}

func (c *exportDataCmd) format() export.Format {
	if c.Format != "" {
		return export.Format(c.Format)
	}
	if f, err := export.ParseFormat(strings.TrimPrefix(filepath.Ext(c.Output), ".")); err == nil {
		return f
	}
	return export.CSV
}

// again asks what a snapshot asked. That the archive gives something else is an
// exit code of its own.
func (c *exportDataCmd) again(ctx context.Context, std *stdio, a *app) error {
	then, err := export.ParseSnapshot(c.Snapshot)
	if err != nil {
		return exitError{exitUsage, err}
	}
	query, err := parseQuery(a, then.Query)
	if err != nil {
		return fmt.Errorf("the taxonomy of today does not understand the query of then: %w", err)
	}
	d, err := export.Compare(ctx, a.store, then, query, a.tax.Version, time.Now())
	if err != nil {
		return err
	}
	if err := c.tell(std, &d); err != nil {
		return err
	}
	if c.Output != "" {
		of := d.Now
		of.Taken = then.Taken
		if err := c.write(ctx, std, a, query, of); err != nil {
			return err
		}
	}
	if !d.Same {
		return exitError{exitFailure, nil}
	}
	return nil
}

func (c *exportDataCmd) tell(std *stdio, d *export.Difference) error {
	if c.JSON {
		return json.NewEncoder(std.out).Encode(d)
	}
	catalogue, err := words.Load()
	if err != nil {
		return err
	}
	for _, line := range d.Says() {
		fmt.Fprintln(std.out, catalogue.English().Say(line.Message, line.Args...))
	}
	for _, x := range d.Examples {
		fmt.Fprintf(std.out, "  %s  %s  %s  %s%s%s\n", x.At.Format("2006-01-02 15:04"), x.How, x.Item, x.Title, withSign(" +", x.Came), withSign(" -", x.Went))
	}
	return nil
}

// withSign lists concepts, each behind a sign.
func withSign(sign string, ids []news.ConceptID) (out string) {
	for _, id := range ids {
		out += sign + string(id)
	}
	return out
}

func outletNames(cfg *config.Config) func(news.OutletID) news.Outlet {
	outlets := map[news.OutletID]news.Outlet{}
	for _, o := range cfg.Outlets {
		outlets[o.ID] = o.Outlet
	}
	return func(id news.OutletID) news.Outlet {
		if o, ok := outlets[id]; ok {
			return o
		}
		return news.Outlet{ID: id, Name: string(id)}
	}
}

// toFile lets write write to a file, which is there whole or not at all, or to
// standard output, where no file is named.
func toFile(std *stdio, path string, write func(io.Writer) error) error {
	if path == "" || path == "-" {
		return buffered(std.out, write)
	}
	path = std.absolute(path)
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	err = errors.Join(buffered(tmp, write), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return nil
}

func buffered(to io.Writer, write func(io.Writer) error) error {
	out := bufio.NewWriterSize(to, longestFrame)
	if err := write(out); err != nil {
		return err
	}
	return out.Flush()
}

type exportCodebookCmd struct {
	Format string `short:"f" enum:"md,csv,jsonl,xlsx" default:"md" help:"md (Markdown), csv, jsonl or xlsx."`
	Output string `short:"o" placeholder:"FILE" help:"Where to write it; default: standard output."`
}

func (c *exportCodebookCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withConcepts(ctx, std, func(a *app) error {
		counts := map[news.ConceptID]int{}
		for _, concept := range a.tax.Concepts {
			page, err := a.store.Find(ctx, store.Query{
				Search: search.Query{Root: search.Concept{Any: []news.ConceptID{concept.ID}}}, Limit: 1, Count: true,
			})
			if err != nil {
				return err
			}
			counts[concept.ID] = page.Total
		}
		book := export.Codebook{Taxonomy: a.tax, Program: version, Counts: counts}
		return toFile(std, c.Output, func(w io.Writer) error {
			return book.Write(export.Format(strings.TrimPrefix(c.Format, "md")), w)
		})
	})
}
