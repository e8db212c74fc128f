package host

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"glassy/kernel/engine/cell"
)

var errStopped = errors.New("stopped")

var inputMu sync.Mutex

// input asks the user for one line, for the calling cell.
func (s *session) input(prompt string, password bool) (string, error) {
	text, err := s.ask(here(), cell.Done(), prompt, password)
	if errors.Is(err, errStopped) {
		panic(cell.Interrupt)
	}
	return text, err
}

// ask asks the user for one line until done.
func (s *session) ask(run int, done <-chan struct{}, prompt string, password bool) (string, error) {
	inputMu.Lock()
	defer inputMu.Unlock()
	s.shown()
	if p := s.prompt.Swap(nil); p != nil && prompt == "" {
		prompt, password = p.text, p.password
	}
	flush()
	s.send(Message{Op: "input", Run: run, Prompt: prompt, Password: password})
	select {
	case q := <-s.lines:
		switch {
		case q.Err == "EOF":
			return "", io.EOF
		case q.Err == Stopped:
			return "", errStopped
		case q.Err != "":
			return "", errors.New(q.Err)
		}
		return q.Text, nil
	case <-done:
		<-s.lines // the kernel answers a stopped request too
		return "", errStopped
	}
}

// stdin feeds descriptor 0, for code that reads os.Stdin itself: cells read from
// cell.Stdin where the compiler sees that any reader will do. The descriptor is
// a pipe. Nobody can see that a pipe is being read but the system, which tells
// what each thread of a process waits in.
type stdin struct {
	feeding sync.Mutex // one run is fed at a time

	mu sync.Mutex
	w  *os.File // nil after the end of the input
}

// renew puts a fresh pipe on descriptor 0 where the last one has come to its end:
// a run that reads on gets the end again, the next run a line.
func (in *stdin) renew() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.w != nil {
		return nil
	}
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("making a pipe for standard input: %w", err)
	}
	defer r.Close()
	if err := unix.Dup3(int(r.Fd()), 0, 0); err != nil {
		w.Close()
		return fmt.Errorf("making a pipe standard input: %w", err)
	}
	in.w = w
	return nil
}

// end is the end of the input for a run that goes on; of one that is gone the pipe
// is the next run's.
func (in *stdin) end(gone <-chan struct{}) {
	in.mu.Lock()
	defer in.mu.Unlock()
	select {
	case <-gone:
		return
	default:
	}
	if in.w != nil {
		in.w.Close()
		in.w = nil
	}
}

// pipe is where lines go; nil after the end of the input.
func (in *stdin) pipe() *os.File {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.w
}

// watchEvery is how often a running cell is looked at.
const watchEvery = 40 * time.Millisecond

// feed asks for a line whenever a thread waits for one, until the run ends.
func (in *stdin) feed(s *session, r *cell.Run, gone <-chan struct{}) {
	in.feeding.Lock() // the feeder of the run before may still be at it
	defer in.feeding.Unlock()
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-gone:
			return
		case <-tick.C:
		}
		if !readsStdin() {
			continue
		}
		line, err := s.ask(r.ID, r.Done(), "", false)
		if w := in.pipe(); err == nil && w != nil {
			_, err = io.WriteString(w, line+"\n")
		}
		if err != nil { // the reader sees the end of the input
			in.end(gone)
			return
		}
	}
}

// readsStdin reports whether a thread of this process is in read(0, …).
func readsStdin() bool {
	if n, err := unix.IoctlGetInt(0, unix.TIOCINQ); err != nil || n > 0 {
		return false
	}
	tasks, err := filepath.Glob("/proc/self/task/*/syscall")
	if err != nil {
		return false
	}
	read := fmt.Appendf(nil, "%d 0x0 ", syscall.SYS_READ)
	for _, t := range tasks {
		if b, err := os.ReadFile(t); err == nil && bytes.HasPrefix(b, read) {
			return true
		}
	}
	return false
}
