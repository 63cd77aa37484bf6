package extract

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/markusmobius/go-trafilatura"
)

// score is the measure of the article-extraction benchmark: multisets of
// four-word shingles, precision and recall averaged over the pages.
type score struct {
	precision, recall float64
	pages             int
}

func (s *score) add(truth, got string) {
	want, have := shingles(truth), shingles(got)
	tp, fp, fn := 0.0, 0.0, 0.0
	for shingle, n := range have {
		common := min(n, want[shingle])
		tp += float64(common)
		fp += float64(n - common)
	}
	for shingle, n := range want {
		fn += float64(n - min(n, have[shingle]))
	}
	s.pages++
	if sum := tp + fp + fn; sum > 0 {
		tp, fp, fn = tp/sum, fp/sum, fn/sum
	}
	switch {
	case tp == 0 && fp == 0 && fn == 0:
		s.precision++
		s.recall++
	case tp > 0:
		s.precision += tp / (tp + fp)
		s.recall += tp / (tp + fn)
	}
}

func (s *score) f1() float64 {
	p, r := s.precision/float64(s.pages), s.recall/float64(s.pages)
	return 2 * p * r / (p + r)
}

var words = regexp.MustCompile(`[\p{L}\p{N}_]+`)

func shingles(text string) map[string]int {
	tokens := words.FindAllString(text, -1)
	out := map[string]int{}
	for i := 0; i+4 <= len(tokens) || i == 0 && len(tokens) > 0; i++ {
		out[strings.Join(tokens[i:min(i+4, len(tokens))], " ")]++
	}
	return out
}

func TestExtractionBeatsTrafilaturaAlone(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "corpora", "html")
	raw, err := os.ReadFile(filepath.Join(root, "truth.json"))
	if err != nil {
		t.Skip("no corpus beside the repository")
	}
	if testing.Short() {
		t.Skip("reads many pages")
	}
	var truth map[string]struct {
		URL         string `json:"url"`
		ArticleBody string `json:"articleBody"`
	}
	if err := json.Unmarshal(raw, &truth); err != nil {
		t.Fatal(err)
	}
	var ours, theirs score
	var oursTook, theirsTook time.Duration
	for id, want := range truth {
		data := unzip(t, filepath.Join(root, "pages", id+".html.gz"))
		start := time.Now()
		got, err := Page(context.Background(), data, want.URL, Rule{}, Options{Budget: time.Minute})
		if err != nil {
			t.Errorf("%s: %v", id, err)
		}
		oursTook += time.Since(start)
		start = time.Now()
		plain := ""
		if r, err := trafilatura.Extract(bytes.NewReader(data), trafilatura.Options{ExcludeComments: true, HtmlDateMode: trafilatura.Disabled}); err == nil {
			plain = r.ContentText
		}
		theirsTook += time.Since(start)
		ours.add(want.ArticleBody, got.Text)
		theirs.add(want.ArticleBody, plain)
		if os.Getenv("EXTRACT_VERBOSE") != "" {
			var one, other score
			one.add(want.ArticleBody, got.Text)
			other.add(want.ArticleBody, plain)
			t.Logf("%s %s ours p %.2f r %.2f, theirs p %.2f r %.2f %s", id[:8], got.Method, one.precision, one.recall, other.precision, other.recall, want.URL)
		}
	}
	t.Logf("%d pages: ours %.4f in %v, go-trafilatura alone %.4f in %v", ours.pages, ours.f1(), oursTook.Round(time.Millisecond), theirs.f1(), theirsTook.Round(time.Millisecond))
	if ours.f1() < theirs.f1() {
		t.Errorf("F1 %.4f is below go-trafilatura's %.4f", ours.f1(), theirs.f1())
	}
}

func unzip(t *testing.T, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
