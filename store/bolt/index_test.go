package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	bbolt "go.etcd.io/bbolt"

	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
)

// prose is an item of random words, of few that are frequent and many that are rare.
func prose(random *rand.Rand, i int) news.Item {
	it := item(i)
	word := func() string {
		n := int(20 * random.ExpFloat64())
		return []string{"word%d", "слово%d", "сўз%d", "soʻz%d"}[n%4]
	}
	var text strings.Builder
	for range 20 + random.IntN(20) {
		fmt.Fprintf(&text, word()+" ", int(30*random.ExpFloat64()))
	}
	it.Title, it.Text = fmt.Sprintf(word()+" "+word(), random.IntN(9), random.IntN(9)), text.String()
	return it
}

// findsWhatMatches compares what is found with what Match says of every item.
func findsWhatMatches(t *testing.T, s *Store, list []news.Item, queries ...string) {
	t.Helper()
	for _, text := range queries {
		q := query(t, text)
		want := 0
		for i := range list {
			if q.Match(&list[i], search.Facts{Contains: search.Contains}) {
				want++
			}
		}
		page, err := s.Find(context.Background(), store.Query{Search: q, Count: true})
		if err != nil || page.Total != want {
			t.Errorf("%s finds %d, want %d (%v)", text, page.Total, want, err)
		}
	}
}

