package bolt

import (
	"bytes"
	"container/heap"
	"slices"

	bbolt "go.etcd.io/bbolt"

	"silkwire/news"
	"silkwire/search"
)

// plan says where the candidates of a query are looked for: all items with
// one of the postings.
type plan struct {
	postings []posting
	cost     uint64 // how many candidates there are
}

// planner makes plans from the counts, and matches items by the index alone.
type planner struct {
	tx      *bbolt.Tx
	country func(news.OutletID) string
}

// query returns the narrowest plan; at worst it looks at every item.
func (p planner) query(q search.Query) plan {
	all := plan{postings: []posting{{byTime, ""}}, cost: countOf(p.tx, byTime, "")}
	if narrow, ok := p.expr(q.Root); ok && narrow.cost <= all.cost {
		return narrow
	}
	return all
}

// expr returns a plan for an expression, or false where no index helps.
func (p planner) expr(e search.Expr) (plan, bool) {
	switch e := e.(type) {
	case search.Or:
		return p.or(e)
	case search.And:
		return p.and(e)
	}
	return p.leaf(e)
}

// or needs an index for every branch.
func (p planner) or(e search.Or) (plan, bool) {
	var made plan
	for _, x := range e {
		branch, ok := p.expr(x)
		if !ok {
			return plan{}, false
		}
		made.postings = append(made.postings, branch.postings...)
		made.cost += branch.cost
	}
	return made, true
}

// and takes the narrowest branch.
func (p planner) and(e search.And) (plan, bool) {
	var best plan
	found := false
	for _, x := range e {
		if branch, ok := p.expr(x); ok && (!found || branch.cost < best.cost) {
			best, found = branch, true
		}
	}
	return best, found
}

// leaf returns the plan of an expression that is a set of postings: exactly
// the items that have one of them match it. It is false for other expressions.
func (p planner) leaf(e search.Expr) (plan, bool) {
	switch e := e.(type) {
	case search.Concept:
		return p.concepts(e), true
	case search.Field:
		return p.field(e), true
	case search.Is:
		return p.of(byState, string(e)), true
	}
	return plan{}, false
}

func (p planner) of(index string, values ...string) plan {
	var made plan
	slices.Sort(values)
	for _, v := range slices.Compact(values) {
		if n := countOf(p.tx, index, v); n > 0 {
			made.postings = append(made.postings, posting{index, v})
			made.cost += n
		}
	}
	return made
}

func (p planner) concepts(e search.Concept) plan {
	index := byConcept
	if e.To {
		index = byRecipient
	}
	values := make([]string, len(e.Any))
	for i, id := range e.Any {
		values[i] = string(id)
	}
	return p.of(index, values...)
}

func (p planner) field(e search.Field) plan {
	switch {
	case e.Name == "country":
		return p.of(byOutlet, p.outletsOf(e.Value)...)
	case e.Name == "lang" && e.Value == "uz":
		return p.of(byLang, p.values(byLang, func(v string) bool {
			return search.Query{Root: e}.Match(&news.Item{Tagging: news.Tagging{Lang: v}}, search.Facts{})
		})...)
	case slices.Contains([]string{byOutlet, bySource, byLang}, e.Name):
		return p.of(e.Name, e.Value)
	}
	return plan{} // no such field: no item has it
}

func (p planner) outletsOf(country string) []string {
	return p.values(byOutlet, func(v string) bool { return p.country(news.OutletID(v)) == country })
}

// values are all values of an index that are wanted.
func (p planner) values(index string, wanted func(string) bool) []string {
	var list []string
	prefix := joined(index, "")
	c := p.tx.Bucket(bucketCounts).Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		if v := string(k[len(prefix):]); wanted(v) {
			list = append(list, v)
		}
	}
	return list
}

// verdict is what the index alone says of an item and a query.
type verdict int

const (
	no    verdict = -1
	maybe verdict = 0 // only the item's words can tell
	yes   verdict = 1
)

// matcher tells of an item by its sort key.
type matcher func(sortKey []byte) verdict

// matcher returns what [search.Query.Match] would say, without reading the
// item, wherever no words are asked for.
func (p planner) matcher(e search.Expr) matcher {
	switch e := e.(type) {
	case nil:
		return func([]byte) verdict { return yes }
	case search.And:
		return fold(p.matchers(e), yes, func(a, b verdict) verdict { return min(a, b) })
	case search.Or:
		return fold(p.matchers(e), no, func(a, b verdict) verdict { return max(a, b) })
	case search.Not:
		inner := p.matcher(e.Expr)
		return func(key []byte) verdict { return -inner(key) }
	case search.Date:
		from, to := bounds(e)
		return func(key []byte) verdict { return verdictOf(within(key, from, to)) }
	}
	if set, ok := p.leaf(e); ok {
		return p.member(set.postings)
	}
	return func([]byte) verdict { return maybe }
}

