package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// deepestBody is how deep what the API is sent may nest.
const deepestBody = 16

// readBody reads the JSON that a request to the API sends. What it does not
// know, what it is told twice, and what comes after the end is a mistake, not
// something to be passed over (X17).
func readBody(r *http.Request, v any) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return inEnglish(http.StatusRequestEntityTooLarge, "too_large", fmt.Sprintf("A body may have %d bytes.", large.Limit))
		}
		return badJSON("The body could not be read.")
	}
	if err := singleKeys(body); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return badJSON(oneLine(err.Error(), 200) + ".")
	}
	return nil
}

func badJSON(detail string) failure {
	return inEnglish(http.StatusBadRequest, "bad_json", detail)
}

// singleKeys refuses bodies that are no JSON, nest too deep, say a key twice, or
// go on after their end.
func singleKeys(body []byte) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	type level struct {
		keys   map[string]bool // of an object; nil for a list
		expect bool            // a key comes next
	}
	var open []level
	for first := true; first || len(open) > 0; first = false {
		tok, err := dec.Token()
		if err != nil {
			return badJSON("The body is no JSON: " + oneLine(err.Error(), 200) + ".")
		}
		switch t := tok.(type) {
		case json.Delim:
			if t == '}' || t == ']' {
				open = open[:len(open)-1]
			} else if len(open) == deepestBody {
				return badJSON(fmt.Sprintf("The body nests deeper than %d levels.", deepestBody))
			} else {
				next := level{}
				if t == '{' {
					next = level{keys: map[string]bool{}, expect: true}
				}
				open = append(open, next)
				continue
			}
		case string:
			if n := len(open); n > 0 && open[n-1].expect {
				if open[n-1].keys[t] {
					return badJSON(fmt.Sprintf("The key %q is there twice.", oneLine(t, 60)))
				}
				open[n-1].keys[t], open[n-1].expect = true, false
				continue
			}
		}
		if n := len(open); n > 0 && open[n-1].keys != nil {
			open[n-1].expect = true // a value has ended
		}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return badJSON("Something comes after the end of the JSON.")
	}
	return nil
}
