package taxonomy

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"silkwire/news"
	"silkwire/text"
)

//go:embed data/*.yaml
var embedded embed.FS

// Default returns the embedded taxonomy.
func Default() (*Taxonomy, error) {
	data, err := fs.Sub(embedded, "data")
	if err != nil {
		return nil, err
	}
	return load(compactFile, data)
}

// WithDir returns the embedded taxonomy with a directory of the operator's laid
// over it.
func WithDir(dir fs.FS) (*Taxonomy, error) {
	data, err := fs.Sub(embedded, "data")
	if err != nil {
		return nil, err
	}
	return load(compactFile, data, dir)
}

// Load reads every *.yaml file of the given directories. A concept of a later
// directory replaces the one with the same id. All mistakes are returned at
// once, as a [Mistakes].
func Load(dirs ...fs.FS) (*Taxonomy, error) { return load(nil, dirs...) }

// load is Load with a compact form of the first directory, which is read in
// its place if it was made from the same files.
func load(compact []byte, dirs ...fs.FS) (*Taxonomy, error) {
	l := &loader{t: newTaxonomy(), hash: sha256.New(), layer: map[news.ConceptID]int{}, compact: compact}
	for i, dir := range dirs {
		l.level = i
		if err := l.dir(dir); err != nil {
			return nil, err
		}
	}
	l.t.Version = l.version()
	l.t.index()
	if len(dirs) > 1 || !l.proven {
		l.check()
	}
	if len(l.mistakes) > 0 {
		return nil, l.mistakes
	}
	return l.t, nil
}

func newTaxonomy() *Taxonomy {
	return &Taxonomy{byID: map[news.ConceptID]*Concept{}, Lists: map[string]map[text.Lang][]string{}}
}

// Mistake is one thing wrong with a taxonomy file.
type Mistake struct {
	Pos Pos
	Msg string
}

func (m Mistake) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", m.Pos.File, m.Pos.Line, m.Pos.Col, m.Msg)
}

// Mistakes are all things wrong with a taxonomy, in the order of the files.
type Mistakes []Mistake

func (ms Mistakes) Error() string {
	lines := make([]string, len(ms))
	for i, m := range ms {
		lines[i] = m.Error()
	}
	return strings.Join(lines, "\n")
}

type loader struct {
	t        *Taxonomy
	hash     hash.Hash
	mistakes Mistakes
	file     string
	facet    Facet
	level    int
	layer    map[news.ConceptID]int
	compact  []byte // of the first directory; may be nil
	proven   bool   // the first directory was read from its compact form, which has no mistakes
}

// version is the hash of all files read so far.
func (l *loader) version() string { return hex.EncodeToString(l.hash.Sum(nil))[:12] }

func (l *loader) dir(dir fs.FS) error {
	names, err := fs.Glob(dir, "*.yaml")
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return errors.New("no *.yaml file in the taxonomy's directory")
	}
	slices.Sort(names)
	contents := make([][]byte, len(names))
	for i, name := range names {
		if contents[i], err = fs.ReadFile(dir, name); err != nil {
			return fmt.Errorf("read taxonomy: %w", err)
		}
		fmt.Fprintf(l.hash, "%s %d\n", path.Base(name), len(contents[i]))
		l.hash.Write(contents[i])
	}
	if l.level == 0 && l.compact != nil && l.fromCompact() {
		return nil
	}
	files := make([]parsed, len(names))
	var group sync.WaitGroup
	for i := range names {
		group.Go(func() { files[i].file, files[i].err = parser.ParseBytes(contents[i], 0) })
	}
	group.Wait()
	for i, name := range names {
		l.readFile(name, files[i])
	}
	return nil
}

// fromCompact reads the compact form, if it was made from the files read so far.
func (l *loader) fromCompact() bool {
	if err := l.t.readCompact(l.compact, l.version()); err != nil {
		return false
	}
	for _, c := range l.t.Concepts {
		l.t.byID[c.ID], l.layer[c.ID] = c, 0
	}
	l.proven = true
	return true
}

// parsed is a file's syntax tree, or why there is none.
type parsed struct {
	file *ast.File
	err  error
}

func (l *loader) mistake(n ast.Node, format string, args ...any) {
	l.mistakes = append(l.mistakes, Mistake{l.pos(n), fmt.Sprintf(format, args...)})
}

func (l *loader) pos(n ast.Node) Pos {
	p := Pos{File: l.file, Line: 1, Col: 1}
	if n != nil && n.GetToken() != nil {
		p.Line, p.Col = n.GetToken().Position.Line, n.GetToken().Position.Column
	}
	return p
}

