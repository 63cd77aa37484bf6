package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"silkwire/news"
	"silkwire/review"
	"silkwire/store"
	"silkwire/taxonomy"
	"silkwire/words"
)

// maxNote and maxQuote are how long what an analyst writes may be, in
// characters.
const (
	maxNote  = 4000
	maxQuote = 1000
)

// judging is what one analyst says of one item, being made into reviews.
type judging struct {
	s      *Server
	who    string
	item   news.Item
	said   review.Item
	all    []news.Review
	sample string
}

func (s *Server) judging(ctx context.Context, who string, id news.ItemID) (*judging, error) {
	it, err := s.Store.Item(ctx, id)
	if err != nil {
		return nil, err
	}
	all, err := s.Store.ReviewsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	return &judging{s: s, who: who, item: it, all: all, said: review.Read(all)}, nil
}

// hides reports whether what colleagues say of the item is kept from whoever
// judges it.
func (j *judging) hides() bool { return j.said.Hides(j.who, j.item.ID, j.s.Double) }

// blind reports whether nothing that colleagues say of the item can be seen.
func (j *judging) blind() bool {
	others := slices.ContainsFunc(j.said.Opinions, func(o review.Opinion) bool { return o.By != j.who })
	return !others || j.hides()
}

// own is what the analyst holds so far.
func (j *judging) own(t review.Target) review.Says {
	mine := j.said.By(j.who)
	return mine.Said[t]
}

// sameAs refuses when the item is no longer what the analyst saw (X24).
func (j *judging) sameAs(seen string) error {
	if seen == "" || seen == seenOf(&j.item) {
		return nil
	}
	return failure{Code: http.StatusPreconditionFailed, Kind: "changed",
		Detail: "The item was rewritten or tagged anew while you looked at it. Nothing was kept: go back, load the page again, and look at what it says now."}
}

// seenOf names what a page shows of an item.
func seenOf(it *news.Item) string { return fmt.Sprintf("%d %s", it.Revision, it.Tagging.Taxonomy) }

// keep fills in what the analyst does not say himself and keeps the reviews.
func (j *judging) keep(r *http.Request, said ...news.Review) ([]news.Review, error) {
	for i := range said {
		if err := j.complete(&said[i]); err != nil {
			return nil, err
		}
	}
	kept, err := j.s.Store.Review(r.Context(), j.item.ID, said...)
	if err != nil {
		return nil, err
	}
	j.s.corpora.forget()
	last := &kept[len(kept)-1] // which names the act: what is finished ends with that
	j.s.audit(r, string(last.Verdict), whatOf(last), nil, kept)
	return kept, nil
}

// whatOf names what a review is about.
func whatOf(r *news.Review) string {
	what := "item " + string(r.Item)
	switch {
	case r.Concept != "":
		return "tag " + string(r.Concept) + " of " + what
	case r.Event != nil:
		return "event " + r.Event.String() + " of " + what
	}
	return what
}

func (j *judging) complete(r *news.Review) error {
	r.By, r.Sample = j.who, j.sample
	switch {
	case r.Concept != "":
		r.Seen = news.SeenTag(&j.item, r.Concept)
	case r.Event != nil:
		r.Seen = news.SeenEvent(&j.item, *r.Event)
	default:
		r.Seen = news.SeenItem(&j.item)
	}
	r.Seen.Blind = j.blind()
	r.Note, r.Quote = strings.TrimSpace(clean(r.Note)), strings.TrimSpace(r.Quote)
	if len([]rune(r.Note)) > maxNote || len([]rune(r.Quote)) > maxQuote {
		return badReview("A note may have %d characters, and a quotation %d.", maxNote, maxQuote)
	}
	if err := j.known(r); err != nil {
		return err
	}
	if err := knownMeans(r.Means); err != nil {
		return err
	}
	if r.Quote != "" && !strings.Contains(j.item.Title, r.Quote) && !strings.Contains(j.item.Body(), r.Quote) {
		return badReview("The words “%s” do not stand in the item. Copy them from the title or the text as they are there.", oneLine(r.Quote, 80))
	}
	if err := r.Valid(); err != nil {
		return badReview("This cannot be kept: %s.", err.Error())
	}
	return nil
}

