package fetcher

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"silkwire/client"
	"silkwire/fetcher/extract"
	"silkwire/news"
)

// Words of news.Item.Extraction that this package adds to those of extract.
const (
	fromFeed    = "feed"    // the feed carried the full text
	fromSummary = "summary" // no article page was to be had: Summary is all there is
)

// fullText is how long a feed's own text must be to make the article page
// unnecessary.
const fullText = 600

// complete reports whether an item needs no article page: its feed carried the
// whole text.
func complete(it news.Item) bool {
	text := it.Text
	if utf8.RuneCountInString(it.Summary) >= 3*fullText {
		text = first(text, it.Summary)
	}
	if it.Extraction == "telegram" {
		return true
	}
	return utf8.RuneCountInString(text) >= fullText && !cutText(text)
}

// cutText reports whether a text ends as teasers do.
func cutText(text string) bool {
	tail := strings.ToLower(text[max(0, len(text)-80):])
	for _, end := range []string{"…", "...", "[…]", "[...]", "read more", "читать далее", "подробнее", "devamı", "batafsil", "阅读全文"} {
		if strings.HasSuffix(strings.TrimRight(tail, " .]»)"), strings.TrimRight(end, " .]")) && end != "..." || strings.HasSuffix(tail, end) {
			return true
		}
	}
	return false
}

// fetchArticle completes an item from its page. The error is a *VisitError;
// the item is left as it was then.
func (v *visit) fetchArticle(ctx context.Context, it *news.Item) error {
	if err := v.mayCrawl(ctx, it.URL); err != nil {
		return err
	}
	resp, err := v.get(ctx, client.Request{
		URL: it.URL, Accept: acceptPage, Limit: client.PageLimit,
		Downgrade: v.src.Insecure, Insecure: v.src.Insecure,
	}, true)
	if err != nil {
		return v.failure(err)
	}
	if resp.Status != 200 {
		return v.statusError(resp)
	}
	if reason := notAnArticle(it.URL, resp); reason != "" {
		return &VisitError{Outcome: news.Unparsable, Err: fmt.Errorf("GET %s: %s", client.Bare(it.URL), reason)}
	}
	text := decode(resp.Body, resp.Header.Get("Content-Type"))
	rule := extract.Rule{Body: v.src.Article.Body, Remove: v.src.Article.Remove, Title: v.src.Article.Title, Date: v.src.Article.Date}
	content, err := extract.Page(ctx, text.Text, resp.URL, rule, extract.Options{})
	if err != nil && content.Text == "" {
		return &VisitError{Outcome: news.Unparsable, Err: fmt.Errorf("read %s: %w", client.Bare(it.URL), err)}
	}
	v.heedWishes(it, &content, resp.Header)
	if softNotFound(content.Title) {
		return &VisitError{Outcome: news.NotFound, Err: fmt.Errorf("GET %s: the page says that it does not exist", client.Bare(it.URL))}
	}
	if v.src.Kind == news.Feed && content.Text != "" {
		content.Summary = "" // the feed's, or none: it is compared at every visit
	}
	pc := v.parse
	pc.Base = resp.URL
	fillArticle(it, content, pc)
	return nil
}

// heedWishes notes what a page asks beyond robots.txt, and keeps no text that
// is not to be archived, where the operator wants that (politeness 17).
func (v *visit) heedWishes(it *news.Item, content *extract.Content, header http.Header) {
	note := func(wish, format string) {
		if !v.wishes[wish] {
			v.wishes[wish] = true
			v.note(format, client.Bare(it.URL))
		}
	}
	if content.NoArchive || noArchive(header) {
		note("noarchive", "pages ask not to be kept in archives (noarchive), such as %s")
		if v.f.opt.RespectNoArchive {
			content.Text, content.Method = "", "noarchive"
		}
	}
	if content.Reserved || strings.TrimSpace(header.Get("Tdm-Reservation")) == "1" {
		note("tdm", "pages reserve their text against mining (tdm-reservation), such as %s")
	}
	if signal := header.Get("Content-Signal"); signal != "" {
		note("signal", "pages say of their content: "+strings.ReplaceAll(limit(signal, 200), "%", "%%")+", such as %s")
	}
}

