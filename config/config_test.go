package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"

	"silkwire/news"
)

// checks know just enough of schedules, queries and selectors to refuse some.
var checks = Validators{
	Schedule: func(spec string, finest time.Duration) error {
		every, ok := strings.CutPrefix(spec, "@every ")
		if !ok && len(strings.Fields(spec)) != 5 {
			return fmt.Errorf("schedule %q: write five fields", spec)
		}
		if strings.HasPrefix(spec, "0 0 30 2") {
			return fmt.Errorf("schedule %q: is never due", spec)
		}
		if d, err := time.ParseDuration(every); ok && (err != nil || d < finest) {
			return fmt.Errorf("schedule %q: finer than %s is not allowed", spec, finest)
		}
		return nil
	},
	Query: func(q string) error {
		if strings.Count(q, "(") != strings.Count(q, ")") {
			return errors.New("a bracket is missing")
		}
		return nil
	},
	Selector: func(css string) error {
		if strings.HasSuffix(css, ">") {
			return fmt.Errorf("%q is not a selector", css)
		}
		return nil
	},
}

// same are the differences between two configurations.
func same(a, b *Config) string {
	return cmp.Diff(a, b, cmp.Comparer(func(x, y netip.Prefix) bool { return x == y }), cmp.Comparer(func(x, y Secret) bool { return x == y }))
}

// one source, so that a file under test needs no more.
const oneSource = `
outlets:
  - id: test
    sources:
      - {kind: feed, url: "https://news.example.org/rss"}
`

func mustParse(t *testing.T, content string) *Config {
	t.Helper()
	c, err := Parse("silkwire.yaml", []byte(content), checks)
	if err != nil {
		t.Fatalf("the file is refused:\n%v", err)
	}
	return c
}

// refused returns the mistakes of a file that must have some.
func refused(t *testing.T, content string) []string {
	t.Helper()
	_, err := Parse("silkwire.yaml", []byte(content), checks)
	var mistakes Mistakes
	if !errors.As(err, &mistakes) {
		t.Fatalf("the file is accepted, or fails with %v", err)
	}
	return strings.Split(mistakes.Error(), "\n")
}

func TestTheDefaultHasNoMistakesAndNoWarnings(t *testing.T) {
	c, err := Load("", Env{Validators: checks})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Warnings) > 0 {
		t.Errorf("warnings: %q", c.Warnings)
	}
	if len(c.Digests) != 1 || c.Digests[0].ID != "daily" || c.Digests[0].To != nil || c.SMTP.Host != "" {
		t.Errorf("want one digest, into a directory: %+v %+v", c.Digests, c.SMTP)
	}
	if diff := same(Default(), c); diff != "" {
		t.Errorf("loading without a path is not the default:\n%s", diff)
	}
}

func TestTheDefaultCoversTheRegion(t *testing.T) {
	enabled := map[string]int{}
	sources := 0
	for _, o := range Default().Outlets {
		if o.Country == "" || len(o.Languages) == 0 || o.Name == "" || len(o.Sources) == 0 {
			t.Errorf("outlet %s lacks a name, a country, languages or sources", o.ID)
		}
		for _, s := range o.Sources {
			sources++
			if s.Enabled {
				enabled[o.Country]++
			}
		}
	}
	if sources < 60 {
		t.Errorf("%d sources, want 60 at least", sources)
	}
	for country, least := range map[string]int{"KZ": 5, "UZ": 5, "KG": 5, "TJ": 5, "TM": 1, "RU": 3, "CN": 3, "TR": 3, "DE": 1} {
		if enabled[country] < least {
			t.Errorf("%d sources of %s are visited, want %d at least", enabled[country], country, least)
		}
	}
}

func TestEverySourceOfTheDefaultSaysWhoSawIt(t *testing.T) {
	for _, o := range Default().Outlets {
		for _, s := range o.Sources {
			if s.Seen == "" {
				t.Errorf("%s: nobody is named who saw it", s.ID)
			}
			if strings.HasPrefix(s.Seen, "unverified") && s.Enabled {
				t.Errorf("%s is visited although nobody says that it works", s.ID)
			}
			addressesOnly := strings.HasPrefix(s.Seen, "article addresses only")
			if addressesOnly && (s.Kind != news.Page || s.Match == "") {
				t.Errorf("%s: addresses of articles are no use without match", s.ID)
			}
		}
	}
}

func TestDaryoIsReadFromItsPages(t *testing.T) {
	c := Default()
	i := slices.IndexFunc(c.Outlets, func(o Outlet) bool { return o.ID == "daryo" })
	visited := map[news.Kind]int{}
	for _, s := range c.Outlets[i].Sources {
		if s.Enabled {
			visited[s.Kind]++
		}
	}
	if visited[news.Page] < 2 || visited[news.Feed] != 0 {
		t.Errorf("visited: %v", visited)
	}
}

func TestTheOutletsPageNamesEverySourceOfTheDefault(t *testing.T) {
	page, err := os.ReadFile("../docs/outlets.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range Default().Outlets {
		for _, s := range o.Sources {
			if !strings.Contains(string(page), "`"+string(s.ID)+"`") || !strings.Contains(string(page), s.URL) {
				t.Errorf("docs/outlets.md does not speak of %s (%s)", s.ID, s.URL)
			}
		}
	}
}

