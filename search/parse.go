package search

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"silkwire/news"
	"silkwire/words"
)

// Limits of a query: what a person writes stays far below them, what is
// written to keep the archive busy does not.
const (
	MaxQuery = 8 << 10 // bytes
	MaxTerms = 200
	MaxDepth = 50 // of parentheses and minus signs
)

// Names knows the concepts of the taxonomy in force.
type Names interface {
	// Concept returns the concept and its descendants, and whether there is such a concept.
	Concept(id string) (ids []news.ConceptID, ok bool)
	// Facet returns the facet of a concept, "" for none.
	Facet(id string) string
	// Nearest returns the concept whose id is most like the given one, "" for none.
	Nearest(id string) string
	// Polar returns the receptions that say "welcomed", "rejected", "mixed"
	// or "hindered".
	Polar(polarity string) []news.ConceptID
}

// Options say how queries are read. The zero Options takes every id literally
// and folds words with [Fold].
type Options struct {
	Names Names

	// Fold splits a text into folded words. Folding what it returned must
	// change nothing.
	Fold func(string) []string

	// Values are the valid values of the keys outlet, source, country and
	// lang. A key that is missing here takes any value.
	Values map[string][]string
}

// Parse reads a query.
//
//	query   = and { "OR" and }
//	and     = not { [ "AND" ] not }
//	not     = { "-" } ( word | phrase | key ":" value | "(" query ")" )
//
// Words side by side must all occur and bind tighter than OR. The keys are
// actor, instrument, target, narrative, reception and concept (a tag with the
// concept or a descendant), polarity (a tag with a reception that says so),
// recipient (of an event), to (recipient of an event
// or a target tag), outlet, source, country, lang, story, after (that day or
// later), before (earlier than that day), is and has, status, amount and
// currency (of an event; sums are compared in the currency they were named in),
// and relevance. Days are of UTC. A mistake is a [*SyntaxError].
func Parse(query string, names Names) (Query, error) {
	return Options{Names: names}.Parse(query)
}

// Parse reads a query as [Parse] does.
func (o Options) Parse(query string) (Query, error) {
	if o.Fold == nil {
		o.Fold = Fold
	}
	p := &parser{Options: o, in: query}
	if len(query) > MaxQuery {
		return Query{}, p.errorf(MaxQuery, "the query is longer than %d bytes", MaxQuery)
	}
	if p.space(); p.pos == len(p.in) {
		return Query{Text: query}, nil
	}
	root, err := p.or()
	if err != nil {
		return Query{}, err
	}
	if p.pos < len(p.in) {
		return Query{}, p.errorf(p.pos, "this ) closes nothing")
	}
	return Query{Text: query, Root: root}, nil
}

// SyntaxError is a mistake in a query and the byte where it stands.
type SyntaxError struct {
	Query string
	Pos   int
	Msg   words.Message // what is wrong and what would be right
	Args  []any         // of Msg
}

// Error says what is wrong and where, counting characters from 1 as people do.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("query, character %d: %s", e.Character(), fmt.Sprintf(string(e.Msg), e.Args...))
}

// Character is where in the query it is, counting characters from 1.
func (e *SyntaxError) Character() int { return len([]rune(e.Query[:e.Pos])) + 1 }

type parser struct {
	Options
	in    string
	pos   int
	terms int
	depth int
}

func (p *parser) errorf(pos int, says words.Message, args ...any) error {
	return &SyntaxError{Query: p.in, Pos: pos, Msg: says, Args: args}
}

func (p *parser) space() {
	rest := strings.TrimLeftFunc(p.in[p.pos:], unicode.IsSpace)
	p.pos = len(p.in) - len(rest)
}

// operator reports whether the bare word op comes next, and skips it.
func (p *parser) operator(op string) bool {
	if p.bareEnd() != p.pos+len(op) || !strings.HasPrefix(p.in[p.pos:], op) {
		return false
	}
	p.pos += len(op)
	p.space()
	return true
}

// bareEnd is where the run of bytes that need no quotes ends.
func (p *parser) bareEnd() int {
	n := strings.IndexFunc(p.in[p.pos:], func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`()"`, r) })
	if n < 0 {
		return len(p.in)
	}
	return p.pos + n
}

func (p *parser) or() (Expr, error) {
	var any Or
	for {
		e, err := p.and()
		if err != nil {
			return nil, err
		}
		any = append(any, e)
		if !p.operator("OR") {
			break
		}
	}
	if len(any) == 1 {
		return any[0], nil
	}
	return any, nil
}

