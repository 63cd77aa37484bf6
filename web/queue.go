package web

import (
	"cmp"
	"context"
	"math"
	"net/http"
	"slices"

	"silkwire/news"
	"silkwire/review"
	"silkwire/search"
	"silkwire/store"
	"silkwire/trust"
	"silkwire/words"
)

const (
	looked      = 1000   // items that a queue has at hand, the first of all that wait
	mostDrawn   = 2000   // items of a random sample
	mostRecent  = 20_000 // reviews that are looked through for open matters
	defaultDraw = 50
)

// queue is a reason to look at items, one after the other.
type queue struct {
	Name    string
	Title   words.Message
	Says    words.Message // what is in it and what it is good for
	Concept bool          // it takes a concept
	Random  bool          // it is a random sample, from which precision and recall are estimated
}

func queues() []queue {
	return []queue{
		{Name: "unsure", Title: "Unsure first", Says: "Items whose relevance, or one of whose tags, is close to the line. A verdict here teaches most."},
		{Name: "concept", Title: "My concept", Says: "Everything that bears a concept of yours and that nobody has reviewed.", Concept: true},
		{Name: trust.Tagged, Title: "Random tagged", Says: "A random sample of what counts as relevant, or bears a concept: the precision on the trust page is measured here.", Concept: true, Random: true},
		{Name: trust.Untagged, Title: "Random untagged", Says: "A random sample of all the rest: what the machine misses is estimated from it.", Concept: true, Random: true},
		{Name: "second", Title: "Second reading", Says: "Items that a colleague has read and that you read too, without seeing what was said: agreement is measured on them."},
		{Name: "disagreements", Title: "Disagreements", Says: "Items on which two analysts differ. A third one, or both together, settle it."},
		{Name: "flagged", Title: "Flagged", Says: "Items that somebody asks the others to look at, until who flagged them takes that back."},
		{Name: "almost", Title: "Almost relevant", Says: "Items that just missed being relevant, the nearest first."},
		{Name: "unfinished", Title: "Unfinished", Says: "Items that you have begun and not finished."},
	}
}

func queueNamed(name string) (queue, bool) {
	i := slices.IndexFunc(queues(), func(q queue) bool { return q.Name == name })
	if i < 0 {
		return queue{}, false
	}
	return queues()[i], true
}

// frame is what a random queue is drawn from, as a search writes it and reads it.
func (q queue) frame(concept news.ConceptID) (string, search.Query) {
	text, expr := "is:relevant", search.Expr(search.Is("relevant"))
	if concept != "" {
		text, expr = "concept:"+string(concept), search.Concept{Any: []news.ConceptID{concept}}
	}
	if q.Name == trust.Untagged {
		text, expr = "-"+text, search.Not{Expr: expr}
	}
	return text, search.Query{Text: text, Root: expr}
}

// waiting is what a queue holds for an analyst, in its order.
type waiting struct {
	Items  []news.ItemID
	Sample *store.Sample // of a random queue; nil: none was drawn
	Done   int           // items of the sample that are done with
	All    int           // how many wait in all, where Items are the first of them
}

func (s *Server) waiting(ctx context.Context, q queue, w way, who string) (waiting, error) {
	switch q.Name {
	case "unsure":
		return s.unsure(ctx)
	case "almost":
		return s.found(ctx, store.Doubtful, search.And{search.Not{Expr: search.Is("reviewed")}, search.Not{Expr: search.Is("relevant")}})
	case "concept":
		if w.Concept == "" {
			return waiting{}, nil
		}
		return s.found(ctx, store.Newest, search.And{search.Concept{Any: s.Taxonomy.Descendants(w.Concept)}, search.Not{Expr: search.Is("reviewed")}})
	case trust.Tagged, trust.Untagged:
		return s.sampled(ctx, q, w.Concept, who)
	case "disagreements", "flagged":
		return s.marked(ctx, map[string]search.Is{"disagreements": "disputed", "flagged": "flagged"}[q.Name], who)
	}
	return s.openMatters(ctx, q, who)
}