func (l *loader) readFile(name string, p parsed) {
	l.file, l.facet = name, ""
	if p.err != nil {
		l.mistakes = append(l.mistakes, Mistake{Pos{name, 1, 1}, strings.TrimSpace(p.err.Error())})
		return
	}
	for _, doc := range p.file.Docs {
		if doc.Body == nil {
			continue
		}
		l.fields(doc.Body, map[string]func(ast.Node){
			"facet":    func(n ast.Node) { l.facet = Facet(l.str(n)) },
			"lists":    l.lists,
			"concepts": func(n ast.Node) { l.each(n, l.concept) },
		})
	}
}

// fields calls the reader of each key of a mapping.
func (l *loader) fields(n ast.Node, readers map[string]func(ast.Node)) {
	for key, value := range l.pairs(n) {
		name := key.String()
		read, ok := readers[strings.Trim(name, `"'`)]
		if !ok {
			l.mistake(key, "unknown key %q%s", name, nearestKey(name, readers))
			continue
		}
		read(value)
	}
}

func nearestKey(name string, readers map[string]func(ast.Node)) string {
	best, at := "", 4
	for k := range readers {
		if d := distance(name, k); d < at || d == at && k < best {
			best, at = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

func (l *loader) pairs(n ast.Node) func(func(ast.Node, ast.Node) bool) {
	return func(yield func(ast.Node, ast.Node) bool) {
		var values []*ast.MappingValueNode
		switch m := n.(type) {
		case *ast.MappingNode:
			values = m.Values
		case *ast.MappingValueNode:
			values = []*ast.MappingValueNode{m}
		case *ast.NullNode:
		default:
			l.mistake(n, "a mapping is wanted here")
		}
		for _, v := range values {
			if !yield(v.Key, v.Value) {
				return
			}
		}
	}
}

func (l *loader) each(n ast.Node, f func(ast.Node)) {
	switch s := n.(type) {
	case *ast.SequenceNode:
		for _, v := range s.Values {
			f(v)
		}
	case *ast.NullNode:
	default:
		l.mistake(n, "a list is wanted here")
	}
}

func (l *loader) str(n ast.Node) string {
	switch s := n.(type) {
	case *ast.StringNode:
		return s.Value
	case *ast.LiteralNode:
		return s.Value.Value
	case *ast.NullNode:
		return ""
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value
	}
	l.mistake(n, "a text is wanted here")
	return ""
}

func (l *loader) bool(n ast.Node) bool {
	if b, ok := n.(*ast.BoolNode); ok {
		return b.Value
	}
	l.mistake(n, "true or false is wanted here")
	return false
}

// strs reads a list of texts, or one text.
func (l *loader) strs(n ast.Node) (out []string) {
	if _, ok := n.(*ast.SequenceNode); !ok {
		return []string{l.str(n)}
	}
	l.each(n, func(n ast.Node) { out = append(out, l.str(n)) })
	return out
}

func (l *loader) ids(n ast.Node) (out []news.ConceptID) {
	for _, s := range l.strs(n) {
		out = append(out, news.ConceptID(s))
	}
	return out
}

// byLang reads a mapping from languages to lists.
func (l *loader) byLang(n ast.Node, f func(text.Lang, ast.Node)) {
	for key, value := range l.pairs(n) {
		lang := text.ParseLang(key.String())
		if lang == text.Und {
			l.mistake(key, "unknown language %q: one of en ru uz kk ky tg tk tr zh fa", key.String())
			continue
		}
		if _, ok := value.(*ast.SequenceNode); !ok {
			f(lang, value)
			continue
		}
		l.each(value, func(n ast.Node) { f(lang, n) })
	}
}

func (l *loader) lists(n ast.Node) {
	for key, value := range l.pairs(n) {
		list := map[text.Lang][]string{}
		l.byLang(value, func(lang text.Lang, n ast.Node) { list[lang] = append(list[lang], l.str(n)) })
		name := key.String()
		if _, dup := l.t.Lists[name]; dup && l.level == 0 {
			l.mistake(key, "the list %q is defined twice", name)
		}
		l.t.Lists[name] = list
	}
}

func (l *loader) concept(n ast.Node) {
	c := &Concept{Facet: l.facet, Label: map[text.Lang]string{}, Pos: l.pos(n)}
	readers := map[string]func(ast.Node){
		"id":     func(n ast.Node) { c.ID, c.Pos = news.ConceptID(l.str(n)), l.pos(n) },
		"name":   func(n ast.Node) { c.Name = l.str(n) },
		"facet":  func(n ast.Node) { c.Facet = Facet(l.str(n)) },
		"parent": func(n ast.Node) { c.Parent = news.ConceptID(l.str(n)) },
		"label":  func(n ast.Node) { l.byLang(n, func(lang text.Lang, n ast.Node) { c.Label[lang] = l.str(n) }) },
		"terms": func(n ast.Node) {
			l.byLang(n, func(lang text.Lang, n ast.Node) { c.Terms = append(c.Terms, l.term(lang, n)) })
		},
		"definition": func(n ast.Node) { c.Definition = l.str(n) },
		"related":    func(n ast.Node) { c.Related = l.ids(n) },
		"state":      func(n ast.Node) { c.State = news.ConceptID(l.str(n)) },
		"instrument": func(n ast.Node) { c.Instrument = news.ConceptID(l.str(n)) },
		"behaviour":  func(n ast.Node) { c.Behaviour = l.strs(n) },
		"horizon":    func(n ast.Node) { c.Horizon = l.str(n) },
		"about":      func(n ast.Node) { c.About = l.str(n) },
		"polarity":   func(n ast.Node) { c.Polarity = l.str(n) },
		"yields_to":  func(n ast.Node) { c.YieldsTo = l.ids(n) },
		"rules":      func(n ast.Node) { l.fields(n, l.ruleReaders(&c.Rules)) },
		"match": func(n ast.Node) {
			l.byLang(n, func(lang text.Lang, n ast.Node) { c.Match = append(c.Match, Sentence{lang, l.str(n), l.pos(n)}) })
		},
		"no_match": func(n ast.Node) {
			l.byLang(n, func(lang text.Lang, n ast.Node) { c.NoMatch = append(c.NoMatch, Sentence{lang, l.str(n), l.pos(n)}) })
		},
		"active":  func(n ast.Node) { c.Inactive = !l.bool(n) },
		"added":   func(n ast.Node) { c.Added = l.str(n) },
		"caution": func(n ast.Node) { c.Caution = l.str(n) },
		"sources": func(n ast.Node) { c.Sources = l.sources(n) },
	}
	l.fields(n, readers)
	if c.ID == "" {
		l.mistake(n, "a concept needs an id")
		return
	}
	l.add(n, c)
}

func (l *loader) add(n ast.Node, c *Concept) {
	old, known := l.t.byID[c.ID]
	if known && l.layer[c.ID] == l.level {
		l.mistake(n, "the concept %q is defined twice, first at %s:%d", c.ID, old.Pos.File, old.Pos.Line)
		return
	}
	if known {
		i := slices.Index(l.t.Concepts, old)
		l.t.Concepts[i] = c
	} else {
		l.t.Concepts = append(l.t.Concepts, c)
	}
	l.t.byID[c.ID], l.layer[c.ID] = c, l.level
}

func (l *loader) term(lang text.Lang, n ast.Node) Term {
	t := Term{Lang: lang, Pos: l.pos(n)}
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		readers := l.ruleReaders(&t.Rules)
		readers["t"] = func(n ast.Node) { t.Text, t.Pos = l.str(n), l.pos(n) }
		readers["exact"] = func(n ast.Node) { t.Exact = l.bool(n) }
		readers["adjective"] = func(n ast.Node) { t.Adjective = l.bool(n) }
		l.fields(n, readers)
	default:
		t.Text = l.str(n)
	}
	if strings.TrimSpace(t.Text) == "" {
		l.mistake(n, "an empty term")
	}
	t.ruleAdjective()
	return t
}

func (l *loader) ruleReaders(r *Rules) map[string]func(ast.Node) {
	into := func(to *[]string) func(ast.Node) { return func(n ast.Node) { *to = append(*to, l.strs(n)...) } }
	return map[string]func(ast.Node){
		"followed_by": into(&r.FollowedBy), "preceded_by": into(&r.PrecededBy), "near": into(&r.Near), "also_near": into(&r.AlsoNear), "with": into(&r.With),
		"not_followed_by": into(&r.NotFollowedBy), "not_preceded_by": into(&r.NotPrecededBy), "not_near": into(&r.NotNear), "not_with": into(&r.NotWith),
	}
}

// sources reads "000:61-115 001:27".
func (l *loader) sources(n ast.Node) (out []Source) {
	for _, f := range strings.Fields(l.str(n)) {
		doc, lines, ok := strings.Cut(f, ":")
		if !ok {
			l.mistake(n, "a source is written document:lines, not %q", f)
			continue
		}
		out = append(out, Source{doc, lines})
	}
	return out
}

func (t *Taxonomy) index() {
	t.children = map[news.ConceptID][]news.ConceptID{}
	for _, c := range t.Concepts {
		if c.Parent != "" {
			t.children[c.Parent] = append(t.children[c.Parent], c.ID)
		}
		if c.Name == "" {
			c.Name = string(c.ID)
		}
	}
	for _, children := range t.children {
		slices.SortFunc(children, func(a, b news.ConceptID) int { return cmp.Compare(a, b) })
	}
}
