package words

import (
	"strconv"
	"strings"
	"time"
)

// Calendar is how a language writes dates. A pattern has {d}, {m} and {y} for
// the numbers, {month}, {mon} and {day} for the names, and {date} and {time}
// where it puts others together.
type Calendar struct {
	Months      []string `yaml:"months"`       // as they stand in a date
	MonthsAlone []string `yaml:"months_alone"` // as they stand without a day
	MonthsShort []string `yaml:"months_short"`
	Days        []string `yaml:"days"` // from Sunday

	Date       string `yaml:"date"`       // 2 January 2006
	ShortDate  string `yaml:"short_date"` // 2 Jan 2006
	DayMonth   string `yaml:"day_month"`  // 2 January
	Month      string `yaml:"month"`      // January 2006
	ShortMonth string `yaml:"short_month"`
	Moment     string `yaml:"moment"`  // 2 Jan 2006, 15:04
	Weekday    string `yaml:"weekday"` // Monday, 2 January
}

// Date writes a day: "2 January 2006".
func (l *Language) Date(t time.Time) string { return l.calendar.write(l.calendar.Date, t) }

// ShortDate writes a day: "2 Jan 2006".
func (l *Language) ShortDate(t time.Time) string { return l.calendar.write(l.calendar.ShortDate, t) }

// DayMonth writes a day of this year: "2 January".
func (l *Language) DayMonth(t time.Time) string { return l.calendar.write(l.calendar.DayMonth, t) }

// Month writes a month: "January 2006".
func (l *Language) Month(t time.Time) string { return l.calendar.write(l.calendar.Month, t) }

// ShortMonth writes a month: "Jan 2006".
func (l *Language) ShortMonth(t time.Time) string { return l.calendar.write(l.calendar.ShortMonth, t) }

// Moment writes a day and the time of day: "2 Jan 2006, 15:04".
func (l *Language) Moment(t time.Time) string {
	return fill(l.calendar.Moment, "{date}", l.ShortDate(t), "{time}", t.Format("15:04"))
}

// Weekday writes a day with its name: "Monday, 2 January", and the year where
// it is wanted.
func (l *Language) Weekday(t time.Time, year bool) string {
	date := l.DayMonth(t)
	if year {
		date = l.Date(t)
	}
	return fill(l.calendar.Weekday, "{day}", l.calendar.Days[t.Weekday()], "{date}", date)
}

func (c *Calendar) write(pattern string, t time.Time) string {
	i := t.Month() - 1
	return fill(pattern, "{d}", strconv.Itoa(t.Day()), "{m}", t.Format("01"), "{y}", strconv.Itoa(t.Year()),
		"{month}", c.Months[i], "{alone}", c.MonthsAlone[i], "{mon}", c.MonthsShort[i])
}

func fill(pattern string, pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(pattern)
}
