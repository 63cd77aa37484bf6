package people

import (
	"context"
	"errors"
	"time"

	"silkwire/account"
	"silkwire/store"
)

// SignIn lets a user in who knows the password, and returns the secret of the
// new session. It takes as long for names that there are as for those that
// there are not, and makes wait who tries too often.
func (o *Office) SignIn(ctx context.Context, name, password, from, browser string) (string, error) {
	u, err := o.prove(ctx, name, password, from)
	if err != nil {
		return "", err
	}
	return o.begin(ctx, u, from, browser, "sign in")
}

// prove returns the user who has the name and knows the password.
func (o *Office) prove(ctx context.Context, name, password, from string) (account.User, error) {
	name, err := account.ParseName(name)
	if err != nil {
		name = "" // nobody's; it is tried all the same
	}
	if wait := o.throttle.Try(o.now(), name, from); wait > 0 {
		return account.User{}, &WaitError{wait}
	}
	u, err := o.store.User(ctx, name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return account.User{}, err
	}
	right, renew, err := o.passwords.Check(ctx, u.Password, password)
	switch {
	case err != nil:
		return account.User{}, err
	case !right || u.Disabled:
		return account.User{}, ErrWrong
	}
	o.throttle.Succeeded(o.now(), name, from)
	if renew {
		return u, o.rehash(ctx, u, password)
	}
	return u, nil
}

// rehash keeps a password at today's cost.
func (o *Office) rehash(ctx context.Context, u account.User, password string) error {
	hash, err := o.passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	err = o.store.Rehash(ctx, u.Name, u.Password, hash)
	if errors.Is(err, store.ErrChanged) {
		return ErrWrong // it was the password a moment ago
	}
	return err
}

// Admit lets a user in for whom somebody else has vouched.
func (o *Office) Admit(ctx context.Context, name, from, browser, voucher string) (string, error) {
	u, err := o.Vouched(ctx, name)
	if err != nil {
		return "", err
	}
	return o.begin(ctx, u, from, browser, "sign in through "+voucher)
}

// Vouched returns the user whom somebody trusted names: nobody is added by that.
func (o *Office) Vouched(ctx context.Context, name string) (account.User, error) {
	name, err := account.ParseName(name)
	if err != nil {
		return account.User{}, ErrUnknown
	}
	u, err := o.store.User(ctx, name)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return account.User{}, ErrUnknown
	case err == nil && u.Disabled:
		return account.User{}, ErrDisabled
	}
	return u, err
}

func (o *Office) begin(ctx context.Context, u account.User, from, browser, did string) (string, error) {
	secret, p := account.NewSession(u.Name, browser, from, o.now())
	err := o.store.AddPass(ctx, p, u.Version, o.entry(By{u.Name, from}, did, "session "+p.Handle()))
	if errors.Is(err, store.ErrChanged) {
		return "", ErrWrong // the account was changed while the password was checked
	}
	return secret, err
}

// ChangePassword gives users another password who know the one they have. It
// ends all their sessions and returns the secret of a new one.
func (o *Office) ChangePassword(ctx context.Context, name, old, password, from, browser string) (string, error) {
	if _, err := o.prove(ctx, name, old, from); err != nil {
		return "", err
	}
	if err := o.SetPassword(ctx, By{name, from}, name, password); err != nil {
		return "", err
	}
	u, err := o.Vouched(ctx, name)
	if err != nil {
		return "", err
	}
	return o.begin(ctx, u, from, browser, "sign in anew")
}

// Recognise returns the pass that has the secret, and its user; or
// [store.ErrNotFound] when it is none, has ended, or its user is disabled.
func (o *Office) Recognise(ctx context.Context, kind account.Kind, secret, from string) (account.Pass, account.User, error) {
	p, u, err := o.store.Pass(ctx, account.Identify(secret))
	if err != nil {
		return p, u, err
	}
	now := o.now()
	if p.Kind != kind || p.Ended(now) || u.Disabled {
		return account.Pass{}, account.User{}, store.ErrNotFound
	}
	if now.Sub(p.Seen) >= account.Coarse || p.From != from && now.Sub(p.Seen) >= time.Minute {
		err = o.store.SeePass(ctx, p.ID, now, from)
		if errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrCorrupt) {
			err = nil // who came in may go on reading
		}
	}
	return p, u, err
}

// NewToken makes a token for a user and returns its secret, which is shown once.
func (o *Office) NewToken(ctx context.Context, by By, name, label string, scope account.Scope, life time.Duration) (string, account.Pass, error) {
	u, err := o.Vouched(ctx, name)
	if err != nil {
		return "", account.Pass{}, err
	}
	if err := o.roomForToken(ctx, name); err != nil {
		return "", account.Pass{}, err
	}
	secret, p, err := account.NewToken(u.Name, label, scope, life, o.now())
	if err != nil {
		return "", p, Refusal(err.Error())
	}
	return secret, p, o.store.AddPass(ctx, p, u.Version, o.entry(by, "make", what(p)))
}

func (o *Office) roomForToken(ctx context.Context, name string) error {
	list, err := o.Passes(ctx, name)
	n := 0
	for _, p := range list {
		if p.Kind == account.Token {
			n++
		}
	}
	if err == nil && n >= account.MostTokens {
		return Refusal("this user has too many tokens; revoke those that are not used")
	}
	return err
}

// Passes returns what is alive of the passes of a user ("" for all), newest first.
func (o *Office) Passes(ctx context.Context, name string) ([]account.Pass, error) {
	list, err := o.store.Passes(ctx, name)
	var alive []account.Pass
	for _, p := range list {
		if !p.Ended(o.now()) {
			alive = append(alive, p)
		}
	}
	return alive, err
}

// End ends a pass by its handle: one of the given user's, or of anybody's for "".
func (o *Office) End(ctx context.Context, by By, owner, handle string) error {
	list, err := o.Passes(ctx, owner)
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.Handle() == handle {
			return o.store.EndPass(ctx, p.ID, o.entry(by, "end", what(p)))
		}
	}
	return Refusal("there is no such session or token any more")
}

// EndOthers ends all sessions of a user but one.
func (o *Office) EndOthers(ctx context.Context, by By, owner, but string) error {
	list, err := o.Passes(ctx, owner)
	for _, p := range list {
		if p.Kind == account.Session && p.ID != but {
			err = errors.Join(err, o.store.EndPass(ctx, p.ID, o.entry(by, "end", what(p))))
		}
	}
	return err
}

func what(p account.Pass) string {
	s := string(p.Kind) + " " + p.Handle() + " of " + p.User
	if p.Kind == account.Token {
		s += " with scope " + string(p.Scope)
	}
	return s
}

// Users returns all users, by name.
func (o *Office) Users(ctx context.Context) ([]account.User, error) { return o.store.Users(ctx) }
