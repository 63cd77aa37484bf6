package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

type archiveCmd struct {
	Backup archiveBackupCmd `cmd:"" help:"Write a consistent copy of the archive, while it is in use."`
	Check  archiveCheckCmd  `cmd:"" help:"Read the whole archive and report what is wrong."`
	Stats  archiveStatsCmd  `cmd:"" help:"Count what the archive holds."`

	Reindex  archiveReindexCmd  `cmd:"" help:"Make the search index anew from the items, while the archive is in use."`
	Generate archiveGenerateCmd `cmd:"" help:"Make an archive of made-up items, to measure on."`
}

type archiveBackupCmd struct {
	File string `arg:"" help:"Where to write the copy."`
}

func (c *archiveBackupCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withArchive(ctx, std, func(a *app) error {
		path := std.absolute(c.File)
		n, err := a.store.BackupFile(ctx, path)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(std.out, "%s: %.1f MB\n", path, float64(n)/1e6)
		return err
	})
}

type archiveCheckCmd struct{}

func (c *archiveCheckCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withArchive(ctx, std, func(a *app) error {
		wrong, err := a.store.Check(ctx)
		if err != nil {
			return err
		}
		for _, w := range wrong {
			fmt.Fprintln(std.out, w)
		}
		if len(wrong) > 0 {
			return errors.New("the archive is damaged; restore a backup, or start with a new file beside it")
		}
		_, err = fmt.Fprintln(std.out, "the archive is sound")
		return err
	})
}

type archiveStatsCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

func (c *archiveStatsCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withArchive(ctx, std, func(a *app) error {
		s, err := a.store.Stats(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(std.out).Encode(s)
		}
		fmt.Fprintf(std.out, "%d items (%d relevant), %d revisions, %d editions, %d messages to send\n", s.Items, s.Relevant, s.Revisions, s.Editions, s.Outbox)
		fmt.Fprintf(std.out, "%.1f MB, of which %.1f MB to be used again; schema %d, %d writes\n", float64(s.Bytes)/1e6, float64(s.FreeBytes)/1e6, s.Schema, s.Sequence)
		langs := make([]string, 0, len(s.Languages))
		for l := range s.Languages {
			langs = append(langs, l)
		}
		slices.Sort(langs)
		for _, l := range langs {
			fmt.Fprintf(std.out, "  %-8s %d\n", l, s.Languages[l])
		}
		return nil
	})
}
