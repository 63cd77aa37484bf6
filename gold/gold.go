// Package gold measures a tagger against items that people have labelled:
// precision, recall and F1 of relevance, tags, main concepts and events, per
// language, with intervals, and the confusions that cost most.
//
// Only concepts that the five documents name count: a concept that was added
// is represented by what it implies. Tags are compared with their ancestors on
// both sides, so that a near miss costs less than a far one.
package gold

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"silkwire/news"
	"silkwire/taxonomy"
)

// Item is a labelled item.
type Item struct {
	ID       string  `json:"id"`
	Lang     string  `json:"lang"`
	Origin   string  `json:"origin,omitempty"`
	Title    string  `json:"title"`
	Body     string  `json:"body"`
	Relevant bool    `json:"relevant"`
	Tags     []Label `json:"tags"`
	Events   []Event `json:"events"`
	Note     string  `json:"note,omitempty"`
}

// Label says that the item expresses a concept.
type Label struct {
	ID       news.ConceptID `json:"id"`
	Main     bool           `json:"main"`
	Evidence string         `json:"evidence"`
}

// Event is a labelled event.
type Event struct {
	Actor      news.ConceptID `json:"actor"`
	Instrument news.ConceptID `json:"instrument"`
	Recipient  news.ConceptID `json:"recipient"`
	Status     news.Status    `json:"status"`
	Evidence   string         `json:"evidence"`
}

// Read reads labelled items as JSON lines.
func Read(r io.Reader) ([]Item, error) {
	var items []Item
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 16<<20)
	for line := 1; sc.Scan(); line++ {
		if len(sc.Bytes()) == 0 {
			continue
		}
		var it Item
		if err := json.Unmarshal(sc.Bytes(), &it); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		items = append(items, it)
	}
	return items, sc.Err()
}

// Measures are the names of what is measured, in the order of reports.
var Measures = []string{"relevance", "tags", "actors", "instruments", "targets", "soft", "main", "events"}

// facetsOf lists the facets that a measure of tags compares.
var facetsOf = map[string][]taxonomy.Facet{
	"tags":        {taxonomy.ActorState, taxonomy.ActorInstitution, taxonomy.ActorPerson, taxonomy.Organisation, taxonomy.Instrument, taxonomy.Target},
	"soft":        {taxonomy.Narrative, taxonomy.Reception},
	"actors":      {taxonomy.ActorState, taxonomy.ActorInstitution, taxonomy.ActorPerson, taxonomy.Organisation},
	"instruments": {taxonomy.Instrument},
	"targets":     {taxonomy.Target},
}

// Count is what was found rightly, wrongly, and missed.
type Count struct{ TP, FP, FN int }

func (c *Count) add(o Count) { c.TP += o.TP; c.FP += o.FP; c.FN += o.FN }

// Precision, Recall and F1 are 0 where nothing was counted.
func (c Count) Precision() float64 { return ratio(c.TP, c.TP+c.FP) }

// Recall is the share of what is labelled that was found.
func (c Count) Recall() float64 { return ratio(c.TP, c.TP+c.FN) }

// F1 is the harmonic mean of precision and recall.
func (c Count) F1() float64 { return ratio(2*c.TP, 2*c.TP+c.FP+c.FN) }

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// Scorer compares taggings with labels under one taxonomy.
type Scorer struct {
	tax *taxonomy.Taxonomy
}

// NewScorer returns a scorer.
func NewScorer(tax *taxonomy.Taxonomy) *Scorer { return &Scorer{tax} }

type set map[news.ConceptID]bool

func (s *Scorer) counts(id news.ConceptID) bool {
	c, ok := s.tax.Concept(id)
	return ok && c.Added == ""
}

func (s *Scorer) facet(id news.ConceptID, facets []taxonomy.Facet) bool {
	return slices.Contains(facets, s.tax.Facet(id))
}

