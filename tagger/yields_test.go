package tagger

import (
	"slices"
	"testing"

	"silkwire/news"
	"silkwire/taxonomy"
)

// Money for something is told by what it is for; where nothing more is said,
// the money is all there is to tell.
func TestWhatSaysMoreTakesThePlaceOfWhatSaysLess(t *testing.T) {
	tg := loadTagger(t)
	for body, want := range map[string]bool{
		"Japan will provide a grant of 1.4 billion yen to rebuild bridges in Naryn.":                               false,
		"China will allocate 1.5 billion yuan in grants to Kyrgyzstan.":                                            true,
		"China will allocate 1.5 billion yuan in grants to Kyrgyzstan. Japan will build a school as a gift there.": true, // another sentence
	} {
		tagging := tg.Tag(&news.Item{Text: body, Lang: "en"})
		if got := slices.ContainsFunc(tagging.Tags, func(x news.Tag) bool { return x.Concept == "financial-assistance" }); got != want {
			t.Errorf("%q is financial assistance: %v, want %v", body, got, want)
		}
	}
}

// A visa regime is a kind of public diplomacy, but nobody who reads of visas
// learns anything from "public diplomacy".
func TestAWholeFamilyIsNeverImplied(t *testing.T) {
	tg := loadTagger(t)
	for i := range tg.concepts {
		for _, up := range tg.concepts[i].implies {
			if c := &tg.concepts[up]; c.facet == taxonomy.Instrument && c.family == up {
				t.Errorf("%s implies the family %s", tg.concepts[i].id, c.id)
			}
		}
	}
}

// Students who stand by in an article about something else are no audience.
func TestNobodysAudienceIsNoTag(t *testing.T) {
	tg := loadTagger(t)
	tagging := tg.Tag(&news.Item{
		Title: "Marathon in Almaty", Lang: "en",
		Text: "The marathon was won by a man from Kenya. It rained all day. The streets were closed until three. The organisers thanked 800 student volunteers.",
	})
	if slices.ContainsFunc(tagging.Tags, func(x news.Tag) bool { return x.Concept == "students" }) {
		t.Error("students are an audience of a marathon")
	}
}
