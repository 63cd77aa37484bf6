package web

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"

	"silkwire/export"
	"silkwire/news"
	"silkwire/review"
	"silkwire/search"
	"silkwire/store"
	"silkwire/words"
)

// exportsAtOnce bounds how many files are written at the same time.
const exportsAtOnce = 2

// takeaway is the part of a page that leads to files, feed and permanent link of
// what is on it.
type takeaway struct {
	Tables    []tableLinks
	Feed      string
	Permanent string
	Snapshot  string // its ID
	Cite      string
}

// tableLinks leads to one table in every format.
type tableLinks struct {
	Name             words.Message
	CSV, JSONL, XLSX string
}

// takeaway of what a page found, which is not read for it.
func (s *Server) takeaway(ctx context.Context, q search.Query, found int) (takeaway, error) {
	of, err := export.At(ctx, s.Store, q, s.taxonomyVersion(), s.Now(), found)
	if err != nil {
		return takeaway{}, err
	}
	t := takeaway{Feed: hrefWith("/feed.atom", "q", of.Query), Permanent: "/snapshots/" + of.ID(), Snapshot: of.ID(), Cite: of.Cite()}
	for _, what := range export.Whats() {
		link := func(f export.Format) string {
			return hrefWith("/export", "q", of.Query, "what", string(what), "format", string(f))
		}
		t.Tables = append(t.Tables, tableLinks{tableWord(what), link(export.CSV), link(export.JSONL), link(export.XLSX)})
	}
	return t, nil
}

// tableWord is what a row of a table is.
func tableWord(what export.What) words.Message {
	switch what {
	case export.Items:
		return "items"
	case export.Tags:
		return "tags"
	case export.Events:
		return "events"
	case export.Reviews:
		return "reviews"
	}
	return words.Message(what)
}

// taxonomyVersion is the version of the taxonomy, "" without one.
func (s *Server) taxonomyVersion() string {
	if s.Taxonomy == nil {
		return ""
	}
	return s.Taxonomy.Version
}

// hrefWith is a path with a query of names and values, without what is empty.
func hrefWith(path string, pairs ...string) string {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			form.Set(pairs[i], pairs[i+1])
		}
	}
	if len(form) == 0 {
		return path
	}
	return path + "?" + form.Encode()
}

// export answers /export and /api/v1/export with a file, which is written while
// the archive is read. One that cannot be finished is broken off, so that nobody
// takes half a file for a whole one.
func (s *Server) export(w http.ResponseWriter, r *http.Request) {
	job, err := s.exportJob(r.URL.Query())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if !s.takeTurn(w, r) {
		return
	}
	defer s.endTurn()
	if job.Of, err = export.Take(r.Context(), s.Store, job.Query, s.taxonomyVersion(), s.Now()); err != nil {
		s.fail(w, r, err)
		return
	}
	out := s.fileOut(w, job.Format, job.Name())
	w.Header().Set("Silkwire-Snapshot", job.Of.ID())
	w.Header().Add("Link", `</snapshots/`+job.Of.ID()+`>; rel="permalink"`)
	_, err = job.Write(r.Context(), sighted{s.Store, visitorOf(r).Name, s.Double}, out)
	s.endFile(w, r, out, err)
}

// sighted is the archive as far as somebody may see what analysts say: of an item
// that two read without knowing of each other, nothing but what they said
// themselves, until they have finished or both others have.
type sighted struct {
	store.Store
	who    string
	double float64
}

// ReviewsOf keeps the promise of [store.Reviews] for what may be seen.
func (a sighted) ReviewsOf(ctx context.Context, id news.ItemID) ([]news.Review, error) {
	all, err := a.Store.ReviewsOf(ctx, id)
	if said := review.Read(all); said.Hides(a.who, id, a.double) {
		all = slices.DeleteFunc(all, func(r news.Review) bool { return r.By != a.who })
	}
	return all, err
}

