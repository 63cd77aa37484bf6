package main

import (
	"context"
	"time"

	"silkwire/account"
)

// audit writes down what a command has changed: what it was before and what it
// is now (nil where there was or is nothing). Of the two only hashes are kept.
func (a *app) audit(ctx context.Context, did, what string, before, after any) error {
	return a.store.Audit(ctx, account.Entry{
		At: time.Now(), Who: atTheMachine().Name, Did: did, What: what, Before: account.Hash(before), After: account.Hash(after),
	})
}
