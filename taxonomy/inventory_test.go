package taxonomy

import (
	"os"
	"testing"

	"github.com/goccy/go-yaml"

	"silkwire/news"
)

// The ids of the inventory are a contract: reviews, exports and gold sets refer
// to them. Each is here, in its facet and under its parent.
func TestEveryConceptOfTheInventoryIsHere(t *testing.T) {
	b, err := os.ReadFile("../../shared/taxonomy/inventory.yaml")
	if os.IsNotExist(err) {
		t.Skip("no inventory here")
	}
	if err != nil {
		t.Fatal(err)
	}
	var inventory struct {
		Facets map[Facet][]struct {
			ID     news.ConceptID
			Facet  Facet
			Parent news.ConceptID
		}
	}
	if err := yaml.Unmarshal(b, &inventory); err != nil {
		t.Fatal(err)
	}
	tax, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, facet := range Facets {
		for _, want := range inventory.Facets[facet] {
			seen++
			got, ok := tax.Concept(want.ID)
			switch {
			case !ok:
				t.Errorf("%s is missing", want.ID)
			case got.Facet != facet || got.Facet != want.Facet:
				t.Errorf("%s has the facet %s, want %s", want.ID, got.Facet, want.Facet)
			case got.Parent != want.Parent:
				t.Errorf("%s has the parent %q, want %q", want.ID, got.Parent, want.Parent)
			case got.Added != "":
				t.Errorf("%s counts as added, but the documents name it", want.ID)
			}
		}
	}
	if seen < 500 {
		t.Errorf("only %d concepts were read", seen)
	}
}
