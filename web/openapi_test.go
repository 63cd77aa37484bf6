package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"silkwire/export"
	"silkwire/news"
)

// described is the document, as far as the test reads it.
type described struct {
	Paths      map[string]map[string]operation `json:"paths"`
	Components struct {
		Schemas map[string]schema `json:"schemas"`
	} `json:"components"`
}

type operation struct {
	OperationID string           `json:"operationId"`
	Parameters  []map[string]any `json:"parameters"`
	Responses   map[string]struct {
		Content map[string]struct {
			Schema schema `json:"schema"`
		} `json:"content"`
	} `json:"responses"`
}

// schema is the part of JSON Schema that the document uses.
type schema map[string]any

func document(t *testing.T) described {
	t.Helper()
	w := get(serve(t, full()), "/api/openapi.json")
	var d described
	if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil || w.Code != http.StatusOK {
		t.Fatalf("status %d: %v", w.Code, err)
	}
	return d
}

// The document describes the API and nothing else: a route that comes or goes
// comes or goes in openapi.json too.
func TestEveryRouteOfTheAPIIsDescribed(t *testing.T) {
	routes := map[string]bool{}
	for _, r := range serve(t, full()).table() {
		if method, path, _ := strings.Cut(r.pattern, " "); strings.HasPrefix(path, "/api/") {
			routes[strings.ToLower(method)+" "+path] = true
		}
	}
	for path, methods := range document(t).Paths {
		for method := range methods {
			if key := method + " " + path; !routes[key] {
				t.Errorf("openapi.json describes %s, which is no route", key)
			} else {
				delete(routes, key)
			}
		}
	}
	for key := range routes {
		t.Errorf("openapi.json does not describe %s: add it under paths", key)
	}
}

// asked are addresses whose answers are held against the description; several
// for an operation show what may be there and what may be missing.
func asked(path string) []string {
	snapshot := export.Snapshot{Taken: noon}.ID()
	return map[string][]string{
		"/api/v1/items":                {"?facets=1", "?q=nothing", "?limit=1&sort=best"},
		"/api/v1/items/{id}":           {"aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc"},
		"/api/v1/matrix":               {"?rows=actor&cols=instrument", "?rows=lang&cols=month&unit=stories", "?q=nothing"},
		"/api/v1/series":               {"", "?by=day&split=actor", "?q=nothing"},
		"/api/v1/snapshots/{snapshot}": {snapshot},
		"/api/v1/editions":             {"", "?profile=nothing"},
		"/api/v1/items/{id}/reviews":   {"aaaaaaaaaaaaaaaa"},
	}[path]
}

func TestEveryAnswerIsAsItIsDescribed(t *testing.T) {
	d := document(t)
	a := full()
	bare := news.Item{ID: "cccccccccccccccc", Outlet: "gone", Title: "x", Fetched: noon}
	a.items = append(a.items, bare)
	s := serve(t, a)
	for path, methods := range d.Paths {
		op, ok := methods["get"]
		if !ok {
			continue
		}
		for _, ask := range append(asked(path), "")[:max(1, len(asked(path)))] {
			address := path + ask
			if head, tail, found := strings.Cut(path, "{"); found {
				_, rest, _ := strings.Cut(tail, "}")
				address = head + ask + rest
			}
			d.holds(t, op, address, get(s, address))
		}
	}
	for address, id := range map[string]string{ // mistakes are as they are described too
		"/api/v1/items?q=(": "items", "/api/v1/items/none": "item", "/api/v1/matrix?rows=x": "matrix", "/api/v1/series?by=x": "series",
		"/api/v1/export?what=x": "export", "/api/v1/snapshots/x": "snapshot", "/api/v1/items?cursor=x": "items",
	} {
		for _, methods := range d.Paths {
			if op := methods["get"]; op.OperationID == id {
				d.refuses(t, address, get(s, address))
			}
		}
	}
}

// What is posted is answered as it is described, and its body is one that the
// description knows.
func TestReviewsThroughTheAPIAreAsTheyAreDescribed(t *testing.T) {
	d := document(t)
	desk := sitting(t, 0, numbered(1)...)
	ops := d.Paths["/api/v1/items/{id}/reviews"]
	for who, body := range map[string]string{
		"amina": `{"verdict":"reject","concept":"china","note":"no","revision":0,"taxonomy":"v1","key":"k"}`,
		"bek":   `{"verdict":"accept","concept":"china"}`,
	} {
		d.check(t, body, schema{"$ref": "#/components/schemas/NewReview"}, []byte(body))
		w, _ := desk.send(who, "item00", body)
		if w.Code != http.StatusCreated {
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
		d.check(t, "POST "+body, ops["post"].Responses["201"].Content["application/json"].Schema, w.Body.Bytes())
	}
	d.holds(t, ops["get"], "reviews", get(desk.Server, "/api/v1/items/item00/reviews", sentBy("amina")))
	w, _ := desk.send("amina", "item00", `{"verdict":"x"}`)
	d.refuses(t, "a verdict that there is not", w)
}

// holds reports where an answer is otherwise than described.
func (d *described) holds(t *testing.T, op operation, address string, w *httptest.ResponseRecorder) {
	t.Helper()
	kind, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
	content, ok := op.Responses[fmt.Sprint(w.Code)].Content[kind]
	if w.Code != http.StatusOK || !ok {
		t.Errorf("%s: status %d with %s is not described", address, w.Code, kind)
		return
	}
	if kind != "application/json" {
		return
	}
	d.check(t, address, content.Schema, w.Body.Bytes())
}

func (d *described) refuses(t *testing.T, address string, w *httptest.ResponseRecorder) {
	t.Helper()
	if w.Code < 400 || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s: status %d, %s", address, w.Code, w.Header().Get("Content-Type"))
	}
	d.check(t, address, schema{"$ref": "#/components/schemas/Problem"}, w.Body.Bytes())
}

