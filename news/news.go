// Package news holds what Silkwire is about: outlets and their sources, the
// items that visits bring back, the tags and events found in them, and what
// analysts say of those. It is the vocabulary every other package speaks, and
// it imports nothing but the standard library.
//
// Identity is by value: an [ItemID] is derived from what the outlet published,
// so that saving the same item twice is saving it once. Times are UTC.
package news

import (
	"slices"
	"strings"
	"time"
)

// IDs are types, so that one cannot be passed for another.
type (
	OutletID  string // a publisher: "daryo"
	SourceID  string // one thing to visit: "daryo-en"
	ConceptID string // an entry of the taxonomy: "confucius-institute"
	StoryID   string // the items that tell the same thing: the ID of the one that told it first
)

// Outlet is a publisher.
type Outlet struct {
	ID        OutletID `json:"id"`
	Name      string   `json:"name"`
	Country   string   `json:"country"`   // ISO 3166-1 alpha-2
	Languages []string `json:"languages"` // the tags of [text.Lang]: "uz-Latn", "ru", …
}

// Kind says how a source is read.
type Kind string

// The kinds of source.
const (
	Feed     Kind = "feed"     // RSS, Atom or JSON Feed
	Page     Kind = "page"     // a listing page with selectors
	Sitemap  Kind = "sitemap"  // a sitemap or Google news sitemap
	Telegram Kind = "telegram" // the web preview of a public channel
)

// Kinds are all kinds a source may have.
var Kinds = []Kind{Feed, Page, Sitemap, Telegram}

// Source is one thing to visit. It belongs to an outlet.
type Source struct {
	ID        SourceID `json:"id"`
	Outlet    OutletID `json:"outlet"`
	Kind      Kind     `json:"kind"`
	URL       string   `json:"url"`
	Schedule  string   `json:"schedule,omitempty"` // cron; empty: adaptive
	Languages []string `json:"languages,omitempty"`

	// Selectors of a listing page (CSS). Link is looked up inside Item and
	// defaults to Item itself if it is an <a>, else to its first a[href];
	// Title defaults to the link's text.
	Item  string `json:"item,omitempty"`
	Link  string `json:"link,omitempty"`
	Title string `json:"title,omitempty"`
	Date  string `json:"date,omitempty"`

	// Next is looked up on the whole listing page: the link to the page with
	// older entries. It is followed while everything is new, and into the past.
	Next string `json:"next,omitempty"`

	// Match keeps only links whose URL path matches this regular expression.
	Match string `json:"match,omitempty"`

	Article ArticleRule `json:"article,omitzero"`

	Insecure bool `json:"insecure,omitempty"` // accept bad certificates; shown on the status page
}

// ArticleRule says where an outlet's article pages keep their text.
type ArticleRule struct {
	Body   string   `json:"body,omitempty"`
	Remove []string `json:"remove,omitempty"`
	Title  string   `json:"title,omitempty"`
	Date   string   `json:"date,omitempty"`
	Skip   bool     `json:"skip,omitempty"` // never fetch article pages of this source
}

// Checkpoint is what a source's server told us at the last complete visit, to
// be sent back or compared at the next. It is stored only together with the
// items it belongs to.
type Checkpoint struct {
	ETag         string `json:"etag,omitempty"`          // byte for byte, quotes and W/ included
	LastModified string `json:"last_modified,omitempty"` // byte for byte
	BodyHash     string `json:"body_hash,omitempty"`     // of the decoded body
	Items        int    `json:"items,omitempty"`         // how many items the body held

	MovedTo    string      `json:"moved_to,omitempty"`    // target of a permanent redirect
	MovedSeen  []time.Time `json:"moved_seen,omitempty"`  // when it was seen
	VisitCount int         `json:"visit_count,omitempty"` // complete visits so far

	From    string        `json:"from,omitempty"`    // address the validators belong to, when a redirect led there
	Others  []Validators  `json:"others,omitempty"`  // of other addresses: where a redirect led before, the parts of a sitemap
	Pending []PendingItem `json:"pending,omitempty"` // items whose article pages are still to be fetched
	Wishes  Wishes        `json:"wishes,omitzero"`
}

// Moved reports whether a source has moved for good: a permanent redirect to
// the same place, seen at three visits over two days. Only visits whose target
// was what it should be count.
func (cp Checkpoint) Moved() (to string, ok bool) {
	n := len(cp.MovedSeen)
	if cp.MovedTo == "" || n < 3 || cp.MovedSeen[n-1].Sub(cp.MovedSeen[0]) < 48*time.Hour {
		return "", false
	}
	return cp.MovedTo, true
}

// Validators are what the server of one address wants to hear again, byte for
// byte.
type Validators struct {
	URL          string `json:"url"`
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
	BodyHash     string `json:"body_hash,omitempty"` // of a part: then a part without validators is here too
}

