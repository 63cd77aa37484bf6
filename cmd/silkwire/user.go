package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"silkwire/account"
	"silkwire/people"
)

type userCmd struct {
	Add     userAddCmd     `cmd:"" help:"Add a user."`
	Passwd  userPasswdCmd  `cmd:"" help:"Give a user another password, and end their sessions."`
	Role    userRoleCmd    `cmd:"" help:"Give a user another role, and end their sessions."`
	Disable userDisableCmd `cmd:"" help:"Sign a user out and keep them out."`
	Enable  userEnableCmd  `cmd:"" help:"Let a disabled user in again."`
	List    userListCmd    `cmd:"" help:"List the users."`
}

// atTheMachine is who gives a command: whoever owns the archive's file.
func atTheMachine() people.By { return people.By{Name: account.CommandLine} }

// passwordFlags say where a password comes from. Without any of them one is made.
type passwordFlags struct {
	PasswordStdin bool   `help:"Read the password from the first line of the standard input."`
	PasswordFile  string `type:"path" help:"Read the password from the first line of a file."`
}

// read returns the password, or "" where one is to be made. It is read where
// the command was given, and travels with it to a daemon.
func (f passwordFlags) read(std *stdio) (string, error) {
	switch {
	case f.PasswordStdin && f.PasswordFile != "":
		return "", exitError{exitUsage, errors.New("--password-stdin and --password-file: one of them")}
	case !f.PasswordStdin && f.PasswordFile == "":
		return "", nil
	case std.app != nil || f.PasswordStdin:
		return firstLine(std.in, std)
	}
	file, err := os.Open(f.PasswordFile)
	if err != nil {
		return "", err
	}
	password, err := firstLine(file, std)
	return password, errors.Join(err, file.Close())
}

func firstLine(r io.Reader, std *stdio) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, account.LongestPassword+2)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", exitError{exitUsage, errors.New("the first line, which should be the password, is empty")}
	}
	std.carry = line
	return line, nil
}

type userAddCmd struct {
	Name string `arg:"" help:"As they sign in: small Latin letters and digits; a mail address is fine."`
	Role string `required:"" enum:"viewer,analyst,admin" help:"viewer, analyst or admin."`
	passwordFlags
	NoPassword bool `help:"They sign in elsewhere only (OIDC, a proxy)."`
}

func (c *userAddCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	password, err := c.read(std)
	if err != nil {
		return err
	}
	return cl.withArchive(ctx, std, func(a *app) error {
		made := ""
		if password == "" && !c.NoPassword {
			made = people.NewPassword()
			password = made
		}
		u, err := a.people.Add(ctx, atTheMachine(), c.Name, account.Role(c.Role), password)
		if err != nil {
			return err
		}
		fmt.Fprintf(std.out, "user %s added, with the role of %s\n", u.Name, u.Role)
		return tellPassword(std, made)
	})
}

// tellPassword prints a password that was made; nothing for none.
func tellPassword(std *stdio, made string) error {
	if made == "" {
		return nil
	}
	_, err := fmt.Fprintf(std.out, "password: %s\nIt is printed this once; it can be changed on the page /account.\n", made)
	return err
}

type userPasswdCmd struct {
	Name string `arg:"" help:"The user."`
	passwordFlags
}

func (c *userPasswdCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	password, err := c.read(std)
	if err != nil {
		return err
	}
	return cl.withArchive(ctx, std, func(a *app) error {
		made := ""
		if password == "" {
			made = people.NewPassword()
			password = made
		}
		if err := a.people.SetPassword(ctx, atTheMachine(), c.Name, password); err != nil {
			return err
		}
		fmt.Fprintf(std.out, "user %s has another password, and is signed out everywhere\n", c.Name)
		return tellPassword(std, made)
	})
}

type userRoleCmd struct {
	Name string `arg:"" help:"The user."`
	Role string `arg:"" enum:"viewer,analyst,admin" help:"viewer, analyst or admin."`
}

func (c *userRoleCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withArchive(ctx, std, func(a *app) error {
		if err := a.people.SetRole(ctx, atTheMachine(), c.Name, account.Role(c.Role)); err != nil {
			return err
		}
		_, err := fmt.Fprintf(std.out, "user %s has the role of %s\n", c.Name, c.Role)
		return err
	})
}

type userDisableCmd struct {
	Name string `arg:"" help:"The user."`
}

func (c *userDisableCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withArchive(ctx, std, func(a *app) error {
		if err := a.people.SetDisabled(ctx, atTheMachine(), c.Name, true); err != nil {
			return err
		}
		_, err := fmt.Fprintf(std.out, "user %s is disabled, and signed out everywhere\n", c.Name)
		return err
	})
}

