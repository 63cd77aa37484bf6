package taxonomy

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// writeCSV writes one row per term (RFC 4180). A cell that a spreadsheet would
// take for a formula is preceded by an apostrophe.
func (t *Taxonomy) writeCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"concept", "name", "facet", "parent", "language", "term", "exact", "rule", "active"}); err != nil {
		return err
	}
	for _, c := range t.sorted() {
		for i := range c.Terms {
			if err := out.Write(t.csvRow(c, &c.Terms[i])); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

func (t *Taxonomy) csvRow(c *Concept, term *Term) []string {
	rules := c.Rules.join(&term.Rules)
	row := []string{
		string(c.ID), c.Name, string(c.Facet), string(c.Parent), term.Lang.String(), term.Text,
		strconv.FormatBool(term.Exact), t.RuleInWords(&rules), strconv.FormatBool(!c.Inactive),
	}
	for i, cell := range row {
		if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
			row[i] = "'" + cell
		}
	}
	return row
}
