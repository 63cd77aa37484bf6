package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"silkwire/account"
	"silkwire/news"
	"silkwire/review"
	"silkwire/store"
	"silkwire/store/bolt"
)

// analysts is a desk on an archive of its own, at which several people sit.
type analysts struct {
	*Server
	t     *testing.T
	store *bolt.Store
	now   time.Time
}

// sitting opens a desk. A request says in the header X-Who who sends it.
func sitting(t *testing.T, double float64, items ...news.Item) *analysts {
	t.Helper()
	d := &analysts{t: t, now: noon}
	tick := func() time.Time { d.now = d.now.Add(time.Second); return d.now }
	st, err := bolt.Open(filepath.Join(t.TempDir(), "silkwire.db"), bolt.Options{NoSync: true, Now: tick, Country: func(news.OutletID) string { return "UZ" }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	if _, err := st.Save(context.Background(), items, news.SourceState{ID: "daryo-uz"}); err != nil {
		t.Fatal(err)
	}
	d.store = st
	d.Server = serve(t, full(), func(o *Options) { o.Store, o.Double, o.Now = st, double, tick })
	d.who = func(r *http.Request) (visitor, error) {
		return visitor{Name: r.Header.Get("X-Who"), Role: account.Analyst}, nil
	}
	return d
}

// numbered are copies of the first item of the full archive.
func numbered(n int) []news.Item {
	list := make([]news.Item, n)
	for i := range list {
		list[i] = full().items[0]
		list[i].ID, list[i].URL, list[i].GUID = news.ItemID(fmt.Sprintf("item%02d", i)), fmt.Sprintf("https://daryo.example/%d", i), ""
		list[i].Published = noon.Add(-time.Duration(i) * time.Hour)
		list[i].Revision, list[i].Revised = 0, time.Time{}
	}
	return list
}

func sentBy(who string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("X-Who", who) }
}

func (d *analysts) page(who, path string) doc {
	d.t.Helper()
	path, _, _ = strings.Cut(path, "#")
	w := get(d.Server, path, sentBy(who))
	if w.Code != http.StatusOK {
		d.t.Fatalf("%s: status %d: %s", path, w.Code, w.Body)
	}
	return parsed(d.t, w)
}

// post sends a form and returns the answer.
func (d *analysts) post(who, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "http://127.0.0.1:8080"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Who", who)
	w := httptest.NewRecorder()
	d.Handler().ServeHTTP(w, r)
	return w
}

// press presses the button of a page as a browser does: with the hidden fields
// of its form, and what is typed.
func (d *analysts) press(who string, page doc, value string, typed ...string) (location string) {
	d.t.Helper()
	for _, b := range page.all("button") {
		if b.attr("value") != value {
			continue
		}
		form := formOf(page, b)
		fields := url.Values{}
		for _, in := range form.all("input") {
			if in.attr("type") == "checkbox" {
				continue // nobody has ticked it
			}
			fields.Set(in.attr("name"), in.attr("value"))
		}
		for i := 0; i+1 < len(typed); i += 2 {
			fields.Set(typed[i], typed[i+1])
		}
		fields.Set(b.attr("name"), value)
		w := d.post(who, form.attr("action"), fields)
		if w.Code != http.StatusSeeOther {
			d.t.Fatalf("%s: status %d: %s", value, w.Code, parsed(d.t, w).text())
		}
		return w.Header().Get("Location")
	}
	d.t.Fatalf("there is no button %q on the page", value)
	return ""
}

// formOf is the form that a button belongs to.
func formOf(page, b doc) doc {
	if id := b.attr("form"); id != "" {
		return page.all("form#" + id)[0]
	}
	for n := b.Parent; n != nil; n = n.Parent {
		if n.Data == "form" {
			return doc{n}
		}
	}
	return doc{}
}

func (d *analysts) said(id news.ItemID) review.Item {
	d.t.Helper()
	all, err := d.store.ReviewsOf(context.Background(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	return review.Read(all)
}

func (d *analysts) opinion(who string, id news.ItemID) review.Opinion {
	said := d.said(id)
	return said.By(who)
}

var institute = review.Target{Concept: "confucius-institute"}

func TestAVerdictIsOneButtonAndLeadsToTheNext(t *testing.T) {
	d := sitting(t, 0, numbered(1)...)
	page := d.page("amina", "/items/item00")
	if n := len(page.all(".current")); n != 1 {
		t.Fatalf("%d things are current", n)
	}
	to := d.press("amina", page, "accept tag:confucius-institute")
	if mine := d.opinion("amina", "item00"); mine.Said[institute] != review.Yes {
		t.Errorf("%+v", mine)
	}
	page = d.page("amina", to)
	if current := page.one(t, "#now"); current.attr("data-target") == "tag:confucius-institute" {
		t.Errorf("after it comes it again: %s", to)
	}
	d.press("amina", page, "reject tag:confucius-institute")
	if mine := d.opinion("amina", "item00"); mine.Said[institute] != review.No {
		t.Errorf("the second thought does not count: %+v", mine)
	}
	it, err := d.store.Item(context.Background(), "item00")
	if err != nil || len(it.Tagging.Tags) != 5 {
		t.Errorf("the machine's tags were touched: %+v, %v", it.Tagging.Tags, err)
	}
}

func TestEverythingThatCanBeSaidIsKeptWithWhoAndWhenAndWhatWasSeen(t *testing.T) {
	d := sitting(t, 0, numbered(1)...)
	event := "event:confucius-institute/scholarship/uzbekistan"
	for _, press := range [][]string{
		{"reject " + event}, {"irrelevant"}, {"flag"}, {"note", "note", "Compare with last year."},
		{"add", "kind", "tag", "what", "Институт Конфуция", "quote", "Konfutsiy instituti", "instead", ""},
	} {
		d.press("amina", d.page("amina", "/items/item00"), press[0], press[1:]...)
	}
	page := d.page("amina", "/items/item00")
	add := formWith(t, page, "what")
	w := d.post("amina", "/items/item00/reviews", filled(add, "do", "add", "kind", "tag", "what", "russkiy-mir-foundation", "instead", "tag:china"))
	if w.Code != http.StatusSeeOther {
		t.Fatalf("replace: %d %s", w.Code, parsed(t, w).text())
	}
	w = d.post("amina", "/items/item00/reviews", filled(add, "do", "add", "kind", "event", "actor", "russia", "instrument", "scholarship", "recipient", "Uzbekistan", "instead", event))
	if w.Code != http.StatusSeeOther {
		t.Fatalf("replace an event: %d %s", w.Code, parsed(t, w).text())
	}
	all, err := d.store.ReviewsOf(context.Background(), "item00")
	if err != nil {
		t.Fatal(err)
	}
	var verdicts []string
	for _, r := range all {
		verdicts = append(verdicts, string(r.Verdict))
		if r.By != "amina" || r.At.IsZero() || r.Seen.Taxonomy != "v1" || !r.Seen.Blind {
			t.Errorf("%+v", r)
		}
	}
	if want := []string{"reject", "irrelevant", "flag", "note", "add", "replace", "replace"}; !slices.Equal(verdicts, want) {
		t.Errorf("%q, want %q", verdicts, want)
	}
	if all[4].Concept != "confucius-institute" || all[4].Quote != "Konfutsiy instituti" || !slices.Equal(all[4].Seen.Terms, []string{"uz-Latn Konfutsiy instituti"}) {
		t.Errorf("a name in another language is no concept: %+v", all[4])
	}
	if all[5].With != "russkiy-mir-foundation" || *all[6].WithEvent != (news.EventKey{Actor: "russia", Instrument: "scholarship", Recipient: "uzbekistan"}) {
		t.Errorf("%+v, %+v", all[5], all[6])
	}
	log := d.page("amina", "/items/item00").one(t, "ol.log")
	log.says(t, "Compare with last year.", "replaced by", "flagged", "amina", "not relevant")
	entries, err := d.store.AuditLog(context.Background(), 0, 10)
	if err != nil || len(entries) != 7 || entries[0].Who != "amina" || !strings.Contains(entries[0].What, "item00") {
		t.Errorf("the audit log has %+v, %v", entries, err)
	}
}

// formWith is the form of the page that has a field.
func formWith(t *testing.T, page doc, field string) doc {
	t.Helper()
	for _, f := range page.all("form") {
		for _, in := range f.all("input") {
			if in.attr("name") == field {
				return f
			}
		}
	}
	t.Fatalf("no form has the field %q", field)
	return doc{}
}

func filled(form doc, pairs ...string) url.Values {
	fields := url.Values{}
	for _, in := range form.all("input") {
		fields.Set(in.attr("name"), in.attr("value"))
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		fields.Set(pairs[i], pairs[i+1])
	}
	return fields
}

func TestWhatCannotBeMeantIsRefusedWithAdvice(t *testing.T) {
	d := sitting(t, 0, numbered(1)...)
	for want, form := range map[string]url.Values{
		"no verdict":               {"do": {"perhaps"}},
		"which tag or event":       {"do": {"accept nothing"}},
		"Did you mean":             {"do": {"add"}, "what": {"confucius-instutite"}},
		"may be":                   {"do": {"add"}, "what": {"bank"}},
		"do not stand in the item": {"do": {"add"}, "what": {"china"}, "quote": {"words of another item"}},
		"an event in that of":      {"do": {"add"}, "what": {"china"}, "instead": {"event:a/b/c"}},
		"replaced by itself":       {"do": {"add"}, "what": {"china"}, "instead": {"tag:china"}},
		"without words":            {"do": {"note"}, "note": {"  "}},
		"has an address":           {"do": {"undo"}},
		"The taxonomy has no such": {"do": {"accept tag:nosuchthing"}},
		"4 000 characters":         {"do": {"note"}, "note": {strings.Repeat("x", 5000)}},
	} {
		w := d.post("amina", "/items/item00/reviews", form)
		if text := parsed(t, w).text(); w.Code < 400 || w.Code >= 500 || !strings.Contains(text, want) {
			t.Errorf("%v: %d, %s; want %q", form, w.Code, text, want)
		}
	}
	if w := d.post("amina", "/items/nosuchitem/reviews", url.Values{"do": {"flag"}}); w.Code != http.StatusNotFound {
		t.Errorf("an item that is not there: %d", w.Code)
	}
	if all, _ := d.store.RecentReviews(context.Background(), "", 0); len(all) != 0 {
		t.Errorf("something was kept: %+v", all)
	}
}

func TestAVerdictOnWhatIsNoLongerThereIsRefused(t *testing.T) { // X24
	d := sitting(t, 0, numbered(1)...)
	page := d.page("amina", "/items/item00")
	old := formWith(t, page, "seen")
	edited := numbered(1)
	edited[0].Title = "Rossiya Toshkentda markaz ochdi"
	if _, err := d.store.Save(context.Background(), edited, news.SourceState{}); err != nil {
		t.Fatal(err)
	}
	w := d.post("amina", "/items/item00/reviews", filled(old, "do", "accept tag:china"))
	if w.Code != http.StatusPreconditionFailed || !strings.Contains(w.Body.String(), "Nothing was kept") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestUndoTakesBackTheLastActWhereverItWas(t *testing.T) {
	d := sitting(t, 0, numbered(2)...)
	d.press("amina", d.page("amina", "/items/item00"), "reject tag:china")
	d.press("amina", d.page("amina", "/items/item00"), "done")
	w := d.post("amina", "/review/undo", url.Values{"queue": {"unsure"}})
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || !strings.HasPrefix(to, "/review?") || !strings.Contains(to, "item=item00") {
		t.Fatalf("%d to %q", w.Code, to)
	}
	mine := d.opinion("amina", "item00")
	if mine.Done || len(mine.Said) != 1 || mine.Said[review.Target{Concept: "china"}] != review.No {
		t.Errorf("finishing was not taken back whole, or more than that: %+v", mine)
	}
	d.post("amina", "/review/undo", nil)
	if mine := d.opinion("amina", "item00"); len(mine.Said) != 0 {
		t.Errorf("%+v", mine)
	}
	if w := d.post("amina", "/review/undo", nil); w.Code != http.StatusConflict {
		t.Errorf("nothing is left, and undo says %d", w.Code)
	}
	d.press("bek", d.page("bek", "/items/item01"), "flag")
	if w := d.post("amina", "/review/undo", nil); w.Code != http.StatusConflict {
		t.Errorf("amina took back what bek said: %d", w.Code)
	}
}

func TestAQueueLeadsFromItemToItemUntilItIsEmpty(t *testing.T) {
	d := sitting(t, 0, numbered(3)...)
	path, met := "/review?queue=unsure", []string{}
	for range 3 {
		page := d.page("amina", path)
		page.one(t, ".queue").says(t, "Unsure first")
		met = append(met, page.one(t, "form#judge").attr("action"))
		path = d.press("amina", page, "done")
	}
	slices.Sort(met)
	if len(slices.Compact(met)) != 3 {
		t.Errorf("the queue showed %q", met)
	}
	d.page("amina", path).one(t, ".empty").says(t, "Nothing waits here")
	mine := d.opinion("amina", "item00")
	if !mine.Done || mine.Said[institute] != review.Yes || mine.Said[review.Target{}] != review.Yes || len(mine.Said) != 6 {
		t.Errorf("finishing did not say what was left: %+v", mine)
	}
	if _, said := mine.Said[review.Target{Concept: "chinese-language-promotion"}]; said {
		t.Error("finishing judged a tag that is only implied")
	}
}

func TestAnItemCanBeLeftForLater(t *testing.T) {
	d := sitting(t, 0, numbered(2)...)
	first := d.page("amina", "/review?queue=unsure")
	later := ""
	for _, a := range first.all("form#judge a") {
		later = a.attr("href")
	}
	second := d.page("amina", later)
	if first.one(t, "form#judge").attr("action") == second.one(t, "form#judge").attr("action") {
		t.Error("it comes again at once")
	}
	to := d.press("amina", second, "done") // the one left for later stays so
	d.page("amina", to).one(t, ".empty").says(t, "what you skipped")
}

func TestEveryQueueAndTheDeskOpenOnAnEmptyAndAFullArchive(t *testing.T) {
	for _, n := range []int{0, 3} {
		d := sitting(t, 0.5, numbered(n)...)
		page := d.page("amina", "/review")
		page.one(t, "h1").says(t, "Review")
		if cards := page.all("li.queuecard"); len(cards) != len(queues()) {
			t.Errorf("%d queues", len(cards))
		}
		for _, q := range queues() {
			d.page("amina", "/review?queue="+q.Name).one(t, "h1")
			d.page("amina", "/review?queue="+q.Name+"&concept=china").one(t, "h1")
		}
	}
	if w := get(sitting(t, 0).Server, "/review?queue=nosuch", sentBy("amina")); w.Code != http.StatusNotFound {
		t.Errorf("a queue of nobody: %d", w.Code)
	}
}

func TestARandomQueueIsASampleWithItsFrame(t *testing.T) {
	d := sitting(t, 0, numbered(8)...)
	d.page("amina", "/review?queue=tagged").one(t, ".empty").says(t, "Draw a sample")
	if w := get(d.Server, "/review?queue=tagged", sentBy("amina")); w.Code != http.StatusOK { // looking draws nothing (X5)
		t.Fatal(w.Code)
	}
	if list, _ := d.store.Samples(context.Background()); len(list) != 0 {
		t.Fatal("a GET drew a sample")
	}
	w := d.post("amina", "/review/samples", url.Values{"queue": {"tagged"}, "size": {"3"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	path := w.Header().Get("Location")
	for i := range 3 {
		page := d.page("amina", path)
		page.one(t, ".queue").says(t, fmt.Sprintf("%d of 3 looked through", i), "3 of the 8 items that matched is:relevant")
		path = d.press("amina", page, "done")
	}
	d.page("amina", path).one(t, ".empty").says(t, "looked through")
	list, err := d.store.Samples(context.Background())
	if err != nil || len(list) != 1 || list[0].By != "amina" || list[0].Population != 8 || list[0].Seed == "" {
		t.Fatalf("%+v, %v", list, err)
	}
	for _, id := range list[0].Items {
		said := d.said(id)
		if all, _ := d.store.ReviewsOf(context.Background(), id); said.Done() != 1 || all[0].Sample != list[0].ID {
			t.Errorf("%s: %+v", id, all)
		}
	}
	for _, size := range []string{"0", "x", "99999"} {
		if w := d.post("amina", "/review/samples", url.Values{"queue": {"tagged"}, "size": {size}}); w.Code != http.StatusBadRequest {
			t.Errorf("size %s: %d", size, w.Code)
		}
	}
	if w := d.post("amina", "/review/samples", url.Values{"queue": {"unsure"}, "size": {"3"}}); w.Code != http.StatusBadRequest {
		t.Errorf("a sample of a queue that is not random: %d", w.Code)
	}
	page := d.page("amina", "/trust")
	page.one(t, "h1")
	page.says(t, "100 % of the tags are right", "not yet measured", "3 looked through")
}

func TestTheSecondReaderDoesNotSeeWhatTheFirstSaid(t *testing.T) {
	d := sitting(t, 1, numbered(1)...)
	d.press("amina", d.page("amina", "/items/item00"), "reject tag:china")
	add := formWith(t, d.page("amina", "/items/item00"), "what")
	d.post("amina", "/items/item00/reviews", filled(add, "do", "add", "what", "russia"))
	d.press("amina", d.page("amina", "/items/item00"), "note", "note", "It is Taiwan.")
	d.press("amina", d.page("amina", "/items/item00"), "done")

	page := d.page("bek", "/review?queue=second")
	text := page.text()
	for _, secret := range []string{"amina", "It is Taiwan.", "Russia", "Disputed"} {
		if strings.Contains(text, secret) {
			t.Errorf("bek can read %q", secret)
		}
	}
	page.one(t, ".reviews .note").says(t, "two read on their own")
	to := d.press("bek", page, "done")
	d.page("bek", to).one(t, ".empty")

	d.page("bek", "/items/item00").says(t, "amina: wrong", "It is Taiwan.", "Disputed.", "Russia")
	said := d.said("item00")
	if got := said.Disputed(); len(got) != 2 { // china, and russia which bek did not add
		t.Errorf("disputed are %v", got)
	}
	for _, o := range said.Opinions {
		if !o.Blind {
			t.Errorf("%s did not read blindly", o.By)
		}
	}
}

func TestADisagreementIsSettledByAThird(t *testing.T) {
	d := sitting(t, 0, numbered(1)...)
	d.press("amina", d.page("amina", "/items/item00"), "reject tag:china")
	d.press("bek", d.page("bek", "/items/item00"), "accept tag:china")
	d.page("bek", "/items/item00").says(t, "If you have agreed, settle it")
	page := d.page("chinara", "/review?queue=disagreements")
	page.says(t, "amina: wrong", "bek: right", "Settle it:")
	to := d.press("chinara", page, "settle-reject tag:china")
	d.page("chinara", to).one(t, ".empty")
	said := d.said("item00")
	if says, disputed := said.Truth(review.Target{Concept: "china"}); says != review.No || disputed {
		t.Errorf("%v, disputed %v", says, disputed)
	}
	d.page("amina", "/items/item00").says(t, "settled by chinara: wrong")
}

func TestAFlaggedItemWaitsForColleaguesUntilItIsTakenBack(t *testing.T) {
	d := sitting(t, 0, numbered(2)...)
	d.press("amina", d.page("amina", "/items/item01"), "flag")
	page := d.page("bek", "/review?queue=flagged")
	if action := page.one(t, "form#judge").attr("action"); action != "/items/item01/reviews" {
		t.Errorf("bek is shown %s", action)
	}
	d.post("amina", "/review/undo", nil)
	d.page("bek", "/review?queue=flagged").one(t, ".empty")
}

func TestOnlyAnalystsJudge(t *testing.T) { // X27
	d := sitting(t, 0, numbered(1)...)
	d.who = func(*http.Request) (visitor, error) { return visitor{Name: "reader", Role: account.Viewer}, nil }
	for _, path := range []string{"/items/item00/reviews", "/review/undo", "/review/samples"} {
		if w := d.post("reader", path, url.Values{"do": {"flag"}}); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	page := d.page("reader", "/items/item00")
	if n := len(page.all(".judge button")) + len(page.all("form#judge")); n != 0 {
		t.Errorf("a viewer is shown %d things to judge with", n)
	}
}

func TestTheItemTellsItsStoryItsHistoryAndWhatWasEdited(t *testing.T) {
	items := numbered(3)
	items[0].Story, items[1].Story, items[2].Story = "item01", "item01", "item01"
	items[0].StoryWhy = "the same figures (200)" + news.StoryAs + "item01"
	items[2].StoryWhy = "82 % of shingles" + news.StoryAs + "item01"
	items[1].Title = "China opens an institute"
	d := sitting(t, 0, items...)
	edited := items[:1:1]
	edited[0].Text = strings.Replace(edited[0].Text, "200 ta", "300 ta", 1)
	edited[0].Tagging.Tags = edited[0].Tagging.Tags[:3]
	if _, err := d.store.Save(context.Background(), edited, news.SourceState{}); err != nil {
		t.Fatal(err)
	}
	again := edited[0].Tagging
	again.Taxonomy, again.Tags = "v2", append(slices.Clone(again.Tags[:2]), news.Tag{Concept: "loan", Facet: "instrument"})
	if err := d.store.Retag(context.Background(), map[news.ItemID]news.Tagging{"item00": again}); err != nil {
		t.Fatal(err)
	}
	page := d.page("amina", "/items/item00")
	page.one(t, ".tellings").says(t, "China opens an institute", "Daryo", "the same figures (200)", "82 % of shingles, as in China opens an institute")
	if told := page.one(t, ".tellings").text(); strings.Contains(told, "item01") {
		t.Errorf("names an item by its id: %s", told)
	}
	page.one(t, "details.rev").says(t, "a number changed", "200", "300")
	page.one(t, ".diff del").says(t, "200")
	page.one(t, ".diff ins").says(t, "300")
	for _, s := range page.all("section") {
		if s.attr("aria-labelledby") == "h-history" {
			s.says(t, "v1 → v2", "the text was edited", "nothing")
			return
		}
	}
	t.Error("the page tells no history")
}

var _ store.Reviews = (*bolt.Store)(nil)

// However much has come since, what the machine is least sure of comes first.
func TestTheMostDoubtfulItemOfTheWholeArchiveComesFirst(t *testing.T) {
	list := numbered(looked + 5)
	for i := range list {
		list[i].ID, list[i].Text = news.ItemID(fmt.Sprintf("item%04d", i)), ""
		list[i].Published = noon.Add(-time.Duration(i) * time.Minute)
	}
	oldest := len(list) - 1
	list[oldest].Tagging.Relevance, list[oldest].Tagging.Relevant = .48, false
	list[oldest-1].Tagging.Relevance, list[oldest-1].Tagging.Relevant = .3, false
	d := sitting(t, 0, list...)
	for _, queue := range []string{"unsure", "almost"} {
		action := d.page("amina", "/review?queue="+queue).one(t, "form#judge").attr("action")
		if want := "/items/" + string(list[oldest].ID) + "/reviews"; action != want {
			t.Errorf("%s begins with %s, want %s", queue, action, want)
		}
	}
	d.page("amina", "/review").says(t, "1 005 items, the first 1 000 of them at hand")
}
