package chart

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

var head = Head{ID: "x", Title: "Title & <more>", Desc: "What is \"seen\"."}

// drawings are one of each kind.
func drawings() map[string]string {
	return map[string]string{
		"heat": Heat(head, []string{"China", "Russia & others", "中国"}, []string{"Education", "A very long name of an instrument that must be cut somewhere"}, [][]int{{120, 3}, {0, 45}, {1, 0}}),
		"presence": Presence(head, []string{"Education", "Media"}, []string{"Kazakhstan", "Kyrgyzstan"}, []string{"China", "Russia", "Turkey", "EU"},
			[][][]int{{{4, 9, 0, 1}, {0, 0, 0, 0}}, {{1, 0, 0, 0}, {0, 2, 3, 0}}}, [][]string{{"+≠", ""}, {"", ""}}),
		"lines": Lines{
			Head: head, Periods: []string{"Jan 2026", "Feb 2026", "Mar 2026", "Apr 2026"}, Whole: []int{100, 0, 120, 90}, WholeAs: "All items read, at most %s",
			Series: []Series{{"China", []float64{1, 0, 12, 7}}, {"Russia", []float64{4, 0, 2, 5}}}, Marks: []Mark{{From: 1, To: 1, Bad: true, Part: .5}, {From: 3, To: 3}},
		}.Draw(),
		"stacked": Stacked(head, []string{"short", "medium", "long"}, []Bar{{"China", []float64{1, 2, 5}, "8 deals"}, {"Nobody", []float64{0, 0, 0}, "no deals"}}),
		"grouped": Grouped(head, []string{"coercion", "attraction"}, []Bar{{"China", []float64{.25, .75}, ""}}, true),
		"pairs":   Pairs(head, [2]string{"China", "Russia"}, []Pair{{"Education", [2]float64{.3, .2}, [2]float64{.25, .1}, [2]float64{.36, .33}}}),
	}
}

func TestTheSameNumbersGiveTheSameDrawing(t *testing.T) {
	for name, svg := range drawings() {
		file := filepath.Join("testdata", name+".svg")
		if *update {
			if err := os.WriteFile(file, []byte(svg), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), svg); diff != "" {
			t.Errorf("%s (write it anew with -update and look at it): %s", name, diff)
		}
	}
}

func TestEveryDrawingIsWellFormedAndSaysWhatItShows(t *testing.T) {
	for name, svg := range drawings() {
		dec := xml.NewDecoder(strings.NewReader(svg))
		for {
			tok, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			start, ok := tok.(xml.StartElement)
			if !ok {
				continue
			}
			for _, a := range start.Attr {
				if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
					t.Errorf("%s: <%s %s=%q>", name, start.Name.Local, a.Name.Local, a.Value)
				}
			}
		}
		for _, part := range []string{`role="img"`, `aria-labelledby="x-t x-d"`, `<title id="x-t">Title &amp; &lt;more&gt;</title>`, `<desc id="x-d">`} {
			if !strings.Contains(svg, part) {
				t.Errorf("%s has no %s", name, part)
			}
		}
	}
}

func TestALineIsBrokenWhereNothingWasRead(t *testing.T) {
	svg := drawings()["lines"]
	if n := strings.Count(svg, "M") - strings.Count(svg, "Mar"); n != 4 {
		t.Errorf("two lines with a hole each begin %d times, want 4", n)
	}
	if !strings.Contains(svg, `class="outage"`) || !strings.Contains(svg, `class="added"`) {
		t.Error("the marks are not drawn")
	}
}

func TestNothingToDrawIsNoAccident(t *testing.T) {
	for name, svg := range map[string]string{
		"heat": Heat(head, nil, nil, nil), "lines": Lines{Head: head}.Draw(), "stacked": Stacked(head, nil, nil), "grouped": Grouped(head, nil, nil, false),
		"pairs": Pairs(head, [2]string{}, nil), "presence": Presence(head, nil, nil, nil, nil, nil),
	} {
		if !strings.HasSuffix(svg, "</svg>") || strings.Contains(svg, "NaN") {
			t.Errorf("%s: %s", name, svg)
		}
	}
}

func TestAScaleHasFewRoundNumbersAndHoldsAll(t *testing.T) {
	for _, most := range []float64{0, 0.003, 0.5, 1, 3, 7, 10, 99, 101, 12345, 1e9} {
		for _, whole := range []bool{true, false} {
			list := ticks(most, whole)
			if last := list[len(list)-1]; last < most || len(list) > 12 || len(list) < 2 {
				t.Errorf("ticks to %v: %v", most, list)
			}
			for _, x := range list {
				if whole && x != math.Trunc(x) {
					t.Errorf("ticks to %v for a count: %v", most, list)
				}
			}
		}
	}
}

func TestNumbersAreWrittenForPeople(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 7: "7", 1234: "1\u202f234", 1234567.891: "1\u202f234\u202f567.89", -1234: "-1\u202f234"} {
		if got := Number(x); got != want {
			t.Errorf("%v: %q, want %q", x, got, want)
		}
	}
}
