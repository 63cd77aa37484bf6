package taxonomy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// awkward is a small taxonomy whose texts break writers that do not quote.
const awkward = `
facet: instrument
lists:
  money: {en: [loan, credit], ru: [кредит*]}
concepts:
  - id: language-promotion
    name: Language "promotion" \ and so on
    definition: "Two lines:\nthe second has a tab\t, and # no comment."
    terms:
      en: [language courses, "teach* … language", lessons|courses of language]
      ru:
        - курсы языка
        - t: русский
          near: [школа, "@money", "@chinese-language"]
          exact: true
      fa: [آموزش زبان]
    match:
      en: [Free "language courses" begin.]
    no_match:
      en: [The language of courses.]
    caution: "Not: school lessons @ home"
    sources: "000:61-115 001:27"
  - id: chinese-language
    parent: language-promotion
    label: {en: Chinese, zh: 汉语推广, kk: "қытай тілі"}
    related: [hsk, language-promotion]
    behaviour: [attraction]
    horizon: long
    about: people
    terms: {en: [Chinese], zh: [汉语推广, 中文]}
    rules: {near: [course], not_with: ["@actor"]}
  - id: hsk
    facet: context
    active: false
    added: why not
    terms: {en: [HSK]}
`

func awkwardTaxonomy(t *testing.T) *Taxonomy {
	t.Helper()
	return mustLoad(t, awkward)
}

func mustLoad(t *testing.T, files ...string) *Taxonomy {
	t.Helper()
	dir := fstest.MapFS{}
	for i, f := range files {
		dir[fmt.Sprintf("%02d.yaml", i)] = &fstest.MapFile{Data: []byte(f)}
	}
	tax, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return tax
}

