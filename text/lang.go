package text

// Lang is a language in one script.
type Lang uint8

// The languages that Silkwire reads.
const (
	Und Lang = iota
	En
	Ru
	UzLatn
	UzCyrl
	Kk
	Ky
	Tg
	Tk
	Tr
	Zh
	Fa
	langCount
)

// Langs are all languages that Silkwire reads.
var Langs = []Lang{En, Ru, UzLatn, UzCyrl, Kk, Ky, Tg, Tk, Tr, Zh, Fa}

var langTags = [langCount]string{"und", "en", "ru", "uz-Latn", "uz-Cyrl", "kk", "ky", "tg", "tk", "tr", "zh", "fa"}

// String returns the language's tag (BCP 47): "uz-Latn".
func (l Lang) String() string { return langTags[l] }

// ParseLang returns the language with the given tag; "uz" is uz-Latn, and a
// region is ignored ("zh-CN", "en_US"). What we do not read is Und.
func ParseLang(tag string) Lang {
	for l, t := range langTags {
		if t == tag {
			return Lang(l)
		}
	}
	base := tag
	for i := range len(tag) {
		if tag[i] == '-' || tag[i] == '_' {
			base = tag[:i]
			break
		}
	}
	switch base {
	case "uz":
		if len(tag) > 3 && (tag[3:] == "Cyrl" || tag[3:] == "cyrl") {
			return UzCyrl
		}
		return UzLatn
	case tag:
		return Und
	}
	return ParseLang(base)
}

// Script returns the script a language is written in.
func (l Lang) Script() Script {
	switch l {
	case En, UzLatn, Tk, Tr:
		return Latin
	case Ru, UzCyrl, Kk, Ky, Tg:
		return Cyrillic
	case Zh:
		return Han
	case Fa:
		return Arabic
	}
	return NoScript
}

// LangSet is a set of languages.
type LangSet uint16

// Set returns the set of the given languages.
func Set(langs ...Lang) (s LangSet) {
	for _, l := range langs {
		s |= 1 << l
	}
	return s
}

// Has reports whether l is in the set.
func (s LangSet) Has(l Lang) bool { return s&(1<<l) != 0 }
