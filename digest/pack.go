package digest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"
)

// Envelope is what a message needs beyond its words.
type Envelope struct {
	From      string // "Silkwire <digest@example.org>"
	To        string // one recipient; "" writes an undisclosed one
	MessageID string // without its angle brackets
	Date      time.Time
	List      string // the profile's id, for List-Id
	// Unsubscribe is an https address that takes a one-click POST (RFC
	// 8058). Without it the header asks for a mail to the sender.
	Unsubscribe string
}

// Pack makes the bytes that go out: multipart/alternative, text before HTML,
// with the headers of a list that nobody is to answer by machine. It is pure:
// the same message in the same envelope gives the same bytes.
func Pack(m Message, e Envelope) ([]byte, error) {
	from, err := ParseAddress(e.From)
	if err != nil {
		return nil, fmt.Errorf("pack: sender %q: %w", e.From, err)
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithBoundary(boundary(m, e)))
	msg.FromMailAddress(from)
	if err := addressTo(msg, e.To); err != nil {
		return nil, err
	}
	msg.Subject(cut(clean(m.Subject), 200))
	msg.SetMessageIDWithValue(token(e.MessageID))
	msg.SetDateWithValue(e.Date)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBulk()
	listHeaders(msg, from, e)
	msg.SetBodyString(gomail.TypeTextPlain, withCRLF(m.Text), gomail.WithPartEncoding(encodingOf(m.Text)))
	msg.AddAlternativeString(gomail.TypeTextHTML, withCRLF(m.HTML), gomail.WithPartEncoding(encodingOf(m.HTML)))
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return b.Bytes(), nil
}

func addressTo(msg *gomail.Msg, to string) error {
	if to == "" {
		msg.SetGenHeader("To", "undisclosed-recipients:;")
		return nil
	}
	a, err := ParseAddress(to)
	if err != nil {
		return fmt.Errorf("pack: recipient %q: %w", to, err)
	}
	msg.ToMailAddress(a)
	return nil
}

func listHeaders(msg *gomail.Msg, from *mail.Address, e Envelope) {
	list := token(e.List)
	msg.SetGenHeader("List-Id", "<"+list+"."+domainOf(from.Address)+">")
	if strings.HasPrefix(webLink(e.Unsubscribe), "https://") {
		msg.SetGenHeaderPreformatted("List-Unsubscribe", "<"+webLink(e.Unsubscribe)+">")
		msg.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
		return
	}
	msg.SetGenHeaderPreformatted("List-Unsubscribe", "<mailto:"+url.PathEscape(from.Address)+"?subject=unsubscribe%20"+list+">")
}

// boundary is a separator derived from what it separates.
func boundary(m Message, e Envelope) string {
	sum := sha256.Sum256([]byte(e.MessageID + "\n" + m.Text + "\n" + m.HTML))
	return "silkwire-" + hex.EncodeToString(sum[:12])
}

// token keeps what may stand in an identifier of a header.
func token(s string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.@", r)) {
			return r
		}
		return -1
	}, s)
}

// encodingOf chooses the shorter form: quoted-printable where nearly all is
// ASCII, base64 elsewhere.
func encodingOf(s string) gomail.Encoding {
	foreign := 0
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf || s[i] == '=' {
			foreign++
		}
	}
	if foreign*6 < len(s) {
		return gomail.EncodingQP
	}
	return gomail.EncodingB64
}

func withCRLF(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n")
}

// ParseAddress reads a mail address, with or without a name. It refuses
// quoted local parts: they are legal, hardly used, and a way to smuggle SMTP
// parameters (CVE-2025-59937). The domain comes back in ASCII.
func ParseAddress(s string) (*mail.Address, error) {
	if strings.ContainsFunc(s, unicode.IsControl) {
		return nil, errors.New("it holds a control character")
	}
	a, err := mail.ParseAddress(s)
	if err != nil {
		return nil, fmt.Errorf("it is no mail address: %w", err)
	}
	at := strings.LastIndexByte(a.Address, '@')
	local := a.Address[:at]
	if local == "" || strings.ContainsFunc(local, notInLocalPart) || strings.Contains("."+local+".", "..") {
		return nil, fmt.Errorf("the part before the @ (%q) holds what no mailbox needs", local)
	}
	domain, err := idna.Lookup.ToASCII(a.Address[at+1:])
	if err != nil {
		return nil, fmt.Errorf("its domain is not valid: %w", err)
	}
	if len(local) > 64 || len(local)+1+len(domain) > longestAddress {
		return nil, fmt.Errorf("it is longer than a mail address may be (64 bytes before the @, %d in all)", longestAddress)
	}
	return &mail.Address{Name: cut(clean(a.Name), 200), Address: local + "@" + domain}, nil
}

// longestAddress is what a path of SMTP may hold (RFC 5321 section 4.5.3.1.3)
// without its angle brackets.
const longestAddress = 254

func notInLocalPart(r rune) bool {
	if r >= utf8.RuneSelf {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	}
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("!#$%&'*+/=?^_`{|}~.-", r)
}

func domainOf(address string) string {
	return address[strings.LastIndexByte(address, '@')+1:]
}
