package main

import (
	"context"
	"fmt"
	"time"

	"silkwire/news"
)

type backfillCmd struct {
	Source string    `arg:"" help:"The source's id."`
	Since  time.Time `required:"" format:"2006-01-02" help:"How far back: 2025-01-31."`
	From   []string  `sep:"none" placeholder:"URL" help:"Begin at this page instead: an archive page, a sitemap. May be given more than once."`
}

// Run reads a source's past. It may take days: the host's spacing is kept. An
// interrupted one goes on where it was.
func (c *backfillCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withApp(ctx, std, func(a *app) error {
		v, err := a.visitable(c.Source)
		if err != nil {
			return err
		}
		plan, err := a.plan(a.cfg.Load())
		if err != nil {
			return err
		}
		b, err := a.newMonitor(plan).Backfill(ctx, a.fetch, v, c.Since, c.From, func(b news.Backfill) { c.tell(std, b) })
		for _, n := range b.Notes {
			fmt.Fprintln(std.out, "note:", n)
		}
		if err != nil {
			return fmt.Errorf("%w\n%d pages are read and %d items kept; the same command goes on from here", err, b.Pages, b.Items)
		}
		_, err = fmt.Fprintf(std.out, "%s: done back to %s: %d pages, %d items found, %d of them new\n", c.Source, b.Since.Format("2006-01-02"), b.Pages, b.Found, b.Items)
		return err
	})
}

func (c *backfillCmd) tell(std *stdio, b news.Backfill) {
	reached := "no date yet"
	if !b.Oldest.IsZero() {
		reached = "back to " + b.Oldest.UTC().Format("2006-01-02")
	}
	fmt.Fprintf(std.out, "page %d: %d items found, %d new, %s; %d pages known to follow\n", b.Pages, b.Found, b.Items, reached, len(b.Next))
}
