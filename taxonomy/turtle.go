package taxonomy

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// writeTurtle writes the graph as Turtle (RDF 1.1), one property a line.
func (t *Taxonomy) writeTurtle(w io.Writer, base string) error {
	nodes, err := t.graph(base)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	for _, p := range prefixes {
		fmt.Fprintf(out, "@prefix %s: <%s> .\n", p.name, p.iri)
	}
	for _, n := range nodes {
		fmt.Fprintf(out, "\n<%s> a %s", n.iri, n.class)
		for _, p := range n.properties {
			fmt.Fprintf(out, " ;\n  %s %s", p.name, turtleObjects(p.objects))
		}
		fmt.Fprint(out, " .\n")
	}
	return out.Flush()
}

func turtleObjects(objects []object) string {
	said := make([]string, len(objects))
	for i, o := range objects {
		said[i] = o.turtle()
	}
	return strings.Join(said, ", ")
}

func (o object) turtle() string {
	switch {
	case o.iri != "":
		return "<" + o.iri + ">"
	case o.lang != "":
		return turtleString(o.literal) + "@" + o.lang
	}
	return turtleString(o.literal)
}

// turtleString quotes a literal: the grammar's STRING_LITERAL_QUOTE.
func turtleString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7F:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
