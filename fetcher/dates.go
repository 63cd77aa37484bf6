package fetcher

import (
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Date is a moment as somebody wrote it.
type Date struct {
	Time    time.Time // UTC
	DayOnly bool      // written without a time of day: midnight where it was written
	Zoned   bool      // written with its zone
}

// ParseDate reads a date as feeds, pages and people of the region write it:
// ISO 8601 and RFC 822 in all their wear, month names in ten languages, the
// Persian calendar, and words like "вчера" or "2 soat avval". A date without
// a zone is in loc; at is the time of the visit, for words and missing years.
// Not ok: there is no date, or none that news can have (before 1990).
//
// A date later than at is at: nothing was published after we read it (F22).
func ParseDate(s string, at time.Time, loc *time.Location) (d Date, ok bool) {
	if len(s) > 300 {
		s = s[:300]
	}
	tokens := dateTokens(s)
	d, ok = relative(tokens, at, loc)
	if !ok {
		d, ok = absolute(tokens, at, loc)
	}
	if !ok || d.Time.Year() < 1990 {
		return Date{}, false
	}
	d.Time = d.Time.UTC()
	if d.Time.After(at) {
		d.Time, d.DayOnly = at.UTC().Truncate(time.Second), false
	}
	return d, true
}

// token is a number, a word in lower case, or one sign.
type token struct {
	word   string
	number int
	digits int // how many digits a number has; 0 for words and signs
}

func dateTokens(s string) []token {
	var out []token
	runes := []rune(strings.ToLower(s))
	for i := 0; i < len(runes) && len(out) < 60; {
		switch r := runes[i]; {
		case unicode.IsDigit(r):
			t, n := numberToken(runes[i:])
			out = append(out, t)
			i += n
		case unicode.IsLetter(r):
			j := i
			for j < len(runes) && (unicode.IsLetter(runes[j]) || unicode.Is(unicode.Mn, runes[j]) || strings.ContainsRune("'‘’ʻʼ`", runes[j])) {
				j++
			}
			out = append(out, splitHan(string(runes[i:j]))...)
			i = j
		case unicode.IsSpace(r) || r == '\u0307':
			i++
		default:
			out = append(out, token{word: string(r)})
			i++
		}
	}
	return out
}

// numberToken reads digits of any script.
func numberToken(runes []rune) (token, int) {
	t := token{}
	i := 0
	for ; i < len(runes) && unicode.IsDigit(runes[i]) && t.digits < 14; i++ {
		t.number = t.number*10 + digit(runes[i])
		t.digits++
	}
	return t, i
}

func digit(r rune) int {
	switch {
	case r <= '9':
		return int(r - '0')
	case r >= '٠' && r <= '٩':
		return int(r - '٠')
	case r >= '۰' && r <= '۹':
		return int(r - '۰')
	}
	return 0
}

// splitHan makes a token of each Chinese character, which are not spaced.
func splitHan(word string) []token {
	if strings.IndexFunc(word, func(r rune) bool { return unicode.Is(unicode.Han, r) }) < 0 {
		return []token{{word: strings.Map(plainApostrophe, word)}}
	}
	var out []token
	for _, r := range word {
		out = append(out, token{word: string(r)})
	}
	return out
}

func plainApostrophe(r rune) rune {
	if strings.ContainsRune("‘’ʻʼ`", r) {
		return '\''
	}
	return r
}

// absolute reads dates that name their day.
func absolute(tokens []token, at time.Time, loc *time.Location) (Date, bool) {
	if d, ok := compact(tokens, loc); ok {
		return d, true
	}
	day, rest, ok := calendarDay(tokens, at)
	if !ok {
		return Date{}, false
	}
	clock, rest, timed := clockTime(rest)
	if !timed { // "14:05, 24 ноября"
		if clock, _, timed = clockTime(tokens); timed {
			rest = nil
		}
	}
	d := Date{DayOnly: !timed}
	zone := loc
	if korean, afternoon := inKorean(tokens); korean {
		if zone = time.FixedZone("", 9*3600); afternoon && clock < 12*time.Hour {
			clock += 12 * time.Hour
		}
	}
	if timed {
		if z, ok := zoneOf(rest); ok {
			zone, d.Zoned = z, true
		}
	}
	if !day.valid() {
		return Date{}, false
	}
	d.Time = time.Date(day.year, time.Month(day.month), day.day, 0, 0, 0, 0, zone).Add(clock)
	return d, true
}

// inKorean reports whether a date is written in Korean, which stands for the
// time of Seoul, and whether in the afternoon.
func inKorean(tokens []token) (korean, afternoon bool) {
	for _, t := range tokens {
		switch t.word {
		case "오후":
			return true, true
		case "오전", "년", "일":
			korean = true
		}
	}
	return korean, false
}

type ymd struct{ year, month, day int }

func (d ymd) valid() bool {
	if d.month < 1 || d.month > 12 || d.day < 1 {
		return false
	}
	return d.day <= time.Date(d.year, time.Month(d.month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// compact reads 20261124, 20261124140500, and seconds since 1970.
func compact(tokens []token, loc *time.Location) (Date, bool) {
	if len(tokens) == 0 || tokens[0].digits < 7 {
		return Date{}, false
	}
	t := tokens[0]
	switch {
	case t.digits == 7: // 2026328
		day, _, ok := ordinalDay([]token{{number: t.number / 1000, digits: 4}, {word: "-"}, {number: t.number % 1000, digits: 3}})
		return Date{Time: time.Date(day.year, time.Month(day.month), day.day, 0, 0, 0, 0, loc), DayOnly: true}, ok && len(tokens) == 1 && day.year >= 1990
	case t.digits == 8 || t.digits == 14:
		n := t.number
		clock := time.Duration(0)
		if t.digits == 14 {
			clock = compactClock(token{number: n % 1000000, digits: 6})
			n /= 1000000
		}
		day := ymd{n / 10000, n / 100 % 100, n % 100}
		if !day.valid() || day.year < 1990 {
			return Date{}, false
		}
		d := Date{DayOnly: t.digits == 8}
		if t.digits == 8 && len(tokens) > 2 && tokens[1].word == "t" && (tokens[2].digits == 6 || tokens[2].digits == 4) {
			clock, d.DayOnly = compactClock(tokens[2]), false
			if zone, ok := zoneOf(tokens[3:]); ok {
				loc, d.Zoned = zone, true
			}
		}
		d.Time = time.Date(day.year, time.Month(day.month), day.day, 0, 0, 0, 0, loc).Add(clock)
		return d, true
	case t.digits == 10 && len(tokens) == 1:
		return Date{Time: time.Unix(int64(t.number), 0), Zoned: true}, true
	case t.digits == 13 && len(tokens) == 1:
		return Date{Time: time.UnixMilli(int64(t.number)), Zoned: true}, true
	}
	return Date{}, false
}

// compactClock reads 140500 and 1405.
func compactClock(t token) time.Duration {
	n := t.number
	if t.digits == 4 {
		n *= 100
	}
	return time.Duration(n/10000)*time.Hour + time.Duration(n/100%100)*time.Minute + time.Duration(n%100)*time.Second
}

// calendarDay finds the day, and the tokens behind it.
func calendarDay(tokens []token, at time.Time) (ymd, []token, bool) {
	for i := range tokens {
		if d, n, ok := numericDay(tokens[i:]); ok {
			return d, tokens[i+n:], true
		}
		if d, n, ok := namedDay(tokens, i, at); ok {
			return d, tokens[n:], true
		}
	}
	return yearMonth(tokens)
}

// numericDay reads 2026-11-24, 2026年11月24日, 24.11.2026, 24/11/26.
func numericDay(t []token) (ymd, int, bool) {
	if len(t) < 5 || t[0].digits == 0 || t[2].digits == 0 || t[4].digits == 0 {
		return ordinalDay(t)
	}
	a, b, c := t[0].number, t[2].number, t[4].number
	switch sep := t[1].word; {
	case t[0].digits == 4 && (sep == "-" || sep == "/" || sep == "." || sep == "年" || sep == "년") && t[2].digits <= 2:
		n := 5
		if len(t) > 5 && (t[5].word == "日" || t[5].word == "일") {
			n = 6
		}
		return gregorian(ymd{a, b, c}), n, t[4].digits <= 2 && b <= 12
	case t[4].digits == 4 && sep == t[3].word && (sep == "." || sep == "/" || sep == "-"):
		if b > 12 && a <= 12 { // 11/24/2026
			a, b = b, a
		}
		return ymd{c, b, a}, 5, t[0].digits <= 2
	case t[4].digits == 2 && t[0].digits <= 2 && sep == t[3].word && (sep == "." || sep == "/"):
		if b > 12 && a <= 12 {
			a, b = b, a
		}
		return ymd{2000 + c, b, a}, 5, b <= 12
	}
	return ymd{}, 0, false
}

// ordinalDay reads 2026-328, the day of the year of ISO 8601.
func ordinalDay(t []token) (ymd, int, bool) {
	if len(t) < 3 || t[0].digits != 4 || t[1].word != "-" || t[2].digits != 3 || t[2].number < 1 || t[2].number > 366 {
		return ymd{}, 0, false
	}
	d := time.Date(t[0].number, 1, t[2].number, 0, 0, 0, 0, time.UTC)
	return ymd{d.Year(), int(d.Month()), d.Day()}, 3, true
}

// yearMonth reads 2026-11 and a bare 2026, which feeds of old wrote.
func yearMonth(t []token) (ymd, []token, bool) {
	switch {
	case len(t) == 3 && t[0].digits == 4 && t[1].word == "-" && t[2].digits == 2:
		return ymd{t[0].number, t[2].number, 1}, nil, true
	case len(t) == 1 && t[0].digits == 4:
		return ymd{t[0].number, 1, 1}, nil, true
	}
	return ymd{}, nil, false
}

// namedDay reads a day with the month's name at tokens[i]: "24 ноября 2026",
// "24-noyabr, 2026", "Kasım 24, 2026", "2026-yil 24-noyabr", "۳ آذر ۱۴۰۵". The
// year may be missing: then it is the last such day. n is the index behind it.
func namedDay(tokens []token, i int, at time.Time) (d ymd, n int, ok bool) {
	month, persian := monthNamed(tokens[i].word)
	if month == 0 {
		return ymd{}, 0, false
	}
	d = ymd{month: month}
	before := prevNumber(tokens, i, 2)
	after := nextNumber(tokens, i, 3)
	n = i + 1
	switch {
	case before >= 0 && tokens[before].digits <= 2:
		d.day = tokens[before].number
		if after >= 0 && (tokens[after].digits == 4 || tokens[after].digits == 2 && !clockAt(tokens, after)) {
			d.year, n = fullYear(tokens[after]), after+1
		} else if y := prevNumber(tokens, before, 3); y >= 0 && tokens[y].digits == 4 {
			d.year = tokens[y].number
		}
	case after >= 0 && tokens[after].digits <= 2: // "November 24, 2026"
		d.day, n = tokens[after].number, after+1
		if y := nextNumber(tokens, after, 3); y >= 0 && tokens[y].digits == 4 {
			d.year, n = tokens[y].number, y+1
		} else if y := lastYear(tokens); y > 0 { // "Tue Nov 24 14:05:00 2026"
			d.year = y
		} else if y := prevNumber(tokens, i, 3); y >= 0 && tokens[y].digits == 4 {
			d.year = tokens[y].number
		}
	default:
		return ymd{}, 0, false
	}
	if d.year == 0 {
		d.year = yearBefore(d, at, persian)
	}
	if persian {
		d = fromPersian(d)
	}
	return d, n, true
}

func fullYear(t token) int {
	switch {
	case t.digits == 4:
		return t.number
	case t.number < 70:
		return 2000 + t.number
	}
	return 1900 + t.number
}

func lastYear(tokens []token) int {
	if last := tokens[len(tokens)-1]; last.digits == 4 && last.number > 1900 && last.number < 2200 {
		return last.number
	}
	return 0
}

// yearBefore is the year in which the day was last seen by at.
func yearBefore(d ymd, at time.Time, persian bool) int {
	year := at.Year()
	if persian {
		year = toPersianYear(at)
	}
	probe := ymd{year, d.month, d.day}
	if persian {
		probe = fromPersian(probe)
	}
	if time.Date(probe.year, time.Month(probe.month), probe.day, 0, 0, 0, 0, time.UTC).After(at.Add(36 * time.Hour)) {
		return year - 1
	}
	return year
}

// prevNumber is the index of the number at most reach tokens before i.
func prevNumber(tokens []token, i, reach int) int {
	for j := i - 1; j >= 0 && j >= i-reach; j-- {
		if tokens[j].digits > 0 {
			return j
		}
		if m, _ := monthNamed(tokens[j].word); m > 0 {
			return -1
		}
	}
	return -1
}

func nextNumber(tokens []token, i, reach int) int {
	for j := i + 1; j < len(tokens) && j <= i+reach; j++ {
		if tokens[j].digits > 0 {
			return j
		}
	}
	return -1
}

func clockAt(tokens []token, i int) bool {
	return i+2 < len(tokens) && tokens[i+1].word == ":" && tokens[i+2].digits == 2
}

// clockTime finds 14:05, 14:05:30, T1405, with am and pm, and the tokens behind.
func clockTime(tokens []token) (clock time.Duration, rest []token, ok bool) {
	for i := range tokens {
		if tokens[i].digits == 0 || tokens[i].digits > 2 {
			continue
		}
		if !clockAt(tokens, i) && !chineseClock(tokens, i) {
			continue
		}
		h, m, n := tokens[i].number, tokens[i+2].number, i+3
		if h > 24 || m > 59 {
			continue
		}
		clock = time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
		if n+1 < len(tokens) && tokens[n].word == ":" && tokens[n+1].digits == 2 && tokens[n+1].number <= 60 {
			clock += time.Duration(tokens[n+1].number) * time.Second
			n += 2
			if n+1 < len(tokens) && (tokens[n].word == "." || tokens[n].word == ",") && tokens[n+1].digits > 0 {
				n += 2
			}
		}
		if n < len(tokens) {
			clock = withNoon(clock, h, tokens[n].word)
		}
		return clock, tokens[n:], true
	}
	return 0, tokens, false
}

func chineseClock(tokens []token, i int) bool {
	return i+2 < len(tokens) && tokens[i+1].word == "时" && tokens[i+2].digits > 0
}

func withNoon(clock time.Duration, hour int, word string) time.Duration {
	switch {
	case word == "pm" && hour < 12:
		return clock + 12*time.Hour
	case word == "am" && hour == 12:
		return clock - 12*time.Hour
	}
	return clock
}

// zones are the abbreviations that stand in feeds (RFC 822 §5) and in the
// region's news.
var zones = map[string]int{
	"z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "bst": 60, "cet": 60, "cest": 120, "eet": 120, "eest": 180,
	"msk": 180, "мск": 180, "trt": 180, "irst": 210, "uzt": 300, "tjt": 300, "tmt": 300, "pkt": 300, "almt": 300, "kgt": 360,
	"est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "akst": -540, "hst": -600,
	"jst": 540, "kst": 540, "at": -240, "ast": -240, "et": -300, "ct": -360, "mt": -420, "pt": -480,
}

// zoneOf reads the zone at the beginning of tokens.
func zoneOf(tokens []token) (*time.Location, bool) {
	for i, t := range tokens {
		if i > 3 {
			break
		}
		if t.word == "+" || t.word == "-" || t.word == "−" {
			return offset(tokens[i:])
		}
		if minutes, ok := zones[t.word]; ok {
			if i+2 < len(tokens) && minutes == 0 && (tokens[i+1].word == "+" || tokens[i+1].word == "-") {
				continue // GMT+5
			}
			return time.FixedZone("", minutes*60), true
		}
		if t.digits > 0 {
			break
		}
	}
	return nil, false
}

// offset reads +0500, +05:00, +5.
func offset(tokens []token) (*time.Location, bool) {
	if len(tokens) < 2 || tokens[1].digits == 0 {
		return nil, false
	}
	n := tokens[1]
	hours, minutes := n.number, 0
	switch {
	case n.digits == 4:
		hours, minutes = n.number/100, n.number%100
	case n.digits > 2:
		return nil, false
	case len(tokens) > 3 && tokens[2].word == ":" && tokens[3].digits == 2:
		minutes = tokens[3].number
	}
	if hours > 14 || minutes > 59 {
		return nil, false
	}
	seconds := hours*3600 + minutes*60
	if tokens[0].word != "+" {
		seconds = -seconds
	}
	return time.FixedZone("", seconds), true
}

// dateInPath reads the date many outlets keep in an article's address:
// /2026/11/24/, /20261124/, /2026-11-24/, and never less than a day.
func dateInPath(path string, loc *time.Location) (Date, bool) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	for i, part := range parts {
		if len(part) >= 10 && (part[4] == '-' || part[4] == '_') && part[7] == part[4] && (len(part) == 10 || part[10] == '-' || part[10] == '_') {
			if d, ok := dayOf(part[:4], part[5:7], part[8:10], loc); ok {
				return d, true
			}
		}
		if len(part) == 8 {
			if d, ok := dayOf(part[:4], part[4:6], part[6:], loc); ok {
				return d, true
			}
		}
		if i+2 < len(parts) && len(part) == 4 {
			if d, ok := dayOf(part, parts[i+1], parts[i+2], loc); ok {
				return d, true
			}
		}
	}
	return Date{}, false
}

func dayOf(year, month, day string, loc *time.Location) (Date, bool) {
	y, err1 := strconv.Atoi(year)
	m, err2 := strconv.Atoi(month)
	d, err3 := strconv.Atoi(day)
	date := ymd{y, m, d}
	if err1 != nil || err2 != nil || err3 != nil || y < 1990 || y > 2100 || len(month) > 2 || len(day) > 2 || !date.valid() {
		return Date{}, false
	}
	return Date{Time: time.Date(y, time.Month(m), d, 0, 0, 0, 0, loc), DayOnly: true}, true
}

// zoneOfCountry is the civil time of a country of the region, where a date
// without a zone was most likely written. None of them has summer time.
func zoneOfCountry(country string) *time.Location {
	hours := map[string]float64{
		"UZ": 5, "KZ": 5, "TJ": 5, "TM": 5, "KG": 6, "RU": 3, "BY": 3, "TR": 3, "CN": 8, "IR": 3.5, "AZ": 4, "AF": 4.5,
		"AM": 4, "GE": 4, "PK": 5, "IN": 5.5, "MN": 8, "JP": 9, "KR": 9, "HK": 8, "TW": 8,
	}
	return time.FixedZone("", int(hours[country]*3600))
}
