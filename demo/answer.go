package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/http"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"

	"silkwire/news"
)

// robots is what every outlet tells crawlers; there is no page it forbids
// that a visit needs.
const robots = "User-agent: *\nDisallow: /admin/\nDisallow: /search\nAllow: /\n"

// Handler answers for one outlet, whatever host it is asked under. An outlet
// that does not exist has no pages.
func (w *World) Handler(id news.OutletID) http.Handler {
	mux := http.NewServeMux()
	o := w.outlet(id)
	if o == nil {
		return mux
	}
	mux.HandleFunc("GET /robots.txt", func(rw http.ResponseWriter, r *http.Request) {
		w.answer(rw, r, o, "text/plain", []byte(robots))
	})
	mux.HandleFunc("GET /{$}", func(rw http.ResponseWriter, r *http.Request) { w.front(rw, r, o) })
	mux.HandleFunc("GET "+exactly(o.source.URL), func(rw http.ResponseWriter, r *http.Request) { w.source(rw, r, o) })
	if o.article != "" {
		mux.HandleFunc("GET "+o.article+"{number}", func(rw http.ResponseWriter, r *http.Request) { w.article(rw, r, o) })
	}
	return mux
}

// exactly is a pattern for one path; a path that ends in a slash would stand
// for all below it.
func exactly(path string) string {
	if strings.HasSuffix(path, "/") {
		return path + "{$}"
	}
	return path
}

// source answers with the outlet's feed, listing, sitemap or channel.
func (w *World) source(rw http.ResponseWriter, r *http.Request, o *outlet) {
	if o.format == failing {
		fails(rw)
		return
	}
	if !patient(r, o.slow) {
		return
	}
	kind, body, err := w.publish(o, "http://"+r.Host)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	w.answer(rw, r, o, kind, body)
}

// fails is the answer of a server that is broken.
func fails(rw http.ResponseWriter) {
	http.Error(rw, "database connection lost", http.StatusInternalServerError)
}

// patient waits, and reports whether somebody still listens.
func patient(r *http.Request, d time.Duration) bool {
	if d == 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// answer sends a document with its validators, or 304 to who has it already.
func (w *World) answer(rw http.ResponseWriter, r *http.Request, o *outlet, kind string, body []byte) {
	charset := "utf-8"
	if o.charset != "" {
		charset = o.charset
		encoded, err := charmap.Windows1251.NewEncoder().Bytes(body)
		if err != nil {
			http.Error(rw, err.Error(), http.StatusInternalServerError)
			return
		}
		body = encoded
	}
	sum := sha256.Sum256(body)
	header := rw.Header()
	header.Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
	header.Set("Content-Type", mime.FormatMediaType(kind, map[string]string{"charset": charset}))
	header.Set("Cache-Control", "max-age=60")
	http.ServeContent(rw, r, "", w.modified(o), bytes.NewReader(body))
}

// modified is when the outlet published last.
func (w *World) modified(o *outlet) time.Time {
	if stories := w.stories[o.ID]; len(stories) > 0 {
		return stories[0].Published
	}
	return w.now
}
