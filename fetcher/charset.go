package fetcher

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode/utf32"

	utf "golang.org/x/text/encoding/unicode"
)

// decoded is a document in UTF-8, with how it got there.
type decoded struct {
	Text    []byte
	Charset string // the encoding it was in
	Note    string // when that was not what it said
}

// decode transcodes a document to UTF-8. A byte order mark is believed before
// the HTTP header, that before the document's own declaration (RFC 7303 §3,
// HTML §13.2.3.2), and each only as far as the bytes agree: what they
// contradict, and what nobody declared, is detected (F7–F11, H6). The result
// is valid UTF-8 without control characters, whatever came in.
func decode(data []byte, contentType string) decoded {
	if d, ok := byMark(data); ok {
		return scrub(d)
	}
	header, own := headerCharset(contentType), ownCharset(data)
	if manyValidRunes(data) {
		note := ""
		if label := first(header, own); label != "" && !isUTF8(label) && !isASCII(label) {
			note = "declared as " + label + ", but it is utf-8"
		}
		return scrub(decoded{data, "utf-8", note})
	}
	for _, label := range []string{header, own} {
		if text, ok := decodeAs(data, label); ok && plausible(text, label) {
			return scrub(decoded{text, strings.ToLower(label), ""})
		}
	}
	return scrub(detected(data, first(header, own)))
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// byMark reads documents that begin with a byte order mark, or with a "<" in
// one of the wide encodings.
func byMark(data []byte) (decoded, bool) {
	wide := func(e encoding.Encoding, name string) (decoded, bool) {
		text, err := e.NewDecoder().Bytes(data)
		return decoded{Text: text, Charset: name}, err == nil
	}
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return decoded{Text: data[3:], Charset: "utf-8"}, utf8.Valid(data[3:])
	case bytes.HasPrefix(data, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(data, []byte("<\x00\x00\x00")):
		return wide(utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), "utf-32le")
	case bytes.HasPrefix(data, []byte("\x00\x00\xfe\xff")), bytes.HasPrefix(data, []byte("\x00\x00\x00<")):
		return wide(utf32.UTF32(utf32.BigEndian, utf32.UseBOM), "utf-32be")
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("<\x00")):
		return wide(utf.UTF16(utf.LittleEndian, utf.UseBOM), "utf-16le")
	case bytes.HasPrefix(data, []byte("\xfe\xff")), bytes.HasPrefix(data, []byte("\x00<")):
		return wide(utf.UTF16(utf.BigEndian, utf.UseBOM), "utf-16be")
	}
	return decoded{}, false
}

// headerCharset is the charset parameter of a Content-Type, however quoted.
func headerCharset(contentType string) string {
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		return strings.Trim(params["charset"], `'" `)
	}
	if m := charsetParam.FindStringSubmatch(contentType); m != nil {
		return m[1]
	}
	return ""
}

var (
	charsetParam = regexp.MustCompile(`(?i)charset\s*=\s*["']?\s*([\w.:-]+)`)
	xmlEncoding  = regexp.MustCompile(`(?i)^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([\w.:-]+)`)
	metaCharset  = regexp.MustCompile(`(?i)<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]+)`)
)

// ownCharset is what the document says of itself: the XML declaration, or a
// <meta> anywhere in the first 64 KiB.
func ownCharset(data []byte) string {
	head := data[:min(len(data), 64<<10)]
	if m := xmlEncoding.FindSubmatch(head[:min(len(head), 1024)]); m != nil {
		return string(m[1])
	}
	if m := metaCharset.FindSubmatch(head); m != nil {
		return string(m[1])
	}
	return ""
}

func isUTF8(label string) bool {
	label = strings.ToLower(label)
	return label == "utf-8" || label == "utf8" || label == "unicode-1-1-utf-8"
}

func isASCII(label string) bool {
	label = strings.ToLower(label)
	return label == "us-ascii" || label == "ascii"
}

// manyValidRunes reports whether data is plain ASCII or UTF-8 with so many
// multi-byte characters that no other encoding can be meant.
func manyValidRunes(data []byte) bool {
	if !utf8.Valid(data) {
		return false
	}
	wide := 0
	for _, b := range data {
		if b >= 0xC0 {
			wide++
		}
	}
	return wide == 0 && !bytes.ContainsAny(data, "\x1b") || wide >= 3
}

// decodeAs decodes by a declared label; not ok for a label nobody knows and for
// bytes that the encoding cannot have.
func decodeAs(data []byte, label string) ([]byte, bool) {
	if label == "" {
		return nil, false
	}
	if isUTF8(label) {
		return data, utf8.Valid(data)
	}
	e, err := htmlindex.Get(canonicalLabel(label))
	if err != nil {
		return nil, false
	}
	text, err := e.NewDecoder().Bytes(data)
	if err != nil {
		return nil, false
	}
	return text, bytes.Count(text, []byte("\uFFFD")) <= len(data)/500
}

