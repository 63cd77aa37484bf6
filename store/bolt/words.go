package bolt

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"

	bbolt "go.etcd.io/bbolt"

	"silkwire/news"
	"silkwire/search"
	"silkwire/text"
)

// The words of items stand in blocks. A block holds the words of some numbers
// that follow one another, all in one window: every spelling, in the order of
// [search.AppendKey], with the items that have it and its places in them. Each
// transaction that brings items writes a block of its own; blocks of like size
// are merged, so that there are only a few of them, and a whole window becomes
// one.
//
//	blocks  first number             block, how many numbers
//	words   block first spelling     a chunk: spellings from that one on, sealed
//
// A chunk is a row of postings. A posting is how many bytes its key shares with
// the one before, the length of the rest of the key and the rest, how many
// items there are, the last of them, the lengths of the two lists, and the
// lists: the items (the first, and then by how much each is greater than the
// one before; counted from the window's beginning), and their places. The places in an item are how often the
// word is there, times two, plus one if it is in the title; then if it is, how
// often; then the places in the title and those in the body, each list as the
// first and the differences.

const (
	chunkSize   = 7900 // two of them fill four pages of the file
	mergeAt     = 8    // blocks of like size
	longestWord = 128
)

// wordKey is the key of a spelling: how it is looked up, and, if that is
// another, how it is spelt.
func wordKey(word string) []byte {
	key := search.AppendKey(nil, []byte(word))
	if string(key) == word {
		return key
	}
	return append(append(key, 0), word...)
}

// spelling is the word of a key.
func spelling(key []byte) []byte {
	if i := bytes.IndexByte(key, 0); i >= 0 {
		return key[i+1:]
	}
	return key
}

// wordBuilder collects the words of the items of a transaction.
type wordBuilder struct {
	doc     text.Doc
	words   map[string]*posted
	touched []*posted // by the item under way
	first   number
	n       int
}

// posted is a word with its items.
type posted struct {
	word        string
	items       []byte
	places      []byte
	n           int
	last        uint64
	title, body []uint32 // places in the item under way
}

func newWordBuilder() *wordBuilder { return &wordBuilder{words: make(map[string]*posted)} }

// add takes the words of an item. Numbers come in order; at the end of a
// window what was collected is written.
func (b *wordBuilder) add(root *bbolt.Bucket, n number, it *news.Item) error {
	if b.n > 0 && (b.first>>windowBits != n>>windowBits || b.first+number(b.n) != n) {
		if err := b.flush(root); err != nil {
			return err
		}
	}
	if b.n == 0 {
		b.first = n
	}
	b.n++
	search.Scan(&b.doc, it.Title, func(at int, word []byte) { p := b.posted(word); p.title = append(p.title, uint32(at)) })
	search.Scan(&b.doc, it.Body(), func(at int, word []byte) { p := b.posted(word); p.body = append(p.body, uint32(at)) })
	low := uint64(n & (1<<windowBits - 1))
	for _, p := range b.touched {
		p.add(low)
	}
	b.touched = b.touched[:0]
	return nil
}

func (b *wordBuilder) posted(word []byte) *posted {
	p, ok := b.words[string(word)]
	if !ok {
		p = &posted{word: string(word)}
		b.words[p.word] = p
	}
	if len(p.title)+len(p.body) == 0 {
		b.touched = append(b.touched, p)
	}
	return p
}

// add ends an item.
func (p *posted) add(item uint64) {
	p.items = binary.AppendUvarint(p.items, item-p.last)
	p.last = item
	p.n++
	head := uint64(len(p.title)+len(p.body)) << 1
	if len(p.title) > 0 {
		p.places = binary.AppendUvarint(p.places, head|1)
		p.places = binary.AppendUvarint(p.places, uint64(len(p.title)))
	} else {
		p.places = binary.AppendUvarint(p.places, head)
	}
	for _, list := range [][]uint32{p.title, p.body} {
		before := uint32(0)
		for _, at := range list {
			p.places = binary.AppendUvarint(p.places, uint64(at-before))
			before = at
		}
	}
	p.title, p.body = p.title[:0], p.body[:0]
}

