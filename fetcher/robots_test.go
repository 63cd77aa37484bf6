package fetcher

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

func mayFetch(t *testing.T, robots, target string) bool {
	t.Helper()
	u, err := url.Parse("https://example.org" + target)
	if err != nil {
		t.Fatal(err)
	}
	return parseRobots([]byte(robots), product).allowed(u)
}

// Politeness 16, and the examples of RFC 9309 §5.
func TestRobotsRulesAreThoseOfTheRFC(t *testing.T) {
	longest := "User-Agent: foobot\nDisallow: *\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n"
	longest = strings.Replace(longest, "foobot", "silkwire", 1)
	for _, test := range []struct {
		name, robots, target string
		want                 bool
	}{
		{"nothing said", "", "/x", true},
		{"longest match allows", longest, "/example/page/x", true},
		{"longest match disallows", longest, "/example/page/disallowed.gif", false},
		{"star disallows the rest", longest, "/other", false},
		{"a tie is allowed", "User-agent: *\nDisallow: /a\nAllow: /a\n", "/a/b", true},
		{"a tie is allowed, other order", "User-agent: *\nAllow: /a\nDisallow: /a\n", "/a", true},
		{"our group, not everyone's", "User-agent: *\nDisallow: /\n\nUser-agent: SilkWire/2.0\nDisallow: /private\n", "/x", true},
		{"our group binds", "User-agent: *\nAllow: /\n\nUser-agent: silkwire\nDisallow: /private\n", "/private/x", false},
		{"groups of one token are merged", "User-agent: silkwire\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: silkwire\nDisallow: /b\n", "/b", false},
		{"several agents, one group", "User-agent: a\nUser-agent: silkwire\nDisallow: /a\n", "/a", false},
		{"another's group", "User-agent: silkwirebot\nDisallow: /\n", "/a", true},
		{"end mark", "User-agent: *\nDisallow: /*.gif$\n", "/x/y.gif", false},
		{"end mark, more behind", "User-agent: *\nDisallow: /*.gif$\n", "/x/y.gif?z", true},
		{"stars", "User-agent: *\nDisallow: /a*/c*/e\n", "/abc/cd/ef", false},
		{"escapes are compared", "User-agent: *\nDisallow: /a%3cd.html\n", "/a%3Cd.html", false},
		{"unreserved escapes", "User-agent: *\nDisallow: /%7Ejoe\n", "/~joe/x", false},
		{"octets beyond ASCII", "User-agent: *\nDisallow: /новости\n", "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/1", false},
		{"query", "User-agent: *\nDisallow: /*?print\n", "/a?print=1", false},
		{"robots.txt itself", "User-agent: *\nDisallow: /\n", "/robots.txt", true},
		{"empty disallow", "User-agent: *\nDisallow:\n", "/a", true},
		{"a byte order mark and bad bytes", "\xef\xbb\xbfUser-agent: *\r\n\xff\xfe\r\nDisallow: /a # why\r\n", "/a", false},
		{"rules before any agent", "Disallow: /\nUser-agent: *\nDisallow: /b\n", "/a", true},
	} {
		if got := mayFetch(t, test.robots, test.target); got != test.want {
			t.Errorf("%s: %s: %v", test.name, test.target, got)
		}
	}
}

func TestRobotsTellsDelayAndSitemaps(t *testing.T) {
	r := parseRobots([]byte("User-agent: *\nCrawl-delay: 2.5\nSitemap: https://example.org/map.xml\n"), product)
	if r.delay != 2500*time.Millisecond || len(r.sitemaps) != 1 {
		t.Errorf("%+v", r)
	}
}

func FuzzRobots(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /a*b$\n", "/aXb")
	f.Add("\xef\xbb\xbfuser-agent:silkwire\rallow:%zz", "/%zz")
	f.Fuzz(func(t *testing.T, robots, path string) {
		r := parseRobots([]byte(robots), product)
		if !r.allowed(&url.URL{Path: "/robots.txt"}) {
			t.Error("robots.txt is forbidden")
		}
		u := &url.URL{Path: "/" + path}
		verdict := r.allowed(u)
		// A rule for exactly this address, allowed, wins every tie.
		r.add("allow", u.EscapedPath()+"$")
		r.rules = append(r.rules, robotsRule{true, normalPath(u.EscapedPath())})
		if verdict && !r.allowed(u) {
			t.Errorf("allowing %q forbade it", u)
		}
	})
}
