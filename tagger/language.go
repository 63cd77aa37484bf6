package tagger

import (
	"sort"
	"strings"

	"silkwire/news"
	"silkwire/text"
)

// Samples of text that the language is told from, in bytes.
const (
	itemSample      = 400
	paragraphSample = 200
)

// plausible is how probable a language must be for its terms to be looked for.
const plausible = 0.03

// languages tells the language of the item and, per sentence, which languages
// it may be in. Outlets mix: a paragraph may be a quotation in another language.
func (w *work) languages(it *news.Item) text.Lang {
	declared := text.ParseLang(it.Lang)
	body, title := &w.fields[1], &w.fields[0]
	whole := w.scratch.vocabulary.Detect(title.wordsIn(0, itemSample), body.wordsIn(0, itemSample))
	if declared != text.Und {
		whole = whole.Favour(declared)
	}
	lang, _ := whole.Best()
	common := whole.AtLeast(plausible)
	title.lang, body.lang = lang, lang
	title.perSentence(common, &whole)
	body.perSentence(common, &whole)
	return lang
}

// wordsIn are the words of a field between two bytes.
func (f *field) wordsIn(start, end int) []text.Word {
	words := f.doc.Words
	from := sort.Search(len(words), func(i int) bool { return int(words[i].Start) >= start })
	to := from
	for to < len(words) && int(words[to].End) <= end {
		to++
	}
	return words[from:to]
}

// perSentence fills f.langs, paragraph by paragraph.
func (f *field) perSentence(common text.LangSet, whole *text.Dist) {
	f.langs = f.langs[:0]
	for i := 0; i < len(f.doc.Sentences); {
		start := f.doc.Sentences[i].Start
		end := len(f.doc.Text)
		if line := strings.IndexByte(f.doc.Text[start:], '\n'); line >= 0 {
			end = start + line
		}
		langs := common
		if end-start > 40 {
			d := f.doc.Vocabulary.Detect(f.wordsIn(start, min(end, start+paragraphSample)))
			d = d.Blend(whole)
			langs |= d.AtLeast(plausible)
		}
		for first := true; first || i < len(f.doc.Sentences) && f.doc.Sentences[i].Start < end; i++ {
			f.langs = append(f.langs, langs)
			first = false
		}
	}
}

// sample returns the first n bytes of s, cut between characters.
func sample(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
