package fetcher

import (
	"slices"
	"strings"
	"time"
)

// months are the beginnings by which month names are known, in English,
// Russian, Uzbek (both scripts), Kazakh, Kyrgyz, Tajik, Turkmen, Turkish, and
// the larger languages of Europe. A name is a month when it begins like one of these and is not much
// longer, for case endings.
var months = [12][]string{
	{"jan", "янв", "yanv", "қаңтар", "qańtar", "qantar", "ýanwar", "ocak", "oca", "yan", "jän", "ene", "gen", "ιαν"},
	{"feb", "фев", "fev", "ақпан", "aqpan", "şubat", "şub", "φεβ"},
	{"mar", "мар", "наурыз", "nauryz", "mär", "mart", "már", "μαρ", "μάρ"},
	{"apr", "апр", "abr", "avr", "сәуір", "säuir", "nisan", "nis", "ápr", "απρ"},
	{"may", "мая", "май", "мамыр", "mamyr", "бугу", "maý", "mai", "mayıs", "máj", "μαϊ", "μάι", "μαι"},
	{"jun", "июн", "iyun", "маусым", "mausym", "кулжа", "iýun", "haziran", "haz", "jún", "ιουν", "ιούν"},
	{"jul", "июл", "iyul", "шілде", "şilde", "shilde", "теке", "iýul", "temmuz", "tem", "júl", "ιουλ", "ιούλ"},
	{"aug", "авг", "avg", "ago", "aoû", "тамыз", "tamyz", "awg", "ağustos", "ağu", "αυγ", "αύγ"},
	{"sep", "сен", "sen", "set", "қыркүйек", "qyrküiek", "sent", "eylül", "eyl", "sze", "σεπ"},
	{"oct", "окт", "okt", "out", "ott", "қазан", "qazan", "ekim", "eki", "οκτ"},
	{"nov", "ноя", "noya", "қараша", "qaraşa", "noýabr", "kasım", "kas", "noy", "νοε", "νοέ"},
	{"dec", "дек", "dek", "желтоқсан", "jeltoqsan", "aralık", "ara", "dez", "dic", "déc", "δεκ"},
}

// persianMonths begin the twelve months of the Persian calendar.
var persianMonths = [12]string{
	"فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
}

// gregorianPersian are the names of our months in Persian script.
var gregorianPersian = [12]string{
	"ژانویه", "فوریه", "مارس", "آوریل", "مه", "ژوئن", "ژوئیه", "اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر",
}

// monthNamed is the number of a month's name, and whether it is of the Persian
// calendar; 0 for other words.
func monthNamed(word string) (month int, persian bool) {
	if len(word) < 3 {
		return 0, false
	}
	for i, name := range persianMonths {
		if word == name {
			return i + 1, true
		}
	}
	for i, name := range gregorianPersian {
		if word == name {
			return i + 1, false
		}
	}
	best, length := 0, 0
	for i, names := range months {
		for _, name := range names {
			if strings.HasPrefix(word, name) && len(name) > length && endsLikeMonth(word, name) {
				best, length = i+1, len(name)
			}
		}
	}
	return best, false
}

// notMonths begin like months and are something else.
var notMonths = []string{"market", "markt", "martial", "mayor", "майдан", "мартин", "декан", "april-", "sector", "senat", "сенат", "senator", "аралаш"}

// endsLikeMonth reports whether what follows a month's beginning can be the
// rest of its name in some case.
func endsLikeMonth(word, name string) bool {
	for _, wrong := range notMonths {
		if strings.HasPrefix(word, wrong) {
			return false
		}
	}
	return len([]rune(word))-len([]rune(name)) <= 7
}

// The Persian calendar, by the 33-year rule, right for 1925–2090.

