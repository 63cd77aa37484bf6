package text

import "testing"

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
// that no word is empty or folds to nothing.
func FuzzScan(f *testing.F) {
	for _, s := range []string{"Xitoy Oʻzbekistonga 150 ta grant berdi. U.S. so’m!", "Чин ба Тоҷикистон — «Роҳ»…", "می‌گوید که چین ۱۵۰", "中国向哈萨克斯坦提供奖学金。", "strate-\n\ngic ʹ ـ ﷺ ǅ \xff"} {
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
	})
}
