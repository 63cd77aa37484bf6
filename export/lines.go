package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// csvFile writes RFC 4180 in UTF-8, lines ended by CR LF.
type csvFile struct {
	out  *csv.Writer
	line []string
}

func newCSV(w io.Writer, s Sheet) (*csvFile, error) {
	f := &csvFile{out: csv.NewWriter(w), line: make([]string, len(s.Fields))}
	f.out.UseCRLF = true
	for i, field := range s.Fields {
		f.line[i] = field.Name
	}
	return f, f.out.Write(f.line)
}

func (f *csvFile) Write(row Row) error {
	for i, v := range row {
		f.line[i] = csvCell(v)
	}
	return f.out.Write(f.line)
}

func (f *csvFile) Close() error {
	f.out.Flush()
	return f.out.Error()
}

func csvCell(v any) string {
	switch v := v.(type) {
	case string:
		return Inert(v)
	case []string:
		return Inert(strings.Join(v, " "))
	case nil:
		return ""
	case int:
		return strconv.Itoa(v)
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		return v.Format(time.RFC3339)
	}
	return Inert(fmt.Sprint(v))
}

// armed are the first letters by which a spreadsheet takes a cell for a
// formula, and the apostrophe, so that [Inert] can be undone.
const armed = "=+-@\t\r\n'＝＋－＠"

// Inert is a text that no spreadsheet takes for a formula (X21): one that
// begins like a formula is preceded by an apostrophe, and so is one that begins
// with an apostrophe. [Armed] gives the text back, whatever it was.
func Inert(s string) string {
	if first := strings.TrimLeft(s, " "); first != "" && strings.ContainsRune(armed, []rune(first[:min(len(first), 4)])[0]) {
		return "'" + s
	}
	return s
}

// Armed undoes [Inert].
func Armed(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && Inert(rest) == s {
		return rest
	}
	return s
}

// jsonLines writes one object per row, its keys in the order of the fields.
type jsonLines struct {
	w    io.Writer
	keys [][]byte
	line bytes.Buffer
}

func newJSONL(w io.Writer, s Sheet) *jsonLines {
	f := &jsonLines{w: w}
	for _, field := range s.Fields {
		f.keys = append(f.keys, fmt.Appendf(nil, "%q:", field.Name))
	}
	return f
}

func (f *jsonLines) Write(row Row) error {
	f.line.Reset()
	enc := json.NewEncoder(&f.line)
	enc.SetEscapeHTML(false)
	for i, v := range row {
		f.line.WriteByte(map[bool]byte{true: '{', false: ','}[i == 0])
		f.line.Write(f.keys[i])
		if list, ok := v.([]string); ok && list == nil {
			v = []string{}
		}
		if err := enc.Encode(v); err != nil {
			return err
		}
		f.line.Truncate(f.line.Len() - 1) // the encoder ends a line
	}
	f.line.WriteString("}\n")
	_, err := f.w.Write(f.line.Bytes())
	return err
}

func (*jsonLines) Close() error { return nil }
