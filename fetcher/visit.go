package fetcher

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"regexp"
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
	private bool            // the source's host is one of the operator's own
	daily   bool            // the source has a page for each day
	later   string          // the page of the next day, if it has come
	budget  int             // article pages
	delays  map[string]bool // origins whose delay was noted
	wishes  map[string]bool // origins, and "noarchive": wishes that were noted

	asked    time.Duration // how long a host asked us to stay away
	notes    []string
	bytes    int64
	requests int

	unconditional int
	closed        []news.HostWait
}

func (f *Fetcher) newVisit(ctx context.Context, outlet news.Outlet, src news.Source, cp news.Checkpoint, known Known) *visit {
	v := &visit{f: f, outlet: outlet, src: src, cp: cp, known: known, delays: map[string]bool{}, wishes: map[string]bool{}}
	v.src.URL = address(src)
	at, zone := f.now().UTC(), zoneOfCountry(outlet.Country)
	if v.daily = dated(src.URL); v.daily {
		v.src.URL, v.later = pageOfTheDay(src, cp, at, zone)
	}
	v.parse = parseContext{Outlet: outlet.ID, Base: v.src.URL, At: at, Zone: zone}
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
	crawls := v.src.Kind != news.Feed || v.f.opt.RobotsBindFeeds
	if crawls {
		if err := v.mayCrawl(ctx, v.src.URL); err != nil {
			return news.Batch{}, err
		}
	}
	resp, err := v.get(ctx, v.request(), crawls)
	v.countConditions(resp, err)
	if err != nil {
		return news.Batch{}, err
	}
	if !crawls {
		v.noteRobots()
	}
	batch := news.Batch{Source: v.src.ID, At: v.parse.At, Outcome: news.OK, Checkpoint: v.cp}
	v.rememberMove(&batch.Checkpoint, resp)
	if resp.Status == http.StatusNotModified {
		return v.notModified(ctx, batch, resp)
	}
	if resp.Status == http.StatusNotFound && v.daily {
		return v.noPage(ctx, batch)
	}
	if resp.Status != http.StatusOK && resp.Status != 226 && resp.Status != 203 {
		return news.Batch{}, v.statusError(resp)
	}
	hash := bodyHash(resp.Body)
	if hash == v.cp.BodyHash {
		v.takeValidators(&batch.Checkpoint, resp)
		return v.unchanged(ctx, batch, resp)
	}
	doc, err := v.read(ctx, resp)
	if err != nil {
		return news.Batch{}, err
	}
	return v.collect(ctx, batch, doc, resp, hash)
}

// countConditions counts a request for the source itself that told the server
// nothing of what we have (politeness 21).
func (v *visit) countConditions(resp *client.Response, err error) {
	var failed *client.Error
	switch {
	case err == nil && !resp.Conditional,
		errors.As(err, &failed) && failed.Requests > 0 && v.cp.ETag == "" && v.cp.LastModified == "":
		v.unconditional++
	}
}

func (v *visit) request() client.Request {
	r := client.Request{
		URL: v.src.URL, ETag: v.cp.ETag, LastModified: v.cp.LastModified, ValidFor: v.cp.From,
		Limit: client.PageLimit, Accept: acceptPage,
		Downgrade: v.src.Insecure, Insecure: v.src.Insecure, Identity: v.f.identity.has(v.src.ID),
	}
	for _, other := range v.cp.Others {
		r.Elsewhere = append(r.Elsewhere, client.Validators{URL: other.URL, ETag: other.ETag, LastModified: other.LastModified})
	}
	switch v.src.Kind {
	case news.Feed:
		r.Accept, r.Limit, r.Delta = acceptFeed, client.FeedLimit, v.f.opt.Deltas && v.cp.ETag != ""
	case news.Sitemap:
		r.Accept, r.Limit = acceptMap, client.FeedLimit
	}
	return r
}

// get sends a request, and those that redirects lead to, when their hosts' turn
// has come. One that crawls obeys robots.txt wherever it is led.
func (v *visit) get(ctx context.Context, r client.Request, crawls bool) (*client.Response, error) {
	r.Before = func(ctx context.Context, url string, hop int) (func(), error) {
		if crawls && hop > 0 {
			if err := v.mayCrawl(ctx, url); err != nil {
				return nil, err
			}
		}
		leave, err := v.f.opt.Hosts.Enter(ctx, hostKey(url), v.pause(ctx, url))
		var closed *ClosedError
		switch {
		case errors.As(err, &closed):
			rest := time.Until(closed.Until)
			return nil, &VisitError{Outcome: news.SlowDown, RetryAfter: rest, Err: fmt.Errorf("GET %s: not asked: %w", url, err)}
		case err != nil:
			return nil, &client.Error{Class: client.Interrupted, URL: url, Err: err}
		}
		return leave, nil
	}
	resp, err := v.f.client.Get(ctx, r)
	if err != nil {
		var failed *client.Error
		if errors.As(err, &failed) {
			v.requests += failed.Requests
		}
		return nil, err
	}
	v.requests += resp.Requests
	v.bytes += int64(len(resp.Body))
	v.heed(ctx, resp)
	return resp, nil
}

