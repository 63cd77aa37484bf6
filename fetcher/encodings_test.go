package fetcher

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// sentencesOf are sentences of a language; a few of our own where there is no
// corpus beside the repository.
func sentencesOf(lang string) []string {
	raw, err := os.ReadFile(filepath.Join("..", "..", "shared", "corpora", "lang", "ntrex", lang+".txt"))
	if err != nil {
		return map[string][]string{
			"ru": {russian, "В столице прошла встреча министров, на которой обсуждали строительство дороги и новые стипендии для студентов.", "Президент подписал указ о создании университета."},
			"tr": {turkce, "Cumhurbaşkanı, üniversite öğrencilerine burs verileceğini açıkladı ve yeni okulun açılışına katıldı."},
			"zh": {chinese, "两国领导人在北京举行会谈，就扩大贸易和人文交流达成共识。"},
		}[lang]
	}
	return strings.Split(strings.TrimSpace(string(raw)), "\n")
}

// samples are texts of about so many characters that an encoding can write.
func samples(lang string, e encoding.Encoding, length, most int) (texts []string, data [][]byte) {
	collected := ""
	for _, s := range sentencesOf(lang) {
		s = strings.NewReplacer("’", "'", "‘", "'", "–", "-", "—", "-", "“", `"`, "”", `"`, "…", "...").Replace(s)
		if _, err := e.NewEncoder().String(s); err != nil {
			continue
		}
		if collected = strings.TrimSpace(collected + " " + s); utf8.RuneCountInString(collected) < length {
			continue
		}
		runes := []rune(collected)[:length]
		if i := strings.LastIndex(string(runes), " "); i > len(string(runes))/2 { // between words
			runes = []rune(string(runes)[:i])
		}
		raw, err := e.NewEncoder().Bytes([]byte(string(runes)))
		if err == nil && !manyValidRunes(raw) {
			texts, data = append(texts, string(runes)), append(data, raw)
		}
		if collected = ""; len(texts) == most {
			break
		}
	}
	return texts, data
}

// wear is an encoding with the languages that are written in it.
var wear = []struct {
	name      string
	encoding  encoding.Encoding
	languages []string
}{
	{"windows-1251", charmap.Windows1251, []string{"ru", "uk", "bg"}},
	{"koi8-r", charmap.KOI8R, []string{"ru"}},
	{"ibm866", charmap.CodePage866, []string{"ru"}},
	{"iso-8859-5", charmap.ISO8859_5, []string{"ru", "uk"}},
	{"x-mac-cyrillic", charmap.MacintoshCyrillic, []string{"ru", "uk"}},
	{"gb18030", simplifiedchinese.GB18030, []string{"zh"}},
	{"windows-1254", charmap.Windows1254, []string{"tr"}},
}

// F8–F10: whatever was declared or not, and however short the text is. The
// numbers are the shares that must be read right.
func TestEncodingsAreToldByTheirBytes(t *testing.T) {
	lies := []string{"", "text/html; charset=utf-8", "text/html; charset=iso-8859-1", "text/html; charset=windows-1251", "text/html; charset=koi8-r", "text/html; charset=x-unknown"}
	most := 60
	if testing.Short() {
		most = 12
	}
	lengths := []int{40, 80, 160, 400, 1500}
	must := map[int]float64{40: 0.92, 80: 0.97, 160: 0.99, 400: 0.995, 1500: 0.995}
	for _, w := range wear {
		for _, lang := range w.languages {
			row := ""
			for _, length := range lengths {
				texts, data := samples(lang, w.encoding, length, most)
				if len(texts) == 0 {
					continue
				}
				right, all := 0, 0
				var wrong []string
				for _, lie := range lies {
					if strings.Contains(lie, w.name) {
						continue
					}
					missed := 0
					for i := range data {
						all++
						if got := decode(data[i], lie); string(got.Text) == texts[i] {
							right++
						} else if missed++; missed == 1 {
							wrong = append(wrong, fmt.Sprintf("%q as %s: %.60q", lie, got.Charset, got.Text))
						}
					}
				}
				share := float64(right) / float64(all)
				row += fmt.Sprintf("  %d: %.1f %% of %d", length, 100*share, all)
				if share < must[length] && !testing.Short() || share < 0.8 {
					t.Errorf("%s in %s, %d characters: %.3f read right, want %.3f: %s", lang, w.name, length, share, must[length], strings.Join(slices.Compact(wrong), "; "))
				}
			}
			t.Logf("%-15s %s%s", w.name, lang, row)
		}
	}
}
