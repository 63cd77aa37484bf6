package tagger

import (
	"fmt"
	"hash/maphash"
	"maps"
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
	stems   map[string]int32 // stem → the last of its entries
	entries []stemEntry      // from 1 on
	longest int              // stem, in bytes
	words   []wordInfo
	first   []int32 // word → node after it at the beginning of a term; -1: none
	edges   []edge  // beyond the first of a node: each node's together, by word
	nodes   []node
	ends    []ending // the terms that end at a node, each node's together
	terms   []term
	texts   []string // of the terms, as the taxonomist wrote them

	laid    map[uint64]int32 // while compiling: node<<32 | word → node, what edges will hold
	stops   []stop           // while compiling, from 1 on: what ends will hold
	wordIDs map[uint64]int32 // while compiling, by the hash of a wordKey
	seed    maphash.Seed
	key     []byte // as are these: working memory
	phrase  []text.TermWord
	spelt   []patternWord
}

// stemEntry is a word that has a stem, and where the stem's next one is.
type stemEntry struct {
	endings *text.Endings
	word    int32
	next    int32 // index into matcher.entries; 0: none
	uzbek   bool  // may be reached through transliteration
}

// stop is a term that ends at a node, and where the node's next one is.
type stop struct{ term, next int32 }

// wordInfo is a word of some term, with the capitals it insists on.
type wordInfo struct {
	need   text.Case // Lower: none; Capital: a capital first; AllCaps: as many capitals as the stem has letters
	length int       // runes of the dictionary form
}

type node struct {
	words bits         // that lead on
	where text.LangSet // the texts that the terms from here on are looked for in
	comma bool         // a comma may stand before the next word
	word  int32        // the first word laid behind it; -1: none
	next  int32        // and where that leads
	gap   int32        // node that continues after "…"; -1: none
	from  int32        // where more words that lead on begin in matcher.edges; the next node's begin behind them
	ends  int32        // where the terms that end here begin in matcher.ends; as above
}

// bits stand for a set of words, several words for a bit: two sets without a
// common bit have no word in common, which is nearly always so.
type bits uint64

func bitOf(word int32) bits { return 1 << (uint32(word) * 0x9E3779B1 >> 26) }

// term is one spelling of a taxonomy's term, in the matcher's numbers.
type term struct {
	class  int32 // a concept, or a list of words that rules ask for
	rule   int32 // index of its rules; -1: none
	where  text.LangSet
	lang   text.Lang
	gapped bool // runs over words that are not its own
	beside bool // an adjective that is no tag, but company for the rules of others
}

const (
	maxGapWords = 4
	maxGapHan   = 8
	maxSpelling = 96 // alternatives of one term, multiplied out
)

// newMatcher makes room for a number of terms.
func newMatcher(terms int) *matcher {
	return &matcher{
		stems: make(map[string]int32, terms), entries: make([]stemEntry, 1, 2*terms), laid: make(map[uint64]int32, terms),
		nodes: append(make([]node, 0, 2*terms), emptyNode), terms: make([]term, 0, 2*terms), texts: make([]string, 0, 2*terms),
		stops: make([]stop, 1, 2*terms), wordIDs: make(map[uint64]int32, terms), seed: maphash.MakeSeed(),
	}
}

// add compiles one term. Words of rules (plain) insist on no capitals.
func (m *matcher) add(pattern string, t term, exact, plain bool) error {
	id := int32(len(m.terms))
	t.gapped = strings.Contains(pattern, gapMark)
	m.terms, m.texts = append(m.terms, t), append(m.texts, pattern)
	single := !t.gapped && !strings.ContainsAny(strings.TrimSpace(pattern), " -") && t.lang != text.Zh
	how := spelling{t.lang, exact, plain, single}
	if r, ok := oneRun(pattern); ok && !t.gapped {
		m.spelt = m.run(m.spelt[:0], r, how)
		if at := m.path(0, m.spelt, t.where); at != 0 {
			m.end(at, id)
		}
		return nil
	}
	ends := []int32{0}
	for i, part := range strings.Split(pattern, gapMark) {
		alternatives, err := m.segment(how, strings.TrimSpace(part))
		if err != nil {
			return err
		}
		if i > 0 {
			ends = m.overGap(ends, t.where)
		}
		ends = m.lay(ends, alternatives, t.where)
	}
	for _, at := range ends {
		if at != 0 {
			m.end(at, id)
		}
	}
	return nil
}

// gapMark stands in a pattern for a few words of any kind.
const gapMark = "…"

// end notes that a term ends at a node.
func (m *matcher) end(at, id int32) {
	n := &m.nodes[at]
	if n.ends > 0 && m.stops[n.ends].term == id {
		return // by another of its spellings
	}
	m.stops = append(m.stops, stop{id, n.ends})
	n.ends = int32(len(m.stops)) - 1
}

