package extract

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

const where = "https://tong.example/2026/11/23/markaz"

const sentence = "Министерство сообщило об открытии нового центра культуры при университете, где будут работать курсы языка. "

func read(t *testing.T, page string, rule Rule) Content {
	t.Helper()
	c, err := Page(context.Background(), []byte(page), where, rule, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAnArticleIsReadWithoutWhatSurroundsIt(t *testing.T) {
	c := read(t, `<html lang="ru"><head><title>Открыт центр — Тонг</title><meta property="og:title" content="Открыт центр"><meta name="author" content="Редакция">
<meta property="og:image" content="/a.jpg"><meta property="article:section" content="Общество"><link rel="canonical" href="https://other.example/x"></head>
<body><nav>Главная Новости</nav><article><h1>Открыт центр</h1><time datetime="2026-11-23T14:05:00+05:00">вчера</time><p>`+strings.Repeat(sentence, 3)+`</p>
<p>`+strings.Repeat(sentence, 3)+`</p><p>Читайте также: Другая новость дня</p></article><footer>Все права защищены</footer></body></html>`, Rule{})
	if c.Title != "Открыт центр" || c.Lang != "ru" || c.Image != "https://tong.example/a.jpg" || c.Section != "Общество" || c.Date != "2026-11-23T14:05:00+05:00" {
		t.Errorf("%+v", c)
	}
	if diff := cmp.Diff([]string{"Редакция"}, c.Authors); diff != "" {
		t.Error(diff)
	}
	if c.Canonical != "https://other.example/x" || c.URL != where { // H8: recorded, not taken for the address
		t.Errorf("canonical %q, address %q", c.Canonical, c.URL)
	}
	if want := strings.TrimSpace(strings.Repeat(sentence, 3)); c.Text != want+"\n"+want {
		t.Errorf("text %q", c.Text)
	}
}

func TestASitesOwnRuleComesFirst(t *testing.T) {
	page := `<body><div class="text"><p>Первый абзац.</p><div class="ad">Купите слона</div><div class="text"><p>Второй абзац.</p></div></div><b class="d">23 ноября 2026</b><i class="t">Заголовок <s>x</s></i></body>`
	c := read(t, page, Rule{Body: ".text", Remove: []string{".ad"}, Title: ".t", Date: ".d"})
	if c.Text != "Первый абзац.\nВторой абзац." || c.Method != ByRule || c.Title != "Заголовок x" || c.Date != "23 ноября 2026" {
		t.Errorf("%+v", c)
	}
}

// H10.
func TestARuleThatFitsNothingFallsBackAndABadOneIsNamed(t *testing.T) {
	page := `<body><article><p>` + strings.Repeat(sentence, 5) + `</p></article></body>`
	if c := read(t, page, Rule{Body: ".gone", Title: ".gone", Date: ".gone"}); c.Method != ByTrafilatura || c.Text == "" {
		t.Errorf("%+v", c)
	}
	_, err := Page(context.Background(), []byte(page), where, Rule{Body: "div["}, Options{})
	if err == nil || !strings.Contains(err.Error(), "div[") {
		t.Errorf("%v", err)
	}
	for _, rule := range []ListingRule{{Item: "li["}, {Item: "li", Date: ":nope("}, {Match: "("}, {Item: ".nothing"}} {
		if _, err := Listing([]byte(page), where, rule); err == nil {
			t.Errorf("%+v is accepted", rule)
		}
	}
}

func TestJSONLDGivesTheArticle(t *testing.T) {
	body := strings.Repeat(sentence, 3) + `\n\n` + strings.Repeat(sentence, 3)
	c := read(t, `<html><head><script type="application/ld+json">{"@graph":[{"@type":"WebSite","name":"Тонг"},{"@type":["NewsArticle"],"headline":"Центр &amp; люди",
"datePublished":"2026-11-23T14:05:00+05:00","author":[{"@type":"Person","name":"Редакция Тонг"},"Корреспондент"],"image":{"url":"https://tong.example/i.jpg"},
"inLanguage":"ru","articleSection":["Общество"],"articleBody":"`+body+`"}]}</script></head><body><p>x</p></body></html>`, Rule{})
	if c.Method != ByJSONLD || c.Title != "Центр & люди" || len(c.Authors) != 2 || c.Date != "2026-11-23T14:05:00+05:00" || c.DateFrom != "json-ld" || c.Section != "Общество" {
		t.Errorf("%+v", c)
	}
	if strings.Count(c.Text, "\n") != 1 {
		t.Errorf("paragraphs were lost: %q", c.Text)
	}
}

// H1.
func TestAPageNestedTooDeepIsReadAsTokens(t *testing.T) {
	page := `<html><head><title>Глубоко</title></head><body>` + strings.Repeat("<div>", 600) + `<p>` + sentence + `</p><script>bad()</script>` + strings.Repeat("</div>", 600) + `</body></html>`
	c := read(t, page, Rule{})
	if !c.Degraded || c.Method != ByTokens || c.Title != "Глубоко" || !strings.Contains(c.Text, "Министерство") || strings.Contains(c.Text, "bad") {
		t.Errorf("%+v", c)
	}
	entries, err := Listing([]byte(strings.Repeat("<div>", 600)+`<a href="/2026/11/23/slug">Новость</a>`), where, ListingRule{})
	if err != nil || len(entries) != 1 || entries[0].Title != "Новость" {
		t.Errorf("%+v %v", entries, err)
	}
}

// H2, H3, H4: size, attributes and misnesting cost time, within the budget.
func TestHeavyPagesStayWithinTheBudget(t *testing.T) {
	var attributes strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&attributes, " a%d=1", i)
	}
	for name, page := range map[string]string{
		"one long line":    "<body><p>" + strings.Repeat("слово ", 1<<19) + "</p></body>",
		"many attributes":  "<body><p" + attributes.String() + ">" + sentence + "</p></body>",
		"misnested tables": "<body>" + strings.Repeat("<table><b><i><a href=x>", 2000) + sentence,
	} {
		start := time.Now()
		c, err := Page(context.Background(), []byte(page), where, Rule{}, Options{Budget: 2 * time.Second})
		if err != nil && !errors.Is(err, ErrBudget) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(start); took > 6*time.Second {
			t.Errorf("%s took %v", name, took)
		}
		if c.Text == "" && name != "misnested tables" {
			t.Errorf("%s gave no text", name)
		}
	}
}

