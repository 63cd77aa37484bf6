package web

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"silkwire/news"
	"silkwire/search"
	"silkwire/store"
	"silkwire/tally"
)

// Limits of a concordance.
const (
	linesMost  = 2_000
	linesLists = 200
)

// concordanceView shows a keyword in its company.
func concordanceView(v *view) error {
	v.Title = v.say("Concordance")
	v.Intro = v.say("A word, a phrase or a concept with what stands before and after it, wherever it occurs, in every inflection and script.")
	of := strings.TrimSpace(v.form.Get("of"))
	v.Fields = append(v.Fields, formField{Name: "of", Label: v.say("Keyword"), Kind: "text", Value: of, Hint: "“soft power”, стипендия, instrument:loan"})
	sorted := v.choose("sort", "Sorted by", choice{Value: "", Name: v.say("date")}, choice{Value: "before", Name: v.say("the word before")}, choice{Value: "hit", Name: v.say("the form")}, choice{Value: "after", Name: v.say("the word after")}, choice{Value: "lang", Name: v.say("language")}, choice{Value: "outlet", Name: v.say("outlet")})
	sec := section{ID: "lines", Title: v.say("Keyword in context")}
	if v.Mistake != "" {
		return errMistake
	}
	if of == "" {
		sec.Empty = v.say("Write a keyword: a word finds all its forms (стипендия also finds стипендий), a phrase goes into quotes, and a concept such as instrument:loan is found in every language.")
		v.Sections = append(v.Sections, sec)
		return nil
	}
	keyword, err := v.s.known.Load().search.Parse(of)
	if err != nil {
		v.mistaken(fmt.Errorf("keyword: %w", err))
		return errMistake
	}
	lines, items, more, err := v.concord(keyword)
	if err != nil {
		return err
	}
	tally.SortLines(lines, sorted)
	v.ItemsURL = v.items(of)
	v.Facts = append(v.Facts, v.say("%d lines", len(lines)), v.say("in %s", v.say("%d items", items)), v.state())
	if more {
		v.Limits = append(v.Limits, v.say("Only the newest %d lines, of the newest %d items at most, are listed. Narrow the period or the query to see the others.", linesMost, mostRead))
	}
	if len(lines) == 0 {
		sec.Empty = v.say("The keyword does not occur.") + " " + v.nothing()
	} else {
		sec.Sheet = v.linesSheet(of, lines)
	}
	v.Sections = append(v.Sections, sec)
	return nil
}

var errLines = errors.New("enough lines")

// concord reads the texts that have the keyword, newest first.
func (v *view) concord(keyword search.Query) (lines []tally.Line, items int, more bool, err error) {
	var with []search.Expr
	if keyword.Root != nil {
		with = append(with, keyword.Root)
	}
	err = v.s.Store.Each(v.ctx, store.Query{Search: both(v.query, with...), WithText: true}, func(it *news.Item) error {
		if items == mostRead || len(lines) >= linesMost {
			more = true
			return errLines
		}
		items++
		lines = append(lines, tally.Concord(it, keyword)...)
		return nil
	})
	if errors.Is(err, errLines) {
		err = nil
	}
	return lines[:min(len(lines), linesMost)], items, more, err
}

func (v *view) linesSheet(of string, lines []tally.Line) *sheet {
	sh := &sheet{Name: "lines", Caption: v.say("“%s” in context", of), Shown: linesLists, Cols: []column{
		{ID: "before", Name: v.say("Left")}, {ID: "hit", Name: v.say("Keyword")}, {ID: "after", Name: v.say("Right")}, {ID: "date", Name: v.say("Date")}, {ID: "outlet", Name: v.say("Outlet")}, {ID: "lang", Name: v.say("Language")}, {ID: "item", Name: v.say("Item"), Class: "beyond"},
	}}
	for i := range lines {
		l := &lines[i]
		f := foreignText("", l.Lang)
		before := cell{Value: l.Before, Lang: f.Lang, Dir: f.Dir, Whole: true, Class: "kwic-left"}
		after := cell{Value: l.After, Lang: f.Lang, Dir: f.Dir, Whole: true, Class: "kwic-right"}
		if f.Dir == "rtl" { // what comes before stands on the right
			before.Text, after.Text = l.After, l.Before
			before.Class, after.Class = after.Class, before.Class
			if before.Text == "" {
				before.Text = "\u00a0"
			}
			if after.Text == "" {
				after.Text = "\u00a0"
			}
		}
		sh.Rows = append(sh.Rows, []cell{
			before, {Value: l.Hit, Lang: f.Lang, Dir: f.Dir, Whole: true, Class: "kwic-hit", Href: itemHref(l.Item)}, after,
			{Value: l.Time.UTC().Format(time.DateOnly), Text: v.s.words.ShortDate(l.Time.In(v.s.Zone)), Class: "day"}, {Value: string(l.Outlet), Text: v.s.outlet(l.Outlet).Name}, {Value: l.Lang, Text: v.s.languageName(l.Lang)}, {Value: string(l.Item), Class: "beyond"},
		})
	}
	return sh
}
