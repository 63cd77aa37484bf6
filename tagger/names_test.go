package tagger

import (
	"slices"
	"testing"

	"silkwire/news"
)

// The words of a name say what the body is called, not what is done: the name
// of a bank for investments is no investment. What a body stands for, and the
// summit that a format is, are more than a name.
func TestTheWordsOfANameAreNoInstrument(t *testing.T) {
	tg := loadTagger(t)
	for _, c := range []struct {
		lang, body string
		instrument news.ConceptID
		want       bool
	}{
		{"en", "The Asian Infrastructure Investment Bank sent a delegation to Bishkek.", "investment", false},
		{"ru", "Европейский инвестиционный банк прислал делегацию в Бишкек.", "investment", false},
		{"en", "The United Nations Development Programme opened an office in Osh.", "development-assistance", false},
		{"ru", "В Душанбе прибыла Организация по безопасности и сотрудничеству в Европе.", "security-cooperation", false},
		{"zh", "中国进出口银行代表团访问比什凯克。", "trade", false},
		{"en", "China will place its investment in Kyrgyzstan through a bank.", "investment", true},
		{"ru", "Иранский культурный центр в Душанбе принимает гостей.", "cultural-centre", true},
		{"ru", "Совет глав государств СНГ собрался в Ашхабаде.", "summit-diplomacy", true},
	} {
		tagging := tg.Tag(&news.Item{Text: c.body, Lang: c.lang})
		if got := slices.ContainsFunc(tagging.Tags, func(x news.Tag) bool { return x.Concept == c.instrument }); got != c.want {
			t.Errorf("%q is %s: %v, want %v", c.body, c.instrument, got, c.want)
		}
	}
}
