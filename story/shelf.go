package story

import (
	"context"
	"slices"
	"sync"
	"time"

	"silkwire/news"
)

// Shelf gives stories to items as they come: an item that tells what another
// told joins the story of that one, any other begins a story of its own, and
// nothing that was given changes. It remembers the sketches of some days and
// asks the archive for the days that it does not remember, so that what it
// says is the same after a restart. It is safe for concurrent use.
type Shelf struct {
	load Load

	mu   sync.Mutex
	days map[int64]*day // by days since 1970
	used int            // grows with every look at a day
}

// Load returns what the archive has of a day, at most so many items, with text
// and tags.
type Load func(ctx context.Context, from, to time.Time, most int) ([]news.Item, error)

// Bounds of a shelf's memory.
const (
	mostDays   = 16   // that are remembered at once
	mostPerDay = 5000 // items of a day that are compared
	mostAlike  = 400  // candidates of one mark that are compared: a common figure says little
)

// longestStory is how long a story goes on: what comes later is another one.
const longestStory = 14 * 24 * time.Hour

// NewShelf returns a shelf that remembers nothing yet.
func NewShelf(load Load) *Shelf { return &Shelf{load: load, days: map[int64]*day{}} }

// told is an item on the shelf.
type told struct {
	*Sketch
	story news.StoryID
	begun time.Time // of the story, as far as it is remembered
}

// day holds the items of one day, by their marks.
type day struct {
	items map[news.ItemID]*told
	marks map[mark][]*told
	used  int
}

// Place gives every item a story that has none. Items that the shelf knows get
// what they were given before.
func (s *Shelf) Place(ctx context.Context, items []news.Item) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range items {
		if items[i].Story != "" {
			continue
		}
		if err := s.place(ctx, &items[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Shelf) place(ctx context.Context, it *news.Item) error {
	sketch := Make(it)
	around, err := s.around(ctx, sketch.Time)
	if err != nil {
		return err
	}
	it.Story = news.StoryID(it.ID)
	entry := &told{Sketch: sketch, begun: sketch.Time}
	if best, why := nearest(sketch, around); best != nil {
		it.Story, entry.begun = best.story, best.begun
		if best.ID != it.ID {
			it.StoryWhy = why + news.StoryAs + string(best.ID)
		}
	}
	entry.story = it.Story
	s.days[dayOf(sketch.Time)].add(entry)
	return nil
}

func dayOf(t time.Time) int64 { return t.Unix() / int64(24*60*60) }

// around are the days in which another telling of something of that time may
// be, its own first and then the nearest.
func (s *Shelf) around(ctx context.Context, t time.Time) ([]*day, error) {
	own := dayOf(t)
	reach := int64(apart/(24*time.Hour)) + 1
	var out []*day
	for off := range reach + 1 {
		for _, number := range slices.Compact([]int64{own - off, own + off}) {
			d, err := s.day(ctx, number)
			if err != nil {
				return nil, err
			}
			out = append(out, d)
		}
	}
	return out, nil
}

// day remembers a day, or asks the archive for it.
func (s *Shelf) day(ctx context.Context, number int64) (*day, error) {
	s.used++
	if d := s.days[number]; d != nil {
		d.used = s.used
		return d, nil
	}
	from := time.Unix(number*24*60*60, 0).UTC()
	items, err := s.load(ctx, from, from.Add(24*time.Hour), mostPerDay)
	if err != nil {
		return nil, err
	}
	d := &day{items: map[news.ItemID]*told{}, marks: map[mark][]*told{}, used: s.used}
	for i := range items {
		it := &items[i]
		entry := &told{Sketch: Make(it), story: it.Story, begun: it.Time()}
		if entry.story == "" { // kept before there were stories
			entry.story = news.StoryID(it.ID)
		}
		d.add(entry)
	}
	s.forget()
	s.days[number] = d
	return d, nil
}

// forget makes room for one more day.
func (s *Shelf) forget() {
	for len(s.days) >= mostDays {
		oldest := int64(0)
		for number, d := range s.days {
			if was := s.days[oldest]; was == nil || d.used < was.used {
				oldest = number
			}
		}
		delete(s.days, oldest)
	}
}

func (d *day) add(entry *told) {
	if d.items[entry.ID] != nil || len(d.items) >= mostPerDay {
		return
	}
	d.items[entry.ID] = entry
	for _, m := range entry.marks() {
		if list := d.marks[m]; len(list) < mostAlike {
			d.marks[m] = append(list, entry)
		}
	}
}

// nearest is the telling that is most like a sketch, the earlier of equals,
// and why it is the same; nil if there is none.
func nearest(sketch *Sketch, around []*day) (best *told, why string) {
	seen := map[news.ItemID]bool{}
	most := -1.0
	marks := sketch.marks()
	for _, d := range around {
		if again := d.items[sketch.ID]; again != nil {
			return again, ""
		}
		for _, m := range marks {
			for _, other := range d.marks[m] {
				if seen[other.ID] {
					continue
				}
				seen[other.ID] = true
				if sketch.Time.Sub(other.begun).Abs() > longestStory {
					continue
				}
				same, reason := Same(sketch, other.Sketch)
				if !same {
					continue
				}
				like := sketch.likeness(other.Sketch)
				if like > most || like == most && other.Time.Before(best.Time) {
					best, why, most = other, reason, like
				}
			}
		}
	}
	return best, why
}

// mark is something that two tellings of one thing have in common: a pair of
// shingle hashes, a figure, an institution.
type mark struct {
	what string
	band [2]uint32
}

// marks are those of a sketch. Two sketches that [Same] takes for one story
// share one with near certainty: of texts with half of their shingles in
// common, all but one in ten thousand share a pair of hashes.
func (s *Sketch) marks() []mark {
	var out []mark
	if s.shingle >= fewShingles {
		for i := 0; i < hashCount; i += 2 {
			out = append(out, mark{band: [2]uint32{s.hashes[i], s.hashes[i+1]}, what: bandNames[i/2 : i/2+1]})
		}
	}
	for _, f := range s.figures {
		out = append(out, mark{what: "#" + f})
	}
	for id, w := range s.facts {
		if w >= 1 {
			out = append(out, mark{what: string(id)})
		}
	}
	return out
}

// bandNames tell bands apart.
const bandNames = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
