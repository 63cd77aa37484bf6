package collection

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"silkwire/news"
)

var readAt = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// found is what a reading handed on.
type found struct {
	items []news.Item
	feeds []Feed
	left  []string
}

func (f *found) hand() Hand {
	return Hand{
		Item:   func(it news.Item) error { f.items = append(f.items, it); return nil },
		Feed:   func(x Feed) error { f.feeds = append(f.feeds, x); return nil },
		Reject: func(where, why string) { f.left = append(f.left, filepath.Base(where)+": "+why) },
	}
}

func read(t testing.TB, path string) found {
	t.Helper()
	var f found
	if err := Read(context.Background(), path, readAt, f.hand()); err != nil {
		t.Fatal(err)
	}
	return f
}

// written writes a file of a collection and reads it.
func written(t testing.TB, name, content string) found {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return read(t, path)
}

const sentence = "The embassy opened a reading room in the regional library on Friday, and lessons are free of charge for pupils of the town. "

func page(title string) string {
	return `<html lang="en"><head><meta charset="utf-8"><title>` + title + `</title><meta property="article:published_time" content="2026-11-20T10:00:00+05:00"></head><body><nav><a href="/">Home</a></nav><article><h1>` + title + `</h1><p>` +
		strings.Repeat(sentence, 4) + `</p></article></body></html>`
}

func TestASavedPageKeepsItsAddress(t *testing.T) {
	f := written(t, "page.html", "<!DOCTYPE html>\n<!-- saved from url=(0030)https://tong.example/news/1 -->\n"+page("A reading room"))
	if len(f.items) != 1 {
		t.Fatalf("%+v", f)
	}
	it := f.items[0]
	if it.URL != "https://tong.example/news/1" || it.Title != "A reading room" || !strings.HasPrefix(it.Text, "The embassy") || it.Published.IsZero() || it.Lang != "en" {
		t.Errorf("%+v", it)
	}
}

func TestATextMaySayWhereItIsFrom(t *testing.T) {
	f := written(t, "note.txt", "URL: https://tong.example/news/2\nDate: 20 November 2026\nOutlet: tong\n\nA new course\n\nThe course begins\nin spring.\n")
	if len(f.items) != 1 {
		t.Fatalf("%+v", f)
	}
	it := f.items[0]
	if it.URL != "https://tong.example/news/2" || it.Outlet != "tong" || it.Title != "A new course" || it.Text != "The course begins\nin spring." || it.Published.Format("2006-01-02") != "2026-11-20" {
		t.Errorf("%+v", it)
	}
	russian, err := charmap.Windows1251.NewEncoder().String("Новый центр\nМинистерство сообщило об открытии нового центра культуры: курсы бесплатны.")
	if err != nil {
		t.Fatal(err)
	}
	f = written(t, "note.txt", russian)
	if len(f.items) != 1 || f.items[0].Title != "Новый центр" || f.items[0].GUID != "file:note.txt" {
		t.Errorf("an old encoding: %+v", f.items)
	}
}

func TestLinesOfJSONAreReadWhateverTheirFieldsAreCalled(t *testing.T) {
	f := written(t, "items.jsonl", `{"url":"https://a.example/1","title":"One","text":"The text of one.","published":"2026-11-20T10:00:00Z","authors":["Ada"],"lang":"en"}

{"link":"https://a.example/2","headline":"Two","body":"The text of two.","date":"2026-11-21"}
{"title":"Nothing"}
not json
{"id":"demo-1","lang":"en","title":"Three","body":"The text of three."}
`)
	if len(f.items) != 3 || f.items[0].Authors[0] != "Ada" || f.items[1].Title != "Two" || !f.items[1].DayOnly || f.items[2].GUID != "demo-1" {
		t.Errorf("%+v", f.items)
	}
	if len(f.left) != 2 || !strings.HasPrefix(f.left[0], "items.jsonl:4: no text") || !strings.HasPrefix(f.left[1], "items.jsonl:5: ") {
		t.Errorf("%q", f.left)
	}
	if f = written(t, "list.json", "[\n {\"title\":\"One\",\"text\":\"The text.\"},\n {\"title\":\"Two\",\"text\":\"The text, too.\"}\n]"); len(f.items) != 2 {
		t.Errorf("a list: %+v", f)
	}
}

