package people

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"strings"
	"time"

	"silkwire/account"
)

// invitation is a chance to become the first admin.
type invitation struct {
	token string
	until time.Time
}

// SetupLife is how long a set-up token is worth something.
const SetupLife = 15 * time.Minute

// Invite returns a new set-up token; an earlier one is worth nothing any more.
func (o *Office) Invite() string {
	token := rand.Text()
	o.setup.Store(&invitation{token: token, until: o.now().Add(SetupLife)})
	return token
}

// Errors of the set-up.
const (
	ErrNoSetup  Refusal = "Silkwire is set up already: there are users, and an admin adds others"
	ErrBadSetup Refusal = "the set-up token is wrong or older than 15 minutes; a restart prints a new one, and “silkwire user add NAME --role admin” works without"
)

// SetUp makes whoever has the token the first admin, and signs them in. It
// works once, and only as long as there are no users. The token has 130 random
// bits: whoever guesses at it need not be made to wait.
func (o *Office) SetUp(ctx context.Context, token, name, password, from, browser string) (string, error) {
	if any, err := o.Anybody(ctx); err != nil || any {
		return "", orElse(err, ErrNoSetup)
	}
	in := o.setup.Load()
	token = strings.ToUpper(strings.TrimSpace(token))
	if in == nil || !o.now().Before(in.until) || subtle.ConstantTimeCompare([]byte(in.token), []byte(token)) != 1 {
		return "", ErrBadSetup
	}
	if password == "" {
		return "", Refusal("a password is needed")
	}
	if err := account.CheckPassword(name, password); err != nil {
		return "", Refusal(err.Error())
	}
	if _, err := account.ParseName(name); err != nil {
		return "", Refusal(err.Error())
	}
	if !o.setup.CompareAndSwap(in, nil) {
		return "", ErrBadSetup // somebody else was faster
	}
	u, err := o.Add(ctx, By{account.SomebodyElse, from}, name, account.Admin, password)
	if err != nil {
		o.setup.CompareAndSwap(nil, in)
		return "", err
	}
	return o.begin(ctx, u, from, browser, "sign in")
}

func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// NewPassword is a password that nobody could guess, to be handed over once.
func NewPassword() string {
	s := strings.ToLower(rand.Text())
	return s[:6] + "-" + s[6:12] + "-" + s[12:18] + "-" + s[18:24]
}
