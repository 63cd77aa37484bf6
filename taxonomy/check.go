package taxonomy

import (
	"fmt"
	"slices"
	"strings"

	"silkwire/news"
	"silkwire/text"
)

var (
	horizons = append([]string{""}, Horizons()...)
	abouts   = []string{"", "money", "people", "both", "none"}
)

// Behaviours are the kinds of power by which an instrument works, from hard to soft.
func Behaviours() []string {
	return []string{"coercion", "inducement", "agenda-setting", "attraction"}
}

// Horizons say for how long an instrument works.
func Horizons() []string { return []string{"short", "medium", "long"} }

// check finds what is wrong with a taxonomy as a whole: references that lead
// nowhere, circles, values that no page knows, terms that can never match.
func (l *loader) check() {
	for _, c := range l.t.Concepts {
		l.checkConcept(c)
		for i := range c.Terms {
			l.checkTerm(c, &c.Terms[i])
		}
		l.checkRules(c.Pos, &c.Rules)
	}
}

func (l *loader) wrong(p Pos, format string, args ...any) {
	l.mistakes = append(l.mistakes, Mistake{p, fmt.Sprintf(format, args...)})
}

func (l *loader) checkConcept(c *Concept) {
	if !slices.Contains(Facets, c.Facet) {
		l.wrong(c.Pos, "%s: unknown facet %q: one of %v", c.ID, c.Facet, Facets)
	}
	for _, ref := range slices.Concat([]news.ConceptID{c.Parent, c.State, c.Instrument}, c.Related, c.YieldsTo) {
		l.checkRef(c, ref)
	}
	for _, ref := range c.YieldsTo {
		if other, ok := l.t.byID[ref]; ok && slices.Contains(other.YieldsTo, c.ID) {
			l.wrong(c.Pos, "%s and %s yield to each other: together in a sentence neither would be found", c.ID, ref)
		}
	}
	if up := l.t.Ancestors(c.ID); slices.Contains(up, c.ID) {
		l.wrong(c.Pos, "%s: is its own ancestor", c.ID)
	}
	if c.Instrument != "" && l.t.Facet(c.Instrument) != Instrument {
		l.wrong(c.Pos, "%s: %q is no instrument", c.ID, c.Instrument)
	}
	for _, b := range c.Behaviour {
		l.checkOneOf(c, "behaviour", b, Behaviours())
	}
	l.checkOneOf(c, "horizon", c.Horizon, horizons)
	l.checkOneOf(c, "about", c.About, abouts)
	l.checkOneOf(c, "polarity", c.Polarity, append([]string{""}, Polarities()...))
	if c.Polarity != "" && c.Facet != Reception {
		l.wrong(c.Pos, "%s: only a reception has a polarity", c.ID)
	}
}

func (l *loader) checkOneOf(c *Concept, key, value string, allowed []string) {
	if !slices.Contains(allowed, value) {
		l.wrong(c.Pos, "%s: %s %q is none of %s", c.ID, key, value, strings.Join(slices.DeleteFunc(slices.Clone(allowed), func(s string) bool { return s == "" }), ", "))
	}
}

func (l *loader) checkRef(c *Concept, ref news.ConceptID) {
	if _, ok := l.t.byID[ref]; ref == "" || ok {
		return
	}
	hint := ""
	if near := l.t.Nearest(string(ref)); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	l.wrong(c.Pos, "%s: there is no concept %q%s", c.ID, ref, hint)
}

func (l *loader) checkTerm(c *Concept, t *Term) {
	if text.Fold(t.Text) == "" {
		l.wrong(t.Pos, "%s: the term %q has no word", c.ID, t.Text)
	}
	for _, w := range strings.Fields(t.Text) {
		for _, alt := range strings.Split(w, "|") {
			if stem, ok := strings.CutSuffix(alt, "*"); ok && len([]rune(text.Fold(stem))) < least(t.Text) {
				l.wrong(t.Pos, "%s: %q stands for too many words: more letters before the *, please", c.ID, w)
			}
		}
	}
	if t.Adjective && c.Facet != ActorState {
		l.wrong(t.Pos, "%s: only a state has adjectives, and %q is none of one", c.ID, t.Text)
	}
	if t.Adjective {
		company := t.Company()
		l.checkRules(t.Pos, &company)
	}
	l.checkRules(t.Pos, &t.Rules)
}

func (l *loader) checkRules(p Pos, r *Rules) {
	for _, list := range r.Lists() {
		for _, ref := range list {
			name, isRef := strings.CutPrefix(ref, "@")
			if !isRef || l.t.isRuleName(name) {
				continue
			}
			l.wrong(p, "%q is no word list, concept or facet", ref)
		}
	}
}

func (t *Taxonomy) isRuleName(name string) bool {
	if _, ok := t.Lists[name]; ok {
		return true
	}
	if _, ok := t.byID[news.ConceptID(name)]; ok {
		return true
	}
	return name == "actor" || slices.Contains(Facets, Facet(name))
}

// least is how many letters must stand before a "*": a word alone stands for
// more texts than one that has company.
func least(term string) int {
	if strings.ContainsAny(strings.TrimSpace(term), " …") {
		return 2
	}
	return 3
}