const example = `
archive: bolt:///var/lib/silkwire/silkwire.db
listen: 127.0.0.1:8080
fetch: {contact: ops@example.org, min_interval: 60m, host_spacing: 5s, workers: 16, allow_private: [10.1.0.0/16, intranet.example.org]}
base_url: https://silkwire.example.org/
outlets:
  - id: daryo
    name: Daryo
    country: UZ
    languages: [uz-Latn, uz-Cyrl, ru, en]
    sources:
      - {id: daryo-en, kind: page, url: https://daryo.uz/en, schedule: "@every 1h", item: "div.item", link: "a", title: "h2", date: "time", article: {body: "div.text", remove: ["div.ad"]}}
      - {id: daryo-feed, kind: feed, url: https://daryo.uz/feed/}
smtp: {host: mail.example.org, port: 587, username: u, password_file: /run/secrets/smtp, tls: mandatory, from: "Silkwire <digest@example.org>", dkim: {domain: example.org, selector: s1, key_file: /run/secrets/dkim.pem}}
operator: ops@example.org
channels:
  - {id: newsroom, kind: webhook, url: https://hooks.example.org/silkwire, secret_file: /run/secrets/hook}
  - {id: chat, kind: telegram, chat: "-1001234567", token_file: /run/secrets/bot}
digests:
  - {id: daily, schedule: "0 7 * * *", timezone: Asia/Tashkent, to: [analyst@example.org], channels: [newsroom, chat], query: "is:relevant"}
`

func TestEveryKeyOfTheExampleArrives(t *testing.T) {
	c := mustParse(t, example)
	if c.Archive != "bolt:///var/lib/silkwire/silkwire.db" || c.Listen != "127.0.0.1:8080" || c.BaseURL != "https://silkwire.example.org" {
		t.Errorf("%q %q %q", c.Archive, c.Listen, c.BaseURL)
	}
	if public, private := c.Fetch.Spacing(); c.Fetch.MinInterval != time.Hour || public != 5*time.Second || private != 5*time.Second || c.Fetch.Workers != 16 {
		t.Errorf("%+v", c.Fetch)
	}
	want := Outlet{
		Outlet: news.Outlet{ID: "daryo", Name: "Daryo", Country: "UZ", Languages: []string{"uz-Latn", "uz-Cyrl", "ru", "en"}},
		Sources: []Source{
			{Enabled: true, Source: news.Source{
				ID: "daryo-en", Outlet: "daryo", Kind: news.Page, URL: "https://daryo.uz/en", Schedule: "@every 1h",
				Item: "div.item", Link: "a", Title: "h2", Date: "time", Article: news.ArticleRule{Body: "div.text", Remove: []string{"div.ad"}},
			}},
			{Enabled: true, Source: news.Source{ID: "daryo-feed", Outlet: "daryo", Kind: news.Feed, URL: "https://daryo.uz/feed/"}},
		},
	}
	if diff := cmp.Diff([]Outlet{want}, c.Outlets); diff != "" {
		t.Error(diff)
	}
	smtp := SMTP{Host: "mail.example.org", Port: 587, Username: "u", PasswordFile: "/run/secrets/smtp", TLS: "mandatory", From: "Silkwire <digest@example.org>",
		DKIM: DKIM{Domain: "example.org", Selector: "s1", KeyFile: "/run/secrets/dkim.pem"}}
	if c.SMTP != smtp || c.Operator != "ops@example.org" {
		t.Errorf("%+v %q", c.SMTP, c.Operator)
	}
	channels := []Channel{
		{ID: "newsroom", Kind: Webhook, URL: "https://hooks.example.org/silkwire", SecretFile: "/run/secrets/hook"},
		{ID: "chat", Kind: Telegram, Chat: "-1001234567", SecretFile: "/run/secrets/bot"},
	}
	if diff := cmp.Diff(channels, c.Channels); diff != "" {
		t.Error(diff)
	}
	digest := Digest{
		ID: "daily", Schedule: "0 7 * * *", Timezone: "Asia/Tashkent", To: []string{"analyst@example.org"}, Channels: []string{"newsroom", "chat"}, Query: "is:relevant",
		Group: "actor", Labels: "en", MaxStories: 60, WhenEmpty: "skip", CatchUp: "latest",
	}
	if diff := cmp.Diff([]Digest{digest}, c.Digests); diff != "" {
		t.Error(diff)
	}
}

func TestTenMistakesAreReportedAtOnceWithTheirPlaces(t *testing.T) {
	content, err := os.ReadFile("testdata/ten.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`silkwire.yaml:2:9: listen: "8080" is not host:port; write 127.0.0.1:8080`,
		`silkwire.yaml:4:17: fetch.min_interval: 60 of what? a duration needs a unit: 60s, 60m or 60h`,
		`silkwire.yaml:5:3: unknown key of fetch "wrokers"; did you mean "workers"?`,
		`silkwire.yaml:9:14: unknown country "uz"; did you mean "UZ"? (two capital letters, ISO 3166: UZ, KZ, KG, TJ, TM, …)`,
		`silkwire.yaml:10:25: unknown language "uz-Latin"; did you mean "uz-Latn"?`,
		`silkwire.yaml:12:32: unknown kind "feeed"; did you mean "feed"?`,
		`silkwire.yaml:13:14: the source "daryo-en" stands here twice; first in line 12`,
		`silkwire.yaml:13:42: url: "ftp://daryo.uz/feed/" must begin with http:// or https://`,
		`silkwire.yaml:14:33: tls: none would send mail and password in the clear; only a server on this machine (localhost) may be used so`,
		`silkwire.yaml:16:38: schedule "@every 20s": finer than 1m0s is not allowed`,
		`silkwire.yaml:17:15: unknown time zone "Asia/Taskent"; did you mean "Asia/Tashkent"?`,
	}
	if diff := cmp.Diff(want, refused(t, string(content))); diff != "" {
		t.Error(diff)
	}
}