func export(t *testing.T, tax *Taxonomy, format string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := tax.Export(&b, format, ""); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// triples are the statements of a graph, each as one line, sorted.
func triples(t *testing.T, tax *Taxonomy) []string {
	t.Helper()
	nodes, err := tax.graph("")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, n := range nodes {
		out = append(out, said(n.iri, "rdf:type", expandName(n.class)))
		for _, p := range n.properties {
			for _, o := range p.objects {
				out = append(out, said(n.iri, expandName(p.name), o))
			}
		}
	}
	slices.Sort(out)
	return out
}

func said(subject string, predicate string, o any) string {
	return fmt.Sprintf("%s\n%s\n%#v", subject, predicate, o)
}

func expandName(name string) string {
	prefix, local, _ := strings.Cut(name, ":")
	for _, p := range prefixes {
		if p.name == prefix {
			return p.iri + local
		}
	}
	return name
}

func TestTheTurtleSaysWhatTheGraphSays(t *testing.T) {
	for name, tax := range bothTaxonomies(t) {
		t.Run(name, func(t *testing.T) {
			got, err := readTurtle(string(export(t, tax, "skos-ttl")))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(triples(t, tax), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheJSONLDSaysWhatTheGraphSays(t *testing.T) {
	for name, tax := range bothTaxonomies(t) {
		t.Run(name, func(t *testing.T) {
			got, err := readJSONLD(export(t, tax, "skos-jsonld"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(triples(t, tax), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// embeddedOnce is the taxonomy that is built in, loaded once for all tests.
var embeddedOnce = sync.OnceValues(Default)

// bothTaxonomies are the awkward one and, unless time is short, the embedded one.
func bothTaxonomies(t *testing.T) map[string]*Taxonomy {
	t.Helper()
	if testing.Short() {
		return map[string]*Taxonomy{"awkward": awkwardTaxonomy(t)}
	}
	tax, err := embeddedOnce()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*Taxonomy{"embedded": tax, "awkward": awkwardTaxonomy(t)}
}

func TestAnExportIsTheSameEveryTime(t *testing.T) {
	for _, format := range Formats {
		if a, b := export(t, awkwardTaxonomy(t), format), export(t, awkwardTaxonomy(t), format); !bytes.Equal(a, b) {
			t.Errorf("%s differs between two runs", format)
		}
	}
}

func TestTheGraphKeepsTheConditionsOfSKOS(t *testing.T) {
	for name, tax := range bothTaxonomies(t) {
		nodes, err := tax.graph("")
		if err != nil {
			t.Fatal(err)
		}
		subjects := map[string]node{}
		for _, n := range nodes {
			if _, twice := subjects[n.iri]; twice {
				t.Errorf("%s: %s is described twice", name, n.iri)
			}
			subjects[n.iri] = n
		}
		for _, n := range nodes {
			checkLabels(t, n)
			for _, p := range n.properties {
				for _, o := range p.objects {
					if _, ok := subjects[o.iri]; o.iri != "" && !ok {
						t.Errorf("%s: %s %s leads nowhere: %s", name, n.iri, p.name, o.iri)
					}
				}
			}
		}
	}
}

// checkLabels: one preferred label per language (S14), and no label of two
// kinds (S13).
func checkLabels(t *testing.T, n node) {
	t.Helper()
	kind := map[object]string{}
	languages := map[string]bool{}
	for _, p := range n.properties {
		if !strings.HasSuffix(p.name, "Label") {
			continue
		}
		for _, o := range p.objects {
			if before, ok := kind[o]; ok {
				t.Errorf("%s: %q is both %s and %s", n.iri, o.literal, before, p.name)
			}
			kind[o] = p.name
			if p.name == "skos:prefLabel" && languages[o.lang] {
				t.Errorf("%s has two preferred labels in %s", n.iri, o.lang)
			}
			languages[o.lang] = languages[o.lang] || p.name == "skos:prefLabel"
		}
	}
}

func TestWhatAConceptSaysOfItselfArrivesInTheGraph(t *testing.T) {
	got, err := readTurtle(string(export(t, awkwardTaxonomy(t), "skos-ttl")))
	if err != nil {
		t.Fatal(err)
	}
	skos, dct := "http://www.w3.org/2004/02/skos/core#", "http://purl.org/dc/terms/"
	iri := func(id string) string { return DefaultBase + "concept/" + id }
	for _, want := range []string{
		said(iri("chinese-language"), skos+"broader", object{iri: iri("language-promotion")}),
		said(iri("language-promotion"), skos+"narrower", object{iri: iri("chinese-language")}),
		said(iri("chinese-language"), skos+"related", object{iri: iri("hsk")}),
		said(iri("hsk"), skos+"related", object{iri: iri("chinese-language")}),
		said(iri("hsk"), skos+"inScheme", object{iri: DefaultBase + "scheme/context"}),
		said(iri("language-promotion"), skos+"altLabel", object{literal: "language courses", lang: "en"}),
		said(iri("language-promotion"), skos+"notation", object{literal: "language-promotion"}),
		said(iri("language-promotion"), dct+"source", object{literal: "document 000, lines 61-115"}),
		said(iri("language-promotion"), dct+"source", object{literal: "document 001, line 27"}),
		said(iri("language-promotion"), skos+"scopeNote", object{literal: "“русский” (ru) counts only in a sentence with “школа”, a word of the list “money” or the concept chinese-language or one below it.", lang: "en"}),
		said(iri("language-promotion"), skos+"scopeNote", object{literal: "Not: school lessons @ home", lang: "en"}),
		said(iri("chinese-language"), skos+"hiddenLabel", object{literal: "中文", lang: "zh"}),
	} {
		if !slices.Contains(got, want) {
			t.Errorf("missing: %s", want)
		}
	}
	for _, line := range got {
		if strings.Contains(line, "Label") && strings.ContainsAny(line, "…|*") {
			t.Errorf("a pattern is no label: %s", line)
		}
		if strings.Contains(line, "#related") && strings.Contains(line, iri("chinese-language")) && strings.Contains(line, iri("language-promotion")) {
			t.Errorf("related to its own parent: %s", line)
		}
	}
}

func TestABaseThatIsNoIRIIsRefused(t *testing.T) {
	for _, base := range []string{"silkwire", "https://example.org/a b/", "urn:<x>"} {
		if err := awkwardTaxonomy(t).Export(io.Discard, "skos-ttl", base); err == nil {
			t.Errorf("%q was taken", base)
		}
	}
	if err := awkwardTaxonomy(t).Export(io.Discard, "skos-ttl", "https://example.org/t/"); err != nil {
		t.Error(err)
	}
}

func TestAnUnknownFormatNamesTheKnownOnes(t *testing.T) {
	err := awkwardTaxonomy(t).Export(io.Discard, "xml", "")
	if err == nil || !strings.Contains(err.Error(), "skos-ttl") {
		t.Errorf("got %v", err)
	}
}

// readTurtle is a reader for as much of Turtle as an export may use, and
// nothing else: anything it does not know is an error.
func readTurtle(s string) ([]string, error) {
	r := &turtleReader{rest: s, prefixes: map[string]string{}}
	for r.blank(); r.rest != ""; r.blank() {
		if err := r.statement(); err != nil {
			return nil, fmt.Errorf("%w before %.60q", err, r.rest)
		}
	}
	slices.Sort(r.out)
	return r.out, nil
}

type turtleReader struct {
	rest     string
	prefixes map[string]string
	out      []string
}

var (
	turtleIRI    = regexp.MustCompile(`^<([^\x00-\x20<>"{}|^` + "`" + `\\]*)>`)
	turtleName   = regexp.MustCompile(`^([a-z]+):([A-Za-z]+)`)
	turtleQuoted = regexp.MustCompile(`^"((?:[^"\\\n\r]|\\[tbnrf"'\\]|\\u[0-9A-Fa-f]{4})*)"`)
	turtleLang   = regexp.MustCompile(`^@([a-zA-Z]+(?:-[a-zA-Z0-9]+)*)`)
	turtlePrefix = regexp.MustCompile(`^@prefix ([a-z]+): <([^>\s]+)> \.`)
)

func (r *turtleReader) blank() { r.rest = strings.TrimLeft(r.rest, " \n") }

func (r *turtleReader) take(re *regexp.Regexp) []string {
	m := re.FindStringSubmatch(r.rest)
	if m != nil {
		r.rest = r.rest[len(m[0]):]
	}
	return m
}

func (r *turtleReader) sign(s string) bool {
	r.blank()
	rest, ok := strings.CutPrefix(r.rest, s)
	if ok {
		r.rest = rest
	}
	return ok
}

func (r *turtleReader) statement() error {
	if m := r.take(turtlePrefix); m != nil {
		r.prefixes[m[1]] = m[2]
		return nil
	}
	subject := r.take(turtleIRI)
	if subject == nil {
		return fmt.Errorf("a subject is wanted")
	}
	for {
		if err := r.property(subject[1]); err != nil {
			return err
		}
		if r.sign(".") {
			return nil
		}
		if !r.sign(";") {
			return fmt.Errorf("; or . is wanted")
		}
	}
}

func (r *turtleReader) property(subject string) error {
	if r.sign("a ") {
		class, err := r.name()
		if err != nil {
			return err
		}
		r.out = append(r.out, said(subject, "rdf:type", class))
		return nil
	}
	predicate, err := r.name()
	if err != nil {
		return err
	}
	for {
		o, err := r.object()
		if err != nil {
			return err
		}
		r.out = append(r.out, said(subject, predicate, o))
		if !r.sign(",") {
			return nil
		}
	}
}

func (r *turtleReader) name() (string, error) {
	r.blank()
	m := r.take(turtleName)
	if m == nil || r.prefixes[m[1]] == "" {
		return "", fmt.Errorf("a prefixed name is wanted")
	}
	return r.prefixes[m[1]] + m[2], nil
}

func (r *turtleReader) object() (object, error) {
	r.blank()
	if m := r.take(turtleIRI); m != nil {
		return object{iri: m[1]}, nil
	}
	m := r.take(turtleQuoted)
	if m == nil {
		return object{}, fmt.Errorf("an object is wanted")
	}
	literal, err := strconv.Unquote(`"` + m[1] + `"`)
	if err != nil {
		return object{}, err
	}
	o := object{literal: literal}
	if m := r.take(turtleLang); m != nil {
		o.lang = m[1]
	}
	return o, nil
}

// readJSONLD reads the two keys that an export has, and resolves names by the
// context of the document itself.
func readJSONLD(b []byte) ([]string, error) {
	var doc struct {
		Context map[string]any               `json:"@context"`
		Graph   []map[string]json.RawMessage `json:"@graph"`
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&doc); err != nil {
		return nil, err
	}
	expand := func(name string) string {
		prefix, local, _ := strings.Cut(name, ":")
		iri, _ := doc.Context[prefix].(string)
		return iri + local
	}
	var out []string
	for _, n := range doc.Graph {
		var subject, class string
		if err := errorsOf(json.Unmarshal(n["@id"], &subject), json.Unmarshal(n["@type"], &class)); err != nil {
			return nil, err
		}
		out = append(out, said(subject, "rdf:type", expand(class)))
		for _, key := range slices.Sorted(maps.Keys(n)) {
			if strings.HasPrefix(key, "@") {
				continue
			}
			objects, err := jsonObjects(n[key], doc.Context[key] != nil)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", subject, key, err)
			}
			for _, o := range objects {
				out = append(out, said(subject, expand(key), o))
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

func errorsOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func jsonObjects(raw json.RawMessage, pointing bool) (out []object, err error) {
	var values []json.RawMessage
	if err := json.Unmarshal(raw, &values); err != nil {
		return nil, err
	}
	for _, v := range values {
		var s string
		var tagged struct {
			Value    *string `json:"@value"`
			Language *string `json:"@language"`
		}
		switch {
		case json.Unmarshal(v, &s) == nil && pointing:
			out = append(out, object{iri: s})
		case json.Unmarshal(v, &s) == nil:
			out = append(out, object{literal: s})
		case json.Unmarshal(v, &tagged) == nil && tagged.Value != nil && tagged.Language != nil:
			out = append(out, object{literal: *tagged.Value, lang: *tagged.Language})
		default:
			return nil, fmt.Errorf("unknown value %s", v)
		}
	}
	return out, nil
}
