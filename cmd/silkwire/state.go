package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"time"
)

// stateOnUser1 writes the daemon's state to the log on SIGUSR1.
func (d *daemon) stateOnUser1(ctx context.Context) {
	usr1 := make(chan os.Signal, 1)
	notifyState(usr1)
	defer signal.Stop(usr1)
	for {
		select {
		case <-ctx.Done():
			return
		case <-usr1:
			d.logState(ctx)
		}
	}
}

// logState says in a few lines how the daemon is.
func (d *daemon) logState(ctx context.Context) {
	log := d.app.log
	ready, why := d.isReady()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	log.Info("state", "ready", ready, "why", why, "goroutines", runtime.NumGoroutine(), "heap_mb", mem.HeapAlloc>>20, "configuration_ok", d.reloadOK.Load())
	if st, err := d.app.store.Stats(ctx); err == nil {
		log.Info("state of the archive", "items", st.Items, "relevant", st.Relevant, "outbox", st.Outbox, "mb", st.Bytes>>20, "disk_free_mb", st.DiskFree>>20, "sequence", st.Sequence)
	}
	states, err := d.app.store.SourceStates(ctx)
	if err != nil {
		log.Error("state of the sources", "error", err)
		return
	}
	for id, st := range states {
		if st.Failures > 0 || st.Paused != "" {
			log.Info("state of a source", "source", id, "failures", st.Failures, "outcome", st.Outcome, "paused", st.Paused, "due", st.Due.UTC().Format(time.RFC3339), "error", st.Error)
		}
	}
}
