package bolt

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"time"

	bbolt "go.etcd.io/bbolt"

	"silkwire/news"
	"silkwire/search"
)

// Schema is the version of the layout that this program writes.
const Schema = 2

// Layout draws the tree of buckets. Keys and values that end in "/" are
// buckets; "time" is eight bytes that sort as the time does (see [timeKey]),
// 0 is a zero byte. Every value called a record carries its checksum.
const Layout = `
meta/                                    what this file is
  format, schema, instance, created        written once; schema again by a migration
  sequence                                 8 bytes, grows with every write
  review_states                            there once the search index knows what is disputed and flagged
counts/                                  how many; kept in the same transaction
  "total" 0 bucket                         8 bytes: of the keys of a bucket
items/        item                       record: language, title and summary, each after its length,
                                           then the rest of the item without text and evidence
texts/        item                       record, zstd: its text
evidence/     item                       record, zstd: where its tags and events are said
revisions/    item 0 number              record, zstd: an earlier state
aliases/      hash of outlet and address, or outlet and guid
                                         item; nothing where the guid names several
index/
  seen/       time item                    by first-seen time: Item.Time, source
search/                                  how items are found, see index.go; search_next while it is made anew
  numbers/    item                         4 bytes: its number in the index
  sets/       what 0 value 0 window        record: a roaring bitmap of the numbers that have it
  pages/      number/256                   record: 256 items, what is asked of them when they are found
  values/     facet 0 value                4 bytes: its number on the pages
  names/      number of a value            facet 0 value
  blocks/     first number                 4 bytes: block; 4 bytes: how many numbers
  words/      block spelling               record: the words of a block from this spelling on
sources/      source                     record: its state
added/        source                     record: one that was added while the program ran
backfills/    source                     record: how far the reading of its past has got
claims/       job                        record: due, owner, end of the lease
runs/         job 0 due                  record
runs_by_start/ start job 0 due           
editions/     edition                    record
editions_by_time/ rendered edition       profile
compiled/     edition                    record, zstd
told_in/      edition                    record: the items it tells of
told/         profile 0 item             record: the newest edition that told of it
messages/     edition 0 channel 0 recipient
                                         record: the delivery's state
bodies/       edition 0 channel 0 recipient
                                         record, zstd: the bytes that go out
outbox/       rendered edition 0 number  key of the open message
subscriptions/ profile 0 recipient       record: what the recipient decided
secrets/      name                       record: random bytes, made once
profiles/     profile                    record: a digest that was added on the desk
users/        name                       record
passes/       hash of the secret         record: a session or a token of a user
audit/        number                     record: who changed what, chained to the one before
reviews/      item 0 number              record: what an analyst said of the item
reviews_by_time/ time item 0 number      analyst
review_keys/  analyst 0 key              key of the review that was sent with this key
weighed/      item 0 number              analyst whose review weighs an event
relations/    number                     record: what an analyst holds of two actors in one field
samples/      sample                     record: what was drawn at random, and of what
history/      item 0 number              record: which tags came and went at a tagging
`

// format marks a file as ours.
const format = "silkwire archive"

// The buckets at the root.
var (
	bucketMeta        = []byte("meta")
	bucketCounts      = []byte("counts")
	bucketItems       = []byte("items")
	bucketTexts       = []byte("texts")
	bucketEvidence    = []byte("evidence")
	bucketRevisions   = []byte("revisions")
	bucketAliases     = []byte("aliases")
	bucketIndex       = []byte("index")
	bucketSources     = []byte("sources")
	bucketClaims      = []byte("claims")
	bucketRuns        = []byte("runs")
	bucketRunsByStart = []byte("runs_by_start")
	bucketEditions    = []byte("editions")
	bucketEditionTime = []byte("editions_by_time")
	bucketCompiled    = []byte("compiled")
	bucketToldIn      = []byte("told_in")
	bucketTold        = []byte("told")
	bucketMessages    = []byte("messages")
	bucketBodies      = []byte("bodies")
	bucketOutbox      = []byte("outbox")

	bucketSearch     = []byte("search")
	bucketSearchNext = []byte("search_next")

	bucketSubscriptions = []byte("subscriptions")
	bucketSecrets       = []byte("secrets")
	bucketProfiles      = []byte("profiles")
	bucketAdded         = []byte("added")
	bucketBackfills     = []byte("backfills")

	bucketUsers  = []byte("users")
	bucketPasses = []byte("passes")
	bucketAudit  = []byte("audit")

	bucketReviews     = []byte("reviews")
	bucketReviewTimes = []byte("reviews_by_time")
	bucketReviewKeys  = []byte("review_keys")
	bucketWeighed     = []byte("weighed")
	bucketRelations   = []byte("relations")
	bucketSamples     = []byte("samples")
	bucketHistory     = []byte("history")
)

