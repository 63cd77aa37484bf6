package digest

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"silkwire/news"
	"silkwire/text"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test ./digest -update writes it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func render(t *testing.T, e Edition) Message {
	t.Helper()
	m, err := Render(e)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAnEditionLooksAsItWasApproved(t *testing.T) {
	for _, c := range []struct {
		name   string
		labels text.Lang
		group  Grouping
	}{{"day-en", text.En, ByActor}, {"day-ru", text.Ru, ByCountry}, {"day-uz", text.UzLatn, ByActor}, {"day-kk", text.Kk, Flat}} {
		t.Run(c.name, func(t *testing.T) {
			e := Compile(withMemory(dayInput(t, c.labels, c.group)))
			m := render(t, e)
			golden(t, c.name+".txt", "Subject: "+m.Subject+"\n\n"+m.Text)
			golden(t, c.name+".html", m.HTML)
		})
	}
}

func TestAnEditionSurvivesTheArchive(t *testing.T) {
	e := Compile(withMemory(dayInput(t, text.En, ByActor)))
	frozen, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Read(frozen)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(e, back); diff != "" {
		t.Error(diff)
	}
}

func TestHTMLHasNothingThatReachesOut(t *testing.T) { // M20
	in := dayInput(t, text.En, ByActor)
	hostile := `<script>alert(1)</script><img src=x onerror=alert(1)>"'` + "\u202etxt\r\nBcc: x@y\x00"
	for i := range in.Items {
		in.Items[i].Title += hostile
		in.Items[i].Text = hostile + " " + in.Items[i].Text
		in.Items[i].URL = "javascript:alert(1)"
	}
	e := Compile(in)
	m := render(t, e)
	doc, err := html.Parse(strings.NewReader(m.HTML))
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{}
	for name := range strings.FieldsSeq("bdi html head meta title style body div table tbody tr td h1 h2 h3 h4 p a span b br") {
		allowed[name] = true
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if !allowed[n.Data] {
			t.Errorf("there is a %s", n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "href" && !strings.HasPrefix(a.Val, "https://silkwire.example.org/") {
				t.Errorf("%s has %s=%q", n.Data, a.Key, a.Val)
			}
		}
	}
	for _, s := range []string{m.Subject, m.Text} {
		if strings.ContainsAny(s, "\r\x00\u202e") {
			t.Errorf("controls were kept: %q", s)
		}
	}
	if strings.Contains(m.Subject, "\n") {
		t.Errorf("the subject has two lines: %q", m.Subject)
	}
}

func TestEveryLineOfTheTextFitsATerminal(t *testing.T) {
	for _, labels := range []text.Lang{text.En, text.Ru, text.UzLatn, text.Kk} {
		m := render(t, Compile(withMemory(dayInput(t, labels, ByActor))))
		for line := range strings.Lines(m.Text) {
			if line = strings.TrimSuffix(line, "\n"); wide(line) > columns && !strings.Contains(line, "https://") {
				t.Errorf("%d columns: %q", wide(line), line)
			}
			if strings.TrimRight(line, " ") != line {
				t.Errorf("blanks at the end: %q", line)
			}
		}
	}
}

func TestBothFormsTellTheSame(t *testing.T) {
	e := Compile(withMemory(dayInput(t, text.En, ByActor)))
	m := render(t, e)
	doc, err := html.Parse(strings.NewReader(m.HTML))
	if err != nil {
		t.Fatal(err)
	}
	var shown strings.Builder
	for n := range doc.Descendants() {
		if n.Type == html.TextNode {
			shown.WriteString(n.Data)
		}
	}
	flat := strings.Join(strings.Fields(strings.ReplaceAll(m.Text, "    | ", "")), " ")
	for _, s := range e.Stories() {
		want := []string{s.Title, s.Extract}
		for _, ev := range s.Events {
			want = append(want, ev.Line, strings.TrimSuffix(ev.Sentence, ".")) // the title says it without a full stop
		}
		for _, w := range want {
			if !strings.Contains(shown.String(), w) {
				t.Errorf("the HTML lacks %q", w)
			}
			if s.Lang != "zh" && !strings.Contains(flat, w) { // Chinese may be broken anywhere
				t.Errorf("the text lacks %q", w)
			}
		}
	}
}

func TestAPageOfTheSiteShowsTheSameStories(t *testing.T) {
	in := withMemory(dayInput(t, text.En, ByActor))
	in.Items[0].Title += "<script>alert(1)</script>"
	e := Compile(in)
	frozen, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	page, err := Fragment(frozen)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "day-en.page.html", string(page))
	if n := strings.Count(string(page), "<article>"); n != 6 || strings.ContainsAny(string(page), "\x00") {
		t.Errorf("%d stories", n)
	}
	for _, bad := range []string{"<script", "style=", "onerror"} { // the site's CSP allows none
		if strings.Contains(string(page), bad) {
			t.Errorf("it holds %q", bad)
		}
	}
	if _, err := Fragment([]byte("{")); err == nil {
		t.Error("half an edition was rendered")
	}
}

func TestFiveThousandItemsStayBelowEveryLimit(t *testing.T) { // M22
	in := dayInput(t, text.En, ByActor)
	in.Profile.MaxStories = 1 << 20
	in.Same = func(a, b *news.Item) (bool, string) { return false, "" }
	in.Items = nil
	for i := range 5000 {
		it := item("karvon", "ru", 1+float64(i)/500, fmt.Sprintf("Заголовок номер %d о том, что произошло сегодня", i),
			strings.Repeat("Китай и Узбекистан подписали соглашение о сотрудничестве в области образования. ", 20), "china/actor_state/Китай")
		it.ID = news.ItemID(fmt.Sprint("item", i))
		in.Items = append(in.Items, it)
	}
	e := Compile(in)
	m := render(t, e)
	if len(e.Stories()) != mostStories || e.More != 4500 {
		t.Errorf("%d stories shown, %d more", len(e.Stories()), e.More)
	}
	if len(m.HTML) >= htmlBudget || len(m.HTML) < htmlBudget/2 {
		t.Errorf("the HTML has %d bytes", len(m.HTML))
	}
	shown := strings.Count(m.HTML, "<h4")
	if want := fmt.Sprintf("+ %d further stories</a>", 5000-shown); !strings.Contains(m.HTML, want) {
		t.Errorf("%d stories are shown, and the HTML does not say %q", shown, want)
	}
	if packed := pack(t, m); len(packed) > 5<<20 {
		t.Errorf("the message has %d bytes", len(packed))
	}
}

func TestPersianRunsFromRightToLeft(t *testing.T) {
	m := render(t, Compile(dayInput(t, text.En, ByActor)))
	if !strings.Contains(m.HTML, `lang="fa" dir="rtl"`) {
		t.Error("no Persian title is marked")
	}
	if !strings.Contains(m.HTML, `lang="zh"`) && strings.Contains(m.HTML, "中国将") {
		t.Error("Chinese is not marked")
	}
}

func TestTheSubjectSaysSomething(t *testing.T) {
	e := Compile(dayInput(t, text.En, ByActor))
	if want := "Silkwire 21 Nov: 6 stories; China to give 150 Uzbek students places at its universities"; e.Subject != want {
		t.Errorf("%q", e.Subject)
	}
	in := dayInput(t, text.Kk, ByActor) // no first story in Kazakh: the event is
	if e := Compile(in); !strings.HasPrefix(e.Subject, "Silkwire 21 қараша: 6 хабар; ") || utf8.RuneCountInString(e.Subject) > 120 {
		t.Errorf("%q", e.Subject)
	}
}

func TestNumbersAreSaidAsTheLanguageSaysThem(t *testing.T) {
	en, ru, uz := wordsIn(text.En), wordsIn(text.Ru), wordsIn(text.UzLatn)
	for _, c := range []struct{ got, want string }{
		{en.count(1, en.stories), "1 story"}, {en.count(0, en.stories), "0 stories"}, {en.count(34, en.stories), "34 stories"},
		{ru.count(1, ru.stories), "1 сюжет"}, {ru.count(22, ru.stories), "22 сюжета"}, {ru.count(112, ru.stories), "112 сюжетов"}, {ru.count(131, ru.places), "131 место"},
		{uz.count(5, uz.stories), "5 ta xabar"},
		{en.money(news.Amount{Value: 1.2e9, Currency: "USD"}), "1.2 billion USD"}, {ru.money(news.Amount{Value: 35.5e6, Currency: "EUR"}), "35,5 млн EUR"},
		{en.money(news.Amount{Value: 1500, Currency: "KZT"}), "1500 KZT"},
		{en.day(closing()), "21 Nov"}, {ru.date(closing()), "Суббота, 21 ноября 2026 года"}, {uz.date(closing()), "2026-yil 21-noyabr, shanba"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestEveryLanguageHasAllWords(t *testing.T) {
	for _, l := range []text.Lang{text.En, text.Ru, text.UzLatn, text.Kk} {
		w := wordsIn(l)
		for _, forms := range [][]string{w.stories, w.items, w.outlets, w.languages, w.places, w.sources, w.further, w.older} {
			for n := range 30 {
				if s := w.count(n, forms); strings.HasSuffix(s, " ") {
					t.Errorf("%s: %q", l, s)
				}
			}
		}
		for i := range 12 {
			if s := w.date(time.Date(2026, time.Month(i+1), 3, 0, 0, 0, 0, time.UTC)); strings.Contains(s, "!") {
				t.Errorf("%s: %q", l, s)
			}
		}
		if len(w.status) != 6 {
			t.Errorf("%s has %d words for states", l, len(w.status))
		}
	}
}
