package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"silkwire/news"
	"silkwire/tagger"
	"silkwire/taxonomy"
	"silkwire/text"
)

type taxonomyCmd struct {
	Lint   taxonomyLintCmd   `cmd:"" help:"Report every mistake of a taxonomy, with file, line and column."`
	Test   taxonomyTestCmd   `cmd:"" help:"Run the test sentences of every concept."`
	Show   taxonomyShowCmd   `cmd:"" help:"Show a concept: definition, terms, rules, sources, neighbours."`
	Export taxonomyExportCmd `cmd:"" help:"Print the taxonomy as SKOS, table or canonical YAML."`
	Diff   taxonomyDiffCmd   `cmd:"" help:"Say what a directory laid over the taxonomy would change: in it, and in the archive."`
}

// taxonomyDir is the operator's directory, laid over the embedded taxonomy.
type taxonomyDir struct {
	Dir string `arg:"" optional:"" type:"existingdir" help:"Directory of *.yaml files laid over the embedded taxonomy."`
}

func (d taxonomyDir) load() (*taxonomy.Taxonomy, error) {
	if d.Dir == "" {
		return taxonomy.Default()
	}
	return taxonomy.WithDir(os.DirFS(d.Dir))
}

type taxonomyLintCmd struct{ taxonomyDir }

func (c *taxonomyLintCmd) Run(std *stdio) error {
	tax, err := c.load()
	if err != nil {
		return exitError{exitConfig, err}
	}
	if _, err := tagger.New(tax); err != nil {
		return exitError{exitConfig, err}
	}
	terms := 0
	for _, concept := range tax.Concepts {
		terms += len(concept.Terms)
	}
	_, err = fmt.Fprintf(std.out, "%d concepts, %d terms, version %s: no mistakes\n", len(tax.Concepts), terms, tax.Version)
	return err
}

type taxonomyTestCmd struct{ taxonomyDir }

func (c *taxonomyTestCmd) Run(std *stdio) error {
	tax, err := c.load()
	if err != nil {
		return exitError{exitConfig, err}
	}
	tg, err := tagger.New(tax)
	if err != nil {
		return exitError{exitConfig, err}
	}
	failures, n := tg.SelfTest()
	for _, f := range failures {
		where := fmt.Sprintf("%s:%d", f.Sentence.Pos.File, f.Sentence.Pos.Line)
		if f.Wanted {
			fmt.Fprintf(std.out, "%s: %s not found (%s): %s\n", where, f.Concept, f.Sentence.Lang, f.Sentence.Text)
		} else {
			fmt.Fprintf(std.out, "%s: %s found by %q in %q (%s): %s\n", where, f.Concept, f.Evidence.Term, f.Evidence.Text, f.Sentence.Lang, f.Sentence.Text)
		}
	}
	if len(failures) > 0 {
		return fmt.Errorf("%d of %d test sentences fail", len(failures), n)
	}
	_, err = fmt.Fprintf(std.out, "all %d test sentences pass\n", n)
	return err
}

type taxonomyShowCmd struct {
	Concept string `arg:"" help:"The concept's id."`
}

func (c *taxonomyShowCmd) Run(std *stdio) error {
	tax, err := taxonomy.Default()
	if err != nil {
		return exitError{exitConfig, err}
	}
	concept, ok := tax.Concept(news.ConceptID(c.Concept))
	if !ok {
		msg := fmt.Sprintf("there is no concept %q", c.Concept)
		if near := tax.Nearest(c.Concept); near != "" {
			msg += fmt.Sprintf("; did you mean %q?", near)
		}
		return exitError{exitUsage, errors.New(msg)}
	}
	showConcept(std, tax, concept)
	return nil
}

func showConcept(std *stdio, tax *taxonomy.Taxonomy, c *taxonomy.Concept) {
	line := func(key, value string) {
		if value != "" {
			fmt.Fprintf(std.out, "%-12s %s\n", key, value)
		}
	}
	line("concept", string(c.ID))
	line("name", c.Name)
	line("facet", string(c.Facet))
	line("definition", c.Definition)
	line("broader", join(tax.Ancestors(c.ID)))
	line("narrower", join(tax.Children(c.ID)))
	line("related", join(c.Related))
	line("instrument", string(c.Instrument))
	line("behaviour", strings.Join(c.Behaviour, ", "))
	line("horizon", c.Horizon)
	line("polarity", tax.Polarity(c.ID))
	line("added", c.Added)
	line("caution", c.Caution)
	for _, l := range text.Langs {
		var terms []string
		for _, t := range c.Terms {
			if t.Lang == l {
				terms = append(terms, t.Text+ruleMark(&t.Rules))
			}
		}
		line(l.String(), strings.Join(terms, "; "))
	}
	for _, s := range c.Sources {
		line("source", "document "+s.Doc+", lines "+s.Lines)
	}
	for _, s := range c.Match {
		line("match", s.Text)
	}
	for _, s := range c.NoMatch {
		line("no match", s.Text)
	}
}

// ruleMark shows that a term has rules.
func ruleMark(r *taxonomy.Rules) string {
	if r.Empty() {
		return ""
	}
	return " [ruled]"
}
