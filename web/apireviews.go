package web

import (
	"encoding/json"
	"net/http"

	"silkwire/news"
	"silkwire/review"
)

// apiReviews is the answer of GET /api/v1/items/{id}/reviews.
type apiReviews struct {
	Item    news.ItemID   `json:"item"`
	Hidden  bool          `json:"hidden"` // what colleagues say is kept back until you have finished
	Reviews []news.Review `json:"reviews"`
	Held    []apiHeld     `json:"held"` // what is held true in the end
}

// apiHeld is what is held of one tag or event, or, without either, of the
// relevance.
type apiHeld struct {
	Concept  news.ConceptID `json:"concept,omitempty"`
	Event    *news.EventKey `json:"event,omitempty"`
	Holds    *bool          `json:"holds"` // null: analysts disagree
	Main     bool           `json:"main"`  // the item is about it
	Disputed bool           `json:"disputed"`
}

func (s *Server) apiItemReviews(r *http.Request) (any, error) {
	j, err := s.judging(r.Context(), visitorOf(r).Name, news.ItemID(r.PathValue("id")))
	if err != nil {
		return nil, err
	}
	out := apiReviews{Item: j.item.ID, Hidden: j.hides(), Reviews: []news.Review{}, Held: []apiHeld{}}
	for _, one := range j.all {
		if !out.Hidden || one.By == j.who {
			out.Reviews = append(out.Reviews, one)
		}
	}
	if out.Hidden {
		return out, nil
	}
	for _, t := range j.said.Targets() {
		says, disputed := j.said.Truth(t)
		held := apiHeld{Concept: t.Concept, Main: j.said.Main(t), Disputed: disputed}
		if t.Event != (news.EventKey{}) {
			held.Event = &t.Event
		}
		if says != review.Unsaid {
			holds := says == review.Yes
			held.Holds = &holds
		}
		out.Held = append(out.Held, held)
	}
	return out, nil
}

// apiReview is what is posted there. Revision and Taxonomy, when they are
// given, say which state of the item was judged.
type apiReview struct {
	Verdict   news.Verdict   `json:"verdict"`
	Concept   news.ConceptID `json:"concept"`
	Event     *news.EventKey `json:"event"`
	With      news.ConceptID `json:"with"`
	WithEvent *news.EventKey `json:"with_event"`
	Means     *news.Means    `json:"means"`
	Note      string         `json:"note"`
	Quote     string         `json:"quote"`
	Undoes    string         `json:"undoes"`
	Settles   bool           `json:"settles"`
	Revision  *int           `json:"revision"`
	Taxonomy  string         `json:"taxonomy"`
	Key       string         `json:"key"` // or the header Idempotency-Key
}

const maxKey = 200

// apiPostReview keeps one review. The same key sent again is answered with the
// review that is there.
func (s *Server) apiPostReview(w http.ResponseWriter, r *http.Request) {
	kept, err := s.keepPosted(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Location", "/api/v1"+itemHref(kept.Item)+"/reviews")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(kept)
}

func (s *Server) keepPosted(r *http.Request) (news.Review, error) {
	var in apiReview
	if err := readBody(r, &in); err != nil {
		return news.Review{}, err
	}
	if key := r.Header.Get("Idempotency-Key"); key != "" {
		in.Key = key
	}
	if len(in.Key) > maxKey {
		return news.Review{}, badReview("A key may have %d bytes.", maxKey)
	}
	j, err := s.judging(r.Context(), visitorOf(r).Name, news.ItemID(r.PathValue("id")))
	if err != nil {
		return news.Review{}, err
	}
	if in.Revision != nil && *in.Revision != j.item.Revision || in.Taxonomy != "" && in.Taxonomy != j.item.Tagging.Taxonomy {
		return news.Review{}, j.sameAs("another state")
	}
	kept, err := j.keep(r, news.Review{
		Verdict: in.Verdict, Concept: in.Concept, Event: in.Event, With: in.With, WithEvent: in.WithEvent,
		Means: in.Means, Note: in.Note, Quote: in.Quote, Undoes: in.Undoes, Settles: in.Settles, Key: in.Key,
	})
	if err != nil {
		return news.Review{}, err
	}
	return kept[0], nil
}
