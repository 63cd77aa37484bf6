package digest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"silkwire/store"
)

const from = "digest@silkwire.example"

func letter(t *testing.T, to string) []byte {
	t.Helper()
	e := envelope()
	e.To = to
	body, err := Pack(Message{Subject: "Silkwire", Text: "A line.\n.\n..\n", HTML: "<p>A line.</p>"}, e)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func send(t *testing.T, s *SMTP, to string) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return s.Send(ctx, store.Message{Recipient: to, Body: letter(t, "reader@desk.example")})
}

// fails asserts the kind of a failure and a word that its text must have.
func fails(t *testing.T, err error, kind Kind, word string) {
	t.Helper()
	var f *Failure
	if !errors.As(err, &f) || f.Kind != kind || !strings.Contains(err.Error(), word) {
		t.Errorf("%v (%T), want kind %d with %q", err, err, kind, word)
	}
}

func TestTheFrozenBytesArriveAsTheyAre(t *testing.T) { // M19
	p := new(postOffice).open(t, nil)
	if err := send(t, p.plain(), "reader@desk.example"); err != nil {
		t.Fatal(err)
	}
	if got := p.got("reader@desk.example"); len(got) != 1 || got[0] != string(letter(t, "reader@desk.example")) {
		t.Errorf("%q", got)
	}
	if p.froms[0] != from { // M24
		t.Errorf("the return path is %q", p.froms[0])
	}
}

func TestEveryAnswerOfAServerHasItsMeaning(t *testing.T) { // M2, M3, M15
	for _, c := range []struct {
		stage string
		code  int
		kind  Kind
	}{
		{"MAIL", 421, Temporary}, {"MAIL", 451, Temporary}, {"MAIL", 550, Permanent}, {"MAIL", 530, Temporary}, {"MAIL", 552, Permanent},
		{"RCPT", 450, Temporary}, {"RCPT", 452, Temporary}, {"RCPT", 550, Permanent}, {"RCPT", 553, Permanent},
		{"DATA", 421, Temporary}, {"DATA", 451, Temporary}, {"DATA", 552, Permanent}, {"DATA", 554, Permanent},
	} {
		t.Run(fmt.Sprint(c.stage, c.code), func(t *testing.T) {
			at := func(stage string) error {
				if stage == c.stage {
					return says(c.code)
				}
				return nil
			}
			p := (&postOffice{
				onMail: func(string) error { return at("MAIL") }, onRcpt: func(string) error { return at("RCPT") },
				onData: func(string) (bool, error) { return at("DATA") == nil, at("DATA") },
			}).open(t, nil)
			fails(t, send(t, p.plain(), "reader@desk.example"), c.kind, fmt.Sprint(c.code))
		})
	}
}

func TestARefusalBeforeTheMessageIsNobodysFault(t *testing.T) {
	i := listen(t, "554 no service here\r\n")
	fails(t, send(t, &SMTP{Host: "127.0.0.1", Port: i.port, TLS: TLSNone}, "reader@desk.example"), Temporary, "greeting")
}

func TestNobodyListensIsTemporary(t *testing.T) { // M1
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	fails(t, send(t, &SMTP{Host: "127.0.0.1", Port: port, TLS: TLSNone}, "reader@desk.example"), Temporary, "connect")
}

func TestALostReplyIsAmbiguous(t *testing.T) { // M5
	p := (&postOffice{onData: func(string) (bool, error) { return true, errHangUp }}).open(t, nil)
	fails(t, send(t, p.plain(), "reader@desk.example"), Ambiguous, "reply to the message")
	if len(p.got("reader@desk.example")) != 1 {
		t.Error("the message did not arrive")
	}
}

func TestAConnectionLostBeforeTheMessageIsTemporary(t *testing.T) { // M7
	p := (&postOffice{onRcpt: func(string) error { return errHangUp }}).open(t, nil)
	fails(t, send(t, p.plain(), "reader@desk.example"), Temporary, "RCPT TO")
}

