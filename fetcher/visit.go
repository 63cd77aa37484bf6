package fetcher

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"silkwire/client"
	"silkwire/fetcher/extract"
	"silkwire/news"
)

const (
	acceptFeed = "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
	acceptPage = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.1"
	acceptMap  = "application/xml, text/xml, */*;q=0.1"
)

// visit is one visit under way.
type visit struct {
	f       *Fetcher
	outlet  news.Outlet
	src     news.Source
	cp      news.Checkpoint
	known   Known
	parse   parseContext
	private bool // the source's host is one of the operator's own
	budget  int  // article pages
	delays  map[string]time.Duration

	asked    time.Duration // how long a host asked us to stay away
	notes    []string
	bytes    int64
	requests int
}

func (f *Fetcher) newVisit(ctx context.Context, outlet news.Outlet, src news.Source, cp news.Checkpoint, known Known) *visit {
	v := &visit{f: f, outlet: outlet, src: src, cp: cp, known: known, delays: map[string]time.Duration{}}
	v.src.URL = address(src)
	v.parse = parseContext{Outlet: outlet.ID, Base: v.src.URL, At: f.now().UTC(), Zone: zoneOfCountry(outlet.Country)}
	v.private = f.client.Private(ctx, v.src.URL)
	v.budget = f.opt.MaxArticles
	if v.private {
		v.budget = maxItems
	}
	return v
}

// address is where a source is fetched: a Telegram channel by its preview,
// however it is written.
func address(src news.Source) string {
	if src.Kind != news.Telegram {
		return src.URL
	}
	name := strings.TrimPrefix(strings.TrimSpace(src.URL), "@")
	for _, prefix := range []string{"https://", "http://", "www.", "t.me/", "telegram.me/", "s/"} {
		name = strings.TrimPrefix(name, prefix)
	}
	if name = strings.Trim(name, "/"); !strings.ContainsAny(name, "/.:") {
		return "https://t.me/s/" + name
	}
	return src.URL // another preview, as tests and mirrors have
}

// run is the visit: ask, compare, parse, complete.
func (v *visit) run(ctx context.Context) (news.Batch, error) {
	if v.src.Kind != news.Feed {
		if err := v.mayCrawl(ctx, v.src.URL); err != nil {
			return news.Batch{}, err
		}
	}
	resp, err := v.get(ctx, v.request())
	if err != nil {
		return news.Batch{}, err
	}
	batch := news.Batch{Source: v.src.ID, At: v.parse.At, Outcome: news.OK, Checkpoint: v.cp}
	v.rememberMove(&batch.Checkpoint, resp)
	if resp.Status == http.StatusNotModified {
		return v.notModified(ctx, batch, resp)
	}
	if resp.Status != http.StatusOK && resp.Status != 226 && resp.Status != 203 {
		return news.Batch{}, v.statusError(resp)
	}
	hash := bodyHash(resp.Body)
	if hash == v.cp.BodyHash {
		v.takeValidators(&batch.Checkpoint, resp)
		batch.Wait = hints{}.wait(resp.Header, v.parse.At)
		return v.unchanged(ctx, batch)
	}
	doc, err := v.read(ctx, resp)
	if err != nil {
		return news.Batch{}, err
	}
	return v.collect(ctx, batch, doc, resp, hash)
}

func (v *visit) request() client.Request {
	r := client.Request{
		URL: v.src.URL, ETag: v.cp.ETag, LastModified: v.cp.LastModified, ValidFor: v.cp.From,
		Limit: client.PageLimit, Accept: acceptPage,
		Downgrade: v.src.Insecure, Insecure: v.src.Insecure, Identity: v.f.identity.has(v.src.ID),
	}
	switch v.src.Kind {
	case news.Feed:
		r.Accept, r.Limit = acceptFeed, client.FeedLimit
	case news.Sitemap:
		r.Accept, r.Limit = acceptMap, client.FeedLimit
	}
	return r
}

// get sends a request when its host's turn has come.
func (v *visit) get(ctx context.Context, r client.Request) (*client.Response, error) {
	leave, err := v.f.opt.Hosts.Enter(ctx, hostKey(r.URL), v.pause(ctx, r.URL))
	if err != nil {
		return nil, &client.Error{Class: client.Interrupted, URL: client.Bare(r.URL), Err: err}
	}
	defer leave()
	v.requests++
	resp, err := v.f.client.Get(ctx, r)
	if err != nil {
		return nil, err
	}
	v.requests += resp.Requests - 1
	v.bytes += int64(len(resp.Body))
	return resp, nil
}

