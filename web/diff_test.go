package web

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// compared marks a comparison as [-went-] and {+came+}.
func compared(d changedText) string {
	var b strings.Builder
	for i, p := range d.Paragraphs {
		if i > 0 {
			b.WriteString(" / ")
		}
		if len(p) == 0 {
			b.WriteString("…")
		}
		for _, c := range p {
			switch {
			case c.Came:
				b.WriteString("{+" + c.Text + "+}")
			case c.Went:
				b.WriteString("[-" + c.Text + "-]")
			default:
				b.WriteString(c.Text)
			}
		}
	}
	return b.String()
}

func TestARevisionIsComparedWordByWord(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{"China gave 20 grants.", "China gave 200 grants.", "China gave [-20-]{+200+} grants."},
		{"One.\nTwo.\nThree.", "One.\nTwo and more.\nThree.", "… / Two{+ and more+}. / …"},
		{"The bank signed.", "The bank of China signed.", "The bank {+of China +}signed."},
		{"Bank mablagʻ ajratdi.", "Bank katta mablagʻ ajratdi.", "Bank {+katta +}mablagʻ ajratdi."},
		{"中国提供贷款。", "中国提供援助。", "中国提供[-贷款-]{+援助+}。"},
		{"old words here", "other text there", "[-old words here-]{+other text there+}"},
		{"the same", "the same", "…"},
		{"", "new", "{+new+}"},
	} {
		if got := compared(compareTexts(c.before, c.after)); got != c.want {
			t.Errorf("%q → %q:\n%s\n%s", c.before, c.after, got, c.want)
		}
	}
}

func TestAChangedNumberAndAChangedNameAreFlagged(t *testing.T) {
	d := compareTexts("The bank gave 1,500 dollars to Osh. It was late.", "The bank gave 2,500 dollars to Naryn. They were late.")
	if want := []string{"1,500", "2,500"}; !slices.Equal(d.Numbers, want) {
		t.Errorf("numbers %q", d.Numbers)
	}
	if want := []string{"Osh", "Naryn"}; !slices.Equal(d.Names, want) {
		t.Errorf("names %q", d.Names) // "They" begins a sentence
	}
	if d := compareTexts("it was late", "it was very late"); len(d.Numbers)+len(d.Names) > 0 {
		t.Errorf("%+v", d)
	}
}

func TestBothVersionsCanBeReadFromTheirComparison(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	vocabulary := strings.Split("a b c Bank 5 7,5 中 國 . , \n", " ")
	text := func() string {
		var b strings.Builder
		for range random.IntN(40) {
			b.WriteString(vocabulary[random.IntN(len(vocabulary))] + strings.Repeat(" ", random.IntN(2)))
		}
		return b.String()
	}
	for range 2000 {
		before, after := text(), text()
		var old, now strings.Builder
		for _, c := range diff(tokens(before), tokens(after)) {
			if !c.Came {
				old.WriteString(c.Text)
			}
			if !c.Went {
				now.WriteString(c.Text)
			}
		}
		if old.String() != before || now.String() != after {
			t.Fatalf("%q → %q came back as %q → %q", before, after, old.String(), now.String())
		}
	}
	long := strings.Repeat("x y ", 5000)
	if d := compareTexts(long, strings.Repeat("u v ", 5000)); len(d.Paragraphs) != 1 {
		t.Errorf("%d paragraphs", len(d.Paragraphs))
	}
}

func FuzzCompareTexts(f *testing.F) {
	f.Add("China gave 20 grants.", "China gave 200 grants.")
	f.Add("中国提供贷款。", "中国提供援助。\n")
	f.Fuzz(func(t *testing.T, before, after string) {
		if len(before)+len(after) > 4000 {
			return
		}
		before, after = strings.ToValidUTF8(before, ""), strings.ToValidUTF8(after, "")
		var old, now strings.Builder
		for _, c := range diff(tokens(before), tokens(after)) {
			if !c.Came {
				old.WriteString(c.Text)
			}
			if !c.Went {
				now.WriteString(c.Text)
			}
		}
		if old.String() != before || now.String() != after {
			t.Errorf("%q → %q came back as %q → %q", before, after, old.String(), now.String())
		}
		_ = compareTexts(before, after)
	})
}
