package text

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Dist is a probability for each language. What is left to Und is the chance
// of a language that we do not read.
type Dist [langCount]float32

// Best returns the most probable language and its probability.
func (d *Dist) Best() (Lang, float32) {
	best, p := Und, float32(0)
	for l, q := range d {
		if q > p {
			best, p = Lang(l), q
		}
	}
	return best, p
}

// AtLeast returns the languages with a probability of at least p.
func (d *Dist) AtLeast(p float32) (s LangSet) {
	for l, q := range d {
		if q >= p && Lang(l) != Und {
			s |= 1 << l
		}
	}
	return s
}

// Favour returns the distribution for a text that is declared to be in l: a
// declaration is right more often than not, and settles what is in doubt.
func (d Dist) Favour(l Lang) Dist {
	d[l] = d[l]*20 + 0.02
	return d.normalised()
}

// Blend returns the distribution of a part of a text whose whole has the
// distribution whole: what is likely for the whole is likely for the part.
func (d Dist) Blend(whole *Dist) Dist {
	for l := range d {
		d[l] *= whole[l] + 0.1
	}
	return d.normalised()
}

func (d Dist) normalised() Dist {
	var sum float32
	for _, p := range d {
		sum += p
	}
	if sum > 0 {
		for l := range d {
			d[l] /= sum
		}
	}
	return d
}

// The languages are told apart by their three-letter sequences (naive Bayes).
// The counts come from translated news of NTREX-128 (CC BY-SA 4.0); text/train
// makes the file. Neighbours that we do not read (Tatar, Azerbaijani, Ukrainian
// …) are classes of their own, or they would be absorbed.
//
//go:embed trigrams.gz
var trigramFile []byte

// Model is the classifier's table: for every script its classes and, per
// three-letter sequence, one log-probability per class.
type Model struct {
	Scripts []ScriptModel
}

// ScriptModel is the part of a Model for one script.
type ScriptModel struct {
	Script  Script
	Classes []string // language tags; not all are ours
	Floor   []int8   // for sequences never seen in the class
	keys    []uint64 // open addressing; 0 is free
	values  []int8   // len(Classes) per slot
	langs   []Lang
}

// ModelScale is how many steps a natural logarithm has in a Model.
const ModelScale = 8

var model = sync.OnceValue(func() *Model {
	z, err := gzip.NewReader(bytes.NewReader(trigramFile))
	if err != nil {
		panic("embedded trigrams: " + err.Error())
	}
	m, err := ReadModel(z)
	if err != nil {
		panic("embedded trigrams: " + err.Error())
	}
	return m
})

// ReadModel reads what WriteModel of text/train wrote: per script its number,
// its classes joined by spaces, the floors, the number of sequences, and each
// sequence with its values.
func ReadModel(r io.Reader) (*Model, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	m := &Model{}
	for len(data) > 0 {
		s, rest, err := readScript(data)
		if err != nil {
			return nil, err
		}
		m.Scripts = append(m.Scripts, s)
		data = rest
	}
	return m, nil
}

func readScript(data []byte) (ScriptModel, []byte, error) {
	bad := fmt.Errorf("trigram table is cut short")
	if len(data) < 2 || len(data) < 2+int(data[1]) {
		return ScriptModel{}, nil, bad
	}
	s := ScriptModel{Script: Script(data[0]), Classes: strings.Fields(string(data[2 : 2+data[1]]))}
	data = data[2+data[1]:]
	k := len(s.Classes)
	if len(data) < k+4 {
		return s, nil, bad
	}
	s.Floor = asInt8(data[:k])
	n := int(binary.LittleEndian.Uint32(data[k:]))
	data = data[k+4:]
	if len(data) < n*(8+k) {
		return s, nil, bad
	}
	size := 1
	for size < 2*n {
		size *= 2
	}
	s.keys, s.values = make([]uint64, size), make([]int8, size*k)
	for range n {
		slot := s.slot(binary.LittleEndian.Uint64(data))
		s.keys[slot] = binary.LittleEndian.Uint64(data)
		copy(s.values[slot*k:], asInt8(data[8:8+k]))
		data = data[8+k:]
	}
	for _, c := range s.Classes {
		s.langs = append(s.langs, exactLang(c))
	}
	return s, data, nil
}

func exactLang(tag string) Lang {
	for l, t := range langTags {
		if t == tag {
			return Lang(l)
		}
	}
	return Und
}

func asInt8(b []byte) []int8 {
	out := make([]int8, len(b))
	for i, x := range b {
		out[i] = int8(x)
	}
	return out
}

// slot is where key stands, or would stand.
func (s *ScriptModel) slot(key uint64) int {
	mask := uint64(len(s.keys) - 1)
	i := key * 0x9E3779B97F4A7C15 >> 20 & mask
	for s.keys[i] != 0 && s.keys[i] != key {
		i = (i + 1) & mask
	}
	return int(i)
}

// Trigrams calls f with every three-letter sequence of s in one script, words
// being bounded by a blank. Each is packed into 63 bits.
func Trigrams(s string, script Script, f func(key uint64)) {
	const blank = ' '
	a, b := rune(blank), rune(blank)
	feed := func(r rune) {
		if a == blank && b == blank && r == blank {
			return
		}
		f(uint64(a)<<42 | uint64(b)<<21 | uint64(r))
		a, b = b, r
	}
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		i += size
		if r = letter(r); r == 0 || scriptOf(r) != script && r != apostrophe {
			if b != blank {
				feed(blank)
				a = blank
			}
			continue
		}
		feed(r)
	}
	if b != blank {
		feed(blank)
	}
}

