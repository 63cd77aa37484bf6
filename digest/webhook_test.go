package digest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"silkwire/client"
	"silkwire/news"
	"silkwire/store"
	"silkwire/text"
)

func loopbackClient() *client.Client {
	return client.New(client.Options{AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Total: 5 * time.Second})
}

// hooked answers postings; it returns its address and what it heard.
func hooked(t *testing.T, answer http.HandlerFunc) (url string, heard chan *http.Request, bodies chan string) {
	t.Helper()
	heard, bodies = make(chan *http.Request, 20), make(chan string, 20)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		heard <- r
		bodies <- string(body)
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL, heard, bodies
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func webhooks(url, secret string) Webhooks {
	return Webhooks{
		Client: loopbackClient(), Now: closing,
		Hook: func(name string) (Hook, bool) { return Hook{URL: url, Secret: secret}, name == "newsroom" },
	}
}

func TestAnEditionGoesByMailHookAndBotEachOnce(t *testing.T) {
	d, a, w := stage(t)
	hookURL, _, hookBodies := hooked(t, status(http.StatusNoContent))
	botURL, botHeard, botBodies := hooked(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"ok":true}`) })
	office := new(postOffice).open(t, nil)
	p := daily("reader@desk.example")
	p.Channels = []Channel{{WebhookChannel, "newsroom"}, {TelegramChannel, "chat"}}
	e := issue(t, d, p, closing())
	c := courier(a, w, office.plain())
	c.Senders[WebhookChannel] = webhooks(hookURL, "open sesame")
	c.Senders[TelegramChannel] = Telegram{Client: loopbackClient(), Bot: func(string) (Bot, bool) { return Bot{botURL, "12:secret", "@silk_news"}, true }}
	for range 3 {
		if next := deliver(t, c); !next.IsZero() {
			t.Fatal(a.delivery())
		}
	}
	if len(office.got("reader@desk.example")) != 1 || len(hookBodies) != 1 || len(botBodies) != 1 {
		t.Fatalf("%d mails, %d hooks, %d bots", len(office.got("reader@desk.example")), len(hookBodies), len(botBodies))
	}
	var hook struct {
		Type, Subject, Text string
		Edition             Edition
	}
	if err := json.Unmarshal([]byte(<-hookBodies), &hook); err != nil || hook.Type != "digest.edition" || hook.Edition.ID != e.ID || !strings.Contains(hook.Text, "150") {
		t.Errorf("%v: %+v", err, hook)
	}
	var bot struct {
		Chat string `json:"chat_id"`
		Text string `json:"text"`
	}
	if err := json.Unmarshal([]byte(<-botBodies), &bot); err != nil || bot.Chat != "@silk_news" || !strings.Contains(bot.Text, "China → ") {
		t.Errorf("%v: %+v", err, bot)
	}
	if r := <-botHeard; r.URL.Path != "/bot12:secret/sendMessage" {
		t.Error(r.URL.Path)
	}
}

func TestAHookProvesThatItIsOurs(t *testing.T) {
	for secret, key := range map[string][]byte{
		"open sesame": []byte("open sesame"),
		"whsec_" + base64.StdEncoding.EncodeToString([]byte("\x00key\xff")): []byte("\x00key\xff"),
	} {
		url, heard, _ := hooked(t, status(http.StatusOK))
		m := store.Message{Recipient: "newsroom", MessageID: "e1.abc", Body: []byte(`{"type":"digest.edition"}`)}
		if err := webhooks(url, secret).Send(context.Background(), m); err != nil {
			t.Fatal(err)
		}
		h := (<-heard).Header
		if h.Get("Webhook-Id") != "e1.abc" || h.Get("Webhook-Timestamp") != "1795226400" {
			t.Error(h)
		}
		if got, want := h.Get("Webhook-Signature"), "v1,"+signature(key, "e1.abc", "1795226400", m.Body); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	// An example that was reckoned apart, with another program.
	if got := signature([]byte("secret"), "msg_1", "1700000000", []byte("{}")); got != "A5oIrJxXPB/PkULSoVu0e4khvPiqpF9vljmhkSKg0FI=" {
		t.Error(got)
	}
}

func TestWhatAHooksServerAnswersHasItsMeaning(t *testing.T) {
	for code, kind := range map[int]Kind{
		301: Temporary, 400: Permanent, 401: Temporary, 404: Temporary, 410: Permanent, 413: Permanent, 422: Permanent, 429: Temporary, 500: Temporary, 503: Temporary,
	} {
		url, _, _ := hooked(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "600")
			w.WriteHeader(code)
		})
		err := webhooks(url, "s").Send(context.Background(), store.Message{Recipient: "newsroom", Body: []byte("{}")})
		fails(t, err, kind, "webhook")
	}
	fails(t, webhooks("http://127.0.0.1:1/", "s").Send(context.Background(), store.Message{Recipient: "newsroom"}), Temporary, "no connection")
	fails(t, webhooks("http://127.0.0.1:1/", "s").Send(context.Background(), store.Message{Recipient: "gone"}), Temporary, "no channel")
	cut, _, _ := hooked(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	fails(t, webhooks(cut, "s").Send(context.Background(), store.Message{Recipient: "newsroom"}), Ambiguous, "webhook") // M5
}

func TestAHookReachesNobodyOnOurOwnNetwork(t *testing.T) { // S3
	url, heard, _ := hooked(t, status(http.StatusOK))
	w := webhooks(url, "s")
	w.Client = client.New(client.Options{})
	fails(t, w.Send(context.Background(), store.Message{Recipient: "newsroom"}), Temporary, "allow_private")
	if len(heard) != 0 {
		t.Error("it was reached")
	}
}

func TestAServerThatAsksForTimeGetsIt(t *testing.T) {
	d, a, w := stage(t)
	url, heard, _ := hooked(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "1800")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	p := daily()
	p.Channels = []Channel{{WebhookChannel, "newsroom"}}
	issue(t, d, p, closing())
	c := courier(a, w, nil)
	c.Senders[WebhookChannel] = webhooks(url, "s")
	if next := deliver(t, c); next.Sub(w.now()) != 30*time.Minute || len(heard) != 1 {
		t.Errorf("the next try is in %s", next.Sub(w.now()))
	}
}

func TestWhatABotsServerAnswersHasItsMeaning(t *testing.T) {
	for _, c := range []struct {
		code int
		body string
		kind Kind
		word string
	}{
		{400, `{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}`, Permanent, "chat not found"},
		{403, `{"ok":false,"description":"Forbidden: bot was kicked"}`, Permanent, "kicked"},
		{401, `{"ok":false,"description":"Unauthorized"}`, Temporary, "mend the token"},
		{404, `{"ok":false,"description":"Not Found"}`, Temporary, "mend the token"},
		{429, `{"ok":false,"parameters":{"retry_after":17}}`, Temporary, "429"},
		{500, `oops`, Temporary, "500"},
		{200, `<html>a proxy</html>`, Temporary, "200"},
	} {
		url, _, _ := hooked(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.code)
			_, _ = io.WriteString(w, c.body)
		})
		bot := Telegram{Client: loopbackClient(), Bot: func(string) (Bot, bool) { return Bot{url, "12:secret", "1"}, true }}
		fails(t, bot.Send(context.Background(), store.Message{Recipient: "chat", Body: []byte(`{}`)}), c.kind, c.word)
	}
}

func TestATokenStandsInNoError(t *testing.T) { // C15
	bot := Telegram{Client: loopbackClient(), Bot: func(string) (Bot, bool) { return Bot{"http://127.0.0.1:1", "12:secret", "1"}, true }}
	err := bot.Send(context.Background(), store.Message{Recipient: "chat", Body: []byte(`{}`)})
	if fails(t, err, Temporary, "***"); strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
}

func TestABotsMessageIsNoLongerThanTelegramAllows(t *testing.T) { // M22
	in := dayInput(t, text.En, ByActor)
	in.Items = nil
	for i := range 300 {
		it := item("karvon", "en", 1+float64(i)/100, strings.Repeat("🧵 <b>&", 20)+" "+string(rune('a'+i%26)), "China.", "china/actor_state/China")
		in.Items = append(in.Items, it)
	}
	in.Same = func(a, b *news.Item) (bool, string) { return false, "" }
	in.Profile.MaxStories = 200
	got := telegramText(Compile(in))
	if n := units(got); n > telegramLength || n < telegramLength/2 {
		t.Errorf("%d units", n)
	}
	if !strings.Contains(got, "further stories") || !strings.Contains(got, "https://silkwire.example.org/editions/") || strings.Contains(got, "<b>&") {
		t.Error(got)
	}
}