// Each file has one mistake; the answer says where, and what would be right.
func TestAMistakeSaysWhereItIsAndWhatWouldBeRight(t *testing.T) {
	for name, story := range map[string]struct{ file, want string }{
		"C2 text after a quoted value":  {"listen: '127.0.0.1:1' x\n", "1:23: value is not allowed in this context"},
		"C2 a reserved character":       {"base_url: @home\n", `1:11: '@' is a reserved character; put the value in quotes: "…"`},
		"C2 a tab":                      {"fetch:\n\tworkers: 1\n", "2:1: a tab; indent with spaces"},
		"C2 an open bracket":            {"outlets: [\n", "1:10: sequence end token ']' not found"},
		"C2 not a mapping":              {"- listen\n", "1:1: a mapping (key: value) is wanted here, not a list"},
		"C2 not UTF-8":                  {"listen: \xff\n", "1:9: not UTF-8; save the file in that encoding"},
		"C2 a control character":        {"listen: \x00\n", "1:9: the control character U+0000 has no place here"},
		"C2 a second document":          {"listen: 127.0.0.1:1\n---\nlisten: 127.0.0.1:2\n", "3:1: a second document; the file is one"},
		"C3 an unknown key":             {"lisen: x\n", `1:1: unknown key "lisen"; did you mean "listen"?`},
		"C3 nothing like it":            {"log: {colour: red}\n", `1:7: unknown key of log "colour"; one of: format, level`},
		"C3 an unknown key of a source": {"outlets:\n  - id: a\n    sources:\n      - kind: feed\n        adress: x\n        url: https://a.example/\n", `5:9: unknown key of a source "adress"; one of:`},
		"C4 a key twice":                {"listen: 127.0.0.1:1\nlisten: 127.0.0.1:2\n", `2:1: the key "listen" stands here twice; first in line 1`},
		"C4 an outlet twice":            {"outlets:\n  - id: a\n  - id: a\n", `3:9: the outlet "a" stands here twice`},
		"C4 an address twice": {
			"outlets:\n  - id: a\n    sources:\n      - {kind: feed, url: \"https://vesti.example/rss\"}\n      - {kind: feed, url: \"http://www.vesti.example/rss/\"}\n",
			"5:27: the address stands here twice; first in line 4",
		},
		"a digest that takes the operator's name": {"digests:\n  - id: operator\n", `2:9: the id operator is that of the mail to the operator`},
		"C4 a digest twice":                       {"digests:\n  - id: a\n  - id: a\n", `3:9: the digest "a" stands here twice; first in line 2`},
		"C6 no unit":                              {"fetch: {min_interval: 60}\n", "1:23: fetch.min_interval: 60 of what? a duration needs a unit: 60s, 60m or 60h"},
		"C6 no duration":                          {"fetch: {min_interval: soon}\n", `1:23: fetch.min_interval: "soon" is not a duration; write 30s, 15m or 1h`},
		"C6 negative":                             {"fetch: {host_spacing: -5s}\n", "1:23: fetch.host_spacing: -5s is negative"},
		"C6 a list for a text":                    {"listen: [a]\n", "1:9: listen: a text is wanted here, not a list"},
		"C6 a truth for a text":                   {"base_url: true\n", "1:11: base_url: a text is wanted here, not true or false"},
		"C6 a text for a truth":                   {"outlets:\n  - id: a\n    sources:\n      - {kind: feed, url: \"https://a.example/\", enabled: maybe}\n", `4:58: enabled: true or false is wanted here, not the text "maybe"`},
		"C6 a text for a number":                  {"fetch: {workers: many}\n", `1:18: fetch.workers: "many" is not a whole number`},
		"C6 too many":                             {"fetch: {workers: 1000}\n", "1:18: fetch.workers: 1000 is not between 1 and 256"},
		"C6 a mapping for a list":                 {"outlets: {id: a}\n", "1:10: outlets: a list is wanted here, not a mapping"},
		"C6 nothing":                              {"listen:\n", "1:8: listen has no value; leave the key out for its default"},
		"C6 a schedule never due":                 {"digests:\n  - {schedule: \"0 0 30 2 *\"}\n", `2:16: schedule "0 0 30 2 *": is never due`},
		"C6 every second":                         {"outlets:\n  - id: a\n    sources:\n      - {kind: feed, url: \"https://a.example/\", schedule: \"@every 1s\"}\n", `4:59: schedule "@every 1s": finer than 1m0s is not allowed`},
		"C6 an unknown zone":                      {"digests:\n  - {timezone: Tashkent}\n", `2:16: unknown time zone "Tashkent"`},
		"an outlet without an id":                 {"outlets:\n  - name: A\n", "2:5: an outlet needs an id"},
		"an id for no file name":                  {"outlets:\n  - id: Kun Uz\n", `2:9: "Kun Uz" is not an id; write small letters, digits, dashes and dots, like "kun-uz"`},
		"a source without a kind":                 {"outlets:\n  - id: a\n    sources:\n      - url: https://a.example/\n", "4:9: a source needs a kind: feed, page, sitemap, telegram"},
		"a source without an address":             {"outlets:\n  - id: a\n    sources:\n      - kind: feed\n", "4:9: a source needs a url"},
		"S13 a password in an address":            {"outlets:\n  - id: a\n    sources:\n      - {kind: feed, url: \"https://u:secret@a.example/\"}\n", "4:27: url: an address with a user name or password in it is not visited"},
		"H10 a selector that is none":             {"outlets:\n  - id: a\n    sources:\n      - {kind: page, url: \"https://a.example/\", item: \"div >\"}\n", `4:55: item: "div >" is not a selector`},
		"H10 a selector in a list":                {"outlets:\n  - id: a\n    sources:\n      - kind: page\n        url: https://a.example/\n        article:\n          remove: [p, \"x >\"]\n", `7:23: remove: "x >" is not a selector`},
		"an expression that is none":              {"outlets:\n  - id: a\n    sources:\n      - {kind: page, url: \"https://a.example/\", match: \"(\"}\n", "4:56: match: error parsing regexp: missing closing ): `(`"},
		"a query that is none":                    {"digests:\n  - {query: \"(china\"}\n", "2:13: query: a bracket is missing"},
		"a recipient that is none":                {"digests:\n  - {to: [a@example.org, nobody]}\n", `2:26: to: "nobody" is not a mail address`},
		"M17 a recipient with a new line":         {"digests:\n  - to: \"a@example.org\\r\\nBcc: b@example.org\"\n", "2:9: to: a mail address is one line"},
		"a channel that there is not":             {"channels: [{id: hook, kind: webhook, url: 'https://a.example/', secret_file: s}]\ndigests:\n  - {channels: [hok]}\n", `3:16: unknown channel "hok"; did you mean "hook"?`},
		"a channel without a secret":              {"channels:\n  - {id: hook, kind: webhook, url: 'https://a.example/'}\n", `2:5: a channel of kind webhook needs secret_file`},
		"a chat for a webhook":                    {"channels:\n  - {id: h, kind: webhook, url: 'https://a.example/', secret_file: s, chat: '1'}\n", `2:77: a channel of kind webhook has no chat`},
		"a chat that is none":                     {"channels:\n  - {id: t, kind: telegram, chat: our chat, token_file: s}\n", `2:35: chat: "our chat" is neither`},
		"half a signature":                        {"smtp: {host: localhost, from: a@example.org, dkim: {domain: example.org}}\n", `1:52: smtp.dkim needs domain, selector and key_file`},
		"a wrong choice":                          {"digests:\n  - {when_empty: never}\n", `2:18: unknown value of when_empty "never"; one of: skip, send`},
		"a listener for everybody":                {"listen: 0.0.0.0:8080\n", `1:9: listen: "0.0.0.0:8080" can be reached from other machines`},
		"no port":                                 {"listen: localhost:http\n", `1:9: listen: "http" is not a port`},
		"an archive of no kind":                   {"archive: /var/lib/silkwire.db\n", `1:10: archive: "/var/lib/silkwire.db" has no kind before it; write bolt:///var/lib/silkwire.db`},
		"an archive of another kind":              {"archive: blot:///x.db\n", `1:10: archive: unknown kind of archive "blot"; did you mean "bolt"?`},
		"an archive somewhere":                    {"archive: bolt://silkwire.db\n", "1:10: archive: \"bolt://silkwire.db\": the path of the file must be absolute"},
		"a base with a query":                     {"base_url: https://a.example/?x\n", "1:11: base_url:"},
		"a contact for nobody":                    {"fetch: {contact: me}\n", `1:18: fetch.contact: "me" is neither a mail address nor a page (https://…)`},
		"a network with loose bits":               {"fetch: {allow_private: [10.1.2.3/8]}\n", "1:25: fetch.allow_private: 10.1.2.3/8 has bits behind its mask; did you mean 10.0.0.0/8?"},
		"a network that is none":                  {"fetch: {allow_private: [10.1.0.0/33]}\n", `1:25: fetch.allow_private: "10.1.0.0/33" is neither a network (10.1.0.0/16), nor an address, nor the name of a host`},
		"mail from nobody":                        {"smtp: {host: localhost}\n", "1:7: smtp needs a sender"},
		"mail to nowhere":                         {"smtp: {from: a@example.org}\n", "1:7: smtp needs a host"},
		"C8 two passwords":                        {"smtp: {host: localhost, from: a@example.org, password: x, password_file: /y}\n", "1:74: a password and a file with one; leave out one of them"},
		"mail in the clear":                       {"smtp: {host: mail.example.org, from: a@example.org, tls: none}\n", "1:58: tls: none would send mail and password in the clear"},
		"C5 an alias for nothing":                 {"listen: *here\n", "1:9: the alias *here stands for nothing; define &here, or put the value in quotes"},
		"C5 an alias for itself":                  {"log: &a {<<: *a}\n", "1:14: << inside << inside <<: too deep"},
	} {
		t.Run(name, func(t *testing.T) {
			got := refused(t, story.file)
			if len(got) != 1 || !strings.HasPrefix(got[0], "silkwire.yaml:"+story.want) {
				t.Errorf("got  %s\nwant silkwire.yaml:%s", strings.Join(got, "\n     "), story.want)
			}
		})
	}
}

