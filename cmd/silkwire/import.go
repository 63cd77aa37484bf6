package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"silkwire/collection"
	"silkwire/config"
	"silkwire/news"
	"silkwire/text"
)

type importCmd struct {
	What   string `arg:"" name:"file|dir" help:"HTML, text, JSON lines, a feed, WARC (gzip too), OPML; or a directory of them."`
	Outlet string `help:"Whose the items are that do not say; that of their address if not given."`
	Quiet  bool   `short:"q" help:"Do not list what was left out."`
}

// imported is the source that items come through that no visit brought.
const imported news.SourceID = "import"

// Run keeps and tags what an analyst has collected, or adds the sources of a
// list of feeds. Importing the same again changes nothing.
func (c *importCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withApp(ctx, std, func(a *app) error {
		i := &importing{importCmd: c, app: a, ctx: ctx, std: std, at: time.Now().UTC()}
		err := collection.Read(ctx, std.absolute(c.What), i.at, collection.Hand{Item: i.item, Feed: i.feed, Reject: i.reject})
		if err == nil {
			err = i.flush()
		}
		if err == nil && len(i.feeds) > 0 {
			err = i.addFeeds()
		}
		fmt.Fprintf(std.out, "%d items found: %d new, %d revised, %d known; %d left out\n", i.found, i.fresh, i.revised, i.found-i.fresh-i.revised, i.left)
		return err
	})
}

// importing is one import under way.
type importing struct {
	*importCmd
	app *app
	ctx context.Context
	std *stdio
	at  time.Time

	batch                       []news.Item
	feeds                       []collection.Feed
	found, fresh, revised, left int
}

// atATime is how many items are saved in one step.
const atATime = 100

func (i *importing) item(it news.Item) error {
	i.found++
	it.Outlet = i.outletOf(it)
	it.ID = news.NewItemID(it.Outlet, it.URL, it.GUID)
	it.Source, it.Sources = imported, []news.SourceID{imported}
	it.Fetched = i.at
	it.Tagging = i.app.tagger.Tag(&it)
	if i.batch = append(i.batch, it); len(i.batch) < atATime {
		return nil
	}
	return i.flush()
}

// outletOf is the outlet that an item names, or that visits its address, or
// that the command line says.
func (i *importing) outletOf(it news.Item) news.OutletID {
	cfg := i.app.cfg.Load()
	named := strings.ToLower(string(it.Outlet))
	for _, o := range cfg.Outlets {
		if named != "" && (named == string(o.ID) || named == strings.ToLower(o.Name)) {
			return o.ID
		}
	}
	switch {
	case it.URL != "":
		if o, known := outletOf(cfg, it.URL); known || i.Outlet == "" && named == "" {
			return o.ID
		}
		fallthrough
	default:
		return news.OutletID(plainID(cmp.Or(i.Outlet, named, "collection")))
	}
}

func (i *importing) flush() error {
	if err := i.app.shelf.Place(i.ctx, i.batch); err != nil {
		return err
	}
	saved, err := i.app.store.Save(i.ctx, i.batch, news.SourceState{})
	if err != nil {
		return err
	}
	i.fresh, i.revised = i.fresh+len(saved.New), i.revised+len(saved.Revised)
	i.batch = nil
	return nil
}

func (i *importing) feed(f collection.Feed) error {
	i.feeds = append(i.feeds, f)
	return nil
}

func (i *importing) reject(where, why string) {
	if i.left++; !i.Quiet {
		fmt.Fprintf(i.std.err, "left out: %s: %s\n", where, why)
	}
}

// addFeeds adds the sources of a list. They are visited when their turn comes,
// each under the same guard as any other (X22).
func (i *importing) addFeeds() error {
	n := 0
	for _, f := range i.feeds {
		o := i.outletOfFeed(f)
		whole, err := i.app.checked(o)
		if err != nil {
			i.reject(f.URL, strings.ReplaceAll(err.Error(), "\n", "; "))
			continue
		}
		added, left, err := i.app.addSources(i.ctx, whole, operator())
		if err != nil {
			return err
		}
		for _, why := range left {
			i.reject(i.What, why)
		}
		n += len(added)
		if whole, err := i.app.withAdded(i.ctx, i.app.file.Load()); err == nil {
			i.app.cfg.Store(whole) // the next one may be the same
		}
	}
	if err := i.app.reconsider(i.ctx); err != nil {
		return err
	}
	_, err := fmt.Fprintf(i.std.out, "%d sources added of %d; \"silkwire source list\" shows them\n", n, len(i.feeds))
	return err
}

func (i *importing) outletOfFeed(f collection.Feed) config.Outlet {
	o, known := outletOf(i.app.cfg.Load(), cmp.Or(f.Site, f.URL))
	if !known {
		o.Name = cmp.Or(f.Folder, f.Title, o.Name)
		if l := text.ParseLang(f.Language); l != text.Und {
			o.Languages = []string{l.String()}
		}
	}
	return config.Outlet{Outlet: o, Sources: []config.Source{{Source: news.Source{Kind: f.Kind, URL: f.URL}, Enabled: true}}}
}

type exportOPMLCmd struct {
	Out string `short:"o" type:"path" help:"The file to write; standard output if not given."`
}

func (c *exportOPMLCmd) Run(ctx context.Context, std *stdio, cl *cli) error {
	return cl.withArchive(ctx, std, func(a *app) error {
		if c.Out == "" {
			return collection.WriteOPML(std.out, "Silkwire", folders(a.cfg.Load()))
		}
		f, err := os.OpenFile(std.absolute(c.Out), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return err
		}
		err = collection.WriteOPML(f, "Silkwire", folders(a.cfg.Load()))
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
		return err
	})
}

// folders are the enabled sources, by outlet.
func folders(cfg *config.Config) (out []collection.Folder) {
	for _, o := range cfg.Outlets {
		folder := collection.Folder{Title: o.Name}
		for _, s := range o.Sources {
			if !s.Enabled {
				continue
			}
			feed := collection.Feed{Title: o.Name + ": " + string(s.ID), URL: s.URL, Kind: s.Kind}
			if languages := s.Languages; len(languages) == 1 {
				feed.Language = languages[0]
			} else if len(languages) == 0 && len(o.Languages) == 1 {
				feed.Language = o.Languages[0]
			}
			folder.Feeds = append(folder.Feeds, feed)
		}
		if len(folder.Feeds) > 0 {
			out = append(out, folder)
		}
	}
	return out
}
