package taxonomy

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var update = flag.Bool("update", false, "write the compact taxonomy anew")

// fromYAML is the embedded taxonomy read without its compact form.
func fromYAML(t *testing.T) *Taxonomy {
	t.Helper()
	data, err := fs.Sub(embedded, "data")
	if err != nil {
		t.Fatal(err)
	}
	tax, err := Load(data)
	if err != nil {
		t.Fatal(err)
	}
	return tax
}

// The YAML is the taxonomy; what is read in its place must say the same.
func TestTheCompactFormIsUpToDate(t *testing.T) {
	want := fromYAML(t)
	if *update {
		var b bytes.Buffer
		if err := want.writeCompact(&b, want.Version); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("compact.gz", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got := newTaxonomy()
	if err := got.readCompact(compactFile, want.Version); err != nil {
		t.Fatalf("%v: run go generate ./taxonomy", err)
	}
	got.index()
	if !bytes.Equal(packed(want), packed(got)) {
		for i, c := range want.Concepts {
			if i < len(got.Concepts) && !cmp.Equal(c, got.Concepts[i], cmpopts.EquateEmpty()) {
				t.Fatalf("%s differs from the YAML: run go generate ./taxonomy", c.ID)
			}
		}
		t.Error("the compact form differs from the YAML: run go generate ./taxonomy")
	}
}

// packed is all that the compact form says of a taxonomy.
func packed(t *Taxonomy) []byte {
	p := &packer{index: map[string]uint64{}}
	t.pack(p)
	return append(p.out, strings.Join(p.table, "\x00")...)
}

func TestACompactFormOfOtherFilesIsPassedOver(t *testing.T) {
	if err := newTaxonomy().readCompact(compactFile, "another hash"); !errors.Is(err, errStale) {
		t.Errorf("got %v", err)
	}
}

func TestADefaultFromTheCompactFormIsTheSameTaxonomy(t *testing.T) {
	want := fromYAML(t)
	got, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	if got.Version != want.Version || got.Root("confucius-institute") != want.Root("confucius-institute") || len(got.Children("china")) != len(want.Children("china")) {
		t.Errorf("version %s with %d concepts, want %s with %d", got.Version, len(got.Concepts), want.Version, len(want.Concepts))
	}
}
