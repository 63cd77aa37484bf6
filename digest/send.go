package digest

import (
	"context"
	"fmt"
	"time"

	"silkwire/store"
)

// Sender brings one frozen message to one recipient. It returns nil only when
// the other side has taken responsibility for it, and a [*Failure] that says
// what became of it otherwise. It is safe for concurrent use.
type Sender interface {
	Send(ctx context.Context, m store.Message) error
}

// Kind says what a failure means for the message.
type Kind int

// The kinds of failure.
const (
	Temporary   Kind = iota // it was not taken, and may be later
	Permanent               // it was refused for good; trying again would be a nuisance
	Ambiguous               // it was sent, but the reply was lost: it may have been taken
	Login                   // our name or password was refused: nobody's message goes out
	Interrupted             // we stopped before it was sent
)

// Failure is why a message was not surely taken.
type Failure struct {
	Kind  Kind
	Stage string // "connect", "RCPT TO", …
	Err   error
	// After is how long the other side asked to be left alone, if it did.
	After time.Duration
}

func (f *Failure) Error() string { return fmt.Sprintf("%s: %v", f.Stage, f.Err) }
func (f *Failure) Unwrap() error { return f.Err }
