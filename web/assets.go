package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"time"
)

//go:embed static/*
var staticFiles embed.FS

// assets are the files that pages load, by name. Only what is in the map is
// served: no path leads out of it.
type assets map[string]asset

type asset struct {
	content     []byte
	contentType string
	version     string // of the content; part of the address, so that it may be cached for ever
}

func loadAssets() assets {
	all := assets{}
	files, err := fs.ReadDir(staticFiles, "static")
	if err != nil {
		panic(err)
	}
	for _, f := range files {
		content, err := staticFiles.ReadFile(path.Join("static", f.Name()))
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(content)
		all[f.Name()] = asset{content: content, contentType: contentType(f.Name()), version: hex.EncodeToString(sum[:6])}
	}
	return all
}

// contentType does not leave to the machine's own table what decides whether a
// browser takes a file.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return mime.TypeByExtension(path.Ext(name))
}

func (a assets) href(name string) string { return "/static/" + name + "?v=" + a[name].version }

func (s *Server) static(w http.ResponseWriter, r *http.Request) {
	a, ok := s.assets[r.PathValue("file")]
	if !ok {
		s.refuse(w, r, failure{Code: http.StatusNotFound, Kind: "not_found"})
		return
	}
	w.Header().Set("Content-Type", a.contentType)
	w.Header().Set("ETag", `"`+a.version+`"`)
	w.Header().Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == a.version {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.content))
}
