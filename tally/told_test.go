package tally

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"silkwire/news"
	"silkwire/search"
)

// saying is an item of one sentence in which parts are named.
func saying(id, day, sentence string, parts map[string]news.ConceptID) news.Item {
	it := news.Item{ID: news.ItemID(id), Outlet: "daryo", Text: sentence, Published: noon, Tagging: news.Tagging{Lang: "en"}}
	it.Published, _ = time.Parse(time.DateOnly, day)
	for part, concept := range parts {
		at := strings.Index(sentence, part)
		facet := "target"
		if embeddedTax, err := embedded(); err == nil {
			facet = string(embeddedTax.Facet(concept))
		}
		it.Tagging.Tags = append(it.Tagging.Tags, news.Tag{Concept: concept, Facet: facet, Evidence: []news.Evidence{{
			Field: "body", Start: at, End: at + len(part), Sentence: news.Span{Start: 0, End: len(sentence)},
		}}})
	}
	return it
}

func TestFiguresThatContradictStandSideBySide(t *testing.T) {
	parts := map[string]news.ConceptID{"Confucius Institutes": "confucius-institute", "Central Asia": "central-asia"}
	var claims []Claim
	for _, it := range []news.Item{
		saying("a", "2026-03-01", "There are 13 Confucius Institutes in Central Asia.", parts),
		saying("b", "2026-05-01", "China runs 37 Confucius Institutes in Central Asia.", parts),
		saying("c", "2026-06-01", "By 2026 Confucius Institutes in Central Asia had grown.", parts),
		saying("d", "2026-06-02", "Some 40 % of Confucius Institutes in Central Asia are new.", parts),
		saying("e", "2026-06-03", "On 5 March Confucius Institutes in Central Asia met.", parts),
		saying("f", "2026-06-04", "There are 13 Confucius Institutes in Central Asia.", parts),
	} {
		claims = append(claims, ClaimsOf(&it, concepts(t))...)
	}
	disputes, others := Disputes(claims)
	if len(disputes) != 1 || len(others) != 0 || disputes[0].Values != 2 || len(disputes[0].Claims) != 3 {
		t.Fatalf("%+v, %+v", disputes, others)
	}
	d := disputes[0]
	if d.Concept != "confucius-institute" || d.State != "china" || d.Claims[0].Value != 13 || d.Claims[2].Value != 37 || d.Claims[2].Time != "2026-05-01" {
		t.Errorf("%+v", d)
	}
}

func TestGrantsOfAnotherYearAreOtherGrants(t *testing.T) {
	parts := map[string]news.ConceptID{"Russia": "russia", "scholarships": "scholarship", "Kyrgyzstan": "kyrgyzstan"}
	var claims []Claim
	for _, it := range []news.Item{
		saying("a", "2025-03-01", "Russia offers 500 scholarships to Kyrgyzstan.", parts), saying("b", "2026-03-01", "Russia offers 600 scholarships to Kyrgyzstan.", parts),
		saying("c", "2026-03-03", "Russia offers 650 scholarships to Kyrgyzstan.", parts),
	} {
		claims = append(claims, ClaimsOf(&it, concepts(t))...)
	}
	disputes, others := Disputes(claims)
	if len(disputes) != 1 || len(disputes[0].Claims) != 2 || len(others) != 1 || others[0].Value != 500 {
		t.Errorf("%+v, %+v", disputes, others)
	}
}

func TestANumberIsReadWhereItStandsBeforeItsNoun(t *testing.T) {
	for before, want := range map[string]float64{
		"Открыли 21 ": 21, "Выделят 1 500 ": 1500, "Выделят 1\u00a0500\u00a0": 1500, "в стране 5 ta ": 5, "Қазақстанда 5 ": 5, "中亚有13所": 13, "约3万名": 30000,
		"ajratildi: 200 ta ": 200, "более 14 тысяч ": 14000, "offers 2,000 ": 2000, "with 13 new ": 13,
	} {
		if got, ok := numberAtEnd(before); !ok || got != want {
			t.Errorf("%q: %v, %v; want %v", before, got, ok, want)
		}
	}
	for _, before := range []string{"в 2026 ", "с 12,5 ", "$500 ", "№ 5 школы и ", "40 % ", "5 марта ", "13 of the ", "абв", "", "COVID-19 ", "0 ", "между 3-5 странами "} {
		if got, ok := numberAtEnd(before); ok {
			t.Errorf("%q is read as %v", before, got)
		}
	}
}

