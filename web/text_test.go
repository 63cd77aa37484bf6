package web

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"silkwire/news"
)

// span is a mention for tests.
func span(class string, start, end int) mention {
	return mention{Start: start, End: end, Mark: &mark{Concept: class, Group: facetGroup{Class: class}}, ID: "at-" + class}
}

// written writes a marked text in short: [class text] for pieces, {} for events.
func written(text markedText) string {
	var b strings.Builder
	for _, p := range text {
		b.WriteString("¶")
		for _, z := range p {
			if z.Event {
				b.WriteString("{")
			}
			for _, piece := range z.Pieces {
				if len(piece.Marks) == 0 {
					b.WriteString(piece.Text)
					continue
				}
				b.WriteString("[")
				for i, m := range piece.Marks {
					if i > 0 {
						b.WriteString("+")
					}
					b.WriteString(m.Concept)
				}
				b.WriteString(" " + piece.Text + "]")
			}
			if z.Event {
				b.WriteString("}")
			}
		}
	}
	return b.String()
}

func TestMarksMayNestAndOverlap(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		mentions         []mention
		events           []news.Span
	}{
		{"none", "abc", "¶abc", nil, nil},
		{"nested", "abcdef", "¶[a a][b+a bc][a d]ef", []mention{span("a", 0, 4), span("b", 1, 3)}, nil},
		{"overlapping", "abcdef", "¶a[a bc][a+b d][b ef]", []mention{span("a", 1, 4), span("b", 3, 6)}, nil},
		{"the same place twice", "abc", "¶[a+b abc]", []mention{span("a", 0, 3), span("b", 0, 3)}, nil},
		{"neighbours", "abcd", "¶[a ab][b cd]", []mention{span("a", 0, 2), span("b", 2, 4)}, nil},
		{"over paragraphs", "ab\n\ncd", "¶a[a b]¶[a c]d", []mention{span("a", 1, 5)}, nil},
		{"an event around marks", "abcdef", "¶a{b[a c]d}ef", []mention{span("a", 2, 3)}, []news.Span{{Start: 1, End: 4}}},
		{"an event that cuts a mark", "abcdef", "¶{a[a b]}[a c]def", []mention{span("a", 1, 3)}, []news.Span{{Start: 0, End: 2}}},
		{"an event over paragraphs", "ab\ncd", "¶a{b}¶{c}d", nil, []news.Span{{Start: 1, End: 4}}},
	} {
		got := written(markText(highlighted{c.text, c.mentions, c.events, map[int]string{}}))
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestEventsWhoseSentencesOverlapAreOneRun(t *testing.T) {
	at := func(start, end int) news.Event {
		return news.Event{Evidence: news.EventEvidence{Field: "body", Start: start, End: end}}
	}
	runs, anchors := eventZones("body", strings.Repeat("x", 50), []news.Event{at(20, 30), at(0, 10), at(5, 12), at(40, 99), at(0, 10)})
	if diff := cmp.Diff([]news.Span{{Start: 0, End: 12}, {Start: 20, End: 30}}, runs); diff != "" {
		t.Error(diff)
	}
	if a := zoneAnchor(runs, anchors, 5); a != "event-body-1" {
		t.Errorf("the second event leads to %q", a)
	}
}

// FuzzMarkText holds the property that highlighting never loses or doubles a
// character, whatever the spans.
func FuzzMarkText(f *testing.F) {
	f.Add("Хитой грант\n\nберди 孔子学院", []byte{0, 5, 3, 9, 2, 40, 12, 13})
	f.Add("a\nb\nc", []byte{0, 5, 1, 3})
	f.Fuzz(func(t *testing.T, text string, spans []byte) {
		h := highlighted{text: text, anchors: map[int]string{}}
		var events []news.Event
		for i := 0; i+1 < len(spans); i += 2 {
			start, end := int(spans[i]), int(spans[i+1])
			if !fits(text, start, end) {
				continue
			}
			if i%4 == 0 {
				h.mentions = append(h.mentions, span("m"+strconv.Itoa(i), start, end))
			} else {
				events = append(events, news.Event{Evidence: news.EventEvidence{Field: "body", Start: start, End: end}})
			}
		}
		h.events, h.anchors = eventZones("body", text, events)
		var got, want strings.Builder
		for _, p := range markText(h) {
			for _, z := range p {
				for _, piece := range z.Pieces {
					got.WriteString(piece.Text)
				}
			}
		}
		for line := range strings.SplitSeq(text, "\n") {
			if strings.TrimSpace(line) != "" {
				want.WriteString(line)
			}
		}
		if got.String() != want.String() {
			t.Fatalf("%q became %q", want.String(), got.String())
		}
	})
}

func TestDisguisesAreTakenOutOfForeignText(t *testing.T) { // H12
	for in, want := range map[string]string{
		"plain":                           "plain",
		"two\nlines\tand a tab":           "two\nlines\tand a tab",
		"\u202egnp.exe":                   "gnp.exe",
		"a\u2066b\u2069c\u200ed":          "abcd",
		"zero\u200bwidth\ufeff":           "zerowidth",
		"می\u200cشود":                     "می\u200cشود", // the joiner belongs to the word
		"a\u200c b":                       "a b",
		"<b>می</b>\u200cشود":              "<b>می</b>\u200cشود",
		"bell\a null\x00 esc\x1b[31m":     "bell null esc[31m",
		"tag\U000e0041":                   "tag",
		"ў́ and й":                        "ў́ and й",
		"z" + strings.Repeat("\u0301", 9): "z" + strings.Repeat("\u0301", 4),
		"bad\xffbyte":                     "badbyte",
		"soft\u00adhyphen":                "soft\u00adhyphen",
	} {
		if got := clean(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestNumbersAreWrittenAsPeopleSayThem(t *testing.T) {
	for in, want := range map[float64]string{999: "USD 999", 12_500: "USD 12\u202f500", 1_250_000: "USD 1.25 million", 2e9: "USD 2 billion", 1.5e12: "USD 1.5 trillion"} {
		if got := english(t).money(&news.Amount{Value: in, Currency: "USD"}); got != want {
			t.Errorf("%v is %q, want %q", in, got, want)
		}
	}
	for d, want := range map[time.Duration]string{0: "just now", 5 * time.Minute: "5 min ago", 3 * time.Hour: "3 h ago", 100 * time.Hour: "4 days ago", -30 * time.Second: "in a moment", -2 * time.Hour: "in 2 h"} {
		if got := english(t).ago(noon.Add(-d), noon); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
	if percent(1) != 99 || percent(0) != 1 {
		t.Error("a probability is shown as certain")
	}
}

func TestADateWithoutTimeOfDayKeepsItsDate(t *testing.T) {
	s := serve(t, full())
	midnightInAlmaty := time.Date(2026, 11, 20, 19, 0, 0, 0, time.UTC) // 21 November there
	st := s.published(&news.Item{Published: midnightInAlmaty, DayOnly: true})
	if st.Text != "21 Nov 2026" || st.ISO != "2026-11-21" {
		t.Errorf("%q, %q", st.Text, st.ISO)
	}
}

func TestEveryColourCanBeReadInLightAndDark(t *testing.T) {
	css := string(loadAssets()["silkwire.css"].content)
	light, rest, found := strings.Cut(css, "@media (prefers-color-scheme: dark)")
	if !found {
		t.Fatal("no dark colours")
	}
	dark, _, _ := strings.Cut(rest, "*, *::before")
	for name, block := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(block, -1) {
			colours[m[1]] = m[2]
		}
		readable := func(text, ground string) {
			if c := contrast(colours[text], colours[ground]); c < 4.5 {
				t.Errorf("%s: %s on %s has contrast %.2f, want 4.5", name, text, ground, c)
			}
		}
		for _, text := range []string{"ink", "soft", "link", "good", "watch", "bad"} {
			readable(text, "paper")
			readable(text, "sheet")
		}
		for _, g := range facetGroups() {
			readable(g.Class, "paper")
			readable(g.Class, g.Class+"-tint")
			readable("ink", g.Class+"-tint")
		}
	}
}

// contrast is that of WCAG 2, from 1 to 21.
func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(hex string) float64 {
	if len(hex) != 7 {
		return math.NaN()
	}
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return math.NaN()
		}
		c := float64(v) / 255
		if c <= 0.03928 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func TestFacetsDifferByUnderlineAsWellAsColour(t *testing.T) {
	css := string(loadAssets()["silkwire.css"].content)
	seen := map[string]string{}
	for _, g := range facetGroups() {
		m := regexp.MustCompile(`\.f-` + g.Class + ` \{.*--u: ([a-z]+); --w: ([0-9.a-z]+);`).FindStringSubmatch(css)
		if m == nil {
			t.Errorf("%s has no underline", g.Class)
			continue
		}
		if other, ok := seen[m[1]+m[2]]; ok {
			t.Errorf("%s and %s have the same underline", g.Class, other)
		}
		seen[m[1]+m[2]] = g.Class
	}
}

func TestNothingOnAPageIsLoadedFromElsewhere(t *testing.T) {
	for name, a := range loadAssets() {
		if m := regexp.MustCompile(`(https?:)?//[a-z][a-z0-9.-]+\.[a-z]+|@import|url\(`).FindString(strings.ReplaceAll(string(a.content), "http://www.w3.org/2000/svg", "")); m != "" {
			t.Errorf("%s names %q", name, m)
		}
	}
	for _, file := range []string{"layout", "parts", "items", "item", "status", "editions", "edition", "concepts", "concept", "error"} {
		b, err := templateFiles.ReadFile("templates/" + file + ".html")
		if err != nil {
			t.Fatal(err)
		}
		if m := regexp.MustCompile(`style="|<style|\son[a-z]+="|<script>|src="http`).FindString(string(b)); m != "" {
			t.Errorf("%s.html has %q, which the policy forbids", file, m)
		}
	}
}
