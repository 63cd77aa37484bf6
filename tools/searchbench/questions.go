package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
)

// sample is an item from which questions are made, so that they have answers.
type sample struct {
	word, other, next string // next follows word
	concepts          [2]news.ConceptID
	from, to          time.Time
}

func newSample(it *news.Item, random *rand.Rand) (s sample, ok bool) {
	words := search.Fold(it.Text)
	if len(words) < 20 || len(it.Tagging.Tags) < 3 {
		return s, false
	}
	i := random.IntN(len(words) - 1)
	s.word, s.next, s.other = words[i], words[i+1], words[random.IntN(len(words))]
	tags := random.Perm(len(it.Tagging.Tags))
	s.concepts = [2]news.ConceptID{it.Tagging.Tags[tags[0]].Concept, it.Tagging.Tags[tags[1]].Concept}
	s.from, s.to = it.Time().AddDate(0, -random.IntN(12), 0), it.Time().AddDate(0, 1+random.IntN(12), 0)
	return s, true
}

// kind is a kind of question.
type kind struct {
	name string
	ask  func(s *sample) string
	q    store.Query
	once bool // the same question every time
}

func (k *kind) question(s *sample) (store.Query, error) {
	q := k.q
	var err error
	q.Search, err = search.Parse(k.ask(s), nil)
	return q, err
}

func kinds() []kind {
	whole := store.Query{Count: true, Facets: true}
	best := store.Query{Count: true, Facets: true, Sort: store.Best}
	days := func(s *sample) string {
		return " after:" + s.from.Format(time.DateOnly) + " before:" + s.to.Format(time.DateOnly)
	}
	fixed := func(text string) func(*sample) string { return func(*sample) string { return text } }
	return []kind{
		{"word, two concepts, dates; all facets", func(s *sample) string {
			return fmt.Sprintf("%q concept:%s concept:%s", s.word, s.concepts[0], s.concepts[1]) + days(s)
		}, whole, false},
		{"two words, two concepts, dates; all facets", func(s *sample) string {
			return fmt.Sprintf("%q %q concept:%s concept:%s", s.word, s.other, s.concepts[0], s.concepts[1]) + days(s)
		}, whole, false},
		{"a word; all facets", func(s *sample) string { return fmt.Sprintf("%q", s.word) }, whole, false},
		{"a phrase; all facets", func(s *sample) string { return fmt.Sprintf("%q", s.word+" "+s.next) }, whole, false},
		{"a phrase, best first; all facets", func(s *sample) string { return fmt.Sprintf("%q", s.word+" "+s.next) }, best, false},
		{"a concept without a word; all facets", func(s *sample) string { return fmt.Sprintf("concept:%s -%q", s.concepts[0], s.word) }, whole, false},
		{"a word or another; all facets", func(s *sample) string { return fmt.Sprintf("%q OR %q", s.word, s.other) }, whole, false},
		{"two concepts, newest 50", func(s *sample) string { return fmt.Sprintf("concept:%s concept:%s", s.concepts[0], s.concepts[1]) }, store.Query{}, false},
		{"everything; all facets", fixed(""), whole, true},
		{"everything, best first; all facets", fixed(""), best, true},
		{"is:relevant; all facets", fixed("is:relevant"), whole, true},
		{"everything but what is relevant; all facets", fixed("-is:relevant"), whole, true},
		{"is:relevant, counted", fixed("is:relevant"), store.Query{Count: true}, true},
		{"sums over ten million; all facets", fixed("amount:>10m status:signed"), whole, true},
		{"relevance over 0.9; all facets", fixed("relevance:>0.9"), whole, true},
	}
}

func parsed(text string) store.Query {
	q, err := search.Parse(text, nil)
	if err != nil {
		panic(err) // our own words
	}
	return store.Query{Search: q}
}

// memory is the most that was in use.
type memory struct {
	heap, anon atomic.Uint64
	stop       chan struct{}
}

func watchMemory() *memory {
	m := &memory{stop: make(chan struct{})}
	go func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-m.stop:
				return
			case <-tick.C:
				var s runtime.MemStats
				runtime.ReadMemStats(&s)
				m.heap.Store(max(m.heap.Load(), s.HeapInuse))
				m.anon.Store(max(m.anon.Load(), anonymous()))
			}
		}
	}()
	return m
}

func (m *memory) report() {
	close(m.stop)
	fmt.Printf("at most %.0f MB of heap in use, %.0f MB of anonymous memory\n", float64(m.heap.Load())/1e6, float64(m.anon.Load())/1e6)
}

// anonymous is the process's anonymous memory in bytes; 0 where that is not told.
func anonymous() uint64 {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			var kb uint64
			if _, err := fmt.Sscan(rest, &kb); err == nil {
				return kb << 10
			}
		}
	}
	return 0
}
