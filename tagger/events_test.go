package tagger

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"silkwire/news"
)

// eventsOf lists an item's events as "actor instrument recipient".
func eventsOf(it *news.Tagging) (out []string) {
	for _, e := range it.Events {
		out = append(out, fmt.Sprintf("%s %s %s", e.Actor, e.Instrument, e.Recipient))
	}
	return out
}

func TestEventsSayWhoDoesWhatTowardWhom(t *testing.T) {
	tg := loadTagger(t)
	for _, c := range []struct{ name, title, body, want string }{
		{"an outside actor", "Seoul pays for a year of Korean at Osh university",
			"South Korea will give 40 scholarships to students from Kyrgyzstan, its embassy in Bishkek said on Monday.", "south-korea scholarship kyrgyzstan"},
		{"one of the five toward a neighbour", "Flour for the mountains",
			"Kazakhstan has sent two thousand tonnes of flour as humanitarian aid to villages of Tajikistan.\nThe trucks crossed three passes.\nDrivers from Shymkent slept in their cabins.\nThe villages were cut off for nine days.", "kazakhstan-own-soft-power humanitarian-aid tajikistan"},
		{"a format with all five", "Ministers meet in New York",
			"The American secretary of state met the ministers of Kazakhstan, Kyrgyzstan, Tajikistan and Uzbekistan in the C5+1 format. Central Asia matters, he said.", "united-states five-plus-one central-asia"},
	} {
		tagging := tg.Tag(&news.Item{Title: c.title, Text: c.body})
		for _, e := range tagging.Events {
			if strings.HasSuffix(c.want, "central-asia") && e.Recipient != "central-asia" {
				t.Errorf("%s: toward %s too", c.name, e.Recipient)
			}
		}
		if got := eventsOf(&tagging); !slices.ContainsFunc(got, func(s string) bool {
			return s == c.want || strings.HasPrefix(c.want, "united") && sameFamily(tg, s, c.want)
		}) {
			t.Errorf("%s: %q, want %q among them (relevance %.2f)", c.name, got, c.want, tagging.Relevance)
		}
	}
}

// sameFamily reports whether two events differ only in how narrow their
// instrument is.
func sameFamily(tg *Tagger, a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	return x[2] == y[2] && tg.tax.Root(news.ConceptID(x[0])) == tg.tax.Root(news.ConceptID(y[0])) &&
		tg.tax.Family(news.ConceptID(x[1])) == tg.tax.Family(news.ConceptID(y[1]))
}

// What an institution stands for is its instrument where nothing else is named,
// and only there.
func TestAnInstitutionStandsForItsInstrumentWhereNoneIsNamed(t *testing.T) {
	tg := loadTagger(t)
	for body, want := range map[string]string{
		"The Confucius Institute opened its doors on Monday. The rector of the university spoke of the future.": "confucius-institute chinese-language-promotion kyrgyzstan",
		"The Confucius Institute gave forty scholarships to its best pupils. The rector spoke of the future.":   "confucius-institute scholarship kyrgyzstan",
	} {
		tagging := tg.Tag(&news.Item{Title: "A Confucius Institute opens in Osh", Text: body})
		if got := eventsOf(&tagging); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
		if slices.ContainsFunc(tagging.Tags, func(x news.Tag) bool { return x.Concept == "chinese-language-promotion" }) {
			t.Errorf("%s: what nobody names is no tag", body)
		}
	}
}

// A state of the five is no recipient of what it does itself.
func TestNobodyActsTowardHimself(t *testing.T) {
	tg := loadTagger(t)
	tagging := tg.Tag(&news.Item{Title: "Kazakhstan's embassy opens a library in Osh", Text: "The embassy of Kazakhstan gave two thousand books from Kazakhstan to a library in Osh. The books were printed in Kazakhstan, by writers of Kazakhstan."})
	for _, e := range tagging.Events {
		if e.State == kazakhstanAbroad && e.Recipient == "kazakhstan" {
			t.Errorf("%+v", e)
		}
	}
	if len(tagging.Events) == 0 {
		t.Error("no event at all")
	}
}