// record writes a record of a web archive.
func record(kind, target, contentType, block string) string {
	head := fmt.Sprintf("WARC/1.1\r\nWARC-Type: %s\r\nWARC-Date: 2026-11-22T08:00:00Z\r\nContent-Type: %s\r\nContent-Length: %d\r\n", kind, contentType, len(block))
	if target != "" {
		head += "WARC-Target-URI: " + target + "\r\n"
	}
	return head + "\r\n" + block + "\r\n\r\n"
}

func response(contentType, body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", contentType, len(body), body)
}

func zipped(t testing.TB, members ...string) string {
	t.Helper()
	var out bytes.Buffer
	for _, m := range members { // each record is a member of its own, as crawlers write them
		w := gzip.NewWriter(&out)
		if _, err := w.Write([]byte(m)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

func TestAWebArchiveGivesItsPages(t *testing.T) {
	body := page("Two")
	chunked := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(zipped(t, body)), zipped(t, body))
	members := []string{
		record("warcinfo", "", "application/warc-fields", "software: x\r\n"),
		record("request", "https://a.example/1", "application/http; msgtype=request", "GET /1 HTTP/1.1\r\n\r\n"),
		record("response", "https://a.example/1", "application/http; msgtype=response", response("text/html; charset=utf-8", page("One"))),
		record("response", "<https://a.example/2>", "application/http; msgtype=response", chunked),
		record("response", "https://a.example/x.png", "application/http; msgtype=response", response("image/png", "\x89PNG")),
		record("response", "https://a.example/gone", "application/http; msgtype=response", "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone"),
		record("response", "dns:a.example", "text/dns", "127.0.0.1"),
		record("resource", "https://a.example/3", "text/html", page("Three")),
	}
	for name, content := range map[string]string{"a.warc": strings.Join(members, ""), "a.warc.gz": zipped(t, members...)} {
		f := written(t, name, content)
		got := ""
		for _, it := range f.items {
			got += it.Title + " " + it.URL + "\n"
		}
		if want := "One https://a.example/1\nTwo https://a.example/2\nThree https://a.example/3\n"; got != want || len(f.left) != 0 {
			t.Errorf("%s: got\n%sleft %q", name, got, f.left)
		}
	}
}

func TestACutWebArchiveGivesWhatIsWhole(t *testing.T) {
	whole := record("resource", "https://a.example/1", "text/html", page("One")) + record("resource", "https://a.example/2", "text/html", page("Two"))
	f := written(t, "cut.warc", whole[:len(whole)-100])
	if len(f.items) != 1 || len(f.left) != 1 || !strings.Contains(f.left[0], "broken from here on") {
		t.Errorf("%d items, %q", len(f.items), f.left)
	}
}

func TestADirectoryIsReadWhole(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"a/one.html": page("One"), "a/two.txt": "Two\nThe text of two.", ".git/x.txt": "Hidden\nNot read.", "empty.txt": "", "b.jsonl": `{"title":"Three","text":"The text."}`,
		"feed.xml": `<rss version="2.0"><channel><item><title>Four</title><link>https://a.example/4</link><description>The text of four.</description></item></channel></rss>`,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/hostname", filepath.Join(dir, "leads-out.txt")); err != nil {
		t.Fatal(err)
	}
	f := read(t, dir)
	var titles []string
	for _, it := range f.items {
		titles = append(titles, it.Title)
	}
	slices.Sort(titles)
	if !slices.Equal(titles, []string{"Four", "One", "Three", "Two"}) || len(f.left) != 1 {
		t.Errorf("%q, left %q", titles, f.left)
	}
	if i := slices.IndexFunc(f.items, func(it news.Item) bool { return it.Title == "Two" }); f.items[i].GUID != "file:a/two.txt" {
		t.Errorf("a text is known by its place in the collection: %q", f.items[i].GUID)
	}
}

func TestFeedListsAreReadAndBounded(t *testing.T) { // X22
	list := `<?xml version="1.0" encoding="utf-8"?><opml version="1.1"><body>
<outline text="Uzbekistan"><outline text="Tong" type="rss" xmlUrl="https://tong.example/rss?a=1&amp;b=2" htmlUrl="https://tong.example/"/>
<outline title="Inside" xmlUrl="javascript:alert(1)"/><outline title="File" xmlUrl="file:///etc/passwd"/></outline>
<OUTLINE text="Kanal" type="link" kind="telegram" url="https://t.me/s/tong"/></body></opml>`
	f := written(t, "feeds.opml", list)
	if len(f.feeds) != 2 || f.feeds[0].URL != "https://tong.example/rss?a=1&b=2" || f.feeds[0].Folder != "Uzbekistan" || f.feeds[1].Kind != news.Telegram || f.feeds[1].Folder != "" {
		t.Errorf("%+v", f.feeds)
	}
	if len(f.left) != 2 {
		t.Errorf("%q", f.left)
	}
	long := written(t, "long.opml", `<opml><body>`+strings.Repeat(`<outline text="a" xmlUrl="https://a.example/"/>`, 100_000)+`</body></opml>`)
	if len(long.feeds) != mostOutlines || len(long.left) != 1 {
		t.Errorf("%d feeds of 100,000; %q", len(long.feeds), long.left)
	}
	deep := written(t, "deep.opml", `<opml><body>`+strings.Repeat(`<outline text="a">`, 1000)+`</body></opml>`)
	if len(deep.left) != 1 {
		t.Errorf("a thousand outlines inside each other: %q", deep.left)
	}
}

func TestWhatIsWrittenAsOPMLIsReadAgain(t *testing.T) {
	want := []Feed{
		{Title: `Tong "1" <&>`, URL: "https://tong.example/rss?a=1&b=2", Kind: news.Feed, Language: "uz", Folder: "Tong"},
		{Title: "Listing", URL: "https://tong.example/news", Kind: news.Page, Folder: "Tong"},
	}
	var out bytes.Buffer
	if err := WriteOPML(&out, "Silkwire", []Folder{{Title: "Tong", Feeds: want}}); err != nil {
		t.Fatal(err)
	}
	if f := written(t, "out.opml", out.String()); !slices.Equal(f.feeds, want) {
		t.Errorf("%+v\n%s", f.feeds, out.String())
	}
}

// stream reads bytes as a file.
func stream(data []byte) (found, error) {
	var f found
	r := &reader{ctx: context.Background(), at: readAt, hand: f.hand()}
	err := r.stream(bytes.NewReader(data), "fuzz", "fuzz")
	return f, err
}

// Whatever stands in a collection, what is handed on is text with an identity,
// and nothing but http and https has an address.
func FuzzCollection(f *testing.F) {
	for _, s := range []string{
		record("resource", "https://a.example/1", "text/html", page("One")), `{"title":"a","text":"b"}`, "URL: https://a.example\n\nTitle\n\nText.", page("One"),
		`<opml><body><outline text="Tong" xmlUrl="https://tong.example/rss"/></body></opml>`, "[{}]", "WARC/1.0\r\nContent-Length: 99999999999999999999\r\n\r\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := stream(data)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range got.items {
			if it.URL == "" && it.GUID == "" || it.Body() == "" || !utf8.ValidString(it.Title) || !utf8.ValidString(it.Text) {
				t.Errorf("%+v", it)
			}
			if it.URL != "" && !strings.HasPrefix(strings.ToLower(it.URL), "http") {
				t.Errorf("the address %q", it.URL)
			}
		}
		for _, x := range got.feeds {
			if !strings.HasPrefix(strings.ToLower(x.URL), "http") {
				t.Errorf("the feed %q", x.URL)
			}
		}
		if len(got.feeds) == 0 {
			return
		}
		var out bytes.Buffer // what was read is written and read again
		if err := WriteOPML(&out, "x", []Folder{{Title: "x", Feeds: got.feeds}}); err != nil {
			t.Fatal(err)
		}
		again, err := stream(out.Bytes())
		if err != nil || len(again.feeds) != len(got.feeds) {
			t.Errorf("%d feeds became %d: %s", len(got.feeds), len(again.feeds), out.String())
		}
	})
}
