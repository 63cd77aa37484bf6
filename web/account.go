package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"silkwire/account"
	"silkwire/people"
)

// accountPage is templates/account.html: what users look after themselves.
type accountPage struct {
	frame
	User        bool // has an account; nobody has in the demo
	HasPassword bool
	Sessions    []passRow
	Tokens      []passRow
	Scopes      []account.Scope
	Secret      string // of a token that was just made, shown this once
	Done        string
	Mistake     string
}

// passRow is a session or a token in a list.
type passRow struct {
	Handle, Label, From, Scope string
	User                       string
	Created, Seen, Expires     stamp
	This                       bool // the session that shows the page
}

func (s *Server) accountPage(r *http.Request) (framed, error) { return s.accountOf(r) }

func (s *Server) accountOf(r *http.Request) (*accountPage, error) {
	v := visitorOf(r)
	p := &accountPage{frame: frame{Title: s.say("Your account"), Section: "account"}, User: v.User()}
	if !p.User {
		return p, nil
	}
	u, err := s.People.Vouched(r.Context(), v.Name)
	if err != nil {
		return nil, err
	}
	p.HasPassword = u.Password != ""
	for _, scope := range account.Scopes() {
		if v.Role.Allows(scope.Role()) {
			p.Scopes = append(p.Scopes, scope)
		}
	}
	list, err := s.People.Passes(r.Context(), v.Name)
	for i := range list {
		row := s.passRow(&list[i], v)
		if list[i].Kind == account.Session {
			p.Sessions = append(p.Sessions, row)
		} else {
			p.Tokens = append(p.Tokens, row)
		}
	}
	return p, err
}

func (s *Server) passRow(p *account.Pass, v visitor) passRow {
	return passRow{
		Handle: p.Handle(), Label: oneLine(p.Label, 100), From: oneLine(p.From, 60), Scope: string(p.Scope), User: p.User,
		Created: s.stamp(p.Created), Seen: s.stamp(p.Seen), Expires: s.stamp(p.Expires), This: p.ID == v.Pass.ID,
	}
}

// ownAccount makes a handler of a function that changes something of the
// account of whoever asks. It returns what to say when it is done.
func (s *Server) ownAccount(change func(w http.ResponseWriter, r *http.Request, p *accountPage) (done string, err error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := errors.Join(s.refuseInClear(r), readForm(r)); err != nil {
			s.fail(w, r, err)
			return
		}
		if !visitorOf(r).User() {
			s.refuse(w, r, failure{Code: http.StatusForbidden, Kind: "no_account", Detail: "Only users have something to change here."})
			return
		}
		var made accountPage
		done, err := change(w, r, &made)
		p, pageErr := s.accountOf(r)
		if pageErr != nil {
			s.fail(w, r, pageErr)
			return
		}
		p.Done, p.Secret = done, made.Secret
		if err != nil {
			code, says, known := s.whyNot(w, r, err)
			if !known {
				s.fail(w, r, err)
				return
			}
			p.Code, p.Mistake = code, says
		}
		s.writePage(w, r, "account", p)
	}
}

// whyNot says why a change was not made.
func (s *Server) whyNot(w http.ResponseWriter, r *http.Request, err error) (code int, says string, known bool) {
	if code, says, known = s.notAdmitted(w, r, visitorOf(r).Name, err); known {
		if code == http.StatusUnauthorized {
			code, says = http.StatusBadRequest, s.say("The password you have now is another one.")
		}
		return code, says, true
	}
	var no people.Refusal
	if errors.As(err, &no) {
		return http.StatusBadRequest, s.sentence(no), true
	}
	return 0, "", false
}

func (s *Server) changePassword(w http.ResponseWriter, r *http.Request, _ *accountPage) (string, error) {
	v := visitorOf(r)
	secret, err := s.People.ChangePassword(r.Context(), v.Name, r.PostFormValue("old"), r.PostFormValue("password"), s.addressOf(r), browserName(r.UserAgent()))
	if err != nil {
		return "", err
	}
	s.setCookie(w, r, &http.Cookie{Value: secret, MaxAge: int(account.SessionLife.Seconds())})
	return s.say("The password is changed, and all other browsers are signed out."), nil
}

func (s *Server) endPass(_ http.ResponseWriter, r *http.Request, _ *accountPage) (string, error) {
	v := visitorOf(r)
	if r.PostFormValue("others") != "" {
		return s.say("All other browsers are signed out."), s.People.EndOthers(r.Context(), s.by(r), v.Name, v.Pass.ID)
	}
	return s.say("Done: it is worth nothing any more."), s.People.End(r.Context(), s.by(r), v.Name, r.PostFormValue("pass"))
}

func (s *Server) makeToken(_ http.ResponseWriter, r *http.Request, made *accountPage) (string, error) {
	scope, err := account.ParseScope(r.PostFormValue("scope"))
	if err != nil {
		return "", people.Refusal(err.Error())
	}
	days, err := strconv.Atoi(r.PostFormValue("days"))
	if err != nil || days < 1 || days > 365 {
		return "", people.Refusal("a token lives for 1 to 365 days")
	}
	secret, _, err := s.People.NewToken(r.Context(), s.by(r), visitorOf(r).Name, r.PostFormValue("label"), scope, time.Duration(days)*24*time.Hour)
	made.Secret = secret
	return s.say("The token is made. It is shown this once:"), err
}
