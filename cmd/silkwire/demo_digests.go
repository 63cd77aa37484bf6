package main

import (
	"context"
	"time"
)

// pastMornings is how many days before today the demo has a digest of.
const pastMornings = 7

// issuePast issues the digests of the mornings before today, oldest first, as a
// daemon that had run since then would have; once, in an archive that has none.
// They are frozen like all others: what one of them told no later one tells
// again as new.
func (s *demonstration) issuePast(ctx context.Context, d *daemon) error {
	had, err := s.app.store.EditionList(ctx, "", 1)
	if err != nil || len(had) > 0 {
		return err
	}
	cfg := s.app.cfg.Load()
	profile, err := s.app.profile(cfg, &cfg.Digests[0])
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(cfg.Digests[0].Timezone)
	if err != nil {
		return err
	}
	desk := d.post.current(ctx)
	for _, morning := range mornings(time.Now().In(zone), pastMornings) {
		desk.Now = func() time.Time { return morning }
		if _, err := desk.Issue(ctx, profile, morning); err != nil {
			return err
		}
	}
	return nil
}

// mornings are seven o'clock of the n days before today, oldest first.
func mornings(now time.Time, n int) []time.Time {
	list := make([]time.Time, n)
	for i := range list {
		list[i] = time.Date(now.Year(), now.Month(), now.Day()-n+i, 7, 0, 0, 0, now.Location())
	}
	return list
}