// letter is a letter in lower case, an apostrophe, or 0.
func letter(r rune) rune {
	if r < tableSize {
		return rune(letters[r])
	}
	switch {
	case isApostrophe(r):
		return apostrophe
	case unicode.IsLetter(r):
		return unicode.ToLower(r)
	}
	return 0
}

// letters is letter for runes below tableSize.
var letters = func() (t [tableSize]uint16) {
	for r := rune(1); r < tableSize; r++ {
		switch {
		case isApostrophe(r):
			t[r] = apostrophe
		case unicode.IsLetter(r):
			t[r] = uint16(unicode.ToLower(r))
		}
	}
	return t
}()

func scriptOf(r rune) Script {
	switch {
	case r < 0x250 || r >= 0x1E00 && r < 0x1F00:
		return Latin
	case r >= 0x400 && r < 0x530:
		return Cyrillic
	case r >= 0x600 && r < 0x780 || r >= 0xFB50 && r < 0xFF00:
		return Arabic
	case isIdeograph(r):
		return Han
	}
	return NoScript
}

// scriptSample is how many bytes of a text its script is told from.
const scriptSample = 600

// MainScript returns the script that most letters of s are in; a Chinese
// character weighs as much as six letters, an Arabic one as much as two.
func MainScript(s string) Script {
	if len(s) > scriptSample {
		s = s[:scriptSample]
	}
	var n [Han + 1]int
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		i += size
		if letter(r) > apostrophe || isIdeograph(r) {
			n[scriptOf(r)]++
		}
	}
	n[Han] *= 6
	n[Arabic] *= 2
	return most(&n)
}

// most is the script with the most letters.
func most(n *[Han + 1]int) Script {
	best := NoScript
	for sc := Latin; sc <= Han; sc++ {
		if n[sc] > n[best] || best == NoScript && n[sc] > 0 {
			best = sc
		}
	}
	return best
}

// evidencePerLetter tames the certainty of naive Bayes: overlapping sequences
// are not independent.
const evidencePerLetter = 0.4

// neighbour is how much rarer than our own the languages are that we do not read.
const neighbour = 0.05

// Detect returns the probabilities of the languages that s may be in.
func Detect(s string) Dist {
	script := MainScript(s)
	sm := modelOf(script)
	if sm == nil {
		return unscored(script)
	}
	var sums scores
	sm.add(&sums, s)
	return sm.dist(&sums)
}

// unscored is the language of a script that no sequences are counted of.
func unscored(script Script) (d Dist) {
	if script == Han {
		d[Zh] = 1
	} else {
		d[Und] = 1
	}
	return d
}

func modelOf(script Script) *ScriptModel {
	for i := range model().Scripts {
		if sm := &model().Scripts[i]; sm.Script == script {
			return sm
		}
	}
	return nil
}

// scores are sums of log-probabilities, one for each class of a script.
type scores [maxClasses]int32

const maxClasses = 12

// add adds what the sequences of s say.
func (sm *ScriptModel) add(sums *scores, s string) {
	k := len(sm.Classes)
	Trigrams(s, sm.Script, func(key uint64) {
		slot := sm.slot(key)
		row := sm.Floor
		if sm.keys[slot] != 0 {
			row = sm.values[slot*k : slot*k+k]
		}
		for c, v := range row {
			sums[c] += int32(v)
		}
	})
}

func (sm *ScriptModel) dist(sums *scores) (d Dist) {
	k := len(sm.Classes)
	best := slices.Max(sums[:k])
	for c := range k {
		p := math.Exp(float64(sums[c]-best) / ModelScale * evidencePerLetter)
		if sm.langs[c] == Und {
			p *= neighbour
		}
		d[sm.langs[c]] += float32(p)
	}
	return d.normalised()
}

// wordScore is what one word says of its language: sequences do not run from
// word to word, so that what a text says is the sum of what its words say.
type wordScore struct {
	script  Script
	letters uint8 // as MainScript weighs them
	sums    [maxClasses]int16
}

// longWord is how many bytes of a word are heard.
const longWord = 128

func scoreOf(word string) wordScore {
	if len(word) > longWord {
		word = word[:longWord]
	}
	w := wordScore{script: MainScript(word), letters: uint8(min(len(word), 255))}
	switch w.script {
	case Cyrillic:
		w.letters /= 2
	case Han:
		w.letters = 6
	}
	if sm := modelOf(w.script); sm != nil {
		var sums scores
		sm.add(&sums, word)
		for c := range sums {
			w.sums[c] = int16(max(sums[c], math.MinInt16))
		}
	}
	return w
}

// Detect is the function of that name for words of the vocabulary.
func (v *Vocabulary) Detect(passages ...[]Word) Dist {
	var n [Han + 1]int
	for _, words := range passages {
		for i := range words {
			w := &v.scores[words[i].Known]
			n[w.script] += int(w.letters)
		}
	}
	script := most(&n)
	sm := modelOf(script)
	if sm == nil {
		return unscored(script)
	}
	var sums scores
	for _, words := range passages {
		for i := range words {
			w := &v.scores[words[i].Known]
			if w.script != script {
				continue
			}
			for c, sum := range w.sums {
				sums[c] += int32(sum)
			}
		}
	}
	return sm.dist(&sums)
}
