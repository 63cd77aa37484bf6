package export

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"silkwire/news"
	"silkwire/review"
	"silkwire/search"
	"silkwire/store"
	"silkwire/words"
)

// Archive is what is taken away.
type Archive interface {
	Find(ctx context.Context, q store.Query) (store.Page, error)
	ReviewsOf(ctx context.Context, item news.ItemID) ([]news.Review, error)
	Weighed(ctx context.Context) (map[news.ItemID][]news.Review, error)
	History(ctx context.Context, item news.ItemID) ([]news.Retagging, error)
	Stats(ctx context.Context) (store.Stats, error)
}

// pageSize is how many items are read in one transaction.
const pageSize = 500

// walk calls fn with every item that matches and was first seen before a
// moment, newest first. Each page is a transaction of its own: what is saved
// meanwhile was first seen later, and is left out.
func walk(ctx context.Context, a Archive, q search.Query, until time.Time, whole bool, fn func(*news.Item) error) error {
	ask := store.Query{Search: q, FetchedTo: until, Limit: pageSize, WithText: whole}
	for {
		page, err := a.Find(ctx, ask)
		if err != nil {
			return err
		}
		for i := range page.Items {
			if err := fn(&page.Items[i]); err != nil {
				return err
			}
		}
		if ask.Cursor = page.Next; ask.Cursor == "" {
			return nil
		}
	}
}

// Take counts what matches now: the snapshot that an export is of.
func Take(ctx context.Context, a Archive, q search.Query, taxonomy string, now time.Time) (Snapshot, error) {
	s, err := At(ctx, a, q, taxonomy, now, 0)
	if err != nil {
		return s, err
	}
	err = walk(ctx, a, q, s.Taken, false, func(it *news.Item) error {
		s.Items++
		s.Print.Add(it)
		return nil
	})
	return s, err
}

// At is the snapshot of a page that found so many items and did not read them
// all.
func At(ctx context.Context, a Archive, q search.Query, taxonomy string, now time.Time, found int) (Snapshot, error) {
	stats, err := a.Stats(ctx)
	return Snapshot{
		Query: q.String(), Taken: now.UTC().Truncate(time.Millisecond).Add(time.Millisecond), Taxonomy: taxonomy, Sequence: stats.Sequence, Items: found,
	}, err
}

// Job is one export.
type Job struct {
	What   What
	Format Format
	Maker  Maker
	Query  search.Query
	Of     Snapshot
}

// Name is what the file is called.
func (j *Job) Name() string {
	return fmt.Sprintf("silkwire-%s-%s.%s", j.What, j.Of.Short(), j.Format)
}

// Write writes the file and returns the number of rows.
func (j *Job) Write(ctx context.Context, a Archive, w io.Writer) (rows int, err error) {
	j.Maker.Snapshot, j.Maker.Short, j.Maker.About = j.Of.ID(), j.Of.Short(), Narrow(j.Query, j.Maker.Taxonomy)
	if j.What == Events {
		if err := j.Maker.weigh(ctx, a); err != nil {
			return 0, err
		}
	}
	out, err := NewWriter(j.Format, w, j.Maker.Sheet(j.What), j.about())
	if err != nil {
		return 0, err
	}
	err = walk(ctx, a, j.Query, j.Of.Taken, true, func(it *news.Item) error {
		var reviews []news.Review
		if j.What == Reviews {
			if reviews, err = a.ReviewsOf(ctx, it.ID); err != nil {
				return err
			}
		}
		for _, row := range j.Maker.Rows(j.What, it, reviews) {
			if err := out.Write(row); err != nil {
				return err
			}
			rows++
		}
		return nil
	})
	if err != nil {
		return rows, err
	}
	return rows, out.Close()
}

// weigh reads what analysts said of events.
func (m *Maker) weigh(ctx context.Context, a Archive) error {
	said, err := a.Weighed(ctx)
	m.Meant = map[news.ItemID]map[news.EventKey]review.Meaning{}
	for id, list := range said {
		m.Meant[id] = review.Meant(list)
	}
	return err
}

func (j *Job) about() About {
	return About{
		{"what", string(j.What) + " of the archive, see the sheet “fields”"},
		{"query", j.Of.Query},
		{"items", fmt.Sprint(j.Of.Items)},
		{"taken", j.Of.Taken.Format(time.RFC3339)},
		{"taxonomy", j.Of.Taxonomy},
		{"archive sequence", fmt.Sprint(j.Of.Sequence)},
		{"snapshot", j.Of.ID()},
		{"cite as", j.Of.Cite()},
		{"notice", "Counts of mentions are counts of mentions, never influence."},
	}
}

