// Package review tells what follows from what analysts said: which reviews
// stand, what each analyst holds of an item, where they disagree, and what is
// held true in the end. It is pure; the facts themselves are [news.Review].
package review

import (
	"slices"
	"time"

	"silkwire/news"
)

// Target is what a verdict is about: a tag, an event, or, when it is zero, the
// relevance of the item.
type Target struct {
	Concept news.ConceptID
	Event   news.EventKey
}

// IsRelevance reports whether the relevance of the item is meant.
func (t Target) IsRelevance() bool { return t == Target{} }

// Says is an answer to whether a target holds of an item.
type Says int8

// The answers.
const (
	Unsaid Says = 0
	Yes    Says = 1
	No     Says = -1
)

// Standing are the reviews that were not withdrawn, without the withdrawals,
// in their order.
func Standing(all []news.Review) []news.Review {
	withdrawn := map[string]bool{}
	for i := range all {
		if all[i].Verdict == news.Undo {
			withdrawn[all[i].Undoes] = true
		}
	}
	var list []news.Review
	for i := range all {
		if all[i].Verdict != news.Undo && !withdrawn[all[i].ID] {
			list = append(list, all[i])
		}
	}
	return list
}

// Opinion is what one analyst holds of one item: the last thing said of each
// target counts.
type Opinion struct {
	By       string
	Said     map[Target]Says
	Done     bool // the item was looked through
	Revision int  // of the text that was looked through
	Taxonomy string
	Blind    bool // without a sight of what colleagues say
	Flagged  bool
	Notes    []string
	Last     time.Time

	added map[Target]bool
	main  map[Target]bool
}

// Of is the answer to a target: what was said of it, or, from an analyst who
// looked through the same text, silence as No to what a colleague added.
func (o *Opinion) Of(t Target, added bool, revision int) Says {
	if s := o.Said[t]; s != Unsaid {
		return s
	}
	if added && o.Done && o.Revision == revision {
		return No
	}
	return Unsaid
}

func (o *Opinion) take(r *news.Review) {
	t := target(r)
	if r.Concept != "" {
		o.main[t] = r.Verdict == news.Main // whatever else is said of the tag afterwards says that it is not
	}
	switch r.Verdict {
	case news.Accept, news.Main, news.IsRelevant:
		o.Said[t] = Yes
	case news.Add:
		o.Said[t], o.added[t] = Yes, true
	case news.Reject, news.Irrelevant:
		o.Said[t] = No
	case news.Replace:
		instead := Target{Concept: r.With}
		if r.WithEvent != nil {
			instead.Event = *r.WithEvent
		}
		o.Said[t], o.Said[instead], o.added[instead] = No, Yes, true
	case news.Remark:
		o.Notes = append(o.Notes, r.Note)
	case news.Flag:
		o.Flagged = true
	case news.Finished:
		o.Done, o.Revision, o.Taxonomy, o.Blind = true, r.Seen.Revision, r.Seen.Taxonomy, r.Seen.Blind
	case news.Undo, news.Weigh: // the one is never among those that stand, the other judges nothing: see [Meant]
	}
	o.Last = r.At
}

func target(r *news.Review) Target {
	t := Target{Concept: r.Concept}
	if r.Event != nil {
		t.Event = *r.Event
	}
	return t
}

// Item is all that is held of one item.
type Item struct {
	Opinions []Opinion // in the order in which the analysts began
	settled  map[Target]news.Review
	targets  []Target
	added    map[Target]int // by which revision of the text
	dark     bool           // somebody spoke after a colleague, and had not seen what that one said
}

// Read makes an Item of all its reviews, in the order in which they were said.
func Read(all []news.Review) Item {
	it := Item{settled: map[Target]news.Review{}, added: map[Target]int{}}
	for _, r := range Standing(all) {
		if r.Settles { // which is the word of all, not what its author had read in the item
			it.settled[target(&r)] = r
			continue
		}
		o := it.opinion(r.By)
		it.dark = it.dark || r.Seen.Blind && len(it.Opinions) > 1
		o.take(&r)
	}
	seen := map[Target]bool{}
	for _, r := range Standing(all) { // in the order of the facts, so that it is the same every time
		for _, t := range targets(&r) {
			if !seen[t] {
				seen[t] = true
				it.targets = append(it.targets, t)
			}
			if o := it.By(r.By); o.added[t] {
				it.added[t] = r.Seen.Revision
			}
		}
	}
	return it
}

