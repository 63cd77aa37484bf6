package web

import (
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"silkwire/account"
	"silkwire/news"
	"silkwire/tally"
	"silkwire/taxonomy"
	"silkwire/words"
)

// facetGroup is how pages speak of one or more facets: the facets that act are
// one group. The class gives colour and underline, the name is always written
// beside it.
type facetGroup struct {
	Class  string
	Name   words.Message
	Word   words.Message // the name inside a sentence
	Plural words.Message
	Key    string // of the query language
}

// facetGroups are all groups in the order of pages. Their classes are in
// static/silkwire.css.
func facetGroups() []facetGroup {
	return []facetGroup{
		{"actor", "Actor", "actor", "Actors", "actor"},
		{"instrument", "Instrument", "instrument", "Instruments", "instrument"},
		{"target", "Target", "target", "Targets", "target"},
		{"narrative", "Narrative", "narrative", "Narratives", "narrative"},
		{"reception", "Reception", "reception", "Reception", "reception"},
		{"behaviour", "Behaviour", "behaviour", "Behaviour", "concept"},
		{"context", "Context", "context", "Context", "concept"},
	}
}

func groupOf(facet string) facetGroup {
	class := facet
	if strings.HasPrefix(facet, "actor_") || facet == string(taxonomy.Organisation) {
		class = "actor"
	}
	groups := facetGroups()
	for _, g := range groups {
		if g.Class == class {
			return g
		}
	}
	return groups[len(groups)-1]
}

// polarityWords are the ways of being received, in the order of pages.
func (s *Server) polarityWords() []string {
	var list []string
	for _, p := range taxonomy.Polarities() {
		list = append(list, s.say(polarityWord(p)))
	}
	return list
}

// polarityWord is how somebody is received, in a word or two.
func polarityWord(polarity string) words.Message {
	switch polarity {
	case "welcomed":
		return "Welcomed"
	case "mixed":
		return "Mixed"
	case "rejected":
		return "Rejected"
	case "hindered":
		return "Held back"
	}
	return ""
}

func (s *Server) facetName(facet string) string { return s.say(facetWord(facet)) }

// facetWord is a facet in one or two words.
func facetWord(facet string) words.Message {
	switch taxonomy.Facet(facet) {
	case taxonomy.ActorState:
		return "state or bloc"
	case taxonomy.ActorInstitution:
		return "institution"
	case taxonomy.ActorPerson:
		return "person"
	case taxonomy.Organisation:
		return "organisation"
	}
	return groupOf(facet).Word
}

// facetPlural heads a list of a facet's concepts.
func facetPlural(facet taxonomy.Facet) words.Message {
	switch facet {
	case taxonomy.ActorState:
		return "States and blocs"
	case taxonomy.ActorInstitution:
		return "Institutions"
	case taxonomy.ActorPerson:
		return "Persons"
	case taxonomy.Organisation:
		return "Organisations"
	}
	return groupOf(string(facet)).Plural
}

func (s *Server) languageName(tag string) string { return s.say(languageWord(tag)) }

func languageWord(tag string) words.Message {
	switch tag {
	case "en":
		return "English"
	case "ru":
		return "Russian"
	case "uz", "uz-Latn":
		return "Uzbek"
	case "uz-Cyrl":
		return "Uzbek (Cyrillic)"
	case "kk":
		return "Kazakh"
	case "ky":
		return "Kyrgyz"
	case "tg":
		return "Tajik"
	case "tk":
		return "Turkmen"
	case "tr":
		return "Turkish"
	case "zh":
		return "Chinese"
	case "fa":
		return "Persian"
	case "", "und":
		return "unknown language"
	}
	return words.Message(tag)
}

// readable are the languages that items are read in.
func readable() []string {
	return []string{"en", "ru", "uz-Latn", "uz-Cyrl", "kk", "ky", "tg", "tk", "tr", "zh", "fa"}
}

// countryName is the name of a country; one that is not here keeps its code.
func (s *Server) countryName(code string) string { return s.say(countryWord(code)) }

func countryWord(code string) words.Message {
	switch code {
	case "UZ":
		return "Uzbekistan"
	case "KZ":
		return "Kazakhstan"
	case "KG":
		return "Kyrgyzstan"
	case "TJ":
		return "Tajikistan"
	case "TM":
		return "Turkmenistan"
	case "AF":
		return "Afghanistan"
	case "AZ":
		return "Azerbaijan"
	case "CN":
		return "China"
	case "CZ":
		return "Czechia"
	case "DE":
		return "Germany"
	case "FR":
		return "France"
	case "GB":
		return "United Kingdom"
	case "GE":
		return "Georgia"
	case "IN":
		return "India"
	case "IR":
		return "Iran"
	case "JP":
		return "Japan"
	case "KR":
		return "South Korea"
	case "MN":
		return "Mongolia"
	case "NL":
		return "Netherlands"
	case "PK":
		return "Pakistan"
	case "QA":
		return "Qatar"
	case "RU":
		return "Russia"
	case "SA":
		return "Saudi Arabia"
	case "TR":
		return "Turkey"
	case "US":
		return "United States"
	case "AE":
		return "United Arab Emirates"
	}
	return words.Message(code)
}

func (s *Server) kindName(k news.Kind) string { return s.say(kindWord(k)) }

func kindWord(k news.Kind) words.Message {
	switch k {
	case news.Feed:
		return "feed"
	case news.Page:
		return "listing page"
	case news.Sitemap:
		return "sitemap"
	case news.Telegram:
		return "Telegram channel"
	}
	return words.Message(k)
}

