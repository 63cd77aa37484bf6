package taxonomy

import "testing"

func TestTheEmbeddedTaxonomyIsSound(t *testing.T) {
	tax, err := Default()
	if err != nil {
		t.Fatalf("the embedded taxonomy has mistakes:\n%v", err)
	}
	if len(tax.Concepts) < 50 {
		t.Errorf("only %d concepts", len(tax.Concepts))
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Default(); err != nil {
			b.Fatal(err)
		}
	}
}
