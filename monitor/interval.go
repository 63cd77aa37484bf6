package monitor

import (
	"time"

	"silkwire/news"
)

// Bounds of the adaptive interval.
const (
	firstInterval   = time.Hour
	longestInterval = 12 * time.Hour
	noValidators    = 4 * time.Hour    // a server that cannot say "unchanged" is asked less often
	publicFloor     = 15 * time.Minute // whatever the configuration says
	longestWait     = 31 * 24 * time.Hour
	longestBackOff  = 24 * time.Hour
)

// floorOf is the shortest time between two visits of a source.
func floorOf(v *Visitable, configured time.Duration) time.Duration {
	if v.Private {
		return configured
	}
	return max(configured, publicFloor)
}

// pollFloor is floorOf, and longer for a server that cannot say "unchanged",
// unless the operator gave the source a schedule of its own (politeness 4, 5).
func pollFloor(v *Visitable, state *news.SourceState, configured time.Duration) time.Duration {
	floor, cp := floorOf(v, configured), &state.Checkpoint
	if v.Private || v.Schedule != nil || state.LastSuccess.IsZero() || cp.ETag != "" || cp.LastModified != "" {
		return floor
	}
	return max(floor, noValidators)
}

// next is when a source is due again: by its schedule or its interval, never
// sooner than the floor and the server's own wish allow.
func next(v *Visitable, state *news.SourceState, minInterval, wish time.Duration, now time.Time) time.Time {
	floor := floorOf(v, minInterval)
	var due time.Time
	switch {
	case v.Schedule != nil:
		due = v.Schedule.Next(now)
	default:
		interval := max(state.Interval.Duration(), floor)
		if state.Interval == 0 && !v.Private {
			interval = max(firstInterval, floor)
		}
		due = now.Add(interval)
	}
	if v.Private {
		return later(due, now.Add(floor))
	}
	if v.Schedule == nil {
		due = stretch(state.Rhythm, now, due)
	}
	wishes := state.Checkpoint.Wishes
	wish = max(wish, min(max(wishes.Every, wishes.Fresh).Duration(), longestWait))
	due = later(due, now.Add(floor+5*time.Second))
	due = later(due, now.Add(min(wish, longestWait)))
	return open(v, state, due.Add(jitter(v.Source.ID, now, due.Sub(now))))
}

// open moves a time out of the hours and days that the source wants to be left
// alone (skipHours, skipDays), and not to the very beginning of those after.
func open(v *Visitable, state *news.SourceState, due time.Time) time.Time {
	moved := state.Checkpoint.Wishes.Open(due)
	if moved.Equal(due) {
		return due
	}
	return moved.Add(jitter(v.Source.ID, due, 5*time.Hour)) // within half an hour
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// adapt moves the interval of a source without a schedule by the share of what
// a visit brought that was not known: far shorter when half of the document is
// new, so that nothing falls off its end unseen; longer while there is nothing.
func adapt(v *Visitable, state *news.SourceState, batch news.Batch, fresh int, minInterval time.Duration) {
	if v.Schedule != nil {
		state.Interval = 0
		return
	}
	interval := state.Interval.Duration()
	if interval == 0 {
		interval = firstInterval
		if v.Private {
			interval = max(minInterval, time.Second)
		}
	}
	if batch.Checkpoint.VisitCount != 1 { // all is new at the first
		interval = time.Duration(float64(interval) * change(fresh, max(batch.Checkpoint.Items, len(batch.Items)), slowed(state)))
	}
	floor := pollFloor(v, state, minInterval)
	ceiling := longestInterval
	if v.Private {
		ceiling = max(floor, time.Second)
	}
	if slowed(state) {
		ceiling = longestBackOff
	}
	state.Interval = news.Seconds(min(max(interval, floor), max(ceiling, floor)).Round(time.Second) / time.Second)
}

// change is by how much the interval changes when so many of all items were
// new. A server that asked us to slow down is asked more often again only
// slowly (politeness 7).
func change(fresh, all int, slowed bool) float64 {
	switch {
	case fresh == 0:
		return 1.25
	case slowed:
		return 0.9
	case 2*fresh >= all:
		return 0.5
	case 5*fresh >= all:
		return 0.75
	}
	return 0.9
}

// slowed reports whether the server asked us lately to slow down.
func slowed(state *news.SourceState) bool {
	return !state.Slowed.IsZero() && state.LastSuccess.Sub(state.Slowed) < 7*24*time.Hour
}

// deadAfter is how long a source must have failed to be asked only once a week.
const deadAfter = 14 * 24 * time.Hour

// backOff is how long a source is left alone after so many failures in so long
// a time.
func backOff(o news.Outcome, failures int, since, wish, floor time.Duration) time.Duration {
	first := 5 * time.Minute
	switch o {
	case news.NotFound, news.SlowDown:
		first = time.Hour
	case news.Denied, news.Challenge, news.Robots:
		first = 6 * time.Hour
	}
	if floor < publicFloor { // intranet
		first = floor
	}
	d := first << min(failures-1, 12)
	d = min(max(d, floor), longestBackOff)
	if since > deadAfter {
		d = 7 * 24 * time.Hour
	}
	return max(d, min(wish, longestWait))
}
