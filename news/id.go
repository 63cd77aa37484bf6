package news

import (
	"crypto/sha256"
	"encoding/base32"
	"net/url"
	"path"
	"slices"
	"strings"
)

// ItemID names an item for ever: 16 characters of base32, derived from the
// outlet and the item's address (or its guid, where it has no address).
type ItemID string

var idAlphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// NewItemID derives the identity of what outlet published at rawURL, or under
// guid when rawURL is empty.
func NewItemID(outlet OutletID, rawURL, guid string) ItemID {
	key := URLKey(rawURL)
	if key == "" {
		key = "guid:" + guid
	}
	sum := sha256.Sum256([]byte(string(outlet) + "\n" + key))
	return ItemID(idAlphabet.EncodeToString(sum[:10]))
}

// trackers are query parameters that say where a reader came from, never what
// is shown. A name ending in an underscore stands for all that begin so.
var trackers = []string{
	"utm_", "fbclid", "gclid", "yclid", "ysclid", "igshid", "mc_cid", "mc_eid", "_openstat",
	"ref_src", "ref_url", "from_rss", "cmpid",
}

func isTracker(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(trackers, func(t string) bool {
		return name == t || strings.HasSuffix(t, "_") && strings.HasPrefix(name, t)
	})
}

// CanonicalURL is raw without what does not change the page: the fragment,
// tracking parameters, a default port, letter case of scheme and host. It
// returns "" for anything that is not http or https.
func CanonicalURL(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Hostname() == "" {
		return ""
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	u.User = nil
	u.Fragment, u.RawFragment = "", ""
	u.Host = strings.ToLower(u.Host)
	if port := u.Port(); port == "80" && u.Scheme == "http" || port == "443" && u.Scheme == "https" {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	u.RawQuery = withoutTrackers(withoutSpace(u.RawQuery))
	u.ForceQuery = false
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String()
}

// Untracked is raw without tracking parameters, and otherwise as it was: the
// address to keep and to show.
func Untracked(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.RawQuery == "" {
		return raw
	}
	kept := withoutTrackers(u.RawQuery)
	if kept == u.RawQuery {
		return raw
	}
	u.RawQuery, u.ForceQuery = kept, false
	return u.String()
}

// withoutSpace trims each part of a query.
func withoutSpace(query string) string {
	parts := strings.Split(query, "&")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return strings.Join(parts, "&")
}

func withoutTrackers(query string) string {
	if query == "" {
		return ""
	}
	kept := strings.Split(query, "&")
	kept = slices.DeleteFunc(kept, func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return pair == "" || isTracker(name)
	})
	return strings.Join(kept, "&")
}

// URLKey is the identity of an address: canonical, and the same with http or
// https, with or without "www." and a trailing slash. It is for comparing,
// not for fetching.
func URLKey(raw string) string {
	canonical := CanonicalURL(raw)
	if canonical == "" {
		return ""
	}
	u, err := url.Parse(canonical)
	if err != nil {
		return ""
	}
	key := strings.TrimPrefix(u.Host, "www.") + strings.TrimSuffix(u.EscapedPath(), "/")
	if base := path.Base(u.Path); base == "index.html" || base == "index.php" {
		key = strings.TrimSuffix(key, "/"+base)
	}
	if u.RawQuery != "" {
		key += "?" + u.RawQuery
	}
	return key
}
