package bolt

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	bbolt "go.etcd.io/bbolt"

	"silkwire/news"
	"silkwire/review"
	"silkwire/search"
	"silkwire/store"
)

func numbered(id news.ItemID, number int) []byte {
	return binary.BigEndian.AppendUint32(joined(string(id), ""), uint32(number))
}

// nextNumber is the first that no key of an item in the bucket has.
func nextNumber(b *bbolt.Bucket, id news.ItemID) int {
	prefix := joined(string(id), "")
	k := lastOf(b, prefix)
	if len(k) != len(prefix)+4 {
		return 0
	}
	return int(binary.BigEndian.Uint32(k[len(prefix):])) + 1
}

func reviewTimeKey(r *news.Review, key []byte) []byte { return append(timeKey(r.At), key...) }

// Review keeps the promise of [store.Reviews].
func (s *Store) Review(ctx context.Context, id news.ItemID, said ...news.Review) ([]news.Review, error) {
	var kept []news.Review
	now := s.opts.Now().UTC()
	err := s.update(ctx, "keep reviews of item "+string(id), func(w *writer) error {
		rv := &reviewer{writer: w, item: id, now: now}
		if err := rv.begin(); err != nil {
			return err
		}
		for _, r := range said {
			if err := rv.add(r); err != nil {
				return err
			}
		}
		kept = rv.kept
		return rv.end()
	})
	if err != nil {
		return nil, err
	}
	return kept, nil
}

// reviewer is one Review under way.
type reviewer struct {
	*writer
	item news.ItemID
	now  time.Time
	all  []news.Review // of the item
	next int
	kept []news.Review
}

func (rv *reviewer) begin() (err error) {
	var e entry
	if err := readEntry(rv.Tx, rv.item, &e); err != nil {
		return err
	}
	rv.next = nextNumber(rv.Bucket(bucketReviews), rv.item)
	rv.all, err = reviewsOf(rv.Tx, rv.item)
	return err
}

func (rv *reviewer) add(r news.Review) error {
	if strings.ContainsRune(r.By, 0) {
		return errors.New("a zero byte in the name of an analyst")
	}
	if was, ok, err := rv.before(&r); ok || err != nil {
		rv.kept = append(rv.kept, was)
		return err
	}
	if r.At.IsZero() {
		r.At = rv.now
	}
	r.At = r.At.UTC()
	r.Item, r.ID = rv.item, fmt.Sprintf("%s.%06d", rv.item, rv.next)
	if err := r.Valid(); err != nil {
		return err
	}
	if r.Verdict == news.Undo && !rv.stands(r.Undoes, r.By) {
		return fmt.Errorf("no review %s of %s stands: %w", r.Undoes, r.By, store.ErrNotFound)
	}
	key := numbered(rv.item, rv.next)
	if err := rv.putJSON(bucketReviews, key, r); err != nil {
		return err
	}
	if err := rv.put(bucketReviewTimes, reviewTimeKey(&r, key), []byte(r.By)); err != nil {
		return err
	}
	if r.Key != "" {
		if err := rv.put(bucketReviewKeys, joined(r.By, r.Key), key); err != nil {
			return err
		}
	}
	if r.Verdict == news.Weigh {
		if err := rv.put(bucketWeighed, key, []byte(r.By)); err != nil {
			return err
		}
	}
	rv.count(total, string(bucketReviews), 1)
	rv.next++
	rv.all, rv.kept = append(rv.all, r), append(rv.kept, r)
	return nil
}

// before finds the review that the analyst sent under the same key.
func (rv *reviewer) before(r *news.Review) (was news.Review, ok bool, err error) {
	if r.Key == "" {
		return was, false, nil
	}
	key := rv.Bucket(bucketReviewKeys).Get(joined(r.By, r.Key))
	if key == nil {
		return was, false, nil
	}
	ok, err = getJSON(rv.Tx, bucketReviews, key, &was)
	switch {
	case err == nil && !ok:
		err = bad(bucketReviewKeys, key, errMissing)
	case err == nil && was.Item != rv.item:
		err = fmt.Errorf("the key %q stands for a review of item %s: %w", r.Key, was.Item, store.ErrExists)
	}
	return was, true, err
}

func (rv *reviewer) stands(id, by string) bool {
	return slices.ContainsFunc(review.Standing(rv.all), func(r news.Review) bool { return r.ID == id && r.By == by })
}

// end moves the item in the index to where its reviews want it.
func (rv *reviewer) end() error {
	read := review.Read(rv.all)
	return rv.setStates(rv.item, &read)
}

// noteStates notes what reviews say of all items, for an archive whose index
// knows less of it.
func (w *writer) noteStates() error {
	var last news.ItemID
	c := w.Bucket(bucketReviews).Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		item, _, _ := bytes.Cut(k, []byte{0})
		id := news.ItemID(item)
		if id == last {
			continue
		}
		last = id
		all, err := reviewsOf(w.Tx, id)
		if err != nil {
			return err
		}
		read := review.Read(all)
		if err := w.setStates(id, &read); err != nil {
			return err
		}
	}
	return w.put(bucketMeta, keyStates, uint64Bytes(1))
}

func reviewsOf(tx *bbolt.Tx, id news.ItemID) ([]news.Review, error) {
	var list []news.Review
	prefix := joined(string(id), "")
	c := tx.Bucket(bucketReviews).Cursor()
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
		var r news.Review
		if err := unsealJSON(v, &r); err != nil {
			return nil, bad(bucketReviews, k, err)
		}
		list = append(list, r)
	}
	return list, nil
}