// statusWord says how far an event has got; "" where nothing says it.
func (s *Server) statusWord(status news.Status) string {
	switch status {
	case news.NoStatus, "":
		return ""
	case news.Announced:
		return s.say("announced")
	case news.Signed:
		return s.say("signed")
	case news.Ongoing:
		return s.say("under way")
	case news.Completed:
		return s.say("completed")
	case news.Cancelled:
		return s.say("cancelled")
	case news.DeniedEvt:
		return s.say("denied")
	}
	return string(status)
}

// money writes an amount the way people say it: "USD 1.25 million".
func (s *Server) money(a *news.Amount) string {
	if a == nil {
		return ""
	}
	v, scaled := a.Value, words.Message("")
	switch size := math.Abs(v); {
	case size >= 1e12:
		v, scaled = v/1e12, "%s trillion"
	case size >= 1e9:
		v, scaled = v/1e9, "%s billion"
	case size >= 1e6:
		v, scaled = v/1e6, "%s million"
	}
	number := grouped(int64(math.Round(v)))
	if scaled != "" {
		number = s.say(scaled, s.trimmed(v))
	}
	return strings.TrimSpace(a.Currency + " " + number)
}

func grouped(n int64) string { return words.Grouped(n) }

// size writes a number of bytes: "3.4 MB".
func (s *Server) size(n int64) string {
	switch {
	case n >= 1e9:
		return s.say("%s GB", s.words.Decimal(float64(n)/1e9, 1))
	case n >= 1e6:
		return s.say("%s MB", s.words.Decimal(float64(n)/1e6, 1))
	case n >= 1e3:
		return s.say("%d kB", n/1e3)
	}
	return s.say("%d bytes", n)
}

// ago says how far t is from now: "just now", "3 h ago", "in 5 min".
func (s *Server) ago(t, now time.Time) string {
	d := now.Sub(t)
	future, span := d < 0, d.Abs()
	switch {
	case span < time.Minute && future:
		return s.say("in a moment")
	case span < time.Minute:
		return s.say("just now")
	case span < time.Hour && future:
		return s.say("in %d min", int(span.Minutes()))
	case span < time.Hour:
		return s.say("%d min ago", int(span.Minutes()))
	case span < 48*time.Hour && future:
		return s.say("in %d h", int(span.Hours()))
	case span < 48*time.Hour:
		return s.say("%d h ago", int(span.Hours()))
	case future:
		return s.say("in %d days", int(span.Hours()/24))
	}
	return s.say("%d days ago", int(span.Hours()/24))
}

// percent rounds without ever saying that a probability is certain.
func percent(p float64) int {
	return min(max(int(math.Round(p*100)), 1), 99)
}

// trimmed writes a number with two places at most.
func (s *Server) trimmed(x float64) string { return s.words.Decimal(math.Round(x*100)/100, -1) }

// roleWord is what somebody may do, in a word.
func roleWord(r account.Role) words.Message {
	switch r {
	case account.Viewer:
		return "viewer"
	case account.Analyst:
		return "analyst"
	case account.Admin:
		return "admin"
	}
	return words.Message(r)
}

// powerWord is a kind of power after Nye.
func powerWord(kind string) words.Message {
	switch kind {
	case "coercion":
		return "coercion"
	case "inducement":
		return "inducement"
	case "agenda-setting":
		return "agenda-setting"
	case "attraction":
		return "attraction"
	}
	return words.Message(kind)
}

// horizonWord is for how long a means is made.
func horizonWord(horizon string) words.Message {
	switch horizon {
	case "short":
		return "short term"
	case "medium":
		return "medium term"
	case "long":
		return "long term"
	}
	return words.Message(horizon + " term")
}

// aboutWord is what an instrument carries.
func aboutWord(about string) words.Message {
	switch about {
	case "money":
		return "money"
	case "people":
		return "people"
	case "both":
		return "money and people"
	}
	return words.Message(about)
}

// unitWord is what is counted, inside a sentence.
func unitWord(u tally.Unit) words.Message {
	switch u {
	case tally.Stories:
		return "stories"
	case tally.Events:
		return "deals"
	}
	return "items"
}

// stepWord is the step of a time line.
func stepWord(by string) words.Message {
	switch by {
	case "day":
		return "day"
	case "week":
		return "week"
	case "month":
		return "month"
	case "year":
		return "year"
	}
	return words.Message(by)
}

// axisTitle is an axis as it heads a table, and axisWord as a sentence has it.
func (s *Server) axisTitle(name string) string { return s.say(tally.AxisTitle(name)) }

func (s *Server) axisWord(name string) string { return lower(s.axisTitle(name)) }

// lower begins with a small letter.
func lower(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(first)) + s[size:]
}

// periodName is a period for people: "Mar 2026", "2 Mar 2026", "week of 2 Mar 2026".
func (s *Server) periodName(step, name string) string {
	from, _ := tally.Bounds(step, name, time.UTC)
	switch {
	case from.IsZero():
		return name
	case step == "month":
		return s.words.ShortMonth(from)
	case step == "day":
		return s.words.ShortDate(from)
	case step == "week":
		return s.say("week of %s", s.words.ShortDate(from))
	}
	return name
}

// agreedOn is what analysts agree on, or not.
func agreedOn(of string) words.Message {
	switch of {
	case "relevance":
		return "Relevance"
	case "tags":
		return "Tags"
	case "events":
		return "Events"
	}
	return words.Message(capital(of))
}
