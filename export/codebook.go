package export

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"silkwire/news"
	"silkwire/taxonomy"
	"silkwire/text"
)

// fieldFields are the fields of the codebook's table of fields.
var fieldFields = []Field{
	{"table", "text", "", "", "the table"}, {"field", "text", "", "", "the column"}, {"type", "text", "", "", "kind of value"},
	{"unit", "text", "", "", "unit or code list"}, {"source", "text", "", "", "where it comes from"}, {"about", "text", "", "", "what it is"},
}

func (f Field) row(table string) Row { return Row{table, f.Name, f.Type, f.Unit, f.Source, f.About} }

var conceptFields = []Field{
	{"concept", "id", "", "taxonomy", "as it stands in the tables"}, {"name", "text", "", "taxonomy", "in English"}, {"facet", "text", "", "taxonomy", "its kind"},
	{"broader", "id", "concept", "taxonomy", "the concept above it"}, {"definition", "text", "", "taxonomy", ""},
	{"rule", "text", "", "taxonomy", "the company that all of its terms need"}, {"terms", "count", "", "taxonomy", "in all languages"},
	{"languages", "list", "BCP 47", "taxonomy", "that have terms"}, {"examples", "text", "", "taxonomy", "terms in English"},
	{"sources", "list", "document:lines", "taxonomy", "places in the documents that it derives from"}, {"caution", "text", "", "taxonomy", ""},
	{"items", "count", "items", "archive", "that bear it now, implied tags included"},
}

// Codebook describes what is taken away: every field of every table and every
// concept. It is written from the program and the taxonomy in force, so it
// cannot lag behind.
type Codebook struct {
	Taxonomy *taxonomy.Taxonomy
	Program  string                 // version
	Counts   map[news.ConceptID]int // items by concept
}

// Write writes the codebook in a format: as Markdown where none is named,
// otherwise the table of concepts, with that of fields in a workbook.
func (c *Codebook) Write(f Format, w io.Writer) error {
	if f == "" {
		return c.markdown(w)
	}
	out, err := NewWriter(f, w, Sheet{Name: "concepts", Fields: conceptFields}, About{{"taxonomy", c.Taxonomy.Version}, {"program", c.Program}})
	if err != nil {
		return err
	}
	for _, concept := range c.Taxonomy.Concepts {
		if err := out.Write(c.concept(concept)); err != nil {
			return err
		}
	}
	return out.Close()
}

func (c *Codebook) concept(of *taxonomy.Concept) Row {
	langs, english := termsOf(of)
	var sources []string
	for _, s := range of.Sources {
		sources = append(sources, s.Doc+":"+s.Lines)
	}
	return Row{
		string(of.ID), of.Name, string(of.Facet), string(of.Parent), of.Definition, c.Taxonomy.RuleInWords(&of.Rules), len(of.Terms),
		langs, strings.Join(english, "; "), sources, of.Caution, c.Counts[of.ID],
	}
}

// termsOf are the languages of a concept's terms, and a few of them in English.
func termsOf(of *taxonomy.Concept) (langs, english []string) {
	seen := map[text.Lang]bool{}
	for i := range of.Terms {
		term := &of.Terms[i]
		if !seen[term.Lang] {
			seen[term.Lang] = true
			langs = append(langs, term.Lang.String())
		}
		if term.Lang == text.En && len(english) < 5 {
			english = append(english, term.Text)
		}
	}
	return langs, english
}

func (c *Codebook) markdown(to io.Writer) error {
	w := bufio.NewWriter(to)
	fmt.Fprintf(w, "# Codebook\n\nWritten by Silkwire %s from taxonomy %s.\n\n", c.Program, c.Taxonomy.Version)
	fmt.Fprintln(w, "Times are UTC (RFC 3339). In CSV, lists are separated by spaces; a text that a spreadsheet would take for a formula, or that begins\nwith an apostrophe, is preceded by an apostrophe, which is not part of it. In JSON lines lists are lists, and nothing is changed.\nCounts of mentions are counts of mentions, never influence.")
	m := &Maker{Taxonomy: c.Taxonomy, Text: true}
	for _, what := range Whats() {
		fmt.Fprintf(w, "\n## Table %s\n\n| field | type | unit | from | what it is |\n|---|---|---|---|---|\n", what)
		for _, f := range m.Sheet(what).Fields {
			fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", f.Name, f.Type, barred(f.Unit), f.Source, barred(f.About))
		}
	}
	fmt.Fprintln(w, "\n## Concepts")
	for _, facet := range taxonomy.Facets {
		fmt.Fprintf(w, "\n### %s\n", facet)
		for _, concept := range c.Taxonomy.Concepts {
			if concept.Facet == facet {
				c.entry(w, concept)
			}
		}
	}
	return w.Flush()
}

func barred(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

func (c *Codebook) entry(w io.Writer, of *taxonomy.Concept) {
	row := c.concept(of)
	fmt.Fprintf(w, "\n#### %s\n\n`%s`", of.Name, of.ID)
	if of.Parent != "" {
		fmt.Fprintf(w, ", below `%s`", of.Parent)
	}
	fmt.Fprintf(w, "; %s in this archive.\n", items(c.Counts[of.ID]))
	if of.Definition != "" {
		fmt.Fprintf(w, "%s\n", of.Definition)
	}
	for _, extra := range []struct {
		at    int
		label string
	}{{5, "Rule"}, {8, "Terms in English"}, {10, "Caution"}} {
		if s := row[extra.at].(string); s != "" {
			fmt.Fprintf(w, "%s: %s.\n", extra.label, strings.TrimSuffix(s, "."))
		}
	}
	if sources := row[9].([]string); len(sources) > 0 {
		fmt.Fprintf(w, "Derives from %s.\n", strings.Join(sources, ", "))
	}
	if of.Inactive {
		fmt.Fprintln(w, "Not in use.")
	}
}

func items(n int) string {
	if n == 1 {
		return "1 item"
	}
	return fmt.Sprintf("%d items", n)
}
