package taxonomy

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
)

// writeJSONLD writes the graph as JSON-LD 1.1: a context that says what each
// key means, and the nodes in order.
func (t *Taxonomy) writeJSONLD(w io.Writer, base string) error {
	nodes, err := t.graph(base)
	if err != nil {
		return err
	}
	doc := ordered{{"@context", jsonldContext()}, {"@graph", jsonldNodes(nodes)}}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(doc)
}

// ordered is a JSON object whose keys keep their order.
type ordered []member

type member struct {
	key   string
	value any
}

// MarshalJSON writes the members in their order.
func (o ordered) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := enc.Encode(m.key); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := enc.Encode(m.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func jsonldContext() ordered {
	var c ordered
	for _, p := range prefixes {
		c = append(c, member{p.name, p.iri})
	}
	for _, name := range pointing {
		c = append(c, member{name, map[string]string{"@type": "@id"}})
	}
	return c
}

func jsonldNodes(nodes []node) []ordered {
	out := make([]ordered, len(nodes))
	for i, n := range nodes {
		o := ordered{{"@id", n.iri}, {"@type", n.class}}
		for _, p := range n.properties {
			o = append(o, member{p.name, jsonldObjects(p)})
		}
		out[i] = o
	}
	return out
}

func jsonldObjects(p property) []any {
	out := make([]any, len(p.objects))
	for i, o := range p.objects {
		switch {
		case slices.Contains(pointing, p.name):
			out[i] = o.iri
		case o.lang != "":
			out[i] = ordered{{"@value", o.literal}, {"@language", o.lang}}
		default:
			out[i] = o.literal
		}
	}
	return out
}
