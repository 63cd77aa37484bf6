package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Place is where something was said: in a file, or in an environment variable,
// which has no lines.
type Place struct {
	File      string
	Line, Col int // from 1; in characters
}

func (p Place) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Mistake is one thing wrong with a configuration.
type Mistake struct {
	Place
	Msg string // what is wrong, and what would be right
}

func (m Mistake) Error() string { return m.Place.String() + ": " + m.Msg }

// Mistakes are all things wrong with a configuration, in the order of the file,
// those of the environment last.
type Mistakes []Mistake

func (ms Mistakes) Error() string {
	lines := make([]string, len(ms))
	for i, m := range ms {
		lines[i] = m.Error()
	}
	return strings.Join(lines, "\n")
}

// maxMistakes bounds what is reported: nobody reads more.
const maxMistakes = 500

func (ms Mistakes) sorted() Mistakes {
	ms = slices.Clone(ms)
	slices.SortStableFunc(ms, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(b2i(a.Line == 0), b2i(b.Line == 0)), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return slices.Compact(ms)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// oneOf says that name is none of the valid ones, and which it might have been.
func oneOf(what, name string, valid []string) error {
	name = shortened(name)
	if near := nearest(name, valid); near != "" {
		return fmt.Errorf("unknown %s %q; did you mean %q?", what, name, near)
	}
	if len(valid) > 40 {
		return fmt.Errorf("unknown %s %q", what, name)
	}
	return fmt.Errorf("unknown %s %q; one of: %s", what, name, strings.Join(valid, ", "))
}

// nearest returns the valid name most like the given one, or "" when none is
// near.
func nearest(name string, valid []string) string {
	name = strings.ToLower(name)
	if len(name) > 64 {
		return ""
	}
	best, at := "", len([]rune(name))/3+1
	for _, v := range valid {
		if d := distance([]rune(name), []rune(strings.ToLower(v))); d < at {
			best, at = v, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace or swap with their
// neighbour until a is b.
func distance(a, b []rune) int {
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range b {
			next[j+1] = min(row[j+1]+1, next[j]+1, row[j]+b2i(a[i] != b[j]))
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
