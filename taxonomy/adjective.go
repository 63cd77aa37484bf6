package taxonomy

import (
	"slices"

	"silkwire/text"
)

// An adjective of a state ("Turkish", "турецкий", "türkiyeli") says whose
// something is, and only what it stands beside says whether that is the
// state's: its bodies and deeds, and those of its people that act abroad for
// it (firms, funds, doctors). Beside anything else (ceramics, machines) it
// names no actor, but shows that one is about; beside the lists' last
// (languages, students, dishes) not even that. Who teaches its language is
// not the state's either ("turk tili oʻqituvchisi").
var (
	ofTheState    = []string{"@state-body", "@state-deed", "@state-people"}
	notOfTheState = []string{"@not-the-state"}
	ofItsLanguage = "@language-words"
)

// headComesFirst holds for languages in which an adjective follows its noun.
func headComesFirst(l text.Lang) bool { return l == text.Tg || l == text.Fa }

// ruleAdjective gives an adjective the rule by which it names its state.
func (t *Term) ruleAdjective() {
	if !t.Adjective {
		return
	}
	heads := &t.Rules.FollowedBy
	if headComesFirst(t.Lang) {
		heads = &t.Rules.PrecededBy
	} else if !slices.Contains(t.Rules.NotFollowedBy, ofItsLanguage) {
		t.Rules.NotFollowedBy = append(t.Rules.NotFollowedBy, ofItsLanguage)
	}
	for _, list := range ofTheState {
		if !slices.Contains(*heads, list) {
			*heads = append(*heads, list)
		}
	}
}

// Company returns the rules by which an adjective is company for the rules of
// other terms, without being a tag itself.
func (t *Term) Company() Rules {
	r := t.Rules
	r.FollowedBy, r.PrecededBy = nil, nil
	if headComesFirst(t.Lang) {
		r.NotPrecededBy = slices.Concat(r.NotPrecededBy, notOfTheState)
	} else {
		r.NotFollowedBy = slices.Concat(r.NotFollowedBy, notOfTheState)
	}
	return r
}
