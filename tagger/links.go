package tagger

import (
	"cmp"
	"slices"

	"silkwire/taxonomy"
	"silkwire/text"
)

// feature is something that speaks for or against an event; EventWeights has
// its name, its weight and its meaning.
type feature int

const (
	bias feature = iota
	// of the instrument and its sentence
	familyShare
	familyLeads
	ruled
	inName
	standsIn
	spokenOf
	noHands
	learning
	culture
	figure
	judged
	// of the actor
	actorShare
	actorLeads
	actorFar
	othersAct
	actorsListed
	noBody
	actsAbroad
	standsFor
	actorBeside
	// of the recipient
	recipientShare
	recipientFar
	otherPlaces
	unnamed
	wholeRegion
	implied
	// of them together
	together
	features
)

// EventWeights say how probable it is that a mention of an instrument is an
// event of an actor and a recipient: like Weights, they are log-odds, and were
// fitted to labelled items (docs/method.md).
var EventWeights = []Weight{
	bias: {"bias", -4.2, "before anything is seen"},

	familyShare: {"family's share", 0.9, "how much of what the item says of instruments is of this family, 0 to 1"},
	familyLeads: {"leading family", 0.7, "no family of instruments is named more often"},
	ruled:       {"ruled", -0.65, "the instrument's term is ambiguous and needed a rule"},
	inName:      {"in a name", -0.4, "the instrument is a part of an actor's name"},
	standsIn:    {"stood for", -2.4, "the item names no instrument: an institution stands for it"},
	spokenOf:    {"spoken of", -1.55, "the instrument is one of which more is said than done: friendship of peoples, sanctions"},
	noHands:     {"neither money nor people", -0.6, "the instrument moves neither"},
	learning:    {"education", 0.6, "the instrument is education: it is named where it is used"},
	culture:     {"culture", 0.95, "the instrument is culture"},
	figure:      {"figure", 0.4, "its sentence has a number that is no year"},
	judged:      {"judged", -0.95, "its sentence expresses a narrative or a reception"},

	actorShare:   {"actor's share", 1.15, "how much of what the item says of actors is of this one, 0 to 1"},
	actorLeads:   {"leading actor", 1.1, "no actor is named more often"},
	actorFar:     {"actor far", -0.95, "the actor stands neither in the title nor in the sentence or beside it"},
	othersAct:    {"others act", -0.5, "the sentence names other actors, but not this one"},
	actorsListed: {"actors listed", -0.85, "the actor stands in a list: lists are rarely deeds"},
	noBody:       {"no body", -1.65, "the actor is a kind of body or a thing of the past: think tanks, the West, the Soviet Union"},
	actsAbroad:   {"acts abroad", 1.1, "the actor is one of the five states, acting abroad"},
	standsFor:    {"stands for it", 0.75, "the actor is an institution that stands for instruments of this family"},
	actorBeside:  {"actor beside", 0.4, "the actor stands right beside the instrument: a Chinese loan"},

	recipientShare: {"recipient's share", 1.4, "how much of what the item says of recipients is of this one, 0 to 1"},
	recipientFar:   {"recipient far", -0.6, "the recipient stands neither in the title nor in the sentence or beside it"},
	otherPlaces:    {"other places", -0.95, "the sentence names other recipients, but not this one"},
	unnamed:        {"unnamed", -1.3, "the item names the region, and of this state only cities: hosts of meetings"},
	wholeRegion:    {"whole region", 1.6, "the instrument is a format with all five states, or a meeting in one: 1 for the region, −1 for one of them"},

	implied: {"implied", 1.05, "the item names no recipient: it is taken to be about the country of its dateline or language"},

	together: {"together", 0.65, "how many sentences name all three, log2 of one more"},
}

// eventThreshold is the probability from which on a use counts as an event.
const eventThreshold = 0.36

// marks are the values of all features, most of them 0.
type marks [features]float64

func (m *marks) odds() (odds float64) {
	for i, v := range m {
		if v != 0 {
			odds += v * EventWeights[i].Weight
		}
	}
	return odds
}

func (m marks) and(o *marks) marks {
	for i, v := range o {
		m[i] += v
	}
	return m
}

func (m *marks) set(f feature, present bool) {
	if present {
		m[f] = 1
	}
}

// link is the mention of a party that stands nearest to an instrument, or the
// instrument's own, with what it says of an event.
type link struct {
	f     *found
	marks marks
	odds  float64
}

// distance is where a mention stands, seen from an instrument; nearer is less.
type distance int

const (
	here distance = iota
	sentenceBefore
	inTitle
	sentenceAfter
	far
)

func (f *found) from(at *found) distance {
	switch d := f.sentence - at.sentence; {
	case f.field != at.field && f.field == 0:
		return inTitle
	case f.field != at.field:
		if at.field == 0 && f.sentence == 0 {
			return sentenceAfter // the body begins behind the title
		}
		return far
	case d == 0:
		return here
	case d == -1:
		return sentenceBefore
	case d == 1:
		return sentenceAfter
	}
	return far
}

// gap is how many words stand between two mentions of one sentence.
func (f *found) gap(g *found) int32 { return max(f.start-g.end, g.start-f.end, 0) }

// nearest returns the mention nearest to an instrument.
func nearest(mentions []*found, at *found) (best *found, where distance) {
	for _, f := range mentions {
		d := f.from(at)
		if best == nil || d < where || d == where && d == here && f.gap(at) < best.gap(at) {
			best, where = f, d
		}
	}
	return best, where
}

