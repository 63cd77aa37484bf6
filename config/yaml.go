package config

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"silkwire/news"
)

// Limits of a file. What people write stays far below them; what is written to
// keep the program busy does not (C5).
const (
	maxFile    = 512 << 10
	maxLines   = 10_000 // the parser's time grows with their square
	maxDepth   = 32
	maxAliases = 1000
)

// reader walks one file and collects what it says, and what is wrong with it.
type reader struct {
	file     string
	v        Validators
	cfg      *Config
	insecure bool // see [Env]
	mistakes Mistakes

	lines   []int        // length of each line, in characters
	broken  map[int]bool // lines that are no YAML: nothing more is said of them
	anchors map[string]ast.Node
	aliases int // resolved so far

	at       map[string]Place // where a setting was made, by its key
	outletAt map[news.OutletID]Place
	sources  []readSource
	channels []readChannel
	digests  []readDigest
}

func newReader(file string, v Validators) *reader {
	return &reader{
		file: file, v: v, cfg: plain(),
		broken: map[int]bool{}, anchors: map[string]ast.Node{}, at: map[string]Place{},
		outletAt: map[news.OutletID]Place{},
	}
}

func (r *reader) mistake(at Place, format string, args ...any) {
	if len(r.mistakes) < maxMistakes && (at.Line == 0 || !r.broken[at.Line]) {
		r.mistakes = append(r.mistakes, Mistake{at, fmt.Sprintf(format, args...)})
	}
}

func (r *reader) warn(at Place, format string, args ...any) {
	r.cfg.Warnings = append(r.cfg.Warnings, at.String()+": "+fmt.Sprintf(format, args...))
}

// place is where a node begins.
func (r *reader) place(n ast.Node) Place {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		n = m.Values[0].Key // the token of a block mapping is its first colon
	}
	if n == nil || n.GetToken() == nil {
		return r.inside(1, 1)
	}
	return r.tokenPlace(n.GetToken())
}

func (r *reader) tokenPlace(t *token.Token) Place {
	if t == nil || t.Position == nil {
		return r.inside(1, 1)
	}
	return r.inside(t.Position.Line, t.Position.Column)
}

// inside is a place of the file, whatever the parser thought of it.
func (r *reader) inside(line, col int) Place {
	line = min(max(line, 1), max(len(r.lines), 1))
	width := 0
	if len(r.lines) > 0 {
		width = r.lines[line-1]
	}
	return Place{r.file, line, min(max(col, 1), width+1)}
}

// parse returns the one document of a file, nil for an empty one or one that
// cannot be read at all.
func (r *reader) parse(content []byte) ast.Node {
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
	if len(content) > maxFile {
		r.mistake(Place{r.file, 1, 1}, "the file is larger than %d bytes", maxFile)
		return nil
	}
	lines := strings.Split(string(content), "\n")
	if len(lines) > maxLines {
		r.mistake(Place{r.file, 1, 1}, "the file has more than %d lines", maxLines)
		return nil
	}
	for _, line := range lines {
		r.lines = append(r.lines, utf8.RuneCountInString(line))
	}
	if !r.readable(lines) {
		return nil
	}
	file := r.repaired(lines)
	if file == nil {
		return nil
	}
	return r.document(file)
}

// readable refuses what is no text.
func (r *reader) readable(lines []string) bool {
	for i, line := range lines {
		col := 0
		for rest := line; rest != ""; {
			c, size := utf8.DecodeRuneInString(rest)
			col++
			switch {
			case c == utf8.RuneError && size == 1:
				r.mistake(r.inside(i+1, col), "not UTF-8; save the file in that encoding")
				return false
			case c < ' ' && c != '\t' || c == 0x7f || c == 0xfeff || c == '\u0085' || c == '\u2028' || c == '\u2029':
				r.mistake(r.inside(i+1, col), "the control character %U has no place here", c)
				return false
			}
			rest = rest[size:]
		}
	}
	return true
}

// document is the first document of a file; more are a mistake.
func (r *reader) document(file *ast.File) ast.Node {
	var body ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case body == nil:
			body = doc.Body
		default:
			r.mistake(r.place(doc.Body), "a second document; the file is one")
		}
	}
	if _, comment := body.(*ast.CommentGroupNode); comment {
		return nil
	}
	r.collectAnchors(body)
	return body
}

// simpleLine is a line whose value can be taken away without changing what
// surrounds it.
var simpleLine = regexp.MustCompile(`^(\s*(?:- +)?[\w.-]+:)\s+\S.*$`)

