package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"silkwire/news"
	"silkwire/store"
	"silkwire/tagger"
)

type retagCmd struct {
	DryRun bool `name:"dry-run" help:"Say what would change, and change nothing."`
}

// Run tags anew what was tagged under another taxonomy. What is done is done:
// interrupted, it goes on with the rest the next time, because what is done
// carries the taxonomy's version. What analysts said stands beside the tags and
// is not touched.
func (c *retagCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withApp(ctx, std, func(a *app) error {
		c.warnIfOld(std, cl, a)
		r := &retagger{store: a.store, tagger: a.tagger, dry: c.DryRun, impact: newImpact()}
		err := r.run(ctx, std.err)
		r.print(std.out)
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted; the same command goes on with what is left: %w", ctx.Err())
		}
		return err
	})
}

// warnIfOld tells when a daemon that carries the command out still works with
// a taxonomy that has been changed since it started.
func (c *retagCmd) warnIfOld(std *stdio, cl *cli, a *app) {
	if std.app == nil {
		return
	}
	cfg, err := cl.load(std)
	if err != nil {
		return // the daemon says so itself, and works on with what it has
	}
	if tax, err := loadTaxonomy(cfg); err == nil && tax.Version != a.tax.Version {
		fmt.Fprintf(std.err, "silkwire: the daemon works with taxonomy %s, the files make %s: restart it first to apply them\n", a.tax.Version, tax.Version)
	}
}

// retagger tags an archive anew.
type retagger struct {
	store  store.Items
	tagger *tagger.Tagger
	dry    bool
	impact *impact
	upToDate,
	done int
}

func (r *retagger) run(ctx context.Context, progress io.Writer) error {
	return eachPage(ctx, r.store, false, progress, func(page []news.Item) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		var stale []news.ItemID
		for i := range page {
			if page[i].Tagging.Taxonomy != r.tagger.Taxonomy().Version {
				stale = append(stale, page[i].ID)
			}
		}
		r.upToDate += len(page) - len(stale)
		return r.batch(ctx, stale)
	})
}

// batch tags the given items and keeps the result in one step.
func (r *retagger) batch(ctx context.Context, ids []news.ItemID) error {
	items, err := r.read(ctx, ids)
	if err != nil {
		return err
	}
	for i := range items {
		tagging := r.tagger.Tag(&items[i])
		r.impact.add(&items[i], &items[i].Tagging, &tagging)
	}
	if !r.dry {
		err = r.keep(ctx, items)
	}
	if err == nil {
		r.done += len(items)
	}
	return err
}

// keep writes the taggings. An item that was revised in the meantime is read
// and tagged once more, so that no tags of an old text stay on a new one.
func (r *retagger) keep(ctx context.Context, items []news.Item) error {
	for len(items) > 0 {
		tagged := make(map[news.ItemID]news.Tagging, len(items))
		ids := make([]news.ItemID, len(items))
		revisions := make(map[news.ItemID]int, len(items))
		for i := range items {
			it := &items[i]
			ids[i], revisions[it.ID], tagged[it.ID] = it.ID, it.Revision, r.tagger.Tag(it)
		}
		if err := r.store.Retag(ctx, tagged); err != nil {
			return err
		}
		now, err := r.read(ctx, ids)
		if err != nil {
			return err
		}
		items = slices.DeleteFunc(now, func(it news.Item) bool { return it.Revision == revisions[it.ID] })
	}
	return nil
}

// read returns the items that are still there.
func (r *retagger) read(ctx context.Context, ids []news.ItemID) ([]news.Item, error) {
	items := make([]news.Item, 0, len(ids))
	for _, id := range ids {
		it, err := r.store.Item(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		items = append(items, it)
	}
	return items, nil
}

func (r *retagger) print(out io.Writer) {
	tax := r.tagger.Taxonomy()
	said := "tagged anew"
	if r.dry {
		said = "to be tagged anew"
	}
	fmt.Fprintf(out, "taxonomy %s: %d items %s, %d were up to date\n", tax.Version, r.done, said, r.upToDate)
	if r.impact.items > 0 {
		r.impact.print(out, tax, tax)
	}
}
