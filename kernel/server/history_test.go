package server

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func ptr(n int) *int { return &n }

// show lists entries as session.line input=output.
func show(list []entry) string {
	var b strings.Builder
	for i, e := range list {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%d.%d %s", e.Session, e.Line, e.Input)
		if e.Output != nil {
			fmt.Fprintf(&b, "=%s", *e.Output)
		}
	}
	return b.String()
}

func wantShow(t *testing.T, what string, list []entry, want string) {
	t.Helper()
	if got := show(list); got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// Three sessions one after another, on disk and in memory.
func TestHistoryAcrossRestarts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "history.jsonl")
	h := openHistory(path, quiet())
	h.input(1, "a")
	h.output(1, "A")
	h.input(2, "b")
	h = openHistory(path, quiet())
	h.input(1, "a")
	h = openHistory(path, quiet())
	h.input(1, "c/d")
	h.input(2, "e")
	h.input(3, "f")

	wantShow(t, "all", h.tail(nil), "1.1 a=A 1.2 b 2.1 a 3.1 c/d 3.2 e 3.3 f")
	wantShow(t, "tail 2", h.tail(ptr(2)), "3.2 e 3.3 f")
	wantShow(t, "tail 0", h.tail(ptr(0)), "")
	wantShow(t, "tail -1", h.tail(ptr(-1)), "")
	wantShow(t, "this session", h.span(0, nil, nil), "3.1 c/d 3.2 e 3.3 f")
	wantShow(t, "lines 1 to 3", h.span(0, ptr(1), ptr(3)), "3.1 c/d 3.2 e")
	wantShow(t, "by number", h.span(3, ptr(2), nil), "3.2 e 3.3 f")
	wantShow(t, "the last two", h.span(0, ptr(-2), nil), "3.2 e 3.3 f")
	wantShow(t, "but the last", h.span(0, ptr(1), ptr(-1)), "3.1 c/d 3.2 e")
	wantShow(t, "the session before", h.span(-1, nil, nil), "2.1 a")
	wantShow(t, "no such session", h.span(99, nil, nil), "")
	wantShow(t, "search", h.search("a", nil, false), "1.1 a=A 2.1 a")
	wantShow(t, "search unique", h.search("a", nil, true), "2.1 a")
	wantShow(t, "search 1", h.search("[a-e]", ptr(1), false), "3.2 e")
	wantShow(t, "search across /", h.search("c*", nil, false), "3.1 c/d")

	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v, want 600", info.Mode(), err)
	}

	h = openHistory("", quiet())
	h.input(1, "x")
	h.output(1, "X")
	wantShow(t, "in memory", h.tail(nil), "1.1 x=X")
}

// A last line that was cut, and lines of nonsense, cost themselves only.
func TestHistoryTruncated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.jsonl")
	h := openHistory(path, quiet())
	h.input(1, "a")
	h.input(2, "b")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data = append([]byte("nonsense\n\x00\n{\"session\":-5,\"line\":1,\"input\":\"x\"}\n[]\n"), data[:len(data)-4]...)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	h = openHistory(path, quiet())
	h.input(1, "c")
	wantShow(t, "after the cut", h.tail(nil), "1.1 a 2.1 c")
	wantShow(t, "read anew", openHistory(path, quiet()).tail(nil), "1.1 a 2.1 c")

	if err := os.Truncate(path, 0); err != nil { // somebody cleans up while we run
		t.Fatal(err)
	}
	h.input(2, "d")
	wantShow(t, "after emptying, here", h.span(0, nil, nil), "2.1 c 2.2 d")
	wantShow(t, "after emptying, anew", openHistory(path, quiet()).tail(nil), "2.2 d")
}

func TestHistoryUnwritable(t *testing.T) {
	var log bytes.Buffer
	dir := t.TempDir()
	h := openHistory(dir, slog.New(slog.NewTextHandler(&log, nil))) // a directory is no file
	h.input(1, "a")
	wantShow(t, "kept in memory", h.tail(nil), "1.1 a")
	if !strings.Contains(log.String(), dir) {
		t.Errorf("the log does not name the file: %s", &log)
	}
}

func TestHistoryOutputIsCut(t *testing.T) {
	h := openHistory("", quiet())
	h.input(1, "a")
	h.output(1, strings.Repeat("€", maxOutput))
	if got := *h.tail(nil)[0].Output; len(got) != maxOutput/3*3 || strings.Trim(got, "€") != "" {
		t.Errorf("%d bytes kept, want %d, all whole characters", len(got), maxOutput/3*3)
	}
}

// Processes that write at once take sessions of their own and mix no lines.
// Each is this test binary, told by its argument what to do.
func TestHistoryManyProcesses(t *testing.T) {
	const processes, lines = 4, 50
	path := filepath.Join(t.TempDir(), "history.jsonl")
	if os.Getenv("GLASSY_TEST_HISTORY") != "" {
		h := openHistory(os.Getenv("GLASSY_TEST_HISTORY"), quiet())
		for i := range lines {
			h.input(i+1, strconv.Itoa(os.Getpid())+strings.Repeat("x", 5000))
		}
		return
	}
	var all sync.WaitGroup
	for range processes {
		all.Go(func() {
			c := exec.Command(os.Args[0], "-test.run=^TestHistoryManyProcesses$")
			c.Env = append(os.Environ(), "GLASSY_TEST_HISTORY="+path)
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	all.Wait()
	h := openHistory(path, quiet())
	count := make(map[string]int)
	for _, e := range h.tail(nil) {
		count[fmt.Sprint(e.Session, strings.TrimRight(e.Input, "x"))]++
		if len(e.Input) < 5000 {
			t.Errorf("a line of %d bytes", len(e.Input))
		}
	}
	if h.session != processes+1 || len(count) != processes {
		t.Errorf("%d sessions of %d processes, want %d of %d", h.session-1, len(count), processes, processes)
	}
	for who, n := range count {
		if n != lines {
			t.Errorf("%s wrote %d lines, want %d", who, n, lines)
		}
	}
}

// A kernel waits while another holds the file.
func TestHistoryWaitsForTheLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.jsonl")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	// Shared, so that only a kernel that wants the file for itself waits.
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_SH); err != nil {
		t.Fatal(err)
	}
	opened := make(chan *history)
	go func() { opened <- openHistory(path, quiet()) }()
	select {
	case <-opened:
		t.Fatal("the history was opened while another process held it")
	case <-time.After(50 * time.Millisecond):
	}
	if _, err := f.WriteString("{\"session\":7}\n"); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_UN); err != nil {
		t.Fatal(err)
	}
	if h := <-opened; h.session != 8 {
		t.Errorf("session %d after another took 7, want 8", h.session)
	}
}

// FuzzHistory opens a file of anything, writes to it, and finds what it wrote.
func FuzzHistory(f *testing.F) {
	f.Add([]byte("{\"session\":3,\"line\":1,\"input\":\"1+1\"}\n{\"session\":3,\"line\":1,\"output\":\"2\"}\n{\"ses"))
	f.Add([]byte("{\"session\":9223372036854775807}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "h")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		h := openHistory(path, quiet())
		h.input(1, "mine")
		h.output(1, "out")
		if got := h.span(h.session, nil, nil); len(got) != 1 || got[0].Input != "mine" || *got[0].Output != "out" {
			t.Fatalf("session %d holds %s", h.session, show(got))
		}
		again := openHistory(path, quiet())
		if got := again.span(-1, nil, nil); len(got) != 1 || got[0].Input != "mine" {
			t.Fatalf("session %d, read anew, holds %s", h.session, show(got))
		}
	})
}
