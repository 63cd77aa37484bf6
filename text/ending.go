package text

// IsEnding reports whether rest may end an inflected form, in any of the
// languages that are written with its letters. It is for words whose language
// nobody knows, such as those of a search: nouns as the grammars have them, and
// the adjectives and verbs of English and Russian.
func IsEnding(rest []byte) bool {
	if len(rest) == 0 {
		return true
	}
	switch writtenIn(rest) {
	case Latin:
		return englishAny.Accept(rest) || uzbek.noun.Accept(rest) || turkish.noun.Accept(rest) || turkmen.noun.Accept(rest)
	case Cyrillic:
		if russianAny.Accept(rest) || kazakh.noun.Accept(rest) || kyrgyz.noun.Accept(rest) || tajikEndings.Accept(rest) {
			return true
		}
		var buf [64]byte
		return uzbek.noun.Accept(AppendUzbekLatin(buf[:0], rest))
	case Arabic:
		return persianEndings.Accept(rest)
	}
	return false
}

// writtenIn is the script of the first letter, apostrophes apart.
func writtenIn(folded []byte) Script {
	for _, r := range string(folded) {
		switch {
		case r == apostrophe:
		case 'a' <= r && r <= 'z' || r >= 0xDF && r < 0x250:
			return Latin
		case r >= 0x400 && r < 0x530:
			return Cyrillic
		case r >= 0x600 && r < 0x780:
			return Arabic
		default:
			return NoScript
		}
	}
	return Latin
}

var (
	englishAny = &Endings{slots: [][]string{slot("s es ed d ing ings er ers ies ied"), slot("'s '")}}
	russianAny = &Endings{slots: [][]string{
		slot("а у ом е ы и ов ев ей ам ям ами ями ах ях я ю ем о й ь ью ье ия ие ии ию ием ией иям иями иях ий иев " +
			"ый ой ая яя ое ее ые его ого ему ому ым им ую юю ых их ыми ими ою ею " +
			"ть ти ет ют ит ят ут ат ешь ишь ем им ете ите л ла ло ли ал ала ало али ил ила ило или ел ела ело ели ен ена ено ены ан ана ано аны " +
			"нный нная нное нные нного нной нных нным ными нному енный енная енное енные енного енной енных ущий ущая ущее ущие ющий ющая ющее ющие"),
		slot("ся сь"),
	}}
)
