package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestATestBeforeTheFirstNightIsRecordedNowhere(t *testing.T) {
	t.Parallel()
	long(t)
	s := newSite(t)
	office := openPostOffice(t, s.cfg)
	s.write(t)
	s.withItem(t, time.Now().Add(-time.Hour))
	if out := s.silkwire(t, "digest", "send", "--to", "me@example.org").must(t, 0); !strings.Contains(out, "took a test of the digest daily for me@example.org") {
		t.Error(out)
	}
	letters := office.all()
	if len(letters) != 1 || letters[0].to[0] != "me@example.org" || !strings.Contains(letters[0].body, "Subject: [test] Silkwire") {
		t.Fatalf("%d letters: %+v", len(letters), letters)
	}
	if out := s.silkwire(t, "digest", "history").must(t, 0); out != "" {
		t.Errorf("it is on record: %s", out)
	}
	if out := s.silkwire(t, "digest", "send").must(t, 0); !strings.Contains(out, "1 stories") || len(office.all()) != 2 {
		t.Errorf("the first night tells nothing: %s", out)
	}
}

func TestAnEditionGoesOutAgainToTheByte(t *testing.T) {
	t.Parallel()
	long(t)
	s := newSite(t)
	office := openPostOffice(t, s.cfg)
	s.cfg.Digests[0].To = []string{"a@example.org", "b@example.org"}
	s.write(t)
	s.withItem(t, time.Now().Add(-time.Hour))
	sent := s.silkwire(t, "digest", "send").must(t, 0)
	id := strings.Fields(sent)[2]
	s.silkwire(t, "digest", "resend", id[:6], "--to", "b@example.org").must(t, 0)
	letters := office.all()
	if len(letters) != 3 || letters[2].to[0] != "b@example.org" {
		t.Fatalf("%d letters", len(letters))
	}
	first := letters[0]
	if first.to[0] != "b@example.org" {
		first = letters[1]
	}
	if first.body != letters[2].body || !strings.Contains(first.body, "Message-ID: <"+id) {
		t.Error("the copy differs")
	}
	p := s.silkwire(t, "digest", "resend", id, "--to", "c@example.org")
	if p.must(t, exitUsage); !strings.Contains(p.errs.String(), "its recipients: a@example.org, b@example.org") {
		t.Error(p.errs.String())
	}
	s.silkwire(t, "digest", "resend", "").must(t, exitUsage)
	if out := s.silkwire(t, "digest", "history", "--failed").must(t, 0); out != "" {
		t.Errorf("failed: %s", out)
	}
}

func TestTheMailServerIsTriedWithoutAMail(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	office := openPostOffice(t, s.cfg)
	s.write(t)
	p := s.silkwire(t, "check", "--smtp")
	if p.must(t, 0); !strings.Contains(p.errs.String(), "it would take mail, none was sent") || len(office.all()) != 0 {
		t.Errorf("%s %d letters", p.errs, len(office.all()))
	}
	s.cfg.SMTP.Port = 1
	s.write(t)
	p = s.silkwire(t, "check", "--smtp")
	if p.must(t, exitFailure); !strings.Contains(p.errs.String(), "smtp 127.0.0.1:1: connect: ") {
		t.Error(p.errs)
	}
}

func TestAPreviewIsAFileForABrowser(t *testing.T) {
	t.Parallel()
	long(t)
	s := newSite(t)
	s.withItem(t, time.Now().Add(-time.Hour))
	seen := filepath.Join(s.dir, "seen.html")
	browser := filepath.Join(s.dir, "browser")
	if err := os.WriteFile(browser, []byte("#!/bin/sh\ncp \"$1\" "+seen+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	out := s.silkwire(t, "digest", "preview", "--browser").with("BROWSER="+browser, "TMPDIR="+s.dir).must(t, 0)
	page, err := os.ReadFile(seen)
	if err != nil || !strings.Contains(string(page), "200 scholarships") || !strings.HasPrefix(out, s.dir) {
		t.Errorf("%v: %s", err, out)
	}
	s.silkwire(t, "digest", "preview", "--html", "page.html").must(t, 0)
	if again, err := os.ReadFile(filepath.Join(s.dir, "page.html")); err != nil || !strings.HasPrefix(string(again), "<!DOCTYPE html>") {
		t.Errorf("%v: %.40s", err, again)
	}
}

func TestWhoLeftIsListedAndCanBeHadBack(t *testing.T) { // M23
	t.Parallel()
	long(t)
	s := newSite(t)
	office := openPostOffice(t, s.cfg)
	s.cfg.BaseURL = "https://silkwire.example.org"
	s.write(t)
	s.withItem(t, time.Now().Add(-time.Hour))
	s.silkwire(t, "digest", "send").must(t, 0)
	_, link, _ := strings.Cut(strings.ReplaceAll(office.all()[0].body, "\r\n ", " "), "List-Unsubscribe: <https://silkwire.example.org")
	link, _, _ = strings.Cut(link, ">")
	p, address := s.serve(t)
	if code := oneClick(t, address+link); code != 200 {
		t.Fatalf("%s: %d", link, code)
	}
	if out := s.silkwire(t, "digest", "readers").must(t, 0); !strings.Contains(out, "daily  analyst@example.org  left on ") {
		t.Errorf("%q", out)
	}
	s.silkwire(t, "digest", "readers", "--back", "daily", "analyst@example.org").must(t, 0)
	if out := s.silkwire(t, "digest", "readers").must(t, 0); out != "" {
		t.Errorf("%q", out)
	}
	if code := oneClick(t, address+link); code != 403 {
		t.Errorf("the old link: %d", code)
	}
	p.stop(t)
}

// oneClick posts as a mail program does.
func oneClick(t *testing.T, address string) int {
	t.Helper()
	resp, err := http.Post(address, "application/x-www-form-urlencoded", strings.NewReader("List-Unsubscribe=One-Click"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}
