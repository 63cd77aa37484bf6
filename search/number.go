package search

import (
	"strconv"
	"strings"
)

// number reads a range of numbers: >5, >=5, <5, <=5, 5..10 or 5. A sum of money
// may have k, m or bn behind it, and a currency behind that: >10mUSD.
func (p *parser) number(key, value string, pos int) (Expr, error) {
	n := Number{Name: key}
	low, high, between := strings.Cut(value, "..")
	var err error
	switch {
	case between:
		if n.Low, err = p.bound(&n, low, pos); err == nil {
			n.High, err = p.bound(&n, high, pos+len(low)+len(".."))
		}
		n.Low.Equal, n.High.Equal = true, true
	case strings.HasPrefix(value, ">"):
		rest, equal := strings.CutPrefix(value[1:], "=")
		n.Low, err = p.bound(&n, rest, pos+len(value)-len(rest))
		n.Low.Equal = equal
	case strings.HasPrefix(value, "<"):
		rest, equal := strings.CutPrefix(value[1:], "=")
		n.High, err = p.bound(&n, rest, pos+len(value)-len(rest))
		n.High.Equal = equal
	default:
		n.Low, err = p.bound(&n, value, pos)
		n.Low.Equal = true
		n.High = n.Low
	}
	switch {
	case err != nil:
		return nil, err
	case n.Low.Has && n.High.Has && n.Low.At > n.High.At:
		return nil, p.errorf(pos, "%s is more than %s; write the smaller number first", plainNumber(n.Low.At), plainNumber(n.High.At))
	}
	return n, nil
}

// bound reads one end of a range. The currencies of both ends must be the same.
func (p *parser) bound(n *Number, s string, pos int) (Bound, error) {
	digits := strings.TrimRightFunc(s, func(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' })
	x, err := strconv.ParseFloat(strings.NewReplacer(",", "", "_", "").Replace(digits), 64)
	unit, currency := s[len(digits):], ""
	if n.Name == "amount" && len(unit) >= 3 {
		unit, currency = unit[:len(unit)-3], strings.ToUpper(unit[len(unit)-3:])
	}
	times, known := map[string]float64{"": 1, "k": 1e3, "m": 1e6, "bn": 1e9}[strings.ToLower(unit)]
	switch {
	case err != nil || digits == "" || digits[0] < '0' || digits[0] > '9' || !known || unit != "" && n.Name != "amount":
		return Bound{}, p.errorf(pos, "%q is no number; write %s:%s", s, n.Name, example(n.Name))
	case n.Name == "relevance" && x > 1:
		return Bound{}, p.errorf(pos, "relevance is a probability from 0 to 1; write relevance:>0.8")
	case n.Currency != "" && currency != "" && n.Currency != currency:
		return Bound{}, p.errorf(pos, "%s and %s are two currencies; sums are compared in the one they were named in", n.Currency, currency)
	case currency != "":
		n.Currency = currency
	}
	return Bound{At: x * times, Has: true}, nil
}

func example(key string) string {
	if key == "relevance" {
		return ">0.8, <=0.5 or 0.5..0.8"
	}
	return ">10000000, >=10m, <5000 or 1m..5mUSD"
}

// plainNumber writes a number without an exponent.
func plainNumber(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func writeNumber(n Number) string {
	value := func(b Bound) string { return plainNumber(b.At) + n.Currency }
	equal := func(b Bound) string {
		if b.Equal {
			return "="
		}
		return ""
	}
	switch {
	case n.Low.Has && n.High.Has && n.Low == n.High:
		return n.Name + ":" + value(n.Low)
	case n.Low.Has && n.High.Has:
		return n.Name + ":" + value(n.Low) + ".." + value(n.High)
	case n.Low.Has:
		return n.Name + ":>" + equal(n.Low) + value(n.Low)
	}
	return n.Name + ":<" + equal(n.High) + value(n.High)
}
