package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"glassy/kernel/cmd/glassy/internal/fetch"
	"glassy/kernel/display"
	"glassy/kernel/engine"
)

// onePixel is a PNG.
const onePixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="

// fakeSession stands in for the engine. Each line of a cell is a word and its
// argument: print, flood (so many lines), warn, value, show, update, clear, clearwait, figure, page,
// ask, fail, wait (for an interrupt), hang (until the context ends).
type fakeSession struct {
	mu        sync.Mutex
	dir       string
	codes     []string
	running   chan string // told when a cell waits or hangs
	interrupt chan struct{}
	closed    bool
}

func (s *fakeSession) Execute(ctx context.Context, c engine.Cell, out engine.Output) (r engine.Result) {
	s.mu.Lock()
	s.codes = append(s.codes, c.Code)
	s.mu.Unlock()
	for line := range strings.Lines(c.Code) {
		word, arg, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "print":
			out.Stream("stdout", arg+"\n")
		case "flood":
			n, _ := strconv.Atoi(arg)
			var text strings.Builder // comes as it is read from a pipe, in large pieces
			for i := range n {
				fmt.Fprintf(&text, "line %d\n", i)
				if text.Len() > 64<<10 || i == n-1 {
					out.Stream("stdout", text.String())
					text.Reset()
				}
			}
		case "warn":
			out.Stream("stderr", arg+"\n")
		case "value":
			b := display.Of(arg)
			r.Value = &b
		case "show":
			out.Display(display.Of(arg), "id", false)
		case "update":
			out.Display(display.Of(arg), "id", true)
		case "clear":
			out.Clear(false)
		case "clearwait":
			out.Clear(true)
		case "figure":
			b := display.Of(display.MIME("image/png", onePixel))
			b.Data["image/svg+xml"] = "<svg/>"
			out.Display(b, "", false)
		case "page":
			b := display.Text(arg)
			r.Page = &b
		case "ask":
			line, err := out.Input(ctx, arg, false)
			out.Stream("stdout", fmt.Sprintf("%q %v\n", line, err))
		case "fail":
			r.Error = &engine.Error{Name: "Panic", Value: arg, Traceback: []string{"\x1b[31mpanic: " + arg + "\x1b[0m", fmt.Sprintf("Cell[%d]:1", c.Count)}}
			return r
		case "wait", "hang":
			s.running <- word
			select {
			case <-ctx.Done():
			case <-s.interrupt:
				if word == "hang" {
					<-ctx.Done()
				}
			}
			r.Error = &engine.Error{Name: "Interrupted", Value: "interrupted", Interrupted: true}
			return r
		}
	}
	return r
}

func (s *fakeSession) Interrupt() {
	select {
	case s.interrupt <- struct{}{}:
	default:
	}
}

func (s *fakeSession) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

// buffer is a bytes.Buffer for several goroutines, as a terminal is.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func (b *buffer) Reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.b.Reset()
}

func (b *buffer) Len() int { return len(b.String()) }

// lab is an app in a folder of its own, with a fake engine.
type lab struct {
	*app
	home     string
	out, err *buffer
	session  *fakeSession
	env      map[string]string
	signal   chan<- os.Signal // where the command listens
	started  error            // what start and prepare return
	prepared []engine.Config
	program  string // of the session process; "": there is none
}

func newLab(t *testing.T, stdin string) *lab {
	l := &lab{
		home: t.TempDir(), out: &buffer{}, err: &buffer{},
		session: &fakeSession{running: make(chan string, 8), interrupt: make(chan struct{}, 1)},
	}
	l.env = map[string]string{"HOME": l.home, "VIRTUAL_ENV": filepath.Join(l.home, "venv")}
	l.app = &app{
		in: strings.NewReader(stdin), out: l.out, err: l.err,
		getenv: func(name string) string { return l.env[name] },
		start: func(_ context.Context, cfg engine.Config) (session, error) {
			if l.started != nil {
				return nil, l.started
			}
			l.session.dir = cfg.Dir
			return l.session, nil
		},
		prepare: func(_ context.Context, cfg engine.Config, progress io.Writer) (string, func(), error) {
			l.prepared = append(l.prepared, cfg)
			fmt.Fprintln(progress, "preparing")
			return l.program, func() {}, l.started
		},
		signals: func(c chan<- os.Signal) func() {
			l.signal = c
			return func() {}
		},
		ways: func(string) []fetch.Way { return nil }, // no test leaves the machine
	}
	return l
}

// run runs a command and checks its exit code.
func (l *lab) run(t *testing.T, code int, args ...string) {
	t.Helper()
	l.out.Reset()
	l.err.Reset()
	if got := l.main(t.Context(), args); got != code {
		t.Fatalf("glassy %q: exit code %d, want %d\nout: %s\nerr: %s", args, got, code, l.out, l.err)
	}
}

// says checks that a text has all of some parts.
func says(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q is not in:\n%s", p, text)
		}
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func write(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