func (p planner) matchers(list []search.Expr) []matcher {
	made := make([]matcher, len(list))
	for i, e := range list {
		made[i] = p.matcher(e)
	}
	return made
}

// fold joins verdicts, beginning with one, until its opposite is reached.
func fold(list []matcher, begin verdict, join func(a, b verdict) verdict) matcher {
	return func(key []byte) verdict {
		v := begin
		for _, m := range list {
			if v = join(v, m(key)); v == -begin {
				break
			}
		}
		return v
	}
}

// member tells whether an item has one of the postings.
func (p planner) member(list []posting) matcher {
	return func(key []byte) verdict {
		return verdictOf(slices.ContainsFunc(list, func(x posting) bool {
			return p.tx.Bucket(bucketIndex).Bucket([]byte(x.index)).Get(x.key(key)) != nil
		}))
	}
}

func verdictOf(b bool) verdict {
	if b {
		return yes
	}
	return no
}

// within reports whether a sort key is in [from, to); nil is open.
func within(key, from, to []byte) bool {
	return bytes.Compare(key, from) >= 0 && (to == nil || bytes.Compare(key, to) < 0)
}

// bounds are the sort keys [from, to) that the dates of a query leave; nil is open.
func bounds(e search.Expr) (from, to []byte) {
	switch e := e.(type) {
	case search.Date:
		if !e.From.IsZero() {
			from = timeKey(e.From)
		}
		if !e.To.IsZero() {
			to = timeKey(e.To)
		}
	case search.And:
		for _, x := range e {
			f, t := bounds(x)
			if bytes.Compare(f, from) > 0 {
				from = f
			}
			if t != nil && (to == nil || bytes.Compare(t, to) < 0) {
				to = t
			}
		}
	}
	return from, to
}

// walk yields the sort keys of a plan in [from, to), newest first, each once.
// A key belongs to the transaction.
func (p plan) walk(tx *bbolt.Tx, from, to []byte, yield func(sortKey []byte) bool) {
	var streams streams
	for _, posting := range p.postings {
		s := &stream{c: tx.Bucket(bucketIndex).Bucket([]byte(posting.index)).Cursor(), prefix: posting.prefix(), from: from}
		if s.start(to) {
			streams = append(streams, s)
		}
	}
	heap.Init(&streams)
	var last []byte
	for len(streams) > 0 {
		s := streams[0]
		key := s.key
		if s.next() {
			heap.Fix(&streams, 0)
		} else {
			heap.Pop(&streams)
		}
		if last != nil && bytes.Equal(key, last) {
			continue
		}
		last = key
		if !yield(key) {
			return
		}
	}
}

// stream walks one posting backward.
type stream struct {
	c      *bbolt.Cursor
	prefix []byte
	from   []byte
	key    []byte
}

// start goes to the last key before to.
func (s *stream) start(to []byte) bool {
	end := after(s.prefix)
	if to != nil {
		end = append(slices.Clone(s.prefix), to...)
	}
	var k []byte
	if end != nil {
		k, _ = s.c.Seek(end)
	}
	if k == nil {
		k, _ = s.c.Last()
	} else {
		k, _ = s.c.Prev()
	}
	return s.at(k)
}

func (s *stream) next() bool {
	k, _ := s.c.Prev()
	return s.at(k)
}

func (s *stream) at(k []byte) bool {
	if k == nil || !bytes.HasPrefix(k, s.prefix) || bytes.Compare(k[len(s.prefix):], s.from) < 0 {
		return false
	}
	s.key = k[len(s.prefix):]
	return true
}

// after is the first key beyond all that begin with prefix; prefixes end in a zero byte.
func after(prefix []byte) []byte {
	if len(prefix) == 0 {
		return nil
	}
	end := slices.Clone(prefix)
	end[len(end)-1]++
	return end
}

// streams is a heap with the newest key on top.
type streams []*stream

func (h streams) Len() int           { return len(h) }
func (h streams) Less(i, j int) bool { return bytes.Compare(h[i].key, h[j].key) > 0 }
func (h streams) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push and Pop are for container/heap.
func (h *streams) Push(x any) { *h = append(*h, x.(*stream)) }
func (h *streams) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
