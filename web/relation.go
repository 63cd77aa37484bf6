package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"silkwire/news"
	"silkwire/review"
	"silkwire/store"
	"silkwire/tally"
	"silkwire/taxonomy"
	"silkwire/words"
)

// relateForm is the part of a section by which an analyst says what two actors
// are to each other in a field.
type relateForm struct {
	news.Pair
	Action string
	Seen   news.RelationSeen
	Held   string
	Differ bool
	Can    bool
	Back   string // the query of the page, to come back to
}

// pairView shows two actors with one instrument in one country: what is held of
// them, and on what evidence.
func pairView(v *view) error {
	form := v.form
	if form.Get("a")+form.Get("b")+form.Get("instrument")+form.Get("country") == "" {
		form = url.Values{"a": {"china"}, "b": {"russia"}, "instrument": {"education-instrument"}, "country": {"kazakhstan"}}
	}
	pair, err := v.s.readPair(form)
	if err != nil {
		return err
	}
	name := func(id news.ConceptID) string { return v.s.name(id) }
	v.Title = v.say("%s and %s: %s in %s", name(pair.A), name(pair.B), name(pair.Instrument), name(pair.Country))
	v.Crumb, v.CrumbHref = v.say("Convergence"), v.other("/counts/convergence")
	v.Intro = v.say("What each does in this field, side by side. Whether they complete each other or compete an analyst says, and the numbers do not.")
	for _, f := range [][2]string{{"a", string(pair.A)}, {"b", string(pair.B)}, {"instrument", string(pair.Instrument)}, {"country", string(pair.Country)}} {
		v.Fields = append(v.Fields, formField{Name: f[0], Label: f[0], Kind: "hidden", Value: f[1]})
	}
	c, err := v.corpus()
	if err != nil {
		return err
	}
	v.limits(c)
	all, err := v.s.Store.Relations(v.ctx)
	if err != nil {
		return err
	}
	a, b := fieldDeals(c, pair.A, pair), fieldDeals(c, pair.B, pair)
	seen := news.RelationSeen{Taxonomy: v.s.Taxonomy.Version, Sequence: v.seq, DealsA: len(a), DealsB: len(b)}
	v.Sections = append(v.Sections, v.heldSection(review.Related(all)[pair], pair, seen))
	v.Sections = append(v.Sections, v.sideSection("a", pair.A, a), v.sideSection("b", pair.B, b))
	items, err := v.fieldItems(pair)
	if len(items.Cites) > 0 {
		v.Sections = append(v.Sections, items)
	}
	return err
}

// readPair reads two actors, an instrument and a country.
func (s *Server) readPair(form url.Values) (news.Pair, error) {
	p := news.Pair{A: news.ConceptID(form.Get("a")), B: news.ConceptID(form.Get("b")), Instrument: news.ConceptID(form.Get("instrument")), Country: news.ConceptID(form.Get("country"))}.InOrder()
	actor := func(id news.ConceptID) bool { return s.Taxonomy.Facet(id).IsActor() }
	switch {
	case !actor(p.A) || !actor(p.B) || p.A == p.B:
		return p, badPair("This names no field of the map: a and b are two different actors, such as china and russia.")
	case s.Taxonomy.Facet(p.Instrument) != taxonomy.Instrument || s.Taxonomy.Family(p.Instrument) != p.Instrument:
		return p, badPair("This names no field of the map: instrument is a family of instruments, such as education-instrument.")
	case !slices.Contains(tally.States(), p.Country):
		return p, badPair("This names no field of the map: country is one of kazakhstan, kyrgyzstan, tajikistan, turkmenistan and uzbekistan.")
	}
	return p, nil
}

func badPair(says words.Message, args ...any) failure {
	return failure{Code: http.StatusBadRequest, Kind: "bad_pair", Detail: says, Args: args}
}

// fieldDeals are the deals of an actor in a field.
func fieldDeals(c *tally.Corpus, actor news.ConceptID, p news.Pair) []tally.Deal {
	mine := c.OfActor(actor)
	deals := mine.DealsWith(tally.Axis{Name: "instrument"}, string(p.Instrument), mine.Deals)
	return mine.DealsWith(tally.Axis{Name: "target"}, string(p.Country), deals)
}

// heldSection is what is held of a pair, with its history and the form to say it.
func (v *view) heldSection(held review.Held, p news.Pair, seen news.RelationSeen) section {
	sec := section{ID: "held", Title: v.say("What is held"), Relate: &relateForm{
		Pair: p, Action: "/counts/convergence/pair", Seen: seen, Held: v.say(relationWord(held.Kind)), Differ: held.Differ, Can: v.can, Back: v.other(""),
	}}
	if len(held.Said) == 0 {
		return sec
	}
	sh := &sheet{Name: "held", Caption: v.say("All that was said of it, the latest first"), Cols: []column{{ID: "at", Name: v.say("When")}, {ID: "by", Name: v.say("Who")}, {ID: "kind", Name: v.say("Said")}, {ID: "note", Name: v.say("Note")}, {ID: "deals_a", Name: v.say("Deals then: %s", v.s.name(p.A)), Num: true}, {ID: "deals_b", Name: v.s.name(p.B), Num: true}}}
	for _, r := range slices.Backward(held.Said) {
		sh.Rows = append(sh.Rows, []cell{
			{Value: r.At.UTC().Format("2006-01-02T15:04:05Z"), Text: v.s.words.Moment(r.At.In(v.s.Zone)), Head: true}, {Value: oneLine(r.By, 64)},
			{Value: string(r.Kind), Text: v.say(relationWord(r.Kind))}, {Value: oneLine(r.Note, maxNote)}, {Value: r.Seen.DealsA}, {Value: r.Seen.DealsB},
		})
	}
	sec.Sheet = sh
	return sec
}

