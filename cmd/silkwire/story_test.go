package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding/htmlindex"

	"silkwire/demo"
	"silkwire/text"
)

// TestMain lets the test binary stand in for the program: under the name
// silkwire, which is in PATH, it is the program.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"silkwire": main, "postoffice": postOfficeMain})
}

// TestStories runs testdata/script: these files in, those words out.
func TestStories(t *testing.T) {
	long(t)
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
			env.Setenv("HOME", env.WorkDir)
			items, err := filepath.Abs(filepath.Join("..", "..", "demo", "items.jsonl"))
			env.Setenv("DEMO_ITEMS", items)
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":    exits,
			"encode":   encode,
			"contract": contract,
			"wanted":   wanted,
		},
	})
}

// exits CODE COMMAND… runs a command that must end with a code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command [args...]")
	}
	code := 0
	var failed *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &failed) {
		code = failed.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if want, err := strconv.Atoi(args[0]); err != nil || code != want {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// encode CHARSET FROM TO writes a file in another charset.
func encode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: encode charset from to")
	}
	enc, err := htmlindex.Get(args[0])
	ts.Check(err)
	out, err := enc.NewEncoder().String(ts.ReadFile(args[1]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(out), 0o600))
}

// contract visit|extract|tag [INPUT] checks every line of stdout against the
// output contract. INPUT are the JSON lines that were tagged.
func contract(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: contract visit|extract|tag [input]")
	}
	lines := nonEmptyLines(ts.ReadFile("stdout"))
	if len(lines) == 0 {
		ts.Fatalf("nothing was printed")
	}
	var input []string
	if len(args) > 1 {
		input = nonEmptyLines(ts.ReadFile(args[1]))
		if len(input) != len(lines) {
			ts.Fatalf("%d items in, %d lines out", len(input), len(lines))
		}
	}
	for i, line := range lines {
		var v any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			ts.Fatalf("line %d: %v", i+1, err)
		}
		if err := contracts[args[0]](v); err != nil {
			ts.Fatalf("line %d: %v\n%s", i+1, err, line)
		}
		if len(input) > 0 {
			if err := spansHold(input[i], line); err != nil {
				ts.Fatalf("line %d: %v\n%s", i+1, err, line)
			}
		}
	}
}

func nonEmptyLines(s string) []string {
	return slices.DeleteFunc(strings.Split(s, "\n"), func(l string) bool { return strings.TrimSpace(l) == "" })
}

// check tells what is wrong with a value out of JSON.
type check func(v any) error

var contracts = map[string]check{
	"visit": object{
		"id": str, "source": str, "guid": str, "url": str, "title": str, "summary": str, "text": str,
		"authors": listOf(str), "categories": listOf(str), "published": orNull(moment), "lang": str,
	}.exactly,
	"extract": object{
		"url": str, "canonical": str, "title": str, "text": str, "authors": listOf(str), "published": orNull(moment), "lang": str, "image": str,
	}.exactly,
	"tag": object{
		"id": str, "lang": language, "relevance": unit, "relevant": boolean, "taxonomy": full, "tags": listOf(object{
			"concept": full, "facet": full, "score": unit, "implied": boolean, "by": listOf(full), "evidence": listOf(object{
				"field": oneOf("title", "body"), "start": number, "end": number, "text": full, "term": full, "lang": full,
				"sentence": object{"start": number, "end": number}.atLeast,
			}.atLeast),
		}.atLeast),
		"events": listOf(object{
			"actor": full, "state": full, "instrument": full, "family": full, "recipient": str,
			"status": oneOf("announced", "signed", "ongoing", "completed", "cancelled", "denied", "none"),
			"amount": orNull(object{"value": number, "currency": full}.atLeast), "places": orNull(number),
			"evidence": object{"field": oneOf("title", "body"), "start": number, "end": number, "text": full}.atLeast,
		}.atLeast),
	}.atLeast,
}

// object is the keys of a JSON object.
type object map[string]check

// atLeast wants every key; more may be there.
func (o object) atLeast(v any) error {
	m, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("an object is wanted, not %v", v)
	}
	for key, check := range o {
		value, there := m[key]
		if !there {
			return fmt.Errorf("there is no %q", key)
		}
		if err := check(value); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}

// exactly wants every key, and no other.
func (o object) exactly(v any) error {
	m, _ := v.(map[string]any)
	for key := range m {
		if o[key] == nil {
			return fmt.Errorf("nobody promised %q", key)
		}
	}
	return o.atLeast(v)
}

func listOf(c check) check {
	return func(v any) error {
		list, ok := v.([]any)
		if !ok {
			return fmt.Errorf("a list is wanted, not %v", v)
		}
		for i, e := range list {
			if err := c(e); err != nil {
				return fmt.Errorf("%d: %w", i, err)
			}
		}
		return nil
	}
}

func orNull(c check) check {
	return func(v any) error {
		if v == nil {
			return nil
		}
		return c(v)
	}
}

func oneOf(words ...string) check {
	return func(v any) error {
		if s, ok := v.(string); !ok || !slices.Contains(words, s) {
			return fmt.Errorf("%v is none of %q", v, words)
		}
		return nil
	}
}

func language(v any) error {
	var names []string
	for _, l := range text.Langs {
		names = append(names, l.String())
	}
	return oneOf(append(names, "und")...)(v)
}

func str(v any) error {
	if _, ok := v.(string); !ok {
		return fmt.Errorf("a string is wanted, not %v", v)
	}
	return nil
}

func full(v any) error {
	if s, ok := v.(string); !ok || s == "" {
		return fmt.Errorf("a string that says something is wanted, not %q", v)
	}
	return nil
}

func boolean(v any) error {
	if _, ok := v.(bool); !ok {
		return fmt.Errorf("true or false is wanted, not %v", v)
	}
	return nil
}

