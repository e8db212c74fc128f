package host

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"glassy/kernel/display"
	"glassy/kernel/display/gonb"
	"glassy/kernel/engine/cell"
)

// Grace is how long an interrupted cell may take to stop before it is left
// behind.
const Grace = time.Second

// maxStack makes an endless recursion fail within a second.
const maxStack = 256 << 20

// unit is a compiled cell: define points the names that callers go through at
// its functions, run executes its statements, variables gives those that it
// holds.
type unit struct {
	define    func()
	run       func() []any
	variables func() cell.Variables
}

var (
	unitsMu sync.Mutex
	units   = map[int]unit{}
)

func register(n int, define func(), run func() []any, variables func() cell.Variables) {
	unitsMu.Lock()
	defer unitsMu.Unlock()
	units[n] = unit{define, run, variables}
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

	beside chan display.CommMessage // comm messages that do not wait for a cell
	gonb   atomic.Pointer[gonb.Server]
	prompt atomic.Pointer[prompt] // of gonbui, for the next line
	stdin  stdin

	open   func(Request) error // loads a cell
	magics map[string]func(argument string) string

	showing sync.Mutex // held until the kernel has what is shown

	runMu   sync.Mutex
	running map[int]*running
	untidy  bool        // cells were opened since the last rest
	resting *time.Timer // until the next
}

// running is a run that goes on.
type running struct {
	*cell.Run
	cell string        // what the front end calls the cell; may be ""
	main string        // its main goroutine, as stacks name it; guarded by runMu
	gone chan struct{} // closed when it ends or is given up
}

// the session process has one session; cells reach it through display and input.
var self *session

// Main runs the session process until the kernel closes its end. Magics are what
// lines %name argument do, beside those of the engine: each returns what to print. open loads a cell:
// [OpenPlugin] where cells are compiled.
func Main(magics map[string]func(argument string) string, open func(Request) error) {
	syscall.CloseOnExec(3) // not for the programs that cells start
	syscall.CloseOnExec(4)
	debug.SetMaxStack(maxStack)
	s := &session{
		out:     json.NewEncoder(os.NewFile(4, "messages")),
		acks:    make(chan struct{}),
		lines:   make(chan Request, 1),
		running: map[int]*running{},

		beside: make(chan display.CommMessage, 1024),

		magics: magics,
		open:   open,
	}
	s.resting = time.AfterFunc(rest, s.tidy)
	self = s
	if err := s.stdin.renew(); err != nil {
		log.Print(err)
	}
	display.SetSink(s)
	display.SetCommSender(func(m display.CommMessage) { s.send(Message{Op: "comm", Comm: &m, Run: here()}) })
	log.SetOutput(orderedStderr{})
	cell.Connect(cell.Process{Drain: drain, Write: s.write, Input: s.input, Shell: shell, Shown: s.shown, Register: register, Save: save, Load: load})
	go s.receiveBeside()
	s.connectDebugger()
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
		if q.Gonb {
			s.serveGonb()
		}
		go func() { // its init may take long, and cells that run are to be stopped meanwhile
			m := Message{Op: "loaded"}
			if err := s.open(q); err != nil {
				m.Err = err.Error()
			}
			s.loaded()
			s.send(m)
		}()
	case "define":
		unitOf(q.Unit).define()
	case "run":
		s.start(q, unitOf(q.Unit))
	case "magic":
		s.start(q, unit{define: func() {}, run: func() []any { s.magic(q.Name, q.Text); return nil }})
	case "look", "keys", "zero", "memory":
		s.send(variables(q))
	case "comm":
		s.start(q, unit{define: func() {}, run: func() []any { display.ReceiveComm(*q.Comm); return nil }})
	case "beside":
		s.beside <- *q.Comm
	case "interrupt":
		s.interrupt(q.Run)
	case "input":
		s.lines <- q
	case "ack":
		s.acks <- struct{}{}
	case "debug":
		if q.Debug.Command == "configure" { // ahead of the cell that it is for
			s.debug(*q.Debug)
		} else {
			go s.debug(*q.Debug)
		}
	}
}

// magic does what a line %name argument asks for.
func (s *session) magic(name, argument string) {
	f := s.magics[name]
	if f == nil {
		panic(fmt.Errorf("this session has no magic %%%s", name))
	}
	cell.Println(f(argument))
}

// start runs u for a request; its result is sent when it ends.
func (s *session) start(q Request, u unit) {
	r := &running{Run: cell.NewRun(q.Run), cell: q.Cell, gone: make(chan struct{})}
	r.Apart = q.Beside
	s.runMu.Lock()
	s.running[r.ID] = r
	s.runMu.Unlock()
	beginEnds(r.Run)
	go s.stdin.feed(s, r.Run, r.gone)
	go s.run(r, u, q)
}

// here is the id of the calling goroutine's run, 0 outside of all.
func here() int {
	if r := cell.Here(); r != nil {
		return r.ID
	}
	return 0
}

