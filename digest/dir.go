package digest

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"strings"

	"silkwire/store"
)

// Dir is a Sender that writes each message into a directory, as NAME.eml with
// the parts beside it as NAME.html and NAME.txt, where NAME is the recipient.
// Every file appears whole or not at all; writing again changes nothing.
type Dir string

// Send keeps the promise of [Sender].
func (d Dir) Send(ctx context.Context, m store.Message) error {
	name, body := m.Recipient, m.Body
	if name == "" || strings.HasPrefix(name, ".") || name != filepath.Base(name) || !filepath.IsLocal(name) {
		return &Failure{Kind: Permanent, Stage: "name", Err: fmt.Errorf("%q is not the name of a file", name)}
	}
	if err := ctx.Err(); err != nil {
		return &Failure{Kind: Interrupted, Stage: "write", Err: err}
	}
	text, html, err := parts(body)
	if err != nil {
		return &Failure{Kind: Permanent, Stage: "read the message", Err: err}
	}
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return &Failure{Kind: Temporary, Stage: "make the directory for digests", Err: err}
	}
	for _, f := range []struct {
		ending  string
		content []byte
	}{{".html", html}, {".txt", text}, {".eml", body}} {
		if err := writeWhole(filepath.Join(string(d), name+f.ending), f.content); err != nil {
			return &Failure{Kind: Temporary, Stage: "write", Err: err}
		}
	}
	return nil
}

// writeWhole puts a file in place by renaming, so that nobody sees half of it.
func writeWhole(path string, content []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".digest-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// parts are the text and the HTML of a packed message.
func parts(body []byte) (text, html []byte, err error) {
	m, err := mail.ReadMessage(bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return nil, nil, err
	}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextPart() // decodes quoted-printable itself
		if errors.Is(err, io.EOF) {
			return text, html, nil
		}
		if err != nil {
			return nil, nil, err
		}
		content, err := decoded(p)
		if err != nil {
			return nil, nil, err
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			html = content
		} else {
			text = content
		}
	}
}

func decoded(p *multipart.Part) ([]byte, error) {
	var r io.Reader = p
	if strings.EqualFold(p.Header.Get("Content-Transfer-Encoding"), "base64") {
		r = base64.NewDecoder(base64.StdEncoding, p)
	}
	content, err := io.ReadAll(r)
	return bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")), err
}
