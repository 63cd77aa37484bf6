// Package demo is a made-up press of Central Asia that needs no network:
// fourteen outlets with invented names and a hundred-odd invented news items
// in eleven languages and scripts, each labelled by hand; and what they
// published in the year before, made up day by day from sentences in every
// language.
//
// A [World] fixes the moment from which the items' dates are counted;
// [World.Start] lets every outlet answer at an address of its own on loopback,
// in the way real outlets do: full feeds and short ones, listings, a news
// sitemap, a channel's preview, pages full of everything but the article, one
// feed in windows-1251, one cut off, one server that only fails, one that is
// slow. [Gold] gives the labels, by which a tagger can be measured.
//
// No living person is named, and nothing here happened.
package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"silkwire/news"
)

// World is the made-up press as it stands at one moment. It does not change.
type World struct {
	now     time.Time
	outlets []outlet
	stories map[news.OutletID][]story // newest first
	tongues map[string]*tongue
}

// story is an item at its place in its outlet.
type story struct {
	Item
	Number    int
	Path      string
	Published time.Time
}

// New makes the world of a moment: every item was published some hours before.
func New(now time.Time) (*World, error) {
	items, err := Items()
	if err != nil {
		return nil, err
	}
	languages, err := tongues()
	if err != nil {
		return nil, err
	}
	w := &World{tongues: languages, now: now.UTC().Truncate(time.Second), outlets: outlets(), stories: map[news.OutletID][]story{}}
	for _, it := range items {
		o := w.outlet(it.Outlet)
		if o == nil {
			return nil, fmt.Errorf("demo item %s: there is no outlet %q", it.ID, it.Outlet)
		}
		number := o.first + 3*len(w.stories[o.ID])
		w.stories[o.ID] = append(w.stories[o.ID], story{
			Item: it, Number: number, Path: o.article + strconv.Itoa(number), Published: it.published(w.now),
		})
	}
	for _, stories := range w.stories {
		slices.SortStableFunc(stories, func(a, b story) int { return b.Published.Compare(a.Published) })
	}
	return w, nil
}

func (w *World) outlet(id news.OutletID) *outlet {
	for i := range w.outlets {
		if w.outlets[i].ID == id {
			return &w.outlets[i]
		}
	}
	return nil
}

// Outlets are the outlets of the world.
func (w *World) Outlets() []news.Outlet {
	var out []news.Outlet
	for _, o := range w.outlets {
		out = append(out, o.Outlet)
	}
	return out
}

// Places says at which host:port each outlet answers. An item's identity is
// its address, so whoever wants to know items again keeps the places and
// starts the next world there.
type Places map[news.OutletID]string

// Running is a world that answers. Close ends it.
type Running struct {
	world   *World
	places  Places
	servers []*http.Server
	serving sync.WaitGroup
	stop    func() bool
}

// Start lets every outlet answer on loopback: at the place that is wanted for
// it, and where none is wanted or it is taken, at a free one. It ends with ctx.
func (w *World) Start(ctx context.Context, want Places) (*Running, error) {
	r := &Running{world: w, places: Places{}}
	for i := range w.outlets {
		o := &w.outlets[i]
		listener, err := listen(ctx, want[o.ID])
		if err != nil {
			return nil, errors.Join(fmt.Errorf("demo outlet %s: %w", o.ID, err), r.shut())
		}
		r.places[o.ID] = listener.Addr().String()
		server := &http.Server{Handler: w.Handler(o.ID), ReadHeaderTimeout: 10 * time.Second}
		r.servers = append(r.servers, server)
		r.serving.Go(func() { _ = server.Serve(listener) }) // http.ErrServerClosed, or the listener's end
	}
	r.stop = context.AfterFunc(ctx, func() { _ = r.shut() })
	return r, nil
}

// listen opens a wanted loopback address, or else a free one.
func listen(ctx context.Context, want string) (net.Listener, error) {
	var config net.ListenConfig
	if host, _, err := net.SplitHostPort(want); err == nil && host == "127.0.0.1" {
		if listener, err := config.Listen(ctx, "tcp", want); err == nil {
			return listener, nil
		}
	}
	return config.Listen(ctx, "tcp", "127.0.0.1:0")
}

// Places says where the outlets answer.
func (r *Running) Places() Places { return r.places }

// Outlets are the outlets that answer.
func (r *Running) Outlets() []news.Outlet { return r.world.Outlets() }

// Sources are what there is to visit, one per outlet.
func (r *Running) Sources() []news.Source {
	var out []news.Source
	for _, o := range r.world.outlets {
		source := o.source
		source.URL = "http://" + r.places[o.ID] + source.URL
		out = append(out, source)
	}
	return out
}

// Close ends the world and returns when its servers have ended.
func (r *Running) Close() error {
	r.stop()
	return r.shut()
}

func (r *Running) shut() error {
	var errs []error
	for _, server := range r.servers {
		errs = append(errs, server.Close())
	}
	r.serving.Wait()
	return errors.Join(errs...)
}