// pause is the time between starts of requests to a host.
func (v *visit) pause(ctx context.Context, rawURL string) time.Duration {
	private := v.private
	if hostKey(rawURL) != hostKey(v.src.URL) {
		private = v.f.client.Private(ctx, rawURL)
	}
	if private {
		return v.f.opt.PrivateSpacing
	}
	return max(v.f.opt.Spacing, v.delays[hostKey(rawURL)])
}

func bodyHash(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:16])
}

// takeValidators keeps what the server wants to hear next time, byte for byte.
func (v *visit) takeValidators(cp *news.Checkpoint, resp *client.Response) {
	cp.ETag, cp.LastModified, cp.From = resp.Header.Get("ETag"), resp.Header.Get("Last-Modified"), ""
	if len(resp.Redirects) > 0 {
		cp.From = resp.URL
	}
}

// notModified handles 304. One that we did not ask for is the server's
// mistake: the validators are dropped, so that the next request is
// unconditional, once (N26).
func (v *visit) notModified(ctx context.Context, batch news.Batch, resp *client.Response) (news.Batch, error) {
	if v.cp.ETag == "" && v.cp.LastModified == "" {
		return batch, &VisitError{Outcome: news.HTTPError, Err: fmt.Errorf("GET %s: the server answers \"not modified\" to a request without conditions", client.Bare(v.src.URL))}
	}
	if etag := resp.Header.Get("ETag"); etag != "" {
		batch.Checkpoint.ETag = etag
	}
	if modified := resp.Header.Get("Last-Modified"); modified != "" {
		batch.Checkpoint.LastModified = modified
	}
	batch.Wait = hints{}.wait(resp.Header, v.parse.At)
	return v.unchanged(ctx, batch)
}

// unchanged ends a visit that found the document as it was; articles left over
// from the visit before are fetched now.
func (v *visit) unchanged(ctx context.Context, batch news.Batch) (news.Batch, error) {
	batch.Outcome = news.Unchanged
	batch.Checkpoint.VisitCount++
	waiting, tries := pending(v.cp)
	done, left := v.articles(ctx, waiting, tries)
	batch.Items, batch.Checkpoint.Pending = done, left
	if len(done) > 0 {
		batch.Outcome = news.OK
	}
	return batch, nil
}

func pending(cp news.Checkpoint) (items []news.Item, tries map[news.ItemID]int) {
	tries = map[news.ItemID]int{}
	for _, p := range cp.Pending {
		items = append(items, p.Item)
		tries[p.Item.ID] = p.Tries
	}
	return items, tries
}

// rememberMove notes where a permanent redirect leads (N25): only a chain of
// permanent ones counts, and only when the visit succeeds is it stored.
func (v *visit) rememberMove(cp *news.Checkpoint, resp *client.Response) {
	to := ""
	if len(resp.Redirects) > 0 {
		to = resp.URL
	}
	for _, hop := range resp.Redirects {
		if !hop.Permanent {
			to = ""
		}
	}
	if to != cp.MovedTo {
		cp.MovedTo, cp.MovedSeen = to, nil
	}
	if to != "" {
		cp.MovedSeen = append(cp.MovedSeen[:len(cp.MovedSeen):len(cp.MovedSeen)], v.parse.At)
		if n := len(cp.MovedSeen); n > 10 { // keep the first sighting
			cp.MovedSeen = append(cp.MovedSeen[:1:1], cp.MovedSeen[n-9:]...)
		}
	}
}

// read parses the answer as the source's kind.
func (v *visit) read(ctx context.Context, resp *client.Response) (Document, error) {
	if challenged(resp) {
		return Document{}, &VisitError{Outcome: news.Challenge, Err: fmt.Errorf("GET %s: the server asks for a browser; ask the outlet to let %q in", resp.URL, v.f.client.UserAgent())}
	}
	ctx2 := v.parse
	ctx2.Base = resp.URL
	contentType := resp.Header.Get("Content-Type")
	body, err := unzipped(resp.Body, client.FeedLimit)
	if err != nil {
		return Document{}, &VisitError{Outcome: news.TooLarge, Err: fmt.Errorf("GET %s: %w", resp.URL, err)}
	}
	text := decode(body, contentType)
	var doc Document
	switch v.src.Kind {
	case news.Page:
		doc, err = parseListing(text.Text, extract.ListingRule{Item: v.src.Item, Link: v.src.Link, Title: v.src.Title, Date: v.src.Date, Match: v.src.Match}, ctx2)
	case news.Sitemap:
		doc, err = v.readMap(ctx, text.Text, ctx2)
	case news.Telegram:
		doc, err = v.readChannel(ctx, text.Text, ctx2)
	default:
		doc, err = parseFeed(text.Text, ctx2)
	}
	var failed *VisitError
	switch {
	case errors.As(err, &failed):
		return doc, failed
	case err != nil:
		return doc, v.unreadable(err, text.Text, resp)
	}
	if text.Note != "" {
		v.note("%s", text.Note)
	}
	doc.Charset = text.Charset
	return doc, nil
}

