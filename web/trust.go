package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"silkwire/news"
	"silkwire/trust"
	"silkwire/words"
)

// trustPage is templates/trust.html: how far the tags can be trusted.
type trustPage struct {
	frame
	Line      string // in one sentence; "" before anything was measured
	Basis     []string
	Tables    []trustTable
	Agreement []agreementLine
	Terms     []termLine
	JSON      string
	Desk      bool // whoever looks may review
}

// trustTable is precision and recall of one kind of thing.
type trustTable struct {
	ID          string
	Title, Head words.Message
	Rows        []trustRow
	More        int
}

type trustRow struct {
	Name, Href        string
	Precision, Recall measured
}

// measured is a share with its interval, or nothing.
type measured struct {
	Known     bool
	Value     string
	Span      string
	Of        string
	Low, High int // percent, for the picture
	At        int
}

// Width and Tick place the interval and its value in the picture.
func (m measured) Width() int { return max(1, m.High-m.Low) }

// Tick is where the value stands.
func (m measured) Tick() int { return min(99, m.At) }

type agreementLine struct {
	Of, Basis  string
	Alpha, AC1 measured
}

type termLine struct {
	Concept, Href string
	Term          foreign
	Lang          string
	Wrong, Right  int
}

const (
	mostTrustRows = 40
	mostTerms     = 30
	trustKept     = time.Minute
)

// trusted is what was measured last.
type trusted struct {
	mu    sync.Mutex
	whole trust.Whole
	key   string
	at    time.Time
}

// trust measures the archive, at most once in a minute while nothing is said.
func (s *Server) trust(ctx context.Context) (trust.Whole, error) {
	stats, err := s.Store.Stats(ctx)
	if err != nil {
		return trust.Whole{}, err
	}
	key := fmt.Sprint(stats.Reviews, s.Taxonomy.Version)
	s.trusted.mu.Lock()
	defer s.trusted.mu.Unlock()
	if s.trusted.key == key && s.Now().Sub(s.trusted.at) < trustKept {
		return s.trusted.whole, nil
	}
	whole, err := trust.Load(ctx, s.Store, s.facet, s.Taxonomy.Version)
	if err != nil {
		return whole, err
	}
	s.trusted.whole, s.trusted.key, s.trusted.at = whole, key, s.Now()
	return whole, nil
}

func (s *Server) facet(id news.ConceptID) string { return string(s.Taxonomy.Facet(id)) }

// trustLine is what was measured in one sentence; "" before anything was.
func (s *Server) trustLine(w *trust.Whole) string {
	p := w.Tags.Precision
	if p == nil {
		return ""
	}
	line := s.say("%s of the tags are right (%s, %d judged at random).", trust.Share(p.Value), p.Span(), p.Of)
	if e := w.Tags.Recall; e != nil {
		line += " " + s.say("Of what should be tagged, an estimated %s is (%s).", trust.Share(e.Value), e.Span())
	}
	return line
}

func (s *Server) trustPage(r *http.Request) (framed, error) {
	whole, err := s.trust(r.Context())
	if err != nil {
		return nil, err
	}
	p := &trustPage{
		frame: frame{Title: s.say("Trust"), Section: "trust"}, Line: s.trustLine(&whole), Basis: s.basisOf(&whole), JSON: "/api/v1/trust",
		Desk: visitorOf(r).Role.Allows("analyst"),
	}
	overall := trustTable{ID: "overall", Title: "Overall", Head: "What"}
	for _, x := range []struct {
		name words.Message
		row  trust.Row
	}{{"Tags", whole.Tags}, {"Events", whole.Events}, {"Relevance of items", whole.Relevance}} {
		overall.Rows = append(overall.Rows, trustRow{Name: s.say(x.name), Precision: s.measure(x.row.Precision), Recall: s.measure(x.row.Recall)})
	}
	p.Tables = append(p.Tables, overall,
		s.trustTable("facets", "By facet", "Facet", whole.Facets, func(id string) (string, string) { return capital(s.facetName(id)), "" }),
		s.trustTable("languages", "By language", "Language", whole.Languages, func(id string) (string, string) { return s.languageName(id), "" }),
		s.trustTable("outlets", "By outlet", "Outlet", whole.Outlets, func(id string) (string, string) { return s.outlet(news.OutletID(id)).Name, "" }),
		s.trustTable("concepts", "By concept", "Concept", whole.Concepts, func(id string) (string, string) {
			return s.name(news.ConceptID(id)), conceptHref(news.ConceptID(id))
		}))
	for _, a := range whole.Agreement {
		basis := s.say("nothing was read twice yet")
		if a.Units > 0 {
			basis = s.say("%s of %s, read by %s", s.say("%d verdicts", a.Units), s.say("%d items", a.Items), s.say("%d analysts", a.Analysts))
		}
		p.Agreement = append(p.Agreement, agreementLine{Of: s.say(agreedOn(a.Of)), Basis: basis, Alpha: s.coefficient(a.Alpha), AC1: s.coefficient(a.AC1)})
	}
	for _, t := range whole.Rejections[:min(mostTerms, len(whole.Rejections))] {
		lang, term, _ := strings.Cut(t.Term, " ")
		p.Terms = append(p.Terms, termLine{
			Concept: s.name(t.Concept), Href: conceptHref(t.Concept), Term: foreignText(term, lang), Lang: s.languageName(lang), Wrong: t.Wrong, Right: t.Right,
		})
	}
	return p, nil
}

// basisOf says what the numbers rest on, and what they cannot say.
func (s *Server) basisOf(w *trust.Whole) []string {
	list := []string{s.say("%s by analysts of %s; of %s drawn at random, %d looked through.",
		s.say("%d reviews", w.Reviews), s.say("%d items", w.Items), s.say("%d items", w.Drawn), w.Sampled)}
	if w.Open > 0 {
		list = append(list, s.say("%d disagreements not settled yet, and counted for nothing.", w.Open))
	}
	if w.Unjudged > 0 {
		list = append(list, s.say("%d tags of these items came after they were looked through, and are not judged.", w.Unjudged))
	}
	if w.Older > 0 {
		list = append(list, s.say("%d items judged under an earlier taxonomy; the tags that count are those of now. Where the taxonomy was mended by these very verdicts, the numbers flatter it.", w.Older))
	}
	return list
}

func (s *Server) trustTable(id string, title, head words.Message, rows []trust.Row, name func(string) (string, string)) trustTable {
	t := trustTable{ID: id, Title: title, Head: head}
	for i := range rows {
		if i == mostTrustRows {
			t.More = len(rows) - i
			break
		}
		row := trustRow{Precision: s.measure(rows[i].Precision), Recall: s.measure(rows[i].Recall)}
		row.Name, row.Href = name(rows[i].ID)
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (s *Server) measure(e *trust.Estimate) measured {
	if e == nil {
		return measured{}
	}
	return measured{
		Known: true, Value: trust.Share(e.Value), Span: e.Span(), Of: s.say("%d verdicts", e.Of),
		Low: int(100 * e.Low), High: int(100 * e.High), At: int(100 * e.Value),
	}
}

// coefficient is a measure of agreement, which is no share.
func (s *Server) coefficient(e *trust.Estimate) measured {
	if e == nil {
		return measured{}
	}
	return measured{Known: true, Value: s.words.Decimal(e.Value, 2), Span: s.say("%s to %s", s.words.Decimal(e.Low, 2), s.words.Decimal(e.High, 2))}
}

func (s *Server) apiTrust(r *http.Request) (any, error) { return s.trust(r.Context()) }
