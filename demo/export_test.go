package demo

import "time"

// Hurry makes the slow outlets slow by d only.
func (w *World) Hurry(d time.Duration) {
	for i := range w.outlets {
		if w.outlets[i].slow > 0 {
			w.outlets[i].slow = d
		}
	}
}
