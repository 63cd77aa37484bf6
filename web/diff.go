package web

import (
	"slices"
	"strings"
	"unicode"
)

// change is a run of words that stayed, came or went between two versions.
type change struct {
	Text string
	Came bool
	Went bool
}

// changedText is what differs between two versions: the paragraphs with a
// change in them.
type changedText struct {
	Paragraphs [][]change // an empty one stands for paragraphs without a change
	Numbers    []string   // that came or went
	Names      []string
}

// compareTexts tells the words that came from those that went.
func compareTexts(before, after string) changedText {
	var d changedText
	changes := diff(tokens(before), tokens(after))
	d.Numbers, d.Names = telling(changes)
	var p []change
	end := func() {
		if slices.ContainsFunc(p, func(c change) bool { return c.Came || c.Went }) {
			d.Paragraphs = append(d.Paragraphs, p)
		} else if n := len(d.Paragraphs); len(p) > 0 && (n == 0 || len(d.Paragraphs[n-1]) > 0) {
			d.Paragraphs = append(d.Paragraphs, nil)
		}
		p = nil
	}
	for _, c := range changes {
		for i, line := range strings.Split(c.Text, "\n") {
			if i > 0 {
				end()
			}
			if line != "" {
				p = append(p, change{line, c.Came, c.Went})
			}
		}
	}
	end()
	return d
}

// telling are the numbers and the names among the changed words. A name is a
// word with a capital that does not begin a sentence.
func telling(changes []change) (numbers, names []string) {
	add := func(list *[]string, s string) {
		if !slices.Contains(*list, s) {
			*list = append(*list, s)
		}
	}
	begins := [2]bool{true, true} // a sentence, in the version before and in the one after
	for _, c := range changes {
		for _, t := range tokens(c.Text) {
			runes := []rune(t)
			changed := c.Came || c.Went
			old, now := !c.Came, !c.Went
			begin := old && begins[0] || now && begins[1]
			switch {
			case changed && strings.ContainsFunc(t, unicode.IsDigit):
				add(&numbers, t)
			case changed && !begin && unicode.IsUpper(runes[0]):
				add(&names, t)
			}
			for side, here := range []bool{old, now} {
				if here && !isSpace(t) {
					begins[side] = strings.ContainsAny(t, ".!?…:«\"“")
				} else if here && strings.Contains(t, "\n") {
					begins[side] = true
				}
			}
		}
	}
	return numbers, names
}

func isSpace(s string) bool { return strings.TrimSpace(s) == "" }

// tokens cuts a text into words, runs of space, and single other characters. A
// number keeps the marks between its digits; Chinese is cut into characters.
func tokens(s string) []string {
	var list []string
	runes := []rune(s)
	for i := 0; i < len(runes); {
		j := i + 1
		switch r := runes[i]; {
		case unicode.Is(unicode.Han, r):
		case inWord(r):
			for j < len(runes) && (inWord(runes[j]) && !unicode.Is(unicode.Han, runes[j]) || joinsDigits(runes, j)) {
				j++
			}
		case r == '\n':
		case unicode.IsSpace(r):
			for j < len(runes) && unicode.IsSpace(runes[j]) && runes[j] != '\n' {
				j++
			}
		}
		list = append(list, string(runes[i:j]))
		i = j
	}
	return list
}

func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || isJoiner(r) || strings.ContainsRune("ʻʼ‘’'", r)
}

func joinsDigits(runes []rune, j int) bool {
	return strings.ContainsRune(".,", runes[j]) && unicode.IsDigit(runes[j-1]) && j+1 < len(runes) && unicode.IsDigit(runes[j+1])
}

// mostEdits bounds the search for the shortest edit; texts that differ more are
// shown one after the other.
const mostEdits = 1500

// diff is the shortest way from one list of words to another (Myers 1986).
func diff(a, b []string) []change {
	from := 0
	for from < len(a) && from < len(b) && a[from] == b[from] {
		from++
	}
	end := 0
	for end < len(a)-from && end < len(b)-from && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	var out []change
	out = append(out, change{Text: strings.Join(a[:from], "")})
	out = append(out, edits(a[from:len(a)-end], b[from:len(b)-end])...)
	out = append(out, change{Text: strings.Join(a[len(a)-end:], "")})
	return joinChanges(out)
}

// edits walks the furthest reaching paths until one is at the end, and then
// back along it.
func edits(a, b []string) []change {
	n, m := len(a), len(b)
	reach := map[int]int{1: 0}
	var trace []map[int]int
	for d := 0; d <= min(n+m, mostEdits); d++ {
		trace = append(trace, cloneReach(reach))
		for k := -d; k <= d; k += 2 {
			x := reach[k-1] + 1
			if k == -d || k != d && reach[k-1] < reach[k+1] {
				x = reach[k+1]
			}
			for x < n && x-k < m && a[x] == b[x-k] {
				x++
			}
			reach[k] = x
			if x >= n && x-k >= m {
				return backtrack(a, b, trace)
			}
		}
	}
	return []change{{Text: strings.Join(a, ""), Went: true}, {Text: strings.Join(b, ""), Came: true}}
}

func cloneReach(m map[int]int) map[int]int {
	c := make(map[int]int, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

func backtrack(a, b []string, trace []map[int]int) []change {
	var out []change
	x, y := len(a), len(b)
	for d := len(trace) - 1; d >= 0; d-- {
		reach, k := trace[d], x-y
		prev := k - 1
		if k == -d || k != d && reach[k-1] < reach[k+1] {
			prev = k + 1
		}
		px := reach[prev]
		py := px - prev
		for x > px && y > py && x > 0 && y > 0 {
			x, y = x-1, y-1
			out = append(out, change{Text: a[x]})
		}
		switch {
		case d == 0:
		case x == px:
			y--
			out = append(out, change{Text: b[y], Came: true})
		default:
			x--
			out = append(out, change{Text: a[x], Went: true})
		}
	}
	slices.Reverse(out)
	return out
}

// joinChanges puts runs of one kind together; a space between two changes goes
// with them, so that a changed phrase reads as one.
func joinChanges(list []change) []change {
	var out []change
	var came, went strings.Builder
	flush := func() {
		if went.Len() > 0 {
			out = append(out, change{Text: went.String(), Went: true})
		}
		if came.Len() > 0 {
			out = append(out, change{Text: came.String(), Came: true})
		}
		came.Reset()
		went.Reset()
	}
	for i, c := range list {
		switch {
		case c.Text == "":
		case c.Came:
			came.WriteString(c.Text)
		case c.Went:
			went.WriteString(c.Text)
		case isSpace(c.Text) && !strings.Contains(c.Text, "\n") && came.Len()+went.Len() > 0 && i+1 < len(list) && (list[i+1].Came || list[i+1].Went):
			came.WriteString(c.Text)
			went.WriteString(c.Text)
		default:
			flush()
			if n := len(out); n > 0 && !out[n-1].Came && !out[n-1].Went {
				out[n-1].Text += c.Text
			} else {
				out = append(out, c)
			}
		}
	}
	flush()
	return out
}
