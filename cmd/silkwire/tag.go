package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"silkwire/news"
	"silkwire/tagger"
	"silkwire/taxonomy"
)

// maxLine is the longest JSON line that is read, in bytes.
const maxLine = 64 << 20

type tagCmd struct {
	Files []string `arg:"" optional:"" help:"Files to tag; - or nothing reads standard input."`
	JSONL bool     `name:"jsonl" help:"The input is JSON lines: {\"id\",\"title\",\"body\",\"lang\"?,\"published\"?}."`
	JSON  bool     `name:"json" help:"Print one JSON line per item."`

	Explain bool `help:"Say why: the rule, the parts of the score, the definition and the documents behind every tag, the features of events and relevance."`
}

// labelled is an item as the command line reads it.
type labelled struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	Body      string    `json:"body"`
	Lang      string    `json:"lang"`
	Published time.Time `json:"published"`
}

func (l *labelled) item() news.Item {
	return news.Item{ID: news.ItemID(l.ID), Title: l.Title, Text: l.Body, Lang: l.Lang, Published: l.Published}
}

// tagged is the output contract of tag --json.
type tagged struct {
	ID string `json:"id"`
	news.Tagging
}

func (c *tagCmd) Run(std *stdio) error {
	tax, err := taxonomy.Default()
	if err != nil {
		return err
	}
	tg, err := tagger.New(tax)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(std.out, 1<<16)
	show := func(out io.Writer, it news.Item) error {
		tagging := tg.Tag(&it)
		if c.Explain {
			return c.explain(out, tg, &it, &tagging)
		}
		if c.JSON {
			return encodeLine(out, tagged{string(it.ID), tagging})
		}
		return printTagging(out, tax, &it, &tagging)
	}
	if len(c.Files) == 0 {
		c.Files = []string{"-"}
	}
	for _, name := range c.Files {
		if err := c.readFile(std, name, out, show); err != nil {
			return errors.Join(err, out.Flush())
		}
	}
	return out.Flush()
}

func (c *tagCmd) explain(out io.Writer, tg *tagger.Tagger, it *news.Item, tagging *news.Tagging) error {
	why := tg.Explain(it, tagging)
	if c.JSON {
		return encodeLine(out, explained{tagged{string(it.ID), *tagging}, why})
	}
	return printExplained(out, tg.Taxonomy(), it, tagging, &why)
}

// encodeLine writes a value as one JSON line.
func encodeLine(out io.Writer, value any) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return enc.Encode(value)
}

// shower prints what was found in an item. It may be called side by side.
type shower func(out io.Writer, it news.Item) error

func (c *tagCmd) readFile(std *stdio, name string, out io.Writer, show shower) error {
	in := std.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	if c.JSONL {
		return eachLine(in, name, out, func(out io.Writer, line []byte) error {
			var l labelled
			if err := json.Unmarshal(line, &l); err != nil {
				return err
			}
			return show(out, l.item())
		})
	}
	content, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	// A text is all body, so that offsets count the bytes of the file.
	return show(out, news.Item{ID: news.ItemID(filepath.Base(name)), Text: string(content)})
}

// done is a line's output, or why there is none.
type done struct {
	out bytes.Buffer
	err error
}

// eachLine calls f with every line that is not blank, as many at a time as
// there are processors, and writes what f wrote in the order of the lines. An
// error names its line; what stands before it is written.
func eachLine(in io.Reader, name string, out io.Writer, f func(io.Writer, []byte) error) error {
	pending := make(chan chan *done, 2*runtime.GOMAXPROCS(0))
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	stop := make(chan struct{})
	defer close(stop)
	var broken error
	go func() {
		defer close(pending)
		broken = readLines(in, name, func(n int, line []byte) bool {
			result := make(chan *done, 1)
			select {
			case <-stop:
				return false
			case pending <- result:
			}
			slots <- struct{}{}
			go func() {
				defer func() { <-slots }()
				d := new(done)
				if err := f(&d.out, line); err != nil {
					d.err = fmt.Errorf("%s:%d: %w", name, n, err)
				}
				result <- d
			}()
			return true
		})
	}()
	for result := range pending {
		d := <-result
		if d.err != nil {
			return d.err
		}
		if _, err := out.Write(d.out.Bytes()); err != nil {
			return err
		}
	}
	return broken
}

// readLines calls f with a copy of every line that is not blank, until f says no.
func readLines(in io.Reader, name string, f func(n int, line []byte) bool) error {
	sc := bufio.NewScanner(in)
	sc.Buffer(make([]byte, 1<<16), maxLine)
	n := 0
	for sc.Scan() {
		n++
		if len(bytes.TrimSpace(sc.Bytes())) == 0 {
			continue
		}
		if !f(n, bytes.Clone(sc.Bytes())) {
			return nil
		}
	}
	if err := sc.Err(); err != nil {
		return fmt.Errorf("%s:%d: %w", name, n+1, err)
	}
	return nil
}

// printTagging prints a tagging for people.
func printTagging(out io.Writer, tax *taxonomy.Taxonomy, it *news.Item, t *news.Tagging) error {
	verdict := "not relevant"
	if t.Relevant {
		verdict = "relevant"
	}
	fmt.Fprintf(out, "%s  %s  %s (%.2f)\n", it.ID, t.Lang, verdict, t.Relevance)
	for _, e := range t.Events {
		fmt.Fprintf(out, "  %s → %s → %s, %s%s\n", tax.Name(e.Actor), tax.Name(e.Instrument), tax.Name(e.Recipient), e.Status, details(&e))
	}
	for _, tag := range t.Tags {
		if tag.Implied {
			fmt.Fprintf(out, "  %-18s %-32s %.2f  implied by %s\n", tag.Facet, tag.Concept, tag.Score, join(tag.By))
			continue
		}
		fmt.Fprintf(out, "  %-18s %-32s %.2f  %s\n", tag.Facet, tag.Concept, tag.Score, quote(tag.Evidence))
	}
	_, err := fmt.Fprintln(out)
	return err
}

func details(e *news.Event) string {
	s := ""
	if e.Amount != nil {
		s += fmt.Sprintf(", %s %.4g million", e.Amount.Currency, e.Amount.Value/1e6)
	}
	if e.Places != nil {
		s += fmt.Sprintf(", %d places", *e.Places)
	}
	return s
}

func join(ids []news.ConceptID) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return strings.Join(out, ", ")
}

// quote shows the first evidence and how many more there are.
func quote(evidence []news.Evidence) string {
	s := fmt.Sprintf("%q", evidence[0].Text)
	if n := len(evidence); n > 1 {
		s += fmt.Sprintf(" and %d more", n-1)
	}
	return s
}
