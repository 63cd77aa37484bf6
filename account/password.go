package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// Bounds of a password.
const (
	ShortestPassword = 12   // characters
	LongestPassword  = 1024 // bytes
	fewestDifferent  = 5    // characters
)

// CheckPassword says what is wrong with a new password.
func CheckPassword(name, password string) error {
	different := map[rune]bool{}
	for _, r := range strings.ToLower(password) {
		different[r] = true
	}
	switch {
	case len(password) > LongestPassword:
		return fmt.Errorf("the password is longer than %d bytes", LongestPassword)
	case !utf8.ValidString(password):
		return errors.New("the password is no text")
	case utf8.RuneCountInString(password) < ShortestPassword:
		return fmt.Errorf("the password needs %d characters at least; four words that nobody says together are a good one", ShortestPassword)
	case len(different) < fewestDifferent:
		return errors.New("the password has too few different characters")
	case strings.EqualFold(strings.TrimSpace(password), name):
		return errors.New("the password is the name")
	}
	return nil
}

// cost is what one guess at a password costs whoever has the archive.
type cost struct {
	memory uint32 // KiB
	time   uint32
	lanes  uint8
}

// today is the least that OWASP advises for Argon2id.
func today() cost { return cost{memory: 19 << 10, time: 2, lanes: 1} }

// Passwords hashes and checks passwords, a few at a time. Make one with
// [NewPasswords].
type Passwords struct {
	cost  cost
	slots chan struct{}
	dummy string // a hash that no password has
}

// atOnce bounds the memory of hashing to 76 MiB.
const atOnce = 4

// NewPasswords returns a hasher of today's cost.
func NewPasswords() *Passwords { return newPasswords(today()) }

func newPasswords(c cost) *Passwords {
	p := &Passwords{cost: c, slots: make(chan struct{}, atOnce)}
	p.dummy = encode(c, random(saltBytes), random(hashBytes))
	return p
}

const saltBytes, hashBytes = 16, 32

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

// ErrBusy means that too many passwords are being checked.
var ErrBusy = errors.New("too many people sign in at this moment; try again in a few seconds")

// begin waits for a turn.
func (p *Passwords) begin(ctx context.Context) (end func(), err error) {
	select {
	case p.slots <- struct{}{}:
		return func() { <-p.slots }, nil
	case <-ctx.Done():
		return nil, ErrBusy
	}
}

// Hash returns what is kept of a password: a PHC string.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	if len(password) > LongestPassword {
		return "", CheckPassword("", password)
	}
	end, err := p.begin(ctx)
	if err != nil {
		return "", err
	}
	defer end()
	salt := random(saltBytes)
	return encode(p.cost, salt, derive(p.cost, salt, password, hashBytes)), nil
}

// Check reports whether a password is the one that was hashed, and whether it
// should be hashed anew because it was at another cost. Without a hash it takes
// as long as with one, and the answer is no. A password that is too long is
// refused before anything is computed.
func (p *Passwords) Check(ctx context.Context, hash, password string) (right, renew bool, err error) {
	if len(password) > LongestPassword {
		return false, false, nil
	}
	known := hash != ""
	if !known {
		hash = p.dummy
	}
	c, salt, want, err := decode(hash)
	if err != nil {
		return false, false, err
	}
	end, err := p.begin(ctx)
	if err != nil {
		return false, false, err
	}
	defer end()
	got := derive(c, salt, password, len(want))
	right = subtle.ConstantTimeCompare(got, want) == 1 && known
	return right, right && c != p.cost, nil
}

func derive(c cost, salt []byte, password string, size int) []byte {
	return argon2.IDKey([]byte(password), salt, c.time, c.memory, c.lanes, uint32(size))
}

func encode(c cost, salt, hash []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.time, c.lanes, b64.EncodeToString(salt), b64.EncodeToString(hash))
}

var errHash = errors.New("what is kept of the password cannot be read; set a new one")

// decode reads a PHC string, and refuses one that would cost more than a
// machine can bear.
func decode(s string) (c cost, salt, hash []byte, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, errHash
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.lanes); err != nil || n != 3 {
		return c, nil, nil, errHash
	}
	if c.memory < 8 || c.memory > 1<<20 || c.time < 1 || c.time > 64 || c.lanes < 1 || c.lanes > 64 {
		return c, nil, nil, errHash
	}
	b64 := base64.RawStdEncoding.Strict()
	salt, saltErr := b64.DecodeString(parts[4])
	hash, hashErr := b64.DecodeString(parts[5])
	if saltErr != nil || hashErr != nil || len(salt) < 8 || len(hash) < 16 || len(hash) > 64 {
		return c, nil, nil, errHash
	}
	return c, salt, hash, nil
}
