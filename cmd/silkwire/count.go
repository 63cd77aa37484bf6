package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"silkwire/export"
	"silkwire/news"
	"silkwire/review"
	"silkwire/store"
	"silkwire/tally"
)

type countCmd struct {
	Matrix countMatrixCmd `cmd:"" help:"Count along two axes: actor by instrument, target by month …"`
	Series countSeriesCmd `cmd:"" help:"Count over time."`
}

// counted is what both commands take.
type counted struct {
	Query []string `arg:"" optional:"" help:"What is counted, for example: actor:china after:2026-01-01; everything without it."`
	Unit  string   `short:"u" enum:"items,stories,events" default:"items" help:"items; stories, each once; or events: deals, each once."`
	CSV   bool     `name:"csv" xor:"as" help:"Print CSV."`
	JSON  bool     `name:"json" xor:"as" help:"Print JSON."`
}

type countMatrixCmd struct {
	counted
	Rows string `default:"actor" help:"An axis: actor, instrument, instrument:education-instrument, target, recipient, narrative, reception, outlet, country, lang, month …"`
	Cols string `default:"instrument" help:"Another."`
}

func (c *countMatrixCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return c.run(ctx, std, cl, c.Rows, c.Cols)
}

type countSeriesCmd struct {
	counted
	By    string `enum:"day,week,month,year" default:"month" help:"day, week, month or year."`
	Split string `default:"all" help:"An axis with a column for each: actor, instrument, lang …"`
}

func (c *countSeriesCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return c.run(ctx, std, cl, c.By, c.Split)
}

func (c *counted) run(ctx context.Context, std *stdio, cl *cli, rows, cols string) error {
	return cl.withConcepts(ctx, std, func(a *app) error {
		var axes [2]tally.Axis
		for i, text := range []string{rows, cols} {
			axis, err := tally.ParseAxis(text, a.tax)
			if err != nil {
				return exitError{exitUsage, err}
			}
			axes[i] = axis
		}
		query, err := parseQuery(a, strings.Join(c.Query, " "))
		if err != nil {
			return err
		}
		cfg := a.cfg.Load()
		weighed, err := a.store.Weighed(ctx)
		if err != nil {
			return err
		}
		corpus, err := tally.Gather(func(f func(*news.Item) error) error {
			return a.store.Each(ctx, store.Query{Search: query}, f)
		}, tally.Rules{Taxonomy: a.tax, Country: func(id news.OutletID) string { return countryOf(cfg, id) }, About: export.Narrow(query, a.tax), Meant: review.MeansOf(weighed)})
		if err != nil {
			return err
		}
		return c.print(std, axes, corpus)
	})
}

func (c *counted) print(std *stdio, axes [2]tally.Axis, corpus *tally.Corpus) error {
	t := corpus.Matrix(axes[0], axes[1], tally.Unit(c.Unit))
	switch {
	case c.JSON:
		enc := json.NewEncoder(std.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(struct {
			Axes [2]string `json:"axes"`
			Unit string    `json:"unit"`
			tally.Table
			Notice string `json:"notice"`
		}{[2]string{axes[0].String(), axes[1].String()}, c.Unit, t, tally.Notice})
	case c.CSV:
		return c.writeCSV(std.out, axes[0].Name, &t)
	}
	return c.writeTable(std.out, corpus, &t)
}

func (c *counted) writeCSV(w io.Writer, first string, t *tally.Table) error {
	fields := []export.Field{{Name: first}, {Name: "total"}}
	for _, k := range t.Cols {
		fields = append(fields, export.Field{Name: k.ID})
	}
	out, err := export.NewWriter(export.CSV, w, export.Sheet{Name: "count", Fields: fields}, nil)
	if err != nil {
		return err
	}
	for i, k := range t.Rows {
		row := export.Row{k.ID, t.RowTotals[i].In(tally.Unit(c.Unit))}
		for _, cell := range t.Cells[i] {
			row = append(row, cell.In(tally.Unit(c.Unit)))
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	return out.Close()
}

func (c *counted) writeTable(w io.Writer, corpus *tally.Corpus, t *tally.Table) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	line := []string{"", "in any"}
	for _, k := range t.Cols {
		line = append(line, k.ID)
	}
	fmt.Fprintln(out, strings.Join(line, "\t")+"\t")
	for i, k := range t.Rows {
		line = append(line[:0], k.ID, strconv.Itoa(t.RowTotals[i].In(tally.Unit(c.Unit))))
		for _, cell := range t.Cells[i] {
			line = append(line, strconv.Itoa(cell.In(tally.Unit(c.Unit))))
		}
		fmt.Fprintln(out, strings.Join(line, "\t")+"\t")
	}
	if err := out.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "%s of %d items and %d deals. %s\n", c.Unit, len(corpus.Entries), len(corpus.Deals), tally.Notice)
	return err
}