// Difference is what became of a snapshot.
type Difference struct {
	Same     bool     `json:"same"`
	Then     Snapshot `json:"then"`
	Now      Snapshot `json:"now"`      // of what was first seen before then was taken
	Later    int      `json:"later"`    // items that match and were first seen since; never part of the comparison
	Revised  int      `json:"revised"`  // matching items that their outlets edited since
	Retagged int      `json:"retagged"` // matching items whose tags or events are others since
	Examples []Change `json:"examples"` // of both, the newest
	Exact    bool     `json:"exact"`    // the snapshot has a fingerprint; without one only the number is compared
}

// Change is an item that is no more what it was.
type Change struct {
	Item  news.ItemID      `json:"item"`
	Title string           `json:"title"`
	At    time.Time        `json:"at"`
	How   string           `json:"how"` // "revised" or "retagged"
	Came  []news.ConceptID `json:"came,omitempty"`
	Went  []news.ConceptID `json:"went,omitempty"`
}

// mostExamples bounds what is told of.
const mostExamples = 50

// Compare asks the archive again what a snapshot asked, and says what is
// different. What matched then and matches no more cannot be named, only
// counted: the numbers differ by it.
func Compare(ctx context.Context, a Archive, then Snapshot, q search.Query, taxonomy string, now time.Time) (Difference, error) {
	d := Difference{Then: then, Exact: !then.Print.Zero(), Examples: []Change{}}
	var err error
	if d.Now, err = At(ctx, a, q, taxonomy, now, 0); err != nil {
		return d, err
	}
	err = walk(ctx, a, q, then.Taken, false, func(it *news.Item) error {
		d.Now.Items++
		d.Now.Print.Add(it)
		return d.changed(ctx, a, it)
	})
	if err != nil {
		return d, err
	}
	page, err := a.Find(ctx, store.Query{Search: q, FetchedFrom: then.Taken, Limit: 1, Count: true})
	d.Later = page.Total
	d.Same = d.Now.Items == then.Items && (!d.Exact || d.Now.Print == then.Print)
	return d, err
}

// changed notes what happened to an item since the snapshot was taken.
func (d *Difference) changed(ctx context.Context, a Archive, it *news.Item) error {
	if it.Revised.After(d.Then.Taken) {
		d.Revised++
		d.example(Change{Item: it.ID, Title: it.Title, At: it.Revised, How: "revised"})
	}
	if it.Tagging.Taxonomy == d.Then.Taxonomy && !it.Revised.After(d.Then.Taken) {
		return nil
	}
	history, err := a.History(ctx, it.ID)
	if err != nil {
		return err
	}
	for _, h := range history {
		if h.At.After(d.Then.Taken) && len(h.Came)+len(h.Went)+len(h.EventsCame)+len(h.EventsWent) > 0 {
			d.Retagged++
			d.example(Change{Item: it.ID, Title: it.Title, At: h.At, How: "retagged", Came: h.Came, Went: h.Went})
			break
		}
	}
	return nil
}

func (d *Difference) example(c Change) {
	if len(d.Examples) < mostExamples {
		d.Examples = append(d.Examples, c)
	}
}

// Says is the difference in words, a line each.
func (d *Difference) Says() []words.Said {
	t := d.Then
	items := func(n int) words.Said { return words.Said{Message: "%d items", Args: []any{n}} }
	lines := []words.Said{{Message: "Taken %s with taxonomy %s, after write %s of the archive: %s for “%s”.",
		Args: []any{t.Taken.Format("2006-01-02 15:04:05 UTC"), t.Taxonomy, strconv.FormatUint(t.Sequence, 10), items(t.Items), t.Query}}}
	say := func(m words.Message, args ...any) { lines = append(lines, words.Said{Message: m, Args: args}) }
	switch {
	case d.Same && d.Exact:
		say("The archive still gives the same: the same items with the same tags and events.")
	case d.Same:
		say("The archive still gives the same number. Whether they are the same items is not known: the snapshot was taken by a page that did not read them all; one taken by an export knows.")
	default:
		say("The archive gives something else: now %s of those that it had then.", items(d.Now.Items))
	}
	if d.Later > 0 {
		say("Left out: %s that came since.", items(d.Later))
	}
	if d.Revised > 0 {
		say("Edited by their outlets since: %s.", items(d.Revised))
	}
	if d.Retagged > 0 {
		say("Tagged otherwise since: %s.", items(d.Retagged))
	}
	if t.Taxonomy != d.Now.Taxonomy {
		say("The taxonomy is another one now: %s.", d.Now.Taxonomy)
	}
	if !d.Same && d.Revised+d.Retagged == 0 {
		say("What matched then and matches no more is not named: it is found by looking for items that were edited or tagged otherwise.")
	}
	return lines
}
