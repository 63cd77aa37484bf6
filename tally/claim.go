package tally

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"silkwire/news"
	"silkwire/search"
	"silkwire/taxonomy"
)

// Claim is one number that an item gives for something that can be counted.
type Claim struct {
	Subject Subject
	Value   float64
	Stock   bool // counts what stays, such as institutes; else what is given, such as grants
	Cite
}

// Subject is what a number is about: so many of a concept, of a state where one
// is named, in a place where one is named.
type Subject struct {
	Concept news.ConceptID
	State   news.ConceptID
	Place   news.ConceptID
}

// Dispute is a subject for which different numbers are given. None is chosen.
type Dispute struct {
	Subject
	Claims []Claim // by value, the oldest first
	Values int     // different ones
}

// counted is a number directly before what it counts, with one word of measure
// between them at most.
var counted = regexp.MustCompile(`(?:^|\p{Han}|[^\p{L}\p{N}.,/№#$€£¥₽+-])(\d{1,3}(?:[ \x{00a0}\x{202f},.]\d{3})+|\d+)(?:[ \x{00a0}]+(тысяч\p{L}*|тыс\.?|thousand|ming|мың|миң|ҳазор|müň|bin|هزار|万|千)|([万千]))?[ \x{00a0}]*(\p{L}+[ \x{00a0}]+|[所家个名座间]|ta |-)?$`)

// measures are the words that may stand between a number and what it counts.
var measures = []string{
	"new", "more", "such", "full", "state", "free", "government", "foreign",
	"новых", "новые", "новый", "бесплатных", "государственных", "бюджетных", "таких", "китайских", "российских", "турецких",
	"ta", "та", "nafar", "нафар", "yangi", "янги", "дана", "жаңа", "жаңы", "адам", "дона", "нав", "adet", "yeni", "sany", "täze", "عدد", "نفر",
}

// ClaimsOf returns the numbers that an item gives. The item must come with its
// text. A number is taken only where it stands right before what it counts, in
// digits: a number that is far from its noun counts something else as often as
// not, and the date of a number is never taken from a neighbouring clause.
func ClaimsOf(it *news.Item, tax *taxonomy.Taxonomy) []Claim {
	var list []Claim
	for _, s := range sentences(it) {
		for _, n := range s.named {
			if !countable(n.facet) {
				continue
			}
			before := s.text[:n.start-s.span.Start]
			value, ok := numberAtEnd(before)
			if !ok {
				continue
			}
			c := Claim{Subject: Subject{Concept: n.id, State: s.state(tax, n)}, Value: value, Stock: n.facet != taxonomy.Instrument, Cite: s.cite()}
			c.Subject.Place, _ = s.place(tax)
			if !slices.Contains(list, c) {
				list = append(list, c)
			}
		}
	}
	return list
}

func countable(f taxonomy.Facet) bool {
	return f == taxonomy.Instrument || f == taxonomy.ActorInstitution || f == taxonomy.Organisation
}

// state is the state behind what is counted, or else the only state that the
// sentence names.
func (s *sentence) state(tax *taxonomy.Taxonomy, n mention) news.ConceptID {
	if root := tax.Root(n.id); tax.Facet(root) == taxonomy.ActorState {
		return root
	}
	only := news.ConceptID("")
	for _, o := range s.named {
		root := tax.Root(o.id)
		if tax.Facet(root) != taxonomy.ActorState || root == only {
			continue
		}
		if only != "" {
			return ""
		}
		only = root
	}
	return only
}

// numberAtEnd reads the number that a text ends with. Years are none.
func numberAtEnd(s string) (float64, bool) {
	m := counted.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, m[1])
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || len(digits) > 9 || n == 0 {
		return 0, false
	}
	if between := strings.TrimSpace(m[4]); between != "" && strings.TrimLeft(between, "所家个名座间-") != "" {
		word := search.Fold(between)
		if len(word) != 1 || !slices.Contains(measures, word[0]) && !slices.Contains(measures, between) {
			return 0, false
		}
	}
	switch scale := m[2] + m[3]; {
	case scale == "万":
		n *= 10_000
	case scale != "":
		n *= 1_000
	case digits == m[1] && n >= 1900 && n <= 2100:
		return 0, false
	}
	return n, true
}

// together is how long after each other figures of what is given are figures of
// the same thing: the grants of next year are other grants.
const together = 30 * 24 * time.Hour

// Disputes are the subjects for which the claims give different numbers, those
// with the most first, and the other claims. What is given, such as grants, is
// compared only where the state and the place are named.
func Disputes(claims []Claim) (disputes []Dispute, others []Claim) {
	for _, d := range subjects(claims) {
		slices.SortStableFunc(d.Claims, func(a, b Claim) int {
			return cmp.Or(cmp.Compare(a.Value, b.Value), cmp.Compare(a.Time, b.Time), cmp.Compare(a.Item, b.Item))
		})
		for i := range d.Claims {
			if i == 0 || d.Claims[i].Value != d.Claims[i-1].Value {
				d.Values++
			}
		}
		if d.Values > 1 && (d.Claims[0].Stock || d.State != "" && d.Place != "") {
			disputes = append(disputes, d)
		} else {
			others = append(others, d.Claims...)
		}
	}
	slices.SortStableFunc(disputes, func(a, b Dispute) int {
		return cmp.Or(cmp.Compare(b.Values, a.Values), cmp.Compare(len(b.Claims), len(a.Claims)), cmp.Compare(a.Concept, b.Concept), cmp.Compare(a.Place, b.Place))
	})
	return disputes, others
}

// subjects sorts claims by what they are about; those of what is given are cut
// where a month passes without one.
func subjects(claims []Claim) []Dispute {
	sorted := slices.Clone(claims)
	slices.SortStableFunc(sorted, func(a, b Claim) int { return cmp.Compare(a.Time, b.Time) })
	at := map[Subject]int{}
	var all []Dispute
	for _, c := range sorted {
		i, ok := at[c.Subject]
		if ok && !c.Stock {
			last := all[i].Claims[len(all[i].Claims)-1]
			ok = c.day().Sub(last.day()) <= together
		}
		if !ok {
			i = len(all)
			at[c.Subject] = i
			all = append(all, Dispute{Subject: c.Subject})
		}
		all[i].Claims = append(all[i].Claims, c)
	}
	return all
}

func (c Cite) day() time.Time {
	t, _ := time.Parse(time.DateOnly, c.Time) // made by cite
	return t
}