// canonicalLabel knows the names that the web's own list lacks.
func canonicalLabel(label string) string {
	label = strings.ToLower(strings.TrimSpace(label))
	switch label {
	case "cp-1251", "win-1251", "windows1251", "1251":
		return "windows-1251"
	case "cp866", "866", "ibm-866", "dos-866":
		return "ibm866"
	case "mac-cyrillic", "maccyrillic", "x-mac-ukrainian":
		return "x-mac-cyrillic"
	case "utf-16", "unicode", "utf16", "ucs-2":
		return "utf-16le"
	case "gb2312-80", "cp936", "ms936":
		return "gbk"
	}
	return label
}

// plausible refuses a Latin reading that servers declare by default of bytes
// that are evidently Cyrillic: words made of accented letters only.
func plausible(text []byte, label string) bool {
	e, err := htmlindex.Get(canonicalLabel(label))
	if err != nil || e != charmap.Windows1252 {
		return true
	}
	high, letters := 0, 0
	for _, r := range string(text) {
		if r >= 0xC0 && r <= 0xFF {
			high++
		}
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return high < 12 || high*3 < letters && !longRuns(text)
}

// longRuns reports whether accented letters stand in long rows.
func longRuns(text []byte) bool {
	run, runs := 0, 0
	for _, r := range string(text) {
		if r < 0xC0 || r > 0xFF {
			run = 0
			continue
		}
		if run++; run == 4 {
			runs++
		}
	}
	return runs >= 3
}

// candidate is an encoding that detection tries.
type candidate struct {
	name     string
	encoding encoding.Encoding
}

// cyrillic are the single-byte encodings the region's servers have used.
var cyrillic = []candidate{
	{"windows-1251", charmap.Windows1251},
	{"koi8-r", charmap.KOI8R},
	{"ibm866", charmap.CodePage866},
	{"iso-8859-5", charmap.ISO8859_5},
	{"x-mac-cyrillic", charmap.MacintoshCyrillic},
}

// detected reads bytes of which no declaration holds.
func detected(data []byte, declared string) decoded {
	sample := markupless(data)
	name, text := detect(data, sample)
	note := "no charset declared; read as " + name
	if declared != "" {
		note = "declared as " + declared + ", read as " + name
	}
	return decoded{text, name, note}
}

func detect(data, sample []byte) (name string, text []byte) {
	if nearlyUTF8(data) {
		return "utf-8", bytes.ToValidUTF8(data, []byte("\uFFFD"))
	}
	if looksChinese(sample) {
		text, _ := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
		return "gb18030", text
	}
	if best, score := bestCyrillic(sample); score > 0.4 {
		text, _ := best.encoding.NewDecoder().Bytes(data)
		return best.name, text
	}
	if turkish(sample) {
		text, _ := charmap.Windows1254.NewDecoder().Bytes(data)
		return "windows-1254", text
	}
	text, _ = charmap.Windows1252.NewDecoder().Bytes(data)
	return "windows-1252", text
}

// markupless is the text between tags, enough of it to judge by.
func markupless(data []byte) []byte {
	out := make([]byte, 0, min(len(data), 128<<10))
	inTag := false
	for _, b := range data {
		switch {
		case b == '<':
			inTag = true
		case b == '>':
			inTag = false
			out = append(out, ' ')
		case !inTag:
			out = append(out, b)
		}
		if len(out) == 128<<10 {
			break
		}
	}
	return out
}

// nearlyUTF8 reports whether data is UTF-8 but for a few bytes: cut in
// mid-character, or with one field pasted from elsewhere.
func nearlyUTF8(data []byte) bool {
	good, bad := 0, 0
	for rest := data; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			bad++
		case size > 1:
			good++
		}
		rest = rest[size:]
	}
	return good > 0 && bad*8 <= good
}

// commonLetters are the letters of Russian by frequency; the region's other
// Cyrillic alphabets share nearly all of them.
const commonLetters = "оеаинтслрвкмдпу"

// bestCyrillic tries the Cyrillic encodings and returns the one in which the
// bytes read most like words, with its score: up to 1.5, and under 0.4 for noise.
func bestCyrillic(sample []byte) (best candidate, score float64) {
	for _, c := range cyrillic {
		text, err := c.encoding.NewDecoder().Bytes(sample)
		if err != nil {
			continue
		}
		if s := cyrillicScore(string(text)); s > score {
			best, score = c, s
		}
	}
	return best, score
}

