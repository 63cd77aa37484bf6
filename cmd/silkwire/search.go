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
	Query []string `arg:"" optional:"" help:"What to look for, for example: actor:china instrument:scholarship to:uzbekistan after:2026-01-01"`
	Limit int      `short:"n" default:"20" help:"How many items to print."`
	JSON  bool     `name:"json" help:"Print one JSON line per item."`
}

func (c *searchCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withApp(ctx, std, func(a *app) error {
		query, err := search.Options{Names: searchNames{a.tax}}.Parse(strings.Join(c.Query, " "))
		if err != nil {
			return exitError{exitUsage, err}
		}
		page, err := a.store.Find(ctx, store.Query{Search: query, Limit: c.Limit, Count: true, WithText: c.JSON})
		if err != nil {
			return err
		}
		for i := range page.Items {
			if err := c.print(std, a, &page.Items[i]); err != nil {
				return err
			}
		}
		if !c.JSON {
			fmt.Fprintf(std.out, "%d of %d items\n", len(page.Items), page.Total)
		}
		return nil
	})
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
