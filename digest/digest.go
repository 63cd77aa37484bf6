// Package digest makes the one mail an analyst trusts, in four steps:
//
//	Compile (pure)   items and what is known about them  → Edition
//	Render (pure)    Edition                             → Message (subject, text, HTML)
//	Desk.Issue       freezes an Edition, its bytes and its Message-IDs in the archive
//	Courier.Deliver  brings the frozen bytes to their recipients
//
// An [Edition] is complete: every word a reader sees is in it, already in her
// language and her time zone, so that a mail, its plain text and a web page
// can only differ in looks.
//
// The promise of delivery, in words: at least once; at most one extra copy for
// each crash or lost reply, with the identical Message-ID and bytes; never
// silently zero.
package digest

import (
	"encoding/json"
	"fmt"
	"time"

	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
	"silkwire/text"
)

// Profile is a subscription: who gets what, how it is grouped and worded.
type Profile struct {
	ID         string
	To         []string
	Channels   []Channel
	From       string         // the sender: "Silkwire <digest@example.org>"
	Query      search.Query   // what the digest is about
	Zone       *time.Location // the reader's; nil is UTC
	Group      Grouping       // "" is ByActor
	Labels     text.Lang      // En, Ru, UzLatn or Kk; anything else is En
	MaxStories int            // 0 is 40; never more than 500
	WhenEmpty  WhenEmpty      // "" is Skip
	BaseURL    string         // of the web pages, for links home; "" makes none
}

// Channel is a way for an edition to go other than by mail.
type Channel struct {
	Kind string // WebhookChannel or TelegramChannel
	Name string // the recipient: of the hook or the bot
}

// Grouping is how the stories of an edition are ordered.
type Grouping string

// The groupings.
const (
	ByActor   Grouping = "actor"   // actor, then instrument
	ByCountry Grouping = "country" // recipient country, then actor
	Flat      Grouping = "flat"    // the most telling first
)

// WhenEmpty says what happens when there is nothing to tell.
type WhenEmpty string

// What happens when there is nothing to tell.
const (
	Skip WhenEmpty = "skip" // the edition is remembered, nothing goes out
	Send WhenEmpty = "send" // a note goes out that says so
)

const (
	defaultStories = 40
	mostStories    = 500
)

func (p Profile) zone() *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}

func (p Profile) maxStories() int {
	if p.MaxStories <= 0 {
		return defaultStories
	}
	return min(p.MaxStories, mostStories)
}

// Input is everything an edition is made from.
type Input struct {
	ID       string // of the edition
	Profile  Profile
	From, To time.Time // the window of first-seen times, half open
	Items    []news.Item
	Outlets  map[news.OutletID]news.Outlet
	Taxonomy Labels
	Told     map[news.ItemID]store.Told // what earlier editions told of Items
	Earlier  []Edition                  // the profile's last editions, newest first
	Present  map[news.ItemID]news.Item  // what Earlier told of, as it is now; absent: deleted
	Baseline Baseline
	Sources  int // how many are visited
	Coverage []SourceNote
	// Precision says how exact the tags have proved; "" is "not yet measured".
	Precision string
	// TaxonomyVersion is the version that tagged the items.
	TaxonomyVersion string
	// Same reports whether two items tell the same story, and why. Nil is
	// a new [SameStory].
	Same func(a, b *news.Item) (bool, string)
	Now  time.Time
}

// Edition is one issue of a digest, in the reader's words. It holds no markup.
type Edition struct {
	ID      string    `json:"id"`
	Profile string    `json:"profile"`
	Lang    string    `json:"lang"` // of its own words
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Made    time.Time `json:"made"`

	Subject  string   `json:"subject"`
	Title    string   `json:"title"` // the day
	Headline []string `json:"headline"`
	Counts   Counts   `json:"counts"`

	Tally *Tally `json:"tally,omitempty"` // nil: too few stories for one
	Brief *Brief `json:"brief,omitempty"`

	Sections    []Section    `json:"sections,omitempty"`    // new, late arrivals
	Corrections *Corrections `json:"corrections,omitempty"` // nil: none
	Surges      *Surges      `json:"surges,omitempty"`
	Coverage    *Coverage    `json:"coverage,omitempty"`

	More     int      `json:"more,omitempty"`      // stories beyond the profile's length
	MoreLine string   `json:"more_line,omitempty"` // says so
	URL      string   `json:"url,omitempty"`       // the edition's page
	URLWord  string   `json:"url_word,omitempty"`
	PageWord string   `json:"page_word,omitempty"` // names a story's own page
	TagWord  string   `json:"tag_word,omitempty"`  // asks whether a tag is wrong
	Leave    string   `json:"leave,omitempty"`     // names the way out of the list
	Footer   []string `json:"footer"`
}

// Counts are the figures of an edition.
type Counts struct {
	Stories   int `json:"stories"`
	Items     int `json:"items"`
	Outlets   int `json:"outlets"`
	Languages int `json:"languages"`
	Late      int `json:"late,omitempty"`
	Old       int `json:"old,omitempty"` // published long before the window, counted only
}

