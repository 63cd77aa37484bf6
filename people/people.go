// Package people looks after accounts: who is added, signs in, changes a
// password or makes a token, under which rules, and with an entry in the audit
// log for each of it. Pages and commands go through it, so that the rules are
// the same for both.
package people

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"silkwire/account"
	"silkwire/store"
)

// Office looks after the accounts of an archive. Make one with [New]; its
// methods may be called by many at once.
type Office struct {
	store     store.Accounts
	passwords *account.Passwords
	throttle  account.Throttle
	now       func() time.Time
	peopled   atomic.Bool // there is a user; users are never removed
	setup     atomic.Pointer[invitation]
}

// New returns an office over the accounts of a store.
func New(s store.Accounts, now func() time.Time) *Office {
	return &Office{store: s, passwords: account.NewPasswords(), now: now}
}

// By says who does something, and from which address.
type By struct{ Name, From string }

func (o *Office) entry(by By, did, what string) account.Entry {
	return account.Entry{At: o.now(), Who: by.Name, From: by.From, Did: did, What: what}
}

// Refusal is why something is not done, in words for whoever asked for it.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// Refusals that callers branch on.
const (
	ErrWrong     Refusal = "the name or the password is wrong"
	ErrLastAdmin Refusal = "this is the last admin who can sign in; make another one first"
	ErrUnknown   Refusal = "there is no such user"
	ErrDisabled  Refusal = "this user is disabled"
)

// WaitError says that there were too many attempts.
type WaitError struct{ For time.Duration }

func (e *WaitError) Error() string {
	return fmt.Sprintf("too many attempts; try again in %s", e.For.Round(time.Second))
}

// Anybody reports whether there is a user.
func (o *Office) Anybody(ctx context.Context) (bool, error) {
	if o.peopled.Load() {
		return true, nil
	}
	users, err := o.store.Users(ctx)
	if err != nil || len(users) == 0 {
		return false, err
	}
	o.peopled.Store(true)
	return true, nil
}

// Add makes an account. Without a password the user signs in elsewhere only.
func (o *Office) Add(ctx context.Context, by By, name string, role account.Role, password string) (account.User, error) {
	name, err := account.ParseName(name)
	if err != nil {
		return account.User{}, Refusal(err.Error())
	}
	hash, err := o.hash(ctx, name, password)
	if err != nil {
		return account.User{}, err
	}
	u := account.User{Name: name, Role: role, Password: hash, Created: o.now()}
	err = o.store.PutUser(ctx, u, o.entry(by, "add", "user "+name+" as "+string(role)))
	if errors.Is(err, store.ErrExists) {
		return account.User{}, Refusal(fmt.Sprintf("there is a user %s already", name))
	}
	u.Version = 1
	return u, err
}

// hash returns what is kept of a new password; nothing of none.
func (o *Office) hash(ctx context.Context, name, password string) (string, error) {
	if password == "" {
		return "", nil
	}
	if err := account.CheckPassword(name, password); err != nil {
		return "", Refusal(err.Error())
	}
	return o.passwords.Hash(ctx, password)
}

// SetRole gives a user another role, and ends their sessions.
func (o *Office) SetRole(ctx context.Context, by By, name string, role account.Role) error {
	return o.change(ctx, o.entry(by, "make "+string(role), "user "+name), name, func(u *account.User) error {
		u.Role = role
		return nil
	})
}

// SetPassword gives a user another password, and ends their sessions.
func (o *Office) SetPassword(ctx context.Context, by By, name, password string) error {
	if password == "" {
		return Refusal("a password is needed")
	}
	hash, err := o.hash(ctx, name, password)
	if err != nil {
		return err
	}
	return o.change(ctx, o.entry(by, "set password", "user "+name), name, func(u *account.User) error {
		u.Password = hash
		return nil
	})
}

// SetDisabled disables a user, or lets them in again. Whoever is disabled is
// signed out, and their tokens are worth nothing.
func (o *Office) SetDisabled(ctx context.Context, by By, name string, disabled bool) error {
	did := "enable"
	if disabled {
		did = "disable"
	}
	return o.change(ctx, o.entry(by, did, "user "+name), name, func(u *account.User) error {
		u.Disabled = disabled
		return nil
	})
}

// SetLanguage keeps the language in which a user reads pages.
func (o *Office) SetLanguage(ctx context.Context, by By, name, tag string) error {
	return o.change(ctx, o.entry(by, "read in "+tag, "user "+name), name, func(u *account.User) error {
		u.Language = tag
		return nil
	})
}

// change changes a user, unless that would leave nobody to look after the others.
func (o *Office) change(ctx context.Context, e account.Entry, name string, change func(*account.User) error) error {
	u, err := o.store.User(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		return ErrUnknown
	}
	if err != nil {
		return err
	}
	before := u
	if err := change(&u); err != nil {
		return err
	}
	if isAdmin(before) && !isAdmin(u) {
		if err := o.anotherAdmin(ctx, name); err != nil {
			return err
		}
	}
	err = o.store.PutUser(ctx, u, e)
	if errors.Is(err, store.ErrChanged) {
		return Refusal("somebody else changed this user at the same time; look again and repeat it if it is still wanted")
	}
	return err
}

func isAdmin(u account.User) bool { return u.Role == account.Admin && !u.Disabled }

func (o *Office) anotherAdmin(ctx context.Context, but string) error {
	users, err := o.store.Users(ctx)
	if err != nil {
		return err
	}
	for _, u := range users {
		if u.Name != but && isAdmin(u) {
			return nil
		}
	}
	return ErrLastAdmin
}