// What a country does for its own people is nobody's instrument, but what it
// does for its neighbours is.
func TestAnArticleAboutOneCountryAloneIsItsOwnAffair(t *testing.T) {
	tg := loadTagger(t)
	const own = "Uzbekistan opened forty kindergartens last year.\nScholarships went to two thousand students.\nRoads were repaired.\nThe ministry of education published the list."
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"its own", own, false},
		{"a neighbour's too", own + "\nTwenty of the scholarships were for students from Tajikistan, and ten for Kyrgyzstan.", true},
	} {
		tagging := tg.Tag(&news.Item{Text: c.text})
		got := slices.ContainsFunc(tagging.Tags, func(tag news.Tag) bool { return tag.Concept == "scholarship" })
		if got != c.want {
			t.Errorf("%s: scholarship tagged: %v", c.name, got)
		}
	}
}

// An article about something else may use a word of influence in passing.
func TestAWordInPassingIsNoTag(t *testing.T) {
	tg := loadTagger(t)
	const about = "The bakery on the corner sells three kinds of bread.\nIts owner gets up at four.\nA queue forms at six.\n"
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"once", about + "Her son has a scholarship in Hungary.\nThe oven is forty years old.", false},
		{"it is what the article is about", "The Hungarian government has granted forty scholarships to students from Uzbekistan.\nThe scholarships cover housing.\nThe students leave for Hungary in August.\nHungary has paid for such studies since 2015.", true},
	} {
		tagging := tg.Tag(&news.Item{Text: c.text})
		got := slices.ContainsFunc(tagging.Tags, func(tag news.Tag) bool { return tag.Concept == "scholarship" })
		if got != c.want {
			t.Errorf("%s: scholarship tagged: %v (relevance %.2f)", c.name, got, tagging.Relevance)
		}
	}
}

// A newspaper seldom names its own country.
func TestWhatNamesNoCountryIsAboutTheCountryOfItsDatelineOrLanguage(t *testing.T) {
	tg := loadTagger(t)
	for _, c := range []struct{ name, title, body, want string }{
		{"dateline", "A hundred buses for the capital", "BISHKEK — The Chinese government has sent a hundred buses as humanitarian aid.\nThe mayor thanked the Chinese ambassador.", "china kyrgyzstan"},
		{"words of home", "Қытай компаниясы зауыт салады", "Қытай компаниясы облыс орталығында 400 миллион долларлық зауыт салып, инвестиция құяды.\nӘкімдік жер бөлді.", "china kazakhstan"},
		{"foreign news", "Қытай Пәкістанға несие береді", "Қытай Пәкістанға екі миллиард доллар несие беріп, темір жол салады.\nҚытай үкіметі студенттерге шәкіртақы да бөледі.", ""},
	} {
		tagging := tg.Tag(&news.Item{Title: c.title, Text: c.body})
		got := ""
		for _, e := range tagging.Events {
			got = fmt.Sprintf("%s %s", e.State, e.Recipient)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q (relevance %.2f)", c.name, got, c.want, tagging.Relevance)
		}
	}
}

// Of all mentions of an instrument the one that tells of the event is its
// evidence, not the first.
func TestTheEvidenceIsTheSentenceThatTellsOfTheEvent(t *testing.T) {
	tg := loadTagger(t)
	const deed = "South Korea will give 40 scholarships to students from Kyrgyzstan this autumn."
	tagging := tg.Tag(&news.Item{Title: "What young people want", Text: "Everybody dreams of scholarships.\nRents are high in Bishkek.\n" + deed + "\nThe list is published on Monday."})
	i := slices.IndexFunc(tagging.Events, func(e news.Event) bool { return e.Instrument == "scholarship" && e.Recipient == "kyrgyzstan" })
	if i < 0 || !strings.Contains(tagging.Events[i].Evidence.Text, deed) {
		t.Errorf("%+v", tagging.Events)
	}
}

// A grant is aid or a scholarship, not both: two instruments that are read in
// the same words make one event.
func TestTheSameWordsAreToldOnce(t *testing.T) {
	tg := loadTagger(t)
	tagging := tg.Tag(&news.Item{Title: "Training for journalists of Osh", Text: "Germany pays for the training of 160 young journalists from Kyrgyzstan.\nThe German embassy in Bishkek chose them."})
	read := 0 // instruments in the words
	for _, tag := range tagging.Tags {
		if tag.Facet == "instrument" && slices.ContainsFunc(tag.Evidence, func(e news.Evidence) bool { return strings.HasPrefix(e.Text, "training") }) {
			read++
		}
	}
	if got := eventsOf(&tagging); read < 2 || len(got) != 1 {
		t.Errorf("%d instruments, events %q", read, got)
	}
}
