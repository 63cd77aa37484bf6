package web

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"silkwire/news"
	"silkwire/store"
	"silkwire/words"
)

// statusPage is templates/status.html: what a tired operator has to know.
type statusPage struct {
	frame
	Trust string // how far the tags can be trusted, in one sentence
	report
	Verdict string // "good", "watch" or "bad"
	Rows    []sourceRow
	Off     []sourceRow
	Totals  news.Counters
	Hosts   []hostRow
	Acts    bool // there are buttons
	Size    archiveSize
	Digest  *digestLine
	Outbox  string
	Checked stamp
}

// report is the state of everything, as the page and the API tell it.
type report struct {
	Headline string // one sentence about the sources
	Problems []string
	Counts   map[condition]int
	Sources  []sourceReport
	Stats    store.Stats
	Last     *store.Edition // the newest digest
	Ready    bool
	WhyNot   string
}

// sourceReport is one configured source with what the archive remembers of it.
type sourceReport struct {
	Info      SourceInfo
	State     news.SourceState
	Condition condition
	New       int // in 24 hours
}

// sourceRow is one line of the table.
type sourceRow struct {
	ID, Outlet, Country, Langs, Kind string
	URL                              string
	Href                             string // its items
	Condition                        condition
	Word                             words.Message
	Says, Advice                     string
	Technical                        string
	Success, Next                    stamp
	Since                            stamp
	New                              int
	Items                            int
	Notes                            []string
	Note                             string
	Schedule                         words.Message
	Quiet                            string
	Insecure                         bool
	Counters                         news.Counters
}

// archiveSize is the archive in numbers.
type archiveSize struct {
	Items, Relevant, Revisions, Editions string
	File, Free, Disk                     string
	Schema                               int
	Languages                            []langCount
}

type langCount struct {
	Name  string
	Count string
}

// digestLine is the newest digest in one line.
type digestLine struct {
	Href, Subject string
	Rendered      stamp
	Deliveries    []deliveryCount
}

type deliveryCount struct {
	Word string
	N    int
	Bad  bool
}

const (
	lowDisk    = 256 << 20 // below this the operator is warned
	quietAfter = 7 * 24 * time.Hour
	overdue    = time.Hour
)

func (s *Server) statusPage(r *http.Request) (framed, error) {
	rep, err := s.report(r.Context())
	if err != nil {
		return nil, err
	}
	whole, err := s.trust(r.Context())
	if err != nil {
		return nil, err
	}
	p := &statusPage{
		frame: frame{Title: s.say("Status"), Section: "status"}, Trust: s.orUnmeasured(s.trustLine(&whole)), report: rep, Size: s.sizeOf(rep.Stats),
		Checked: s.stamp(s.Now()), Outbox: s.say("%d messages", rep.Stats.Outbox),
	}
	if !rep.Ready {
		p.Refresh = 10
	}
	p.Verdict = rep.verdict()
	for i := range rep.Sources {
		row := s.sourceRow(&rep.Sources[i])
		if row.Condition == switchedOff {
			p.Off = append(p.Off, row)
			continue
		}
		p.Rows = append(p.Rows, row)
		p.Totals = added(p.Totals, row.Counters)
	}
	p.Hosts, p.Acts = hostRows(rep.Sources), s.Act != nil
	if rep.Last != nil {
		p.Digest = s.digestLine(rep.Last)
	}
	return p, nil
}

// report asks the archive for everything the status is made of.
func (s *Server) report(ctx context.Context) (report, error) {
	rep := report{Counts: map[condition]int{}}
	states, err := s.Store.SourceStates(ctx)
	if err != nil {
		return rep, err
	}
	if rep.Stats, err = s.Store.Stats(ctx); err != nil {
		return rep, err
	}
	last, err := s.Store.EditionList(ctx, "", 10)
	if err != nil {
		return rep, err
	}
	if i := slices.IndexFunc(last, func(e store.Edition) bool { return e.Profile != operatorProfile }); i >= 0 {
		rep.Last = &last[i]
	}
	rep.Ready, rep.WhyNot = s.Ready()
	now := s.Now()
	late := 0
	for _, info := range s.Sources() {
		st := states[info.Source.ID]
		src := sourceReport{Info: info, State: st, Condition: judge(info, st, now), New: rep.Stats.NewIn24h[info.Source.ID]}
		rep.Counts[src.Condition]++
		rep.Sources = append(rep.Sources, src)
		if info.Enabled && st.Paused == "" && st.Outcome != news.NoEgress && !st.Due.IsZero() && now.Sub(st.Due) > overdue {
			late++
		}
	}
	slices.SortStableFunc(rep.Sources, func(a, b sourceReport) int {
		return cmp.Or(cmp.Compare(a.Condition.order(), b.Condition.order()), cmp.Compare(a.Info.Source.ID, b.Info.Source.ID))
	})
	rep.Headline = s.headline(rep.Counts)
	rep.Problems = s.problems(&rep, late)
	return rep, nil
}

