package bolt

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	bbolt "go.etcd.io/bbolt"

	"silkwire/news"
	"silkwire/review"
	"silkwire/store"
)

// Save keeps the promise of [store.Items], and these beside it:
//
// A source that says of an item what it said the last time changes nothing,
// even if another source said something else in between. Within one call the
// first of several forms of an item counts. A guid that names several
// addresses at once is believed no more. An item that comes without a
// first-seen time is first seen now. The date of publication stays once it is
// known. The tagging of an edited item is replaced if it was made of the words
// that are kept. A state without an ID is not kept, only the items.
func (s *Store) Save(ctx context.Context, items []news.Item, state news.SourceState) (store.Saved, error) {
	var saved store.Saved
	now := s.opts.Now()
	cleaned := make([]news.Item, len(items))
	for i, it := range items {
		cleaned[i] = clean(it, now)
		if cleaned[i].Source == "" {
			cleaned[i].Source = state.ID
		}
	}
	err := s.update(ctx, "save items of "+string(state.ID), func(w *writer) error {
		sv := &saver{writer: w, done: make(map[news.ItemID]bool), doubtful: doubtfulGUIDs(cleaned)}
		for _, it := range cleaned {
			if err := sv.item(it); err != nil {
				return fmt.Errorf("item %s: %w", it.ID, err)
			}
		}
		if err := sv.doubt(); err != nil {
			return err
		}
		saved = sv.saved
		if state.ID == "" {
			return nil
		}
		return w.putJSON(bucketSources, []byte(state.ID), state)
	})
	if err != nil {
		return store.Saved{}, err
	}
	return saved, nil
}

// saver is one Save under way.
type saver struct {
	*writer
	saved    store.Saved
	done     map[news.ItemID]bool // items that this call has met
	doubtful map[string]bool      // keys of guid aliases
}

// doubtfulGUIDs are the guids that stand for more than one address in a list.
func doubtfulGUIDs(items []news.Item) map[string]bool {
	address := make(map[string]string)
	doubtful := make(map[string]bool)
	for i := range items {
		guid := string(guidAlias(items[i].Outlet, items[i].GUID))
		key := news.URLKey(items[i].URL)
		if guid == "" || key == "" {
			continue
		}
		if before, ok := address[guid]; ok && before != key {
			doubtful[guid] = true
		}
		address[guid] = key
	}
	return doubtful
}

// doubt remembers the doubtful guids.
func (sv *saver) doubt() error {
	for guid := range sv.doubtful {
		if err := sv.put(bucketAliases, []byte(guid), []byte{}); err != nil {
			return err
		}
	}
	return nil
}

// resolve returns under which ID an item is known, "" if it is not.
func resolve(tx *bbolt.Tx, it *news.Item, doubtful map[string]bool) news.ItemID {
	if tx.Bucket(bucketItems).Get([]byte(it.ID)) != nil {
		return it.ID
	}
	aliases := tx.Bucket(bucketAliases)
	if key := urlAlias(it.Outlet, it.URL); key != nil {
		if id := aliases.Get(key); len(id) > 0 {
			return news.ItemID(id)
		}
	}
	if key := guidAlias(it.Outlet, it.GUID); key != nil && !doubtful[string(key)] {
		return news.ItemID(aliases.Get(key))
	}
	return ""
}

func (sv *saver) item(it news.Item) error {
	id := resolve(sv.Tx, &it, sv.doubtful)
	if id == "" {
		sv.saved.New = append(sv.saved.New, it.ID)
		sv.done[it.ID] = true
		return sv.add(it)
	}
	again := sv.done[id]
	sv.done[id] = true
	return sv.known(id, it, again)
}

// add keeps an item that is not known.
func (sv *saver) add(it news.Item) error {
	it.Sources = appendMissing(appendMissing(nil, it.Source), it.Sources...)
	it.Revision, it.Revised = 0, time.Time{}
	has := contentOf(&it)
	e := entry{Has: has, Said: map[news.SourceID]content{it.Source: has}}
	light, ev := lighten(it)
	e.Item = light
	if err := sv.putText(it.ID, it.Text); err != nil {
		return err
	}
	if err := sv.putEvidence(it.ID, ev); err != nil {
		return err
	}
	if err := sv.putAliases(&it); err != nil {
		return err
	}
	sv.count(total, string(bucketItems), 1)
	return sv.putEntry(nil, &e, &it)
}

// putSeen notes when an item was first seen, with the time it stands at.
func (w *writer) putSeen(it *news.Item) error {
	value := append(timeKey(it.Time()), it.Source...)
	return w.Bucket(bucketIndex).Bucket([]byte(bySeen)).Put(sortKey(it.Fetched, it.ID), value)
}

