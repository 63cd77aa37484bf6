package web

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"time"

	"silkwire/store"
)

// maxFeed is how many editions a feed holds.
const maxFeed = 30

// atomFeed is a feed of a profile's editions (RFC 4287).
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Link    atomLink    `xml:"link"`
	Content atomContent `xml:"content"`
}

type atomContent struct {
	Type string `xml:"type,attr"`
	HTML string `xml:",chardata"`
}

// editionFeed answers /editions/feed/{profile}.atom.
func (s *Server) editionFeed(w http.ResponseWriter, r *http.Request) {
	profile, isAtom := strings.CutSuffix(r.PathValue("file"), ".atom")
	list, err := s.Store.EditionList(r.Context(), profile, maxFeed)
	if err != nil || !isAtom || profile == "" || len(list) == 0 {
		s.fail(w, r, cmp.Or[error](err, failure{Code: http.StatusNotFound, Kind: "not_found", Detail: "No digest of this name has been issued yet."}))
		return
	}
	feed, err := s.feedOf(r, profile, list)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.writeFeed(w, r, feed, list[0].Rendered)
}

// writeFeed answers with an Atom feed that last changed at a time. Who asks with
// what was last heard is told when nothing is new.
func (s *Server) writeFeed(w http.ResponseWriter, r *http.Request, feed any, updated time.Time) {
	content, err := xml.MarshalIndent(feed, "", " ")
	if err != nil {
		s.fail(w, r, err)
		return
	}
	content = append([]byte(xml.Header), content...)
	sum := sha256.Sum256(content)
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
	http.ServeContent(w, r, "", updated, bytes.NewReader(content))
}

// feedOf puts the editions into a feed. Their ids stay the same wherever this
// server is called from.
func (s *Server) feedOf(r *http.Request, profile string, list []store.Edition) (*atomFeed, error) {
	base := cmp.Or(s.BaseURL, "http://"+r.Host)
	feed := &atomFeed{
		ID: urn("feed " + profile), Title: "Silkwire " + oneLine(profile, 60), Updated: list[0].Rendered.UTC().Format(time.RFC3339), Author: "Silkwire",
		Links: []atomLink{{"self", "application/atom+xml", base + r.URL.EscapedPath()}, {"alternate", "text/html", base + "/editions"}},
	}
	for i := range list {
		if list[i].Stories == 0 && len(list[i].Messages) == 0 {
			continue // nothing was told
		}
		e, err := s.Store.Edition(r.Context(), list[i].ID)
		if err != nil {
			return nil, err
		}
		entry := atomEntry{
			ID: urn("edition " + e.ID), Title: oneLine(e.Subject, 200), Updated: e.Rendered.UTC().Format(time.RFC3339),
			Link: atomLink{"alternate", "text/html", base + editionHref(e.ID)},
		}
		if s.Edition != nil {
			html, err := s.Edition(e)
			if err != nil {
				return nil, err
			}
			// In our own templates a quote outside an attribute is escaped.
			entry.Content = atomContent{"html", strings.ReplaceAll(clean(string(html)), `href="/`, `href="`+base+"/")}
		}
		feed.Entries = append(feed.Entries, entry)
	}
	return feed, nil
}

// urn is a UUID made of a name (version 8 of RFC 9562: a hash of our own).
func urn(name string) string {
	sum := sha256.Sum256([]byte("silkwire " + name))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
