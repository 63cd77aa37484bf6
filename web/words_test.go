package web

import (
	"cmp"
	"flag"
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"

	"golang.org/x/tools/go/packages"

	"silkwire/words"
)

var action = regexp.MustCompile(`\{\{.*?\}\}`)

var writeWords = flag.Bool("words", false, "write the files of package words anew, with a place for every message")

// used is where each message is said, by its English.
type used map[string]string

// saidInTemplates are the messages that templates say with t and h.
func saidInTemplates(t *testing.T, all used) {
	t.Helper()
	for _, name := range templateNames(t) {
		for _, tree := range trees(t, name) {
			walk(tree.Root, func(n parse.Node) {
				cmd, ok := n.(*parse.CommandNode)
				if !ok || len(cmd.Args) < 2 {
					return
				}
				fn, isName := cmd.Args[0].(*parse.IdentifierNode)
				m, isText := cmd.Args[1].(*parse.StringNode)
				if isName && isText && (fn.Ident == "t" || fn.Ident == "h") {
					all[m.Text] = cmp.Or(all[m.Text], path.Base(name))
				}
			})
		}
	}
}

func templateNames(t *testing.T) []string {
	t.Helper()
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil || len(names) < 20 {
		t.Fatalf("%d templates, %v", len(names), err)
	}
	// What stands on every page comes first.
	slices.SortStableFunc(names, func(a, b string) int {
		return cmp.Compare(slices.Index([]string{"parts.html", "layout.html"}, path.Base(b)), slices.Index([]string{"parts.html", "layout.html"}, path.Base(a)))
	})
	return names
}

func trees(t *testing.T, name string) map[string]*parse.Tree {
	t.Helper()
	raw, err := templateFiles.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]any{"and": 0, "or": 0, "not": 0, "eq": 0, "ne": 0, "gt": 0, "len": 0, "index": 0, "print": 0}
	for fn := range functions(english(t).words) {
		known[fn] = 0
	}
	list, err := parse.Parse(name, string(raw), "{{", "}}", known)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// walk calls f with a node and everything below it.
func walk(n parse.Node, f func(parse.Node)) {
	list := func(l *parse.ListNode) {
		if l != nil {
			for _, n := range l.Nodes {
				walk(n, f)
			}
		}
	}
	branch := func(b *parse.BranchNode) {
		walk(b.Pipe, f)
		list(b.List)
		list(b.ElseList)
	}
	f(n)
	switch n := n.(type) {
	case *parse.ListNode:
		list(n)
	case *parse.ActionNode:
		walk(n.Pipe, f)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			walk(n.Pipe, f)
		}
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			walk(c, f)
		}
	case *parse.CommandNode:
		for _, a := range n.Args {
			walk(a, f)
		}
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	}
}

// saidInGo are the constants that are messages by their type, wherever they
// stand in the program.
func saidInGo(t *testing.T, all used) {
	t.Helper()
	mode := packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedTypes | packages.NeedTypesSizes | packages.NeedSyntax | packages.NeedTypesInfo
	list, err := packages.Load(&packages.Config{Mode: mode, Dir: ".."}, "./web", "./tally", "./people", "./search", "./tagger", "./export", "./cmd/silkwire")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		if len(p.Errors) > 0 {
			t.Fatal(p.Errors)
		}
		for _, file := range p.Syntax {
			where := path.Base(p.PkgPath) + "/" + filepath.Base(p.Fset.File(file.Pos()).Name())
			ast.Inspect(file, func(n ast.Node) bool {
				e, ok := n.(ast.Expr)
				if !ok {
					return true
				}
				tv := p.TypesInfo.Types[e]
				if tv.Value != nil && isMessage(tv.Type) && tv.Value.Kind() == constant.String {
					if m := constant.StringVal(tv.Value); strings.ContainsFunc(m, isLetter) && m != "%s" && m != "%d" {
						all[m] = cmp.Or(all[m], where)
					}
					return false
				}
				return true
			})
		}
	}
}

func isMessage(t types.Type) bool {
	name := strings.TrimPrefix(types.TypeString(t, nil), "silkwire/")
	return name == "words.Message" || name == "people.Refusal"
}

