package tally

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"silkwire/news"
	"silkwire/search"
	"silkwire/taxonomy"
	"silkwire/words"
)

// Axis is along what is counted: "actor", "instrument", "month" … An axis of
// concepts may be one branch of them: "instrument:education-instrument".
type Axis struct {
	Name  string
	Under news.ConceptID
}

// String writes the axis as ParseAxis reads it.
func (a Axis) String() string {
	if a.Under == "" {
		return a.Name
	}
	return a.Name + ":" + string(a.Under)
}

// AxisNames are all axes.
func AxisNames() []string {
	return []string{
		"actor", "instrument", "target", "recipient", "narrative", "reception", "polarity", "audience", "behaviour", "horizon", "status",
		"placed", "outlet", "country", "lang", "year", "month", "week", "day", "class", "all",
	}
}

// AxisTitle is an axis in words, for a table's head.
func AxisTitle(name string) words.Message {
	return map[string]words.Message{
		"actor":      "Actor",
		"instrument": "Instrument",
		"target":     "Target",
		"recipient":  "Recipient",
		"narrative":  "Narrative",
		"reception":  "Reception",
		"behaviour":  "Kind of power",
		"polarity":   "How it is received",
		"audience":   "Who receives",
		"horizon":    "Horizon",
		"status":     "Status",
		"placed":     "Taken over from",
		"outlet":     "Outlet",
		"country":    "Outlet's country",
		"lang":       "Language",
		"year":       "Year",
		"month":      "Month",
		"week":       "Week",
		"day":        "Day",
		"class":      "Cluster",
		"all":        "Everything",
	}[name]
}

// ParseAxis reads an axis. Its error says what would be right.
func ParseAxis(s string, tax *taxonomy.Taxonomy) (Axis, error) {
	name, under, branch := strings.Cut(s, ":")
	if !slices.Contains(AxisNames(), name) {
		return Axis{}, fmt.Errorf("there is no axis %q; the nearest is %q", name, search.Nearest(name, AxisNames()))
	}
	if !branch {
		return Axis{Name: name}, nil
	}
	if !slices.Contains([]string{"actor", "instrument", "target", "recipient", "narrative", "reception"}, name) {
		return Axis{}, fmt.Errorf("the axis %s has no branches; write %s alone", name, name)
	}
	if _, ok := tax.Concept(news.ConceptID(under)); !ok {
		return Axis{}, fmt.Errorf("there is no concept %q; did you mean %s?", under, tax.Nearest(under))
	}
	return Axis{Name: name, Under: news.ConceptID(under)}, nil
}

// Key is one row or column.
type Key struct {
	ID   string `json:"id"`
	Name string `json:"name"`

	// Query finds the items of the key, in the query language; "" where
	// that language has no words for it.
	Query string `json:"query,omitempty"`
}

// Region is the concept above the five states.
const Region news.ConceptID = "central-asia"

// States are the five states of the region.
func States() []news.ConceptID {
	return []news.ConceptID{"kazakhstan", "kyrgyzstan", "tajikistan", "turkmenistan", "uzbekistan"}
}

// axis is an Axis made ready: which keys an entry and a deal have.
type axis struct {
	Axis
	tax      *taxonomy.Taxonomy
	zone     *time.Location
	classes  []Class
	concepts map[news.ConceptID][]string // the keys that a tag counts for
	rest     string                      // the key of what counts for no other, though within the branch
	inside   []news.ConceptID            // the branch
	queries  map[string]string
}

func (c *Corpus) axis(a Axis) *axis {
	x := &axis{Axis: a, tax: c.rules.Taxonomy, zone: c.rules.Zone, classes: c.rules.Classes, queries: map[string]string{}}
	switch a.Name {
	case "actor", "instrument", "narrative", "reception":
		x.branches(x.tops(a.Under), a.Under)
	case "target", "recipient":
		x.places()
	case "polarity":
		x.polarities()
	case "audience":
		x.audiences()
	}
	return x
}

// polarities lets every reception count for what it says.
func (x *axis) polarities() {
	x.concepts = map[news.ConceptID][]string{}
	for _, p := range taxonomy.Polarities() {
		for _, id := range x.tax.Polar(p) {
			x.concepts[id] = []string{p}
		}
		x.queries[p] = "polarity:" + p
	}
}

// audiences are the targets that are people.
func (x *axis) audiences() {
	x.concepts = map[news.ConceptID][]string{}
	for _, top := range x.tax.Audiences() {
		for _, id := range x.tax.Descendants(top) {
			x.concepts[id] = append(x.concepts[id], string(top))
		}
		x.queries[string(top)] = "target:" + string(top)
	}
}

// tops are the concepts that stand for an axis: the children of the branch, or
// the broadest concepts of the axis's facets.
func (x *axis) tops(under news.ConceptID) []news.ConceptID {
	var list []news.ConceptID
	if under != "" {
		for _, id := range x.tax.Children(under) {
			if x.of(x.tax.Facet(id)) {
				list = append(list, id)
			}
		}
		return list
	}
	for _, c := range x.tax.Concepts {
		if x.of(c.Facet) && (c.Parent == "" || !x.of(x.tax.Facet(c.Parent))) {
			list = append(list, c.ID)
		}
	}
	return list
}

// of reports whether concepts of a facet stand on the axis.
func (x *axis) of(f taxonomy.Facet) bool {
	switch x.Name {
	case "actor":
		return f.IsActor()
	case "recipient":
		return f == taxonomy.Target
	}
	return string(f) == x.Name
}