// headline is the state of all sources in one sentence.
func (s *Server) headline(n map[condition]int) string {
	watched := 0
	for c, k := range n {
		if c != switchedOff {
			watched += k
		}
	}
	attention := n[needsAttention] + n[paused]
	waiting := n[noNetwork]
	switch {
	case watched == 0:
		return s.say("No source is configured yet")
	case waiting > 0 && waiting+n[paused]+n[needsAttention] == watched:
		return s.say("No network: every source waits")
	case attention > 0:
		return s.say("%d sources need attention", attention)
	case n[fine] == watched && watched == 1:
		return s.say("The source is fine")
	case n[fine] == watched:
		return s.say("All %d sources are fine", watched)
	case n[notYet] == watched:
		return s.say("The first visits are under way")
	}
	return s.healing(n, watched)
}

// healing is the sentence when nothing needs attention, but not all is done.
func (s *Server) healing(n map[condition]int, watched int) string {
	parts := []string{s.say("%d of %d sources are fine", n[fine], watched)}
	for _, part := range []struct {
		of   condition
		says words.Message
	}{{tryingAgain, "%d are being tried again"}, {noNetwork, "%d wait for the network"}, {notYet, "%d wait for a first visit"}} {
		if k := n[part.of]; k > 0 {
			parts = append(parts, s.say(part.says, k))
		}
	}
	return strings.Join(parts, "; ")
}

func (rep *report) verdict() string {
	switch {
	case rep.Counts[needsAttention] > 0 || rep.Counts[noNetwork] > 0 || rep.Counts[paused] > 0:
		return "bad"
	case len(rep.Problems) > 0 || rep.Counts[tryingAgain] > 0 || rep.Counts[notYet] > 0:
		return "watch"
	}
	return "good"
}

// problems are everything else that somebody should know, in sentences.
func (s *Server) problems(rep *report, late int) []string {
	k := s.known.Load()
	var list []string
	if !rep.Ready {
		list = append(list, s.say("Not ready: %s.", strings.TrimSuffix(rep.WhyNot, ".")))
	}
	if late > 0 {
		list = append(list, s.say("%d visits should have happened more than an hour ago. Is the daemon running, and is the clock right?", late))
	}
	if free := rep.Stats.DiskFree; free > 0 && free < lowDisk {
		list = append(list, s.say("Only %s are free on the archive's disk. When it is full, visits stop; nothing is lost.", s.size(free)))
	}
	if rep.Last != nil {
		if n := undelivered(rep.Last.Messages); n > 0 {
			list = append(list, s.say("%d messages of the last digest could not be delivered. The digest's own page says why.", n))
		}
	}
	const noContact words.Message = "No contact is set. Outlets cannot reach you before they shut Silkwire out: set fetch.contact to a mail address or a page about you."
	if !k.contact && !s.Demo && !slices.ContainsFunc(k.warnings, func(w string) bool { return strings.Contains(w, "contact") }) {
		list = append(list, s.say(noContact))
	}
	return append(list, k.warnings...)
}

func undelivered(messages []store.Message) int {
	n := 0
	for _, m := range messages {
		if m.State == store.PermFail || m.State == store.Dead {
			n++
		}
	}
	return n
}

