package digest

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/wneessen/go-mail/smtp"

	"silkwire/store"
)

// TLS says how a connection to the mail server is protected.
type TLS string

// The ways to protect a connection.
const (
	TLSMandatory TLS = "mandatory" // STARTTLS, or nothing is sent; "" means this
	TLSImplicit  TLS = "implicit"  // TLS from the first byte; port 465 means this
	TLSNone      TLS = "none"      // allowed toward loopback addresses only
)

// SMTP is a Sender that speaks to one mail server. It makes a connection for
// each message, so that one recipient's trouble is no other's. A password goes
// out over TLS only, or to a loopback address.
type SMTP struct {
	Host               string
	Port               int // 0: 587, or 465 with TLSImplicit
	Username, Password string
	TLS                TLS
	Hello              string         // our name; "" is "localhost"
	Roots              *x509.CertPool // nil: the system's
	Timeouts           Timeouts
	Now                func() time.Time // nil is time.Now

	mu      sync.Mutex // held while a name and password are tried
	refused time.Time  // when they were last refused
}

// Timeouts bound each stage of a session. A zero one is that of RFC 5321,
// section 4.5.3.2.
type Timeouts struct {
	Connect, Greeting, Command, DataStart, DataBlock, DataEnd time.Duration
}

func (t Timeouts) orDefault() Timeouts {
	or := func(d, otherwise time.Duration) time.Duration {
		if d > 0 {
			return d
		}
		return otherwise
	}
	return Timeouts{
		Connect: or(t.Connect, 30*time.Second), Greeting: or(t.Greeting, 5*time.Minute), Command: or(t.Command, 5*time.Minute),
		DataStart: or(t.DataStart, 2*time.Minute), DataBlock: or(t.DataBlock, 3*time.Minute), DataEnd: or(t.DataEnd, 10*time.Minute),
	}
}

// After a refused login none is tried for this long: three an hour at most.
const loginPause = 20 * time.Minute

// A message that was sent when we are asked to stop gets this long for its reply.
const lastReply = 10 * time.Second

const (
	dataBlock = 32 << 10
	farewell  = time.Second
)

// Send keeps the promise of [Sender].
func (s *SMTP) Send(ctx context.Context, m store.Message) error {
	sender, err := senderOf(m.Body)
	if err != nil {
		return &Failure{Kind: Permanent, Stage: "read the message", Err: err}
	}
	recipient, err := ParseAddress(m.Recipient)
	if err != nil {
		return &Failure{Kind: Permanent, Stage: "recipient", Err: err}
	}
	if s.loginPaused() {
		return &Failure{Kind: Login, Stage: "AUTH", Err: errors.New("the mail server refused our name and password a short while ago; not asked again yet")}
	}
	c, err := s.connect(ctx)
	if err != nil {
		return c.failed(ctx, err)
	}
	err = c.failed(ctx, c.deliver(sender, recipient.Address, m.Body))
	c.close()
	return err
}

// senderOf is the address that a frozen message comes from.
func senderOf(body []byte) (string, error) {
	m, err := mail.ReadMessage(bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	from, err := ParseAddress(m.Header.Get("From"))
	if err != nil {
		return "", fmt.Errorf("the sender: %w; mend smtp.from", err)
	}
	return from.Address, nil
}

// Check connects, protects the connection and logs in, and sends nothing.
func (s *SMTP) Check(ctx context.Context) error {
	c, err := s.connect(ctx)
	if err != nil {
		return c.failed(ctx, err)
	}
	c.close()
	return nil
}

func (s *SMTP) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

func (s *SMTP) loginPaused() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pausedLocked()
}

func (s *SMTP) pausedLocked() bool {
	return !s.refused.IsZero() && s.now().Sub(s.refused).Abs() < loginPause
}

func (s *SMTP) mode() TLS {
	switch {
	case s.TLS == TLSNone || s.TLS == TLSImplicit:
		return s.TLS
	case s.Port == 465:
		return TLSImplicit
	}
	return TLSMandatory
}

func (s *SMTP) address() string {
	port := s.Port
	if port == 0 {
		port = 587
		if s.mode() == TLSImplicit {
			port = 465
		}
	}
	return net.JoinHostPort(s.Host, strconv.Itoa(port))
}

