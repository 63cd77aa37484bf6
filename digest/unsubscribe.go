package digest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"

	"silkwire/store"
)

// An unsubscribe token names a subscription and proves that we wrote it: its
// parts in base64, a point, and the HMAC of the parts. It holds until the
// recipient subscribes anew, which raises the generation.

// ErrToken says that a token is not one of ours, or of an earlier generation.
var ErrToken = errors.New("this link is not valid, or not any more")

// UnsubscribeToken makes the token of a subscription.
func UnsubscribeToken(key []byte, s store.Subscription) string {
	parts := strings.Join([]string{s.Profile, strconv.Itoa(s.Generation), s.Recipient}, "\n")
	return encoded([]byte(parts)) + "." + encoded(tokenMAC(key, parts))
}

// ReadUnsubscribeToken returns the profile, the recipient and the generation of
// a token, or ErrToken.
func ReadUnsubscribeToken(key []byte, token string) (store.Subscription, error) {
	head, proof, _ := strings.Cut(token, ".")
	parts, err1 := base64.RawURLEncoding.Strict().DecodeString(head)
	mac, err2 := base64.RawURLEncoding.Strict().DecodeString(proof)
	if err1 != nil || err2 != nil || !hmac.Equal(mac, tokenMAC(key, string(parts))) {
		return store.Subscription{}, ErrToken
	}
	fields := strings.SplitN(string(parts), "\n", 3)
	if len(fields) != 3 {
		return store.Subscription{}, ErrToken
	}
	generation, err := strconv.Atoi(fields[1])
	if err != nil {
		return store.Subscription{}, ErrToken
	}
	return store.Subscription{Profile: fields[0], Generation: generation, Recipient: fields[2]}, nil
}

func tokenMAC(key []byte, parts string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("unsubscribe\n" + parts))
	return mac.Sum(nil)
}

func encoded(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
