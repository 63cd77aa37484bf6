package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
	bbolt "go.etcd.io/bbolt"

	"silkwire/news"
	"silkwire/search"
)

// evaluator finds the numbers that an expression accepts.
type evaluator struct {
	ctx     context.Context
	root    *bbolt.Bucket
	country func(news.OutletID) string
	blocks  map[number][]block // by window

	accepted map[*search.Form]map[string]bool // spellings, by the word that was looked for
	bytes    map[*search.Form]int             // of postings, as far as they were read
	titled   map[string]*roaring.Bitmap       // which have a phrase in the title, of phrases that all must have

	err error
}

// all are the numbers of all items.
func (e *evaluator) all() *roaring.Bitmap { return e.set(all) }

// find returns which numbers an expression accepts.
func (e *evaluator) find(x search.Expr) *roaring.Bitmap {
	parts := search.And{x}
	if list, ok := x.(search.And); ok {
		parts = cheapFirst(list)
	}
	found := e.all()
	for _, part := range parts {
		if w, ok := part.(search.Words); ok && len(w) > 1 {
			titles := roaring.New()
			found = e.words(search.Forms(w), found, false, titles)
			e.titled[phraseKey(w)] = titles
		} else {
			found = e.expr(part, found)
		}
	}
	return found
}

func phraseKey(w search.Words) string { return strings.Join(w, " ") }

// expr returns which of the given numbers an expression accepts. It may
// change the set that it is given.
func (e *evaluator) expr(x search.Expr, within *roaring.Bitmap) *roaring.Bitmap {
	if e.err == nil {
		e.err = e.ctx.Err()
	}
	if e.err != nil || within.IsEmpty() || x == nil {
		return within
	}
	switch x := x.(type) {
	case search.And:
		for _, part := range cheapFirst(x) {
			within = e.expr(part, within)
		}
		return within
	case search.Or:
		any := roaring.New()
		for _, part := range x {
			any.Or(e.expr(part, within.Clone()))
		}
		return any
	case search.Not:
		within.AndNot(e.expr(x.Expr, within.Clone()))
		return within
	case search.Words:
		return e.words(search.Forms(x), within, false, nil)
	case search.Date:
		from, to := bounds(x)
		return e.keep(within, func(p *pageView, i int) bool { return inside(key(p.times, i), from, to) })
	case search.Number:
		return e.number(x, within)
	}
	return e.sets(e.marks(x), within)
}

// cheapFirst orders what must all hold, so that what is dear is asked of few.
func cheapFirst(list search.And) []search.Expr {
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b search.Expr) int { return price(a) - price(b) })
	return sorted
}

func price(x search.Expr) int {
	switch x := x.(type) {
	case search.Concept, search.Field, search.Is:
		return 1
	case search.Words:
		return 1 + 2*len(x) // a phrase after single words
	case search.Date, search.Number:
		return 4
	case search.Not:
		return price(x.Expr)
	case search.And:
		return dearest(x)
	case search.Or:
		return dearest(x)
	}
	return 0
}

func dearest(list []search.Expr) int {
	most := 0
	for _, x := range list {
		most = max(most, price(x)+1)
	}
	return most
}

// marks are the marks of which an item must have one to be accepted.
func (e *evaluator) marks(x search.Expr) []posting {
	switch x := x.(type) {
	case search.Concept:
		index := byConcept
		if x.To {
			index = byRecipient
		}
		list := make([]posting, len(x.Any))
		for i, id := range x.Any {
			list[i] = posting{index, string(id)}
		}
		return list
	case search.Field:
		return e.field(x)
	case search.Is:
		return []posting{{byState, string(x)}}
	}
	return nil
}

func (e *evaluator) field(x search.Field) []posting {
	switch {
	case x.Name == "country":
		return e.valuesOf(byOutlet, func(v string) bool { return e.country(news.OutletID(v)) == x.Value })
	case x.Name == "lang" && x.Value == "uz":
		return e.valuesOf(byLang, func(v string) bool {
			return search.Query{Root: x}.Match(&news.Item{Tagging: news.Tagging{Lang: v}}, search.Facts{})
		})
	case slices.Contains([]string{byOutlet, bySource, byLang, byStory, byStatus, byCurrency}, x.Name):
		return []posting{{x.Name, x.Value}}
	}
	return nil // no such field: no item has it
}