// othersHere reports whether an instrument's sentence names other parties than
// the given one.
func (p *parties) othersHere(mine *party, at *found) bool {
	for i := range p.each {
		if q := &p.each[i]; q.class != mine.class && q.in(at) {
			return true
		}
	}
	return false
}

// in reports whether a party is named in a mention's sentence.
func (p *party) in(at *found) bool {
	return slices.ContainsFunc(p.mentions, func(f *found) bool { return f.field == at.field && f.sentence == at.sentence })
}

func (t *Tagger) instrumentLink(w *work, s *stage, family *party, at *found) link {
	l := link{f: at}
	m, f, c := &l.marks, &w.fields[at.field], &t.concepts[at.class]
	m[bias] = 1
	m[familyShare] = family.share
	m.set(familyLeads, family.leads)
	m.set(ruled, t.m.terms[at.term].rule >= 0)
	m.set(standsIn, at.stoodFor)
	m.set(inName, !at.stoodFor && slices.ContainsFunc(s.actors.all, at.within))
	m.set(spokenOf, c.spokenOf)
	m.set(noHands, c.noHands)
	m.set(learning, t.concepts[c.family].id == "education-instrument")
	m.set(culture, t.concepts[c.family].id == "culture-instrument")
	m.set(judged, t.judged(w, at))
	for i := f.firstWord(at.sentence); i < len(f.doc.Words) && f.doc.Words[i].Sentence == at.sentence; i++ {
		word := &f.doc.Words[i]
		m.set(figure, word.Digits && word.Gap != text.Joint && !looksLikeYear(f.doc.Folded(word)))
	}
	l.odds = m.odds()
	return l
}

// judged reports whether a sentence expresses a narrative or a reception.
func (t *Tagger) judged(w *work, at *found) bool {
	return slices.ContainsFunc(w.mentions, func(f found) bool {
		facet := t.concepts[f.class].facet
		return f.field == at.field && f.sentence == at.sentence && (facet == taxonomy.Narrative || facet == taxonomy.Reception)
	})
}

// firstWord is the first word of a sentence.
func (f *field) firstWord(sentence int32) int {
	at, _ := slices.BinarySearchFunc(f.doc.Words, sentence, func(w text.Word, s int32) int { return cmp.Compare(w.Sentence, s) })
	return at
}

func looksLikeYear(digits []byte) bool {
	return len(digits) == 4 && (digits[0] == '1' && digits[1] == '9' || digits[0] == '2' && digits[1] == '0')
}

func (t *Tagger) actorLink(s *stage, actor *party, at *found) link {
	f, where := nearest(actor.mentions, at)
	l := link{f: f}
	m, c := &l.marks, &t.concepts[actor.class]
	m[actorShare] = actor.share
	m.set(actorLeads, actor.leads)
	m.set(actorFar, where == far)
	m.set(othersAct, where != here && s.actors.othersHere(actor, at))
	m.set(actorsListed, slices.ContainsFunc(s.actors.all, func(g *found) bool {
		return t.concepts[g.class].root != actor.class && listed(f, g)
	}))
	m.set(noBody, c.noBody)
	m.set(actsAbroad, c.projects)
	m.set(actorBeside, where == here && f.gap(at) == 0 && !f.overlaps(at))
	m.set(standsFor, !slices.ContainsFunc(s.actors.all, at.within) && slices.ContainsFunc(actor.mentions, func(g *found) bool {
		i := t.concepts[g.class].instrument
		return i >= 0 && t.concepts[i].family == t.concepts[at.class].family
	}))
	l.odds = m.odds()
	return l
}

// coordinated is how many words may stand between two names of one list:
// "China, Russia and Iran".
const coordinated = 2

// listed reports whether two mentions stand in a list.
func listed(f, g *found) bool {
	return f.field == g.field && f.sentence == g.sentence && f.gap(g) <= coordinated && !f.overlaps(g)
}

func (t *Tagger) recipientLink(s *stage, recipient *party, at *found) link {
	f, where := nearest(recipient.mentions, at)
	l := link{f: f}
	m := &l.marks
	if f == nil {
		m[implied] = 1
		l.odds = m.odds()
		return l
	}
	m[recipientShare] = recipient.share
	m.set(recipientFar, where == far)
	m.set(otherPlaces, where != here && s.recipients.othersHere(recipient, at))
	m.set(unnamed, recipient.class != t.region && s.recipients.has(t.region) && !slices.ContainsFunc(recipient.mentions, func(g *found) bool {
		return g.class == recipient.class
	}))
	if t.inFormat(s, at) {
		m[wholeRegion] = -1
		m.set(wholeRegion, recipient.class == t.region)
	}
	l.odds = m.odds()
	return l
}

// inFormat reports whether an instrument is a format of meetings with all five
// states, or one of its kind in the sentence of such a format.
func (t *Tagger) inFormat(s *stage, at *found) bool {
	return slices.ContainsFunc(s.instruments.all, func(f *found) bool {
		return t.concepts[f.class].format && f.field == at.field && f.sentence == at.sentence && t.concepts[f.class].family == t.concepts[at.class].family
	})
}

// sentencesOf counts the sentences that name an actor, an instrument of a
// family, and a recipient.
func sentencesOf(actor, family, recipient *party) (n int) {
	for i, at := range family.mentions {
		again := i > 0 && at.from(family.mentions[i-1]) == here
		if !again && actor.in(at) && recipient.in(at) {
			n++
		}
	}
	return n
}
