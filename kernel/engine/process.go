package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"glassy/kernel/engine/cell"
	"glassy/kernel/engine/host"
)

// process is a running session process. One goroutine reads its three pipes,
// standard output, standard error and messages, so that what it writes comes
// out in order: a message after all that was printed before it.
type process struct {
	cmd      *exec.Cmd
	requests *json.Encoder
	sendMu   sync.Mutex
	reqFile  *os.File

	messages chan host.Message // ready, loaded and answer; closed when the process is gone
	gone     chan struct{}
	last     lastWords

	resultsMu sync.Mutex
	results   map[int]chan host.Message // of the runs that go on; nil when the process is gone

	output sink
}

// sink takes what a session process emits.
type sink interface {
	stream(name, text string)
	message(p *process, m host.Message)
}

// startProcess starts the session's process, which is told the version of this
// program.
func (s *Session) startProcess() (*process, error) {
	c := s.back.process()
	c.Env = append(c.Environ(), "GLASSY_VERSION="+s.cfg.Version)
	return startProcess(c, s.cfg.Dir, s)
}

// startProcess starts a session process in dir.
func startProcess(c *exec.Cmd, dir string, out sink) (*process, error) {
	var pipes [4][2]*os.File // requests, messages, stdout, stderr
	for i := range pipes {
		r, w, err := os.Pipe()
		if err != nil {
			return nil, fmt.Errorf("starting the session process: %w", err)
		}
		pipes[i] = [2]*os.File{r, w}
	}
	c.Dir = dir
	c.Stdout, c.Stderr = pipes[2][1], pipes[3][1]
	c.ExtraFiles = []*os.File{pipes[0][0], pipes[1][1]}
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	p := &process{
		cmd: c, reqFile: pipes[0][1], requests: json.NewEncoder(pipes[0][1]),
		messages: make(chan host.Message, 16), gone: make(chan struct{}), results: map[int]chan host.Message{}, output: out,
	}
	started := make(chan error)
	go func() {
		// Pdeathsig is of the thread that starts the child, so this goroutine
		// keeps its thread until the child ends.
		runtime.LockOSThread()
		if err := c.Start(); err != nil {
			started <- err
			return
		}
		firstToGo(c.Process.Pid)
		started <- nil
		_ = c.Wait()
		close(p.gone)
	}()
	err := <-started
	for _, f := range []*os.File{pipes[0][0], pipes[1][1], pipes[2][1], pipes[3][1]} {
		f.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("starting the session process %s: %w", c.Path, err)
	}
	go p.read(pipes[2][0], pipes[3][0], pipes[1][0])
	if m, ok := <-p.messages; !ok || m.Op != "ready" {
		<-p.gone
		return nil, fmt.Errorf("the session process did not start: %s", p.death())
	}
	return p, nil
}

// firstToGo has the system, where memory runs out, end this process before the
// kernel and its front end. What is short of memory is the user's work, so there
// is no other limit than the machine's, or the container's.
func firstToGo(pid int) {
	// Where it is not allowed, the system goes by size, which is mostly right.
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/oom_score_adj", pid), []byte("800"), 0o644)
}

