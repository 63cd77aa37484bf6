package gold

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"silkwire/news"
)

func judged() *news.Item {
	body := "China gave a loan. The bank opened."
	return &news.Item{
		ID: "x", Title: "A loan from China", Text: body,
		Tagging: news.Tagging{
			Lang: "en", Relevant: true,
			Tags: []news.Tag{
				{Concept: "china", Evidence: []news.Evidence{{Field: "body", Start: 0, End: 5, Text: "China", Sentence: news.Span{Start: 0, End: 18}}}},
				{Concept: "state-bank", Evidence: []news.Evidence{{Field: "body", Start: 23, End: 27, Text: "bank", Sentence: news.Span{Start: 19, End: 35}}}},
			},
			Events: []news.Event{{Actor: "china", Instrument: "loan", Recipient: "uzbekistan", Status: news.Signed, Evidence: news.EventEvidence{Field: "body", Start: 0, End: 18, Text: body[:18]}}},
		},
	}
}

func said(list ...news.Review) []news.Review {
	for i := range list {
		list[i].ID = fmt.Sprint(i)
		if list[i].By == "" {
			list[i].By = "amina"
		}
	}
	return list
}

func complete() []news.Review {
	event := judged().Tagging.Events[0].Key()
	return said(
		news.Review{Verdict: news.Main, Concept: "china"},
		news.Review{Verdict: news.Reject, Concept: "state-bank"},
		news.Review{Verdict: news.Add, Concept: "loan", Quote: "gave a loan"},
		news.Review{Verdict: news.Accept, Event: &event},
		news.Review{Verdict: news.IsRelevant},
		news.Review{Verdict: news.Remark, Note: "Doubtful."},
		news.Review{Verdict: news.Finished},
	)
}

func TestWhatAnalystsSaidBecomesALabelledItem(t *testing.T) {
	got, ok := FromReviews(judged(), complete())
	want := Item{
		ID: "x", Lang: "en", Origin: "review", Title: "A loan from China", Body: judged().Text, Relevant: true, Note: "Doubtful.",
		Tags:   []Label{{ID: "china", Main: true, Evidence: "China"}, {ID: "loan", Evidence: "gave a loan"}},
		Events: []Event{{Actor: "china", Instrument: "loan", Recipient: "uzbekistan", Status: news.Signed, Evidence: "China gave a loan."}},
	}
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	line, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Read(strings.NewReader(string(line) + "\n"))
	if err != nil || len(again) != 1 {
		t.Fatalf("%v, %v", again, err)
	}
	if diff := cmp.Diff(got, again[0]); diff != "" {
		t.Errorf("it comes back otherwise:\n%s", diff)
	}
}

func TestWhatIsNotCompleteIsNoGold(t *testing.T) {
	all := complete()
	for name, list := range map[string][]news.Review{
		"nothing said": nil, "not finished": all[:6], "relevance left open": append(append([]news.Review{}, all[:4]...), all[6]),
		"in dispute": append(append([]news.Review{}, all...), news.Review{ID: "9", By: "bek", Verdict: news.Reject, Concept: "china"}),
	} {
		if got, ok := FromReviews(judged(), list); ok {
			t.Errorf("%s: %+v", name, got)
		}
	}
	edited := judged()
	edited.Revision = 1
	if _, ok := FromReviews(edited, all); ok {
		t.Error("verdicts on an earlier text label the new one")
	}
}

func TestVerdictsBecomeTestSentences(t *testing.T) {
	got := Sentences(judged(), complete())
	want := []Sentence{
		{"china", "en", "China gave a loan.", true}, {"state-bank", "en", "The bank opened.", false}, {"loan", "en", "gave a loan", true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	edited := judged()
	edited.Text = "Another text altogether, with a loan."
	for _, s := range Sentences(edited, complete()) {
		if s.Concept == "china" {
			t.Errorf("the words have moved: %+v", s)
		}
	}
}