// valuesOf are the marks of an index whose values are wanted.
func (e *evaluator) valuesOf(index string, wanted func(string) bool) []posting {
	var list []posting
	prefix := joined(index, "")
	c := e.root.Bucket(bucketSets).Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); {
		v, _, _ := bytes.Cut(k[len(prefix):], []byte{0})
		if wanted(string(v)) {
			list = append(list, posting{index, string(v)})
		}
		k, _ = c.Seek(append(append(bytes.Clone(prefix), v...), 1)) // behind all windows of the value
	}
	return list
}

// sets keeps the numbers that have one of the marks.
func (e *evaluator) sets(marks []posting, within *roaring.Bitmap) *roaring.Bitmap {
	any := roaring.New()
	for _, m := range marks {
		if e.err != nil {
			return any
		}
		e.addSet(m, any)
	}
	within.And(any)
	return within
}

func (e *evaluator) set(m posting) *roaring.Bitmap {
	set := roaring.New()
	e.addSet(m, set)
	return set
}

// addSet adds the windows of a mark's set. They come in order.
func (e *evaluator) addSet(m posting, into *roaring.Bitmap) {
	prefix := m.prefix()
	c := e.root.Bucket(bucketSets).Cursor()
	for k, record := c.Seek(prefix); bytes.HasPrefix(k, prefix) && len(k) == len(prefix)+windowSize; k, record = c.Next() {
		if err := readSet(record, into); err != nil {
			e.err = bad(bucketSets, k, err)
			return
		}
	}
}

// keep keeps the numbers that are wanted by what their pages say.
func (e *evaluator) keep(within *roaring.Bitmap, wanted func(p *pageView, i int) bool) *roaring.Bitmap {
	kept := roaring.New()
	var run []uint32
	e.each(within, func(n number, p *pageView, i int) bool {
		if wanted(p, i) {
			run = append(run, n)
		}
		if len(run) == 4096 {
			kept.AddMany(run)
			run = run[:0]
		}
		return true
	})
	kept.AddMany(run)
	return kept
}

// each calls f with every number of a set, its page and its place there, until
// f returns false.
func (e *evaluator) each(set *roaring.Bitmap, f func(n number, p *pageView, i int) bool) {
	pages := pageWalk{evaluator: e, pages: e.root.Bucket(bucketPages)}
	buf := make([]uint32, 1024)
	for it := set.ManyIterator(); ; {
		k := it.NextMany(buf)
		if k == 0 {
			return
		}
		for _, n := range buf[:k] {
			if !pages.at(n) || !f(n, &pages.view, int(n%pageItems)) {
				return
			}
		}
	}
}

// eachPage calls f with every page that has numbers of a set, and with those.
func (e *evaluator) eachPage(set *roaring.Bitmap, f func(at number, p *pageView, on []uint32)) {
	pages := pageWalk{evaluator: e, pages: e.root.Bucket(bucketPages)}
	on := make([]uint32, 0, pageItems)
	flush := func() {
		if len(on) > 0 && pages.at(on[len(on)-1]) {
			f(on[0]/pageItems, &pages.view, on)
		}
		on = on[:0]
	}
	buf := make([]uint32, 1024)
	for it := set.ManyIterator(); e.err == nil; {
		k := it.NextMany(buf)
		if k == 0 {
			break
		}
		for _, n := range buf[:k] {
			if len(on) > 0 && on[0]/pageItems != n/pageItems {
				flush()
			}
			on = append(on, n)
		}
	}
	flush()
}

// pageWalk goes from page to page.
type pageWalk struct {
	*evaluator
	pages *bbolt.Bucket
	view  pageView
	key   number
	known bool
}

