//go:build !unix

package main

import "os"

// notifyState does nothing where there is no SIGUSR1.
func notifyState(chan<- os.Signal) {}
