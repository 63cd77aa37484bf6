package tagger

import (
	"math"
	"slices"

	"silkwire/news"
	"silkwire/taxonomy"
	"silkwire/text"
	"silkwire/words"
)

// threshold is the probability from which on an item counts as relevant.
const threshold = 0.5

// Weight is one term of the relevance: a named feature and what it adds to the
// log-odds, in natural units, when it is fully present.
type Weight struct {
	Feature string
	Weight  float64
	Meaning words.Message
}

// Weights are the relevance in full: the sum of bias and features, put through
// the logistic function. They were set on labelled items; docs/method.md says
// how well they do.
var Weights = []Weight{
	{"bias", -0.6, "before anything is seen"},
	{"outside actor", 0.95, "a state, institution, person or organisation from outside is named"},
	{"instrument", 0.75, "an instrument of influence is named"},
	{"breadth", 0.35, "how many different instruments, log2"},
	{"plainly", 0.35, "how often one is named by a term that needs no rule, log2 of one more"},
	{"recipient", 1.0, "a place of Central Asia is named"},
	{"recipients", 0.3, "how often one is named, log2"},
	{"together", 1.3, "actor, instrument and recipient make an event"},
	{"in one sentence", 0.6, "how many sentences name all three, log2 of one more"},
	{"narrative", 0.8, "a narrative or a reception is expressed"},
	{"narratives", 0.4, "how often, log2 of one more"},
	{"own soft power", 1.6, "a Central Asian state projects its own"},
	{"foreign affair", -2.0, "two or more outside actors, no place of Central Asia, and no word or dateline of home"},
	{"home language", 0.45, "written in a language of Central Asia"},
	{"trifles", -0.5, "how often the body is about sport, weather, crime or gadgets, log2 of one more"},
	{"length", -1.15, "in a long text everything is named sooner or later: its sentences, log2 of one more"},
}

// relevance fills Relevance, Relevant and Features. An item that is not
// relevant has no events.
func (t *Tagger) relevance(w *work, out *news.Tagging) {
	values := t.features(w, out)
	odds := 0.0
	for _, wt := range Weights {
		v := values[wt.Feature]
		if wt.Feature == "bias" {
			v = 1
		}
		if v == 0 {
			continue
		}
		odds += v * wt.Weight
		out.Features = append(out.Features, news.Feature{Name: wt.Feature, Value: round2(v), Weight: wt.Weight})
	}
	out.Relevance = round2(1 / (1 + math.Exp(-odds)))
	out.Relevant = out.Relevance >= threshold
	if !out.Relevant {
		out.Events = []news.Event{}
	}
}

func round2(x float64) float64 { return math.Round(x*100) / 100 }

// values are the features of an item by name.
type values map[string]float64

// features are the values of the features: 1 for what is present, and the
// logarithm of a count where more is more.
func (t *Tagger) features(w *work, out *news.Tagging) values {
	v := values{}
	instruments, outside := map[int32]bool{}, map[int32]bool{}
	recipients, plain, narratives := 0, 0, 0
	here := map[[2]int32]int{} // what each sentence names, as bits: actor, instrument, recipient
	for i := range w.mentions {
		f := &w.mentions[i]
		c := &t.concepts[f.class]
		sentence := [2]int32{int32(f.field), f.sentence}
		switch {
		case c.actor && !c.home:
			outside[c.root] = true
			here[sentence] |= 1
			v["outside actor"] = 1
		case c.facet == taxonomy.Instrument && !f.domestic:
			instruments[f.class] = true
			here[sentence] |= 2
			v["instrument"] = 1
			if t.m.terms[f.term].rule < 0 {
				plain++
			}
		case c.recipient >= 0:
			recipients++
			here[sentence] |= 4
			v["recipient"] = 1
		case c.facet == taxonomy.Narrative || c.facet == taxonomy.Reception:
			narratives++
			v["narrative"] = 1
		}
		v.mark("own soft power", slices.Contains(homeActors, c.id))
	}
	all := 0
	for _, bits := range here {
		if bits == 7 {
			all++
		}
	}
	v.mark("together", len(out.Events) > 0)
	v.mark("foreign affair", len(outside) > 1 && recipients == 0 && t.homeOf(w) < 0)
	v.mark("home language", homeLanguage(out.Lang))
	v.log("breadth", len(instruments))
	v.log("recipients", recipients)
	v.log("plainly", plain+1)
	v.log("narratives", narratives+1)
	v.log("in one sentence", all+1)
	v.log("trifles", w.trifles()+1)
	v.log("length", len(w.fields[1].doc.Sentences)+1)
	return v
}

func (w *work) trifles() (n int) {
	for _, c := range w.fields[1].cues {
		if c.kind == cueTrifle {
			n++
		}
	}
	return n
}

func (v values) mark(name string, present bool) {
	if present {
		v[name] = 1
	}
}

func (v values) log(name string, n int) {
	if n > 1 {
		v[name] = math.Log2(float64(n))
	}
}

// homeLanguage holds for languages written in Central Asia alone.
func homeLanguage(lang string) bool {
	switch text.ParseLang(lang) {
	case text.UzLatn, text.UzCyrl, text.Kk, text.Ky, text.Tg, text.Tk:
		return true
	}
	return false
}
