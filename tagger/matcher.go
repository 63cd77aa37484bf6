package tagger

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"silkwire/text"
)

// A matcher finds the terms of a taxonomy in folded words.
//
// Every word of every term is known by its stems and the endings each accepts
// (package text). A word of the text is looked up once: which of the terms'
// words is it a form of? The answer is remembered, so that common words cost
// one hash. Terms are paths of words in a trie; the cost of a text does not
// depend on how many terms there are.
type matcher struct {
	stems   map[string][]stemEntry
	longest int // stem, in bytes
	words   []wordInfo
	first   []int32          // word → node after it at the beginning of a term; -1: none
	edges   map[uint64]int32 // node<<32 | word → node
	nodes   []node
	terms   []term
	seed    maphash.Seed

	wordIDs map[string]int32 // while compiling
}

type stemEntry struct {
	endings *text.Endings
	word    int32
	uzbek   bool // may be reached through transliteration
}

// wordInfo is a word of some term, with the capitals it insists on.
type wordInfo struct {
	need   text.Case // Lower: none; Capital: a capital first; AllCaps: as many capitals as the stem has letters
	length int       // runes of the dictionary form
}

type node struct {
	terms []int32 // that end here
	gap   int32   // node that continues after "…"; -1: none
	comma bool    // a comma may stand before the next word
}

// term is one spelling of a taxonomy's term, in the matcher's numbers.
type term struct {
	class int32 // a concept, or a list of words that rules ask for
	rule  int32 // index of its rules; -1: none
	where text.LangSet
	lang  text.Lang
	text  string // as the taxonomist wrote it
}

const (
	maxGapWords = 4
	maxGapHan   = 8
	maxSpelling = 96 // alternatives of one term, multiplied out
)

func newMatcher() *matcher {
	return &matcher{
		stems: map[string][]stemEntry{}, edges: map[uint64]int32{},
		nodes: []node{{gap: -1}}, wordIDs: map[string]int32{}, seed: maphash.MakeSeed(),
	}
}

// add compiles one term. Words of rules (plain) insist on no capitals.
func (m *matcher) add(pattern string, t term, exact, plain bool) error {
	if len(m.nodes) == 0 {
		return fmt.Errorf("matcher is closed")
	}
	id := int32(len(m.terms))
	m.terms = append(m.terms, t)
	spellings, err := expand(pattern)
	if err != nil {
		return err
	}
	for _, s := range spellings {
		m.addSpelling(s, id, exact, plain)
	}
	return nil
}

// expand multiplies out the alternatives of a pattern.
func expand(pattern string) ([]string, error) {
	out := []string{""}
	for _, w := range strings.Fields(pattern) {
		var next []string
		for _, prefix := range out {
			for alt := range strings.SplitSeq(w, "|") {
				if alt != "" {
					next = append(next, strings.TrimSpace(prefix+" "+alt))
				}
			}
		}
		if out = next; len(out) > maxSpelling {
			return nil, fmt.Errorf("term %q has more than %d spellings", pattern, maxSpelling)
		}
	}
	return out, nil
}

// addSpelling lays the path of a spelling without alternatives.
func (m *matcher) addSpelling(s string, id int32, exact, plain bool) {
	at := int32(0)
	words := m.patternWords(s, m.terms[id].lang, exact, plain)
	for i, w := range words {
		if w.gap && at != 0 {
			if m.nodes[at].gap < 0 {
				m.nodes[at].gap = m.newNode()
			}
			at = m.nodes[at].gap
		}
		if w.comma {
			m.nodes[at].comma = true
		}
		at = m.step(at, w.id)
		if i == len(words)-1 && !slices.Contains(m.nodes[at].terms, id) {
			m.nodes[at].terms = append(m.nodes[at].terms, id)
		}
	}
}

func (m *matcher) newNode() int32 {
	m.nodes = append(m.nodes, node{gap: -1})
	return int32(len(m.nodes) - 1)
}

func (m *matcher) step(at, word int32) int32 {
	key := uint64(at)<<32 | uint64(word)
	next, ok := m.edges[key]
	if !ok {
		next = m.newNode()
		m.edges[key] = next
		if at == 0 {
			m.first[word] = next
		}
	}
	return next
}

type patternWord struct {
	id         int32
	gap, comma bool // before it
}

