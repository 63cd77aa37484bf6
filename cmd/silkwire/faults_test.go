package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// faults are those of the network, of private addresses, of feeds and of HTML
// that the program survives; each has a number.
var faults = map[string]int{"N": 43, "S": 16, "F": 25, "H": 12}

// notTested are faults without a test of their own, and why.
var notTested = map[string]string{}

var (
	faultRange = regexp.MustCompile(`\b([NSFH])(\d{1,2})\s*[–-]\s*[NSFH]?(\d{1,2})\b`)
	fault      = regexp.MustCompile(`\b([NSFH])(\d{1,2})\b`)
)

// TestEveryFaultIsCitedWhereItIsProvoked finds for each number a test file that
// names it.
func TestEveryFaultIsCitedWhereItIsProvoked(t *testing.T) {
	cited := map[string]bool{}
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") || filepath.Base(path) == "faults_test.go" {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range faultRange.FindAllStringSubmatch(string(content), -1) {
			from, _ := strconv.Atoi(m[2])
			to, _ := strconv.Atoi(m[3])
			for n := from; n <= to; n++ {
				cited[m[1]+strconv.Itoa(n)] = true
			}
		}
		for _, m := range fault.FindAllStringSubmatch(string(content), -1) {
			cited[m[1]+m[2]] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var missing []string
	for kind, most := range faults {
		for n := 1; n <= most; n++ {
			if name := fmt.Sprint(kind, n); !cited[name] && notTested[name] == "" {
				missing = append(missing, name)
			}
		}
	}
	slices.Sort(missing)
	if len(missing) > 0 {
		t.Errorf("no test names %v", missing)
	}
}
