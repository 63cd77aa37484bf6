package search

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"silkwire/news"
	"silkwire/text"
)

// Fold splits a text into folded words (see package text). Words of two
// scripts are folded until nothing changes any more.
func Fold(s string) []string {
	words := fold(s)
	for range 4 {
		again := fold(respell(words))
		if slices.Equal(words, again) {
			break
		}
		words = again
	}
	return words
}

func fold(s string) []string {
	var d text.Doc
	d.Scan(s)
	words := make([]string, len(d.Words))
	for i := range d.Words {
		words[i] = string(d.Folded(&d.Words[i]))
	}
	return words
}

// respell writes folded words with the apostrophe that is a letter also where a
// word begins or ends.
func respell(words []string) string {
	return strings.ReplaceAll(strings.Join(words, " "), "'", "ʼ")
}

// longestWord is how many bytes of a word count.
const longestWord = 128

// Scan calls yield with every word of a text as a search sees it, and which
// word it is. The word is valid until the next.
func Scan(d *text.Doc, s string, yield func(at int, word []byte)) {
	d.Scan(s)
	for i := range d.Words {
		yield(i, cut(d.Folded(&d.Words[i])))
	}
}

func cut(word []byte) []byte {
	if len(word) <= longestWord {
		return word
	}
	n := longestWord
	for n > 0 && !utf8.RuneStart(word[n]) {
		n--
	}
	return word[:n]
}

var docs = sync.Pool{New: func() any { return new(text.Doc) }}

// Contains reports whether title or body have the words of a phrase one after
// another, in whatever inflection and, for Uzbek, in either script.
func Contains(it *news.Item, phrase []string) bool {
	if len(phrase) == 0 {
		return true
	}
	d := docs.Get().(*text.Doc)
	defer docs.Put(d)
	wanted := Forms(phrase)
	return containsRun(d, it.Title, wanted) || containsRun(d, it.Body(), wanted)
}

func containsRun(d *text.Doc, s string, wanted []Form) bool {
	d.Scan(s)
	return runFrom(d, wanted, 0) >= 0
}

// runFrom returns the first word, at or after the given one, from which on a
// scanned text has the words of a phrase; -1 if there is none.
func runFrom(d *text.Doc, wanted []Form, from int) int {
	for i := from; i+len(wanted) <= len(d.Words); i++ {
		j := 0
		for j < len(wanted) && wanted[j].Accepts(cut(d.Folded(&d.Words[i+j]))) {
			j++
		}
		if j == len(wanted) {
			return i
		}
	}
	return -1
}

// Spans returns where a text has the words of a phrase, as [Contains] finds
// them: byte offsets, in order, none within another.
func Spans(s string, phrase []string) []news.Span {
	if len(phrase) == 0 {
		return nil
	}
	d := docs.Get().(*text.Doc)
	defer docs.Put(d)
	wanted := Forms(phrase)
	d.Scan(s)
	var list []news.Span
	for i := runFrom(d, wanted, 0); i >= 0; i = runFrom(d, wanted, i+len(wanted)) {
		list = append(list, news.Span{Start: int(d.Words[i].Start), End: int(d.Words[i+len(wanted)-1].End)})
	}
	return list
}

// AppendKey appends the key of a folded word: words that a [Form] accepts have
// keys that begin with its prefix. It is the word in Latin letters.
func AppendKey(dst, word []byte) []byte { return text.AppendUzbekLatin(dst, word) }

// Form is a word that is looked for in any inflection.
type Form struct {
	stem  []byte
	exact bool // a short word stands as it is
	latin []byte
}

const (
	shortestStem  = 4  // letters that must be left
	longestSuffix = 16 // bytes
)

// Forms are the forms of the words of a phrase.
func Forms(phrase []string) []Form {
	list := make([]Form, len(phrase))
	for i, w := range phrase {
		list[i] = newForm(w)
	}
	return list
}

func newForm(word string) Form {
	stem := cut([]byte(word))
	if n := utf8.RuneCount(stem); n <= shortestStem {
		return Form{stem: stem, exact: n < shortestStem, latin: AppendKey(nil, stem)}
	}
	for range 2 { // the ending of the dictionary form
		r, size := utf8.DecodeLastRune(stem)
		if utf8.RuneCount(stem) <= shortestStem || !text.IsVowel(r) && r != 'й' && r != 'ь' && r != 's' {
			break
		}
		stem = stem[:len(stem)-size]
	}
	return Form{stem: stem, latin: AppendKey(nil, stem)}
}

// Prefix is what the keys of all accepted words begin with; with whole they are
// the prefix itself.
func (f *Form) Prefix() (prefix []byte, whole bool) { return f.latin, f.exact }

// Accepts reports whether a folded word is a form of the word.
func (f *Form) Accepts(word []byte) bool {
	if f.inflected(word, f.stem) {
		return true
	}
	var buf [longestWord]byte
	return f.inflected(AppendKey(buf[:0], word), f.latin)
}

func (f *Form) inflected(word, stem []byte) bool {
	if f.exact || len(stem) == 0 {
		return bytes.Equal(word, stem)
	}
	return bytes.HasPrefix(word, stem) && len(word)-len(stem) <= longestSuffix
}