// patternWords cuts a spelling into known words. A segment between two "…" is
// a phrase whose last word is declined; "word*" takes any ending.
func (m *matcher) patternWords(s string, lang text.Lang, exact, plain bool) []patternWord {
	var out []patternWord
	single := !strings.ContainsAny(s, " …-") && lang != text.Zh
	for i, segment := range strings.Split(s, "…") {
		from := len(out)
		for _, run := range runs(segment) {
			words, stems := text.Phrase(lang, run.text, exact)
			for j, w := range words {
				if run.open && j == len(words)-1 {
					stems[j] = []text.Stem{{Text: w.Folded, Endings: text.AnyEnding}}
				}
				need := caseNeed(w, single && !run.open, plain)
				out = append(out, patternWord{id: m.word(lang, w, stems[j], need, run.open), comma: run.comma && j == 0})
			}
		}
		if i > 0 && from < len(out) {
			out[from].gap = true
		}
	}
	return out
}

// run is a part of a segment that is declined as one phrase.
type run struct {
	text  string
	open  bool // its last word takes any ending
	comma bool // a comma stands before it
}

func runs(segment string) []run {
	var out []run
	var open []string
	comma := false
	flush := func(star bool) {
		if len(open) > 0 {
			out = append(out, run{strings.Join(open, " "), star, comma})
			open, comma = nil, false
		}
	}
	for _, w := range strings.Fields(segment) {
		stem, star := strings.CutSuffix(w, "*")
		switch {
		case star:
			flush(false)
			open = []string{stem}
			flush(true)
		case strings.HasSuffix(w, ","):
			open = append(open, w)
			flush(false)
			comma = true
		default:
			open = append(open, w)
		}
	}
	flush(false)
	return out
}

func caseNeed(w text.TermWord, single, plain bool) text.Case {
	switch {
	case plain:
		return text.Lower
	case w.Case == text.AllCaps && utf8.RuneCountInString(w.Folded) <= 4:
		return text.AllCaps
	case single && w.Case != text.Lower:
		return text.Capital
	}
	return text.Lower
}

// word returns the number of a term's word, making it known at first sight.
func (m *matcher) word(lang text.Lang, w text.TermWord, stems []text.Stem, need text.Case, open bool) int32 {
	key := fmt.Sprint(lang, w.Folded, w.Last, w.Alone, w.Head, need, open, len(stems))
	if id, ok := m.wordIDs[key]; ok {
		return id
	}
	id := int32(len(m.words))
	m.wordIDs[key] = id
	m.words = append(m.words, wordInfo{need: need, length: utf8.RuneCountInString(w.Folded)})
	m.first = append(m.first, -1)
	for _, s := range stems {
		m.stems[s.Text] = append(m.stems[s.Text], stemEntry{s.Endings, id, lang == text.UzLatn})
		m.longest = max(m.longest, len(s.Text))
	}
	return id
}

// close drops what only compiling needs.
func (m *matcher) close() { m.wordIDs = nil }

// lookup appends the words that a folded word of a text may be a form of.
func (m *matcher) lookup(dst []int32, folded []byte, script text.Script, latin *[]byte) []int32 {
	dst = m.lookupIn(dst, folded, false)
	if script == text.Cyrillic {
		*latin = text.AppendUzbekLatin((*latin)[:0], folded)
		dst = m.lookupIn(dst, *latin, true)
	}
	if len(dst) > 1 {
		slices.Sort(dst)
		dst = slices.Compact(dst)
	}
	return dst
}

func (m *matcher) lookupIn(dst []int32, folded []byte, uzbekOnly bool) []int32 {
	for end := 1; end <= len(folded) && end <= m.longest; end++ {
		if end < len(folded) && !utf8.RuneStart(folded[end]) {
			continue
		}
		for _, e := range m.stems[string(folded[:end])] {
			if (!uzbekOnly || e.uzbek) && e.endings.Accept(folded[end:]) {
				dst = append(dst, e.word)
			}
		}
	}
	return dst
}

// mention is a term found in a text: the words [start, end) of a document.
type mention struct {
	term       int32
	start, end int32
}

// scratch is the working memory of one goroutine. It remembers which words of
// texts are forms of which words of terms.
type scratch struct {
	keys  []uint64
	known []int32 // by the low bits of the hash: index into lists, plus one
	lists [][]int32
	ids   map[string]int32 // list as bytes → index

	words    []int32 // per word of the document: index into lists
	latin    []byte
	found    []int32
	key      []byte
	mentions []mention
}

