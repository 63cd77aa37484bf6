package tagger

import (
	"flag"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"silkwire/gold"
	"silkwire/news"
)

// Whoever has labelled items fits the weights of events and relevance so:
//
//	go test ./tagger -run TestFit -v -fit FILE,FILE -also FILE
//
// prints how well weights do on items that they were not fitted to (ten times
// cross-validated; items of the files behind -also are learnt from and never
// measured), and the weights fitted to all. Round what goes into the tables:
// nothing may depend on a third digit.
var (
	fitFiles = flag.String("fit", "", "labelled items to fit weights to, separated by commas")
	fitAlso  = flag.String("also", "", "labelled items to learn from that are not measured")
	fitLess  = flag.Float64("less", 0.3, "how much one of those counts")
	fitDraw  = flag.Float64("draw", 20, "how strongly weights are drawn to 0")
	fitShow  = flag.Bool("verdicts", false, "print every event that is likely or labelled")
)

// folds is how many times weights are fitted to the other items.
const folds = 10

// study is a labelled item as the tagger reads it.
type study struct {
	gold.Item
	w        *work
	tagging  news.Tagging
	wanted   map[string]bool // events
	fold     int             // -1: never measured
	features values          // of relevance
}

func readStudies(t *testing.T, tg *Tagger) (all []*study) {
	t.Helper()
	if *fitFiles == "" {
		t.Skip("no labelled items: -fit FILE")
	}
	scorer := gold.NewScorer(tg.tax)
	for i, list := range []string{*fitFiles, *fitAlso} {
		for _, name := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' }) {
			f, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			items, err := gold.Read(f)
			f.Close()
			if err != nil {
				t.Fatal(err)
			}
			for _, it := range items {
				s := tg.study(scorer, it)
				if i > 0 {
					s.fold = -1
				}
				all = append(all, s)
			}
		}
	}
	return all
}

func (t *Tagger) study(scorer *gold.Scorer, it gold.Item) *study {
	h := fnv.New32a()
	h.Write([]byte(it.ID))
	s := &study{Item: it, w: newWork(), wanted: map[string]bool{}, fold: int(h.Sum32() % folds)}
	for i := range it.Events {
		s.wanted[scorer.WantedKey(&it.Events[i]).String()] = true
	}
	item := &news.Item{Title: it.Title, Text: it.Body}
	s.tagging = t.Tag(item)
	t.read(s.w, item)
	seen := s.tagging
	seen.Events = t.events(s.w)
	s.features = t.features(s.w, &seen)
	s.features["bias"] = 1
	return s
}

// examples are what weights are fitted to: rows of features, what is true of
// each, and how much it counts.
type examples struct {
	rows   [][]float64
	truth  []bool
	counts []float64
}

func (e *examples) add(s *study, row []float64, truth bool) {
	counts := 1.0
	if s.fold < 0 {
		counts = *fitLess
	}
	e.rows, e.truth, e.counts = append(e.rows, row), append(e.truth, truth), append(e.counts, counts)
}

func TestFitEvents(t *testing.T) {
	tg := loadTagger(t)
	all := readStudies(t, tg)
	before := slices.Clone(EventWeights)
	defer copy(EventWeights, before)
	thresholds := []float64{.25, .3, .35, .4, .45, .5}
	counts := make([]gold.Count, len(thresholds))
	for fold := range folds {
		copy(EventWeights, before)
		tg.fitEvents(all, fold)
		for _, s := range all {
			if s.fold == fold {
				tg.countEvents(t, s, thresholds, counts)
			}
		}
	}
	for i, c := range counts {
		t.Logf("threshold %.2f: F1 %.3f, precision %.2f, recall %.2f", thresholds[i], c.F1(), c.Precision(), c.Recall())
	}
	copy(EventWeights, before)
	tg.fitEvents(all, folds)
	for _, w := range EventWeights {
		t.Logf("%-26s %6.2f", w.Feature, w.Weight)
	}
}

// countEvents adds an item's events to the counts of each threshold.
func (t *Tagger) countEvents(tt *testing.T, s *study, thresholds []float64, counts []gold.Count) {
	hits := make([]int, len(thresholds))
	t.verdicts(s, func(x *use, truth bool) {
		p := x.probability()
		for i, threshold := range thresholds {
			switch {
			case p < threshold:
			case truth:
				hits[i]++
				counts[i].TP++
			default:
				counts[i].FP++
			}
		}
		if *fitShow && (p > thresholds[0] || truth) {
			e := t.event(s.w, x)
			tt.Logf("%s: %v, found with %.2f: %s → %s → %s: %s", s.ID, truth, p, e.Actor, e.Instrument, e.Recipient, e.Evidence.Text)
		}
	})
	for i := range counts {
		counts[i].FN += len(s.wanted) - hits[i]
	}
}

