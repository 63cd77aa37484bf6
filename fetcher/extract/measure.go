package extract

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/markusmobius/go-trafilatura"
)

// Score is the measure of the article-extraction benchmark: multisets of
// four-word shingles, precision and recall averaged over the pages.
type Score struct {
	precision, recall float64
	Pages             int
}

// Add scores what was extracted of one page against its true text.
func (s *Score) Add(truth, got string) {
	want, have := shingles(truth), shingles(got)
	tp, fp, fn := 0.0, 0.0, 0.0
	for shingle, n := range have {
		common := min(n, want[shingle])
		tp += float64(common)
		fp += float64(n - common)
	}
	for shingle, n := range want {
		fn += float64(n - min(n, have[shingle]))
	}
	s.Pages++
	if sum := tp + fp + fn; sum > 0 {
		tp, fp, fn = tp/sum, fp/sum, fn/sum
	}
	switch {
	case tp == 0 && fp == 0 && fn == 0:
		s.precision++
		s.recall++
	case tp > 0:
		s.precision += tp / (tp + fp)
		s.recall += tp / (tp + fn)
	}
}

// Precision is how much of what was extracted belongs to the articles.
func (s *Score) Precision() float64 { return s.precision / float64(max(s.Pages, 1)) }

// Recall is how much of the articles was extracted.
func (s *Score) Recall() float64 { return s.recall / float64(max(s.Pages, 1)) }

// F1 is the harmonic mean of the two averages.
func (s *Score) F1() float64 {
	p, r := s.Precision(), s.Recall()
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

var words = regexp.MustCompile(`[\p{L}\p{N}_]+`)

func shingles(text string) map[string]int {
	tokens := words.FindAllString(text, -1)
	out := map[string]int{}
	for i := 0; i+4 <= len(tokens) || i == 0 && len(tokens) > 0; i++ {
		out[strings.Join(tokens[i:min(i+4, len(tokens))], " ")]++
	}
	return out
}

// Alone is the text that go-trafilatura finds without our help, to measure
// against.
func Alone(data []byte) string {
	result, err := trafilatura.Extract(bytes.NewReader(data), trafilatura.Options{ExcludeComments: true, HtmlDateMode: trafilatura.Disabled})
	if err != nil {
		return ""
	}
	return result.ContentText
}
