package fetcher

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"silkwire/client"
	"silkwire/fetcher/extract"
	"silkwire/news"
)

// mostDays is how many pages a source with a page for each day may have.
const mostDays = 20 * 366

// Beginnings are the pages at which the past of a source begins, newest first:
// a page for each day where its address has the date in it, its own address
// otherwise.
func (f *Fetcher) Beginnings(outlet news.Outlet, src news.Source, since time.Time) []string {
	at := f.now()
	if !dated(src.URL) {
		return []string{address(src)}
	}
	zone := zoneOfCountry(outlet.Country)
	var out []string
	for day := at.In(zone); !day.Before(since.In(zone).AddDate(0, 0, -1)) && len(out) < mostDays; day = day.AddDate(0, 0, -1) {
		if page := onDay(src.URL, day); !slices.Contains(out[max(0, len(out)-40):], page) { // months have one page
			out = append(out, page)
		}
	}
	return out
}

// Back reads one page of a source's past as politely as a visit would: robots
// are obeyed and the host's spacing is kept. Items that are known or older than
// since are left out; the others are completed from their pages and handed to
// keep, some at a time. The error is a *VisitError; what was kept stays kept.
func (f *Fetcher) Back(ctx context.Context, outlet news.Outlet, src news.Source, page string, since time.Time, known Known, keep func([]news.Item) error) (news.Past, error) {
	plain := src
	plain.URL = page
	v := f.newVisit(ctx, outlet, plain, news.Checkpoint{VisitCount: 1}, known)
	v.src.URL = page
	past, err := v.back(ctx, since, keep)
	past.Notes = append(past.Notes, v.notes...)
	if err != nil {
		return past, v.failure(err)
	}
	return past, nil
}

func (v *visit) back(ctx context.Context, since time.Time, keep func([]news.Item) error) (news.Past, error) {
	doc, err := v.pageOfThePast(ctx)
	if err != nil {
		return news.Past{}, err
	}
	finish(&doc, v.parse)
	past := news.Past{Older: olderPages(doc, since), Notes: doc.Notes}
	var wanted []news.Item
	for _, it := range doc.Items {
		if t := it.Published; !t.IsZero() {
			if past.Oldest.IsZero() || t.Before(past.Oldest) {
				past.Oldest = t
			}
			if t.Before(since) {
				continue
			}
		}
		wanted = append(wanted, it)
	}
	past.Found = len(wanted)
	if v.src.Kind == news.Feed && len(past.Older) == 0 && past.Oldest.After(since) {
		v.noteElsewhere(ctx, past.Oldest)
	}
	if !past.Oldest.IsZero() && past.Oldest.Before(since) && len(wanted) == 0 && doc.Kind != "sitemap index" {
		past.Older = nil // from here on everything is older
	}
	knownIDs, err := v.ask(ctx, wanted)
	if err != nil {
		return past, &VisitError{Outcome: news.Internal, Err: fmt.Errorf("ask the archive what is known: %w", err)}
	}
	_, fresh := v.sortOut(wanted, knownIDs)
	return v.keepAll(ctx, past, fresh, since, keep)
}

// noteElsewhere says where the site itself shows more of its past than its
// feed does. Sitemaps list every kind of page, so they are not read unasked.
func (v *visit) noteElsewhere(ctx context.Context, oldest time.Time) {
	hint := "an archive page of the site may go on: backfill --from URL"
	if entry, err := v.robotsOf(ctx, originOf(v.src.URL)); err == nil && len(entry.rules.sitemaps) > 0 {
		named := entry.rules.sitemaps[:min(len(entry.rules.sitemaps), mostSitemaps)]
		hint = "its robots.txt names sitemaps that may: backfill --from " + strings.Join(named, " --from ")
	}
	v.note("the feed shows nothing before %s; %s", oldest.UTC().Format("2006-01-02"), hint)
}

// atOnce is how many items are completed before they are kept: what an
// interruption costs at most.
const atOnce = 10

