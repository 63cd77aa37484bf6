package tagger

import (
	"cmp"
	"math"
	"slices"

	"silkwire/news"
	"silkwire/taxonomy"
	"silkwire/text"
)

// use is one mention of an instrument, read as an event: the actor and the
// recipient that stand nearest to it, and what speaks for and against them.
type use struct {
	actor, at, recipient *found // the recipient may be nil: implied
	state                int32  // the recipient
	marks                marks
	odds                 float64
}

// probability is how probable it is that the text tells of this event.
func (x *use) probability() float64 { return 1 / (1 + math.Exp(-x.odds)) }

// events finds who uses which instrument toward whom: of every body that acts,
// every family of instruments and every recipient that the item names, the use
// that most speaks for an event, if it is probable. The surest comes first.
func (t *Tagger) events(w *work) []news.Event {
	uses := t.uses(w)
	out := make([]news.Event, 0, len(uses))
	for i := range uses {
		if uses[i].probability() >= eventThreshold && !t.told(uses[:i], &uses[i]) {
			out = append(out, t.event(w, &uses[i]))
		}
	}
	return out
}

// told reports whether the words of a use have been taken for another
// instrument of the same actor and recipient: a grant is aid or a scholarship,
// not both.
func (t *Tagger) told(surer []use, x *use) bool {
	return slices.ContainsFunc(surer, func(y use) bool {
		return y.state == x.state && y.at.overlaps(x.at) && t.concepts[y.actor.class].root == t.concepts[x.actor.class].root
	})
}

// stage is who and what an item has to offer for events.
type stage struct {
	actors, instruments, recipients parties
	stands                          []found // institutions, read as the instruments that they stand for
}

// parties are the bodies that act, the families of instruments, or the
// recipients of an item.
type parties struct {
	all    []*found
	each   []party
	weight float64
}

// party is one of them, with all its mentions.
type party struct {
	class    int32
	mentions []*found
	weight   float64 // how often it is named; the title counts three times
	share    float64 // of the weight of them all
	leads    bool    // none weighs more
}

func (p *parties) add(class int32, f *found) {
	weight := 1.0
	if f.field == 0 {
		weight = 3
	}
	p.all = append(p.all, f)
	p.weight += weight
	at := slices.IndexFunc(p.each, func(q party) bool { return q.class == class })
	if at < 0 {
		at = len(p.each)
		p.each = append(p.each, party{class: class})
	}
	q := &p.each[at]
	q.mentions = append(q.mentions, f)
	q.weight += weight
}

// imply adds a party that nothing names.
func (p *parties) imply(class int32) {
	p.each = append(p.each, party{class: class, weight: 1})
	p.weight++
}

// close works out shares.
func (p *parties) close() {
	most := 0.0
	for i := range p.each {
		most = max(most, p.each[i].weight)
	}
	for i := range p.each {
		q := &p.each[i]
		q.share, q.leads = q.weight/p.weight, q.weight == most
	}
}

// has reports whether a party is among them.
func (p *parties) has(class int32) bool {
	return slices.ContainsFunc(p.each, func(q party) bool { return q.class == class })
}

func (t *Tagger) stage(w *work) *stage {
	s := &stage{}
	for i := range w.mentions {
		f := &w.mentions[i]
		switch c := &t.concepts[f.class]; {
		case c.actor && (!c.home || c.projects):
			s.actors.add(c.root, f)
		case c.facet == taxonomy.Instrument && !f.domestic:
			s.instruments.add(c.family, f)
			if c.format { // whoever speaks of C5+1 speaks of the region
				s.recipients.add(t.region, f)
			}
		case c.recipient >= 0 && !f.dateline:
			s.recipients.add(c.recipient, f)
		}
	}
	t.standIn(s)
	if home := t.homeOf(w); len(s.recipients.each) == 0 && home >= 0 {
		s.recipients.imply(home)
	}
	s.actors.close()
	s.instruments.close()
	s.recipients.close()
	return s
}

// standIn adds the instruments that institutions stand for, to an item that
// names none: a Confucius Institute that opens teaches Chinese.
func (t *Tagger) standIn(s *stage) {
	if len(s.instruments.all) > 0 {
		return
	}
	for _, f := range s.actors.all {
		if i := t.concepts[f.class].instrument; i >= 0 {
			g := *f
			g.class, g.stoodFor = i, true
			s.stands = append(s.stands, g)
		}
	}
	for i := range s.stands {
		s.instruments.add(t.concepts[s.stands[i].class].family, &s.stands[i])
	}
}

// homeOf is the country that an item which names none of the five states is
// taken to be about: that of its dateline, or that of its language when a word
// says so; -1: none.
func (t *Tagger) homeOf(w *work) int32 {
	for i := range w.mentions {
		if f := &w.mentions[i]; f.dateline && t.concepts[f.class].recipient >= 0 {
			return t.concepts[f.class].recipient
		}
	}
	if id, ok := homes[w.fields[1].lang]; ok && w.atHome() {
		return t.class(id)
	}
	return -1
}

// atHome reports whether an item has a word that tells of the country of its
// language: its money, its parliament.
func (w *work) atHome() bool {
	return slices.ContainsFunc(w.fields[:], func(f field) bool {
		return slices.ContainsFunc(f.cues, func(c cue) bool { return c.kind == cueHome })
	})
}

// homes are the countries of the languages of Central Asia.
var homes = map[text.Lang]news.ConceptID{
	text.Kk: "kazakhstan", text.Ky: "kyrgyzstan", text.Tg: "tajikistan", text.Tk: "turkmenistan",
	text.UzLatn: "uzbekistan", text.UzCyrl: "uzbekistan",
}

