package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"silkwire/news"
	"silkwire/store/bolt"
	"silkwire/tagger"
	"silkwire/taxonomy"
)

// reviewedArchive is an archive of three items, two of which an analyst has
// looked through, and a configuration that names it.
func reviewedArchive(t *testing.T) (cfg string, ids []news.ItemID) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "silkwire.db")
	tax, err := taxonomy.Default()
	if err != nil {
		t.Fatal(err)
	}
	tg, err := tagger.New(tax)
	if err != nil {
		t.Fatal(err)
	}
	st, err := bolt.Open(path, bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	for i, words := range [][2]string{
		{"China offers Kyrgyzstan 200 scholarships", "The Chinese embassy in Bishkek signed an agreement with the ministry. China gives Kyrgyzstan 200 scholarships this year."},
		{"Russian House opens in Osh", "Rossotrudnichestvo opened a Russian House in Osh, Kyrgyzstan. Courses of the Russian language are free."},
		{"Rain is expected", "It will rain in Bishkek."},
	} {
		it := news.Item{ID: news.ItemID(fmt.Sprintf("reviewed%d", i)), Outlet: "one", Source: "one-feed", URL: fmt.Sprintf("https://one.example/%d", i), Title: words[0], Text: words[1], Fetched: time.Now()}
		it.Tagging = tg.Tag(&it)
		if _, err := st.Save(context.Background(), []news.Item{it}, news.SourceState{}); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, it.ID)
		if i == 2 {
			continue
		}
		said := []news.Review{{By: "amina", Verdict: news.IsRelevant}}
		for j := range it.Tagging.Tags {
			if tag := &it.Tagging.Tags[j]; !tag.Implied {
				said = append(said, news.Review{By: "amina", Verdict: news.Accept, Concept: tag.Concept})
			}
		}
		for j := range it.Tagging.Events {
			key := it.Tagging.Events[j].Key()
			said = append(said, news.Review{By: "amina", Verdict: news.Accept, Event: &key})
		}
		if _, err := st.Review(context.Background(), it.ID, append(said, news.Review{By: "amina", Verdict: news.Finished})...); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := st.Review(context.Background(), ids[2], news.Review{By: "bek", Verdict: news.Flag}); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	cfg = filepath.Join(dir, "silkwire.yaml")
	if err := os.WriteFile(cfg, []byte("archive: bolt://"+filepath.ToSlash(path)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return cfg, ids
}

// command runs the program and returns what it printed.
func command(t *testing.T, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, said bytes.Buffer
	if code := run(context.Background(), args, strings.NewReader(""), &out, &said); code != exitOK {
		t.Fatalf("silkwire %q: exit %d: %s", args, code, said.String())
	}
	return out.String(), said.String()
}

func TestReviewsComeBackAsGoldThatEvalReads(t *testing.T) {
	cfg, _ := reviewedArchive(t)
	exported, said := command(t, "review", "export", "--as", "gold", "-c", cfg)
	if strings.Count(exported, "\n") != 2 || !strings.Contains(said, "1 items left out") {
		t.Fatalf("%s\n%s", exported, said)
	}
	file := filepath.Join(t.TempDir(), "gold.jsonl")
	if err := os.WriteFile(file, []byte(exported), 0o600); err != nil {
		t.Fatal(err)
	}
	report, _ := command(t, "eval", "--json", "--gold", file)
	var got map[string]map[string]figure
	dec := json.NewDecoder(strings.NewReader(report))
	var raw map[string]map[string]json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		t.Fatal(err)
	}
	got = map[string]map[string]figure{"all": {}}
	for _, measure := range []string{"relevance", "tags", "events"} {
		var f figure
		if err := json.Unmarshal(raw["all"][measure], &f); err != nil {
			t.Fatal(err)
		}
		got["all"][measure] = f
	}
	// Everything was accepted: the tagger is as good as its own word.
	if f := got["all"]["relevance"]; f.TP != 2 || f.FP+f.FN != 0 {
		t.Errorf("relevance %+v", f)
	}
	if f := got["all"]["tags"]; f.TP < 6 || f.FP+f.FN != 0 {
		t.Errorf("tags %+v", f)
	}
	if f := got["all"]["events"]; f.TP < 1 || f.FP+f.FN != 0 {
		t.Errorf("events %+v", f)
	}
}

func TestReviewsComeBackAsSentencesOfTheTaxonomy(t *testing.T) {
	cfg, _ := reviewedArchive(t)
	out, _ := command(t, "review", "export", "--as", "sentences", "-c", cfg)
	for _, want := range []string{"  - id: russian-house\n    match:\n      en:\n        - \"", "Russian House", "200 scholarships"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in:\n%s", want, out)
		}
	}
	if strings.Contains(out, "no_match") {
		t.Errorf("nothing was rejected:\n%s", out)
	}
}

func TestReviewsAreListedAndCounted(t *testing.T) {
	cfg, ids := reviewedArchive(t)
	list, _ := command(t, "review", "list", "--by", "bek", "-c", cfg)
	if !strings.Contains(list, string(ids[2])) || !strings.Contains(list, "flag") || strings.Contains(list, "amina") {
		t.Error(list)
	}
	lines, _ := command(t, "review", "export", "--as", "jsonl", "-c", cfg)
	var first news.Review
	if err := json.Unmarshal([]byte(strings.SplitN(lines, "\n", 2)[0]), &first); err != nil || first.By != "amina" || first.Item != ids[0] {
		t.Errorf("%+v, %v", first, err)
	}
	stats, _ := command(t, "review", "stats", "-c", cfg)
	if !strings.Contains(stats, "of 3 items") || !strings.Contains(stats, "Not yet measured.") {
		t.Error(stats)
	}
}
