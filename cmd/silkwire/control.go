package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"silkwire/config"
	"silkwire/news"
)

// While a daemon holds the archive, a command that needs it is carried out by
// the daemon: the command line travels over a unix socket beside the archive,
// and what the command prints comes back line by line. The socket belongs to
// the archive's owner alone (mode 0600).

// socketPath is the daemon's socket for an archive.
func socketPath(archive string) string { return archive + ".sock" }

// longestSocket is how long the path of a socket may be, in bytes.
const longestSocket = 100

// reachable is a name of a socket that fits into an address: where the path is
// too long, by way of its directory, which is open until done is called.
func reachable(path string) (name string, done func() error, err error) {
	if len(path) <= longestSocket {
		return path, func() error { return nil }, nil
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), filepath.Base(path)), dir.Close, nil
}

// order is a command line on its way to the daemon.
type order struct {
	Args []string `json:"args"`
	Dir  string   `json:"dir"` // where relative paths begin
	In   string   `json:"in,omitempty"`
}

// frame is a piece of what a command prints, or its exit code. What is no text,
// or begins or ends within a letter, travels as bytes: a string of JSON would
// not hold it.
type frame struct {
	Out  string `json:"out,omitempty"`
	Raw  []byte `json:"raw,omitempty"` // of what Out has no letters for
	Err  string `json:"err,omitempty"`
	Exit *int   `json:"exit,omitempty"`
}

// longestFrame bounds what one frame carries, in bytes.
const longestFrame = 64 << 10

// forward has the daemon carry out the command. held is what stands in the way
// of doing it here.
func forward(ctx context.Context, cfg *config.Config, std *stdio, held error) error {
	path, err := archivePath(cfg)
	if err != nil {
		return err
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	body, err := json.Marshal(order{Args: std.args, Dir: dir, In: std.carry})
	if err != nil {
		return err
	}
	resp, err := askDaemon(ctx, path, http.MethodPost, "/run", body, held)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return replay(resp.Body, std)
}

// askDaemon sends a request through the socket of an archive.
func askDaemon(ctx context.Context, archive, method, to string, body []byte, held error) (*http.Response, error) {
	socket, done, err := reachable(socketPath(archive))
	if err != nil {
		return nil, err
	}
	defer func() { _ = done() }()
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{Timeout: 2 * time.Second}).DialContext(ctx, "unix", socket)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://silkwire"+to, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	resp, err := (&http.Transport{DialContext: dial, DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		return nil, exitError{exitTemporary, fmt.Errorf("%w; it does not answer on %s: %w", held, socketPath(archive), err)}
	}
	return resp, nil
}

// askPlanned asks the daemon that holds an archive when its next visits are.
func askPlanned(ctx context.Context, archive string, held error) (map[news.SourceID]time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	resp, err := askDaemon(ctx, archive, http.MethodGet, "/planned", nil, held)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	planned := map[news.SourceID]time.Time{}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 64<<20)).Decode(&planned); err != nil {
		return nil, fmt.Errorf("the daemon's answer: %w", err)
	}
	return planned, nil
}

// planned answers when the next visits are.
func (c *control) planned(w http.ResponseWriter, r *http.Request) {
	states, err := c.app.store.SourceStates(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	planned := map[news.SourceID]time.Time{}
	for id, st := range states {
		planned[id] = st.Due
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(planned)
}

// replay prints what the daemon's command printed, and returns its exit code.
func replay(r io.Reader, std *stdio) error {
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, maxLine)
	for sc.Scan() {
		var f frame
		if err := json.Unmarshal(sc.Bytes(), &f); err != nil {
			return fmt.Errorf("the daemon's answer: %w", err)
		}
		if f.Exit != nil {
			if *f.Exit != exitOK {
				return exitError{*f.Exit, nil}
			}
			return nil
		}
		if _, err := io.WriteString(std.out, f.Out); err != nil {
			return err
		}
		if _, err := std.out.Write(f.Raw); err != nil {
			return err
		}
		if _, err := io.WriteString(std.err, f.Err); err != nil {
			return err
		}
	}
	if err := sc.Err(); err != nil {
		return err
	}
	return exitError{exitTemporary, errors.New("the daemon stopped before the command had ended")}
}

// control answers commands on the daemon's socket.
type control struct {
	app    *app
	server *http.Server
	done   func() error // lets the socket's directory go
}

// listenControl opens the socket of the archive. One that a dead daemon left
// behind is replaced: the archive's lock proves that nobody listens there.
func listenControl(a *app) (*control, error) {
	path := socketPath(a.store.Path())
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	name, done, err := reachable(path)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("unix", name)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("control socket %s: %w", path, err), done())
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close(), done())
	}
	c := &control{app: a, done: done}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /run", c.run)
	mux.HandleFunc("GET /planned", c.planned)
	c.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := c.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			a.log.Error("control socket closed", "error", err)
		}
	}()
	return c, nil
}

func (c *control) Close() error { return errors.Join(c.server.Close(), c.done()) }

func (c *control) run(w http.ResponseWriter, r *http.Request) {
	var o order
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&o); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c.app.log.Log(r.Context(), slog.LevelDebug, "command", "args", o.Args)
	f := &framer{w: w}
	std := &stdio{in: strings.NewReader(o.In), out: f.stream(false), err: f.stream(true), app: c.app, dir: o.Dir}
	code := runWith(r.Context(), o.Args, std)
	_ = f.send(frame{Exit: &code})
}

// framer writes frames, one at a time.
type framer struct {
	mu sync.Mutex
	w  http.ResponseWriter
}

func (f *framer) send(fr frame) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := json.NewEncoder(f.w).Encode(fr); err != nil {
		return err // whoever asked has gone
	}
	return http.NewResponseController(f.w).Flush()
}

// stream is the writer of one of the two streams.
func (f *framer) stream(isErr bool) io.Writer { return &stream{f, isErr} }

type stream struct {
	f     *framer
	isErr bool
}

func (s *stream) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		piece := rest[:min(len(rest), longestFrame)]
		rest = rest[len(piece):]
		if err := s.f.send(s.frame(piece)); err != nil {
			return len(b) - len(rest) - len(piece), err
		}
	}
	return len(b), nil
}

func (s *stream) frame(b []byte) frame {
	switch {
	case s.isErr:
		return frame{Err: string(b)}
	case utf8.Valid(b):
		return frame{Out: string(b)}
	}
	return frame{Raw: b}
}

// absolute makes a path of the command line absolute: the daemon that may carry
// the command out stands elsewhere.
func (s *stdio) absolute(path string) string {
	if filepath.IsAbs(path) || s.dir == "" {
		return path
	}
	return filepath.Join(s.dir, path)
}
