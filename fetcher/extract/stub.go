package extract

import (
	"strings"
	"unicode/utf8"
)

// stubSigns are what cookie walls, paywall stubs and login forms say, in lower
// case.
var stubSigns = []string{
	"we use cookies", "this site uses cookies", "accept all cookies", "cookie policy", "cookie settings",
	"enable javascript", "javascript is disabled", "turn on javascript", "checking your browser",
	"subscribe to continue", "subscribe to read", "subscribers only", "to continue reading", "already a subscriber",
	"log in to continue", "sign in to continue", "access denied",
	"использует файлы cookie", "используем файлы cookie", "используем cookie", "использует cookie",
	"включите javascript", "оформите подписку", "доступно только подписчикам", "только для подписчиков",
	"чтобы продолжить чтение", "авторизуйтесь", "проверка браузера",
	"çerez kullan", "çerez politika", "çerezleri kabul", "abone olun", "abonelere özel", "devamını okumak için",
	"cookie fayl", "cookie-fayl", "obuna bo‘ling", "obuna bo'ling",
	"使用cookie", "使用 cookie", "订阅后", "登录后", "请启用javascript", "کوکی",
}

// stub reports whether text is a wall and not an article: short, and about
// cookies, subscriptions or browsers (H5).
func stub(text string) bool {
	if text == "" || utf8.RuneCountInString(text) > 700 {
		return false
	}
	lower := strings.ToLower(text)
	hits, length := 0, utf8.RuneCountInString(text)
	for _, sign := range stubSigns {
		if strings.Contains(lower, sign) {
			hits++
		}
	}
	return hits >= 2 || hits == 1 && length < 350
}
