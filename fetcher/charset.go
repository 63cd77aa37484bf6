package fetcher

import (
	"bytes"
	"mime"
	"regexp"
	"slices"
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
		if text, ok := decodeAs(data, label); ok && plausible(data, label) {
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

// plausible reports whether a declaration is believed: what it names reads at
// least about as well as any other encoding of the region.
func plausible(data []byte, label string) bool {
	e, err := htmlindex.Get(canonicalLabel(label))
	if err != nil {
		return true
	}
	i := slices.IndexFunc(readings, func(r reading) bool {
		return r.encoding == e || r.encoding == simplifiedchinese.GB18030 && e == simplifiedchinese.GBK
	})
	if i < 0 {
		return true // of no encoding that we could tell from others
	}
	sample := markupless(data)
	bonus := believed
	if readings[i].name == "windows-1252" {
		bonus = believedLatin
	}
	best, score := bestReading(sample)
	if rather := appleOrWindows(sample); rather != "" && (label == "windows-1251" || readings[i].name == "x-mac-cyrillic") && best.name == rather {
		return readings[i].name == rather
	}
	return best.name == readings[i].name || readings[i].score(sample)+bonus >= score
}

// What a declaration is worth beside what the bytes say. Many servers declare a
// Latin encoding for everything.
const (
	believed      = 0.35
	believedLatin = 0.15
)

// reading is an encoding that detection tries, and how well a text reads in it:
// 1 and more for good words, under 0.4 for noise.
type reading struct {
	name     string
	encoding encoding.Encoding
	prior    float64 // that settles what the text leaves open
	judge    func(text string) float64
}

// readings are the encodings that the region's servers have used.
var readings = []reading{
	{"windows-1251", charmap.Windows1251, 0.06, cyrillicScore},
	{"koi8-r", charmap.KOI8R, 0.03, cyrillicScore},
	{"ibm866", charmap.CodePage866, 0, cyrillicScore},
	{"iso-8859-5", charmap.ISO8859_5, 0, cyrillicScore},
	{"x-mac-cyrillic", charmap.MacintoshCyrillic, 0, cyrillicScore},
	{"gb18030", simplifiedchinese.GB18030, 0, chineseScore},
	{"windows-1254", charmap.Windows1254, 0, latinScore},
	{"windows-1252", charmap.Windows1252, 0.02, latinScore},
}

func (r reading) score(sample []byte) float64 {
	text, err := r.encoding.NewDecoder().Bytes(sample)
	if err != nil {
		return 0
	}
	return r.judge(string(text)) + r.prior
}

// bestReading is the encoding in which the bytes read best.
func bestReading(sample []byte) (best reading, score float64) {
	best, score = readings[len(readings)-1], 0.2
	for _, r := range readings {
		if s := r.score(sample); s > score {
			best, score = r, s
		}
	}
	if best.encoding == charmap.Windows1251 || best.encoding == charmap.MacintoshCyrillic {
		if rather := appleOrWindows(sample); rather != "" {
			best = readings[slices.IndexFunc(readings, func(r reading) bool { return r.name == rather })]
		}
	}
	return best, score
}

// appleWords are the words of one capital letter in Apple's encoding: А В И К О
// С У. In that of Windows no sign among them stands before a blank.
const appleWords = "\x80\x82\x88\x8A\x8E\x91\x93"

// appleOrWindows tells two encodings apart that have nearly all small letters
// in common, by the others: я, і, and capitals at the beginnings of words. It is
// "" where the text has none of these.
func appleOrWindows(sample []byte) string {
	apple, windows := 0, 0
	closes := func(quote byte) bool { return bytes.IndexByte(sample, quote) >= 0 }
	small := func(i int) bool { return i >= 0 && i < len(sample) && sample[i] >= 0xE0 }
	blank := func(i int) bool { return i < 0 || i < len(sample) && sample[i] == ' ' }
	for i, b := range sample {
		quotes := b == 0x85 || b == 0x91 && closes(0x92) || b == 0x93 && closes(0x94) || b == 0x84 && (closes(0x93) || closes(0x94)) || b == 0x8B && closes(0x9B)
		switch {
		case (b == 0xDF || b == 0xB4) && small(i-1): // я and і
			apple += 2
		case b == 0xFF, b == 0xB3 && (small(i-1) || small(i+1)):
			windows += 2
		case b == 0xDF || b == 0xC7: // Я or я, З or «
		case b >= 0x80 && b < 0xA0 && !quotes && !small(i-1) && small(i+1):
			apple++
		case strings.IndexByte(appleWords, b) >= 0 && blank(i-1) && blank(i+1) && small(i+2):
			apple++
		case b >= 0xC0 && b < 0xE0 && !small(i-1) && small(i+1):
			windows++
		}
	}
	switch {
	case apple > windows:
		return "x-mac-cyrillic"
	case windows > apple:
		return "windows-1251"
	}
	return ""
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
	best, _ := bestReading(sample)
	text, _ = best.encoding.NewDecoder().Bytes(data)
	return best.name, text
}

// markupless is the text between tags, enough of it to judge by.
func markupless(data []byte) []byte {
	out := make([]byte, 0, min(len(data), 24<<10))
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
		if len(out) == 24<<10 {
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

// cyrillicScore is high for lower-case words of common letters, and low for
// capitals in mid-word, signs among letters and letters without neighbours.
func cyrillicScore(text string) float64 {
	score, high := 0.0, 0
	previous := ' '
	for _, r := range text {
		if isCyrillicLetter(r) && isLatinLetter(previous) || isLatinLetter(r) && isCyrillicLetter(previous) {
			score -= 1.5
		}
		if r >= 0x80 {
			high++
			score += cyrillicWorth(r, previous)
		}
		previous = r
	}
	if high == 0 {
		return 0
	}
	return score / float64(high)
}

// cyrillicWorth is what one character behind another says for a reading.
func cyrillicWorth(r, previous rune) float64 {
	inside := unicode.IsLetter(previous)
	switch {
	case strings.ContainsRune(commonLetters, r):
		return 1.5
	case r == 'ё' && !inside:
		return 0
	case r >= 'а' && r <= 'я' || r == 'ё' || r == 'і':
		return 0.7
	case r >= 'А' && r <= 'Я' || r == 'Ё':
		if unicode.IsLower(previous) {
			return -2
		}
		return 0.5
	case strings.ContainsRune("їєў", r):
		return 0.3
	case unicode.Is(unicode.Cyrillic, r):
		return -0.2
	case strings.ContainsRune("«»—–“”„…№’‘•\u00a0", r):
		if inside && r != '’' && r != '»' && r != '”' && r != '…' && r != '\u00a0' {
			return -1
		}
		return 0.1
	}
	return -2
}

// latinScore is high for accented letters among plain ones.
func latinScore(text string) float64 {
	score, high := 0.0, 0
	runes := []rune(text)
	for i, r := range runes {
		if r < 0x80 {
			continue
		}
		high++
		plain := i > 0 && isLatinLetter(runes[i-1]) || i+1 < len(runes) && isLatinLetter(runes[i+1])
		switch {
		case strings.ContainsRune("ðýþÝÐÞ", r):
			score -= 0.3
		case strings.ContainsRune("“”„‘’–—…«»\u00a0€£§°©", r):
			score += 0.4
		case !unicode.IsLetter(r):
			score--
		case unicode.IsUpper(r) && i > 0 && unicode.IsLower(runes[i-1]):
			score -= 1.5
		case plain:
			score++
		default:
			score -= 0.7
		}
	}
	if high == 0 {
		return 0
	}
	return score / float64(high)
}

// commonHan are the characters of which a fifth of any Chinese text is made.
const commonHan = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严"

var commonHanSet = func() map[rune]bool {
	set := map[rune]bool{}
	for _, r := range commonHan {
		set[r] = true
	}
	return set
}()

// chineseScore is high for Chinese characters of which many are common.
func chineseScore(text string) float64 {
	common, han, other, all := 0, 0, 0, 0
	for _, r := range text {
		switch {
		case r < 0x80:
			continue
		case commonHanSet[r]:
			common++
		case unicode.Is(unicode.Han, r):
			han++
		case strings.ContainsRune("，。、：；？！“”‘’（）《》【】—…·　％０１２３４５６７８９", r):
		default:
			other++
		}
		all++
	}
	if all == 0 {
		return 0
	}
	return (1.9*float64(common) + 0.2*float64(han) + 0.5*float64(all-common-han-other) - 3*float64(other)) / float64(all)
}

func isCyrillicLetter(r rune) bool { return unicode.Is(unicode.Cyrillic, r) && unicode.IsLetter(r) }
func isLatinLetter(r rune) bool    { return r < 0x80 && unicode.IsLetter(r) }

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
