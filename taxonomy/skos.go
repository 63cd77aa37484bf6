package taxonomy

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"silkwire/news"
	"silkwire/text"
)

// The graph of a taxonomy in SKOS: one concept scheme per facet, one concept
// per concept. Labels and plain terms are prefLabel and altLabel; a term that
// counts only in certain company is a hiddenLabel, and its rule a scopeNote.
// Patterns (gaps, alternatives, open ends) are nobody's label and are left out.
//
// The graph keeps what SKOS asks for: one prefLabel per language, labels of one
// kind only (S14), and no relation that is hierarchical and associative at once
// (S27).

// object is the end of a triple: an IRI, or a literal that may have a language.
type object struct {
	iri, literal, lang string
}

// property is a predicate ("skos:broader") with all its objects.
type property struct {
	name    string
	objects []object
}

// node is a subject with what is said of it.
type node struct {
	iri        string
	class      string
	properties []property
}

// prefixes are those of the predicates, in the order of the file's head.
var prefixes = []struct{ name, iri string }{
	{"dct", "http://purl.org/dc/terms/"},
	{"owl", "http://www.w3.org/2002/07/owl#"},
	{"skos", "http://www.w3.org/2004/02/skos/core#"},
}

// pointing are the predicates whose objects are IRIs.
var pointing = []string{"skos:inScheme", "skos:topConceptOf", "skos:hasTopConcept", "skos:broader", "skos:narrower", "skos:related"}

// DefaultBase is what the IRIs of an export begin with, unless told otherwise.
const DefaultBase = "urn:silkwire:"

// ErrBase refuses a base that no IRI can begin with.
var ErrBase = errors.New("no beginning of an IRI")

// exporter turns a taxonomy into a graph.
type exporter struct {
	*Taxonomy
	base    string
	related map[news.ConceptID][]news.ConceptID // both ways
}

// graph returns the nodes of a taxonomy, schemes first, each in the order of
// facets and ids.
func (t *Taxonomy) graph(base string) ([]node, error) {
	if base == "" {
		base = DefaultBase
	}
	if !strings.Contains(base, ":") || strings.ContainsFunc(base, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("<>\"{}|^`\\", r) }) {
		return nil, fmt.Errorf("%q is %w: write one such as https://example.org/taxonomy/", base, ErrBase)
	}
	e := &exporter{Taxonomy: t, base: base, related: t.relatedBothWays()}
	var nodes []node
	for _, f := range Facets {
		if tops := e.tops(f); len(tops) > 0 {
			nodes = append(nodes, e.scheme(f, tops))
		}
	}
	for _, c := range t.sorted() {
		nodes = append(nodes, e.concept(c))
	}
	return nodes, nil
}

// sorted are the concepts in the order of facets and ids.
func (t *Taxonomy) sorted() []*Concept {
	return slices.SortedFunc(slices.Values(t.Concepts), func(a, b *Concept) int {
		return cmp.Or(cmp.Compare(slices.Index(Facets, a.Facet), slices.Index(Facets, b.Facet)), cmp.Compare(a.ID, b.ID))
	})
}

func (e *exporter) conceptIRI(id news.ConceptID) string {
	return e.base + "concept/" + url.PathEscape(string(id))
}
func (e *exporter) schemeIRI(f Facet) string { return e.base + "scheme/" + url.PathEscape(string(f)) }

// tops are the concepts of a facet that have nothing broader in it.
func (e *exporter) tops(f Facet) (tops []news.ConceptID) {
	for _, c := range e.sorted() {
		if c.Facet == f && e.isTop(c) {
			tops = append(tops, c.ID)
		}
	}
	return tops
}

func (e *exporter) isTop(c *Concept) bool { return c.Parent == "" || e.Facet(c.Parent) != c.Facet }

func (e *exporter) scheme(f Facet, tops []news.ConceptID) node {
	return node{e.schemeIRI(f), "skos:ConceptScheme", []property{
		{"dct:title", []object{{literal: "Silkwire: " + strings.ReplaceAll(string(f), "_", " "), lang: "en"}}},
		{"owl:versionInfo", []object{{literal: e.Version}}},
		{"skos:hasTopConcept", e.iris(tops)},
	}}
}

func (e *exporter) iris(ids []news.ConceptID) []object {
	out := make([]object, len(ids))
	for i, id := range ids {
		out[i] = object{iri: e.conceptIRI(id)}
	}
	return out
}

func (e *exporter) concept(c *Concept) node {
	n := node{iri: e.conceptIRI(c.ID), class: "skos:Concept"}
	add := func(name string, objects ...object) {
		if len(objects) > 0 {
			n.properties = append(n.properties, property{name, objects})
		}
	}
	scheme := object{iri: e.schemeIRI(c.Facet)}
	add("skos:inScheme", scheme)
	if e.isTop(c) {
		add("skos:topConceptOf", scheme)
	}
	add("skos:notation", object{literal: string(c.ID)})
	l := labelsOf(c)
	add("skos:prefLabel", l.preferred...)
	add("skos:altLabel", l.alternative...)
	add("skos:hiddenLabel", l.hidden...)
	if c.Parent != "" {
		add("skos:broader", object{iri: e.conceptIRI(c.Parent)})
	}
	add("skos:narrower", e.iris(e.Children(c.ID))...)
	add("skos:related", e.iris(e.related[c.ID])...)
	add("skos:definition", english(c.Definition)...)
	add("skos:scopeNote", english(e.scopeNotes(c)...)...)
	add("skos:example", examples(c)...)
	add("skos:changeNote", english(c.Added)...)
	add("dct:source", sourceNames(c)...)
	if c.Inactive {
		add("owl:deprecated", object{literal: "true"})
	}
	return n
}

