// Package taxonomy holds the concepts of soft power that Silkwire looks for:
// actors, instruments, targets, narratives, reception … with their names and
// phrases in ten languages, the rules that tell a concept from its look-alikes,
// and the sentences that prove both.
//
// The taxonomy is data: YAML files that a taxonomist edits, embedded in the
// program and extendable by a directory of the operator's. This package reads,
// checks and versions it; what a term matches in a text is the business of the
// packages text (word forms) and tagger (context).
package taxonomy

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"silkwire/news"
	"silkwire/text"
)

// Taxonomy is a checked set of concepts. It is not changed after loading.
type Taxonomy struct {
	Version  string // hash of the content
	Concepts []*Concept
	Lists    map[string]map[text.Lang][]string // named word lists of the rules

	byID     map[news.ConceptID]*Concept
	children map[news.ConceptID][]news.ConceptID
}

// Concept is one entry of the taxonomy.
type Concept struct {
	ID         news.ConceptID
	Name       string // in English
	Facet      Facet
	Parent     news.ConceptID // broader concept; "" at the top
	Label      map[text.Lang]string
	Terms      []Term
	Definition string
	Related    []news.ConceptID
	State      news.ConceptID   // the state or body behind an institution or person, where the parent does not say it
	Instrument news.ConceptID   // what an institution stands for when the sentence names no other instrument
	Behaviour  []string         // of an instrument: coercion, inducement, agenda-setting, attraction
	Horizon    string           // of an instrument: short, medium, long
	About      string           // of an instrument: money, people, both, none; of a target: people, where it is an audience
	Polarity   string           // of a reception: welcomed, rejected, mixed, hindered; "" as its parent, see [Taxonomy.Polarity]
	Rules      Rules            // hold for every term
	YieldsTo   []news.ConceptID // what says more in the same sentence takes its place
	Match      []Sentence
	NoMatch    []Sentence
	Inactive   bool
	Added      string // why it is here though no document names it
	Caution    string
	Sources    []Source
	Pos        Pos
}

// Term is a surface form of a concept in one language, in dictionary form.
type Term struct {
	Text      string
	Lang      text.Lang
	Exact     bool // stands as it is, without word forms
	Adjective bool // says whose something is: its rules say when that is the state's
	Rules     Rules
	Pos       Pos
}

// Rules say in which company a term speaks of its concept. Every list holds
// words of the term's language, "@name" of a word list, "@id" of a concept or
// "@facet"; a list is satisfied by any of its members.
type Rules struct {
	FollowedBy, PrecededBy       []string // within two words
	Near, AlsoNear               []string // in the sentence
	With                         []string // in the item
	NotFollowedBy, NotPrecededBy []string
	NotNear, NotWith             []string
}

// Empty reports whether there is no rule.
func (r *Rules) Empty() bool {
	return len(r.FollowedBy)+len(r.PrecededBy)+len(r.Near)+len(r.AlsoNear)+len(r.With)+
		len(r.NotFollowedBy)+len(r.NotPrecededBy)+len(r.NotNear)+len(r.NotWith) == 0
}

// Lists returns the rules' lists, the asking ones first.
func (r *Rules) Lists() [9][]string {
	return [9][]string{r.FollowedBy, r.PrecededBy, r.Near, r.AlsoNear, r.With, r.NotFollowedBy, r.NotPrecededBy, r.NotNear, r.NotWith}
}

// Sentence is a test sentence.
type Sentence struct {
	Lang text.Lang
	Text string
	Pos  Pos
}

// Source is a place in one of the five documents.
type Source struct {
	Doc   string // "000" … "004"
	Lines string // "61-115"
}

// Pos is a place in a file.
type Pos struct {
	File      string
	Line, Col int
}

// Facet is the kind of a concept.
type Facet string

// The facets. Their names are those of the inventory that the taxonomy was
// derived from, and part of the output's contract.
const (
	ActorState       Facet = "actor_state"
	ActorInstitution Facet = "actor_institution"
	ActorPerson      Facet = "actor_person"
	Organisation     Facet = "organisation"
	Instrument       Facet = "instrument"
	Target           Facet = "target"
	Narrative        Facet = "narrative"
	Reception        Facet = "reception"
	Behaviour        Facet = "behaviour"
	Context          Facet = "context"
)

// Facets are all facets, in the order of pages and reports.
var Facets = []Facet{ActorState, ActorInstitution, ActorPerson, Organisation, Instrument, Target, Narrative, Reception, Behaviour, Context}

