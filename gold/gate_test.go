package gold_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"

	"silkwire/demo"
	"silkwire/gold"
	"silkwire/news"
	"silkwire/tagger"
	"silkwire/taxonomy"
)

// update records what the tagger measures now: go test ./gold -update
var update = flag.Bool("update", false, "record the measures as the new baselines")

// tolerance is how far a measure may drop below its baseline: one point.
const tolerance = 0.01

// fewest is how many decisions a measure must rest on to be held to its
// baseline: with fewer, one sentence is more than a point.
const fewest = 20

// TestTheDemoIsReadAsWellAsEver is the gate that everybody can open.
func TestTheDemoIsReadAsWellAsEver(t *testing.T) {
	gate(t, filepath.Join("testdata", "demo-baseline.json"), measure(t, demo.Gold()))
}

// The shared gold set is not part of the repository; its numbers are.
func TestTheSharedGoldIsReadAsWellAsEver(t *testing.T) {
	files, err := filepath.Glob("../../shared/gold/*.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("no shared gold here")
	}
	var all [][]byte
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
	}
	gate(t, filepath.Join("testdata", "shared-baseline.json"), measure(t, all...))
}

// baseline holds the measures by language ("all" for all of them together).
type baseline map[string]map[string]float64

// figures are measures with the number of decisions that each rests on.
type figures struct {
	values  baseline
	support map[string]map[string]int
}

func measure(t *testing.T, files ...[]byte) figures {
	t.Helper()
	tax, err := taxonomy.Default()
	if err != nil {
		t.Fatal(err)
	}
	tg, err := tagger.New(tax)
	if err != nil {
		t.Fatal(err)
	}
	report, scorer := &gold.Report{}, gold.NewScorer(tax)
	for _, b := range files {
		items, err := gold.Read(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		for i := range items {
			it := &items[i]
			tagging := tg.Tag(&news.Item{ID: news.ItemID(it.ID), Title: it.Title, Text: it.Body})
			report.Rows = append(report.Rows, gold.Row{Item: it, Tagging: &tagging, Counts: scorer.Score(it, &tagging)})
		}
	}
	return figuresOf(report)
}

func figuresOf(r *gold.Report) figures {
	f := figures{values: baseline{}, support: map[string]map[string]int{}}
	for _, lang := range append([]string{""}, r.Languages()...) {
		name := lang
		if name == "" {
			name = "all"
		}
		f.values[name], f.support[name] = map[string]float64{}, map[string]int{}
		for _, m := range gold.Measures {
			sum := r.Total(m, lang)
			f.values[name][m] = math.Round(gold.Value(m, sum)*1e4) / 1e4
			f.support[name][m] = sum.TP + sum.FN
		}
	}
	return f
}

func gate(t *testing.T, path string, now figures) {
	t.Helper()
	if *update {
		record(t, path, now.values)
		return
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: record it with go test ./gold -update", err)
	}
	var before baseline
	if err := json.Unmarshal(b, &before); err != nil {
		t.Fatal(err)
	}
	for _, complaint := range drops(before, now) {
		t.Error(complaint)
	}
}

func record(t *testing.T, path string, values baseline) {
	t.Helper()
	b, err := json.MarshalIndent(values, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(b, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}