// Wishes are how a document wants to be visited, remembered for the visits
// that bring no document.
type Wishes struct {
	Every     Seconds        `json:"every,omitempty"`      // ttl, sy:updatePeriod
	Fresh     Seconds        `json:"fresh,omitempty"`      // max-age of the last whole answer
	SkipHours []int          `json:"skip_hours,omitempty"` // GMT
	SkipDays  []time.Weekday `json:"skip_days,omitempty"`  // GMT
}

// Open is the first moment at or after t that is in no hour and on no day to
// skip. Wishes that leave no hour open are none.
func (w Wishes) Open(t time.Time) time.Time {
	open := t.UTC()
	for range 8 * 24 {
		if !slices.Contains(w.SkipHours, open.Hour()) && !slices.Contains(w.SkipDays, open.Weekday()) {
			return open
		}
		open = open.Truncate(time.Hour).Add(time.Hour)
	}
	return t
}

// HostWait is the wish of a host, or of all hosts of a domain, to be left
// alone.
type HostWait struct {
	Host   string // without "www."
	Domain bool   // and all hosts under it
	Until  time.Time
}

// Covers reports whether a host (without "www.") is to be left alone.
func (w HostWait) Covers(host string) bool {
	return host == w.Host || w.Domain && strings.HasSuffix(host, "."+w.Host)
}

// PendingItem is an item that was found, but is not saved before its article
// page was fetched or given up.
type PendingItem struct {
	Item  Item `json:"item"`
	Tries int  `json:"tries,omitempty"`
}

// Outcome is how a visit ended, in one word that the status page explains.
type Outcome string

// The outcomes of a visit.
const (
	OK          Outcome = "ok"
	Unchanged   Outcome = "unchanged"      // 304, or the same body as before
	Partial     Outcome = "partial"        // a broken document; its complete items were kept
	Empty       Outcome = "empty"          // a valid document without items
	Shrank      Outcome = "shrank"         // items vanished against every habit; the old ones are kept
	NotAFeed    Outcome = "not_a_feed"     // an HTML page where a feed was expected
	Challenge   Outcome = "challenge"      // the server asks for a browser
	DNS         Outcome = "dns"            // the name does not resolve
	Connect     Outcome = "connect"        // refused, reset or no route
	TLS         Outcome = "tls"            // certificate or handshake
	Timeout     Outcome = "timeout"        // a deadline passed
	TooLarge    Outcome = "too_large"      // a size limit was reached
	Encoding    Outcome = "encoding"       // content coding or charset that cannot be read
	HTTPError   Outcome = "http"           // any other 4xx or 5xx
	NotFound    Outcome = "not_found"      // 404
	Gone        Outcome = "gone"           // 410
	Denied      Outcome = "denied"         // 401 or 403
	SlowDown    Outcome = "slow_down"      // 429, or 503 with Retry-After
	Redirect    Outcome = "redirect"       // a loop, a long chain, or a place we do not go
	Blocked     Outcome = "blocked"        // a private or otherwise refused address
	Robots      Outcome = "robots"         // robots.txt does not allow it
	Unparsable  Outcome = "unparsable"     // nothing could be made of it
	NoEgress    Outcome = "no_network"     // no network at all: nobody's fault
	Interrupted Outcome = "interrupted"    // we stopped before it ended
	Internal    Outcome = "internal_error" // our own mistake
)

// Failed reports whether the outcome counts against the source.
func (o Outcome) Failed() bool {
	switch o {
	case OK, Unchanged, Partial, Empty, Shrank, NoEgress, Interrupted, "":
		return false
	}
	return true
}

// Batch is what one visit brought back.
type Batch struct {
	Source     SourceID
	At         time.Time // when the visit began
	Outcome    Outcome   // OK, Unchanged, Partial, Empty or Shrank
	Items      []Item    // in the order of the document
	Checkpoint Checkpoint
	Wait       time.Duration // the server's own wish for the next visit (ttl, max-age, Retry-After); 0: none
	Notes      []string      // what was noticed, in words
	Bytes      int64         // received, after decoding
	Requests   int           // that reached a server

	Unconditional int        // of them, those for the source itself that told no validators
	Closed        []HostWait // hosts that asked to be left alone
}