// IsActor reports whether concepts of the facet can act.
func (f Facet) IsActor() bool {
	return f == ActorState || f == ActorInstitution || f == ActorPerson || f == Organisation
}

// Concept returns the concept with the given id.
func (t *Taxonomy) Concept(id news.ConceptID) (*Concept, bool) {
	c, ok := t.byID[id]
	return c, ok
}

// Name returns a concept's English name, or its id where there is none.
func (t *Taxonomy) Name(id news.ConceptID) string {
	if c, ok := t.byID[id]; ok {
		return c.Name
	}
	return string(id)
}

// Facet returns a concept's facet, "" if there is no such concept.
func (t *Taxonomy) Facet(id news.ConceptID) Facet {
	if c, ok := t.byID[id]; ok {
		return c.Facet
	}
	return ""
}

// Ancestors returns the broader concepts of id, nearest first, without id.
func (t *Taxonomy) Ancestors(id news.ConceptID) []news.ConceptID {
	var up []news.ConceptID
	for c := t.byID[id]; c != nil && c.Parent != "" && !slices.Contains(up, c.Parent); c = t.byID[c.Parent] {
		up = append(up, c.Parent)
	}
	return up
}

// Descendants returns id and everything narrower.
func (t *Taxonomy) Descendants(id news.ConceptID) []news.ConceptID {
	down := []news.ConceptID{id}
	for i := 0; i < len(down); i++ {
		for _, child := range t.children[down[i]] {
			if !slices.Contains(down, child) {
				down = append(down, child)
			}
		}
	}
	return down
}

// Children returns the concepts directly below id, by id.
func (t *Taxonomy) Children(id news.ConceptID) []news.ConceptID { return t.children[id] }

// Root returns the topmost ancestor of id: the state or body behind an actor.
func (t *Taxonomy) Root(id news.ConceptID) news.ConceptID {
	if up := t.Ancestors(id); len(up) > 0 {
		return up[len(up)-1]
	}
	return id
}

// Family returns the topmost ancestor of id within its own facet.
func (t *Taxonomy) Family(id news.ConceptID) news.ConceptID {
	facet := t.Facet(id)
	for _, a := range t.Ancestors(id) {
		if t.Facet(a) != facet {
			break
		}
		id = a
	}
	return id
}

// LabelIn returns a concept's label in the given language, or its English name.
func (t *Taxonomy) LabelIn(id news.ConceptID, l text.Lang) string {
	c, ok := t.byID[id]
	if !ok {
		return string(id)
	}
	return c.LabelIn(l)
}

// LabelIn returns the label in the given language: the one that is set, else
// the first plain term, else the English name. In Uzbek Cyrillic it is that of
// the Latin script.
func (c *Concept) LabelIn(l text.Lang) string {
	if label, ok := c.Label[l]; ok {
		return label
	}
	if l == text.UzCyrl {
		if latin := c.LabelIn(text.UzLatn); latin != c.Name {
			return text.UzbekCyrillic(latin)
		}
	}
	if l == text.En && c.Name != "" {
		return c.Name
	}
	for _, term := range c.Terms {
		if term.Lang == l && !strings.ContainsAny(term.Text, "…|*") {
			return c.spelt(term.Text)
		}
	}
	return c.Name
}

// spelt is a term as a label: what is a name in English has a capital in every
// language, whatever its term needs.
func (c *Concept) spelt(term string) string {
	i := slices.IndexFunc(c.Terms, func(t Term) bool { return t.Lang == text.En })
	if i < 0 {
		return term
	}
	if first, _ := utf8.DecodeRuneInString(c.Terms[i].Text); !unicode.IsUpper(first) {
		return term
	}
	r, size := utf8.DecodeRuneInString(term)
	return string(unicode.ToUpper(r)) + term[size:]
}

// Nearest returns the concept id that looks most like the given name, "" if
// none is near.
func (t *Taxonomy) Nearest(name string) news.ConceptID {
	best, at := news.ConceptID(""), 3
	if len(name) > 9 {
		at = 5
	}
	for _, c := range t.Concepts {
		if d := distance(name, string(c.ID)); d < at {
			best, at = c.ID, d
		}
	}
	return best
}

// distance is the edit distance of two short names.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next := min(row[j+1]+1, row[j]+1, diagonal+cost)
			diagonal, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
