package text

import "unicode/utf8"

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

var uzbekConsonants = map[rune]string{
	'б': "b", 'в': "v", 'г': "g", 'д': "d", 'ж': "j", 'з': "z", 'й': "y", 'к': "k", 'л': "l",
	'м': "m", 'н': "n", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'ф': "f", 'х': "x", 'ч': "ch",
	'ш': "sh", 'щ': "sh", 'қ': "q", 'ғ': "g'", 'ҳ': "h",
}