// noArchive reports whether an answer asks not to be kept (politeness 17).
func noArchive(header http.Header) bool {
	return strings.Contains(strings.ToLower(strings.Join(header.Values("X-Robots-Tag"), ",")), "noarchive")
}

// fillArticle adds what a page says to what a feed or listing said. The feed
// is believed where it has an opinion, the page where it has none; a wall
// instead of a text leaves the feed's summary (H5).
func fillArticle(it *news.Item, c extract.Content, ctx parseContext) {
	it.Title = first(it.Title, title(c.Title))
	it.Summary = first(it.Summary, limit(c.Summary, 64<<10))
	it.Section = first(it.Section, limit(c.Section, 200))
	it.Image = first(it.Image, c.Image)
	it.Lang = first(cleanLang(c.Lang), it.Lang)
	if len(it.Authors) == 0 {
		it.Authors = c.Authors
	}
	text := limit(unmixed(c.Text), 1<<20)
	it.Extraction = c.Method
	if c.Degraded && c.Method != extract.Empty {
		it.Extraction += " degraded"
	}
	switch {
	case it.Text != "" && addsNothing(text, *it):
		it.Extraction = fromFeed
	case text != "" && len(text) >= len(it.Text):
		it.Text = text
	case it.Text != "":
		it.Extraction = fromFeed
	}
	fillDate(it, c, ctx)
}

// littleMore is how many words a page may add to a feed's text that are no
// text: a date line, a byline, a source.
const littleMore = 14

// addsNothing reports whether a page's text is the text of the feed with
// nothing around it but the headline and a line like a date.
func addsNothing(page string, it news.Item) bool {
	more, has, headline := letters(page), letters(it.Text), letters(it.Title)
	if len(has) == 0 || len(more) < len(has) {
		return false
	}
	for i := 0; i+len(has) <= len(more); i++ {
		if !slices.Equal(more[i:i+len(has)], has) {
			continue
		}
		before := strings.TrimPrefix(strings.Join(more[:i], " "), strings.Join(headline, " "))
		return len(strings.Fields(before))+len(more)-i-len(has) <= littleMore
	}
	return false
}

// letters are the words of a text, without what stands between them.
func letters(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) })
}

// fillDate takes the page's date where the item has none, or only a day.
func fillDate(it *news.Item, c extract.Content, ctx parseContext) {
	d, ok := ParseDate(c.Date, ctx.At, ctx.Zone)
	if !ok {
		d, ok = dateInURL(it.URL, ctx)
	}
	if !ok {
		return
	}
	sameDay := it.Published.IsZero() || absolute24(d.Time.Sub(it.Published))
	if it.Published.IsZero() || it.DayOnly && !d.DayOnly && sameDay {
		it.Published, it.DayOnly = d.Time, d.DayOnly
	}
}

func absolute24(d time.Duration) bool { return d.Abs() <= 24*time.Hour }

// notAnArticle says why an answer is not stored as the article that was asked
// for: another kind of file, the front page, a login form (H7, H9).
func notAnArticle(asked string, resp *client.Response) string {
	if reason := notText(resp.Body, resp.Header.Get("Content-Type")); reason != "" {
		return reason
	}
	if kind := strings.ToLower(resp.Header.Get("Content-Type")); strings.Contains(kind, "pdf") || strings.Contains(kind, "octet-stream") {
		return "served as " + kind + ", not a page"
	}
	if challenged(resp) {
		return "the server asks for a browser"
	}
	from, err1 := url.Parse(asked)
	to, err2 := url.Parse(resp.URL)
	if err1 != nil || err2 != nil || len(resp.Redirects) == 0 {
		return ""
	}
	if strings.Trim(to.Path, "/") == "" && strings.Trim(from.Path, "/") != "" && to.RawQuery == "" {
		return "redirected to the front page: the article is gone"
	}
	if loginPath.MatchString(to.Path) && !loginPath.MatchString(from.Path) {
		return "redirected to a login form"
	}
	return ""
}

