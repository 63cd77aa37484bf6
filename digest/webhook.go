package digest

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"silkwire/client"
	"silkwire/store"
)

// Hook is where a webhook goes, and the secret that proves that it is ours.
type Hook struct {
	URL    string
	Secret string // as it is, or "whsec_" and base64
}

// Webhooks is a Sender whose recipients are the names of hooks. It posts the
// frozen JSON with the headers of standardwebhooks.com: Webhook-Id is the same
// for every copy of a message, Webhook-Signature is "v1," and the base64 of
// HMAC-SHA256 over id, timestamp and body, with a point between them.
type Webhooks struct {
	Client *client.Client
	Hook   func(name string) (Hook, bool)
	Now    func() time.Time
}

// payload is what a webhook is told.
type payload struct {
	Type    string          `json:"type"` // "digest.edition"
	Subject string          `json:"subject"`
	Text    string          `json:"text"` // the edition for people
	Edition json.RawMessage `json:"edition"`
}

// hookBody is the frozen form of an edition for a webhook.
func hookBody(m Message, compiled []byte) ([]byte, error) {
	return json.Marshal(payload{Type: "digest.edition", Subject: m.Subject, Text: m.Text, Edition: compiled})
}

// Send keeps the promise of [Sender].
func (w Webhooks) Send(ctx context.Context, m store.Message) error {
	hook, known := w.Hook(m.Recipient)
	if !known {
		return &Failure{Kind: Temporary, Stage: "webhook", Err: fmt.Errorf("no channel %q is configured any more", m.Recipient)}
	}
	key, err := hookKey(hook.Secret)
	if err != nil {
		return &Failure{Kind: Temporary, Stage: "webhook", Err: err}
	}
	at := strconv.FormatInt(w.Now().Unix(), 10)
	resp, err := w.Client.Post(ctx, client.Posting{
		URL: hook.URL, ContentType: "application/json", Body: m.Body,
		Header: map[string]string{"Webhook-Id": m.MessageID, "Webhook-Timestamp": at, "Webhook-Signature": "v1," + signature(key, m.MessageID, at, m.Body)},
	})
	if err != nil {
		return lost(ctx, "webhook", err)
	}
	return hookAnswer(resp, w.Now())
}

func hookKey(secret string) ([]byte, error) {
	encoded, isStandard := strings.CutPrefix(secret, "whsec_")
	if !isStandard {
		return []byte(secret), nil
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, fmt.Errorf("its secret is not base64 behind whsec_: %w", err)
	}
	return key, nil
}

func signature(key []byte, id, at string, body []byte) string {
	mac := hmac.New(sha256.New, key)
	_, _ = fmt.Fprintf(mac, "%s.%s.%s", id, at, body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// hookAnswer says what a status means. What is wrong with the address or the
// secret may be mended within two days; what is wrong with the body may not.
func hookAnswer(resp *client.Response, now time.Time) error {
	f := &Failure{Kind: Temporary, Stage: "webhook", Err: fmt.Errorf("the server answers %d", resp.Status), After: resp.RetryAfter(now)}
	switch {
	case resp.Status >= 200 && resp.Status < 300:
		return nil
	case resp.Status >= 300 && resp.Status < 400:
		f.Err = fmt.Errorf("the server answers %d; set the address that it leads to", resp.Status)
	case resp.Status == 400 || resp.Status == 410 || resp.Status == 413 || resp.Status == 415 || resp.Status == 422:
		f.Kind = Permanent
	}
	return f
}

// lost is a posting without an answer. One that reached a server may have been
// taken.
func lost(ctx context.Context, stage string, err error) error {
	f := &Failure{Kind: Temporary, Stage: stage, Err: err}
	var e *client.Error
	switch reached := errors.As(err, &e) && e.Requests > 0; {
	case reached:
		f.Kind = Ambiguous
	case ctx.Err() != nil:
		f.Kind = Interrupted
	}
	return f
}
