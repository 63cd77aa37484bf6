package text

import "testing"

func TestUzbekInCyrillicLettersIsTheSameWord(t *testing.T) {
	for cyrillic, latin := range map[string]string{
		"Ўзбекистон": "O‘zbekiston", "Хитойнинг": "Xitoyning", "конференция": "konferensiya", "институт": "institut",
		"инвестиция": "investitsiya", "Европа": "Yevropa", "цирк": "sirk", "таълим": "ta'lim", "ғалаба": "g‘alaba", "шаҳар": "shahar",
	} {
		if got := string(AppendUzbekLatin(nil, []byte(Fold(cyrillic)))); got != Fold(latin) {
			t.Errorf("%s: %s, want %s", cyrillic, got, Fold(latin))
		}
	}
}

func TestUzbekWordsWithYoSurviveFolding(t *testing.T) {
	for cyrillic, latin := range map[string]string{"Осиё": "Osiyo", "дунё": "dunyo", "ёрдам": "yordam", "сиёсат": "siyosat", "йўл": "yo‘l"} {
		if got := string(AppendUzbekLatin(nil, []byte(Fold(cyrillic)))); got != UzbekFromFolded(Fold(latin)) {
			t.Errorf("%s: %s, want %s", cyrillic, got, UzbekFromFolded(Fold(latin)))
		}
	}
}
