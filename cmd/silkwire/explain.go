package main

import (
	"fmt"
	"io"
	"strings"

	"silkwire/news"
	"silkwire/tagger"
	"silkwire/taxonomy"
)

// explained is what tag --json --explain prints for an item.
type explained struct {
	tagged
	Explain tagger.Explanation `json:"explain"`
}

// printExplained prints a tagging with the reason of everything in it.
func printExplained(out io.Writer, tax *taxonomy.Taxonomy, it *news.Item, t *news.Tagging, why *tagger.Explanation) error {
	verdict := "not relevant"
	if t.Relevant {
		verdict = "relevant"
	}
	fmt.Fprintf(out, "%s  %s  %s (%.2f)\n", it.ID, t.Lang, verdict, t.Relevance)
	printReasons(out, "  ", why.Relevance)
	for i := range why.Events {
		printEventReason(out, tax, &t.Events[i], &why.Events[i])
	}
	for i := range why.Tags {
		printTagReason(out, &t.Tags[i], &why.Tags[i])
	}
	_, err := fmt.Fprintln(out)
	return err
}

func printReasons(out io.Writer, indent string, reasons []tagger.Reason) {
	for _, r := range reasons {
		fmt.Fprintf(out, "%s%+6.2f  %s: %s (%.4g × %.4g)\n", indent, r.Adds, r.Feature, r.Meaning, r.Value, r.Weight)
	}
}

func printEventReason(out io.Writer, tax *taxonomy.Taxonomy, e *news.Event, why *tagger.EventReason) {
	fmt.Fprintf(out, "\n  %s → %s → %s, %s%s (%.2f)\n", tax.Name(e.Actor), tax.Name(e.Instrument), tax.Name(e.Recipient), e.Status, details(e), why.Probability)
	fmt.Fprintf(out, "    %s\n", oneLine(why.Sentence))
	printReasons(out, "    ", why.Features)
}

func printTagReason(out io.Writer, tag *news.Tag, why *tagger.TagReason) {
	fmt.Fprintf(out, "\n  %s  %s (%s)  %.2f\n", tag.Facet, why.Name, tag.Concept, tag.Score)
	if why.Definition != "" {
		fmt.Fprintf(out, "    means: %s\n", oneLine(why.Definition))
	}
	switch {
	case len(why.Sources) > 0:
		fmt.Fprintf(out, "    derives from: %s\n", strings.Join(why.Sources, "; "))
	case why.Added != "":
		fmt.Fprintf(out, "    added: %s\n", oneLine(why.Added))
	}
	fmt.Fprintf(out, "    score: %s\n", sum(why.Score))
	for i := range why.Places {
		printPlace(out, &why.Places[i])
	}
}

func printPlace(out io.Writer, p *tagger.Place) {
	fmt.Fprintf(out, "    %s: %s\n", p.Field, oneLine(p.Sentence))
	fmt.Fprintf(out, "      %q is the %s term %q", oneLine(p.Text), p.Lang, p.Term)
	if p.Rule != "" {
		fmt.Fprintf(out, ", which %s", p.Rule)
	}
	fmt.Fprintln(out)
}

// sum writes the parts of a score as a reckoning.
func sum(parts []tagger.Part) string {
	var b strings.Builder
	for i, p := range parts {
		switch {
		case p.Times != 0:
			fmt.Fprintf(&b, "; times %.2g, %s", p.Times, p.Because)
		case i == 0:
			fmt.Fprintf(&b, "%.2f %s", p.Adds, p.Because)
		default:
			fmt.Fprintf(&b, " + %.2f %s", p.Adds, p.Because)
		}
	}
	return b.String()
}
