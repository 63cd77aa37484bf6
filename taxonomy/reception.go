package taxonomy

import (
	"slices"

	"silkwire/news"
)

// Polarities are what a reception may say of who is received: that it is
// welcomed; that it is rejected; something of both; that it is held back by what
// nobody willed, such as a distance or a closed border.
func Polarities() []string { return []string{"welcomed", "rejected", "mixed", "hindered"} }

// Polarity is what a reception says: its own word, or that of the nearest
// concept above it that has one. It is "" for a concept that says nothing
// either way, such as a survey, and for what is no reception.
func (t *Taxonomy) Polarity(id news.ConceptID) string {
	for _, at := range append([]news.ConceptID{id}, t.Ancestors(id)...) {
		if c, ok := t.byID[at]; ok && c.Polarity != "" {
			return c.Polarity
		}
	}
	return ""
}

// Polar are all receptions that say this.
func (t *Taxonomy) Polar(polarity string) []news.ConceptID {
	var list []news.ConceptID
	for _, c := range t.Concepts {
		if c.Facet == Reception && t.Polarity(c.ID) == polarity {
			list = append(list, c.ID)
		}
	}
	return list
}

// Audiences are the targets that are people rather than places: youth, students,
// migrants …
func (t *Taxonomy) Audiences() []news.ConceptID {
	var list []news.ConceptID
	for _, c := range t.Concepts {
		if c.Facet == Target && slices.Contains([]string{"people", "both"}, c.About) {
			list = append(list, c.ID)
		}
	}
	return list
}