// session is one connection. Its stage says what it was doing when it failed.
type session struct {
	server *SMTP
	conn   net.Conn // as dialled, for deadlines and for closing
	client *smtp.Client
	limits Timeouts
	stage  string

	mu    sync.Mutex
	sent  bool // the final dot may have left us
	ended bool
	stop  func() bool
}

// connect returns a session that is ready for a message. The session is never
// nil, so that it can tell where it failed.
func (s *SMTP) connect(ctx context.Context) (*session, error) {
	c := &session{server: s, limits: s.Timeouts.orDefault(), stage: "connect"}
	dialer := net.Dialer{Timeout: c.limits.Connect}
	conn, err := dialer.DialContext(ctx, "tcp", s.address())
	if err != nil {
		return c, err
	}
	c.conn = conn
	c.stop = context.AfterFunc(ctx, c.interrupt)
	if err := c.open(conn); err != nil {
		_ = conn.Close()
		c.stop()
		return c, err
	}
	return c, nil
}

// open greets, protects and logs in.
func (c *session) open(conn net.Conn) (err error) {
	mode := c.server.mode()
	if mode == TLSNone && !loopback(conn) {
		return fmt.Errorf("tls: none is for loopback addresses only, and %s is none; set tls: mandatory", conn.RemoteAddr())
	}
	if mode == TLSImplicit {
		c.begin("TLS", c.limits.Greeting)
		conn = tls.Client(conn, c.tlsConfig())
	}
	c.begin("greeting", c.limits.Greeting)
	if c.client, err = smtp.NewClient(conn, c.server.Host); err != nil {
		return err
	}
	c.begin("EHLO", c.limits.Command)
	hello := c.server.Hello
	if hello == "" {
		hello = "localhost"
	}
	if err := c.client.Hello(hello); err != nil {
		return err
	}
	if mode == TLSMandatory {
		if err := c.startTLS(); err != nil {
			return err
		}
	}
	return c.login()
}

// startTLS protects the connection or refuses to go on: a server that does not
// offer it may be somebody in between who took the offer away.
func (c *session) startTLS() error {
	c.begin("STARTTLS", c.limits.Command)
	if offered, _ := c.client.Extension("STARTTLS"); !offered {
		return errors.New("the server does not offer STARTTLS; nothing was sent (tls: none is possible for loopback only)")
	}
	return c.client.StartTLS(c.tlsConfig())
}

func (c *session) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: c.server.Host, RootCAs: c.server.Roots, MinVersion: tls.VersionTLS12}
}

// login sends name and password, one connection at a time: when they are
// refused, those that wait do not ask again.
func (c *session) login() error {
	s := c.server
	if s.Username == "" {
		return nil
	}
	auth, err := c.auth()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c.begin("AUTH", c.limits.Command)
	if s.pausedLocked() {
		return &Failure{Kind: Login, Stage: c.stage, Err: errors.New("the mail server has just refused our name and password")}
	}
	err = c.client.Auth(auth)
	var reply *textproto.Error
	if errors.As(err, &reply) && reply.Code >= 500 {
		s.refused = s.now()
		return &Failure{Kind: Login, Stage: c.stage, Err: fmt.Errorf("the mail server refused our name and password (%w); mend smtp.username or smtp.password", err)}
	}
	return err
}

// auth chooses the strongest way to log in that the server offers.
func (c *session) auth() (smtp.Auth, error) {
	s := c.server
	_, isTLS := c.client.TLSConnectionState()
	if !isTLS && !loopback(c.conn) {
		return nil, errors.New("no password is sent without TLS")
	}
	_, offer := c.client.Extension("AUTH")
	offered := make(map[string]bool)
	for mech := range strings.FieldsSeq(strings.ToUpper(offer)) {
		offered[mech] = true
	}
	switch {
	case offered["SCRAM-SHA-256"]:
		return smtp.ScramSHA256Auth(s.Username, s.Password), nil
	case offered["PLAIN"]:
		return smtp.PlainAuth("", s.Username, s.Password, s.Host, !isTLS), nil
	case offered["LOGIN"]:
		return smtp.LoginAuth(s.Username, s.Password, s.Host, !isTLS), nil
	}
	return nil, fmt.Errorf("the server offers no way to log in that we know (%q)", offer)
}