// laterBuckets came after the first archives of this schema were written: one
// without them is given them when it is opened.
func laterBuckets() [][]byte {
	return [][]byte{
		bucketSubscriptions, bucketSecrets, bucketProfiles, bucketUsers, bucketPasses, bucketAudit,
		bucketReviews, bucketReviewTimes, bucketReviewKeys, bucketWeighed, bucketRelations, bucketSamples, bucketHistory, bucketAdded, bucketBackfills,
	}
}

func rootBuckets() [][]byte { return append(firstBuckets(), laterBuckets()...) }

func firstBuckets() [][]byte {
	return [][]byte{
		bucketMeta, bucketCounts, bucketItems, bucketTexts, bucketEvidence, bucketRevisions, bucketAliases, bucketIndex,
		bucketSources, bucketClaims, bucketRuns, bucketRunsByStart, bucketEditions, bucketEditionTime, bucketCompiled,
		bucketToldIn, bucketTold, bucketMessages, bucketBodies, bucketOutbox,
	}
}

// bySeen is the bucket of index.
const bySeen = "seen"

// The buckets of search.
var (
	bucketNumbers = []byte("numbers")
	bucketSets    = []byte("sets")
	bucketPages   = []byte("pages")
	bucketValues  = []byte("values")
	bucketNames   = []byte("names")
	bucketBlocks  = []byte("blocks")
	bucketWords   = []byte("words")
)

func searchBuckets() [][]byte {
	return [][]byte{bucketNumbers, bucketSets, bucketPages, bucketValues, bucketNames, bucketBlocks, bucketWords}
}

// What the sets are of.
const (
	byOutlet    = "outlet"
	bySource    = "source"
	byLang      = "lang"
	byConcept   = "concept"
	byRecipient = "recipient"
	byState     = "is"
	byStory     = "story"
	byStatus    = "status"   // of an event
	byCurrency  = "currency" // of a sum in an event
)

// Marks without a value: of every item, and of those with a sum in an event.
var (
	all       = posting{"all", ""}
	withMoney = posting{"money", ""}
)

// The keys of meta.
var (
	keyFormat   = []byte("format")
	keySchema   = []byte("schema")
	keyInstance = []byte("instance")
	keyCreated  = []byte("created")
	keySequence = []byte("sequence")
	keyStates   = []byte("review_states")
)

// total is what counts calls the number of things in a bucket.
const total = "total"

