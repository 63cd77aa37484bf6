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

// planner makes plans from the counts, and matches items.
type planner struct {
	tx       *bbolt.Tx
	country  func(news.OutletID) string
	contains func(sortKey []byte, phrase []string) bool
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
	case slices.Contains([]string{byOutlet, bySource, byLang, byStory}, e.Name):
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

// matcher tells of an item by its sort key whether it matches.
type matcher func(sortKey []byte) bool

// matcher returns what [search.Query.Match] would say. It reads the index, and
// of the item only the words that are asked for, and those last.
func (p planner) matcher(e search.Expr) matcher {
	switch e := e.(type) {
	case nil:
		return func([]byte) bool { return true }
	case search.Words:
		return func(key []byte) bool { return p.contains(key, e) }
	case search.And:
		list := p.matchers(e)
		return func(key []byte) bool { return !slices.ContainsFunc(list, func(m matcher) bool { return !m(key) }) }
	case search.Or:
		list := p.matchers(e)
		return func(key []byte) bool { return slices.ContainsFunc(list, func(m matcher) bool { return m(key) }) }
	case search.Not:
		inner := p.matcher(e.Expr)
		return func(key []byte) bool { return !inner(key) }
	case search.Date:
		from, to := bounds(e)
		return func(key []byte) bool { return within(key, from, to) }
	}
	set, _ := p.leaf(e) // all that is left is a leaf
	return func(key []byte) bool {
		return slices.ContainsFunc(set.postings, func(x posting) bool {
			return p.tx.Bucket(bucketIndex).Bucket([]byte(x.index)).Get(x.key(key)) != nil
		})
	}
}

// matchers are those of the list, with those that read words at the end.
func (p planner) matchers(list []search.Expr) []matcher {
	var cheap, dear []matcher
	for _, e := range list {
		if readsWords(e) {
			dear = append(dear, p.matcher(e))
		} else {
			cheap = append(cheap, p.matcher(e))
		}
	}
	return append(cheap, dear...)
}

func readsWords(e search.Expr) bool {
	switch e := e.(type) {
	case search.Words:
		return true
	case search.And:
		return slices.ContainsFunc(e, readsWords)
	case search.Or:
		return slices.ContainsFunc(e, readsWords)
	case search.Not:
		return readsWords(e.Expr)
	}
	return false
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
