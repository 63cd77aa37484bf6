// Package store is what the program asks of its storage: a few coarse verbs,
// each of which happens entirely or not at all and may be repeated without
// harm. It holds no implementation; store/bolt is one, and store/storetest
// holds the promises as a test suite that every implementation must pass.
//
// The promise, in words: what Save and the other verbs acknowledged (returned
// without an error) survives the death of the process at any moment. A full
// disk stops writing, not reading.
package store

import (
	"context"
	"errors"
	"io"
	"math"
	"time"

	"silkwire/account"
	"silkwire/news"
	"silkwire/search"
)

// Errors that callers branch on.
var (
	ErrNotFound = errors.New("not found")
	ErrTaken    = errors.New("already claimed") // another claim of the same job holds, or the job was done
	ErrFull     = errors.New("disk full")       // nothing was written; reading goes on
	ErrExists   = errors.New("already there")
	ErrCorrupt  = errors.New("archive damaged") // what can still be read is; nothing is written any more
	ErrCursor   = errors.New("not a cursor")    // Query.Cursor is not one that a Page gave
	ErrChanged  = errors.New("changed by somebody else meanwhile")
)

// Store is the archive.
type Store interface {
	Items
	Sources
	Jobs
	Editions
	Readers
	Profiles
	Accounts
	Reviews
	Relations
	io.Closer

	// Stats counts what the archive holds.
	Stats(ctx context.Context) (Stats, error)

	// Backup writes a consistent copy of the whole archive, while others
	// read and write, and returns its size in bytes.
	Backup(ctx context.Context, w io.Writer) (int64, error)

	// Check reads everything and returns what is wrong, in words; nil
	// when all is well.
	Check(ctx context.Context) ([]string, error)
}

// Items keeps what was published.
type Items interface {
	// Save keeps the items of a visit together with the state of their
	// source: all of it or nothing. An item that is known (by its ID, its
	// address or its guid within the outlet) is not doubled: a changed
	// title, summary or text becomes a revision, an unchanged one is left
	// as it is, and in both cases the source is added to its sources. An
	// item's Fetched of its first save stays. A text that is known is not
	// replaced by an empty one.
	Save(ctx context.Context, items []news.Item, state news.SourceState) (Saved, error)

	// Known returns which of the given items (as they came from a listing:
	// ID, URL and GUID suffice) are in the archive, as a map from the ID
	// asked for to the archive's ID, which differ when another address
	// or guid led there.
	Known(ctx context.Context, items []news.Item) (map[news.ItemID]news.ItemID, error)

	// Item returns one item, or ErrNotFound.
	Item(ctx context.Context, id news.ItemID) (news.Item, error)

	// Revisions returns the earlier states of an item, newest first.
	Revisions(ctx context.Context, id news.ItemID) ([]news.Revision, error)

	// Find returns the items that match in the order of q.Sort: newest first
	// by (Item.Time, ID), or best first by [search.Query.Score], or most
	// doubtful first by [Doubt], and then newest first. It finds what [search.Query.Match] accepts, and nothing else.
	Find(ctx context.Context, q Query) (Page, error)

	// Each calls fn with every item that Find would return over all pages,
	// in that order, as the archive stood when Each began; Limit, Cursor,
	// Count and Facets are not looked at. An error of fn ends the walk and is
	// returned. The item is fn's own. fn must not write to the store.
	Each(ctx context.Context, q Query, fn func(*news.Item) error) error

	// Retag replaces the machine's tagging of an item, and nothing else; what
	// came and went by it is a line of the item's History.
	Retag(ctx context.Context, tagged map[news.ItemID]news.Tagging) error
}

// Query asks for one page of items.
type Query struct {
	Search search.Query
	// Fetched, when set, keeps only items first seen in [From, To).
	FetchedFrom, FetchedTo time.Time
	Sort                   Sort
	Limit                  int    // at most this many; 0 means 50
	Cursor                 string // of the page before, in the same order; "" starts
	Count                  bool   // fill Page.Total
	Facets                 bool   // fill Page.Facets
	WithText               bool   // fill Text and evidence; without it items come light
}

