package monitor

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"silkwire/news"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// outage is a network that can be taken away.
type outage struct {
	down atomic.Bool
	dead map[news.SourceID]bool // servers that never answer
}

// newOutage is an outage that has begun, with servers that are dead beyond it.
func newOutage(dead ...news.SourceID) *outage {
	o := &outage{dead: map[news.SourceID]bool{}}
	o.down.Store(true)
	for _, id := range dead {
		o.dead[id] = true
	}
	return o
}

func (o *outage) answer(_ context.Context, src news.Source, n int) (news.Batch, error) {
	if o.down.Load() || o.dead[src.ID] {
		return news.Batch{}, failure(news.DNS, 0)
	}
	return oneItem(src, n), nil
}

func TestAnOutageIsSaidOnceAndCountsAgainstNobody(t *testing.T) { // N41
	inBubble(t, func(b *bench) {
		o := newOutage()
		b.press.answer = o.answer
		plan := hourly(sources(30)...)
		plan.Workers = 4
		b.start(plan)
		time.Sleep(2 * time.Minute)
		if n := b.said("no network"); n != 1 {
			b.Errorf("said %d times:\n%s", n, b.log)
		}
		for _, v := range plan.Sources {
			if st := b.state(v.Source.ID); st.Outcome != news.NoEgress || st.Failures != 0 || !st.FailedSince.IsZero() || st.Error == "" {
				b.Errorf("%s does not wait: %+v", v.Source.ID, st)
			}
		}
		before := len(b.press.times(""))
		time.Sleep(10 * time.Minute)
		if n := len(b.press.times("")) - before; n < 19 || n > 21 {
			b.Errorf("%d attempts in ten minutes, want one in thirty seconds", n)
		}
		o.down.Store(false)
		time.Sleep(time.Minute)
		for _, v := range plan.Sources { // none was visited before, so that none has to wait
			if st := b.state(v.Source.ID); st.Outcome != news.OK {
				b.Errorf("%s, a minute after the network is back: %+v", v.Source.ID, st)
			}
		}
		if b.said("no network") != 1 || b.said("the network is back") != 1 {
			b.Errorf("the log:\n%s", b.log)
		}
	})
}

func TestAFailureIsTakenBackWhileItIsStillBeingRecorded(t *testing.T) { // N41
	inBubble(t, func(b *bench) {
		b.press.answer = newOutage().answer
		b.store = &moody{Store: b.store, done: func() { time.Sleep(5 * time.Second) }}
		plan := hourly(sources(5)...)
		b.start(plan)
		time.Sleep(time.Minute)
		for _, v := range plan.Sources {
			if st := b.state(v.Source.ID); st.Outcome != news.NoEgress || st.Failures != 0 {
				b.Errorf("%s does not wait: %+v", v.Source.ID, st)
			}
		}
	})
}

func TestAfterAnOutageVisitsAreSpread(t *testing.T) {
	inBubble(t, func(b *bench) {
		o := &outage{}
		b.press.answer = o.answer
		b.start(hourly(sources(60)...))
		time.Sleep(30 * time.Minute)
		o.down.Store(true)
		time.Sleep(3 * time.Hour)
		o.down.Store(false)
		time.Sleep(31 * time.Second)
		before := len(b.press.times(""))
		time.Sleep(10 * time.Second)
		if burst := len(b.press.times("")) - before; burst > 10 {
			b.Errorf("%d visits in ten seconds", burst)
		}
		time.Sleep(16 * time.Minute)
		for _, v := range sources(60) {
			if st := b.state(v.Source.ID); st.Outcome != news.OK || st.Failures != 0 || time.Since(st.LastSuccess) > 17*time.Minute {
				b.Errorf("%s: %+v", v.Source.ID, st)
			}
		}
		if n := b.said("no network"); n != 1 {
			b.Errorf("one outage was said %d times", n)
		}
	})
}

