package monitor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"silkwire/news"
	"silkwire/store"
)

func TestTheFirstVisitOfASourceIsAtOnce(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.start(hourly(sources(40)...))
		time.Sleep(time.Second)
		if n := len(b.press.times("")); n != 40 {
			b.Errorf("%d of 40 sources were visited in the first second", n)
		}
		if most := b.press.most["*"]; most > 16 {
			b.Errorf("%d visits at a time", most)
		}
	})
}

func TestVisitsOfOneHostNeverOverlap(t *testing.T) { // N43
	inBubble(t, func(b *bench) {
		b.press.answer = func(ctx context.Context, src news.Source, n int) (news.Batch, error) {
			if strings.Contains(src.URL, "slow") {
				return oneItem(src, n), takes(ctx, 40*time.Second)
			}
			return oneItem(src, n), nil
		}
		plan := hourly(source("quick"))
		for i := range 20 {
			address := fmt.Sprintf("https://slow.example/%d", i)
			if i%2 == 1 {
				address = fmt.Sprintf("https://WWW.slow.example/%d", i)
			}
			plan.Sources = append(plan.Sources, sourceAt(fmt.Sprintf("slow-%d", i), address))
		}
		b.start(plan)
		time.Sleep(30 * time.Minute)
		if most := b.press.most["slow.example"]; most != 1 {
			b.Errorf("%d visits at a time at one host", most)
		}
		if n := len(b.press.times("")); n < 21 {
			b.Errorf("%d visits in half an hour, want one of each source", n)
		}
		if first := b.press.times("quick")[0]; first.Sub(morning) > time.Second {
			b.Errorf("a quick host waited %v for a slow one", first.Sub(morning))
		}
	})
}

func TestNoSourceIsVisitedSoonerThanItsInterval(t *testing.T) {
	inBubble(t, func(b *bench) {
		wish := source("wish")
		eager := source("eager")
		eager.Schedule = scheduled(t, "*/5 * * * *", time.Minute)
		b.press.answer = func(_ context.Context, src news.Source, n int) (news.Batch, error) {
			batch := oneItem(src, n)
			switch src.ID {
			case "wish":
				batch.Wait = 7 * time.Hour
			case "forgetful":
				batch.Checkpoint = news.Checkpoint{}
			}
			return batch, nil
		}
		b.start(hourly(source("plain"), wish, eager, source("forgetful")))
		time.Sleep(5 * 24 * time.Hour)
		for id, least := range map[news.SourceID]time.Duration{
			"plain": time.Hour, "wish": 7 * time.Hour, "eager": time.Hour, "forgetful": 4 * time.Hour,
		} {
			gaps := b.press.gaps(id)
			if got := b.shortest(gaps); got < least {
				b.Errorf("%s was visited again after %v, want %v at least", id, got, least)
			}
			if most := gaps[len(gaps)-1]; most > 2*least {
				b.Errorf("%s, which always has news, is visited every %v", id, most)
			}
		}
	})
}

func TestAQuietSourceIsVisitedLessOften(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.press.answer = func(_ context.Context, src news.Source, _ int) (news.Batch, error) { return nothing(src), nil }
		b.start(hourly(source("quiet")))
		time.Sleep(10 * 24 * time.Hour)
		gaps := b.press.gaps("quiet")
		if last := gaps[len(gaps)-1]; last < 11*time.Hour || last > 14*time.Hour {
			b.Errorf("after ten quiet days it is visited every %v, want about twelve hours", last)
		}
	})
}

func TestPublicHostsHaveAFloorThatNoConfigurationLowers(t *testing.T) {
	inBubble(t, func(b *bench) {
		v := source("public")
		v.Schedule = scheduled(t, "@every 1s", time.Second)
		b.start(Plan{Sources: []Visitable{v}, Workers: 1, MinInterval: time.Second})
		time.Sleep(24 * time.Hour)
		if got := b.shortest(b.press.gaps("public")); got < 15*time.Minute {
			b.Errorf("visited again after %v", got)
		}
	})
}