// doubt is how far the machine is from being unsure: the distance of the
// relevance from the line, and not much where a tag has a low score.
func doubt(it *news.Item) float64 {
	d := math.Abs(it.Tagging.Relevance - 0.5)
	if slices.ContainsFunc(it.Tagging.Tags, func(t news.Tag) bool { return !t.Implied && t.Score < 0.4 }) {
		d = min(d, 0.2)
	}
	return d
}

// unsure are the items that nobody has reviewed and of which the machine is
// least sure: of the whole archive by their relevance, which the index orders,
// and of the newest also by their tags, whose scores it does not know.
func (s *Server) unsure(ctx context.Context) (waiting, error) {
	open := search.Query{Root: search.Not{Expr: search.Is("reviewed")}}
	page, err := s.Store.Find(ctx, store.Query{Search: open, Sort: store.Doubtful, Limit: looked, Count: true})
	if err != nil {
		return waiting{}, err
	}
	newest, err := s.Store.Find(ctx, store.Query{Search: open, Limit: looked})
	if err != nil {
		return waiting{}, err
	}
	items := append(page.Items, newest.Items...)
	slices.SortStableFunc(items, func(a, b news.Item) int { return cmp.Compare(doubt(&a), doubt(&b)) })
	w := waiting{All: page.Total}
	met := map[news.ItemID]bool{}
	for i := range items {
		if id := items[i].ID; !met[id] && len(w.Items) < looked {
			met[id] = true
			w.Items = append(w.Items, id)
		}
	}
	return w, nil
}

// found are the first items that match, in an order.
func (s *Server) found(ctx context.Context, order store.Sort, e search.Expr) (waiting, error) {
	page, err := s.Store.Find(ctx, store.Query{Search: search.Query{Root: e}, Sort: order, Limit: looked, Count: true})
	w := waiting{All: page.Total}
	for i := range page.Items {
		w.Items = append(w.Items, page.Items[i].ID)
	}
	return w, err
}

// marked are the items with a state that reviews give, the newest first, as far
// as an analyst may see what others said of them.
func (s *Server) marked(ctx context.Context, state search.Is, who string) (waiting, error) {
	all, err := s.found(ctx, store.Newest, state)
	if err != nil {
		return waiting{}, err
	}
	w := waiting{All: all.All}
	for _, id := range all.Items {
		said, err := s.said(ctx, id)
		if err != nil {
			return w, err
		}
		if said.Hides(who, id, s.Double) {
			w.All--
			continue
		}
		w.Items = append(w.Items, id)
	}
	return w, nil
}

// sampled is what is left of the newest sample for an analyst: what nobody has
// finished, and what a second one should read.
func (s *Server) sampled(ctx context.Context, q queue, concept news.ConceptID, who string) (waiting, error) {
	var w waiting
	samples, err := s.Store.Samples(ctx)
	if err != nil {
		return w, err
	}
	i := slices.IndexFunc(samples, func(x store.Sample) bool { return x.Name == q.Name && x.Concept == concept })
	if i < 0 {
		return w, nil
	}
	w.Sample = &samples[i]
	for _, id := range w.Sample.Items {
		said, err := s.said(ctx, id)
		if err != nil {
			return w, err
		}
		if s.wants(&said, id, who) {
			w.Items = append(w.Items, id)
		} else {
			w.Done++
		}
	}
	return w, nil
}

func (s *Server) said(ctx context.Context, id news.ItemID) (review.Item, error) {
	all, err := s.Store.ReviewsOf(ctx, id)
	return review.Read(all), err
}

// wants reports whether an item waits for this analyst: as the first, or as the
// second of two.
func (s *Server) wants(said *review.Item, id news.ItemID, who string) bool {
	mine := said.By(who)
	return !mine.Done && (said.Done() == 0 || said.Done() == 1 && review.Double(id, s.Double))
}

