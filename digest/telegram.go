package digest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"strings"
	"time"
	"unicode/utf16"

	"silkwire/client"
	"silkwire/store"
	"silkwire/text"
)

// Bot is a Telegram bot and the chat that it writes to.
type Bot struct {
	Server string // "" is Telegram's own
	Token  string
	Chat   string
}

// Telegram is a Sender whose recipients are the names of bots. Telegram knows
// no identity of a message: a copy after a lost reply cannot be told from the
// first.
type Telegram struct {
	Client *client.Client
	Bot    func(name string) (Bot, bool)
}

const (
	telegramServer = "https://api.telegram.org"
	telegramLength = 4096 // of a message, in UTF-16 code units
)

// telegramMessage is the body of sendMessage, without the chat.
type telegramMessage struct {
	Chat    string           `json:"chat_id,omitempty"`
	Text    string           `json:"text"`
	Mode    string           `json:"parse_mode"`
	Preview telegramPreviews `json:"link_preview_options"`
}

type telegramPreviews struct {
	Off bool `json:"is_disabled"`
}

// telegramBody is the frozen form of an edition for Telegram.
func telegramBody(e Edition) ([]byte, error) {
	return json.Marshal(telegramMessage{Text: telegramText(e), Mode: "HTML", Preview: telegramPreviews{true}})
}

// telegramText is the headline and as many stories as a message holds; the
// rest is counted, with a link to it.
func telegramText(e Edition) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<b>%s</b>\n", html.EscapeString(e.Title))
	for _, line := range e.Headline {
		fmt.Fprintf(&b, "%s\n", html.EscapeString(line))
	}
	w := wordsIn(text.ParseLang(e.Lang))
	stories := e.Stories()
	const reserve = 300 // for the last line
	used := units(b.String())
	told := 0
	for _, s := range stories {
		entry := telegramStory(s)
		if used+units(entry) > telegramLength-reserve {
			break
		}
		b.WriteString(entry)
		used += units(entry)
		told++
	}
	if rest := len(stories) - told + e.More; rest > 0 {
		fmt.Fprintf(&b, "\n+ %s", html.EscapeString(w.count(rest, w.further)))
	}
	if e.URL != "" {
		fmt.Fprintf(&b, "\n<a href=\"%s\">%s</a>", html.EscapeString(e.URL), html.EscapeString(e.URLWord))
	}
	return b.String()
}

func telegramStory(s Story) string {
	title := "<b>" + html.EscapeString(cut(s.Title, 200)) + "</b>"
	if s.Link != "" {
		title = fmt.Sprintf("<a href=\"%s\">%s</a>", html.EscapeString(s.Link), title)
	}
	var names []string
	for _, t := range s.Tellers {
		names = append(names, t.Name)
	}
	entry := "\n" + title + "\n" + html.EscapeString(cut(strings.Join(names, " + "), 120)+" · "+s.When) + "\n"
	for _, ev := range s.Events[:min(2, len(s.Events))] {
		entry += "<i>" + html.EscapeString(ev.Line) + "</i>\n"
	}
	return entry
}

func units(s string) int { return len(utf16.Encode([]rune(s))) }

// Send keeps the promise of [Sender].
func (t Telegram) Send(ctx context.Context, m store.Message) error {
	bot, known := t.Bot(m.Recipient)
	if !known {
		return &Failure{Kind: Temporary, Stage: "telegram", Err: fmt.Errorf("no channel %q is configured any more", m.Recipient)}
	}
	var msg telegramMessage
	if err := json.Unmarshal(m.Body, &msg); err != nil {
		return &Failure{Kind: Permanent, Stage: "read the message", Err: err}
	}
	msg.Chat = bot.Chat
	body, err := json.Marshal(msg)
	if err != nil {
		return &Failure{Kind: Permanent, Stage: "write the message", Err: err}
	}
	server := telegramServer
	if bot.Server != "" {
		server = strings.TrimSuffix(bot.Server, "/")
	}
	resp, err := t.Client.Post(ctx, client.Posting{URL: server + "/bot" + bot.Token + "/sendMessage", ContentType: "application/json", Body: body})
	if err != nil {
		return withoutToken(lost(ctx, "telegram", err), bot.Token)
	}
	return telegramAnswer(resp)
}

// withoutToken keeps the token, which Telegram wants in the address, out of
// what is logged and shown.
func withoutToken(err error, token string) error {
	var f *Failure
	if errors.As(err, &f) && token != "" {
		f.Err = errors.New(strings.ReplaceAll(f.Err.Error(), token, "***"))
	}
	return err
}

// telegramAnswer says what an answer means.
func telegramAnswer(resp *client.Response) error {
	var answer struct {
		OK          bool   `json:"ok"`
		Description string `json:"description"`
		Parameters  struct {
			RetryAfter int `json:"retry_after"`
		} `json:"parameters"`
	}
	_ = json.Unmarshal(resp.Body, &answer) // what is no JSON is not ok
	if resp.Status == http.StatusOK && answer.OK {
		return nil
	}
	f := &Failure{
		Kind: Temporary, Stage: "telegram", Err: fmt.Errorf("the server answers %d: %s", resp.Status, cut(clean(answer.Description), 200)),
		After: time.Duration(answer.Parameters.RetryAfter) * time.Second,
	}
	switch resp.Status {
	case http.StatusBadRequest, http.StatusForbidden: // no such chat; the bot was shown the door
		f.Kind = Permanent
	case http.StatusUnauthorized, http.StatusNotFound:
		f.Err = fmt.Errorf("%w; mend the token of the bot", f.Err)
	}
	return f
}