// at makes the page of a number the view; false where that fails.
func (w *pageWalk) at(n number) bool {
	if at := n / pageItems; !w.known || at != w.key {
		if w.err == nil {
			w.err = w.ctx.Err()
		}
		if w.err == nil {
			w.view, w.err = viewPage(w.pages, at)
		}
		w.key, w.known = at, true
	}
	if w.err == nil && int(n%pageItems) >= w.view.n {
		w.err = bad(bucketPages, pageKey(w.key), errIndex)
	}
	return w.err == nil
}

func pageKey(at number) []byte { return binary.BigEndian.AppendUint32(nil, at) }

func viewPage(pages *bbolt.Bucket, at number) (pageView, error) {
	record := pages.Get(pageKey(at))
	if record == nil {
		return pageView{}, bad(bucketPages, pageKey(at), errIndex)
	}
	v, err := readPage(record)
	return v, bad(bucketPages, pageKey(at), err)
}

// number keeps the items with a relevance or a sum of money in a range.
func (e *evaluator) number(x search.Number, within *roaring.Bitmap) *roaring.Bitmap {
	switch x.Name {
	case "relevance":
		return e.keep(within, func(p *pageView, i int) bool { return x.Holds(p.probability(i)) })
	case "amount":
		within = e.sets([]posting{withMoney}, within)
		return e.keep(within, func(p *pageView, i int) bool {
			found := false
			ok := p.row(i).amounts(func(a news.Amount) bool { found = x.HoldsAmount(a); return found })
			if !ok && e.err == nil {
				e.err = bad(bucketPages, nil, errShort)
			}
			return found
		})
	}
	return roaring.New()
}

// inside reports whether a time is in [from, to); nil is open.
func inside(t uint64, from, to []byte) bool {
	return (from == nil || t >= toUint64(from)) && (to == nil || t < toUint64(to))
}

// bounds are the times [from, to) as they sort; nil is open.
func bounds(x search.Date) (from, to []byte) {
	if !x.From.IsZero() {
		from = timeKey(x.From)
	}
	if !x.To.IsZero() {
		to = timeKey(x.To)
	}
	return from, to
}

// words keeps the numbers whose title or body, or whose title, has the words
// one after another. Those that have a phrase in the title are added to titles,
// if that is asked for.
func (e *evaluator) words(phrase []search.Form, within *roaring.Bitmap, titleOnly bool, titles *roaring.Bitmap) *roaring.Bitmap {
	if len(phrase) == 0 {
		return within
	}
	found := roaring.New()
	for _, window := range windows(within) {
		low := uint64(window) << windowBits
		some := within.Clone()
		some.RemoveRange(0, low)
		some.RemoveRange(low+1<<windowBits, 1<<32)
		blocks := e.blocksOf(window)
		for i := range phrase {
			if some.IsEmpty() || e.err != nil || titleOnly && len(phrase) > 1 {
				break // a phrase in titles is not made less work by that
			}
			some.And(e.having(&phrase[i], blocks, window, titleOnly))
		}
		if len(phrase) > 1 && !some.IsEmpty() {
			some = e.phrase(phrase, blocks, window, some, titleOnly, titles)
		}
		if e.err != nil {
			return found
		}
		found.Or(some)
	}
	return found
}

// windows are those in which a set has something.
func windows(set *roaring.Bitmap) []number {
	var list []number
	for it := set.Iterator(); it.HasNext(); {
		w := it.PeekNext() >> windowBits
		list = append(list, w)
		if w == 1<<windowBits-1 {
			break
		}
		it.AdvanceIfNeeded((w + 1) << windowBits)
	}
	return list
}

func (e *evaluator) blocksOf(window number) []block {
	list, ok := e.blocks[window]
	if !ok && e.err == nil {
		list, e.err = blocksOf(e.root, window)
		e.blocks[window] = list
	}
	return list
}

// having are the numbers of a window that have a word.
func (e *evaluator) having(f *search.Form, blocks []block, window number, titleOnly bool) *roaring.Bitmap {
	bits := make([]uint64, 1<<windowBits/64)
	set := func(n number, places []byte) {
		if !titleOnly || inTitle(places) {
			setBit(bits, n)
		}
	}
	e.postings(f, blocks, func(p wordPosting) bool {
		e.bytes[f] += len(p.items) + len(p.places)
		if titleOnly {
			return p.eachItem(window, nil, set)
		}
		return p.eachNumber(bits)
	})
	return roaring.AddOffset64(roaring.FromDense(bits, false), int64(window)<<windowBits)
}

