package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"math/big"
	"slices"
	"strings"
	"time"
)

// Kind says what shows a pass: a browser that signed in, or a program.
type Kind string

// The kinds of passes.
const (
	Session Kind = "session"
	Token   Kind = "token"
)

// Pass is what a browser or a program shows in the place of a password. Its
// secret is kept nowhere.
type Pass struct {
	ID      string    `json:"id"` // SHA-256 of the secret, in hex
	Kind    Kind      `json:"kind"`
	User    string    `json:"user"`
	Scope   Scope     `json:"scope,omitempty"` // of a token
	Label   string    `json:"label,omitempty"` // of a token what it is for, of a session the browser
	From    string    `json:"from,omitempty"`  // the address that showed it last
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen,omitzero"` // when it was last shown, to a few minutes
	Expires time.Time `json:"expires"`
}

// How long passes live.
const (
	SessionIdle   = 12 * time.Hour      // a session that nobody shows
	SessionLife   = 7 * 24 * time.Hour  // any session
	TokenLife     = 90 * 24 * time.Hour // a token that names no other end
	LongestToken  = 366 * 24 * time.Hour
	Coarse        = 5 * time.Minute // how exactly Seen is kept
	MostSessions  = 20              // of a user; a further one ends the one not seen for longest
	MostTokens    = 50              // of a user
	longestLabel  = 100
	secretBytes   = 32
	tokenPrefix   = "silkwire_"
	tokenDigits   = 43 // of 256 bits to the base of 62
	sumDigits     = 6
	shownOfPassID = 12
)

// Ended reports whether a pass is worth nothing any more.
func (p Pass) Ended(now time.Time) bool {
	return !now.Before(p.Expires) || p.Kind == Session && !now.Before(p.Seen.Add(SessionIdle))
}

// Handle is the short name of a pass in lists.
func (p Pass) Handle() string { return p.ID[:min(shownOfPassID, len(p.ID))] }

// Role is what whoever shows the pass may do: a token may do what its scope and
// its user's role both allow.
func (p Pass) Role(u User) Role {
	if p.Kind != Token || p.Scope.Role().Allows(u.Role) {
		return u.Role
	}
	return p.Scope.Role()
}

// NewSession returns a session and its secret.
func NewSession(user, browser, from string, now time.Time) (secret string, p Pass) {
	b := make([]byte, secretBytes)
	_, _ = rand.Read(b) // never fails
	secret = base64.RawURLEncoding.EncodeToString(b)
	return secret, Pass{
		ID: Identify(secret), Kind: Session, User: user, Label: clipped(browser), From: from,
		Created: now.UTC(), Seen: now.UTC(), Expires: now.Add(SessionLife).UTC(),
	}
}

// NewToken returns a token and its secret. Scanners of source code know the
// secret by its prefix and its checksum.
func NewToken(user, label string, scope Scope, life time.Duration, now time.Time) (secret string, p Pass, err error) {
	if life <= 0 || life > LongestToken {
		return "", Pass{}, fmt.Errorf("a token lives for a year at most, not for %s", life)
	}
	b := make([]byte, secretBytes)
	_, _ = rand.Read(b)
	digits := base62(new(big.Int).SetBytes(b), tokenDigits)
	secret = tokenPrefix + digits + sumOf(digits)
	return secret, Pass{
		ID: Identify(secret), Kind: Token, User: user, Scope: scope, Label: clipped(label),
		Created: now.UTC(), Expires: now.Add(life).UTC(),
	}, nil
}

// IsToken reports whether a secret is a token that was not mistyped.
func IsToken(secret string) bool {
	rest, ok := strings.CutPrefix(secret, tokenPrefix)
	return ok && len(rest) == tokenDigits+sumDigits && sumOf(rest[:tokenDigits]) == rest[tokenDigits:]
}

// Identify is the ID of the pass that has the secret.
func Identify(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func sumOf(digits string) string {
	return base62(big.NewInt(int64(crc32.ChecksumIEEE([]byte(digits)))), sumDigits)
}

func base62(n *big.Int, width int) string {
	s := n.Text(62)
	return strings.Repeat("0", width-len(s)) + s
}

func clipped(s string) string {
	runes := []rune(strings.ToValidUTF8(strings.TrimSpace(s), ""))
	return string(runes[:min(longestLabel, len(runes))])
}

// Scope is the most that a token may do.
type Scope string

// The scopes, from the least to the greatest.
const (
	ReadScope   Scope = "read"
	ReviewScope Scope = "review"
	AdminScope  Scope = "admin"
)

// Scopes are all scopes.
func Scopes() []Scope { return []Scope{ReadScope, ReviewScope, AdminScope} }

// ParseScope reads the name of a scope.
func ParseScope(s string) (Scope, error) {
	if scope := Scope(s); slices.Contains(Scopes(), scope) {
		return scope, nil
	}
	return "", errors.New("a token's scope is read, review or admin")
}

// Role is the greatest role that a scope gives; nobody's for what is no scope.
func (s Scope) Role() Role {
	switch s {
	case ReadScope:
		return Viewer
	case ReviewScope:
		return Analyst
	case AdminScope:
		return Admin
	}
	return Nobody
}
