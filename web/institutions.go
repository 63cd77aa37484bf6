package web

import (
	"net/http"
	"slices"
	"strings"

	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
	"silkwire/tally"
)

// institutionsView is the registry: houses, schools and campuses run from
// abroad, as far as the archive tells of them.
func institutionsView(v *view) error {
	v.Title = v.say("Institutions")
	v.Intro = v.say("Houses, schools and campuses that are run from abroad: where, with which partner, since when they are told of, and what is told of their opening or closing.")
	if v.Mistake != "" {
		return errMistake
	}
	ids := tally.Institutions(v.s.Taxonomy)
	list, read, more, err := v.registry(ids)
	if err != nil {
		return err
	}
	sec := section{ID: "registry", Title: v.say("%d entries", len(list)), Notes: []string{
		v.say("An institution is at the place that its sentence names; where a sentence names two countries, or none, it has no place here. Partners are schools and universities of the same sentence. First and last are the days of the items, not of the institution."),
	}}
	v.registryFacts(read, more)
	v.ItemsURL = v.items()
	if len(list) == 0 {
		sec.Empty = v.say("No institution is named.") + " " + v.nothing()
	} else {
		sec.Sheet = v.registrySheet(list)
	}
	v.Sections = append(v.Sections, sec)
	return nil
}

func (v *view) registryFacts(read int, more bool) {
	v.Facts = append(v.Facts, v.say("%d items with an institution", read), v.state())
	if more {
		v.Limits = append(v.Limits, v.say("Only the newest %d items with an institution were read. Narrow the period or the query to read the others.", mostRead))
	}
}

// registry reads the items that name any of the institutions.
func (v *view) registry(ids []news.ConceptID) (list []tally.Institution, read int, more bool, err error) {
	r := tally.NewRegistry(v.s.Taxonomy)
	read, more, err = v.eachText(search.Concept{Any: ids}, r.Add)
	return slices.DeleteFunc(r.List(), func(in tally.Institution) bool { return !slices.Contains(ids, in.Concept) }), read, more, err
}

// eachText calls f with the newest items that match, with their texts.
func (v *view) eachText(with search.Expr, f func(*news.Item)) (read int, more bool, err error) {
	err = v.s.Store.Each(v.ctx, store.Query{Search: both(v.query, with), WithText: true}, func(it *news.Item) error {
		if read == mostRead {
			more = true
			return errLines
		}
		read++
		f(it)
		return nil
	})
	if more {
		err = nil
	}
	return read, more, err
}

func (v *view) registrySheet(list []tally.Institution) *sheet {
	sh := &sheet{Name: "registry", Caption: v.say("Institutions by state"), Shown: 150, Cols: []column{
		{ID: "institution", Name: v.say("Institution")}, {ID: "state", Name: v.say("Of")}, {ID: "place", Name: v.say("Place")}, {ID: "country", Name: v.say("Country")}, {ID: "partners", Name: v.say("Partners")},
		{ID: "first", Name: v.say("First told")}, {ID: "last", Name: v.say("Last told")}, {ID: "items", Name: v.say("Items"), Num: true}, {ID: "opened", Name: v.say("Opening")}, {ID: "closed", Name: v.say("Closing")},
	}}
	for i := range list {
		in := &list[i]
		var partners []string
		for _, id := range in.Partners[:min(3, len(in.Partners))] {
			partners = append(partners, v.s.name(id))
		}
		place := cell{Value: string(in.Place)}
		if in.Place != "" {
			place.Text = v.s.name(in.Place)
		} else {
			place.Text = v.say("not said")
		}
		country := cell{Value: string(in.Country)}
		if in.Country != "" {
			country.Text, country.Href = v.s.name(in.Country), "/countries/"+string(in.Country)
		}
		sh.Rows = append(sh.Rows, []cell{
			{Value: string(in.Concept), Text: v.s.name(in.Concept), Head: true, Href: v.other("/institutions/" + string(in.Concept))}, {Value: string(in.State), Text: v.s.name(in.State)}, place, country,
			{Value: strings.Join(partners, ", ")}, {Value: in.First.Time, Href: itemHref(in.First.Item), Class: "day"}, {Value: in.Last.Time, Href: itemHref(in.Last.Item), Class: "day"},
			{Value: in.Items}, v.citation(in.Opened), v.citation(in.Closed),
		})
	}
	return sh
}

// citation is a sentence with where it stands.
func (v *view) citation(c *tally.Cite) cell {
	if c == nil {
		return cell{Value: ""}
	}
	f := foreignText("", c.Lang)
	return cell{Value: c.Sentence, Text: oneLine(c.Sentence, 240), Lang: f.Lang, Dir: f.Dir, Class: "quote", Href: itemHref(c.Item), Note: v.s.outlet(c.Outlet).Name + ", " + c.Time}
}

// institutionView is all that the archive tells of one institution.
func institutionView(v *view) error {
	id := news.ConceptID(v.id)
	concept, ok := v.s.Taxonomy.Concept(id)
	if !ok || !slices.Contains(tally.Institutions(v.s.Taxonomy), id) {
		return failure{Code: http.StatusNotFound, Kind: "not_found", Detail: "The registry has no such institution. All of them are on the page Institutions; other concepts are on the page Concepts."}
	}
	v.Title, v.Crumb, v.CrumbHref = v.s.name(id), v.say("Institutions"), "/institutions"
	v.Intro, v.IntroIn = concept.Definition, "en"
	c, err := v.corpus()
	if err != nil {
		return err
	}
	down := v.s.Taxonomy.Descendants(id)
	here := c.OfActor(id)
	list, _, more, err := v.registry(down)
	if err != nil {
		return err
	}
	if more {
		v.Limits = append(v.Limits, v.say("Only the newest %d items were read for the places.", mostRead))
	}
	v.limits(c)
	if len(here.Entries) == 0 {
		v.Sections = append(v.Sections, section{ID: "none", Title: v.s.name(id), Empty: v.say("No item names it.") + " " + v.nothing()})
		return nil
	}
	v.Facts = append(v.Facts, v.say("%d items name it", len(here.Entries)))
	if len(list) > 0 {
		v.Sections = append(v.Sections, section{ID: "places", Title: v.say("Where"), Sheet: v.registrySheet(list)})
	}
	return v.portrait(here, c, "concept:"+string(id), v.say("all items"), "target", "instrument", "reception")
}
