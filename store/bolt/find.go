package bolt

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	bbolt "go.etcd.io/bbolt"

	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
)

// Item keeps the promise of [store.Items].
func (s *Store) Item(ctx context.Context, id news.ItemID) (news.Item, error) {
	var it news.Item
	err := s.view(ctx, "read item "+string(id), func(tx *bbolt.Tx) (err error) {
		it, err = s.readItem(tx, id, true, true)
		return err
	})
	if err != nil {
		return news.Item{}, err
	}
	return it, nil
}

// readItem reads an item with or without its text and evidence.
func (s *Store) readItem(tx *bbolt.Tx, id news.ItemID, text, withEvidence bool) (news.Item, error) {
	var e entry
	if err := readEntry(tx, id, &e); err != nil {
		return news.Item{}, err
	}
	if text {
		b, err := s.codec.getPacked(tx, bucketTexts, []byte(id))
		if err != nil {
			return news.Item{}, err
		}
		e.Item.Text = string(b)
	}
	if withEvidence {
		if err := s.readEvidence(tx, &e.Item); err != nil {
			return news.Item{}, err
		}
	}
	return e.Item, nil
}

func (s *Store) readEvidence(tx *bbolt.Tx, it *news.Item) error {
	var ev evidence
	found, err := s.codec.getPackedJSON(tx, bucketEvidence, []byte(it.ID), &ev)
	if err != nil {
		return err
	}
	if !found && len(it.Tagging.Tags) == 0 && len(it.Tagging.Events) == 0 {
		return nil
	}
	return bad(bucketEvidence, []byte(it.ID), ev.restore(it))
}

// Revisions keeps the promise of [store.Items]. An item that is not there has none.
func (s *Store) Revisions(ctx context.Context, id news.ItemID) ([]news.Revision, error) {
	var list []news.Revision
	err := s.view(ctx, "read revisions of "+string(id), func(tx *bbolt.Tx) error {
		prefix := joined(string(id), "")
		c := tx.Bucket(bucketRevisions).Cursor()
		for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
			var rev news.Revision
			if err := s.codec.unpackJSON(v, &rev); err != nil {
				return bad(bucketRevisions, k, err)
			}
			list = append(list, rev)
		}
		return nil
	})
	slices.Reverse(list)
	return list, err
}

const defaultLimit = 50

// Find keeps the promise of [store.Items]. It walks the narrowest index that
// the query leaves and asks of every candidate what [search.Query.Match] would.
func (s *Store) Find(ctx context.Context, q store.Query) (store.Page, error) {
	cursor, err := parseCursor(q.Cursor)
	if err != nil {
		return store.Page{}, err
	}
	f := &finder{Store: s, ctx: ctx, q: q, cursor: cursor, limit: q.Limit}
	if f.limit <= 0 {
		f.limit = defaultLimit
	}
	if q.Sort == store.Best {
		return s.findBest(ctx, q, f.limit)
	}
	err = s.view(ctx, "find items", f.run)
	if err != nil {
		return store.Page{}, err
	}
	if q.Facets {
		f.page.Facets, err = s.countFacets(ctx, q)
	}
	return f.page, err
}

// findBest orders all that match by their score.
func (s *Store) findBest(ctx context.Context, q store.Query, limit int) (store.Page, error) {
	type scored struct {
		key []byte
		id  news.ItemID
	}
	var all []scored
	ask := q
	ask.Sort, ask.WithText = store.Newest, false
	err := s.Each(ctx, ask, func(it *news.Item) error {
		score := q.Search.Score(it, search.Facts{Contains: s.opts.Contains})
		all = append(all, scored{append(binary.BigEndian.AppendUint32(nil, uint32(score)), sortKey(it.Time(), it.ID)...), it.ID})
		return nil
	})
	if err != nil {
		return store.Page{}, err
	}
	slices.SortFunc(all, func(a, b scored) int { return bytes.Compare(b.key, a.key) })
	page := store.Page{}
	if q.Count {
		page.Total = len(all)
	}
	start, err := parseCursor(q.Cursor)
	if err != nil {
		return store.Page{}, err
	}
	if start != nil {
		all = slices.DeleteFunc(all, func(x scored) bool { return bytes.Compare(x.key, start) >= 0 })
	}
	if len(all) > limit {
		all = all[:limit]
		page.Next = cursorEncoding.EncodeToString(all[limit-1].key)
	}
	err = s.view(ctx, "find items", func(tx *bbolt.Tx) error {
		for _, x := range all {
			it, err := s.readItem(tx, x.id, q.WithText, q.WithText)
			if err != nil {
				return err
			}
			page.Items = append(page.Items, it)
		}
		return nil
	})
	if err == nil && q.Facets {
		page.Facets, err = s.countFacets(ctx, q)
	}
	return page, err
}

