package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"silkwire/store"
	"silkwire/trust"
)

func TestADemoFindsEverythingOnceAndNothingTwice(t *testing.T) {
	t.Parallel()
	long(t)
	dir := t.TempDir()
	out := silkwire(t, "demo", "--once", "--dir", dir, "--listen", "127.0.0.1:0").must(t, 0)
	for _, words := range []string{"113 new items in 11 languages and scripts", "of the year before", "Slowest sources:", "In trouble: aral-meridian", "China", "education", "Digest: ", "SILKWIRE_ARCHIVE=bolt://"} {
		if !strings.Contains(out, words) {
			t.Errorf("it does not tell %q:\n%s", words, out)
		}
	}
	archive := "SILKWIRE_ARCHIVE=bolt://" + filepath.ToSlash(filepath.Join(dir, "silkwire.db"))
	var stats store.Stats
	if err := json.Unmarshal([]byte(silkwire(t, "archive", "stats", "--json").with(archive).must(t, 0)), &stats); err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "ru", "uz-Latn", "uz-Cyrl", "kk", "ky", "tg", "tk", "tr", "zh", "fa"} {
		if stats.Languages[lang] < 5 {
			t.Errorf("%d items in %s", stats.Languages[lang], lang)
		}
	}
	if stats.Relevant*3 < stats.Items*3/2 || stats.Relevant == stats.Items {
		t.Errorf("%d of %d items are relevant", stats.Relevant, stats.Items)
	}
	digestLies(t, filepath.Join(dir, "digests"))
	trustIsMeasured(t, archive)

	again := silkwire(t, "demo", "--once", "--dir", dir, "--listen", "127.0.0.1:0").must(t, 0)
	if !strings.Contains(again, "Nothing new: the archive already holds all 113 items of today's press, and ") {
		t.Errorf("a second run does not say that nothing is new:\n%s", again)
	}
	digestLies(t, filepath.Join(dir, "digests")) // none is told a second time
}

// trustIsMeasured wants precision and recall that a machine could have: neither
// unknown nor perfect.
func trustIsMeasured(t *testing.T, archive string) {
	t.Helper()
	var whole trust.Whole
	if err := json.Unmarshal([]byte(silkwire(t, "review", "stats", "--json").with(archive).must(t, 0)), &whole); err != nil {
		t.Fatal(err)
	}
	for name, e := range map[string]*trust.Estimate{"precision": whole.Tags.Precision, "recall": whole.Tags.Recall} {
		if e == nil || e.Value < .5 || e.Value > .99 {
			t.Errorf("the %s of tags is %+v", name, e)
		}
	}
}

// digestLies wants today's edition and those of mornings before, one for a day,
// in all their forms, and today's with evidence.
func digestLies(t *testing.T, dir string) {
	t.Helper()
	for _, ending := range []string{".html", ".txt", ".eml"} {
		files, err := filepath.Glob(filepath.Join(dir, "????-??-??-daily"+ending))
		if err != nil || len(files) < 4 || len(files) > pastMornings+1 {
			t.Fatalf("%s: %q, %v", ending, files, err)
		}
		if other, err := filepath.Glob(filepath.Join(dir, "*"+ending)); err != nil || len(other) != len(files) {
			t.Errorf("a day has two editions, or another profile one: %q, %v", other, err)
		}
		today := slices.Max(files)
		content, err := os.ReadFile(today)
		if err != nil {
			t.Fatal(err)
		}
		if len(content) < 10_000 {
			t.Errorf("%s has %d bytes", today, len(content))
		}
		if ending == ".html" && !strings.Contains(string(content), "Confucius") {
			t.Errorf("%s tells nothing of what the demo published", today)
		}
	}
}

func TestADemoAnswersWhileItWorks(t *testing.T) {
	t.Parallel()
	began := time.Now()
	p := silkwire(t, "demo", "--dir", t.TempDir(), "--listen", "127.0.0.1:0").begin(t)
	address := p.address(t)
	p.answers(t, address, "/healthz", 200)
	if took := time.Since(began); took > promised(2*time.Second) {
		t.Errorf("/healthz answered after %v", took)
	}
	if code, _ := get(address, "/readyz"); code != 503 {
		t.Errorf("/readyz is %d before the first round has begun", code)
	}
	p.answers(t, address, "/status", 200)
	p.answers(t, address, "/readyz", 200)
	if took := time.Since(began); took > promised(32*time.Second) {
		t.Errorf("/readyz answered after %v", took)
	}
	for path, words := range map[string]string{"/": "Confucius", "/status": "Steppe Courier", "/metrics": "silkwire_build_info", "/api/v1/status": `"aral-meridian"`} {
		if code, body := get(address, path); code != 200 || !strings.Contains(body, words) {
			t.Errorf("%s: %d, without %q", path, code, words)
		}
	}
	if code, body := get(address, "/readyz?verbose"); code != 200 || !strings.Contains(body, "[+] archive ok") {
		t.Errorf("/readyz?verbose: %d %s", code, body)
	}
	_, metrics := get(address, "/metrics")
	for _, name := range alertsUse(t) {
		if !strings.Contains(metrics, "\n"+name) {
			t.Errorf("contrib/alerts.yaml looks at %s, which there is not", name)
		}
	}
	p.signal(t, syscall.SIGINT)
	p.endsWith(t, 0, 20*time.Second)
	if !strings.Contains(p.out.String(), "until you press Ctrl-C") {
		t.Errorf("it does not say how to end it:\n%s", p.out)
	}
}

func TestASecondDemoLeavesTheFirstAlone(t *testing.T) {
	t.Parallel()
	long(t)
	dir := t.TempDir()
	p := silkwire(t, "demo", "--dir", dir, "--listen", "127.0.0.1:0").begin(t)
	address := p.address(t)
	p.answers(t, address, "/readyz", 200)
	places, err := os.ReadFile(filepath.Join(dir, "places.json"))
	if err != nil {
		t.Fatal(err)
	}
	other := silkwire(t, "demo", "--once", "--dir", dir, "--listen", "127.0.0.1:0")
	other.must(t, exitTemporary)
	if !strings.Contains(other.errs.String(), "in use by process") {
		t.Errorf("it does not say who is there: %s", other.errs)
	}
	after, err := os.ReadFile(filepath.Join(dir, "places.json"))
	if err != nil || string(after) != string(places) {
		t.Errorf("the outlets of the first demo were moved: %v", err)
	}
	p.signal(t, syscall.SIGTERM)
	p.endsWith(t, 0, 20*time.Second)
}