func TestIntranetHostsObeyOnlyTheShortestInterval(t *testing.T) {
	inBubble(t, func(b *bench) {
		every := intranet("every")
		every.Schedule = scheduled(t, "@every 1s", time.Second)
		b.press.answer = func(_ context.Context, src news.Source, _ int) (news.Batch, error) {
			batch := nothing(src)
			batch.Wait, batch.Checkpoint = time.Hour, news.Checkpoint{}
			return batch, nil
		}
		b.start(Plan{Sources: []Visitable{intranet("plain"), every}, Workers: 4, MinInterval: 5 * time.Second})
		time.Sleep(time.Minute)
		for _, id := range []news.SourceID{"plain", "every"} {
			if n := len(b.press.times(id)); n < 11 || n > 13 {
				b.Errorf("%s: %d visits in a minute, want one in five seconds", id, n)
			}
		}
	})
}

func TestFailuresBackOff(t *testing.T) { // N29 N31 N34
	if testing.Short() {
		t.Skip("weeks, minute by minute")
	}
	ills := map[news.SourceID]struct {
		outcome news.Outcome
		wish    time.Duration
		first   time.Duration // pause; upward by a tenth
	}{
		"ill": {news.HTTPError, 0, time.Hour}, "lost": {news.NotFound, 0, time.Hour}, "closed": {news.Denied, 0, 6 * time.Hour},
		"busy": {news.SlowDown, 9 * time.Hour, 9 * time.Hour}, "forged": {news.TLS, 0, time.Hour},
	}
	inBubble(t, func(b *bench) {
		b.press.answer = func(_ context.Context, src news.Source, _ int) (news.Batch, error) {
			return news.Batch{}, failure(ills[src.ID].outcome, ills[src.ID].wish)
		}
		var plan Plan
		for id := range ills {
			plan.Sources = append(plan.Sources, source(string(id)))
		}
		b.start(hourly(plan.Sources...))
		time.Sleep(13 * 24 * time.Hour)
		for id, c := range ills {
			gaps := b.press.gaps(id)
			if got := b.shortest(gaps); got < c.first || got > c.first*11/10 {
				b.Errorf("%s: the first pause is %v, want %v", c.outcome, got, c.first)
			}
			if got := gaps[len(gaps)-1]; got < 24*time.Hour || got > 27*time.Hour {
				b.Errorf("%s: the pauses grow to %v, want a day", c.outcome, got)
			}
			st := b.state(id)
			if st.Failures != len(gaps)+1 || st.Outcome != c.outcome || !st.FailedSince.Equal(morning) || st.Paused != "" {
				b.Errorf("%s: the state after %d failures: %+v", c.outcome, len(gaps)+1, st)
			}
		}
		time.Sleep(25 * 24 * time.Hour) // N29: never forgotten, but asked once a week
		for id, c := range ills {
			gaps := b.press.gaps(id)
			if got := gaps[len(gaps)-1]; got < 7*24*time.Hour || got > 8*24*time.Hour {
				b.Errorf("%s: after weeks it is tried every %v", c.outcome, got)
			}
		}
	})
}

func TestAWishForCenturiesIsCutToAMonth(t *testing.T) { // N35
	inBubble(t, func(b *bench) {
		b.press.answer = func(_ context.Context, src news.Source, n int) (news.Batch, error) {
			if n == 0 {
				return news.Batch{}, failure(news.SlowDown, 1e9*time.Second)
			}
			return nothing(src), nil
		}
		b.start(hourly(source("grand")))
		time.Sleep(36 * 24 * time.Hour)
		if gap := b.press.gaps("grand")[0]; gap < 31*24*time.Hour || gap > 35*24*time.Hour {
			b.Errorf("it waited %v", gap)
		}
	})
}

func TestASourceRecoversFromItsFailures(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.press.answer = func(_ context.Context, src news.Source, n int) (news.Batch, error) {
			if n < 3 {
				return news.Batch{}, failure(news.HTTPError, 0)
			}
			return oneItem(src, n), nil
		}
		b.start(hourly(source("shaky")))
		time.Sleep(24 * time.Hour)
		st := b.state("shaky")
		if st.Failures != 0 || st.Error != "" || st.Outcome != news.OK || !st.FailedSince.IsZero() || st.Items == 0 {
			b.Errorf("the state of a source that recovered: %+v", st)
		}
	})
}

