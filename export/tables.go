package export

import (
	"fmt"
	"slices"
	"strings"

	"silkwire/news"
	"silkwire/review"
	"silkwire/taxonomy"
)

// What names a table.
type What string

// The tables.
const (
	Items   What = "items"
	Tags    What = "tags"
	Events  What = "events"
	Reviews What = "reviews"
)

// Whats are all tables.
func Whats() []What { return []What{Items, Tags, Events, Reviews} }

// ParseWhat reads the name of a table; items are what is meant by none.
func ParseWhat(name string) (What, error) {
	if name == "" {
		return Items, nil
	}
	if w := What(name); slices.Contains(Whats(), w) {
		return w, nil
	}
	return "", fmt.Errorf("there is no table %q; there are %s", name, joined(Whats()))
}

// Maker makes rows of items.
type Maker struct {
	Taxonomy *taxonomy.Taxonomy
	Outlet   func(news.OutletID) news.Outlet
	Snapshot string // stands whole in the first row, and in the others by its short name
	Short    string
	Text     bool // rows of items carry the whole text

	// Meant are the events that analysts weighed.
	Meant map[news.ItemID]map[news.EventKey]review.Meaning

	// About keeps the events that are asked for; nil keeps all.
	About func(*news.Event) bool
}

// column is a field of a table and how its value is found.
type column[T any] struct {
	Field
	of func(*Maker, *news.Item, T) any
}

// none is what a row of an item is made of, beside the item.
type none = struct{}

// Sheet is the named table with its fields.
func (m *Maker) Sheet(what What) Sheet {
	s := Sheet{Name: string(what)}
	switch what {
	case Tags:
		s.Fields = fieldsOf(tagColumns)
	case Events:
		s.Fields = fieldsOf(eventColumns)
	case Reviews:
		s.Fields = fieldsOf(reviewColumns)
	default:
		s.Fields = fieldsOf(itemColumns)
		if m.Text {
			s.Fields = append(s.Fields, fieldsOf(textColumns)...)
		}
	}
	return s
}

func fieldsOf[T any](columns []column[T]) []Field {
	out := make([]Field, len(columns))
	for i, c := range columns {
		out[i] = c.Field
	}
	return out
}

// Rows are what a table says of an item; reviews are needed for the table of
// reviews alone.
func (m *Maker) Rows(what What, it *news.Item, reviews []news.Review) (rows []Row) {
	switch what {
	case Tags:
		for i := range it.Tagging.Tags {
			rows = append(rows, rowOf(m, tagColumns, it, &it.Tagging.Tags[i]))
		}
	case Events:
		for i := range it.Tagging.Events {
			if e := &it.Tagging.Events[i]; m.About == nil || m.About(e) {
				rows = append(rows, rowOf(m, eventColumns, it, e))
			}
		}
	case Reviews:
		for i := range reviews {
			rows = append(rows, rowOf(m, reviewColumns, it, &reviews[i]))
		}
	default:
		row := rowOf(m, itemColumns, it, none{})
		if m.Text {
			row = append(row, rowOf(m, textColumns, it, none{})...)
		}
		rows = []Row{row}
	}
	return rows
}

func rowOf[T any](m *Maker, columns []column[T], it *news.Item, of T) Row {
	row := make(Row, len(columns))
	for i, c := range columns {
		row[i] = c.of(m, it, of)
	}
	return row
}

