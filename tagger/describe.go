package tagger

import (
	"slices"

	"silkwire/news"
	"silkwire/taxonomy"
)

// centralAsia are the recipients of events: the region and its five states.
var centralAsia = []news.ConceptID{region, "kazakhstan", "kyrgyzstan", "tajikistan", "turkmenistan", "uzbekistan"}

// homeActors are concepts through which Central Asia acts itself.
var homeActors = []news.ConceptID{kazakhstanAbroad, "central-asian-states-as-actors"}

const (
	kazakhstanAbroad = news.ConceptID("kazakhstan-own-soft-power")
	regionalFormat   = news.ConceptID("five-plus-one") // meetings with all five states at once
	region           = news.ConceptID("central-asia")
)

// spokenOfInstruments are those of which more is said than done; a mention of
// one is rarely an event.
var spokenOfInstruments = []news.ConceptID{
	"people-to-people", "sanctions", "security-narrative", "cultural-diplomacy", "nation-branding",
	"military-political-instruments", "multilateral-packaging", "digital-diplomacy",
}

// noBodies are actors by which nobody in particular is meant, and those of the
// past.
var noBodies = []news.ConceptID{
	"ngos", "think-tanks", "cultural-foundations", "local-media-partners", "the-west", "extra-regional-powers",
	"southeast-asia", "soviet-union", "tsarist-russia", "historical-empires",
}

// describe works out what the tagger asks of every concept.
func describe(tax *taxonomy.Taxonomy) []conceptInfo {
	number := map[news.ConceptID]int32{}
	for i, c := range tax.Concepts {
		number[c.ID] = int32(i)
	}
	infos := make([]conceptInfo, len(tax.Concepts))
	for i, c := range tax.Concepts {
		info := conceptInfo{
			id: c.ID, facet: c.Facet, actor: c.Facet.IsActor(), instrument: -1, recipient: -1, own: -1,
			root: number[stateOf(tax, c)], family: number[tax.Family(c.ID)],
		}
		if c.Instrument != "" {
			info.instrument = number[c.Instrument]
		}
		chain := append([]news.ConceptID{c.ID}, tax.Ancestors(c.ID)...)
		if c.Facet == taxonomy.Target {
			for _, id := range chain {
				if slices.Contains(centralAsia, id) {
					info.recipient = number[id]
					break
				}
			}
		}
		info.projects = slices.ContainsFunc(chain, func(id news.ConceptID) bool { return slices.Contains(homeActors, id) })
		if slices.Contains(chain, kazakhstanAbroad) {
			info.own = number["kazakhstan"]
		}
		info.spokenOf, info.noBody = slices.Contains(spokenOfInstruments, c.ID), slices.Contains(noBodies, stateOf(tax, c))
		info.noHands, info.moves, info.money = c.About == "none", c.About == "people", c.About == "money" || c.About == "both"
		info.audience = c.Facet == taxonomy.Target && info.recipient < 0 && c.About == "people"
		info.format = slices.Contains(chain, regionalFormat)
		info.home = slices.ContainsFunc(chain, func(id news.ConceptID) bool {
			return slices.Contains(homeActors, id) || slices.Contains(centralAsia, id)
		})
		info.yields = yieldsTo(tax, c, number)
		info.implies = implications(tax, c, number)
		infos[i] = info
	}
	return infos
}

// yieldsTo are the concepts, with all below them, that take c's place in a
// sentence; nil if there are none.
func yieldsTo(tax *taxonomy.Taxonomy, c *taxonomy.Concept, number map[news.ConceptID]int32) *classSet {
	var classes []int32
	for _, id := range c.YieldsTo {
		for _, below := range tax.Descendants(id) {
			classes = append(classes, number[below])
		}
	}
	if classes == nil {
		return nil
	}
	return newClassSet(classes)
}

// stateOf is the state or body behind an actor. A state of Central Asia acts
// through the concept above, not as the target that it is itself.
func stateOf(tax *taxonomy.Taxonomy, c *taxonomy.Concept) news.ConceptID {
	if tax.Facet(c.State).IsActor() {
		return tax.Root(c.State)
	}
	return tax.Root(c.ID)
}

// implications are the concepts that a mention of c implies: everything broader
// for actors; for others only where c itself was added to the documents'
// concepts, up to the first that the documents name, and never a whole family
// of instruments.
func implications(tax *taxonomy.Taxonomy, c *taxonomy.Concept, number map[news.ConceptID]int32) []int32 {
	var up []int32
	ancestors := tax.Ancestors(c.ID)
	if c.State != "" && !slices.Contains(ancestors, c.State) {
		ancestors = append(append(ancestors, c.State), tax.Ancestors(c.State)...)
	}
	for _, id := range ancestors {
		broader, _ := tax.Concept(id)
		if !c.Facet.IsActor() && broader.Parent == "" {
			break // a whole family says nothing of what was done
		}
		if c.Facet.IsActor() || c.Facet == taxonomy.Instrument && c.Added != "" {
			up = append(up, number[id])
		}
		if !c.Facet.IsActor() && broader.Added == "" {
			break
		}
	}
	return up
}