// uses returns the strongest use of each body that acts, family of instruments
// and recipient, the surest first.
func (t *Tagger) uses(w *work) []use {
	s := t.stage(w)
	if len(s.actors.all) == 0 || len(s.recipients.each) == 0 {
		return nil
	}
	var out []use
	for i := range s.instruments.each {
		out = t.usesOf(w, s, &s.instruments.each[i], out)
	}
	slices.SortStableFunc(out, func(a, b use) int { return cmp.Compare(b.odds, a.odds) })
	return out
}

// usesOf appends the uses of one family of instruments.
func (t *Tagger) usesOf(w *work, s *stage, family *party, out []use) []use {
	actors, recipients := s.actors.each, s.recipients.each
	l := &w.links
	l.clear()
	for _, at := range family.mentions {
		l.own = append(l.own, t.instrumentLink(w, s, family, at))
		for a := range actors {
			l.givers = append(l.givers, t.actorLink(s, &actors[a], at))
		}
		for r := range recipients {
			l.takers = append(l.takers, t.recipientLink(s, &recipients[r], at))
		}
	}
	for a := range actors {
		for r := range recipients {
			if t.mayActToward(s, &actors[a], recipients[r].class) {
				best := l.strongest(a, r, len(actors), len(recipients))
				best.state = recipients[r].class
				best.mark(together, math.Log2(float64(1+sentencesOf(&actors[a], family, &recipients[r]))))
				out = append(out, best)
			}
		}
	}
	return out
}

// links are, for each mention of a family of instruments, what speaks for it,
// and the nearest mention of every actor and every recipient.
type links struct{ own, givers, takers []link }

func (l *links) clear() { l.own, l.givers, l.takers = l.own[:0], l.givers[:0], l.takers[:0] }

// strongest returns the use of an actor and a recipient that most speaks for
// an event.
func (l *links) strongest(actor, recipient, actors, recipients int) use {
	best, odds := 0, math.Inf(-1)
	for m := range l.own {
		if o := l.own[m].odds + l.givers[m*actors+actor].odds + l.takers[m*recipients+recipient].odds; o > odds {
			best, odds = m, o
		}
	}
	own, giver, taker := &l.own[best], &l.givers[best*actors+actor], &l.takers[best*recipients+recipient]
	return use{
		actor: giver.f, at: own.f, recipient: taker.f, odds: odds,
		marks: own.marks.and(&giver.marks).and(&taker.marks),
	}
}

func (x *use) mark(f feature, v float64) {
	x.marks[f] = v
	x.odds += v * EventWeights[f].Weight
}

// mayActToward: nobody acts toward himself, and one of the five states acts
// toward another of them, not toward the region.
func (t *Tagger) mayActToward(s *stage, actor *party, recipient int32) bool {
	if !t.concepts[actor.class].projects {
		return actor.class != recipient
	}
	own := int32(-1)
	for _, f := range actor.mentions {
		own = max(own, t.concepts[f.class].own)
		for _, r := range s.recipients.all {
			if own < 0 && r.overlaps(f) {
				own = t.concepts[r.class].recipient
			}
		}
	}
	return recipient != own && recipient != t.region
}

func (t *Tagger) event(w *work, x *use) news.Event {
	f := &w.fields[x.at.field]
	from, to := x.at.sentence, x.at.sentence
	for _, g := range []*found{x.actor, x.recipient} { // the evidence takes in the neighbouring sentence
		if g != nil && g.field == x.at.field && abs(g.sentence-x.at.sentence) <= 1 {
			from, to = min(from, g.sentence), max(to, g.sentence)
		}
	}
	start, end := f.doc.Sentences[from].Start, f.doc.Sentences[to].End
	actor, instrument := &t.concepts[x.actor.class], &t.concepts[x.at.class]
	return news.Event{
		Actor: actor.id, State: t.concepts[actor.root].id,
		Instrument: instrument.id, Family: t.concepts[instrument.family].id,
		Recipient: t.concepts[x.state].id, Status: f.status(from, to),
		Amount: f.amount(from, to), Places: f.places(from, to),
		Evidence: news.EventEvidence{Field: f.name, Start: start, End: end, Text: f.doc.Text[start:end]},
	}
}

func abs(n int32) int32 { return max(n, -n) }

// statusOf is what a cue says of an event.
var statusOf = map[cueKind]news.Status{
	cueAnnounced: news.Announced, cueSigned: news.Signed, cueOngoing: news.Ongoing,
	cueCompleted: news.Completed, cueCancelled: news.Cancelled, cueDenied: news.DeniedEvt,
}

// statusRank orders cues in one sentence: a refusal outweighs a signature,
// which outweighs a plan.
var statusRank = []cueKind{cueDenied, cueCancelled, cueSigned, cueCompleted, cueAnnounced, cueOngoing}

// status is what a range of sentences says of how far something has got.
func (f *field) status(from, to int32) news.Status {
	for _, kind := range statusRank {
		for s := from; s <= to; s++ {
			if f.hasCue(s, kind) {
				return statusOf[kind]
			}
		}
	}
	return news.NoStatus
}

// hasCue reports whether a sentence has a word of a list.
func (f *field) hasCue(sentence int32, kind cueKind) bool {
	return slices.ContainsFunc(f.cuesIn(sentence), func(c cue) bool { return c.kind == kind })
}
