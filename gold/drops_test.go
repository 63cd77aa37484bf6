package gold_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// drops lists the measures that fell by more than the tolerance: those of all
// items, and those of languages that rest on enough decisions.
func drops(before baseline, now figures) (complaints []string) {
	for _, lang := range slices.Sorted(maps.Keys(before)) {
		for _, m := range slices.Sorted(maps.Keys(before[lang])) {
			was, is := before[lang][m], now.values[lang][m]
			support := now.support[lang][m]
			allowed := tolerance
			if lang != "all" {
				allowed = max(tolerance, 1.5/float64(max(1, support)))
			}
			if (lang == "all" || support >= fewest) && is < was-allowed {
				complaints = append(complaints, fmt.Sprintf("%s, %s: %.4f, was %.4f", m, lang, is, was))
			}
		}
		if _, ok := now.values[lang]; !ok {
			complaints = append(complaints, fmt.Sprintf("%s: no items any more", lang))
		}
	}
	return complaints
}

func TestADropOfMoreThanAPointIsNoticed(t *testing.T) {
	before := baseline{"all": {"tags": 0.90, "events": 0.60}, "ky": {"tags": 0.90}, "fa": {"tags": 0.90}}
	now := func(all, events, ky, fa float64) figures {
		return figures{
			values:  baseline{"all": {"tags": all, "events": events}, "ky": {"tags": ky}, "fa": {"tags": fa}},
			support: map[string]map[string]int{"all": {"tags": 500, "events": 50}, "ky": {"tags": 300}, "fa": {"tags": 3}},
		}
	}
	for _, c := range []struct {
		name string
		now  figures
		want string
	}{
		{"nothing changed", now(0.90, 0.60, 0.90, 0.90), ""},
		{"less than a point", now(0.892, 0.60, 0.892, 0.90), ""},
		{"better", now(0.99, 0.99, 0.99, 0.99), ""},
		{"too few items to tell", now(0.90, 0.60, 0.90, 0.10), ""},
		{"all", now(0.88, 0.60, 0.90, 0.90), "tags, all"},
		{"events", now(0.90, 0.55, 0.90, 0.90), "events, all"},
		{"one language", now(0.90, 0.60, 0.85, 0.90), "tags, ky"},
	} {
		got := strings.Join(drops(before, c.now), "; ")
		if (got == "") != (c.want == "") || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestALanguageThatIsGoneIsNoticed(t *testing.T) {
	got := drops(baseline{"tg": {}}, figures{})
	if len(got) != 1 || !strings.Contains(got[0], "tg") {
		t.Errorf("got %q", got)
	}
}