// verdicts tells of the uses of an item whether they are labelled as events;
// uses for which the labels have no name are left out.
func (t *Tagger) verdicts(s *study, tell func(x *use, truth bool)) {
	if !s.tagging.Relevant {
		return
	}
	scorer := gold.NewScorer(t.tax)
	uses := t.uses(s.w)
	for i := range uses {
		e := t.event(s.w, &uses[i])
		if c, ok := t.tax.Concept(t.tax.Root(e.State)); ok && c.Added == "" {
			tell(&uses[i], s.wanted[scorer.FoundKey(&e).String()])
		}
	}
}

// fitEvents sets EventWeights by all items but those of a fold. Which mention
// of an instrument is the strongest depends on the weights: three times.
func (t *Tagger) fitEvents(all []*study, but int) {
	for range 3 {
		var e examples
		for _, s := range all {
			if s.fold != but {
				t.verdicts(s, func(x *use, truth bool) { e.add(s, slices.Clone(x.marks[:]), truth) })
			}
		}
		for i, v := range logistic(e, *fitDraw) {
			EventWeights[i].Weight = v
		}
	}
}

func TestFitRelevance(t *testing.T) {
	tg := loadTagger(t)
	all := readStudies(t, tg)
	fit := func(but int) []float64 {
		var e examples
		for _, s := range all {
			if s.fold != but {
				e.add(s, s.row(), s.Relevant)
			}
		}
		return logistic(e, *fitDraw)
	}
	var c gold.Count
	for fold := range folds {
		weights := fit(fold)
		for _, s := range all {
			if s.fold != fold {
				continue
			}
			found := dot(s.row(), weights) >= 0
			switch {
			case found && s.Relevant:
				c.TP++
			case found:
				c.FP++
			case s.Relevant:
				c.FN++
			}
			if *fitShow && found != s.Relevant {
				t.Logf("%s is relevant: %v; found so: %v: %s", s.ID, s.Relevant, found, s.Title)
			}
		}
	}
	t.Logf("F1 %.3f, precision %.2f, recall %.2f", c.F1(), c.Precision(), c.Recall())
	for i, v := range fit(folds) {
		t.Logf("%-26s %6.2f", Weights[i].Feature, v)
	}
}

func (s *study) row() []float64 {
	row := make([]float64, len(Weights))
	for i, w := range Weights {
		row[i] = s.features[w.Feature]
	}
	return row
}

func dot(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// logistic is logistic regression by Newton's method. The first feature is the
// bias; the weights of the others are drawn to 0 in proportion to how much
// their features scatter.
func logistic(e examples, draw float64) []float64 {
	d := len(e.rows[0])
	pull := make([]float64, d)
	for k := 1; k < d; k++ {
		sum, squares, n := 0.0, 0.0, float64(len(e.rows))
		for _, row := range e.rows {
			sum += row[k]
			squares += row[k] * row[k]
		}
		pull[k] = draw * max(squares/n-sum/n*sum/n, 1e-4)
	}
	w := make([]float64, d)
	for range 15 {
		slope, curve := make([]float64, d), make([][]float64, d)
		for k := range d {
			curve[k] = make([]float64, d)
			curve[k][k] = pull[k] + 1e-6
			slope[k] = -pull[k] * w[k]
		}
		for i, row := range e.rows {
			p := 1 / (1 + math.Exp(-dot(row, w)))
			miss := -p
			if e.truth[i] {
				miss = 1 - p
			}
			for k, v := range row {
				slope[k] += e.counts[i] * miss * v
				for l := 0; v != 0 && l < d; l++ {
					curve[k][l] += e.counts[i] * p * (1 - p) * v * row[l]
				}
			}
		}
		for k, step := range solve(curve, slope) {
			w[k] += step
		}
	}
	return w
}

// solve solves a system of linear equations by elimination.
func solve(a [][]float64, b []float64) []float64 {
	n := len(b)
	for i := range a {
		a[i] = append(a[i], b[i])
	}
	for c := range n {
		pivot := c
		for r := c + 1; r < n; r++ {
			if math.Abs(a[r][c]) > math.Abs(a[pivot][c]) {
				pivot = r
			}
		}
		a[c], a[pivot] = a[pivot], a[c]
		for r := range n {
			if f := a[r][c] / a[c][c]; r != c && f != 0 {
				for k := c; k <= n; k++ {
					a[r][k] -= f * a[c][k]
				}
			}
		}
	}
	x := make([]float64, n)
	for i := range x {
		x[i] = a[i][n] / a[i][i]
	}
	return x
}

// Weights that made the truth are found again.
func TestTheFitFindsTheWeightsThatMadeTheTruth(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	want := []float64{-1, 2, -0.5, 0}
	var e examples
	for range 20000 {
		row := []float64{1, rnd.Float64() * 2, float64(rnd.IntN(4)), rnd.Float64()}
		e.add(&study{}, row, rnd.Float64() < 1/(1+math.Exp(-dot(row, want))))
	}
	for i, got := range logistic(e, 1) {
		if math.Abs(got-want[i]) > 0.15 {
			t.Errorf("weight %d: %.3f, want %.3f", i, got, want[i])
		}
	}
	if got := fmt.Sprintf("%.3f", solve([][]float64{{0, 2}, {4, 1}}, []float64{6, 7})); got != "[1.000 3.000]" {
		t.Error(got)
	}
}
