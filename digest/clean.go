package digest

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean is what strangers wrote, in one line: no controls, no characters that
// turn the direction of what follows, no runs of white space.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == 0x200C || r == 0x200D: // the joiners of Persian
			return r
		case unicode.Is(unicode.C, r) || r == utf8.RuneError:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

// cut shortens s to at most n runes, at a word's end where there is one near.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	runes := []rune(s)[:n-1]
	for i := len(runes) - 1; i > len(runes)*2/3; i-- {
		if runes[i] == ' ' {
			runes = runes[:i]
			break
		}
	}
	return strings.TrimRight(string(runes), " ,;:.–—-") + "…"
}

// webLink is raw if it is an absolute http or https address, else "".
func webLink(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

func rightToLeft(lang string) bool { return lang == "fa" }
