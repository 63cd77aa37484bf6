package tally

import (
	"strings"
	"testing"
	"unicode/utf8"

	"silkwire/news"
	"silkwire/search"
)

func TestAConcordanceShowsEveryInflectionInItsCompany(t *testing.T) {
	it := news.Item{ID: "i", Title: "Стипендии для Оша", Text: "В Оше вручили стипендии.\nСтипендий стало больше, сообщил вуз."}
	q, err := search.Parse("стипендия", nil)
	if err != nil {
		t.Fatal(err)
	}
	var hits []string
	for _, l := range Concord(&it, q) {
		hits = append(hits, l.Before+"|"+l.Hit+"|"+l.After)
	}
	want := "|Стипендии|для Оша;В Оше вручили|стипендии|.;|Стипендий|стало больше, сообщил вуз."
	if got := strings.Join(hits, ";"); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestAConceptIsShownWhereItsEvidenceIs(t *testing.T) {
	it := news.Item{Text: "Xitoy va Konfutsiy instituti", Tagging: news.Tagging{Tags: []news.Tag{
		{Concept: "confucius-institute", Evidence: []news.Evidence{{Field: "body", Start: 9, End: 28}, {Field: "body", Start: 0, End: 999}}},
		{Concept: "china", Evidence: []news.Evidence{{Field: "body", Start: 0, End: 5}}},
	}}}
	lines := Concord(&it, search.Query{Root: search.Concept{Any: []news.ConceptID{"confucius-institute"}}})
	if len(lines) != 1 || lines[0].Hit != "Konfutsiy instituti" || lines[0].Before != "Xitoy va" {
		t.Errorf("%+v", lines)
	}
}

func TestLinesAreSortedByTheNearestWord(t *testing.T) {
	lines := []Line{{Before: "a zebra", After: "x"}, {Before: "z apple", After: "y"}, {Before: "m Mango", After: "a"}}
	SortLines(lines, "before")
	if lines[0].Before != "z apple" || lines[1].Before != "m Mango" {
		t.Errorf("%v", lines)
	}
	SortLines(lines, "after")
	if lines[0].After != "a" {
		t.Errorf("%v", lines)
	}
}

func FuzzConcordanceLinesComeFromTheText(f *testing.F) {
	f.Add("Стипендии для Оша, стипендий\nмного", "стипендия")
	f.Add(strings.Repeat("слово ", 60)+"孔子学院"+strings.Repeat("字", 90), "孔子学院")
	f.Fuzz(func(t *testing.T, s, phrase string) {
		words := search.Fold(phrase)
		it := news.Item{Text: s}
		for _, l := range Concord(&it, search.Query{Root: search.Words(words)}) {
			if !strings.Contains(s, l.Hit) || utf8.ValidString(s) && !utf8.ValidString(l.Before+l.Hit+l.After) {
				t.Errorf("%q is cut into %q %q %q", s, l.Before, l.Hit, l.After)
			}
			for _, part := range []string{l.Before, l.After} {
				if !strings.Contains(s, strings.Trim(part, "…")) {
					t.Errorf("%q is not in %q", part, s)
				}
			}
		}
	})
}
