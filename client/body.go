package client

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"github.com/andybalholm/brotli"
)

// tooLarge says that a body passed its limit of decoded bytes.
type tooLarge int64

func (l tooLarge) Error() string {
	if l >= 1<<20 {
		return fmt.Sprintf("the answer is larger than %d MiB", int64(l)>>20)
	}
	return fmt.Sprintf("the answer is larger than %d KiB", int64(l)>>10)
}

// badCoding says that a body is not in the coding its header names.
type badCoding string

func (c badCoding) Error() string {
	return fmt.Sprintf("the answer is not in the content coding %q its header names", string(c))
}

// errSlow is the cause of a cancelled request whose body only trickled.
var errSlow = errors.New("below the minimum rate")

// readDecoded reads a body to its end through its content codings. The limit
// is one of decoded bytes (N13–N15); reading stops right behind it.
func readDecoded(body io.Reader, codings string, limit int64) ([]byte, error) {
	decoded, err := decoder(body, codings)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(decoded, limit+1))
	if int64(len(data)) > limit {
		return nil, tooLarge(limit)
	}
	if err != nil {
		return nil, err
	}
	return data, nil
}

// decoder stacks the decoders of a Content-Encoding header, last coding first
// (RFC 9110 §8.4). More than two are nobody's honest answer.
func decoder(body io.Reader, codings string) (io.Reader, error) {
	names := strings.Split(codings, ",")
	if len(names) > 2 {
		return nil, badCoding(codings)
	}
	var err error
	for i := len(names) - 1; i >= 0; i-- {
		switch name := strings.ToLower(strings.TrimSpace(names[i])); name {
		case "", "identity", "none", "utf-8":
		case "gzip", "x-gzip":
			if body, err = gunzip(body); err != nil {
				return nil, err
			}
		case "br":
			body = coded{brotli.NewReader(body), name}
		default:
			return nil, badCoding(name)
		}
	}
	return body, nil
}

func gunzip(body io.Reader) (io.Reader, error) {
	buffered := bufio.NewReader(body)
	head, err := buffered.Peek(2)
	if errors.Is(err, io.EOF) && len(head) == 0 {
		return buffered, nil // an empty body needs no coding
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if string(head) != "\x1f\x8b" {
		return nil, badCoding("gzip")
	}
	reader, err := gzip.NewReader(buffered)
	if err != nil {
		return nil, badCoding("gzip")
	}
	return coded{reader, "gzip"}, nil
}

// coded turns a decoder's complaint about its input into badCoding, and lets
// the network's errors pass.
type coded struct {
	io.Reader
	name string
}

func (c coded) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	text := err.Error()
	if errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) ||
		strings.HasPrefix(text, "brotli:") || strings.HasPrefix(text, "flate:") {
		return n, badCoding(c.name)
	}
	return n, err
}

// watched counts the bytes of a body and gives up on one that only trickles
// (N8). The clock looks at windows, so a slow start is forgiven, a stall not.
type watched struct {
	io.Reader
	count atomic.Int64
	timer *time.Timer
}

func watch(body io.Reader, cancel context.CancelCauseFunc, window time.Duration, least int) *watched {
	w := &watched{Reader: body}
	armed := make(chan struct{})
	w.timer = time.AfterFunc(window, func() {
		<-armed
		if w.count.Swap(0) < int64(least) {
			cancel(errSlow)
			return
		}
		w.timer.Reset(window)
	})
	close(armed)
	return w
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	w.count.Add(int64(n))
	return n, err
}

func (w *watched) stop() { w.timer.Stop() }

// Decode undoes the content codings of a body that came another way than over
// the network, within a limit of decoded bytes.
func Decode(body io.Reader, codings string, limit int64) ([]byte, error) {
	return readDecoded(body, codings, limit)
}
