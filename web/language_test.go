package web

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"silkwire/account"
)

func accepts(tags string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Accept-Language", tags) }
}

func chose(tag string) func(*http.Request) {
	return func(r *http.Request) { r.AddCookie(&http.Cookie{Name: languageCookie, Value: tag}) }
}

// choose sends the form of the footer.
func choose(tag, next string) func(*http.Request) {
	return func(r *http.Request) {
		form := url.Values{"language": {tag}, "next": {next}}.Encode()
		r.Method, r.Body, r.ContentLength = "POST", io.NopCloser(strings.NewReader(form)), int64(len(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
}

func TestAPageSpeaksTheLanguageOfItsReader(t *testing.T) {
	s := serve(t, full())
	for _, c := range []struct {
		what string
		ask  []func(*http.Request)
		want string
	}{
		{"nobody said anything", nil, "en"},
		{"the browser accepts Russian", []func(*http.Request){accepts("ru-RU,ru;q=0.9,en;q=0.8")}, "ru"},
		{"the reader chose Kazakh in a Russian browser", []func(*http.Request){accepts("ru"), chose("kk")}, "kk"},
		{"the choice is not one of ours", []func(*http.Request){accepts("uz"), chose("../../etc")}, "uz"},
		{"the browser accepts nothing of ours", []func(*http.Request){accepts("ja, ko")}, "en"},
	} {
		w := get(s, "/status", c.ask...)
		page := parsed(t, w)
		if got := page.one(t, "html").attr("lang"); got != c.want || w.Header().Get("Content-Language") != c.want {
			t.Errorf("%s: <html lang=%q>, Content-Language %q, want %q", c.what, got, w.Header().Get("Content-Language"), c.want)
		}
		if vary := w.Header().Get("Vary"); !strings.Contains(vary, "Accept-Language") || !strings.Contains(vary, "Cookie") {
			t.Errorf("%s: Vary is %q", c.what, vary)
		}
	}
}

func TestEveryPageIsThereInEveryLanguage(t *testing.T) {
	s := serve(t, full())
	for _, l := range s.catalogue.All() {
		for _, path := range everyPage() {
			w := get(s, path, chose(l.Tag))
			body := w.Body.String()
			if w.Code != http.StatusOK {
				t.Errorf("%s in %s: status %d", path, l.Tag, w.Code)
			}
			for _, bad := range []string{"%!", "(MISSING)", "(EXTRA", "%d", "%s", "&lt;span", "&lt;a ", "\x00"} {
				if i := strings.Index(body, bad); i >= 0 {
					t.Errorf("%s in %s has %q: …%s…", path, l.Tag, bad, body[max(0, i-80):min(len(body), i+40)])
				}
			}
		}
	}
}

func TestTheFooterKeepsALanguageAndLeadsBack(t *testing.T) {
	s := serve(t, full())
	w := get(s, "/language", choose("ru", "/concepts?q=china"))
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/concepts?q=china" {
		t.Errorf("status %d, to %q", w.Code, w.Header().Get("Location"))
	}
	kept := w.Result().Cookies()
	if len(kept) != 1 || kept[0].Name != languageCookie || kept[0].Value != "ru" || !kept[0].HttpOnly || kept[0].MaxAge < 86400 {
		t.Errorf("cookies %v", kept)
	}
	if w := get(s, "/language", choose("ru", "//evil.example/")); w.Header().Get("Location") != "/" { // X7
		t.Errorf("to %q", w.Header().Get("Location"))
	}
	if w := get(s, "/language", choose("xx", "/")); w.Code != http.StatusBadRequest || len(w.Result().Cookies()) != 0 {
		t.Errorf("an unknown language: status %d, %v", w.Code, w.Result().Cookies())
	}
	page := pageAt(t, s, "/concepts?q=china")
	if next := page.one(t, "form.tongues input").attr("value"); next != "/concepts?q=china" {
		t.Errorf("the form leads back to %q", next)
	}
}

func TestWhatProgramsReadStaysEnglish(t *testing.T) {
	s := serve(t, full())
	for _, path := range []string{"/api/v1/status", "/feed.atom", "/api/v1/matrix?rows=actor&cols=instrument", "/counts/matrix?format=json", "/counts/matrix?format=csv", "/api/v1/items/nosuchitem"} {
		plain, russian := get(s, path), get(s, path, accepts("ru"), chose("ru"))
		if a, b := withoutRequest(plain.Body.String()), withoutRequest(russian.Body.String()); a != b {
			t.Errorf("%s differs by the reader's language:\n%s\n%s", path, a, b)
		}
	}
}

// withoutRequest takes the id of the request out of an answer.
func withoutRequest(body string) string {
	before, _, _ := strings.Cut(body, `"request"`)
	return before
}

func TestTheLanguageOfAnAccountGoesAlong(t *testing.T) {
	s := as(serve(t, full()), visitor{Name: "amina", Role: account.Viewer, Language: "kk"})
	if got := parsed(t, get(s, "/status", accepts("ru"), chose("uz"))).one(t, "html").attr("lang"); got != "kk" {
		t.Errorf("the account says kk, and the page is in %s", got)
	}
}

func TestALanguageIsKeptWithTheAccountAndEndsNoSession(t *testing.T) {
	d := newDesk(t).user("amina", account.Analyst)
	d.signIn("amina", goodPassword)
	if w := d.post("/language", "language", "uz", "next", "/account"); w.Code != http.StatusSeeOther {
		t.Fatalf("status %d", w.Code)
	}
	if got := parsed(t, d.get("/account")).one(t, "html").attr("lang"); got != "uz" {
		t.Errorf("after the choice the page is in %s", got)
	}
	d.jar = map[string]*http.Cookie{} // another browser
	d.header.Set("Accept-Language", "ru")
	if got := parsed(t, d.get("/sign-in")).one(t, "html").attr("lang"); got != "ru" {
		t.Errorf("before signing in the page is in %s", got)
	}
	d.signIn("amina", goodPassword)
	if got := parsed(t, d.get("/account")).one(t, "html").attr("lang"); got != "uz" {
		t.Errorf("in another browser the page is in %s", got)
	}
	if log, err := d.archive.AuditLog(t.Context(), 0, 10); err != nil || !slices.ContainsFunc(log, func(e account.Entry) bool { return e.Did == "read in uz" }) {
		t.Errorf("the audit log does not say so: %v", err)
	}
}

// TestNoTemplateSpeaksEnglishByItself fails where a template has words that are
// not said with t or h, so that nobody can translate them.
func TestNoTemplateSpeaksEnglishByItself(t *testing.T) {
	ours := map[string]bool{"Silkwire": true, "Silk": true, "wire": true, "CSV": true, "JSON": true, "JSONL": true, "XLSX": true, "API": true, "AC1": true, "Esc": true}
	spoken := map[string]bool{"aria-label": true, "title": true, "placeholder": true, "data-label": true, "alt": true}
	for _, name := range templateNames(t) {
		raw, err := templateFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		z := html.NewTokenizer(strings.NewReader(action.ReplaceAllString(string(raw), "\x01")))
		inside := ""
		for z.Next() != html.ErrorToken {
			switch tok := z.Token(); tok.Type {
			case html.TextToken:
				for word := range strings.FieldsFuncSeq(tok.Data, func(r rune) bool { return !isLetter(r) && (r < '0' || r > '9') }) {
					if len(word) > 1 && !ours[word] && inside != "code" && inside != "kbd" {
						t.Errorf("%s: %q is not said with t", name, strings.TrimSpace(tok.Data))
						break
					}
				}
			case html.StartTagToken, html.SelfClosingTagToken:
				inside = tok.Data
				for _, a := range tok.Attr {
					if spoken[a.Key] && !ours[a.Val] && strings.ContainsFunc(a.Val, isLetter) {
						t.Errorf("%s: %s=%q is not said with t", name, a.Key, a.Val)
					}
				}
			case html.EndTagToken:
				inside = ""
			}
		}
	}
}

// fromQueries are parts of queries, and what the tests themselves say of a source.
var fromQueries = regexp.MustCompile(`actor:|instrument:|is:|every hour`)

// englishWords are words that stand in nearly every English sentence and in no
// Kazakh one.
var englishWords = regexp.MustCompile(`(?i)(^|[^\pL])(the|of|is|are|and|with|not|no|by|from|only|every)([^\pL]|$)`)

// TestAPageInKazakhHasNoEnglishOfItsOwn looks at all that stands on every page
// and is not marked as something of another language.
func TestAPageInKazakhHasNoEnglishOfItsOwn(t *testing.T) {
	s := serve(t, full())
	told := map[string]bool{}
	for _, path := range everyPage() {
		if strings.HasPrefix(path, "/concepts") && !strings.Contains(path, "confucius-institute") {
			continue // a concept without a label is called by its English name
		}
		page := parsed(t, get(s, path, chose("kk")))
		for text := range ownTexts(page.Node, "kk") {
			if englishWords.MatchString(text) && !fromQueries.MatchString(text) && !told[text] {
				told[text] = true
				t.Errorf("%s says %q", path, text)
			}
		}
	}
}

// ownTexts are the texts of a page that are in its language.
func ownTexts(n *html.Node, lang string) func(func(string) bool) {
	return func(yield func(string) bool) { eachText(n, lang, true, yield) }
}

func eachText(n *html.Node, lang string, own bool, yield func(string) bool) bool {
	if n.Type == html.TextNode {
		text := strings.TrimSpace(n.Data)
		return !own || text == "" || yield(text)
	}
	for _, a := range n.Attr {
		if a.Key == "lang" {
			own = a.Val == lang
		}
	}
	if slices.Contains([]string{"code", "script", "style", "option", "bdi", "textarea"}, n.Data) {
		own = false
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if !eachText(c, lang, own, yield) {
			return false
		}
	}
	return true
}
