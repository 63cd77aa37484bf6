package bolt

import (
	"bytes"
	"cmp"
	"container/heap"
	"context"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
	bbolt "go.etcd.io/bbolt"

	"silkwire/news"
	"silkwire/review"
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

// Find keeps the promise of [store.Items]. What matches, how many there are,
// their order and their facets are read from the search index; of the items
// only those of the page are read.
func (s *Store) Find(ctx context.Context, q store.Query) (store.Page, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	var page store.Page
	err := s.view(ctx, "find items", func(tx *bbolt.Tx) error {
		f := s.finder(ctx, tx, q)
		cursor, err := f.parseCursor(q.Cursor)
		if err != nil {
			return err
		}
		found := f.find()
		top := f.first(found, cursor, limit+1)
		if q.Count {
			page.Total = int(found.GetCardinality())
		}
		if q.Facets {
			page.Facets = f.facets(found)
		}
		if f.err != nil {
			return f.err
		}
		if len(top) > limit {
			top = top[:limit]
			page.Next = f.cursor(&top[limit-1])
		}
		for i := range top {
			it, err := f.read(&top[i])
			if err != nil {
				return err
			}
			page.Items = append(page.Items, it)
		}
		return nil
	})
	if err != nil {
		return store.Page{}, err
	}
	return page, nil
}

// Each keeps the promise of [store.Items].
func (s *Store) Each(ctx context.Context, q store.Query, fn func(*news.Item) error) error {
	var failed error // of fn: it tells nothing of the archive
	err := s.view(ctx, "walk items", func(tx *bbolt.Tx) error {
		f := s.finder(ctx, tx, q)
		list := f.sorted(f.find())
		if f.err != nil {
			return f.err
		}
		for i := range list {
			if err := ctx.Err(); err != nil {
				return err
			}
			it, err := f.read(&list[i])
			if err != nil {
				return err
			}
			if failed = fn(&it); failed != nil {
				return nil
			}
		}
		return nil
	})
	return cmp.Or(failed, err)
}

// finder is one Find under way.
type finder struct {
	evaluator
	*Store
	tx     *bbolt.Tx
	q      store.Query
	titles []*roaring.Bitmap // by each word or phrase: which have it in the title
}

func (s *Store) finder(ctx context.Context, tx *bbolt.Tx, q store.Query) *finder {
	return &finder{
		evaluator: evaluator{
			ctx: ctx, root: tx.Bucket(bucketSearch), country: s.opts.Country,
			blocks: make(map[number][]block), accepted: make(map[*search.Form]map[string]bool),
			bytes: make(map[*search.Form]int), titled: make(map[string]*roaring.Bitmap),
		},
		Store: s, tx: tx, q: q,
	}
}

// find returns the numbers that match.
func (f *finder) find() *roaring.Bitmap {
	found := f.evaluator.find(f.q.Search.Root)
	if !f.q.FetchedFrom.IsZero() || !f.q.FetchedTo.IsZero() {
		from, to := bounds(search.Date{From: f.q.FetchedFrom, To: f.q.FetchedTo})
		found = f.keep(found, func(p *pageView, i int) bool { return inside(key(p.fetched, i), from, to) })
	}
	if f.q.Sort == store.Best {
		f.findTitles(found)
	}
	return found
}

// readTitles is how many titles are read rather than looked up.
const readTitles = 3000

// findTitles finds out whose titles have which of the words and phrases.
func (f *finder) findTitles(found *roaring.Bitmap) {
	wanted := f.q.Search.Wanted()
	few := found.GetCardinality() <= readTitles
	for _, w := range wanted {
		titles := f.titled[phraseKey(w)]
		switch {
		case few:
			titles = roaring.New()
		case titles == nil:
			titles = f.words(search.Forms(w), found.Clone(), true, nil)
		}
		f.titles = append(f.titles, titles)
	}
	if !few || len(wanted) == 0 {
		return
	}
	f.each(found, func(n number, p *pageView, i int) bool {
		title := news.Item{ID: p.row(i).id()}
		record := f.tx.Bucket(bucketItems).Get([]byte(title.ID))
		if record == nil {
			f.err = bad(bucketIndex, []byte(title.ID), errMissing)
			return false
		}
		if _, err := skim(record, &title); err != nil {
			f.err = bad(bucketItems, []byte(title.ID), err)
			return false
		}
		title.Summary = ""
		for k, w := range wanted {
			if search.Contains(&title, w) {
				f.titles[k].Add(n)
			}
		}
		return true
	})
}

// hit is an item that matches, as it is ordered.
type hit struct {
	score uint32
	time  uint64
	n     number
	id    news.ItemID // where it was asked for
}

// hit reads what orders an item.
func (f *finder) hit(n number, p *pageView, i int) hit {
	h := hit{time: key(p.times, i), n: n}
	if f.q.Sort == store.Doubtful {
		h.score = uint32(max(0, store.Doubt(p.probability(i))))
	}
	if f.q.Sort == store.Best {
		h.score = uint32(search.Percent(p.probability(i)))
		for _, t := range f.titles {
			if t.Contains(n) {
				h.score += 100
			}
		}
	}
	return h
}

// behind reports whether a hit stands behind another without a look at the ids.
func (h *hit) behind(other *hit) bool {
	return h.score < other.score || h.score == other.score && h.time < other.time
}

// compare orders hits, the first of the list as the least.
func (f *finder) compare(a, b *hit) int {
	if c := cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.time, a.time)); c != 0 {
		return c
	}
	return cmp.Compare(f.idOf(b), f.idOf(a))
}

