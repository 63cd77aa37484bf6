package search

import (
	"testing"

	"silkwire/news"
)

func TestSpansAreWhereContainsFindsThePhrase(t *testing.T) {
	for _, c := range []struct {
		text, phrase string
		want         []string
	}{
		{"Стипендии, стипендий: без стипендиата", "стипендия", []string{"Стипендии", "стипендий"}},
		{"Toshkentda va Тошкентнинг atrofida", "Toshkent", []string{"Toshkentda", "Тошкентнинг"}},
		{"soft power, soft  Power and softness", "soft power", []string{"soft power", "soft  Power"}},
		{"nothing of it", "loan", nil},
	} {
		spans := Spans(c.text, Fold(c.phrase))
		if len(spans) != len(c.want) {
			t.Errorf("%q in %q: %v", c.phrase, c.text, spans)
			continue
		}
		for i, s := range spans {
			if got := c.text[s.Start:s.End]; got != c.want[i] {
				t.Errorf("%q in %q: %q, want %q", c.phrase, c.text, got, c.want[i])
			}
		}
		if contains := Contains(&news.Item{Text: c.text}, Fold(c.phrase)); contains != (len(spans) > 0) {
			t.Errorf("%q in %q: Contains says %v", c.phrase, c.text, contains)
		}
	}
}
