package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"silkwire/gold"
	"silkwire/news"
	"silkwire/trust"
)

type reviewCmd struct {
	List   reviewListCmd   `cmd:"" help:"List what analysts said, the newest first."`
	Stats  reviewStatsCmd  `cmd:"" help:"Say how far the tags can be trusted, and how far analysts agree."`
	Export reviewExportCmd `cmd:"" help:"Print what analysts said as gold for eval, as sentences for the taxonomy, or as it is kept."`
}

type reviewListCmd struct {
	By    string `help:"Only what this analyst said."`
	Limit int    `short:"n" default:"50" help:"How many reviews to print; 0 for all."`
	JSON  bool   `name:"json" help:"Print one JSON line per review."`
}

func (c *reviewListCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withConcepts(ctx, std, func(a *app) error {
		list, err := a.store.RecentReviews(ctx, c.By, c.Limit)
		if err != nil {
			return err
		}
		if c.JSON {
			return jsonLines(std.out, list)
		}
		for i := range list {
			r := &list[i]
			fmt.Fprintf(std.out, "%s  %-12s %s  %-10s %s\n", r.At.Format("2006-01-02 15:04"), r.By, r.Item, r.Verdict, aboutWhat(r))
		}
		return nil
	})
}

// aboutWhat is what a review says beyond its verdict.
func aboutWhat(r *news.Review) string {
	var parts []string
	for _, s := range []string{string(r.Concept), eventText(r.Event), arrow(string(r.With)), arrow(eventText(r.WithEvent)), r.Undoes, r.Note} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if r.Means != nil {
		parts = append(parts, strings.TrimSpace(strings.Join(r.Means.Behaviour, "+")+" "+r.Means.Horizon))
	}
	if r.Settles {
		parts = append(parts, "(settles it)")
	}
	return strings.Join(parts, " ")
}

func eventText(k *news.EventKey) string {
	if k == nil {
		return ""
	}
	return k.String()
}

func arrow(s string) string {
	if s == "" {
		return ""
	}
	return "→ " + s
}

func jsonLines[T any](out io.Writer, list []T) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for _, v := range list {
		if err := enc.Encode(v); err != nil {
			return err
		}
	}
	return nil
}

type reviewStatsCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

func (c *reviewStatsCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withConcepts(ctx, std, func(a *app) error {
		whole, err := trust.Load(ctx, a.store, func(id news.ConceptID) string { return string(a.tax.Facet(id)) }, a.tax.Version)
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(std.out).Encode(whole)
		}
		c.print(std.out, &whole)
		return nil
	})
}

func (c *reviewStatsCmd) print(out io.Writer, w *trust.Whole) {
	fmt.Fprintf(out, "%d reviews of %d items; of %d items drawn at random, %d were looked through\n%s\n\n", w.Reviews, w.Items, w.Drawn, w.Sampled,
		cmp.Or(w.Line(), "Not yet measured."))
	t := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "\tprecision\t\trecall, estimated\t")
	row := func(name string, r trust.Row) {
		fmt.Fprintf(t, "%s\t%s\t%s\n", name, percentage(r.Precision), percentage(r.Recall))
	}
	row("tags", w.Tags)
	row("events", w.Events)
	row("relevance", w.Relevance)
	for _, rows := range [][]trust.Row{w.Facets, w.Languages, w.Outlets, w.Concepts} {
		for _, r := range rows {
			row(r.ID, r)
		}
	}
	fmt.Fprintln(t, "\nagreement\talpha\t\tAC1\t")
	for _, a := range w.Agreement {
		fmt.Fprintf(t, "%s\t%s\t%s\n", a.Of, coefficientOf(a.Alpha), coefficientOf(a.AC1))
	}
	_ = t.Flush()
}

func percentage(e *trust.Estimate) string {
	if e == nil {
		return "not yet measured\t"
	}
	return fmt.Sprintf("%s\t%s, n = %d", trust.Share(e.Value), e.Span(), e.Of)
}

