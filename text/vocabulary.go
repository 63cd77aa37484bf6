package text

import (
	"hash/maphash"
	"strings"
	"unicode/utf8"
)

// Vocabulary remembers the words that texts are made of, as they are spelt:
// each is folded once, and known by a number from then on. Texts use few words,
// again and again. A vocabulary belongs to one goroutine.
type Vocabulary struct {
	seed   maphash.Seed
	places []place // open addressing; a power of two
	words  []spelling
	scores []wordScore
	folded []byte
}

// place is where a word may stand: half of its hash and its number plus one;
// 0: the place is free. Common words have low numbers, which keeps what is
// known of them together in memory.
type place struct {
	hash   uint32
	number int32
}

// spelling is a word as texts write it.
type spelling struct {
	hash   uint64
	start  int32 // of its folded form in Vocabulary.folded
	length int32
	casing Case
	script Script
	digits bool
}

const (
	firstPlaces = 1 << 10
	manyWords   = 3 << 15
)

// NewVocabulary returns an empty vocabulary.
func NewVocabulary() *Vocabulary {
	return &Vocabulary{seed: maphash.MakeSeed(), places: make([]place, firstPlaces)}
}

// Len is how many words the vocabulary has; their numbers are below it.
func (v *Vocabulary) Len() int { return len(v.words) }

// Full reports whether the vocabulary has many words, and should be emptied
// before the next text: most of them will not come again.
func (v *Vocabulary) Full() bool { return len(v.words) >= manyWords }

// Empty forgets all words. The Docs that were scanned with the vocabulary are
// not valid any more.
func (v *Vocabulary) Empty() {
	clear(v.places)
	v.words, v.scores, v.folded = v.words[:0], v.scores[:0], v.folded[:0]
}

// number returns the number of the word with a hash, -1 if it is not known.
func (v *Vocabulary) number(hash uint64) int32 {
	mask := uint64(len(v.places) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		p := v.places[i]
		if p.number == 0 || p.hash == uint32(hash>>32) && v.words[p.number-1].hash == hash {
			return p.number - 1
		}
	}
}

// learn gives a word, as it is spelt, the next number.
func (v *Vocabulary) learn(hash uint64, spelt string, w *Word) {
	w.Known = int32(len(v.words))
	v.scores = append(v.scores, scoreOf(spelt))
	v.words = append(v.words, spelling{hash, w.foldStart, w.foldEnd - w.foldStart, w.Case, w.Script, w.Digits})
	if len(v.words)*2 > len(v.places) {
		v.places = make([]place, 2*len(v.places))
		for i := range v.words {
			v.put(v.words[i].hash, int32(i))
		}
		return
	}
	v.put(hash, w.Known)
}

func (v *Vocabulary) put(hash uint64, number int32) {
	mask := uint64(len(v.places) - 1)
	i := hash & mask
	for v.places[i].number > 0 {
		i = (i + 1) & mask
	}
	v.places[i] = place{uint32(hash >> 32), number + 1}
}

// word is a word of the vocabulary at [start, end) of a text.
func (v *Vocabulary) word(number int32, start, end int) Word {
	s := &v.words[number]
	return Word{
		Start: int32(start), End: int32(end), foldStart: s.start, foldEnd: s.start + s.length, Known: number,
		Case: s.casing, Script: s.script, Digits: s.digits,
	}
}

// known adds the word that begins at i if the vocabulary has it, and where it
// ends can be seen at once. It returns that end, or 0.
func (sc *scanner) known(i int) int {
	if end := plainEnd(sc.s, i); end > 0 && sc.knownAs(i, end) {
		return end
	}
	return 0
}

// knownAs adds the word at [start, end) if the vocabulary has it.
func (sc *scanner) knownAs(start, end int) bool {
	v := sc.doc.Vocabulary
	number := v.number(maphash.String(v.seed, sc.s[start:end]))
	if number < 0 {
		return false
	}
	sc.add(v.word(number, start, end))
	return true
}

// remember gives a word that was just folded its number.
func (sc *scanner) remember(w *Word) {
	v := sc.doc.Vocabulary
	hash := maphash.String(v.seed, sc.s[w.Start:w.End])
	if number := v.number(hash); number >= 0 {
		*w = v.word(number, int(w.Start), int(w.End))
	} else {
		v.folded = sc.doc.folded
		v.learn(hash, sc.s[w.Start:w.End], w)
	}
	sc.doc.folded = v.folded
}

// role is what a character does to the word it follows.
type role uint8

const (
	unclear role = iota // it depends on what comes next
	goesOn
	ends
)

// asciiRole and pairRole are the roles of characters of one byte and of two.
var asciiRole = func() (t [utf8.RuneSelf]role) {
	for c := range t {
		switch {
		case asciiWord[c]:
			t[c] = goesOn
		case c != '\'' && c != '`' && c != '.' && c != '-':
			t[c] = ends
		}
	}
	return t
}()

var pairRole = func() (t [0x800]role) {
	for r := rune(utf8.RuneSelf); r < 0x800; r++ {
		switch {
		case r == 'ʻ' || r == 'ʼ' || isWordRune(r) && !isApostrophe(r):
			t[r] = goesOn
		case !isApostrophe(r) && !isInsideWord(r):
			t[r] = ends
		}
	}
	return t
}()

// plainEnd returns where the word that begins at i ends, 0 if that takes a
// closer look: at marks, initials, torn words and rarer letters.
func plainEnd(s string, i int) int {
	for i < len(s) {
		c := s[i]
		size, does := 1, unclear
		switch {
		case c < utf8.RuneSelf:
			if does = asciiRole[c]; does == unclear {
				does = markRole(s, i, size)
			}
		case c == 0xE2:
			size, does = 3, quoteRole(s, i)
		case c >= 0xE4 && c <= 0xE9: // a Chinese character
			does = ends
		case c >= 0xC2 && c < 0xE0 && i+1 < len(s):
			size, does = 2, pairRole[int(c&0x1F)<<6|int(s[i+1]&0x3F)]
		}
		switch does {
		case ends:
			return i
		case unclear:
			return 0
		}
		i += size
	}
	return i
}

// quoteRole is the role of the character of three bytes at i, a quotation mark
// or a dash.
func quoteRole(s string, i int) role {
	if i+2 >= len(s) || s[i+1] != 0x80 {
		return unclear
	}
	switch s[i+2] {
	case 0x98, 0x99: // ‘ ’
		return markRole(s, i, 3)
	case 0x93, 0x94, 0x9C, 0x9D, 0x9E, 0xA6: // – — “ ” „ …
		return ends
	}
	return unclear
}

// markRole is the role of the dot, hyphen or apostrophe at i.
func markRole(s string, i, size int) role {
	if i+size >= len(s) {
		return ends
	}
	next := s[i+size]
	switch c := s[i]; {
	case c == '-' && strings.IndexByte(" \t\r\n", next) < 0:
		return ends
	case c == '-' || next >= utf8.RuneSelf || c == '.' && 'A' <= next && next <= 'Z':
		return unclear
	case c != '.' && asciiWord[next]:
		return goesOn
	}
	return ends
}