// deliver sends one message.
func (c *session) deliver(from, to string, body []byte) error {
	if err := c.accepts(from, to, len(body)); err != nil {
		return err
	}
	c.client.SkipSMTPUTF8(isASCII(from + to))
	c.begin("MAIL FROM", c.limits.Command)
	if err := c.client.Mail("<" + from + ">"); err != nil {
		return err
	}
	c.begin("RCPT TO", c.limits.Command)
	if err := c.client.Rcpt("<" + to + ">"); err != nil {
		return err
	}
	c.begin("DATA", c.limits.DataStart)
	w, err := c.client.Data()
	if err != nil {
		return err
	}
	for len(body) > 0 {
		c.begin("message", c.limits.DataBlock)
		n, err := w.Write(body[:min(len(body), dataBlock)])
		if err != nil {
			return err
		}
		body = body[n:]
	}
	if !c.final() {
		return context.Canceled
	}
	return w.Close()
}

// accepts refuses what the server has said it will not take.
func (c *session) accepts(from, to string, size int) error {
	c.begin("EHLO", c.limits.Command)
	if utf8Ready, _ := c.client.Extension("SMTPUTF8"); !utf8Ready && !isASCII(from+to) {
		return &Failure{Kind: Permanent, Stage: "MAIL FROM", Err: fmt.Errorf("the mail server does not take addresses with letters beyond ASCII (no SMTPUTF8), such as %s", to)}
	}
	if _, limit := c.client.Extension("SIZE"); limit != "" {
		if most, err := strconv.Atoi(limit); err == nil && most > 0 && size > most {
			return &Failure{Kind: Permanent, Stage: "MAIL FROM", Err: fmt.Errorf("the message has %d bytes, and the mail server takes %d; lower the digest's max_stories", size, most)}
		}
	}
	return nil
}

func (c *session) begin(stage string, limit time.Duration) {
	c.stage = stage
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended {
		_ = c.conn.SetDeadline(time.Now().Add(limit))
	}
}

// final marks that the message is about to be complete; it is false when we
// were stopped before.
func (c *session) final() bool {
	c.stage = "reply to the message"
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return false
	}
	c.sent = true
	_ = c.conn.SetDeadline(time.Now().Add(c.limits.DataEnd))
	return true
}

// interrupt ends the session at once, unless only the reply is missing.
func (c *session) interrupt() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	if c.sent {
		_ = c.conn.SetDeadline(time.Now().Add(lastReply))
		return
	}
	_ = c.conn.Close()
}

// close says farewell where the server still listens, and waits for no reply
// longer than it takes to be polite: the message is taken or not.
func (c *session) close() {
	_ = c.conn.SetDeadline(time.Now().Add(farewell))
	_ = c.client.Quit()
	_ = c.conn.Close()
	c.stop()
}

// failed says what an error means for the message.
func (c *session) failed(ctx context.Context, err error) error {
	var known *Failure
	if err == nil || errors.As(err, &known) {
		return err
	}
	var reply *textproto.Error
	if errors.As(err, &reply) {
		return &Failure{Kind: kindOf(reply.Code, c.stage), Stage: c.stage, Err: err}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.sent:
		return &Failure{Kind: Ambiguous, Stage: c.stage, Err: err}
	case ctx.Err() != nil:
		return &Failure{Kind: Interrupted, Stage: c.stage, Err: context.Cause(ctx)}
	}
	return &Failure{Kind: Temporary, Stage: c.stage, Err: err}
}

// kindOf is what a reply means. A refusal before MAIL FROM is about us and the
// server, not about the recipient; so are the codes of RFC 4954 that ask for a
// login or for TLS.
func kindOf(code int, stage string) Kind {
	if code < 500 || code == 530 || code == 534 || code == 538 {
		return Temporary
	}
	switch stage {
	case "MAIL FROM", "RCPT TO", "DATA", "message", "reply to the message":
		return Permanent
	}
	return Temporary
}

func loopback(conn net.Conn) bool {
	a, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	return err == nil && a.Addr().Unmap().IsLoopback()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