// where are the columns that every table has of the item that a row is about.
func where[T any]() []column[T] {
	return []column[T]{
		{Field{"outlet", "id", "", "configuration", "who published it"}, func(_ *Maker, it *news.Item, _ T) any { return string(it.Outlet) }},
		{Field{"outlet_name", "text", "", "configuration", "the outlet's name"}, func(m *Maker, it *news.Item, _ T) any { return m.Outlet(it.Outlet).Name }},
		{Field{"country", "text", "ISO 3166-1 alpha-2", "configuration", "the outlet's country"}, func(m *Maker, it *news.Item, _ T) any { return m.Outlet(it.Outlet).Country }},
		{Field{"lang", "text", "BCP 47", "tagger", "language and script of the text, as found in it"}, func(_ *Maker, it *news.Item, _ T) any { return it.Tagging.Lang }},
		{Field{"published", "time", "UTC", "outlet", "when it was published, as the outlet says; empty where it does not"}, func(_ *Maker, it *news.Item, _ T) any { return moment(it.Published) }},
		{Field{"first_seen", "time", "UTC", "archive", "when a visit first brought it"}, func(_ *Maker, it *news.Item, _ T) any { return moment(it.Fetched) }},
		{Field{"title", "text", "", "outlet", "headline"}, func(_ *Maker, it *news.Item, _ T) any { return it.Title }},
		{Field{"url", "text", "", "outlet", "address of the original"}, func(_ *Maker, it *news.Item, _ T) any { return it.URL }},
		{Field{"story", "id", "", "archive", "the items with the same value tell the same thing"}, func(_ *Maker, it *news.Item, _ T) any { return string(it.Story) }},
		{Field{"revision", "count", "", "archive", "how often the outlet changed the text since it was first seen; the row is about the last one"}, func(_ *Maker, it *news.Item, _ T) any { return it.Revision }},
		{Field{"relevance", "number", "probability, 0 to 1", "tagger", "that the item is about outside influence in Central Asia"}, func(_ *Maker, it *news.Item, _ T) any { return rounded(it.Tagging.Relevance) }},
		{Field{"relevant", "yes-no", "", "tagger", "whether it counts as relevant"}, func(_ *Maker, it *news.Item, _ T) any { return it.Tagging.Relevant }},
		{Field{"taxonomy", "id", "", "tagger", "version of the taxonomy it was tagged under"}, func(_ *Maker, it *news.Item, _ T) any { return it.Tagging.Taxonomy }},
		{Field{"snapshot", "id", "", "archive", "what the archive was asked, and when: “silkwire export --snapshot” says whether it still gives the same. Whole in the first row; the others have the short name that the file's name has too"}, func(m *Maker, _ *news.Item, _ T) any { return m.snapshot() }},
	}
}

// snapshot is the whole id, the first time it is asked for, and then its short name.
func (m *Maker) snapshot() string {
	whole := m.Snapshot
	m.Snapshot = m.Short
	return whole
}

var itemColumns = append([]column[none]{
	{Field{"id", "id", "", "archive", "of the item, for ever"}, func(_ *Maker, it *news.Item, _ none) any { return string(it.ID) }},
	{Field{"actors", "list", "concepts", "tagger", "states, institutions, persons and organisations that are named or implied"}, ofFacets(taxonomy.ActorState, taxonomy.ActorInstitution, taxonomy.ActorPerson, taxonomy.Organisation)},
	{Field{"instruments", "list", "concepts", "tagger", "means of influence"}, ofFacets(taxonomy.Instrument)},
	{Field{"targets", "list", "concepts", "tagger", "whom it is meant for: countries, places, groups"}, ofFacets(taxonomy.Target)},
	{Field{"narratives", "list", "concepts", "tagger", "what is said about the relation"}, ofFacets(taxonomy.Narrative)},
	{Field{"receptions", "list", "concepts", "tagger", "how it is received"}, ofFacets(taxonomy.Reception)},
	{Field{"behaviours", "list", "concepts", "tagger", "kinds of power"}, ofFacets(taxonomy.Behaviour)},
	{Field{"events", "count", "", "tagger", "how many events it tells of; the table of events has them"}, func(_ *Maker, it *news.Item, _ none) any { return len(it.Tagging.Events) }},
	{Field{"placed_by", "id", "concept", "tagger", "the state agency whose text it is, where it was taken over"}, func(_ *Maker, it *news.Item, _ none) any {
		if it.Tagging.Placed == nil {
			return nil
		}
		return string(it.Tagging.Placed.Origin)
	}},
	{Field{"sources", "list", "sources", "archive", "through which it was seen"}, func(_ *Maker, it *news.Item, _ none) any { return texts(it.Sources) }},
	{Field{"authors", "text", "", "outlet", "as the outlet names them"}, func(_ *Maker, it *news.Item, _ none) any { return strings.Join(it.Authors, "; ") }},
}, where[none]()...)

