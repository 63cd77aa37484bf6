// Package text knows how words are written: it folds spelling (case, accents
// of stress, apostrophes, look-alike letters of two scripts), cuts text into
// words and sentences with their places in the original bytes, tells languages
// apart, and knows the word forms of the languages of Central Asia and their
// neighbours.
//
// Everything is arithmetic on strings: no files, no network, no time.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Doc is a text cut into folded words. Its zero value is ready for [Doc.Scan],
// and it may be scanned again and again without allocating.
type Doc struct {
	Text      string
	Words     []Word
	Sentences []Span

	// Vocabulary, if there is one, remembers the words from text to text. It
	// is not to be emptied as long as the Doc is in use.
	Vocabulary *Vocabulary

	folded []byte
}

// Span is a half-open range of byte offsets into the text.
type Span struct{ Start, End int }

// Word is one word of a Doc: letters, digits and the apostrophes between them;
// a Chinese character is a word of its own.
type Word struct {
	Start, End int32 // byte offsets into Doc.Text
	foldStart  int32
	foldEnd    int32
	Known      int32 // its number in the Doc's Vocabulary: the same spelling has the same number
	Sentence   int32 // index into Doc.Sentences
	Gap        Gap   // what separates it from the word before
	Case       Case
	Script     Script
	Digits     bool // begins with a digit
}

// Gap is what stands between two words, by how much it separates.
type Gap uint8

// Gaps from none to a full stop. A phrase may run over anything up to Joint.
const (
	None  Gap = iota // nothing: two Chinese characters
	Blank            // white space
	Joint            // hyphen, dash, slash, quotation mark
	Comma            // a comma
	Stop             // any other punctuation, a line's end, a sentence's end
)

// Case is how a word is capitalised.
type Case uint8

// Cases; scripts without case are Lower.
const (
	Lower   Case = iota
	Capital      // first letter only, or mixed
	AllCaps      // two or more letters, all capital
)

// Folded returns the folded form of a word. It is valid until the next Scan.
func (d *Doc) Folded(w *Word) []byte { return d.folded[w.foldStart:w.foldEnd] }

// Sub returns the original text of a word.
func (d *Doc) Sub(w *Word) string { return d.Text[w.Start:w.End] }

// Scan cuts s into words and sentences.
func (d *Doc) Scan(s string) {
	d.Text = s
	d.Words = d.Words[:0]
	d.Sentences = d.Sentences[:0]
	if d.folded = d.folded[:0]; d.Vocabulary != nil {
		d.folded = d.Vocabulary.folded
	}
	sc := scanner{doc: d, s: s}
	sc.run()
}

type scanner struct {
	doc *Doc
	s   string

	gap        Gap
	terminator bool // a sentence's end mark stands in the gap
	newlines   int
	sentence   int // start offset of the open sentence; -1: none
}

