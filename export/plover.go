package export

import (
	"cmp"
	"slices"
	"strings"

	"silkwire/news"
	"silkwire/taxonomy"
)

// The table of events has the fields that event data sets in PLOVER's shape
// have: who did what to whom, when, where and with what magnitude. docs/export.md
// says how our events are coded so, and what is lost.

// coding is how PLOVER calls what an instrument does.
type coding struct{ kind, mode, context string }

// codings are by instrument or by the nearest broader one that is listed.
var codings = map[news.ConceptID]coding{
	"education-instrument":   {"COOPERATE", "", "education"},
	"conference-diplomacy":   {"CONSULT", "multilateral", "education"},
	"culture-instrument":     {"SUPPORT", "", "culture"},
	"cultural-diplomacy":     {"SUPPORT", "", "culture"},
	"erasmus-plus":           {"COOPERATE", "", "education"},
	"erasmus-mundus":         {"COOPERATE", "", "education"},
	"tempus":                 {"COOPERATE", "", "education"},
	"pronauka":               {"COOPERATE", "", "education"},
	"new-generation":         {"SUPPORT", "", "education"},
	"hello-russia":           {"SUPPORT", "", "education"},
	"mission-dobro":          {"AID", "", "education"},
	"time-of-good-deeds":     {"AID", "", "education"},
	"tacis":                  {"AID", "", "economic"},
	"development-assistance": {"AID", "", "economic"},
	"humanitarian-aid":       {"AID", "", "disaster"},
	"pandemic-aid":           {"AID", "", "health"},
	"public-health-programme": {
		"AID", "", "health",
	},
	"environmental-programme":         {"AID", "", "environment"},
	"democracy-promotion":             {"SUPPORT", "", "pro_democracy"},
	"human-rights-advocacy":           {"REQUEST", "change", "human_rights"},
	"economic-instrument":             {"COOPERATE", "", "economic"},
	"loan":                            {"AID", "", "economic"},
	"labour-migration":                {"COOPERATE", "", "migration"},
	"energy-infrastructure":           {"COOPERATE", "", "resource"},
	"energy-access":                   {"COOPERATE", "", "resource"},
	"pipeline":                        {"COOPERATE", "", "resource"},
	"science-and-tech":                {"COOPERATE", "", "technology"},
	"hard-power-instrument":           {"COERCE", "", "military"},
	"military-base":                   {"MOBILIZE", "troops", "military"},
	"sanctions":                       {"SANCTION", "discontinue", "economic"},
	"media-instrument":                {"SUPPORT", "", "information"},
	"propaganda":                      {"COERCE", "misinformation", "information"},
	"public-diplomacy":                {"SUPPORT", "", "diplomatic"},
	"high-level-visit":                {"CONSULT", "visit", "diplomatic"},
	"summit-diplomacy":                {"CONSULT", "multilateral", "diplomatic"},
	"dialogue-platform":               {"CONSULT", "multilateral", "diplomatic"},
	"parliamentary-diplomacy":         {"CONSULT", "", "legislative"},
	"visa-regime":                     {"COOPERATE", "", "migration"},
	"security-cooperation":            {"COOPERATE", "", "military"},
	"security-assistance":             {"AID", "", "military"},
	"joint-law-enforcement":           {"COOPERATE", "", "legal"},
	"strategic-partnership-agreement": {"AGREE", "", "diplomatic"},
	"trade-agreement":                 {"AGREE", "", "economic"},
}

// quads are PLOVER's four classes.
var quads = map[string]string{
	"AGREE": "verbal cooperation", "CONSULT": "verbal cooperation", "SUPPORT": "verbal cooperation", "CONCEDE": "verbal cooperation",
	"COOPERATE": "material cooperation", "AID": "material cooperation", "RETREAT": "material cooperation",
	"REQUEST": "verbal conflict", "ACCUSE": "verbal conflict", "REJECT": "verbal conflict", "THREATEN": "verbal conflict",
	"PROTEST": "material conflict", "SANCTION": "material conflict", "MOBILIZE": "material conflict", "COERCE": "material conflict", "ASSAULT": "material conflict",
}

// material is what an event comes to once it is carried out.
func (m *Maker) material(e *news.Event) coding {
	for _, id := range append([]news.ConceptID{e.Instrument}, m.Taxonomy.Ancestors(e.Instrument)...) {
		if c, ok := codings[id]; ok {
			return c
		}
	}
	return coding{"COOPERATE", "", ""}
}

