package collection

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	"silkwire/client"
)

// Bounds of a web archive's records.
const (
	longestHead   = 64 << 10 // of a record
	largestRecord = 32 << 20 // that is read; a larger one is passed over
)

// warc reads a web archive (ISO 28500): the pages it holds, as they were
// fetched. Requests, revisits and what is no page are passed over. An archive
// that is cut off gives what came before the cut.
func (r *reader) warc(in io.Reader, where string) error {
	buffered := bufio.NewReaderSize(in, 64<<10)
	for n := 1; ; n++ {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		at := fmt.Sprintf("%s#%d", where, n)
		record, err := nextRecord(buffered)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			r.reject(at, fmt.Errorf("the archive is broken from here on: %w", err))
			return nil
		}
		if err := r.record(record, at); err != nil {
			return err
		}
	}
}

// warcRecord is one record, its block read to its end.
type warcRecord struct {
	header textproto.MIMEHeader
	block  []byte // nil where it was too large
}

func nextRecord(in *bufio.Reader) (warcRecord, error) {
	version, err := warcLine(in)
	for err == nil && version == "" { // between records
		version, err = warcLine(in)
	}
	if err != nil {
		return warcRecord{}, err
	}
	if !strings.HasPrefix(version, "WARC/") {
		return warcRecord{}, fmt.Errorf("a record begins with %.40q", version)
	}
	header := textproto.MIMEHeader{}
	for size := 0; ; {
		line, err := warcLine(in)
		if err != nil {
			return warcRecord{}, unexpected(err)
		}
		if line == "" {
			break
		}
		if size += len(line); size > longestHead {
			return warcRecord{}, errors.New("the head of a record is too long")
		}
		if key, value, ok := strings.Cut(line, ":"); ok {
			header.Add(strings.TrimSpace(key), strings.TrimSpace(value))
		}
	}
	length, err := strconv.ParseInt(header.Get("Content-Length"), 10, 64)
	if err != nil || length < 0 {
		return warcRecord{}, errors.New("a record does not say how long it is")
	}
	record := warcRecord{header: header}
	if length > largestRecord {
		_, err = io.CopyN(io.Discard, in, length)
		return record, unexpected(err)
	}
	block, err := io.ReadAll(io.LimitReader(in, length))
	if err == nil && int64(len(block)) < length {
		err = io.ErrUnexpectedEOF
	}
	record.block = block
	return record, err
}

// unexpected is an error in mid-record, where no end may come.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func warcLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", errors.New("a line of a record's head is too long")
	case err != nil && (len(line) == 0 || !errors.Is(err, io.EOF)):
		return "", err
	}
	return strings.TrimRight(string(line), "\r\n"), nil
}

// record reads the page of a record, if it is one.
func (r *reader) record(record warcRecord, where string) error {
	target := strings.Trim(record.header.Get("WARC-Target-URI"), "<>")
	if u, err := url.Parse(target); err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return nil
	}
	at := r.at
	if t, err := time.Parse(time.RFC3339, record.header.Get("WARC-Date")); err == nil && t.Before(r.at) {
		at = t.UTC()
	}
	kind := record.header.Get("WARC-Type")
	switch {
	case kind != "response" && kind != "resource" && kind != "conversion":
		return nil
	case record.block == nil:
		r.reject(where, fmt.Errorf("%s is larger than %d MiB", client.Bare(target), largestRecord>>20))
		return nil
	case kind == "conversion": // text that somebody took out of the page
		it, ok := note(string(record.block), at)
		if it.URL = target; !ok {
			return nil
		}
		return r.item(it, where)
	}
	body, contentType := record.block, record.header.Get("Content-Type")
	if kind == "response" {
		var err error
		if body, contentType, err = answer(record.block); err != nil {
			r.reject(where, fmt.Errorf("%s: %w", client.Bare(target), err))
			return nil
		}
	}
	if !isPage(contentType) || len(body) == 0 {
		return nil
	}
	return r.page(body, where, target, target, contentType, at)
}

// answer reads an HTTP response; one that is not 200 has no page.
func answer(block []byte) (body []byte, contentType string, err error) {
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(block)), nil)
	if err != nil {
		return nil, "", errors.New("the answer is no HTTP")
	}
	defer resp.Body.Close() //nolint:errcheck // bytes in memory
	if resp.StatusCode != http.StatusOK {
		return nil, "", nil
	}
	coding, kind := resp.Header.Get("Content-Encoding"), resp.Header.Get("Content-Type")
	body, err = client.Decode(resp.Body, coding, client.FeedLimit)
	if err != nil { // some tools undo codings and keep the head that names them
		_, body, _ = bytes.Cut(block, []byte("\r\n\r\n"))
		if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
			return body, kind, nil
		}
	}
	return body, kind, err
}

func isPage(contentType string) bool {
	kind, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	switch kind = strings.TrimSpace(kind); kind {
	case "", "text/html", "application/xhtml+xml", "application/rss+xml", "application/atom+xml", "text/xml", "application/xml":
		return true
	}
	return false
}
