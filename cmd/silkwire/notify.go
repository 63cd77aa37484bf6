package main

import (
	"context"
	"net"
	"os"
	"strconv"
	"time"
)

// The program tells systemd (Type=notify) when it works and when it stops, and
// between that it lives: sd_notify(3). Without systemd it tells nobody.

// notify sends a line to who supervises us. That nobody listens is no failure
// of ours.
func notify(line string) {
	name := os.Getenv("NOTIFY_SOCKET")
	if name == "" {
		return
	}
	c, err := new(net.Dialer).Dial("unixgram", name)
	if err != nil {
		return
	}
	defer c.Close()
	_, _ = c.Write([]byte(line))
}

// watchdogEvery is how often to say that we live: twice in the time after which
// systemd would end us; 0 if it does not care.
func watchdogEvery() time.Duration {
	micros, err := strconv.ParseInt(os.Getenv("WATCHDOG_USEC"), 10, 64)
	if err != nil || micros <= 0 {
		return 0
	}
	return time.Duration(micros) * time.Microsecond / 2
}

// idle is how old the monitor's last look at the clock may be: it looks every
// minute.
const idle = 3 * time.Minute

// watchdog says that we live for as long as the monitor looks at the clock and
// the archive can be read (P10).
func (d *daemon) watchdog(ctx context.Context) {
	every := watchdogEvery()
	if every == 0 {
		return
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if time.Since(d.monitor.Looked()) < idle && d.archiveAnswers(every) {
			notify("WATCHDOG=1")
		}
	}
}

func (d *daemon) archiveAnswers(within time.Duration) bool {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	_, err := d.app.store.SourceStates(ctx)
	return err == nil
}