func relationWord(k news.RelationKind) words.Message {
	switch k {
	case news.Unjudged:
		return "not judged"
	case news.Complementary:
		return "complementary"
	case news.Competitive:
		return "competitive"
	}
	return words.Message(k)
}

// sideSection are the deals of one actor in the field.
func (v *view) sideSection(id string, actor news.ConceptID, deals []tally.Deal) section {
	name := v.s.name(actor)
	sec := section{ID: id + "-deals", Title: name + ": " + v.say("%d deals", len(deals))}
	if len(deals) == 0 {
		sec.Empty = v.say("%s has no deal in this field.", name) + " " + v.nothing()
		return sec
	}
	sec.Sheet = v.dealsSheet(id+"_deals", deals, 10)
	sec.Sheet.Caption = name + ": " + sec.Sheet.Caption
	return sec
}

// fieldItems are the newest items that name either actor with the instrument and
// the country.
func (v *view) fieldItems(p news.Pair) (section, error) {
	query := fmt.Sprintf("(actor:%s OR actor:%s) instrument:%s target:%s", p.A, p.B, p.Instrument, p.Country)
	page, err := v.s.Store.Find(v.ctx, store.Query{Search: both(v.query, v.mustParse(query)), Limit: citedItems})
	return section{ID: "items", Title: v.say("Newest items"), Cites: v.s.days(page.Items), CiteURL: v.items(query)}, err
}

// pairCell lists the pairs of those who are in a field, each with what is held
// of it; every pair leads to its page.
func (v *view) pairCell(there []news.ConceptID, instrument, country string, held map[news.Pair]review.Held) cell {
	var c cell
	var said []string
	for i, a := range there {
		for _, b := range there[i+1:] {
			p := news.Pair{A: a, B: b, Instrument: news.ConceptID(instrument), Country: news.ConceptID(country)}.InOrder()
			h := held[p]
			says := v.say(cmp.Or(relationWord(h.Kind), "not judged"))
			if h.Differ {
				says += ", " + v.say("disputed")
			}
			said = append(said, string(p.A)+"/"+string(p.B)+" "+says)
			name := v.say("%s and %s", v.s.name(p.A), v.s.name(p.B))
			if h.Kind != "" && h.Kind != news.Unjudged {
				name += ": " + says
			}
			c.Links = append(c.Links, textLink{name,
				v.other("/counts/convergence/pair", "a", string(p.A), "b", string(p.B), "instrument", instrument, "country", country)})
		}
	}
	c.Value = strings.Join(said, "; ")
	return c
}

// signOf is how the map marks what is held of the pairs in a field.
func signOf(there []news.ConceptID, instrument, country news.ConceptID, held map[news.Pair]review.Held) string {
	sign := ""
	for i, a := range there {
		for _, b := range there[i+1:] {
			s := map[news.RelationKind]string{news.Complementary: "+", news.Competitive: "≠"}[held[news.Pair{A: a, B: b, Instrument: instrument, Country: country}.InOrder()].Kind]
			if s != "" && !strings.Contains(sign, s) {
				sign += s
			}
		}
	}
	return sign
}

// postRelation keeps what the form of a pair's page says.
func (s *Server) postRelation(r *http.Request) (string, error) {
	if err := r.ParseForm(); err != nil {
		return "", failure{Code: http.StatusBadRequest, Kind: "bad_form", Detail: "The form could not be read."}
	}
	p, err := s.readPair(r.PostForm)
	if err != nil {
		return "", err
	}
	number := func(name string) int { n, _ := strconv.Atoi(r.PostForm.Get(name)); return max(0, n) }
	_, err = s.relate(r, news.Relation{
		Pair: p, Kind: news.RelationKind(r.PostForm.Get("kind")), Note: r.PostForm.Get("note"),
		Seen: news.RelationSeen{Taxonomy: s.Taxonomy.Version, Sequence: uint64(number("sequence")), DealsA: number("deals_a"), DealsB: number("deals_b")},
	})
	form := url.Values{"a": {string(p.A)}, "b": {string(p.B)}, "instrument": {string(p.Instrument)}, "country": {string(p.Country)}}
	back, _ := url.ParseQuery(strings.TrimPrefix(r.PostForm.Get("back"), "?"))
	for _, k := range []string{"q", "from", "to", "all"} {
		if value := back.Get(k); value != "" {
			form.Set(k, value)
		}
	}
	return "/counts/convergence/pair?" + form.Encode() + "#h-held", err
}

// relate keeps what whoever asks holds of a pair.
func (s *Server) relate(r *http.Request, said news.Relation) (news.Relation, error) {
	said.By, said.Note = visitorOf(r).Name, strings.TrimSpace(clean(said.Note))
	if len([]rune(said.Note)) > maxNote {
		return said, badPair("A note may have %d characters.", maxNote)
	}
	if err := said.Valid(); err != nil {
		return said, badPair("This cannot be kept: %s.", err.Error())
	}
	kept, err := s.Store.Relate(r.Context(), said)
	if err == nil {
		s.audit(r, string(kept.Kind), fmt.Sprintf("pair %s and %s, %s in %s", kept.A, kept.B, kept.Instrument, kept.Country), nil, kept)
	}
	return kept, err
}
