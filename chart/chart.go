// Package chart draws numbers as SVG that a page carries and a printer prints:
// no script, no inline style, no font of its own. Colours come from the classes
// of silkwire.css and from currentColor, so that light, dark and paper need one
// drawing; what colour tells, a pattern, a mark or a word tells as well. Every
// drawing has a title and a description for those who do not see it.
//
// It is pure: the same numbers give the same bytes.
package chart

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Head names a drawing: ID is unique on the page, Title says what is shown and
// Desc what is to be seen in it. Point stands before fractions; "" is a full stop.
type Head struct{ ID, Title, Desc, Point string }

// canvas is a drawing under way.
type canvas struct {
	strings.Builder
	w, h float64
}

func (c *canvas) finish(h Head, class string) string {
	var out strings.Builder
	id := html.EscapeString(h.ID)
	fmt.Fprintf(&out, `<svg class="chart %s" viewBox="0 0 %s %s" width="%s" height="%s" role="img" aria-labelledby="%s-t %s-d" xmlns="http://www.w3.org/2000/svg">`,
		class, num(c.w), num(c.h), num(c.w), num(c.h), id, id)
	fmt.Fprintf(&out, `<title id="%s-t">%s</title><desc id="%s-d">%s</desc>`, id, html.EscapeString(h.Title), id, html.EscapeString(h.Desc))
	out.WriteString(c.String())
	out.WriteString("</svg>")
	return out.String()
}

// num writes a coordinate with one place at most.
func num(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		x = 0
	}
	return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64)
}

func (c *canvas) rect(x, y, w, h float64, class string) {
	fmt.Fprintf(c, `<rect x="%s" y="%s" width="%s" height="%s" class="%s"/>`, num(x), num(y), num(max(w, 0)), num(max(h, 0)), class)
}

func (c *canvas) line(x1, y1, x2, y2 float64, class string) {
	fmt.Fprintf(c, `<line x1="%s" y1="%s" x2="%s" y2="%s" class="%s"/>`, num(x1), num(y1), num(x2), num(y2), class)
}

// text writes s at a point; anchor is start, middle or end.
func (c *canvas) text(x, y float64, anchor, class, s string) {
	fmt.Fprintf(c, `<text x="%s" y="%s" text-anchor="%s" class="%s">%s</text>`, num(x), num(y), anchor, class, html.EscapeString(s))
}

// mark is a sign that differs by shape as well as by colour.
func (c *canvas) mark(n int, x, y, r float64) {
	class := "c" + strconv.Itoa(n%Colours) + " mark"
	switch n % 4 {
	case 0:
		fmt.Fprintf(c, `<circle cx="%s" cy="%s" r="%s" class="%s"/>`, num(x), num(y), num(r), class)
	case 1:
		c.rect(x-r*.9, y-r*.9, r*1.8, r*1.8, class)
	case 2:
		fmt.Fprintf(c, `<path d="M%s %sl%s %sh%sz" class="%s"/>`, num(x), num(y-r*1.1), num(r*1.1), num(r*2), num(-r*2.2), class)
	default:
		fmt.Fprintf(c, `<path d="M%s %sl%s %sl%s %sl%s %sz" class="%s"/>`, num(x), num(y-r*1.2), num(r*1.2), num(r*1.2), num(-r*1.2), num(r*1.2), num(-r*1.2), num(-r*1.2), class)
	}
}

// Colours is how many colours there are; after them they begin anew, with
// another mark and another dash.
const Colours = 7

// The measures of type: what a letter takes at the charts' size, in units.
const (
	letter   = 6.4
	cyrillic = 7.5
	ideogram = 12.5
	lineHigh = 15.0
)

// width is about how wide a text is.
func width(s string) float64 {
	w := 0.0
	for _, r := range s {
		switch {
		case r >= 0x2e80:
			w += ideogram
		case unicode.Is(unicode.Cyrillic, r):
			w += cyrillic
		default:
			w += letter
		}
	}
	return w
}

func widest(list []string, most float64) float64 {
	w := 0.0
	for _, s := range list {
		w = max(w, width(s))
	}
	return min(w, most)
}

// cut shortens a text to about w units.
func cut(s string, w float64) string {
	if width(s) <= w {
		return s
	}
	for s != "" && width(s)+letter > w {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return strings.TrimRight(s, " ,.-") + "…"
}

// ticks are round numbers from 0 to at least most, whole ones for counts.
func ticks(most float64, whole bool) []float64 {
	if most <= 0 {
		most = 1
	}
	step := math.Pow(10, math.Floor(math.Log10(most/4)))
	for _, f := range []float64{1, 2, 5, 10} {
		if most/(step*f) <= 5 {
			step *= f
			break
		}
	}
	if whole {
		step = max(1, math.Round(step))
	}
	list := []float64{0}
	for list[len(list)-1] < most-step*1e-9 {
		list = append(list, float64(len(list))*step)
	}
	return list
}

// Number writes a count for people, with narrow spaces between thousands.
func Number(x float64) string {
	s := strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64)
	whole, part, found := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0 && whole[i-1] != '-'; i -= 3 {
		whole = whole[:i] + "\u202f" + whole[i:]
	}
	if found {
		return whole + "." + part
	}
	return whole
}

func (h Head) percent(x float64) string {
	s := strconv.FormatFloat(math.Round(x*1000)/10, 'f', -1, 64) + " %"
	if h.Point != "" {
		s = strings.Replace(s, ".", h.Point, 1)
	}
	return s
}
