// Command train makes the table by which package text tells languages apart:
//
//	go run ./text/train -out text/trigrams.gz DIR
//
// DIR holds one file of sentences per language, named by its tag ("ky.txt"),
// such as the news translations of NTREX-128 (Microsoft, CC BY-SA 4.0). Every
// fifth sentence is left out, for measuring. Uzbek in Cyrillic letters is made
// from Uzbek in Latin letters.
package main

import (
	"cmp"
	"compress/gzip"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"silkwire/text"
)

// classes are the languages of each script, ours and their neighbours.
var classes = map[text.Script][]string{
	text.Latin:    {"en", "uz-Latn", "tk", "tr", "az", "de", "fr"},
	text.Cyrillic: {"ru", "uz-Cyrl", "kk", "ky", "tg", "uk", "be", "bg", "mn", "tt", "ba"},
	text.Arabic:   {"fa", "ar", "ps", "ug"},
}

// HoldOut is which sentences are not trained on: those whose number it divides.
const holdOut = 5

const (
	rare   = 2    // sequences seen less often are dropped
	smooth = 0.05 // added to every count
)

func main() {
	out := flag.String("out", "text/trigrams.gz", "the file to write")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: train [-out FILE] DIR")
		os.Exit(2)
	}
	if err := train(flag.Arg(0), *out); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func train(dir, out string) error {
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	z, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	if err != nil {
		return err
	}
	for _, script := range []text.Script{text.Latin, text.Cyrillic, text.Arabic} {
		counts, totals, err := count(dir, script)
		if err != nil {
			return err
		}
		if err := write(z, script, counts, totals); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return f.Close()
}

func count(dir string, script text.Script) (map[uint64][]int, []int, error) {
	counts := map[uint64][]int{}
	totals := make([]int, len(classes[script]))
	for c, tag := range classes[script] {
		name := tag
		if tag == "uz-Cyrl" {
			name = "uz-Latn"
		}
		content, err := os.ReadFile(filepath.Join(dir, name+".txt"))
		if err != nil {
			return nil, nil, err
		}
		for i, sentence := range strings.Split(string(content), "\n") {
			if i%holdOut == 0 {
				continue
			}
			if tag == "uz-Cyrl" {
				sentence = text.UzbekCyrillic(sentence)
			}
			text.Trigrams(sentence, script, func(key uint64) {
				if counts[key] == nil {
					counts[key] = make([]int, len(totals))
				}
				counts[key][c]++
				totals[c]++
			})
		}
	}
	return counts, totals, nil
}

func write(w io.Writer, script text.Script, counts map[uint64][]int, totals []int) error {
	names := strings.Join(classes[script], " ")
	kept := make([]uint64, 0, len(counts))
	for key, row := range counts {
		if slices.Max(row) >= rare {
			kept = append(kept, key)
		}
	}
	slices.SortFunc(kept, func(a, b uint64) int { return cmp.Compare(a, b) })
	buf := []byte{byte(script), byte(len(names))}
	buf = append(buf, names...)
	for _, total := range totals {
		buf = append(buf, byte(quantise(0, total, len(kept))))
	}
	buf = binary.LittleEndian.AppendUint32(buf, uint32(len(kept)))
	for _, key := range kept {
		buf = binary.LittleEndian.AppendUint64(buf, key)
		for c, n := range counts[key] {
			buf = append(buf, byte(quantise(n, totals[c], len(kept))))
		}
	}
	_, err := w.Write(buf)
	return err
}

// quantise is the logarithm of a smoothed probability in steps of a model.
func quantise(n, total, kinds int) int8 {
	p := (float64(n) + smooth) / (float64(total) + smooth*float64(kinds))
	return int8(max(-127, math.Round((math.Log(p)+2)*text.ModelScale)))
}
