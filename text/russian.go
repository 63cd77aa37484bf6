package text

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// markHeads marks the words of a Russian phrase that are declined together:
// the adjectives before the first noun and that noun. What follows (a genitive,
// a phrase with a preposition) stands still, except for capitalised words, so
// that both parts of a person's name are declined.
func markHeads(words []TermWord) {
	open := true
	for i := range words {
		w := &words[i]
		w.Head = open || w.Case == Capital
		if foreign(w.Folded) {
			continue // "XVII съезд": the noun is still to come
		}
		if open && !w.Hyphen && !(looksAdjective(w.Folded) && !w.Last) && !(i+1 < len(words) && adverbOf(w.Folded, words[i+1].Folded)) {
			open = false
		}
	}
}

// foreign holds for numbers and words in Latin letters.
func foreign(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return r < 0x400
}

// adverbOf holds for "динамично развивающаяся": the noun is still to come.
func adverbOf(word, next string) bool {
	return strings.HasSuffix(word, "о") && !strings.HasSuffix(word, "ство") && utf8.RuneCountInString(word) > 5 &&
		looksAdjective(next) && !strings.HasSuffix(next, "ой") && !strings.HasSuffix(next, "ие")
}

var adjectiveEndings = slot("ый ий ой ая яя ое ее ые ие ого его ому ему ым им ом ем ую юю ей ых их ыми ими ою ею")

func looksAdjective(word string) bool {
	if word == "один" || word == "одна" || word == "одно" {
		return true
	}
	word = strings.TrimSuffix(word, "ся") // развивающийся
	for _, e := range nominativeEndings {
		if strings.HasSuffix(word, e) && utf8.RuneCountInString(word) > 4 {
			return true
		}
	}
	return false
}

// nominativeEndings are those of adjectives as a dictionary has them.
var nominativeEndings = slot("ый ий ой ая яя ое ее ые ие")

func oneOf(alternatives string) *Endings {
	return &Endings{slots: [][]string{slot(alternatives)}, nonEmpty: true}
}

func oneOfOrNone(alternatives string) *Endings {
	return &Endings{slots: [][]string{slot(alternatives)}}
}

// russianClass is a declension: the dictionary form's ending, what replaces it.
type russianClass struct {
	ending  string
	endings *Endings
}

// russianClasses are tried from the top; every class with the first ending
// that fits is taken, so that -ие is a noun and an adjective in the plural.
var russianClasses = []russianClass{
	{"ция", oneOf("ция ции цию цией ций циям циями циях")},
	{"ии", oneOf("ия ии ию ией ий иям иями иях ию ием")},
	{"ия", oneOf("ия ии ию ией ий иям иями иях")},
	{"ие", oneOf("ие ия ию ием ии ий иям иями иях")},
	{"ье", oneOf("ье ья ью ьем ьи ий ьев ьям ьями ьях")},
	{"ья", oneOf("ья ьи ье ью ьей ей ьям ьями ьях ьев")},
	{"мя", oneOf("мя мени менем мена мен менам менами менах")},
	{"це", oneOf("це ца цу цем ц ец цам цами цах")},
	{"ца", oneOf("ца цы це цу цей цею ц цам цами цах")},
	{"ство", oneOf("ство ства ству ством стве ств ствам ствами ствах")},
	{"ще", oneOf("ще ща щу щем щ щам щами щах")},
	{"ец", oneOf("ец ца цу цем цом це цы цев цов цам цами цах")},
	{"анин", oneOf("анин анина анину анином анине ане ан анам анами анах")},
	{"янин", oneOf("янин янина янину янином янине яне ян янам янами янах")},
	{"ане", oneOf("ане ан анам анами анах")},
	{"яне", oneOf("яне ян янам янами янах")},
	{"ок", oneOf("ок ка ку ком ке ки ков кам ками ках ока оку оком оке оки оков окам оками оках")},
	{"а", oneOfOrNone("а ы и у е ой ою ей ам ами ах")},
	{"я", oneOf("я и ю е ей ёй ь й ям ями ях")},
	{"о", oneOfOrNone("о а у ом е ам ами ах")},
	{"е", oneOf("е а я у ю ом ем и ей ам ям ами ями ах ях")},
	{"ь", oneOf("ь я ю ем е и ью ей ям ями ях ам ами ах")},
	{"й", oneOf("й я ю ем е и ев ям ями ях")},
	{"ы", oneOfOrNone("ы ов ев ам ами ах")},
	{"и", oneOfOrNone("и ов ев ей ь ям ями ях ам ами ах")},
}

var (
	russianAdjective = &Endings{slots: [][]string{adjectiveEndings, slot("ся")}, nonEmpty: true}
	russianConsonant = oneOfOrNone("а у ом ем е ы и ов ев ей ам ами ах")
	fleetingEndings  = oneOf("а я у ю ом ем е ы и ов ей ам ям ами ями ах ях")
	russianPlural    = oneOfOrNone("ы и ов ев ей ь а я у ю ом ем е ой ям ями ях ам ами ах")
	russianSurname   = oneOfOrNone("а у ым ом е ы ых ыми ой")
)

// fleeting are nouns whose stem loses a vowel, beyond -ец and -ок.
var fleeting = map[string]string{
	"посол": "посл", "день": "дн", "угол": "угл", "заем": "займ", "лев": "льв", "рот": "рт", "отец": "отц", "огонь": "огн", "корень": "корн", "камень": "камн", "орел": "орл", "козел": "козл", "перец": "перц", "уголь": "угл", "уровень": "уровн", "узел": "узл", "гидроузел": "гидроузл", "ковер": "ковр", "шатер": "шатр", "ветер": "ветр", "хребет": "хребт", "наем": "найм", "ремень": "ремн", "кремль": "кремл",
}

