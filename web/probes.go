package web

import (
	"context"
	"errors"
	"net/http"
)

// live answers while the process does: it asks nobody.
func (s *Server) live(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") }

// ready answers whether the program can do its work; with ?verbose it says
// what was asked.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, stop := context.WithTimeout(r.Context(), patience)
	defer stop()
	_, archiveErr := s.Store.Stats(ctx)
	ok, why := s.Ready()
	code, word := http.StatusOK, "ready"
	if !ok || archiveErr != nil {
		code, word = http.StatusServiceUnavailable, "not ready"
	}
	if archiveErr != nil {
		s.Log.Error("the archive cannot be read", "request", idOf(r), "error", archiveErr)
		archiveErr = errors.New("cannot be read; the log says why")
	}
	if !r.URL.Query().Has("verbose") {
		plain(w, code, word+"\n")
		return
	}
	text := check("archive", archiveErr == nil, errorText(archiveErr)) + check("work", ok, why) + word + "\n"
	plain(w, code, text)
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func check(name string, ok bool, why string) string {
	if ok {
		return "[+] " + name + " ok\n"
	}
	return "[-] " + name + ": " + oneLine(why, 300) + "\n"
}

func plain(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write([]byte(text))
}

// version says what runs, to whoever may know.
func (s *Server) version(*http.Request) (any, error) {
	return map[string]string{"version": s.Version, "taxonomy": s.Taxonomy.Version}, nil
}
