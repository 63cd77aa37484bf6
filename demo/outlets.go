package demo

import (
	"time"

	"silkwire/news"
)

// outlet is a made-up outlet and the way it publishes.
type outlet struct {
	news.Outlet
	slogan  string
	source  news.Source // its URL is a path until the outlet has an address
	article string      // path of its article pages, before their number
	first   int         // number of its first article
	zone    *time.Location
	format  format
	summary bool   // its feed carries the beginning of the text only
	charset string // of its answers; declared in the HTTP header alone
	slow    time.Duration
}

// format is what an outlet's source is written in.
type format string

const (
	rss       format = "rss"
	atom      format = "atom"
	jsonFeed  format = "json"
	listing   format = "listing"
	sitemap   format = "sitemap"
	telegram  format = "telegram"
	truncated format = "truncated" // RSS that ends in the middle of an item
	failing   format = "failing"   // status 500, always
)

// channel is the name of the channel that one outlet is.
const channel = "silkwire_demo_karvon"

// outlets are all outlets of the world. Every layout under pages/ is the
// outlet's of that name.
func outlets() []outlet {
	zone := func(name string, hours float64) *time.Location {
		return time.FixedZone(name, int(hours*3600))
	}
	feed := func(url string) news.Source { return news.Source{Kind: news.Feed, URL: url} }
	all := []outlet{
		{
			Outlet: news.Outlet{ID: "steppe-courier", Name: "Steppe Courier", Country: "KZ", Languages: []string{"en"}},
			slogan: "News from between the Caspian and the Tian Shan",
			source: feed("/feed/"), article: "/news/", first: 5210, zone: zone("+05", 5), format: rss,
		},
		{
			Outlet: news.Outlet{ID: "meridian-monitor", Name: "Meridian Monitor", Country: "GB", Languages: []string{"en"}},
			slogan: "Reporting on Central Asia since the last eclipse",
			source: feed("/atom.xml"), article: "/reports/", first: 880, zone: zone("+00", 0), format: atom, summary: true,
		},
		{
			Outlet: news.Outlet{ID: "chorraha", Name: "Chorraha", Country: "UZ", Languages: []string{"uz-Latn"}},
			slogan: "Yo‘llar tutashgan joydan xabarlar",
			source: news.Source{
				Kind: news.Page, URL: "/yangiliklar",
				Item: "div.yangilik", Link: "a.sarlavha", Title: "a.sarlavha", Date: "span.sana",
				Article: news.ArticleRule{Body: "div.matn", Remove: []string{".mavzuga-oid", ".ulashish"}},
			},
			article: "/yangilik/", first: 30415, zone: zone("+05", 5), format: listing,
		},
		{
			Outlet: news.Outlet{ID: "karvon", Name: "Карвон", Country: "UZ", Languages: []string{"uz-Cyrl"}},
			slogan: "Кунлик хабарлар канали",
			source: news.Source{Kind: news.Telegram, URL: "/s/" + channel}, article: "/" + channel + "/", first: 1204, zone: zone("+05", 5), format: telegram,
		},
		{
			Outlet: news.Outlet{ID: "altyn-tanba", Name: "Алтын таңба", Country: "KZ", Languages: []string{"kk"}},
			slogan: "Дала мен қаланың жаңалықтары",
			source: feed("/feed.atom"), article: "/zhanalyq/", first: 71030, zone: zone("+05", 5), format: atom, summary: true,
		},
		{
			Outlet: news.Outlet{ID: "boz-ui", Name: "Боз үй кабарлары", Country: "KG", Languages: []string{"ky"}},
			slogan: "Түндүктөн көрүнгөн дүйнө",
			source: news.Source{Kind: news.Feed, URL: "/feed.json", Article: news.ArticleRule{Body: "div.kabar-teksti"}}, article: "/kabar/", first: 4402, zone: zone("+06", 6), format: jsonFeed,
		},
		{
			Outlet: news.Outlet{ID: "zarafshan-line", Name: "Линия Зарафшана", Country: "TJ", Languages: []string{"ru"}},
			slogan: "Новости Таджикистана на русском языке",
			source: feed("/rss/all"), article: "/article/", first: 19077, zone: zone("+05", 5), format: rss, charset: "windows-1251",
		},
		{
			Outlet: news.Outlet{ID: "jetysu-obzor", Name: "Семиречье Обзор", Country: "KZ", Languages: []string{"ru"}},
			slogan: "Юго-восток страны: факты и мнения",
			source: feed("/rss.xml"), article: "/novosti/", first: 2260, zone: zone("+05", 5), format: truncated, summary: true,
		},
		{
			Outlet: news.Outlet{ID: "bomi-jahon", Name: "Боми Ҷаҳон", Country: "TJ", Languages: []string{"tg"}},
			slogan: "Хабарҳо аз баландии кӯҳҳо",
			source: feed("/feed"), article: "/khabar/", first: 6150, zone: zone("+05", 5), format: rss, slow: 1500 * time.Millisecond,
		},
		{
			Outlet: news.Outlet{ID: "garagum-habar", Name: "Garagum Habar", Country: "TM", Languages: []string{"tk"}},
			slogan: "Günüň habarlary",
			source: news.Source{
				Kind: news.Sitemap, URL: "/sitemap-news.xml", Match: "^/habar/",
				Article: news.ArticleRule{Body: "section.habar-teksti", Date: "p.habar-maglumat time"},
			},
			article: "/habar/", first: 905, zone: zone("+05", 5), format: sitemap,
		},
		{
			Outlet: news.Outlet{ID: "ipek-hatti", Name: "İpek Hattı", Country: "TR", Languages: []string{"tr"}},
			slogan: "Orta Asya'dan ve Türkiye'den haberler",
			source: feed("/rss"), article: "/haber/", first: 14090, zone: zone("+03", 3), format: rss, summary: true,
		},
		{
			Outlet: news.Outlet{ID: "xueling", Name: "雪岭快讯", Country: "CN", Languages: []string{"zh"}},
			slogan: "丝路沿线每日新闻",
			source: feed("/feed/atom"), article: "/a/", first: 330218, zone: zone("+08", 8), format: atom,
		},
		{
			Outlet: news.Outlet{ID: "karvannameh", Name: "کاروان‌نامه", Country: "IR", Languages: []string{"fa"}},
			slogan: "خبرهای ایران و آسیای مرکزی",
			source: news.Source{
				Kind: news.Page, URL: "/akhbar",
				Item: "ul.fehrest > li", Title: "h3", Date: "time",
				Article: news.ArticleRule{Body: "div.matn-khabar", Title: "h1.onvan"},
			},
			article: "/khabar/", first: 77310, zone: zone("+0330", 3.5), format: listing,
		},
		{
			Outlet: news.Outlet{ID: "aral-meridian", Name: "Аральский меридиан", Country: "UZ", Languages: []string{"ru"}},
			slogan: "Каракалпакстан и Приаралье",
			source: feed("/feed.xml"), article: "/n/", zone: zone("+05", 5), format: failing,
		},
	}
	for i := range all {
		o := &all[i]
		o.source.ID = news.SourceID(o.ID)
		o.source.Outlet = o.ID
		o.source.Languages = o.Languages
	}
	return all
}