// postings yields the postings of all spellings that are forms of a word.
func (e *evaluator) postings(f *search.Form, blocks []block, yield func(wordPosting) bool) {
	prefix, whole := f.Prefix()
	accepted := e.accepted[f]
	if accepted == nil {
		accepted = make(map[string]bool)
		e.accepted[f] = accepted
	}
	if e.err == nil {
		e.err = e.ctx.Err() // a phrase may be long
	}
	for _, b := range blocks {
		if e.err != nil {
			return
		}
		r := readWords(e.root, b, prefix)
		for r.next() {
			if !bytes.HasPrefix(r.key, prefix) {
				if bytes.Compare(r.key, prefix) > 0 {
					break
				}
				continue
			}
			if whole && len(r.key) > len(prefix) && r.key[len(prefix)] != 0 {
				break
			}
			ok, known := accepted[string(r.key)]
			if !known {
				ok = f.Accepts(spelling(r.key))
				accepted[string(r.key)] = ok
			}
			if ok && !yield(r.wordPosting) {
				r.broken()
			}
		}
		if r.err != nil && e.err == nil {
			e.err = r.err
		}
	}
}

// phrase keeps the numbers that have the words one after another. The rarest
// word says where the phrase may begin; each other one strikes out the
// beginnings behind which it does not stand, in whatever order its spellings
// come.
func (e *evaluator) phrase(phrase []search.Form, blocks []block, window number, within *roaring.Bitmap, titleOnly bool, titles *roaring.Bitmap) *roaring.Bitmap {
	order := make([]int, len(phrase))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return e.bytes[&phrase[a]] - e.bytes[&phrase[b]] })
	starts := e.beginnings(&phrase[order[0]], uint64(order[0]), blocks, window, within, titleOnly)
	for _, i := range order[1:] {
		starts = e.followed(starts, &phrase[i], uint64(i), blocks, window)
	}
	found := roaring.New()
	for _, p := range starts {
		found.Add(number(p >> 32))
		if titles != nil && p&inBody == 0 {
			titles.Add(number(p >> 32))
		}
	}
	return found
}

// beginnings are the places at which a phrase may begin whose word with so
// many before it is f, in order.
func (e *evaluator) beginnings(f *search.Form, before uint64, blocks []block, window number, within *roaring.Bitmap, titleOnly bool) []place {
	wanted := make([]uint64, 1<<windowBits/64)
	for it := within.Iterator(); it.HasNext(); {
		setBit(wanted, it.Next())
	}
	var list []place
	e.postings(f, blocks, func(p wordPosting) bool {
		return p.eachItem(window, wanted, func(n number, places []byte) {
			list = appendPlaces(list, n, places, before, titleOnly)
		})
	})
	return mergeRuns(list)
}

// setBit sets the bit of a number in its window.
func setBit(bits []uint64, n number) {
	low := n & (1<<windowBits - 1)
	bits[low/64] |= 1 << (low % 64)
}

// followed keeps the beginnings of phrases that have a word so many words
// behind them.
func (e *evaluator) followed(starts []place, f *search.Form, behind uint64, blocks []block, window number) []place {
	if len(starts) == 0 {
		return nil
	}
	wanted := make([]uint64, 1<<windowBits/64)
	for _, p := range starts {
		setBit(wanted, number(p>>32))
	}
	has := make([]bool, len(starts))
	var buf []place
	e.postings(f, blocks, func(p wordPosting) bool {
		from := 0 // items come in order, in each posting
		return p.eachItem(window, wanted, func(n number, places []byte) {
			from += atLeast(starts[from:], at(n, false, 0))
			buf = appendPlaces(buf[:0], n, places, 0, false)
			mark(has[from:], starts[from:], buf, place(behind))
		})
	})
	kept := starts[:0]
	for i, p := range starts {
		if has[i] {
			kept = append(kept, p)
		}
	}
	return kept
}