// branches lets every concept count for those tops that it is, or is below.
func (x *axis) branches(tops []news.ConceptID, under news.ConceptID) {
	x.concepts = map[news.ConceptID][]string{}
	var not strings.Builder
	for _, top := range tops {
		for _, id := range x.tax.Descendants(top) {
			x.concepts[id] = append(x.concepts[id], string(top))
		}
		x.queries[string(top)] = x.Name + ":" + string(top)
		fmt.Fprintf(&not, " -%s:%s", x.Name, top)
	}
	if under != "" {
		x.rest, x.inside = string(under), x.tax.Descendants(under)
		x.queries[x.rest] = x.Name + ":" + string(under) + not.String()
	}
}

// places are countries and audiences: the region is cut into its states, and
// counts by itself only where none of them is named.
func (x *axis) places() {
	if x.Under != "" {
		x.branches(x.tops(x.Under), x.Under)
		return
	}
	tops := slices.DeleteFunc(x.tops(""), func(id news.ConceptID) bool { return id == Region })
	x.branches(append(tops, States()...), Region)
	// The audiences are beside the region, not below it: they do not keep an
	// item from counting for the region as a whole.
	var not strings.Builder
	for _, id := range States() {
		fmt.Fprintf(&not, " -%s:%s", x.Name, id)
	}
	x.queries[x.rest] = x.Name + ":" + string(Region) + not.String()
}

// ofEntry returns the keys an entry counts for, each once.
func (x *axis) ofEntry(e *Entry) []string {
	switch x.Name {
	case "actor", "instrument", "target", "narrative", "reception", "polarity", "audience":
		return x.ofConcepts(e.Tags)
	case "recipient":
		var ids []news.ConceptID
		for i := range e.Events {
			ids = append(ids, e.Events[i].Recipient)
		}
		return x.ofConcepts(ids)
	case "behaviour", "horizon", "status":
		var keys []string
		for i := range e.Events {
			keys = addAll(keys, x.ofEvent(&e.Events[i], e.meant[e.Events[i].Key()]))
		}
		return keys
	case "placed":
		return nonEmpty(string(e.Placed))
	case "outlet":
		return nonEmpty(string(e.Outlet))
	case "country":
		return nonEmpty(e.Country)
	case "lang":
		return []string{e.Lang}
	case "class":
		keys := make([]string, len(e.Classes))
		for i, n := range e.Classes {
			keys[i] = x.classes[n].ID
		}
		return keys
	case "all":
		return []string{"all"}
	}
	return nonEmpty(Period(x.Name, e.Time.In(x.zone)))
}

// ofEvent returns the keys of what only events have: what analysts said of this
// one, or else what the taxonomy says of its instrument.
func (x *axis) ofEvent(ev *news.Event, meant news.Means) []string {
	switch x.Name {
	case "behaviour":
		if len(meant.Behaviour) > 0 {
			return meant.Behaviour
		}
		if c, ok := x.tax.Concept(ev.Instrument); ok {
			return c.Behaviour
		}
	case "horizon":
		if meant.Horizon != "" {
			return []string{meant.Horizon}
		}
		if c, ok := x.tax.Concept(ev.Instrument); ok {
			return nonEmpty(c.Horizon)
		}
	case "status":
		return []string{cmp.Or(string(ev.Status), string(news.NoStatus))}
	}
	return nil
}

// ofDeal returns the keys a deal counts for: what its event says where the
// axis is about events, and else what its reports have.
func (x *axis) ofDeal(d *Deal, c *Corpus) []string {
	switch x.Name {
	case "actor":
		return x.ofConcepts([]news.ConceptID{d.Actor, d.State})
	case "instrument":
		return x.ofConcepts([]news.ConceptID{d.Instrument})
	case "target", "recipient":
		return x.ofConcepts([]news.ConceptID{d.Recipient})
	case "behaviour", "horizon", "status":
		return x.ofEvent(&news.Event{Instrument: d.Instrument, Status: d.Status}, d.Meant)
	case "year", "month", "week", "day":
		return nonEmpty(Period(x.Name, d.First.In(x.zone)))
	}
	var keys []string
	for _, r := range d.Reports {
		keys = addAll(keys, x.ofEntry(&c.Entries[r.entry]))
	}
	return keys
}

func (x *axis) ofConcepts(ids []news.ConceptID) []string {
	var keys []string
	inside, cut := false, false
	for _, id := range ids {
		found := x.concepts[id]
		keys = addAll(keys, found)
		if x.rest != "" && slices.Contains(x.inside, id) {
			inside, cut = true, cut || len(found) > 0
		}
	}
	if inside && !cut {
		keys = append(keys, x.rest)
	}
	return keys
}

func addAll(list, more []string) []string {
	for _, s := range more {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// key describes a key.
func (x *axis) key(id string) Key {
	k := Key{ID: id, Name: id, Query: x.queries[id]}
	switch x.Name {
	case "actor", "instrument", "target", "recipient", "narrative", "reception", "audience":
		k.Name = x.tax.Name(news.ConceptID(id))
		if id == x.rest {
			k.Name += ", not further said"
		}
	case "placed":
		k.Name, k.Query = x.tax.Name(news.ConceptID(id)), "is:placed"
	case "outlet", "country", "lang":
		k.Query = x.Name + ":" + id
	case "class":
		i := slices.IndexFunc(x.classes, func(c Class) bool { return c.ID == id })
		k.Name, k.Query = x.classes[i].Name, x.classes[i].Query.Text
	case "behaviour", "horizon", "status":
		k.Query = "has:event"
	case "year", "month", "week", "day":
		from, to := Bounds(x.Name, id, time.UTC)
		k.Query = "after:" + from.Format(time.DateOnly) + " before:" + to.Format(time.DateOnly)
	}
	return k
}
