package tally

import (
	"cmp"
	"math"
	"slices"
	"time"

	"silkwire/news"
)

// Deal is one act of influence, however many items report it: an actor, an
// instrument, a recipient, with the figures that were told of it.
type Deal struct {
	State      news.ConceptID
	Actor      news.ConceptID // the most telling name for who acts
	Instrument news.ConceptID
	Family     news.ConceptID
	Recipient  news.ConceptID // a state of the region where a place in it was named
	Status     news.Status    // as last reported
	Amount     *news.Amount   // as most reports have it
	Places     *int
	First      time.Time // first report
	Last       time.Time
	Reports    []Report // oldest first
	Differ     bool     // reports give different sums

	Meant news.Means // what analysts said of its reports, of the newest where they differ
}

// Report is one item that tells of a deal.
type Report struct {
	Item   news.ItemID
	Time   time.Time
	Outlet news.OutletID
	Lang   string
	Title  string
	Event  news.Event
	Meant  news.Means // what analysts said of the event
	entry  int
}

// Void reports whether the deal was last said not to happen.
func (d *Deal) Void() bool { return d.Status == news.Cancelled || d.Status == news.DeniedEvt }

// Items are the reports that are of different items: one that states the deal
// twice reports it once.
func (d *Deal) Items() []Report {
	var list []Report
	for _, r := range d.Reports {
		if !slices.ContainsFunc(list, func(o Report) bool { return o.Item == r.Item }) {
			list = append(list, r)
		}
	}
	return list
}

// How far apart reports of one deal may be.
const (
	sameSum    = 45 * 24 * time.Hour // with the same sum or number of places
	sameThing  = 4 * 24 * time.Hour  // with the same instrument, no figure against it
	nearly     = 0.02                // sums that differ by less are one sum
	differing  = 0.5                 // sums that differ by less, told within days of the same thing, are one deal told differently
	sumsDiffer = 2 * 24 * time.Hour
)

// deals merges the events of all entries, oldest first.
func deals(c *Corpus) []Deal {
	m := merger{Corpus: c, open: map[[2]news.ConceptID][]int{}}
	order := make([]int, len(c.Entries))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &c.Entries[a], &c.Entries[b]
		return cmp.Or(x.Time.Compare(y.Time), cmp.Compare(x.ID, y.ID))
	})
	for _, i := range order {
		for j := range c.Entries[i].Events {
			if ev := &c.Entries[i].Events[j]; c.rules.About == nil || c.rules.About(ev) {
				m.add(i, ev)
			}
		}
	}
	for i := range m.deals {
		m.deals[i].settle()
	}
	slices.SortStableFunc(m.deals, func(a, b Deal) int { return b.First.Compare(a.First) })
	return m.deals
}

// merger finds for each event the deal that it tells of.
type merger struct {
	*Corpus
	deals []Deal
	open  map[[2]news.ConceptID][]int // deals between a state and a recipient that a further report may tell of, newest last
}

func (m *merger) add(entry int, ev *news.Event) {
	e := &m.Entries[entry]
	to := m.place(ev.Recipient)
	r := Report{Item: e.ID, Time: e.Time, Outlet: e.Outlet, Lang: e.Lang, Title: e.Title, Event: *ev, Meant: e.meant[ev.Key()], entry: entry}
	pair := [2]news.ConceptID{ev.State, to}
	m.open[pair] = slices.DeleteFunc(m.open[pair], func(i int) bool { return r.Time.Sub(m.deals[i].Last) > sameSum })
	for _, i := range slices.Backward(m.open[pair]) {
		if d := &m.deals[i]; d.tells(&r) {
			d.join(&r)
			return
		}
	}
	d := Deal{State: ev.State, Actor: ev.Actor, Instrument: ev.Instrument, Family: ev.Family, Recipient: to, Amount: ev.Amount, Places: ev.Places, First: e.Time}
	d.join(&r)
	m.open[pair] = append(m.open[pair], len(m.deals))
	m.deals = append(m.deals, d)
}

// place is the state of the region in which a place lies, or the place itself.
func (m *merger) place(id news.ConceptID) news.ConceptID {
	if m.rules.Taxonomy == nil {
		return id
	}
	up := append([]news.ConceptID{id}, m.rules.Taxonomy.Ancestors(id)...)
	if n := len(up); n >= 2 && slices.Contains(States(), up[n-2]) {
		return up[n-2]
	}
	return id
}