// Section is a part of an edition: what is new, or what arrived late.
type Section struct {
	Kind   string  `json:"kind"` // "new" or "late"
	Title  string  `json:"title"`
	Note   string  `json:"note,omitempty"`
	Groups []Group `json:"groups"`
}

// Group holds the stories of one actor or country.
type Group struct {
	Title   string `json:"title,omitempty"`
	Stories int    `json:"stories"`
	Parts   []Part `json:"parts"`
}

// Part holds the stories of one instrument within an actor, or one actor
// within a country.
type Part struct {
	Title   string  `json:"title,omitempty"`
	Stories []Story `json:"stories"`
}

// Story is told once, with everyone who told it.
type Story struct {
	ID        news.ItemID `json:"id"` // of the item that leads
	Title     string      `json:"title"`
	Lang      string      `json:"lang"`
	Time      time.Time   `json:"time"`
	When      string      `json:"when"`
	Link      string      `json:"link,omitempty"`
	Permalink string      `json:"permalink,omitempty"`
	Extract   string      `json:"extract,omitempty"`
	Tellers   []Teller    `json:"tellers"`
	Chips     []Chip      `json:"chips,omitempty"`
	Events    []EventLine `json:"events,omitempty"`
	Told      []Telling   `json:"told"` // what a reader now knows, for later corrections
}

// Teller is an outlet that told a story.
type Teller struct {
	Outlet   news.OutletID `json:"outlet"`
	Name     string        `json:"name"`
	Country  string        `json:"country,omitempty"`
	Lang     string        `json:"lang,omitempty"`
	Language string        `json:"language,omitempty"` // in its own words
	Link     string        `json:"link,omitempty"`
	Placed   string        `json:"placed,omitempty"` // taken over from an agency, in words
}

// Chip is a tag as it is shown.
type Chip struct {
	Concept news.ConceptID `json:"concept"`
	Facet   string         `json:"facet"`
	Label   string         `json:"label"`
}

// EventLine is an event in one line, with the sentence that proves it.
type EventLine struct {
	Key      string `json:"key"`            // state, family and recipient
	Line     string `json:"line"`           // "China → scholarship → Uzbekistan, announced, 150 places"
	Way      string `json:"way,omitempty"`  // its first part: "China → scholarship"
	Whom     string `json:"whom,omitempty"` // its second: "Uzbekistan"
	Sentence string `json:"sentence,omitempty"`
	Lang     string `json:"lang,omitempty"` // of the sentence
	Status   string `json:"status,omitempty"`
	Figures  string `json:"figures,omitempty"`
}

// Telling is what an edition told of one item.
type Telling struct {
	Item     news.ItemID `json:"item"`
	Revision int         `json:"revision,omitempty"`
	Title    string      `json:"title"`
	Relevant bool        `json:"relevant,omitempty"`
	HadText  bool        `json:"had_text,omitempty"`
	Events   []EventLine `json:"events,omitempty"`
}

// Corrections are what changed since the reader was told.
type Corrections struct {
	Title string       `json:"title"`
	List  []Correction `json:"list"`
	More  string       `json:"more,omitempty"` // how many are not listed, in words
}

// Correction says what changed in one item.
type Correction struct {
	Title     string   `json:"title"`
	Lang      string   `json:"lang,omitempty"`
	Outlet    string   `json:"outlet,omitempty"`
	Link      string   `json:"link,omitempty"`
	Permalink string   `json:"permalink,omitempty"`
	What      []string `json:"what"`
	Now       Telling  `json:"now"`
}

// Surges are concepts far above what four weeks made us expect.
type Surges struct {
	Title string  `json:"title"`
	List  []Surge `json:"list"`
}

// Surge is one concept above expectation.
type Surge struct {
	Concept  news.ConceptID `json:"concept"`
	Label    string         `json:"label"`
	Items    int            `json:"items"`
	Expected float64        `json:"expected"`
	P        float64        `json:"p"` // chance of as many by accident
	Line     string         `json:"line"`
}

// Coverage says which sources were broken or quiet.
type Coverage struct {
	Title string   `json:"title"`
	Lines []string `json:"lines"`
}

// Labels names concepts; *taxonomy.Taxonomy does.
type Labels interface {
	LabelIn(news.ConceptID, text.Lang) string
	Family(news.ConceptID) news.ConceptID
	Root(news.ConceptID) news.ConceptID
	Ancestors(news.ConceptID) []news.ConceptID
}

// Read returns the edition that was frozen as JSON in the archive.
func Read(compiled []byte) (Edition, error) {
	var e Edition
	if err := json.Unmarshal(compiled, &e); err != nil {
		return Edition{}, fmt.Errorf("read a compiled edition: %w", err)
	}
	return e, nil
}

// Stories returns all stories of an edition in reading order.
func (e *Edition) Stories() []Story {
	var all []Story
	for _, s := range e.Sections {
		for _, g := range s.Groups {
			for _, p := range g.Parts {
				all = append(all, p.Stories...)
			}
		}
	}
	return all
}