// Sort is an order of items.
type Sort string

// The orders.
const (
	Newest Sort = ""     // newest first
	Best   Sort = "best" // best first, see [search.Query.Score]

	// Doubtful puts first the items whose relevance is nearest to the line of
	// one half, see [Doubt], and then the newest.
	Doubtful Sort = "doubtful"
)

// Doubt is how unsure a relevance is, from 0 to 1000.
func Doubt(relevance float64) int { return 1000 - int(math.Round(2000*math.Abs(relevance-0.5))) }

// Page is one page of items.
type Page struct {
	Items []news.Item
	Next  string // cursor of the next page; "" at the end
	Total int    // of all pages, when the query asked for it

	// Facets are how many items of all pages have which value, by the names
	// of [search.Facets], the most frequent first; when the query asked for it.
	Facets map[string][]FacetCount
}

// FacetCount is how many items have a value of a facet.
type FacetCount struct {
	ID    string `json:"id"`
	Count int    `json:"count"`
}

// Saved says what Save did.
type Saved struct {
	New       []news.ItemID
	Revised   []news.ItemID
	Unchanged int
}

// Sources keeps the state of every source.
type Sources interface {
	// Source returns the state of a source, or ErrNotFound before its first visit.
	Source(ctx context.Context, id news.SourceID) (news.SourceState, error)

	// SourceStates returns all states, by ID.
	SourceStates(ctx context.Context) (map[news.SourceID]news.SourceState, error)

	// PutSource replaces the state of a source: before a request is sent,
	// and after a visit that brought no items.
	PutSource(ctx context.Context, state news.SourceState) error

	// AddSource keeps a source beside those of the configuration; one that
	// was added before under its ID is replaced.
	AddSource(ctx context.Context, added news.AddedSource) error

	// AddedSources returns what was added, by ID.
	AddedSources(ctx context.Context) ([]news.AddedSource, error)

	// DropSource takes an added source back, or returns ErrNotFound. What
	// it brought stays, and so does its state.
	DropSource(ctx context.Context, id news.SourceID) error

	// Backfill returns how far the reading of a source's past has got, or
	// ErrNotFound before it began.
	Backfill(ctx context.Context, id news.SourceID) (news.Backfill, error)

	// PutBackfill replaces it.
	PutBackfill(ctx context.Context, b news.Backfill) error
}

// Job is one piece of scheduled work: its name and the time it was due.
type Job struct {
	Name string // "visit daryo-en", "digest daily"
	Due  time.Time
}

// Run is the record of a job that was done.
type Run struct {
	Job     string        `json:"job"`
	Due     time.Time     `json:"due"`
	Started time.Time     `json:"started"`
	Took    time.Duration `json:"took"`
	Outcome news.Outcome  `json:"outcome"`
	Error   string        `json:"error,omitempty"`
	New     int           `json:"new,omitempty"`
	Revised int           `json:"revised,omitempty"`
	Bytes   int64         `json:"bytes,omitempty"`
}

// Jobs remembers who does what, and what was done.
type Jobs interface {
	// Claim takes a job until lease has passed or Done is called. It
	// returns ErrTaken when the job is held by a live claim, or when a run
	// of this name for this due time or a later one is on record.
	Claim(ctx context.Context, job Job, now time.Time, lease time.Duration) error

	// Done releases the claim and records the run. The newest 200 runs of
	// a name are kept.
	Done(ctx context.Context, run Run) error

	// LastRun returns the latest run of a name by due time, or ErrNotFound.
	LastRun(ctx context.Context, name string) (Run, error)

	// Runs returns the newest n runs over all names whose name has the
	// given prefix, newest first by start.
	Runs(ctx context.Context, prefix string, n int) ([]Run, error)
}

