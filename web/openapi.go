package web

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// The description of the API (OpenAPI 3.1). A test holds it and the handlers
// against each other: every route is described, and every answer is as described.
//
//go:embed openapi.json
var openAPI []byte

// openAPIDocument answers /api/openapi.json.
func (s *Server) openAPIDocument(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(openAPI)
}

// apiDocument is what the page shows of the description.
type apiDocument struct {
	Info struct {
		Description string `json:"description"`
	} `json:"info"`
	Paths map[string]map[string]apiOperation `json:"paths"`
}

type apiOperation struct {
	Summary    string `json:"summary"`
	Parameters []struct {
		Name        string `json:"name"`
		In          string `json:"in"`
		Description string `json:"description"`
	} `json:"parameters"`
}

// apiPage is templates/api.html: the API for people.
type apiPage struct {
	frame
	About string
	Base  string
	Calls []apiCall
}

// apiCall is an operation in one line with its parameters.
type apiCall struct {
	Method, Path, Summary string
	Href                  string // where it can be tried; "" where something must be filled in
	Parameters            []choice
}

func (s *Server) apiPage(r *http.Request) (framed, error) {
	var doc apiDocument
	if err := json.Unmarshal(openAPI, &doc); err != nil {
		return nil, err
	}
	p := &apiPage{frame: frame{Title: "API"}, About: doc.Info.Description, Base: s.BaseURL}
	if p.Base == "" {
		p.Base = "http://" + r.Host
	}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			call := apiCall{Method: strings.ToUpper(method), Path: path, Summary: op.Summary}
			if method == "get" && !strings.Contains(path, "{") {
				call.Href = path
			}
			for _, param := range op.Parameters {
				call.Parameters = append(call.Parameters, choice{Value: param.Name, Name: param.Description})
			}
			p.Calls = append(p.Calls, call)
		}
	}
	slices.SortFunc(p.Calls, func(a, b apiCall) int { return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method) })
	return p, nil
}