// textColumns come with items when they are asked for.
var textColumns = []column[none]{
	{Field{"text", "text", "", "outlet", "the whole text, paragraphs a line each"}, func(_ *Maker, it *news.Item, _ none) any { return it.Body() }},
}

// ofFacets lists the concepts of an item that are of some facets.
func ofFacets(facets ...taxonomy.Facet) func(*Maker, *news.Item, none) any {
	return func(_ *Maker, it *news.Item, _ none) any {
		var ids []string
		for i := range it.Tagging.Tags {
			if t := &it.Tagging.Tags[i]; slices.Contains(facets, taxonomy.Facet(t.Facet)) {
				ids = append(ids, string(t.Concept))
			}
		}
		return ids
	}
}

var tagColumns = append([]column[*news.Tag]{
	{Field{"item", "id", "", "archive", "the item"}, func(_ *Maker, it *news.Item, _ *news.Tag) any { return string(it.ID) }},
	{Field{"concept", "id", "concept", "taxonomy", "what is said"}, func(_ *Maker, _ *news.Item, t *news.Tag) any { return string(t.Concept) }},
	{Field{"concept_name", "text", "", "taxonomy", "its English name"}, func(m *Maker, _ *news.Item, t *news.Tag) any { return m.Taxonomy.Name(t.Concept) }},
	{Field{"facet", "text", "", "taxonomy", "kind of concept"}, func(_ *Maker, _ *news.Item, t *news.Tag) any { return t.Facet }},
	{Field{"score", "number", "probability, 0 to 1", "tagger", "how sure the tag is"}, func(_ *Maker, _ *news.Item, t *news.Tag) any { return rounded(t.Score) }},
	{Field{"implied", "yes-no", "", "tagger", "whether no word of the item names it and other concepts imply it"}, func(_ *Maker, _ *news.Item, t *news.Tag) any { return t.Implied }},
	{Field{"implied_by", "list", "concepts", "tagger", "the concepts that imply it"}, func(_ *Maker, _ *news.Item, t *news.Tag) any { return texts(t.By) }},
	{Field{"mentions", "count", "places in the text", "tagger", "how often the item says it; counts of mentions are not influence"}, func(_ *Maker, _ *news.Item, t *news.Tag) any { return len(t.Evidence) }},
	{Field{"evidence", "text", "", "tagger", "the words that say it first"}, first(func(_ *news.Item, e *news.Evidence) any { return e.Text })},
	{Field{"sentence", "text", "", "tagger", "the sentence these words stand in"}, first(func(it *news.Item, e *news.Evidence) any {
		return cut(fieldOf(it, e.Field), e.Sentence.Start, e.Sentence.End)
	})},
	{Field{"evidence_field", "text", "", "tagger", "title or body"}, first(func(_ *news.Item, e *news.Evidence) any { return e.Field })},
	{Field{"evidence_start", "count", "bytes", "tagger", "where they begin in that field"}, first(func(_ *news.Item, e *news.Evidence) any { return e.Start })},
	{Field{"term", "text", "", "taxonomy", "the taxonomy's term that was found in them"}, first(func(_ *news.Item, e *news.Evidence) any { return e.Term })},
	{Field{"term_lang", "text", "BCP 47", "taxonomy", "the term's language"}, first(func(_ *news.Item, e *news.Evidence) any { return e.Lang })},
	{Field{"rule", "text", "", "taxonomy", "the rule by which the term counts"}, first(func(_ *news.Item, e *news.Evidence) any { return e.Rule })},
}, where[*news.Tag]()...)

func first(of func(*news.Item, *news.Evidence) any) func(*Maker, *news.Item, *news.Tag) any {
	return func(_ *Maker, it *news.Item, t *news.Tag) any {
		if len(t.Evidence) == 0 {
			return nil
		}
		return of(it, &t.Evidence[0])
	}
}

func fieldOf(it *news.Item, field string) string {
	if field == "title" {
		return it.Title
	}
	return it.Body()
}

