package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"silkwire/news"
)

// rivals are items of China's and Russia's scholarships in Uzbekistan.
func rivals() []news.Item {
	list := numbered(4)
	for i := range list {
		if i%2 == 0 {
			continue
		}
		list[i].Tagging.Tags = append([]news.Tag{}, list[i].Tagging.Tags...)
		list[i].Tagging.Events = append([]news.Event{}, list[i].Tagging.Events...)
		list[i].Tagging.Tags[0].Concept, list[i].Tagging.Tags[1].Concept = "russian-house", "russia"
		list[i].Tagging.Events[0].Actor, list[i].Tagging.Events[0].State = "russian-house", "russia"
	}
	return list
}

const pairPath = "/counts/convergence/pair?a=russia&b=china&instrument=education-instrument&country=uzbekistan"

func TestAPairIsJudgedByHandOnItsEvidence(t *testing.T) {
	d := sitting(t, 0, rivals()...)
	mapped := d.page("amina", "/counts/convergence")
	var link doc
	for _, a := range mapped.all("table a") {
		if a.text() == "China and Russia" {
			link = a
		}
	}
	page := d.page("amina", link.attr("href"))
	page.one(t, "#h-a-deals").says(t, "China: 1 deal")
	page.one(t, "#h-b-deals").says(t, "Russia: 1 deal")
	page.one(t, "p.held").says(t, "not judged")
	to := d.press("amina", page, "competitive", "note", "the same seats")
	page = d.page("amina", to)
	page.one(t, "p.held").says(t, "competitive")
	page.one(t, "#t-held tbody tr").says(t, "amina", "competitive", "the same seats", "1")
	page = d.page("bek", d.press("bek", d.page("bek", pairPath), "complementary"))
	page.one(t, "p.held").says(t, "complementary", "analysts differ")
	if n := len(page.all("#t-held tbody tr")); n != 2 {
		t.Errorf("the history has %d lines", n)
	}
	d.page("bek", "/counts/convergence").one(t, "#t-map").says(t, "China and Russia: complementary, disputed")
	rows := csvAt(t, d.Server, "/counts/convergence?format=csv")
	if got := rows[1][len(rows[1])-1]; got != "china/russia complementary, disputed" {
		t.Errorf("the file says %q", got)
	}
	if err := d.store.Retag(t.Context(), map[news.ItemID]news.Tagging{"item00": {Lang: "en", Taxonomy: "v2"}}); err != nil {
		t.Fatal(err)
	}
	page = d.page("bek", d.press("bek", d.page("bek", pairPath), "unjudged"))
	page.one(t, "p.held").says(t, "not judged")
	if log, err := d.store.AuditLog(t.Context(), 0, 10); err != nil || len(log) != 3 || log[0].Did != "unjudged" || log[2].Who != "amina" {
		t.Errorf("the audit log has %+v, %v", log, err)
	}
}

func TestAPairThatIsNoneIsRefused(t *testing.T) {
	d := sitting(t, 0, rivals()...)
	for _, bad := range []string{"a=china&b=china&instrument=education-instrument&country=uzbekistan", "a=china&b=loan&instrument=education-instrument&country=uzbekistan", "a=china&b=russia&instrument=scholarship&country=uzbekistan", "a=china&b=russia&instrument=education-instrument&country=france", "a=china"} {
		if w := get(d.Server, "/counts/convergence/pair?"+bad, sentBy("amina")); w.Code != http.StatusBadRequest {
			t.Errorf("%s: status %d", bad, w.Code)
		}
		form, _ := url.ParseQuery(bad + "&kind=competitive")
		if w := d.post("amina", "/counts/convergence/pair", form); w.Code != http.StatusBadRequest {
			t.Errorf("posting %s: status %d", bad, w.Code)
		}
	}
	if list, err := d.store.Relations(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("%+v was kept, %v", list, err)
	}
}