// known brings an item that is in the archive up to date. An item that this
// call has met before only adds its source.
func (sv *saver) known(id news.ItemID, it news.Item, again bool) error {
	var e entry
	if err := readEntry(sv.Tx, id, &e); err != nil {
		return err
	}
	before := e.Item
	var words *news.Item
	e.Item.Sources = appendMissing(slices.Clone(e.Item.Sources), it.Source)
	e.Item.Sources = appendMissing(e.Item.Sources, it.Sources...)
	now := contentOf(&it)
	said, spoke := e.Said[it.Source]
	if again || !now.changes(said) || !now.changes(e.Has) {
		sv.saved.Unchanged++
		if len(e.Item.Sources) == len(before.Sources) && (again || spoke && now.after(said) == said) {
			return nil
		}
	} else {
		sv.saved.Revised = append(sv.saved.Revised, id)
		var err error
		if words, err = sv.revise(&e, it); err != nil {
			return err
		}
	}
	if !again {
		e.says(it.Source, now.after(said))
	}
	return sv.putEntry(&before, &e, words)
}

// revise makes the item's state a revision and the given one its state. It
// returns the item with its text if title or body have changed.
func (sv *saver) revise(e *entry, it news.Item) (words *news.Item, err error) {
	old := e.Item
	text, err := sv.getPacked(sv.Tx, bucketTexts, []byte(old.ID))
	if err != nil {
		return nil, err
	}
	old.Text = string(text)
	rev := news.Revision{Number: old.Revision, Seen: old.Fetched, Title: old.Title, Summary: old.Summary, Text: old.Text}
	if old.Revision > 0 {
		rev.Seen = old.Revised
	}
	if err := sv.putPackedJSON(bucketRevisions, numbered(old.ID, old.Revision), rev); err != nil {
		return nil, err
	}
	sv.count(total, string(bucketRevisions), 1)

	merged := merge(old, it)
	tagged := isTagged(it.Tagging) && merged.Title == it.Title && merged.Body() == it.Body()
	if tagged {
		if err := sv.putHistory(&merged, &it.Tagging, merged.Revised); err != nil {
			return nil, err
		}
		merged.Tagging = it.Tagging
	}
	if merged.Text != old.Text {
		if err := sv.putText(merged.ID, merged.Text); err != nil {
			return nil, err
		}
	}
	if err := sv.putAliases(&merged); err != nil {
		return nil, err
	}
	e.Has = contentOf(&merged)
	light, ev := lighten(merged)
	e.Item = light
	if merged.Title != old.Title || merged.Body() != old.Body() {
		words = &merged
	}
	if !tagged {
		return words, nil // the evidence stays too
	}
	return words, sv.putEvidence(merged.ID, ev)
}

func isTagged(t news.Tagging) bool {
	return t.Taxonomy != "" || t.Lang != "" || len(t.Tags) > 0 || len(t.Events) > 0
}

// merge is the item after an edit: the new words where there are any.
func merge(old, it news.Item) news.Item {
	m := old
	m.Revision++
	m.Revised = it.Fetched
	m.Title = orElse(it.Title, old.Title)
	m.Summary = orElse(it.Summary, old.Summary)
	m.Text = orElse(it.Text, old.Text)
	m.GUID = orElse(it.GUID, old.GUID)
	m.URL = orElse(it.URL, old.URL)
	m.Section = orElse(it.Section, old.Section)
	m.Image = orElse(it.Image, old.Image)
	if len(it.Authors) > 0 {
		m.Authors = it.Authors
	}
	if len(it.Categories) > 0 {
		m.Categories = it.Categories
	}
	if it.Text != "" {
		m.Extraction = it.Extraction
	}
	if old.Published.IsZero() {
		m.Published, m.DayOnly = it.Published, it.DayOnly
	}
	return m
}