func TestTheRegistryKnowsWhereAHouseIsAndWhoItsPartnerIs(t *testing.T) {
	r := NewRegistry(concepts(t))
	for _, it := range []news.Item{
		saying("a", "2026-05-01", "A Confucius Institute opened at Osh State University in Osh.", map[string]news.ConceptID{"Confucius Institute": "confucius-institute", "Osh State University": "osh-state-university", "Osh.": "osh"}),
		saying("b", "2026-07-01", "The Confucius Institute in Osh held a contest.", map[string]news.ConceptID{"Confucius Institute": "confucius-institute", "Osh": "osh"}),
		saying("c", "2026-08-01", "The Russian House in Bishkek was closed.", map[string]news.ConceptID{"Russian House": "russian-house", "Bishkek": "bishkek"}),
		saying("d", "2026-08-02", "Confucius Institutes of Kazakhstan and Kyrgyzstan met.", map[string]news.ConceptID{"Confucius Institutes": "confucius-institute", "Kazakhstan": "kazakhstan", "Kyrgyzstan": "kyrgyzstan"}),
	} {
		r.Add(&it)
	}
	list := r.List()
	if len(list) != 3 {
		t.Fatalf("%d entries: %+v", len(list), list)
	}
	osh, nowhere, bishkek := list[0], list[1], list[2]
	if osh.Place != "osh" || osh.Country != "kyrgyzstan" || osh.State != "china" || osh.Items != 2 || osh.Opened == nil || osh.Opened.Item != "a" || osh.Closed != nil ||
		len(osh.Partners) != 1 || osh.Partners[0] != "osh-state-university" || osh.First.Time != "2026-05-01" || osh.Last.Time != "2026-07-01" {
		t.Errorf("Osh: %+v", osh)
	}
	if bishkek.Closed == nil || bishkek.Closed.Item != "c" || bishkek.Opened != nil || bishkek.State != "russia" {
		t.Errorf("Bishkek: %+v", bishkek)
	}
	if nowhere.Place != "" {
		t.Errorf("two countries are named and one was chosen: %+v", nowhere)
	}
}

func TestOpeningsAreToldInEveryLanguage(t *testing.T) {
	for _, s := range []string{
		"The centre was inaugurated.", "В Оше открылся центр.", "Markaz ochildi.", "Марказ очилди.", "Орталық ашылды.", "Борбор ачылды.", "Марказ кушода шуд.", "Merkez açyldy.", "Merkez açıldı.", "孔子学院揭牌。", "مرکز افتتاح شد.",
	} {
		if !tells(s, openings) {
			t.Errorf("%q is no opening", s)
		}
		if tells(s, closures) {
			t.Errorf("%q is a closure", s)
		}
	}
}

func TestThePresetsAndClustersNameConceptsThatExist(t *testing.T) {
	for _, p := range Presets() {
		for _, r := range p.Rows {
			queryOf(t, r.Query)
		}
	}
	for _, c := range append(Clusters(), Channels()...) {
		queryOf(t, c.Query)
	}
	for _, id := range append(append(slices.Sorted(maps.Keys(campuses)), kinds...), agencies...) {
		if _, ok := concepts(t).Concept(id); !ok {
			t.Errorf("there is no concept %s", id)
		}
	}
}

func queryOf(t *testing.T, query string) {
	t.Helper()
	if _, err := search.Parse(query, named{concepts(t)}); err != nil {
		t.Errorf("%s: %v", query, err)
	}
}
