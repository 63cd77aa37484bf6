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

// Form is a word that is looked for in any inflection: the word, or what is
// left of it without the ending of its dictionary form, and behind that an
// ending of some language in its letters. Uzbek is found in either script.
type Form struct {
	exact bool // a short word stands as it is
	stems [2]stem
}

// stem is what forms of a word begin with, as it is written and in its key.
type stem struct{ word, key []byte }

const (
	shortestStem  = 4  // letters that must be left
	longestEnding = 24 // bytes
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
	whole := cut([]byte(word))
	bare := whole
	for range 2 { // the ending of the dictionary form
		r, size := utf8.DecodeLastRune(bare)
		if utf8.RuneCount(bare) <= shortestStem || !text.IsVowel(r) && r != 'й' && r != 'ь' && r != 's' {
			break
		}
		bare = bare[:len(bare)-size]
	}
	return Form{
		exact: utf8.RuneCount(whole) < shortestStem,
		stems: [2]stem{{whole, AppendKey(nil, whole)}, {bare, AppendKey(nil, bare)}},
	}
}

// Prefix is what the keys of all accepted words begin with; with whole they are
// the prefix itself.
func (f *Form) Prefix() (prefix []byte, whole bool) { return f.stems[1].key, f.exact }

// Accepts reports whether a folded word is a form of the word.
func (f *Form) Accepts(word []byte) bool {
	var buf [2 * longestWord]byte
	key := AppendKey(buf[:0], word)
	if f.exact {
		return bytes.Equal(word, f.stems[0].word) || bytes.Equal(key, f.stems[0].key)
	}
	for i := range f.stems {
		if inflected(word, f.stems[i].word) || inflected(key, f.stems[i].key) {
			return true
		}
	}
	return false
}

func inflected(word, stem []byte) bool {
	return bytes.HasPrefix(word, stem) && len(word)-len(stem) <= longestEnding && text.IsEnding(word[len(stem):])
}