// tells reports whether a report tells of the deal. The same sum, or number of
// places, is one deal whatever the instrument is called: one outlet writes
// loan, the other assistance.
func (d *Deal) tells(r *Report) bool {
	ev, gap := &r.Event, r.Time.Sub(d.Last)
	for i := len(d.Reports) - 1; i >= 0 && d.Reports[i].Time.Equal(r.Time); i-- { // reports come in the order of time
		if o := &d.Reports[i]; o.Item == r.Item && o.Event.Instrument == ev.Instrument && sameFigures(&o.Event, ev) {
			return true
		}
	}
	alike := d.Instrument == ev.Instrument || d.Family == ev.Family && (d.Instrument == d.Family || ev.Instrument == ev.Family)
	switch {
	case d.Amount != nil && ev.Amount != nil && equalSums(d.Amount, ev.Amount):
		return gap <= sameSum
	case d.Amount != nil && ev.Amount != nil:
		return alike && gap <= sumsDiffer && comparable(d.Amount, ev.Amount)
	case d.Places != nil && ev.Places != nil && *d.Places == *ev.Places:
		return gap <= sameThing || d.Family == ev.Family && gap <= sameSum
	case d.Places != nil && ev.Places != nil:
		return false
	}
	return alike && gap <= sameThing
}

func sameFigures(a, b *news.Event) bool {
	return (a.Amount == nil) == (b.Amount == nil) && (a.Amount == nil || equalSums(a.Amount, b.Amount)) &&
		(a.Places == nil) == (b.Places == nil) && (a.Places == nil || *a.Places == *b.Places)
}

func equalSums(a, b *news.Amount) bool {
	return a.Currency == b.Currency && math.Abs(a.Value-b.Value) <= nearly*max(a.Value, b.Value)
}

func comparable(a, b *news.Amount) bool {
	return a.Currency == b.Currency && math.Abs(a.Value-b.Value) <= differing*max(a.Value, b.Value)
}

// join adds a report. A nearer actor replaces a broader one.
func (d *Deal) join(r *Report) {
	ev := &r.Event
	d.Reports = append(d.Reports, *r)
	d.Last = r.Time
	if d.Actor == d.State {
		d.Actor = ev.Actor
	}
	if d.Amount == nil {
		d.Amount = ev.Amount
	}
	if d.Places == nil {
		d.Places = ev.Places
	}
	if len(r.Meant.Behaviour) > 0 {
		d.Meant.Behaviour = r.Meant.Behaviour
	}
	if r.Meant.Horizon != "" {
		d.Meant.Horizon = r.Meant.Horizon
	}
}

// settle decides what is said of the deal as a whole: the instrument and the
// sum that most reports give, and the status of the last that gives one.
func (d *Deal) settle() {
	d.Status = news.NoStatus
	d.Instrument, d.Family = d.most()
	var sums []*news.Amount
	for i := range d.Reports {
		ev := &d.Reports[i].Event
		if ev.Status != "" && ev.Status != news.NoStatus {
			d.Status = ev.Status
		}
		if ev.Amount != nil {
			sums = append(sums, ev.Amount)
		}
	}
	best := 0
	for _, s := range sums {
		votes := 0
		for _, o := range sums {
			if equalSums(s, o) {
				votes++
			}
		}
		if votes > best {
			best, d.Amount = votes, s
		}
	}
	d.Differ = best < len(sums)
}

// most is the instrument of most reports: a narrower one before its family, and
// then the first.
func (d *Deal) most() (instrument, family news.ConceptID) {
	best := -1
	for i := range d.Reports {
		ev := &d.Reports[i].Event
		votes := 0
		for j := range d.Reports {
			if d.Reports[j].Event.Instrument == ev.Instrument {
				votes += 2
			}
		}
		if ev.Instrument != ev.Family {
			votes++
		}
		if votes > best {
			best, instrument, family = votes, ev.Instrument, ev.Family
		}
	}
	return instrument, family
}

// Sum is money by who gives, who takes, and currency. Sums in different
// currencies are not added up: no rate is known here.
type Sum struct {
	State     news.ConceptID
	Recipient news.ConceptID
	Currency  string
	Value     float64
	Deals     int
}

// Sums adds up the deals that have a sum and were not called off, largest
// number of deals first.
func Sums(deals []Deal) []Sum {
	at := map[Sum]int{}
	var list []Sum
	for i := range deals {
		d := &deals[i]
		if d.Amount == nil || d.Void() {
			continue
		}
		key := Sum{State: d.State, Recipient: d.Recipient, Currency: d.Amount.Currency}
		n, ok := at[key]
		if !ok {
			n = len(list)
			at[key] = n
			list = append(list, key)
		}
		list[n].Value += d.Amount.Value
		list[n].Deals++
	}
	slices.SortFunc(list, func(a, b Sum) int {
		return cmp.Or(cmp.Compare(b.Deals, a.Deals), cmp.Compare(a.State, b.State), cmp.Compare(a.Recipient, b.Recipient), cmp.Compare(a.Currency, b.Currency))
	})
	return list
}
