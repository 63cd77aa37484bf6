package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"silkwire/config"
)

// newcomer is a site that nobody has configured.
func newcomer(t *testing.T, asked *atomic.Int64) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`<html lang="en"><head><title>Newcomer</title><link rel="alternate" type="application/rss+xml" href="/feed"></head><body></body></html>`))
	})
	mux.HandleFunc("GET /feed", func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.Header().Set("ETag", `"one"`)
		if r.Header.Get("If-None-Match") == `"one"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		answerFeed(w, r)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

// What discover prints is a configuration that check accepts and that visits.
func TestADiscoveredSiteIsAConfiguration(t *testing.T) {
	long(t)
	var asked atomic.Int64
	server := newcomer(t, &asked)
	s := newSite(t)
	out := s.silkwire(t, "discover", server.URL).must(t, exitOK)
	if !strings.Contains(out, "kind: feed") || !strings.Contains(out, "name: Newcomer") || !strings.Contains(out, "languages: [en]") {
		t.Errorf("printed\n%s", out)
	}
	whole := strings.Replace(string(config.Print(s.cfg)), "outlets: []\n", out, 1)
	file := filepath.Join(s.dir, "discovered.yaml")
	if err := os.WriteFile(file, []byte(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := silkwire(t, "-c", file, "check").must(t, exitOK); !strings.Contains(out, "1 outlets, 1 sources, 1 of them enabled") {
		t.Errorf("check says\n%s", out)
	}
}

// A source is added to a daemon while it runs, which shows it and goes on with
// it; a source that is no feed is not added.
func TestASourceIsAddedToARunningDaemon(t *testing.T) {
	long(t)
	var asked atomic.Int64
	server := newcomer(t, &asked)
	s := newSite(t, oneOutlet(t, "old", answerFeed))
	p, address := s.serve(t)
	if out := s.silkwire(t, "source", "add", server.URL+"/feed", "--id", "new-feed", "--languages", "en").must(t, exitOK); !strings.Contains(out, "first visit: ok, 1 items") {
		t.Errorf("%s", out)
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("%d requests: trying it is its first visit (politeness 3)", n)
	}
	if body := p.answers(t, address, "/api/v1/sources", http.StatusOK); !strings.Contains(body, `"new-feed"`) {
		t.Errorf("the API does not know it: %.500s", body)
	}
	if out := s.silkwire(t, "source", "add", server.URL+"/", "--kind", "feed", "--id", "no-feed").must(t, exitFailure); strings.Contains(out, "added") {
		t.Errorf("%s", out)
	}
	list := s.silkwire(t, "source", "list").must(t, exitOK)
	if !strings.Contains(list, "new-feed") || strings.Contains(list, "no-feed") {
		t.Errorf("listed\n%s", list)
	}
	p.stop(t)
	if list := s.silkwire(t, "source", "list").must(t, exitOK); !strings.Contains(list, "new-feed") {
		t.Errorf("after a restart\n%s", list)
	}
}
