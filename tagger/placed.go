package tagger

import (
	"slices"
	"strings"

	"silkwire/news"
)

// creditZone is how far from either end of a body a credit line may stand, in
// bytes.
const creditZone = 160

// agencies are state agencies whose credit marks taken-over content, by the
// way a credit names them.
var agencies = []struct {
	credit string // folded
	origin news.ConceptID
}{
	{"xinhua", "xinhua"}, {"синьхуа", "xinhua"}, {"新华社", "xinhua"}, {"sinxua", "xinhua"},
	{"sputnik", "sputnik"}, {"спутник", "sputnik"},
	{"тасс", "tass"}, {"tass", "tass"}, {"риа новости", "ria-novosti"}, {"ria novosti", "ria-novosti"},
	{"anadolu agency", "anadolu-agency"}, {"anadolu ajansi", "anadolu-agency"}, {"anadolu agentligi", "anadolu-agency"}, {"анадолу", "anadolu-agency"}, {"trt", "trt"},
	{"irna", "irna"}, {"ирна", "irna"}, {"cgtn", "cgtn"},
}

// placed reports whether the item was taken over from a state agency: its
// credit stands in brackets or behind a word like "source" at either end of
// the body.
func (t *Tagger) placed(w *work) *news.Placed {
	body := w.fields[1].doc.Text
	if !slices.ContainsFunc(w.raw, func(f found) bool { return f.field == 1 && t.agencies.has(f.class) }) {
		return nil // no agency is named
	}
	for _, zone := range []string{strings.ToLower(sample(body, creditZone)), strings.ToLower(tail(body, creditZone))} {
		for _, a := range agencies {
			if credit := creditIn(zone, a.credit); credit != "" {
				return &news.Placed{Origin: a.origin, Reason: "credit line: " + credit}
			}
		}
	}
	return nil
}

// agencySet are the classes of the agencies.
func agencySet(classOf map[news.ConceptID]int32) *classSet {
	var ids []int32
	for _, a := range agencies {
		if class, ok := classOf[a.origin]; ok {
			ids = append(ids, class)
		}
	}
	return newClassSet(ids)
}

func tail(s string, n int) string {
	if len(s) <= n {
		return s
	}
	i := len(s) - n
	for i < len(s) && s[i]&0xC0 == 0x80 {
		i++
	}
	return s[i:]
}

// creditIn returns the agency if zone, in lower case, credits it: "(xinhua) --",
// "/тасс/", "источник: синьхуа".
func creditIn(zone, agency string) string {
	for from := 0; ; {
		i := strings.Index(zone[from:], agency)
		if i < 0 {
			return ""
		}
		i += from
		from = i + len(agency)
		before := strings.TrimRight(zone[:i], " \u00a0«\"")
		after := strings.TrimLeft(zone[from:], " \u00a0»\"")
		bracketed := hasAnySuffix(before, "(", "/", "（", "【") && hasAnyPrefix(after, ")", "/", "）", "】")
		sourced := hasAnySuffix(before, "source:", "источник:", "manba:", "дереккөз:", "булак:", "манбаъ:", "çeşme:", "kaynak:", "来源：", "منبع:", "©")
		if bracketed || sourced {
			return agency
		}
	}
}

func hasAnySuffix(s string, suffixes ...string) bool {
	for _, x := range suffixes {
		if strings.HasSuffix(s, x) {
			return true
		}
	}
	return false
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	for _, x := range prefixes {
		if strings.HasPrefix(s, x) {
			return true
		}
	}
	return false
}
