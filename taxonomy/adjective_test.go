package taxonomy

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"silkwire/text"
)

const adjectives = `
lists:
  state-body: {en: [embassy], tg: [сафорат]}
  state-deed: {en: [aid]}
  state-people: {en: [firm]}
  not-the-state: {en: [language]}
  language-words: {uz: [tili]}
concepts:
  - {id: turkey, facet: actor_state, terms: {en: [{t: Turkish, adjective: true}], tg: [{t: туркӣ, adjective: true}]}}
`

// In "turk tili oʻqituvchisi" the teacher stands beside the adjective, and
// is nobody's but the language's.
func TestWhoTeachesALanguageIsNotTheStates(t *testing.T) {
	tax, err := Load(fstest.MapFS{"a.yaml": {Data: []byte(adjectives)}})
	if err != nil {
		t.Fatal(err)
	}
	turkey, _ := tax.Concept("turkey")
	for _, term := range turkey.Terms {
		if behind := slices.Contains(term.Rules.NotFollowedBy, ofItsLanguage); behind == headComesFirst(term.Lang) {
			t.Errorf("%s: %s", term.Text, term.Rules.NotFollowedBy)
		}
	}
}

// Tajik and Persian put the adjective behind its noun.
func TestAnAdjectiveLooksWhereItsNounStands(t *testing.T) {
	tax, err := Load(fstest.MapFS{"a.yaml": {Data: []byte(adjectives)}})
	if err != nil {
		t.Fatal(err)
	}
	turkey, _ := tax.Concept("turkey")
	for _, term := range turkey.Terms {
		as, not := term.Rules.FollowedBy, term.Company().NotFollowedBy
		if term.Lang == text.Tg {
			as, not = term.Rules.PrecededBy, term.Company().NotPrecededBy
		}
		if !slices.Equal(as, ofTheState) || !slices.Contains(not, notOfTheState[0]) {
			t.Errorf("%s: a tag beside %v, no company beside %v", term.Text, as, not)
		}
	}
}

func TestOnlyAStateHasAdjectives(t *testing.T) {
	wrong := strings.Replace(adjectives, "facet: actor_state", "facet: instrument", 1)
	_, err := Load(fstest.MapFS{"a.yaml": {Data: []byte(wrong)}})
	if err == nil || !strings.Contains(err.Error(), "only a state has adjectives") {
		t.Errorf("an instrument's adjective passes: %v", err)
	}
}

func TestConceptsThatYieldToEachOtherAreAMistake(t *testing.T) {
	_, err := Load(fstest.MapFS{"a.yaml": {Data: []byte(`
concepts:
  - {id: money, facet: instrument, yields_to: [school], terms: {en: [money]}}
  - {id: school, facet: instrument, yields_to: [money], terms: {en: [school]}}
`)}})
	if err == nil || !strings.Contains(err.Error(), "yield to each other") {
		t.Errorf("both would vanish, and nobody says so: %v", err)
	}
}
