package monitor

import (
	"testing"
	"time"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestSchedulesThatWouldHarmAreRefused(t *testing.T) { // C6
	for _, spec := range []string{
		"TZ=UTC", "TZ=UTC 0 7 * * *", "CRON_TZ=UTC 0 7 * * *", "@every 0s", "@every -5m", "@every 1s", "@every 60", "@every",
		"0 0 30 2 *", "", "* * * *", "61 * * * *", "@yearlyish", "0 0 7 * * *",
	} {
		if s, err := ParseSchedule(spec, time.UTC, time.Minute); err == nil {
			t.Errorf("%q was accepted; next %s", spec, s.Next(time.Unix(0, 0)))
		}
	}
}

func TestDailyTimesSurviveTheClocksJumps(t *testing.T) { // T1 T2 T3 T12 T13
	at := func(zoneName, local string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04", local, zone(t, zoneName))
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, c := range []struct{ name, zone, spec, from, want string }{
		{"an ordinary night", "Asia/Tashkent", "0 7 * * *", "2026-11-21 06:00", "2026-11-21T02:00:00Z"},
		{"T1 the hour that spring skips", "Europe/Berlin", "30 2 * * *", "2026-03-28 12:00", "2026-03-29T01:00:00Z"},
		{"T1 New York", "America/New_York", "30 2 * * *", "2026-03-07 12:00", "2026-03-08T07:00:00Z"},
		{"T2 the first of two", "Europe/Berlin", "30 2 * * *", "2026-10-24 12:00", "2026-10-25T00:30:00Z"},
		{"T3 a jump of half an hour", "Australia/Lord_Howe", "15 2 * * *", "2026-10-03 12:00", "2026-10-03T15:30:00Z"},
		{"T12 day of month or weekday", "UTC", "0 0 1 * MON", "2026-11-24 00:00", "2026-11-30T00:00:00Z"},
		{"T13 leap day", "UTC", "0 0 29 2 *", "2026-11-21 00:00", "2028-02-29T00:00:00Z"},
		{"T13 the 31st", "UTC", "0 0 31 * *", "2026-11-01 00:00", "2026-12-31T00:00:00Z"},
	} {
		s, err := ParseSchedule(c.spec, zone(t, c.zone), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Next(at(c.zone, c.from)).Format(time.RFC3339); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestAYearHasEveryDailyTimeOnce(t *testing.T) {
	for _, name := range []string{"Asia/Tashkent", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"} {
		for _, spec := range []string{"30 1 * * *", "30 2 * * *", "0 0 * * *", "15 2 * * *"} {
			z := zone(t, name)
			s, err := ParseSchedule(spec, z, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			from := time.Date(2026, 1, 1, 12, 0, 0, 0, z)
			_, n := s.Last(from, from.AddDate(1, 0, 0))
			if n != 365 {
				t.Errorf("%s %q: %d times in a year", name, spec, n)
			}
		}
	}
}

func TestHourlySchedulesFollowTheClockAsItRuns(t *testing.T) { // T2
	z := zone(t, "Europe/Berlin")
	s, err := ParseSchedule("*/30 * * * *", z, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	night := time.Date(2026, 10, 24, 22, 0, 0, 0, time.UTC)
	if _, n := s.Last(night, night.Add(4*time.Hour)); n != 8 {
		t.Errorf("%d times in four hours of an autumn night, want 8", n)
	}
}
