package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"silkwire/account"
	"silkwire/news"
)

// send posts JSON.
// postJSON sends a body to the API.
func (d *analysts) postJSON(who, path, body string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "http://127.0.0.1:8080"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Who", who)
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	d.Handler().ServeHTTP(w, r)
	return w
}

func (d *analysts) send(who, id, body string, change ...func(*http.Request)) (*httptest.ResponseRecorder, map[string]any) {
	d.t.Helper()
	w := d.postJSON(who, "/api/v1/items/"+id+"/reviews", body, change...)
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		d.t.Fatalf("%s: no JSON: %s", body, w.Body)
	}
	return w, out
}

func TestAReviewIsPostedAndReadThroughTheAPI(t *testing.T) {
	d := sitting(t, 0, numbered(1)...)
	w, out := d.send("amina", "item00", `{"verdict":"reject","concept":"china","note":"It is Taiwan.","revision":0,"taxonomy":"v1"}`)
	if w.Code != http.StatusCreated || out["by"] != "amina" || out["id"] == "" || w.Header().Get("Location") != "/api/v1/items/item00/reviews" {
		t.Fatalf("%d %v", w.Code, out)
	}
	d.send("bek", "item00", `{"verdict":"accept","concept":"china"}`)
	var got apiReviews
	answer := get(d.Server, "/api/v1/items/item00/reviews", sentBy("amina"))
	if err := json.Unmarshal(answer.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Reviews) != 2 || got.Hidden || len(got.Held) != 1 || !got.Held[0].Disputed || got.Held[0].Holds != nil {
		t.Errorf("%+v", got)
	}
	if w, _ := d.send("bek", "item00", `{"verdict":"undo","undoes":"`+got.Reviews[1].ID+`"}`); w.Code != http.StatusCreated {
		t.Errorf("undo: %d", w.Code)
	}
	said := d.said("item00")
	if len(said.Disputed()) != 0 {
		t.Error("it is disputed still")
	}
}

func TestTheAPIKeepsBackWhatAColleagueSaid(t *testing.T) {
	d := sitting(t, 1, numbered(1)...)
	d.send("amina", "item00", `{"verdict":"reject","concept":"china"}`)
	d.send("amina", "item00", `{"verdict":"done"}`)
	body := get(d.Server, "/api/v1/items/item00/reviews", sentBy("bek")).Body.String()
	if strings.Contains(body, "amina") || strings.Contains(body, "reject") || !strings.Contains(body, `"hidden":true`) {
		t.Error(body)
	}
}

func TestTheSameKeyIsTheSameReview(t *testing.T) {
	d := sitting(t, 0, numbered(1)...)
	key := func(r *http.Request) { r.Header.Set("Idempotency-Key", "k1") }
	_, first := d.send("amina", "item00", `{"verdict":"flag"}`, key)
	w, again := d.send("amina", "item00", `{"verdict":"flag"}`, key)
	all, err := d.store.ReviewsOf(context.Background(), "item00")
	if err != nil || len(all) != 1 || first["id"] != again["id"] || w.Code != http.StatusCreated {
		t.Errorf("%v, %v: %d reviews, %v", first, again, len(all), err)
	}
}

