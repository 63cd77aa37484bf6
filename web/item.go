package web

import (
	"cmp"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"silkwire/news"
	"silkwire/review"
	"silkwire/text"
	"silkwire/words"
)

// itemPage is templates/item.html: one item with all that was found in it, and
// why.
type itemPage struct {
	frame
	ID        string
	Name      foreign
	Headline  markedText // the title with its evidence
	Text      markedText
	Lang      string // of the text, for the browser
	Dir       string
	Meta      itemMeta
	Legend    []facetGroup
	Groups    []tagsOfGroup
	Events    []eventCard
	Relevance relevance
	Revisions []revision
	Misplaced int // marks whose place in the text has changed since
	JSON      string

	Review  *reviewing
	Story   []otherTelling
	History []tagsOverTime
}

// itemMeta is where an item comes from.
type itemMeta struct {
	Outlet, Country, Lang string
	OutletHref            string
	Link                  string // "" when the address is not one of the web
	Host                  string
	Published, Fetched    stamp
	Revised               stamp
	Authors, Categories   []string
	Sources               []string
	Taxonomy              string
	Placed                string
	PlacedReason          string
	SummaryOnly           bool
}

// tagsOfGroup are the tags of one group of facets.
type tagsOfGroup struct {
	Group facetGroup
	Tags  []tagCard
}

// tagCard is a tag with the sentence that proves it.
type tagCard struct {
	Name     string
	Href     string
	Kind     string // of an actor
	Score    int    // percent
	Implied  bool
	By       string
	Proof    *proof
	Means    string   // the concept's definition
	Derived  []string // the documents that it derives from
	Added    string   // why it is in the taxonomy though no document names it
	Rule     string   // of the term that Proof shows
	Reckoned string   // how the score came about
	Anchor   string   // of the first mention in the text
	Mentions int
	Target   string // for its verdict
}

// proof is a sentence with the words that count.
type proof struct {
	Before, Hit, After string
	Lang, Dir          string
	InTitle            bool
}

// eventCard is the words that state one event or more, with those events.
type eventCard struct {
	Lines  []statedEvent
	Quote  foreign
	Anchor string
	where  news.EventEvidence
}

// statedEvent is an event with who and what is behind it.
type statedEvent struct {
	eventLine
	State, Family string
	Target        string // for its verdict; "" where an earlier line has it
}

// relevance is why an item counts as relevant, or not.
type relevance struct {
	Percent  int
	Relevant bool
	Reasons  []reason
	Sum      string
	Missing  []words.Message // what would have spoken for it and was not found
	Tagged   bool
}

// reason is one term of the relevance.
type reason struct {
	Says  string
	Value string
	Weigh string
	Adds  string
	For   bool
}

// revision is an earlier state of an item.
type revision struct {
	Number int
	Seen   stamp
	Title  foreign
	Text   []string

	Changed      changedText // to the version after it
	TitleChanged []change
}