// read copies the three pipes to the sink until the process is gone.
func (p *process) read(stdout, stderr, messages *os.File) {
	defer p.endAll()
	defer close(p.messages)
	defer stdout.Close()
	defer stderr.Close()
	defer messages.Close()
	fds := []unix.PollFd{
		{Fd: int32(stdout.Fd()), Events: unix.POLLIN},
		{Fd: int32(stderr.Fd()), Events: unix.POLLIN},
		{Fd: int32(messages.Fd()), Events: unix.POLLIN},
	}
	for _, f := range fds {
		if err := unix.SetNonblock(int(f.Fd), true); err != nil {
			return
		}
	}
	names := []string{"stdout", "stderr"}
	partial := make([][]byte, 2) // the start of a character that was cut
	buf := make([]byte, 64<<10)
	// drain reads a stream until it is empty for the moment.
	drain := func(i int) {
		for fds[i].Fd >= 0 {
			n, err := unix.Read(int(fds[i].Fd), buf)
			if n > 0 {
				b := append(partial[i], buf[:n]...)
				cut := wholeRunes(b)
				partial[i] = bytes.Clone(b[cut:])
				text := cell.Unmark(string(b[:cut]))
				if i == 1 {
					text = p.last.hold(text)
				}
				p.output.stream(names[i], text)
				continue
			}
			if errors.Is(err, unix.EINTR) {
				continue
			}
			if n == 0 && err == nil {
				fds[i].Fd = -1
			}
			return
		}
	}
	// leftover shows what no character came of.
	leftover := func() {
		for i, b := range partial {
			if len(b) > 0 {
				p.output.stream(names[i], string(b))
				partial[i] = nil
			}
		}
	}
	var pending []byte
	for {
		if _, err := unix.Poll(fds, p.last.patience()); err != nil && !errors.Is(err, unix.EINTR) {
			return
		}
		p.output.stream("stderr", p.last.let(false))
		// A message tells of what was printed before it.
		drain(0)
		drain(1)
		if fds[2].Revents == 0 {
			if fds[0].Fd < 0 && fds[1].Fd < 0 && fds[2].Fd < 0 {
				return
			}
			continue
		}
		n, err := unix.Read(int(fds[2].Fd), buf)
		if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR) {
			continue
		}
		if n <= 0 {
			drain(0)
			drain(1)
			leftover()
			return
		}
		pending = append(pending, buf[:n]...)
		for {
			line, rest, ok := bytes.Cut(pending, []byte{'\n'})
			if !ok {
				break
			}
			pending = rest
			var m host.Message
			if err := json.Unmarshal(line, &m); err != nil {
				continue
			}
			drain(0)
			drain(1)
			leftover()
			p.output.stream("stderr", p.last.let(true)) // who sends messages lives
			switch m.Op {
			case "ready", "loaded", "answer":
				p.messages <- m
			case "result":
				p.deliver(m)
			default:
				p.output.message(p, m)
			}
		}
	}
}

// wholeRunes is the length of b without a character that is not complete yet.
func wholeRunes(b []byte) int {
	for i := len(b) - 1; i >= 0 && i >= len(b)-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return i
			}
			break
		}
	}
	return len(b)
}

// expect is where the result of a run comes; closed without one when the process
// is gone.
func (p *process) expect(run int) <-chan host.Message {
	c := make(chan host.Message, 1)
	p.resultsMu.Lock()
	defer p.resultsMu.Unlock()
	if p.results == nil {
		close(c)
	} else {
		p.results[run] = c
	}
	return c
}

func (p *process) deliver(m host.Message) {
	p.resultsMu.Lock()
	defer p.resultsMu.Unlock()
	if c, ok := p.results[m.Run]; ok {
		c <- m
		delete(p.results, m.Run)
	}
}

// endAll tells all who wait for a result that none will come.
func (p *process) endAll() {
	p.resultsMu.Lock()
	defer p.resultsMu.Unlock()
	for _, c := range p.results {
		close(c)
	}
	p.results = nil
}

func (p *process) send(q host.Request) error {
	p.sendMu.Lock()
	defer p.sendMu.Unlock()
	return p.requests.Encode(q)
}

// kill ends the process and its children.
func (p *process) kill() {
	if p.cmd.Process != nil {
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		_ = p.cmd.Process.Kill()
	}
	p.reqFile.Close()
	<-p.gone
}

// death tells in words how the process ended.
func (p *process) death() string {
	<-p.gone
	text := p.last.text()
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case strings.Contains(line, "goroutine stack exceeds"):
			return "stack overflow: a function calls itself without end"
		case strings.HasPrefix(line, "fatal error: "):
			return strings.TrimPrefix(line, "fatal error: ")
		case strings.HasPrefix(line, "panic: "):
			return line
		}
	}
	if ws, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		if ws.Signal() == syscall.SIGKILL {
			return "it was killed (signal 9): by hand, or because memory ran out"
		}
		return "it got the signal " + ws.Signal().String()
	}
	return p.cmd.ProcessState.String()
}