// H4, H11: work that hangs or panics costs its page and nothing else.
func TestWorkThatHangsOrPanicsIsLeft(t *testing.T) {
	last := func() Content { return Content{Text: "rest", Degraded: true} }
	hang := make(chan struct{})
	defer close(hang)
	c, err := withinBudget(context.Background(), 10*time.Millisecond, func(context.Context) (Content, error) {
		<-hang
		return Content{}, nil
	}, last)
	if !errors.Is(err, ErrBudget) || c.Text != "rest" {
		t.Errorf("%+v %v", c, err)
	}
	c, err = withinBudget(context.Background(), time.Minute, func(context.Context) (Content, error) { panic("found by fuzzing") }, last)
	if err == nil || !strings.Contains(err.Error(), "found by fuzzing") || c.Text != "rest" {
		t.Errorf("%+v %v", c, err)
	}
}

// H5.
func TestWallsAreNotArticles(t *testing.T) {
	for _, wall := range []string{
		"Мы используем файлы cookie. Продолжая пользоваться сайтом, вы соглашаетесь с этим.",
		"To continue reading, please log in. Already a subscriber? Sign in.",
		"Please enable JavaScript and reload. Checking your browser before accessing.",
		"Devamını okumak için abone olun.",
	} {
		c := read(t, "<body><article><p>"+wall+"</p></article></body>", Rule{Body: "article"})
		if c.Text != "" || c.Method != Boilerplate {
			t.Errorf("%q was taken for an article", wall)
		}
	}
	for _, page := range []string{"", "<body></body>", "<body><script>app()</script></body>"} {
		if c := read(t, page, Rule{}); c.Text != "" {
			t.Errorf("%q gave %q", page, c.Text)
		}
	}
	long := strings.Repeat(sentence, 10) + "В законе упомянуты и файлы: сайт использует cookie."
	if c := read(t, "<body><article><p>"+long+"</p></article></body>", Rule{Body: "article"}); c.Text == "" {
		t.Error("an article about cookies was taken for a wall")
	}
}

