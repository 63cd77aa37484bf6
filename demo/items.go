package demo

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"silkwire/news"
)

//go:embed items.jsonl
var itemLines []byte

// Item is a labelled news item: the text its outlet publishes, and what an
// attentive reader finds in it. Apart from Outlet and Ago its shape is that of
// the gold set.
type Item struct {
	ID       string        `json:"id"`
	Lang     string        `json:"lang"`
	Origin   string        `json:"origin"`
	Outlet   news.OutletID `json:"outlet"`
	Ago      float64       `json:"ago"` // hours before now that it was published
	Title    string        `json:"title"`
	Body     string        `json:"body"` // paragraphs, a line each
	Relevant bool          `json:"relevant"`
	Tags     []Tag         `json:"tags"`
	Events   []Event       `json:"events"`
	Note     string        `json:"note,omitempty"`
}

// Tag says that the item expresses a concept, and in which words.
type Tag struct {
	ID       news.ConceptID `json:"id"`
	Main     bool           `json:"main"`
	Evidence string         `json:"evidence"`
}

// Event says that the item tells of an actor, an instrument and a recipient,
// and in which sentence.
type Event struct {
	Actor      news.ConceptID `json:"actor"`
	Instrument news.ConceptID `json:"instrument"`
	Recipient  news.ConceptID `json:"recipient"`
	Status     news.Status    `json:"status"`
	Evidence   string         `json:"evidence"`
}

// Gold returns the labelled items as JSON lines, in the shape of the gold set.
func Gold() []byte { return slices.Clone(itemLines) }

// Items returns the labelled items.
func Items() ([]Item, error) {
	var items []Item
	lines := bufio.NewScanner(bytes.NewReader(itemLines))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		var it Item
		if err := json.Unmarshal(lines.Bytes(), &it); err != nil {
			return nil, fmt.Errorf("demo items, line %d: %w", n, err)
		}
		items = append(items, it)
	}
	return items, lines.Err()
}

// published is when the item appeared, seen from now.
func (it *Item) published(now time.Time) time.Time {
	return now.Add(-time.Duration(it.Ago * float64(time.Hour))).UTC().Truncate(time.Second)
}
