package main

import (
	"context"
	"fmt"
	"time"

	"silkwire/digest"
	"silkwire/store"
)

type digestCmd struct {
	Preview digestPreviewCmd `cmd:"" help:"Print the edition that would be issued now; nothing is kept."`
	Send    digestSendCmd    `cmd:"" help:"Issue an edition now and send it."`
	History digestHistoryCmd `cmd:"" help:"List what was issued, and what became of it."`
}

type digestPreviewCmd struct {
	Profile string `arg:"" optional:"" help:"A configured digest; default: the first."`
	HTML    bool   `name:"html" help:"Print the HTML part."`
}

func (c *digestPreviewCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withApp(ctx, std, func(a *app) error {
		d, err := digestNamed(a.cfg.Load(), c.Profile)
		if err != nil {
			return err
		}
		p, err := a.postOffice()
		if err != nil {
			return err
		}
		profile, err := a.profile(a.cfg.Load(), d)
		if err != nil {
			return err
		}
		_, message, err := p.current().Preview(ctx, profile, time.Now())
		if err != nil {
			return err
		}
		if c.HTML {
			_, err = fmt.Fprintln(std.out, message.HTML)
			return err
		}
		_, err = fmt.Fprintf(std.out, "Subject: %s\n\n%s\n", message.Subject, message.Text)
		return err
	})
}

type digestSendCmd struct {
	Profile string `arg:"" optional:"" help:"A configured digest; default: the first."`
}

func (c *digestSendCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withApp(ctx, std, func(a *app) error {
		d, err := digestNamed(a.cfg.Load(), c.Profile)
		if err != nil {
			return err
		}
		p, err := a.postOffice()
		if err != nil {
			return err
		}
		profile, err := a.profile(a.cfg.Load(), d)
		if err != nil {
			return err
		}
		e, err := a.issueNow(ctx, p, profile)
		if err != nil {
			return err
		}
		if _, err := p.courier.Deliver(ctx); err != nil {
			return err
		}
		if e, err = a.store.Edition(ctx, e.ID); err != nil {
			return err
		}
		return printEdition(std, &e)
	})
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
	return p.current().Issue(ctx, profile, now)
}

// printEdition prints an edition and what became of its messages; it is an
// error if one was not accepted.
func printEdition(std *stdio, e *store.Edition) error {
	fmt.Fprintf(std.out, "%s  %s  %d stories  %s\n", e.To.Format("2006-01-02 15:04"), e.Profile, e.Stories, e.Subject)
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
}

func (c *digestHistoryCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withArchive(ctx, std, func(a *app) error {
		list, err := a.store.EditionList(ctx, c.Profile, c.Limit)
		if err != nil {
			return err
		}
		for i := range list {
			_ = printEdition(std, &list[i])
		}
		return nil
	})
}
