package digest

import (
	_ "embed" // the mail's template
	"fmt"
	"html/template"
	"slices"
	"strings"

	"silkwire/taxonomy"
	"silkwire/text"
)

// The HTML part stays under the size at which Gmail hides the rest of a mail,
// the text under one that no server refuses.
const (
	htmlBudget = 100_000
	textBudget = 1 << 20
)

// Message is an edition as a mail shows it. Both parts tell the same.
type Message struct {
	Subject string
	HTML    string
	Text    string
}

//go:embed templates/mail.html
var mailTemplate string

// Render lays an edition out as text and as HTML. It is pure. Where the HTML
// would grow too large, the last stories are replaced by a line that counts them.
func Render(e Edition) (Message, error) { return RenderFor(e, "") }

// RenderFor renders for a reader who may leave the list by an address of her own.
func RenderFor(e Edition, unsubscribe string) (Message, error) {
	tmpl, err := template.New("mail").Funcs(template.FuncMap{
		"rtl": rightToLeft, "edge": edge, "whole": whole, "evidence": func() string { return e.PageWord }, "wrong": func() string { return e.TagWord },
	}).Parse(mailTemplate)
	if err != nil {
		return Message{}, fmt.Errorf("render edition %s: %w", e.ID, err)
	}
	html, err := fitting(e, htmlBudget, func(v view) (string, error) {
		v.Unsubscribe = webLink(unsubscribe)
		var b strings.Builder
		err := tmpl.Execute(&b, v)
		return b.String(), err
	})
	if err != nil {
		return Message{}, fmt.Errorf("render edition %s: %w", e.ID, err)
	}
	plain, err := fitting(e, textBudget, func(v view) (string, error) {
		v.Unsubscribe = webLink(unsubscribe)
		return plainText(v), nil
	})
	return Message{Subject: e.Subject, HTML: html, Text: plain}, err
}

// view is an edition as the two forms lay it out: no sentence stands twice.
type view struct {
	Edition
	Unsubscribe string // the reader's own way out; "": none
}

// whole is a label that no line breaks.
func whole(label string) string { return strings.ReplaceAll(label, " ", "\u00a0") }

// Preheader is what a list of mails shows behind the subject.
func (v view) Preheader() string {
	var list []string
	if v.Brief != nil {
		for _, l := range v.Brief.Lines {
			list = append(list, l.Text)
		}
	}
	return cut(strings.Join(append(list, v.Headline...), " · "), 200)
}

// Head and Rest are the first line of the headline, and the others.
func (v view) Lead() string   { return v.Headline[0] }
func (v view) Rest() []string { return v.Headline[1:] }

// fitting renders as many of the stories as keep the result within a budget.
func fitting(e Edition, budget int, render func(view) (string, error)) (string, error) {
	all := len(e.Stories())
	for n := all; ; {
		out, err := render(shorten(e, n))
		if err != nil || len(out) < budget || n == 0 {
			return out, err
		}
		n = min(n-1, n*(budget-1000)/len(out))
	}
}

// shorten returns a view with the first n stories, the others counted.
func shorten(e Edition, n int) view {
	if hidden := len(e.Stories()) - n; hidden > 0 {
		w := wordsIn(text.ParseLang(e.Lang))
		e.More += hidden
		e.MoreLine = w.count(e.More, w.further)
	}
	var sections []Section
	for _, s := range e.Sections {
		s.Groups = firstGroups(s.Groups, &n)
		if len(s.Groups) > 0 {
			sections = append(sections, s)
		}
	}
	e.Sections = sections
	return view{Edition: e}
}

func firstGroups(groups []Group, n *int) []Group {
	var kept []Group
	for _, g := range groups {
		var parts []Part
		for _, p := range g.Parts {
			p.Stories = slices.Clone(p.Stories[:min(*n, len(p.Stories))])
			*n -= len(p.Stories)
			for i := range p.Stories {
				p.Stories[i].Events = proofs(p.Stories[i])
			}
			if len(p.Stories) > 0 {
				parts = append(parts, p)
			}
		}
		if g.Parts = parts; len(parts) > 0 {
			kept = append(kept, g)
		}
	}
	return kept
}

// proofs are a story's events without the sentences that stand elsewhere in it:
// in its extract, or under an event above.
func proofs(s Story) []EventLine {
	events := merged(s.Events)
	said := s.Extract + "\n" + s.Title
	for i, ev := range events {
		if strings.Contains(said, strings.TrimRight(ev.Sentence, ".!?…。！؟")) {
			events[i].Sentence = ""
		}
		said += "\n" + ev.Sentence
	}
	return events
}

// edge is the colour of a chip: who, with what, toward whom, saying what.
func edge(facet string) template.CSS {
	switch taxonomy.Facet(facet) {
	case taxonomy.ActorState, taxonomy.ActorInstitution, taxonomy.ActorPerson, taxonomy.Organisation:
		return "#2f5f8f"
	case taxonomy.Instrument, taxonomy.Behaviour:
		return "#35704c"
	case taxonomy.Target:
		return "#80590a"
	case taxonomy.Narrative, taxonomy.Reception:
		return "#86486f"
	}
	return "#5d6873"
}