func (v *visit) keepAll(ctx context.Context, past news.Past, fresh []news.Item, since time.Time, keep func([]news.Item) error) (news.Past, error) {
	for some := range slices.Chunk(fresh, atOnce) {
		v.budget = atOnce
		done, left := v.articles(ctx, some, nil)
		done = slices.DeleteFunc(done, func(it news.Item) bool { return !it.Published.IsZero() && it.Published.Before(since) })
		if len(done) > 0 {
			if err := keep(done); err != nil {
				return past, err
			}
		}
		past.New += len(done)
		if len(left) > 0 {
			rest := max(v.asked, time.Minute)
			return past, &VisitError{Outcome: news.SlowDown, RetryAfter: rest, Err: fmt.Errorf("%d articles of %s are still to be had; the server does not answer now", len(left), client.Bare(v.src.URL))}
		}
	}
	return past, nil
}

// pageOfThePast fetches and reads the page, whatever it turns out to be.
func (v *visit) pageOfThePast(ctx context.Context) (Document, error) {
	if err := v.mayCrawl(ctx, v.src.URL); err != nil {
		return Document{}, err
	}
	r := v.request()
	r.Limit = client.FeedLimit
	resp, err := v.get(ctx, r, true)
	switch {
	case err != nil:
		return Document{}, err
	case resp.Status == http.StatusNotFound || resp.Status == http.StatusGone:
		return Document{Kind: "nothing", Notes: []string{"there is no page " + client.Bare(resp.URL)}}, nil
	case resp.Status != http.StatusOK:
		return Document{}, v.statusError(resp)
	case challenged(resp):
		return v.read(ctx, resp) // which says so
	}
	body, err := unzipped(resp.Body, client.FeedLimit)
	if err != nil {
		return Document{}, &VisitError{Outcome: news.TooLarge, Err: fmt.Errorf("GET %s: %w", client.Bare(resp.URL), err)}
	}
	pc := v.parse
	pc.Base = resp.URL
	text := decode(body, resp.Header.Get("Content-Type")).Text
	doc, err := v.parsePast(text, pc)
	if err != nil {
		return doc, &VisitError{Outcome: news.Unparsable, Err: fmt.Errorf("read %s: %w", client.Bare(resp.URL), err)}
	}
	return doc, nil
}

func (v *visit) parsePast(text []byte, pc parseContext) (Document, error) {
	switch root := rootName(text); {
	case v.src.Kind == news.Telegram:
		return parseTelegram(text, pc)
	case root == "urlset" || root == "sitemapindex":
		doc, err := parseSitemap(text, pc)
		if err != nil {
			return doc, err
		}
		return doc, v.onlyMatching(&doc)
	case v.src.Kind == news.Feed && !looksHTML(text):
		doc, err := parseFeed(text, pc)
		doc.Older = pc.resolve(archiveOf(text))
		return doc, err
	}
	doc, err := parseListing(text, v.listingRule(), pc)
	doc.Older = extract.NextPage(text, pc.Base, v.src.Next)
	if err != nil && doc.Older == "" {
		return doc, err
	}
	return doc, nil
}

func (v *visit) listingRule() extract.ListingRule {
	return extract.ListingRule{Item: v.src.Item, Link: v.src.Link, Title: v.src.Title, Date: v.src.Date, Match: v.src.Match}
}

// olderPages are where a page leads into the past: to an older page, or to the
// sitemaps of an index that may hold something not older than since.
func olderPages(doc Document, since time.Time) (out []string) {
	for _, m := range newestMaps(doc.Maps, len(doc.Maps)) {
		if m.Modified.IsZero() || !m.Modified.Before(since) {
			out = append(out, m.URL)
		}
	}
	if doc.Older != "" {
		out = append(out, doc.Older)
	}
	return out
}

var (
	feedLink    = regexp.MustCompile(`<(?:atom:|atom10:|a10:)?link\b[^>]*>`)
	archiveRel  = regexp.MustCompile(`\brel=["'](?:prev-archive|next)["']`)
	feedLinkURL = regexp.MustCompile(`\bhref=["']([^"']{1,1000})["']`)
)

// archiveOf is the document with the older entries of a feed (RFC 5005).
func archiveOf(text []byte) string {
	for _, link := range feedLink.FindAll(text, 200) {
		if !archiveRel.Match(link) {
			continue
		}
		if m := feedLinkURL.FindSubmatch(link); m != nil {
			return strings.ReplaceAll(string(m[1]), "&amp;", "&")
		}
	}
	return ""
}

