package tagger

import (
	"strconv"
	"strings"

	"silkwire/news"
	"silkwire/text"
)

// multipliers are the words for powers of ten, folded, by their beginning.
var multipliers = []struct {
	stem  string
	value float64
}{
	{"trillion", 1e12}, {"трлн", 1e12}, {"триллион", 1e12}, {"trln", 1e12}, {"trilyon", 1e12}, {"تریلیون", 1e12},
	{"billion", 1e9}, {"bn", 1e9}, {"млрд", 1e9}, {"миллиард", 1e9}, {"milliard", 1e9}, {"mlrd", 1e9}, {"milyar", 1e9}, {"میلیارد", 1e9}, {"亿", 1e8},
	{"million", 1e6}, {"mln", 1e6}, {"млн", 1e6}, {"миллион", 1e6}, {"milyon", 1e6}, {"million", 1e6}, {"میلیون", 1e6}, {"万", 1e4},
	{"thousand", 1e3}, {"тыс", 1e3}, {"ming", 1e3}, {"мың", 1e3}, {"миң", 1e3}, {"минг", 1e3}, {"ҳазор", 1e3}, {"müň", 1e3}, {"bin", 1e3}, {"هزار", 1e3}, {"千", 1e3},
}

// currencies are the words for money, folded, by their beginning.
var currencies = []struct{ stem, code string }{
	{"dollar", "USD"}, {"доллар", "USD"}, {"долл", "USD"}, {"usd", "USD"}, {"دلار", "USD"}, {"美元", "USD"}, {"dolar", "USD"},
	{"euro", "EUR"}, {"евро", "EUR"}, {"yevro", "EUR"}, {"eur", "EUR"}, {"еуро", "EUR"}, {"یورو", "EUR"}, {"欧元", "EUR"}, {"avro", "EUR"}, {"ýewro", "EUR"},
	{"yuan", "CNY"}, {"юан", "CNY"}, {"rmb", "CNY"}, {"人民币", "CNY"}, {"یوان", "CNY"}, {"元", "CNY"}, {"ýuan", "CNY"},
	{"rubl", "RUB"}, {"рубл", "RUB"}, {"rouble", "RUB"}, {"ruble", "RUB"}, {"卢布", "RUB"}, {"روبل", "RUB"},
	{"yen", "JPY"}, {"иен", "JPY"}, {"日元", "JPY"}, {"won", "KRW"}, {"вон", "KRW"},
	{"tenge", "KZT"}, {"теңге", "KZT"}, {"тенге", "KZT"}, {"坚戈", "KZT"}, {"som", "KGS"}, {"сом", "KGS"}, {"索姆", "KGS"}, {"so'm", "UZS"}, {"сўм", "UZS"}, {"сумов", "UZS"}, {"sum", "UZS"},
	{"somoni", "TJS"}, {"сомон", "TJS"}, {"manat", "TMT"}, {"манат", "TMT"}, {"lira", "TRY"}, {"лир", "TRY"},
}

// amount returns the largest sum of money in a range of sentences, nil if
// there is none.
func (f *field) amount(from, to int32) *news.Amount {
	var best *news.Amount
	for i := range f.doc.Words {
		w := &f.doc.Words[i]
		if w.Sentence < from || w.Sentence > to || !w.Digits || f.inNumber(i) {
			continue
		}
		if a := f.amountAt(i); a != nil && (best == nil || a.Value > best.Value) {
			best = a
		}
	}
	return best
}

// amountAt reads a sum that begins with the number at word i: "$1.2 billion",
// "2,3 млрд долларов", "500 million yuan".
func (f *field) amountAt(i int) *news.Amount {
	value, next, ok := f.number(i)
	if !ok {
		return nil
	}
	code := signBefore(f.doc.Text[:f.doc.Words[i].Start])
	multiplied := false
	for n := 0; n < 3 && next < len(f.doc.Words); n++ {
		word := string(f.doc.Folded(&f.doc.Words[next]))
		if f.doc.Words[next].Script == text.Han && next+1 < len(f.doc.Words) {
			word += string(f.doc.Folded(&f.doc.Words[next+1]))
		}
		switch m, c := multiplier(word), currency(word); {
		case m > 0 && (!multiplied || m == 1e4 || m == 1e8):
			value *= m
			multiplied = true
		case c != "" && code == "":
			code = c
		case code != "":
			n = 3
		}
		next++
	}
	if code == "" {
		return nil
	}
	return &news.Amount{Value: value, Currency: code}
}

// number reads the number at word i, which may run over several words:
// "1 200", "2,3", "1.5". It returns the word after it.
func (f *field) number(i int) (value float64, next int, ok bool) {
	words := f.doc.Words
	digits := string(f.doc.Folded(&words[i]))
	next = i + 1
	for next < len(words) && words[next].Digits {
		between := f.doc.Text[words[next-1].End:words[next].Start]
		part := string(f.doc.Folded(&words[next]))
		switch {
		case (between == " " || between == "\u00a0" || between == "," || between == ".") && len(part) == 3 && isNumber(part) && !strings.Contains(digits, "."):
			digits += part
		case between == "," || between == ".":
			digits += "." + part
		default:
			value, err := strconv.ParseFloat(digits, 64)
			return value, next, err == nil
		}
		next++
	}
	value, err := strconv.ParseFloat(digits, 64)
	return value, next, err == nil
}

// inNumber reports whether the digits at word i go on with the number before
// them: the 3 of "2.3", the 200 of "1 200".
func (f *field) inNumber(i int) bool {
	if i == 0 || !f.doc.Words[i-1].Digits {
		return false
	}
	_, next, ok := f.number(i - 1)
	return ok && next > i
}

func isNumber(s string) bool { return strings.Trim(s, "0123456789") == "" }

func signBefore(s string) string {
	s = strings.TrimRight(s, " \u00a0")
	for sign, code := range map[string]string{"$": "USD", "€": "EUR", "¥": "CNY", "£": "GBP", "₽": "RUB", "₸": "KZT"} {
		if strings.HasSuffix(s, sign) {
			return code
		}
	}
	return ""
}

func multiplier(word string) float64 {
	for _, m := range multipliers {
		if strings.HasPrefix(word, m.stem) && (len(m.stem) > 3 || len(word) <= len(m.stem)+3) {
			return m.value
		}
	}
	return 0
}

func currency(word string) string {
	for _, c := range currencies {
		if strings.HasPrefix(word, c.stem) {
			return c.code
		}
	}
	return ""
}

// places returns the number of places (of study, in a quota) that a range of
// sentences names, nil if none.
func (f *field) places(from, to int32) *int {
	for s := from; s <= to; s++ {
		for _, c := range f.cuesIn(s) {
			if c.kind != cuePlaces {
				continue
			}
			for i := c.start - 1; i >= 0 && i >= c.start-3 && f.doc.Words[i].Sentence == s; i-- {
				if n, ok := f.wholeNumber(int(i)); ok {
					return &n
				}
			}
		}
	}
	return nil
}

func (f *field) wholeNumber(i int) (int, bool) {
	if !f.doc.Words[i].Digits {
		return 0, false
	}
	for i > 0 && f.doc.Words[i-1].Digits && f.doc.Words[i].Gap == text.Blank {
		i--
	}
	value, _, ok := f.number(i)
	if !ok || value != float64(int(value)) || value <= 0 || value > 1e6 || value >= 1900 && value <= 2100 {
		return 0, false
	}
	return int(value), true
}
