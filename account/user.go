package account

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// User is a person with an account. Users are never removed, only disabled:
// what they judged keeps their name.
type User struct {
	Name     string    `json:"name"` // as they sign in, see [ParseName]
	Role     Role      `json:"role"`
	Password string    `json:"password,omitempty"` // PHC string; empty: signs in elsewhere only
	Disabled bool      `json:"disabled,omitempty"`
	Language string    `json:"language,omitempty"` // of the pages they read; empty: none was chosen
	Created  time.Time `json:"created"`
	Version  uint64    `json:"version"` // of this record, from 1
}

var namePattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9._@+-]{0,62}[a-z0-9])?$`)

// ParseName reads the name of a user: small Latin letters, digits and . _ @ + -
// between them, so that a mail address is one. Large letters become small.
func ParseName(s string) (string, error) {
	name := strings.ToLower(strings.TrimSpace(s))
	switch {
	case name == "":
		return "", errors.New("a user needs a name")
	case !namePattern.MatchString(name):
		return "", errors.New("a name has small Latin letters, digits and . _ @ + - between them, 64 at most: amina, or amina@example.org")
	case name == SomebodyElse || name == CommandLine:
		return "", fmt.Errorf("the name %q is taken by Silkwire itself", name)
	}
	return name, nil
}

// Names that stand in the audit log for those who are no users.
const (
	SomebodyElse = "set-up"       // who holds the set-up token
	CommandLine  = "command-line" // who owns the archive's file
)