func targets(r *news.Review) []Target {
	switch r.Verdict {
	case news.Accept, news.Reject, news.Add, news.Main, news.IsRelevant, news.Irrelevant:
		return []Target{target(r)}
	case news.Replace:
		instead := Target{Concept: r.With}
		if r.WithEvent != nil {
			instead.Event = *r.WithEvent
		}
		return []Target{target(r), instead}
	case news.Weigh, news.Remark, news.Flag, news.Finished, news.Undo:
	}
	return nil
}

func (it *Item) opinion(by string) *Opinion {
	for i := range it.Opinions {
		if it.Opinions[i].By == by {
			return &it.Opinions[i]
		}
	}
	it.Opinions = append(it.Opinions, Opinion{By: by, Said: map[Target]Says{}, added: map[Target]bool{}, main: map[Target]bool{}})
	return &it.Opinions[len(it.Opinions)-1]
}

// By is the opinion of one analyst; without a word of his it is empty.
func (it *Item) By(name string) Opinion {
	for i := range it.Opinions {
		if it.Opinions[i].By == name {
			return it.Opinions[i]
		}
	}
	return Opinion{By: name}
}

// Targets are all that anybody judged, in the order in which it was first said.
func (it *Item) Targets() []Target { return it.targets }

// Answers are what each opinion says of a target, in the order of Opinions.
func (it *Item) Answers(t Target) []Says {
	revision, added := it.added[t]
	list := make([]Says, len(it.Opinions))
	for i := range it.Opinions {
		list[i] = it.Opinions[i].Of(t, added, revision)
	}
	return list
}

// Truth is what is held of a target: what settled it, or what all who said
// anything say. It is Unsaid, and disputed, where they disagree.
func (it *Item) Truth(t Target) (says Says, disputed bool) {
	if r, ok := it.settled[t]; ok {
		if r.Verdict == news.Accept || r.Verdict == news.Add || r.Verdict == news.Main || r.Verdict == news.IsRelevant {
			return Yes, false
		}
		return No, false
	}
	for _, s := range it.Answers(t) {
		switch {
		case s == Unsaid:
		case says == Unsaid:
			says = s
		case s != says:
			return Unsaid, true
		}
	}
	return says, false
}

// Main reports whether the item is about what a tag says: the tag is held to be
// right, and an analyst marked it so, or a settlement did.
func (it *Item) Main(t Target) bool {
	if says, _ := it.Truth(t); says != Yes {
		return false
	}
	if r, ok := it.settled[t]; ok && r.Verdict == news.Main {
		return true
	}
	return slices.ContainsFunc(it.Opinions, func(o Opinion) bool { return o.main[t] })
}

// MarkedMain reports whether an analyst holds a tag to be main.
func (o *Opinion) MarkedMain(t Target) bool { return o.main[t] }

// Settled is the review that ended a disagreement over a target.
func (it *Item) Settled(t Target) (news.Review, bool) {
	r, ok := it.settled[t]
	return r, ok
}

// Disputed are the targets over which analysts disagree and which nobody has
// settled.
func (it *Item) Disputed() []Target {
	return slices.DeleteFunc(slices.Clone(it.targets), func(t Target) bool {
		_, disputed := it.Truth(t)
		return !disputed
	})
}

// Reviewed reports whether anybody judged anything, or looked the item through.
func (it *Item) Reviewed() bool {
	return len(it.targets) > 0 || it.Done() > 0
}

// Done is how many analysts have looked the item through.
func (it *Item) Done() (n int) {
	for i := range it.Opinions {
		if it.Opinions[i].Done {
			n++
		}
	}
	return n
}

// Flagged reports whether anybody asks for a look at this item.
func (it *Item) Flagged() bool {
	return slices.ContainsFunc(it.Opinions, func(o Opinion) bool { return o.Flagged })
}

// States are the words under which a search finds the item: "reviewed",
// "disputed", "flagged". Disputes are not told while somebody reads without a
// sight of what colleagues said: that they differ would be such a sight.
func (it *Item) States() []string {
	var list []string
	if it.Reviewed() {
		list = append(list, "reviewed")
	}
	if len(it.Disputed()) > 0 && !it.inTheDark() {
		list = append(list, "disputed")
	}
	if it.Flagged() {
		list = append(list, "flagged")
	}
	return list
}

// AllStates are all words that States may give.
func AllStates() []string { return []string{"reviewed", "disputed", "flagged"} }

// inTheDark reports whether two read the item without knowing of each other, and
// not both are done.
func (it *Item) inTheDark() bool { return it.dark && it.Done() < 2 }

// Hides reports whether the verdicts of others are kept from an analyst: the
// item is one of those that two read without knowing of each other, and this
// one has not finished.
func (it *Item) Hides(name string, id news.ItemID, share float64) bool {
	return Double(id, share) && !it.By(name).Done && it.Done() < 2
}
