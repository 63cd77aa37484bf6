package web

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"silkwire/words"
)

// maxMarks is how many combining marks may stand on one letter. Four are more
// than any of our languages needs.
const maxMarks = 4

// clean removes from a page what could disguise text or spill it over its
// neighbours: controls, characters that turn the direction of writing,
// invisible ones, and heaps of combining marks. The joiners that Persian
// spelling needs stay where they stand between letters, also at the borders of
// elements.
func clean(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	marks, last := 0, rune(0)
	for i, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
			if marks++; marks > maxMarks {
				continue
			}
		case isJoiner(r):
			next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
			if !joins(last, '>') || !joins(next, '<') {
				continue
			}
		case r == '\n' || r == '\t':
			marks = 0 // the only controls that stay
		case isDisguise(r) || r == utf8.RuneError:
			continue
		default:
			marks = 0
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

func joins(r, border rune) bool { return unicode.IsLetter(r) || r == border }

func isJoiner(r rune) bool { return r == '\u200c' || r == '\u200d' }

// isDisguise reports whether a character is a control or changes how others
// are read without being seen itself.
func isDisguise(r rune) bool {
	switch {
	case unicode.IsControl(r):
		return true
	case r == '\u00ad': // a soft hyphen only says where a line may break
		return false
	case r == '\u2028' || r == '\u2029' || r == '\u3164' || r == '\uffa0' || r == '\u115f' || r == '\u1160':
		return true
	}
	return unicode.Is(unicode.Cf, r) // bidi marks, overrides and isolates, zero-width, tags
}

// oneLine is clean text on one line, cut at n characters.
func oneLine(s string, n int) string {
	s = strings.Join(strings.Fields(clean(s)), " ")
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:n-1])) + "…"
}

// direction is the writing direction of a language: what is not known to run
// from right to left is left to the browser's eye.
func direction(lang string) string {
	base, _, _ := strings.Cut(lang, "-")
	switch base {
	case "fa", "ar", "ur", "ps", "he", "ug":
		return "rtl"
	case "", "und":
		return "auto"
	}
	return "ltr"
}

// sentence is an error as a sentence for people, in their language where it is
// one of those that are always said alike.
func (s *Server) sentence(err error) string { return capital(s.say(words.Message(err.Error()))) + "." }
