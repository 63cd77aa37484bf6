package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"silkwire/account"
	"silkwire/news"
	"silkwire/review"
	"silkwire/search"
	"silkwire/store"
	"silkwire/taxonomy"
)

// reviewing is what the page of an item needs to be judged on it, and what has
// been said of it.
type reviewing struct {
	Can     bool // whoever looks is an analyst
	Action  string
	Seen    string
	Way     way
	Skipped string // of the way, as a form sends it
	Left    string // "3 tags and events are still open"
	Done    bool   // the analyst has finished the item
	AtEnd   bool
	Hidden  bool // what colleagues say is kept back
	Boxes   map[string]*verdictBox
	Added   []*verdictBox
	Tags    []choice // that can be replaced
	Events  []choice
	Powers  []choice
	Spans   []choice
	Works   map[string]string // by the event's target: by which power it works and for how long, and who says so
	Log     []saidLine
	Queue   *queueBar
	Undo    string // what it would take back
}

// verdictBox is what is said of one tag or event, or of the relevance, with the
// buttons to say it.
type verdictBox struct {
	Can       bool
	Target    string
	Order     int // in which the keys come to it
	Name      string
	Group     facetGroup
	Mine      string // "right", "wrong"
	Others    []string
	Disputed  bool
	Agreement bool // whoever looks is one of those who differ
	Settled   string
	IsTag     bool
	Main      bool // whoever looks marked it as what the item is about
	Current   bool
	Yes, No   string // the words on the buttons
}

// saidLine is one review in a list.
type saidLine struct {
	Who       string
	At        stamp
	Says      string
	Note      string
	Quote     string
	Withdrawn bool
	Older     bool // it was said of an earlier text
}

// queueBar is where in a queue an item stands.
type queueBar struct {
	Title, Waits, Frame string
	Later               string // address that leaves the item for later
	Out                 string
}

// isAnalyst reports whether whoever asks can judge, under a name.
func isAnalyst(r *http.Request) bool {
	v := visitorOf(r)
	return v.Role.Allows(account.Analyst) && v.Name != ""
}

// view fills the part of the page that reviews are made with.
func (j *judging) view(r *http.Request, w way) (*reviewing, error) {
	w.Item = j.item.ID
	p := &reviewing{
		Can: isAnalyst(r), Action: itemHref(j.item.ID) + "/reviews", Seen: seenOf(&j.item), Way: w, Skipped: strings.Join(w.Skip, ","),
		Hidden: j.hides() && j.said.Done() > 0, Boxes: map[string]*verdictBox{}, AtEnd: w.At == "end",
	}
	mine := j.said.By(j.who)
	p.Done = mine.Done
	list := targetsOf(&j.item)
	current := p.current(w, list, j)
	for _, t := range append(list, j.implied()...) {
		box := j.box(t, p.Can)
		box.Current, box.Order = p.Can && spell(t) == current, len(p.Boxes)
		p.Boxes[box.Target] = box
		switch {
		case t.Concept != "":
			p.Tags = append(p.Tags, choice{Value: box.Target, Name: box.Name})
		case !t.IsRelevance():
			p.Events = append(p.Events, choice{Value: box.Target, Name: box.Name})
		}
	}
	for _, t := range j.said.Targets() {
		if spelled := spell(t); p.Boxes[spelled] == nil && j.visible(t) {
			box := j.box(t, p.Can)
			box.Current, box.Order = p.Can && spelled == w.At, len(p.Boxes)
			p.Boxes[spelled] = box
			p.Added = append(p.Added, box)
		}
	}
	if n := len(j.open()); p.Can && !p.Done && n > 0 {
		p.Left = j.s.say("%d verdicts open", n)
	}
	j.works(p)
	j.log(p)
	if !p.Can {
		return p, nil
	}
	var err error
	p.Undo, err = j.s.lastInWords(r.Context(), j.who)
	return p, err
}

// current is what the keys act on: what the address names, or the first that is
// open.
func (p *reviewing) current(w way, list []review.Target, j *judging) string {
	if w.At != "" {
		return w.At
	}
	if open := j.open(); len(open) > 0 && !p.Done {
		return spell(open[0])
	}
	return spell(list[0])
}

// implied are the tags that stand on the page though the text does not say them.
func (j *judging) implied() (list []review.Target) {
	for i := range j.item.Tagging.Tags {
		if t := &j.item.Tagging.Tags[i]; t.Implied {
			list = append(list, review.Target{Concept: t.Concept})
		}
	}
	return list
}

// visible reports whether somebody said something of a target that may be seen.
func (j *judging) visible(t review.Target) bool {
	return !j.hides() || j.own(t) != review.Unsaid
}