func TestMailGoesOutUnderTLS(t *testing.T) {
	cert, pool := certificate(t)
	p := (&postOffice{password: "secret"}).open(t, func(s *smtp.Server) {
		s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
		s.AllowInsecureAuth = false
	})
	s := &SMTP{Host: "127.0.0.1", Port: p.port, Username: "u", Password: "secret", Roots: pool}
	if err := s.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := send(t, s, "reader@desk.example"); err != nil || p.logins != 2 || len(p.got("reader@desk.example")) != 1 {
		t.Errorf("%v, %d logins", err, p.logins)
	}
}

func TestWithoutSTARTTLSNothingIsSent(t *testing.T) { // M9
	i := listen(t, "220 post.example ESMTP\r\n", "EHLO", "250-post.example\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 1000000\r\n", "AUTH", "235 thank you\r\n")
	s := &SMTP{Host: "127.0.0.1", Port: i.port, Username: "u", Password: "secret"}
	fails(t, send(t, s, "reader@desk.example"), Temporary, "does not offer STARTTLS")
	if heard := i.heard(); strings.Contains(heard, "AUTH") || strings.Contains(heard, "MAIL") {
		t.Errorf("it was told %q", heard)
	}
}

func TestARefusedSTARTTLSSendsNothing(t *testing.T) { // M9
	i := listen(t, "220 post.example ESMTP\r\n", "EHLO", "250-post.example\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n", "STARTTLS", "454 not now\r\n", "AUTH", "235 thank you\r\n")
	s := &SMTP{Host: "127.0.0.1", Port: i.port, Username: "u", Password: "secret"}
	fails(t, send(t, s, "reader@desk.example"), Temporary, "454")
	if heard := i.heard(); strings.Contains(heard, "AUTH") || strings.Contains(heard, "MAIL") {
		t.Errorf("it was told %q", heard)
	}
}

func TestWhatIsSaidBeforeTLSIsForgotten(t *testing.T) { // M10
	cert, pool := certificate(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan string, 1)
	go func() { ended <- inject(l, cert) }()
	t.Cleanup(func() { _ = l.Close() })
	s := &SMTP{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, Username: "u", Password: "secret", Roots: pool}
	err = send(t, s, "reader@desk.example")
	fails(t, err, Temporary, "")
	if said := <-ended; strings.Contains(said, "AUTH") {
		t.Errorf("the injected offer was believed: %q", said)
	}
}

// inject answers STARTTLS with a forged EHLO reply behind it, and offers no
// login once TLS is up. It returns what it was told under TLS.
func inject(l net.Listener, cert tls.Certificate) string {
	conn, err := l.Accept()
	if err != nil {
		return ""
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	buf := make([]byte, 4096)
	for _, reply := range []string{"220 post.example\r\n", "250-post.example\r\n250 STARTTLS\r\n", "220 go ahead\r\n250-post.example\r\n250 AUTH PLAIN\r\n"} {
		if _, err := conn.Write([]byte(reply)); err != nil {
			return ""
		}
		if !strings.HasPrefix(reply, "220 go") {
			_, _ = conn.Read(buf)
		}
	}
	secure := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{cert}})
	var told strings.Builder
	for {
		n, err := secure.Read(buf)
		told.Write(buf[:n])
		if err != nil {
			return told.String()
		}
		_, _ = secure.Write([]byte("250 post.example\r\n"))
	}
}

func TestABadCertificateIsRefused(t *testing.T) { // M11
	cert, pool := certificate(t)
	p := (&postOffice{password: "secret"}).open(t, func(s *smtp.Server) { s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}} })
	for name, s := range map[string]*SMTP{
		"unknown authority": {Host: "127.0.0.1", Port: p.port, Username: "u", Password: "secret"},
		"another name":      {Host: "localhost", Port: p.port, Username: "u", Password: "secret", Roots: pool},
	} {
		err := send(t, s, "reader@desk.example")
		var wrong *tls.CertificateVerificationError
		if fails(t, err, Temporary, "certificate"); !errors.As(err, &wrong) || p.logins != 0 {
			t.Errorf("%s: %v, %d logins", name, err, p.logins)
		}
	}
}

