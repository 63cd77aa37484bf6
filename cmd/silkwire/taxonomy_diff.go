package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"silkwire/news"
	"silkwire/tagger"
	"silkwire/taxonomy"
)

type taxonomyDiffCmd struct {
	Dir     string `arg:"" help:"Directory of *.yaml files to be laid over the taxonomy in use."`
	Archive bool   `help:"Tag the archive's items under both, and say what would come and go. Nothing is applied."`
}

func (c *taxonomyDiffCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	if c.Archive {
		return cl.withApp(ctx, std, func(a *app) error {
			after, err := c.other(std, a.cfg.Load().Taxonomy)
			if err != nil {
				return err
			}
			printChanges(std.out, a.tax, after)
			return replayArchive(ctx, std, a, after)
		})
	}
	cfg, err := cl.load(std)
	if err != nil {
		return err
	}
	before, err := loadTaxonomy(cfg)
	if err != nil {
		return err
	}
	after, err := c.other(std, cfg.Taxonomy)
	if err != nil {
		return err
	}
	printChanges(std.out, before, after)
	return nil
}

// other is the taxonomy in use with the directory laid over it.
func (c *taxonomyDiffCmd) other(std *stdio, configured string) (*taxonomy.Taxonomy, error) {
	var dirs []fs.FS
	if configured != "" {
		dirs = append(dirs, os.DirFS(configured))
	}
	dir := std.absolute(c.Dir)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, exitError{exitUsage, fmt.Errorf("%s is no directory", dir)}
	}
	tax, err := taxonomy.Over(append(dirs, os.DirFS(dir))...)
	if err != nil {
		return nil, exitError{exitConfig, err}
	}
	return tax, nil
}

// replayArchive tags every item under both taxonomies and says what changes.
func replayArchive(ctx context.Context, std *stdio, a *app, after *taxonomy.Taxonomy) error {
	other, err := tagger.New(after)
	if err != nil {
		return exitError{exitConfig, err}
	}
	im := newImpact()
	err = eachPage(ctx, a.store, true, std.err, func(page []news.Item) error {
		for i := range page {
			was, is := a.tagger.Tag(&page[i]), other.Tag(&page[i])
			im.add(&page[i], &was, &is)
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(std.out)
	im.print(std.out, a.tax, after)
	return nil
}

// printChanges shows how two taxonomies differ.
func printChanges(out io.Writer, before, after *taxonomy.Taxonomy) {
	changes := taxonomy.Compare(before, after)
	fmt.Fprintf(out, "taxonomy %s → %s: concepts that come %d, go %d, change %d; word lists that change %d\n",
		before.Version, after.Version, len(changes.Came), len(changes.Went), len(changes.Changed), len(changes.Lists))
	for _, id := range changes.Came {
		fmt.Fprintf(out, "+ %s (%s, %s)\n", id, after.Name(id), after.Facet(id))
	}
	for _, id := range changes.Went {
		fmt.Fprintf(out, "- %s (%s, %s)\n", id, before.Name(id), before.Facet(id))
	}
	for i := range changes.Changed {
		printConceptChange(out, after, &changes.Changed[i])
	}
	for _, l := range changes.Lists {
		fmt.Fprintf(out, "~ word list %s (%s)%s%s\n", l.List, l.Lang, signed("+", l.Came), signed("-", l.Went))
	}
}

func printConceptChange(out io.Writer, tax *taxonomy.Taxonomy, c *taxonomy.ConceptChange) {
	fmt.Fprintf(out, "~ %s (%s)\n", c.Concept, tax.Name(c.Concept))
	for _, f := range c.Fields {
		fmt.Fprintf(out, "    %s: %s → %s\n", f.Field, orNothing(f.Before), orNothing(f.After))
	}
	list := func(sign string, terms []taxonomy.Term) {
		for i := range terms {
			t := &terms[i]
			fmt.Fprintf(out, "    %s %s: %s%s\n", sign, t.Lang, t.Text, comma(tax.RuleInWords(&t.Rules)))
		}
	}
	list("+", c.TermsCame)
	list("-", c.TermsWent)
	list("~", c.RuledAnew)
}

func signed(sign string, words []string) string {
	if len(words) == 0 {
		return ""
	}
	return " " + sign + strings.Join(words, " "+sign)
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

func comma(s string) string {
	if s == "" {
		return ""
	}
	return ", " + s
}
