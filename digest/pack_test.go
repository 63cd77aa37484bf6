package digest

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"testing"
	"time"
)

func envelope() Envelope {
	return Envelope{
		From: "Silkwire <digest@silkwire.example>", To: "reader@desk.example", MessageID: "e1.abc@silkwire.example",
		Date: closing().In(tashkent()), List: "daily",
	}
}

func pack(t *testing.T, m Message) []byte {
	t.Helper()
	body, err := Pack(m, envelope())
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func unpack(t *testing.T, body []byte) *mail.Message {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAMessageIsAListMailThatNoMachineAnswers(t *testing.T) { // M24
	m := unpack(t, pack(t, Message{Subject: "Silkwire 21 Nov: 1 story", HTML: "<p>hello</p>", Text: "hello\n"}))
	for header, want := range map[string]string{
		"Message-Id": "<e1.abc@silkwire.example>", "Date": "Sat, 21 Nov 2026 07:00:00 +0500", "Auto-Submitted": "auto-generated",
		"Precedence": "bulk", "List-Id": "<daily.silkwire.example>", "Mime-Version": "1.0", "To": "<reader@desk.example>",
		"From": `"Silkwire" <digest@silkwire.example>`, "Subject": "Silkwire 21 Nov: 1 story",
		"List-Unsubscribe": "<mailto:digest@silkwire.example?subject=unsubscribe%20daily>", "List-Unsubscribe-Post": "",
	} {
		if got := m.Header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatal(kind, err)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	for _, want := range []string{"text/plain; charset=UTF-8", "text/html; charset=UTF-8"} {
		p, err := r.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Header.Get("Content-Type"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if _, err := r.NextPart(); err != io.EOF {
		t.Errorf("more than two parts: %v", err)
	}
}

func TestTheSameMessageIsTheSameBytes(t *testing.T) {
	e := envelope()
	e.Unsubscribe = "https://silkwire.example/unsubscribe/abc"
	m := Message{Subject: "Қазақша", HTML: "<p>сәлем</p>", Text: "сәлем\n"}
	first, err := Pack(m, e)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if again, err := Pack(m, e); err != nil || !bytes.Equal(first, again) {
			t.Fatalf("%v\n%s\n%s", err, first, again)
		}
	}
	h := unpack(t, first).Header
	if h.Get("List-Unsubscribe") != "<https://silkwire.example/unsubscribe/abc>" || h.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		t.Error(h)
	}
}

func TestNobodyWritesAHeaderOfHisOwn(t *testing.T) { // M17
	evil := "x\r\nBcc: victim@elsewhere.example\r\n\r\nbody\x00"
	e := envelope()
	e.List, e.MessageID = evil, evil
	body, err := Pack(Message{Subject: evil, HTML: "<p>x</p>", Text: "x"}, e)
	if err != nil {
		t.Fatal(err)
	}
	m := unpack(t, body)
	if m.Header.Get("Bcc") != "" || len(m.Header["Subject"]) != 1 || bytes.ContainsRune(body, 0) {
		t.Errorf("%s", body)
	}
	if got := m.Header.Get("Subject"); got != "x Bcc: victim@elsewhere.example body" {
		t.Errorf("%q", got)
	}
	for _, bad := range []string{"Silk\r\nBcc: a@b.example <s@b.example>", "a@b.example\x00"} {
		e := envelope()
		e.From = bad
		if _, err := Pack(Message{}, e); err == nil {
			t.Errorf("the sender %q was taken", bad)
		}
	}
}

func TestRecipientsThatSmuggleAreRefused(t *testing.T) { // M18
	for _, bad := range []string{
		`"a@b> SIZE=1"@c.example`, `"a b"@c.example`, `"a@b> SIZE=1"`, "a@b.example\r\nRCPT TO:<x@y.example>", "a..b@c.example", "a@", "", "a@[127.0.0.1]",
		"a@b.example, c@d.example", "a@b_c d.example", "<>", "a\u2028@b.example",
	} {
		if a, err := ParseAddress(bad); err == nil {
			t.Errorf("%q was taken as %q", bad, a.Address)
		}
	}
	for good, want := range map[string]string{
		"reader@desk.example": "reader@desk.example", "Reader <o'neil+x@desk.example>": "o'neil+x@desk.example",
		"читатель@почта.example": "читатель@xn--80a1acny.example", "root@localhost": "root@localhost",
	} {
		a, err := ParseAddress(good)
		if err != nil || a.Address != want {
			t.Errorf("%q: %v %v", good, a, err)
		}
	}
}

func TestOddTextComesBackAsItWas(t *testing.T) { // M19
	for name, text := range map[string]string{
		"lone dots": ".\n..\n.hidden\n", "long line": strings.Repeat("word ", 1000) + "\n", "long word": strings.Repeat("x", 5000) + "\n",
		"emoji and Persian": "🧵 سلام\n👩‍🏫\n", "equals": strings.Repeat("=3D", 500) + "\n", "from": "From here\n", "blanks": "a  \nb\t\n",
	} {
		body := pack(t, Message{Subject: name, Text: text, HTML: "<p>" + text + "</p>"})
		for line := range bytes.Lines(body) {
			if len(line) > 1000 || !bytes.HasSuffix(line, []byte("\r\n")) {
				t.Errorf("%s: a line of %d bytes: %.40q", name, len(line), line)
			}
		}
		plain, html, err := parts(body)
		if err != nil || string(plain) != text || string(html) != "<p>"+text+"</p>" {
			t.Errorf("%s: %v\n%q\n%q", name, err, plain, html)
		}
	}
}

func TestADateHasTheReadersZone(t *testing.T) {
	e := envelope()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	e.Date = closing().In(berlin)
	body, err := Pack(Message{}, e)
	if err != nil {
		t.Fatal(err)
	}
	if got := unpack(t, body).Header.Get("Date"); got != "Sat, 21 Nov 2026 03:00:00 +0100" {
		t.Error(got)
	}
}

func FuzzPack(f *testing.F) {
	f.Add("subject", "text", "a@b.example")
	f.Add("a\r\nb", "\n.\r\n", `"x> SIZE=1"@b.example`)
	f.Fuzz(func(t *testing.T, subject, text, to string) {
		e := envelope()
		e.To = to
		body, err := Pack(Message{Subject: subject, Text: text, HTML: text}, e)
		if err != nil {
			return
		}
		m, err := mail.ReadMessage(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range []string{"Subject", "To", "From", "Message-Id", "Content-Type"} {
			if len(m.Header[h]) != 1 {
				t.Fatalf("%d headers %s", len(m.Header[h]), h)
			}
		}
		if len(m.Header) > 14 {
			t.Fatalf("a header too many: %v", m.Header)
		}
		for line := range bytes.Lines(body) {
			if len(line) > 1000 {
				t.Fatalf("a line of %d bytes", len(line))
			}
		}
	})
}
