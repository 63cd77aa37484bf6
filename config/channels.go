package config

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
)

// Channel is another way for digests to go than by mail. A digest names it by
// its id, so that address and secret stand in one place.
type Channel struct {
	ID         string
	Kind       string // webhook, telegram
	URL        string // of the webhook; of the bot server, if it is not Telegram's own
	Chat       string // of Telegram: a number, or @name of a channel
	Secret     Secret // signs the webhook, or is the bot's token
	SecretFile string // where Secret was read
}

// The kinds of channels.
const (
	Webhook  = "webhook"
	Telegram = "telegram"
)

// readChannel is where a channel and its parts stand in the file.
type readChannel struct {
	at     map[string]Place // by key; "" is the channel itself
	secret string           // the key that names the file of its secret
}

func (r *reader) readChannels(p pair) {
	if !r.say(p) {
		return
	}
	for _, it := range r.items(p) {
		r.channel(it)
	}
}

func (r *reader) channel(p pair) {
	p.name = "a channel"
	var c Channel
	pos := readChannel{at: map[string]Place{"": p.at}}
	readers := map[string]func(pair){
		"id":          func(p pair) { r.ident(p, &c.ID) },
		"kind":        func(p pair) { r.choice(p, &c.Kind, []string{Webhook, Telegram}) },
		"url":         func(p pair) { r.webAddress(p, &c.URL) },
		"chat":        func(p pair) { r.chat(p, &c.Chat) },
		"secret_file": func(p pair) { r.line(p, &c.SecretFile) },
		"token_file":  func(p pair) { r.line(p, &c.SecretFile) },
	}
	for name, read := range readers {
		readers[name] = func(p pair) { pos.at[name] = p.at; read(p) }
	}
	if !r.fields(p, readers) {
		return
	}
	pos.secret = map[string]string{Webhook: "secret_file", Telegram: "token_file"}[c.Kind]
	r.cfg.Channels = append(r.cfg.Channels, c)
	r.channels = append(r.channels, pos)
}

func (r *reader) webAddress(p pair, to *string) {
	text, ok := r.text(p)
	if !ok {
		return
	}
	if err := webAddress(text); err != nil {
		r.mistake(p.at, "%s: %v", p.name, err)
		return
	}
	*to = text
}

var chatName = regexp.MustCompile(`^(-?\d{1,20}|@[A-Za-z][A-Za-z0-9_]{3,31})$`)

func (r *reader) chat(p pair, to *string) {
	text, ok := r.text(p)
	if !ok {
		return
	}
	if !chatName.MatchString(text) {
		r.mistake(p.at, "chat: %q is neither the number of a chat (in quotes: \"-1001234\") nor the @name of a channel", shortened(text))
		return
	}
	*to = text
}

// checkChannels asks of each kind what it needs, and refuses an id that stands
// twice.
func (r *reader) checkChannels() {
	taken := map[string]bool{}
	for i, pos := range r.channels {
		c := &r.cfg.Channels[i]
		need := func(key string) {
			if _, said := pos.at[key]; !said {
				r.mistake(pos.at[""], "a channel of kind %s needs %s", c.Kind, key)
			}
		}
		refuse := func(key string) {
			if at, said := pos.at[key]; said {
				r.mistake(at, "a channel of kind %s has no %s", c.Kind, key)
			}
		}
		if _, said := pos.at["id"]; !said {
			r.mistake(pos.at[""], "a channel needs an id")
		}
		if c.ID != "" && taken[c.ID] {
			r.mistake(pos.at["id"], "the channel %q stands here twice", c.ID)
		}
		taken[c.ID] = true
		switch c.Kind {
		case Webhook:
			need("url")
			need("secret_file")
			refuse("chat")
			refuse("token_file")
		case Telegram:
			need("chat")
			need("token_file")
			refuse("secret_file")
		default:
			if _, said := pos.at["kind"]; !said {
				r.mistake(pos.at[""], "a channel needs a kind: %s, %s", Webhook, Telegram)
			}
		}
	}
}

// checkNamedChannels refuses channels of a digest that there are not.
func (r *reader) checkNamedChannels(d *Digest, at map[string]Place) {
	var known []string
	for _, c := range r.cfg.Channels {
		known = append(known, c.ID)
	}
	for _, name := range d.Channels {
		switch {
		case len(known) == 0:
			r.mistake(at["channels"], "channels: there is no channel %q; describe it under channels, at the top", name)
		case !slices.Contains(known, name):
			r.mistake(at["channels"], "%v", oneOf("channel", name, known))
		}
	}
}

// readSecrets reads the files with secrets of channels (C7).
func (r *reader) readSecrets(env Env) {
	var err error
	if r.cfg.SMTP.DKIM.KeyFile, err = expand(r.cfg.SMTP.DKIM.KeyFile, env); err != nil {
		r.mistake(r.at["smtp.dkim.key_file"], "smtp.dkim.key_file: %v", err)
	}
	for i, pos := range r.channels {
		c := &r.cfg.Channels[i]
		at, said := pos.at[pos.secret]
		if !said || c.SecretFile == "" {
			continue
		}
		c.SecretFile, c.Secret = r.secretFile("channels: "+pos.secret, at, c.SecretFile, env)
	}
}

// secretFile reads a file with a secret of one line, and warns of one that
// everybody can read. It returns the path with its variables expanded.
func (r *reader) secretFile(key string, at Place, path string, env Env) (string, Secret) {
	path, err := expand(path, env)
	if err != nil {
		r.mistake(at, "%s: %v", key, err)
		return path, ""
	}
	secret, err := secretIn(path)
	if err != nil {
		r.mistake(at, "%s %s: %v", key, path, err)
		return path, ""
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o004 != 0 {
		r.warn(at, "every user of this machine can read the password; chmod o-r %s", path)
	}
	return path, secret
}

func secretIn(path string) (Secret, error) {
	content, err := readFile(path)
	if err != nil {
		return "", err
	}
	secret := strings.TrimRight(string(content), "\r\n")
	switch {
	case secret == "":
		return "", errors.New("the file is empty")
	case len(secret) > 4096 || strings.ContainsAny(secret, "\r\n\x00"):
		return "", errors.New("a password is one line")
	}
	return Secret(secret), nil
}

func (p *printer) channels(channels []Channel) {
	if len(channels) == 0 {
		return
	}
	p.open(0, "channels")
	for _, c := range channels {
		p.line(1, "- id: %s", scalar(c.ID))
		p.text(2, "kind", c.Kind)
		p.text(2, "url", c.URL)
		p.text(2, "chat", c.Chat)
		p.text(2, map[string]string{Webhook: "secret_file", Telegram: "token_file"}[c.Kind], c.SecretFile)
	}
}