// unreadable says what came instead of what was expected (N39, F12).
func (v *visit) unreadable(err error, text []byte, resp *client.Response) *VisitError {
	where := client.Bare(resp.URL)
	if v.src.Kind == news.Feed && looksHTML(text) {
		hint := "check the address in a browser"
		if feeds := extract.FeedLinks(text, resp.URL); len(feeds) > 0 {
			hint = "the page declares a feed at " + feeds[0].URL
		}
		return &VisitError{Outcome: news.NotAFeed, Err: fmt.Errorf("GET %s: an HTML page came where a feed was expected; %s", where, hint)}
	}
	if errors.Is(err, errNotAFeed) {
		return &VisitError{Outcome: news.NotAFeed, Err: fmt.Errorf("GET %s: the answer is not a feed (%s); check the address", where, first(resp.Header.Get("Content-Type"), "no type given"))}
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return &VisitError{Outcome: news.Unparsable, Err: fmt.Errorf("GET %s: the answer is empty; earlier items are kept", where)}
	}
	return &VisitError{Outcome: news.Unparsable, Err: fmt.Errorf("read %s: %w", where, err)}
}

func looksHTML(text []byte) bool {
	head := bytes.ToLower(text[:min(len(text), 4<<10)])
	return bytes.Contains(head, []byte("<html")) || bytes.Contains(head, []byte("<!doctype html")) || bytes.Contains(head, []byte("<body"))
}

// readMap reads a sitemap, or the newest sitemaps of an index.
func (v *visit) readMap(ctx context.Context, text []byte, pc parseContext) (Document, error) {
	doc, err := v.parseMap(text, pc)
	if err != nil || doc.Kind != "sitemap index" {
		return doc, err
	}
	all := Document{Kind: "sitemap", Format: doc.Format, Partial: doc.Partial}
	for _, m := range newestMaps(doc.Maps, 3) {
		if err := v.mayCrawl(ctx, m.URL); err != nil {
			v.note("sitemap left out: %v", err)
			continue
		}
		resp, err := v.get(ctx, client.Request{URL: m.URL, Accept: acceptMap, Limit: client.FeedLimit, Insecure: v.src.Insecure})
		if err != nil {
			all.Partial = true
			v.note("sitemap left out: %v", err)
			continue
		}
		if resp.Status != http.StatusOK {
			all.Partial = true
			v.note("sitemap left out: %v", v.statusError(resp))
			continue
		}
		v.addMap(&all, resp, pc)
	}
	newestFirst(&all)
	return all, nil
}

func (v *visit) addMap(all *Document, resp *client.Response, pc parseContext) {
	body, err := unzipped(resp.Body, client.FeedLimit)
	if err == nil {
		pc.Base = resp.URL
		var doc Document
		if doc, err = v.parseMap(decode(body, resp.Header.Get("Content-Type")).Text, pc); err == nil {
			all.Items = append(all.Items, doc.Items...)
			all.Total += doc.Total
			all.Partial = all.Partial || doc.Partial
			return
		}
	}
	all.Partial = true
	v.note("sitemap %s left out: %v", client.Bare(resp.URL), err)
}

func (v *visit) parseMap(text []byte, pc parseContext) (Document, error) {
	if root := rootName(text); root != "urlset" && root != "sitemapindex" {
		if looksHTML(text) {
			return Document{}, errors.New("an HTML page came where a sitemap was expected")
		}
		return Document{}, errors.New("not a sitemap")
	}
	doc, err := parseSitemap(text, pc)
	if err != nil {
		return doc, err
	}
	return doc, v.onlyMatching(&doc)
}

