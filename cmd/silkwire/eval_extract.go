package main

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"silkwire/fetcher/extract"
)

type evalExtractCmd struct {
	Dir     string `required:"" type:"path" help:"A directory with truth.json and pages/ID.html.gz."`
	JSON    bool   `name:"json" help:"Print JSON."`
	Verbose bool   `short:"v" help:"Print the score of every page."`
}

// truth is what truth.json says of a page.
type truth struct {
	URL  string `json:"url"`
	Body string `json:"articleBody"`
}

// contender is one way of extraction with its score.
type contender struct {
	Name    string
	extract func(ctx context.Context, data []byte, address string) string
	score   extract.Score
	took    time.Duration
}

// Run measures Silkwire and go-trafilatura alone in the same run, page by page
// in turn, so that both have the same machine.
func (c *evalExtractCmd) Run(ctx context.Context, std *stdio) error {
	pages, err := c.truth()
	if err != nil {
		return err
	}
	contenders := []*contender{
		{Name: "silkwire", extract: func(ctx context.Context, data []byte, address string) string {
			content, _ := extract.Page(ctx, data, address, extract.Rule{}, extract.Options{Budget: time.Minute})
			return content.Text
		}},
		{Name: "go-trafilatura", extract: func(_ context.Context, data []byte, _ string) string { return extract.Alone(data) }},
	}
	for i, id := range slices.Sorted(maps.Keys(pages)) {
		data, err := unpacked(filepath.Join(c.Dir, "pages", id+".html.gz"))
		if err != nil {
			return err
		}
		for k := range contenders {
			x := contenders[(i+k)%len(contenders)] // who comes first warms up the page
			x.measure(ctx, data, pages[id])
		}
		if c.Verbose {
			var one extract.Score
			one.Add(pages[id].Body, contenders[0].extract(ctx, data, pages[id].URL))
			fmt.Fprintf(std.out, "%.3f %.3f  %s\n", one.Precision(), one.Recall(), pages[id].URL)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return c.print(std.out, contenders)
}

func (c *evalExtractCmd) truth() (map[string]truth, error) {
	name := filepath.Join(c.Dir, "truth.json")
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var pages map[string]truth
	if err := json.Unmarshal(raw, &pages); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return pages, nil
}

func unpacked(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return io.ReadAll(io.LimitReader(r, 64<<20))
}

func (x *contender) measure(ctx context.Context, data []byte, t truth) {
	start := time.Now()
	text := x.extract(ctx, data, t.URL)
	x.took += time.Since(start)
	x.score.Add(t.Body, text)
}

func (c *evalExtractCmd) print(out io.Writer, contenders []*contender) error {
	speed := contenders[1].took.Seconds() / max(contenders[0].took.Seconds(), 1e-9)
	if c.JSON {
		rows := map[string]any{"pages": contenders[0].score.Pages, "speed": speed}
		for _, x := range contenders {
			rows[x.Name] = map[string]float64{"precision": x.score.Precision(), "recall": x.score.Recall(), "f1": x.score.F1(), "seconds": x.took.Seconds()}
		}
		return json.NewEncoder(out).Encode(rows)
	}
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "\tpages\tprecision\trecall\tF1\ttime")
	for _, x := range contenders {
		fmt.Fprintf(w, "%s\t%d\t%.4f\t%.4f\t%.4f\t%v\n", x.Name, x.score.Pages, x.score.Precision(), x.score.Recall(), x.score.F1(), x.took.Round(time.Millisecond))
	}
	fmt.Fprintf(w, "\t\t\t\t\t%.2f times its speed\n", speed)
	return w.Flush()
}
