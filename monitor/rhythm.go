package monitor

import (
	"fmt"
	"math"
	"time"

	"silkwire/news"
)

// halfLife is after how long what a source did counts half.
const halfLife = 14 * 24 * time.Hour

// observe adds what a visit brought to the source's rhythm. What the first
// visit brings is no rhythm: it is all there was.
func observe(r *news.Rhythm, before news.SourceState, fresh []news.Item, now time.Time) {
	if r.Since.IsZero() {
		r.Since, r.Last = now, now
		return
	}
	fade := math.Exp2(-float64(now.Sub(r.Last)) / float64(halfLife))
	for i := range r.Hours {
		r.Hours[i] = hundredths(r.Hours[i] * fade)
	}
	for i := range r.Days {
		r.Days[i] = hundredths(r.Days[i] * fade)
	}
	r.Gap = news.Seconds(float64(r.Gap) * fade)
	r.Last = now
	for _, it := range fresh {
		at := it.Time()
		if it.DayOnly || at.Before(before.LastSuccess) || at.After(now) {
			at = now
		}
		r.Hours[at.UTC().Hour()]++
		r.Days[at.UTC().Weekday()]++
	}
	if len(fresh) > 0 && !before.LastNew.IsZero() {
		r.Gap = max(r.Gap, news.Seconds(now.Sub(before.LastNew)/time.Second))
	}
}

func hundredths(x float64) float64 { return math.Round(100*x) / 100 }

// rhythm is a source's rhythm as what is to be expected of it.
type rhythm struct {
	news.Rhythm
	days float64 // that the counts stand for
}

// young rhythms say nothing yet: of a week, and of so many items.
const (
	young = 7 * 24 * time.Hour
	few   = 20
)

// known returns what is to be expected by a rhythm, if it is old enough.
func known(r news.Rhythm) (rhythm, bool) {
	total := 0.0
	for _, n := range r.Days {
		total += n
	}
	age := r.Last.Sub(r.Since)
	if age < young || total < few {
		return rhythm{}, false
	}
	weight := float64(halfLife) / math.Ln2 * (1 - math.Exp2(-float64(age)/float64(halfLife)))
	return rhythm{r, weight / float64(24*time.Hour)}, true
}

// hour is how many items are to be expected in the hour that begins at t.
func (r rhythm) hour(t time.Time) float64 {
	t = t.UTC()
	total := 0.0
	for _, n := range r.Days {
		total += n
	}
	if r.days == 0 || total == 0 || holiday(t) {
		return 0
	}
	return r.Hours[t.Hour()] / r.days * 7 * r.Days[t.Weekday()] / total
}

// between is how many items are to be expected in [from, to).
func (r rhythm) between(from, to time.Time) (sum float64) {
	for t := from; t.Before(to); {
		end := t.Truncate(time.Hour).Add(time.Hour)
		if end.After(to) {
			end = to
		}
		sum += r.hour(t) * end.Sub(t).Hours()
		t = end
	}
	return sum
}

// holiday reports whether newsrooms of the region rest: around the New Year, at
// Nowruz, and on the days in March and May that all of them keep.
func holiday(t time.Time) bool {
	switch m, d := t.Month(), t.Day(); m {
	case time.January:
		return d <= 7
	case time.March:
		return d == 8 || d >= 20 && d <= 24
	case time.May:
		return d == 1 || d == 9
	}
	return false
}

// quiet says that a source is silent against its own history; "" if it is not.
// Weekends and holidays are taken into account, and so is how long it has been
// silent before.
func quiet(st *news.SourceState, now time.Time) string {
	r, ok := known(st.Rhythm)
	if !ok || st.LastNew.IsZero() {
		return ""
	}
	silence := now.Sub(st.LastNew)
	missing := r.between(later(st.LastNew, now.Add(-60*24*time.Hour)), now)
	if silence < 24*time.Hour || silence < 2*st.Rhythm.Gap.Duration() || missing < 8 {
		return ""
	}
	return fmt.Sprintf("quiet: nothing new for %d hours, in which it used to publish about %.0f items; see whether the outlet still publishes here", int(silence.Hours()), missing)
}

// stretch puts a visit off while nothing is to be expected, at night for
// example: until there is about one new item, and by its own length at most.
func stretch(st news.Rhythm, now, due time.Time) time.Time {
	r, ok := known(st)
	if !ok {
		return due
	}
	last := now.Add(min(2*due.Sub(now), longestInterval))
	expected := r.between(now, due)
	for expected < 0.5 && due.Add(time.Hour).Before(last) {
		expected += r.between(due, due.Add(time.Hour))
		due = due.Add(time.Hour)
	}
	return due
}
