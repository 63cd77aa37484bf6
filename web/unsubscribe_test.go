package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"silkwire/store"
)

// mailing is a server with an archive that remembers who left.
func mailing(t *testing.T) (*Server, *archive) {
	a := full()
	return serve(t, a), a
}

// click posts as a mail program does: from nowhere, without cookies.
func click(s *Server, token, contentType, body string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "https://silkwire.example.org/unsubscribe/"+token, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

const oneClick = "List-Unsubscribe=One-Click"

func TestOneClickFromAMailProgramLeavesTheDigest(t *testing.T) { // M23
	form := "application/x-www-form-urlencoded"
	for name, change := range map[string]func(*http.Request){
		"a server": func(*http.Request) {},
		"a page of a mail program": func(r *http.Request) {
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.Header.Set("Origin", "https://mail.example")
		},
	} {
		s, a := mailing(t)
		for range 3 { // idempotent
			if w := click(s, "good", form, oneClick, change); w.Code != http.StatusOK || len(w.Result().Cookies()) != 0 {
				t.Fatalf("%s: %d %s", name, w.Code, w.Body)
			}
		}
		if sub := a.left["daily reader@desk.example"]; !sub.Off || a.leaves != 1 || !sub.Changed.Equal(noon) {
			t.Errorf("%s: %+v after %d writes", name, sub, a.leaves)
		}
	}
	s, a := mailing(t)
	multipart := "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n"
	if w := click(s, "good", "multipart/form-data; boundary=x", multipart); w.Code != http.StatusOK || a.leaves != 1 {
		t.Errorf("multipart: %d", w.Code)
	}
}

func TestLookingAtALinkLeavesNothing(t *testing.T) { // M23: scanners follow every link
	s, a := mailing(t)
	page := pageAt(t, s, "/unsubscribe/good")
	page.says(t, "Leave this digest?", "daily", "reader@desk.example", "Nothing has been changed yet")
	form := page.one(t, "main form")
	if form.attr("method") != "post" || form.attr("action") != "/unsubscribe/good" || a.leaves != 0 {
		t.Errorf("%s %s, %d writes", form.attr("method"), form.attr("action"), a.leaves)
	}
	if w := get(s, "/unsubscribe/good", func(r *http.Request) { r.Method = "HEAD" }); w.Code != http.StatusOK || a.leaves != 0 {
		t.Errorf("HEAD: %d", w.Code)
	}
}

func TestAForgedOrExpiredLinkTellsNothing(t *testing.T) { // M23
	s, a := mailing(t)
	a.left = map[string]store.Subscription{"daily reader@desk.example": {Profile: "daily", Recipient: "reader@desk.example", Generation: 1}}
	for _, token := range []string{"good", "forged"} { // good is of generation 0, before she came back
		for _, w := range []*httptest.ResponseRecorder{get(s, "/unsubscribe/"+token), click(s, token, "application/x-www-form-urlencoded", oneClick)} {
			if w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "reader@") || strings.Contains(w.Body.String(), "daily") {
				t.Errorf("%s: %d %s", token, w.Code, w.Body)
			}
		}
	}
	if a.leaves != 0 {
		t.Errorf("%d writes", a.leaves)
	}
	bare := serve(t, full(), func(o *Options) { o.Unsubscribe = nil })
	if w := get(bare, "/unsubscribe/good"); w.Code != http.StatusForbidden {
		t.Errorf("without tokens: %d", w.Code)
	}
}

func TestOnlyTheWayOutIsOpenToOtherSites(t *testing.T) {
	s, _ := mailing(t)
	r := httptest.NewRequest("POST", "https://silkwire.example.org/editions", strings.NewReader("a=b"))
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	if s.Handler().ServeHTTP(w, r); w.Code != http.StatusForbidden {
		t.Errorf("%d", w.Code)
	}
}