// heed closes a host that asks us to slow down to everybody for a while
// (politeness 7), the operator's own hosts excepted.
func (v *visit) heed(ctx context.Context, resp *client.Response) {
	wait := retryAfter(resp.Header, v.parse.At)
	if resp.Status != http.StatusTooManyRequests && (resp.Status != http.StatusServiceUnavailable || wait == 0) {
		return
	}
	if v.isPrivate(ctx, resp.URL) {
		return
	}
	if wait == 0 {
		wait = slowDown
	}
	v.closed = append(v.closed, v.f.opt.Hosts.Close(hostKey(resp.URL), min(wait, longestEvery))...)
}

// slowDown is how long a host is left alone that does not say how long.
const slowDown = time.Hour

func (v *visit) isPrivate(ctx context.Context, rawURL string) bool {
	if hostKey(rawURL) == hostKey(v.src.URL) {
		return v.private
	}
	return v.f.client.Private(ctx, rawURL)
}

// pause is the time between starts of requests to a host.
func (v *visit) pause(ctx context.Context, rawURL string) time.Duration {
	if v.isPrivate(ctx, rawURL) {
		return v.f.opt.PrivateSpacing
	}
	return max(v.f.opt.Spacing, min(v.f.robots.delay(rawURL), longestDelay))
}

func bodyHash(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:16])
}

// takeValidators keeps what the server wants to hear next time, byte for byte.
// Those of another address that answered before are kept beside them, for the
// day it answers again.
func (v *visit) takeValidators(cp *news.Checkpoint, resp *client.Response) {
	v.putAside(cp, resp.URL)
	cp.ETag, cp.LastModified, cp.From = resp.Header.Get("ETag"), resp.Header.Get("Last-Modified"), ""
	if len(resp.Redirects) > 0 {
		cp.From = resp.URL
	}
	cp.Wishes.Fresh = news.Seconds(freshness(resp.Header, v.parse.At) / time.Second)
}

// manyAddresses is how many addresses' validators are kept beside a source's.
const manyAddresses = 8

// putAside makes room for the validators of another address, and returns what
// was kept of it.
func (v *visit) putAside(cp *news.Checkpoint, address string) (of news.Validators) {
	owner := first(cp.From, v.src.URL)
	if client.SameAddress(owner, address) {
		return news.Validators{URL: address, ETag: cp.ETag, LastModified: cp.LastModified}
	}
	var others []news.Validators
	for _, other := range cp.Others {
		if client.SameAddress(other.URL, address) {
			of = other
			continue
		}
		others = append(others, other)
	}
	if cp.ETag != "" || cp.LastModified != "" {
		others = append(others, news.Validators{URL: owner, ETag: cp.ETag, LastModified: cp.LastModified})
	}
	cp.Others = others[max(0, len(others)-manyAddresses):]
	return of
}

// notModified handles 304. One that we did not ask for is the server's
// mistake: the next request is unconditional, once (N26).
func (v *visit) notModified(ctx context.Context, batch news.Batch, resp *client.Response) (news.Batch, error) {
	if !resp.Conditional {
		return batch, &VisitError{Outcome: news.HTTPError, Err: fmt.Errorf("GET %s: the server answers \"not modified\" to a request without conditions", client.Bare(v.src.URL))}
	}
	cp := &batch.Checkpoint
	of := v.putAside(cp, resp.URL)
	cp.ETag, cp.LastModified = first(resp.Header.Get("ETag"), of.ETag), first(resp.Header.Get("Last-Modified"), of.LastModified)
	if cp.From = ""; len(resp.Redirects) > 0 {
		cp.From = resp.URL
	}
	if saysHowLong(resp.Header) {
		cp.Wishes.Fresh = news.Seconds(freshness(resp.Header, v.parse.At) / time.Second)
	}
	return v.unchanged(ctx, batch, resp)
}

// unchanged ends a visit that found the document as it was. The parts of an
// index are asked nevertheless, and articles left over from the visit before
// are fetched now.
func (v *visit) unchanged(ctx context.Context, batch news.Batch, resp *client.Response) (news.Batch, error) {
	if parts := parts(v.cp); v.src.Kind == news.Sitemap && len(parts) > 0 {
		doc := Document{Kind: "sitemap", index: true}
		v.readParts(ctx, &doc, parts, v.parse)
		if len(doc.Items) > 0 || doc.Partial {
			return v.collect(ctx, batch, doc, resp, v.cp.BodyHash)
		}
		setParts(&batch.Checkpoint, doc.parts)
	}
	return v.leftovers(ctx, batch)
}

