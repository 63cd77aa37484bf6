package text

import (
	"slices"
	"testing"
)

// TestALoneMarkIsNoWord: what folds to nothing ends, and is no word.
func TestALoneMarkIsNoWord(t *testing.T) {
	for _, s := range []string{"ʹ", "a ʹ", "ʹ ʹ", "ـ", "ـ a", "ʼ", "ʻʼ a"} {
		var d Doc
		d.Scan(s)
		for i := range d.Words {
			if onlyApostrophes(d.Folded(&d.Words[i])) {
				t.Errorf("%q has a word of nothing", s)
			}
		}
	}
}

// FuzzScan holds that words and sentences stand in order inside the text, and
// that no word is empty or folds to nothing, and that a vocabulary changes
// nothing, neither when it learns the words nor when it knows them.
func FuzzScan(f *testing.F) {
	for _, s := range []string{"Xitoy Oʻzbekistonga 150 ta grant berdi. U.S. so’m!", "Чин ба Тоҷикистон — «Роҳ»…", "می‌گوید که چین ۱۵۰", "中国向哈萨克斯坦提供奖学金。", "strate-\n\ngic ʹ ـ ﷺ ǅ \xff", "gov.kz, U.S.A. 3.5-oy don’t o'zi oʻ- «a» к-\r\nт ́а"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var d Doc
		d.Scan(s)
		at := 0
		for i := range d.Words {
			w := &d.Words[i]
			if int(w.Start) < at || w.End <= w.Start || int(w.End) > len(s) || onlyApostrophes(d.Folded(w)) {
				t.Fatalf("%q: word %d stands at %d–%d and folds to %q", s, i, w.Start, w.End, d.Folded(w))
			}
			at = int(w.End)
			span := d.Sentences[w.Sentence]
			if int(w.Start) < span.Start || int(w.End) > span.End {
				t.Fatalf("%q: word %d–%d is outside its sentence %v", s, w.Start, w.End, span)
			}
		}
		scannedAlike(t, &d, s)
	})
}

// scannedAlike holds that a text is cut and folded with a vocabulary as without.
func scannedAlike(t *testing.T, want *Doc, s string) {
	t.Helper()
	got := Doc{Vocabulary: NewVocabulary()}
	for i := range want.Words[:min(len(want.Words), 20)] { // words that others begin with are known
		word := want.Sub(&want.Words[i])
		for end := range word {
			got.Scan(word[:end])
		}
	}
	spelt := map[string]int32{}
	for range 2 {
		got.Scan(s)
		if len(got.Words) != len(want.Words) || !slices.Equal(got.Sentences, want.Sentences) {
			t.Fatalf("%q: %d words and %d sentences with a vocabulary, %d and %d without", s, len(got.Words), len(got.Sentences), len(want.Words), len(want.Sentences))
		}
		for i := range want.Words {
			g, w := got.Words[i], want.Words[i]
			if string(got.Folded(&g)) != string(want.Folded(&w)) {
				t.Fatalf("%q: word %d folds to %q with a vocabulary, to %q without", s, i, got.Folded(&g), want.Folded(&w))
			}
			if number, ok := spelt[got.Sub(&g)]; ok && number != g.Known || int(g.Known) >= got.Vocabulary.Len() {
				t.Fatalf("%q: %q is number %d, and was %d", s, got.Sub(&g), g.Known, number)
			}
			spelt[got.Sub(&g)] = g.Known
			if g.foldStart, g.foldEnd, g.Known = w.foldStart, w.foldEnd, w.Known; g != w {
				t.Fatalf("%q: word %d is %+v with a vocabulary, %+v without", s, i, g, w)
			}
		}
	}
}
