package tagger

import (
	"math"

	"silkwire/news"
	"silkwire/taxonomy"
)

// threshold is the probability from which on an item counts as relevant.
const threshold = 0.5

// Weight is one term of the relevance: a named feature and what it adds to the
// log-odds, in natural units, when it is fully present.
type Weight struct {
	Feature string
	Weight  float64
	Meaning string
}

// Weights are the relevance in full: the sum of bias and features, put through
// the logistic function. They were set on labelled items; docs/method.md says
// how well they do.
var Weights = []Weight{
	{"bias", -3.0, "before anything is seen"},
	{"outside actor", 1.2, "a state, institution, person or organisation from outside is named"},
	{"instrument", 0.8, "an instrument of influence is named"},
	{"recipient", 1.0, "a place or group of Central Asia is named"},
	{"together", 2.2, "all three in one sentence or two neighbouring ones"},
	{"breadth", 0.5, "log2 of the number of different instruments"},
	{"title", 1.0, "the title names an outside actor and a Central Asian recipient or an instrument"},
	{"narrative", 0.8, "a narrative or a reception is expressed"},
	{"own soft power", 1.5, "a Central Asian state projects its own"},
	{"trifle", -2.5, "the title is about sport, weather, crime or gadgets"},
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

func (t *Tagger) features(w *work, out *news.Tagging) map[string]float64 {
	v := map[string]float64{}
	instruments := map[int32]bool{}
	var titleActor, titleOther bool
	for i := range w.mentions {
		f := &w.mentions[i]
		c := &t.concepts[f.class]
		switch {
		case c.actor && !c.home:
			v["outside actor"] = 1
			titleActor = titleActor || f.field == 0
		case c.facet == taxonomy.Instrument && !f.domestic:
			v["instrument"] = 1
			instruments[f.class] = true
			titleOther = titleOther || f.field == 0
		case c.recipient >= 0:
			v["recipient"] = 1
			titleOther = titleOther || f.field == 0
		case c.facet == taxonomy.Narrative || c.facet == taxonomy.Reception:
			v["narrative"] = 1
		}
		if c.id == homeActors[0] {
			v["own soft power"] = 1
		}
	}
	if titleActor && titleOther {
		v["title"] = 1
	}
	if len(out.Events) > 0 {
		v["together"] = 1
	}
	if n := len(instruments); n > 1 {
		v["breadth"] = math.Log2(float64(n))
	}
	for _, c := range w.fields[0].cues {
		if c.kind == cueTrifle {
			v["trifle"] = 1
		}
	}
	return v
}
