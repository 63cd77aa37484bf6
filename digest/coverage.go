package digest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"silkwire/news"
)

// SourceNote says what is wrong with a source.
type SourceNote struct {
	Source  news.SourceID
	Outlet  string
	Trouble Trouble
	Since   time.Time
	Reason  string
}

// Trouble is what is wrong with a source.
type Trouble string

// The troubles of a source.
const (
	Broken    Trouble = "broken"  // its visits fail, or it was given up
	Quiet     Trouble = "quiet"   // its visits succeed and bring nothing
	NoNetwork Trouble = "network" // we had no network
)

// A source counts as broken after this many failures in a row (or while it has
// never answered), and as quiet after this long without an unknown item.
const (
	brokenAfter = 3
	quietAfter  = 7 * 24 * time.Hour
)

// Notes says which of the sources are broken or quiet, by what the archive
// remembers of their visits.
func Notes(sources []news.Source, outlets map[news.OutletID]news.Outlet, states map[news.SourceID]news.SourceState, now time.Time) []SourceNote {
	var list []SourceNote
	for _, s := range sources {
		st, visited := states[s.ID]
		if !visited {
			continue
		}
		if note, wrong := noteOf(st, now); wrong {
			note.Source, note.Outlet = s.ID, cmp.Or(outlets[s.Outlet].Name, string(s.Outlet))
			list = append(list, note)
		}
	}
	slices.SortFunc(list, func(a, b SourceNote) int {
		return cmp.Or(cmp.Compare(a.Trouble, b.Trouble), a.Since.Compare(b.Since), cmp.Compare(a.Source, b.Source))
	})
	return list
}

func noteOf(st news.SourceState, now time.Time) (SourceNote, bool) {
	switch {
	case st.Paused != "":
		return SourceNote{Trouble: Broken, Since: cmp.Or(st.FailedSince, st.LastVisit), Reason: st.Paused}, true
	case st.Outcome == news.NoEgress:
		return SourceNote{Trouble: NoNetwork, Since: st.LastSuccess}, true
	case st.Outcome.Failed() && (st.Failures >= brokenAfter || st.LastSuccess.IsZero()):
		return SourceNote{Trouble: Broken, Since: cmp.Or(st.FailedSince, st.LastVisit), Reason: cmp.Or(st.Error, string(st.Outcome))}, true
	case !st.LastNew.IsZero() && now.Sub(st.LastNew) > quietAfter && now.Sub(st.LastNew) > 5*st.Interval.Duration():
		return SourceNote{Trouble: Quiet, Since: st.LastNew}, true
	}
	return SourceNote{}, false
}

// coverage tells of the sources in trouble, one line each; those without a
// network share a line.
func (c *compiler) coverage() *Coverage {
	w, offline := &c.words, 0
	var lines []string
	for _, n := range c.in.Coverage {
		since := w.day(n.Since.In(c.zone))
		switch n.Trouble {
		case Broken:
			lines = append(lines, fmt.Sprintf(w.broken, string(n.Source), clean(n.Outlet), since, cut(clean(n.Reason), 160)))
		case Quiet:
			lines = append(lines, fmt.Sprintf(w.quiet, string(n.Source), clean(n.Outlet), since))
		case NoNetwork:
			offline++
		}
	}
	if offline > 0 {
		lines = append(lines, fmt.Sprintf(w.noNetwork, w.count(offline, w.sources)))
	}
	if len(lines) == 0 {
		return nil
	}
	return &Coverage{Title: w.coverage, Lines: lines}
}
