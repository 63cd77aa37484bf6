package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"silkwire/config"
	"silkwire/digest"
	"silkwire/monitor"
	"silkwire/news"
	"silkwire/store"
)

const (
	recently  = 48 * time.Hour
	longQueue = 3       // tries, after which a message that waits is worth a word
	leastDisk = 1 << 30 // bytes, below which the disk is low
)

// operatorChore looks every hour whether something is broken, and tells the
// operator at most once a day.
func (d *daemon) operatorChore(cfg *config.Config) (monitor.Chore, error) {
	schedule, err := monitor.ParseSchedule("17 * * * *", time.UTC, time.Minute)
	if err != nil {
		return monitor.Chore{}, err
	}
	profile := digest.Profile{To: []string{cfg.Operator}, From: cfg.SMTP.From, Zone: pageZone(cfg), BaseURL: cfg.BaseURL}
	return monitor.Chore{
		Name: digest.OperatorProfile, Schedule: schedule, CatchUp: monitor.CatchUpLatest,
		Do: func(ctx context.Context, _ time.Time) error {
			list, err := d.broken(ctx, time.Now())
			if err != nil {
				return err
			}
			if err := d.post.current(ctx).Alarm(ctx, profile, list); err != nil {
				return err
			}
			d.post.rouse()
			return nil
		},
	}, nil
}

// broken says in sentences what an operator must look at.
func (d *daemon) broken(ctx context.Context, now time.Time) ([]string, error) {
	var list []string
	if !d.reloadOK.Load() {
		list = append(list, "The configuration on disk has mistakes; the old one is in force. Run silkwire check.")
	}
	cfg := d.app.cfg.Load()
	for _, look := range []func(context.Context, *config.Config, time.Time) ([]string, error){
		d.app.unissued, d.app.undelivered, d.app.unread, d.app.cramped,
	} {
		found, err := look(ctx, cfg, now)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	return list, nil
}

// unissued are the digests whose last run failed.
func (a *app) unissued(ctx context.Context, cfg *config.Config, _ time.Time) (list []string, err error) {
	for _, d := range cfg.Digests {
		run, err := a.store.LastRun(ctx, "digest "+d.ID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if run.Error != "" {
			list = append(list, fmt.Sprintf("The digest %s that was due at %s was not issued: %s.", d.ID, run.Due.Format("2006-01-02 15:04 MST"), run.Error))
		}
	}
	return list, nil
}

// undelivered are the messages of the last days that were refused or given up,
// or wait after several tries.
func (a *app) undelivered(ctx context.Context, _ *config.Config, now time.Time) (list []string, err error) {
	editions, err := a.store.EditionList(ctx, "", 200)
	if err != nil {
		return nil, err
	}
	for _, e := range editions {
		for _, m := range e.Messages {
			lost := m.Lost() && now.Sub(m.Tried) < recently
			waits := m.State == store.TempFail && m.Attempts >= longQueue
			if e.Profile == digest.OperatorProfile || !lost && !waits {
				continue
			}
			word := map[bool]string{true: "was not delivered and is given up", false: "waits to be delivered"}[lost]
			list = append(list, fmt.Sprintf("The digest %s to %s (by %s) %s: %s", e.Profile, m.Recipient, m.Channel, word, m.Error))
		}
	}
	return list, nil
}

// unread says that no source at all can be read.
func (a *app) unread(ctx context.Context, cfg *config.Config, _ time.Time) ([]string, error) {
	states, err := a.store.SourceStates(ctx)
	if err != nil {
		return nil, err
	}
	_, sources := visited(cfg)
	visits, why := 0, ""
	for _, s := range sources {
		state, known := states[s.ID]
		if !known {
			continue
		}
		visits++
		if !state.Outcome.Failed() && state.Outcome != news.NoEgress && state.Paused == "" {
			return nil, nil
		}
		if why == "" {
			why = fmt.Sprintf("%s: %s", s.ID, state.Error)
		}
	}
	if visits == 0 {
		return nil, nil
	}
	return []string{fmt.Sprintf("None of the %d sources can be read (%s).", visits, why)}, nil
}

// cramped says that the disk of the archive is nearly full.
func (a *app) cramped(ctx context.Context, _ *config.Config, _ time.Time) ([]string, error) {
	stats, err := a.store.Stats(ctx)
	if err != nil || stats.DiskFree <= 0 || stats.DiskFree >= max(leastDisk, stats.Bytes/5) {
		return nil, err
	}
	return []string{fmt.Sprintf("Only %d MB are free on the disk of the archive, which has %d MB; a full disk stops the reading of news.", stats.DiskFree>>20, stats.Bytes>>20)}, nil
}
