package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"silkwire/client"
	"silkwire/fetcher"
	"silkwire/news"
)

type visitCmd struct {
	What        string `arg:"" name:"source|url|file" help:"A configured source's id, an address, or a file. - reads standard input."`
	URL         string `name:"url" help:"A file's base address, for its relative links."`
	ContentType string `name:"content-type" help:"What HTTP would have said of a file: application/rss+xml; charset=windows-1251."`
	JSON        bool   `name:"json" help:"Print one JSON line per item."`
	DryRun      bool   `name:"dry-run" help:"Visit a configured source without storing what it brings."`
}

func (c *visitCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	if strings.HasPrefix(c.What, "http://") || strings.HasPrefix(c.What, "https://") {
		return c.visitURL(ctx, std, cl)
	}
	data, name, err := readInput(std.in, c.What)
	switch {
	case err == nil:
		return c.parse(std.out, name, data, c.URL, c.ContentType)
	case os.IsNotExist(err) && !strings.ContainsAny(c.What, "/\\."):
		return c.visitSource(ctx, std, cl)
	}
	return err
}

// readInput reads a file, or standard input for "-".
func readInput(stdin io.Reader, name string) ([]byte, string, error) {
	if name == "-" {
		data, err := io.ReadAll(io.LimitReader(stdin, client.FeedLimit+1))
		return data, "standard input", err
	}
	data, err := os.ReadFile(name)
	return data, name, err
}

func (c *visitCmd) parse(out io.Writer, name string, data []byte, base, contentType string) error {
	doc, err := fetcher.ParseFile(name, data, base, contentType, time.Now())
	if err != nil {
		return err
	}
	if c.JSON {
		return printItems(out, doc.Items)
	}
	describeDocument(out, &doc)
	return nil
}

// visitURL fetches one address that no configuration names, and prints it.
func (c *visitCmd) visitURL(ctx context.Context, std *stdio, cl *cli) error {
	cfg, err := cl.load(std)
	if err != nil {
		return err
	}
	visitor := client.New(clientOptions(cfg))
	resp, err := visitor.Get(ctx, client.Request{URL: c.What, Limit: client.FeedLimit})
	if err != nil {
		return err
	}
	if resp.Status != 200 {
		return fmt.Errorf("GET %s: HTTP %d", client.Bare(c.What), resp.Status)
	}
	contentType := resp.Header.Get("Content-Type")
	return c.parse(std.out, c.What, resp.Body, resp.URL, contentType)
}

// visitSource visits a configured source, now.
func (c *visitCmd) visitSource(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withApp(ctx, std, func(a *app) error {
		plan, err := a.plan(a.cfg.Load())
		if err != nil {
			return err
		}
		v, err := a.visitable(c.What)
		if err != nil {
			return err
		}
		batch, saved, err := a.newMonitor(plan).VisitNow(ctx, v, c.DryRun)
		if err != nil {
			return err
		}
		if c.JSON {
			return printItems(std.out, batch.Items)
		}
		fmt.Fprintf(std.out, "%s: %s\n", v.Source.ID, batch.Outcome)
		for _, n := range batch.Notes {
			fmt.Fprintf(std.out, "  note: %s\n", n)
		}
		describeItems(std.out, batch.Items)
		if !c.DryRun {
			fmt.Fprintf(std.out, "%d new, %d revised\n", len(saved.New), len(saved.Revised))
		}
		return nil
	})
}

// visitedItem is the output contract of visit --json.
type visitedItem struct {
	ID         news.ItemID `json:"id"`
	Source     string      `json:"source"`
	GUID       string      `json:"guid"`
	URL        string      `json:"url"`
	Title      string      `json:"title"`
	Summary    string      `json:"summary"`
	Text       string      `json:"text"`
	Authors    []string    `json:"authors"`
	Categories []string    `json:"categories"`
	Published  *time.Time  `json:"published"`
	Lang       string      `json:"lang"`
}

func printItems(out io.Writer, items []news.Item) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for i := range items {
		it := &items[i]
		v := visitedItem{
			ID: it.ID, Source: string(it.Source), GUID: it.GUID, URL: it.URL, Title: it.Title, Summary: it.Summary, Text: it.Text,
			Authors: list(it.Authors), Categories: list(it.Categories), Lang: it.Lang,
		}
		if !it.Published.IsZero() {
			v.Published = &it.Published
		}
		if err := enc.Encode(v); err != nil {
			return err
		}
	}
	return nil
}

// list is never null in JSON.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func describeDocument(out io.Writer, doc *fetcher.Document) {
	fmt.Fprintf(out, "%s (%s, %s): %s\n", doc.Kind, doc.Format, doc.Charset, doc.Title)
	for _, n := range doc.Notes {
		fmt.Fprintf(out, "  note: %s\n", n)
	}
	if doc.Partial {
		fmt.Fprintln(out, "  the document is broken; its complete items follow")
	}
	describeItems(out, doc.Items)
}

func describeItems(out io.Writer, items []news.Item) {
	for i := range items {
		it := &items[i]
		when := "no date          "
		if !it.Published.IsZero() {
			when = it.Published.UTC().Format("2006-01-02 15:04Z")
		}
		fmt.Fprintf(out, "  %s  %s\n  %17s  %s\n", when, it.Title, "", it.URL)
	}
	fmt.Fprintf(out, "%d items\n", len(items))
}

type extractCmd struct {
	What string `arg:"" name:"file|url" help:"A page: a file, an address, or - for standard input."`
	URL  string `name:"url" help:"The page's address, for its relative links."`
	JSON bool   `name:"json" help:"Print one JSON line."`
}

// extracted is the output contract of extract --json.
type extracted struct {
	URL       string     `json:"url"`
	Canonical string     `json:"canonical"`
	Title     string     `json:"title"`
	Text      string     `json:"text"`
	Authors   []string   `json:"authors"`
	Published *time.Time `json:"published"`
	Lang      string     `json:"lang"`
	Image     string     `json:"image"`
}

func (c *extractCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	data, base, contentType, err := c.page(ctx, std, cl)
	if err != nil {
		return err
	}
	it, canonical, err := fetcher.ParsePage(ctx, c.What, data, base, contentType, time.Now())
	if err != nil {
		return err
	}
	x := extracted{URL: it.URL, Canonical: canonical, Title: it.Title, Text: it.Text, Authors: list(it.Authors), Lang: it.Lang, Image: it.Image}
	if !it.Published.IsZero() {
		x.Published = &it.Published
	}
	if c.JSON {
		enc := json.NewEncoder(std.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(x)
	}
	_, err = fmt.Fprintf(std.out, "%s\n%s\n\n%s\n", x.Title, x.URL, x.Text)
	return err
}

func (c *extractCmd) page(ctx context.Context, std *stdio, cl *cli) (data []byte, base, contentType string, err error) {
	if !strings.HasPrefix(c.What, "http://") && !strings.HasPrefix(c.What, "https://") {
		data, _, err = readInput(std.in, c.What)
		return data, c.URL, "", err
	}
	cfg, err := cl.load(std)
	if err != nil {
		return nil, "", "", err
	}
	resp, err := client.New(clientOptions(cfg)).Get(ctx, client.Request{URL: c.What, Limit: client.PageLimit})
	if err != nil {
		return nil, "", "", err
	}
	if resp.Status != 200 {
		return nil, "", "", fmt.Errorf("GET %s: HTTP %d", client.Bare(c.What), resp.Status)
	}
	return resp.Body, resp.URL, resp.Header.Get("Content-Type"), nil
}
