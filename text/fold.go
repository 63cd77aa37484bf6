package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Script is the writing system of a word.
type Script uint8

// Scripts of the languages that Silkwire reads.
const (
	NoScript Script = iota // digits, or a script we do not read
	Latin
	Cyrillic
	Arabic
	Han
)

func (s Script) caseless() bool { return s == Arabic || s == Han }

const (
	apostrophe = '\''
	tableSize  = 0x600 // Latin, Greek, Cyrillic, Armenian, Hebrew
)

// foldTable maps a rune below tableSize to its folded form; 0 is no word rune.
var foldTable = func() (t [tableSize]uint16) {
	for r := rune(1); r < tableSize; r++ {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			t[r] = uint16(foldRune(r))
		}
	}
	return t
}()

// foldRune is the whole of letter folding: case, ё as е, the long vowels of
// Tajik and Turkish as short ones (millî, hâkimiyet), and one i for the two of
// Turkish.
func foldRune(r rune) rune {
	switch r {
	case 'Ё', 'ё':
		return 'е'
	case 'Ӣ', 'ӣ', 'Ѝ', 'ѝ':
		return 'и'
	case 'Ӯ', 'ӯ':
		return 'у'
	case 'İ', 'I', 'ı', 'Î', 'î':
		return 'i'
	case 'Â', 'â':
		return 'a'
	case 'Û', 'û':
		return 'u'
	case 'ي', 'ى', 'ئ':
		return 'ی'
	case 'ك':
		return 'ک'
	case 'أ', 'إ', 'آ', 'ٱ':
		return 'ا'
	case 'ؤ':
		return 'و'
	case 'ة', 'ۀ':
		return 'ه'
	}
	return unicode.ToLower(r)
}

// folder collects the folded bytes of one word and what it learns on the way.
type folder struct {
	out                    []byte
	latin, cyrillic, other uint8
	upper, lower           uint8
	firstUpper             bool
	odd                    bool // has runes that need normalisation
}

func (f *folder) seenCase(upper bool) {
	if upper {
		if f.upper == 0 && f.lower == 0 {
			f.firstUpper = true
		}
		f.upper = sat(f.upper)
	} else {
		f.lower = sat(f.lower)
	}
}

func sat(n uint8) uint8 {
	if n < 255 {
		n++
	}
	return n
}

func (f *folder) ascii(c byte) {
	switch {
	case 'a' <= c && c <= 'z':
		f.latin = sat(f.latin)
		f.seenCase(false)
	case 'A' <= c && c <= 'Z':
		f.latin = sat(f.latin)
		f.seenCase(true)
		c += 'a' - 'A'
	}
	f.out = append(f.out, c)
}

func (f *folder) rune(r rune) {
	var folded rune
	switch {
	case r < tableSize:
		folded = rune(foldTable[r])
		if folded == 0 { // a combining mark
			f.odd = true
			f.out = utf8.AppendRune(f.out, r)
			return
		}
		switch {
		case r >= 0x400 && r < 0x530:
			f.cyrillic = sat(f.cyrillic)
		case r < 0x250:
			f.latin = sat(f.latin)
		default:
			f.other = sat(f.other)
		}
		f.seenCase(folded != r && !strings.ContainsRune("ёӣӯıâîû", r))
	case r == 0xAD || r == 0x200C || r == 0x200D:
		return
	case r >= 0x600 && r < 0x780:
		if unicode.Is(unicode.Mn, r) || r == 'ـ' {
			return
		}
		f.other = sat(f.other)
		folded = foldRune(r)
	default:
		f.odd = true
		f.other = sat(f.other)
		f.seenCase(unicode.IsUpper(r))
		folded = unicode.ToLower(r)
	}
	f.out = utf8.AppendRune(f.out, folded)
}

// finish puts the word's bytes from i on into their final form: composed,
// without stress marks, in one script.
func (f *folder) finish(i int) []byte {
	if f.odd {
		f.compose(i)
	}
	if f.latin > 0 && f.cyrillic > 0 {
		f.repair(i)
	}
	return f.out
}

