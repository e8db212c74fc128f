package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"plugin"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"glassy/kernel/display"
	"glassy/kernel/engine/cell"
)

// Grace is how long an interrupted cell may take to stop before it is left
// behind.
const Grace = time.Second

// maxStack makes an endless recursion fail within a second.
const maxStack = 256 << 20

// unit is a compiled cell: define points the names that callers go through at
// its functions, run executes its statements.
type unit struct {
	define func()
	run    func() []any
}

var (
	unitsMu sync.Mutex
	units   = map[int]unit{}
)

func register(n int, define func(), run func() []any) {
	unitsMu.Lock()
	defer unitsMu.Unlock()
	units[n] = unit{define, run}
}

func unitOf(n int) unit {
	unitsMu.Lock()
	defer unitsMu.Unlock()
	return units[n]
}

// session is the state of the session process.
type session struct {
	out   *json.Encoder
	outMu sync.Mutex
	acks  chan struct{}
	lines chan Request // answers of the user
	stdin stdin

	running   *cell.Run
	main      string        // its main goroutine, as stacks name it
	abandoned chan struct{} // closed when the running cell is given up
	runMu     sync.Mutex
}

// the session process has one session; cells reach it through display and input.
var self *session

// Main runs the session process until the kernel closes its end. Magics are what
// lines %name argument do, beside those of the engine: each returns what to print.
func Main(magics map[string]func(argument string) string) {
	syscall.CloseOnExec(3) // not for the programs that cells start
	syscall.CloseOnExec(4)
	debug.SetMaxStack(maxStack)
	s := &session{
		out:   json.NewEncoder(os.NewFile(4, "messages")),
		acks:  make(chan struct{}),
		lines: make(chan Request, 1),
	}
	self = s
	display.SetSink(s)
	display.SetCommSender(func(m display.CommMessage) { s.send(Message{Op: "comm", Comm: &m}) })
	log.SetOutput(orderedStderr{})
	cell.Connect(cell.Process{Drain: drain, Input: s.input, Shell: shell, Register: register, Magic: func(name, argument string) string {
		if f := magics[name]; f != nil {
			return f(argument)
		}
		panic(fmt.Errorf("this session has no magic %%%s", name))
	}})
	s.send(Message{Op: "ready"})
	in := json.NewDecoder(os.NewFile(3, "requests"))
	for {
		var q Request
		if err := in.Decode(&q); err != nil {
			if !errors.Is(err, io.EOF) {
				fmt.Fprintln(os.Stderr, "session: reading a request:", err)
				os.Exit(1)
			}
			os.Exit(0)
		}
		s.handle(q)
	}
}

func (s *session) handle(q Request) {
	switch q.Op {
	case "load":
		m := Message{Op: "loaded"}
		if _, err := plugin.Open(q.Path); err != nil {
			m.Err = err.Error()
		}
		s.send(m)
	case "define":
		unitOf(q.Unit).define()
	case "run":
		s.start(q.Run, unitOf(q.Unit), q.Time)
	case "comm":
		s.start(q.Run, unit{define: func() {}, run: func() []any { display.ReceiveComm(*q.Comm); return nil }}, false)
	case "interrupt":
		s.interrupt(q.Run)
	case "input":
		s.lines <- q
	case "ack":
		s.acks <- struct{}{}
	}
}

// start runs u; its result is sent when it ends.
func (s *session) start(n int, u unit, timed bool) {
	r := cell.NewRun(n)
	gone := make(chan struct{})
	s.runMu.Lock()
	s.running, s.abandoned = r, gone
	s.runMu.Unlock()
	go s.stdin.feed(s, r, gone)
	go s.run(r, u, timed, gone)
}

func (s *session) send(m Message) {
	s.outMu.Lock()
	defer s.outMu.Unlock()
	if err := s.out.Encode(m); err != nil {
		os.Exit(0) // the kernel is gone
	}
}

