package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	bbolt "go.etcd.io/bbolt"

	"silkwire/news"
	"silkwire/store"
)

// mostFindings is how many findings Check returns before it gives up.
const mostFindings = 100

// Check keeps the promise of [store.Store]. It reads every record, holds the
// indexes and counts against the items, and lets bbolt look at its pages.
func (s *Store) Check(ctx context.Context) ([]string, error) {
	c := &checker{Store: s, ctx: ctx, keys: make(map[string]int64)}
	if d := s.damage.Load(); d != nil {
		c.findings = append(c.findings, "found before: "+d.What)
	}
	for _, part := range []struct {
		name string
		look func(tx *bbolt.Tx) error
	}{
		{"reading the items", c.items},
		{"reading the revisions", c.revisions},
		{"reading the aliases", c.aliases},
		{"reading the index", c.index},
		{"reading the search index", c.searchIndex},
		{"reading the counts", c.countsAgree},
		{"reading the editions", c.editions},
		{"reading the audit log", c.audit},
		{"reading the reviews", c.reviews},
		{"reading the records", c.records},
		{"reading every bucket", c.everything},
	} {
		err := s.view(ctx, part.name, part.look)
		if errors.Is(err, store.ErrCorrupt) {
			c.unreadable = true
			c.findings = append(c.findings, err.Error())
		} else if err != nil && !errors.Is(err, errEnough) {
			return c.findings, err
		}
	}
	if !c.unreadable { // bbolt's own check dies of a page that cannot be read
		if err := c.pages(); err != nil && !errors.Is(err, errEnough) {
			return c.findings, err
		}
	}
	return c.findings, nil
}

var errEnough = errors.New("enough findings")

type checker struct {
	*Store
	ctx        context.Context
	findings   []string
	unreadable bool
	keys       map[string]int64 // the counts as they should be
}

// found notes a finding and ends the part when there are too many.
func (c *checker) found(format string, args ...any) error {
	if err := c.ctx.Err(); err != nil {
		return err
	}
	finding := fmt.Sprintf(format, args...)
	if len(c.findings) < mostFindings && !slices.Contains(c.findings, finding) {
		c.findings = append(c.findings, finding)
	}
	if len(c.findings) == mostFindings {
		return errEnough
	}
	return nil
}

// each looks at every key of a bucket, ending with the context.
func (c *checker) each(b *bbolt.Bucket, look func(k, v []byte) error) error {
	return b.ForEach(func(k, v []byte) error {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		return look(k, v)
	})
}

// items reads every item whole and looks for its entries in the index.
func (c *checker) items(tx *bbolt.Tx) error {
	return c.each(tx.Bucket(bucketItems), func(k, v []byte) error {
		it, err := c.readItem(tx, news.ItemID(k), true, true)
		if err != nil {
			return c.found("item %s: %v", k, err)
		}
		c.keys[string(joined(total, string(bucketItems)))]++
		return c.seen(tx, &it)
	})
}

func (c *checker) seen(tx *bbolt.Tx, it *news.Item) error {
	v := tx.Bucket(bucketIndex).Bucket([]byte(bySeen)).Get(sortKey(it.Fetched, it.ID))
	if len(v) < timeSize || !bytes.Equal(v[:timeSize], timeKey(it.Time())) {
		return c.found("item %s is missing from the index %s", it.ID, bySeen)
	}
	return nil
}

// revisions reads every earlier state.
func (c *checker) revisions(tx *bbolt.Tx) error {
	return c.each(tx.Bucket(bucketRevisions), func(k, v []byte) error {
		c.keys[string(joined(total, string(bucketRevisions)))]++
		var rev news.Revision
		if err := c.codec.unpackJSON(v, &rev); err != nil {
			return c.found("revision %q: %v", k, err)
		}
		id, _, _ := bytes.Cut(k, []byte{0})
		if tx.Bucket(bucketItems).Get(id) == nil {
			return c.found("revision %q is of an item that is not there", k)
		}
		return nil
	})
}

// aliases looks for the item of every alias.
func (c *checker) aliases(tx *bbolt.Tx) error {
	return c.each(tx.Bucket(bucketAliases), func(k, id []byte) error {
		if len(id) > 0 && tx.Bucket(bucketItems).Get(id) == nil {
			return c.found("an alias leads to item %s, which is not there", id)
		}
		return nil
	})
}

// index looks for entries of seen without an item, and for more of them than
// there are items.
func (c *checker) index(tx *bbolt.Tx) error {
	n := int64(0)
	err := c.each(tx.Bucket(bucketIndex).Bucket([]byte(bySeen)), func(k, _ []byte) error {
		n++
		if id := afterTime(k); len(id) == 0 || tx.Bucket(bucketItems).Get(id) == nil {
			return c.found("the index %s has an entry for an item that is not there (%q)", bySeen, k)
		}
		return nil
	})
	if wanted := c.keys[string(joined(total, string(bucketItems)))]; err == nil && n != wanted {
		err = c.found("the index %s has %d entries, of which there should be %d", bySeen, n, wanted)
	}
	return err
}

