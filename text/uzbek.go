package text

import (
	"strings"
	"unicode/utf8"
)

// AppendUzbekLatin appends the Latin spelling of a folded Uzbek word in
// Cyrillic letters. The way back is not exact (Latin s stands for с and ц),
// which is why words are compared in Latin.
func AppendUzbekLatin(dst, word []byte) []byte {
	prevVowel, first := false, true
	for len(word) > 0 {
		r, size := utf8.DecodeRune(word)
		word = word[size:]
		vowel := true
		switch r {
		case 'а':
			dst = append(dst, 'a')
		case 'о':
			dst = append(dst, 'o')
		case 'у':
			dst = append(dst, 'u')
		case 'и', 'ы':
			dst = append(dst, 'i')
		case 'э':
			dst = append(dst, 'e')
		case 'е':
			if first || prevVowel {
				dst = append(dst, 'y')
			}
			dst = append(dst, 'e')
		case 'ю':
			dst = append(dst, "yu"...)
		case 'я':
			dst = append(dst, "ya"...)
		case 'ў':
			dst = append(dst, "o'"...)
		case 'ц':
			if prevVowel {
				dst = append(dst, 't')
			}
			dst = append(dst, 's')
			vowel = false
		case 'ъ':
			dst = append(dst, apostrophe)
		case 'ь':
			vowel = false
		default:
			vowel = false
			if s, ok := uzbekConsonants[r]; ok {
				dst = append(dst, s...)
			} else {
				dst = utf8.AppendRune(dst, r)
			}
		}
		prevVowel, first = vowel, false
	}
	return dst
}

// UzbekFromFolded is how AppendUzbekLatin spells a Latin stem that went through
// Cyrillic letters and folding, where ё became е: "osiyo" comes back as
// "osiye", "dunyo" as "dune".
func UzbekFromFolded(stem string) string {
	var out strings.Builder
	for i := 0; i < len(stem); i++ {
		if !strings.HasPrefix(stem[i:], "yo") || strings.HasPrefix(stem[i:], "yo'") {
			out.WriteByte(stem[i])
			continue
		}
		if i == 0 || strings.IndexByte("aeiou'", stem[i-1]) >= 0 {
			out.WriteByte('y')
		}
		out.WriteByte('e')
		i++
	}
	return out.String()
}

var uzbekConsonants = map[rune]string{
	'б': "b", 'в': "v", 'г': "g", 'д': "d", 'ж': "j", 'з': "z", 'й': "y", 'к': "k", 'л': "l",
	'м': "m", 'н': "n", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'ф': "f", 'х': "x", 'ч': "ch",
	'ш': "sh", 'щ': "sh", 'қ': "q", 'ғ': "g'", 'ҳ': "h",
}

// UzbekCyrillic writes Uzbek in Latin letters in Cyrillic ones, as nearly as
// can be: words taken over from Russian lose their ц and ь.
func UzbekCyrillic(s string) string {
	return uzbekToCyrillic.Replace(canonicalApostrophes.Replace(s))
}

// canonicalApostrophes writes the many apostrophes of oʻ and gʻ as one.
var canonicalApostrophes = strings.NewReplacer("ʻ", "'", "‘", "'", "’", "'", "ʼ", "'", "`", "'", "´", "'")

var uzbekToCyrillic = strings.NewReplacer(
	"yo'", "йў", "Yo'", "Йў", "YO'", "ЙЎ", "o'", "ў", "O'", "Ў", "g'", "ғ", "G'", "Ғ", "sh", "ш", "Sh", "Ш",
	"SH", "Ш", "ch", "ч", "Ch", "Ч", "CH", "Ч", "yo", "ё", "Yo", "Ё", "YO", "Ё", "yu", "ю", "Yu", "Ю", "YU", "Ю",
	"ya", "я", "Ya", "Я", "YA", "Я", "ye", "е", "Ye", "Е", "YE", "Е", "ts", "ц", "Ts", "Ц", "TS", "Ц",
	" e", " э", " E", " Э", "a", "а", "A", "А", "b", "б", "B", "Б", "d", "д", "D", "Д", "e", "е", "E", "Е",
	"f", "ф", "F", "Ф", "g", "г", "G", "Г", "h", "ҳ", "H", "Ҳ", "i", "и", "I", "И", "j", "ж", "J", "Ж", "k", "к",
	"K", "К", "l", "л", "L", "Л", "m", "м", "M", "М", "n", "н", "N", "Н", "o", "о", "O", "О", "p", "п", "P", "П",
	"q", "қ", "Q", "Қ", "r", "р", "R", "Р", "s", "с", "S", "С", "t", "т", "T", "Т", "u", "у", "U", "У", "v", "в",
	"V", "В", "x", "х", "X", "Х", "y", "й", "Y", "Й", "z", "з", "Z", "З", "'", "ъ",
)
