package bolt

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"

	"github.com/RoaringBitmap/roaring/v2"
	bbolt "go.etcd.io/bbolt"

	"silkwire/news"
	"silkwire/review"
	"silkwire/search"
	"silkwire/text"
)

// searchIndex makes the search index again in memory, window after window, and
// compares.
func (c *checker) searchIndex(tx *bbolt.Tx) error {
	root := tx.Bucket(bucketSearch)
	e := evaluator{ctx: c.ctx, root: root}
	alive := e.all()
	if e.err != nil {
		return c.found("the search index: %v", e.err)
	}
	items := uint64(c.keys[string(joined(total, string(bucketItems)))])
	if n := uint64(root.Bucket(bucketNumbers).Stats().KeyN); n != items || alive.GetCardinality() != items {
		if err := c.found("the search index has %d numbers for %d items, %d of them in its sets", n, items, alive.GetCardinality()); err != nil {
			return err
		}
	}
	next := number(0)
	if ix, err := newIndexer(root); err != nil {
		return c.found("the search index: %v", err)
	} else if ix.next > 0 {
		next = ix.next - 1
	}
	for window := number(0); window <= next>>windowBits; window++ {
		w := &windowCheck{checker: c, tx: tx, evaluator: e, alive: alive, window: window, sets: make(map[string]*roaring.Bitmap), seed: maphash.MakeSeed()}
		if err := w.check(); err != nil {
			return err
		}
	}
	return nil
}

// windowCheck is a window of the search index being made again.
type windowCheck struct {
	*checker
	evaluator
	tx     *bbolt.Tx
	alive  *roaring.Bitmap
	window number
	sets   map[string]*roaring.Bitmap
	seed   maphash.Seed
	words  uint64 // of every word at every place, summed
	doc    text.Doc
}

func (w *windowCheck) check() error {
	low := uint64(w.window) << windowBits
	some := w.alive.Clone()
	some.RemoveRange(0, low)
	some.RemoveRange(low+1<<windowBits, 1<<32)
	var failed error
	w.evaluator.each(some, func(n number, p *pageView, i int) bool {
		failed = w.item(n, p, i)
		return failed == nil
	})
	if failed != nil {
		return failed
	}
	if w.err != nil {
		return w.found("the search index: %v", w.err)
	}
	if err := w.pages(); err != nil {
		return err
	}
	if err := w.compareSets(); err != nil {
		return err
	}
	return w.compareWords(some)
}

// item takes an item as it should be in the index.
func (w *windowCheck) item(n number, p *pageView, i int) error {
	id := p.row(i).id()
	if have, ok := numberOf(w.root, id); !ok || have != n {
		return w.found("item %q has the number %d in the search index, and the other way round it is %d", id, n, have)
	}
	it, err := w.readItem(w.tx, id, true, false)
	if err != nil {
		return w.found("item %q of the search index: %v", id, err)
	}
	marks := postings(&it)
	said, err := reviewsOf(w.tx, id)
	if err != nil {
		return w.found("reviews of item %s: %v", id, err)
	}
	read := review.Read(said)
	marks = append(marks, reviewPostings(&read)...)
	for _, m := range marks {
		key := string(m.key(w.window))
		if w.sets[key] == nil {
			w.sets[key] = roaring.New()
		}
		w.sets[key].Add(n)
	}
	search.Scan(&w.doc, it.Title, func(k int, word []byte) { w.word(wordKey(string(word)), at(n, false, uint64(k))) })
	search.Scan(&w.doc, it.Body(), func(k int, word []byte) { w.word(wordKey(string(word)), at(n, true, uint64(k))) })
	if !w.rowAgrees(p, i, &it) {
		return w.found("item %s: its page in the search index says something else", id)
	}
	return nil
}

func (w *windowCheck) word(key []byte, p place) {
	w.words += maphash.Bytes(w.seed, key) * (2*uint64(p) + 1)
}

func (w *windowCheck) rowAgrees(p *pageView, i int, it *news.Item) bool {
	var values []uint32
	known := true
	search.Values(it, search.Facts{}, func(facet, id string) {
		if !inRows(facet) {
			return
		}
		v := w.root.Bucket(bucketValues).Get(joined(facet, id))
		if len(v) != 4 || !bytes.Equal(w.root.Bucket(bucketNames).Get(v), joined(facet, id)) {
			known = false
			return
		}
		values = append(values, binary.BigEndian.Uint32(v))
	})
	var should page
	return known && should.put(0, it, values) == nil && bytes.Equal(should.rows[0], p.row(i)) &&
		should.times[0] == key(p.times, i) && should.fetched[0] == key(p.fetched, i) && should.relevance[0] == key(p.relevance, i)
}

// pages looks at the checksums.
func (w *windowCheck) pages() error {
	c := w.root.Bucket(bucketPages).Cursor()
	for k, v := c.Seek(pageKey(w.window << windowBits / pageItems)); k != nil; k, v = c.Next() {
		if len(k) != 4 || binary.BigEndian.Uint32(k)>>(windowBits-8) > w.window {
			break
		}
		if _, err := unseal(v); err != nil {
			return w.found("%s/%q: %v", bucketPages, k, err)
		}
	}
	return nil
}

// compareSets holds every set of the window against what it should be.
func (w *windowCheck) compareSets() error {
	err := w.checker.each(w.root.Bucket(bucketSets), func(k, record []byte) error {
		if len(k) < windowSize || number(binary.BigEndian.Uint16(k[len(k)-windowSize:])) != w.window {
			return nil
		}
		set := roaring.New()
		if err := readSet(record, set); err != nil {
			return w.found("%s/%q: %v", bucketSets, k, err)
		}
		should := w.sets[string(k)]
		delete(w.sets, string(k))
		if should == nil || !should.Equals(set) {
			return w.found("the set %q of the search index does not agree with the items", k)
		}
		return nil
	})
	for k := range w.sets {
		if err == nil {
			err = w.found("the set %q of the search index is missing", k)
		}
	}
	return err
}

// compareWords holds the words of the blocks against those of the items.
func (w *windowCheck) compareWords(alive *roaring.Bitmap) error {
	blocks, err := blocksOf(w.root, w.window)
	if err != nil {
		return w.found("the search index: %v", err)
	}
	var have windowCheck
	have.seed = w.seed
	var places []place
	for _, b := range blocks {
		r := readWords(w.root, b, nil)
		for r.next() {
			ok := r.eachItem(w.window, nil, func(n number, list []byte) {
				if !alive.Contains(n) {
					return
				}
				places = appendPlaces(places[:0], n, list, 0, false)
				for _, p := range places {
					have.word(r.key, p)
				}
			})
			if !ok {
				r.broken()
			}
		}
		if r.err != nil {
			return w.found("the search index: %v", r.err)
		}
	}
	if have.words != w.words {
		return w.found("the words of the search index do not agree with those of the items (numbers from %d)", w.window<<windowBits)
	}
	return nil
}
