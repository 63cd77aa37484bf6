package demo_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"silkwire/demo"
	"silkwire/news"
)

// past is the whole made-up past, as it would stand in an archive.
func past(t *testing.T) []news.Item {
	t.Helper()
	running := start(t)
	from, to := now.AddDate(0, 0, -demo.PastDays), now.AddDate(0, 0, -3)
	return running.Past(from, to)
}

func TestThePastIsAYearInElevenLanguages(t *testing.T) {
	all := past(t)
	if len(all) < 3000 || len(all) > 6000 {
		t.Errorf("%d items were published in the year", len(all))
	}
	perLanguage, ids := map[string]int{}, map[news.ItemID]bool{}
	for i := range all {
		it := &all[i]
		perLanguage[it.Lang]++
		if ids[it.ID] {
			t.Errorf("%s comes twice", it.URL)
		}
		ids[it.ID] = true
		if it.Published.After(now.AddDate(0, 0, -2)) || it.Fetched.Before(it.Published) || i > 0 && it.Published.Before(all[i-1].Published) {
			t.Errorf("%s: published %v, seen %v", it.URL, it.Published, it.Fetched)
		}
	}
	for _, lang := range []string{"en", "ru", "uz-Latn", "uz-Cyrl", "kk", "ky", "tg", "tk", "tr", "zh", "fa"} {
		if perLanguage[lang] < 80 {
			t.Errorf("%d items in %s", perLanguage[lang], lang)
		}
	}
}

// Slots that nobody filled, choices that nobody made, holes: what a slip in a
// file of sentences looks like.
func TestEverySentenceOfThePastIsWhole(t *testing.T) {
	slip := regexp.MustCompile(`[{}|\[\]]|  |^ | $| [.,;]`)
	latin := regexp.MustCompile(`\p{Latin}+`)
	for _, it := range past(t) {
		text := it.Title + "\n" + it.Text
		for line := range strings.SplitSeq(text, "\n") {
			if line == "" || slip.MatchString(line) || !utf8.ValidString(line) {
				t.Fatalf("%s (%s): %q", it.URL, it.Lang, line)
			}
		}
		if word := latin.FindString(text); word != "" && (it.Lang == "uz-Cyrl" || it.Lang == "ru" || it.Lang == "tg") {
			t.Fatalf("%s (%s): %q in Latin letters", it.URL, it.Lang, word)
		}
	}
}

func TestThePastIsTheSameHoweverOftenItIsTold(t *testing.T) {
	running := start(t)
	from := now.AddDate(0, 0, -40)
	whole := running.Past(from, from.AddDate(0, 0, 9))
	later, err := demo.New(now.Add(30 * time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	again, err := later.Start(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	second := again.Past(from, from.AddDate(0, 0, 9))
	if len(whole) != len(second) || len(whole) < 50 {
		t.Fatalf("%d items, then %d", len(whole), len(second))
	}
	texts := map[string]bool{}
	for i := range whole {
		if whole[i].Title != second[i].Title && whole[i].Published.Equal(second[i].Published) {
			t.Errorf("%q became %q", whole[i].Title, second[i].Title)
		}
		texts[whole[i].Text] = true
	}
	if len(texts) < len(whole)*95/100 {
		t.Errorf("%d items, but only %d texts", len(whole), len(texts))
	}
}

// An address in the archive leads to the article it came from.
func TestOldArticlesCanBeRead(t *testing.T) {
	running := start(t)
	day := now.AddDate(0, 0, -100)
	for _, it := range running.Past(day, day.AddDate(0, 0, 2)) {
		if it.Outlet == "aral-meridian" || it.Outlet == "zarafshan-line" {
			continue // one fails, one answers in windows-1251
		}
		if resp, body := get(t, it.URL); resp.StatusCode != 200 || !strings.Contains(body, strings.ReplaceAll(it.Title, "'", "&#39;")) {
			t.Errorf("%s: %d, without %q", it.URL, resp.StatusCode, it.Title)
		}
	}
}

// A time in which nothing was read is drawn with the charts; so nothing may
// have come of it.
func TestNothingIsPublishedInAGap(t *testing.T) {
	running := start(t)
	gaps := running.Gaps()
	if len(gaps) < 4 {
		t.Fatalf("%d gaps", len(gaps))
	}
	for _, it := range past(t) {
		for _, g := range gaps {
			day := it.Published.Truncate(24 * time.Hour)
			if (g.Source == "" || g.Source == it.Source) && !day.Before(g.From) && (g.To.IsZero() || day.Before(g.To)) {
				t.Errorf("%s came at %v, in the gap %+v", it.URL, it.Published, g)
			}
		}
	}
}

func TestSomeItemsAreCorrectedLater(t *testing.T) {
	running := start(t)
	items := running.Past(now.AddDate(0, 0, -100), now.AddDate(0, 0, -10))
	corrected := running.Corrected(items)
	if len(corrected) < 5 || len(corrected) > len(items)/20 {
		t.Errorf("%d of %d", len(corrected), len(items))
	}
	for _, it := range corrected {
		i := slices.IndexFunc(items, func(x news.Item) bool { return x.ID == it.ID })
		if !strings.HasPrefix(it.Text, items[i].Text+"\n") || !it.Fetched.After(items[i].Fetched) {
			t.Errorf("%s: %q", it.URL, it.Text)
		}
	}
}