func isLetter(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' }

// messages are all that pages can say.
func messages(t *testing.T) used {
	t.Helper()
	all := used{}
	saidInTemplates(t, all)
	saidInGo(t, all)
	if len(all) < 500 {
		t.Fatalf("only %d messages were found", len(all))
	}
	return all
}

// TestEveryMessageHasItsPlaceInEveryLanguage fails where a file of words lacks
// a message or has one that nobody says. What a translator has yet to do is
// only told: until then English stands there.
func TestEveryMessageHasItsPlaceInEveryLanguage(t *testing.T) {
	all := messages(t)
	english, err := words.Read("en")
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range words.Languages() {
		f, err := words.Read(tag)
		if err != nil {
			t.Fatal(err)
		}
		if *writeWords {
			writeLanguage(t, tag, f, english, all)
			continue
		}
		waiting := 0
		for key := range f.Messages {
			if _, said := all[key]; !said {
				t.Errorf("%s.yaml: nobody says %q any more (go generate ./words)", tag, key)
			}
		}
		for key, where := range all {
			text, has := f.Messages[key]
			switch {
			case tag == "en":
			case !has:
				t.Errorf("%s.yaml has no place for %q of %s (go generate ./words)", tag, key, where)
			case text.Missing():
				waiting++
				t.Logf("%s.yaml: %q of %s waits for a translator", tag, key, where)
			default:
				comparePlaceholders(t, tag, key, text)
			}
		}
		if waiting > 0 {
			t.Logf("%s.yaml: %d of %d messages wait for a translator", tag, waiting, len(all))
		}
	}
}

func comparePlaceholders(t *testing.T, tag, key string, text words.Text) {
	t.Helper()
	all := slices.Collect(maps.Values(text.Forms))
	if len(text.Forms) == 0 {
		all = []string{text.One}
	}
	for _, says := range all {
		if got, want := placeholders(says), placeholders(key); !maps.Equal(got, want) {
			t.Errorf("%s.yaml: %q has the places %v, and the English %q has %v", tag, says, got, key, want)
		}
	}
}

var verb = regexp.MustCompile(`%(?:\[(\d+)\])?([a-z%])`)

// placeholders are the arguments that a format writes, with their verbs.
func placeholders(format string) map[string]bool {
	set, next := map[string]bool{}, 1
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[2] == "%" {
			continue
		}
		n := next
		if m[1] != "" {
			n, _ = strconv.Atoi(m[1])
		}
		set[fmt.Sprintf("%d%s", n, m[2])] = true
		next = n + 1
	}
	return set
}

// writeLanguage writes the file of a language anew: what it says so far, under
// the page or file that says it, and an empty place for what it lacks.
func writeLanguage(t *testing.T, tag string, f, english words.File, all used) {
	t.Helper()
	name := filepath.Join("..", "words", tag+".yaml")
	old, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(old), "\nmessages:")
	var out strings.Builder
	out.WriteString(head + "\nmessages:\n")
	where := ""
	for _, key := range slices.SortedFunc(maps.Keys(all), func(a, b string) int { return cmp.Or(comparePlaces(all[a], all[b]), cmp.Compare(a, b)) }) {
		said, has := f.Messages[key]
		plural := len(english.Messages[key].Forms) > 0
		if tag == "en" && !has {
			continue
		}
		if all[key] != where {
			where = all[key]
			out.WriteString("\n  # " + where + "\n")
		}
		switch {
		case plural:
			forms := make([]string, 0, 4)
			for _, form := range words.Forms(tag) {
				forms = append(forms, form+": "+quote(said.Forms[form]))
			}
			fmt.Fprintf(&out, "  %s: {%s}\n", quote(key), strings.Join(forms, ", "))
		default:
			fmt.Fprintf(&out, "  %s: %s\n", quote(key), quote(said.One))
		}
	}
	if err := os.WriteFile(name, []byte(out.String()), 0o644); err != nil { //nolint:gosec // a source file
		t.Fatal(err)
	}
}

// comparePlaces puts templates before Go, and what stands on every page first.
func comparePlaces(a, b string) int {
	rank := func(where string) int {
		switch {
		case where == "layout.html":
			return 0
		case where == "parts.html":
			return 1
		case strings.HasSuffix(where, ".html"):
			return 2
		}
		return 3
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
}

// quote writes a text for YAML in double quotes.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