// repaired parses the lines. A value that is no YAML is reported and taken
// away, so that the mistakes after it are found in the same run.
func (r *reader) repaired(lines []string) *ast.File {
	for {
		file, at, msg := r.parseOnce(strings.Join(lines, "\n"))
		if file != nil {
			return file
		}
		known := r.broken[at.Line]
		if !known {
			r.mistake(at, "%s", msg)
		}
		simple := simpleLine.FindStringSubmatch(lines[at.Line-1])
		if known || simple == nil || len(r.broken) >= 20 {
			return nil
		}
		r.broken[at.Line] = true
		lines[at.Line-1] = simple[1] + ` ""`
	}
}

// parseOnce parses a text, or says where it ends to be YAML. The parser is
// recursive, so the depth is looked at before.
func (r *reader) parseOnce(text string) (file *ast.File, at Place, msg string) {
	defer func() {
		if p := recover(); p != nil {
			file, at, msg = nil, r.inside(1, 1), "this cannot be read as YAML"
		}
	}()
	tokens := lexer.Tokenize(text)
	if deep := tooDeep(tokens); deep != nil {
		return nil, r.tokenPlace(deep), fmt.Sprintf("nested deeper than %d levels", maxDepth)
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err == nil {
		return file, Place{}, ""
	}
	var syntax interface {
		GetToken() *token.Token
		GetMessage() string
	}
	if !errors.As(err, &syntax) {
		return nil, r.inside(1, 1), err.Error()
	}
	return nil, r.tokenPlace(syntax.GetToken()), syntaxMessage(syntax.GetMessage())
}

// syntaxMessage adds what to do to what the parser says.
func syntaxMessage(msg string) string {
	switch {
	case strings.Contains(msg, "reserved character"), strings.Contains(msg, "undefined alias"), strings.Contains(msg, "undefined anchor"):
		return msg + `; put the value in quotes: "…"`
	case strings.Contains(msg, "mapping value is not allowed"):
		return msg + "; check the indentation, or put a value that contains a colon in quotes"
	case strings.Contains(msg, "character '\t'"):
		return "a tab; indent with spaces"
	}
	return msg
}

// tooDeep returns the token at which brackets, or dashes and question marks of
// one line, nest too deep. Nesting by indentation is bounded by the file's size.
func tooDeep(tokens token.Tokens) *token.Token {
	depth, marks, line := 0, 0, 0
	for _, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType, token.AliasType:
			if t.Position.Line != line {
				marks, line = 0, t.Position.Line
			}
			marks++
		}
		if depth > maxDepth || marks > maxDepth || t.Position.IndentNum > 4*maxDepth {
			return t
		}
	}
	return nil
}

// collectAnchors remembers what every &name stands for. Names are visible
// before they are defined, which does no harm.
func (r *reader) collectAnchors(n ast.Node) {
	switch n := n.(type) {
	case *ast.AnchorNode:
		if n.Name != nil && n.Name.GetToken() != nil {
			r.anchors[n.Name.GetToken().Value] = n.Value
		}
		r.collectAnchors(n.Value)
	case *ast.TagNode:
		r.collectAnchors(n.Value)
	case *ast.MappingNode:
		for _, v := range n.Values {
			r.collectAnchors(v)
		}
	case *ast.MappingValueNode:
		r.collectAnchors(n.Value)
	case *ast.SequenceNode:
		for _, v := range n.Values {
			r.collectAnchors(v)
		}
	}
}

// resolve follows anchors, aliases and tags to the node they stand for. There
// is no recursion in what the grammar reads, so that bounding the number of
// aliases bounds the work (C5).
func (r *reader) resolve(n ast.Node) ast.Node {
	from := n
	for range 16 {
		switch m := n.(type) {
		case *ast.AnchorNode:
			n = m.Value
		case *ast.TagNode:
			n = m.Value
		case *ast.AliasNode:
			if r.aliases++; r.aliases == maxAliases+1 {
				r.mistake(r.place(m), "more than %d aliases in all", maxAliases)
			}
			if r.aliases > maxAliases {
				return nil
			}
			name := m.Value.GetToken().Value
			target, ok := r.anchors[name]
			if !ok {
				r.mistake(r.place(m), "the alias *%s stands for nothing; define &%s, or put the value in quotes", name, name)
				return nil
			}
			n = target
		default:
			return n
		}
		if n == nil {
			r.mistake(r.place(from), "nothing stands behind this; put it in quotes if it is meant")
			return nil
		}
	}
	r.mistake(r.place(n), "this alias stands for itself")
	return nil
}

// pair is one key of a mapping with its value.
type pair struct {
	name  string
	key   ast.Node
	value ast.Node // resolved; nil where that was not possible
	at    Place    // of the value
}

// pairs returns the keys of a mapping, those merged by << last. ok is false
// for what is no mapping; nothing at all is an empty mapping.
func (r *reader) pairs(n ast.Node, at Place) (out []pair, ok bool) {
	return r.mergedPairs(n, at, 0)
}