// Edition is one issue of a digest, frozen before it is sent.
type Edition struct {
	ID       string    `json:"id"` // hash of profile and window
	Profile  string    `json:"profile"`
	From     time.Time `json:"from"` // window of first-seen times, half open
	To       time.Time `json:"to"`
	Rendered time.Time `json:"rendered"`
	Subject  string    `json:"subject"`
	Stories  int       `json:"stories"`
	Compiled []byte    `json:"-"` // the digest.Edition as JSON, for pages
	Told     []Told    `json:"-"` // the items this edition tells of
	Messages []Message `json:"messages"`
}

// Told remembers that an edition told of an item, and at which revision.
type Told struct {
	Item     news.ItemID `json:"item"`
	Edition  string      `json:"edition"`
	Revision int         `json:"revision"`
}

// Message is one frozen message of an edition to one recipient, with its
// delivery's state.
type Message struct {
	Edition   string        `json:"edition"`
	Channel   string        `json:"channel"` // "mail", "file"
	Recipient string        `json:"recipient"`
	MessageID string        `json:"message_id,omitempty"`
	Body      []byte        `json:"-"` // the bytes that go out
	State     DeliveryState `json:"state"`
	Attempts  int           `json:"attempts,omitempty"`
	Tried     time.Time     `json:"tried,omitzero"`
	Next      time.Time     `json:"next,omitzero"` // not before, after a tempfail
	Error     string        `json:"error,omitempty"`
}

// Lost reports whether the message was refused for good or given up.
func (m Message) Lost() bool { return m.State == PermFail || m.State == Dead }

// DeliveryState is how far a message has got.
type DeliveryState string

// The states of a delivery.
const (
	Rendered DeliveryState = "rendered" // frozen, not yet tried
	Sending  DeliveryState = "sending"  // an attempt is under way, or was when we died
	Accepted DeliveryState = "accepted"
	TempFail DeliveryState = "tempfail" // will be tried again
	PermFail DeliveryState = "permfail" // refused for good
	Dead     DeliveryState = "dead"     // given up after too long
)

// Open reports whether the message still has to be sent.
func (s DeliveryState) Open() bool { return s == Rendered || s == Sending || s == TempFail }

// Editions keeps digests: what was told to whom, and the outbox.
type Editions interface {
	// Freeze stores an edition with its messages and marks its items as
	// told, in one step. A second Freeze of the same ID changes nothing
	// and returns ErrExists.
	Freeze(ctx context.Context, e Edition) error

	// Edition returns an edition with its Compiled bytes and the states of
	// its messages (without bodies), or ErrNotFound.
	Edition(ctx context.Context, id string) (Edition, error)

	// EditionList returns the newest n editions of a profile ("" for all),
	// newest first, without Compiled, Told and bodies.
	EditionList(ctx context.Context, profile string, n int) ([]Edition, error)

	// Told returns what earlier editions of a profile told of the given items.
	Told(ctx context.Context, profile string, items []news.ItemID) (map[news.ItemID]Told, error)

	// Message returns one message of an edition with its bytes, open or
	// not, or ErrNotFound.
	Message(ctx context.Context, edition, channel, recipient string) (Message, error)

	// Outbox returns the open messages with their bodies, oldest first.
	Outbox(ctx context.Context) ([]Message, error)

	// Deliver replaces the delivery state of a message (by edition,
	// channel and recipient); its bytes never change.
	Deliver(ctx context.Context, m Message) error
}

// Subscription is what a recipient of a profile decided about it.
type Subscription struct {
	Profile    string    `json:"profile"`
	Recipient  string    `json:"recipient"`
	Off        bool      `json:"off"`        // wants no more of it
	Generation int       `json:"generation"` // grows when it is turned on again: links of before are void
	Changed    time.Time `json:"changed"`
}

// Again is the decision to have it again: links of before are void.
func (s Subscription) Again(now time.Time) Subscription {
	s.Off, s.Changed = false, now
	s.Generation++
	return s
}