func appendMissing(list []news.SourceID, more ...news.SourceID) []news.SourceID {
	for _, id := range more {
		if id != "" && !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}

// readEntry reads an item that the archive refers to, or ErrNotFound.
func readEntry(tx *bbolt.Tx, id news.ItemID, e *entry) error {
	b := tx.Bucket(bucketItems).Get([]byte(id))
	if b == nil {
		return fmt.Errorf("item %s: %w", id, store.ErrNotFound)
	}
	return bad(bucketItems, []byte(id), unsealEntry(b, e))
}

// putEntry writes an item and brings it up to date in the indexes; before is
// nil for a new item. words is the item with its text where its words are new.
func (w *writer) putEntry(before *news.Item, e *entry, words *news.Item) error {
	record, err := sealEntry(e)
	if err != nil {
		return err
	}
	if err := w.put(bucketItems, []byte(e.Item.ID), record); err != nil {
		return err
	}
	if before == nil || !before.Time().Equal(e.Item.Time()) {
		if err := w.putSeen(&e.Item); err != nil {
			return err
		}
	}
	return w.index(before, &e.Item, words)
}

// reviewPostings are the marks that no item tells of itself: its reviews do.
func reviewPostings(said *review.Item) []posting { return stateMarks(said.States()) }

func allReviewPostings() []posting { return stateMarks(review.AllStates()) }

func stateMarks(states []string) []posting {
	list := make([]posting, len(states))
	for i, state := range states {
		list[i] = posting{byState, state}
	}
	return list
}

// setStates notes what reviews say of an item, which is:reviewed, is:disputed,
// is:flagged and the facet review go by. It is ErrNotFound if the item is not
// there.
func (w *writer) setStates(id news.ItemID, said *review.Item) error {
	if w.Bucket(bucketItems).Get([]byte(id)) == nil {
		return fmt.Errorf("item %s: %w", id, store.ErrNotFound)
	}
	indexers, err := w.indexes()
	if err != nil {
		return err
	}
	has := reviewPostings(said)
	for _, ix := range indexers {
		n, ok := ix.number(id)
		if !ok {
			continue // it will come to it
		}
		for _, m := range allReviewPostings() {
			if err := ix.mark(m, n, slices.Contains(has, m)); err != nil {
				return err
			}
		}
	}
	return nil
}

// index brings an item up to date in the search index; before is nil for a new
// item. words is the item with its text where its words are new.
func (w *writer) index(before, it, words *news.Item) error {
	indexers, err := w.indexes()
	if err != nil {
		return err
	}
	now := postings(it)
	for _, ix := range indexers {
		n, ok := ix.number(it.ID)
		switch {
		case !ok && before != nil && ix.partial:
			continue // it will come to it
		case !ok && before != nil:
			err = bad(bucketNumbers, []byte(it.ID), errMissing)
		case !ok:
			err = ix.add(words, now)
		case words != nil:
			err = ix.again(n, before, words, now)
		default:
			err = ix.update(n, it, postings(before), now)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// indexes are the search index, and the one that is being made to replace it.
func (w *writer) indexes() ([]*indexer, error) {
	if w.search != nil {
		return w.search, nil
	}
	for _, name := range [][]byte{bucketSearch, bucketSearchNext} {
		root := w.Bucket(name)
		if root == nil {
			continue
		}
		ix, err := newIndexer(root)
		if err != nil {
			return nil, err
		}
		ix.partial = bytes.Equal(name, bucketSearchNext)
		w.search = append(w.search, ix)
	}
	return w.search, nil
}

func minus(list, other []posting) []posting {
	return slices.DeleteFunc(slices.Clone(list), func(p posting) bool { return slices.Contains(other, p) })
}

func (w *writer) putText(id news.ItemID, text string) error {
	if text == "" {
		return nil
	}
	return w.put(bucketTexts, []byte(id), w.pack([]byte(text)))
}

func (w *writer) putEvidence(id news.ItemID, ev evidence) error {
	if len(ev.Tags) == 0 && len(ev.Events) == 0 {
		return w.Bucket(bucketEvidence).Delete([]byte(id))
	}
	return w.putPackedJSON(bucketEvidence, []byte(id), ev)
}

// putAliases lets the item be found by its address and its guid, unless the
// guid is doubtful.
func (sv *saver) putAliases(it *news.Item) error {
	if key := urlAlias(it.Outlet, it.URL); key != nil {
		if err := sv.put(bucketAliases, key, []byte(it.ID)); err != nil {
			return err
		}
	}
	key := guidAlias(it.Outlet, it.GUID)
	if key == nil || sv.doubtful[string(key)] {
		return nil
	}
	was := sv.Bucket(bucketAliases).Get(key)
	if was != nil && len(was) == 0 {
		return nil
	}
	return sv.put(bucketAliases, key, []byte(it.ID))
}

// Known keeps the promise of [store.Items].
func (s *Store) Known(ctx context.Context, items []news.Item) (map[news.ItemID]news.ItemID, error) {
	known := make(map[news.ItemID]news.ItemID)
	err := s.view(ctx, "look for known items", func(tx *bbolt.Tx) error {
		doubtful := doubtfulGUIDs(items)
		for i := range items {
			if id := resolve(tx, &items[i], doubtful); id != "" {
				known[items[i].ID] = id
			}
		}
		return nil
	})
	return known, err
}

// Retag keeps the promise of [store.Items]. It is ErrNotFound, and nothing is
// retagged, if one of the items is not there.
func (s *Store) Retag(ctx context.Context, tagged map[news.ItemID]news.Tagging) error {
	return s.update(ctx, "retag", func(w *writer) error {
		for id, tagging := range tagged {
			var e entry
			if err := readEntry(w.Tx, id, &e); err != nil {
				return err
			}
			before := e.Item
			if err := w.putHistory(&e.Item, &tagging, s.opts.Now()); err != nil {
				return err
			}
			e.Item.Tagging = tagging
			light, ev := lighten(e.Item)
			e.Item = light
			if err := w.putEvidence(id, ev); err != nil {
				return err
			}
			if err := w.putEntry(&before, &e, nil); err != nil {
				return err
			}
		}
		return nil
	})
}
