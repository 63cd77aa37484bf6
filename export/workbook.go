package export

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Limits of the format.
const (
	mostRows    = 1_048_576 // of a sheet
	longestCell = 32_767    // characters
)

// workbook writes rows as they come; what does not fit into memory lies in a
// temporary file until Close. Texts are text cells, never formulas.
type workbook struct {
	w     io.Writer
	file  *excelize.File
	out   *excelize.StreamWriter
	sheet Sheet
	about About
	head  int // style of the first row
	when  int // style of times
	row   int // last one written
	count int // sheets of rows
	cut   int // texts that were too long
}

func newXLSX(w io.Writer, s Sheet, about About) (*workbook, error) {
	f := &workbook{w: w, file: excelize.NewFile(), sheet: s, about: about}
	var err error
	if f.head, err = f.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}}); err != nil {
		return nil, err
	}
	format := "yyyy-mm-dd hh:mm:ss"
	if f.when, err = f.file.NewStyle(&excelize.Style{CustomNumFmt: &format}); err != nil {
		return nil, err
	}
	return f, f.begin()
}

// begin begins a sheet of rows.
func (f *workbook) begin() error {
	f.count++
	name := f.sheet.Name
	if f.count > 1 {
		name = fmt.Sprintf("%s %d", name, f.count)
		if _, err := f.file.NewSheet(name); err != nil {
			return err
		}
	} else if err := f.file.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	var err error
	if f.out, err = f.file.NewStreamWriter(name); err != nil {
		return err
	}
	if err := f.out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	f.row = 1
	return f.out.SetRow("A1", f.headings(f.sheet.Fields))
}

func (f *workbook) headings(fields []Field) []any {
	cells := make([]any, len(fields))
	for i, field := range fields {
		cells[i] = excelize.Cell{StyleID: f.head, Value: field.Name}
	}
	return cells
}

func (f *workbook) Write(row Row) error {
	if f.row == mostRows {
		if err := f.out.Flush(); err != nil {
			return err
		}
		if err := f.begin(); err != nil {
			return err
		}
	}
	cells := make([]any, len(row))
	for i, v := range row {
		cells[i] = f.cell(v)
	}
	f.row++
	return f.out.SetRow(fmt.Sprintf("A%d", f.row), cells)
}

func (f *workbook) cell(v any) any {
	switch v := v.(type) {
	case string:
		return f.text(v)
	case []string:
		return f.text(strings.Join(v, " "))
	case time.Time:
		return excelize.Cell{StyleID: f.when, Value: v}
	}
	return v
}

// text is what a cell may hold: legal characters of XML, and not too many.
func (f *workbook) text(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
	if len(s) > longestCell && utf8.RuneCountInString(s) > longestCell {
		f.cut++
		return string([]rune(s)[:longestCell-1]) + "…"
	}
	return s
}

// Close adds what the file says of itself and of its fields, and writes all.
func (f *workbook) Close() error {
	if err := f.out.Flush(); err != nil {
		return err
	}
	about := append(About{}, f.about...)
	if f.cut > 0 {
		about = append(about, [2]string{"cut", fmt.Sprintf("%d texts are longer than a cell can hold and were cut; CSV and JSONL have them whole", f.cut)})
	}
	var lines []Row
	for _, pair := range about {
		lines = append(lines, Row{pair[0], pair[1]})
	}
	if err := f.side("about", []Field{{Name: "what"}, {Name: "value"}}, lines); err != nil {
		return err
	}
	lines = nil
	for _, field := range f.sheet.Fields {
		lines = append(lines, field.row(f.sheet.Name))
	}
	if err := f.side("fields", fieldFields, lines); err != nil {
		return err
	}
	if _, err := f.file.WriteTo(f.w); err != nil {
		return err
	}
	return f.file.Close()
}

// side adds a small sheet.
func (f *workbook) side(name string, fields []Field, rows []Row) error {
	if _, err := f.file.NewSheet(name); err != nil {
		return err
	}
	out, err := f.file.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := out.SetRow("A1", f.headings(fields)); err != nil {
		return err
	}
	for i, row := range rows {
		cells := make([]any, len(row))
		for j, v := range row {
			cells[j] = f.cell(v)
		}
		if err := out.SetRow(fmt.Sprintf("A%d", i+2), cells); err != nil {
			return err
		}
	}
	return out.Flush()
}
