// Package account is about the people who use Silkwire: what each may do, and
// how they prove who they are. It knows no requests and no storage.
package account

import (
	"fmt"
	"slices"
	"strings"
)

// Role is what a person may do. Each role may do what the ones before it may.
type Role string

// The roles, from the least to the greatest.
const (
	Nobody  Role = ""        // not signed in: the sign-in page and the probes
	Viewer  Role = "viewer"  // reads everything
	Analyst Role = "analyst" // judges tags, events and items, and keeps digests
	Admin   Role = "admin"   // looks after users and sources
)

// Roles are the roles that a user can have, from the least to the greatest.
func Roles() []Role { return []Role{Viewer, Analyst, Admin} }

// Allows reports whether the role may do what least needs at least. A role that
// does not exist may do nothing, and what needs one is for nobody.
func (r Role) Allows(least Role) bool {
	if least == Nobody {
		return true
	}
	mine, needed := slices.Index(Roles(), r), slices.Index(Roles(), least)
	return needed >= 0 && mine >= needed
}

// ParseRole reads the name of a role that a user can have.
func ParseRole(name string) (Role, error) {
	r := Role(strings.ToLower(strings.TrimSpace(name)))
	if !slices.Contains(Roles(), r) {
		return Nobody, fmt.Errorf("%q is no role; there are viewer, analyst and admin", name)
	}
	return r, nil
}
