package monitor

import (
	"context"
	"sync"
	"time"

	"silkwire/news"
)

// enoughHosts is how many different hosts must fail, with none that answers,
// before it is the network that is down and not the hosts.
const enoughHosts = 3

// probeEvery is how often one source is tried while the network is down.
const probeEvery = 30 * time.Second

// network notices when nothing can be reached at all: then no source is to
// blame, and all wait. Hosts of the intranet and those beyond are judged apart:
// that the one answers says nothing about the other.
type network struct {
	mu       sync.Mutex
	down     bool
	probe    time.Time                     // when the next source may try
	suspects map[string][]news.SourceState // by host: the states before their failures
}

// works tells that a host was reached, and reports whether the network was down.
func (n *network) works() (back bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	back, n.down = n.down, false
	n.suspects = nil
	return back
}

// hold returns until when a source has to wait for the network; the zero time
// if it may go. Of all that are due, one goes in each interval.
func (n *network) hold(now time.Time) time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.down {
		return time.Time{}
	}
	if now.Before(n.probe) {
		return n.probe
	}
	n.probe = now.Add(probeEvery)
	return time.Time{}
}

func (n *network) isDown() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.down
}

// verdict is what a failure to reach a host means.
type verdict int

const (
	itsOwnFault verdict = iota // as far as we can tell
	justDown                   // with this failure it is clear that it is the network
	stillDown
)

// suspect files a failure to reach a host, and says whose fault it is.
func (n *network) suspect(before news.SourceState, host string, hosts int) verdict {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.down {
		return stillDown
	}
	if n.suspects == nil {
		n.suspects = map[string][]news.SourceState{}
	}
	n.suspects[host] = append(n.suspects[host], before)
	if hosts < 2 || len(n.suspects) < min(enoughHosts, hosts) {
		return itsOwnFault
	}
	n.down = true
	n.probe = time.Now().Add(probeEvery)
	return justDown
}

// acquitted returns the states to restore, each source's first, and forgets them.
func (n *network) acquitted() map[news.SourceID]news.SourceState {
	n.mu.Lock()
	defer n.mu.Unlock()
	out := map[news.SourceID]news.SourceState{}
	for _, states := range n.suspects {
		for _, st := range states {
			if first, ok := out[st.ID]; !ok || st.Failures < first.Failures {
				out[st.ID] = st
			}
		}
	}
	n.suspects = nil
	return out
}

func isNetwork(o news.Outcome) bool {
	return o == news.DNS || o == news.Connect || o == news.Timeout
}

// answered reports whether an outcome proves that a host was reached. What we
// refuse to ask, or know from memory, proves nothing.
func answered(o news.Outcome) bool {
	switch o {
	case "", news.Blocked, news.Robots, news.Internal, news.Interrupted, news.NoEgress:
		return false
	}
	return !isNetwork(o)
}

// hosts counts the hosts on one side.
func hosts(plan Plan, private bool) int {
	seen := map[string]bool{}
	for _, v := range plan.Sources {
		if v.Private == private {
			seen[hostOf(v.Source.URL)] = true
		}
	}
	return len(seen)
}

// side is the network by which a source is reached.
func (m *Monitor) side(v *Visitable) *network {
	if v.Private {
		return &m.intranet
	}
	return &m.public
}

// noNetwork is what every source waits for while the network is down.
const noNetwork = "no network: nothing can be reached, so this source waits and is not counted as failed"

// blameNetwork files the state of a source that could not be reached, and
// reports whether it is the network's fault. Verdict and state go together, or
// a failure could be written after it was taken back.
func (m *Monitor) blameNetwork(ctx context.Context, v *Visitable, plan Plan, before, after news.SourceState) bool {
	m.judging.Lock()
	defer m.judging.Unlock()
	switch m.side(v).suspect(before, hostOf(before.URL), hosts(plan, v.Private)) {
	case justDown:
		m.networkDown(ctx, v, plan)
	case stillDown:
		m.put(ctx, waiting(v, plan, before, after.LastVisit))
	default:
		m.put(ctx, after)
		return false
	}
	return true
}

// waiting is the state of a source that waits for the network: as it was before
// it failed. Hosts beyond are due and held back, but for one at a time; those
// of the intranet try again as often as they may be visited.
func waiting(v *Visitable, plan Plan, st news.SourceState, visited time.Time) news.SourceState {
	st.LastVisit, st.Outcome, st.Error = visited, news.NoEgress, noNetwork
	if v.Private && !visited.IsZero() {
		st.Due = later(st.Due, visited.Add(max(floorOf(v, plan.MinInterval), time.Second)))
	}
	return st
}

// networkDown takes back the failures that were counted before it was clear
// that nothing can be reached, and has every source wait.
func (m *Monitor) networkDown(ctx context.Context, failed *Visitable, plan Plan) {
	m.log.Warn("no network: nothing can be reached; every source waits for it and none is counted as failed", "sources", len(plan.Sources))
	states, err := m.store.SourceStates(ctx)
	if err != nil {
		m.log.Error("cannot read the state of the sources", "error", err)
		return
	}
	acquitted := m.side(failed).acquitted()
	for i := range plan.Sources {
		v := &plan.Sources[i]
		back, suspected := acquitted[v.Source.ID] // its end has written its state, even if its visit is still being recorded
		if v.Private != failed.Private || !suspected && m.isUnder(v.Source.ID) {
			continue
		}
		st, known := states[v.Source.ID]
		visited := st.LastVisit
		if suspected {
			st = back
		} else if !known {
			st = news.SourceState{ID: v.Source.ID, URL: v.Source.URL}
		}
		if st.Paused == "" {
			m.put(ctx, waiting(v, plan, st, visited))
		}
	}
}

// networkBack has the sources that waited for the network go on; those beyond
// the intranet spread over a while.
func (m *Monitor) networkBack(ctx context.Context, private bool, plan Plan, now time.Time) {
	states, err := m.store.SourceStates(ctx)
	if err != nil {
		m.log.Error("cannot read the state of the sources", "error", err)
		return
	}
	m.log.Info("the network is back")
	for _, v := range plan.Sources {
		st := states[v.Source.ID]
		if v.Private != private || st.Outcome != news.NoEgress || m.isUnder(v.Source.ID) {
			continue
		}
		st.Outcome, st.Error = "", ""
		if !private {
			st.Due = spread(st, now)
		}
		m.put(ctx, st)
	}
}

// spreadOver is over how long overdue visits are spread, after an outage or
// while we were not running.
const spreadOver = 15 * time.Minute

// spread is when an overdue source goes; one that was never visited goes at once.
func spread(st news.SourceState, now time.Time) time.Time {
	if st.LastSuccess.IsZero() || st.Due.After(now) {
		return st.Due
	}
	return now.Add(jitter(st.ID, now, 10*spreadOver))
}
