package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"path"
	"strconv"
	"strings"

	"silkwire/export"
	"silkwire/words"
)

// sheet is the table of a picture. What the page shows, what the CSV holds and
// what the JSON holds are this one table.
type sheet struct {
	Name    string // in addresses and JSON
	Caption string
	Cols    []column
	Rows    [][]cell
	Shown   int // rows on the page; 0: all
	Folded  bool
}

// column is one column of a sheet.
type column struct {
	ID, Name string
	Num      bool
	Class    string
	Href     string
}

// cell is one value, with how a page shows it.
type cell struct {
	Value     any    // string, int or float64; nil: nothing
	Text      string // for people; "": as Value
	Href      string
	Lang, Dir string // of text that came from outside
	Whole     bool   // the whole cell is in Lang, alignment included
	Class     string
	Note      string // small, below
	NoteHref  string
	Head      bool // names the row
	More      []textLink
	Links     []textLink // in the place of the value
}

// textLink is a link in a line of small ones.
type textLink struct{ Name, Href string }

// shown is the cell for people who read a language.
func shown(l *words.Language, c cell) string {
	if c.Text != "" {
		return c.Text
	}
	switch v := c.Value.(type) {
	case nil:
		return ""
	case int:
		return grouped(int64(v))
	case float64:
		return l.Decimal(math.Round(v*100)/100, -1)
	}
	return fmt.Sprint(c.Value)
}

// Visible are the rows on the page.
func (s *sheet) Visible() [][]cell {
	if s.Shown > 0 && s.Shown < len(s.Rows) {
		return s.Rows[:s.Shown]
	}
	return s.Rows
}

// Hidden says how many rows only the CSV and the JSON have.
func (s *sheet) Hidden() int { return len(s.Rows) - len(s.Visible()) }

// number is a count that opens what it counts.
func number(n int, href string) cell {
	if n == 0 {
		href = ""
	}
	return cell{Value: n, Href: href}
}

// share is a part of a whole in percent with one place.
func (s *Server) share(x float64) cell { return cell{Value: x, Text: s.percentage(x)} }

// sheets are the tables of a view, the chosen one only where one is chosen.
func (v *view) sheets() []*sheet {
	var list []*sheet
	for i := range v.Sections {
		if s := v.Sections[i].Sheet; s != nil && (v.form.Get("table") == "" || v.form.Get("table") == s.Name) {
			list = append(list, s)
		}
	}
	return list
}

// writeFile writes the first table of a view, or the one that table= names, as
// CSV or as a workbook.
func (v *view) writeFile(w http.ResponseWriter, f export.Format) error {
	name, fields, rows := path.Base(v.Path), []export.Field{{Name: "nothing", Type: "text"}}, [][]cell(nil)
	if list := v.sheets(); len(list) > 0 {
		name, fields, rows = name+"-"+list[0].Name, list[0].fields(), list[0].Rows
	}
	var out bytes.Buffer
	file, err := export.NewWriter(f, &out, export.Sheet{Name: name, Fields: fields}, v.about())
	if err != nil {
		return err
	}
	for _, row := range rows {
		line := make(export.Row, len(row))
		for i, c := range row {
			line[i] = c.Value
		}
		if err := file.Write(line); err != nil {
			return err
		}
	}
	if err := file.Close(); err != nil {
		return err
	}
	w.Header().Set("Content-Type", f.MediaType())
	w.Header().Set("Content-Disposition", `attachment; filename="silkwire-`+name+`.`+string(f)+`"`)
	_, _ = out.WriteTo(w)
	return nil
}

func (s *sheet) fields() []export.Field {
	list := make([]export.Field, len(s.Cols))
	for i, c := range s.Cols {
		list[i] = export.Field{Name: c.ID, Type: map[bool]string{true: "number", false: "text"}[c.Num], Source: "counted", About: c.Name}
	}
	return list
}

// about is what a file says of itself: what was counted, and what it cannot say.
func (v *view) about() export.About {
	about := export.About{{"view", v.Title}, {"query", v.narrowed()}, {"relevant only", strconv.FormatBool(!v.All)}, {"archive sequence", strconv.FormatUint(v.seq, 10)}, {"taxonomy", v.s.Taxonomy.Version}, {"notice", v.Notice}}
	for _, f := range v.Fields {
		about = append(about, [2]string{strings.ToLower(f.Label), f.Value})
	}
	for _, l := range v.Limits {
		about = append(about, [2]string{"limit", l})
	}
	return about
}

// countAnswer is a view as JSON: its tables, and all that is needed to count
// again.
type countAnswer struct {
	View     string                      `json:"view"`
	Query    string                      `json:"query"`
	From     string                      `json:"from,omitempty"`
	To       string                      `json:"to,omitempty"`
	All      bool                        `json:"all"` // not only relevant items
	Form     map[string]string           `json:"form"`
	Taxonomy string                      `json:"taxonomy"`
	Sequence uint64                      `json:"sequence"`
	Notice   string                      `json:"notice"`
	Facts    []string                    `json:"facts"`
	Limits   []string                    `json:"limits"`
	Tables   map[string][]map[string]any `json:"tables"`
}

func (v *view) writeJSON(w http.ResponseWriter) {
	a := countAnswer{
		View: path.Base(v.Path), Query: v.Query, From: v.From, To: v.To, All: v.All, Form: map[string]string{}, Sequence: v.seq,
		Notice: v.Notice, Facts: orEmpty(v.Facts), Limits: orEmpty(v.Limits), Tables: map[string][]map[string]any{},
	}
	if v.s.Taxonomy != nil {
		a.Taxonomy = v.s.Taxonomy.Version
	}
	for _, f := range v.Fields {
		a.Form[f.Name] = f.Value
	}
	for _, t := range v.sheets() {
		rows := make([]map[string]any, len(t.Rows))
		for i, row := range t.Rows {
			rows[i] = map[string]any{}
			for j, c := range row {
				rows[i][t.Cols[j].ID] = c.Value
			}
		}
		a.Tables[t.Name] = rows
	}
	w.Header().Set("Content-Type", "application/json")
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(a)
}
