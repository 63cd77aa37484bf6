package extract

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// links are the texts of a page's links, in the form in which lines are
// compared with them.
type links map[string]bool

// linkTexts gathers the texts of all links that could be a headline.
func linkTexts(root *html.Node) links {
	found := links{}
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode && n.DataAtom == atom.A {
			if text := comparable(nodeText(n)); utf8.RuneCountInString(text) >= shortestHeadline && !mostlyAddress(text) {
				found[text] = true
			}
		}
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			walk(child)
		}
	}
	walk(root)
	return found
}

const (
	shortestHeadline = 12
	longestTeaser    = 170
	fewestTeasers    = 3
)

// comparable is a text without case and space.
func comparable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, text)
}

// withoutTeasers drops what leads to other articles before and behind the
// text: runs of short lines of which many are links and nothing else.
func (l links) withoutTeasers(lines []string) []string {
	lines = lines[l.teasers(lines, func(i int) int { return i }):]
	return lines[:len(lines)-l.teasers(lines, func(i int) int { return len(lines) - 1 - i })]
}

// teasers is how many lines, counted from one end, only lead elsewhere.
func (l links) teasers(lines []string, at func(int) int) (run int) {
	linked, since := 0, 0
	for i := range lines {
		line := lines[at(i)]
		if utf8.RuneCountInString(line) > longestTeaser || since > 2 {
			break
		}
		if since++; !l[comparable(line)] {
			continue
		}
		linked, since = linked+1, 0
		if linked >= fewestTeasers && 5*linked >= 2*(i+1) {
			run = i + 1
		}
	}
	if run == len(lines) { // a list of links may be what the page is about
		return 0
	}
	return run
}

// swallowed reports whether a text is the whole page, its menus included: a
// line that no writer wrote, long and without the ends of sentences.
func swallowed(lines []string) bool {
	return slices.ContainsFunc(lines, func(line string) bool {
		if utf8.RuneCountInString(line) < 2500 {
			return false
		}
		ends := strings.Count(line, ". ") + strings.Count(line, "。") + strings.Count(line, "! ") + strings.Count(line, "? ") + strings.Count(line, "; ")
		return utf8.RuneCountInString(line) > 400*(ends+1)
	})
}

var (
	byline  = regexp.MustCompile(`(?i)^(by|von|par|por|автор|текст|фото|muallif|yazan|haber|作者|记者)[:\s]\s*\S`)
	credit  = regexp.MustCompile(`(?i)^(author|автор|текст|фото|муаллиф|muallif|yazan|haber|作者|记者)\s*[:：]`)
	yearly  = regexp.MustCompile(`\b(19|20)\d\d\b`)
	address = regexp.MustCompile(`https?://\S+|\bwww\.\S+`)
	mail    = regexp.MustCompile(`\S+@[\w-]+\.\S+`)
	ending  = regexp.MustCompile(`[.!?…。！？»”"'’:)）」]$`)
)

// withoutCredits drops the lines at the beginning of a text that say who wrote
// it and when.
func withoutCredits(lines []string) []string {
	head := min(len(lines)-1, 4)
	if head <= 0 {
		return lines
	}
	kept := slices.DeleteFunc(slices.Clone(lines[:head]), isCredit)
	return append(kept, lines[head:]...)
}

func isCredit(line string) bool {
	length := utf8.RuneCountInString(line)
	if length > 60 {
		return false
	}
	return credit.MatchString(line) || !ending.MatchString(line) && (length <= 45 && yearly.MatchString(line) || byline.MatchString(line))
}

// withoutOffers drops what stands before and behind a text to sell or to lead
// elsewhere: addresses, offers to subscribe. Where addresses are all over the
// text they are part of it.
func withoutOffers(lines []string) []string {
	addresses := 0
	for _, line := range lines {
		if mostlyAddress(line) {
			addresses++
		}
	}
	var kept []string
	for i, line := range lines {
		edge := i < 2 || i >= len(lines)-6
		if edge && (pitch(line) || addresses < 5 && mostlyAddress(line)) {
			continue
		}
		kept = append(kept, line)
	}
	return kept
}

// mostlyAddress reports whether a line is an address with hardly a word beside
// it.
func mostlyAddress(line string) bool {
	if len(line) > 200 {
		return false
	}
	if len(line) <= 90 && mail.MatchString(line) {
		return true
	}
	rest := address.ReplaceAllString(line, "")
	return len(rest) < len(line) && utf8.RuneCountInString(strings.TrimSpace(rest)) <= 15
}
