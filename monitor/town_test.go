package monitor_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"
)

// town is a world of outlets in memory: their servers answer through pipes, so
// that a bubble's clock runs, and write down how they are asked.
type town struct {
	mu     sync.Mutex
	sites  map[string]*site
	down   bool // no network
	conns  int
	score  map[string]int // by fault
	faults []string       // the first of each kind, in words
	count  map[string]int // what is no fault
	agent  string
	born   time.Time // when the process that asks us was started
	raging map[string]time.Time
}

// newTown makes a town without outlets.
func newTown() *town {
	return &town{sites: map[string]*site{}, score: map[string]int{}, count: map[string]int{}, raging: map[string]time.Time{}}
}

// site is the server of one outlet. It publishes an item in each period, or a
// burst of them at its end, shows the latest of them, and an article page for
// each.
type site struct {
	host    string
	begun   time.Time
	until   time.Time // of the last item; zero: none is
	period  time.Duration
	burst   int    // items at once; 0 means 1
	window  int    // items in the feed; 0 means 20
	sources int    // that show the same articles; 0 means 1
	offers  string // validators: both, etag, date, none
	channel string // elements of the channel
	robots  string
	delay   time.Duration // what robots says
	slow    time.Duration // before every answer
	skip    func(time.Time) bool
	header  func(now time.Time) http.Header
	// act replaces what the site would answer; nil leaves it.
	act func(now time.Time, path string) *reply
	// render makes the document of a path beside those every site has.
	render func(now time.Time, path string) string
	// links are further addresses that the site published.
	links  map[string]bool
	polled map[string]bool // documents that are visited again and again

	inside  int
	last    time.Time
	asked   map[string]*record
	refused func(time.Time) bool // connections
}

// record is how one address was asked.
type record struct {
	path      string
	last      time.Time
	bare      time.Time // of the last whole answer, if it offered no validators
	etag      string
	modified  string
	spare     [2]string // validators before those, good again after a crash
	issued    map[string]bool
	notBefore time.Time
	asked     int
	whole     int // answers with everything
}

// reply is an answer.
type reply struct {
	status int
	header http.Header
	body   string
	cut    bool          // the connection ends in the middle of the body
	hang   bool          // no answer at all
	slow   time.Duration // before the answer
	broken bool          // its validators are not to be kept
}

func (w *town) add(s *site) *site {
	if s.window == 0 {
		s.window = 20
	}
	if s.offers == "" {
		s.offers = "both"
	}
	s.asked = map[string]*record{}
	if s.polled == nil {
		s.polled = map[string]bool{"/feed": true}
	}
	w.sites[s.host] = s
	return s
}

