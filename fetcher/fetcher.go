// Package fetcher visits sources: it asks their servers politely, reads what
// they publish whatever the encoding and however broken, and brings back a
// batch of items. It does not decide when to visit and does not store; it
// keeps the servers' own words (validators, robots.txt, Retry-After) and hands
// them to those who do.
//
// The network is in visit.go, polite.go and page.go; everything else takes
// bytes and returns values.
package fetcher

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"silkwire/client"
	"silkwire/news"
)

// Options configure a Fetcher.
type Options struct {
	Spacing          time.Duration // between starts of requests to one host; 0 means 5 s
	PrivateSpacing   time.Duration // the same for hosts in allow_private
	Deltas           bool          // offer servers to send only what changed in a feed (RFC 3229)
	RobotsBindFeeds  bool          // feeds are crawled, not read: robots.txt binds them, too
	RespectNoArchive bool          // of pages that ask not to be archived only the feed's summary is kept
	MaxArticles      int           // article pages in one visit; 0 means 30. Private hosts: 1,000
	Hosts            *Hosts        // shared with others who ask the same hosts; nil: its own
	Now              func() time.Time
	Log              *slog.Logger
}

// Fetcher visits sources. It is safe for concurrent use.
type Fetcher struct {
	client   *client.Client
	opt      Options
	robots   *robotsCache
	identity *sourceSet
}

// New makes a Fetcher.
func New(c *client.Client, opt Options) *Fetcher {
	if opt.Spacing == 0 {
		opt.Spacing = 5 * time.Second
	}
	if opt.MaxArticles == 0 {
		opt.MaxArticles = 30
	}
	if opt.Hosts == nil {
		opt.Hosts = NewHosts()
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	return &Fetcher{client: c, opt: opt, robots: &robotsCache{hosts: map[string]robotsEntry{}}, identity: newSourceSet()}
}

func (f *Fetcher) now() time.Time { return f.opt.Now() }

// Known tells which items are in the archive: a map from the ID asked for to
// the archive's.
type Known = func(context.Context, []news.Item) (map[news.ItemID]news.ItemID, error)

// VisitError is a visit that brought nothing.
type VisitError = news.VisitError

// Visit fetches a source once and completes its new items from their article
// pages. cp is the checkpoint of the last visit; the batch's is to be stored
// with its items. The error, if any, is a *VisitError; then nothing came back
// and the old checkpoint stands.
func (f *Fetcher) Visit(ctx context.Context, outlet news.Outlet, src news.Source, cp news.Checkpoint, known Known) (news.Batch, error) {
	v := f.newVisit(ctx, outlet, src, cp, known)
	batch, err := v.run(ctx)
	if err != nil {
		failed := v.failure(err)
		failed.Notes, failed.Requests, failed.Unconditional, failed.Closed = v.notes, v.requests, v.unconditional, v.closed
		return news.Batch{}, failed
	}
	v.turnPage(&batch.Checkpoint)
	batch.Notes, batch.Bytes, batch.Requests, batch.Unconditional, batch.Closed = v.notes, v.bytes, v.requests, v.unconditional, v.closed
	batch.Wait = max(batch.Wait, v.asked)
	return batch, nil
}

func (v *visit) note(format string, args ...any) {
	if len(v.notes) < 20 {
		v.notes = append(v.notes, fmt.Sprintf(format, args...))
	}
}