// english makes literals of those texts that are not empty.
func english(texts ...string) (out []object) {
	for _, s := range texts {
		if o := (object{literal: s, lang: "en"}); s != "" && !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out
}

func examples(c *Concept) (out []object) {
	for _, s := range c.Match {
		if o := (object{literal: s.Text, lang: s.Lang.String()}); !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out
}

func sourceNames(c *Concept) (out []object) {
	for _, s := range c.Sources {
		if o := (object{literal: s.String()}); !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out
}

// String names a source for people: "document 000, lines 61-115".
func (s Source) String() string {
	if strings.Contains(s.Lines, "-") {
		return "document " + s.Doc + ", lines " + s.Lines
	}
	return "document " + s.Doc + ", line " + s.Lines
}

// labels are a concept's names by SKOS's three kinds.
type labels struct{ preferred, alternative, hidden []object }

func labelsOf(c *Concept) (l labels) {
	seen := map[object]bool{}
	add := func(to *[]object, o object) {
		if o.literal != "" && !seen[o] {
			seen[o] = true
			*to = append(*to, o)
		}
	}
	for _, lang := range text.Langs {
		if label, ok := c.Label[lang]; ok {
			add(&l.preferred, object{literal: label, lang: lang.String()})
		} else if lang == text.En || hasPlain(c, lang) {
			add(&l.preferred, object{literal: c.LabelIn(lang), lang: lang.String()})
		}
	}
	for _, t := range c.Terms {
		if t.Plain() && t.Rules.Empty() && c.Rules.Empty() {
			add(&l.alternative, object{literal: t.Text, lang: t.Lang.String()})
		}
	}
	for _, t := range c.Terms {
		if t.Plain() {
			add(&l.hidden, object{literal: t.Text, lang: t.Lang.String()})
		}
	}
	return l
}

func hasPlain(c *Concept, lang text.Lang) bool {
	return slices.ContainsFunc(c.Terms, func(t Term) bool { return t.Lang == lang && t.Plain() })
}

// scopeNotes say what to beware of: the caution, the rules in words, what the
// concept stands for.
func (e *exporter) scopeNotes(c *Concept) []string {
	notes := []string{c.Caution}
	if rule := e.RuleInWords(&c.Rules); rule != "" {
		notes = append(notes, "Every term "+rule+".")
	}
	for _, t := range c.Terms {
		if rule := e.RuleInWords(&t.Rules); rule != "" {
			notes = append(notes, fmt.Sprintf("“%s” (%s) %s.", t.Text, t.Lang, rule))
		}
	}
	if c.State != "" {
		notes = append(notes, "Behind it stands "+e.Name(c.State)+".")
	}
	if c.Instrument != "" {
		notes = append(notes, "Stands for "+e.Name(c.Instrument)+" where a sentence names no other instrument.")
	}
	if len(c.Behaviour) > 0 {
		notes = append(notes, "Behaviour: "+strings.Join(c.Behaviour, ", ")+".")
	}
	if c.Horizon != "" {
		notes = append(notes, "Horizon: "+c.Horizon+".")
	}
	if p := e.Polarity(c.ID); p != "" {
		notes = append(notes, "Polarity: "+p+".")
	}
	return notes
}

// relatedBothWays are the associative relations as SKOS has them: symmetric,
// and never between a concept and its ancestor.
func (t *Taxonomy) relatedBothWays() map[news.ConceptID][]news.ConceptID {
	out := map[news.ConceptID][]news.ConceptID{}
	for _, c := range t.Concepts {
		for _, id := range c.Related {
			if id == c.ID || slices.Contains(t.Ancestors(id), c.ID) || slices.Contains(t.Ancestors(c.ID), id) {
				continue
			}
			out[c.ID], out[id] = append(out[c.ID], id), append(out[id], c.ID)
		}
	}
	for id, ids := range out {
		slices.Sort(ids)
		out[id] = slices.Compact(ids)
	}
	return out
}

// Formats are what a taxonomy can be exported as.
var Formats = []string{"skos-ttl", "skos-jsonld", "csv", "yaml"}

// Export writes the taxonomy in one of the [Formats]. The same taxonomy gives
// the same bytes. The IRIs of SKOS begin with base ([DefaultBase] if empty).
func (t *Taxonomy) Export(w io.Writer, format, base string) error {
	switch format {
	case "skos-ttl":
		return t.writeTurtle(w, base)
	case "skos-jsonld":
		return t.writeJSONLD(w, base)
	case "csv":
		return t.writeCSV(w)
	case "yaml":
		return t.writeYAML(w)
	}
	return errors.New("unknown format " + format + ": one of " + strings.Join(Formats, ", "))
}
