package taxonomy

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"silkwire/news"
	"silkwire/text"
)

// The embedded YAML is the taxonomy. Beside it stands the same in a compact
// form, which is read in a twentieth of the time; it names the YAML's hash, and
// is passed over when that is another one. A test says when it is out of date.
//
//go:generate go test . -run TestTheCompactFormIsUpToDate -update
//go:embed compact.gz
var compactFile []byte

// errStale is what reading a compact form says that was made from other files.
var errStale = errors.New("the compact taxonomy was made from other files")

// writeCompact writes concepts and lists in the compact form: a hash, a table
// of strings, and numbers that point into it.
func (t *Taxonomy) writeCompact(w io.Writer, hash string) error {
	body := &packer{index: map[string]uint64{}}
	t.pack(body)
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	var head []byte
	head = appendText(head, hash)
	head = binary.AppendUvarint(head, uint64(len(body.table)))
	for _, s := range body.table {
		head = appendText(head, s)
	}
	if _, err := z.Write(append(head, body.out...)); err != nil {
		return err
	}
	return z.Close()
}

func appendText(to []byte, s string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(s))), s...)
}

// readCompact fills an empty taxonomy from a compact form of the files with
// the given hash.
func (t *Taxonomy) readCompact(compact []byte, hash string) (err error) {
	z, err := gzip.NewReader(bytes.NewReader(compact))
	if err != nil {
		return fmt.Errorf("compact taxonomy: %w", err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		return fmt.Errorf("compact taxonomy: %w", err)
	}
	u := &unpacker{data: string(data)}
	if u.text() != hash {
		return errStale
	}
	u.table = make([]string, u.number())
	for i := range u.table {
		u.table[i] = u.text()
	}
	t.pack(u)
	return nil
}

// A codec carries values to the compact form or back: the order of fields is
// written down once, for both ways.
type codec interface {
	str(s *string)
	num(n *int)
	flag(b *bool)
}

// pack carries the taxonomy through a codec.
func (t *Taxonomy) pack(c codec) {
	names := slices.Sorted(maps.Keys(t.Lists))
	packSlice(c, &names, func(name *string) {
		c.str(name)
		list := t.Lists[*name]
		if list == nil {
			list = map[text.Lang][]string{}
			t.Lists[*name] = list
		}
		langs := slices.Sorted(maps.Keys(list))
		packSlice(c, &langs, func(l *text.Lang) {
			packLang(c, l)
			words := list[*l]
			packStrings(c, &words)
			list[*l] = words
		})
	})
	packSlice(c, &t.Concepts, func(concept **Concept) {
		if *concept == nil {
			*concept = &Concept{Label: map[text.Lang]string{}}
		}
		(*concept).pack(c)
	})
}

func (x *Concept) pack(c codec) {
	for _, s := range []*string{
		(*string)(&x.ID), &x.Name, (*string)(&x.Facet), (*string)(&x.Parent), &x.Definition, (*string)(&x.State),
		(*string)(&x.Instrument), &x.Horizon, &x.About, &x.Polarity, &x.Added, &x.Caution,
	} {
		c.str(s)
	}
	c.flag(&x.Inactive)
	langs := slices.Sorted(maps.Keys(x.Label))
	packSlice(c, &langs, func(l *text.Lang) {
		packLang(c, l)
		label := x.Label[*l]
		c.str(&label)
		x.Label[*l] = label
	})
	packSlice(c, &x.Related, func(id *news.ConceptID) { c.str((*string)(id)) })
	packSlice(c, &x.YieldsTo, func(id *news.ConceptID) { c.str((*string)(id)) })
	packStrings(c, &x.Behaviour)
	x.Rules.pack(c)
	packSlice(c, &x.Terms, func(t *Term) {
		c.str(&t.Text)
		packLang(c, &t.Lang)
		c.flag(&t.Exact)
		c.flag(&t.Adjective)
		t.Rules.pack(c)
		t.Pos.pack(c)
	})
	for _, sentences := range []*[]Sentence{&x.Match, &x.NoMatch} {
		packSlice(c, sentences, func(s *Sentence) {
			packLang(c, &s.Lang)
			c.str(&s.Text)
			s.Pos.pack(c)
		})
	}
	packSlice(c, &x.Sources, func(s *Source) { c.str(&s.Doc); c.str(&s.Lines) })
	x.Pos.pack(c)
}

func (r *Rules) pack(c codec) {
	some := !r.Empty()
	if c.flag(&some); !some {
		return
	}
	for _, list := range []*[]string{&r.FollowedBy, &r.PrecededBy, &r.Near, &r.AlsoNear, &r.With, &r.NotFollowedBy, &r.NotPrecededBy, &r.NotNear, &r.NotWith} {
		packStrings(c, list)
	}
}

func (p *Pos) pack(c codec) {
	c.str(&p.File)
	c.num(&p.Line)
	c.num(&p.Col)
}

func packLang(c codec, l *text.Lang) {
	n := int(*l)
	c.num(&n)
	*l = text.Lang(n)
}

func packStrings(c codec, list *[]string) { packSlice(c, list, c.str) }

func packSlice[T any](c codec, list *[]T, each func(*T)) {
	n := len(*list)
	c.num(&n)
	if n == 0 {
		return
	}
	if len(*list) < n {
		*list = make([]T, n)
	}
	for i := range *list {
		each(&(*list)[i])
	}
}

// packer is the codec that writes.
type packer struct {
	out   []byte
	table []string
	index map[string]uint64
}

func (p *packer) str(s *string) {
	i, ok := p.index[*s]
	if !ok {
		i = uint64(len(p.table))
		p.index[*s] = i
		p.table = append(p.table, *s)
	}
	p.out = binary.AppendUvarint(p.out, i)
}

func (p *packer) num(n *int) { p.out = binary.AppendUvarint(p.out, uint64(*n)) }

func (p *packer) flag(b *bool) {
	n := 0
	if *b {
		n = 1
	}
	p.num(&n)
}

// unpacker is the codec that reads. What it reads was written by us and is
// guarded by a checksum: it does not expect mistakes.
type unpacker struct {
	data  string
	table []string
}

func (u *unpacker) number() (n uint64) {
	for shift := 0; ; shift += 7 {
		b := u.data[0]
		u.data = u.data[1:]
		n |= uint64(b&0x7F) << shift
		if b < 0x80 {
			return n
		}
	}
}

func (u *unpacker) text() string {
	n := u.number()
	s := u.data[:n]
	u.data = u.data[n:]
	return s
}

func (u *unpacker) str(s *string) { *s = u.table[u.number()] }
func (u *unpacker) num(n *int)    { *n = int(u.number()) }
func (u *unpacker) flag(b *bool)  { *b = u.number() == 1 }