func fromPersian(d ymd) ymd {
	days := 365*(d.year-1) + (8*d.year+21)/33 + d.day - 1
	if d.month <= 7 {
		days += 31 * (d.month - 1)
	} else {
		days += 30*(d.month-1) + 6
	}
	t := time.Date(622, time.March, 21, 0, 0, 0, 0, time.UTC).AddDate(0, 0, days)
	return ymd{t.Year(), int(t.Month()), t.Day()}
}

func toPersianYear(at time.Time) int {
	year := at.Year() - 621
	newYear := fromPersian(ymd{year, 1, 1})
	if at.Before(time.Date(newYear.year, time.Month(newYear.month), newYear.day, 0, 0, 0, 0, time.UTC)) {
		year--
	}
	return year
}

// gregorian turns a numeric date of the Persian calendar into ours: years
// between 1300 and 1500 can be no other.
func gregorian(d ymd) ymd {
	if d.year > 1300 && d.year < 1500 {
		return fromPersian(d)
	}
	return d
}

// daysAgo are words for today, yesterday and the day before.
var daysAgo = map[string]int{
	"today": 0, "сегодня": 0, "bugun": 0, "бугун": 0, "бүгін": 0, "bügin": 0, "бүгүн": 0, "имрӯз": 0, "имруз": 0, "şugün": 0,
	"şu": 0, "bugün": 0, "امروز": 0,
	"yesterday": 1, "вчера": 1, "kecha": 1, "кеча": 1, "кеше": 1, "keşe": 1, "кечээ": 1, "дирӯз": 1, "дируз": 1, "düýn": 1,
	"dün": 1, "دیروز": 1, "кече": 1, "дина": 1,
	"позавчера": 2, "پریروز": 2, "evvelsi": 2,
}

// one are words that stand for the number one in "an hour ago".
var one = []string{"a", "an", "one", "один", "одну", "bir", "бир", "бір", "як", "یک", "一"}

// justNow are words for a moment ago.
var justNow = [][]string{
	{"just", "now"}, {"только", "что"}, {"hozirgina"}, {"ҳозиргина"}, {"жаңа", "ғана"}, {"жаңы", "эле"}, {"az", "önce"}, {"şimdi"}, {"ýaňyja"},
	{"ҳозир"}, {"刚", "刚"}, {"刚", "才"}, {"لحظاتی", "پیش"}, {"همین", "الان"},
}

// units are words for a span of time, by their beginnings.
var units = []struct {
	begins string
	span   time.Duration
}{
	{"min", time.Minute}, {"мин", time.Minute}, {"daq", time.Minute}, {"дақ", time.Minute}, {"мүн", time.Minute}, {"дак", time.Minute},
	{"dak", time.Minute}, {"dk", time.Minute}, {"دقیقه", time.Minute},
	{"hour", time.Hour}, {"hrs", time.Hour}, {"час", time.Hour}, {"soat", time.Hour}, {"соат", time.Hour}, {"сағат", time.Hour},
	{"sağat", time.Hour}, {"саат", time.Hour}, {"sagat", time.Hour}, {"saat", time.Hour}, {"sa", time.Hour}, {"ساعت", time.Hour},
	{"day", 24 * time.Hour}, {"дн", 24 * time.Hour}, {"ден", 24 * time.Hour}, {"kun", 24 * time.Hour}, {"кун", 24 * time.Hour},
	{"күн", 24 * time.Hour}, {"рӯз", 24 * time.Hour}, {"руз", 24 * time.Hour}, {"gün", 24 * time.Hour}, {"روز", 24 * time.Hour},
	{"week", 7 * 24 * time.Hour}, {"недел", 7 * 24 * time.Hour}, {"hafta", 7 * 24 * time.Hour}, {"ҳафта", 7 * 24 * time.Hour},
	{"апта", 7 * 24 * time.Hour}, {"жума", 7 * 24 * time.Hour}, {"hepde", 7 * 24 * time.Hour}, {"هفته", 7 * 24 * time.Hour},
}

