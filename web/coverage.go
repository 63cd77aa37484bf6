package web

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"silkwire/news"
	"silkwire/tally"
	"silkwire/words"
)

// gap is something that bears on what a count can say: a time in which a source
// could not be read, or the day on which it was added.
type gap struct {
	From, To time.Time // To is zero for what goes on
	Sources  []news.SourceID
	Network  bool // nothing could be read at all
	Added    bool
	Reason   words.Message
}

// Bounds of what is told of gaps.
const (
	runsRead    = 5_000
	leastFailed = 24 * time.Hour // a shorter failure costs nothing: what was published waits
	gapsTold    = 12
)

// gaps are what the archive remembers of sources between two moments: the day
// each was added, the times it failed for a day and longer, and the times
// without a network. Records of visits reach back some weeks only, which runs
// tells; the states of the sources reach further.
func (s *Server) gaps(ctx context.Context, from, to time.Time) (list []gap, since time.Time, err error) {
	states, err := s.Store.SourceStates(ctx)
	if err != nil {
		return nil, since, err
	}
	for id, st := range states {
		if !st.Rhythm.Since.IsZero() {
			list = append(list, gap{From: st.Rhythm.Since, To: st.Rhythm.Since, Sources: []news.SourceID{id}, Added: true})
		}
		if !st.FailedSince.IsZero() && s.Now().Sub(st.FailedSince) >= leastFailed {
			list = append(list, gap{From: st.FailedSince, Sources: []news.SourceID{id}, Reason: outcomeWord(st.Outcome)})
		}
	}
	runs, err := s.Store.Runs(ctx, "visit ", runsRead)
	if err != nil {
		return nil, since, err
	}
	slices.Reverse(runs)
	failing := map[news.SourceID]*gap{}
	var offline *gap
	for _, run := range runs {
		since = cmp.Or(since, run.Started)
		id := news.SourceID(strings.TrimPrefix(run.Job, "visit "))
		switch open := failing[id]; {
		case run.Outcome == news.NoEgress && offline == nil:
			offline = &gap{From: run.Started, Network: true}
		case run.Outcome == news.NoEgress || run.Outcome == news.Interrupted:
		case run.Outcome.Failed() && open == nil:
			failing[id] = &gap{From: run.Started, Sources: []news.SourceID{id}, Reason: outcomeWord(run.Outcome)}
		case run.Outcome.Failed():
		default:
			if open != nil && run.Started.Sub(open.From) >= leastFailed {
				open.To = run.Started
				list = append(list, *open)
			}
			delete(failing, id)
			if offline != nil {
				offline.To = run.Started
				list, offline = append(list, *offline), nil
			}
		}
	}
	if offline != nil {
		list = append(list, *offline)
	}
	list = slices.DeleteFunc(list, func(g gap) bool { return !to.IsZero() && !g.From.Before(to) || !g.To.IsZero() && g.To.Before(from) })
	slices.SortFunc(list, func(a, b gap) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(strings.Join(sourceNames(a.Sources), " "), strings.Join(sourceNames(b.Sources), " ")))
	})
	return together(list), since, nil
}

func sourceNames(ids []news.SourceID) []string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = string(id)
	}
	return list
}

// together makes one of the sources that were added, or began to fail, on one day.
func together(list []gap) []gap {
	var out []gap
	for _, g := range list {
		i := slices.IndexFunc(out, func(o gap) bool {
			return o.Added == g.Added && o.Network == g.Network && !g.Network && dayOf(o.From).Equal(dayOf(g.From)) && dayOf(o.To).Equal(dayOf(g.To))
		})
		if i < 0 {
			out = append(out, g)
			continue
		}
		out[i].Sources = append(out[i].Sources, g.Sources...)
		if out[i].Reason != g.Reason {
			out[i].Reason = "several reasons"
		}
	}
	return out
}

func dayOf(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(24 * time.Hour)
}

// outcomeWord is how a visit ended, in a word or two.
func outcomeWord(o news.Outcome) words.Message {
	switch o {
	case news.Empty, news.Shrank:
		return "empty"
	case news.NotAFeed:
		return "not a feed"
	case news.Challenge, news.Denied, news.Blocked, news.Robots:
		return "not let in"
	case news.DNS, news.Connect, news.TLS:
		return "no connection"
	case news.Timeout:
		return "timeout"
	case news.TooLarge, news.Encoding, news.Unparsable:
		return "not readable"
	case news.NotFound, news.Gone, news.Redirect:
		return "not found"
	case news.HTTPError, news.SlowDown:
		return "error of the server"
	case news.Internal:
		return "our own mistake"
	}
	return words.Message(strings.ReplaceAll(string(o), "_", " "))
}

// gapSentence says the gap in words.
func (s *Server) gapSentence(g *gap) string {
	from := s.words.Date(g.From.UTC())
	sources := strings.Join(sourceNames(g.Sources[:min(4, len(g.Sources))]), ", ")
	if more := len(g.Sources) - 4; more > 0 {
		sources = s.say("%s and %d more", sources, more)
	}
	n := len(g.Sources)
	switch {
	case g.Added:
		return s.say("%d sources added on %s: %s.", n, from, sources)
	case g.Network && g.To.IsZero():
		return s.say("There was no network from %s on.", from)
	case g.Network:
		return s.say("There was no network from %s to %s.", from, s.words.Date(g.To.UTC()))
	case g.To.IsZero():
		return s.say("%d sources could not be read from %s on (%s): %s.", n, from, g.Reason, sources)
	}
	return s.say("%d sources could not be read from %s to %s (%s): %s.", n, from, s.words.Date(g.To.UTC()), g.Reason, sources)
}

// limits says what the numbers of a corpus cannot say.
func (v *view) limits(c *tally.Corpus) {
	from, to := c.Span()
	gaps, since, err := v.s.gaps(v.ctx, from, to)
	if err != nil {
		v.Limits = append(v.Limits, v.say("How well the sources could be read is not known: their records cannot be read."))
		return
	}
	v.tellGaps(gaps, since, from)
}

func (v *view) tellGaps(gaps []gap, since, from time.Time) {
	for i, g := range gaps {
		if i == gapsTold {
			v.Limits = append(v.Limits, v.say("… and %d such notes more; the status page has them all.", len(gaps)-i))
			break
		}
		v.Limits = append(v.Limits, v.s.gapSentence(&g))
	}
	if !from.IsZero() && (since.IsZero() || since.After(from.Add(24*time.Hour))) {
		if since.IsZero() {
			v.Limits = append(v.Limits, v.say("Outages before the oldest record of a visit are not known: none are kept of this time."))
			return
		}
		v.Limits = append(v.Limits, v.say("Outages before the oldest record of a visit are not known: they reach back to %s.", v.s.words.Date(since.UTC())))
	}
}
