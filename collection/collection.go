// Package collection reads what an analyst has collected: saved pages, texts,
// JSON lines, feeds, web archives (WARC) and lists of feeds (OPML), one file or
// a whole directory. It reads and says what it found; keeping is for others.
// A file that cannot be read costs itself and nothing else.
package collection

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"silkwire/fetcher"
	"silkwire/news"
)

// Hand takes what is found. An error of Item ends the reading.
type Hand struct {
	Item   func(news.Item) error
	Feed   func(Feed) error
	Reject func(where, why string) // what was left out
}

// Feed is an entry of an OPML file.
type Feed struct {
	Title, URL, Site string
	Kind             news.Kind
	Language         string
	Folder           string // the outline it lies in
}

// Bounds of a collection.
const (
	mostBytes = 64 << 20 // of a file that is read at once
	mostFiles = 1_000_000
)

// Read reads a file or everything in a directory, hidden files left out. at is
// the time that dates are measured by. The error says what ended it early.
func Read(ctx context.Context, root string, at time.Time, hand Hand) error {
	info, err := os.Stat(root)
	if err != nil {
		return err
	}
	r := &reader{ctx: ctx, at: at, hand: hand}
	if !info.IsDir() {
		return r.file(root, filepath.Base(root))
	}
	files := 0
	return filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			r.reject(name, err)
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case name != root && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case !d.Type().IsRegular(): // links are not followed: they may lead out
			return nil
		}
		if files++; files > mostFiles {
			return fmt.Errorf("%s: more than %d files", root, mostFiles)
		}
		inside, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		return r.file(name, filepath.ToSlash(inside))
	})
}

// reader is one reading under way.
type reader struct {
	ctx  context.Context
	at   time.Time
	hand Hand
}

func (r *reader) reject(where string, why error) {
	if r.hand.Reject != nil {
		r.hand.Reject(where, why.Error())
	}
}

// file reads one file for what its first bytes are; name is its path inside the
// collection, which stands for texts that have no address.
func (r *reader) file(path, name string) error {
	f, err := os.Open(path)
	if err != nil {
		r.reject(path, err)
		return nil
	}
	defer f.Close() //nolint:errcheck // only read
	return r.stream(f, path, name)
}

func (r *reader) stream(in io.Reader, where, name string) error {
	in, head, err := plain(in)
	switch {
	case err != nil:
		r.reject(where, err)
		return nil
	case bytes.HasPrefix(head, []byte("WARC/")):
		return r.warc(in, where)
	}
	trimmed := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if bytes.HasPrefix(trimmed, []byte("{")) && !bytes.Contains(head, []byte("jsonfeed.org")) {
		return r.jsonLines(in, where)
	}
	if bytes.HasPrefix(trimmed, []byte("[")) && bytes.Contains(trimmed, []byte("{")) {
		return r.jsonList(in, where)
	}
	data, err := io.ReadAll(io.LimitReader(in, mostBytes+1))
	if err == nil && len(data) > mostBytes {
		err = fmt.Errorf("larger than %d MiB", mostBytes>>20)
	}
	if err != nil {
		r.reject(where, err)
		return nil
	}
	return r.document(data, where, name)
}

// headSize is how much of a file shows what it is.
const headSize = 4 << 10

// plain undoes gzip and shows the head of what is inside.
func plain(in io.Reader) (io.Reader, []byte, error) {
	for range 2 {
		head := make([]byte, headSize)
		n, err := io.ReadFull(in, head)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
			return nil, nil, err
		}
		head = head[:n]
		in = io.MultiReader(bytes.NewReader(head), in)
		if !bytes.HasPrefix(head, []byte("\x1f\x8b")) {
			return in, head, nil
		}
		if in, err = gzip.NewReader(in); err != nil {
			return nil, nil, err
		}
	}
	return nil, nil, errors.New("gzip inside gzip")
}

var (
	opmlRoot = regexp.MustCompile(`(?i)<opml[\s>]`)
	markup   = regexp.MustCompile(`(?i)<(!doctype html|html|head|body|rss|feed|rdf:rdf|channel|urlset|article|div|p|meta)[\s>]`)
	savedAs  = regexp.MustCompile(`<!-- saved from url=\(\d+\)(https?://[^ ]{1,1000}) -->`)
)