func (s *Server) itemPage(r *http.Request) (framed, error) {
	p, err := s.itemView(r, news.ItemID(r.PathValue("id")), way{At: r.URL.Query().Get("at")})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// itemView fills the page of an item, for whoever comes to it on a way.
func (s *Server) itemView(r *http.Request, id news.ItemID, w way) (*itemPage, error) {
	j, err := s.judging(r.Context(), visitorOf(r).Name, id)
	if err != nil {
		return nil, err
	}
	it := j.item
	earlier, err := s.Store.Revisions(r.Context(), id)
	if err != nil {
		return nil, err
	}
	lang := it.Tagging.Lang
	name := foreignText(title(&it), lang)
	p := &itemPage{
		frame: frame{Title: name.Text, Section: "items"},
		ID:    string(it.ID), Name: name, Lang: name.Lang, Dir: name.Dir,
		Meta: s.itemMeta(&it), Groups: s.tagCards(&it), Relevance: s.relevanceOf(&it.Tagging),
		JSON: "/api/v1/items/" + url.PathEscape(string(it.ID)),
	}
	p.mark(s, &it)
	for _, g := range p.Groups {
		p.Legend = append(p.Legend, g.Group)
	}
	after := news.Revision{Title: it.Title, Summary: it.Summary, Text: it.Text}
	for _, rev := range earlier {
		p.Revisions = append(p.Revisions, s.revision(rev, after, lang))
		after = rev
	}
	if p.Story, err = s.otherTellings(r.Context(), &it); err != nil {
		return nil, err
	}
	if p.History, err = s.tagsOverTime(r.Context(), id); err != nil {
		return nil, err
	}
	p.Review, err = j.view(r, w)
	return p, err
}

// Verdict is the box for a target of this page; nil where there is none.
func (p *itemPage) Verdict(target string) *verdictBox {
	if p.Review == nil {
		return nil
	}
	return p.Review.Boxes[target]
}

// Works is by which power the event of a target works, and for how long.
func (p *itemPage) Works(target string) string {
	if p.Review == nil {
		return ""
	}
	return p.Review.Works[target]
}

// mark fills the title, the text and the events, which point at each other.
func (p *itemPage) mark(s *Server, it *news.Item) {
	titleText, body := it.Title, it.Body()
	titleRuns, titleAnchors := eventZones("title", titleText, it.Tagging.Events)
	bodyRuns, bodyAnchors := eventZones("body", body, it.Tagging.Events)
	inTitle, lostTitle := s.mentions(it, "title", titleText)
	inBody, lostBody := s.mentions(it, "body", body)
	p.Headline = markText(highlighted{titleText, inTitle, titleRuns, titleAnchors})
	p.Text = markText(highlighted{body, inBody, bodyRuns, bodyAnchors})
	p.Misplaced = lostTitle + lostBody
	for i := range it.Tagging.Events {
		e := &it.Tagging.Events[i]
		stated := statedEvent{eventLine: s.eventLine(e), State: s.nameUnless(e.State, e.Actor), Family: s.nameUnless(e.Family, e.Instrument)}
		if key := e.Key(); !slices.ContainsFunc(it.Tagging.Events[:i], func(x news.Event) bool { return x.Key() == key }) {
			stated.Target = spell(review.Target{Event: key})
		}
		if n := len(p.Events); n > 0 && p.Events[n-1].where == e.Evidence {
			p.Events[n-1].Lines = append(p.Events[n-1].Lines, stated)
			continue
		}
		card := eventCard{Lines: []statedEvent{stated}, Quote: foreignText(e.Evidence.Text, it.Tagging.Lang), where: e.Evidence}
		if e.Evidence.Field == "title" {
			card.Anchor = zoneAnchor(titleRuns, titleAnchors, e.Evidence.Start)
		} else {
			card.Anchor = zoneAnchor(bodyRuns, bodyAnchors, e.Evidence.Start)
		}
		p.Events = append(p.Events, card)
	}
}

// nameUnless names a concept that is more than the other one.
func (s *Server) nameUnless(id, other news.ConceptID) string {
	if id == other || id == "" {
		return ""
	}
	return s.name(id)
}

// mentions are the places in a field that tags rest on, and how many have been
// lost because the field changed.
func (s *Server) mentions(it *news.Item, field, text string) (list []mention, lost int) {
	for i := range it.Tagging.Tags {
		t := &it.Tagging.Tags[i]
		first := firstEvidence(t)
		for j := range t.Evidence {
			e := &t.Evidence[j]
			if e.Field != field {
				continue
			}
			if !evidenceFits(text, e) {
				lost++
				continue
			}
			m := mention{Start: e.Start, End: e.End, Mark: s.markOf(t, e)}
			if j == first {
				m.ID = "at-" + string(t.Concept)
			}
			list = append(list, m)
		}
	}
	return list, lost
}

// firstEvidence is the one that a tag's link leads to: the first in the title,
// else the first of all.
func firstEvidence(t *news.Tag) int {
	return max(0, slices.IndexFunc(t.Evidence, func(e news.Evidence) bool { return e.Field == "title" }))
}

func (s *Server) markOf(t *news.Tag, e *news.Evidence) *mark {
	return &mark{
		Concept: s.name(t.Concept), Group: groupOf(t.Facet), Facet: s.facetName(t.Facet),
		Term: foreignText(e.Term, e.Lang), Lang: s.languageName(e.Lang), Rule: s.ruleOf(t.Concept, e),
	}
}

func (s *Server) itemMeta(it *news.Item) itemMeta {
	o := s.outlet(it.Outlet)
	m := itemMeta{
		Outlet: o.Name, OutletHref: filters{Outlet: string(it.Outlet), All: true}.href(""), Country: s.countryName(o.Country),
		Lang: s.languageName(it.Tagging.Lang), Published: s.published(it), Fetched: s.stamp(it.Fetched), Revised: s.stamp(it.Revised),
		Taxonomy: it.Tagging.Taxonomy, SummaryOnly: it.Text == "" && it.Summary != "",
	}
	if u, err := url.Parse(news.CanonicalURL(it.URL)); err == nil && u.Host != "" {
		m.Link, m.Host = u.String(), strings.TrimPrefix(u.Hostname(), "www.")
	}
	for _, a := range it.Authors {
		m.Authors = append(m.Authors, oneLine(a, 100))
	}
	for _, c := range it.Categories {
		m.Categories = append(m.Categories, oneLine(c, 60))
	}
	for _, src := range it.Sources {
		m.Sources = append(m.Sources, string(src))
	}
	if len(m.Sources) == 0 && it.Source != "" {
		m.Sources = []string{string(it.Source)}
	}
	if p := it.Tagging.Placed; p != nil {
		m.Placed, m.PlacedReason = s.name(p.Origin), p.Reason
	}
	return m
}

func (s *Server) tagCards(it *news.Item) []tagsOfGroup {
	var groups []tagsOfGroup
	for _, g := range facetGroups() {
		group := tagsOfGroup{Group: g}
		for i := range it.Tagging.Tags {
			if t := &it.Tagging.Tags[i]; groupOf(t.Facet) == g {
				group.Tags = append(group.Tags, s.tagCard(it, t))
			}
		}
		if len(group.Tags) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}

// actorKind tells the facets that act apart; the others are groups of their own.
func (s *Server) actorKind(facet string) string {
	if groupOf(facet).Class != "actor" {
		return ""
	}
	return s.facetName(facet)
}

func (s *Server) tagCard(it *news.Item, t *news.Tag) tagCard {
	card := tagCard{
		Name: s.name(t.Concept), Href: conceptHref(t.Concept), Kind: s.actorKind(t.Facet),
		Score: percent(t.Score), Implied: t.Implied, Mentions: len(t.Evidence), Target: spell(review.Target{Concept: t.Concept}),
	}
	card.By = strings.Join(s.namesOf(t.By), ", ")
	s.explain(&card, &it.Tagging, t)
	if len(t.Evidence) == 0 {
		return card
	}
	e := &t.Evidence[firstEvidence(t)]
	text := it.Body()
	if e.Field == "title" {
		text = it.Title
	}
	if evidenceFits(text, e) {
		card.Anchor = "at-" + string(t.Concept)
		card.Proof = proofOf(text, e, it.Tagging.Lang)
		card.Rule = s.ruleOf(t.Concept, e)
	}
	return card
}

// explain says what the concept of a tag means, where it comes from, and how
// the score came about.
func (s *Server) explain(card *tagCard, tagging *news.Tagging, t *news.Tag) {
	if c, ok := s.Taxonomy.Concept(t.Concept); ok {
		card.Means, card.Added = c.Definition, c.Added
		for _, src := range c.Sources {
			card.Derived = append(card.Derived, src.String())
		}
	}
	if s.Reckoning != nil {
		card.Reckoned = s.Reckoning(tagging, t)
	}
}

// ruleOf says in words in which company the term of a piece of evidence counts.
func (s *Server) ruleOf(id news.ConceptID, e *news.Evidence) string {
	if e.Rule != "" {
		return e.Rule
	}
	return s.Taxonomy.TermRule(id, e.Term, text.ParseLang(e.Lang))
}

// proofOf is the sentence around a piece of evidence.
func proofOf(text string, e *news.Evidence, lang string) *proof {
	from, to := e.Sentence.Start, e.Sentence.End
	if !fits(text, from, to) || from > e.Start || to < e.End {
		from, to = e.Start, e.End
	}
	p := &proof{
		Before: text[from:e.Start], Hit: text[e.Start:e.End], After: text[e.End:to],
		Dir: direction(lang), InTitle: e.Field == "title",
	}
	if lang != "und" {
		p.Lang = lang
	}
	return p
}

// featureSays puts a feature of the relevance into words; one without a
// meaning speaks by its name.
func (s *Server) featureSays(name string) string {
	says := ""
	if s.Meaning != nil {
		says = s.say(words.Message(oneLine(s.Meaning(name), 200)))
	}
	if says == "" {
		says = oneLine(name, 100)
	}
	first, size := utf8.DecodeRuneInString(says)
	return string(unicode.ToUpper(first)) + says[size:]
}

func (s *Server) relevanceOf(t *news.Tagging) relevance {
	rel := relevance{Percent: percent(t.Relevance), Relevant: t.Relevant, Tagged: t.Taxonomy != ""}
	sum := 0.0
	for _, f := range t.Features {
		adds := f.Value * f.Weight
		sum += adds
		rel.Reasons = append(rel.Reasons, reason{
			Says: s.featureSays(f.Name), Value: s.trimmed(f.Value), Weigh: s.signed(f.Weight), Adds: s.signed(adds), For: adds > 0,
		})
	}
	rel.Sum = s.signed(sum)
	for _, x := range []struct {
		class string
		says  words.Message
	}{
		{"actor", "an actor from outside"}, {"instrument", "an instrument of influence"}, {"target", "a place or a group in Central Asia"},
	} {
		if !slices.ContainsFunc(t.Tags, func(tag news.Tag) bool { return groupOf(tag.Facet).Class == x.class }) {
			rel.Missing = append(rel.Missing, x.says)
		}
	}
	return rel
}

func (s *Server) signed(x float64) string {
	switch r := math.Round(x * 100); {
	case r > 0:
		return "+" + s.trimmed(x)
	case r < 0:
		return "−" + s.trimmed(-x)
	}
	return "0"
}

func (s *Server) revision(rev, after news.Revision, lang string) revision {
	out := revision{Number: rev.Number + 1, Seen: s.stamp(rev.Seen), Title: foreignText(oneLine(rev.Title, 300), lang)}
	text := cmp.Or(rev.Text, rev.Summary)
	out.Changed = compareTexts(text, cmp.Or(after.Text, after.Summary))
	if rev.Title != after.Title {
		titles := compareTexts(rev.Title, after.Title)
		out.TitleChanged = slices.Concat(titles.Paragraphs...)
		out.Changed.Numbers = append(titles.Numbers, out.Changed.Numbers...)
		out.Changed.Names = append(titles.Names, out.Changed.Names...)
	}
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out.Text = append(out.Text, line)
		}
	}
	return out
}