func TestTLSFromTheFirstByte(t *testing.T) {
	cert, pool := certificate(t)
	p := (&postOffice{}).open(t, nil)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = p.server.Serve(l) }()
	t.Cleanup(func() { _ = l.Close(); <-ended })
	s := &SMTP{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: TLSImplicit, Roots: pool}
	if err := send(t, s, "reader@desk.example"); err != nil {
		t.Error(err)
	}
	if (&SMTP{Port: 465}).mode() != TLSImplicit || (&SMTP{Port: 25}).mode() != TLSMandatory {
		t.Error("a port means another protection")
	}
}

// far is a connection whose other end is not on this machine.
type far struct{ net.Conn }

func (far) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 587} }

func TestNoPasswordWithoutTLSButToLoopback(t *testing.T) { // M13
	i := listen(t, "220 post.example ESMTP\r\n", "EHLO", "250-post.example\r\n250 AUTH PLAIN\r\n", "AUTH", "235 thank you\r\n")
	s := &SMTP{Host: "127.0.0.1", Port: i.port, TLS: TLSNone, Username: "u", Password: "secret"}
	if err := s.Check(context.Background()); err != nil || !strings.Contains(i.heard(), "AUTH PLAIN") {
		t.Errorf("loopback: %v, it was told %q", err, i.heard())
	}
	conn, err := net.Dial("tcp", s.address())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	c := &session{server: s, conn: far{conn}, limits: s.Timeouts.orDefault()}
	if err := c.open(c.conn); err == nil || !strings.Contains(err.Error(), "loopback addresses only") {
		t.Errorf("a plain connection to elsewhere: %v", err)
	}
}

func TestARefusedPasswordIsTriedThreeTimesAnHour(t *testing.T) { // M12
	p := (&postOffice{password: "right"}).open(t, nil)
	a, w := outboxOf(t, "a@desk.example", "b@desk.example", "c@desk.example", "d@desk.example", "e@desk.example")
	for minute := range 60 { // an hour of restarts, one a minute, and new editions all the time
		if minute%7 == 3 {
			issueInto(t, a, w, fmt.Sprintf("new%d@desk.example", minute))
		}
		s := p.plain()
		s.Username, s.Password, s.Now = "u", "wrong", w.now
		c := courier(a, w, s)
		if _, err := c.Deliver(context.Background()); err != nil {
			t.Fatal(err)
		}
		w.pass(time.Minute)
	}
	if p.logins > 3 || p.logins < 2 {
		t.Errorf("%d logins in an hour", p.logins)
	}
	for to, m := range a.delivery() {
		if m.State != store.TempFail && m.State != store.Rendered {
			t.Errorf("%s: %s", to, m.State)
		}
	}
	s := p.plain()
	s.Username, s.Password, s.Now = "u", "right", w.now
	c := courier(a, w, s)
	w.pass(loginPause)
	if next, err := c.Deliver(context.Background()); err != nil || !next.IsZero() {
		t.Errorf("%v %v", next, err)
	}
}