// idOf reads the id of a hit, once.
func (f *finder) idOf(h *hit) news.ItemID {
	if h.id != "" {
		return h.id
	}
	p, err := viewPage(f.root.Bucket(bucketPages), h.n/pageItems)
	if err == nil && int(h.n%pageItems) < p.n {
		h.id = p.row(int(h.n % pageItems)).id()
	}
	if h.id == "" && f.err == nil {
		f.err = cmp.Or(err, bad(bucketPages, pageKey(h.n/pageItems), errIndex))
	}
	return h.id
}

// hits is a heap with the last of the list on top.
type hits struct {
	list []hit
	f    *finder
}

func (h *hits) Len() int           { return len(h.list) }
func (h *hits) Less(i, j int) bool { return h.f.compare(&h.list[i], &h.list[j]) > 0 }
func (h *hits) Swap(i, j int)      { h.list[i], h.list[j] = h.list[j], h.list[i] }

// Push and Pop are for container/heap.
func (h *hits) Push(x any) { h.list = append(h.list, x.(hit)) }
func (h *hits) Pop() any {
	last := h.list[len(h.list)-1]
	h.list = h.list[:len(h.list)-1]
	return last
}

// first returns the first most hits behind a cursor, in order. It looks at the
// best of every page first, and then at the pages with the best.
func (f *finder) first(found *roaring.Bitmap, cursor *hit, most int) []hit {
	top := &hits{f: f}
	for _, best := range f.bestOfPages(found, cursor) {
		if len(top.list) == most && best.behind(&top.list[0]) {
			break
		}
		f.page(found, best.n/pageItems, func(h hit) {
			full := len(top.list) == most
			switch {
			case full && f.compare(&h, &top.list[0]) >= 0:
			case cursor != nil && f.compare(&h, cursor) <= 0:
			case full:
				top.list[0] = h
				heap.Fix(top, 0)
			default:
				heap.Push(top, h)
			}
		})
		if f.err != nil {
			return nil
		}
	}
	slices.SortFunc(top.list, func(a, b hit) int { return f.compare(&a, &b) })
	return top.list
}

// bestOfPages returns, of every page that has some, a hit that no other of the
// page is before, the best first. Hits before the cursor do not count.
func (f *finder) bestOfPages(found *roaring.Bitmap, cursor *hit) []hit {
	var list []hit
	f.each(found, func(n number, p *pageView, i int) bool {
		h := f.hit(n, p, i)
		switch last := len(list) - 1; {
		case cursor != nil && cursor.behind(&h):
		case last < 0 || list[last].n/pageItems != n/pageItems:
			list = append(list, h)
		case list[last].behind(&h):
			list[last] = h
		}
		return true
	})
	slices.SortFunc(list, func(a, b hit) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.time, a.time)) })
	return list
}

// page yields the hits of one page.
func (f *finder) page(found *roaring.Bitmap, at number, yield func(hit)) {
	pages := pageWalk{evaluator: &f.evaluator, pages: f.root.Bucket(bucketPages)}
	it := found.Iterator()
	it.AdvanceIfNeeded(at * pageItems)
	for it.HasNext() && it.PeekNext()/pageItems == at && f.err == nil {
		if n := it.Next(); pages.at(n) {
			yield(f.hit(n, &pages.view, int(n%pageItems)))
		}
	}
}

// sorted returns all hits in order.
func (f *finder) sorted(found *roaring.Bitmap) []hit {
	list := make([]hit, 0, found.GetCardinality())
	f.each(found, func(n number, p *pageView, i int) bool {
		list = append(list, f.hit(n, p, i))
		return true
	})
	slices.SortFunc(list, func(a, b hit) int { return f.compare(&a, &b) })
	return list
}

