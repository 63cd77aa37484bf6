package web

import (
	"context"
	"html/template"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"silkwire/account"
	"silkwire/store"
)

// shelf is a Profiles in memory, whose queries may not say "wrong".
type shelf struct {
	list  []Profile
	saved map[string]string
	by    string
}

func (s *shelf) Profiles(context.Context) ([]Profile, error) { return s.list, nil }

func (s *shelf) Save(_ context.Context, fields map[string]string, fresh bool, by string) (map[string]string, error) {
	if strings.Contains(fields["query"], "wrong") {
		return map[string]string{"query": "there is no concept “wrong”"}, nil
	}
	s.saved, s.by = fields, by
	return nil, nil
}

func (s *shelf) Pause(_ context.Context, id string, paused bool, by string) error {
	for i := range s.list {
		if s.list[i].Fields["id"] == id {
			s.list[i].Paused, s.list[i].By = paused, by
		}
	}
	return nil
}

func (s *shelf) Preview(_ context.Context, fields map[string]string) (string, template.HTML, map[string]string, error) {
	if strings.Contains(fields["query"], "wrong") {
		return "", "", map[string]string{"query": "there is no concept “wrong”"}, nil
	}
	return "Silkwire 21 Nov: 2 stories", "<p>What it would tell</p>", nil, nil
}

func someProfiles() *shelf {
	return &shelf{list: []Profile{
		{Fields: map[string]string{"id": "daily", "query": "is:relevant", "schedule": "0 7 * * *", "timezone": "Asia/Tashkent"}, Fixed: true, Next: noon.Add(time.Hour)},
		{Fields: map[string]string{"id": "mine", "query": "actor:china <b>", "schedule": "0 8 * * MON", "timezone": "UTC", "to": "a@example.org\nb@example.org", "group": "country"}, By: "ada", Changed: noon},
	}}
}

// deskOf is a server with profiles, asked by somebody of a role.
func deskOf(t *testing.T, role account.Role) (*Server, *shelf, *archive) {
	p, a := someProfiles(), full()
	s := serve(t, a, func(o *Options) {
		o.Profiles = p
		o.NewProfile = map[string]string{"query": "is:relevant", "schedule": "0 7 * * *"}
	})
	return as(s, visitor{Name: "ada", Role: role}), p, a
}

func send(s *Server, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "http://127.0.0.1:8080"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

func TestProfilesAreListedAndThoseOfTheFileAreOnlyShown(t *testing.T) {
	s, _, _ := deskOf(t, account.Analyst)
	page := pageAt(t, s, "/profiles")
	page.says(t, "daily", "in the configuration", "mine", "0 8 * * MON", "Add a profile")
	if n := len(page.all("table form")); n != 1 {
		t.Errorf("%d profiles can be paused, want one", n)
	}
	fixed := pageAt(t, s, "/profiles/daily")
	if fixed.says(t, "is changed there", "is:relevant"); len(fixed.all("form.sheet")) != 0 {
		t.Error("what stands in the file can be changed")
	}
	form := pageAt(t, s, "/profiles/mine").one(t, "form.sheet")
	if got := form.one(t, "textarea#f-query").text(); got != "actor:china <b>" {
		t.Errorf("%q", got)
	}
	viewer, _, _ := deskOf(t, account.Viewer)
	if page := pageAt(t, viewer, "/profiles/mine"); len(page.all("form.sheet")) != 0 {
		t.Error("a viewer sees a form")
	}
	if w := get(s, "/profiles/nobody"); w.Code != http.StatusNotFound {
		t.Errorf("%d", w.Code)
	}
}

func TestAMistakeStandsAtItsFieldAndNothingIsLost(t *testing.T) {
	s, p, _ := deskOf(t, account.Analyst)
	w := send(s, "/profiles", url.Values{"fresh": {"1"}, "id": {"new-one"}, "query": {"wrong"}, "to": {"a@example.org"}, "do": {"save"}})
	page := parsed(t, w)
	if w.Code != http.StatusUnprocessableEntity || p.saved != nil {
		t.Fatalf("%d, saved %v", w.Code, p.saved)
	}
	field := page.one(t, "textarea#f-query")
	if field.attr("aria-invalid") != "true" || !strings.Contains(field.attr("aria-describedby"), "m-query") || page.one(t, "p#m-query").text() != "there is no concept “wrong”" {
		t.Errorf("%+v", field.Attr)
	}
	if page.one(t, "textarea#f-to").text() != "a@example.org" || page.one(t, "input#f-id").attr("value") != "new-one" {
		t.Error("what was filled in is lost")
	}
}

func TestAProfileIsSavedPreviewedAndPaused(t *testing.T) {
	s, p, a := deskOf(t, account.Analyst)
	fields := url.Values{"id": {"mine"}, "query": {"actor:russia"}, "do": {"preview"}}
	w := send(s, "/profiles", fields)
	parsed(t, w).one(t, "section#preview").says(t, "Silkwire 21 Nov: 2 stories", "What it would tell", "Nothing is saved")
	if p.saved != nil {
		t.Fatal("a preview saves")
	}
	fields.Set("do", "save")
	if w := send(s, "/profiles", fields); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/profiles/mine?saved=1" || p.saved["query"] != "actor:russia" || p.by != "ada" {
		t.Errorf("%d %s %v", w.Code, w.Header().Get("Location"), p.saved)
	}
	if w := send(s, "/profiles/mine/pause", nil); w.Code != http.StatusSeeOther || !p.list[1].Paused {
		t.Errorf("pause: %d", w.Code)
	}
	if w := send(s, "/profiles/mine/resume", nil); w.Code != http.StatusSeeOther || p.list[1].Paused {
		t.Errorf("resume: %d", w.Code)
	}
	if w := send(s, "/profiles/daily/pause", nil); w.Code != http.StatusConflict || p.list[0].Paused {
		t.Errorf("one of the file: %d", w.Code)
	}
	if got := strings.Join(a.audited, ", "); got != "save profile mine, pause profile mine, resume profile mine" {
		t.Errorf("audited: %s", got)
	}
	viewer, q, _ := deskOf(t, account.Viewer)
	if w := send(viewer, "/profiles", fields); w.Code != http.StatusForbidden || q.saved != nil {
		t.Errorf("a viewer: %d", w.Code)
	}
}

func TestWhoHasLeftCanBeHadBack(t *testing.T) { // M23
	s, _, a := deskOf(t, account.Analyst)
	a.left = map[string]store.Subscription{"daily reader@desk.example": {Profile: "daily", Recipient: "reader@desk.example", Off: true, Changed: noon}}
	button := pageAt(t, s, "/profiles").one(t, "section form button")
	if button.attr("value") != "reader@desk.example" {
		t.Error(button.Attr)
	}
	if w := send(s, "/profiles/daily/back", url.Values{"recipient": {"reader@desk.example"}}); w.Code != http.StatusSeeOther {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if sub := a.left["daily reader@desk.example"]; sub.Off || sub.Generation != 1 {
		t.Errorf("%+v", sub)
	}
	if send(s, "/profiles/daily/back", url.Values{"recipient": {"reader@desk.example"}}); a.leaves != 1 {
		t.Errorf("%d writes", a.leaves)
	}
}
