package words

import (
	"html/template"
	"testing"
	"time"
)

func catalogue(t testing.TB) *Catalogue {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func in(t testing.TB, tag string) *Language {
	t.Helper()
	l, ok := catalogue(t).In(tag)
	if !ok {
		t.Fatalf("there is no %s", tag)
	}
	return l
}

func TestANumberChoosesItsForm(t *testing.T) {
	for tag, want := range map[string]map[int]string{
		"en": {0: "0 items", 1: "1 item", 2: "2 items", 21: "21 items", 12345: "12\u202f345 items"},
		"ru": {0: "0 материалов", 1: "1 материал", 2: "2 материала", 5: "5 материалов", 11: "11 материалов", 12: "12 материалов", 21: "21 материал", 22: "22 материала", 1104: "1\u202f104 материала"},
		"uz": {1: "1 material", 5: "5 material"},
		"kk": {1: "1 материал", 5: "5 материал"},
	} {
		for n, says := range want {
			if got := in(t, tag).Say("%d items", n); got != says {
				t.Errorf("%s: %d: %q, want %q", tag, n, got, says)
			}
		}
	}
}

func TestWhatNobodyHasTranslatedIsSaidInEnglish(t *testing.T) {
	for _, l := range catalogue(t).All() {
		if got := l.Say("Nobody says this: %s, %d %%", "x", 7); got != "Nobody says this: x, 7 %" {
			t.Errorf("%s: %q", l.Tag, got)
		}
	}
}

func TestOnlyPiecesThatAreHTMLBecomeHTML(t *testing.T) { // X1
	got := in(t, "en").HTML("<b>%s</b> & %s, %d", "<i>", template.HTML("<a href=\"/x\">y</a>"), 3)
	if want := template.HTML("&lt;b&gt;&lt;i&gt;&lt;/b&gt; &amp; <a href=\"/x\">y</a>, 3"); got != want {
		t.Errorf("%s", got)
	}
}

func TestTheReadersWishCountsBeforeTheBrowsersAndBothBeforeEnglish(t *testing.T) {
	c := catalogue(t)
	for _, x := range []struct{ accept, wish, want string }{
		{"", "", "en"}, {"ru-RU,ru;q=0.9,en;q=0.8", "", "ru"}, {"ru", "kk", "kk"}, {"de, kk;q=0.5", "", "kk"}, {"fr,de", "", "en"},
		{"uz-Latn-UZ", "", "uz"}, {"en-GB,ru;q=0.3", "", "en"}, {"ru", "xx", "ru"}, {"*", "", "en"}, {";;;q=,,", "", "en"}, {"kk-KZ", "", "kk"},
	} {
		if got := c.For(x.accept, x.wish).Tag; got != x.want {
			t.Errorf("Accept-Language %q, wish %q: %s, want %s", x.accept, x.wish, got, x.want)
		}
	}
}

func TestDatesStandInTheOrderOfTheLanguage(t *testing.T) {
	at := time.Date(2026, 3, 2, 15, 4, 0, 0, time.UTC)
	for tag, want := range map[string][]string{
		"en": {"2 March 2026", "2 Mar 2026, 15:04", "March 2026", "Monday, 2 March"},
		"ru": {"2 марта 2026 г.", "2 мар. 2026, 15:04", "март 2026", "понедельник, 2 марта"},
		"uz": {"2026-yil 2-mart", "2-mar 2026, 15:04", "2026-yil mart", "dushanba, 2-mart"},
		"kk": {"2026 жылғы 2 наурыз", "2 нау. 2026, 15:04", "2026 жылғы наурыз", "дүйсенбі, 2 наурыз"},
	} {
		l := in(t, tag)
		for i, got := range []string{l.Date(at), l.Moment(at), l.Month(at), l.Weekday(at, false)} {
			if got != want[i] {
				t.Errorf("%s: %q, want %q", tag, got, want[i])
			}
		}
	}
	if got := in(t, "ru").Decimal(1.25, -1); got != "1,25" {
		t.Error(got)
	}
}

func FuzzAnyAcceptLanguageGetsALanguage(f *testing.F) {
	f.Add("ru-RU,ru;q=0.9", "kk")
	f.Add("zh-Hant-TW;q=1,x-klingon", "../en")
	c := catalogue(f)
	f.Fuzz(func(t *testing.T, accept, wish string) {
		if _, known := c.In(c.For(accept, wish).Tag); !known {
			t.Error("a language that there is not")
		}
	})
}

func BenchmarkSay(b *testing.B) {
	l := in(b, "ru")
	for b.Loop() {
		_ = l.Say("%d items", 17)
	}
}
