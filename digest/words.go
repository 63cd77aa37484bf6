package digest

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"silkwire/news"
	"silkwire/text"
)

// words are the digest's own words in one language. Formats take their
// arguments in the order that their comments give.
type words struct {
	lang     text.Lang
	months   [12]string
	weekdays [7]string
	long     string // weekday, day, month, year
	short    string // day, month
	plural   func(n int) int
	decimal  string
	scales   [4]string // thousand, million, billion, trillion

	stories, items, outlets, languages, places, sources, further, older []string

	nothing         string
	headline        string // stories, items, outlets, languages
	usual           string // weekday, items
	young           string // days
	unheard         string // sources
	allFine         string // sources
	troubled        string // sources, of sources
	newTitle        string
	lateTitle       string
	lateNote        string
	oldNote         string // older items
	corrections     string
	moreCorrections string // count
	surges          string
	surgeLine       string // label, items, expected
	surgeNew        string // label, items
	coverage        string
	broken, quiet   string // source, outlet, since, reason
	noNetwork       string // sources
	other           string
	allRegion       string
	retitled        string // before
	irrelevant      string
	withdrawn       string
	eventGone       string // line
	eventNow        string // before, now
	placedFrom      string // agency
	onTheWeb        string
	page            string
	wrongTag        string
	inBrief         string
	byActor         string
	byCountry       string
	leave           string
	footWindow      string // from, to
	footStories     string
	footTags        string
	footTaxonomy    string // version
	footPrecision   string // note
	unmeasured      string
	status          map[news.Status]string
}

// wordsIn returns the words in l, or in English where there are none.
func wordsIn(l text.Lang) words {
	switch l {
	case text.Ru:
		return russian()
	case text.UzLatn, text.UzCyrl:
		return uzbek()
	case text.Kk:
		return kazakh()
	}
	return english()
}