// flush writes what was collected as a block, and merges blocks.
func (b *wordBuilder) flush(root *bbolt.Bucket) error {
	if b.n == 0 {
		return nil
	}
	type keyed struct {
		key []byte
		*posted
	}
	list := make([]keyed, 0, len(b.words))
	for _, p := range b.words {
		list = append(list, keyed{wordKey(p.word), p})
	}
	slices.SortFunc(list, func(x, y keyed) int { return bytes.Compare(x.key, y.key) })
	out, err := newBlock(root, b.first, b.n)
	if err != nil {
		return err
	}
	for _, x := range list {
		if err := out.put(x.key, wordPosting{x.n, x.last, x.items, x.places}); err != nil {
			return err
		}
	}
	if err := out.flush(); err != nil {
		return err
	}
	window := b.first >> windowBits
	clear(b.words)
	b.n = 0
	return mergeBlocks(root, window)
}

// wordPosting is a word's posting as it stands in a chunk.
type wordPosting struct {
	n      int
	last   uint64
	items  []byte
	places []byte
}

// block is a run of numbers whose words stand together.
type block struct {
	id    uint32
	first number
	n     int
}

func (b block) key() []byte { return binary.BigEndian.AppendUint32(nil, b.id) }

// blocksOf returns the blocks of a window in the order of their numbers.
func blocksOf(root *bbolt.Bucket, window number) ([]block, error) {
	var list []block
	c := root.Bucket(bucketBlocks).Cursor()
	for k, v := c.Seek(binary.BigEndian.AppendUint32(nil, window<<windowBits)); k != nil; k, v = c.Next() {
		if len(k) != 4 || len(v) != 8 {
			return nil, bad(bucketBlocks, k, errIndex)
		}
		b := block{binary.BigEndian.Uint32(v), binary.BigEndian.Uint32(k), int(binary.BigEndian.Uint32(v[4:]))}
		if b.first>>windowBits != window {
			break
		}
		list = append(list, b)
	}
	return list, nil
}

// blockWriter writes a block, spelling after spelling.
type blockWriter struct {
	words *bbolt.Bucket
	block
	first []byte // spelling of the chunk
	last  []byte
	chunk []byte
}

// newBlock begins a block under an id of its own.
func newBlock(root *bbolt.Bucket, first number, n int) (*blockWriter, error) {
	w := &blockWriter{words: root.Bucket(bucketWords), block: block{first: first, n: n}}
	if k, _ := w.words.Cursor().Last(); len(k) >= 4 {
		w.id = binary.BigEndian.Uint32(k) + 1
	}
	v := binary.BigEndian.AppendUint32(w.key(), uint32(n))
	return w, root.Bucket(bucketBlocks).Put(binary.BigEndian.AppendUint32(nil, first), v)
}

func (w *blockWriter) put(key []byte, p wordPosting) error {
	if len(w.chunk) >= chunkSize {
		if err := w.flush(); err != nil {
			return err
		}
	}
	if len(w.chunk) == 0 {
		w.first = append(w.first[:0], key...)
		w.last = w.last[:0]
	}
	shared := 0
	for shared < len(key) && shared < len(w.last) && key[shared] == w.last[shared] {
		shared++
	}
	w.last = append(w.last[:0], key...)
	w.chunk = binary.AppendUvarint(w.chunk, uint64(shared))
	w.chunk = binary.AppendUvarint(w.chunk, uint64(len(key)-shared))
	w.chunk = append(w.chunk, key[shared:]...)
	w.chunk = binary.AppendUvarint(w.chunk, uint64(p.n))
	w.chunk = binary.AppendUvarint(w.chunk, p.last)
	w.chunk = binary.AppendUvarint(w.chunk, uint64(len(p.items)))
	w.chunk = binary.AppendUvarint(w.chunk, uint64(len(p.places)))
	w.chunk = append(append(w.chunk, p.items...), p.places...)
	return nil
}

