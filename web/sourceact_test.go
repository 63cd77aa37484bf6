package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"silkwire/account"
	"silkwire/news"
)

// press presses a button of the status page.
func press(s *Server, path string) *httptest.ResponseRecorder {
	return get(s, path, func(r *http.Request) {
		r.Method = http.MethodPost
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	})
}

// buttons are the forms of a page that lead somewhere.
func buttons(page doc, action string) (out []doc) {
	for _, f := range page.all("form") {
		if f.attr("action") == action {
			out = append(out, f)
		}
	}
	return out
}

func TestTheStatusPageHasButtonsForAnalysts(t *testing.T) {
	var did []string
	acting := func(o *Options) {
		o.Act = func(_ context.Context, id news.SourceID, act, who string) error {
			if id == "busy" {
				return errors.New("it is being visited now; try again in a moment")
			}
			if id == "none" {
				return ErrNoSource
			}
			did = append(did, fmt.Sprintf("%s %s %s", act, id, who))
			return nil
		}
	}
	analyst := visitor{Name: "ada", Role: account.Analyst}
	s := as(serve(t, full(), acting), analyst)
	page := pageAt(t, s, "/status")
	for _, action := range []string{"/sources/daryo-uz/visit", "/sources/daryo-uz/pause"} {
		if f := buttons(page, action); len(f) != 1 || f[0].attr("method") != "post" {
			t.Errorf("%s is no form that is posted", action)
		}
	}
	if w := press(s, "/sources/daryo-uz/visit"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/status#source-daryo-uz" {
		t.Errorf("%d to %s", w.Code, w.Header().Get("Location"))
	}
	for path, code := range map[string]int{"/sources/none/visit": 404, "/sources/busy/pause": 409, "/sources/daryo-uz/delete": 404} {
		if w := press(s, path); w.Code != code {
			t.Errorf("%s: %d, want %d", path, w.Code, code)
		}
	}
	if got := strings.Join(did, "; "); got != "visit daryo-uz ada" {
		t.Errorf("done: %s", got)
	}
	if page := pageAt(t, as(serve(t, full(), acting), visitor{Name: "vic", Role: account.Viewer}), "/status"); len(buttons(page, "/sources/daryo-uz/visit")) != 0 {
		t.Error("a viewer has buttons")
	}
	if page := pageAt(t, as(serve(t, full()), analyst), "/status"); len(buttons(page, "/sources/daryo-uz/visit")) != 0 {
		t.Error("there are buttons that do nothing")
	}
}