func (s *Server) sourceRow(src *sourceReport) sourceRow {
	info, st := &src.Info, &src.State
	o := s.outlet(info.Source.Outlet)
	row := sourceRow{
		ID: string(info.Source.ID), Outlet: o.Name, Country: s.countryName(o.Country), Langs: s.languages(info.Source, o),
		Kind: s.kindName(info.Source.Kind), URL: news.CanonicalURL(info.Source.URL), Condition: src.Condition, Word: src.Condition.Word(),
		Href:    filters{Query: "source:" + quoted(string(info.Source.ID)), All: true}.href(""),
		Success: s.stamp(st.LastSuccess), New: src.New, Items: st.Items, Note: info.Note, Schedule: words.Message(info.Schedule),
		Insecure: info.Source.Insecure, Counters: st.Counters,
	}
	for _, n := range st.Notes {
		if words, is := strings.CutPrefix(n, "quiet: "); is {
			row.Quiet = capital(oneLine(words, 300)) + "."
			continue
		}
		row.Notes = append(row.Notes, oneLine(n, 300))
	}
	row.Says, row.Advice = s.sourceSays(src)
	if st.Outcome.Failed() || st.Outcome == news.Partial {
		row.Technical, row.Since = oneLine(st.Error, 400), s.stamp(st.FailedSince)
	}
	if st.Paused == "" && info.Enabled {
		row.Next = s.stamp(st.Due)
	}
	if now := s.Now(); row.Quiet == "" && src.Condition == fine && !st.LastNew.IsZero() && now.Sub(st.LastNew) > quietAfter {
		row.Quiet = s.say("Nothing new since %s.", s.words.Date(st.LastNew.In(s.Zone)))
	}
	return row
}

func quoted(s string) string {
	if strings.ContainsAny(s, " \"():") {
		return `"` + strings.ReplaceAll(s, `"`, "") + `"`
	}
	return s
}

// sourceSays is the state of a source in a sentence, with advice where there
// is something to do.
func (s *Server) sourceSays(src *sourceReport) (says, advice string) {
	known, ok := sentences()[src.State.Outcome]
	switch src.Condition {
	case switchedOff:
		return s.say("Switched off in the config."), ""
	case paused:
		return s.say("Not visited any more: %s.", strings.TrimSuffix(oneLine(src.State.Paused, 300), ".")), s.advice(known)
	case notYet:
		return s.say("Waits for its first visit."), ""
	}
	if !ok {
		return s.say("The last visit ended as “%s”.", oneLine(string(src.State.Outcome), 40)), ""
	}
	says = s.say(known.Says)
	if src.State.Failures > 1 {
		says += " " + s.say("%d visits in a row have failed.", src.State.Failures)
	}
	if src.Condition == fine && src.State.Outcome != news.Partial {
		return says, ""
	}
	return says, s.advice(known)
}

func (s *Server) advice(known sentence) string {
	if known.Advice == "" {
		return ""
	}
	return s.say(known.Advice)
}

func (s *Server) languages(src news.Source, o news.Outlet) string {
	tags := src.Languages
	if len(tags) == 0 {
		tags = o.Languages
	}
	var list []string
	for _, t := range tags {
		list = append(list, s.languageName(t))
	}
	return strings.Join(list, ", ")
}

func added(a, b news.Counters) news.Counters {
	return news.Counters{
		Visits: a.Visits + b.Visits, Requests: a.Requests + b.Requests, Unconditional: a.Unconditional + b.Unconditional,
		NotModified: a.NotModified + b.NotModified, Early: a.Early + b.Early,
	}
}

func (s *Server) sizeOf(st store.Stats) archiveSize {
	a := archiveSize{
		Items: grouped(int64(st.Items)), Relevant: grouped(int64(st.Relevant)), Revisions: grouped(int64(st.Revisions)),
		Editions: grouped(int64(st.Editions)), File: s.size(st.Bytes), Free: s.size(st.FreeBytes), Schema: st.Schema,
	}
	if st.DiskFree > 0 {
		a.Disk = s.size(st.DiskFree)
	}
	for _, tag := range slices.SortedFunc(maps.Keys(st.Languages), func(x, y string) int {
		return cmp.Or(cmp.Compare(st.Languages[y], st.Languages[x]), cmp.Compare(x, y))
	}) {
		a.Languages = append(a.Languages, langCount{s.languageName(tag), grouped(int64(st.Languages[tag]))})
	}
	return a
}

func (s *Server) digestLine(e *store.Edition) *digestLine {
	return &digestLine{Href: editionHref(e.ID), Subject: oneLine(e.Subject, 200), Rendered: s.stamp(e.Rendered), Deliveries: s.deliveryCounts(e.Messages)}
}

func (s *Server) orUnmeasured(line string) string {
	if line == "" {
		return s.say("Not yet measured.")
	}
	return line
}
