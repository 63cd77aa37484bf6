package taxonomy

import (
	"slices"
	"testing"
	"testing/fstest"

	"silkwire/news"
)

func TestATaxonomyDoesNotDifferFromItself(t *testing.T) {
	for name, tax := range bothTaxonomies(t) {
		if c := Compare(tax, mustLoad(t, string(export(t, tax, "yaml")))); !c.Empty() {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func TestADirectoryLaidOverShowsWhatItChanges(t *testing.T) {
	before := awkwardTaxonomy(t)
	base := fstest.MapFS{"a.yaml": &fstest.MapFile{Data: []byte(awkward)}}
	over := fstest.MapFS{"b.yaml": &fstest.MapFile{Data: []byte(`
facet: instrument
lists:
  money: {en: [loan, grant], ru: [кредит*]}
concepts:
  - id: chinese-language
    parent: language-promotion
    name: Chinese courses
    label: {en: Chinese, zh: 汉语推广, kk: "қытай тілі"}
    related: [hsk, language-promotion]
    behaviour: [attraction]
    horizon: long
    about: people
    terms: {en: [{t: Chinese, near: [teacher]}, Mandarin], zh: [汉语推广]}
    rules: {near: [course], not_with: ["@actor"]}
  - {id: luban, terms: {en: [Luban Workshop]}}
  - {id: hsk, facet: context, terms: {en: [HSK]}}
  - {id: language-promotion, active: false}
`)}}
	after, err := Load(base, over)
	if err != nil {
		t.Fatal(err)
	}
	c := Compare(before, after)
	if want := []news.ConceptID{"luban", "hsk"}; !slices.Equal(c.Came, want) {
		t.Errorf("came %v, want %v: one is new, one is active again", c.Came, want)
	}
	if want := []news.ConceptID{"language-promotion"}; !slices.Equal(c.Went, want) {
		t.Errorf("went %v, want %v", c.Went, want)
	}
	if len(c.Changed) != 1 {
		t.Fatalf("changed %+v", c.Changed)
	}
	x := c.Changed[0]
	if x.Concept != "chinese-language" || len(x.Fields) != 1 || x.Fields[0] != (FieldChange{"name", "chinese-language", "Chinese courses"}) {
		t.Errorf("fields %+v", x.Fields)
	}
	if len(x.TermsCame) != 1 || x.TermsCame[0].Text != "Mandarin" || len(x.TermsWent) != 1 || x.TermsWent[0].Text != "中文" || len(x.RuledAnew) != 1 || x.RuledAnew[0].Text != "Chinese" {
		t.Errorf("terms came %+v, went %+v, ruled anew %+v", x.TermsCame, x.TermsWent, x.RuledAnew)
	}
	if len(c.Lists) != 1 || !slices.Equal(c.Lists[0].Came, []string{"grant"}) || !slices.Equal(c.Lists[0].Went, []string{"credit"}) {
		t.Errorf("lists %+v", c.Lists)
	}
}
