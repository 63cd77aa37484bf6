package demo_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"silkwire/demo"
	"silkwire/gold"
	"silkwire/news"
	"silkwire/taxonomy"
)

func items(t *testing.T) []demo.Item {
	t.Helper()
	all, err := demo.Items()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTheItemsAreEnoughInEveryLanguage(t *testing.T) {
	perLanguage, relevant := map[string]int{}, 0
	all := items(t)
	for _, it := range all {
		perLanguage[it.Lang]++
		if it.Relevant {
			relevant++
		}
	}
	for _, lang := range []string{"en", "ru", "uz-Latn", "uz-Cyrl", "kk", "ky", "tg", "tk", "tr", "zh", "fa"} {
		if perLanguage[lang] < 8 {
			t.Errorf("%s has %d items, want 8 or more", lang, perLanguage[lang])
		}
		delete(perLanguage, lang)
	}
	if len(perLanguage) > 0 {
		t.Errorf("unexpected languages: %v", perLanguage)
	}
	if len(all) < 110 {
		t.Errorf("there are %d items, want 110 or more", len(all))
	}
	if share := float64(relevant) / float64(len(all)); share < 0.6 || share > 0.73 {
		t.Errorf("%.2f of the items are relevant, want about two thirds", share)
	}
}

func TestEveryLabelHasItsEvidenceInTheText(t *testing.T) {
	for _, it := range items(t) {
		says := func(words string) bool {
			return words != "" && (strings.Contains(it.Title, words) || strings.Contains(it.Body, words))
		}
		for _, tag := range it.Tags {
			if !says(tag.Evidence) {
				t.Errorf("%s: %s: the text does not say %q", it.ID, tag.ID, tag.Evidence)
			}
		}
		for _, e := range it.Events {
			if !says(e.Evidence) {
				t.Errorf("%s: %s, %s: the text does not say %q", it.ID, e.Actor, e.Instrument, e.Evidence)
			}
		}
	}
}

func TestItemsAreLabelledOnce(t *testing.T) {
	ids := map[string]bool{}
	for _, it := range items(t) {
		if ids[it.ID] {
			t.Errorf("%s occurs twice", it.ID)
		}
		ids[it.ID] = true
		concepts := map[news.ConceptID]bool{}
		for _, tag := range it.Tags {
			if concepts[tag.ID] {
				t.Errorf("%s: %s is labelled twice", it.ID, tag.ID)
			}
			concepts[tag.ID] = true
		}
		events := map[demo.Event]bool{}
		for _, e := range it.Events {
			e.Evidence = ""
			if events[e] {
				t.Errorf("%s: the event %v is labelled twice", it.ID, e)
			}
			events[e] = true
			if !concepts[e.Actor] || !concepts[e.Instrument] {
				t.Errorf("%s: the event %v names a concept that is no tag", it.ID, e)
			}
		}
		if !it.Relevant && len(it.Events) > 0 {
			t.Errorf("%s is not relevant, but has events", it.ID)
		}
		if it.Relevant && !slices.ContainsFunc(it.Tags, func(tag demo.Tag) bool { return tag.Main }) {
			t.Errorf("%s is relevant, but nothing is its main thing", it.ID)
		}
	}
}

func TestEventsAreOfTheKindsTheGuideKnows(t *testing.T) {
	recipients := []news.ConceptID{"kazakhstan", "kyrgyzstan", "tajikistan", "turkmenistan", "uzbekistan", "central-asia"}
	states := []news.Status{news.Announced, news.Signed, news.Ongoing, news.Completed, news.Cancelled, news.DeniedEvt, news.NoStatus}
	seen := map[news.Status]int{}
	for _, it := range items(t) {
		for _, e := range it.Events {
			seen[e.Status]++
			if !slices.Contains(recipients, e.Recipient) || !slices.Contains(states, e.Status) {
				t.Errorf("%s: the event %v has an unknown recipient or status", it.ID, e)
			}
		}
	}
	for _, status := range states[:6] {
		if seen[status] < 3 {
			t.Errorf("only %d events are %s", seen[status], status)
		}
	}
}

func TestLabelsAreConceptsOfTheInventory(t *testing.T) {
	inventory, err := os.ReadFile("../../shared/taxonomy/inventory.yaml")
	if err != nil {
		t.Skip("the inventory is not at hand")
	}
	known := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^[\s-]*id: *([a-z0-9-]+)`).FindAllSubmatch(inventory, -1) {
		known[string(m[1])] = true
	}
	eachConcept(t, func(item string, id news.ConceptID) {
		if !known[string(id)] {
			t.Errorf("%s: the inventory has no %s", item, id)
		}
	})
}

func TestLabelsAreConceptsOfTheTaxonomy(t *testing.T) {
	tax, err := taxonomy.Default()
	if err != nil {
		t.Fatal(err)
	}
	eachConcept(t, func(item string, id news.ConceptID) {
		if _, ok := tax.Concept(id); !ok {
			t.Errorf("%s: the taxonomy has no %s", item, id)
		}
	})
}

func eachConcept(t *testing.T, f func(item string, id news.ConceptID)) {
	for _, it := range items(t) {
		for _, tag := range it.Tags {
			f(it.ID, tag.ID)
		}
		for _, e := range it.Events {
			f(it.ID, e.Actor)
			f(it.ID, e.Instrument)
			f(it.ID, e.Recipient)
		}
	}
}

// The items are news of the length of news, and of the last two days.
func TestItemsAreShortAndFresh(t *testing.T) {
	for _, it := range items(t) {
		length := utf8.RuneCountInString(it.Body)
		if it.Lang == "zh" {
			length *= 3
		}
		if length < 380 || length > 1150 {
			t.Errorf("%s is %d letters long", it.ID, length)
		}
		if it.Ago < 0.5 || it.Ago > 40 {
			t.Errorf("%s was published %g hours ago, want 0.5 to 40", it.ID, it.Ago)
		}
		if it.Origin != "demo" || strings.TrimSpace(it.Title) != it.Title || strings.Contains(it.Body, "\n\n") {
			t.Errorf("%s is not in order", it.ID)
		}
	}
}

// The labels are read by the same reader as the gold set; no key is lost.
func TestTheGoldSetReadsTheLabels(t *testing.T) {
	read, err := gold.Read(bytes.NewReader(demo.Gold()))
	if err != nil {
		t.Fatal(err)
	}
	lines, all := bufio.NewScanner(bytes.NewReader(demo.Gold())), items(t)
	if len(read) != len(all) {
		t.Fatalf("the gold set reads %d items of %d", len(read), len(all))
	}
	for i := range read {
		if read[i].Title != all[i].Title || len(read[i].Tags) != len(all[i].Tags) || len(read[i].Events) != len(all[i].Events) {
			t.Errorf("%s is read otherwise by the gold set", all[i].ID)
		}
		decoder := json.NewDecoder(bytes.NewReader(line(lines)))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&demo.Item{}); err != nil {
			t.Errorf("%s: %v", all[i].ID, err)
		}
	}
}

func line(s *bufio.Scanner) []byte {
	s.Scan()
	return s.Bytes()
}
