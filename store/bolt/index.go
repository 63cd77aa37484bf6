package bolt

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/RoaringBitmap/roaring/v2"
	bbolt "go.etcd.io/bbolt"

	"silkwire/news"
	"silkwire/search"
)

// The search index is made of the items and may be made anew at any time. Each
// item has a number; numbers are given in the order of arrival, and an item
// whose words change is given a new one. Of the numbers there are
//
//	sets   which items have a value (a concept, an outlet, a state …): a roaring bitmap for every 65,536 numbers
//	pages  what is asked of an item when it is found: its time, its facets …, 256 items on each
//	words  which items have a word, and where in them (see words.go)
//
// All three are written in the transaction that writes the item.

// number is an item in the index.
type number = uint32

const windowBits = 16 // a window is as many numbers as one container of a roaring bitmap holds

var errIndex = errors.New("the search index does not agree with itself; silkwire archive reindex makes it anew")

// indexer writes an index in a transaction. What it changes it keeps until
// flush.
type indexer struct {
	root    *bbolt.Bucket
	partial bool   // it is being made and does not have all items yet
	next    number // the next to be given
	pages   map[number]*page
	sets    map[string]*roaring.Bitmap
	values  map[string]uint32
	words   *wordBuilder
}

func newIndexer(root *bbolt.Bucket) (*indexer, error) {
	ix := &indexer{
		root: root, pages: make(map[number]*page), sets: make(map[string]*roaring.Bitmap), values: make(map[string]uint32), words: newWordBuilder(),
	}
	k, v := root.Bucket(bucketPages).Cursor().Last()
	if k == nil {
		return ix, nil
	}
	if len(k) != 4 {
		return nil, bad(bucketPages, k, errIndex)
	}
	view, err := readPage(v)
	ix.next = binary.BigEndian.Uint32(k)*pageItems + number(view.n)
	return ix, bad(bucketPages, k, err)
}

// number returns the number of an item.
func (ix *indexer) number(id news.ItemID) (number, bool) {
	return numberOf(ix.root, id)
}

func numberOf(root *bbolt.Bucket, id news.ItemID) (number, bool) {
	v := root.Bucket(bucketNumbers).Get([]byte(id))
	if len(v) != 4 {
		return 0, false
	}
	return binary.BigEndian.Uint32(v), true
}

// add gives an item, which comes with its text, a number, and puts it into the
// index with these marks.
func (ix *indexer) add(it *news.Item, marks []posting) error {
	n := ix.next
	if n == math.MaxUint32 {
		return errors.New("the search index has no numbers left; silkwire archive reindex makes it anew")
	}
	ix.next++
	if err := ix.root.Bucket(bucketNumbers).Put([]byte(it.ID), binary.BigEndian.AppendUint32(nil, n)); err != nil {
		return err
	}
	if err := ix.putRow(n, it); err != nil {
		return err
	}
	for _, m := range marks {
		if err := ix.mark(m, n, true); err != nil {
			return err
		}
	}
	return ix.words.add(ix.root, n, it)
}

// again gives an item with new words a new number. The words of the old one
// stay; they are of a number that is in no set.
func (ix *indexer) again(n number, before, it *news.Item, marks []posting) error {
	for _, m := range allReviewPostings() {
		said, err := ix.marked(m, n)
		if err != nil {
			return err
		}
		if said {
			marks = append(marks, m)
		}
	}
	for _, m := range append(postings(before), allReviewPostings()...) {
		if err := ix.mark(m, n, false); err != nil {
			return err
		}
	}
	return ix.add(it, marks)
}

// update changes what is known of an item whose words are the same.
func (ix *indexer) update(n number, it *news.Item, had, now []posting) error {
	for _, m := range minus(had, now) {
		if err := ix.mark(m, n, false); err != nil {
			return err
		}
	}
	for _, m := range minus(now, had) {
		if err := ix.mark(m, n, true); err != nil {
			return err
		}
	}
	return ix.putRow(n, it)
}

// mark puts a number into a set or takes it out.
func (ix *indexer) mark(m posting, n number, on bool) error {
	set, err := ix.set(m, n>>windowBits)
	switch {
	case err != nil:
		return err
	case on:
		set.Add(n)
	default:
		set.Remove(n)
	}
	return nil
}