// document reads a file that is one document.
func (r *reader) document(data []byte, where, name string) error {
	if len(bytes.TrimSpace(data)) == 0 {
		r.reject(where, errors.New("the file is empty"))
		return nil
	}
	head := data[:min(len(data), headSize)]
	if bytes.Contains(head, []byte{0, 0}) || opmlRoot.Match(head) || markup.Match(head) {
		return r.marked(data, where, name)
	}
	text := fetcher.UTF8(data, "")
	if markup.Match(text[:min(len(text), headSize)]) {
		return r.marked(data, where, name)
	}
	it, ok := note(string(text), r.at)
	if !ok {
		r.reject(where, errors.New("it holds no text"))
		return nil
	}
	if it.URL == "" {
		it.GUID = "file:" + name
	}
	return r.item(it, where)
}

// marked reads a page, a feed, a sitemap or a list of feeds.
func (r *reader) marked(data []byte, where, name string) error {
	text := fetcher.UTF8(data, "")
	if opmlRoot.Match(text[:min(len(text), headSize)]) {
		return r.opml(text, where)
	}
	base := ""
	if m := savedAs.FindSubmatch(text[:min(len(text), headSize)]); m != nil {
		base = string(m[1])
	}
	return r.page(data, where, name, base, "", r.at)
}

// page reads a document that the web had, and hands on what has a text of its
// own.
func (r *reader) page(data []byte, where, name, base, contentType string, at time.Time) error {
	doc, err := fetcher.ParseFile(name, data, base, contentType, at)
	if err != nil {
		r.reject(where, err)
		return nil
	}
	switch doc.Kind {
	case "listing", "sitemap", "sitemap index":
		r.reject(where, fmt.Errorf("a %s, which has no text of its own", doc.Kind))
		return nil
	}
	for _, it := range doc.Items {
		if it.URL == "" && it.GUID == "" {
			it.GUID = "file:" + name
		}
		if it.Body() == "" {
			r.reject(where, errors.New("no text was found on the page"))
			continue
		}
		if err := r.item(it, where); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) item(it news.Item, where string) error {
	if it.Title == "" {
		it.Title, _, _ = strings.Cut(it.Body(), "\n")
		it.Title = shortened(it.Title)
	}
	if it.URL == "" && it.GUID == "" {
		sum := sha256.Sum256([]byte(it.Title + "\n" + it.Body()))
		it.GUID = "text:" + hex.EncodeToString(sum[:16])
	}
	if it.Extraction == "" {
		it.Extraction = "import"
	}
	if err := r.hand.Item(it); err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	return nil
}

func shortened(s string) string {
	runes := []rune(s)
	if len(runes) <= 200 {
		return s
	}
	return string(runes[:199]) + "…"
}

// note reads a text file. It may begin with lines like "URL: …" and "Date: …",
// as mail does, and an empty line behind them; then comes the title, a line of
// its own, and the text.
func note(text string, at time.Time) (it news.Item, ok bool) {
	rest := strings.TrimSpace(text)
	for {
		line, more, _ := strings.Cut(rest, "\n")
		key, value, found := strings.Cut(line, ":")
		if !found || !setField(&it, strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value), at) {
			break
		}
		rest = more
	}
	rest = strings.TrimSpace(rest)
	if it.Title == "" {
		line, more, _ := strings.Cut(rest, "\n")
		if it.Title = shortened(strings.TrimSpace(line)); strings.TrimSpace(more) != "" {
			rest = strings.TrimSpace(more)
		}
	}
	it.Text = tidied(rest)
	return it, it.Text != ""
}

func tidied(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// setField sets what a line of a text's head or a key of a JSON line names, and
// reports whether there is such a field.
func setField(it *news.Item, key, value string, at time.Time) bool {
	switch key {
	case "url", "link", "address":
		if u, err := url.Parse(value); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
			it.URL = value
		}
	case "title", "headline":
		it.Title = strings.Join(strings.Fields(value), " ")
	case "date", "published", "date_published", "pubdate", "published_at", "publication_date", "datetime":
		if d, ok := fetcher.ParseDate(value, at, time.UTC); ok {
			it.Published, it.DayOnly = d.Time, d.DayOnly
		}
	case "lang", "language":
		it.Lang = value
	case "author", "by":
		it.Authors = append(it.Authors, value)
	case "outlet", "source", "publisher":
		it.Outlet = news.OutletID(value)
	case "section":
		it.Section = value
	default:
		return false
	}
	return true
}