// read reads an item that was found.
func (f *finder) read(h *hit) (news.Item, error) {
	id := f.idOf(h)
	if f.err != nil {
		return news.Item{}, f.err
	}
	it, err := f.readItem(f.tx, id, f.q.WithText, f.q.WithText)
	return it, dangling([]byte(id), err)
}

// dangling is the error of an index that names an item that cannot be read.
func dangling(id []byte, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return bad(bucketIndex, id, errMissing)
	}
	return err
}

// facets counts the values of all numbers of a set.
func (f *finder) facets(found *roaring.Bitmap) map[string][]store.FacetCount {
	facets := make(map[string][]store.FacetCount)
	for _, name := range search.Facets() {
		facets[name] = []store.FacetCount{}
	}
	add := func(facet, id string, n int) {
		if list, ok := facets[facet]; ok && n > 0 {
			facets[facet] = append(list, store.FacetCount{ID: id, Count: n})
		}
	}
	countries := make(map[string]int)
	f.counted(found, func(facet, id string, n int) {
		add(facet, id, n)
		if country := f.country(news.OutletID(id)); facet == "outlet" && country != "" {
			countries[country] += n
		}
	})
	for country, n := range countries {
		add("country", country, n)
	}
	for _, state := range review.AllStates() {
		n := int(f.set(posting{byState, state}).AndCardinality(found))
		add("review", state, n)
		if state == search.Reviewed {
			add("review", search.Open, int(found.GetCardinality())-n)
		}
	}
	for _, list := range facets {
		slices.SortFunc(list, func(a, b store.FacetCount) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.ID, b.ID))
		})
	}
	return facets
}

// counted yields how many numbers of a set have which value in their rows. Of a
// page that is mostly in the set, what is not is taken off its sum.
func (f *finder) counted(found *roaring.Bitmap, yield func(facet, id string, n int)) {
	names := f.root.Bucket(bucketNames)
	last, _ := names.Cursor().Last()
	if len(last) != 4 {
		return
	}
	counts := make([]int, binary.BigEndian.Uint32(last)+1)
	zeros := make([]int, len(counts))
	f.eachPage(found, func(at number, p *pageView, on []uint32) {
		if !f.countPage(at, p, on, counts, zeros) && f.err == nil {
			f.err = bad(bucketPages, pageKey(at), errIndex)
		}
	})
	for v, n := range counts {
		if n == 0 {
			continue
		}
		facet, id, _ := strings.Cut(string(names.Get(binary.BigEndian.AppendUint32(nil, uint32(v)))), "\x00")
		yield(facet, id, n)
	}
}

// countPage counts the values of some numbers of a page; false if it is damaged.
func (f *finder) countPage(at number, p *pageView, on []uint32, counts, zeros []int) bool {
	if 2*len(on) <= p.n {
		for _, n := range on {
			if !p.row(int(n%pageItems)).count(counts, 1) {
				return false
			}
		}
		return true
	}
	sum, ok := f.sums.of(at, p, zeros)
	if !ok {
		return false
	}
	sum.add(counts)
	for i := range p.n {
		if len(on) > 0 && int(on[0]%pageItems) == i {
			on = on[1:]
		} else if !p.row(i).count(counts, -1) {
			return false
		}
	}
	return true
}

var cursorEncoding = base32.HexEncoding.WithPadding(base32.NoPadding)

// cursor names the last hit of a page: its score where it is ordered by score,
// its time and its id.
func (f *finder) cursor(h *hit) string {
	var b []byte
	if f.q.Sort != store.Newest {
		b = binary.BigEndian.AppendUint32(b, h.score)
	}
	b = binary.BigEndian.AppendUint64(b, h.time)
	return cursorEncoding.EncodeToString(append(b, f.idOf(h)...))
}

// parseCursor reads a page's cursor.
func (f *finder) parseCursor(s string) (*hit, error) {
	if s == "" {
		return nil, nil
	}
	b, err := cursorEncoding.DecodeString(strings.ToUpper(s))
	var h hit
	if err == nil && f.q.Sort != store.Newest && len(b) > 4 {
		h.score, b = binary.BigEndian.Uint32(b), b[4:]
	}
	if err != nil || len(b) <= timeSize {
		return nil, fmt.Errorf("%q: %w", s, store.ErrCursor)
	}
	h.time, h.id = binary.BigEndian.Uint64(b), news.ItemID(b[timeSize:])
	return &h, nil
}
