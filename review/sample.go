package review

import (
	"cmp"
	"container/heap"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"

	"silkwire/news"
)

// Double reports whether an item is of the share that two analysts read
// without knowing of each other. It depends on the item alone.
func Double(id news.ItemID, share float64) bool {
	return share > 0 && float64(place("double", id))/math.MaxUint64 < share
}

// place is where an item stands in the shuffle that a seed makes.
func place(seed string, id news.ItemID) uint64 {
	sum := sha256.Sum256([]byte(seed + "\x00" + string(id)))
	return binary.BigEndian.Uint64(sum[:8])
}

// Draw draws without replacement: of all items that are offered, each as
// likely as any other, in an order of which every beginning is a random sample
// too. The same seed draws the same items of the same population, in whatever
// order they are offered.
type Draw struct {
	seed string
	n    int
	size int
	kept drawn
}

// NewDraw draws at most n items.
func NewDraw(seed string, n int) *Draw { return &Draw{seed: seed, n: n} }

// Offer puts an item into the population.
func (d *Draw) Offer(id news.ItemID) {
	d.size++
	heap.Push(&d.kept, lot{place(d.seed, id), id})
	if len(d.kept) > d.n {
		heap.Pop(&d.kept)
	}
}

// Population is how many items were offered.
func (d *Draw) Population() int { return d.size }

// Items are the ones that were drawn, in the order of the shuffle.
func (d *Draw) Items() []news.ItemID {
	list := slices.Clone(d.kept)
	slices.SortFunc(list, func(a, b lot) int { return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.id, b.id)) })
	ids := make([]news.ItemID, len(list))
	for i := range list {
		ids[i] = list[i].id
	}
	return ids
}

type lot struct {
	place uint64
	id    news.ItemID
}

// drawn is a heap with the last place on top.
type drawn []lot

func (h drawn) Len() int { return len(h) }
func (h drawn) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(h[i].place, h[j].place), cmp.Compare(h[i].id, h[j].id)) > 0
}
func (h drawn) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push and Pop are for container/heap.
func (h *drawn) Push(x any) { *h = append(*h, x.(lot)) }
func (h *drawn) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