var (
	loginPath   = regexp.MustCompile(`(?i)/(log-?in|sign-?in|auth|account|subscribe|404|not-?found)(/|\.|$)`)
	notFoundRun = regexp.MustCompile(`(?i)^\W*(404\b|error 404|page not found|not found\b|страница не найдена|ошибка 404|sahifa topilmadi|саҳифа топилмади|бет табылмады|бет табылган жок|sayfa bulunamadı|саҳифа ёфт нашуд|页面不存在|页面未找到)`)
)

func softNotFound(title string) bool {
	return notFoundRun.MatchString(title)
}

// challenged reports whether a server answers with a test for browsers.
func challenged(resp *client.Response) bool {
	if strings.EqualFold(resp.Header.Get("Cf-Mitigated"), "challenge") {
		return true
	}
	head := strings.ToLower(string(resp.Body[:min(len(resp.Body), 16<<10)]))
	for _, sign := range []string{"/cdn-cgi/challenge-platform", "<title>just a moment...", "ddos-guard", "checking your browser before"} {
		if strings.Contains(head, sign) && (resp.Status != 200 || len(resp.Body) < 16<<10) {
			return true
		}
	}
	return false
}

// articles fetches the article pages of fresh items, politely and not more
// than the visit allows. Items whose turn does not come are handed to the next
// visit; those whose page cannot be had after three tries are kept with what
// their feed said.
func (v *visit) articles(ctx context.Context, fresh []news.Item, tries map[news.ItemID]int) (done []news.Item, left []news.PendingItem) {
	budget, failures := v.budget, 0
	for i, it := range fresh {
		switch {
		case complete(it):
			it.Extraction = first(it.Extraction, fromFeed)
			done = append(done, it)
			continue
		case v.src.Article.Skip || it.URL == "":
			it.Extraction = first(it.Extraction, fromSummary)
			done = append(done, it)
			continue
		case budget == 0 || ctx.Err() != nil || failures >= enough:
			left = append(left, news.PendingItem{Item: it, Tries: tries[it.ID]})
			continue
		}
		budget--
		err := v.fetchArticle(ctx, &fresh[i])
		if err == nil {
			failures = 0
			done = append(done, fresh[i])
			continue
		}
		var failed *VisitError
		if !errors.As(err, &failed) || v.giveUp(failed, tries[it.ID]+1) {
			if it.Extraction = first(it.Extraction, fromSummary); it.Title != "" {
				done = append(done, it)
			}
			v.note("article left out: %v", err)
			continue
		}
		failures += v.hostTrouble(failed, it.URL)
		again := news.PendingItem{Item: it, Tries: tries[it.ID] + 1}
		if failed.Outcome == news.Interrupted || notAsked(failed) {
			again.Tries--
		}
		left = append(left, again)
	}
	return done, left
}

// giveUp reports whether an article page will not be asked for again.
func (v *visit) giveUp(e *VisitError, tries int) bool {
	switch e.Outcome {
	case news.NotFound, news.Gone, news.Robots, news.Unparsable, news.TooLarge, news.Redirect, news.Blocked, news.Denied, news.Challenge:
		return true
	case news.Interrupted:
		return false
	}
	return tries >= 3 && !notAsked(e)
}

// notAsked reports whether no request was sent because the host is closed.
func notAsked(e *VisitError) bool {
	var closed *ClosedError
	return errors.As(e, &closed)
}

// enough failures end the fetching of articles in this visit.
const enough = 3

// hostTrouble counts a failure that is the host's and not the page's. A host
// that asks us to slow down has said enough, and says how long.
func (v *visit) hostTrouble(e *VisitError, address string) int {
	switch e.Outcome {
	case news.SlowDown:
		if hostKey(address) == hostKey(v.src.URL) {
			v.asked = max(v.asked, e.RetryAfter)
		}
		return enough
	case news.DNS, news.Connect, news.TLS, news.Timeout:
		return 1
	}
	return 0
}