func TestADeadServerDoesNotHideThatTheNetworkIsBack(t *testing.T) {
	inBubble(t, func(b *bench) {
		o := newOutage("s0", "s1")
		b.press.answer = o.answer
		b.start(hourly(sources(5)...))
		time.Sleep(5 * time.Minute)
		o.down.Store(false)
		time.Sleep(5 * time.Minute)
		for id, want := range map[news.SourceID]news.Outcome{"s0": news.DNS, "s1": news.DNS, "s2": news.OK, "s3": news.OK, "s4": news.OK} {
			if st := b.state(id); st.Outcome != want {
				b.Errorf("%s: %+v, want %s", id, st, want)
			}
		}
	})
}

func TestServersThatFailWhileOthersAnswerAreToBlame(t *testing.T) {
	inBubble(t, func(b *bench) {
		o := &outage{dead: map[news.SourceID]bool{"s3": true, "s7": true}}
		b.press.answer = o.answer
		b.start(hourly(sources(10)...))
		time.Sleep(6 * time.Hour)
		if n := b.said("no network"); n != 0 {
			b.Errorf("two dead servers of ten were taken for an outage:\n%s", b.log)
		}
		for id := range o.dead {
			if st := b.state(id); st.Outcome != news.DNS || st.Failures < 2 {
				b.Errorf("%s: %+v", id, st)
			}
		}
	})
}

func TestOneServerAloneIsNotTheNetwork(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.press.answer = newOutage().answer
		b.start(hourly(source("alone"), sourceAt("same", "https://www.alone.example/other")))
		time.Sleep(6 * time.Hour)
		if st := b.state("alone"); st.Outcome != news.DNS || st.Failures < 2 {
			b.Errorf("%+v", st)
		}
	})
}

func TestTheIntranetSaysNothingOfTheNetworkBeyond(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.press.answer = func(_ context.Context, src news.Source, n int) (news.Batch, error) {
			if src.ID == "near" {
				return oneItem(src, n), nil
			}
			return news.Batch{}, failure(news.DNS, 0)
		}
		plan := hourly(append(sources(5), intranet("near"))...)
		plan.MinInterval = 5 * time.Second
		b.start(plan)
		time.Sleep(10 * time.Minute)
		if n := b.said("no network"); n != 1 {
			b.Errorf("the outage was said %d times", n)
		}
		if n := len(b.press.times("near")); n < 119 || n > 121 {
			b.Errorf("the intranet's source was visited %d times in ten minutes, want one in five seconds", n)
		}
		if st := b.state("s0"); st.Outcome != news.NoEgress {
			b.Errorf("%+v", st)
		}
	})
}

func TestAnIntranetThatIsDownIsTriedAsOftenAsItMayBe(t *testing.T) {
	inBubble(t, func(b *bench) {
		o := newOutage()
		b.press.answer = o.answer
		plan := Plan{Sources: []Visitable{intranet("a"), intranet("b"), intranet("c")}, Workers: 4, MinInterval: 5 * time.Second}
		b.start(plan)
		time.Sleep(time.Minute)
		if st := b.state("a"); st.Outcome != news.NoEgress || st.Failures != 0 {
			b.Errorf("%+v", st)
		}
		if n := len(b.press.times("a")); n < 11 || n > 14 {
			b.Errorf("%d attempts in a minute", n)
		}
		o.down.Store(false)
		time.Sleep(6 * time.Second)
		for _, id := range []news.SourceID{"a", "b", "c"} {
			if st := b.state(id); st.Outcome != news.OK {
				b.Errorf("%s after it is back: %+v", id, st)
			}
		}
	})
}

func TestWhatWeRefuseToAskProvesNoNetwork(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.press.answer = func(_ context.Context, src news.Source, _ int) (news.Batch, error) {
			switch src.ID {
			case "s3":
				return news.Batch{}, failure(news.Blocked, 0)
			case "s4":
				return news.Batch{}, failure(news.Robots, 0)
			}
			return news.Batch{}, failure(news.Connect, 0)
		}
		b.start(hourly(sources(6)...))
		time.Sleep(12 * time.Hour)
		if n := b.said("no network"); n != 1 {
			b.Errorf("the outage was said %d times", n)
		}
		if n := b.said("the network is back"); n != 0 {
			b.Error("the network was taken for back")
		}
	})
}