func (ix *indexer) marked(m posting, n number) (bool, error) {
	set, err := ix.set(m, n>>windowBits)
	return err == nil && set.Contains(n), err
}

// set is a mark's set in a window, to be changed.
func (ix *indexer) set(m posting, window number) (*roaring.Bitmap, error) {
	key := m.key(window)
	if set, ok := ix.sets[string(key)]; ok {
		return set, nil
	}
	set := roaring.New()
	if record := ix.root.Bucket(bucketSets).Get(key); record != nil {
		if err := readSet(record, set); err != nil {
			return nil, bad(bucketSets, key, err)
		}
	}
	ix.sets[string(key)] = set
	return set, nil
}

// putRow writes what a page says of an item.
func (ix *indexer) putRow(n number, it *news.Item) error {
	var values []uint32
	var failed error
	search.Values(it, search.Facts{}, func(facet, id string) {
		if !inRows(facet) {
			return
		}
		v, err := ix.value(facet, id)
		failed = errors.Join(failed, err)
		values = append(values, v)
	})
	if failed != nil {
		return failed
	}
	p, err := ix.page(n / pageItems)
	if err != nil {
		return err
	}
	return p.put(int(n%pageItems), it, values)
}

// inRows reports whether the values of a facet stand in the rows. The country
// is the outlet's, and what was reviewed is a set.
func inRows(facet string) bool { return facet != "country" && facet != "review" }

func (ix *indexer) page(at number) (*page, error) {
	if p, ok := ix.pages[at]; ok {
		return p, nil
	}
	p := new(page)
	if v := ix.root.Bucket(bucketPages).Get(binary.BigEndian.AppendUint32(nil, at)); v != nil {
		if err := p.read(v); err != nil {
			return nil, bad(bucketPages, binary.BigEndian.AppendUint32(nil, at), err)
		}
	}
	ix.pages[at] = p
	return p, nil
}

// value returns the number of a facet's value, a new one if it has none.
func (ix *indexer) value(facet, id string) (uint32, error) {
	key := string(joined(facet, id))
	if v, ok := ix.values[key]; ok {
		return v, nil
	}
	b := ix.root.Bucket(bucketValues)
	if v := b.Get([]byte(key)); len(v) == 4 {
		ix.values[key] = binary.BigEndian.Uint32(v)
		return ix.values[key], nil
	}
	names := ix.root.Bucket(bucketNames)
	var v uint32
	if k, _ := names.Cursor().Last(); len(k) == 4 {
		v = binary.BigEndian.Uint32(k) + 1
	}
	ix.values[key] = v
	as := binary.BigEndian.AppendUint32(nil, v)
	return v, errors.Join(b.Put([]byte(key), as), names.Put(as, []byte(key)))
}

// flush writes what was changed.
func (ix *indexer) flush() error {
	pages := ix.root.Bucket(bucketPages)
	for at, p := range ix.pages {
		if err := pages.Put(binary.BigEndian.AppendUint32(nil, at), p.record()); err != nil {
			return err
		}
	}
	sets := ix.root.Bucket(bucketSets)
	for key, set := range ix.sets {
		if set.IsEmpty() {
			if err := sets.Delete([]byte(key)); err != nil {
				return err
			}
			continue
		}
		record, err := setRecord(set)
		if err != nil {
			return err
		}
		if err := sets.Put([]byte(key), record); err != nil {
			return err
		}
	}
	return ix.words.flush(ix.root)
}

const worthRuns = 512 // a smaller set is not looked at for runs

func setRecord(set *roaring.Bitmap) ([]byte, error) {
	if set.GetCardinality() >= worthRuns {
		set.RunOptimize()
	}
	b, err := set.ToBytes()
	return seal(b), err
}

// readSet adds a record to a set.
func readSet(record []byte, into *roaring.Bitmap) error {
	b, err := unseal(record)
	if err != nil {
		return err
	}
	if into.IsEmpty() {
		return into.UnmarshalBinary(b)
	}
	part := roaring.New()
	if err := part.UnmarshalBinary(b); err != nil {
		return err
	}
	into.Or(part)
	return nil
}