// SourceState is what the archive remembers of a source between visits. The
// status page shows it; the monitor plans by it.
type SourceState struct {
	ID          SourceID   `json:"id"`
	URL         string     `json:"url"`
	Due         time.Time  `json:"due,omitzero"` // next visit
	LastVisit   time.Time  `json:"last_visit,omitzero"`
	LastSuccess time.Time  `json:"last_success,omitzero"`
	LastNew     time.Time  `json:"last_new,omitzero"` // when an unknown item was last seen
	Outcome     Outcome    `json:"outcome,omitempty"`
	Error       string     `json:"error,omitempty"` // in words, empty when all is well
	Failures    int        `json:"failures,omitempty"`
	FailedSince time.Time  `json:"failed_since,omitzero"`
	Interval    Seconds    `json:"interval,omitempty"`  // the adaptive interval in force
	Items       int        `json:"items,omitempty"`     // items ever saved through this source
	Paused      string     `json:"paused,omitempty"`    // why it is not visited any more; empty: it is
	PausedBy    string     `json:"paused_by,omitempty"` // who paused it; empty: its server did
	Checkpoint  Checkpoint `json:"checkpoint,omitzero"`
	Notes       []string   `json:"notes,omitempty"`
	Counters    Counters   `json:"counters,omitzero"`
	Moved       Move       `json:"moved,omitzero"`
	Slowed      time.Time  `json:"slowed,omitzero"` // when its server last asked us to slow down
	Rhythm      Rhythm     `json:"rhythm,omitzero"`
}

// AddedSource is a source that was added while the program runs. It is kept in
// the archive, beside those of the configuration.
type AddedSource struct {
	Outlet Outlet    `json:"outlet"`
	Source Source    `json:"source"`
	Added  time.Time `json:"added"`
	By     string    `json:"by,omitempty"`
}

// Backfill is how far the reading of a source's past has got.
type Backfill struct {
	Source  SourceID  `json:"source"`
	Since   time.Time `json:"since"`            // how far back it goes
	Next    []string  `json:"next,omitempty"`   // pages still to be read, the next one first; none: it is done
	Oldest  time.Time `json:"oldest,omitzero"`  // of the items that were found
	Pages   int       `json:"pages,omitempty"`  // that were read
	Found   int       `json:"found,omitempty"`  // items on them
	Items   int       `json:"items,omitempty"`  // of them that were new
	Barren  int       `json:"barren,omitempty"` // pages in a row without anything new and without dates
	Started time.Time `json:"started,omitzero"`
	Updated time.Time `json:"updated,omitzero"`
	Notes   []string  `json:"notes,omitempty"` // what was left out, in words
}

// Past is what one page of a source's past held.
type Past struct {
	Found  int       // items on it that are not older than was asked for
	New    int       // of them, those that were not known
	Oldest time.Time // of the dated items on it; zero: none is dated
	Older  []string  // the pages to read next, the nearest past first
	Notes  []string  // what was left out, in words
}

// Move says that a source is visited at another address than the configured
// one, because that one redirected there for good. Moves that were taken back
// stay on record.
type Move struct {
	To     string    `json:"to,omitempty"`
	At     time.Time `json:"at,omitzero"`
	Undone string    `json:"undone,omitempty"` // why To is not visited any more; empty: it is
}

// Rhythm is when a source publishes: new items, by the hour of the day and the
// day of the week (UTC), older ones weighing less.
type Rhythm struct {
	Since time.Time   `json:"since,omitzero"` // the first visit that counts
	Last  time.Time   `json:"last,omitzero"`  // until when Hours and Days are up to date
	Hours [24]float64 `json:"hours,omitzero"`
	Days  [7]float64  `json:"days,omitzero"`
	Gap   Seconds     `json:"gap,omitempty"` // the longest silence of late
}

// Seconds is a duration in whole seconds, as it stands in the archive.
type Seconds int64

// Duration returns s as a time.Duration.
func (s Seconds) Duration() time.Duration { return time.Duration(s) * time.Second }

// Counters say how politely a source was visited.
type Counters struct {
	Visits        int `json:"visits,omitempty"`
	Requests      int `json:"requests,omitempty"`
	Unconditional int `json:"unconditional,omitempty"`
	NotModified   int `json:"not_modified,omitempty"`
	Early         int `json:"early,omitempty"`
}

// StoryAs stands, in an item's StoryWhy, between what it has in common with an
// earlier one and the id of that one.
const StoryAs = ", as "

// Item is one piece of news. Its text fields are plain text.
type Item struct {
	ID         ItemID     `json:"id"`
	Outlet     OutletID   `json:"outlet"`
	Source     SourceID   `json:"source"`            // through which it was first seen
	Sources    []SourceID `json:"sources,omitempty"` // all through which it was seen
	GUID       string     `json:"guid,omitempty"`
	URL        string     `json:"url"`
	Lang       string     `json:"lang,omitempty"` // as its source or page declares it: a hint
	Title      string     `json:"title"`
	Summary    string     `json:"summary,omitempty"`
	Text       string     `json:"text,omitempty"`
	Authors    []string   `json:"authors,omitempty"`
	Categories []string   `json:"categories,omitempty"`
	Section    string     `json:"section,omitempty"`
	Image      string     `json:"image,omitempty"`
	Published  time.Time  `json:"published,omitzero"`
	DayOnly    bool       `json:"day_only,omitempty"` // Published has no time of day
	Fetched    time.Time  `json:"fetched,omitzero"`   // when first seen
	Extraction string     `json:"extraction,omitempty"`

	Revision int       `json:"revision,omitempty"` // 0 as first seen, 1 after the first edit, …
	Revised  time.Time `json:"revised,omitzero"`

	Story    StoryID `json:"story,omitempty"`     // given when it is first saved, and never changed
	StoryWhy string  `json:"story_why,omitempty"` // what it has in common with an earlier telling; empty for the first

	Tagging Tagging `json:"tagging,omitzero"`
}

