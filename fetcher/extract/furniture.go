package extract

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// asides begin lines that belong to the page and not to the article: links to
// other articles, calls to subscribe, legal notices, forms. In lower case.
var asides = []string{
	"related:", "[related:", "related stories", "related articles", "also:", "also read", "read also", "read more:", "see also:", "more on this", "read next",
	"sign up", "subscribe", "follow us", "follow him on", "follow her on", "join our", "get the latest", "get the day's", "thanks for signing",
	"thank you for signing", "there was an error", "an error has occurred", "please try again", "you must log in", "you must be logged in",
	"leave a comment", "leave a reply", "filed under", "all rights reserved", "copyright ©", "copyright (c)", "copyright 20", "©", "(c) 20", "this copy is for your personal",
	"this article has been sent", "keep an eye on your inbox", "have a tip?", "email the author",
	"note: we are temporarily moderating", "reach the reporter",
	"читайте также", "читать также", "читайте ещё", "читайте еще", "по теме:", "материалы по теме", "подписывайтесь", "подпишитесь", "присоединяйтесь к",
	"все права защищены", "нашли ошибку", "если вы нашли ошибку", "если вы обнаружили ошибку", "при использовании материалов",
	"следите за нашими новостями", "следите за новостями", "наш telegram", "оставить комментарий",
	"mavzuga oid", "o‘qing:", "o'qing:", "shuningdek, o‘qing", "shuningdek o‘qing", "telegram kanalimiz", "kanalimizga obuna", "obuna bo‘ling", "obuna bo'ling",
	"barcha huquqlar", "мавзуга оид", "ўқинг:", "каналимизга обуна", "барча ҳуқуқлар",
	"тағы оқыңыз", "тағы да оқыңыз", "оқи отырыңыз", "сондай-ақ оқыңыз", "бізге жазылыңыз", "барлық құқықтар", "телеграм каналымызға",
	"leggi anche", "lea también", "lire aussi", "lesen sie auch", "leia também",
	"дагы окуңуз", "ушул эле темада", "жазылыңыз", "бардык укуктар",
	"инчунин хонед", "ҳамчунин хонед", "обуна шавед", "ҳамаи ҳуқуқҳо",
	"ilgili haberler", "ilgili haber:", "bunu da oku", "abone ol", "tüm hakları saklıdır", "haberi paylaş", "şuny hem okaň", "ähli hukuklar",
	"相关阅读", "相关新闻", "延伸阅读", "责任编辑", "【责任编辑", "编辑：", "版权所有", "扫一扫",
	"بیشتر بخوانید", "مطالب مرتبط", "همه حقوق",
}

// alone are lines that are furniture when nothing else is on them.
var alone = []string{
	"advertisement", "реклама", "поделиться", "share", "share this", "comments", "комментарии", "реклама.", "reklama", "жарнама", "ulashish", "paylaş",
	"广告", "分享",
}

// articleLines drops lines that belong to the page and not to the article:
// asides, teasers of other articles, credits, and the deck above the text.
func articleLines(lines []string, links links, summary string) []string {
	kept := lines[:0]
	for _, line := range lines {
		if !isAside(line) {
			kept = append(kept, line)
		}
	}
	kept = withoutCredits(withoutOffers(links.withoutTeasers(kept)))
	if len(kept) > 2 && len(summary) < 500 && strings.EqualFold(kept[0], summary) && !ending.MatchString(kept[0]) {
		kept = kept[1:]
	}
	return kept
}

// pitches are words of which a line that has two wants to sell something.
var pitches = []string{
	"newsletter", "sign up", "subscri", "inbox", "free trial", "click here", "for as little as", "per month", "delivered", "promo code",
	"подпис", "рассылк", "нажмите", "obuna", "kanal", "abone", "bülten", "订阅", "关注",
}

// pitch reports whether a line is an offer to subscribe.
func pitch(line string) bool {
	if utf8.RuneCountInString(line) > 400 {
		return false
	}
	lower, n := strings.ToLower(line), 0
	for _, word := range pitches {
		if strings.Contains(lower, word) {
			n++
		}
	}
	return n >= 2
}

func isAside(line string) bool {
	if length := utf8.RuneCountInString(line); length > 220 {
		return length <= 500 && strings.HasPrefix(strings.ToLower(line), "this copy is for your personal")
	}
	lower := strings.TrimLeft(strings.ToLower(line), "([*•– ")
	if slices.Contains(alone, lower) {
		return true
	}
	for _, begin := range asides {
		if strings.HasPrefix(lower, begin) {
			return true
		}
	}
	return strings.HasSuffix(lower, "all rights reserved.") || strings.HasSuffix(lower, "все права защищены.")
}