// openMatters are items on which something was said that is not done with.
func (s *Server) openMatters(ctx context.Context, q queue, who string) (waiting, error) {
	by := ""
	if q.Name == "unfinished" {
		by = who
	}
	recent, err := s.Store.RecentReviews(ctx, by, mostRecent)
	if err != nil {
		return waiting{}, err
	}
	var w waiting
	met := map[news.ItemID]bool{}
	for _, r := range recent {
		if met[r.Item] {
			continue
		}
		met[r.Item] = true
		said, err := s.said(ctx, r.Item)
		if err != nil {
			return w, err
		}
		mine := said.By(who)
		wanted := false
		switch q.Name {
		case "second":
			wanted = said.Done() == 1 && s.wants(&said, r.Item, who)
		case "unfinished":
			wanted = len(mine.Said) > 0 && !mine.Done
		}
		if wanted {
			w.Items = append(w.Items, r.Item)
		}
	}
	return w, nil
}

// sampleWith is the sample of the queue in which an item was met, "" outside of
// random queues.
func (s *Server) sampleWith(ctx context.Context, w way, id news.ItemID) (string, error) {
	q, ok := queueNamed(w.Queue)
	if !ok || !q.Random {
		return "", nil
	}
	samples, err := s.Store.Samples(ctx)
	for _, x := range samples {
		if x.Name == q.Name && x.Concept == w.Concept && slices.Contains(x.Items, id) {
			return x.ID, err
		}
	}
	return "", err
}

// deskPage is templates/review.html: the queues, or one that is empty.
type deskPage struct {
	frame
	Queues []queueCard
	Empty  *queueCard // the one that was asked for, and holds nothing
	Mine   string     // what the analyst has said so far
	Double string     // the share that is read twice
	Last   string     // what an undo takes back; "" when there is nothing
}

// queueCard is a queue with what waits in it.
type queueCard struct {
	queue
	Href  string
	Waits string
	ConceptID,
	ConceptName string
	Frame   string // of a sample: what was drawn, from what, when
	Size    int    // that is offered for a sample
	Drawn   bool
	Nothing bool
}

// reviewPage is the desk, or the next item of a queue.
func (s *Server) reviewPage(r *http.Request) (string, framed, error) {
	w, who := readWay(r.URL.Query()), visitorOf(r).Name
	if w.Queue == "" {
		p, err := s.deskPage(r.Context(), who)
		return "review", p, err
	}
	q, ok := queueNamed(w.Queue)
	if !ok {
		return "", nil, failure{Code: http.StatusNotFound, Kind: "not_found", Detail: "There is no such queue. The page Review lists all of them."}
	}
	if w.Concept != "" {
		id, err := s.conceptNamed(string(w.Concept))
		if err != nil {
			return "", nil, err
		}
		w.Concept = id
	}
	waits, err := s.waiting(r.Context(), q, w, who)
	if err != nil {
		return "", nil, err
	}
	if w.Item == "" {
		for _, id := range waits.Items {
			if !slices.Contains(w.Skip, string(id)) {
				w.Item = id
				break
			}
		}
	}
	if w.Item == "" {
		p, err := s.deskPage(r.Context(), who)
		if err != nil {
			return "", nil, err
		}
		card := s.card(q, w, &waits)
		p.Title, p.Empty = s.say(q.Title), &card
		return "review", p, nil
	}
	p, err := s.itemView(r, w.Item, w)
	if err != nil {
		return "", nil, err
	}
	p.inQueue(s, q, w, &waits)
	return "item", p, nil
}