func blockList(t *testing.T, s *Store) (list []block) {
	t.Helper()
	err := s.view(context.Background(), "test", func(tx *bbolt.Tx) (err error) {
		list, err = blocksOf(tx.Bucket(bucketSearch), 0)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestBlocksOfLikeSizeAreMergedAndNothingIsLost(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	s := open(t, path(t), Options{NoSync: true})
	var list []news.Item
	for i := 0; len(list) < 700; {
		var batch []news.Item
		for range 1 + random.IntN(6) {
			batch = append(batch, prose(random, i))
			i++
		}
		save(t, s, batch...)
		if len(list) > 0 && random.IntN(4) == 0 { // an edit: new words, a new number
			k := random.IntN(len(list))
			list[k].Text += " edited word1"
			save(t, s, list[k])
		}
		list = append(list, batch...)
	}
	if n := len(blockList(t, s)); n > 3*mergeAt {
		t.Errorf("%d blocks for %d items", n, len(list))
	}
	checks(t, s)
	findsWhatMatches(t, s, list, "word1", "слово1", "сўз2", "edited", `"edited word1"`, `"word0 слово1"`, `"сўз2 word0"`, "word1 -слово1", "word1 OR сўз3", `-"word0 word0"`)
	if err := s.Reindex(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	checks(t, s)
	findsWhatMatches(t, s, list, "word1", "edited", `"edited word1"`, `"word0 слово1"`)
	if n := len(blockList(t, s)); n > mergeAt {
		t.Errorf("%d blocks after a reindex", n)
	}
}

func TestAReindexMissesNothingThatIsSavedMeanwhile(t *testing.T) {
	s := open(t, path(t), Options{NoSync: true})
	save(t, s, items(0, 3*reindexItems)...)
	if _, err := s.Review(context.Background(), item(5).ID, news.Review{By: "analyst", Verdict: news.Accept, Concept: "china"}); err != nil {
		t.Fatal(err)
	}
	step := 0
	err := s.Reindex(context.Background(), func(done, of int) {
		first, last, fresh := item(1), item(3*reindexItems-1), item(4*reindexItems+step)
		first.Text += " Meanwhile."
		last.Text += " Meanwhile."
		save(t, s, first, last, fresh)
		retagged := map[news.ItemID]news.Tagging{item(2).ID: {Lang: "ru"}, item(3*reindexItems - 2).ID: {Lang: "ru"}}
		if err := s.Retag(context.Background(), retagged); err != nil {
			t.Error(err)
		}
		step++
	})
	if err != nil || step < 3 {
		t.Fatalf("%d steps: %v", step, err)
	}
	checks(t, s)
	for text, want := range map[string]int{"meanwhile": 2, "lang:ru": 2, "is:reviewed": 1, "": 3*reindexItems + step} {
		page, err := s.Find(context.Background(), store.Query{Search: query(t, text), Count: true})
		if err != nil || page.Total != want {
			t.Errorf("%s finds %d, want %d (%v)", text, page.Total, want, err)
		}
	}
}

func TestAReindexThatIsInterruptedLeavesTheOldIndex(t *testing.T) {
	p := path(t)
	s := open(t, p, Options{NoSync: true})
	save(t, s, items(0, reindexItems+10)...)
	ctx, stop := context.WithCancel(context.Background())
	if err := s.Reindex(ctx, func(int, int) { stop() }); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	checks(t, s)
	findsWhatMatches(t, s, items(0, reindexItems+10), "scholarship", "concept:concept-7")

	// And one that dies leaves it to be thrown away.
	if err := s.update(context.Background(), "test", func(w *writer) error { return beginReindex(w.Tx) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, p, Options{NoSync: true})
	checks(t, s)
	_ = s.view(context.Background(), "test", func(tx *bbolt.Tx) error {
		if tx.Bucket(bucketSearchNext) != nil {
			t.Error("the half-made index is still there")
		}
		return nil
	})
}

func TestAnArchiveWithoutASearchIndexIsGivenOne(t *testing.T) {
	p := path(t)
	s := open(t, p, Options{NoSync: true})
	fill(t, s)
	if err := s.db.Update(func(tx *bbolt.Tx) error { return tx.DeleteBucket(bucketSearch) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, p, Options{NoSync: true})
	if len(s.Warnings()) == 0 {
		t.Error("and nobody is told")
	}
	checks(t, s)
	wantFilled(t, s)
}

func TestWordsBeyondAWindowOfTheIndexAreFound(t *testing.T) {
	if testing.Short() {
		t.Skip("70,000 items")
	}
	s := open(t, path(t), Options{NoSync: true})
	n := 1<<windowBits + 4000
	for i := 0; i < n; i += 4000 {
		list := items(i, min(i+4000, n))
		for k := range list {
			list[k].Text, list[k].Tagging.Tags = fmt.Sprintf("Sentence of the story %d.", (i+k)%1000), nil
		}
		save(t, s, list...)
	}
	checks(t, s)
	for text, want := range map[string]int{`"story 7"`: (n-8)/1000 + 1, "sentence": n, `"story sentence"`: 0, "-sentence": 0, "after:2026-03-21 7": (n-8)/1000 + 1} {
		page, err := s.Find(context.Background(), store.Query{Search: query(t, text), Count: true, Facets: true})
		if err != nil || page.Total != want {
			t.Errorf("%s finds %d, want %d (%v)", text, page.Total, want, err)
		}
	}
	if list := blockList(t, s); len(list) != 1 || list[0].n != 1<<windowBits {
		t.Errorf("a window that is complete has the blocks %+v", list)
	}
}

func TestAnAbsurdlyLongWordIsFoundByItsBeginning(t *testing.T) {
	s := open(t, path(t), Options{NoSync: true})
	it := item(1)
	it.Text = strings.Repeat("а", 100_000) + " end"
	save(t, s, it)
	checks(t, s)
	findsWhatMatches(t, s, []news.Item{it}, strings.Repeat("а", 200), strings.Repeat("а", 100), "end")
}

// spoil changes a few bytes of values of an index. Words are sealed again, so
// that it is the reading of them that is tested and not the checksum.
func spoil(tx *bbolt.Tx, random *rand.Rand) error {
	for _, name := range [][]byte{bucketPages, bucketBlocks, bucketNames, bucketWords, bucketSets} {
		b := tx.Bucket(bucketSearch).Bucket(name)
		var keys [][]byte
		_ = b.ForEach(func(k, _ []byte) error { keys = append(keys, bytes.Clone(k)); return nil })
		for range 1 + len(keys)/10 {
			k := keys[random.IntN(len(keys))]
			v := bytes.Clone(b.Get(k))
			for range 1 + random.IntN(3) {
				v[random.IntN(len(v))] ^= byte(1 + random.IntN(255))
			}
			if bytes.Equal(name, bucketWords) {
				v = seal(v[crcSize:])
			}
			if bytes.Equal(name, bucketSets) && random.IntN(50) > 0 {
				continue // or every query ends at once
			}
			if err := b.Put(k, v); err != nil {
				return err
			}
		}
	}
	return nil
}

func TestTheIndexIsReadSafelyWhateverIsInIt(t *testing.T) { // D9
	random := rand.New(rand.NewPCG(7, 8))
	s := open(t, path(t), Options{NoSync: true})
	var list []news.Item
	for i := range 300 {
		list = append(list, prose(random, i))
	}
	save(t, s, list...)
	answers, refusals := 0, 0
	for range 200 {
		damaged := errors.New("the test takes it back")
		err := s.db.Update(func(tx *bbolt.Tx) error {
			if err := spoil(tx, random); err != nil {
				return err
			}
			for _, text := range []string{"", "word1", `"word0 word1"`, "after:2026-03-21 concept:china", "lang:en -word1"} {
				for _, order := range []store.Sort{store.Newest, store.Best} {
					f := s.finder(context.Background(), tx, store.Query{Search: query(t, text), Sort: order, Facets: true})
					found := f.find()
					f.first(found, nil, 10)
					f.facets(found)
					var bad *badRecord
					switch {
					case f.err == nil:
						answers++
					case errors.As(f.err, &bad):
						refusals++
					default:
						t.Errorf("%s: %v", text, f.err)
					}
				}
			}
			return damaged
		})
		if !errors.Is(err, damaged) {
			t.Fatal(err)
		}
	}
	if answers == 0 || refusals == 0 {
		t.Errorf("%d answers, %d refusals: the damage was not of the kind that was meant", answers, refusals)
	}
}

func TestRunsAreMergedInOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 9))
	for range 500 {
		var list []place
		for range random.IntN(9) {
			p := place(random.IntN(50))
			for range random.IntN(20) {
				p += place(1 + random.IntN(9))
				list = append(list, p)
			}
		}
		want := slices.Sorted(slices.Values(list))
		if got := mergeRuns(slices.Clone(list)); !slices.Equal(want, got) {
			t.Fatalf("%v becomes %v", list, got)
		}
	}
}

// impatient is a context that ends when it has been asked a few times.
type impatient struct {
	context.Context
	asked int
}

func (c *impatient) Err() error {
	if c.asked++; c.asked > 10 {
		return context.DeadlineExceeded
	}
	return nil
}

func TestALongPhraseEndsWithItsContext(t *testing.T) { // X18
	s := open(t, path(t), Options{NoSync: true})
	save(t, s, items(0, 20)...)
	ctx := &impatient{Context: context.Background()}
	_, err := s.Find(ctx, store.Query{Search: query(t, `"`+strings.Repeat("story ", 1000)+`"`)})
	if !errors.Is(err, context.DeadlineExceeded) || ctx.asked > 20 {
		t.Errorf("%v, having asked %d times", err, ctx.asked)
	}
}

// Facets of whole pages come from sums that are remembered; a page that is
// written again must be added up again.
func TestFacetsOfWholePagesFollowEveryChange(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	s := open(t, path(t), Options{NoSync: true})
	const n = 3*pageItems - 40
	save(t, s, items(0, n)...)
	want := map[string]int{}
	langs := make([]string, n)
	for i := range langs {
		langs[i] = item(i).Tagging.Lang
		want[langs[i]]++
	}
	for range 8 {
		tagged := map[news.ItemID]news.Tagging{}
		for range 30 {
			i := random.IntN(n)
			want[langs[i]]--
			langs[i] = []string{"ru", "ky", "kk"}[random.IntN(3)]
			want[langs[i]]++
			tagged[item(i).ID] = news.Tagging{Lang: langs[i]}
		}
		if err := s.Retag(context.Background(), tagged); err != nil {
			t.Fatal(err)
		}
		for text, without := range map[string]string{"": "", "-lang:ky": "ky", "-lang:ru": "ru"} {
			page, err := s.Find(context.Background(), store.Query{Search: query(t, text), Facets: true})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]int{}
			for _, c := range page.Facets["language"] {
				got[c.ID] = c.Count
			}
			for lang, n := range want {
				if lang == without {
					n = 0
				}
				if got[lang] != n {
					t.Errorf("%q: %d items in %q, want %d", text, got[lang], lang, n)
				}
			}
		}
	}
}

// Where few are found their titles are read, where many are the index is asked:
// both must put the same first.
func TestTheBestOfManyAreTheBestOfFew(t *testing.T) {
	s := open(t, path(t), Options{NoSync: true})
	const n = readTitles + 200
	var list []news.Item
	for i := range n {
		it := item(i)
		it.Title, it.Text = "A visit", "There were loan talks in the capital."
		if i%97 == 0 {
			it.Title = "New loan talks"
		} else if i%101 == 0 {
			it.Title = "The loan"
		}
		list = append(list, it)
	}
	save(t, s, list...)
	few := fmt.Sprintf(" before:%s", list[readTitles-500].Time().Format("2006-01-02"))
	for _, text := range []string{`"loan talks"`, `talks "loan talks"`, `("loan talks" OR nothing)`, `loan`, `-"no such phrase" "loan talks"`} {
		for _, part := range []string{"", few} {
			page, err := s.Find(context.Background(), store.Query{Search: query(t, text+part), Sort: store.Best, Limit: 20, Count: true})
			if err != nil || len(page.Items) != 20 || (part == "") != (page.Total > readTitles) {
				t.Fatalf("%s: %d of %d items, %v", text+part, len(page.Items), page.Total, err)
			}
			for _, it := range page.Items {
				if it.Title == "A visit" || it.Title == "The loan" && text != "loan" {
					t.Errorf("%s: %q among the best of %d", text+part, it.Title, page.Total)
				}
			}
		}
	}
}
