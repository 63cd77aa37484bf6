package tagger

import (
	"strings"
	"testing"

	"silkwire/news"
	"silkwire/text"
)

func TestEveryConceptPassesItsOwnSentences(t *testing.T) {
	failures, n := loadTagger(t).SelfTest()
	if n < 1000 {
		t.Errorf("only %d test sentences", n)
	}
	for _, f := range failures {
		s := f.Sentence
		if f.Wanted {
			t.Errorf("%s:%d: %s is not found (%s): %s", s.Pos.File, s.Pos.Line, f.Concept, s.Lang, s.Text)
		} else {
			t.Errorf("%s:%d: %s is found by %q in %q (%s): %s", s.Pos.File, s.Pos.Line, f.Concept, f.Evidence.Term, f.Evidence.Text, s.Lang, s.Text)
		}
	}
}

// A sentence that only wraps its own term tests nothing.
func TestNoTestSentenceIsItsTermAlone(t *testing.T) {
	for _, c := range loadTagger(t).Taxonomy().Concepts {
		for _, s := range c.Match {
			for _, term := range c.Terms {
				if term.Lang == s.Lang && text.Fold(term.Text) == text.Fold(s.Text) {
					t.Errorf("%s:%d: %s: %q is a term, not a sentence", s.Pos.File, s.Pos.Line, c.ID, s.Text)
				}
			}
		}
	}
}

// Words that look like a concept and are none, in several languages.
func TestNearMissesStaySilent(t *testing.T) {
	tg := loadTagger(t)
	for _, c := range []struct {
		lang   text.Lang
		text   string
		silent string // concepts that must not be found
	}{
		{text.En, "The farm sold four hundred turkeys before the holiday, and a roast turkey costs less than last year.", "turkey"},
		{text.En, "She put turkey meat and herbs into the soup.", "turkey"},
		{text.En, "The family set the table with its best china and drank tea.", "china"},
		{text.En, "A local bank raised the limit of its consumer loan in Osh, its director said.", "loan"},
		{text.En, "The hospital received the Sputnik vaccine and began to inoculate nurses.", "sputnik"},
		{text.En, "Shares of RTX rose after the quarterly report.", "rt"},
		{text.En, "A gamer in Almaty bought a laptop with an RTX 4070 graphics card.", "rt"},
		{text.En, "Volunteers ran the corner shop near the station.", "american-corners-and-spaces"},
		{text.Ru, "Чиновник попросил перенести совещание на вторник.", "china"},
		{text.Ru, "Начинка пирога остыла, причина задержки неизвестна.", "china"},
		{text.Ru, "В больницу доставили вакцину «Спутник V», прививают врачей.", "sputnik"},
		{text.Ru, "Спутник связи вышел на орбиту, сигнал устойчив.", "sputnik"},
		{text.Ru, "Местный банк выдал жителю Оша кредит на покупку дома.", "loan"},
		{text.Ru, "Видеокарта RTX подешевела в магазинах Алматы.", "rt"},
		{text.Ru, "На рынке подорожала индейка, килограмм стоит тысячу тенге.", "turkey india"},
		{text.Tr, "NTV'nin haberine göre İstanbul'da akşam yağmur bekleniyor.", "ntv-russia russia"},
		{text.Tr, "NTV muhabiri sabah trafiğini anlattı.", "ntv-russia russia"},
		{text.Kk, "Жергілікті банк тұрғынға үй алуға несие берді.", "loan"},
		{text.Kk, "Шенеунік жиналысты сейсенбіге ауыстырды.", "china"},
		{text.Ky, "Жергиликтүү банк дыйканга үй курууга насыя берди.", "loan"},
		{text.Ky, "Чиновник жыйналышты шейшембиге жылдырды.", "china"},
		{text.UzLatn, "Mahalliy bank fuqaroga uy qurish uchun kredit berdi.", "loan"},
		{text.UzLatn, "Chinni piyola sindi, choy to‘kildi.", "china"},
		{text.UzCyrl, "Чиновник мажлисни сешанбага кўчирди.", "china"},
		{text.Tg, "Чиновник маҷлисро ба рӯзи сешанбе гузаронд.", "china"},
		{text.Tg, "Ин чиниро модарам барои чой харид.", "china"},
		{text.Tg, "Бонки маҳаллӣ ба сокини ноҳия барои сохтани хона қарз дод.", "loan"},
	} {
		tagging := tg.Tag(&news.Item{Text: c.text, Lang: c.lang.String()})
		for id := range strings.FieldsSeq(c.silent) {
			if _, ok := tg.Taxonomy().Concept(news.ConceptID(id)); !ok {
				t.Fatalf("there is no concept %s to be silent about", id)
			}
			for _, tag := range tagging.Tags {
				if tag.Concept == news.ConceptID(id) {
					t.Errorf("%s: %s is found in %q: %+v", c.lang, id, c.text, tag.Evidence)
				}
			}
		}
	}
}

// A country's own railway is no instrument of anybody's.
func TestADomesticRailwayIsNotTagged(t *testing.T) {
	tg := loadTagger(t)
	for lang, s := range map[text.Lang]string{
		text.En:     "The national railway company repaired forty kilometres of domestic track at its own expense.",
		text.Ru:     "Национальная железнодорожная компания отремонтировала местный участок за счёт собственных средств.",
		text.Kk:     "Ұлттық теміржол компаниясы жергілікті жолды өз қаражатына жөндеді.",
		text.UzLatn: "Mahalliy temir yo‘l davlat budjeti hisobidan ta’mirlandi.",
	} {
		for _, tag := range tg.Tag(&news.Item{Text: s, Lang: lang.String()}).Tags {
			if tag.Facet == "instrument" {
				t.Errorf("%s: %s is found in %q by %q", lang, tag.Concept, s, tag.Evidence[0].Term)
			}
		}
	}
}
