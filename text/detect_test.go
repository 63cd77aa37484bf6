package text

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sentencesDir holds sentences by language; every fifth was kept from training.
const sentencesDir = "../../shared/corpora/lang/ntrex"

func heldOut(t testing.TB, tag string) []string {
	name := tag
	if tag == "uz-Cyrl" {
		name = "uz-Latn"
	}
	content, err := os.ReadFile(filepath.Join(sentencesDir, name+".txt"))
	if err != nil {
		t.Skip("the sentences to measure with are not here: ", err)
	}
	var out []string
	for i, s := range strings.Split(strings.TrimSpace(string(content)), "\n") {
		if i%5 != 0 || strings.Contains(s, "bien le faire") { // French in every language
			continue
		}
		if tag == "uz-Cyrl" {
			s = UzbekCyrillic(s)
		}
		out = append(out, s)
	}
	return out
}

func TestSentencesNeverSeenAreToldApart(t *testing.T) {
	right, all := 0, 0
	for _, lang := range Langs {
		ok, sentences := 0, heldOut(t, lang.String())
		for _, s := range sentences {
			d := Detect(s)
			if got, _ := d.Best(); got == lang {
				ok++
			} else if testing.Verbose() {
				t.Logf("%s taken for %s: %s", lang, got, s)
			}
		}
		t.Logf("%-8s %.2f %% of %d", lang, 100*float64(ok)/float64(len(sentences)), len(sentences))
		right, all = right+ok, all+len(sentences)
	}
	if share := float64(right) / float64(all); share < 0.995 {
		t.Errorf("%.2f %% of sentences told right, want 99.5", 100*share)
	}
}

func TestHeadlinesAreToldApart(t *testing.T) {
	right, all := 0, 0
	for _, lang := range Langs {
		for _, s := range heldOut(t, lang.String()) {
			r := []rune(s)
			d := Detect(string(r[:min(40, len(r))]))
			if got, _ := d.Best(); got == lang {
				right++
			}
			all++
		}
	}
	t.Logf("first 40 characters: %.2f %%", 100*float64(right)/float64(all))
	if share := float64(right) / float64(all); share < 0.97 {
		t.Errorf("%.2f %% of beginnings told right, want 97", 100*share)
	}
}

// What a text says of its language is what its words say, each of which is
// asked once.
func TestWordsTellTheLanguageThatTheirTextTells(t *testing.T) {
	d := Doc{Vocabulary: NewVocabulary()}
	for _, s := range []string{
		"Xitoy O‘zbekistonga 150 ta grant ajratdi, deb xabar berdi “Daryo”.", "Қытай Қазақстанға 150 грант бөлді.",
		"Чин ба Тоҷикистон 150 стипендия дод.", "Китай выделил 20-летнему вузу гранты (HSK-4).", "China gave Uzbekistan's schools 150 grants.",
		"چین به تاجیکستان ۱۵۰ بورسیه می‌دهد.", "中国向哈萨克斯坦提供150个奖学金名额。", "Türkiye'nin Özbekistan'a bursları", "Hytaý Türkmenistana grant berdi.", "2026", "Ελλάδα",
	} {
		d.Scan(s)
		want, got := Detect(s), d.Vocabulary.Detect(d.Words)
		for l := range want {
			if math.Abs(float64(want[l]-got[l])) > 1e-4 {
				t.Errorf("%q is in %s with %.3f by its words, with %.3f as a text", s, Lang(l), got[l], want[l])
			}
		}
	}
}

func BenchmarkDetect(b *testing.B) {
	s := strings.Join(heldOut(b, "kk"), "\n")
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		Detect(s)
	}
}
