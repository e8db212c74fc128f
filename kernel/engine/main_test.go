package engine

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"glassy/kernel/display"
)

// testHome holds the source of this checkout, and a cache that outlives the test,
// because building a workshop takes a minute.
var testHome = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		return "", err
	}
	home := filepath.Join(cache, "glassy-test")
	if err := os.MkdirAll(home, 0o755); err != nil {
		return "", err
	}
	src := filepath.Join(home, "src")
	if to, err := os.Readlink(src); err == nil && to == root {
		return home, nil
	}
	// A new link takes the old one's place at once: other tests may be running.
	link := fmt.Sprintf("%s.%d", src, os.Getpid())
	if err := os.Symlink(root, link); err != nil {
		return "", err
	}
	return home, os.Rename(link, src)
})

func testConfig(t testing.TB) Config {
	t.Helper()
	home, err := testHome()
	if err != nil {
		t.Fatal(err)
	}
	return Config{Home: home, Cache: home, Dir: t.TempDir()}
}

func newSession(t testing.TB) *Session {
	t.Helper()
	s, err := New(context.Background(), testConfig(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// recorder is an Output that keeps what it gets.
type recorder struct {
	mu    sync.Mutex
	all   strings.Builder // both streams
	log   []string        // everything, in order
	stdin []string
	comms []CommMessage
	seen  chan struct{}
}

func (r *recorder) Stream(name, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all.WriteString(text)
	if n := len(r.log); n > 0 && strings.HasPrefix(r.log[n-1], name+": ") {
		r.log[n-1] += text
	} else {
		r.log = append(r.log, name+": "+text)
	}
	if r.seen != nil {
		close(r.seen)
		r.seen = nil
	}
}

func (r *recorder) Display(b display.Bundle, id string, update bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.log = append(r.log, fmt.Sprintf("display: %v", b.Data["text/plain"]))
}

func (r *recorder) Clear(wait bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.log = append(r.log, fmt.Sprintf("clear: %v", wait))
}

func (r *recorder) Input(ctx context.Context, prompt string, password bool) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.stdin) == 0 {
		return "", io.EOF
	}
	line := r.stdin[0]
	r.stdin = r.stdin[1:]
	return line, nil
}

func (r *recorder) Comm(m CommMessage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.comms = append(r.comms, m)
}

func (r *recorder) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all.String()
}

// bench runs cells one after another in a session.
type bench struct {
	t testing.TB
	*Session
	n int
}

func newBench(t testing.TB) *bench { return &bench{t, newSession(t), 0} }

// do runs a cell and returns its output and result.
func (b *bench) do(code string) (*recorder, Result) {
	b.t.Helper()
	b.n++
	r := &recorder{}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	res := b.Execute(ctx, Cell{Code: code, Count: b.n}, r)
	return r, res
}

// ok runs a cell that must succeed, and returns the text of its value.
func (b *bench) ok(code string) string {
	b.t.Helper()
	_, res := b.do(code)
	if res.Error != nil {
		b.t.Fatalf("cell %q: %s", code, strings.Join(res.Error.Traceback, "\n"))
	}
	if res.Value == nil {
		return ""
	}
	return fmt.Sprint(res.Value.Data["text/plain"])
}

// want runs a cell and compares the text of its value.
func (b *bench) want(code, text string) {
	b.t.Helper()
	if got := b.ok(code); got != text {
		b.t.Errorf("cell %q: %q, want %q", code, got, text)
	}
}

// fails runs a cell that must fail, with a message that contains text.
func (b *bench) fails(code, text string) *Error {
	b.t.Helper()
	_, res := b.do(code)
	if res.Error == nil {
		b.t.Fatalf("cell %q: no error, want %q", code, text)
	}
	if all := res.Error.Value + "\n" + strings.Join(res.Error.Traceback, "\n"); !strings.Contains(all, text) {
		b.t.Errorf("cell %q: error %q, want %q in it", code, all, text)
	}
	return res.Error
}