func (s *Server) deskPage(ctx context.Context, who string) (*deskPage, error) {
	p := &deskPage{frame: frame{Title: s.say("Review"), Section: "review"}}
	for _, q := range queues() {
		waits, err := s.waiting(ctx, q, way{Queue: q.Name}, who)
		if err != nil {
			return nil, err
		}
		p.Queues = append(p.Queues, s.card(q, way{Queue: q.Name}, &waits))
	}
	mine, err := s.Store.RecentReviews(ctx, who, mostRecent)
	if err != nil {
		return nil, err
	}
	items := map[news.ItemID]bool{}
	for _, r := range mine {
		items[r.Item] = true
	}
	if len(mine) > 0 {
		p.Mine = s.say("You have said %s of %s", s.say("%d things", len(mine)), s.say("%d items", len(items)))
	}
	if s.Double > 0 {
		p.Double = s.say("%d %% of the items are read by two analysts who do not see each other's verdicts.", int(math.Round(100*s.Double)))
	}
	p.Last, err = s.lastInWords(ctx, who)
	return p, err
}

func (s *Server) card(q queue, w way, waits *waiting) queueCard {
	c := queueCard{queue: q, Href: way{Queue: q.Name, Concept: w.Concept}.href(), Size: defaultDraw, Drawn: waits.Sample != nil, Nothing: len(waits.Items) == 0}
	if w.Concept != "" {
		c.ConceptID, c.ConceptName = string(w.Concept), s.name(w.Concept)
	}
	n := len(waits.Items)
	switch {
	case q.Random && waits.Sample == nil:
		c.Waits = s.say("no sample was drawn yet")
	case q.Random:
		c.Waits = s.say("%d of %d looked through", waits.Done, len(waits.Sample.Items))
		c.Frame = s.say("%d of the %s that matched %s on %s, drawn by %s with seed %s", len(waits.Sample.Items), s.say("%d items", waits.Sample.Population),
			waits.Sample.Query, s.words.ShortDate(waits.Sample.Drawn.In(s.Zone)), s.orNobody(waits.Sample.By), waits.Sample.Seed)
	case q.Name == "concept" && w.Concept == "":
		c.Waits = s.say("name a concept")
	case waits.All > n:
		c.Waits = s.say("%d items, the first %d of them at hand", waits.All, n)
	case n == 0:
		c.Waits = s.say("nothing waits")
	default:
		c.Waits = s.say("%d items", n)
	}
	return c
}

func (s *Server) orNobody(name string) string { return cmp.Or(name, s.say("nobody named")) }

// lastInWords is what an undo would take back.
func (s *Server) lastInWords(ctx context.Context, who string) (string, error) {
	act, err := s.lastAct(ctx, who)
	if err != nil || len(act) == 0 {
		return "", err
	}
	if len(act) > 1 {
		return s.say("an item finished"), nil
	}
	return s.inWords(&act[0]), nil
}

// inWords says a review in words: "China rejected".
func (s *Server) inWords(r *news.Review) string {
	of := func(id news.ConceptID, e *news.EventKey) string {
		if e != nil {
			return s.name(e.Actor) + " → " + s.name(e.Instrument) + " → " + s.name(e.Recipient)
		}
		return s.name(id)
	}
	what := of(r.Concept, r.Event)
	switch r.Verdict {
	case news.Accept:
		return s.say("%s accepted", what)
	case news.Reject:
		return s.say("%s rejected", what)
	case news.Add:
		return s.say("%s added", what)
	case news.Replace:
		return s.say("%s replaced by %s", what, of(r.With, r.WithEvent))
	case news.Main:
		return s.say("%s marked as main", what)
	case news.Weigh:
		return s.say("%s: %s", what, s.meansInWords(*r.Means))
	case news.IsRelevant:
		return s.say("relevant")
	case news.Irrelevant:
		return s.say("not relevant")
	case news.Remark:
		return s.say("a note")
	case news.Flag:
		return s.say("flagged")
	case news.Finished:
		return s.say("finished")
	case news.Undo:
		return s.say("withdrawn")
	}
	return string(r.Verdict)
}