func TestMistakesAfterAValueThatIsNoYAMLAreFoundInTheSameRun(t *testing.T) {
	got := refused(t, "outlets:\n  - id: a\n    sources:\n      - kind: feed\n        url: https://a.example/\n        schedule: @hourly\nlisten: x\nbase_url: `y`\nlgo: {}\n")
	want := []string{
		`silkwire.yaml:6:19: '@' is a reserved character; put the value in quotes: "…"`,
		`silkwire.yaml:7:9: listen: "x" is not host:port; write 127.0.0.1:8080`,
		"silkwire.yaml:8:11: '`' is a reserved character; put the value in quotes: \"…\"",
		`silkwire.yaml:9:1: unknown key "lgo"; did you mean "log"?`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// C5: a bomb of aliases costs no more than its own length, and a deep nest of
// brackets is refused before anything recursive reads it.
func TestAnAliasBombIsRefusedAtOnce(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString("fetch: &a0 {workers: 1}\nlog:\n  <<: &b0 [*a0, *a0, *a0, *a0, *a0, *a0, *a0, *a0, *a0]\n")
	for i := 1; i < 8; i++ {
		fmt.Fprintf(&bomb, "k%d: &m%d {<<: [%s]}\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*m%d, ", i-1), 9), ", "))
	}
	file := strings.Replace(bomb.String(), "k1: &m1 {<<: [*m0", "k1: &m1 {<<: [*a0", 1)
	file = strings.ReplaceAll(file, "*m0", "*a0") + "smtp: *m7\n"
	begin := time.Now()
	got := strings.Join(refused(t, file), "\n")
	if !strings.Contains(got, "more than 1000 aliases in all") {
		t.Errorf("got %s", got)
	}
	for _, nest := range []string{"[", "{a: ", "- ", "? "} {
		got := refused(t, "outlets:\n  "+strings.Repeat(nest, 100_000))
		if !strings.Contains(got[0], "nested deeper") && !strings.HasPrefix(got[0], "silkwire.yaml:") {
			t.Errorf("%q: %s", nest, got[0])
		}
	}
	if took := time.Since(begin); took > 20*time.Second {
		t.Errorf("that took %s", took)
	}
}