// leftovers ends a visit that brought no document.
func (v *visit) leftovers(ctx context.Context, batch news.Batch) (news.Batch, error) {
	w := batch.Checkpoint.Wishes
	batch.Wait = hintsOf(w).after(max(w.Every.Duration(), w.Fresh.Duration()), v.parse.At)
	batch.Outcome = news.Unchanged
	batch.Checkpoint.VisitCount++
	done, left := v.complete(ctx, nil)
	batch.Items, batch.Checkpoint.Pending = done, left
	if len(done) > 0 {
		batch.Outcome = news.OK
	}
	return batch, nil
}

// complete fetches the articles of fresh items, after those that wait from
// earlier visits. What another source brought meanwhile needs none.
func (v *visit) complete(ctx context.Context, fresh []news.Item) (done []news.Item, left []news.PendingItem) {
	waiting, tries := pending(v.cp)
	known, err := v.ask(ctx, waiting)
	if err != nil {
		v.note("ask the archive what is known: %v", err)
		known = nil
	}
	var settled []news.Item
	open := waiting[:0]
	for _, it := range waiting {
		if id, ok := known[it.ID]; ok {
			it.ID, it.Text = id, ""
			settled = append(settled, it)
			continue
		}
		open = append(open, it)
	}
	done, left = v.articles(ctx, merge(open, fresh), tries)
	return append(settled, done...), left
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
		doc, err = v.readListing(ctx, text.Text, ctx2)
	case news.Sitemap:
		doc, err = v.readMap(ctx, text.Text, ctx2)
	case news.Telegram:
		doc, err = v.readChannel(ctx, text.Text, ctx2)
	default:
		doc, err = parseFeed(text.Text, ctx2)
		if hub := hubOf(text.Text, resp.Header); hub != "" {
			v.note("the feed offers to tell of news by itself (WebSub, %s); it is polled nevertheless", hub)
		}
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

var (
	hubLink   = regexp.MustCompile(`<(?:atom:|atom10:)?link\b[^>]*\brel=["']hub["'][^>]*>`)
	hubHref   = regexp.MustCompile(`\bhref=["']([^"']{1,500})["']`)
	hubHeader = regexp.MustCompile(`<([^<>]{1,500})>\s*;\s*rel="?hub\b`)
)

// hubOf is the WebSub hub that a feed declares (politeness 20).
func hubOf(text []byte, header http.Header) string {
	if m := hubHeader.FindStringSubmatch(strings.Join(header.Values("Link"), ", ")); m != nil {
		return client.Bare(m[1])
	}
	if m := hubHref.FindSubmatch(hubLink.Find(text[:min(len(text), 16<<10)])); m != nil {
		return client.Bare(string(m[1]))
	}
	return ""
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
	before := parts(v.cp)
	var now []news.Validators
	for _, m := range newestMaps(doc.Maps, 3) {
		part := news.Validators{URL: m.URL}
		for _, old := range before {
			if client.SameAddress(old.URL, m.URL) {
				part = old
			}
		}
		now = append(now, part)
	}
	all := Document{Kind: "sitemap", Format: doc.Format, Partial: doc.Partial, index: true}
	v.readParts(ctx, &all, now, pc)
	newestFirst(&all)
	return all, nil
}

// unread is the body hash of a part of an index that was never read whole.
const unread = "unread"

// parts are the sitemaps that an index led to.
func parts(cp news.Checkpoint) (out []news.Validators) {
	for _, o := range cp.Others {
		if o.BodyHash != "" {
			out = append(out, o)
		}
	}
	return out
}

func setParts(cp *news.Checkpoint, parts []news.Validators) {
	var others []news.Validators
	for _, o := range cp.Others {
		if o.BodyHash == "" {
			others = append(others, o)
		}
	}
	cp.Others = append(others, parts...)
}

// readParts reads the sitemaps of an index that changed since we read them.
func (v *visit) readParts(ctx context.Context, all *Document, parts []news.Validators, pc parseContext) {
	for _, part := range parts {
		if part.BodyHash == "" {
			part.BodyHash = unread
		}
		resp, err := v.getPart(ctx, part)
		var doc Document
		if err == nil && resp.Status == http.StatusOK && bodyHash(resp.Body) != part.BodyHash {
			doc, err = v.parsePart(resp, pc)
		}
		if err != nil {
			all.Partial = true
			v.note("sitemap left out: %v", err)
			all.parts = append(all.parts, part)
			continue
		}
		all.Items = append(all.Items, doc.Items...)
		all.Total += doc.Total
		all.Partial = all.Partial || doc.Partial
		if resp.Status == http.StatusOK && !doc.Partial {
			part = news.Validators{URL: part.URL, ETag: resp.Header.Get("ETag"), LastModified: resp.Header.Get("Last-Modified"), BodyHash: bodyHash(resp.Body)}
		}
		all.parts = append(all.parts, part)
	}
}

// getPart asks for a sitemap of an index; for one that did not change the
// status is 304.
func (v *visit) getPart(ctx context.Context, part news.Validators) (*client.Response, error) {
	if err := v.mayCrawl(ctx, part.URL); err != nil {
		return nil, err
	}
	resp, err := v.get(ctx, client.Request{
		URL: part.URL, ETag: part.ETag, LastModified: part.LastModified,
		Accept: acceptMap, Limit: client.FeedLimit, Insecure: v.src.Insecure, Downgrade: v.src.Insecure,
	}, true)
	if err != nil {
		return nil, err
	}
	if resp.Status == http.StatusOK || resp.Status == http.StatusNotModified && resp.Conditional {
		return resp, nil
	}
	return nil, v.statusError(resp)
}

func (v *visit) parsePart(resp *client.Response, pc parseContext) (Document, error) {
	body, err := unzipped(resp.Body, client.FeedLimit)
	if err != nil {
		return Document{}, fmt.Errorf("%s: %w", client.Bare(resp.URL), err)
	}
	pc.Base = resp.URL
	doc, err := v.parseMap(decode(body, resp.Header.Get("Content-Type")).Text, pc)
	if err != nil {
		return doc, fmt.Errorf("%s: %w", client.Bare(resp.URL), err)
	}
	return doc, nil
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
		resp, getErr := v.get(ctx, client.Request{URL: doc.Older, Accept: acceptPage}, true)
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
	return v.known(context.WithoutCancel(ctx), items) // what a server answered is not thrown away
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
	v.takeWishes(&batch, doc.hints, resp)
	if doc.index && !doc.Partial && len(doc.Items) == 0 {
		v.takeValidators(&batch.Checkpoint, resp)
		batch.Checkpoint.BodyHash = hash
		setParts(&batch.Checkpoint, doc.parts)
		return v.leftovers(ctx, batch)
	}
	if len(doc.Items) == 0 && !doc.index && resp.Status != 226 {
		return v.nothing(ctx, batch, resp, hash)
	}
	known, err := v.ask(ctx, doc.Items)
	if err != nil {
		return batch, &VisitError{Outcome: news.Internal, Err: fmt.Errorf("ask the archive what is known: %w", err)}
	}
	seen, fresh := v.sortOut(doc.Items, known)
	done, left := v.complete(ctx, fresh)
	batch.Items = inOrder(doc.Items, append(seen, done...))
	v.closeCheckpoint(&batch, doc, resp, hash)
	batch.Checkpoint.Pending = left
	return batch, nil
}

// takeWishes remembers how the document wants to be visited.
func (v *visit) takeWishes(batch *news.Batch, h hints, resp *client.Response) {
	batch.Wait = h.wait(resp.Header, v.parse.At)
	w := &batch.Checkpoint.Wishes
	w.Every, w.SkipHours, w.SkipDays = news.Seconds(h.every/time.Second), h.skipHours, h.skipDays
	if saysHowLong(resp.Header) {
		w.Fresh = news.Seconds(freshness(resp.Header, v.parse.At) / time.Second)
	}
	batch.Wait = max(batch.Wait, w.Fresh.Duration())
}

// closeCheckpoint stores validators only for a document that was read to its
// end (politeness 2, F6), and notices one that shrank (N40). After one that was
// not, those of the document before it stand: they are still what we have.
func (v *visit) closeCheckpoint(batch *news.Batch, doc Document, resp *client.Response, hash string) {
	cp := &batch.Checkpoint
	cp.VisitCount++
	if doc.index {
		setParts(cp, doc.parts)
	}
	switch {
	case doc.Partial:
		batch.Outcome = news.Partial
		v.note("the document is cut off or broken; its %d complete items are kept", len(doc.Items))
		return
	case resp.Status == 226: // only what changed since (RFC 3229): the rest is as it was
		doc.Total = max(doc.Total, v.cp.Items)
	case !doc.index && v.cp.Items >= 10 && doc.Total*4 < v.cp.Items:
		batch.Outcome = news.Shrank
		v.note("the document holds %d items where it held %d before", doc.Total, v.cp.Items)
	}
	v.takeValidators(cp, resp)
	cp.BodyHash, cp.Items = hash, doc.Total
}

// nothing handles a valid document without items: normal for a new feed, and
// suspicious for one that had some. Then the old checkpoint stays.
func (v *visit) nothing(ctx context.Context, batch news.Batch, resp *client.Response, hash string) (news.Batch, error) {
	batch.Items, batch.Checkpoint.Pending = v.complete(ctx, nil)
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

func orderKey(it news.Item) string { return it.URL + "\n" + it.GUID + "\n" + it.Title }

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
