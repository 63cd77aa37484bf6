// Package extract turns HTML into what a reader of the news wants: an
// article's text with its title, date and authors, or the links of a listing
// page. It is pure: bytes in, values out; no network, no clock but the one
// that bounds its own work, and nothing of the rest of the program.
//
// An article's text is taken from the first of these that has one: the rule
// the operator wrote for the site, JSON-LD articleBody, go-trafilatura. What
// no parser can hold is read as a stream of tokens, and marked degraded.
package extract

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// Methods of extraction, as Content.Method says.
const (
	ByRule        = "rule"
	ByJSONLD      = "json-ld"
	ByTrafilatura = "trafilatura"
	ByTokens      = "tokens"      // a page no parser could hold
	Boilerplate   = "boilerplate" // a cookie wall, a paywall stub, a login form: Text is empty
	Empty         = "empty"       // no text at all
)

// Rule says where a site keeps an article (CSS selectors).
type Rule struct {
	Body   string
	Remove []string
	Title  string
	Date   string
}

// Content is what a page says.
type Content struct {
	URL       string   // as asked for
	Canonical string   // what the page calls itself, on whatever host
	Title     string   // plain text
	Text      string   // plain text, paragraphs on lines of their own
	Summary   string   // the page's own description
	Authors   []string // names
	Date      string   // as the page writes it: ISO 8601 where it can
	DateFrom  string   // where Date was found: rule, json-ld, meta, time, text
	Lang      string   // as declared
	Image     string
	Section   string
	Kind      string // og:type or JSON-LD type
	Method    string
	Degraded  bool // something was lost on the way
	NoArchive bool // the page asks not to be kept
	Reserved  bool // the page reserves its text against mining (tdm-reservation)
}

// Options bound the work on one page.
type Options struct {
	Budget time.Duration // 5 s
}

// ErrBudget says that a page took longer than its budget.
var ErrBudget = errors.New("the page took too long to read")

// Page extracts the article of an HTML page in UTF-8. It always returns what
// it could get; the error says what went wrong beside that.
func Page(ctx context.Context, data []byte, pageURL string, rule Rule, opt Options) (Content, error) {
	if opt.Budget == 0 {
		opt.Budget = 5 * time.Second
	}
	return withinBudget(ctx, opt.Budget, func(ctx context.Context) (Content, error) {
		return page(ctx, data, pageURL, rule)
	}, func() Content { return byTokens(data, pageURL) })
}

// withinBudget runs work in a goroutine of its own, which is left behind when
// it takes too long (a parser cannot be interrupted) and whose panic is an
// error. In both cases last gives what can be had cheaply.
func withinBudget(ctx context.Context, budget time.Duration, work func(context.Context) (Content, error), last func() Content) (Content, error) {
	type result struct {
		content Content
		err     error
	}
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	done := make(chan result, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- result{last(), fmt.Errorf("the parser panicked: %v", p)}
			}
		}()
		content, err := work(ctx)
		done <- result{content, err}
	}()
	select {
	case r := <-done:
		return r.content, r.err
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return last(), ErrBudget
		}
		return Content{Method: Empty, Degraded: true}, ctx.Err()
	}
}

func page(ctx context.Context, data []byte, pageURL string, rule Rule) (Content, error) {
	doc, err := html.Parse(strings.NewReader(string(data)))
	if err != nil {
		return byTokens(data, pageURL), nil // nested deeper than 512 elements
	}
	d := newDocument(doc, pageURL)
	c := d.metadata(rule)
	if err := ctx.Err(); err != nil {
		return c, err
	}
	if err := d.body(&c, rule); err != nil {
		return c, err
	}
	c.Text = withoutTitle(c.Text, c.Title, d.heading())
	if stub(c.Text) {
		c.Text, c.Method = "", Boilerplate
	}
	return c, nil
}

// withoutTitle drops a text's first line when it only repeats the title.
func withoutTitle(text string, titles ...string) string {
	line, rest, more := strings.Cut(text, "\n")
	for _, title := range titles {
		if more && title != "" && strings.EqualFold(line, Line(title)) {
			return rest
		}
	}
	return text
}

// body fills Text and Method.
func (d *document) body(c *Content, rule Rule) error {
	if rule.Body != "" {
		text, err := d.byRule(rule)
		if err != nil {
			return err
		}
		if text != "" {
			c.Text, c.Method = text, ByRule
			return nil
		}
	}
	stated := d.ld.body()
	if strings.Contains(stated, "\n") {
		c.Text, c.Method = stated, ByJSONLD
		return nil
	}
	c.Text, c.Method = d.found(c.Summary), ByTrafilatura
	if better(stated, c.Text) {
		c.Text, c.Method = stated, ByJSONLD
	}
	if c.Text == "" {
		c.Method = Empty
	}
	return nil
}

// better reports whether an articleBody without paragraphs, which many sites
// put together from their page's leftovers, is still the better text: the page
// gave much less of it, or much more around it.
func better(stated, found string) bool {
	return len(stated) > 0 && (len(found) < len(stated)*7/10 || len(found) > 2*len(stated))
}

// resolve makes ref absolute; "" for what is not http or https.
func resolve(base *url.URL, ref string) string {
	ref = strings.TrimSpace(ref)
	if ref == "" {
		return ""
	}
	u, err := url.Parse(ref)
	if err != nil {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return ""
	}
	u.User = nil
	return u.String()
}
