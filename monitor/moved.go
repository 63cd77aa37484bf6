package monitor

import (
	"context"
	"fmt"
	"time"

	"silkwire/news"
)

// whereItIs is the source with the address it is visited at.
func whereItIs(src news.Source, st news.SourceState) news.Source {
	if st.Moved.To != "" && st.Moved.Undone == "" {
		src.URL = st.Moved.To
	}
	return src
}

// follow rewrites the address of a source that moved for good (N25), and says
// so in the notes of every visit: the configuration still has the old one.
func follow(state *news.SourceState, now time.Time) {
	cp := &state.Checkpoint
	if to, ok := cp.Moved(); ok {
		state.Moved = news.Move{To: to, At: now}
		cp.MovedTo, cp.MovedSeen, cp.From = "", nil, to
	}
	switch moved := state.Moved; {
	case moved.To == "":
	case moved.Undone == "":
		state.Notes = append(state.Notes, fmt.Sprintf("moved for good: visited at %s since %s, because %s redirected there at three visits over two days; put the new address into the configuration",
			moved.To, moved.At.UTC().Format("2 January 2006"), state.URL))
	default:
		state.Notes = append(state.Notes, fmt.Sprintf("visited at %s again: it had moved to %s on %s, but %s", state.URL, moved.To, moved.At.UTC().Format("2 January 2006"), moved.Undone))
	}
}

// patienceAfterMove is how many visits in a row may fail at an address that a
// redirect led to, before the configured one is tried again.
const patienceAfterMove = 3

// turnBack takes a move back when there is nothing at the new address, and
// reports whether it did.
func turnBack(state *news.SourceState, outcome news.Outcome) bool {
	if state.Moved.To == "" || state.Moved.Undone != "" {
		return false
	}
	switch outcome {
	case news.Gone:
	case news.NotFound, news.DNS, news.TLS, news.NotAFeed, news.Unparsable, news.Connect:
		if state.Failures < patienceAfterMove {
			return false
		}
	default:
		return false
	}
	state.Moved.Undone = fmt.Sprintf("there is nothing there any more (%s)", outcome)
	if cp := &state.Checkpoint; cp.From == "" {
		cp.From = state.Moved.To // whose validators these are
	}
	state.Notes = append(state.Notes, fmt.Sprintf("%s does not answer any more as it should; the configured address is tried next", state.Moved.To))
	return true
}

// leaveAlone puts off the other sources of hosts that asked to be left alone
// (politeness 7), and on record, so that a restart does not forget it.
func (m *Monitor) leaveAlone(ctx context.Context, plan Plan, asked news.SourceID, closed []news.HostWait) {
	if len(closed) == 0 {
		return
	}
	states, err := m.store.SourceStates(ctx)
	if err != nil {
		m.log.Error("cannot read the state of the sources", "error", err)
		return
	}
	for i := range plan.Sources {
		v := &plan.Sources[i]
		if v.Private || v.Source.ID == asked || m.isUnder(v.Source.ID) {
			continue
		}
		st, known := states[v.Source.ID]
		if !known || st.URL != v.Source.URL {
			st = news.SourceState{ID: v.Source.ID, URL: v.Source.URL}
		}
		if until := closedUntil(closed, hostOf(whereItIs(v.Source, st).URL)); until.After(st.Due) {
			st.Due = until.Add(jitter(st.ID, until, time.Hour))
			m.put(ctx, st)
		}
	}
}

// closedUntil is until when a host is to be left alone.
func closedUntil(closed []news.HostWait, host string) (until time.Time) {
	for _, c := range closed {
		if c.Covers(host) {
			until = later(until, c.Until)
		}
	}
	return until
}