const cacheBits = 15

func newScratch() *scratch {
	return &scratch{keys: make([]uint64, 1<<cacheBits), known: make([]int32, 1<<cacheBits), lists: [][]int32{nil}, ids: map[string]int32{}}
}

// list returns the index of the words that a folded word is a form of.
func (s *scratch) list(m *matcher, folded []byte, script text.Script) int32 {
	h := maphash.Bytes(m.seed, folded)
	slot := h & (1<<cacheBits - 1)
	if s.keys[slot] == h && s.known[slot] > 0 {
		return s.known[slot] - 1
	}
	s.found = m.lookup(s.found[:0], folded, script, &s.latin)
	i := s.intern(s.found)
	s.keys[slot], s.known[slot] = h, i+1
	return i
}

func (s *scratch) intern(ids []int32) int32 {
	if len(ids) == 0 {
		return 0
	}
	s.key = s.key[:0]
	for _, id := range ids {
		s.key = append(s.key, byte(id), byte(id>>8), byte(id>>16), byte(id>>24))
	}
	if i, ok := s.ids[string(s.key)]; ok {
		return i
	}
	i := int32(len(s.lists))
	s.lists = append(s.lists, slices.Clone(ids))
	s.ids[string(s.key)] = i
	return i
}

// find returns all mentions of all terms in the document, in the order of
// their first words. The result is valid until the next call.
func (m *matcher) find(s *scratch, d *text.Doc) []mention {
	s.words = s.words[:0]
	for i := range d.Words {
		w := &d.Words[i]
		s.words = append(s.words, s.list(m, d.Folded(w), w.Script))
	}
	s.mentions = s.mentions[:0]
	for i, list := range s.words {
		if list == 0 {
			continue
		}
		for _, word := range s.lists[list] {
			if next := m.first[word]; next >= 0 && m.cased(d, int32(i), word) {
				m.walk(s, d, int32(i), int32(i)+1, next)
			}
		}
	}
	return s.mentions
}

// walk reports the terms that end at node at, whose words so far are
// [start, end), and goes on with the word at end.
func (m *matcher) walk(s *scratch, d *text.Doc, start, end, at int32) {
	n := &m.nodes[at]
	for _, t := range n.terms {
		s.mentions = append(s.mentions, mention{t, start, end})
	}
	if int(end) >= len(d.Words) {
		return
	}
	if gap := d.Words[end].Gap; gap <= text.Joint || gap == text.Comma && n.comma {
		m.follow(s, d, start, end, at)
	}
	if n.gap >= 0 {
		m.skip(s, d, start, end, n.gap)
	}
}

func (m *matcher) follow(s *scratch, d *text.Doc, start, i, at int32) {
	for _, word := range s.lists[s.words[i]] {
		if next, ok := m.edges[uint64(at)<<32|uint64(word)]; ok && m.cased(d, i, word) {
			m.walk(s, d, start, i+1, next)
		}
	}
}

// skip goes on behind a gap of up to four words of the same sentence.
func (m *matcher) skip(s *scratch, d *text.Doc, start, end, at int32) {
	limit := end + maxGapWords
	if d.Words[end-1].Script == text.Han {
		limit = end + maxGapHan
	}
	sentence := d.Words[end-1].Sentence
	for i := end; i <= limit && int(i) < len(d.Words) && d.Words[i].Sentence == sentence; i++ {
		m.follow(s, d, start, i, at)
	}
}

// cased reports whether the word at i has the capitals that a term's word
// insists on.
func (m *matcher) cased(d *text.Doc, i, word int32) bool {
	info := &m.words[word]
	switch info.need {
	case text.Capital:
		return d.Words[i].Case != text.Lower
	case text.AllCaps:
		return d.Words[i].Case == text.AllCaps || capitals(d.Sub(&d.Words[i]), info.length)
	}
	return true
}

// capitals reports whether s begins with n capital letters (dots aside): the
// stem of "МИДа".
func capitals(s string, n int) bool {
	for _, r := range s {
		if n == 0 {
			return true
		}
		if r == '.' {
			continue
		}
		if !unicode.IsUpper(r) && !unicode.IsDigit(r) {
			return false
		}
		n--
	}
	return n == 0
}