func (w *blockWriter) flush() error {
	if len(w.chunk) == 0 {
		return nil
	}
	err := w.words.Put(append(w.key(), w.first...), seal(w.chunk))
	w.chunk = w.chunk[:0]
	return err
}

// wordReader walks the postings of a block in the order of their keys.
type wordReader struct {
	c     *bbolt.Cursor
	block []byte
	k     []byte // of the chunk
	chunk []byte
	key   []byte
	wordPosting
	err error
}

// readWords begins at the chunk where spellings that begin with prefix begin.
func readWords(root *bbolt.Bucket, b block, prefix []byte) *wordReader {
	r := &wordReader{c: root.Bucket(bucketWords).Cursor(), block: b.key()}
	k, v := r.c.Seek(append(b.key(), prefix...))
	if len(prefix) > 0 && !bytes.Equal(k, append(b.key(), prefix...)) {
		if k == nil {
			k, v = r.c.Last()
		} else {
			k, v = r.c.Prev()
		}
		if !bytes.HasPrefix(k, r.block) {
			k, v = r.c.Seek(append(b.key(), prefix...))
		}
	}
	r.open(k, v)
	return r
}

// open takes a chunk; one of another block ends the walk.
func (r *wordReader) open(k, record []byte) bool {
	r.k, r.chunk, r.key = k, nil, r.key[:0]
	if !bytes.HasPrefix(k, r.block) {
		return false
	}
	if r.chunk, r.err = unseal(record); r.err != nil {
		r.err = bad(bucketWords, k, r.err)
	}
	return r.err == nil
}

// next reads the next posting.
func (r *wordReader) next() bool {
	if r.err != nil || len(r.chunk) == 0 && !r.nextChunk() {
		return false
	}
	var head [2]uint64
	if !r.uvarints(head[:]) || head[0] > uint64(len(r.key)) || head[1] > uint64(len(r.chunk)) {
		return r.broken()
	}
	r.key = append(r.key[:head[0]], r.chunk[:head[1]]...)
	r.chunk = r.chunk[head[1]:]
	var p [4]uint64
	if !r.uvarints(p[:]) || p[2] > uint64(len(r.chunk)) || p[3] > uint64(len(r.chunk))-p[2] {
		return r.broken()
	}
	r.wordPosting = wordPosting{int(p[0]), p[1], r.chunk[:p[2]], r.chunk[p[2] : p[2]+p[3]]}
	r.chunk = r.chunk[p[2]+p[3]:]
	return true
}

func (r *wordReader) nextChunk() bool {
	if r.k == nil || !bytes.HasPrefix(r.k, r.block) {
		return false
	}
	r.c.Seek(r.k) // where it was, if keys were added since
	return r.open(r.c.Next()) && len(r.chunk) > 0
}

func (r *wordReader) uvarints(into []uint64) bool {
	for i := range into {
		x, size := binary.Uvarint(r.chunk)
		if size <= 0 {
			return false
		}
		into[i], r.chunk = x, r.chunk[size:]
	}
	return true
}

func (r *wordReader) broken() bool {
	r.err = bad(bucketWords, r.k, errShort)
	return false
}

// mergeBlocks merges blocks of like size at the end of a window, and all of a
// window that is complete.
func mergeBlocks(root *bbolt.Bucket, window number) error {
	for {
		list, err := blocksOf(root, window)
		if err != nil || len(list) < 2 {
			return err
		}
		run := likeSized(list)
		if last := list[len(list)-1]; (last.first+number(last.n))&(1<<windowBits-1) == 0 {
			run = list
		}
		if len(run) == 0 {
			return nil
		}
		if err := mergeRun(root, run); err != nil {
			return err
		}
	}
}