// compose applies NFKC, folds again what it brought forth, and drops what
// is no letter.
func (f *folder) compose(i int) {
	composed := append([]byte(nil), normalised(f.out[i:])...)
	f.out = f.out[:i]
	for len(composed) > 0 {
		r, size := utf8.DecodeRune(composed)
		composed = composed[size:]
		if !isWordRune(r) && r != apostrophe {
			continue // a mark, or what a ligature brought with it
		}
		f.out = utf8.AppendRune(f.out, foldRune(r))
	}
}

// lookAlikes pairs letters of the two scripts that look the same.
const (
	latinLike    = "aceopxyiks" + "bhmt"
	cyrillicLike = "асеорхуікѕ" + "внмт"
)

var toCyrillic, toLatin = func() (c, l map[rune]rune) {
	c, l = map[rune]rune{}, map[rune]rune{}
	cyr := []rune(cyrillicLike)
	for i, r := range latinLike {
		c[r], l[cyr[i]] = cyr[i], r
	}
	return c, l
}()

// repair writes a word that mixes Latin and Cyrillic letters in the script of
// its majority, if all its foreign letters have look-alikes there. A Latin name
// with a Cyrillic suffix ("HSKга") keeps the name alone.
func (f *folder) repair(i int) {
	table := toCyrillic
	if f.latin > f.cyrillic {
		table = toLatin
	}
	word := string(f.out[i:])
	repaired := strings.Map(func(r rune) rune {
		if x, ok := table[r]; ok {
			return x
		}
		return r
	}, word)
	if name := latinName(word); name != "" && mixed(repaired) {
		f.out, f.cyrillic = append(f.out[:i], name...), 0
		return
	}
	f.out = append(f.out[:i], repaired...)
	if f.latin > f.cyrillic {
		f.cyrillic = 0
	} else {
		f.latin = 0
	}
}

// latinName returns the Latin letters that a word begins with, if only Cyrillic
// ones follow and there are two or more.
func latinName(word string) string {
	cut := strings.IndexFunc(word, func(r rune) bool { return r >= 0x400 && r < 0x530 })
	if cut < 2 || strings.ContainsFunc(word[cut:], func(r rune) bool { return r < 0x400 }) {
		return ""
	}
	return word[:cut]
}

func mixed(word string) bool {
	cyrillic := strings.ContainsFunc(word, func(r rune) bool { return r >= 0x400 && r < 0x530 })
	latin := strings.ContainsFunc(word, func(r rune) bool { return 'a' <= r && r <= 'z' })
	return cyrillic && latin
}

func (f *folder) cased() Case {
	switch {
	case f.upper >= 2 && f.lower == 0:
		return AllCaps
	case f.firstUpper:
		return Capital
	}
	return Lower
}

func (f *folder) script() Script {
	switch {
	case f.cyrillic > 0 && f.cyrillic >= f.latin:
		return Cyrillic
	case f.latin > 0:
		return Latin
	case f.other > 0:
		return Arabic
	}
	return NoScript
}

// initials reports whether the dot at i belongs to an abbreviation of single
// capitals like "U.S.", written as one word, and so is to be skipped.
func (f *folder) initials(s string, i, start int) bool {
	if f.lower > 0 || !allInitials(s[start:i]) {
		return false
	}
	rest := s[i+1:]
	r, size := utf8.DecodeRuneInString(rest)
	if !unicode.IsUpper(r) {
		return false
	}
	next, _ := utf8.DecodeRuneInString(rest[size:])
	return next == '.' || f.upper > 1 && !unicode.IsLetter(next)
}

// allInitials holds for "U", "U.S", "С.Ш".
func allInitials(s string) bool {
	for {
		r, size := utf8.DecodeRuneInString(s)
		if !unicode.IsUpper(r) {
			return false
		}
		if s = s[size:]; s == "" {
			return true
		}
		if s[0] != '.' || len(s) == 1 {
			return false
		}
		s = s[1:]
	}
}

// Fold returns the folded words of s, joined by single spaces: two spellings
// of the same phrase fold to the same string.
func Fold(s string) string {
	var d Doc
	d.Scan(s)
	out := make([]byte, 0, len(s))
	for i := range d.Words {
		if i > 0 {
			out = append(out, ' ')
		}
		out = append(out, d.Folded(&d.Words[i])...)
	}
	return string(out)
}
