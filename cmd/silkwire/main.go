// Command silkwire reads the news of Central Asia and tells an analyst every
// morning who is courting whom, and with what.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // the daemon runs on images without a zone database

	"github.com/alecthomas/kong"

	"silkwire/taxonomy"
)

// Exit codes (see sysexits.h for the last two).
const (
	exitOK        = 0
	exitFailure   = 1
	exitUsage     = 2
	exitTemporary = 75 // the archive is held by another process
	exitConfig    = 78
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// stdio is where a command reads and writes.
type stdio struct {
	in       io.Reader
	out, err io.Writer

	args  []string // the command line, to be forwarded to a daemon; nil: never
	app   *app     // the daemon's own, when it carries out a command for another
	carry string   // what was read from in, to travel with the command
	dir   string   // where relative paths begin, if not here
}

// cli is the command line.
type cli struct {
	Config string `short:"c" type:"path" env:"SILKWIRE_CONFIG" help:"Configuration file (YAML). Without one the embedded default is used."`

	Serve       serveCmd       `cmd:"" default:"1" help:"Visit, tag, keep, tell: the daemon."`
	Demo        demoCmd        `cmd:"" help:"Show all of it on a made-up press, without a network."`
	Visit       visitCmd       `cmd:"" help:"Visit one source, address or file, and print what it holds."`
	Extract     extractCmd     `cmd:"" help:"Print the article of one page."`
	Discover    discoverCmd    `cmd:"" help:"Find out how a site can be visited, and print it as configuration."`
	Source      sourceCmd      `cmd:"" help:"Add, test, list, pause, resume and visit sources."`
	Backfill    backfillCmd    `cmd:"" help:"Read a source's past back to a date."`
	Import      importCmd      `cmd:"" help:"Keep and tag a collection of your own: pages, texts, JSON lines, WARC; or add the sources of an OPML file."`
	Search      searchCmd      `cmd:"" help:"Search the archive."`
	Export      exportCmd      `cmd:"" help:"Take items, tags, events and reviews away as CSV, JSON lines or workbooks; sources as OPML."`
	Count       countCmd       `cmd:"" help:"Count what the archive holds, as a table, CSV or JSON."`
	Digest      digestCmd      `cmd:"" help:"Preview, send and list digests."`
	Check       checkCmd       `cmd:"" help:"Check configuration and taxonomy, and say what happens next."`
	User        userCmd        `cmd:"" help:"Look after the users."`
	Token       tokenCmd       `cmd:"" help:"Look after the tokens of programs."`
	Settings    configCmd      `cmd:"" name:"config" help:"Show what is configured."`
	Archive     archiveCmd     `cmd:"" help:"Back up, check and count the archive."`
	Healthcheck healthcheckCmd `cmd:"" help:"Ask a running daemon whether it lives; for containers."`
	Tag         tagCmd         `cmd:"" help:"Tag texts: concepts, events and relevance, each with its evidence."`
	Eval        evalCmd        `cmd:"" help:"Measure the tagger on labelled items."`
	Taxonomy    taxonomyCmd    `cmd:"" help:"Check, test, show, export and compare the taxonomy."`
	Retag       retagCmd       `cmd:"" help:"Tag the archive anew where it was tagged under another taxonomy."`
	Review      reviewCmd      `cmd:"" help:"List, count and export what analysts said."`
	Version     versionCmd     `cmd:"" help:"Print the version."`
	Completion  completionCmd  `cmd:"" help:"Print a script that completes commands in a shell."`

	PrintVersion kong.VersionFlag `short:"v" name:"version" help:"Print the version and exit."`

	guarded bool // a daemon's door is meant: others may only come in safely
}

// run is the program without its process: it returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return runWith(ctx, args, &stdio{in: stdin, out: stdout, err: stderr, args: args})
}

func runWith(ctx context.Context, args []string, std *stdio) int {
	stdout, stderr := std.out, std.err
	var c cli
	code, exited := exitOK, false
	parser, err := kong.New(&c,
		kong.Name("silkwire"),
		kong.Description("Who is courting whom in Central Asia, and with what: a news monitor with evidence for every tag."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(n int) { code, exited = n, true }),
		kong.UsageOnError(),
		kong.Vars{"base": taxonomy.DefaultBase, "version": "silkwire " + version},
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(std, &c),
	)
	if err != nil {
		fmt.Fprintln(stderr, "silkwire:", err)
		return exitFailure
	}
	command, err := parser.Parse(args)
	if exited {
		return code
	}
	if err != nil {
		fmt.Fprintf(stderr, "silkwire: %v\nTry 'silkwire --help'.\n", err)
		return exitUsage
	}
	if err := command.Run(); err != nil {
		if e := (exitError{}); !errors.As(err, &e) || e.error != nil {
			fmt.Fprintln(stderr, "silkwire:", err)
		}
		return exitCode(err)
	}
	return code
}

// exitError is an error that knows its exit code.
type exitError struct {
	code int
	error
}

func (e exitError) Unwrap() error { return e.error }

func exitCode(err error) int {
	var e exitError
	if errors.As(err, &e) {
		return e.code
	}
	return exitFailure
}
