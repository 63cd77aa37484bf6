package taxonomy

import (
	"cmp"
	"fmt"
	"io/fs"
	"math"
	"slices"

	"silkwire/news"
	"silkwire/text"
)

// Over returns the embedded taxonomy with the directories laid over it, the
// last on top.
func Over(dirs ...fs.FS) (*Taxonomy, error) {
	data, err := fs.Sub(embedded, "data")
	if err != nil {
		return nil, err
	}
	return Load(append([]fs.FS{data}, dirs...)...)
}

// Changes are what tells two taxonomies apart.
type Changes struct {
	Came    []news.ConceptID // there now, and active; not before
	Went    []news.ConceptID // gone, or no longer active
	Changed []ConceptChange
	Lists   []ListChange
}

// Empty reports whether nothing differs.
func (c *Changes) Empty() bool {
	return len(c.Came)+len(c.Went)+len(c.Changed)+len(c.Lists) == 0
}

// ConceptChange is what changed in a concept that both have.
type ConceptChange struct {
	Concept   news.ConceptID
	Fields    []FieldChange
	TermsCame []Term
	TermsWent []Term
	RuledAnew []Term // the same words under other rules, as they are now
}

// FieldChange is a field's value before and after.
type FieldChange struct{ Field, Before, After string }

// ListChange is what changed in a word list of the rules.
type ListChange struct {
	List string
	Lang text.Lang
	Came []string
	Went []string
}

// Compare says what would change if the taxonomy after took the place of before.
func Compare(before, after *Taxonomy) Changes {
	var out Changes
	for _, c := range after.sorted() {
		if old, ok := before.byID[c.ID]; !c.Inactive && (!ok || old.Inactive) {
			out.Came = append(out.Came, c.ID)
		}
	}
	for _, old := range before.sorted() {
		c, ok := after.byID[old.ID]
		switch {
		case !old.Inactive && (!ok || c.Inactive):
			out.Went = append(out.Went, old.ID)
		case ok && !old.Inactive:
			if change := compareConcepts(old, c); !change.empty() {
				out.Changed = append(out.Changed, change)
			}
		}
	}
	out.Lists = compareLists(before.Lists, after.Lists)
	return out
}

func (c *ConceptChange) empty() bool {
	return len(c.Fields)+len(c.TermsCame)+len(c.TermsWent)+len(c.RuledAnew) == 0
}

// compareConcepts compares terms with their rules: the same words may stand
// there more than once, each time under other rules.
func compareConcepts(before, after *Concept) ConceptChange {
	out := ConceptChange{Concept: after.ID, Fields: fieldChanges(before, after)}
	was, is := before.signatures(), after.signatures()
	for _, t := range after.Terms {
		switch {
		case was[t.signature()]:
		case before.hasWords(&t):
			out.RuledAnew = append(out.RuledAnew, t)
		default:
			out.TermsCame = append(out.TermsCame, t)
		}
	}
	for _, t := range before.Terms {
		anew := slices.ContainsFunc(out.RuledAnew, func(x Term) bool { return x.Lang == t.Lang && x.Text == t.Text })
		if !is[t.signature()] && !anew {
			out.TermsWent = append(out.TermsWent, t)
		}
	}
	return out
}

// signature is all of a term but its place.
func (t *Term) signature() string {
	return fmt.Sprintf("%s %q %t %t %q", t.Lang, t.Text, t.Exact, t.Adjective, t.Rules)
}

func (c *Concept) signatures() map[string]bool {
	out := make(map[string]bool, len(c.Terms))
	for i := range c.Terms {
		out[c.Terms[i].signature()] = true
	}
	return out
}

func (c *Concept) hasWords(t *Term) bool {
	return slices.ContainsFunc(c.Terms, func(x Term) bool { return x.Lang == t.Lang && x.Text == t.Text })
}

func fieldChanges(before, after *Concept) (out []FieldChange) {
	was, is := before.fields(), after.fields()
	for i := range is {
		if was[i].After != is[i].After {
			out = append(out, FieldChange{is[i].Field, was[i].After, is[i].After})
		}
	}
	return out
}

// fields are the values of a concept that one line holds, as if all were new.
func (c *Concept) fields() []FieldChange {
	var rules Taxonomy // names lists by their references
	return []FieldChange{
		{"name", "", c.Name}, {"facet", "", string(c.Facet)}, {"parent", "", string(c.Parent)}, {"definition", "", c.Definition},
		{"label", "", joined(labelTexts(c))}, {"related", "", joined(strs(c.Related))}, {"yields to", "", joined(strs(c.YieldsTo))}, {"state", "", string(c.State)},
		{"instrument", "", string(c.Instrument)}, {"behaviour", "", joined(c.Behaviour)}, {"horizon", "", c.Horizon}, {"about", "", c.About}, {"polarity", "", c.Polarity},
		{"rules", "", rules.ruleInWords(&c.Rules, math.MaxInt)}, {"added", "", c.Added}, {"caution", "", c.Caution},
		{"sources", "", joined(sourceTexts(c))}, {"match", "", joined(sentenceTexts(c.Match))}, {"no_match", "", joined(sentenceTexts(c.NoMatch))},
	}
}

func joined(texts []string) string {
	out := ""
	for i, s := range texts {
		if i > 0 {
			out += " · "
		}
		out += s
	}
	return out
}

func labelTexts(c *Concept) (out []string) {
	for _, lang := range text.Langs {
		if label, ok := c.Label[lang]; ok {
			out = append(out, lang.String()+": "+label)
		}
	}
	return out
}

func sourceTexts(c *Concept) (out []string) {
	for _, s := range c.Sources {
		out = append(out, s.Doc+":"+s.Lines)
	}
	return out
}

func sentenceTexts(sentences []Sentence) (out []string) {
	byLang := func(a, b Sentence) int { return cmp.Compare(a.Lang, b.Lang) }
	for _, s := range slices.SortedStableFunc(slices.Values(sentences), byLang) {
		out = append(out, s.Lang.String()+": "+s.Text)
	}
	return out
}

func compareLists(before, after map[string]map[text.Lang][]string) (out []ListChange) {
	names := map[string]bool{}
	for name := range before {
		names[name] = true
	}
	for name := range after {
		names[name] = true
	}
	for name := range names {
		for _, lang := range text.Langs {
			x := ListChange{List: name, Lang: lang, Came: without(after[name][lang], before[name][lang]), Went: without(before[name][lang], after[name][lang])}
			if len(x.Came)+len(x.Went) > 0 {
				out = append(out, x)
			}
		}
	}
	slices.SortFunc(out, func(a, b ListChange) int { return cmp.Or(cmp.Compare(a.List, b.List), cmp.Compare(a.Lang, b.Lang)) })
	return out
}

// without returns the words that are in all but not in some.
func without(all, some []string) (out []string) {
	for _, w := range all {
		if !slices.Contains(some, w) {
			out = append(out, w)
		}
	}
	return out
}
