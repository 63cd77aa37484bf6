package search

import (
	"bytes"
	"sync"
	"unicode/utf8"

	"silkwire/news"
	"silkwire/text"
)

// Fold splits a text into folded words (see package text).
func Fold(s string) []string {
	var d text.Doc
	d.Scan(s)
	words := make([]string, len(d.Words))
	for i := range d.Words {
		words[i] = string(d.Folded(&d.Words[i]))
	}
	return words
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
	wanted := make([]form, len(phrase))
	for i, w := range phrase {
		wanted[i] = newForm(w)
	}
	return containsRun(d, it.Title, wanted) || containsRun(d, it.Body(), wanted)
}

func containsRun(d *text.Doc, s string, wanted []form) bool {
	d.Scan(s)
	for i := 0; i+len(wanted) <= len(d.Words); i++ {
		j := 0
		for j < len(wanted) && wanted[j].accepts(d.Folded(&d.Words[i+j]), d.Words[i+j].Script) {
			j++
		}
		if j == len(wanted) {
			return true
		}
	}
	return false
}

// form is a word that is looked for: its beginning, which its inflected forms
// share, and how much longer they may be.
type form struct {
	stem  []byte
	exact bool // a short word stands as it is
	latin []byte
}

const (
	shortestStem  = 4  // letters that must be left
	longestSuffix = 16 // bytes
)

func newForm(word string) form {
	stem := []byte(word)
	if n := utf8.RuneCount(stem); n <= shortestStem {
		return form{stem: stem, exact: n < shortestStem, latin: text.AppendUzbekLatin(nil, stem)}
	}
	for range 2 { // the ending of the dictionary form
		r, size := utf8.DecodeLastRune(stem)
		if utf8.RuneCount(stem) <= shortestStem || !text.IsVowel(r) && r != 'й' && r != 'ь' && r != 's' {
			break
		}
		stem = stem[:len(stem)-size]
	}
	return form{stem: stem, latin: text.AppendUzbekLatin(nil, stem)}
}

func (f *form) accepts(word []byte, script text.Script) bool {
	if f.inflected(word, f.stem) {
		return true
	}
	if script == text.Cyrillic {
		var buf [64]byte
		return f.inflected(text.AppendUzbekLatin(buf[:0], word), f.latin)
	}
	return script == text.Latin && f.inflected(word, f.latin)
}

func (f *form) inflected(word, stem []byte) bool {
	if f.exact || len(stem) == 0 {
		return bytes.Equal(word, stem)
	}
	return bytes.HasPrefix(word, stem) && len(word)-len(stem) <= longestSuffix
}
