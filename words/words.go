// Package words has what pages say, in the reader's language. What the program
// says is written in English where it is said; a file for each language has the
// same in that language, for translators who need not know Go. What a file lacks
// is said in English.
package words

//go:generate go test ../web -run TestEveryMessageHasItsPlaceInEveryLanguage -words

import (
	"fmt"
	"html"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"
)

// Message is what a page says, in English: a format of package fmt, and the key
// under which the files of the other languages have it. A percent sign that
// stands for itself is written twice.
type Message string

// Said is a message with what it is about, to be said inside another.
type Said struct {
	Message Message
	Args    []any
}

// String says it as it is written.
func (s Said) String() string { return fmt.Sprintf(string(s.Message), s.Args...) }

// Language says messages in one language. It may be used by many goroutines.
type Language struct {
	Tag  string // of BCP 47: "ru"
	Name string // in the language itself: "Русский"

	tag      language.Tag
	catalog  catalog.Catalog
	known    map[Message]bool // what the catalogue has
	calendar Calendar
	decimal  string // what stands before a fraction
}

// Say says a message. Whole numbers choose its plural form and get thin spaces
// between their thousands.
func (l *Language) Say(m Message, args ...any) string {
	if _, known := l.known[m]; !known && len(args) == 0 {
		return strings.ReplaceAll(string(m), "%%", "%") // be it what it may: it came as a value
	}
	said := make([]any, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case int:
			said[i] = counted(a)
		case int64:
			said[i] = counted(a)
		case Message:
			said[i] = l.Say(a)
		case Said:
			said[i] = l.Say(a.Message, a.Args...)
		default:
			said[i] = a
		}
	}
	return message.NewPrinter(l.tag, message.Catalog(l.catalog)).Sprintf(string(m), said...)
}

// HTML says a message with pieces of HTML in it, such as links. Everything else,
// the message itself included, is text.
func (l *Language) HTML(m Message, args ...any) template.HTML {
	var pieces []string
	plain := slices.Clone(args)
	for i, a := range args {
		if piece, ok := a.(template.HTML); ok {
			plain[i] = "\x00" + strconv.Itoa(len(pieces)) + "\x00"
			pieces = append(pieces, string(piece))
		}
	}
	out := html.EscapeString(l.Say(m, plain...))
	for i, piece := range pieces {
		out = strings.ReplaceAll(out, "\x00"+strconv.Itoa(i)+"\x00", piece)
	}
	return template.HTML(out) //nolint:gosec // text is escaped, and pieces are HTML already
}

// counted is a whole number that chooses a plural form.
type counted int64

// Format writes it with thin spaces between thousands, whatever the verb.
func (n counted) Format(w fmt.State, _ rune) { _, _ = fmt.Fprint(w, Grouped(int64(n))) }

// PluralForm keeps the promise of plural.Interface.
func (n counted) PluralForm(in language.Tag, _ int) (plural.Form, int) {
	i := int(max(n, -n) % 10_000_000)
	return plural.Cardinal.MatchPlural(in, i, 0, 0, 0, 0), i
}

// Grouped writes a whole number with thin spaces between thousands.
func Grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "\u202f" + digits[i:]
	}
	return sign + digits
}

// Decimal writes a number with the language's own sign before the fraction, and
// so many places; -1 is as many as it needs.
func (l *Language) Decimal(x float64, places int) string {
	return strings.Replace(strconv.FormatFloat(x, 'f', places, 64), ".", l.decimal, 1)
}

// Point is what stands before a fraction, for drawings that write their own numbers.
func (l *Language) Point() string { return l.decimal }