// Each keeps the promise of [store.Items].
func (s *Store) Each(ctx context.Context, q store.Query, fn func(*news.Item) error) error {
	q.Limit, q.Cursor, q.Count, q.Facets = 500, "", false, false
	for {
		page, err := s.Find(ctx, q)
		if err != nil {
			return err
		}
		for i := range page.Items {
			if err := fn(&page.Items[i]); err != nil {
				return err
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return nil
		}
	}
}

// countFacets counts the values of all that match.
func (s *Store) countFacets(ctx context.Context, q store.Query) (map[string][]store.FacetCount, error) {
	counts := make(map[string]map[string]int)
	for _, name := range search.Facets() {
		counts[name] = make(map[string]int)
	}
	q.WithText, q.Sort = false, store.Newest
	err := s.Each(ctx, q, func(it *news.Item) error {
		reviewed := false
		err := s.view(ctx, "count", func(tx *bbolt.Tx) error {
			w := writer{Tx: tx}
			reviewed = w.reviewed(sortKey(it.Time(), it.ID))
			return nil
		})
		search.Values(it, search.Facts{Country: s.opts.Country(it.Outlet), Reviewed: reviewed}, func(facet, id string) { counts[facet][id]++ })
		return err
	})
	facets := make(map[string][]store.FacetCount)
	for name, values := range counts {
		list := make([]store.FacetCount, 0, len(values))
		for id, n := range values {
			list = append(list, store.FacetCount{ID: id, Count: n})
		}
		slices.SortFunc(list, func(a, b store.FacetCount) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.ID, b.ID))
		})
		facets[name] = list
	}
	return facets, err
}

// finder is one Find under way.
type finder struct {
	*Store
	ctx    context.Context
	tx     *bbolt.Tx
	q      store.Query
	cursor []byte // only what sorts before this is on the page; nil: all
	limit  int
	match  matcher
	inside bool // every candidate is in the window of first-seen times

	words    news.Item // language and words of the candidate at wordsKey
	wordsKey []byte

	seen int
	last []byte // sort key of the page's last item
	page store.Page
	more bool
	err  error
}

func (f *finder) run(tx *bbolt.Tx) error {
	f.tx = tx
	from, to := bounds(f.q.Search.Root)
	if f.cursor != nil && !f.q.Count && (to == nil || bytes.Compare(f.cursor, to) < 0) {
		to = f.cursor
	}
	planner := planner{tx, f.opts.Country, f.contains}
	f.match = planner.matcher(f.q.Search.Root)
	f.walk(planner.query(f.q.Search), from, to)
	if f.more {
		f.page.Next = cursorEncoding.EncodeToString(f.last)
	}
	return f.err
}

// walk looks at the items of the window of first-seen times, or at the plan's
// candidates where those are fewer or there is no window.
func (f *finder) walk(made plan, from, to []byte) {
	window, whole := f.window(made.cost)
	if !whole {
		made.walk(f.tx, from, to, f.candidate)
		return
	}
	f.inside = true
	for _, key := range window {
		if within(key, from, to) && !f.candidate(key) {
			return
		}
	}
}