func TestATarpitHoldsNobodyForLong(t *testing.T) { // M14
	quick := Timeouts{Connect: time.Second, Greeting: 50 * time.Millisecond, Command: 50 * time.Millisecond, DataStart: 50 * time.Millisecond, DataBlock: 50 * time.Millisecond, DataEnd: 50 * time.Millisecond}
	ehlo := []string{"EHLO", "250 post.example\r\n", "HELO", "250 post.example\r\n"}
	upTo := func(more ...string) []string { return slices.Concat(ehlo, more) }
	for stage, c := range map[string]struct {
		greeting string
		script   []string
		kind     Kind
	}{
		"greeting":             {"", nil, Temporary},
		"EHLO":                 {"220 x\r\n", nil, Temporary},
		"MAIL FROM":            {"220 x\r\n", ehlo, Temporary},
		"RCPT TO":              {"220 x\r\n", upTo("MAIL", "250 ok\r\n"), Temporary},
		"DATA":                 {"220 x\r\n", upTo("MAIL", "250 ok\r\n", "RCPT", "250 ok\r\n"), Temporary},
		"reply to the message": {"220 x\r\n", upTo("MAIL", "250 ok\r\n", "RCPT", "250 ok\r\n", "DATA", "354 go\r\n"), Ambiguous},
	} {
		t.Run(stage, func(t *testing.T) {
			i := listen(t, c.greeting, c.script...)
			s := &SMTP{Host: "127.0.0.1", Port: i.port, TLS: TLSNone, Timeouts: quick}
			begun := time.Now()
			fails(t, send(t, s, "reader@desk.example"), c.kind, stage)
			if took := time.Since(begun); took > 8*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

func TestStoppingEndsASession(t *testing.T) {
	i := listen(t, "220 x\r\n", "EHLO", "250 post.example\r\n", "MAIL", "")
	ctx, cancel := context.WithCancel(context.Background())
	s := &SMTP{Host: "127.0.0.1", Port: i.port, TLS: TLSNone}
	done := make(chan error)
	go func() {
		done <- s.Send(ctx, store.Message{Recipient: "reader@desk.example", Body: letter(t, "reader@desk.example")})
	}()
	for !strings.Contains(i.heard(), "MAIL FROM") {
		select {
		case err := <-done:
			t.Fatalf("it ended by itself: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	fails(t, <-done, Interrupted, "")
}

func TestLettersBeyondASCIINeedTheServersConsent(t *testing.T) { // M16
	without := new(postOffice).open(t, nil)
	fails(t, send(t, without.plain(), "читатель@desk.example"), Permanent, "SMTPUTF8")
	with := new(postOffice).open(t, func(s *smtp.Server) { s.EnableSMTPUTF8 = true })
	if err := send(t, with.plain(), "читатель@desk.example"); err != nil || len(with.got("читатель@desk.example")) != 1 {
		t.Error(err)
	}
}

func TestAMessageThatIsTooLargeIsNotEvenTried(t *testing.T) { // M15
	p := new(postOffice).open(t, func(s *smtp.Server) { s.MaxMessageBytes = 100 })
	fails(t, send(t, p.plain(), "reader@desk.example"), Permanent, "max_stories")
	if len(p.froms) != 0 {
		t.Error("it was tried")
	}
}

func TestASmuggledParameterNeverReachesTheServer(t *testing.T) { // M18
	p := new(postOffice).open(t, nil)
	for _, to := range []string{`"a@b> SIZE=1"@c.example`, "a@b.example> SIZE=1", "a@b.example\r\nDATA"} {
		fails(t, send(t, p.plain(), to), Permanent, "recipient")
	}
	if len(p.froms) != 0 {
		t.Error("it was tried")
	}
}

func TestASlowRecipientHoldsNobody(t *testing.T) { // M4, M14
	release := make(chan struct{})
	p := (&postOffice{onRcpt: func(to string) error {
		if strings.HasPrefix(to, "slow") {
			<-release
		}
		return nil
	}}).open(t, nil)
	a, w := outboxOf(t, "slow@desk.example", "a@desk.example", "b@desk.example")
	c := courier(a, w, p.plain())
	var all sync.WaitGroup
	all.Go(func() { _, _ = c.Deliver(context.Background()) })
	for len(p.got("a@desk.example"))+len(p.got("b@desk.example")) < 2 {
		time.Sleep(time.Millisecond) // the server is another process to us
	}
	if _, err := c.Deliver(context.Background()); err != nil { // finds the slow one taken
		t.Error(err)
	}
	close(release)
	all.Wait()
	for _, to := range []string{"slow", "a", "b"} {
		if n := len(p.got(to + "@desk.example")); n != 1 {
			t.Errorf("%s has %d copies", to, n)
		}
	}
}

func courier(a *archive, w *watch, s Sender) *Courier {
	return &Courier{Editions: a, Senders: map[string]Sender{MailChannel: s}, Now: w.now, Log: slog.New(slog.DiscardHandler)}
}

// outboxOf is an archive with one frozen edition.
func outboxOf(t *testing.T, to ...string) (*archive, *watch) {
	t.Helper()
	d, a, w := stage(t)
	issue(t, d, daily(to...), closing())
	return a, w
}
