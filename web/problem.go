package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"silkwire/search"
	"silkwire/store"
	"silkwire/words"
)

// failure is a request that gets no answer, said to people as a page and to
// machines as a problem (RFC 9457). Its zero Detail is filled in.
type failure struct {
	Code     int           // of HTTP
	Kind     string        // one word for programs, which stays the same
	Detail   words.Message // for people: what happened and what to do
	Args     []any         // of Detail
	Position int           // in a query, counting characters from 1; 0: nowhere
}

// Error says it in English, for the log.
func (f failure) Error() string { return fmt.Sprintf(string(f.Detail), f.Args...) }

// title and detail say what a code means where nobody said it better.
func (f failure) title() words.Message {
	switch f.Code {
	case http.StatusNotFound:
		return "There is nothing here"
	case http.StatusBadRequest:
		return "This request cannot be read"
	case http.StatusServiceUnavailable:
		return "Not now"
	case http.StatusInternalServerError:
		return "Something went wrong on our side"
	case http.StatusForbidden:
		return "Refused"
	case http.StatusUnauthorized:
		return "Sign in first"
	case http.StatusTooManyRequests:
		return "Too many attempts"
	}
	return words.Message(http.StatusText(f.Code))
}

func (f failure) detail() words.Message {
	switch {
	case f.Detail != "":
		return f.Detail
	case f.Code == http.StatusNotFound:
		return "The address may be mistyped, or what it named was never in this archive."
	case f.Code == http.StatusInternalServerError:
		return "The log has the details, under the request id below. The archive itself was not changed by this."
	}
	return ""
}

// explain finds the failure in an error. What it does not know is internal and
// goes to the log, not to the reader.
func explain(err error) failure {
	var f failure
	var syntax *search.SyntaxError
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &syntax):
		return failure{Code: http.StatusBadRequest, Kind: "bad_query", Detail: "query, character %d: %s", Args: []any{syntax.Character(), words.Said{Message: syntax.Msg, Args: syntax.Args}}, Position: syntax.Character()}
	case errors.Is(err, store.ErrCursor):
		return failure{Code: http.StatusBadRequest, Kind: "bad_cursor", Detail: "The cursor is not one that an earlier page gave. Begin again without it."}
	case errors.Is(err, store.ErrExists):
		return failure{Code: http.StatusConflict, Kind: "exists", Detail: "This is there already, or its key was used for something else."}
	case errors.Is(err, store.ErrFull):
		return failure{Code: http.StatusServiceUnavailable, Kind: "disk_full", Detail: "The disk is full, and nothing was written. Reading goes on."}
	case errors.Is(err, store.ErrNotFound):
		return failure{Code: http.StatusNotFound, Kind: "not_found"}
	case errors.Is(err, context.DeadlineExceeded):
		return failure{Code: http.StatusServiceUnavailable, Kind: "too_slow", Detail: "The search took too long and was stopped. Narrow it by a concept, an outlet, a language or a date."}
	case errors.Is(err, store.ErrCorrupt):
		return failure{Code: http.StatusInternalServerError, Kind: "archive_damaged", Detail: "This part of the archive is damaged. Run “silkwire archive check”, and restore a backup if it says so."}
	}
	return failure{Code: http.StatusInternalServerError, Kind: "internal"}
}

// mistake says in the reader's language what is wrong with a query or a form.
func (s *Server) mistake(err error) string {
	var syntax *search.SyntaxError
	if !errors.As(err, &syntax) || err.Error() != syntax.Error() { // said inside another
		return err.Error()
	}
	f := explain(syntax)
	return s.say(f.Detail, f.Args...)
}

// fail answers with an error, and logs those that are our own fault.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) {
		return // nobody is there to read an answer
	}
	f := explain(err)
	if f.Code >= http.StatusInternalServerError {
		s.Log.Error("a request failed", "request", idOf(r), "path", r.URL.Path, "error", err)
	}
	s.refuse(w, r, f)
}

// refuse answers with a failure in the form that the asker understands.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, f failure) {
	if f.Code == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", challenge(f))
	}
	s = s.speaking(r)
	title, detail := s.say(f.title()), s.say(f.detail(), f.Args...)
	switch {
	case strings.HasPrefix(r.URL.Path, "/api/") || r.URL.Path == "/version":
		s.writeProblem(w, r, f)
	case isProbe(r.URL.Path):
		http.Error(w, strings.TrimSpace(title+". "+detail), f.Code)
	default:
		s.writePage(w, r, "error", &errorPage{frame: frame{Title: title, Code: f.Code}, Detail: detail, Request: idOf(r)})
	}
}

// challenge says what a request lacks (RFC 6750).
func challenge(f failure) string {
	if f.Kind == "bad_token" {
		return `Bearer realm="silkwire", error="invalid_token"`
	}
	return `Bearer realm="silkwire"`
}

func isProbe(path string) bool {
	return path == "/livez" || path == "/healthz" || path == "/readyz" || path == "/metrics"
}

// errorPage is templates/error.html.
type errorPage struct {
	frame
	Detail  string
	Request string
}

// problem is the JSON of a failure (RFC 9457, with three members of our own).
type problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail,omitempty"`
	Code     string `json:"code"`
	Position int    `json:"position,omitempty"`
	Request  string `json:"request,omitempty"`
}

func (s *Server) writeProblem(w http.ResponseWriter, r *http.Request, f failure) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(f.Code)
	_ = json.NewEncoder(w).Encode(problem{
		Type: "about:blank", Title: s.say(f.title()), Status: f.Code, Detail: s.say(f.detail(), f.Args...),
		Code: f.Kind, Position: f.Position, Request: idOf(r),
	})
}