func TestRelationsThroughTheAPIAreAsTheyAreDescribed(t *testing.T) {
	doc := document(t)
	d := sitting(t, 0, rivals()...)
	ops := doc.Paths["/api/v1/relations"]
	body := `{"a":"russia","b":"china","instrument":"education-instrument","country":"uzbekistan","kind":"competitive","note":"no"}`
	doc.check(t, body, schema{"$ref": "#/components/schemas/NewRelation"}, []byte(body))
	w := d.postJSON("amina", "/api/v1/relations", body)
	if w.Code != http.StatusCreated {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	doc.check(t, "POST", ops["post"].Responses["201"].Content["application/json"].Schema, w.Body.Bytes())
	doc.holds(t, ops["get"], "relations", get(d.Server, "/api/v1/relations", sentBy("amina")))
	doc.refuses(t, "a kind that there is not", d.postJSON("amina", "/api/v1/relations", strings.Replace(body, "competitive", "friendly", 1)))
}

// An analyst's word on how one event works stands before the taxonomy's on its
// instrument, wherever it is counted or taken away, and retagging does not
// change it.
func TestHowAnEventWorksIsCountedAsAnAnalystSaidIt(t *testing.T) {
	d := sitting(t, 0, numbered(1)...)
	before := csvAt(t, d.Server, "/counts/spectrum?format=csv")[1]
	if before[2] != "0" {
		t.Fatalf("the taxonomy counts it as coercion: %q", before)
	}
	page := d.page("amina", "/items/item00")
	page.one(t, "section.events").says(t, "works by inducement, attraction, long term")
	d.press("amina", page, "weigh", "power", "coercion", "horizon", "short", "event", "event:confucius-institute/scholarship/uzbekistan")
	d.page("amina", "/items/item00").one(t, "section.events").says(t, "works by coercion (amina), short term (amina)")
	tagging := numbered(1)[0].Tagging
	tagging.Taxonomy, tagging.Tags = "v2", tagging.Tags[:1]
	if err := d.store.Retag(t.Context(), map[news.ItemID]news.Tagging{"item00": tagging}); err != nil {
		t.Fatal(err)
	}
	if row := csvAt(t, d.Server, "/counts/spectrum?format=csv")[1]; row[2] != "1" || row[8] != "0" {
		t.Errorf("the spectrum has %q", row)
	}
	if row := csvAt(t, d.Server, "/counts/horizon?format=csv")[1]; row[2] != "1" {
		t.Errorf("the horizons are %q", row)
	}
	rows := csvAt(t, d.Server, "/export?what=events&format=csv")
	for name, want := range map[string]string{"power": "coercion", "horizon": "short", "weighed_by": "amina"} {
		if got := valueOf(rows, name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	w := d.post("amina", "/items/item00/reviews", url.Values{"do": {"weigh"}, "event": {"event:confucius-institute/scholarship/uzbekistan"}, "power": {"magic"}})
	if w.Code != http.StatusBadRequest {
		t.Errorf("magic is a kind of power: status %d", w.Code)
	}
	if w := d.post("amina", "/review/undo", url.Values{}); w.Code != http.StatusSeeOther {
		t.Fatalf("status %d", w.Code)
	}
	if row := csvAt(t, d.Server, "/counts/spectrum?format=csv")[1]; row[2] != "0" {
		t.Errorf("what was taken back is counted: %q", row)
	}
}

func valueOf(rows [][]string, name string) string {
	for i, head := range rows[0] {
		if head == name {
			return rows[1][i]
		}
	}
	return "no such column"
}

// Who reads an item as the second of two is not told how the first weighed it.
func TestHowAColleagueWeighedAnEventIsHiddenFromASecondReader(t *testing.T) {
	d := sitting(t, 1, numbered(1)...)
	d.press("amina", d.page("amina", "/items/item00"), "weigh", "power", "coercion", "event", "event:confucius-institute/scholarship/uzbekistan")
	d.press("amina", d.page("amina", "/items/item00"), "done")
	if text := d.page("bek", "/items/item00").text(); strings.Contains(text, "coercion (") {
		t.Error("the second reader sees what the first said")
	}
}

func TestATagIsMarkedAsMainWithOneKey(t *testing.T) {
	d := sitting(t, 0, numbered(1)...)
	page := d.page("amina", "/items/item00")
	d.press("amina", page, "main tag:china")
	marked := boxOf(d.page("amina", "/items/item00"), "tag:china")
	for _, b := range marked.all("button") {
		if want := map[string]string{"a": "true", "m": "true"}[b.attr("data-key")]; want != "" && b.attr("aria-pressed") != want {
			t.Errorf("the button %s is pressed: %s", b.attr("data-key"), b.attr("aria-pressed"))
		}
	}
	held := apiAt(t, d.Server, "/api/v1/items/item00/reviews")["held"].([]any)[0].(map[string]any)
	if held["concept"] != "china" || held["main"] != true || held["holds"] != true {
		t.Errorf("%v", held)
	}
	d.press("amina", d.page("amina", "/items/item00"), "accept tag:china")
	if held := apiAt(t, d.Server, "/api/v1/items/item00/reviews")["held"].([]any)[0].(map[string]any); held["main"] != false {
		t.Errorf("right, but no more main: %v", held)
	}
	for _, b := range boxOf(page, "event:confucius-institute/scholarship/uzbekistan").all("button") {
		if b.attr("data-key") == "m" {
			t.Error("an event can be marked as main")
		}
	}
}

// boxOf is where a target of the page is judged.
func boxOf(page doc, target string) doc {
	for _, box := range page.all("div.judge") {
		if box.attr("data-target") == target {
			return box
		}
	}
	return doc{}
}
