package news

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Review is one thing that one analyst said of an item. Reviews stand beside
// the machine's tags, never over them, and are facts: none is ever changed or
// taken out. What was said by mistake is withdrawn by a further review.
type Review struct {
	ID      string    `json:"id"` // given by the store; within an item they sort as they were said
	Item    ItemID    `json:"item"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Verdict Verdict   `json:"verdict"`

	Concept ConceptID `json:"concept,omitempty"` // of the tag that is meant
	Event   *EventKey `json:"event,omitempty"`   // or the event

	With      ConceptID `json:"with,omitempty"`       // what Replace puts in the place of Concept
	WithEvent *EventKey `json:"with_event,omitempty"` // or of Event

	Means *Means `json:"means,omitempty"` // what Weigh says of Event

	Note    string `json:"note,omitempty"`
	Quote   string `json:"quote,omitempty"`   // the words of the item that say it, for what is added
	Undoes  string `json:"undoes,omitempty"`  // the ID of the review that Undo withdraws
	Settles bool   `json:"settles,omitempty"` // it ends a disagreement of analysts

	Sample string `json:"sample,omitempty"` // the random sample in which the item was met
	Seen   Seen   `json:"seen,omitzero"`
	Key    string `json:"key,omitempty"` // of the asker; the same key by the same analyst is the same review
}

// Seen is what an analyst had before his eyes, so that later it can be told
// what a verdict was about.
type Seen struct {
	Revision int      `json:"revision"`
	Taxonomy string   `json:"taxonomy,omitempty"`
	Score    float64  `json:"score,omitempty"`    // of the tag, or the relevance of the item
	Terms    []string `json:"terms,omitempty"`    // by which the tag was found, as "lang term"
	Evidence string   `json:"evidence,omitempty"` // hash of the places the tag or event rests on
	Blind    bool     `json:"blind,omitempty"`    // no verdict of a colleague was to be seen
}

// Verdict is what a review says.
type Verdict string

// The verdicts.
const (
	Accept     Verdict = "accept"     // the tag or event is right
	Reject     Verdict = "reject"     // it is wrong
	Add        Verdict = "add"        // the item says this too
	Replace    Verdict = "replace"    // it is wrong, and another one stands for it
	IsRelevant Verdict = "relevant"   // the item is relevant
	Irrelevant Verdict = "irrelevant" // it is not
	Main       Verdict = "main"       // the tag is right, and the item is about it
	Weigh      Verdict = "weigh"      // by which power the event works, and for how long: Means
	Remark     Verdict = "note"
	Flag       Verdict = "flag" // somebody should look at this item
	Finished   Verdict = "done" // the item was looked through: nothing is missing any more
	Undo       Verdict = "undo" // withdraws an earlier review
)

// Verdicts are all of them.
func Verdicts() []Verdict {
	return []Verdict{Accept, Reject, Add, Replace, Main, IsRelevant, Irrelevant, Weigh, Remark, Flag, Finished, Undo}
}

// Means says by which kinds of power an event works and for how long, where an
// analyst knows better than the taxonomy, which speaks of the instrument alone.
// What is empty is left to the taxonomy.
type Means struct {
	Behaviour []string `json:"behaviour,omitempty"` // coercion, inducement, agenda-setting, attraction
	Horizon   string   `json:"horizon,omitempty"`   // short, medium, long
}

// EventKey is what makes two events of an item the same.
type EventKey struct {
	Actor      ConceptID `json:"actor"`
	Instrument ConceptID `json:"instrument"`
	Recipient  ConceptID `json:"recipient"`
}

// Key identifies an event within its item.
func (e *Event) Key() EventKey { return EventKey{e.Actor, e.Instrument, e.Recipient} }

func (k EventKey) String() string {
	return string(k.Actor) + "/" + string(k.Instrument) + "/" + string(k.Recipient)
}

// ParseEventKey reads what [EventKey.String] writes.
func ParseEventKey(s string) (EventKey, bool) {
	parts := strings.Split(s, "/")
	if len(parts) != 3 || slices.Contains(parts, "") {
		return EventKey{}, false
	}
	return EventKey{ConceptID(parts[0]), ConceptID(parts[1]), ConceptID(parts[2])}, true
}

// Valid says in words why a review cannot be kept; nil when it can.
func (r *Review) Valid() error {
	about := 0
	if r.Concept != "" {
		about++
	}
	if r.Event != nil {
		about++
	}
	switch {
	case r.By == "":
		return fmt.Errorf("a review is said by somebody: by is empty")
	case !slices.Contains(Verdicts(), r.Verdict):
		return fmt.Errorf("there is no verdict %q", r.Verdict)
	case r.ofTagOrEvent() && about != 1:
		return fmt.Errorf("%s is said of a tag (concept) or of an event, of one of them", r.Verdict)
	case !r.ofTagOrEvent() && about != 0:
		return fmt.Errorf("%s is said of the whole item, of no tag and no event", r.Verdict)
	case r.Event != nil && !r.Event.whole() || r.WithEvent != nil && !r.WithEvent.whole():
		return fmt.Errorf("an event has an actor, an instrument and a recipient")
	case r.Verdict == Replace && ((r.Concept != "") != (r.With != "") || (r.Event != nil) != (r.WithEvent != nil)):
		return fmt.Errorf("replace says what stands in the place of the tag (with) or of the event (with_event)")
	case r.Verdict != Replace && (r.With != "" || r.WithEvent != nil):
		return fmt.Errorf("only replace takes with and with_event")
	case r.Verdict == Replace && (r.With == r.Concept && r.With != "" || r.Event != nil && *r.WithEvent == *r.Event):
		return fmt.Errorf("nothing is replaced by itself")
	case (r.Verdict == Undo) != (r.Undoes != ""):
		return fmt.Errorf("undo, and nothing else, names the review that it withdraws (undoes)")
	case r.Verdict == Main && r.Concept == "":
		return fmt.Errorf("main is said of a tag")
	case (r.Verdict == Weigh) != (r.Means != nil) || r.Verdict == Weigh && (r.Event == nil || len(r.Means.Behaviour) == 0 && r.Means.Horizon == ""):
		return fmt.Errorf("weigh, and nothing else, says by which power an event works or for how long (means)")
	case r.Verdict == Remark && strings.TrimSpace(r.Note) == "":
		return fmt.Errorf("a note without words")
	case r.Settles && !r.judges():
		return fmt.Errorf("%s settles nothing", r.Verdict)
	}
	return nil
}

func (k *EventKey) whole() bool { return k.Actor != "" && k.Instrument != "" && k.Recipient != "" }

func (r *Review) ofTagOrEvent() bool {
	return slices.Contains([]Verdict{Accept, Reject, Add, Replace, Main, Weigh}, r.Verdict)
}

func (r *Review) judges() bool {
	return r.ofTagOrEvent() && r.Verdict != Weigh || r.Verdict == IsRelevant || r.Verdict == Irrelevant
}

// EvidenceHash is short and changes when any of the places does.
func EvidenceHash(places ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(places, "\x00")))
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:5])
}

// SeenTag is what is before the eyes of who judges the tag of an item with
// this concept; a concept that the item does not bear leaves its part empty.
func SeenTag(it *Item, id ConceptID) Seen {
	seen := Seen{Revision: it.Revision, Taxonomy: it.Tagging.Taxonomy}
	for i := range it.Tagging.Tags {
		t := &it.Tagging.Tags[i]
		if t.Concept != id {
			continue
		}
		seen.Score = t.Score
		var places []string
		for _, e := range t.Evidence {
			places = append(places, fmt.Sprintf("%s %d %d %s", e.Field, e.Start, e.End, e.Text))
			if term := e.Lang + " " + e.Term; !slices.Contains(seen.Terms, term) {
				seen.Terms = append(seen.Terms, term)
			}
		}
		seen.Evidence = EvidenceHash(places...)
	}
	return seen
}

// SeenEvent is the same for an event.
func SeenEvent(it *Item, key EventKey) Seen {
	seen := Seen{Revision: it.Revision, Taxonomy: it.Tagging.Taxonomy}
	for i := range it.Tagging.Events {
		if e := &it.Tagging.Events[i]; e.Key() == key {
			seen.Evidence = EvidenceHash(fmt.Sprintf("%s %d %d %s", e.Evidence.Field, e.Evidence.Start, e.Evidence.End, e.Evidence.Text))
		}
	}
	return seen
}

// SeenItem is the same for the relevance.
func SeenItem(it *Item) Seen {
	return Seen{Revision: it.Revision, Taxonomy: it.Tagging.Taxonomy, Score: it.Tagging.Relevance}
}

// Retagging is what changed when an item was tagged anew: a line of its
// history over taxonomy versions.
type Retagging struct {
	At       time.Time   `json:"at"`
	From     string      `json:"from,omitempty"` // taxonomy versions
	To       string      `json:"to,omitempty"`
	Revision int         `json:"revision,omitempty"` // of the text that was tagged
	Came     []ConceptID `json:"came,omitempty"`
	Went     []ConceptID `json:"went,omitempty"`

	EventsCame []EventKey `json:"events_came,omitempty"`
	EventsWent []EventKey `json:"events_went,omitempty"`
	Was        bool       `json:"was,omitempty"` // relevant
	Is         bool       `json:"is,omitempty"`
}

// Compare tells what came and went between two taggings, and whether anything
// did. Scores and evidence are not compared.
func Compare(from, to *Tagging) (Retagging, bool) {
	r := Retagging{From: from.Taxonomy, To: to.Taxonomy, Was: from.Relevant, Is: to.Relevant}
	r.Came, r.Went = comeAndGone(concepts(from), concepts(to))
	r.EventsCame, r.EventsWent = comeAndGone(eventKeys(from), eventKeys(to))
	return r, len(r.Came)+len(r.Went)+len(r.EventsCame)+len(r.EventsWent) > 0 || r.Was != r.Is
}

func comeAndGone[T comparable](from, to []T) (came, went []T) {
	for _, x := range to {
		if !slices.Contains(from, x) && !slices.Contains(came, x) {
			came = append(came, x)
		}
	}
	for _, x := range from {
		if !slices.Contains(to, x) && !slices.Contains(went, x) {
			went = append(went, x)
		}
	}
	return came, went
}

func concepts(t *Tagging) (list []ConceptID) {
	for i := range t.Tags {
		list = append(list, t.Tags[i].Concept)
	}
	return list
}

func eventKeys(t *Tagging) (list []EventKey) {
	for i := range t.Events {
		list = append(list, t.Events[i].Key())
	}
	return list
}
