package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestClustersAreReadAndPrintedAsTheyStand(t *testing.T) {
	const text = "clusters:\n  - name: Heritage\n    query: narrative:heritage OR наследие\n  - {name: Roads, query: narrative:connectivity}\n"
	c := mustParse(t, text)
	want := []Cluster{{"Heritage", "narrative:heritage OR наследие"}, {"Roads", "narrative:connectivity"}}
	if diff := cmp.Diff(want, c.Clusters); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, mustParse(t, string(Print(c))).Clusters); diff != "" {
		t.Error(diff)
	}
}

func TestAClusterWithoutANameOrWithABadQueryIsAMistakeOfItsLine(t *testing.T) {
	v := Validators{Query: func(q string) error {
		if strings.Contains(q, "nowhere") {
			return errors.New("there is no concept")
		}
		return nil
	}}
	for text, want := range map[string]string{
		"clusters:\n  - {name: A, query: narrative:nowhere}\n": "2:22: query",
		"clusters:\n  - {query: a}\n":                          "2:",
		"clusters:\n  - {name: \"A: b\", query: a}\n":          "2:",
	} {
		_, err := Parse("silkwire.yaml", []byte(text), v)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s in it", text, err, want)
		}
	}
}
