package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis"
	_ "github.com/blevesearch/bleve/v2/analysis/analyzer/custom" // is registered by its import
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/registry"
	"github.com/blevesearch/bleve/v2/search/query"

	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
	"silkwire/store/bolt"
	"silkwire/text"
)

// errEnough ends a walk.
var errEnough = errors.New("enough")

// compare makes an archive and a bleve index of the same items and asks both
// the same questions in turns.
func compare(ctx context.Context, from *bolt.Store, items, n int, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	st, err := bolt.Open(filepath.Join(dir, "silkwire.db"), bolt.Options{Country: country})
	if err != nil {
		return err
	}
	defer st.Close()
	index, err := openBleve(filepath.Join(dir, "bleve"))
	if err != nil {
		return err
	}
	defer index.Close()
	if err := fill(ctx, from, st, index, items); err != nil {
		return err
	}
	asked, err := samples(ctx, st, n)
	if err != nil {
		return err
	}
	for _, k := range []kind{kinds()[0], kinds()[2]} {
		if err := turns(ctx, st, index, k, asked, items); err != nil {
			return err
		}
	}
	return nil
}

// turns asks both the same questions, one after another. Bleve finds ids;
// Silkwire reads the fifty items as well.
func turns(ctx context.Context, st *bolt.Store, index bleve.Index, k kind, asked []sample, items int) error {
	var ours, theirs []time.Duration
	differ := 0
	for i := range asked {
		q, err := k.question(&asked[i])
		if err != nil {
			return err
		}
		began := processTime()
		page, err := st.Find(ctx, q)
		if err != nil {
			return err
		}
		middle := processTime()
		answer, err := index.SearchInContext(ctx, request(&asked[i], k.name == kinds()[0].name))
		if err != nil {
			return err
		}
		ours, theirs = append(ours, middle-began), append(theirs, processTime()-middle)
		if int(answer.Total) != page.Total {
			differ++
		}
	}
	slices.Sort(ours)
	slices.Sort(theirs)
	fmt.Printf("%d items, %s; CPU: silkwire p50 %s p99 %s, bleve p50 %s p99 %s: %.1f and %.1f times; %d of %d answers differ in number, for bleve's stems are coarser\n",
		items, k.name, ms(at(ours, .5)), ms(at(ours, .99)), ms(at(theirs, .5)), ms(at(theirs, .99)),
		float64(at(theirs, .5))/float64(at(ours, .5)), float64(at(theirs, .99))/float64(at(ours, .99)), differ, len(asked))
	return nil
}

// fill copies the newest items into both, unless that was done before.
func fill(ctx context.Context, from, st *bolt.Store, index bleve.Index, items int) error {
	if n, err := index.DocCount(); err != nil || n >= uint64(items) {
		return err
	}
	var batch []news.Item
	var ours, theirs time.Duration
	done := 0
	flush := func() error {
		began := processTime()
		if _, err := st.Save(ctx, batch, news.SourceState{}); err != nil {
			return err
		}
		middle := processTime()
		b := index.NewBatch()
		for i := range batch {
			if err := b.Index(string(batch[i].ID), document(&batch[i])); err != nil {
				return err
			}
		}
		err := index.Batch(b)
		ours, theirs = ours+middle-began, theirs+processTime()-middle
		done += len(batch)
		batch = batch[:0]
		return err
	}
	err := from.Each(ctx, store.Query{WithText: true}, func(it *news.Item) error {
		if batch = append(batch, *it); len(batch) < 1000 {
			return nil
		}
		if err := flush(); err != nil {
			return err
		}
		if done >= items {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	fmt.Printf("%d items: CPU: the whole of saving %.0f µs an item, search index and all; bleve's index alone %.0f µs\n",
		done, float64(ours.Microseconds())/float64(done), float64(theirs.Microseconds())/float64(done))
	return nil
}

// document is what bleve is told of an item: Title and Body as words, the
// facets as they are.
func document(it *news.Item) map[string]any {
	d := map[string]any{"words": it.Title + "\n" + it.Body(), "time": float64(it.Time().Unix())}
	var concepts []string
	for _, t := range it.Tagging.Tags {
		concepts = append(concepts, string(t.Concept))
	}
	d["concept"] = concepts
	values := map[string][]string{}
	search.Values(it, search.Facts{Country: country(it.Outlet)}, func(facet, id string) { values[facet] = append(values[facet], id) })
	for facet, ids := range values {
		d[facet] = ids
	}
	return d
}

// request asks bleve for a word, and for concepts and dates as well.
func request(s *sample, narrow bool) *bleve.SearchRequest {
	term := func(field, value string) query.Query {
		q := query.NewTermQuery(value)
		q.SetField(field)
		return q
	}
	from, to := float64(day(s.from).Unix()), float64(day(s.to).Unix())
	within := query.NewNumericRangeQuery(&from, &to)
	within.SetField("time")
	all := []query.Query{term("words", stem(s.word))}
	if narrow {
		all = append(all, term("concept", string(s.concepts[0])), term("concept", string(s.concepts[1])), within)
	}
	r := bleve.NewSearchRequestOptions(query.NewConjunctionQuery(all), 50, 0, false)
	r.SortBy([]string{"-time", "-_id"})
	for _, facet := range search.Facets() {
		r.AddFacet(facet, bleve.NewFacetRequest(facet, 2000))
	}
	return r
}

func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// stem is what all forms of a word begin with: bleve needs one term for them.
func stem(word string) string {
	f := search.Forms([]string{word})
	prefix, _ := f[0].Prefix()
	return string(prefix[:min(len(prefix), 12)])
}

const analyser = "silkwire"

// words is Silkwire's analyser: its words, folded, and their stems.
type words struct{}

func (words) Tokenize(input []byte) analysis.TokenStream {
	var d text.Doc
	var out analysis.TokenStream
	search.Scan(&d, string(input), func(i int, word []byte) {
		out = append(out, &analysis.Token{Term: []byte(stem(string(word))), Position: i + 1, Type: analysis.AlphaNumeric})
	})
	return out
}

// register makes the analyser known to bleve, which is done once.
func register() error {
	return registry.RegisterTokenizer(analyser, func(map[string]any, *registry.Cache) (analysis.Tokenizer, error) { return words{}, nil })
}

func openBleve(path string) (bleve.Index, error) {
	if index, err := bleve.Open(path); err == nil {
		return index, nil
	}
	m := bleve.NewIndexMapping()
	if err := m.AddCustomAnalyzer(analyser, map[string]any{"type": "custom", "tokenizer": analyser}); err != nil {
		return nil, err
	}
	doc := bleve.NewDocumentStaticMapping()
	field := func(name string, f *mapping.FieldMapping) {
		f.Store, f.IncludeInAll = false, false
		doc.AddFieldMappingsAt(name, f)
	}
	prose := bleve.NewTextFieldMapping()
	prose.Analyzer, prose.DocValues = analyser, false
	field("words", prose)
	field("time", bleve.NewNumericFieldMapping())
	field("concept", bleve.NewKeywordFieldMapping())
	for _, facet := range search.Facets() {
		field(facet, bleve.NewKeywordFieldMapping())
	}
	m.DefaultMapping = doc
	return bleve.New(path, m)
}
