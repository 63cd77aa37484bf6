package collection

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"silkwire/news"
)

// longestLine bounds one line of JSON.
const longestLine = 16 << 20

// jsonLines reads one item per line: what "silkwire visit --json", "search
// --json" and the gold set write, and what others call their fields.
func (r *reader) jsonLines(in io.Reader, where string) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, longestLine)
	for n := 1; lines.Scan(); n++ {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if line == "" {
			continue
		}
		at := fmt.Sprintf("%s:%d", where, n)
		it, err := r.jsonItem(line)
		if err != nil {
			r.reject(at, err)
			continue
		}
		if err := r.item(it, at); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		r.reject(where, err)
	}
	return nil
}

// jsonList reads one list of the same objects.
func (r *reader) jsonList(in io.Reader, where string) error {
	decoder := json.NewDecoder(io.LimitReader(in, mostBytes))
	decoder.UseNumber()
	if _, err := decoder.Token(); err != nil {
		r.reject(where, err)
		return nil
	}
	for n := 1; decoder.More(); n++ {
		at := fmt.Sprintf("%s[%d]", where, n)
		var fields map[string]any
		if err := decoder.Decode(&fields); err != nil {
			r.reject(at, fmt.Errorf("not a list of objects: %w", err))
			return nil
		}
		it, err := r.fromFields(fields)
		if err != nil {
			r.reject(at, err)
			continue
		}
		if err := r.item(it, at); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) jsonItem(line string) (news.Item, error) {
	var fields map[string]any
	decoder := json.NewDecoder(strings.NewReader(line))
	decoder.UseNumber()
	if err := decoder.Decode(&fields); err != nil {
		return news.Item{}, fmt.Errorf("not an object of JSON: %w", err)
	}
	return r.fromFields(fields)
}

func (r *reader) fromFields(fields map[string]any) (news.Item, error) {
	var it news.Item
	for key, value := range fields {
		words := textOf(value)
		switch key {
		case "text", "body", "content", "content_text", "full_text":
			it.Text = tidied(words)
		case "summary", "description", "lead":
			it.Summary = tidied(words)
		case "guid", "id":
			if key == "guid" || it.GUID == "" {
				it.GUID = words
			}
		case "authors":
			it.Authors = textsOf(value)
		case "categories", "keywords":
			it.Categories = textsOf(value)
		case "image":
			it.Image = words
		default:
			setField(&it, key, words, r.at)
		}
	}
	if it.Body() == "" {
		return it, errors.New("no text: a line needs a field text, body or content")
	}
	return it, nil
}

func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return strings.ToValidUTF8(v, "\uFFFD")
	case json.Number:
		return v.String()
	}
	return ""
}

func textsOf(v any) (out []string) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, x := range list {
		if s := textOf(x); s != "" && len(out) < 50 {
			out = append(out, s)
		}
	}
	return out
}
