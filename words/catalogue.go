package words

import (
	"embed"
	"errors"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message/catalog"
)

//go:embed *.yaml
var files embed.FS

// Languages are the languages that pages can be read in, English first.
func Languages() []string { return []string{"en", "ru", "uz", "kk"} }

// Catalogue is every language that pages can be read in.
type Catalogue struct {
	languages []*Language
	matcher   language.Matcher
}

// File is what the file of a language says.
type File struct {
	Name     string          `yaml:"name"`
	Decimal  string          `yaml:"decimal"`
	Calendar Calendar        `yaml:"calendar"`
	Messages map[string]Text `yaml:"messages"`
}

// Text is a message in a language: one text, or one for each plural form that
// the language has ("one", "few", "many", "other").
type Text struct {
	One   string
	Forms map[string]string
}

// UnmarshalYAML keeps the promise of yaml.InterfaceUnmarshaler.
func (t *Text) UnmarshalYAML(read func(any) error) error {
	if read(&t.One) == nil {
		return nil
	}
	return read(&t.Forms)
}

// Missing reports whether a translator has yet to say it.
func (t Text) Missing() bool {
	for _, form := range t.Forms {
		if form == "" {
			return true
		}
	}
	return t.One == "" && len(t.Forms) == 0
}

// Read reads the file of a language.
func Read(tag string) (File, error) {
	var f File
	raw, err := files.ReadFile(tag + ".yaml")
	if err == nil {
		err = yaml.UnmarshalWithOptions(raw, &f, yaml.Strict())
	}
	if err != nil {
		return f, fmt.Errorf("words/%s.yaml: %w", tag, err)
	}
	return f, f.Calendar.check(tag)
}

func (c *Calendar) check(tag string) error {
	if len(c.Months) != 12 || len(c.MonthsAlone) != 12 || len(c.MonthsShort) != 12 || len(c.Days) != 7 {
		return fmt.Errorf("words/%s.yaml: a calendar has 12 months, in three ways, and 7 days", tag)
	}
	return nil
}

// Load reads the files of all languages.
func Load() (*Catalogue, error) {
	c := &Catalogue{}
	english, err := Read("en")
	if err != nil {
		return nil, err
	}
	var tags []language.Tag
	for _, name := range Languages() {
		l, readErr := load(name, english)
		if err = errors.Join(err, readErr); readErr == nil {
			c.languages, tags = append(c.languages, l), append(tags, l.tag)
		}
	}
	c.matcher = language.NewMatcher(tags)
	return c, err
}

func load(name string, english File) (*Language, error) {
	f, err := Read(name)
	if err != nil {
		return nil, err
	}
	l := &Language{Tag: name, Name: f.Name, tag: language.MustParse(name), calendar: f.Calendar, decimal: f.Decimal, known: map[Message]bool{}}
	builder := catalog.NewBuilder(catalog.Fallback(language.English))
	for _, key := range slices.Sorted(keys(english.Messages, f.Messages)) {
		said, forms := f.Messages[key], l.tag
		if said.Missing() {
			said, forms = english.Messages[key], language.English
		}
		if said.Missing() {
			continue // the key says it
		}
		l.known[Message(key)] = true
		if err := builder.Set(l.tag, key, said.compile(forms, l.tag)...); err != nil {
			return nil, fmt.Errorf("words/%s.yaml: %q: %w", name, key, err)
		}
	}
	l.catalog = builder
	return l, nil
}

func keys(maps ...map[string]Text) func(func(string) bool) {
	all := map[string]bool{}
	for _, m := range maps {
		for k := range m {
			all[k] = true
		}
	}
	return func(yield func(string) bool) {
		for k := range all {
			if !yield(k) {
				return
			}
		}
	}
}

// compile makes of a text what chooses among its forms by the first argument.
// English forms that stand in for those of another language choose by 1.
func (t Text) compile(forms, in language.Tag) []catalog.Message {
	if len(t.Forms) == 0 {
		return []catalog.Message{catalog.String(t.One)}
	}
	var cases []any
	for _, form := range Forms(forms.String()) {
		name := form
		if form == "one" && forms != in {
			name = "=1"
		}
		if form != "other" {
			cases = append(cases, name, t.Forms[form])
		}
	}
	last := Forms(forms.String())
	return []catalog.Message{plural.Selectf(1, "%d", append(cases, "other", t.Forms[last[len(last)-1]])...)}
}

// Forms are the plural forms of whole numbers in a language, the commonest last.
func Forms(tag string) []string {
	names := map[plural.Form]string{plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other"}
	var list []string
	for n := range 200 {
		form := names[plural.Cardinal.MatchPlural(language.MustParse(tag), n, 0, 0, 0, 0)]
		if !slices.Contains(list, form) {
			list = append(list, form)
		}
	}
	order := []string{"zero", "one", "two", "few", "many", "other"}
	slices.SortFunc(list, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) })
	return list
}

// All are the languages, English first.
func (c *Catalogue) All() []*Language { return c.languages }

// English is what everything is written in.
func (c *Catalogue) English() *Language { return c.languages[0] }

// In returns a language by its tag.
func (c *Catalogue) In(tag string) (*Language, bool) {
	i := slices.IndexFunc(c.languages, func(l *Language) bool { return l.Tag == tag })
	if i < 0 {
		return nil, false
	}
	return c.languages[i], true
}

// For returns the language of a reader: the first of the wishes that there is,
// or else what suits the Accept-Language of the browser best, or else English.
func (c *Catalogue) For(accept string, wishes ...string) *Language {
	for _, wish := range wishes {
		if l, ok := c.In(wish); ok {
			return l
		}
	}
	tags, _, err := language.ParseAcceptLanguage(accept[:min(len(accept), mostAccepted)])
	if err != nil || len(tags) == 0 {
		return c.English()
	}
	_, i, confidence := c.matcher.Match(tags...)
	if confidence == language.No {
		return c.English()
	}
	return c.languages[i]
}

// mostAccepted is how much of an Accept-Language is read.
const mostAccepted = 300
