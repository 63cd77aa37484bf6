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
// blame, and all wait.
type network struct {
	mu       sync.Mutex
	down     bool
	probe    time.Time                     // when the next source may try
	suspects map[string][]news.SourceState // by host: the states before their failures
}

// works tells that a host was reached.
func (n *network) works() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down = false
	n.suspects = nil
}

// hold returns until when a source has to wait for the network; the zero time
// if it may go. Of all that are due, one goes in each interval.
func (n *network) hold(_ news.SourceID, now time.Time) time.Time {
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

// suspect files a failure to reach a host, and reports whether it is the
// network that is down.
func (n *network) suspect(before news.SourceState, host string, hosts int) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.suspects == nil {
		n.suspects = map[string][]news.SourceState{}
	}
	n.suspects[host] = append(n.suspects[host], before)
	if !n.down && len(n.suspects) < min(enoughHosts, hosts) || hosts < 2 {
		return false
	}
	if !n.down {
		n.down = true
		n.probe = time.Now().Add(probeEvery)
	}
	return true
}

// acquitted returns the states to restore, and forgets them.
func (n *network) acquitted() []news.SourceState {
	n.mu.Lock()
	defer n.mu.Unlock()
	var out []news.SourceState
	for _, states := range n.suspects {
		out = append(out, states...)
	}
	n.suspects = nil
	return out
}

func isNetwork(o news.Outcome) bool {
	return o == news.DNS || o == news.Connect || o == news.Timeout
}

func hosts(plan Plan) int {
	seen := map[string]bool{}
	for _, v := range plan.Sources {
		seen[hostOf(v.Source.URL)] = true
	}
	return len(seen)
}

// noNetwork is what every source waits for while the network is down.
const noNetwork = "no network: nothing can be reached, so this source waits and is not counted as failed"

// networkDown takes back the failures that were counted before it was clear
// that nothing can be reached, and has every source wait.
func (m *Monitor) networkDown(ctx context.Context, plan Plan) {
	acquitted := map[news.SourceID]news.SourceState{}
	for _, st := range m.network.acquitted() {
		if first, ok := acquitted[st.ID]; !ok || st.Failures < first.Failures {
			acquitted[st.ID] = st
		}
	}
	states, err := m.store.SourceStates(ctx)
	if err != nil {
		m.log.Error("cannot read the state of the sources", "error", err)
		return
	}
	fresh := 0
	for _, v := range plan.Sources {
		st, known := states[v.Source.ID]
		if back, ok := acquitted[v.Source.ID]; ok {
			visited := st.LastVisit
			st = back
			st.LastVisit = visited
			known = true
		}
		if !known {
			st = news.SourceState{ID: v.Source.ID, URL: v.Source.URL}
		}
		if st.Paused != "" || known && st.Outcome == news.NoEgress {
			if _, ok := acquitted[v.Source.ID]; !ok {
				continue
			}
		}
		if st.Outcome != news.NoEgress {
			fresh++
		}
		st.Outcome, st.Error = news.NoEgress, noNetwork
		m.put(ctx, st)
	}
	if fresh > 0 {
		m.log.Warn("no network: nothing can be reached; every source waits for it and none is counted as failed", "sources", len(plan.Sources))
	}
}
