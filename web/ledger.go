package web

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"silkwire/news"
	"silkwire/tally"
)

// dealsShown is how many deals a page shows, each with the sentence of its
// first report.
const dealsShown = 60

// dealsQuoted is how many deals of a file have the sentence of their first
// report; the others have its title.
const dealsQuoted = 3_000

// ledgerView lists the deals: each act of influence once, however many items
// report it.
func ledgerView(v *view) error {
	v.Title = v.say("Ledger")
	v.Intro = v.say("Who gave or did what for whom, with sums and places. A deal that is reported ten times, in any languages, stands here once, with all its reports.")
	money := v.choose("only", "Show", choice{Value: "", Name: v.say("all deals")}, choice{Value: "money", Name: v.say("those with a sum")}, choice{Value: "places", Name: v.say("those with places of study")}, choice{Value: "differ", Name: v.say("those whose sums differ")})
	order := v.choose("sort", "Sorted by", choice{Value: "", Name: v.say("date")}, choice{Value: "amount", Name: v.say("sum")}, choice{Value: "reports", Name: v.say("number of reports")})
	c, err := v.corpus()
	if err != nil {
		return err
	}
	deals, notes, err := v.dealsIn(c)
	if err != nil {
		return err
	}
	deals = slices.DeleteFunc(deals, func(d tally.Deal) bool {
		return money == "money" && d.Amount == nil || money == "places" && d.Places == nil || money == "differ" && !d.Differ
	})
	sortDeals(deals, order)
	v.limits(c)
	sec := section{ID: "deals", Title: v.say("%d deals", len(deals)), Notes: append(notes,
		v.say("What the query says of actors, instruments, recipients, sums and status is asked of the deal itself, and what else it says, of the items that report it."),
		v.say("Reports are one deal when actor and recipient are the same and the sum is (within two per cent, 45 days), or the instrument is and no figure speaks against it (4 days). Two deals of one kind within days may have become one, and one deal told very differently may still be two: every report is linked."))}
	if len(deals) == 0 {
		sec.Empty = v.say("No deal is stated.") + " " + v.nothing()
		v.Sections = append(v.Sections, sec)
		return nil
	}
	sec.Sheet = v.dealsSheet("deals", deals, dealsShown)
	v.Sections = append(v.Sections, sec)
	if sums := v.sumsSection(deals); sums != nil {
		v.Sections = append(v.Sections, *sums)
	}
	return nil
}

// dealsIn are the deals that count for every key that the address names:
// in=actor=china, in=instrument:education-instrument=scholarship.
func (v *view) dealsIn(c *tally.Corpus) (deals []tally.Deal, notes []string, err error) {
	deals = slices.Clone(c.Deals)
	for _, in := range v.form["in"] {
		name, key, _ := strings.Cut(in, "=")
		axis, err := tally.ParseAxis(name, v.s.Taxonomy)
		if err != nil {
			v.mistaken(fmt.Errorf("in: %w", err))
			return nil, nil, errMistake
		}
		if axis.Name == "class" {
			continue
		}
		deals = c.DealsWith(axis, key, deals)
		notes = append(notes, v.say("Only %s: %s.", v.s.axisWord(axis.Name), v.s.axisName(axis.Name, c.KeyOf(axis, key))))
	}
	return deals, notes, nil
}

func sortDeals(deals []tally.Deal, order string) {
	amount := func(d *tally.Deal) float64 {
		if d.Amount == nil {
			return 0
		}
		return d.Amount.Value
	}
	slices.SortStableFunc(deals, func(a, b tally.Deal) int {
		switch order {
		case "amount": // in one currency; different ones stay apart
			return cmp.Or(cmp.Compare(currencyRank(&a), currencyRank(&b)), cmp.Compare(amount(&b), amount(&a)))
		case "reports":
			return cmp.Compare(len(b.Items()), len(a.Items()))
		}
		return b.First.Compare(a.First)
	})
}

// currencyRank puts dollars before euros, other currencies by name, and no sum last.
func currencyRank(d *tally.Deal) string {
	switch {
	case d.Amount == nil:
		return "~"
	case d.Amount.Currency == "USD":
		return "0"
	case d.Amount.Currency == "EUR":
		return "1"
	}
	return "2" + d.Amount.Currency
}

func (v *view) dealsSheet(name string, deals []tally.Deal, shown int) *sheet {
	sh := &sheet{Name: name, Caption: v.say("Deals, each once"), Shown: shown, Cols: []column{
		{ID: "first", Name: v.say("First told")}, {ID: "actor", Name: v.say("Actor")}, {ID: "state", Name: v.say("State"), Class: "beyond"}, {ID: "instrument", Name: v.say("Instrument")}, {ID: "recipient", Name: v.say("Recipient")},
		{ID: "status", Name: v.say("Status")}, {ID: "amount", Name: v.say("Sum"), Num: true}, {ID: "currency", Name: v.say("Currency"), Class: "beyond"}, {ID: "places", Name: v.say("Places"), Num: true},
		{ID: "reports", Name: v.say("Reports"), Num: true}, {ID: "last", Name: v.say("Last told"), Class: "beyond"}, {ID: "told", Name: v.say("As told")}, {ID: "items", Name: v.say("Items"), Class: "beyond"},
	}}
	for i := range deals {
		sh.Rows = append(sh.Rows, v.dealRow(&deals[i], i < shown || v.form.Get("format") != "" && i < dealsQuoted))
	}
	return sh
}

