package demo

import (
	"bufio"
	"embed"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

//go:embed year/*.txt
var tongueFiles embed.FS

// tongue is the sentence material of one language: names in all the forms that
// its sentences ask for, set phrases, and by kind of happening the patterns of
// titles, leads and details.
//
// A pattern holds {slots}, which are filled with what happened, and
// [one|or|the other], of which one is chosen. A slot of a name may ask for a
// form: {a.gen}. {one/many} follows the number of the actor's name: the United
// States are many in some languages.
type tongue struct {
	lang    string
	forms   map[string]int
	names   map[string][]string
	phrases map[string]string
	kinds   map[string]*patterns
	asides  map[string][]string // what is said of every kind: welcome, doubt, background, update
}

// patterns say one kind of happening.
type patterns struct{ titles, leads, details []string }

// tongues reads the sentence material of all languages.
func tongues() (map[string]*tongue, error) {
	all := map[string]*tongue{}
	for _, lang := range []string{"en", "ru", "uz-Latn", "kk", "ky", "tg", "tk", "tr", "zh", "fa"} {
		t, err := readTongue(lang)
		if err != nil {
			return nil, err
		}
		all[lang] = t
	}
	cyrillic := *all["uz-Latn"]
	cyrillic.lang = "uz-Cyrl"
	all[cyrillic.lang] = &cyrillic
	return all, nil
}

func readTongue(lang string) (*tongue, error) {
	name := "year/" + langTag(lang) + ".txt"
	file, err := tongueFiles.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it lies in memory
	t := &tongue{lang: lang, forms: map[string]int{}, names: map[string][]string{}, phrases: map[string]string{}, kinds: map[string]*patterns{}, asides: map[string][]string{}}
	section, lines := "", bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[' && line[len(line)-1] == ']' && !strings.Contains(line, "|"):
			section = line[1 : len(line)-1]
		default:
			if !t.learn(section, line) {
				return nil, fmt.Errorf("%s, line %d: %q is not understood", name, n, line)
			}
		}
	}
	return t, lines.Err()
}

// learn takes in one line of a section.
func (t *tongue) learn(section, line string) bool {
	head, rest, ok := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case slices.Contains([]string{"welcome", "doubt", "background", "update"}, section):
		t.asides[section] = append(t.asides[section], line)
		return true
	case !ok:
		return false
	case section == "" && head == "forms":
		for i, form := range strings.Fields(rest) {
			t.forms[form] = i
		}
	case section == "" && isPhrase(head):
		t.phrases[head] = rest
	case section == "":
		for form := range strings.SplitSeq(rest, "|") {
			t.names[head] = append(t.names[head], strings.TrimSpace(form))
		}
	default:
		return t.pattern(section, head, rest)
	}
	return true
}

// isPhrase tells set phrases from names.
func isPhrase(head string) bool {
	word, _, _ := strings.Cut(head, ".")
	return slices.Contains([]string{"emb", "gov", "inst", "creed", "later"}, word)
}

func (t *tongue) pattern(kind, mark, words string) bool {
	if t.kinds[kind] == nil {
		t.kinds[kind] = &patterns{}
	}
	p := t.kinds[kind]
	switch mark {
	case "T":
		p.titles = append(p.titles, words)
	case "-":
		p.leads = append(p.leads, words)
	case "+":
		p.details = append(p.details, words)
	default:
		return false
	}
	return true
}

// says fills a pattern with what happened. The same source of chance gives the
// same sentence.
func (t *tongue) says(pattern string, h *happening, chance *rand.Rand) string {
	s := choices.ReplaceAllStringFunc(pattern, func(all string) string {
		return pick(chance, strings.Split(all[1:len(all)-1], "|"))
	})
	for range 3 { // a phrase holds names, whose slots hold no more
		s = slots.ReplaceAllStringFunc(s, func(slot string) string { return t.slot(slot[1:len(slot)-1], h) })
	}
	s = upperFirst(s)
	if t.lang == "uz-Cyrl" {
		s = cyrillic(s)
	}
	return s
}

