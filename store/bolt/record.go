package bolt

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"silkwire/news"
)

// A record is its CRC-32C and then what it says, so that a damaged byte is an
// error and never a wrong word.

var (
	errChecksum = errors.New("its checksum is wrong")
	errShort    = errors.New("it ends too early")
	errMissing  = errors.New("it refers to a record that is not there")
)

const crcSize = 4

func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

func seal(payload []byte) []byte {
	return append(binary.BigEndian.AppendUint32(make([]byte, 0, crcSize+len(payload)), checksum(payload)), payload...)
}

// unseal returns the payload, which belongs to the transaction.
func unseal(b []byte) ([]byte, error) {
	if len(b) < crcSize || binary.BigEndian.Uint32(b) != checksum(b[crcSize:]) {
		return nil, errChecksum
	}
	return b[crcSize:], nil
}

func sealJSON(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return seal(b), nil
}

func unsealJSON(b []byte, v any) error {
	payload, err := unseal(b)
	if err != nil {
		return err
	}
	return json.Unmarshal(payload, v)
}

// codec compresses. It is safe for concurrent use.
type codec struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

func newCodec() (codec, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false), zstd.WithWindowSize(1<<20))
	if err != nil {
		return codec{}, err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(512<<20))
	return codec{enc, dec}, err
}

func (c codec) pack(b []byte) []byte { return seal(c.enc.EncodeAll(b, nil)) }

// unpack returns bytes of its own.
func (c codec) unpack(b []byte) ([]byte, error) {
	payload, err := unseal(b)
	if err != nil {
		return nil, err
	}
	return c.dec.DecodeAll(payload, nil)
}

func (c codec) packJSON(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return c.pack(b), nil
}

func (c codec) unpackJSON(b []byte, v any) error {
	plain, err := c.unpack(b)
	if err != nil {
		return err
	}
	return json.Unmarshal(plain, v)
}

// entry is an item as it stands in items/: light, with what Save compares. Its
// words stand before the rest, so that a search need not read the rest.
type entry struct {
	Item news.Item                 `json:"i"`
	Has  content                   `json:"h"`           // of the item as it is
	Said map[news.SourceID]content `json:"s,omitempty"` // what each source said last
}

// sealEntry writes language, title and summary, and then the rest as JSON.
func sealEntry(e *entry) ([]byte, error) {
	rest := *e
	it := &rest.Item
	var b []byte
	for _, s := range []*string{&it.Tagging.Lang, &it.Title, &it.Summary} {
		b = append(binary.AppendUvarint(b, uint64(len(*s))), *s...)
		*s = ""
	}
	j, err := json.Marshal(rest)
	if err != nil {
		return nil, err
	}
	return seal(append(b, j...)), nil
}

// skim reads the language, the title and the summary of an entry into it, and
// returns the rest.
func skim(record []byte, it *news.Item) (rest []byte, err error) {
	b, err := unseal(record)
	if err != nil {
		return nil, err
	}
	for _, s := range []*string{&it.Tagging.Lang, &it.Title, &it.Summary} {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > uint64(len(b)-size) {
			return nil, errShort
		}
		*s, b = string(b[size:size+int(n)]), b[size+int(n):]
	}
	return b, nil
}

// unsealEntry reads an entry whole.
func unsealEntry(record []byte, e *entry) error {
	var words news.Item
	rest, err := skim(record, &words)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(rest, e); err != nil {
		return err
	}
	e.Item.Tagging.Lang, e.Item.Title, e.Item.Summary = words.Tagging.Lang, words.Title, words.Summary
	return nil
}

// says notes what a source said.
func (e *entry) says(source news.SourceID, c content) {
	if e.Said == nil {
		e.Said = make(map[news.SourceID]content)
	}
	e.Said[source] = c
}

// content is what an edit changes: hashes of title, summary and text, empty for empty ones.
type content struct {
	Title   string `json:"t,omitempty"`
	Summary string `json:"s,omitempty"`
	Text    string `json:"x,omitempty"`
}

func contentOf(it *news.Item) content {
	return content{hashOf(it.Title), hashOf(it.Summary), hashOf(it.Text)}
}

func hashOf(s string) string {
	if s == "" {
		return ""
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(s)) // never fails
	return strconv.FormatUint(h.Sum64(), 36)
}

// changes reports whether the content differs from has where it is not empty.
func (c content) changes(has content) bool {
	differs := func(now, before string) bool { return now != "" && now != before }
	return differs(c.Title, has.Title) || differs(c.Summary, has.Summary) || differs(c.Text, has.Text)
}

// after is the content with empty parts as they were before.
func (c content) after(has content) content {
	return content{orElse(c.Title, has.Title), orElse(c.Summary, has.Summary), orElse(c.Text, has.Text)}
}

func orElse(s, fallback string) string {
	if s != "" {
		return s
	}
	return fallback
}

// evidence is what stands apart from a light item's tagging, in its order.
type evidence struct {
	Tags   [][]news.Evidence    `json:"t,omitempty"`
	Events []news.EventEvidence `json:"e,omitempty"`
}

// lighten returns the item without text and evidence, and the evidence. The
// given item keeps its own.
func lighten(it news.Item) (news.Item, evidence) {
	var ev evidence
	it.Text = ""
	it.Tagging.Tags = slices.Clone(it.Tagging.Tags)
	for i := range it.Tagging.Tags {
		ev.Tags = append(ev.Tags, it.Tagging.Tags[i].Evidence)
		it.Tagging.Tags[i].Evidence = nil
	}
	it.Tagging.Events = slices.Clone(it.Tagging.Events)
	for i := range it.Tagging.Events {
		ev.Events = append(ev.Events, it.Tagging.Events[i].Evidence)
		it.Tagging.Events[i].Evidence = news.EventEvidence{}
	}
	return it, ev
}

// restore puts the evidence back.
func (ev evidence) restore(it *news.Item) error {
	if len(ev.Tags) != len(it.Tagging.Tags) || len(ev.Events) != len(it.Tagging.Events) {
		return fmt.Errorf("evidence for %d tags and %d events, of which there are %d and %d",
			len(ev.Tags), len(ev.Events), len(it.Tagging.Tags), len(it.Tagging.Events))
	}
	for i := range ev.Tags {
		it.Tagging.Tags[i].Evidence = ev.Tags[i]
	}
	for i := range ev.Events {
		it.Tagging.Events[i].Evidence = ev.Events[i]
	}
	return nil
}

// clean makes an item fit to be kept: valid UTF-8, UTC, years that can be
// written, a first-seen time, an ID.
func clean(it news.Item, now time.Time) news.Item {
	for _, s := range []*string{&it.Title, &it.Summary, &it.Text, &it.GUID, &it.URL} {
		*s = strings.ToValidUTF8(*s, "\uFFFD")
	}
	for _, t := range []*time.Time{&it.Published, &it.Fetched, &it.Revised} {
		if *t = t.UTC(); t.Year() < 1 || t.Year() > 9999 {
			*t = time.Time{}
		}
	}
	if it.Fetched.IsZero() {
		it.Fetched = now.UTC()
	}
	if it.ID == "" {
		it.ID = news.NewItemID(it.Outlet, it.URL, it.GUID)
	}
	return it
}
