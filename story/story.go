// Package story tells which items tell the same thing: a reprint in nearly the
// same words, or the same event in another language, by what items have in
// common whatever the language: figures, actors, instruments, places, days.
//
// It is pure: a [Sketch] is made from an item once, and two sketches are
// compared without the items. Every answer comes with its reason.
package story

import (
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"time"

	"silkwire/news"
	"silkwire/text"
)

// Sketch is what is compared of an item.
type Sketch struct {
	ID      news.ItemID
	Lang    string
	Time    time.Time
	hashes  [hashCount]uint32 // MinHash of the text's word shingles
	shingle int               // how many shingles there are
	figures []string          // numbers of the text that are no years or days
	facts   map[news.ConceptID]float64
	places  []news.ConceptID // targets that are named
}

const (
	hashCount   = 64
	shingleSize = 3
	fewShingles = 12 // a text shorter than this proves nothing by its words
)

// Make sketches a tagged item.
func Make(it *news.Item) *Sketch {
	s := &Sketch{ID: it.ID, Lang: it.Tagging.Lang, Time: it.Time(), facts: facts(&it.Tagging)}
	for _, tag := range it.Tagging.Tags {
		if tag.Facet == "target" && !tag.Implied {
			s.places = append(s.places, tag.Concept)
		}
	}
	var d text.Doc
	d.Scan(it.Title + "\n" + it.Body())
	s.minHash(&d)
	s.figures = figures(&d)
	return s
}

// minHash fills hashes: for each of the hash functions the smallest value of
// any shingle.
func (s *Sketch) minHash(d *text.Doc) {
	for i := range s.hashes {
		s.hashes[i] = math.MaxUint32
	}
	for i := 0; i+shingleSize <= len(d.Words); i++ {
		h := fnv.New64a()
		for j := range shingleSize {
			_, _ = h.Write(d.Folded(&d.Words[i+j]))
			_, _ = h.Write([]byte{0})
		}
		s.shingle++
		x := h.Sum64()
		for k := range s.hashes {
			x = x*6364136223846793005 + 1442695040888963407
			s.hashes[k] = min(s.hashes[k], uint32(x>>32))
		}
	}
}

// likeness estimates the share of shingles that two texts have in common.
func (s *Sketch) likeness(o *Sketch) float64 {
	if s.shingle < fewShingles || o.shingle < fewShingles {
		return 0
	}
	same := 0
	for i := range s.hashes {
		if s.hashes[i] == o.hashes[i] {
			same++
		}
	}
	return float64(same) / hashCount
}

// factWeights say how telling a shared concept is, by its facet.
var factWeights = map[string]float64{
	"actor_institution": 1.2, "organisation": 1, "actor_state": 0.6, "actor_person": 0.5, "instrument": 0.6, "target": 0.4,
}

// facts are the concepts that an item is about, each with its weight.
func facts(t *news.Tagging) map[news.ConceptID]float64 {
	out := map[news.ConceptID]float64{}
	for _, tag := range t.Tags {
		if w := factWeights[tag.Facet]; w > 0 {
			out[tag.Concept] = w
		}
	}
	return out
}

// figures are the numbers of a text with three digits or more, or with a
// fraction, without years: what a reporter copies from the announcement.
func figures(d *text.Doc) []string {
	var out []string
	for i := range d.Words {
		w := &d.Words[i]
		if !w.Digits || i > 0 && d.Words[i-1].Digits && d.Words[i].Start-d.Words[i-1].End == 1 {
			continue
		}
		number := string(d.Folded(w))
		for j := i + 1; j < len(d.Words) && d.Words[j].Digits && d.Words[j].Start-d.Words[j-1].End <= 2; j++ {
			sep := strings.TrimSpace(d.Text[d.Words[j-1].End:d.Words[j].Start])
			part := string(d.Folded(&d.Words[j]))
			if (sep == "" || sep == "," || sep == ".") && len(part) == 3 {
				number += part
				continue
			}
			if sep == "," || sep == "." {
				number += "." + part
			}
			break
		}
		if telling(number) && !slices.Contains(out, number) {
			out = append(out, number)
		}
	}
	return out
}

func telling(number string) bool {
	digits := strings.Trim(number, ".")
	switch {
	case strings.Trim(number, "0123456789.") != "":
		return false
	case strings.Contains(number, "."):
		return len(digits) <= 8
	case len(number) == 4 && (number[:2] == "19" || number[:2] == "20"):
		return false
	}
	return len(number) >= 3 || len(number) == 2 && number[1] != '0' && number > "31"
}

// Bounds of sameness.
const (
	apart       = 60 * time.Hour // between two tellings of one event
	reprint     = 0.5            // share of shingles from which on it is a reprint
	enoughFacts = 4.0
	perFigure   = 1.6
)

// Same reports whether two items tell the same story, and why, in words.
func Same(a, b *Sketch) (bool, string) {
	if like := a.likeness(b); like >= reprint {
		return true, fmt.Sprintf("%.0f %% of the wording", 100*like)
	}
	if a.Time.Sub(b.Time).Abs() > apart {
		return false, ""
	}
	shared := common(a.figures, b.figures)
	score, institutions := perFigure*float64(len(shared)), 0
	for id, w := range a.facts {
		if _, ok := b.facts[id]; ok {
			score += w
			if w >= 1 {
				institutions++
			}
		}
	}
	// What one item has and the other has not speaks against.
	score -= 0.15 * float64(len(a.facts)+len(b.facts)-2*sharedFacts(a, b))
	if score < enoughFacts || len(shared) == 0 && (institutions < 2 || elsewhere(a, b)) {
		return false, ""
	}
	return true, reason(shared, institutions)
}

// elsewhere reports whether each item names a place that the other does not
// know of.
func elsewhere(a, b *Sketch) bool {
	onlyIn := func(x, y *Sketch) bool {
		return slices.ContainsFunc(x.places, func(id news.ConceptID) bool { return !slices.Contains(y.places, id) })
	}
	return onlyIn(a, b) && onlyIn(b, a)
}

func sharedFacts(a, b *Sketch) (n int) {
	for id := range a.facts {
		if _, ok := b.facts[id]; ok {
			n++
		}
	}
	return n
}

func common(a, b []string) (out []string) {
	for _, x := range a {
		if slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	return out
}

func reason(figures []string, institutions int) string {
	if len(figures) == 0 {
		return "the same institutions, instruments and places within two days"
	}
	return fmt.Sprintf("the same figures (%s), actors and places", strings.Join(figures[:min(3, len(figures))], ", "))
}

// Judge compares items, making each one's sketch once. It is not safe for
// concurrent use.
func Judge() func(a, b *news.Item) (bool, string) {
	sketches := map[news.ItemID]*Sketch{}
	sketch := func(it *news.Item) *Sketch {
		s, ok := sketches[it.ID]
		if !ok {
			s = Make(it)
			sketches[it.ID] = s
		}
		return s
	}
	return func(a, b *news.Item) (bool, string) {
		if a.Outlet == b.Outlet && news.URLKey(a.URL) != "" && news.URLKey(a.URL) == news.URLKey(b.URL) {
			return true, "the same address"
		}
		return Same(sketch(a), sketch(b))
	}
}