// likeSized are the last blocks of a list if they are small for their number.
func likeSized(list []block) []block {
	size := func(b block) int { return bits.Len(uint(b.n)) / 3 } // eight times as many
	for at := size(list[len(list)-1]); ; at++ {
		start := len(list)
		for start > 0 && size(list[start-1]) <= at {
			start--
		}
		if len(list)-start >= mergeAt {
			return list[start:]
		}
		if start == 0 {
			return nil
		}
	}
}

// mergeRun makes one block of neighbours.
func mergeRun(root *bbolt.Bucket, list []block) error {
	n := 0
	readers := make([]*wordReader, 0, len(list))
	for _, b := range list {
		n += b.n
		if r := readWords(root, b, nil); r.next() {
			readers = append(readers, r)
		} else if r.err != nil {
			return r.err
		}
	}
	out, err := newBlock(root, list[0].first, n)
	if err != nil {
		return err
	}
	if err := mergeInto(out, readers); err != nil {
		return err
	}
	for i, b := range list {
		if i > 0 {
			if err := root.Bucket(bucketBlocks).Delete(binary.BigEndian.AppendUint32(nil, b.first)); err != nil {
				return err
			}
		}
		if err := deleteAll(root.Bucket(bucketWords), b.key()); err != nil {
			return err
		}
	}
	return nil
}

// mergeInto writes the postings of readers, which are in the order of their
// numbers.
func mergeInto(out *blockWriter, readers []*wordReader) error {
	var key []byte
	var p wordPosting
	for len(readers) > 0 {
		least := readers[0]
		for _, r := range readers[1:] {
			if bytes.Compare(r.key, least.key) < 0 {
				least = r
			}
		}
		key = append(key[:0], least.key...)
		p = wordPosting{items: p.items[:0], places: p.places[:0]}
		ended := false
		for _, r := range readers {
			if !bytes.Equal(r.key, key) {
				continue
			}
			if !p.append(r.wordPosting) {
				return bad(bucketWords, r.k, errShort)
			}
			if !r.next() {
				ended = true
			}
		}
		if err := out.put(key, p); err != nil {
			return err
		}
		if !ended {
			continue
		}
		alive := readers[:0]
		for _, r := range readers {
			if r.err != nil {
				return r.err
			}
			if !r.ended() {
				alive = append(alive, r)
			}
		}
		readers = alive
	}
	return out.flush()
}

// ended reports whether the last next found nothing.
func (r *wordReader) ended() bool { return r.k == nil || !bytes.HasPrefix(r.k, r.block) }

// append adds the items of a later posting.
func (p *wordPosting) append(q wordPosting) bool {
	first, size := binary.Uvarint(q.items)
	if size <= 0 || p.n > 0 && first <= p.last {
		return false
	}
	p.items = append(binary.AppendUvarint(p.items, first-p.last), q.items[size:]...)
	p.places = append(p.places, q.places...)
	p.n, p.last = p.n+q.n, q.last
	return true
}