func TestASourceThatIsGoneIsLeftAloneUntilSomebodyAsks(t *testing.T) { // N30
	inBubble(t, func(b *bench) {
		var back atomic.Bool
		b.press.answer = func(_ context.Context, src news.Source, n int) (news.Batch, error) {
			if back.Load() {
				return oneItem(src, n), nil
			}
			return news.Batch{}, failure(news.Gone, 0)
		}
		gone := source("gone")
		r := b.start(hourly(gone))
		time.Sleep(20 * 24 * time.Hour)
		if n := len(b.press.times("gone")); n != 1 {
			b.Errorf("%d visits after a 410", n)
		}
		if st := b.state("gone"); !strings.Contains(st.Paused, "silkwire visit gone") {
			b.Errorf("it does not say how to go on: %q", st.Paused)
		}
		back.Store(true)
		if _, _, err := r.VisitNow(context.Background(), gone, false); err != nil {
			b.Fatal(err)
		}
		time.Sleep(24 * time.Hour)
		if n := len(b.press.times("gone")); n < 3 {
			b.Errorf("%d visits in all: it was not taken up again", n)
		}
	})
}

func TestAVisitByHandObeysTheFloor(t *testing.T) {
	inBubble(t, func(b *bench) {
		v := source("a")
		m := New(b.store, b.press, b.tagger, hourly(v), discard())
		if _, saved, err := m.VisitNow(context.Background(), v, false); err != nil || len(saved.New) != 1 {
			b.Fatalf("the first: %v, %v", saved, err)
		}
		time.Sleep(59 * time.Minute)
		if _, _, err := m.VisitNow(context.Background(), v, false); !errors.Is(err, ErrEarly) {
			b.Errorf("a second one within the hour: %v", err)
		}
		time.Sleep(2 * time.Minute)
		if _, saved, err := m.VisitNow(context.Background(), v, true); err != nil || len(saved.New) != 0 {
			b.Errorf("a dry one: %v, %v", saved, err)
		}
		if n := len(b.press.times("a")); n != 2 {
			b.Errorf("%d requests", n)
		}
		if stats, err := b.store.Stats(context.Background()); err != nil || stats.Items != 1 {
			b.Errorf("a dry visit was kept: %d items, %v", stats.Items, err)
		}
	})
}

func TestTwentyRestartsInTenMinutesSendNothingTwice(t *testing.T) { // T11 P2
	inBubble(t, func(b *bench) {
		b.press.answer = func(ctx context.Context, src news.Source, n int) (news.Batch, error) {
			if src.ID == "endless" {
				return news.Batch{}, takes(ctx, time.Hour)
			}
			return oneItem(src, n), takes(ctx, 3*time.Second)
		}
		plan := hourly(append(sources(10), source("endless"))...)
		for range 20 {
			r := b.start(plan)
			time.Sleep(5 * time.Second)
			r.end()
			time.Sleep(15 * time.Second)
		}
		if n := len(b.press.times("")); n != 11 {
			b.Errorf("%d visits of eleven sources", n)
		}
		if n := b.state("s3").Counters.Visits; n != 1 {
			b.Errorf("the archive remembers %d visits", n)
		}
	})
}

func TestAVisitThatSentNothingBeforeTheEndIsMadeAtTheNextStart(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.press.answer = func(ctx context.Context, src news.Source, n int) (news.Batch, error) {
			if n == 0 { // it waits for its turn at the host
				<-ctx.Done()
				return news.Batch{}, &news.VisitError{Outcome: news.Interrupted, Err: ctx.Err()}
			}
			return oneItem(src, n), nil
		}
		r := b.start(hourly(source("queued")))
		time.Sleep(time.Second)
		r.end()
		b.start(hourly(source("queued")))
		time.Sleep(time.Second)
		if n := len(b.press.times("queued")); n != 2 {
			b.Errorf("%d visits", n)
		}
	})
}