// createLayout makes an empty archive.
func createLayout(tx *bbolt.Tx, instance string, now time.Time) error {
	for _, name := range rootBuckets() {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	if err := completeLayout(tx); err != nil {
		return err
	}
	if err := createSearch(tx, bucketSearch); err != nil {
		return err
	}
	meta := tx.Bucket(bucketMeta)
	for _, pair := range [][2][]byte{
		{keyFormat, []byte(format)},
		{keySchema, uint64Bytes(Schema)},
		{keyInstance, []byte(instance)},
		{keyCreated, []byte(now.UTC().Format(time.RFC3339))},
		{keySequence, uint64Bytes(0)},
		{keyStates, uint64Bytes(1)},
	} {
		if err := meta.Put(pair[0], pair[1]); err != nil {
			return err
		}
	}
	return nil
}

// isComplete reports whether an archive has every bucket of this release.
func isComplete(tx *bbolt.Tx) bool {
	for _, name := range laterBuckets() {
		if tx.Bucket(name) == nil {
			return false
		}
	}
	return tx.Bucket(bucketIndex).Bucket([]byte(bySeen)) != nil
}

// completeLayout makes the buckets that an older release did not know.
func completeLayout(tx *bbolt.Tx) error {
	for _, name := range laterBuckets() {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	_, err := tx.Bucket(bucketIndex).CreateBucketIfNotExists([]byte(bySeen))
	return err
}

// createSearch makes an empty search index.
func createSearch(tx *bbolt.Tx, name []byte) error {
	root, err := tx.CreateBucket(name)
	if err != nil {
		return err
	}
	for _, inner := range searchBuckets() {
		if _, err := root.CreateBucket(inner); err != nil {
			return err
		}
	}
	return nil
}

func uint64Bytes(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// toUint64 reads eight bytes, and anything else as 0.
func toUint64(b []byte) uint64 {
	if len(b) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

// timeKey is eight bytes that sort as times do. Times beyond what nanoseconds
// in 64 bits can say (1678 to 2262) are taken as the end of that range.
func timeKey(t time.Time) []byte {
	n := t.UnixNano()
	switch {
	case t.Before(time.Unix(0, math.MinInt64)):
		n = math.MinInt64
	case t.After(time.Unix(0, math.MaxInt64)):
		n = math.MaxInt64
	}
	return uint64Bytes(uint64(n) ^ 1<<63)
}

const timeSize = 8

// sortKey is where an item stands: by time, then by ID.
func sortKey(t time.Time, id news.ItemID) []byte { return append(timeKey(t), id...) }

// joined is a key of several parts with a zero byte between them.
func joined(parts ...string) []byte { return []byte(strings.Join(parts, "\x00")) }

// posting is a mark of an item: what it is, and the value.
type posting struct{ index, value string }

// prefix is what the keys of a mark's set begin with; the window follows.
func (p posting) prefix() []byte { return joined(p.index, strings.ReplaceAll(p.value, "\x00", ""), "") }

const windowSize = 2

func (p posting) key(window number) []byte {
	return binary.BigEndian.AppendUint16(p.prefix(), uint16(window))
}

// postings are all marks of an item, each once.
func postings(it *news.Item) []posting {
	list := []posting{all, {byOutlet, string(it.Outlet)}, {byLang, it.Tagging.Lang}}
	add := func(p posting) {
		if !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	add(posting{bySource, string(it.Source)})
	for _, id := range it.Sources {
		add(posting{bySource, string(id)})
	}
	if it.Story != "" {
		add(posting{byStory, string(it.Story)})
	}
	for i := range it.Tagging.Tags {
		add(posting{byConcept, string(it.Tagging.Tags[i].Concept)})
	}
	for i := range it.Tagging.Events {
		e := &it.Tagging.Events[i]
		add(posting{byRecipient, string(e.Recipient)})
		add(posting{byStatus, string(e.Status)})
		if e.Amount != nil {
			add(withMoney)
			add(posting{byCurrency, e.Amount.Currency})
		}
	}
	for _, state := range []search.Is{"relevant", "event", "placed", "revised"} {
		if (search.Query{Root: state}).Match(it, search.Facts{}) {
			add(posting{byState, string(state)})
		}
	}
	return list
}

// urlAlias is the key of an address within an outlet, nil for no address.
func urlAlias(outlet news.OutletID, rawURL string) []byte {
	key := news.URLKey(rawURL)
	if key == "" {
		return nil
	}
	return aliasKey("url", string(outlet), key)
}

// guidAlias is the key of a guid within an outlet, nil for no guid.
func guidAlias(outlet news.OutletID, guid string) []byte {
	if guid == "" {
		return nil
	}
	return aliasKey("guid", string(outlet), guid)
}

func aliasKey(parts ...string) []byte {
	sum := sha256.Sum256(joined(parts...))
	return sum[:16]
}

// afterTime is what stands behind the time in a key, nil for a key that is none.
func afterTime(key []byte) []byte {
	if len(key) < timeSize {
		return nil
	}
	return key[timeSize:]
}

// lastOf is the last key of a bucket that begins with prefix, which ends in a
// zero byte; nil for none.
func lastOf(b *bbolt.Bucket, prefix []byte) []byte {
	end := slices.Clone(prefix)
	end[len(end)-1]++
	c := b.Cursor()
	k, _ := c.Seek(end)
	if k == nil {
		k, _ = c.Last()
	} else {
		k, _ = c.Prev()
	}
	if !bytes.HasPrefix(k, prefix) {
		return nil
	}
	return k
}
