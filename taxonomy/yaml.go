package taxonomy

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"silkwire/text"
)

// writeYAML writes the taxonomy in its canonical form: one file, all keys in
// one order, one term a line. Loaded, it is the same taxonomy: the same lists,
// and the same concepts in the same order, the terms of each in the order of
// languages. Only the version (which is a hash of files) and the places of
// mistakes differ.
func (t *Taxonomy) writeYAML(w io.Writer) error {
	y := &yamlWriter{out: bufio.NewWriter(w)}
	y.lists(t.Lists)
	y.line(0, "concepts:")
	for _, c := range t.Concepts {
		y.concept(c)
	}
	if y.err != nil {
		return y.err
	}
	return y.out.Flush()
}

// yamlWriter writes block style, two blanks a level; scalars are quoted.
type yamlWriter struct {
	out *bufio.Writer
	err error
}

func (y *yamlWriter) line(depth int, format string, args ...any) {
	if y.err == nil {
		_, y.err = fmt.Fprintf(y.out, strings.Repeat("  ", depth)+format+"\n", args...)
	}
}

// text writes "key: value" unless the value is empty.
func (y *yamlWriter) text(depth int, key, value string) {
	if value != "" {
		y.line(depth, "%s: %s", key, yamlScalar(value))
	}
}

func (y *yamlWriter) texts(depth int, key string, values []string) {
	if len(values) == 0 {
		return
	}
	y.line(depth, "%s:", key)
	for _, v := range values {
		y.line(depth+1, "- %s", yamlScalar(v))
	}
}

func (y *yamlWriter) lists(lists map[string]map[text.Lang][]string) {
	if len(lists) == 0 {
		return
	}
	y.line(0, "lists:")
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		if len(lists[name]) == 0 {
			y.line(1, "%s: {}", name)
			continue
		}
		y.line(1, "%s:", name)
		for _, lang := range text.Langs {
			y.texts(2, lang.String(), lists[name][lang])
		}
	}
}

func (y *yamlWriter) concept(c *Concept) {
	y.line(1, "- id: %s", yamlScalar(string(c.ID)))
	y.text(2, "name", c.Name)
	y.text(2, "facet", string(c.Facet))
	y.text(2, "parent", string(c.Parent))
	y.labels(c.Label)
	y.text(2, "definition", c.Definition)
	y.terms(c.Terms)
	y.rules(2, "rules", &c.Rules)
	y.text(2, "caution", c.Caution)
	y.texts(2, "related", strs(c.Related))
	y.texts(2, "yields_to", strs(c.YieldsTo))
	y.text(2, "state", string(c.State))
	y.text(2, "instrument", string(c.Instrument))
	y.texts(2, "behaviour", c.Behaviour)
	y.text(2, "horizon", c.Horizon)
	y.text(2, "about", c.About)
	y.text(2, "polarity", c.Polarity)
	if c.Inactive {
		y.line(2, "active: false")
	}
	y.text(2, "added", c.Added)
	y.sentences("match", c.Match)
	y.sentences("no_match", c.NoMatch)
	y.sources(c.Sources)
}

func strs[S ~string](ids []S) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return out
}

func (y *yamlWriter) labels(labels map[text.Lang]string) {
	if len(labels) == 0 {
		return
	}
	y.line(2, "label:")
	for _, lang := range text.Langs {
		if label, ok := labels[lang]; ok {
			y.line(3, "%s: %s", lang, yamlScalar(label))
		}
	}
}

func (y *yamlWriter) terms(terms []Term) {
	if len(terms) == 0 {
		return
	}
	y.line(2, "terms:")
	for _, lang := range text.Langs {
		first := true
		for i := range terms {
			if terms[i].Lang != lang {
				continue
			}
			if first {
				y.line(3, "%s:", lang)
				first = false
			}
			y.term(&terms[i])
		}
	}
}

func (y *yamlWriter) term(t *Term) {
	if !t.Exact && !t.Adjective && t.Rules.Empty() {
		y.line(4, "- %s", yamlScalar(t.Text))
		return
	}
	y.line(4, "- t: %s", yamlScalar(t.Text))
	if t.Exact {
		y.line(5, "exact: true")
	}
	if t.Adjective {
		y.line(5, "adjective: true")
	}
	y.ruleKeys(5, &t.Rules)
}

func (y *yamlWriter) rules(depth int, key string, r *Rules) {
	if r.Empty() {
		return
	}
	y.line(depth, "%s:", key)
	y.ruleKeys(depth+1, r)
}

func (y *yamlWriter) ruleKeys(depth int, r *Rules) {
	y.texts(depth, "followed_by", r.FollowedBy)
	y.texts(depth, "preceded_by", r.PrecededBy)
	y.texts(depth, "near", r.Near)
	y.texts(depth, "also_near", r.AlsoNear)
	y.texts(depth, "with", r.With)
	y.texts(depth, "not_followed_by", r.NotFollowedBy)
	y.texts(depth, "not_preceded_by", r.NotPrecededBy)
	y.texts(depth, "not_near", r.NotNear)
	y.texts(depth, "not_with", r.NotWith)
}

func (y *yamlWriter) sentences(key string, sentences []Sentence) {
	if len(sentences) == 0 {
		return
	}
	y.line(2, "%s:", key)
	for _, lang := range text.Langs {
		var texts []string
		for _, s := range sentences {
			if s.Lang == lang {
				texts = append(texts, s.Text)
			}
		}
		y.texts(3, lang.String(), texts)
	}
}

func (y *yamlWriter) sources(sources []Source) {
	said := make([]string, len(sources))
	for i, s := range sources {
		said[i] = s.Doc + ":" + s.Lines
	}
	y.text(2, "sources", strings.Join(said, " "))
}

// yamlScalar quotes a scalar, so that no text is mistaken for a number, a date
// or a comment: single quotes where the text is printable, double otherwise.
func yamlScalar(s string) string {
	if isBareWord(s) {
		return s
	}
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7F }) {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return turtleString(s) // the escapes of Turtle are escapes of YAML
}

// isBareWord holds for ids and the like, which need no quotes.
func isBareWord(s string) bool {
	switch s {
	case "", "true", "false", "null", "yes", "no", "on", "off", "y", "n":
		return false
	}
	letter := s[0] >= 'a' && s[0] <= 'z'
	return letter && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}
