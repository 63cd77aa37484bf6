package web

import (
	"cmp"
	"encoding/xml"
	"net/http"
	"time"

	"silkwire/news"
	"silkwire/store"
)

// itemFeed is a search as an Atom feed (RFC 4287).
type itemFeed struct {
	XMLName xml.Name       `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string         `xml:"id"`
	Title   string         `xml:"title"`
	Updated string         `xml:"updated"`
	Author  string         `xml:"author>name"`
	Links   []atomLink     `xml:"link"`
	Entries []itemFeedItem `xml:"entry"`
}

type itemFeedItem struct {
	ID         string             `xml:"id"`
	Title      string             `xml:"title"`
	Published  string             `xml:"published,omitempty"`
	Updated    string             `xml:"updated"`
	Author     string             `xml:"author>name"`
	Links      []atomLink         `xml:"link"`
	Categories []itemFeedCategory `xml:"category"`
	Summary    string             `xml:"summary"`
}

type itemFeedCategory struct {
	Term   string `xml:"term,attr"`
	Scheme string `xml:"scheme,attr,omitempty"`
	Label  string `xml:"label,attr"`
}

// feed answers /feed.atom and /api/v1/items.atom: the newest items of a search.
// Ids and times depend on the items alone, so that a reader shows each of them
// once, and again when its outlet has changed it.
func (s *Server) feed(w http.ResponseWriter, r *http.Request) {
	form := r.URL.Query()
	q, err := s.apiQuery(form)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	q.Cursor, q.Facets, q.Count, q.Sort = "", false, false, store.Newest
	found, err := s.Store.Find(r.Context(), q)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	base := cmp.Or(s.BaseURL, "http://"+r.Host)
	feed := itemFeed{
		ID: urn("search " + q.Search.String()), Title: oneLine("Silkwire "+form.Get("q"), 100), Author: "Silkwire",
		Links: []atomLink{{"self", "application/atom+xml", base + r.URL.RequestURI()}, {"alternate", "text/html", base + hrefWith("/", "q", form.Get("q"), "all", "1")}},
	}
	latest := s.Now().UTC().Truncate(24 * time.Hour) // where there is nothing: the same all day, so that who asks again is told so
	if len(found.Items) > 0 {
		latest = time.Time{}
	}
	for i := range found.Items {
		it := &found.Items[i]
		if changed := changedAt(it); changed.After(latest) {
			latest = changed
		}
		feed.Entries = append(feed.Entries, s.feedItem(base, it))
	}
	feed.Updated = latest.UTC().Format(time.RFC3339)
	s.writeFeed(w, r, feed, latest)
}

// changedAt is when an item came or was last edited.
func changedAt(it *news.Item) time.Time {
	if it.Revised.After(it.Fetched) {
		return it.Revised
	}
	return it.Fetched
}

func (s *Server) feedItem(base string, it *news.Item) itemFeedItem {
	out := itemFeedItem{
		ID: urn("item " + string(it.ID)), Title: clean(title(it)), Updated: changedAt(it).UTC().Format(time.RFC3339), Author: s.outlet(it.Outlet).Name,
		Summary: clean(oneLine(it.Body(), 500)), Links: []atomLink{{"related", "text/html", base + itemHref(it.ID)}},
	}
	if !it.Published.IsZero() {
		out.Published = it.Published.UTC().Format(time.RFC3339)
	}
	if safe := news.CanonicalURL(it.URL); safe != "" {
		out.Links = append([]atomLink{{"alternate", "text/html", it.URL}}, out.Links...)
	} else {
		out.Links[0].Rel = "alternate"
	}
	for i := range it.Tagging.Tags {
		t := &it.Tagging.Tags[i]
		out.Categories = append(out.Categories, itemFeedCategory{string(t.Concept), "urn:silkwire:" + t.Facet, s.name(t.Concept)})
	}
	return out
}
