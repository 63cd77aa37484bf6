package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"silkwire/digest"
	"silkwire/store"
)

type digestCmd struct {
	Preview digestPreviewCmd `cmd:"" help:"Show the edition that would be issued now; nothing is kept."`
	Send    digestSendCmd    `cmd:"" help:"Issue an edition now and send it; or send a test with --to."`
	History digestHistoryCmd `cmd:"" help:"List what was issued, and what became of it."`
	Resend  digestResendCmd  `cmd:"" help:"Send an edition again: the same bytes, the same Message-ID."`
	Readers digestReadersCmd `cmd:"" help:"List who has left a digest; or have somebody back."`
}

// profileNamed is the post office, and the profile of a configured digest.
func (a *app) profileNamed(id string) (*post, digest.Profile, error) {
	d, err := digestNamed(a.cfg.Load(), id)
	if err != nil {
		return nil, digest.Profile{}, err
	}
	p, err := a.postOffice()
	if err != nil {
		return nil, digest.Profile{}, err
	}
	profile, err := a.profile(a.cfg.Load(), d)
	return p, profile, err
}

type digestPreviewCmd struct {
	Profile string `arg:"" optional:"" help:"A configured digest; default: the first."`
	HTML    string `name:"html" placeholder:"FILE" help:"Write the HTML part into a file; - prints it."`
	Browser bool   `help:"Show the HTML part in a browser."`
}

func (c *digestPreviewCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	if c.Browser && std.app == nil { // here, not where the daemon stands
		return c.browse(ctx, std, cl)
	}
	return cl.withApp(ctx, std, func(a *app) error {
		p, profile, err := a.profileNamed(c.Profile)
		if err != nil {
			return err
		}
		_, message, err := p.current(ctx).Preview(ctx, profile, time.Now())
		if err != nil {
			return err
		}
		switch c.HTML {
		case "":
			_, err = fmt.Fprintf(std.out, "Subject: %s\n\n%s\n", message.Subject, message.Text)
		case "-":
			_, err = fmt.Fprintln(std.out, message.HTML)
		default:
			err = os.WriteFile(std.absolute(c.HTML), []byte(message.HTML), 0o600)
		}
		return err
	})
}

// browse has the HTML printed, by us or by the daemon, and shows it.
func (c *digestPreviewCmd) browse(ctx context.Context, std *stdio, cl *cli) error {
	var page bytes.Buffer
	args := []string{"digest", "preview", "--html", "-"}
	if cl.Config != "" {
		args = append([]string{"-c", cl.Config}, args...)
	}
	if c.Profile != "" {
		args = append(args, c.Profile)
	}
	if code := runWith(ctx, args, &stdio{in: std.in, out: &page, err: std.err, args: args}); code != exitOK {
		return exitError{code, nil}
	}
	file := filepath.Join(os.TempDir(), fmt.Sprintf("silkwire-preview-%d.html", os.Getpid()))
	if err := os.WriteFile(file, page.Bytes(), 0o600); err != nil {
		return err
	}
	fmt.Fprintln(std.out, file)
	name, args := opener(file)
	if err := exec.CommandContext(ctx, name, args...).Run(); err != nil {
		return fmt.Errorf("%s does not show it: %w; open the file above, or name a program in $BROWSER", name, err)
	}
	return nil
}

// opener is the program that shows a file in a browser.
func opener(file string) (name string, args []string) {
	switch browser := os.Getenv("BROWSER"); {
	case browser != "":
		return browser, []string{file}
	case runtime.GOOS == "darwin":
		return "open", []string{file}
	case runtime.GOOS == "windows":
		return "rundll32", []string{"url.dll,FileProtocolHandler", file}
	}
	return "xdg-open", []string{file}
}

type digestSendCmd struct {
	Profile string `arg:"" optional:"" help:"A configured digest; default: the first."`
	To      string `placeholder:"ADDRESS" help:"Send a test to this address alone: marked as one, and nothing is recorded as told."`
}

func (c *digestSendCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withApp(ctx, std, func(a *app) error {
		p, profile, err := a.profileNamed(c.Profile)
		if err != nil {
			return err
		}
		if c.To != "" {
			return c.test(ctx, std, p, profile)
		}
		e, err := a.issueNow(ctx, p, profile)
		if err != nil {
			return err
		}
		return p.seeOff(ctx, std, e.ID)
	})
}

// test sends what would be issued now to one address, and keeps nothing of it.
func (c *digestSendCmd) test(ctx context.Context, std *stdio, p *post, profile digest.Profile) error {
	m, err := p.current(ctx).Test(ctx, profile, c.To, time.Now())
	if err != nil {
		return err
	}
	server := p.courier.Senders[digest.MailChannel]
	if server == nil {
		return exitError{exitConfig, fmt.Errorf("there is no mail server; set smtp in the configuration")}
	}
	if err := server.Send(ctx, m); err != nil {
		return fmt.Errorf("the test to %s was not taken: %w", m.Recipient, err)
	}
	_, err = fmt.Fprintf(std.out, "the mail server took a test of the digest %s for %s; nothing is recorded as told\n", profile.ID, m.Recipient)
	return err
}

// seeOff tries what is due and prints what became of an edition.
func (p *post) seeOff(ctx context.Context, std *stdio, id string) error {
	if _, err := p.courier.Deliver(ctx); err != nil {
		return err
	}
	e, err := p.app.store.Edition(ctx, id)
	if err != nil {
		return err
	}
	return printEdition(std, &e)
}

type digestResendCmd struct {
	Edition string `arg:"" help:"The edition's id, or how it begins, as digest history lists it."`
	To      string `placeholder:"RECIPIENT" help:"One of its recipients; default: all of them."`
}

