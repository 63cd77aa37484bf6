package chart

import (
	"fmt"
	"strconv"
	"strings"
)

// Lines is a time line: one line for each series above what they are a part of.
type Lines struct {
	Head
	Periods []string // names, for the axis
	Series  []Series
	Whole   []int // the denominator: all items that were read in each period; nil: not shown
	Share   bool  // Series hold shares, not counts
	Marks   []Mark
	WholeAs string // "All items read, at most %s", with a place for the highest column
}

// Series is one line.
type Series struct {
	Name   string
	Values []float64
}

// Mark is something that bears on what a line can say: an outage, a source that
// was added. It covers the periods From up to and with To.
type Mark struct {
	From, To int
	Name     string
	Bad      bool    // nothing or less could be read
	Part     float64 // 0–1: how much of all could not be read; its height
}

// Draw draws the lines, the denominator below them and the marks behind both.
// A line over a period in which nothing at all was read is broken: nothing is
// known there, which is not zero.
func (l Lines) Draw() string {
	const wide, high, below, left = 860.0, 250.0, 62.0, 52.0
	top := 30.0
	c := &canvas{w: wide, h: top + high + 30}
	if l.Whole != nil {
		c.h += below + 24
	}
	right := wide - 12
	step := (right - left) / float64(max(1, len(l.Periods)))
	x := func(i int) float64 { return left + step*(float64(i)+.5) }
	most := 0.0
	for _, s := range l.Series {
		for _, v := range s.Values {
			most = max(most, v)
		}
	}
	marks := ticks(most, !l.Share)
	y := func(v float64) float64 { return top + high - high*v/marks[len(marks)-1] }
	l.drawMarks(c, left, step, top, c.h-28)
	for _, t := range marks {
		c.line(left, y(t), right, y(t), "grid")
		name := Number(t)
		if l.Share {
			name = l.percent(t)
		}
		c.text(left-8, y(t)+4, "end", "small", name)
	}
	for n, s := range l.Series {
		l.drawLine(c, n, s, x, y)
	}
	names := make([]string, len(l.Series))
	for i, s := range l.Series {
		names[i] = s.Name
	}
	c.legend(left, 14, names, false)
	bottom := top + high
	if l.Whole != nil {
		bottom = l.drawWhole(c, left, step, bottom+24, below)
	}
	l.drawAxis(c, x, step, bottom+16)
	return c.finish(l.Head, "lines")
}

func (l *Lines) drawMarks(c *canvas, left, step, top, bottom float64) {
	for i, m := range l.Marks {
		x, w := left+step*float64(m.From), step*float64(m.To-m.From+1)
		if m.Bad {
			c.rect(x, top, w, max(5, (bottom-top)*min(1, m.Part)), "outage")
		} else {
			c.line(x, top, x, bottom, "added")
		}
		c.text(min(x+3, c.w-14), top+10+11*float64(i%3), "start", "note", m.Sign())
	}
}

// Sign is what stands on the drawing for a mark; the page says the rest.
func (m Mark) Sign() string {
	if m.Bad {
		return "!"
	}
	return "+"
}

// unread reports whether nothing at all was read in a period.
func (l *Lines) unread(i int) bool { return l.Whole != nil && l.Whole[i] == 0 }

func (l *Lines) drawLine(c *canvas, n int, s Series, x func(int) float64, y func(float64) float64) {
	var d strings.Builder
	open := false
	for i, v := range s.Values {
		if l.unread(i) {
			open = false
			continue
		}
		verb := "L"
		if !open {
			verb = "M"
		}
		open = true
		fmt.Fprintf(&d, "%s%s %s", verb, num(x(i)), num(y(v)))
	}
	fmt.Fprintf(c, `<path d="%s" class="line c%d d%d"/>`, d.String(), n%Colours, n/Colours%4)
	for i, v := range s.Values {
		if !l.unread(i) && (len(s.Values) <= 62 || i%7 == 0) {
			c.mark(n, x(i), y(v), 2.6)
		}
	}
}

// drawWhole draws the denominator as columns and returns where they stand.
func (l *Lines) drawWhole(c *canvas, left, step, top, high float64) float64 {
	most := 1
	for _, n := range l.Whole {
		most = max(most, n)
	}
	c.text(left, top-6, "start", "small", fmt.Sprintf(l.WholeAs, Number(float64(most))))
	for i, n := range l.Whole {
		h := high * float64(n) / float64(most)
		c.rect(left+step*float64(i)+step*.1, top+high-h, step*.8, h, "whole")
	}
	c.line(left, top+high, left+step*float64(len(l.Whole)), top+high, "axis")
	return top + high
}

// drawAxis names as many periods as there is room for.
func (l *Lines) drawAxis(c *canvas, x func(int) float64, step, y float64) {
	every := 1
	for float64(every)*step < widest(l.Periods, 180)+14 {
		every++
	}
	for i, name := range l.Periods {
		if i%every == 0 {
			c.text(min(max(x(i), width(name)/2), c.w-width(name)/2), y, "middle", "small", name)
		}
	}
}

func fillClass(i int) string { return "c" + strconv.Itoa(i%Colours) + " slab p" + strconv.Itoa(i%4) }