func (j *judging) box(t review.Target, can bool) *verdictBox {
	b := &verdictBox{Can: can, Target: spell(t), Name: j.nameOf(t), Yes: j.s.say("right"), No: j.s.say("wrong")}
	if t.IsRelevance() {
		b.Yes, b.No = j.s.say("relevant"), j.s.say("not relevant")
	}
	if t.Concept != "" {
		mine := j.said.By(j.who)
		b.IsTag, b.Main = true, mine.MarkedMain(t)
		b.Group = groupOf(string(j.s.Taxonomy.Facet(t.Concept)))
	}
	b.Mine = b.word(j.own(t))
	if j.hides() {
		return b
	}
	_, b.Disputed = j.said.Truth(t)
	for i, says := range j.said.Answers(t) {
		o := &j.said.Opinions[i]
		if o.By != j.who && says != review.Unsaid {
			b.Others = append(b.Others, oneLine(o.By, 40)+": "+b.word(says))
		}
		if o.By != j.who && o.MarkedMain(t) {
			b.Others[len(b.Others)-1] += ", " + j.s.say("main")
		}
		b.Agreement = b.Agreement || b.Disputed && o.By == j.who && says != review.Unsaid
	}
	if by, ok := j.said.Settled(t); ok {
		says, _ := j.said.Truth(t)
		b.Settled = j.s.say("settled by %s: %s", oneLine(by.By, 40), b.word(says))
	}
	return b
}

func (b *verdictBox) word(s review.Says) string {
	switch s {
	case review.Yes:
		return b.Yes
	case review.No:
		return b.No
	case review.Unsaid:
	}
	return ""
}

func (j *judging) nameOf(t review.Target) string {
	switch {
	case t.IsRelevance():
		return j.s.say("relevance")
	case t.Concept != "":
		return j.s.name(t.Concept)
	}
	return j.s.name(t.Event.Actor) + " → " + j.s.name(t.Event.Instrument) + " → " + j.s.name(t.Event.Recipient)
}

// works fills by which power each event works and for how long: as analysts
// said it, as far as that may be seen, or else as the taxonomy says of its
// instrument.
func (j *judging) works(p *reviewing) {
	visible := slices.DeleteFunc(slices.Clone(j.all), func(r news.Review) bool { return j.hides() && r.By != j.who })
	meant := review.Meant(visible)
	p.Works = map[string]string{}
	for _, e := range p.Events {
		t, _ := readTarget(e.Value)
		p.Works[e.Value] = j.s.worksInWords(t.Event, meant[t.Event])
	}
	for _, kind := range taxonomy.Behaviours() {
		p.Powers = append(p.Powers, choice{Value: kind, Name: j.s.say(powerWord(kind))})
	}
	for _, span := range taxonomy.Horizons() {
		p.Spans = append(p.Spans, choice{Value: span, Name: j.s.say(horizonWord(span))})
	}
}

// worksInWords is how an event works, and who says so.
func (s *Server) worksInWords(key news.EventKey, m review.Meaning) string {
	var parts []string
	c, _ := s.Taxonomy.Concept(key.Instrument)
	switch {
	case len(m.Behaviour) > 0:
		parts = append(parts, s.say("works by %s", s.powers(m.Behaviour))+" ("+oneLine(m.ByBehaviour.By, 40)+")")
	case c != nil && len(c.Behaviour) > 0:
		parts = append(parts, s.say("works by %s", s.powers(c.Behaviour)))
	}
	switch {
	case m.Horizon != "":
		parts = append(parts, s.say(horizonWord(m.Horizon))+" ("+oneLine(m.ByHorizon.By, 40)+")")
	case c != nil && c.Horizon != "":
		parts = append(parts, s.say(horizonWord(c.Horizon)))
	}
	return strings.Join(parts, ", ")
}

// powers are kinds of power in words.
func (s *Server) powers(kinds []string) string {
	names := make([]string, len(kinds))
	for i, kind := range kinds {
		names[i] = s.say(powerWord(kind))
	}
	return strings.Join(names, ", ")
}

func (s *Server) meansInWords(m news.Means) string {
	var parts []string
	if len(m.Behaviour) > 0 {
		parts = append(parts, s.say("works by %s", s.powers(m.Behaviour)))
	}
	if m.Horizon != "" {
		parts = append(parts, s.say(horizonWord(m.Horizon)))
	}
	return strings.Join(parts, ", ")
}

// log lists what was said, the newest first, as far as it may be seen.
func (j *judging) log(p *reviewing) {
	standing := map[string]bool{}
	for _, r := range review.Standing(j.all) {
		standing[r.ID] = true
	}
	for i := range j.all {
		r := &j.all[i]
		if r.Verdict == news.Undo || j.hides() && r.By != j.who {
			continue
		}
		line := saidLine{
			Who: oneLine(r.By, 40), At: j.s.stamp(r.At), Says: j.s.inWords(r), Note: oneLine(r.Note, maxNote), Quote: oneLine(r.Quote, maxQuote),
			Withdrawn: !standing[r.ID], Older: r.Seen.Revision != j.item.Revision,
		}
		if r.Settles {
			line.Says = j.s.say("%s, which settles it", line.Says)
		}
		p.Log = append(p.Log, line)
	}
	slices.Reverse(p.Log)
}