func TestAFileTooLargeForAPersonIsRefused(t *testing.T) { // C5
	for want, file := range map[string]string{
		"larger than 524288 bytes":   "# " + strings.Repeat("x", 512<<10),
		"has more than 10000 lines":  strings.Repeat("#\n", 10_001),
		`unknown key "kkkkkkkkkkkkk`: strings.Repeat("k", 1000) + ": v\n",
	} {
		got := refused(t, file)
		if len(got) != 1 || !strings.Contains(got[0], want) || len(got[0]) > 300 {
			t.Errorf("got %.400s\nwant %s", got[0], want)
		}
	}
}

func TestAnOutletMayShareWhatAnotherSays(t *testing.T) {
	c := mustParse(t, `
outlets:
  - id: one
    sources:
      - {kind: feed, url: "https://one.example/rss", article: &rule {body: div.text, remove: [aside]}}
      - {kind: feed, url: "https://one.example/en/rss", article: {<<: *rule, title: h1, body: main}}
      - {kind: page, url: "https://one.example/", article: *rule}
`)
	s := c.Outlets[0].Sources
	if a := s[1].Article; a.Body != "main" || a.Title != "h1" || !slices.Equal(a.Remove, []string{"aside"}) {
		t.Errorf("merged: %+v", a)
	}
	if diff := cmp.Diff(s[0].Article, s[2].Article); diff != "" {
		t.Error(diff)
	}
}

func TestAnEmptyFileMeansTheDefault(t *testing.T) {
	for _, file := range []string{"", "# nothing yet\n", "---\n", "outlets:\n#  - id: a\nsmtp:\n", "\ufeff# saved by an editor of another world\r\n"} {
		if diff := same(Default(), mustParse(t, file)); diff != "" {
			t.Errorf("%q:\n%s", file, diff)
		}
	}
}

func TestAFileWithOutletsReplacesThoseOfTheDefault(t *testing.T) {
	c := mustParse(t, oneSource)
	if len(c.Outlets) != 1 || len(c.Digests) != 1 || c.Outlets[0].Name != "test" {
		t.Errorf("%d outlets, %d digests", len(c.Outlets), len(c.Digests))
	}
	if c := mustParse(t, "outlets: []\ndigests: []\n"); len(c.Outlets)+len(c.Digests) != 0 {
		t.Errorf("%d outlets, %d digests, want none", len(c.Outlets), len(c.Digests))
	}
}

func TestASourceWithoutAnIDIsNamedAfterItsAddress(t *testing.T) {
	c := mustParse(t, `
outlets:
  - id: kabar
    sources:
      - {kind: feed, url: "https://kabar.example/rss/"}
      - {kind: feed, url: "https://tr.kabar.example/rss/"}
      - {kind: page, url: "https://kabar.example/"}
      - {kind: feed, url: "https://kabar.example/news/rss?lang=ky"}
      - {kind: feed, url: "https://kabar.example/x", id: kabar-page}
`)
	want := []news.SourceID{"kabar-rss", "kabar-tr-kabar-example-rss", "kabar-kabar-example-page", "kabar-news-rss-lang-ky", "kabar-page"}
	for i, s := range c.Outlets[0].Sources {
		if s.ID != want[i] {
			t.Errorf("got %s, want %s", s.ID, want[i])
		}
	}
}

func TestATelegramChannelMayBeGivenByItsName(t *testing.T) {
	for _, written := range []string{"@kunuzofficial", "https://t.me/kunuzofficial", "t.me/s/kunuzofficial", "https://t.me/s/kunuzofficial/"} {
		c := mustParse(t, "outlets:\n  - id: a\n    sources:\n      - {kind: telegram, url: \""+written+"\"}\n")
		if got := c.Outlets[0].Sources[0].URL; got != "https://t.me/s/kunuzofficial" {
			t.Errorf("%s became %s", written, got)
		}
	}
}

