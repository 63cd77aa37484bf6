package digest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"silkwire/store"
)

// Courier works the outbox. Before it sends it writes that it does, and
// afterwards how it ended; a message found in the state of sending that nobody
// here is sending was being sent by a process that died, and goes out again at
// once with the same bytes.
type Courier struct {
	Editions store.Editions
	Senders  map[string]Sender // by channel
	AtOnce   int               // messages under way at a time; 0 is 4
	Now      func() time.Time
	Log      *slog.Logger

	mu   sync.Mutex
	busy map[parcel]bool          // being sent by us
	owed map[parcel]store.Message // results that the archive could not take yet
}

// parcel names a message.
type parcel struct{ edition, channel, recipient string }

func parcelOf(m store.Message) parcel { return parcel{m.Edition, m.Channel, m.Recipient} }

const (
	firstPause = 5 * time.Minute
	lastPause  = time.Hour
	giveUp     = 48 * time.Hour
	leastTries = 4 // before giving up, however long we were away

	loginRefused = "login refused: "
)

// Deliver tries every open message that is due, each once, and returns when the
// next one will be (the zero time: none is open). Its error is about the
// archive; what became of a message stands there. It may be called while
// another call is still waiting for a slow server.
func (c *Courier) Deliver(ctx context.Context) (next time.Time, err error) {
	mine, err := c.takeDue(ctx)
	if err != nil {
		return c.Now().Add(firstPause), fmt.Errorf("deliver: %w", err)
	}
	results := make(chan error, len(mine))
	slots := make(chan struct{}, c.atOnce())
	for _, m := range mine {
		slots <- struct{}{}
		go func() {
			var err error
			if ctx.Err() == nil {
				err = c.try(ctx, m)
			}
			c.release(m)
			<-slots
			results <- err
		}()
	}
	var errs error
	for range mine {
		errs = errors.Join(errs, <-results)
	}
	if errs != nil {
		return c.Now().Add(firstPause), fmt.Errorf("deliver: %w", errs)
	}
	return c.next(ctx)
}

func (c *Courier) atOnce() int {
	if c.AtOnce > 0 {
		return c.AtOnce
	}
	return 4
}

// takeDue takes the open messages that are due for this call. It reads the
// outbox and takes from it in one step, so that no other call can have sent
// in between what is taken here.
func (c *Courier) takeDue(ctx context.Context) ([]store.Message, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.settle(ctx); err != nil {
		return nil, err
	}
	open, err := c.Editions.Outbox(ctx)
	if err != nil {
		return nil, err
	}
	if c.busy == nil {
		c.busy = make(map[parcel]bool)
	}
	var mine []store.Message
	held := loginHeld(open, c.Now())
	for _, m := range open {
		if !c.notYet(m, held) && !c.busy[parcelOf(m)] {
			c.busy[parcelOf(m)] = true
			mine = append(mine, m)
		}
	}
	return mine, nil
}

func (c *Courier) release(m store.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.busy, parcelOf(m))
}

// notYet holds for a message whose time has not come. A time further off than
// the longest pause is that of a clock that was set back since.
func (c *Courier) notYet(m store.Message, held time.Time) bool {
	now := c.Now()
	if m.Channel == MailChannel && now.Before(held) {
		return true
	}
	return m.State == store.TempFail && now.Before(m.Next) && m.Next.Sub(now) <= lastPause
}

// loginHeld is until when no mail is tried because our password was refused.
// It is read from the archive, so that restarts do not ask more often.
func loginHeld(open []store.Message, now time.Time) time.Time {
	var held time.Time
	for _, m := range open {
		until := m.Tried.Add(loginPause)
		if strings.HasPrefix(m.Error, loginRefused) && until.After(held) && until.Sub(now) <= loginPause {
			held = until
		}
	}
	return held
}

// try sends one message. Nothing is sent that the archive does not know of:
// a full disk stops the mail, it does not multiply it.
func (c *Courier) try(ctx context.Context, m store.Message) error {
	m.State, m.Tried = store.Sending, c.Now()
	m.Attempts++
	if err := c.Editions.Deliver(ctx, m); err != nil {
		return err
	}
	err := c.send(ctx, m)
	return c.record(ctx, c.result(ctx, m, err))
}