func (v *view) dealRow(d *tally.Deal, quoted bool) []cell {
	first := d.Reports[0]
	actor := cell{Value: string(d.Actor), Text: v.s.name(d.Actor), Class: "who", Href: conceptHref(d.Actor)}
	if d.Actor != d.State {
		actor.Note = v.s.name(d.State)
	}
	sum, currency := cell{}, cell{Class: "beyond"}
	if d.Amount != nil {
		sum = cell{Value: d.Amount.Value, Text: v.s.money(d.Amount)}
		currency.Value = d.Amount.Currency
		if d.Differ {
			sum.Note = v.say("other reports: %s", v.s.otherSums(d))
		}
	}
	places := cell{}
	if d.Places != nil {
		places.Value = *d.Places
	}
	told := cell{Value: first.Title}
	if quoted {
		told = v.quote(&first)
	}
	var ids []string
	reports := d.Items()
	for i, r := range reports {
		ids = append(ids, string(r.Item))
		if i > 0 && len(told.More) < 8 {
			told.More = append(told.More, textLink{v.s.outlet(r.Outlet).Name + ", " + v.s.languageName(r.Lang), itemHref(r.Item)})
		}
	}
	return []cell{
		{Value: d.First.UTC().Format(time.DateOnly), Text: v.s.words.ShortDate(d.First.In(v.s.Zone)), Head: true}, actor, {Value: string(d.State), Class: "beyond"},
		{Value: string(d.Instrument), Text: v.s.name(d.Instrument), Class: "what", Href: conceptHref(d.Instrument)}, {Value: string(d.Recipient), Text: v.s.name(d.Recipient), Class: "whom", Href: v.placeHref(d.Recipient)},
		{Value: string(d.Status), Text: cmp.Or(v.s.statusWord(d.Status), v.say("not said"))}, sum, currency, places, {Value: len(reports)}, {Value: d.Last.UTC().Format(time.DateOnly), Class: "beyond"}, told, {Value: strings.Join(ids, " "), Class: "beyond"},
	}
}

func (s *Server) otherSums(d *tally.Deal) string {
	var list []string
	for _, r := range d.Reports {
		if a := r.Event.Amount; a != nil && *a != *d.Amount && !slices.Contains(list, s.money(a)) {
			list = append(list, s.money(a))
		}
	}
	return strings.Join(list, ", ")
}

// quote is the sentence by which a report states its event, with a link to it.
func (v *view) quote(r *tally.Report) cell {
	f := foreignText("", r.Lang)
	c := cell{Value: r.Title, Text: oneLine(r.Title, 300), Lang: f.Lang, Dir: f.Dir, Class: "quote", Href: itemHref(r.Item), Note: v.s.outlet(r.Outlet).Name + ", " + v.s.languageName(r.Lang)}
	it, err := v.s.Store.Item(v.ctx, r.Item)
	if err != nil {
		return c // the title stands for it
	}
	for _, ev := range it.Tagging.Events {
		if ev.Instrument == r.Event.Instrument && ev.Actor == r.Event.Actor && ev.Recipient == r.Event.Recipient && ev.Evidence.Text != "" {
			c.Value, c.Text = ev.Evidence.Text, oneLine(ev.Evidence.Text, 400)
			break
		}
	}
	return c
}

// placeHref leads to the page of a country, or to a concept.
func (v *view) placeHref(id news.ConceptID) string {
	if slices.Contains(tally.States(), id) {
		return "/countries/" + string(id)
	}
	return conceptHref(id)
}

// sumsSection adds up the sums, currency by currency.
func (v *view) sumsSection(deals []tally.Deal) *section {
	sums := tally.Sums(deals)
	if len(sums) == 0 {
		return nil
	}
	sh := &sheet{Name: "sums", Caption: v.say("Sums by state, recipient and currency"), Shown: 60, Cols: []column{
		{ID: "state", Name: v.say("State")}, {ID: "recipient", Name: v.say("Recipient")}, {ID: "currency", Name: v.say("Currency")}, {ID: "sum", Name: v.say("Sum"), Num: true}, {ID: "deals", Name: v.say("Deals"), Num: true},
	}}
	for _, s := range sums {
		sh.Rows = append(sh.Rows, []cell{
			{Value: string(s.State), Text: v.s.name(s.State), Head: true}, {Value: string(s.Recipient), Text: v.s.name(s.Recipient)}, {Value: s.Currency},
			{Value: math.Round(s.Value), Text: v.s.money(&news.Amount{Value: s.Value, Currency: s.Currency})}, number(s.Deals, v.other("/ledger", "only", "money", "in", "actor="+string(s.State), "in", "recipient="+string(s.Recipient))),
		})
	}
	return &section{ID: "sums", Title: v.say("Sums as told"), Sheet: sh, Notes: []string{
		v.say("What was called off or denied is left out. Currencies are not converted, since no rate is known here. A sum that is promised, signed and paid is told three times over the years: this is what was told, not what was paid."),
	}}
}
