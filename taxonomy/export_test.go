package taxonomy

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"silkwire/news"
	"silkwire/text"
)

// same compares two loads of one taxonomy in all but the places in the files
// and the order of languages.
func same(t *testing.T, a, b *Taxonomy) string {
	t.Helper()
	return cmp.Diff(plainForm(a), plainForm(b))
}

// plainForm prints the word lists and each concept whole, without places, its
// terms in the order of languages.
func plainForm(t *Taxonomy) []string {
	out := []string{fmt.Sprintf("%q", t.Lists)}
	for _, c := range t.Concepts {
		c := *c
		c.Pos = Pos{}
		c.Terms, c.Match, c.NoMatch = slices.Clone(c.Terms), slices.Clone(c.Match), slices.Clone(c.NoMatch)
		slices.SortStableFunc(c.Terms, func(a, b Term) int { return int(a.Lang) - int(b.Lang) })
		for i := range c.Terms {
			c.Terms[i].Pos = Pos{}
		}
		for _, list := range [][]Sentence{c.Match, c.NoMatch} {
			slices.SortStableFunc(list, func(a, b Sentence) int { return int(a.Lang) - int(b.Lang) })
			for i := range list {
				list[i].Pos = Pos{}
			}
		}
		out = append(out, fmt.Sprintf("%#v", c))
	}
	return out
}

func TestTheCanonicalFormLoadsBackToTheSameTaxonomy(t *testing.T) {
	for name, tax := range bothTaxonomies(t) {
		t.Run(name, func(t *testing.T) { checkRoundTrip(t, tax) })
	}
}

func checkRoundTrip(t *testing.T, tax *Taxonomy) {
	t.Helper()
	first := export(t, tax, "yaml")
	again := mustLoad(t, string(first))
	if diff := same(t, tax, again); diff != "" {
		t.Fatalf("(-before +after)\n%s", diff)
	}
	if second := export(t, again, "yaml"); !bytes.Equal(first, second) {
		t.Fatalf("the canonical form of the canonical form differs:\n%s", cmp.Diff(string(first), string(second)))
	}
}

// TestWhateverATaxonomyHoldsItsCanonicalFormLoadsBack tries texts that YAML
// likes to take for something else.
func TestWhateverATaxonomyHoldsItsCanonicalFormLoadsBack(t *testing.T) {
	for seed := range uint64(300) {
		tax := randomTaxonomy(rand.New(rand.NewPCG(seed, 1)))
		t.Run(fmt.Sprint(seed), func(t *testing.T) { checkRoundTrip(t, tax) })
	}
}

var awkwardTexts = []string{
	"true", "no", "null", "~", "12", "1.5e3", "0x1f", "2024-06-17", "12:30:00", "a: b", "a #b", "#a", "- a", "[a, b]", "{a: b}", "*a", "&a", "!a", "|", ">",
	"'", "''", `"`, `\`, `\n`, "a\nb", "a\tb", "tab\t", "%a", "@a", "`a`", "?", ": ", "a:", "қазақ тілі", "сўм", "o‘zbek", "می‌خواهد", "汉语，推广", "A", "don't", "=1+1", "“quoted”", "…", "é", "\u00a0x", "—",
}

func randomText(rnd *rand.Rand) string {
	var parts []string
	for range 1 + rnd.IntN(3) {
		parts = append(parts, awkwardTexts[rnd.IntN(len(awkwardTexts))])
	}
	return strings.TrimSpace(strings.Join(parts, []string{" ", "", ", "}[rnd.IntN(3)]))
}

func randomTexts(rnd *rand.Rand, n int) (out []string) {
	for range rnd.IntN(n) {
		out = append(out, randomText(rnd))
	}
	return out
}

// wordy is a text with a word, as terms must have, that no rule mistakes for a
// reference.
func wordy(rnd *rand.Rand) string {
	return strings.NewReplacer("*", "x", "|", "x").Replace("wort " + randomText(rnd))
}

func randomTaxonomy(rnd *rand.Rand) *Taxonomy {
	t := &Taxonomy{Lists: map[string]map[text.Lang][]string{"money-words": {text.En: {wordy(rnd)}, text.Zh: {wordy(rnd), wordy(rnd)}}}}
	for i := range 1 + rnd.IntN(4) {
		c := &Concept{
			ID: news.ConceptID(fmt.Sprintf("concept-%d", i)), Name: randomText(rnd), Facet: Facets[rnd.IntN(len(Facets))], Label: map[text.Lang]string{},
			Definition: randomText(rnd), Caution: randomText(rnd), Added: randomText(rnd), Inactive: rnd.IntN(2) == 0,
			Horizon: horizons[rnd.IntN(len(horizons))], About: abouts[rnd.IntN(len(abouts))],
			Rules: Rules{Near: randomRule(rnd), NotFollowedBy: randomRule(rnd)},
		}
		if c.Facet == Reception {
			c.Polarity = append(Polarities(), "")[rnd.IntN(5)]
		}
		if i > 0 {
			c.Parent = t.Concepts[0].ID
		}
		for _, lang := range text.Langs {
			if rnd.IntN(3) == 0 {
				c.Label[lang] = randomText(rnd)
			}
			if rnd.IntN(3) == 0 {
				c.Terms = append(c.Terms, Term{Text: wordy(rnd), Lang: lang, Exact: rnd.IntN(2) == 0, Rules: Rules{AlsoNear: randomRule(rnd), With: randomRule(rnd), PrecededBy: randomRule(rnd)}})
				c.Match = append(c.Match, Sentence{Lang: lang, Text: randomText(rnd)})
			}
		}
		if rnd.IntN(2) == 0 {
			c.Sources = []Source{{"000", "1-2"}, {"004", "7"}}
		}
		t.Concepts = append(t.Concepts, c)
	}
	return t
}

func randomRule(rnd *rand.Rand) []string {
	out := randomTexts(rnd, 2)
	for i := range out {
		out[i] = "w" + out[i]
	}
	if rnd.IntN(2) == 0 {
		out = append(out, "@money-words", "@actor", "@concept-0")
	}
	return out
}

func TestTheTableHasOneRowPerTerm(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(export(t, awkwardTaxonomy(t), "csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"language-promotion", `Language "promotion" \ and so on`, "instrument", "", "ru", "русский", "true", "counts only in a sentence with “школа”, a word of the list “money” or the concept chinese-language or one below it", "true"}
	if len(rows) != 1+6+3+1 || !slices.ContainsFunc(rows, func(r []string) bool { return slices.Equal(r, want) }) {
		t.Errorf("%d rows: %q", len(rows), rows)
	}
}

// X21: what a spreadsheet would take for a formula is neutralised.
func TestATermIsNoFormula(t *testing.T) {
	tax := mustLoad(t, "facet: context\nconcepts:\n  - id: a\n    name: '=HYPERLINK(\"x\")'\n    terms: {en: ['+plus', '-minus', '@sign', 'a=b']}\n")
	rows, err := csv.NewReader(bytes.NewReader(export(t, tax, "csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var terms []string
	for _, r := range rows[1:] {
		terms = append(terms, r[5])
		if r[1] != `'=HYPERLINK("x")` {
			t.Errorf("name %q", r[1])
		}
	}
	if want := []string{"'+plus", "'-minus", "'@sign", "a=b"}; !slices.Equal(terms, want) {
		t.Errorf("got %q, want %q", terms, want)
	}
}
