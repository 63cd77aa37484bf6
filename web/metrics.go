package web

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"silkwire/news"
	"silkwire/store"
)

// Metrics returns a handler for a door of their own, where nobody has to say who
// they are: it answers with the metrics and nothing else.
func (s *Server) Metrics() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", s.metrics)
	return s.withHeaders(s.recovered(s.onlyOurHosts(mux)))
}

// metrics writes the text format of Prometheus, version 0.0.4.
func (s *Server) metrics(w http.ResponseWriter, r *http.Request) {
	ctx, stop := context.WithTimeout(r.Context(), patience)
	defer stop()
	rep, err := s.report(ctx)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	sent, err := s.lastDeliveries(ctx)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	var m exposition
	s.programMetrics(&m, &rep)
	sourceMetrics(&m, rep.Sources)
	m.family("silkwire_digest_last_success_timestamp_seconds", "gauge", "When a message of the digest was last accepted.")
	for _, profile := range slices.Sorted(maps.Keys(sent)) {
		m.at(sent[profile], "digest", profile)
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = w.Write([]byte(m.String()))
}

func (s *Server) programMetrics(m *exposition, rep *report) {
	m.family("silkwire_build_info", "gauge", "The version that runs, and the version of its taxonomy.")
	m.value(1, "version", s.Version, "taxonomy", s.Taxonomy.Version)
	st := &rep.Stats
	m.one("silkwire_ready", "gauge", "1 when the program can do its work.", boolean(rep.Ready))
	m.one("silkwire_items", "gauge", "Items in the archive.", float64(st.Items))
	m.one("silkwire_items_relevant", "gauge", "Items in the archive that are relevant.", float64(st.Relevant))
	m.one("silkwire_revisions", "gauge", "Earlier states of items in the archive.", float64(st.Revisions))
	m.one("silkwire_editions", "gauge", "Digests in the archive.", float64(st.Editions))
	m.one("silkwire_outbox_pending", "gauge", "Messages that are still to be sent.", float64(st.Outbox))
	m.one("silkwire_db_size_bytes", "gauge", "Size of the archive's file.", float64(st.Bytes))
	m.one("silkwire_db_free_bytes", "gauge", "Room inside the archive's file that will be used again.", float64(st.FreeBytes))
	m.one("silkwire_disk_free_bytes", "gauge", "Free room on the archive's disk.", float64(st.DiskFree))
	m.one("silkwire_archive_sequence", "counter", "Writes to the archive.", float64(st.Sequence))
	m.family("silkwire_web_refused_total", "counter", "Requests that were refused since the start.")
	m.value(float64(s.counts.foreignHost.Load()), "reason", "foreign_host")
	m.value(float64(s.counts.crossOrigin.Load()), "reason", "cross_origin")
	m.value(float64(s.counts.denied.Load()), "reason", "role")
	m.one("silkwire_sign_in_failures_total", "counter", "Attempts to sign in that failed since the start.", float64(s.counts.signInFailed.Load()))
	m.one("silkwire_sign_in_delayed_total", "counter", "Attempts to sign in that came too fast since the start.", float64(s.counts.throttled.Load()))
	m.one("silkwire_web_panics_total", "counter", "Requests that ended in a panic since the start.", float64(s.counts.panics.Load()))
	m.family("silkwire_sources", "gauge", "Configured sources by condition.")
	for _, c := range []condition{needsAttention, paused, tryingAgain, noNetwork, notYet, fine, switchedOff} {
		m.value(float64(rep.Counts[c]), "condition", string(c))
	}
}

func sourceMetrics(m *exposition, sources []sourceReport) {
	each := func(name, kind, help string, value func(*sourceReport) float64) {
		m.family(name, kind, help)
		for i := range sources {
			m.value(value(&sources[i]), "source", string(sources[i].Info.Source.ID))
		}
	}
	m.family("silkwire_source_last_success_timestamp_seconds", "gauge", "When the source was last visited with success.")
	for i := range sources {
		m.at(sources[i].State.LastSuccess, "source", string(sources[i].Info.Source.ID))
	}
	each("silkwire_source_consecutive_errors", "gauge", "Visits in a row that have failed.", func(s *sourceReport) float64 { return float64(s.State.Failures) })
	each("silkwire_source_paused", "gauge", "1 when the source is not visited any more.", func(s *sourceReport) float64 { return boolean(s.State.Paused != "") })
	each("silkwire_source_new_items_24h", "gauge", "Items first seen through the source in the last 24 hours.", func(s *sourceReport) float64 { return float64(s.New) })
	counter := func(name, help string, value func(news.Counters) int) {
		each(name, "counter", help, func(s *sourceReport) float64 { return float64(value(s.State.Counters)) })
	}
	counter("silkwire_source_visits_total", "Visits of the source.", func(c news.Counters) int { return c.Visits })
	counter("silkwire_source_requests_total", "Requests to the source.", func(c news.Counters) int { return c.Requests })
	counter("silkwire_source_unconditional_total", "Visits without validators.", func(c news.Counters) int { return c.Unconditional })
	counter("silkwire_source_not_modified_total", "Visits that found nothing changed.", func(c news.Counters) int { return c.NotModified })
}

// lastDeliveries returns by profile when a message was last accepted.
func (s *Server) lastDeliveries(ctx context.Context) (map[string]time.Time, error) {
	list, err := s.Store.EditionList(ctx, "", maxEditions)
	last := map[string]time.Time{}
	for _, e := range list {
		for _, m := range e.Messages {
			if m.State == store.Accepted && m.Tried.After(last[e.Profile]) {
				last[e.Profile] = m.Tried
			}
		}
	}
	return last, err
}

func boolean(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// exposition is a text in the format of Prometheus, being written.
type exposition struct {
	strings.Builder
	name string
}

// family begins a metric; the values that follow belong to it.
func (m *exposition) family(name, kind, help string) {
	m.name = name
	fmt.Fprintf(m, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

func (m *exposition) one(name, kind, help string, v float64) {
	m.family(name, kind, help)
	m.value(v)
}

// value writes one value with its labels: name, value, name, value …
func (m *exposition) value(v float64, labels ...string) {
	m.WriteString(m.name)
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
	for i := 0; i+1 < len(labels); i += 2 {
		m.WriteString(map[bool]string{true: "{", false: ","}[i == 0])
		m.WriteString(labels[i] + `="` + escape.Replace(strings.ToValidUTF8(labels[i+1], "\uFFFD")) + `"`)
	}
	if len(labels) > 0 {
		m.WriteString("}")
	}
	m.WriteString(" " + strconv.FormatFloat(v, 'f', -1, 64) + "\n")
}

// at writes a moment; one that never was is left out.
func (m *exposition) at(t time.Time, labels ...string) {
	if !t.IsZero() {
		m.value(float64(t.Unix()), labels...)
	}
}
