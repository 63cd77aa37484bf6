package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
)

type searchCmd struct {
	Query  []string `arg:"" optional:"" help:"What to look for, for example: actor:china instrument:scholarship to:uzbekistan after:2026-01-01"`
	Limit  int      `short:"n" default:"20" help:"How many items to print."`
	Sort   string   `enum:"newest,best" default:"newest" help:"The order: newest or best."`
	Facets bool     `help:"Count the items by actor, instrument, outlet, month … as well."`
	JSON   bool     `name:"json" help:"Print one JSON line per item; with --facets, one more with the counts."`
}

func (c *searchCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withConcepts(ctx, std, func(a *app) error {
		query, err := search.Options{Names: searchNames{a.tax}}.Parse(strings.Join(c.Query, " "))
		if err != nil {
			return exitError{exitUsage, err}
		}
		q := store.Query{Search: query, Limit: c.Limit, Count: true, WithText: c.JSON, Facets: c.Facets}
		if c.Sort == string(store.Best) {
			q.Sort = store.Best
		}
		page, err := a.store.Find(ctx, q)
		if err != nil {
			return err
		}
		for i := range page.Items {
			if err := c.print(std, a, &page.Items[i]); err != nil {
				return err
			}
		}
		if c.JSON && c.Facets {
			return json.NewEncoder(std.out).Encode(map[string]any{"total": page.Total, "facets": page.Facets})
		}
		if !c.JSON {
			fmt.Fprintf(std.out, "%d of %d items\n", len(page.Items), page.Total)
		}
		if c.Facets {
			printFacets(std, page.Facets)
		}
		return nil
	})
}

// facetMost is how many values of a facet are printed.
const facetMost = 10

func printFacets(std *stdio, facets map[string][]store.FacetCount) {
	for _, name := range search.Facets() {
		list := facets[name]
		if len(list) == 0 {
			continue
		}
		fmt.Fprintf(std.out, "%s\n", name)
		for _, v := range list[:min(len(list), facetMost)] {
			fmt.Fprintf(std.out, "  %7d  %s\n", v.Count, v.ID)
		}
		if more := len(list) - facetMost; more > 0 {
			fmt.Fprintf(std.out, "           and %d more\n", more)
		}
	}
}

func (c *searchCmd) print(std *stdio, a *app, it *news.Item) error {
	if c.JSON {
		enc := json.NewEncoder(std.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(it)
	}
	fmt.Fprintf(std.out, "%s  %-12s %-8s %s\n", it.Time().Format("2006-01-02 15:04"), it.Outlet, it.Tagging.Lang, it.Title)
	for i := range it.Tagging.Events {
		e := &it.Tagging.Events[i]
		fmt.Fprintf(std.out, "    %s → %s → %s, %s%s\n", a.tax.Name(e.Actor), a.tax.Name(e.Instrument), a.tax.Name(e.Recipient), e.Status, details(e))
	}
	_, err := fmt.Fprintf(std.out, "    %s\n", it.URL)
	return err
}
