package search

import (
	"silkwire/news"
	"silkwire/text"
)

// Spans returns where a text has the words of a phrase, as [Contains] finds
// them: byte offsets, in order, none within another.
func Spans(s string, phrase []string) []news.Span {
	if len(phrase) == 0 {
		return nil
	}
	d := docs.Get().(*text.Doc)
	defer docs.Put(d)
	wanted := make([]form, len(phrase))
	for i, w := range phrase {
		wanted[i] = newForm(w)
	}
	d.Scan(s)
	var list []news.Span
	for i := 0; i+len(wanted) <= len(d.Words); i++ {
		j := 0
		for j < len(wanted) && wanted[j].accepts(d.Folded(&d.Words[i+j]), d.Words[i+j].Script) {
			j++
		}
		if j == len(wanted) {
			list = append(list, news.Span{Start: int(d.Words[i].Start), End: int(d.Words[i+j-1].End)})
			i += j - 1
		}
	}
	return list
}
