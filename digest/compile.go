package digest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"silkwire/news"
	"silkwire/text"
)

// Items published this long before the window are counted, not told: they come
// to light when a source is visited for the first time.
const tooOld = 7 * 24 * time.Hour

// Compile makes an edition. It is arithmetic: the same input is the same edition.
func Compile(in Input) Edition {
	c := compiler{in: in, words: wordsIn(in.Profile.Labels), zone: in.Profile.zone()}
	fresh, old := c.toTell()
	stories := c.stories(fresh)
	e := Edition{
		ID: in.ID, Profile: in.Profile.ID, Lang: c.words.lang.String(),
		From: in.From.UTC(), To: in.To.UTC(), Made: in.Now.UTC(),
		Title:       c.words.date(in.To.In(c.zone)),
		Counts:      c.counts(stories, fresh, len(old)),
		Corrections: c.corrections(),
		Surges:      c.surges(fresh),
		Coverage:    c.coverage(),
		URLWord:     c.words.onTheWeb,
		PageWord:    c.words.page,
		TagWord:     c.words.wrongTag,
		Leave:       c.words.leave,
		Footer:      c.footer(),
	}
	shown := stories[:min(len(stories), in.Profile.maxStories())]
	e.Tally, e.Brief = c.tally(stories), c.brief(shown)
	e.Sections = c.sections(shown)
	c.noteOld(&e)
	e.More = len(stories) - len(shown)
	if e.More > 0 {
		e.MoreLine = c.words.count(e.More, c.words.further)
	}
	if in.Profile.BaseURL != "" {
		e.URL = strings.TrimSuffix(in.Profile.BaseURL, "/") + "/editions/" + in.ID
	}
	e.Headline = c.headline(&e, c.unheard(fresh))
	e.Subject = c.subject(&e, shown)
	return e
}

// Empty reports whether an edition tells nothing: no story, correction or surge.
func (e *Edition) Empty() bool {
	return e.Counts.Stories == 0 && e.Corrections == nil && e.Surges == nil
}

type compiler struct {
	in    Input
	words words
	zone  *time.Location
}

// toTell are the items of the window that were not told before, oldest first
// found apart from those that are far too old to be news.
func (c *compiler) toTell() (fresh, old []news.Item) {
	seen := make(map[news.ItemID]bool)
	for _, it := range c.in.Items {
		if _, told := c.in.Told[it.ID]; told || seen[it.ID] {
			continue
		}
		seen[it.ID] = true
		if it.Time().Before(c.in.From.Add(-tooOld)) {
			old = append(old, it)
		} else {
			fresh = append(fresh, it)
		}
	}
	slices.SortFunc(fresh, func(a, b news.Item) int {
		return cmp.Or(a.Time().Compare(b.Time()), cmp.Compare(a.ID, b.ID))
	})
	return fresh, old
}

func (c *compiler) counts(stories []told, fresh []news.Item, old int) Counts {
	outlets, langs, late := map[news.OutletID]bool{}, map[string]bool{}, 0
	for i := range fresh {
		outlets[fresh[i].Outlet] = true
		langs[language(&fresh[i])] = true
	}
	for _, s := range stories {
		if s.late {
			late++
		}
	}
	delete(langs, "")
	return Counts{Stories: len(stories), Items: len(fresh), Outlets: len(outlets), Languages: len(langs), Late: late, Old: old}
}

// language is the one found by the tagger, else the declared one.
func language(it *news.Item) string {
	if l := it.Tagging.Lang; l != "" && l != "und" {
		return l
	}
	if l := text.ParseLang(it.Lang); l != text.Und {
		return l.String()
	}
	return ""
}

// headline is what happened in figures, against what is usual, and what keeps
// the two from being compared.
func (c *compiler) headline(e *Edition, unheard int) []string {
	w := &c.words
	if e.Counts.Stories == 0 {
		return append([]string{w.nothing}, c.sourcesLine())
	}
	n := e.Counts
	lines := []string{fmt.Sprintf(w.headline, w.count(n.Stories, w.stories), w.count(n.Items, w.items),
		w.count(n.Outlets, w.outlets), w.count(n.Languages, w.languages))}
	if usual, ok := c.usual(); ok {
		day := w.weekdays[c.in.To.Add(-c.in.To.Sub(c.in.From)/2).In(c.zone).Weekday()]
		lines = append(lines, fmt.Sprintf(w.usual, day, w.count(int(usual+0.5), w.items)))
	} else {
		lines = append(lines, fmt.Sprintf(w.young, len(c.in.Baseline.Days)))
	}
	if unheard > 0 {
		lines = append(lines, fmt.Sprintf(w.unheard, w.count(unheard, w.sources)))
	}
	if line := c.sourcesLine(); line != "" {
		lines = append(lines, line)
	}
	return lines
}

func (c *compiler) sourcesLine() string {
	w := &c.words
	if len(c.in.Coverage) > 0 {
		return fmt.Sprintf(w.troubled, w.count(len(c.in.Coverage), w.sources), c.in.Sources)
	}
	if c.in.Sources == 0 {
		return ""
	}
	return fmt.Sprintf(w.allFine, w.count(c.in.Sources, w.sources))
}

// noteOld says how many items were too old to tell.
func (c *compiler) noteOld(e *Edition) {
	if e.Counts.Old == 0 {
		return
	}
	note := fmt.Sprintf(c.words.oldNote, c.words.count(e.Counts.Old, c.words.older))
	for i := range e.Sections {
		if e.Sections[i].Kind == lateSection {
			e.Sections[i].Note += " " + note
			return
		}
	}
	e.Footer = append([]string{note}, e.Footer...)
}

// subject says what happened: "Silkwire 21 Nov: 34 stories; Russian House
// opens in Osh". The title is one that the reader can read, else an event.
func (c *compiler) subject(e *Edition, stories []told) string {
	head := "Silkwire " + c.words.day(c.in.To.In(c.zone)) + ": " + c.words.count(e.Counts.Stories, c.words.stories)
	if len(stories) == 0 {
		if e.Corrections != nil {
			return head + "; " + strings.ToLower(e.Corrections.Title)
		}
		return head
	}
	top := stories[0].Title
	if i := slices.IndexFunc(stories[:min(len(stories), 8)], c.readable); i >= 0 {
		top = stories[i].Title
	} else if events := stories[0].Events; len(events) > 0 {
		top = events[0].Line
	}
	return cut(head+"; "+top, 120)
}

// readable reports whether a story's title is in the language of the labels.
func (c *compiler) readable(s told) bool {
	return s.Lang == c.words.lang.String() && len(s.Events) > 0
}

func (c *compiler) footer() []string {
	w := &c.words
	precision := c.in.Precision
	if precision == "" {
		precision = w.unmeasured
	}
	lines := []string{
		fmt.Sprintf(w.footWindow, w.moment(c.in.From.In(c.zone)), w.moment(c.in.To.In(c.zone))) + " " + w.footStories,
		w.footTags,
		fmt.Sprintf(w.footPrecision, precision),
	}
	if v := c.in.TaxonomyVersion; v != "" {
		lines[2] += " " + fmt.Sprintf(w.footTaxonomy, v)
	}
	return lines
}