// closed adds the ancestors, within the given facets.
func (s *Scorer) closed(ids []news.ConceptID, facets []taxonomy.Facet) set {
	out := set{}
	for _, id := range ids {
		if !s.facet(id, facets) {
			continue
		}
		out[id] = true
		for _, up := range s.tax.Ancestors(id) {
			if s.facet(up, facets) && s.counts(up) {
				out[up] = true
			}
		}
	}
	return out
}

func compare(found, wanted set) (c Count) {
	for id := range found {
		if wanted[id] {
			c.TP++
		} else {
			c.FP++
		}
	}
	c.FN = len(wanted) - c.TP
	return c
}

// asserted are the tags that count: asserted ones, and implied ones when only
// concepts that do not count imply them.
func (s *Scorer) asserted(t *news.Tagging) []news.ConceptID {
	var ids []news.ConceptID
	for _, tag := range t.Tags {
		if tag.Implied && (len(tag.By) == 0 || slices.ContainsFunc(tag.By, s.counts)) || !s.counts(tag.Concept) {
			continue
		}
		ids = append(ids, tag.Concept)
	}
	return ids
}

func labelled(it *Item) (ids []news.ConceptID) {
	for _, l := range it.Tags {
		ids = append(ids, l.ID)
	}
	return ids
}

// Score compares one tagging with its labels, measure by measure.
func (s *Scorer) Score(it *Item, t *news.Tagging) map[string]Count {
	out := map[string]Count{}
	found := s.asserted(t)
	for measure, facets := range facetsOf {
		out[measure] = compare(s.closed(found, facets), s.closed(labelled(it), facets))
	}
	out["main"] = s.main(it, found)
	out["relevance"] = Count{b2i(t.Relevant && it.Relevant), b2i(t.Relevant && !it.Relevant), b2i(!t.Relevant && it.Relevant)}
	out["events"] = s.events(it, t)
	return out
}

func (s *Scorer) main(it *Item, found []news.ConceptID) (c Count) {
	have := set{}
	for _, id := range found {
		have[id] = true
		for _, up := range s.tax.Ancestors(id) {
			have[up] = true
		}
	}
	for _, l := range it.Tags {
		switch {
		case !l.Main || !s.facet(l.ID, facetsOf["tags"]) && !s.facet(l.ID, facetsOf["soft"]):
		case have[l.ID]:
			c.TP++
		default:
			c.FN++
		}
	}
	return c
}

// eventKey is what makes two events the same.
type eventKey struct{ state, family, recipient news.ConceptID }

func (s *Scorer) events(it *Item, t *news.Tagging) (c Count) {
	found, wanted := map[eventKey]bool{}, map[eventKey]bool{}
	for _, e := range t.Events {
		// as with tags: what the labels have no name for is neither right nor wrong
		if k := s.FoundKey(&e); s.counts(k.state) && s.counts(k.family) {
			found[k] = true
		}
	}
	for _, e := range it.Events {
		wanted[s.WantedKey(&e)] = true
	}
	for k := range found {
		if wanted[k] {
			c.TP++
		} else {
			c.FP++
		}
	}
	c.FN = len(wanted) - c.TP
	return c
}

// FoundKey is the identity of a tagger's event.
func (s *Scorer) FoundKey(e *news.Event) eventKey {
	actor, instrument := e.Actor, e.Instrument
	if !s.counts(actor) {
		actor = e.State
	}
	if !s.counts(instrument) {
		instrument = e.Family
	}
	return eventKey{s.tax.Root(actor), s.tax.Family(instrument), e.Recipient}
}

// WantedKey is the identity of a labelled event.
func (s *Scorer) WantedKey(e *Event) eventKey {
	return eventKey{s.tax.Root(e.Actor), s.tax.Family(e.Instrument), e.Recipient}
}

func (k eventKey) String() string {
	return fmt.Sprintf("%s → %s → %s", k.state, k.family, k.recipient)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
