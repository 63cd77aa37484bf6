//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// notifyState has SIGUSR1 sent to c.
func notifyState(c chan<- os.Signal) { signal.Notify(c, syscall.SIGUSR1) }