// readChannel reads a channel's preview and pages back while everything on the
// page is new: what was posted since the last visit may fill several pages.
func (v *visit) readChannel(ctx context.Context, text []byte, pc parseContext) (Document, error) {
	doc, err := parseTelegram(text, pc)
	for page := 0; err == nil && page < 3 && doc.Older != "" && v.cp.VisitCount > 0 && v.allNew(ctx, doc); page++ {
		if err := v.mayCrawl(ctx, doc.Older); err != nil {
			break
		}
		resp, getErr := v.get(ctx, client.Request{URL: doc.Older, Accept: acceptPage})
		if getErr != nil || resp.Status != http.StatusOK {
			doc.Partial = true
			break
		}
		older, parseErr := parseTelegram(decode(resp.Body, resp.Header.Get("Content-Type")).Text, pc)
		if parseErr != nil || len(older.Items) == 0 {
			break
		}
		older.Items = append(older.Items, doc.Items...)
		older.Title, older.Total = doc.Title, doc.Total+older.Total
		doc = older
	}
	return doc, err
}

func (v *visit) allNew(ctx context.Context, doc Document) bool {
	finish(&doc, v.parse)
	known, err := v.ask(ctx, doc.Items)
	return err == nil && len(known) == 0 && len(doc.Items) > 0
}

func (v *visit) ask(ctx context.Context, items []news.Item) (map[news.ItemID]news.ItemID, error) {
	if v.known == nil || len(items) == 0 {
		return nil, nil
	}
	return v.known(ctx, items)
}

// onlyMatching applies the source's match to what a sitemap lists.
func (v *visit) onlyMatching(doc *Document) error {
	if v.src.Match == "" {
		return nil
	}
	matches, err := pathMatcher(v.src.Match)
	if err != nil {
		return err
	}
	kept := doc.Items[:0]
	for _, it := range doc.Items {
		if matches(it.URL) {
			kept = append(kept, it)
		}
	}
	doc.Items = kept
	return nil
}

// collect makes the batch of a parsed document.
func (v *visit) collect(ctx context.Context, batch news.Batch, doc Document, resp *client.Response, hash string) (news.Batch, error) {
	finish(&doc, v.parse)
	v.notes = append(v.notes, doc.Notes...)
	batch.Wait = doc.hints.wait(resp.Header, v.parse.At)
	if len(doc.Items) == 0 {
		return v.nothing(ctx, batch, resp, hash)
	}
	known, err := v.ask(ctx, doc.Items)
	if err != nil {
		return batch, &VisitError{Outcome: news.Internal, Err: fmt.Errorf("ask the archive what is known: %w", err)}
	}
	seen, fresh := v.sortOut(doc.Items, known)
	waiting, tries := pending(v.cp)
	done, left := v.articles(ctx, merge(waiting, fresh), tries)
	batch.Items = inOrder(doc.Items, append(seen, done...))
	v.closeCheckpoint(&batch, doc, resp, hash)
	batch.Checkpoint.Pending = left
	return batch, nil
}

// closeCheckpoint stores validators only for a document that was read to its
// end (politeness 2, F6), and notices one that shrank (N40).
func (v *visit) closeCheckpoint(batch *news.Batch, doc Document, resp *client.Response, hash string) {
	cp := &batch.Checkpoint
	cp.VisitCount++
	switch {
	case doc.Partial:
		batch.Outcome = news.Partial
		v.note("the document is cut off or broken; its %d complete items are kept", len(doc.Items))
		cp.ETag, cp.LastModified, cp.From, cp.BodyHash = "", "", "", ""
		return
	case v.cp.Items >= 10 && doc.Total*4 < v.cp.Items:
		batch.Outcome = news.Shrank
		v.note("the document holds %d items where it held %d before", doc.Total, v.cp.Items)
	}
	v.takeValidators(cp, resp)
	cp.BodyHash, cp.Items = hash, doc.Total
}

// nothing handles a valid document without items: normal for a new feed, and
// suspicious for one that had some. Then the old checkpoint stays.
func (v *visit) nothing(ctx context.Context, batch news.Batch, resp *client.Response, hash string) (news.Batch, error) {
	waiting, tries := pending(v.cp)
	batch.Items, batch.Checkpoint.Pending = v.articles(ctx, waiting, tries)
	batch.Checkpoint.VisitCount++
	if v.cp.Items > 0 {
		batch.Outcome = news.Shrank
		v.note("the document is valid but empty, where it held %d items before; those are kept", v.cp.Items)
		return batch, nil
	}
	batch.Outcome = news.Empty
	v.note("the document is valid but holds no items; check whether the outlet still uses it")
	v.takeValidators(&batch.Checkpoint, resp)
	batch.Checkpoint.BodyHash = hash
	return batch, nil
}