func TestUzbekIsBothItsScripts(t *testing.T) {
	c := mustParse(t, "outlets:\n  - {id: a, languages: [uz, ru, uz-Cyrl]}\n")
	if got := c.Outlets[0].Languages; !slices.Equal(got, []string{"uz-Latn", "uz-Cyrl", "ru"}) {
		t.Errorf("got %v", got)
	}
}

func TestDigestsWithoutIDsAreNamedInTurn(t *testing.T) {
	c := mustParse(t, "digests:\n  - {group: flat}\n  - {id: daily}\n  - {group: country}\n")
	var ids []string
	for _, d := range c.Digests {
		ids = append(ids, d.ID)
	}
	if !slices.Equal(ids, []string{"daily-2", "daily", "daily-3"}) {
		t.Errorf("got %v", ids)
	}
}

// Each file is valid, but probably not what was meant.
func TestAWarningIsNoMistake(t *testing.T) {
	private := strings.Replace(oneSource, "https://news.example.org", "http://10.1.2.3:8081", 1)
	scheduled := func(file, schedule string) string {
		return strings.Replace(file, `rss"}`, `rss", schedule: "`+schedule+`"}`, 1)
	}
	for name, story := range map[string]struct{ file, want string }{
		"a public interval is raised":       {"fetch: {min_interval: 5m}" + oneSource, "1:23: fetch.min_interval 5m0s is raised to 15m0s"},
		"a private one is not":              {"fetch: {min_interval: 2s, host_spacing: 0s, allow_private: [10.1.0.0/16]}" + private, ""},
		"a public spacing is raised":        {"fetch: {host_spacing: 100ms}" + oneSource, "1:23: fetch.host_spacing 100ms is raised to 1s"},
		"a schedule finer than politeness":  {"fetch: {min_interval: 30m}" + scheduled(oneSource, "@every 20m"), `5:69: the schedule "@every 20m" is finer than fetch.min_interval; the source is visited every 30m0s at most`},
		"a private schedule in seconds":     {"fetch: {min_interval: 1s, allow_private: [10.1.0.0/16]}" + scheduled(private, "@every 2s"), ""},
		"S15 a private host nobody opened":  {private, "5:27: 10.1.2.3 is not a public address; it will not be visited unless fetch.allow_private opens it"},
		"S12 a port that is not visited":    {strings.Replace(oneSource, "example.org", "example.org:8081", 1), "5:27: port 8081 will not be visited"},
		"a variable that is not expanded":   {"smtp: {host: localhost, from: a@example.org, username: \"${MAIL_USER}\"}" + oneSource, "1:56: smtp.username: ${…} is not expanded; set SILKWIRE_SMTP_USERNAME in the environment instead"},
		"a digest to somebody without smtp": {"digests: [{to: a@example.org}]" + oneSource, "1:16: there is no smtp, so that this digest goes to a directory instead"},
		"C6 an hour that clocks skip":       {"digests: [{schedule: \"30 2 * * *\", timezone: Europe/Berlin}]" + oneSource, "1:22: 02:xx comes twice or not at all on the nights when clocks change in Europe/Berlin"},
		"an hour that none skips":           {"digests: [{schedule: \"30 2 * * *\", timezone: Asia/Tashkent}]" + oneSource, ""},
		"a selector where none is used":     {strings.Replace(oneSource, `rss"}`, `rss", item: li}`, 1), "5:65: item is for sources of kind page; a feed is read without"},
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(mustParse(t, story.file).Warnings, "\n")
			if story.want == "" && got != "" || !strings.HasPrefix(got, "silkwire.yaml:"+story.want) && story.want != "" || strings.Contains(got, "\n") {
				t.Errorf("got  %q\nwant silkwire.yaml:%s", got, story.want)
			}
		})
	}
}

func TestPlainMailIsAllowedOnThisMachineOnly(t *testing.T) {
	for _, host := range []string{"localhost", "127.0.0.1", "127.9.9.9", `"::1"`} {
		if c := mustParse(t, "smtp: {host: "+host+", from: a@example.org, tls: none, port: 2525}\n"); c.SMTP.Port != 2525 {
			t.Errorf("%s: %+v", host, c.SMTP)
		}
	}
}

func TestThePortOfMailFollowsItsEncryption(t *testing.T) {
	for tls, port := range map[string]int{"mandatory": 587, "implicit": 465} {
		if c := mustParse(t, "smtp: {host: mail.example.org, from: a@example.org, tls: "+tls+"}\n"); c.SMTP.Port != port {
			t.Errorf("%s: port %d", tls, c.SMTP.Port)
		}
	}
}

// C15, and section 5 of the safety rules: a secret shows itself nowhere.
func TestASecretNeverShowsItself(t *testing.T) {
	c := mustParse(t, "smtp: {host: localhost, from: a@example.org, username: u, password: hunter2}"+oneSource)
	js, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	shown := []string{string(js), string(Print(c))}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		shown = append(shown, fmt.Sprintf(verb, c.SMTP.Password), fmt.Sprintf(verb, c.SMTP))
	}
	for _, s := range shown {
		if strings.Contains(s, "hunter2") || strings.Contains(s, fmt.Sprintf("%x", "hunter2")) {
			t.Errorf("shown in %s", s)
		}
	}
	if !strings.Contains(string(Print(c)), `password: "***"`) {
		t.Errorf("not even masked:\n%s", Print(c))
	}
	if c.SMTP.Password.Reveal() != "hunter2" {
		t.Error("and it is lost")
	}
}