// run runs one cell and sends its result, unless it was given up before.
func (s *session) run(r *cell.Run, u unit, timed bool, gone chan struct{}) {
	// Labels of its own make the run known to all goroutines that it starts.
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("cell", strconv.Itoa(r.ID))))
	r.Enter()
	defer r.Leave()
	s.runMu.Lock()
	s.main = goroutine()
	s.runMu.Unlock()
	var m Message
	var t0 time.Time
	var cpu0 time.Duration
	var mem0, mem1 runtime.MemStats
	if timed {
		runtime.ReadMemStats(&mem0)
		cpu0, t0 = cpuTime(), time.Now()
	}
	returned := false
	defer func() { // also after runtime.Goexit
		if x := recover(); x != nil || !returned {
			m = Message{Fail: failure(x)}
		}
		if timed {
			wall := time.Since(t0)
			cpu := cpuTime() - cpu0
			runtime.ReadMemStats(&mem1)
			m.Timing = &Timing{wall.Seconds(), cpu.Seconds(), mem1.Mallocs - mem0.Mallocs, mem1.TotalAlloc - mem0.TotalAlloc}
		}
		s.finish(m, gone)
	}()
	u.define()
	values := u.run()
	returned = true
	if len(values) > 0 {
		if b := display.Of(values...); len(b.Data) > 0 {
			m.Value = &b
		}
	}
}

// finish sends the result of a cell; of one that was given up, that it has left.
func (s *session) finish(m Message, gone chan struct{}) {
	if !s.end(m, gone) {
		s.send(Message{Op: "left"})
	}
}

// end sends the result of a cell, once.
func (s *session) end(m Message, gone chan struct{}) bool {
	s.runMu.Lock()
	defer s.runMu.Unlock()
	select {
	case <-gone:
		return false
	default:
	}
	close(gone)
	s.running = nil
	m.Op = "result"
	s.send(m)
	return true
}

func failure(x any) *Failure {
	switch x := x.(type) {
	case nil:
		return &Failure{Kind: "exit", Text: "runtime.Goexit ended the cell; the session goes on"}
	case cell.Interrupted:
		return &Failure{Kind: "interrupted", Text: "the cell was stopped; variables keep their values", Frames: cell.Frames(debug.Stack())}
	case cell.Exited:
		return &Failure{Kind: "exit", Text: fmt.Sprintf("os.Exit(%d) ended the cell; the session goes on", x.Code)}
	}
	return &Failure{Kind: "panic", Text: cell.PanicText(x), Frames: cell.Frames(debug.Stack())}
}

// interrupt stops the running cell, and gives it up when it does not stop.
func (s *session) interrupt(n int) {
	s.runMu.Lock()
	r, gone := s.running, s.abandoned
	s.runMu.Unlock()
	if r == nil || r.ID != n || r.Stopped() {
		return
	}
	r.Stop()
	go func() {
		select {
		case <-gone:
			return
		case <-time.After(Grace):
		}
		s.runMu.Lock()
		main := s.main
		s.runMu.Unlock()
		s.end(Message{Fail: &Failure{Kind: "abandoned", Text: blockedIn(main)}}, gone)
	}()
}

// goroutine is how stacks name the calling goroutine: "goroutine 7 ".
func goroutine() string {
	buf := make([]byte, 64)
	buf = buf[:runtime.Stack(buf, false)]
	head, _, _ := strings.Cut(string(buf), "[")
	return head
}

// blockedIn names the function that a cell's main goroutine called last and
// does not come back from.
func blockedIn(main string) string {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	for g := range strings.SplitSeq(string(buf), "\n\n") {
		if !strings.HasPrefix(g, main) {
			continue
		}
		before, name := "", ""
		for line := range strings.SplitSeq(g, "\n") {
			if at, ok := strings.CutPrefix(line, "\t"); !ok {
				before, name = name, line
			} else if strings.HasPrefix(at, cell.FilePrefix) && before != "" {
				if i := strings.LastIndexByte(before, '('); i > 0 {
					before = before[:i]
				}
				return cell.Unmark(before[strings.LastIndexByte(before, '/')+1:])
			}
		}
	}
	return "a call"
}

// Display implements display.Sink: the kernel has the bundle when it returns,
// so that what is printed next comes after it.
func (s *session) Display(b display.Bundle, id string, update bool) {
	flush()
	s.send(Message{Op: "display", Bundle: &b, ID: id, Update: update})
	<-s.acks
}

// Clear implements display.Sink.
func (s *session) Clear(wait bool) {
	flush()
	s.send(Message{Op: "clear", Wait: wait})
	<-s.acks
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
