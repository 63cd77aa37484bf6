package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// What a command prints through the daemon is what it printed, byte for byte:
// a workbook is no text, and a text may be cut within a letter.
func TestBytesThroughTheDaemonStayAsTheyAre(t *testing.T) {
	var want []byte
	for i := range 300_000 {
		want = append(want, byte(i*i>>3))
	}
	want = append(want, strings.Repeat("қ", 50_001)...)
	recorder := httptest.NewRecorder()
	out := (&framer{w: recorder}).stream(false)
	for rest := want; len(rest) > 0; {
		n := min(len(rest), 77_777)
		if written, err := out.Write(rest[:n]); err != nil || written != n {
			t.Fatalf("%d of %d bytes: %v", written, n, err)
		}
		rest = rest[n:]
	}
	zero := 0
	_ = (&framer{w: recorder}).send(frame{Exit: &zero})
	var got bytes.Buffer
	if err := replay(recorder.Body, &stdio{out: &got, err: &got}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%d bytes came of %d, and they are others", got.Len(), len(want))
	}
}

// Who went away is not written to for ever.
func TestACommandEndsWhenNobodyListensAnyMore(t *testing.T) {
	out := (&framer{w: gone{}}).stream(false)
	if _, err := out.Write([]byte("x")); err == nil {
		t.Error("it goes on writing")
	}
}

type gone struct{ http.ResponseWriter }

func (gone) Write([]byte) (int, error) { return 0, http.ErrAbortHandler }
func (gone) Header() http.Header       { return http.Header{} }
func (gone) WriteHeader(int)           {}

// An export is the same with a daemon and without one; so is a workbook, which
// is written to a file and to standard output.
func TestAnExportIsTheSameThroughTheDaemon(t *testing.T) {
	t.Parallel()
	long(t)
	dir := t.TempDir()
	archive := "SILKWIRE_ARCHIVE=bolt://" + filepath.ToSlash(filepath.Join(dir, "silkwire.db"))
	silkwire(t, "demo", "--once", "--dir", dir, "--listen", "127.0.0.1:0").must(t, 0)
	alone := silkwire(t, "export", "-w", "events", "actor:china instrument:education-instrument to:kyrgyzstan").with(archive).must(t, 0)
	codebook := silkwire(t, "export", "codebook").with(archive).must(t, 0)

	p := silkwire(t, "demo", "--dir", dir, "--listen", "127.0.0.1:0").begin(t)
	p.answers(t, p.address(t), "/readyz", 200)
	through := silkwire(t, "export", "-w", "events", "actor:china instrument:education-instrument to:kyrgyzstan").with(archive)
	if diff := cmp.Diff(events(alone), events(through.must(t, 0))); diff != "" {
		t.Error(diff)
	}
	if book := silkwire(t, "export", "codebook").with(archive).must(t, 0); !strings.Contains(book, "#### China") || len(book) != len(codebook) {
		t.Errorf("the codebook has %d bytes, and %d without a daemon", len(book), len(codebook))
	}
	file := filepath.Join(dir, "china.xlsx")
	silkwire(t, "export", "-o", file, "actor:china").with(archive).must(t, 0)
	printed := silkwire(t, "export", "-f", "xlsx", "actor:china").with(archive).must(t, 0)
	onDisk, err := excelize.OpenFile(file)
	if err != nil {
		t.Fatal(err)
	}
	inHand, err := excelize.OpenReader(strings.NewReader(printed))
	if err != nil {
		t.Fatal(err)
	}
	a, _ := onDisk.GetRows("items")
	b, _ := inHand.GetRows("items")
	if len(a) < 100 || len(a) != len(b) {
		t.Errorf("%d rows in the file, %d printed", len(a), len(b))
	}
	_, snapshot, _ := strings.Cut(through.errs.String(), "Snapshot: ")
	snapshot, _, _ = strings.Cut(snapshot, "\n")
	again := silkwire(t, "export", "--snapshot", snapshot).with(archive).must(t, 0)
	if !strings.Contains(again, "The archive still gives the same: the same items") {
		t.Errorf("a snapshot does not hold:\n%s", again)
	}
	silkwire(t, "export", "--snapshot", snapshot[:40]).with(archive).must(t, exitUsage)
}

// A search, and what analysts said, print the same with a daemon and without one.
func TestSearchAndReviewsAreTheSameThroughTheDaemon(t *testing.T) {
	t.Parallel()
	long(t)
	dir := t.TempDir()
	archive := "SILKWIRE_ARCHIVE=bolt://" + filepath.ToSlash(filepath.Join(dir, "silkwire.db"))
	silkwire(t, "demo", "--once", "--dir", dir, "--listen", "127.0.0.1:0").must(t, 0)
	commands := [][]string{
		{"search", "-n", "5", "polarity:rejected actor:china"}, // not --facets: where the outlets of the demo are the daemon alone knows
		{"search", "--json", "is:disputed"},
		{"review", "list", "-n", "7"}, {"review", "stats"}, {"review", "export", "--as", "gold"}, {"review", "export", "--as", "sentences"}, {"review", "export", "--as", "jsonl"},
	}
	var alone []string
	for _, c := range commands {
		alone = append(alone, silkwire(t, c...).with(archive).must(t, 0))
	}
	p := silkwire(t, "demo", "--dir", dir, "--listen", "127.0.0.1:0").begin(t)
	p.answers(t, p.address(t), "/readyz", 200)
	for i, c := range commands {
		if alone[i] == "" {
			t.Errorf("%v prints nothing", c)
		}
		if diff := cmp.Diff(alone[i], silkwire(t, c...).with(archive).must(t, 0)); diff != "" {
			t.Errorf("%v: -alone +through the daemon:\n%s", c, diff)
		}
	}
	silkwire(t, "search", "actor:nobody").with(archive).must(t, exitUsage)
	if !strings.Contains(alone[4], `"main":true`) {
		t.Error("no tag of the gold is main")
	}
}

// events are the first column. The names of the demo's outlets are known to the
// daemon alone, and the last column tells when the file was written.
func events(file string) (ids []string) {
	for line := range strings.SplitSeq(file, "\r\n") {
		id, _, _ := strings.Cut(line, ",")
		ids = append(ids, id)
	}
	return ids
}
