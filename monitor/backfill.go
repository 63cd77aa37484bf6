package monitor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"silkwire/news"
	"silkwire/store"
)

// Historian reads the past of sources, page by page and as politely as they
// are visited. Its errors are *news.VisitErrors.
type Historian interface {
	// Beginnings are the pages at which a source's past begins.
	Beginnings(outlet news.Outlet, src news.Source, since time.Time) []string

	// Back reads one page, hands its items to keep, some at a time, and
	// says where it leads.
	Back(ctx context.Context, outlet news.Outlet, src news.Source, page string, since time.Time, known KnownFunc, keep func([]news.Item) error) (news.Past, error)
}

// backfillLease is how long a backfill may take before another may begin.
const backfillLease = 7 * 24 * time.Hour

// Backfill reads a source's past back to a date: from where an earlier one was
// interrupted, or else from the given pages, or else from the source's own. It
// is on record after every page, and what tell hears is what is on record. It
// ends with an error when ctx does or when the server wants peace; called
// again it goes on.
func (m *Monitor) Backfill(ctx context.Context, h Historian, v Visitable, since time.Time, from []string, tell func(news.Backfill)) (news.Backfill, error) {
	now := time.Now()
	job := store.Job{Name: "backfill " + string(v.Source.ID), Due: now}
	if err := m.store.Claim(ctx, job, now, backfillLease); err != nil {
		if errors.Is(err, store.ErrTaken) {
			err = fmt.Errorf("%s: its past is being read already", v.Source.ID)
		}
		return news.Backfill{}, err
	}
	b, err := m.backfillOf(ctx, h, v, since, from, now)
	run := store.Run{Job: job.Name, Due: job.Due, Started: now, Outcome: news.OK}
	had := b.Items
	if err == nil {
		b, err = m.readBack(ctx, h, v, b, tell)
	}
	if run.New, run.Took = b.Items-had, time.Since(now); err != nil {
		run.Outcome, run.Error = news.Interrupted, err.Error()
	}
	return b, errors.Join(err, m.store.Done(context.WithoutCancel(ctx), run))
}

// backfillOf is the backfill to go on with: one that was not finished and goes
// as far back, or a new one.
func (m *Monitor) backfillOf(ctx context.Context, h Historian, v Visitable, since time.Time, from []string, now time.Time) (news.Backfill, error) {
	b, err := m.store.Backfill(ctx, v.Source.ID)
	switch {
	case err == nil && len(b.Next) > 0 && !b.Since.After(since) && len(from) == 0:
		return b, nil
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return b, err
	}
	b = news.Backfill{Source: v.Source.ID, Since: since, Next: from, Started: now, Updated: now}
	if len(from) == 0 {
		b.Next = h.Beginnings(v.Outlet, v.Source, since)
	}
	return b, m.store.PutBackfill(ctx, b)
}

// mostBarren is how many pages in a row may bring nothing new and no date by
// which to tell how far back they are.
const mostBarren = 10

func (m *Monitor) readBack(ctx context.Context, h Historian, v Visitable, b news.Backfill, tell func(news.Backfill)) (news.Backfill, error) {
	save := context.WithoutCancel(ctx)
	seen := map[string]bool{}
	for len(b.Next) > 0 {
		page := b.Next[0]
		past, err := h.Back(ctx, v.Outlet, v.Source, page, b.Since, m.store.Known, func(items []news.Item) error {
			return m.keepOld(save, items)
		})
		b.Items += past.New
		if err != nil && !skippable(&b, page, err) {
			return b, errors.Join(err, m.store.PutBackfill(save, b))
		}
		seen[page] = true
		past.Older = slices.DeleteFunc(past.Older, func(p string) bool { return seen[p] || slices.Contains(b.Next, p) })
		advance(&b, past)
		if err := m.store.PutBackfill(save, b); err != nil {
			return b, err
		}
		tell(b)
	}
	return b, nil
}

// advance takes the next page off the list, and puts on it where that led.
func advance(b *news.Backfill, past news.Past) {
	b.Next = append(slices.Clip(past.Older), b.Next[1:]...)
	b.Pages, b.Found, b.Updated = b.Pages+1, b.Found+past.Found, time.Now()
	if !past.Oldest.IsZero() && (b.Oldest.IsZero() || past.Oldest.Before(b.Oldest)) {
		b.Oldest = past.Oldest
	}
	for _, what := range past.Notes {
		noted(b, what)
	}
	if b.Barren++; past.New > 0 || !past.Oldest.IsZero() {
		b.Barren = 0
	}
	if b.Barren >= mostBarren && len(b.Next) == 1 {
		b.Next = nil
		noted(b, "stopped: the last pages hold nothing new and no dates")
	}
}

// skippable reports whether the others can be read although this page cannot.
func skippable(b *news.Backfill, page string, err error) bool {
	var failed *news.VisitError
	if !errors.As(err, &failed) || b.Pages == 0 {
		return false
	}
	switch failed.Outcome {
	case news.NotFound, news.Gone, news.Robots, news.Unparsable, news.TooLarge, news.Redirect, news.Blocked, news.Denied:
		noted(b, "left out "+page+": "+err.Error())
		return true
	}
	return false
}

// noted keeps the newest of what is noticed, each thing once.
func noted(b *news.Backfill, what string) {
	if slices.Contains(b.Notes, what) {
		return
	}
	b.Notes = append(b.Notes, what)
	b.Notes = b.Notes[max(0, len(b.Notes)-20):]
}

// keepOld tags and saves items of the past. They are no sign of how the source
// is today, so its state is left alone.
func (m *Monitor) keepOld(ctx context.Context, items []news.Item) error {
	for i := range items {
		items[i].Tagging = m.tagger.Tag(&items[i])
	}
	if err := m.place(ctx, items); err != nil {
		return err
	}
	_, err := m.store.Save(ctx, items, news.SourceState{})
	return err
}
