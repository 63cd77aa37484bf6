package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"silkwire/news"
)

// ErrNoSource says that there is no such source to act on.
var ErrNoSource = errors.New("no such source")

// acts are what can be done to a source from the status page.
var acts = []string{"visit", "pause", "resume"}

// actOnSource does it, and leads back to the source's line.
func (s *Server) actOnSource(r *http.Request) (string, error) {
	id, act := news.SourceID(r.PathValue("id")), r.PathValue("act")
	if s.Act == nil || !slices.Contains(acts, act) {
		return "", failure{Code: http.StatusNotFound, Kind: "not_found", Detail: "There is nothing here."}
	}
	who := cmp.Or(visitorOf(r).Name, "somebody on this machine")
	switch err := s.Act(context.WithoutCancel(r.Context()), id, act, who); {
	case errors.Is(err, ErrNoSource):
		return "", failure{Code: http.StatusNotFound, Kind: "not_found", Detail: "There is no source %s.", Args: []any{string(id)}}
	case err != nil:
		return "", failure{Code: http.StatusConflict, Kind: "busy", Detail: "%s", Args: []any{capital(err.Error()) + "."}}
	}
	s.audit(r, act+" source", "source "+string(id), nil, act)
	return "/status#source-" + url.PathEscape(string(id)), nil
}

func capital(s string) string {
	if s == "" {
		return s
	}
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// hostRow is how politely one host was visited, by all its sources.
type hostRow struct {
	Host     string
	Sources  int
	Counters news.Counters
}

// hostRows adds the counters of the sources of each host, the busiest first.
func hostRows(sources []sourceReport) []hostRow {
	var rows []hostRow
	for i := range sources {
		u, err := url.Parse(sources[i].Info.Source.URL)
		if err != nil || sources[i].State.Counters.Visits == 0 {
			continue
		}
		host := strings.TrimPrefix(strings.ToLower(u.Host), "www.")
		at := slices.IndexFunc(rows, func(r hostRow) bool { return r.Host == host })
		if at < 0 {
			rows, at = append(rows, hostRow{Host: host}), len(rows)
		}
		rows[at].Sources++
		rows[at].Counters = added(rows[at].Counters, sources[i].State.Counters)
	}
	slices.SortFunc(rows, func(a, b hostRow) int {
		return cmp.Or(cmp.Compare(b.Counters.Requests, a.Counters.Requests), cmp.Compare(a.Host, b.Host))
	})
	return rows
}
