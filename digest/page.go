package digest

import (
	_ "embed" // the page's template
	"fmt"
	"html/template"
	"strings"
	"time"

	"silkwire/text"
)

//go:embed templates/page.html
var pageTemplate string

// Fragment renders a frozen edition for a page of the site: without styles or
// an outer frame, all stories of the edition, links to the site's own pages of
// items and concepts.
func Fragment(compiled []byte) (template.HTML, error) {
	e, err := Read(compiled)
	if err != nil {
		return "", err
	}
	return FragmentOf(e)
}

// FragmentOf renders an edition that is not frozen.
func FragmentOf(e Edition) (template.HTML, error) {
	tmpl, err := template.New("page").Funcs(template.FuncMap{
		"about": about, "dir": direction, "iso": func(t time.Time) string { return t.Format(time.RFC3339) },
	}).Parse(pageTemplate)
	if err != nil {
		return "", fmt.Errorf("page of edition %s: %w", e.ID, err)
	}
	var b strings.Builder
	if err := tmpl.Execute(&b, shorten(e, len(e.Stories()))); err != nil {
		return "", fmt.Errorf("page of edition %s: %w", e.ID, err)
	}
	return template.HTML(b.String()), nil
}

// direction is the value of a dir attribute.
func direction(lang string) string {
	switch {
	case rightToLeft(lang):
		return "rtl"
	case text.ParseLang(lang) == text.Und:
		return "auto"
	}
	return "ltr"
}
