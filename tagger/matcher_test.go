package tagger

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	ahocorasick "github.com/petar-dambovaliev/aho-corasick"

	"silkwire/demo"
	"silkwire/news"
	"silkwire/taxonomy"
	"silkwire/text"
)

// oracle finds terms the slow way: at every word, every spelling of every
// term, word by word.
func oracle(patterns map[string]text.Lang, d *text.Doc) (found []string) {
	for pattern, lang := range patterns {
		for _, s := range everySpelling(pattern) {
			for start := range d.Words {
				for _, end := range oracleMatch(s, lang, d, start) {
					found = append(found, fmt.Sprint(pattern, start, end))
				}
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// everySpelling multiplies out a whole pattern.
func everySpelling(pattern string) []string {
	spellings, err := expand(pattern)
	if err != nil {
		panic(err)
	}
	return spellings
}

// oracleMatch returns the ends of the matches of a spelling that begin at start.
func oracleMatch(spelling string, lang text.Lang, d *text.Doc, start int) []int32 {
	ends := []int32{int32(start)}
	for i, segment := range strings.Split(spelling, "…") {
		var next []int32
		for _, at := range ends {
			last := at
			if i > 0 {
				last = at + maxGapWords
			}
			for from := at; from <= last && int(from) < len(d.Words); from++ {
				if i > 0 && d.Words[from].Sentence != d.Words[at-1].Sentence {
					break
				}
				if end, ok := oracleSegment(segment, lang, d, from); ok {
					next = append(next, end)
				}
			}
		}
		ends = next
	}
	return ends
}

func oracleSegment(segment string, lang text.Lang, d *text.Doc, at int32) (int32, bool) {
	first := at
	for _, r := range runs(segment) {
		words := text.Phrase(lang, r.text)
		for j := range words {
			if int(at) >= len(d.Words) || at > first && d.Words[at].Gap > text.Joint {
				return 0, false
			}
			folded := d.Folded(&d.Words[at])
			if r.open && j == len(words)-1 {
				if !strings.HasPrefix(string(folded), words[j].Folded) {
					return 0, false
				}
			} else if !slices.ContainsFunc(text.Stems(lang, words[j], false), func(s text.Stem) bool {
				rest, ok := strings.CutPrefix(string(folded), s.Text)
				return ok && s.Accepts([]byte(rest))
			}) {
				return 0, false
			}
			at++
		}
	}
	return at, true
}

func TestTheMatcherFindsWhatBruteForceFinds(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	vocabulary := strings.Fields("loan loans grant grants school schools the new bank bank's ministry opened openings road roads silk")
	for round := range 300 {
		patterns := map[string]text.Lang{}
		m := newMatcher(8)
		var names []string
		for range 1 + rnd.IntN(6) {
			p := randomPattern(rnd, vocabulary)
			if _, dup := patterns[p]; dup {
				continue
			}
			patterns[p] = text.En
			names = append(names, p)
			if err := m.add(p, term{rule: -1, where: anywhere, lang: text.En}, false, true); err != nil {
				t.Fatal(err)
			}
		}
		m.close()
		var b strings.Builder
		for range 30 {
			b.WriteString(vocabulary[rnd.IntN(len(vocabulary))])
			b.WriteString([]string{" ", " ", " ", "-", ". ", "; "}[rnd.IntN(6)])
		}
		sc := newScratch()
		d := text.Doc{Vocabulary: sc.vocabulary}
		d.Scan(b.String())
		var got []string
		for _, f := range m.find(sc, &d, nil) {
			got = append(got, fmt.Sprint(names[f.term], f.start, f.end))
		}
		slices.Sort(got)
		got = slices.Compact(got)
		if want := oracle(patterns, &d); !slices.Equal(got, want) {
			t.Fatalf("round %d: patterns %q in %q:\n got %q\nwant %q", round, names, b.String(), got, want)
		}
	}
}

func randomPattern(rnd *rand.Rand, vocabulary []string) string {
	var words []string
	for i := range 1 + rnd.IntN(3) {
		if i > 0 && rnd.IntN(4) == 0 {
			words = append(words, "…")
		}
		w := strings.TrimSuffix(vocabulary[rnd.IntN(len(vocabulary))], "'s")
		switch rnd.IntN(5) {
		case 0:
			w += "|" + strings.TrimSuffix(vocabulary[rnd.IntN(len(vocabulary))], "'s")
		case 1:
			w = w[:3] + "*"
		}
		words = append(words, w)
	}
	return strings.Join(words, " ")
}

// newsItems are the demo's labelled items: news in eleven languages and scripts.
func newsItems(tb testing.TB) []news.Item {
	labelled, err := demo.Items()
	if err != nil {
		tb.Fatal(err)
	}
	items := make([]news.Item, len(labelled))
	for i, it := range labelled {
		items[i] = news.Item{ID: news.ItemID(it.ID), Title: it.Title, Text: it.Body}
	}
	return items
}

// newsText is the text that benchmarks run on: two megabytes of those items.
func newsText(tb testing.TB) string {
	var b strings.Builder
	for b.Len() < 2<<20 {
		for _, it := range newsItems(tb) {
			b.WriteString(it.Title + "\n" + it.Text + "\n\n")
		}
	}
	return b.String()
}

func loadTagger(tb testing.TB) *Tagger {
	tax, err := taxonomy.Default()
	if err != nil {
		tb.Fatal(err)
	}
	tg, err := New(tax)
	if err != nil {
		tb.Fatal(err)
	}
	return tg
}

// perSecond runs f and reports the megabytes it gets through in a second of the
// processor's time, beside those of the clock: other work on the machine does
// not count.
func perSecond(b *testing.B, bytes int, f func()) {
	b.Helper()
	b.SetBytes(int64(bytes))
	b.ReportAllocs()
	f() // what is remembered from text to text is remembered
	var before, after syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	for b.Loop() {
		f()
	}
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	cpu := after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()
	b.ReportMetric(float64(bytes)*float64(b.N)/float64(cpu)*1e3, "MB/cpu-s")
}

func BenchmarkMatcher(b *testing.B) {
	tg := loadTagger(b)
	s := newsText(b)
	sc := newScratch()
	d := text.Doc{Vocabulary: sc.vocabulary}
	perSecond(b, len(s), func() {
		d.Scan(s)
		tg.m.find(sc, &d, nil)
	})
}

// BenchmarkTag is the whole of tagging: language, mentions, context, tags,
// events, relevance.
func BenchmarkTag(b *testing.B) {
	tg := loadTagger(b)
	items := newsItems(b)
	bytes := 0
	for _, it := range items {
		bytes += len(it.Title) + len(it.Text)
	}
	perSecond(b, bytes, func() {
		for i := range items {
			tg.Tag(&items[i])
		}
	})
}

// literals are the taxonomy's terms without gaps, alternatives and open ends:
// what a search for fixed strings can look for as well.
func literals(tax *taxonomy.Taxonomy) (terms []taxonomy.Term) {
	for _, c := range tax.Concepts {
		for _, t := range c.Terms {
			if !strings.ContainsAny(t.Text, "…|*,") {
				terms = append(terms, t)
			}
		}
	}
	return terms
}

// BenchmarkSameTerms searches mixed news for the same terms with our matcher
// (all word forms, whole words) and with the fastest Go library for literal
// search (no word forms, no word boundaries, case ignored).
func BenchmarkSameTerms(b *testing.B) {
	terms, s := literals(loadTagger(b).tax), mixedNews(b)
	b.Run("matcher", func(b *testing.B) {
		m := newMatcher(len(terms))
		for i, t := range terms {
			if err := m.add(t.Text, term{class: int32(i), rule: -1, where: anywhere, lang: t.Lang}, t.Exact, false); err != nil {
				b.Fatal(err)
			}
		}
		m.close()
		sc := newScratch()
		d := text.Doc{Vocabulary: sc.vocabulary}
		perSecond(b, len(s), func() {
			d.Scan(s)
			m.find(sc, &d, nil)
		})
	})
	b.Run("aho-corasick", func(b *testing.B) {
		var patterns []string
		for _, t := range terms {
			patterns = append(patterns, strings.ToLower(t.Text))
		}
		builder := ahocorasick.NewAhoCorasickBuilder(ahocorasick.Opts{DFA: true, MatchKind: ahocorasick.StandardMatch})
		ac := builder.Build(patterns)
		perSecond(b, len(s), func() {
			iter := ac.IterOverlapping(strings.ToLower(s))
			for iter.Next() != nil {
			}
		})
	})
}

// BenchmarkTerms shows that the cost of a text does not grow with the number
// of terms, but with what is found.
func BenchmarkTerms(b *testing.B) {
	terms, s := literals(loadTagger(b).tax), mixedNews(b)
	for _, part := range []int{16, 4, 1} {
		b.Run(fmt.Sprint(len(terms)/part), func(b *testing.B) {
			m := newMatcher(len(terms))
			for i, t := range terms {
				if i%part > 0 {
					continue
				}
				if err := m.add(t.Text, term{class: int32(i), rule: -1, where: anywhere, lang: t.Lang}, t.Exact, false); err != nil {
					b.Fatal(err)
				}
			}
			m.close()
			sc := newScratch()
			d := text.Doc{Vocabulary: sc.vocabulary}
			perSecond(b, len(s), func() {
				d.Scan(s)
				m.find(sc, &d, nil)
			})
		})
	}
}

// BenchmarkTagMixedNews is the whole of tagging on translated news of the
// world, articles of thirty sentences in nine languages: most of what is read
// is about something else.
func BenchmarkTagMixedNews(b *testing.B) {
	tg, articles := loadTagger(b), strings.Split(mixedNews(b), "\n\n")
	bytes := 0
	for _, a := range articles {
		bytes += len(a)
	}
	perSecond(b, bytes, func() {
		for _, a := range articles {
			tg.Tag(&news.Item{Text: a})
		}
	})
}

// mixedNews is a megabyte or two of news in nine languages, in articles with a
// blank line between: translated news where it is at hand, else the demo's.
func mixedNews(tb testing.TB) string {
	var all []string
	for _, lang := range strings.Fields("en ru kk ky tg tk tr fa zh") {
		b, err := os.ReadFile("../../shared/corpora/lang/ntrex/" + lang + ".txt")
		if err != nil {
			continue
		}
		for article := range slices.Chunk(strings.Split(strings.TrimSpace(string(b)), "\n"), 30) {
			all = append(all, strings.Join(article, "\n"))
		}
	}
	if len(all) == 0 {
		return newsText(tb)
	}
	rand.New(rand.NewPCG(3, 4)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return strings.Join(all, "\n\n")
}

func BenchmarkCompile(b *testing.B) {
	tax, err := taxonomy.Default()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := New(tax); err != nil {
			b.Fatal(err)
		}
	}
}