func (d *described) check(t *testing.T, address string, of schema, body []byte) {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Errorf("%s: %v", address, err)
		return
	}
	for _, wrong := range d.wrong(of, v, "") {
		t.Errorf("%s: %s", address, wrong)
	}
}

// wrong lists where a value is not what the schema says. What a schema of an
// object does not mention is wrong too: the description is complete.
func (d *described) wrong(of schema, v any, at string) (list []string) {
	if ref, ok := of["$ref"].(string); ok {
		found, ok := d.Components.Schemas[strings.TrimPrefix(ref, "#/components/schemas/")]
		if !ok {
			return []string{at + ": there is no schema " + ref}
		}
		return d.wrong(found, v, at)
	}
	if choices, ok := of["oneOf"].([]any); ok {
		for _, one := range choices {
			if list = d.wrong(one.(map[string]any), v, at); len(list) == 0 {
				return nil
			}
		}
		return list
	}
	if types := typesOf(of); len(types) > 0 && !slices.ContainsFunc(types, func(name string) bool { return isOf(name, v) }) {
		return []string{fmt.Sprintf("%s is %v, want %v", at, v, types)}
	}
	if enum, ok := of["enum"].([]any); ok && !slices.Contains(enum, v) {
		return []string{fmt.Sprintf("%s is %v, want one of %v", at, v, enum)}
	}
	switch v := v.(type) {
	case []any:
		items, _ := of["items"].(map[string]any)
		for i := range v {
			list = append(list, d.wrong(items, v[i], fmt.Sprintf("%s[%d]", at, i))...)
		}
	case map[string]any:
		list = d.wrongMembers(of, v, at)
	}
	return list
}

func (d *described) wrongMembers(of schema, v map[string]any, at string) (list []string) {
	properties, closed := of["properties"].(map[string]any)
	more, open := of["additionalProperties"].(map[string]any)
	required, _ := of["required"].([]any)
	for _, name := range required {
		if _, ok := v[name.(string)]; !ok {
			list = append(list, fmt.Sprintf("%s.%s is missing", at, name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		switch member, ok := properties[name].(map[string]any); {
		case ok:
			list = append(list, d.wrong(member, v[name], at+"."+name)...)
		case open:
			list = append(list, d.wrong(more, v[name], at+"."+name)...)
		case closed:
			list = append(list, at+"."+name+" is not described")
		}
	}
	return list
}

func typesOf(of schema) (types []string) {
	switch v := of["type"].(type) {
	case string:
		types = []string{v}
	case []any:
		for _, name := range v {
			types = append(types, name.(string))
		}
	}
	return types
}

func isOf(name string, v any) bool {
	switch name {
	case "null":
		return v == nil
	case "string":
		_, ok := v.(string)
		return ok
	case "boolean":
		_, ok := v.(bool)
		return ok
	case "number":
		_, ok := v.(float64)
		return ok
	case "integer":
		n, ok := v.(float64)
		return ok && n == float64(int64(n))
	case "array":
		_, ok := v.([]any)
		return ok
	case "object":
		_, ok := v.(map[string]any)
		return ok
	}
	return false
}

// The validator of this test finds what is wrong.
func TestTheValidatorSeesMistakes(t *testing.T) {
	d := document(t)
	item := schema{"$ref": "#/components/schemas/Amount"}
	for body, want := range map[string]int{
		`{"value":1.5,"currency":"USD"}`: 0, `{"value":1.5}`: 1, `{"value":"1","currency":"USD"}`: 1, `{"value":1,"currency":"USD","more":1}`: 1, `null`: 1, `[]`: 1,
	} {
		var v any
		if err := json.Unmarshal([]byte(body), &v); err != nil {
			t.Fatal(err)
		}
		if wrong := d.wrong(item, v, ""); len(wrong) != want {
			t.Errorf("%s: %q", body, wrong)
		}
	}
}

// Every operation has a name of its own, and parameters in words.
func TestOperationsAreNamedOnce(t *testing.T) {
	seen := map[string]bool{}
	for path, methods := range document(t).Paths {
		for method, op := range methods {
			if op.OperationID == "" || seen[op.OperationID] {
				t.Errorf("%s %s: operationId %q", method, path, op.OperationID)
			}
			seen[op.OperationID] = true
			for _, p := range op.Parameters {
				if p["description"] == "" || p["in"] == "path" && !strings.Contains(path, "{"+p["name"].(string)+"}") {
					t.Errorf("%s %s: parameter %v", method, path, p["name"])
				}
			}
		}
	}
}

func TestThePageOfTheAPINamesEveryAddress(t *testing.T) {
	page := pageAt(t, serve(t, full()), "/api").text()
	for path := range document(t).Paths {
		if !strings.Contains(page, path) {
			t.Errorf("it does not name %s", path)
		}
	}
}