func (r *reader) mergedPairs(n ast.Node, at Place, depth int) (out []pair, ok bool) {
	var values []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		values = m.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{m}
	case nil, *ast.NullNode:
		return nil, true
	default:
		r.mistake(at, "a mapping (key: value) is wanted here, not %s", describe(n))
		return nil, false
	}
	seen := map[string]Place{}
	var merges []ast.Node
	for _, v := range values {
		if v.Key.IsMergeKey() {
			merges = append(merges, v.Value)
			continue
		}
		p := pair{name: keyName(v.Key), key: v.Key, at: r.place(v.Value)}
		if first, twice := seen[p.name]; twice {
			r.mistake(r.place(v.Key), "the key %q stands here twice; first in line %d", p.name, first.Line)
			continue
		}
		seen[p.name] = r.place(v.Key)
		p.value = r.resolve(v.Value)
		out = append(out, p)
	}
	for _, merge := range merges {
		for _, p := range r.merge(merge, depth) {
			if _, own := seen[p.name]; !own {
				seen[p.name] = p.at
				out = append(out, p)
			}
		}
	}
	return out, true
}

// merge returns the pairs that << brings: of one mapping, or of a list of them.
func (r *reader) merge(n ast.Node, depth int) (out []pair) {
	at := r.place(n)
	if depth > 8 {
		r.mistake(at, "<< inside << inside <<: too deep")
		return nil
	}
	n = r.resolve(n)
	if s, list := n.(*ast.SequenceNode); list {
		for _, v := range s.Values {
			more, _ := r.mergedPairs(r.resolve(v), r.place(v), depth+1)
			out = append(out, more...)
		}
		return out
	}
	out, _ = r.mergedPairs(n, at, depth+1)
	return out
}

func keyName(key ast.MapKeyNode) string {
	if t := key.GetToken(); t != nil {
		if k, ok := key.(*ast.MappingKeyNode); ok && k.Value != nil && k.Value.GetToken() != nil {
			return k.Value.GetToken().Value
		}
		return t.Value
	}
	return ""
}

// describe says what a node is, in words.
func describe(n ast.Node) string {
	switch n := n.(type) {
	case *ast.SequenceNode:
		return "a list"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case nil, *ast.NullNode:
		return "nothing"
	case *ast.BoolNode:
		return "true or false"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.StringNode:
		return fmt.Sprintf("the text %q", shortened(n.Value))
	}
	return "this"
}

func shortened(s string) string {
	if runes := []rune(s); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return s
}

// text reads one plain value. Numbers are texts too: a user may be called 7.
func (r *reader) text(p pair) (string, bool) {
	switch n := p.value.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode:
		return n.GetToken().Value, true
	case nil:
		return "", false
	case *ast.NullNode:
		r.mistake(p.at, "%s has no value; leave the key out for its default", p.name)
	case *ast.BoolNode:
		r.mistake(p.at, "%s: a text is wanted here, not true or false; put it in quotes if it is meant", p.name)
	default:
		r.mistake(p.at, "%s: a text is wanted here, not %s", p.name, describe(n))
	}
	return "", false
}

func (r *reader) bool(p pair, to *bool) {
	switch n := p.value.(type) {
	case *ast.BoolNode:
		*to = n.Value
	case nil:
	default:
		r.mistake(p.at, "%s: true or false is wanted here, not %s", p.name, describe(n))
	}
}

// items are the elements of a list.
func (r *reader) items(p pair) (out []pair) {
	switch s := p.value.(type) {
	case *ast.SequenceNode:
		for _, v := range s.Values {
			out = append(out, pair{name: p.name, key: v, value: r.resolve(v), at: r.place(v)})
		}
	case nil, *ast.NullNode:
	default:
		r.mistake(p.at, "%s: a list is wanted here, not %s; begin each element with a dash, or write [a, b]", p.name, describe(s))
	}
	return out
}

// texts reads a list of plain values, or one alone.
func (r *reader) texts(p pair, each func(pair, string)) {
	switch p.value.(type) {
	case *ast.SequenceNode, *ast.NullNode, nil:
		for _, it := range r.items(p) {
			if s, ok := r.text(it); ok {
				each(it, s)
			}
		}
	default:
		if s, ok := r.text(p); ok {
			each(p, s)
		}
	}
}

// fields hands every key of a mapping to its reader.
func (r *reader) fields(p pair, readers map[string]func(pair)) bool {
	pairs, ok := r.pairs(p.value, p.at)
	for _, q := range pairs {
		if read := readers[q.name]; read != nil {
			read(q)
			continue
		}
		r.unknownKey(p, q, readers)
	}
	return ok && p.value != nil
}

func (r *reader) unknownKey(p, q pair, readers map[string]func(pair)) {
	valid := keys(readers)
	where := ""
	if p.name != "" {
		where = " of " + p.name
	}
	r.mistake(r.place(q.key), "%v", oneOf("key"+where, q.name, valid))
}
