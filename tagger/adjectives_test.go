package tagger

import (
	"slices"
	"testing"

	"silkwire/news"
	"silkwire/text"
)

// What an adjective stands beside says whether it speaks of the state.
func TestAnAdjectiveNamesTheStateBesideItsBodiesDeedsAndPeople(t *testing.T) {
	tg := loadTagger(t)
	for _, c := range []struct {
		lang  text.Lang
		text  string
		state news.ConceptID
		named bool
	}{
		{text.En, "The Turkish foundation opened a dormitory for girls in Osh.", "turkey", true},
		{text.En, "Engineers of two Indian firms came to Naryn.", "india", true},
		{text.En, "A Turkish-funded clinic opened in Khorog.", "turkey", true},
		{text.En, "An exhibition of Korean ceramics closes in Tashkent on Sunday.", "south-korea", false},
		{text.En, "Japanese tourists photographed the square.", "japan", false},
		{text.Ru, "Немецкие советники обучили бухгалтеров в Намангане.", "germany", true},
		{text.Ru, "В Ташкент прибыла группа японских хирургов.", "japan", true},
		{text.Ru, "Турецкая кухня завоёвывает Алматы.", "turkey", false},
		{text.Kk, "Түркиялық компания Қостанайда зауыт салып жатыр.", "turkey", true},
		{text.Tr, "Alman şirketi Bişkek'te bir fabrika kurdu.", "germany", true},
		{text.Tg, "Ширкати туркӣ дар Душанбе беморхона месозад.", "turkey", true},
		{text.Fa, "شرکت ژاپنی در دوشنبه کارخانه ساخت.", "japan", true},
	} {
		tagging := tg.Tag(&news.Item{Text: c.text, Lang: c.lang.String()})
		if named := slices.ContainsFunc(tagging.Tags, func(x news.Tag) bool { return x.Concept == c.state }); named != c.named {
			t.Errorf("%s names %s: %v, want %v", c.text, c.state, named, c.named)
		}
	}
}

// Beside anything else it is no tag, but rules that ask for an actor see one;
// beside a language or a dish they see none.
func TestAnAdjectiveIsCompanyWithoutBeingATag(t *testing.T) {
	tg := loadTagger(t)
	asks := func(body string) (seen, tagged bool) {
		w := newWork()
		tg.tagWith(w, &news.Item{Text: body, Lang: "en"})
		is := func(f found) bool { return f.class == tg.class("south-korea") }
		return slices.ContainsFunc(w.company, is), slices.ContainsFunc(w.mentions, is)
	}
	for body, want := range map[string]bool{
		"Shelves of Korean ceramics arrived in Tashkent.":    true,
		"Shelves of Korean dishes arrived in Tashkent.":      false,
		"A lesson of the Korean language began in Tashkent.": false,
	} {
		if seen, tagged := asks(body); seen != want || tagged {
			t.Errorf("%q: company %v, want %v; a tag %v, want none", body, seen, want, tagged)
		}
	}
}

// An article that names no outside actor tells of the country's own affairs,
// but not the sentence that calls a thing by a state abroad.
func TestAThingFromAbroadIsNotTheCountrysOwnAffair(t *testing.T) {
	tg := loadTagger(t)
	const rest = " The hall was full. Tickets were free. The museum is open until six. Children came too."
	for body, want := range map[string]bool{
		"An exhibition of Korean ceramics opened in the museum of Tashkent." + rest: true,
		"An exhibition of the museum of Tashkent opened in Vienna." + rest:          true,
		"An exhibition of local ceramics opened in the museum of Tashkent." + rest:  false,
	} {
		w := newWork()
		tg.tagWith(w, &news.Item{Title: "A day at the museum of Tashkent", Text: body, Lang: "en"})
		if got := slices.ContainsFunc(w.mentions, func(f found) bool {
			return tg.concepts[f.class].id == "art-exhibition" && !f.domestic
		}); got != want {
			t.Errorf("%q: an exhibition from abroad %v, want %v", body, got, want)
		}
	}
}

// A nation's people act for it abroad as its firms and doctors do, when what
// they do is said; where they only live or travel, they are nobody's arm.
func TestANationsPeopleActForIt(t *testing.T) {
	tg := loadTagger(t)
	for _, c := range []struct {
		lang    text.Lang
		text    string
		concept news.ConceptID
		want    bool
	}{
		{text.En, "The Japanese gave the ambulance station of Osh six vans.", "japan", true},
		{text.En, "Koreans repaired a maternity home in Osh.", "south-korea", true},
		{text.En, "Uzbeks and Koreans live side by side in the valley.", "south-korea", false},
		{text.Ru, "Немцы обучили егерей парка под Бишкеком.", "germany", true},
		{text.Ru, "Японцы подарили больнице Оша томограф.", "japan", true},
		{text.Ru, "На Иссык-Куле отдыхают немцы и японцы.", "germany", false},
		{text.Kk, "Жапондар Тараз ауруханасына көлік сыйлады.", "japan", true},
		{text.Kk, "Қалада жапондар мен немістер тұрады.", "japan", false},
		{text.Ky, "Түрктөр Ошто мектеп ачты.", "turkey", true},
		{text.Ky, "Шаарда түрктөр жашайт.", "turkey", false},
	} {
		found := slices.ContainsFunc(tg.Tag(&news.Item{Text: c.text, Lang: c.lang.String()}).Tags, func(tag news.Tag) bool { return tag.Concept == c.concept })
		if found != c.want {
			t.Errorf("%s: %s found: %v in %q", c.lang, c.concept, found, c.text)
		}
	}
}
