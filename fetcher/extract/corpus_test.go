package extract

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

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
	var ours, theirs Score
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
		plain := Alone(data)
		theirsTook += time.Since(start)
		ours.Add(want.ArticleBody, got.Text)
		theirs.Add(want.ArticleBody, plain)
		if os.Getenv("EXTRACT_VERBOSE") != "" {
			var one, other Score
			one.Add(want.ArticleBody, got.Text)
			other.Add(want.ArticleBody, plain)
			t.Logf("%s %s ours p %.2f r %.2f, theirs p %.2f r %.2f %s", id[:8], got.Method, one.Precision(), one.Recall(), other.Precision(), other.Recall(), want.URL)
		}
	}
	t.Logf("%d pages: ours %.4f in %v, go-trafilatura alone %.4f in %v", ours.Pages, ours.F1(), oursTook.Round(time.Millisecond), theirs.F1(), theirsTook.Round(time.Millisecond))
	if ours.F1() < theirs.F1() {
		t.Errorf("F1 %.4f is below go-trafilatura's %.4f", ours.F1(), theirs.F1())
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