// countsAgree holds the counts against what was counted.
func (c *checker) countsAgree(tx *bbolt.Tx) error {
	for _, bucket := range [][]byte{bucketEditions, bucketOutbox, bucketReviews} {
		err := c.each(tx.Bucket(bucket), func(_, _ []byte) error {
			c.keys[string(joined(total, string(bucket)))]++
			return nil
		})
		if err != nil {
			return err
		}
	}
	for key, n := range c.keys {
		if have := toUint64(tx.Bucket(bucketCounts).Get([]byte(key))); have != uint64(n) {
			if err := c.found("the count of %q is %d instead of %d", key, have, n); err != nil {
				return err
			}
		}
	}
	return c.each(tx.Bucket(bucketCounts), func(k, v []byte) error {
		if toUint64(v) != uint64(c.keys[string(k)]) {
			return c.found("the count of %q is %d instead of %d", k, toUint64(v), c.keys[string(k)])
		}
		return nil
	})
}

// editions reads every edition with its messages, and the outbox with theirs.
func (c *checker) editions(tx *bbolt.Tx) error {
	err := c.each(tx.Bucket(bucketEditions), func(k, _ []byte) error {
		if _, err := readEdition(tx, string(k)); err != nil {
			return c.found("edition %s: %v", k, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = c.each(tx.Bucket(bucketOutbox), func(_, key []byte) error {
		m, err := c.readMessage(tx, key)
		if err != nil {
			return c.found("the outbox: %v", err)
		}
		if !m.State.Open() {
			return c.found("the outbox has a message to %s that is %s", m.Recipient, m.State)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.each(tx.Bucket(bucketMessages), func(k, v []byte) error {
		var d delivery
		if err := unsealJSON(v, &d); err == nil && d.State.Open() && !bytes.Equal(tx.Bucket(bucketOutbox).Get(d.Queue), k) {
			return c.found("an open message to %s is missing from the outbox", d.Recipient)
		}
		return nil
	})
}

// reviews looks for the item and the time of every review, and for the review of every key.
func (c *checker) reviews(tx *bbolt.Tx) error {
	n, times := 0, 0
	err := c.each(tx.Bucket(bucketReviews), func(k, v []byte) error {
		n++
		var r news.Review
		if err := unsealJSON(v, &r); err != nil {
			return c.found("review %q: %v", k, err)
		}
		if tx.Bucket(bucketItems).Get([]byte(r.Item)) == nil {
			return c.found("review %q is of an item that is not there", k)
		}
		if by := tx.Bucket(bucketReviewTimes).Get(reviewTimeKey(&r, k)); string(by) != r.By {
			return c.found("review %q is missing from reviews_by_time", k)
		}
		if noted := tx.Bucket(bucketWeighed).Get(k) != nil; noted != (r.Verdict == news.Weigh) {
			return c.found("weighed has %q, or lacks it, against the review", k)
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = c.each(tx.Bucket(bucketReviewTimes), func(_, _ []byte) error { times++; return nil })
	if err == nil && times != n {
		err = c.found("reviews_by_time has %d entries for %d reviews", times, n)
	}
	if err != nil {
		return err
	}
	return c.each(tx.Bucket(bucketReviewKeys), func(k, v []byte) error {
		if tx.Bucket(bucketReviews).Get(v) == nil {
			return c.found("the key %q of a review leads nowhere", k)
		}
		return nil
	})
}

// records reads the checksum of every record that no other part reads.
func (c *checker) records(tx *bbolt.Tx) error {
	for _, bucket := range [][]byte{bucketTexts, bucketEvidence, bucketSources, bucketAdded, bucketBackfills, bucketClaims, bucketRuns, bucketCompiled, bucketToldIn, bucketTold, bucketMessages, bucketBodies,
		bucketSubscriptions, bucketSecrets, bucketProfiles, bucketUsers, bucketPasses, bucketRelations, bucketSamples, bucketHistory} {
		err := c.each(tx.Bucket(bucket), func(k, v []byte) error {
			if _, err := unseal(v); err != nil {
				return c.found("%s/%q: %v", bucket, k, err)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// everything touches every key and value of every bucket.
func (c *checker) everything(tx *bbolt.Tx) error {
	var walk func(b *bbolt.Bucket) error
	walk = func(b *bbolt.Bucket) error {
		return c.each(b, func(k, v []byte) error {
			if inner := b.Bucket(k); v == nil && inner != nil {
				return walk(inner)
			}
			checksum(v)
			return nil
		})
	}
	return tx.ForEach(func(_ []byte, b *bbolt.Bucket) error { return walk(b) })
}

// pages is bbolt's own check. It reads the list of free pages, so writers wait
// until it is done.
func (c *checker) pages() (err error) {
	defer c.guard(&err, "checking the pages")
	tx, err := c.db.Begin(true)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var failed error
	for err := range tx.Check() { // to its end: it must not outlive the transaction
		if failed == nil {
			failed = c.found("%v", err)
		}
	}
	return failed
}
