package extract

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Text is the plain text of an HTML fragment: entities decoded, scripts and
// styles dropped, block elements on lines of their own.
func Text(fragment string) string {
	if !strings.ContainsAny(fragment, "<&") {
		return tidy(fragment)
	}
	var w writer
	w.tokens(fragment)
	return tidy(w.String())
}

// Line is Text on one line, as titles and names need it.
func Line(fragment string) string {
	return strings.Join(strings.Fields(Text(fragment)), " ")
}

// silent elements hold no text for readers.
var silent = []atom.Atom{
	atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Iframe, atom.Object, atom.Svg,
	atom.Math, atom.Head, atom.Select, atom.Textarea, atom.Button, atom.Video, atom.Audio, atom.Canvas,
}

// furniture elements surround an article.
var furniture = []atom.Atom{atom.Nav, atom.Footer, atom.Aside, atom.Form, atom.Header, atom.Menu, atom.Dialog}

var blocks = []atom.Atom{
	atom.P, atom.Div, atom.Br, atom.Hr, atom.Li, atom.Ul, atom.Ol, atom.Dl, atom.Dt, atom.Dd, atom.H1, atom.H2,
	atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote, atom.Pre, atom.Table, atom.Tr, atom.Section, atom.Article,
	atom.Main, atom.Figure, atom.Figcaption, atom.Header, atom.Footer, atom.Nav, atom.Aside, atom.Form, atom.Address,
}

// writer collects text and remembers line breaks until more text follows.
type writer struct {
	strings.Builder
	spaced bool // set text nodes apart
}

func (w *writer) breakLine() {
	if w.Len() > 0 {
		w.WriteByte('\n')
	}
}

// tokens writes the text of a fragment without building a tree, so that no
// depth of nesting matters.
func (w *writer) tokens(fragment string) {
	z := html.NewTokenizer(strings.NewReader(fragment))
	var skip atom.Atom
	depth := 0
	for {
		kind := z.Next()
		switch kind {
		case html.ErrorToken:
			return
		case html.TextToken:
			if skip == 0 {
				w.WriteString(html.UnescapeString(string(z.Raw())))
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			switch {
			case skip != 0 && tag == skip && kind == html.StartTagToken:
				depth++
			case skip != 0 && tag == skip && kind == html.EndTagToken:
				if depth--; depth == 0 {
					skip = 0
				}
			case skip == 0 && kind == html.StartTagToken && slices.Contains(silent, tag) && tag != atom.Head:
				skip, depth = tag, 1
			}
			if skip == 0 && slices.Contains(blocks, tag) {
				w.breakLine()
			}
			if skip == 0 && (tag == atom.Td || tag == atom.Th) {
				w.WriteByte(' ')
			}
		}
	}
}

// node writes the text under n.
func (w *writer) node(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		if w.spaced {
			w.WriteByte(' ')
		}
		w.WriteString(n.Data)
		return
	case html.ElementNode:
		tag := atom.Lookup([]byte(n.Data)) // DataAtom is not set in trees built by hand
		if slices.Contains(silent, tag) {
			return
		}
		if slices.Contains(blocks, tag) {
			w.breakLine()
			defer w.breakLine()
		}
		if tag == atom.Td || tag == atom.Th {
			w.WriteByte(' ')
		}
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		w.node(child)
	}
}

// spacedText is nodeText for a tree whose text nodes lost the white space
// around them, as go-trafilatura's do: neighbours are set apart, and what
// belongs to a word is put back to it.
func spacedText(n *html.Node) string {
	w := writer{spaced: true}
	w.node(n)
	return punctuation.Replace(tidy(w.String()))
}

var punctuation = strings.NewReplacer(
	" .", ".", " ,", ",", " ;", ";", " :", ":", " !", "!", " ?", "?", " )", ")", " ]", "]", " »", "»", " ”", "”", " …", "…", " ’", "’",
	"( ", "(", "[ ", "[", "« ", "«", "“ ", "“", " 。", "。", " ，", "，", " 、", "、", " ،", "،", " ؟", "؟",
)

// nodeText is the tidy text under n.
func nodeText(n *html.Node) string {
	var w writer
	w.node(n)
	return tidy(w.String())
}

// tidy collapses white space inside lines and drops empty lines and what
// cannot be seen: controls, bidi overrides, zero-width characters but the
// joiners that Persian needs, and marks piled up beyond reading (H12).
func tidy(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	for line := range strings.Lines(s) {
		line = strings.Join(strings.Fields(clean(line)), " ")
		if line == "" {
			continue
		}
		if out.Len() > 0 {
			out.WriteByte('\n')
		}
		out.WriteString(line)
	}
	return out.String()
}

func clean(s string) string {
	marks := 0
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			if marks++; marks > 4 {
				return -1
			}
			return r
		}
		marks = 0
		switch {
		case r == '\u00ad', r == '\ufeff', r == '\u200b', r == '\u2060', r == unicode.ReplacementChar:
			return -1
		case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\u200e', r == '\u200f':
			return -1
		case r == '\t', r == '\n', r == '\r', r == '\u0085', r == '\u2028', r == '\u2029':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
}

// byTokens reads a page that no tree can hold: title and paragraphs as they
// stream by (H1).
func byTokens(data []byte, pageURL string) Content {
	c := Content{URL: pageURL, Method: ByTokens, Degraded: true}
	z := html.NewTokenizer(strings.NewReader(string(data)))
	var w, title writer
	inTitle, skip := false, 0
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		name, _ := z.TagName()
		tag := atom.Lookup(name)
		open, closed := kind == html.StartTagToken, kind == html.EndTagToken
		switch {
		case kind == html.TextToken && inTitle:
			title.WriteString(html.UnescapeString(string(z.Raw())))
		case kind == html.TextToken && skip == 0:
			w.WriteString(html.UnescapeString(string(z.Raw())))
		case tag == atom.Title && title.Len() == 0 && open:
			inTitle = true
		case tag == atom.Title && closed:
			inTitle = false
		case open && unread(tag):
			skip++
		case closed && unread(tag) && skip > 0:
			skip--
		case (open || closed) && skip == 0 && slices.Contains(blocks, tag):
			w.breakLine()
		}
	}
	c.Title, c.Text = Line(title.String()), tidy(w.String())
	if c.Text == "" {
		c.Method = Empty
	}
	return c
}

func unread(tag atom.Atom) bool {
	return tag != atom.Head && (slices.Contains(silent, tag) || slices.Contains(furniture, tag))
}
