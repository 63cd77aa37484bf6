package account

import "testing"

func TestEachRoleMayDoWhatTheOnesBeforeItMay(t *testing.T) {
	order := []Role{Nobody, Viewer, Analyst, Admin}
	for have, r := range order {
		for need, least := range order {
			if got := r.Allows(least); got != (have >= need) {
				t.Errorf("%q allows %q: %v", r, least, got)
			}
		}
	}
}

func TestWhatIsNoRoleIsRefused(t *testing.T) { // deny by default
	for _, r := range []Role{"root", "Admin", "admin ", "viewer,admin"} {
		if r.Allows(Viewer) {
			t.Errorf("%q may read", r)
		}
		if Admin.Allows(r) {
			t.Errorf("an admin is let through a door that needs %q, which does not exist", r)
		}
	}
	for _, name := range []string{"", "nobody", "root", "administrator"} {
		if r, err := ParseRole(name); err == nil {
			t.Errorf("%q is read as %q", name, r)
		}
	}
	if r, err := ParseRole(" Analyst "); err != nil || r != Analyst {
		t.Errorf("%q, %v", r, err)
	}
}