func number(v any) error {
	if _, ok := v.(float64); !ok {
		return fmt.Errorf("a number is wanted, not %v", v)
	}
	return nil
}

func unit(v any) error {
	if n, ok := v.(float64); !ok || n < 0 || n > 1 {
		return fmt.Errorf("a number from 0 to 1 is wanted, not %v", v)
	}
	return nil
}

func moment(v any) error {
	s, _ := v.(string)
	_, err := time.Parse(time.RFC3339, s)
	return err
}

// span is a place in an item.
type span struct {
	Field      string
	Start, End int
	Text       string
	Sentence   struct{ Start, End int }
}

// spansHold compares what was tagged with the places that the tags name.
func spansHold(item, tagging string) error {
	var in labelled
	var out struct {
		ID   string
		Tags []struct {
			Concept  string
			Implied  bool
			By       []string
			Evidence []span
		}
		Events []struct{ Evidence span }
	}
	if err := errors.Join(json.Unmarshal([]byte(item), &in), json.Unmarshal([]byte(tagging), &out)); err != nil {
		return err
	}
	if out.ID != in.ID {
		return fmt.Errorf("%q went in, and %q came out", in.ID, out.ID)
	}
	concepts := map[string]bool{}
	for _, tag := range out.Tags {
		concepts[tag.Concept] = true
	}
	for _, tag := range out.Tags {
		if tag.Implied != (len(tag.By) > 0) || !tag.Implied && len(tag.Evidence) == 0 {
			return fmt.Errorf("%s: implied %v, by %q, with %d places", tag.Concept, tag.Implied, tag.By, len(tag.Evidence))
		}
		for _, by := range tag.By {
			if !concepts[by] {
				return fmt.Errorf("%s is implied by %s, which is not there", tag.Concept, by)
			}
		}
		for _, s := range tag.Evidence {
			if err := s.holds(&in); err != nil {
				return fmt.Errorf("%s: %w", tag.Concept, err)
			}
			if s.Sentence.Start > s.Start || s.Sentence.End < s.End {
				return fmt.Errorf("%s: %q lies outside of its sentence", tag.Concept, s.Text)
			}
		}
	}
	for _, e := range out.Events {
		if err := e.Evidence.holds(&in); err != nil {
			return err
		}
	}
	return nil
}

func (s span) holds(in *labelled) error {
	field := in.Body
	if s.Field == "title" {
		field = in.Title
	}
	if s.Start < 0 || s.End > len(field) || s.Start >= s.End || field[s.Start:s.End] != s.Text {
		return fmt.Errorf("%s[%d:%d] is not %q", s.Field, s.Start, s.End, s.Text)
	}
	return nil
}

// wanted FILE CONCEPT… wants concepts among the tags of a file of taggings.
func wanted(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: [!] wanted file concept...")
	}
	out := ts.ReadFile(args[0])
	for _, concept := range args[1:] {
		if strings.Contains(out, `"concept":"`+concept+`"`) == neg {
			ts.Fatalf("%s: tagged: %v", concept, neg)
		}
	}
}

// TestTheDemoItemsKeepTheContractOfTags tags all of the demo's items, in eleven
// languages and scripts.
func TestTheDemoItemsKeepTheContractOfTags(t *testing.T) {
	t.Parallel()
	items, err := demo.Items()
	if err != nil {
		t.Fatal(err)
	}
	var in strings.Builder
	for _, it := range items {
		line, err := json.Marshal(labelled{ID: it.ID, Title: it.Title, Body: it.Body})
		if err != nil {
			t.Fatal(err)
		}
		in.Write(append(line, '\n'))
	}
	r := silkwire(t, "tag", "--jsonl", "--json")
	r.Stdin = strings.NewReader(in.String())
	out := r.must(t, 0)
	given, got := nonEmptyLines(in.String()), nonEmptyLines(out)
	if len(given) != len(got) {
		t.Fatalf("%d items in, %d lines out", len(given), len(got))
	}
	for i := range got {
		var v any
		if err := json.Unmarshal([]byte(got[i]), &v); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(contracts["tag"](v), spansHold(given[i], got[i])); err != nil {
			t.Errorf("%s: %v", items[i].ID, err)
		}
	}
}

// TestASeedArticleIsUnderstood tags a real article, where there is one.
func TestASeedArticleIsUnderstood(t *testing.T) {
	t.Parallel()
	dir, err := filepath.Abs(filepath.Join("..", "..", "..", "shared", "seeds"))
	if err != nil {
		t.Fatal(err)
	}
	seeds, err := filepath.Glob(filepath.Join(dir, "001_*.txt"))
	if err != nil || len(seeds) == 0 {
		t.Skip("the seed articles are not here")
	}
	content, err := os.ReadFile(seeds[0])
	if err != nil {
		t.Fatal(err)
	}
	out := silkwire(t, "tag", "--json", seeds[0]).must(t, 0)
	item, err := json.Marshal(labelled{ID: filepath.Base(seeds[0]), Body: string(content)})
	if err != nil {
		t.Fatal(err)
	}
	if err := spansHold(string(item), out); err != nil {
		t.Error(err)
	}
	for _, concept := range []string{
		"china", "russia", "confucius-institute", "rossotrudnichestvo", "belt-and-road",
		"kazakhstan", "kyrgyzstan", "tajikistan", "turkmenistan", "uzbekistan",
	} {
		if !strings.Contains(out, `"concept":"`+concept+`"`) {
			t.Errorf("%s is not found", concept)
		}
	}
	if !strings.Contains(out, `"concept":"scholarship"`) && !strings.Contains(out, `"facet":"instrument"`) {
		t.Error("neither scholarships nor education is found")
	}
}
