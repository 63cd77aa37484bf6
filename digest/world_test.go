package digest

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"silkwire/news"
	"silkwire/taxonomy"
	"silkwire/text"
)

// closing is when the editions of these tests close: 07:00 in Tashkent.
func closing() time.Time { return time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC) }

func tashkent() *time.Location { return time.FixedZone("UZT", 5*60*60) }

var loaded = sync.OnceValues(taxonomy.Default)

func concepts(t *testing.T) *taxonomy.Taxonomy {
	t.Helper()
	tax, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return tax
}

func outlets() []news.Outlet {
	return []news.Outlet{
		{ID: "karvon", Name: "Karvon", Country: "UZ"}, {ID: "steppe-post", Name: "Steppe Post", Country: "KZ"},
		{ID: "ala-too", Name: "Ала-Тоо кабарлары", Country: "KG"}, {ID: "pomir", Name: "Помир имрӯз", Country: "TJ"},
		{ID: "silu", Name: "丝路晚报", Country: "CN"}, {ID: "rah-e-abrisham", Name: "راه ابریشم", Country: "IR"},
	}
}

// item makes an item; its tags are "concept/facet/word in the body" and its
// event's evidence is a sentence of the body.
func item(outlet, lang string, hoursBefore float64, title, body string, tags ...string) news.Item {
	address := fmt.Sprintf("https://%s.example/%.2f", outlet, hoursBefore)
	published := closing().Add(-time.Duration(hoursBefore * float64(time.Hour)))
	it := news.Item{
		ID: news.NewItemID(news.OutletID(outlet), address, ""), Outlet: news.OutletID(outlet), Source: news.SourceID(outlet + "-feed"), URL: address,
		Title: title, Text: body, Published: published, Fetched: published.Add(20 * time.Minute),
		Tagging: news.Tagging{Lang: lang, Relevant: true, Relevance: 0.9},
	}
	for _, t := range tags {
		concept, rest, _ := strings.Cut(t, "/")
		facet, word, _ := strings.Cut(rest, "/")
		tag := news.Tag{Concept: news.ConceptID(concept), Facet: facet, Score: 0.9}
		if i := strings.Index(body, word); i >= 0 && word != "" {
			tag.Evidence = []news.Evidence{{Field: "body", Start: i, End: i + len(word), Text: word}}
		}
		it.Tagging.Tags = append(it.Tagging.Tags, tag)
	}
	return it
}

func withEvent(it news.Item, ev news.Event, sentence string) news.Item {
	i := strings.Index(it.Text, sentence)
	if i < 0 {
		panic("the sentence is not in the text: " + sentence)
	}
	ev.Evidence = news.EventEvidence{Field: "body", Start: i, End: i + len(sentence), Text: sentence}
	it.Tagging.Events = append(it.Tagging.Events, ev)
	return it
}

func number(n int) *int { return &n }

func scholarships(recipient string, places int) news.Event {
	return news.Event{Actor: "china", State: "china", Instrument: "scholarship", Family: "education-instrument", Recipient: news.ConceptID(recipient), Status: news.Announced, Places: &places}
}

