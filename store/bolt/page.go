package bolt

import (
	"encoding/binary"
	"math"

	"silkwire/news"
)

// pageItems is how many items stand on a page.
const pageItems = 256

// A page is, after its checksum, how many items are on it, and then of each
// the time, when it was first seen, the relevance and where its row ends; and
// then the rows.
const (
	pageHead   = crcSize + 2
	columnSize = 8
	endSize    = 4
	perItem    = 3*columnSize + endSize
)

// pageView reads a page where it lies. Its checksum is looked at only by those
// who change or check it; whatever it holds, reading it stays inside it.
type pageView struct {
	n                               int
	checksum                        uint32
	times, fetched, relevance, ends []byte
	rows                            []byte
}

func readPage(record []byte) (pageView, error) {
	if len(record) < pageHead {
		return pageView{}, errShort
	}
	v := pageView{n: int(binary.BigEndian.Uint16(record[crcSize:])), checksum: binary.BigEndian.Uint32(record)}
	b := record[pageHead:]
	if v.n > pageItems || len(b) < v.n*perItem {
		return pageView{}, errShort
	}
	for _, column := range []*[]byte{&v.times, &v.fetched, &v.relevance} {
		*column, b = b[:v.n*columnSize], b[v.n*columnSize:]
	}
	v.ends, v.rows = b[:v.n*endSize], b[v.n*endSize:]
	return v, nil
}

// key is a column's entry as it sorts.
func key(column []byte, i int) uint64 { return binary.BigEndian.Uint64(column[i*columnSize:]) }

func (v *pageView) probability(i int) float64 { return math.Float64frombits(key(v.relevance, i)) }

// row returns the row of an item, nil if the page is damaged.
func (v *pageView) row(i int) row {
	start, end := 0, int(binary.BigEndian.Uint32(v.ends[i*endSize:]))
	if i > 0 {
		start = int(binary.BigEndian.Uint32(v.ends[(i-1)*endSize:]))
	}
	if start > end || end > len(v.rows) {
		return nil
	}
	return v.rows[start:end]
}

// row is the id of an item after its length, the numbers of its values after
// how many there are, and its sums of money, each eight bytes and the currency
// after its length.
type row []byte

func appendRow(b []byte, it *news.Item, values []uint32) []byte {
	b = appendString(b, string(it.ID))
	b = binary.AppendUvarint(b, uint64(len(values)))
	for _, v := range values {
		b = binary.AppendUvarint(b, uint64(v))
	}
	for i := range it.Tagging.Events {
		if a := it.Tagging.Events[i].Amount; a != nil {
			b = binary.BigEndian.AppendUint64(b, math.Float64bits(a.Value))
			b = appendString(b, a.Currency)
		}
	}
	return b
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// cutString cuts off what appendString appended; ok is false if it is not there.
func cutString(b []byte) (s, rest []byte, ok bool) {
	if len(b) > 0 && b[0] < 0x80 && int(b[0]) < len(b) {
		return b[1 : 1+b[0]], b[1+b[0]:], true
	}
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)-size) {
		return nil, nil, false
	}
	return b[size : size+int(n)], b[size+int(n):], true
}

// id returns the item of a row, "" if it is damaged.
func (r row) id() news.ItemID {
	s, _, _ := cutString(r)
	return news.ItemID(s)
}

// count adds so much to the counts of an item's values, and reports false if
// the row is damaged or has a value beyond the counts.
func (r row) count(counts []int, much int) bool {
	_, b, ok := cutString(r)
	n, size := binary.Uvarint(b)
	if !ok || size <= 0 {
		return false
	}
	for b = b[size:]; n > 0; n-- {
		if len(b) == 0 {
			return false
		}
		v, size := uint64(b[0]), 1
		if v >= 0x80 {
			if v, size = binary.Uvarint(b); size <= 0 {
				return false
			}
		}
		if v >= uint64(len(counts)) {
			return false
		}
		counts[v] += much
		b = b[size:]
	}
	return true
}

// money returns what stands behind the values; false if the row is damaged.
func (r row) money() (rest []byte, ok bool) {
	_, b, ok := cutString(r)
	n, size := binary.Uvarint(b)
	if !ok || size <= 0 {
		return nil, false
	}
	for b = b[size:]; n > 0; n-- {
		_, size := binary.Uvarint(b)
		if size <= 0 {
			return nil, false
		}
		b = b[size:]
	}
	return b, true
}

// amounts yields the sums of money in an item's events until it returns true.
func (r row) amounts(yield func(news.Amount) bool) (ok bool) {
	b, ok := r.money()
	for ok && len(b) > 0 {
		if len(b) < columnSize {
			return false
		}
		a := news.Amount{Value: math.Float64frombits(binary.BigEndian.Uint64(b))}
		var currency []byte
		if currency, b, ok = cutString(b[columnSize:]); !ok {
			return false
		}
		a.Currency = string(currency)
		if yield(a) {
			return true
		}
	}
	return ok
}

// page is a page that is being written.
type page struct {
	times, fetched, relevance []uint64
	rows                      [][]byte
}

// read takes a record apart, having looked at its checksum.
func (p *page) read(record []byte) error {
	if _, err := unseal(record); err != nil {
		return err
	}
	v, err := readPage(record)
	if err != nil {
		return err
	}
	for i := range v.n {
		p.times = append(p.times, key(v.times, i))
		p.fetched = append(p.fetched, key(v.fetched, i))
		p.relevance = append(p.relevance, key(v.relevance, i))
		p.rows = append(p.rows, append([]byte(nil), v.row(i)...))
	}
	return nil
}

// put writes the i-th item of the page, at most one behind the last.
func (p *page) put(i int, it *news.Item, values []uint32) error {
	if i > len(p.rows) {
		return errIndex
	}
	if i == len(p.rows) {
		p.times, p.fetched, p.relevance, p.rows = append(p.times, 0), append(p.fetched, 0), append(p.relevance, 0), append(p.rows, nil)
	}
	p.times[i] = toUint64(timeKey(it.Time()))
	p.fetched[i] = toUint64(timeKey(it.Fetched))
	p.relevance[i] = math.Float64bits(it.Tagging.Relevance)
	p.rows[i] = appendRow(nil, it, values)
	return nil
}

func (p *page) record() []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(len(p.rows)))
	for _, column := range [][]uint64{p.times, p.fetched, p.relevance} {
		for _, x := range column {
			b = binary.BigEndian.AppendUint64(b, x)
		}
	}
	end := 0
	for _, r := range p.rows {
		end += len(r)
		b = binary.BigEndian.AppendUint32(b, uint32(end))
	}
	for _, r := range p.rows {
		b = append(b, r...)
	}
	return seal(b)
}
