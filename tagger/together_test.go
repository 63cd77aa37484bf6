package tagger

import (
	"reflect"
	"sync"
	"testing"

	"silkwire/news"
	"silkwire/text"
)

// What one goroutine remembers of words must not colour what another finds.
func TestManyGoroutinesFindWhatOneFinds(t *testing.T) {
	tg, items := loadTagger(t), newsItems(t)
	want := make([]news.Tagging, len(items))
	for i := range items {
		want[i] = tg.Tag(&items[i])
	}
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for i := range items {
				j := (i + worker*7) % len(items)
				if got := tg.Tag(&items[j]); !reflect.DeepEqual(got, want[j]) {
					t.Errorf("item %d is tagged otherwise by worker %d", j, worker)
				}
			}
		})
	}
	group.Wait()
}

// Telling the matcher which languages a sentence may be in leaves out what is
// not looked for there, and nothing else.
func TestTheMatcherLeavesOutTermsOfOtherLanguagesOnly(t *testing.T) {
	tg := loadTagger(t)
	sc := newScratch()
	d := text.Doc{Vocabulary: sc.vocabulary}
	for _, it := range newsItems(t) {
		d.Scan(it.Text)
		all := append([]mention(nil), tg.m.find(sc, &d, nil)...)
		langs := make([]text.LangSet, len(d.Sentences))
		for i := range langs {
			langs[i] = text.Set(text.Ru, text.Ky)
		}
		var want []mention
		for _, m := range all {
			if tg.m.terms[m.term].where&langs[0] != 0 {
				want = append(want, m)
			}
		}
		got := tg.m.find(sc, &d, langs)
		if len(got) != len(want) || len(got) > 0 && !reflect.DeepEqual(append([]mention(nil), got...), want) {
			t.Fatalf("%.60q: %d mentions, want %d of %d", it.Text, len(got), len(want), len(all))
		}
	}
}
