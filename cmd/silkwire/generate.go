package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"time"

	"silkwire/bulk"
	"silkwire/news"
	"silkwire/store/bolt"
)

type archiveGenerateCmd struct {
	File  string `arg:"" help:"The archive to make; nothing may be there yet."`
	Items int    `default:"100000" help:"How many items."`
	Seed  uint64 `default:"1" help:"The same seed makes the same items."`
	Years int    `default:"8" help:"Over how many years, up to the first day of this one."`
}

// generateBatch is how many items are saved at a time.
const generateBatch = 4000

func (c *archiveGenerateCmd) Run(ctx context.Context, std *stdio, cl *cli) (err error) {
	cfg, err := cl.load(std)
	if err != nil {
		return err
	}
	tax, err := loadTaxonomy(cfg)
	if err != nil {
		return err
	}
	path := std.absolute(c.File)
	if _, err := os.Stat(path); err == nil {
		return exitError{exitUsage, fmt.Errorf("%s is there already; name a file that is not", path)}
	}
	st, err := bolt.Open(path, bolt.Options{Country: func(id news.OutletID) string { return countryOf(cfg, id) }})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	to := time.Date(time.Now().UTC().Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	outlets, _ := visited(cfg)
	press := bulk.New(bulk.Options{Outlets: outlets, Taxonomy: tax, Items: c.Items, Seed: c.Seed, From: to.AddDate(-c.Years, 0, 0), To: to})
	began, done := time.Now(), 0
	for list := range ahead(press, generateBatch) {
		if _, err := st.Save(ctx, list, news.SourceState{}); err != nil {
			return err
		}
		if done += len(list); done%(25*generateBatch) == 0 {
			fmt.Fprintf(std.err, "%d of %d items\n", done, c.Items)
		}
	}
	took := time.Since(began)
	_, err = fmt.Fprintf(std.out, "%s: %d items in %s, %.0f a second\n", path, done, took.Round(time.Millisecond), float64(done)/took.Seconds())
	return err
}

// ahead yields batches of items, making each while the one before is saved.
func ahead(press *bulk.Press, n int) iter.Seq[[]news.Item] {
	return func(yield func([]news.Item) bool) {
		for list := press.Next(n); len(list) > 0; {
			next := make(chan []news.Item, 1)
			go func() { next <- press.Next(n) }()
			more := yield(list)
			list = <-next
			if !more {
				return
			}
		}
	}
}