// deleteAll deletes the keys that begin with prefix.
func deleteAll(b *bbolt.Bucket, prefix []byte) error {
	var keys [][]byte
	c := b.Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	for _, k := range keys {
		if err := b.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// place is where a word stands: the item, whether in the body, and which word
// it is. Places sort as they read.
type place uint64

const inBody = 1 << 31

func at(n number, body bool, i uint64) place {
	p := place(n)<<32 | place(i)
	if body {
		p |= inBody
	}
	return p
}

// eachNumber sets the bit of every item of a posting.
func (p wordPosting) eachNumber(bits []uint64) bool {
	low := uint64(0)
	for items := p.items; len(items) > 0; {
		d, size := uint64(items[0]), 1
		if d >= 0x80 {
			d, size = binary.Uvarint(items)
		}
		low += d
		if size <= 0 || low >= 1<<windowBits {
			return false
		}
		items = items[size:]
		bits[low/64] |= 1 << (low % 64)
	}
	return true
}

// eachItem yields the items of a posting with their places; of those whose bit
// is set, if there are bits.
func (p wordPosting) eachItem(window number, wanted []uint64, yield func(n number, places []byte)) bool {
	items, places := p.items, p.places
	low := uint64(0)
	for len(items) > 0 {
		d, size := uint64(items[0]), 1
		if d >= 0x80 {
			d, size = binary.Uvarint(items)
		}
		low += d
		if size <= 0 || low >= 1<<windowBits {
			return false
		}
		items = items[size:]
		rest, ok := skipPlaces(places)
		if !ok {
			return false
		}
		if wanted == nil || wanted[low/64]&(1<<(low%64)) != 0 {
			yield(window<<windowBits|number(low), places[:len(places)-len(rest)])
		}
		places = rest
	}
	return true
}

// skipPlaces returns what stands behind the places of one item.
func skipPlaces(b []byte) ([]byte, bool) {
	head, size := binary.Uvarint(b)
	if size <= 0 {
		return nil, false
	}
	n := head>>1 + head&1
	for i := size; i < len(b); i++ {
		if n == 0 {
			return b[i:], true
		}
		if b[i] < 0x80 { // the last byte of a number
			n--
		}
	}
	return nil, n == 0
}

// inTitle reports whether the places of an item begin in its title.
func inTitle(places []byte) bool { return len(places) > 0 && places[0]&1 == 1 }

// appendPlaces appends the places so many words before those of an item; only
// those in the title if asked.
func appendPlaces(list []place, n number, b []byte, before uint64, titleOnly bool) []place {
	head, size := binary.Uvarint(b)
	b = b[size:]
	all, titles := head>>1, uint64(0)
	if head&1 == 1 {
		titles, size = binary.Uvarint(b)
		b = b[size:]
	}
	i := uint64(0)
	for k := range all {
		body := k >= titles
		if body && titleOnly || len(b) == 0 {
			break
		}
		if k == titles {
			i = 0
		}
		d, size := uint64(b[0]), 1
		if d >= 0x80 {
			if d, size = binary.Uvarint(b); size <= 0 {
				break
			}
		}
		b = b[size:]
		if i += d; i >= before {
			list = append(list, at(n, body, i-before))
		}
	}
	return list
}

// mark marks the places of an item, which a list begins with, that have one of
// the item's given places so many words behind them. Both are in order.
func mark(marks []bool, list, places []place, behind place) {
	k := 0
	for _, p := range places {
		for k < len(list) && list[k]+behind < p {
			k++
		}
		if k == len(list) {
			return
		}
		if list[k]+behind == p {
			marks[k] = true
		}
	}
}

// atLeast is where in a sorted list the places from p on begin: near its
// beginning, most often.
func atLeast(list []place, p place) int {
	for i := range min(4, len(list)) {
		if list[i] >= p {
			return i
		}
	}
	end := min(4, len(list))
	for end < len(list) && list[end-1] < p {
		end *= 2
	}
	from := end / 2
	i, _ := slices.BinarySearch(list[from:min(end, len(list))], p)
	return from + i
}

// mergeRuns sorts a list that is made of sorted runs, a few of them long: the
// places of one spelling after those of another.
func mergeRuns(list []place) []place {
	var ends []int
	for i := 1; i < len(list); i++ {
		if list[i] < list[i-1] {
			ends = append(ends, i)
		}
	}
	ends = append(ends, len(list))
	other := make([]place, len(list))
	for len(ends) > 1 {
		start, kept := 0, ends[:0]
		for i := 0; i < len(ends); i += 2 {
			middle, end := ends[i], ends[min(i+1, len(ends)-1)]
			merge2(other[start:end], list[start:middle], list[middle:end])
			start = end
			kept = append(kept, end)
		}
		list, other, ends = other, list, kept
	}
	return list
}

// merge2 writes two sorted lists into one.
func merge2(into, a, b []place) {
	for i := range into {
		if len(b) == 0 || len(a) > 0 && a[0] <= b[0] {
			into[i], a = a[0], a[1:]
		} else {
			into[i], b = b[0], b[1:]
		}
	}
}