// cut is a part of a text, as much of it as there is.
func cut(s string, from, to int) string {
	if from < 0 || to > len(s) || from > to {
		return ""
	}
	return strings.TrimSpace(s[from:to])
}

var reviewColumns = append([]column[*news.Review]{
	{Field{"id", "id", "", "analyst", "of the review"}, func(_ *Maker, _ *news.Item, r *news.Review) any { return r.ID }},
	{Field{"item", "id", "", "archive", "the item"}, func(_ *Maker, it *news.Item, _ *news.Review) any { return string(it.ID) }},
	{Field{"by", "text", "", "analyst", "who said it"}, func(_ *Maker, _ *news.Item, r *news.Review) any { return r.By }},
	{Field{"at", "time", "UTC", "analyst", "when it was said"}, func(_ *Maker, _ *news.Item, r *news.Review) any { return moment(r.At) }},
	{Field{"verdict", "text", "", "analyst", "accept, reject, add, replace, main, relevant, irrelevant, weigh, note, flag, done or undo"}, func(_ *Maker, _ *news.Item, r *news.Review) any { return string(r.Verdict) }},
	{Field{"concept", "id", "concept", "analyst", "of the tag that is meant"}, func(_ *Maker, _ *news.Item, r *news.Review) any { return string(r.Concept) }},
	{Field{"event", "text", "actor/instrument/recipient", "analyst", "or the event"}, func(_ *Maker, _ *news.Item, r *news.Review) any { return keyOf(r.Event) }},
	{Field{"with", "text", "", "analyst", "what stands in its place, where it is replaced"}, func(_ *Maker, _ *news.Item, r *news.Review) any {
		if r.WithEvent != nil {
			return keyOf(r.WithEvent)
		}
		return string(r.With)
	}},
	{Field{"power", "list", "kinds of power", "analyst", "by which the event works, where it was weighed"}, func(_ *Maker, _ *news.Item, r *news.Review) any {
		if r.Means == nil {
			return []string(nil)
		}
		return r.Means.Behaviour
	}},
	{Field{"horizon", "text", "", "analyst", "for how long it works, where it was weighed: short, medium or long"}, func(_ *Maker, _ *news.Item, r *news.Review) any {
		if r.Means == nil {
			return nil
		}
		return blank(r.Means.Horizon)
	}},
	{Field{"note", "text", "", "analyst", "in words"}, func(_ *Maker, _ *news.Item, r *news.Review) any { return r.Note }},
	{Field{"quote", "text", "", "analyst", "the words of the item that say what was added"}, func(_ *Maker, _ *news.Item, r *news.Review) any { return r.Quote }},
	{Field{"undoes", "id", "", "analyst", "the review that is withdrawn by this one"}, func(_ *Maker, _ *news.Item, r *news.Review) any { return r.Undoes }},
	{Field{"settles", "yes-no", "", "analyst", "whether it ends a disagreement"}, func(_ *Maker, _ *news.Item, r *news.Review) any { return r.Settles }},
	{Field{"sample", "id", "", "archive", "the random sample in which the item was met; only such reviews measure precision"}, func(_ *Maker, _ *news.Item, r *news.Review) any { return r.Sample }},
	{Field{"seen_revision", "count", "", "archive", "the revision that was judged"}, func(_ *Maker, _ *news.Item, r *news.Review) any { return r.Seen.Revision }},
	{Field{"seen_taxonomy", "id", "", "archive", "the taxonomy's version at that time"}, func(_ *Maker, _ *news.Item, r *news.Review) any { return r.Seen.Taxonomy }},
	{Field{"seen_score", "number", "probability, 0 to 1", "tagger", "the score that was judged"}, func(_ *Maker, _ *news.Item, r *news.Review) any { return rounded(r.Seen.Score) }},
}, where[*news.Review]()...)

func keyOf(k *news.EventKey) any {
	if k == nil {
		return nil
	}
	return k.String()
}

func texts[T ~string](ids []T) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return out
}

// rounded is a probability with four places, which is more than it is worth.
func rounded(x float64) float64 { return float64(int(x*10000+.5)) / 10000 }
