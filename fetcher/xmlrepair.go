package fetcher

import (
	"bytes"
	"slices"
	"strings"
)

// maxDepth is how deep a feed may nest. Real ones stay under twenty.
const maxDepth = 1000

// outline is what one pass over an XML document finds, without judging it.
type outline struct {
	Root  string // local name, lower case
	Items []span // of <item> and <entry>, complete ones, in order
	Head  string // the opening tags of root and channel
	Depth int    // the deepest nesting
	Open  bool   // the document ends in mid-item or before its root is closed
}

// span is a half-open range of bytes.
type span struct{ Start, End int }

// tag is one piece of markup.
type tag struct {
	span
	Name  string // local name, lower case; "" for what is not an element
	Close bool
	Empty bool
}

// nextTag finds the next element tag at or behind from, stepping over
// comments, CDATA, processing instructions and DOCTYPE. A "<" that opens
// nothing is text. Not ok: there is none, and cut tells whether the text ends
// inside markup.
func nextTag(text []byte, from int) (t tag, cut, ok bool) {
	for {
		i := bytes.IndexByte(text[from:], '<')
		if i < 0 {
			return tag{}, false, false
		}
		start := from + i
		rest := text[start:]
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			from = endOf(text, start+4, "-->")
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			from = endOf(text, start+9, "]]>")
		case bytes.HasPrefix(rest, []byte("<?")):
			from = endOf(text, start+2, "?>")
		case bytes.HasPrefix(rest, []byte("<!")):
			from = endOfDoctype(text, start+2)
		case opensTag(rest):
			return readTag(text, start)
		default:
			from = start + 1
			continue
		}
		if from < 0 {
			return tag{}, true, false
		}
	}
}

func endOf(text []byte, from int, mark string) int {
	if from > len(text) {
		return -1
	}
	i := bytes.Index(text[from:], []byte(mark))
	if i < 0 {
		return -1
	}
	return from + i + len(mark)
}

// endOfDoctype steps over a DOCTYPE with its internal subset.
func endOfDoctype(text []byte, from int) int {
	depth := 0
	for i := from; i < len(text); i++ {
		switch text[i] {
		case '[':
			depth++
		case ']':
			depth--
		case '>':
			if depth <= 0 {
				return i + 1
			}
		}
	}
	return -1
}

// opensTag reports whether the "<" at the beginning of text opens or closes an
// element.
func opensTag(text []byte) bool {
	if len(text) > 2 && text[1] == '/' {
		return isNameStart(text[2])
	}
	return len(text) > 1 && isNameStart(text[1])
}

func isNameStart(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_' || b >= 0x80
}

func readTag(text []byte, start int) (t tag, cut, ok bool) {
	end := tagEnd(text, start)
	if end < 0 {
		return tag{}, true, false
	}
	t = tag{span: span{start, end}, Close: text[start+1] == '/', Empty: text[end-2] == '/'}
	name := text[start+1 : end-1]
	if t.Close {
		name = name[1:]
	}
	if i := bytes.IndexAny(name, " \t\r\n/"); i >= 0 {
		name = name[:i]
	}
	t.Name = strings.ToLower(string(name))
	return t, false, true
}

// tagEnd finds the ">" of a tag, not fooled by one in a quoted value; a quote
// that never closes counts as text.
func tagEnd(text []byte, start int) int {
	var quote byte
	for i := start + 1; i < len(text); i++ {
		switch b := text[i]; {
		case quote != 0:
			if b == quote {
				quote = 0
			} else if b == '<' {
				return unquotedEnd(text, start)
			}
		case b == '"' || b == '\'':
			if text[i-1] == '=' || text[i-1] == ' ' {
				quote = b
			}
		case b == '>':
			return i + 1
		}
	}
	return -1
}

func unquotedEnd(text []byte, start int) int {
	i := bytes.IndexByte(text[start:], '>')
	if i < 0 {
		return -1
	}
	return start + i + 1
}

// local is a name without its prefix.
func local(name string) string {
	if i := strings.LastIndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}

// isItem reports whether an element holds one item: <item>, <entry>, whatever
// prefix its namespace has, but not the fields of others that happen to be
// called so (media:…).
func isItem(name string) bool {
	switch name {
	case "item", "entry", "rss:item", "atom:entry", "atom10:entry", "a:entry", "rdf:item":
		return true
	}
	return false
}

