package cell

import (
	"context"
	"fmt"
	"reflect"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// Run is one execution of a cell: its context and all its goroutines.
type Run struct {
	ID      int
	Apart   bool // it runs beside others, and what it prints goes by itself; set before Enter
	ctx     context.Context
	cancel  context.CancelFunc
	stopped atomic.Bool
	mu      sync.Mutex
	live    int // goroutines, the main one included
	label   unsafe.Pointer
}

var (
	runs     sync.Map // profiler label → *Run
	current  atomic.Pointer[Run]
	stopping atomic.Int64 // stopped runs that still have goroutines
)

// Interrupted is the type of the panic value that unwinds a stopped cell.
type Interrupted struct{}

// Interrupt is that value.
var Interrupt Interrupted

func (Interrupted) Error() string { return "interrupted" }

// Exited is the panic value of os.Exit in a cell.
type Exited struct{ Code int }

// NewRun makes a run that has not begun.
func NewRun(id int) *Run {
	r := &Run{ID: id, live: 1} // it can be stopped before it begins
	r.ctx, r.cancel = context.WithCancel(context.Background())
	return r
}

// Enter makes the calling goroutine, which must have profiler labels of its own,
// the main goroutine of r.
func (r *Run) Enter() {
	r.label = labels()
	runs.Store(r.label, r)
	if !r.Apart {
		current.Store(r)
	}
}

// Leave ends one goroutine of r.
func (r *Run) Leave() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.live--; r.live > 0 {
		return
	}
	runs.Delete(r.label)
	if r.stopped.Load() {
		stopping.Add(-1)
	}
	r.cancel()
}

// Busy reports whether goroutines of a cell are at work.
func Busy() (busy bool) {
	runs.Range(func(any, any) bool { busy = true; return false })
	return busy
}

// Stop asks all goroutines of r to end.
func (r *Run) Stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.live > 0 && r.stopped.CompareAndSwap(false, true) {
		stopping.Add(1)
		r.cancel()
	}
}

// Stopped reports whether r was asked to end.
func (r *Run) Stopped() bool { return r.stopped.Load() }

// Done is closed when r was asked to end, or has ended.
func (r *Run) Done() <-chan struct{} { return r.ctx.Done() }

// Here returns the run of the calling goroutine. A goroutine that changed its
// own labels counts as the current run's.
func Here() *Run {
	if r, ok := runs.Load(labels()); ok {
		return r.(*Run)
	}
	return current.Load()
}

// Context returns the context of the running cell: it ends when the cell is
// interrupted.
func Context() context.Context {
	if r := Here(); r != nil {
		return r.ctx
	}
	return context.Background()
}

// Check stops the calling goroutine if its cell was interrupted.
func Check() {
	if stopping.Load() != 0 {
		check()
	}
}

//go:noinline
func check() {
	if r := Here(); r != nil && r.stopped.Load() {
		panic(Interrupt)
	}
}

// Done is closed when the calling goroutine's cell is interrupted.
func Done() <-chan struct{} { return Context().Done() }

// Sleep is time.Sleep that an interrupt ends.
func Sleep(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-Done():
		panic(Interrupt)
	}
}

// Recv is <-c that an interrupt ends.
func Recv[T any](c <-chan T) T {
	select {
	case v := <-c:
		return v
	default:
	}
	TellNever(c == nil, "receives from")
	select {
	case v := <-c:
		return v
	case <-Done():
		panic(Interrupt)
	}
}

// Recv2 is v, ok := <-c that an interrupt ends.
func Recv2[T any](c <-chan T) (T, bool) {
	select {
	case v, ok := <-c:
		return v, ok
	default:
	}
	TellNever(c == nil, "receives from")
	select {
	case v, ok := <-c:
		return v, ok
	case <-Done():
		panic(Interrupt)
	}
}

// TellNever tells of the one wait of which it is certain that it has no end: on a
// nil channel. Of others nobody can say so: a timer, another cell, or a button of
// the page may end them.
func TellNever(never bool, does string) {
	if !never {
		return
	}
	at := ""
	if fs := Frames(debug.Stack()); len(fs) > 0 {
		at = fs[0].String() + " "
	}
	fmt.Fprintf(stream(2), "%s%s a nil channel, and waits for ever: an interrupt ends it\n", at, does)
}

// To is the channel of a send statement: c <- v becomes To(c).Send(v), which
// leaves the type of v to the channel.
func To[T any](c chan<- T) Sender[T] { return Sender[T]{c} }

// Sender sends to a channel.
type Sender[T any] struct{ c chan<- T }

// Send is c <- v that an interrupt ends.
func (s Sender[T]) Send(v T) {
	select {
	case s.c <- v:
		return
	default:
	}
	TellNever(s.c == nil, "sends to")
	select {
	case s.c <- v:
	case <-Done():
		panic(Interrupt)
	}
}

// WaitFor is wait(), for a sync.WaitGroup, that an interrupt ends.
func WaitFor(wait func()) {
	done := make(chan struct{})
	go func() {
		wait()
		close(done)
	}()
	select {
	case <-done:
	case <-Done():
		panic(Interrupt)
	}
}

// Range ranges over c until it is closed; an interrupt ends it.
func Range[T any](c <-chan T) func(func(T) bool) {
	return func(yield func(T) bool) {
		for {
			v, ok := Recv2(c)
			if !ok || !yield(v) {
				return
			}
		}
	}
}

// Zero sets *p to its zero value.
func Zero[T any](p *T) {
	var z T
	*p = z
}

// Exit is os.Exit in a cell: it ends the cell, not the session.
func Exit(code int) { panic(Exited{code}) }

// Guard is deferred first in the goroutines that a cell starts.
func Guard() { Finish(recover()) }

// Finish ends a goroutine that a cell has started; x is what it panicked with.
func Finish(x any) {
	var frames []Frame
	if t, ok := x.(*Traced); ok {
		x, frames = t.Value, t.Frames
	}
	r := Here()
	if r != nil {
		defer r.Leave()
	}
	switch x := x.(type) {
	case nil, Interrupted:
	case Exited:
		fmt.Fprintf(stream(2), "os.Exit(%d) in a goroutine: the goroutine ends, the session goes on\n", x.Code)
	default:
		w := stream(2)
		fmt.Fprintf(w, "panic in a goroutine: %s\n", PanicText(x))
		if frames == nil {
			frames = Frames(debug.Stack())
		}
		for _, f := range frames {
			fmt.Fprintf(w, "\t%s\n", f)
		}
	}
}

// Starting counts a goroutine that is about to start; Guard ends it.
func Starting() {
	if r := Here(); r != nil {
		r.mu.Lock()
		r.live++
		r.mu.Unlock()
	}
}

// Guarded returns f with a [Guard] around it, for go f(x).
func Guarded[F any](f F) F {
	Starting()
	v := reflect.ValueOf(f)
	return reflect.MakeFunc(v.Type(), func(args []reflect.Value) (out []reflect.Value) {
		defer func() {
			for i := len(out); i < v.Type().NumOut(); i++ { // after a panic
				out = append(out, reflect.Zero(v.Type().Out(i)))
			}
		}()
		defer Guard()
		if v.Type().IsVariadic() {
			return v.CallSlice(args)
		}
		return v.Call(args)
	}).Interface().(F)
}