// coded is how PLOVER calls an event as far as it has got: what is announced or
// signed is an agreement, or a threat where it is to hurt; what is cancelled or
// denied is a rejection.
func (m *Maker) coded(e *news.Event) coding {
	c := m.material(e)
	hurts := quads[c.kind] == "material conflict"
	switch e.Status {
	case news.Announced, news.Signed:
		if hurts {
			return coding{"THREATEN", "", c.context}
		}
		return coding{"AGREE", "", c.context}
	case news.Cancelled, news.DeniedEvt:
		return coding{"REJECT", "", c.context}
	}
	return c
}

// iso3 are the countries of concepts, as event data name them (ISO 3166-1
// alpha-3, and PLOVER's codes for what is no country).
var iso3 = map[news.ConceptID]string{
	"china": "CHN", "russia": "RUS", "united-states": "USA", "european-union": "IGOEUR", "turkey": "TUR", "iran": "IRN", "japan": "JPN",
	"india": "IND", "south-korea": "KOR", "germany": "DEU", "united-kingdom": "GBR", "ukraine": "UKR", "azerbaijan": "AZE", "italy": "ITA",
	"france": "FRA", "switzerland": "CHE", "saudi-arabia": "SAU", "uae": "ARE", "qatar": "QAT", "kuwait": "KWT", "pakistan": "PAK",
	"taliban-afghanistan": "AFG", "israel": "ISR", "belarus": "BLR", "hungary": "HUN", "kazakhstan-own-soft-power": "KAZ",
	"kazakhstan": "KAZ", "kyrgyzstan": "KGZ", "tajikistan": "TJK", "turkmenistan": "TKM", "uzbekistan": "UZB",
}

// country is the code of a concept, or of the nearest broader one that has one.
func (m *Maker) country(id news.ConceptID) any {
	for _, c := range append([]news.ConceptID{id}, m.Taxonomy.Ancestors(id)...) {
		if code, ok := iso3[c]; ok {
			return code
		}
	}
	return nil
}

// magnitude is how big an event is, and in what: money, or places of study.
func magnitude(e *news.Event) (value, unit any) {
	switch {
	case e.Amount != nil:
		return e.Amount.Value, e.Amount.Currency
	case e.Places != nil:
		return float64(*e.Places), "places"
	}
	return nil, nil
}

