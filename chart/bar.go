package chart

// Bar is one row of bars.
type Bar struct {
	Name   string
	Values []float64 // one for each part
	Note   string    // behind the row, such as "12 deals"
}

// Stacked draws rows that are divided into parts of a whole.
func Stacked(h Head, parts []string, bars []Bar) string {
	const wide, rowHigh, top, labelMost, noteWide = 860.0, 34.0, 34.0, 220.0, 110.0
	left := widest(names(bars), labelMost) + 12
	c := &canvas{w: wide, h: top + rowHigh*float64(len(bars)) + 6}
	c.legend(left, 14, parts, true)
	room := wide - left - noteWide
	for i, b := range bars {
		y, sum := top+rowHigh*float64(i), 0.0
		for _, v := range b.Values {
			sum += v
		}
		c.text(left-10, y+rowHigh/2+4, "end", "label", cut(b.Name, labelMost))
		x := left
		for k, v := range b.Values {
			if v <= 0 {
				continue
			}
			w := room * v / sum
			c.rect(x, y+5, w, rowHigh-10, fillClass(k))
			if text := h.percent(v / sum); width(text)+6 < w {
				c.text(x+w/2, y+rowHigh/2+4, "middle", "onbar", text)
			}
			x += w
		}
		c.text(wide-noteWide+10, y+rowHigh/2+4, "start", "small", b.Note)
	}
	return c.finish(h, "stacked")
}

// Grouped draws for each row one bar for each part, all on one scale.
func Grouped(h Head, parts []string, bars []Bar, share bool) string {
	const wide, barHigh, gap, top, labelMost = 860.0, 13.0, 12.0, 34.0, 220.0
	left := widest(names(bars), labelMost) + 12
	rowHigh := barHigh*float64(len(parts)) + gap
	c := &canvas{w: wide, h: top + rowHigh*float64(len(bars)) + 6}
	c.legend(left, 14, parts, true)
	most := 0.0
	for _, b := range bars {
		for _, v := range b.Values {
			most = max(most, v)
		}
	}
	if most == 0 {
		most = 1
	}
	room := wide - left - 70
	for i, b := range bars {
		y := top + rowHigh*float64(i)
		c.text(left-10, y+rowHigh/2, "end", "label", cut(b.Name, labelMost))
		for k, v := range b.Values {
			w := room * v / most
			at := y + barHigh*float64(k)
			c.rect(left, at, w, barHigh-2, fillClass(k))
			text := Number(v)
			if share {
				text = h.percent(v)
			}
			c.text(left+w+5, at+barHigh-3, "start", "small", text)
		}
		c.line(left, y-gap/2, left, y+rowHigh-gap/2, "axis")
	}
	return c.finish(h, "grouped")
}

func names(bars []Bar) []string {
	list := make([]string, len(bars))
	for i, b := range bars {
		list[i] = b.Name
	}
	return list
}

// Pair is one row of a comparison: a value and its interval for each of two.
type Pair struct {
	Name  string
	Value [2]float64
	Low   [2]float64
	High  [2]float64
}

// Pairs draws two shares side by side, each with the interval in which it may
// as well lie.
func Pairs(h Head, parties [2]string, pairs []Pair) string {
	const wide, rowHigh, top, labelMost = 860.0, 36.0, 34.0, 250.0
	list := make([]string, len(pairs))
	most := 0.01
	for i, p := range pairs {
		list[i] = p.Name
		most = max(most, p.High[0], p.High[1])
	}
	left := widest(list, labelMost) + 12
	c := &canvas{w: wide, h: top + rowHigh*float64(len(pairs)) + 24}
	c.legend(left, 14, parties[:], false)
	marks := ticks(most, false)
	x := func(v float64) float64 { return left + (wide-left-30)*v/marks[len(marks)-1] }
	bottom := top + rowHigh*float64(len(pairs))
	for _, t := range marks {
		c.line(x(t), top, x(t), bottom, "grid")
		c.text(x(t), bottom+16, "middle", "small", h.percent(t))
	}
	for i, p := range pairs {
		y := top + rowHigh*(float64(i)+.5)
		c.text(left-10, y+4, "end", "label", cut(p.Name, labelMost))
		for k := range 2 {
			at := y - 7 + 14*float64(k)
			c.line(x(p.Low[k]), at, x(p.High[k]), at, "reach c"+num(float64(k)))
			c.mark(k, x(p.Value[k]), at, 5)
		}
	}
	return c.finish(h, "pairs")
}
