package digest

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

const columns = 72

// plainText is the edition for those who read mail in a terminal.
func plainText(v view) string {
	var p page
	p.line("SILKWIRE  " + v.Title)
	p.rule('=')
	for _, h := range v.Headline {
		p.wrap("", h)
	}
	if v.Tally != nil {
		var rows []string
		for _, r := range v.Tally.Rows {
			rows = append(rows, r.Label+" "+strconv.Itoa(r.N))
		}
		p.wrap("", v.Tally.Title+": "+strings.Join(rows, ", ")+".")
	}
	if v.Brief != nil {
		p.heading(v.Brief.Title)
		for _, l := range v.Brief.Lines {
			p.wrap("- ", l.Text)
		}
	}
	if v.Surges != nil {
		p.heading(v.Surges.Title)
		for _, s := range v.Surges.List {
			p.wrap("^ ", s.Line)
		}
	}
	for _, s := range v.Sections {
		p.section(s)
	}
	if v.MoreLine != "" {
		p.blank()
		p.wrap("+ ", v.MoreLine)
	}
	p.corrections(v.Corrections)
	if v.Coverage != nil {
		p.heading(v.Coverage.Title)
		for _, l := range v.Coverage.Lines {
			p.wrap("! ", l)
		}
	}
	p.blank()
	p.rule('-')
	for _, f := range v.Footer {
		p.wrap("", f)
	}
	if v.URL != "" {
		p.blank()
		p.line(v.URLWord + ":")
		p.line(v.URL)
	}
	if v.Unsubscribe != "" {
		p.blank()
		p.line(v.Leave + ":")
		p.line(v.Unsubscribe)
	}
	return p.b.String()
}

// page is a text of lines of at most 72 columns.
type page struct{ b strings.Builder }

func (p *page) line(s string) { p.b.WriteString(strings.TrimRight(s, " ") + "\n") }
func (p *page) blank()        { p.b.WriteString("\n") }
func (p *page) rule(r rune)   { p.line(strings.Repeat(string(r), columns)) }

func (p *page) heading(title string) {
	p.blank()
	p.line(strings.ToUpper(title))
	p.rule('-')
}

func (p *page) section(s Section) {
	p.heading(s.Title)
	if s.Note != "" {
		p.wrap("", s.Note)
	}
	for _, g := range s.Groups {
		for i, part := range g.Parts {
			p.partTitle(g, i, part)
			for _, story := range part.Stories {
				p.story(story)
			}
		}
	}
}

// partTitle is "China", then "China: Education" and so on.
func (p *page) partTitle(g Group, i int, part Part) {
	title := g.Title
	if part.Title != "" {
		title += " / " + part.Title
	}
	if title == "" {
		return
	}
	p.blank()
	p.line("== " + title + " ==")
}

func (p *page) story(s Story) {
	p.blank()
	p.wrap("* ", s.Title)
	var tellers []string
	for _, t := range s.Tellers {
		tellers = append(tellers, t.Name+about(t))
	}
	p.wrap("  ", strings.Join(tellers, " + ")+" · "+s.When)
	for _, ev := range s.Events {
		p.wrap("  > ", ev.Line)
		if ev.Sentence != "" {
			p.wrap("    | ", ev.Sentence)
		}
	}
	if s.Extract != "" {
		p.wrap("  ", s.Extract)
	}
	var chips []string
	for _, c := range s.Chips {
		chips = append(chips, "["+strings.ReplaceAll(c.Label, " ", "\u00a0")+"]")
	}
	if len(chips) > 0 {
		p.wrap("  ", strings.Join(chips, " "))
	}
	for _, link := range []string{s.Link, s.Permalink} {
		if link != "" {
			p.line("  " + link)
		}
	}
}

func about(t Teller) string {
	var facts []string
	for _, f := range []string{t.Country, t.Language, t.Placed} {
		if f != "" {
			facts = append(facts, f)
		}
	}
	if len(facts) == 0 {
		return ""
	}
	return " (" + strings.Join(facts, ", ") + ")"
}

func (p *page) corrections(c *Corrections) {
	if c == nil {
		return
	}
	p.heading(c.Title)
	for _, k := range c.List {
		p.blank()
		p.wrap("* ", k.Title)
		if k.Outlet != "" {
			p.wrap("  ", k.Outlet)
		}
		for _, w := range k.What {
			p.wrap("  ~ ", w)
		}
		if k.Link != "" {
			p.line("  " + k.Link)
		}
	}
	if c.More != "" {
		p.blank()
		p.wrap("", c.More)
	}
}

// wrap writes s in lines that begin with a prefix, the first with its mark and
// the others with blanks ("| " stays). Breaks are at blanks and between
// Chinese characters; a longer word stands alone.
func (p *page) wrap(prefix, s string) {
	rest := strings.Repeat(" ", len(prefix))
	if strings.HasSuffix(prefix, "| ") {
		rest = prefix
	}
	line, used := prefix, wide(prefix)
	empty := true
	for _, piece := range pieces(s) {
		w := wide(strings.TrimRight(piece, " "))
		if !empty && used+w > columns {
			p.line(strings.ReplaceAll(line, "\u00a0", " "))
			line, used = rest, wide(rest)
		}
		line += piece
		used += wide(piece)
		empty = false
	}
	p.line(strings.ReplaceAll(line, "\u00a0", " "))
}

// pieces cuts s where a line may end: behind a blank, and between two wide
// characters unless the second is punctuation.
func pieces(s string) []string {
	var list []string
	start, before := 0, rune(0)
	for i, r := range s {
		if i > start && (before == ' ' || isWide(before) && isWide(r) && !unicode.IsPunct(r)) {
			list = append(list, s[start:i])
			start = i
		}
		before = r
	}
	return append(list, s[start:])
}

func isWide(r rune) bool {
	k := width.LookupRune(r).Kind()
	return k == width.EastAsianWide || k == width.EastAsianFullwidth
}

// wide is how many columns s takes in a terminal.
func wide(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case isWide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}
