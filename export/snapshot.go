package export

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"silkwire/news"
)

// Snapshot says what the archive was asked, and when, so that the same figure
// can be asked for again. Its ID is short enough to be printed beside the figure
// and holds all of it: nothing is kept anywhere else.
type Snapshot struct {
	Query    string    `json:"query"`    // in its canonical form
	Taken    time.Time `json:"taken"`    // what was first seen later is left out when it is repeated
	Taxonomy string    `json:"taxonomy"` // version in force
	Sequence uint64    `json:"sequence"` // of the archive's writes
	Items    int       `json:"items"`    // that matched
	Print    Print     `json:"print"`    // of what they said; zero when nobody read them all
}

// Print is a fingerprint of a set of items as they are tagged: the same for the
// same items in whatever order, another one if any was added, left out, edited
// or tagged otherwise.
type Print [16]byte

// Zero reports whether nothing was added.
func (p Print) Zero() bool { return p == Print{} }

func (p Print) String() string { return base64.RawURLEncoding.EncodeToString(p[:]) }

// MarshalText keeps JSON readable.
func (p Print) MarshalText() ([]byte, error) {
	if p.Zero() {
		return nil, nil
	}
	return []byte(p.String()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (p *Print) UnmarshalText(text []byte) error {
	*p = Print{}
	raw, err := base64.RawURLEncoding.DecodeString(string(text))
	if err == nil && len(raw) != 0 && len(raw) != len(p) {
		err = ErrSnapshot
	}
	copy(p[:], raw)
	return err
}

// Add adds an item.
func (p *Print) Add(it *news.Item) {
	sum := sha256.Sum256(essence(it))
	carry := uint64(0)
	for i := 8; i >= 0; i -= 8 {
		a, b := binary.BigEndian.Uint64(p[i:]), binary.BigEndian.Uint64(sum[i:])
		total := a + b + carry
		carry = 0
		if total < a || total == a && b > 0 {
			carry = 1
		}
		binary.BigEndian.PutUint64(p[i:], total)
	}
}

// essence is what an item says as far as counts go: its identity and revision,
// and what it was tagged with.
func essence(it *news.Item) []byte {
	type event struct {
		Key    news.EventKey
		Status news.Status
		Amount *news.Amount
		Places *int
	}
	out := struct {
		ID       news.ItemID
		Revision int
		Lang     string
		Relevant bool
		Tags     []string
		Events   []event
	}{it.ID, it.Revision, it.Tagging.Lang, it.Tagging.Relevant, nil, nil}
	for i := range it.Tagging.Tags {
		out.Tags = append(out.Tags, string(it.Tagging.Tags[i].Concept))
	}
	slices.Sort(out.Tags)
	for i := range it.Tagging.Events {
		e := &it.Tagging.Events[i]
		out.Events = append(out.Events, event{e.Key(), e.Status, e.Amount, e.Places})
	}
	b, _ := json.Marshal(out) // of strings and numbers
	return b
}

// snapshotKind begins every ID; another shape would begin otherwise.
const snapshotKind = "s1"

// ErrSnapshot says that something is no ID of a snapshot.
var ErrSnapshot = errors.New("this is no snapshot id, or a part of it is missing: copy it whole")

// ID writes the snapshot: its content behind a checksum, in letters, digits,
// hyphens and underscores.
func (s Snapshot) ID() string {
	content := binary.AppendVarint(nil, s.Taken.UnixMilli())
	content = binary.AppendUvarint(content, s.Sequence)
	content = binary.AppendUvarint(content, uint64(s.Items))
	content = append(content, s.Print[:]...)
	content = append(content, s.Taxonomy+"\n"+s.Query...)
	sum := sha256.Sum256(content)
	return snapshotKind + base64.RawURLEncoding.EncodeToString(append(sum[:6:6], content...))
}

// ParseSnapshot reads what ID wrote.
func ParseSnapshot(id string) (Snapshot, error) {
	encoded, ok := strings.CutPrefix(strings.TrimSpace(id), snapshotKind)
	raw, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if !ok || err != nil || len(raw) < 6 {
		return Snapshot{}, ErrSnapshot
	}
	content := raw[6:]
	if sum := sha256.Sum256(content); string(sum[:6]) != string(raw[:6]) {
		return Snapshot{}, ErrSnapshot
	}
	taken, n := binary.Varint(content)
	sequence, n2 := binary.Uvarint(content[max(n, 0):])
	items, n3 := binary.Uvarint(content[max(n, 0)+max(n2, 0):])
	rest := content[max(n, 0)+max(n2, 0)+max(n3, 0):]
	if n <= 0 || n2 <= 0 || n3 <= 0 || len(rest) < len(Print{}) {
		return Snapshot{}, ErrSnapshot
	}
	s := Snapshot{Taken: time.UnixMilli(taken).UTC(), Sequence: sequence, Items: int(items), Print: Print(rest[:len(Print{})])}
	s.Taxonomy, s.Query, ok = strings.Cut(string(rest[len(Print{}):]), "\n")
	if !ok {
		return Snapshot{}, ErrSnapshot
	}
	return s, nil
}

// Short is the beginning of the ID, for names of files.
func (s Snapshot) Short() string { return s.ID()[2:10] }

// Cite is how a paper cites the snapshot.
func (s Snapshot) Cite() string {
	return fmt.Sprintf("Silkwire, query “%s”, %d items, taken %s, taxonomy %s, snapshot %s", s.Query, s.Items, s.Taken.Format("2006-01-02 15:04 UTC"), s.Taxonomy, s.ID())
}