// dial is the network.
func (w *town) dial(ctx context.Context, _, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.sites[host]
	switch {
	case w.down || s == nil:
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	case s.refused != nil && s.refused(time.Now()):
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	ours, theirs := net.Pipe()
	w.conns++
	go w.serve(s, theirs)
	return ours, nil
}

// serve answers the requests of one connection.
func (w *town) serve(s *site, conn net.Conn) {
	defer conn.Close() //nolint:errcheck // a pipe
	r := bufio.NewReader(conn)
	for {
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		w.mu.Lock()
		rec := w.enter(s, req)
		a := w.answer(s, req, rec)
		w.mu.Unlock()
		if a.hang {
			_, _ = io.Copy(io.Discard, r) // until the other side gives up
		}
		if a.slow > 0 {
			time.Sleep(a.slow)
		}
		err = write(conn, req, a)
		w.mu.Lock()
		s.inside--
		w.mu.Unlock()
		if err != nil || a.cut || a.hang {
			return
		}
	}
}

func write(conn net.Conn, req *http.Request, a *reply) error {
	if a.hang {
		return errors.New("hung")
	}
	body := []byte(a.body)
	length := int64(len(body))
	if a.cut {
		length, body = length+100, body[:len(body)/2]
	}
	if strings.Contains(req.Header.Get("Accept-Encoding"), "gzip") && len(body) > 2000 && !a.cut {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		if _, err := z.Write(body); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		a.header.Set("Content-Encoding", "gzip")
		body, length = packed.Bytes(), int64(packed.Len())
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "HTTP/1.1 %d %s\r\n", a.status, http.StatusText(a.status))
	if a.status != http.StatusNotModified {
		a.header.Set("Content-Length", fmt.Sprint(length))
	} else {
		body = nil
	}
	if err := a.header.Write(&out); err != nil {
		return err
	}
	out.WriteString("\r\n")
	out.Write(body)
	_, err := conn.Write(out.Bytes())
	return err
}

// items is how many items the site has published.
func (s *site) items(now time.Time) int {
	if s.period == 0 {
		return 3
	}
	if !s.until.IsZero() && now.After(s.until) {
		now = s.until
	}
	return 3 + max(1, s.burst)*int(now.Sub(s.begun)/s.period)
}

func (s *site) published(n int) time.Time {
	burst := max(1, s.burst)
	return s.begun.Add(time.Duration((n-3+burst)/burst-1) * s.period) // the first three before anything else
}

func (s *site) articleURL(n int) string { return fmt.Sprintf("http://%s/article/%d", s.host, n) }

// articles are the addresses of everything published by now.
func (s *site) articles(now time.Time) (out []string) {
	for n := range s.items(now) {
		out = append(out, s.articleURL(n))
	}
	return out
}

// document is what the site has at a path; "" for nothing.
func (s *site) document(now time.Time, path string) string {
	if s.render != nil {
		if body := s.render(now, path); body != "" {
			return body
		}
	}
	var n int
	switch {
	case path == "/robots.txt":
		return s.robots
	case path == "/feed":
		return s.feed(now)
	case len(path) > 9 && path[:9] == "/article/":
		if _, err := fmt.Sscanf(path, "/article/%d", &n); err == nil && n < s.items(now) {
			return s.article(n)
		}
	}
	return ""
}

func (s *site) feed(now time.Time) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>` + s.host + `</title><link>http://` + s.host + `/</link>` + s.channel)
	for n := s.items(now) - 1; n >= max(0, s.items(now)-s.window); n-- {
		fmt.Fprintf(&b, "<item><title>%s</title><link>%s?utm_source=rss</link><guid isPermaLink=\"false\">%s-%d</guid><pubDate>%s</pubDate><description>The council met.</description></item>",
			s.title(n), s.articleURL(n), s.host, n, s.published(n).Format(time.RFC1123Z))
	}
	b.WriteString("</channel></rss>")
	return b.String()
}

func (s *site) title(n int) string { return fmt.Sprintf("Report %d of %s", n, s.host) }

func (s *site) article(n int) string {
	return fmt.Sprintf(`<html lang="en"><head><title>%s</title></head><body><nav><a href="/">Home</a></nav><article><h1>%s</h1><p>%s</p><p>%s</p></article></body></html>`,
		s.title(n), s.title(n), s.paragraph(n, 3), s.paragraph(n+1, 4))
}

func (s *site) paragraph(n, sentences int) string {
	var b strings.Builder
	for i := range sentences {
		fmt.Fprintf(&b, "In session %d the council of %s heard %d speakers on the new library, and put the vote off until the week after. ", n, s.host, n*7%23+i)
	}
	return b.String()
}

// validators of a document: they change with what is published.
func (s *site) validators(now time.Time, path, body string) (etag, modified string) {
	if s.offers == "both" || s.offers == "etag" {
		etag = fmt.Sprintf(`W/"%d-%d, odd one%s"`, len(body), s.items(now), path)
	}
	if s.offers == "both" || s.offers == "date" {
		modified = s.published(s.items(now) - 1).Format("Mon, 2 Jan 2006 15:04:05 +0000") // not as RFC 9110 has it
	}
	return etag, modified
}