// Readers remembers what recipients decided. Whether somebody is a recipient at
// all is none of its business.
type Readers interface {
	// Subscription returns what a recipient decided; of one who never did,
	// that nothing is off, in generation 0.
	Subscription(ctx context.Context, profile, recipient string) (Subscription, error)

	// Subscriptions returns all decisions, by profile and recipient.
	Subscriptions(ctx context.Context) ([]Subscription, error)

	// PutSubscription replaces a decision.
	PutSubscription(ctx context.Context, s Subscription) error

	// Secret returns 32 random bytes under a name: made when they are first
	// asked for, and the same ever after.
	Secret(ctx context.Context, name string) ([]byte, error)
}

// Profile is a digest that was added on the desk, beside those of the
// configuration.
type Profile struct {
	ID      string    `json:"id"`
	Content []byte    `json:"content"` // in the grammar of the configuration
	Paused  bool      `json:"paused,omitempty"`
	By      string    `json:"by,omitempty"` // who changed it last
	Changed time.Time `json:"changed"`
}

// Profiles keeps the digests that were added on the desk.
type Profiles interface {
	// Profiles returns all of them, by ID.
	Profiles(ctx context.Context) ([]Profile, error)

	// PutProfile adds one, or replaces the one with its ID.
	PutProfile(ctx context.Context, p Profile) error
}

// Accounts keeps who may use the archive, and what was changed by whom. Every
// change is written in one step with its entry in the audit log, to which the
// store adds number and chain; no verb changes an entry or takes one away.
type Accounts interface {
	// User returns a user by name, or ErrNotFound.
	User(ctx context.Context, name string) (account.User, error)

	// Users returns all users, by name.
	Users(ctx context.Context) ([]account.User, error)

	// PutUser adds a user of version 0, or replaces the one that was read,
	// and makes its version one more. It returns ErrExists for a name that
	// is taken, and ErrChanged for a user who is no more as they were read.
	// With a new role or password, or disabled, a user loses all sessions in
	// the same step. The entry's hashes are filled in.
	PutUser(ctx context.Context, u account.User, e account.Entry) error

	// Rehash replaces what is kept of a password by what is kept of the same
	// password at another cost, and changes nothing else. It returns
	// ErrChanged when the password is another one by now.
	Rehash(ctx context.Context, name, before, after string) error

	// AddPass keeps a pass of a user who is of the given version and not
	// disabled, and otherwise returns ErrChanged. Passes that have ended
	// when it is made are taken away, and so are a user's sessions beyond
	// the account.MostSessions that were seen last.
	AddPass(ctx context.Context, p account.Pass, version uint64, e account.Entry) error

	// Pass returns a pass with its user, or ErrNotFound. Whether it has
	// ended and whether the user is disabled is for the caller to see.
	Pass(ctx context.Context, id string) (account.Pass, account.User, error)

	// Passes returns the passes of a user ("" for all), newest first.
	Passes(ctx context.Context, user string) ([]account.Pass, error)

	// SeePass notes when and from where a pass was shown last. A pass that
	// is no more there stays so.
	SeePass(ctx context.Context, id string, at time.Time, from string) error

	// EndPass takes a pass away, or returns ErrNotFound.
	EndPass(ctx context.Context, id string, e account.Entry) error

	// Audit appends an entry to the audit log.
	Audit(ctx context.Context, e account.Entry) error

	// AuditLog returns up to n entries that stand before the one with the
	// given number (0: from the end), newest first.
	AuditLog(ctx context.Context, before uint64, n int) ([]account.Entry, error)
}

// Stats counts what the archive holds.
type Stats struct {
	Items     int                   `json:"items"`
	Revisions int                   `json:"revisions"`
	Relevant  int                   `json:"relevant"`
	Editions  int                   `json:"editions"`
	Reviews   int                   `json:"reviews"`
	Outbox    int                   `json:"outbox"`
	Bytes     int64                 `json:"bytes"`      // of the file
	FreeBytes int64                 `json:"free_bytes"` // inside the file, to be used again
	DiskFree  int64                 `json:"disk_free"`  // on the file's disk
	Schema    int                   `json:"schema"`
	Sequence  uint64                `json:"sequence"` // grows with every write
	Languages map[string]int        `json:"languages"`
	NewIn24h  map[news.SourceID]int `json:"-"`
}
