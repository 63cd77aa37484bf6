package trust

import (
	"fmt"
	"strings"
	"testing"

	"silkwire/news"
	"silkwire/review"
)

func facet(id news.ConceptID) string {
	if id == "china" {
		return "actor_state"
	}
	return "instrument"
}

// desk is an archive of judged items in the making.
type desk struct {
	judged map[news.ItemID]*Judged
	frames []Frame
}

// item adds an item to the frame of a stratum: what the machine said, and what
// analysts said of it.
func (d *desk) item(frame int, tags []news.ConceptID, said ...news.Review) {
	id := news.ItemID(fmt.Sprint("item", len(d.judged)))
	it := news.Item{ID: id, Outlet: "daryo", Tagging: news.Tagging{Lang: "ru", Relevant: frame == 0, Taxonomy: "v2"}}
	for _, t := range tags {
		it.Tagging.Tags = append(it.Tagging.Tags, news.Tag{Concept: t, Facet: facet(t)})
	}
	for i := range said {
		said[i].ID = fmt.Sprint(i)
	}
	d.judged[id] = &Judged{it, review.Read(said)}
	d.frames[frame].Items = append(d.frames[frame].Items, id)
}

func newDesk() *desk {
	return &desk{judged: map[news.ItemID]*Judged{}, frames: []Frame{{Stratum: Tagged, Population: 100}, {Stratum: Untagged, Population: 900}}}
}

func says(v news.Verdict, id news.ConceptID) news.Review {
	return news.Review{By: "a", Verdict: v, Concept: id}
}

func looked(by string) news.Review {
	return news.Review{By: by, Verdict: news.Finished, Seen: news.Seen{Taxonomy: "v1", Blind: true}}
}

func (d *desk) measure() Report { return Measure(d.frames, d.judged, facet, "v2") }

func TestPrecisionIsOfTheTaggedAndRecallOfAll(t *testing.T) {
	d := newDesk()
	for range 8 {
		d.item(0, []news.ConceptID{"china", "loan"}, says(news.Accept, "china"), says(news.Reject, "loan"), news.Review{By: "a", Verdict: news.IsRelevant}, looked("a"))
	}
	d.item(0, []news.ConceptID{"china"}, says(news.Accept, "china"), says(news.Add, "grant"), news.Review{By: "a", Verdict: news.Irrelevant}, looked("a"))
	for range 9 {
		d.item(1, nil, looked("a"))
	}
	d.item(1, nil, says(news.Add, "grant"), news.Review{By: "a", Verdict: news.IsRelevant}, looked("a"))
	r := d.measure()
	near(t, "precision of all tags", r.Tags.Precision.Value, 9.0/17, 1e-9)
	near(t, "precision of relevance", r.Relevance.Precision.Value, 8.0/9, 1e-9)
	// Each of 9 stands for 100/9 items, each of 10 for 90: 100 right against 11 + 90 missed.
	near(t, "recall of all tags", r.Tags.Recall.Value, 100/(100+100.0/9+90), 1e-9)
	near(t, "recall of relevance", r.Relevance.Recall.Value, (800.0/9)/(800.0/9+90), 1e-9)
	rows := map[string]Row{}
	for _, row := range append(append(r.Facets, r.Concepts...), append(r.Languages, r.Outlets...)...) {
		rows[row.ID] = row
	}
	near(t, "precision of China", rows["china"].Precision.Value, 1, 0)
	near(t, "precision of loans", rows["loan"].Precision.Value, 0, 0)
	if rows["grant"].Precision != nil || rows["grant"].Recall.Value != 0 {
		t.Errorf("a concept that is only missed: %+v", rows["grant"])
	}
	if rows["loan"].Recall != nil {
		t.Errorf("nothing is a loan, and yet recall is %+v", rows["loan"].Recall)
	}
	near(t, "precision in Russian", rows["ru"].Precision.Value, 9.0/17, 1e-9)
	near(t, "precision of actors", rows["actor_state"].Precision.Value, 1, 0)
	if rows["daryo"].Precision == nil || r.Sampled != 19 || r.Drawn != 19 || r.Older != 19 {
		t.Errorf("%+v", r)
	}
	if line := r.Line(); !strings.Contains(line, "53 % of the tags are right") || !strings.Contains(line, "estimated 50 %") {
		t.Error(line)
	}
}

func TestOnlyAllIsAHundredPercent(t *testing.T) {
	for x, want := range map[float64]string{1: "100 %", 0.999: "99 %", 0.5: "50 %", 0.001: "1 %", 0: "0 %"} {
		if got := Share(x); got != want {
			t.Errorf("%v is written %s", x, got)
		}
	}
}

