package taxonomy

import (
	"testing"

	"silkwire/news"
	"silkwire/text"
)

func TestRulesAreSaidInWords(t *testing.T) {
	tax := mustLoad(t, `
facet: target
lists:
  heads: {en: [airport]}
concepts:
  - id: city
    name: The city
    terms:
      en:
        - plain
        - {t: twice, followed_by: ["@heads"]}
        - {t: twice, not_near: [football]}
        - {t: both, near: ["@city", "@instrument"], not_preceded_by: [a, b, c]}
        - {t: sometimes, near: [river]}
        - sometimes
        - {t: pair, near: [river], also_near: [bridge, ford]}
  - id: ruled
    rules: {with: [one, two, three, four, five, six, seven, eight, nine, ten]}
    terms: {en: [any]}
`)
	for _, c := range []struct{ concept, term, want string }{
		{"city", "plain", ""},
		{"city", "twice", "counts only directly followed by a word of the list “heads”; or counts unless in a sentence with “football”"},
		{"city", "both", "counts only in a sentence with the concept The city or one below it or any concept of the facet “instrument”; unless preceded by “a”, “b” or “c”"},
		{"city", "sometimes", ""},
		{"city", "pair", "counts only in a sentence with “river”; in the same sentence also with “bridge” or “ford”"},
		{"city", "unknown", ""},
		{"nobody", "plain", ""},
		{"ruled", "any", "counts only in an item with “one”, “two”, “three”, “four”, “five”, “six”, “seven”, “eight” or 2 others"},
	} {
		if got := tax.TermRule(news.ConceptID(c.concept), c.term, text.En); got != c.want {
			t.Errorf("%s of %s: %q, want %q", c.term, c.concept, got, c.want)
		}
	}
}