// window returns the sort keys of what was first seen in the window, newest
// first, or false where there is no window or more than most in it.
func (f *finder) window(most uint64) (keys [][]byte, whole bool) {
	if f.q.FetchedFrom.IsZero() && f.q.FetchedTo.IsZero() {
		f.inside = true
		return nil, false
	}
	c := f.tx.Bucket(bucketIndex).Bucket([]byte(bySeen)).Cursor()
	var end []byte
	if !f.q.FetchedTo.IsZero() {
		end = timeKey(f.q.FetchedTo)
	}
	for k, v := c.Seek(timeKey(f.q.FetchedFrom)); k != nil && (end == nil || bytes.Compare(k, end) < 0); k, v = c.Next() {
		if uint64(len(keys)) >= most {
			return nil, false
		}
		if len(v) < timeSize {
			f.err = bad(bucketIndex, k, errMissing)
			return nil, true
		}
		keys = append(keys, append(slices.Clone(v[:timeSize]), idOf(k)...))
	}
	slices.SortFunc(keys, func(a, b []byte) int { return bytes.Compare(b, a) })
	return keys, true
}

// candidate takes one candidate, newest first, and reports whether to go on.
func (f *finder) candidate(key []byte) bool {
	if f.seen++; f.seen%256 == 0 && f.ctx.Err() != nil {
		f.err = f.ctx.Err()
		return false
	}
	if !f.match(key) || f.err != nil {
		return f.err == nil
	}
	wanted := len(f.page.Items) < f.limit && (f.cursor == nil || bytes.Compare(key, f.cursor) < 0)
	if f.inside && !wanted {
		return f.matched(key, nil)
	}
	it, err := f.readItem(f.tx, idOf(key), wanted && f.q.WithText, wanted && f.q.WithText)
	if err != nil {
		f.err = dangling(key, err)
		return false
	}
	if !f.inWindow(&it) {
		return true
	}
	if !wanted {
		return f.matched(key, nil)
	}
	return f.matched(key, &it)
}

// contains reads the words of a candidate, once, and looks for a phrase.
func (f *finder) contains(key []byte, phrase []string) bool {
	if !bytes.Equal(key, f.wordsKey) {
		f.wordsKey = slices.Clone(key)
		if f.words, f.err = f.readWords(f.tx, idOf(key)); f.err != nil {
			f.err = dangling(key, f.err)
		}
	}
	return f.err == nil && f.opts.Contains(&f.words, phrase)
}

// readWords reads of an item only what [Options.Contains] is promised.
func (s *Store) readWords(tx *bbolt.Tx, id news.ItemID) (news.Item, error) {
	it := news.Item{ID: id}
	record := tx.Bucket(bucketItems).Get([]byte(id))
	if record == nil {
		return it, store.ErrNotFound
	}
	if _, err := skim(record, &it); err != nil {
		return it, bad(bucketItems, []byte(id), err)
	}
	text, err := s.codec.getPacked(tx, bucketTexts, []byte(id))
	it.Text = string(text)
	return it, err
}

// dangling is the error of an index entry whose item cannot be read.
func dangling(key []byte, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return bad(bucketIndex, key, errMissing)
	}
	return err
}

func (f *finder) inWindow(it *news.Item) bool {
	return (f.q.FetchedFrom.IsZero() || !it.Fetched.Before(f.q.FetchedFrom)) && (f.q.FetchedTo.IsZero() || it.Fetched.Before(f.q.FetchedTo))
}

// matched notes a match, which is on the page unless it is nil, and reports
// whether to go on.
func (f *finder) matched(key []byte, it *news.Item) bool {
	f.page.Total++
	switch {
	case it != nil:
		f.page.Items = append(f.page.Items, *it)
		f.last = slices.Clone(key)
	case len(f.page.Items) == f.limit:
		f.more = true
	}
	if f.q.Count {
		return true
	}
	f.page.Total = 0
	return !f.more
}

var cursorEncoding = base32.HexEncoding.WithPadding(base32.NoPadding)

// parseCursor reads a page's cursor: the sort key of its last item.
func parseCursor(s string) ([]byte, error) {
	if s == "" {
		return nil, nil
	}
	key, err := cursorEncoding.DecodeString(strings.ToUpper(s))
	if err != nil || len(key) <= timeSize {
		return nil, fmt.Errorf("%q: %w", s, store.ErrCursor)
	}
	return key, nil
}
