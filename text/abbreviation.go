package text

// abbreviations are words that end in a full stop without ending a sentence,
// folded, in all languages that we read.
var abbreviations = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range []string{
		// English
		"mr", "mrs", "ms", "dr", "prof", "st", "vs", "etc", "no", "gen", "col", "lt", "sen", "rep", "gov", "inc", "ltd", "co", "corp", "jan", "feb", "aug", "sept", "oct", "nov", "dec",
		// Russian and what others took over from it
		"г", "гг", "ул", "им", "тыс", "млн", "млрд", "трлн", "руб", "долл", "проф", "акад", "др", "пр", "т", "е", "д", "стр", "см", "обл", "р", "в", "вв", "кв", "ст", "мин", "сек", "ред", "зам", "чел", "экз",
		// Uzbek, Kazakh, Kyrgyz, Tajik, Turkmen, Turkish
		"h", "k", "sh", "vil", "tum", "mln", "mlrd", "y", "j", "b", "ж", "жж", "ш", "т.б", "сс", "с", "ҳ", "соли", "ş", "cad", "dog", "doğ", "yrd", "bkz", "vb", "a",
	} {
		m[w] = true
	}
	return m
}()

func isAbbreviation(folded []byte) bool { return abbreviations[string(folded)] }
