package monitor

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule says when a job is due. It is a cron expression in a time zone,
// without the surprises of clocks that jump: a time of day that a spring night
// skips is due right after the jump, and one that an autumn night repeats is
// due once; expressions for every hour or less follow the clock as it runs.
type Schedule struct {
	Spec string
	zone *time.Location
	cron cron.Schedule
	// daily: due at fixed times of day, on the clock as people read it.
	daily bool
}

// neverFires is how far ahead a schedule must be due at least once.
const neverFires = 5 * 366 * 24 * time.Hour

// ParseSchedule reads five cron fields, a descriptor like @daily, or "@every
// 1h30m". It refuses what would fire more often than finest, or never.
func ParseSchedule(spec string, zone *time.Location, finest time.Duration) (*Schedule, error) {
	spec = strings.TrimSpace(spec)
	if strings.Contains(spec, "TZ=") {
		return nil, fmt.Errorf("schedule %q: the time zone is a key of its own (timezone: Asia/Tashkent)", spec)
	}
	if every, ok := strings.CutPrefix(spec, "@every "); ok {
		d, err := time.ParseDuration(strings.TrimSpace(every))
		switch {
		case err != nil:
			return nil, fmt.Errorf("schedule %q: write a duration with its unit, like @every 1h30m", spec)
		case d < finest || d <= 0:
			return nil, fmt.Errorf("schedule %q: finer than %s is not allowed", spec, finest)
		}
	}
	parsed, err := cron.ParseStandard(spec)
	if err != nil {
		return nil, fmt.Errorf("schedule %q: %s; write five fields (minute hour day month weekday), @daily or @every 1h", spec, strings.TrimPrefix(err.Error(), "cron: "))
	}
	s := &Schedule{Spec: spec, zone: zone, cron: parsed, daily: fixedHours(spec)}
	from := time.Date(2024, 1, 1, 0, 0, 0, 0, zone)
	first := parsed.Next(from)
	if first.IsZero() || first.Sub(from) > neverFires {
		return nil, fmt.Errorf("schedule %q: is never due", spec)
	}
	if second := parsed.Next(first); !second.IsZero() && second.Sub(first) < finest {
		return nil, fmt.Errorf("schedule %q: finer than %s is not allowed", spec, finest)
	}
	return s, nil
}

// fixedHours reports whether a schedule names hours of the day.
func fixedHours(spec string) bool {
	if strings.HasPrefix(spec, "@") {
		return spec != "@hourly" && !strings.HasPrefix(spec, "@every")
	}
	hour := strings.Fields(spec)[1]
	return !strings.HasPrefix(hour, "*")
}

// Next is the first time after t at which the schedule is due.
func (s *Schedule) Next(t time.Time) time.Time {
	if !s.daily {
		return s.cron.Next(t.In(s.zone)).UTC()
	}
	wall := asUTC(t.In(s.zone))
	for {
		wall = s.cron.Next(wall)
		if wall.IsZero() {
			return time.Time{}
		}
		if due := fromWall(wall, s.zone); due.After(t) {
			return due.UTC()
		}
	}
}

// Last is the latest time in (after, until] at which the schedule was due, and
// how many there were; the zero time if there was none.
func (s *Schedule) Last(after, until time.Time) (last time.Time, n int) {
	for due := s.Next(after); !due.IsZero() && !due.After(until); due = s.Next(due) {
		last, n = due, n+1
		if n >= 10_000 { // a clock that went wild
			return until, n
		}
	}
	return last, n
}

// asUTC is the time that a clock on the wall shows, as if in UTC.
func asUTC(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// fromWall is the first moment at which a clock on the wall of zone shows wall
// or, if it never does, the moment at which it jumps over it.
func fromWall(wall time.Time, zone *time.Location) time.Time {
	t := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, zone)
	if !asUTC(t).Equal(wall) {
		return jump(t.Add(-3*time.Hour), t.Add(3*time.Hour), wall, zone)
	}
	for _, back := range []time.Duration{time.Hour, 30 * time.Minute, 2 * time.Hour} {
		if earlier := t.Add(-back); asUTC(earlier.In(zone)).Equal(wall) {
			return earlier
		}
	}
	return t
}

// jump finds the first moment in (low, high] whose wall time is past wall.
func jump(low, high, wall time.Time, zone *time.Location) time.Time {
	for high.Sub(low) > time.Second {
		mid := low.Add(high.Sub(low) / 2).Truncate(time.Second)
		if !mid.After(low) {
			break
		}
		if asUTC(mid.In(zone)).After(wall) {
			high = mid
		} else {
			low = mid
		}
	}
	return high.Truncate(time.Second)
}