func (c *digestResendCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withApp(ctx, std, func(a *app) error {
		e, err := a.editionNamed(ctx, c.Edition)
		if err != nil {
			return err
		}
		again, err := c.chosen(&e)
		if err != nil {
			return err
		}
		for _, m := range again {
			m.State, m.Attempts, m.Next, m.Error = store.Rendered, 0, time.Time{}, ""
			if err := a.store.Deliver(ctx, m); err != nil {
				return err
			}
		}
		p, err := a.postOffice()
		if err != nil {
			return err
		}
		return p.seeOff(ctx, std, e.ID)
	})
}

// chosen are the messages that go out again. Those still on their way are left
// to it.
func (c *digestResendCmd) chosen(e *store.Edition) (list []store.Message, err error) {
	var names []string
	for _, m := range e.Messages {
		names = append(names, m.Recipient)
		if (c.To == "" || m.Recipient == c.To) && !m.State.Open() && m.MessageID != "" {
			list = append(list, m)
		}
	}
	if c.To != "" && !slices.Contains(names, c.To) {
		return nil, exitError{exitUsage, fmt.Errorf("edition %s has no message to %q; its recipients: %s", e.ID, c.To, strings.Join(names, ", "))}
	}
	return list, nil
}

// editionNamed finds an edition by its id or by how that begins.
func (a *app) editionNamed(ctx context.Context, id string) (store.Edition, error) {
	list, err := a.store.EditionList(ctx, "", mostListed)
	if err != nil {
		return store.Edition{}, err
	}
	var found []store.Edition
	for _, e := range list {
		if strings.HasPrefix(e.ID, id) {
			found = append(found, e)
		}
	}
	if len(found) != 1 || id == "" {
		return store.Edition{}, exitError{exitUsage, fmt.Errorf("%d editions have an id that begins with %q; silkwire digest history lists them", len(found), id)}
	}
	return found[0], nil
}

// mostListed bounds how many editions are looked through.
const mostListed = 10_000

type digestReadersCmd struct {
	Back    bool   `help:"Have somebody back who had left."`
	Profile string `arg:"" optional:"" help:"A digest."`
	Address string `arg:"" optional:"" help:"A recipient of it."`
}

func (c *digestReadersCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withArchive(ctx, std, func(a *app) error {
		if c.Back {
			return c.back(ctx, std, a)
		}
		list, err := a.store.Subscriptions(ctx)
		if err != nil {
			return err
		}
		for _, s := range list {
			if s.Off && (c.Profile == "" || s.Profile == c.Profile) {
				fmt.Fprintf(std.out, "%s  %s  left on %s\n", s.Profile, s.Recipient, s.Changed.Format(time.DateOnly))
			}
		}
		return nil
	})
}

func (c *digestReadersCmd) back(ctx context.Context, std *stdio, a *app) error {
	sub, err := a.store.Subscription(ctx, c.Profile, c.Address)
	if err != nil {
		return err
	}
	if !sub.Off {
		return exitError{exitUsage, fmt.Errorf("%q has not left the digest %q", c.Address, c.Profile)}
	}
	if err := a.store.PutSubscription(ctx, sub.Again(time.Now())); err != nil {
		return err
	}
	if err := a.audit(ctx, "take back", "subscription of "+c.Address+" to "+c.Profile, sub, nil); err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "%s gets the digest %s again; links in earlier mails are void\n", c.Address, c.Profile)
	return err
}

// justSent is for how long sending again is sending once.
const justSent = time.Minute

// issueNow issues what was first seen until now, unless the profile's last
// edition is hardly out of the press.
func (a *app) issueNow(ctx context.Context, p *post, profile digest.Profile) (store.Edition, error) {
	now := time.Now()
	last, err := a.store.EditionList(ctx, profile.ID, 1)
	if err != nil {
		return store.Edition{}, err
	}
	if len(last) > 0 && last[0].To.After(now.Add(-justSent)) {
		return last[0], nil
	}
	e, err := p.current(ctx).Issue(ctx, profile, now)
	if err != nil {
		return e, err
	}
	return e, a.audit(ctx, "issue", "edition "+e.ID+" of "+profile.ID, nil, e)
}

// printEdition prints an edition and what became of its messages; it is an
// error if one was not accepted.
func printEdition(std *stdio, e *store.Edition) error {
	fmt.Fprintf(std.out, "%s  %s  %s  %d stories  %s\n", e.To.Format("2006-01-02 15:04"), e.ID, e.Profile, e.Stories, e.Subject)
	open := 0
	for _, m := range e.Messages {
		fmt.Fprintf(std.out, "    %-9s %s %s %s\n", m.State, m.Channel, m.Recipient, m.Error)
		if m.State != store.Accepted {
			open++
		}
	}
	if open > 0 {
		return fmt.Errorf("%d of %d messages were not accepted yet", open, len(e.Messages))
	}
	return nil
}

type digestHistoryCmd struct {
	Profile string `arg:"" optional:"" help:"A configured digest; default: all."`
	Limit   int    `short:"n" default:"20" help:"How many editions to list."`
	Failed  bool   `help:"Only those with a message that was refused for good or given up."`
}

func (c *digestHistoryCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withArchive(ctx, std, func(a *app) error {
		most := c.Limit
		if c.Failed {
			most = mostListed
		}
		list, err := a.store.EditionList(ctx, c.Profile, most)
		if err != nil {
			return err
		}
		if c.Failed {
			list = slices.DeleteFunc(list, func(e store.Edition) bool { return !slices.ContainsFunc(e.Messages, store.Message.Lost) })
		}
		for i := range list[:min(len(list), c.Limit)] {
			_ = printEdition(std, &list[i])
		}
		return nil
	})
}
