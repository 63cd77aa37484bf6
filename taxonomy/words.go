package taxonomy

import (
	"fmt"
	"slices"
	"strings"

	"silkwire/news"
	"silkwire/text"
)

// shownMembers is how many members of a rule are spelled out.
const shownMembers = 8

// RuleInWords says in English in which company a term counts; "" if it always
// does. Word lists are called by their names.
func (t *Taxonomy) RuleInWords(r *Rules) string { return t.ruleInWords(r, shownMembers) }

func (t *Taxonomy) ruleInWords(r *Rules, shown int) string {
	type part struct {
		phrase  string
		members []string
	}
	say := func(parts ...part) (out []string) {
		for _, p := range parts {
			if len(p.members) > 0 {
				out = append(out, p.phrase+" "+t.membersInWords(p.members, shown))
			}
		}
		return out
	}
	only := say(
		part{"directly followed by", r.FollowedBy}, part{"directly preceded by", r.PrecededBy},
		part{"in a sentence with", r.Near}, part{"in the same sentence also with", r.AlsoNear}, part{"in an item with", r.With},
	)
	unless := say(
		part{"followed by", r.NotFollowedBy}, part{"preceded by", r.NotPrecededBy},
		part{"in a sentence with", r.NotNear}, part{"in an item with", r.NotWith},
	)
	switch {
	case len(only)+len(unless) == 0:
		return ""
	case len(only) == 0:
		return "counts unless " + strings.Join(unless, "; ")
	case len(unless) == 0:
		return "counts only " + strings.Join(only, "; ")
	}
	return "counts only " + strings.Join(only, "; ") + "; unless " + strings.Join(unless, "; ")
}

func (t *Taxonomy) membersInWords(members []string, shown int) string {
	words := make([]string, min(len(members), shown))
	for i := range words {
		words[i] = t.memberInWords(members[i])
	}
	if more := len(members) - len(words); more > 0 {
		return strings.Join(words, ", ") + fmt.Sprintf(" or %d others", more)
	}
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
	return words[0]
}

// memberInWords names what one member of a rule stands for.
func (t *Taxonomy) memberInWords(member string) string {
	name, named := strings.CutPrefix(member, "@")
	if !named {
		return "“" + member + "”"
	}
	if _, ok := t.Lists[name]; ok {
		return "a word of the list “" + name + "”"
	}
	if name == "actor" || slices.Contains(Facets, Facet(name)) {
		return "any concept of the facet “" + name + "”"
	}
	return "the concept " + t.Name(news.ConceptID(name)) + " or one below it"
}

// TermRule says in words which rules hold for a term of a concept, the
// concept's own included; "" if there are none, or no such term. A term that
// stands there more than once, under several rules, counts under any of them.
func (t *Taxonomy) TermRule(id news.ConceptID, term string, lang text.Lang) string {
	c, ok := t.byID[id]
	if !ok {
		return ""
	}
	var rules []string
	for i := range c.Terms {
		if x := &c.Terms[i]; x.Lang == lang && x.Text == term {
			both := c.Rules.join(&x.Rules)
			rule := t.RuleInWords(&both)
			if rule == "" {
				return ""
			}
			rules = append(rules, rule)
		}
	}
	return strings.Join(rules, "; or ")
}

// join returns the members of both, list by list: this is how the tagger joins
// the rules of a concept with those of its term.
func (r *Rules) join(o *Rules) Rules {
	return Rules{
		FollowedBy: slices.Concat(r.FollowedBy, o.FollowedBy), PrecededBy: slices.Concat(r.PrecededBy, o.PrecededBy),
		Near: slices.Concat(r.Near, o.Near), AlsoNear: slices.Concat(r.AlsoNear, o.AlsoNear), With: slices.Concat(r.With, o.With),
		NotFollowedBy: slices.Concat(r.NotFollowedBy, o.NotFollowedBy), NotPrecededBy: slices.Concat(r.NotPrecededBy, o.NotPrecededBy),
		NotNear: slices.Concat(r.NotNear, o.NotNear), NotWith: slices.Concat(r.NotWith, o.NotWith),
	}
}

// Plain reports whether the term is written as it is spoken: no gaps, no
// alternatives, no open ends.
func (t *Term) Plain() bool { return !strings.ContainsAny(t.Text, "…|*") }
