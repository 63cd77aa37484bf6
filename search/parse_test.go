package search

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"silkwire/news"
)

// names is a taxonomy of five concepts.
type names struct{}

func (names) table() map[string][]news.ConceptID {
	return map[string][]news.ConceptID{
		"china":               {"china"},
		"confucius-institute": {"confucius-classroom", "confucius-institute"},
		"scholarship":         {"government-scholarship", "scholarship"},
		"uzbekistan":          {"uzbekistan"},
		"debt-trap":           {"debt-trap"},
	}
}

func (n names) Concept(id string) ([]news.ConceptID, bool) {
	ids, ok := n.table()[id]
	return ids, ok
}

func (names) Facet(id string) string {
	return map[string]string{
		"china": "actor_state", "confucius-institute": "actor_institution", "scholarship": "instrument",
		"uzbekistan": "target", "debt-trap": "reception",
	}[id]
}

func (n names) Nearest(id string) string {
	var all []string
	for k := range n.table() {
		all = append(all, k)
	}
	return Nearest(id, all)
}

func (names) Polar(polarity string) []news.ConceptID {
	return map[string][]news.ConceptID{"rejected": {"debt-trap"}}[polarity]
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func TestAQueryBecomesATree(t *testing.T) {
	uzbekistan := []news.ConceptID{"uzbekistan"}
	for query, want := range map[string]Expr{
		"":                               nil,
		" \t\n":                          nil,
		"Loan":                           Words{"loan"},
		"soft-power":                     Words{"soft", "power"},
		`"Soft  Power!"`:                 Words{"soft", "power"},
		"o‘zbek":                         Words{"o'zbek"},
		"20:30":                          Words{"20", "30"},
		"a b":                            And{Words{"a"}, Words{"b"}},
		"a AND b":                        And{Words{"a"}, Words{"b"}},
		"a b OR c":                       Or{And{Words{"a"}, Words{"b"}}, Words{"c"}},
		"a (b OR c)":                     And{Words{"a"}, Or{Words{"b"}, Words{"c"}}},
		"-a":                             Not{Words{"a"}},
		"--a":                            Not{Not{Words{"a"}}},
		`-(a b) -"c d"`:                  And{Not{And{Words{"a"}, Words{"b"}}}, Not{Words{"c", "d"}}},
		"or and":                         And{Words{"or"}, Words{"and"}},
		"actor:china":                    Concept{Any: []news.ConceptID{"china"}},
		"instrument:scholarship":         Concept{Any: []news.ConceptID{"scholarship", "government-scholarship"}},
		"instrument:confucius-institute": Concept{Any: []news.ConceptID{"confucius-institute", "confucius-classroom"}},
		"concept:debt-trap":              Concept{Any: []news.ConceptID{"debt-trap"}},
		"target:uzbekistan":              Concept{Any: uzbekistan},
		"polarity:Rejected":              Concept{Any: []news.ConceptID{"debt-trap"}, As: "polarity:rejected"},
		"recipient:uzbekistan":           Concept{Any: uzbekistan, To: true},
		"to:uzbekistan":                  Or{Concept{Any: uzbekistan, To: true}, Concept{Any: uzbekistan}},
		"to:china":                       Concept{Any: []news.ConceptID{"china"}, To: true},
		"outlet:daryo":                   Field{"outlet", "daryo"},
		`source:"daryo en"`:              Field{"source", "daryo en"},
		"country:uz":                     Field{"country", "UZ"},
		"lang:UZ-latn":                   Field{"lang", "uz-Latn"},
		"lang:Ru":                        Field{"lang", "ru"},
		"after:2026":                     Date{From: day(2026, 1, 1)},
		"after:2026-03":                  Date{From: day(2026, 3, 1)},
		"before:2026-03-31":              Date{To: day(2026, 3, 31)},
		"is:relevant":                    Is("relevant"),
		"has:event":                      Is("event"),
		"is:reviewed":                    Is("reviewed"),
		"actor:China":                    Concept{Any: []news.ConceptID{"china"}},
		`actor:"Confucius Institute"`:    Concept{Any: []news.ConceptID{"confucius-institute", "confucius-classroom"}},
		"status:Signed":                  Field{"status", "signed"},
		"currency:usd":                   Field{"currency", "USD"},
		"amount:>10000000":               Number{Name: "amount", Low: Bound{At: 1e7, Has: true}},
		"amount:>=10m":                   Number{Name: "amount", Low: Bound{1e7, true, true}},
		"amount:<5,000kzt":               Number{Name: "amount", High: Bound{At: 5000, Has: true}, Currency: "KZT"},
		"amount:<=2.5bnUSD":              Number{Name: "amount", High: Bound{2.5e9, true, true}, Currency: "USD"},
		"amount:1k..2kEUR":               Number{Name: "amount", Low: Bound{1000, true, true}, High: Bound{2000, true, true}, Currency: "EUR"},
		"amount:300":                     Number{Name: "amount", Low: Bound{300, true, true}, High: Bound{300, true, true}},
		"relevance:>0.8":                 Number{Name: "relevance", Low: Bound{At: 0.8, Has: true}},
		"(((a)))":                        Words{"a"},
	} {
		got, err := Parse(query, names{})
		if err != nil {
			t.Errorf("%q: %v", query, err)
			continue
		}
		if diff := cmp.Diff(want, got.Root); diff != "" {
			t.Errorf("%q (-want +got):\n%s", query, diff)
		}
		if got.Text != query {
			t.Errorf("%q: Text is %q", query, got.Text)
		}
	}
}

func TestAMistakeIsPointedAtWithTheNearestThatWouldBeRight(t *testing.T) {
	options := Options{Names: names{}, Values: map[string][]string{"outlet": {"daryo", "kunuz"}, "lang": {"uz-Latn", "ru"}}}
	for _, c := range []struct {
		query string
		pos   int
		says  string
	}{
		{"loan actr:china", 5, `"actor:"`},
		{"Actor:china", 0, "actor:"},
		{"actor:chna", 6, "china"},
		{"actor: china", 6, "without a space"},
		{`actor:""`, 6, "a value must follow"},
		{"actor:scholarship", 6, "instrument:scholarship"},
		{"target:china", 7, "actor:china"},
		{"narrative:debt-trap", 10, "reception:debt-trap"},
		{"outlet:darya", 7, "daryo"},
		{"lang:uz-cyrl", 5, "uz-Latn"},
		{"after:2026-13", 6, "2026-03"},
		{"before:yesterday", 7, "no date"},
		{"after:0001", 6, "no date"},
		{"is:event", 3, "relevant"},
		{"has:relevant", 4, "event"},
		{"status:sined", 7, "signed"},
		{"amount:lots", 7, "amount:>10000000"},
		{"loan amount:>=", 14, "no number"},
		{"amount:>NaN", 8, "no number"},
		{"amount:>-5", 8, "no number"},
		{"amount:5..1", 7, "smaller number first"},
		{"amount:5USD..7EUR", 13, "two currencies"},
		{"amount:5x", 7, "no number"},
		{"relevance:>80", 11, "from 0 to 1"},
		{"relevance:>0.5k", 11, "no number"},
		{"a )", 2, "closes nothing"},
		{"a (b", 2, "never closed"},
		{"()", 1, "before this )"},
		{`a "b`, 2, "never closed"},
		{"a OR", 4, "ends where"},
		{"OR a", 0, "before OR"},
		{"a OR OR b", 5, "before OR"},
		{"China - loan", 6, "minus sign"},
		{"-", 0, "minus sign"},
		{"—", 0, "no word"},
		{"http://kun.uz", 0, "unknown key"},
		{strings.Repeat("(", 60) + "a", 50, "inside each other"},
		{strings.Repeat("-", 60) + "a", 50, "inside each other"},
		{strings.Repeat("a ", 201), 400, "more than 200 terms"},    // X18
		{strings.Repeat("a", MaxQuery+1), MaxQuery, "longer than"}, // X18
	} {
		_, err := options.Parse(c.query)
		var mistake *SyntaxError
		if !errors.As(err, &mistake) {
			t.Errorf("%.60q: %v, want a SyntaxError", c.query, err)
			continue
		}
		if mistake.Pos != c.pos || !strings.Contains(mistake.Error(), c.says) {
			t.Errorf("%.60q: byte %d: %s; want byte %d and %q", c.query, mistake.Pos, mistake, c.pos, c.says)
		}
	}
}

func TestAnErrorCountsCharactersNotBytes(t *testing.T) {
	_, err := Parse("заём actr:china", nil)
	if err == nil || !strings.Contains(err.Error(), "character 6:") {
		t.Errorf("%v, want character 6", err)
	}
}

func TestWithoutNamesIdsAreTakenLiterally(t *testing.T) {
	q, err := Parse("actor:anything to:anywhere", nil)
	if err != nil {
		t.Fatal(err)
	}
	where := []news.ConceptID{"anywhere"}
	want := And{Concept{Any: []news.ConceptID{"anything"}}, Or{Concept{Any: where, To: true}, Concept{Any: where}}}
	if diff := cmp.Diff(Expr(want), q.Root); diff != "" {
		t.Error(diff)
	}
}

func TestAFoldingCanBePluggedIn(t *testing.T) {
	upper := func(s string) []string { return strings.Fields(strings.ToUpper(s)) }
	q, err := Options{Fold: upper}.Parse(`loan "or else"`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Expr(And{Words{"LOAN"}, Words{"OR", "ELSE"}}), q.Root); diff != "" {
		t.Error(diff)
	}
}

func TestAQueryMatchesWhatItSays(t *testing.T) {
	item := &news.Item{
		Outlet: "daryo", Source: "daryo-en", Sources: []news.SourceID{"daryo-en", "daryo-all"},
		Title: "Soft power at work", Text: "A new loan was signed.",
		Published: day(2026, 3, 31), Revision: 1,
		Tagging: news.Tagging{
			Lang: "uz-Latn", Relevant: true,
			Tags: []news.Tag{{Concept: "government-scholarship", Facet: "instrument"}, {Concept: "uzbekistan", Facet: "target"}},
			Events: []news.Event{
				{Actor: "china", Recipient: "uzbekistan", Status: news.Signed, Amount: &news.Amount{Value: 5e6, Currency: "USD"}},
				{Actor: "china", Status: news.Announced, Amount: &news.Amount{Value: 90, Currency: "CNY"}},
			},
			Relevance: 0.8,
		},
	}
	facts := Facts{Country: "UZ", Contains: Contains}
	for query, want := range map[string]bool{
		"":                       true,
		"loan":                   true,
		"loa":                    false,
		`"soft power"`:           true,
		`"power soft"`:           false,
		`"work a"`:               false, // a phrase does not run from the title into the body
		"loan -power":            false,
		"debt OR power":          true,
		"instrument:scholarship": true,
		"to:uzbekistan":          true,
		"recipient:uzbekistan":   true,
		"to:china":               false,
		"actor:china":            false,
		"source:daryo-all":       true,
		"source:daryo-ru":        false,
		"country:uz lang:uz":     true,
		"lang:uz-cyrl":           false,
		"after:2026-03-31":       true,  // after is inclusive
		"before:2026-03-31":      false, // before is exclusive
		"before:2026-04":         true,
		"is:relevant has:event":  true,
		"is:placed":              false,
		"is:revised":             true,
		"status:signed":          true,
		"status:denied":          false,
		"currency:cny":           true,
		"currency:eur":           false,
		"amount:>5m":             false,
		"amount:>=5m":            true,
		"amount:>1mUSD":          true,
		"amount:>1mCNY":          false, // sums are not converted
		"amount:80..100":         true,
		"amount:<80":             false,
		"relevance:>0.8":         false,
		"relevance:>=0.8":        true,
		"is:reviewed":            false,
	} {
		q, err := Parse(query, names{})
		if err != nil {
			t.Errorf("%q: %v", query, err)
			continue
		}
		if got := q.Match(item, facts); got != want {
			t.Errorf("%q matches: %v, want %v", query, got, want)
		}
	}
}

// FuzzParse holds the property that the canonical form of a query means the
// same as the query and is its own canonical form, and that a mistake is
// pointed at within the query.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`actor:china instrument:scholarship to:uzbekistan lang:uz after:2026-01-01 (loan OR "soft power") -denied`,
		`-(a b OR -c) has:event is:placed`, `amount:>1.5mUSD OR amount:5..7 relevance:<=0.1 status:signed currency:eur`, `"o‘zbek" OR (recipient:china before:2025-02)`, `source:"a b(c" -"-x"`, "ÇİŞ ẞ ǅ \xff:\"", `country:"ǆ" lang:a-ß`, "ـ", "ʹ0 ʻa",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, options := range []Options{{}, {Names: names{}}} {
			q, err := options.Parse(query)
			if err != nil {
				var mistake *SyntaxError
				if !errors.As(err, &mistake) || mistake.Pos < 0 || mistake.Pos > len(query) || mistake.Error() == "" {
					t.Fatalf("%q: %#v", query, err)
				}
				continue
			}
			if len(q.String()) > MaxQuery {
				continue // the canonical form may be longer than what was written
			}
			again, err := options.Parse(q.String())
			if err != nil {
				t.Fatalf("%q was written as %q: %v", query, q.String(), err)
			}
			if !reflect.DeepEqual(q.Root, again.Root) { // cmp.Diff takes 2^depth steps here
				t.Fatalf("%q was written as %q, which is\n%#v, not\n%#v", query, q.String(), again.Root, q.Root)
			}
		}
	})
}