// inQueue says on the page of an item where in its queue it stands.
func (p *itemPage) inQueue(s *Server, q queue, w way, waits *waiting) {
	p.Section = "review"
	card := s.card(q, w, waits)
	later := way{Queue: w.Queue, Concept: w.Concept, Skip: append(slices.Clone(w.Skip), string(w.Item))}
	if len(later.Skip) > mostSkipped {
		later.Skip = later.Skip[1:]
	}
	title := s.say(q.Title)
	if card.ConceptName != "" {
		title += ": " + card.ConceptName
	}
	p.Review.Queue = &queueBar{Title: title, Waits: card.Waits, Frame: card.Frame, Later: later.href(), Out: "/review"}
}

// otherTelling is another item of the same story.
type otherTelling struct {
	Href   string
	Title  foreign
	Outlet string
	Lang   string
	Time   stamp
	Why    string
	As     *tellingLink // with which it has that in common, if not with the item that is shown
}

// tellingLink leads to an item of a story.
type tellingLink struct {
	Href  string
	Title foreign
}

// mostTellings is how many items of a story the page of one lists.
const mostTellings = 30

func (s *Server) otherTellings(ctx context.Context, it *news.Item) ([]otherTelling, error) {
	if it.Story == "" {
		return nil, nil
	}
	page, err := s.Store.Find(ctx, store.Query{Search: search.Query{Root: search.Field{Name: "story", Value: string(it.Story)}}, Limit: mostTellings})
	if err != nil {
		return nil, err
	}
	var list []otherTelling
	for i := range page.Items {
		o := &page.Items[i]
		if o.ID == it.ID {
			continue
		}
		other := otherTelling{
			Href: itemHref(o.ID), Title: foreignText(title(o), o.Tagging.Lang), Outlet: s.outlet(o.Outlet).Name,
			Lang: s.languageName(o.Tagging.Lang), Time: s.published(o),
		}
		why, as, _ := strings.Cut(cmp.Or(o.StoryWhy, it.StoryWhy), news.StoryAs)
		other.Why = why
		if at := slices.IndexFunc(page.Items, func(x news.Item) bool { return string(x.ID) == as }); at >= 0 && as != string(it.ID) && as != string(o.ID) {
			x := &page.Items[at]
			other.As = &tellingLink{itemHref(x.ID), foreignText(title(x), x.Tagging.Lang)}
		}
		list = append(list, other)
	}
	return list, nil
}

// tagsOverTime is a line of the history of an item's tags.
type tagsOverTime struct {
	At         stamp
	From, To   string
	Came, Went []string
	Relevance  string
	Edited     bool // because the text changed, not only the taxonomy
}

func (s *Server) tagsOverTime(ctx context.Context, id news.ItemID) ([]tagsOverTime, error) {
	list, err := s.Store.History(ctx, id)
	if err != nil {
		return nil, err
	}
	lines := make([]tagsOverTime, 0, len(list))
	for i := range list {
		r := &list[i]
		line := tagsOverTime{At: s.stamp(r.At), From: r.From, To: r.To, Edited: r.From == r.To}
		line.Came = append(s.namesOf(r.Came), s.eventNames(r.EventsCame)...)
		line.Went = append(s.namesOf(r.Went), s.eventNames(r.EventsWent)...)
		switch {
		case r.Is && !r.Was:
			line.Relevance = s.say("relevant since")
		case r.Was && !r.Is:
			line.Relevance = s.say("no longer relevant")
		}
		lines = append(lines, line)
	}
	return lines, nil
}

func (s *Server) namesOf(ids []news.ConceptID) (names []string) {
	for _, id := range ids {
		names = append(names, s.name(id))
	}
	return names
}

func (s *Server) eventNames(keys []news.EventKey) (names []string) {
	for _, k := range keys {
		names = append(names, s.name(k.Actor)+" → "+s.name(k.Instrument)+" → "+s.name(k.Recipient))
	}
	return names
}

// isLabel, isCalled and isTerm report whether a concept has exactly this name,
// goes by it, or is found by exactly this term, in any language.
func isLabel(c *taxonomy.Concept, name string) bool {
	if strings.EqualFold(c.Name, name) {
		return true
	}
	for _, label := range c.Label {
		if strings.EqualFold(label, name) {
			return true
		}
	}
	return false
}

func isCalled(c *taxonomy.Concept, name string) bool {
	return slices.ContainsFunc(c.Terms, func(t taxonomy.Term) bool { return strings.EqualFold(c.LabelIn(t.Lang), name) })
}

func isTerm(c *taxonomy.Concept, name string) bool {
	return slices.ContainsFunc(c.Terms, func(t taxonomy.Term) bool { return strings.EqualFold(t.Text, name) })
}