// survey makes the outline of an XML document in one pass.
func survey(text []byte) outline {
	var o outline
	depth, itemDepth, itemStart, position := 0, -1, 0, 0
	headDone := false
	for {
		t, cut, ok := nextTag(text, position)
		if !ok {
			o.Open = cut || depth > 0
			break
		}
		position = t.End
		if o.Root == "" && !t.Close {
			o.Root = local(t.Name)
		}
		switch {
		case t.Close:
			if depth > 0 {
				depth--
			}
			if itemDepth >= 0 && isItem(t.Name) {
				o.Items = append(o.Items, span{itemStart, t.End})
				depth, itemDepth = itemDepth, -1
			}
		case t.Empty:
		default:
			if isItem(t.Name) {
				if itemDepth >= 0 { // the one before was never closed
					o.Items = append(o.Items, span{itemStart, t.Start})
					depth = itemDepth
				}
				itemDepth, itemStart = depth, t.Start
				headDone = true
			}
			if !headDone && depth < 2 && (depth == 0 || local(t.Name) == "channel") {
				o.Head += string(text[t.Start:t.End])
			}
			depth++
			o.Depth = max(o.Depth, depth)
		}
		if o.Depth > maxDepth {
			break
		}
	}
	return o
}

// repaired is an XML fragment that a lenient parser can read: no DOCTYPE, no
// comments, no processing instructions, no stray "<", every element closed in
// order, nothing closed that was not opened.
func repaired(fragment []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(fragment) + 64)
	var open []string
	position := 0
	for {
		t, _, ok := nextTag(fragment, position)
		if !ok {
			copyText(&out, fragment[position:])
			break
		}
		copyText(&out, fragment[position:t.Start])
		position = t.End
		markup := fragment[t.Start:t.End]
		switch {
		case t.Close:
			i := slices.Index(open, t.Name)
			if i < 0 {
				continue
			}
			i = lastIndex(open, t.Name)
			for len(open) > i {
				closeLast(&out, &open)
			}
		case t.Empty:
			out.Write(withLowerName(markup, t.Name))
		case len(open) < maxDepth:
			out.Write(withLowerName(markup, t.Name))
			open = append(open, t.Name)
		}
	}
	for len(open) > 0 {
		closeLast(&out, &open)
	}
	return out.Bytes()
}

func lastIndex(names []string, name string) int {
	for i := len(names) - 1; i >= 0; i-- {
		if names[i] == name {
			return i
		}
	}
	return -1
}

func closeLast(out *bytes.Buffer, open *[]string) {
	last := len(*open) - 1
	out.WriteString("</" + (*open)[last] + ">")
	*open = (*open)[:last]
}

// withLowerName writes an opening tag with the name that its closing tag will
// have, and without a "<" in its attributes.
func withLowerName(markup []byte, name string) []byte {
	attributes := markup[1+len(name):]
	if bytes.IndexByte(attributes, '<') >= 0 {
		attributes = bytes.ReplaceAll(attributes, []byte("<"), []byte("&lt;"))
	}
	return append([]byte("<"+name), attributes...)
}

// copyText copies what lies between tags: CDATA as it is (closed where it was
// cut), comments and instructions not at all, a lone "<" as an entity.
func copyText(out *bytes.Buffer, text []byte) {
	for len(text) > 0 {
		i := bytes.IndexByte(text, '<')
		if i < 0 {
			out.Write(bytes.ReplaceAll(text, []byte("]]>"), []byte("]]&gt;")))
			return
		}
		out.Write(bytes.ReplaceAll(text[:i], []byte("]]>"), []byte("]]&gt;")))
		text = text[i:]
		switch {
		case bytes.HasPrefix(text, []byte("<![CDATA[")):
			end := endOf(text, 9, "]]>")
			if end < 0 {
				out.Write(text)
				out.WriteString("]]>")
				return
			}
			out.Write(text[:end])
			text = text[end:]
		case bytes.HasPrefix(text, []byte("<!--")):
			text = behind(text, endOf(text, 4, "-->"))
		case bytes.HasPrefix(text, []byte("<?")):
			text = behind(text, endOf(text, 2, "?>"))
		case bytes.HasPrefix(text, []byte("<!")):
			text = behind(text, endOfDoctype(text, 2))
		case opensTag(text):
			return // a tag that never ends
		default:
			out.WriteString("&lt;")
			text = text[1:]
		}
	}
}

func behind(text []byte, end int) []byte {
	if end < 0 {
		return nil
	}
	return text[end:]
}