// ending is a term that ends at a node, and the texts it is looked for in.
type ending struct {
	term  int32
	where text.LangSet
}

// overGap returns where the trie goes on behind a gap.
func (m *matcher) overGap(ends []int32, where text.LangSet) []int32 {
	out := make([]int32, 0, len(ends))
	for _, at := range ends {
		if at == 0 {
			return ends // a pattern that begins with a gap begins behind it
		}
		if m.nodes[at].gap < 0 {
			gap := m.newNode()
			m.nodes[at].gap = gap
		}
		m.nodes[m.nodes[at].gap].where |= where
		out = append(out, m.nodes[at].gap)
	}
	return out
}

// lay lays the alternatives of a segment behind every node, and returns where
// they end.
func (m *matcher) lay(from []int32, alternatives [][]patternWord, where text.LangSet) []int32 {
	var out []int32
	for _, start := range from {
		for _, words := range alternatives {
			if at := m.path(start, words, where); !slices.Contains(out, at) {
				out = append(out, at)
			}
		}
	}
	return out
}

// path lays words behind a node and returns where they end.
func (m *matcher) path(at int32, words []patternWord, where text.LangSet) int32 {
	for _, w := range words {
		if w.comma {
			m.nodes[at].comma = true
		}
		at = m.step(at, w.id)
		m.nodes[at].where |= where
	}
	return at
}

// spelling is how the words of a term are written.
type spelling struct {
	lang                 text.Lang
	exact, plain, single bool
}

// segment returns the word sequences that a part of a pattern between two gaps
// stands for.
func (m *matcher) segment(how spelling, segment string) ([][]patternWord, error) {
	spellings, err := expand(segment)
	if err != nil {
		return nil, err
	}
	out := make([][]patternWord, len(spellings))
	for i, s := range spellings {
		out[i] = m.patternWords(s, how)
	}
	return out, nil
}

// expand multiplies out the alternatives of a segment.
func expand(segment string) ([]string, error) {
	if !strings.Contains(segment, "|") {
		return []string{segment}, nil
	}
	out := []string{""}
	for _, w := range strings.Fields(segment) {
		var next []string
		for _, prefix := range out {
			for alt := range strings.SplitSeq(w, "|") {
				if alt != "" {
					next = append(next, strings.TrimSpace(prefix+" "+alt))
				}
			}
		}
		if out = next; len(out) > maxSpelling {
			return nil, fmt.Errorf("%q has more than %d spellings", segment, maxSpelling)
		}
	}
	return out, nil
}

var emptyNode = node{word: -1, gap: -1}

func (m *matcher) newNode() int32 {
	m.nodes = append(m.nodes, emptyNode)
	return int32(len(m.nodes) - 1)
}

// step returns the node that a word leads to, making it if need be.
func (m *matcher) step(at, word int32) int32 {
	if known := m.known(at, word); known >= 0 {
		return known
	}
	next := m.newNode()
	n := &m.nodes[at]
	n.words |= bitOf(word)
	switch {
	case at == 0:
		m.first[word] = next
	case n.word < 0:
		n.word, n.next = word, next
	default:
		m.laid[uint64(at)<<32|uint64(word)] = next
	}
	return next
}

// known returns the node that a word leads to while the trie is being laid,
// -1 if there is none.
func (m *matcher) known(at, word int32) int32 {
	switch n := &m.nodes[at]; {
	case at == 0:
		return m.first[word]
	case n.word == word:
		return n.next
	}
	if m.nodes[at].words&bitOf(word) != 0 {
		if next, ok := m.laid[uint64(at)<<32|uint64(word)]; ok {
			return next
		}
	}
	return -1
}

// edge is a word that leads on to a node.
type edge struct{ word, next int32 }