// ReviewsOf keeps the promise of [store.Reviews].
func (s *Store) ReviewsOf(ctx context.Context, id news.ItemID) (list []news.Review, err error) {
	err = s.view(ctx, "read reviews of "+string(id), func(tx *bbolt.Tx) (err error) {
		list, err = reviewsOf(tx, id)
		return err
	})
	return list, err
}

// RecentReviews keeps the promise of [store.Reviews].
func (s *Store) RecentReviews(ctx context.Context, by string, n int) ([]news.Review, error) {
	var list []news.Review
	err := s.view(ctx, "read recent reviews", func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketReviewTimes).Cursor()
		for k, who := c.Last(); k != nil && (n <= 0 || len(list) < n); k, who = c.Prev() {
			if by != "" && string(who) != by {
				continue
			}
			var r news.Review
			if len(k) <= timeSize {
				return bad(bucketReviewTimes, k, errShort)
			}
			ok, err := getJSON(tx, bucketReviews, k[timeSize:], &r)
			if err == nil && !ok {
				err = bad(bucketReviewTimes, k, errMissing)
			}
			if err != nil {
				return err
			}
			list = append(list, r)
		}
		return nil
	})
	return list, err
}

// Weighed keeps the promise of [store.Reviews].
func (s *Store) Weighed(ctx context.Context) (map[news.ItemID][]news.Review, error) {
	found := map[news.ItemID][]news.Review{}
	err := s.view(ctx, "read what events were weighed", func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketWeighed).ForEach(func(k, _ []byte) error {
			item, _, _ := bytes.Cut(k, []byte{0})
			id := news.ItemID(item)
			if _, read := found[id]; read {
				return nil
			}
			all, err := reviewsOf(tx, id)
			found[id] = slices.DeleteFunc(review.Standing(all), func(r news.Review) bool { return r.Verdict != news.Weigh })
			return err
		})
	})
	maps.DeleteFunc(found, func(_ news.ItemID, list []news.Review) bool { return len(list) == 0 })
	return found, err
}

// Draw keeps the promise of [store.Reviews]. The population is walked in the
// index only.
func (s *Store) Draw(ctx context.Context, sample store.Sample, frame search.Query) (store.Sample, error) {
	sum := sha256.Sum256(joined(sample.Name, sample.Query, sample.Seed))
	sample.ID = strings.ToLower(base32.StdEncoding.EncodeToString(sum[:5]))
	key := []byte(sample.ID)
	there := false
	err := s.view(ctx, "draw a sample", func(tx *bbolt.Tx) (err error) {
		var was store.Sample
		if there, err = getJSON(tx, bucketSamples, key, &was); there || err != nil {
			sample = was
			return err
		}
		draw := review.NewDraw(sample.Seed, sample.Size)
		sample.Sequence = toUint64(tx.Bucket(bucketMeta).Get(keySequence))
		if err := s.eachID(ctx, tx, frame, draw.Offer); err != nil {
			return err
		}
		sample.Population, sample.Items = draw.Population(), draw.Items()
		return nil
	})
	if there || err != nil {
		return sample, err
	}
	if sample.Drawn.IsZero() {
		sample.Drawn = s.opts.Now()
	}
	sample.Drawn = sample.Drawn.UTC()
	err = s.update(ctx, "keep a sample", func(w *writer) error {
		if w.Bucket(bucketSamples).Get(key) != nil {
			_, err := getJSON(w.Tx, bucketSamples, key, &sample)
			return err
		}
		return w.putJSON(bucketSamples, key, sample)
	})
	return sample, err
}

// eachID calls offer with every item that matches, without reading the items.
func (s *Store) eachID(ctx context.Context, tx *bbolt.Tx, q search.Query, offer func(news.ItemID)) error {
	f := s.finder(ctx, tx, store.Query{Search: q})
	for _, h := range f.sorted(f.find()) {
		offer(f.idOf(&h))
	}
	return f.err
}

// Samples keeps the promise of [store.Reviews].
func (s *Store) Samples(ctx context.Context) ([]store.Sample, error) {
	var list []store.Sample
	err := s.view(ctx, "read the samples", func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketSamples).ForEach(func(k, v []byte) error {
			var sample store.Sample
			if err := unsealJSON(v, &sample); err != nil {
				return bad(bucketSamples, k, err)
			}
			list = append(list, sample)
			return nil
		})
	})
	slices.SortStableFunc(list, func(a, b store.Sample) int { return b.Drawn.Compare(a.Drawn) })
	return list, err
}

// putHistory notes what comes and goes by a new tagging of an item. The first
// tagging of all is no change.
func (w *writer) putHistory(it *news.Item, to *news.Tagging, at time.Time) error {
	changed, any := news.Compare(&it.Tagging, to)
	if !any || !isTagged(it.Tagging) {
		return nil
	}
	changed.At, changed.Revision = at.UTC(), it.Revision
	return w.putJSON(bucketHistory, numbered(it.ID, nextNumber(w.Bucket(bucketHistory), it.ID)), changed)
}

// History keeps the promise of [store.Reviews].
func (s *Store) History(ctx context.Context, id news.ItemID) ([]news.Retagging, error) {
	var list []news.Retagging
	err := s.view(ctx, "read the history of "+string(id), func(tx *bbolt.Tx) error {
		prefix := joined(string(id), "")
		c := tx.Bucket(bucketHistory).Cursor()
		for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
			var r news.Retagging
			if err := unsealJSON(v, &r); err != nil {
				return bad(bucketHistory, k, err)
			}
			list = append(list, r)
		}
		return nil
	})
	slices.Reverse(list)
	return list, err
}