func (sc *scanner) run() {
	sc.sentence = -1
	sc.gap = Stop
	for i := 0; i < len(sc.s); {
		c := sc.s[i]
		if c < utf8.RuneSelf {
			switch {
			case asciiWord[c]:
				i = sc.word(i)
			case c == ' ':
				sc.widen(Blank)
				i++
			default:
				sc.asciiGap(c)
				i++
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(sc.s[i:])
		switch {
		case isIdeograph(r):
			sc.ideograph(i, size)
			i += size
		case isApostrophe(r): // no word begins with one, not even with those that are letters
			sc.widen(Joint)
			i += size
		case isWordRune(r):
			i = sc.word(i)
		default:
			sc.runeGap(r)
			i += size
		}
	}
	sc.closeSentence(len(sc.s))
}

var asciiWord = func() (t [utf8.RuneSelf]bool) {
	for c := range t {
		t[c] = 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
	}
	return t
}()

func (sc *scanner) widen(g Gap) {
	if g > sc.gap {
		sc.gap = g
	}
}

func (sc *scanner) asciiGap(c byte) {
	switch c {
	case ' ', '\t', '\r':
		sc.widen(Blank)
	case '\n':
		sc.newlines++
		if sc.newlines > 1 {
			sc.widen(Stop)
		} else {
			sc.widen(Blank)
		}
	case '-', '/', '"', '\'', '&', '+', '`', '_', '*':
		sc.widen(Joint)
	case ',':
		sc.widen(Comma)
	case '.', '!', '?':
		sc.terminator = true
		sc.widen(Stop)
	default:
		sc.widen(Stop)
	}
}

func (sc *scanner) runeGap(r rune) {
	switch r {
	case 0xA0, 0x202F, 0x2007, 0x2009, 0x200A, 0x3000, 0x200B, 0x200E, 0x200F, 0xFEFF, 0x202A, 0x202B, 0x202C, 0x2066, 0x2067, 0x2068, 0x2069, 0x00AD, 0x200C, 0x200D:
		sc.widen(Blank)
	case '–', '—', '‐', '‑', '−', '«', '»', '“', '”', '„', '‟', '‘', '’', '‹', '›', '"', '·', '・', '《', '》', '〈', '〉', '「', '」', '『', '』', '´', '′', '″':
		sc.widen(Joint)
	case '،', '，', '、':
		sc.widen(Comma)
	case '。', '！', '？', '؟', '…', '．', '۔':
		sc.terminator = true
		sc.widen(Stop)
	default:
		if unicode.IsSpace(r) {
			sc.widen(Blank)
			return
		}
		if unicode.Is(unicode.Mn, r) {
			return // a stray mark separates nothing
		}
		sc.widen(Stop)
	}
}

// word adds the word that begins at i and returns where it ends.
func (sc *scanner) word(i int) int {
	if sc.doc.Vocabulary == nil {
		return sc.fold(i)
	}
	if end := sc.known(i); end > 0 {
		return end
	}
	return sc.fold(i)
}

// fold is word for one that is not known yet.
func (sc *scanner) fold(i int) int {
	d := sc.doc
	start, fold := i, len(d.folded)
	f := folder{out: d.folded}
	dotted := false
	for i < len(sc.s) {
		c := sc.s[i]
		if c < utf8.RuneSelf {
			if asciiWord[c] {
				f.ascii(c)
				i++
				continue
			}
			if c == '\'' || c == '`' {
				if n := wordRuneAt(sc.s, i+1); n {
					f.out = append(f.out, apostrophe)
					i++
					continue
				}
				break
			}
			if c == '.' && f.initials(sc.s, i, start) {
				dotted = true
				i++
				continue
			}
			if c == '-' && f.lower > 0 {
				if rest := afterPageBreak(sc.s, i+1); rest > 0 {
					i = rest
					continue
				}
			}
			break
		}
		r, size := utf8.DecodeRuneInString(sc.s[i:])
		if isApostrophe(r) {
			if wordRuneAt(sc.s, i+size) || r == 'ʻ' || r == 'ʼ' {
				f.out = append(f.out, apostrophe)
				i += size
				continue
			}
			break
		}
		if isIdeograph(r) || !isWordRune(r) && !isInsideWord(r) {
			break
		}
		f.rune(r)
		i += size
	}
	if dotted && i < len(sc.s) && sc.s[i] == '.' {
		i++ // the last dot of "U.S."
	}
	d.folded = f.finish(fold)
	if onlyApostrophes(d.folded[fold:]) { // or strokes that lengthen letters
		d.folded = d.folded[:fold]
		_, size := utf8.DecodeRuneInString(sc.s[start:])
		sc.widen(Joint)
		return max(i, start+size)
	}
	w := Word{
		Start: int32(start), End: int32(i),
		foldStart: int32(fold), foldEnd: int32(len(d.folded)),
		Case: f.cased(), Script: f.script(), Digits: '0' <= sc.s[start] && sc.s[start] <= '9',
	}
	if d.Vocabulary != nil {
		sc.remember(&w)
	}
	sc.add(w)
	return i
}

func onlyApostrophes(folded []byte) bool {
	for _, c := range folded {
		if c != apostrophe {
			return false
		}
	}
	return true
}

func (sc *scanner) ideograph(i, size int) {
	d := sc.doc
	if d.Vocabulary != nil && sc.knownAs(i, i+size) {
		return
	}
	fold := len(d.folded)
	d.folded = append(d.folded, sc.s[i:i+size]...)
	w := Word{
		Start: int32(i), End: int32(i + size),
		foldStart: int32(fold), foldEnd: int32(len(d.folded)), Script: Han,
	}
	if d.Vocabulary != nil {
		sc.remember(&w)
	}
	sc.add(w)
}

func (sc *scanner) add(w Word) {
	if sc.boundary(&w) {
		sc.closeSentence(int(w.Start))
		sc.sentence = int(w.Start)
	}
	w.Gap = sc.gap
	if w.Gap == Stop && (sc.abbreviated(&w) || sc.overPageBreak(&w)) {
		w.Gap = Blank
	}
	w.Sentence = int32(len(sc.doc.Sentences))
	sc.doc.Words = append(sc.doc.Words, w)
	sc.gap, sc.terminator, sc.newlines = None, false, 0
}

// boundary reports whether a sentence begins at w.
func (sc *scanner) boundary(w *Word) bool {
	words := sc.doc.Words
	if len(words) == 0 {
		return true
	}
	if sc.newlines > 1 {
		return w.Case != Lower || w.Script.caseless() || w.Digits || sc.terminator
	}
	last := &words[len(words)-1]
	if sc.newlines == 1 && !sc.terminator {
		return w.Case != Lower || w.Script.caseless() || w.Digits
	}
	if !sc.terminator {
		return false
	}
	if w.Script.caseless() {
		return true
	}
	if w.Case == Lower && !w.Digits {
		return false
	}
	if sc.s[last.End] == '.' && (isAbbreviation(sc.doc.Folded(last)) || isInitial(sc.doc, last)) {
		return false
	}
	return int(last.End)+1 < int(w.Start) // "3.5", "gov.kz"
}

// abbreviated reports whether nothing but the full stop of an abbreviation
// stands before w: "St. Petersburg".
func (sc *scanner) abbreviated(w *Word) bool {
	words := sc.doc.Words
	if len(words) == 0 {
		return false
	}
	last := &words[len(words)-1]
	gap := sc.s[last.End:w.Start]
	return (gap == ". " || gap == ".\u00a0") && (isAbbreviation(sc.doc.Folded(last)) || isInitial(sc.doc, last))
}

// overPageBreak reports whether nothing but blank lines stands before w, and w
// goes on with the sentence: the text ran over the end of a page.
func (sc *scanner) overPageBreak(w *Word) bool {
	if sc.newlines < 2 || sc.terminator || sc.sentence < 0 || sc.sentence == int(w.Start) {
		return false
	}
	last := &sc.doc.Words[len(sc.doc.Words)-1]
	return strings.TrimSpace(sc.s[last.End:w.Start]) == ""
}

// afterPageBreak returns where a word goes on whose hyphen stands before i: at
// a small letter behind a blank line ("strate-", "gic"). 0: nowhere.
func afterPageBreak(s string, i int) int {
	rest := strings.TrimLeft(s[i:], " \t\r\n")
	gap := s[i : len(s)-len(rest)]
	if strings.Count(gap, "\n") < 2 {
		return 0
	}
	if r, _ := utf8.DecodeRuneInString(rest); !unicode.IsLower(r) {
		return 0
	}
	return i + len(gap)
}

func isInitial(d *Doc, w *Word) bool {
	return w.Case != Lower && utf8.RuneCount(d.Folded(w)) == 1
}

// closeSentence ends the open sentence before byte end, white space left out.
func (sc *scanner) closeSentence(end int) {
	if sc.sentence < 0 {
		return
	}
	for end > sc.sentence {
		r, size := utf8.DecodeLastRuneInString(sc.s[sc.sentence:end])
		if !unicode.IsSpace(r) && r != '«' && r != '“' && r != '„' && r != '(' {
			break
		}
		end -= size
	}
	sc.doc.Sentences = append(sc.doc.Sentences, Span{sc.sentence, end})
	sc.sentence = -1
}

func wordRuneAt(s string, i int) bool {
	if i >= len(s) {
		return false
	}
	if s[i] < utf8.RuneSelf {
		return asciiWord[s[i]]
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	return isWordRune(r) && !isIdeograph(r)
}

func isWordRune(r rune) bool {
	if r < tableSize {
		return foldTable[r] != 0
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// isInsideWord holds for what may stand inside a word but never begins one:
// combining marks, the soft hyphen, and the joiners of Persian.
func isInsideWord(r rune) bool {
	return r == 0xAD || r == 0x200C || r == 0x200D || unicode.Is(unicode.Mn, r)
}

func isIdeograph(r rune) bool {
	return r >= 0x2E80 && (unicode.Is(unicode.Han, r) || r >= 0x3040 && r <= 0x30FF)
}

func isApostrophe(r rune) bool {
	switch r {
	case '\'', '`', '´', '‘', '’', 'ʻ', 'ʼ', 'ʹ', '′', '‛', '＇':
		return true
	}
	return false
}

// normalised is the canonical composition of s, which is s itself nearly always.
func normalised(b []byte) []byte {
	if norm.NFKC.IsNormal(b) {
		return b
	}
	return norm.NFKC.Bytes(b)
}
