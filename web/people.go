package web

import (
	"errors"
	"net/http"

	"silkwire/account"
	"silkwire/people"
	"silkwire/words"
)

// peoplePage is templates/people.html: the users, for admins.
type peoplePage struct {
	frame
	Users   []userRow
	Roles   []choice
	Done    string
	Secret  string // a password that was just made, shown this once
	For     string // its user
	Mistake string
}

// userRow is one user.
type userRow struct {
	Name     string
	Role     account.Role
	Disabled bool
	You      bool
	Created  stamp
	Seen     stamp // when they were last here
	Sessions int
	Tokens   int
	Password bool
}

// RoleWord is the role in a word.
func (u userRow) RoleWord() words.Message { return roleWord(u.Role) }

func (s *Server) roleChoices() []choice {
	var list []choice
	for _, role := range account.Roles() {
		list = append(list, choice{Value: string(role), Name: s.say(roleWord(role))})
	}
	return list
}

func (s *Server) peoplePage(r *http.Request) (framed, error) { return s.allPeople(r) }

func (s *Server) allPeople(r *http.Request) (*peoplePage, error) {
	users, err := s.People.Users(r.Context())
	if err != nil {
		return nil, err
	}
	passes, err := s.People.Passes(r.Context(), "")
	if err != nil {
		return nil, err
	}
	p := &peoplePage{frame: frame{Title: s.say("People"), Section: "people"}, Roles: s.roleChoices()}
	for _, u := range users {
		row := userRow{Name: u.Name, Role: u.Role, Disabled: u.Disabled, You: u.Name == visitorOf(r).Name, Created: s.stamp(u.Created), Password: u.Password != ""}
		var last account.Pass
		for _, pass := range passes {
			if pass.User != u.Name {
				continue
			}
			if pass.Kind == account.Session {
				row.Sessions++
			} else {
				row.Tokens++
			}
			if pass.Seen.After(last.Seen) {
				last = pass
			}
		}
		row.Seen = s.stamp(last.Seen)
		p.Users = append(p.Users, row)
	}
	return p, nil
}

// changePeople makes a handler of a function that adds or changes a user. It
// returns what to say when it is done and, where one was made, a password.
func (s *Server) changePeople(change func(r *http.Request, name string) (done, secret string, err error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := errors.Join(s.refuseInClear(r), readForm(r)); err != nil {
			s.fail(w, r, err)
			return
		}
		name := r.PostFormValue("name")
		done, secret, err := "", "", error(people.Refusal("your own account is changed by another admin; your password is on the page of your account"))
		if name != visitorOf(r).Name {
			done, secret, err = change(r, name)
		}
		p, pageErr := s.allPeople(r)
		if pageErr != nil {
			s.fail(w, r, pageErr)
			return
		}
		p.Done, p.Secret, p.For = done, secret, oneLine(name, 64)
		if err != nil {
			code, says, known := s.whyNot(w, r, err)
			if !known {
				s.fail(w, r, err)
				return
			}
			p.Code, p.Mistake, p.Done, p.Secret = code, says, "", ""
		}
		s.writePage(w, r, "people", p)
	}
}

func (s *Server) addUser(r *http.Request, name string) (done, secret string, err error) {
	role, err := account.ParseRole(r.PostFormValue("role"))
	if err != nil {
		return "", "", people.Refusal(err.Error())
	}
	secret = people.NewPassword()
	u, err := s.People.Add(r.Context(), s.by(r), name, role, secret)
	return s.say("%s is added. The password is shown this once; hand it over, and have it changed:", u.Name), secret, err
}

func (s *Server) setRole(r *http.Request, name string) (done, secret string, err error) {
	role, err := account.ParseRole(r.PostFormValue("role"))
	if err != nil {
		return "", "", people.Refusal(err.Error())
	}
	return s.say("%s has the role of %s now, and has to sign in again.", oneLine(name, 64), roleWord(role)), "", s.People.SetRole(r.Context(), s.by(r), name, role)
}

func (s *Server) resetPassword(r *http.Request, name string) (done, secret string, err error) {
	secret = people.NewPassword()
	return s.say("The new password is shown this once; hand it over, and have it changed:"), secret, s.People.SetPassword(r.Context(), s.by(r), name, secret)
}

func (s *Server) disableUser(r *http.Request, name string) (done, secret string, err error) {
	return s.say("%s is disabled and signed out.", oneLine(name, 64)), "", s.People.SetDisabled(r.Context(), s.by(r), name, true)
}

func (s *Server) enableUser(r *http.Request, name string) (done, secret string, err error) {
	return s.say("%s may sign in again.", oneLine(name, 64)), "", s.People.SetDisabled(r.Context(), s.by(r), name, false)
}