// cyrillicScore is high for lower-case words of common letters, and low for
// capitals in mid-word, signs among letters and letters without neighbours.
func cyrillicScore(text string) float64 {
	score, high := 0.0, 0
	previous := ' '
	for _, r := range text {
		if r < 0x80 {
			previous = r
			continue
		}
		high++
		switch {
		case strings.ContainsRune(commonLetters, r):
			score += 1.5
		case r >= 'а' && r <= 'я' || r == 'ё':
			score += 0.7
		case r >= 'А' && r <= 'Я' || r == 'Ё':
			if unicode.IsLower(previous) {
				score -= 2
			} else {
				score += 0.2
			}
		case unicode.Is(unicode.Cyrillic, r):
			score -= 0.2
		case strings.ContainsRune("«»—–“”„…№’‘•\u00a0", r):
			score += 0.1
		default:
			score -= 2
		}
		if isCyrillicLetter(r) && isLatinLetter(previous) || isLatinLetter(r) && isCyrillicLetter(previous) {
			score -= 1.5
		}
		previous = r
	}
	if high == 0 {
		return 0
	}
	return score / float64(high)
}

func isCyrillicLetter(r rune) bool { return unicode.Is(unicode.Cyrillic, r) && unicode.IsLetter(r) }
func isLatinLetter(r rune) bool    { return r < 0x80 && unicode.IsLetter(r) }

// looksChinese reports whether the high bytes pair up as GB 18030 does, in
// the rows where its common characters are.
func looksChinese(sample []byte) bool {
	pairs, common, broken := 0, 0, 0
	for i := 0; i < len(sample); i++ {
		lead := sample[i]
		if lead < 0x81 {
			continue
		}
		if i+1 == len(sample) {
			break
		}
		trail := sample[i+1]
		switch {
		case lead <= 0xFE && trail >= 0x40 && trail != 0x7F && trail <= 0xFE:
			pairs++
			if lead >= 0xB0 && lead <= 0xD7 && trail >= 0xA1 || lead == 0xA1 || lead == 0xA3 {
				common++
			}
		case lead <= 0xFE && trail >= 0x30 && trail <= 0x39:
			pairs++
		default:
			broken++
		}
		i++
	}
	return pairs >= 4 && broken*50 <= pairs && common*10 >= pairs*8 && !cyrillicPairs(sample)
}

// cyrillicPairs reports whether high bytes come in words of odd length as well
// as of even, which double-byte characters never do.
func cyrillicPairs(sample []byte) bool {
	odd, runs, run := 0, 0, 0
	for _, b := range append(sample[:len(sample):len(sample)], ' ') {
		if b >= 0x80 {
			run++
			continue
		}
		if run > 0 {
			runs++
			if run%2 == 1 {
				odd++
			}
		}
		run = 0
	}
	return odd*5 > runs
}

// turkish reports whether the bytes that windows-1254 has of its own occur:
// ğ ş ı İ stand where windows-1252 has the rare ð þ ý Ý.
func turkish(sample []byte) bool {
	own := 0
	for _, b := range sample {
		switch b {
		case 0xF0, 0xFE, 0xFD, 0xDD, 0xDE, 0xD0:
			own++
		}
	}
	return own >= 2
}

// scrub makes valid UTF-8 without the control characters that neither XML nor
// readers can bear (F7).
func scrub(d decoded) decoded {
	if !utf8.Valid(d.Text) {
		d.Text = bytes.ToValidUTF8(d.Text, []byte("\uFFFD"))
	}
	d.Text = bytes.TrimPrefix(d.Text, []byte("\uFEFF"))
	if bytes.IndexFunc(d.Text, forbidden) >= 0 {
		d.Text = bytes.Map(func(r rune) rune {
			if forbidden(r) {
				return -1
			}
			return r
		}, d.Text)
	}
	return d
}

func forbidden(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7F || r == 0xFFFE || r == 0xFFFF
}

// unmixed repairs text that was UTF-8, was taken for windows-1252 or -1251,
// and was encoded once more (F11). Text that was never mixed up comes back as
// it is: read as those encodings it is not UTF-8.
func unmixed(s string) string {
	if !mixedUp(s) {
		return s
	}
	for _, e := range []*charmap.Charmap{charmap.Windows1252, charmap.Windows1251} {
		raw, ok := encodeBack(e, s)
		if ok && utf8.Valid(raw) && utf8.RuneCount(raw) < utf8.RuneCountInString(s) {
			return string(raw)
		}
	}
	return s
}

// mixedUp looks for the pairs that Cyrillic leaves behind when mixed up.
func mixedUp(s string) bool {
	pairs := 0
	previous := ' '
	for _, r := range s {
		if (previous == 'Ð' || previous == 'Ñ') && r >= 0x80 || (previous == 'Р' || previous == 'С') && !unicode.IsLower(r) && r >= 0x80 ||
			(previous == 'Р' || previous == 'С') && (r == 'µ' || r == 'ё' || r == 'і' || r == 'ї') {
			pairs++
		}
		previous = r
	}
	return pairs >= 3
}

// encodeBack encodes s byte by byte; bytes that the encoding leaves undefined
// may appear as the control characters of the same number.
func encodeBack(e *charmap.Charmap, s string) ([]byte, bool) {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		b, ok := e.EncodeRune(r)
		if !ok {
			if r < 0x80 || r > 0x9F {
				return nil, false
			}
			b = byte(r)
		}
		out = append(out, b)
	}
	return out, true
}
