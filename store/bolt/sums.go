package bolt

import "sync"

// pageSums remembers how often each value stands on a page, so that the facets
// of much of the archive are added up by pages and not by items. It is only a
// memory: a page that was written again has another checksum, and is added up
// again.
type pageSums struct {
	mu   sync.Mutex
	sums map[number]pageSum
}

// pageSum is how often each value stands on a page as it was then.
type pageSum struct {
	checksum uint32
	size     int
	values   []uint32
	counts   []uint16
}

// of is the sum of a page; false if the page is damaged or has a value for which
// there is no room in counts, which must be zero and are zero again afterwards.
func (s *pageSums) of(key number, p *pageView, counts []int) (pageSum, bool) {
	s.mu.Lock()
	sum, ok := s.sums[key]
	s.mu.Unlock()
	if ok && sum.checksum == p.checksum && sum.size == len(p.rows) {
		return sum, true
	}
	for i := range p.n {
		if !p.row(i).count(counts, 1) {
			return sum, false
		}
	}
	sum = pageSum{checksum: p.checksum, size: len(p.rows)}
	for v, n := range counts {
		if n > 0 {
			sum.values = append(sum.values, uint32(v))
			sum.counts = append(sum.counts, uint16(n))
			counts[v] = 0
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sums == nil {
		s.sums = make(map[number]pageSum)
	}
	s.sums[key] = sum
	return sum, true
}

// add adds a page to counts.
func (s *pageSum) add(counts []int) {
	for i, v := range s.values {
		counts[v] += int(s.counts[i])
	}
}