func TestThreeDaysDownAreOneVisitOfEachSource(t *testing.T) { // T8
	inBubble(t, func(b *bench) {
		plan := hourly(append(sources(60), intranet("near"))...)
		r := b.start(plan)
		time.Sleep(time.Minute)
		r.end()
		time.Sleep(3 * 24 * time.Hour)
		before := len(b.press.times(""))
		b.start(plan)
		time.Sleep(time.Second)
		if n := len(b.press.times("near")); n != 2 {
			b.Errorf("the intranet's source waits: %d visits", n)
		}
		if burst := len(b.press.times("")) - before; burst > 10 {
			b.Errorf("%d visits in the first second", burst)
		}
		time.Sleep(16 * time.Minute)
		if n := len(b.press.times("")) - before; n != 61 {
			b.Errorf("%d visits of 61 sources in the first quarter of an hour", n)
		}
	})
}

func TestAMachineThatSleptDoesNotBurst(t *testing.T) { // T4
	inBubble(t, func(b *bench) {
		var asleep atomic.Bool
		b.store = &moody{Store: b.store, states: func() {
			if asleep.CompareAndSwap(true, false) {
				time.Sleep(30 * time.Hour)
			}
		}}
		r := b.start(hourly(sources(60)...))
		time.Sleep(time.Minute)
		before := len(b.press.times(""))
		asleep.Store(true)
		time.Sleep(30*time.Hour + time.Minute)
		synctest.Wait()
		if burst := len(b.press.times("")) - before; burst > 20 {
			b.Errorf("%d visits in the minute after waking up", burst)
		}
		time.Sleep(20 * time.Minute)
		if n := len(b.press.times("")) - before; n != 60 {
			b.Errorf("%d visits of 60 sources after waking up", n)
		}
		r.end()
	})
}

func TestAClockThatIsSetBackFreezesNothing(t *testing.T) { // T5
	inBubble(t, func(b *bench) {
		v := source("a")
		r := b.start(hourly(v))
		time.Sleep(time.Minute)
		r.end()
		// What was written before the step is from two hours ahead now.
		st := b.state("a")
		st.LastVisit, st.Due = st.LastVisit.Add(2*time.Hour), st.Due.Add(2*time.Hour)
		must(b, b.store.PutSource(context.Background(), st))
		ahead := morning.Add(2 * time.Hour)
		must(b, b.store.Done(context.Background(), store.Run{Job: "visit a", Due: ahead, Started: ahead, Outcome: news.OK}))
		b.start(hourly(v))
		time.Sleep(50 * time.Minute)
		if n := len(b.press.times("a")); n != 1 {
			b.Errorf("%d visits within the hour", n)
		}
		time.Sleep(25 * time.Minute)
		if n := len(b.press.times("a")); n != 2 {
			b.Errorf("%d visits after the interval has passed on the new clock", n)
		}
	})
}

func TestAPanicIsTheFaultOfOneVisit(t *testing.T) { // H11
	inBubble(t, func(b *bench) {
		b.press.answer = func(_ context.Context, src news.Source, n int) (news.Batch, error) {
			if src.ID == "broken" {
				panic("index out of range")
			}
			return oneItem(src, n), nil
		}
		b.tagger = taggerFunc(func(it *news.Item) news.Tagging {
			if it.Source == "untaggable" {
				panic("no such state")
			}
			return news.Tagging{}
		})
		b.start(hourly(source("broken"), source("untaggable"), source("sound")))
		time.Sleep(time.Minute)
		for id, want := range map[news.SourceID]news.Outcome{"broken": news.Internal, "untaggable": news.Internal, "sound": news.OK} {
			if got := b.state(id).Outcome; got != want {
				b.Errorf("%s: %s, want %s", id, got, want)
			}
		}
		if st := b.state("untaggable"); st.Checkpoint.ETag != "" {
			b.Error("the validators of items that were not kept are kept")
		}
		time.Sleep(3 * time.Hour)
		if n := len(b.press.times("broken")); n < 2 {
			b.Error("it was not tried again")
		}
	})
}

type taggerFunc func(*news.Item) news.Tagging

func (f taggerFunc) Tag(it *news.Item) news.Tagging { return f(it) }

