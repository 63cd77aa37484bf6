package web

import (
	"math"

	"silkwire/news"
	"silkwire/search"
	"silkwire/tally"
	"silkwire/taxonomy"
)

// claimsView sets figures side by side that are given for the same thing.
func claimsView(v *view) error {
	v.Title = v.say("Figures")
	v.Intro = v.say("Figures that are given for the same thing and are not the same, with day, outlet and sentence. None is chosen.")
	if v.Mistake != "" {
		return errMistake
	}
	var claims []tally.Claim
	read, more, err := v.eachText(search.Concept{Any: v.s.countables()}, func(it *news.Item) { claims = append(claims, tally.ClaimsOf(it, v.s.Taxonomy)...) })
	if err != nil {
		return err
	}
	v.Facts = append(v.Facts, v.say("%d items read", read), v.say("%d figures", len(claims)))
	if more {
		v.Limits = append(v.Limits, v.say("Only the newest %d items that match were read. Narrow the period or the query to read the others.", mostRead))
	}
	disputes, others := tally.Disputes(claims)
	sec := section{ID: "disputes", Title: v.say("%d subjects with different figures", len(disputes)), Notes: []string{
		v.say("A figure is taken where it stands in digits right before what it counts. Figures differ because somebody is wrong, because they are of different years, or because they count different things, such as institutes alone or institutes with classrooms: read the sentences."),
	}}
	if len(disputes) == 0 {
		sec.Empty = v.say("No two figures differ.") + " " + v.nothing()
	} else {
		sec.Sheet = v.disputesSheet(disputes)
	}
	v.Sections = append(v.Sections, sec)
	if len(others) > 0 {
		v.Sections = append(v.Sections, section{ID: "others", Title: v.say("Figures that nobody contradicts"), Sheet: v.claimsSheet("others", v.say("Figures that nobody contradicts, by what they count"), others, 40)})
	}
	return nil
}

func (v *view) disputesSheet(disputes []tally.Dispute) *sheet {
	var all []tally.Claim
	for _, d := range disputes {
		all = append(all, d.Claims...)
	}
	return v.claimsSheet("disputes", v.say("Figures that differ, by what they count"), all, 150)
}

func (v *view) claimsSheet(name, caption string, claims []tally.Claim, shown int) *sheet {
	sh := &sheet{Name: name, Caption: caption, Shown: shown, Cols: []column{
		{ID: "what", Name: v.say("What is counted")}, {ID: "state", Name: v.say("Of")}, {ID: "place", Name: v.say("Where")}, {ID: "value", Name: v.say("Figure"), Num: true}, {ID: "date", Name: v.say("Day")}, {ID: "sentence", Name: v.say("Sentence")},
	}}
	for i := range claims {
		c := &claims[i]
		row := []cell{{Value: string(c.Subject.Concept), Text: v.s.name(c.Subject.Concept), Head: true}, {Value: string(c.Subject.State)}, {Value: string(c.Subject.Place), Text: v.say("not said")}, {Value: int(math.Round(c.Value))}, {Value: c.Time, Class: "day"}, v.citation(&c.Cite)}
		if c.Subject.State != "" {
			row[1].Text = v.s.name(c.Subject.State)
		}
		if c.Subject.Place != "" {
			row[2].Text = v.s.name(c.Subject.Place)
		}
		if i > 0 && claims[i-1].Subject == c.Subject { // say it once
			row[0].Class, row[1].Class, row[2].Class = "again", "again", "again"
		}
		sh.Rows = append(sh.Rows, row)
	}
	return sh
}

// countables are the concepts that a figure may count.
func (s *Server) countables() []news.ConceptID {
	var list []news.ConceptID
	for _, c := range s.Taxonomy.Concepts {
		if c.Facet == taxonomy.Instrument || c.Facet == taxonomy.ActorInstitution || c.Facet == taxonomy.Organisation {
			list = append(list, c.ID)
		}
	}
	return list
}