func TestABadBodyIsAProblemWithAWordForPrograms(t *testing.T) { // X6, X17
	d := sitting(t, 0, numbered(1)...)
	for body, want := range map[string]string{
		`{"verdict":"accept"}`:                                   "bad_review",
		`{"verdict":"accept","concept":"nosuch"}`:                "not_found",
		`{"verdict":"accept","concept":"china","score":1}`:       "bad_json",
		`{"verdict":"flag","verdict":"done"}`:                    "bad_json",
		`{"verdict":"flag"} {"verdict":"done"}`:                  "bad_json",
		`{"verdict":"flag"`:                                      "bad_json",
		``:                                                       "bad_json",
		`[]`:                                                     "bad_json",
		`{"verdict":` + strings.Repeat("[", 10_000):              "bad_json",
		`{"verdict":"flag","revision":3}`:                        "changed",
		`{"verdict":"flag","taxonomy":"v9"}`:                     "changed",
		`{"verdict":"undo","undoes":"item00.000009"}`:            "not_found",
		`{"verdict":"add","concept":"loan","quote":"not there"}`: "bad_review",
	} {
		w, out := d.send("amina", "item00", body)
		if w.Code < 400 || w.Code >= 500 || out["code"] != want || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%.60s: %d %v, want %s", body, w.Code, out, want)
		}
	}
	if w, _ := d.send("amina", "nosuchitem", `{"verdict":"flag"}`); w.Code != http.StatusNotFound {
		t.Errorf("no such item: %d", w.Code)
	}
	if w, _ := d.send("amina", "item00", `verdict=flag`, func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }); w.Code != http.StatusUnsupportedMediaType {
		t.Errorf("a form: %d", w.Code)
	}
	if w, _ := d.send("amina", "item00", `{"verdict":"flag"}`, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }); w.Code != http.StatusForbidden {
		t.Errorf("from another site: %d", w.Code)
	}
	d.who = func(*http.Request) (visitor, error) { return visitor{Name: "v", Role: account.Viewer}, nil }
	if w, _ := d.send("v", "item00", `{"verdict":"flag"}`); w.Code != http.StatusForbidden {
		t.Errorf("a viewer: %d", w.Code)
	}
	if all, _ := d.store.RecentReviews(context.Background(), "", 0); len(all) != 0 {
		t.Errorf("something was kept: %+v", all)
	}
}

func TestConceptsAreFoundByTheirNamesInEveryLanguage(t *testing.T) {
	s := serve(t, full())
	for _, q := range []string{"confucius-institute", "Институт Конфуция", "孔子学院", "Konfutsiy"} {
		var out struct{ Concepts []struct{ ID news.ConceptID } }
		r := get(s, "/api/v1/concepts", func(r *http.Request) {
			form := r.URL.Query()
			form.Set("q", q)
			r.URL.RawQuery = form.Encode()
		})
		if err := json.Unmarshal(r.Body.Bytes(), &out); err != nil || len(out.Concepts) == 0 || len(out.Concepts) > 20 {
			t.Errorf("%q finds %d concepts, %v", q, len(out.Concepts), err)
			continue
		}
		found := false
		for _, c := range out.Concepts {
			found = found || c.ID == "confucius-institute"
		}
		if !found {
			t.Errorf("%q does not find the institute: %v", q, out.Concepts)
		}
	}
}

func FuzzBody(f *testing.F) { // X17
	for _, seed := range []string{`{"verdict":"flag"}`, `{"a":{"a":[{"a":1},"a"]},"b":"a"}`, `{"a":1,"a":2}`, `[1,2] 3`, `{"\u0061":1,"a":2}`, `"x"`, `{"a":[`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if singleKeys([]byte(body)) != nil {
			return
		}
		var v any
		if err := json.Unmarshal([]byte(body), &v); err != nil {
			t.Errorf("%q was let through, and is no JSON: %v", body, err)
		}
		// A key said twice is lost in a map: the shortest writing of what was read tells.
		short, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := strings.Count(string(short), ":"), colons(body); a < b {
			t.Errorf("%q lost a key: %s", body, short)
		}
	})
}

// colons counts the keys of a body, by its tokens.
func colons(body string) (n int) {
	var v json.RawMessage
	if json.Unmarshal([]byte(body), &v) != nil {
		return 0
	}
	switch body = strings.TrimSpace(body); {
	case strings.HasPrefix(body, "{"):
		dec := json.NewDecoder(strings.NewReader(body))
		_, _ = dec.Token()
		for dec.More() {
			_, _ = dec.Token()
			n++
			_ = dec.Decode(&v)
			n += colons(string(v))
		}
	case strings.HasPrefix(body, "["):
		var list []json.RawMessage
		_ = json.Unmarshal([]byte(body), &list)
		for _, one := range list {
			n += colons(string(one))
		}
	}
	return n
}
