package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// A mail server as a process of its own, for the tests that kill. It keeps
// every mail it has taken as a file, and knows one trick: armed with a stage, it
// says when a session first gets there, and waits for a word at the stages
// that come before its answer.

// The stages that the server is armed with.
const (
	atGreeting = "greeting"
	atMail     = "mail"
	atRcpt     = "rcpt"
	atData     = "data"     // the message begins to arrive
	atBody     = "body"     // it is there and kept, and not yet acknowledged
	atReply    = "reply"    // it is being acknowledged
	atTempfail = "tempfail" // it is being refused for now
	atPermfail = "permfail" // its recipient is being refused for good
)

// postOfficeMain is the process: commands come by standard input.
func postOfficeMain() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	o := &stagedOffice{dir: os.Args[1], proceed: make(chan struct{})}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		o.reached(atGreeting, true)
		return &stagedVisit{office: o}, nil
	}))
	server.Domain, server.ErrorLog = "localhost", discardLog{}
	fmt.Println("listens", l.Addr().(*net.TCPAddr).Port)
	go o.obey(os.Stdin)
	if err := server.Serve(l); err != nil {
		os.Exit(1)
	}
}

type discardLog struct{}

func (discardLog) Printf(string, ...any) {}
func (discardLog) Println(...any)        {}

type stagedOffice struct {
	dir     string
	proceed chan struct{}

	mu    sync.Mutex
	armed string
	kept  int
}

// obey takes "arm STAGE" and "go"; it ends the process with its input.
func (o *stagedOffice) obey(in io.Reader) {
	for lines := bufio.NewScanner(in); lines.Scan(); {
		if stage, arm := strings.CutPrefix(lines.Text(), "arm "); arm {
			o.mu.Lock()
			o.armed = stage
			o.mu.Unlock()
			fmt.Println("armed")
			continue
		}
		o.proceed <- struct{}{}
	}
	os.Exit(0)
}

// reached says, once, that a session has come to the stage that is armed.
func (o *stagedOffice) reached(stage string, wait bool) bool {
	o.mu.Lock()
	is := o.armed == stage
	if is {
		o.armed = ""
	}
	o.mu.Unlock()
	if is {
		fmt.Println("reached", stage)
	}
	if is && wait {
		<-o.proceed
	}
	return is
}

type stagedVisit struct {
	office *stagedOffice
	to     string
}

func (v *stagedVisit) Mail(string, *smtp.MailOptions) error {
	v.office.reached(atMail, true)
	return nil
}

func (v *stagedVisit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.to = to
	v.office.reached(atRcpt, true)
	if v.office.reached(atPermfail, false) {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	return nil
}

func (v *stagedVisit) Data(r io.Reader) error {
	v.office.reached(atData, true)
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if v.office.reached(atTempfail, false) {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"}
	}
	if err := v.office.keep(v.to, body); err != nil {
		return err
	}
	v.office.reached(atBody, true)
	v.office.reached(atReply, false)
	return nil
}

func (v *stagedVisit) Reset()        {}
func (v *stagedVisit) Logout() error { return nil }

// keep writes a mail as a file, its recipient first.
func (o *stagedOffice) keep(to string, body []byte) error {
	o.mu.Lock()
	o.kept++
	name := filepath.Join(o.dir, fmt.Sprintf("%05d.mail", o.kept))
	o.mu.Unlock()
	return os.WriteFile(name, append([]byte(to+"\n"), body...), 0o600)
}

// stagedServer is the process as a test sees it.
type stagedServer struct {
	dir   string
	port  int
	in    io.Writer
	said  chan string
	ended chan struct{}
}

func startPostOffice(t *testing.T) *stagedServer {
	t.Helper()
	s := &stagedServer{dir: t.TempDir(), said: make(chan string, 10), ended: make(chan struct{})}
	cmd := exec.Command("postoffice", s.dir)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.in = in
	go func() {
		defer close(s.ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			s.said <- lines.Text()
		}
	}()
	t.Cleanup(func() { _ = in.Close(); <-s.ended; _ = cmd.Wait() })
	if _, err := fmt.Sscanf(s.hears(t, "listens"), "listens %d", &s.port); err != nil {
		t.Fatal(err)
	}
	return s
}

// hears waits for a word of the server.
func (s *stagedServer) hears(t *testing.T, word string) string {
	t.Helper()
	select {
	case line := <-s.said:
		if !strings.HasPrefix(line, word) {
			t.Fatalf("the mail server says %q, want %q", line, word)
		}
		return line
	case <-time.After(promised(30 * time.Second)):
		t.Fatalf("the mail server does not say %q", word)
	}
	return ""
}

func (s *stagedServer) arm(t *testing.T, stage string) {
	t.Helper()
	if _, err := fmt.Fprintln(s.in, "arm "+stage); err != nil {
		t.Fatal(err)
	}
	s.hears(t, "armed")
}

func (s *stagedServer) proceed(t *testing.T) {
	t.Helper()
	if _, err := fmt.Fprintln(s.in, "go"); err != nil {
		t.Fatal(err)
	}
}

// copies are the mails that were taken, by recipient and Message-ID.
func (s *stagedServer) copies(t *testing.T) map[[2]string][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(s.dir, "*.mail"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[[2]string][]string{}
	for _, f := range files {
		content, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		to, body, _ := bytes.Cut(content, []byte("\n"))
		_, id, _ := strings.Cut(string(body), "\r\nMessage-ID: ")
		id, _, _ = strings.Cut(id, "\r\n")
		key := [2]string{string(to), id}
		all[key] = append(all[key], string(body))
	}
	return all
}
