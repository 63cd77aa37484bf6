package fetcher

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// robotsRules are the rules of one robots.txt that bind us (RFC 9309).
type robotsRules struct {
	rules    []robotsRule
	delay    time.Duration // Crawl-delay, which is no part of the RFC and is kept nevertheless
	sitemaps []string
	signal   string // Content-Signal: what may be done with the content
}

type robotsRule struct {
	allow   bool
	pattern string // normalised
}

// parseRobots reads a robots.txt for a product token. Groups of the same token
// are merged, and the group of "*" binds only where no group names us (§2.2.1).
// Any bytes are a robots.txt; what is no rule is no rule.
func parseRobots(data []byte, product string) robotsRules {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	var ours, anyones robotsRules
	named, forUs, forAll, inAgents := false, false, false, false
	for line := range bytes.FieldsFuncSeq(data, func(r rune) bool { return r == '\n' || r == '\r' }) {
		key, value, ok := robotsLine(string(line))
		if !ok {
			continue
		}
		if key == "user-agent" {
			if !inAgents {
				forUs, forAll = false, false
			}
			inAgents = true
			forUs = forUs || sameProduct(value, product)
			forAll = forAll || value == "*"
			named = named || forUs
			continue
		}
		if key == "sitemap" { // belongs to no group
			ours.sitemaps = append(ours.sitemaps, value)
			continue
		}
		if key == "content-signal" {
			ours.signal = limit(value, 200)
			continue
		}
		inAgents = false
		if forUs {
			ours.add(key, value)
		}
		if forAll {
			anyones.add(key, value)
		}
	}
	if !named {
		ours.rules, ours.delay = anyones.rules, anyones.delay
	}
	return ours
}

func robotsLine(line string) (key, value string, ok bool) {
	line, _, _ = strings.Cut(line, "#")
	key, value, ok = strings.Cut(line, ":")
	return strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value), ok
}

// sameProduct compares product tokens without regard to case; a version behind
// the token is ignored.
func sameProduct(value, product string) bool {
	end := strings.IndexFunc(value, func(r rune) bool {
		return r != '-' && r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if end >= 0 {
		value = value[:end]
	}
	return strings.EqualFold(value, product)
}

func (r *robotsRules) add(key, value string) {
	switch key {
	case "allow", "disallow":
		if value != "" && len(r.rules) < 10000 {
			r.rules = append(r.rules, robotsRule{key == "allow", normalPath(value)})
		}
	case "crawl-delay":
		if n, err := strconv.ParseFloat(value, 64); err == nil && n > 0 {
			r.delay = time.Duration(min(n, 3600) * float64(time.Second))
		}
	}
}

// allowed reports whether we may fetch u. The longest matching pattern decides,
// and among equals allow does (§2.2.2); /robots.txt itself is always allowed.
func (r robotsRules) allowed(u *url.URL) bool {
	target := u.EscapedPath()
	if target == "" {
		target = "/"
	}
	if target == "/robots.txt" {
		return true
	}
	if u.RawQuery != "" {
		target += "?" + u.RawQuery
	}
	target = normalPath(target)
	best, verdict := -1, true
	for _, rule := range r.rules {
		if len(rule.pattern) < best || !robotsMatch(rule.pattern, target) {
			continue
		}
		if len(rule.pattern) > best || rule.allow {
			best, verdict = len(rule.pattern), rule.allow
		}
	}
	return verdict
}

// robotsMatch matches a pattern with "*" and a final "$" against the beginning
// of a path, in time linear in both for each star.
func robotsMatch(pattern, path string) bool {
	anchored := strings.HasSuffix(pattern, "$")
	pattern = strings.TrimSuffix(pattern, "$")
	parts := strings.Split(pattern, "*")
	if !strings.HasPrefix(path, parts[0]) {
		return false
	}
	path = path[len(parts[0]):]
	for i, part := range parts[1:] {
		if anchored && i == len(parts)-2 {
			return strings.HasSuffix(path, part)
		}
		at := strings.Index(path, part)
		if at < 0 {
			return false
		}
		path = path[at+len(part):]
	}
	return !anchored || path == ""
}

// normalPath makes escapes comparable (§2.2.2): octets beyond ASCII are
// escaped, escaped unreserved ones are not, and hexadecimal is in capitals.
func normalPath(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		b := s[i]
		if b == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			n, _ := strconv.ParseUint(s[i+1:i+3], 16, 8)
			b = byte(n)
			i += 2
			if isUnreserved(b) {
				out.WriteByte(b)
				continue
			}
			escape(&out, b)
			continue
		}
		if b >= 0x80 || b <= ' ' {
			escape(&out, b)
			continue
		}
		out.WriteByte(b)
	}
	return out.String()
}

func escape(out *strings.Builder, b byte) {
	const digits = "0123456789ABCDEF"
	out.Write([]byte{'%', digits[b>>4], digits[b&15]})
}

func isHex(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F'
}

func isUnreserved(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '-' || b == '.' || b == '_' || b == '~'
}
