package digest

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// postOffice is a mail server on loopback that does what a test tells it.
type postOffice struct {
	mu       sync.Mutex
	received map[string][]string // by recipient
	logins   int
	froms    []string

	// Each returns what the server says at its stage; nil is yes. An
	// errHangUp closes the connection instead.
	onMail func(from string) error
	onRcpt func(to string) error
	// onData is told the recipient; with taken the message is kept, whatever is said.
	onData   func(to string) (taken bool, reply error)
	password string

	server *smtp.Server
	port   int
}

var errHangUp = errors.New("hang up")

// certificate is one for 127.0.0.1, and the pool that trusts it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return s.TLS.Certificates[0], pool
}

// open starts the server; change may set it up before.
func (p *postOffice) open(t *testing.T, change func(*smtp.Server)) *postOffice {
	t.Helper()
	p.received = make(map[string][]string)
	p.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &visit{office: p, conn: c}, nil }))
	p.server.Domain = "post.example"
	p.server.AllowInsecureAuth = true
	p.server.ErrorLog = log.New(io.Discard, "", 0)
	if change != nil {
		change(p.server)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.port = l.Addr().(*net.TCPAddr).Port
	ended := make(chan struct{})
	go func() { defer close(ended); _ = p.server.Serve(l) }()
	t.Cleanup(func() { _ = l.Close(); _ = p.server.Close(); <-ended })
	return p
}

func (p *postOffice) plain() *SMTP {
	return &SMTP{Host: "127.0.0.1", Port: p.port, TLS: TLSNone}
}

func (p *postOffice) got(to string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.received[to]
}

// visit is one session at the post office.
type visit struct {
	office *postOffice
	conn   *smtp.Conn
	to     string
}

func (v *visit) reply(err error) error {
	if errors.Is(err, errHangUp) {
		_ = v.conn.Conn().Close()
	}
	return err
}

func (v *visit) Mail(from string, _ *smtp.MailOptions) error {
	v.office.mu.Lock()
	v.office.froms = append(v.office.froms, from)
	v.office.mu.Unlock()
	if v.office.onMail == nil {
		return nil
	}
	return v.reply(v.office.onMail(from))
}

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.to = to
	if v.office.onRcpt == nil {
		return nil
	}
	return v.reply(v.office.onRcpt(to))
}

func (v *visit) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	taken, answer := true, error(nil)
	if v.office.onData != nil {
		taken, answer = v.office.onData(v.to)
	}
	if taken {
		v.office.mu.Lock()
		v.office.received[v.to] = append(v.office.received[v.to], string(body))
		v.office.mu.Unlock()
	}
	return v.reply(answer)
}

func (v *visit) Reset()        {}
func (v *visit) Logout() error { return nil }

func (v *visit) AuthMechanisms() []string {
	if v.office.password == "" {
		return nil
	}
	return []string{"PLAIN"}
}

func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, _, password string) error {
		v.office.mu.Lock()
		defer v.office.mu.Unlock()
		v.office.logins++
		if password != v.office.password {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func says(code int) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: "scripted"}
}

// impostor is a raw listener that answers each line of a client from a script:
// the first entry whose prefix the line has. It keeps what it heard.
type impostor struct {
	port int
	mu   sync.Mutex
	said []string
}

func (i *impostor) heard() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return strings.Join(i.said, "\n")
}

// listen starts an impostor with a greeting and a script of prefix and reply
// pairs. An empty reply says nothing; a hang-up closes.
func listen(t *testing.T, greeting string, script ...string) *impostor {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	i := &impostor{port: l.Addr().(*net.TCPAddr).Port}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { i.serve(conn, greeting, script) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); all.Wait() })
	return i
}

func (i *impostor) serve(conn net.Conn, greeting string, script []string) {
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	_, _ = io.WriteString(conn, greeting)
	lines := bufio.NewScanner(conn)
	inData := false
	for lines.Scan() {
		line := lines.Text()
		if inData && line != "." {
			continue
		}
		i.mu.Lock()
		i.said = append(i.said, line)
		i.mu.Unlock()
		for n := 0; n < len(script); n += 2 {
			if !strings.HasPrefix(line, script[n]) {
				continue
			}
			if script[n+1] == "hang up" {
				return
			}
			inData = strings.HasPrefix(script[n+1], "354")
			_, _ = io.WriteString(conn, script[n+1])
			break
		}
	}
}