var eventColumns = append([]column[*news.Event]{
	{Field{"event_id", "id", "", "archive", "item and actor/instrument/recipient"}, func(_ *Maker, it *news.Item, e *news.Event) any { return string(it.ID) + "/" + e.Key().String() }},
	{Field{"item", "id", "", "archive", "the item that tells of it"}, func(_ *Maker, it *news.Item, _ *news.Event) any { return string(it.ID) }},
	{Field{"event_date", "day", "UTC", "outlet", "day of the report; the day of the event itself is not extracted"}, func(_ *Maker, it *news.Item, _ *news.Event) any { return it.Time().UTC().Format("2006-01-02") }},
	{Field{"event_type", "text", "PLOVER event type", "tagger", "as far as the event has got, see docs/export.md"}, func(m *Maker, _ *news.Item, e *news.Event) any { return m.coded(e).kind }},
	{Field{"event_mode", "text", "PLOVER mode", "tagger", "where the type has modes"}, func(m *Maker, _ *news.Item, e *news.Event) any { return blank(m.coded(e).mode) }},
	{Field{"quad_class", "text", "PLOVER quad class", "tagger", "verbal or material, cooperation or conflict"}, func(m *Maker, _ *news.Item, e *news.Event) any { return quads[m.coded(e).kind] }},
	{Field{"intended_type", "text", "PLOVER event type", "tagger", "what the event is, or would be, once carried out"}, func(m *Maker, _ *news.Item, e *news.Event) any { return m.material(e).kind }},
	{Field{"context", "text", "PLOVER context", "taxonomy", "field of policy"}, func(m *Maker, _ *news.Item, e *news.Event) any { return blank(m.material(e).context) }},
	{Field{"actor", "id", "concept", "tagger", "who acts"}, func(_ *Maker, _ *news.Item, e *news.Event) any { return string(e.Actor) }},
	{Field{"actor_name", "text", "", "taxonomy", "in English"}, func(m *Maker, _ *news.Item, e *news.Event) any { return m.Taxonomy.Name(e.Actor) }},
	{Field{"actor_state", "id", "concept", "taxonomy", "the state or body behind the actor"}, func(_ *Maker, _ *news.Item, e *news.Event) any { return string(e.State) }},
	{Field{"actor_country", "text", "ISO 3166-1 alpha-3, or PLOVER's code", "taxonomy", "of that state"}, func(m *Maker, _ *news.Item, e *news.Event) any { return m.country(e.State) }},
	{Field{"recipient", "id", "concept", "tagger", "toward whom"}, func(_ *Maker, _ *news.Item, e *news.Event) any { return string(e.Recipient) }},
	{Field{"recipient_name", "text", "", "taxonomy", "in English"}, func(m *Maker, _ *news.Item, e *news.Event) any { return m.Taxonomy.Name(e.Recipient) }},
	{Field{"recipient_country", "text", "ISO 3166-1 alpha-3", "taxonomy", "empty where several are meant"}, func(m *Maker, _ *news.Item, e *news.Event) any { return m.country(e.Recipient) }},
	{Field{"location", "list", "places", "tagger", "places in Central Asia that the item names; where the event takes place is not extracted"}, func(m *Maker, it *news.Item, _ *news.Event) any { return m.places(it) }},
	{Field{"instrument", "id", "concept", "tagger", "with what"}, func(_ *Maker, _ *news.Item, e *news.Event) any { return string(e.Instrument) }},
	{Field{"instrument_name", "text", "", "taxonomy", "in English"}, func(m *Maker, _ *news.Item, e *news.Event) any { return m.Taxonomy.Name(e.Instrument) }},
	{Field{"family", "id", "concept", "taxonomy", "the instrument's family"}, func(_ *Maker, _ *news.Item, e *news.Event) any { return string(e.Family) }},
	{Field{"power", "list", "kinds of power", "taxonomy, or analyst", "coercion, inducement, agenda-setting, attraction: of the instrument, or as an analyst said of this event"}, func(m *Maker, it *news.Item, e *news.Event) any {
		if said := m.Meant[it.ID][e.Key()]; len(said.Behaviour) > 0 {
			return said.Behaviour
		}
		return m.power(e.Instrument)
	}},
	{Field{"horizon", "text", "", "taxonomy, or analyst", "short, medium or long: of the instrument, or as an analyst said of this event"}, func(m *Maker, it *news.Item, e *news.Event) any {
		return blank(cmp.Or(m.Meant[it.ID][e.Key()].Horizon, m.horizon(e.Instrument)))
	}},
	{Field{"weighed_by", "list", "", "analyst", "who said by which power this event works or for how long; empty where the taxonomy says both"}, func(m *Maker, it *news.Item, e *news.Event) any {
		said := m.Meant[it.ID][e.Key()]
		return slices.DeleteFunc(slices.Compact([]string{said.ByBehaviour.By, said.ByHorizon.By}), func(s string) bool { return s == "" })
	}},
	{Field{"status", "text", "", "tagger", "announced, signed, ongoing, completed, cancelled, denied or none"}, func(_ *Maker, _ *news.Item, e *news.Event) any { return string(e.Status) }},
	{Field{"magnitude", "number", "see magnitude_unit", "tagger", "money or places of study"}, func(_ *Maker, _ *news.Item, e *news.Event) any { v, _ := magnitude(e); return v }},
	{Field{"magnitude_unit", "text", "ISO 4217, or places", "tagger", ""}, func(_ *Maker, _ *news.Item, e *news.Event) any { _, u := magnitude(e); return u }},
	{Field{"places", "count", "places of study", "tagger", "in a quota or programme"}, func(_ *Maker, _ *news.Item, e *news.Event) any {
		if e.Places == nil {
			return nil
		}
		return *e.Places
	}},
	{Field{"sentence", "text", "", "tagger", "the words that say it"}, func(_ *Maker, _ *news.Item, e *news.Event) any { return strings.TrimSpace(e.Evidence.Text) }},
	{Field{"placed_by", "id", "concept", "tagger", "the state agency whose text it is, where it was taken over"}, func(_ *Maker, it *news.Item, _ *news.Event) any {
		if it.Tagging.Placed == nil {
			return nil
		}
		return string(it.Tagging.Placed.Origin)
	}},
}, where[*news.Event]()...)

func blank(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// places are the places of Central Asia that an item names.
func (m *Maker) places(it *news.Item) []string {
	var out []string
	for i := range it.Tagging.Tags {
		if t := &it.Tagging.Tags[i]; t.Facet == string(taxonomy.Target) && !t.Implied && slices.Contains(m.Taxonomy.Ancestors(t.Concept), "central-asia") {
			out = append(out, string(t.Concept))
		}
	}
	return out
}

// horizon is for how long an instrument works.
func (m *Maker) horizon(id news.ConceptID) string {
	if c, ok := m.Taxonomy.Concept(id); ok {
		return c.Horizon
	}
	return ""
}

// power is the kind of power of an instrument, its own or inherited.
func (m *Maker) power(id news.ConceptID) []string {
	for _, c := range append([]news.ConceptID{id}, m.Taxonomy.Ancestors(id)...) {
		if found, ok := m.Taxonomy.Concept(c); ok && len(found.Behaviour) > 0 {
			return found.Behaviour
		}
	}
	return nil
}