// Weighed keeps the promise of [store.Reviews] for what may be seen.
func (a sighted) Weighed(ctx context.Context) (map[news.ItemID][]news.Review, error) {
	found, err := a.Store.Weighed(ctx)
	for id := range found {
		seen, failed := a.ReviewsOf(ctx, id)
		if failed != nil {
			return nil, failed
		}
		found[id] = slices.DeleteFunc(found[id], func(r news.Review) bool {
			return !slices.ContainsFunc(seen, func(s news.Review) bool { return s.ID == r.ID })
		})
	}
	return found, err
}

func (s *Server) exportJob(form url.Values) (export.Job, error) {
	query, err := s.known.Load().search.Parse(form.Get("q"))
	if err != nil {
		return export.Job{}, err
	}
	job := export.Job{Query: query, Maker: export.Maker{Taxonomy: s.Taxonomy, Outlet: s.outlet, Text: form.Get("text") == "1"}}
	if job.What, err = export.ParseWhat(form.Get("what")); err != nil {
		return job, failure{Code: http.StatusBadRequest, Kind: "bad_table", Detail: "%s", Args: []any{"what: " + err.Error() + "."}}
	}
	if job.Format, err = export.ParseFormat(form.Get("format")); err != nil {
		return job, failure{Code: http.StatusBadRequest, Kind: "bad_format", Detail: "%s", Args: []any{"format: " + err.Error() + "."}}
	}
	return job, nil
}

// takeTurn waits for no one: where enough is being written already, the asker is
// told to come again.
func (s *Server) takeTurn(w http.ResponseWriter, r *http.Request) bool {
	select {
	case s.exports <- struct{}{}:
		return true
	default:
		w.Header().Set("Retry-After", "20")
		s.refuse(w, r, failure{Code: http.StatusServiceUnavailable, Kind: "busy", Detail: "As many files as may be written at once are being written. Come again in a moment."})
		return false
	}
}

func (s *Server) endTurn() { <-s.exports }

// fileOut is what a file is written to; its header is set already.
func (s *Server) fileOut(w http.ResponseWriter, f export.Format, name string) *fileOut {
	w.Header().Set("Content-Type", f.MediaType())
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	out := &fileOut{w: w}
	out.Writer = bufio.NewWriterSize(sink{out}, 64<<10)
	return out
}

// fileOut writes through a buffer and remembers whether anything has gone out.
type fileOut struct {
	*bufio.Writer
	w    io.Writer
	sent bool
}

// sink is where the buffer is emptied.
type sink struct{ o *fileOut }

func (k sink) Write(b []byte) (int, error) {
	k.o.sent = true
	return k.o.w.Write(b)
}

// endFile ends a file: what has failed before anything went out is said as a
// failure, and otherwise breaks the answer off.
func (s *Server) endFile(w http.ResponseWriter, r *http.Request, out *fileOut, err error) {
	if err == nil {
		err = out.Flush()
	}
	if err == nil {
		return
	}
	if !out.sent {
		for _, name := range []string{"Content-Disposition", "Silkwire-Snapshot", "Link"} {
			w.Header().Del(name)
		}
		s.fail(w, r, err)
		return
	}
	if !errors.Is(err, context.Canceled) {
		s.Log.Error("a file was broken off", "request", idOf(r), "path", r.URL.Path, "error", err)
	}
	panic(http.ErrAbortHandler)
}

