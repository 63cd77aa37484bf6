package text

import (
	"strings"
	"testing"
)

// What reads no further than it must is sure of the same language.
func TestDetectingSoonFindsTheSameLanguage(t *testing.T) {
	for lang, s := range map[Lang]string{
		En:     "The bridge over the river was opened on Monday after four years of work by engineers and masons.",
		Ru:     "Мост через реку открыли в понедельник после четырёх лет работы инженеров и каменщиков.",
		Kk:     "Өзен үстіндегі көпір төрт жылдық жұмыстан кейін дүйсенбіде ашылды.",
		Ky:     "Дарыянын үстүндөгү көпүрө төрт жылдык иштен кийин дүйшөмбүдө ачылды.",
		Tg:     "Пули болои дарё пас аз чор соли кор рӯзи душанбе кушода шуд.",
		UzLatn: "Daryo ustidagi ko'prik to'rt yillik ishdan so'ng dushanba kuni ochildi.",
		Tk:     "Derýanyň üstündäki köpri dört ýyllyk işden soň duşenbe güni açyldy.",
		Tr:     "Nehrin üzerindeki köprü dört yıllık çalışmanın ardından pazartesi günü açıldı.",
		Fa:     "پل روی رودخانه پس از چهار سال کار روز دوشنبه گشایش یافت.",
		Zh:     "河上的桥梁经过四年的施工于周一开通。",
	} {
		soon := DetectSoon(strings.Repeat(s+" ", 20))
		if got, p := soon.Best(); got != lang || p < 0.9 {
			t.Errorf("%s: %s (%.2f)", lang, got, p)
		}
	}
}