func coefficientOf(e *trust.Estimate) string {
	if e == nil {
		return "not yet measured\t"
	}
	return fmt.Sprintf("%.2f\t%.2f to %.2f, n = %d", e.Value, e.Low, e.High, e.Of)
}

type reviewExportCmd struct {
	As    string    `enum:"gold,sentences,jsonl" default:"gold" help:"gold: labelled items for eval; sentences: match and no_match for the taxonomy; jsonl: every review as it is kept."`
	Since time.Time `format:"2006-01-02" help:"Only items of which something was said since this day."`
}

func (c *reviewExportCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withConcepts(ctx, std, func(a *app) error {
		recent, err := a.store.RecentReviews(ctx, "", 0)
		if err != nil {
			return err
		}
		slices.Reverse(recent)
		if !c.Since.IsZero() {
			recent = slices.DeleteFunc(recent, func(r news.Review) bool { return r.At.Before(c.Since) })
		}
		if c.As == "jsonl" {
			return jsonLines(std.out, recent)
		}
		var ids []news.ItemID
		for _, r := range recent {
			if !slices.Contains(ids, r.Item) {
				ids = append(ids, r.Item)
			}
		}
		if c.As == "gold" {
			return exportGold(ctx, std, a, ids)
		}
		return exportSentences(ctx, std.out, a, ids)
	})
}

func exportGold(ctx context.Context, std *stdio, a *app, ids []news.ItemID) error {
	var list []gold.Item
	left := 0
	err := eachReviewed(ctx, a, ids, func(it *news.Item, said []news.Review) {
		labelled, ok := gold.FromReviews(it, said)
		if !ok {
			left++
			return
		}
		list = append(list, labelled)
	})
	if err != nil {
		return err
	}
	if left > 0 {
		fmt.Fprintf(std.err, "silkwire: %d items left out: not finished, rewritten since, or in dispute\n", left)
	}
	return jsonLines(std.out, list)
}

func eachReviewed(ctx context.Context, a *app, ids []news.ItemID, do func(*news.Item, []news.Review)) error {
	for _, id := range ids {
		it, err := a.store.Item(ctx, id)
		if err != nil {
			return err
		}
		said, err := a.store.ReviewsOf(ctx, id)
		if err != nil {
			return err
		}
		do(&it, said)
	}
	return nil
}

// exportSentences prints YAML that goes under the concepts of the same ids.
func exportSentences(ctx context.Context, out io.Writer, a *app, ids []news.ItemID) error {
	var list []gold.Sentence
	err := eachReviewed(ctx, a, ids, func(it *news.Item, said []news.Review) {
		for _, s := range gold.Sentences(it, said) {
			s.Lang, _, _ = strings.Cut(s.Lang, "-") // the taxonomy writes both scripts of Uzbek under uz
			if !slices.Contains(list, s) {
				list = append(list, s)
			}
		}
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(list, func(a, b gold.Sentence) int {
		matching := func(s gold.Sentence) int {
			if s.Matches {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.Concept, b.Concept), cmp.Compare(matching(a), matching(b)), cmp.Compare(a.Lang, b.Lang))
	})
	printSentences(out, list)
	return nil
}

func printSentences(out io.Writer, list []gold.Sentence) {
	fmt.Fprintln(out, "# Sentences that analysts judged. Put them under the concepts of the same ids, and run: silkwire taxonomy test\nconcepts:")
	var last gold.Sentence
	for i, s := range list {
		key := map[bool]string{true: "match", false: "no_match"}[s.Matches]
		first := i == 0 || s.Concept != last.Concept
		if first {
			fmt.Fprintf(out, "  - id: %s\n", s.Concept)
		}
		if first || s.Matches != last.Matches {
			fmt.Fprintf(out, "    %s:\n", key)
		}
		if first || s.Matches != last.Matches || s.Lang != last.Lang {
			fmt.Fprintf(out, "      %s:\n", s.Lang)
		}
		quoted, err := json.Marshal(s.Text) // which YAML reads as a string in double quotes
		if err == nil {
			fmt.Fprintf(out, "        - %s\n", quoted)
		}
		last = s
	}
}
