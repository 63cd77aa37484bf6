package bulk

import (
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"

	"silkwire/text"
)

// stems is how many stems a language has.
const stems = 40_000

// tongue is the words of a language: stems, the most frequent first, and endings.
type tongue struct {
	lang    text.Lang
	zipf    *rand.Zipf
	stems   []string
	endings []string
	blank   string
}

func (p *Press) tongue(tag string) *tongue {
	if t, ok := p.tongues[tag]; ok {
		return t
	}
	t := newTongue(text.ParseLang(tag), p.random)
	p.tongues[tag] = t
	return t
}

// sounds of a script: what syllables begin with and end in.
type sounds struct{ consonants, vowels, endings string }

func soundsOf(l text.Lang) sounds {
	switch l {
	case text.Ru:
		return sounds{"б в г д ж з к л м н п р с т ф х ц ч ш ст пр", "а е и о у ы я", " а у ом е ы ов ами ах ый ого ая"}
	case text.UzCyrl:
		return sounds{"б в г д ж з к л м н п р с т ф х ч ш қ ғ ҳ", "а о у и э ў", " лар нинг да га дан ни лари имиз"}
	case text.Kk:
		return sounds{"б ғ г д ж з к қ л м н ң п р с т ш", "а ә е о ө ұ ү ы і", " лар дың да ға дан ды лары тар"}
	case text.Ky:
		return sounds{"б г д ж з к л м н ң п р с т ч ш", "а о у ы э и ү ө", " лар нын да га дан ды лары тор"}
	case text.Tg:
		return sounds{"б в г д з к қ л м н п р с т ф х ҳ ҷ ч ш", "а о у и э ӯ ӣ", " ҳо и ро ҳои он ам"}
	case text.Fa:
		return sounds{"ب پ ت ج چ خ د ر ز س ش ف ک گ ل م ن", "ا و ی", " ها ی های ان"}
	case text.Tr, text.Tk:
		return sounds{"b c d g h k l m n p r s t v y z ç ş", "a e ı i o ö u ü", " lar ler ın in da de dan den a e"}
	case text.UzLatn:
		return sounds{"b d f g h j k l m n p q r s t v x y z sh ch", "a o u i e oʻ", " lar ning da ga dan ni lari imiz"}
	}
	return sounds{"b c d f g h l m n p r s t v w st tr pl", "a e i o u ea", " s ed ing 's"}
}

func newTongue(l text.Lang, random *rand.Rand) *tongue {
	t := &tongue{lang: l, zipf: rand.NewZipf(random, 1.1, 3, stems-1), blank: " "}
	own := rand.New(rand.NewPCG(uint64(l), 3)) // a language is the same in every archive
	if l == text.Zh {
		t.blank, t.endings = "", []string{""}
		for range stems {
			t.stems = append(t.stems, string(rune(0x4e00+own.IntN(3000)))+string(rune(0x4e00+own.IntN(3000))))
		}
		return t
	}
	s := soundsOf(l)
	consonants, vowels := strings.Fields(s.consonants), strings.Fields(s.vowels)
	t.endings = append(strings.Split(s.endings, " "), "", "")
	for i := range stems {
		var w strings.Builder
		for syllables := 1 + own.IntN(2) + longer(i); syllables > 0; syllables-- {
			w.WriteString(consonants[own.IntN(len(consonants))] + vowels[own.IntN(len(vowels))])
		}
		t.stems = append(t.stems, w.String()+consonants[own.IntN(len(consonants))])
	}
	return t
}

// longer is how many more syllables rarer words have.
func longer(rank int) int {
	switch {
	case rank < 50:
		return 0
	case rank < 5000:
		return 1
	}
	return 2
}

// sentence is n words, the first with a capital.
func (t *tongue) sentence(random *rand.Rand, n int) string {
	var b strings.Builder
	for i := range n {
		word := t.stems[t.zipf.Uint64()] + t.endings[random.IntN(len(t.endings))]
		if i == 0 {
			r, size := utf8.DecodeRuneInString(word)
			word = string(unicode.ToUpper(r)) + word[size:]
		} else {
			b.WriteString(t.blank)
		}
		b.WriteString(word)
	}
	return b.String()
}
