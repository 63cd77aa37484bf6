package fetcher

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"silkwire/fetcher/extract"
	"silkwire/news"
)

// fixture is one file of the feed corpus with what it must give.
type fixture struct {
	path        string
	data        []byte
	contentType string
	location    string
	expect      string
}

var (
	headerLine = regexp.MustCompile(`(?mi)^\s*Header:\s*([\w-]+):\s*(.*?)\s*$`)
	expectLine = regexp.MustCompile(`(?m)^\s*Expect:\s*(.*?)\s*$`)
	claim      = regexp.MustCompile(`^entries\[(\d+)\](.+?) == (.+)$`)
)

func fixtures(t *testing.T, folder string) []fixture {
	t.Helper()
	root := filepath.Join("..", "..", "shared", "corpora", "feeds", "feedparser", folder)
	if _, err := os.Stat(root); err != nil {
		t.Skip("no corpus beside the repository")
	}
	var out []fixture
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".xml") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		f := fixture{path: path, data: data, location: "http://127.0.0.1:8097/"}
		text := string(decode(data, "").Text)
		if m := expectLine.FindStringSubmatch(text); m != nil {
			f.expect = strings.TrimPrefix(m[1], "not bozo and ")
		}
		for _, m := range headerLine.FindAllStringSubmatch(text, -1) {
			switch strings.ToLower(m[1]) {
			case "content-type":
				f.contentType = m[2]
			case "content-location":
				f.location = m[2]
			}
		}
		out = append(out, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// judge evaluates the part of an expectation that speaks of what an item keeps.
// spoken is false when it speaks of other things.
func (f fixture) judge(doc Document) (spoken, met bool, why string) {
	for part := range strings.SplitSeq(f.expect, " and ") {
		m := claim.FindStringSubmatch(part)
		if m == nil {
			continue
		}
		want, ok := pythonString(m[3])
		index, _ := strconv.Atoi(m[1])
		field := strings.NewReplacer("['", ".", "']", "", "[", ".", "]", "").Replace(m[2])
		if !ok && !strings.HasSuffix(field, "_parsed") {
			continue
		}
		if index >= len(doc.Items) {
			return true, false, "no such item"
		}
		got, wanted, speaks := compare(doc.Items[index], field, want, m[3])
		if !speaks {
			continue
		}
		spoken = true
		if got != wanted && got != want { // markup in what is wanted is dropped, unless it is none
			return true, false, field + ": got " + strconv.Quote(got) + ", want " + strconv.Quote(wanted)
		}
	}
	return spoken, true, ""
}

// compare gives both sides of a comparison in the form in which items keep it.
func compare(it news.Item, field, want, raw string) (got, wanted string, speaks bool) {
	switch strings.ToLower(field) {
	case ".title", ".title_detail.value":
		return it.Title, extract.Line(want), true
	case ".link", ".links.0.href":
		return it.URL, want, strings.HasPrefix(want, "http")
	case ".id", ".guid":
		return first(it.GUID, it.URL), want, true
	case ".summary", ".description", ".summary_detail.value":
		return first(it.Summary, it.Text), extract.Text(want), true
	case ".content.0.value":
		return first(it.Text, it.Summary), extract.Text(want), true
	case ".author", ".author_detail.name", ".authors.0.name":
		return strings.Join(it.Authors, ", "), personName(want), true
	case ".author_detail.email":
		return strings.Join(it.Authors, ", "), want, len(it.Authors) == 1 && strings.Contains(it.Authors[0], "@")
	case ".tags.0.term", ".category", ".categories.0.1":
		return strings.Join(it.Categories, ", "), want, len(it.Categories) == 1
	case ".updated_parsed", ".published_parsed", ".created_parsed", ".modified_parsed", ".date_parsed":
		return it.Published.UTC().Format("2006-01-02T15:04:05"), pythonTime(raw), true
	}
	return "", "", false
}

var numberRun = regexp.MustCompile(`\d+`)

func pythonTime(s string) string {
	n := numberRun.FindAllString(s, 6)
	if len(n) < 6 {
		return s
	}
	var v [6]int
	for i := range n {
		v[i], _ = strconv.Atoi(n[i])
	}
	return time.Date(v[0], time.Month(v[1]), v[2], v[3], v[4], v[5], 0, time.UTC).Format("2006-01-02T15:04:05")
}

// pythonString reads a string literal of Python.
func pythonString(s string) (string, bool) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "u")
	if len(s) < 2 || s[0] != s[len(s)-1] || s[0] != '\'' && s[0] != '"' {
		return "", false
	}
	inner := s[1 : len(s)-1]
	if s[0] == '\'' {
		inner = strings.ReplaceAll(strings.ReplaceAll(inner, `\'`, `'`), `"`, `\"`)
	}
	out, err := strconv.Unquote(`"` + latinEscapes(inner) + `"`)
	return out, err == nil
}

var byteEscape = regexp.MustCompile(`\\x([0-9a-f]{2})`)

// latinEscapes turns \xe9, a character in Python, into Go's \u00e9.
func latinEscapes(s string) string { return byteEscape.ReplaceAllString(s, `\u00$1`) }

// exceptions are fixtures that Silkwire reads otherwise, and why.
var exceptions = map[string]string{
	"bozo_linenoise.xml": "bytes that are text in no encoding; the fixture wants the markup among them dropped",
}

func TestTheFeedCorpusIsRead(t *testing.T) {
	for _, set := range []struct {
		folder string
		share  float64
	}{{"wellformed", 0.98}, {"illformed", 0.9}, {"encoding", 0.9}} {
		t.Run(set.folder, func(t *testing.T) {
			spoken, met := 0, 0
			for _, f := range fixtures(t, set.folder) {
				doc, err := ParseFile(f.path, f.data, f.location, f.contentType, time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
				speaks, good, why := f.judge(doc)
				if !speaks || exceptions[filepath.Base(f.path)] != "" {
					continue
				}
				spoken++
				if good {
					met++
					continue
				}
				t.Logf("%s: %s (%v)", filepath.Base(f.path), why, err)
			}
			t.Logf("%s: %d of %d that speak of what is kept", set.folder, met, spoken)
			if float64(met) < set.share*float64(spoken) {
				t.Errorf("%s: %d of %d, want %.0f %%", set.folder, met, spoken, 100*set.share)
			}
		})
	}
}
