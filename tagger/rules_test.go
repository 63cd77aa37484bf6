package tagger

import (
	"testing"
	"testing/fstest"

	"silkwire/news"
	"silkwire/taxonomy"
)

// A term may ask for two things in its sentence: that something falls, and
// whose it is.
func TestATermAsksForTwoThingsInItsSentence(t *testing.T) {
	tax, err := taxonomy.Load(fstest.MapFS{"a.yaml": &fstest.MapFile{Data: []byte(`
facet: reception
lists:
  falling: {en: [fading, waning]}
concepts:
  - id: loss
    terms: {en: [{t: charm, near: ["@falling"], also_near: [Moscow, Ankara]}]}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	tg, err := New(tax)
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]int{
		"The charm of Moscow is fading in the capital and in the villages.":     1,
		"The charm of the old garden is fading.":                                0,
		"The charm of Moscow is what the guests praise.":                        0,
		"The charm of the old garden is fading. Moscow was not spoken of here.": 0,
	} {
		if tags := tg.Tag(&news.Item{Text: body, Lang: "en"}).Tags; len(tags) != want {
			t.Errorf("%q has %d tags, want %d", body, len(tags), want)
		}
	}
}
