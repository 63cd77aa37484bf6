package monitor

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"silkwire/digest"
	"silkwire/news"
	"silkwire/store"
	"silkwire/store/bolt"
)

// The tests of this file let days go by with digests due, in the time zones of
// readers, on one archive: an item comes every hour, and whatever clocks do,
// the windows of the editions meet without a gap and every item is told once.

// reader is somebody who gets a digest.
type reader struct {
	*testing.T
	path   string
	zone   *time.Location
	spec   string
	policy CatchUp
	items  int
}

func newReader(t *testing.T, zoneName, spec string, policy CatchUp) *reader {
	return &reader{T: t, path: filepath.Join(t.TempDir(), "silkwire.db"), zone: zone(t, zoneName), spec: spec, policy: policy}
}

// local is a time on the reader's wall.
func (r *reader) local(wall string) time.Time {
	r.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", wall, r.zone)
	if err != nil {
		r.Fatal(err)
	}
	return at
}

// lives lets a daemon live from one time on the clock to another. Two lives may
// overlap: then the clock was set back between them.
func (r *reader) lives(from, to string) {
	r.Helper()
	begin, end := r.local(from), r.local(to)
	synctest.Test(r.T, func(t *testing.T) {
		time.Sleep(time.Until(begin))
		st, err := bolt.Open(r.path, bolt.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		m := New(st, &press{}, silent{}, Plan{Chores: []Chore{r.chore(t, st)}}, slog.New(slog.DiscardHandler))
		go func() { ended <- m.Run(ctx) }()
		for time.Now().Before(end) {
			r.item(t, st)
			time.Sleep(min(time.Hour, time.Until(end)))
		}
		synctest.Wait()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
}

// item saves another item, seen now.
func (r *reader) item(t *testing.T, st *bolt.Store) {
	r.items++
	address := fmt.Sprintf("https://one.example/%d", r.items)
	it := news.Item{
		ID: news.NewItemID("one", address, ""), Outlet: "one", Source: "one", URL: address, Title: fmt.Sprint("Item number ", r.items),
		Published: time.Now(), Fetched: time.Now(), Tagging: news.Tagging{Lang: "en", Relevant: true, Relevance: 0.9},
	}
	if _, err := st.Save(context.Background(), []news.Item{it}, news.SourceState{ID: "one"}); err != nil {
		t.Fatal(err)
	}
}

func (r *reader) chore(t *testing.T, st *bolt.Store) Chore {
	schedule, err := ParseSchedule(r.spec, r.zone, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	desk := &digest.Desk{Store: st, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	profile := digest.Profile{ID: "daily", Zone: r.zone, MaxStories: 500}
	return Chore{Name: "digest daily", Schedule: schedule, CatchUp: r.policy, Do: func(ctx context.Context, due time.Time) error {
		_, err := desk.Issue(ctx, profile, due)
		return err
	}}
}

// editions are those that were issued, in the order of their windows.
func (r *reader) editions() (list []store.Edition) {
	r.Helper()
	st, err := bolt.Open(r.path, bolt.Options{NoSync: true})
	if err != nil {
		r.Fatal(err)
	}
	heads, err := st.EditionList(context.Background(), "daily", 1000)
	if err != nil {
		r.Fatal(err)
	}
	for _, h := range heads {
		e, err := st.Edition(context.Background(), h.ID)
		if err != nil {
			r.Fatal(err)
		}
		list = append(list, e)
	}
	if err := st.Close(); err != nil {
		r.Fatal(err)
	}
	slices.SortFunc(list, func(a, b store.Edition) int { return a.To.Compare(b.To) })
	return list
}

// got asserts when editions were due, on the reader's wall, and that together
// they leave nothing out and tell nothing twice.
func (r *reader) got(want ...string) {
	r.Helper()
	var dues []string
	told := map[news.ItemID]int{}
	list := r.editions()
	for i, e := range list {
		dues = append(dues, e.To.In(r.zone).Format("2 Jan 15:04"))
		if i > 0 && !e.From.Equal(list[i-1].To) {
			r.Errorf("between %s and %s is a gap", list[i-1].To, e.From)
		}
		for _, it := range e.Told {
			told[it.Item]++
		}
	}
	if !slices.Equal(dues, want) {
		r.Errorf("%s: due at %q, want %q", r.zone, dues, want)
	}
	total := 0
	for id, n := range told {
		if total += n; n != 1 {
			r.Errorf("%s was told %d times", id, n)
		}
	}
	if len(list) > 0 && total < r.items*len(list)/(len(list)+2) {
		r.Errorf("%d of %d items were told", total, r.items)
	}
}

const (
	inTashkent = "Asia/Tashkent"
	inBerlin   = "Europe/Berlin"
	inNewYork  = "America/New_York"
)

func TestADigestInTheHourThatSpringSkipsComesOnce(t *testing.T) { // T1, T3
	for _, c := range []struct {
		zone, from, to string
		want           []string
	}{
		{inBerlin, "2026-03-27 12:00", "2026-03-31 12:00", []string{"28 Mar 02:30", "29 Mar 03:00", "30 Mar 02:30", "31 Mar 02:30"}},
		{inNewYork, "2026-03-06 12:00", "2026-03-10 12:00", []string{"7 Mar 02:30", "8 Mar 03:00", "9 Mar 02:30", "10 Mar 02:30"}},
		{inTashkent, "2026-03-27 12:00", "2026-03-31 12:00", []string{"28 Mar 02:30", "29 Mar 02:30", "30 Mar 02:30", "31 Mar 02:30"}},
	} {
		r := newReader(t, c.zone, "30 2 * * *", CatchUpLatest)
		r.lives(c.from, c.to)
		r.got(c.want...)
	}
}

func TestADigestInTheHourThatAutumnRepeatsComesOnce(t *testing.T) { // T2, T3
	for _, c := range []struct {
		zone, spec, from, to string
		want                 []string
	}{
		{inBerlin, "30 2 * * *", "2026-10-23 12:00", "2026-10-27 12:00", []string{"24 Oct 02:30", "25 Oct 02:30", "26 Oct 02:30", "27 Oct 02:30"}},
		{inNewYork, "30 1 * * *", "2026-10-30 12:00", "2026-11-03 12:00", []string{"31 Oct 01:30", "1 Nov 01:30", "2 Nov 01:30", "3 Nov 01:30"}},
		{inTashkent, "30 2 * * *", "2026-10-23 12:00", "2026-10-26 12:00", []string{"24 Oct 02:30", "25 Oct 02:30", "26 Oct 02:30"}},
	} {
		r := newReader(t, c.zone, c.spec, CatchUpLatest)
		r.lives(c.from, c.to)
		r.got(c.want...)
	}
}

func TestTheMorningStaysTheMorningWhenClocksChange(t *testing.T) { // T1, T2
	for _, c := range []struct{ zone, from, to, first, last string }{
		{inBerlin, "2026-03-27 12:00", "2026-04-01 12:00", "28 Mar", "1 Apr"}, {inBerlin, "2026-10-23 12:00", "2026-10-28 12:00", "24 Oct", "28 Oct"},
		{inNewYork, "2026-03-06 12:00", "2026-03-11 12:00", "7 Mar", "11 Mar"}, {inNewYork, "2026-10-30 12:00", "2026-11-04 12:00", "31 Oct", "4 Nov"},
		{inTashkent, "2026-03-27 12:00", "2026-04-01 12:00", "28 Mar", "1 Apr"},
	} {
		r := newReader(t, c.zone, "0 7 * * *", CatchUpLatest)
		r.lives(c.from, c.to)
		list := r.editions()
		if len(list) != 5 {
			t.Fatalf("%s: %d editions", c.zone, len(list))
		}
		for i, want := range map[int]string{0: c.first, 4: c.last} {
			if got := list[i].To.In(r.zone).Format("2 Jan 15:04"); got != want+" 07:00" {
				t.Errorf("%s: %s, want %s 07:00", c.zone, got, want)
			}
		}
	}
}

func TestALeapDayAndTheTurnOfTheYearHaveTheirDigests(t *testing.T) { // T13
	for _, name := range []string{inTashkent, inBerlin, inNewYork} {
		r := newReader(t, name, "0 7 * * *", CatchUpLatest)
		r.lives("2028-02-27 12:00", "2028-03-01 12:00")
		r.got("28 Feb 07:00", "29 Feb 07:00", "1 Mar 07:00")
		r = newReader(t, name, "0 7 * * *", CatchUpLatest)
		r.lives("2026-12-30 12:00", "2027-01-02 12:00")
		r.got("31 Dec 07:00", "1 Jan 07:00", "2 Jan 07:00")
	}
}

func TestThreeDaysDownAcrossAChangeOfClocksLoseNothing(t *testing.T) { // T8
	for policy, want := range map[CatchUp][]string{
		CatchUpLatest: {"27 Mar 07:00", "30 Mar 07:00", "31 Mar 07:00"},
		CatchUpAll:    {"27 Mar 07:00", "28 Mar 07:00", "29 Mar 07:00", "30 Mar 07:00", "31 Mar 07:00"},
		CatchUpNone:   {"27 Mar 07:00", "31 Mar 07:00"}, // its window reaches back
	} {
		for _, name := range []string{inTashkent, inBerlin, inNewYork} {
			r := newReader(t, name, "0 7 * * *", policy)
			r.lives("2026-03-26 12:00", "2026-03-27 12:00")
			r.lives("2026-03-30 12:00", "2026-03-31 12:00")
			r.got(want...)
		}
	}
}

func TestAClockThatSprangAheadIsCaughtUpOnce(t *testing.T) { // T4
	for _, name := range []string{inTashkent, inBerlin, inNewYork} {
		r := newReader(t, name, "0 7 * * *", CatchUpLatest)
		r.lives("2026-11-20 12:00", "2026-11-21 06:00")
		r.lives("2026-11-21 09:00", "2026-11-21 18:00")
		r.got("21 Nov 07:00")
	}
}

func TestAClockThatWasSetBackTellsNothingTwice(t *testing.T) { // T5
	for _, back := range []string{"2026-11-22 06:00", "2026-11-21 20:00", "2026-11-21 06:30"} {
		for _, name := range []string{inTashkent, inBerlin, inNewYork} {
			r := newReader(t, name, "0 7 * * *", CatchUpLatest)
			r.lives("2026-11-20 12:00", "2026-11-22 08:00")
			r.lives(back, "2026-11-23 08:00")
			r.got("21 Nov 07:00", "22 Nov 07:00", "23 Nov 07:00")
		}
	}
}

func TestWithoutAClockNoDigestIsIssued(t *testing.T) { // T6
	for _, name := range []string{inTashkent, inBerlin, inNewYork} {
		r := newReader(t, name, "0 7 * * *", CatchUpAll)
		r.lives("2000-02-01 12:00", "2000-02-03 12:00")
		if list := r.editions(); len(list) != 0 {
			t.Errorf("%d editions in the year 2000", len(list))
		}
		r.lives("2026-11-20 12:00", "2026-11-22 08:00")
		if list := r.editions(); len(list) != 2 {
			t.Errorf("%d editions when the clock was set", len(list))
		}
	}
}

func TestAClockInTheFarFutureDeletesNothing(t *testing.T) { // T7
	r := newReader(t, inTashkent, "0 7 * * *", CatchUpNone)
	r.lives("2026-11-20 12:00", "2026-11-22 08:00")
	before := r.items
	r.lives("2099-01-01 12:00", "2099-01-01 13:00")
	st, err := bolt.Open(r.path, bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	stats, err := st.Stats(context.Background())
	if err != nil || stats.Items != r.items || before == r.items || stats.Editions != 2 {
		t.Errorf("%d of %d items, %d editions, %v", stats.Items, r.items, stats.Editions, err)
	}
}

func TestOnWeekdaysAndWeekly(t *testing.T) {
	r := newReader(t, inTashkent, "0 7 * * MON-FRI", CatchUpLatest)
	r.lives("2026-11-19 12:00", "2026-11-24 12:00") // a Thursday
	r.got("20 Nov 07:00", "23 Nov 07:00", "24 Nov 07:00")
	weekly := newReader(t, inBerlin, "0 8 * * MON", CatchUpLatest)
	weekly.lives("2026-10-12 06:00", "2026-11-03 12:00") // clocks change in between
	weekly.got("12 Oct 08:00", "19 Oct 08:00", "26 Oct 08:00", "2 Nov 08:00")
}
