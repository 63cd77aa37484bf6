package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"silkwire/gold"
	"silkwire/news"
	"silkwire/tagger"
	"silkwire/taxonomy"
)

type evalCmd struct {
	Tags    evalTagsCmd    `cmd:"" default:"withargs" help:"Measure the tagger on labelled items."`
	Extract evalExtractCmd `cmd:"" help:"Measure the extraction of articles on pages with their true text."`
}

type evalTagsCmd struct {
	Gold       []string `required:"" sep:"none" placeholder:"FILE" help:"Labelled items as JSON lines; may be given more than once."`
	More       []string `arg:"" optional:"" name:"file" help:"More files of labelled items."`
	JSON       bool     `name:"json" help:"Print JSON."`
	Confusions int      `default:"15" help:"How many confusions to print per measure."`
}

func (c *evalTagsCmd) Run(std *stdio) error {
	tax, err := taxonomy.Default()
	if err != nil {
		return err
	}
	tg, err := tagger.New(tax)
	if err != nil {
		return err
	}
	report := &gold.Report{}
	scorer := gold.NewScorer(tax)
	for _, name := range append(c.Gold, c.More...) {
		if err := evalFile(name, tg, scorer, report); err != nil {
			return err
		}
	}
	if c.JSON {
		return c.printJSON(std.out, scorer, report)
	}
	c.print(std.out, scorer, report)
	return nil
}

func evalFile(name string, tg *tagger.Tagger, scorer *gold.Scorer, report *gold.Report) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	items, err := gold.Read(f)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for i := range items {
		it := &items[i]
		tagging := tg.Tag(&news.Item{ID: news.ItemID(it.ID), Title: it.Title, Text: it.Body})
		report.Rows = append(report.Rows, gold.Row{Item: it, Tagging: &tagging, Counts: scorer.Score(it, &tagging)})
	}
	return nil
}

func (c *evalTagsCmd) print(out io.Writer, scorer *gold.Scorer, r *gold.Report) {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprint(w, "language\titems")
	for _, m := range gold.Measures {
		fmt.Fprintf(w, "\t%s", m)
	}
	fmt.Fprintln(w)
	for _, lang := range append([]string{""}, r.Languages()...) {
		name, n := lang, 0
		for i := range r.Rows {
			if lang == "" || r.Rows[i].Item.Lang == lang {
				n++
			}
		}
		if name == "" {
			name = "all"
		}
		fmt.Fprintf(w, "%s\t%d", name, n)
		for _, m := range gold.Measures {
			fmt.Fprintf(w, "\t%.3f", gold.Value(m, r.Total(m, lang)))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprint(w, "95 % interval\t")
	for _, m := range gold.Measures {
		low, high := r.Interval(m, "")
		fmt.Fprintf(w, "\t%.2f–%.2f", low, high)
	}
	fmt.Fprint(w, "\nprecision\t")
	for _, m := range gold.Measures {
		fmt.Fprintf(w, "\t%.3f", r.Total(m, "").Precision())
	}
	fmt.Fprint(w, "\nrecall\t")
	for _, m := range gold.Measures {
		fmt.Fprintf(w, "\t%.3f", r.Total(m, "").Recall())
	}
	fmt.Fprintln(w)
	_ = w.Flush()
	for _, m := range []string{"actors", "instruments", "targets", "soft", "events"} {
		fmt.Fprintf(out, "\n%s, costliest confusions (missed, wrong):\n", m)
		for _, x := range scorer.Confusions(r, m, c.Confusions) {
			fmt.Fprintf(out, "  %3d %3d  %s  %.90s\n", x.Missed, x.Wrong, x.Name, fmt.Sprint(x.Items))
		}
	}
}

// figure is one cell of the JSON report.
type figure struct {
	P  float64     `json:"p"`
	R  float64     `json:"r"`
	F1 float64     `json:"f1"`
	TP int         `json:"tp"`
	FP int         `json:"fp"`
	FN int         `json:"fn"`
	CI *[2]float64 `json:"ci,omitempty"`
}

func (c *evalTagsCmd) printJSON(out io.Writer, scorer *gold.Scorer, r *gold.Report) error {
	res := map[string]map[string]any{}
	for _, lang := range append([]string{""}, r.Languages()...) {
		cells := map[string]any{}
		for _, m := range gold.Measures {
			sum := r.Total(m, lang)
			f := figure{P: sum.Precision(), R: sum.Recall(), F1: sum.F1(), TP: sum.TP, FP: sum.FP, FN: sum.FN}
			low, high := r.Interval(m, lang)
			f.CI = &[2]float64{low, high}
			cells[m] = f
		}
		name := lang
		if name == "" {
			name = "all"
			confusions := map[string][]gold.Confusion{}
			for _, m := range gold.Measures {
				confusions[m] = scorer.Confusions(r, m, c.Confusions)
			}
			cells["confusions"] = confusions
		}
		res[name] = cells
	}
	return json.NewEncoder(out).Encode(res)
}