func TestOnlyWhatWasDrawnAndLookedThroughIsMeasured(t *testing.T) {
	d := newDesk()
	d.item(0, []news.ConceptID{"china"}, says(news.Reject, "china")) // not finished
	d.item(0, []news.ConceptID{"china"}, says(news.Reject, "china"), looked("a"))
	d.frames[0].Items = d.frames[0].Items[:1] // the second was met elsewhere
	if r := d.measure(); r.Tags.Precision != nil || r.Line() != "" || r.Sampled != 0 {
		t.Errorf("%+v", r.Tags)
	}
	d = newDesk()
	d.item(0, []news.ConceptID{"china"}, says(news.Accept, "china"), looked("a"))
	d.judged["item0"].Item.Revision = 1 // the outlet has rewritten it since
	if r := d.measure(); r.Tags.Precision != nil {
		t.Errorf("%+v", r.Tags)
	}
}

func TestWithoutASampleOfTheRestRecallIsNotMeasured(t *testing.T) {
	d := newDesk()
	d.item(0, []news.ConceptID{"china"}, says(news.Accept, "china"), looked("a"))
	if r := d.measure(); r.Tags.Precision == nil || r.Tags.Recall != nil {
		t.Errorf("%+v", r.Tags)
	}
	d.frames = d.frames[:1]
	if r := d.measure(); r.Tags.Recall != nil {
		t.Errorf("%+v", r.Tags)
	}
}

func TestASampleAboutAConceptSpeaksOfThatConceptOnly(t *testing.T) {
	d := newDesk()
	d.frames[0].Concept, d.frames[1].Concept = "loan", "loan"
	d.item(0, []news.ConceptID{"china", "loan"}, says(news.Accept, "china"), says(news.Accept, "loan"), looked("a"))
	r := d.measure()
	if r.Tags.Precision != nil || len(r.Concepts) != 1 || r.Concepts[0].ID != "loan" {
		t.Errorf("%+v", r)
	}
}

func TestWhatIsDisputedCountsForNothingUntilItIsSettled(t *testing.T) {
	d := newDesk()
	no := says(news.Reject, "china")
	no.By = "b"
	d.item(0, []news.ConceptID{"china"}, says(news.Accept, "china"), looked("a"), no, looked("b"))
	if r := d.measure(); r.Tags.Precision != nil || r.Open != 1 {
		t.Errorf("%+v, open %d", r.Tags, r.Open)
	}
	settled := says(news.Accept, "china")
	settled.By, settled.Settles = "c", true
	d = newDesk()
	d.item(0, []news.ConceptID{"china"}, says(news.Accept, "china"), looked("a"), no, looked("b"), settled)
	r := d.measure()
	if r.Open != 0 || r.Tags.Precision.Value != 1 {
		t.Errorf("%+v, open %d", r.Tags, r.Open)
	}
	for _, a := range Agree(d.judged) { // the settlement is no third reading
		if a.Of == "tags" && (a.Units != 1 || a.Analysts != 2) {
			t.Errorf("%+v", a)
		}
	}
}

func TestAgreementIsOfBlindReadersOnly(t *testing.T) {
	for _, blind := range []bool{true, false} {
		d := newDesk()
		for i := range 10 {
			second := says(news.Accept, "china")
			if i%3 == 0 {
				second.Verdict = news.Reject
			}
			second.By = "b"
			first := says(news.Accept, "china")
			if i%2 == 0 {
				first.Verdict = news.Reject
			}
			end := looked("b")
			end.Seen.Blind = blind
			d.item(0, []news.ConceptID{"china"}, first, looked("a"), second, end)
		}
		a := Agree(d.judged)[1]
		if a.Of != "tags" || (a.Units == 10) != blind || (a.Alpha != nil) != blind {
			t.Errorf("blind %v: %+v", blind, a)
		}
		if blind && (a.Alpha.Value < -1 || a.Alpha.Value > 0.5 || a.Alpha.Low > a.Alpha.Value || a.AC1.High < a.AC1.Value) {
			t.Errorf("%+v, %+v", a.Alpha, a.AC1)
		}
	}
}

func TestTheTermsThatMisleadMostComeFirst(t *testing.T) {
	by := func(v news.Verdict, id news.ConceptID, term string) news.Review {
		return news.Review{By: "a", Verdict: v, Concept: id, Seen: news.Seen{Terms: []string{term}}}
	}
	list := []news.Review{by(news.Reject, "loan", "ru кредит"), by(news.Reject, "loan", "ru кредит"), by(news.Accept, "loan", "ru кредит"), by(news.Reject, "grant", "uz grant"), by(news.Accept, "china", "ru Китай"), by(news.Reject, "china", "ru КНР")}
	for i := range list {
		list[i].ID = fmt.Sprint(i)
	}
	list = append(list, news.Review{By: "a", Verdict: news.Undo, Undoes: "5"})
	got := Rejections(list)
	if len(got) != 2 || got[0] != (Term{"loan", "ru кредит", 2, 1}) || got[1].Concept != "grant" {
		t.Errorf("%+v", got)
	}
}