type userEnableCmd struct {
	Name string `arg:"" help:"The user."`
}

func (c *userEnableCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withArchive(ctx, std, func(a *app) error {
		if err := a.people.SetDisabled(ctx, atTheMachine(), c.Name, false); err != nil {
			return err
		}
		_, err := fmt.Fprintf(std.out, "user %s may sign in again\n", c.Name)
		return err
	})
}

type userListCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// listedUser is what a list says of a user.
type listedUser struct {
	Name     string       `json:"name"`
	Role     account.Role `json:"role"`
	Disabled bool         `json:"disabled"`
	Password bool         `json:"password"` // has one
	Created  time.Time    `json:"created"`
}

func (c *userListCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withArchive(ctx, std, func(a *app) error {
		users, err := a.people.Users(ctx)
		if err != nil {
			return err
		}
		list := []listedUser{}
		for _, u := range users {
			list = append(list, listedUser{u.Name, u.Role, u.Disabled, u.Password != "", u.Created})
		}
		if c.JSON {
			return json.NewEncoder(std.out).Encode(list)
		}
		w := tabwriter.NewWriter(std.out, 0, 4, 2, ' ', 0)
		for _, u := range list {
			state := ""
			if u.Disabled {
				state = "disabled"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", u.Name, u.Role, u.Created.Format(time.DateOnly), state)
		}
		return w.Flush()
	})
}

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make a token for programs, and print it this once."`
	Revoke tokenRevokeCmd `cmd:"" help:"Make a token worth nothing from now on."`
	List   tokenListCmd   `cmd:"" help:"List the tokens."`
}

type tokenCreateCmd struct {
	User    string `required:"" help:"Whose it is: it may do what its scope and their role both allow."`
	Scope   string `required:"" enum:"read,review,admin" help:"read, review or admin."`
	Expires string `default:"90d" help:"How long it lives: 90d, 12h; a year at most."`
	Label   string `help:"What it is for."`
}

func (c *tokenCreateCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	life, err := lifetime(c.Expires)
	if err != nil {
		return exitError{exitUsage, err}
	}
	return cl.withArchive(ctx, std, func(a *app) error {
		secret, p, err := a.people.NewToken(ctx, atTheMachine(), c.User, c.Label, account.Scope(c.Scope), life)
		if err != nil {
			return err
		}
		fmt.Fprintln(std.out, secret)
		_, err = fmt.Fprintf(std.err, "token %s of %s with scope %s, until %s; it is printed this once\n", p.Handle(), p.User, p.Scope, p.Expires.Format(time.RFC3339))
		return err
	})
}

// lifetime reads 90d, or a duration of hours.
func lifetime(s string) (time.Duration, error) {
	var days int
	if n, err := fmt.Sscanf(s, "%dd", &days); err == nil && n == 1 && fmt.Sprintf("%dd", days) == s && days > 0 && days < 1000 {
		return time.Duration(days) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("--expires %q: write 90d or 12h", s)
	}
	return d, nil
}

type tokenRevokeCmd struct {
	ID string `arg:"" help:"As “silkwire token list” prints it, or the token itself."`
}

func (c *tokenRevokeCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withArchive(ctx, std, func(a *app) error {
		handle := c.ID
		if account.IsToken(handle) {
			handle = account.Pass{ID: account.Identify(handle)}.Handle()
		}
		if err := a.people.End(ctx, atTheMachine(), "", handle); err != nil {
			return err
		}
		_, err := fmt.Fprintf(std.out, "%s is revoked\n", handle)
		return err
	})
}

type tokenListCmd struct {
	User string `help:"Of this user only."`
	JSON bool   `name:"json" help:"Print JSON."`
}

func (c *tokenListCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withArchive(ctx, std, func(a *app) error {
		passes, err := a.people.Passes(ctx, c.User)
		if err != nil {
			return err
		}
		tokens := []account.Pass{}
		for _, p := range passes {
			if p.Kind == account.Token {
				p.ID = p.Handle()
				tokens = append(tokens, p)
			}
		}
		if c.JSON {
			return json.NewEncoder(std.out).Encode(tokens)
		}
		w := tabwriter.NewWriter(std.out, 0, 4, 2, ' ', 0)
		for _, p := range tokens {
			used := "never used"
			if !p.Seen.IsZero() {
				used = "used " + p.Seen.Format(time.DateOnly)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\tuntil %s\t%s\t%s\n", p.ID, p.User, p.Scope, p.Expires.Format(time.DateOnly), used, p.Label)
		}
		return w.Flush()
	})
}
