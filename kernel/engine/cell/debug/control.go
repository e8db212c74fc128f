package debug

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"glassy/kernel/engine/cell"
)

// Config is what a front end wants to be stopped at.
type Config struct {
	Breakpoints map[int]map[int]Breakpoint // by unit and line
	Panics      bool
}

// A Breakpoint stops where its condition holds; an empty one always holds.
type Breakpoint struct{ Condition string }

// Mode is how a stopped goroutine goes on.
type Mode int

// The modes: Run to a breakpoint; Into the next statement anywhere; Over calls;
// Out of the function.
const (
	Run Mode = iota
	Into
	Over
	Out
)

// Stopped tells of a goroutine that waits in Step or Leave.
type Stopped struct {
	Thread int64
	Reason string // breakpoint, step, pause, exception
	Text   string // of a panic, or what is wrong with a condition
}

// A Host is who controls the debugger. Its functions are called from the
// goroutines that stop.
type Host struct {
	// Stopped and Continued come in turns.
	Stopped   func(Stopped)
	Continued func(thread int64)
	// Holds evaluates the condition of a breakpoint.
	Holds func(condition string, f *Frame) (bool, error)
}

var (
	config atomic.Pointer[Config] // nil: no debugger is attached
	host   Host
	pause  atomic.Bool
	turn   = make(chan struct{}, 1) // one goroutine is stopped at a time; others wait for their turn

	mu      sync.Mutex // guards the next, and config against a goroutine that is about to stop
	stopped *thread
	resume  chan Mode
)

// Connect is called once, before any cell runs.
func Connect(h Host) { host = h }

// Attach makes c what goroutines stop at.
func Attach(c Config) {
	mu.Lock()
	defer mu.Unlock()
	config.Store(&c)
}

// Detach lets everything run.
func Detach() {
	mu.Lock()
	defer mu.Unlock()
	config.Store(nil)
	pause.Store(false)
	goOn(Run)
}

// Pause stops the goroutine that is the next to come to a statement.
func Pause() { pause.Store(true) }

// Continue lets the goroutine that is stopped go on.
func Continue(m Mode) error {
	mu.Lock()
	defer mu.Unlock()
	if !goOn(m) {
		return errors.New("nothing is stopped: code runs, or none does")
	}
	return nil
}

func goOn(m Mode) bool {
	if stopped == nil {
		return false
	}
	stopped = nil
	resume <- m
	return true
}

// Where returns the frames of the goroutine that is stopped, innermost first,
// or nil. They hold until it goes on.
func Where() (id int64, frames []*Frame) {
	mu.Lock()
	defer mu.Unlock()
	if stopped == nil {
		return 0, nil
	}
	frames = slices.Clone(stopped.frames)
	slices.Reverse(frames)
	return stopped.id, frames
}

// Threads lists the goroutines that are in functions in debug form.
func Threads() []int64 {
	threads.Lock()
	defer threads.Unlock()
	var ids []int64
	for id, t := range threads.byID {
		if !t.quiet {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// stop waits until the debugger lets t go on, or its cell is interrupted.
func (t *thread) stop(s Stopped) {
	s.Thread = t.id
	t.mode = Run
	interrupted := cell.Done()
	select {
	case turn <- struct{}{}:
	case <-interrupted:
		cell.Check()
		return
	}
	mu.Lock()
	if config.Load() == nil { // detached while t waited for its turn
		mu.Unlock()
		<-turn
		return
	}
	wait := make(chan Mode, 1)
	stopped, resume = t, wait
	mu.Unlock()
	host.Stopped(s)
	select {
	case t.mode = <-wait:
		t.depth = len(t.frames) - 1
	case <-interrupted:
		mu.Lock()
		stopped = nil
		mu.Unlock()
	}
	host.Continued(t.id)
	<-turn
	if s.Reason != "exception" {
		cell.Check()
	}
}

func (b Breakpoint) holds(f *Frame) (bool, error) {
	if b.Condition == "" {
		return true, nil
	}
	return host.Holds(b.Condition, f)
}
