package run

import (
	"context"
	"iter"
	"sync/atomic"
	"time"
)

// A Loop is a long computation that can be stopped and says how far it is:
//
//	loop := run.Start(ctx, "descent", steps)
//	for k := range loop.Steps() {
//		… // step k
//	}
//	result.Stopped = loop.Err() // nil when every step was done
//
// Work that does not go step by step, such as a download, calls Add instead,
// and End when there is no more to come:
//
//	loop := run.Start(ctx, "mnist, bytes", size)
//	defer loop.End()
//	for loop.Err() == nil && … {
//		loop.Add(n)
//	}
//
// Add, Err and Progress may be called from several goroutines.
type Loop struct {
	ctx   context.Context
	name  string
	total int
	quiet bool
	begun time.Time
	done  atomic.Int64
	ended atomic.Bool

	telling atomic.Int64 // nanoseconds spent in Tell
}

// Start begins a computation of total units; 0 when their number is not known.
// It stops when ctx does: pass [Context]() where the caller gave none. It panics
// when ctx is nil.
func Start(ctx context.Context, name string, total int) *Loop {
	if ctx == nil {
		panic("run: Start: ctx is nil, expected a context: run.Context() is that of a notebook's cell")
	}
	l := &Loop{ctx: ctx, name: name, total: total, quiet: ctx.Value(quiet{}) != nil, begun: time.Now()}
	l.report()
	return l
}

// quiet is the key of Quiet.
type quiet struct{}

// Quiet is the context of work inside a computation that reports for both: a Loop
// that starts with it stops when ctx does and tells nobody how far it is.
func Quiet(ctx context.Context) context.Context { return context.WithValue(ctx, quiet{}, true) }

// Steps yields 0 … total-1, until the context is done. A step counts as done
// when its body is through, not when it is left by break. Then the loop has
// ended.
func (l *Loop) Steps() iter.Seq[int] {
	return func(yield func(int) bool) {
		defer l.End()
		for k := 0; k < l.total && l.ctx.Err() == nil && yield(k); k++ {
			l.Add(1)
		}
	}
}

// Add says that n more units are done.
func (l *Loop) Add(n int) {
	l.done.Add(int64(n))
	l.report()
}

// Name is what is being computed.
func (l *Loop) Name() string { return l.name }

// Done is the number of units done so far.
func (l *Loop) Done() int { return int(l.done.Load()) }

// End says that nothing more will be done, however much there was.
func (l *Loop) End() {
	if l.ended.CompareAndSwap(false, true) {
		l.report()
	}
}

// Err is nil while the computation may go on, and after its last unit. It says
// why the context is done when that came first.
func (l *Loop) Err() error {
	if l.ctx.Err() == nil || l.total > 0 && l.Done() >= l.total {
		return nil
	}
	return context.Cause(l.ctx)
}

// Progress is how far the computation is.
func (l *Loop) Progress() Progress {
	return Progress{
		Name:    l.name,
		Done:    l.Done(),
		Total:   l.total,
		Elapsed: time.Since(l.begun),
		Ended:   l.ended.Load(),
	}
}

func (l *Loop) report() {
	if h := host.Load(); h != nil && h.Progress != nil && !l.quiet {
		h.Progress(l.Progress())
	}
}