func (p *parser) and() (Expr, error) {
	var all And
	for {
		e, err := p.not()
		if err != nil {
			return nil, err
		}
		all = append(all, e)
		p.space()
		explicit := p.operator("AND")
		if !explicit && (p.pos == len(p.in) || p.in[p.pos] == ')' || p.atOR()) {
			break
		}
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return all, nil
}

func (p *parser) atOR() bool { return p.in[p.pos:p.bareEnd()] == "OR" }

func (p *parser) not() (Expr, error) {
	if err := p.deeper(p.pos); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	if p.pos == len(p.in) || p.in[p.pos] != '-' {
		return p.primary()
	}
	minus := p.pos
	p.pos++
	if p.pos == len(p.in) || p.in[p.pos] == ')' || p.bareEnd() == p.pos && unicode.IsSpace(rune(p.in[p.pos])) {
		return nil, p.errorf(minus, "nothing follows the minus sign; to search for a dash, put the phrase in quotes")
	}
	e, err := p.not()
	if err != nil {
		return nil, err
	}
	return Not{e}, nil
}

func (p *parser) deeper(pos int) error {
	if p.depth++; p.depth > MaxDepth {
		return p.errorf(pos, "more than %d parentheses and minus signs inside each other", MaxDepth)
	}
	return nil
}

func (p *parser) primary() (Expr, error) {
	if p.pos == len(p.in) {
		return nil, p.errorf(p.pos, "the query ends where a word or key:value should stand")
	}
	switch p.in[p.pos] {
	case '(':
		return p.group()
	case ')':
		return nil, p.errorf(p.pos, "a word or key:value should stand before this )")
	}
	if err := p.term(p.pos); err != nil {
		return nil, err
	}
	if p.in[p.pos] == '"' {
		return p.phrase()
	}
	return p.bare()
}

func (p *parser) term(pos int) error {
	if p.terms++; p.terms > MaxTerms {
		return p.errorf(pos, "more than %d terms", MaxTerms)
	}
	return nil
}

func (p *parser) group() (Expr, error) {
	open := p.pos
	p.pos++
	p.space()
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.pos == len(p.in) {
		return nil, p.errorf(open, "this ( is never closed")
	}
	p.pos++ // the only thing that ends or() before the end of the query
	return e, nil
}

func (p *parser) phrase() (Expr, error) {
	start := p.pos
	s, err := p.quoted()
	if err != nil {
		return nil, err
	}
	return p.words(start, s)
}

// quoted reads "…" and leaves the position behind it.
func (p *parser) quoted() (string, error) {
	n := strings.IndexByte(p.in[p.pos+1:], '"')
	if n < 0 {
		return "", p.errorf(p.pos, "this quotation mark is never closed")
	}
	s := p.in[p.pos+1 : p.pos+1+n]
	p.pos += n + 2
	return s, nil
}

func (p *parser) words(pos int, s string) (Expr, error) {
	w := p.Fold(s)
	if len(w) == 0 {
		return nil, p.errorf(pos, "there is no word in %q", s)
	}
	return Words(w), nil
}

// bare reads a word or key:value.
func (p *parser) bare() (Expr, error) {
	start, end := p.pos, p.bareEnd()
	token := p.in[start:end]
	if token == "OR" || token == "AND" {
		return nil, p.errorf(start, "a word or key:value should stand before %s; to search for the word, put it in quotes", token)
	}
	key, value, ok := strings.Cut(token, ":")
	if !ok || !isKey(key) {
		p.pos = end
		return p.words(start, token)
	}
	if !slices.Contains(Keys(), key) {
		return nil, p.unknownKey(start, key)
	}
	p.pos = start + len(key) + 1
	valuePos := p.pos
	if value == "" && p.pos < len(p.in) && p.in[p.pos] == '"' {
		var err error
		if value, err = p.quoted(); err != nil {
			return nil, err
		}
		value = strings.TrimSpace(value)
	} else {
		p.pos = end
	}
	if value == "" {
		return nil, p.errorf(valuePos, "a value must follow %s: without a space", key)
	}
	return p.value(key, value, valuePos)
}

func isKey(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < 'A' || r > 'z' || r > 'Z' && r < 'a' })
}

func (p *parser) unknownKey(pos int, key string) error {
	if lower := strings.ToLower(key); slices.Contains(Keys(), lower) {
		return p.errorf(pos, "keys are written small: %s:", lower)
	}
	return p.errorf(pos, "unknown key %q; the nearest is %q (to search for the words, put them in quotes)", key+":", Nearest(key, Keys())+":")
}

// Nearest returns the candidate with the smallest edit distance to s, the
// first of several; "" when there are none.
func Nearest(s string, candidates []string) string {
	best, bestDistance := "", -1
	for _, c := range candidates {
		if d := distance([]rune(s), []rune(c)); bestDistance < 0 || d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := diagonal
			if x != y {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(row[j+1]+1, row[j]+1, cost)
		}
	}
	return row[len(b)]
}
