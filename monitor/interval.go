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
	due = later(due, now.Add(floor+5*time.Second))
	due = later(due, now.Add(min(wish, longestWait)))
	return due.Add(jitter(v.Source.ID, now, due.Sub(now)))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// adapt moves the interval of a source without a schedule: shorter while every
// visit brings something new, longer while none does.
func adapt(v *Visitable, state *news.SourceState, batch news.Batch, minInterval time.Duration) {
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
	if len(batch.Items) == 0 {
		interval = interval * 5 / 4
	} else {
		interval = interval * 3 / 4
	}
	floor := floorOf(v, minInterval)
	ceiling := longestInterval
	if v.Private {
		ceiling = max(floor, time.Second)
	} else if batch.Checkpoint.ETag == "" && batch.Checkpoint.LastModified == "" {
		floor = max(floor, noValidators)
	}
	state.Interval = news.Seconds(min(max(interval, floor), max(ceiling, floor)).Round(time.Second) / time.Second)
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
