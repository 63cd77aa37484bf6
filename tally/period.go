package tally

import (
	"time"
)

// Steps are the lengths of time that a line is cut into.
func Steps() []string { return []string{"day", "week", "month", "year"} }

// Period names the day, week (by its Monday), month or year that t lies in;
// "" for any other step.
func Period(step string, t time.Time) string {
	switch step {
	case "day":
		return t.Format(time.DateOnly)
	case "week":
		return t.AddDate(0, 0, -(int(t.Weekday())+6)%7).Format(time.DateOnly)
	case "month":
		return t.Format("2006-01")
	case "year":
		return t.Format("2006")
	}
	return ""
}

// Bounds returns the beginning and the end of a period. A name that Period
// does not give has none.
func Bounds(step, name string, zone *time.Location) (from, to time.Time) {
	layout := map[string]string{"day": time.DateOnly, "week": time.DateOnly, "month": "2006-01", "year": "2006"}[step]
	from, err := time.ParseInLocation(layout, name, zone)
	if err != nil {
		return time.Time{}, time.Time{}
	}
	switch step {
	case "day":
		return from, from.AddDate(0, 0, 1)
	case "week":
		return from, from.AddDate(0, 0, 7)
	case "month":
		return from, from.AddDate(0, 1, 0)
	}
	return from, from.AddDate(1, 0, 0)
}

// MostPeriods bounds a time line.
const MostPeriods = 1000

// Periods are all periods from the one of from to that of the last moment
// before to, also those in which nothing happened. Of more than MostPeriods the
// last are returned.
func Periods(step string, from, to time.Time) []string {
	if from.IsZero() || !from.Before(to) {
		return nil
	}
	var list []string
	last := Period(step, to.Add(-1))
	if last == "" {
		return nil
	}
	for name := Period(step, from); ; {
		list = append(list, name)
		if name == last {
			break
		}
		_, next := Bounds(step, name, from.Location())
		name = Period(step, next)
	}
	return list[max(0, len(list)-MostPeriods):]
}