// newsOfTheDay are items of one day in six languages: one event told thrice,
// a late arrival, an old one, and one without an event.
func newsOfTheDay() []news.Item {
	return []news.Item{
		withEvent(item("karvon", "en", 3, "China to give 150 Uzbek students places at its universities",
			"The number of grants is growing. China will give 150 students from Uzbekistan scholarships for the coming year, the ministry of higher education said on Friday. Applications open in January. The candidates sit a language test at the Confucius Institute in Tashkent.",
			"china/actor_state/China", "scholarship/instrument/scholarships", "uzbekistan/target/Uzbekistan", "students/target/students", "confucius-institute/actor_institution/Confucius Institute"),
			scholarships("uzbekistan", 150), "China will give 150 students from Uzbekistan scholarships for the coming year, the ministry of higher education said on Friday."),
		withEvent(item("karvon", "uz-Latn", 2.5, "Xitoy oʻzbekistonlik 150 nafar talabaga grant ajratadi",
			"Xitoy kelgusi oʻquv yili uchun oʻzbekistonlik 150 nafar talabaga stipendiya ajratadi. Hujjatlar yanvardan qabul qilinadi.",
			"china/actor_state/Xitoy", "scholarship/instrument/stipendiya"),
			scholarships("uzbekistan", 150), "Xitoy kelgusi oʻquv yili uchun oʻzbekistonlik 150 nafar talabaga stipendiya ajratadi."),
		withEvent(item("silu", "zh", 4, "中国将为乌兹别克斯坦学生提供150个奖学金名额",
			"中国将于明年为乌兹别克斯坦学生提供150个奖学金名额。报名将于一月开始。", "china/actor_state/中国", "scholarship/instrument/奖学金"),
			scholarships("uzbekistan", 150), "中国将于明年为乌兹别克斯坦学生提供150个奖学金名额。"),
		withEvent(item("ala-too", "ru", 6, "В Оше открылся Русский дом",
			"В Оше открылся Русский дом с курсами русского языка и библиотекой. На церемонии выступил представитель Россотрудничества. Занятия для школьников будут бесплатными.",
			"russian-house/actor_institution/Русский дом", "russia/actor_state/", "osh/target/Оше", "rossotrudnichestvo/actor_institution/Россотрудничества", "school-pupils/target/школьников"),
			news.Event{Actor: "russian-house", State: "russia", Instrument: "cultural-centre", Family: "culture-instrument", Recipient: "kyrgyzstan", Status: news.Completed},
			"В Оше открылся Русский дом с курсами русского языка и библиотекой."),
		withEvent(item("steppe-post", "en", 9, "Japan lends Kazakhstan $1.2bn for hospitals <b>\"now\"</b>",
			"Japan signed a loan of 1.2 billion dollars with Kazakhstan for new hospitals. Repayment begins in ten years.",
			"japan/actor_state/Japan", "loan/instrument/loan", "kazakhstan/target/Kazakhstan"),
			news.Event{Actor: "japan", State: "japan", Instrument: "loan", Family: "economic-instrument", Recipient: "kazakhstan", Status: news.Signed, Amount: &news.Amount{Value: 1.2e9, Currency: "USD"}},
			"Japan signed a loan of 1.2 billion dollars with Kazakhstan for new hospitals."),
		withEvent(item("rah-e-abrisham", "fa", 7, "ایران در دوشنبه مرکز آموزش زبان فارسی گشود",
			"ایران در دوشنبه یک مرکز آموزش زبان فارسی گشود. کلاس‌ها از هفتهٔ آینده آغاز می‌شود.", "iran/actor_state/ایران", "dushanbe/target/دوشنبه"),
			news.Event{Actor: "iran", State: "iran", Instrument: "language-promotion", Family: "education-instrument", Recipient: "tajikistan", Status: news.Completed},
			"ایران در دوشنبه یک مرکز آموزش زبان فارسی گشود."),
		item("pomir", "tg", 5, "Дар Душанбе рӯзҳои фарҳанги Туркия баргузор мешаванд",
			"Дар Душанбе рӯзҳои фарҳанги Туркия баргузор мешаванд. Консерт ва намоиши филмҳо ройгон аст.", "turkey/actor_state/Туркия", "dushanbe/target/Душанбе"),
		late(withEvent(item("steppe-post", "kk", 30, "Алматыда Қытай мәдени орталығының құрылысы тоқтатылды",
			"Алматыда Қытай мәдени орталығының құрылысы тоқтатылды. Себебі айтылмады.", "china/actor_state/Қытай"),
			news.Event{Actor: "china", State: "china", Instrument: "cultural-centre", Family: "culture-instrument", Recipient: "kazakhstan", Status: news.Cancelled},
			"Алматыда Қытай мәдени орталығының құрылысы тоқтатылды.")),
		late(item("pomir", "tg", 24*40, "Хабари кӯҳна", "Хабари кӯҳна.")),
	}
}

// late makes an item one that was found long after it was published.
func late(it news.Item) news.Item {
	it.Fetched = closing().Add(-2 * time.Hour)
	return it
}

func byID(items []news.Item) map[news.ItemID]news.Item {
	m := make(map[news.ItemID]news.Item)
	for _, it := range items {
		m[it.ID] = it
	}
	return m
}

// dayInput is the day's news for a profile.
func dayInput(t *testing.T, labels text.Lang, group Grouping) Input {
	return Input{
		ID:      "0123456789abcdef",
		Profile: Profile{ID: "daily", Zone: tashkent(), Labels: labels, Group: group, BaseURL: "https://silkwire.example.org/"},
		From:    closing().Add(-24 * time.Hour), To: closing(), Now: closing().Add(3 * time.Second),
		Items: newsOfTheDay(), Outlets: outletsByID(outlets()), Taxonomy: concepts(t), TaxonomyVersion: "4f2a",
		Sources: 6, Baseline: steady(28, 6, "scholarship", 1),
		Coverage: []SourceNote{
			{Source: "pomir-feed", Outlet: "Помир имрӯз", Trouble: Broken, Since: closing().Add(-50 * time.Hour), Reason: "the server answers 500"},
			{Source: "silu-page", Outlet: "丝路晚报", Trouble: Quiet, Since: closing().Add(-300 * time.Hour)},
		},
	}
}

// steady is a baseline in which every day is alike.
func steady(days, items int, concept news.ConceptID, n int) Baseline {
	var b Baseline
	for i := range days {
		day := Day{Weekday: time.Weekday(i % 7), Items: items, Concepts: map[news.ConceptID]int{concept: n}}
		b.Days = append(b.Days, day)
	}
	return b
}

// withMemory adds what an edition of the day before told, and how it changed.
func withMemory(in Input) Input {
	told := withEvent(item("karvon", "en", 40, "Russia offers Kyrgyzstan 200 teachers",
		"Russia will send 200 teachers to schools in Kyrgyzstan."),
		news.Event{Actor: "russia", State: "russia", Instrument: "faculty-development", Family: "education-instrument", Recipient: "kyrgyzstan", Status: news.Announced, Places: number(200)},
		"Russia will send 200 teachers to schools in Kyrgyzstan.")
	before := in
	before.ID, before.From, before.To, before.Items = "fedcba9876543210", in.From.Add(-24*time.Hour), in.From, []news.Item{told}
	before.Coverage = nil
	in.Earlier = []Edition{Compile(before)}
	now := told
	now.Revision = 1
	now.Title = "Russia offers Kyrgyzstan 120 teachers"
	now.Tagging.Events = []news.Event{told.Tagging.Events[0]}
	now.Tagging.Events[0].Places = number(120)
	in.Present = byID([]news.Item{now})
	return in
}
