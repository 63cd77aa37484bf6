package e2e

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// entry is an item as an outlet writes it.
type entry struct {
	Title    string   `xml:"title"`
	Link     string   `xml:"link"`
	GUID     string   `xml:"guid"`
	Author   string   `xml:"http://purl.org/dc/elements/1.1/ creator"`
	Category []string `xml:"category"`
	Summary  string   `xml:"description"`
	Text     string   `xml:"http://purl.org/rss/1.0/modules/content/ encoded"`
	Date     string   `xml:"pubDate"`
}

// outlet serves entries as a feed on loopback, and nothing else.
func outlet(t *testing.T, entries []entry) string {
	t.Helper()
	type channel struct {
		Title string  `xml:"title"`
		Items []entry `xml:"item"`
	}
	feed, err := xml.Marshal(struct {
		XMLName xml.Name `xml:"rss"`
		Version string   `xml:"version,attr"`
		Channel channel  `xml:"channel"`
	}{Version: "2.0", Channel: channel{Title: entries[0].Title, Items: entries}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/feed" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
		_, _ = w.Write(feed)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// newsroom is a daemon with people who sign in and one outlet on loopback,
// whose name is given. It returns when all that the outlet has is kept.
func newsroom(t *testing.T, name string, entries []entry, people map[string]string) *site {
	t.Helper()
	home := t.TempDir()
	file := filepath.Join(home, "silkwire.yaml")
	configuration := fmt.Sprintf(`listen: 127.0.0.1:0
fetch: {min_interval: 2s, host_spacing: 0s, allow_private: [127.0.0.0/8], contact: ops@example.org}
digests: []
outlets:
  - id: loopback
    name: %q
    country: KZ
    languages: [en]
    sources: [{kind: feed, url: %q}]
`, name, outlet(t, entries)+"/feed")
	if err := os.WriteFile(file, []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	for who, role := range people {
		run(t, home, password+"\n", "user", "add", who, "--role", role, "--password-stdin", "-c", file)
	}
	s := startAt(t, home, "serve", "-c", file)
	for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		if kept := strings.Count(run(t, home, "", "search", "--json", "-n", "100", "-c", file, ""), "\n"); kept == len(entries) {
			return s
		} else if time.Now().After(end) {
			t.Fatalf("%d of %d items are kept after %v", kept, len(entries), patience)
		}
	}
}

// password is everybody's.
const password = "caravan saddle melon wind"

// configured is the file that a newsroom runs with.
func (s *site) configured() string { return filepath.Join(s.home, "silkwire.yaml") }
