package chart

import "math"

// Heat draws a matrix: one square for each count, its area growing with the
// count, which stands inside or beside it.
func Heat(h Head, rows, cols []string, counts [][]int) string {
	const cell, rowHigh, squareMost, labelMost = 46.0, 34.0, 30.0, 220.0
	left := widest(rows, labelMost) + 12
	slant := widest(cols, 150)*0.62 + 16 // column heads stand at an angle
	c := &canvas{w: left + cell*float64(len(cols)) + slant*1.1, h: slant + rowHigh*float64(len(rows)) + 6}
	most := 0
	for _, line := range counts {
		for _, n := range line {
			most = max(most, n)
		}
	}
	for j, name := range cols {
		x := left + cell*(float64(j)+.5)
		c.WriteString(`<g transform="translate(` + num(x-3) + ` ` + num(slant-7) + `) rotate(-38)">`)
		c.text(0, 0, "start", "label", cut(name, 150))
		c.WriteString("</g>")
	}
	for i, name := range rows {
		y := slant + rowHigh*(float64(i)+.5)
		c.line(0, y+rowHigh/2, left+cell*float64(len(cols)), y+rowHigh/2, "grid")
		c.text(left-10, y+4, "end", "label", cut(name, labelMost))
		for j, n := range counts[i] {
			if n == 0 {
				continue
			}
			x := left + cell*(float64(j)+.5)
			side := squareMost * math.Sqrt(float64(n)/float64(most))
			c.rect(x-side/2, y-side/2, side, side, "square")
			if text := Number(float64(n)); width(text)+4 < side {
				c.text(x, y+4, "middle", "inside", text)
			} else {
				c.text(x+side/2+3, y+4, "start", "small", text)
			}
		}
	}
	return c.finish(h, "heat")
}

// Presence says for each field of a map which of some parties are there, and
// how strongly; a field may have a sign as well (nil: none has).
func Presence(h Head, rows, cols, parties []string, counts [][][]int, signs [][]string) string {
	const room, rowHigh, labelMost = 104.0, 36.0, 220.0 // room for the parties of a field
	cell := room
	if signs != nil {
		cell += 14
	}
	left := widest(rows, labelMost) + 12
	const top = 52.0
	c := &canvas{w: left + cell*float64(len(cols)) + 4, h: top + rowHigh*float64(len(rows)) + 4}
	most := 1
	for _, line := range counts {
		for _, field := range line {
			for _, n := range field {
				most = max(most, n)
			}
		}
	}
	c.legend(left, 14, parties, false)
	for j, name := range cols {
		c.text(left+cell*(float64(j)+.5), top-8, "middle", "label", cut(name, cell-4))
	}
	for i, name := range rows {
		y := top + rowHigh*(float64(i)+.5)
		c.line(0, y-rowHigh/2, c.w, y-rowHigh/2, "grid")
		c.text(left-10, y+4, "end", "label", cut(name, labelMost))
		for j, field := range counts[i] {
			there := 0
			for _, n := range field {
				if n > 0 {
					there++
				}
			}
			if there > 1 {
				c.rect(left+cell*float64(j)+3, y-rowHigh/2+3, cell-6, rowHigh-6, "both")
			}
			step := (room - 8) / float64(len(field))
			for k, n := range field {
				if n > 0 {
					widest := min(12, step/2) - 3 // neighbours touch at most
					c.mark(k, left+cell*float64(j)+4+step*(float64(k)+.5), y, 3+widest*math.Sqrt(float64(n)/float64(most)))
				}
			}
			if signs != nil && signs[i][j] != "" {
				c.text(left+cell*float64(j+1)-7, y+4, "end", "sign", signs[i][j])
			}
		}
	}
	return c.finish(h, "presence")
}

// legend writes the names of series with their signs, and returns where it ends.
func (c *canvas) legend(x, y float64, names []string, swatch bool) float64 {
	for i, name := range names {
		if swatch {
			c.rect(x, y-9, 12, 12, fillClass(i))
		} else {
			c.mark(i, x+6, y-3, 5)
		}
		name = cut(name, 170)
		c.text(x+18, y+1, "start", "label", name)
		x += 18 + width(name) + 18
	}
	return x
}
