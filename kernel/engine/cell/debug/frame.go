package debug

import (
	"bytes"
	"runtime"
	"strconv"
	"sync"

	"glassy/kernel/engine/cell"
)

// A Frame is one call of a function in debug form. Its methods do nothing on a
// nil frame, which is what code gets that runs without a debugger.
type Frame struct {
	Unit   int     // whose cell shows the function
	Name   string  // of the function; empty for the cell's own statements
	Line   int     // of the statement that runs
	Locals []Local // variables in sight there, a later one hides an earlier one of its name

	thread *thread
	depth  int // of the frames that were there before
}

// A Local is a variable: Ptr points to it.
type Local struct {
	Name string
	Ptr  any
}

// thread is a goroutine that is in a function in debug form. Its fields are its
// own, and whoever's while it is stopped.
type thread struct {
	id        int64
	frames    []*Frame
	mode      Mode
	depth     int  // of the frame that Over and Out start from
	panicking bool // and that was shown
	quiet     bool // nothing stops it
}

var threads struct {
	sync.Mutex
	byID map[int64]*thread
}

// goroutine is the number of the calling goroutine, which Go tells in the text
// of a stack only. That costs a microsecond; code runs in debug form only while
// somebody looks.
func goroutine() int64 {
	var buf [64]byte
	text := bytes.TrimPrefix(buf[:runtime.Stack(buf[:], false)], []byte("goroutine "))
	if i := bytes.IndexByte(text, ' '); i > 0 {
		text = text[:i]
	}
	id, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		panic("debug: no number in the goroutine's stack: " + string(text))
	}
	return id
}

// Enter begins a call. Leave must be deferred.
func Enter(unit int, name string) *Frame {
	if config.Load() == nil {
		return nil
	}
	id := goroutine()
	threads.Lock()
	t := threads.byID[id]
	if t == nil {
		t = &thread{id: id}
		if threads.byID == nil {
			threads.byID = map[int64]*thread{}
		}
		threads.byID[id] = t
	}
	threads.Unlock()
	f := &Frame{Unit: unit, Name: name, thread: t, depth: len(t.frames)}
	t.frames = append(t.frames, f)
	return f
}

// Leave ends a call. Where the debugger is to stop on panics and this is the
// innermost frame that a panic leaves, it stops; the panic goes on after.
func (f *Frame) Leave() {
	if f == nil {
		return
	}
	defer f.pop()
	if c := config.Load(); c == nil || !c.Panics || f.thread.panicking || f.thread.quiet {
		return
	}
	x := recover()
	if x == nil {
		return
	}
	f.thread.panicking = true
	if _, ok := x.(cell.Interrupted); !ok {
		f.thread.stop(Stopped{Reason: "exception", Text: cell.PanicText(x)})
	}
	panic(x)
}

func (f *Frame) pop() {
	t := f.thread
	t.frames = t.frames[:f.depth]
	if f.depth == 0 {
		threads.Lock()
		delete(threads.byID, t.id)
		threads.Unlock()
	}
}

// Var makes the variable at ptr the frame's k-th local.
func (f *Frame) Var(k int, name string, ptr any) {
	if f != nil {
		f.Locals = append(f.Locals[:min(k, len(f.Locals))], Local{name, ptr})
	}
}

// Step comes before a statement in line, where the first k locals are in sight.
func (f *Frame) Step(line, k int) {
	if f == nil {
		return
	}
	f.Line, f.Locals = line, f.Locals[:min(k, len(f.Locals))]
	t := f.thread
	t.panicking = false
	c := config.Load()
	if c == nil || t.quiet {
		t.mode = Run
		return
	}
	if b, ok := c.Breakpoints[f.Unit][line]; ok {
		if holds, err := b.holds(f); err != nil {
			t.stop(Stopped{Reason: "breakpoint", Text: "condition " + b.Condition + ": " + err.Error()})
			return
		} else if holds {
			t.stop(Stopped{Reason: "breakpoint"})
			return
		}
	}
	switch {
	case t.mode == Into, t.mode == Over && f.depth <= t.depth, t.mode == Out && f.depth < t.depth:
		t.stop(Stopped{Reason: "step"})
	case pause.CompareAndSwap(true, false):
		t.stop(Stopped{Reason: "pause"})
	}
}

// Quietly calls f, in which nothing stops.
func Quietly(f func()) {
	root := &Frame{thread: &thread{id: goroutine(), quiet: true}}
	root.thread.frames = []*Frame{root}
	threads.Lock()
	if threads.byID == nil {
		threads.byID = map[int64]*thread{}
	}
	threads.byID[root.thread.id] = root.thread
	threads.Unlock()
	defer root.pop()
	f()
}