func TestWhatIsPrintedSaysTheSame(t *testing.T) {
	for name, c := range map[string]*Config{"the example": mustParse(t, example), "the default": Default()} {
		again, err := Parse("printed.yaml", Print(c), checks)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := same(c, again); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func write(t *testing.T, name, content string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAMissingFileIsSaidToBeMissing(t *testing.T) { // C1
	_, err := Load("/nowhere/silkwire.yaml", Env{})
	var mistakes Mistakes
	if !errors.As(err, &mistakes) || !strings.HasPrefix(err.Error(), "/nowhere/silkwire.yaml: there is no such file") {
		t.Errorf("got %v", err)
	}
	if _, err := Load(t.TempDir(), Env{}); err == nil || !strings.Contains(err.Error(), "cannot be read: is a directory") {
		t.Errorf("got %v", err)
	}
}

func TestTheEnvironmentGoesBeforeTheFile(t *testing.T) {
	path := write(t, "silkwire.yaml", "listen: 127.0.0.1:1\nfetch: {workers: 2, allow_private: [10.0.0.0/8]}\nlog: {level: debug}\n", 0o600)
	c, err := Load(path, Env{Vars: []string{
		"SILKWIRE_LISTEN=127.0.0.1:9", "SILKWIRE_FETCH_ALLOW_PRIVATE=192.168.0.0/24, wiki.example.org", "SILKWIRE_BASE_URL=https://s.example.org/",
		"SILKWIRE_ARCHIVE=bolt:///tmp/x.db", "SILKWIRE_LOG_FORMAT=json", "SILKWIRE_LOG_LEVEL=", "SILKWIRE_PORT=tcp://10.0.0.1:80", "PATH=/bin",
		"SILKWIRE_CONFIG=" + path, "SILKWIRE_SMTP_HOST=localhost", "SILKWIRE_SMTP_FROM=a@example.org", "SILKWIRE_SMTP_PORT=25",
	}})
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:9" || c.Fetch.Workers != 2 || c.Log != (Log{"debug", "json"}) || c.Archive != "bolt:///tmp/x.db" || c.BaseURL != "https://s.example.org" || c.SMTP.Port != 25 {
		t.Errorf("%+v", c)
	}
	if got := fmt.Sprint(c.Fetch.AllowPrivate, c.Fetch.AllowHosts); got != "[192.168.0.0/24] [wiki.example.org]" {
		t.Errorf("opened: %s", got)
	}
	if len(c.Warnings) > 0 {
		t.Errorf("warnings: %q", c.Warnings)
	}
}

func TestAWrongVariableIsNamed(t *testing.T) {
	_, err := Load("", Env{Vars: []string{"SILKWIRE_LISTEN=8080", "SILKWIRE_SMTP_TLS=nonne"}})
	want := `SILKWIRE_LISTEN: listen: "8080" is not host:port; write 127.0.0.1:8080
SILKWIRE_SMTP_TLS: smtp.tls: unknown value of tls "nonne"; did you mean "none"?
SILKWIRE_SMTP_TLS: smtp needs a host
SILKWIRE_SMTP_TLS: smtp needs a sender: from: "Silkwire <digest@example.org>"`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v", err)
	}
	c, err := Load("", Env{Vars: []string{"SILKWIRE_LISTN=x"}})
	if err != nil || !slices.Equal(c.Warnings, []string{"SILKWIRE_LISTN: no such setting; did you mean SILKWIRE_LISTEN?"}) {
		t.Errorf("got %v %v", c, err)
	}
}

// mailFile is a file with everything about mail but the password.
func mailFile(t *testing.T, more string) string {
	return write(t, "silkwire.yaml", "smtp:\n  host: mail.example.org\n  from: a@example.org\n"+more, 0o600)
}

func TestAPasswordIsReadFromItsFile(t *testing.T) { // C7: trailing newline
	secret := write(t, "smtp", "hunter2 \r\n", 0o600)
	for name, load := range map[string]func() (*Config, error){
		"named in the file": func() (*Config, error) { return Load(mailFile(t, "  password_file: "+secret), Env{}) },
		"named in the environment": func() (*Config, error) {
			return Load(mailFile(t, ""), Env{Vars: []string{"SILKWIRE_SMTP_PASSWORD_FILE=" + secret}})
		},
		"the environment goes first": func() (*Config, error) {
			return Load(mailFile(t, "  password: old"), Env{Vars: []string{"SILKWIRE_SMTP_PASSWORD_FILE=" + secret}})
		},
		"by systemd's credentials": func() (*Config, error) {
			return Load(mailFile(t, "  password_file: ${CREDENTIALS_DIRECTORY}/smtp"), Env{Vars: []string{"CREDENTIALS_DIRECTORY=" + filepath.Dir(secret)}})
		},
		"itself in the environment": func() (*Config, error) {
			return Load(mailFile(t, "  password_file: /nowhere"), Env{Vars: []string{"SILKWIRE_SMTP_PASSWORD=hunter2 "}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := load()
			if err != nil {
				t.Fatal(err)
			}
			if c.SMTP.Password.Reveal() != "hunter2 " || len(c.Warnings) > 0 {
				t.Errorf("password %q, warnings %q", c.SMTP.Password.Reveal(), c.Warnings)
			}
		})
	}
}

func TestAPasswordFileBesideTheConfigurationIsFound(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"smtp.secret": "x\n", "silkwire.yaml": "smtp: {host: localhost, from: a@example.org, password_file: smtp.secret}\ndigest_dir: out\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := Load(filepath.Join(dir, "silkwire.yaml"), Env{})
	if err != nil || c.SMTP.Password.Reveal() != "x" || c.DigestDir != filepath.Join(dir, "out") {
		t.Errorf("%v %v", c, err)
	}
}

func TestAPasswordThatCannotBeReadIsRefused(t *testing.T) { // C7, C8
	empty := write(t, "smtp", "\n", 0o600)
	for name, story := range map[string]struct {
		more string
		vars []string
		want string
	}{
		"missing":          {"  password_file: /nowhere", nil, ":4:18: smtp.password_file /nowhere: there is no such file"},
		"empty":            {"  password_file: " + empty, nil, ":4:18: smtp.password_file " + empty + ": the file is empty"},
		"an unset name":    {"  password_file: ${NOTHING}/smtp", nil, ":4:18: smtp.password_file: ${NOTHING} is not set in the environment"},
		"C8 in the file":   {"  password: x\n  password_file: " + empty, nil, ":5:18: a password and a file with one"},
		"C8 in variables":  {"", []string{"SILKWIRE_SMTP_PASSWORD=x", "SILKWIRE_SMTP_PASSWORD_FILE=" + empty}, "SILKWIRE_SMTP_PASSWORD_FILE: SILKWIRE_SMTP_PASSWORD is set too; unset one of them"},
		"missing variable": {"", []string{"SILKWIRE_SMTP_PASSWORD_FILE=/nowhere"}, "SILKWIRE_SMTP_PASSWORD_FILE: smtp.password_file /nowhere: there is no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(mailFile(t, story.more), Env{Vars: story.vars})
			if err == nil || !strings.Contains(err.Error(), story.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got  %v\nwant %s", err, story.want)
			}
		})
	}
}

func TestASecretThatEverybodyCanReadIsWarnedOf(t *testing.T) { // C7
	secret := write(t, "smtp", "x", 0o644)
	c, err := Load(mailFile(t, "  password_file: "+secret), Env{})
	if err != nil || len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "every user of this machine can read the password; chmod o-r "+secret) {
		t.Errorf("%v %v", c, err)
	}
	open := write(t, "silkwire.yaml", "smtp: {host: localhost, from: a@example.org, password: x}\n", 0o644)
	c, err = Load(open, Env{})
	if err != nil || len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "or use password_file") {
		t.Errorf("%v %v", c, err)
	}
}