// H12.
func TestWhatCannotBeSeenIsDropped(t *testing.T) {
	for in, want := range map[string]string{
		"a\u202eb\u200bc\ufeffd\u2066e": "abcde", "soft\u00adhyphen": "softhyphen", "می\u200cخواهم": "می\u200cخواهم",
		"z" + strings.Repeat("\u0301", 1000): "z" + strings.Repeat("\u0301", 4), "a\x00b\tc": "ab c", "<b>x</b>&nbsp;&amp;&lt;y&gt;": "x &<y>",
	} {
		if got := Line(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestTextKeepsParagraphsAndDropsMarkup(t *testing.T) {
	got := Text("<p>Один<br>два</p><ul><li>три</li></ul><script>x<y</script><style>p{}</style>5 < 6 &amp; 7 > 2<table><tr><td>а</td><td>б</td></tr></table>")
	if diff := cmp.Diff("Один\nдва\nтри\n5 < 6 & 7 > 2\nа б", got); diff != "" {
		t.Error(diff)
	}
}

const listing = `<html><head><base href="https://tong.example/uz/"></head><body>
<div class="card"><a href="a-1"><img alt="rasm"></a><h3><a class="h" href="a-1">Birinchi sarlavha</a></h3><span class="d">23-noyabr, 14:05</span></div>
<div class="card"><a href="/uz/a-2" title="Ikkinchi sarlavha"></a><time datetime="2026-11-23T10:00:00+05:00" class="d">bugun</time></div>
<div class="card"><a href="javascript:void(0)">yomon</a></div><div class="card">havolasiz</div><a href="a-1#izoh">Izohlar</a></body></html>`

func TestAListingIsReadBySelectors(t *testing.T) {
	got, err := Listing([]byte(listing), "https://tong.example/", ListingRule{Item: ".card", Date: ".d"})
	if err != nil {
		t.Fatal(err)
	}
	want := []Entry{
		{URL: "https://tong.example/uz/a-1", Title: "Birinchi sarlavha", Date: "23-noyabr, 14:05"},
		{URL: "https://tong.example/uz/a-2", Title: "Ikkinchi sarlavha", Date: "2026-11-23T10:00:00+05:00"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got, err = Listing([]byte(listing), "https://tong.example/", ListingRule{Item: ".card", Link: ".h"})
	if err != nil || len(got) != 1 || got[0].Title != "Birinchi sarlavha" {
		t.Errorf("%+v %v", got, err)
	}
	got, err = Listing([]byte(listing), "https://tong.example/", ListingRule{Item: ".h"})
	if err != nil || len(got) != 1 || got[0].Title != "Birinchi sarlavha" {
		t.Errorf("an item that is the link itself: %+v %v", got, err)
	}
	got, err = Listing([]byte(listing), "https://tong.example/", ListingRule{Match: `/a-\d$`})
	if err != nil || len(got) != 2 || got[0].Title != "Birinchi sarlavha" {
		t.Errorf("by match: %+v %v", got, err)
	}
}

func TestWithoutSelectorsDatedLinksAreTaken(t *testing.T) {
	page := `<body><a href="/about-us-and-our-long-history">О нас и нашей истории</a><a href="https://ads.example/2026/11/23/x-y">Реклама</a>`
	for i := range 4 {
		page += fmt.Sprintf(`<a href="/2026/11/23/slug-%d">Новость номер %d</a><a href="/2026/11/23/slug-%d"><img></a>`, i, i, i)
	}
	got, err := Listing([]byte(page), where, ListingRule{})
	if err != nil || len(got) != 4 || got[3].URL != "https://tong.example/2026/11/23/slug-3" || got[3].Title != "Новость номер 3" {
		t.Errorf("%+v %v", got, err)
	}
}

func TestAPageDeclaresItsFeeds(t *testing.T) {
	got := FeedLinks([]byte(`<link rel="alternate" type="application/rss+xml" href="/rss" title="Все"><link rel="alternate" hreflang="en" href="/en"><link rel="alternate" type="application/atom+xml" href="javascript:x">`), where)
	if diff := cmp.Diff([]Entry{{URL: "https://tong.example/rss", Title: "Все"}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAPageThatIsNoChannelIsRefused(t *testing.T) {
	if _, err := Telegram([]byte("<html><body>Contact @someone</body></html>"), "https://t.me/s/x"); !errors.Is(err, ErrNoChannel) {
		t.Errorf("%v", err)
	}
}

func FuzzHTML(f *testing.F) {
	f.Add("<html><body><article><p>"+sentence+"</p></article></body></html>", ".a")
	f.Add(listing, ".card")
	f.Add(`<script type="application/ld+json">{"@type":"Article","articleBody":[[]]}</script>`, "a[")
	f.Add(`<table><p><b><table></b>`+strings.Repeat("<i>", 520), "*")
	f.Fuzz(func(t *testing.T, page, selector string) {
		c, _ := Page(context.Background(), []byte(page), where, Rule{Body: selector}, Options{})
		for name, s := range map[string]string{"title": c.Title, "text": c.Text, "summary": c.Summary} {
			if utf8.ValidString(page) && !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\u202e\u200b") {
				t.Errorf("%s %q", name, s)
			}
		}
		if strings.Contains(c.Title, "\n") {
			t.Errorf("title %q", c.Title)
		}
		entries, _ := Listing([]byte(page), where, ListingRule{Item: selector})
		seen := map[string]bool{}
		for _, e := range entries {
			if seen[e.URL] || !strings.HasPrefix(e.URL, "http") {
				t.Errorf("address %q", e.URL)
			}
			seen[e.URL] = true
		}
		if once, twice := Text(page), Text(Text(page)); !strings.ContainsAny(once, "<&") && once != twice {
			t.Errorf("%q, then %q", once, twice)
		}
	})
}

// The layouts that are documented of outlets, as the configuration has them.
func TestTheDocumentedLayoutsOfOutletsAreRead(t *testing.T) {
	egemen := `<!DOCTYPE html><html lang="kk"><head><title>Кітапхана ашылды | Газет</title></head><body>
<div class="header"><a href="/">Басты бет</a><span class="clock">24 қараша</span></div>
<div class="article"><h1 class="article__title">Ауылда кітапхана ашылды</h1><div class="article__info"><span>23 қараша, 2026</span><span>1024 рет оқылды</span></div>
<div class="article__body-text"><p>Ауыл тұрғындары жаңа кітапхананы асыға күтті.</p><p>Енді балалар сабақтан кейін осында жиналады.</p></div>
<div class="article__tags"><a href="/tag">мәдениет</a></div></div>
<div class="last-news"><p>Көршілес ауданда жаңа мектеп салынып жатыр, оның құрылысы келесі жылы аяқталады деп күтілуде.</p><p>Ауа райы болжамы бойынша ертең жаңбыр жауады, жел күшейеді деп хабарлады.</p></div></body></html>`
	c := read(t, egemen, Rule{Body: "div.article__body-text"})
	if c.Text != "Ауыл тұрғындары жаңа кітапхананы асыға күтті.\nЕнді балалар сабақтан кейін осында жиналады." || c.Method != ByRule || c.Title != "Ауылда кітапхана ашылды" {
		t.Errorf("%+v", c)
	}
	akipress := `<html><head><title>Новости дня</title><meta property="og:title" content="Новости дня"></head><body><h1>Агентство</h1>
<div class="news_in"><h1>В селе открыли библиотеку</h1><div class="text"><p>` + strings.Repeat(sentence, 3) + `</p></div></div></body></html>`
	if c := read(t, akipress, Rule{Title: "div.news_in h1"}); c.Title != "В селе открыли библиотеку" || !strings.Contains(c.Text, strings.TrimSpace(sentence)) {
		t.Errorf("%+v", c)
	}
}

// What leads elsewhere, sells something or only says who wrote it is no text.
func TestWhatStandsAroundATextIsNoText(t *testing.T) {
	paragraphs := strings.Repeat("<p>"+strings.Repeat(sentence, 3)+"</p>", 4)
	text := strings.TrimSuffix(strings.Repeat(strings.TrimSpace(strings.Repeat(sentence, 3))+"\n", 4), "\n")
	teaser := func(s string) string { return `<p><a href="/x">` + s + `</a></p>` }
	for name, page := range map[string]string{
		"teasers behind it": paragraphs + teaser("В столице открыли новый мост через реку") + teaser("Погода на неделю: ожидаются дожди") + teaser("Сборная выиграла третий матч подряд") + teaser("Цены на хлеб остались прежними") + teaser("Музей продлил выставку до весны") + teaser("На рынке подешевели яблоки"),
		"an offer":          paragraphs + "<p>Подпишитесь на нашу рассылку, чтобы ничего не пропустить</p>",
		"an address":        paragraphs + "<p>Пишите нам: news@press.example</p>",
		"a credit":          "<p>Автор: А. Б.</p><p>23 ноября 2026, 09:00</p>" + paragraphs,
	} {
		c := read(t, `<html lang="ru"><body><article>`+page+`</article></body></html>`, Rule{})
		if c.Text != text {
			t.Errorf("%s: %q", name, c.Text)
		}
	}
}

func TestWhatBelongsToATextStays(t *testing.T) {
	l := links{comparable("Первый источник сообщения"): true, comparable("Второй источник сообщения"): true, comparable("Третий источник сообщения"): true}
	list := []string{"Первый источник сообщения", "Второй источник сообщения", "Третий источник сообщения"}
	if got := l.withoutTeasers(list); len(got) != 3 {
		t.Errorf("a page of links is left with %q", got)
	}
	mixed := append([]string{strings.Repeat(sentence, 3), strings.Repeat(sentence, 3)}, list[:2]...)
	if got := l.withoutTeasers(mixed); len(got) != 4 {
		t.Errorf("two links at the end are a list of teasers: %q", got)
	}
	var shop []string
	for i := range 6 {
		shop = append(shop, "Книга", "http://shop.example/"+strings.Repeat("x", i))
	}
	if got := withoutOffers(shop); len(got) != len(shop) {
		t.Errorf("addresses that are the text: %q", got)
	}
	news := "The ministry said that readers sign up for the library every day."
	if got := articleLines([]string{news, news}, links{}, ""); len(got) != 2 {
		t.Errorf("news of a library: %q", got)
	}
	if isCredit("Договор подписали в 2026 году.") {
		t.Error("a sentence with a year is a credit")
	}
}

// Posts that an article shows are part of what it says.
func TestQuotedPostsAreText(t *testing.T) {
	d := newDocument(parseTree(t, `<blockquote class="twitter-tweet"><p>x</p></blockquote><blockquote class="other">y</blockquote>`), where)
	d.prepare()
	if d.Find(".twitter-tweet").Length() != 0 || d.Find(".other").Length() != 1 {
		t.Error("the wrong quotation was changed")
	}
}

// A page of menus without paragraphs is not taken for an article's text.
func TestAPageSwallowedWholeIsNoticed(t *testing.T) {
	if !swallowed([]string{"Title", strings.Repeat("Home About Contacts Press Services ", 200)}) {
		t.Error("menus were taken for a text")
	}
	if swallowed([]string{strings.Repeat(sentence, 60)}) {
		t.Error("a long paragraph was taken for menus")
	}
}

func parseTree(t *testing.T, page string) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return root
}
