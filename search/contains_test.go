package search

import (
	"testing"

	"silkwire/news"
)

func TestWordsAreFoundAcrossInflectionsAndScripts(t *testing.T) {
	for _, c := range []struct {
		text, phrase string
		want         bool
	}{
		{"Институты Конфуция открыты", "институт конфуция", true},
		{"Об институте Конфуция", "институт конфуция", true},
		{"Конфуций институтының", "институт", true},
		{"Ўзбекистонда стипендия ажратилди", "oʻzbekiston stipendiya", true},
		{"Oʻzbekistonda stipendiya", "Ўзбекистон", true},
		{"scholarships for Uzbek students", "scholarship", true},
		{"в России", "Россия", true},
		{"чиновник", "чин", false},
		{"turkey shoot", "turk", true},
		{"the loan was cancelled", "cancelled loan", false},
		{"孔子学院在塔什干", "孔子学院", true},
	} {
		it := &news.Item{Text: c.text}
		if got := Contains(it, Fold(c.phrase)); got != c.want {
			t.Errorf("%q in %q: %v", c.phrase, c.text, got)
		}
	}
}