func english() words {
	return words{
		lang:     text.En,
		months:   [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
		weekdays: [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		long:     "%[1]s, %[2]d %[3]s %[4]d", short: "%[1]d %.3[2]s",
		plural:  englishPlural,
		decimal: ".", scales: [4]string{"thousand", "million", "billion", "trillion"},
		stories: []string{"story", "stories"}, items: []string{"item", "items"}, outlets: []string{"outlet", "outlets"},
		languages: []string{"language", "languages"}, places: []string{"place", "places"}, sources: []string{"source", "sources"},
		further: []string{"further story", "further stories"}, older: []string{"older item", "older items"},
		nothing:  "Nothing to tell: no item of this window matches the profile.",
		headline: "%s from %s by %s in %s.",
		usual:    "A usual %s brings about %s.",
		young:    "Nothing to compare with yet: that takes 7 days of archive, and there are %d.",
		allFine:  "None of the %s is in lasting trouble.", troubled: "In trouble: %s of %d; what they publish may be missing here.",
		newTitle: "New", lateTitle: "Late arrivals", lateNote: "Published before the last edition closed, found after it.",
		oldNote:     "%s, published more than a week before, came to light too; they are in the archive.",
		corrections: "Corrections", moreCorrections: "%d further corrections are not listed.",
		surges: "Surges", surgeLine: "%[1]s: %[2]s, where about %[3]s would be usual", surgeNew: "%[1]s: %[2]s, where none would be usual", unheard: "Heard here for the first time in four weeks: %s, which the comparison does not know.",
		coverage: "Sources gone quiet or broken", broken: "%[1]s (%[2]s) has failed since %[3]s: %[4]s", quiet: "%[1]s (%[2]s) answers, but has brought nothing new since %[3]s",
		noNetwork: "There was no network for %s at the last visit; nobody is to blame.",
		other:     "Other", allRegion: "No single country",
		retitled: "The title was “%s”.", irrelevant: "It no longer counts as relevant.", withdrawn: "It is no longer in the archive.",
		eventGone: "No longer said: %s.", eventNow: "Was: %s. Now: %s.",
		placedFrom: "taken over from %s", onTheWeb: "This edition on the web", page: "evidence", wrongTag: "wrong tag?", leave: "Unsubscribe",
		inBrief: "In brief", byActor: "Stories by actor", byCountry: "Stories by country",
		footWindow:    "Items first seen from %s to %s.",
		footStories:   "Items that tell the same event are one story; counts compare items, not influence.",
		footTags:      "Relevance, tags and events are found by machine; each event stands over the sentence that states it. The titles and sentences are the outlets' own and are not translated.",
		footTaxonomy:  "Taxonomy %s.",
		footPrecision: "How precise the tags have proved: %s.", unmeasured: "not yet measured",
		status: map[news.Status]string{news.Announced: "announced", news.Signed: "signed", news.Ongoing: "ongoing", news.Completed: "completed", news.Cancelled: "cancelled", news.DeniedEvt: "denied"},
	}
}

func englishPlural(n int) int {
	if n == 1 {
		return 0
	}
	return 1
}

func russian() words {
	return words{
		lang:     text.Ru,
		months:   [12]string{"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"},
		weekdays: [7]string{"воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"},
		long:     "%[1]s, %[2]d %[3]s %[4]d года", short: "%[1]d %[2]s",
		plural: russianPlural, decimal: ",", scales: [4]string{"тыс.", "млн", "млрд", "трлн"},
		stories: []string{"сюжет", "сюжета", "сюжетов"}, items: []string{"публикация", "публикации", "публикаций"},
		outlets: []string{"издание", "издания", "изданий"}, languages: []string{"язык", "языка", "языков"},
		places: []string{"место", "места", "мест"}, sources: []string{"источник", "источника", "источников"},
		further: []string{"сюжет сверх того", "сюжета сверх того", "сюжетов сверх того"},
		older:   []string{"более ранняя публикация", "более ранние публикации", "более ранних публикаций"},
		nothing: "Сообщить нечего: ни одна публикация за этот срок не подходит под профиль.",

		headline: "%s; %s, %s, %s.",
		usual:    "Обычно в этот день недели (%s): около %s.",
		young:    "Сравнивать пока не с чем: архив охватывает %d из 7 нужных дней.",
		allFine:  "Постоянных сбоев нет (%s).", troubled: "Требуют внимания: %s из %d; их публикаций здесь может не хватать.",
		newTitle: "Новое", lateTitle: "С опозданием", lateNote: "Вышло до закрытия прошлого выпуска, найдено после.",
		oldNote:     "Кроме того, найдено старше недели: %s; они в архиве.",
		corrections: "Поправки", moreCorrections: "Ещё поправок, не вошедших в список: %d.",
		surges: "Всплески", surgeLine: "%[1]s: %[2]s, обычно около %[3]s", surgeNew: "%[1]s: %[2]s, обычно ни одной", unheard: "Впервые за четыре недели: %s; в сравнении их нет.",
		coverage: "Источники молчат или не работают", broken: "%[1]s (%[2]s) не читается с %[3]s: %[4]s", quiet: "%[1]s (%[2]s) отвечает, но ничего нового нет с %[3]s",
		noNetwork: "При последнем обходе не было сети (%s); никто не виноват.",
		other:     "Прочее", allRegion: "Без одной страны",
		retitled: "Прежний заголовок: «%s».", irrelevant: "Больше не считается относящимся к теме.", withdrawn: "В архиве этого больше нет.",
		eventGone: "Больше не сказано: %s.", eventNow: "Было: %s. Стало: %s.",
		placedFrom: "перепечатка: %s", onTheWeb: "Этот выпуск на сайте", page: "доказательства", wrongTag: "неверная метка?", leave: "Отписаться",
		inBrief: "Коротко", byActor: "Сюжеты по акторам", byCountry: "Сюжеты по странам",
		footWindow:    "Публикации, впервые увиденные с %s по %s.",
		footStories:   "Публикации об одном событии — один сюжет; числа сравнивают публикации, а не влияние.",
		footTags:      "Отбор, метки и события сделаны машиной; под каждым событием стоит предложение, которое его доказывает. Заголовки и предложения принадлежат изданиям и не переведены.",
		footTaxonomy:  "Таксономия %s.",
		footPrecision: "Точность меток: %s.", unmeasured: "ещё не измерена",
		status: map[news.Status]string{news.Announced: "объявлено", news.Signed: "подписано", news.Ongoing: "идёт", news.Completed: "завершено", news.Cancelled: "отменено", news.DeniedEvt: "опровергнуто"},
	}
}

func russianPlural(n int) int {
	switch {
	case n%10 == 1 && n%100 != 11:
		return 0
	case n%10 >= 2 && n%10 <= 4 && (n%100 < 12 || n%100 > 14):
		return 1
	}
	return 2
}

func uzbek() words {
	return words{
		lang:     text.UzLatn,
		months:   [12]string{"yanvar", "fevral", "mart", "aprel", "may", "iyun", "iyul", "avgust", "sentabr", "oktabr", "noyabr", "dekabr"},
		weekdays: [7]string{"yakshanba", "dushanba", "seshanba", "chorshanba", "payshanba", "juma", "shanba"},
		long:     "%[4]d-yil %[2]d-%[3]s, %[1]s", short: "%[1]d-%[2]s",
		plural: func(int) int { return 0 }, decimal: ",", scales: [4]string{"ming", "mln", "mlrd", "trln"},
		stories: []string{"ta xabar"}, items: []string{"ta maqola"}, outlets: []string{"ta nashr"}, languages: []string{"ta til"},
		places: []string{"ta oʻrin"}, sources: []string{"ta manba"}, further: []string{"ta boshqa xabar"}, older: []string{"ta eskiroq maqola"},
		nothing:  "Xabar yoʻq: bu muddatdagi hech bir maqola profilga mos kelmadi.",
		headline: "%s: %s, %s, %s.",
		usual:    "Odatda %s kuni taxminan %s chiqadi.",
		young:    "Hozircha solishtirib boʻlmaydi: arxivda kerakli 7 kundan %d kuni bor.",
		allFine:  "Doimiy nosozlik yoʻq (%s).", troubled: "%[2]d manbadan %[1]s eʼtibor talab qiladi; ularning maqolalari bu yerda yetishmasligi mumkin.",
		newTitle: "Yangi", lateTitle: "Kechikkanlar", lateNote: "Oʻtgan son yopilishidan oldin chiqqan, undan keyin topilgan.",
		oldNote:     "Bundan tashqari, bir haftadan eskilari ham topildi: %s; ular arxivda.",
		corrections: "Tuzatishlar", moreCorrections: "Roʻyxatga kirmagan tuzatishlar: %d.",
		surges: "Keskin oʻsish", surgeLine: "%[1]s: %[2]s, odatda taxminan %[3]s", surgeNew: "%[1]s: %[2]s, odatda boʻlmaydi", unheard: "Toʻrt haftada birinchi marta: %s; solishtirishda ular yoʻq.",
		coverage: "Jim yoki ishlamayotgan manbalar", broken: "%[1]s (%[2]s) %[3]sdan beri oʻqilmayapti: %[4]s", quiet: "%[1]s (%[2]s) javob beradi, lekin %[3]sdan beri yangiligi yoʻq",
		noNetwork: "Oxirgi tashrifda tarmoq boʻlmagan (%s); hech kim aybdor emas.",
		other:     "Boshqa", allRegion: "Bitta davlatga tegishli emas",
		retitled: "Avvalgi sarlavha: “%s”.", irrelevant: "Endi mavzuga oid hisoblanmaydi.", withdrawn: "Endi arxivda yoʻq.",
		eventGone: "Endi aytilmayapti: %s.", eventNow: "Avval: %s. Endi: %s.",
		placedFrom: "koʻchirib bosilgan: %s", onTheWeb: "Bu son saytda", page: "dalillar", wrongTag: "belgi notoʻgʻrimi?", leave: "Obunani bekor qilish",
		inBrief: "Qisqacha", byActor: "Aktorlar boʻyicha xabarlar", byCountry: "Davlatlar boʻyicha xabarlar",
		footWindow:    "Ilk bor %s dan %s gacha koʻrilgan maqolalar.",
		footStories:   "Bir voqea haqidagi maqolalar bitta xabar; sonlar taʼsirni emas, maqolalarni solishtiradi.",
		footTags:      "Tanlov, belgilar va voqealar dastur tomonidan topilgan; har bir voqea ostida uni isbotlovchi gap turadi. Sarlavha va gaplar nashrlarniki, tarjima qilinmagan.",
		footTaxonomy:  "Taksonomiya %s.",
		footPrecision: "Belgilar aniqligi: %s.", unmeasured: "hali oʻlchanmagan",
		status: map[news.Status]string{news.Announced: "eʼlon qilindi", news.Signed: "imzolandi", news.Ongoing: "davom etmoqda", news.Completed: "yakunlandi", news.Cancelled: "bekor qilindi", news.DeniedEvt: "rad etildi"},
	}
}

func kazakh() words {
	return words{
		lang:     text.Kk,
		months:   [12]string{"қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым", "шілде", "тамыз", "қыркүйек", "қазан", "қараша", "желтоқсан"},
		weekdays: [7]string{"жексенбі", "дүйсенбі", "сейсенбі", "сәрсенбі", "бейсенбі", "жұма", "сенбі"},
		long:     "%[4]d жылғы %[2]d %[3]s, %[1]s", short: "%[1]d %[2]s",
		plural: func(int) int { return 0 }, decimal: ",", scales: [4]string{"мың", "млн", "млрд", "трлн"},
		stories: []string{"хабар"}, items: []string{"мақала"}, outlets: []string{"басылым"}, languages: []string{"тіл"},
		places: []string{"орын"}, sources: []string{"дереккөз"}, further: []string{"басқа хабар"}, older: []string{"ескірек мақала"},
		nothing:  "Айтар жаңалық жоқ: осы мерзімдегі ешбір мақала профильге сай келмеді.",
		headline: "%s: %s, %s, %s.",
		usual:    "Әдетте %s күні шамамен %s шығады.",
		young:    "Әзірге салыстыратын дерек жоқ: мұрағатта қажетті 7 күннің %d күні бар.",
		allFine:  "Тұрақты ақау жоқ (%s).", troubled: "%[2]d дереккөздің ішінде %[1]s назар аударуды қажет етеді; олардың мақалалары мұнда болмауы мүмкін.",
		newTitle: "Жаңа", lateTitle: "Кешіккендер", lateNote: "Өткен сан жабылғанға дейін шыққан, содан кейін табылған.",
		oldNote:     "Бұған қоса, бір аптадан ескілері де табылды: %s; олар мұрағатта.",
		corrections: "Түзетулер", moreCorrections: "Тізімге кірмеген түзетулер: %d.",
		surges: "Күрт өсу", surgeLine: "%[1]s: %[2]s, әдетте шамамен %[3]s", surgeNew: "%[1]s: %[2]s, әдетте болмайды", unheard: "Төрт аптада алғаш рет: %s; салыстыруда олар жоқ.",
		coverage: "Үнсіз қалған не істемейтін дереккөздер", broken: "%[1]s (%[2]s) %[3]s күнінен бері оқылмайды: %[4]s", quiet: "%[1]s (%[2]s) жауап береді, бірақ %[3]s күнінен бері жаңалығы жоқ",
		noNetwork: "Соңғы сапарда желі болмады (%s); ешкім кінәлі емес.",
		other:     "Басқа", allRegion: "Бір елге қатысты емес",
		retitled: "Бұрынғы тақырып: «%s».", irrelevant: "Енді тақырыпқа қатысты деп саналмайды.", withdrawn: "Енді мұрағатта жоқ.",
		eventGone: "Енді айтылмайды: %s.", eventNow: "Бұрын: %s. Енді: %s.",
		placedFrom: "көшіріп басылған: %s", onTheWeb: "Осы сан сайтта", page: "дәлелдер", wrongTag: "белгі қате ме?", leave: "Жазылымнан бас тарту",
		inBrief: "Қысқаша", byActor: "Акторлар бойынша хабарлар", byCountry: "Елдер бойынша хабарлар",
		footWindow:    "Алғаш рет көрілген мақалалар: %s – %s.",
		footStories:   "Бір оқиға туралы мақалалар — бір хабар; сандар ықпалды емес, мақалаларды салыстырады.",
		footTags:      "Іріктеуді, белгілерді және оқиғаларды бағдарлама жасады; әр оқиғаның астында оны дәлелдейтін сөйлем тұр. Тақырыптар мен сөйлемдер басылымдардікі, аударылмаған.",
		footTaxonomy:  "Таксономия %s.",
		footPrecision: "Белгілердің дәлдігі: %s.", unmeasured: "әлі өлшенген жоқ",
		status: map[news.Status]string{news.Announced: "жарияланды", news.Signed: "қол қойылды", news.Ongoing: "жүріп жатыр", news.Completed: "аяқталды", news.Cancelled: "тоқтатылды", news.DeniedEvt: "теріске шығарылды"},
	}
}

// count is "1 story", "34 stories".
func (w *words) count(n int, forms []string) string {
	form := w.plural(n)
	return strconv.Itoa(n) + " " + forms[min(form, len(forms)-1)]
}

func (w *words) date(t time.Time) string {
	return capital(fmt.Sprintf(w.long, w.weekdays[t.Weekday()], t.Day(), w.months[t.Month()-1], t.Year()))
}

func (w *words) day(t time.Time) string {
	return fmt.Sprintf(w.short, t.Day(), w.months[t.Month()-1])
}

// moment is a day and a time of day.
func (w *words) moment(t time.Time) string { return w.day(t) + " " + t.Format("15:04") }

// number is n with at most two digits behind the separator.
func (w *words) number(n float64) string {
	s := strconv.FormatFloat(math.Round(n*100)/100, 'f', -1, 64)
	return strings.Replace(s, ".", w.decimal, 1)
}

// money is "1.5 billion USD".
func (w *words) money(a news.Amount) string {
	value, scale := a.Value, ""
	for i := len(w.scales) - 1; i >= 0; i-- {
		unit := math.Pow(1000, float64(i+1))
		if a.Value >= unit && (i > 0 || a.Value >= 10_000) {
			value, scale = a.Value/unit, w.scales[i]+" "
			break
		}
	}
	return w.number(value) + " " + scale + a.Currency
}

// autonym is a language's name in itself.
func autonym(tag string) string {
	names := map[string]string{
		"en": "English", "ru": "русский", "uz-Latn": "oʻzbekcha", "uz-Cyrl": "ўзбекча", "kk": "қазақша", "ky": "кыргызча",
		"tg": "тоҷикӣ", "tk": "türkmençe", "tr": "Türkçe", "zh": "中文", "fa": "فارسی",
	}
	return names[tag]
}
