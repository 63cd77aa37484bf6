// Package export takes the archive away as files: items, tags, events and
// reviews as CSV, JSON lines or a workbook, with a codebook that describes
// every field and every concept, and with the snapshot by which a figure in a
// paper can be counted again.
//
// A [Table] says what its fields are and makes rows of items; a [Writer] writes
// rows in one format and knows nothing of items. [Job.Write] walks the archive
// page by page, so that neither memory nor a reading transaction grows with
// what is taken away.
package export

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Format is how rows are written.
type Format string

// The formats.
const (
	CSV   Format = "csv"
	JSONL Format = "jsonl"
	XLSX  Format = "xlsx"
)

// Formats are all formats.
func Formats() []Format { return []Format{CSV, JSONL, XLSX} }

// MediaType is what a server calls the format.
func (f Format) MediaType() string {
	switch f {
	case JSONL:
		return "application/x-ndjson"
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8"
}

// Field is one column: what the codebook says of it.
type Field struct {
	Name   string
	Type   string // text, id, list, number, count, yes-no, time, day
	Unit   string // of numbers
	Source string // where the value comes from: the outlet, the archive, the tagger …
	About  string
}

// Sheet is a named list of fields.
type Sheet struct {
	Name   string
	Fields []Field
}

// Row holds a value for every field: string, []string, int, float64, bool,
// time.Time or nil, where there is none.
type Row []any

// Writer writes rows. Close ends the file, but not what it is written to.
type Writer interface {
	Write(Row) error
	Close() error
}

// About is what a file says of itself, line by line, where its format has room.
type About [][2]string

// NewWriter begins a file.
func NewWriter(f Format, w io.Writer, s Sheet, about About) (Writer, error) {
	switch f {
	case CSV:
		return newCSV(w, s)
	case JSONL:
		return newJSONL(w, s), nil
	case XLSX:
		return newXLSX(w, s, about)
	}
	return nil, fmt.Errorf("there is no format %q; there are %s", f, joined(Formats()))
}

func joined[T ~string](list []T) string {
	names := make([]string, len(list))
	for i, x := range list {
		names[i] = string(x)
	}
	return strings.Join(names, ", ")
}

// ParseFormat reads the name of a format; CSV is what is meant by none.
func ParseFormat(name string) (Format, error) {
	if name == "" {
		return CSV, nil
	}
	if f := Format(name); slices.Contains(Formats(), f) {
		return f, nil
	}
	return "", fmt.Errorf("there is no format %q; there are %s", name, joined(Formats()))
}

// moment is a time as every format writes it: UTC, to the second.
func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Truncate(time.Second)
}
