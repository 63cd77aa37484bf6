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
	places []spelling // open addressing; a power of two
	count  int32
	folded []byte
}

// spelling is a word as texts write it.
type spelling struct {
	hash   uint64
	number int32 // plus one; 0: the place is free
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
	return &Vocabulary{seed: maphash.MakeSeed(), places: make([]spelling, firstPlaces)}
}

// Len is how many words the vocabulary has; their numbers are below it.
func (v *Vocabulary) Len() int { return int(v.count) }

// Full reports whether the vocabulary has many words, and should be emptied
// before the next text: most of them will not come again.
func (v *Vocabulary) Full() bool { return v.count >= manyWords }

// Empty forgets all words. The Docs that were scanned with the vocabulary are
// not valid any more.
func (v *Vocabulary) Empty() {
	clear(v.places)
	v.count, v.folded = 0, v.folded[:0]
}

// place returns the place of the word with a hash, or the free one it would take.
func (v *Vocabulary) place(hash uint64) *spelling {
	mask := uint64(len(v.places) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		if p := &v.places[i]; p.hash == hash && p.number > 0 || p.number == 0 {
			return p
		}
	}
}

// learn takes a word into its free place.
func (v *Vocabulary) learn(p *spelling, hash uint64, w *Word) {
	v.count++
	*p = spelling{
		hash: hash, number: v.count, start: w.foldStart, length: w.foldEnd - w.foldStart,
		casing: w.Case, script: w.Script, digits: w.Digits,
	}
	if int(v.count)*4 > len(v.places)*3 {
		v.grow()
	}
}

func (v *Vocabulary) grow() {
	old := v.places
	v.places = make([]spelling, 2*len(old))
	for i := range old {
		if old[i].number > 0 {
			*v.place(old[i].hash) = old[i]
		}
	}
}

// word is the word with the spelling p at [start, end) of a text.
func (p *spelling) word(start, end int) Word {
	return Word{
		Start: int32(start), End: int32(end), foldStart: p.start, foldEnd: p.start + p.length, Known: p.number - 1,
		Case: p.casing, Script: p.script, Digits: p.digits,
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
	p := v.place(maphash.String(v.seed, sc.s[start:end]))
	if p.number == 0 {
		return false
	}
	sc.add(p.word(start, end))
	return true
}

// remember gives a word that was just folded its number.
func (sc *scanner) remember(w *Word) {
	v := sc.doc.Vocabulary
	hash := maphash.String(v.seed, sc.s[w.Start:w.End])
	p := v.place(hash)
	if p.number > 0 {
		*w = p.word(int(w.Start), int(w.End))
	} else {
		w.Known, v.folded = v.count, sc.doc.folded
		v.learn(p, hash, w)
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
