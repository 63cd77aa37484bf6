package main

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"silkwire/demo"
	"silkwire/news"
	"silkwire/store"
	"silkwire/story"
)

// season is how many days of the past are written at once.
const season = 30

// writePast writes what the made-up press published in the year before, so that
// the demo opens on a desk with a history: tagged, told in stories and saved by
// the same Save as today's news, a month in one transaction. A month that the
// archive has already is left alone.
func (s *demonstration) writePast(ctx context.Context) error {
	shelf := story.NewShelf(s.app.dayOf)
	from, to := s.press.PastRange()
	began := time.Now()
	for begin := from; !begin.After(to) && ctx.Err() == nil; begin = begin.AddDate(0, 0, season) {
		end := begin.AddDate(0, 0, season-1)
		if end.After(to) {
			end = to
		}
		held, fresh, err := s.writeMonth(ctx, shelf, begin, end)
		if err != nil {
			return err
		}
		s.past += held
		if fresh > 0 {
			s.say("  the year before: %d items until %s, after %.1f s\n", s.past, end.Format("2 January 2006"), time.Since(began).Seconds())
		}
	}
	return ctx.Err()
}

// writeMonth returns how many items of these days the archive holds now, and
// how many of them it did not hold before.
func (s *demonstration) writeMonth(ctx context.Context, shelf *story.Shelf, from, to time.Time) (held, fresh int, err error) {
	items := s.press.Past(from, to)
	known, err := s.app.store.Known(ctx, items)
	if err != nil || len(known) == len(items) {
		return len(items), 0, err
	}
	s.tag(items)
	if err := shelf.Place(ctx, items); err != nil {
		return 0, 0, err
	}
	saved, err := s.app.store.Save(ctx, items, news.SourceState{})
	if err != nil {
		return 0, 0, err
	}
	corrected := s.press.Corrected(items)
	s.tag(corrected)
	_, err = s.app.store.Save(ctx, corrected, news.SourceState{})
	return len(items), len(saved.New), err
}

// tag tags items on all processors.
func (s *demonstration) tag(items []news.Item) {
	var working sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		working.Go(func() {
			for i := w; i < len(items); i += workers {
				items[i].Tagging = s.app.tagger.Tag(&items[i])
			}
		})
	}
	working.Wait()
}

// say prints a line; visits end at the same time.
func (s *demonstration) say(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.out, format, args...)
}

// rememberSources leaves the sources as a year of visits would have, before the
// first one of this run: since when each is visited, and when it could not be.
func (s *demonstration) rememberSources(ctx context.Context) error {
	states, err := s.app.store.SourceStates(ctx)
	if err != nil || len(states) > 0 {
		return err
	}
	begin, last := s.press.PastRange()
	for _, src := range s.press.Sources() {
		st := news.SourceState{
			ID: src.ID, URL: src.URL, LastVisit: last, LastSuccess: last, LastNew: last, Outcome: news.OK, Rhythm: news.Rhythm{Since: begin, Last: last},
		}
		runs := []store.Run{visitRun(src.ID, begin, news.OK)}
		for _, g := range s.press.Gaps() {
			if g.Source == src.ID {
				runs = append(runs, missed(&st, g)...)
			}
		}
		if err := s.remember(ctx, st, runs); err != nil {
			return err
		}
	}
	return s.rememberOffline(ctx)
}

// missed puts a gap of a source into its state, and returns the visits that
// tell of it.
func missed(st *news.SourceState, g demo.Gap) []store.Run {
	switch {
	case g.Added:
		st.Rhythm.Since = g.To
		return []store.Run{visitRun(g.Source, g.To, news.OK)}
	case g.To.IsZero():
		st.LastSuccess, st.LastNew, st.FailedSince, st.Failures = g.From, g.From, g.From, 6
		st.Outcome, st.Error = news.HTTPError, "the server answers with status 500"
		return []store.Run{visitRun(g.Source, g.From, news.HTTPError)}
	}
	return []store.Run{visitRun(g.Source, g.From, news.Timeout), visitRun(g.Source, g.To, news.OK)}
}

func visitRun(id news.SourceID, at time.Time, outcome news.Outcome) store.Run {
	return store.Run{Job: "visit " + string(id), Due: at, Started: at, Took: time.Second, Outcome: outcome}
}

func (s *demonstration) remember(ctx context.Context, st news.SourceState, runs []store.Run) error {
	for _, run := range runs {
		if err := s.app.store.Done(ctx, run); err != nil {
			return err
		}
	}
	return s.app.store.PutSource(ctx, st)
}

// rememberOffline tells of the days without a network by the visits of one source.
func (s *demonstration) rememberOffline(ctx context.Context) error {
	first := s.press.Sources()[0].ID
	for _, g := range s.press.Gaps() {
		if g.Source != "" {
			continue
		}
		for _, run := range []store.Run{visitRun(first, g.From, news.NoEgress), visitRun(first, g.To, news.OK)} {
			if err := s.app.store.Done(ctx, run); err != nil {
				return err
			}
		}
	}
	return nil
}