// follows returns the node that a word leads to, -1 if there is none.
func (m *matcher) follows(at, word int32) int32 {
	n := &m.nodes[at]
	if n.word == word {
		return n.next
	}
	low, to := n.from, m.nodes[at+1].from
	high := to
	for low < high {
		middle := (low + high) / 2
		if m.edges[middle].word < word {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low < to && m.edges[low].word == word {
		return m.edges[low].next
	}
	return -1
}

type patternWord struct {
	id    int32
	comma bool // before it
}

// patternWords cuts a spelling into known words, the last of each run
// declined; "word*" takes any ending.
func (m *matcher) patternWords(s string, how spelling) []patternWord {
	var out []patternWord
	for _, r := range runs(s) {
		out = m.run(out, r, how)
	}
	return out
}

// run appends the words of a run.
func (m *matcher) run(to []patternWord, r run, how spelling) []patternWord {
	m.phrase = text.AppendPhrase(m.phrase[:0], how.lang, r.text)
	for j, w := range m.phrase {
		last := j == len(m.phrase)-1
		key := wordKey{
			lang: how.lang, word: w.Declined(how.lang, how.exact || r.open && last),
			need: caseNeed(w, how.single && !r.open, how.plain), open: r.open && last, exact: how.exact,
		}
		to = append(to, patternWord{id: m.word(&key), comma: r.comma && j == 0})
	}
	return to
}

// run is a part of a segment that is declined as one phrase.
type run struct {
	text  string
	open  bool // its last word takes any ending
	comma bool // a comma stands before it
}

// oneRun returns a pattern that is a single run, without alternatives: nearly
// all are.
func oneRun(pattern string) (run, bool) {
	stem, open := strings.CutSuffix(pattern, "*")
	return run{text: stem, open: open}, !strings.ContainsAny(stem, "|*,") && !(open && strings.Contains(stem, " "))
}

func runs(segment string) []run {
	if !strings.ContainsAny(segment, "*,") {
		return []run{{text: segment}}
	}
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

// wordKey is what makes two words of terms the same.
type wordKey struct {
	lang        text.Lang
	word        text.TermWord // as it is declined
	need        text.Case
	open, exact bool
}

// append writes the key out.
func (k *wordKey) append(b []byte) []byte {
	flags := byte(0)
	for i, flag := range [...]bool{k.word.Last, k.word.Alone, k.word.Head, k.open, k.exact} {
		if flag {
			flags |= 1 << i
		}
	}
	return append(append(b, byte(k.lang), byte(k.word.Case), byte(k.need), flags), k.word.Folded...)
}

// word returns the number of a term's word, making it known at first sight.
func (m *matcher) word(key *wordKey) int32 {
	m.key = key.append(m.key[:0])
	hash := maphash.Bytes(m.seed, m.key)
	if id, ok := m.wordIDs[hash]; ok {
		return id
	}
	id := int32(len(m.words))
	m.wordIDs[hash] = id
	m.words = append(m.words, wordInfo{need: key.need, length: utf8.RuneCountInString(key.word.Folded)})
	m.first = append(m.first, -1)
	stems := []text.Stem{{Text: key.word.Folded, Endings: text.AnyEnding}}
	if !key.open {
		stems = text.Stems(key.lang, key.word, key.exact)
	}
	for _, s := range stems {
		uzbek := key.lang == text.UzLatn
		m.stem(s.Text, stemEntry{endings: s.Endings, word: id, uzbek: uzbek})
		if other := text.UzbekFromFolded(s.Text); uzbek && other != s.Text {
			m.stem(other, stemEntry{endings: s.Endings, word: id, uzbek: uzbek})
		}
	}
	return id
}

// stem makes a stem of a word known.
func (m *matcher) stem(folded string, e stemEntry) {
	last, ok := m.stems[folded]
	if !ok {
		folded = strings.Clone(folded) // it is part of a phrase
	}
	e.next = last
	m.stems[folded] = int32(len(m.entries))
	m.entries = append(m.entries, e)
	m.longest = max(m.longest, len(folded))
}

// close lays the edges out for matching, and drops what only compiling needs.
func (m *matcher) close() {
	keys := slices.Sorted(maps.Keys(m.laid))
	m.edges = make([]edge, 0, len(keys))
	for at := range m.nodes {
		n := &m.nodes[at]
		n.from = int32(len(m.edges))
		for len(m.edges) < len(keys) && keys[len(m.edges)]>>32 == uint64(at) {
			key := keys[len(m.edges)]
			m.edges = append(m.edges, edge{int32(uint32(key)), m.laid[key]})
		}
		last := n.ends
		n.ends = int32(len(m.ends))
		for i := last; i > 0; i = m.stops[i].next {
			m.ends = append(m.ends, ending{m.stops[i].term, m.terms[m.stops[i].term].where})
		}
	}
	m.nodes = append(m.nodes, node{from: int32(len(m.edges)), ends: int32(len(m.ends))})
	m.laid, m.stops, m.wordIDs, m.key, m.phrase, m.spelt = nil, nil, nil, nil, nil, nil
	m.nodes, m.entries = slices.Clone(m.nodes), slices.Clone(m.entries) // without the room that is left
	m.terms, m.texts = slices.Clone(m.terms), slices.Clone(m.texts)
}

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
		for i := m.stems[string(folded[:end])]; i > 0; i = m.entries[i].next {
			e := &m.entries[i]
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
	vocabulary *text.Vocabulary // of the documents
	known      []int32          // per word of the vocabulary: index into lists, plus one; 0: not looked up yet
	lists      []forms
	ids        map[string]int32 // list as bytes → index

	words    []int32      // per word of the document: index into lists
	langs    text.LangSet // that the word under the matcher may be in
	latin    []byte
	found    []int32
	key      []byte
	mentions []mention
}

// forms are the words that a word of a text is a form of.
type forms struct {
	bits  bits         // of all
	after bits         // that lead on from those that terms begin with
	where text.LangSet // the texts of the terms that begin with one
	stops bool         // one of these terms may end here, or go on behind a gap
	all   []int32
	heads []head // those that terms begin with
}

// head is a word that terms begin with, and what there is to know of the node
// after it: nearly always enough to see that no term follows.
type head struct {
	word, node int32
	words      bits
	where      text.LangSet
	stops      bool // a term may end here, or go on behind a gap
}

func newScratch() *scratch {
	return &scratch{vocabulary: text.NewVocabulary(), lists: []forms{{}}, ids: map[string]int32{}}
}

// tidy makes room for the words of new texts. No document is valid afterwards.
func (s *scratch) tidy() {
	if s.vocabulary.Full() {
		s.vocabulary.Empty()
		clear(s.known)
	}
}

// look fills s.words: for every word of the document, what it is a form of.
func (s *scratch) look(m *matcher, d *text.Doc) {
	if n := s.vocabulary.Len(); n > len(s.known) {
		s.known = append(s.known, make([]int32, n-len(s.known))...)
	}
	s.words = slices.Grow(s.words[:0], len(d.Words))[:len(d.Words)]
	for i := range d.Words {
		w := &d.Words[i]
		known := s.known[w.Known]
		if known == 0 {
			s.found = m.lookup(s.found[:0], d.Folded(w), w.Script, &s.latin)
			known = s.intern(m, s.found) + 1
			s.known[w.Known] = known
		}
		s.words[i] = known - 1
	}
}

func (s *scratch) intern(m *matcher, ids []int32) int32 {
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
	f := forms{all: slices.Clone(ids)}
	for _, word := range ids {
		f.bits |= bitOf(word)
		if at := m.first[word]; at >= 0 {
			n := &m.nodes[at]
			h := head{word, at, n.words, n.where, m.nodes[at+1].ends > n.ends || n.gap >= 0}
			f.heads = append(f.heads, h)
			f.after, f.where, f.stops = f.after|h.words, f.where|h.where, f.stops || h.stops
		}
	}
	i := int32(len(s.lists))
	s.lists = append(s.lists, f)
	s.ids[string(s.key)] = i
	return i
}

// anywhere is the set of all languages.
const anywhere = ^text.LangSet(0)

// find returns all mentions of all terms in a document with the vocabulary of
// s, in the order of their first words. With langs, which languages each
// sentence may be in, it leaves out terms that are not looked for there. The
// result is valid until the next call.
func (m *matcher) find(s *scratch, d *text.Doc, langs []text.LangSet) []mention {
	s.look(m, d)
	s.mentions, s.langs = s.mentions[:0], anywhere
	for i, list := range s.words {
		if list == 0 {
			continue
		}
		f := &s.lists[list]
		if langs != nil {
			s.langs = langs[d.Words[i].Sentence]
		}
		var next bits // the words that the next word of the text is a form of
		if i+1 < len(s.words) {
			next = s.lists[s.words[i+1]].bits
		}
		if f.where&s.langs == 0 || !f.stops && f.after&next == 0 {
			continue
		}
		for j := range f.heads {
			h := &f.heads[j]
			if h.where&s.langs != 0 && (h.stops || h.words&next != 0) && m.cased(d, int32(i), h.word) {
				m.walk(s, d, int32(i), int32(i)+1, h.node)
			}
		}
	}
	return s.mentions
}

// walk reports the terms that end at node at, whose words so far are
// [start, end), and goes on with the word at end.
func (m *matcher) walk(s *scratch, d *text.Doc, start, end, at int32) {
	n := &m.nodes[at]
	for _, e := range m.ends[n.ends:m.nodes[at+1].ends] {
		if e.where&s.langs != 0 {
			s.mentions = append(s.mentions, mention{e.term, start, end})
		}
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

// follow goes on from a node with the word at i.
func (m *matcher) follow(s *scratch, d *text.Doc, start, i, at int32) {
	f := &s.lists[s.words[i]]
	n := &m.nodes[at]
	if n.words&f.bits == 0 {
		return
	}
	for _, word := range f.all {
		if next := m.follows(at, word); next >= 0 && m.nodes[next].where&s.langs != 0 && m.cased(d, i, word) {
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