var (
	choices = regexp.MustCompile(`\[[^\[\]]*\|[^\[\]]*\]`)
	slots   = regexp.MustCompile(`\{[^{}]+\}`)
)

// slot is what stands for a slot, without its braces.
func (t *tongue) slot(slot string, h *happening) string {
	name, form, _ := strings.Cut(slot, ".")
	switch name {
	case "a":
		return t.name(h.actor, form)
	case "t":
		return t.name(h.to, form)
	case "c":
		return t.name(h.city, form)
	case "creed":
		if phrase, ok := t.phrases["later."+h.actor]; ok && h.late {
			return phrase
		}
		return t.phrases["creed."+h.actor]
	case "emb", "gov", "inst":
		if phrase, ok := t.phrases[name+"."+h.actor]; ok {
			return phrase
		}
		return t.phrases[name]
	case "day":
		return h.at.Weekday().String()
	case "money":
		return yi(h.m)
	case "debtmoney":
		return yi(h.debt)
	}
	if one, many, ok := strings.Cut(slot, "/"); ok {
		if h.actor == "us" {
			return many
		}
		return one
	}
	if n, ok := h.number(slot); ok {
		return t.digits(n)
	}
	return "{" + slot + "}" // the tests find it
}

// name is a name in a form; without that form it is as it is listed.
func (t *tongue) name(id, form string) string {
	forms := t.names[id]
	if form == "low" && len(forms) > 0 { // an inhabitant is no name
		r, size := utf8.DecodeRuneInString(forms[0])
		return string(unicode.ToLower(r)) + forms[0][size:]
	}
	if i := t.forms[form]; i < len(forms) {
		return forms[i]
	}
	if len(forms) > 0 {
		return forms[0]
	}
	return "{" + id + "}"
}

// digits writes a number as the language does.
func (t *tongue) digits(n int) string {
	s := fmt.Sprint(n)
	if t.lang != "fa" {
		return s
	}
	return strings.Map(func(r rune) rune { return '۰' + r - '0' }, s)
}

// yi writes millions of dollars in Chinese.
func yi(millions int) string {
	switch {
	case millions < 100:
		return fmt.Sprintf("%d万美元", millions*100)
	case millions%100 == 0:
		return fmt.Sprintf("%d亿美元", millions/100)
	default:
		return strings.TrimRight(fmt.Sprintf("%.2f", float64(millions)/100), "0") + "亿美元"
	}
}

func upperFirst(s string) string {
	i := strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	if i < 0 {
		return s
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	return s[:i] + string(unicode.ToUpper(r)) + s[i+size:]
}

// cyrillic writes Uzbek in Cyrillic letters.
func cyrillic(s string) string {
	return latinUzbek.Replace(initialE.ReplaceAllStringFunc(s, func(m string) string {
		return m[:len(m)-1] + map[byte]string{'e': "э", 'E': "Э"}[m[len(m)-1]]
	}))
}

// initialE is an e that begins a word.
var initialE = regexp.MustCompile(`(?:^|[^\p{L}\p{M}‘’])[eE]`)

// latinUzbek knows the letters, and a few words that Cyrillic writes as Russian does.
var latinUzbek = strings.NewReplacer(letters()...)

func letters() []string {
	pairs := []string{
		"sanksiya", "санкция", "Sanksiya", "Санкция", "sement", "цемент", "konsert", "концерт",
		"Yo‘", "Йў", "yo‘", "йў", "O‘", "Ў", "o‘", "ў", "G‘", "Ғ", "g‘", "ғ", "Sh", "Ш", "sh", "ш", "Ch", "Ч", "ch", "ч",
		"Yo", "Ё", "yo", "ё", "Yu", "Ю", "yu", "ю", "Ya", "Я", "ya", "я", "Ye", "Е", "ye", "е", "ts", "ц", "’", "ъ",
	}
	latin, others := []rune("abdefghijklmnopqrstuvxyz"), []rune("абдефгҳижклмнопқрстувхйз")
	for i, r := range latin {
		pairs = append(pairs, string(r), string(others[i]), string(unicode.ToUpper(r)), string(unicode.ToUpper(others[i])))
	}
	return pairs
}
