package web

import (
	"encoding/json"
	"net/http"
	"net/url"

	"silkwire/news"
)

// apiRelations is the answer of GET /api/v1/relations.
type apiRelations struct {
	Relations []news.Relation `json:"relations"` // all that was ever said, the oldest first; of a pair the last counts
}

func (s *Server) apiRelations(r *http.Request) (any, error) {
	list, err := s.Store.Relations(r.Context())
	return apiRelations{orEmpty(list)}, err
}

// apiRelation is what is posted there.
type apiRelation struct {
	A          string            `json:"a"`
	B          string            `json:"b"`
	Instrument string            `json:"instrument"`
	Country    string            `json:"country"`
	Kind       news.RelationKind `json:"kind"`
	Note       string            `json:"note"`
}

func (s *Server) apiPostRelation(w http.ResponseWriter, r *http.Request) {
	kept, err := s.relatePosted(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Location", "/api/v1/relations")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(kept)
}

func (s *Server) relatePosted(r *http.Request) (news.Relation, error) {
	var in apiRelation
	if err := readBody(r, &in); err != nil {
		return news.Relation{}, err
	}
	p, err := s.readPair(url.Values{"a": {in.A}, "b": {in.B}, "instrument": {in.Instrument}, "country": {in.Country}})
	if err != nil {
		return news.Relation{}, err
	}
	return s.relate(r, news.Relation{Pair: p, Kind: in.Kind, Note: in.Note, Seen: news.RelationSeen{Taxonomy: s.Taxonomy.Version}})
}
