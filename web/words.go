package web

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"silkwire/news"
	"silkwire/taxonomy"
)

// facetGroup is how pages speak of one or more facets: the facets that act are
// one group. The class gives colour and underline, the name is always written
// beside it.
type facetGroup struct {
	Class  string
	Name   string
	Plural string
	Key    string // of the query language
}

// facetGroups are all groups in the order of pages. Their classes are in
// static/silkwire.css.
func facetGroups() []facetGroup {
	return []facetGroup{
		{"actor", "Actor", "Actors", "actor"},
		{"instrument", "Instrument", "Instruments", "instrument"},
		{"target", "Target", "Targets", "target"},
		{"narrative", "Narrative", "Narratives", "narrative"},
		{"reception", "Reception", "Reception", "reception"},
		{"behaviour", "Behaviour", "Behaviour", "concept"},
		{"context", "Context", "Context", "concept"},
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
func polarityWords() []string {
	var list []string
	for _, p := range taxonomy.Polarities() {
		list = append(list, polarityWord(p))
	}
	return list
}

// polarityWord is how somebody is received, in a word or two.
func polarityWord(polarity string) string {
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

// facetName is a facet in one or two words.
func facetName(facet string) string {
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
	return strings.ToLower(groupOf(facet).Name)
}

// facetPlural heads a list of a facet's concepts.
func facetPlural(facet taxonomy.Facet) string {
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

func languageName(tag string) string {
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
	return tag
}

// readable are the languages that items are read in.
func readable() []string {
	return []string{"en", "ru", "uz-Latn", "uz-Cyrl", "kk", "ky", "tg", "tk", "tr", "zh", "fa"}
}

// countryName is the English name of a country; one that is not here keeps its code.
func countryName(code string) string {
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
	return code
}

func kindName(k news.Kind) string {
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
	return string(k)
}

// statusWord says how far an event has got.
func statusWord(s news.Status) string {
	switch s {
	case news.NoStatus, "":
		return ""
	case news.Ongoing:
		return "under way"
	}
	return string(s)
}

// money writes an amount the way people say it: "USD 1.25 million".
func money(a *news.Amount) string {
	if a == nil {
		return ""
	}
	v, unit := a.Value, ""
	switch size := math.Abs(v); {
	case size >= 1e12:
		v, unit = v/1e12, " trillion"
	case size >= 1e9:
		v, unit = v/1e9, " billion"
	case size >= 1e6:
		v, unit = v/1e6, " million"
	}
	number := grouped(int64(math.Round(v)))
	if unit != "" {
		number = strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64)
	}
	return strings.TrimSpace(a.Currency + " " + number + unit)
}

// grouped writes a number with thin spaces between thousands.
func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "\u202f" + digits[i:]
	}
	return sign + digits
}

// count writes a number of things: "1 item", "2 345 items".
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(int64(n)) + " " + plural(one)
}

func plural(one string) string {
	if strings.HasSuffix(one, "y") {
		return strings.TrimSuffix(one, "y") + "ies"
	}
	return one + "s"
}

// size writes a number of bytes: "3.4 MB".
func size(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%d kB", n/1e3)
	}
	return count(int(n), "byte")
}

// ago says how far t is from now: "just now", "3 h ago", "in 5 min".
func ago(t, now time.Time) string {
	d := now.Sub(t)
	span := d.Abs()
	var s string
	switch {
	case span < time.Minute && d < 0:
		return "in a moment"
	case span < time.Minute:
		return "just now"
	case span < time.Hour:
		s = fmt.Sprintf("%d min", int(span.Minutes()))
	case span < 48*time.Hour:
		s = fmt.Sprintf("%d h", int(span.Hours()))
	default:
		s = fmt.Sprintf("%d days", int(span.Hours()/24))
	}
	if d < 0 {
		return "in " + s
	}
	return s + " ago"
}

// percent rounds without ever saying that a probability is certain.
func percent(p float64) int {
	return min(max(int(math.Round(p*100)), 1), 99)
}

// trimmed writes a number with two places at most.
func trimmed(x float64) string { return strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64) }