// codebook answers /export/codebook and /api/v1/codebook.
func (s *Server) codebook(w http.ResponseWriter, r *http.Request) {
	var format export.Format
	if name := r.URL.Query().Get("format"); name != "" && name != "md" {
		var err error
		if format, err = export.ParseFormat(name); err != nil {
			s.fail(w, r, failure{Code: http.StatusBadRequest, Kind: "bad_format", Detail: "%s", Args: []any{"format: " + err.Error() + ", and md."}})
			return
		}
	}
	ctx, stop := context.WithTimeout(r.Context(), countPatience)
	defer stop()
	counts, err := s.conceptCounts(ctx)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	name := "silkwire-codebook." + string(format)
	if format == "" {
		name += "md"
	}
	out := s.fileOut(w, format, name)
	if format == "" {
		w.Header().Set("Content-Type", "text/markdown; charset=utf-8")
		w.Header().Set("Content-Disposition", `inline; filename="`+name+`"`)
	}
	book := export.Codebook{Taxonomy: s.Taxonomy, Program: s.Version, Counts: counts}
	s.endFile(w, r, out, book.Write(format, out))
}

// conceptCounts counts the items of every concept itself, without those of
// narrower ones.
func (s *Server) conceptCounts(ctx context.Context) (map[news.ConceptID]int, error) {
	counts := map[news.ConceptID]int{}
	for _, c := range s.Taxonomy.Concepts {
		page, err := s.Store.Find(ctx, store.Query{Search: search.Query{Root: search.Concept{Any: []news.ConceptID{c.ID}}}, Limit: 1, Count: true})
		if err != nil {
			return nil, err
		}
		counts[c.ID] = page.Total
	}
	return counts, nil
}

// snapshotPage is templates/snapshot.html: a permanent link. It says what the
// archive was asked and whether it still gives the same.
type snapshotPage struct {
	frame
	ID       string
	Cite     string
	Query    string
	Href     string // the search of today
	Same     bool
	Says     []string
	Examples []changeLine
	Take     takeaway
}

// changeLine is an item that is no more what it was.
type changeLine struct {
	Href  string
	Title string
	How   string
	At    stamp
	Came  []string
	Went  []string
}

func (s *Server) snapshotPage(r *http.Request) (framed, error) {
	d, q, err := s.compare(r)
	if err != nil {
		return nil, err
	}
	p := &snapshotPage{
		frame: frame{Title: s.say("Snapshot"), Section: "items"}, ID: d.Then.ID(), Cite: d.Then.Cite(), Query: d.Then.Query,
		Href: hrefWith("/", "q", d.Then.Query, "all", "1"), Same: d.Same,
	}
	for _, line := range d.Says() {
		p.Says = append(p.Says, s.say(line.Message, line.Args...))
	}
	for _, c := range d.Examples {
		line := changeLine{Href: itemHref(c.Item), Title: oneLine(c.Title, 200), How: c.How, At: s.stamp(c.At)}
		for _, id := range c.Came {
			line.Came = append(line.Came, s.name(id))
		}
		for _, id := range c.Went {
			line.Went = append(line.Went, s.name(id))
		}
		p.Examples = append(p.Examples, line)
	}
	p.Take, err = s.takeaway(r.Context(), q, d.Now.Items+d.Later)
	return p, err
}

// apiSnapshot answers /api/v1/snapshots/{snapshot}.
func (s *Server) apiSnapshot(r *http.Request) (any, error) {
	d, _, err := s.compare(r)
	return d, err
}

// compare asks again what the snapshot of an address asked.
func (s *Server) compare(r *http.Request) (d export.Difference, q search.Query, err error) {
	then, err := export.ParseSnapshot(r.PathValue("snapshot"))
	if err != nil {
		return d, q, failure{Code: http.StatusNotFound, Kind: "not_found", Detail: "This is no snapshot id, or a part of it is missing: copy it whole."}
	}
	if q, err = s.known.Load().search.Parse(then.Query); err != nil {
		return d, q, err
	}
	d, err = export.Compare(r.Context(), s.Store, then, q, s.taxonomyVersion(), s.Now())
	return d, q, err
}

// inTurn makes a handler wait for its turn: what it is asked reads every item
// that matches.
func (s *Server) inTurn(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.takeTurn(w, r) {
			defer s.endTurn()
			next(w, r)
		}
	}
}