func russian(w TermWord) []Stem {
	bare := []Stem{{w.Folded, noEnding}}
	n := utf8.RuneCountInString(w.Folded)
	if !w.Head || n < 2 || n == 2 && w.Case == Lower {
		return bare
	}
	if irregular, ok := russianIrregular[w.Folded]; ok {
		for _, form := range irregular {
			bare = append(bare, Stem{form, noEnding})
		}
		return bare
	}
	if stem, ok := fleeting[w.Folded]; ok {
		return append(bare, Stem{stem, fleetingEndings})
	}
	last, _ := utf8.DecodeLastRuneInString(w.Folded)
	if !IsVowel(last) && last != 'й' && last != 'ь' {
		return russianHard(w)
	}
	if n < 4 && w.Case == Lower {
		return bare
	}
	stems := append(bare, russianNoun(w)...)
	if looksAdjective(w.Folded) {
		stems = append(stems, Stem{trimRunes(strings.TrimSuffix(w.Folded, "ся"), 2), russianAdjective})
	}
	return stems
}

// russianHardClasses end in a consonant and are declined otherwise than by
// what follows it.
var russianHardClasses = slot("ец ок анин янин")

// russianHard declines a noun that ends in a consonant.
func russianHard(w TermWord) []Stem {
	for _, e := range []string{"ин", "ын", "ов", "ев"} {
		if w.Case == Capital && strings.HasSuffix(w.Folded, e) {
			return []Stem{{w.Folded, russianSurname}}
		}
	}
	stems := []Stem{{w.Folded, russianConsonant}}
	for _, c := range russianClasses {
		if !slices.Contains(russianHardClasses, c.ending) {
			continue
		}
		if base, ok := strings.CutSuffix(w.Folded, c.ending); ok && utf8.RuneCountInString(base) > 2 {
			if before, _ := utf8.DecodeLastRuneInString(base); IsVowel(before) && len(c.ending) == 4 {
				base += "й" // китаец, китайца
			} else if before == 'л' && c.ending == "ец" {
				base += "ь" // доброволец, добровольца
			}
			stems = append(stems, Stem{base, c.endings})
		}
	}
	return stems
}

func russianNoun(w TermWord) []Stem {
	for _, c := range russianClasses {
		base, ok := strings.CutSuffix(w.Folded, c.ending)
		if !ok || utf8.RuneCountInString(base) < 2 {
			continue
		}
		if w.Case == Capital && (c.ending == "о" || c.ending == "е") {
			return nil // Токио, Чили: foreign names stand still
		}
		endings := c.endings
		if w.Case == Capital && !endings.nonEmpty {
			endings = &Endings{slots: endings.slots, nonEmpty: true} // names have no plural
		}
		if !w.Alone && (c.ending == "ы" || c.ending == "и") {
			endings = russianPlural // in company the singular is meant as well
		}
		stems := []Stem{{base, endings}}
		if w.Case != Capital && len(c.ending) == 2 && strings.Contains("аоя", c.ending) {
			stems = append(stems, genitivePlural(base)...)
		}
		if noun, ok := strings.CutSuffix(w.Folded, "ка"); ok && c.ending == "а" {
			stems = append(stems, Stem{noun + "ок", noEnding}, Stem{strings.TrimSuffix(noun, "й") + "ек", noEnding})
		}
		if noun, ok := strings.CutSuffix(w.Folded, "ки"); ok && c.ending == "и" {
			stems = append(stems, Stem{noun + "ок", noEnding}, Stem{noun + "ка", noEnding}, Stem{noun + "ку", noEnding})
		}
		return stems
	}
	return nil
}

// genitivePlural has the vowel that stands between the last two consonants of a
// noun in -а, -о or -я where nothing follows them: окон, писем, земель.
func genitivePlural(base string) []Stem {
	last, size := utf8.DecodeLastRuneInString(base)
	rest := strings.TrimSuffix(base[:len(base)-size], "ь")
	before, _ := utf8.DecodeLastRuneInString(rest)
	if IsVowel(last) || IsVowel(before) || utf8.RuneCountInString(rest) < 3 {
		return nil
	}
	tail := string(last)
	return []Stem{{rest + "о" + tail, noEnding}, {rest + "е" + tail, noEnding}, {rest + "е" + tail + "ь", noEnding}}
}

var russianIrregular = map[string][]string{
	"один":    slot("одного одному одним одном одна одной одну одно одни одних одними"),
	"одна":    slot("одной одну"),
	"весь":    slot("всего всему всем вся всей всю все всех всеми"),
	"люди":    slot("людей людям людьми людях"),
	"дети":    slot("детей детям детьми детях"),
	"еда":     slot("еды еде еду едой"),
	"яма":     slot("ямы яме яму ямой ям ямам ямами ямах"),
	"любовь":  slot("любви любовью"),
	"ложь":    slot("лжи ложью"),
	"сосед":   slot("соседа соседу соседом соседе соседи соседей соседям соседями соседях"),
	"деньги":  slot("денег деньгам деньгами деньгах"),
	"церковь": slot("церкви церковью церквей церквям церквами церквях церквах"),
	"имя":     slot("имени именем имена имен именам именами именах"),
	"мать":    slot("матери матерью матерей матерям матерями матерях"),
	"дочь":    slot("дочери дочерью дочерей дочерям дочерьми дочерях"),
	"сми":     nil, "нато": nil, "юнеско": nil, "сша": nil,
}

func trimRunes(s string, n int) string {
	for ; n > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}
