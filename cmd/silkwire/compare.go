package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"silkwire/news"
	"silkwire/store"
	"silkwire/taxonomy"
)

// archivePage is how many items are read, and written, at a time.
const archivePage = 200

// eachPage calls f with every page of the archive, newest items first, with
// text and evidence if full is set, and says on progress how far it has got.
func eachPage(ctx context.Context, st store.Items, full bool, progress io.Writer, f func([]news.Item) error) error {
	q := store.Query{Limit: archivePage, Count: true, WithText: full}
	done, total := 0, 0
	for {
		page, err := st.Find(ctx, q)
		if err != nil {
			return err
		}
		if q.Count {
			total = page.Total
		}
		if err := f(page.Items); err != nil {
			return err
		}
		done += len(page.Items)
		fmt.Fprintf(progress, "%d of %d items\n", done, max(done, total))
		if page.Next == "" {
			return nil
		}
		q.Cursor, q.Count = page.Next, false
	}
}

// examplesShown is how many sentences show what comes or goes of a concept.
const examplesShown = 2

// turnover counts what comes and what goes, with examples.
type turnover struct {
	came, went int
	examples   []string
}

func (t *turnover) note(came bool, example string) {
	sign := "-"
	if came {
		sign = "+"
		t.came++
	} else {
		t.went++
	}
	n := 0
	for _, e := range t.examples {
		if strings.HasPrefix(e, sign) {
			n++
		}
	}
	if n < examplesShown && example != "" {
		t.examples = append(t.examples, sign+" "+example)
	}
}

// impact is what another tagging changes, over many items.
type impact struct {
	items, touched int
	tags           map[news.ConceptID]*turnover
	events         map[eventName]*turnover
	relevance      turnover
}

// eventName is what makes two events of an item the same.
type eventName struct{ actor, instrument, recipient news.ConceptID }

func newImpact() *impact {
	return &impact{tags: map[news.ConceptID]*turnover{}, events: map[eventName]*turnover{}}
}

// add compares two taggings of an item. Its body must be at hand for the
// examples. Reviews come in here once the archive keeps them: a tag or event
// that goes although an analyst has confirmed it belongs into the report.
func (im *impact) add(it *news.Item, before, after *news.Tagging) {
	im.items++
	changed := im.addTags(it, before, after, false)
	changed = im.addTags(it, after, before, true) || changed
	changed = im.addEvents(before, after, false) || changed
	changed = im.addEvents(after, before, true) || changed
	if before.Relevant != after.Relevant {
		im.relevance.note(after.Relevant, clip(it.Title))
		changed = true
	}
	if changed {
		im.touched++
	}
}

// addTags notes the tags that have has and lacks has not.
func (im *impact) addTags(it *news.Item, have, lacks *news.Tagging, came bool) (changed bool) {
	for i := range have.Tags {
		tag := &have.Tags[i]
		if slices.ContainsFunc(lacks.Tags, func(x news.Tag) bool { return x.Concept == tag.Concept }) {
			continue
		}
		noteIn(im.tags, tag.Concept, came, tagExample(it, tag))
		changed = true
	}
	return changed
}

func (im *impact) addEvents(have, lacks *news.Tagging, came bool) (changed bool) {
	for i := range have.Events {
		e := &have.Events[i]
		if slices.ContainsFunc(lacks.Events, func(x news.Event) bool { return nameOf(&x) == nameOf(e) }) {
			continue
		}
		noteIn(im.events, nameOf(e), came, clip(e.Evidence.Text))
		changed = true
	}
	return changed
}

func nameOf(e *news.Event) eventName { return eventName{e.Actor, e.Instrument, e.Recipient} }

func noteIn[K comparable](m map[K]*turnover, key K, came bool, example string) {
	t, ok := m[key]
	if !ok {
		t = &turnover{}
		m[key] = t
	}
	t.note(came, example)
}

// tagExample is the sentence that proves a tag.
func tagExample(it *news.Item, tag *news.Tag) string {
	if len(tag.Evidence) == 0 {
		return clip("implied by " + join(tag.By) + ": " + it.Title)
	}
	e := &tag.Evidence[0]
	field := it.Body()
	if e.Field == "title" {
		field = it.Title
	}
	if e.Sentence.Start < 0 || e.Sentence.End > len(field) || e.Sentence.Start >= e.Sentence.End {
		return clip(e.Text)
	}
	return fmt.Sprintf("%q in: %s", oneLine(e.Text), clip(field[e.Sentence.Start:e.Sentence.End]))
}

// clip makes a line for a terminal of what strangers wrote.
func clip(s string) string {
	const most = 160
	runes := []rune(oneLine(s))
	if len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return string(runes)
}

// oneLine leaves out what moves a terminal's cursor.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// print shows the impact, the greatest changes first.
func (im *impact) print(out io.Writer, before, after *taxonomy.Taxonomy) {
	name := func(id news.ConceptID) string {
		if _, ok := after.Concept(id); ok {
			return after.Name(id)
		}
		return before.Name(id)
	}
	fmt.Fprintf(out, "%d items compared, %d change\n", im.items, im.touched)
	if len(im.tags) > 0 {
		fmt.Fprintln(out, "\ntags:")
	}
	printTurnovers(out, im.tags, func(id news.ConceptID) string { return fmt.Sprintf("%s (%s)", id, name(id)) })
	if len(im.events) > 0 {
		fmt.Fprintln(out, "\nevents:")
	}
	printTurnovers(out, im.events, func(e eventName) string {
		return fmt.Sprintf("%s → %s → %s", name(e.actor), name(e.instrument), name(e.recipient))
	})
	if im.relevance.came+im.relevance.went > 0 {
		fmt.Fprintf(out, "\nrelevance: %d items become relevant, %d no longer are\n", im.relevance.came, im.relevance.went)
		printExamples(out, &im.relevance)
	}
}

func printTurnovers[K comparable](out io.Writer, m map[K]*turnover, name func(K) string) {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b K) int {
		return cmp.Or(cmp.Compare(m[b].came+m[b].went, m[a].came+m[a].went), cmp.Compare(name(a), name(b)))
	})
	for _, k := range keys {
		fmt.Fprintf(out, "  %+5d %+5d  %s\n", m[k].came, -m[k].went, name(k))
		printExamples(out, m[k])
	}
}

func printExamples(out io.Writer, t *turnover) {
	for _, e := range t.examples {
		fmt.Fprintf(out, "               %s\n", e)
	}
}
