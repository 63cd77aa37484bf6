package bolt

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"silkwire/store"
)

var update = flag.Bool("update", false, "write the archive fixture of this schema anew")

func fixture(schema int) string {
	return filepath.Join("testdata", fmt.Sprintf("archive-%d.db", schema))
}

// TestFixturesOfEverySchemaOpen is the upgrade test: an archive that a release
// with an older schema left opens in this one with everything in it. A new
// schema adds a fixture (go test ./store/bolt -run TestFixture -update) and
// never changes an old one.
func TestFixturesOfEverySchemaOpen(t *testing.T) { // D18
	if *update {
		writeFixture(t)
	}
	for schema := 1; schema <= Schema; schema++ {
		content, err := os.ReadFile(fixture(schema))
		if err != nil {
			t.Fatal(err)
		}
		p := filepath.Join(t.TempDir(), "silkwire.db")
		if err := os.WriteFile(p, content, 0o600); err != nil {
			t.Fatal(err)
		}
		s := open(t, p, Options{})
		checks(t, s)
		wantFilled(t, s)
		save(t, s, items(50, 60)...) // and is written to
		checks(t, s)
	}
}

func writeFixture(t *testing.T) {
	t.Helper()
	s := open(t, path(t), Options{Now: noon})
	fill(t, s)
	if _, err := s.BackupFile(context.Background(), fixture(Schema)); err != nil {
		t.Fatal(err)
	}
}

// wantFilled asks for what fill put there.
func wantFilled(t *testing.T, s *Store) {
	t.Helper()
	ctx := context.Background()
	want := item(7)
	want.Sources = append(want.Sources, want.Source)
	got, err := s.Item(ctx, want.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	revisions, err := s.Revisions(ctx, item(3).ID)
	if err != nil || len(revisions) != 1 || revisions[0].Title != item(3).Title {
		t.Errorf("revisions %+v, %v", revisions, err)
	}
	for q, n := range map[string]int{"": 50, "is:relevant": 25, "concept:concept-7": 1, "scholarship number": 50, "corrected": 1, "country:uz lang:en": 50, "to:uzbekistan concept:concept-8": 1} {
		page, err := s.Find(ctx, store.Query{Search: query(t, q), Count: true})
		if err != nil || page.Total != n {
			t.Errorf("%q finds %d, %v; want %d", q, page.Total, err, n)
		}
	}
	if outbox, err := s.Outbox(ctx); err != nil || len(outbox) != 1 || string(outbox[0].Body) != "Hello" {
		t.Errorf("outbox %+v, %v", outbox, err)
	}
	if run, err := s.LastRun(ctx, "visit b"); err != nil || !run.Due.Equal(noon()) {
		t.Errorf("run %+v, %v", run, err)
	}
	if state, err := s.Source(ctx, "uz-one-feed"); err != nil || state.ID != "uz-one-feed" {
		t.Errorf("state %+v, %v", state, err)
	}
}