func TestNothingIsVisitedWhileTheArchiveCannotBeWritten(t *testing.T) { // D1
	inBubble(t, func(b *bench) {
		var full atomic.Bool
		var claims atomic.Int64
		full.Store(true)
		b.store = &moody{Store: b.store, claim: func() error {
			claims.Add(1)
			if full.Load() {
				return store.ErrFull
			}
			return nil
		}}
		b.start(hourly(source("a")))
		time.Sleep(10*time.Minute + time.Second)
		if n := len(b.press.times("")); n != 0 {
			b.Errorf("%d visits", n)
		}
		if claims := claims.Load(); claims > 12 {
			b.Errorf("the archive was asked %d times in ten minutes", claims)
		}
		full.Store(false)
		time.Sleep(2 * time.Minute)
		if n := len(b.press.times("")); n != 1 {
			b.Errorf("%d visits after there was room again", n)
		}
	})
}

func TestStoppingLetsVisitsEndAndBeginsNone(t *testing.T) { // P1 P2 P5
	inBubble(t, func(b *bench) {
		b.press.answer = func(ctx context.Context, src news.Source, n int) (news.Batch, error) {
			return oneItem(src, n), takes(ctx, 5*time.Second)
		}
		plan := hourly(sources(4)...)
		plan.Workers = 2
		r := b.start(plan)
		time.Sleep(time.Second)
		began := time.Now()
		r.end()
		if took := time.Since(began); took > 5*time.Second {
			b.Errorf("it took %v", took)
		}
		if n := len(b.press.times("")); n != 2 {
			b.Errorf("%d visits, of which two were under way", n)
		}
		if stats, err := b.store.Stats(context.Background()); err != nil || stats.Items != 2 {
			b.Errorf("%d items of the visits under way were kept, %v", stats.Items, err)
		}
		began = time.Now()
		idle := b.start(Plan{Workers: 1})
		synctest.Wait()
		idle.end()
		if took := time.Since(began); took > 0 {
			b.Errorf("an idle monitor took %v to stop", took)
		}
	})
}

func TestStoppingDoesNotWaitForEver(t *testing.T) { // P2
	inBubble(t, func(b *bench) {
		deaf := make(chan struct{})
		b.press.answer = func(ctx context.Context, src news.Source, _ int) (news.Batch, error) {
			if src.ID == "deaf" {
				<-deaf
			}
			<-ctx.Done()
			return news.Batch{}, &news.VisitError{Outcome: news.Interrupted, Requests: 1, Err: ctx.Err()}
		}
		r := b.start(hourly(source("endless"), source("deaf")))
		time.Sleep(time.Second)
		began := time.Now()
		r.end()
		if took := time.Since(began); took > 20*time.Second {
			b.Errorf("it took %v", took)
		}
		if st := b.state("endless"); st.Failures != 0 || st.Outcome.Failed() {
			b.Errorf("stopping counts against the source: %+v", st)
		}
		close(deaf)
		synctest.Wait()
	})
}

func TestAReloadedPlanHoldsFromThenOn(t *testing.T) { // C11
	inBubble(t, func(b *bench) {
		b.press.answer = func(ctx context.Context, src news.Source, n int) (news.Batch, error) {
			return oneItem(src, n), takes(ctx, 10*time.Second)
		}
		r := b.start(hourly(source("stays"), source("goes")))
		time.Sleep(5 * time.Second)
		r.Reload(hourly(source("stays"), source("comes")))
		time.Sleep(24 * time.Hour)
		if n := len(b.press.times("goes")); n != 1 {
			b.Errorf("%d visits of a source that was taken out", n)
		}
		if st := b.state("goes"); st.Outcome != news.OK || st.Items != 1 {
			b.Errorf("the visit that was under way did not end well: %+v", st)
		}
		if first := b.press.times("comes")[0].Sub(morning); first > 6*time.Second {
			b.Errorf("the new source was visited after %v", first)
		}
	})
}

func TestANewAddressIsANewSource(t *testing.T) {
	inBubble(t, func(b *bench) {
		r := b.start(hourly(sourceAt("a", "https://old.example/feed")))
		time.Sleep(time.Second)
		r.Reload(hourly(sourceAt("a", "https://new.example/feed")))
		time.Sleep(time.Second)
		if n := len(b.press.times("a")); n != 2 {
			b.Errorf("%d visits", n)
		}
	})
}

func must(b *bench, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
