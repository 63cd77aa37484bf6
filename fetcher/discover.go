package fetcher

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"silkwire/client"
	"silkwire/fetcher/extract"
	"silkwire/news"
)

// Site is what was discovered of an outlet's site.
type Site struct {
	URL       string // where it answered
	Name      string
	Lang      string // as declared
	Proposals []Proposal
}

// Proposal is a source that a site might be visited by, and what came of
// trying it.
type Proposal struct {
	Source  news.Source // without IDs
	From    string      // who says so: "the page", "robots.txt", "a guess"
	Title   string
	Lang    string
	Format  string
	Items   []news.Item
	Problem string // why it is not proposed; empty: it is
}

// knownPaths are where sites of the region keep what they do not declare.
var knownPaths = []string{
	"/rss", "/feed/", "/rss.xml", "/feed.xml", "/news/rss", "/ru/rss", "/uz/rss", "/en/rss", "/atom.xml", "/feed.json",
	"/sitemap_news.xml", "/news-sitemap.xml", "/sitemap.xml",
}

// Bounds of what a site may have us try.
const (
	mostDeclared = 20
	mostSitemaps = 5
)

// Discover finds out how a site can be visited: by what its page declares, by
// the sitemaps that its robots.txt names, and only when asked to by what is
// often there. Everything is tried, as politely as a visit is made. The error
// is a *VisitError.
func (f *Fetcher) Discover(ctx context.Context, rawURL string, guess bool) (Site, error) {
	v := f.newVisit(ctx, news.Outlet{}, news.Source{Kind: news.Page, URL: rawURL}, news.Checkpoint{}, nil)
	resp, err := v.tryPage(ctx, rawURL, acceptPage)
	if err != nil {
		return Site{}, v.failure(err)
	}
	site := Site{URL: resp.URL}
	text := decode(resp.Body, resp.Header.Get("Content-Type")).Text
	own := v.propose(resp, "the page")
	if own.Source.Kind != news.Page { // the address is that of a source itself
		site.Name, site.Lang, site.Proposals = own.Title, own.Lang, []Proposal{own}
		return site, nil
	}
	site.Name, site.Lang = extract.SiteName(text)
	for _, link := range v.leads(ctx, text, resp.URL, guess) {
		if ctx.Err() != nil {
			return site, v.failure(&client.Error{Class: client.Interrupted, URL: link.address, Err: ctx.Err()})
		}
		p := v.try(ctx, link)
		if p.Problem == "" || link.from != aGuess {
			site.Proposals = append(site.Proposals, p)
		}
	}
	site.Proposals = append(site.Proposals, own)
	onlyDifferent(site.Proposals)
	return site, nil
}

// aGuess is who says of a known path that it is one.
const aGuess = "a guess"

// lead is an address that may be a source.
type lead struct{ address, title, from string }

// leads are the addresses to try, each once.
func (v *visit) leads(ctx context.Context, text []byte, pageURL string, guess bool) (out []lead) {
	seen := map[string]bool{news.URLKey(pageURL): true}
	add := func(address, title, from string) {
		if key := news.URLKey(address); key != "" && !seen[key] {
			seen[key] = true
			out = append(out, lead{address, title, from})
		}
	}
	declared := extract.FeedLinks(text, pageURL)
	for _, link := range declared[:min(len(declared), mostDeclared)] {
		add(link.URL, link.Title, "the page")
	}
	origin := originOf(pageURL)
	if entry, err := v.robotsOf(ctx, origin); err == nil {
		for _, address := range entry.rules.sitemaps[:min(len(entry.rules.sitemaps), mostSitemaps)] {
			add(v.parse.resolve(address), "", "robots.txt")
		}
	}
	if guess {
		for _, path := range knownPaths {
			add(origin+path, "", aGuess)
		}
	}
	return out
}

func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + strings.ToLower(u.Host)
}

// tryPage fetches an address that nobody configured: robots.txt is obeyed.
func (v *visit) tryPage(ctx context.Context, address, accept string) (*client.Response, error) {
	if err := v.mayCrawl(ctx, address); err != nil {
		return nil, err
	}
	resp, err := v.get(ctx, client.Request{URL: address, Accept: accept, Limit: client.FeedLimit}, true)
	if err != nil {
		return nil, err
	}
	if resp.Status != http.StatusOK {
		return nil, v.statusError(resp)
	}
	return resp, nil
}

// try fetches a lead and says what it is.
func (v *visit) try(ctx context.Context, link lead) Proposal {
	resp, err := v.tryPage(ctx, link.address, acceptFeed)
	if err != nil {
		return Proposal{Source: news.Source{Kind: news.Feed, URL: link.address}, From: link.from, Title: link.title, Problem: v.failure(err).Error()}
	}
	p := v.propose(resp, link.from)
	p.Title = first(p.Title, link.title)
	if p.Source.Kind == news.Page && p.Problem == "" {
		p.Problem = "an HTML page, neither a feed nor a sitemap"
	}
	return p
}

// propose reads an answer as what it is.
func (v *visit) propose(resp *client.Response, from string) Proposal {
	p := Proposal{Source: news.Source{Kind: news.Page, URL: resp.URL}, From: from}
	if challenged(resp) {
		p.Problem = "the server asks for a browser"
		return p
	}
	ctx := v.parse
	ctx.Base = resp.URL
	doc, err := parseAny(resp.Body, resp.Header.Get("Content-Type"), ctx)
	if err != nil {
		p.Problem = err.Error()
		return p
	}
	switch doc.Kind {
	case "feed":
		p.Source.Kind = news.Feed
	case "sitemap", "sitemap index":
		p.Source.Kind = news.Sitemap
	case "telegram":
		p.Source.Kind = news.Telegram
	}
	p.Title, p.Lang, p.Format, p.Items = doc.Title, doc.Lang, doc.Format, doc.Items
	if len(doc.Items) == 0 && len(doc.Maps) == 0 {
		p.Problem = "it holds no items"
	}
	if p.Source.Kind == news.Page && len(doc.Items) < fewestLinks {
		p.Problem = fmt.Sprintf("only %d links on it look like articles", len(doc.Items))
	}
	return p
}

// fewestLinks make a page a listing.
const fewestLinks = 5

// onlyDifferent keeps of several sources with the same items the first, and
// none that holds comments.
func onlyDifferent(proposals []Proposal) {
	for i := range proposals {
		p := &proposals[i]
		if p.Problem != "" || p.Source.Kind == news.Page {
			continue
		}
		if strings.Contains(strings.ToLower(p.Source.URL), "/comments") {
			p.Problem = "it holds comments, not articles"
			continue
		}
		for _, before := range proposals[:i] {
			if before.Problem == "" && sameItems(before.Items, p.Items) {
				p.Problem = "it holds the same items as " + before.Source.URL
				break
			}
		}
	}
}

// sameItems reports whether most of what b holds is in a.
func sameItems(a, b []news.Item) bool {
	there := map[string]bool{}
	for _, it := range a {
		there[news.URLKey(it.URL)] = true
	}
	same := 0
	for _, it := range b {
		if it.URL != "" && there[news.URLKey(it.URL)] {
			same++
		}
	}
	return len(b) > 0 && 10*same >= 9*len(b)
}

// Newest is the date of a proposal's newest item.
func (p *Proposal) Newest() time.Time {
	return slices.MaxFunc(append(p.Items, news.Item{}), func(a, b news.Item) int { return a.Published.Compare(b.Published) }).Published
}

// UTF8 is a document in UTF-8, by what its bytes, contentType and its own
// declaration say (F7–F11).
func UTF8(data []byte, contentType string) []byte { return decode(data, contentType).Text }