func (c *Courier) send(ctx context.Context, m store.Message) error {
	sender := c.Senders[m.Channel]
	if sender == nil {
		return &Failure{Kind: Temporary, Stage: "send", Err: fmt.Errorf("nothing is configured for the channel %q", m.Channel)}
	}
	return sender.Send(ctx, m)
}

// result is the message's state after an attempt.
func (c *Courier) result(ctx context.Context, m store.Message, err error) store.Message {
	m.Next, m.Error = time.Time{}, ""
	if err == nil {
		m.State = store.Accepted
		return m
	}
	var f *Failure
	if !errors.As(err, &f) {
		f = &Failure{Kind: Temporary, Stage: "send", Err: err}
	}
	m.State, m.Error = store.TempFail, f.Error()
	m.Next = c.Now().Add(max(pause(m.Attempts), min(f.After, lastPause)))
	switch f.Kind {
	case Permanent:
		m.State, m.Next = store.PermFail, time.Time{}
	case Interrupted:
		m.Next = c.Now()
		m.Attempts--
	case Login:
		m.Error, m.Next = loginRefused+m.Error, m.Tried.Add(loginPause)
	case Ambiguous:
		m.Error = "the reply was lost, so a second copy may arrive: " + m.Error
	}
	if m.State == store.TempFail && f.Kind != Interrupted && c.tooLong(ctx, m) {
		m.State, m.Next, m.Error = store.Dead, time.Time{}, "given up after 48 hours: "+m.Error
	}
	return m
}

// pause is how long to wait after so many attempts: 5 minutes, doubling up to
// an hour.
func pause(attempts int) time.Duration {
	p := firstPause
	for range attempts - 1 {
		p = min(2*p, lastPause)
	}
	return p
}

// tooLong reports whether a message was frozen so long ago that it is given up.
func (c *Courier) tooLong(ctx context.Context, m store.Message) bool {
	if m.Attempts < leastTries {
		return false
	}
	e, err := c.Editions.Edition(context.WithoutCancel(ctx), m.Edition)
	return err == nil && c.Now().Sub(e.Rendered) > giveUp
}

// record writes a result, even while we are stopping. What the archive cannot
// take now is kept and written before anything else is sent: a message that was
// accepted is not sent again because a disk is full.
func (c *Courier) record(ctx context.Context, m store.Message) error {
	c.log(m)
	err := c.Editions.Deliver(context.WithoutCancel(ctx), m)
	if err == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.owed == nil {
		c.owed = make(map[parcel]store.Message)
	}
	c.owed[parcelOf(m)] = m
	return err
}

func (c *Courier) log(m store.Message) {
	attrs := []any{"edition", m.Edition, "channel", m.Channel, "recipient", m.Recipient, "state", m.State, "attempts", m.Attempts}
	if m.State == store.Accepted {
		c.Log.Info("digest delivered", attrs...)
		return
	}
	c.Log.Warn("digest not delivered", append(attrs, "error", m.Error, "next", m.Next)...)
}

// settle writes the results that the archive could not take before. The
// caller holds the lock.
func (c *Courier) settle(ctx context.Context) error {
	for key, m := range c.owed {
		if err := c.Editions.Deliver(ctx, m); err != nil {
			return fmt.Errorf("write how a message fared: %w", err)
		}
		delete(c.owed, key)
	}
	return nil
}

// next is when the first of the open messages is due.
func (c *Courier) next(ctx context.Context) (time.Time, error) {
	open, err := c.Editions.Outbox(context.WithoutCancel(ctx))
	if err != nil {
		return c.Now().Add(firstPause), fmt.Errorf("deliver: %w", err)
	}
	var first time.Time
	held := loginHeld(open, c.Now())
	for _, m := range open {
		due := m.Next
		if m.Channel == MailChannel && held.After(due) {
			due = held
		}
		if due.IsZero() {
			due = c.Now()
		}
		if first.IsZero() || due.Before(first) {
			first = due
		}
	}
	return first, nil
}
