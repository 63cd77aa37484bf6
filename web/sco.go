package web

import (
	"fmt"
	"strconv"

	"silkwire/search"
	"silkwire/store"
	"silkwire/tally"
)

// scoView shows the two tables of instruments of the article on the Shanghai
// Cooperation Organisation, with what the archive has of each row.
func scoView(v *view) error {
	v.Title = v.say("Through the SCO")
	v.Intro = v.say("The instruments that the literature lists for Russia and China in the Shanghai Cooperation Organisation, with what is told of each now.")
	channels := tally.Channels()
	var choices []choice
	for i, c := range channels {
		choices = append(choices, choice{Value: fmt.Sprint(i), Name: v.say(c.Name)})
	}
	channel := channels[0]
	if n, err := strconv.Atoi(v.choose("channel", "Channel", choices...)); err == nil {
		channel = channels[n]
	}
	var classes []tally.Class
	for _, p := range tally.Presets() {
		for _, r := range p.Rows {
			parsed, err := v.s.known.Load().search.Parse(joinQueries(r.Query, channel.Query))
			if err != nil {
				return err
			}
			classes = append(classes, tally.Class{ID: fmt.Sprint(len(classes)), Name: string(r.Name), Query: parsed})
		}
	}
	c, err := v.corpus(classes...)
	if err != nil {
		return err
	}
	v.limits(c)
	t := c.Matrix(tally.Axis{Name: "class"}, tally.Axis{Name: "all"}, tally.Items)
	at := 0
	for _, p := range tally.Presets() {
		sec, err := v.presetSection(p, classes[at:at+len(p.Rows)], &t)
		if err != nil {
			return err
		}
		at += len(p.Rows)
		v.Sections = append(v.Sections, sec)
	}
	return nil
}

func (v *view) presetSection(p tally.Preset, classes []tally.Class, t *tally.Table) (section, error) {
	sec := section{ID: p.ID, Title: v.say(p.Title), Notes: []string{v.say("After the table at %s of the documents, in our own words; each row is a query, which its numbers open.", p.Source)}}
	sh := &sheet{Name: p.ID, Caption: v.say(p.Title), Cols: []column{{ID: "instrument", Name: v.say("Instrument")}, {ID: "says", Name: v.say("What it is")}, {ID: "items", Name: v.say("Items"), Num: true}, {ID: "stories", Name: v.say("Stories"), Num: true}, {ID: "example", Name: v.say("The newest")}, {ID: "query", Name: v.say("Query"), Class: "beyond"}}}
	any := false
	for i, class := range classes {
		_, total, _ := t.Row(class.ID)
		any = any || total.Items > 0
		example, err := v.newest(class.Query)
		if err != nil {
			return sec, err
		}
		sh.Rows = append(sh.Rows, []cell{
			{Value: v.say(p.Rows[i].Name), Head: true}, {Value: v.say(p.Rows[i].Says)}, number(total.Items, v.items(class.Query.Text)), {Value: total.Stories}, example, {Value: class.Query.Text, Class: "beyond"},
		})
	}
	sec.Sheet = sh
	if !any {
		sec.Empty = v.say("Nothing of it is in the archive.") + " " + v.nothing()
	}
	return sec, nil
}

// newest is the newest item that this view and a further query find.
func (v *view) newest(q search.Query) (cell, error) {
	page, err := v.s.Store.Find(v.ctx, store.Query{Search: both(v.query, q.Root), Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return cell{}, err
	}
	it := &page.Items[0]
	f := foreignText(title(it), it.Tagging.Lang)
	return cell{Value: f.Text, Lang: f.Lang, Dir: f.Dir, Class: "quote", Href: itemHref(it.ID), Note: v.s.outlet(it.Outlet).Name + ", " + v.s.words.ShortDate(it.Time().In(v.s.Zone))}, nil
}
