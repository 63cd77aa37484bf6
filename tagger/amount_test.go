package tagger

import (
	"testing"
)

func TestSumsOfMoneyAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]struct {
		value float64
		code  string
	}{
		"a loan of $1.2 billion over 20 years":       {1.2e9, "USD"},
		"US$ 500 million were lent":                  {5e8, "USD"},
		"Китай выделит 2,3 млрд долларов":            {2.3e9, "USD"},
		"грант на 1 200 000 евро":                    {1.2e6, "EUR"},
		"500 миллион юань":                           {5e8, "CNY"},
		"2,3 milliard dollar ajratadi":               {2.3e9, "USD"},
		"中国将提供2.3亿美元优惠贷款":                            {2.3e8, "USD"},
		"提供3000万元人民币":                                {3e7, "CNY"},
		"5 milyon dolar hibe etti":                   {5e6, "USD"},
		"the €300 million package, and €20m besides": {3e8, "EUR"},
		"30 млн теңге бөлінді":                       {3e7, "KZT"},
	} {
		var f field
		f.doc.Scan(text)
		a := f.amount(0, 10)
		if a == nil || a.Value < want.value*0.999 || a.Value > want.value*1.001 || a.Currency != want.code {
			t.Errorf("%q: %+v, want %v", text, a, want)
		}
	}
	for _, text := range []string{"over 20 years", "in 2026 the road opened", "12 million people", "the dollar fell"} {
		var f field
		f.doc.Scan(text)
		if a := f.amount(0, 10); a != nil {
			t.Errorf("%q: %+v, want none", text, *a)
		}
	}
}