// dayFields are what an address may have of the date of its page.
var dayFields = []struct{ name, layout string }{
	{"{YYYY}", "2006"}, {"{YY}", "06"}, {"{MM}", "01"}, {"{M}", "1"}, {"{DD}", "02"}, {"{D}", "2"},
}

// dated reports whether an address has the date of its page in it.
func dated(address string) bool {
	return slices.ContainsFunc(dayFields, func(f struct{ name, layout string }) bool { return strings.Contains(address, f.name) })
}

// onDay is the page of a day.
func onDay(address string, day time.Time) string {
	for _, f := range dayFields {
		address = strings.ReplaceAll(address, f.name, day.Format(f.layout))
	}
	return address
}

// longestCatchUp is how many days a source with a page for each day is read
// after, when it was not visited for long.
const longestCatchUp = 7

// pageOfTheDay is the page to read of a source with a page for each day: the
// one that was read last, until its day is over and it was read once more;
// then the one of the next day. later is the page after it, if its day has come.
func pageOfTheDay(src news.Source, cp news.Checkpoint, at time.Time, zone *time.Location) (page, later string) {
	at = at.In(zone)
	for back := range longestCatchUp + 1 {
		day := at.AddDate(0, 0, -back)
		if onDay(src.URL, day) != cp.From {
			continue
		}
		for ; back > 0; back-- {
			if later = onDay(src.URL, at.AddDate(0, 0, 1-back)); later != cp.From {
				return cp.From, later
			}
		}
		return cp.From, ""
	}
	return onDay(src.URL, at), ""
}

// turnPage ends a visit to the page of a day: what was told of it holds for
// that page, and if its day is over the next visit begins another.
func (v *visit) turnPage(cp *news.Checkpoint) {
	if !v.daily {
		return
	}
	cp.MovedTo, cp.MovedSeen, cp.Others = "", nil, nil
	if cp.From = v.src.URL; v.later != "" {
		cp.From, cp.ETag, cp.LastModified, cp.BodyHash, cp.Items = v.later, "", "", "", 0
	}
}

// noPage is a visit to a day that has no page: there was no news, or there is
// none yet.
func (v *visit) noPage(ctx context.Context, batch news.Batch) (news.Batch, error) {
	batch, err := v.leftovers(ctx, batch)
	if err == nil && batch.Outcome == news.Unchanged {
		batch.Outcome = news.Empty
	}
	v.note("there is no page %s yet", client.Bare(v.src.URL))
	return batch, err
}

// readListing reads a listing page, and those that follow it as long as
// everything is new: what was published since the last visit may fill several.
func (v *visit) readListing(ctx context.Context, text []byte, pc parseContext) (Document, error) {
	doc, err := parseListing(text, v.listingRule(), pc)
	if err != nil || v.src.Next == "" || v.cp.VisitCount == 0 {
		return doc, err
	}
	page := doc
	older := extract.NextPage(text, pc.Base, v.src.Next)
	for range mostPages {
		if older == "" || !v.allNew(ctx, page) {
			break
		}
		if page, older, err = v.nextListing(ctx, older, pc); err != nil {
			v.note("the next page was left out: %v", err)
			break
		}
		doc.Items = append(doc.Items, page.Items...)
	}
	return doc, nil
}

// mostPages is how many pages after the first one visit reads.
const mostPages = 3

func (v *visit) nextListing(ctx context.Context, address string, pc parseContext) (doc Document, older string, err error) {
	if !sameHost(address, pc.Base) {
		return doc, "", errors.New("it is on another host")
	}
	if err := v.mayCrawl(ctx, address); err != nil {
		return doc, "", err
	}
	resp, err := v.get(ctx, client.Request{URL: address, Accept: acceptPage, Insecure: v.src.Insecure, Downgrade: v.src.Insecure}, true)
	if err != nil {
		return doc, "", err
	}
	if resp.Status != http.StatusOK {
		return doc, "", v.statusError(resp)
	}
	pc.Base = resp.URL
	text := decode(resp.Body, resp.Header.Get("Content-Type")).Text
	doc, err = parseListing(text, v.listingRule(), pc)
	return doc, extract.NextPage(text, pc.Base, v.src.Next), err
}

func sameHost(a, b string) bool {
	u, err1 := url.Parse(a)
	w, err2 := url.Parse(b)
	return err1 == nil && err2 == nil && strings.EqualFold(u.Host, w.Host)
}