// Here is the number of the run that calls it and what the front end calls its
// cell: 0 outside of all, "" for a cell without a name.
func Here() (run int, cell string) {
	run = here()
	self.runMu.Lock()
	defer self.runMu.Unlock()
	if r := self.running[run]; r != nil {
		cell = r.cell
	}
	return run, cell
}

// write is the output of a run that speaks apart.
func (s *session) write(run, fd int, p []byte) (int, error) {
	s.send(Message{Op: "stream", Run: run, Name: [...]string{1: "stdout", 2: "stderr"}[fd], Text: string(p)})
	return len(p), nil
}

func (s *session) send(m Message) {
	s.outMu.Lock()
	defer s.outMu.Unlock()
	if err := s.out.Encode(m); err != nil {
		os.Exit(0) // the kernel is gone
	}
}

// run runs one cell and sends its result, unless it was given up before.
func (s *session) run(r *running, u unit, q Request) {
	// Labels of its own make the run known to all goroutines that it starts.
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("cell", strconv.Itoa(r.ID))))
	r.Enter()
	s.runMu.Lock()
	r.main = goroutine()
	s.runMu.Unlock()
	var m Message
	var t0 time.Time
	var cpu0 time.Duration
	var mem0, mem1 runtime.MemStats
	var samples bytes.Buffer
	if q.Profile {
		pprof.StopCPUProfile() // of a cell that was given up
		if err := pprof.StartCPUProfile(&samples); err != nil {
			fmt.Fprintln(cell.Stderr(), "no profile:", err)
		}
	}
	cost := meter()
	if q.Time {
		runtime.ReadMemStats(&mem0)
		cpu0, t0 = cpuTime(), time.Now()
	}
	returned := false
	defer func() { // also after runtime.Goexit
		if x := recover(); x != nil || !returned {
			m = Message{Fail: failure(x)}
		}
		m.Cost = cost()
		if q.Time {
			wall := time.Since(t0)
			cpu := cpuTime() - cpu0
			runtime.ReadMemStats(&mem1)
			m.Timing = &Timing{wall.Seconds(), cpu.Seconds(), mem1.Mallocs - mem0.Mallocs, mem1.TotalAlloc - mem0.TotalAlloc}
		}
		if q.Profile {
			pprof.StopCPUProfile()
			m.Profile = samples.Bytes()
		}
		atEnd(r.Run)
		s.shown()
		r.Leave() // before the kernel knows of the end and looks at variables
		s.finish(m, r)
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
func (s *session) finish(m Message, r *running) {
	if !s.end(m, r) {
		s.send(Message{Op: "left", Run: r.ID})
	}
}

// end sends the result of a cell, once.
func (s *session) end(m Message, r *running) bool {
	s.runMu.Lock()
	defer s.runMu.Unlock()
	select {
	case <-r.gone:
		return false
	default:
	}
	close(r.gone)
	delete(s.running, r.ID)
	s.resting.Reset(rest)
	if err := s.stdin.renew(); err != nil {
		log.Print(err)
	}
	m.Op, m.Run = "result", r.ID
	s.send(m)
	return true
}

func failure(x any) *Failure {
	var frames []cell.Frame
	if t, ok := x.(*cell.Traced); ok {
		x, frames = t.Value, t.Frames
	} else {
		frames = cell.Frames(debug.Stack())
	}
	switch x := x.(type) {
	case nil:
		return &Failure{Kind: "exit", Text: "runtime.Goexit ended the cell; the session goes on"}
	case cell.Interrupted:
		return &Failure{Kind: "interrupted", Text: "the cell was stopped; variables keep their values", Frames: frames}
	case cell.Exited:
		return &Failure{Kind: "exit", Text: fmt.Sprintf("os.Exit(%d) ended the cell; the session goes on", x.Code)}
	}
	return &Failure{Kind: "panic", Text: cell.PanicText(x), Frames: frames}
}

// interrupt stops a run, and gives it up when it does not stop.
func (s *session) interrupt(n int) {
	s.runMu.Lock()
	r := s.running[n]
	s.runMu.Unlock()
	if r == nil || r.Stopped() {
		return
	}
	r.Stop()
	go func() {
		select {
		case <-r.gone:
			return
		case <-time.After(Grace):
		}
		s.runMu.Lock()
		main := r.main
		s.runMu.Unlock()
		atEndWithin(Grace, r.Run)
		s.end(Message{Fail: &Failure{Kind: "abandoned", Text: blockedIn(main)}}, r)
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
	s.shown()
	s.display(b, id, update)
}

func (s *session) display(b display.Bundle, id string, update bool) {
	s.showing.Lock()
	defer s.showing.Unlock()
	flush()
	s.send(Message{Op: "display", Run: here(), Bundle: &b, ID: id, Update: update})
	<-s.acks
}

// Clear implements display.Sink.
func (s *session) Clear(wait bool) {
	s.showing.Lock()
	defer s.showing.Unlock()
	flush()
	s.send(Message{Op: "clear", Run: here(), Wait: wait})
	<-s.acks
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