// known refuses concepts that neither the taxonomy nor the item knows.
func (j *judging) known(r *news.Review) error {
	ids := []news.ConceptID{r.Concept, r.With}
	for _, e := range []*news.EventKey{r.Event, r.WithEvent} {
		if e != nil {
			ids = append(ids, e.Actor, e.Instrument, e.Recipient)
		}
	}
	for _, id := range ids {
		_, there := j.s.Taxonomy.Concept(id)
		onItem := slices.ContainsFunc(j.item.Tagging.Tags, func(t news.Tag) bool { return t.Concept == id })
		if id != "" && !there && !onItem && !j.mentioned(id) {
			return unknownConcept(j.s.Taxonomy, string(id))
		}
	}
	return nil
}

// knownMeans refuses kinds of power and horizons that no page knows.
func knownMeans(m *news.Means) error {
	if m == nil {
		return nil
	}
	for _, b := range m.Behaviour {
		if !slices.Contains(taxonomy.Behaviours(), b) {
			return badReview("There is no kind of power “%s”; there are %s.", oneLine(b, 30), strings.Join(taxonomy.Behaviours(), ", "))
		}
	}
	if m.Horizon != "" && !slices.Contains(taxonomy.Horizons(), m.Horizon) {
		return badReview("There is no horizon “%s”; there are %s.", oneLine(m.Horizon, 30), strings.Join(taxonomy.Horizons(), ", "))
	}
	return nil
}

func (j *judging) mentioned(id news.ConceptID) bool {
	of := func(e *news.EventKey) bool { return e.Actor == id || e.Instrument == id || e.Recipient == id }
	return slices.ContainsFunc(j.item.Tagging.Events, func(e news.Event) bool { key := e.Key(); return of(&key) }) ||
		slices.ContainsFunc(j.said.Targets(), func(t review.Target) bool { return t.Concept == id || of(&t.Event) })
}

func badReview(says words.Message, args ...any) failure {
	return failure{Code: http.StatusBadRequest, Kind: "bad_review", Detail: says, Args: args}
}

// finish are the reviews that say: what I have not judged is right, and nothing
// is missing.
func (j *judging) finish() []news.Review {
	var list []news.Review
	for _, t := range j.open() {
		r := news.Review{Verdict: news.Accept, Concept: t.Concept}
		switch {
		case t.IsRelevance() && j.item.Tagging.Relevant:
			r = news.Review{Verdict: news.IsRelevant}
		case t.IsRelevance():
			r = news.Review{Verdict: news.Irrelevant}
		case t.Concept == "":
			key := t.Event
			r = news.Review{Verdict: news.Accept, Event: &key}
		}
		list = append(list, r)
	}
	return append(list, news.Review{Verdict: news.Finished})
}

