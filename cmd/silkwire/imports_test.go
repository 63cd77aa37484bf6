package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport says which of our packages each package may import. cmd/silkwire
// imports everything, and nothing imports it. A package that is not listed
// here has no place in the house yet.
var mayImport = map[string][]string{
	"news":            {},
	"account":         {},
	"people":          {"account", "store"},
	"signon":          {},
	"text":            {},
	"client":          {},
	"fetcher/extract": {},
	"config":          {"news"},
	"taxonomy":        {"news", "text"},
	"tagger":          {"news", "taxonomy", "text", "words"},
	"story":           {"news", "text"},
	"search":          {"news", "text", "taxonomy", "words"},
	"store":           {"news", "search", "account"},
	"review":          {"news"},
	"trust":           {"news", "review", "store"},
	"store/bolt":      {"news", "search", "store", "text", "account", "review"},
	"store/storetest": {"news", "search", "store", "text", "account", "review"},
	"fetcher":         {"news", "client", "fetcher/extract"},
	"collection":      {"news", "client", "fetcher"},
	"monitor":         {"news", "store"},
	"digest":          {"news", "taxonomy", "search", "store", "client", "text", "story"},
	"web":             {"news", "taxonomy", "search", "store", "client", "text", "story", "account", "people", "review", "trust", "tally", "chart", "export", "words"},
	"gold":            {"news", "taxonomy", "review"},
	"export":          {"news", "taxonomy", "search", "store", "text", "review", "words"},
	"tally":           {"news", "search", "taxonomy", "text", "words"},
	"words":           {},
	"chart":           {},
	"bulk":            {"news", "taxonomy", "text"},
	"demo":            {"news", "gold"},
	"text/train":      {"text"},
	"e2e":             {},
}

// homes says which packages may import a module of others.
var homes = map[string][]string{
	"github.com/mmcdole/gofeed":              {"fetcher"},
	"github.com/PuerkitoBio/goquery":         {"fetcher/extract"},
	"github.com/markusmobius/go-trafilatura": {"fetcher/extract"},
	"go.etcd.io/bbolt":                       {"store/bolt"},
	"github.com/RoaringBitmap/roaring":       {"store/bolt"},
	"github.com/robfig/cron/v3":              {"monitor"},
	"github.com/wneessen/go-mail":            {"digest"},
	"github.com/emersion/go-msgauth":         {"digest"},
	"github.com/goccy/go-yaml":               {"config", "taxonomy", "words"},
	"github.com/alecthomas/kong":             {"cmd/silkwire"},
	"github.com/andybalholm/brotli":          {"client"},
	"golang.org/x/crypto":                    {"account"},
	"github.com/xuri/excelize/v2":            {"export"},
	"github.com/coreos/go-oidc/v3":           {"signon"},
	"golang.org/x/oauth2":                    {"signon"},
}

// listed is a package of ours as go list tells of it.
type listed struct {
	ImportPath string
	Imports    []string
	Module     *struct{ Main bool }
}

// ourPackages are all packages of this module, by their path in it.
func ourPackages(t *testing.T) map[string]listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports,Module", "silkwire/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	ours := map[string]listed{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if p.Module != nil && p.Module.Main {
			ours[strings.TrimPrefix(p.ImportPath, "silkwire/")] = p
		}
	}
	if len(ours) < 15 {
		t.Fatalf("go list knows of %d packages only", len(ours))
	}
	return ours
}

func TestImportsFollowTheOrderOfTheHouse(t *testing.T) {
	for name, p := range ourPackages(t) {
		if name == "cmd/silkwire" {
			continue
		}
		allowed, known := mayImport[name]
		if !known {
			t.Errorf("%s has no place in the order of imports; give it one here and in ARCHITECTURE.md", name)
		}
		for _, imported := range p.Imports {
			own, isOurs := strings.CutPrefix(imported, "silkwire/")
			if isOurs && !slices.Contains(allowed, own) {
				t.Errorf("%s imports %s; it may import %q", name, own, allowed)
			}
		}
	}
}

func TestEachDependencyHasItsHome(t *testing.T) {
	used := map[string]bool{}
	for name, p := range ourPackages(t) {
		for _, imported := range p.Imports {
			for module, allowed := range homes {
				if imported != module && !strings.HasPrefix(imported, module+"/") {
					continue
				}
				used[module] = true
				if !slices.Contains(allowed, name) {
					t.Errorf("%s imports %s, whose home is %q", name, imported, allowed)
				}
			}
			if name == "news" && strings.Contains(strings.Split(imported, "/")[0], ".") {
				t.Errorf("news imports %s; it stands on the standard library alone", imported)
			}
		}
	}
	for module := range homes {
		if !used[module] {
			t.Errorf("nothing imports %s any more; strike it from this table", module)
		}
	}
}

func TestOneFileSpeaksToTheFeedLibrary(t *testing.T) {
	eachSource(t, func(name string, file *ast.File) {
		for _, imp := range file.Imports {
			if strings.Contains(imp.Path.Value, "mmcdole/gofeed") && name != "fetcher/feed.go" {
				t.Errorf("%s imports %s; only fetcher/feed.go may", name, imp.Path.Value)
			}
		}
	})
}

// transports are the files outside client that may make a transport of their
// own: they speak to a daemon on this machine and to nobody else.
var transports = []string{"cmd/silkwire/control.go", "cmd/silkwire/check.go"}

func isPointer(e ast.Expr) bool { _, ok := e.(*ast.StarExpr); return ok }

func TestOnlyOnePackageMakesHTTPClients(t *testing.T) { // section 5, 2
	forbidden := []string{"Get", "Head", "Post", "PostForm", "DefaultClient", "DefaultTransport", "Client", "Transport"}
	found := 0
	eachSource(t, func(name string, file *ast.File) {
		local := localName(file, "net/http")
		if local == "" {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if field, ok := n.(*ast.Field); ok && isPointer(field.Type) {
				return false // to name a client that is handed in is not to make one
			}
			sel, ok := n.(*ast.SelectorExpr)
			if !ok || !slices.Contains(forbidden, sel.Sel.Name) {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); !ok || x.Name != local {
				return true
			}
			found++
			if strings.HasPrefix(name, "client/") || sel.Sel.Name == "Transport" && slices.Contains(transports, name) {
				return true
			}
			t.Errorf("%s: http.%s; requests to others go through the package client", name, sel.Sel.Name)
			return true
		})
	})
	if found == 0 {
		t.Error("not even client makes a client: this test looks in the wrong place")
	}
}

// localName is the name under which a file imports a package; "" if it does not.
func localName(file *ast.File, importPath string) string {
	for _, imp := range file.Imports {
		if p, err := strconv.Unquote(imp.Path.Value); err != nil || p != importPath {
			continue
		}
		if imp.Name != nil {
			return imp.Name.Name
		}
		return path.Base(importPath)
	}
	return ""
}

// eachSource calls f with every file of the module that is no test.
func eachSource(t *testing.T, f func(name string, file *ast.File)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "tools" || strings.HasPrefix(d.Name(), ".") && name != root) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		f(filepath.ToSlash(rel), file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