func TestAPrivateHostIsOpenedByNameOrNetwork(t *testing.T) {
	c := mustParse(t, "fetch: {allow_private: [10.1.0.0/16, \"fd00::/8\", 192.168.7.7, Wiki.Example.org]}\n")
	for address, want := range map[string]bool{
		"http://10.1.2.3:8080/": true, "http://10.2.0.1/": false, "http://[fd00::1]/": true, "http://192.168.7.7/": true,
		"http://192.168.7.8/": false, "https://wiki.example.org:444/x": true, "https://example.org/": false, "http://[::ffff:10.1.2.3]/": true,
	} {
		if got := c.Fetch.Opens(address); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

func TestSpacingIsNoneForPrivateHostsUnlessSet(t *testing.T) {
	if public, private := Default().Fetch.Spacing(); public != 5*time.Second || private != 0 {
		t.Errorf("%s %s", public, private)
	}
	if public, private := mustParse(t, "fetch: {host_spacing: 10ms}").Fetch.Spacing(); public != time.Second || private != 10*time.Millisecond {
		t.Errorf("%s %s", public, private)
	}
}

// Whatever the file: nothing panics, every mistake lies inside the file, and
// what was accepted says the same when it is printed and read again.
func FuzzParse(f *testing.F) {
	ten, err := os.ReadFile("testdata/ten.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		example, oneSource, string(ten), "a: &a [*a]\n<<: *a\n", "? [a]\n: b\n", "smtp: !!map {host: x}\n", "- - - [{", "listen: |\n  x\n\u2028", "a: 'x\r\n\ty'",
		"outlets: [{id: 0x1, languages: uz, sources: [{kind: page, url: 'http://a/', match: '('}]}]", "digests: [{to: 'a@b', max_stories: 1_0, query: ~}]",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		c, err := Parse("f", content, checks)
		if err != nil {
			lines := strings.Split(strings.ReplaceAll(string(content), "\r\n", "\n"), "\n")
			for _, m := range err.(Mistakes) {
				if m.Line < 1 || m.Line > len(lines) || m.Col < 1 || m.Col > len([]rune(lines[m.Line-1]))+1 {
					t.Fatalf("%v is outside the file %q", m, content)
				}
			}
			return
		}
		again, err := Parse("f", Print(c), checks)
		if err != nil {
			t.Fatalf("%q was printed as\n%s\nand refused: %v", content, Print(c), err)
		}
		c.Warnings, again.Warnings = nil, nil
		if c.SMTP.Password != "" && c.SMTP.PasswordFile == "" {
			again.SMTP.Password = c.SMTP.Password
		}
		if c.SMTP.Host == "" {
			c.SMTP = again.SMTP
		}
		if diff := same(c, again); diff != "" {
			t.Fatalf("%q was printed as\n%s\n%s", content, Print(c), diff)
		}
	})
}