// targets are what there is to judge of an item, in the order of its page.
func targetsOf(it *news.Item) []review.Target {
	list := []review.Target{{}}
	for i := range it.Tagging.Events {
		if t := (review.Target{Event: it.Tagging.Events[i].Key()}); !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	for _, g := range facetGroups() {
		for i := range it.Tagging.Tags {
			if t := &it.Tagging.Tags[i]; groupOf(t.Facet) == g && !t.Implied {
				list = append(list, review.Target{Concept: t.Concept})
			}
		}
	}
	return list
}

// open are the targets that the analyst has not judged.
func (j *judging) open() []review.Target {
	return slices.DeleteFunc(targetsOf(&j.item), func(t review.Target) bool { return j.own(t) != review.Unsaid })
}

// spell writes a target for forms and addresses.
func spell(t review.Target) string {
	switch {
	case t.Concept != "":
		return "tag:" + string(t.Concept)
	case t.IsRelevance():
		return "item"
	}
	return "event:" + t.Event.String()
}

func readTarget(s string) (review.Target, bool) {
	kind, rest, _ := strings.Cut(s, ":")
	switch kind {
	case "tag":
		return review.Target{Concept: news.ConceptID(rest)}, rest != ""
	case "event":
		key, ok := news.ParseEventKey(rest)
		return review.Target{Event: key}, ok
	}
	return review.Target{}, s == "item"
}

// reviewOf is a review about a target.
func reviewOf(v news.Verdict, t review.Target) news.Review {
	r := news.Review{Verdict: v, Concept: t.Concept}
	if t.Event != (news.EventKey{}) {
		key := t.Event
		r.Event = &key
	}
	return r
}

// postReviews takes what a form of the item's page says, and leads on: to the
// next thing to judge, or to the next item of the queue.
func (s *Server) postReviews(r *http.Request) (string, error) {
	if err := r.ParseForm(); err != nil {
		return "", failure{Code: http.StatusBadRequest, Kind: "bad_form", Detail: "The form could not be read."}
	}
	j, err := s.judging(r.Context(), visitorOf(r).Name, news.ItemID(r.PathValue("id")))
	if err != nil {
		return "", err
	}
	way := readWay(r.PostForm)
	if err := j.sameAs(r.PostForm.Get("seen")); err != nil {
		return "", err
	}
	if j.sample, err = s.sampleWith(r.Context(), way, j.item.ID); err != nil {
		return "", err
	}
	do, target, _ := strings.Cut(r.PostForm.Get("do"), " ")
	said, err := j.read(do, target, r.PostForm)
	if err != nil {
		return "", err
	}
	if _, err := j.keep(r, said...); err != nil {
		return "", err
	}
	if do == string(news.Finished) {
		if way.Queue == "" {
			return itemHref(j.item.ID) + "#review", nil
		}
		return way.href(), nil
	}
	return j.nextTarget(r.Context(), way, said[0])
}

// read makes reviews of a form.
func (j *judging) read(do, target string, form url.Values) ([]news.Review, error) {
	settles := strings.HasPrefix(do, "settle-")
	verdict := news.Verdict(strings.TrimPrefix(do, "settle-"))
	t, ok := readTarget(target)
	switch verdict {
	case news.Weigh:
		return j.readMeans(form)
	case news.Accept, news.Reject, news.Main:
		if !ok {
			return nil, badReview("It was not said which tag or event is meant.")
		}
		if t.IsRelevance() && verdict != news.Main {
			verdict = map[news.Verdict]news.Verdict{news.Accept: news.IsRelevant, news.Reject: news.Irrelevant}[verdict]
		}
		said := reviewOf(verdict, t)
		said.Settles = settles
		return []news.Review{said}, nil
	case news.IsRelevant, news.Irrelevant, news.Flag:
		return []news.Review{{Verdict: verdict, Settles: settles}}, nil
	case news.Finished:
		return j.finish(), nil
	case news.Remark:
		return []news.Review{{Verdict: news.Remark, Note: form.Get("note")}}, nil
	case news.Add, news.Replace:
		return j.readNew(form)
	case news.Undo:
		return nil, badReview("Undo has an address of its own.")
	}
	return nil, badReview("There is no verdict “%s”.", oneLine(do, 30))
}

// readMeans reads by which power an event works, and for how long.
func (j *judging) readMeans(form url.Values) ([]news.Review, error) {
	t, ok := readTarget(form.Get("event"))
	if !ok || t.Event == (news.EventKey{}) {
		return nil, badReview("It was not said which event is meant.")
	}
	said := reviewOf(news.Weigh, t)
	said.Means = &news.Means{Behaviour: form["power"], Horizon: form.Get("horizon")}
	said.Note = form.Get("note")
	return []news.Review{said}, nil
}

// readNew reads a tag or an event that an analyst puts in, alone or in the
// place of another.
func (j *judging) readNew(form url.Values) ([]news.Review, error) {
	made, err := j.newTarget(form)
	if err != nil {
		return nil, err
	}
	said := reviewOf(news.Add, made)
	if instead := form.Get("instead"); instead != "" {
		old, ok := readTarget(instead)
		if !ok || old.IsRelevance() || (old.Concept == "") != (made.Concept == "") {
			return nil, badReview("A tag stands in the place of a tag, and an event in that of an event.")
		}
		said = reviewOf(news.Replace, old)
		said.With = made.Concept
		if made.Concept == "" {
			said.WithEvent = &made.Event
		}
	}
	said.Quote = form.Get("quote")
	return []news.Review{said}, nil
}

func (j *judging) newTarget(form url.Values) (t review.Target, err error) {
	if form.Get("kind") != "event" {
		t.Concept, err = j.s.conceptNamed(form.Get("what"))
		return t, err
	}
	for _, part := range []struct {
		id   *news.ConceptID
		name string
	}{{&t.Event.Actor, "actor"}, {&t.Event.Instrument, "instrument"}, {&t.Event.Recipient, "recipient"}} {
		if *part.id, err = j.s.conceptNamed(form.Get(part.name)); err != nil {
			return t, err
		}
	}
	return t, nil
}

// conceptNamed finds the concept that an analyst means: by its id, or by a name
// or term in any language that only one concept has.
func (s *Server) conceptNamed(name string) (news.ConceptID, error) {
	name = strings.TrimSpace(name)
	if _, ok := s.Taxonomy.Concept(news.ConceptID(name)); ok {
		return news.ConceptID(name), nil
	}
	if name == "" {
		return "", badReview("Which concept? Write its id, or its name in any language.")
	}
	found := s.findConcepts(name)
	if id, ok := s.exactly(found, name); ok {
		return id, nil
	}
	switch {
	case len(found) == 1:
		return news.ConceptID(found[0].ID), nil
	case len(found) == 0:
		f := unknownConcept(s.Taxonomy, name)
		f.Code, f.Kind = http.StatusBadRequest, "no_such_concept"
		return "", f
	}
	var names []string
	for _, line := range found[:min(8, len(found))] {
		names = append(names, line.Name+" ("+line.ID+")")
	}
	return "", badReview("“%s” may be %s. Write the id in parentheses.", oneLine(name, 60), strings.Join(names, ", "))
}

// exactly is the one concept that is called so: by its name or label, or, where
// none is, by what it is called in a language for want of a label, or else by
// one of its terms.
func (s *Server) exactly(found []conceptLine, name string) (news.ConceptID, bool) {
	for _, called := range []func(*taxonomy.Concept, string) bool{isLabel, isCalled, isTerm} {
		var ids []news.ConceptID
		for _, line := range found {
			if c, ok := s.Taxonomy.Concept(news.ConceptID(line.ID)); ok && called(c, name) {
				ids = append(ids, c.ID)
			}
		}
		if len(ids) > 0 {
			return ids[0], len(ids) == 1
		}
	}
	return "", false
}

// nextTarget is where to go after a verdict: on the same item, to what is open.
func (j *judging) nextTarget(ctx context.Context, way way, last news.Review) (string, error) {
	after, err := j.s.judging(ctx, j.who, j.item.ID)
	if err != nil {
		return "", err
	}
	if last.Settles && len(after.said.Disputed()) == 0 && way.Queue != "" {
		return way.href(), nil
	}
	way.Item = j.item.ID
	list, open := targetsOf(&after.item), after.open()
	from := slices.Index(list, review.Target{Concept: last.Concept, Event: eventOf(&last)})
	way.At = "end"
	for i := range list { // round from the one just judged
		if t := list[(from+1+i)%len(list)]; slices.Contains(open, t) {
			way.At = spell(t)
			break
		}
	}
	return way.href(), nil
}

func eventOf(r *news.Review) news.EventKey {
	if r.Event == nil {
		return news.EventKey{}
	}
	return *r.Event
}

// undo withdraws the last thing that the analyst said, of whatever item, and
// leads there.
func (s *Server) undo(r *http.Request) (string, error) {
	if err := r.ParseForm(); err != nil {
		return "", failure{Code: http.StatusBadRequest, Kind: "bad_form", Detail: "The form could not be read."}
	}
	act, err := s.lastAct(r.Context(), visitorOf(r).Name)
	if err != nil {
		return "", err
	}
	way := readWay(r.PostForm)
	if len(act) == 0 {
		return "", failure{Code: http.StatusConflict, Kind: "nothing_to_undo", Detail: "You have said nothing that could be taken back."}
	}
	undos := make([]news.Review, len(act))
	for i := range act {
		undos[i] = news.Review{Verdict: news.Undo, Undoes: act[i].ID}
	}
	j, err := s.judging(r.Context(), visitorOf(r).Name, act[0].Item)
	if err != nil {
		return "", err
	}
	if _, err := j.keep(r, undos...); err != nil {
		return "", err
	}
	way.Item, way.At = act[0].Item, spell(review.Target{Concept: act[0].Concept, Event: eventOf(&act[0])})
	return way.href(), nil
}

// recentActs is how far back an undo looks, in reviews.
const recentActs = 500

// lastAct are the reviews that an analyst kept last and at once, and that
// stand: one verdict, or all that finishing an item said.
func (s *Server) lastAct(ctx context.Context, who string) ([]news.Review, error) {
	list, err := s.Store.RecentReviews(ctx, who, recentActs)
	if err != nil {
		return nil, err
	}
	slices.Reverse(list)
	list = review.Standing(list)
	slices.Reverse(list)
	for i := range list {
		if list[i].Item != list[0].Item || !list[i].At.Equal(list[0].At) {
			return list[:i], nil
		}
	}
	return list, nil
}

// act makes a handler of a function that changes something and says where to
// look next.
func (s *Server) act(do func(*http.Request) (string, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, stop := context.WithTimeout(r.Context(), patience)
		defer stop()
		to, err := do(r.WithContext(ctx))
		if err != nil {
			s.fail(w, r, err)
			return
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
	}
}

// way is where in the desk an analyst is: in which queue, at which item, and at
// what of it.
type way struct {
	Queue   string
	Concept news.ConceptID
	Item    news.ItemID
	At      string
	Skip    []string // items that were left for later
}

// mostSkipped bounds an address.
const mostSkipped = 40

func readWay(form url.Values) way {
	w := way{Queue: form.Get("queue"), Concept: news.ConceptID(form.Get("concept")), Item: news.ItemID(form.Get("item")), At: form.Get("at")}
	for id := range strings.SplitSeq(form.Get("skip"), ",") {
		if id != "" && len(w.Skip) < mostSkipped {
			w.Skip = append(w.Skip, id)
		}
	}
	return w
}

// href leads there: into the queue, or, outside of one, to the item.
func (w way) href() string {
	if w.Queue == "" && w.Item != "" {
		if w.At == "" {
			return itemHref(w.Item)
		}
		return itemHref(w.Item) + "?at=" + url.QueryEscape(w.At) + "#now"
	}
	form := url.Values{}
	for _, pair := range [][2]string{{"queue", w.Queue}, {"concept", string(w.Concept)}, {"item", string(w.Item)}, {"at", w.At}, {"skip", strings.Join(w.Skip, ",")}} {
		if pair[1] != "" {
			form.Set(pair[0], pair[1])
		}
	}
	if len(form) == 0 {
		return "/review"
	}
	to := "/review?" + form.Encode()
	if w.At != "" {
		to += "#now"
	}
	return to
}

// drawSample draws a random sample for a queue.
func (s *Server) drawSample(r *http.Request) (string, error) {
	if err := r.ParseForm(); err != nil {
		return "", failure{Code: http.StatusBadRequest, Kind: "bad_form", Detail: "The form could not be read."}
	}
	way := readWay(r.PostForm)
	way.Item, way.At, way.Skip = "", "", nil
	q, ok := queueNamed(way.Queue)
	if !ok || !q.Random {
		return "", badReview("There is no random queue “%s”.", oneLine(way.Queue, 30))
	}
	n, err := strconv.Atoi(r.PostForm.Get("size"))
	if err != nil || n < 1 || n > mostDrawn {
		return "", badReview("A sample has 1 to %d items.", mostDrawn)
	}
	if named := r.PostForm.Get("concept"); named != "" {
		if way.Concept, err = s.conceptNamed(named); err != nil {
			return "", err
		}
	}
	had, err := s.Store.Samples(r.Context())
	if err != nil {
		return "", err
	}
	text, frame := q.frame(way.Concept)
	sample, err := s.Store.Draw(context.WithoutCancel(r.Context()), store.Sample{
		Name: q.Name, Concept: way.Concept, Query: text, Seed: strconv.Itoa(len(had) + 1), Size: n, By: visitorOf(r).Name, Taxonomy: s.Taxonomy.Version,
	}, frame)
	if err != nil {
		return "", err
	}
	s.audit(r, "draw", fmt.Sprintf("sample %s (%s)", sample.ID, sample.Query), nil, sample)
	return way.href(), nil
}
