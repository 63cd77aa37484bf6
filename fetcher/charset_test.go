package fetcher

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

const (
	russian = "Министерство сообщило об открытии нового центра культуры, где будут работать курсы языка и библиотека."
	turkce  = "Bakanlık, üniversitede yeni bir kültür merkezinin açıldığını ve dil kurslarının başladığını bildirdi. Şehirde öğrenciler için burs verilecek."
	chinese = "外交部发言人表示，双方签署了教育合作协议，并将在大学开设语言中心和图书馆。"
)

func encoded(t *testing.T, e encoding.Encoding, s string) []byte {
	t.Helper()
	out, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func wrap(declaration, body string) string {
	return declaration + "<rss><title>" + body + "</title></rss>"
}

// F7–F10, H6: whatever was declared, the text is right.
func TestTextIsReadInTheEncodingItIsIn(t *testing.T) {
	for name, test := range map[string]struct {
		data        []byte
		contentType string
		want        string
	}{
		"windows-1251 by HTTP":             {encoded(t, charmap.Windows1251, wrap("", russian)), "text/xml; charset=windows-1251", russian},
		"windows-1251 by XML":              {encoded(t, charmap.Windows1251, wrap(`<?xml version="1.0" encoding="windows-1251"?>`, russian)), "text/xml", russian},
		"HTTP before XML":                  {encoded(t, charmap.KOI8R, wrap(`<?xml version="1.0" encoding="windows-1251"?>`, russian)), `text/xml; charset="koi8-r"`, russian},
		"the mark before HTTP":             {append([]byte("\xef\xbb\xbf"), wrap("", russian)...), "text/xml; charset=windows-1251", russian},
		"meta":                             {encoded(t, charmap.Windows1251, `<html><head><title>x</title><meta http-equiv="Content-Type" content="text/html; charset=windows-1251"></head>`+russian), "text/html", russian},
		"windows-1251 declared utf-8 (F9)": {encoded(t, charmap.Windows1251, wrap(`<?xml version="1.0" encoding="utf-8"?>`, russian)), "text/xml; charset=utf-8", russian},
		"windows-1251 declared iso-8859-1": {encoded(t, charmap.Windows1251, wrap("", russian)), "text/xml; charset=iso-8859-1", russian},
		"an unknown label (F10)":           {encoded(t, charmap.Windows1251, wrap(`<?xml version="1.0" encoding="klingon"?>`, russian)), "", russian},
		"undeclared windows-1251":          {encoded(t, charmap.Windows1251, wrap("", russian)), "", russian},
		"undeclared koi8-r":                {encoded(t, charmap.KOI8R, wrap("", russian)), "", russian},
		"undeclared cp866":                 {encoded(t, charmap.CodePage866, wrap("", russian)), "", russian},
		"undeclared iso-8859-5":            {encoded(t, charmap.ISO8859_5, wrap("", russian)), "", russian},
		"undeclared mac-cyrillic":          {encoded(t, charmap.MacintoshCyrillic, wrap("", russian)), "", russian},
		"undeclared gb18030":               {encoded(t, simplifiedchinese.GB18030, wrap("", chinese)), "", chinese},
		"gb2312 by HTTP":                   {encoded(t, simplifiedchinese.GBK, wrap("", chinese)), "text/xml; charset=gb2312", chinese},
		"undeclared windows-1254":          {encoded(t, charmap.Windows1254, wrap("", turkce)), "", turkce},
		"utf-8 declared windows-1251":      {[]byte(wrap(`<?xml version="1.0" encoding="windows-1251"?>`, russian)), "", russian},
		"utf-16 with a mark":               {encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), wrap("", russian)), "", russian},
		"utf-16be without a mark":          {encoded(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), wrap("", russian)), "", russian},
		"shift_jis":                        {encoded(t, japanese.ShiftJIS, wrap(`<?xml version="1.0" encoding="shift_jis"?>`, "外務省は発表した")), "", "外務省は発表した"},
		"euc-kr":                           {encoded(t, korean.EUCKR, wrap(`<?xml version="1.0" encoding="euc-kr"?>`, "외교부는 발표했다")), "", "외교부는 발표했다"},
		"utf-8 with a broken byte":         {[]byte(wrap("", russian) + "\xff"), "text/xml; charset=utf-8", russian},
		"utf-8 cut in mid-character":       {[]byte(wrap("", russian))[:len(wrap("", russian))-len("</title></rss>")-2], "", strings.TrimSuffix(russian, "а.")},
		"control characters and NULs":      {[]byte("\x00\x01" + wrap("", "a\x0bb"+russian)), "", "ab" + russian},
		"one short headline, windows-1251": {encoded(t, charmap.Windows1251, "<t>Президент подписал указ</t>"), "", "Президент подписал указ"},
		"plain english":                    {[]byte(wrap("", "plain")), "", "plain"},
		"windows-1252 quotes":              {[]byte("<t>It\x92s \x93fine\x94</t>"), "", "It’s “fine”"},
		"cp866 declared as itself":         {encoded(t, charmap.CodePage866, wrap(`<?xml version="1.0" encoding="cp866"?>`, russian)), "", russian},
	} {
		got := decode(test.data, test.contentType)
		if !strings.Contains(string(got.Text), test.want) {
			t.Errorf("%s: read as %s: %.200q", name, got.Charset, got.Text)
		}
	}
}

// F11.
func TestDoublyEncodedTextIsRepaired(t *testing.T) {
	for _, e := range []*charmap.Charmap{charmap.Windows1252, charmap.Windows1251} {
		mixed := ""
		for _, b := range []byte(russian) {
			if r := e.DecodeByte(b); r != utf8.RuneError {
				mixed += string(r)
			} else {
				mixed += string(rune(b))
			}
		}
		if got := unmixed(mixed); got != russian {
			t.Errorf("%s: %q", e, got)
		}
	}
	for _, s := range []string{russian, turkce, chinese, "Ñandú y Ñoño", "РСФСР и СССР", "Российский Союз Рабочих", ""} {
		if got := unmixed(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func FuzzCharset(f *testing.F) {
	f.Add([]byte("\xff\xfe<\x00"), "text/xml; charset=utf-16")
	f.Add([]byte("\xcf\xf0\xe8\xe2\xe5\xf2"), "")
	f.Add([]byte(russian), "text/html; charset=koi8-r")
	f.Fuzz(func(t *testing.T, data []byte, contentType string) {
		got := decode(data, contentType)
		if !utf8.Valid(got.Text) {
			t.Errorf("%q became invalid", data)
		}
		if again := decode(got.Text, ""); manyValidRunes(got.Text) && string(again.Text) != string(got.Text) && again.Charset == "utf-8" {
			t.Errorf("reading twice is not reading once: %q, %q", got.Text, again.Text)
		}
		if s := string(got.Text); !utf8.ValidString(unmixed(s)) {
			t.Errorf("%q became invalid", s)
		}
	})
}