// Body is the text that is tagged and shown: the article's, or the feed's
// summary where there is none.
func (it *Item) Body() string {
	if it.Text != "" {
		return it.Text
	}
	return it.Summary
}

// Time is when the item counts as published: its own date, or else when it was
// first seen.
func (it *Item) Time() time.Time {
	if it.Published.IsZero() {
		return it.Fetched
	}
	return it.Published
}

// Revision is an earlier state of an item.
type Revision struct {
	Number  int       `json:"number"`
	Seen    time.Time `json:"seen"`
	Title   string    `json:"title"`
	Summary string    `json:"summary,omitempty"`
	Text    string    `json:"text,omitempty"`
}

// Tagging is what the tagger made of an item under one taxonomy.
type Tagging struct {
	Lang      string    `json:"lang"`
	Relevance float64   `json:"relevance"` // the probability of relevance, 0–1
	Relevant  bool      `json:"relevant"`
	Taxonomy  string    `json:"taxonomy"` // version
	Tags      []Tag     `json:"tags"`
	Events    []Event   `json:"events"`
	Features  []Feature `json:"features,omitempty"` // why it is relevant, or not
	Placed    *Placed   `json:"placed,omitempty"`
}

// Feature is one reason for a relevance, with what it added to the log-odds.
type Feature struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Weight float64 `json:"weight"`
}

// Placed marks content taken over from a state agency.
type Placed struct {
	Origin ConceptID `json:"origin"`
	Reason string    `json:"reason"`
}

// Tag is a concept on an item.
type Tag struct {
	Concept  ConceptID   `json:"concept"`
	Facet    string      `json:"facet"`
	Score    float64     `json:"score"` // 0–1
	Implied  bool        `json:"implied"`
	By       []ConceptID `json:"by"` // the concepts that imply an implied tag
	Evidence []Evidence  `json:"evidence"`
}

// Evidence is where an item says a concept.
type Evidence struct {
	Field    string `json:"field"` // "title" or "body"
	Start    int    `json:"start"` // byte offsets into the field
	End      int    `json:"end"`
	Text     string `json:"text"` // field[Start:End]
	Term     string `json:"term"` // the taxonomy's term, as written there
	Lang     string `json:"lang"` // the term's language
	Rule     string `json:"rule,omitempty"`
	Sentence Span   `json:"sentence"`
}

// Span is a half-open range of byte offsets.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Event says that an actor uses an instrument toward a recipient.
type Event struct {
	Actor      ConceptID     `json:"actor"`
	State      ConceptID     `json:"state"` // the state or body behind the actor
	Instrument ConceptID     `json:"instrument"`
	Family     ConceptID     `json:"family"` // the instrument's top family
	Recipient  ConceptID     `json:"recipient"`
	Status     Status        `json:"status"`
	Amount     *Amount       `json:"amount"`
	Places     *int          `json:"places"` // of study, in a quota …
	Evidence   EventEvidence `json:"evidence"`
}

// Status is how far an event has got.
type Status string

// The states of an event.
const (
	Announced Status = "announced"
	Signed    Status = "signed"
	Ongoing   Status = "ongoing"
	Completed Status = "completed"
	Cancelled Status = "cancelled"
	DeniedEvt Status = "denied"
	NoStatus  Status = "none"
)

// Amount is a sum of money.
type Amount struct {
	Value    float64 `json:"value"`
	Currency string  `json:"currency"` // ISO 4217
}

// EventEvidence is the sentence, or the two neighbouring ones, that state an event.
type EventEvidence struct {
	Field string `json:"field"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"`
}

// VisitError is why a visit brought nothing back. Its text says what happened,
// where, and what to do.
type VisitError struct {
	Outcome    Outcome
	RetryAfter time.Duration // the server's wish; 0: none
	Notes      []string      // what was noticed before it failed, in words
	Requests   int           // that reached a server
	Err        error

	Unconditional int        // see Batch
	Closed        []HostWait // see Batch
}

func (e *VisitError) Error() string { return e.Err.Error() }

func (e *VisitError) Unwrap() error { return e.Err }
