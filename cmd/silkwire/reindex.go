package main

import (
	"context"
	"fmt"
	"time"
)

type archiveReindexCmd struct{}

// Run tells how far it is at most once a second.
func (*archiveReindexCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withArchive(ctx, std, func(a *app) error {
		began := time.Now()
		last, items := began, 0
		err := a.store.Reindex(ctx, func(done, of int) {
			items = done
			if time.Since(last) >= time.Second {
				last = time.Now()
				fmt.Fprintf(std.err, "%d of %d items\n", done, of)
			}
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(std.out, "the search index was made anew from %d items in %s\n", items, time.Since(began).Round(time.Millisecond))
		return err
	})
}