// sortOut parts the items into those that need nothing more and fresh ones,
// whose article may be fetched. Of known items only feeds have more to say (an
// edit); a listing's or sitemap's line about them is dropped.
func (v *visit) sortOut(items []news.Item, known map[news.ItemID]news.ItemID) (seen, fresh []news.Item) {
	twice := map[news.ItemID]bool{}
	for _, it := range items {
		if twice[it.ID] {
			continue
		}
		twice[it.ID] = true
		it.Source = v.src.ID
		it.Sources = []news.SourceID{v.src.ID}
		it.Fetched = v.parse.At
		if it.Lang == "" {
			it.Lang = v.language()
		}
		id, isKnown := known[it.ID]
		switch {
		case !isKnown:
			fresh = append(fresh, it)
		case v.src.Kind == news.Feed || v.src.Kind == news.Telegram:
			it.ID = id
			if !complete(it) {
				it.Text = "" // a teaser must not replace the article
			}
			seen = append(seen, it)
		}
	}
	return seen, fresh
}

// language is the source's, where it has only one.
func (v *visit) language() string {
	languages := v.src.Languages
	if len(languages) == 0 {
		languages = v.outlet.Languages
	}
	if len(languages) == 1 {
		return languages[0]
	}
	return ""
}

// merge puts items that wait from earlier visits before fresh ones.
func merge(waiting, fresh []news.Item) []news.Item {
	there := map[news.ItemID]bool{}
	out := make([]news.Item, 0, len(waiting)+len(fresh))
	for _, it := range append(waiting, fresh...) {
		if !there[it.ID] {
			there[it.ID] = true
			out = append(out, it)
		}
	}
	return out
}

// inOrder sorts items as the document has them; others come first.
func inOrder(document, items []news.Item) []news.Item {
	byURL := map[string]news.Item{}
	for _, it := range items {
		byURL[orderKey(it)] = it
	}
	var out, last []news.Item
	for _, it := range document {
		if found, ok := byURL[orderKey(it)]; ok {
			last = append(last, found)
			delete(byURL, orderKey(it))
		}
	}
	for _, it := range items {
		if _, ok := byURL[orderKey(it)]; ok {
			out = append(out, it)
			delete(byURL, orderKey(it))
		}
	}
	return append(out, last...)
}

func orderKey(it news.Item) string { return it.URL + "\n" + it.GUID + "\n" + string(it.Title) }

// failure makes a *VisitError of any error of a visit.
func (v *visit) failure(err error) *VisitError {
	var failed *VisitError
	if errors.As(err, &failed) {
		return failed
	}
	var e *client.Error
	if !errors.As(err, &e) {
		return &VisitError{Outcome: news.Internal, Err: err}
	}
	if e.Class == client.Encoding {
		v.f.identity.add(v.src.ID) // the next visit asks for no coding (N16)
	}
	outcomes := map[client.Class]news.Outcome{
		client.DNS: news.DNS, client.Connect: news.Connect, client.TLS: news.TLS, client.Timeout: news.Timeout,
		client.TooLarge: news.TooLarge, client.Encoding: news.Encoding, client.Redirect: news.Redirect,
		client.Blocked: news.Blocked, client.Interrupted: news.Interrupted, client.BadURL: news.Blocked,
	}
	return &VisitError{Outcome: outcomes[e.Class], Err: e}
}

// statusError makes a *VisitError of a status that brings nothing.
func (v *visit) statusError(resp *client.Response) *VisitError {
	e := &VisitError{Outcome: news.HTTPError, RetryAfter: retryAfter(resp.Header, v.parse.At)}
	advice := "it is tried again later"
	switch status := resp.Status; {
	case status == 429 || status == 503 && e.RetryAfter > 0:
		e.Outcome, advice = news.SlowDown, "the server asks us to wait"
	case challenged(resp):
		e.Outcome, advice = news.Challenge, fmt.Sprintf("the server asks for a browser; ask the outlet to let %q in", v.f.client.UserAgent())
	case status == 401 || status == 403:
		e.Outcome, advice = news.Denied, "the server does not let us in; ask the outlet"
	case status == 404:
		e.Outcome, advice = news.NotFound, "there is nothing at this address; check it"
	case status == 410:
		e.Outcome, advice = news.Gone, "the outlet has taken it away for good"
	}
	e.Err = fmt.Errorf("GET %s: status %d %s: %s", client.Bare(resp.URL), resp.Status, strings.ToLower(http.StatusText(resp.Status)), advice)
	return e
}

// sourceSet is a set of sources, forgotten at restart.
type sourceSet struct {
	mu      sync.Mutex
	sources map[news.SourceID]bool
}

func newSourceSet() *sourceSet { return &sourceSet{sources: map[news.SourceID]bool{}} }

func (s *sourceSet) add(id news.SourceID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sources[id] = true
}

func (s *sourceSet) has(id news.SourceID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sources[id]
}