// agoWords say that a span lies in the past.
var agoWords = []string{
	"ago", "назад", "avval", "oldin", "аввал", "олдин", "бұрын", "burın", "buryn", "мурун", "мурда", "пеш", "қабл", "öň", "öňüräk",
	"önce", "evvel", "پیش", "قبل",
}

// relative reads "вчера, 14:05", "2 soat avval", "3小时前", "сегодня".
func relative(tokens []token, at time.Time, loc *time.Location) (Date, bool) {
	if d, ok := spanAgo(tokens, at); ok {
		return d, true
	}
	if len(tokens) <= 6 && isJustNow(tokens) {
		return Date{Time: at.Truncate(time.Second), Zoned: true}, true
	}
	for i, t := range tokens {
		days, ok := daysAgo[t.word]
		if t.word == "şu" && (i+1 >= len(tokens) || tokens[i+1].word != "gün") {
			ok = false
		}
		if two := t.word; i+1 < len(tokens) && (tokens[i+1].word == "天" || tokens[i+1].word == "日") {
			if n, known := map[string]int{"今": 0, "昨": 1, "前": 2}[two]; known {
				ok, days = true, n
			}
		}
		if !ok || len(tokens) > 12 {
			continue
		}
		local := at.In(loc).AddDate(0, 0, -days)
		midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, loc)
		clock, _, timed := clockTime(tokens)
		return Date{Time: midnight.Add(clock), DayOnly: !timed}, true
	}
	return Date{}, false
}

func spanAgo(tokens []token, at time.Time) (Date, bool) {
	for i, t := range tokens {
		if slices.Contains(one, t.word) {
			t = token{number: 1, digits: 1}
		}
		if d, ok := unitAgo(tokens[i:], at); ok && i <= 1 {
			return d, true
		}
		if t.digits == 0 || t.digits > 3 || i+1 >= len(tokens) {
			continue
		}
		if unit, n := chineseUnit(tokens[i+1:]); n > 0 && i+1+n < len(tokens) && tokens[i+1+n].word == "前" {
			return ago(at, t.number, unit), true
		}
		for _, u := range units {
			if !strings.HasPrefix(tokens[i+1].word, u.begins) || !anyAgo(tokens[i+2:]) {
				continue
			}
			return ago(at, t.number, u.span), true
		}
	}
	return Date{}, false
}

// unitAgo reads a span that is one without saying so: "час назад".
func unitAgo(tokens []token, at time.Time) (Date, bool) {
	for _, u := range units {
		if len(u.begins) > 2 && len(tokens) > 1 && strings.HasPrefix(tokens[0].word, u.begins) && len(tokens) <= 3 && anyAgo(tokens[1:]) {
			return ago(at, 1, u.span), true
		}
	}
	return Date{}, false
}

func isJustNow(tokens []token) bool {
	return slices.ContainsFunc(justNow, func(words []string) bool {
		return len(tokens) >= len(words) && slices.EqualFunc(tokens[:len(words)], words, func(t token, w string) bool { return t.word == w })
	})
}

func ago(at time.Time, n int, unit time.Duration) Date {
	t := at.Add(-time.Duration(n) * unit).Truncate(min(unit, time.Hour))
	return Date{Time: t, DayOnly: unit >= 24*time.Hour, Zoned: true}
}

func anyAgo(tokens []token) bool {
	for i, t := range tokens {
		if i > 1 {
			break
		}
		for _, word := range agoWords {
			if t.word == word {
				return true
			}
		}
	}
	return false
}

// chineseUnit reads 分钟, 小时, 天 and says how many characters it took.
func chineseUnit(tokens []token) (time.Duration, int) {
	word := ""
	for i := 0; i < min(2, len(tokens)); i++ {
		word += tokens[i].word
	}
	switch {
	case word == "分钟":
		return time.Minute, 2
	case word == "小时":
		return time.Hour, 2
	case strings.HasPrefix(word, "天"):
		return 24 * time.Hour, 1
	}
	return 0, 0
}
