package text

import (
	"strings"
	"testing"
)

func TestTextRunsOverTheEndOfAPage(t *testing.T) {
	for _, c := range []struct{ name, in, folded string }{
		{"a word broken by a hyphen", "long-term strate-\n\ngic goals", "long term strategic goals"},
		{"blanks round the break", "so- \n \n cio-cultural", "socio cultural"},
		{"in Cyrillic", "куль-\n\nтурный центр", "культурный центр"},
		{"a compound at a line's end stays two words", "Russian-\nbacked media", "russian backed media"},
		{"a capital begins a new word", "China-\n\nKyrgyzstan", "china kyrgyzstan"},
		{"a number's hyphen", "1990-\n\nх годов", "1990 х годов"},
		{"the text's end", "strate-\n\n", "strate"},
	} {
		if got := Fold(c.in); got != c.folded {
			t.Errorf("%s: %q folds to %q, want %q", c.name, c.in, got, c.folded)
		}
	}
}

func TestASentenceGoesOnBehindABlankLine(t *testing.T) {
	var d Doc
	d.Scan("Courses and student\n\nexchanges are offered.\n\nA heading\n\nthe end")
	if len(d.Sentences) != 2 {
		t.Errorf("sentences: %v", sentences(&d))
	}
	exchanges, heading := &d.Words[3], &d.Words[6]
	if exchanges.Gap != Blank || exchanges.Sentence != 0 {
		t.Errorf("a phrase cannot run over the page: gap %d", exchanges.Gap)
	}
	if heading.Gap != Stop || heading.Sentence != 1 {
		t.Errorf("a sentence that ended goes on: gap %d", heading.Gap)
	}
}

func TestAListBehindABlankLineIsNoPhrase(t *testing.T) {
	var d Doc
	d.Scan("confucius;\n\ninstitute")
	if d.Words[1].Gap != Stop {
		t.Error("the semicolon is lost")
	}
}

func sentences(d *Doc) string {
	var out []string
	for _, s := range d.Sentences {
		out = append(out, d.Text[s.Start:s.End])
	}
	return strings.Join(out, " | ")
}
